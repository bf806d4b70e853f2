// A bandit that learns from rewards: the router of the example and its arms in the real seldon-core 1.17.1, the graph as
// seldon-deploy writes it, the rewards by the story of predict. Only the executor between them is a stand-in.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";

import { startGraph, type LocalGraph } from "../world/graph/local-graph.ts";
import { predictBench, startGateway, type Gateway, type PredictBench } from "./predict-bench.ts";

const EXAMPLES = join(import.meta.dirname, "../../workflows-examples");
const REQUIREMENTS = readFileSync(join(EXAMPLES, "digits/requirements.txt"), "utf8");
const BASE = "/seldon/models/bandit";
const REQUESTS = 500;
const COMPONENTS = {
  EpsilonGreedy: { type: "ROUTER", file: join(EXAMPLES, "bandit/EpsilonGreedy.py") },
  Arm: {
    type: "MODEL",
    text: "class Arm:\n    def __init__(self, says=0):\n        self.says = says\n\n    def predict(self, X, names=None):\n        return [[self.says] for _ in X]\n",
  },
};

const graph = (arms: number): string => `
name: bandit
type: router
image: EpsilonGreedy
parameters: {n_branches: ${arms}, epsilon: 0.1, seed: 7}
children: [${Array.from({ length: arms }, (_, at) => `{name: arm-${at}, image: Arm, parameters: {says: ${at}}}`).join(", ")}]
`;

/** Numbers from 0 to 1, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

let [served, gateway, bench]: [LocalGraph | undefined, Gateway | undefined, PredictBench | undefined] = [
  undefined,
  undefined,
  undefined,
];
afterEach(async () => {
  gateway?.close();
  bench?.close();
  await served?.stop();
});

test.each([[[0.2, 0.8]], [[0.2, 0.8, 0.2]]])(
  "with rewards of %j the better arm gets over 70 percent of 500 requests",
  async (rewards) => {
    served = await startGraph(REQUIREMENTS, graph(rewards.length), COMPONENTS);
    gateway = await startGateway(served.url, BASE);
    bench = predictBench();
    const asked = { name: "bandit", namespace: "models", "base-url": gateway.url };
    const random = numbers(17);
    const request = { data: { ndarray: [[1, 2]] } };
    const counts = rewards.map(() => 0);
    for (let at = 0; at < REQUESTS; at++) {
      const answer = await fetch(`${gateway.url}${BASE}/api/v1.0/predictions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
      });
      const response = (await answer.json()) as {
        data: { ndarray: number[][] };
        meta: { routing: Record<string, number> };
      };
      const arm = response.meta.routing.bandit!;
      // The way that is told is the way that it went.
      expect(response.data.ndarray).toEqual([[arm]]);
      counts[arm]! += 1;
      const reward = random() < rewards[arm]! ? 1 : 0;
      const { outputs } = await bench.predict({ ...asked, feedback: JSON.stringify({ reward, request, response }) });
      expect(outputs.passed, outputs.report).toBe("true");
    }
    const shares = counts.map((each) => `${((100 * each) / REQUESTS).toFixed(1)} %`);
    console.log(`bandit of ${rewards.length} arms, rewards ${rewards.join(", ")}: ${shares.join(", ")} of the traffic`);
    expect(counts[1]! / REQUESTS).toBeGreaterThan(0.7);
    // It goes on trying the others.
    expect(Math.min(...counts)).toBeGreaterThan(5);
  },
  240_000,
);

test("without rewards no arm is preferred", async () => {
  served = await startGraph(REQUIREMENTS, graph(2), COMPONENTS);
  const counts = [0, 0];
  for (let at = 0; at < 200; at++) {
    const answer = await fetch(`${served.url}/api/v1.0/predictions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data: { ndarray: [[1, 2]] } }),
    });
    counts[((await answer.json()) as { meta: { routing: { bandit: number } } }).meta.routing.bandit]! += 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(60);
}, 240_000);
