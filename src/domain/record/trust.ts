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

/** What is known of the commit that the artifact's run built. To know it takes requests. */
export type Facts = {
  /** Whether it is in the history of the default branch. */
  readonly reachable: boolean;
  /** The merged pull request whose head it is, where `mayBeMerged` made one look for it. */
  readonly merged?: Merged | undefined;
};

/** A pull request that was merged, as it stands to a run of it and to this run. */
export type Merged = {
  readonly number: number;
  /** The final head, after which nothing was pushed. */
  readonly headSha: string;
  readonly headRepositoryId: string;
  /** Whether the commit by which it was merged is in the history of the commit that is built here. */
  readonly mergedHere: boolean;
  /** Whether the workflow file of the run is the same, byte by byte, at that head and at the commit that is built here. */
  readonly sameWorkflow: boolean;
};

/** Whether an artifact's run makes it trustworthy for this run. */
export function trust(artifact: Claimed, origin: Origin, asker: Asker, { reachable, merged }: Facts): Trust {
  const { repositoryId, defaultBranch } = asker;
  if (artifact.expired) return no("it has expired");
  if (artifact.sha256 === undefined) return no("GitHub names no digest for it");
  if (artifact.run.id !== origin.id) return no("it is of another run than the one that was looked at");
  const ids = [artifact.run.repositoryId, artifact.run.headRepositoryId, origin.repositoryId, origin.headRepositoryId];
  if (repositoryId === "" || ids.some((id) => id !== repositoryId)) {
    return no(`run ${origin.id} built the code of another repository, as of a fork`);
  }
  if (origin.event === "pull_request") return ofPullRequest(origin, asker, merged);
  if (
    origin.event === "merge_group" ||
    (DEFAULT_BRANCH_EVENTS.includes(origin.event) && origin.headBranch === defaultBranch)
  ) {
    if (!reachable) return no(`the commit of run ${origin.id} is not in the history of ${defaultBranch}`);
    return { trusted: true };
  }
  return no(`run ${origin.id} was by ${origin.event} on ${origin.headBranch}, not on ${defaultBranch}`, true);
}

/** Whether a run counts only if the pull request that it built has been merged, which is then to be looked up. */
export const mayBeMerged = (origin: Origin, { repositoryId, pullRequest }: Asker): boolean =>
  origin.event === "pull_request" && origin.headRepositoryId === repositoryId && !isSamePull(origin, pullRequest);

const isSamePull = ({ pullRequests, headBranch }: Origin, ours: Asker["pullRequest"]): boolean =>
  ours !== undefined && pullRequests.includes(ours.number) && headBranch === ours.headBranch;

/** Code that no one has reviewed yet counts for its own pull request; once merged as it was built, for all that hold it. */
function ofPullRequest(origin: Origin, { repositoryId, pullRequest }: Asker, merged: Merged | undefined): Trust {
  if (isSamePull(origin, pullRequest)) return { trusted: true };
  const { id, pullRequests, headSha } = origin;
  if (merged === undefined) {
    const which = pullRequests.length > 0 ? `pull request #${pullRequests[0]}` : "a pull request";
    return no(`run ${id} was of ${which}, which is not merged`, true);
  }
  const which = `pull request #${merged.number}`;
  if (merged.headRepositoryId !== repositoryId) return no(`${which} came from another repository`);
  if (merged.headSha !== headSha) return no(`run ${id} built an earlier head of ${which} than the one that was merged`);
  if (!merged.mergedHere) return no(`${which} is not in the history of the commit that is built here`, true);
  if (!merged.sameWorkflow) return no(`the workflow file of run ${id} is another here`, true);
  return { trusted: true };
}

const no = (because: string, ordinary = false): Trust => ({ trusted: false, because, ordinary });
