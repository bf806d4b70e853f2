import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { mcNemar } from "../../../src/domain/metrics/mcnemar.ts";
import { measure } from "../../../src/domain/metrics/measure.ts";
import { makeSample, parsePredictions, type Task } from "../../../src/domain/metrics/predictions.ts";
import { bootstrap } from "../../../src/domain/metrics/resampling.ts";

const sampleOf = (text: string, baseline?: string, task?: Task) =>
  makeSample(
    parsePredictions(text, "new.csv"),
    baseline === undefined ? undefined : parsePredictions(baseline, "old.csv"),
    {
      task,
    },
  );
const valuesOf = (text: string, task?: Task) => {
  const sample = sampleOf(text, undefined, task);
  return measure(sample, sample.candidate);
};

describe("what is read", () => {
  test("quotes, line ends inside them, a byte order mark, CRLF, and no end at the last line", () => {
    const text = '\ufeffy_true,y_pred,note\r\n"a, b","a, b","one\r\ntwo"\r\n"say ""no""",a,\r\n"a, b",c,x';
    const sample = sampleOf(text);
    expect(sample.classes).toEqual(["a", "a, b", "c", 'say "no"']);
    expect(sample.groups[0]!.names).toEqual(["(empty)", "one\r\ntwo", "x"]);
    expect(measure(sample, sample.candidate).values.accuracy).toBeCloseTo(1 / 3);
  });

  test("JSON lines say the same as CSV", () => {
    const lines = [
      { y_true: 1, y_pred: 1, region: "north", weight: 2 },
      { y_true: 0, y_pred: 1, region: "south", weight: 1 },
      { y_true: 0, y_pred: 0, region: "south", weight: 0.5 },
    ];
    const csv = `y_true,y_pred,region,weight\n${lines.map((row) => Object.values(row).join(",")).join("\n")}\n`;
    const jsonl = lines.map((row) => JSON.stringify(row)).join("\n");
    expect(valuesOf(jsonl)).toEqual(valuesOf(csv));
    expect(valuesOf(csv).values.accuracy).toBeCloseTo(2.5 / 3.5);
  });

  test("scores in JSON, and the class that they say", () => {
    const text = '{"y_true":"cat","scores":{"cat":0.9,"dog":0.1}}\n{"y_true":"dog","scores":{"cat":0.6,"dog":0.4}}\n';
    expect(valuesOf(text).values).toMatchObject({ accuracy: 0.5, roc_auc: 1 });
  });

  test.each([
    ["whole numbers are classes", "y_true,y_pred\n1,1\n2,3\n", undefined, "classification"],
    ["a number that is not whole makes values", "y_true,y_pred\n1,1.5\n2,3\n", undefined, "regression"],
    ["as it is said", "y_true,y_pred\n1,1\n2,3\n", "regression" as const, "regression"],
  ])("%s", (_, text, task, expected) => {
    expect(sampleOf(text, undefined, task).task).toBe(expected);
  });
});

