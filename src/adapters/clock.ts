import { setTimeout as delay } from "node:timers/promises";

import type { Clock } from "../ports.ts";

/** The machine's own clocks. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    elapsed: () => performance.now(),
    sleep: async (milliseconds, signal) => {
      await delay(milliseconds, undefined, signal ? { signal } : {});
    },
  };
}
