// Every lie that GitHub, the cache or an artifact could tell: each costs a training, never a wrong model, never a file elsewhere.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { findEarlier, lastKnown } from "../../src/actions/earlier-result.ts";
import { readEvent } from "../../src/actions/event.ts";
import { fetchModel } from "../../src/actions/model.ts";
import { takeRecord } from "../../src/actions/record.ts";
import { tarArchives } from "../../src/adapters/archive.ts";
import { githubRest } from "../../src/adapters/github.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { rcloneStore } from "../../src/adapters/rclone.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { modelDigest, serialiseManifest } from "../../src/domain/fingerprint/manifest.ts";
import type { ReleaseRecord } from "../../src/domain/record/record.ts";
import { readRun, type Run } from "../../src/inputs.ts";
import { pullRequest } from "../runner/events.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";

const FINGERPRINT = "f".repeat(64);
const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

let hub: GitHub;
let root: string;
let run: Run;
let commit: string;
const warnings: string[] = [];
const log = {
  info: () => undefined,
  warning: (text: string) => void warnings.push(text),
  debug: () => undefined,
  group: async <T>(_: string, work: () => Promise<T>) => work(),
  mask: () => undefined,
};

beforeEach(async () => {
  hub = await startGitHub({ owner: "acme", name: "digits" });
  root = mkdtempSync(join(tmpdir(), "earlier-"));
  commit = await hub.commit({ branch: "main", files: { "a.txt": "a" }, message: "first", from: "nothing" });
  process.env.GITHUB_API_URL = hub.rest.url;
  warnings.length = 0;
  mkdirSync(join(root, "workspace"));
  run = readRun({
    RUNNER_TEMP: join(root, "temp"),
    GITHUB_WORKSPACE: join(root, "workspace"),
    GITHUB_REPOSITORY: "acme/digits",
    GITHUB_REPOSITORY_ID: String(hub.world.id),
    GITHUB_REF: "refs/heads/main",
    GITHUB_SHA: commit,
    GITHUB_EVENT_NAME: "push",
    GITHUB_RUN_ID: "99",
  });
});
afterEach(async () => {
  delete process.env.GITHUB_API_URL;
  await hub.close();
  rmSync(root, { recursive: true, force: true });
});

const ports = (key?: string) => {
  const workspace = localWorkspace(run);
  const token = hub.createToken({ actions: "read", contents: "read", "pull-requests": "read" });
  return {
    workspace,
    log,
    archives: tarArchives(),
    github: githubRest({ run, token }, { firstPauseMs: 1 }),
    cache: { find: async () => key, put: async () => true },
    store: rcloneStore({ processes: localProcesses(), temp: run.temp }),
  };
};
const search = async (key?: string, reuse?: "branch") => {
  const all = ports(key);
  return await findEarlier(FINGERPRINT, run, await readEvent(run, all.workspace), all, reuse);
};

const record = (digest: string, fingerprint = FINGERPRINT): ReleaseRecord => ({
  schema: 1,
  model: {
    name: "digits",
    flavor: "custom",
    fingerprint,
    parts: {},
    path: "out/model.bin",
    digest,
    files: 1,
    bytes: 5,
  },
  source: {
    repository: "acme/digits",
    sha: commit,
    ref: "refs/heads/main",
    event: "push",
    runId: "1",
    runAttempt: 1,
  },
  training: { command: "x", params: {}, seconds: 1, skipped: false, reason: "first", changed: [] },
});

/** An artifact as train uploads it, changed by the given files. */
async function packed(changed: Record<string, string> = {}): Promise<Buffer> {
  const files = [{ path: "model.bin", sha256: sha256("model"), bytes: 5, mode: 0o644 }];
  const all: Record<string, string> = {
    "manifest.json": serialiseManifest({ schema: 1, kind: "file", files }),
    "record.json": JSON.stringify(record(modelDigest(files))),
    "model/model.bin": "model",
    "train.log": "",
    ...changed,
  };
  const folder = mkdtempSync(join(root, "pack-"));
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const archive = join(root, "packed.tar");
  await tarArchives().pack(folder, Object.keys(all).toSorted(), archive);
  return readFileSync(archive);
}

type RunFacts = Partial<Parameters<GitHub["createRun"]>[0]>;
async function plant(
  given: { run?: RunFacts; data?: Buffer; name?: string; more?: object } = {},
): Promise<{ runId: number; id: number; blob: string }> {
  const made = hub.createRun({
    event: "push",
    path: ".github/workflows/train.yml",
    workflowName: "train",
    headSha: commit,
    headBranch: "main",
    ...given.run,
  });
  const data = given.data ?? (await packed());
  const name = given.name ?? `train1-${FINGERPRINT}-1`;
  const { id, blob } = hub.results.artifacts.plant({ run: made.backendId, name, data, ...given.more });
  return { runId: made.id, id, blob };
}

