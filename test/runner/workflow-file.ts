import { conditionOf, parseWorkflowText } from "./github-parser.ts";
import { type Step, stepsOf } from "./step-definition.ts";
import { isMap, type Template, type TemplateMap } from "./template.ts";

export type Workflow = {
  name: string;
  /** The triggers, each with its settings. */
  on: Record<string, TemplateMap>;
  env: Template;
  defaults: Template;
  permissions: AskedPermissions;
  concurrency: Template | undefined;
  jobs: JobDefinition[];
};

/** `permissions:` as written; undefined when there is none. */
export type AskedPermissions = string | Record<string, string> | undefined;

export type JobDefinition = {
  id: string;
  name: Template | undefined;
  needs: string[];
  condition: string;
  env: Template;
  defaults: Template;
  permissions: AskedPermissions;
  outputs: Template;
  strategy: Template;
  continueOnError: Template;
  timeoutMinutes: Template;
  environment: Template | undefined;
  concurrency: Template | undefined;
  steps: Step[];
  /** The reusable workflow that the job is, in place of steps. */
  calls: WorkflowCall | undefined;
};

/** `uses:` of a job, with what is handed over. `secrets` may be the word `inherit`. */
export type WorkflowCall = { uses: string; inputs: Template; secrets: Template };

/** What a job may hold that this runner does not model: better a loud refusal than another meaning. */
const NOT_MODELLED = ["container", "services", "snapshot", "cache-mode"];

/** Reads a workflow file. Throws with all that GitHub would refuse, or that this runner does not model. */
export async function readWorkflow(path: string, content: string): Promise<Workflow> {
  const root = await parseWorkflowText(path, content);
  const jobs: JobDefinition[] = [];
  for (const [id, job] of Object.entries(isMap(root["jobs"]) ? root["jobs"] : {})) {
    if (!isMap(job)) throw new Error(`${path}: expected a mapping for job ${id}.`);
    const odd = NOT_MODELLED.find((key) => key in job);
    if (odd) throw new Error(`${path}: job ${id} has ${odd}, which this runner does not model.`);
    jobs.push({
      id,
      name: job["name"],
      needs: listOf(job["needs"]),
      condition: await conditionOf(job["if"]),
      env: job["env"] ?? {},
      defaults: job["defaults"] ?? {},
      permissions: job["permissions"] as AskedPermissions,
      outputs: job["outputs"] ?? {},
      strategy: job["strategy"] ?? {},
      continueOnError: job["continue-on-error"] ?? false,
      timeoutMinutes: job["timeout-minutes"] ?? 360,
      environment: job["environment"],
      concurrency: job["concurrency"],
      steps: await stepsOf(job["steps"]),
      calls:
        typeof job["uses"] === "string"
          ? { uses: job["uses"], inputs: job["with"] ?? {}, secrets: job["secrets"] ?? {} }
          : undefined,
    });
  }
  return {
    name: typeof root["name"] === "string" ? root["name"] : path,
    on: triggersOf(root["on"]),
    env: root["env"] ?? {},
    defaults: root["defaults"] ?? {},
    permissions: root["permissions"] as AskedPermissions,
    concurrency: root["concurrency"],
    jobs,
  };
}

const listOf = (template: Template | undefined): string[] => {
  if (template === undefined || template === null) return [];
  return (Array.isArray(template) ? template : [template]).filter((item) => typeof item === "string");
};

function triggersOf(on: Template | undefined): Record<string, TemplateMap> {
  if (!isMap(on)) return Object.fromEntries(listOf(on).map((name) => [name, {}]));
  return Object.fromEntries(Object.entries(on).map(([name, settings]) => [name, isMap(settings) ? settings : {}]));
}
