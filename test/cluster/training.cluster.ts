// train with backend: cluster, as users run it: the composite through the workflow runner, with the bundle in dist, on real pods.
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { modelDigest } from "../../src/domain/fingerprint/manifest.ts";
import { parseRecord, type ReleaseRecord } from "../../src/domain/record/record.ts";
import type { RunResult } from "../runner/run-workflow.ts";
import { oneJob, startBed, WORKFLOW } from "../runner/test-bed.ts";
import { adminOf, type Admin } from "../world/cluster/admin.ts";
import { startArgo } from "../world/cluster/argo.ts";
import { BUILD_MS, startTrainingOperator } from "../world/cluster/training-operator.ts";

const ROOT = join(import.meta.dirname, "../..");
const IMAGE = "localhost:5000/model:1";

let admin: Admin;
let namespace: string;
let folder: string;
/** With no more rights than the documentation names. */
let kubeconfig: string;
let bed: Awaited<ReturnType<typeof startBed>>;

beforeAll(async () => {
  admin = adminOf(inject("kubeconfig"));
  namespace = `train-${process.pid}-${Date.now().toString(36)}`;
  // The container's user is another than the one who runs the tests.
  folder = mkdtempSync(join(tmpdir(), "claim-"));
  chmodSync(folder, 0o777);
  await admin.must("POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
  await admin.must("POST", "/api/v1/persistentvolumes", {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: namespace },
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      hostPath: { path: folder },
      storageClassName: namespace,
      persistentVolumeReclaimPolicy: "Retain",
    },
  });
  await admin.must("POST", `/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "models" },
    spec: { accessModes: ["ReadWriteOnce"], storageClassName: namespace, resources: { requests: { storage: "1Gi" } } },
  });
  kubeconfig = await accountOfTheDocs();
  bed = await startBed();
});

afterAll(async () => {
  await bed[Symbol.asyncDispose]();
  await admin.call("DELETE", `/api/v1/namespaces/${namespace}`);
  await admin.call("DELETE", `/api/v1/persistentvolumes/${namespace}`);
  rmSync(folder, { recursive: true, force: true });
});

async function accountOfTheDocs(): Promise<string> {
  const plural: Record<string, string> = {
    ServiceAccount: "serviceaccounts",
    Role: "roles",
    RoleBinding: "rolebindings",
  };
  const objects = loadAll(readFileSync(join(ROOT, "docs/train-role.yml"), "utf8")) as {
    apiVersion: string;
    kind: string;
    metadata: { name: string };
    subjects?: object[];
  }[];
  for (const object of objects) {
    const group = object.apiVersion === "v1" ? "/api/v1" : `/apis/${object.apiVersion}`;
    const subjects = object.subjects?.map((subject) => ({ ...subject, namespace }));
    const filled = { ...object, ...(subjects === undefined ? {} : { subjects }) };
    await admin.must("POST", `${group}/namespaces/${namespace}/${plural[object.kind]}`, filled);
  }
  const { status } = (await admin.must(
    "POST",
    `/api/v1/namespaces/${namespace}/serviceaccounts/${objects[0]!.metadata.name}/token`,
    { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } },
  )) as { status: { token: string } };
  const ca = /"?certificate-authority-data"?: *"?([A-Za-z0-9+/=]+)/.exec(admin.kubeconfig)![1];
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
    clusters: [{ name: "c", cluster: { server: admin.url, "certificate-authority-data": ca } }],
    users: [{ name: "c", user: { token: status.token } }],
  });
}

/** The step, as a workflow has it. */
const workflow = (inputs: string, timeout = "90s"): string =>
  oneJob(
    `- uses: actions/checkout@v7
- id: train
  uses: model-road/model-road/actions/train@v0.1.0
  with:
    backend: cluster
    namespace: ${namespace}
    kubeconfig: \${{ secrets.KUBECONFIG }}
    model: model.joblib
    training-timeout: ${timeout}
${inputs.replace(/^/gm, "    ")}
- name: Show
  env: { OUTPUTS: "\${{ toJSON(steps.train.outputs) }}" }
  run: echo "$OUTPUTS"`,
    { top: "permissions: { contents: read, actions: read, pull-requests: read }" },
  );

type Done = { readonly result: RunResult; readonly outputs: Record<string, string> };

const given = () => ({
  secrets: { KUBECONFIG: kubeconfig },
  repositories: { "model-road/model-road": ROOT },
});

async function train(inputs: string, files: Record<string, string> = {}, timeout?: string): Promise<Done> {
  await bed.commit({ [WORKFLOW]: workflow(inputs, timeout), "requirements.txt": "scikit-learn==1.5.2\n", ...files });
  return await again();
}

async function again(): Promise<Done> {
  const result = await bed.run(given());
  return { result, outputs: result.jobs.main!.steps.find(({ id }) => id === "train")?.outputs ?? {} };
}

const list = async (path: string): Promise<{ metadata: { name: string } }[]> =>
  (await admin.must("GET", path)).items as never;
const jobs = () => list(`/apis/batch/v1/namespaces/${namespace}/jobs`);
const pods = () => list(`/api/v1/namespaces/${namespace}/pods`);

const recordOf = ({ outputs }: Done): ReleaseRecord => parseRecord(outputs.record!);

const SCRIPT = `python3 - <<'PY'
import json, os
import joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
x, y = load_iris(return_X_y=True)
model = LogisticRegression(C=float(os.environ["PARAM_C"]), max_iter=200).fit(x, y)
print("::warning::params", open(os.environ["PARAMS_FILE"]).read().strip())
joblib.dump(model, os.environ["MODEL_PATH"])
json.dump({"accuracy": model.score(x, y)}, open(os.environ["METRICS_PATH"], "w"))
PY`;

const ours = (name: string, command: string, more = ""): string => `name: ${name}
training-image: ${IMAGE}
training-output: pvc://models/iris
params: "C: 1.0"
command: |
${command.replace(/^/gm, "  ")}
${more}`;

describe("a Job made of command and image", () => {
  test("trains on a claim; the record has its metrics, place and digest; nothing is left; the next run skips it", async () => {
    const first = await train(ours("iris", SCRIPT, "metrics: metrics.json\nflavor: sklearn"));
    expect(first.result.conclusion, first.result.log).toBe("success");
    expect(first.result.log).toContain('| ::warning::params {"C": 1.0}');
    const record = recordOf(first);
    const unique = `iris-${first.result.runId}-1`;
    expect(record.artifact).toEqual({
      runId: String(first.result.runId),
      modelUri: `pvc://models/iris/${unique}`,
    });
    expect(first.outputs["model-uri"]).toBe(record.artifact!.modelUri);
    expect(record.metrics!.values.accuracy).toBeGreaterThan(0.9);
    // The digest is that of the bytes that lie on the claim.
    const file = join(folder, "iris", unique, "model.joblib");
    expect(readdirSync(join(folder, "iris", unique))).toEqual(["model.joblib"]);
    const bytes = readFileSync(file);
    const { createHash } = await import("node:crypto");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(record.model).toMatchObject({
      digest: modelDigest([{ path: "model.joblib", sha256, bytes: bytes.length, mode: 0o644 }]),
      files: 1,
      bytes: bytes.length,
      flavor: "sklearn",
    });
    expect(await jobs()).toEqual([]);
    expect(await pods()).toEqual([]);

    const second = await again();
    expect(second.result.conclusion, second.result.log).toBe("success");
    expect(second.outputs).toMatchObject({ skipped: "true", "model-uri": record.artifact!.modelUri });
    expect(second.outputs.reason).toMatch(/^nothing changed since run/);
    expect(recordOf(second).model.digest).toBe(record.model.digest);
    expect(second.result.log).not.toContain("Training by Job");

    // Nothing of the credential is told.
    const [, token] = /"token":"([^"]+)"/.exec(kubeconfig)!;
    expect(first.result.log + first.result.summary).not.toContain(token!.slice(0, 40));
  });

  test("a folder, an argument by flags and a dollar sign arrive as they were written", async () => {
    const command = `mkdir -p "$MODEL_PATH/a b"
printf '%s|' "$@" '$(PARAM_C)' "$(echo $$ | wc -l)" > "$MODEL_PATH/a b/ü.txt"
printf x > "$MODEL_PATH/run.sh"; chmod 755 "$MODEL_PATH/run.sh"`;
    const done = await train(ours("folder", command, "params-as: flags"));
    expect(done.result.conclusion, done.result.log).toBe("success");
    const root = join(folder, "iris", `folder-${done.result.runId}-1`, "model.joblib");
    const text = readFileSync(join(root, "a b", "ü.txt"), "utf8");
    expect(text).toBe("--C|1.0|$(PARAM_C)|1|");
    const { createHash } = await import("node:crypto");
    const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");
    expect(recordOf(done).model.digest).toBe(
      modelDigest([
        { path: "a b/ü.txt", sha256: sha256(text), bytes: Buffer.byteLength(text), mode: 0o644 },
        { path: "run.sh", sha256: sha256("x"), bytes: 1, mode: 0o755 },
      ]),
    );
    expect(done.outputs["model-uri"]).toBe(`pvc://models/iris/folder-${done.result.runId}-1/model.joblib`);
  });

  test("a training that fails is red with its code, and leaves nothing", async () => {
    const done = await train(ours("broken", "echo so far so good\nexit 3"));
    expect(done.result.conclusion).toBe("failure");
    expect(done.result.log).toContain("so far so good");
    expect(done.result.log).toMatch(/expected a training that succeeds, saw .*ended with code 3/);
    expect(done.outputs.record ?? "").toBe("");
    expect(await pods()).toEqual([]);
  });

  test("a training that writes no model is red and says so", async () => {
    const done = await train(ours("nothing", "true"));
    expect(done.result.conclusion).toBe("failure");
    expect(done.result.log).toContain("The command wrote no model where MODEL_PATH points.");
  });

  test("an image that does not exist ends the wait long before its time", async () => {
    const from = Date.now();
    const done = await train(ours("missing", "true").replace(IMAGE, "localhost:5000/model:nope"));
    expect(done.result.conclusion).toBe("failure");
    expect(done.result.log).toMatch(/ErrImagePull|ImagePullBackOff/);
    expect(Date.now() - from).toBeLessThan(45_000);
    expect(await jobs()).toEqual([]);
  });

  test("a cancelled run deletes what it made, and only that", async () => {
    const other = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "of-others" }, spec: jobSpec("sleep 600") };
    await admin.must("POST", `/apis/batch/v1/namespaces/${namespace}/jobs`, other);
    await bed.commit({ [WORKFLOW]: workflow(ours("cut", "echo begun\nsleep 600")), "requirements.txt": "a==1\n" });
    const running = await bed.start(given());
    await until(async () => {
      const all = (await admin.must("GET", `/api/v1/namespaces/${namespace}/pods`)).items as {
        metadata: { name: string };
        status: { phase: string };
      }[];
      return all.some(({ metadata, status }) => metadata.name.startsWith("cut-") && status.phase === "Running");
    });
    const from = Date.now();
    running.cancel();
    const { conclusion, log } = await running.result;
    expect(conclusion, log).toBe("cancelled");
    expect(Date.now() - from).toBeLessThan(12_000);
    await until(async () => (await pods()).every(({ metadata }) => !metadata.name.startsWith("cut-")));
    expect((await jobs()).map(({ metadata }) => metadata.name)).toEqual(["of-others"]);
    await admin.must("DELETE", `/apis/batch/v1/namespaces/${namespace}/jobs/of-others?propagationPolicy=Background`);
  });
});

