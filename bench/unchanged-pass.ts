import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import "../test/runner/json-attribute.ts";
import { cost, median, type Figure } from "./rounds.ts";

const GOAL = 12;

/** Pass 2 of the demo: what our own processes cost when nothing changed, against an empty Node program beside them. */
export async function unchangedPass(): Promise<Figure[]> {
  const { digitsRoad } = await import("../test/demo/digits-road.ts");
  const folder = mkdtempSync(join(tmpdir(), "unchanged-pass-"));
  try {
    const empty = join(folder, "empty.cjs");
    writeFileSync(empty, "");
    const floors: number[] = [];
    const road = await digitsRoad({
      folder: join(folder, "road"),
      repeatUnchanged: 5,
      onPassDone: () => {
        for (let round = 0; round < 5; round++)
          floors.push(cost({ name: "an empty program", command: [process.execPath, empty] }).wall * 1000);
      },
    });
    const floor = median(floors);
    const ours = road.unchanged.map(({ processes }) => processes.filter(({ command }) => command.includes("/dist/")));
    const totals = ours.map((row) => row.reduce((sum, each) => sum + each.ms, 0) / floor);
    const requests = median(road.unchanged.map((result) => result.requests.length));
    const each = ours[0]!.map((first) => `${first.step} ${(first.ms / floor).toFixed(1)}`).join(", ");
    return [
      {
        what: "nothing changed: all of our processes together",
        goal: `≤ ${GOAL} × an empty Node program`,
        measured: `${median(totals).toFixed(1)} × (${each})`,
        holds: median(totals) <= GOAL,
      },
      { what: "nothing changed: requests to GitHub", goal: "≤ 6", measured: String(requests), holds: requests <= 6 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
