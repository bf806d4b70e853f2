import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { OPERATORS, parseRules, readRules, subject, type Rule } from "../../../src/domain/gate/rules.ts";
import { ActionError } from "../../../src/errors.ts";

function mistakesOf(text: string): readonly string[] {
  try {
    parseRules(text);
  } catch (thrown) {
    if (thrown instanceof ActionError) return thrown.message.split("\n");
    throw thrown;
  }
  return [];
}

describe("what is a rule", () => {
  test("the ways to write one", () => {
    const rules = parseRules(
      [
        "# the floor",
        "accuracy > 0.80   # strict",
        "",
        "  latency_p95_ms<=50",
        "test.f1-macro >= 1e-3",
        "loss < -1",
        'recall[class=3] >= 0.7 # and "quotes" in a comment',
        "recall[ class = * ] >= 0.6",
        'precision["a b"="c=d"] != 0',
        '"top 5 #1" == 1',
        "précision@5 > 0",
      ].join("\r\n"),
    );
    expect(
      rules.map(({ text, line, operator, bound, ...rest }) => [text, line, subject(rest), operator, bound]),
    ).toEqual([
      ["accuracy > 0.80", 2, "accuracy", ">", 0.8],
      ["latency_p95_ms<=50", 4, "latency_p95_ms", "<=", 50],
      ["test.f1-macro >= 1e-3", 5, "test.f1-macro", ">=", 0.001],
      ["loss < -1", 6, "loss", "<", -1],
      ["recall[class=3] >= 0.7", 7, "recall[class=3]", ">=", 0.7],
      ["recall[ class = * ] >= 0.6", 8, "recall[class=*]", ">=", 0.6],
      ['precision["a b"="c=d"] != 0', 9, "precision[a b=c=d]", "!=", 0],
      ['"top 5 #1" == 1', 10, "top 5 #1", "==", 1],
      ["précision@5 > 0", 11, "précision@5", ">", 0],
    ]);
  });

  test("any name, operator and double is read back as it was written", () => {
    const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== "");
    const bound = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => JSON.parse(JSON.stringify(value)) as number);
    fc.assert(
      fc.property(name, fc.constantFrom(...OPERATORS), bound, (metric, operator, bound) => {
        const [rule] = parseRules(`${JSON.stringify(metric)} ${operator} ${JSON.stringify(bound)}`);
        expect(rule).toMatchObject({ metric, operator, bound });
      }),
    );
  });

  test("whatever is written, it is a rule or a mistake with its line, and fast", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "a",
        "[",
        "]",
        "=",
        ">",
        ">=",
        "0.8",
        "-",
        "*",
        '"',
        "#",
        "\n",
        " ",
        "baseline",
        "where",
        "1e999",
        "é",
        "🎉",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        for (const line of mistakesOf(pieces.join("")))
          expect(line).toMatch(/^(the rules|line \d+(, column \d+)?): expected /);
      }),
      { numRuns: 500 },
    );
    const start = performance.now();
    mistakesOf(`${"a".repeat(60_000)} > `);
    mistakesOf(`a[${'"'.repeat(60_000)}`);
    mistakesOf("[".repeat(60_000));
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

const ONE_A_LINE = "Write one rule a line; in YAML, `conditions: |` keeps the lines.";

