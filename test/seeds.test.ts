// docs/seeds.md promises a workflow and a test for each capability: what it names is there, and no row is missing.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const docs = resolve(import.meta.dirname, "../docs");
const text = readFileSync(join(docs, "seeds.md"), "utf8");
const rows = text.split("\n").filter((line) => /^\| [A-F]\d+ /.test(line));
const cells = rows.map((row) =>
  row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim()),
);

const ROWS = { A: 15, B: 3, C: 13, D: 22, E: 12, F: 5 };

test("there is each of A1 to F5, once and in order", () => {
  const wanted = Object.entries(ROWS).flatMap(([letter, last]) =>
    Array.from({ length: last }, (_, at) => `${letter}${at + 1}`),
  );
  expect(cells.map(([id]) => id)).toEqual(wanted);
});

test("each row has a workflow that users copy and a test", () => {
  for (const [id, what, workflow, tests] of cells) {
    expect(what!.length, id).toBeGreaterThan(5);
    expect(workflow, id).toMatch(/^\[[\w-]+\.yml\]\(\.\.\/workflows-examples\/[\w-]+\.yml\)$/);
    expect(tests, id).toMatch(/\(\.\.\/test\/[\w/.-]+\.(?:test|cluster)\.ts\)/);
  }
});

test("every file that is named exists, under the name that it is shown by", () => {
  const links = [...text.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)];
  expect(links.length).toBeGreaterThan(150);
  for (const [, shown, path] of links) {
    expect(existsSync(join(docs, path!)), path).toBe(true);
    expect(path!.split("/").at(-1)).toBe(shown);
  }
});

test("the five documents have a project, a workflow and a test each", () => {
  for (const seed of ["000", "001", "002", "003", "004"]) {
    expect(text).toMatch(new RegExp(`^\\| ${seed} +\\| \\[\\S+\\]\\(\\.\\./test/projects/`, "m"));
    expect(existsSync(join(docs, `../test/examples/seed-${seed}.test.ts`))).toBe(true);
  }
});
