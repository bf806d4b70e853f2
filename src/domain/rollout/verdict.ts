import { conditionOf, type Deployment, type Pod } from "../kubernetes/object.ts";
import { DEPLOY_ID_LABEL } from "../seldon/deploy-ids.ts";
import type { SeldonDeployment } from "../seldon/resource.ts";
import { doomOf, unschedulable, type Doom } from "./doom.ts";
import { agedSigns, inheritedSigns, isOld, type Inherited } from "./inherited.ts";

/** Annotation with the digest of the whole spec, in the same write as the spec itself. */
export const SPEC_ID_ANNOTATION = "model-road/deploy-id";
const EXPLAINER_LABEL = "seldon.io/explainer";

/** What was applied, as the API server answered. */
export type Applied = {
  readonly uid: string;
  readonly generation: number;
  /** Digest of the whole spec. */
  readonly deployId: string;
  readonly predictors: readonly AppliedPredictor[];
};

export type AppliedPredictor = {
  readonly name: string;
  /** The label that its pods must carry. */
  readonly deployId: string;
  /** How many Deployments the operator makes of it, explainer left out. */
  readonly deployments: number;
  /** Pods of each of its Deployments; absent where an autoscaler decides. */
  readonly replicas: number | undefined;
  /** Whether the spec that stood before had it too, with these very pods. */
  readonly stood?: boolean;
  /** Whether the operator makes a Deployment for an explainer beside it. */
  readonly explained?: boolean;
};

/** What was seen at one time. */
export type RolloutFacts = {
  /** `undefined` when it does not exist. */
  readonly sdep: SeldonDeployment | undefined;
  readonly deployments: readonly Deployment[];
  readonly pods: readonly Pod[];
  /** Milliseconds on a clock that never jumps. */
  readonly now: number;
};

/** What must be remembered between two looks: since when something has been so. */
export type RolloutMemory = {
  readonly failedSince: number | undefined;
  /** Pod and container → since when it has been in a state that may still pass. */
  readonly shakySince: Readonly<Record<string, number>>;
  /** Deployment, generation and condition → since when it has been so. */
  readonly stuckSince: Readonly<Record<string, number>>;
  /** What was wrong before we wrote, with pods that we did not touch; absent before the first look. */
  readonly inherited?: Inherited;
  /** Deployments that had given up already at the first look, as keys of `stuckSince`. */
  readonly inheritedStuck?: readonly string[];
};

export const NO_MEMORY: RolloutMemory = { failedSince: undefined, shakySince: {}, stuckSince: {} };

export type RolloutVerdict =
  | { readonly kind: "wait"; readonly waitsFor: string }
  /** Every Deployment carries our version and nothing else, and the operator agrees. The request comes after. */
  | { readonly kind: "rolled-out" }
  | { readonly kind: "failed"; readonly why: FailureCode; readonly message: string; readonly culprit?: Doom };

export type FailureCode = "replaced" | "deleted" | "superseded" | "quota" | "deadline" | "doomed-pod" | "operator";

/** The operator writes `Failed` for any passing error of a reconcile, and takes it back. */
const FAILED_HOLDS_MS = 20_000;
/** Longer for what had given up before: a spec that is written again starts nothing anew. */
const INHERITED_HOLDS_MS = 60_000;
/** The Deployment controller takes up a new generation and, for a moment, leaves the conditions of the one before beside it. */
const STUCK_HOLDS_MS = 2000;

/**
 * Tells whether an applied SeldonDeployment is rolled out. The operator's own state does not: it never says which generation
 * it is about, says `Available` for an update 23 s before that is true, and `Creating` for ever where old pods still serve.
 * So its children are read, and the deploy id in their pod templates says which spec they are of.
 * @returns the verdict, and what to remember until the next look
 */
