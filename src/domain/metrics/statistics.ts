import { everyRow, type Answers, type Sample } from "./predictions.ts";

/** A metric over rows of these weights; NaN where it is not defined on them. */
export type Statistic = (weights: Float64Array) => number;

/** Bins of confidence for the calibration error, of equal width. */
export const CALIBRATION_BINS = 10;
/** A probability of 0 would make one row's loss infinite; clipped as scikit-learn clips doubles. */
const LEAST_PROBABILITY = Number.EPSILON;

const AVERAGED = ["precision", "recall", "f1"] as const;
type Averaged = (typeof AVERAGED)[number];

/** The metrics of a sample that need nothing but labels or values. */
function plainMetrics({ task, classes }: Sample): readonly string[] {
  if (task === "regression") return ["mae", "rmse", "r2"];
  const averaged = AVERAGED.flatMap((each) => [`${each}_macro`, `${each}_weighted`]);
  return ["accuracy", ...averaged, ...(classes.length === 2 ? AVERAGED : [])];
}

/** The names of all metrics that can be computed of these answers. */
export function metricNames(sample: Sample, answers: Answers): readonly string[] {
  const plain = plainMetrics(sample);
  return answers.scores
    ? [...plain, "roc_auc", ...(areProbabilities(sample, answers.scores) ? ["log_loss", "calibration_error"] : [])]
    : plain;
}

/** Metrics of one class. */
export const CLASS_METRICS: readonly string[] = AVERAGED;

/** Whether a metric can be computed from classes alone, so that rows of the same answers count as one kind. */
export function needsScores(metric: string): boolean {
  return ["roc_auc", "log_loss", "calibration_error"].includes(metric);
}

/**
 * A metric as a function of weights, everything that does not hang on them computed before.
 * @param members the rows that it is about; all of them where left out
 * @param ofClass for precision, recall and F1 of one class, by number
 */
export function statistic(
  metric: string,
  sample: Sample,
  answers: Answers,
  { members, ofClass }: { members?: Int32Array | undefined; ofClass?: number | undefined } = {},
): Statistic | undefined {
  const rows = members ?? everyRow(sample.size);
  if (sample.task === "regression") return regression(metric, sample.truth, answers.predicted, rows);
  if (needsScores(metric)) return answers.scores && scored(metric, sample, answers.scores, rows);
  return labelled(metric, sample, answers.predicted, rows, ofClass);
}

function regression(
  metric: string,
  truth: Float64Array,
  predicted: Float64Array,
  rows: Int32Array,
): Statistic | undefined {
  const error = (row: number): number => truth[row]! - predicted[row]!;
  if (metric === "mae") return mean(rows, (row) => Math.abs(error(row)));
  const squared = mean(rows, (row) => error(row) ** 2);
  if (metric === "rmse") return (weights) => Math.sqrt(squared(weights));
  if (metric !== "r2") return undefined;
  const average = mean(rows, (row) => truth[row]!);
  return (weights) => {
    const centre = average(weights);
    let [spread, total] = [0, 0];
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at]!;
      spread += weights[row]! * (truth[row]! - centre) ** 2;
      total += weights[row]!;
    }
    // One value throughout explains nothing: there is no R² of it.
    return spread === 0 ? Number.NaN : 1 - (squared(weights) * total) / spread;
  };
}

/** The weighted mean of a value per row. */
function mean(rows: Int32Array, valueOf: (row: number) => number): Statistic {
  const values = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) values[at] = valueOf(rows[at]!);
  return (weights) => {
    let [sum, total] = [0, 0];
    for (let at = 0; at < rows.length; at++) {
      const weight = weights[rows[at]!]!;
      sum += weight * values[at]!;
      total += weight;
    }
    return sum / total;
  };
}

