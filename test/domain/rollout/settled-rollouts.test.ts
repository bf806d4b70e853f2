// Random rollouts of a Deployment, by a controller and kubelets that tell late and in any order: what is settled must be so.
import fc from "fast-check";
import { expect, it } from "vitest";
import { NO_RULES } from "../../../src/domain/kubernetes/kinds.ts";
import type { KubernetesObject } from "../../../src/domain/kubernetes/object.ts";
import { judgeObjects, NOTHING_SEEN, type AppliedObject } from "../../../src/domain/rollout/settled.ts";

/** What is the case, as against what the status says. */
type Truth = {
  replicas: number;
  old: number;
  fresh: number;
  ready: number;
  stuck: boolean;
  generation: number;
  observed: number;
};

type Step = "surge" | "ready" | "unready" | "retire" | "look" | "stick" | "tick" | "edit";
const often = { arbitrary: fc.constantFrom<Step>("surge", "ready", "retire", "look"), weight: 30 };
const seldom = { arbitrary: fc.constantFrom<Step>("unready", "stick", "edit"), weight: 2 };
const STEP = fc.oneof(often, seldom, { arbitrary: fc.constant<Step>("tick"), weight: 3 });

function advance(truth: Truth, step: Step, status: object): object {
  switch (step) {
    case "surge":
      if (truth.fresh < truth.replicas) truth.fresh++;
      return status;
    case "ready":
      if (!truth.stuck && truth.ready < truth.fresh) truth.ready++;
      return status;
    case "unready":
      if (truth.ready > 0) truth.ready--;
      return status;
    case "retire":
      if (truth.old > 0 && truth.ready > 0) truth.old--;
      return status;
    case "stick":
      truth.stuck = true;
      return status;
    case "edit":
      // Someone scales: a new generation that the controller has yet to see.
      truth.generation++;
      truth.replicas = Math.max(truth.fresh, truth.replicas) + 1;
      return status;
    case "tick":
      return status;
    case "look":
      truth.observed = truth.generation;
      return {
        observedGeneration: truth.observed,
        replicas: truth.old + truth.fresh,
        updatedReplicas: truth.fresh,
        readyReplicas: truth.old + truth.ready,
        availableReplicas: truth.old + truth.ready,
        conditions: [
          {
            type: "Progressing",
            status: truth.stuck && truth.ready < truth.replicas ? "False" : "True",
            reason: truth.stuck ? "ProgressDeadlineExceeded" : "ReplicaSetUpdated",
          },
        ],
      };
  }
}

it("is never settled before it is, and fails only what is stuck", () => {
  let [settled, failed] = [0, 0];
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(STEP, { minLength: 5, maxLength: 80, size: "max" }),
      (replicas, steps) => {
        const truth: Truth = { replicas, old: replicas, fresh: 0, ready: 0, stuck: false, generation: 2, observed: 1 };
        const applied: AppliedObject = { kind: "Deployment", namespace: "n", name: "d", uid: "u", generation: 2 };
        // What stood before the apply: all well, of the generation before.
        let status: object = {
          observedGeneration: 1,
          replicas,
          updatedReplicas: replicas,
          readyReplicas: replicas,
          availableReplicas: replicas,
        };
        let memory = NOTHING_SEEN;
        let now = 0;
        for (const step of steps) {
          status = advance(truth, step, status);
          now += step === "tick" ? 2500 : 10;
          const object: KubernetesObject = {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "d", uid: "u", generation: truth.generation },
            spec: { replicas: truth.replicas },
            status: status as never,
          };
          const judged = judgeObjects([applied], [object], NO_RULES, now, memory);
          ({ memory } = judged);
          if (judged.verdict.kind === "settled") {
            settled++;
            // Of the moment of the controller's last look, and of this generation.
            const told = status as { replicas: number; updatedReplicas: number; availableReplicas: number };
            expect(truth.observed).toBe(truth.generation);
            expect([told.replicas, told.updatedReplicas, told.availableReplicas]).toEqual([
              truth.replicas,
              truth.replicas,
              truth.replicas,
            ]);
            return;
          }
          if (judged.verdict.kind === "failed") {
            failed++;
            expect(truth.stuck).toBe(true);
            return;
          }
        }
      },
    ),
    { numRuns: 1000 },
  );
  // The property would hold of a judge that only ever waits.
  expect(settled).toBeGreaterThan(20);
  expect(failed).toBeGreaterThan(20);
});
