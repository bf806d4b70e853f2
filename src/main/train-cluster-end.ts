import { trainClusterEnd } from "../actions/train-cluster-end.ts";
import { systemClock } from "../adapters/clock.ts";
import { kubernetes } from "../adapters/kubernetes.ts";
import { localProcesses } from "../adapters/process.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(trainClusterEnd, ({ run, log, signal }) => {
  const [clock, workspace, processes] = [systemClock(), localWorkspace(run), localProcesses({ signal })];
  return { log, clock, signal, workspace, kubernetes: kubernetes({ log, clock, processes, workspace, run }) };
});
