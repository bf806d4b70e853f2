import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { SeldonDeployment } from "../../src/domain/seldon/resource.ts";
import { startSmallBench, type SmallBench } from "../world/kubernetes/deploying.ts";

const D = `sha256:${"a".repeat(64)}`;
const E = `sha256:${"b".repeat(64)}`;
const BANDIT = `
name: bandit
type: router
image: acme/bandit@${D}
parameters: {n_branches: 2, epsilon: 0.1}
children:
  - name: forest
  - name: network
`;

/** What build-model-image hands on, in one line. */
function record(name: string, digest: string, decision?: "passed" | "rejected"): string {
  return JSON.stringify({
    schema: 1,
    model: {
      name,
      flavor: "sklearn",
      fingerprint: "b".repeat(64),
      parts: { code: "c".repeat(64) },
      path: "model/model.joblib",
      digest: D,
      files: 1,
      bytes: 5000,
    },
    source: {
      repository: "acme/digits",
      sha: "d".repeat(40),
      ref: "refs/heads/main",
      event: "push",
      runId: "17",
      runAttempt: 1,
    },
    training: { command: "true", params: {}, seconds: 1, skipped: false, reason: "first", changed: [] },
    ...(decision === undefined ? {} : { gate: { decision, rules: [] } }),
    image: { repository: `ghcr.io/acme/${name}`, digest, layers: [] },
  });
}

let bench: SmallBench;

beforeEach(async () => {
  bench = await startSmallBench();
});

afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

const images = (sdep: SeldonDeployment) =>
  sdep.spec.predictors[0]!.componentSpecs![0]!.spec!.containers!.map(({ name, image }) => [name, image]);

describe("a graph", () => {
  test("of images and records becomes one deployment, and is proven by a request through it", async () => {
    const given = {
      name: "bandit",
      graph: BANDIT,
      images: `forest: ${record("forest", D, "passed")}\nnetwork: ${record("network", E, "passed")}`,
      "require-gate": "true",
      replicas: "2",
      resources: "requests: {cpu: 100m}",
    };
    const { outputs, failure } = await bench.deploy(given);
    expect(failure, bench.said.join("\n")).toBeUndefined();
    const path = "/apis/machinelearning.seldon.io/v1/namespaces/models/seldondeployments/bandit";
    const sdep = bench.api.get(path) as unknown as SeldonDeployment;
    const [predictor] = sdep.spec.predictors;
    expect(predictor).toMatchObject({
      name: "default",
      replicas: 2,
      graph: { name: "bandit", type: "ROUTER", children: [{ name: "forest" }, { name: "network" }] },
      svcOrchSpec: { env: [{ name: "SELDON_ENABLE_ROUTING_INJECTION", value: "true" }] },
    });
    expect(predictor!.annotations).toBeUndefined();
    expect(images(sdep)).toEqual([
      ["bandit", `acme/bandit@${D}`],
      ["forest", `ghcr.io/acme/forest@${D}`],
      ["network", `ghcr.io/acme/network@${E}`],
    ]);
    for (const each of predictor!.componentSpecs![0]!.spec!.containers!)
      expect(each).toMatchObject({ resources: { requests: { cpu: "100m" } } });
    expect(outputs.operation).toBe("created");
    expect(JSON.parse(outputs.record!)).toMatchObject({ model: { name: "forest" }, deployment: { name: "bandit" } });
    expect((await bench.deploy(given)).outputs.operation).toBe("unchanged");
    const other = await bench.deploy({ ...given, graph: BANDIT.replace("0.1", "0.2") });
    expect(other.outputs.operation).toBe("updated");
  });

  test("asks for a gate of every model, and of no component that holds none", async () => {
    const gated = (forest: string) =>
      bench.deploy({
        graph: BANDIT,
        "require-gate": "true",
        images: `forest: ${forest}\nnetwork: ${record("network", E, "passed")}`,
      });
    await expect(gated("acme/forest:1")).rejects.toThrow(/node "forest".*expected a record whose gate is passed/);
    await expect(gated(record("forest", D))).rejects.toThrow(/record of forest: expected gate passed, saw no gate/);
    await expect(gated(record("forest", D, "rejected"))).rejects.toThrow(/saw gate rejected/);
    const uri = BANDIT.replace(
      "- name: forest",
      "- {name: forest, implementation: SKLEARN_SERVER, model-uri: s3://m/1}",
    );
    await expect(
      bench.deploy({
        graph: uri,
        "require-gate": "true",
        images: `network: ${record("network", E, "passed")}`,
      }),
    ).rejects.toThrow(/a model-uri that no record names/);
    // A record in a file of the job, as every input record has it.
    writeFileSync(join(bench.folder, "forest.json"), record("forest", D, "passed"));
    const { outputs } = await bench.deploy({
      graph: BANDIT,
      "require-gate": "true",
      "dry-run": "client",
      images: `forest: file:forest.json\nnetwork: ${record("network", E, "passed")}`,
    });
    expect(JSON.parse(outputs.manifest!)).toMatchObject({ kind: "SeldonDeployment" });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ["an image beside it", { graph: BANDIT, image: "x" }, /input "image": expected nothing beside a graph/],
    [
      "a manifest beside it",
      { graph: BANDIT, manifest: "x.yaml" },
      /input "manifest": expected nothing beside a graph/,
    ],
    ["parameters beside it", { graph: BANDIT, parameters: "a: 1" }, /"parameters": expected nothing beside a graph/],
    ["no executor", { graph: BANDIT, engine: "none" }, /"engine": expected auto or executor/],
    ["images without it", { image: "x", images: "forest: x" }, /"images": expected a graph/],
    ["an image of no node", { graph: BANDIT, images: "forest: a\nnetwork: b\nother: c" }, /the image for "other"/],
    ["no line", { graph: BANDIT, images: "forest" }, /"images", line 1: expected `<node>: <image or record>`/],
    ["a node twice", { graph: BANDIT, images: "forest: a\nforest: b" }, /one line for each node/],
    ["a layout", { graph: BANDIT, images: "forest: oci:out\nnetwork: b" }, /an image in a registry/],
    ["a record without an image", { graph: BANDIT, images: "forest: file:no.json" }, /"forest".*a file no\.json/],
    ["another target", { graph: BANDIT, target: "kubernetes" }, /"graph": expected nothing with target: kubernetes/],
    [
      "images elsewhere",
      { images: "a: b", target: "local", name: "x" },
      /"images": expected nothing with target: local/,
    ],
    [
      "credentials of another store",
      {
        graph: BANDIT.replace(
          "- name: forest",
          "- {name: forest, implementation: SKLEARN_SERVER, model-uri: gs://m/1}",
        ),
        images: "network: b",
        "storage-credentials": "s3: {access-key-id: a, secret-access-key: Zq7-very}",
      },
      /starts with s3:/,
    ],
  ])("with %s is refused", async (_name, given, told) => {
    await expect(bench.deploy(given)).rejects.toThrow(told);
  });

  test("stands as a canary beside the graph that serves", async () => {
    const given = { graph: BANDIT, images: "forest: acme/forest:1\nnetwork: acme/network:1" };
    expect((await bench.deploy(given)).failure, bench.said.join("\n")).toBeUndefined();
    const newer = { ...given, images: "forest: acme/forest:2\nnetwork: acme/network:1" };
    const { failure } = await bench.deploy({ ...newer, strategy: "canary", gateway: "none" });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(bench.sdep()!.spec.predictors.map(({ name, traffic }) => [name, traffic])).toEqual([
      ["default", 90],
      ["canary", 10],
    ]);
    await bench.deploy({ strategy: "canary", gateway: "none", step: "finish" });
    expect(images(bench.sdep()!)[1]).toEqual(["forest", "docker.io/acme/forest:2"]);
  });
});

