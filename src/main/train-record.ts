import { trainRecord } from "../actions/train-record.ts";
import { tarArchives } from "../adapters/archive.ts";
import { runArtifacts } from "../adapters/artifact.ts";
import { cacheIndex } from "../adapters/cache.ts";
import { systemClock } from "../adapters/clock.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(trainRecord, ({ run, log }) => ({
  log,
  workspace: localWorkspace(run),
  archives: tarArchives(),
  artifacts: runArtifacts(log),
  cache: cacheIndex(log),
  clock: systemClock(),
}));