export function judgeRollout(
  applied: Applied,
  facts: RolloutFacts,
  before: RolloutMemory = NO_MEMORY,
): { verdict: RolloutVerdict; memory: RolloutMemory } {
  const { sdep, now } = facts;
  if (sdep === undefined) return decided(failed("deleted", "the SeldonDeployment is gone"));
  if (sdep.metadata.uid !== applied.uid) {
    return decided(failed("replaced", "someone has deleted the SeldonDeployment and made another of its name"));
  }
  // A read from before our write: nothing of it is about us.
  if ((sdep.metadata.generation ?? 0) < applied.generation) {
    return { verdict: wait("the API server to show what was applied"), memory: before };
  }
  if (sdep.metadata.deletionTimestamp !== undefined) {
    return decided(failed("deleted", "the SeldonDeployment is being deleted"));
  }
  const live = sdep.metadata.annotations?.[SPEC_ID_ANNOTATION];
  if (live !== applied.deployId) {
    const other =
      live === undefined ? "someone has taken our annotations away" : `${live.slice(0, 12)} was applied after us`;
    return decided(failed("superseded", other));
  }
  const stood = new Set(applied.predictors.filter((each) => each.stood === true).map((each) => each.deployId));
  const failedSince = sdep.status?.state === "Failed" ? (before.failedSince ?? now) : undefined;
  const owned = facts.deployments.filter((each) => ownedBy(each, applied.uid));
  const ids = new Set(applied.predictors.map((each) => each.deployId));
  const ours = owned.filter((each) => ids.has(idOf(each)) || isExplainer(each));
  const settled = ours.filter(observed);

  const stuckSince = conditionsHeld(settled, before.stuckSince, now);
  const inheritedStuck =
    before.inheritedStuck ??
    settled.filter((each) => stood.has(idOf(each))).flatMap((each) => STUCK.map((type) => stuckKey(each, type)));
  const holds = (each: Deployment, type: string): boolean => {
    const key = stuckKey(each, type);
    const least = inheritedStuck.includes(key) ? INHERITED_HOLDS_MS : STUCK_HOLDS_MS;
    return now - (stuckSince[key] ?? now) >= least;
  };
  const refused = settled.find((each) => holds(each, "ReplicaFailure"));
  if (refused !== undefined) {
    const { message, reason } = conditionOf(refused.status?.conditions, "ReplicaFailure") ?? {};
    return decided(failed("quota", `Kubernetes refuses to make pods: ${message ?? reason ?? "no reason told"}`));
  }
  const pods = facts.pods.filter((pod) => isNew(pod, ids));
  const old =
    before.inherited ??
    inheritedSigns(
      pods.filter((pod) => isNew(pod, stood)),
      doomOf,
    );
  const { doomed, shakySince } = lookAtPods(pods, old, before.shakySince, now);
  const inherited = agedSigns(old, pods, doomOf);
  // Only what stood at the first look, and stands unbroken, is of before.
  const stillStuck = inheritedStuck.filter((key) => Object.hasOwn(stuckSince, key));
  const memory: RolloutMemory = { failedSince, shakySince, stuckSince, inherited, inheritedStuck: stillStuck };
  if (doomed !== undefined) {
    return { verdict: { ...failed("doomed-pod", doomed.message), culprit: doomed }, memory };
  }
  const stalled = settled.find((each) => holds(each, "Progressing"));
  if (stalled !== undefined) {
    const { message = "" } = conditionOf(stalled.status?.conditions, "Progressing") ?? {};
    const stuck = pods.map(unschedulable).find((each) => each !== undefined);
    const told = [message, ...(stuck === undefined ? [] : [`a pod has no place: ${stuck}`])].map((each) =>
      each.replace(/\.$/, ""),
    );
    return {
      verdict: failed("deadline", `Deployment ${stalled.metadata.name} makes no progress: ${told.join("; ")}`),
      memory,
    };
  }
  if (failedSince !== undefined && now - failedSince >= (stood.size > 0 ? INHERITED_HOLDS_MS : FAILED_HOLDS_MS)) {
    const description = sdep.status?.description;
    return {
      verdict: failed("operator", description === undefined || description === "" ? "it gives no reason" : description),
      memory,
    };
  }
  const missing = whatIsMissing(applied, owned, ours, pods);
  if (missing !== undefined) return { verdict: wait(missing), memory };
  if (sdep.status?.state !== "Available") {
    return { verdict: wait(`Seldon's operator to say Available (now ${sdep.status?.state ?? "nothing"})`), memory };
  }
  return { verdict: { kind: "rolled-out" }, memory };
}

/** kubectl's rule for a Deployment, which must also have been seen by its controller as it is now. */
export function rolledOut(deployment: Deployment): boolean {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = deployment.status ?? {};
  const wanted = deployment.spec.replicas ?? 1;
  return (
    observed(deployment) &&
    updatedReplicas === wanted &&
    replicas === wanted &&
    availableReplicas === wanted &&
    unavailableReplicas === 0
  );
}

/** The deploy id in a Deployment's pod template; empty where it has none. */
export const idOf = (deployment: Deployment): string =>
  deployment.spec.template.metadata?.labels?.[DEPLOY_ID_LABEL] ?? "";

