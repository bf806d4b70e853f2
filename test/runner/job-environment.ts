// `environment:` of a job: its variables and secrets, who may enter, and the deployment that GitHub records for it.
import { retireOthers } from "../world/github-rest/deployment-handlers.ts";
import { ACTIONS_BOT, type Deployment, OCTOCAT } from "../world/github-rest/world.ts";
import { type Surroundings, textOf } from "./expressions.ts";
import type { JobSetting } from "./run-job.ts";
import type { Outcome } from "./step-report.ts";
import { isMap, resolve, resolveText, type Template } from "./template.ts";
import { matchesRef } from "./triggers.ts";

/** An environment as a repository's settings have it. One that is not there is made by the first job that names it. */
export type Environment = {
  vars?: Record<string, string>;
  secrets?: Record<string, string>;
  /** Patterns of the branches and tags that may deploy; all when left out. */
  refs?: string[];
  /** What the required reviewers say; none are required when left out. */
  review?: "approved" | "rejected";
};

/** The environment of one job. */
export type JobEnvironment = {
  name: string;
  vars: Record<string, string>;
  secrets: Record<string, string>;
  /** Why the job may not start. */
  refusal: string | undefined;
  recorded: boolean;
  url: Template | undefined;
};

/** Evaluates `environment:`; nothing where the job has none, or its name comes out empty. */
export function environmentOf(
  template: Template | undefined,
  setting: JobSetting,
  surroundings: Surroundings,
): JobEnvironment | undefined {
  if (template === undefined || template === null) return undefined;
  const name = isMap(template) ? resolveText(template["name"], surroundings) : resolveText(template, surroundings);
  if (name === "") return undefined;
  const known = Object.keys(setting.environments).find((each) => each.toLowerCase() === name.toLowerCase());
  const { vars = {}, secrets = {}, refs, review } = known === undefined ? {} : setting.environments[known]!;
  const { happening, run } = setting;
  const recorded =
    !isMap(template) || template["deployment"] === undefined || resolve(template["deployment"], surroundings) !== false;
  const ref = happening.ref.replace(/^refs\/(heads|tags)\//, "");
  let refusal: string | undefined;
  if (refs && !refs.some((pattern) => matchesRef(ref, pattern))) {
    refusal = `Branch "${ref}" is not allowed to deploy to ${name} due to environment protection rules.`;
  } else if (review !== undefined) {
    run.reviews.push({ state: review, environment: name, user: OCTOCAT });
    if (review === "rejected") refusal = `The deployment to ${name} was rejected by ${OCTOCAT.login}.`;
  }
  // A fork's run has no secret and no variable of the repository, and so none of an environment.
  const given = happening.untrusted ? { vars: {}, secrets: {} } : { vars, secrets };
  return { name, ...given, refusal, recorded, url: isMap(template) ? template["url"] : undefined };
}

/** Records the deployment of a job that starts. Nothing where the job says `deployment: false`. */
export function beginDeployment(
  environment: JobEnvironment | undefined,
  { github, run, happening }: JobSetting,
  jobNumber: number,
): Deployment | undefined {
  if (!environment?.recorded) return undefined;
  const { world } = github;
  const deployment: Deployment = {
    id: world.nextId++,
    ref: happening.headBranch ?? happening.ref,
    sha: happening.headSha,
    task: "deploy",
    payload: {},
    environment: environment.name,
    description: null,
    transient: false,
    production: false,
    creator: ACTIONS_BOT,
    createdAt: world.now(),
    statuses: [],
  };
  world.deployments.unshift(deployment);
  setState(
    deployment,
    github,
    "in_progress",
    `https://github.com/${github.fullName}/actions/runs/${run.id}/job/${jobNumber}`,
  );
  return deployment;
}

/** Says how it went. A success retires the deployments before it. */
export function endDeployment(
  deployment: Deployment | undefined,
  { github }: JobSetting,
  conclusion: Outcome,
  url: string,
): void {
  if (!deployment) return;
  const logUrl = deployment.statuses[0]?.logUrl ?? "";
  const status = setState(deployment, github, conclusion === "success" ? "success" : "failure", logUrl, url);
  if (conclusion === "success") retireOthers(deployment, github.world, status);
}

function setState(
  deployment: Deployment,
  { world }: JobSetting["github"],
  state: string,
  logUrl: string,
  environmentUrl = "",
): Deployment["statuses"][number] {
  const at = { id: world.nextId++, createdAt: world.now(), creator: ACTIONS_BOT };
  const status = { ...at, state, description: "", environmentUrl, logUrl };
  deployment.statuses.unshift(status);
  return status;
}

/** `environment.url`, which only the steps know. One that holds a secret is dropped. */
export function urlOf(environment: JobEnvironment | undefined, surroundings: Surroundings): string {
  return environment?.url === undefined ? "" : textOf(resolve(environment.url, surroundings));
}
