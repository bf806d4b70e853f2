// The workflows that users copy for a canary and an A/B test, each step started by hand, with the bundle in dist, on real pods.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { dispatch } from "../runner/events.ts";
import { startBed, WORKFLOW } from "../runner/test-bed.ts";
import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const ROOT = join(import.meta.dirname, "../..");

let bench: Bench;
let bed: Awaited<ReturnType<typeof startBed>>;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"), { istio: true });
  bed = await startBed();
});

afterAll(async () => {
  await bed[Symbol.asyncDispose]();
  await bench.stop();
});

/** The bench's images carry no record: the two lines that read one name the image itself. */
function adapted(file: string, name: string): string {
  const text = readFileSync(join(ROOT, "workflows-examples", file), "utf8");
  const changed = text
    .replace(
      /record: .*/,
      "image: ${{ inputs.step == 'start' && inputs.image || '' }}\n          require-gate: false\n          wait-timeout: 90s",
    )
    .replace("name: digits\n          namespace: models", `name: ${name}\n          namespace: ${bench.namespace}`);
  expect(changed).toContain(bench.namespace);
  expect(changed).toContain("require-gate: false");
  return changed;
}

const predictors = async (name: string): Promise<string[]> =>
  (await bench.sdep(name))!.spec.predictors.map(({ name: called, traffic = "-", componentSpecs }) =>
    [called, traffic, componentSpecs![0]!.spec!.containers![0]!.image].join(" "),
  );

test.each([
  ["deploy-canary.yml", "canary", "20", "finish", [`default - ${NEWER}`]],
  ["deploy-abtest.yml", "challenger", "50", "abort", [`default - ${IMAGE}`]],
] as const)("%s: %s with %s %% of the traffic, then %s", async (file, second, traffic, end, left) => {
  const name = `by-${second}`;
  await bed.commit({ [WORKFLOW]: adapted(file, name) });
  const run = async (inputs: Record<string, string>) => {
    const given = {
      event: dispatch({ inputs }),
      secrets: { KUBECONFIG: inject("kubeconfig") },
      repositories: { "model-road/model-road": ROOT },
    };
    const result = await bed.run(given);
    expect(result.conclusion, result.log).toBe("success");
    return result;
  };
  // What serves first: there is nothing yet that it could stand beside.
  expect((await run({ step: "start", image: IMAGE, traffic })).log).toContain("the first version takes all traffic");
  const started = await run({ step: "start", image: NEWER, traffic });
  expect(await predictors(name)).toEqual([
    `default ${100 - Number(traffic)} ${IMAGE}`,
    `${second} ${traffic} ${NEWER}`,
  ]);
  expect(started.summary).toContain(`${second} ${traffic} %`);
  await run({ step: end });
  expect(await predictors(name)).toEqual(left);
});
