import { ActionError, quote, type Mistake } from "../../errors.ts";
import { parseJson, type Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";
import { byBytes } from "./order.ts";

export type Params = {
  /** Flat name (`optimizer.lr`) → text as it was written: `1.0` is not `1`. Sorted by the bytes of the name. */
  readonly source: Readonly<Record<string, string>>;
  /** Flat name → the one text of its value, for the fingerprint: `1e-1` and `0.1` are one, `1` and `1.0` are two. */
  readonly canonical: Readonly<Record<string, string>>;
  /** `PARAM_OPTIMIZER_LR` → text, for the command's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** The parameters as nested JSON, for `PARAMS_FILE`. */
  readonly json: string;
};

export const MAX_PARAMS_BYTES = 256 * 1024;
const MAX_PARAMS = 500;
const MAX_VALUE = 4096;

/** A number as it was written. A class of its own: nothing in a file can be mistaken for one. */
class Source {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export const NO_PARAMS: Params = { source: {}, canonical: {}, environment: {}, json: "{}" };

/**
 * Reads parameters: a YAML or JSON map, nested as deep as it likes. Key order and the way a float is written make no difference
 * to the fingerprint; whether a number is an integer or a float does.
 * @param where `input "params"` or the file's name
 * @throws ActionError with every mistake
 */
export async function parseParams(text: string, where: string): Promise<Params> {
  const limits = {
    where,
    maxBytes: MAX_PARAMS_BYTES,
    maxDepth: 16,
    number: (source: string) => new Source(source) as unknown as Json,
  };
  const tree =
    where.toLowerCase().endsWith(".json") || text.trimStart().startsWith('{"')
      ? parseJson(text, limits)
      : await parseYaml(text, limits);
  if (tree === null) return NO_PARAMS;
  if (!isMap(tree)) {
    throw new ActionError({
      where,
      expected: "a map of parameters, as `C: 1.0`, or the name of a file that holds one",
      seen: Array.isArray(tree) ? "a list" : quote(text.trim(), 60),
    });
  }
  const mistakes: Mistake[] = [];
  const flat = new Map<string, Json>();
  flatten(tree, "", flat, where, mistakes);
  const byVariable = new Map<string, string>();
  for (const name of flat.keys()) {
    const variable = variableOf(name);
    const other = byVariable.get(variable);
    if (other !== undefined) {
      mistakes.push({
        where,
        expected: "names that make different environment variables",
        seen: `${quote(other)} and ${quote(name)}, both ${variable}`,
      });
    }
    byVariable.set(variable, name);
  }
  if (flat.size > MAX_PARAMS) {
    mistakes.push({ where, expected: `at most ${MAX_PARAMS} parameters`, seen: `${flat.size}` });
  }
  const sorted = [...flat].sort(([a], [b]) => byBytes(a, b));
  const source: Record<string, string> = Object.create(null);
  const canonical: Record<string, string> = Object.create(null);
  const environment: Record<string, string> = Object.create(null);
  for (const [name, value] of sorted) {
    try {
      source[name] = shown(value);
      canonical[name] = canonicalOf(value);
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
      mistakes.push({ where: `${where}, ${name}`, expected: "a finite number", seen: thrown.message });
      continue;
    }
    environment[variableOf(name)] = source[name];
    if (source[name].length > MAX_VALUE || source[name].includes("\0")) {
      mistakes.push({
        where: `${where}, ${name}`,
        expected: `a value of at most ${MAX_VALUE} characters, without NUL`,
        seen: `${source[name].length} characters`,
        fix: "Keep long values in a file that `code` or `data` names.",
      });
    }
  }
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
  return { source, canonical, environment, json: jsonOf(tree) };
}

const isMap = (value: Json): value is { [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value) && !((value as unknown) instanceof Source);

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

function flatten(
  tree: { [name: string]: Json },
  prefix: string,
  into: Map<string, Json>,
  where: string,
  mistakes: Mistake[],
): void {
  for (const [key, value] of Object.entries(tree)) {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (!NAME.test(name)) {
      mistakes.push({
        where,
        expected: "names of at most 128 letters, digits, _, - and .",
        seen: quote(name),
        fix: "Each becomes an environment variable PARAM_<NAME>.",
      });
    } else if (isMap(value) && Object.keys(value).length > 0) flatten(value, name, into, where, mistakes);
    else if (into.has(name)) mistakes.push({ where, expected: "each parameter once", seen: `${name} twice` });
    else into.set(name, value);
  }
}

/** `optimizer.lr` → `PARAM_OPTIMIZER_LR`. */
export const variableOf = (name: string): string => `PARAM_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;

/** A value as its author wrote it; lists as JSON. */
function shown(value: Json): string {
  if ((value as unknown) instanceof Source) return (value as unknown as Source).text;
  return typeof value === "string" ? value : value === null ? "null" : jsonOf(value);
}

function canonicalOf(value: Json): string {
  if ((value as unknown) instanceof Source) return numberOf((value as unknown as Source).text);
  if (value === null) return "null";
  if (typeof value === "string") return `text ${JSON.stringify(value)}`;
  if (typeof value === "boolean") return `flag ${value}`;
  if (Array.isArray(value)) return `list [${value.map(canonicalOf).join(", ")}]`;
  return `map {${Object.entries(value)
    .sort(([a], [b]) => byBytes(a, b))
    .map(([name, inner]) => `${JSON.stringify(name)}: ${canonicalOf(inner)}`)
    .join(", ")}}`;
}

const INTEGER = /^[-+]?(?:[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;

function integerOf(source: string): bigint {
  const digits = source.replace(/^[-+]/, "");
  return source.startsWith("-") ? -BigInt(digits) : BigInt(digits);
}

function floatOf(source: string): number {
  const value = Number(source);
  if (!Number.isFinite(value)) throw new RangeError(source.slice(0, 40));
  return value;
}

/** An integer by its value, a float by the shortest decimal that reads back as the same double. */
function numberOf(source: string): string {
  if (INTEGER.test(source)) return `int ${integerOf(source)}`;
  const value = floatOf(source);
  return `float ${Object.is(value, -0) ? "-0" : value}`;
}

/** JSON that keeps a float a float: `1.0`, not `1`. */
function jsonOf(value: Json): string {
  if ((value as unknown) instanceof Source) {
    const { text } = value as unknown as Source;
    if (INTEGER.test(text)) return String(integerOf(text));
    const float = floatOf(text);
    const written = Object.is(float, -0) ? "-0" : String(float);
    return /[.e]/.test(written) ? written : `${written}.0`;
  }
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    return `{${Object.entries(value)
      .map(([name, inner]) => `${JSON.stringify(name)}: ${jsonOf(inner)}`)
      .join(", ")}}`;
  }
  return JSON.stringify(value);
}
