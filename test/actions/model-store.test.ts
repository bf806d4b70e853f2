// The model store, end to end: the built actions, the real rclone and a real S3 service on loopback.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
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
import { parseRecord } from "../../src/domain/record/record.ts";
import { readRun } from "../../src/inputs.ts";
import { pullRequest } from "../runner/events.ts";
import { startBed, WORKFLOW } from "../runner/test-bed.ts";
import { rcloneFolder, startS3 } from "../world/rclone/rclone.ts";

vi.setConfig({ testTimeout: 120_000 });

const PROJECT = resolve(import.meta.dirname, "../..");
const repositories = { "road/road": PROJECT };
const rclone = rcloneFolder();
if (rclone === undefined) {
  const why = "no Go to build rclone with, so the model store is not tried against an S3 service";
  if (process.env["CI"] === "true") throw new Error(why);
  console.warn(`SKIPPED: ${why}`);
}

const silent = { info: () => undefined, warning: () => undefined, debug: () => undefined, mask: () => undefined };

type S3 = Awaited<ReturnType<typeof startS3>>;
let s3: S3;
let root: string;
const path = process.env["PATH"];
beforeAll(async () => {
  if (rclone === undefined) return;
  root = mkdtempSync(join(tmpdir(), "store-"));
  mkdirSync(join(root, "data", "models"), { recursive: true });
  s3 = await startS3(rclone, join(root, "data"));
  process.env["PATH"] = `${rclone}${delimiter}${path}`;
});
afterAll(() => {
  if (rclone === undefined) return;
  process.env["PATH"] = path;
  s3.stop();
  rmSync(root, { recursive: true, force: true });
});

const workflow = (store: string, variables: Record<string, string>, more = "") => `on: [push, pull_request]
permissions: { contents: read, actions: read, pull-requests: read }
jobs:
  main:
    runs-on: ubuntu-latest
    env: ${JSON.stringify(variables)}
    outputs:
      record: \${{ steps.train.outputs.record }}
      skipped: \${{ steps.train.outputs.skipped }}
      reason: \${{ steps.train.outputs.reason }}
      uri: \${{ steps.train.outputs.model-uri }}
    steps:
      - uses: actions/checkout@v7
      - id: train
        uses: road/road/actions/train@v1
        with:
          name: digits
          command: sh train.sh
          code: train.sh
          model: out/digits.pkl
          model-store: ${store}
          flavor: sklearn
${more}
      - run: od -c "$MODEL"
        env: { MODEL: "\${{ steps.train.outputs.model-path }}" }
`;

// The first bytes of a pickle, so that the format is told by what stands in the file.
const train = (text: string): string =>
  `echo training here; env | grep RCLONE || echo sees no key; mkdir -p out; printf '\\200\\004${text}' > "$MODEL_PATH"\n`;

type Bed = Awaited<ReturnType<typeof startBed>>;
const outputsOf = (result: Awaited<ReturnType<Bed["run"]>>) => result.jobs.main!.outputs;

/** Each test has a path of its own in the one bucket. */
let stores = 0;
async function prepared(given: { store?: string; variables?: Record<string, string>; more?: string } = {}) {
  const bed = await startBed();
  const store = given.store ?? `s3://models/at/${++stores}`;
  const commit = async (changed: typeof given & { text?: string } = {}): Promise<unknown> =>
    await bed.commit({
      [WORKFLOW]: workflow(store, changed.variables ?? given.variables ?? s3.variables, changed.more ?? given.more),
      "train.sh": train(changed.text ?? "model"),
    });
  await commit();
  return { bed, store, commit, [Symbol.asyncDispose]: async () => await bed[Symbol.asyncDispose]() };
}

