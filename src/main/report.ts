import { report } from "../actions/report.ts";
import { systemClock } from "../adapters/clock.ts";
import { githubRest } from "../adapters/github.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(report, ({ inputs, run, log }) => ({
  log,
  clock: systemClock(),
  workspace: localWorkspace(run),
  github: githubRest({ run, token: inputs["github-token"] }),
}));
