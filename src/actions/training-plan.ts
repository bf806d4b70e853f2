import type { FingerprintManifest } from "../domain/fingerprint/fingerprint.ts";
import type { Params } from "../domain/fingerprint/params.ts";
import type { TrainingAnswer } from "../domain/kubernetes/training-answer.ts";
import { canonicalJson, parseJson, type Json } from "../domain/text/json.ts";
import { anything, check, count, list, object, oneOf, optional, record, string } from "../domain/text/shape.ts";
import { refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Workspace } from "../ports.ts";
import type { TrainingOrder } from "./training-order.ts";

/**
 * What the plan part knows and the record part needs: it travels in the plan's file, under the runner's temporary folder, since
 * a step's output could not hold it.
 */
export type TrainingPlan = {
  readonly name: string;
  readonly flavor?: string;
  readonly command: string;
  /** Relative to the workspace; `.` is the workspace itself. */
  readonly workingDirectory: string;
  /** Relative to the working directory. */
  readonly model: string;
  readonly metrics?: string;
  readonly retentionDays?: number;
  /** As it was written; checked. */
  readonly modelStore?: string;
  readonly preRun?: string;
  readonly paramsAs: "environment" | "flags";
  readonly passEnv: readonly string[];
  /** Name → text as it was written. */
  readonly params: Readonly<Record<string, string>>;
  readonly manifest: FingerprintManifest;
  readonly reason: string;
  readonly changed: readonly string[];
  /** Milliseconds since 1970. What is older was not made by this training. */
  readonly startedMs: number;
  /** Of a training in a cluster: what it is ordered by. */
  readonly cluster?: TrainingOrder;
};

/** What a `run:` step of ours needs to run a command: a plan's file of any action holds these beside its own. */
export type CommandPlan = {
  /** Absolute. */
  readonly workingDirectory: string;
  /** Added to the environment of the step. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes the tail of the output. */
  readonly logFile: string;
  /** Takes how it ended. */
  readonly resultFile?: string;
  /** The command that the plan was made for, where that matters. */
  readonly command?: string;
  /** What is run before it, by a shell of its own. */
  readonly before?: string;
  /** Arguments of the command's last line. */
  readonly args?: readonly string[];
  /** Variables that are not withheld. */
  readonly passEnv?: readonly string[];
};

/** What the training command leaves beside the plan: absent when the step did not come to its end. */
export type TrainingResult = { readonly startedMs: number; readonly seconds: number; readonly code: number };

const MAX_PLAN_BYTES = 4 * 1024 * 1024;
const where = "the plan's file";
const texts = record(string({ most: 65_536 }), { most: 1000 });
const trainingShape = object({
  name: string({ most: 63 }),
  flavor: optional(string({ most: 64 })),
  command: string({ most: 65_536 }),
  workingDirectory: string(),
  model: string(),
  metrics: optional(string()),
  retentionDays: optional(count),
  modelStore: optional(string({ most: 700 })),
  preRun: optional(string({ most: 65_536 })),
  paramsAs: oneOf("environment", "flags"),
  passEnv: list(string({ most: 128 }), 100),
  params: texts,
  manifest: anything,
  reason: string({ most: 2000 }),
  changed: list(string({ most: 500 }), 100),
  startedMs: count,
  cluster: optional(
    object({
      manifest: optional(string({ most: 2 * 1024 * 1024 })),
      image: optional(string({ most: 1024 })),
      output: optional(string({ most: 1024 })),
    }),
  ),
});
const commandShape = object({
  workingDirectory: string(),
  env: texts,
  logFile: string(),
  resultFile: optional(string()),
  command: optional(string({ most: 65_536 })),
  before: optional(string({ most: 65_536 })),
  args: optional(list(string({ most: 65_536 }), 2000)),
  passEnv: optional(list(string({ most: 128 }), 100)),
});
const resultShape = object({
  startedMs: count,
  seconds: (value: unknown) => (typeof value === "number" && value >= 0 ? value : 0),
  code: count,
});

/** The working directory as an absolute path. */
export const folderOf = ({ workingDirectory }: Pick<TrainingPlan, "workingDirectory">, run: Run): string =>
  workingDirectory === "." ? run.workspace : `${run.workspace}/${workingDirectory}`;

/** The training's log and result lie beside its plan. */
export const besidePlan = (planFile: string): { log: string; result: string; answer: string } => {
  const folder = planFile.slice(0, planFile.lastIndexOf("/"));
  return { log: `${folder}/train.log`, result: `${folder}/result.json`, answer: `${folder}/answer.json` };
};

