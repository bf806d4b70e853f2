import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { GitHub } from "../world/github-rest/github.ts";
import { type Permissions, tokenPermissions } from "../world/github-rest/permissions.ts";
import type { WorkflowRun } from "../world/github-rest/world.ts";
import { runtimeToken } from "../world/results-service/runtime-token.ts";
import type { Happening } from "./events.ts";
import type { Surroundings, Value } from "./expressions.ts";
import { emptyTemp, type Machine, prepareMachine, takeMachine } from "./machine.ts";
import { Masks } from "./masks.ts";
import { afterMinutes, processName, type Timings, trackedProcesses } from "./processes.ts";
import {
  type ActionSources,
  Cancellation,
  type ProcessRecord,
  type RunningJob,
  type Scope,
  surroundingsOf,
} from "./running-job.ts";
import { setUpJob } from "./set-up-job.ts";
import { type Annotation, Log, type Outcome, type StepReport } from "./step-report.ts";
import { runPre, runSteps } from "./steps.ts";
import { isMap, resolve, resolveText, resolveTexts, type Template } from "./template.ts";
import type { WorkflowTree } from "./called-workflow.ts";
import { beginDeployment, endDeployment, type Environment, type JobEnvironment, urlOf } from "./job-environment.ts";
import type { JobDefinition, Workflow } from "./workflow-file.ts";

export type JobReport = {
  id: string;
  name: string;
  conclusion: Outcome;
  outputs: Record<string, string>;
  /** Pre, main and post steps in the order in which they ran. */
  steps: StepReport[];
  log: string;
  annotations: Annotation[];
};

/** What the jobs of one workflow file share: the run's own, or one that it calls. */
export type JobSetting = {
  github: GitHub;
  machine: Machine;
  /** The file at hand. */
  tree: WorkflowTree;
  workflow: Workflow;
  /** The run's own file, by whose name the github context goes. */
  top: { name: string; path: string; sha: string };
  run: WorkflowRun;
  happening: Happening;
  /** What a called workflow sees are those that it was handed. */
  secrets: Record<string, string>;
  /** All of the run's, since all are masked. */
  allSecrets: string[];
  inputs: Record<string, Value>;
  vars: Record<string, string>;
  environments: Record<string, Environment>;
  /** What the token of a called workflow's jobs may do at most. */
  allowed: Permissions | undefined;
  /** `caller / ` before the names of a called workflow's jobs. */
  prefix: string;
  /** The concurrency groups that this run holds around these jobs. */
  holds: string[];
  actionSources: ActionSources;
  cancellation: Cancellation;
  timings: Timings;
  onLine: (line: string) => void;
  processes: ProcessRecord[];
};

/** What one job of a matrix differs in. */
export type JobVariant = {
  name: string;
  matrix: Record<string, Value>;
  strategy: Record<string, Value>;
  needs: Value;
  environment: JobEnvironment | undefined;
};

const OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** Runs one job on the machine, from an empty temporary folder to the end of its orphans. */
export async function runJob(setting: JobSetting, definition: JobDefinition, variant: JobVariant): Promise<JobReport> {
  const free = await takeMachine(setting.machine);
  try {
    return await runOnMachine(setting, definition, variant);
  } finally {
    free();
  }
}

let jobNumbers = 48_000_000_001;

async function runOnMachine(setting: JobSetting, definition: JobDefinition, variant: JobVariant): Promise<JobReport> {
  const { github, machine, happening } = setting;
  const deployment = beginDeployment(variant.environment, setting, jobNumbers++);
  const workspace = await prepareMachine(machine, github.fullName);
  const job = await startJob(setting, definition, variant, workspace);
  const scope: Scope = {
    job,
    steps: {},
    inputs: {},
    env: {},
    github: { action_repository: "", action_ref: "" },
    depth: 0,
    selfRoot: undefined,
    compositeStatus: undefined,
    log: job.log,
    record: undefined,
    signal: undefined,
  };
  const reports: StepReport[] = [];
  const keep = (report: StepReport | undefined) => {
    if (!report) return;
    reports.push(report);
    const { conclusion } = report;
    if (conclusion === "failure" && job.status === "success") job.status = "failure";
  };

  const stopListening = setting.cancellation.listen(() => job.cancellation.request());
  const minutes = Number(resolve(definition.timeoutMinutes, surroundingsOf(scope, job.env)));
  const timer = afterMinutes(minutes, () => {
    job.log.write(`##[error]The job has exceeded the maximum execution time of ${minutes}m0s`);
    job.cancellation.request();
  });

  try {
    keep(await setUpJob(scope, definition.steps));
    const steps = job.status === "failure" ? [] : definition.steps;
    for (const step of steps) keep(await runPre(scope, step));
    reports.push(...(await runSteps(scope, steps)));
    while (job.postSteps.length > 0) keep(await job.postSteps.pop()?.run());
  } finally {
    clearTimeout(timer);
    stopListening();
  }
  const outputs = jobOutputs(job, scope, definition, happening);
  const url = environmentUrl(job, scope, variant.environment, outputs.annotations);
  endOrphans(job);
  await emptyTemp(machine);
  const conclusion = job.status;
  endDeployment(deployment, setting, conclusion, url);
  return {
    id: definition.id,
    name: variant.name,
    conclusion,
    outputs: outputs.kept,
    steps: reports,
    log: job.log.text,
    annotations: [...reports.flatMap((report) => report.annotations), ...outputs.annotations],
  };
}

