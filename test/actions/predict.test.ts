// Against the real seldon-core 1.17.1, by REST behind a gateway's path and by its own gRPC server.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  predictBench,
  startGateway,
  startWrapper,
  type Gateway,
  type ModelServer,
  type PredictBench,
} from "./predict-bench.ts";

const REQUIREMENTS = readFileSync(
  join(import.meta.dirname, "../../workflows-examples/digits/requirements.txt"),
  "utf8",
);
const MODEL = `rewards = []

def predict(self, X, names=None, meta=None):
    if isinstance(X, dict):
        return {"rewards": self.rewards}
    X = np.asarray(X, dtype=float)
    if X.size and X[0][0] < -100:
        raise ValueError("too cold")
    if X.size and X[0][0] > 100:
        return [[float("nan"), 0.0] for _ in X]
    return np.stack([X.sum(axis=1) / 40, 1 - X.sum(axis=1) / 40], axis=1)

def class_names(self):
    return ["low", "high"]

def send_feedback(self, features, feature_names, reward, truth, routing=None):
    self.rewards.append([float(reward), np.asarray(features).tolist() if features is not None else None])`;
const CONTRACT = JSON.stringify({
  features: [{ name: "x", dtype: "FLOAT", ftype: "continuous", range: [0, 10], repeat: 4 }],
  targets: [{ name: "p", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 2 }],
});
const SMOKE = "{body: {data: {ndarray: [[1, 2, 3, 4]]}}, expect: {values: [[0.25, 0.75]], tolerance: 1e-9}}";
const NAMES = { name: "digits", namespace: "models" };

let server: ModelServer;
let gateway: Gateway;
let bench: PredictBench;

beforeAll(async () => {
  server = await startWrapper(REQUIREMENTS, MODEL);
  gateway = await startGateway(server.http, "/seldon/models/digits");
}, 300_000);
afterAll(async () => {
  gateway.close();
  await server.stop();
});
beforeEach(() => {
  bench = predictBench();
});
afterEach(() => bench.close());

describe.each(["rest", "grpc"] as const)("by %s", (api) => {
  const at = (): Record<string, string> => ({ ...NAMES, api, "base-url": api === "rest" ? gateway.url : server.grpc });

  test("a smoke request, a contract and a golden set are asked, and all passed", async () => {
    bench.put("contract.json", CONTRACT);
    bench.put("golden.json", JSON.stringify([{ input: [[1, 1, 1, 1]], expected: [[0.1, 0.9]], tolerance: 1e-9 }]));
    const given = { ...at(), "smoke-request": SMOKE, contract: "contract.json", golden: "golden.json" };
    const { outputs, failure, summary } = await bench.predict(given);
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ passed: "true" });
    expect(outputs.prediction).toContain("0.25");
    const report = JSON.parse(outputs.report!) as { requests: number; asked: { name: string; passed: boolean }[] };
    expect(report.requests).toBe(6);
    expect(report.asked.map(({ name }) => name)).toEqual([
      "smoke request",
      "contract, 1 row",
      "contract, 2 rows",
      "contract, 5 rows",
      "contract, 16 rows",
      "golden 1",
    ]);
    expect(summary).toContain("models/digits: 6 of 6 passed");
  });

  test("an answer out of its tolerance is red, and told with its place", async () => {
    bench.put("golden.json", JSON.stringify([{ input: [[1, 1, 1, 1]], expected: [[0.2, 0.8]], tolerance: 0.01 }]));
    const { outputs, failure } = await bench.predict({ ...at(), golden: "golden.json" });
    expect(failure).toMatch(/golden 1: .*\[0\]\[0\]: expected 0\.2 ± 0\.01, saw 0\.1/);
    expect(outputs.passed).toBe("false");
    const reported = await bench.predict({ ...at(), golden: "golden.json", "on-failure": "report" });
    expect(reported.failure).toBeUndefined();
    expect(reported.outputs.passed).toBe("false");
    expect(reported.annotations![0]).toMatchObject({ level: "warning" });
  });

  test("an exception of the model, and NaN, are no answers", async () => {
    const cold = await bench.predict({ ...at(), "smoke-request": "{body: {data: {ndarray: [[-200, 0, 0, 0]]}}}" });
    expect(cold.failure).toMatch(/HTTP status: expected 200, saw 500: .*too cold/);
    const hot = await bench.predict({ ...at(), "smoke-request": "{body: {data: {ndarray: [[200, 0, 0, 0]]}}}" });
    expect(hot.failure).toMatch(/null|NaN/);
  });

  test("feedback reaches the model with the smoke request and its reward", async () => {
    const { outputs, failure } = await bench.predict({ ...at(), "smoke-request": SMOKE, feedback: "reward: 0.5" });
    expect(failure).toBeUndefined();
    expect(outputs.passed).toBe("true");
    const seen = await bench.predict({ ...at(), "smoke-request": "{body: {jsonData: {seen: true}}}" });
    expect(seen.outputs.prediction).toContain("[0.5, [[1, 2, 3, 4]]]");
  });

  test("a file of rows becomes a file of predictions, some rows to a request", async () => {
    const rows = Array.from({ length: 25 }, (_, at) => [at % 10, 1, 0, 0]);
    bench.put("rows.csv", `a,b,c,d\n${rows.map((row) => row.join(",")).join("\n")}\n`);
    const given = { ...at(), data: "rows.csv", predictions: "out.csv", "batch-size": "10" };
    const { outputs, failure } = await bench.predict(given);
    expect(failure).toBeUndefined();
    expect(outputs.rows).toBe("25");
    const lines = readFileSync(outputs.predictions!, "utf8").trim().split("\n");
    expect(lines).toHaveLength(26);
    expect(lines[0]).toBe("low,high");
    expect(lines[5]!.split(",").map(Number)).toEqual([4 / 40 + 1 / 40, 1 - 5 / 40]);
    expect((JSON.parse(outputs.report!) as { asked: unknown[] }).asked).toHaveLength(3);
  });

  test("what was predicted before a failure is kept, and the row's place told", async () => {
    bench.put("rows.jsonl", `[1,2,3,4]\n[1,1,1,1]\n[-200,0,0,0]\n[0,0,0,0]\n`);
    const { outputs, failure } = await bench.predict({ ...at(), data: "rows.jsonl", "batch-size": "2" });
    expect(failure).toMatch(/rows\.jsonl, rows 3 to 4: /);
    expect(outputs.rows).toBe("2");
    expect(
      readFileSync(outputs.predictions!, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      [0.25, 0.75],
      [0.1, 0.9],
    ]);
  });

  test("a tensor and meta with tags of every kind are taken", async () => {
    const ask = async (body: string): Promise<string> =>
      (await bench.predict({ ...at(), "smoke-request": `{body: ${body}}` })).failure ?? "";
    expect(await ask("{data: {names: [a, b], tensor: {shape: [2, 2], values: [1, 2, 3, 4]}}}")).toBe("");
    expect(await ask("{meta: {tags: {one: 1, deep: {list: [true, null]}}}, data: {ndarray: [[1, 1]]}}")).toBe("");
  });
});

