import { expect, test } from "vitest";

import { parseYaml } from "../../../src/domain/text/yaml.ts";

const limits = { where: 'input "params"', maxBytes: 64 * 1024 };

test("the core schema of YAML 1.2: no is a text, 1_000 is a text", async () => {
  expect(await parseYaml("a: no\nb: 1_000\nc: 0x10\nd: 1e3\ne: true\nf: ~\ng: [1, two]", limits)).toEqual(
    Object.assign(Object.create(null), { a: "no", b: "1_000", c: 16, d: 1000, e: true, f: null, g: [1, "two"] }),
  );
});

test("the source of a number can be kept: 1 and 1.0 differ", async () => {
  const read = await parseYaml("a: 1\nb: 1.0", { ...limits, number: (source) => `<${source}>` });
  expect(read).toEqual(Object.assign(Object.create(null), { a: "<1>", b: "<1.0>" }));
});

const bomb = Array.from(
  { length: 9 },
  (_, level) =>
    `l${level}: &l${level} [${Array.from({ length: 9 }, () => (level === 0 ? "x" : `*l${level - 1}`)).join(", ")}]`,
).join("\n");

test.each([
  ["an alias bomb", bomb, /without aliases, saw aliases exceeded/],
  ["a name that stands twice", "a: 1\na: 2", /duplicated mapping key/],
  ["a tag that makes code", "a: !!js/function 'x'", /unknown scalar tag/],
  ["a mapping as a name", "? {a: 1}\n: 2", /a mapping's name must be a text/],
  ["a number beyond the doubles", "a: 1e999", /expected finite numbers, saw 1e999/],
  ["two documents", "a: 1\n---\nb: 2", /expected one plain YAML document/],
  ["deep nesting", `${"[".repeat(5000)}${"]".repeat(5000)}`, /expected one plain YAML document/],
])("refuses %s", async (_, text, message) => {
  await expect(parseYaml(text, limits)).rejects.toThrow(message);
});

test.each(["", "\n", "# a remark\n\n  # another"])(
  "a text of nothing but remarks is an empty one: %j",
  async (text) => {
    expect(await parseYaml(text, limits)).toBeNull();
  },
);

test("refuses a text over its size", async () => {
  await expect(parseYaml(`a: ${"x".repeat(70_000)}`, limits)).rejects.toThrow(/at most 65536 bytes/);
});

test("a name __proto__ reaches no prototype", async () => {
  const value = (await parseYaml("__proto__: {polluted: true}", limits)) as Record<string, unknown>;
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect(Object.keys(value)).toEqual(["__proto__"]);
});
