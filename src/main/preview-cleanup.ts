import { previewCleanup } from "../actions/preview-cleanup.ts";
import { systemClock } from "../adapters/clock.ts";
import { githubRest } from "../adapters/github.ts";
import { imageStores } from "../adapters/images.ts";
import { kubernetes } from "../adapters/kubernetes.ts";
import { openLayout } from "../adapters/layout.ts";
import { fileLocks } from "../adapters/lock.ts";
import { localProcesses } from "../adapters/process.ts";
import { openRegistry } from "../adapters/registry.ts";
import { localServing } from "../adapters/serving.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(previewCleanup, ({ inputs, run, log, signal }) => {
  const token = inputs["github-token"];
  const registry = openRegistry({ log, githubToken: token, actor: run.actor });
  const [processes, clock, workspace] = [localProcesses({ signal }), systemClock(), localWorkspace(run)];
  return {
    log,
    signal,
    clock,
    workspace,
    github: githubRest({ run, token }),
    images: imageStores({ layout: openLayout, registry }),
    kubernetes: kubernetes({ log, clock, processes, workspace, run }),
    serving: localServing({ processes, locks: fileLocks() }),
  };
});
