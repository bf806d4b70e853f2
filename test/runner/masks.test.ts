import { expect, test } from "vitest";

import { Masks } from "./masks.ts";

function masksOf(...values: string[]): Masks {
  const masks = new Masks();
  for (const value of values) masks.add(value);
  return masks;
}

test("a value and its encodings disappear", () => {
  const secret = `top'"s&cret`;
  const masks = masksOf(secret);
  for (const form of [secret, Buffer.from(secret).toString("base64"), encodeURIComponent(secret)]) {
    expect(masks.hide(`<${form}>`)).toBe("<***>");
  }
  expect(masks.touches(JSON.stringify({ a: secret }))).toBe(true);
  expect(masks.touches(Buffer.from(`user:${secret}:x`).toString("base64"))).toBe(true);
});

test("every line of a value of several lines is masked, short ones too", () => {
  expect(masksOf("ab\ntrue").hide("is it true? ab!")).toBe("is it ***? ***!");
});

test("touching and overlapping values become one", () => {
  expect(masksOf("abc", "cde").hide("xabcdex abccde")).toBe("x***x ***");
});

test("white space is never a secret", () => {
  expect(masksOf("", " ", "\n").hide("a b\nc")).toBe("a b\nc");
});
