import { quote, refuse } from "../../errors.ts";
import { parseJson, type Json } from "../text/json.ts";
import { readCsv } from "./csv.ts";

export const MAX_PREDICTIONS_BYTES = 256 * 1024 * 1024;
export const MAX_ROWS = 5_000_000;
const MAX_CLASSES = 200;
const MAX_COLUMNS = 64;
const MAX_LABEL = 200;

/** Texts by number: each distinct one once. */
export type Coded = { readonly texts: readonly string[]; readonly codes: Int32Array };

/** A file of predictions as it was read, a column each. */
export type Predictions = {
  /** How it was given, for errors. */
  readonly name: string;
  readonly rows: number;
  readonly truth: Coded;
  /** Absent where only scores are given. */
  readonly predicted: Coded | undefined;
  /** The probability of the second class of two. */
  readonly score: Float64Array | undefined;
  /** Probability by class. */
  readonly scores: ReadonlyMap<string, Float64Array>;
  readonly weight: Float64Array | undefined;
  readonly ids: readonly string[] | undefined;
  /** Every other column: what rows can be grouped by. */
  readonly groups: ReadonlyMap<string, Coded>;
};

/**
 * Reads predictions, a row each, as CSV with a head line or as JSON lines: `y_true`, `y_pred`, `score` (two classes) or
 * `score_<class>` (in JSON also `scores: {class: number}`), `weight`, `id`; every other column groups the rows.
 * @throws ActionError with the line of the first row that does not fit: a row that was dropped would change the verdict
 */
