import { trainRecord } from "../actions/train-record.ts";
import { tarArchives } from "../adapters/archive.ts";
import { runArtifacts } from "../adapters/artifact.ts";
import { cacheIndex } from "../adapters/cache.ts";
import { systemClock } from "../adapters/clock.ts";
import { localProcesses } from "../adapters/process.ts";
import { rcloneStore } from "../adapters/rclone.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(trainRecord, ({ run, log, signal }) => ({
  log,
  workspace: localWorkspace(run),
  archives: tarArchives(),
  artifacts: runArtifacts(log),
  cache: cacheIndex(log),
  store: rcloneStore({ processes: localProcesses({ signal }), temp: run.temp }),
  clock: systemClock(),
}));
