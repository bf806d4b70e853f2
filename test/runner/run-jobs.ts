import { evaluateCondition, type Status, type Surroundings, textOf, type Value } from "./expressions.ts";
import { combinationsOf } from "./matrix.ts";
import { githubContext, type JobReport, type JobSetting, runJob } from "./run-job.ts";
import type { Outcome } from "./step-report.ts";
import { isMap, resolve, resolveText } from "./template.ts";
import type { JobDefinition } from "./workflow-file.ts";

/** A job that is over, as `needs` shows it to others; a matrix counts as one. */
type Ended = { result: Outcome; outputs: Record<string, string> };

/** Runs all jobs, those that others need first. */
export async function runJobs(setting: JobSetting): Promise<{ jobs: Record<string, JobReport>; results: Outcome[] }> {
  const all = setting.workflow.jobs;
  const ended = new Map<string, Ended>();
  const jobs: Record<string, JobReport> = {};
  for (const definition of inOrder(all)) {
    const reports = await runMatrix(setting, definition, ended);
    for (const report of reports) jobs[report.name] = report;
    ended.set(definition.id, {
      result: worst(reports.map((report) => report.conclusion)),
      outputs: Object.assign({}, ...reports.map((report) => report.outputs)) as Record<string, string>,
    });
  }
  return { jobs, results: [...ended.values()].map(({ result }) => result) };
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

/** Runs the one job, or the several of a matrix, that a definition stands for; an `if:` may leave it out. */
async function runMatrix(
  setting: JobSetting,
  definition: JobDefinition,
  ended: Map<string, Ended>,
): Promise<JobReport[]> {
  const surroundings = surroundingsOf(setting, definition, ended);
  const reports: JobReport[] = [];
  try {
    if (!evaluateCondition(definition.condition, surroundings)) {
      const { requested } = setting.cancellation;
      return [emptyReport(definition, definition.id, requested ? "cancelled" : "skipped")];
    }
    const strategy = isMap(definition.strategy) ? definition.strategy : {};
    const combinations = combinationsOf(strategy["matrix"] && resolve(strategy["matrix"], surroundings));
    const failFast = strategy["fail-fast"] === undefined || resolve(strategy["fail-fast"], surroundings) === true;
    for (const [index, matrix] of combinations.entries()) {
      const values = Object.values(matrix).map(textOf);
      const name = values.length > 0 ? `${definition.id} (${values.join(", ")})` : definition.id;
      if (failFast && reports.some((report) => report.conclusion === "failure")) {
        reports.push(emptyReport(definition, name, "cancelled"));
        continue;
      }
      const position = { "fail-fast": failFast, "job-index": index, "job-total": combinations.length };
      const needs = surroundings.contexts["needs"] ?? {};
      const report = await runJob(setting, definition, { name, matrix, strategy: position, needs });
      const withMatrix = { ...surroundings, contexts: { ...surroundings.contexts, matrix } };
      const tolerated = resolveText(definition.continueOnError, withMatrix) === "true";
      reports.push(tolerated && report.conclusion === "failure" ? { ...report, conclusion: "success" } : report);
    }
  } catch (error) {
    // An expression that can not be evaluated, such as fromJSON of an empty output, fails the job before it starts.
    const message = (error as Error).message;
    const failed = emptyReport(definition, definition.id, "failure");
    reports.push({ ...failed, log: `##[error]${message}\n`, annotations: [{ level: "error", message }] });
  }
  return reports;
}

/** What expressions outside of steps see: the needed jobs, and whether all before them went well. */
function surroundingsOf(setting: JobSetting, definition: JobDefinition, ended: Map<string, Ended>): Surroundings {
  const needs: Record<string, Value> = {};
  for (const id of definition.needs) {
    const { result = "skipped", outputs = {} } = ended.get(id) ?? {};
    needs[id] = { result, outputs };
  }
  const ancestors = ancestorsOf(definition, setting.workflow.jobs);
  return {
    contexts: { github: githubContext(setting), needs, vars: setting.vars, inputs: setting.inputs },
    status: statusOf(
      ancestors.map((id) => ended.get(id)?.result ?? "skipped"),
      setting,
    ),
    cancelled: setting.cancellation.requested,
    hashFiles: () => {
      throw new Error("hashFiles is not available outside of steps.");
    },
  };
}

const emptyReport = (definition: JobDefinition, name: string, conclusion: Outcome): JobReport => ({
  id: definition.id,
  name,
  conclusion,
  outputs: {},
  steps: [],
  log: "",
  annotations: [],
});

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
