// A canary from its start to its end, and an A/B test, with real pods behind a gateway that does what the VirtualService says.
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { PROVEN_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { startGateway, type Gateway } from "../world/cluster/gateway.ts";
import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const BODY = { data: { ndarray: [[1, 2, 3, 4]] } };
const SMOKE = JSON.stringify({ body: BODY, expect: { shape: [1, 2] } });

let bench: Bench;
let gateway: Gateway;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"), { istio: true });
  gateway = await startGateway(bench.admin);
});

afterAll(async () => {
  await gateway.close();
  await bench.stop();
});

const deploy = async (given: Record<string, string>) =>
  await bench.deploy({ "smoke-request": SMOKE, "base-url": gateway.url, ...given });

/** Versions that answer at the address of users, counted. */
async function versionsOf(name: string, requests: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let at = 0; at < requests; at++) {
    const answer = await fetch(`${gateway.url}/seldon/${bench.namespace}/${name}/api/v1.0/predictions`, {
      method: "POST",
      body: JSON.stringify(BODY),
    });
    expect(answer.status).toBe(200);
    const { meta } = (await answer.json()) as { meta: { tags: { version: string } } };
    counts[meta.tags.version] = (counts[meta.tags.version] ?? 0) + 1;
  }
  return counts;
}

const running = async (name: string): Promise<string[]> =>
  (await bench.pods(name))
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name);

const predictors = async (name: string): Promise<string[]> =>
  (await bench.sdep(name))!.spec.predictors.map((each) => `${each.name} ${each.traffic ?? "-"}`);

describe("a canary", () => {
  test("start: the version that serves is not touched, and the new one gets its share", async () => {
    await deploy({ image: IMAGE, replicas: "2" });
    const before = await running("digits");
    const { outputs, failure } = await deploy({ image: NEWER, strategy: "canary", traffic: "20" });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs).toMatchObject({ operation: "updated", "rolled-back": "false" });
    expect(bench.said).toContain("The VirtualService shares the traffic: default 80 %, canary 20 %");
    expect(await predictors("digits")).toEqual(["default 80", "canary 20"]);
    const now = await running("digits");
    expect(now).toHaveLength(3);
    expect(now).toEqual(expect.arrayContaining(before));
    const counts = await versionsOf("digits", 60);
    expect(counts["2"]).toBeGreaterThan(1);
    expect(counts["1"]).toBeGreaterThan(counts["2"]!);
    expect(bench.calls()).toBeLessThanOrEqual(40);
  });

  test("another share: no pod restarts", async () => {
    const before = (await running("digits")).toSorted();
    expect((await deploy({ image: NEWER, strategy: "canary", traffic: "50" })).failure).toBeUndefined();
    expect((await running("digits")).toSorted()).toEqual(before);
    expect(await predictors("digits")).toEqual(["default 50", "canary 50"]);
  });

  test("a bad one in its place: refused, and what stood is put back", async () => {
    const { outputs, failure } = await deploy({ image: "localhost:5000/model:nope", strategy: "canary" });
    expect(failure).toMatch(/ErrImagePull|ImagePullBackOff/);
    expect(outputs["rolled-back"]).toBe("true");
    expect(await predictors("digits")).toEqual(["default 50", "canary 50"]);
  });

  test("abort: the canary's pods go, the others never noticed", async () => {
    const { outputs, failure } = await deploy({ strategy: "canary", step: "abort" });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
    expect(await predictors("digits")).toEqual(["default -"]);
    expect(await versionsOf("digits", 20)).toEqual({ 1: 20 });
  });

  test("finish: the new version takes all, in as many pods as the old one had, and no request fails", async () => {
    await deploy({ image: NEWER, strategy: "canary" });
    let [asked, failed] = [0, 0];
    const over = new AbortController();
    const polling = (async () => {
      while (!over.signal.aborted) {
        asked++;
        const answer = await fetch(`${gateway.url}/seldon/${bench.namespace}/digits/api/v1.0/predictions`, {
          method: "POST",
          body: JSON.stringify(BODY),
        }).catch(() => undefined);
        if (answer?.status !== 200) failed++;
      }
    })();
    const { outputs, failure } = await deploy({ strategy: "canary", step: "finish" });
    over.abort();
    await polling;
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(await predictors("digits")).toEqual(["default -"]);
    expect(await versionsOf("digits", 20)).toEqual({ 2: 20 });
    const { metadata, spec } = (await bench.sdep("digits"))!;
    expect(spec.predictors[0]!.replicas).toBe(2);
    expect(metadata.annotations![PROVEN_ANNOTATION]).toBe(outputs["deploy-id"]);
    console.log(`finish: ${failed} of ${asked} requests failed`);
    expect(failed).toBe(0);
    expect((await deploy({ strategy: "canary", step: "finish" })).outputs.operation).toBe("unchanged");
  });
});

test("an A/B test by halves, counted where the route may not be read, until the winner takes all", async () => {
  await deploy({ name: "ab", image: IMAGE });
  const shared = await deploy({ name: "ab", image: NEWER, strategy: "abtest", gateway: "none" });
  expect(shared.failure, bench.said.join("\n")).toBeUndefined();
  expect(bench.said.join("\n")).toMatch(/Of \d+ answers: (?:default|challenger) \d+, (?:default|challenger) \d+/);
  expect(await predictors("ab")).toEqual(["default 50", "challenger 50"]);
  const { failure } = await deploy({ name: "ab", strategy: "abtest", step: "finish" });
  expect(failure, bench.said.join("\n")).toBeUndefined();
  expect(await versionsOf("ab", 10)).toEqual({ 2: 10 });
});

test("a gateway that asks for a header gets it", async () => {
  gateway.key = "letmein";
  const headed = { name: "headed", image: IMAGE, "request-headers": "X-Key: letmein" };
  expect((await deploy(headed)).failure, bench.said.join("\n")).toBeUndefined();
  gateway.key = undefined;
});
