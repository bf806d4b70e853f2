import { appendFileSync } from "node:fs";

import { error, notice, setOutput, warning } from "@actions/core";

import type { Annotation, Outcome, Story } from "./action.ts";
import { hiddenIn, runnerLog } from "./adapters/log.ts";
import { ActionError, sentence } from "./errors.ts";
import { readInputs, readRun, secretInputs, type InputTable, type Run, type Values } from "./inputs.ts";
import type { Log } from "./ports.ts";

/** What a door knows when it plugs the adapters in. */
export type World<Table extends InputTable> = {
  readonly inputs: Values<Table>;
  readonly run: Run;
  readonly log: Log;
  /** Aborted when the runner cancels the step. */
  readonly signal: AbortSignal;
};

/** The runner drops a whole summary above this. */
const MAX_SUMMARY_BYTES = 1024 * 1024;

/**
 * Runs a story as an action: inputs in, outputs, summary, annotations and exit code out. The one place where an action touches
 * the runner, so that a story is a function of its inputs, its run and its ports.
 */
export async function runAction<Table extends InputTable, Ports>(
  story: Story<Table, Ports>,
  plug: (world: World<Table>) => Ports,
): Promise<void> {
  const signal = cancellation();
  try {
    const inputs = await readInputs(story.inputs);
    const run = readRun();
    const ports = plug({ inputs, run, log: runnerLog(), signal });
    tell(story, await story.run(inputs, run, ports));
  } catch (thrown) {
    fail(story.id, thrown);
  }
}

/** Runs a program of ours that is no action: a `run:` step starts it, so there are no inputs. It ends with the step's exit code. */
export async function runProgram(
  program: (world: Omit<World<InputTable>, "inputs">) => Promise<number>,
): Promise<void> {
  try {
    process.exitCode = await program({ run: readRun(), log: runnerLog(), signal: cancellation() });
  } catch (thrown) {
    fail("this step", thrown);
  }
}

/** Aborted when the runner cancels the step: it sends SIGINT, then SIGTERM, then kills. */
function cancellation(): AbortSignal {
  const cancelled = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      cancelled.abort(
        new ActionError({ where: "this step", expected: "to end by itself", seen: `${signal}: the run was cancelled` }),
      );
    });
  }
  return cancelled.signal;
}

function tell<Table extends InputTable, Ports>(
  { outputs: declared, inputs }: Pick<Story<Table, Ports>, "outputs" | "inputs">,
  outcome: Outcome,
): void {
  const unknown = Object.keys(outcome.outputs).find((name) => !Object.hasOwn(declared, name));
  if (unknown !== undefined) throw new Error(`the story returned an output that it does not declare: ${unknown}`);
  giveOutputs(Object.keys(declared).map((name) => [name, outcome.outputs[name] ?? ""]));
  warnOfMasks(outcome.outputs, inputs);
  if (outcome.summary !== undefined) summarise(outcome.summary);
  for (const each of outcome.annotations ?? []) annotate(each);
  if (outcome.failure !== undefined) {
    // One annotation a failure: those of the outcome already say the details.
    error(outcome.failure, { title: "Failed" });
    process.exitCode = 1;
  }
}

/** What a mask hits is dropped where a job hands it on, and the jobs after see nothing. Told here, where it can be mended. */
function warnOfMasks(outputs: Outcome["outputs"], inputs: InputTable): void {
  const secrets = secretInputs(inputs);
  const hits = Object.entries(outputs).flatMap(([name, value]) => {
    const hidden = value === "" ? undefined : hiddenIn(value, secrets);
    return hidden === undefined ? [] : [`${name} (${hidden})`];
  });
  if (hits.length === 0) return;
  warning(
    `GitHub drops these as outputs of a job, since they hold what it masks: ${hits.join(", ")}. ` +
      "Hand a record on as artifact:<name> or file:<path>. A secret of several lines masks each of its lines, even a lone brace: store it on one line.",
    { title: "Outputs that a mask hits" },
  );
}

/**
 * One write of `name=value` lines. The library's form with a random delimiter is for values of several lines; it loads crypto,
 * a fifth of an empty Node program. Names are ours and hold no `<<`, so the runner takes each line up to its end as it is.
 */
function giveOutputs(outputs: readonly (readonly [name: string, value: string])[]): void {
  const file = process.env.GITHUB_OUTPUT;
  const short = outputs.filter(([, value]) => file && !/[\r\n]/.test(value));
  if (file) appendFileSync(file, short.map(([name, value]) => `${name}=${value}\n`).join(""));
  for (const output of outputs) if (!short.includes(output)) setOutput(...output);
}

function summarise(markdown: string): void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (!file) return;
  const text =
    Buffer.byteLength(markdown) < MAX_SUMMARY_BYTES ? markdown : "*The summary was over 1 MiB and is left out.*\n";
  appendFileSync(file, text.endsWith("\n") ? text : `${text}\n`);
}

function annotate({ level, title, message }: Annotation): void {
  ({ error, warning, notice })[level](message, { title });
}

function fail(id: string, thrown: unknown): void {
  process.exitCode = 1;
  if (thrown instanceof ActionError) {
    // All mistakes in one annotation, a line each: ten are shown for a step, and a composite's parts share the ten.
    error(thrown.mistakes.map(sentence).join("\n"), { title: id });
    return;
  }
  // Not a mistake of the user: keep the stack, it is what a bug report needs.
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  error(`${id} met a fault of its own. Please report it with this text:\n${stack}`, { title: `${id}: internal error` });
}
