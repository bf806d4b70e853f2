// The V2 protocol against the real MLServer 1.7.1, by REST and by gRPC.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import {
  predictBench,
  startGateway,
  startMlserver,
  type Gateway,
  type ModelServer,
  type PredictBench,
} from "./predict-bench.ts";

const EXAMPLE = join(import.meta.dirname, "../../workflows-examples/mlserver");
const NAMES = { name: "scaled", namespace: "models", protocol: "v2", model: "scaled" };
/** Answers each row's sum, by the datatype that it was asked in. */
const RUNTIME = `import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse


class Scaled(MLModel):
    async def predict(self, payload):
        [first, *_] = payload.inputs
        array = NumpyCodec.decode_input(first)
        if array.size and array.flat[0] < -100:
            raise ValueError("too cold")
        total = array.sum(axis=1, keepdims=True).astype(array.dtype)
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("sum", total)])
`;

let server: ModelServer;
let gateway: Gateway;
let bench: PredictBench;

beforeAll(async () => {
  server = await startMlserver(readFileSync(join(EXAMPLE, "requirements.txt"), "utf8"), {
    "model-settings.json": JSON.stringify({ name: "scaled", implementation: "own.Scaled" }),
    "own.py": RUNTIME,
  });
  gateway = await startGateway(server.http, "/seldon/models/scaled");
}, 300_000);
afterAll(async () => {
  gateway.close();
  await server.stop();
});
beforeEach(() => {
  bench = predictBench();
});
afterEach(() => bench.close());

const tensor = (datatype: string, data: string, shape = "[2, 2]"): string =>
  `{inputs: [{name: x, datatype: ${datatype}, shape: ${shape}, data: ${data}}]}`;

test.each(["rest", "grpc"])("by %s: every kind of number, golden rows, a contract, and a failure", async (api) => {
  const at = { ...NAMES, api, "base-url": api === "rest" ? gateway.url : server.grpc };
  for (const datatype of ["FP64", "FP32", "INT64", "INT32", "INT8", "UINT8", "UINT64"]) {
    const asked = `{body: ${tensor(datatype, "[1, 2, 3, 4]")}, expect: {values: [[3], [7]]}}`;
    expect((await bench.predict({ ...at, "smoke-request": asked })).failure, datatype).toBeUndefined();
  }
  const negative = `{body: ${tensor("INT32", "[-1, -2, 3, 4]")}, expect: {values: [[-3], [7]]}}`;
  expect((await bench.predict({ ...at, "smoke-request": negative })).failure).toBeUndefined();

  bench.put("golden.json", JSON.stringify([{ input: [[1, 2.5]], expected: [[3.5]] }]));
  bench.put(
    "contract.json",
    JSON.stringify({
      features: [{ name: "x", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 3 }],
      targets: [{ name: "sum", dtype: "FLOAT", ftype: "continuous", range: [0, 3] }],
    }),
  );
  const both = await bench.predict({ ...at, golden: "golden.json", contract: "contract.json" });
  expect(both.failure).toBeUndefined();
  expect(both.outputs.passed).toBe("true");

  const cold = await bench.predict({ ...at, "smoke-request": `{body: ${tensor("FP64", "[-200, 0]", "[1, 2]")}}` });
  expect(cold.failure).toMatch(/HTTP status: expected 200, saw (?:500|400)/);
  const unknown = { ...at, model: "another", "smoke-request": `{body: ${tensor("FP64", "[1, 2]", "[1, 2]")}}` };
  expect((await bench.predict(unknown)).failure).toMatch(/HTTP status: expected 200, saw 404/);

  bench.put("rows.json", "[[1, 2], [3, 4], [5, 6]]");
  const { outputs } = await bench.predict({ ...at, data: "rows.json", predictions: "p.json", "batch-size": "2" });
  expect(readFileSync(outputs.predictions!, "utf8")).toBe("[[3],[7],[11]]\n");
});
