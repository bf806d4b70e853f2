// Rules beside a baseline, by slice, with few samples and with intervals.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseRules, type Rule } from "../../../src/domain/gate/rules.ts";
import { holds, judge, type Circumstances, type Measured } from "../../../src/domain/gate/verdict.ts";

const candidate: Measured = {
  values: { accuracy: 0.9, mae: 4, n: 300 },
  slices: {
    recall: { "class=0": 0.9, "class=1": 0.8 },
    accuracy: { "region=north": 0.95, "region=south": 0.7, "region=isle": 0.2 },
    n: { "class=0": 150, "class=1": 150, "region=north": 200, "region=south": 90, "region=isle": 10 },
  },
};
const live: Measured = {
  values: { accuracy: 0.905, mae: 5, text: "0.9" },
  slices: { recall: { "class=0": 0.91, "class=1": 0.82 }, accuracy: { "region=north": 0.6, "region=south": 0.9 } },
};
const beside = (measured: Measured): Circumstances => ({ baseline: { kind: "measured", measured } });

const first = (text: string, circumstances: Circumstances = beside(live), of: Measured = candidate) =>
  judge(parseRules(text), of, circumstances).rules[0]!;

describe("against the baseline", () => {
  test.each([
    ["accuracy >= baseline - 0.01", { verdict: "passed", observed: 0.9, baseline: 0.905, bound: 0.895 }],
    ["accuracy >= baseline", { verdict: "rejected", reason: "observed 0.9, bound 0.905" }],
    ["accuracy >= baseline * 0.99", { verdict: "passed" }],
    ["mae <= baseline", { verdict: "passed", baseline: 5 }],
    ["recall[class=1] >= baseline - 0.01", { verdict: "rejected", observed: 0.8, baseline: 0.82 }],
    ["recall[class=*] >= baseline - 0.05", { verdict: "passed" }],
    [
      "recall[class=*] >= baseline - 0.015",
      { verdict: "rejected", observed: 0.8, reason: "class=1: observed 0.8, bound 0.805 (1 of 2 slices fail)" },
    ],
    // Each model's own worst region, wherever that is.
    ["worst(accuracy by region) >= baseline - 0.45", { verdict: "passed", observed: 0.2, baseline: 0.6 }],
    [
      "accuracy[region=*] >= baseline - 0.9",
      { verdict: "inconclusive", reason: "region=isle: the baseline has no such slice (1 of 3 slices are open)" },
    ],
    ["accuracy[region=*] >= baseline", { verdict: "rejected", observed: 0.7 }],
    [
      "n >= baseline",
      {
        verdict: "inconclusive",
        reason: 'of the baseline: there is no metric "n"; there are "accuracy", "mae", "text"',
      },
    ],
    ["gone >= baseline", { verdict: "rejected" }],
    ["accuracy < baseline * 1e308", { verdict: "passed" }],
  ])("%s", (text, expected) => {
    expect(first(text)).toMatchObject(expected);
  });

  test("a slice that only the baseline has passes nothing", () => {
    const without: Measured = { values: {}, slices: { recall: { "class=0": 1 } } };
    expect(first("recall[class=*] >= baseline", beside(live), without)).toMatchObject({
      verdict: "inconclusive",
      reason: '"class=1" is a slice of the baseline, and not of the candidate',
    });
  });

  test("a bound that no double holds, and a baseline that is no number", () => {
    expect(first("mae < baseline * 1e308", beside({ values: { mae: 1e10 } }))).toMatchObject({
      verdict: "inconclusive",
    });
    expect(first("accuracy >= baseline", beside({ values: { accuracy: "0.9" } }))).toMatchObject({
      verdict: "inconclusive",
      reason: 'the baseline\'s value: expected a finite number, saw the text "0.9"',
    });
  });

  test("nothing to compare with: as the switch says, and all other rules still decide", () => {
    const none = (pass: boolean): Circumstances => ({
      baseline: { kind: "none-yet", pass, why: "nothing serves yet" },
    });
    const rules = parseRules("accuracy >= baseline\naccuracy > 0.95");
    expect(judge(rules, candidate, none(true)).decision).toBe("rejected");
    expect(judge(rules.slice(0, 1), candidate, none(true))).toEqual({
      decision: "passed",
      rules: [
        {
          rule: "accuracy >= baseline",
          observed: 0.9,
          verdict: "passed",
          reason: "nothing serves yet (first-deploy: pass)",
        },
      ],
    });
    expect(judge(rules.slice(0, 1), candidate, none(false)).decision).toBe("inconclusive");
    expect(judge(rules.slice(0, 1), candidate).decision).toBe("inconclusive");
    expect(first("gone >= baseline", none(true)).verdict).toBe("rejected");
  });
});

