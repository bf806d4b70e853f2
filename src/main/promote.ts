import { promote } from "../actions/promote.ts";
import { tarArchives } from "../adapters/archive.ts";
import { systemClock } from "../adapters/clock.ts";
import { gzipTexts } from "../adapters/compression.ts";
import { githubRest } from "../adapters/github.ts";
import { httpClient } from "../adapters/http.ts";
import { imageStores } from "../adapters/images.ts";
import { kubernetes } from "../adapters/kubernetes.ts";
import { openLayout } from "../adapters/layout.ts";
import { fileLocks } from "../adapters/lock.ts";
import { localProcesses } from "../adapters/process.ts";
import { pythons } from "../adapters/python.ts";
import { openRegistry } from "../adapters/registry.ts";
import { localServing } from "../adapters/serving.ts";
import { rcloneStore } from "../adapters/rclone.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(promote, ({ inputs, run, log, signal }) => {
  const token = inputs["github-token"];
  const registry = openRegistry({ log, githubToken: token, actor: run.actor });
  const [processes, locks] = [localProcesses({ signal }), fileLocks()];
  const [clock, workspace] = [systemClock(), localWorkspace(run)];
  return {
    log,
    signal,
    clock,
    workspace,
    processes,
    compression: gzipTexts(),
    kubernetes: kubernetes({ log, clock, processes, workspace, run }),
    archives: tarArchives(),
    store: rcloneStore({ processes, temp: run.temp }),
    github: githubRest({ run, token }),
    images: imageStores({ layout: openLayout, registry }),
    http: httpClient(),
    pythons: pythons({ processes, locks }),
    serving: localServing({ processes, locks }),
  };
});
