// GitHub around one repository: a bare git repository, REST, and the results service, which share runs and artifacts.
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startResultsService } from "../results-service/service.ts";
import { type CommitOptions, filesOf, GitRepository } from "./git-repository.ts";
import type { Permissions } from "./permissions.ts";
import { startRest } from "./server.ts";
import { ACTIONS_BOT, fullName, OCTOCAT, type User, type WorkflowRun, type World } from "./world.ts";

export type GitHub = Awaited<ReturnType<typeof startGitHub>>;

export type GitHubOptions = {
  owner: string;
  name: string;
  defaultBranch?: string;
  /** What a workflow's token may do when the workflow has no `permissions:`; GitHub's default is to read contents. */
  defaultPermissions?: Permissions;
  now?: () => number;
};

/** Starts it; close() stops every server and removes the repository. */
export async function startGitHub(options: GitHubOptions) {
  const { owner, name, defaultBranch = "main", now = () => Date.now() } = options;
  const folder = await mkdtemp(join(tmpdir(), "github-"));
  const git = await GitRepository.create(join(folder, `${name}.git`), defaultBranch);
  const results = await startResultsService({ now });
  const world: World = {
    owner,
    name,
    defaultBranch,
    id: 610_000_001,
    ownerId: 9_100_001,
    git,
    results,
    origin: "",
    comments: [],
    pulls: new Map(),
    runs: new Map(),
    deployments: [],
    checks: [],
    attestations: [],
    releases: [],
    tokens: new Map(),
    collaborators: new Map([[OCTOCAT.login, "admin"]]),
    nextId: 1001,
    now,
  };
  const rest = await startRest(world);
  const readOnly: Permissions = { contents: "read", packages: "read" };
  let nextRunId = 17_000_000_001;

  return {
    owner,
    name,
    fullName: fullName(world),
    defaultBranch,
    defaultPermissions: options.defaultPermissions ?? readOnly,
    world,
    git,
    rest,
    results,

    /** Commits files to a branch of the repository and returns the sha; see CommitOptions. */
    commit: (commit: CommitOptions) => git.commit(commit),

    /** Commits a folder as the whole tree of a branch. */
    commitFolder: async (commit: Omit<CommitOptions, "files" | "from"> & { folder: string }) =>
      git.commit({ ...commit, files: await filesOf(commit.folder), from: "nothing" }),

    /** A new token, as GITHUB_TOKEN of a job or as a user's. */
    createToken(permissions: Permissions, identity: { user?: User; runId?: number } = {}): string {
      const token = `ghs_${randomBytes(18).toString("hex")}`;
      const { user = ACTIONS_BOT, runId } = identity;
      world.tokens.set(token, { user, permissions, ...(runId !== undefined && { runId }) });
      return token;
    },

    /** Writes a comment as a person would, in the browser. */
    addComment(comment: { issue: number; body: string; user?: User }): number {
      const at = now();
      const id = world.nextId++;
      world.comments.push({ id, user: OCTOCAT, createdAt: at, updatedAt: at, ...comment });
      return id;
    },

    /** Merges an open pull request as the button does: by a merge commit, or squashed into one. */
    async mergePull(number: number, how: "merge" | "squash" = "merge"): Promise<string> {
      const pull = world.pulls.get(number);
      if (!pull || pull.state !== "open") throw new Error(`merge: expected an open pull request #${number}.`);
      const [base, ref] = [(await git.resolve(`refs/heads/${pull.base.ref}`)) ?? "", `refs/heads/${pull.base.ref}`];
      const message = `${pull.title} (#${number})`;
      const sha =
        how === "merge"
          ? await git.merge({ base, head: pull.head.sha, message, ref })
          : await git.squash({ base, head: pull.head.sha, message, ref });
      Object.assign(pull, { state: "closed", merged: true, mergeCommit: sha, updatedAt: now() });
      return sha;
    },

    /** Registers a run, or the next attempt of one. */
    createRun(
      run: Pick<WorkflowRun, "event" | "path" | "workflowName" | "headSha" | "headBranch"> & Partial<WorkflowRun>,
      rerunOf?: number,
    ): WorkflowRun {
      const earlier = rerunOf === undefined ? undefined : world.runs.get(rerunOf);
      if (rerunOf !== undefined && !earlier) throw new Error(`re-run: expected a run ${rerunOf}, saw none.`);
      if (earlier) {
        return Object.assign(earlier, { attempt: earlier.attempt + 1, status: "in_progress", conclusion: null });
      }
      const sameWorkflow = [...world.runs.values()].filter((r) => r.path === run.path);
      const created: WorkflowRun = {
        id: nextRunId++,
        number: sameWorkflow.length + 1,
        attempt: 1,
        backendId: randomUUID(),
        headRepositoryId: world.id,
        headRepositoryName: fullName(world),
        status: "in_progress",
        conclusion: null,
        pullRequests: [],
        reviews: [],
        actor: OCTOCAT,
        createdAt: now(),
        updatedAt: now(),
        ...run,
      };
      world.runs.set(created.id, created);
      return created;
    },

    async close(): Promise<void> {
      await rest.close();
      await results.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
