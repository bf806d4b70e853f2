// Components of a graph, each wrapped by the real seldon-core 1.17.1 and asked as Seldon's executor asks it before it is pushed.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { messageOf } from "../../src/errors.ts";
import { imageBench, type ImageBench } from "./image-bench.ts";

const EXAMPLES = join(import.meta.dirname, "../../workflows-examples");
/** The one environment that the demo makes, too. */
const REQUIREMENTS = readFileSync(join(EXAMPLES, "digits/requirements.txt"), "utf8");
const ROUTER = readFileSync(join(EXAMPLES, "bandit/EpsilonGreedy.py"), "utf8");
/** Four numbers in, three out. */
const CONTRACT = JSON.stringify({
  features: [{ name: "x", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 4 }],
  targets: [{ name: "y", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 3 }],
});
const SAME = JSON.stringify({
  features: [{ name: "x", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 4 }],
  targets: [{ name: "x", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 4 }],
});
const ROW = "{data: {ndarray: [[0.1, 0.2, 0.3, 0.4]]}}";

let bench: ImageBench;
beforeEach(() => {
  bench = imageBench();
});
afterEach(() => bench.close());

async function build(source: string, given: Record<string, string>, contract = CONTRACT) {
  bench.put(`${given["model-class"] ?? "M"}.py`, source);
  bench.put("requirements.txt", REQUIREMENTS);
  bench.put("contract.json", contract);
  return await bench.build({
    "model-class": "M",
    requirements: "requirements.txt",
    image: "oci:image",
    contract: "contract.json",
    ...given,
  });
}

const method = (name: string, line: string, more = ""): string =>
  `import numpy as np\n\n\nclass M:\n    def ${name}(self, X, names=None):\n        ${line}\n${more}`;

/** The service type that the pushed image starts with. */
function startedAs(): string {
  const blobs = join(bench.workspace, "image/blobs/sha256");
  for (const name of readdirSync(blobs)) {
    const text = readFileSync(join(blobs, name)).subarray(0, 100_000).toString("utf8");
    const found = /"SERVICE_TYPE=([A-Z_]+)"/.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return "none";
}

describe("a component is wrapped, asked, and pushed", () => {
  test("ROUTER: one child's number, whatever the rows, and not always the same", async () => {
    const { summary } = await build(ROUTER, {
      "model-class": "EpsilonGreedy",
      "service-type": "ROUTER",
      parameters: "{n_branches: 3, epsilon: 1}",
      "smoke-request": `{body: {data: {ndarray: [[1, 2], [3, 4]]}}}`,
    });
    expect(summary).toContain("| contract, 16 rows again | passed |");
    expect(summary).toContain("| smoke request, form json= | passed |");
    expect(startedAs()).toBe("ROUTER");
  }, 120_000);

  test("COMBINER: the answers of several children at once", async () => {
    const source = method("aggregate", "return np.mean([np.array(each)[:, :3] for each in X], axis=0)");
    const { summary } = await build(source, {
      "service-type": "COMBINER",
      "smoke-request":
        "{body: {seldonMessages: [{data: {ndarray: [[1, 1, 1, 1]]}}, {data: {ndarray: [[3, 3, 3, 3]]}}]}, expect: {values: [[2, 2, 2]]}}",
    });
    expect(summary).toContain("| contract, 5 rows again | passed |");
    expect(startedAs()).toBe("COMBINER");
  }, 120_000);

  test("TRANSFORMER: what goes into the model", async () => {
    const { summary } = await build(method("transform_input", "return np.array(X)[:, :3]"), {
      "service-type": "TRANSFORMER",
      "smoke-request": `{body: ${ROW}, expect: {values: [[0.1, 0.2, 0.3]]}}`,
    });
    expect(summary).toContain("| contract, 16 rows | passed |");
    expect(startedAs()).toBe("TRANSFORMER");
  }, 120_000);

  test("OUTPUT_TRANSFORMER: what comes out of it, by a word that the wrapper knows", async () => {
    const { summary } = await build(method("transform_output", "return np.array(X)[:, :3] / 2"), {
      "service-type": "OUTPUT_TRANSFORMER",
      "smoke-request": `{body: ${ROW}, expect: {values: [[0.05, 0.1, 0.15]]}}`,
    });
    expect(summary).toContain("| contract, 16 rows | passed |");
    expect(startedAs()).toBe("TRANSFORMER");
  }, 120_000);

  test("OUTLIER_DETECTOR: the rows as they came, the score in the tags", async () => {
    const tags = "        return X\n\n    def tags(self):\n        return {'outlier': self.far}\n";
    const source = method("transform_input", "self.far = bool(np.abs(np.array(X)).max() > 3)", tags);
    const { summary } = await build(
      source,
      {
        "service-type": "OUTLIER_DETECTOR",
        "smoke-request": `{body: ${ROW}, expect: {values: [[0.1, 0.2, 0.3, 0.4]]}}`,
      },
      SAME,
    );
    expect(summary).toContain("| contract, 16 rows | passed |");
    expect(startedAs()).toBe("OUTLIER_DETECTOR");
  }, 120_000);
});

describe("a component that would fail its graph is refused before the push", () => {
  test.each<[string, string, string, RegExp]>([
    [
      "a router that names no child",
      "ROUTER",
      method("route", "return -3"),
      /expected one child's number .*saw \[-3\]/,
    ],
    ["a router that answers a table", "ROUTER", method("route", "return np.array([[1]])"), /expected 200, saw [45]00/],
    ["a combiner of one alone", "COMBINER", method("aggregate", "return X[0]"), /expected 3 columns.*saw 4/],
    ["a combiner that fails", "COMBINER", method("aggregate", "raise ValueError('x')\n        return X"), /saw 500/],
    [
      "a transformer of other columns",
      "TRANSFORMER",
      method("transform_input", "return X"),
      /expected 3 columns.*saw 4/,
    ],
    [
      "an output transformer that loses rows",
      "OUTPUT_TRANSFORMER",
      method("transform_output", "return np.array(X)[:1, :3]"),
      /contract, 2 rows: .*expected 2 rows/,
    ],
    ["a detector that changes rows", "OUTLIER_DETECTOR", method("transform_input", "return X"), /expected 3 columns/],
  ])(
    "%s",
    async (_name, type, source, why) => {
      const told = await build(source, { "service-type": type }).then(() => "accepted", messageOf);
      expect(told).toMatch(why);
      expect(existsSync(join(bench.workspace, "image/index.json"))).toBe(false);
    },
    120_000,
  );

  test.each([
    ["ROUTER", "predict", "route"],
    ["COMBINER", "predict", "aggregate"],
    ["TRANSFORMER", "predict", "transform_input or transform_output"],
    ["OUTPUT_TRANSFORMER", "transform_input", "transform_output"],
    ["OUTLIER_DETECTOR", "score", "transform_input"],
  ])("%s with only %s, without starting it", async (type, has, needs) => {
    await expect(build(method(has, "return X"), { "service-type": type })).rejects.toThrow(`a method ${needs}`);
  });
});
