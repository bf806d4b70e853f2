import type { ResultsService } from "../results-service/service.ts";
import type { GitRepository } from "./git-repository.ts";
import type { Permissions } from "./permissions.ts";

/** What GitHub's REST API knows of one repository: plain state, which handlers read and change. */
export type World = {
  owner: string;
  name: string;
  defaultBranch: string;
  id: number;
  ownerId: number;
  git: GitRepository;
  results: ResultsService;
  /** Where REST answers; every `url` in an answer starts with it. */
  origin: string;
  comments: Comment[];
  pulls: Map<number, PullRequest>;
  runs: Map<number, WorkflowRun>;
  deployments: Deployment[];
  checks: CheckRun[];
  attestations: Attestation[];
  releases: Release[];
  tokens: Map<string, Token>;
  /** What users may do here, by login; whoever is not named may read. */
  collaborators: Map<string, "admin" | "write" | "read">;
  /** Ids of comments, deployments and checks count up from here. */
  nextId: number;
  now: () => number;
};

export type User = { login: string; id: number; type: "User" | "Bot" };

/** The author of everything that a workflow's own token writes. */
export const ACTIONS_BOT: User = { login: "github-actions[bot]", id: 41_898_282, type: "Bot" };

export const OCTOCAT: User = { login: "octocat", id: 583_231, type: "User" };

export const DEPENDABOT: User = { login: "dependabot[bot]", id: 49_699_333, type: "Bot" };

export type Token = { user: User; permissions: Permissions; runId?: number };

export type Comment = { id: number; issue: number; user: User; body: string; createdAt: number; updatedAt: number };

export type PullRequest = {
  number: number;
  title: string;
  body?: string;
  state: "open" | "closed";
  draft: boolean;
  merged: boolean;
  mergeCommit: string | null;
  labels: string[];
  user: User;
  base: { ref: string; sha: string };
  head: { ref: string; sha: string };
  /** The repository that the head is in; another id than the world's own is a fork. */
  headRepository: { id: number; fullName: string; owner: string };
  createdAt: number;
  updatedAt: number;
};

export type WorkflowRun = {
  id: number;
  number: number;
  attempt: number;
  /** The name by which the results service knows the run. */
  backendId: string;
  event: string;
  path: string;
  workflowName: string;
  headSha: string;
  headBranch: string | null;
  headRepositoryId: number;
  headRepositoryName: string;
  status: "in_progress" | "completed";
  conclusion: "success" | "failure" | "cancelled" | null;
  pullRequests: number[];
  /** What reviewers said when a job waited for an environment. */
  reviews: Review[];
  actor: User;
  createdAt: number;
  updatedAt: number;
};

type Review = { state: "approved" | "rejected"; environment: string; user: User };

export type Deployment = {
  id: number;
  ref: string;
  sha: string;
  task: string;
  payload: unknown;
  environment: string;
  description: string | null;
  transient: boolean;
  production: boolean;
  creator: User;
  createdAt: number;
  statuses: DeploymentStatus[];
};

export type DeploymentStatus = {
  id: number;
  state: string;
  description: string;
  environmentUrl: string;
  logUrl: string;
  creator: User;
  createdAt: number;
};

type CheckRun = { id: number; name: string; headSha: string; request: Record<string, unknown> };

/** What a workflow has signed: a predicate about a subject. */
type Attestation = {
  subjectName: string;
  subjectDigest: string;
  predicateType: string;
  predicate: unknown;
  /** The workflow file, as the certificate names it. */
  signer: string;
  runId: number;
};

type Release = { id: number; tag: string; request: Record<string, unknown> };

export const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");

export const fullName = (world: World) => `${world.owner}/${world.name}`;
