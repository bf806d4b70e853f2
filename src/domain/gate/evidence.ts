import type { Metrics } from "../metrics/metrics.ts";
import type { Sample } from "../metrics/predictions.ts";
import { bootstrap, type Difference } from "../metrics/resampling.ts";
import { CLASS_METRICS, metricNames } from "../metrics/statistics.ts";
import { isRelative, type Bound, type Rule } from "./rules.ts";
import { boundOf, type Interval, type Measured } from "./verdict.ts";

/** Rounds of resampling; with 2,000 the ends of a 95 % interval move by about a twentieth of its width from seed to seed. */
export const ROUNDS = 2000;
/** Fixed, so that a run decides as the run before it on the same predictions. */
export const SEED = 20_240_229;

/**
 * Intervals of `observed - bound` for every rule whose metric was computed from these predictions. Where the baseline answered
 * the same rows the two are compared row by row; where only its value is known, that value stands as it is.
 */
export function intervalsOf(
  rules: readonly Rule[],
  sample: Sample,
  measured: Metrics,
  baseline: Measured | undefined,
  confidence: number,
): (rule: Rule, slice: string) => Interval | undefined {
  const known = new Set(metricNames(sample, sample.candidate));
  const wanted = new Map<string, Difference>();
  for (const rule of rules) {
    for (const slice of slicesOf(rule, measured)) {
      const difference = differenceOf(rule, slice, sample, baseline, known);
      if (difference) wanted.set(keyOf(rule, slice), difference);
    }
  }
  const keys = [...wanted.keys()];
  const found = bootstrap(sample, [...wanted.values()], { rounds: ROUNDS, seed: SEED, confidence });
  const intervals = new Map(keys.map((key, at) => [key, found[at]!]));
  return (rule, slice) => intervals.get(keyOf(rule, slice));
}

/** The worst slice is another one in each round, so it has one interval for all. */
const keyOf = ({ text, worstBy }: Rule, slice: string): string =>
  JSON.stringify([text, worstBy === undefined ? slice : "worst"]);

function slicesOf({ metric, slice, worstBy }: Rule, { slices = {} }: Metrics): readonly string[] {
  if (worstBy !== undefined) return ["worst"];
  if (!slice) return [""];
  const of = Object.hasOwn(slices, metric) ? Object.keys(slices[metric]!) : [];
  const prefix = `${slice.by}=`;
  return slice.value === "*"
    ? of.filter((key) => key.startsWith(prefix))
    : of.filter((key) => key === prefix + slice.value);
}

function differenceOf(
  rule: Rule,
  slice: string,
  sample: Sample,
  baseline: Measured | undefined,
  known: ReadonlySet<string>,
): Difference | undefined {
  const { metric, operator, bound, worstBy } = rule;
  const ofClass = slice.startsWith("class=") || worstBy === "class";
  if (operator === "==" || operator === "!=") return undefined;
  if (ofClass ? !CLASS_METRICS.includes(metric) || sample.task !== "classification" : !known.has(metric))
    return undefined;
  if (worstBy !== undefined && worstBy !== "class" && !sample.groups.some(({ column }) => column === worstBy))
    return undefined;
  const common = {
    metric,
    slice: worstBy === undefined ? slice : "",
    worst: worstBy === undefined ? undefined : { by: worstBy, lowest: operator === ">" || operator === ">=" },
  };
  if (!isRelative(rule)) return { ...common, times: 0, plus: bound as number };
  if (sample.baseline && (ofClass || metricNames(sample, sample.baseline).includes(metric)))
    return { ...common, ...(bound as Exclude<Bound, number>) };
  if (worstBy !== undefined) return undefined;
  const base = slice === "" ? baseline?.values[metric] : baseline?.slices?.[metric]?.[slice];
  const plus = typeof base === "number" ? boundOf(bound, base) : Number.NaN;
  return Number.isFinite(plus) ? { ...common, times: 0, plus } : undefined;
}
