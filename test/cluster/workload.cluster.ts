import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { gzipTexts } from "../../src/adapters/compression.ts";
import { RELEASE_LABEL } from "../../src/domain/kubernetes/documents.ts";
import { PROVEN_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../../src/domain/rollout/verdict.ts";
import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const SMOKE = JSON.stringify({ path: "/predict", body: { data: { ndarray: [[1, 2, 3, 4]] } } });

let bench: Bench;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"), { operator: false });
});

afterAll(async () => {
  await bench.stop();
});

type Found = { status: number; body: { metadata: { [field: string]: unknown; annotations?: Record<string, string> } } };
const find = async (path: string): Promise<Found> =>
  (await bench.admin.call("GET", path.replace("NS", bench.namespace))) as unknown as Found;
const listed = async (kind: string): Promise<string[]> => {
  const list = (await bench.admin.must(
    "GET",
    `/${kind === "services" || kind === "pods" || kind === "configmaps" ? "api/v1" : "apis/apps/v1"}/namespaces/${bench.namespace}/${kind}`,
  )) as unknown as { items: { metadata: { name: string; deletionTimestamp?: string } }[] };
  return list.items.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.name);
};
type Spec = { template?: { spec: { containers: { image: string }[] } } };
const unpacked = async (body: object, field: string): Promise<string> =>
  await gzipTexts().unpack((body as { data: Record<string, string> }).data[field]!, { where: field, maxBytes: 1e6 });
const anchor = "/api/v1/namespaces/NS/configmaps/model-road.score";
const deploy = async (given: Record<string, string>, options?: Parameters<Bench["deploy"]>[1]) =>
  await bench.deploy({ target: "kubernetes", name: "score", port: "9000", ...given }, options);

