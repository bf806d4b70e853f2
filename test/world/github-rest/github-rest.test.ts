import { getOctokit } from "@actions/github";
import { afterAll, beforeAll, expect, test } from "vitest";

import { type GitHub, startGitHub } from "./github.ts";
import { handlers } from "./handlers.ts";
import { isAllowed, type Permissions, tokenPermissions } from "./permissions.ts";

const ALL = tokenPermissions("write-all", {}, false);
const repository = { owner: "acme", repo: "models" };

let github: GitHub;
let first: string;
let last: string;

const client = (permissions: Permissions = ALL) =>
  getOctokit(github.createToken(permissions), { baseUrl: github.rest.url });

beforeAll(async () => {
  github = await startGitHub({ owner: "acme", name: "models" });
  first = await github.commit({ branch: "main", files: { "a.txt": "1" }, message: "First" });
  await github.commit({ branch: "main", files: { "a.txt": "2" }, message: "Second" });
  last = await github.commit({ branch: "main", files: { "b/c.txt": "3" }, message: "Third\n\nwith a body" });
});

afterAll(() => github.close());

test("comments are made, listed page by page, changed and deleted, each with its author", async () => {
  const api = client();
  for (let i = 0; i < 4; i++) github.addComment({ issue: 7, body: `by a person ${i}` });
  const made = await api.rest.issues.createComment({ ...repository, issue_number: 7, body: "first" });
  await api.rest.issues.updateComment({ ...repository, comment_id: made.data.id, body: "second" });
  const all = await api.paginate(api.rest.issues.listComments, { ...repository, issue_number: 7, per_page: 2 });
  expect(all.map((c) => [c.user?.login, c.user?.type, c.body]).slice(3)).toEqual([
    ["octocat", "User", "by a person 3"],
    ["github-actions[bot]", "Bot", "second"],
  ]);
  await api.rest.issues.deleteComment({ ...repository, comment_id: made.data.id });
  await expect(api.rest.issues.getComment({ ...repository, comment_id: made.data.id })).rejects.toThrow(/Not Found/);
});

test.for([
  [first2last, "ahead", 2, 0],
  [last2first, "behind", 0, 2],
  [same, "identical", 0, 0],
] as const)("comparison %#", async ([pair, status, ahead, behind]) => {
  const { data } = await client().rest.repos.compareCommitsWithBasehead({ ...repository, basehead: pair() });
  expect(data).toMatchObject({ status, ahead_by: ahead, behind_by: behind });
});

function first2last(): string {
  return `${first}...${last}`;
}
function last2first(): string {
  return `${last}...${first}`;
}
function same(): string {
  return `${last}...main`;
}

test("contents, pull requests, runs, deployments and caches are described as GitHub does", async () => {
  const { rest } = client();
  const content = await rest.repos.getContent({ ...repository, path: "b/c.txt", ref: last });
  expect(content.data).toMatchObject({ type: "file", content: Buffer.from("3").toString("base64") });

  const run = github.createRun({
    event: "push",
    path: ".github/workflows/main.yml",
    workflowName: "main",
    headSha: last,
    headBranch: "main",
  });
  const seen = await rest.actions.getWorkflowRun({ ...repository, run_id: run.id });
  expect(seen.data).toMatchObject({ id: run.id, event: "push", head_sha: last, head_branch: "main", run_attempt: 1 });
  expect(seen.data.repository.id).toBe(github.world.id);

  const made = await rest.repos.createDeployment({
    ...repository,
    ref: "main",
    environment: "pr-7",
    required_contexts: [],
    auto_merge: false,
    transient_environment: true,
    production_environment: false,
    payload: { image: "x" },
  });
  expect(made.data).toMatchObject({ sha: last, payload: { image: "x" } });
  const deployment_id = (made.data as { id: number }).id;
  await rest.repos.createDeploymentStatus({ ...repository, deployment_id, state: "success", description: "ok" });
  const listed = await rest.repos.listDeployments({ ...repository, environment: "pr-7" });
  expect(listed.data.map((d) => d.id)).toEqual([deployment_id]);
  expect((await rest.actions.getActionsCacheList({ ...repository, key: "k-" })).data.total_count).toBe(0);
  expect((await rest.pulls.list({ ...repository, state: "open" })).data).toEqual([]);
  expect((await rest.repos.get(repository)).data).toMatchObject({ id: github.world.id, default_branch: "main" });
});

