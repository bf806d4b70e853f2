import { createHash } from "node:crypto";

/** `sha256:` and 64 hex digits over the UTF-8 bytes of a text. */
export function textDigest(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
