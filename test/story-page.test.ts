// docs/story.md is what a run of the story has left: it tells of every step, and of nothing that only the machine knew that ran it.
import { readFileSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";

import { expect, test } from "vitest";

import { PAGE, STEPS, withPlainIds } from "./cluster/story/transcript.ts";

const page = readFileSync(PAGE, "utf8");

test("it tells of every step, in their order, and of how each run ended", () => {
  const told = [...page.matchAll(/^## (?!.*digits:)(.*)$/gm)].map(([, title]) => title);
  expect(told).toEqual(Object.values(STEPS).map(([title]) => title));
  const ends = [...page.matchAll(/^The run: (green|red)\.$/gm)].map(([, end]) => end);
  expect(ends).toEqual(Object.keys(STEPS).map((step) => (step === "bad" ? "red" : "green")));
  expect([...page.matchAll(/```text\n\n```/g)]).toEqual([]);
});

test("it names no path, address, account or id of the machine that wrote it", () => {
  for (const own of [
    tmpdir(),
    homedir(),
    process.cwd(),
    hostname(),
    "127.0.0.1",
    "localhost",
    "story-",
    "model-road/cluster",
  ])
    expect(page).not.toContain(own);
  expect(page).not.toMatch(/(?:^|[\s"'(])\/(?:tmp|root|home|work|var|usr|opt)\//m);
  expect(page).not.toMatch(/\bt-\d+-[0-9a-z]{6,}/);
});

test("every hash is a stand-in, whole or cut", () => {
  const hashes = page.match(/\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b/g) ?? [];
  for (const each of hashes) expect(each).toMatch(/^(..)\1*.?$/);
  expect(page).toMatch(/sha256:(\d\d)\1{31}/);
});

test("an id and its first digits get the same stand-in, and another id another", () => {
  const [a, b] = ["0a1b2c3d4e".repeat(4), "f".repeat(39) + "1"];
  expect(withPlainIds(`${a} ${a.slice(0, 7)} ${b} ${b.slice(0, 12)} 1234567 added`)).toBe(
    `${"01".repeat(20)} 0101010 ${"02".repeat(20)} 020202020202 1234567 added`,
  );
});