async function startJob(
  setting: JobSetting,
  definition: JobDefinition,
  variant: JobVariant,
  workspace: string,
): Promise<RunningJob> {
  const { github, machine, run, happening, workflow, tree } = setting;
  const secrets = { ...setting.secrets, ...variant.environment?.secrets };
  const vars = { ...setting.vars, ...variant.environment?.vars };
  const masks = new Masks();
  const asked = definition.permissions ?? workflow.permissions;
  const permissions = tokenPermissions(asked, setting.allowed ?? github.defaultPermissions, happening.untrusted);
  const token = github.createToken(permissions, { runId: run.id });
  const runtime = runtimeToken({ run: run.backendId, job: randomUUID(), scopes: happening.cacheScopes });
  for (const secret of [token, runtime, ...setting.allSecrets, ...Object.values(secrets)]) masks.add(secret);

  const eventFolder = join(machine.temp, "_github_workflow");
  await mkdir(eventFolder, { recursive: true });
  await writeFile(join(eventFolder, "event.json"), JSON.stringify(happening.payload, undefined, 2));
  const runner: Record<string, Value> = {
    os: "Linux",
    arch: process.arch === "arm64" ? "ARM64" : "X64",
    name: machine.name,
    environment: machine.kind,
    temp: machine.temp,
    tool_cache: machine.toolCache,
    workspace: join(workspace, ".."),
  };
  const context = {
    ...githubContext(setting),
    job: definition.id,
    token,
    workspace,
    event_path: join(eventFolder, "event.json"),
  };
  const contexts = {
    github: context as Record<string, Value>,
    runner,
    vars,
    secrets: { ...secrets, GITHUB_TOKEN: token, github_token: token },
    needs: variant.needs,
    strategy: variant.strategy,
    matrix: variant.matrix,
    inputs: setting.inputs,
    job: {
      status: "success",
      workflow_ref: `${tree.source.repository}/${tree.path}@${tree.source.ref}`,
      workflow_sha: tree.source.sha,
      workflow_repository: tree.source.repository,
      workflow_file_path: tree.path,
    },
  };
  const before: Surroundings = { contexts, status: "success", cancelled: false, hashFiles: () => "" };
  const workflowEnv = resolveTexts(workflow.env, before);
  const env = {
    ...workflowEnv,
    ...resolveTexts(definition.env, { ...before, contexts: { ...contexts, env: workflowEnv } }),
  };
  const log = new Log(masks, setting.onLine);
  const job: RunningJob = {
    id: definition.id,
    machine,
    github,
    workspace,
    trackingId: `github_${randomUUID()}`,
    masks,
    log,
    timings: setting.timings,
    runtime: setting.github.results.environment(runtime),
    actionSources: setting.actionSources,
    env,
    folders: [],
    defaults: defaultsOf([workflow.defaults, definition.defaults], { ...before, contexts: { ...contexts, env } }),
    contexts,
    status: "success",
    cancellation: new Cancellation(),
    preStates: new Map(),
    postSteps: [],
    processes: setting.processes,
    debug: secrets["ACTIONS_STEP_DEBUG"] === "true" || vars["ACTIONS_STEP_DEBUG"] === "true",
  };
  // The first listener: whatever asks for the status afterwards, a step's condition above all, sees the cancellation.
  job.cancellation.listen(() => {
    job.status = "cancelled";
  });
  return job;
}

