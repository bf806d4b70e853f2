import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { githubRest } from "../../src/adapters/github.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { close, listen } from "../world/results-service/service.ts";

let hub: GitHub;
let folder: string;
let first: string;
const sha256 = (data: string): string => createHash("sha256").update(data).digest("hex");

beforeAll(async () => {
  hub = await startGitHub({ owner: "acme", name: "digits" });
  folder = mkdtempSync(join(tmpdir(), "github-rest-"));
  first = await hub.commit({ branch: "main", files: { "a.txt": "a" }, message: "first", from: "nothing" });
  process.env.GITHUB_API_URL = hub.rest.url;
});
afterAll(async () => {
  delete process.env.GITHUB_API_URL;
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  for (const name of Object.keys(hub.rest.faults)) delete hub.rest.faults[name];
  for (const name of Object.keys(hub.rest.overrides)) delete hub.rest.overrides[name];
});

const READ = { actions: "read", contents: "read", "pull-requests": "write" } as const;
const client = (permissions: Parameters<GitHub["createToken"]>[0] = READ) =>
  githubRest({ run: { repository: "acme/digits" }, token: hub.createToken(permissions) }, { firstPauseMs: 1 });
const newRun = () =>
  hub.createRun({
    event: "push",
    path: ".github/workflows/train.yml",
    workflowName: "train",
    headSha: first,
    headBranch: "main",
  });
const asked = (operation: string): number => hub.rest.requests.filter((each) => each.operation === operation).length;

