import { reportHandOver } from "../actions/report-hand-over.ts";
import { tarArchives } from "../adapters/archive.ts";
import { runArtifacts } from "../adapters/artifact.ts";
import { githubRest } from "../adapters/github.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(reportHandOver, ({ run, log }) => ({
  log,
  workspace: localWorkspace(run),
  archives: tarArchives(),
  artifacts: runArtifacts(log),
  github: githubRest({ run, token: undefined }),
}));
