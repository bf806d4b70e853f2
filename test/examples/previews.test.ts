// What a team sees of a pull request: main deploys and tells GitHub; the pull request is gated against that, and gets a preview of
// its own; the example that takes previews down does so. By the built actions, in the workflow runner.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { fileLocks } from "../../src/adapters/lock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localServing } from "../../src/adapters/serving.ts";
import { previewName } from "../../src/domain/preview/preview.ts";
import { parseRecord } from "../../src/domain/record/record.ts";
import { pullRequest, push, schedule, type Event } from "../runner/events.ts";
import { startMachine, type Machine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { installModelServer, params, projectWith } from "./gate-project.ts";

const root = resolve(import.meta.dirname, "..", "..");
const CLEANUP = "workflows-examples/preview-cleanup.yml";
const WORKFLOW = `
on: [push, pull_request]
permissions: {contents: read, actions: read, deployments: write, pull-requests: read}
jobs:
  road:
    runs-on: self-hosted
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with: {persist-credentials: false}
      - uses: model-road/model-road/actions/train@v0.1.0
        with:
          name: digits
          command: python3 train.py
          code: "*.py"
          params: params.yaml
          model: model/model.json
          metrics: metrics.json
      - id: gate
        uses: model-road/model-road/actions/evaluate-gate@v0.1.0
        with:
          baseline: live
          environment: production
          first-deploy: pass
          conditions: accuracy >= baseline
      - id: deploy
        uses: model-road/model-road/actions/seldon-deploy@v0.1.0
        with:
          target: local
          namespace: demo
          preview: auto
          environment: production
          model: model/model.json
          model-class: Digits
          outlive-job: true
          smoke-request: "body: {data: {ndarray: [[0.9]]}}"
`;

let folder: string;
let hub: GitHub;
let machine: Machine;
let kept: string | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "previews-"));
  hub = await startGitHub({ owner: "acme", name: "digits" });
  const home = join(folder, "home");
  machine = await startMachine({ root: join(folder, "machine"), environment: "self-hosted", home });
  machine.environment["XDG_STATE_HOME"] = join(folder, "state");
  installModelServer(home);
  kept = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = join(folder, "state");
});
afterEach(async () => {
  const all = await serving().list();
  for (const { namespace, name } of all) await serving().remove(namespace, name);
  if (kept === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = kept;
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const serving = () => localServing({ processes: localProcesses(), locks: fileLocks() });
const served = async (): Promise<string[]> => (await serving().list()).map(({ name }) => name).toSorted();
const step = (result: RunResult, id: string) => Object.values(result.jobs)[0]!.steps.find((each) => each.id === id)!;
const run = async (
  event: Event,
  workflow: string | { file: string; as: string } = ".github/workflows/main.yml",
  onLine: (line: string) => void = () => undefined,
) =>
  await runWorkflow({
    github: hub,
    machine,
    workflow,
    event,
    onLine,
    vars: { TARGET: "local", NAMESPACE: "demo", RUNNER: "self-hosted" },
    repositories: { "model-road/model-road": root },
  });
const cleanup = async (event: Event) =>
  await run(event, { file: join(root, CLEANUP), as: ".github/workflows/preview-cleanup.yml" });

test("from main to a pull request's preview, and down again", { timeout: 240_000 }, async () => {
  const files = { ...projectWith("gate-live.yml", 0.6), ".github/workflows/main.yml": WORKFLOW };
  await hub.commit({ branch: "main", from: "nothing", files, message: "Begin" });
  const main = await run(push({ branch: "main" }));
  expect(main.conclusion, main.log).toBe("success");
  const [live] = hub.world.deployments;
  expect(live).toMatchObject({ environment: "production", task: "deploy:digits", transient: false });
  expect(live!.statuses[0]).toMatchObject({
    state: "success",
    environmentUrl: step(main, "deploy").outputs["prediction-url"],
  });

  // Better than what serves, and GitHub says what that is: the pull request has no right where it serves.
  await hub.commit({ branch: "better", from: "main", files: { "params.yaml": params(0.5) }, message: "Better" });
  const better = await run(pullRequest({ number: 12, head: "better" }));
  expect(better.conclusion, better.log).toBe("success");
  const { baseline } = parseRecord(step(better, "gate").outputs["record"]!).gate!;
  const trained = parseRecord(step(main, "gate").outputs["record"]!);
  expect(baseline).toMatchObject({ kind: "live", digest: trained.model.digest, sha: trained.source.sha });
  expect(baseline!.from).toBe(`GitHub's deployment ${live!.id} to production`);
  const preview = previewName({ repositoryId: String(hub.world.id), pullRequest: 12, model: "digits" });
  expect(await served()).toEqual(["digits", preview].toSorted());
  expect(step(better, "deploy").outputs["prediction-url"]).toContain(preview);
  expect(better.requests.length).toBeLessThanOrEqual(30);
  expect(hub.world.deployments[0]).toMatchObject({ environment: "preview", transient: true });

  // Worse than what serves: the preview stays as it was, and so does main.
  await hub.commit({ branch: "better", files: { "params.yaml": params(0.8) }, message: "Worse" });
  const worse = await run(pullRequest({ number: 12, head: "better", action: "synchronize" }));
  expect(step(worse, "gate").outputs["decision"], worse.log).toBe("rejected");
  expect(await served()).toEqual(["digits", preview].toSorted());

  // A night with it open, then closed, then a night more.
  const night = await cleanup(schedule());
  expect(night.conclusion, night.log).toBe("success");
  expect(await served()).toEqual(["digits", preview].toSorted());
  const closed = await cleanup(pullRequest({ number: 12, head: "better", action: "closed" }));
  expect(closed.conclusion, closed.log).toBe("success");
  expect(JSON.parse(step(closed, "cleanup").outputs["removed"]!)).toMatchObject([
    { name: preview, "pull-request": 12 },
  ]);
  expect(closed.requests.length).toBeLessThanOrEqual(15);
  expect(await served()).toEqual(["digits"]);
  expect(hub.world.deployments).toEqual([live]);
  expect(live!.statuses[0]!.state).toBe("success");
  const after = await cleanup(schedule());
  expect(step(after, "cleanup").outputs).toMatchObject({ removed: "[]", kept: "0", deployments: "0" });
});

test("a pull request that is closed while it deploys leaves nothing behind", { timeout: 120_000 }, async () => {
  const files = { ...projectWith("gate-live.yml", 0.6), ".github/workflows/main.yml": WORKFLOW };
  await hub.commit({ branch: "main", from: "nothing", files, message: "Begin" });
  await hub.commit({ branch: "better", from: "main", files: { "params.yaml": params(0.5) }, message: "Better" });
  let closed = false;
  const result = await run(pullRequest({ number: 12, head: "better" }), undefined, (line) => {
    if (closed || !/Serving demo\/pr-12-/.test(line)) return;
    closed = true;
    Object.assign(hub.world.pulls.get(12)!, { state: "closed" });
  });
  expect(closed, result.log).toBe(true);
  expect(step(result, "deploy").outputs, result.log).toMatchObject({ operation: "removed", "prediction-url": "" });
  expect(result.conclusion).toBe("success");
  expect(await served()).toEqual([]);
  expect(hub.world.deployments).toEqual([]);
});
