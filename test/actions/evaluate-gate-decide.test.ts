import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";

import { parseRecord, serialiseRecord } from "../../src/domain/record/record.ts";
import { ActionError } from "../../src/errors.ts";
import { openGateBench, type GateBench } from "./gate-bench.ts";

let bench: GateBench;
beforeEach(() => {
  bench = openGateBench();
});
afterEach(() => bench.close());

test("judges the record's metrics, and puts the verdict into the record", async () => {
  const { outputs, summary, annotations, failure } = await bench.decide({
    record: serialiseRecord(await bench.trained()),
    conditions: "accuracy > 0.90",
  });
  expect(outputs.decision).toBe("passed");
  expect(parseRecord(outputs.record!).gate).toEqual({
    decision: "passed",
    rules: [{ rule: "accuracy > 0.90", bound: 0.9, observed: 0.95, verdict: "passed" }],
  });
  expect(readFileSync(outputs.report!, "utf8")).toBe(summary);
  expect(summary).toContain("## Gate: passed (digits)");
  expect([annotations, failure]).toEqual([undefined, undefined]);
  // The actions after this one find it without being told.
  expect((await bench.decide({ conditions: "f1 > 0.8" })).outputs.decision).toBe("passed");
});

test("rejects as data: outputs, record and summary are all there, and the step is red", async () => {
  const record = serialiseRecord(await bench.trained());
  const conditions = "accuracy > 0.99\nf1 > 0.8\nacuracy > 0.1";
  const red = await bench.decide({ record, conditions });
  expect(red.outputs.decision).toBe("rejected");
  expect(parseRecord(red.outputs.record!).gate?.rules.map(({ verdict }) => verdict)).toEqual([
    "rejected",
    "passed",
    "rejected",
  ]);
  expect(red.summary).toContain("## Gate: rejected");
  expect(red.annotations).toEqual([
    { level: "error", title: "Rule not met", message: "accuracy > 0.99: observed 0.95" },
    {
      level: "error",
      title: "Rule not met",
      message: 'acuracy > 0.1: there is no metric "acuracy"; did you mean "accuracy"?',
    },
  ]);
  expect(red.failure).toBe(
    'The gate rejected digits: accuracy > 0.99: observed 0.95; acuracy > 0.1: there is no metric "acuracy"; did you mean "accuracy"?',
  );
  const green = await bench.decide({ record, conditions, "on-reject": "report" });
  expect(green.failure).toBeUndefined();
  expect(green.annotations?.map(({ level }) => level)).toEqual(["warning", "warning"]);
  expect(green.outputs).toEqual(red.outputs);
});

test("shows at most nine annotations, so that with the step's own there are ten", async () => {
  const conditions = Array.from({ length: 30 }, (_, at) => `m${at} > 1`).join("\n");
  const { annotations, failure } = await bench.decide({ record: serialiseRecord(await bench.trained()), conditions });
  expect(annotations).toHaveLength(9);
  expect(failure).toMatch(/ … and 25 more$/);
});

test("works from plain inputs alone", async () => {
  writeFileSync(bench.inWork("eval.yaml"), "accuracy: 0.5\nslices:\n  recall: {class=3: 0.4}\n");
  const { outputs, summary } = await bench.decide({
    metrics: "eval.yaml",
    conditions: "accuracy >= 0.5\nrecall[class=*] > 0.3",
    "on-reject": "report",
  });
  expect(outputs).toMatchObject({ decision: "passed", record: "" });
  expect(summary).toContain("## Gate: passed\n");
});

test("puts measured metrics above the record's, and says so", async () => {
  writeFileSync(bench.inWork("eval.json"), '{"accuracy": 0.93, "auc": 0.99}');
  const { outputs } = await bench.decide({
    record: serialiseRecord(await bench.trained()),
    metrics: "eval.json",
    conditions: "accuracy < 0.94\nf1 >= 0.9\nauc > 0.9",
  });
  expect(outputs.decision).toBe("passed");
  expect({ ...parseRecord(outputs.record!).metrics?.values }).toEqual({ accuracy: 0.93, f1: 0.9, auc: 0.99 });
  expect(bench.lines).toContain(`  "accuracy": 0.93 stands above the training's 0.95`);
});

test.each([
  ["no metrics anywhere", {}, /a record with metrics, or the input "metrics"/],
  ["a file that is not there", { metrics: "gone.json" }, /metrics "gone.json": expected a file, saw none/],
  [
    "a metric that is no number",
    { metrics: "text.json" },
    /metric "accuracy": expected a finite number, saw the text "0.9"/,
  ],
  ["NaN", { metrics: "nan.json" }, /finite number/],
])("passes nothing on %s", async (_, inputs, told) => {
  writeFileSync(bench.inWork("text.json"), '{"accuracy": "0.9"}');
  writeFileSync(bench.inWork("nan.json"), '{"accuracy": NaN}');
  await expect(bench.decide({ conditions: "accuracy > 0", ...inputs })).rejects.toThrow(told);
});

test("refuses metrics that a record could not hold", async () => {
  const values = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`m${at}`, at]));
  writeFileSync(bench.inWork("many.json"), JSON.stringify(values));
  const record = serialiseRecord(await bench.trained());
  await expect(bench.decide({ record, metrics: "many.json", conditions: "m0 >= 0" })).rejects.toThrow(
    /at most 500.*saw 502/,
  );
});

test("tells every mistake of the inputs in one go", async () => {
  const thrown = await bench
    .decide({ conditions: "accuracy\nf1 > 0,8", "on-reject": "no" })
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(ActionError);
  expect((thrown as ActionError).mistakes.map(({ where }) => where)).toEqual([
    'input "conditions", line 1, column 9',
    'input "conditions", line 2, column 6',
    'input "on-reject"',
  ]);
  await expect(bench.decide({})).rejects.toThrow(/input "conditions": expected a value, saw nothing/);
});
