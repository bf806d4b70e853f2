import { describe, expect, it } from "vitest";
import { buildGraph, flatten, parseGraph } from "../../../src/domain/seldon/graph.ts";
import { lintSeldonDeployment } from "../../../src/domain/seldon/lint.ts";

const D = `@sha256:${"a".repeat(64)}`;
const NOTHING = { storageSecret: undefined, serviceAccount: undefined, pod: {} };

const BANDIT = `
name: bandit
type: router
image: ghcr.io/acme/epsilon-greedy${D}
parameters: { n_branches: 2, epsilon: 0.1, verbose: true }
children:
  - name: forest
    image: ghcr.io/acme/forest${D}
  - name: network
    implementation: SKLEARN_SERVER
    model-uri: s3://models/network/3
`;

const mistakesOf = async (text: string, images?: ReadonlyMap<string, string>): Promise<string> => {
  try {
    await parseGraph(text, images);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return "";
};

describe("a graph in short form", () => {
  it("becomes Seldon's own, one container a node that has an image", async () => {
    const built = buildGraph(await parseGraph(BANDIT), { ...NOTHING, storageSecret: "store" });
    expect(built.graph).toEqual({
      name: "bandit",
      type: "ROUTER",
      parameters: [
        { name: "n_branches", value: "2", type: "INT" },
        { name: "epsilon", value: "0.1", type: "FLOAT" },
        { name: "verbose", value: "true", type: "BOOL" },
      ],
      children: [
        { name: "forest", type: "MODEL", children: [] },
        {
          name: "network",
          implementation: "SKLEARN_SERVER",
          modelUri: "s3://models/network/3",
          envSecretRefName: "store",
          children: [],
        },
      ],
    });
    expect(built.componentSpecs?.[0]?.spec?.containers?.map(({ name }) => name)).toEqual(["bandit", "forest"]);
    expect(built.svcOrchSpec?.env).toEqual([{ name: "SELDON_ENABLE_ROUTING_INJECTION", value: "true" }]);
  });

  it("makes an A/B test of the executor's own, of exactly one parameter", async () => {
    const two = `{name: ab, type: abtest, ratio: 0.3, children: [{name: a, image: a${D}}, {name: b, image: b${D}}]}`;
    const { graph } = buildGraph(await parseGraph(two), NOTHING);
    expect(graph).toMatchObject({
      implementation: "RANDOM_ABTEST",
      parameters: [{ name: "ratioA", value: "0.3", type: "FLOAT" }],
    });
    expect(graph.type).toBeUndefined();
  });

  it("takes images from elsewhere, by the names of nodes", async () => {
    const text = "{name: t, type: transformer, children: [{name: m}]}";
    const images = new Map([
      ["t", `x/t${D}`],
      ["m", `x/m${D}`],
    ]);
    expect(flatten(await parseGraph(text, images)).map(({ image }) => image)).toEqual([`x/t${D}`, `x/m${D}`]);
    expect(await mistakesOf(text)).toContain("graph.children[0]: expected an image");
    expect(await mistakesOf(text, new Map([...images, ["other", "x"]]))).toContain('the image for "other"');
  });

  it("passes the lint of a whole deployment, each kind of node", async () => {
    const text = `
name: detector
type: outlier-detector
image: x/detector${D}
children:
  - name: scaler
    type: transformer
    image: x/scaler${D}
    children:
      - name: mean
        type: combiner
        image: x/mean${D}
        children:
          - {name: one, image: x/one${D}, env: {THREADS: 2}}
          - name: shown
            type: output-transformer
            image: x/shown${D}
            children: [{name: two, image: x/two${D}}]
`;
    const built = buildGraph(await parseGraph(text), NOTHING);
    const found = lintSeldonDeployment({
      apiVersion: "machinelearning.seldon.io/v1",
      kind: "SeldonDeployment",
      metadata: { name: "graph" },
      spec: { predictors: [{ name: "default", replicas: 1, ...built }] },
    } as never);
    expect(found.filter(({ level }) => level === "error")).toEqual([]);
    expect(JSON.stringify(built.componentSpecs)).toContain('{"name":"THREADS","value":"2"}');
  });

  it.each([
    ["a name that is missing", "{image: x}", "graph.name"],
    ["a name that is no label", "{name: Model_A, image: x}", "48 small letters"],
    ["a name of 49", `{name: ${"a".repeat(49)}, image: x}`, "48 small letters"],
    ["two of one name", "{name: a, type: combiner, image: x, children: [{name: a, image: x}]}", "a second time"],
    ["an unknown type", "{name: a, type: shuffler, image: x}", "one of model, router"],
    ["an unknown field", "{name: a, image: x, imag: y}", 'graph."imag"'],
    ["neither image nor server", "{name: a}", "saw neither"],
    ["both", "{name: a, image: x, implementation: SKLEARN_SERVER}", "saw both"],
    [
      "a router of one",
      "{name: a, type: router, image: x, children: [{name: b, image: x}]}",
      "two children of a router",
    ],
    ["a combiner of none", "{name: a, type: combiner, image: x}", "that are combined"],
    [
      "an A/B test of three",
      "{name: a, type: abtest, children: [{name: b, image: x}, {name: c, image: x}, {name: d, image: x}]}",
      "two children of an abtest",
    ],
    [
      "a ratio of one",
      "{name: a, type: abtest, ratio: 1, children: [{name: b, image: x}, {name: c, image: x}]}",
      "between 0 and 1",
    ],
    ["a ratio elsewhere", "{name: a, image: x, ratio: 0.5}", "for an abtest alone"],
    ["a list for a parameter", "{name: a, image: x, parameters: {p: [1]}}", "graph.parameters, parameter p"],
    ["a list", "[1]", "a node: name"],
  ])("refuses %s", async (_title, text, expected) => {
    expect(await mistakesOf(text)).toContain(expected);
  });

  it("refuses what is deeper than the cluster keeps", async () => {
    const deep = (levels: number): string =>
      levels === 0
        ? "{name: n0, image: x}"
        : `{name: n${levels}, type: transformer, image: x, children: [${deep(levels - 1)}]}`;
    expect(await mistakesOf(deep(10))).toBe("");
    expect(await mistakesOf(deep(11))).toContain("at most 10 levels");
  });
});
