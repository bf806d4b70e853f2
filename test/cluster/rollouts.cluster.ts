// Wrong verdicts are what this project exists to end: random rollouts on real pods, with an operator that lies as the real one does.
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1, 2, 3, 4]] } }, expect: { shape: [1, 2] } });
const WRONG = JSON.stringify({ body: { data: { ndarray: [[1]] } }, expect: { values: [[1, 0]] } });
const COUNT = Number(process.env["REAL_ROLLOUTS"] ?? "20");
const SEED = Number(process.env["ROLLOUT_SEED"] ?? "7");
/** So many names at once, each with rollouts one after the other. */
const LANES = 3;

let bench: Bench;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
});

afterAll(async () => {
  await bench.stop();
});

/** Numbers from 0 to 1 that look like chance, the same for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

type Rollout = {
  readonly image: string;
  readonly replicas: string;
  readonly smoke: string;
  readonly good: boolean;
};

function rollout(chance: () => number): Rollout {
  const kind = chance();
  const replicas = chance() < 0.75 ? "1" : "2";
  const image = chance() < 0.5 ? IMAGE : NEWER;
  if (kind < 0.2) return { image: "localhost:5000/model:nope", replicas, smoke: SMOKE, good: false };
  if (kind < 0.35) return { image, replicas, smoke: WRONG, good: false };
  return { image, replicas, smoke: SMOKE, good: true };
}

const running = async (name: string): Promise<string[]> =>
  (await bench.pods(name))
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => spec.containers[0]!.image);

test(`${COUNT} random rollouts, no wrong verdict`, { timeout: COUNT * 30_000 }, async () => {
  bench.operator.faults.add("false-available");
  const told = { good: 0, bad: 0, unchanged: 0 };
  const wrong: string[] = [];
  const lane = async (at: number): Promise<void> => {
    const chance = chanceOf(SEED * 1000 + at);
    const name = `lane-${at}`;
    let proven: { image: string; replicas: number } | undefined;
    for (let nth = at; nth < COUNT; nth += LANES) {
      const each = rollout(chance);
      const { outputs, failure } = await bench.deploy({
        name,
        image: each.image,
        replicas: each.replicas,
        "smoke-request": each.smoke,
        // Long: a machine with other work starts a pod slowly, and that is no verdict.
        "wait-timeout": "240s",
      });
      // A wrong expectation of an answer is met only where something new is asked.
      const same = proven?.image === each.image && proven.replicas === Number(each.replicas);
      const expected = each.good || (same && outputs.operation === "unchanged");
      if (expected !== (failure === undefined)) wrong.push(`${nth}: ${JSON.stringify(each)} → ${failure ?? "green"}`);
      if (outputs.operation === "unchanged") told.unchanged++;
      else told[each.good ? "good" : "bad"]++;
      if (each.good) proven = { image: each.image, replicas: Number(each.replicas) };
      if (proven === undefined) {
        if ((await bench.sdep(name)) !== undefined) wrong.push(`${nth}: a failed first version stays`);
        continue;
      }
      // What serves after the verdict is what was proven, and nothing else.
      const seen = await running(name);
      if (seen.length !== proven.replicas || seen.some((image) => image !== proven!.image))
        wrong.push(`${nth}: expected ${proven.replicas} × ${proven.image}, saw ${seen.join(", ")}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, async (_, at) => await lane(at)));
  bench.operator.faults.clear();
  console.log(
    `seed ${SEED}: ${told.good} good, ${told.bad} bad, ${told.unchanged} unchanged, ${wrong.length} wrong verdicts`,
  );
  expect(wrong).toEqual([]);
  expect(told.good + told.bad + told.unchanged).toBe(COUNT);
});
