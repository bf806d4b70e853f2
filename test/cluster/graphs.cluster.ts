// A bandit on real pods: router and arms wrapped and tried by build-model-image, deployed as one graph by seldon-deploy, rewarded by
// predict. The executor in the pod is a stand-in of ours, which routes by the rules of the real one.
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { imageBench, type ImageBench } from "../actions/image-bench.ts";
import { predictBench, type PredictBench } from "../actions/predict-bench.ts";
import { openBench, type Bench } from "./deploying.ts";

const EXAMPLES = join(import.meta.dirname, "../../workflows-examples");
/** The cluster's own registry, as this machine and as its node call it. */
const OURS = `127.0.0.1:${process.env["CLUSTER_REGISTRY_PORT"] ?? "15000"}`;
const NODES = "localhost:5000";
const REQUESTS = 500;
const ARM = `class Arm:
    def __init__(self, says=0):
        self.says = says

    def predict(self, X, names=None):
        return [[self.says] for _ in X]
`;

let bench: Bench;
let workshop: ImageBench;
let asking: PredictBench;
let images: { router: string; arm: string };

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
  asking = predictBench();
  workshop = imageBench();
  workshop.put("requirements.txt", readFileSync(join(EXAMPLES, "digits/requirements.txt"), "utf8"));
  workshop.put("Arm.py", ARM);
  cpSync(join(EXAMPLES, "bandit/EpsilonGreedy.py"), join(workshop.workspace, "EpsilonGreedy.py"));
  const body = "{body: {data: {ndarray: [[1, 2]]}}}";
  const built = async (name: string, given: Record<string, string>): Promise<string> => {
    const { outputs } = await workshop.build({
      "base-image": `${OURS}/python:3.11`,
      python: "3.11",
      image: `${OURS}/${bench.namespace}/${name}`,
      requirements: "requirements.txt",
      "smoke-request": body,
      ...given,
    });
    return outputs.image!.replace(OURS, NODES);
  };
  const router = await built("router", { "model-class": "EpsilonGreedy", "service-type": "ROUTER" });
  images = { router, arm: await built("arm", { "model-class": "Arm" }) };
}, 600_000);

afterAll(async () => {
  workshop.close();
  asking.close();
  await bench.stop();
});

/** Numbers from 0 to 1, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const arms = (count: number): string[] => Array.from({ length: count }, (_, at) => `arm-${at}`);
const env = "env: {OMP_NUM_THREADS: 1, OPENBLAS_NUM_THREADS: 1}";

describe.each([[[0.2, 0.8]], [[0.2, 0.8, 0.2]]])("a bandit with rewards of %j", (rewards) => {
  const name = `bandit-${rewards.length}`;

  test("is deployed as one graph, and answers through its router", async () => {
    const { outputs, failure } = await bench.deploy({
      name,
      graph: `
name: router
type: router
${env}
parameters: {n_branches: ${rewards.length}, epsilon: 0.1, seed: 7}
children:
${arms(rewards.length)
  .map((arm, at) => `  - {name: ${arm}, parameters: {says: ${at}}, ${env}}`)
  .join("\n")}
`,
      images: [`router: ${images.router}`, ...arms(rewards.length).map((arm) => `${arm}: ${images.arm}`)].join("\n"),
      "smoke-request": "{body: {data: {ndarray: [[1, 2]]}}, expect: {shape: [1, 1]}}",
    });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("created");
    const [pod] = await bench.pods(name);
    // The router, its arms, and the executor.
    expect(pod!.spec.containers).toHaveLength(rewards.length + 2);
  });

  test("gives the better arm over 70 percent of 500 requests", async () => {
    const random = numbers(17);
    const request = { data: { ndarray: [[1, 2]] } };
    const counts = rewards.map(() => 0);
    const through = `/api/v1/namespaces/${bench.namespace}/services/http:${name}-default:8000/proxy/api/v1.0/predictions`;
    const asked = { name, namespace: bench.namespace, kubeconfig: inject("kubeconfig") };
    for (let at = 0; at < REQUESTS; at++) {
      const response = (await bench.admin.must("POST", through, request)) as unknown as {
        data: { ndarray: number[][] };
        meta: { routing: Record<string, number> };
      };
      const arm = response.meta.routing["router"]!;
      expect(response.data.ndarray).toEqual([[arm]]);
      counts[arm]! += 1;
      const reward = random() < rewards[arm]! ? 1 : 0;
      const { outputs } = await asking.predict({ ...asked, feedback: JSON.stringify({ reward, request, response }) });
      expect(outputs.passed, outputs.report).toBe("true");
    }
    const shares = counts.map((each) => `${((100 * each) / REQUESTS).toFixed(1)} %`);
    console.log(`bandit of ${rewards.length} arms on pods, rewards ${rewards.join(", ")}: ${shares.join(", ")}`);
    expect(counts[1]! / REQUESTS).toBeGreaterThan(0.7);
  }, 240_000);
});
