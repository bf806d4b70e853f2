// The composite action train, run from dist as a runner runs it, against real artifact, cache and REST services.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test, vi } from "vitest";

// Several whole workflow runs each, on whatever machine.
vi.setConfig({ testTimeout: 120_000 });

import { trainPlan } from "../../src/actions/train-plan.ts";
import { parseRecord } from "../../src/domain/record/record.ts";
import { pullRequest, push } from "../runner/events.ts";
import { startBed, WORKFLOW } from "../runner/test-bed.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const repositories = { "road/road": PROJECT };

const workflow = (more = "", command = "sh train.sh") => `on: [push, pull_request]
permissions: { contents: read, actions: read, pull-requests: read }
jobs:
  main:
    runs-on: ubuntu-latest
    outputs:
      record: \${{ steps.train.outputs.record }}
      skipped: \${{ steps.train.outputs.skipped }}
      reason: \${{ steps.train.outputs.reason }}
      fingerprint: \${{ steps.train.outputs.fingerprint }}
      path: \${{ steps.train.outputs.model-path }}
      artifact: \${{ steps.train.outputs.artifact-id }}
    steps:
      - uses: actions/checkout@v7
      - id: train
        uses: road/road/actions/train@v1
        with:
          name: digits
          command: ${command}
          params: params.yaml
          data: data/*.csv
          model: out/model.bin
          metrics: out/metrics.json
${more}
      - run: cat "$MODEL"
        env: { MODEL: "\${{ steps.train.outputs.model-path }}" }
`;

const TRAIN = `set -e
mkdir -p out
echo "training with C=$PARAM_C"
echo "::add-mask::true"
echo "::set-output name=record::forged"
env > out/../environment.txt
printf 'model of C=%s\\n' "$PARAM_C" > "$MODEL_PATH"
printf '{"accuracy": 0.93, "test": {"loss": 0.2}}' > "$METRICS_PATH"
`;

const FILES = {
  [WORKFLOW]: workflow(),
  "train.sh": TRAIN,
  "params.yaml": "C: 1.0\n",
  "data/train.csv": "1,2\n",
  "requirements.txt": "scikit-learn==1.5.2\n",
};

type Bed = Awaited<ReturnType<typeof startBed>>;
const outputsOf = (result: Awaited<ReturnType<Bed["run"]>>) => result.jobs.main!.outputs;
const names = (bed: Bed): string[] => bed.github.results.artifacts.artifacts.map(({ name }) => name);

/** A zombie that nobody buries has ended too. */
const isRunning = (pid: string): boolean =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

