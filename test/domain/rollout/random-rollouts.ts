// A small world in which rollouts go at random: an operator that lies as the recordings show, a Deployment controller, pods. It
// knows the truth, so that a verdict can be held against it.
import fc from "fast-check";

import type { Condition, Deployment, Pod } from "../../../src/domain/kubernetes/object.ts";
import {
  judgeRollout,
  NO_MEMORY,
  SPEC_ID_ANNOTATION,
  type Applied,
  type RolloutFacts,
} from "../../../src/domain/rollout/verdict.ts";
import { DEPLOY_ID_LABEL } from "../../../src/domain/seldon/deploy-ids.ts";

type Fate = "ready" | "no-image" | "crash" | "never-ready" | "quota";

type Shape = {
  readonly predictors: number;
  readonly replicas: number;
  readonly fates: readonly Fate[];
  readonly update: boolean;
  /** The version before had stalled: its condition stands beside the new generation for one write. */
  readonly stalledBefore: boolean;
};

/** What happens next: who acts, and whether the watcher's view is brought up to date of which object. */
type Step = { readonly actor: number; readonly pick: number; readonly ms: number };

export const rollouts = fc.record({
  shape: fc.record({
    predictors: fc.integer({ min: 1, max: 2 }),
    replicas: fc.integer({ min: 1, max: 3 }),
    fates: fc.array(fc.constantFrom<Fate>("ready", "ready", "ready", "no-image", "crash", "never-ready", "quota"), {
      minLength: 2,
      maxLength: 2,
    }),
    update: fc.boolean(),
    stalledBefore: fc.boolean(),
  }),
  steps: fc.array(
    fc.record({
      actor: fc.integer({ min: 0, max: 11 }),
      pick: fc.nat({ max: 5 }),
      ms: fc.integer({ min: 1, max: 4000 }),
    }),
    { minLength: 5, maxLength: 120 },
  ),
});

type SimPod = {
  id: string;
  depl: number;
  ready: boolean;
  restarts: number;
  ending: boolean;
  waiting: string;
  message: string;
  serial: number;
};
type SimDeployment = {
  exists: boolean;
  id: string;
  generation: number;
  observed: number;
  status: Deployment["status"];
};

const OLD = "0".repeat(40);
const idOf = (at: number): string => `${at + 1}`.repeat(40);

