import { type Action, type NodeAction, readAction } from "./action-file.ts";
import { inputsOf } from "./action-inputs.ts";
import { type ActionLocation, locateAction, understood } from "./action-location.ts";
import { attest } from "./attest.ts";
import { checkout } from "./checkout.ts";
import { endComposite, insideOf } from "./composite-action.ts";
import type { Variables } from "./environment.ts";
import { evaluateCondition, type Surroundings } from "./expressions.ts";
import { runNodeScript } from "./node-action.ts";
import { afterMinutes } from "./processes.ts";
import { type Scope, surroundingsOf } from "./running-job.ts";
import { runScript, writeEnv } from "./script-step.ts";
import { isBroughtBefore, notFound } from "./set-up-job.ts";
import { setupPython } from "./setup-python.ts";
import type { ActionBody, ScriptBody, Step } from "./step-definition.ts";
import { type Outcome, StepRecord, type StepReport } from "./step-report.ts";
import { resolve, resolveText, resolveTexts, type Template } from "./template.ts";

/** Runs steps in order. Each decides by its own `if:` whether it runs; a failure does not end the list, it changes success(). */
export async function runSteps(scope: Scope, steps: Step[]): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (const step of steps) {
    const report = await runStep(scope, step);
    reports.push(report);
    settle(scope, report.conclusion);
  }
  return reports;
}

/** Lets the end of a step change what success() and failure() say. */
function settle(scope: Scope, conclusion: Outcome): void {
  if (conclusion !== "failure" && conclusion !== "cancelled") return;
  if (scope.depth > 0) scope.compositeStatus = conclusion;
  else if (scope.job.status !== "cancelled") scope.job.status = conclusion;
}

/** A step about to do its work: conditions passed, environment known. */
type StartedStep = {
  scope: Scope;
  step: Step;
  record: StepRecord;
  ownEnv: Variables;
  env: Variables;
  surroundings: Surroundings;
  signal: AbortSignal;
};

async function runStep(outer: Scope, step: Step): Promise<StepReport> {
  const scope: Scope = { ...outer, github: { ...outer.github, action: step.id } };
  const report = await conduct(scope, {
    id: step.id,
    name: () => nameOf(step, surroundingsOf(scope, { ...scope.job.env, ...scope.env })),
    condition: step.condition,
    env: step.env,
    timeoutMinutes: step.timeoutMinutes,
    continueOnError: step.continueOnError,
    work: (started) => perform({ ...started, scope, step }),
  });
  if (!step.id.startsWith("__")) {
    const { outputs, outcome, conclusion } = report;
    outer.steps[step.id] = { outputs, outcome, conclusion };
  }
  return report;
}

type Conducted = {
  id: string;
  name: () => string;
  condition: string;
  env: Template;
  timeoutMinutes: Template;
  continueOnError: Template;
  work: (started: Omit<StartedStep, "scope" | "step">) => Promise<Outcome>;
};

/** What all steps have in common, post steps too: environment, condition, time limit, cancellation, report. */
async function conduct(scope: Scope, step: Conducted): Promise<StepReport> {
  const { job } = scope;
  const record = new StepRecord(job.masks, scope.log.nested(), scope.record);
  const began = performance.now();
  const abort = new AbortController();
  const signal = scope.signal ? AbortSignal.any([scope.signal, abort.signal]) : abort.signal;
  const shared: Variables = { ...job.env, ...scope.env };
  let outcome: Outcome = "failure";
  let name = step.id;
  let stopListening = () => {};
  let timer: NodeJS.Timeout | undefined;
  let timedOut = false;
  let tolerated = false;
  try {
    const ownEnv = resolveTexts(step.env, surroundingsOf(scope, shared));
    const env = { ...shared, ...ownEnv };
    name = job.masks.hide(step.name());
    if (evaluateCondition(step.condition, surroundingsOf(scope, env))) {
      const surroundings = surroundingsOf(scope, env);
      tolerated = resolve(step.continueOnError, surroundings) === true;
      const minutes = Number(resolve(step.timeoutMinutes, surroundings));
      if (minutes > 0) {
        timer = afterMinutes(minutes, () => {
          timedOut = true;
          abort.abort();
        });
      }
      // A step that would also have started after the cancellation is left to finish.
      const startedCancelled = job.cancellation.requested;
      stopListening = job.cancellation.listen(() => {
        if (!startedCancelled && !evaluateCondition(step.condition, surroundingsOf(scope, env))) abort.abort();
      });
      outcome = await step.work({ record, ownEnv, env, surroundings, signal });
    } else outcome = "skipped";
  } catch (error) {
    record.issue("error", (error as Error).message);
    outcome = "failure";
  } finally {
    clearTimeout(timer);
    stopListening();
  }
  if (timedOut) {
    record.issue(
      "error",
      `The action '${name}' has timed out after ${resolveText(step.timeoutMinutes, surroundingsOf(scope, shared))} minutes.`,
    );
    outcome = "failure";
  } else if (record.commandFailed && outcome === "success") outcome = "failure";
  return {
    id: step.id,
    name,
    outcome,
    conclusion: outcome === "failure" && tolerated ? "success" : outcome,
    outputs: record.outputs,
    log: record.log.text,
    annotations: record.annotations,
    summary: record.summary,
    seconds: (performance.now() - began) / 1000,
    children: record.children,
  };
}

