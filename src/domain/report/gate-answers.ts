import { confusion } from "../metrics/measure.ts";
import type { Answers, Sample } from "../metrics/predictions.ts";
import { MOST_CLASSES, MOST_FLIPS, type Confusion, type Flips } from "./gate-report.ts";

/** Which classes are taken for which, by both models; nothing where no table could show it. */
export function confusionOf(sample: Sample): Confusion | undefined {
  const { task, classes, candidate, baseline } = sample;
  if (task !== "classification" || classes.length > MOST_CLASSES) return undefined;
  return { classes, candidate: confusion(sample, candidate), baseline: baseline && confusion(sample, baseline) };
}

/** The rows whose answer changed: those that became wrong first, then those that became right, then wrong in another way. */
export function flipsOf(sample: Sample): Flips | undefined {
  const { task, classes, truth, candidate, baseline, origin, ids, size } = sample;
  if (task !== "classification" || !baseline) return undefined;
  const kindOf = (row: number, answers: Answers): boolean => answers.predicted[row] === truth[row];
  const found: { row: number; rank: number }[] = [];
  let [mended, broken] = [0, 0];
  for (let row = 0; row < size; row++) {
    if (candidate.predicted[row] === baseline.predicted[row]) continue;
    const [now, before] = [kindOf(row, candidate), kindOf(row, baseline)];
    if (now) mended++;
    if (before) broken++;
    found.push({ row, rank: before ? 0 : now ? 1 : 2 });
  }
  const shown = found
    .toSorted((a, b) => a.rank - b.rank || origin[a.row]! - origin[b.row]!)
    .slice(0, MOST_FLIPS)
    .map(({ row }) => ({
      row: ids?.[origin[row]!] ?? `row ${origin[row]! + 1}`,
      truth: classes[truth[row]!]!,
      from: classes[baseline.predicted[row]!]!,
      to: classes[candidate.predicted[row]!]!,
    }));
  return { total: found.length, rows: size, mended, broken, shown };
}