/** @returns what went wrong, or undefined */
export function playRollout({ shape, steps }: { shape: Shape; steps: readonly Step[] }): string | undefined {
  const { predictors, replicas, fates, update, stalledBefore } = shape;
  const depls: SimDeployment[] = Array.from({ length: predictors }, () => ({
    exists: update,
    id: update ? OLD : "",
    generation: update ? 1 : 0,
    observed: update ? 1 : 0,
    status: update
      ? {
          observedGeneration: 1,
          replicas,
          updatedReplicas: replicas,
          readyReplicas: replicas,
          availableReplicas: replicas,
        }
      : {},
  }));
  let serial = 0;
  let pods: SimPod[] = update
    ? depls.flatMap((_, depl) => Array.from({ length: replicas }, () => simPod(OLD, depl, true)))
    : [];
  function simPod(id: string, depl: number, ready: boolean): SimPod {
    return {
      id,
      depl,
      ready,
      restarts: 0,
      ending: false,
      waiting: ready ? "" : "ContainerCreating",
      message: "",
      serial: serial++,
    };
  }
  let [state, description, now] = [update ? "Available" : undefined, "", 0] as [string | undefined, string, number];
  const stalled = new Set<number>();
  const leftOver = new Set<number>();
  const fate = (at: number): Fate => fates[at] ?? "ready";

  // --- the actors
  const operatorRolls = (at: number): void => {
    const depl = depls[at % predictors]!;
    if (depl.exists && depl.id === idOf(at % predictors)) return;
    depl.exists = true;
    depl.id = idOf(at % predictors);
    depl.generation++;
  };
  /** As the real one: it looks at the Deployments' numbers, never at their generation, and skips what it has not made yet. */
  const operatorSays = (): void => {
    const known = depls.filter(({ exists }) => exists);
    const good = known.every(
      ({ status }) => (status?.readyReplicas ?? 0) > 0 && (status?.unavailableReplicas ?? 0) === 0,
    );
    state = known.length > 0 && good ? "Available" : "Creating";
    description = "";
  };
  const operatorStumbles = (): void => {
    state = "Failed";
    description = "etcdserver: leader changed";
  };
  const controllerActs = (at: number): void => {
    const nth = at % predictors;
    const depl = depls[nth]!;
    if (!depl.exists) return;
    const mine = pods.filter((pod) => pod.depl === nth && !pod.ending);
    const fresh = mine.filter(({ id }) => id === depl.id);
    if (fresh.length < replicas && fate(nth) !== "quota" && mine.length < replicas + 1)
      pods.push(simPod(depl.id, nth, false));
    const old = mine.filter(({ id }) => id !== depl.id);
    if (fresh.filter(({ ready }) => ready).length + old.length > replicas && old[0]) old[0].ending = true;
  };
  const controllerWrites = (at: number): void => {
    const nth = at % predictors;
    const depl = depls[nth]!;
    if (!depl.exists) return;
    const mine = pods.filter((pod) => pod.depl === nth && !pod.ending);
    const available = mine.filter(({ ready }) => ready).length;
    const fresh = mine.filter(({ id }) => id === depl.id);
    const conditions: Condition[] = [];
    if (fate(nth) === "quota" && depl.id !== OLD)
      conditions.push({ type: "ReplicaFailure", status: "True", message: "exceeded quota" });
    const left = stalledBefore && update && depl.observed < depl.generation && depl.id !== OLD;
    if (left) leftOver.add(nth);
    else leftOver.delete(nth);
    conditions.push({ type: "Progressing", status: left || (stalled.has(nth) && depl.id !== OLD) ? "False" : "True" });
    depl.observed = depl.generation;
    depl.status = {
      observedGeneration: depl.observed,
      replicas: mine.length,
      updatedReplicas: fresh.length,
      readyReplicas: available,
      availableReplicas: available,
      unavailableReplicas: Math.max(0, Math.max(replicas, mine.length) - available),
      conditions,
    };
  };
  const kubeletActs = (pick: number): void => {
    const pod = pods.filter(({ id }) => id !== OLD)[pick % Math.max(1, pods.filter(({ id }) => id !== OLD).length)];
    if (!pod || pod.ending) return;
    const its = fate(pod.depl);
    if (its === "ready") {
      [pod.ready, pod.waiting] = [true, ""];
    } else if (its === "no-image") {
      // The first pull may stumble over the network; only what the registry itself says is final.
      [pod.waiting, pod.message] =
        pod.waiting === "ErrImagePull" ? ["ImagePullBackOff", "manifest unknown"] : ["ErrImagePull", "i/o timeout"];
    } else if (its === "crash") {
      [pod.waiting, pod.restarts] = ["CrashLoopBackOff", pod.restarts + 1];
    } else pod.waiting = "";
  };
  const clockRunsOut = (at: number): void => {
    const nth = at % predictors;
    if (fate(nth) !== "ready" && fate(nth) !== "quota" && depls[nth]!.id !== OLD && depls[nth]!.exists)
      stalled.add(nth);
  };

  // --- what the watcher sees: each list from its own moment
  let seenDeployments: Deployment[] = [];
  let seenPods: Pod[] = [];
  const seeDeployments = (): void => {
    seenDeployments = depls.flatMap((depl, nth) => (depl.exists ? [asDeployment(depl, nth, replicas)] : []));
  };
  const seePods = (): void => {
    seenPods = pods.map(asPod);
  };
  seeDeployments();
  seePods();

  const applied: Applied = {
    uid: "u",
    generation: 2,
    deployId: "f".repeat(40),
    predictors: Array.from({ length: predictors }, (_, nth) => ({
      name: `p${nth}`,
      deployId: idOf(nth),
      deployments: 1,
      replicas,
    })),
  };
  let memory = NO_MEMORY;
  const look = (): string | undefined => {
    const facts: RolloutFacts = {
      now,
      deployments: seenDeployments,
      pods: seenPods,
      sdep: {
        apiVersion: "v1",
        kind: "SeldonDeployment",
        metadata: { name: "m", uid: "u", generation: 2, annotations: { [SPEC_ID_ANNOTATION]: "f".repeat(40) } },
        spec: { predictors: [] },
        status: { ...(state === undefined ? {} : { state }), description },
      },
    };
    const judged = judgeRollout(applied, facts, memory);
    ({ memory } = judged);
    if (judged.verdict.kind === "wait") return undefined;
    if (judged.verdict.kind === "failed") return `failed:${judged.verdict.why}`;
    return "rolled-out";
  };
  /** Whether every predictor is served by its new pods, all of them and no other. */
  const trulyOut = (): boolean =>
    depls.every((depl, nth) => {
      const mine = pods.filter((pod) => pod.depl === nth && !pod.ending);
      return (
        depl.id === idOf(nth) && mine.length === replicas && mine.every(({ id, ready }) => id === depl.id && ready)
      );
    });
  const doomed = fates.slice(0, predictors).some((each) => each !== "ready");

  const wrong = (told: string): string | undefined => {
    if (told === "rolled-out" && !trulyOut())
      return `said rolled-out, and it is not: ${JSON.stringify({ depls, pods })}`;
    if (told.startsWith("failed") && !doomed) return `said ${told} of a rollout that is well`;
    return told === "rolled-out" && doomed ? "said rolled-out of one that can not be" : undefined;
  };
  let stumbles = 0;
  for (const { actor, pick, ms } of steps) {
    now += ms;
    const acts = [
      operatorRolls,
      operatorSays,
      controllerActs,
      controllerActs,
      controllerWrites,
      controllerWrites,
      kubeletActs,
      kubeletActs,
      clockRunsOut,
    ];
    if (actor < acts.length) acts[actor]!(pick);
    else if (actor === 9) seeDeployments();
    else if (actor === 10) seePods();
    else if (stumbles++ === 0) operatorStumbles();
    // A stumble never holds: the operator tries again within seconds.
    if (state === "Failed" && memory.failedSince !== undefined && now - memory.failedSince > 8000) operatorSays();
    pods = pods.filter((pod) => !(pod.ending && pick === 0));
    const told = look();
    // The controller's next write follows within milliseconds, and the watch tells it.
    for (const nth of leftOver) controllerWrites(nth);
    if (seenDeployments.some(({ status }) => status?.conditions?.some(({ status: is }) => is === "False")))
      seeDeployments();
    if (told !== undefined) return wrong(told);
  }
  // --- everybody does their work now: the verdict must come, and be right
  for (let round = 0; round < 80; round++) {
    now += 1000;
    for (let nth = 0; nth < predictors; nth++) {
      operatorRolls(nth);
      controllerActs(nth);
      if (round > 40) clockRunsOut(nth);
      controllerWrites(nth);
    }
    for (let nth = 0; nth < 12; nth++) kubeletActs(nth);
    pods = pods.filter((pod) => !pod.ending);
    operatorSays();
    seeDeployments();
    seePods();
    const told = look();
    if (told !== undefined) return wrong(told);
  }
  return "no verdict although everybody has done their work";
}

function asDeployment(depl: SimDeployment, nth: number, replicas: number): Deployment {
  return {
    metadata: { name: `m-p${nth}-0-c`, generation: depl.generation, ownerReferences: [{ uid: "u" }] },
    spec: { replicas, template: { metadata: { labels: { [DEPLOY_ID_LABEL]: depl.id } } } },
    status: structuredClone(depl.status ?? {}),
  };
}

function asPod(pod: SimPod): Pod {
  return {
    metadata: {
      name: `m-${pod.serial}`,
      uid: `${pod.serial}`,
      labels: { [DEPLOY_ID_LABEL]: pod.id },
      ...(pod.ending ? { deletionTimestamp: "now" } : {}),
    },
    status: {
      containerStatuses: [
        {
          name: "c",
          ready: pod.ready,
          restartCount: pod.restarts,
          state: pod.waiting === "" ? { running: {} } : { waiting: { reason: pod.waiting, message: pod.message } },
          lastState: pod.restarts > 0 ? { terminated: { reason: "Error", exitCode: 1 } } : {},
        },
      ],
    },
  };
}
