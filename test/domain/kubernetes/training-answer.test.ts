import { expect, test } from "vitest";

import {
  answeredMetrics,
  answerOfPods,
  answerOfWorkflow,
  lastWordsOf,
} from "../../../src/domain/kubernetes/training-answer.ts";
import type { KubernetesObject, Pod } from "../../../src/domain/kubernetes/object.ts";

const digest = `sha256:${"a".repeat(64)}`;
const model = { uri: "pvc://models/iris/1", digest };
const words = (message: string, pod = "p") => ({ pod, container: "c", message });

test("one container tells, others say nothing or no JSON", () => {
  const told = JSON.stringify({ metrics: { accuracy: 0.9 }, model: { ...model, files: 1, bytes: 10 } });
  const answer = answerOfPods([words("bye", "w-1"), words(told), words(` ${told}\n`, "w-2")], "Job x");
  expect(answer).toEqual({ metrics: { accuracy: 0.9 }, model: { ...model, files: 1, bytes: 10 } });
  expect(answeredMetrics(answer, "x")).toEqual({ text: '{"accuracy":0.9}' });
});

test.each([
  ["nothing", [], /a termination message with the model's URI and digest/],
  ["no digest", [words('{"model":{"uri":"s3://a/b"}}')], /model\.digest/],
  ["a digest of another kind", [words(JSON.stringify({ model: { ...model, digest: "md5:1" } }))], /64 hex digits/],
  ["a place upwards", [words(JSON.stringify({ model: { ...model, uri: "pvc://models/../x" } }))], /a URI/],
  ["a file of this machine", [words(JSON.stringify({ model: { ...model, uri: "/etc/passwd" } }))], /a URI/],
  ["unknown fields", [words(JSON.stringify({ model, gate: 1 }))], /gate/],
  [
    "two that differ",
    [words(JSON.stringify({ model })), words(JSON.stringify({ model, metrics: { a: 1 } }), "q")],
    /p\/c, q\/c/,
  ],
  ["a cut message", [words(`{"model": "${"x".repeat(4087)}`)], /at most 4096 bytes/],
  ["NaN", [words(`{"metrics":{"a":NaN},"model":${JSON.stringify(model)}}`)], /termination message of p\/c/],
] as const)("refused: %s", (_name, all, why) => {
  expect(() => answerOfPods(all, "Job x")).toThrow(why);
});

test("metrics are a map, a URI or nothing", () => {
  expect(answeredMetrics({ model }, "x")).toBeUndefined();
  expect(answeredMetrics({ model, metrics: null }, "x")).toBeUndefined();
  expect(answeredMetrics({ model, metrics: "s3://models/m.json" }, "x")).toEqual({ uri: "s3://models/m.json" });
  expect(() => answeredMetrics({ model, metrics: "0.93" }, "x")).toThrow(/a map of metrics/);
});

const workflow = (status: object): KubernetesObject => ({ metadata: { name: "w" }, status: status as never });
const parameters = (...all: [string, string, string?][]) => ({
  parameters: all.map(([name, value, globalName]) => ({
    name,
    value,
    ...(globalName === undefined ? {} : { globalName }),
  })),
});

test("a Workflow's global outputs go before its steps'", () => {
  const answer = answerOfWorkflow(
    workflow({
      outputs: parameters(["model-digest", `${digest}\n`], ["metrics", '{"a": 1}']),
      nodes: {
        one: { outputs: parameters(["uri", model.uri, "model-uri"], ["metrics", '{"a": 2}']) },
        two: { outputs: parameters(["model-uri", model.uri]) },
      },
    }),
    "Workflow w",
  );
  expect(answer).toEqual({ model, metrics: { a: 1 } });
});

test("a Workflow without a digest, or with two places, is refused", () => {
  expect(() => answerOfWorkflow(workflow({ outputs: parameters(["model-uri", "s3://a/b"]) }), "w")).toThrow(
    /no model-digest/,
  );
  expect(() => answerOfWorkflow(workflow({}), "w")).toThrow(/saw neither/);
  const nodes = {
    one: { outputs: parameters(["model-uri", "s3://a/b"]) },
    two: { outputs: parameters(["model-uri", "s3://a/c"]) },
  };
  expect(() => answerOfWorkflow(workflow({ nodes }), "w")).toThrow(/one output parameter model-uri, saw 2 that differ/);
});

test("only what ended well has last words", () => {
  const ended = (name: string, exitCode: number, message: string) => ({
    name,
    state: { terminated: { exitCode, message } },
  });
  const pod: Pod = {
    metadata: { name: "p" },
    status: { containerStatuses: [ended("a", 0, "well"), ended("b", 1, "badly"), ended("c", 0, " "), { name: "d" }] },
  };
  expect(lastWordsOf(pod)).toEqual([{ pod: "p", container: "a", message: "well" }]);
});
