// The workflows that users copy for a canary and an A/B test, every step started by hand, with the bundle in dist, against the small
// API server. test/cluster/examples.cluster.ts does the same with real pods.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { dispatch } from "../runner/events.ts";
import { startBed, WORKFLOW } from "../runner/test-bed.ts";
import { startSmallBench, type SmallBench } from "../world/kubernetes/deploying.ts";

const ROOT = join(import.meta.dirname, "../..");

let bench: SmallBench;
let bed: Awaited<ReturnType<typeof startBed>>;

beforeEach(async () => {
  bench = await startSmallBench("istio");
  bed = await startBed();
});

afterEach(async () => {
  await bed[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** There is no registry here, so the image is named in place of the record that it carries. */
const adapted = (file: string): string =>
  readFileSync(join(ROOT, "workflows-examples", file), "utf8").replace(
    /record: .*/,
    "image: ${{ inputs.step == 'start' && inputs.image || '' }}\n          require-gate: false",
  );

const standing = (): string[] =>
  bench
    .sdep()!
    .spec.predictors.map(({ name, traffic = "-", componentSpecs }) =>
      [name, traffic, componentSpecs![0]!.spec!.containers![0]!.image!.replace("docker.io/", "")].join(" "),
    );

const run = async (inputs: Record<string, string>, conclusion = "success") => {
  const result = await bed.run({
    event: dispatch({ inputs }),
    secrets: { KUBECONFIG: bench.api.kubeconfig },
    repositories: { "model-road/model-road": ROOT },
  });
  expect(result.conclusion, result.log).toBe(conclusion);
  return result;
};

test("a canary from its start to its end", { timeout: 120_000 }, async () => {
  await bed.commit({ [WORKFLOW]: adapted("deploy-canary.yml") });
  await run({ step: "start", image: "acme/digits:1" });
  const started = await run({ step: "start", image: "acme/digits:2" });
  expect(standing()).toEqual(["default 90 acme/digits:1", "canary 10 acme/digits:2"]);
  expect(started.log).toMatch(/updated at https:.*, because .*canary gets 10 %/);
  await run({ step: "start", image: "acme/digits:2", traffic: "40" });
  expect(standing()).toEqual(["default 60 acme/digits:1", "canary 40 acme/digits:2"]);
  await run({ step: "finish" });
  expect(standing()).toEqual(["default - acme/digits:2"]);
  const bad = await run({ step: "start", image: "acme/digits:nope" }, "failure");
  expect(bad.log).toContain("was put back");
  expect(standing()).toEqual(["default - acme/digits:2"]);
});

test("an A/B test that the challenger loses", { timeout: 120_000 }, async () => {
  await bed.commit({ [WORKFLOW]: adapted("deploy-abtest.yml") });
  await run({ step: "start", image: "acme/digits:1" });
  await run({ step: "start", image: "acme/digits:2" });
  expect(standing()).toEqual(["default 50 acme/digits:1", "challenger 50 acme/digits:2"]);
  await run({ step: "abort" });
  expect(standing()).toEqual(["default - acme/digits:1"]);
});
