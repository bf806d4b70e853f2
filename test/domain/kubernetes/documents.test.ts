import { describe, expect, it } from "vitest";
import {
  placeDocuments,
  readDocuments,
  RELEASE_LABEL,
  stampDocuments,
  templateId,
  withImage,
  type Document,
  type Scope,
} from "../../../src/domain/kubernetes/documents.ts";
import { buildWorkload, type WorkloadOrder } from "../../../src/domain/kubernetes/workload.ts";

const D = `@sha256:${"a".repeat(64)}`;
const MANIFEST = `
# a namespace, a Service and a Deployment in one file
apiVersion: apps/v1
kind: Deployment
metadata: {name: score, labels: {app: score}}
spec:
  template:
    metadata: {labels: {app: score}}
    spec:
      containers:
        - {name: proxy, image: "envoy:1"}
        - {name: api, image: "docker.io/acme/score:latest"}
---
apiVersion: v1
kind: Service
metadata: {name: score}
spec: {type: LoadBalancer}
--- # the last one
apiVersion: v1
kind: Namespace
metadata: {name: demo}
`;

const scopeOf = ({ kind }: Document): Scope | undefined =>
  kind === "Widget"
    ? undefined
    : { plural: `${kind.toLowerCase()}s`, namespaced: !["Namespace", "ClusterRole"].includes(kind) };

async function said(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return "";
}

describe("the user's manifests", () => {
  it("are read as many documents, lists too", async () => {
    const documents = await readDocuments(MANIFEST, "app.yaml");
    expect(documents.map(({ kind }) => kind)).toEqual(["Deployment", "Service", "Namespace"]);
    const list = `{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}]}`;
    expect((await readDocuments(list, "x")).map(({ kind }) => kind)).toEqual(["ConfigMap"]);
  });

  it.each([
    ["nothing", "# only words\n", "one Kubernetes object at least"],
    ["a generateName", "{apiVersion: v1, kind: Pod, metadata: {generateName: a-}}", "saw a generateName"],
    ["no kind", "{apiVersion: v1}", "with apiVersion and kind"],
    ["a text", "hello", "with apiVersion and kind"],
    [
      "one twice",
      "{apiVersion: v1, kind: Pod, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: a}}",
      "the document at line 2: expected each object once",
    ],
  ])("are refused with their place: %s", async (_title, text, expected) => {
    expect(await said(() => readDocuments(text, "app.yaml"))).toContain(expected);
  });

  it("are placed in the namespace of the deploy, in an order that can be applied", async () => {
    const placed = placeDocuments(await readDocuments(MANIFEST, "x"), "demo", scopeOf);
    expect(placed.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ["Namespace", undefined],
      ["Service", "demo"],
      ["Deployment", "demo"],
    ]);
  });

  it("reach nothing outside", async () => {
    const place = async (text: string): Promise<string> =>
      await said(async () => placeDocuments(await readDocuments(text, "x"), "demo", scopeOf));
    expect(await place("{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: kube-system}}")).toContain(
      'saw namespace "kube-system"',
    );
    expect(await place("{apiVersion: v1, kind: Namespace, metadata: {name: other}}")).toContain("of the whole cluster");
    expect(await place("{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a}}")).toContain(
      "of the whole cluster",
    );
    expect(await place("{apiVersion: example.org/v1, kind: Widget, metadata: {name: a}}")).toContain(
      "the cluster knows",
    );
  });

  it("get the image where the repository stands, where a name says, or where there is one place only", async () => {
    const documents = await readDocuments(MANIFEST, "x");
    const images = (all: readonly Document[]): string[] => JSON.stringify(all).match(/"image":"[^"]*"/g) ?? [];
    expect(images(withImage(documents, `docker.io/acme/score${D}`))).toEqual([
      '"image":"envoy:1"',
      `"image":"docker.io/acme/score${D}"`,
    ]);
    expect(images(withImage(documents, `else/where${D}`, "proxy"))[0]).toBe(`"image":"else/where${D}"`);
    expect(await said(() => withImage(documents, `else/where${D}`))).toContain("saw proxy (envoy:1), api (docker.io");
    expect(await said(() => withImage(documents, `else/where${D}`, "web"))).toContain('a container named "web"');
    // What was read is not touched.
    expect(images(documents)[1]).toBe('"image":"docker.io/acme/score:latest"');
  });

  it("carry the release and the digest of their pod template", async () => {
    const documents = await readDocuments(MANIFEST, "x");
    const first = stampDocuments(documents, "score");
    expect(
      first.documents.map(({ metadata }) => (metadata.labels as { [RELEASE_LABEL]?: string })[RELEASE_LABEL]),
    ).toEqual(["score", "score", "score"]);
    const [deployment, service] = first.documents;
    expect(templateId(deployment!)).toMatch(/^[0-9a-f]{40}$/);
    expect(templateId(service!)).toBeUndefined();
    expect(stampDocuments(documents, "score")).toEqual(first);
    const other = stampDocuments(withImage(documents, `docker.io/acme/score${D}`), "score");
    expect(templateId(other.documents[0]!)).not.toBe(templateId(deployment!));
    expect(other.deployId).not.toBe(first.deployId);
    // A Service that changes rolls no pods.
    const reached = documents.map((each) => (each.kind === "Service" ? { ...each, spec: { type: "NodePort" } } : each));
    const exposed = stampDocuments(reached, "score");
    expect(templateId(exposed.documents[0]!)).toBe(templateId(deployment!));
    expect(exposed.deployId).not.toBe(first.deployId);
  });
});

const ORDER: WorkloadOrder = {
  name: "score",
  namespace: "demo",
  image: `ghcr.io/acme/score${D}`,
  port: 5000,
  servicePort: 80,
  serviceType: "ClusterIP",
  replicas: 2,
  autoscale: undefined,
  resources: undefined,
  env: {},
  serviceAccount: undefined,
  imagePullSecret: undefined,
  readinessPath: undefined,
  progressDeadlineSeconds: 120,
};

describe("manifests made of an image", () => {
  it("are a Service and a Deployment, and what is asked for", () => {
    expect(buildWorkload(ORDER).map(({ kind }) => kind)).toEqual(["Service", "Deployment"]);
    const all = buildWorkload({
      ...ORDER,
      autoscale: { least: 1, most: 5, targets: [{ resource: "cpu", percent: 70 }] },
      serviceType: "LoadBalancer",
      readinessPath: "/health",
      env: { THREADS: "2" },
    });
    expect(all.map(({ kind }) => kind)).toEqual(["Service", "Deployment", "HorizontalPodAutoscaler"]);
    const deployment = JSON.stringify(all[1]);
    // The autoscaler's number is not overwritten by an apply.
    expect(deployment).not.toContain('"replicas"');
    expect(deployment).toContain('"httpGet":{"path":"/health","port":"http"}');
    expect(deployment).toContain('{"name":"THREADS","value":"2"}');
  });

  it("give a pod no token of the cluster unless an account is named", () => {
    expect(JSON.stringify(buildWorkload(ORDER))).toContain('"automountServiceAccountToken":false');
    expect(JSON.stringify(buildWorkload({ ...ORDER, serviceAccount: "scorer" }))).not.toContain("automount");
  });
});
