import { quote } from "../../errors.ts";
import type { GateSection } from "../record/record.ts";
import { figure } from "./figure.ts";
import { nearest } from "./nearest.ts";
import { isRelative, type Bound, type Operator, type Rule } from "./rules.ts";

export type Decision = GateSection["decision"];
export type JudgedRule = GateSection["rules"][number];

/** What is judged. Values are read as unknown: a gate must hold whatever a parser before it let through. */
export type Measured = {
  /** The metric `n` is the number of samples behind all others. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Metric → `region=north` → value; `n` is told by slice too. */
  readonly slices?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

/** Between which two values the distance to a bound lies, at the confidence that was asked for. */
export type Interval = { readonly low: number; readonly high: number };

/** What there is to compare with: values, nothing as yet, or nothing because none was asked for. */
export type Baseline =
  | { readonly kind: "measured"; readonly measured: Measured }
  | { readonly kind: "none-yet"; readonly pass: boolean; readonly why: string }
  | { readonly kind: "not-asked" };

export type Circumstances = {
  readonly baseline?: Baseline;
  /** With fewer samples no rule decides anything. */
  readonly minSamples?: number | undefined;
  /**
   * The interval of `observed - bound` by resampling the rows; `undefined` where there are none.
   */
  readonly interval?: ((rule: Rule, slice: string) => Interval | undefined) | undefined;
  /** Whether an interval that reaches across a bound leaves its rule open; else it is only told. */
  readonly decisive?: boolean;
  /** How far an interval may reach beyond a bound, in the metric's own unit, and the rule still pass. */
  readonly margin?: number | undefined;
};

/**
 * Judges measured values by the rules. Pure and total. A metric that is missing, or is no finite number, never passes; what can
 * not be told apart from luck is inconclusive. The order of the rules changes nothing but the order of the answers.
 */
export function judge(
  rules: readonly Rule[],
  measured: Measured,
  circumstances: Circumstances = {},
): { readonly decision: Decision; readonly rules: readonly JudgedRule[] } {
  const judged = rules.map((rule) => judgeRule(rule, measured, circumstances));
  return { decision: decide(judged.map(({ verdict }) => verdict)), rules: judged };
}

/** One rejected rule rejects; else one inconclusive leaves it open; no rule at all has proven nothing. */
export function decide(verdicts: readonly Decision[]): Decision {
  if (verdicts.includes("rejected")) return "rejected";
  return verdicts.length === 0 || verdicts.includes("inconclusive") ? "inconclusive" : "passed";
}

/** A value that a rule is about: of the whole, or of one slice. */
type Target = { readonly key: string; readonly value: unknown; readonly n: unknown };
/** What a rule says of one value. */
type Finding = {
  readonly key: string;
  readonly verdict: Decision;
  readonly observed?: number;
  readonly bound?: number;
  readonly baseline?: number;
  readonly interval?: Interval;
  readonly reason?: string;
};

function judgeRule(rule: Rule, measured: Measured, circumstances: Circumstances): JudgedRule {
  const { text, bound } = rule;
  const plain = typeof bound === "number" ? { bound } : {};
  const found = observe(rule, measured);
  if (typeof found === "string") return { rule: text, ...plain, verdict: "rejected", reason: found };
  const faulty = found.find(({ value }) => typeof value !== "number" || !Number.isFinite(value));
  if (faulty) {
    const reason = `${inSlice(rule, faulty.key)}expected a finite number, saw ${shown(faulty.value)}`;
    return { rule: text, ...plain, verdict: "rejected", reason };
  }
  const least = Math.max(rule.least ?? 0, circumstances.minSamples ?? 0);
  const enough = found.filter(({ n }) => least === 0 || (typeof n === "number" && n >= least));
  if (enough.length === 0) {
    return { rule: text, ...plain, verdict: "inconclusive", reason: tooFew(found, least) };
  }
  const [values, base] = isRelative(rule)
    ? against(rule, enough, circumstances.baseline)
    : ([worstOf(rule, enough), undefined] as const);
  if (base !== undefined && !(base instanceof Map)) return { rule: text, ...(base as Stop) };
  const findings = values.map((target) => judgeValue(rule, target, base, circumstances));
  const answer = told(rule, findings, found.length - enough.length, least);
  const uncounted = least === 0 ? undefined : found.find(({ n }) => typeof n !== "number");
  if (uncounted === undefined || answer.verdict !== "passed") return { rule: text, ...answer };
  // Left aside for want of a count it would pass by omission.
  const reason = `${inSlice(rule, uncounted.key)}${least} samples are asked for, and nothing says how many there are`;
  return { rule: text, ...answer, verdict: "inconclusive", reason };
}

/** The one answer of a rule: the worst of what it says of its slices. */
function told(rule: Rule, findings: readonly Finding[], aside: number, least: number): Omit<JudgedRule, "rule"> {
  const verdict = decide(findings.map((each) => each.verdict));
  const same = findings.filter((each) => each.verdict === verdict);
  const distance = ({ observed = 0, bound = 0 }: Finding): number =>
    (verdict === "passed" ? -1 : 1) * Math.abs(observed - bound);
  const one = same.reduce((best, each) =>
    distance(each) > distance(best) || (distance(each) === distance(best) && each.key < best.key) ? each : best,
  );
  const { observed, bound, baseline, interval } = one;
  const notes: string[] = [];
  if (many(rule) && verdict !== "passed") {
    const which = verdict === "rejected" ? "fail" : "are open";
    notes.push(`${same.length} of ${findings.length} slices ${which}`);
  }
  if (aside > 0) notes.push(`${aside} with fewer than ${least} samples left aside`);
  const why = one.reason === undefined ? "" : `${inSlice(rule, one.key)}${one.reason}`;
  const reason = [why, notes.length === 0 ? "" : why === "" ? notes.join(", ") : `(${notes.join(", ")})`]
    .filter((part) => part !== "")
    .join(" ");
  return {
    ...(bound === undefined ? {} : { bound }),
    ...(observed === undefined ? {} : { observed }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(interval === undefined ? {} : { interval }),
    verdict,
    ...(reason === "" ? {} : { reason }),
  };
}

function judgeValue(
  rule: Rule,
  { key, value: observed }: Valued,
  base: ReadonlyMap<string, number | string> | undefined,
  { interval: intervalOf, decisive = true, margin = 0 }: Circumstances,
): Finding {
  const baseline = base?.get(key);
  if (typeof baseline === "string") return { key, verdict: "inconclusive", observed, reason: baseline };
  const bound = boundOf(rule.bound, baseline);
  const common = { key, observed, bound, ...(baseline === undefined ? {} : { baseline }) };
  if (!Number.isFinite(bound)) {
    return { key, observed, verdict: "inconclusive", reason: "the bound is more than a double can hold" };
  }
  const good = holds(observed, rule.operator, bound);
  const measured = `observed ${figure(observed, bound)}${isRelative(rule) ? `, bound ${figure(bound, observed)}` : ""}`;
  const interval = ["==", "!="].includes(rule.operator) ? undefined : intervalOf?.(rule, key);
  if (interval === undefined || !decisive) {
    const plain = { ...common, ...(interval === undefined ? {} : { interval }) };
    return good ? { ...plain, verdict: "passed" } : { ...plain, verdict: "rejected", reason: measured };
  }
  const { low, high } = interval;
  const rising = rule.operator === ">" || rule.operator === ">=";
  // The end of the interval that speaks against the rule, and the one that speaks for it; both as the observed would be.
  const [against, inFavour] = rising ? [low, high] : [high, low];
  const spread = `${measured}, ${figure(observed - bound)} from the bound, between ${figure(low)} and ${figure(high)}`;
  if (good) {
    const reach = rising ? against + margin : against - margin;
    const clear = holds(reach, rising ? ">=" : "<=", 0);
    return clear
      ? { ...common, interval, verdict: "passed" }
      : { ...common, interval, verdict: "inconclusive", reason: `${spread}: the interval reaches across` };
  }
  const lost = !holds(inFavour, rule.operator, 0);
  return lost
    ? { ...common, interval, verdict: "rejected", reason: spread }
    : { ...common, interval, verdict: "inconclusive", reason: `${spread}: the interval reaches across` };
}

const many = ({ slice }: Rule): boolean => slice?.value === "*";
const inSlice = (rule: Rule, key: string): string =>
  many(rule) || rule.worstBy !== undefined ? `${quote(key, 60).slice(1, -1)}: ` : "";

/** The values that a rule is about, or why there are none. */
function observe(rule: Rule, { values, slices = {} }: Measured): readonly Target[] | string {
  const { metric } = rule;
  const wanted = wantedSlice(rule);
  if (wanted === undefined) {
    if (Object.hasOwn(values, metric)) {
      return [{ key: "", value: values[metric], n: Object.hasOwn(values, "n") ? values.n : undefined }];
    }
    return `there is no metric ${quote(metric)}${offer(metric, Object.keys(values))}`;
  }
  if (!Object.hasOwn(slices, metric)) {
    return `there are no slices of ${quote(metric)}${offer(metric, Object.keys(slices))}`;
  }
  const of = slices[metric]!;
  const counts = Object.hasOwn(slices, "n") ? slices.n! : {};
  const present = keysOf(of, wanted);
  if (present.length > 0) {
    return present.map((key) => ({ key, value: of[key], n: Object.hasOwn(counts, key) ? counts[key] : undefined }));
  }
  return `there is no slice ${quote(wanted)} of ${quote(metric)}${offer(wanted, Object.keys(of))}`;
}

/** `class=3`, `region=*`; nothing for a rule about the whole. */
function wantedSlice({ slice, worstBy }: Rule): string | undefined {
  if (worstBy !== undefined) return `${worstBy}=*`;
  return slice && `${slice.by}=${slice.value}`;
}

const keysOf = (of: Readonly<Record<string, unknown>>, wanted: string): readonly string[] =>
  wanted.endsWith("=*")
    ? Object.keys(of).filter((key) => key.startsWith(wanted.slice(0, -1)))
    : [wanted].filter((key) => Object.hasOwn(of, key));

type Valued = Target & { readonly value: number };

/** For `worst(… by …)` the one value at the wrong end; all others as they are. */
function worstOf(rule: Rule, targets: readonly Target[]): readonly Valued[] {
  const valued = targets as readonly Valued[];
  if (rule.worstBy === undefined) return valued;
  const lowest = rule.operator === ">" || rule.operator === ">=";
  const worse = (a: Valued, b: Valued): boolean =>
    a.value === b.value ? a.key < b.key : lowest ? a.value < b.value : a.value > b.value;
  return [valued.reduce((worst, each) => (worse(each, worst) ? each : worst))];
}

type Stop = Pick<JudgedRule, "verdict" | "observed" | "reason">;

/**
 * What a relative rule compares: the values, and the baseline's by the same key, or in its place why there is none. A slice that
 * only the baseline has stands among the values too, so that leaving the hard cases out passes nothing.
 */
function against(
  rule: Rule,
  targets: readonly Target[],
  baseline: Baseline = { kind: "not-asked" },
): readonly [readonly Valued[], ReadonlyMap<string, number | string> | Stop] {
  const values = worstOf(rule, targets);
  const stop = (verdict: Decision, reason: string): readonly [readonly Valued[], Stop] => [
    values,
    { ...(values.length === 1 ? { observed: values[0]!.value } : {}), verdict, reason },
  ];
  if (baseline.kind === "not-asked")
    return stop("inconclusive", "there is no baseline to compare with (baseline: none)");
  if (baseline.kind === "none-yet") {
    const how = baseline.pass ? "first-deploy: pass" : "first-deploy: inconclusive";
    return stop(baseline.pass ? "passed" : "inconclusive", `${baseline.why} (${how})`);
  }
  const seen = observe(rule, baseline.measured);
  if (typeof seen === "string") return stop("inconclusive", `of the baseline: ${seen}`);
  const known = new Map<string, number | string>();
  for (const { key, value } of seen) {
    known.set(
      key,
      typeof value === "number" && Number.isFinite(value)
        ? value
        : `the baseline's value: expected a finite number, saw ${shown(value)}`,
    );
  }
  if (rule.worstBy !== undefined) {
    const odd = [...known.values()].find((value) => typeof value === "string");
    if (typeof odd === "string") return stop("inconclusive", odd);
    const worst = worstOf(rule, seen)[0]!.value;
    return [values, new Map([[values[0]!.key, worst]])];
  }
  const missing = [...known.keys()].find((key) => !targets.some((each) => each.key === key));
  if (missing !== undefined && many(rule)) {
    const counted = rule.least === undefined ? "" : " with enough samples";
    return stop("inconclusive", `${quote(missing, 60)} is a slice of the baseline${counted}, and not of the candidate`);
  }
  for (const { key } of values) if (!known.has(key)) known.set(key, "the baseline has no such slice");
  return [values, known];
}

export function boundOf(bound: Bound, baseline: number | undefined): number {
  if (typeof bound === "number") return bound;
  return baseline === undefined ? Number.NaN : bound.times * baseline + bound.plus;
}

function tooFew(found: readonly Target[], least: number): string {
  const known = found.map(({ n }) => n).filter((n): n is number => typeof n === "number");
  if (known.length === 0) {
    return `${least} samples are asked for, and nothing says how many there are: give predictions, or a metric "n"`;
  }
  const most = Math.max(...known);
  return found.length === 1
    ? `${most} samples, ${least} are asked for`
    : `no slice has ${least} samples; the largest has ${most}`;
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

function shown(value: unknown): string {
  if (typeof value === "string") return `the text ${quote(value, 40)}`;
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : typeof value;
}
