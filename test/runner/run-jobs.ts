import { inputsOfCall, outputsOfCall, secretsOfCall } from "./called-workflow.ts";
import { tokenPermissions } from "../world/github-rest/permissions.ts";
import { concurrencyOf, enter } from "./concurrency.ts";
import { evaluateCondition, type Status, type Surroundings, textOf, type Value } from "./expressions.ts";
import { environmentOf } from "./job-environment.ts";
import { type Combination, combinationsOf } from "./matrix.ts";
import { githubContext, type JobReport, type JobSetting, runJob } from "./run-job.ts";
import { Cancellation } from "./running-job.ts";
import type { Outcome } from "./step-report.ts";
import { isMap, resolve, resolveText, type Template } from "./template.ts";
import type { JobDefinition } from "./workflow-file.ts";

/** A job that is over, as `needs` shows it to others; a matrix counts as one, and so does a called workflow. */
type Ended = { result: Outcome; outputs: Record<string, string> };

type Legs = Ended & { reports: JobReport[] };

type Jobs = { jobs: Record<string, JobReport>; results: Outcome[]; ended: Record<string, Ended> };

/** Runs all jobs of a workflow file in the turn that its `concurrency` gives it. */
export async function runInTurn(setting: JobSetting): Promise<Jobs> {
  const taken = await takeTurn(setting.workflow.concurrency, setting, fileSurroundings(setting));
  if ("refusal" in taken) return cancelledJobs(setting, taken.refusal);
  try {
    return await runJobs(taken.setting);
  } finally {
    taken.leave();
  }
}

/** Runs all jobs, those that others need first. */
async function runJobs(setting: JobSetting): Promise<Jobs> {
  const all = setting.workflow.jobs;
  const ended = new Map<string, Ended>();
  const jobs: Record<string, JobReport> = {};
  for (const definition of inOrder(all)) {
    const { reports, result, outputs } = await runMatrix(setting, definition, ended);
    for (const report of reports) jobs[report.name] = report;
    ended.set(definition.id, { result, outputs });
  }
  return { jobs, results: [...ended.values()].map(({ result }) => result), ended: Object.fromEntries(ended) };
}

function cancelledJobs(setting: JobSetting, message: string): Jobs {
  const reports = setting.workflow.jobs.map((job) => emptyReport(job, setting.prefix + job.id, "cancelled", message));
  return {
    jobs: Object.fromEntries(reports.map((report) => [report.name, report])),
    results: ["cancelled"],
    ended: Object.fromEntries(reports.map(({ id }) => [id, { result: "cancelled", outputs: {} }])),
  };
}

type Turn = { setting: JobSetting; leave: () => void } | { refusal: string };

