// The fifth seed: two models by one flow, and a router of our own that learns from rewards which is better.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { RunResult } from "../runner/run-workflow.ts";
import { startRegistry, type TestRegistry } from "../world/registry/registry.ts";
import { MINUTES, outputsOf, PROJECTS, startSeed, type SeedRoad } from "./seed-road.ts";

let registry: TestRegistry;
let road: SeedRoad;
let first: RunResult;

beforeAll(async () => {
  registry = await startRegistry();
  road = await startSeed("mnist-two-models", "seed-004-mnist-two-models.yml", {
    vars: { DRY_RUN: "client", REGISTRY: `${registry.host}/acme` },
  });
  await road.begin();
  first = await road.push();
}, MINUTES);
afterAll(async () => {
  await road.end();
  await registry.close();
});

type Node = { name: string; type?: string; implementation?: string; children?: Node[] };
type Shown = {
  spec: { predictors: { graph: Node; componentSpecs: { spec: { containers: { image: string }[] } }[] }[] };
};
const rendered = (result: RunResult): Shown => JSON.parse(outputsOf(result, "serve", "deploy")["manifest"]!) as Shown;
const imagesOf = (shown: Shown): string[] =>
  shown.spec.predictors[0]!.componentSpecs.map(({ spec }) => spec.containers[0]!.image);

test("both models are trained by the same flow, gated and wrapped; the router is asked for a route", () => {
  expect(first.conclusion, first.log).toBe("success");
  expect(first.log).toMatch(/random forest: accuracy 0\.9\d+ on 450 unseen digits/);
  expect(first.log).toMatch(/naive Bayes: accuracy 0\.[89]\d+ on 450 unseen digits/);
  expect(outputsOf(first, "router", "image")["image"]).toContain("/acme/epsilon-greedy@sha256:");
});

test("an A/B test of the two, each by the tag of this commit that its registry has", async () => {
  const shown = rendered(first);
  expect(shown.spec.predictors[0]!.graph).toMatchObject({ implementation: "RANDOM_ABTEST" });
  const images = imagesOf(shown);
  expect(images).toHaveLength(2);
  for (const image of images) {
    const [, repository, tag] = /^[^/]+\/(.+):(sha-[0-9a-f]{40})$/.exec(image)!;
    const answer = await fetch(`http://${registry.host}/v2/${repository}/manifests/${tag}`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
    });
    expect(answer.status, image).toBe(200);
  }
});

test(
  "the bandit: nothing is trained again, the router stands before the two",
  async () => {
    const bandit = await road.byHand({ graph: "epsilon_greedy" });
    expect(bandit.conclusion, bandit.log).toBe("success");
    expect(bandit.log.match(/unseen digits/g)).toBeNull();
    expect(rendered(bandit).spec.predictors[0]!.graph).toMatchObject({
      name: "epsilon-greedy",
      type: "ROUTER",
      children: [{ name: "sk-mnist" }, { name: "nb-mnist" }],
    });
    expect(imagesOf(rendered(bandit))).toHaveLength(3);
  },
  MINUTES,
);

const PLAY = `
import collections, json, random, sys
from EpsilonGreedy import EpsilonGreedy
seed = int(sys.argv[1])
rewards = json.loads(sys.argv[2])
world, router = random.Random(seed), EpsilonGreedy(n_branches=len(rewards), epsilon=0.1, seed=seed + 1)
sent = collections.Counter()
for _ in range(500):
    branch = router.route([[1.0]])
    sent[branch] += 1
    router.send_feedback([[1.0]], [], int(world.random() < rewards[branch]), None, routing=branch)
print(json.dumps([sent[branch] for branch in range(len(rewards))]))
`;
const play = (seed: number, rewards: readonly number[]): number[] =>
  JSON.parse(
    execFileSync("python3", ["-B", "-c", PLAY, String(seed), JSON.stringify(rewards)], {
      cwd: join(PROJECTS, "mnist-two-models/router"),
      encoding: "utf8",
    }),
  ) as number[];

test.each([[[0.2, 0.8]], [[0.8, 0.2]], [[0.2, 0.3, 0.8]]])(
  "rewards %j: after 500 requests the better arm has more than 70 %%",
  (rewards) => {
    for (const seed of [1, 2, 3]) {
      const sent = play(seed, rewards);
      expect(sent.reduce((sum, each) => sum + each)).toBe(500);
      expect(sent[rewards.indexOf(0.8)]! / 500).toBeGreaterThan(0.7);
    }
  },
);