export const isNew = (pod: Pod, ids: ReadonlySet<string>): boolean =>
  ids.has(pod.metadata.labels?.[DEPLOY_ID_LABEL] ?? "") && pod.metadata.deletionTimestamp === undefined;

const ownedBy = ({ metadata }: Deployment, uid: string): boolean =>
  metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;

const isExplainer = ({ metadata }: Deployment): boolean => metadata.labels?.[EXPLAINER_LABEL] === "true";

const observed = ({ metadata, status }: Deployment): boolean =>
  (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);

const STUCK = ["ReplicaFailure", "Progressing"] as const;

const stuckKey = ({ metadata }: Deployment, type: string): string =>
  `${metadata.uid ?? metadata.name}/${metadata.generation ?? 0}/${type}`;

/** Since when each Deployment has told that it can not go on. */
function conditionsHeld(
  deployments: readonly Deployment[],
  before: Readonly<Record<string, number>>,
  now: number,
): Readonly<Record<string, number>> {
  const since: Record<string, number> = {};
  for (const each of deployments) {
    const { conditions } = each.status ?? {};
    const stuck = [
      ...(conditionOf(conditions, "ReplicaFailure")?.status === "True" ? ["ReplicaFailure"] : []),
      ...(conditionOf(conditions, "Progressing")?.status === "False" && !rolledOut(each) ? ["Progressing"] : []),
    ];
    for (const type of stuck) {
      const key = stuckKey(each, type);
      since[key] = before[key] ?? now;
    }
  }
  return since;
}

function whatIsMissing(
  applied: Applied,
  owned: readonly Deployment[],
  ours: readonly Deployment[],
  pods: readonly Pod[],
): string | undefined {
  for (const { name, deployId, deployments, replicas } of applied.predictors) {
    const own = ours.filter((each) => idOf(each) === deployId && !isExplainer(each));
    if (own.length < deployments) return `the operator to roll predictor ${name} out`;
    const scaled = own.find((each) => replicas !== undefined && (each.spec.replicas ?? 1) !== replicas);
    if (scaled !== undefined) return `the operator to scale ${scaled.metadata.name} to ${replicas}`;
  }
  const explained = applied.predictors.filter((each) => each.explained === true);
  if (ours.filter(isExplainer).length < explained.length) {
    return `the operator to make the explainer of ${explained.map(({ name }) => name).join(", ")}`;
  }
  const unready = ours.find((each) => !rolledOut(each));
  if (unready !== undefined) return tellProgress(unready, pods);
  const old = owned.find((each) => !ours.includes(each));
  return old === undefined ? undefined : `the operator to remove ${old.metadata.name}, which is of an earlier spec`;
}

function tellProgress({ metadata, spec, status }: Deployment, pods: readonly Pod[]): string {
  const wanted = spec.replicas ?? 1;
  const stuck = pods.map(unschedulable).find((message) => message !== undefined);
  if (stuck !== undefined) return `a place for a pod of ${metadata.name}: ${stuck}`;
  const { updatedReplicas: updated = 0, availableReplicas: available = 0, replicas = 0 } = status ?? {};
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return `Kubernetes to take up ${metadata.name}`;
  if (updated < wanted) return `${wanted} new pods of ${metadata.name} (${updated} made)`;
  if (replicas > updated) return `${replicas - updated} old pods of ${metadata.name} to end`;
  return `${wanted} pods of ${metadata.name} to be ready (${available} are)`;
}

function lookAtPods(
  pods: readonly Pod[],
  inherited: Inherited,
  before: Readonly<Record<string, number>>,
  now: number,
): { doomed: Doom | undefined; shakySince: Readonly<Record<string, number>> } {
  const shakySince: Record<string, number> = {};
  for (const pod of pods) {
    const doom = doomOf(pod);
    if (doom === undefined || isOld(inherited, pod, doom)) continue;
    if (doom.graceMs === 0) return { doomed: doom, shakySince };
    const key = `${pod.metadata.uid ?? pod.metadata.name}/${doom.container}/${doom.reason}`;
    const since = Object.hasOwn(before, key) ? before[key]! : now;
    shakySince[key] = since;
    if (now - since >= doom.graceMs) return { doomed: doom, shakySince };
  }
  return { doomed: undefined, shakySince };
}

const wait = (waitsFor: string): RolloutVerdict => ({ kind: "wait", waitsFor });
const failed = (why: FailureCode, message: string) => ({ kind: "failed", why, message }) as const;
const decided = (verdict: RolloutVerdict) => ({ verdict, memory: NO_MEMORY });
