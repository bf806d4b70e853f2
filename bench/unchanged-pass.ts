import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import "../test/runner/json-attribute.ts";
import { RUNNER_TIMINGS, runProcess } from "../test/runner/processes.ts";
import { median, type Figure } from "./rounds.ts";

const GOAL = 12;
const ROUNDS = 9;

/**
 * Pass 2 of the demo: what our own processes cost when nothing changed, against an empty Node program that is started in the
 * same way before and after each pass. The fingerprint stands beside it: its cost is the project's size, not ours.
 */
export async function unchangedPass(): Promise<Figure[]> {
  const { digitsRoad } = await import("../test/demo/digits-road.ts");
  const folder = mkdtempSync(join(tmpdir(), "unchanged-pass-"));
  try {
    const empty = join(folder, "empty.cjs");
    writeFileSync(empty, "");
    const floors: number[] = [];
    const road = await digitsRoad({
      folder: join(folder, "road"),
      repeatUnchanged: ROUNDS,
      betweenUnchanged: async () => {
        const taken: number[] = [];
        for (let round = 0; round < 5; round++) taken.push(await start(empty));
        floors.push(median(taken));
      },
    });
    const rows = road.unchanged.map(({ processes, log, requests }, round) => {
      const floor = (floors[round]! + floors[round + 1]!) / 2;
      const ours = processes.filter(({ command }) => command.includes("/dist/"));
      const fingerprint = Number(/Fingerprint .*, in ([\d.]+) s/.exec(log)?.[1]) * 1000;
      return {
        each: ours.map(({ step, ms }) => ({ step, times: ms / floor })),
        fingerprint: fingerprint / floor,
        total: (ours.reduce((sum, { ms }) => sum + ms, 0) - fingerprint) / floor,
        requests: requests.length,
      };
    });
    const total = median(rows.map((row) => row.total));
    const fingerprint = median(rows.map((row) => row.fingerprint));
    const each = rows[0]!.each.map(
      ({ step }, at) => `${step} ${median(rows.map((row) => row.each[at]!.times)).toFixed(1)}`,
    );
    const requests = median(rows.map((row) => row.requests));
    return [
      {
        what: "nothing changed: all of our processes together",
        goal: `≤ ${GOAL} × an empty Node program, beside the fingerprint`,
        measured: `${total.toFixed(1)} × (${each.join(", ")}; of plan, the fingerprint ${fingerprint.toFixed(1)})`,
        holds: total <= GOAL,
      },
      { what: "nothing changed: requests to GitHub", goal: "≤ 6", measured: String(requests), holds: requests <= 6 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of one program, by the very function that the runner starts a step with. */
async function start(program: string): Promise<number> {
  const { wallMs } = await runProcess({
    file: process.execPath,
    args: [program],
    cwd: tmpdir(),
    environment: { PATH: process.env["PATH"]! },
    signal: new AbortController().signal,
    timings: RUNNER_TIMINGS,
    onLine: () => {},
  });
  return wallMs;
}
