// The stand-in for Seldon's operator, held against the recordings of the real one: a test that runs on a stand-in proves something only
// where that does what the real one did.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { PROVEN_ANNOTATION } from "../../src/domain/rollout/release.ts";
import type { OperatorFault } from "../world/cluster/operator.ts";
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
  // It lies by itself too, but only where it is quicker than the Deployment's controller.
  bench.operator.faults.add("false-available");
  for (const [at, image] of [NEWER, IMAGE, NEWER].entries()) {
    const { failure } = await bench.deploy({ image });
    expect(failure).toBeUndefined();
    const states = statesOf(at + 2);
    // As in the recordings: Creating [Available Creating…] Available, each told when it changes.
    expect(states.join(" ")).toMatch(/^Creating(?: Available Creating)* Available$/);
  }
  bench.operator.faults.clear();
  const lies = [2, 3, 4].filter((generation) => statesOf(generation).join(" ").includes("Available Creating"));
  console.log(`false Available after ${lies.length} of 3 updates (recorded: 5 of 6)`);
  expect(lies).toEqual([2, 3, 4]);
  const recorded = RECORDED.trim().split("\n");
  expect(recorded).toHaveLength(6);
  for (const line of recorded)
    expect(line).toMatch(/^update \d .*\+\d+ Available, \+\d+ Creating(?:, \+\d+ Available)?(?:, \+\d+ Creating)+ \|/);
});

/** States of a recording, each told when it changes; without the first, which is the version before's own. */
const recorded = (file: string): string[] =>
  [
    ...readFileSync(join(import.meta.dirname, `../golden/operator/${file}`), "utf8").matchAll(
      /watch \w+ \| MODIFIED.* state=(\w+)/g,
    ),
  ]
    .map(([, state]) => state!)
    .filter((state, at, all) => state !== all[at - 1])
    .slice(1);

test.each([
  ["false-available", "timeline-b.txt"],
  ["stale-failed", "timeline-i.txt"],
] as const)("%s: what it writes is what the real one wrote in %s", async (fault, file) => {
  bench.operator.faults.add(fault);
  const generation = (await bench.sdep("digits"))!.metadata.generation! + 1;
  const { failure, outputs } = await bench.deploy({ image: generation % 2 === 0 ? NEWER : IMAGE });
  bench.operator.faults.delete(fault);
  expect(failure, bench.said.join("\n")).toBeUndefined();
  expect(outputs.operation).toBe("updated");
  const all = [...(fault === "stale-failed" ? ["Failed"] : []), ...statesOf(generation)];
  const told = all.filter((state, at) => state !== all[at - 1]);
  // Beside the fault it may tell the false Available that it tells after any update.
  const seen = told.slice(fault === "stale-failed" ? 1 : 0).join(" ");
  const bare = fault === "stale-failed" ? seen.replaceAll("Available Creating ", "") : seen;
  expect(bare).toMatch(
    new RegExp(
      `^${recorded(file)
        .join(" ")
        .replace(/ Available$/, "(?: Available Creating)*$&")}$`,
    ),
  );
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

describe("an operator that does not tell the truth", () => {
  test.each<[OperatorFault, RegExp]>([
    ["creating-for-ever", /Creating|Available/],
    ["silent", /operator|state/i],
  ])("%s: never green, whatever the pods do", async (fault, why) => {
    bench.operator.faults.add(fault);
    const given = {
      name: `never-${fault}`,
      image: IMAGE,
      "wait-timeout": "12s",
      rollback: "none",
    };
    const { failure, outputs } = await bench.deploy(given);
    bench.operator.faults.clear();
    expect(failure).toMatch(why);
    expect(outputs.operation).toBe("failed");
    expect((await bench.sdep(`never-${fault}`))?.metadata.annotations ?? {}).not.toHaveProperty([PROVEN_ANNOTATION]);
  });
});
