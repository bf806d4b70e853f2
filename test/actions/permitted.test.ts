// Every cell of the table of docs/security.md, asked with the payload of the event itself.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { eventFacts, permit } from "../../src/actions/permitted.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { ACTIVITIES, allowance, type Activity, type Allowance } from "../../src/domain/trust/allowance.ts";
import { CALLED, CIRCUMSTANCES, circumstanceOf, type Circumstance } from "../../src/domain/trust/circumstances.ts";
import { readRun, type Run } from "../../src/inputs.ts";
import {
  issueComment,
  mergeGroup,
  pullRequestTarget,
  repositoryDispatch,
  workflowRun,
} from "../runner/chained-events.ts";
import { dispatch, type Event, pullRequest, push, release, schedule } from "../runner/events.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { DEPENDABOT } from "../world/github-rest/world.ts";

const fork = { number: 7, head: "change", fork: "eve/models" };
const own = { number: 8, head: "change" };

/** The events of GitHub behind each row; most have several. */
const EVENTS: Readonly<Record<Circumstance, Readonly<Record<string, (runs: Runs) => Event>>>> = {
  fork: Object.fromEntries(
    ["opened", "synchronize", "reopened", "labeled"].map((action) => [action, () => pullRequest({ ...fork, action })]),
  ),
  dependabot: { opened: () => pullRequest({ number: 9, head: "bump", author: DEPENDABOT }) },
  "same-repository": Object.fromEntries(
    ["opened", "synchronize", "reopened", "labeled"].map((action) => [action, () => pullRequest({ ...own, action })]),
  ),
  closed: { closed: () => pullRequest({ ...own, action: "closed" }) },
  "closed-fork": { closed: () => pullRequest({ ...fork, action: "closed" }) },
  "merge-group": { checks_requested: () => mergeGroup({ number: 8 }) },
  "default-branch": { push: () => push({ branch: "main" }) },
  "other-branch": { push: () => push({ branch: "change" }) },
  tag: { push: () => push({ tag: "v1" }) },
  release: { published: () => release({ tag: "v1" }) },
  schedule: { schedule: () => schedule() },
  dispatch: { workflow: () => dispatch(), repository: () => repositoryDispatch({ type: "data" }) },
  "dispatch-elsewhere": { workflow: () => dispatch({ branch: "change" }) },
  comment: {
    fork: () => issueComment({ number: 7, body: "/preview" }),
    own: () => issueComment({ number: 8, body: "/preview" }),
  },
  "pull-request-target": {
    fork: () => pullRequestTarget(fork),
    own: () => pullRequestTarget({ ...own, action: "closed" }),
  },
  "run-of-stranger": {
    fork: (runs) => workflowRun({ runId: runs.fork }),
    own: (runs) => workflowRun({ runId: runs.pull }),
  },
  "run-of-ours": { push: (runs) => workflowRun({ runId: runs.push }) },
  "other-event": {
    status: () => async (github) => ({ ...(await push({ branch: "main" })(github)), name: "status" }),
  },
};

type Runs = { fork: number; pull: number; push: number };

