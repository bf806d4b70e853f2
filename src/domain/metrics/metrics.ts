import { ActionError, quote, type Mistake } from "../../errors.ts";
import { parseJson, type Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";

/** Finite numbers by name, and by slice of the data where the file has them. */
export type Metrics = {
  readonly values: Readonly<Record<string, number>>;
  /** Metric → slice (`class=3`) → value. */
  readonly slices?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Metric → its values, one a step. Kept in the artifact, not in the record. */
  readonly series?: Readonly<Record<string, readonly number[]>>;
};

export const MAX_METRICS_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;
const MAX_METRICS = 500;
const MAX_SLICED = 100;
const MAX_NAME = 256;
const MAX_SERIES = 50;
export const MAX_SERIES_POINTS = 10_000;

/**
 * Reads a metrics file: a map of numbers in JSON or YAML, nested ones named with dots (`test.accuracy`). A map `slices` at the
 * top holds metric → slice → number, a map `series` metric → list of numbers, one a step. A metric that is no finite number is refused with its name, since a gate that overlooked
 * it would let a bad model pass.
 * @param name of the file: `.json` is read as JSON, anything else as YAML (which JSON is a part of)
 * @throws ActionError with every metric that does not fit
 */
export async function parseMetrics(text: string, name: string): Promise<Metrics> {
  const limits = { where: name, maxBytes: MAX_METRICS_BYTES, maxDepth: MAX_DEPTH };
  const nonFinite = /\b(?:NaN|-?Infinity)\b/.exec(text)?.[0];
  let tree: Json;
  if (name.toLowerCase().endsWith(".json")) {
    try {
      tree = parseJson(text, { ...limits, number: readNumber });
    } catch (thrown) {
      // Python writes NaN and Infinity into JSON, which has neither: the parser sees a strange letter, the user wants the name.
      if (nonFinite !== undefined && thrown instanceof ActionError) throw withHint(thrown, text);
      throw thrown;
    }
  } else {
    tree = await parseYaml(text, { ...limits, number: readNumber });
  }
  if (!isMap(tree)) {
    throw new ActionError({
      where: name,
      expected: "a map of metrics, as {accuracy: 0.93}",
      seen: tree === null ? "an empty file" : Array.isArray(tree) ? "a list" : "one bare value",
    });
  }
  const mistakes: Mistake[] = [];
  const values: Record<string, number> = Object.create(null);
  const { slices: sliced, series: listed, ...rest } = tree;
  const asSlices = isMap(sliced) && Object.values(sliced).every(isMap);
  const asSeries = isMap(listed) && Object.values(listed).every(Array.isArray);
  const plain = { ...rest, ...(asSlices || sliced === undefined ? {} : { slices: sliced }) };
  flatten(name, asSeries || listed === undefined ? plain : { ...plain, series: listed }, "", values, mistakes);
  const series = asSeries ? readSeries(name, listed as { [name: string]: Json[] }, mistakes) : undefined;
  const slices = asSlices ? readSlices(name, sliced, mistakes) : undefined;
  if (mistakes.length === 0 && Object.keys(values).length === 0 && slices === undefined) {
    mistakes.push({ where: name, expected: "at least one metric", seen: "none" });
  }
  if (Object.keys(values).length > MAX_METRICS) {
    mistakes.push({
      where: name,
      expected: `at most ${MAX_METRICS} metrics`,
      seen: `${Object.keys(values).length}`,
      fix: "Series and long tables belong in files of the model, not among the metrics.",
    });
  }
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
  return { values, ...(slices === undefined ? {} : { slices }), ...(series === undefined ? {} : { series }) };
}

function readSeries(name: string, tree: { [name: string]: Json[] }, mistakes: Mistake[]): Record<string, number[]> {
  const series: Record<string, number[]> = Object.create(null);
  for (const [metric, points] of Object.entries(tree)) {
    const wrong = points.findIndex((value) => typeof value !== "number");
    const mistake =
      fault(name, `series.${metric}`, 0) ??
      (wrong < 0 ? undefined : fault(name, `series.${metric}.${wrong}`, points[wrong]!));
    if (mistake) mistakes.push(mistake);
    else series[metric] = points as number[];
  }
  const longest = Math.max(0, ...Object.values(tree).map((points) => points.length));
  if (Object.keys(tree).length > MAX_SERIES || longest > MAX_SERIES_POINTS) {
    mistakes.push({
      where: `${name}, series`,
      expected: `at most ${MAX_SERIES} series of ${MAX_SERIES_POINTS} numbers`,
      seen: `${Object.keys(tree).length}, the longest of ${longest}`,
    });
  }
  return series;
}

/** A number beyond the doubles stays a text here, so that the mistake can name its metric. */
const readNumber = (source: string): Json => {
  const value = Number(source);
  return Number.isFinite(value) ? value : { [BEYOND]: source };
};
const BEYOND = "\u0000beyond";

const isMap = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== null && value !== undefined && typeof value === "object" && !Array.isArray(value) && !(BEYOND in value);

function flatten(
  file: string,
  tree: { [name: string]: Json },
  prefix: string,
  into: Record<string, number>,
  mistakes: Mistake[],
): void {
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (isMap(value)) {
      flatten(file, value, path, into, mistakes);
      continue;
    }
    const mistake = fault(file, path, value);
    if (mistake) mistakes.push(mistake);
    else if (Object.hasOwn(into, path)) {
      mistakes.push({ where: metric(file, path), expected: "each metric once", seen: "it a second time" });
    } else into[path] = value as number;
  }
}

