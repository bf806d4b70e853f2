import type { Story } from "../action.ts";
import type { EvaluationPlan } from "../domain/gate/evaluation.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import { quote, refuse } from "../errors.ts";
import { text, type Run, type Values } from "../inputs.ts";
import type { Archives, Clock, GitHub, Log, Workspace, ModelStore } from "../ports.ts";
import { conditionsInput, inWorkspace, metricsInput, tokenInput } from "./gate-inputs.ts";
import { permit } from "./permitted.ts";
import { recordInput, takeRecord } from "./record.ts";

const inputs = {
  record: recordInput,
  model: text({
    description:
      "The model's file or folder, relative to the workspace, where there is no record. The command finds its full path in `MODEL_PATH`.",
  }),
  command: text({
    description:
      "Shell commands that measure the model before the rules are judged, run from the workspace as a `run:` step. They find the " +
      "model in `MODEL_PATH` and write metrics to the file `METRICS_PATH`. Their values stand above those of the training. " +
      "Left out, the metrics are judged as they are.",
  }),
  metrics: metricsInput,
  conditions: conditionsInput,
  "github-token": tokenInput,
};

type Ports = {
  readonly log: Log;
  readonly clock: Pick<Clock, "now">;
  readonly workspace: Workspace;
  readonly archives: Archives;
  /** Where a model lies whose artifact is gone. */
  readonly store?: ModelStore;
  readonly github: GitHub;
};

/** Brings the model to where the evaluation command can use it. Runs only when there is a command. */
export const evaluateGatePrepare: Story<typeof inputs, Ports> = {
  id: "evaluate-gate-prepare",
  inputs,
  outputs: {
    node: "The Node that runs the command's step.",
    "plan-file": "What the steps after this one need to know, as a JSON file.",
    "model-path": "The model's file or folder on this machine.",
    "metrics-path": "The file that the command is to write its metrics to.",
  },
  run: async (inputs, run, ports) => {
    const { workspace, clock, log } = ports;
    const { command } = inputs;
    if (command === undefined) {
      refuse({
        where: `input "command"`,
        expected: "a command",
        seen: "nothing",
        fix: "Without one, leave this part out.",
      });
    }
    await permit("gate", run, ports);
    const record = await takeRecord(inputs.record, run, ports);
    const model = await locateModel(inputs, record, run, ports);

    const folder = `${run.temp}/model-road/evaluate`;
    await workspace.remove(folder);
    const metricsPath =
      inputs.metrics === undefined ? `${folder}/metrics.json` : inWorkspace(inputs.metrics, run.workspace);
    const before = await workspace.facts(metricsPath);
    const plan: EvaluationPlan = {
      kind: "evaluate",
      command,
      workingDirectory: run.workspace,
      env: { MODEL_PATH: model, METRICS_PATH: metricsPath },
      logFile: `${folder}/evaluate.log`,
      metrics: {
        path: metricsPath,
        startedMs: clock.now(),
        ...(before ? { before: { modifiedMs: before.modifiedMs, bytes: before.bytes } } : {}),
      },
    };
    await workspace.write(`${folder}/plan.json`, JSON.stringify(plan));
    log.info(`The evaluation command finds the model in MODEL_PATH: ${model}`);
    return {
      outputs: {
        node: process.execPath,
        "plan-file": `${folder}/plan.json`,
        "model-path": model,
        "metrics-path": metricsPath,
      },
    };
  },
};

/** The record's model, verified; or, without a record, the one that lies in the workspace. */
async function locateModel(
  { model }: Pick<Values<typeof inputs>, "model">,
  record: ReleaseRecord | undefined,
  run: Run,
  ports: Ports,
): Promise<string> {
  if (record) {
    if (model !== undefined && plain(model) !== plain(record.model.path)) {
      refuse({
        where: `input "model"`,
        expected: `the record's own model, ${quote(record.model.path)}`,
        seen: quote(model),
        fix: "Leave it out: the verdict goes into the record, so it must be about the record's model.",
      });
    }
    // Wrong inputs are told before the readers of models are loaded.
    const { fetchModel } = await import("./model.ts");
    return (await fetchModel(record, run, ports)).path;
  }
  if (model === undefined) {
    refuse({
      where: `input "model"`,
      expected: "a model to evaluate",
      seen: "neither a record nor a model",
      fix: "Hand on the record of train, or name the model's file or folder.",
    });
  }
  const path = inWorkspace(model, run.workspace);
  if ((await ports.workspace.facts(path)) === undefined) {
    refuse({ where: `input "model"`, expected: "a file or folder", seen: `nothing at ${quote(model)}` });
  }
  return path;
}

const plain = (path: string): string => path.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "");
