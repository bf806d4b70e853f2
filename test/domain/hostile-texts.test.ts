// Whatever stands in a file that training or a stranger wrote: it is read, or refused in words; never a crash, never a poisoned object.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseDvc } from "../../src/domain/fingerprint/dvc.ts";
import { parseParams } from "../../src/domain/fingerprint/params.ts";
import { parseMetrics } from "../../src/domain/metrics/metrics.ts";
import { parseMlflow } from "../../src/domain/metrics/mlflow.ts";
import { ActionError } from "../../src/errors.ts";

const bomb = (levels: number): string =>
  `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: levels }, (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`).join(", ")}]`).join("\n")}`;

const HOSTILE: readonly (readonly [string, string])[] = [
  ["a bomb of aliases", bomb(9)],
  ["an alias of itself", "a: &a [*a]"],
  ["a merge of the prototype", "a: &a {x: 1}\nb: {<<: *a, __proto__: {polluted: true}}"],
  ["a function", "a: !!js/function 'function () { return 1 }'"],
  ["an object of Python's", "a: !!python/object/apply:os.system ['id']"],
  ["20,000 brackets", "[".repeat(20_000)],
  ["20,000 nested maps", Array.from({ length: 2000 }, (_, at) => `${" ".repeat(at)}a:`).join("\n")],
  ["20,000 closed brackets", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
  ["nested JSON", `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`],
  ["a megabyte and more", `a: ${"1".repeat(1024 * 1024)}`],
  ["a megabyte of names", Array.from({ length: 60_000 }, (_, at) => `n${at}: 1`).join("\n")],
  ["a name of a megabyte", `${"n".repeat(1_000_000)}: 1`],
  ["nulls", "\0\0\0"],
  ["half a surrogate", "a: \ud800"],
  ["two documents", "a: 1\n---\na: 2"],
  ["a name that stands twice", '{"a": 1, "a": 2}'],
  ["numbers beyond", "a: 1e999\nb: -.inf\nc: .nan\nd: 0x1p3\ne: 1_000"],
  ["a date", "a: 2026-01-01"],
  ["Norway", "a: no\nb: off"],
  ["a tab", "a:\t1\n\tb: 2"],
];

const READERS: readonly (readonly [string, (text: string) => unknown])[] = [
  ["metrics in JSON", async (text) => await parseMetrics(text, "metrics.json")],
  ["metrics in YAML", async (text) => await parseMetrics(text, "metrics.yaml")],
  ["parameters", async (text) => await parseParams(text, "params.yaml")],
  ["a .dvc file", async (text) => await parseDvc(text, "data.dvc")],
  ["a dvc.lock", async (text) => await parseDvc(text, "dvc.lock")],
  ["a metric of MLflow's", (text) => parseMlflow({ loss: text }, "mlruns")],
];

/** What a reader makes of a text; every failure that is none of words is one of ours. */
async function outcome(read: (text: string) => unknown, text: string): Promise<unknown> {
  try {
    return await read(text);
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    expect(thrown.message.length).toBeLessThan(20_000);
    return undefined;
  }
}

describe.each(READERS)("%s", (_, read) => {
  test.each(HOSTILE)("%s: read or refused, soon, and nothing is poisoned", async (__, text) => {
    const begun = performance.now();
    const before = process.memoryUsage().rss;
    const value = await outcome(read, text);
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    expect(JSON.stringify(value ?? null).length).toBeLessThan(16 * 1024 * 1024);
  });

  test("any text, also one that is nearly right", async () => {
    const pieces = fc.constantFrom(
      ..."a: 1|b: |- c|{|}|[|]|\n|  |, |&a |*a|!!|!!map |---\n|...|<<: |__proto__|constructor|outs:|md5: |path: |stages:|deps|\"|'|\\u0000|: |1e999|.nan|.inf|-0|0x1|null|~|#|%|@|`|\t|\r|\u2028|\ufeff|\u{1f600}|slices|series".split(
        "|",
      ),
      "|",
    );
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 30 }).map((all) => all.join("")),
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.json({ maxDepth: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        await outcome(read, given);
        expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
      }),
      { numRuns: 1500 },
    );
  });
});

describe("what DVC pins", () => {
  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/);
  const out = fc.record({
    path: fc
      .array(fc.oneof(name, fc.constantFrom("..", ".")), { minLength: 1, maxLength: 4 })
      .map((all) => all.join("/")),
    md5: fc.stringMatching(/^[0-9a-f]{32}(?:\.dir)?$/),
  });
  const below = fc.array(name, { maxLength: 2 });

  test("is always below the working directory, by the very hash that was recorded", async () => {
    await fc.assert(
      fc.asyncProperty(below, fc.array(out, { maxLength: 4 }), async (folders, outs) => {
        const pins = await parseDvc(JSON.stringify({ outs }), [...folders, "data.dvc"].join("/"));
        for (const { path, hash, folder } of pins) {
          expect(path.split("/").some((each) => ["..", ".", ""].includes(each))).toBe(false);
          expect(outs.map(({ md5 }) => md5)).toContain(hash);
          expect(folder).toBe(hash.endsWith(".dir"));
        }
        const inside = outs.filter(({ path }) => !path.split("/").includes(".."));
        const named = inside.filter(({ path }) => path.split("/").some((each) => each !== "."));
        expect(pins.length).toBeGreaterThanOrEqual(named.length);
      }),
    );
  });

  test("is the same in a .dvc file and in dvc.lock, in JSON and in YAML", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(out, { minLength: 1, maxLength: 4 }), async (outs) => {
        const yaml = `outs:\n${outs.map(({ path, md5 }) => `- path: ${JSON.stringify(path)}\n  md5: ${md5}`).join("\n")}\n`;
        const plain = async (text: string, file: string) =>
          (await parseDvc(text, file)).map(({ path, hash }) => [path, hash]);
        const expected = await plain(JSON.stringify({ outs }), "a.dvc");
        expect(await plain(yaml, "a.dvc")).toEqual(expected);
        expect(await plain(JSON.stringify({ stages: { train: { outs } } }), "dvc.lock")).toEqual(expected);
      }),
    );
  });
});
