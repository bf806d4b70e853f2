import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { figure } from "../../../src/domain/gate/figure.ts";
import { nearest } from "../../../src/domain/gate/nearest.ts";
import { OPERATORS, parseRules, type Rule } from "../../../src/domain/gate/rules.ts";
import { decide, holds, judge, type Measured } from "../../../src/domain/gate/verdict.ts";

const measured: Measured = {
  values: { accuracy: 0.93, "test.f1": 0.9, latency_p95_ms: 12 },
  slices: { recall: { "class=3": 0.71, "class=4": 0.95, "class=5": 0.84, "region=north": 0.2 } },
};

const judgeText = (text: string, of: Measured = measured) => judge(parseRules(text), of);

describe("a rule", () => {
  test("that holds passes, with its bound and what was observed", () => {
    expect(judgeText("accuracy > 0.80\nlatency_p95_ms <= 12")).toEqual({
      decision: "passed",
      rules: [
        { rule: "accuracy > 0.80", bound: 0.8, observed: 0.93, verdict: "passed" },
        { rule: "latency_p95_ms <= 12", bound: 12, observed: 12, verdict: "passed" },
      ],
    });
  });

  test("that does not hold rejects, whatever the others say", () => {
    expect(judgeText("accuracy > 0.80\nlatency_p95_ms < 12")).toMatchObject({
      decision: "rejected",
      rules: [{ verdict: "passed" }, { verdict: "rejected", observed: 12, reason: "observed 12" }],
    });
  });

  test("on every slice is as good as the worst of them", () => {
    expect(judgeText("recall[class=*] >= 0.85").rules).toEqual([
      {
        rule: "recall[class=*] >= 0.85",
        bound: 0.85,
        observed: 0.71,
        verdict: "rejected",
        reason: "class=3: observed 0.71 (2 of 3 slices fail)",
      },
    ]);
    expect(judgeText("recall[class=*] >= 0.7").rules[0]).toMatchObject({ observed: 0.71, verdict: "passed" });
    expect(judgeText("recall[class=4] >= 0.85").rules[0]).toMatchObject({ observed: 0.95, verdict: "passed" });
  });

  test.each([
    ["acuracy > 0.8", 'there is no metric "acuracy"; did you mean "accuracy"?'],
    ["f1 > 0.8", 'there is no metric "f1"; did you mean "test.f1"?'],
    ["ACCURACY > 0.8", 'there is no metric "ACCURACY"; did you mean "accuracy"?'],
    ["zzz > 0.8", 'there is no metric "zzz"; there are "accuracy", "test.f1", "latency_p95_ms"'],
    ["recal[class=3] > 0.8", 'there are no slices of "recal"; did you mean "recall"?'],
    ["accuracy[class=3] > 0.8", 'there are no slices of "accuracy"; there are "recall"'],
    [
      "recall[class=9] > 0.8",
      'there is no slice "class=9" of "recall"; did you mean "class=3" or "class=4" or "class=5"?',
    ],
    [
      "recall[colour=*] > 0.8",
      'there is no slice "colour=*" of "recall"; there are "class=3", "class=4", "class=5", "region=north"',
    ],
    ["recall > 0.5", 'there is no metric "recall"; there are "accuracy", "test.f1", "latency_p95_ms"'],
  ])("%s has nothing to judge, and says what there is", (text, reason) => {
    const { decision, rules } = judgeText(text);
    expect(decision).toBe("rejected");
    expect(rules).toEqual([{ rule: text, bound: rules[0]!.bound, verdict: "rejected", reason }]);
  });

  test.each([
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    ["0.9", 'the text "0.9"'],
    [null, "null"],
    [true, "true"],
    [[0.9], "a list"],
    [{}, "object"],
    [undefined, "undefined"],
  ])("never passes on %j", (value, seen) => {
    for (const operator of OPERATORS) {
      const { decision, rules } = judgeText(`a ${operator} 0.8`, { values: { a: value } });
      expect(decision).toBe("rejected");
      expect(rules[0]).toEqual({
        rule: `a ${operator} 0.8`,
        bound: 0.8,
        verdict: "rejected",
        reason: `expected a finite number, saw ${seen}`,
      });
    }
  });

  test("does not find what only a prototype has", () => {
    expect(judgeText("constructor != 0\n__proto__ != 0").decision).toBe("rejected");
  });

  test("without any metric says so", () => {
    expect(judgeText("a > 1", { values: {} }).rules[0]!.reason).toBe('there is no metric "a"; there are none at all');
  });
});

