import { mkdir, rm } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { join } from "node:path";

import { machineEnvironment, type Variables } from "./environment.ts";

/** What a runner keeps between jobs: its folders and its environment. One machine runs one job at a time. */
export type Machine = {
  name: string;
  kind: "self-hosted" | "github-hosted";
  environment: Variables;
  work: string;
  toolCache: string;
  temp: string;
  /** Where actions of this repository are unpacked, by commit. */
  actions: string;
  /** The folder of the checkout, `<work>/<name>/<name>`, as the runner lays it out. */
  workspaceOf: (repository: string) => string;
};

/**
 * Lays out a runner's work folder.
 * @param options.root where it lives
 * @param options.toolCache Python environments and the like; shared between machines that name the same one
 * @param options.environment self-hosted machines keep the workspace between jobs, GitHub's own start empty
 * @param options.home HOME of the steps; the user's own when left out
 */
export async function startMachine(options: {
  root: string;
  toolCache?: string;
  environment?: "self-hosted" | "github-hosted";
  home?: string;
}): Promise<Machine> {
  const { root, environment: kind = "self-hosted", home = homedir() } = options;
  const work = join(root, "_work");
  const machine: Machine = {
    name: hostname(),
    kind,
    environment: machineEnvironment(process.env, home),
    work,
    toolCache: options.toolCache ?? join(work, "_tool"),
    temp: join(work, "_temp"),
    actions: join(work, "_actions"),
    workspaceOf(repository) {
      const name = repository.split("/")[1] ?? repository;
      return join(work, name, name);
    },
  };
  for (const folder of [work, machine.toolCache, machine.temp, machine.actions])
    await mkdir(folder, { recursive: true });
  return machine;
}

const turns = new WeakMap<Machine, Promise<void>>();

/** Waits until the machine is free, since it runs one job at a time. Resolves to what frees it again. */
export async function takeMachine(machine: Machine): Promise<() => void> {
  const before = turns.get(machine);
  const { promise, resolve } = Promise.withResolvers<void>();
  turns.set(machine, promise);
  await before;
  return resolve;
}

/** RUNNER_TEMP is empty at the start of a job, and again at its end: nothing in it outlives the job. */
export async function emptyTemp(machine: Machine): Promise<void> {
  await rm(machine.temp, { recursive: true, force: true });
  await mkdir(machine.temp, { recursive: true });
}

/** Makes the machine ready for a job: an empty temporary folder, and on GitHub's own an empty workspace. */
export async function prepareMachine(machine: Machine, repository: string): Promise<string> {
  const workspace = machine.workspaceOf(repository);
  await emptyTemp(machine);
  if (machine.kind === "github-hosted") await rm(workspace, { recursive: true, force: true });
  await mkdir(workspace, { recursive: true });
  return workspace;
}
