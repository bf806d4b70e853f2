// The examples for a model that serves, run as users run them: through the workflow runner, with the bundle in dist, on real pods.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { startBed, WORKFLOW } from "../runner/test-bed.ts";
import { startRegistry } from "../world/registry/registry.ts";
import { IMAGE, openBench, type Bench } from "./deploying.ts";

const ROOT = join(import.meta.dirname, "../..");
const repositories = { "model-road/model-road": ROOT };
const CONTRACT = JSON.stringify({
  features: [{ name: "x", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 4 }],
  targets: [{ name: "p", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 2 }],
});

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

/** An example with this bench's namespace in it. */
const example = (name: string): string =>
  readFileSync(join(ROOT, "workflows-examples", name), "utf8").replaceAll(
    "namespace: models",
    `namespace: ${bench.namespace}`,
  );

test("predict.yml: a contract, a file of predictions as an artifact, gRPC, and a description", async () => {
  const { failure } = await bench.deploy({ image: IMAGE });
  expect(failure, bench.said.join("\n")).toBeUndefined();
  await bed.commit({
    [WORKFLOW]: example("predict.yml").replace(/on:\n[\s\S]*?\npermissions/, "on: [push]\n\npermissions"),
    "contract.json": CONTRACT,
    "rows.csv": "a,b,c,d\n1,2,3,4\n5,6,7,8\n",
  });
  const result = await bed.run({ repositories, secrets: { KUBECONFIG: inject("kubeconfig") } });
  expect(result.conclusion, result.log).toBe("success");
  expect(result.log).toContain("2 of 2 rows predicted, in predictions.csv");
  expect(result.log).toMatch(/is asked at pod digits-default-\S+, port 9500, by port-forward/);
  expect(result.log).toContain("SELDON_DEPLOYMENT: digits");
  expect(result.summary).toContain("digits: 5 of 5 passed");
  expect(bed.github.results.artifacts.artifacts.map(({ name }) => name)).toEqual(["predictions.csv"]);
});

test("check.yml: red where Seldon's operator is missing, and training does not begin; green without that line", async () => {
  const registry = await startRegistry();
  try {
    const text = example("check.yml")
      .replace(/ghcr\.io\/\$\{\{ github\.repository \}\}/, registry.host)
      .replace(/ {10}image-pull-secret: ghcr\n/, "");
    await bed.commit({ [WORKFLOW]: text });
    const secrets = { KUBECONFIG: inject("kubeconfig") };
    const result = await bed.run({ repositories, secrets });
    expect(result.log).toMatch(/✓ push to \S+\/digits: an upload may be begun/);
    expect(result.log).toMatch(/✓ right to seldondeployments/);
    // The stand-in for the operator is no Deployment.
    if (process.env["TEST_KUBE_CONTEXT"] === undefined) {
      expect(result.conclusion).toBe("failure");
      expect(result.log).toMatch(/✗ Seldon's operator: none/);
      expect(result.jobs.train?.conclusion ?? "skipped").toBe("skipped");
      await bed.commit({ [WORKFLOW]: text.replace("image: ", "on-problem: report\n          image: ") });
      expect((await bed.run({ repositories, secrets })).conclusion).toBe("success");
    } else expect(result.conclusion, result.log).toBe("success");
  } finally {
    await registry.close();
  }
});
