// A digest proves that bytes are whole, not where they come from: whoever may write to the repository can upload a forged model
// under tomorrow's fingerprint. So what decides is the run that uploaded it.

/** An artifact that may hold an earlier result, as GitHub tells of it. */
export type Claimed = {
  readonly expired: boolean;
  /** Hex, as GitHub stores it; `undefined` when GitHub names none. */
  readonly sha256: string | undefined;
  readonly run: { readonly id: string; readonly repositoryId: string; readonly headRepositoryId: string };
};

/** The run that uploaded it. */
export type Origin = {
  readonly id: string;
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  readonly repositoryId: string;
  readonly headRepositoryId: string;
  readonly pullRequests: readonly number[];
};

/** This run, and what it asks. */
export type Asker = {
  readonly repositoryId: string;
  readonly defaultBranch: string;
  /** The number and head branch of the pull request that this run builds, if it does. */
  readonly pullRequest: { readonly number: number; readonly headBranch: string } | undefined;
};

export type Trust =
  | { readonly trusted: true }
  /** `ordinary`: nothing is wrong, it is merely another branch's or pull request's. */
  | { readonly trusted: false; readonly because: string; readonly ordinary: boolean };

/** Events whose runs on the default branch execute that branch's own workflow, by someone who may write to it. */
const DEFAULT_BRANCH_EVENTS: readonly string[] = ["push", "schedule", "workflow_dispatch", "repository_dispatch"];

/**
 * Whether an artifact's run makes it trustworthy for this run.
 * @param reachable whether the run's head commit is in the history of the default branch
 */
export function trust(artifact: Claimed, origin: Origin, asker: Asker, reachable: boolean): Trust {
  const { repositoryId, defaultBranch, pullRequest } = asker;
  if (artifact.expired) return no("it has expired");
  if (artifact.sha256 === undefined) return no("GitHub names no digest for it");
  if (artifact.run.id !== origin.id) return no("it is of another run than the one that was looked at");
  const ids = [artifact.run.repositoryId, artifact.run.headRepositoryId, origin.repositoryId, origin.headRepositoryId];
  if (repositoryId === "" || ids.some((id) => id !== repositoryId)) {
    return no(`run ${origin.id} built the code of another repository, as of a fork`);
  }
  if (origin.event === "pull_request") return ofPullRequest(origin, pullRequest);
  if (
    origin.event === "merge_group" ||
    (DEFAULT_BRANCH_EVENTS.includes(origin.event) && origin.headBranch === defaultBranch)
  ) {
    if (!reachable) return no(`the commit of run ${origin.id} is not in the history of ${defaultBranch}`);
    return { trusted: true };
  }
  return no(`run ${origin.id} was by ${origin.event} on ${origin.headBranch}, not on ${defaultBranch}`, true);
}

/** Code that no one has reviewed yet counts for its own pull request, never beyond it. */
function ofPullRequest({ id, pullRequests, headBranch }: Origin, ours: Asker["pullRequest"]): Trust {
  if (ours && pullRequests.includes(ours.number) && headBranch === ours.headBranch) return { trusted: true };
  return no(
    `run ${id} was of ${pullRequests.length > 0 ? `pull request #${pullRequests[0]}` : "a pull request"}`,
    true,
  );
}

const no = (because: string, ordinary = false): Trust => ({ trusted: false, because, ordinary });
