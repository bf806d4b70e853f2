// What models tells of plain objects and charts, read from the objects that hold them. test/cluster/releases.cluster.ts has real ones.
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { gzipTexts } from "../../src/adapters/compression.ts";
import { manage } from "../world/kubernetes/managing.ts";
import { startApiServer, type ApiServer } from "../world/kubernetes/api-server.ts";

const ID = "a".repeat(40);
const RECORD = '{"schema":1}';
const MANIFEST = `
apiVersion: v1
kind: Service
metadata: {name: score, namespace: models}
spec: {selector: {app: score}, ports: [{port: 80, targetPort: 9000}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: score, namespace: models}
spec:
  template:
    metadata: {labels: {app: score, model-road/deploy-id: "${ID.slice(1)}"}}
    spec: {containers: [{name: api, image: "acme/score:1"}]}
`;
const DOCUMENTS = [
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "score", namespace: "models" },
    spec: { selector: { app: "score" }, ports: [{ port: 80, targetPort: 9000 }] },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "score", namespace: "models" },
    spec: { template: { metadata: { labels: { app: "score" } }, spec: { containers: [{ name: "api" }] } } },
  },
];

let api: ApiServer;

beforeEach(async () => {
  api = await startApiServer();
  const pack = async (text: string): Promise<string> => await gzipTexts().pack(text);
  const kept = { schema: 1, deployId: ID, documents: DOCUMENTS, repository: "", sha: "", runId: "", record: RECORD };
  api.put("/api/v1/namespaces/models/configmaps/model-road.score", {
    metadata: {
      labels: { "app.kubernetes.io/managed-by": "model-road", "model-road/release": "score" },
      annotations: { "model-road/deploy-id": ID, "model-road/proven": ID },
    },
    data: { release: await pack(JSON.stringify(kept)) },
  });
  // Another object of the release, and someone else's.
  const labels = { "app.kubernetes.io/managed-by": "model-road", "model-road/release": "score" };
  api.put("/api/v1/namespaces/models/configmaps/settings", { metadata: { labels } });
  const chart = await pack(JSON.stringify({ name: "score", manifest: MANIFEST }));
  const revision = async (name: string, version: number, status: string, ours = true): Promise<void> =>
    void api.put(`/api/v1/namespaces/models/secrets/sh.helm.release.v1.${name}.v${version}`, {
      metadata: {
        labels: {
          owner: "helm",
          name,
          status,
          version: String(version),
          ...(ours ? { "model-road/deploy-id": ID, "model-road/revision": String(version) } : {}),
        },
        annotations: { "model-road/proven": ID, "model-road/release": await pack(RECORD) },
      },
      data: { release: Buffer.from(chart).toString("base64") },
    });
  await revision("score", 1, "superseded");
  await revision("score", 2, "deployed");
  await revision("theirs", 1, "deployed", false);
});

afterEach(async () => {
  await api.close();
});

const tell = async (given: Record<string, string>, said: string[] = []) =>
  await manage({ kubeconfig: api.kubeconfig, namespace: "models", ...given }, said);
const pods = (available: number): void =>
  void api.put("/apis/apps/v1/namespaces/models/deployments/score", {
    metadata: { labels: { "model-road/release": "score" } },
    spec: { replicas: 2, template: {} },
    status: {
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      availableReplicas: available,
      unavailableReplicas: 2 - available,
    },
  });

describe.each([
  ["kubernetes", {}],
  ["helm", { revision: 2 }],
] as const)("target %s", (target, more) => {
  test("list tells what these actions have made, and whether its pods are there", async () => {
    pods(2);
    const { outputs, summary } = await tell({ target });
    expect(JSON.parse(outputs.models!)).toMatchObject([
      { namespace: "models", name: "score", status: "Available", deployId: ID, proven: true, replicas: 2, ...more },
    ]);
    expect(summary).toContain("models/score");
    pods(1);
    expect(JSON.parse((await tell({ target })).outputs.models!)).toMatchObject([{ status: "Creating" }]);
  });

  test("describe hands out the record, get-url the Service's address", async () => {
    pods(2);
    const { outputs } = await tell({ target, command: "describe", name: "score" });
    expect(outputs.record).toBe(RECORD);
    expect(JSON.parse(outputs.models!)).toMatchObject([{ objects: ["Service score", "Deployment score"] }]);
    const found = await tell({ target, command: "get-url", name: "score" });
    expect(found.outputs["prediction-url"]).toMatch(/namespaces\/models\/services\/http:score:80\/proxy/);
    pods(0);
    await expect(tell({ target, command: "get-url", name: "score" })).rejects.toThrow(/one that is Creating/);
    await expect(tell({ target, command: "describe", name: "other" })).rejects.toThrow(/a release of these actions/);
    expect((await tell({ target, command: "delete", name: "other" })).outputs.operation).toBe("absent");
  });

  test("what it keeps may be broken: all else is told", async () => {
    const path =
      target === "helm"
        ? "/api/v1/namespaces/models/secrets/sh.helm.release.v1.score.v2"
        : "/api/v1/namespaces/models/configmaps/model-road.score";
    api.put(path, { ...api.get(path)!, data: { release: "bm90IGd6aXA=" } });
    const said: string[] = [];
    expect(JSON.parse((await tell({ target }, said)).outputs.models!)).toMatchObject([{ name: "score", url: "" }]);
    expect(said.join("\n")).toContain("can not be read");
  });

  test("logs, stop and start are for SeldonDeployments", async () => {
    await expect(tell({ target, command: "stop", name: "score" })).rejects.toThrow(/list, describe, get-url or delete/);
  });
});