test("a genuine result is found by name, with few requests, and is whole", async () => {
  const { id } = await plant();
  const { found } = await search();
  expect(found!.artifact.id).toBe(String(id));
  expect(readFileSync(found!.path, "utf8")).toBe("model");
  expect(found!.path.startsWith(join(root, "temp/model-road/models/"))).toBe(true);
  expect(hub.rest.requests.map(({ operation }) => operation)).toEqual([
    "actions/list-artifacts-for-repo",
    "repos/get",
    "actions/get-workflow-run",
    "actions/download-artifact",
  ]);
  expect(warnings).toEqual([]);
});

test("the result of a re-run is found by the cache index", async () => {
  const { id, runId } = await plant({ name: `train1-${FINGERPRINT}-2` });
  expect((await search(`train1-${FINGERPRINT}-${runId}-${id}`)).found!.artifact.id).toBe(String(id));
});

test("a forged one before a genuine one does not hide it", async () => {
  const { id } = await plant();
  await plant({ run: { headRepositoryId: 7, headRepositoryName: "mallory/digits" } });
  const { found } = await search();
  expect(found!.artifact.id).toBe(String(id));
  expect(warnings).toEqual([expect.stringContaining("built the code of another repository")]);
});

describe("what a pull request trained", () => {
  const WORKFLOW = ".github/workflows/train.yml";
  /** A pull request, trained at its head and merged; `meanwhile` comes between. */
  async function trained(
    given: { how?: "merge" | "squash"; fork?: string; meanwhile?: () => Promise<unknown>; path?: string } = {},
  ): Promise<void> {
    await hub.commit({ branch: "main", files: { [WORKFLOW]: "on: push" }, message: "Workflow" });
    const headSha = await hub.commit({ branch: "change", from: "main", files: { b: "b" }, message: "Change" });
    await pullRequest({ number: 3, head: "change", ...(given.fork === undefined ? {} : { fork: given.fork }) })(hub);
    await plant({
      run: { event: "pull_request", headSha, headBranch: "change", ...(given.path && { path: given.path }) },
    });
    await given.meanwhile?.();
    run = { ...run, sha: await hub.mergePull(3, given.how) };
  }

  test.each(["merge", "squash"] as const)("is found after its %s", async (how) => {
    await trained({ how });
    const { found } = await search();
    expect(found?.origin.event, JSON.stringify(warnings)).toBe("pull_request");
    expect(readFileSync(found!.path, "utf8")).toBe("model");
    expect(warnings).toEqual([]);
    expect((await search(undefined, "branch")).found).toBeUndefined();
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      "at a head before the final one",
      () =>
        trained({
          meanwhile: async () => {
            await hub.commit({ branch: "change", files: { b: "c" }, message: "More" });
            await pullRequest({ number: 3, head: "change", action: "synchronize" })(hub);
          },
        }),
      "an earlier head|is not merged",
    ],
    ["with a fork's head", () => trained({ fork: "mallory/digits" }), "which is not merged"],
    [
      "by a workflow that was changed since",
      async () => {
        await trained();
        run = {
          ...run,
          sha: await hub.commit({ branch: "main", files: { [WORKFLOW]: "on: push # other" }, message: "x" }),
        };
      },
      "the workflow file of run",
    ],
    [
      "by a workflow that is not there",
      () => trained({ path: ".github/workflows/none.yml" }),
      "the workflow file of run",
    ],
    [
      "and this commit does not hold",
      async () => {
        await trained();
        run = { ...run, sha: await hub.commit({ branch: "old", from: commit, files: { z: "z" }, message: "old" }) };
      },
      "not in the history of the commit",
    ],
    [
      "and was closed without a merge",
      async () => {
        await trained();
        Object.assign(hub.world.pulls.get(3)!, { merged: false, mergeCommit: null });
      },
      "which is not merged",
    ],
  ])("%s does not count", async (_, lie, because) => {
    await lie();
    const { found, ...rest } = await search();
    expect(found).toBeUndefined();
    expect(JSON.stringify(rest)).toMatch(new RegExp(because));
    expect(existsSync(join(root, "temp/model-road/models", FINGERPRINT))).toBe(false);
  });

  test("does not count where the service does not say whether it was merged", async () => {
    await trained();
    hub.rest.faults["pulls/list"] = { status: 502, times: 99 };
    expect((await search()).found).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining("status 502")]);
  });
});

