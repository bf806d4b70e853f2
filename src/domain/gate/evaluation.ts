import { parseJson } from "../text/json.ts";
import { check, count, number, object, oneOf, optional, record, string } from "../text/shape.ts";

/** A command is as long as an input can be, and escaped. */
export const MAX_EVALUATION_PLAN_BYTES = 1024 * 1024;

const shape = object({
  kind: oneOf("evaluate"),
  command: string({ most: 65_536 }),
  /** Absolute; where the command starts. */
  workingDirectory: string(),
  /** What the command finds beside its usual environment: `MODEL_PATH`, `METRICS_PATH`. */
  env: record(string()),
  /** Where its output is kept. Absolute. */
  logFile: string(),
  metrics: object({
    /** Absolute. */
    path: string(),
    /** Milliseconds since 1970, before the command began. */
    startedMs: number,
    /** The file as it lay there before, if it did. */
    before: optional(object({ modifiedMs: number, bytes: count })),
  }),
});

/** What the parts of evaluate-gate tell each other by a file, around the step that runs the command. */
export type EvaluationPlan = ReturnType<typeof shape>;

/** @throws ActionError when the text is no such plan */
export function parseEvaluationPlan(text: string, where: string): EvaluationPlan {
  return check(shape, parseJson(text, { where, maxBytes: MAX_EVALUATION_PLAN_BYTES }), where);
}

/** File systems keep times as coarse as two seconds, and the kernel's clock for files lags behind the one of programs. */
export const COARSE_MS = 2000;

/** Whether a file was written after the plan was made: a file of an earlier run must not be judged as this one's. */
export function isFresh(
  { startedMs, before }: EvaluationPlan["metrics"],
  now: { readonly modifiedMs: number; readonly bytes: number },
): boolean {
  const touched = before === undefined || before.modifiedMs !== now.modifiedMs || before.bytes !== now.bytes;
  return touched && now.modifiedMs >= startedMs - COARSE_MS;
}
