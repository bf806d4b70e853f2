import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseParams } from "../../../src/domain/fingerprint/params.ts";

const canonical = async (text: string) => (await parseParams(text, "params.yaml")).canonical;

describe("what a value is", () => {
  test.each([
    ["a: 1", "a: +1", true],
    ["a: 1", "a: 0x1", true],
    ["a: 1", "a: 1.0", false],
    ["a: 0.1", "a: 1e-1", true],
    ["a: 0.1", "a: 0.10", true],
    ["a: 1e3", "a: 1000", false],
    ["a: 1e3", "a: 1000.0", true],
    ["a: 0.0", "a: -0.0", false],
    ["a: 0", "a: -0", true],
    ["a: 9007199254740993", "a: 9007199254740992", false],
    ["a: '1'", "a: 1", false],
    ["a: true", "a: 'true'", false],
    ["a: no", "a: false", false],
    ["a: null", "a: ''", false],
    ["a: [1, 2]", "a: [1, 2.0]", false],
    ["a: [1, 2]", "a: [2, 1]", false],
    ["b: 1\na: 2", "a: 2\nb: 1", true],
    ["a: {b: 1, c: 2}", '{"a": {"c": 2, "b": 1}}', true],
    ["a: {b: 1}", "a.b: 1", true],
    ["a: {}", "a: null", false],
    ["a: [{x: 1, y: 2}]", "a: [{y: 2, x: 1}]", true],
  ])("%s and %s are one: %s", async (one, other, same) => {
    expect(JSON.stringify(await canonical(one)) === JSON.stringify(await canonical(other))).toBe(same);
  });

  test("the source text is kept, nested names are dotted, and the command finds them", async () => {
    const params = await parseParams("C: 1.0\noptimizer: {lr: 1e-3, name: adam}\nlist: [1, 2.50]\n", `input "params"`);
    expect(params.source).toEqual({ C: "1.0", "optimizer.lr": "1e-3", "optimizer.name": "adam", list: "[1, 2.5]" });
    expect(params.environment).toEqual({
      PARAM_C: "1.0",
      PARAM_OPTIMIZER_LR: "1e-3",
      PARAM_OPTIMIZER_NAME: "adam",
      PARAM_LIST: "[1, 2.5]",
    });
    expect(params.json).toBe('{"C": 1.0, "optimizer": {"lr": 0.001, "name": "adam"}, "list": [1, 2.5]}');
  });

  test("names that an object has by itself are names like others", async () => {
    const params = await parseParams('{"__proto__": {"x": 1}, "constructor": 2}', `input "params"`);
    expect(Object.keys(params.source)).toEqual(["__proto__.x", "constructor"]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test("nothing at all is no parameter", async () => {
    expect((await parseParams("# none\n", "params.yaml")).source).toEqual({});
  });
});

test.each([
  ["just text", "a map of parameters"],
  ["- a\n- b", "saw a list"],
  ["a.b: 1\na: {b: 2}", "a.b twice"],
  ["a-b: 1\na_b: 2", "both PARAM_A_B"],
  ["C: 1\nc: 2", "both PARAM_C"],
  ["'a b': 1", "letters, digits"],
  ["'$(rm)': 1", "letters, digits"],
  ["a: 1e999", "a finite number"],
  [`a: ${"x".repeat(5000)}`, "at most 4096 characters"],
  ["a: &x [1]\nb: *x", "without aliases"],
  ["a: 1\na: 2", "params.yaml"],
  [`a: ${"[".repeat(40)}${"]".repeat(40)}`, "params.yaml"],
  [Array.from({ length: 501 }, (_, index) => `p${index}: 1`).join("\n"), "at most 500 parameters"],
])("%j is refused", async (text, because) => {
  await expect(parseParams(text, "params.yaml")).rejects.toThrow(because);
});

describe("properties", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
  const value = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.string());
  const map = fc.dictionary(name, value, { maxKeys: 8 });

  test("the order of names never counts, and JSON is read back as it was", async () => {
    await fc.assert(
      fc.asyncProperty(map, async (params) => {
        const reversed = Object.fromEntries(Object.entries(params).toReversed());
        const one = await parseParams(JSON.stringify(params), `input "params"`);
        const other = await parseParams(JSON.stringify(reversed), `input "params"`);
        expect(Object.entries(other.canonical)).toEqual(Object.entries(one.canonical));
        expect(JSON.parse(one.json)).toEqual(JSON.parse(JSON.stringify(params)));
      }),
    );
  });

  test("another value is another parameter", async () => {
    await fc.assert(
      fc.asyncProperty(name, value, value, async (key, a, b) => {
        const texts = [a, b].map((each) => JSON.stringify({ [key]: each }));
        const [one, other] = await Promise.all(texts.map(async (text) => await canonical(text)));
        if (texts[0] !== texts[1]) expect(one).not.toEqual(other);
        else expect(one).toEqual(other);
      }),
    );
  });
});
