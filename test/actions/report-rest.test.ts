// The comment against a GitHub that refuses, limits, forgets for a second or lives elsewhere.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { report } from "../../src/actions/report.ts";
import { githubRest } from "../../src/adapters/github.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { serialiseRecord, type ReleaseRecord } from "../../src/domain/record/record.ts";
import { reportMarker, runMarker } from "../../src/domain/report/sticky.ts";
import { readRun, type Run } from "../../src/inputs.ts";
import { HOSTILE } from "../domain/report/hostile.ts";
import { passed } from "../domain/report/releases.ts";
import { FILTERED, prose, render, tags } from "../domain/report/render.ts";
import { commentHandlers } from "../world/github-rest/comment-handlers.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { ACTIONS_BOT } from "../world/github-rest/world.ts";

let hub: GitHub;
let folder: string;
beforeAll(async () => {
  hub = await startGitHub({ owner: "acme", name: "digits" });
});
afterAll(async () => hub.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "report-rest-"));
  process.env.GITHUB_API_URL = hub.rest.url;
});
afterEach(() => {
  delete process.env.GITHUB_API_URL;
  rmSync(folder, { recursive: true, force: true });
  hub.world.comments.length = 0;
  hub.rest.requests.length = 0;
  for (const name of Object.keys(hub.rest.faults)) delete hub.rest.faults[name];
  for (const name of Object.keys(hub.rest.overrides)) delete hub.rest.overrides[name];
});

/** The environment of one run in a pull request, with an event whose every text is this one. */
function environmentOf({ pull = 7, runId = "9", text = "a title" } = {}): Record<string, string> {
  const eventPath = join(folder, `event-${pull}-${runId}.json`);
  const branch = { ref: text, label: text, sha: "a".repeat(40) };
  const payload = {
    number: pull,
    pull_request: {
      number: pull,
      title: text,
      body: text,
      head: branch,
      base: branch,
      labels: [{ name: text }],
      user: { login: text },
    },
  };
  writeFileSync(eventPath, JSON.stringify(payload));
  return {
    GITHUB_REPOSITORY: "acme/digits",
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_EVENT_NAME: "pull_request",
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_HEAD_REF: text.replaceAll("\u0000", ""),
    GITHUB_RUN_ID: runId,
    GITHUB_RUN_ATTEMPT: "1",
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: join(folder, `temp-${pull}-${runId}`),
  };
}

const SECOND = 1000;
async function tell(record: ReleaseRecord = passed, run: Run = readRun(environmentOf()), settleMs = 1) {
  const lines: string[] = [];
  const say = (text: string): void => void lines.push(text);
  const log = {
    info: say,
    warning: say,
    debug: () => undefined,
    group: async <T>(_: string, work: () => Promise<T>) => work(),
    mask: () => undefined,
  };
  const token = hub.createToken({ "pull-requests": "write" });
  const outcome = await report.run(
    { record: serialiseRecord(record), "pull-request": undefined, "github-token": token },
    run,
    {
      log,
      workspace: localWorkspace(run),
      clock: { sleep: async (ms) => new Promise((done) => setTimeout(done, (ms / SECOND) * settleMs)) },
      github: githubRest({ run, token }, { firstPauseMs: 1 }),
    },
  );
  return { ...outcome, lines };
}

const comments = (pull = 7) => hub.world.comments.filter(({ issue }) => issue === pull);
const asked = (operation: string): number => hub.rest.requests.filter((each) => each.operation === operation).length;
const older = (issue = 7) => ({
  id: hub.world.nextId++,
  issue,
  user: ACTIONS_BOT,
  body: `${reportMarker("digits")}\n${runMarker({ runId: "8", runAttempt: 1 })}\n\nbefore\n`,
  createdAt: 1,
  updatedAt: 1,
});

