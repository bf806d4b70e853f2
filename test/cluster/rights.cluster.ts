import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { accountWith, type Rule } from "./accounts.ts";
import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const ROLE = join(import.meta.dirname, "../../docs/deploy-role.yml");
const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1, 2, 3, 4]] } } });

let bench: Bench;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"), { istio: true });
});

afterAll(async () => {
  await bench.stop();
});

const account = async (name: string, change: (rules: Rule[]) => Rule[]): Promise<string> =>
  await accountWith(bench, readFileSync(ROLE, "utf8"), name, change);

const without =
  (resource: string) =>
  (rules: Rule[]): Rule[] =>
    rules
      .map((rule) => ({ ...rule, resources: rule.resources.filter((each) => each !== resource) }))
      .filter(({ resources }) => resources.length > 0);

describe("the Role of the documentation", () => {
  test("is enough: create, update, a failure with its reason, rollback, removal", async () => {
    const kubeconfig = await account("enough", (rules) => rules);
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
    const kubeconfig = await account("more", (rules) => rules);
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
      const kubeconfig = await account(`no-${resource}`, without(resource));
      await expect(bench.deploy({ name: "blind", image: IMAGE }, { kubeconfig })).rejects.toThrow(/can not be proven/);
      expect(await bench.sdep("blind")).toBeUndefined();
    },
  );

  test("without the proxy it says which right is missing", async () => {
    const kubeconfig = await account("no-proxy", without("pods/proxy"));
    const { failure } = await bench.deploy({ name: "unasked", image: IMAGE, "smoke-request": SMOKE }, { kubeconfig });
    expect(failure).toMatch(/pods\/proxy/);
  });

  test("another namespace is out of reach", async () => {
    const kubeconfig = await account("elsewhere", (rules) => rules);
    await expect(bench.deploy({ namespace: "default", image: IMAGE }, { kubeconfig })).rejects.toThrow(/403.*Role/s);
  });
});