describe("the decision", () => {
  const name = fc.constantFrom("a", "b", "c", "missing");
  const bound = fc.constantFrom(0, 0.5, 1);
  const rule: fc.Arbitrary<Rule> = fc
    .record({ metric: name, operator: fc.constantFrom(...OPERATORS), bound })
    .map((each) => ({ ...each, text: `${each.metric} ${each.operator} ${each.bound}`, line: 1 }));
  const value = fc.oneof(fc.constantFrom(0, 0.5, 1, -0), fc.double(), fc.constantFrom<unknown>("0.9", null, true));
  const values: fc.Arbitrary<Measured> = fc.record({ a: value, b: value, c: value }).map((values) => ({ values }));
  const rules = fc.array(rule, { minLength: 1, maxLength: 6 });

  test("passed means that every rule holds on the doubles", () => {
    fc.assert(
      fc.property(rules, values, (rules, measured) => {
        const every = rules.every(({ metric, operator, bound }) => {
          const value = Object.hasOwn(measured.values, metric) ? measured.values[metric] : undefined;
          return typeof value === "number" && holds(value, operator, bound as number);
        });
        expect(judge(rules, measured).decision).toBe(every ? "passed" : "rejected");
      }),
    );
  });

  test("one more rule never turns a rejection into a pass", () => {
    fc.assert(
      fc.property(rules, rule, values, fc.nat(), (rules, more, measured, at) => {
        if (judge(rules, measured).decision === "passed") return;
        expect(judge(rules.toSpliced(at % (rules.length + 1), 0, more), measured).decision).toBe("rejected");
      }),
    );
  });

  test("the order of rules changes nothing", () => {
    fc.assert(
      fc.property(rules, values, (rules, measured) => {
        const backwards = judge(rules.toReversed(), measured);
        expect(backwards.decision).toBe(judge(rules, measured).decision);
        expect(backwards.rules.toReversed()).toEqual(judge(rules, measured).rules);
      }),
    );
  });

  test("is open as long as one rule is, and as long as there is none", () => {
    expect(decide([])).toBe("inconclusive");
    expect(decide(["passed", "inconclusive"])).toBe("inconclusive");
    expect(decide(["inconclusive", "rejected", "passed"])).toBe("rejected");
    expect(decide(["passed", "passed"])).toBe("passed");
  });
});

describe("a figure", () => {
  test.each([
    [0.9672131147540983, undefined, "0.967213"],
    [0.79999999, 0.8, "0.79999999"],
    [0.7999999999999999, 0.8, "0.7999999999999999"],
    [0.8, 0.8, "0.8"],
    [1234567, undefined, "1234567"],
    [1234567.891, undefined, "1234570"],
    [-0, undefined, "0"],
    [1e-9, undefined, "1e-9"],
    [Number.NaN, undefined, "NaN"],
  ])("%d beside %d reads %s", (value, bound, shown) => {
    expect(figure(value, bound)).toBe(shown);
  });

  test("never seems to stand on the other side of its bound", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: -3, max: 3 }),
        (bound, steps) => {
          const value = bound + steps * Number.EPSILON * Math.abs(bound);
          if (!Number.isFinite(value)) return;
          expect(Math.sign(Number(figure(value, bound)) - bound)).toBe(Math.sign(value - bound));
        },
      ),
    );
  });
});

test("the nearest names are those that were likely meant", () => {
  const names = ["accuracy", "test.accuracy", "f1_macro", "f1_micro", "loss"];
  expect(nearest("acc", names)).toEqual([]);
  expect(nearest("accuarcy", names)).toEqual(["accuracy"]);
  expect(nearest("val.accuracy", names)).toEqual(["accuracy", "test.accuracy"]);
  expect(nearest("f1_macr0", names)).toEqual(["f1_macro", "f1_micro"]);
  expect(nearest("", names)).toEqual([]);
});
