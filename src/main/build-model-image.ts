import { buildModelImage } from "../actions/build-model-image.ts";
import { tarArchives } from "../adapters/archive.ts";
import { runArtifacts } from "../adapters/artifact.ts";
import { systemClock } from "../adapters/clock.ts";
import { githubRest } from "../adapters/github.ts";
import { httpClient } from "../adapters/http.ts";
import { imageStores } from "../adapters/images.ts";
import { openLayout } from "../adapters/layout.ts";
import { fileLocks } from "../adapters/lock.ts";
import { filePieces } from "../adapters/pieces.ts";
import { localProcesses } from "../adapters/process.ts";
import { pythons } from "../adapters/python.ts";
import { openRegistry } from "../adapters/registry.ts";
import { rcloneStore } from "../adapters/rclone.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(buildModelImage, ({ inputs, run, log, signal }) => {
  const token = inputs["github-token"];
  const login = { username: inputs["registry-username"], password: inputs["registry-password"], image: inputs.image };
  const registry = openRegistry({ log, githubToken: token, actor: run.actor, login });
  const processes = localProcesses({ signal });
  return {
    log,
    signal,
    processes,
    workspace: localWorkspace(run),
    archives: tarArchives(),
    store: rcloneStore({ processes, temp: run.temp }),
    github: githubRest({ run, token }),
    images: imageStores({ layout: openLayout, registry }),
    pieces: filePieces(),
    pythons: pythons({ processes, locks: fileLocks() }),
    http: httpClient(),
    clock: systemClock(),
    artifacts: runArtifacts(log),
  };
});