describe("an image on plain Kubernetes", () => {
  let first: string;

  test("create: a Deployment and a Service, green once a pod of it has answered", async () => {
    const { outputs, failure } = await deploy({ image: IMAGE, "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs).toMatchObject({ operation: "created", "rolled-back": "false" });
    expect(outputs["prediction-url"]).toContain("/services/http:score:80/proxy/predict");
    first = outputs["deploy-id"]!;
    const { body } = await find(anchor);
    expect(body.metadata.annotations).toMatchObject({ [SPEC_ID_ANNOTATION]: first, [PROVEN_ANNOTATION]: first });
    expect(bench.calls()).toBeLessThanOrEqual(40);
  });

  test("unchanged: nothing rolls", async () => {
    const before = await listed("pods");
    const { outputs, failure } = await deploy({ image: IMAGE, "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs).toMatchObject({ operation: "unchanged", "deploy-id": first });
    expect(await listed("pods")).toEqual(before);
  });

  test("diff and server tell what would change, and change nothing", async () => {
    const before = await find("/apis/apps/v1/namespaces/NS/deployments/score");
    for (const dry of ["diff", "server"]) {
      const { outputs, summary } = await deploy({ image: NEWER, "dry-run": dry });
      expect(outputs.operation).toBe("would-update");
      expect(summary).toContain(NEWER);
    }
    const after = await find("/apis/apps/v1/namespaces/NS/deployments/score");
    expect(after.body.metadata["resourceVersion"]).toBe(before.body.metadata["resourceVersion"]);
  });

  test("update: only the new version is believed", async () => {
    const { outputs, failure } = await deploy({ image: NEWER, "smoke-request": SMOKE, replicas: "2" });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
    expect(await listed("pods")).toHaveLength(2);
    first = outputs["deploy-id"]!;
  });

  test("a bad image: told in seconds, and the proven version is put back", async () => {
    const from = Date.now();
    const { outputs, failure } = await deploy({ image: "localhost:5000/nope:1", "smoke-request": SMOKE });
    expect(Date.now() - from).toBeLessThan(45_000);
    expect(failure).toContain("localhost:5000/nope:1");
    expect(failure).toContain("was put back");
    expect(outputs).toMatchObject({ operation: "failed", "rolled-back": "true" });
    const { body } = await find(anchor);
    expect(body.metadata.annotations).toMatchObject({ [SPEC_ID_ANNOTATION]: first, [PROVEN_ANNOTATION]: first });
  });

  test("a wrong answer: the new pods run, and are not believed", async () => {
    const wrong = JSON.stringify({ path: "/predict", body: { data: { ndarray: [[1]] } }, expect: { values: [9] } });
    const { outputs, failure } = await deploy({ image: IMAGE, "smoke-request": wrong, "wait-timeout": "40s" });
    expect(failure).toContain("the new version of");
    expect(outputs["rolled-back"]).toBe("true");
  });

  test("an older commit does not go over a newer one", async () => {
    const compare = async () => await Promise.resolve("behind" as const);
    await expect(deploy({ image: IMAGE, "smoke-request": SMOKE }, { sha: "0".repeat(40), compare })).rejects.toThrow(
      "not older than the one that serves",
    );
  });

  test("a first deploy that fails is removed, with all that it made", async () => {
    const { outputs, failure } = await deploy({ name: "broken", image: "localhost:5000/nope:1" });
    expect(failure).toContain("removed again");
    expect(outputs["prediction-url"]).toBe("");
    await expect.poll(async () => listed("services"), { timeout: 30_000 }).toEqual(["score"]);
    await expect.poll(async () => listed("deployments"), { timeout: 30_000 }).toEqual(["score"]);
    expect((await find("/api/v1/namespaces/NS/configmaps/model-road.broken")).status).toBe(404);
  });
});

describe("two at once, and cancelled", () => {
  test("one of them stands in the end, whole, and the other says that it was passed", async () => {
    const results = await Promise.allSettled([
      deploy({ image: IMAGE, "smoke-request": SMOKE }, { sha: "3".repeat(40) }),
      deploy({ image: NEWER, "smoke-request": SMOKE }, { sha: "4".repeat(40) }),
    ]);
    const told = results.map((each) =>
      each.status === "fulfilled" ? (each.value.failure ?? "green") : String(each.reason),
    );
    const { body } = await find(anchor);
    const id = body.metadata.annotations?.[SPEC_ID_ANNOTATION];
    const greens = results.filter((each) => each.status === "fulfilled" && each.value.failure === undefined);
    expect(greens.length, told.join("\n")).toBeGreaterThanOrEqual(1);
    expect(
      greens.some((each) => each.status === "fulfilled" && each.value.outputs["deploy-id"] === id),
      told.join("\n"),
    ).toBe(true);
    // What stands is what the anchor says.
    const { documents } = JSON.parse(await unpacked(body, "release")) as { documents: { spec?: Spec }[] };
    const wanted = documents.map(({ spec }) => spec?.template?.spec.containers[0]?.image).find(Boolean);
    const live = (await find("/apis/apps/v1/namespaces/NS/deployments/score")).body as unknown as { spec: Spec };
    expect(live.spec.template?.spec.containers[0]?.image).toBe(wanted);
  });

  test("cancelled in the middle: the next run converges", async () => {
    const cancel = new AbortController();
    const cut = deploy({ image: "localhost:5000/nope:2", "smoke-request": SMOKE }, { signal: cancel.signal });
    await expect
      .poll(() => bench.said.some((each) => each.includes("waiting for Deployment score")), { timeout: 20_000 })
      .toBe(true);
    cancel.abort(new Error("cancelled"));
    await expect(cut).rejects.toThrow("cancelled");
    const { outputs, failure } = await deploy({ image: IMAGE, "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
  });
});

describe("manifests of one's own", () => {
  const write = (text: string): void => {
    mkdirSync(join(bench.folder, "k8s"), { recursive: true });
    writeFileSync(join(bench.folder, "k8s", "app.yaml"), text);
  };
  const app = (more = ""): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: labels}
data: {zero: "0"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: api
          image: localhost:5000/model:latest
          ports: [{name: http, containerPort: 9000}]
          readinessProbe: {tcpSocket: {port: http}, periodSeconds: 1}
${more}`;
  const job = (command: string): string => `---
apiVersion: batch/v1
kind: Job
metadata: {name: warm}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers: [{name: warm, image: "${IMAGE}", command: ["/bin/sh", "-c", "${command}"]}]
`;
  const given = { name: "web", manifests: "k8s/app.yaml", image: IMAGE, container: "api", "smoke-request": SMOKE };

  test("are applied in order, waited for each by its kind, with the image put in", async () => {
    write(app(job("true")));
    const { outputs, failure } = await deploy(given);
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("created");
    const { body } = await find("/apis/batch/v1/namespaces/NS/jobs/warm");
    expect(JSON.stringify(body)).toContain('"type":"Complete"');
  });

  test("what is wanted no more is removed, after the new version has proven itself", async () => {
    write(app());
    const { outputs, failure, summary } = await deploy({ ...given, image: NEWER });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
    expect(summary).toContain("Job warm");
    await expect
      .poll(async () => (await find("/apis/batch/v1/namespaces/NS/jobs/warm")).status, { timeout: 30_000 })
      .toBe(404);
  });

  test("a Job that fails is a deploy that failed, and goes again with the rollback", async () => {
    write(app(job("exit 3")));
    const { outputs, failure } = await deploy(given);
    expect(failure).toContain("Job warm");
    expect(outputs["rolled-back"]).toBe("true");
    await expect
      .poll(async () => (await find("/apis/batch/v1/namespaces/NS/jobs/warm")).status, { timeout: 30_000 })
      .toBe(404);
  });

  test("an object of another is left alone", async () => {
    const path = `/api/v1/namespaces/${bench.namespace}/configmaps/labels`;
    const taken = { metadata: { labels: { [RELEASE_LABEL]: "someone" } } };
    await bench.admin.must("PATCH", path, taken, "application/merge-patch+json");
    write(app());
    await expect(deploy(given)).rejects.toThrow('one of release "someone"');
  });
});
