import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseGlobs } from "../../../src/domain/fingerprint/glob.ts";

const matches = (pattern: string, path: string): boolean => parseGlobs([pattern], "globs").matches(path);

describe("one glob", () => {
  test.each([
    // Plain names: that file, or all below that folder.
    ["a.txt", "a.txt", true],
    ["a.txt", "b/a.txt", false],
    ["data", "data/x/y.csv", true],
    ["data/", "data/x", true],
    ["./data", "data/x", true],
    ["data", "database", false],
    ["data/*/raw", "data/a/raw/x", true],
    [".", "any/thing", true],
    // One name.
    ["*.csv", "a.csv", true],
    ["*.csv", "d/a.csv", false],
    ["*", "d/a", false],
    ["data/*", "data/a", true],
    ["data/*", "data/a/b", false],
    ["a?c", "abc", true],
    ["a?c", "a\u{1f600}c", true],
    ["a?c", "ac", false],
    ["*", ".hidden", true],
    // Across folders.
    ["**", "a/b/c", true],
    ["**/x", "x", true],
    ["**/x", "a/b/x", true],
    ["a/**/x", "a/x", true],
    ["a/**/x", "a/b/c/x", true],
    ["a/**/x", "a/b/c/y", false],
    ["a/**", "a/b", true],
    ["a/**", "a", true],
    ["**.csv", "a.csv", true],
    ["**.csv", "d/a.csv", false],
    // Classes and alternatives.
    ["[a-c]1", "b1", true],
    ["[!a-c]1", "b1", false],
    ["[^a-c]1", "d1", true],
    ["[]]x", "]x", true],
    ["[a-]x", "-x", true],
    ["*.{csv,parquet}", "x.parquet", true],
    ["{a,b/c}/x", "b/c/x", true],
    ["{a,{b,c}}.x", "c.x", true],
    ["a{,.bak}", "a", true],
    ["a{,.bak}", "a.bak", true],
    // A backslash, and signs that are no magic.
    ["\\*", "*", true],
    ["\\*", "x", false],
    ["a\\{b", "a{b", true],
    ["[{]a", "{a", true],
    ["a+(b)", "a+(b)", true],
    ["A", "a", false],
    ["a.c", "abc", false],
  ])("%s on %s: %s", (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  test.each([
    ["/etc/passwd", "relative to working-directory"],
    ["../x", "stays below working-directory"],
    ["a/../../x", "stays below working-directory"],
    ["", "1 to 1024 characters"],
    ["[a", "a [ without its ]"],
    ["[b-a]", "a range from b back to a"],
    ["{a,b", "a { without its }"],
    ["a\\", "a \\ stands before nothing"],
    [`{${"a,".repeat(300)}b}`, "more than 256 alternatives"],
    ["{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "more than 256 alternatives"],
  ])("%s is refused", (pattern, because) => {
    expect(() => parseGlobs([pattern], `input "data"`)).toThrow(because);
  });

  test("every bad line is told", () => {
    expect(() => parseGlobs(["/a", "b", "[c"], "x")).toThrow(/\/a[\s\S]*\[c/);
  });
});

describe("several lines", () => {
  test("an exclusion wins wherever it stands", () => {
    const globs = parseGlobs(["!data/tmp/**", "data/**"], "x");
    expect([globs.matches("data/a"), globs.matches("data/tmp/a")]).toEqual([true, false]);
    expect(() => parseGlobs(["!a"], "x")).toThrow("at least one line that adds");
  });

  test("lines that match nothing are named; those that exclude need not match", () => {
    expect(parseGlobs(["a", "b/*.csv", "!none"], "x").unmatched([["c"], ["a"]])).toEqual(["b/*.csv"]);
  });

  test.each([
    [["data/**", "data/x/*.csv"], ["data"]],
    [["*.py", "data/**"], [""]],
    [
      ["src/a.py", "src/b.py"],
      ["src/a.py", "src/b.py"],
    ],
    [
      ["train.py", "data/"],
      ["train.py", "data"],
    ],
    [["src", "src/a.py"], ["src"]],
    [["{a,b}/x"], [""]],
    [["a\\*/x"], [""]],
    [
      ["./a/b/c*", "d/e"],
      ["a/b", "d/e"],
    ],
    [
      ["data", "database/x"],
      ["data", "database/x"],
    ],
    [["."], [""]],
  ])("%j need be looked for below %j only", (lines, bases) => {
    expect(parseGlobs(lines, "x").bases).toEqual(bases);
  });
});

describe("properties", () => {
  const name = fc.stringMatching(/^[a-c.]{1,4}$/).filter((each) => each !== "." && each !== "..");
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));

  test("a path escaped matches itself, all below it, and no other", () => {
    fc.assert(
      fc.property(path, path, (one, other) => {
        const globs = parseGlobs([one], "x");
        expect(globs.matches(one)).toBe(true);
        expect(globs.matches(`${one}/inside`)).toBe(true);
        expect(globs.matches(other)).toBe(other === one || other.startsWith(`${one}/`));
      }),
    );
  });

  test("agrees with the regular expression that it stands for, and lies below its base", () => {
    const part = fc.constantFrom("a", "b", "*", "?", "a*", "*a*", "**", "[ab]", ".");
    const pattern = fc
      .array(
        part.filter((each) => each !== "."),
        { minLength: 1, maxLength: 4 },
      )
      .map((p) => p.join("/"));
    fc.assert(
      fc.property(pattern, path, (glob, subject) => {
        const source = glob
          .split("/")
          .map((each) => (each === "**" ? "**" : `${each.replaceAll("*", "[^/]*").replaceAll("?", "[^/]")}/`))
          .join("")
          .replaceAll("**", "(?:[^/]+/)*");
        const below = /[*?[]/.test(glob.split("/").at(-1)!) ? "" : "(?:[^/]+/)*";
        const expected = new RegExp(`^${source}${below}$`).test(`${subject}/`);
        const globs = parseGlobs([glob], "x");
        expect(globs.matches(subject)).toBe(expected);
        const [base = ""] = globs.bases;
        if (expected) expect(base === "" || subject === base || subject.startsWith(`${base}/`)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("a hostile pattern takes no time", () => {
    const globs = parseGlobs([`${"*a".repeat(100)}b`, `${"**/".repeat(200)}x`], "x");
    const started = performance.now();
    expect(globs.matches("a".repeat(5000))).toBe(false);
    expect(globs.matches(Array(200).fill("a").join("/"))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