export function parsePredictions(text: string, name: string): Predictions {
  const columns = new Columns(name);
  if (/^\s*\{/.test(text.replace(/^\ufeff/, ""))) readJsonLines(text, name, columns);
  else readTable(text, name, columns);
  return columns.done();
}

function readTable(text: string, name: string, columns: Columns): void {
  let setters: ((field: string, line: number) => void)[] | undefined;
  readCsv(text, name, (fields, line) => {
    if (!setters) {
      if (fields.length === 1 && /[;\t]/.test(fields[0]!)) {
        refuse({
          where: name,
          expected: "columns separated by commas",
          seen: quote(fields[0]!),
          fix: "Write the file again with commas; numbers with a point.",
        });
      }
      const twice = fields.find((field, at) => fields.indexOf(field) !== at);
      if (twice !== undefined)
        refuse({ where: `${name}, line ${line}`, expected: "each column once", seen: `${quote(twice, 60)} twice` });
      setters = fields.map((field) => columns.setter(field));
      return;
    }
    for (const [at, set] of setters.entries()) set(fields[at]!, line);
    columns.endRow(line);
  });
}

function readJsonLines(text: string, name: string, columns: Columns): void {
  let line = 0;
  for (const one of text.replace(/^\ufeff/, "").split(/\r\n|\n/)) {
    line++;
    if (one.trim() === "") continue;
    const row = parseJson(one, { where: `${name}, row ${line}`, maxBytes: 1024 * 1024, maxDepth: 4 });
    if (row === null || typeof row !== "object" || Array.isArray(row)) {
      refuse({
        where: `${name}, line ${line}`,
        expected: 'an object, as {"y_true": 3, "y_pred": 3}',
        seen: quote(one, 40),
      });
    }
    for (const [key, value] of Object.entries(row)) {
      if (key === "scores" && value !== null && typeof value === "object" && !Array.isArray(value)) {
        for (const [label, score] of Object.entries(value)) columns.json(`score_${label}`, score, line);
      } else columns.json(key, value, line);
    }
    columns.endRow(line);
  }
}

/** Gathers columns row by row. */
class Columns {
  private readonly name: string;
  private readonly coded = new Map<string, Coder>();
  private readonly numeric = new Map<string, Numbers>();
  private readonly kinds = new Map<string, { kind: string; line: number }>();
  private readonly setters = new Map<string, (field: string, line: number) => void>();
  private ids: string[] | undefined;
  private rows = 0;

  constructor(name: string) {
    this.name = name;
  }

  setter(column: string): (field: string, line: number) => void {
    const known = this.setters.get(column);
    if (known) return known;
    const made = this.makeSetter(column);
    if (this.setters.size >= MAX_COLUMNS)
      refuse({ where: this.name, expected: `at most ${MAX_COLUMNS} columns`, seen: "more" });
    this.setters.set(column, made);
    return made;
  }

  private makeSetter(column: string): (field: string, line: number) => void {
    if (column === "class") {
      refuse({
        where: this.name,
        expected: "another name for the column",
        seen: '"class"',
        fix: "class=<label> names the slices by true class already.",
      });
    }
    if (column.trim() === "" || column.length > MAX_LABEL || /[\u0000-\u001f]/.test(column)) {
      refuse({ where: this.name, expected: "a name for every column, on one line", seen: quote(column, 40) });
    }
    if (column === "id") {
      const ids: string[] = [];
      this.ids = ids;
      return (field) => void ids.push(field);
    }
    if (column === "weight" || column === "score" || column.startsWith("score_")) {
      const numbers = new Numbers();
      this.numeric.set(column, numbers);
      const negative = column === "weight";
      return (field, line) => numbers.push(this.number(field, column, line, negative));
    }
    const coder = new Coder();
    this.coded.set(column, coder);
    const label = column === "y_true" || column === "y_pred";
    return (field, line) => {
      if (label && field.trim() === "") this.refuseAt(line, column, "a label or a number", "nothing");
      if (field.length > MAX_LABEL) this.refuseAt(line, column, `at most ${MAX_LABEL} characters`, `${field.length}`);
      coder.push(field);
    };
  }

  json(column: string, value: Json, line: number): void {
    const set = this.setter(column);
    const isNumber = this.numeric.has(column);
    const kind = value === null || typeof value === "object" ? "neither" : typeof value;
    if (kind === "neither" || (isNumber && kind !== "number")) {
      this.refuseAt(line, column, isNumber ? "a number" : "a text or a number", quote(JSON.stringify(value), 40));
    }
    // Types of labels are compared over both columns: a model that says "1" where 1 is true would never be right.
    const family = column === "y_true" || column === "y_pred" ? "y" : column;
    const before = this.kinds.get(family);
    if (!before) this.kinds.set(family, { kind, line });
    else if (before.kind !== kind && column !== "id") {
      this.refuseAt(
        line,
        column,
        `a ${before.kind}, as in line ${before.line}`,
        `the ${kind} ${quote(JSON.stringify(value), 40)}`,
      );
    }
    set(typeof value === "string" ? value : JSON.stringify(value), line);
  }

  endRow(line: number): void {
    this.rows++;
    if (this.rows > MAX_ROWS) refuse({ where: this.name, expected: `at most ${MAX_ROWS} rows`, seen: "more" });
    for (const [column, { length }] of this.sizes()) {
      // Looked at in every row, so that the mistake has its line.
      if (length !== this.rows) this.refuseAt(line, column, "a value in every row", "none in this one");
    }
  }

  private sizes(): readonly (readonly [string, { length: number }])[] {
    this.all ??= [];
    if (this.all.length !== this.setters.size) {
      this.all = [...this.coded, ...this.numeric, ...(this.ids ? [["id", this.ids] as const] : [])];
    }
    return this.all;
  }
  private all: (readonly [string, { length: number }])[] | undefined;

  private number(field: string, column: string, line: number, nonNegative: boolean): number {
    const value = field.trim() === "" ? Number.NaN : Number(field);
    if (!Number.isFinite(value) || (nonNegative && value < 0)) {
      const fix = /^\s*-?\d+,\d+\s*$/.test(field) ? `Write a point: ${field.trim().replace(",", ".")}.` : undefined;
      this.refuseAt(
        line,
        column,
        nonNegative ? "a finite number, not negative" : "a finite number",
        quote(field, 40),
        fix,
      );
    }
    return value;
  }

  private refuseAt(line: number, column: string, expected: string, seen: string, fix?: string): never {
    refuse({
      where: `${this.name}, line ${line}, ${quote(column, 60)}`,
      expected,
      seen,
      ...(fix === undefined ? {} : { fix }),
    });
  }

  done(): Predictions {
    const truth = this.coded.get("y_true");
    const predicted = this.coded.get("y_pred");
    if (this.rows === 0) refuse({ where: this.name, expected: "at least one row", seen: "none" });
    if (!truth) {
      refuse({
        where: this.name,
        expected: "a column y_true",
        seen: [...this.setters.keys()]
          .slice(0, 8)
          .map((each) => quote(each, 40))
          .join(", "),
      });
    }
    const scores = new Map<string, Float64Array>();
    for (const [column, numbers] of this.numeric) {
      if (column.startsWith("score_")) scores.set(column.slice("score_".length), numbers.done());
    }
    const score = this.numeric.get("score")?.done();
    if (!predicted && !score && scores.size === 0) {
      refuse({ where: this.name, expected: "a column y_pred, score or score_<class>", seen: "none of them" });
    }
    if (score && scores.size > 0)
      refuse({ where: this.name, expected: "score for two classes, or score_<class> for each", seen: "both" });
    const groups = new Map(
      [...this.coded]
        .filter(([column]) => column !== "y_true" && column !== "y_pred")
        .map(([column, coder]) => [column, coder.done()]),
    );
    if (this.ids && new Set(this.ids).size !== this.ids.length) {
      refuse({ where: `${this.name}, "id"`, expected: "each id once", seen: "one twice" });
    }
    return {
      name: this.name,
      rows: this.rows,
      truth: truth.done(),
      predicted: predicted?.done(),
      score,
      scores,
      weight: this.numeric.get("weight")?.done(),
      ids: this.ids,
      groups,
    };
  }
}

/** A column of texts that grows. */
class Coder {
  private readonly known = new Map<string, number>();
  private readonly texts: string[] = [];
  private codes = new Int32Array(1024);
  length = 0;

  push(text: string): void {
    let code = this.known.get(text);
    if (code === undefined) {
      code = this.texts.length;
      this.known.set(text, code);
      this.texts.push(text);
    }
    if (this.length === this.codes.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.codes);
      this.codes = grown;
    }
    this.codes[this.length++] = code;
  }

  done(): Coded {
    return { texts: this.texts, codes: this.codes.subarray(0, this.length) };
  }
}

