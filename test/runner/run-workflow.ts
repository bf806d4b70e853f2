// Runs a workflow file as GitHub would, on this machine, without a network. A difference from GitHub is a bug.
//
// Not modelled: reusable workflows, job containers and services, Docker actions and foreign actions other than checkout and
// setup-python are refused loudly; `concurrency`, the deployments of `environment`, path filters, problem matchers and OIDC
// tokens are passed over. Jobs run one after the other, because there is one machine.
import { readFile } from "node:fs/promises";

import type { GitHub } from "../world/github-rest/github.ts";
import type { RestRequest } from "../world/github-rest/server.ts";
import type { Event } from "./events.ts";
import { evaluateCondition, type Status, type Surroundings, textOf, type Value } from "./expressions.ts";
import type { Machine } from "./machine.ts";
import { combinationsOf } from "./matrix.ts";
import { RUNNER_TIMINGS, type Timings } from "./processes.ts";
import { githubContext, type JobReport, type JobSetting, runJob } from "./run-job.ts";
import { Cancellation, type ProcessRecord } from "./running-job.ts";
import type { Annotation, Outcome, StepReport } from "./step-report.ts";
import { isMap, resolve, resolveText, type Template } from "./template.ts";
import { triggered } from "./triggers.ts";
import { type JobDefinition, readWorkflow } from "./workflow-file.ts";

