import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import "../test/runner/json-attribute.ts";
import type { Figure } from "./bench.ts";
import { cost, median } from "./rounds.ts";

const GOAL = 12;
const ROUNDS = 9;

/** Pass 2 of the demo: what our own processes cost when nothing changed, against an empty Node program beside them. */
export async function unchangedPass(): Promise<Figure[]> {
  const { digitsRoad } = await import("../test/demo/digits-road.ts");
  const folder = mkdtempSync(join(tmpdir(), "unchanged-pass-"));
  try {
    const empty = join(folder, "empty.cjs");
    writeFileSync(empty, "");
    // Taken before and after each pass: on a shared machine an empty program, too, takes twice as long at times.
    const floors: number[] = [];
    const road = await digitsRoad({
      folder: join(folder, "road"),
      repeatUnchanged: ROUNDS,
      betweenUnchanged: () => {
        const command = [process.execPath, empty];
        floors.push(median(Array.from({ length: 5 }, () => cost({ name: "an empty program", command }).wall * 1000)));
      },
    });
    const around = (round: number): number => (floors[round]! + floors[round + 1]!) / 2;
    const ours = road.unchanged.map(({ processes }) => processes.filter(({ command }) => command.includes("/dist/")));
    const totals = ours.map((row, round) => row.reduce((sum, each) => sum + each.ms, 0) / around(round));
    const requests = median(road.unchanged.map((result) => result.requests.length));
    const each = ours[0]!
      .map(({ step }, at) => `${step} ${median(ours.map((row, round) => row[at]!.ms / around(round))).toFixed(1)}`)
      .join(", ");
    return [
      {
        what: "nothing changed: all of our processes together",
        goal: `≤ ${GOAL} × an empty Node program`,
        measured: `${quiet(totals).toFixed(1)} × (median ${median(totals).toFixed(1)}: ${each})`,
        holds: quiet(totals) <= GOAL,
      },
      { what: "nothing changed: requests to GitHub", goal: "≤ 6", measured: String(requests), holds: requests <= 6 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The lower quartile: a pass of five processes is longer than an empty program and meets every busy moment of its machine. */
const quiet = (ratios: readonly number[]): number => ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 4)]!;
