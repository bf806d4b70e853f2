// Target kubernetes against the small API server: what a neighbour, a cut write or another run must not be able to do.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { Outcome } from "../../src/action.ts";
import { gzipTexts } from "../../src/adapters/compression.ts";
import { startSmallBench, type SmallBench } from "../world/kubernetes/deploying.ts";

const ANCHOR = "/api/v1/namespaces/models/configmaps/model-road.digits";
const config = (name: string, namespace = "models"): string => `/api/v1/namespaces/${namespace}/configmaps/${name}`;

let bench: SmallBench;

beforeEach(async () => {
  bench = await startSmallBench();
  const kinds = (all: readonly [string, string, boolean?][]) => ({
    metadata: {},
    resources: all.map(([name, kind, namespaced = true]) => ({ name, kind, namespaced })),
  });
  bench.api.put("/api/v1", kinds([["configmaps", "ConfigMap"], ["secrets", "Secret"]])); // prettier-ignore
  bench.api.put("/apis/networking.k8s.io/v1", kinds([["ingresses", "Ingress"]]));
  bench.api.put("/apis/rbac.authorization.k8s.io/v1", kinds([["clusterroles", "ClusterRole", false]]));
});
afterEach(async () => bench[Symbol.asyncDispose]());

const document = (name: string, value: string): string =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value } });

async function deploy(documents: readonly string[], given: Record<string, string> = {}): Promise<Outcome> {
  writeFileSync(join(bench.folder, "objects.yaml"), documents.join("\n---\n"));
  return await bench.deploy({
    target: "kubernetes",
    manifests: "objects.yaml",
    image: "",
    "smoke-request": "",
    ...given,
  });
}

const valueOf = (name: string): unknown =>
  (bench.api.get(config(name)) as { data?: { value?: string } } | undefined)?.data?.value;
const kept = async (): Promise<{ documents: Record<string, unknown>[] }> => {
  const { release } = bench.api.get(ANCHOR)!.data as { release: string };
  return JSON.parse(await gzipTexts().unpack(release, { where: "it", maxBytes: 1e6 })) as never;
};
const BAD = { "failure-conditions": "ConfigMap: data.value == bad" };

test.each([
  [
    "another namespace",
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace: "kube-system" } },
    config("x", "kube-system"),
  ],
  [
    "the whole cluster",
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "x", namespace: "models" } },
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/x",
  ],
])("what a neighbour writes into the kept release is not put into %s by a rollback", async (_where, planted, path) => {
  expect((await deploy([document("a", "one")])).failure).toBeUndefined();
  const release = await kept();
  const packed = await gzipTexts().pack(JSON.stringify({ ...release, documents: [...release.documents, planted] }));
  bench.api.put(ANCHOR, { ...bench.api.get(ANCHOR)!, data: { release: packed } });
  expect((await deploy([document("a", "bad")], BAD)).failure).toBeDefined();
  expect(bench.api.get(path)).toBeUndefined();
});

test("a Secret's content stands neither in the ConfigMap, nor in what a dry run shows; a rollback leaves it", async () => {
  const secret = (value: string): string =>
    JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "key" }, stringData: { key: value } });
  await deploy([document("a", "one"), secret("hunter2-hunter2")]);
  expect(bench.api.get("/api/v1/namespaces/models/secrets/key")).toMatchObject({
    stringData: { key: "hunter2-hunter2" },
  });
  expect(JSON.stringify(await kept())).toContain('"key"');
  expect(JSON.stringify(await kept())).not.toContain("hunter2");
  for (const dry of ["client", "diff"]) {
    const { summary } = await deploy([document("a", "one"), secret("hunter3-hunter3")], { "dry-run": dry });
    expect(summary).toBeDefined();
    expect(summary).not.toContain("hunter");
  }
  expect(bench.said.join("\n")).not.toContain("hunter");
  const { outputs } = await deploy([document("a", "bad"), secret("hunter2-hunter2")], BAD);
  expect(outputs["rolled-back"]).toBe("true");
  expect(valueOf("a")).toBe("one");
  expect(bench.api.get("/api/v1/namespaces/models/secrets/key")).toMatchObject({
    stringData: { key: "hunter2-hunter2" },
  });
});

test("what is no longer wanted goes too where nothing else of its group is left", async () => {
  const ingress = JSON.stringify({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "way" },
    spec: {},
  });
  await deploy([document("a", "one"), ingress]);
  const path = "/apis/networking.k8s.io/v1/namespaces/models/ingresses/way";
  expect(bench.api.get(path)).toBeDefined();
  await deploy([document("a", "two")]);
  expect(bench.api.get(path)).toBeUndefined();
});

test("objects of which the cluster takes only some are put back", async () => {
  await deploy([document("a", "one"), document("b", "one")]);
  const body = JSON.stringify({ kind: "Status", code: 422, reason: "Invalid", message: "it is invalid" });
  bench.api.faults.push({ method: "PATCH", path: /configmaps\/b/, answer: { status: 422, body } });
  const { outputs, failure } = await deploy([document("a", "two"), document("b", "two")]);
  expect(failure).toContain("it is invalid");
  expect(outputs["rolled-back"]).toBe("true");
  expect([valueOf("a"), valueOf("b")]).toEqual(["one", "one"]);
});

test("a first release that fails is left to whoever has deployed over it meanwhile", async () => {
  const act = bench.api.onWrite;
  bench.api.onWrite = (object, path) => {
    act(object, path);
    if (path !== config("a")) return;
    bench.api.onWrite = act;
    const anchor = bench.api.get(ANCHOR)!;
    const annotations = Object.fromEntries(
      Object.keys(anchor.metadata.annotations as object).map((name) => [name, "f".repeat(40)]),
    );
    bench.api.put(ANCHOR, { ...anchor, metadata: { ...anchor.metadata, annotations } });
  };
  const body = JSON.stringify({ kind: "Status", code: 422, reason: "Invalid", message: "it is invalid" });
  bench.api.faults.push({ method: "PATCH", path: /configmaps\/b/, answer: { status: 422, body } });
  expect((await deploy([document("a", "one"), document("b", "one")])).failure).toContain("it is invalid");
  expect(bench.api.get(ANCHOR)).toBeDefined();
});