describe("few samples", () => {
  test.each([
    ["accuracy > 0.5 where n >= 300", { verdict: "passed" }],
    ["accuracy > 0.5 where n > 300", { verdict: "inconclusive", reason: "300 samples, 301 are asked for" }],
    [
      "accuracy[region=*] > 0.6 where n >= 50",
      { verdict: "passed", reason: "1 with fewer than 50 samples left aside" },
    ],
    [
      "accuracy[region=*] > 0.8 where n >= 50",
      {
        verdict: "rejected",
        reason: "region=south: observed 0.7 (1 of 2 slices fail, 1 with fewer than 50 samples left aside)",
      },
    ],
    ["worst(accuracy by region) > 0.6 where n >= 50", { verdict: "passed", observed: 0.7 }],
    [
      "accuracy[region=*] > 0 where n >= 999",
      { verdict: "inconclusive", reason: "no slice has 999 samples; the largest has 200" },
    ],
    ["accuracy[region=isle] > 0 where n >= 50", { verdict: "inconclusive", reason: "10 samples, 50 are asked for" }],
  ])("%s", (text, expected) => {
    expect(first(text)).toMatchObject(expected);
  });

  test("are told by the input too, and nothing passes where nobody counted", () => {
    expect(first("accuracy > 0.5", { minSamples: 301 }).verdict).toBe("inconclusive");
    expect(first("accuracy > 0.5", { minSamples: 300 }).verdict).toBe("passed");
    expect(first("accuracy > 0.5", { minSamples: 1 }, { values: { accuracy: 1 } })).toMatchObject({
      verdict: "inconclusive",
      reason: '1 samples are asked for, and nothing says how many there are: give predictions, or a metric "n"',
    });
  });
});

describe("an interval", () => {
  const judged = (text: string, low: number, high: number, more: Circumstances = {}) =>
    first(text, { ...beside(live), interval: () => ({ low, high }), ...more });

  test.each([
    ["clear of the bound decides", "accuracy > 0.8", 0.05, 0.15, "passed"],
    ["that touches the bound from the good side is clear", "accuracy > 0.8", 0, 0.15, "passed"],
    ["across the bound is open", "accuracy > 0.8", -0.01, 0.2, "inconclusive"],
    ["across the bound keeps a miss open too", "accuracy > 0.95", -0.1, 0.01, "inconclusive"],
    ["wholly beyond it rejects", "accuracy > 0.95", -0.1, -0.01, "rejected"],
    ["is read the other way round for what should be low", "mae <= 5", -2, -0.5, "passed"],
    ["that reaches too high is open", "mae <= 5", -2, 0.5, "inconclusive"],
    ["wholly too high rejects", "mae <= 3", 0.5, 1.5, "rejected"],
    ["says nothing of equality", "accuracy == 0.9", -1, 1, "passed"],
  ])("%s", (_, text, low, high, verdict) => {
    expect(judged(text, low, high).verdict).toBe(verdict);
  });

  test("may reach beyond the bound by the margin, and a value that misses it passes never", () => {
    expect(judged("accuracy > 0.8", -0.01, 0.2, { margin: 0.01 }).verdict).toBe("passed");
    expect(judged("accuracy > 0.8", -0.02, 0.2, { margin: 0.01 }).verdict).toBe("inconclusive");
    expect(judged("mae <= 5", -2, 0.5, { margin: 0.5 }).verdict).toBe("passed");
    expect(judged("accuracy > 0.95", -0.1, 0.1, { margin: 100 }).verdict).toBe("inconclusive");
  });

  test("is only told where it is not to decide", () => {
    expect(judged("accuracy > 0.8", -0.01, 0.2, { decisive: false })).toMatchObject({
      verdict: "passed",
      interval: { low: -0.01, high: 0.2 },
    });
  });
});

