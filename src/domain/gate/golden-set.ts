import { quote, refuse } from "../../errors.ts";
import { readCsv } from "../metrics/csv.ts";
import { parseJson, type Json } from "../text/json.ts";

export const MAX_GOLDEN_BYTES = 64 * 1024 * 1024;
const MAX_ROWS = 20_000;
const MAX_ROW_BYTES = 4 * 1024 * 1024;

/** A held-out row: what is sent, and what is known of it: what is true (in all rows or in none), and the groups it is in. */
export type GoldenRow = { readonly x: Json; readonly known: Readonly<Record<string, Json>> };

/**
 * Reads a golden set: JSON lines or one JSON list of objects with `x` (the features of one row, as the model takes them), or CSV
 * with a head line, where `x` holds a JSON list or the columns `x_<name>` hold a feature each, in their order. `y_true` stands in
 * all rows or in none; `id`, `weight` and columns to group by may stand beside them.
 * @throws ActionError with the first row that does not fit: one that was dropped would change the verdict
 */
export function parseGolden(text: string, name: string): readonly GoldenRow[] {
  const content = text.replace(/^\ufeff/, "");
  const rows: GoldenRow[] = [];
  const add = (row: GoldenRow, where: string): void => {
    const [first] = rows;
    if (first && (first.known.y_true === undefined) !== (row.known.y_true === undefined)) {
      refuse({
        where,
        expected:
          first.known.y_true === undefined ? "no y_true, as in the rows before" : "y_true, as in the rows before",
        seen: row.known.y_true === undefined ? "none" : "one",
      });
    }
    rows.push(row);
    if (rows.length > MAX_ROWS) refuse({ where: name, expected: `at most ${MAX_ROWS} rows`, seen: "more" });
  };
  if (/^\s*\[/.test(content)) readList(content, name, add);
  else if (/^\s*\{/.test(content)) readLines(content, name, add);
  else readTable(content, name, add);
  if (rows.length === 0) refuse({ where: name, expected: "at least one row", seen: "none" });
  return rows;
}

type Add = (row: GoldenRow, where: string) => void;

function readLines(content: string, name: string, add: Add): void {
  for (const [at, line] of content.split(/\r\n|\n/).entries()) {
    if (line.trim() === "") continue;
    const where = `${name}, row ${at + 1}`;
    add(rowOf(parseJson(line, { where, maxBytes: MAX_ROW_BYTES }), where), where);
  }
}

function readList(content: string, name: string, add: Add): void {
  const list = parseJson(content, { where: name, maxBytes: MAX_GOLDEN_BYTES });
  if (!Array.isArray(list)) refuse({ where: name, expected: "a list of objects", seen: quote(content, 40) });
  for (const [at, value] of list.entries()) add(rowOf(value, `${name}, row ${at + 1}`), `${name}, row ${at + 1}`);
}

function rowOf(value: Json, where: string): GoldenRow {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    refuse({
      where,
      expected: 'an object, as {"x": [5.1, 3.5], "y_true": 0}',
      seen: quote(JSON.stringify(value), 40),
    });
  }
  const { x, ...known } = value;
  if (x !== undefined) return { x, known };
  const names = Object.keys(value).slice(0, 8);
  return refuse({ where, expected: "x", seen: names.map((each) => quote(each, 40)).join(", ") || "{}" });
}

/** As JSON writes one: what else looks like a number to some reader is a text here. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A table is read whole first: whether a column holds numbers is seen from all of its rows. */
function readTable(content: string, name: string, add: Add): void {
  let head: readonly string[] | undefined;
  const table: (readonly string[])[] = [];
  const lines: number[] = [];
  readCsv(content, name, (fields, line) => {
    if (head === undefined) {
      head = headOf(fields, `${name}, line ${line}`);
      return;
    }
    table.push([...fields]);
    lines.push(line);
    if (table.length > MAX_ROWS) refuse({ where: name, expected: `at most ${MAX_ROWS} rows`, seen: "more" });
  });
  const columns = (head ?? []).map((column, at): readonly Json[] => {
    const cells = table.map((fields) => fields[at]!);
    const where = (row: number): string => `${name}, line ${lines[row]}, ${quote(column, 60)}`;
    if (column === "x") {
      return cells.map((cell, row) => parseJson(cell, { where: where(row), maxBytes: MAX_ROW_BYTES }));
    }
    const counts = column.startsWith("x_") || column === "y_true" || column === "weight";
    return counts ? valuesOf(cells, where) : cells;
  });
  for (const [row, line] of lines.entries()) {
    const known: Record<string, Json> = Object.create(null);
    const features: Json[] = [];
    let x: Json | undefined;
    for (const [at, column] of head!.entries()) {
      const value = columns[at]![row]!;
      if (column === "x") x = value;
      else if (column.startsWith("x_")) features.push(value);
      else known[column] = value;
    }
    add({ x: x ?? features, known }, `${name}, line ${line}`);
  }
}

function headOf(fields: readonly string[], where: string): readonly string[] {
  if (fields.length === 1 && /[;\t]/.test(fields[0]!)) {
    refuse({
      where,
      expected: "columns separated by commas",
      seen: quote(fields[0]!, 60),
      fix: "Write the file again with commas; numbers with a point.",
    });
  }
  const twice = fields.find((field, at) => fields.indexOf(field) !== at);
  if (twice !== undefined) refuse({ where, expected: "each column once", seen: `${quote(twice, 60)} twice` });
  const odd = fields.find((field) => field.trim() === "" || field === "__proto__");
  if (odd !== undefined) refuse({ where, expected: "a name for every column", seen: quote(odd, 60) });
  const [whole, parts] = [fields.includes("x"), fields.some((field) => field.startsWith("x_"))];
  if (whole === parts) {
    refuse({
      where,
      expected: "the features: a column x with a JSON list, or a column x_<name> for each",
      seen: whole
        ? "both"
        : fields
            .slice(0, 8)
            .map((each) => quote(each, 40))
            .join(", "),
    });
  }
  return [...fields];
}

/** Numbers where all cells are numbers, else texts where none is. @throws ActionError for a mix: a model would see two types */
function valuesOf(cells: readonly string[], where: (row: number) => string): readonly Json[] {
  const numeric = cells.map((cell) => NUMBER.test(cell));
  const first = numeric[0] ?? true;
  const odd = cells.findIndex((cell, row) => cell === "" || numeric[row] !== first || /^-?\d+,\d+$/.test(cell));
  if (odd >= 0) {
    const cell = cells[odd]!;
    refuse({
      where: where(odd),
      expected: cell === "" ? "a value" : numeric.some(Boolean) ? "a number, as in other rows" : "a number or a text",
      seen: cell === "" ? "nothing" : quote(cell, 40),
      ...(/^-?\d+,\d+$/.test(cell) ? { fix: `Write a point: ${cell.replace(",", ".")}.` } : {}),
    });
  }
  return first ? cells.map(Number) : cells;
}
