import { quote } from "../../errors.ts";
import type { GateSection } from "../record/record.ts";
import { figure } from "./figure.ts";
import { nearest } from "./nearest.ts";
import type { Operator, Rule } from "./rules.ts";

export type Decision = GateSection["decision"];
export type JudgedRule = GateSection["rules"][number];

/** What is judged. Values are read as unknown: a gate must hold whatever a parser before it let through. */
export type Measured = {
  readonly values: Readonly<Record<string, unknown>>;
  readonly slices?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/**
 * Judges measured values by the rules. Pure and total. A metric that is missing, or is no finite number, never passes.
 * The order of the rules changes nothing but the order of the answers.
 */
export function judge(
  rules: readonly Rule[],
  measured: Measured,
): { readonly decision: Decision; readonly rules: readonly JudgedRule[] } {
  const judged = rules.map((rule) => judgeRule(rule, measured));
  return { decision: decide(judged.map(({ verdict }) => verdict)), rules: judged };
}

/** One rejected rule rejects; else one inconclusive leaves it open; no rule at all has proven nothing. */
export function decide(verdicts: readonly Decision[]): Decision {
  if (verdicts.includes("rejected")) return "rejected";
  return verdicts.length === 0 || verdicts.includes("inconclusive") ? "inconclusive" : "passed";
}

function judgeRule(rule: Rule, measured: Measured): JudgedRule {
  const { text, bound, operator, slice } = rule;
  const found = observe(rule, measured);
  if (typeof found === "string") return { rule: text, bound, verdict: "rejected", reason: found };
  const faulty = found.find(({ value }) => typeof value !== "number" || !Number.isFinite(value));
  if (faulty) {
    const reason = `${inSlice(rule, faulty.key)}expected a finite number, saw ${shown(faulty.value)}`;
    return { rule: text, bound, verdict: "rejected", reason };
  }
  const values = found as readonly { key: string; value: number }[];
  const failing = values.filter(({ value }) => !holds(value, operator, bound));
  if (failing.length === 0) {
    return { rule: text, bound, observed: extreme(values, bound, -1).value, verdict: "passed" };
  }
  const worst = extreme(failing, bound, 1);
  const others = slice?.value === "*" ? ` (${failing.length} of ${values.length} slices fail)` : "";
  return {
    rule: text,
    bound,
    observed: worst.value,
    verdict: "rejected",
    reason: `${inSlice(rule, worst.key)}observed ${figure(worst.value, bound)}${others}`,
  };
}

const inSlice = (rule: Rule, key: string): string =>
  rule.slice?.value === "*" ? `${quote(key, 60).slice(1, -1)}: ` : "";

/** The values that a rule is about, or why there are none. */
function observe(rule: Rule, { values, slices = {} }: Measured): readonly { key: string; value: unknown }[] | string {
  const { metric, slice } = rule;
  if (!slice) {
    if (Object.hasOwn(values, metric)) return [{ key: metric, value: values[metric] }];
    return `there is no metric ${quote(metric)}${offer(metric, Object.keys(values))}`;
  }
  if (!Object.hasOwn(slices, metric)) {
    return `there are no slices of ${quote(metric)}${offer(metric, Object.keys(slices))}`;
  }
  const of = slices[metric]!;
  const wanted = `${slice.by}=${slice.value}`;
  const keys = slice.value === "*" ? Object.keys(of).filter((key) => key.startsWith(`${slice.by}=`)) : [wanted];
  const present = keys.filter((key) => Object.hasOwn(of, key));
  if (present.length > 0) return present.map((key) => ({ key, value: of[key] }));
  return `there is no slice ${quote(wanted)} of ${quote(metric)}${offer(wanted, Object.keys(of))}`;
}

/** Names that may have been meant, else the first few of those that there are. */
function offer(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  if (near.length > 0) return `; did you mean ${near.map((each) => quote(each, 60)).join(" or ")}?`;
  if (names.length === 0) return "; there are none at all";
  const some = names
    .slice(0, 5)
    .map((each) => quote(each, 40))
    .join(", ");
  return `; there are ${some}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}

const HOLDS: Readonly<Record<Operator, (value: number, bound: number) => boolean>> = {
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  "==": (value, bound) => value === bound,
  "!=": (value, bound) => value !== bound,
};

/** Whether a value meets a bound, as doubles compare. NaN meets none: `!=` too asks for a number. */
export function holds(value: number, operator: Operator, bound: number): boolean {
  return Number.isFinite(value) && HOLDS[operator](value, bound);
}

/** The value farthest from the bound (1) or nearest to it (-1); the first by name where several are. */
function extreme<V extends { readonly key: string; readonly value: number }>(
  values: readonly V[],
  bound: number,
  direction: 1 | -1,
): V {
  const distance = ({ value }: V): number => direction * Math.abs(value - bound);
  return values.reduce((best, each) =>
    distance(each) > distance(best) || (distance(each) === distance(best) && each.key < best.key) ? each : best,
  );
}

function shown(value: unknown): string {
  if (typeof value === "string") return `the text ${quote(value, 40)}`;
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : typeof value;
}
