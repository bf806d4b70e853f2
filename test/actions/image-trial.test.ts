// Models that the real seldon-core 1.17.1 answers for with a healthy status and often HTTP 200, and what is told of each.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { messageOf } from "../../src/errors.ts";
import { imageBench, type ImageBench } from "./image-bench.ts";

/** The one environment that the demo makes, too. */
const REQUIREMENTS = readFileSync(
  join(import.meta.dirname, "../../workflows-examples/digits/requirements.txt"),
  "utf8",
);
const CONTRACT = JSON.stringify({
  features: [{ name: "x", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 4 }],
  targets: [{ name: "p", dtype: "FLOAT", ftype: "continuous", range: [0, 1], repeat: 3 }],
});

let bench: ImageBench;
beforeEach(() => {
  bench = imageBench();
});
afterEach(() => bench.close());

function project(body: string): void {
  bench.put("M.py", `import numpy as np\n\n\nclass M:\n${body.replace(/^/gm, "    ")}\n`);
  bench.put("requirements.txt", REQUIREMENTS);
  bench.put("contract.json", CONTRACT);
}
const GIVEN = { "model-class": "M", requirements: "requirements.txt", image: "oci:image", contract: "contract.json" };
const predict = (line: string): string => `def predict(self, X, names=None):\n    ${line}`;
const ROWS = "[[0.1, 0.7, 0.2]] * len(X)";

test("a good model is asked in every way, and what it showed is kept", async () => {
  project(`def __init__(self, scale=0):\n    self.scale = scale\n${predict(`return np.array(${ROWS}) * self.scale`)}`);
  bench.put("golden.json", JSON.stringify([{ input: [[1, 2, 3, 4]], expected: [[0.05, 0.35, 0.1]], tolerance: 1e-9 }]));
  const { outputs, summary } = await bench.build({
    ...GIVEN,
    parameters: "scale: 0.5",
    golden: "golden.json",
    "smoke-request": "{body: {data: {ndarray: [[1, 2, 3, 4]]}}, expect: {shape: [1, 3]}}",
    "contract-report": "report/junit.xml",
    "max-p95": "5000",
    "max-memory": "4000",
  });
  expect(outputs.digest).toMatch(/^sha256:/);
  expect(Number(outputs["start-seconds"])).toBeGreaterThan(0.2);
  expect(Number(outputs["p95-milliseconds"])).toBeGreaterThan(0);
  expect(summary).toContain("| contract, 16 rows again | passed |");
  expect(summary).toMatch(/p50 .* over 20 requests; \d+ MB of memory/);
  const junit = readFileSync(join(bench.workspace, "report/junit.xml"), "utf8");
  expect(junit).toContain('tests="11" failures="0"');
  expect(readdirSync(bench.temp + "/model-road")).toEqual([]);
}, 300_000);

