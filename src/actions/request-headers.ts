import { Refusal } from "../inputs.ts";

/** Headers of a connection are the client's own, and these say who we are to whom. */
const RESERVED = /^(?:host|connection|content-length|transfer-encoding|upgrade|te|expect)$/i;

/** `Name: value`, one a line. */
export function requestHeaders(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const line of text.split(/\r\n|\n|\r/).filter((each) => each.trim() !== "")) {
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(\S(?:.*\S)?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined || RESERVED.test(name) || /[^\t\u0020-\u007e]/.test(value)) {
      throw new Refusal("lines of Name: value", {
        seen: "a line that is none, or a header of the connection (hidden)",
      });
    }
    found[name.toLowerCase()] = value;
  }
  return found;
}
