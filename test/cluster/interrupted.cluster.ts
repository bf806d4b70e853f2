// Deploys that are cut off by kill -9: the next run comes to the right end.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { PROVEN_ANNOTATION } from "../../src/domain/rollout/release.ts";
import { IMAGE, NEWER, openBench, type Bench } from "./deploying.ts";

const DOOR = join(import.meta.dirname, "../../src/main/seldon-deploy.ts");
const SMOKE = JSON.stringify({ body: { data: { ndarray: [[1, 2, 3, 4]] } }, expect: { shape: [1, 2] } });
const KILLS = Number(process.env["KILLS"] ?? "6");

let bench: Bench;
let folder: string;

beforeAll(async () => {
  bench = await openBench(inject("kubeconfig"));
  folder = mkdtempSync(join(tmpdir(), "interrupted-"));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await bench.stop();
});

const imagesOf = async (name: string): Promise<string[]> =>
  (await bench.pods(name))
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => spec.containers[0]!.image);

/** A deploy by the door of the action, as a process of its own. */
function door(given: Record<string, string>): { kill(): void; ended: Promise<number | null> } {
  const inputs = {
    target: "seldon",
    namespace: bench.namespace,
    "require-gate": "false",
    kubeconfig: inject("kubeconfig"),
    "smoke-request": SMOKE,
    ...given,
  };
  const child = spawn(process.execPath, [DOOR], {
    stdio: "ignore",
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GITHUB_REPOSITORY: "acme/digits",
      GITHUB_SHA: "1".repeat(40),
      GITHUB_RUN_ID: "1",
      GITHUB_WORKSPACE: folder,
      RUNNER_TEMP: folder,
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    },
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return { kill: () => child.kill("SIGKILL"), ended };
}

test(`kill -9 of the deploy at ${KILLS} moments, and the next run converges`, { timeout: KILLS * 30_000 }, async () => {
  await bench.deploy({ name: "killed", image: IMAGE, "smoke-request": SMOKE });
  const cut: string[] = [];
  for (let at = 0; at < KILLS; at++) {
    const image = at % 2 === 0 ? NEWER : IMAGE;
    const running = door({ name: "killed", image });
    // From before its first request to after its last: a whole deploy takes four seconds.
    const moment = 250 + (at * 4500) / KILLS;
    const first = await Promise.race([running.ended, delay(moment, "cut" as const)]);
    running.kill();
    await running.ended;
    cut.push(first === "cut" ? `${Math.round(moment)} ms` : `ended ${first}`);
    // Every third is followed by a run of its own at once; the others by the next one that is cut.
    if (at % 3 !== 2) continue;
    const { outputs, failure } = await bench.deploy({ name: "killed", image, "smoke-request": SMOKE });
    expect(failure, bench.said.join("\n")).toBeUndefined();
    expect(await imagesOf("killed")).toEqual([image]);
    expect((await bench.sdep("killed"))!.metadata.annotations![PROVEN_ANNOTATION]).toBe(outputs["deploy-id"]);
  }
  console.log(`cut at ${cut.join(", ")}`);
  const last = await bench.deploy({ name: "killed", image: NEWER, replicas: "2", "smoke-request": SMOKE });
  expect(last.failure, bench.said.join("\n")).toBeUndefined();
  expect(await imagesOf("killed")).toEqual([NEWER, NEWER]);
});
