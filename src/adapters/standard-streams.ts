import { ActionError } from "../errors.ts";
import type { StandardStreams } from "../ports.ts";

/** Standard input and output of this process, for a program that another calls as a filter. */
export function standardStreams(): StandardStreams {
  return {
    read: async ({ maxBytes }) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxBytes) {
          throw new ActionError({ where: "standard input", expected: `at most ${maxBytes} bytes`, seen: "more" });
        }
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString("utf8");
    },
    write: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  };
}