describe("what is none", () => {
  test.each([
    [
      "",
      "the rules: expected at least one rule, as accuracy > 0.80, saw none. A gate without a rule could never say no.",
    ],
    [
      "# only a comment",
      "the rules: expected at least one rule, as accuracy > 0.80, saw none. A gate without a rule could never say no.",
    ],
    ["accuracy", "line 1, column 9: expected an operator (> >= < <= == !=), saw the end of the line."],
    ["accuracy # >", "line 1, column 10: expected an operator (> >= < <= == !=), saw the end of the line."],
    ["accuracy >", "line 1, column 11: expected a number, or baseline, saw the end of the line."],
    ["accuracy = 1", 'line 1, column 10: expected an operator (> >= < <= == !=), saw "=". Write ==.'],
    ["accuracy ≥ 1", 'line 1, column 10: expected an operator (> >= < <= == !=), saw "≥". Write >=.'],
    ["accuracy => 1", 'line 1, column 10: expected an operator (> >= < <= == !=), saw "=>". Write >=.'],
    [
      "0.8 < accuracy",
      'line 1, column 1: expected a metric\'s name, saw "0.8". Write the metric first: accuracy > 0.80.',
    ],
    [
      "> 0.8",
      'line 1, column 1: expected a metric\'s name, saw ">". A name with other signs stands in quotes: "top 5".',
    ],
    ["accuracy > 0,8", 'line 1, column 12: expected a number, as 0.8, 50 or 1e-3, saw "0,8". Write a point: 0.8.'],
    [
      "accuracy > 80%",
      'line 1, column 12: expected a number, as 0.8, 50 or 1e-3, saw "80%". Write a share as a number: 0.8 for 80%.',
    ],
    ["accuracy > .8", 'line 1, column 12: expected a number, as 0.8, 50 or 1e-3, saw ".8". Write the zero: 0.8.'],
    [
      "latency < 50ms",
      'line 1, column 11: expected a number, as 0.8, 50 or 1e-3, saw "50ms". Write it without a unit: a rule compares plain numbers.',
    ],
    ["accuracy > +1", 'line 1, column 12: expected a number, as 0.8, 50 or 1e-3, saw "+1". Write it without the plus.'],
    ["accuracy > 007", 'line 1, column 12: expected a number, as 0.8, 50 or 1e-3, saw "007".'],
    ["accuracy > 1_000", 'line 1, column 12: expected a number, as 0.8, 50 or 1e-3, saw "1_000".'],
    ["accuracy > 1e999", "line 1, column 12: expected a number that a double can hold, saw 1e999."],
    ["accuracy > NaN", 'line 1, column 12: expected a number, or baseline, saw "NaN".'],
    [
      'accuracy > "0.8"',
      'line 1, column 12: expected a number, or baseline, saw "\\"0.8\\"". Write it without quotes.',
    ],
    [
      "🎉accuracy > 1",
      'line 1, column 1: expected a metric\'s name, saw "🎉". A name with other signs stands in quotes: "top 5".',
    ],
    ['"🎉" >', "line 1, column 6: expected a number, or baseline, saw the end of the line."],
    [
      "a > 1 b > 2",
      'line 1, column 7: expected the end of the rule, saw "b". Write one rule a line; in YAML, `conditions: |` keeps the lines.',
    ],
    [
      "a > 1 and b > 2",
      'line 1, column 7: expected the end of the rule, saw "and". Write one rule a line; in YAML, `conditions: |` keeps the lines.',
    ],
    ["recall[class] > 1", 'line 1, column 13: expected = and a slice, as recall[class=3], saw "]".'],
    ["recall[class=3 > 1", 'line 1, column 16: expected ], saw ">".'],
    ["recall[=3] > 1", 'line 1, column 8: expected what the slices are by, as recall[class=3], saw "=".'],
    [
      'recall[class=""] > 1',
      'line 1, column 14: expected a slice, as recall[class=3], or * for every one, saw "\\"\\"".',
    ],
    ["accuracy >= baseline - x", 'line 1, column 24: expected a number, as baseline - 0.01, saw "x".'],
    ["accuracy >= baseline - ", "line 1, column 24: expected a number, as baseline - 0.01, saw the end of the line."],
    ["accuracy >= baseline / 2", `line 1, column 22: expected the end of the rule, saw "/". ${ONE_A_LINE}`],
    ["accuracy >= baselines", 'line 1, column 13: expected a number, or baseline, saw "baselines".'],
    ["accuracy >= baseline * 1e999", "line 1, column 24: expected a number that a double can hold, saw 1e999."],
    [
      "best(accuracy by region) >= 0.75",
      'line 1, column 1: expected a metric\'s name, or worst(<metric> by <column>), saw "best(…)".',
    ],
    [
      "worst(accuracy region) >= 0.75",
      'line 1, column 16: expected by and a column, as worst(accuracy by region), saw "region".',
    ],
    ["worst(accuracy by region >= 0.75", 'line 1, column 26: expected ), saw ">=".'],
    [
      "worst(accuracy by region) == 1",
      'line 1, column 27: expected > >= < or <=, saw "==". The operator says which end is the worst.',
    ],
    ["a > 1 where m >= 2", 'line 1, column 13: expected n >= and a whole number, as where n >= 200, saw "m".'],
    ["a > 1 where n <= 2", 'line 1, column 15: expected n >= and a whole number, as where n >= 200, saw "<=".'],
    ["a > 1 where n >= 2.5", 'line 1, column 18: expected n >= and a whole number, as where n >= 200, saw "2.5".'],
    ["accuracy > 1 - 0.01", `line 1, column 14: expected the end of the rule, saw "-". ${ONE_A_LINE}`],
    [`${"a".repeat(500)} > 1`, "line 1, column 1: expected a rule of at most 500 characters, saw 504."],
  ])("%s", (text, told) => {
    expect(mistakesOf(text)).toEqual([told]);
  });

  test("all mistakes are told at once, each with its line", () => {
    expect(mistakesOf("accuracy\nf1 > 0.8\n\nloss < x\n").map((line) => line.split(":")[0])).toEqual([
      "line 1, column 9",
      "line 4, column 8",
    ]);
  });

  test("too many or too much", () => {
    const many = Array.from({ length: 201 }, (_, at) => `m${at} > 1`).join("\n");
    expect(mistakesOf(many)).toEqual(["the rules: expected at most 200, saw 201."]);
    expect(mistakesOf("#".repeat(65_537))).toEqual(["the rules: expected at most 65536 bytes, saw 65537."]);
  });
});