/** A column of numbers that grows. */
class Numbers {
  private values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Float64Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  done(): Float64Array {
    return this.values.subarray(0, this.length);
  }
}

/** 0, 1, 2 … A loop, not `from`: that is ten times slower on long columns. */
export function everyRow(size: number): Int32Array {
  const rows = new Int32Array(size);
  for (let row = 0; row < size; row++) rows[row] = row;
  return rows;
}

export type Task = "classification" | "regression";

/** One model's answers to the rows. */
export type Answers = {
  /** The class by number, or the value. */
  readonly predicted: Float64Array;
  /** Probability by class, a row after the other: rows × classes. */
  readonly scores: Float64Array | undefined;
};

export type Group = { readonly column: string; readonly names: readonly string[]; readonly of: Int32Array };

/** Rows that one or two models answered. Their order is that of their content, so that it does not hang on the file's. */
export type Sample = {
  readonly task: Task;
  readonly size: number;
  /** Sorted; by value where all are numbers. Empty for a regression. */
  readonly classes: readonly string[];
  /** The class by number, or the value. */
  readonly truth: Float64Array;
  readonly weight: Float64Array;
  readonly weighted: boolean;
  readonly groups: readonly Group[];
  readonly candidate: Answers;
  readonly baseline: Answers | undefined;
  /** Where each row stood in the candidate's file, from 0. */
  readonly origin: Int32Array;
  readonly ids: readonly string[] | undefined;
};

/**
 * Puts the candidate's predictions, and the baseline's for the same rows, side by side. Rows pair by `id` where both files have
 * one, else by their place; what is true must be the same in both.
 * @throws ActionError with the first row that does not pair, and where it can not be told what kind of answers these are
 */
