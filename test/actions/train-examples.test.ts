// Every workflow that users copy for training is run, on a project whose training takes no time.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 180_000 });

import { pullRequest } from "../runner/events.ts";
import { startBed, WORKFLOW } from "../runner/test-bed.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const repositories = { "model-road/model-road": PROJECT };
const example = (name: string): string => readFileSync(join(PROJECT, "workflows-examples", name), "utf8");

const TRAIN = `import json, os, sys
os.makedirs(os.environ["MODEL_PATH"], exist_ok=True)
data = open("data/train.csv").read() if os.path.exists("data/train.csv") else ""
print("training", sys.argv[1:], data.strip())
with open(os.path.join(os.environ["MODEL_PATH"], "model.json"), "w") as file:
    json.dump({"params": json.load(open(os.environ["PARAMS_FILE"])), "data": data}, file)
with open(os.environ["METRICS_PATH"], "w") as file:
    json.dump({"accuracy": 0.9, "series": {"loss": [0.9, 0.4, 0.2]}}, file)
`;
const FILES = { "train.py": TRAIN, "params.yaml": "C: 1.0\n", "requirements.txt": "", "README.md": "one\n" };

const count = (text: string, what: string): number => text.split(what).length - 1;

test("train.yml trains in a pull request, and finds that on main; a README changes nothing", async () => {
  await using bed = await startBed();
  await bed.commit({ ...FILES, [WORKFLOW]: example("train.yml") });
  await bed.github.commit({ branch: "change", from: "main", files: { "params.yaml": "C: 2.0\n" }, message: "Change" });
  const trained = await bed.run({ repositories, event: pullRequest({ number: 3, head: "change" }) });
  expect(trained.conclusion, trained.log).toBe("success");
  expect(trained.log).toContain("training []");
  expect(trained.summary).toContain("```mermaid\nxychart-beta");
  await bed.github.mergePull(3);
  await bed.github.commit({ branch: "main", files: { "README.md": "two\n" }, message: "Readme" });
  const merged = await bed.run({ repositories });
  expect(merged.conclusion, merged.log).toBe("success");
  expect(merged.log).not.toContain("training []");
  expect(merged.log).toMatch(/^nothing changed since run 1 \([0-9a-f]{7}\)$/m);
});

test("train-matrix.yml trains each algorithm once, and only the one that changed again", async () => {
  await using bed = await startBed();
  const files = {
    ...FILES,
    "algorithms/logistic-regression.py": "",
    "algorithms/random-forest.py": "",
    [WORKFLOW]: example("train-matrix.yml"),
  };
  await bed.commit(files);
  const first = await bed.run({ repositories });
  expect(first.conclusion, first.log).toBe("success");
  expect(first.log).toContain("training ['--algorithm', 'random-forest', '--seed', '7']");
  const names = bed.github.results.artifacts.artifacts.map(({ name }) => name);
  expect(names.filter((name) => name.endsWith(".json")).toSorted()).toEqual([
    "digits-logistic-regression.train.1.json",
    "digits-random-forest.train.1.json",
  ]);
  await bed.commit({ ...files, "algorithms/random-forest.py": "# deeper\n" });
  const second = await bed.run({ repositories });
  expect(second.conclusion, second.log).toBe("success");
  expect(count(second.log, "training ['")).toBe(1);
  expect(second.log).toContain("code: algorithms/random-forest.py changed");
});

test("train-dvc.yml pulls only to train", async () => {
  await using bed = await startBed();
  // Stands for `dvc pull`, which would need a bucket.
  const bin = join(bed.root, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "dvc"), '#!/bin/sh\necho "pulling $2"; mkdir -p data; printf 1 > "$2"\n');
  chmodSync(join(bin, "dvc"), 0o755);
  bed.machine.environment["PATH"] = `${bin}:${bed.machine.environment["PATH"]}`;
  const files = {
    ...FILES,
    "data/train.csv.dvc": "outs:\n- md5: c4ca4238a0b923820dcc509a6f75849b\n  hash: md5\n  path: train.csv\n",
    "data/.gitignore": "/train.csv\n",
    [WORKFLOW]: example("train-dvc.yml").replace(" 'dvc[s3]==3.67.1'", ""),
  };
  await bed.commit(files);
  const secrets = { AWS_ACCESS_KEY_ID: "aws-key-0001", AWS_SECRET_ACCESS_KEY: "aws-secret-0001" };
  const first = await bed.run({ repositories, secrets });
  expect(first.conclusion, first.log).toBe("success");
  expect(first.log).toContain("pulling data/train.csv");
  expect(first.log).toContain("training [] 1");
  const second = await bed.run({ repositories, secrets });
  expect(second.conclusion, second.log).toBe("success");
  expect(second.log).not.toContain("pulling");
  const moved = { "data/train.csv.dvc": files["data/train.csv.dvc"].replace("c4ca", "c81e") };
  await bed.commit({ ...files, ...moved });
  const third = await bed.run({ repositories, secrets });
  expect(third.log).toContain("data/train.csv changed");
  expect(third.log).toContain("pulling");
});
