import { refuse } from "../../errors.ts";
import type { Task } from "../metrics/predictions.ts";
import { MOST_FLIPS, type Flips } from "../report/gate-report.ts";
import { parseJson, type Json } from "../text/json.ts";

/** How two models answered the same questions, where nobody knows what is right. */
export type ChangedAnswers = {
  readonly rows: number;
  /** Of classes: which rows are answered differently. */
  readonly flips: Flips | undefined;
  /** Of probabilities or values. */
  readonly delta: { readonly most: number; readonly mean: number } | undefined;
};

type Answer = { readonly id: string | undefined; readonly label: Json; readonly numbers: readonly number[] };

const MAX_LINE_BYTES = 1024 * 1024;

/**
 * Compares answers that were written without what is true: JSON lines with `y_pred` or `scores`, and `id` where the set has one.
 * @param task left out, values where some number is not whole, else classes
 */
export function compareAnswers(candidate: string, live: string, task: Task | undefined): ChangedAnswers {
  const [ours, theirs] = [answersOf(candidate, "the candidate"), answersOf(live, "the live model")];
  const where = "the golden set's answers";
  if (ours.length !== theirs.length)
    refuse({ where, expected: `${ours.length} of both models`, seen: `${theirs.length}` });
  const values = (task ?? taskOf([...ours, ...theirs])) === "regression";
  const changed = ours.flatMap((answer, row) => (answer.label === theirs[row]!.label ? [] : [row]));
  const shown = changed.slice(0, MOST_FLIPS).map((row) => ({
    row: ours[row]!.id ?? `row ${row + 1}`,
    truth: "",
    from: textOf(theirs[row]!.label),
    to: textOf(ours[row]!.label),
  }));
  return {
    rows: ours.length,
    flips: values ? undefined : { total: changed.length, rows: ours.length, shown },
    delta: deltaOf(ours, theirs, values),
  };
}

function answersOf(text: string, called: string): readonly Answer[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line, at) => {
    const where = `answer ${at + 1} of ${called}`;
    const row = parseJson(line, { where, maxBytes: MAX_LINE_BYTES });
    const fields = row !== null && typeof row === "object" && !Array.isArray(row) ? row : {};
    const { id, scores, y_pred: label } = fields;
    const named = id === undefined ? undefined : textOf(id);
    if (scores !== null && typeof scores === "object" && !Array.isArray(scores)) {
      // By name, so that two models may list their classes in any order.
      const sorted = Object.entries(scores)
        .map(([of, score]) => [of, Number(score)] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
      const [best] = sorted.toSorted(([, a], [, b]) => b - a);
      return { id: named, label: best?.[0] ?? null, numbers: sorted.map(([, score]) => score) };
    }
    if (typeof label !== "string" && typeof label !== "number") {
      refuse({ where, expected: "y_pred or scores", seen: "neither" });
    }
    return { id: named, label, numbers: typeof label === "number" ? [label] : [] };
  });
}

/** Probabilities and texts are classes; so are numbers as long as all are whole. */
function taskOf(answers: readonly Answer[]): Task {
  return answers.some(({ label }) => typeof label === "number" && !Number.isInteger(label))
    ? "regression"
    : "classification";
}

/** A class may have a number for its name, whose distance to another says nothing: of classes only probabilities count. */
function deltaOf(ours: readonly Answer[], theirs: readonly Answer[], values: boolean): ChangedAnswers["delta"] {
  let [most, sum, count] = [0, 0, 0];
  for (const [row, { numbers }] of ours.entries()) {
    const others = theirs[row]!.numbers;
    if (numbers.length !== others.length || (!values && numbers.length < 2)) continue;
    for (const [at, number] of numbers.entries()) {
      const delta = Math.abs(number - others[at]!);
      most = Math.max(most, delta);
      sum += delta;
      count++;
    }
  }
  return count === 0 ? undefined : { most, mean: sum / count };
}

const textOf = (label: Json): string => (typeof label === "string" ? label : JSON.stringify(label));