test("a 503 of the gateway and a refused connection are asked again; feedback is sent once", async () => {
  gateway.busy = 2;
  const again = await bench.predict({ ...NAMES, "base-url": gateway.url, "smoke-request": SMOKE });
  expect(again.outputs.passed).toBe("true");
  gateway.busy = 0;
  const before = gateway.seen.length;
  const given = { ...NAMES, "base-url": gateway.url, feedback: "{reward: 1, request: {data: {ndarray: [[1]]}}}" };
  gateway.busy = 1;
  const once = await bench.predict(given);
  gateway.busy = 0;
  expect(once.failure).toMatch(/feedback, reward 1: HTTP status: expected 200, saw 503/);
  expect(gateway.seen.length - before).toBe(1);
  for (const api of ["rest", "grpc"]) {
    const gone = { ...NAMES, api, "base-url": "http://127.0.0.1:9", "smoke-request": SMOKE, "wait-timeout": "1s" };
    expect((await bench.predict(gone)).failure).toMatch(/expected an answer, saw ECONNREFUSED/);
  }
});

test("headers reach the gateway, and their values are hidden", async () => {
  const headers = "Authorization: Bearer a-token-of-some-length\nX-Tenant: blue";
  await bench.predict({ ...NAMES, "base-url": gateway.url, "smoke-request": SMOKE, "request-headers": headers });
  expect(gateway.seen.at(-1)!.headers).toMatchObject({
    authorization: "Bearer a-token-of-some-length",
    "x-tenant": "blue",
  });
  expect(bench.masked).toEqual(["a-token-of-some-length"]);
});

test("predictions are uploaded where that is asked for; an upload that fails hides nothing", async () => {
  bench.put("rows.json", "[[1, 2, 3, 4]]");
  const uploaded: string[] = [];
  const artifacts = {
    upload: async (file: string) => {
      uploaded.push(readFileSync(file, "utf8"));
      return await Promise.resolve({ id: "42", sha256: "0".repeat(64), bytes: 1 });
    },
  };
  const given = { ...NAMES, "base-url": gateway.url, data: "rows.json", predictions: "p.json", artifact: "true" };
  expect((await bench.predict(given, { artifacts })).outputs["artifact-id"]).toBe("42");
  expect(uploaded).toEqual(["[[0.25,0.75]]\n"]);
  const { outputs, failure } = await bench.predict(given);
  expect(failure).toBeUndefined();
  expect(outputs).toMatchObject({ passed: "true", rows: "1", "artifact-id": "" });
  expect(bench.said.join("\n")).toContain("not uploaded");
});

test.each<[string, Record<string, string>, RegExp]>([
  ["nothing to ask", { "base-url": "http://127.0.0.1:9" }, /something to ask, saw nothing/],
  ["a path out of the workspace", { data: "../secret.csv" }, /input "data": expected a path in the workspace/],
  [
    "gRPC by the API server's proxy",
    { "smoke-request": SMOKE, api: "grpc", transport: "api-proxy" },
    /HTTP\/1\.1 only/,
  ],
  ["gRPC by the local front", { "smoke-request": SMOKE, api: "grpc", target: "local" }, /rest with target: local/],
  ["feedback about nothing", { feedback: "reward: 1" }, /a request in it, or a smoke-request/],
  ["a header of the connection", { "smoke-request": SMOKE, "request-headers": "Host: x" }, /lines of Name: value/],
  ["predictions of nothing", { "smoke-request": SMOKE, predictions: "a.csv" }, /nothing without data/],
  [
    "feedback by another protocol",
    { "base-url": "http://127.0.0.1:9", protocol: "v2", feedback: "{reward: 1, request: {}}" },
    /protocol seldon, which alone knows it/,
  ],
  [
    "tensorflow by gRPC",
    { "base-url": "http://127.0.0.1:9", protocol: "tensorflow", api: "grpc", "smoke-request": SMOKE },
    /rest with the tensorflow protocol/,
  ],
])("refused before anything is asked: %s", async (_name, given, why) => {
  await expect(bench.predict({ ...NAMES, ...given })).rejects.toThrow(why);
});
