import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { findBaseline, type Live } from "../../src/actions/gate-baseline.ts";
import { gzipTexts } from "../../src/adapters/compression.ts";
import { githubRest } from "../../src/adapters/github.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { deploymentPayload, recordOfPayload } from "../../src/domain/record/deployment-payload.ts";
import { serialiseRecord } from "../../src/domain/record/record.ts";
import type { ServingState } from "../../src/domain/seldon/serving.ts";
import { readRun } from "../../src/inputs.ts";
import { passed, rejected } from "../domain/report/releases.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";

let hub: GitHub;
let folder: string;
beforeAll(async () => {
  hub = await startGitHub({ owner: "acme", name: "digits" });
  await hub.commit({ branch: "main", files: { a: "b" }, message: "Begin" });
  process.env.GITHUB_API_URL = hub.rest.url;
});
afterAll(async () => {
  delete process.env.GITHUB_API_URL;
  await hub.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseline-"));
});
afterEach(() => {
  hub.world.deployments.length = 0;
  rmSync(folder, { recursive: true, force: true });
});

const live: Live = { target: "seldon", namespace: "default", name: undefined, environment: undefined };

function find(where: Partial<Live> = {}, state?: Partial<ServingState>) {
  const run = readRun({ GITHUB_REPOSITORY: "acme/digits", GITHUB_WORKSPACE: folder, RUNNER_TEMP: folder });
  const token = hub.createToken({ deployments: "read" });
  return findBaseline({ kind: "live" }, { ...live, ...where }, passed.model.name, run, {
    workspace: localWorkspace(run),
    github: githubRest({ run, token }, { firstPauseMs: 1 }),
    serving: { state: async () => state as ServingState | undefined },
    kubernetes: { connect: async () => Promise.reject(new Error("no cluster is asked here")) },
    compression: gzipTexts(),
  });
}

/** Deploys as REST does it. */
async function deploy(payload: unknown, state: string, environment = "production", more: object = {}): Promise<void> {
  const token = hub.createToken({ deployments: "write", contents: "read" });
  const post = async (path: string, body: object): Promise<{ id: number }> => {
    const answer = await fetch(`${hub.rest.url}/repos/acme/digits/${path}`, {
      method: "POST",
      headers: { authorization: `token ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(answer.status, await answer.clone().text()).toBe(201);
    return (await answer.json()) as { id: number };
  };
  const { id } = await post("deployments", {
    ref: "main",
    payload,
    environment,
    auto_merge: false,
    required_contexts: [],
    ...more,
  });
  await post(`deployments/${id}/statuses`, { state });
}

const older = { ...passed, source: { ...passed.source, sha: "e".repeat(40) } };

test("what serves is the newest deployment that succeeded, by its payload", async () => {
  await deploy(deploymentPayload(older), "success");
  await deploy(deploymentPayload(passed), "failure");
  await deploy({ none: "of ours" }, "success");
  await deploy("a text", "success");
  const found = await find();
  expect(found).toMatchObject({
    found: {
      identity: {
        kind: "live",
        sha: "e".repeat(40),
        digest: passed.model.digest,
        from: expect.stringMatching(/^GitHub's deployment \d+ to production$/),
      },
      metrics: passed.metrics,
    },
  });
});

test("a preview is not what serves, unless its environment is named", async () => {
  await deploy(deploymentPayload(passed), "success", "pr-7", { transient_environment: true });
  expect(await find()).toEqual({ absent: "GitHub knows of no successful deployment of this model" });
  expect(await find({ environment: "pr-7" })).toMatchObject({ found: { identity: { kind: "live" } } });
  expect(await find({ environment: "staging" })).toEqual({
    absent: 'GitHub knows of no successful deployment of this model to "staging"',
  });
});

test("another model's deployment, or one under another name, does not count", async () => {
  await deploy(deploymentPayload({ ...passed, model: { ...passed.model, name: "other" } }), "success");
  expect(await find()).toHaveProperty("absent");
  await deploy(deploymentPayload(passed), "success");
  expect(await find({ name: "elsewhere" })).toHaveProperty("absent");
  expect(await find({ name: passed.deployment!.name, namespace: passed.deployment!.namespace })).toHaveProperty(
    "found",
  );
});

test("without the right to read deployments it says which is missing", async () => {
  const run = readRun({ GITHUB_REPOSITORY: "acme/digits", GITHUB_WORKSPACE: folder, RUNNER_TEMP: folder });
  const github = githubRest({ run, token: hub.createToken({ contents: "read" }) }, { firstPauseMs: 1 });
  await expect(github.deployments()).rejects.toThrow(/permissions: deployments: read/);
});

test("target local: what its front serves, and nothing where nothing does", async () => {
  const served = {
    deployId: "a".repeat(40),
    status: "running" as const,
    record: serialiseRecord(rejected),
    since: 1_700_000_000_000,
  };
  expect(await find({ target: "local" }, served)).toMatchObject({
    found: {
      identity: {
        kind: "live",
        from: `default/${passed.model.name} on this machine, serving`,
        at: "2023-11-14T22:13:20.000Z",
      },
    },
  });
  expect(await find({ target: "local" })).toEqual({
    absent: `nothing serves as default/${passed.model.name} on this machine yet`,
  });
  await expect(find({ target: "local" }, { ...served, record: undefined })).rejects.toThrow(
    /it was deployed without one/,
  );
});

test("a payload is read as an object or a text, and a forged one is none", () => {
  expect(recordOfPayload(JSON.stringify(deploymentPayload(passed)), "x")).toEqual(passed);
  expect(recordOfPayload({ record: serialiseRecord(passed) }, "x")).toEqual(passed);
  for (const payload of [null, 7, "", "{", { record: {} }, { record: { ...passed, more: 1 } }, {}]) {
    expect(recordOfPayload(payload, "x")).toBeUndefined();
  }
});
