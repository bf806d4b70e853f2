import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { compareAnswers } from "../../../src/domain/gate/changed-answers.ts";
import { parseGolden } from "../../../src/domain/gate/golden-set.ts";
import { predictionLine } from "../../../src/domain/gate/golden.ts";

const rows = [
  { x: [5.1, 3.5], known: { y_true: 0, id: "a", region: "north" } },
  { x: [4.9, -3e2], known: { y_true: 1, id: "b", region: 'a "b",\nc' } },
];
const asLine = ({ x, known }: (typeof rows)[0]): string => JSON.stringify({ x, ...known });

describe("one set in each of its forms", () => {
  test.each([
    ["JSON lines", `${rows.map(asLine).join("\n")}\n`],
    ["JSON lines with a byte order mark and CRLF", `\ufeff${rows.map(asLine).join("\r\n")}\r\n\r\n`],
    ["a JSON list", JSON.stringify(rows.map((row) => JSON.parse(asLine(row)) as unknown))],
    [
      "a JSON list on lines",
      `\ufeff \n${JSON.stringify(
        rows.map((row) => JSON.parse(asLine(row)) as unknown),
        null,
        2,
      )}`,
    ],
    ["CSV with a list", 'id,x,region,y_true\na,"[5.1, 3.5]",north,0\nb,"[4.9, -300]","a ""b"",\nc",1\n'],
    [
      "CSV with a column a feature",
      '\ufeffid,x_0,x_width,region,y_true\r\na,5.1,3.5,north,0\r\nb,4.9,-3e2,"a ""b"",\nc",1\r\n',
    ],
  ])("%s", (_, text) => {
    const read = parseGolden(text, "golden").map(({ x, known }) => ({ x, known: { ...known } }));
    expect(read).toEqual(rows);
  });

  test("features that are texts stay texts, and a label that looks like a number is one", () => {
    const [first] = parseGolden("x_colour,x_size,y_true\nred,1,03\nblue,2,04\n", "golden.csv");
    expect(first).toEqual({ x: ["red", 1], known: { y_true: "03" } });
  });

  test("what is true may be left out, in all rows", () => {
    expect(parseGolden('{"x": [1]}\n{"x": [2]}', "g")).toEqual([
      { x: [1], known: {} },
      { x: [2], known: {} },
    ]);
    expect(parseGolden("x_a\n1\n2\n", "g").map(({ x }) => x)).toEqual([[1], [2]]);
  });

  test("any numbers are read back from CSV as they were written", () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }), (table) => {
        const csv = `x_a,x_b\n${table.map((cells) => cells.map((cell) => JSON.stringify(cell)).join(",")).join("\n")}\n`;
        expect(parseGolden(csv, "g").map(({ x }) => x)).toEqual(JSON.parse(JSON.stringify(table)));
      }),
    );
  });
});

test.each([
  ["nothing", "", /at least one row, saw none/],
  ["an empty list", "[]", /at least one row, saw none/],
  ["a head alone", "x,y_true\n", /at least one row, saw none/],
  ["no features", '{"y_true": 1}', /golden, row 1: expected x, saw "y_true"/],
  ["no features in CSV", "a,y_true\n1,1\n", /golden, line 1: expected the features.*saw "a", "y_true"/],
  ["features told twice", "x,x_a\n[1],1\n", /golden, line 1: expected the features.*saw both/],
  [
    "y_true in some rows only",
    '{"x": [1], "y_true": 1}\n{"x": [2]}',
    /row 2: expected y_true, as in the rows before, saw none/,
  ],
  [
    "y_true in later rows only",
    '{"x": [1]}\n{"x": [2], "y_true": 1}',
    /row 2: expected no y_true, as in the rows before/,
  ],
  ["a row that is none", "[1]", /row 1: expected an object.*saw "1"/],
  ["no JSON", '{"x": [1]', /golden, row 1/],
  ["1e999", '{"x": [1e999]}', /golden, row 1.*1e999/],
  ["1e999 in CSV", "x\n[1e999]\n", /line 2, "x".*1e999/],
  [
    "NaN",
    "x_a\nNaN\n1\n",
    /line 3, "x_a": expected a number, as in other rows|line 2, "x_a": expected a number, as in other rows/,
  ],
  [
    "a decimal comma",
    'x_a\n"0,5"\n"0,7"\n',
    /line 2, "x_a": expected a number or a text, saw "0,5". Write a point: 0.5./,
  ],
  ["semicolons", "x_a;y_true\n1;1\n", /columns separated by commas/],
  ["an empty feature", "x_a,y_true\n,1\n", /line 2, "x_a": expected a value, saw nothing/],
  ["a ragged row", "x_a,y_true\n1,1\n2\n", /line 3: expected 2 fields/],
  ["a column twice", "x_a,x_a\n1,1\n", /each column once, saw "x_a" twice/],
  ["a name twice", '{"x": [1], "x": [2]}', /each name once/],
])("%s is refused", (_, text, told) => {
  expect(() => parseGolden(text, "golden")).toThrow(told);
});

describe("answers of which nobody knows what is right", () => {
  const lines = (answers: readonly object[]): string =>
    answers.map((answer, at) => `${predictionLine({ x: [at], known: { id: `g${at}` } }, answer as never)}\n`).join("");

  test("classes by probabilities: which changed, and how far", () => {
    const ours = lines([{ scores: { a: 0.9, b: 0.1 } }, { scores: { a: 0.4, b: 0.6 } }]);
    const theirs = lines([{ scores: { b: 0.2, a: 0.8 } }, { scores: { b: 0.4, a: 0.6 } }]);
    const { flips, delta } = compareAnswers(ours, theirs, undefined);
    expect(flips).toEqual({ total: 1, rows: 2, shown: [{ row: "g1", truth: "", from: "a", to: "b" }] });
    expect(delta!.most).toBeCloseTo(0.2, 12);
    expect(delta!.mean).toBeCloseTo(0.15, 12);
  });

  test("values: how far they moved, and no classes", () => {
    const changed = compareAnswers(
      lines([{ y_pred: 1.5 }, { y_pred: 3 }]),
      lines([{ y_pred: 1 }, { y_pred: 2 }]),
      undefined,
    );
    expect(changed).toEqual({ rows: 2, flips: undefined, delta: { most: 1, mean: 0.75 } });
  });

  test("whole numbers are classes, unless it is said", () => {
    const [ours, theirs] = [lines([{ y_pred: 1 }]), lines([{ y_pred: 7 }])];
    expect(compareAnswers(ours, theirs, undefined)).toMatchObject({ flips: { total: 1 }, delta: undefined });
    expect(compareAnswers(ours, theirs, "regression")).toMatchObject({ flips: undefined, delta: { most: 6 } });
  });

  test("the same model differs by nothing, in whatever order it lists its classes", () => {
    const scores = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.double({ min: 0, max: 1, noNaN: true }), {
      minKeys: 3,
    });
    fc.assert(
      fc.property(fc.array(scores, { minLength: 1, maxLength: 5 }), (all) => {
        const { flips, delta } = compareAnswers(
          lines(all.map((each) => ({ scores: each }))),
          lines(all.map((each) => ({ scores: each }))),
          undefined,
        );
        expect([flips!.total, delta]).toEqual([0, { most: 0, mean: 0 }]);
      }),
    );
  });

  test("rows that do not pair are refused", () => {
    expect(() => compareAnswers(lines([{ y_pred: 1 }]), "", undefined)).toThrow(/expected 1 of both models, saw 0/);
  });
});