/** Waits for what `concurrency` names. Whoever comes later may cancel the setting that is returned. */
async function takeTurn(
  template: Template | undefined,
  setting: JobSetting,
  surroundings: Surroundings,
): Promise<Turn> {
  const asked = concurrencyOf(template, surroundings);
  if (!asked) return { setting, leave: () => {} };
  const { group } = asked;
  if (setting.holds.includes(group)) {
    return { refusal: `Canceling since a deadlock for concurrency group '${group}' was detected.` };
  }
  // The run's own cancellation reaches all jobs; one of a job alone leaves the others be.
  const own =
    setting.prefix === "" && template === setting.workflow.concurrency ? setting.cancellation : new Cancellation();
  const stopListening = setting.cancellation === own ? () => {} : setting.cancellation.listen(() => own.request());
  const leave = await enter(setting.github.world, asked, own);
  if (!leave) {
    stopListening();
    return { refusal: `Canceling since a higher priority waiting request for ${group} exists.` };
  }
  return {
    setting: { ...setting, cancellation: own, holds: [...setting.holds, group] },
    leave: () => {
      stopListening();
      leave();
    },
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

/** Runs the one job, or the several of a matrix, that a definition stands for; an `if:` may leave it out. */
async function runMatrix(setting: JobSetting, definition: JobDefinition, ended: Map<string, Ended>): Promise<Legs> {
  const surroundings = surroundingsOf(setting, definition, ended);
  const legs: Legs[] = [];
  const name = setting.prefix + definition.id;
  try {
    if (!evaluateCondition(definition.condition, surroundings)) {
      const { requested } = setting.cancellation;
      return legOf(emptyReport(definition, name, requested ? "cancelled" : "skipped"));
    }
    const strategy = isMap(definition.strategy) ? definition.strategy : {};
    const combinations = combinationsOf(strategy["matrix"] && resolve(strategy["matrix"], surroundings));
    const failFast = strategy["fail-fast"] === undefined || resolve(strategy["fail-fast"], surroundings) === true;
    for (const [index, matrix] of combinations.entries()) {
      const values = Object.values(matrix).map(textOf);
      const legName = values.length > 0 ? `${name} (${values.join(", ")})` : name;
      if (failFast && legs.some((leg) => leg.result === "failure")) {
        legs.push(legOf(emptyReport(definition, legName, "cancelled")));
        continue;
      }
      const position = { "fail-fast": failFast, "job-index": index, "job-total": combinations.length };
      legs.push(await runLeg(setting, definition, surroundings, { name: legName, matrix, strategy: position }));
    }
  } catch (error) {
    // An expression that can not be evaluated, such as fromJSON of an empty output, fails the job before it starts.
    legs.push(legOf(emptyReport(definition, name, "failure", (error as Error).message)));
  }
  return {
    reports: legs.flatMap((leg) => leg.reports),
    result: worst(legs.map((leg) => leg.result)),
    outputs: Object.assign({}, ...legs.map((leg) => leg.outputs)) as Record<string, string>,
  };
}

type LegName = { name: string; matrix: Combination; strategy: Record<string, Value> };

/** Runs one job, or the workflow that it calls, in its turn. */
async function runLeg(
  setting: JobSetting,
  definition: JobDefinition,
  outer: Surroundings,
  { name, matrix, strategy }: LegName,
): Promise<Legs> {
  const surroundings: Surroundings = { ...outer, contexts: { ...outer.contexts, matrix, strategy } };
  const taken = await takeTurn(definition.concurrency, setting, surroundings);
  if ("refusal" in taken) return legOf(emptyReport(definition, name, "cancelled", taken.refusal));
  try {
    if (definition.calls) return await runCall(taken.setting, definition, surroundings, name);
    const environment = environmentOf(definition.environment, taken.setting, surroundings);
    if (environment?.refusal) return legOf(emptyReport(definition, name, "failure", environment.refusal));
    const needs = surroundings.contexts["needs"] ?? {};
    const report = await runJob(taken.setting, definition, { name, matrix, strategy, needs, environment });
    const tolerated = resolveText(definition.continueOnError, surroundings) === "true";
    return legOf(tolerated && report.conclusion === "failure" ? { ...report, conclusion: "success" } : report);
  } finally {
    taken.leave();
  }
}

/** Runs a called workflow as one job: with its own inputs and secrets, and the caller's event, variables and rights. */
async function runCall(
  setting: JobSetting,
  definition: JobDefinition,
  surroundings: Surroundings,
  name: string,
): Promise<Legs> {
  const call = definition.calls!;
  const tree = setting.tree.calls[definition.id]!;
  const { source, workflow } = tree;
  const asked = definition.permissions ?? setting.workflow.permissions;
  const inside: JobSetting = {
    ...setting,
    tree,
    workflow,
    inputs: inputsOfCall(call, workflow, surroundings),
    secrets: secretsOfCall(call, setting.secrets, surroundings),
    allowed: tokenPermissions(asked, setting.allowed ?? setting.github.defaultPermissions, false),
    prefix: `${name} / `,
    actionSources: {
      ...setting.actionSources,
      repository: source.repository,
      sha: source.sha,
      ...(source.root !== undefined && { root: source.root }),
    },
  };
  const { jobs, results, ended } = await runInTurn(inside);
  return {
    reports: Object.values(jobs),
    result: worst(results),
    outputs: outputsOfCall(workflow, ended, fileSurroundings(inside)),
  };
}

const legOf = (report: JobReport): Legs => ({
  reports: [report],
  result: report.conclusion,
  outputs: report.outputs,
});

/** What expressions outside of jobs see. */
function fileSurroundings(setting: JobSetting): Surroundings {
  return {
    contexts: { github: githubContext(setting), vars: setting.vars, inputs: setting.inputs },
    status: "success",
    cancelled: setting.cancellation.requested,
    hashFiles: () => {
      throw new Error("hashFiles is not available outside of steps.");
    },
  };
}

/** What expressions outside of steps see: the needed jobs, and whether all before them went well. */
function surroundingsOf(setting: JobSetting, definition: JobDefinition, ended: Map<string, Ended>): Surroundings {
  const needs: Record<string, Value> = {};
  for (const id of definition.needs) {
    const { result = "skipped", outputs = {} } = ended.get(id) ?? {};
    needs[id] = { result, outputs };
  }
  const ancestors = ancestorsOf(definition, setting.workflow.jobs);
  const outside = fileSurroundings(setting);
  return {
    ...outside,
    contexts: { ...outside.contexts, needs },
    status: statusOf(
      ancestors.map((id) => ended.get(id)?.result ?? "skipped"),
      setting,
    ),
  };
}

function emptyReport(definition: JobDefinition, name: string, conclusion: Outcome, error?: string): JobReport {
  const { id } = definition;
  const report: JobReport = { id, name, conclusion, outputs: {}, steps: [], log: "", annotations: [] };
  if (error === undefined) return report;
  return { ...report, log: `##[error]${error}\n`, annotations: [{ level: "error", message: error }] };
}

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