export type WorkflowOptions = {
  github: GitHub;
  machine: Machine;
  /** A path in the repository at the event's commit, or a file of this machine that stands for one. */
  workflow: string | { file: string; as: string };
  event: Event;
  vars?: Record<string, string>;
  /** A fork's pull request gets none of them. */
  secrets?: Record<string, string>;
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
  const setting = await prepare(options);
  const firstRequest = options.github.rest.requests.length;
  return {
    runId: setting.run.id,
    result: runJobs(setting, firstRequest),
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
  const workflow = await readWorkflow(path, content.toString("utf8"));
  const inputs = triggered(workflow, happening);
  const run = github.createRun(
    {
      event: happening.name,
      path,
      workflowName: workflow.name,
      headSha: happening.headSha,
      headBranch: happening.headBranch,
      pullRequests: happening.pullRequest ? [happening.pullRequest.number] : [],
      ...(happening.headRepository && {
        headRepositoryId: happening.headRepository.id,
        headRepositoryName: happening.headRepository.fullName,
      }),
    },
    options.rerunOf,
  );
  return {
    github,
    machine,
    workflow,
    workflowPath: path,
    workflowSha: happening.sha,
    run,
    happening,
    secrets: happening.untrusted ? {} : (options.secrets ?? {}),
    inputs,
    vars,
    actionSources: { repository: github.fullName, sha: happening.sha, self, repositories },
    cancellation: new Cancellation(),
    timings: { ...RUNNER_TIMINGS, ...options.timings },
    onLine: options.onLine ?? (() => {}),
    processes: [],
  };
}

/** A job that is over, as `needs` shows it to others; a matrix counts as one. */
type Ended = { result: Outcome; outputs: Record<string, string> };

async function runJobs(setting: JobSetting, firstRequest: number): Promise<RunResult> {
  const { github, run, workflow, cancellation } = setting;
  const ended = new Map<string, Ended>();
  const jobs: Record<string, JobReport> = {};
  for (const definition of inOrder(workflow.jobs)) {
    const reports = await runMatrix(setting, definition, ended, workflow.jobs);
    for (const report of reports) jobs[report.name] = report;
    ended.set(definition.id, {
      result: worst(reports.map((report) => report.conclusion)),
      outputs: Object.assign({}, ...reports.map((report) => report.outputs)) as Record<string, string>,
    });
  }
  const results = [...ended.values()].map(({ result }) => result);
  const conclusion = cancellation.requested ? "cancelled" : results.includes("failure") ? "failure" : "success";
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

/** One machine runs one job at a time: needed jobs first, else in the order of the file. */
function inOrder(jobs: JobDefinition[]): JobDefinition[] {
  const order: JobDefinition[] = [];
  const visit = (job: JobDefinition) => {
    if (order.includes(job)) return;
    for (const id of job.needs) {
      const needed = jobs.find((j) => j.id === id);
      if (needed) visit(needed);
    }
    order.push(job);
  };
  for (const job of jobs) visit(job);
  return order;
}

async function runMatrix(
  setting: JobSetting,
  definition: JobDefinition,
  ended: Map<string, Ended>,
  all: JobDefinition[],
): Promise<JobReport[]> {
  const needs: Record<string, Value> = {};
  for (const id of definition.needs) {
    const { result = "skipped", outputs = {} } = ended.get(id) ?? {};
    needs[id] = { result, outputs };
  }
  const surroundings: Surroundings = {
    contexts: { github: githubContext(setting), needs, vars: setting.vars, inputs: setting.inputs },
    status: statusOf(
      ancestorsOf(definition, all).map((id) => ended.get(id)?.result ?? "skipped"),
      setting,
    ),
    cancelled: setting.cancellation.requested,
    hashFiles: () => {
      throw new Error("hashFiles is not available in a job's if.");
    },
  };
  const reportOf = (conclusion: Outcome, name = definition.id): JobReport => ({
    id: definition.id,
    name,
    conclusion,
    outputs: {},
    steps: [],
    log: "",
    annotations: [],
  });
  if (!evaluateCondition(definition.condition, surroundings)) {
    return [reportOf(setting.cancellation.requested ? "cancelled" : "skipped")];
  }

  const strategy = isMap(definition.strategy) ? definition.strategy : {};
  const combinations = combinationsOf(strategy["matrix"] && resolve(strategy["matrix"], surroundings));
  const failFast = strategy["fail-fast"] === undefined || resolve(strategy["fail-fast"], surroundings) === true;
  const reports: JobReport[] = [];
  for (const [index, matrix] of combinations.entries()) {
    const values = Object.values(matrix).map(textOf);
    const name = values.length > 0 ? `${definition.id} (${values.join(", ")})` : definition.id;
    if (failFast && reports.some((report) => report.conclusion === "failure")) {
      reports.push(reportOf("cancelled", name));
      continue;
    }
    const position = { "fail-fast": failFast, "job-index": index, "job-total": combinations.length, "max-parallel": 1 };
    const report = await runJob(setting, definition, { name, matrix, strategy: position, needs });
    const tolerated = tolerates(definition.continueOnError, {
      ...surroundings,
      contexts: { ...surroundings.contexts, matrix },
    });
    reports.push(tolerated && report.conclusion === "failure" ? { ...report, conclusion: "success" } : report);
  }
  return reports;
}

const tolerates = (template: Template, surroundings: Surroundings) => resolveText(template, surroundings) === "true";

/** All jobs that a job waits for, directly or not: success() in its `if:` asks about all of them. */
function ancestorsOf(job: JobDefinition, all: JobDefinition[]): string[] {
  const found = new Set<string>();
  const visit = (ids: string[]) => {
    for (const id of ids) {
      if (found.has(id)) continue;
      found.add(id);
      visit(all.find((j) => j.id === id)?.needs ?? []);
    }
  };
  visit(job.needs);
  return [...found];
}

/** A skipped ancestor is neither a success nor a failure. */
function statusOf(results: Outcome[], setting: JobSetting): Status | "skipped" {
  if (setting.cancellation.requested) return "cancelled";
  if (results.includes("failure")) return "failure";
  return results.every((result) => result === "success") ? "success" : "skipped";
}

function worst(results: Outcome[]): Outcome {
  for (const outcome of ["failure", "cancelled", "success"] as const) if (results.includes(outcome)) return outcome;
  return "skipped";
}

/** A step's summaries: those of the steps inside a composite, then its own. */
const summariesOf = (report: StepReport): string[] => [
  ...report.children.flatMap(summariesOf),
  ...(report.summary === "" ? [] : [report.summary]),
];
