// A cluster that fails under a deploy: its parts are frozen, killed and started again, and its tokens end. Of our own cluster only.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { frozen, killed } from "../world/cluster/control-plane.ts";
import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1, 2, 3, 4]] } }, expect: { shape: [1, 2] } });
const state = inject("clusterState");

let bench: Bench;
let folder: string;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
  folder = mkdtempSync(join(tmpdir(), "control-plane-"));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await bench.stop();
});

const imagesOf = async (name: string): Promise<string[]> =>
  (await bench.pods(name))
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => spec.containers[0]!.image);

test.each<[string, () => Promise<void>]>([
  ["etcd frozen for 6 s", async () => await frozen("etcd", state, async () => await delay(6000))],
  ["the API server frozen for 6 s", async () => await frozen("kube-apiserver", state, async () => await delay(6000))],
  ["the API server killed, and back after 2 s", async () => await killed("kube-apiserver", state, 2000)],
])("%s while a deploy waits: the same verdict", async (name, fault) => {
  const called = `f-${name.replaceAll(/[^a-z]+/g, "-").slice(0, 20)}x`;
  expect((await bench.deploy({ name: called, image: IMAGE, "smoke-request": SMOKE })).failure).toBeUndefined();
  const generation = (await bench.sdep(called))!.metadata.generation!;
  const from = Date.now();
  const running = bench.deploy({ name: called, image: NEWER, "smoke-request": SMOKE, "wait-timeout": "120s" });
  while ((await bench.sdep(called))!.metadata.generation === generation && Date.now() - from < 20_000) await delay(20);
  await fault();
  const { failure, outputs } = await running;
  expect(failure, bench.said.join("\n")).toBeUndefined();
  expect(outputs.operation).toBe("updated");
  expect(await imagesOf(called)).toEqual([NEWER]);
  console.log(`${name}: told after ${((Date.now() - from) / 1000).toFixed(1)} s`);
});

test("a token that ends in the middle is renewed by the plugin", async () => {
  const { admin, namespace } = bench;
  const at = `/api/v1/namespaces/${namespace}`;
  await admin.must("POST", `${at}/serviceaccounts`, {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "short" },
  });
  await admin.must("POST", `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "short" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", name: "short", namespace }],
  });
  /** A token that counts as long as a Secret is there. */
  const tokenBoundTo = async (name: string): Promise<string> => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name } };
    const { metadata } = (await admin.must("POST", `${at}/secrets`, secret)) as { metadata: { uid: string } };
    const boundObjectRef = { apiVersion: "v1", kind: "Secret", name, uid: metadata.uid };
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { boundObjectRef } };
    const path = `${at}/serviceaccounts/short/token`;
    return ((await admin.must("POST", path, request)) as { status: { token: string } }).status.token;
  };
  const [file, plugin, asked] = [join(folder, "token"), join(folder, "short-tokens"), join(folder, "asked")];
  writeFileSync(file, await tokenBoundTo("first"));
  writeFileSync(
    plugin,
    `#!/bin/sh\necho asked >> ${asked}\nprintf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat ${file})"\n`,
  );
  chmodSync(plugin, 0o755);
  const ca = /"?certificate-authority-data"?: *"?([A-Za-z0-9+/=]+)/.exec(admin.kubeconfig)![1];
  const kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
    clusters: [{ name: "c", cluster: { server: admin.url, "certificate-authority-data": ca } }],
    users: [
      { name: "c", user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: plugin, args: [] } } },
    ],
  });
  // A pod that gets ready only when it is let: the API server remembers a good token for ten seconds.
  bench.operator.faults.add("creating-for-ever");
  const running = bench.deploy(
    { name: "renewed", image: IMAGE, "smoke-request": SMOKE, "allow-exec": "short-tokens", "wait-timeout": "90s" },
    { kubeconfig },
  );
  const until = Date.now() + 20_000;
  while ((await bench.sdep("renewed")) === undefined && Date.now() < until) await delay(50);
  writeFileSync(file, await tokenBoundTo("second"));
  await admin.must("DELETE", `${at}/secrets/first`);
  await delay(14_000);
  bench.operator.faults.clear();
  const { failure, outputs } = await running;
  expect(failure, bench.said.join("\n")).toBeUndefined();
  expect(outputs.operation).toBe("created");
});
