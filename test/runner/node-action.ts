import { join } from "node:path";

import { nodeEnvironment, type Variables } from "./environment.ts";
import { type StepProcess, runStepProcess } from "./step-process.ts";
import type { Outcome } from "./step-report.ts";

/** Runs one script of a JavaScript action: its main, pre or post. */
export function runNodeScript(step: StepProcess, folder: string, script: string, inputs: Variables): Promise<Outcome> {
  const { job } = step.scope;
  return runStepProcess(step, {
    file: process.execPath,
    args: [join(folder, script)],
    cwd: job.workspace,
    environment: (surroundings) => nodeEnvironment(surroundings, inputs, step.state, job.runtime),
  });
}
