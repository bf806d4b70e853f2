// Runs a workflow file as GitHub would, on this machine, without a network. A difference from GitHub is a bug.
//
// Not modelled: job containers and services, Docker actions, path filters and foreign actions other than checkout,
// setup-python and attest are refused loudly; problem matchers, OIDC tokens and wait timers of environments are passed over. The jobs of
// a run run one after the other, and those of two runs take turns, because there is one machine.
import { readFile } from "node:fs/promises";

import type { GitHub } from "../world/github-rest/github.ts";
import type { RestRequest } from "../world/github-rest/server.ts";
import { readTree } from "./called-workflow.ts";
import type { Event } from "./events.ts";
import type { Environment } from "./job-environment.ts";
import type { Machine } from "./machine.ts";
import { RUNNER_TIMINGS, type Timings } from "./processes.ts";
import type { JobReport, JobSetting } from "./run-job.ts";
import { runInTurn } from "./run-jobs.ts";
import { Cancellation, type ProcessRecord } from "./running-job.ts";
import type { Annotation, StepReport } from "./step-report.ts";
import { triggered } from "./triggers.ts";

export type WorkflowOptions = {
  github: GitHub;
  machine: Machine;
  /** A path in the repository at the event's commit, or a file of this machine that stands for one. */
  workflow: string | { file: string; as: string };
  event: Event;
  /** A fork's pull request gets neither variables nor secrets, and Dependabot's neither. */
  vars?: Record<string, string>;
  secrets?: Record<string, string>;
  environments?: Record<string, Environment>;
  /** OWNER/REPO to a folder, for `uses: OWNER/REPO/path@ref`; inside it `$/` leads to the same folder. */
  repositories?: Record<string, string>;
  /** What `$/` means in the workflow's own repository: its committed tree (as on GitHub), or the workspace. */
  self?: "commit" | "worktree";
  /** Called with each line of every log as it is shown. */
  onLine?: (line: string) => void;
  /** Runs the jobs of an earlier run again, as its next attempt. */
  rerunOf?: number;
  timings?: Partial<Timings>;
};

export type RunResult = {
  conclusion: "success" | "failure" | "cancelled";
  runId: number;
  attempt: number;
  /** By id; the jobs of a matrix by `id (value, …)`. */
  jobs: Record<string, JobReport>;
  annotations: Annotation[];
  /** The logs of all jobs, one after the other. */
  log: string;
  /** All step summaries as the run's page shows them, one after the other. */
  summary: string;
  /** The REST requests of this run's tokens. */
  requests: RestRequest[];
  /** Every process that a step ran, in order. */
  processes: ProcessRecord[];
};

/** Runs a workflow to its end. Throws where GitHub would not start a run at all. */
export const runWorkflow = async (options: WorkflowOptions): Promise<RunResult> =>
  (await startWorkflow(options)).result;

/** Starts a workflow; `cancel()` does what the button does. */
export async function startWorkflow(
  options: WorkflowOptions,
): Promise<{ runId: number; result: Promise<RunResult>; cancel: () => void }> {
  const firstRequest = options.github.rest.requests.length;
  const setting = await prepare(options);
  return {
    runId: setting.run.id,
    result: finish(setting, firstRequest),
    cancel: () => setting.cancellation.request(),
  };
}

async function prepare(options: WorkflowOptions): Promise<JobSetting> {
  const { github, machine, workflow: source, event, vars = {}, repositories = {}, self = "commit" } = options;
  const happening = await event(github);
  const path = typeof source === "string" ? source : source.as;
  const content =
    typeof source === "string" ? await github.git.read(happening.sha, source) : await readFile(source.file);
  if (!content) throw new Error(`expected ${path} in commit ${happening.sha} of ${github.fullName}, saw none.`);
  const own = { repository: github.fullName, ref: happening.ref, sha: happening.sha, root: undefined };
  const tree = await readTree(path, content.toString("utf8"), own, { github, repositories });
  const { workflow } = tree;
  const inputs = triggered(workflow, happening);
  const run = github.createRun(
    {
      event: happening.name,
      path,
      workflowName: workflow.name,
      headSha: happening.headSha,
      headBranch: happening.headBranch,
      // GitHub names no pull request for a run of a fork's.
      pullRequests: happening.pullRequest?.headRepository.id === github.world.id ? [happening.pullRequest.number] : [],
      ...(happening.actor && { actor: happening.actor }),
      ...(happening.headRepository && {
        headRepositoryId: happening.headRepository.id,
        headRepositoryName: happening.headRepository.fullName,
      }),
    },
    options.rerunOf,
  );
  const secrets = happening.untrusted ? {} : (options.secrets ?? {});
  return {
    github,
    machine,
    tree,
    workflow,
    top: { name: workflow.name, path, sha: happening.sha },
    run,
    happening,
    secrets,
    allSecrets: Object.values(secrets),
    inputs,
    vars: happening.untrusted ? {} : vars,
    environments: options.environments ?? {},
    allowed: undefined,
    prefix: "",
    holds: [],
    actionSources: { repository: github.fullName, sha: happening.sha, self, repositories },
    cancellation: new Cancellation(),
    timings: { ...RUNNER_TIMINGS, ...options.timings },
    onLine: options.onLine ?? (() => {}),
    processes: [],
  };
}

async function finish(setting: JobSetting, firstRequest: number): Promise<RunResult> {
  const { github, run, cancellation } = setting;
  const { jobs, results } = await runInTurn(setting);
  const conclusion =
    cancellation.requested || (results.includes("cancelled") && !results.includes("failure"))
      ? "cancelled"
      : results.includes("failure")
        ? "failure"
        : "success";
  Object.assign(run, { status: "completed", conclusion, updatedAt: github.world.now() });
  const reports = Object.values(jobs);
  return {
    conclusion,
    runId: run.id,
    attempt: run.attempt,
    jobs,
    annotations: reports.flatMap((report) => report.annotations),
    log: reports.map((report) => report.log).join(""),
    summary: reports.flatMap((report) => report.steps.flatMap(summariesOf)).join("\n"),
    requests: github.rest.requests.slice(firstRequest).filter((request) => request.runId === run.id),
    processes: setting.processes,
  };
}

/** A step's summaries: those of the steps inside a composite, then its own. */
const summariesOf = (report: StepReport): string[] => [
  ...report.children.flatMap(summariesOf),
  ...(report.summary === "" ? [] : [report.summary]),
];
