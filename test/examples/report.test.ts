// The comment by the built actions, in the workflow runner: a pull request of this repository, one that is pushed to again, and one
// from a fork, whose token may write nothing.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { pullRequest, push, type Event } from "../runner/events.ts";
import { startMachine, type Machine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { params, projectWith } from "./gate-project.ts";

const root = resolve(import.meta.dirname, "..", "..");
const MINUTES = 240_000;
let folder: string;
let hub: GitHub;
let machine: Machine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "report-example-"));
  hub = await startGitHub({ owner: "acme", name: "digits" });
  machine = await startMachine({
    root: join(folder, "machine"),
    environment: "self-hosted",
    home: join(folder, "home"),
  });
  const example = readFileSync(join(root, "workflows-examples", "gate-live.yml"), "utf8");
  const workflow = `${example
    .replace("baseline: live", "baseline: branch:main")
    .replace("deployments: read # what serves now", "pull-requests: write # the comment")}
          on-reject: report

      - id: report
        uses: model-road/model-road/actions/report@v0.1.0
`;
  const files = { ...projectWith("gate-live.yml", 0.6), ".github/workflows/main.yml": workflow };
  await hub.commit({ branch: "main", from: "nothing", files, message: "Begin" });
});
afterEach(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (event: Event): Promise<RunResult> =>
  runWorkflow({
    github: hub,
    machine,
    workflow: ".github/workflows/main.yml",
    event,
    repositories: { "model-road/model-road": root },
  });

test(
  "one comment a pull request, beside what main has; from a fork a notice, and the run stays green",
  async () => {
    await run(push({ branch: "main" }));
    expect(hub.world.comments).toEqual([]);
    const title = "@octocat <img src=x onerror=alert(1)> closes #1";
    await hub.commit({ branch: "try", from: "main", files: { "params.yaml": params(0.52) }, message: "Try" });
    const good = await run(pullRequest({ number: 7, head: "try", title }));
    expect(good.conclusion, good.log).toBe("success");
    expect(hub.world.comments).toHaveLength(1);
    const [comment] = hub.world.comments;
    expect(comment).toMatchObject({ issue: 7, user: { login: "github-actions[bot]" } });
    expect(comment!.body).toContain("## ✅ digits: passed");
    expect(comment!.body).toContain("| `accuracy` | 0.98 | 0.9 | +0.08 | `accuracy >= baseline - 0.01` | ✅ passed |");
    expect(comment!.body).toContain("**: params.threshold 0.6 → 0.52");
    expect(comment!.body).not.toContain("octocat");
    expect(good.summary).toContain(comment!.body.trim());

    await hub.commit({ branch: "try", files: { "params.yaml": params(0.7) }, message: "Try worse" });
    const bad = await run(pullRequest({ number: 7, head: "try", action: "synchronize" }));
    expect(bad.conclusion, bad.log).toBe("success");
    expect(hub.world.comments).toHaveLength(1);
    expect(hub.world.comments[0]!.id).toBe(comment!.id);
    expect(hub.world.comments[0]!.body).toContain("## ❌ digits: rejected");
    expect(bad.requests.filter(({ operation }) => operation.startsWith("issues/")).length).toBeLessThanOrEqual(3);

    await hub.commit({ branch: "theirs", from: "main", files: { "params.yaml": params(0.53) }, message: "Try" });
    const fork = await run(pullRequest({ number: 8, head: "theirs", fork: "octocat/digits" }));
    expect(fork.conclusion, fork.log).toBe("success");
    expect(hub.world.comments).toHaveLength(1);
    expect(fork.annotations).toContainEqual(
      expect.objectContaining({
        level: "notice",
        message: expect.stringContaining("The report is in the job summary."),
      }),
    );
    expect(fork.summary).toContain("## ✅ digits: passed");
  },
  MINUTES,
);
