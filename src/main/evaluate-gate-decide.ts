import { evaluateGateDecide } from "../actions/evaluate-gate-decide.ts";
import { githubRest } from "../adapters/github.ts";
import { fileLocks } from "../adapters/lock.ts";
import { localProcesses } from "../adapters/process.ts";
import { localServing } from "../adapters/serving.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(evaluateGateDecide, ({ inputs, run, log, signal }) => ({
  log,
  workspace: localWorkspace(run),
  github: githubRest({ run, token: inputs["github-token"] }),
  serving: localServing({ processes: localProcesses({ signal }), locks: fileLocks() }),
}));
