// A run is killed before or after any of its requests; then the pull request is closed, and one sweep must find everything.
import { afterEach, beforeEach, expect, test } from "vitest";

import { openDelivery, type DeliveryBench } from "./delivery-bench.ts";

const AUTO = { preview: "auto", "wait-timeout": "30s" };

let bench: DeliveryBench;
beforeEach(async () => {
  bench = await openDelivery();
  bench.patience.troubleMs = 20;
});
afterEach(async () => {
  await bench.close();
});

type Killed = { readonly at: number; readonly answerLost: boolean };

/** From the nth request on nothing is reached any more: to the outside, the run is dead. Says how many requests there were. */
async function killedAt({ at, answerLost }: Killed, work: (signal: AbortSignal) => Promise<unknown>): Promise<number> {
  const dead = new AbortController();
  let seen = 0;
  const reached = () => {
    const nth = ++seen;
    if (nth < at) return "answered" as const;
    setTimeout(() => dead.abort(new Error("killed")), 0);
    return nth === at && answerLost ? ("unanswered" as const) : ("refused" as const);
  };
  bench.hub.rest.reached = reached;
  bench.api.reached = reached;
  try {
    await work(dead.signal).catch(() => undefined);
  } finally {
    bench.hub.rest.reached = () => "answered";
    bench.api.reached = () => "answered";
  }
  return seen;
}

const left = (): unknown[] => [
  ...bench.previews(),
  ...bench.hub.world.deployments.filter(({ transient }) => transient).map(({ task }) => task),
];

test(
  "one sweep finds what any crash of a deploy, an update, a failing version or a sweep has left",
  { timeout: 600_000 },
  async () => {
    const event = await bench.pull();
    const deploy = (image: string) => async (signal: AbortSignal) =>
      await bench.deploy({ ...AUTO, image }, { ...event, signal });
    const reopen = (): unknown => Object.assign(bench.hub.world.pulls.get(12)!, { state: "open" });
    const scenarios: Record<
      string,
      { readonly before: boolean; readonly closed: boolean; readonly work: Parameters<typeof killedAt>[1] }
    > = {
      "a first deploy": { before: false, closed: false, work: deploy("acme/digits:2") },
      "a first deploy of a version that fails": { before: false, closed: false, work: deploy("acme/digits:nope") },
      "an update": { before: true, closed: false, work: deploy("acme/digits:2") },
      "an update by a version that fails": { before: true, closed: false, work: deploy("acme/digits:nope") },
      "a deploy of a pull request that is closed": { before: true, closed: true, work: deploy("acme/digits:2") },
      "a sweep": { before: true, closed: true, work: async (signal) => await bench.sweep({}, { signal }) },
    };
    const points: string[] = [];
    for (const [what, { before, closed, work }] of Object.entries(scenarios)) {
      for (const answerLost of [false, true]) {
        for (let at = 1; at < 60; at++) {
          reopen();
          if (before) expect((await bench.deploy(AUTO, event)).outputs.operation).toBe("created");
          if (closed) bench.closePull(12);
          const seen = await killedAt({ at, answerLost }, work);
          bench.closePull(12);
          const { failure } = await bench.sweep();
          expect(failure, `${what}, request ${at}`).toBeUndefined();
          expect(left(), `${what}, request ${at}, answer lost: ${answerLost}`).toEqual([]);
          if (seen < at) break;
          points.push(`${what} ${at} ${answerLost}`);
        }
      }
    }
    console.log(`preview swept within one sweep in ${points.length} of ${points.length} crash points`);
    expect(points.length).toBeGreaterThanOrEqual(100);
  },
);
