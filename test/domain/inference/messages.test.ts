// Our messages against protobuf's own library, by the descriptors that seldon-core 1.17.1 and MLServer 1.7.1 bring: each reads what we
// write as what was meant, and we read what it writes.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import {
  decodeSeldonMessage,
  encodeFeedback,
  encodeSeldonMessage,
} from "../../../src/domain/inference/seldon-message.ts";
import { decodeInferResponse, encodeInferRequest } from "../../../src/domain/inference/v2-message.ts";
import type { Json } from "../../../src/domain/text/json.ts";
import { pythonWith } from "../../actions/predict-bench.ts";

const EXAMPLES = join(import.meta.dirname, "../../../workflows-examples");
const requirements = (of: string): string => readFileSync(join(EXAMPLES, of, "requirements.txt"), "utf8");

/** Reads lines of `{type, hex}` as JSON and lines of `{type, json}` as hex, by protobuf's own library. */
const ORACLE = `import importlib, json, sys
from google.protobuf import json_format
module = importlib.import_module(sys.argv[1])
for line in sys.stdin:
    asked = json.loads(line)
    message = getattr(module, asked["type"])()
    if "hex" in asked:
        message.ParseFromString(bytes.fromhex(asked["hex"]))
        print(json.dumps(json_format.MessageToDict(message, preserving_proto_field_name=True)))
    else:
        json_format.ParseDict(asked["json"], message)
        print(json.dumps(message.SerializeToString().hex()))
`;