test("artifacts of known runs are found by their exact name, newest first, zipped or not", async () => {
  const { rest } = client();
  const given = { event: "push", path: "w.yml", workflowName: "w", headSha: last, headBranch: "main" };
  const runs = [github.createRun(given), github.createRun(given)];
  const planted = runs.map((run) =>
    github.results.artifacts.plant({ run: run.backendId, name: "train1-abc-1", data: Buffer.from("zip") }),
  );
  github.results.artifacts.plant({ run: "of no run", name: "train1-abc-1", data: Buffer.from("forged") });
  const listed = await rest.actions.listArtifactsForRepo({ ...repository, name: "train1-abc-1" });
  expect(listed.data.artifacts.map((a) => a.id)).toEqual(planted.map((a) => a.id).toReversed());
  expect((await rest.actions.listArtifactsForRepo({ ...repository, name: "train1-abc" })).data.total_count).toBe(0);

  const raw = github.results.artifacts.plant({
    run: runs[0]?.backendId ?? "",
    name: "m.txt",
    data: Buffer.from("as it is"),
    mime: "text/plain",
  });
  const answer = await rest.actions.downloadArtifact({ ...repository, artifact_id: raw.id, archive_format: "zip" });
  expect(Buffer.from(answer.data as ArrayBuffer).toString()).toBe("as it is");
  raw.expiresAt = 0;
  await expect(
    rest.actions.downloadArtifact({ ...repository, artifact_id: raw.id, archive_format: "zip" }),
  ).rejects.toMatchObject({ status: 410 });
});

test("what the description does not allow is refused and remembered", async () => {
  const { rest } = client();
  const refused = async (request: Promise<unknown>, how: RegExp) => expect(request).rejects.toThrow(how);
  const comment = { ...repository, issue_number: 7, body: "x" };
  const misspelt = { ...comment, colour: "red" };
  const unknown = { ...repository, pull_number: 7, perpage: 5 };
  await refused(rest.issues.createComment({ ...comment, body: undefined } as never), /required property 'body'/);
  await refused(rest.issues.createComment(misspelt), /additional properties/);
  await refused(rest.issues.createComment({ ...comment, issue_number: "seven" as never }), /must be integer/);
  await refused(rest.issues.createComment({ ...comment, body: "x".repeat(65_537) }), /too long/);
  await refused(rest.pulls.listFiles(unknown), /additional properties/);
  await refused(
    rest.repos.createDeploymentStatus({ ...repository, deployment_id: 1, state: "done" as never }),
    /allowed values/,
  );
  await refused(rest.repos.listForUser({ username: "x" }), /no such operation in the description/);
  await refused(rest.repos.get({ owner: "other", repo: "models" }), /Not Found/);
  expect((await fetch(`${github.rest.url}/repos/acme/models/tags`)).status).toBe(401);
  const bad = await fetch(`${github.rest.url}/repos/acme/models/tags`, { headers: { authorization: "Bearer forged" } });
  expect(bad.status).toBe(401);
  expect(github.rest.requests.at(-1)?.refused).toBe("Bad credentials");
});

test("a token without the right gets GitHub's 403", async () => {
  const { rest } = client({ contents: "read", "pull-requests": "read" });
  await expect(rest.issues.createComment({ ...repository, issue_number: 7, body: "x" })).rejects.toThrow(
    /Resource not accessible by integration/,
  );
  expect((await rest.issues.listComments({ ...repository, issue_number: 7 })).status).toBe(200);
});

test("faults answer once or more, then the stand-in is itself again", async () => {
  github.rest.faults["repos/get"] = { status: 503, times: 1, headers: { "retry-after": "1" } };
  const token = github.createToken(ALL);
  const ask = () =>
    fetch(`${github.rest.url}/repos/acme/models`, { headers: { authorization: `Bearer ${token}`, "user-agent": "t" } });
  const failed = await ask();
  expect([failed.status, failed.headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await ask()).status).toBe(200);
  github.rest.faults["repos/get"] = { status: "cut", times: 1 };
  await expect(ask()).rejects.toThrow(/fetch failed/);
});

test("every operation of the slice has a handler and a row of permissions", () => {
  for (const operation of github.rest.operations) {
    expect(handlers, operation).toHaveProperty([operation]);
    expect(() => isAllowed({}, operation, "GET")).not.toThrow();
  }
});

test("permissions: asked, default, and what a fork is left", () => {
  expect(tokenPermissions({ checks: "write", contents: "none" }, { contents: "read" }, false)).toEqual({
    checks: "write",
  });
  expect(tokenPermissions(undefined, { contents: "read" }, false)).toEqual({ contents: "read" });
  expect(tokenPermissions({ "pull-requests": "write", "id-token": "write" }, {}, true)).toEqual({
    "pull-requests": "read",
  });
});
