import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { lintSeldonDeployment, quantity } from "../../../src/domain/seldon/lint.ts";
import type { Json } from "../../../src/domain/text/json.ts";

type Fields = Record<string, Json>;
type Good = { apiVersion: string; kind: string; metadata: Fields; spec: Fields };
type Change = (document: Good) => void;

const good = (): Good => ({
  apiVersion: "machinelearning.seldon.io/v1",
  kind: "SeldonDeployment",
  metadata: { name: "digits" },
  spec: {
    predictors: [
      {
        name: "default",
        replicas: 1,
        graph: { name: "classifier", type: "MODEL", children: [] } as Record<string, Json>,
        componentSpecs: [{ spec: { containers: [{ name: "classifier", image: "acme/m@sha256:0" }] } }],
      },
    ],
  },
});

const changed = (change: Change): Json => {
  const document = good();
  change(document);
  return document;
};

const first = (document: Good): Record<string, Json> => (document.spec.predictors as Record<string, Json>[])[0]!;
const graph = (document: Good): Record<string, Json> => first(document).graph as Record<string, Json>;
const container = (document: Good): Record<string, Json> =>
  ((first(document).componentSpecs as Record<string, Json>[])[0]!.spec as { containers: Record<string, Json>[] })
    .containers[0]!;
const second = (document: Good, over: Record<string, Json>): void => {
  (document.spec.predictors as Json[]).push({ ...structuredClone(first(document)), name: "canary", ...over });
};
const prepackaged =
  (implementation: string, over: Record<string, Json> = {}): Change =>
  (document) => {
    delete first(document).componentSpecs;
    first(document).graph = { name: "classifier", implementation, modelUri: "pvc://models/digits/1", ...over };
  };
const nested = (levels: number): Json =>
  levels === 0
    ? { name: "classifier" }
    : { name: `n${levels}`, implementation: "RANDOM_ABTEST", children: [nested(levels - 1)] };

describe("what is right has no finding", () => {
  test.each<[string, Change]>([
    ["an image", () => undefined],
    ["SKLEARN_SERVER", prepackaged("SKLEARN_SERVER")],
    [
      "HUGGINGFACE_SERVER without a model-uri",
      (d) => {
        prepackaged("HUGGINGFACE_SERVER")(d);
        delete graph(d).modelUri;
        d.spec.protocol = "v2";
      },
    ],
    [
      "two predictors",
      (d) => {
        first(d).traffic = 90;
        second(d, { traffic: 10 });
      },
    ],
    [
      "a shadow",
      (d) => {
        first(d).traffic = 100;
        second(d, { shadow: true });
      },
    ],
    [
      "parameters",
      (d) => {
        graph(d).parameters = [
          { name: "n", value: "-3", type: "INT" },
          { name: "e", value: "1e-3", type: "FLOAT" },
        ];
      },
    ],
    [
      "a name of 63 characters",
      (d) => {
        d.metadata.name = "a".repeat(63);
      },
    ],
    [
      "a node's name of 48 characters",
      (d) => {
        graph(d).name = "n".repeat(48);
        container(d).name = "n".repeat(48);
      },
    ],
  ])("%s", (_name, change) => {
    expect(lintSeldonDeployment(changed(change))).toEqual([]);
  });
});

