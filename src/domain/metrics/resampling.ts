import { quote, refuse } from "../../errors.ts";
import { sliceMembers } from "./measure.ts";
import { everyRow, type Answers, type Sample } from "./predictions.ts";
import { needsScores, statistic, type Statistic } from "./statistics.ts";

/** What is wanted an interval of: a metric, of the whole or a slice, less a multiple of the baseline's and a constant. */
export type Difference = {
  readonly metric: string;
  /** `region=north`, `class=3`; empty for the whole. */
  readonly slice: string;
  /** The worst slice by this column instead; each model's own worst. */
  readonly worst?: { readonly by: string; readonly lowest: boolean } | undefined;
  /** How often the baseline's value is taken off: 0 where nothing is compared. */
  readonly times: number;
  readonly plus: number;
};

export type Resampling = { readonly rounds: number; readonly seed: number; readonly confidence: number };

/**
 * Percentile intervals by the bootstrap: rows are drawn with replacement, each with both models' answers to it, and each
 * difference is computed anew. All differences see the same draws, so their order changes nothing.
 *
 * Efron and Tibshirani, An Introduction to the Bootstrap, 1993, 13.3.
 * @returns an interval each; the whole line where a metric is undefined in more than half of the rounds
 */
export function bootstrap(
  sample: Sample,
  differences: readonly Difference[],
  options: Resampling,
): readonly { readonly low: number; readonly high: number }[] {
  const answers: { low: number; high: number }[] = differences.map(() => ({ low: Number.NaN, high: Number.NaN }));
  // Of labels alone there are few kinds of rows: those are counted, and each round's metrics cost next to nothing.
  const alike = sample.task === "classification" ? kindsOf(sample) : undefined;
  const parts = [
    { of: (each: Difference) => alike !== undefined && !needsScores(each.metric), units: alike },
    { of: (each: Difference) => alike === undefined || needsScores(each.metric), units: undefined },
  ];
  for (const { of, units } of parts) {
    const chosen = differences.map((each, at) => ({ each, at })).filter(({ each }) => of(each));
    if (chosen.length === 0) continue;
    const over = units?.sample ?? sample;
    const statistics = chosen.map(({ each }) => differenceOf(each, over));
    const draws = drawRounds(sample.size, units?.codes ?? everyRow(sample.size), over, statistics, options);
    for (const [at, { at: place }] of chosen.entries()) answers[place] = interval(draws[at]!, options.confidence);
  }
  return answers;
}

/** Rows that agree in everything but their scores, as one. Rows stand sorted, so kinds come in their order too. */
function kindsOf(sample: Sample): { readonly sample: Sample; readonly codes: Int32Array } {
  const { truth, candidate, baseline, weight, groups, size } = sample;
  const columns = [
    truth,
    candidate.predicted,
    ...(baseline ? [baseline.predicted] : []),
    weight,
    ...groups.map(({ of }) => of),
  ];
  const codes = new Int32Array(size);
  const firsts: number[] = [];
  for (let row = 0; row < size; row++) {
    if (row === 0 || columns.some((column) => column[row] !== column[row - 1])) firsts.push(row);
    codes[row] = firsts.length - 1;
  }
  const rows = Int32Array.from(firsts);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const answersOf = ({ predicted }: Answers): Answers => ({ predicted: pick(predicted), scores: undefined });
  return {
    codes,
    sample: {
      ...sample,
      size: rows.length,
      truth: pick(truth),
      weight: pick(weight),
      groups: groups.map((group) => ({ ...group, of: rows.map((row) => group.of[row]!) })),
      candidate: answersOf(candidate),
      baseline: baseline && answersOf(baseline),
    },
  };
}

function differenceOf({ metric, slice, worst, times, plus }: Difference, sample: Sample): Statistic {
  const of = (answers: Answers): Statistic => {
    if (worst) return worstOf(metric, worst, sample, answers);
    const made = statistic(metric, sample, answers, membersOf(slice, sample));
    return (
      made ??
      refuse({
        where: `the interval of ${quote(metric)}`,
        expected: "a metric that is computed here",
        seen: quote(slice),
      })
    );
  };
  const ours = of(sample.candidate);
  if (times === 0) return (weights) => ours(weights) - plus;
  const theirs = of(sample.baseline!);
  return (weights) => ours(weights) - (times * theirs(weights) + plus);
}

function membersOf(slice: string, sample: Sample): { members?: Int32Array; ofClass?: number } {
  if (slice === "") return {};
  const members = sliceMembers(sample).get(slice);
  if (members) return { members };
  const ofClass = sample.classes.findIndex((label) => slice === `class=${label}`);
  return ofClass < 0 ? { members: new Int32Array(0) } : { ofClass };
}

function worstOf(
  metric: string,
  { by, lowest }: NonNullable<Difference["worst"]>,
  sample: Sample,
  answers: Answers,
): Statistic {
  const keys =
    by === "class"
      ? sample.classes.map((label) => `class=${label}`)
      : [...sliceMembers(sample).keys()].filter((key) => key.startsWith(`${by}=`));
  const each = keys.map((key) => statistic(metric, sample, answers, membersOf(key, sample))!);
  return (weights) => {
    let worst = Number.NaN;
    for (const one of each) {
      const value = one(weights);
      // A slice of which nothing was drawn has no value in this round.
      if (Number.isNaN(value)) continue;
      if (Number.isNaN(worst) || (lowest ? value < worst : value > worst)) worst = value;
    }
    return worst;
  };
}

/** The value of each statistic in each round. */
function drawRounds(
  rows: number,
  codes: Int32Array,
  sample: Sample,
  statistics: readonly Statistic[],
  { rounds, seed }: Resampling,
): readonly Float64Array[] {
  const draws = statistics.map(() => new Float64Array(rounds));
  const counts = new Float64Array(sample.size);
  const random = seeded(seed);
  for (let round = 0; round < rounds; round++) {
    counts.fill(0);
    random.count(rows, codes, counts);
    if (sample.weighted) for (let unit = 0; unit < counts.length; unit++) counts[unit]! *= sample.weight[unit]!;
    for (const [at, each] of statistics.entries()) draws[at]![round] = each(counts);
  }
  return draws;
}

/**
 * Random rows from a seed, by Doty-Humphrey's sfc32: a few additions and shifts a draw, and it passes PractRand. A row is
 * `floor(u32 * rows / 2^32)`; with five million rows some are drawn more often than others by less than one part in 800.
 */
function seeded(seed: number): { count(rows: number, codes: Int32Array, into: Float64Array): void } {
  let [a, b, c, counter] = [0, seed | 0, 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let warm = 0; warm < 12; warm++) next();
  return {
    count: (rows, codes, into) => {
      const scale = rows / 4_294_967_296;
      for (let drawn = 0; drawn < rows; drawn++) {
        const sum = (((a + b) | 0) + counter) | 0;
        counter = (counter + 1) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = (((c << 21) | (c >>> 11)) + sum) | 0;
        const row = ((sum >>> 0) * scale) | 0;
        into[codes[row]!]! += 1;
      }
    },
  };
}

/** The middle share of the values, ends interpolated. */
function interval(values: Float64Array, confidence: number): { low: number; high: number } {
  const finite = values.filter(Number.isFinite).sort();
  if (finite.length < values.length / 2) return { low: -Number.MAX_VALUE, high: Number.MAX_VALUE };
  const tail = (1 - confidence) / 2;
  return { low: quantile(finite, tail), high: quantile(finite, 1 - tail) };
}

/** Between the two nearest of sorted values, as NumPy does it when nothing else is asked. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}
