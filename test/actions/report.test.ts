import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { report } from "../../src/actions/report.ts";
import { keepRequest } from "../../src/actions/smoke-request.ts";
import { keepSeconds } from "../../src/actions/step-seconds.ts";
import { githubRest } from "../../src/adapters/github.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { serialiseRecord } from "../../src/domain/record/record.ts";
import { reportMarker } from "../../src/domain/report/sticky.ts";
import { readRun, type Run } from "../../src/inputs.ts";
import { passed, rejected } from "../domain/report/releases.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";

const PULL = 7;
let hub: GitHub;
let folder: string;

beforeAll(async () => {
  hub = await startGitHub({ owner: "acme", name: "digits" });
  process.env.GITHUB_API_URL = hub.rest.url;
});
afterAll(async () => {
  delete process.env.GITHUB_API_URL;
  await hub.close();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "report-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  hub.world.comments.length = 0;
  hub.rest.requests.length = 0;
  for (const name of Object.keys(hub.rest.faults)) delete hub.rest.faults[name];
  for (const name of Object.keys(hub.rest.overrides)) delete hub.rest.overrides[name];
});

function runOf(event: string, payload: string | undefined): Run {
  const eventPath = join(folder, "event.json");
  if (payload !== undefined) writeFileSync(eventPath, payload);
  return readRun({
    GITHUB_REPOSITORY: "acme/digits",
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_RUN_ID: "1234567890",
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: join(folder, "temp"),
  });
}

const inPull = (): Run =>
  runOf(
    "pull_request",
    JSON.stringify({ number: PULL, pull_request: { number: PULL, title: "$(id) @octocat", head: { ref: "$(id)" } } }),
  );

async function tell(
  record: string | undefined,
  { run = inPull(), token = hub.createToken({ "pull-requests": "write" }) }: { run?: Run; token?: string } = {},
) {
  const lines: string[] = [];
  const log = {
    info: (text: string) => void lines.push(text),
    warning: (text: string) => void lines.push(text),
    debug: () => undefined,
    group: async <T>(_: string, work: () => Promise<T>) => work(),
    mask: () => undefined,
  };
  const workspace = localWorkspace(run);
  const outcome = await report.run({ record, "pull-request": undefined, "github-token": token }, run, {
    log,
    // A settling time of a moment.
    clock: { sleep: async () => delay(1) },
    workspace,
    github: githubRest({ run, token }, { firstPauseMs: 1 }),
  });
  return { ...outcome, lines };
}

const asked = (operation: string): number => hub.rest.requests.filter((each) => each.operation === operation).length;
const bodies = (): string[] => hub.world.comments.map(({ body }) => body);

