import { ActionError, quote } from "../../errors.ts";

/** What a JSON text may hold here. Objects have no prototype, so `__proto__` is a name like any other. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export type JsonLimits = {
  /** What the text is, for the error: `metrics.json`, `input "record"`. */
  readonly where: string;
  /** UTF-8 bytes. */
  readonly maxBytes: number;
  readonly maxDepth?: number;
  /** Turns the source text of a number into a value; without it a number must be a finite double. */
  readonly number?: (source: string) => Json;
};

/**
 * Reads JSON as RFC 8259 writes it, and stricter than `JSON.parse` where that would hide a fault: a name that stands twice in
 * one object, a number beyond the doubles (`1e999`), a text over its size or depth are refused, each with its place.
 */
export function parseJson(text: string, limits: JsonLimits): Json {
  const { where, maxBytes, maxDepth = 64 } = limits;
  if (Buffer.byteLength(text) > maxBytes) {
    throw new ActionError({ where, expected: `at most ${maxBytes} bytes`, seen: `${Buffer.byteLength(text)} bytes` });
  }
  let at = 0;

  const fail = (
    expected: string,
    seen = at < text.length ? quote(text.slice(at, at + 20)) : "the end of the text",
  ): never => {
    const before = text.slice(0, at).split("\n");
    throw new ActionError({
      where: `${where}, line ${before.length}, column ${before.at(-1)!.length + 1}`,
      expected,
      seen,
    });
  };
  const skip = (): void => {
    while (at < text.length && " \t\n\r".includes(text[at]!)) at++;
  };
  const take = (token: string): boolean => {
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };
  const string = (): string => {
    const found = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
    found.lastIndex = at;
    const [raw] = found.exec(text) ?? [];
    if (raw === undefined) return fail("a string in double quotes");
    at += raw.length;
    return JSON.parse(raw) as string;
  };
  const number = (): Json => {
    const found = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    found.lastIndex = at;
    const [source] = found.exec(text) ?? [];
    if (source === undefined) return fail("a value");
    const value = limits.number ? limits.number(source) : Number(source);
    if (typeof value === "number" && !Number.isFinite(value)) return fail("a finite number", source.slice(0, 40));
    at += source.length;
    return value;
  };
  const value = (depth: number): Json => {
    if (depth > maxDepth) return fail(`at most ${maxDepth} levels`, "a deeper one");
    skip();
    if (take("{")) return object(depth);
    if (take("[")) return array(depth);
    if (text[at] === '"') return string();
    if (take("true")) return true;
    if (take("false")) return false;
    if (take("null")) return null;
    return number();
  };
  const array = (depth: number): Json[] => {
    const items: Json[] = [];
    skip();
    if (take("]")) return items;
    for (;;) {
      items.push(value(depth + 1));
      skip();
      if (take("]")) return items;
      if (!take(",")) fail("a comma or ]");
    }
  };
  const object = (depth: number): Json => {
    const fields: { [name: string]: Json } = Object.create(null);
    skip();
    if (take("}")) return fields;
    for (;;) {
      skip();
      const start = at;
      const name = string();
      if (Object.hasOwn(fields, name)) {
        at = start;
        fail("each name once in an object", `${quote(name)} a second time`);
      }
      skip();
      if (!take(":")) fail("a colon");
      fields[name] = value(depth + 1);
      skip();
      if (take("}")) return fields;
      if (!take(",")) fail("a comma or }");
    }
  };

  const whole = value(0);
  skip();
  if (at < text.length) fail("the end of the text");
  return whole;
}

/**
 * The one text of a value: names sorted by code unit, no white space. What is digested or compared is written by this.
 */
export function canonicalJson(value: Json | object): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
