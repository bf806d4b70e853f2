import { shownUser } from "../world/github-rest/comment-handlers.ts";
import type { GitHub } from "../world/github-rest/github.ts";
import { shownPull } from "../world/github-rest/pull-handlers.ts";
import { shownRepository } from "../world/github-rest/repository-handlers.ts";
import { DEPENDABOT, OCTOCAT, type PullRequest, type User } from "../world/github-rest/world.ts";
import type { CacheScope } from "../world/results-service/runtime-token.ts";
import type { Value } from "./expressions.ts";

/** What has happened, as GitHub tells a run about it. */
export type Happening = {
  name: string;
  /** The activity type that `types:` filters by, where the event has one. */
  action?: string;
  payload: Record<string, Value>;
  /** What is checked out. */
  sha: string;
  ref: string;
  /** What the run is said to be about; for a pull request not the merge commit. */
  headSha: string;
  headBranch: string | null;
  headRef: string;
  baseRef: string;
  /** A pull request of a fork or of Dependabot: no secrets, no variables, nothing can be written. */
  untrusted: boolean;
  pullRequest?: PullRequest;
  headRepository?: { id: number; fullName: string };
  inputs: Record<string, Value>;
  cacheScopes: CacheScope[];
  /** Who did it, where it was not the usual user. */
  actor?: User;
  /** The workflow that `workflow_run` is about. */
  ofWorkflow?: string;
  /** What `branches:` looks at, where it is not the ref of the run. */
  filteredRef?: string;
};

/** An event to be: it reads and changes GitHub's state when the run starts. */
export type Event = (github: GitHub) => Promise<Happening>;

export const READ = 1;
const READ_WRITE = 3;

/** A push to a branch or a tag, of its present head. */
export function push(given: { branch: string } | { tag: string }): Event {
  return async (github) => {
    const ref = "branch" in given ? `refs/heads/${given.branch}` : `refs/tags/${given.tag}`;
    const sha = await headOf(github, ref);
    const commit = await github.git.describe(sha);
    return onBranch(github, ref, sha, {
      name: "push",
      payload: {
        ref,
        before: commit.parents[0] ?? "0".repeat(40),
        after: sha,
        created: commit.parents.length === 0,
        deleted: false,
        forced: false,
        head_commit: { id: sha, message: commit.message, timestamp: commit.date, tree_id: commit.tree },
        commits: [{ id: sha, message: commit.message, timestamp: commit.date, tree_id: commit.tree }],
        pusher: { name: OCTOCAT.login, email: "octocat@users.noreply.github.com" },
      },
    });
  };
}

/** A manual start. Inputs left out get their defaults from the workflow. */
export function dispatch(given: { branch?: string; inputs?: Record<string, string | boolean | number> } = {}): Event {
  return async (github) => {
    const ref = `refs/heads/${given.branch ?? github.defaultBranch}`;
    const inputs = given.inputs ?? {};
    const texts = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
    const happening = await onBranch(github, ref, await headOf(github, ref), {
      name: "workflow_dispatch",
      payload: { ref, inputs: texts, workflow: "" },
    });
    return { ...happening, inputs };
  };
}

/** A timer. */
export function schedule(cron = "0 4 * * *"): Event {
  return async (github) => {
    const ref = `refs/heads/${github.defaultBranch}`;
    return onBranch(github, ref, await headOf(github, ref), { name: "schedule", payload: { schedule: cron } });
  };
}

/** A published release of a tag. */
export function release(given: { tag: string; action?: string }): Event {
  return async (github) => {
    const ref = `refs/tags/${given.tag}`;
    const action = given.action ?? "published";
    const happening = await onBranch(github, ref, await headOf(github, ref), {
      name: "release",
      payload: { action, release: { id: 1, tag_name: given.tag, draft: false, prerelease: false, name: given.tag } },
    });
    return { ...happening, action };
  };
}

export type PullRequestEvent = {
  number: number;
  /** The branch with the change. For a fork it lies in the same bare repository, where GitHub keeps it too. */
  head: string;
  base?: string;
  /** `opened` and the like; `closed` with `merged` for a merge that has already been pushed to base. */
  action?: string;
  merged?: boolean;
  title?: string;
  labels?: string[];
  /** OWNER/REPO of the fork that the head comes from. */
  fork?: string;
  /** The label that was added, for the actions labeled and unlabeled. */
  label?: string;
  body?: string;
  /** Who opened it, and did this. */
  author?: User;
};