describe("rules that do not go together", () => {
  test.each([
    [
      "a > 0.9\na < 0.5",
      'line 2: expected rules that can hold together, saw "a < 0.5" beside "a > 0.9" (line 1). No value meets all of them, so nothing could ever pass.',
    ],
    [
      "a > 1\na <= 1",
      'line 2: expected rules that can hold together, saw "a <= 1" beside "a > 1" (line 1). No value meets all of them, so nothing could ever pass.',
    ],
    [
      "a == 1\n# x\na == 2",
      'line 3: expected rules that can hold together, saw "a == 2" beside "a == 1" (line 1). No value meets all of them, so nothing could ever pass.',
    ],
    [
      "a == 1\na != 1.0",
      'line 2: expected rules that can hold together, saw "a != 1.0" beside "a == 1" (line 1). No value meets all of them, so nothing could ever pass.',
    ],
    [
      "a >= 1\na <= 1\na != 1",
      'line 3: expected rules that can hold together, saw "a != 1" beside "a >= 1" (line 1) and "a <= 1" (line 2). No value meets all of them, so nothing could ever pass.',
    ],
    [
      "r[c=3] > 0.9\nr[c=*] < 0.5",
      'line 2: expected rules that can hold together, saw "r[c=*] < 0.5" beside "r[c=3] > 0.9" (line 1). No value meets all of them, so nothing could ever pass.',
    ],
    [
      "a >= baseline\na < baseline - 0",
      'line 2: expected rules that can hold together, saw "a < baseline - 0" beside "a >= baseline" (line 1). No value meets all of them, so nothing could ever pass.',
    ],
    [
      "worst(r by c) >= 0.9\nr[c=3] < 0.5",
      'line 2: expected rules that can hold together, saw "r[c=3] < 0.5" beside "worst(r by c) >= 0.9" (line 1). No value meets all of them, so nothing could ever pass.',
    ],
    ["a > baseline - 0\na>baseline", 'line 2: expected each rule once, saw "a>baseline" again, after line 1.'],
    ["a > 0.80\na  >  0.8", 'line 2: expected each rule once, saw "a  >  0.8" again, after line 1.'],
  ])("%j", (text, told) => {
    expect(mistakesOf(text)).toEqual([told]);
  });

  test.each([
    "a > 0.5\na < 0.9",
    "a >= 1\na <= 1",
    "a > 0.5\na > 0.9",
    "a != 1\na != 2",
    "r[c=3] > 0.9\nr[c=4] < 0.5",
    "r[c=3] > 0.9\nr[d=*] < 0.5",
    "r > 0.9\nr[c=*] < 0.5",
    "a >= 0.9\na < baseline",
    "a >= baseline\na <= baseline * 1.1",
    "worst(r by c) >= baseline\nr[c=*] < baseline",
    "a > 1\na > 1 where n > 5",
    "r[c=3] > 0.9\nr[c=4] < 0.8\nr[c=*] > 0.1",
  ])("%j may stand together", (text) => {
    expect(mistakesOf(text)).toEqual([]);
  });

  test("rules are refused exactly where no small number meets them", () => {
    const rule = fc.record({ operator: fc.constantFrom(...OPERATORS), bound: fc.integer({ min: -2, max: 2 }) });
    const meets = (value: number, { operator, bound }: { operator: Rule["operator"]; bound: number }): boolean =>
      ({
        ">": value > bound,
        ">=": value >= bound,
        "<": value < bound,
        "<=": value <= bound,
        "==": value === bound,
        "!=": value !== bound,
      })[operator];
    const grid = Array.from({ length: 33 }, (_, at) => (at - 16) / 4);
    fc.assert(
      fc.property(
        fc.uniqueArray(rule, { maxLength: 6, minLength: 1, selector: ({ operator, bound }) => `${operator}${bound}` }),
        (rules) => {
          const possible = grid.some((value) => rules.every((each) => meets(value, each)));
          const told = mistakesOf(rules.map(({ operator, bound }) => `a ${operator} ${bound}`).join("\n"));
          expect(told.length === 0).toBe(possible);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("rules as YAML", () => {
  const same = parseRules("accuracy > 0.80\nrecall[class=*] >= baseline - 0.01 where n >= 20\naccuracy < 1.0");
  const bare = (rules: readonly Rule[]): unknown =>
    rules.map(({ text, ...rest }) => ({ ...rest, line: text.length > 0 }));

  test.each([
    [
      "a list",
      "# floors\n- accuracy > 0.80\n- { metric: 'recall[class=*]', operator: '>=', bound: baseline - 0.01, where: n >= 20 }\n- metric: accuracy\n  operator: <\n  bound: 1.0\n",
    ],
    [
      "a mapping",
      `accuracy: "> 0.80"\n"recall[class=*]": ">= baseline - 0.01 where n >= 20"\n'accuracy ': ["< 1.0"]\n`,
    ],
  ])("%s says the same as lines", async (_, text) => {
    expect(bare(await readRules(text))).toEqual(bare(same));
  });

  test.each([
    [
      "- accuracy > 0.80\n- accuracy",
      "rule 2, column 9: expected an operator (> >= < <= == !=), saw the end of the line.",
    ],
    ["accuracy: 0.8", 'rule 1, column 10: expected an operator (> >= < <= == !=), saw "0.8".'],
    ["- [a]", 'rule 1: expected a rule as text, or { metric, operator, bound, where }, saw "[\\"a\\"]".'],
    ["- { metric: a, operator: '>' }", "rule 1, bound: expected a text, saw nothing."],
    [
      "- { metric: a, operator: '>', bound: 1e999 }",
      "rule 1, column 5: expected a number that a double can hold, saw 1e999.",
    ],
    [
      "- { metric: a, operator: '>', bound: 1, when: x }",
      'rule 1: expected only metric, operator, bound, where, saw "when".',
    ],
    [
      "[]",
      "the rules: expected at least one rule, as accuracy > 0.80, saw none. A gate without a rule could never say no.",
    ],
  ])("%j is none", async (text, told) => {
    await expect(readRules(text)).rejects.toThrow(told);
  });

  test("a key that stands twice, and a mark before the first rule", async () => {
    await expect(readRules('accuracy: "> 0.8"\naccuracy: "> 0.9"')).rejects.toThrow(/YAML/);
    expect(await readRules("\ufeffaccuracy > 0.8")).toHaveLength(1);
  });
});

test("every rule of docs/gate.md is one", async () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../../docs/gate.md"), "utf8");
  const [lines = ""] = [...page.matchAll(/```\n([^]*?)```/g)].map(([, block]) => block!);
  expect(await readRules(lines)).toHaveLength(11);
  const blocks = [...page.matchAll(/```yaml\nconditions: \|\n([^]*?)```/g)].map(([, block]) => block!);
  expect(blocks).toHaveLength(2);
  for (const block of blocks) expect((await readRules(block.replace(/^ {2}/gm, ""))).length).toBeGreaterThan(1);
});
