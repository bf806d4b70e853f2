// npm run bench [name …]: figures, each a ratio taken in one run. Prints a table and says which goals hold; ends with 1 where
// one does not, so that a slower door is noticed.
import { coldStart } from "./cold-start.ts";
import { deployWait } from "./deploy-wait.ts";
import { fingerprint, fingerprintLarge } from "./fingerprint.ts";
import { gate } from "./gate.ts";
import { image } from "./image.ts";
import type { Figure } from "./rounds.ts";
import { skip } from "./skip.ts";
import { unchangedPass } from "./unchanged-pass.ts";

const benches: Record<string, () => Promise<Figure[]>> = {
  "cold-start": coldStart,
  "unchanged-pass": unchangedPass,
  fingerprint,
  "fingerprint-large": fingerprintLarge,
  gate,
  "deploy-wait": deployWait,
  image,
  skip,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0)
  throw new Error(`expected some of ${Object.keys(benches).join(", ")}, saw ${unknown.join(", ")}`);

/** These take minutes, and run only when they are asked for. */
const long = ["fingerprint-large"];

for (const name of asked.length > 0 ? asked : Object.keys(benches).filter((name) => !long.includes(name))) {
  console.log(`\n${name}`);
  for (const { what, goal, measured, holds } of await benches[name]!()) {
    console.log(`  ${holds ? "holds " : "MISSED"}  ${what.padEnd(44)} ${measured.padEnd(34)} goal ${goal}`);
    if (!holds) process.exitCode = 1;
  }
}