/** The github context as the server knows it, before a job has a token and a workspace. */
export function githubContext(setting: JobSetting): Record<string, Value> {
  const { github, run, happening, top } = setting;
  const { world } = github;
  return {
    event_name: happening.name,
    event: happening.payload,
    sha: happening.sha,
    ref: happening.ref,
    ref_name: happening.ref.replace(/^refs\/(heads|tags|pull)\//, ""),
    ref_type: happening.ref.startsWith("refs/tags/") ? "tag" : "branch",
    ref_protected: false,
    head_ref: happening.headRef,
    base_ref: happening.baseRef,
    repository: github.fullName,
    repository_id: String(world.id),
    repository_owner: world.owner,
    repository_owner_id: String(world.ownerId),
    repository_visibility: "private",
    repositoryUrl: `git://github.com/${github.fullName}.git`,
    actor: run.actor.login,
    actor_id: String(run.actor.id),
    triggering_actor: run.actor.login,
    run_id: String(run.id),
    run_number: String(run.number),
    run_attempt: String(run.attempt),
    retention_days: "90",
    workflow: top.name,
    workflow_ref: `${github.fullName}/${top.path}@${happening.ref}`,
    workflow_sha: top.sha,
    server_url: "https://github.com",
    api_url: github.rest.url,
    graphql_url: `${github.rest.url}/graphql`,
    secret_source: "Actions",
  };
}

function defaultsOf(templates: Template[], surroundings: Surroundings): RunningJob["defaults"] {
  const defaults: RunningJob["defaults"] = {};
  for (const template of templates) {
    const given = resolve(template, surroundings);
    const run = typeof given === "object" && given !== null && !Array.isArray(given) ? given["run"] : undefined;
    if (typeof run !== "object" || run === null || Array.isArray(run)) continue;
    if (typeof run["shell"] === "string") defaults.shell = run["shell"];
    if (typeof run["working-directory"] === "string") defaults.workingDirectory = run["working-directory"];
  }
  return defaults;
}

/** Evaluates a job's outputs. The runner drops one that holds a masked value, and warns. */
function jobOutputs(
  job: RunningJob,
  scope: Scope,
  definition: JobDefinition,
  happening: Happening,
): { kept: Record<string, string>; annotations: Annotation[] } {
  const kept: Record<string, string> = {};
  const annotations: Annotation[] = [];
  if (!isMap(definition.outputs)) return { kept, annotations };
  const surroundings: Surroundings = {
    contexts: { ...job.contexts, env: job.env, steps: scope.steps },
    status: job.status,
    cancelled: job.status === "cancelled",
    hashFiles: () => "",
  };
  const issue = (level: "error" | "warning", message: string) => {
    job.log.write(`##[${level}]${message}`);
    annotations.push({ level, message });
  };
  let bytes = 0;
  for (const [name, template] of Object.entries(definition.outputs)) {
    let value: string;
    try {
      value = resolveText(template, surroundings);
    } catch (error) {
      issue("error", (error as Error).message);
      job.status = job.status === "success" ? "failure" : job.status;
      continue;
    }
    if (value === "") continue;
    if (job.masks.touches(value)) {
      issue("warning", `Skip output '${name}' since it may contain secret.`);
      continue;
    }
    // GitHub estimates the size in UTF-16.
    bytes += 2 * (name.length + value.length);
    if (bytes > OUTPUT_LIMIT_BYTES) {
      issue("warning", `The outputs of job ${job.id} (${happening.name}) are larger than 1 MB; '${name}' is dropped.`);
      continue;
    }
    kept[name] = value;
  }
  return { kept, annotations };
}

/** `environment.url`; the runner drops one that holds a masked value, and warns. */
function environmentUrl(
  job: RunningJob,
  scope: Scope,
  environment: JobEnvironment | undefined,
  annotations: Annotation[],
): string {
  const contexts = { ...job.contexts, env: job.env, steps: scope.steps };
  const url = urlOf(environment, { contexts, status: job.status, cancelled: false, hashFiles: () => "" });
  if (!job.masks.touches(url)) return url;
  const message = `Skip setting environment url as environment '${environment?.name}' may contain secret.`;
  job.log.write(`##[warning]${message}`);
  annotations.push({ level: "warning", message });
  return "";
}

/** Ends what the job's steps have left running. */
function endOrphans(job: RunningJob): void {
  for (const pid of trackedProcesses(job.trackingId)) {
    job.log.write(`Terminate orphan process: pid (${pid}) (${processName(pid)})`);
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
}
