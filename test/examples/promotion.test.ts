// From a commit to a version: main trains, gates and builds; a commit of words only finds all of it again; its tag is promoted. By the
// built actions, in the workflow runner, with a registry.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { fileLocks } from "../../src/adapters/lock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localServing } from "../../src/adapters/serving.ts";
import { dispatch, push, type Event } from "../runner/events.ts";
import { startMachine, type Machine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { startRegistry, type TestRegistry } from "../world/registry/registry.ts";
import { installModelServer, params, projectWith } from "./gate-project.ts";

const root = resolve(import.meta.dirname, "..", "..");

const main = (image: string): string => `
on:
  push: {branches: [main]}
permissions: {contents: read, actions: read, packages: write}
jobs:
  road:
    runs-on: self-hosted
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with: {persist-credentials: false}
      - id: train
        uses: model-road/model-road/actions/train@v0.1.0
        with:
          name: digits
          command: python3 train.py
          code: "*.py"
          params: params.yaml
          model: model/model.json
          metrics: metrics.json
      - uses: model-road/model-road/actions/evaluate-gate@v0.1.0
        with:
          conditions: accuracy > 0.80
      - id: image
        uses: model-road/model-road/actions/build-model-image@v0.1.0
        with:
          model-class: Digits
          image: ${image}
          # The stand-in for seldon-core knows no forms; the deploy asks it.
          try: false
`;

const release = (image: string): string => `
on:
  push: {tags: ["v*"]}
  workflow_dispatch:
    inputs: {version: {required: true}}
permissions: {contents: read, actions: read, packages: write, deployments: write}
jobs:
  promote:
    runs-on: self-hosted
    steps:
      - id: promote
        uses: model-road/model-road/actions/promote@v0.1.0
        with:
          name: digits
          image: ${image}
          stage: production
          version: \${{ inputs.version }}
          attestation: never
          target: local
          namespace: prod
          outlive-job: true
          smoke-request: "body: {data: {ndarray: [[0.9]]}}"
`;

let folder: string;
let hub: GitHub;
let machine: Machine;
let registry: TestRegistry;
let kept: string | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "promotion-"));
  hub = await startGitHub({ owner: "acme", name: "digits" });
  registry = await startRegistry();
  const home = join(folder, "home");
  machine = await startMachine({ root: join(folder, "machine"), environment: "self-hosted", home });
  machine.environment["XDG_STATE_HOME"] = join(folder, "state");
  installModelServer(home);
  kept = process.env.XDG_STATE_HOME;
  process.env.XDG_STATE_HOME = join(folder, "state");
});
afterEach(async () => {
  for (const { namespace, name } of await serving().list()) await serving().remove(namespace, name);
  if (kept === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = kept;
  await registry.close();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const serving = () => localServing({ processes: localProcesses(), locks: fileLocks() });
const step = (result: RunResult, id: string) => Object.values(result.jobs)[0]!.steps.find((each) => each.id === id)!;
const run = async (event: Event, workflow: string): Promise<RunResult> =>
  await runWorkflow({ github: hub, machine, workflow, event, repositories: { "model-road/model-road": root } });
const tag = async (name: string): Promise<Event> => {
  await hub.git.git(["update-ref", `refs/tags/${name}`, (await hub.git.resolve("refs/heads/main"))!]);
  return push({ tag: name });
};
const tagsOf = (digest: string): string[] =>
  [...registry.manifests.get("acme/digits")!]
    .filter(
      ([name, { bytes }]) =>
        !name.startsWith("sha256") && bytes.equals(registry.manifests.get("acme/digits")!.get(digest)!.bytes),
    )
    .map(([name]) => name);

test(
  "a tag brings the image of its commit to production; an older version is the way back",
  { timeout: 240_000 },
  async () => {
    const image = `${registry.host}/acme/digits`;
    const files = {
      ...projectWith("gate-floors.yml", 0.6),
      ".github/workflows/main.yml": main(image),
      ".github/workflows/release.yml": release(image),
      ".dockerignore": "*.md\n",
    };
    await hub.commit({ branch: "main", from: "nothing", files, message: "Begin" });
    const first = await run(push({ branch: "main" }), ".github/workflows/main.yml");
    expect(first.conclusion, first.log).toBe("success");
    const { digest } = step(first, "image").outputs;

    await hub.commit({ branch: "main", files: { "docs.md": "words" }, message: "Words" });
    const words = await run(push({ branch: "main" }), ".github/workflows/main.yml");
    expect(step(words, "train").outputs["skipped"], words.log).toBe("true");
    expect(step(words, "image").outputs).toMatchObject({ skipped: "true", digest });
    const promoted = await run(await tag("v1.0.0"), ".github/workflows/release.yml");
    expect(promoted.conclusion, promoted.log).toBe("success");
    expect(step(promoted, "promote").outputs).toMatchObject({ operation: "created", digest, version: "1.0.0" });
    expect(step(promoted, "promote").outputs["evidence"]).toMatch(/^artifact \d+ of run \d+$/);
    expect(tagsOf(digest!)).toEqual(expect.arrayContaining(["1.0.0", "1.0", "1"]));
    expect(promoted.requests.length).toBeLessThanOrEqual(15);
    expect(promoted.processes.filter(({ command }) => /train\.py/.test(JSON.stringify(command)))).toEqual([]);
    expect(hub.world.deployments[0]).toMatchObject({ environment: "production", production: true });

    await hub.commit({ branch: "main", files: { "params.yaml": params(0.5) }, message: "Better" });
    const second = await run(push({ branch: "main" }), ".github/workflows/main.yml");
    expect(second.conclusion, second.log).toBe("success");
    const newer = await run(await tag("v1.1.0"), ".github/workflows/release.yml");
    expect(step(newer, "promote").outputs, newer.log).toMatchObject({
      operation: "updated",
      digest: step(second, "image").outputs["digest"],
    });

    const back = await run(dispatch({ inputs: { version: "v1.0.0" } }), ".github/workflows/release.yml");
    expect(step(back, "promote").outputs, back.log).toMatchObject({ operation: "updated", digest, tags: "[]" });
    expect(tagsOf(step(second, "image").outputs["digest"]!)).toEqual(expect.arrayContaining(["1.1.0", "1.1", "1"]));
    const [state] = await serving().list();
    expect(state).toMatchObject({
      namespace: "prod",
      name: "digits",
      deployId: step(back, "promote").outputs["deploy-id"],
    });
  },
);
