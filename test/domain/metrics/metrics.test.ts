import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseMetrics } from "../../../src/domain/metrics/metrics.ts";

describe("metrics", () => {
  test.each([
    ['{"accuracy": 0.93}', "m.json", { accuracy: 0.93 }],
    ['{"test": {"loss": 1e-3, "n": 3}}', "m.json", { "test.loss": 0.001, "test.n": 3 }],
    ["accuracy: 0.93\ntest:\n  loss: .5\n", "m.yaml", { accuracy: 0.93, "test.loss": 0.5 }],
    ['{"a": -0.0, "b": 5e-324}', "m.json", { a: -0, b: 5e-324 }],
    ['{"__proto__": {"polluted": 1}}', "m.json", { "__proto__.polluted": 1 }],
    ['{"slices": 3}', "m.json", { slices: 3 }],
  ])("%s in %s", async (text, name, values) => {
    expect({ ...(await parseMetrics(text, name)).values }).toEqual(values);
  });

  test("slices stand apart", async () => {
    const metrics = await parseMetrics('{"acc": 1, "slices": {"acc": {"class=3": 0.5, "class=8": 0.25}}}', "m.json");
    expect(metrics.slices).toEqual({ acc: { "class=3": 0.5, "class=8": 0.25 } });
    expect(metrics.values).toEqual({ acc: 1 });
  });

  test.each([
    ['{"accuracy": NaN}', "m.json", 'metric "accuracy": expected a finite number, saw NaN'],
    ['{"a": 1, "loss": -Infinity}', "m.json", 'metric "loss": expected a finite number, saw -Infinity'],
    ["accuracy: .nan", "m.yaml", 'metric "accuracy"'],
    ["accuracy: NaN", "m.yaml", 'metric "accuracy"'],
    ['{"test": {"loss": 1e999}}', "m.json", 'metric "test.loss": expected a finite number, saw "1e999"'],
    ["loss: 1e999", "m.yaml", 'metric "loss"'],
    ['{"accuracy": "0.9"}', "m.json", 'the text "0.9". Write it without quotes.'],
    ['{"accuracy": null}', "m.json", "saw null"],
    ['{"accuracy": true}', "m.json", "saw true"],
    ['{"accuracy": [1, 2]}', "m.json", "saw a list of 2"],
    ['{"a": 1, "a": 2}', "m.json", "a second time"],
    ["a: 1\na: 2", "m.yaml", "m.yaml"],
    ['{"a.b": 1, "a": {"b": 2}}', "m.json", "each metric once"],
    ["", "m.json", "m.json"],
    ["", "m.yaml", "an empty file"],
    ["{}", "m.json", "at least one metric"],
    ["[1]", "m.json", "saw a list"],
    ["0.9", "m.yaml", "one bare value"],
    ['{"": 1}', "m.json", "a name of 1 to 256 characters"],
    ['{"a\\nb": 1}', "m.json", "on one line"],
    [`{"a": "${"x".repeat(1024 * 1024)}"}`, "m.json", "at most 1048576 bytes"],
    [`${'{"a":'.repeat(70)}1${"}".repeat(70)}`, "m.json", "64 levels"],
    [JSON.stringify(Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`m${i}`, i]))), "m.json", "at most 500"],
    ["a: &x 1\nb: *x", "m.yaml", "without aliases"],
  ])("%#: refused", async (text, name, because) => {
    await expect(parseMetrics(text, name)).rejects.toThrow(because);
  });

  test("all that do not fit are named at once", async () => {
    await expect(parseMetrics('{"a": null, "b": 1, "c": "x"}', "m.json")).rejects.toThrow(/"a"[\s\S]*"c"/);
  });

  test("any map of finite numbers is read as it is, and any other value is refused", async () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/).filter((each) => each !== "slices");
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, finite, { minKeys: 1, maxKeys: 10 }), async (values) => {
        expect({ ...(await parseMetrics(JSON.stringify(values), "m.json")).values }).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
      }),
    );
    const wrong = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.double()));
    await fc.assert(
      fc.asyncProperty(name, wrong, async (key, value) => {
        await expect(parseMetrics(JSON.stringify({ ok: 1, [key]: value }), "m.json")).rejects.toThrow(key);
      }),
    );
  });
});

describe("series", () => {
  test("stand beside the values, one number a step", async () => {
    const { values, series } = await parseMetrics('{"accuracy": 1, "series": {"loss": [0.9, 0.5, 2]}}', "m.json");
    expect({ ...values }).toEqual({ accuracy: 1 });
    expect({ ...series }).toEqual({ loss: [0.9, 0.5, 2] });
  });

  test.each([
    ['{"a": 1, "series": {"loss": [1, null]}}', "series.loss.1"],
    ['{"a": 1, "series": {"loss": [1, 1e999]}}', "series.loss.1"],
    ['{"a": 1, "series": {"loss": [1, "2"]}}', "series.loss.1"],
  ])("%s is refused by its place", async (text, where) => {
    await expect(parseMetrics(text, "m.json")).rejects.toThrow(where);
  });

  test("a metric that is called series is one", async () => {
    const { values } = await parseMetrics('{"series": 3, "slices": 4}', "m.json");
    expect({ ...values }).toEqual({ series: 3, slices: 4 });
  });
});
