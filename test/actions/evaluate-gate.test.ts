import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { evaluateGateDecide } from "../../src/actions/evaluate-gate-decide.ts";
import { evaluateGatePrepare } from "../../src/actions/evaluate-gate-prepare.ts";
import { readModel } from "../../src/actions/model.ts";
import { tarArchives } from "../../src/adapters/archive.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { githubRest } from "../../src/adapters/github.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { parseRecord, serialiseRecord, type ReleaseRecord } from "../../src/domain/record/record.ts";
import { ActionError } from "../../src/errors.ts";
import { readInputs, readRun, type Run } from "../../src/inputs.ts";
import { passed } from "../domain/report/releases.ts";

let folder: string;
let run: Run;
let lines: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gate-"));
  mkdirSync(join(folder, "work/model"), { recursive: true });
  writeFileSync(join(folder, "work/model/model.joblib"), "a model");
  run = readRun({
    GITHUB_REPOSITORY: "acme/digits",
    GITHUB_RUN_ID: "42",
    GITHUB_WORKSPACE: join(folder, "work"),
    RUNNER_TEMP: join(folder, "temp"),
  });
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ports = () => ({
  log: {
    info: (text: string) => void lines.push(text),
    warning: (text: string) => void lines.push(text),
    debug: () => undefined,
    group: async <T>(_: string, work: () => Promise<T>) => work(),
    mask: () => undefined,
  },
  clock: systemClock(),
  workspace: localWorkspace(run),
  archives: tarArchives(),
  github: githubRest({ run, token: undefined }),
});

/** As the runner hands inputs over: all of them, empty where nothing was given. */
const env = (inputs: Record<string, string>): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
const decide = async (inputs: Record<string, string>) =>
  evaluateGateDecide.run(await readInputs(evaluateGateDecide.inputs, env(inputs)), run, ports());
const prepare = async (inputs: Record<string, string>) =>
  evaluateGatePrepare.run(await readInputs(evaluateGatePrepare.inputs, env(inputs)), run, ports());
const inWork = (name: string): string => join(folder, "work", name);

async function trained(): Promise<ReleaseRecord> {
  const found = await readModel(inWork("model/model.joblib"), localWorkspace(run));
  const { schema, model, source, training, artifact } = passed;
  return {
    schema,
    model: { ...model, digest: found!.digest },
    source,
    training,
    artifact: artifact!,
    metrics: { values: { accuracy: 0.95, f1: 0.9 } },
  };
}

describe("decide", () => {
  test("judges the record's metrics, and puts the verdict into the record", async () => {
    const { outputs, summary, annotations, failure } = await decide({
      record: serialiseRecord(await trained()),
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
    expect((await decide({ conditions: "f1 > 0.8" })).outputs.decision).toBe("passed");
  });

  test("rejects as data: outputs, record and summary are all there, and the step is red", async () => {
    const record = serialiseRecord(await trained());
    const conditions = "accuracy > 0.99\nf1 > 0.8\nacuracy > 0.1";
    const red = await decide({ record, conditions });
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
    const green = await decide({ record, conditions, "on-reject": "report" });
    expect(green.failure).toBeUndefined();
    expect(green.annotations?.map(({ level }) => level)).toEqual(["warning", "warning"]);
    expect(green.outputs).toEqual(red.outputs);
  });

  test("shows at most nine annotations, so that with the step's own there are ten", async () => {
    const conditions = Array.from({ length: 30 }, (_, at) => `m${at} > 1`).join("\n");
    const { annotations, failure } = await decide({ record: serialiseRecord(await trained()), conditions });
    expect(annotations).toHaveLength(9);
    expect(failure).toMatch(/ … and 25 more$/);
  });

  test("works from plain inputs alone", async () => {
    writeFileSync(inWork("eval.yaml"), "accuracy: 0.5\nslices:\n  recall: {class=3: 0.4}\n");
    const { outputs, summary } = await decide({
      metrics: "eval.yaml",
      conditions: "accuracy >= 0.5\nrecall[class=*] > 0.3",
      "on-reject": "report",
    });
    expect(outputs).toMatchObject({ decision: "passed", record: "" });
    expect(summary).toContain("## Gate: passed\n");
  });

  test("puts measured metrics above the record's, and says so", async () => {
    writeFileSync(inWork("eval.json"), '{"accuracy": 0.93, "auc": 0.99}');
    const { outputs } = await decide({
      record: serialiseRecord(await trained()),
      metrics: "eval.json",
      conditions: "accuracy < 0.94\nf1 >= 0.9\nauc > 0.9",
    });
    expect(outputs.decision).toBe("passed");
    expect({ ...parseRecord(outputs.record!).metrics?.values }).toEqual({ accuracy: 0.93, f1: 0.9, auc: 0.99 });
    expect(lines).toContain(`  "accuracy": 0.93 stands above the training's 0.95`);
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
    writeFileSync(inWork("text.json"), '{"accuracy": "0.9"}');
    writeFileSync(inWork("nan.json"), '{"accuracy": NaN}');
    await expect(decide({ conditions: "accuracy > 0", ...inputs })).rejects.toThrow(told);
  });

  test("refuses metrics that a record could not hold", async () => {
    const values = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`m${at}`, at]));
    writeFileSync(inWork("many.json"), JSON.stringify(values));
    const record = serialiseRecord(await trained());
    await expect(decide({ record, metrics: "many.json", conditions: "m0 >= 0" })).rejects.toThrow(
      /at most 500.*saw 502/,
    );
  });

  test("tells every mistake of the inputs in one go", async () => {
    const thrown = await decide({ conditions: "accuracy\nf1 > 0,8", "on-reject": "no" }).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(ActionError);
    expect((thrown as ActionError).mistakes.map(({ where }) => where)).toEqual([
      'input "conditions", line 1, column 9',
      'input "conditions", line 2, column 6',
      'input "on-reject"',
    ]);
    await expect(decide({})).rejects.toThrow(/input "conditions": expected a value, saw nothing/);
  });
});

