import { quote, refuse } from "../../errors.ts";
import { parseJson, type Json } from "../text/json.ts";
import type { GoldenRow } from "./golden-set.ts";
import { boolean, check, count, number, object, optional, string, type Of } from "../text/shape.ts";

/** The answer to one row: probabilities by class, or one label or value. */
export type GoldenAnswer = { readonly scores: Readonly<Record<string, number>> } | { readonly y_pred: Json };

/**
 * The answers that a Seldon message holds, a row each. Several numbers in a row are probabilities, of the classes that the
 * message names (`t:0` and the like name the column only); one value is a label or a number.
 * @throws ActionError when there are not as many as were sent, or a value is no finite number or text
 */
export function goldenAnswers(body: string, sent: number, where: string): readonly GoldenAnswer[] {
  const message = parseJson(body, { where, maxBytes: 8 * 1024 * 1024 });
  const field = (value: Json | undefined, name: string): Json | undefined =>
    value !== null && typeof value === "object" && !Array.isArray(value) ? value[name] : undefined;
  const data = field(message, "data");
  const [tensor, names] = [field(data, "tensor"), field(data, "names")];
  const [shape, values] = [field(tensor, "shape"), field(tensor, "values")];
  let rows = field(data, "ndarray") ?? field(message, "jsonData");
  if (Array.isArray(shape) && Array.isArray(values)) {
    const width = values.length / Math.max(1, Number(shape[0]));
    rows = Array.from({ length: Number(shape[0]) }, (_, at) => values.slice(at * width, (at + 1) * width));
  }
  if (!Array.isArray(rows) || rows.length !== sent) {
    refuse({
      where,
      expected: `${sent} rows of answers, as many as were sent`,
      seen: Array.isArray(rows) ? `${rows.length}` : "none",
    });
  }
  return rows.map((row) => {
    const cells = Array.isArray(row) ? row : [row];
    const odd =
      cells.length === 0 ||
      cells.some((cell) => typeof cell !== "number" && (typeof cell !== "string" || cells.length > 1));
    if (odd) refuse({ where, expected: "numbers, or one label, in a row", seen: quote(JSON.stringify(row), 60) });
    if (cells.length === 1) return { y_pred: cells[0]! };
    const label = (at: number): string => {
      const named = Array.isArray(names) && names.length === cells.length ? names[at] : undefined;
      return typeof named === "string" && !/^t:\d+$/.test(named) ? named : String(at);
    };
    return { scores: Object.fromEntries(cells.map((cell, at) => [label(at), cell as number])) };
  });
}

/** Whatever is no text or number is refused where the predictions are read. */
const label = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

/** A golden row and its answer as a line of predictions. Labels are written as the true ones are, where those are known. */
export function predictionLine({ known }: GoldenRow, answer: GoldenAnswer): string {
  if (known.y_true === undefined) return JSON.stringify({ ...known, ...answer });
  if ("scores" in answer) {
    return JSON.stringify({ ...known, y_true: label(known.y_true), scores: answer.scores });
  }
  const { y_pred } = answer;
  const text = typeof known.y_true !== typeof y_pred;
  return JSON.stringify(text ? { ...known, y_true: label(known.y_true), y_pred: label(y_pred) } : { ...known, y_pred });
}

const side = object({
  answered: count,
  failure: optional(string({ most: 2000 })),
  latency: optional(object({ p50: number, p95: number, most: number })),
  bytes: optional(number),
  /** The file of its answers as predictions. Absolute; absent where a question was not answered. */
  predictions: optional(string()),
});
const shape = object({
  schema: count,
  asked: count,
  /** Whether the set says what is true. */
  labelled: boolean,
  candidate: side,
  live: optional(side),
  /** What it took to start the candidate and ask. */
  seconds: optional(number),
});

/** What asking told, as the part that asked hands it to the part that decides. */
export type GoldenFile = Of<typeof shape>;

export function parseGoldenFile(text: string, where: string): GoldenFile {
  return check(shape, parseJson(text, { where, maxBytes: 64 * 1024 }), where);
}
