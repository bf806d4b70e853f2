import { getOctokit } from "@actions/github";
import { expect, test } from "vitest";

import { pullRequest, push } from "./events.ts";
import { nodeAction, oneJob, startBed, WORKFLOW } from "./test-bed.ts";

const packageUrl = (name: string) => JSON.stringify(import.meta.resolve(name));

/** A node action with the real clients: uploads an artifact, and restores or saves a cache entry. */
const CLIENTS = `(async () => {
  const { DefaultArtifactClient } = await import(${packageUrl("@actions/artifact")});
  const cache = await import(${packageUrl("@actions/cache")});
  const { writeFileSync, mkdirSync } = require("node:fs");
  mkdirSync("model", { recursive: true });
  writeFileSync("model/weights.txt", "1 2 3");
  const key = process.env.INPUT_KEY;
  console.log("restored " + (await cache.restoreCache(["model"], key)));
  console.log("saved " + ((await cache.saveCache(["model"], key)) > 0));
  const { id, digest } = await new DefaultArtifactClient().uploadArtifact(process.env.INPUT_NAME, ["model/weights.txt"], ".");
  console.log("uploaded " + id + " " + digest);
})();`;

test("the real cache and artifact clients work in a node action, and REST shows what they uploaded", async () => {
  await using bed = await startBed();
  await bed.commit({
    [WORKFLOW]: oneJob(`- uses: actions/checkout@v7
- { uses: ./clients, with: { key: k-1, name: 'model-\${{ github.run_id }}' } }`),
    "clients/action.yml": nodeAction("main: main.cjs", "{ key: { description: d }, name: { description: d } }"),
    "clients/main.cjs": CLIENTS,
  });
  const onMain = await bed.run();
  expect(onMain.log, onMain.log).toContain("\nrestored undefined\n");
  expect(onMain.log).toContain("\nsaved true\n");

  // A pull request reads what main has saved; main does not read what a pull request saves.
  await bed.github.commit({ branch: "change", from: "main", files: { "x.txt": "x" }, message: "Change" });
  const onPull = await bed.run({ event: pullRequest({ number: 3, head: "change" }) });
  expect(onPull.log).toContain("\nrestored k-1\n");
  const onOther = await bed.run({ event: push({ branch: "change" }) });
  expect(onOther.log).toContain("\nrestored k-1\n");
  expect(bed.github.results.caches.entries.map((e) => e.scope)).toEqual(
    expect.arrayContaining(["refs/heads/main", "refs/pull/3/merge"]),
  );

  const [, id = "", digest = ""] = /^uploaded (\d+) (\w+)$/m.exec(onMain.log) ?? [];
  const api = getOctokit(bed.github.createToken({ actions: "read" }), { baseUrl: bed.github.rest.url }).rest;
  const repository = { owner: "acme", repo: "models" };
  const listed = await api.actions.listArtifactsForRepo({ ...repository, name: `model-${onMain.runId}` });
  expect(listed.data.artifacts).toEqual([
    expect.objectContaining({ id: Number(id), digest: `sha256:${digest}`, expired: false }),
  ]);
  expect(listed.data.artifacts[0]?.workflow_run).toMatchObject({ id: onMain.runId, head_branch: "main" });
  const downloaded = await api.actions.downloadArtifact({
    ...repository,
    artifact_id: Number(id),
    archive_format: "zip",
  });
  expect(
    Buffer.from(downloaded.data as ArrayBuffer)
      .subarray(0, 2)
      .toString(),
  ).toBe("PK");
});

/** Comments by REST with the token it is given. */
const COMMENTER = `(async () => {
  const answer = await fetch(process.env.GITHUB_API_URL + "/repos/acme/models/issues/7/comments", {
    method: "POST",
    headers: { authorization: "Bearer " + process.env.INPUT_TOKEN, "user-agent": "test" },
    body: JSON.stringify({ body: "hello" }),
  });
  console.log("answered " + answer.status + " " + (await answer.json()).message);
})();`;

test("a token has the rights of its job's permissions, and a fork's can not write", async () => {
  await using bed = await startBed();
  const files = (permissions: string) => ({
    [WORKFLOW]: oneJob("- uses: actions/checkout@v7\n- uses: ./commenter", { job: permissions }),
    "commenter/action.yml": nodeAction(
      "main: main.cjs",
      "{ token: { description: d, default: '${{ github.token }}' } }",
    ),
    "commenter/main.cjs": COMMENTER,
  });
  await bed.commit(files("permissions: { contents: read, pull-requests: read }"));
  const refused = await bed.run();
  expect(refused.log).toContain("\nanswered 403 Resource not accessible by integration\n");
  expect(refused.requests).toMatchObject([{ operation: "issues/create-comment", status: 403 }]);

  await bed.commit(files("permissions: { pull-requests: write }"));
  const allowed = await bed.run();
  expect(allowed.log).toContain("\nanswered 201 undefined\n");
  expect(bed.github.world.comments).toMatchObject([
    { issue: 7, body: "hello", user: { login: "github-actions[bot]" } },
  ]);

  await bed.github.commit({ branch: "change", from: "main", files: { x: "x" }, message: "Change" });
  const fork = await bed.run({ event: pullRequest({ number: 7, head: "change", fork: "eve/models" }) });
  expect(fork.log).toContain("\nanswered 403 ");
});
