import type { Json } from "../text/json.ts";
import { groupOf, ruleHolds, rulesFor, type ConditionRule } from "./condition-rule.ts";
import { conditionOf, type Condition, type KubernetesObject } from "./object.ts";

/** What one object says of itself. */
export type KindVerdict =
  | { readonly kind: "wait"; readonly waitsFor: string }
  | { readonly kind: "done" }
  /** It exists, and nobody told us by which sign it is well. */
  | { readonly kind: "untold" }
  /** `holdsMs`: how long it must be so. A controller may leave a sign of the generation before beside a new one. */
  | { readonly kind: "failed"; readonly why: string; readonly holdsMs: number };

export type CustomRules = {
  /** All that are about a kind must hold. */
  readonly success: readonly ConditionRule[];
  /** One that holds is enough. */
  readonly failure: readonly ConditionRule[];
};

export const NO_RULES: CustomRules = { success: [], failure: [] };

/** Fields of `spec` and `status`, read with care: what another wrote may be of any type. */
type Seen = {
  readonly object: KubernetesObject;
  readonly generation: number;
  readonly spec: Fields;
  readonly status: Fields;
  readonly conditions: readonly Condition[];
};

type Rule = (seen: Seen) => KindVerdict;

const DONE: KindVerdict = { kind: "done" };
const UNTOLD: KindVerdict = { kind: "untold" };
const STALE_HOLDS_MS = 2000;
const wait = (waitsFor: string): KindVerdict => ({ kind: "wait", waitsFor });
const failed = (why: string, holdsMs = 0): KindVerdict => ({ kind: "failed", why, holdsMs });

/**
 * When an object of each kind is well, as its controller tells it: the one table that targets and backends wait by. The rules
 * of workloads are those of `kubectl rollout status`, those of jobs are their terminal conditions, never a count of pods.
 * A kind of the core groups that has no controller to wait for (ConfigMap, Role …) is done when it exists.
 */
const KINDS: Readonly<Record<string, Rule>> = {
  "apps/Deployment": (seen) => observed(seen) ?? progress(seen) ?? deployed(seen),
  "apps/StatefulSet": (seen) => observed(seen) ?? statefulSet(seen),
  "apps/DaemonSet": (seen) => observed(seen) ?? daemonSet(seen),
  "apps/ReplicaSet": (seen) => observed(seen) ?? replicated(seen),
  "/ReplicationController": (seen) => observed(seen) ?? replicated(seen),
  "/Pod": pod,
  "/Service": service,
  "/PersistentVolumeClaim": claim,
  "/Namespace": ({ status }) => (status.phase === "Terminating" ? failed("the namespace is being deleted") : DONE),
  "batch/Job": (seen) => (seen.spec.suspend === true ? wait("it to be resumed: it is suspended") : ended(seen)),
  "batch/CronJob": () => DONE,
  "autoscaling/HorizontalPodAutoscaler": autoscaler,
  "apiextensions.k8s.io/CustomResourceDefinition": definition,
  "apiregistration.k8s.io/APIService": (seen) => truth(seen, "Available", "to be available"),
  "kubeflow.org/TFJob": ended,
  "kubeflow.org/PyTorchJob": ended,
  "kubeflow.org/XGBoostJob": ended,
  "kubeflow.org/MPIJob": ended,
  "kubeflow.org/PaddleJob": ended,
  "kubeflow.org/JAXJob": ended,
  "trainer.kubeflow.org/TrainJob": (seen) =>
    seen.spec.suspend === true ? wait("it to be resumed: it is suspended") : ended(seen),
  "argoproj.io/Workflow": workflow,
};

/** Groups whose other kinds have nothing to wait for. */
const STILL_GROUPS = new Set([
  "",
  "apps",
  "autoscaling",
  "batch",
  "admissionregistration.k8s.io",
  "events.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
]);

/**
 * @param object as the API server gives it now
 * @param custom what the user says of kinds; it goes before the table
 */
