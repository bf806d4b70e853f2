// The second seed: a Flask service as plain objects and by a chart, and the same as a component of Seldon Core. What needs a
// cluster is rendered here; test/cluster/workload.cluster.ts and helm.cluster.ts prove the same targets with real pods.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load, loadAll } from "js-yaml";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { RunResult } from "../runner/run-workflow.ts";
import { helmFolder } from "../world/cluster/helm.ts";
import { startRegistry, type TestRegistry } from "../world/registry/registry.ts";
import { MINUTES, outputsOf, PROJECTS, startSeed, stepOf, type SeedRoad } from "./seed-road.ts";

let registry: TestRegistry;
let road: SeedRoad;
let result: RunResult;

beforeAll(async () => {
  registry = await startRegistry();
  road = await startSeed("ml-score", "seed-001-ml-score.yml", {
    vars: { DRY_RUN: "client", REGISTRY: `${registry.host}/acme` },
    // Seldon's chart is fetched from its repository: not here.
    adapt: [["    needs: component\n", "    needs: component\n    if: ${{ vars.NETWORK == 'true' }}\n"]],
  });
  road.machine.environment["PATH"] = `${helmFolder("v3.20.2")}:${road.machine.environment["PATH"]}`;
  await road.begin();
  result = await road.push();
}, MINUTES);
afterAll(async () => {
  await road.end();
  await registry.close();
});

type Document = { kind: string; metadata: { name: string; namespace?: string }; spec: never };
type Pods = { template: { spec: { containers: { image: string }[] } } };
const rendered = (job: string): Document[] => {
  const text = outputsOf(result, job, "deploy")["manifest"]!;
  const documents = text.trimStart().startsWith("[") ? (JSON.parse(text) as Document[]) : loadAll(text);
  return (documents as Document[]).flatMap((each) =>
    each.kind === "List" ? (each as unknown as { items: Document[] }).items : each,
  );
};
const imageOf = (documents: readonly Document[]): string =>
  (documents.find(({ kind }) => kind === "Deployment")!.spec as Pods).template.spec.containers[0]!.image;

test("the service is run and asked for /score, then pushed, with what Pipfile.lock pins", () => {
  expect(result.conclusion, result.log).toBe("success");
  expect(result.summary).toContain("| smoke request, JSON | passed |");
  expect(outputsOf(result, "flask", "image")["image"]).toContain(`${registry.host}/acme/test-ml-score-api@sha256:`);
});

test("one file of namespace, Deployment and load balancer, with the image that was tried", () => {
  const documents = rendered("yaml");
  expect(documents.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["Deployment", "Service"]));
  expect(imageOf(documents)).toBe(outputsOf(result, "flask", "image")["image"]);
});

test("a chart: helm itself renders the same", () => {
  const documents = rendered("helm");
  expect(imageOf(documents)).toBe(outputsOf(result, "flask", "image")["image"]);
  expect(documents.find(({ kind }) => kind === "Service")).toMatchObject({ spec: { type: "LoadBalancer" } });
});

test("the component answers a tensor as Seldon's wrapper does, also as a form", () => {
  expect(stepOf(result, "component", "image").conclusion).toBe("success");
  expect(result.summary).toContain("| smoke request, form json= | passed |");
});

test("the lock pins each thing that the Pipfile asks for", () => {
  const folder = join(PROJECTS, "ml-score/py-flask-ml-score-api");
  const lock = JSON.parse(readFileSync(join(folder, "Pipfile.lock"), "utf8")) as {
    default: Record<string, { version: string }>;
  };
  const asked = [...readFileSync(join(folder, "Pipfile"), "utf8").matchAll(/^(\w+) = "(==[\d.]+)"$/gm)];
  expect(asked).toHaveLength(2);
  for (const [, name, version] of asked) expect(lock.default[name!.toLowerCase()]!.version).toBe(version);
});

test("tear-down names each release that the road makes", () => {
  const text = readFileSync(join(road.files, ".github/workflows/seed-001-ml-score.yml"), "utf8");
  const { jobs } = load(text) as { jobs: Record<string, { steps: { run?: string; with?: Record<string, string> }[] }> };
  const [{ run }] = jobs["tear-down"]!.steps as [{ run: string }];
  for (const job of ["yaml", "helm", "seldon"]) {
    const { name, namespace } = jobs[job]!.steps.find((step) => step.with?.["namespace"])!.with!;
    expect(run).toContain(name!);
    expect(run).toContain(namespace!);
  }
});
