import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { PROVEN_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { helmFolder } from "../world/cluster/helm.ts";
import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const SMOKE = JSON.stringify({ path: "/predict", body: { data: { ndarray: [[1, 2, 3, 4]] } } });
const PREDICT = JSON.stringify({ body: { data: { ndarray: [[1, 2, 3, 4]] } }, expect: { shape: [1, 2] } });
const PATH = process.env["PATH"]!;

let bench: Bench;
let helm: string;
let kubeconfig: string;

beforeAll(async () => {
  const folder = helmFolder("v3.20.2");
  helm = join(folder, "helm");
  process.env["PATH"] = `${folder}:${PATH}`;
  bench = await openBench(inject("kubeconfig"));
  kubeconfig = join(bench.folder, "admin.yaml");
  write("admin.yaml", inject("kubeconfig"));
  write("plain/Chart.yaml", "apiVersion: v2\nname: score\nversion: 0.1.0\n");
  write("plain/values.yaml", "image: none\nreplicas: 1\nhook: ''\n");
  write("plain/templates/app.yaml", PLAIN);
  write("graph/Chart.yaml", "apiVersion: v2\nname: graph\nversion: 0.1.0\n");
  write("graph/values.yaml", "model: {image: {name: none, version: none}}\n");
  write("graph/templates/sdep.yaml", GRAPH);
}, 600_000);

afterAll(async () => {
  process.env["PATH"] = PATH;
  await bench.stop();
});

const PLAIN = `
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {app: {{ .Release.Name }}}
  ports: [{port: 80, targetPort: http}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  progressDeadlineSeconds: 30
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: api
          image: {{ .Values.image }}
          ports: [{name: http, containerPort: 9000}]
          readinessProbe: {tcpSocket: {port: http}, periodSeconds: 1}
{{- if .Values.hook }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-hook
  annotations: {helm.sh/hook: "pre-upgrade,pre-install", helm.sh/hook-delete-policy: "before-hook-creation"}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 0
      containers: [{name: hook, image: "${IMAGE}", command: ["/bin/sh", "-c", {{ .Values.hook | quote }}]}]
{{- end }}
`;
const GRAPH = `
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata: {name: {{ .Release.Name }}}
spec:
  predictors:
    - name: default
      replicas: 1
      annotations: {seldon.io/no-engine: "true"}
      graph: {name: classifier, type: MODEL}
      componentSpecs:
        - spec:
            containers:
              - name: classifier
                image: "{{ .Values.model.image.name }}:{{ .Values.model.image.version }}"
                readinessProbe: {httpGet: {path: /health/ping, port: http}, periodSeconds: 1}
`;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(bench.folder, path)), { recursive: true });
  writeFileSync(join(bench.folder, path), content);
}
const deploy = async (given: Record<string, string>, options?: Parameters<Bench["deploy"]>[1]) =>
  await bench.deploy({ target: "helm", name: "score", chart: "plain", values: 'image: "{image}"', ...given }, options);
type Listed = { revision: string; status: string };
function history(name: string): Listed[] {
  const args = ["history", name, "-n", bench.namespace, "-o", "json", "--kubeconfig", kubeconfig];
  const { stdout } = spawnSync(helm, args, { encoding: "utf8" });
  return stdout.startsWith("[") ? (JSON.parse(stdout) as Listed[]) : [];
}
const secret = async (name: string, revision: number) =>
  (await bench.admin.must(
    "GET",
    `/api/v1/namespaces/${bench.namespace}/secrets/sh.helm.release.v1.${name}.v${revision}`,
  )) as unknown as {
    metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  };

