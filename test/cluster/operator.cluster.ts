// The stand-in for Seldon's operator, held against the recordings of the real one: a test that runs on a stand-in proves something only
// where that does what the real one did.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const RECORDED = readFileSync(join(import.meta.dirname, "../golden/operator/flaps.txt"), "utf8");

let bench: Bench;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
});

afterAll(async () => {
  await bench.stop();
});

/** The states that were written for one generation after the first, stale one. */
const statesOf = (generation: number): string[] =>
  bench.operator.written.filter((each) => each.startsWith(`digits ${generation} `)).map((each) => each.split(" ")[2]!);

test("after an update it says Creating, may say Available falsely, and says Available in the end", async () => {
  await bench.deploy({ image: IMAGE });
  for (const [at, image] of [NEWER, IMAGE, NEWER].entries()) {
    const { failure } = await bench.deploy({ image });
    expect(failure).toBeUndefined();
    const states = statesOf(at + 2);
    // As in the recordings: Creating [Available Creating…] Available, each told when it changes.
    expect(states.join(" ")).toMatch(/^Creating(?: Available Creating)* Available$/);
  }
  const lies = [2, 3, 4].filter((generation) => statesOf(generation).join(" ").includes("Available Creating"));
  console.log(`false Available after ${lies.length} of 3 updates (recorded: 5 of 6)`);
  expect(lies).not.toEqual([]);
  const recorded = RECORDED.trim().split("\n");
  expect(recorded).toHaveLength(6);
  for (const line of recorded)
    expect(line).toMatch(/^update \d .*\+\d+ Available, \+\d+ Creating(?:, \+\d+ Available)?(?:, \+\d+ Creating)+ \|/);
});

test("its SeldonDeployment has no observedGeneration, and its Services say their ports", async () => {
  const sdep = await bench.sdep("digits");
  expect(sdep!.status).not.toHaveProperty("observedGeneration");
  expect(sdep!.status!.serviceStatus!["digits-default"]!.httpEndpoint).toBe(`digits-default.${bench.namespace}:9000`);
});

test("a bad image on an update: Creating for ever, never Failed", async () => {
  const { failure } = await bench.deploy({ image: "localhost:5000/model:nope", rollback: "none" });
  expect(failure).toBeDefined();
  const { metadata, status } = (await bench.sdep("digits"))!;
  expect(status!.state).toBe("Creating");
  expect(statesOf(metadata.generation!)).not.toContain("Failed");
});
