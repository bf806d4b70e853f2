import { evaluateGatePrepare } from "../actions/evaluate-gate-prepare.ts";
import { tarArchives } from "../adapters/archive.ts";
import { systemClock } from "../adapters/clock.ts";
import { githubRest } from "../adapters/github.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(evaluateGatePrepare, ({ inputs, run, log }) => ({
  log,
  clock: systemClock(),
  workspace: localWorkspace(run),
  archives: tarArchives(),
  github: githubRest({ run, token: inputs["github-token"] }),
}));
