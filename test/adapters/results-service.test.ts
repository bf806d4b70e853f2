// The adapters artifact and cache with the real client packages, against the stand-in of the service behind them.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { runArtifacts } from "../../src/adapters/artifact.ts";
import { cacheIndex } from "../../src/adapters/cache.ts";
import type { Log } from "../../src/ports.ts";
import { type ResultsService, startResultsService } from "../world/results-service/service.ts";

let service: ResultsService;
let folder: string;
let before: NodeJS.ProcessEnv;
const warnings: string[] = [];
const log: Log = {
  info: () => undefined,
  warning: (text) => void warnings.push(text),
  debug: () => undefined,
  group: async (_, work) => work(),
  mask: () => undefined,
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "results-"));
  service = await startResultsService();
  before = { ...process.env };
  warnings.length = 0;
  Object.assign(process.env, service.environment(), {
    RUNNER_TEMP: folder,
    GITHUB_WORKSPACE: folder,
    GITHUB_SERVER_URL: "https://github.com",
    HOME: folder,
  });
});
afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("artifacts", () => {
  const upload = async (name: string, data: string) => {
    writeFileSync(join(folder, name), data);
    return await runArtifacts(log).upload(join(folder, name), { retentionDays: 3 });
  };

  test("a file is stored as it is, under its own name", async () => {
    const stored = await upload("train1-x-1", "model");
    expect(stored).toEqual({
      id: String(service.artifacts.artifacts[0]!.id),
      sha256: createHash("sha256").update("model").digest("hex"),
      bytes: 5,
    });
    expect(service.artifacts.artifacts[0]!.name).toBe("train1-x-1");
    const days = (service.artifacts.artifacts[0]!.expiresAt - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(3);
  });

  test("a name that is taken in this run is an error that says what to do", async () => {
    await upload("a", "1");
    await expect(upload("a", "2")).rejects.toThrow("give each leg of a matrix its own input `name`");
  });

  test("a step without the runner's token is told so", async () => {
    delete process.env.ACTIONS_RUNTIME_TOKEN;
    await expect(upload("a", "1")).rejects.toThrow("Only an action that the runner starts by uses:");
  });

  test("a service that refuses is an error", async () => {
    service.faults.fail = { CreateArtifact: { status: 403, times: 9, code: "permission_denied" } };
    await expect(upload("a", "1")).rejects.toThrow(/^artifact a: expected to be stored, saw/);
  });
});

describe("the cache as an index", () => {
  test("a key is found again by its beginning, and nothing is downloaded", async () => {
    expect(await cacheIndex(log).find("train1-abc-")).toBeUndefined();
    expect(await cacheIndex(log).put("train1-abc-17-4001")).toBe(true);
    const calls = service.calls.length;
    expect(await cacheIndex(log).find("train1-abc-")).toBe("train1-abc-17-4001");
    expect(service.calls.slice(calls).map(({ method }) => method)).toEqual(["POST"]);
    expect(await cacheIndex(log).find("train1-abd-")).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test("a key that is there already, and a service that takes nothing, are no failure", async () => {
    await cacheIndex(log).put("train1-abc-17-4001");
    expect(await cacheIndex(log).put("train1-abc-17-4001")).toBe(false);
    service.faults.cacheWriteDenied = true;
    expect(await cacheIndex(log).put("train1-abc-17-4002")).toBe(false);
    service.faults.cacheReadDenied = true;
    expect(await cacheIndex(log).find("train1-abc-")).toBeUndefined();
  });

  test("a key that the service could not hold is a warning", async () => {
    expect(await cacheIndex(log).put(`train1-${"x".repeat(600)}`)).toBe(false);
    expect(warnings).toEqual([expect.stringContaining("The cache index could not be written")]);
  });

  test("no cache service: quietly nothing", async () => {
    for (const name of ["ACTIONS_RESULTS_URL", "ACTIONS_CACHE_URL", "ACTIONS_RUNTIME_URL"]) delete process.env[name];
    expect(await cacheIndex(log).find("train1-abc-")).toBeUndefined();
    expect(await cacheIndex(log).put("train1-abc-17-1")).toBe(false);
    expect(warnings).toEqual([]);
  });
});
