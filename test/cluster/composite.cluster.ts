// The action as users run it: the composite through the workflow runner, with the bundle in dist, on real pods. Real commits and
// GitHub's compare decide which of two commits is older.
import { join } from "node:path";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { PROVEN_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { oneJob, startBed } from "../runner/test-bed.ts";
import type { RunResult } from "../runner/run-workflow.ts";
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
    wait-timeout: 60s
    smoke-request: "{body: {data: {ndarray: [[1, 2, 3, 4]]}}, expect: {shape: [1, 2]}}"`,
    { top: "permissions:\n  contents: read" },
  );

async function push(image: string): Promise<{ result: RunResult; outputs: Record<string, string> }> {
  await bed.commit({ ".github/workflows/main.yml": workflow(image) });
  return await again();
}

async function again(rerunOf?: number): Promise<{ result: RunResult; outputs: Record<string, string> }> {
  const secrets = { KUBECONFIG: inject("kubeconfig") };
  const result = await bed.run({
    secrets,
    repositories: { "model-road/model-road": ROOT },
    ...(rerunOf === undefined ? {} : { rerunOf }),
  });
  const step = result.jobs.main!.steps.find(({ id }) => id === "deploy");
  return { result, outputs: step?.outputs ?? {} };
}

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

  const late = await again(created.result.runId);
  expect(late.result.log).toMatch(/digits/);

  // No line of the kubeconfig, nor its key in any form, is told.
  const key = /"?client-key-data"?: *"?([A-Za-z0-9+/=]+)/.exec(inject("kubeconfig"))![1]!;
  for (const { result } of [created, unchanged, bad, updated, late]) {
    expect(result.log).not.toContain(key.slice(0, 40));
    expect(result.summary).not.toContain(key.slice(0, 40));
  }
});

test("cancelled while it waits: it ends within the runner's time, and the next run goes on", async () => {
  await bed.commit({
    ".github/workflows/main.yml": workflow("localhost:5000/model:1").replace("name: digits", "name: cut"),
  });
  const secrets = { KUBECONFIG: inject("kubeconfig") };
  const repositories = { "model-road/model-road": ROOT };
  const running = await bed.start({ secrets, repositories });
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
