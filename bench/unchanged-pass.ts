import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import "../test/runner/json-attribute.ts";
import { runProcess } from "../test/runner/processes.ts";
import type { Figure } from "./bench.ts";
import { median } from "./rounds.ts";

const GOAL = 12;
const ROUNDS = 9;
const FLOORS = 5;

/** Pass 2 of the demo: what our own processes cost when nothing changed, against an empty Node program beside them. */
export async function unchangedPass(): Promise<Figure[]> {
  const { digitsRoad } = await import("../test/demo/digits-road.ts");
  const folder = mkdtempSync(join(tmpdir(), "unchanged-pass-"));
  try {
    const empty = join(folder, "empty.cjs");
    writeFileSync(empty, "");
    // Taken before and after each pass, started by the same program in the same way: on a shared machine an empty program,
    // too, takes twice as long at times.
    const floors: { wall: number; cpu: number }[] = [];
    const road = await digitsRoad({
      folder: join(folder, "road"),
      repeatUnchanged: ROUNDS,
      betweenUnchanged: async () => {
        const costs: { wallMs: number; cpuMs: number }[] = [];
        for (let round = 0; round < FLOORS; round++) costs.push(await emptyProgram(empty, folder));
        floors.push({
          wall: median(costs.map(({ wallMs }) => wallMs)),
          // The kernel tells it in hundredths of a second: only the sum of several says something.
          cpu: costs.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / FLOORS,
        });
      },
    });
    const ours = road.unchanged.map(({ processes }) => processes.filter(({ command }) => command.includes("/dist/")));
    const around = (round: number): number => (floors[round]!.wall + floors[round + 1]!.wall) / 2;
    const cpuFloor = floors.reduce((sum, { cpu }) => sum + cpu, 0) / floors.length;
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const wall = median(ours.map((row, round) => sum(row.map(({ ms }) => ms)) / around(round)));
    const cpu = sum(ours.flat().map(({ cpuMs }) => cpuMs)) / ours.length / cpuFloor;
    const each = ours[0]!
      .map(({ step }, at) => `${step} ${median(ours.map((row, round) => row[at]!.ms / around(round))).toFixed(1)}`)
      .join(", ");
    const requests = median(road.unchanged.map((result) => result.requests.length));
    return [
      {
        what: "nothing changed: all of our processes together",
        goal: `≤ ${GOAL} × an empty Node program`,
        measured: `${wall.toFixed(1)} × wall, ${cpu.toFixed(1)} × CPU (${each})`,
        holds: wall <= GOAL,
      },
      { what: "nothing changed: requests to GitHub", goal: "≤ 6", measured: String(requests), holds: requests <= 6 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function emptyProgram(file: string, cwd: string): Promise<{ wallMs: number; cpuMs: number }> {
  return await runProcess({
    file: process.execPath,
    args: [file],
    cwd,
    environment: { PATH: process.env["PATH"] ?? "" },
    signal: new AbortController().signal,
    timings: { interruptMs: 1000, terminateMs: 1000, drainMs: 1000 },
    onLine: () => undefined,
  });
}
