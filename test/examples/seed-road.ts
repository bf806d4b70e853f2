// A project of test/projects with the workflow of its seed, on a GitHub and a machine of its own: run as users run it, by the
// actions in dist. What is served lives in a folder of its own and ends with it.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { openLayout } from "../../src/adapters/layout.ts";
import { dispatch, push, type Event } from "../runner/events.ts";
import { startMachine } from "../runner/machine.ts";
import { runWorkflow, type RunResult } from "../runner/run-workflow.ts";
import { startGitHub } from "../world/github-rest/github.ts";

export const ROOT = resolve(import.meta.dirname, "../..");
export const CACHE = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "model-road");
export const EXAMPLES = join(ROOT, "workflows-examples");
export const PROJECTS = join(ROOT, "test/projects");

/** A whole seed may install packages first. */
export const MINUTES = 600_000;

export type SeedRoad = Awaited<ReturnType<typeof startSeed>>;

/**
 * @param project a folder of test/projects
 * @param workflow a file of workflows-examples
 * @param adapt what the test's surroundings ask for: a text of the workflow, and what stands there instead
 */
export async function startSeed(
  project: string,
  workflow: string,
  { vars = {}, adapt = [] }: { vars?: Record<string, string>; adapt?: readonly (readonly [string, string])[] } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "seed-"));
  const files = join(folder, "project");
  cpSync(join(PROJECTS, project), files, {
    recursive: true,
    filter: (path) => !/__pycache__|node_modules|\/target$/.test(path),
  });
  const github = await startGitHub({ owner: "acme", name: project });
  const machine = await startMachine({
    root: join(folder, "machine"),
    // Of its own: test files run side by side, and pip does not expect another pip in its environment.
    toolCache: join(CACHE, "seeds", project),
    environment: "self-hosted",
  });
  Object.assign(machine.environment, {
    XDG_STATE_HOME: join(folder, "state"),
    OMP_NUM_THREADS: "1",
    OPENBLAS_NUM_THREADS: "1",
  });
  let text = readFileSync(join(EXAMPLES, workflow), "utf8");
  for (const [seen, instead] of adapt) {
    if (!text.includes(seen)) throw new Error(`${workflow} does not hold ${JSON.stringify(seen)}`);
    text = text.replaceAll(seen, instead);
  }
  const path = `.github/workflows/${workflow}`;
  const given: Record<string, string> = {
    RUNNER: "self-hosted",
    TARGET: "local",
    NAMESPACE: "models",
    IMAGE: `oci:${join(folder, "image")}`,
    BASE_IMAGE: await pythonBase(join(folder, "base")),
    ...vars,
  };
  const start = async (event: Event, secrets: Record<string, string> = {}): Promise<RunResult> =>
    runWorkflow({
      github,
      machine,
      workflow: path,
      vars: given,
      secrets,
      event,
      repositories: { "model-road/model-road": ROOT },
    });
  return {
    folder,
    files,
    github,
    machine,
    /** The repository's variables; they may change until a run starts. */
    vars: given,
    /** Commits the project's folder as it lies there now, and the workflow. */
    begin: async (): Promise<void> => {
      mkdirSync(join(files, ".github/workflows"), { recursive: true });
      writeFileSync(join(files, path), text);
      await github.commitFolder({ branch: "main", folder: files, message: "Begin" });
    },
    push: async (): Promise<RunResult> => start(push({ branch: "main" })),
    byHand: async (inputs: Record<string, string | boolean | number> = {}): Promise<RunResult> =>
      start(dispatch({ inputs })),
    end: async (): Promise<void> => {
      await github.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const jobOf = (result: RunResult, name: string) => {
  const job = result.jobs[name];
  if (job === undefined) throw new Error(`no job ${name}: ${Object.keys(result.jobs).join(", ")}\n${result.log}`);
  return job;
};
export const stepOf = (result: RunResult, job: string, id: string) => {
  const step = jobOf(result, job).steps.find((each) => each.id === id);
  if (step === undefined) throw new Error(`no step ${id} in ${job}\n${result.log}`);
  return step;
};
export const outputsOf = (result: RunResult, job: string, id: string): Readonly<Record<string, string>> =>
  stepOf(result, job, id).outputs;

/** Asks a URL with a JSON body. */
export async function ask<T>(url: string, body: unknown): Promise<T> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 400)}`);
  return (await answer.json()) as T;
}

/** An image that says which Python it has, as the official ones do, and holds nothing. */
async function pythonBase(folder: string): Promise<string> {
  const store = openLayout({ kind: "layout", folder });
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
  return `oci:${folder}@${digest}`;
}
