// The workflows that users copy for plain objects and a chart, with the bundle in dist and the real helm, on real pods.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { dispatch } from "../runner/events.ts";
import { startBed, WORKFLOW } from "../runner/test-bed.ts";
import { helmFolder } from "../world/cluster/helm.ts";
import { IMAGE, openBench, type Bench } from "./deploying.ts";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLES = join(ROOT, "workflows-examples");
const PATH = process.env["PATH"]!;

let bench: Bench;
let bed: Awaited<ReturnType<typeof startBed>>;

beforeAll(async () => {
  process.env["PATH"] = `${helmFolder("v3.20.2")}:${PATH}`;
  bench = await openBench(inject("kubeconfig"), { operator: false });
  bed = await startBed();
}, 600_000);

afterAll(async () => {
  process.env["PATH"] = PATH;
  await bed[Symbol.asyncDispose]();
  await bench.stop();
});

const chart = (): Record<string, string> =>
  Object.fromEntries(
    [
      "Chart.yaml",
      "values.yaml",
      ...readdirSync(join(EXAMPLES, "chart/templates")).map((each) => `templates/${each}`),
    ].map((each) => [`chart/${each}`, readFileSync(join(EXAMPLES, "chart", each), "utf8")]),
  );

test.each([
  ["deploy-kubernetes.yml", "plain", (text: string) => text.replace("port: 5000", "port: 9000")],
  [
    "deploy-helm.yml",
    "charted",
    (text: string) => text.replace("replicas: 2\n", "replicas: 2\n            port: 9000\n"),
  ],
] as const)("%s: two pods that answer", async (file, name, onPort) => {
  // The bench's image is a model's, so its port and path are others than the Flask program's.
  const text = onPort(readFileSync(join(EXAMPLES, file), "utf8"))
    .replace("name: score\n          namespace: models", `name: ${name}\n          namespace: ${bench.namespace}`)
    .replace("path: /score", "path: /predict")
    .replace("{X: [1, 2]}", "{data: {ndarray: [[1, 2, 3, 4]]}}");
  expect(text).toContain("9000");
  await bed.commit({ [WORKFLOW]: text, ...chart() });
  const result = await bed.run({
    event: dispatch({ inputs: { image: IMAGE, preview: "false" } }),
    secrets: { KUBECONFIG: inject("kubeconfig") },
    repositories: { "model-road/model-road": ROOT },
  });
  expect(result.conclusion, result.log).toBe("success");
  const at = `/apis/apps/v1/namespaces/${bench.namespace}/deployments/${name}`;
  const { status } = (await bench.admin.must("GET", at)) as unknown as { status: { readyReplicas: number } };
  expect(status.readyReplicas).toBe(2);
});
