import { reportTakeOver } from "../actions/report-take-over.ts";
import { tarArchives } from "../adapters/archive.ts";
import { githubRest } from "../adapters/github.ts";
import { imageStores } from "../adapters/images.ts";
import { openLayout } from "../adapters/layout.ts";
import { openRegistry } from "../adapters/registry.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(reportTakeOver, ({ inputs, run, log }) => {
  const token = inputs["github-token"];
  const login = { username: inputs["registry-username"], password: inputs["registry-password"], image: inputs.image };
  const registry = openRegistry({ log, githubToken: token, actor: run.actor, login });
  return {
    log,
    workspace: localWorkspace(run),
    archives: tarArchives(),
    github: githubRest({ run, token }),
    images: imageStores({ layout: openLayout, registry }),
  };
});