export function judgeObject(object: KubernetesObject, custom: CustomRules = NO_RULES): KindVerdict {
  if (object.metadata.deletionTimestamp !== undefined) return failed("it is being deleted");
  const [success, failure] = [rulesFor(custom.success, object), rulesFor(custom.failure, object)];
  const broken = failure.find((rule) => ruleHolds(rule, object));
  // A status may be of the generation before until its controller has looked: only one that holds for a moment counts.
  if (broken !== undefined) return failed(`${broken.text} holds`, STALE_HOLDS_MS);
  const seen = look(object);
  if (success.length > 0) {
    const open = success.find((each) => !ruleHolds(each, object));
    return observed(seen) ?? (open === undefined ? DONE : wait(open.text));
  }
  const rule = KINDS[`${groupOf(object)}/${object.kind ?? ""}`];
  if (rule !== undefined) return rule(seen);
  return STILL_GROUPS.has(groupOf(object)) ? DONE : UNTOLD;
}

/** Whether such an object changes by itself until it is well, so that it is worth watching. */
export function isWatched(object: KubernetesObject, custom: CustomRules = NO_RULES): boolean {
  const key = `${groupOf(object)}/${object.kind ?? ""}`;
  return KINDS[key] !== undefined || [...custom.success, ...custom.failure].some(({ kind }) => kind === object.kind);
}

/** Whether the table, or the user, says when such an object is well. */
export function isTold(object: KubernetesObject, custom: CustomRules = NO_RULES): boolean {
  const group = groupOf(object);
  return (
    STILL_GROUPS.has(group) ||
    KINDS[`${group}/${object.kind ?? ""}`] !== undefined ||
    rulesFor(custom.success, object).length > 0
  );
}

/** The controller has seen this generation. Custom resources that never write `observedGeneration` pass. */
function observed({ generation, status, object }: Seen): KindVerdict | undefined {
  const ours = ["", "apps", "autoscaling", "batch"].includes(groupOf(object));
  const told = status.observedGeneration;
  if (typeof told !== "number") return ours ? wait("its controller to look at it") : undefined;
  return told < generation ? wait("its controller to look at the new version") : undefined;
}

function progress({ conditions }: Seen): KindVerdict | undefined {
  const refused = conditionOf(conditions, "ReplicaFailure");
  if (refused?.status === "True") return failed(`Kubernetes refuses to make pods: ${sayWhy(refused)}`, STALE_HOLDS_MS);
  const progressing = conditionOf(conditions, "Progressing");
  if (progressing?.status === "False" && progressing.reason === "ProgressDeadlineExceeded") {
    return failed(`it makes no progress: ${sayWhy(progressing)}`, STALE_HOLDS_MS);
  }
  return undefined;
}

function deployed({ spec, status }: Seen): KindVerdict {
  const wanted = number(spec.replicas, 1);
  const [all, updated, available] = [status.replicas, status.updatedReplicas, status.availableReplicas].map((each) =>
    number(each, 0),
  ) as [number, number, number];
  if (updated < wanted) return wait(`${updated} of ${wanted} new pods to be made`);
  if (all > updated) return wait(`${all - updated} old pods to go`);
  return available < updated ? wait(`${available} of ${updated} pods to be available`) : DONE;
}

function statefulSet({ spec, status }: Seen): KindVerdict {
  const wanted = number(spec.replicas, 1);
  const [ready, updated] = [number(status.readyReplicas, 0), number(status.updatedReplicas, 0)];
  if (ready < wanted) return wait(`${ready} of ${wanted} pods to be ready`);
  const strategy = fieldsOf(spec.updateStrategy);
  // With OnDelete nobody replaces pods but a person who deletes them.
  if (strategy.type === "OnDelete") return DONE;
  const kept = number(fieldsOf(strategy.rollingUpdate).partition, 0);
  if (kept > 0) return updated < wanted - kept ? wait(`${updated} of ${wanted - kept} pods to be replaced`) : DONE;
  return status.updateRevision === status.currentRevision ? DONE : wait(`${updated} of ${wanted} pods to be replaced`);
}

