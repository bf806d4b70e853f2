import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join, normalize } from "node:path";
import { promisify } from "node:util";

import { textOf } from "./expressions.ts";
import type { RunningJob, Scope } from "./running-job.ts";

/** Where an action of a `uses:` lies on this machine. */
export type ActionLocation = {
  folder: string;
  /** The root that `$/` means inside it; undefined for the workflow's own repository. */
  selfRoot: string | undefined;
  /** OWNER/REPO and ref of an action that comes from a repository; "" for one of the workspace. */
  repository: string;
  ref: string;
  /** `./x`: from the workspace, at step time. Its `pre` is not run. */
  local: boolean;
};

/** The actions of others that the runner knows how to do by itself. */
const UNDERSTOOD = ["actions/checkout", "actions/setup-python", "actions/attest"] as const;

export type Understood = (typeof UNDERSTOOD)[number];

/** The action that the runner does by itself, if `uses` names one. */
export const understood = (uses: string): Understood | undefined =>
  UNDERSTOOD.find((name) => uses.toLowerCase().startsWith(`${name}@`));

/** Finds the action of a `uses:`. Throws for one that GitHub would not find, or that is not on this machine. */
export async function locateAction(uses: string, scope: Scope): Promise<ActionLocation> {
  const { job } = scope;
  const { repository, sha, repositories } = job.actionSources;
  const own = job.github.fullName;
  if (uses.startsWith("./")) {
    const folder = join(job.workspace, normalize(uses));
    return { folder, selfRoot: undefined, repository: "", ref: "", local: true };
  }
  if (uses.startsWith("$/")) {
    const path = uses.slice(2);
    if (path === "" || path.includes("@")) {
      throw new Error(`expected $/ with a path and without @ref, saw ${uses}.`);
    }
    const root = scope.selfRoot ?? (await ownRoot(job));
    const { action_repository: parent, action_ref: ref } = scope.github;
    const origin = typeof parent === "string" && parent ? { repository: parent, ref: textOf(ref) } : undefined;
    return {
      folder: join(root, path),
      selfRoot: scope.selfRoot ?? job.actionSources.root,
      repository: origin?.repository ?? repository,
      ref: origin?.ref ?? sha,
      local: false,
    };
  }
  const [, named = "", path = "", ref = ""] = /^([^/@]+\/[^/@]+)(?:\/([^@]+))?@(.+)$/.exec(uses) ?? [];
  if (!named) throw new Error(`Expected format {org}/{repo}[/path]@ref. Actual '${uses}'.`);
  const mapped = Object.keys(repositories).find((name) => name.toLowerCase() === named.toLowerCase());
  if (mapped) {
    const root = repositories[mapped] ?? "";
    return { folder: join(root, path), selfRoot: root, repository: named, ref, local: false };
  }
  if (named.toLowerCase() === own.toLowerCase()) {
    const commit = await job.github.git.resolve(ref);
    if (!commit) throw new Error(`Unable to resolve action \`${uses}\`, unable to find version \`${ref}\``);
    const root = await unpacked(job, commit);
    return { folder: join(root, path), selfRoot: root, repository: named, ref, local: false };
  }
  throw new Error(
    `foreign action refused: ${uses}. This runner understands ${UNDERSTOOD.join(", ")} by itself, and actions of ` +
      `${[own, ...Object.keys(repositories)].join(", ")}; there is no network behind it.`,
  );
}

async function ownRoot({ actionSources, ...job }: RunningJob): Promise<string> {
  if (actionSources.root !== undefined) return actionSources.root;
  return actionSources.self === "worktree" ? job.workspace : await unpacked(job, actionSources.sha);
}

/** Unpacks the archive of a commit, once per machine, as the runner downloads a repository. */
async function unpacked(job: Pick<RunningJob, "machine" | "github">, sha: string): Promise<string> {
  const folder = join(job.machine.actions, job.github.fullName, sha);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  const archive = `${folder}.tar`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await job.github.git.git(["archive", "--format=tar", "-o", archive, sha]);
  await promisify(execFile)("tar", ["-xf", archive, "-C", partial]);
  await rm(archive);
  await rename(partial, folder);
  return folder;
}