function oracle(python: string, module: string, asked: readonly object[]): Json[] {
  const input = asked.map((each) => `${JSON.stringify(each)}\n`).join("");
  const text = execFileSync(python, ["-c", ORACLE, module], { input, encoding: "utf8", maxBuffer: 2 ** 26 });
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Json);
}

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => (Object.is(each, -0) ? 0 : each));
const name = fc.string({ maxLength: 8, unit: "grapheme" }).filter((each) => each !== "__proto__");
const value: fc.Arbitrary<Json> = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    number,
    fc.string({ unit: "grapheme" }),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(name, tie("any"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any;
const data = fc.oneof(
  fc.record({
    names: fc.array(name, { minLength: 1, maxLength: 3 }),
    ndarray: fc.array(fc.array(value, { maxLength: 3 }), { maxLength: 4 }),
  }),
  fc.array(number, { minLength: 1, maxLength: 6 }).map((values) => ({ tensor: { shape: [1, values.length], values } })),
);
const message = fc.oneof(
  data.map((each) => ({ data: each })),
  fc.string().map((strData) => ({ strData })),
  value.map((jsonData) => ({ jsonData })),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => ({ binData: Buffer.from(bytes).toString("base64") })),
) as fc.Arbitrary<Json>;

/** Empty lists that no field of their own says: protobuf does not tell them from absent ones. */
const settled = (json: Json): Json => JSON.parse(JSON.stringify(json)) as Json;

describe("SeldonMessage", () => {
  let python: string;
  beforeAll(async () => {
    python = await pythonWith(requirements("digits"));
  }, 300_000);
  const MODULE = "seldon_core.proto.prediction_pb2";

  test("what we write is read as it was meant, and the other way round", () => {
    const messages = fc.sample(message, { numRuns: 300, seed: 7 });
    const read = oracle(
      python,
      MODULE,
      messages.map((each) => ({ type: "SeldonMessage", hex: encodeSeldonMessage(each).toString("hex") })),
    );
    expect(read).toEqual(messages.map(settled));
    const written = oracle(
      python,
      MODULE,
      messages.map((json) => ({ type: "SeldonMessage", json })),
    ) as string[];
    expect(written.map((hex) => settled(decodeSeldonMessage(Buffer.from(hex, "hex"))))).toEqual(messages.map(settled));
  });

  test("meta, status and feedback", () => {
    const meta = {
      puid: "p",
      tags: { a: 1, b: [true, null] },
      routing: { r: -1, q: 3 },
      requestPath: { m: "image:1" },
    };
    const json = { meta, data: { ndarray: [[1]] } };
    const feedback = { request: json, response: json, reward: 0.5, truth: { strData: "x" } };
    const [read] = oracle(python, MODULE, [{ type: "Feedback", hex: encodeFeedback(feedback).toString("hex") }]);
    expect(read).toEqual(feedback);
    const answer = {
      status: { code: 500, info: "why", reason: "BAD", status: "FAILURE" },
      meta: { ...meta, metrics: [{ key: "k", type: "GAUGE", value: 2.5 }] },
      strData: "",
    };
    const [hex] = oracle(python, MODULE, [{ type: "SeldonMessage", json: answer }]) as [string];
    expect(settled(decodeSeldonMessage(Buffer.from(hex, "hex")))).toEqual(answer);
  });
});

describe("ModelInfer", () => {
  let python: string;
  beforeAll(async () => {
    python = await pythonWith(requirements("mlserver"));
  }, 300_000);
  const MODULE = "mlserver.grpc.dataplane_pb2";

  test("a request is read as it was meant", () => {
    const json = {
      id: "7",
      inputs: [
        {
          name: "a",
          datatype: "INT64",
          shape: [2, 1],
          data: [-1, 2],
          parameters: { content_type: "np", flag: true, n: 3 },
        },
        { name: "b", datatype: "BYTES", shape: [1], data: ["ü"] },
        { name: "c", datatype: "BOOL", shape: [2], data: [true, false] },
        { name: "d", datatype: "FP32", shape: [1], data: [[0.5]] },
      ],
      outputs: [{ name: "y" }],
    };
    const [read] = oracle(python, MODULE, [
      { type: "ModelInferRequest", hex: encodeInferRequest("m", json).toString("hex") },
    ]);
    expect(read).toEqual({
      model_name: "m",
      id: "7",
      inputs: [
        {
          name: "a",
          datatype: "INT64",
          shape: ["2", "1"],
          parameters: { content_type: { string_param: "np" }, flag: { bool_param: true }, n: { int64_param: "3" } },
          contents: { int64_contents: ["-1", "2"] },
        },
        {
          name: "b",
          datatype: "BYTES",
          shape: ["1"],
          contents: { bytes_contents: [Buffer.from("ü").toString("base64")] },
        },
        { name: "c", datatype: "BOOL", shape: ["2"], contents: { bool_contents: [true, false] } },
        { name: "d", datatype: "FP32", shape: ["1"], contents: { fp32_contents: [0.5] } },
      ],
      outputs: [{ name: "y" }],
    });
  });

  test("answers in fields and in raw bytes are read alike", () => {
    const raw = (bytes: readonly number[]): string => Buffer.from(bytes).toString("base64");
    const float = Buffer.alloc(8);
    float.writeFloatLE(1.5, 0);
    float.writeFloatLE(Number.NaN, 4);
    const answers = oracle(python, MODULE, [
      {
        type: "ModelInferResponse",
        json: {
          model_name: "m",
          outputs: [
            { name: "a", datatype: "INT32", shape: ["2"], contents: { int_contents: [-5, 6] } },
            { name: "b", datatype: "FP64", shape: ["1"], contents: { fp64_contents: [0.1] } },
            { name: "c", datatype: "BYTES", shape: ["1"], contents: { bytes_contents: [raw([0x61])] } },
          ],
        },
      },
      {
        type: "ModelInferResponse",
        json: {
          model_name: "m",
          outputs: ["FP32", "INT16", "UINT8", "BYTES", "BOOL"].map((datatype) => ({
            name: datatype,
            datatype,
            shape: ["2"],
          })),
          raw_output_contents: [
            float.toString("base64"),
            raw([0xff, 0xff, 0x02, 0x00]),
            raw([200, 1]),
            raw([1, 0, 0, 0, 0x61, 2, 0, 0, 0, 0x62, 0x63]),
            raw([1, 0]),
          ],
        },
      },
    ]) as string[];
    const data = answers.map((hex) =>
      (decodeInferResponse(Buffer.from(hex, "hex")) as unknown as { outputs: { data: Json }[] }).outputs.map(
        (each) => each.data,
      ),
    );
    expect(data).toEqual([
      [[-5, 6], [0.1], ["a"]],
      [
        [1.5, null],
        [-1, 2],
        [200, 1],
        ["a", "bc"],
        [true, false],
      ],
    ]);
  });
});

test("bytes that are no message are refused, never read past their end", () => {
  fc.assert(
    // Whatever of it is taken for a length or a field number is small, so that much of it is read.
    fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 60 }), fc.nat(255)), { maxLength: 64 }), (bytes) => {
      for (const read of [decodeSeldonMessage, decodeInferResponse]) {
        try {
          expect(read(Buffer.from(bytes))).toBeTypeOf("object");
        } catch (thrown) {
          expect((thrown as Error).name).toBe("ActionError");
        }
      }
    }),
    { numRuns: 20_000 },
  );
});
