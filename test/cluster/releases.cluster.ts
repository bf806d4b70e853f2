// What is served as plain objects and by charts, told and ended by models on real pods, with the real helm.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import type { Outcome } from "../../src/action.ts";
import { helmFolder } from "../world/cluster/helm.ts";
import { manage } from "../world/kubernetes/managing.ts";
import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const SMOKE = JSON.stringify({ path: "/predict", body: { data: { ndarray: [[1, 2, 3, 4]] } } });
const PATH = process.env["PATH"]!;
const APP = `
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
`;

let bench: Bench;

beforeAll(async () => {
  process.env["PATH"] = `${helmFolder("v3.20.2")}:${PATH}`;
  bench = await openBench(inject("kubeconfig"), { operator: false });
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(bench.folder, path)), { recursive: true });
    writeFileSync(join(bench.folder, path), content);
  };
  write("chart/Chart.yaml", "apiVersion: v2\nname: score\nversion: 0.1.0\n");
  write("chart/templates/app.yaml", APP);
}, 600_000);

afterAll(async () => {
  process.env["PATH"] = PATH;
  await bench.stop();
});

const tell = async (given: Record<string, string>, said: string[] = []): Promise<Outcome> =>
  await manage({ namespace: bench.namespace, kubeconfig: inject("kubeconfig"), ...given }, said);
const listed = async (target: string) =>
  JSON.parse((await tell({ target })).outputs.models!) as { name: string; status: string; url: string }[];

describe.each([
  ["kubernetes", { port: "9000" }, { replicas: 1 }],
  ["helm", { chart: "chart", values: 'image: "{image}"' }, { revision: 2 }],
] as const)("target %s", (target, more, has) => {
  const name = `by-${target}`;
  const given = { target, name, "smoke-request": SMOKE, ...more };

  test("list, describe and get-url tell what was deployed last", async () => {
    expect(await listed(target)).toEqual([]);
    expect((await bench.deploy({ ...given, image: IMAGE })).failure, bench.said.join("\n")).toBeUndefined();
    const { outputs: deployed, failure } = await bench.deploy({ ...given, image: NEWER });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(await listed(target)).toMatchObject([
      { name, status: "Available", ours: true, proven: true, deployId: deployed["deploy-id"], ...has },
    ]);
    const { outputs, summary } = await tell({ target, name, command: "describe" });
    const [told] = JSON.parse(outputs.models!) as { pods: { ready: boolean; image: string }[]; objects: string[] }[];
    expect(told!.pods).toMatchObject([{ ready: true }]);
    expect(told!.objects.toSorted()).toEqual([`Deployment ${name}`, `Service ${name}`]);
    expect(summary).toContain(NEWER.split("/")[1]!.split(":")[0]!);
    const url = (await tell({ target, name, command: "get-url" })).outputs["prediction-url"]!;
    expect(url).toMatch(new RegExp(`/services/http:${name}:80/proxy/?$`));
    expect(deployed["prediction-url"]!.startsWith(url.replace(/\/$/, ""))).toBe(true);
  });

  test("delete ends all that belongs to it, and what others have made is none of it", async () => {
    expect((await tell({ target, name, command: "delete" })).outputs.operation).toBe("deleted");
    const at = `/apis/apps/v1/namespaces/${bench.namespace}/deployments/${name}`;
    expect((await bench.admin.call("GET", at)).status).toBe(404);
    expect(await listed(target)).toEqual([]);
    expect((await tell({ target, name, command: "delete" })).outputs.operation).toBe("absent");
    await expect(tell({ target, name, command: "get-url" })).rejects.toThrow(/a release of these actions/);
  });
});
