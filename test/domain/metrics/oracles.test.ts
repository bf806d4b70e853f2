// What scikit-learn, SciPy and statsmodels said of real models on real held-out data, in test/golden/gate; make.py there made it.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

import { mcNemar, mcNemarP } from "../../../src/domain/metrics/mcnemar.ts";
import { confusion, measure } from "../../../src/domain/metrics/measure.ts";
import { makeSample, parsePredictions } from "../../../src/domain/metrics/predictions.ts";
import { bootstrap } from "../../../src/domain/metrics/resampling.ts";

const golden = resolve(import.meta.dirname, "..", "..", "golden", "gate");
const read = (name: string): string => readFileSync(join(golden, name), "utf8");

type Values = Readonly<Record<string, number>>;
type Side = { values: Values; slices: Readonly<Record<string, Values>>; confusion?: number[][] };
type Golden = {
  candidate: Side;
  baseline: Side;
  mcnemar?: { gained: number; lost: number; pValue: number };
  bootstrap: {
    rounds: number;
    seed: number;
    confidence: number;
    intervals: Readonly<Record<string, { low: number; high: number }>>;
  };
};

const TOLERANCE = 1e-9;
const near = (seen: number | undefined, expected: number): boolean =>
  seen !== undefined && Math.abs(seen - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));

describe.each(["digits", "breast-cancer", "wine", "diabetes"])("%s", (name) => {
  const expected = JSON.parse(read(`${name}.json`)) as Golden;
  const [candidate, baseline] = ["candidate", "baseline"].map((side) =>
    parsePredictions(read(`${name}-${side}.csv`), `${side}.csv`),
  );
  const sample = makeSample(candidate!, baseline);

  test.each(["candidate", "baseline"] as const)("every metric of the %s is scikit-learn's", (side) => {
    const { values, slices } = measure(sample, sample[side]!);
    const off: string[] = [];
    let compared = 0;
    const compare = (what: string, seen: number | undefined, wanted: number): void => {
      compared++;
      if (!near(seen, wanted)) off.push(`${what}: ${seen}, not ${wanted}`);
    };
    for (const [metric, value] of Object.entries(expected[side].values)) compare(metric, values[metric], value);
    for (const [slice, of] of Object.entries(expected[side].slices)) {
      for (const [metric, value] of Object.entries(of)) compare(`${metric}[${slice}]`, slices![metric]?.[slice], value);
    }
    expect(off).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(name === "diabetes" ? 12 : 30);
    expect(Object.keys(values).toSorted()).toEqual(Object.keys(expected[side].values).toSorted());
  });

  test("the confusion matrix is scikit-learn's", () => {
    if (!expected.candidate.confusion) return expect(sample.classes).toEqual([]);
    for (const side of ["candidate", "baseline"] as const) {
      const seen = confusion(sample, sample[side]!).flat();
      expect(seen.every((value, at) => near(value, expected[side].confusion!.flat()[at]!))).toBe(true);
    }
  });

  test("McNemar's test is statsmodels'", () => {
    const seen = mcNemar(sample);
    if (!expected.mcnemar) return expect(seen).toBeUndefined();
    expect(seen).toMatchObject({ gained: expected.mcnemar.gained, lost: expected.mcnemar.lost });
    expect(near(seen!.pValue, expected.mcnemar.pValue), `${seen!.pValue}`).toBe(true);
  });

  test("intervals are those of SciPy's bootstrap over the same draws", () => {
    const { intervals, ...options } = expected.bootstrap;
    const wanted = Object.entries(intervals);
    const seen = bootstrap(
      sample,
      wanted.map(([what]) => ({
        metric: what.split(" ")[0]!,
        slice: "",
        times: what.endsWith("paired") ? 1 : 0,
        plus: 0,
      })),
      options,
    );
    for (const [at, [what, { low, high }]] of wanted.entries()) {
      expect(near(seen[at]!.low, low) && near(seen[at]!.high, high), `${what}: ${JSON.stringify(seen[at])}`).toBe(true);
    }
  });
});

test("McNemar's p-value, exact and by chi-square, is statsmodels'", () => {
  const tables = JSON.parse(read("mcnemar.json")) as { gained: number; lost: number; pValue: number }[];
  for (const { gained, lost, pValue } of tables) {
    const seen = mcNemarP(gained, lost).pValue;
    expect(Math.abs(seen - pValue), `${gained} and ${lost}: ${seen}`).toBeLessThanOrEqual(TOLERANCE * pValue + 1e-15);
  }
  expect(tables.length).toBeGreaterThan(10);
});
