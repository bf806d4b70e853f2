// The fourth seed: a model that is there already, pinned by DVC, served by a class that implements the team's base class.
// dvc itself runs, with a folder as its remote.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { dispatch } from "../runner/events.ts";
import { ask, CACHE, MINUTES, outputsOf, ROOT, startSeed, stepOf, type SeedRoad } from "./seed-road.ts";

const DVC = "3.67.1";
const bin = join(CACHE, "tools", `dvc-${DVC}`, "bin");

let road: SeedRoad;
let first: RunResult;

const dvc = (...given: string[]): string =>
  execFileSync(join(bin, "dvc"), given, {
    cwd: road.files,
    encoding: "utf8",
    env: { ...process.env, DVC_NO_ANALYTICS: "1" },
  });

/** The real dvc in an environment of its own, made once. */
function installDvc(): void {
  if (existsSync(join(bin, ".complete"))) return;
  execFileSync("python3", ["-m", "venv", "--clear", join(bin, "..")]);
  execFileSync(join(bin, "pip"), ["install", "--quiet", "--disable-pip-version-check", `dvc==${DVC}`], {
    stdio: "inherit",
  });
  writeFileSync(join(bin, ".complete"), "");
}

beforeAll(async () => {
  installDvc();
  road = await startSeed("cluster-model", "seed-003-cluster-model.yml", {
    adapt: [["pipx run --spec 'dvc[s3]==3.67.1' dvc", "dvc"]],
  });
  road.machine.environment["PATH"] = `${bin}:${road.machine.environment["PATH"]}`;
  // What a data scientist does by hand, once: fit, dump, and give it to DVC. The library is the pinned one.
  const setUp = join(road.folder, "set-up.yml");
  writeFileSync(
    setUp,
    `on: workflow_dispatch
permissions: {}
jobs:
  fit:
    runs-on: self-hosted
    steps:
      - uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97
        with: {python-version: "3.11"}
      - run: |
          cd ${road.files}
          pip install --quiet --disable-pip-version-check --requirement requirements.txt
          python train_model.py
`,
  );
  await road.begin();
  const fitted = await runWorkflow({
    github: road.github,
    machine: road.machine,
    workflow: { file: setUp, as: ".github/workflows/set-up.yml" },
    event: dispatch(),
    repositories: { "model-road/model-road": ROOT },
  });
  if (fitted.conclusion !== "success") throw new Error(fitted.log);
  mkdirSync(join(road.folder, "remote"));
  dvc("init", "--no-scm", "--quiet");
  dvc("remote", "add", "--default", "store", join(road.folder, "remote"));
  dvc("add", "--quiet", "serialized_models/cluster_model.joblib");
  dvc("push", "--quiet");
  // A clone has neither the model nor DVC's cache.
  execFileSync("rm", ["-rf", join(road.files, ".dvc/cache"), join(road.files, ".dvc/tmp")]);
  execFileSync("rm", ["-f", join(road.files, "serialized_models/cluster_model.joblib")]);
  await road.begin();
  first = await road.push();
}, MINUTES);
afterAll(async () => {
  const file = join(road.folder, "stop.yml");
  writeFileSync(
    file,
    "on: workflow_dispatch\npermissions: {}\njobs:\n  stop:\n    runs-on: self-hosted\n    steps:\n      - uses: model-road/model-road/actions/models@v0.1.0\n        with: {command: delete, target: local, namespace: models, name: cluster-model}\n",
  );
  await runWorkflow({
    github: road.github,
    machine: road.machine,
    workflow: { file, as: ".github/workflows/stop.yml" },
    event: dispatch(),
    repositories: { "model-road/model-road": ROOT },
  });
  await road.end();
}, MINUTES);

test("DVC pulls the model, by the digest of its pin, and nothing trains", () => {
  expect(first.conclusion, first.log).toBe("success");
  const record = JSON.parse(outputsOf(first, "package", "model")["record"]!) as { training: { command: string } };
  expect(record.training.command).toBe("");
});

test("the class that implements the base class is tried by a contract, and gives numbers in two dimensions", async () => {
  expect(first.summary).toContain("| contract, 16 rows again | passed |");
  const url = outputsOf(first, "deploy", "deploy")["prediction-url"]!;
  const { data } = await ask<{ data: { ndarray: number[][] } }>(url, {
    data: {
      ndarray: [
        [1, 2],
        [10, 2],
        [0, 3],
      ],
    },
  });
  expect(data.ndarray).toHaveLength(3);
  expect(data.ndarray[0]).toEqual(data.ndarray[2]);
  expect(data.ndarray[0]).not.toEqual(data.ndarray[1]);
});

test(
  "an unchanged pin is not pulled again, and what serves stays",
  async () => {
    const again = await road.push();
    expect(again.conclusion, again.log).toBe("success");
    expect(outputsOf(again, "package", "model")["skipped"]).toBe("true");
    expect(outputsOf(again, "deploy", "deploy")["operation"]).toBe("unchanged");
  },
  MINUTES,
);

test(
  "a class that forgets to return does not get past the evaluation; nothing is pushed",
  async () => {
    const file = join(road.files, "src/cluster_model.py");
    writeFileSync(file, readFileSync(file, "utf8").replace("return self._model", "self._model"));
    await road.begin();
    const forgetful = await road.push();
    expect(forgetful.conclusion).toBe("failure");
    expect(stepOf(forgetful, "package", "gate").conclusion, forgetful.log).toBe("failure");
    expect(forgetful.log).toContain("'NoneType' object has no attribute 'ravel'");
    expect(stepOf(forgetful, "package", "image").conclusion).toBe("skipped");
  },
  MINUTES,
);
