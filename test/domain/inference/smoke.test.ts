import { describe, expect, test } from "vitest";

import { judgeAnswer, parseSmokeRequest } from "../../../src/domain/inference/smoke.ts";

const asked = async (text: string) => await parseSmokeRequest(text);
/** The verdict, its reasons as lines. */
const judged = async (text: string, body: unknown, status = 200) => {
  const answer = { status, body: typeof body === "string" ? body : JSON.stringify(body) };
  const { reasons, prediction } = judgeAnswer(await asked(text), answer);
  return {
    reasons: reasons.map(({ where, expected, seen }) => `${where}: expected ${expected}, saw ${seen}`),
    prediction,
  };
};
const ROW = "body: {data: {ndarray: [[1, 2, 3]]}}";

describe("the input", () => {
  test("a body is enough: the rest has defaults", async () => {
    expect(await asked(ROW)).toEqual({
      path: "/api/v1.0/predictions",
      body: { data: { ndarray: [[1, 2, 3]] } },
      expect: { status: 200, shape: undefined, values: undefined, tolerance: 1e-6 },
    });
  });

  test("JSON is YAML too; a path alone is a GET", async () => {
    expect(await asked('{"path": "/metadata"}')).toMatchObject({ path: "/metadata", body: undefined });
  });

  test.each([
    ["[1]", "request: expected an object"],
    ["{}", "request.body: expected what is sent to the model, saw nothing"],
    ["bod: 1", "request.bod: expected one of path, body, expect, saw an unknown field"],
    [`${ROW}\npath: predict`, "request.path: expected a path that starts with one /"],
    [`${ROW}\npath: //evil/x`, "request.path: expected a path that starts with one /"],
    [`${ROW}\npath: "/a b"`, "request.path: expected a path"],
    [`${ROW}\nexpect: {status: 99}`, "request.expect.status: expected an HTTP status, saw 99"],
    [`${ROW}\nexpect: {status: "200"}`, "request.expect.status: expected a finite number"],
    [`${ROW}\nexpect: {shape: [1, -1]}`, "request.expect.shape[1]: expected a whole number, not negative, saw -1"],
    [`${ROW}\nexpect: {tolerance: -1}`, "request.expect.tolerance: expected a number not below 0"],
    [`${ROW}\nexpect: {shape: [1, 2], values: [[1]]}`, "expected values of the shape that it asks for"],
    ["a: &a [1]\nb: *a", "YAML"],
    ["body: [", "YAML"],
  ])("%j is told", async (text, told) => {
    await expect(asked(text)).rejects.toThrow(told);
  });

  test("all mistakes at once", async () => {
    await expect(asked("path: x\nexpect: {status: 1, shape: 5}")).rejects.toMatchObject({ mistakes: { length: 3 } });
  });
});

