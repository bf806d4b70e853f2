// A model that is served in a cluster, asked every way there is from outside: by the API server's proxy and by port-forward, REST and gRPC.
import { readFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { predictBench, type PredictBench } from "../actions/predict-bench.ts";
import { IMAGE, openBench, type Bench } from "./deploying.ts";

const SMOKE = "{body: {data: {ndarray: [[1, 2, 3, 4]]}}, expect: {values: [[0.1, 0.9]], tolerance: 1e-9}}";

let bench: Bench;
let asking: PredictBench;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
  asking = predictBench();
  const { failure } = await bench.deploy({ image: IMAGE, "smoke-request": SMOKE });
  if (failure !== undefined) throw new Error(failure);
});

afterAll(async () => {
  asking.close();
  await bench.stop();
});

const given = (more: Record<string, string>): Record<string, string> => ({
  name: "digits",
  namespace: bench.namespace,
  kubeconfig: inject("kubeconfig"),
  "smoke-request": SMOKE,
  ...more,
});

describe.each<[string, Record<string, string>]>([
  ["REST by the API server's proxy", {}],
  ["REST by port-forward", { transport: "port-forward" }],
  ["gRPC by port-forward", { api: "grpc" }],
])("%s", (_name, transport) => {
  test("smoke, a batch of many rows, and feedback", async () => {
    asking.put("rows.json", JSON.stringify(Array.from({ length: 5000 }, (_, at) => [at, at + 0.5, 3, 4])));
    const asked = { ...transport, data: "rows.json", predictions: "out.json", "batch-size": "2500" };
    const { outputs, failure } = await asking.predict(given({ ...asked, feedback: "reward: 1" }));
    expect(failure, asking.said.join("\n")).toBeUndefined();
    expect(outputs).toMatchObject({ passed: "true", rows: "5000" });
    expect((JSON.parse(readFileSync(outputs.predictions!, "utf8")) as unknown[]).length).toBe(5000);
  });
});

test("several connections at once through one port-forward", async () => {
  const all = await Promise.all(
    ["rest", "grpc", "rest"].map(async (api) => await asking.predict(given({ api, transport: "port-forward" }))),
  );
  expect(all.map(({ outputs }) => outputs.passed)).toEqual(["true", "true", "true"]);
});

test("a deployment, a predictor that is not there: told by name", async () => {
  await expect(asking.predict(given({ name: "nobody" }))).rejects.toThrow(/expected a SeldonDeployment, saw none/);
  await expect(asking.predict(given({ predictor: "canary" }))).rejects.toThrow(/one named "canary", saw default/);
});