function readSlices(
  file: string,
  tree: { [name: string]: Json },
  mistakes: Mistake[],
): Record<string, Record<string, number>> {
  const slices: Record<string, Record<string, number>> = Object.create(null);
  for (const [name, of] of Object.entries(tree)) {
    const one: Record<string, number> = Object.create(null);
    for (const [slice, value] of Object.entries(of as { [name: string]: Json })) {
      const mistake = fault(file, `slices.${name}.${slice}`, value);
      if (mistake) mistakes.push(mistake);
      else one[slice] = value as number;
    }
    slices[name] = one;
    if (Object.keys(one).length > MAX_METRICS) {
      mistakes.push({
        where: metric(file, name),
        expected: `at most ${MAX_METRICS} slices`,
        seen: `${Object.keys(one).length}`,
      });
    }
  }
  if (Object.keys(slices).length > MAX_SLICED) {
    mistakes.push({
      where: file,
      expected: `at most ${MAX_SLICED} metrics with slices`,
      seen: `${Object.keys(slices).length}`,
    });
  }
  return slices;
}

const metric = (file: string, path: string): string => `${file}, metric ${quote(path)}`;

function fault(file: string, path: string, value: Json): Mistake | undefined {
  const where = metric(file, path);
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (path.length > MAX_NAME || name === "" || /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(path)) {
    return {
      where,
      expected: `a name of 1 to ${MAX_NAME} characters on one line`,
      seen: `one of ${path.length} characters`,
    };
  }
  if (typeof value === "number") return undefined;
  const expected = "a finite number";
  if (value === null) return { where, expected, seen: "null" };
  if (typeof value === "string") {
    return {
      where,
      expected,
      seen: `the text ${quote(value)}`,
      ...(value.trim() !== "" && Number.isFinite(Number(value)) ? { fix: "Write it without quotes." } : {}),
    };
  }
  if (typeof value === "boolean") return { where, expected, seen: String(value) };
  if (Array.isArray(value)) {
    return {
      where,
      expected,
      seen: `a list of ${value.length}`,
      fix: "Series belong in a file of their own beside the model.",
    };
  }
  return { where, expected, seen: `${quote(value[BEYOND] as string, 40)}, which no double can hold` };
}

/** Names the metric of the first NaN or Infinity, as far as the text before it tells. */
function withHint(thrown: ActionError, text: string): ActionError {
  const [, name] = /("(?:[^"\\\n]|\\.)*")\s*:\s*-?(?:NaN|Infinity)\b/.exec(text) ?? [];
  const [, value = "NaN"] = /:\s*(-?(?:NaN|Infinity))\b/.exec(text) ?? [];
  if (name === undefined) return thrown;
  return new ActionError(
    {
      where: `${thrown.mistakes[0]!.where}, metric ${name.slice(0, 100)}`,
      expected: "a finite number",
      seen: value,
      fix: "A metric that can not be computed fails the training: mend it, or leave it out.",
    },
    { cause: thrown },
  );
}