describe("what is refused, with its line", () => {
  test.each([
    ["nothing", "", /at least one row, saw none/],
    ["a head alone", "y_true,y_pred\n", /at least one row, saw none/],
    ["a ragged row", "y_true,y_pred\n1,1\n1\n", /new.csv, line 3: expected 2 fields, as in the first line, saw 1/],
    ["an empty line in the middle", "y_true,y_pred\n\n1,1\n", /line 2: expected a row, saw an empty line/],
    ["a quote that is not closed", 'y_true,y_pred\n1,"1\n', /line 2: expected a closing quote/],
    ["text after a quote", 'y_true,y_pred\n1,"1"x\n', /line 2: expected a comma or the line's end/],
    ["a quote inside a field", 'y_true,y_pred\n1,a"b\n', /written twice/],
    ["semicolons", "y_true;y_pred\n1;1\n", /columns separated by commas.*numbers with a point/],
    ["a column twice", "y_true,y_true\n1,1\n", /each column once, saw "y_true" twice/],
    ["no truth", "y,y_pred\n1,1\n", /a column y_true, saw "y", "y_pred"/],
    ["no answer", "y_true,region\n1,1\n", /a column y_pred, score or score_<class>/],
    [
      "a decimal comma",
      'y_true,y_pred,score\n1,1,"0,9"\n0,0,0.1\n',
      /line 2, "score": expected a finite number, saw "0,9". Write a point: 0.9/,
    ],
    ["NaN", "y_true,y_pred,score\n1,1,NaN\n", /finite number, saw "NaN"/],
    ["1e999", "y_true,y_pred,score\n1,1,1e999\n", /finite number, saw "1e999"/],
    ["an empty score", "y_true,y_pred,score\n1,1,\n", /finite number, saw ""/],
    ["an empty label", "y_true,y_pred\n1,\n", /line 2, "y_pred": expected a label or a number, saw nothing/],
    ["a negative weight", "y_true,y_pred,weight\n1,1,-1\n", /not negative, saw "-1"/],
    ["weights of nothing", "y_true,y_pred,weight\n1,1,0\n", /a weight above 0/],
    ["an id twice", "id,y_true,y_pred\na,1,1\na,0,0\n", /each id once/],
    ["labels written in two ways", "y_true,y_pred\n1,1.0\n0,0.0\n", /written in one way, saw "1" and "1.0"/],
    [
      "labels of two types",
      '{"y_true":1,"y_pred":"1"}\n',
      /line 1, "y_pred": expected a number, as in line 1, saw the string "\\"1\\""/,
    ],
    ["JSON with a name twice", '{"y_true":1,"y_pred":1,"y_true":0}\n', /each name once/],
    [
      "JSON without a value",
      '{"y_true":1,"y_pred":1}\n{"y_true":1}\n',
      /line 2, "y_pred": expected a value in every row/,
    ],
    ["a list in JSON", '{"y_true":1,"y_pred":[1]}\n', /a text or a number, saw "\[1\]"/],
    ["a group called class", "y_true,y_pred,class\n1,1,1\n", /another name for the column, saw "class"/],
    [
      "one score for three classes",
      "y_true,score\n0,0.1\n1,0.5\n2,0.2\n",
      /two classes where there is one score, saw 3/,
    ],
    ["a class without scores", "y_true,score_a,score_b\nc,0.5,0.5\n", /for each of 3 classes, saw none for "c"/],
    ["text in a regression", "y_true,y_pred\n1.5,high\n", /./],
  ])("%s", (what, text, told) => {
    if (what === "text in a regression") {
      expect(() => sampleOf(text, undefined, "regression")).toThrow(
        /finite numbers, since this is a regression, saw "high"/,
      );
    } else expect(() => sampleOf(text)).toThrow(told);
  });

  test.each([
    ["another number of rows", "y_true,y_pred\n1,1\n", /2 rows, as in new.csv, saw 1/],
    ["another truth", "y_true,y_pred\n1,1\n1,0\n", /old.csv, row 2: expected y_true "0", as in new.csv, saw "1"/],
  ])("rows that do not pair: %s", (_, old, told) => {
    expect(() => sampleOf("y_true,y_pred\n1,1\n0,0\n", old)).toThrow(told);
  });

  test("rows that do not pair: an id that only one has", () => {
    expect(() => sampleOf("id,y_true,y_pred\na,1,1\nb,0,0\n", "id,y_true,y_pred\na,1,1\nc,0,0\n")).toThrow(
      /a row with id "b", saw none/,
    );
  });
});

test("a class that is never predicted has precision 0, one slice of one class no ROC", () => {
  const { values, slices } = valuesOf("y_true,score,g\n1,0.1,x\n1,0.2,x\n0,0.3,y\n");
  expect(slices!.precision!["class=1"]).toBe(0);
  expect(values.roc_auc).toBe(0);
  expect(slices!.roc_auc).toBeUndefined();
});

test("rows pair by id, whatever their order", () => {
  const old = "id,y_true,y_pred\nc,0,1\na,1,1\nb,0,0\n";
  const sample = sampleOf("id,y_true,y_pred\na,1,0\nb,0,0\nc,0,0\n", old);
  expect(mcNemar(sample)).toMatchObject({ gained: 1, lost: 1, pValue: 1 });
});

test("the order of rows changes nothing, to the last bit", () => {
  const row = fc.record({
    t: fc.constantFrom("0", "1"),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    old: fc.constantFrom("0", "1"),
    weight: fc.double({ min: 0.1, max: 3, noNaN: true }),
    g: fc.constantFrom("x", "y"),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 4, maxLength: 25 }), fc.integer(), (rows, seed) => {
      const all = [
        { t: "0", score: 0.5, old: "1", weight: 1, g: "x" },
        { t: "1", score: 0.5, old: "1", weight: 1, g: "y" },
        ...rows,
      ];
      const tell = (some: typeof all) => {
        const sample = sampleOf(
          `y_true,score,weight,g\n${some.map((r) => [r.t, r.score, r.weight, r.g].join(",")).join("\n")}\n`,
          `y_true,y_pred\n${some.map((r) => `${r.t},${r.old}`).join("\n")}\n`,
        );
        const wanted = ["accuracy", "log_loss"].map((metric) => ({ metric, slice: "", times: 0, plus: 0 }));
        return [
          measure(sample, sample.candidate),
          bootstrap(sample, [...wanted, { metric: "f1", slice: "g=x", times: 1, plus: 0 }], {
            rounds: 20,
            seed: 1,
            confidence: 0.9,
          }),
        ];
      };
      const shuffled = all
        .map((each, at) => ({ each, key: Math.imul(at + 1, seed | 1) }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ each }) => each);
      expect(tell(shuffled)).toEqual(tell(all));
    }),
    { numRuns: 60 },
  );
});

test("the same model beside itself differs by nothing", () => {
  const text = "y_true,y_pred,g\n1,1,x\n0,1,y\n1,0,y\n0,0,x\n";
  const [found] = bootstrap(sampleOf(text, text), [{ metric: "accuracy", slice: "", times: 1, plus: 0 }], {
    rounds: 100,
    seed: 7,
    confidence: 0.95,
  });
  expect(found).toEqual({ low: 0, high: 0 });
});
