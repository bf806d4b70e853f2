import { trainPlan } from "../actions/train-plan.ts";
import { tarArchives } from "../adapters/archive.ts";
import { cacheIndex } from "../adapters/cache.ts";
import { systemClock } from "../adapters/clock.ts";
import { fileContents } from "../adapters/contents.ts";
import { githubRest } from "../adapters/github.ts";
import { localProcesses } from "../adapters/process.ts";
import { rcloneStore } from "../adapters/rclone.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(trainPlan, ({ inputs, run, log, signal }) => {
  const processes = localProcesses({ signal });
  return {
    log,
    processes,
    workspace: localWorkspace(run),
    contents: fileContents(),
    archives: tarArchives(),
    github: githubRest({ run, token: inputs["github-token"] }),
    cache: cacheIndex(log),
    store: rcloneStore({ processes, temp: run.temp }),
    clock: systemClock(),
  };
});