export function makeSample(
  candidate: Predictions,
  baseline: Predictions | undefined,
  { task: asked, source = "predictions" }: { task?: Task | undefined; source?: string } = {},
): Sample {
  const task = asked ?? taskOf(candidate, baseline);
  const match = baseline && pairRows(candidate, baseline);
  const n = candidate.rows;
  const classes = task === "classification" ? classesOf(candidate, baseline) : [];
  const number = new Map(classes.map((label, at) => [label, at]));
  const value = (text: string, name: string): number => {
    if (task === "classification") return number.get(text)!;
    const parsed = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isFinite(parsed)) return parsed;
    return refuse({ where: name, expected: "finite numbers, since this is a regression", seen: quote(text, 40) });
  };
  const values = ({ texts, codes }: Coded, name: string): Float64Array => {
    const of = Float64Array.from(texts, (text) => value(text, name));
    const all = new Float64Array(codes.length);
    for (let row = 0; row < all.length; row++) all[row] = of[codes[row]!]!;
    return all;
  };
  const answers = (from: Predictions, rowOf: (row: number) => number): Answers => {
    const scores = scoresOf(from, classes);
    const all = from.predicted ? values(from.predicted, from.name) : labelsOf(scores!, classes.length, from.rows);
    const k = classes.length;
    const predicted = new Float64Array(n);
    const moved = scores && new Float64Array(n * k);
    for (let row = 0; row < n; row++) {
      const other = rowOf(row);
      predicted[row] = all[other]!;
      if (scores) moved!.set(scores.subarray(other * k, other * k + k), row * k);
    }
    return { predicted, scores: moved };
  };
  const sample: Sample = {
    task,
    size: n,
    classes,
    truth: values(candidate.truth, candidate.name),
    weight: candidate.weight ?? new Float64Array(n).fill(1),
    weighted: candidate.weight !== undefined,
    groups: [...candidate.groups]
      .map(([column, coded]) => groupOf(column, coded))
      .sort((a, b) => (a.column < b.column ? -1 : 1)),
    candidate: answers(candidate, (row) => row),
    baseline: baseline && answers(baseline, (row) => match![row]!),
    origin: everyRow(n),
    ids: candidate.ids,
  };
  if (sample.weight.every((each) => each === 0))
    refuse({ where: source, expected: "a weight above 0 in some row", seen: "none" });
  return sorted(sample);
}

/** Whether answers are classes or values, where nobody said: numbers of which some are not whole are values. */
function taskOf(candidate: Predictions, baseline: Predictions | undefined): Task {
  const both = [candidate, ...(baseline ? [baseline] : [])];
  if (both.some(({ score, scores }) => score !== undefined || scores.size > 0)) return "classification";
  const texts = both.flatMap(({ truth, predicted }) => [...truth.texts, ...(predicted?.texts ?? [])]);
  const numbers = texts.map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
  if (numbers.every(Number.isFinite) && !numbers.every(Number.isInteger)) return "regression";
  if (numbers.every(Number.isFinite) && candidate.truth.texts.length > MAX_CLASSES) {
    refuse({
      where: candidate.name,
      expected: "to know whether whole numbers are classes or values",
      seen: `${candidate.truth.texts.length} different ones`,
      fix: "Set task: regression or task: classification.",
    });
  }
  return "classification";
}

function classesOf(candidate: Predictions, baseline: Predictions | undefined): string[] {
  const labels = new Set<string>();
  for (const each of [candidate, baseline]) {
    if (!each) continue;
    for (const text of each.truth.texts) labels.add(text);
    for (const text of each.predicted?.texts ?? []) labels.add(text);
    for (const label of each.scores.keys()) labels.add(label);
  }
  if (labels.size > MAX_CLASSES) {
    refuse({
      where: candidate.name,
      expected: `at most ${MAX_CLASSES} classes`,
      seen: `${labels.size}`,
      fix: "Set task: regression if these are values.",
    });
  }
  const all = [...labels];
  const byValue = new Map<number, string>();
  for (const label of all) {
    const value = label.trim() === "" ? Number.NaN : Number(label);
    const twin = byValue.get(value);
    if (Number.isFinite(value) && twin !== undefined) {
      refuse({
        where: candidate.name,
        expected: "labels that are written in one way",
        seen: `${quote(twin)} and ${quote(label)}`,
        fix: "They would count as two classes. Write them alike in y_true and y_pred.",
      });
    }
    byValue.set(value, label);
  }
  const numeric = all.every((label) => label.trim() !== "" && Number.isFinite(Number(label)));
  return all.sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : 1));
}

/** Rows × classes; of two classes the one score stands for the second. */
function scoresOf({ name, score, scores, rows }: Predictions, classes: readonly string[]): Float64Array | undefined {
  const k = classes.length;
  if (score) {
    if (k !== 2)
      refuse({
        where: name,
        expected: "two classes where there is one score",
        seen: `${k}`,
        fix: "Write a column score_<class> for each class.",
      });
    const both = new Float64Array(rows * 2);
    for (let row = 0; row < rows; row++) {
      both[row * 2] = 1 - score[row]!;
      both[row * 2 + 1] = score[row]!;
    }
    return both;
  }
  if (scores.size === 0) return undefined;
  const all = new Float64Array(rows * k);
  for (const [at, label] of classes.entries()) {
    const column = scores.get(label);
    if (!column)
      refuse({
        where: name,
        expected: `a column score_<class> for each of ${k} classes`,
        seen: `none for ${quote(label, 60)}`,
      });
    for (let row = 0; row < rows; row++) all[row * k + at] = column[row]!;
  }
  return all;
}

