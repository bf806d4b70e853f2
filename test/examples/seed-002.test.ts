// The third seed: source-to-image in Python and Java. Seldon's builder images can not be had here: s2i itself runs with a builder of
// ours, which has no seldon-core; the Java project is read.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll, load } from "js-yaml";
import { afterAll, beforeAll, expect, test } from "vitest";

import { parseS2iEnvironment } from "../../src/domain/image/s2i.ts";
import type { RunResult } from "../runner/run-workflow.ts";
import { pushPythonBase, unmountBelow } from "../world/images/python-base.ts";
import { lacks, startDockerRegistry } from "../world/registry/docker-registry.ts";
import { buildS2i } from "../world/s2i/s2i.ts";
import { EXAMPLES, jobOf, MINUTES, outputsOf, PROJECTS, startSeed, type SeedRoad } from "./seed-road.ts";

const project = join(PROJECTS, "s2i-models");
let road: SeedRoad;
let result: RunResult;

beforeAll(async () => {
  road = await startSeed("s2i-models", "seed-002-s2i-models.yml", {
    adapt: [["image: ${{ env.REGISTRY }}/my-model-python", "image: ${{ vars.IMAGE }}"]],
  });
  await road.begin();
  result = await road.push();
}, MINUTES);
afterAll(async () => road.end());

test("the Python layout: .s2i/environment says what it is, and a contract is asked of it", () => {
  expect(result.conclusion, result.log).toBe("success");
  expect(outputsOf(result, "python", "image")["image"]).toMatch(/^oci:.*@sha256:/);
  expect(result.summary).toContain("| contract, 16 rows again | passed |");
  expect(result.log).toContain("API_TYPE");
});

test("without builders for Java nothing of Java is tried, and no graph of it is deployed", () => {
  expect(jobOf(result, "java").conclusion).toBe("skipped");
  expect(jobOf(result, "deploy").conclusion).toBe("skipped");
});

test("the Java layout: the wrapper, its two settings and a component that predicts", () => {
  const environment = parseS2iEnvironment(readFileSync(join(project, "java/.s2i/environment"), "utf8"), "environment");
  expect(environment).toMatchObject({ serviceType: "MODEL", ignored: ["API_TYPE"] });
  expect(readFileSync(join(project, "java/pom.xml"), "utf8")).toMatch(/<artifactId>seldon-core-wrapper<\/artifactId>/);
  const source = readFileSync(join(project, "java/src/main/java/org/example/MyModel.java"), "utf8");
  expect(source).toMatch(/implements SeldonPredictionService/);
  expect(source).toMatch(/public SeldonMessage predict\(SeldonMessage request\)/);
});

test("the graph has a container for each node, and the workflow puts both images in", () => {
  type Node = { name: string; children?: Node[] };
  type Graph = { spec: { predictors: { graph: Node; componentSpecs: { spec: { containers: Node[] } }[] }[] } };
  const text = readFileSync(join(project, "graph.yaml"), "utf8");
  const [{ spec }] = loadAll(text) as [Graph];
  const nodes = (node: Node): string[] => [node.name, ...(node.children ?? []).flatMap(nodes)];
  const [predictor] = spec.predictors;
  expect(nodes(predictor!.graph)).toEqual(predictor!.componentSpecs[0]!.spec.containers.map(({ name }) => name));
  const { jobs } = load(readFileSync(join(EXAMPLES, "seed-002-s2i-models.yml"), "utf8")) as {
    jobs: Record<string, { steps: { env?: Record<string, string> }[] }>;
  };
  const put = jobs["deploy"]!.steps.find(({ env }) => env?.["JAVA_IMAGE"])!.env!;
  for (const name of Object.keys(put)) expect(text).toContain(`\${${name}}`);
});

const what = "the third seed by s2i itself";
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn(`SKIPPED: ${what}, which is built as root here`);
const without = [!isRoot, lacks("docker-registry", what), lacks("buildah", what)].includes(true);
const s2i = without ? undefined : buildS2i();

test.skipIf(s2i === undefined)(
  "s2i builds the Python layout by a builder's scripts; one that brings no seldon-core does not answer, and is not pushed",
  async () => {
    const by = await startSeed("s2i-models", "seed-002-s2i-models.yml");
    const registry = await startDockerRegistry(join(by.folder, "registry"));
    try {
      const storage = join(by.folder, "storage.conf");
      writeFileSync(
        storage,
        `[storage]\ndriver = "overlay"\nrunroot = "${by.folder}/run"\ngraphroot = "${by.folder}/storage"\n`,
      );
      const { image } = await pushPythonBase(registry.host, "base/builder", {
        labels: { "io.openshift.s2i.scripts-url": "image:///s2i/bin" },
        files: {
          "s2i/bin/assemble": "#!/bin/sh\nset -e\nmkdir -p /app\ncp -R /tmp/src/. /app/\n",
          "s2i/bin/run": "#!/bin/sh\ncd /app\nexec seldon-core-microservice MyModel --service-type MODEL\n",
        },
      });
      Object.assign(by.machine.environment, {
        CONTAINERS_STORAGE_CONF: storage,
        BUILDAH_ISOLATION: "chroot",
        PATH: `${s2i}:${by.machine.environment["PATH"]}`,
      });
      Object.assign(by.vars, { REGISTRY: `${registry.host}/acme`, PYTHON_BUILDER: image });
      await by.begin();
      const built = await by.push();
      expect(built.log).toMatch(/Successfully tagged \S+\/acme\/my-model-python:fp-[0-9a-f]{40}/);
      expect(built.conclusion, built.log).toBe("failure");
      expect(built.annotations.map(({ message }) => message).join("\n")).toMatch(
        /the server of MyModel: expected to go on, saw exit code 1.*seldon-core can not be imported/,
      );
      const pushed = await fetch(`http://${registry.host}/v2/acme/my-model-python/tags/list`);
      expect(pushed.status).toBe(404);
    } finally {
      await registry.stop();
      unmountBelow(by.folder);
      await by.end();
    }
  },
  MINUTES,
);
