import fc from "fast-check";
import { expect, test } from "vitest";

import { canonicalJson, parseJson } from "../../../src/domain/text/json.ts";

const limits = { where: "metrics.json", maxBytes: 10_000 };

test("reads what JSON.parse reads, for any value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, pretty) => {
      const text = JSON.stringify(value, null, pretty ? 2 : undefined);
      expect(JSON.stringify(parseJson(text, { where: "x", maxBytes: 1e7 }))).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

test("never reads what JSON.parse refuses", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"b"',
    "1",
    "-",
    "0",
    ".5",
    "e3",
    "true",
    "nul",
    "null",
    " ",
    "\t",
    "\\",
    '"',
    "NaN",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (tokens) => {
      const text = tokens.join("");
      let ours: unknown;
      try {
        ours = parseJson(text, limits);
      } catch {
        return;
      }
      expect(JSON.stringify(ours)).toBe(JSON.stringify(JSON.parse(text)));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  [
    '{"a": 1,\n "a": 2}',
    /line 2, column 2: expected each name once in an object, saw "\\"a\\"" a second time|line 2, column 2: expected each name once/,
  ],
  ["[1e999]", /column 2: expected a finite number, saw 1e999/],
  ['{"accuracy": NaN}', /column 14: expected a value, saw "NaN}"/],
  ["[1,]", /column 4: expected a value/],
  ["01", /column 2: expected the end of the text/],
  ['"a\tb"', /a string in double quotes/],
  ["", /expected a value, saw the end of the text/],
  ["[".repeat(100), /at most 64 levels/],
  ["\ufeff{}", /column 1: expected a value/],
])("refuses %j with its place", (text, message) => {
  expect(() => parseJson(text, limits)).toThrow(message);
});

test("refuses a text over its size before reading it", () => {
  expect(() => parseJson(`"${"é".repeat(5000)}"`, limits)).toThrow(
    "metrics.json: expected at most 10000 bytes, saw 10002 bytes.",
  );
});

test("__proto__ is a name like any other", () => {
  const value = parseJson('{"__proto__": {"polluted": true}}', limits) as Record<string, unknown>;
  expect(Object.getPrototypeOf(value)).toBeNull();
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Object.keys(value)).toEqual(["__proto__"]);
});

test("the canonical text does not depend on the order of names", () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
});
