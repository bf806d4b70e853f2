import { evaluateGatePrepare } from "../actions/evaluate-gate-prepare.ts";
import { tarArchives } from "../adapters/archive.ts";
import { systemClock } from "../adapters/clock.ts";
import { githubRest } from "../adapters/github.ts";
import { localProcesses } from "../adapters/process.ts";
import { rcloneStore } from "../adapters/rclone.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(evaluateGatePrepare, ({ inputs, run, log, signal }) => ({
  log,
  clock: systemClock(),
  workspace: localWorkspace(run),
  archives: tarArchives(),
  store: rcloneStore({ processes: localProcesses({ signal }), temp: run.temp }),
  github: githubRest({ run, token: inputs["github-token"] }),
}));
