// Reusable workflows: `uses:` of a job. Everything that GitHub checks before a run starts is checked here.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { GitHub } from "../world/github-rest/github.ts";
import { type Permissions, tokenPermissions } from "../world/github-rest/permissions.ts";
import { type Surroundings, textOf, type Value } from "./expressions.ts";
import { isMap, resolve, resolveText, type Template, type TemplateMap } from "./template.ts";
import { type JobDefinition, readWorkflow, type Workflow, type WorkflowCall } from "./workflow-file.ts";

/** Where a workflow file lies: a commit of the run's repository, or a folder that stands for another one. */
export type WorkflowSource = { repository: string; ref: string; sha: string; root: string | undefined };

/** A workflow file, and those that its jobs call, by job id. */
export type WorkflowTree = {
  workflow: Workflow;
  path: string;
  source: WorkflowSource;
  calls: Record<string, WorkflowTree>;
};

type Library = { github: GitHub; repositories: Record<string, string> };

/** GitHub takes ten levels, the run's own file among them. */
const MOST_LEVELS = 10;

/** Reads a file and all that it calls. Throws with what GitHub would object to, so that no job has run by then. */
export async function readTree(
  path: string,
  content: string,
  source: WorkflowSource,
  library: Library,
  allowed?: Permissions,
  level = 1,
): Promise<WorkflowTree> {
  if (level > MOST_LEVELS) throw new Error(`${path}: more than ${MOST_LEVELS} levels of reusable workflows.`);
  const workflow = await readWorkflow(path, content);
  const calls: Record<string, WorkflowTree> = {};
  for (const job of workflow.jobs) {
    const granted = grantedTo(job, workflow, allowed ?? library.github.defaultPermissions, path, allowed !== undefined);
    if (!job.calls) continue;
    const found = await locate(job.calls.uses, source, library);
    const tree = await readTree(found.path, found.content, found.source, library, granted, level + 1);
    checkCall(`${path}: job ${job.id}`, job.calls, tree.workflow);
    calls[job.id] = tree;
  }
  return { workflow, path, source, calls };
}

/** What a job's token may do at most; a called workflow's job may ask for no more than its caller has. */
function grantedTo(
  job: JobDefinition,
  workflow: Workflow,
  allowed: Permissions,
  path: string,
  capped: boolean,
): Permissions {
  const asked = tokenPermissions(job.permissions ?? workflow.permissions, allowed, false);
  if (!capped) return asked;
  for (const [scope, level] of Object.entries(asked)) {
    const has = allowed[scope];
    if (has === undefined || (level === "write" && has === "read")) {
      throw new Error(
        `Error calling workflow '${path}'. The nested job '${job.id}' is requesting '${scope}: ${level}', but is only allowed ` +
          `'${scope}: ${has ?? "none"}'.`,
      );
    }
  }
  return asked;
}

async function locate(
  uses: string,
  from: WorkflowSource,
  { github, repositories }: Library,
): Promise<{ path: string; content: string; source: WorkflowSource }> {
  const [, local, named = "", file = "", ref = ""] =
    /^(?:\.\/(\.github\/workflows\/[^/@]+\.ya?ml)|([^/@]+\/[^/@]+)\/(\.github\/workflows\/[^/@]+\.ya?ml)@(.+))$/.exec(
      uses,
    ) ?? [];
  const path = local ?? file;
  if (path === "") throw new Error(`invalid value workflow reference: ${uses}`);
  const mapped = Object.keys(repositories).find((name) => name.toLowerCase() === named.toLowerCase());
  const source: WorkflowSource =
    local !== undefined
      ? from
      : { repository: named, ref, sha: "", root: mapped === undefined ? undefined : repositories[mapped] };
  if (source.root !== undefined) {
    return { path, content: await readFile(join(source.root, path), "utf8"), source };
  }
  if (source.repository.toLowerCase() !== github.fullName.toLowerCase()) {
    throw new Error(`reusable workflow refused: ${uses}; ${source.repository} is not on this machine.`);
  }
  const sha = source.sha || (await github.git.resolve(ref));
  const content = sha && (await github.git.read(sha, path));
  if (!sha || !content) throw new Error(`error parsing called workflow "${uses}": workflow was not found.`);
  return { path, content: content.toString("utf8"), source: { ...source, sha } };
}