function labelled(
  metric: string,
  { truth, classes }: Sample,
  predicted: Float64Array,
  rows: Int32Array,
  ofClass: number | undefined,
): Statistic | undefined {
  if (metric === "accuracy") return mean(rows, (row) => (truth[row] === predicted[row] ? 1 : 0));
  const [name, average] = metric.split("_") as [Averaged, string | undefined];
  if (!AVERAGED.includes(name)) return undefined;
  const k = classes.length;
  const positive = ofClass ?? (average === undefined && k === 2 ? 1 : undefined);
  if (positive === undefined && average !== "macro" && average !== "weighted") return undefined;
  const [isTruth, isPredicted] = [new Int32Array(rows.length), new Int32Array(rows.length)];
  for (let at = 0; at < rows.length; at++) {
    isTruth[at] = truth[rows[at]!]!;
    isPredicted[at] = predicted[rows[at]!]!;
  }
  const [right, actual, claimed] = [new Float64Array(k), new Float64Array(k), new Float64Array(k)];
  const absent = (c: number): boolean => actual[c]! <= 0 && claimed[c]! <= 0;
  const ofOne = (c: number): number => {
    const below = name === "precision" ? claimed[c]! : name === "recall" ? actual[c]! : (actual[c]! + claimed[c]!) / 2;
    return below === 0 ? 0 : right[c]! / below;
  };
  return (weights) => {
    right.fill(0);
    actual.fill(0);
    claimed.fill(0);
    let total = 0;
    for (let at = 0; at < rows.length; at++) {
      const weight = weights[rows[at]!]!;
      const [t, p] = [isTruth[at]!, isPredicted[at]!];
      actual[t]! += weight;
      claimed[p]! += weight;
      if (t === p) right[t]! += weight;
      total += weight;
    }
    if (total === 0) return Number.NaN;
    if (positive !== undefined) return absent(positive) ? Number.NaN : ofOne(positive);
    let [sum, present] = [0, 0];
    for (let c = 0; c < k; c++) {
      if (absent(c)) continue;
      present++;
      sum += average === "macro" ? ofOne(c) : actual[c]! * ofOne(c);
    }
    return sum / (average === "macro" ? present : total);
  };
}

function scored(metric: string, { truth, classes }: Sample, scores: Float64Array, rows: Int32Array): Statistic {
  const k = classes.length;
  switch (metric) {
    case "log_loss":
      return mean(
        rows,
        (row) =>
          -Math.log(Math.min(Math.max(scores[row * k + truth[row]!]!, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY)),
      );
    case "calibration_error":
      return calibration(truth, scores, k, rows);
    default: {
      const each = (k === 2 ? [1] : classes.map((_, c) => c)).map((c) => areaUnderCurve(truth, scores, k, c, rows));
      return (weights) => each.reduce((sum, area) => sum + area(weights), 0) / each.length;
    }
  }
}

/** How far confidence and accuracy lie apart, averaged over bins of the highest probability. */
function calibration(truth: Float64Array, scores: Float64Array, k: number, rows: Int32Array): Statistic {
  const gap = new Float64Array(rows.length);
  const bin = new Uint8Array(rows.length);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    let best = 0;
    for (let c = 1; c < k; c++) if (scores[row * k + c]! > scores[row * k + best]!) best = c;
    const confidence = scores[row * k + best]!;
    gap[at] = (truth[row] === best ? 1 : 0) - confidence;
    // Bins are closed above, as those of scikit-learn's calibration curve.
    let b = 0;
    while (b < CALIBRATION_BINS - 1 && confidence > (b + 1) / CALIBRATION_BINS) b++;
    bin[at] = b;
  }
  const sums = new Float64Array(CALIBRATION_BINS);
  return (weights) => {
    sums.fill(0);
    let total = 0;
    for (let at = 0; at < rows.length; at++) {
      const weight = weights[rows[at]!]!;
      sums[bin[at]!]! += weight * gap[at]!;
      total += weight;
    }
    return sums.reduce((sum, each) => sum + Math.abs(each), 0) / total;
  };
}

/** The area under the ROC curve of one class against all others; ties count half. */
function areaUnderCurve(truth: Float64Array, scores: Float64Array, k: number, c: number, rows: Int32Array): Statistic {
  const order = rows.slice().sort((a, b) => scores[a * k + c]! - scores[b * k + c]! || a - b);
  const [positive, tied] = [new Uint8Array(order.length), new Uint8Array(order.length)];
  for (let at = 0; at < order.length; at++) {
    positive[at] = truth[order[at]!] === c ? 1 : 0;
    tied[at] = at + 1 < order.length && scores[order[at + 1]! * k + c] === scores[order[at]! * k + c] ? 1 : 0;
  }
  return (weights) => {
    let [area, below, above, here, hits] = [0, 0, 0, 0, 0];
    for (let at = 0; at < order.length; at++) {
      const weight = weights[order[at]!]!;
      if (positive[at]) hits += weight;
      else here += weight;
      if (tied[at]) continue;
      area += hits * (below + here / 2);
      below += here;
      above += hits;
      here = 0;
      hits = 0;
    }
    return below === 0 || above === 0 ? Number.NaN : area / (below * above);
  };
}

/** Whether the scores of every row are between 0 and 1 and sum to 1, as far as a single-precision float tells. */
function areProbabilities({ size, classes }: Sample, scores: Float64Array): boolean {
  const k = classes.length;
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let c = 0; c < k; c++) {
      const score = scores[row * k + c]!;
      if (score < 0 || score > 1) return false;
      sum += score;
    }
    if (Math.abs(sum - 1) > 1e-4) return false;
  }
  return true;
}
