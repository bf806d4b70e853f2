import type { Happening } from "./events.ts";
import { textOf, type Value } from "./expressions.ts";
import { isMap, type Template, type TemplateMap } from "./template.ts";
import type { Workflow } from "./workflow-file.ts";

/** Events whose `branches:` leaves some out. */
const FILTERED = new Set(["push", "pull_request", "pull_request_target", "merge_group", "workflow_run"]);

const PULL_REQUEST_TYPES = ["opened", "synchronize", "reopened"];

/** Checks that the workflow listens to the event, and returns the `inputs` context. */
export function triggered(workflow: Workflow, happening: Happening): Record<string, Value> {
  const settings = workflow.on[happening.name];
  if (!settings) {
    const listens = Object.keys(workflow.on).join(", ");
    throw new Error(`GitHub would not run ${workflow.name}: it listens to ${listens}, not to ${happening.name}.`);
  }
  const odd = ["paths", "paths-ignore"].find((key) => key in settings);
  if (odd) throw new Error(`${workflow.name}: on.${happening.name}.${odd} is not modelled by this runner.`);
  const isPull = ["pull_request", "pull_request_target"].includes(happening.name);
  const types = listOf(settings["types"]) ?? (isPull ? PULL_REQUEST_TYPES : undefined);
  if (types && happening.action && !types.includes(happening.action)) {
    throw new Error(
      `GitHub would not run ${workflow.name}: it does not listen to ${happening.name} ${happening.action}.`,
    );
  }
  const names = listOf(settings["workflows"]);
  if (happening.name === "workflow_run" && !names?.includes(happening.ofWorkflow ?? "")) {
    throw new Error(`GitHub would not run ${workflow.name}: it does not wait for ${happening.ofWorkflow}.`);
  }
  const ref = happening.filteredRef ?? happening.ref;
  if (FILTERED.has(happening.name) && !passesFilters(settings, ref)) {
    throw new Error(`GitHub would not run ${workflow.name}: its filters leave out ${ref}.`);
  }
  if (happening.name !== "workflow_dispatch") return {};
  return dispatchInputs(isMap(settings["inputs"]) ? settings["inputs"] : {}, happening.inputs);
}

const listOf = (template: Template | undefined): string[] | undefined => {
  if (typeof template === "string") return [template];
  return Array.isArray(template) ? template.filter((item) => typeof item === "string") : undefined;
};

/** `branches` and `tags` and their `-ignore` forms. A filter for one kind of ref alone leaves the other kind out. */
function passesFilters(settings: TemplateMap, ref: string): boolean {
  const [, kind = "", name = ""] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  const own = kind === "tags" ? "tags" : "branches";
  const other = kind === "tags" ? "branches" : "tags";
  const patterns = (key: string) => {
    const given = settings[key];
    return Array.isArray(given) ? given.filter((pattern) => typeof pattern === "string") : undefined;
  };
  const ignored = patterns(`${own}-ignore`);
  if (ignored) return !ignored.some((pattern) => matchesRef(name, pattern));
  const wanted = patterns(own);
  if (!wanted) return patterns(other) === undefined;
  let passes = false;
  for (const pattern of wanted) {
    if (matchesRef(name, pattern.replace(/^!/, ""))) passes = !pattern.startsWith("!");
  }
  return passes;
}

/** `*` does not match a slash, `**` does. */
export function matchesRef(name: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.^$()|{}\\]/g, String.raw`\$&`)
    .replaceAll(/\*\*|\*/g, (m) => (m === "**" ? ".*" : "[^/]*"));
  return new RegExp(`^${source}$`).test(name);
}

/** Given or default, in the type that the workflow declares. */
function dispatchInputs(declared: TemplateMap, given: Record<string, Value>): Record<string, Value> {
  const unknown = Object.keys(given).find((name) => !(name in declared));
  if (unknown) throw new Error(`GitHub refuses the dispatch: Unexpected inputs provided: ["${unknown}"]`);
  const inputs: Record<string, Value> = {};
  for (const [name, declaration] of Object.entries(declared)) {
    const settings = isMap(declaration) ? declaration : {};
    const value = given[name] ?? (settings["default"] as Value | undefined) ?? "";
    if (settings["required"] === true && value === "") {
      throw new Error(`GitHub refuses the dispatch: Required input '${name}' not provided`);
    }
    if (settings["type"] === "boolean") inputs[name] = textOf(value) === "true";
    else inputs[name] = settings["type"] === "number" ? Number(value) : textOf(value);
  }
  return inputs;
}
