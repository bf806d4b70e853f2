import type { Metrics } from "./metrics.ts";
import type { Answers, Sample } from "./predictions.ts";
import { CLASS_METRICS, metricNames, statistic } from "./statistics.ts";

/** The rows of each slice: `region=north` by every group column, and `class=3` by what is true. */
export function sliceMembers(sample: Sample): ReadonlyMap<string, Int32Array> {
  const members = new Map<string, Int32Array>();
  for (const { column, names, of } of sample.groups) {
    for (const [at, rows] of split(of, names.length).entries()) {
      if (rows.length > 0) members.set(`${column}=${names[at]}`, rows);
    }
  }
  return members;
}

/** The rows of each true class, by number; empty for a regression. */
export function classMembers({ truth, classes }: Sample): readonly Int32Array[] {
  return classes.length === 0 ? [] : split(truth, classes.length);
}

function split(of: ArrayLike<number>, count: number): Int32Array[] {
  const sizes = new Int32Array(count);
  for (let row = 0; row < of.length; row++) sizes[of[row]!]!++;
  const parts = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  for (let row = 0; row < of.length; row++) {
    const part = of[row]!;
    parts[part]![sizes[part]!++] = row;
  }
  return parts;
}

/** Every metric of one model's answers, over all rows and by slice; `n` counts rows. What is not defined is left out. */
export function measure(sample: Sample, answers: Answers): Metrics {
  const values: Record<string, number> = Object.create(null);
  const slices: Record<string, Record<string, number>> = Object.create(null);
  const put = (metric: string, key: string, value: number): void => {
    if (!Number.isFinite(value)) return;
    (slices[metric] ??= Object.create(null) as Record<string, number>)[key] = value;
  };
  const names = metricNames(sample, answers);
  values.n = sample.size;
  for (const metric of names) {
    const value = statistic(metric, sample, answers)?.(sample.weight) ?? Number.NaN;
    if (Number.isFinite(value)) values[metric] = value;
  }
  for (const [key, members] of sliceMembers(sample)) {
    put("n", key, members.length);
    for (const metric of names)
      put(metric, key, statistic(metric, sample, answers, { members })?.(sample.weight) ?? Number.NaN);
  }
  for (const [ofClass, members] of classMembers(sample).entries()) {
    const key = `class=${sample.classes[ofClass]}`;
    put("n", key, members.length);
    for (const metric of CLASS_METRICS)
      put(metric, key, statistic(metric, sample, answers, { ofClass })?.(sample.weight) ?? Number.NaN);
  }
  return { values, slices };
}

/** How often the first class was taken for the second, by weight: rows are what is true. */
export function confusion({ classes, truth, weight, size }: Sample, answers: Answers): number[][] {
  const table = classes.map(() => classes.map(() => 0));
  for (let row = 0; row < size; row++) table[truth[row]!]![answers.predicted[row]!]! += weight[row]!;
  return table;
}
