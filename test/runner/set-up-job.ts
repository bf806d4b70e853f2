import { readAction } from "./action-file.ts";
import { type ActionLocation, locateAction, understood } from "./action-location.ts";
import type { Scope } from "./running-job.ts";
import type { Step } from "./step-definition.ts";
import { StepRecord, type StepReport } from "./step-report.ts";

/**
 * What GitHub does before the first step: it brings every remote action, and those that they use, to the machine. If one
 * can not be had the job fails here, and no step runs.
 * @returns the failed step "Set up job", or nothing when all is well
 */
export async function setUpJob(scope: Scope, steps: Step[]): Promise<StepReport | undefined> {
  const { job } = scope;
  const record = new StepRecord(job.masks, job.log.nested());
  try {
    await bringActions(scope, steps);
    return undefined;
  } catch (error) {
    record.issue("error", (error as Error).message);
    return {
      id: "__set_up_job",
      name: "Set up job",
      outcome: "failure",
      conclusion: "failure",
      outputs: {},
      log: record.log.text,
      annotations: record.annotations,
      summary: "",
      seconds: 0,
      children: [],
    };
  }
}

async function bringActions(scope: Scope, steps: Step[]): Promise<void> {
  for (const step of steps) {
    if (step.does.kind !== "uses" || !isBroughtBefore(step.does.uses, scope)) continue;
    const location = await locateAction(step.does.uses, scope);
    const action = await readAction(location.folder);
    if (!action) throw new Error(notFound(location));
    if (action.runs.using !== "composite") continue;
    const github = { ...scope.github, action_repository: location.repository, action_ref: location.ref };
    await bringActions({ ...scope, selfRoot: location.selfRoot, github }, action.runs.steps);
  }
}

/** Whether an action is fetched before the first step. One of the workspace is not there yet. */
export function isBroughtBefore(uses: string, scope: Scope): boolean {
  if (uses.startsWith("./") || understood(uses)) return false;
  const { self, root } = scope.job.actionSources;
  return !(uses.startsWith("$/") && scope.selfRoot === undefined && root === undefined && self === "worktree");
}

export const notFound = ({ folder }: ActionLocation) =>
  `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${folder}'. Did you forget to run actions/checkout before ` +
  "running your local action?";
