import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

import { compare, type Figure } from "./rounds.ts";

const root = resolve(import.meta.dirname, "..");
const GOAL = 1.6;

/** Every action's door, from nothing to its first failed validation, against an empty Node program. */
export async function coldStart(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "cold-start-"));
  try {
    const empty = join(folder, "empty.cjs");
    const output = join(folder, "output");
    writeFileSync(empty, "");
    writeFileSync(output, "");
    const env = {
      GITHUB_OUTPUT: output,
      RUNNER_TEMP: folder,
      GITHUB_WORKSPACE: folder,
      "INPUT_WAIT-TIMEOUT": "soon",
      "INPUT_ON-REJECT": "shrug",
      INPUT_RECORD: "no record",
    };
    const doors = readdirSync(join(root, "src", "main")).map((file) => basename(file, ".ts"));
    const standings = compare(
      [
        { name: "an empty program", command: [process.execPath, empty] },
        ...doors.map((id) => ({ name: id, command: [process.execPath, join(root, "dist", `${id}.cjs`)], env })),
      ],
      15,
    );
    return standings.slice(1).map(({ name, wall, cpu }) => ({
      what: `${name}, to its first failed validation`,
      goal: `≤ ${GOAL} × an empty Node program`,
      measured: `${wall.toFixed(2)} × wall, ${cpu.toFixed(2)} × CPU`,
      holds: wall <= GOAL && cpu <= GOAL,
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