describe("train", () => {
  test("trains once, skips what is unchanged, and says which parameter changed", async () => {
    await using bed = await startBed();
    await bed.commit(FILES);
    const first = await bed.run({ repositories });
    expect(first.conclusion, first.log).toBe("success");
    const outputs = outputsOf(first);
    expect(outputs.skipped).toBe("false");
    expect(outputs.reason).toBe("no earlier training of digits is known");
    expect(first.log).toContain("training with C=1.0");
    expect(first.log).toContain("model of C=1.0");
    // Nothing that training prints is taken as a runner command.
    expect(first.log).toContain("| ::add-mask::true");
    const record = parseRecord(outputs.record!);
    expect(record.model).toMatchObject({
      name: "digits",
      path: "out/model.bin",
      files: 1,
      libraries: { "scikit-learn": "1.5.2" },
    });
    expect(record.metrics!.values).toEqual({ accuracy: 0.93, "test.loss": 0.2 });
    expect(record.training).toMatchObject({ skipped: false, params: { C: "1.0" } });
    expect(record.artifact).toMatchObject({ id: outputs.artifact, runId: String(first.runId) });
    expect(names(bed)).toEqual([`train1-${outputs.fingerprint}-1`, "digits.train.1.json"]);
    expect(bed.github.results.caches.entries.map(({ key }) => key)).toEqual([
      `train1-${outputs.fingerprint}-${first.runId}-${outputs.artifact}`,
    ]);
    expect(first.summary).toContain("## Training: done (digits)");

    const second = await bed.run({ repositories });
    expect(second.conclusion, second.log).toBe("success");
    expect(outputsOf(second)).toMatchObject({ skipped: "true", artifact: outputs.artifact });
    expect(outputsOf(second).reason).toMatch(/^nothing changed since run 1 \([0-9a-f]{7}\)$/);
    expect(second.log).not.toContain("training with C");
    expect(second.log).toContain("model of C=1.0");
    expect(names(bed)).toHaveLength(2);
    const reused = parseRecord(outputsOf(second).record!);
    expect(reused.training.reusedFrom).toMatchObject({ runId: String(first.runId), artifactId: outputs.artifact });
    expect(reused.source.runId).toBe(String(second.runId));
    expect(reused.model.digest).toBe(record.model.digest);
    expect(reused.metrics).toEqual(record.metrics);
    expect(second.requests.filter(({ status }) => status >= 400)).toEqual([]);

    await bed.commit({ ...FILES, "params.yaml": "# smaller\nC: 0.1\n" });
    const third = await bed.run({ repositories });
    expect(outputsOf(third)).toMatchObject({ skipped: "false", reason: "params.C 1.0 → 0.1" });
    expect(third.log).toContain("model of C=0.1");
    expect(parseRecord(outputsOf(third).record!).training.changed).toEqual(["params.C 1.0 → 0.1"]);
  });

  test("the command sees no token, no input and no channel of the runner", async () => {
    await using bed = await startBed();
    await bed.commit({
      ...FILES,
      [WORKFLOW]: workflow("          force: true\n").replace('cat "$MODEL"', "cat environment.txt"),
    });
    const { log, conclusion } = await bed.run({ repositories, secrets: { A: "b" } });
    expect(conclusion, log).toBe("success");
    expect(log).toContain("PARAM_C=1.0");
    expect(log).toContain("GITHUB_REPOSITORY=acme/models");
    const shown = log.slice(log.indexOf("cat environment.txt"));
    expect(shown).not.toMatch(
      /^(?:ACTIONS_|INPUT_|STATE_|GITHUB_OUTPUT|GITHUB_ENV|GITHUB_PATH|GITHUB_STEP_SUMMARY|[A-Z_]*_TOKEN)/m,
    );
  });

  test("what a pull request trained counts for that pull request, and not on main", async () => {
    await using bed = await startBed();
    await bed.commit(FILES);
    await bed.github.commit({
      branch: "change",
      from: "main",
      files: { "params.yaml": "C: 2.0\n" },
      message: "Change",
    });
    const event = pullRequest({ number: 3, head: "change" });
    const first = await bed.run({ repositories, event });
    expect(outputsOf(first).skipped, first.log).toBe("false");
    expect(outputsOf(await bed.run({ repositories, event })).skipped).toBe("true");
    const other = await bed.run({ repositories, event: pullRequest({ number: 4, head: "change" }) });
    expect(outputsOf(other).skipped, other.log).toBe("false");
    await bed.commit({ ...FILES, "params.yaml": "C: 2.0\n" });
    const main = await bed.run({ repositories, event: push({ branch: "main" }) });
    expect(outputsOf(main), main.log).toMatchObject({ skipped: "false" });
    expect(outputsOf(main).reason).toMatch(/pull request #/);
  });

  test("what a pull request trained is found on main after the merge, digest verified", async () => {
    await using bed = await startBed();
    await bed.commit(FILES);
    await bed.github.commit({
      branch: "change",
      from: "main",
      files: { "params.yaml": "C: 2.0\n" },
      message: "Change",
    });
    const trained = await bed.run({ repositories, event: pullRequest({ number: 3, head: "change" }) });
    expect(outputsOf(trained).skipped, trained.log).toBe("false");
    await bed.github.mergePull(3, "squash");
    const merged = await bed.run({ repositories });
    expect(outputsOf(merged), merged.log).toMatchObject({ skipped: "true", artifact: outputsOf(trained).artifact });
    expect(merged.log).toContain("model of C=2.0");
    const [there, here] = [trained, merged].map((result) => parseRecord(outputsOf(result).record!));
    expect(here!.model.digest).toBe(there!.model.digest);
    expect(here!.artifact!.sha256).toBe(there!.artifact!.sha256);
    expect(here!.training.reusedFrom!.runId).toBe(String(trained.runId));
    expect(names(bed)).toHaveLength(2);

    await bed.github.commit({ branch: "main", files: { [WORKFLOW]: `${workflow()}\n` }, message: "Another workflow" });
    const changed = await bed.run({ repositories });
    expect(outputsOf(changed).skipped, changed.log).toBe("false");
  });

  test("takes the metrics of the one run that MLflow's file store got", async () => {
    await using bed = await startBed();
    const train = `echo m > m; mkdir -p out mlruns/0/ab12/metrics; mv m out/model.bin
printf '1 0.9 0\\n2 0.4 1\\n' > mlruns/0/ab12/metrics/loss\n`;
    await bed.commit({
      ...FILES,
      "train.sh": train,
      "mlruns/0/old/metrics/loss": "1 7 0\n",
      [WORKFLOW]: workflow().replace("out/metrics.json", "mlruns"),
    });
    const { conclusion, log, summary, jobs } = await bed.run({ repositories });
    expect(conclusion, log).toBe("success");
    expect(parseRecord(jobs.main!.outputs.record!).metrics).toEqual({ values: { loss: 0.4 } });
    expect(summary).toContain("  line [0.9, 0.4]");
  });

  test("a folder of MLflow's is told as one, with the versions that it names", async () => {
    await using bed = await startBed();
    const folder = resolve(import.meta.dirname, "../golden/formats/mlflow");
    await bed.commit({
      ...FILES,
      "train.sh": `mkdir -p out; cp -r ${folder} out/model; printf '{"a": 1}' > out/metrics.json`,
      [WORKFLOW]: workflow().replace("out/model.bin", "out/model").replace('cat "$MODEL"', 'ls "$MODEL"'),
    });
    const { conclusion, log, jobs } = await bed.run({ repositories });
    expect(conclusion, log).toBe("success");
    expect(parseRecord(jobs.main!.outputs.record!).model).toMatchObject({
      flavor: "mlflow",
      format: "mlflow",
      // Of the model itself, not of the lock file.
      libraries: { mlflow: "3.17.2", "scikit-learn": "1.9.1" },
    });
  });

  test("files of any name come back as they were: blanks, marks, other scripts, long paths", async () => {
    await using bed = await startBed();
    const long = Array.from({ length: 6 }, (_, at) => `${at}${"d".repeat(49)}`).join("/");
    const paths = ["a b/ c", "ümläut/Größe.bin", "日本/模型", "-rf", "$(id);'\"`", "#%&?*[x]", `${long}/f`, "e\u0301"];
    const train = `import os
for path in ${JSON.stringify(paths)}:
    whole = os.path.join(os.environ["MODEL_PATH"], path)
    os.makedirs(os.path.dirname(whole), exist_ok=True)
    open(whole, "w").write(path)
os.makedirs("out", exist_ok=True)
open("out/metrics.json", "w").write('{"a": 1}')
`;
    const show = `python3 -c "import os; print(sorted(open(os.path.join(at, f)).read() == os.path.relpath(os.path.join(at, f), os.environ['MODEL']) for at, _, files in os.walk(os.environ['MODEL']) for f in files))"`;
    const files = {
      ...FILES,
      "train.sh": "python3 train.py",
      "train.py": train,
      "data/blank in name ü.csv": "1",
      [WORKFLOW]: workflow().replace("out/model.bin", "out/my model ü").replace('cat "$MODEL"', `|\n          ${show}`),
    };
    await bed.commit(files);
    const first = await bed.run({ repositories });
    expect(first.conclusion, first.log).toBe("success");
    expect(parseRecord(outputsOf(first).record!).model).toMatchObject({ files: 8, path: "out/my model ü" });
    const second = await bed.run({ repositories });
    expect(outputsOf(second).skipped, second.log).toBe("true");
    expect(second.log).toContain(`[${Array(8).fill("True").join(", ")}]`);
  });

  test.each([
    [
      "two by case",
      "mkdir -p $MODEL_PATH; echo a > $MODEL_PATH/A.bin; echo b > $MODEL_PATH/a.bin",
      '"model/A.bin" and "model/a.bin"',
    ],
    [
      "two by Unicode form",
      "mkdir -p $MODEL_PATH; echo a > $MODEL_PATH/$(printf 'e\\314\\201'); echo b > $MODEL_PATH/$(printf '\\303\\251')",
      "names that differ in more than case or Unicode form",
    ],
    ["a line break", "mkdir -p $MODEL_PATH; echo a > $MODEL_PATH/$(printf 'a\\nb')", "a control character"],
  ])("names that a model can not have are told, and nothing is uploaded: %s", async (_, script, message) => {
    await using bed = await startBed();
    await bed.commit({ ...FILES, "train.sh": `mkdir -p out; echo '{"a":1}' > out/metrics.json; ${script}\n` });
    const { conclusion, log } = await bed.run({ repositories });
    expect(conclusion, log).toBe("failure");
    expect(log).toContain(message);
    expect(names(bed)).toEqual([]);
  });

  test("what a re-run trained has a name of its own, and is found by the cache index", async () => {
    await using bed = await startBed();
    // Fails once it has trained, so that the first attempt leaves nothing.
    await bed.commit({ ...FILES, "train.sh": `[ "$GITHUB_RUN_ATTEMPT" = 2 ] || exit 1\n${TRAIN}` });
    const first = await bed.run({ repositories });
    expect(first.conclusion).toBe("failure");
    expect(names(bed)).toEqual([]);
    const again = await bed.run({ repositories, rerunOf: first.runId });
    expect(again.conclusion, again.log).toBe("success");
    const { fingerprint } = outputsOf(again);
    expect(names(bed)).toEqual([`train1-${fingerprint}-2`, "digits.train.2.json"]);
    const next = await bed.run({ repositories });
    expect(outputsOf(next), next.log).toMatchObject({ skipped: "true", artifact: outputsOf(again).artifact });
  });

  test("legs of a matrix that share a name are told to have their own", async () => {
    await using bed = await startBed();
    const legs = workflow()
      .replace(
        "runs-on: ubuntu-latest",
        "runs-on: ubuntu-latest\n    strategy: { matrix: { seed: [1, 2] }, fail-fast: false }",
      )
      .replace("command: sh train.sh", "command: sh train.sh ${{ matrix.seed }}");
    await bed.commit({ ...FILES, [WORKFLOW]: legs });
    const { conclusion, log } = await bed.run({ repositories });
    expect(conclusion).toBe("failure");
    expect(log).toContain("give each leg of a matrix its own input `name`");
  });

  test("takes a model that is there, and knows it again", async () => {
    await using bed = await startBed();
    const adopting = workflow("          pre-run: echo pulled\n")
      .replace("command: sh train.sh", 'command: ""')
      .replace("out/metrics.json", "metrics.json");
    const files = { ...FILES, "out/model.bin": "ready made\n", "metrics.json": '{"a": 1}', [WORKFLOW]: adopting };
    await bed.commit(files);
    const first = await bed.run({ repositories });
    expect(first.conclusion, first.log).toBe("success");
    expect(first.log).toMatch(/^pulled$/m);
    expect(first.log).toContain("ready made");
    const second = await bed.run({ repositories });
    expect(outputsOf(second).skipped, second.log).toBe("true");
    await bed.commit({ ...files, "out/model.bin": "another\n" });
    const third = await bed.run({ repositories });
    expect(outputsOf(third), third.log).toMatchObject({ skipped: "false", reason: "out/model.bin changed" });
  });

  test("a failing command ends the step with its code, and leaves no artifact", async () => {
    await using bed = await startBed();
    await bed.commit({ ...FILES, "train.sh": "echo before; echo last words >&2; exit 3\n" });
    const { conclusion, log } = await bed.run({ repositories });
    expect(conclusion).toBe("failure");
    expect(log).toContain("last words");
    expect(log).toContain("The command ended with code 3");
    expect(names(bed)).toEqual([]);
    expect(bed.github.results.caches.entries).toEqual([]);
  });

  test.each([
    ["no model", "printf '{}' > metrics.json", "expected a file or folder that the command wrote, saw nothing"],
    ["an empty model", "mkdir out; : > out/model.bin; echo '{\"a\": 1}' > out/metrics.json", "saw an empty file"],
    ["a link out", "mkdir out; ln -s /etc/passwd out/model.bin", "a link that leads out of it"],
    [
      "no metrics",
      "mkdir out; echo m > out/model.bin",
      "metrics out/metrics.json: expected a file that the command wrote",
    ],
    ["NaN", "mkdir out; echo m > out/model.bin; echo '{\"accuracy\": NaN}' > out/metrics.json", 'metric "accuracy"'],
  ])("%s: said, and nothing uploaded", async (_, script, message) => {
    await using bed = await startBed();
    await bed.commit({ ...FILES, "train.sh": `${script}\n` });
    const { conclusion, log } = await bed.run({ repositories });
    expect(conclusion).toBe("failure");
    expect(log).toContain(message);
    expect(names(bed)).toEqual([]);
  });

  test("metrics that were committed are refused as stale", async () => {
    await using bed = await startBed();
    await bed.commit({
      ...FILES,
      "out/metrics.json": '{"accuracy": 1}',
      "train.sh": 'mkdir -p out; echo m > "$MODEL_PATH"\n',
    });
    const { conclusion, log } = await bed.run({ repositories });
    expect(conclusion).toBe("failure");
    expect(log).toContain("a file that was there before and was not touched");
  });

  test("without actions: read it warns once and trains", async () => {
    await using bed = await startBed();
    await bed.commit({ ...FILES, [WORKFLOW]: workflow().replace(", actions: read, pull-requests: read", "") });
    const { conclusion, annotations, log } = await bed.run({ repositories });
    expect(conclusion, log).toBe("success");
    expect(annotations.filter(({ level }) => level === "warning").map(({ message }) => message)).toEqual([
      expect.stringContaining('Give the job "permissions: actions: read"'),
    ]);
  });

  test("a mask that would drop the record as the job's output is told, with what to do", async () => {
    await using bed = await startBed();
    const credentials = "    env: { RCLONE_CONFIG_GS_SERVICE_ACCOUNT_CREDENTIALS: '${{ secrets.GS }}' }\n";
    await bed.commit({ ...FILES, [WORKFLOW]: workflow().replace("    outputs:\n", `${credentials}    outputs:\n`) });
    const masking = await bed.run({ repositories, secrets: { GS: '{\n"key": "abc"\n}' } });
    expect(masking.conclusion, masking.log).toBe("success");
    expect(outputsOf(masking)).not.toHaveProperty("record");
    expect(outputsOf(masking).skipped).toBe("false");
    const warned = (result: typeof masking) =>
      result.annotations.filter(({ message }) => message.startsWith("GitHub drops these"));
    expect(warned(masking).map(({ message }) => message)).toEqual([
      expect.stringMatching(/: record \(a line of RCLONE_CONFIG_GS_SERVICE_ACCOUNT_CREDENTIALS\)\. .*artifact:<name>/),
    ]);
    const clean = await bed.run({ repositories, secrets: { GS: '{"key": "abc"}' } });
    expect(outputsOf(clean)).toHaveProperty("record");
    expect(warned(clean)).toEqual([]);
  });

  test("all mistakes of the inputs are told at once", async () => {
    await using bed = await startBed();
    const bad = workflow("          retention-days: soon\n")
      .replace("name: digits", "name: My Digits!")
      .replace("out/model.bin", "../m");
    await bed.commit({ ...FILES, [WORKFLOW]: bad });
    const { conclusion, log } = await bed.run({ repositories });
    expect(conclusion).toBe("failure");
    expect(log).toContain("Write my-digits.");
    expect(log).toContain('input "model": expected a path below working-directory');
    expect(log).toContain('input "retention-days": expected a whole number');
  });

  test.each([
    ["team/digits", "Write team-digits."],
    ["Digits of the house", "Write digits-of-the-house."],
    ["Größe", "Write gro-e."],
    ["n".repeat(300), `Write ${"n".repeat(63)}.`],
    ["日本", "with a letter or digit at both ends"],
    ["-digits", "Write digits."],
  ])("a name like %j is told with one that fits, and never changed by the way", async (name, message) => {
    const input = trainPlan.inputs.name;
    await expect((async () => await input.parse(name))()).rejects.toMatchObject({
      expected: expect.stringContaining("with a letter or digit at both ends"),
      ...(message.startsWith("Write") ? { fix: message } : {}),
    });
  });

  test("a cancelled run ends the command and all that it started", async () => {
    await using bed = await startBed();
    await bed.commit({ ...FILES, "train.sh": "sleep 300 & echo child $!; echo waiting; wait\n" });
    let cancel = (): void => undefined;
    let child = "";
    const started = await bed.start({
      repositories,
      onLine: (line) => {
        child = /^child (\d+)$/.exec(line)?.[1] ?? child;
        if (line === "waiting") cancel();
      },
    });
    cancel = started.cancel;
    const { conclusion, log } = await started.result;
    expect(conclusion, log).not.toBe("success");
    expect(child).not.toBe("");
    expect(isRunning(child)).toBe(false);
    expect(names(bed)).toEqual([]);
  });
});