/** A change of a pull request. It makes the merge commit behind refs/pull/<number>/merge, as GitHub does. */
export function pullRequest(given: PullRequestEvent): Event {
  return async (github) => {
    const before = github.world.pulls.get(given.number)?.head.sha;
    const pull = await refresh(github, given);
    const action = given.action ?? "opened";
    const untrusted = given.fork !== undefined || given.author?.login === DEPENDABOT.login;
    const ref = `refs/pull/${pull.number}/merge`;
    const sha = given.merged ? await headOf(github, `refs/heads/${pull.base.ref}`) : (pull.mergeCommit ?? "");
    const scopes = [scope(ref, READ_WRITE), scope(`refs/heads/${pull.base.ref}`, READ)];
    if (pull.base.ref !== github.defaultBranch) scopes.push(scope(`refs/heads/${github.defaultBranch}`, READ));
    return {
      name: "pull_request",
      action,
      payload: pullPayload(github, given, pull, before),
      sha,
      ref,
      headSha: pull.head.sha,
      headBranch: pull.head.ref,
      headRef: pull.head.ref,
      baseRef: pull.base.ref,
      filteredRef: `refs/heads/${pull.base.ref}`,
      untrusted,
      ...(given.author && { actor: given.author }),
      pullRequest: pull,
      headRepository: pull.headRepository,
      inputs: {},
      // A fork's token can not write caches at all.
      cacheScopes: untrusted ? scopes.map((s) => ({ ...s, Permission: READ })) : scopes,
    };
  };
}

/** The payload of what has happened to a pull request. */
export function pullPayload(
  github: GitHub,
  given: PullRequestEvent,
  pull: PullRequest,
  before: string | undefined,
): Record<string, Value> {
  const action = given.action ?? "opened";
  return {
    action,
    number: pull.number,
    pull_request: { ...shownPull(pull, github.world), merged: pull.merged },
    ...(action === "synchronize" && before && { before, after: pull.head.sha }),
    ...(given.label && { label: { name: given.label } }),
    ...common(github, given.author),
  };
}

/** Opens the pull request, or brings it up to date with its branches. */
export async function refresh(github: GitHub, given: PullRequestEvent): Promise<PullRequest> {
  const { world, git } = github;
  const at = world.now();
  const base = given.base ?? github.defaultBranch;
  const fork = given.fork
    ? { id: 700_000_001, fullName: given.fork, owner: given.fork.split("/")[0] ?? "" }
    : undefined;
  const known = world.pulls.get(given.number);
  const closed = given.action === "closed";
  const heads = {
    base: await headOf(github, `refs/heads/${base}`),
    head: await headOf(github, `refs/heads/${given.head}`),
  };
  const pull: PullRequest = {
    number: given.number,
    title: given.title ?? known?.title ?? given.head,
    state: closed ? "closed" : "open",
    draft: false,
    merged: given.merged ?? false,
    mergeCommit: null,
    labels: given.labels ?? known?.labels ?? [],
    user: given.author ?? known?.user ?? OCTOCAT,
    ...((given.body ?? known?.body) !== undefined && { body: given.body ?? known?.body ?? "" }),
    // A merge has moved the base; the pull request keeps the one that it was opened against.
    base: { ref: base, sha: given.merged && known ? known.base.sha : heads.base },
    head: { ref: given.head, sha: heads.head },
    headRepository: fork ?? { id: world.id, fullName: github.fullName, owner: world.owner },
    createdAt: known?.createdAt ?? at,
    updatedAt: at,
  };
  await git.git(["update-ref", `refs/pull/${given.number}/head`, heads.head]);
  pull.mergeCommit = given.merged
    ? heads.base
    : await git.merge({
        base: pull.base.sha,
        head: heads.head,
        message: `Merge ${heads.head} into ${pull.base.sha}`,
        ref: `refs/pull/${given.number}/merge`,
      });
  world.pulls.set(given.number, pull);
  return pull;
}

/** An event of a branch or tag of the repository itself. */
export async function onBranch(
  github: GitHub,
  ref: string,
  sha: string,
  given: Pick<Happening, "name" | "payload">,
): Promise<Happening> {
  const main = `refs/heads/${github.defaultBranch}`;
  return {
    name: given.name,
    payload: { ...given.payload, ...common(github) },
    sha,
    ref,
    headSha: sha,
    headBranch: ref.replace(/^refs\/(heads|tags)\//, ""),
    headRef: "",
    baseRef: "",
    untrusted: false,
    inputs: {},
    cacheScopes: [scope(ref, READ_WRITE), ...(ref === main ? [] : [scope(main, READ)])],
  };
}

export const scope = (Scope: string, Permission: number): CacheScope => ({ Scope, Permission });

/** What every payload holds. */
export const common = (github: GitHub, sender: User = OCTOCAT): Record<string, Value> => ({
  repository: shownRepository(github.world) as Record<string, Value>,
  sender: shownUser(sender, github.world) as Record<string, Value>,
});

export async function headOf(github: GitHub, ref: string): Promise<string> {
  const sha = await github.git.resolve(ref);
  if (!sha) throw new Error(`event: expected ${ref} in ${github.fullName}, saw none; commit to it first.`);
  return sha;
}
