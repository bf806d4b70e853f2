import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

import type { Variables } from "./environment.ts";
import { prepend } from "./file-commands.ts";
import type { RunningJob } from "./running-job.ts";
import type { Outcome, StepRecord } from "./step-report.ts";

const execute = promisify(execFile);

type Interpreter = { path: string; version: string };

/**
 * actions/setup-python: finds a Python of the machine, keeps a virtual environment of it in the tool cache as a self-hosted
 * runner does, and puts it first in PATH.
 */
export async function setupPython(job: RunningJob, record: StepRecord, inputs: Variables): Promise<Outcome> {
  const odd = Object.keys(inputs).find((name) => !["python-version", "cache", "cache-dependency-path"].includes(name));
  if (odd) throw new Error(`actions/setup-python: input ${odd} is not modelled by this runner.`);
  const wanted = (inputs["python-version"] ?? "").trim();
  if (!/^3(\.(\d+|x)(\.\d+)?)?$/.test(wanted)) {
    throw new Error(`actions/setup-python: expected python-version like 3.12, saw ${JSON.stringify(wanted)}.`);
  }
  const found = await findPython(wanted, job.machine.environment);
  const root = join(
    job.machine.toolCache,
    "Python",
    found.version,
    job.contexts.runner["arch"] === "ARM64" ? "arm64" : "x64",
  );
  if (!existsSync(`${root}.complete`)) await createEnvironment(found.path, root, job);

  const python = join(root, "bin", "python");
  Object.assign(job.env, { pythonLocation: root, Python_ROOT_DIR: root, Python3_ROOT_DIR: root });
  job.folders = prepend(job.folders, [root, join(root, "bin")]);
  Object.assign(record.outputs, { "python-version": found.version, "python-path": python });
  record.log.write(`Successfully set up CPython (${found.version})`);
  return "success";
}

/** A virtual environment knows its own path, so it is made in place; the marker beside it says that it is whole. */
async function createEnvironment(python: string, root: string, job: RunningJob): Promise<void> {
  const environment = job.machine.environment;
  await rm(root, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  await execute(python, ["-m", "venv", root], { env: environment });
  await writeFile(`${root}.partial`, "");
  await rename(`${root}.partial`, `${root}.complete`);
}

const known = new Map<string, Promise<Interpreter | undefined>>();

/** The newest Python of the machine that has the asked version. */
async function findPython(wanted: string, environment: Variables): Promise<Interpreter> {
  const all = await Promise.all(
    candidates(environment).map((path) => {
      const asked = known.get(path) ?? ask(path, environment);
      known.set(path, asked);
      return asked;
    }),
  );
  const found = all.filter((p) => p !== undefined).toSorted((a, b) => compareVersions(b.version, a.version));
  const prefix = wanted.replace(/\.x$/, "");
  const match = found.find(({ version }) => version === prefix || version.startsWith(`${prefix}.`));
  if (match) return match;
  const seen = [...new Set(found.map((p) => p.version))].join(", ") || "none";
  throw new Error(`The version '${wanted}' with architecture 'x64' was not found. This machine has Python ${seen}.`);
}

/** Every program that may be a Python: in PATH, and where pyenv and hosted images keep theirs. */
function candidates(environment: Variables): string[] {
  const home = environment["HOME"] ?? "";
  const kept = [join(environment["PYENV_ROOT"] ?? join(home, ".pyenv"), "versions")];
  const folders = kept.flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((version) => join(folder, version, "bin")) : [],
  );
  for (const folder of (environment["PATH"] ?? "").split(delimiter))
    if (!folder.includes(".pyenv/shims")) folders.push(folder);
  return folders.flatMap((folder) => {
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /^python3(\.\d+)?$/.test(name))
      .map((name) => join(folder, name));
  });
}

/** Asks a program which Python it is; undefined if it is none that can make virtual environments. */
async function ask(path: string, environment: Variables): Promise<Interpreter | undefined> {
  try {
    const script = "import sys, venv, ensurepip; print('%d.%d.%d' % sys.version_info[:3])";
    const { stdout } = await execute(path, ["-c", script], { env: environment, timeout: 10_000 });
    return { path, version: stdout.trim() };
  } catch {
    return undefined;
  }
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((v) => v.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