const jobSpec = (command: string) => ({
  template: {
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 1,
      containers: [{ name: "c", image: IMAGE, command: ["/bin/sh", "-c", command] }],
    },
  },
});

const manifestOf = (spec: object, kind = "Job", apiVersion = "batch/v1"): string =>
  JSON.stringify({ apiVersion, kind, metadata: { name: "as-written" }, spec });

const byManifest = (name: string): string => `name: ${name}
training-manifest: k8s/train.yml
params: "C: 0.5"`;

test("the user's own Job gets the parameters; without a digest it is refused", async () => {
  const tell = (text: string) =>
    manifestOf({ backoffLimit: 0, ...jobSpec(`echo "C is $PARAM_C"; printf '${text}' >/dev/termination-log`) });
  const digest = `sha256:${"a".repeat(64)}`;
  const good = await train(byManifest("own"), {
    "k8s/train.yml": tell(`{"metrics":{"auc":0.75},"model":{"uri":"s3://models/own/1","digest":"${digest}"}}`),
  });
  expect(good.result.conclusion, good.result.log).toBe("success");
  expect(good.result.log).toContain("C is 0.5");
  expect(recordOf(good)).toMatchObject({
    model: { digest },
    metrics: { values: { auc: 0.75 } },
    artifact: { modelUri: "s3://models/own/1" },
    training: { command: "training-manifest: k8s/train.yml" },
  });
  const bad = await train(byManifest("own"), { "k8s/train.yml": tell('{"model":{"uri":"s3://models/own/1"}}') });
  expect(bad.result.conclusion).toBe("failure");
  expect(bad.result.log).toMatch(/model\.digest: expected/);
});