/** Writes the plan and the parameters' file. Returns the plan's path. */
export async function writePlan(plan: TrainingPlan, params: Params, run: Run, workspace: Workspace): Promise<string> {
  const folder = await workspace.temporary("training");
  const file = `${folder}/plan.json`;
  const { log, result } = besidePlan(file);
  const workingDirectory = folderOf(plan, run);
  const command: CommandPlan = {
    workingDirectory,
    env: {
      ...params.environment,
      PARAMS_FILE: `${folder}/params.json`,
      MODEL_PATH: `${workingDirectory}/${plan.model}`,
      ...(plan.metrics === undefined ? {} : { METRICS_PATH: `${workingDirectory}/${plan.metrics}` }),
    },
    logFile: log,
    resultFile: result,
    command: plan.command,
    ...(plan.preRun === undefined ? {} : { before: plan.preRun }),
    ...(plan.paramsAs === "flags"
      ? { args: Object.entries(params.source).flatMap(([name, value]) => [`--${name}`, value]) }
      : {}),
    passEnv: plan.passEnv,
  };
  await workspace.write(`${folder}/params.json`, `${params.json}\n`);
  await workspace.write(file, canonicalJson({ kind: "train", ...command, training: plan }), { mode: 0o600 });
  return file;
}

async function readFields(file: string, workspace: Workspace): Promise<{ [name: string]: Json }> {
  const text = file === "" ? undefined : await workspace.readText(file, { maxBytes: MAX_PLAN_BYTES });
  if (text === undefined) {
    refuse({
      where,
      expected: "the file that the part before named",
      seen: file === "" ? "no name" : "no such file",
      fix: "Hand on its output plan-file: ${{ steps.plan.outputs.plan-file }}.",
    });
  }
  const fields = parseJson(text, { where, maxBytes: MAX_PLAN_BYTES });
  if (fields === null || typeof fields !== "object" || Array.isArray(fields)) {
    refuse({ where, expected: "an object", seen: "something else" });
  }
  return fields;
}

/** @throws ActionError when there is no plan, or it is none of a training */
export async function readPlan(file: string, workspace: Workspace): Promise<TrainingPlan> {
  const plan = check(trainingShape, (await readFields(file, workspace)).training ?? null, where);
  const { parseFingerprintManifest } = await import("../domain/fingerprint/fingerprint.ts");
  return { ...plan, manifest: parseFingerprintManifest(plan.manifest, where) };
}

/** @throws ActionError when there is no plan, or it runs no command */
export async function readCommandPlan(file: string, workspace: Workspace): Promise<CommandPlan> {
  const fields = await readFields(file, workspace);
  const names = ["workingDirectory", "env", "logFile", "resultFile", "command", "before", "args", "passEnv"];
  // What else stands in the file is its own action's business.
  return check(
    commandShape,
    Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name))),
    where,
  );
}

/** What the training command left; `undefined` when it left nothing. */
export async function readResult(planFile: string, workspace: Workspace): Promise<TrainingResult | undefined> {
  const file = "the training's result";
  const text = await workspace.readText(besidePlan(planFile).result, { maxBytes: 4096 });
  return text === undefined ? undefined : check(resultShape, parseJson(text, { where: file, maxBytes: 4096 }), file);
}

/** Leaves what a training in a cluster has told, for the record part. */
export async function writeAnswer(
  planFile: string,
  result: TrainingResult,
  answer: TrainingAnswer,
  workspace: Workspace,
): Promise<void> {
  const files = besidePlan(planFile);
  await workspace.write(files.answer, canonicalJson(answer));
  await workspace.write(files.result, canonicalJson(result));
}

/** @throws ActionError when the training in the cluster has left none */
export async function readAnswer(planFile: string, workspace: Workspace): Promise<TrainingAnswer> {
  const file = "what the training in the cluster told";
  const { parseTrainingAnswer } = await import("../domain/kubernetes/training-answer.ts");
  const text = await workspace.readText(besidePlan(planFile).answer, { maxBytes: 1024 * 1024 });
  if (text === undefined) {
    refuse({ where: file, expected: "the part cluster to have run before", seen: "nothing" });
  }
  return parseTrainingAnswer(parseJson(text, { where: file, maxBytes: 1024 * 1024 }), file);
}
