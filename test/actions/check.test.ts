import { readFileSync } from "node:fs";
import { join } from "node:path";

import { loadAll } from "js-yaml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { checkTable, type CheckLine } from "../../src/domain/check/line.ts";
import type { KubernetesObject } from "../../src/domain/kubernetes/object.ts";
import { accessReview, neededRights, rightsLines } from "../../src/domain/kubernetes/rights.ts";
import { operatorLine, operatorOf } from "../../src/domain/seldon/operator.ts";
import { kubeconfigOf, startApiServer } from "../world/kubernetes/api-server.ts";
import { checkBench, type CheckBench } from "./check-bench.ts";

let bench: CheckBench;
beforeEach(() => {
  bench = checkBench();
});
afterEach(() => bench.close());

test("without a kubeconfig: red, by one line that says what to give", async () => {
  const { failure, outputs, lines } = await bench.check({});
  expect(lines).toHaveLength(1);
  expect(outputs).toMatchObject({ ready: "false", problems: "1", "operator-version": "" });
  expect(failure).toMatch(/^kubeconfig: .*saw none\. Set the input kubeconfig/);
});

test("what is given is looked at even where another thing is wrong", async () => {
  const { lines } = await bench.check({
    image: "127.0.0.1:9/a/b",
    "base-url": "http://127.0.0.1:9",
    "on-problem": "report",
  });
  expect(lines.map(({ what, state }) => `${what} ${state}`)).toEqual([
    "kubeconfig problem",
    "push to 127.0.0.1:9/a/b problem",
    "gateway http://127.0.0.1:9 problem",
  ]);
});

test("a token that has expired, and a server that is gone: one line each, in seconds", async () => {
  const api = await startApiServer();
  api.tokens.add("another");
  const expired = await bench.check({ kubeconfig: api.kubeconfig });
  expect(expired.failure).toMatch(/^cluster: .*401.*renew the kubeconfig/s);
  const gone = kubeconfigOf("https://127.0.0.1:9", "-----BEGIN CERTIFICATE-----", "token-of-the-test");
  await api.close();
  const { failure, seconds } = await bench.check({ kubeconfig: gone });
  expect(failure).toMatch(/^cluster: /);
  expect(seconds).toBeLessThan(10);
});

describe("the operator", () => {
  const deployment = (image: string, availableReplicas: number): KubernetesObject => ({
    metadata: { name: "seldon-controller-manager", namespace: "seldon-system" },
    spec: {
      template: {
        spec: {
          containers: [
            { name: "proxy", image: "x/proxy:9.9.9" },
            { name: "manager", image },
          ],
        },
      },
    },
    status: { availableReplicas },
  });
  const line = (...all: KubernetesObject[]): CheckLine => operatorLine(operatorOf(all));

  test.each<[string, CheckLine["state"], RegExp]>([
    ["docker.io/seldonio/seldon-core-operator:1.17.1", "ok", /1\.17\.1 in seldon-system, available; under Apache-2\.0/],
    ["seldonio/seldon-core-operator:1.18.2", "unknown", /1\.18\.2/],
    ["seldonio/seldon-core-operator:v1.16.0@sha256:0", "ok", /1\.16\.0/],
    ["registry/operator@sha256:0", "ok", /does not tell its version/],
  ])("%s", (image, state, seen) => {
    expect(line(deployment(image, 1))).toMatchObject({ state, seen: expect.stringMatching(seen) as string });
  });

  test("its licence is said where it changed; none, and one that is down, are problems", () => {
    expect(line(deployment("s/seldon-core-operator:1.18.0", 1)).fix).toContain("Business Source License");
    expect(line(deployment("s/seldon-core-operator:1.17.1", 0)).state).toBe("problem");
    expect(line().fix).toContain("install Seldon Core 1.17.1");
    const both = [deployment("s/operator:1.16.0", 0), deployment("s/operator:1.17.1", 1)];
    expect(line(...both).seen).toContain("1.17.1");
  });
});

test("rights: one line for each kind of object, the missing verbs by name, what was not told as unknown", () => {
  const rights = neededRights({ gateway: false });
  const answers = rights.map(({ resource, verb }) =>
    resource === "pods/log" ? undefined : !(resource === "seldondeployments" && verb === "patch"),
  );
  const lines = rightsLines(rights, answers, "models");
  expect(lines.map(({ what, state }) => `${what}: ${state}`)).toEqual([
    "right to seldondeployments: problem",
    "right to deployments: ok",
    "right to pods: ok",
    "right to events: ok",
    "right to pods/log: unknown",
    "right to pods/proxy: ok",
    "right to services/proxy: ok",
  ]);
  expect(lines[0]!.seen).toBe("missing: patch");
  expect(neededRights({ gateway: true }).some(({ resource }) => resource === "services/proxy")).toBe(false);
  expect(accessReview("models", { group: "", resource: "pods/proxy", verb: "get" })).toMatchObject({
    spec: { resourceAttributes: { resource: "pods", subresource: "proxy", namespace: "models" } },
  });
});

test("what is asked for is what the documentation's Role gives, and nothing else", () => {
  const file = readFileSync(join(import.meta.dirname, "../../docs/deploy-role.yml"), "utf8");
  const role = (
    loadAll(file) as { kind: string; rules?: { apiGroups: string[]; resources: string[]; verbs: string[] }[] }[]
  ).find(({ kind }) => kind === "Role")!;
  const given = role.rules!.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${group} ${resource} ${verb}`))),
  );
  const needed = neededRights({ gateway: false }).map(({ group, resource, verb }) => `${group} ${resource} ${verb}`);
  expect(needed.toSorted()).toEqual(given.toSorted());
});

test("the table tells problems first and escapes what the cluster said", () => {
  const table = checkTable(
    [
      { what: "a", state: "ok", seen: "fine" },
      { what: "b", state: "problem", seen: "<img src=x> | `x`", fix: "mend" },
    ],
    "models in prod",
  );
  expect(table.indexOf("| ✗ | b")).toBeLessThan(table.indexOf("| ✓ | a"));
  expect(table).not.toContain("<img");
});
