import { models } from "../actions/models.ts";
import { systemClock } from "../adapters/clock.ts";
import { gzipTexts } from "../adapters/compression.ts";
import { kubernetes } from "../adapters/kubernetes.ts";
import { fileLocks } from "../adapters/lock.ts";
import { localProcesses } from "../adapters/process.ts";
import { localServing } from "../adapters/serving.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(models, ({ run, log, signal }) => {
  const [processes, clock, workspace] = [localProcesses({ signal }), systemClock(), localWorkspace(run)];
  return {
    log,
    processes,
    workspace,
    clock,
    signal,
    compression: gzipTexts(),
    serving: localServing({ processes, locks: fileLocks() }),
    kubernetes: kubernetes({ log, clock, processes, workspace, run }),
  };
});
