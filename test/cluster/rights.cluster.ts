import { readFileSync } from "node:fs";
import { join } from "node:path";

import { loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const ROLE = join(import.meta.dirname, "../../docs/deploy-role.yml");
const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1, 2, 3, 4]] } } });

type Rule = { apiGroups: string[]; resources: string[]; verbs: string[] };
type Loaded = {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  rules?: Rule[];
  subjects?: { namespace?: string }[];
};

let bench: Bench;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"), { istio: true });
});

afterAll(async () => {
  await bench.stop();
});

/** A kubeconfig of a ServiceAccount with the rules of the documentation, as `change` leaves them. */
async function accountWith(name: string, change: (rules: Rule[]) => Rule[]): Promise<string> {
  const { admin, namespace } = bench;
  const plural: Record<string, string> = {
    ServiceAccount: "serviceaccounts",
    Role: "roles",
    RoleBinding: "rolebindings",
  };
  for (const each of loadAll(readFileSync(ROLE, "utf8")) as Loaded[]) {
    const group = each.apiVersion === "v1" ? "/api/v1" : `/apis/${each.apiVersion}`;
    const text = JSON.stringify(each)
      .replaceAll('"model-road"', JSON.stringify(name))
      .replaceAll('"model-road-more"', JSON.stringify(`${name}-more`));
    const object = JSON.parse(text) as Loaded;
    const filled = {
      ...object,
      ...(object.rules === undefined ? {} : { rules: change(object.rules) }),
      ...(object.subjects === undefined
        ? {}
        : { subjects: object.subjects.map((subject) => ({ ...subject, namespace })) }),
    };
    await admin.must("POST", `${group}/namespaces/${namespace}/${plural[each.kind]}`, filled);
  }
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } };
  const { status } = (await admin.must(
    "POST",
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    request,
  )) as { status: { token: string } };
  const ca = /"?certificate-authority-data"?: *"?([A-Za-z0-9+/=]+)/.exec(admin.kubeconfig)![1];
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
    clusters: [{ name: "c", cluster: { server: admin.url, "certificate-authority-data": ca } }],
    users: [{ name: "c", user: { token: status.token } }],
  });
}

const without =
  (resource: string) =>
  (rules: Rule[]): Rule[] =>
    rules
      .map((rule) => ({ ...rule, resources: rule.resources.filter((each) => each !== resource) }))
      .filter(({ resources }) => resources.length > 0);

describe("the Role of the documentation", () => {
  test("is enough: create, update, a failure with its reason, rollback, removal", async () => {
    const kubeconfig = await accountWith("enough", (rules) => rules);
    const asked = { kubeconfig };
    expect((await bench.deploy({ name: "least", image: IMAGE, "smoke-request": SMOKE }, asked)).outputs.operation).toBe(
      "created",
    );
    expect((await bench.deploy({ name: "least", image: NEWER, "smoke-request": SMOKE }, asked)).outputs.operation).toBe(
      "updated",
    );
    const { outputs } = await bench.deploy({ name: "least", image: "localhost:5000/model:nope" }, asked);
    expect(outputs["rolled-back"]).toBe("true");
    expect((await bench.deploy({ name: "first", image: "localhost:5000/model:nope" }, asked)).failure).toContain(
      "removed again",
    );
    expect(bench.said.filter((line) => line.includes("403"))).toEqual([]);
  });

  test("is enough, with its second part, for a canary, an autoscaler and Secrets that are made", async () => {
    const kubeconfig = await accountWith("more", (rules) => rules);
    const given = {
      name: "more",
      "smoke-request": SMOKE,
      autoscale: "1..2 cpu=70",
      resources: "requests: {cpu: 10m}",
      "registry-credentials": "{username: ada, password: letmein-please}",
    };
    const deploy = async (asked: Record<string, string>) => {
      const { failure } = await bench.deploy(asked, { kubeconfig });
      expect(failure, bench.said.join("\n")).toBeUndefined();
    };
    await deploy({ ...given, image: IMAGE });
    await deploy({ ...given, image: NEWER, strategy: "canary" });
    await deploy({ name: "more", strategy: "canary", step: "abort" });
    await deploy({ name: "more", image: IMAGE, "smoke-request": SMOKE });
    expect(bench.said).toContain("The Secret more-registry is used no longer, and was removed.");
    expect(bench.said.filter((line) => line.includes("403"))).toEqual([]);
  });

  test.each(["deployments", "pods"])(
    "without %s success can not be proven, so nothing is changed",
    async (resource) => {
      const kubeconfig = await accountWith(`no-${resource}`, without(resource));
      await expect(bench.deploy({ name: "blind", image: IMAGE }, { kubeconfig })).rejects.toThrow(/can not be proven/);
      expect(await bench.sdep("blind")).toBeUndefined();
    },
  );

  test("without the proxy it says which right is missing", async () => {
    const kubeconfig = await accountWith("no-proxy", without("pods/proxy"));
    const { failure } = await bench.deploy({ name: "unasked", image: IMAGE, "smoke-request": SMOKE }, { kubeconfig });
    expect(failure).toMatch(/pods\/proxy/);
  });

  test("another namespace is out of reach", async () => {
    const kubeconfig = await accountWith("elsewhere", (rules) => rules);
    await expect(bench.deploy({ namespace: "default", image: IMAGE }, { kubeconfig })).rejects.toThrow(/403.*Role/s);
  });
});
