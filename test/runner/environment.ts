// The exact environment of each kind of step, built from nothing.
import { delimiter } from "node:path";

import type { Value } from "./expressions.ts";

export type Variables = Record<string, string>;

/** What the runner copies from the github context into GITHUB_… variables. */
const GITHUB_KEYS = [
  "action",
  "action_path",
  "action_ref",
  "action_repository",
  "actor",
  "actor_id",
  "api_url",
  "base_ref",
  "env",
  "event_name",
  "event_path",
  "graphql_url",
  "head_ref",
  "job",
  "output",
  "path",
  "ref",
  "ref_name",
  "ref_protected",
  "ref_type",
  "repository",
  "repository_id",
  "repository_owner",
  "repository_owner_id",
  "retention_days",
  "run_attempt",
  "run_id",
  "run_number",
  "server_url",
  "sha",
  "state",
  "step_summary",
  "triggering_actor",
  "workflow",
  "workflow_ref",
  "workflow_sha",
  "workspace",
];

const RUNNER_KEYS = ["arch", "debug", "environment", "name", "os", "temp", "tool_cache", "workspace"];

export type StepSurroundings = {
  /** What the machine itself has: HOME, PATH, LANG, proxies. */
  machine: Variables;
  /** Folders that steps have put before PATH; the last one comes first. */
  folders: string[];
  /** The env context: workflow, job, GITHUB_ENV, step. */
  env: Variables;
  github: Record<string, Value>;
  runner: Record<string, Value>;
  trackingId: string;
};

/** The environment of a `run:` step. It has no INPUT_…, no runtime token and no address of the results service. */
export function scriptEnvironment(given: StepSurroundings): Variables {
  const { machine, folders, env, github, runner, trackingId } = given;
  const variables: Variables = { ...machine, ...env };
  if (folders.length > 0) {
    variables["PATH"] = [...folders.toReversed(), env["PATH"] ?? machine["PATH"] ?? ""].filter(Boolean).join(delimiter);
  }
  variables["CI"] = env["CI"] ?? "true";
  variables["GITHUB_ACTIONS"] = "true";
  for (const key of GITHUB_KEYS) copy(variables, `GITHUB_${key.toUpperCase()}`, github[key]);
  for (const key of RUNNER_KEYS) copy(variables, `RUNNER_${key.toUpperCase()}`, runner[key]);
  variables["RUNNER_TRACKING_ID"] = env["RUNNER_TRACKING_ID"] ?? trackingId;
  return variables;
}

/**
 * The environment of a node action: that of a script, the inputs, its saved state and the runtime's addresses and token.
 * @param runtime ACTIONS_…: what the results service tells the runner
 */
export function nodeEnvironment(
  given: StepSurroundings,
  inputs: Variables,
  state: Variables,
  runtime: Variables,
): Variables {
  const variables = scriptEnvironment(given);
  for (const [name, value] of Object.entries(inputs)) variables[inputVariable(name)] = value;
  for (const [name, value] of Object.entries(state)) variables[`STATE_${name}`] = value;
  return { ...variables, ...runtime };
}

/** INPUT_ and the name in upper case; spaces become `_`, hyphens stay. */
export const inputVariable = (name: string) => `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`;

function copy(variables: Variables, name: string, value: Value | undefined): void {
  if (typeof value === "string") variables[name] = value;
  else if (typeof value === "boolean" || typeof value === "number") variables[name] = String(value);
}

/** Variables without which a machine's pip, npm or git may not reach their registries, or numeric code may not run. */
const PASSED_THROUGH = [
  /^(https?|all|no|ftp)_proxy$/i,
  /^PIP_/,
  /^UV_/,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|GIT_SSL_CAINFO)$/,
  /^(LANG|LC_ALL|TZ|XDG_CACHE_HOME|XDG_CONFIG_HOME|PYENV_ROOT|LD_LIBRARY_PATH)$/,
  /^(OPENBLAS|NVPL|MKL|OMP)_/,
];

/**
 * What steps get from the machine's own environment, as the `.env` and `.path` of a self-hosted runner: PATH without the
 * folders that npm puts before it for its scripts, HOME, and what PASSED_THROUGH names. Nothing else.
 */
export function machineEnvironment(own: Record<string, string | undefined>, home: string): Variables {
  const variables: Variables = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && PASSED_THROUGH.some((pattern) => pattern.test(name))) variables[name] = value;
  }
  variables["LANG"] ??= "C.UTF-8";
  variables["HOME"] = home;
  const folders = (own["PATH"] ?? "").split(delimiter);
  variables["PATH"] = folders.filter((f) => !/node_modules[/\\](\.bin|npm|@npmcli)/.test(f)).join(delimiter);
  return variables;
}
