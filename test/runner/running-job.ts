import type { GitHub } from "../world/github-rest/github.ts";
import type { Variables } from "./environment.ts";
import type { Status, Surroundings, Value } from "./expressions.ts";
import { hashFiles } from "./hash-files.ts";
import type { Machine } from "./machine.ts";
import type { Masks } from "./masks.ts";
import type { Timings } from "./processes.ts";
import type { Step } from "./step-definition.ts";
import type { Log, StepRecord, StepReport } from "./step-report.ts";

/** A process that a step ran, for measurements. `cpuMs` includes the children it waited for. */
export type ProcessRecord = { job: string; step: string; command: string; ms: number; cpuMs: number; exitCode: number };

/** A job while it runs: what all its steps share and change. */
export type RunningJob = {
  id: string;
  machine: Machine;
  github: GitHub;
  workspace: string;
  trackingId: string;
  masks: Masks;
  log: Log;
  timings: Timings;
  /** ACTIONS_…: what node actions get and scripts do not. */
  runtime: Variables;
  /** The commit whose tree `$/` leads to, and where else actions may come from. */
  actionSources: ActionSources;
  /** Workflow and job `env:`, and what steps write to GITHUB_ENV. */
  env: Variables;
  /** What steps write to GITHUB_PATH; the last one comes first. */
  folders: string[];
  /** `defaults.run`; composites do not see it. */
  defaults: { shell?: string; workingDirectory?: string };
  contexts: Record<string, Value> & { github: Record<string, Value>; runner: Record<string, Value> };
  status: Status;
  cancellation: Cancellation;
  /** What the `pre` scripts have saved, for the main and post parts of the same step. */
  preStates: Map<Step, Variables>;
  /** Post steps, to be run last in first out. */
  postSteps: PostStep[];
  processes: ProcessRecord[];
  debug: boolean;
};

/** Registered when an action with a `post` starts, run at the end of the job. */
type PostStep = { condition: string; run: () => Promise<StepReport> };

export type ActionSources = {
  repository: string;
  sha: string;
  /** "commit": `$/` is the committed tree. "worktree": it is the workspace, as it is at that moment. */
  self: "commit" | "worktree";
  /** The folder that stands for the repository of a reusable workflow, where it is another than the run's. */
  root?: string;
  /** OWNER/REPO to a folder that stands for every ref of it. */
  repositories: Record<string, string>;
};

/** Tells running steps that the job is being cancelled. */
export class Cancellation {
  requested = false;
  readonly #listeners = new Set<() => void>();

  request(): void {
    if (this.requested) return;
    this.requested = true;
    for (const listener of this.#listeners) listener();
  }

  /** Calls the listener at cancellation, at once if that has been; returns how to stop listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.requested) listener();
    return () => this.#listeners.delete(listener);
  }
}

/** Where steps run: in the job itself, or inside a composite action. */
export type Scope = {
  job: RunningJob;
  /** The steps context, without the steps whose ids the runner made up. */
  steps: Record<string, { outputs: Record<string, string>; outcome: string; conclusion: string }>;
  inputs: Record<string, Value>;
  /** The `env:` of the composite steps around this scope, which wins over the job's. */
  env: Variables;
  /** What differs from the job's github context: action, action_path, action_repository, action_ref. */
  github: Record<string, Value>;
  depth: number;
  /** The folder that `$/` leads to; undefined where the workflow's own repository is meant. */
  selfRoot: string | undefined;
  /** Inside a composite, the status of its own steps so far. */
  compositeStatus: Status | undefined;
  log: Log;
  /** The composite step around this scope. */
  record: StepRecord | undefined;
  /** Aborts when the composite step around this scope has run out of time. */
  signal: AbortSignal | undefined;
};

/** What an expression in a step of this scope sees. */
export function surroundingsOf(scope: Scope, env: Variables): Surroundings {
  const { job } = scope;
  const inside = scope.depth > 0;
  const { secrets: _secrets, vars: _vars, needs: _needs, ...shared } = job.contexts;
  return {
    contexts: {
      ...(inside ? shared : job.contexts),
      github: { ...job.contexts.github, ...scope.github },
      job: { ...(job.contexts["job"] as Record<string, Value>), status: job.status },
      env,
      steps: scope.steps,
      inputs: inside ? scope.inputs : (job.contexts["inputs"] ?? {}),
    },
    status: scope.compositeStatus ?? job.status,
    cancelled: job.status === "cancelled",
    hashFiles: (patterns) => hashFiles(job.workspace, patterns),
  };
}