describe("a chart of the repository", () => {
  test("install: helm's own release, green once a pod of it has answered", async () => {
    const { outputs, failure } = await deploy({ image: IMAGE, "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs).toMatchObject({ operation: "created", "rolled-back": "false" });
    expect(outputs["prediction-url"]).toContain("/services/http:score:80/proxy/predict");
    expect(history("score")).toMatchObject([{ status: "deployed" }]);
    const { metadata } = await secret("score", 1);
    expect(metadata.annotations?.[PROVEN_ANNOTATION]).toBe(outputs["deploy-id"]);
    expect(metadata.labels["model-road/sha"]).toBe("1".repeat(40));
  });

  test("unchanged: no new revision", async () => {
    const { outputs, failure } = await deploy({ image: IMAGE, "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("unchanged");
    expect(history("score")).toHaveLength(1);
  });

  test("diff tells what would change, and changes nothing; client needs no cluster", async () => {
    const { outputs, summary } = await deploy({ image: NEWER, "dry-run": "diff" });
    expect(outputs.operation).toBe("would-update");
    expect(summary).toContain(NEWER);
    expect(history("score")).toHaveLength(1);
    const rendered = await deploy({ image: NEWER, "dry-run": "client" });
    expect(rendered.outputs.manifest).toContain(NEWER);
  });

  test("upgrade, with values as strings", async () => {
    const { outputs, failure } = await deploy({ image: NEWER, "set-strings": "hook=true", "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
    expect(history("score").map(({ status }) => status)).toEqual(["superseded", "deployed"]);
  });

  test("a bad image: told in seconds, and helm rolls back to the proven revision", async () => {
    const from = Date.now();
    const { outputs, failure } = await deploy({ image: "localhost:5000/nope:1", "smoke-request": SMOKE });
    expect(Date.now() - from).toBeLessThan(60_000);
    expect(failure).toContain("localhost:5000/nope:1");
    expect(outputs["rolled-back"]).toBe("true");
    expect(history("score").map(({ status }) => status)).toEqual([
      "superseded",
      "superseded",
      "superseded",
      "deployed",
    ]);
    const again = await deploy({ image: NEWER, "set-strings": "hook=true", "smoke-request": SMOKE });
    expect(again.outputs.operation, bench.said.join("\n")).toBe("unchanged");
  });

  test("a hook that fails is told with helm's words, and what was proven is put back", async () => {
    const { outputs, failure } = await deploy({ image: IMAGE, "set-strings": "hook=exit 3", "smoke-request": SMOKE });
    expect(failure).toContain("pre-upgrade hooks failed");
    expect(outputs["rolled-back"]).toBe("true");
  });

  test("an older commit does not go over a newer one", async () => {
    const compare = async () => await Promise.resolve("behind" as const);
    await expect(deploy({ image: IMAGE, "smoke-request": SMOKE }, { sha: "0".repeat(40), compare })).rejects.toThrow(
      "not older than the one that serves",
    );
  });

  test("a release that a killed run left pending is undone, and the deploy goes on", async () => {
    const args = ["upgrade", "score", join(bench.folder, "plain"), "-n", bench.namespace, "--kubeconfig", kubeconfig];
    const next = Number(history("score").at(-1)!.revision) + 1;
    const labels = `model-road/deploy-id=${"0".repeat(40)},model-road/revision=${next},model-road/run=1,model-road/attempt=0,model-road/repository=acme_digits`;
    const killed = spawn(helm, [...args, "--set", `image=${IMAGE},hook=sleep 600`, "--labels", labels], {
      stdio: "ignore",
    });
    await expect.poll(() => history("score").at(-1)?.status, { timeout: 30_000 }).toBe("pending-upgrade");
    killed.kill("SIGKILL");
    const { outputs, failure } = await deploy({ image: IMAGE, "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
    expect(bench.said.join("\n")).toContain("(pending-upgrade) was left by run 1, which has ended: it is undone");
  });

  test("one that works is waited for", async () => {
    const args = ["upgrade", "score", join(bench.folder, "plain"), "-n", bench.namespace, "--kubeconfig", kubeconfig];
    const working = spawn(helm, [...args, "--set", `image=${IMAGE},hook=sleep 3`], { stdio: "ignore" });
    await expect.poll(() => history("score").at(-1)?.status, { timeout: 30_000 }).toBe("pending-upgrade");
    const { failure } = await deploy({ image: NEWER, "smoke-request": SMOKE, adopt: "true" });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(bench.said.join("\n")).toContain("is the work of someone else: waiting");
    expect(working.exitCode).toBe(0);
  });

  test("a first install that fails is uninstalled", async () => {
    const { outputs, failure } = await deploy({
      name: "broken",
      image: "localhost:5000/nope:1",
      "smoke-request": SMOKE,
    });
    expect(failure).toContain("removed again");
    expect(outputs["prediction-url"]).toBe("");
    expect(history("broken")).toEqual([]);
  });
});

describe("a chart with a SeldonDeployment", () => {
  const seldon = {
    name: "graph",
    chart: "graph",
    values: 'model: {image: {name: "{image-name}", version: "{image-version}"}}',
  };

  test("is judged by the verdict for SeldonDeployments, through install and upgrade", async () => {
    const first = await deploy({ ...seldon, image: IMAGE, "smoke-request": PREDICT });
    expect(first.failure, bench.said.join("\n")).toBeUndefined();
    expect(first.outputs.operation).toBe("created");
    const { outputs, failure } = await deploy({ ...seldon, image: NEWER, "smoke-request": PREDICT });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(outputs.operation).toBe("updated");
    const pods = (await bench.pods("graph")).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(pods.map(({ spec }) => spec.containers[0]!.image)).toEqual([NEWER]);
  });
});
