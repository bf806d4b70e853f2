import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { trainCluster } from "../../src/actions/train-cluster.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { kubernetes } from "../../src/adapters/kubernetes.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { readInputs, readRun } from "../../src/inputs.ts";

const folder = mkdtempSync(join(tmpdir(), "train-cluster-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a fork's pull request trains in no cluster, whatever credential it was given", async () => {
  const payload = {
    action: "opened",
    pull_request: { number: 1, head: { sha: "2".repeat(40), repo: { id: 9 } }, user: { login: "eve" } },
    repository: { id: 7, default_branch: "main" },
  };
  writeFileSync(join(folder, "event.json"), JSON.stringify(payload));
  const run = readRun({
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_EVENT_PATH: join(folder, "event.json"),
    GITHUB_REPOSITORY_ID: "7",
    GITHUB_REF: "refs/pull/1/merge",
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: folder,
  });
  const workspace = localWorkspace(run);
  const training = {
    name: "digits",
    command: "true",
    workingDirectory: ".",
    model: "m",
    paramsAs: "environment",
    passEnv: [],
    params: {},
    manifest: {
      schema: 1,
      fingerprint: "f".repeat(64),
      parts: {},
      params: {},
      environment: {},
      command: {},
      runtime: {},
    },
    reason: "first",
    changed: [],
    startedMs: 0,
    cluster: { image: "ghcr.io/acme/digits:1" },
  };
  await workspace.write(`${folder}/plan/plan.json`, JSON.stringify({ training }));
  const log = {
    info: () => undefined,
    warning: () => undefined,
    debug: () => undefined,
    mask: () => undefined,
    group: async <T>(_: string, work: () => Promise<T>) => await work(),
  };
  const [clock, processes] = [systemClock(), localProcesses()];
  const inputs = await readInputs(trainCluster.inputs, { "INPUT_PLAN-FILE": `${folder}/plan/plan.json` });
  await expect(
    trainCluster.run(inputs, run, {
      log,
      clock,
      workspace,
      kubernetes: kubernetes({ log, clock, processes, workspace, run }),
      signal: new AbortController().signal,
    }),
  ).rejects.toThrow(/expected one that may push an image, or train in a cluster, saw a fork's pull request/);
});
