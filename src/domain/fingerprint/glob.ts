import { ActionError, quote, type Mistake } from "../../errors.ts";

/** Lines of globs, ready to be asked. */
export type Globs = {
  /** True when the path is in, by at least one line, and not taken out by a later or earlier `!` line. */
  matches(path: string): boolean;
  /**
   * What holds all that can match: `data` for `data/**`, `train.py` for itself, the empty text for the working directory. A
   * file or a folder; none is below another.
   */
  readonly bases: readonly string[];
  /** The lines that add (not those with `!`) and match no path of these lists. */
  unmatched(lists: readonly (readonly string[])[]): readonly string[];
};

const MAX_PATTERN = 1024;
const MAX_ALTERNATIVES = 256;

/**
 * Globs, one a line, relative to the working directory: `*` and `?` within a name, `**` across folders, `[a-c]`, `[!a]`,
 * `{a,b}`, `\` before a character that means itself; `!` at the start excludes. A line without a wildcard in its last name
 * stands for that file, or for all below that folder. Hidden files match like any other. Case counts.
 * @param where which input, for the errors
 * @throws ActionError for lines that are absolute, climb, or are no glob
 */
export function parseGlobs(lines: readonly string[], where: string): Globs {
  const mistakes: Mistake[] = [];
  const parsed = lines.flatMap((line) => {
    const exclude = line.startsWith("!");
    const pattern = (exclude ? line.slice(1) : line).replace(/^(?:\.\/)+/, "");
    const wrong = fault(pattern);
    if (wrong) {
      mistakes.push({ where, seen: quote(line), ...wrong });
      return [];
    }
    try {
      return [{ line, exclude, test: compile(pattern), base: baseOf(pattern) }];
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) throw thrown;
      mistakes.push({ where, expected: `a glob (${thrown.message})`, seen: quote(line) });
      return [];
    }
  });
  if (mistakes.length > 0) throw new ActionError(mistakes);
  const added = parsed.filter(({ exclude }) => !exclude);
  const taken = parsed.filter(({ exclude }) => exclude);
  if (parsed.length > 0 && added.length === 0) {
    throw new ActionError({
      where,
      expected: "at least one line that adds files",
      seen: "lines with ! only",
      fix: "Begin with a line `**`, which is everything.",
    });
  }
  const bases = [...new Set(added.map(({ base }) => base))];
  return {
    matches: (path) => added.some(({ test }) => test(path)) && !taken.some(({ test }) => test(path)),
    bases: bases.filter(
      (base) => !bases.some((other) => other !== base && (other === "" || base.startsWith(`${other}/`))),
    ),
    unmatched: (lists) =>
      added.filter(({ test }) => !lists.some((paths) => paths.some((path) => test(path)))).map(({ line }) => line),
  };
}

function fault(pattern: string): { expected: string; fix?: string } | undefined {
  if (pattern === "" || pattern.length > MAX_PATTERN) return { expected: `a glob of 1 to ${MAX_PATTERN} characters` };
  if (pattern.startsWith("/")) return { expected: "a glob relative to working-directory" };
  if (pattern.split("/").includes("..")) {
    return {
      expected: "a glob that stays below working-directory",
      fix: "Set working-directory to the folder that holds all that counts.",
    };
  }
  return undefined;
}

