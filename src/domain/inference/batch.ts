import { quote, refuse } from "../../errors.ts";
import { readCsv } from "../metrics/csv.ts";
import { parseJson, type Json } from "../text/json.ts";
import { payloadOf } from "./smoke.ts";

export const MAX_BATCH_BYTES = 64 * 1024 * 1024;

/** Rows to be predicted, with the columns' names where the file tells them. */
export type Batch = { readonly names: readonly string[]; readonly rows: readonly Json[] };

/**
 * Reads a file of rows: CSV with a line of names first, JSON (a list of rows, or Seldon's `data` object), or a row on each line.
 * @throws ActionError with the line of the first mistake
 */
export function parseBatch(text: string, file: string): Batch {
  const batch = /\.csv$/i.test(file)
    ? fromCsv(text, file)
    : /\.(?:jsonl|ndjson)$/i.test(file)
      ? fromLines(text, file)
      : fromJson(text, file);
  if (batch.rows.length === 0) refuse({ where: file, expected: "rows", seen: "none" });
  return batch;
}

function fromCsv(text: string, file: string): Batch {
  let names: readonly string[] | undefined;
  const rows: Json[] = [];
  readCsv(text, file, (fields) => {
    if (names === undefined) names = [...fields];
    else rows.push(fields.map(cell));
  });
  return { names: names ?? [], rows };
}

/** A number where the text is one, and nothing but one. */
const cell = (field: string): Json => (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(field) ? Number(field) : field);

function fromLines(text: string, file: string): Batch {
  const lines = text.split(/\r?\n/);
  const rows = lines.flatMap((line, at) =>
    line.trim() === "" ? [] : [parseJson(line, { where: `${file}, line ${at + 1}`, maxBytes: MAX_BATCH_BYTES })],
  );
  const [first] = rows;
  // Objects name their columns; a row that lacks one can not be asked.
  if (first === null || typeof first !== "object" || Array.isArray(first)) return { names: [], rows };
  const names = Object.keys(first);
  return {
    names,
    rows: rows.map((row, at) => {
      const fields = row !== null && typeof row === "object" && !Array.isArray(row) ? row : {};
      return names.map((name) => fields[name] ?? missing(`${file}, row ${at + 1}`, name));
    }),
  };
}

function fromJson(text: string, file: string): Batch {
  const value = parseJson(text, { where: file, maxBytes: MAX_BATCH_BYTES });
  const payload = Array.isArray(value) ? { value, shape: [0, 0] } : payloadOf(value);
  if (!Array.isArray(payload?.value)) {
    return refuse({
      where: file,
      expected: "a list of rows, or an object with data",
      seen: quote(text.trim().slice(0, 60)),
    });
  }
  const data = Array.isArray(value) || value === null || typeof value !== "object" ? undefined : value.data;
  const told = data !== null && typeof data === "object" && !Array.isArray(data) ? data.names : undefined;
  return { names: Array.isArray(told) ? told.map(String) : [], rows: payload.value };
}

const missing = (where: string, name: string): never =>
  refuse({ where, expected: `a value for ${quote(name)}`, seen: "none" });

/**
 * The predictions as a file of the kind that its name says: CSV, JSON (a list), or a line for each row.
 * @param names of the predicted columns; made up where the model tells none
 */
export function predictionsText(rows: readonly Json[], names: readonly string[], file: string): string {
  if (/\.csv$/i.test(file)) {
    const width = Math.max(...rows.map((row) => (Array.isArray(row) ? row.length : 1)), 1);
    const head = Array.from(
      { length: width },
      (_, at) => names[at] ?? (width === 1 ? "prediction" : `prediction:${at}`),
    );
    return [head, ...rows.map((row) => (Array.isArray(row) ? row : [row]))]
      .map((fields) => `${fields.map(csvCell).join(",")}\n`)
      .join("");
  }
  if (/\.(?:jsonl|ndjson)$/i.test(file)) return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  return `${JSON.stringify(rows)}\n`;
}

function csvCell(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