describe("an answer without expectations", () => {
  test("is well with a row for each that was sent", async () => {
    const verdict = await judged(ROW, { data: { names: ["no", "yes"], ndarray: [[0.25, 0.75]] }, meta: {} });
    expect(verdict).toEqual({ reasons: [], prediction: "[[0.25, 0.75]], largest: yes (0.75)" });
  });

  test.each<[string, unknown, number, string]>([
    [
      "nothing returned",
      { status: { status: 1, info: "Unknown data type", code: -1, reason: "MICROSERVICE_BAD_DATA" } },
      400,
      'HTTP status: expected 200, saw 400: "MICROSERVICE_BAD_DATA: Unknown data type"',
    ],
    ["no JSON", "<html>", 500, "HTTP status: expected 200, saw 500"],
    ["one dimension", { data: { names: [], ndarray: [0.1, 0.7] } }, 200, "data.ndarray: expected 2 dimensions or more"],
    ["NaN", '{"data":{"ndarray":[[NaN,1.0]]}}', 200, "the answer's body: expected finite numbers"],
    ["Infinity", '{"data":{"ndarray":[[-Infinity]]}}', 200, "the answer's body"],
    ["too few rows", { data: { ndarray: [] } }, 200, "data.ndarray: expected 2 dimensions or more"],
    ["too many rows", { data: { ndarray: [[1], [2]] } }, 200, "expected 1 rows, as many as were sent, saw 2"],
    ["ragged rows", { data: { ndarray: [[1], [2, 3]] } }, 200, "expected rows of one length"],
    ["empty rows", { data: { ndarray: [[]] } }, 200, "data.ndarray: expected values, saw shape [1, 0]"],
    ["nothing in it", { meta: {} }, 200, "expected data, jsonData, strData or binData with content, saw none"],
    ["an empty text", { strData: "" }, 200, "saw none"],
    [
      "a failure under 200",
      { status: { status: "FAILURE", info: "boom" }, data: { ndarray: [[1]] } },
      200,
      'expected no failure, saw "boom"',
    ],
    ["a tensor that does not add up", { data: { tensor: { shape: [1, 3], values: [1, 2] } } }, 200, "data.tensor"],
    ["an empty body", "", 200, "the answer's body"],
  ])("%s is refused", async (_, body, status, told) => {
    const { reasons } = await judged(ROW, body, status);
    expect(reasons.join("\n")).toContain(told);
  });

  test.each([
    [{ data: { tensor: { shape: [1, 2], values: [1, 2] } } }],
    [{ jsonData: { anything: true } }],
    [{ strData: "a cat" }],
    [{ binData: "aGVsbG8=" }],
  ])("%j is well", async (body) => {
    expect((await judged(ROW, body)).reasons).toEqual([]);
  });

  test("what is no table is not asked for rows", async () => {
    expect((await judged("body: {strData: hello}", { data: { ndarray: [["cat", 1]] } })).reasons).toEqual([]);
    expect((await judged("path: /metadata", { name: "digits" })).reasons).toEqual([]);
  });
});

describe("expectations", () => {
  test.each<[string, unknown, string[]]>([
    ["{shape: [1, 2]}", [[1, 2]], []],
    ["{shape: [1, 3]}", [[1, 2]], ["data.ndarray: expected shape [1, 3], saw shape [1, 2]"]],
    ["{shape: [2]}", [1, 2], []],
    ["{values: [[0.5, 1]], tolerance: 0.1}", [[0.55, 1]], []],
    ["{values: [[0.5, 1]], tolerance: 0.1}", [[0.7, 1]], ["data.ndarray[0][0]: expected 0.5 ± 0.1, saw 0.7"]],
    ["{values: [[0.5, 1]]}", [[0.5]], ["data.ndarray[0]: expected 2 values, saw 1"]],
    ["{values: [[cat]]}", [["dog"]], ['data.ndarray[0][0]: expected "\\"cat\\"", saw "\\"dog\\""']],
  ])("%s", async (expectation, ndarray, reasons) => {
    expect((await judged(`${ROW}\nexpect: ${expectation}`, { data: { ndarray } })).reasons).toEqual(reasons);
  });

  test("a tensor is compared in its shape", async () => {
    const body = { data: { tensor: { shape: [2, 2], values: [1, 2, 3, 4] } } };
    expect((await judged(`${ROW}\nexpect: {values: [[1, 2], [3, 4]]}`, body)).reasons).toEqual([]);
  });

  test("jsonData by its own names; what is not asked for may be there", async () => {
    const text = "body: {jsonData: 1}\nexpect: {values: {label: spam}}";
    expect((await judged(text, { jsonData: { label: "spam", score: 0.9 } })).reasons).toEqual([]);
    expect((await judged(text, { jsonData: { score: 0.9 } })).reasons).toEqual([
      "jsonData.label: expected a value, saw nothing",
    ]);
  });

  test("a refusal can be asked for", async () => {
    expect((await judged("body: {}\nexpect: {status: 400}", "whatever", 400)).reasons).toEqual([]);
    expect((await judged("body: {}\nexpect: {status: 400}", "{}", 200)).reasons).toEqual([
      "HTTP status: expected 400, saw 200",
    ]);
  });
});

test("a long prediction is shortened, a number to four digits", async () => {
  const row = Array.from({ length: 100 }, (_, at) => at / 3);
  const { prediction } = await judged(ROW, { data: { ndarray: [row] } });
  expect(prediction).toMatch(/^\[\[0, 0\.3333, 0\.6667.{150,190}…, largest: column 99 \(33\)$/);
});