/** Writes over an object, as anyone with the keys can. */
function forge(uri: string, content: string): void {
  writeFileSync(join(root, "forged"), content);
  const { status, stderr } = spawnSync(
    join(rclone!, "rclone"),
    ["copyto", "--ignore-times", join(root, "forged"), uri],
    {
      env: { ...process.env, ...s3.variables },
      timeout: 20_000,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
}
const stored = (uri: string): string => readFileSync(join(root, "data", uri.slice("s3://".length)), "latin1");
const writes = (): string[] => s3.log().flatMap((line) => /CREATE (?:OBJECT|BUCKET): (.*)/.exec(line)?.[1] ?? []);
/** The artifacts that hold models, or the documents too, can be had no more. */
const expire = (bed: Bed, which: RegExp): void => {
  for (const artifact of bed.github.results.artifacts.artifacts) if (which.test(artifact.name)) artifact.expiresAt = 0;
  bed.github.results.caches.entries.splice(0);
};

describe.runIf(rclone !== undefined)("model-store", () => {
  test("uploads a model once, as Seldon's server wants it, and nothing the second time", async () => {
    await using at = await prepared();
    const { bed, store } = at;
    writes();
    const first = await bed.run({ repositories });
    expect(first.conclusion, first.log).toBe("success");
    expect(first.log).toContain("sees no key");
    const { uri, record } = outputsOf(first);
    expect(uri).toMatch(new RegExp(`^${store}/digits/[0-9a-f]{64}$`));
    expect(stored(`${uri}/model.joblib`)).toBe("\x80\x04model");
    expect(parseRecord(record!).artifact).toMatchObject({ modelUri: uri, runId: String(first.runId) });
    expect(first.summary).toContain(`Stored at \`${uri}\`.`);
    expect(writes()).toHaveLength(3);

    const second = await bed.run({ repositories });
    expect(second.conclusion, second.log).toBe("success");
    expect(outputsOf(second)).toMatchObject({ skipped: "true", uri });
    expect(parseRecord(outputsOf(second).record!).artifact!.modelUri).toBe(uri);
    expect(writes()).toEqual([]);

    // Another training of the same model: the model lies there, the training is told.
    await at.commit({ more: "          params: 'C: 1'" });
    const same = await bed.run({ repositories });
    expect(outputsOf(same), same.log).toMatchObject({ skipped: "false", uri });
    expect(writes()).toEqual([expect.stringMatching(/train1-[0-9a-f]{64}\/\d+-1\.json$/)]);
  });

  test("is found there when its artifact is gone, by what the run's own document says", async () => {
    await using at = await prepared();
    const { bed } = at;
    const { uri } = outputsOf(await bed.run({ repositories }));
    expire(bed, /^train1-/);
    const second = await bed.run({ repositories });
    expect(outputsOf(second), second.log).toMatchObject({ skipped: "true", uri });
    expect(second.log).not.toContain("training here");
    expect(second.log).toContain("200 004   m   o   d   e   l");
  });

  test("a folder comes back whole: its numbers, its names, what may be executed; also in another job", async () => {
    await using at = await prepared();
    const { bed, store } = at;
    const folder = `mkdir -p "$MODEL_PATH/variables/ä b"; cd "$MODEL_PATH"; printf pb > saved_model.pb
printf '#!/bin/sh' > run.sh; chmod +x run.sh; printf 'x' > "variables/ä b/[1]{2}*.data-00000"\n`;
    const changed = workflow(store, s3.variables)
      .replace("out/digits.pkl", "out/model")
      .replace("          flavor: sklearn\n", "")
      .replace(
        'od -c "$MODEL"',
        'cd "$MODEL"; find . -type f -perm -u+x | sort; cat var*/*/*; cp "$MODEL/run.sh" /dev/null',
      );
    const later = `  later:
    needs: main
    runs-on: ubuntu-latest
    env: ${JSON.stringify(s3.variables)}
    steps:
      - id: gate
        uses: road/road/actions/evaluate-gate@v1
        with:
          record: \${{ needs.main.outputs.record }}
          conditions: accuracy > 0
          command: echo "evaluating $(ls $MODEL_PATH)"; printf '{"accuracy":1}' > $METRICS_PATH
`;
    await bed.commit({ [WORKFLOW]: changed + later, "train.sh": folder });
    const first = await bed.run({ repositories });
    expect(first.conclusion, first.log).toBe("success");
    const { uri, record } = outputsOf(first);
    expect(stored(`${uri}/1/saved_model.pb`)).toBe("pb");
    expire(bed, /^train1-/);
    const second = await bed.run({ repositories });
    expect(second.conclusion, second.log).toBe("success");
    expect(outputsOf(second)).toMatchObject({ skipped: "true", uri });
    expect(second.log).toMatch(/^\.\/run\.sh$/m);
    expect(parseRecord(outputsOf(second).record!).model).toEqual(parseRecord(record!).model);
    // The job after it has no artifact to take the model from either.
    expect(second.log).toMatch(new RegExp(`^Fetching it from ${uri}$`, "m"));
    expect(second.log).toContain("evaluating run.sh");
  });

  test("without the document the store proves nothing, unless it is to be trusted", async () => {
    await using at = await prepared();
    const { bed } = at;
    await bed.run({ repositories });
    expire(bed, /./);
    const untrusted = await bed.run({ repositories });
    expect(outputsOf(untrusted).skipped, untrusted.log).toBe("false");
    expect(untrusted.log).toContain("whose artifact that would prove it is gone, and trust-model-store is false");
    expire(bed, /./);
    await at.commit({ more: "          trust-model-store: true" });
    const trusted = await bed.run({ repositories });
    expect(outputsOf(trusted).skipped, trusted.log).toBe("true");
    expect(trusted.log).toContain("200 004   m   o   d   e   l");
  });

  test.each([
    ["another model of the same size", (uri: string) => forge(`${uri}/model.joblib`, "another"), "another"],
    ["a cut model", (uri: string) => forge(`${uri}/model.joblib`, "m"), "another"],
    ["a file beside it", (uri: string) => forge(`${uri}/sitecustomize.py`, "import os"), "another"],
    ["another list of its files", (uri: string) => forge(`${uri}.json`, "{}"), "another"],
  ])("%s in its place: trained anew, told, and not written over", async (_, lie, seen) => {
    await using at = await prepared();
    const { bed } = at;
    const { uri } = outputsOf(await bed.run({ repositories }));
    expire(bed, /^train1-/);
    lie(uri!);
    const again = await bed.run({ repositories });
    // What is in the way of an upload makes the step red: the model is there, as an artifact.
    expect(again.conclusion, again.log).toBe("failure");
    expect(again.log).toContain(`expected nothing, or the very file that belongs there, saw ${seen}`);
    expect(again.log).not.toContain("import os");
  });

  test("a record that names a trusted run for another model does not count", async () => {
    await using at = await prepared();
    const { bed, store } = at;
    const first = outputsOf(await bed.run({ repositories }));
    await at.commit({ text: "other" });
    const second = outputsOf(await bed.run({ repositories }));
    expire(bed, /^train1-/);
    // Tomorrow's fingerprint, with yesterday's run and model under it.
    const honest = parseRecord(first.record!);
    const { fingerprint } = parseRecord(second.record!).model;
    const forged = { ...honest, model: { ...honest.model, fingerprint } };
    const run = honest.source.runId;
    forge(`${store}/train1-${fingerprint}/99999999999-1.json`, JSON.stringify(forged));
    forge(`${store}/train1-${fingerprint}/${parseRecord(second.record!).source.runId}-1.json`, JSON.stringify(forged));
    forge(`${store}/train1-${fingerprint}/${run}-1.json`, JSON.stringify(forged));
    const third = await bed.run({ repositories });
    expect(outputsOf(third).skipped, third.log).toBe("false");
    expect(third.log).toContain("expected a run that trained this fingerprint, saw one of another");
    expect(third.log).toMatch(/model store .*: expected the model sha256:[0-9a-f]+…, saw another/);
  });

  test.each<[string, object, string]>([
    ["no such remote", { RCLONE_CONFIG_S3_TYPE: "" }, "Set RCLONE_CONFIG_S3_TYPE: s3"],
    [
      "a wrong key",
      { RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: "WRONG" },
      "expected credentials that may list, read and write",
    ],
    ["no key", { RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: "", RCLONE_CONFIG_S3_ACCESS_KEY_ID: "" }, "expected credentials"],
  ])("%s is told before the training", async (_, changed, message) => {
    await using at = await prepared({ variables: { ...s3.variables, ...changed } });
    const { conclusion, log } = await at.bed.run({ repositories });
    expect(conclusion).toBe("failure");
    expect(log).toContain(message);
    expect(log).not.toContain("training here");
  });

  test("a bucket that is missing is told before the training, and not made", async () => {
    await using at = await prepared({ store: "s3://no-such-bucket/digits" });
    writes();
    const { conclusion, log } = await at.bed.run({ repositories });
    expect(conclusion).toBe("failure");
    expect(log).toContain("expected a bucket or folder that is there");
    expect(log).not.toContain("training here");
    expect(writes()).toEqual([]);
  });

  test("no rclone is told before the training", async () => {
    process.env["PATH"] = path;
    try {
      await using at = await prepared();
      const { conclusion, log } = await at.bed.run({ repositories });
      expect(conclusion).toBe("failure");
      expect(log).toContain("expected the program rclone on this runner, saw none in PATH");
      expect(log).not.toContain("training here");
    } finally {
      process.env["PATH"] = `${rclone!}${delimiter}${path}`;
    }
  });

  test("a store that is down costs no training: the model is an artifact, and is uploaded when the store is back", async () => {
    const down = { ...s3.variables, RCLONE_CONFIG_S3_ENDPOINT: "http://127.0.0.1:1" };
    await using at = await prepared({ variables: down });
    const { bed } = at;
    const first = await bed.run({ repositories });
    expect(first.conclusion).toBe("failure");
    expect(first.log).toContain("The model store does not answer, so nothing is looked for there");
    expect(first.log).toContain("The model is kept as this run's artifact, but not in the model store");
    expect(parseRecord(outputsOf(first).record!).artifact!.id).toMatch(/^\d+$/);
    await at.commit({ variables: s3.variables });
    const second = await bed.run({ repositories });
    expect(second.conclusion, second.log).toBe("success");
    expect(second.log).not.toContain("training here");
    expect(stored(`${outputsOf(second).uri}/model.joblib`)).toBe("\x80\x04model");
  });

  test("where there are no artifacts the store takes their place", async () => {
    const home = mkdtempSync(join(root, "ghes-"));
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
    const workspace = localWorkspace(run);
    const fingerprint = "f".repeat(64);
    const manifest = { schema: 1, fingerprint, parts: {}, params: {}, environment: {}, command: {}, runtime: {} };
    const plan = {
      name: "digits",
      command: "x",
      workingDirectory: ".",
      model: "m.bin",
      paramsAs: "environment",
      passEnv: [],
      params: {},
      manifest,
      reason: "first",
      changed: [],
      startedMs: 0,
      modelStore: `s3://models/at/${++stores}`,
    };
    await workspace.write(`${home}/plan/plan.json`, JSON.stringify({ training: plan }));
    await workspace.write(`${run.workspace}/m.bin`, "model");
    const [before, own] = [{ ...process.env }, localProcesses()];
    Object.assign(process.env, s3.variables);
    try {
      const log = { ...silent, group: async <T>(_: string, work: () => Promise<T>) => await work() };
      const store = rcloneStore({ processes: own, temp: run.temp });
      const outcome = await trainRecord.run({ "plan-file": `${home}/plan/plan.json` }, run, {
        workspace,
        log,
        store,
        archives: tarArchives(),
        clock: systemClock(),
        artifacts: runArtifacts(log),
        cache: cacheIndex(log),
      });
      expect(outcome.failure).toBeUndefined();
      expect(outcome.outputs["artifact-id"]).toBe("");
      expect(stored(`${outcome.outputs["model-uri"]}/m.bin`)).toBe("model");
      const record = parseRecord(outcome.outputs["record"]!);
      expect(record.artifact).toEqual({ runId: "7", modelUri: outcome.outputs["model-uri"] });
      // Another job, on another machine.
      rmSync(run.temp, { recursive: true });
      rmSync(run.workspace, { recursive: true });
      const github = githubRest({ run, token: "" });
      const { path: fetched } = await fetchModel(record, run, {
        workspace,
        archives: tarArchives(),
        github,
        log,
        store,
      });
      expect(readFileSync(fetched, "utf8")).toBe("model");
      await expect(
        fetchModel({ ...record, model: { ...record.model, digest: `sha256:${"0".repeat(64)}` } }, run, {
          workspace,
          archives: tarArchives(),
          github,
          log,
          store,
        }),
      ).rejects.toThrow("expected the model sha256:000000000000…, saw another");
    } finally {
      process.env = before;
    }
  });

  test("a pull request from a fork has no keys, and trains without the store", async () => {
    await using at = await prepared({ variables: {} });
    const event = pullRequest({ number: 3, head: "main", fork: "mallory/models" });
    const { conclusion, log } = await at.bed.run({ repositories, event });
    expect(conclusion, log).toBe("success");
    expect(log).toContain("The model store is left aside");
  });
});