/** The class of the highest score, the first of several. */
function labelsOf(scores: Float64Array, k: number, rows: number): Float64Array {
  const labels = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let best = 0;
    for (let c = 1; c < k; c++) if (scores[row * k + c]! > scores[row * k + best]!) best = c;
    labels[row] = best;
  }
  return labels;
}

function groupOf(column: string, { texts, codes }: Coded): Group {
  const order = texts.map((_, at) => at).sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1));
  const rank = new Int32Array(texts.length);
  for (const [at, code] of order.entries()) rank[code] = at;
  const names = order.map((code) => texts[code]! || "(empty)");
  const of = new Int32Array(codes.length);
  for (let row = 0; row < of.length; row++) of[row] = rank[codes[row]!]!;
  return { column, names, of };
}

/** For each row of the candidate's the row of the baseline's. */
function pairRows(candidate: Predictions, baseline: Predictions): Int32Array {
  const pairs = new Int32Array(candidate.rows);
  const fix = "Both files must hold the same held-out rows.";
  if (candidate.rows !== baseline.rows) {
    refuse({
      where: baseline.name,
      expected: `${candidate.rows} rows, as in ${candidate.name}`,
      seen: `${baseline.rows}`,
      fix,
    });
  }
  const byId = candidate.ids && baseline.ids ? new Map(baseline.ids.map((id, row) => [id, row])) : undefined;
  for (let row = 0; row < candidate.rows; row++) {
    const other = byId ? byId.get(candidate.ids![row]!) : row;
    if (other === undefined) {
      refuse({ where: baseline.name, expected: `a row with id ${quote(candidate.ids![row]!, 60)}`, seen: "none", fix });
    }
    const [ours, theirs] = [candidate.truth, baseline.truth].map(
      ({ texts, codes }, at) => texts[codes[at === 0 ? row : other]!],
    );
    if (ours !== theirs && !(Number(ours) === Number(theirs) && /\./.test(`${ours}${theirs}`))) {
      refuse({
        where: `${baseline.name}, row ${other + 1}`,
        expected: `y_true ${quote(ours!, 40)}, as in ${candidate.name}`,
        seen: quote(theirs!, 40),
        fix,
      });
    }
    pairs[row] = other;
  }
  return pairs;
}

/** The same rows in the order of their content, so that sums and draws do not hang on the order of a file. */
function sorted(sample: Sample): Sample {
  const { size, truth, weight, groups, candidate, baseline, classes } = sample;
  const k = classes.length;
  const plain = [
    truth,
    candidate.predicted,
    ...(baseline ? [baseline.predicted] : []),
    weight,
    ...groups.map(({ of }) => of),
  ];
  const tables = [candidate.scores, baseline?.scores].filter((each) => each !== undefined);
  const order = everyRow(size).sort((a, b) => {
    for (const column of plain) {
      const difference = column[a]! - column[b]!;
      if (difference !== 0) return difference;
    }
    for (const table of tables) {
      for (let c = 0; c < k; c++) {
        const difference = table[a * k + c]! - table[b * k + c]!;
        if (difference !== 0) return difference;
      }
    }
    return 0;
  });
  const moved = <T extends Float64Array | Int32Array>(column: T): T => {
    const next = column.slice() as T;
    for (let row = 0; row < size; row++) next[row] = column[order[row]!]!;
    return next;
  };
  const movedScores = (table: Float64Array | undefined): Float64Array | undefined => {
    if (!table) return undefined;
    const next = new Float64Array(table.length);
    for (let row = 0; row < size; row++) next.set(table.subarray(order[row]! * k, order[row]! * k + k), row * k);
    return next;
  };
  const movedAnswers = (answers: Answers): Answers => ({
    predicted: moved(answers.predicted),
    scores: movedScores(answers.scores),
  });
  return {
    ...sample,
    truth: moved(truth),
    weight: moved(weight),
    groups: groups.map((group) => ({ ...group, of: moved(group.of) })),
    candidate: movedAnswers(candidate),
    baseline: baseline && movedAnswers(baseline),
    origin: order,
  };
}
