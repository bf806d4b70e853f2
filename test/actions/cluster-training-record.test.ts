// The record of a training in a cluster whose model lies in a model store: the real rclone and a real S3 service on loopback.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { fetchModel } from "../../src/actions/model.ts";
import { trainRecord } from "../../src/actions/train-record.ts";
import { tarArchives } from "../../src/adapters/archive.ts";
import { runArtifacts } from "../../src/adapters/artifact.ts";
import { cacheIndex } from "../../src/adapters/cache.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { githubRest } from "../../src/adapters/github.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { rcloneStore } from "../../src/adapters/rclone.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { parseRecord, type ReleaseRecord } from "../../src/domain/record/record.ts";
import { readRun } from "../../src/inputs.ts";
import { rcloneFolder, startS3 } from "../world/rclone/rclone.ts";

vi.setConfig({ testTimeout: 60_000 });

const rclone = rcloneFolder();
if (rclone === undefined) {
  const why = "no Go to build rclone with, so trainings in a cluster are not tried with a model store";
  if (process.env["CI"] === "true") throw new Error(why);
  console.warn(`SKIPPED: ${why}`);
}

const log = {
  info: () => undefined,
  warning: () => undefined,
  debug: () => undefined,
  mask: () => undefined,
  group: async <T>(_: string, work: () => Promise<T>) => await work(),
};
const digest = `sha256:${"a".repeat(64)}`;
const home = mkdtempSync(join(tmpdir(), "cluster-record-"));
const before = { ...process.env };
let s3: Awaited<ReturnType<typeof startS3>> | undefined;

beforeAll(async () => {
  mkdirSync(join(home, "data/models/job/1"), { recursive: true });
  mkdirSync(join(home, "data/models/other"), { recursive: true });
  writeFileSync(join(home, "data/models/job/1/model.joblib"), "a model");
  writeFileSync(join(home, "data/models/job/metrics.json"), '{"accuracy": 0.5}');
  writeFileSync(join(home, "data/models/other/metrics.json"), '{"accuracy": 0.99}');
  if (rclone === undefined) return;
  s3 = await startS3(rclone, join(home, "data"));
  Object.assign(process.env, s3.variables, { PATH: `${rclone}${delimiter}${process.env["PATH"]}` });
});

afterAll(() => {
  s3?.stop();
  process.env = before;
  rmSync(home, { recursive: true, force: true });
});

// No artifacts there, so that the store is all that is asked.
const run = readRun({
  GITHUB_SERVER_URL: "https://github.acme.example",
  GITHUB_WORKSPACE: join(home, "workspace"),
  RUNNER_TEMP: join(home, "temp"),
  GITHUB_REPOSITORY: "acme/digits",
  GITHUB_SHA: "1".repeat(40),
  GITHUB_EVENT_NAME: "push",
  GITHUB_REF: "refs/heads/main",
  GITHUB_RUN_ID: "7",
});

async function record(answer: object, more: object = {}): Promise<ReleaseRecord> {
  const workspace = localWorkspace(run);
  const manifest = {
    schema: 1,
    fingerprint: "f".repeat(64),
    parts: {},
    params: {},
    environment: {},
    command: {},
    runtime: {},
  };
  const training = {
    name: "digits",
    command: "training-manifest: k8s/train.yml",
    workingDirectory: ".",
    model: "model.joblib",
    paramsAs: "environment",
    passEnv: [],
    params: {},
    manifest,
    reason: "first",
    changed: [],
    startedMs: 0,
    cluster: { manifest: "{}" },
    ...more,
  };
  await workspace.write(`${home}/plan/plan.json`, JSON.stringify({ training }));
  await workspace.write(`${home}/plan/answer.json`, JSON.stringify(answer));
  await workspace.write(`${home}/plan/result.json`, '{"code":0,"seconds":2.5,"startedMs":1}');
  const outcome = await trainRecord.run({ "plan-file": `${home}/plan/plan.json` }, run, {
    workspace,
    log,
    store: rcloneStore({ processes: localProcesses(), temp: run.temp }),
    archives: tarArchives(),
    clock: systemClock(),
    artifacts: runArtifacts(log),
    cache: cacheIndex(log),
  });
  expect(outcome.failure).toBeUndefined();
  return parseRecord(outcome.outputs["record"]!);
}

test("what the training told is the record, and a model on a claim is not fetched", async () => {
  const told = await record({ metrics: { auc: 0.9 }, model: { uri: "pvc://models/digits/1", digest } });
  expect(told).toMatchObject({
    model: { digest, files: 0, bytes: 0, flavor: "custom" },
    training: { seconds: 2.5, skipped: false },
    metrics: { values: { auc: 0.9 } },
    artifact: { runId: "7", modelUri: "pvc://models/digits/1" },
  });
  const ports = {
    log,
    workspace: localWorkspace(run),
    archives: tarArchives(),
    github: githubRest({ run, token: undefined }),
  };
  await expect(fetchModel(told, run, ports)).rejects.toThrow(/one that stays in the cluster, at pvc:\/\/models/);
});

test("metrics that were asked for and are not told end it, and so do metrics that are no numbers", async () => {
  const model = { uri: "pvc://models/digits/1", digest };
  await expect(record({ model }, { metrics: "metrics.json" })).rejects.toThrow(/since the input metrics is/);
  await expect(record({ model, metrics: { a: "0.9" } })).rejects.toThrow(/expected a finite number/);
  await expect(record({ model, metrics: "s3://models/m.json" })).rejects.toThrow(/the input model-store/);
});

describe.runIf(rclone !== undefined)("with a model store", () => {
  const modelStore = "s3://models/job";
  const model = { uri: "s3://models/job/1", digest };

  test("metrics are read there, and the model must lie there", async () => {
    const told = await record({ metrics: "s3://models/job/metrics.json", model }, { modelStore });
    expect(told).toMatchObject({
      model: { files: 1, bytes: 7, digest },
      metrics: { values: { accuracy: 0.5 } },
      artifact: { modelUri: model.uri },
    });
    await expect(record({ model: { ...model, uri: "s3://models/job/2" } }, { modelStore })).rejects.toThrow(
      /the files that the training has put there, saw none/,
    );
  });

  test("nothing outside of the store is read", async () => {
    await expect(record({ metrics: "s3://models/other/metrics.json", model }, { modelStore })).rejects.toThrow(
      /a place in the model store/,
    );
    await expect(record({ model: { ...model, uri: "s3://models/jobs/1" } }, { modelStore })).rejects.toThrow(
      /a place in the model store/,
    );
  });
});