/** The names that are handed over must be declared, and what is required handed over. */
function checkCall(where: string, call: WorkflowCall, called: Workflow): void {
  const contract = called.on["workflow_call"];
  if (!contract) throw new Error(`${where}: ${call.uses} has no workflow_call trigger.`);
  const check = (kind: string, given: Template, declared: TemplateMap) => {
    if (!isMap(given)) return;
    const known = new Set(Object.keys(declared).map((name) => name.toLowerCase()));
    const unknown = Object.keys(given).find((name) => !known.has(name.toLowerCase()));
    if (unknown) throw new Error(`${where}: Invalid ${kind}, ${unknown} is not defined in the referenced workflow.`);
    const has = new Set(Object.keys(given).map((name) => name.toLowerCase()));
    for (const [name, declaration] of Object.entries(declared)) {
      const required = isMap(declaration) && declaration["required"] === true;
      if (required && !has.has(name.toLowerCase())) {
        throw new Error(
          `${where}: ${kind[0]?.toUpperCase()}${kind.slice(1)} ${name} is required, but not provided while calling.`,
        );
      }
    }
  };
  check("input", call.inputs, mapOf(contract["inputs"]));
  check("secret", call.secrets, mapOf(contract["secrets"]));
}

const mapOf = (template: Template | undefined): TemplateMap => (isMap(template) ? template : {});

/** The `inputs` context of a called workflow. An input takes values of its own type only: the text 'true' is no boolean. */
export function inputsOfCall(call: WorkflowCall, called: Workflow, surroundings: Surroundings): Record<string, Value> {
  const given = isMap(call.inputs) ? call.inputs : {};
  const inputs: Record<string, Value> = {};
  for (const [name, declaration] of Object.entries(mapOf(called.on["workflow_call"]?.["inputs"]))) {
    const settings = mapOf(declaration);
    const type = typeof settings["type"] === "string" ? settings["type"] : "string";
    const key = Object.keys(given).find((each) => each.toLowerCase() === name.toLowerCase());
    const value = resolve(key === undefined ? (settings["default"] ?? EMPTY[type] ?? "") : given[key]!, surroundings);
    if (type !== "string" && typeof value !== type) {
      throw new Error(`input ${name}: expected a ${type}, saw ${JSON.stringify(value)}: Unexpected value.`);
    }
    inputs[name] = type === "string" ? textOf(value) : value;
  }
  return inputs;
}

const EMPTY: Record<string, Template> = { boolean: false, number: 0, string: "" };

/** The secrets that a called workflow sees: all of its caller's, or those that are handed over. */
export function secretsOfCall(
  call: WorkflowCall,
  own: Record<string, string>,
  surroundings: Surroundings,
): Record<string, string> {
  if (call.secrets === "inherit") return own;
  if (!isMap(call.secrets)) return {};
  const withSecrets = { ...surroundings, contexts: { ...surroundings.contexts, secrets: own } };
  return Object.fromEntries(
    Object.entries(call.secrets).map(([name, template]) => [name, resolveText(template, withSecrets)]),
  );
}

/** `on.workflow_call.outputs`, once its jobs are over. */
export function outputsOfCall(
  called: Workflow,
  jobs: Record<string, { result: string; outputs: Record<string, string> }>,
  surroundings: Surroundings,
): Record<string, string> {
  const outputs: Record<string, string> = {};
  const inside = { ...surroundings, contexts: { ...surroundings.contexts, jobs } };
  for (const [name, declaration] of Object.entries(mapOf(called.on["workflow_call"]?.["outputs"]))) {
    const value = resolveText(mapOf(declaration)["value"], inside);
    if (value !== "") outputs[name] = value;
  }
  return outputs;
}
