// workflows-examples/build-*.yml, run as GitHub's runner would, with real packages on the base of a folder.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { openLayout } from "../../src/adapters/layout.ts";
import { parseRecord } from "../../src/domain/record/record.ts";
import { push } from "../runner/events.ts";
import { startMachine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub } from "../world/github-rest/github.ts";

const root = resolve(import.meta.dirname, "../..");
const examples = join(root, "workflows-examples");
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "model-road");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "build-image-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An image that says which Python it has, as the official ones do, and holds nothing. */
async function base(): Promise<string> {
  const store = openLayout({ kind: "layout", folder: join(folder, "base") });
  const layer = await store.putBlob(Buffer.alloc(1024));
  const config = await store.putBlob(
    Buffer.from(
      JSON.stringify({
        architecture: "amd64",
        os: "linux",
        config: { Env: ["PATH=/usr/local/bin:/usr/bin:/bin", "PYTHON_VERSION=3.11.9"] },
        rootfs: { type: "layers", diff_ids: [layer.digest] },
        history: [],
      }),
    ),
  );
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: config.digest, size: config.bytes },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: layer.digest, size: layer.bytes }],
  };
  const digest = await store.putManifest(Buffer.from(JSON.stringify(manifest)), mediaType, ["v1"]);
  return `oci:${join(folder, "base")}@${digest}`;
}

async function run(name: string, projects: readonly string[]): Promise<RunResult> {
  const project = join(folder, "project");
  for (const each of projects) cpSync(join(examples, each), project, { recursive: true });
  mkdirSync(join(project, ".github/workflows"), { recursive: true });
  const workflow = `.github/workflows/${name}`;
  cpSync(join(examples, name), join(project, workflow));
  const github = await startGitHub({ owner: "acme", name: "digits" });
  try {
    const machine = await startMachine({
      root: join(folder, "machine"),
      toolCache: join(cache, "tools"),
      environment: "self-hosted",
    });
    Object.assign(machine.environment, { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" });
    await github.commitFolder({ branch: "main", folder: project, message: "A model" });
    const vars = { IMAGE: `oci:${join(folder, "image")}`, BASE_IMAGE: await base() };
    return await runWorkflow({
      github,
      machine,
      workflow,
      vars,
      event: push({ branch: "main" }),
      repositories: { "model-road/model-road": root },
    });
  } finally {
    await github.close();
  }
}

const outputs = (result: RunResult): Readonly<Record<string, string>> =>
  Object.values(result.jobs)[0]!.steps.find(({ id }) => id === "image")!.outputs;

test("build-seldon.yml: packages, code and model are layers, and it was seen answering", async () => {
  const result = await run("build-seldon.yml", ["digits"]);
  expect(result.conclusion, result.log).toBe("success");
  const { layers, tried } = parseRecord(outputs(result).record!).image!;
  expect(layers.map(({ holds }) => holds)).toEqual(["base", "dependencies", "code", "model"]);
  expect(tried).toMatchObject({ requests: 20 });
  expect(result.summary).toContain("| contract, 16 rows again | passed |");
}, 600_000);

test("build-mlserver.yml: the V2 protocol is asked", async () => {
  const result = await run("build-mlserver.yml", ["digits", "mlserver"]);
  expect(result.conclusion, result.log).toBe("success");
  expect(result.summary).toContain("| smoke request, JSON | passed |");
}, 600_000);

test("build-flask.yml: a service without a model", async () => {
  const result = await run("build-flask.yml", ["flask"]);
  expect(result.conclusion, result.log).toBe("success");
  expect(outputs(result).digest).toMatch(/^sha256:/);
  const manifest = JSON.parse(
    readFileSync(join(folder, "image/blobs/sha256", outputs(result).digest!.slice(7)), "utf8"),
  ) as {
    layers: { annotations?: Record<string, string> }[];
  };
  expect(manifest.layers.map(({ annotations }) => annotations?.["io.model-road.holds"])).toEqual([
    undefined,
    "dependencies",
    "code",
  ]);
}, 600_000);
