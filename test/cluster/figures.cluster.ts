// What is promised in figures, measured on real pods.
import { setTimeout as delay } from "node:timers/promises";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1, 2, 3, 4]] } } });
const GROUP = "/apis/machinelearning.seldon.io/v1";

let bench: Bench;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
});

afterAll(async () => {
  await bench.stop();
});

test("an update without the executor refuses no request of a client that asks throughout", async () => {
  await bench.deploy({ image: IMAGE, "smoke-request": SMOKE });
  const stop = new AbortController();
  const answers = { good: 0, refused: [] as string[] };
  const path = `/api/v1/namespaces/${bench.namespace}/services/http:digits-default:9000/proxy/api/v1.0/predictions`;
  const client = (async () => {
    while (!stop.signal.aborted) {
      const { status, body } = await bench.admin.call("POST", path, { data: { ndarray: [[1]] } });
      if (status === 200) answers.good++;
      else answers.refused.push(`${status} ${JSON.stringify(body).slice(0, 200)}`);
      await delay(20);
    }
  })();
  const from = performance.now();
  const { failure } = await bench.deploy({ image: NEWER, "smoke-request": SMOKE });
  const seconds = (performance.now() - from) / 1000;
  await delay(2000);
  stop.abort();
  await client;
  expect(failure, bench.said.join("\n")).toBeUndefined();
  console.log(
    `update proven after ${seconds.toFixed(1)} s, ${bench.calls()} API calls, ${answers.good} answers, ${answers.refused.length} refused`,
  );
  expect(answers.refused).toEqual([]);
  expect(answers.good).toBeGreaterThan(50);
  expect(bench.calls()).toBeLessThanOrEqual(40);
});

test("hundreds of SeldonDeployments beside it change nothing: not one more call", async () => {
  const count = Number(process.env.NEIGHBOURS ?? "500");
  const alone = await bench.deploy({ image: NEWER, "smoke-request": SMOKE });
  const calls = bench.calls();
  expect(alone.outputs.operation).toBe("unchanged");
  // Nobody looks after these: they lie in a namespace's list, and that is all.
  await bench.operator.stop();
  for (let at = 0; at < count; at++) {
    const spec = { predictors: [{ name: "p", graph: { name: "c" }, componentSpecs: [] }] };
    await bench.admin.must("POST", `${GROUP}/namespaces/${bench.namespace}/seldondeployments`, {
      apiVersion: "machinelearning.seldon.io/v1",
      kind: "SeldonDeployment",
      metadata: { name: `n-${at}` },
      spec,
    });
  }
  const among = await bench.deploy({ image: NEWER, "smoke-request": SMOKE });
  expect(among.outputs.operation).toBe("unchanged");
  expect(bench.calls()).toBe(calls);
});
