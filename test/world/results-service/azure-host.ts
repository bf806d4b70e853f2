// node --import ./azure-host.ts …   Every *.blob.core.windows.net name becomes 127.0.0.1, so that the Azure SDK inside the
// cache client can be watched; any other name but localhost is refused.
import dns from "node:dns";

type Answer = (error: Error | null, address?: unknown, family?: number) => void;

const realLookup = dns.lookup as unknown as (host: string, options: unknown, done?: Answer) => void;

function lookup(host: string, options: unknown, done?: Answer): void {
  const answer = (typeof options === "function" ? options : done) as Answer;
  const all = typeof options === "object" && options !== null && (options as { all?: boolean }).all === true;
  if (host.endsWith(".blob.core.windows.net")) {
    answer(null, all ? [{ address: "127.0.0.1", family: 4 }] : "127.0.0.1", 4);
  } else if (host === "localhost" || /^[\d.]+$/.test(host)) {
    realLookup(host, options, done);
  } else {
    answer(Object.assign(new Error(`offline: ${host}`), { code: "ENOTFOUND" }));
  }
}

dns.lookup = lookup as unknown as typeof dns.lookup;