test("reuse: branch takes what this branch trained", async () => {
  const { id } = await plant();
  expect((await search(undefined, "branch")).found!.artifact.id).toBe(String(id));
});

describe("a lie costs a training", () => {
  const flip = (blob: string): void => {
    const stored = hub.results.blobs.get(blob);
    stored.data = Buffer.from(stored.data!);
    stored.data[600] = stored.data[600]! ^ 1;
  };

  test.each<[string, () => Promise<unknown>, string]>([
    ["a fork's run", () => plant({ run: { headRepositoryId: 7 } }), "another repository"],
    ["a run of pull_request_target", () => plant({ run: { event: "pull_request_target" } }), "by pull_request_target"],
    [
      "a commit that main does not hold",
      async () => {
        const sha = await hub.commit({ branch: "gone", from: "main", files: { b: "b" }, message: "gone" });
        await plant({ run: { headSha: sha } });
      },
      "not in the history of main",
    ],
    ["a pull request's run", () => plant({ run: { event: "pull_request", headBranch: "x" } }), "of a pull request"],
    ["an expired artifact", () => plant({ more: { expiresAt: Date.now() - 1000 } }), "expired"],
    ["bytes that were changed afterwards", async () => flip((await plant()).blob), "expected sha256"],
    ["no archive at all", () => plant({ data: Buffer.from("<html>") }), "artifact"],
    ["half an archive", async () => plant({ data: (await packed()).subarray(0, 1500) }), "artifact"],
    [
      "another model than its manifest says",
      async () => plant({ data: await packed({ "model/model.bin": "evil!" }) }),
      "that its manifest lists",
    ],
    [
      "a file more than its manifest says",
      async () => plant({ data: await packed({ "model/__init__.py": "evil" }) }),
      "artifact",
    ],
    [
      "a record of another fingerprint",
      async () =>
        plant({
          data: await packed({ "record.json": JSON.stringify(record(`sha256:${"0".repeat(64)}`, "0".repeat(64))) }),
        }),
      "of another fingerprint",
    ],
    [
      "a record of another model",
      async () => plant({ data: await packed({ "record.json": JSON.stringify(record(`sha256:${"0".repeat(64)}`)) }) }),
      "of another model",
    ],
    ["no record", async () => plant({ data: await packed({ "record.json": "{}" }) }), "artifact"],
    ["no manifest", async () => plant({ data: await packed({ "manifest.json": "[]" }) }), "artifact"],
    [
      "a manifest that climbs",
      async () =>
        plant({
          data: await packed({
            "manifest.json": JSON.stringify({
              schema: 1,
              kind: "file",
              files: [{ path: "../../../workspace/x", sha256: sha256("model"), bytes: 5, mode: 420 }],
            }),
          }),
        }),
      "artifact",
    ],
  ])("%s", async (_, lie, because) => {
    await lie();
    const { found, ...rest } = await search();
    expect(found).toBeUndefined();
    expect(JSON.stringify(rest)).toContain(because);
    expect(existsSync(join(root, "temp/model-road/models", FINGERPRINT))).toBe(false);
    expect(readdirSync(join(root, "workspace"))).toEqual([]);
    // Nothing half-done is left either.
    expect(
      existsSync(join(root, "temp/model-road"))
        ? readdirSync(join(root, "temp/model-road")).filter((name) => name !== "models")
        : [],
    ).toEqual([]);
  });

  test("an archive that leaves its folder writes nothing outside", async () => {
    const data = await packed();
    // The name of the first entry becomes one that climbs; the header's checksum is put right again.
    const header = data.subarray(0, 512);
    header.fill(0, 0, 100);
    header.write("../../../../workspace/evil", 0);
    header.fill(0x20, 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
    await plant({ data });
    expect((await search()).found).toBeUndefined();
    expect(readdirSync(join(root, "workspace"))).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  test.each([
    [`train1-${FINGERPRINT}-evil`],
    [`train1-${FINGERPRINT}-1-2-3`],
    [`train1-${"0".repeat(64)}-1-2`],
    [`train1-${FINGERPRINT}-../../x-1`],
  ])("the key %s is not believed", async (key) => {
    expect((await search(key)).found).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining("a key that is not of this fingerprint")]);
  });

  test("a key that names another artifact, or another run's, is not believed", async () => {
    const other = await plant({ name: "something-else" });
    expect((await search(`train1-${FINGERPRINT}-${other.runId}-${other.id}`)).found).toBeUndefined();
    const named = await plant({ name: `train1-${FINGERPRINT}-2` });
    expect((await search(`train1-${FINGERPRINT}-1-${named.id}`)).found).toBeUndefined();
    expect(warnings).toHaveLength(2);
  });

  test("a service that is down, or forbids, is one warning", async () => {
    await plant();
    hub.rest.faults["actions/list-artifacts-for-repo"] = { status: 503, times: 99 };
    const down = await search();
    expect(down).toMatchObject({ found: undefined, unavailable: expect.stringContaining("status 503") });
    expect(warnings).toHaveLength(1);
  });
});

describe("what was trained last", () => {
  const document = (fingerprint: string): Buffer =>
    Buffer.from(
      JSON.stringify({
        record: {},
        manifest: { schema: 1, fingerprint, parts: {}, params: {}, environment: {}, command: {}, runtime: {} },
      }),
    );
  const last = async (branch: string) => {
    const all = ports();
    return await lastKnown(
      "digits",
      run,
      { defaultBranch: "main", branch, pullRequest: undefined, fromFork: false },
      all,
    );
  };
  const name = "digits.train.1.json";

  test("is the newest of the same branch, else of the default branch, never a fork's", async () => {
    await plant({ name, data: document("1".repeat(64)) });
    await plant({ name, data: document("2".repeat(64)), run: { headBranch: "change" } });
    await plant({ name, data: document("3".repeat(64)), run: { headBranch: "main", headRepositoryId: 7 } });
    expect((await last("change"))!.manifest.fingerprint[0]).toBe("2");
    expect((await last("other"))!.manifest.fingerprint[0]).toBe("1");
  });

  test("is nothing when it can not be read", async () => {
    expect(await last("main")).toBeUndefined();
    await plant({ name, data: Buffer.from("<html>") });
    expect(await last("main")).toBeUndefined();
    expect(warnings).toEqual([]);
  });
});

test("a record is taken from train's own artifact by its name, or from one that holds nothing else", async () => {
  const { runId } = await plant({
    name: "digits.train.1.json",
    data: Buffer.from(JSON.stringify({ record: record(`sha256:${"1".repeat(64)}`), manifest: {} })),
  });
  const here = { ...run, runId: String(runId) };
  expect((await takeRecord("artifact:digits.train.1.json", here, ports()))!.model.digest).toMatch(/^sha256:1/);
  const bare = await plant({
    name: "bare.json",
    data: Buffer.from(JSON.stringify(record(`sha256:${"2".repeat(64)}`))),
  });
  expect((await takeRecord(`artifact:${bare.runId}/${bare.id}`, here, ports()))!.model.digest).toMatch(/^sha256:2/);
});

describe("fetching a record's model", () => {
  const files = [{ path: "model.bin", sha256: sha256("model"), bytes: 5, mode: 0o644 }];
  const whole = (id: number, sha: string): ReleaseRecord => ({
    ...record(modelDigest(files)),
    artifact: { id: String(id), name: "train1", sha256: sha, runId: "1" },
  });

  test("from the artifact, once; then as this job has it, unless it was touched", async () => {
    const data = await packed();
    const { id } = await plant({ data });
    const { path } = await fetchModel(whole(id, sha256(data)), run, ports());
    expect(readFileSync(path, "utf8")).toBe("model");
    const asked = hub.rest.requests.length;
    expect(await fetchModel(whole(id, sha256(data)), run, ports())).toEqual({ path });
    expect(hub.rest.requests.length).toBe(asked);
    writeFileSync(path, "touched");
    expect(readFileSync((await fetchModel(whole(id, sha256(data)), run, ports())).path, "utf8")).toBe("model");
  });

  test("from the workspace, when it lies there unchanged", async () => {
    mkdirSync(join(root, "workspace/out"));
    writeFileSync(join(root, "workspace/out/model.bin"), "model");
    const { path } = await fetchModel({ ...record(modelDigest(files)) }, run, ports());
    expect(path).toBe(join(root, "workspace/out/model.bin"));
    writeFileSync(join(root, "workspace/out/model.bin"), "other");
    await expect(fetchModel(record(modelDigest(files)), run, ports())).rejects.toThrow(
      "an artifact that holds the model",
    );
  });

  test("another model than the record's is an error, and nothing stays", async () => {
    const data = await packed();
    const { id } = await plant({ data });
    const other = whole(id, sha256(data));
    const wrong = { ...other, model: { ...other.model, digest: `sha256:${"0".repeat(64)}` } };
    await expect(fetchModel(wrong, run, ports())).rejects.toThrow("expected the model sha256:000000000000");
    await expect(fetchModel(whole(id, "0".repeat(64)), run, ports())).rejects.toThrow("expected sha256 0000");
    expect(existsSync(join(root, "temp/model-road/models", FINGERPRINT))).toBe(false);
  });
});
