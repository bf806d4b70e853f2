import { ActionError, messageOf, quote, type Mistake } from "../../errors.ts";
import { parseJson, type Json } from "../text/json.ts";
import { payloadOf, tellShape } from "./smoke.ts";

const MAX_CONTRACT_BYTES = 1024 * 1024;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
const MOST_COLUMNS = 100_000;

type Bound = number | undefined;
/** A column or more of a contract, as Seldon's testers read it. */
export type Feature = {
  readonly name: string;
  /** Columns, one after the other. */
  readonly columns: number;
  /** Of one row, where the contract gives it; a picture has several dimensions. */
  readonly shape: readonly number[] | undefined;
  readonly repeat: number;
} & (
  | { readonly kind: "continuous"; readonly whole: boolean; readonly least: Bound; readonly most: Bound }
  | { readonly kind: "categorical"; readonly values: readonly Json[] }
);

export type Contract = { readonly features: readonly Feature[]; readonly targets: readonly Feature[] };

/** Reads a `contract.json` as Seldon's own testers do. @throws ActionError with every mistake */
export function parseContract(text: string, where = "contract.json"): Contract {
  const value = parseJson(text, { where, maxBytes: MAX_CONTRACT_BYTES });
  const mistakes: Mistake[] = [];
  const read = (name: "features" | "targets"): Feature[] => {
    const list = field(value, name);
    if (!Array.isArray(list) || list.length === 0) {
      mistakes.push({ where, expected: `a list ${name}`, seen: list === undefined ? "none" : "something else" });
      return [];
    }
    return list.flatMap((each, at) => feature(each, `${where}, ${name}[${at}]`, mistakes));
  };
  const contract = { features: read("features"), targets: read("targets") };
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
  return contract;
}

function feature(value: Json, where: string, mistakes: Mistake[]): Feature[] {
  const before = mistakes.length;
  const wrong = (name: string, expected: string): void => {
    const seen = field(value, name);
    mistakes.push({
      where: `${where}.${name}`,
      expected,
      seen: seen === undefined ? "nothing" : quote(JSON.stringify(seen)),
    });
  };
  const name = field(value, "name");
  if (typeof name !== "string") wrong("name", "a text");
  const repeat = field(value, "repeat") ?? 1;
  if (!isCount(repeat)) wrong("repeat", "a whole number from 1");
  const shape = field(value, "shape");
  if (shape !== undefined && !(Array.isArray(shape) && shape.length > 0 && shape.every(isCount)))
    wrong("shape", "sizes, each from 1");
  const sizes = Array.isArray(shape) ? (shape as number[]) : undefined;
  const base = {
    name: typeof name === "string" ? name : "",
    columns: (sizes ?? [1]).reduce((product, size) => product * size, 1),
    shape: sizes,
    repeat: Number(repeat),
  };
  if (base.columns * base.repeat > MOST_COLUMNS) wrong("shape", `at most ${MOST_COLUMNS} columns`);
  const ftype = field(value, "ftype");
  if (ftype === "categorical") {
    const values = field(value, "values");
    if (!Array.isArray(values) || values.length === 0) wrong("values", "a list of categories");
    return mistakes.length > before ? [] : [{ ...base, kind: "categorical", values: values as Json[] }];
  }
  if (ftype !== "continuous") {
    wrong("ftype", "continuous or categorical");
    return [];
  }
  const dtype = field(value, "dtype");
  if (dtype !== "FLOAT" && dtype !== "INT") wrong("dtype", "FLOAT or INT");
  const range = field(value, "range") ?? ["inf", "inf"];
  const bound = (at: number): Bound => {
    const each = Array.isArray(range) ? range[at] : undefined;
    if (each === "inf") return undefined;
    if (typeof each === "number") return each;
    wrong("range", `two numbers, either of which may be "inf"`);
    return undefined;
  };
  const [least, most] = [bound(0), bound(1)];
  if (least !== undefined && most !== undefined && least > most) wrong("range", "the lower bound first");
  return mistakes.length > before ? [] : [{ ...base, kind: "continuous", whole: dtype === "INT", least, most }];
}

/** Column names: `x`, or `x1` … for a repeated one, as the testers name them. */
export function columnNames(features: readonly Feature[]): readonly string[] {
  return features.flatMap(({ name, columns, repeat }) =>
    Array.from({ length: repeat }, (_, turn) => (repeat === 1 ? name : `${name}${turn + 1}`)).flatMap((each) =>
      columns === 1 ? [each] : Array.from({ length: columns }, (_, at) => `${each}:${at}`),
    ),
  );
}

