import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve as resolvePath, sep } from "node:path";

import { git } from "../world/github-rest/git-repository.ts";
import type { Variables } from "./environment.ts";
import { textOf } from "./expressions.ts";
import type { RunningJob } from "./running-job.ts";
import type { Outcome, StepRecord } from "./step-report.ts";

const MODELLED = new Set([
  "repository",
  "ref",
  "path",
  "clean",
  "fetch-depth",
  "fetch-tags",
  "persist-credentials",
  "token",
]);

/** actions/checkout: brings a commit of the repository into the workspace with git itself, and cleans what was there. */
export async function checkout(job: RunningJob, record: StepRecord, inputs: Variables): Promise<Outcome> {
  const odd = Object.entries(inputs).find(([name, value]) => value !== "" && value !== "false" && !MODELLED.has(name));
  if (odd) throw new Error(`actions/checkout: input ${odd[0]} is not modelled by this runner.`);
  const { github } = job;
  if (inputs["repository"] && inputs["repository"] !== github.fullName) {
    throw new Error(
      `actions/checkout: expected repository ${github.fullName}, saw ${inputs["repository"]}: no other is here.`,
    );
  }
  const folder = resolvePath(job.workspace, inputs["path"] ?? "");
  if (!`${folder}${sep}`.startsWith(`${job.workspace}${sep}`)) {
    throw new Error(`Repository path '${folder}' is not under '${job.workspace}'`);
  }
  const run = async (...args: string[]) => {
    record.log.write(`[command]/usr/bin/git ${args.join(" ")}`);
    return (await git(["-C", folder, ...args])).toString("utf8").trim();
  };

  const address = `https://github.com/${github.fullName}`;
  await mkdir(folder, { recursive: true });
  if (existsSync(join(folder, ".git"))) {
    if (inputs["clean"] !== "false") {
      await run("clean", "-ffdx");
      await run("reset", "--hard", "HEAD");
    }
  } else {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
    await run("init", "--quiet");
    await run("remote", "add", "origin", address);
    // The remote keeps GitHub's address, as actions may read it; git itself goes to the repository on this machine.
    await run("config", `url.file://${github.git.path}.insteadOf`, address);
    await run("config", "gc.auto", "0");
  }

  const wanted = await target(job, inputs["ref"] ?? "");
  const depth = Number(inputs["fetch-depth"] || "1");
  const limits = depth > 0 ? [`--depth=${depth}`] : existsSync(join(folder, ".git", "shallow")) ? ["--unshallow"] : [];
  const everything = depth === 0 ? ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"] : [];
  const covered = depth === 0 && /^refs\/(heads|tags)\//.test(wanted.ref);
  const specification = covered ? wanted.sha : `+${wanted.sha}:${wanted.localRef ?? "refs/remotes/origin/detached"}`;
  await run("fetch", "--no-tags", "--prune", "--quiet", ...limits, "origin", ...everything, specification);
  if (wanted.branch) await run("checkout", "--quiet", "--force", "-B", wanted.branch, wanted.sha);
  else await run("checkout", "--quiet", "--force", wanted.sha);
  const commit = await run("log", "-1", "--format=%H");
  record.log.write(commit);
  Object.assign(record.outputs, { ref: wanted.ref, commit });
  return "success";
}

/** What to fetch: the event's own commit, or what `ref` names. */
async function target(
  job: RunningJob,
  ref: string,
): Promise<{ ref: string; sha: string; branch?: string; localRef?: string }> {
  const { git: repository } = job.github;
  const context = job.contexts.github;
  const own = textOf(context["ref"]);
  const name = ref || own;
  let full = name;
  if (ref && !ref.startsWith("refs/")) {
    if (await repository.resolve(`refs/heads/${ref}`)) full = `refs/heads/${ref}`;
    else if (await repository.resolve(`refs/tags/${ref}`)) full = `refs/tags/${ref}`;
  }
  const sha = ref ? await repository.resolve(full) : textOf(context["sha"]);
  if (!sha) throw new Error(`A branch or tag with the name '${ref}' could not be found`);
  if (full.startsWith("refs/heads/")) {
    const branch = full.slice("refs/heads/".length);
    return { ref: full, sha, branch, localRef: `refs/remotes/origin/${branch}` };
  }
  if (full.startsWith("refs/tags/")) return { ref: full, sha, localRef: full };
  if (full.startsWith("refs/pull/")) return { ref: full, sha, localRef: full.replace("refs/", "refs/remotes/") };
  return { ref: full, sha };
}
