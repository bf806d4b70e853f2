import { ActionError, messageOf, quote, type Mistake } from "../../errors.ts";
import { parseJson, type Json } from "../text/json.ts";
import { anything, check, list, number, object, optional, string, type Of, type Shape } from "../text/shape.ts";
import { parseYaml } from "../text/yaml.ts";

const MAX_REQUEST_BYTES = 1024 * 1024;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** Of Seldon's gateway and of its Python wrapper alike. */
const PREDICTIONS = "/api/v1.0/predictions";
const TOLERANCE = 1e-6;

/** One request to a new version, and what its answer must be for the version to count as served. */
export type SmokeRequest = {
  /** Below the deployment: `/api/v1.0/predictions`. */
  readonly path: string;
  /** Sent as JSON by POST; without one the request is a GET. */
  readonly body: Json | undefined;
  readonly expect: Expectation;
};

export type Expectation = {
  readonly status: number;
  /** Rows first. */
  readonly shape?: readonly number[] | undefined;
  /** Nested lists, or one value; numbers are compared with a tolerance, all else exactly. */
  readonly values?: Json | undefined;
  /** Absolute. */
  readonly tolerance: number;
};

const within =
  (least: number, most: number, called: string): Shape<number> =>
  (value, where, mistakes) => {
    const checked = number(value, where, mistakes);
    if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return checked;
    if (typeof value === "number" && Number.isFinite(value))
      mistakes.push({ where, expected: called, seen: `${value}` });
    return checked;
  };
const tolerance: Shape<number> = (value, where, mistakes) => {
  const checked = number(value, where, mistakes);
  if (checked < 0) mistakes.push({ where, expected: "a number not below 0", seen: `${checked}` });
  return checked;
};

const shape = object({
  path: optional(string({ most: 1024, form: /^\/(?!\/)[!-~]*$/, called: "a path that starts with one /" })),
  body: optional(anything),
  expect: optional(
    object({
      status: optional(within(100, 599, "an HTTP status")),
      shape: optional(list(within(0, 1e9, "a whole number, not negative"), 16)),
      values: optional(anything),
      tolerance: optional(tolerance),
    }),
  ),
});

/**
 * Reads the input `smoke-request`: YAML or JSON with `path`, `body` and `expect`.
 * @throws ActionError with every mistake
 */
