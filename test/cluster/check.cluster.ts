// Whether a check tells of a real API server what a deploy will meet there: rights by its own authorizer, the CRD by a dry run.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { checkBench, type CheckBench } from "../actions/check-bench.ts";
import { startRegistry } from "../world/registry/registry.ts";
import { accountWith } from "./accounts.ts";
import { openBench, type Bench } from "./deploying.ts";

let bench: Bench;
let checking: CheckBench;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"), { operator: false });
  checking = checkBench();
});

afterAll(async () => {
  checking.close();
  await bench.stop();
});

const given = (more: Record<string, string> = {}): Record<string, string> => ({
  namespace: bench.namespace,
  kubeconfig: inject("kubeconfig"),
  ...more,
});

test("an administrator has all rights, and the cluster would take a deploy; nothing is written", async () => {
  const { outputs, lines, seconds } = await checking.check(given());
  expect(outputs["kubernetes-version"]).toMatch(/^v1\.\d+/);
  expect(lines.find(({ what }) => what === `namespace ${bench.namespace}`)?.state).toBe("ok");
  expect(lines.filter(({ what }) => what.startsWith("right to")).map(({ state }) => state)).toEqual(
    Array(7).fill("ok"),
  );
  expect(lines.find(({ what }) => what.startsWith("dry run"))).toMatchObject({ state: "ok" });
  expect(await bench.sdep("model-road-check")).toBeUndefined();
  expect(seconds).toBeLessThan(5);
});

test("the operator is found by its label, with its version and whether it runs", async () => {
  const name = "seldon-controller-manager";
  const labels = { app: "seldon", "control-plane": name };
  await bench.admin.must("POST", `/apis/apps/v1/namespaces/${bench.namespace}/deployments`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        // Never runs: this operator is not available.
        spec: { containers: [{ name: "manager", image: "localhost:5000/seldonio/seldon-core-operator:1.17.1" }] },
      },
    },
  });
  const { outputs, lines } = await checking.check(given());
  const line = lines.find(({ what }) => what === "Seldon's operator")!;
  if (process.env["TEST_KUBE_CONTEXT"] === undefined) {
    expect(outputs["operator-version"]).toBe("1.17.1");
    expect(line).toMatchObject({ state: "problem", seen: `1.17.1 in ${bench.namespace}, not available` });
  } else expect(line.state).not.toBe("problem");
});

describe("rights that are missing are told each by its verb", () => {
  const role = (): string => readFileSync(join(import.meta.dirname, "../../docs/deploy-role.yml"), "utf8");

  test("the Role of the documentation is enough; the namespace and the operator can not be read, which is no problem", async () => {
    const kubeconfig = await accountWith(bench, role(), "whole", (rules) => rules);
    const { lines } = await checking.check(given({ kubeconfig, "on-problem": "report" }));
    expect(lines.filter(({ what }) => what.startsWith("right to")).map(({ state }) => state)).toEqual(
      Array(7).fill("ok"),
    );
    expect(lines.find(({ what }) => what.startsWith("namespace"))).toMatchObject({ state: "unknown" });
    expect(lines.find(({ what }) => what.startsWith("dry run"))).toMatchObject({ state: "ok" });
  });

  test("without pods, and without delete", async () => {
    const kubeconfig = await accountWith(bench, role(), "partial", (rules) =>
      rules
        .map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => verb !== "delete") }))
        .map((rule) => ({ ...rule, resources: rule.resources.filter((resource) => resource !== "pods") })),
    );
    const { failure, outputs } = await checking.check(given({ kubeconfig }));
    expect(failure).toMatch(/right to seldondeployments: missing: delete\. .*deploy-role\.yml/);
    expect(failure).toMatch(
      /right to pods: missing: get, list, watch\. It is needed for whether the new version is ready/,
    );
    expect(outputs.ready).toBe("false");
  });
});

test("a namespace that is not there, secrets of the wrong kind, a registry and a gateway", async () => {
  const secrets = `/api/v1/namespaces/${bench.namespace}/secrets`;
  const data = (text: string): string => Buffer.from(text).toString("base64");
  const config = JSON.stringify({ auths: { "https://ghcr.io/v2/": { auth: "x" } } });
  for (const [name, type, content] of [
    ["ghcr", "kubernetes.io/dockerconfigjson", { ".dockerconfigjson": data(config) }],
    ["plain", "Opaque", { user: data("x") }],
    ["store", "Opaque", { RCLONE_CONFIG_S3_TYPE: data("s3"), RCLONE_CONFIG_S3_PROVIDER: data("minio") }],
  ] as const) {
    await bench.admin.must("POST", secrets, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name },
      type,
      data: content,
    });
  }
  const asked = { image: "ghcr.io/acme/digits", "on-problem": "report", "model-uri": "s3://models/digits" };
  const state = async (more: Record<string, string>, what: RegExp) =>
    (await checking.check(given({ "on-problem": "report", ...more }))).lines.find((line) => what.test(line.what));
  expect(await state({ ...asked, "image-pull-secret": "ghcr" }, /^pull/)).toMatchObject({ state: "ok" });
  expect(await state({ ...asked, "image-pull-secret": "plain" }, /^pull/)).toMatchObject({ state: "problem" });
  expect(await state({ ...asked, "image-pull-secret": "none" }, /^pull/)).toMatchObject({ seen: "there is none" });
  expect(await state({ ...asked, "storage-secret": "store" }, /^store/)).toMatchObject({ state: "ok" });
  expect(await state({ ...asked, "storage-secret": "plain" }, /^store/)).toMatchObject({
    seen: expect.stringContaining("RCLONE_CONFIG_S3_TYPE") as string,
  });
  expect(await state({ "model-uri": "gs://m/x", "storage-secret": "store" }, /^store/)).toMatchObject({
    seen: expect.stringContaining("the key RCLONE_CONFIG_GS_TYPE") as string,
  });
  expect(await state({ "model-uri": "pvc://models/x" }, /^volume/)).toMatchObject({ seen: "there is none" });
  expect(await state({ namespace: "nowhere" }, /^namespace/)).toMatchObject({
    state: "problem",
    seen: "there is none",
  });

  const registry = await startRegistry();
  const gateway = createServer((_asked, answer) => void answer.writeHead(404).end());
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  const both = { image: `${registry.host}/team/digits`, "base-url": base };
  expect(await state(both, /^push/)).toMatchObject({ state: "ok", seen: "an upload may be begun" });
  expect(await state(both, /^gateway/)).toMatchObject({ state: "ok", seen: "answers 404" });
  await registry.close();
  gateway.close();
  expect(await state(both, /^push/)).toMatchObject({ state: "problem" });
  expect(await state(both, /^gateway/)).toMatchObject({ state: "problem" });
});