describe("artifacts", () => {
  test("are found by exact name, newest first, of all runs or of one", async () => {
    const [one, two] = [newRun(), newRun()];
    const [a, b] = [one, two].map((run) =>
      hub.results.artifacts.plant({ run: run.backendId, name: "train1-x-1", data: Buffer.from("x") }),
    );
    hub.results.artifacts.plant({ run: one.backendId, name: "train1-x-10", data: Buffer.from("x") });
    const found = await client().artifactsNamed("train1-x-1");
    expect(found.map(({ id }) => id)).toEqual([String(b!.id), String(a!.id)]);
    expect(found[0]).toMatchObject({
      sha256: sha256("x"),
      expired: false,
      run: { id: String(two.id), headBranch: "main", headSha: first },
    });
    expect(await client().artifactsNamed("train1-x-1", { runId: String(one.id) })).toHaveLength(1);
    expect(await client().artifact("999999")).toBeUndefined();
  });

  test("are downloaded without handing the token to the storage", async () => {
    const artifact = hub.results.artifacts.plant({ run: newRun().backendId, name: "m", data: Buffer.from("model") });
    let headers: IncomingMessage["headers"] = {};
    const storage = createServer((request, response) => {
      headers = request.headers;
      response.end("model");
    });
    const origin = await listen(storage);
    try {
      hub.rest.overrides["actions/download-artifact"] = () => ({ status: 302, headers: { location: `${origin}/x` } });
      const file = join(folder, "in/model.tar");
      await client().downloadArtifact(String(artifact.id), file, { maxBytes: 5, sha256: sha256("model") });
      expect(readFileSync(file, "utf8")).toBe("model");
      expect(headers.host).toBeDefined();
      expect(headers.authorization).toBeUndefined();
    } finally {
      await close(storage);
    }
  });

  test("of other bytes, too many bytes, or none leave no file", async () => {
    const { id } = hub.results.artifacts.plant({ run: newRun().backendId, name: "m2", data: Buffer.from("model") });
    const file = join(folder, "bad.tar");
    const get = (maxBytes: number, digest: string, which = String(id)) =>
      client().downloadArtifact(which, file, { maxBytes, sha256: digest });
    await expect(get(5, sha256("other"))).rejects.toThrow(`expected sha256 ${sha256("other")}, saw ${sha256("model")}`);
    await expect(get(4, sha256("model"))).rejects.toThrow("at most 4 bytes");
    await expect(get(5, sha256("model"), "999999")).rejects.toThrow("expected an artifact");
    expect(existsSync(file)).toBe(false);
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  test("a redirect to a file or to nowhere is not followed", async () => {
    for (const location of ["file:///etc/passwd", "", "ftp://127.0.0.1/x"]) {
      hub.rest.overrides["actions/download-artifact"] = () => ({ status: 302, headers: { location } });
      const given = client().downloadArtifact("1", join(folder, "x"), { maxBytes: 5, sha256: sha256("x") });
      await expect(given).rejects.toThrow("a redirect to an https address");
    }
  });
});

describe("runs and commits", () => {
  test("a run says whose it is", async () => {
    const run = newRun();
    expect(await client().workflowRun(String(run.id))).toEqual({
      id: String(run.id),
      number: run.number,
      status: run.status,
      attempt: run.attempt,
      event: "push",
      headSha: first,
      headBranch: "main",
      path: ".github/workflows/train.yml",
      repositoryId: String(hub.world.id),
      headRepositoryId: String(hub.world.id),
      pullRequests: [],
    });
    expect(await client().workflowRun("1")).toBeUndefined();
  });

  test("commits are compared as seen from the first", async () => {
    const second = await hub.commit({ branch: "feature/x", from: "main", files: { "b.txt": "b" }, message: "second" });
    expect(await client().compare(first, "feature/x")).toBe("ahead");
    expect(await client().compare(second, "main")).toBe("behind");
    expect(await client().compare(first, first)).toBe("identical");
    expect(await client().compare("0".repeat(40), "main")).toBeUndefined();
    expect(await client().defaultBranch()).toBe("main");
  });
});

describe("comments", () => {
  test("all pages are read; one is created, and updated until it is gone", async () => {
    for (let count = 0; count < 101; count++) hub.addComment({ issue: 7, body: `${count}` });
    const mine = await client().createComment(7, "hello");
    expect(mine).toMatchObject({ body: "hello", author: "github-actions[bot]", authorIsBot: true });
    const all = await client().comments(7);
    expect(all).toHaveLength(102);
    expect(all.at(-1)!.id).toBe(mine.id);
    expect((await client().updateComment(mine.id, "again"))!.body).toBe("again");
    expect(await client().updateComment("999999", "x")).toBeUndefined();
  });

  test("creating is tried once: a second try could write a second comment", async () => {
    hub.rest.faults["issues/create-comment"] = { status: 502, times: 2 };
    const before = asked("issues/create-comment");
    await expect(client().createComment(7, "x")).rejects.toThrow("status 502");
    expect(asked("issues/create-comment") - before).toBe(1);
  });
});

describe("trouble", () => {
  test("passes unseen when it is short", async () => {
    hub.rest.faults["repos/get"] = { status: 503, times: 2 };
    expect(await client().defaultBranch()).toBe("main");
    hub.rest.faults["repos/get"] = { status: "cut", times: 1 };
    expect(await client().defaultBranch()).toBe("main");
    hub.rest.faults["repos/get"] = { status: 429, times: 1, headers: { "retry-after": "0" } };
    expect(await client().defaultBranch()).toBe("main");
  });

  test("a pause that is longer than is worth waiting for is not waited for", async () => {
    hub.rest.faults["repos/get"] = { status: 429, times: 1, headers: { "retry-after": "3600" } };
    await expect(client().defaultBranch()).rejects.toThrow("run again later");
    hub.rest.faults["repos/get"] = {
      status: 403,
      times: 1,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Date.now() / 1000 + 3600) },
    };
    await expect(client().defaultBranch()).rejects.toThrow("GitHub limits how often it is asked");
  });

  test("is one sentence that names the missing permission", async () => {
    await expect(client({ contents: "read" }).artifactsNamed("x")).rejects.toThrow(
      /^GitHub, to look for artifacts named x: expected an answer, saw status 403 "Resource not accessible by integration". Give the job "permissions: actions: read".$/,
    );
    const wrong = githubRest({ run: { repository: "acme/digits" }, token: "ghs_wrong" });
    await expect(wrong.defaultBranch()).rejects.toThrow("The token is wrong or has expired");
    const none = githubRest({ run: { repository: "acme/digits" }, token: undefined });
    await expect(none.defaultBranch()).rejects.toThrow('input "github-token": expected a token');
  });

  test("never tells the token", async () => {
    hub.rest.faults["repos/get"] = { status: 500, times: 9 };
    const told = await client()
      .defaultBranch()
      .catch((thrown: Error) => `${thrown.message} ${thrown.stack}`);
    expect(told).toContain("GitHub is in trouble");
    expect(told).not.toMatch(/ghs_/);
  });
});