/** A batch of made-up rows. The same number gives the same rows. */
export function generateBatch(contract: Contract, rows: number, seed: number): Json {
  const chance = random(seed);
  const [only] = contract.features;
  const picture =
    contract.features.length === 1 && only!.repeat === 1 && (only!.shape?.length ?? 0) > 1 ? only!.shape : undefined;
  return Array.from({ length: rows }, (): Json => {
    const row = contract.features.flatMap((each) =>
      Array.from({ length: each.columns * each.repeat }, (): Json => sample(each, chance)),
    );
    return picture === undefined ? row : nested(row, picture);
  });
}

/**
 * What an answer breaks of a contract's targets: type, range, categories, shape, rows as many as were sent, no null and no NaN.
 * @param body of an answer with status 200
 */
export function judgeContract(contract: Contract, rows: number, body: string): readonly string[] {
  let answer: Json;
  try {
    answer = parseJson(body, { where: "the answer's body", maxBytes: MAX_ANSWER_BYTES });
  } catch (thrown) {
    if (/\b(?:NaN|-?Infinity)\b/.test(body))
      return ["data: expected finite numbers, saw NaN or Infinity, which is not JSON"];
    return [
      thrown instanceof ActionError
        ? thrown.mistakes.map(({ expected, seen }) => `the answer's body: expected ${expected}, saw ${seen}`).join("; ")
        : messageOf(thrown),
    ];
  }
  const found = payloadOf(answer);
  if (found === undefined || !found.table)
    return ["the answer: expected a table (data.ndarray, data.tensor, outputs or predictions), saw none"];
  const { where, value } = found;
  // In the protocols of TensorFlow and V2 a row of one value may stand for itself.
  const shape = found.shape?.length === 1 && !where.startsWith("data.") ? [...found.shape, 1] : found.shape;
  if (shape === undefined || shape.length < 2) {
    return [`${where}: expected 2 dimensions or more, saw ${tellShape(shape)}`];
  }
  const reasons: string[] = [];
  if (shape[0] !== rows) reasons.push(`${where}: expected ${rows} rows, as many as were sent, saw ${shape[0]}`);
  const columns = contract.targets.flatMap((target) =>
    Array.from({ length: target.columns * target.repeat }, () => target),
  );
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  if (width !== columns.length) {
    reasons.push(
      `${where}: expected ${columns.length} columns (${columnNames(contract.targets).slice(0, 5).join(", ")}), saw ${width}`,
    );
    return reasons;
  }
  const names = columnNames(contract.targets);
  for (const [at, row] of (value as Json[]).entries()) {
    for (const [column, cell] of [row].flat(Infinity as 1).entries()) {
      const fault = cellFault(columns[column]!, cell);
      if (fault !== undefined)
        reasons.push(
          `${where}[${at}][${column}] (${names[column]}): expected ${fault}, saw ${quote(JSON.stringify(cell))}`,
        );
      if (reasons.length >= 5) return reasons;
    }
  }
  return reasons;
}

function cellFault(target: Feature, cell: Json): string | undefined {
  if (target.kind === "categorical") {
    const same = target.values.some((each) => each === cell || (typeof cell === "number" && Number(each) === cell));
    return same
      ? undefined
      : `one of ${target.values
          .slice(0, 10)
          .map((each) => JSON.stringify(each))
          .join(", ")}`;
  }
  if (typeof cell !== "number") return target.whole ? "a whole number" : "a number";
  if (target.whole && !Number.isInteger(cell)) return "a whole number";
  // A probability may be over 1 by what a float rounds.
  const slack = 1e-9;
  if (target.least !== undefined && cell < target.least - slack) return `${target.least} or more`;
  if (target.most !== undefined && cell > target.most + slack) return `${target.most} or less`;
  return undefined;
}

/** One of the testers' values: uniform between two bounds, log-normal from one, normal without. */
function sample(of: Feature, chance: () => number): Json {
  if (of.kind === "categorical") return of.values[Math.floor(chance() * of.values.length)]!;
  const { least, most, whole } = of;
  const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  const value =
    least === undefined
      ? most === undefined
        ? normal
        : most - Math.exp(normal)
      : most === undefined
        ? least + Math.exp(normal)
        : least + chance() * (most - least);
  const rounded = whole ? Math.round(value) : Math.round(value * 1000) / 1000;
  return Math.min(Math.max(rounded, least ?? -Infinity), most ?? Infinity);
}

/** Numbers from 0 to 1 that look like chance (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function nested(values: readonly Json[], [size = 1, ...rest]: readonly number[]): Json {
  if (rest.length === 0) return [...values];
  const step = values.length / size;
  return Array.from({ length: size }, (_, at) => nested(values.slice(at * step, (at + 1) * step), rest));
}

const isCount = (value: Json): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MOST_COLUMNS;
const field = (value: Json, name: string): Json | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, name)
    ? value[name]
    : undefined;