describe("a manifest of one's own", () => {
  const manifest = (explainer: string): string => `
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata: {name: digits, namespace: models}
spec:
  predictors:
    - name: default
      replicas: 1
      traffic: 100
      graph: {name: classifier, type: MODEL, children: []}
      componentSpecs: [{spec: {containers: [{name: classifier, image: "acme/digits:1"}]}}]
      explainer: {type: AnchorTabular, modelUri: "gs://models/${explainer}/1"}
    - name: beside
      shadow: true
      replicas: 1
      graph: {name: classifier, type: MODEL, children: []}
      componentSpecs: [{spec: {containers: [{name: classifier, image: "acme/digits:2"}]}}]
`;

  test("passes shadow and explainer on, and waits for both", async () => {
    writeFileSync(join(bench.folder, "sdep.yaml"), manifest("explainer"));
    const { outputs, failure } = await bench.deploy({ manifest: "sdep.yaml" });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("created");
    const [first, second] = bench.sdep()!.spec.predictors;
    expect(first!.explainer).toEqual({ type: "AnchorTabular", modelUri: "gs://models/explainer/1" });
    expect(second).toMatchObject({ name: "beside", shadow: true });
    // A changed explainer is a change of the object, and of no pod of a model.
    writeFileSync(join(bench.folder, "sdep.yaml"), manifest("better"));
    expect((await bench.deploy({ manifest: "sdep.yaml" })).outputs.operation).toBe("updated");
    expect(bench.sdep()!.spec.predictors[0]!.labels).toEqual(first!.labels);
  });

  test("whose explainer never comes up is not green", async () => {
    writeFileSync(join(bench.folder, "sdep.yaml"), manifest("nope"));
    const { failure } = await bench.deploy({ manifest: "sdep.yaml", "wait-timeout": "2s" });
    expect(failure).toContain("digits-default-explainer");
  });
});
