import { predict } from "../actions/predict.ts";
import { runArtifacts } from "../adapters/artifact.ts";
import { systemClock } from "../adapters/clock.ts";
import { grpcClient } from "../adapters/grpc.ts";
import { httpClient } from "../adapters/http.ts";
import { kubernetes } from "../adapters/kubernetes.ts";
import { fileLocks } from "../adapters/lock.ts";
import { portForwards } from "../adapters/port-forward.ts";
import { localProcesses } from "../adapters/process.ts";
import { localServing } from "../adapters/serving.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(predict, ({ run, log, signal }) => {
  const [processes, clock, workspace] = [localProcesses({ signal }), systemClock(), localWorkspace(run)];
  return {
    log,
    clock,
    signal,
    workspace,
    http: httpClient(),
    grpc: grpcClient(),
    forwards: portForwards(),
    artifacts: runArtifacts(log),
    serving: localServing({ processes, locks: fileLocks() }),
    kubernetes: kubernetes({ log, clock, processes, workspace, run }),
  };
});
