import { evaluateGateGolden } from "../actions/evaluate-gate-golden.ts";
import { tarArchives } from "../adapters/archive.ts";
import { systemClock } from "../adapters/clock.ts";
import { githubRest } from "../adapters/github.ts";
import { httpClient } from "../adapters/http.ts";
import { kubernetes } from "../adapters/kubernetes.ts";
import { fileLocks } from "../adapters/lock.ts";
import { localProcesses } from "../adapters/process.ts";
import { pythons } from "../adapters/python.ts";
import { localServing } from "../adapters/serving.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(evaluateGateGolden, ({ inputs, run, log, signal }) => {
  const [processes, locks] = [localProcesses({ signal }), fileLocks()];
  const [clock, workspace] = [systemClock(), localWorkspace(run)];
  return {
    log,
    signal,
    clock,
    workspace,
    kubernetes: kubernetes({ log, clock, processes, workspace, run }),
    processes,
    archives: tarArchives(),
    github: githubRest({ run, token: inputs["github-token"] }),
    http: httpClient(),
    pythons: pythons({ processes, locks }),
    serving: localServing({ processes, locks }),
  };
});
