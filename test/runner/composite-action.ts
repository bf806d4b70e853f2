import type { ActionLocation } from "./action-location.ts";
import type { Variables } from "./environment.ts";
import { type Scope, surroundingsOf } from "./running-job.ts";
import type { Outcome, StepRecord } from "./step-report.ts";
import { resolveText, type Template } from "./template.ts";

const MAX_DEPTH = 9;

/** The step that uses a composite action. */
export type CompositeStep = {
  scope: Scope;
  record: StepRecord;
  /** The step's own `env:` block, which the steps inside inherit. */
  ownEnv: Variables;
  env: Variables;
  inputs: Variables;
  signal: AbortSignal;
};

/** The scope in which the steps of a composite action run: their own steps, inputs and status, no secrets. */
export function insideOf(step: CompositeStep, location: ActionLocation): Scope {
  const outer = step.scope;
  if (outer.depth + 1 > MAX_DEPTH) throw new Error(`Composite action depth exceeded max depth ${MAX_DEPTH}`);
  return {
    job: outer.job,
    steps: {},
    inputs: step.inputs,
    env: { ...outer.env, ...step.ownEnv },
    github: {
      ...outer.github,
      action_path: location.folder,
      action_repository: location.repository,
      action_ref: location.ref,
    },
    depth: outer.depth + 1,
    selfRoot: location.selfRoot,
    compositeStatus: "success",
    log: step.record.log,
    record: step.record,
    signal: step.signal,
  };
}

/** Maps the outputs of a composite action whose steps have run, and says how it ended. */
export function endComposite(step: CompositeStep, inside: Scope, outputs: Record<string, Template>): Outcome {
  const surroundings = surroundingsOf(inside, step.env);
  for (const [name, value] of Object.entries(outputs)) step.record.outputs[name] = resolveText(value, surroundings);
  return inside.compositeStatus ?? "success";
}
