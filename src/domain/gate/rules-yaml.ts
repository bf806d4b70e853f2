import { ActionError, quote, type Mistake } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";

/**
 * Rules written as YAML, as the lines that say the same. Numbers keep their source text.
 *
 * ```yaml
 * - accuracy > 0.80
 * - { metric: "recall[class=*]", operator: ">=", bound: baseline - 0.01, where: n >= 200 }
 * ```
 *
 * ```yaml
 * accuracy: ["> 0.80", ">= baseline - 0.01"]
 * recall[class=*]: ">= 0.85"
 * ```
 */
export async function rulesOfYaml(text: string, maxBytes: number): Promise<readonly string[]> {
  const tree = await parseYaml(text, {
    where: "the rules as YAML",
    maxBytes,
    number: (source) => ({ [NUMBER]: source }),
  });
  const mistakes: Mistake[] = [];
  const rules: string[] = [];
  if (Array.isArray(tree)) {
    for (const [at, item] of tree.entries()) rules.push(ruleOf(item, `rule ${at + 1}`, mistakes));
  } else {
    for (const [left, right] of Object.entries((tree ?? {}) as { [name: string]: Json })) {
      for (const each of Array.isArray(right) ? right : [right]) {
        const where = `rule ${rules.length + 1}`;
        const condition = textOf(
          each,
          `${where}, ${quote(left, 60)}`,
          'an operator and a bound in quotes, as "> 0.80"',
          mistakes,
        );
        rules.push(`${left} ${condition}`);
      }
    }
  }
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
  // A rule with a line end in it would be two.
  return rules.map((rule) => rule.replace(/[\r\n]+/g, " "));
}

const NUMBER = "\u0000number";
const FIELDS = ["metric", "operator", "bound", "where"];

function ruleOf(item: Json, where: string, mistakes: Mistake[]): string {
  const expected = `a rule as text, or { ${FIELDS.join(", ")} }`;
  if (item === null || typeof item !== "object" || Array.isArray(item) || NUMBER in item) {
    return textOf(item, where, expected, mistakes);
  }
  for (const name of Object.keys(item)) {
    if (!FIELDS.includes(name)) mistakes.push({ where, expected: `only ${FIELDS.join(", ")}`, seen: quote(name, 60) });
  }
  const part = (name: string): string => textOf(item[name], `${where}, ${name}`, "a text", mistakes);
  const condition = `${part("metric")} ${part("operator")} ${part("bound")}`;
  return Object.hasOwn(item, "where") ? `${condition} where ${part("where")}` : condition;
}

function textOf(value: Json | undefined, where: string, expected: string, mistakes: Mistake[]): string {
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    const source = value[NUMBER];
    if (typeof source === "string") return source;
  }
  mistakes.push({ where, expected, seen: value === undefined ? "nothing" : quote(JSON.stringify(value), 60) });
  return "";
}
