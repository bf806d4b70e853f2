import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { columnNames, generateBatch, judgeContract, parseContract } from "../../../src/domain/inference/contract.ts";
import { parseGolden } from "../../../src/domain/inference/golden.ts";
import { junitXml } from "../../../src/domain/report/trial-junit.ts";

const contract = parseContract(
  JSON.stringify({
    features: [
      { name: "age", ftype: "continuous", dtype: "INT", range: [18, 99] },
      { name: "x", ftype: "continuous", dtype: "FLOAT", repeat: 2 },
      { name: "kind", ftype: "categorical", values: ["a", "b"] },
    ],
    targets: [
      { name: "p", ftype: "continuous", dtype: "FLOAT", range: [0, 1], repeat: 2 },
      { name: "class", ftype: "categorical", values: [0, 1] },
    ],
  }),
);
const judge = (rows: unknown, sent = 1): readonly string[] =>
  judgeContract(contract, sent, JSON.stringify({ data: { ndarray: rows } }));

test("made-up rows keep to the contract, and the same number makes the same rows", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 20 }), (seed, rows) => {
      const batch = generateBatch(contract, rows, seed) as (number | string)[][];
      expect(batch).toHaveLength(rows);
      for (const [age, x, y, kind] of batch) {
        expect(Number.isInteger(age) && (age as number) >= 18 && (age as number) <= 99).toBe(true);
        expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
        expect(["a", "b"]).toContain(kind);
      }
      expect(generateBatch(contract, rows, seed)).toEqual(batch);
    }),
  );
  expect(columnNames(contract.features)).toEqual(["age", "x1", "x2", "kind"]);
});

test("a feature with a shape is a picture", () => {
  const picture = parseContract(
    `{"features": [{"name": "i", "ftype": "continuous", "dtype": "FLOAT", "shape": [2, 3]}], "targets": [{"name": "p", "ftype": "continuous", "dtype": "FLOAT"}]}`,
  );
  const batch = generateBatch(picture, 4, 1) as number[][][];
  expect([batch.length, batch[0]!.length, batch[0]![0]!.length]).toEqual([4, 2, 3]);
});

describe("an answer", () => {
  test("that keeps to the contract has no fault", () => expect(judge([[0, 1, 1]])).toEqual([]));
  test.each<[string, unknown, string]>([
    ["one dimension", [0.1, 0.2, 1], "expected 2 dimensions or more, saw shape [3]"],
    ["columns", [[0.1, 0.2]], "expected 3 columns (p1, p2, class), saw 2"],
    [
      "rows",
      [
        [0, 1, 1],
        [0, 1, 1],
      ],
      "expected 1 rows, as many as were sent, saw 2",
    ],
    ["range", [[0, 1.5, 1]], "[0][1] (p2): expected 1 or less"],
    ["type", [["0.1", 1, 1]], "(p1): expected a number"],
    ["null", [[null, 1, 1]], "(p1): expected a number"],
    ["category", [[0, 1, 2]], "(class): expected one of 0, 1"],
    ["no rows", [], "saw shape [0]"],
  ])("of wrong %s is told", (_name, rows, why) => expect(judge(rows).join("\n")).toContain(why));
  test("with NaN is told", () => {
    expect(judgeContract(contract, 1, `{"data":{"ndarray":[[NaN,0,1]]}}`).join()).toContain("saw NaN or Infinity");
  });
});

test.each<[string, string]>([
  ["{}", "a list features"],
  [`{"features": [{"name": "x", "ftype": "odd"}], "targets": [{}]}`, "continuous or categorical"],
  [`{"features": [{"name": "x", "ftype": "continuous"}], "targets": []}`, "FLOAT or INT"],
  [
    `{"features": [{"name": "x", "ftype": "continuous", "dtype": "INT", "range": [2, 1]}], "targets": []}`,
    "the lower bound first",
  ],
  [`{"features": [{"name": "x", "ftype": "categorical", "values": []}], "targets": []}`, "a list of categories"],
])("%s is refused", (text, why) => expect(() => parseContract(text)).toThrow(why));

test("a golden set is a list of questions and answers", () => {
  const [one, two] = parseGolden(
    `[{"input": [[1]], "expected": [[2]]}, {"request": {"strData": "x"}, "expected": "y", "tolerance": 0.5}]`,
    "g",
    "/predict",
  );
  expect(one).toMatchObject({ body: { data: { ndarray: [[1]] } }, expect: { values: [[2]], tolerance: 1e-6 } });
  expect(two).toMatchObject({ body: { strData: "x" }, expect: { values: "y", tolerance: 0.5 } });
  expect(() => parseGolden(`[{"expected": 1}]`, "g", "/p")).toThrow("input or request");
  expect(() => parseGolden(`[{"input": 1}]`, "g", "/p")).toThrow("the values of the answer");
});

test("JUnit's XML holds whatever a server said", () => {
  const xml = junitXml("s", [
    { name: 'a "b" <c>', seconds: 0.1234, reasons: [] },
    { name: "d", seconds: 1, reasons: ["x < y & \u0000 ]]>", "second\nline"] },
  ]);
  expect(xml).toContain('tests="2" failures="1"');
  expect(xml).toContain('name="a &#34;b&#34; &#60;c&#62;" time="0.123"/>');
  expect(xml).toContain("x &#60; y &#38; \ufffd ]]&#62;");
});
