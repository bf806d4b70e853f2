import { ActionError, quote } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import type { KubernetesObject } from "./object.ts";

/** One line of `success-conditions` or `failure-conditions`: `Rollout: status.phase == Healthy`. */
export type ConditionRule = {
  /** As the object says it. */
  readonly kind: string;
  /** The API group, where several groups have such a kind; absent means any. */
  readonly group: string | undefined;
  readonly path: readonly Step[];
  readonly operator: Operator;
  readonly value: string;
  /** As it was written, for the log. */
  readonly text: string;
};

/** A field's name, or the item of a list of which one field has a value: `conditions[type=Ready]`. */
type Step = { readonly field: string } | { readonly key: string; readonly is: string };

const OPERATORS = ["==", "!=", ">=", "<=", ">", "<"] as const;
type Operator = (typeof OPERATORS)[number];

/**
 * Reads the rules, one per line; `#` begins a comment.
 *
 * ```
 * Rollout: status.phase == Healthy
 * Certificate.cert-manager.io: status.conditions[type=Ready].status == True
 * Indexer: status.readyShards >= 3
 * ```
 * @throws ActionError with every wrong line and its column
 */
export function parseConditionRules(text: string, where: string): readonly ConditionRule[] {
  const rules: ConditionRule[] = [];
  const mistakes: { where: string; expected: string; seen: string }[] = [];
  for (const [at, raw] of text.split("\n").entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;
    const read = readLine(line);
    if ("expected" in read) {
      const column = raw.indexOf(line) + read.at + 1;
      mistakes.push({
        where: `${where}, line ${at + 1}, column ${column}`,
        expected: read.expected,
        seen: quote(line.slice(read.at, read.at + 30)),
      });
    } else {
      rules.push({ ...read, text: line });
    }
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
  return rules;
}

type Fault = { readonly at: number; readonly expected: string };

function readLine(line: string): Omit<ConditionRule, "text"> | Fault {
  const head = /^([A-Z][A-Za-z0-9]*)((?:\.[a-z0-9-]+)*)\s*:\s*/.exec(line);
  if (head === null) return { at: 0, expected: "a kind and a colon, as `Rollout:` or `Rollout.argoproj.io:`" };
  let at = head[0].length;
  const path: Step[] = [];
  while (at < line.length) {
    const step = /\.?([A-Za-z_][A-Za-z0-9_-]*)|\[([A-Za-z][A-Za-z0-9]*)=([^\][\s]+)\]/y;
    step.lastIndex = at;
    const found = step.exec(line);
    if (found === null) break;
    path.push(found[1] === undefined ? { key: found[2]!, is: found[3]! } : { field: found[1] });
    at = step.lastIndex;
  }
  if (path.length === 0) return { at, expected: "the path of a field, as `status.phase`" };
  const rest = line.slice(at);
  const trimmed = rest.trimStart();
  at += rest.length - trimmed.length;
  const operator = OPERATORS.find((each) => trimmed.startsWith(each));
  if (operator === undefined) return { at, expected: `one of ${OPERATORS.join(" ")}` };
  const value = trimmed.slice(operator.length).trim();
  if (value === "") return { at: at + operator.length, expected: "a value to compare with" };
  if (!["==", "!="].includes(operator) && !isNumber(value)) {
    return { at: line.length - value.length, expected: "a number, because the comparison is one of size" };
  }
  return { kind: head[1]!, group: head[2] === "" ? undefined : head[2]!.slice(1), path, operator, value };
}

/** The rules that are about an object of this kind and group. */
export function rulesFor(rules: readonly ConditionRule[], object: KubernetesObject): readonly ConditionRule[] {
  const group = groupOf(object);
  return rules.filter((rule) => rule.kind === object.kind && (rule.group === undefined || rule.group === group));
}

/** Whether the object is as the rule says. What is not there equals nothing: `!=` does not hold for it either. */
export function ruleHolds(rule: ConditionRule, object: KubernetesObject): boolean {
  let value: Json | undefined = object as unknown as Json;
  for (const step of rule.path) value = stepInto(value, step);
  if (value === undefined || value === null || typeof value === "object") return false;
  const text = String(value);
  if (rule.operator === "==") return text === rule.value;
  if (rule.operator === "!=") return text !== rule.value;
  return isNumber(text) && compares(Number(text), rule.operator, Number(rule.value));
}

/** The API group of an object: empty for the core one. */
export const groupOf = ({ apiVersion = "v1" }: KubernetesObject): string =>
  apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";

function stepInto(value: Json | undefined, step: Step): Json | undefined {
  if (value === null || typeof value !== "object") return undefined;
  if ("field" in step) return !Array.isArray(value) && Object.hasOwn(value, step.field) ? value[step.field] : undefined;
  if (!Array.isArray(value)) return undefined;
  return value.find((item) => {
    const found = stepInto(item, { field: step.key });
    return found !== undefined && typeof found !== "object" && String(found) === step.is;
  });
}

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);

function compares(left: number, operator: Exclude<Operator, "==" | "!=">, right: number): boolean {
  switch (operator) {
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
  }
}