describe("whatever GitHub answers, a good release stays one: a notice, the summary, no failure", () => {
  const statuses = [401, 403, 404, 409, 410, 422, 429, 500, 502, 503] as const;
  const operations = [
    "issues/list-comments",
    "issues/create-comment",
    "issues/update-comment",
    "issues/delete-comment",
  ];
  const table = operations.flatMap((operation) => statuses.map((status) => [operation, status] as const));
  test.each(table)("%s: %i", async (operation, status) => {
    const writes = operation !== "issues/create-comment";
    if (writes) hub.world.comments.push(older());
    if (operation === "issues/delete-comment") hub.world.comments.push(older());
    hub.rest.faults[operation] = { status, times: 99, message: "No, @octocat <b>" };
    const { outputs, summary, annotations, failure } = await tell();
    expect(failure).toBeUndefined();
    expect(summary).toContain("## ✅ digits: passed");
    expect(readFileSync(outputs.report!, "utf8")).toBe(summary);
    // What is not there can be read as empty, written anew, or is removed already.
    const harmless = (status === 404 || status === 410) && writes;
    if (harmless) expect(outputs["comment-url"]).toMatch(/#issuecomment-\d+$/);
    else {
      expect(annotations).toMatchObject([{ level: "notice", title: "No comment on the pull request" }]);
      expect(annotations![0]!.message).toContain("The report is in the job summary.");
    }
    expect(comments().length).toBeLessThanOrEqual(2);
  });

  test("the connection ends", async () => {
    for (const operation of operations) {
      hub.rest.faults[operation] = { status: "cut", times: 99 };
      const { annotations, failure } = await tell();
      expect(annotations).toHaveLength(1);
      expect(failure).toBeUndefined();
      delete hub.rest.faults[operation];
      if (operation === "issues/list-comments") continue;
      hub.world.comments.length = 0;
      hub.world.comments.push(older(), older());
    }
  });

  test("an answer that is none of GitHub's", async () => {
    for (const [operation, body] of [
      ["issues/list-comments", { comments: [] }],
      ["issues/create-comment", {}],
      ["issues/create-comment", "<html>"],
    ] as const) {
      hub.rest.overrides[operation] = () => ({ status: 200, body, failure: true }) as never;
      const { annotations, failure, summary } = await tell();
      expect(annotations![0]!.message).toMatch(/expected .*comment/);
      expect(failure).toBeUndefined();
      expect(summary).toContain("digits: passed");
      delete hub.rest.overrides[operation];
    }
  });

  test("GitHub in trouble for a moment is asked again, and the comment is there", async () => {
    hub.world.comments.push(older());
    hub.rest.faults["issues/list-comments"] = { status: 502, times: 2 };
    hub.rest.faults["issues/update-comment"] = { status: 500, times: 2 };
    const { annotations } = await tell();
    expect(annotations).toBeUndefined();
    expect(comments().map(({ body }) => body)).toEqual([expect.stringContaining("digits: passed")]);
  });
});

describe("limits on how often GitHub is asked", () => {
  const said = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";

  test.each([403, 429])("%i with retry-after is waited for, also before a comment is written", async (status) => {
    hub.rest.faults["issues/create-comment"] = { status, times: 2, message: said, headers: { "retry-after": "0" } };
    const { annotations } = await tell();
    expect(annotations).toBeUndefined();
    expect(comments()).toHaveLength(1);
    expect(asked("issues/create-comment")).toBe(3);
  });

  test("with a retry-after of minutes it is not waited for", async () => {
    const from = performance.now();
    hub.rest.faults["issues/create-comment"] = {
      status: 403,
      times: 9,
      message: said,
      headers: { "retry-after": "120" },
    };
    const { annotations, failure } = await tell();
    expect(performance.now() - from).toBeLessThan(10_000);
    expect(failure).toBeUndefined();
    expect(annotations![0]!.message).toContain("GitHub limits how often it is asked: run again later.");
    expect(asked("issues/create-comment")).toBe(1);
  });

  test("without retry-after it is told as a limit, not as a missing permission", async () => {
    hub.rest.faults["issues/create-comment"] = { status: 403, times: 9, message: said };
    const { annotations } = await tell();
    expect(annotations![0]!.message).toContain("GitHub limits how often it is asked");
    expect(annotations![0]!.message).not.toContain("permissions");
    expect(asked("issues/create-comment")).toBe(1);
  });

  test("the hour's limit is waited for only where it ends soon", async () => {
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 900) };
    hub.rest.faults["issues/list-comments"] = { status: 403, times: 9, message: "API rate limit exceeded", headers };
    const { annotations } = await tell();
    expect(annotations![0]!.message).toContain("run again later");
    expect(asked("issues/list-comments")).toBe(1);
  });
});

describe("a list that is a second old", () => {
  /** Comments are listed this long after they were written. */
  const forget = (ms: number): void => {
    const { "issues/list-comments": list } = commentHandlers;
    hub.rest.overrides["issues/list-comments"] = (request, world) =>
      list!(request, { ...world, comments: world.comments.filter(({ createdAt }) => createdAt <= Date.now() - ms) });
  };

  test("misses the comment of the job before: it is found in the end, and ours is taken away again", async () => {
    hub.world.comments.push({ ...older(), createdAt: Date.now() });
    const [first] = comments();
    forget(200);
    const { outputs, annotations } = await tell(passed, readRun(environmentOf()), 100);
    expect(annotations).toBeUndefined();
    expect(comments()).toHaveLength(1);
    expect(comments()[0]).toMatchObject({ id: first!.id, body: expect.stringContaining("digits: passed") as string });
    expect(outputs["comment-url"]).toContain(`#issuecomment-${first!.id}`);
  });

  test("never shows our own: one comment all the same, and an end to the waiting", async () => {
    forget(3_600_000);
    const { annotations } = await tell();
    expect(annotations).toBeUndefined();
    expect(comments()).toHaveLength(1);
    expect(hub.rest.requests.length).toBeLessThanOrEqual(10);
  });
});