export async function parseSmokeRequest(text: string): Promise<SmokeRequest> {
  const value = await parseYaml(text, { where: "YAML", maxBytes: MAX_REQUEST_BYTES });
  const { path, body, expect }: Of<typeof shape> = check(shape, value, "request");
  const mistakes: Mistake[] = [];
  if (body === undefined && path === undefined) {
    mistakes.push({
      where: "request.body",
      expected: "what is sent to the model",
      seen: "nothing",
      fix: "For example body: {data: {ndarray: [[1, 2, 3]]}}.",
    });
  }
  if (expect?.shape && expect.values !== undefined && Array.isArray(expect.values)) {
    const values = shapeOf(expect.values);
    if (values === undefined || values.join() !== expect.shape.join()) {
      mistakes.push({
        where: "request.expect",
        expected: "values of the shape that it asks for",
        seen: `shape [${expect.shape.join(", ")}] and values of ${tellShape(values)}`,
      });
    }
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
  return {
    path: path ?? PREDICTIONS,
    body,
    expect: {
      status: expect?.status ?? 200,
      shape: expect?.shape,
      values: expect?.values,
      tolerance: expect?.tolerance ?? TOLERANCE,
    },
  };
}

/** What was answered, as far as it could be read. */
export type Verdict = {
  /** Empty: the answer is what it must be. Each names the field, what was expected of it, and what was seen. */
  readonly reasons: readonly Mistake[];
  /** The prediction in a few words, where there is one. */
  readonly prediction: string | undefined;
};

/**
 * Judges an answer to a smoke request. HTTP 200 proves little: the wrapper answers 200 for one-dimensional results, for NaN and
 * for too few rows. So without any expectation an answer must be JSON, no failure, and hold a payload; a table must have at
 * least two dimensions and as many rows as were sent.
 */
export function judgeAnswer(
  request: SmokeRequest,
  answer: { readonly status: number; readonly body: string },
  { plain = false }: { /** A server of its own protocol: any JSON is an answer. */ plain?: boolean } = {},
): Verdict {
  const { expect } = request;
  const reasons: Mistake[] = [];
  const body = parsed(answer.body);
  if (answer.status !== expect.status) {
    const info = body instanceof ActionError ? undefined : statusInfo(body);
    const seen = `${answer.status}${info === undefined ? "" : `: ${info}`}`;
    reasons.push({ where: "HTTP status", expected: `${expect.status}`, seen });
    return { reasons, prediction: undefined };
  }
  // A refusal that was asked for needs no payload.
  if (expect.status >= 300) return { reasons, prediction: undefined };
  // Nothing was sent, so no prediction is asked for: the path answers, and that was the question.
  if (request.body === undefined && expect.shape === undefined && expect.values === undefined) {
    return { reasons, prediction: undefined };
  }
  if (body instanceof ActionError) {
    return { reasons: body.mistakes, prediction: undefined };
  }
  const status = field(body, "status");
  const failed = field(status, "status");
  if (failed === "FAILURE" || failed === 1) {
    reasons.push({ where: "the answer's status", expected: "no failure", seen: statusInfo(body) ?? "FAILURE" });
  }
  const found: Payload | undefined = plain
    ? { where: "the answer", value: body, shape: shapeOf(body), table: false }
    : payloadOf(body);
  if (found === undefined) {
    const expected = "data, jsonData, strData or binData with content";
    reasons.push({ where: "the answer", expected, seen: "none" });
    return { reasons, prediction: undefined };
  }
  const seen = found.shape;
  if (found.table && expect.shape === undefined && expect.values === undefined) {
    reasons.push(...tableReasons(found.where, seen, rowsOf(payloadOf(request.body)?.shape)));
  }
  if (found.table) reasons.push(...valueReasons(found), ...nameReasons(body, seen));
  if (expect.shape !== undefined && (seen === undefined || seen.join() !== expect.shape.join())) {
    reasons.push({ where: found.where, expected: tellShape(expect.shape), seen: tellShape(seen) });
  }
  if (expect.values !== undefined) {
    const difference = differs(found.value, expect.values, expect.tolerance, found.where);
    if (difference !== undefined) reasons.push(difference);
  }
  return { reasons, prediction: tellPrediction(found, body) };
}

function tableReasons(where: string, shape: readonly number[] | undefined, sent: number | undefined): Mistake[] {
  if (shape === undefined) return [{ where, expected: "rows of one length", seen: tellShape(shape) }];
  const seen = tellShape(shape);
  // A value for each row needs no second dimension, but in Seldon's own protocol, where the executor wants it.
  if (shape.length < (where.startsWith("data.") ? 2 : 1)) {
    return [{ where, expected: "2 dimensions or more, a row for each that was sent", seen }];
  }
  if (sent !== undefined && shape[0] !== sent) {
    return [{ where, expected: `${sent} rows, as many as were sent`, seen: `${shape[0]}` }];
  }
  return shape.includes(0) ? [{ where, expected: "values", seen }] : [];
}

/** The wrapper hands on what the model gives, also null. */
function valueReasons({ where, value }: Payload): Mistake[] {
  const stack: Json[] = [value];
  while (stack.length > 0) {
    const each = stack.pop()!;
    if (Array.isArray(each)) for (const inner of each) stack.push(inner);
    else if (each === null) return [{ where, expected: "values", seen: "null" }];
  }
  return [];
}

/** Names that do not fit the columns name the wrong ones. */
function nameReasons(body: Json, shape: readonly number[] | undefined): Mistake[] {
  const names = field(field(body, "data"), "names");
  if (!Array.isArray(names) || names.length === 0 || shape === undefined || shape.length < 2) return [];
  if (names.length === shape[1]) return [];
  return [{ where: "data.names", expected: `${shape[1]} names, one for each column`, seen: `${names.length}` }];
}

export type Payload = {
  /** `data.ndarray` */
  readonly where: string;
  readonly value: Json;
  /** `undefined` when it is ragged. */
  readonly shape: readonly number[] | undefined;
  /** True for what Seldon's protocol calls data: rows of features. */
  readonly table: boolean;
};

/** What a SeldonMessage carries, asked or answered. */
export function payloadOf(message: Json | undefined): Payload | undefined {
  // The V2 protocol: flat data with a shape, the same asked and answered.
  const [tensorV2] = [field(message, "outputs"), field(message, "inputs")].flatMap((each) =>
    Array.isArray(each) ? each.slice(0, 1) : [],
  );
  const [sizesV2, flat] = [field(tensorV2, "shape"), field(tensorV2, "data")];
  if (Array.isArray(sizesV2) && sizesV2.every((size) => typeof size === "number") && Array.isArray(flat)) {
    const fits = sizesV2.reduce((product, size) => product * size, 1) === flat.length;
    const where = field(message, "outputs") === undefined ? "inputs[0].data" : "outputs[0].data";
    return { where, value: fits ? folded(flat, sizesV2) : flat, shape: fits ? sizesV2 : undefined, table: true };
  }
  // TensorFlow's protocol: a list, its first dimension the rows.
  for (const name of ["predictions", "instances"]) {
    const rows = field(message, name);
    if (Array.isArray(rows)) return { where: name, value: rows, shape: shapeOf(rows), table: true };
  }
  const data = field(message, "data");
  const ndarray = field(data, "ndarray");
  if (Array.isArray(ndarray)) return { where: "data.ndarray", value: ndarray, shape: shapeOf(ndarray), table: true };
  const tensor = field(data, "tensor");
  const [sizes, values] = [field(tensor, "shape"), field(tensor, "values")];
  if (Array.isArray(sizes) && Array.isArray(values)) {
    const told = sizes.every((size) => typeof size === "number") ? sizes : undefined;
    const fits = told !== undefined && told.reduce((product, size) => product * size, 1) === values.length;
    return {
      where: "data.tensor",
      value: fits ? folded(values, told) : values,
      shape: fits ? told : undefined,
      table: true,
    };
  }
  for (const name of ["jsonData", "strData", "binData", "customData"]) {
    const value = field(message, name);
    if (value === undefined || value === null || value === "") continue;
    return { where: name, value, shape: shapeOf(value), table: false };
  }
  const tftensor = field(data, "tftensor");
  return tftensor === undefined ? undefined : { where: "data.tftensor", value: tftensor, shape: [], table: false };
}

function parsed(body: string): Json | ActionError {
  try {
    return parseJson(body, { where: "the answer's body", maxBytes: MAX_ANSWER_BYTES });
  } catch (thrown) {
    if (/[[,:]\s*(?:NaN|-?Infinity)\b/.test(body)) {
      const seen = "NaN or Infinity, which is not JSON";
      return new ActionError({ where: "the answer's body", expected: "finite numbers", seen });
    }
    if (thrown instanceof ActionError) return thrown;
    return new ActionError({ where: "the answer's body", expected: "JSON", seen: messageOf(thrown) });
  }
}

const field = (value: Json | undefined, name: string): Json | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, name)
    ? value[name]
    : undefined;

const rowsOf = (shape: readonly number[] | undefined): number | undefined =>
  shape === undefined || shape.length < 2 ? undefined : shape[0];

/** The sizes of nested lists, outermost first; `[]` for a single value, `undefined` where lists of one level differ. */
function shapeOf(value: Json): readonly number[] | undefined {
  if (!Array.isArray(value)) return [];
  const inner = value.map(shapeOf);
  const [first = []] = inner;
  return inner.every((each) => each !== undefined && each.join() === first.join())
    ? [value.length, ...first]
    : undefined;
}

/** Values in a row as nested lists of a shape. */
function folded(values: readonly Json[], [size = 1, ...rest]: readonly number[]): Json {
  if (rest.length === 0) return [...values];
  const step = size === 0 ? 0 : values.length / size;
  return Array.from({ length: size }, (_, at) => folded(values.slice(at * step, (at + 1) * step), rest));
}

/** The first place where two values differ. */
function differs(seen: Json, expected: Json, tolerance: number, where: string): Mistake | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(seen) || seen.length !== expected.length) {
      return {
        where,
        expected: `${expected.length} values`,
        seen: Array.isArray(seen) ? `${seen.length}` : quote(JSON.stringify(seen)),
      };
    }
    for (const [at, each] of expected.entries()) {
      const difference = differs(seen[at]!, each, tolerance, `${where}[${at}]`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (typeof expected === "number" && typeof seen === "number") {
    if (Math.abs(seen - expected) <= tolerance) return undefined;
    return { where, expected: `${expected} ± ${tolerance}`, seen: `${seen}` };
  }
  if (expected !== null && typeof expected === "object") {
    for (const [name, each] of Object.entries(expected)) {
      const inner = field(seen, name);
      if (inner === undefined) return { where: `${where}.${name}`, expected: "a value", seen: "nothing" };
      const difference = differs(inner, each, tolerance, `${where}.${name}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (seen === expected) return undefined;
  return { where, expected: quote(JSON.stringify(expected)), seen: quote(JSON.stringify(seen)) };
}

/** A shape in words. */
export const tellShape = (shape: readonly number[] | undefined): string =>
  shape === undefined
    ? "rows of several lengths"
    : shape.length === 0
      ? "a single value"
      : `shape [${shape.join(", ")}]`;

function statusInfo(body: Json): string | undefined {
  const status = field(body, "status");
  const told: string[] = [];
  for (const each of [field(status, "reason"), field(status, "info")]) {
    if (typeof each === "string" && each !== "") told.push(each);
  }
  return told.length === 0 ? undefined : quote(told.join(": "), 300);
}

/** `[[0.0001, 0.9986, …]]`, and for one row with names the largest: `largest: digit 3 (0.9986)`. */
function tellPrediction({ value, shape }: Payload, body: Json): string {
  const text = JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === "number" ? Number(inner.toPrecision(4)) : inner,
  ).replaceAll(",", ", ");
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  const names = field(field(body, "data"), "names");
  const row = shape?.length === 2 && shape[0] === 1 && Array.isArray(value) ? value[0] : undefined;
  if (!Array.isArray(row) || row.length < 2 || !row.every((each) => typeof each === "number")) return shown;
  const best = row.indexOf(Math.max(...row));
  const name = Array.isArray(names) && names.length === row.length ? names[best] : `column ${best}`;
  return `${shown}, largest: ${typeof name === "string" ? name.slice(0, 80) : best} (${Number(row[best]!.toPrecision(4))})`;
}