let github: GitHub;
let folder: string;
let runs: Runs;
let foreign: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "permitted-"));
  github = await startGitHub({ owner: "acme", name: "models" });
  await github.commit({ branch: "main", files: { a: "a" }, message: "Start" });
  await github.commit({ branch: "bump", from: "main", files: { b: "b" }, message: "Bump" });
  foreign = await github.commit({ branch: "change", from: "main", files: { c: "c" }, message: "Change" });
  await github.git.git(["tag", "v1", "main"]);
  const registered = async (event: Event) => {
    const { name, headSha, headBranch, headRepository } = await event(github);
    const more = headRepository
      ? { headRepositoryId: headRepository.id, headRepositoryName: headRepository.fullName }
      : {};
    return github.createRun({ event: name, path: "x.yml", workflowName: "x", headSha, headBranch, ...more }).id;
  };
  runs = {
    fork: await registered(pullRequest(fork)),
    pull: await registered(pullRequest(own)),
    push: await registered(push({ branch: "main" })),
  };
});
afterAll(async () => {
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

let count = 0;

/** The run of an event, with a commit checked out in one of the ways that git has. */
async function runOf(
  event: Event,
  commit?: "foreign" | "nothing",
  form: "detached" | "branch" | "packed" = "detached",
): Promise<Run> {
  const happening = await event(github);
  const workspace = join(folder, `w${count++}`);
  const sha = commit === "foreign" ? foreign : happening.sha;
  await mkdir(join(workspace, ".git/refs/heads"), { recursive: true });
  if (commit === "nothing") await rm(join(workspace, ".git"), { recursive: true });
  else if (form === "detached") await writeFile(join(workspace, ".git/HEAD"), `${sha}\n`);
  else {
    await writeFile(join(workspace, ".git/HEAD"), "ref: refs/heads/main\n");
    if (form === "branch") await writeFile(join(workspace, ".git/refs/heads/main"), `${sha}\n`);
    else
      await writeFile(
        join(workspace, ".git/packed-refs"),
        `# pack-refs\n${"0".repeat(40)} refs/heads/mai\n${sha} refs/heads/main\n`,
      );
  }
  const eventPath = join(workspace, "event.json");
  await writeFile(eventPath, JSON.stringify(happening.payload));
  return {
    ...readRun({}),
    repository: "acme/models",
    repositoryId: String(github.world.id),
    event: happening.name,
    ref: happening.ref,
    sha: happening.sha,
    workspace,
    temp: workspace,
    eventPath,
  };
}

const refusal = async (activity: Activity, run: Run): Promise<string | undefined> =>
  permit(activity, run, { workspace: localWorkspace(run) }).then(
    () => undefined,
    (error: Error) => error.message,
  );

const page = resolve(import.meta.dirname, "../../docs/security.md");

/** The table as the page must hold it. */
const expected = (): string[][] => [
  ["event", ...ACTIVITIES],
  ...CIRCUMSTANCES.map((row) => [CALLED[row], ...ACTIVITIES.map((activity) => allowance(row, activity))]),
];

test("docs/security.md prints the table", async () => {
  const [, block = ""] = /<!-- events -->\n([^]*?)\n<!-- \/events -->/.exec(await readFile(page, "utf8")) ?? [];
  const rows = block
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\|[ |:-]+\|$/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(
    rows,
    expected()
      .map((cells) => `| ${cells.join(" | ")} |`)
      .join("\n"),
  ).toEqual(expected());
});

describe.each(CIRCUMSTANCES)("%s", (row) => {
  test.each(Object.keys(EVENTS[row]))("by %s: every cell", async (name) => {
    const event = EVENTS[row][name]!(runs);
    const ours = await runOf(event);
    expect(circumstanceOf(await eventFacts(ours, { workspace: localWorkspace(ours) }))).toBe(row);
    const theirs = await runOf(event, "foreign");
    const unknown = await runOf(event, "nothing");
    for (const activity of ACTIVITIES) {
      const cell: Allowance = allowance(row, activity);
      const cells = [await refusal(activity, ours), await refusal(activity, theirs), await refusal(activity, unknown)];
      const refused = cells.map((message) => message !== undefined);
      if (cell === "no") {
        expect(refused, activity).toEqual([true, true, true]);
        expect(cells[0]).toContain(CALLED[row]);
      } else if (cell === "own") {
        expect(refused, activity).toEqual([false, true, true]);
        expect(cells[1]).toMatch(/expected this run's own commit, [0-9a-f]{12}, saw commit [0-9a-f]{12}/);
        expect(cells[2]).toContain("git does not tell");
      } else expect(refused, activity).toEqual([false, false, false]);
    }
  });
});

test.each(["branch", "packed"] as const)("a stranger's commit is seen on a %s, too", async (form) => {
  const event = pullRequestTarget(fork);
  expect(await refusal("train", await runOf(event, undefined, form))).toBeUndefined();
  expect(await refusal("train", await runOf(event, "foreign", form))).toContain(foreign.slice(0, 12));
});

test("a stranger's commit in a folder of its own is seen", async () => {
  const run = await runOf(pullRequestTarget(fork));
  await mkdir(join(run.workspace, "theirs/.git"), { recursive: true });
  await mkdir(join(run.workspace, "theirs/model"), { recursive: true });
  await writeFile(join(run.workspace, "theirs/.git/HEAD"), `${foreign}\n`);
  const ports = { workspace: localWorkspace(run) };
  await expect(permit("train", run, ports, `${run.workspace}/.`)).resolves.toBeUndefined();
  await expect(permit("train", run, ports, `${run.workspace}/theirs/model`)).rejects.toThrow(/own commit/);
});

const HOSTILE = [
  undefined,
  "",
  "null",
  "[]",
  '"text"',
  "{",
  '{"pull_request": null, "workflow_run": 7}',
  '{"pull_request": {"number": "8", "head": {"repo": {"id": 610000001}}}}',
  '{"pull_request": {"number": 8, "head": {"repo": {"id": {"toString": 1}}}}}',
  '{"pull_request": {"number": 8, "head": {"repo": null}}}',
  '{"__proto__": {"pull_request": {"number": 8}}, "constructor": 1}',
];

test.each(HOSTILE)("a payload of no use can do least: %s", async (text) => {
  const run = await runOf(pullRequest(own));
  await writeFile(run.eventPath!, text ?? "");
  const ports = { workspace: localWorkspace(run) };
  const given = text === undefined ? { ...run, eventPath: undefined } : run;
  for (const event of ["pull_request", "workflow_run", "pull_request_target"]) {
    await expect(permit("deploy", { ...given, event }, ports)).rejects.toThrow(/expected one that may deploy/);
    await expect(permit("promote", { ...given, event }, ports)).rejects.toThrow(/expected one that may promote/);
  }
});
