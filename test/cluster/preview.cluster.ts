// Previews on a real cluster, by the ServiceAccount of the documentation and nothing more.
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";

import { loadAll } from "js-yaml";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { previewName } from "../../src/domain/preview/preview.ts";
import { openDelivery, type DeliveryBench } from "../actions/delivery-bench.ts";
import { previewAccount } from "./accounts.ts";
import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const FILE = join(import.meta.dirname, "../../docs/preview-role.yml");
const ACCOUNT = "model-road-preview";
type Manifest = { apiVersion: string; kind: string; metadata: { name: string; labels?: object } };

let bench: Bench;
let delivery: DeliveryBench;
let token: string;
let ca: string;
let kubeconfig: string;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
  delivery = await openDelivery();
  kubeconfig = await previewAccount(bench);
  token = (JSON.parse(kubeconfig) as { users: { user: { token: string } }[] }).users[0]!.user.token;
  ca = /"?certificate-authority-data"?: *"?([A-Za-z0-9+/=]+)/.exec(bench.admin.kubeconfig)![1]!;
});

afterAll(async () => {
  await delivery.close();
  await bench.stop();
});

/** As the preview's ServiceAccount itself. */
async function asPreview(method: string, path: string, body?: object): Promise<{ status: number; body: any }> {
  const { hostname, port } = new URL(bench.admin.url);
  const sending = body === undefined ? "" : JSON.stringify(body);
  return await new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        path,
        method,
        ca: Buffer.from(ca, "base64"),
        agent: false,
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "content-length": sending.length,
        },
      },
      (answer) => {
        let text = "";
        answer.on("data", (piece: Buffer) => (text += piece.toString()));
        answer.once("end", () => {
          const body: unknown = text.startsWith("{") ? JSON.parse(text) : text;
          resolve({ status: answer.statusCode ?? 0, body });
        });
      },
    );
    sent.once("error", reject);
    sent.end(sending);
  });
}

const preview = async (given: Record<string, string> = {}, pull: { number?: number; action?: string } = {}) =>
  await delivery.deploy(
    {
      kubeconfig,
      namespace: bench.namespace,
      preview: "auto",
      image: IMAGE,
      "wait-timeout": "60s",
      ...SMOKE,
      ...given,
    },
    await delivery.pull(pull),
  );
const SMOKE = { "smoke-request": JSON.stringify({ body: { data: { ndarray: [[1, 2, 3, 4]] } } }) };
const sweep = async () => await delivery.sweep({ kubeconfig, namespace: bench.namespace });
const nameOf = (pullRequest: number): string =>
  previewName({ repositoryId: String(delivery.hub.world.id), pullRequest, model: "digits" });

test("a preview is put up, updated, rolled back and taken down by that account", async () => {
  const first = await preview();
  expect(first.failure).toBeUndefined();
  expect(first.outputs).toMatchObject({ operation: "created" });
  expect((await preview({ image: NEWER }, { action: "synchronize" })).outputs.operation).toBe("updated");
  const bad = await preview({ image: "localhost:5000/model:nope" }, { action: "synchronize" });
  expect(bad.outputs["rolled-back"]).toBe("true");
  expect((await sweep()).outputs).toMatchObject({ removed: "[]", kept: "1" });
  const pods = await bench.pods(nameOf(12));
  expect(pods.length).toBeGreaterThan(0);
  for (const { spec } of pods as unknown as { spec: { volumes?: { name: string }[] } }[]) {
    expect((spec.volumes ?? []).filter(({ name }) => name.startsWith("kube-api-access"))).toEqual([]);
  }
  delivery.closePull(12);
  const swept = await sweep();
  expect(swept.failure).toBeUndefined();
  expect(JSON.parse(swept.outputs.removed!)).toMatchObject([{ name: nameOf(12) }]);
  expect(await bench.sdep(nameOf(12))).toBeUndefined();
  expect(delivery.said.filter((line) => line.includes("403"))).toEqual([]);
});

test("one that is closed while it deploys is torn down by the same run", async () => {
  const event = await delivery.pull({ number: 13 });
  const asked = {
    kubeconfig,
    namespace: bench.namespace,
    preview: "auto",
    image: IMAGE,
    "wait-timeout": "60s",
    ...SMOKE,
  };
  const deploying = delivery.deploy(asked, event);
  while ((await bench.sdep(nameOf(13))) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  delivery.closePull(13);
  expect((await deploying).outputs.operation).toBe("removed");
  expect(await bench.sdep(nameOf(13))).toBeUndefined();
});

test("the account can do what the file says, and nothing else, here and elsewhere", async () => {
  type Rule = { verbs: string[]; apiGroups: string[]; resources: string[]; resourceNames?: string[] };
  const rulesIn = async (namespace: string): Promise<string[]> => {
    const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview", spec: { namespace } };
    const { status, body } = await asPreview("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review);
    expect(status, JSON.stringify(body)).toBe(201);
    return (body.status.resourceRules as Rule[])
      .flatMap(({ verbs, apiGroups, resources }) =>
        apiGroups.flatMap((group) => resources.flatMap((each) => verbs.map((verb) => `${group}/${each} ${verb}`))),
      )
      .toSorted();
  };
  const role = (loadAll(readFileSync(FILE, "utf8")) as (Manifest & { rules?: Rule[] })[]).find(
    ({ kind }) => kind === "Role",
  )!;
  const granted = role.rules!.flatMap(({ verbs, apiGroups, resources }) =>
    apiGroups.flatMap((group) => resources.flatMap((each) => verbs.map((verb) => `${group}/${each} ${verb}`))),
  );
  const everyone = await rulesIn("default");
  // What every account of a cluster may: ask what it may.
  for (const each of everyone)
    expect(each).toMatch(/^(?:authorization|authentication)\.k8s\.io\/selfsubject\w+ create$/);
  expect(await rulesIn(bench.namespace)).toEqual([...new Set([...granted, ...everyone])].toSorted());
  const here = `/api/v1/namespaces/${bench.namespace}`;
  for (const [method, path] of [
    ["GET", `${here}/secrets`],
    ["GET", `${here}/configmaps`],
    ["POST", `${here}/pods`],
    ["POST", `${here}/serviceaccounts/${ACCOUNT}/token`],
    ["POST", `${here}/services`],
    ["DELETE", `${here}/resourcequotas/previews`],
    ["GET", "/apis/machinelearning.seldon.io/v1/namespaces/default/seldondeployments"],
    ["GET", "/apis/machinelearning.seldon.io/v1/seldondeployments"],
    ["GET", "/api/v1/namespaces"],
  ] as const) {
    expect((await asPreview(method, path, method === "GET" ? undefined : {})).status, `${method} ${path}`).toBe(403);
  }
  await expect(preview({ namespace: "default" }, { number: 15 })).rejects.toThrow(/403/);
});

test("the quota ends what is too much, and says so", async () => {
  const quota = `/api/v1/namespaces/${bench.namespace}/resourcequotas/previews`;
  const type = "application/merge-patch+json";
  const hard = (pods: string): object => ({ spec: { hard: { pods } } });
  await bench.admin.must("PATCH", quota, hard("0"), type);
  try {
    const { failure } = await preview({}, { number: 14 });
    expect(failure).toMatch(/quota/);
    expect(await bench.sdep(nameOf(14))).toBeUndefined();
  } finally {
    await bench.admin.must("PATCH", quota, hard("24"), type);
  }
});