describe("prepare", () => {
  const command = "python evaluate.py";
  const conditions = "accuracy > 0.9";

  test("names the model of the record, which must be the one that was recorded", async () => {
    const record = await trained();
    const { outputs } = await prepare({ record: serialiseRecord(record), command, conditions });
    expect(outputs["model-path"]).toBe(inWork("model/model.joblib"));
    expect(outputs.node).toBe(process.execPath);
    expect(JSON.parse(readFileSync(outputs["plan-file"]!, "utf8"))).toMatchObject({
      kind: "evaluate",
      workingDirectory: run.workspace,
      env: { MODEL_PATH: inWork("model/model.joblib"), METRICS_PATH: outputs["metrics-path"] },
    });
    const { artifact: _, ...unkept } = record;
    writeFileSync(inWork("model/model.joblib"), "another model");
    await expect(prepare({ record: serialiseRecord(unkept), command, conditions })).rejects.toThrow(
      /an artifact that holds the model/,
    );
  });

  test("takes a model from the workspace where there is no record", async () => {
    const { outputs } = await prepare({ model: "model", command, conditions, metrics: "eval.json" });
    expect(outputs).toMatchObject({ "model-path": inWork("model"), "metrics-path": inWork("eval.json") });
    await expect(prepare({ model: "gone", command, conditions })).rejects.toThrow(/nothing at "gone"/);
    await expect(prepare({ command, conditions })).rejects.toThrow(/neither a record nor a model/);
  });

  test("does not evaluate another model than the record's", async () => {
    const record = serialiseRecord(await trained());
    await expect(prepare({ record, model: "other", command, conditions })).rejects.toThrow(
      /the record's own model, "model\/model.joblib", saw "other"/,
    );
    expect((await prepare({ record, model: "./model/model.joblib", command, conditions })).outputs["model-path"]).toBe(
      inWork("model/model.joblib"),
    );
  });

  test("tells a mistake in the rules before anything runs", async () => {
    await expect(prepare({ model: "model", command, conditions: "accuracy" })).rejects.toThrow(/line 1, column 9/);
  });
});

describe("a command between the two", () => {
  const given = { model: "model", command: "x", conditions: "accuracy > 0.9" };
  const judge = async (planFile: string, more: Record<string, string> = {}) =>
    decide({ conditions: given.conditions, "plan-file": planFile, ...more });

  test("is judged by what it wrote to METRICS_PATH", async () => {
    const { outputs } = await prepare(given);
    writeFileSync(outputs["metrics-path"]!, '{"accuracy": 0.95}');
    expect((await judge(outputs["plan-file"]!)).outputs.decision).toBe("passed");
  });

  test("that wrote nothing passes nothing, even where the record has metrics", async () => {
    const record = serialiseRecord(await trained());
    const { outputs } = await prepare({ ...given, model: "", record });
    await expect(judge(outputs["plan-file"]!, { record })).rejects.toThrow(/METRICS_PATH.*expected a file, saw none/);
  });

  test("does not pass by a file of an earlier run", async () => {
    const file = inWork("eval.json");
    writeFileSync(file, '{"accuracy": 0.99}');
    utimesSync(file, new Date(0), new Date(0));
    const { outputs } = await prepare({ ...given, metrics: "eval.json" });
    const plan = outputs["plan-file"]!;
    await expect(judge(plan, { metrics: "eval.json" })).rejects.toThrow(/expected a file that the command has written/);
    // Copied over with its old time: still not of this run.
    writeFileSync(file, '{"accuracy": 0.999}');
    utimesSync(file, new Date(1000), new Date(1000));
    await expect(judge(plan, { metrics: "eval.json" })).rejects.toThrow(/one from before the command/);
    writeFileSync(file, '{"accuracy": 0.91}');
    expect((await judge(plan, { metrics: "eval.json" })).outputs.decision).toBe("passed");
  });

  test("needs the plan of the part before", async () => {
    await expect(judge(join(folder, "gone.json"))).rejects.toThrow(/the file of the part before, saw none/);
    writeFileSync(join(folder, "plan.json"), '{"kind": "train"}');
    await expect(judge(join(folder, "plan.json"))).rejects.toThrow(/plan.json/);
  });
});
