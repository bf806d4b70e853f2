import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import type * as guards from "@actions/workflow-parser/templates/tokens/type-guards";

import { evaluate, evaluateText, type Surroundings, textOf, type Value } from "./expressions.ts";

/** A part of a workflow or action file in which some scalars are still expressions. */
export type Template = null | boolean | number | string | Expression | Template[] | TemplateMap;

export type TemplateMap = { [key: string]: Template };

/** The inside of a `${{ … }}`; text around it has become a `format(…)` call. */
export class Expression {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** Turns the tokens of GitHub's parser into a template. */
export function templateOf(token: TemplateToken, is: typeof guards): Template {
  if (is.isBasicExpression(token)) return new Expression(token.expression);
  if (is.isString(token) || is.isNumber(token) || is.isBoolean(token)) return token.value;
  if (is.isSequence(token)) return [...token].map((item) => templateOf(item, is));
  if (is.isMapping(token)) {
    const map: TemplateMap = {};
    for (const { key, value } of token) {
      if (!is.isString(key))
        throw new Error(`expected plain keys, saw ${key.toString()}: the runner does not model that.`);
      map[key.value] = templateOf(value, is);
    }
    return map;
  }
  return null;
}

export const isMap = (template: Template | undefined): template is TemplateMap =>
  typeof template === "object" && template !== null && !Array.isArray(template) && !(template instanceof Expression);

/** The template with every expression replaced by its value. */
export function resolve(template: Template, surroundings: Surroundings): Value {
  if (template instanceof Expression) return evaluate(template.source, surroundings);
  if (Array.isArray(template)) return template.map((item) => resolve(item, surroundings));
  if (!isMap(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, resolve(value, surroundings)]));
}

/** A scalar as the text that a string field, an input or a variable gets. */
export function resolveText(template: Template | undefined, surroundings: Surroundings): string {
  if (template === undefined || template === null) return "";
  if (template instanceof Expression) return evaluateText(template.source, surroundings);
  return typeof template === "object" ? JSON.stringify(resolve(template, surroundings)) : String(template);
}

/** A mapping of names to text: `env:`, `with:`, `outputs:`. An expression may stand for the whole mapping. */
export function resolveTexts(template: Template | undefined, surroundings: Surroundings): Record<string, string> {
  if (template === undefined || template === null) return {};
  if (isMap(template)) {
    return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, resolveText(value, surroundings)]));
  }
  const value = resolve(template, surroundings);
  if (typeof value !== "object" || value === null) throw new Error("expected a mapping, saw a scalar.");
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, textOf(v)]));
}
