// The root action: the whole road in one job, with a model that takes no time to train and the real seldon-core.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { dispatch, push } from "../runner/events.ts";
import { startMachine, type Machine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub, type GitHub } from "../world/github-rest/github.ts";

const root = resolve(import.meta.dirname, "..", "..");

const workflow = (bound: string, onReject: string): string => `
on: [push, workflow_dispatch]
permissions: {contents: read, actions: read, pull-requests: write}
jobs:
  road:
    runs-on: self-hosted
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
        with: {persist-credentials: false}
      - id: road
        uses: model-road/model-road@v0.1.0
        with:
          name: fixed
          command: |
            echo '{"offset": 0.1}' > "$MODEL_PATH"
            echo '{"accuracy": 0.95}' > "$METRICS_PATH"
          code: FixedModel.py
          model: model.json
          metrics: metrics.json
          conditions: accuracy ${bound}
          on-reject: ${onReject}
          model-class: FixedModel
          requirements: requirements.txt
          image: oci:image
          target: local
          namespace: tests
          outlive-job: true
          smoke-request: "{body: {data: {ndarray: [[1, 2], [3, 4]]}}, expect: {shape: [2, 2]}}"
`;

const stop = `
on: workflow_dispatch
jobs:
  stop:
    runs-on: self-hosted
    steps:
      - id: list
        uses: model-road/model-road/actions/models@v0.1.0
        with: {command: list, target: local}
      - id: stop
        uses: model-road/model-road/actions/models@v0.1.0
        with: {command: delete, target: local, namespace: tests, name: fixed}
`;

const modelClass = `import json, os

class FixedModel:
    """Answers a fixed row for each row that it is asked."""

    def load(self):
        with open(os.environ["MODEL_PATH"]) as model:
            self.offset = json.load(model)["offset"]

    def predict(self, X, names=None, meta=None):
        return [[0.1 + self.offset, 0.9 - self.offset] for _ in X]
`;

let folder: string;
let github: GitHub;
let machine: Machine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "whole-road-"));
  github = await startGitHub({ owner: "acme", name: "fixed" });
  machine = await startMachine({ root: join(folder, "machine") });
  machine.environment["XDG_STATE_HOME"] = join(folder, "state");
  await cp(join(root, "workflows-examples", "digits", "requirements.txt"), join(folder, "requirements.txt"));
  machine.environment["XDG_CACHE_HOME"] ??= join(homedir(), ".cache");
});
afterAll(async () => {
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

const run = async (text: string, event: Parameters<typeof runWorkflow>[0]["event"]): Promise<RunResult> => {
  await github.commit({
    branch: "main",
    message: "Change the road",
    files: {
      ".github/workflows/road.yml": text,
      "FixedModel.py": modelClass,
      "requirements.txt": readFileSync(join(folder, "requirements.txt"), "utf8"),
    },
  });
  return await runWorkflow({
    github,
    machine,
    workflow: ".github/workflows/road.yml",
    event,
    repositories: { "model-road/model-road": root },
  });
};
const outputs = (result: RunResult, id: string) =>
  Object.values(result.jobs)[0]!.steps.find((step) => step.id === id)!.outputs;

test(
  "trains, gates, wraps, serves and reports in one step; a rejection that is only reported ends it green",
  { timeout: 300_000 },
  async () => {
    const passed = await run(workflow("> 0.9", "fail"), push({ branch: "main" }));
    expect(passed.conclusion, passed.log).toBe("success");
    const first = outputs(passed, "road");
    expect(first).toMatchObject({ decision: "passed", skipped: "false", operation: "created" });
    expect(first["digest"]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(first["record"]!)).toMatchObject({
      gate: { decision: "passed" },
      deployment: { url: first["prediction-url"] },
    });
    expect(passed.summary).toMatch(/fixed: passed, and serving/);

    try {
      const answer = await fetch(first["prediction-url"]!, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"data":{"ndarray":[[1,2]]}}',
      });
      expect(((await answer.json()) as { data: { ndarray: number[][] } }).data.ndarray).toEqual([[0.2, 0.8]]);

      const rejected = await run(workflow("> 0.99", "report"), push({ branch: "main" }));
      expect(rejected.conclusion, rejected.log).toBe("success");
      expect(outputs(rejected, "road")).toMatchObject({
        decision: "rejected",
        skipped: "true",
        operation: "",
        digest: "",
      });
      expect(rejected.summary).toMatch(/fixed: rejected/);
    } finally {
      const stopped = await run(stop, dispatch({ branch: "main" }));
      expect(stopped.conclusion, stopped.log).toBe("success");
      expect(JSON.parse(outputs(stopped, "list")["models"]!)).toMatchObject([
        { namespace: "tests", name: "fixed", status: "running" },
      ]);
      expect(outputs(stopped, "stop")).toMatchObject({ operation: "deleted" });
    }
    await expect(fetch(first["prediction-url"]!)).rejects.toThrow(/fetch failed/);
  },
);
