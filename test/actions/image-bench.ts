// A repository in a temporary folder, and the story of build-model-image with its real adapters.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { buildModelImage } from "../../src/actions/build-model-image.ts";
import type { Outcome } from "../../src/action.ts";
import { tarArchives } from "../../src/adapters/archive.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { githubRest } from "../../src/adapters/github.ts";
import { httpClient } from "../../src/adapters/http.ts";
import { imageStores } from "../../src/adapters/images.ts";
import { openLayout } from "../../src/adapters/layout.ts";
import { fileLocks } from "../../src/adapters/lock.ts";
import { filePieces } from "../../src/adapters/pieces.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { pythons } from "../../src/adapters/python.ts";
import { openRegistry, type RegistryOptions } from "../../src/adapters/registry.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { readInputs, type Run } from "../../src/inputs.ts";
import type { Log } from "../../src/ports.ts";

export type ImageBench = {
  readonly workspace: string;
  readonly temp: string;
  readonly said: string[];
  readonly log: Log;
  put(path: string, content: string | Buffer): void;
  build(given: Record<string, string>, other?: Partial<Run>): Promise<Outcome>;
  close(): void;
};

export function imageBench({
  server = "https://github.com",
  stallMs,
}: { server?: string; stallMs?: number } = {}): ImageBench {
  const world = mkdtempSync(join(tmpdir(), "image-bench-"));
  const [workspace, temp] = [join(world, "work"), join(world, "temp")];
  mkdirSync(workspace);
  mkdirSync(temp);
  const said: string[] = [];
  const log: Log = {
    info: (text) => said.push(text),
    warning: (text) => said.push(`warning: ${text}`),
    debug: () => undefined,
    group: async (_title, work) => await work(),
    mask: () => undefined,
  };
  const usual: Run = {
    repository: "acme/digits",
    repositoryId: "1",
    sha: "1".repeat(40),
    ref: "refs/heads/main",
    event: "push",
    runId: "7",
    runAttempt: 1,
    job: "road",
    actor: "me",
    serverUrl: server,
    workflowRef: "acme/digits/.github/workflows/main.yml@refs/heads/main",
    workspace,
    temp,
    os: "Linux",
    arch: process.arch === "arm64" ? "ARM64" : "X64",
    environment: "github-hosted",
    eventPath: undefined,
  };
  return {
    workspace,
    temp,
    said,
    log,
    put: (path, content) => {
      mkdirSync(dirname(join(workspace, path)), { recursive: true });
      writeFileSync(join(workspace, path), content);
    },
    build: async (given, other = {}) => {
      const run = { ...usual, ...other };
      const env = Object.fromEntries(
        Object.entries({ "require-gate": "false", ...given }).map(([name, value]) => [
          `INPUT_${name.toUpperCase()}`,
          value,
        ]),
      );
      const processes = localProcesses();
      const options: RegistryOptions = { log, ...(stallMs === undefined ? {} : { stallMs }) };
      return await buildModelImage.run(await readInputs(buildModelImage.inputs, env), run, {
        log,
        processes,
        signal: new AbortController().signal,
        workspace: localWorkspace(run),
        archives: tarArchives(),
        github: githubRest({ run, token: undefined }),
        images: imageStores({ layout: openLayout, registry: openRegistry(options) }),
        pieces: filePieces(),
        pythons: pythons({ processes, locks: fileLocks() }),
        http: httpClient(),
        clock: systemClock(),
      });
    },
    close: () => rmSync(world, { recursive: true, force: true }),
  };
}
