import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DefaultArtifactClient } from "@actions/artifact";
import * as cache from "@actions/cache";
import { afterEach, beforeEach, expect, test } from "vitest";

import "./azure-host.ts";
import { runtimeToken } from "./runtime-token.ts";
import { type ResultsService, startResultsService } from "./service.ts";

const DAY_MS = 86_400_000;

let service: ResultsService;
let work: string;
let clock: number;
let printed: string;
const before = { ...process.env };
const folder = process.cwd();
const write = process.stdout.write.bind(process.stdout);

/** The clients read the environment at each call. */
function become(environment: Record<string, string>): void {
  for (const name of ["ACTIONS_CACHE_SERVICE_V2", "ACTIONS_CACHE_MODE"]) delete process.env[name];
  Object.assign(process.env, { GITHUB_SERVER_URL: "https://github.com", ...environment });
}

/** The clients print commands, which are kept from the log of whoever runs the tests. */
async function listening<T>(work: () => Promise<T>): Promise<T> {
  printed = "";
  process.stdout.write = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
}

const save = (key: string) => listening(() => cache.saveCache(["data"], key));
const restore = (key: string, prefixes: string[] = []) =>
  listening(() => {
    rmSync("data", { recursive: true, force: true });
    return cache.restoreCache(["data"], key, prefixes);
  });

beforeEach(async () => {
  clock = Date.now();
  service = await startResultsService({ now: () => clock });
  work = mkdtempSync(join(tmpdir(), "results-"));
  process.chdir(work);
  for (const name of ["data", "tmp"]) mkdirSync(join(work, name));
  writeFileSync("data/a.txt", "A".repeat(100_000));
  writeFileSync("data/b.txt", randomBytes(300_000));
  process.env["GITHUB_WORKSPACE"] = work;
  process.env["RUNNER_TEMP"] = join(work, "tmp");
  become(service.environment());
});

afterEach(async () => {
  process.chdir(folder);
  process.env = { ...before };
  await service.close();
  rmSync(work, { recursive: true });
});

test.for([
  ["v2", true],
  ["v1", false],
] as const)("cache %s: save, restore, restore by prefix, miss, second save", async ([, v2]) => {
  const { ACTIONS_CACHE_SERVICE_V2: flag = "", ...rest } = service.environment();
  become(v2 ? { ...rest, ACTIONS_CACHE_SERVICE_V2: flag } : rest);
  expect(await save("k-1")).toBeGreaterThan(0);
  expect(await restore("k-1")).toBe("k-1");
  expect(readFileSync("data/a.txt", "utf8")).toHaveLength(100_000);
  expect(await restore("k-2", ["k-"])).toBe("k-1");
  expect(await restore("k")).toBe("k-1");
  expect(await restore("other")).toBeUndefined();
  await restore("k-1");
  expect(await save("k-1")).toBe(-1);
});

test("a read-only token can not save, and a denied read is a miss", async () => {
  await save("k");
  become(service.environment(runtimeToken({ scopes: [{ Scope: "refs/heads/main", Permission: 1 }] })));
  expect(await save("k2")).toBe(-1);
  expect(printed).toContain("cache write denied");
  expect(await restore("k")).toBe("k");
  service.faults.cacheReadDenied = true;
  expect(await restore("k")).toBeUndefined();
});

test("an entry is gone after seven days without use", async () => {
  await save("k");
  clock += 6 * DAY_MS;
  expect(await restore("k")).toBe("k");
  clock += 8 * DAY_MS;
  expect(await restore("k")).toBeUndefined();
});

test("a damaged archive is a miss", async () => {
  await save("k");
  service.faults.download = "short";
  expect(await restore("k")).toBeUndefined();
});

test("the cache client's other way, the Azure SDK, gets the same bytes", async () => {
  await service.close();
  service = await startResultsService({ now: () => clock, azureHost: true });
  become(service.environment());
  await save("k");
  expect(await restore("k")).toBe("k");
  expect(readFileSync("data/b.txt")).toHaveLength(300_000);
  expect(service.calls.filter((call) => call.method === "HEAD")).not.toEqual([]);
});

test("429 is not tried again", async () => {
  service.faults.fail = {
    CreateCacheEntry: { status: 429, times: 1, code: "resource_exhausted", message: "too many" },
  };
  expect(await save("k")).toBe(-1);
  expect(service.calls.filter((call) => call.path.endsWith("/CreateCacheEntry"))).toHaveLength(1);
});

test("an artifact is uploaded, listed, downloaded, deleted and expires; its name is taken", async () => {
  const client = new DefaultArtifactClient();
  const up = await listening(() => client.uploadArtifact("model", ["data/a.txt"], ".", { retentionDays: 2 }));
  const digest = `sha256:${up.digest}`;
  const { artifacts } = await listening(() => client.listArtifacts());
  expect(artifacts).toMatchObject([{ name: "model", id: up.id, digest }]);
  const got = await listening(() =>
    client.downloadArtifact(up.id ?? 0, { path: join(work, "out"), expectedHash: digest }),
  );
  expect(got.digestMismatch).toBe(false);
  expect(readFileSync("out/data/a.txt", "utf8")).toHaveLength(100_000);
  await expect(listening(() => client.uploadArtifact("model", ["data/a.txt"], "."))).rejects.toThrow(/already exists/);

  become(service.environment(runtimeToken({ job: "job-2" })));
  expect((await listening(() => client.getArtifact("model"))).artifact.id).toBe(up.id);
  become(service.environment(runtimeToken({ run: "run-2" })));
  expect((await listening(() => client.listArtifacts())).artifacts).toEqual([]);
  become(service.environment());
  clock += 3 * DAY_MS;
  expect((await listening(() => client.listArtifacts())).artifacts).toEqual([]);
});

test("an artifact that is not zipped is served as it is, and a flipped byte is noticed", async () => {
  const client = new DefaultArtifactClient();
  const raw = await listening(() => client.uploadArtifact("raw", ["data/a.txt"], ".", { skipArchive: true }));
  await listening(() => client.downloadArtifact(raw.id ?? 0, { path: join(work, "raw") }));
  expect(readFileSync("raw/a.txt", "utf8")).toHaveLength(100_000);
  service.faults.download = "flip";
  const bad = await listening(() =>
    client.downloadArtifact(raw.id ?? 0, { path: join(work, "bad"), expectedHash: `sha256:${raw.digest}` }),
  );
  expect(bad.digestMismatch).toBe(true);
  await listening(() => client.deleteArtifact("a.txt"));
  expect((await listening(() => client.listArtifacts())).artifacts).toEqual([]);
});

test.for([
  ["another service", "/twirp/github.actions.results.api.v1.CacheService/CreateArtifact", {}, 404],
  ["an unknown field", "/twirp/github.actions.results.api.v1.ArtifactService/ListArtifacts", { runid: 1 }, 400],
  [
    "another run's token",
    "/twirp/github.actions.results.api.v1.ArtifactService/ListArtifacts",
    { workflow_run_backend_id: "run-2" },
    403,
  ],
] as const)("%s is refused", async ([, path, message, status]) => {
  const answer = await fetch(service.origin + path, {
    method: "POST",
    headers: { authorization: `Bearer ${runtimeToken()}`, "content-type": "application/json" },
    body: JSON.stringify(message),
  });
  expect(answer.status).toBe(status);
});
