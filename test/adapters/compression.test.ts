import { expect, test } from "vitest";

import { gzipTexts } from "../../src/adapters/compression.ts";
import { ActionError } from "../../src/errors.ts";

test("a text comes back as it was, much shorter on the way", async () => {
  const texts = gzipTexts();
  const text = JSON.stringify({ spec: "ä".repeat(50_000) });
  const packed = await texts.pack(text);
  expect(packed).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(packed.length).toBeLessThan(2000);
  expect(await texts.unpack(packed, { where: "x", maxBytes: 200_000 })).toBe(text);
});

test("what is none, or too long, is refused", async () => {
  const texts = gzipTexts();
  const bomb = await texts.pack("0".repeat(1_000_000));
  await expect(texts.unpack(bomb, { where: "x", maxBytes: 1000 })).rejects.toThrow(ActionError);
  await expect(texts.unpack("no gzip", { where: "x", maxBytes: 1000 })).rejects.toThrow(ActionError);
});
