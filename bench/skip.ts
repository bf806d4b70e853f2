// A toy pipeline of which nothing changed: the whole composite action `train`, DVC's `dvc repro` and a ZenML run with all of its
// steps cached, in turn. All are started by the function that the runner starts a step with.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import { fileLocks } from "../src/adapters/lock.ts";
import { localProcesses } from "../src/adapters/process.ts";
import { pythons } from "../src/adapters/python.ts";
import "../test/runner/json-attribute.ts";
import { RUNNER_TIMINGS, runProcess } from "../test/runner/processes.ts";
import { median, type Figure } from "./rounds.ts";

const ROUNDS = 7;
const DVC = "dvc==3.62.0\n# DVC takes a name from it that later ones no longer have.\npathspec==0.12.1\n";
const ZENML = "zenml[local]==0.98.0\n";

const WORKFLOW = `on: [push]
permissions: { contents: read, actions: read }
jobs:
  main:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - id: train
        uses: road/road/actions/train@v1
        with:
          name: toy
          command: python3 train.py
          params: params.yaml
          code: train.py
          data: data/train.csv
          model: out/model.bin
          metrics: out/metrics.json
`;
const TRAIN = `import json, os
os.makedirs("out", exist_ok=True)
with open("data/train.csv") as file:
    rows = [[float(cell) for cell in line.split(",")] for line in file]
with open("out/model.bin", "w") as file:
    file.write(str(sum(map(sum, rows))))
with open("out/metrics.json", "w") as file:
    json.dump({"rows": len(rows)}, file)
`;
const PIPELINE: Readonly<Record<string, string>> = {
  "train.py": TRAIN,
  "params.yaml": "C: 1.0\n",
  "data/train.csv": "1,2\n3,4\n",
};
const DVC_YAML = `stages:
  train:
    cmd: python3 train.py
    deps: [data/train.csv, train.py]
    params: [C]
    outs: [out/model.bin]
    metrics: [{out/metrics.json: {cache: false}}]
`;
const ZENML_RUN = `from zenml import pipeline, step

@step
def read() -> list:
    with open("data/train.csv") as file:
        return [[float(cell) for cell in line.split(",")] for line in file]

@step
def train(rows: list, C: float) -> float:
    return sum(map(sum, rows)) * C

@pipeline(enable_cache=True)
def training(C: float = 1.0):
    train(read(), C)

if __name__ == "__main__":
    training()
`;

type Taken = { readonly ms: number; readonly cpu: number };

/** Feature of all three: told that nothing is to be done. By how much ours says so first. */
export async function skip(): Promise<Figure[]> {
  const { startBed, WORKFLOW: path } = await import("../test/runner/test-bed.ts");
  const folder = mkdtempSync(join(tmpdir(), "skip-"));
  await using bed = await startBed();
  try {
    const dvc = await dvcProject(join(folder, "dvc"));
    const zenml = await zenmlProject(join(folder, "zenml"));
    await bed.commit({ ...PIPELINE, [path]: WORKFLOW });
    const repositories = { "road/road": resolve(import.meta.dirname, "..") };
    const train = async (skipped: boolean): Promise<Taken> => {
      const { conclusion, log, processes } = await bed.run({ repositories });
      if (conclusion !== "success" || log.includes("Skipping the training") !== skipped) {
        throw new Error(`train did not ${skipped ? "skip" : "train"}:\n${log.slice(-2000)}`);
      }
      const ours = processes.filter(({ command }) => command.includes("/dist/"));
      return { ms: total(ours.map(({ ms }) => ms)), cpu: total(ours.map(({ cpuMs }) => cpuMs)) };
    };
    await train(false);
    const rows: { train: Taken; dvc: Taken; zenml: Taken }[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const row = { train: await train(true), dvc: await dvc(), zenml: await zenml() };
      if (round > 0) rows.push(row);
    }
    return (["dvc", "zenml"] as const).map((other) => {
      const ahead = median(rows.map((row) => row[other].ms / row.train.ms));
      const cpu = total(rows.map((row) => row[other].cpu)) / total(rows.map((row) => row.train.cpu));
      const ms = [other, "train" as const].map((each) => Math.round(median(rows.map((row) => row[each].ms))));
      return {
        what: `a whole skipped train, against ${other === "dvc" ? "dvc repro" : "a cached ZenML run"}`,
        goal: "ahead",
        measured: `${ahead.toFixed(1)} × faster, ${cpu.toFixed(1)} × less CPU (${ms.join(" and ")} ms)`,
        holds: ahead > 1,
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** An environment in the cache folder, made once. */
async function programs(requirements: string): Promise<string> {
  const log = {
    info: (text: string) => console.log(`  ${text}`),
    warning: () => undefined,
    debug: () => undefined,
    mask: () => undefined,
    group: async <T>(_: string, work: () => Promise<T>) => await work(),
  };
  const { bin } = await pythons({ processes: localProcesses(), locks: fileLocks() }).environment({ requirements, log });
  return bin;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

async function dvcProject(folder: string): Promise<() => Promise<Taken>> {
  const bin = await programs(DVC);
  write(folder, { ...PIPELINE, "dvc.yaml": DVC_YAML });
  const env = { PATH: `${bin}:${process.env["PATH"]}`, HOME: folder, DVC_NO_ANALYTICS: "1", LC_ALL: "C.UTF-8" };
  execFileSync("git", ["init", "-q"], { cwd: folder, env });
  execFileSync(join(bin, "dvc"), ["init", "-q"], { cwd: folder, env });
  execFileSync(join(bin, "dvc"), ["repro", "-q"], { cwd: folder, env });
  return async () => await timed([join(bin, "dvc"), "repro"], folder, env, "Data and pipelines are up to date.");
}

async function zenmlProject(folder: string): Promise<() => Promise<Taken>> {
  const bin = await programs(ZENML);
  write(folder, { ...PIPELINE, "run.py": ZENML_RUN });
  const env = {
    PATH: `${bin}:${process.env["PATH"]}`,
    HOME: folder,
    ZENML_CONFIG_PATH: join(folder, "config"),
    // Neither a call home nor a service of its own: what is measured is its decision.
    ZENML_ANALYTICS_OPT_IN: "false",
    AUTO_OPEN_DASHBOARD: "false",
    LC_ALL: "C.UTF-8",
  };
  const quiet = { cwd: folder, env, stdio: "ignore" as const };
  execFileSync(join(bin, "zenml"), ["init"], quiet);
  execFileSync(join(bin, "python"), ["run.py"], quiet);
  return async () =>
    await timed([join(bin, "python"), "run.py"], folder, env, "All steps of the pipeline run were cached");
}

/** One run, which must say that there was nothing to do. */
async function timed(
  [file, ...args]: readonly [string, ...string[]],
  cwd: string,
  environment: Record<string, string>,
  says: string,
): Promise<Taken> {
  const lines: string[] = [];
  const { exitCode, wallMs, cpuMs } = await runProcess({
    file,
    args,
    cwd,
    environment,
    signal: new AbortController().signal,
    timings: RUNNER_TIMINGS,
    onLine: (line) => lines.push(line),
  });
  if (exitCode !== 0 || !lines.join("\n").includes(says)) {
    throw new Error(`${file} did not skip:\n${lines.slice(-20).join("\n")}`);
  }
  return { ms: wallMs, cpu: cpuMs };
}
