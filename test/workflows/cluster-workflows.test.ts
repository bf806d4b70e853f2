// What prepares a cluster and clears it again can not be run here: it is read, its scripts are parsed by bash, and what the two do
// must fit together.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
type Step = { name?: string; if?: string; run?: string; uses?: string; with?: Record<string, string> };
type Workflow = { env?: Record<string, string>; jobs: Record<string, { environment?: string; steps: Step[] }> };
const workflow = (name: string): Workflow => load(read(`workflows-examples/${name}`)) as Workflow;
const steps = (name: string): Step[] => Object.values(workflow(name).jobs).flatMap((job) => job.steps);
const scripts = (name: string): string =>
  steps(name)
    .map(({ run = "" }) => run)
    .join("\n");

describe.each(["cluster-up.yml", "cluster-down.yml"])("%s", (name) => {
  test("bash understands each script", () => {
    const all = steps(name).flatMap(({ run }) => run ?? []);
    expect(all.length).toBeGreaterThan(2);
    for (const run of all) {
      const { status, stderr } = spawnSync("bash", ["-n"], { input: run, encoding: "utf8" });
      expect(status, stderr).toBe(0);
    }
  });

  test("the administrator's kubeconfig is an environment's secret, and is removed whatever happens", () => {
    for (const { environment } of Object.values(workflow(name).jobs)) expect(environment).toBe("cluster");
    const last = steps(name).find(({ run }) => run?.startsWith("rm -f"))!;
    expect(last.if).toBe("always()");
    expect(last.run).toContain("admin.kubeconfig");
  });
});

test("each chart has a version, and Seldon's is the last under Apache-2.0", () => {
  const installs = scripts("cluster-up.yml")
    .replaceAll("\\\n", " ")
    .match(/helm upgrade .*/g)!;
  expect(installs.length).toBeGreaterThanOrEqual(6);
  for (const install of installs)
    expect(install).toMatch(/--version "\$(SELDON|ISTIO|EMISSARY_CHART|PROMETHEUS_STACK)"/);
  const { env = {} } = workflow("cluster-up.yml");
  expect(env["SELDON"]).toBe("1.17.1");
  for (const [name, version] of Object.entries(env))
    if (!["GATEWAY", "NAMESPACE"].includes(name)) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  for (const name of ["SELDON", "ISTIO", "EMISSARY", "PROMETHEUS_STACK"])
    expect(read("docs/install.md"), name).toContain(`| ${env[name]} `);
});

test("no one is bound to cluster-admin", () => {
  const texts = [scripts("cluster-up.yml"), read("docs/deploy-role.yml"), read("docs/preview-role.yml")];
  for (const text of texts) expect(text).not.toMatch(/cluster-admin|ClusterRoleBinding|clusterrolebinding/);
});

test("what is installed is uninstalled", () => {
  const releases = [...scripts("cluster-up.yml").matchAll(/helm upgrade --install (\S+)/g)].map(([, name]) => name!);
  for (const name of releases) expect(scripts("cluster-down.yml")).toContain(`helm uninstall ${name} `);
  const namespaces = [...scripts("cluster-up.yml").matchAll(/--namespace ([a-z-]+)/g)].map(([, name]) => name!);
  for (const name of new Set(namespaces))
    expect(scripts("cluster-down.yml")).toMatch(new RegExp(`delete namespace .*\\b${name}\\b`));
});

test("the iris model is the proof, and goes again", () => {
  const [deploy, remove] = steps("cluster-up.yml").filter(({ uses }) => uses?.startsWith("model-road/"));
  expect(deploy!.with).toMatchObject({ implementation: "SKLEARN_SERVER", name: "iris-model" });
  expect(remove!.with).toMatchObject({ command: "delete", name: deploy!.with!["name"] });
  expect(remove!.if).toBe("always()");
});

test("the dashboard asks for metrics that Seldon's executor has, by its variables, and no panel lies over another", () => {
  type Panel = {
    id: number;
    gridPos: { x: number; y: number; w: number; h: number };
    targets: { expr: string }[];
  };
  const dashboard = JSON.parse(read("docs/seldon-dashboard.json")) as {
    panels: Panel[];
    templating: { list: { name: string }[] };
  };
  const variables = dashboard.templating.list.map(({ name }) => name);
  const places = new Set<string>();
  expect(dashboard.panels).toHaveLength(6);
  for (const { gridPos, targets } of dashboard.panels) {
    places.add(`${gridPos.x} ${gridPos.y}`);
    for (const { expr } of targets) {
      expect(expr).toMatch(/seldon_api_executor_(?:server|client)_requests_seconds_(?:count|bucket)\{/);
      for (const [, name] of expr.matchAll(/\$(\w+)/g)) expect([...variables, "__rate_interval"]).toContain(name);
      expect(expr.split("(").length).toBe(expr.split(")").length);
    }
  }
  expect(places.size).toBe(6);
});
