// What is served from a store, with Seldon's executor and without it, and by as many pods as the load asks for: on real pods, with
// stand-ins of our own for the storage initialiser, the prepackaged server and the executor.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";

import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const BODY = { data: { ndarray: [[5.1, 3.5, 1.4, 0.2]] } };
/** A flower that everyone takes for a setosa. */
const SETOSA = JSON.stringify({ body: BODY, expect: { values: [[1, 0, 0]], tolerance: 0.1 } });
const SMOKE = JSON.stringify({ body: BODY, expect: { shape: [1, 2] } });

let bench: Bench;
/** `http://10.…:8080`, where a pod shows the files of a model. */
let store: string;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
  store = await fileServer();
});

afterAll(async () => {
  await bench.stop();
});

async function fileServer(): Promise<string> {
  const path = `/api/v1/namespaces/${bench.namespace}/pods`;
  await bench.admin.must("POST", path, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "files" },
    spec: { containers: [{ name: "files", image: "localhost:5000/models:1" }], terminationGracePeriodSeconds: 0 },
  });
  for (const until = Date.now() + 60_000; Date.now() < until;) {
    const { status } = (await bench.admin.must("GET", `${path}/files`)) as {
      status?: { podIP?: string; phase?: string };
    };
    if (status?.podIP !== undefined && status.phase === "Running") return `http://${status.podIP}:8080`;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the file server does not run after 60 s");
}

const credentials = (secret = "letmein"): string =>
  JSON.stringify({ s3: { "access-key-id": "ada", "secret-access-key": secret, endpoint: store } });

describe("a prepackaged server", () => {
  const asked = { name: "iris", implementation: "SKLEARN_SERVER", "smoke-request": SETOSA, "wait-timeout": "90s" };

  test("with the executor: not before 20 s, and answered through it", async () => {
    const from = Date.now();
    const { outputs, failure } = await bench.deploy({
      ...asked,
      "model-uri": "s3://iris/v1",
      "storage-credentials": credentials(),
    });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(Date.now() - from).toBeGreaterThan(20_000);
    expect(outputs["prediction-url"]).toContain("http:iris-default:8000/proxy/api/v1.0/predictions");
    expect(outputs["docs-url"]).toContain("http:iris-default:8000/proxy/api/v1.0/doc/");
    expect(outputs["grpc-endpoint"]).toBe(`iris-default.${bench.namespace}:5001`);
    const [pod] = await bench.pods("iris");
    expect(pod!.spec.containers).toHaveLength(2);
    expect(bench.calls()).toBeLessThanOrEqual(40);
  });

  test("without it: ready in seconds, the model server itself answers", async () => {
    const from = Date.now();
    const { outputs, failure } = await bench.deploy({
      ...asked,
      name: "bare",
      engine: "none",
      "model-uri": `${store}/iris/v1`,
    });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    console.log(`prepackaged, engine: none: ${Date.now() - from} ms`);
    expect(Date.now() - from).toBeLessThan(20_000);
    expect(outputs["docs-url"]).toBe("");
  });

  test("whose model is not there: told with the initialiser's own words, and rolled back", async () => {
    const { outputs, failure } = await bench.deploy({
      ...asked,
      name: "bare",
      engine: "none",
      "model-uri": `${store}/iris/v2`,
    });
    expect(failure).toMatch(/model-initializer.*has ended \d times/s);
    expect(bench.said.join("\n")).toMatch(/cannot copy .*iris\/v2.*404/);
    expect(outputs["rolled-back"]).toBe("true");
  });
});

