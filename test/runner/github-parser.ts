// GitHub's own parser, loaded at first use, because plain Node needs the hook of json-attribute.ts before it.
import { load } from "js-yaml";

import "./json-attribute.ts";
import { Expression, isMap, type Template, type TemplateMap, templateOf } from "./template.ts";

const loadParser = async () => {
  const [parser, actions, conditions, guards] = await Promise.all([
    import("@actions/workflow-parser"),
    import("@actions/workflow-parser/actions/action-parser"),
    import("@actions/workflow-parser/model/converter/if-condition"),
    import("@actions/workflow-parser/templates/tokens/type-guards"),
  ]);
  return { ...parser, ...actions, ...conditions, guards };
};

let loaded: ReturnType<typeof loadParser> | undefined;

/** Parses and checks a workflow with GitHub's schema; throws with everything that GitHub would object to. */
export async function parseWorkflowText(name: string, content: string): Promise<TemplateMap> {
  const parser = await (loaded ??= loadParser());
  const parsed = parser.parseWorkflow({ name, content }, new parser.NoOperationTraceWriter());
  if (parsed.value) await parser.convertWorkflowTemplate(parsed.context, parsed.value);
  return mapOf(name, content, parsed, parser.guards);
}

/** Parses and checks an action.yml with GitHub's schema. */
export async function parseActionText(name: string, content: string): Promise<TemplateMap> {
  const parser = await (loaded ??= loadParser());
  const parsed = parser.parseAction({ name, content }, new parser.NoOperationTraceWriter());
  return mapOf(name, content, parsed, parser.guards);
}

/** An `if:` as GitHub evaluates it: without a status function it means `success() && (…)`. */
export async function conditionOf(template: Template | undefined): Promise<string> {
  const { ensureStatusFunction } = await (loaded ??= loadParser());
  const source = template instanceof Expression ? template.source : template;
  const text = typeof source === "object" || source === undefined ? "" : String(source).trim();
  return text === "" ? "success()" : ensureStatusFunction(text, ANY_CONTEXT as never);
}

/** Which names an `if:` may use does not matter here: the parser has checked that already. */
const ANY_CONTEXT = {
  allowedContext: [
    "github",
    "env",
    "vars",
    "secrets",
    "inputs",
    "steps",
    "needs",
    "job",
    "runner",
    "strategy",
    "matrix",
    "always(0,0)",
    "success(0,0)",
    "failure(0,0)",
    "cancelled(0,0)",
    "hashFiles(1,255)",
  ],
};

type Parsed =
  Awaited<ReturnType<typeof loadParser>> extends infer P
    ? P extends { parseWorkflow: (...args: never[]) => infer R }
      ? R
      : never
    : never;

function mapOf(name: string, content: string, parsed: Parsed, guards: Parameters<typeof templateOf>[2]): TemplateMap {
  const errors = parsed.context.errors.getErrors().map((error) => error.message);
  if (errors.length > 0 || !parsed.value) throw new Error(`GitHub refuses ${name}:\n  ${errors.join("\n  ")}`);
  const template = templateOf(parsed.value, load(content), guards);
  if (!isMap(template)) throw new Error(`GitHub refuses ${name}: expected a mapping.`);
  return template;
}