describe("what the cluster would refuse is an error", () => {
  test.each<[string, Change, string]>([
    [
      "a dot in the name",
      (d) => {
        d.metadata.name = "a.b";
      },
      "metadata.name",
    ],
    [
      "a digit first",
      (d) => {
        d.metadata.name = "1a";
      },
      "metadata.name",
    ],
    [
      "another kind",
      (d) => {
        d.kind = "Deployment";
      },
      "kind",
    ],
    [
      "another version",
      (d) => {
        d.apiVersion = "machinelearning.seldon.io/v2";
      },
      "apiVersion",
    ],
    [
      "no predictors",
      (d) => {
        d.spec.predictors = [];
      },
      "spec.predictors",
    ],
    [
      "predictors of one name",
      (d) => {
        first(d).traffic = 50;
        second(d, { name: "default", traffic: 50 });
      },
      "spec.predictors",
    ],
    [
      "a predictor in upper case",
      (d) => {
        first(d).name = "Main";
      },
      "spec.predictors[0].name",
    ],
    [
      "replicas as a text",
      (d) => {
        first(d).replicas = "1";
      },
      "spec.predictors[0].replicas",
    ],
    [
      "replicas below 0",
      (d) => {
        first(d).replicas = -1;
      },
      "spec.predictors[0].replicas",
    ],
    [
      "a deadline of 0",
      (d) => {
        first(d).progressDeadlineSeconds = 0;
      },
      "spec.predictors[0].progressDeadlineSeconds",
    ],
    [
      "a node in upper case",
      (d) => {
        graph(d).name = "Classifier";
        container(d).name = "Classifier";
      },
      "spec.predictors[0].graph.name",
    ],
    [
      "a node with _",
      (d) => {
        graph(d).name = "c_1";
        container(d).name = "c_1";
      },
      "spec.predictors[0].graph.name",
    ],
    [
      "a node's name of 49 characters",
      (d) => {
        graph(d).name = "n".repeat(49);
        container(d).name = "n".repeat(49);
      },
      "spec.predictors[0].graph.name",
    ],
    [
      "no container for a node",
      (d) => {
        container(d).name = "other";
      },
      "spec.predictors[0].graph",
    ],
    [
      "an empty image",
      (d) => {
        container(d).image = "";
      },
      "spec.predictors[0].graph",
    ],
    [
      "UNKNOWN_TYPE without methods",
      (d) => {
        graph(d).type = "UNKNOWN_TYPE";
      },
      "spec.predictors[0].graph",
    ],
    ["an unknown server", prepackaged("BOGUS_SERVER"), "spec.predictors[0].graph.implementation"],
    [
      "no model-uri",
      (d) => {
        prepackaged("SKLEARN_SERVER")(d);
        delete graph(d).modelUri;
      },
      "spec.predictors[0].graph.modelUri",
    ],
    ["TRITON without protocol v2", prepackaged("TRITON_SERVER"), "spec.protocol"],
    [
      "protocol tensorflow for SKLEARN",
      (d) => {
        prepackaged("SKLEARN_SERVER")(d);
        d.spec.protocol = "tensorflow";
      },
      "spec.protocol",
    ],
    [
      "an unknown protocol",
      (d) => {
        d.spec.protocol = "http";
      },
      "spec.protocol",
    ],
    [
      "an unknown transport",
      (d) => {
        d.spec.transport = "soap";
      },
      "spec.transport",
    ],
    [
      "two transports",
      (d) => {
        d.spec.transport = "rest";
        graph(d).endpoint = { type: "GRPC" };
      },
      "spec",
    ],
    [
      "a logger without mode",
      (d) => {
        graph(d).logger = { url: "http://x" };
      },
      "spec.predictors[0].graph.logger.mode",
    ],
    [
      "a parameter's value that is no text",
      (d) => {
        graph(d).parameters = [{ name: "n", value: true, type: "BOOL" }];
      },
      "spec.predictors[0].graph.parameters[0].value",
    ],
    [
      "http_port",
      (d) => {
        graph(d).endpoint = { http_port: 1 };
      },
      "spec.predictors[0].graph.endpoint.http_port",
    ],
    [
      "children as an object",
      (d) => {
        graph(d).children = {};
      },
      "spec.predictors[0].graph.children",
    ],
    [
      "an old volumeSource",
      (d) => {
        (((first(d).componentSpecs as Json[])[0] as Record<string, Json>).spec as Record<string, Json>).volumes = [
          { name: "v", volumeSource: {} },
        ];
      },
      "spec.predictors[0].componentSpecs[0].spec.volumes[0]",
    ],
    [
      "an image pull policy that is a number",
      (d) => {
        container(d).imagePullPolicy = 22;
      },
      "spec.predictors[0].componentSpecs[0].spec.containers[0].imagePullPolicy",
    ],
    [
      "a lone predictor with half the traffic",
      (d) => {
        first(d).traffic = 50;
      },
      "spec.predictors",
    ],
    [
      "traffic that does not sum up",
      (d) => {
        first(d).traffic = 90;
        second(d, { traffic: 20 });
      },
      "spec.predictors",
    ],
    [
      "a shadow alone",
      (d) => {
        first(d).shadow = true;
      },
      "spec.predictors",
    ],
    [
      "two shadows",
      (d) => {
        first(d).traffic = 100;
        second(d, { shadow: true });
        second(d, { shadow: true, name: "third" });
      },
      "spec.predictors",
    ],
    [
      "one Service's name for two",
      (d) => {
        first(d).annotations = { "seldon.io/svc-name": "s" };
        first(d).traffic = 50;
        second(d, { traffic: 50 });
      },
      "spec.predictors",
    ],
    [
      "a label that is none",
      (d) => {
        first(d).labels = { team: "b c" };
      },
      "spec.predictors[0].labels.team",
    ],
    [
      "more asked than allowed",
      (d) => {
        container(d).resources = { requests: { cpu: "2" }, limits: { cpu: "1000m" } };
      },
      "spec.predictors[0].componentSpecs[0].spec.containers[0].resources.requests.cpu",
    ],
    [
      "no executor over a graph",
      (d) => {
        first(d).annotations = { "seldon.io/no-engine": "true" };
        graph(d).children = [{ name: "classifier" }];
      },
      "spec.predictors[0].annotations",
    ],
    [
      "eleven levels of children",
      (d) => {
        first(d).graph = nested(11);
      },
      "spec.predictors[0].graph",
    ],
    [
      "kafka without its topics",
      (d) => {
        d.spec.serverType = "kafka";
      },
      "spec.predictors[0].svcOrchSpec.env",
    ],
    [
      "an unknown field",
      (d) => {
        first(d).componentSpec = [];
      },
      "spec.predictors[0].componentSpec",
    ],
  ])("%s", (_name, change, where) => {
    const errors = lintSeldonDeployment(changed(change)).filter(({ level }) => level === "error");
    expect(
      errors.map((each) => each.where).some((each) => each.startsWith(where)),
      JSON.stringify(errors),
    ).toBe(true);
  });

  test("what is no object at all is told, not thrown", () => {
    for (const document of [null, 1, "x", [], {}, { spec: [] }, { spec: { predictors: [1, null] } }] as Json[]) {
      expect(lintSeldonDeployment(document).some(({ level }) => level === "error")).toBe(true);
    }
  });
});

