import fc from "fast-check";
import { expect, test } from "vitest";

import { playRollout, rollouts } from "./random-rollouts.ts";

/** `ROLLOUTS=10000` for a longer run; the seed of a failure is printed by fast-check. */
const runs = Number(process.env.ROLLOUTS ?? "2000");

test(`no wrong verdict in ${runs} random rollouts`, { timeout: 300_000 }, () => {
  let played = 0;
  fc.assert(
    fc.property(rollouts, (rollout) => {
      played++;
      expect(playRollout(rollout)).toBeUndefined();
    }),
    { numRuns: runs },
  );
  expect(played).toBeGreaterThanOrEqual(runs);
});
