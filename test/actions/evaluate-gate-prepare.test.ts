import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { serialiseRecord } from "../../src/domain/record/record.ts";
import { openGateBench, type GateBench } from "./gate-bench.ts";

let bench: GateBench;
beforeEach(() => {
  bench = openGateBench();
});
afterEach(() => bench.close());

describe("prepare", () => {
  const command = "python evaluate.py";
  const conditions = "accuracy > 0.9";

  test("names the model of the record, which must be the one that was recorded", async () => {
    const record = await bench.trained();
    const { outputs } = await bench.prepare({ record: serialiseRecord(record), command, conditions });
    expect(outputs["model-path"]).toBe(bench.inWork("model/model.joblib"));
    expect(outputs.node).toBe(process.execPath);
    expect(JSON.parse(readFileSync(outputs["plan-file"]!, "utf8"))).toMatchObject({
      kind: "evaluate",
      command,
      workingDirectory: bench.run.workspace,
      env: { MODEL_PATH: bench.inWork("model/model.joblib"), METRICS_PATH: outputs["metrics-path"] },
    });
    const { artifact: _, ...unkept } = record;
    writeFileSync(bench.inWork("model/model.joblib"), "another model");
    await expect(bench.prepare({ record: serialiseRecord(unkept), command, conditions })).rejects.toThrow(
      /an artifact that holds the model/,
    );
  });

  test("takes a model from the workspace where there is no record", async () => {
    const { outputs } = await bench.prepare({ model: "model", command, conditions, metrics: "eval.json" });
    expect(outputs).toMatchObject({ "model-path": bench.inWork("model"), "metrics-path": bench.inWork("eval.json") });
    await expect(bench.prepare({ model: "gone", command, conditions })).rejects.toThrow(/nothing at "gone"/);
    await expect(bench.prepare({ command, conditions })).rejects.toThrow(/neither a record nor a model/);
    await expect(bench.prepare({ model: "model", conditions })).rejects.toThrow(/input "command": expected a command/);
  });

  test("does not evaluate another model than the record's", async () => {
    const record = serialiseRecord(await bench.trained());
    await expect(bench.prepare({ record, model: "other", command, conditions })).rejects.toThrow(
      /the record's own model, "model\/model.joblib", saw "other"/,
    );
    expect(
      (await bench.prepare({ record, model: "./model/model.joblib", command, conditions })).outputs["model-path"],
    ).toBe(bench.inWork("model/model.joblib"));
  });

  test("tells a mistake in the rules before anything runs", async () => {
    await expect(bench.prepare({ model: "model", command, conditions: "accuracy" })).rejects.toThrow(
      /line 1, column 9/,
    );
  });
});

describe("a command between the two", () => {
  const given = { model: "model", command: "x", conditions: "accuracy > 0.9" };
  const judge = async (planFile: string, more: Record<string, string> = {}) =>
    bench.decide({ conditions: given.conditions, "plan-file": planFile, ...more });

  test("is judged by what it wrote to METRICS_PATH", async () => {
    const { outputs } = await bench.prepare(given);
    writeFileSync(outputs["metrics-path"]!, '{"accuracy": 0.95}');
    expect((await judge(outputs["plan-file"]!)).outputs.decision).toBe("passed");
  });

  test("that wrote nothing passes nothing, even where the record has metrics", async () => {
    const record = serialiseRecord(await bench.trained());
    const { outputs } = await bench.prepare({ ...given, model: "", record });
    await expect(judge(outputs["plan-file"]!, { record })).rejects.toThrow(/METRICS_PATH.*expected a file, saw none/);
  });

  test("does not pass by a file of an earlier run", async () => {
    const file = bench.inWork("eval.json");
    writeFileSync(file, '{"accuracy": 0.99}');
    utimesSync(file, new Date(0), new Date(0));
    const { outputs } = await bench.prepare({ ...given, metrics: "eval.json" });
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
    await expect(judge(join(bench.folder, "gone.json"))).rejects.toThrow(/the file of the part before, saw none/);
    writeFileSync(join(bench.folder, "plan.json"), '{"kind": "train"}');
    await expect(judge(join(bench.folder, "plan.json"))).rejects.toThrow(/plan.json/);
  });
});