test("a pull request gets one comment, which says what the summary and the file say", async () => {
  const { outputs, summary, annotations } = await tell(serialiseRecord(passed));
  expect(hub.world.comments).toHaveLength(1);
  expect(hub.world.comments[0]).toMatchObject({ issue: PULL, body: summary });
  expect(outputs["comment-url"]).toMatch(/\/acme\/digits\/pull\/7#issuecomment-\d+$/);
  expect(readFileSync(outputs.report!, "utf8")).toBe(summary);
  expect(annotations).toBeUndefined();
});

test("a hundred runs leave one comment, with the last word", async () => {
  for (let at = 1; at <= 100; at++) {
    const record = { ...passed, metrics: { values: { accuracy: at / 1000 } } };
    await tell(serialiseRecord(record));
  }
  expect(hub.world.comments).toHaveLength(1);
  expect(bodies()[0]).toContain("| `accuracy` | 0.967213 |");
  await tell(serialiseRecord(rejected));
  expect(bodies()).toHaveLength(1);
  expect(bodies()[0]).toContain("## ❌ digits: rejected");
  expect(asked("issues/create-comment")).toBe(1);
});

test("each model has a comment of its own", async () => {
  await tell(serialiseRecord(passed));
  await tell(serialiseRecord({ ...passed, model: { ...passed.model, name: "digits-2" } }));
  await tell(serialiseRecord(passed));
  expect(bodies().map((body) => body.split("\n")[0])).toEqual([reportMarker("digits"), reportMarker("digits-2")]);
});

test("a marker that somebody else wrote is left alone", async () => {
  const forged = `${reportMarker("digits")}\nall is well`;
  hub.addComment({ issue: PULL, body: forged });
  hub.addComment({ issue: PULL, body: forged, user: { login: "github-actions", id: 5, type: "User" } });
  hub.addComment({ issue: PULL, body: forged, user: { login: "other[bot]", id: 6, type: "Bot" } });
  await tell(serialiseRecord(passed));
  await tell(serialiseRecord(rejected));
  expect(bodies().filter((body) => body === forged)).toHaveLength(3);
  expect(bodies()).toHaveLength(4);
  expect(asked("issues/update-comment")).toBe(1);
});

test("another token than the job's own: its first comment stays, all the same", async () => {
  const user = { login: "road[bot]", id: 77, type: "Bot" as const };
  const token = hub.createToken({ "pull-requests": "write" }, { user });
  const forged = `${reportMarker("digits")}\nall is well`;
  hub.addComment({ issue: PULL, body: forged, user: { login: "road", id: 78, type: "User" } });
  await tell(serialiseRecord(passed), { token });
  const [, first] = hub.world.comments;
  await tell(serialiseRecord(rejected), { token });
  expect(hub.world.comments).toHaveLength(2);
  expect(hub.world.comments[1]).toMatchObject({ id: first!.id, user: { login: "road[bot]" } });
  expect(bodies()).toEqual([forged, expect.stringContaining("digits: rejected")]);
});

test("of several of ours the first stays with the newest text, beyond a page of comments", async () => {
  await tell(serialiseRecord(passed));
  for (let at = 0; at < 120; at++) hub.addComment({ issue: PULL, body: `talk ${at}` });
  hub.world.comments.push({ ...hub.world.comments[0]!, id: hub.world.nextId++ });
  await tell(serialiseRecord(rejected));
  expect(bodies()[0]).toContain("## ❌ digits: rejected");
  expect(bodies().slice(1)).toEqual(Array.from({ length: 120 }, (_, at) => `talk ${at}`));
});

test("a comment that was deleted is written again, even when it goes while we look", async () => {
  await tell(serialiseRecord(passed));
  hub.world.comments.length = 0;
  await tell(serialiseRecord(passed));
  expect(bodies()).toHaveLength(1);
  hub.rest.faults["issues/update-comment"] = { status: 404, times: 1, message: "Not Found" };
  const { annotations } = await tell(serialiseRecord(rejected));
  expect(annotations).toBeUndefined();
  expect(bodies().map((body) => /digits: \w+/.exec(body)?.[0])).toEqual(["digits: passed", "digits: rejected"]);
});

test.each([
  ["a locked conversation", 403, "Unable to create comment because issue is locked."],
  ["GitHub in trouble", 502, "Bad gateway"],
])("%s: a notice, and the summary all the same", async (_, status, message) => {
  hub.rest.faults["issues/create-comment"] = { status, times: 99, message };
  const { summary, outputs, annotations, failure } = await tell(serialiseRecord(passed));
  expect(annotations).toMatchObject([{ level: "notice", title: "No comment on the pull request" }]);
  expect(annotations![0]!.message).toContain(String(status));
  expect(summary).toContain("## ✅ digits: passed");
  expect(outputs["comment-url"]).toBeUndefined();
  expect(readFileSync(outputs.report!, "utf8")).toBe(summary);
  expect(failure).toBeUndefined();
});

test("a token that may not comment, or none: a notice, and the summary all the same", async () => {
  for (const token of [hub.createToken({ contents: "read" }), hub.createToken({ "pull-requests": "read" }), ""]) {
    const { summary, annotations, failure } = await tell(serialiseRecord(passed), { token });
    expect(annotations).toMatchObject([{ level: "notice", title: "No comment on the pull request" }]);
    expect(summary).toContain("## ✅ digits: passed");
    expect(failure).toBeUndefined();
  }
  expect(bodies()).toEqual([]);
});

test.each(["push", "schedule", "workflow_dispatch", "issue_comment", "merge_group"])(
  "on %s the summary is all, and GitHub is not asked",
  async (event) => {
    const { summary, annotations } = await tell(serialiseRecord(passed), {
      run: runOf(event, JSON.stringify({ number: PULL, issue: { number: PULL } })),
    });
    expect(summary).toContain("## ✅ digits: passed");
    expect(annotations).toBeUndefined();
    expect(hub.rest.requests).toEqual([]);
  },
);

test.each([
  ["no file", undefined],
  ["no JSON", "<html>"],
  ["no number", '{"pull_request": {"number": "7", "head": {"ref": "x"}}}'],
  ["a number that is none", '{"pull_request": {"number": -1, "head": {"ref": "x"}}}'],
  ["a list", "[]"],
])("a payload with %s: a notice, and the summary all the same", async (_, payload) => {
  const { summary, annotations } = await tell(serialiseRecord(passed), { run: runOf("pull_request", payload) });
  expect(annotations).toMatchObject([{ level: "notice" }]);
  expect(annotations![0]!.message).toContain("the event's payload");
  expect(summary).toContain("## ✅ digits: passed");
  expect(hub.rest.requests).toEqual([]);
});

test("without any record it says so, and no more", async () => {
  const { outputs, summary, annotations, failure } = await tell(undefined);
  expect([outputs, summary, failure]).toEqual([{}, undefined, undefined]);
  expect(annotations).toMatchObject([{ level: "notice", title: "Nothing to report" }]);
  expect(hub.rest.requests).toEqual([]);
});

test("a record that is none is a mistake of the workflow, and told as one", async () => {
  await expect(tell('{"schema": 1}')).rejects.toThrow(/input "record"/);
});

test("how long the image took is told by the job that made it, and by no other", async () => {
  const run = inPull();
  await keepSeconds(passed.image!.digest, 61.2, run, localWorkspace(run));
  expect((await tell(serialiseRecord(passed), { run })).summary).toContain(" · image 1 min 1 s");
  const other = { ...passed, image: { ...passed.image!, digest: `sha256:${"5".repeat(64)}` } };
  expect((await tell(serialiseRecord(other), { run })).summary).not.toContain(" · image ");
});

test("the request that the model answered stands in the report, unless it is too long to paste", async () => {
  const run = inPull();
  await keepRequest({ data: { ndarray: [["it's"]] } }, run, localWorkspace(run));
  expect((await tell(serialiseRecord(passed), { run })).summary).toContain(`-d '{"data":{"ndarray":[["it'\\''s"]]}}'`);
  await keepRequest({ data: "x".repeat(3000) }, run, localWorkspace(run));
  expect((await tell(serialiseRecord(passed), { run })).summary).toContain("Put a row of your model's own features");
});
