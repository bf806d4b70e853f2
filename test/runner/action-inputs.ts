import type { Action } from "./action-file.ts";
import type { Variables } from "./environment.ts";
import type { Surroundings } from "./expressions.ts";
import type { StepRecord } from "./step-report.ts";
import { resolveText, resolveTexts, type Template } from "./template.ts";

/**
 * The inputs of an action: what `with:` gives, even if empty, else the default. `required` is not enforced and an unknown
 * input is only a warning: so does GitHub.
 */
export function inputsOf(action: Action, given: Template, surroundings: Surroundings, record: StepRecord): Variables {
  const inputs = resolveTexts(given, surroundings);
  const declared = new Map(Object.keys(action.inputs).map((name) => [name.toLowerCase(), name]));
  const unknown: string[] = [];
  for (const name of Object.keys(inputs)) {
    const own = declared.get(name.toLowerCase());
    if (own === undefined) unknown.push(name);
    const message = own === undefined ? undefined : action.inputs[own]?.deprecated;
    if (message) record.issue("warning", `Input '${name}' has been deprecated with message: ${message}`);
  }
  if (unknown.length > 0) {
    const valid = Object.keys(action.inputs).join("', '");
    record.issue("warning", `Unexpected input(s) '${unknown.join("', '")}', valid inputs are ['${valid}']`);
  }
  const set = new Set(Object.keys(inputs).map((name) => name.toLowerCase()));
  for (const [name, input] of Object.entries(action.inputs)) {
    if (!set.has(name.toLowerCase())) inputs[name] = resolveText(input.default, surroundings);
  }
  return inputs;
}