test("Argo: a WorkflowTemplate runs as a Workflow that refers to it, with parameters and output parameters", async () => {
  const argo = await startArgo(admin, namespace);
  try {
    const spec = {
      entrypoint: "main",
      arguments: {
        parameters: [
          { name: "C", value: "9" },
          { name: "kept", value: "yes" },
        ],
      },
    };
    const file = manifestOf(spec, "WorkflowTemplate", "argoproj.io/v1alpha1");
    const without = await train(byManifest("argo"), { "k8s/train.yml": file });
    expect(without.result.log).toMatch(/expected the template in namespace/);
    await admin.must(
      "POST",
      `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflowtemplates`,
      JSON.parse(file) as object,
    );
    const done = await train(byManifest("argo"), { "k8s/train.yml": file });
    expect(done.result.conclusion, done.result.log).toBe("success");
    expect(argo.seen.at(-1)).toMatchObject({
      spec: {
        workflowTemplateRef: { name: "as-written" },
        arguments: { parameters: [{ name: "C", value: "0.5" }] },
      },
    });
    expect(recordOf(done)).toMatchObject({
      metrics: { values: { accuracy: 0.5 } },
      artifact: { modelUri: "s3://models/argo" },
      model: { digest: `sha256:${"b".repeat(64)}` },
    });
    expect(await list(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows`)).toEqual([]);

    argo.phase = "Failed";
    const failing = await train(byManifest("argo-bad"), {
      "k8s/train.yml": manifestOf({ ...spec, templates: [] }, "Workflow", "argoproj.io/v1alpha1"),
    });
    expect(failing.result.conclusion).toBe("failure");
    expect(failing.result.log).toContain("the stand-in says no");
  } finally {
    await argo.stop();
  }
});

test(
  "Kubeflow: a TFJob of two workers and a PyTorchJob that fails, by the training operator itself",
  { timeout: BUILD_MS },
  async () => {
    const operator = await startTrainingOperator(admin, namespace);
    try {
      const replicas = (field: string, replica: string, container: string, count: number, command: string) => ({
        runPolicy: { cleanPodPolicy: "None" },
        [field]: {
          [replica]: {
            replicas: count,
            restartPolicy: "Never",
            template: {
              spec: { containers: [{ name: container, image: IMAGE, command: ["/bin/sh", "-c", command] }] },
            },
          },
        },
      });
      const answer = `{"metrics":{"loss":0.25},"model":{"uri":"pvc://models/tf","digest":"sha256:${"c".repeat(64)}"}}`;
      const command = `echo "$PARAM_C by $TF_CONFIG"; case $TF_CONFIG in *'"index":0'*) printf '${answer}' >/dev/termination-log;; esac`;
      const good = await train(byManifest("tf"), {
        "k8s/train.yml": manifestOf(
          replicas("tfReplicaSpecs", "Worker", "tensorflow", 2, command),
          "TFJob",
          "kubeflow.org/v1",
        ),
      });
      expect(good.result.conclusion, good.result.log).toBe("success");
      expect(recordOf(good)).toMatchObject({
        metrics: { values: { loss: 0.25 } },
        artifact: { modelUri: "pvc://models/tf" },
      });
      for (const index of [0, 1])
        expect(good.result.log).toMatch(new RegExp(`\\[tf-\\d+-1-worker-${index}\\] 0\\.5 by `));
      const bad = await train(byManifest("torch"), {
        "k8s/train.yml": manifestOf(
          replicas("pytorchReplicaSpecs", "Master", "pytorch", 1, "echo no; exit 7"),
          "PyTorchJob",
          "kubeflow.org/v1",
        ),
      });
      expect(bad.result.conclusion).toBe("failure");
      expect(bad.result.log).toMatch(/ended with code 7/);
      expect(await pods()).toEqual([]);
      for (const plural of ["tfjobs", "pytorchjobs"]) {
        expect(await list(`/apis/kubeflow.org/v1/namespaces/${namespace}/${plural}`)).toEqual([]);
      }
    } finally {
      await operator.stop();
    }
  },
);

test("the example, word for word but for its script's place: trained, gated, found again", async () => {
  const digits = join(ROOT, "workflows-examples/digits");
  writeFileSync(join(folder, "train.py"), readFileSync(join(digits, "train.py")));
  const example = readFileSync(join(ROOT, "workflows-examples/train-cluster.yml"), "utf8");
  // The bench's image holds scikit-learn, and no code of ours.
  const text = example.replace("python3 train.py", "python3 /model-road-claim/train.py");
  expect(text).not.toBe(example);
  await bed.commit({ [WORKFLOW]: text, "params.yaml": readFileSync(join(digits, "params.yaml"), "utf8") });
  const options = { ...given(), vars: { TRAINING_NAMESPACE: namespace, TRAINING_IMAGE: IMAGE } };
  const first = await bed.run(options);
  expect(first.conclusion, first.log).toBe("success");
  const record = parseRecord(first.jobs.train!.outputs.record!);
  expect(record.metrics!.values.accuracy).toBeGreaterThan(0.9);
  expect(record.gate!.decision).toBe("passed");
  expect(record.artifact!.modelUri).toBe(`pvc://models/digits/digits-${first.runId}-1`);
  const second = await bed.run(options);
  expect(second.conclusion, second.log).toBe("success");
  expect(second.jobs.train!.outputs["model-uri"]).toBe(record.artifact!.modelUri);
  expect(second.log).toContain("Skipping the training");
});

test("a training that takes too long is ended by its time, and left where that was asked for", async () => {
  const done = await train(ours("slow", "sleep 600", "keep-training: failed"), {}, "6s");
  expect(done.result.conclusion).toBe("failure");
  expect(done.result.log).toMatch(/after \d+ s it still runs: waiting for Job slow-/);
  expect((await jobs()).map(({ metadata }) => metadata.name)).toEqual([`slow-${done.result.runId}-1`]);
  await admin.must(
    "DELETE",
    `/apis/batch/v1/namespaces/${namespace}/jobs/slow-${done.result.runId}-1?propagationPolicy=Background`,
  );
  await until(async () => (await pods()).length === 0);
});

test("what a step that was killed has left, the end of the job deletes", async () => {
  await bed.commit({ [WORKFLOW]: workflow(ours("killed", "sleep 600")), "requirements.txt": "a==1\n" });
  const running = await bed.start(given());
  await until(async () => (await pods()).some(({ metadata }) => metadata.name.startsWith("killed-")));
  const [step, ...others] = processesOf("train-cluster.cjs");
  expect(others).toEqual([]);
  process.kill(step!, "SIGKILL");
  const { conclusion, log } = await running.result;
  expect(conclusion).toBe("failure");
  expect(log).toMatch(/Deleted killed-\d+-1, which this run had left in the cluster/);
  await until(async () => (await pods()).length === 0 && (await jobs()).length === 0);
});

/** Of this test's machine: their ids. */
function processesOf(program: string): number[] {
  return readdirSync("/proc").flatMap((id) => {
    try {
      const isIt = readFileSync(`/proc/${id}/cmdline`, "utf8").includes(program);
      const isOurs = isIt && readFileSync(`/proc/${id}/environ`, "utf8").includes(`INPUT_NAMESPACE=${namespace}`);
      return isOurs ? [Number(id)] : [];
    } catch {
      return [];
    }
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error("it does not hold after 30 s");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
