import type { StepSurroundings, Variables } from "./environment.ts";
import { runProcess } from "./processes.ts";
import type { RunningJob, Scope } from "./running-job.ts";
import { createCommandFiles, lineHandler, readCommandFiles } from "./step-output.ts";
import type { Outcome, StepRecord } from "./step-report.ts";

/** A step that is a process: what to start, once its surroundings are known. */
export type ProcessPlan = {
  file: string;
  args: string[];
  cwd: string;
  environment: (surroundings: StepSurroundings) => Variables;
  /** Said as an error when the process fails; a node action says itself what failed. */
  failure?: (exitCode: number) => string;
};

export type StepProcess = {
  scope: Scope;
  record: StepRecord;
  /** The step's id, for measurements. */
  id: string;
  env: Variables;
  /** Saved state, which the main part writes and the post part gets. */
  state: Variables;
  signal: AbortSignal;
};

/** Runs a process with its own command files, then reads what it wrote there. */
export async function runStepProcess(step: StepProcess, plan: ProcessPlan): Promise<Outcome> {
  const { scope, record, env, state, signal } = step;
  const { job } = scope;
  const files = await createCommandFiles(job);
  const environment = plan.environment({
    machine: job.machine.environment,
    folders: job.folders,
    env,
    github: { ...job.contexts.github, ...scope.github, ...files },
    runner: job.contexts.runner,
    trackingId: job.trackingId,
  });
  try {
    const end = await runProcess({
      file: plan.file,
      args: plan.args,
      cwd: plan.cwd,
      environment,
      signal,
      timings: job.timings,
      onLine: lineHandler(job, record, state),
    });
    remember(job, step.id, plan, end);
    if (end.stopped) {
      record.issue("error", "The operation was canceled.");
      return "cancelled";
    }
    if (end.exitCode === 0) return "success";
    if (plan.failure) record.issue("error", plan.failure(end.exitCode));
    return "failure";
  } finally {
    await readCommandFiles(files, job, record, state);
  }
}

function remember(
  job: RunningJob,
  step: string,
  plan: ProcessPlan,
  end: { exitCode: number; wallMs: number; cpuMs: number },
): void {
  const command = [plan.file, ...plan.args].join(" ");
  job.processes.push({ job: job.id, step, command, ms: end.wallMs, cpuMs: end.cpuMs, exitCode: end.exitCode });
}
