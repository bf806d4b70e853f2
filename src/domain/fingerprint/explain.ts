import { PARTS, type FingerprintManifest } from "./fingerprint.ts";
import { byBytes } from "./order.ts";

const MAX_LINES = 40;
const MAX_OF_ONE_PART = 12;
const MAX_LINE = 300;

/**
 * What differs between an earlier training and this one, a line each: `params.C 1.0 → 0.1`, `code: train.py changed`,
 * `data/train.csv removed`, `requirements.txt: scikit-learn 1.5.2 → 1.6.0`. Empty when nothing does.
 */
export function explain(before: FingerprintManifest, now: FingerprintManifest): readonly string[] {
  const lines = PARTS.flatMap((part) => {
    if (before.parts[part] === now.parts[part]) return [];
    const found = differences[part](before, now);
    const shown = found.length === 0 ? [`${part} changed`] : found;
    return shown.length > MAX_OF_ONE_PART
      ? [...shown.slice(0, MAX_OF_ONE_PART), `${part}: and ${shown.length - MAX_OF_ONE_PART} more`]
      : shown;
  });
  // Parameters first: they are what one most often turns, and what one looks for.
  const sorted = lines.toSorted((a, b) => Number(b.startsWith("params.")) - Number(a.startsWith("params.")));
  const capped =
    sorted.length > MAX_LINES ? [...sorted.slice(0, MAX_LINES), `and ${sorted.length - MAX_LINES} more`] : sorted;
  return capped.map((line) => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line));
}

type Differences = (before: FingerprintManifest, now: FingerprintManifest) => string[];

const differences: Record<(typeof PARTS)[number], Differences> = {
  code: (before, now) => files("code: ", before.code, now.code),
  // A data file is known by its path; the word before it would only make the line longer.
  data: (before, now) => files("", before.data, now.data),
  params: (before, now) =>
    values(before.params, now.params).map(({ name, was, is }) => {
      if (was === undefined) return `params.${name} ${short(is!)} added`;
      return is === undefined ? `params.${name} ${short(was)} removed` : `params.${name} ${short(was)} → ${short(is)}`;
    }),
  environment: (before, now) =>
    names(before.environment, now.environment).flatMap((path) => {
      const [was, is] = [before.environment[path], now.environment[path]];
      if (was === undefined) return [`${line(path)} added`];
      if (is === undefined) return [`${line(path)} removed`];
      if (was.digest === is.digest) return [];
      const pins = was.packages && is.packages ? values(was.packages, is.packages) : [];
      if (pins.length === 0) return [`${line(path)} changed`];
      return pins.map(({ name, was, is }) => {
        if (was === undefined) return `${line(path)}: ${name} ${short(is!)} added`;
        return is === undefined
          ? `${line(path)}: ${name} ${short(was)} removed`
          : `${line(path)}: ${name} ${short(was)} → ${short(is)}`;
      });
    }),
  command: (before, now) =>
    values(before.command, now.command).map(({ name, was, is }) =>
      name === "command" ? "command changed" : `${called(name)} ${short(was ?? "none")} → ${short(is ?? "none")}`,
    ),
  runtime: (before, now) =>
    values(before.runtime, now.runtime).map(
      ({ name, was, is }) => `${name} ${short(was ?? "none")} → ${short(is ?? "none")}`,
    ),
  schema: () => ["the way of taking the fingerprint changed"],
};

function files(
  prefix: string,
  before: Readonly<Record<string, string>> | undefined,
  now: Readonly<Record<string, string>> | undefined,
): string[] {
  if (before === undefined || now === undefined) return [];
  return values(before, now).map(({ name, was, is }) => {
    const what = was === undefined ? "added" : is === undefined ? "removed" : "changed";
    return `${prefix}${line(name)} ${what}`;
  });
}

function values(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): { name: string; was: string | undefined; is: string | undefined }[] {
  return names(before, now)
    .map((name) => ({ name, was: own(before, name), is: own(now, name) }))
    .filter(({ was, is }) => was !== is);
}

const own = (map: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined;

const names = (before: object, now: object): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].sort(byBytes);

/** `workingDirectory` is the input `working-directory`. */
const called = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** On one line, whatever it holds. */
const line = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "\ufffd");

const short = (text: string): string =>
  text === "" ? "(empty)" : line(text.length > 60 ? `${text.slice(0, 59)}…` : text);
