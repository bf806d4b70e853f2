import { trainCommand } from "../actions/train-command.ts";
import { systemClock } from "../adapters/clock.ts";
import { localProcesses } from "../adapters/process.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runProgram } from "../run-action.ts";

void runProgram(async ({ run, log, signal }) =>
  trainCommand({ log, workspace: localWorkspace(run), processes: localProcesses(), clock: systemClock(), signal }),
);