describe("what is taken, and disappoints, is a warning", () => {
  test.each<[string, Change, string]>([
    [
      "an old version",
      (d) => {
        d.apiVersion = "machinelearning.seldon.io/v1alpha2";
      },
      "apiVersion",
    ],
    [
      "spec.name",
      (d) => {
        d.spec.name = "x";
      },
      "spec.name",
    ],
    [
      "a mutable tag",
      (d) => {
        container(d).image = "acme/m:latest";
      },
      "spec.predictors[0].componentSpecs[0].spec.containers[0].image",
    ],
    [
      "an unversioned URI",
      prepackaged("SKLEARN_SERVER", { modelUri: "pvc://models/digits" }),
      "spec.predictors[0].graph.modelUri",
    ],
    [
      "a store without credentials",
      prepackaged("SKLEARN_SERVER", { modelUri: "s3://models/digits/1" }),
      "spec.predictors[0].graph.modelUri",
    ],
    [
      "a = in an annotation that reaches the pods",
      (d) => {
        d.spec.annotations = { q: "a=b" };
      },
      "spec.annotations.q",
    ],
    [
      "a timeout that is no number",
      (d) => {
        d.spec.annotations = { "seldon.io/rest-timeout": "3s" };
      },
      "spec.annotations.seldon.io/rest-timeout",
    ],
    [
      "an annotation of another era",
      (d) => {
        d.spec.annotations = { "seldon.io/rest-read-timeout": "3" };
      },
      "spec.annotations.seldon.io/rest-read-timeout",
    ],
    [
      "an unknown type",
      (d) => {
        graph(d).type = "BOGUS";
      },
      "spec.predictors[0].graph.type",
    ],
    [
      "an unknown logger mode",
      (d) => {
        graph(d).logger = { mode: "some" };
      },
      "spec.predictors[0].graph.logger.mode",
    ],
    [
      "an INT that is none",
      (d) => {
        graph(d).parameters = [{ name: "n", value: "abc", type: "INT" }];
      },
      "spec.predictors[0].graph.parameters[0].value",
    ],
    [
      "an A/B test of one",
      (d) => {
        graph(d).implementation = "RANDOM_ABTEST";
      },
      "spec.predictors[0].graph",
    ],
    [
      "a router without children",
      (d) => {
        graph(d).type = "ROUTER";
      },
      "spec.predictors[0].graph",
    ],
    [
      "what the executor does not run",
      (d) => {
        graph(d).implementation = "SIMPLE_MODEL";
      },
      "spec.predictors[0].graph.implementation",
    ],
    [
      "no pods",
      (d) => {
        first(d).replicas = 0;
      },
      "spec.predictors[0].replicas",
    ],
    [
      "another operator's",
      (d) => {
        d.metadata.labels = { "seldon.io/controller-id": "x" };
      },
      "metadata.labels",
    ],
    [
      "two nodes of one name",
      (d) => {
        graph(d).children = [{ name: "classifier" }];
      },
      "spec.predictors[0].graph.children[0].name",
    ],
  ])("%s", (_name, change, where) => {
    const findings = lintSeldonDeployment(changed(change));
    expect(findings.filter(({ level }) => level === "error")).toEqual([]);
    expect(findings.map((each) => each.where)).toContain(where);
  });
});

test("quantities", () => {
  expect([
    quantity("500m"),
    quantity("1Gi"),
    quantity("2"),
    quantity(3),
    quantity("1e3"),
    quantity("x"),
    quantity("1Xi"),
  ]).toEqual([0.5, 1_073_741_824, 2, 3, 1000, undefined, undefined]);
});

/** `SELDON_BENCH` names a folder with SeldonDeployments and what a real API server and webhook said of them. */
const manifests = join(process.env.SELDON_BENCH ?? "/nonexistent", "manifests.jsonl");

test.runIf(existsSync(manifests))("agrees with a real cluster on every published manifest", () => {
  const rows = readFileSync(manifests, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { source: string; strict_verdict: string; document: Json });
  // Taken by the API server, and then the operator fails: no Service may be called so.
  const failsLater = (where: string): boolean => where.endsWith(".name");
  const wrong = rows.filter(({ document, strict_verdict }) => {
    const errors = lintSeldonDeployment(document).filter(({ level }) => level === "error");
    return strict_verdict === "rejected" ? errors.length === 0 : errors.some(({ where }) => !failsLater(where));
  });
  expect(rows.length).toBeGreaterThan(100);
  expect(wrong.map(({ source }) => source)).toEqual([]);
});