describe("refused before the push", () => {
  test.each<[string, string, RegExp]>([
    ["None", predict("r = None\n    return r"), /contract, 1 row: .*HTTP status: expected 200, saw 400/],
    ["an exception", predict("raise ValueError('broken inside')\n    return X"), /HTTP status: expected 200, saw 500/],
    [
      "one dimension",
      predict("return np.array([0.1, 0.7, 0.2])"),
      /data\.ndarray: expected 2 dimensions or more.* saw shape \[3\]/,
    ],
    ["NaN", predict("return np.full((len(X), 3), np.nan)"), /expected finite numbers, saw NaN or Infinity/],
    ["null", predict("return [[0.1, None, 0.2]] * len(X)"), /data\.ndarray: expected values, saw null/],
    [
      "too few names",
      `${predict(`return np.array(${ROWS})`)}\ndef class_names(self):\n    return ["a", "b"]`,
      /data\.names: expected 3 names, one for each column, saw 2/,
    ],
    [
      "too many names",
      `${predict(`return np.array(${ROWS})`)}\ndef class_names(self):\n    return list("abcd")`,
      /expected 3 names, one for each column, saw 4/,
    ],
    [
      "too few rows",
      predict("return np.array([[0.1, 0.7, 0.2]])"),
      /contract, 2 rows: .*expected 2 rows, as many as were sent, saw 1/,
    ],
    ["too few columns", predict("return np.array([[0.1, 0.7]] * len(X))"), /expected 3 columns \(p1, p2, p3\), saw 2/],
    ["a text", predict("return 'yes'"), /expected a table \(data\.ndarray, .*saw none|strData/],
    ["a dictionary", predict("return {'a': 1}"), /expected a table \(data\.ndarray, .*saw none/],
    [
      "out of range",
      predict("return np.array([[0.1, 7, 0.2]] * len(X))"),
      /data\.ndarray\[0\]\[1\] \(p2\): expected 1 or less, saw "7(\.0)?"/,
    ],
    [
      "another answer each time",
      predict("return np.random.rand(len(X), 3)"),
      /expected the same answer when asked twice, saw another/,
    ],
    [
      "__init__ fails",
      `def __init__(self):\n    raise RuntimeError("no such weights")\n${predict("return X")}`,
      /expected to go on, saw exit code 1.*no such weights/,
    ],
    [
      "load fails",
      `def load(self):\n    raise RuntimeError("no such weights")\n${predict("return X")}`,
      /no such weights|expected to go on, saw exit code 3/,
    ],
  ])(
    "%s",
    async (_name, body, why) => {
      project(body);
      const told = await bench.build(GIVEN).then(() => "accepted", messageOf);
      expect(told).toMatch(why);
      expect(bench.said.join("\n")).toContain("The server's last lines:");
      expect(existsSync(join(bench.workspace, "image/index.json"))).toBe(false);
      expect(readdirSync(bench.temp + "/model-road")).toEqual([]);
    },
    120_000,
  );

  test("a smoke request that is answered otherwise, a golden answer that differs, and a bound", async () => {
    project(predict(`return np.array(${ROWS})`));
    bench.put("golden.json", JSON.stringify([{ input: [[1, 2, 3, 4]], expected: [[0.1, 0.7, 0.3]] }]));
    const told = await bench
      .build({
        ...GIVEN,
        golden: "golden.json",
        "smoke-request": "{body: {data: {ndarray: [[1, 2, 3, 4]]}}, expect: {shape: [1, 4]}}",
        "contract-report": "junit.xml",
        "max-memory": "16",
      })
      .then(() => "accepted", messageOf);
    expect(told).toMatch(/smoke request, JSON: .*expected shape \[1, 4\], saw shape \[1, 3\]/);
    expect(told).toMatch(/smoke request, form json=: /);
    expect(told).toMatch(/golden 1: .*data\.ndarray\[0\]\[2\]: expected 0\.3 ± 0\.000001, saw 0\.2/);
    expect(told).toMatch(/at most 16 MiB \(max-memory\)/);
    expect(readFileSync(join(bench.workspace, "junit.xml"), "utf8")).toContain('failures="3"');
  }, 120_000);

  test("a class that never returns is told without starting anything", async () => {
    project(predict("self.model.predict(X)"));
    await expect(bench.build(GIVEN)).rejects.toThrow("expected M.predict to return a value");
    expect(bench.said).toEqual(expect.not.arrayContaining([expect.stringContaining("server")]));
  });
});

test("a router answers at its own path", async () => {
  project("def route(self, X, names=None):\n    return 0");
  bench.put(".s2i/environment", "MODEL_NAME=M\nAPI_TYPE=REST\nSERVICE_TYPE=ROUTER\nPERSISTENCE=0\nEXTRA=1\n");
  const { outputs } = await bench.build({
    requirements: "requirements.txt",
    image: "oci:image",
    "smoke-request": "{body: {data: {ndarray: [[1, 2]]}}, expect: {shape: [1, 1]}}",
  });
  expect(outputs.skipped).toBe("false");
  expect(bench.said.join("\n")).toContain("API_TYPE is read no more");
}, 120_000);

test("a plain program is tried on loopback, whatever it binds to", async () => {
  bench.put(
    "app.py",
    `from flask import Flask, jsonify, request

app = Flask(__name__)


@app.route("/score", methods=["POST"])
def score():
    return jsonify({"score": [2 * each for each in request.get_json()["X"]]})


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000)
`,
  );
  bench.put("requirements.txt", REQUIREMENTS);
  const given = {
    wrapper: "flask",
    requirements: "requirements.txt",
    image: "oci:image",
  };
  const ask = (expected: string): string => `{path: /score, body: {X: [1, 2]}, expect: {values: {score: ${expected}}}}`;
  await expect(bench.build({ ...given, "smoke-request": ask("[2, 5]") })).rejects.toThrow(
    "the answer.score[1]: expected 5",
  );
  expect((await bench.build({ ...given, "smoke-request": ask("[2, 4]") })).outputs.skipped).toBe("false");
}, 120_000);
