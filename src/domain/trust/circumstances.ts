// What a run may do follows from what started it: whose code it builds, and whose rights it has. GitHub gives a pull request of a
// fork no secret, yet it gives pull_request_target, workflow_run and issue_comment all of them, whoever made those happen.

/** What the payload of an event and the runner's variables say, as far as it decides. All of it may be of a stranger's making. */
export type EventFacts = {
  /** `push`, `pull_request` … */
  readonly event: string;
  /** `closed`, `labeled` …; empty where the event has none. */
  readonly action: string;
  readonly ref: string;
  readonly repositoryId: string;
  readonly defaultBranch: string | undefined;
  readonly pullRequest:
    | {
        readonly number: number;
        /** Empty when the fork is gone. */
        readonly headRepositoryId: string;
        readonly headSha: string;
        readonly author: string;
      }
    | undefined;
  /** The run that `workflow_run` tells of. */
  readonly workflowRun:
    | {
        readonly id: string;
        readonly event: string;
        readonly headRepositoryId: string;
        readonly headSha: string;
        readonly headBranch: string;
      }
    | undefined;
  /** Of labeled. */
  readonly label: string | undefined;
  readonly sender: string;
};

/** Rows of the table in docs/security.md, in its order. */
export const CIRCUMSTANCES = [
  "fork",
  "dependabot",
  "same-repository",
  "closed",
  "closed-fork",
  "merge-group",
  "default-branch",
  "other-branch",
  "tag",
  "release",
  "schedule",
  "dispatch",
  "dispatch-elsewhere",
  "comment",
  "pull-request-target",
  "run-of-stranger",
  "run-of-ours",
  "other-event",
] as const;

export type Circumstance = (typeof CIRCUMSTANCES)[number];

/** In words, for the table and for messages. */
export const CALLED: Readonly<Record<Circumstance, string>> = {
  fork: "a fork's pull request (opened, synchronize, reopened, labeled)",
  dependabot: "Dependabot's pull request",
  "same-repository": "a pull request from this repository (opened, synchronize, reopened, labeled)",
  closed: "a pull request from this repository, closed or merged",
  "closed-fork": "a fork's pull request, closed or merged",
  "merge-group": "a merge queue (merge_group)",
  "default-branch": "a push to the default branch",
  "other-branch": "a push to another branch",
  tag: "a push of a tag",
  release: "a release",
  schedule: "a schedule",
  dispatch: "a dispatch on the default branch or a tag (workflow_dispatch, repository_dispatch)",
  "dispatch-elsewhere": "a dispatch on another branch",
  comment: "a comment (issue_comment)",
  "pull-request-target": "pull_request_target",
  "run-of-stranger": "workflow_run of a pull request",
  "run-of-ours": "workflow_run of a push, schedule or dispatch",
  "other-event": "any other event",
};

const DEPENDABOT = "dependabot[bot]";

/** Which row an event is of. What can not be told counts as what may do less. */
export function circumstanceOf(facts: EventFacts): Circumstance {
  switch (facts.event) {
    case "pull_request":
    case "pull_request_review":
    case "pull_request_review_comment":
      return ofPullRequest(facts);
    case "pull_request_target":
      return "pull-request-target";
    case "issue_comment":
      return "comment";
    case "workflow_run": {
      const { workflowRun: run, repositoryId } = facts;
      const isOurs =
        run !== undefined && run.headRepositoryId === repositoryId && repositoryId !== "" && !isPull(run.event);
      return isOurs ? "run-of-ours" : "run-of-stranger";
    }
    case "merge_group":
      return "merge-group";
    case "push":
      if (facts.ref.startsWith("refs/tags/")) return "tag";
      return isDefault(facts) ? "default-branch" : "other-branch";
    case "release":
      return "release";
    case "schedule":
      return "schedule";
    case "repository_dispatch":
      return "dispatch";
    case "workflow_dispatch":
      return facts.ref.startsWith("refs/tags/") || isDefault(facts) ? "dispatch" : "dispatch-elsewhere";
    default:
      return "other-event";
  }
}

function ofPullRequest({ action, pullRequest, repositoryId }: EventFacts): Circumstance {
  const isOurs = pullRequest !== undefined && repositoryId !== "" && pullRequest.headRepositoryId === repositoryId;
  if (action === "closed") return isOurs ? "closed" : "closed-fork";
  if (!isOurs) return "fork";
  return pullRequest.author === DEPENDABOT ? "dependabot" : "same-repository";
}

/** Dependabot's runs too are told by pull_request_target and workflow_run. */
const isPull = (event: string): boolean => event.startsWith("pull_request") || event === "issue_comment";

const isDefault = ({ ref, defaultBranch }: EventFacts): boolean =>
  defaultBranch !== undefined && ref === `refs/heads/${defaultBranch}`;
