import { localFront } from "../actions/local-front.ts";
import { systemClock } from "../adapters/clock.ts";
import { frontHost } from "../adapters/front.ts";
import { fileLocks } from "../adapters/lock.ts";
import { localProcesses } from "../adapters/process.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { readRun } from "../inputs.ts";

void localFront(process.argv.slice(2), {
  host: frontHost(),
  processes: localProcesses(),
  workspace: localWorkspace(readRun()),
  clock: systemClock(),
  locks: fileLocks(),
});
