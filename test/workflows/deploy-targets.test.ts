// The workflows that users copy for a graph, plain objects and a chart, previewed with the bundle in dist; no cluster is asked.
// test/cluster/target-examples.cluster.ts deploys the same on real pods.
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { dispatch } from "../runner/events.ts";
import { startBed, WORKFLOW } from "../runner/test-bed.ts";
import { PATH, startSmallBench, type SmallBench } from "../world/kubernetes/deploying.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLES = join(ROOT, "workflows-examples");
const helm = spawnSync("helm", ["version"]).status === 0;
if (!helm) console.warn("SKIPPED: deploy-helm.yml without a cluster, since helm is not in PATH");

let bench: SmallBench;
let bed: Awaited<ReturnType<typeof startBed>>;

beforeEach(async () => {
  bench = await startSmallBench();
  bed = await startBed();
});

afterEach(async () => {
  await bed[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

async function run(file: string, inputs: Record<string, string>, files: Record<string, string> = {}): Promise<string> {
  // There is no registry here, so images are named in place of the records that they carry.
  const text = readFileSync(join(EXAMPLES, file), "utf8")
    .replace("          graph: |", "          require-gate: false\n          graph: |")
    .replaceAll(": image:${{", ": ${{");
  await bed.commit({ [WORKFLOW]: text, ...files });
  const result = await bed.run({
    event: dispatch({ inputs }),
    secrets: { KUBECONFIG: bench.api.kubeconfig },
    repositories: { "model-road/model-road": ROOT },
  });
  expect(result.conclusion, result.log).toBe("success");
  return result.log;
}

test("deploy-graph.yml: a router and two models, previewed and deployed", { timeout: 120_000 }, async () => {
  const inputs = { router: "acme/router:1", forest: "acme/forest:1", network: "acme/network:2" };
  const log = await run("deploy-graph.yml", { ...inputs, preview: "true" });
  for (const image of Object.values(inputs)) expect(log).toContain(`docker.io/${image}`);
  expect(log).toMatch(/"type": "ROUTER"/);
  expect(bench.api.requests).toEqual([]);
  expect(await run("deploy-graph.yml", { ...inputs, preview: "false" })).toContain("models/bandit serves");
  expect(bench.api.get(PATH.replace("digits", "bandit"))).toBeDefined();
});

test("deploy-kubernetes.yml: a Deployment and a Service", { timeout: 60_000 }, async () => {
  const log = await run("deploy-kubernetes.yml", { image: "acme/score:1", preview: "true" });
  expect(log).toMatch(/kind"?: "?Deployment/);
  expect(log).toContain("docker.io/acme/score:1");
  expect(log).toMatch(/kind"?: "?Service/);
  expect(bench.api.requests).toEqual([]);
});

test.skipIf(!helm)("deploy-helm.yml: the chart beside it, rendered", { timeout: 60_000 }, async () => {
  const chart = join(EXAMPLES, "chart");
  const files = Object.fromEntries(
    ["Chart.yaml", "values.yaml", ...readdirSync(join(chart, "templates")).map((each) => `templates/${each}`)].map(
      (each) => [`chart/${each}`, readFileSync(join(chart, each), "utf8")],
    ),
  );
  const log = await run("deploy-helm.yml", { image: "acme/score:1", preview: "true" }, files);
  expect(log).toContain("docker.io/acme/score:1");
  expect(bench.api.requests).toEqual([]);
});