describe("whatever the circumstances", () => {
  const number = fc.constantFrom<unknown>(0, 0.4, 0.5, 0.6, 1, Number.NaN, "1", null);
  const sliced = fc.dictionary(fc.constantFrom("g=a", "g=b", "h=a"), number);
  const measured: fc.Arbitrary<Measured> = fc.record({
    values: fc.dictionary(fc.constantFrom("m", "k", "n"), number),
    slices: fc.dictionary(fc.constantFrom("m", "n"), sliced),
  });
  const left = fc.constantFrom("m", "k", "m[g=*]", "m[g=a]", "worst(m by g)", "gone");
  const bound = fc.constantFrom("0.5", "1", "baseline", "baseline - 0.1", "baseline * 1.2");
  const where = fc.constantFrom("", " where n >= 1");
  const rule = fc
    .tuple(left, fc.constantFrom(">", ">=", "<", "<="), bound, where)
    .map(([l, operator, b, w]) => parseRules(`${l} ${operator} ${b}${w}`)[0]!);
  const interval = fc.record({ low: fc.constantFrom(-1, -0.1, 0), high: fc.constantFrom(0, 0.1, 1) });
  const circumstances: fc.Arbitrary<Circumstances> = fc
    .tuple(measured, interval, fc.constantFrom(undefined, 0, 0.2), fc.boolean(), fc.constantFrom(undefined, 1, 2))
    .map(([of, found, margin, resampled, minSamples]) => ({
      ...beside(of),
      margin,
      minSamples,
      ...(resampled ? { interval: () => found } : {}),
    }));
  const rules = fc.array(rule, { minLength: 1, maxLength: 5 });

  /** By the definition alone: every value that the rule speaks of meets its bound. */
  function meets(
    { metric, slice, worstBy, operator, bound, least }: Rule,
    of: Measured,
    base: Measured,
    few: number,
  ): boolean {
    const by = slice?.by ?? worstBy;
    const pick = (from: Measured): Readonly<Record<string, unknown>> =>
      by === undefined ? { "": from.values[metric] } : (from.slices?.[metric] ?? {});
    const wanted = (key: string): boolean =>
      by === undefined ||
      (slice !== undefined && slice.value !== "*" ? key === `${by}=${slice.value}` : key.startsWith(`${by}=`));
    const counts = by === undefined ? { "": of.values.n } : (of.slices?.n ?? {});
    const needed = Math.max(least ?? 0, few);
    const counted = (key: string): unknown => (counts as Record<string, unknown>)[key];
    const asked = Object.entries(pick(of)).filter(([key]) => wanted(key));
    // A slice that no one has counted can not be left aside as too small.
    if (needed > 0 && asked.some(([key]) => typeof counted(key) !== "number")) return false;
    const ours = asked.filter(([key]) => needed === 0 || (counted(key) as number) >= needed);
    const theirs = pick(base);
    const worst = Object.entries(theirs)
      .filter(([key]) => wanted(key))
      .map(([, value]) => value as number)
      .toSorted((a, b) => (operator.startsWith(">") ? a - b : b - a))[0];
    return (
      ours.length > 0 &&
      ours.every(([key, value]) => {
        const baseline = (worstBy === undefined ? theirs[key] : worst) as number;
        const limit = typeof bound === "number" ? bound : bound.times * baseline + bound.plus;
        return typeof value === "number" && holds(value, operator, limit);
      })
    );
  }

  test("a slice that no one has counted is not left aside as too small", () => {
    const [worst] = parseRules("worst(m by g) < 0.5");
    const slices = { m: { "g=a": 0, "g=b": 0.6 }, n: { "g=b": "1", "g=a": 1 } };
    expect(judge([worst!], { values: {}, slices }, { minSamples: 1 })).toMatchObject({
      decision: "inconclusive",
      rules: [{ reason: "g=b: 1 samples are asked for, and nothing says how many there are" }],
    });
  });

  test("passed means that every rule holds on the doubles", () => {
    fc.assert(
      fc.property(rules, measured, circumstances, (all, of, found) => {
        if (judge(all, of, found).decision !== "passed") return;
        const base = found.baseline?.kind === "measured" ? found.baseline.measured : { values: {} };
        for (const each of all) expect(meets(each, of, base, found.minSamples ?? 0), each.text).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test("one more rule never makes a pass of what was none, and order changes nothing", () => {
    fc.assert(
      fc.property(rules, rule, measured, circumstances, (all, more, of, found) => {
        const { decision, rules: told } = judge(all, of, found);
        if (decision !== "passed") expect(judge([...all, more], of, found).decision).not.toBe("passed");
        if (decision === "rejected") expect(judge([more, ...all], of, found).decision).toBe("rejected");
        expect(judge(all.toReversed(), of, found)).toEqual({ decision, rules: told.toReversed() });
      }),
      { numRuns: 1000 },
    );
  });
});