test("an older run never takes the newer one's place", async () => {
  await tell(passed, readRun(environmentOf({ runId: "10" })));
  const before = comments()[0]!.body;
  const { outputs, lines, annotations } = await tell(passed, readRun(environmentOf({ runId: "9" })));
  expect(comments().map(({ body }) => body)).toEqual([before]);
  expect(lines.join("\n")).toContain("A newer run has told of digits already");
  expect(outputs["comment-url"]).toContain(`#issuecomment-${comments()[0]!.id}`);
  expect(annotations).toBeUndefined();
  // The same run, once more: nothing is sent.
  const sent = hub.rest.requests.length;
  await tell(passed, readRun(environmentOf({ runId: "10" })));
  expect(hub.rest.requests.slice(sent).map(({ operation }) => operation)).toEqual(["issues/list-comments"]);
});

test("as much as a record can hold is under GitHub's 65,536 characters", async () => {
  const long = "@octocat|<img>`";
  const values = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`m${at}${long}`, at / 7]));
  const rules = Array.from({ length: 60 }, (_, at) => ({
    rule: `${long}${at} > 1 ${"x".repeat(100)}`,
    verdict: "rejected" as const,
    reason: long.repeat(10),
  }));
  const { annotations } = await tell({ ...passed, metrics: { values }, gate: { decision: "rejected", rules } });
  expect(annotations).toBeUndefined();
  expect(comments()[0]!.body.length).toBeGreaterThan(20_000);
  expect(comments()[0]!.body.length).toBeLessThan(60_000);
});

describe("a GitHub of one's own", () => {
  test.each(["/api/v3", "/api/v3/"])(
    "its API lies below a path (%s), and the comment links to its own pages",
    async (path) => {
      const paths: string[] = [];
      const front = createServer((request, response) => {
        paths.push(request.url!);
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => void chunks.push(chunk));
        request.on("end", () => {
          if (!request.url!.startsWith("/api/v3/repos/")) {
            response.writeHead(404).end("{}");
            return;
          }
          const { authorization = "", "user-agent": agent = "" } = request.headers;
          const body = chunks.length > 0 ? { body: Buffer.concat(chunks) } : {};
          void fetch(`${hub.rest.url}${request.url!.slice("/api/v3".length)}`, {
            method: request.method!,
            headers: { authorization, "user-agent": agent, "content-type": "application/json" },
            ...body,
          }).then(async (answer) =>
            response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text()),
          );
        });
      });
      await new Promise<void>((done) => front.listen(0, "127.0.0.1", done));
      try {
        process.env.GITHUB_API_URL = `http://127.0.0.1:${(front.address() as AddressInfo).port}${path}`;
        const environment = { ...environmentOf(), GITHUB_SERVER_URL: "https://github.acme.example:8443" };
        for (const runId of ["9", "10"]) {
          const { annotations } = await tell(passed, readRun({ ...environment, GITHUB_RUN_ID: runId }));
          expect(annotations).toBeUndefined();
        }
        expect(comments()).toHaveLength(1);
        expect(comments()[0]!.body).toContain("(https://github.acme.example:8443/acme/digits/actions/runs/10)");
        expect(paths.every((each) => each.startsWith("/api/v3/repos/acme/digits/"))).toBe(true);
      } finally {
        front.closeAllConnections();
        front.close();
      }
    },
  );

  test("of data residency: its own host in every link", async () => {
    const run = readRun({ ...environmentOf(), GITHUB_SERVER_URL: "https://acme.ghe.com" });
    await tell(passed, run);
    const links = [...comments()[0]!.body.matchAll(/\]\((https?:[^)]*)\)/g)].map(([, link]) => new URL(link!).host);
    expect(new Set(links)).toEqual(new Set(["acme.ghe.com"]));
  });
});

test("a hostile title, branch, label or body adds nothing to the comment", async () => {
  const plain = await tell();
  const seen: string[] = [];
  for (const text of HOSTILE) {
    hub.world.comments.length = 0;
    const { annotations } = await tell(passed, readRun(environmentOf({ text })));
    expect(annotations).toBeUndefined();
    const html = render(comments()[0]!.body);
    expect(tags(html)).toEqual(tags(render(plain.summary!)));
    expect(prose(html)).not.toMatch(FILTERED);
    seen.push(text);
  }
  expect(seen.length).toBeGreaterThan(80);
});