describe("an image with a model beside it", () => {
  const env = "{MODEL_NAME: IrisModel, MODEL_DIR: /mnt/models}";

  test("of a store", async () => {
    const { failure } = await bench.deploy({
      name: "both",
      image: IMAGE,
      env,
      "model-uri": `${store}/iris/v1`,
      "smoke-request": SETOSA,
    });
    expect(failure, bench.said.join("\n")).toBeUndefined();
  });

  test.skipIf(process.env.TEST_KUBE_CONTEXT)("of a claim", async () => {
    const folder = mkdtempSync(join(tmpdir(), "claim-"));
    const volume = `model-${bench.namespace}`;
    try {
      copyFileSync(join(inject("state"), "cache/model.joblib"), join(folder, "model.joblib"));
      // The server in the pod is another user.
      chmodSync(folder, 0o755);
      chmodSync(join(folder, "model.joblib"), 0o644);
      const common = { accessModes: ["ReadOnlyMany"], storageClassName: "" };
      await bench.admin.must("POST", "/api/v1/persistentvolumes", {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: volume },
        spec: { ...common, capacity: { storage: "1Gi" }, hostPath: { path: folder } },
      });
      await bench.admin.must("POST", `/api/v1/namespaces/${bench.namespace}/persistentvolumeclaims`, {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "model" },
        spec: { ...common, volumeName: volume, resources: { requests: { storage: "1Gi" } } },
      });
      const { failure } = await bench.deploy({
        name: "claimed",
        image: IMAGE,
        env,
        "model-uri": "pvc://model",
        "smoke-request": SETOSA,
      });
      expect(failure, bench.said.join("\n")).toBeUndefined();
    } finally {
      await bench.admin.call("DELETE", `/api/v1/persistentvolumes/${volume}`);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("as many pods as the load asks for", () => {
  const scaled = { name: "scaled", image: IMAGE, resources: "requests: {cpu: 10m}", "smoke-request": SMOKE };

  test("the autoscaler stands as asked, and a change of it restarts nothing", async () => {
    const first = await bench.deploy({ ...scaled, autoscale: "2..4 cpu=70" });
    expect(first.failure, bench.said.join("\n")).toBeUndefined();
    expect(bench.said).toContain("The autoscaler of scaled-default-0-classifier stands as asked");
    const until = Date.now() + 60_000;
    const names = async (): Promise<string[]> =>
      (await bench.pods("scaled")).map(({ metadata }) => metadata.name).toSorted();
    while ((await names()).length < 2 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 200));
    const before = await names();
    expect(before).toHaveLength(2);
    const second = await bench.deploy({ ...scaled, autoscale: "2..6 cpu=50" });
    expect(second.failure, bench.said.join("\n")).toBeUndefined();
    expect(second.outputs.operation).toBe("updated");
    expect(await names()).toEqual(before);
  });

  test("a Secret to pull with is made, and stands in the pods", async () => {
    const { failure } = await bench.deploy({
      name: "pulled",
      image: NEWER,
      "registry-credentials": "{username: ada, password: letmein-please}",
      "smoke-request": SMOKE,
    });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    const path = `/api/v1/namespaces/${bench.namespace}/secrets/pulled-registry`;
    const { metadata } = (await bench.admin.must("GET", path)) as { metadata: { ownerReferences: { uid: string }[] } };
    expect(metadata.ownerReferences[0]!.uid).toBe((await bench.sdep("pulled"))!.metadata.uid);
  });
});

/** Gives an image of the bench's registry one more name. */
function tagAs(tag: string): void {
  const script = `
    accept=application/vnd.oci.image.manifest.v1+json,application/vnd.docker.distribution.manifest.v2+json
    at=http://127.0.0.1:5000/v2/model/manifests
    curl -fsS -H "Accept: $accept" -D /tmp/$TAG.head -o /tmp/$TAG.json $at/2
    type=$(sed -n 's/^[Cc]ontent-[Tt]ype: *//p' /tmp/$TAG.head | tr -d '\\r')
    curl -fsS -X PUT -H "Content-Type: $type" --data-binary @/tmp/$TAG.json $at/$TAG
    rm -f /tmp/$TAG.json /tmp/$TAG.head`;
  execFileSync("bash", [join(import.meta.dirname, "../world/cluster/in-cluster"), "bash", "-ec", script], {
    env: { ...process.env, KUBECONFIG: "", CLUSTER_STATE: inject("state"), TAG: tag },
  });
}

test.skipIf(process.env.TEST_KUBE_CONTEXT)(
  "rollback: none, then the missing image is pushed: the old trouble of the same pods does not doom the next run",
  async () => {
    const tag = `late-${Date.now().toString(36)}`;
    const asked = { name: "late", "smoke-request": SMOKE, rollback: "none", "wait-timeout": "120s" };
    expect((await bench.deploy({ ...asked, image: IMAGE })).failure).toBeUndefined();
    const image = `localhost:5000/model:${tag}`;
    expect((await bench.deploy({ ...asked, image })).failure).toMatch(/ErrImagePull|ImagePullBackOff/);
    const again = bench.deploy({ ...asked, image });
    await vi.waitFor(() => expect(bench.said.at(-1)).toMatch(/waiting for/), { timeout: 10_000 });
    tagAs(tag);
    const { failure, outputs } = await again;
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
    // Missing for good, it is told as fast as ever, by the next try of the kubelet.
    const gone = { ...asked, image: `localhost:5000/model:${tag}-gone` };
    await bench.deploy(gone);
    expect((await bench.deploy(gone)).failure).toMatch(/ErrImagePull/);
  },
);
