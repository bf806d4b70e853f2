// The action as users run it: the composite through the workflow runner, with the bundle in dist, on real pods. Real commits and
// GitHub's compare decide which of two commits is older.
import { join } from "node:path";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { PROVEN_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { push as pushed, type Event } from "../runner/events.ts";
import type { RunResult } from "../runner/run-workflow.ts";
import { oneJob, startBed } from "../runner/test-bed.ts";
import { openBench, type Bench } from "./deploying.ts";

const ROOT = join(import.meta.dirname, "../..");

let bench: Bench;
let bed: Awaited<ReturnType<typeof startBed>>;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
  bed = await startBed();
});

afterAll(async () => {
  await bed[Symbol.asyncDispose]();
  await bench.stop();
});

const workflow = (image: string): string =>
  oneJob(
    `- id: deploy
  uses: model-road/model-road/actions/seldon-deploy@v0.1.0
  with:
    name: digits
    namespace: ${bench.namespace}
    kubeconfig: \${{ secrets.KUBECONFIG }}
    image: ${image}
    require-gate: false
    wait-timeout: 180s
    smoke-request: "{body: {data: {ndarray: [[1, 2, 3, 4]]}}, expect: {shape: [1, 2]}}"`,
    { top: "permissions:\n  contents: read" },
  );

type Done = { result: RunResult; outputs: Record<string, string>; sha: string };

async function commit(text: string): Promise<string> {
  const files = { ".github/workflows/main.yml": text };
  return await bed.github.commit({ branch: "main", files, message: "Change" });
}

async function push(image: string): Promise<Done> {
  const sha = await commit(workflow(image));
  return { ...(await again()), sha };
}

/** Runs main's head, or an earlier commit as a run that was late. */
async function again(sha?: string): Promise<Omit<Done, "sha">> {
  const event: Event = async (github) => {
    const head = await pushed({ branch: "main" })(github);
    return sha === undefined ? head : { ...head, sha, headSha: sha };
  };
  const result = await bed.run({ ...given(), event });
  const step = result.jobs.main!.steps.find(({ id }) => id === "deploy");
  return { result, outputs: step?.outputs ?? {} };
}

const given = () => ({
  secrets: { KUBECONFIG: inject("kubeconfig") },
  repositories: { "model-road/model-road": ROOT },
});

test("create, unchanged, a bad image that is rolled back, an update, and an older commit's late run", async () => {
  const created = await push("localhost:5000/model:1");
  expect(created.result.conclusion, created.result.log).toBe("success");
  expect(created.outputs).toMatchObject({ operation: "created", "rolled-back": "false" });
  expect(created.result.summary).toContain("Prediction URL");

  const unchanged = await again();
  expect(unchanged.outputs).toMatchObject({ operation: "unchanged", "deploy-id": created.outputs["deploy-id"] });

  const bad = await push("localhost:5000/model:nope");
  expect(bad.result.conclusion).toBe("failure");
  expect(bad.outputs).toMatchObject({ operation: "failed", "rolled-back": "true" });
  expect(bad.result.log).toMatch(/ErrImagePull|ImagePullBackOff/);
  expect((await bench.sdep("digits"))!.metadata.annotations![PROVEN_ANNOTATION]).toBe(created.outputs["deploy-id"]);

  const updated = await push("localhost:5000/model:2");
  expect(updated.result.conclusion, updated.result.log).toBe("success");
  expect(updated.outputs.operation).toBe("updated");

  const late = await again(created.sha);
  expect(late.result.conclusion).toBe("failure");
  expect(late.result.log).toMatch(/expected a commit that is not older than the one that serves/);
  expect((await bench.sdep("digits"))!.metadata.annotations![PROVEN_ANNOTATION]).toBe(updated.outputs["deploy-id"]);

  // No line of the kubeconfig, nor its key in any form, is told.
  const key = /"?client-key-data"?: *"?([A-Za-z0-9+/=]+)/.exec(inject("kubeconfig"))![1]!;
  for (const { result } of [created, unchanged, bad, updated, late]) {
    expect(result.log).not.toContain(key.slice(0, 40));
    expect(result.summary).not.toContain(key.slice(0, 40));
  }
});

test("cancelled while it waits: it ends within the runner's time, and the next run goes on", async () => {
  await commit(workflow("localhost:5000/model:1").replace("name: digits", "name: cut"));
  const running = await bed.start(given());
  const until = Date.now() + 20_000;
  while ((await bench.sdep("cut")) === undefined && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const from = Date.now();
  running.cancel();
  const { conclusion, log } = await running.result;
  expect(conclusion, log).toBe("cancelled");
  expect(Date.now() - from).toBeLessThan(7500);
  const next = await again();
  expect(next.result.conclusion, next.result.log).toBe("success");
  expect(next.outputs.operation).toMatch(/updated|unchanged/);
});
