import { Refusal } from "../inputs.ts";

/** Scheme, host and port, and nothing behind them. */
export function baseUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (
    url === undefined ||
    !["http:", "https:"].includes(url.protocol) ||
    url.pathname !== "/" ||
    url.search !== "" ||
    url.hash !== "" ||
    url.username !== ""
  ) {
    throw new Refusal("http(s)://host[:port], without a path");
  }
  return url;
}
