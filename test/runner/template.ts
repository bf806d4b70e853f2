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

/**
 * Turns the tokens of GitHub's parser into a template.
 * @param plain the same part of the file as YAML alone reads it: the parser makes the text around an expression from the
 *   file's raw lines, with their indentation and without folding, and GitHub does not
 */
export function templateOf(token: TemplateToken, plain: unknown, is: typeof guards): Template {
  if (is.isBasicExpression(token)) {
    return typeof plain === "string" && plain.includes(OPEN) ? expressionOf(plain) : new Expression(token.expression);
  }
  if (is.isString(token) || is.isNumber(token) || is.isBoolean(token)) return token.value;
  if (is.isSequence(token)) {
    return [...token].map((item, i) => templateOf(item, Array.isArray(plain) ? plain[i] : undefined, is));
  }
  if (is.isMapping(token)) {
    const map: TemplateMap = {};
    const children = typeof plain === "object" && plain !== null ? (plain as Record<string, unknown>) : {};
    for (const { key, value } of token) {
      if (!is.isString(key)) {
        throw new Error(`expected plain keys, saw ${key.toString()}: the runner does not model that.`);
      }
      map[key.value] = templateOf(value, children[key.value], is);
    }
    return map;
  }
  return null;
}

const OPEN = "${{";

/** A text with expressions in it as one expression: itself, if it is one from end to end, else a `format(…)` of all. */
function expressionOf(text: string): Expression {
  const inner: string[] = [];
  let format = "";
  let position = 0;
  for (let at = text.indexOf(OPEN); at >= 0; at = text.indexOf(OPEN, position)) {
    const end = endOfExpression(text, at + OPEN.length);
    format += `${literal(text.slice(position, at))}{${inner.length}}`;
    inner.push(text.slice(at + OPEN.length, end).trim());
    position = end + 2;
  }
  format += literal(text.slice(position));
  if (format === "{0}") return new Expression(inner[0] ?? "");
  return new Expression(`format('${format}', ${inner.join(", ")})`);
}

/** Where the closing `}}` is; one inside a quoted string does not close. */
function endOfExpression(text: string, from: number): number {
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith("}}", i)) return i;
  }
  throw new Error(`expected }} to close an expression in ${JSON.stringify(text)}.`);
}

const literal = (text: string) => text.replaceAll("'", "''").replaceAll("{", "{{").replaceAll("}", "}}");

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
