// The gate's examples as users copy them, run as GitHub runs them: by the built actions, in the workflow runner.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { localServing } from "../../src/adapters/serving.ts";
import { fileLocks } from "../../src/adapters/lock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { deploymentPayload } from "../../src/domain/record/deployment-payload.ts";
import { parseRecord } from "../../src/domain/record/record.ts";
import { push } from "../runner/events.ts";
import { startMachine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { ACTIONS_BOT } from "../world/github-rest/world.ts";
import { installModelServer, params, projectWith } from "./gate-project.ts";

const root = resolve(import.meta.dirname, "..", "..");
const MINUTES = 240_000;
let folder: string;
let hub: GitHub;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gate-example-"));
  hub = await startGitHub({ owner: "acme", name: "digits" });
});
afterEach(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

async function project(example: string, threshold: number, vars: Record<string, string> = {}) {
  const home = join(folder, "home");
  const machine = await startMachine({ root: join(folder, "machine"), environment: "self-hosted", home });
  machine.environment["XDG_STATE_HOME"] = join(folder, "state");
  const files = projectWith(example, threshold);
  await hub.commit({ branch: "main", from: "nothing", files, message: "Begin" });
  const run = async (): Promise<RunResult> =>
    runWorkflow({
      github: hub,
      machine,
      workflow: ".github/workflows/main.yml",
      event: push({ branch: "main" }),
      vars,
      repositories: { "model-road/model-road": root },
    });
  return {
    home,
    workspace: machine.workspaceOf("acme/digits"),
    run,
    /** Trains with another threshold: 0.5 is right everywhere. */
    change: async (to: number) => {
      await hub.commit({ branch: "main", files: { "params.yaml": params(to) }, message: `Try ${to}` });
      return await run();
    },
  };
}

const step = (result: RunResult, id: string) => Object.values(result.jobs)[0]!.steps.find((each) => each.id === id)!;
const decision = (result: RunResult): string => step(result, "gate").outputs["decision"] ?? "";

/** What a deployment by these actions leaves at GitHub. */
function deployed(result: RunResult): void {
  const record = parseRecord(step(result, "gate").outputs["record"]!);
  hub.world.deployments.unshift({
    id: hub.world.nextId++,
    ref: "main",
    sha: record.source.sha,
    task: "deploy",
    payload: deploymentPayload(record),
    environment: "production",
    description: null,
    transient: false,
    production: true,
    creator: ACTIONS_BOT,
    createdAt: Date.now(),
    statuses: [
      {
        id: hub.world.nextId++,
        state: "success",
        description: "",
        environmentUrl: "",
        logUrl: "",
        creator: ACTIONS_BOT,
        createdAt: Date.now(),
      },
    ],
  });
}

test(
  "gate-floors.yml: floors, every class and the worst region; rejecting leaves the run green",
  async () => {
    const { run, change } = await project("gate-floors.yml", 0.5);
    const good = await run();
    expect(good.conclusion, good.log).toBe("success");
    expect(decision(good)).toBe("passed");
    expect(step(good, "deploy").conclusion).toBe("success");
    const bad = await change(0.9);
    expect(bad.conclusion, bad.log).toBe("success");
    expect(decision(bad)).toBe("rejected");
    expect(step(bad, "deploy").conclusion).toBe("skipped");
    expect(bad.annotations.map(({ message }) => message).join("\n")).toMatch(
      /recall\[class=\*\] >= 0.70: class=1: observed/,
    );
  },
  MINUTES,
);

describe("gate-live.yml", () => {
  test(
    "nothing serves yet: a good one passes, a bad one does not",
    async () => {
      const { run, change } = await project("gate-live.yml", 0.5);
      const good = await run();
      expect(decision(good), good.log).toBe("passed");
      expect(good.summary).toContain("Compared with nothing (GitHub knows of no successful deployment of this model");
      const bad = await change(0.8);
      expect(decision(bad)).toBe("rejected");
      expect(bad.conclusion).toBe("failure");
    },
    MINUTES,
  );

  test(
    "beside what serves: a better one passes, a worse one is rejected, whatever the floor says",
    async () => {
      const { run, change } = await project("gate-live.yml", 0.6);
      const first = await run();
      expect(decision(first), first.log).toBe("passed");
      deployed(first);
      const worse = await change(0.65);
      expect(decision(worse), worse.log).toBe("rejected");
      const [floor, relative] = parseRecord(step(worse, "gate").outputs["record"]!).gate!.rules;
      expect(floor).toMatchObject({ verdict: "passed" });
      expect(relative).toMatchObject({ verdict: "rejected", observed: 0.85, baseline: 0.9 });
      const better = await change(0.52);
      expect(decision(better), better.log).toBe("passed");
      const { baseline } = parseRecord(step(better, "gate").outputs["record"]!).gate!;
      const live = parseRecord(step(first, "gate").outputs["record"]!);
      expect(baseline).toMatchObject({ kind: "live", digest: live.model.digest, sha: live.source.sha });
      expect(better.summary).toMatch(/Compared with what serves now \(GitHub's deployment \d+ to production/);
      expect(better.summary).toContain("The last 3 runs");
    },
    MINUTES,
  );
});

test(
  "gate-predictions.yml: clear of luck passes, worse is rejected, and too close to call is inconclusive",
  async () => {
    const { run, change, workspace } = await project("gate-predictions.yml", 0.5);
    const good = await run();
    expect(decision(good), good.log).toBe("passed");
    expect(good.summary).toMatch(/10 of 200 rows are answered differently: 10 are right now, 0 became wrong/);
    expect(readFileSync(join(workspace, "gate.html"), "utf8")).toContain(
      '<h2 id="flips-title">Answers that changed</h2>',
    );
    const close = await change(0.59);
    expect(decision(close), close.log).toBe("inconclusive");
    const bad = await change(0.9);
    expect(decision(bad), bad.log).toBe("rejected");
    expect(bad.conclusion).toBe("failure");
  },
  MINUTES,
);

test(
  "gate-golden.yml: the live model and the candidate answer the same questions",
  async () => {
    const { run, change, home } = await project("gate-golden.yml", 0.6);
    installModelServer(home);
    const serving = localServing({ processes: localProcesses(), locks: fileLocks() });
    const kept = process.env.XDG_STATE_HOME;
    process.env.XDG_STATE_HOME = join(folder, "state");
    try {
      const first = await run();
      expect(decision(first), first.log).toBe("passed");
      expect(step(first, "deploy").outputs["operation"]).toBe("created");
      const better = await change(0.5);
      expect(decision(better), better.log).toBe("passed");
      expect(better.summary).toMatch(/4 of 40 rows are answered differently: 4 are right now, 0 became wrong/);
      expect(better.summary).toContain("| Live | 40 of 40 |");
      expect(step(better, "deploy").outputs["operation"]).toBe("updated");
      const worse = await change(0.7);
      expect(decision(worse), worse.log).toBe("rejected");
      expect(step(worse, "deploy").conclusion).toBe("skipped");
      const mute = await change(0.99);
      expect(decision(mute), mute.log).toBe("rejected");
      expect(mute.annotations.map(({ message }) => message).join("\n")).toMatch(
        /every golden question is answered by the candidate: 0 of 40 answered; then: .*500/,
      );
      const stumbling = await change(0.94);
      expect(decision(stumbling), stumbling.log).toBe("rejected");
      expect(stumbling.annotations.map(({ message }) => message).join("\n")).toMatch(
        /every golden question is answered by the candidate: 16 of 40 answered; then: .*500/,
      );
    } finally {
      await localServing({ processes: localProcesses(), locks: fileLocks() }).remove("demo", "digits");
      expect(await serving.list()).toEqual([]);
      if (kept === undefined) delete process.env.XDG_STATE_HOME;
      else process.env.XDG_STATE_HOME = kept;
    }
  },
  MINUTES,
);
