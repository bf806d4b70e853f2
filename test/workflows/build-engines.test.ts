// workflows-examples/build-{buildah,s2i,docker}.yml, run as GitHub's runner would, by the programs themselves.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { push } from "../runner/events.ts";
import { startMachine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub } from "../world/github-rest/github.ts";
import { pushPythonBase, unmountBelow } from "../world/images/python-base.ts";
import { lacks, startDockerRegistry, type DockerRegistry } from "../world/registry/docker-registry.ts";
import { buildS2i } from "../world/s2i/s2i.ts";

const root = resolve(import.meta.dirname, "../..");
const examples = join(root, "workflows-examples");
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "model-road");

const what = "the examples of engines";
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn(`SKIPPED: ${what} but docker's, which are built as root here`);
const noRegistry = lacks("docker-registry", what);
const without = [!isRoot, noRegistry, lacks("buildah", what)].includes(true);
const s2i = without ? undefined : buildS2i();
const noDocker = spawnSync("docker", ["version"], { timeout: 20_000 }).status !== 0;
if (noDocker) console.warn("SKIPPED: build-docker.yml, since no Docker engine answers here (docker version)");

let world: string;
let folder: string;
let registry: DockerRegistry;

beforeAll(async () => {
  if (noRegistry) return;
  world = mkdtempSync(join(tmpdir(), "build-engines-"));
  registry = await startDockerRegistry(join(world, "registry"));
  writeFileSync(
    join(world, "storage.conf"),
    `[storage]\ndriver = "overlay"\nrunroot = "${world}/run"\ngraphroot = "${world}/storage"\n`,
  );
}, 60_000);
afterAll(async () => {
  if (noRegistry) return;
  await registry.stop();
  unmountBelow(world);
  rmSync(world, { recursive: true, force: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "build-engine-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(name: string, base: string, vars: Record<string, string>): Promise<RunResult> {
  const project = join(folder, "project");
  cpSync(join(examples, "dockerfile"), project, { recursive: true });
  const dockerfile = readFileSync(join(project, "Dockerfile"), "utf8");
  // As the file asks for: the base by its digest. This one can be reached here.
  writeFileSync(join(project, "Dockerfile"), dockerfile.replace("docker.io/library/python:3.11-slim", base));
  expect(dockerfile).toContain("docker.io/library/python:3.11-slim");
  mkdirSync(join(project, ".github/workflows"), { recursive: true });
  const workflow = `.github/workflows/${name}`;
  cpSync(join(examples, name), join(project, workflow));
  const github = await startGitHub({ owner: "acme", name: "service" });
  try {
    const machine = await startMachine({
      root: join(folder, "machine"),
      toolCache: join(cache, "tools"),
      environment: "self-hosted",
    });
    Object.assign(machine.environment, {
      CONTAINERS_STORAGE_CONF: join(world, "storage.conf"),
      BUILDAH_ISOLATION: "chroot",
      PATH: `${s2i === undefined ? "" : `${s2i}:`}${process.env["PATH"]}`,
    });
    await github.commitFolder({ branch: "main", folder: project, message: "A service" });
    return await runWorkflow({
      github,
      machine,
      workflow,
      vars: { IMAGE: `${registry.host}/acme/${name.replace(".yml", "")}`, ...vars },
      event: push({ branch: "main" }),
      repositories: { "model-road/model-road": root },
    });
  } finally {
    await github.close();
  }
}

const outputs = (result: RunResult): Readonly<Record<string, string>> =>
  Object.values(result.jobs)[0]!.steps.find(({ id }) => id === "image")!.outputs;

async function pushed(result: RunResult): Promise<void> {
  expect(result.conclusion, result.log).toBe("success");
  const { image, digest } = outputs(result);
  const [, repository] = /^[^/]+\/(.+)@sha256:/.exec(image!)!;
  const answer = await fetch(`http://${registry.host}/v2/${repository}/manifests/${digest}`, {
    headers: {
      accept: "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json",
    },
  });
  expect(answer.status).toBe(200);
}

test.skipIf(without)(
  "build-buildah.yml: a Dockerfile of the user's, asked before it is pushed",
  async () => {
    const { image } = await pushPythonBase(registry.host, "base/python");
    const result = await run("build-buildah.yml", image, {});
    await pushed(result);
    expect(result.summary).toContain("| smoke request, JSON | passed |");
  },
  240_000,
);

test.skipIf(without || s2i === undefined)(
  "build-s2i.yml: a builder's scripts, by a Dockerfile that s2i writes",
  async () => {
    const { image } = await pushPythonBase(registry.host, "base/builder", {
      labels: { "io.openshift.s2i.scripts-url": "image:///s2i/bin" },
      files: {
        "s2i/bin/assemble": "#!/bin/sh\nset -e\nmkdir -p /app\ncp -R /tmp/src/. /app/\n",
        "s2i/bin/run": "#!/bin/sh\ncd /app\nexec python3 app.py\n",
      },
    });
    const result = await run("build-s2i.yml", image, { BUILDER_IMAGE: image });
    await pushed(result);
    expect(result.log).toContain("Nothing was asked of the image before its push");
  },
  240_000,
);

test.skipIf(noDocker || noRegistry)(
  "build-docker.yml: by the engine that answers here",
  async () => {
    const { image } = await pushPythonBase(registry.host, "base/python");
    const result = await run("build-docker.yml", image, {});
    await pushed(result);
    expect(result.summary).toContain("| smoke request, JSON | passed |");
    const left = execFileSync("docker", ["ps", "--all", "--quiet", "--filter", "name=model-road-"], {
      encoding: "utf8",
    });
    expect(left.trim()).toBe("");
  },
  240_000,
);
