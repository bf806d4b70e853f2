// Every kind of baseline with a better and a worse candidate, from a push or a pull request to the verdict, by the built actions
// in the workflow runner.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { gzipTexts } from "../../src/adapters/compression.ts";
import { parseRecord } from "../../src/domain/record/record.ts";
import { PROVEN_ANNOTATION, RELEASE_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { pullRequest, push, type Event } from "../runner/events.ts";
import { startMachine, type Machine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";
import { startApiServer } from "../world/kubernetes/api-server.ts";
import { params, projectWith } from "./gate-project.ts";

const root = resolve(import.meta.dirname, "..", "..");
const MINUTES = 240_000;
const CONDITIONS = "accuracy > 0.5\naccuracy >= baseline";
let folder: string;
let hub: GitHub;
let machine: Machine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gate-baselines-"));
  hub = await startGitHub({ owner: "acme", name: "digits" });
  machine = await startMachine({
    root: join(folder, "machine"),
    environment: "self-hosted",
    home: join(folder, "home"),
  });
  const files = projectWith("gate-live.yml", 0.6);
  const path = ".github/workflows/main.yml";
  const example = readFileSync(join(root, "workflows-examples", "gate-live.yml"), "utf8");
  const start = example.indexOf("          baseline: live");
  // The same example, with the baseline and the rules as variables of the repository.
  const inputs = `          baseline: \${{ vars.BASELINE }}
          namespace: models
          kubeconfig: \${{ secrets.KUBECONFIG }}
          on-reject: report
          on-inconclusive: report
          conditions: \${{ vars.CONDITIONS }}
`;
  await hub.commit({
    branch: "main",
    from: "nothing",
    files: { ...files, [path]: example.slice(0, start) + inputs },
    message: "Begin",
  });
});
afterEach(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (event: Event, baseline: string, secrets: Record<string, string> = {}): Promise<RunResult> =>
  runWorkflow({
    github: hub,
    machine,
    workflow: ".github/workflows/main.yml",
    event,
    vars: { BASELINE: baseline, CONDITIONS: baseline === "none" ? "accuracy > 0.85" : CONDITIONS },
    secrets,
    repositories: { "model-road/model-road": root },
  });

const step = (result: RunResult, id: string) => Object.values(result.jobs)[0]!.steps.find((each) => each.id === id)!;
const gateOf = (result: RunResult) => {
  const { record = "" } = step(result, "gate").outputs;
  expect(record, result.log).not.toBe("");
  return parseRecord(record).gate!;
};

/** A pull request that tries another threshold: 0.5 is right everywhere, the farther from it the worse. */
async function propose(number: number, threshold: number): Promise<Event> {
  const head = `try-${number}`;
  await hub.commit({
    branch: head,
    from: "main",
    files: { "params.yaml": params(threshold) },
    message: `Try ${threshold}`,
  });
  return pullRequest({ number, head });
}

test(
  "branch: the last training on main, whatever pull requests have trained since",
  async () => {
    const open = gateOf(await run(await propose(1, 0.55), "branch:main"));
    expect(open.decision).toBe("inconclusive");
    expect(open.rules[1]!.reason).toMatch(
      /no run on branch "main" has trained digits yet \(first-deploy: inconclusive\)/,
    );
    const main = await run(push({ branch: "main" }), "none");
    expect(gateOf(main).decision).toBe("passed");
    const trained = parseRecord(step(main, "gate").outputs["record"]!);
    // The pull requests train too, and each is newer than main.
    const worse = gateOf(await run(await propose(2, 0.7), "branch:main"));
    expect(worse.decision).toBe("rejected");
    expect(worse.rules[1]).toMatchObject({ verdict: "rejected", observed: 0.8, baseline: 0.9 });
    const better = await run(await propose(3, 0.52), "branch:main");
    expect(gateOf(better)).toMatchObject({
      decision: "passed",
      baseline: {
        kind: "branch",
        from: "branch main",
        digest: trained.model.digest,
        sha: trained.source.sha,
        runId: String(main.runId),
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    });
    expect(better.summary).toContain("Compared with the branch (branch main, commit");
  },
  MINUTES,
);

test(
  "artifact: the one that is named, and no other run's",
  async () => {
    const first = await run(push({ branch: "main" }), "none");
    const token = hub.createToken({ actions: "read" });
    const answer = await fetch(`${hub.rest.url}/repos/acme/digits/actions/runs/${first.runId}/artifacts`, {
      headers: { authorization: `token ${token}` },
    });
    const { artifacts } = (await answer.json()) as { artifacts: { id: number; name: string }[] };
    const { id } = artifacts.find(({ name }) => name.startsWith("digits.train."))!;
    const named = `artifact:${first.runId}/${id}`;
    expect(gateOf(await run(await propose(1, 0.7), named)).decision).toBe("rejected");
    const better = gateOf(await run(await propose(2, 0.52), named));
    expect(better).toMatchObject({
      decision: "passed",
      baseline: { kind: "artifact", from: "artifact digits.train.1.json", runId: String(first.runId) },
    });
    const foreign = await run(await propose(3, 0.52), `artifact:${first.runId + 1}/${id}`);
    expect(foreign.conclusion).toBe("failure");
    expect(foreign.annotations.map(({ message }) => message).join("\n")).toMatch(
      new RegExp(`expected artifact ${id} of run ${first.runId + 1}, saw one of run ${first.runId}`),
    );
    expect(step(foreign, "gate").outputs["decision"] ?? "").not.toBe("passed");
  },
  MINUTES,
);

test(
  "live by the cluster's own object, and none",
  async () => {
    const none = await run(push({ branch: "main" }), "none");
    expect(gateOf(none).decision).toBe("passed");
    expect(gateOf(await run(await propose(1, 0.7), "none")).decision).toBe("rejected");
    const api = await startApiServer();
    try {
      const secrets = { KUBECONFIG: api.kubeconfig };
      expect(gateOf(await run(await propose(2, 0.52), "live", secrets)).decision).toBe("inconclusive");
      // What seldon-deploy leaves in the object.
      const record = step(none, "gate").outputs["record"]!;
      const deployId = "c0ffee".padEnd(40, "0");
      const spec = { predictors: [{ name: "default", graph: { name: "classifier" } }] };
      const release = { schema: 1, deployId, spec, repository: "acme/digits", sha: "", runId: "1", record };
      api.put("/apis/machinelearning.seldon.io/v1/namespaces/models/seldondeployments/digits", {
        apiVersion: "machinelearning.seldon.io/v1",
        kind: "SeldonDeployment",
        metadata: {
          annotations: {
            [RELEASE_ANNOTATION]: await gzipTexts().pack(JSON.stringify(release)),
            [PROVEN_ANNOTATION]: deployId,
          },
        },
        spec,
        status: { state: "Available" },
      });
      expect(gateOf(await run(await propose(3, 0.7), "live", secrets)).decision).toBe("rejected");
      const better = await run(await propose(4, 0.52), "live", secrets);
      expect(gateOf(better)).toMatchObject({
        decision: "passed",
        baseline: {
          kind: "live",
          from: "SeldonDeployment models/digits in the cluster, Available",
          digest: parseRecord(record).model.digest,
        },
      });
      expect(better.log).not.toContain("certificate-authority-data");
    } finally {
      await api.close();
    }
  },
  MINUTES,
);
