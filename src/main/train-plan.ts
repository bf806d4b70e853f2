import { trainPlan } from "../actions/train-plan.ts";
import { tarArchives } from "../adapters/archive.ts";
import { cacheIndex } from "../adapters/cache.ts";
import { systemClock } from "../adapters/clock.ts";
import { fileContents } from "../adapters/contents.ts";
import { githubRest } from "../adapters/github.ts";
import { localProcesses } from "../adapters/process.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(trainPlan, ({ inputs, run, log, signal }) => ({
  log,
  workspace: localWorkspace(run),
  contents: fileContents(),
  processes: localProcesses({ signal }),
  archives: tarArchives(),
  github: githubRest({ run, token: inputs["github-token"] }),
  cache: cacheIndex(log),
  clock: systemClock(),
}));
