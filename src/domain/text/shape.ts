import { ActionError, quote, type Mistake } from "../../errors.ts";
import type { Json } from "./json.ts";

/** Checks one value at one place; pushes a mistake for whatever does not fit, and goes on, so that all are told at once. */
export type Shape<T> = (value: unknown, where: string, mistakes: Mistake[]) => T;

type Optional<T> = { readonly optional: Shape<T> };
type Typed<F extends Record<string, Shape<unknown> | Optional<unknown>>> = {
  readonly [N in keyof F as F[N] extends Shape<unknown> ? N : never]: F[N] extends Shape<infer T> ? T : never;
} & {
  readonly [N in keyof F as F[N] extends Optional<unknown> ? N : never]?: F[N] extends Optional<infer T> ? T : never;
};

/** The type that a shape lets through. */
export type Of<S> = S extends Shape<infer T> ? T : never;

/** Runs a shape over a parsed value; throws one error with every mistake. */
export function check<T>(shape: Shape<T>, value: unknown, where: string): T {
  const mistakes: Mistake[] = [];
  const typed = shape(value, where, mistakes);
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
  return typed;
}

/** Text of at most `most` characters, of a form where one is given. */
export function string({
  most = 4096,
  form,
  called,
}: { most?: number; form?: RegExp; called?: string } = {}): Shape<string> {
  return (value, where, mistakes) => {
    if (typeof value === "string" && value.length <= most && (form?.test(value) ?? true)) return value;
    mistakes.push({ where, expected: called ?? `a text of at most ${most} characters`, seen: show(value) });
    return "";
  };
}

/** A finite number. */
export const number: Shape<number> = (value, where, mistakes) => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  mistakes.push({ where, expected: "a finite number", seen: show(value) });
  return 0;
};

/** A whole number from 0 to the largest that a double holds exactly. */
export const count: Shape<number> = (value, where, mistakes) => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  mistakes.push({ where, expected: "a whole number, not negative", seen: show(value) });
  return 0;
};

export const boolean: Shape<boolean> = (value, where, mistakes) => {
  if (typeof value === "boolean") return value;
  mistakes.push({ where, expected: "true or false", seen: show(value) });
  return false;
};

/** One of a closed list of words or numbers. */
export function oneOf<const Word extends string | number>(...words: readonly Word[]): Shape<Word> {
  return (value, where, mistakes) => {
    const word = words.find((each) => each === value);
    if (word === undefined) mistakes.push({ where, expected: `one of ${words.join(", ")}`, seen: show(value) });
    return word ?? words[0]!;
  };
}

export function list<T>(item: Shape<T>, most = 10_000): Shape<readonly T[]> {
  return (value, where, mistakes) => {
    if (!Array.isArray(value) || value.length > most) {
      mistakes.push({ where, expected: `a list of at most ${most}`, seen: show(value) });
      return [];
    }
    return value.map((each, at) => item(each, `${where}[${at}]`, mistakes));
  };
}

/** Names that are free, values that are not. The result has no prototype. */
export function record<T>(item: Shape<T>, { most = 1000, longest = 256 } = {}): Shape<Readonly<Record<string, T>>> {
  return (value, where, mistakes) => {
    const result: Record<string, T> = Object.create(null);
    if (!isObject(value) || Object.keys(value).length > most) {
      mistakes.push({ where, expected: `an object of at most ${most} names`, seen: show(value) });
      return result;
    }
    for (const [name, each] of Object.entries(value)) {
      if (name.length > longest) {
        mistakes.push({ where, expected: `names of at most ${longest} characters`, seen: quote(name) });
        continue;
      }
      result[name] = item(each, `${where}.${name}`, mistakes);
    }
    return result;
  };
}

/** A field that may be absent. */
export function optional<T>(shape: Shape<T>): Optional<T> {
  return { optional: shape };
}

/** An object of exactly these fields: an unknown one is a mistake too, since it may be a misspelt known one. */
export function object<const F extends Record<string, Shape<unknown> | Optional<unknown>>>(fields: F): Shape<Typed<F>> {
  return (value, where, mistakes) => {
    const result: Record<string, unknown> = {};
    if (!isObject(value)) {
      mistakes.push({ where, expected: "an object", seen: show(value) });
      return result as Typed<F>;
    }
    for (const name of Object.keys(value)) {
      if (Object.hasOwn(fields, name)) continue;
      mistakes.push({
        where: `${where}.${quote(name).slice(1, -1)}`,
        expected: `one of ${Object.keys(fields).join(", ")}`,
        seen: "an unknown field",
      });
    }
    for (const [name, field] of Object.entries(fields)) {
      const present = Object.hasOwn(value, name);
      if (typeof field === "function") {
        if (present) result[name] = field(value[name], `${where}.${name}`, mistakes);
        else mistakes.push({ where: `${where}.${name}`, expected: "a value", seen: "nothing" });
      } else if (present) {
        result[name] = field.optional(value[name], `${where}.${name}`, mistakes);
      }
    }
    return result as Typed<F>;
  };
}

/** Any JSON value, as it is. */
export const anything: Shape<Json> = (value) => value as Json;

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** How a value that does not fit is shown: its kind, and the value where it is short. */
function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? `the text ${quote(value)}` : (JSON.stringify(value) ?? typeof value);
}
