import { localFront } from "../actions/local-front.ts";
import { systemClock } from "../adapters/clock.ts";
import { frontHost } from "../adapters/front.ts";
import { fileLocks } from "../adapters/lock.ts";
import { localProcesses } from "../adapters/process.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runProgram } from "../run-action.ts";

void runProgram(async ({ run }) => {
  const [host, processes, workspace] = [frontHost(), localProcesses(), localWorkspace(run)];
  const ports = { host, processes, workspace, clock: systemClock(), locks: fileLocks() };
  return await localFront(process.argv.slice(2), ports);
});
