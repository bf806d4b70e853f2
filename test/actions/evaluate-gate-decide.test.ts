import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { parseRecord, serialiseRecord } from "../../src/domain/record/record.ts";
import { parseGateReport } from "../../src/domain/report/gate-report.ts";
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
    baseline: { kind: "none" },
    seconds: 0,
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

test("computes metrics from predictions, and decides beside the baseline's by intervals", async () => {
  for (const side of ["candidate", "baseline"]) {
    copyFileSync(resolve(import.meta.dirname, `../golden/gate/digits-${side}.csv`), bench.inWork(`${side}.csv`));
  }
  const given = {
    record: serialiseRecord(await bench.trained()),
    predictions: "candidate.csv",
    "baseline-predictions": "baseline.csv",
    "on-reject": "report",
    "on-inconclusive": "report",
  };
  const conditions =
    "accuracy >= baseline - 0.01\nrecall[class=*] >= 0.80\nworst(accuracy by group) >= 0.9\nf1_macro >= baseline";
  const open = await bench.decide({ ...given, conditions, confidence: "0.95" });
  expect(open.outputs.decision).toBe("inconclusive");
  const { gate, metrics } = parseRecord(open.outputs.record!);
  expect(gate).toMatchObject({ confidence: 0.95, baseline: { kind: "predictions", from: "baseline.csv" } });
  expect(gate!.rules.map(({ verdict }) => verdict)).toEqual(["passed", "inconclusive", "inconclusive", "passed"]);
  expect(metrics!.values.accuracy).toBeCloseTo(0.9388888888888889, 12);
  // Rows in another order, and the rules: the very same record.
  const [head, ...rows] = readFileSync(bench.inWork("candidate.csv"), "utf8").trim().split("\n");
  writeFileSync(bench.inWork("candidate.csv"), `${[head, ...rows.toReversed()].join("\n")}\n`);
  expect((await bench.decide({ ...given, conditions, confidence: "0.95" })).outputs.record).toBe(open.outputs.record);
  // Without a confidence the values decide as they stand.
  const plain = await bench.decide({ ...given, conditions });
  expect(plain.outputs.decision).toBe("passed");
  expect(readFileSync(plain.outputs["report-html"]!, "utf8")).toContain("The values decided as they stand.");
  expect(readFileSync(plain.outputs["report-junit"]!, "utf8")).toContain('tests="4" failures="0" errors="0"');
  expect(parseGateReport(readFileSync(plain.outputs["report-json"]!, "utf8"), "x").flips).toMatchObject({ total: 92 });
  // Too few rows, or slices without any: nothing passes.
  expect((await bench.decide({ ...given, conditions: "accuracy > 0.5", "min-samples": "541" })).outputs.decision).toBe(
    "inconclusive",
  );
  expect((await bench.decide({ ...given, conditions: "accuracy[region=*] > 0" })).outputs.decision).toBe("rejected");
});

test.each([
  [
    "a rule against no baseline",
    { conditions: "accuracy >= baseline" },
    /input "baseline": expected a baseline, since a rule asks for it/,
  ],
  [
    "a baseline's answers alone",
    { conditions: "a > 0", "baseline-predictions": "x.csv" },
    /input "predictions": expected the candidate's answers/,
  ],
  [
    "predictions that are not there",
    { conditions: "a > 0", predictions: "x.csv" },
    /predictions "x.csv": expected a file, saw none/,
  ],
  [
    "a confidence of 95",
    { conditions: "a > 0", confidence: "95" },
    /input "confidence": expected a number between 0 and 1/,
  ],
  ["another baseline", { conditions: "a > 0", baseline: "main" }, /input "baseline".*expected live, branch:<name>/],
])("refuses %s", async (_, inputs, told) => {
  const record = serialiseRecord(await bench.trained());
  await expect(bench.decide({ record, ...(inputs as unknown as Record<string, string>) })).rejects.toThrow(told);
});

test("compares with a file: a record, or bare metrics", async () => {
  const record = await bench.trained();
  writeFileSync(bench.inWork("old.yaml"), "accuracy: 0.96\n");
  writeFileSync(bench.inWork("old.json"), serialiseRecord({ ...record, metrics: { values: { accuracy: 0.94 } } }));
  const given = { record: serialiseRecord(record), conditions: "accuracy >= baseline", "on-reject": "report" };
  expect((await bench.decide({ ...given, baseline: "file:old.yaml" })).outputs.decision).toBe("rejected");
  const passed = await bench.decide({ ...given, baseline: "file:old.json" });
  expect(parseRecord(passed.outputs.record!).gate).toMatchObject({
    decision: "passed",
    baseline: { kind: "file", from: "file old.json", digest: record.model.digest, sha: record.source.sha },
  });
  await expect(bench.decide({ ...given, baseline: "file:gone" })).rejects.toThrow(/expected a file "gone", saw none/);
});