function nameOf(step: Step, surroundings: Surroundings): string {
  if (step.name !== undefined && step.name !== null) return resolveText(step.name, surroundings);
  if (step.does.kind === "uses") return `Run ${step.does.uses}`;
  return `Run ${resolveText(step.does.script, surroundings).trimStart().split("\n")[0]}`;
}

function perform(started: StartedStep): Promise<Outcome> {
  const { does } = started.step;
  return does.kind === "run" ? performScript(started, does) : performAction(started, does);
}

function performScript(started: StartedStep, body: ScriptBody): Promise<Outcome> {
  const { scope, surroundings } = started;
  // `defaults.run` is for the steps of the job, not for those of a composite action.
  const defaults = scope.depth === 0 ? scope.job.defaults : {};
  const own = (template: Template | undefined) => resolveText(template, surroundings) || undefined;
  return runScript(
    { ...started, id: started.step.id, state: {} },
    {
      contents: resolveText(body.script, surroundings),
      shell: own(body.shell) ?? defaults.shell,
      workingDirectory: own(body.workingDirectory) ?? defaults.workingDirectory,
    },
  );
}

const BUILT_IN = {
  "actions/checkout": checkout,
  "actions/setup-python": setupPython,
  "actions/attest": attest,
} as const;

async function performAction(started: StartedStep, body: ActionBody): Promise<Outcome> {
  const { scope, record, surroundings } = started;
  const builtIn = understood(body.uses);
  if (builtIn) {
    const inputs = resolveTexts(body.inputs, surroundings);
    writeHead(started, body.uses, inputs);
    return await BUILT_IN[builtIn](scope.job, record, inputs);
  }
  const location = await locateAction(body.uses, scope);
  const action = await loadAction(location);
  const inputs = inputsOf(action, body.inputs, surroundings, record);
  writeHead(started, body.uses, inputs);
  if (action.runs.using === "composite") {
    const { steps, outputs } = action.runs;
    const scopeInside = insideOf({ ...started, inputs }, location);
    record.children.push(...(await runSteps(scopeInside, steps)));
    return endComposite({ ...started, inputs }, scopeInside, outputs);
  }
  return performNode(started, location, action.runs, inputs);
}

async function loadAction(location: ActionLocation): Promise<Action> {
  const action = await readAction(location.folder);
  if (!action) throw new Error(notFound(location));
  return action;
}

function performNode(
  started: StartedStep,
  location: ActionLocation,
  action: NodeAction,
  inputs: Variables,
): Promise<Outcome> {
  const { step, record } = started;
  const github = { action_repository: location.repository, action_ref: location.ref };
  const scope: Scope = { ...started.scope, github: { ...started.scope.github, ...github } };
  if (action.pre && location.local) {
    record.issue("warning", `\`pre\` execution is not supported for local action from '${location.folder}'`);
  } else if (action.pre && scope.depth > 0) {
    throw new Error(`${location.folder}: a pre script inside a composite action is not modelled by this runner.`);
  }
  const state = scope.job.preStates.get(step) ?? {};
  const { post } = action;
  if (post) {
    // The job's logs are open when the main part runs; the post part writes to the job itself.
    const postScope: Scope = {
      ...scope,
      log: scope.job.log,
      record: undefined,
      signal: undefined,
      compositeStatus: undefined,
    };
    scope.job.postSteps.push({
      condition: action.postIf,
      run: () => {
        const name = `Post ${nameOf(step, surroundingsOf(postScope, started.env))}`;
        return conduct(postScope, {
          id: step.id,
          name: () => name,
          condition: action.postIf,
          env: started.ownEnv,
          timeoutMinutes: 0,
          continueOnError: false,
          work: (at) => {
            at.record.log.write("Post job cleanup.");
            return runNodeScript(
              { ...at, scope: postScope, id: `${step.id} (post)`, state },
              location.folder,
              post,
              inputs,
            );
          },
        });
      },
    });
  }
  return runNodeScript({ ...started, scope, id: step.id, state }, location.folder, action.main, inputs);
}

/** Runs the `pre` script of a job's step, before all main parts, if it uses a remote JavaScript action that has one. */
export async function runPre(scope: Scope, step: Step): Promise<StepReport | undefined> {
  if (step.does.kind !== "uses" || !isBroughtBefore(step.does.uses, scope)) return undefined;
  const { uses, inputs: given } = step.does;
  const location = await locateAction(uses, scope);
  const action = await loadAction(location);
  if (action.runs.using !== "node" || !action.runs.pre) return undefined;
  const { pre, preIf } = action.runs;
  const state: Variables = {};
  scope.job.preStates.set(step, state);
  return conduct(scope, {
    id: step.id,
    name: () => `Pre ${nameOf(step, surroundingsOf(scope, scope.job.env))}`,
    condition: preIf,
    env: step.env,
    timeoutMinutes: 0,
    continueOnError: false,
    work: (at) => {
      const inputs = inputsOf(action, given, at.surroundings, at.record);
      return runNodeScript({ ...at, scope, id: `${step.id} (pre)`, state }, location.folder, pre, inputs);
    },
  });
}

/** The head of an action's log: what it was given. */
function writeHead(started: StartedStep, uses: string, inputs: Variables): void {
  const { log } = started.record;
  log.write(`##[group]Run ${uses}`);
  const given = Object.entries(inputs).filter(([, value]) => value !== "");
  if (given.length > 0) log.write("with:");
  for (const [name, value] of given) for (const line of `${name}: ${value}`.split("\n")) log.write(`  ${line}`);
  writeEnv(started);
  log.write("##[endgroup]");
}