const MAGIC = /[*?[{\\]/;

/** The leading names that are plain. */
function baseOf(pattern: string): string {
  const names = pattern.replace(/\/+$/, "").split("/");
  const magic = names.findIndex((name) => MAGIC.test(name));
  return names
    .slice(0, magic === -1 ? names.length : magic)
    .filter((name) => name !== ".")
    .join("/");
}

function compile(pattern: string): (path: string) => boolean {
  const below = pattern.endsWith("/") || !MAGIC.test(pattern.split("/").at(-1)!);
  const names = pattern
    .replace(/\/+$/, "")
    .split("/")
    .filter((name) => name !== "." && name !== "");
  if (names.length === 0) return () => true;
  return matcher(alternatives(names.join("/")), below);
}

type NameTest = (name: string) => boolean;

/** Names between slashes are matched one by one, so that a hostile pattern costs names times names, never powers. */
function matcher(patterns: readonly string[], below: boolean): (path: string) => boolean {
  const compiled = patterns.map((pattern) => {
    const names = [...pattern.split("/"), ...(below ? ["**"] : [])];
    const magic = names.findIndex((name) => name === "**" || MAGIC.test(name));
    const plain = magic === -1 ? names.length : magic;
    const wanted = names.slice(plain).map((name) => (name === "**" ? undefined : oneName(name)));
    return { head: names.slice(0, plain).join("/"), wanted };
  });
  return (path) => compiled.some(({ head, wanted }) => startsAndGoesOn(path, head, wanted));
}

/** The plain names at the start are compared as one text: most patterns are such names and `**`. */
function startsAndGoesOn(path: string, head: string, wanted: readonly (NameTest | undefined)[]): boolean {
  if (head !== "") {
    if (!path.startsWith(head)) return false;
    if (path.length > head.length && path[head.length] !== "/") return false;
  }
  if (wanted.length === 1 && wanted[0] === undefined) return true;
  if (path.length === head.length) return walkNames(wanted, []);
  return walkNames(wanted, path.slice(head === "" ? 0 : head.length + 1).split("/"));
}

/**
 * `undefined` stands for `**`: any number of names, also none. Only the last one met is taken up again with one name more: what
 * those before it could still take, it can take as well.
 */
function walkNames(wanted: readonly (NameTest | undefined)[], names: readonly string[]): boolean {
  let [at, test, anyTest, anyAt] = [0, 0, -1, 0];
  while (at < names.length) {
    const current = wanted[test];
    if (test < wanted.length && current === undefined) {
      anyTest = test++;
      anyAt = at;
    } else if (current?.(names[at]!)) {
      test++;
      at++;
    } else if (anyTest !== -1) {
      test = anyTest + 1;
      at = ++anyAt;
    } else return false;
  }
  while (test < wanted.length && wanted[test] === undefined) test++;
  return test === wanted.length;
}

type Token = { readonly star: true } | { readonly star: false; readonly test: (character: string) => boolean };

/** One name of a path. `*` is matched with one step back at most, so that the time is length times length. */
function oneName(pattern: string): NameTest {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern;
  const [, start, end] = /^([^*?[\\]*)\*([^*?[\\]*)$/.exec(pattern) ?? [];
  if (start !== undefined && end !== undefined) {
    return (name) => name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
  }
  const tokens = tokensOf(Array.from(pattern));
  return (name) => {
    const characters = Array.from(name);
    let [at, token, starToken, starAt] = [0, 0, -1, 0];
    while (at < characters.length) {
      const current = tokens[token];
      if (current?.star) {
        starToken = token++;
        starAt = at;
      } else if (current && !current.star && current.test(characters[at]!)) {
        token++;
        at++;
      } else if (starToken !== -1) {
        token = starToken + 1;
        at = ++starAt;
      } else return false;
    }
    while (tokens[token]?.star) token++;
    return token === tokens.length;
  };
}

function tokensOf(characters: readonly string[]): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === "*") {
      if (!tokens.at(-1)?.star) tokens.push({ star: true });
    } else if (character === "?") tokens.push({ star: false, test: () => true });
    else if (character === "[") {
      const { test, end } = classOf(characters, at);
      tokens.push({ star: false, test });
      at = end;
    } else {
      const meant = character === "\\" ? characters[++at] : character;
      if (meant === undefined) throw new SyntaxError("a \\ stands before nothing");
      tokens.push({ star: false, test: (seen) => seen === meant });
    }
  }
  return tokens;
}

function classOf(characters: readonly string[], start: number): { test: (seen: string) => boolean; end: number } {
  const negated = characters[start + 1] === "!" || characters[start + 1] === "^";
  const ranges: [number, number][] = [];
  let at = start + (negated ? 2 : 1);
  const take = (): string => {
    const taken = characters[at] === "\\" ? characters[++at] : characters[at];
    if (taken === undefined) throw new SyntaxError("a [ without its ]");
    at++;
    return taken;
  };
  do {
    const from = take();
    let to = from;
    if (characters[at] === "-" && characters[at + 1] !== "]" && characters[at + 1] !== undefined) {
      at++;
      to = take();
    }
    if (to.codePointAt(0)! < from.codePointAt(0)!) throw new SyntaxError(`a range from ${from} back to ${to}`);
    ranges.push([from.codePointAt(0)!, to.codePointAt(0)!]);
  } while (characters[at] !== "]");
  return {
    test: (seen) => ranges.some(([from, to]) => from <= seen.codePointAt(0)! && seen.codePointAt(0)! <= to) !== negated,
    end: at,
  };
}

/** `{a,b}` written out; nested ones too. Braces inside `[...]` and after `\` mean themselves. */
function alternatives(pattern: string): string[] {
  const characters = Array.from(pattern);
  const open = indexOutside(characters, 0, (character) => character === "{");
  if (open === -1) return [pattern];
  const cuts: number[] = [open];
  let depth = 0;
  let close = -1;
  for (let at = open; at !== -1; at = indexOutside(characters, at + 1, (character) => "{,}".includes(character))) {
    if (characters[at] === "{") depth++;
    else if (characters[at] === ",") {
      if (depth === 1) cuts.push(at);
    } else if (--depth === 0) {
      close = at;
      break;
    }
  }
  if (close === -1) throw new SyntaxError("a { without its }");
  const before = characters.slice(0, open).join("");
  const after = characters.slice(close + 1).join("");
  const all: string[] = [];
  for (const [index, cut] of cuts.entries()) {
    const inner = characters.slice(cut + 1, cuts[index + 1] ?? close).join("");
    for (const each of alternatives(before + inner + after)) {
      all.push(each);
      if (all.length > MAX_ALTERNATIVES) throw new SyntaxError(`more than ${MAX_ALTERNATIVES} alternatives in braces`);
    }
  }
  return all;
}

function indexOutside(characters: readonly string[], from: number, wanted: (character: string) => boolean): number {
  let inClass = false;
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (character === "\\") at++;
    else if (inClass) {
      if (character === "]") inClass = false;
    } else if (character === "[" && characters.indexOf("]", at + 2) !== -1) {
      inClass = true;
      at++;
    } else if (at >= from && wanted(character)) return at;
  }
  return -1;
}
