import fc from "fast-check";
import { expect, test } from "vitest";

import { parseDockerignore } from "../../../src/domain/image/dockerignore.ts";

test.each<[string, string[], string[]]>([
  ["*.md", ["README.md"], ["docs/README.md", "README.mdx"]],
  ["**/*.md", ["README.md", "docs/a/README.md"], ["README.mdx"]],
  ["data", ["data", "data/a/b.csv"], ["my/data", "data2"]],
  ["/data/", ["data/a.csv"], ["x/data"]],
  ["./data//raw", ["data/raw/a"], ["data/a"]],
  ["*/temp*", ["a/temporary.txt", "a/temp/b"], ["temp", "a/b/temp"]],
  ["temp?", ["tempa", "tempb/x"], ["temp", "tempab"]],
  ["**", ["a", "a/b"], []],
  ["a/**/z", ["a/z", "a/b/c/z"], ["b/z"]],
  ["a/**", ["a/b", "a/b/c"], ["a", "ab"]],
  ["[a-c].txt", ["a.txt", "c.txt"], ["d.txt"]],
  ["[^a-c].txt", ["d.txt"], ["a.txt"]],
  ["a\\*b", ["a*b"], ["axb"]],
  ["a.b+c", ["a.b+c"], ["axb+c", "a.bb"]],
  ["# comment\n\n  *.log  \r\n*.tmp", ["a.log", "a.tmp"], ["# comment"]],
  ["*\n!keep.py\n!src", ["drop.py"], ["keep.py", "src/deep/x.py"]],
  ["docs\n!docs/keep.md\ndocs/keep.md", ["docs/keep.md"], []],
  ["!only", [], ["only", "all"]],
  ["", [], ["a"]],
])("%j", (text, out, kept) => {
  const ignored = parseDockerignore(text);
  expect(out.filter((path) => !ignored(path))).toEqual([]);
  expect(kept.filter(ignored)).toEqual([]);
});

test.each(["[a-", "a\\", "[z-a]", "x".repeat(600), "a\n".repeat(1001)])("%j is no pattern", (text) => {
  expect(() => parseDockerignore(text)).toThrow(".dockerignore");
});

test("any text is rules or a clear refusal", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-c*?[\]^!\\/.\n-]{0,30}$/),
      fc.stringMatching(/^[a-c]{1,3}(\/[a-c.]{1,3}){0,2}$/),
      (text, path) => {
        try {
          expect(typeof parseDockerignore(text)(path)).toBe("boolean");
        } catch (thrown) {
          expect((thrown as Error).name).toBe("ActionError");
        }
      },
    ),
  );
});
