import type { Json } from "../text/json.ts";

const MOST_LINES = 200;
const LONGEST = 200;

/** What differs between two specs, a line each, in the order of their paths: `- spec.protocol: "v2"`, `+ spec.protocol: "seldon"`. */
export function describeChanges(before: Json | object | undefined, after: Json | object): readonly string[] {
  const [from, to] = [leavesOf((before ?? {}) as Json, "spec"), leavesOf(after as Json, "spec")];
  const lines: string[] = [];
  for (const path of [...new Set([...from.keys(), ...to.keys()])].toSorted()) {
    const [old, now] = [from.get(path), to.get(path)];
    if (old === now) continue;
    if (old !== undefined) lines.push(`- ${path}: ${old}`);
    if (now !== undefined) lines.push(`+ ${path}: ${now}`);
  }
  return lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more`];
}

/** Lists of named things are told by their names, so that one that is put in does not shift the others. */
function leavesOf(value: Json, path: string, found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value) && value.length > 0) {
    for (const [at, each] of value.entries()) leavesOf(each, `${path}[${nameOf(each) ?? at}]`, found);
  } else if (value !== null && typeof value === "object" && Object.keys(value).length > 0) {
    for (const [name, each] of Object.entries(value as { [name: string]: Json }))
      leavesOf(each, `${path}.${name}`, found);
  } else {
    const text = JSON.stringify(value);
    found.set(path, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  }
  return found;
}

const nameOf = (value: Json): string | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) && typeof value.name === "string"
    ? value.name
    : undefined;