function daemonSet({ spec, status }: Seen): KindVerdict {
  const wanted = number(status.desiredNumberScheduled, 0);
  const [updated, available] = [number(status.updatedNumberScheduled, 0), number(status.numberAvailable, 0)];
  if (fieldsOf(spec.updateStrategy).type !== "OnDelete" && updated < wanted) {
    return wait(`${updated} of ${wanted} pods to be replaced`);
  }
  return available < wanted ? wait(`${available} of ${wanted} pods to be available`) : DONE;
}

function replicated({ spec, status }: Seen): KindVerdict {
  const [wanted, available] = [number(spec.replicas, 1), number(status.availableReplicas, 0)];
  return available < wanted ? wait(`${available} of ${wanted} pods to be available`) : DONE;
}

function pod({ status, conditions }: Seen): KindVerdict {
  if (status.phase === "Succeeded") return DONE;
  if (status.phase === "Failed") return failed(text(status.message) || text(status.reason) || "its containers failed");
  return conditionOf(conditions, "Ready")?.status === "True" ? DONE : wait("it to be ready");
}

function service({ spec, status }: Seen): KindVerdict {
  if (spec.type !== "LoadBalancer") return DONE;
  const given = Array.isArray(spec.externalIPs) && spec.externalIPs.length > 0;
  const ingress = fieldsOf(status.loadBalancer).ingress;
  const told =
    Array.isArray(ingress) && ingress.some((each) => text(fieldsOf(each).ip) || text(fieldsOf(each).hostname));
  return given || told ? DONE : wait("the load balancer to give it an address");
}

function claim({ status }: Seen): KindVerdict {
  if (status.phase === "Bound") return DONE;
  if (status.phase === "Lost") return failed("its volume is lost");
  return wait("a volume to be bound");
}

function autoscaler(seen: Seen): KindVerdict {
  const able = conditionOf(seen.conditions, "AbleToScale");
  if (able === undefined) return wait("the autoscaler to look at it");
  if (able.status === "False") return wait(`it to be able to scale: ${sayWhy(able)}`);
  const active = conditionOf(seen.conditions, "ScalingActive");
  if (active?.status === "True" || active?.reason === "ScalingDisabled") return DONE;
  return wait(`its metrics${active === undefined ? "" : `: ${sayWhy(active)}`}`);
}

function definition(seen: Seen): KindVerdict {
  const names = conditionOf(seen.conditions, "NamesAccepted");
  if (names?.status === "False") return failed(`its names are not accepted: ${sayWhy(names)}`, STALE_HOLDS_MS);
  return truth(seen, "Established", "to be established");
}

function truth({ conditions }: Seen, type: string, waitsFor: string): KindVerdict {
  return conditionOf(conditions, type)?.status === "True" ? DONE : wait(waitsFor);
}

/** Whatever runs to an end and tells it by a terminal condition. */
function ended({ conditions }: Seen): KindVerdict {
  const bad = conditionOf(conditions, "Failed");
  if (bad?.status === "True") return failed(sayWhy(bad));
  const good = ["Complete", "Succeeded"].some((type) => conditionOf(conditions, type)?.status === "True");
  return good ? DONE : wait("it to end");
}

function workflow({ status }: Seen): KindVerdict {
  if (status.phase === "Succeeded") return DONE;
  if (status.phase === "Failed" || status.phase === "Error") {
    return failed(text(status.message) || `its phase is ${status.phase}`);
  }
  return wait("it to end");
}

const sayWhy = ({ message, reason }: Condition): string => (message || reason || "no reason told").replace(/\.$/, "");

type Fields = { readonly [name: string]: Json | undefined };

function look(object: KubernetesObject): Seen {
  const status = fieldsOf(object.status);
  const conditions = (Array.isArray(status.conditions) ? status.conditions : []).map((each): Condition => {
    const { type, status: is, reason, message } = fieldsOf(each);
    return { type: text(type), status: text(is), reason: text(reason), message: text(message) };
  });
  return { object, generation: object.metadata.generation ?? 0, spec: fieldsOf(object.spec), status, conditions };
}

const fieldsOf = (value: Json | undefined): Fields =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
const number = (value: Json | undefined, otherwise: number): number => (typeof value === "number" ? value : otherwise);
