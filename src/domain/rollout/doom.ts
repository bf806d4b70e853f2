import { conditionOf, type ContainerStatus, type Pod } from "../kubernetes/object.ts";

/** A container that will not start by itself, and why. */
export type Doom = {
  readonly pod: string;
  readonly container: string;
  /** `ErrImagePull`, `CrashLoopBackOff`, `OOMKilled` … */
  readonly reason: string;
  /** One sentence for the log. */
  readonly message: string;
  /** How long it must have been so: what may be made good from outside (a Secret that comes later) gets some time. */
  readonly graceMs: number;
  /** Whether the container has run, so that it has log lines, and whether those are of its run before. */
  readonly logs: "none" | "current" | "previous";
};

const MOST_RESTARTS = 2;
const GRACE_MS = 10_000;
/** What registries and kubelets say when asking again will not help. */
const HOPELESS =
  /not found|manifest unknown|name unknown|no such image|denied|unauthorized|forbidden|insufficient_scope|no basic auth|invalid reference|no match for platform/i;

/** Reasons that no waiting mends, and those that a Secret, ConfigMap or volume might. */
const NEVER = new Set(["InvalidImageName", "ErrImageNeverPull", "RunContainerError", "ContainerCannotRun"]);
const SHAKY = new Set([
  "CreateContainerConfigError",
  "CreateContainerError",
  "PreCreateHookError",
  "PostStartHookError",
]);

/** The first container of a pod that is doomed, init containers first. */
export function doomOf(pod: Pod): Doom | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  for (const status of [...initContainerStatuses, ...containerStatuses]) {
    const found = containerDoom(status);
    if (found !== undefined)
      return { ...found, pod: pod.metadata.name, container: status.name, message: sentence(pod, status, found) };
  }
  return undefined;
}

/** The scheduler's own words for a pod that has no place; `undefined` for one that has. */
export function unschedulable(pod: Pod): string | undefined {
  const scheduled = conditionOf(pod.status?.conditions, "PodScheduled");
  return scheduled?.status === "False" && scheduled.reason === "Unschedulable" ? scheduled.message : undefined;
}

type Found = Pick<Doom, "reason" | "graceMs" | "logs"> & { readonly detail: string };

function containerDoom({ state, lastState, ready, restartCount = 0 }: ContainerStatus): Found | undefined {
  const { reason = "", message = "" } = state?.waiting ?? {};
  if (reason === "ErrImagePull" || reason === "ImagePullBackOff") {
    // Told of a registry in trouble, the kubelet tries again, and so do we until Kubernetes gives up.
    return HOPELESS.test(message) ? { reason, graceMs: 0, logs: "none", detail: message } : undefined;
  }
  if (NEVER.has(reason)) return { reason, graceMs: 0, logs: "none", detail: message };
  if (SHAKY.has(reason)) return { reason, graceMs: GRACE_MS, logs: "none", detail: message };
  // Ready again: an old pod may have fallen over weeks ago.
  if (ready === true || restartCount < MOST_RESTARTS) return undefined;
  const ended = state?.terminated ?? lastState?.terminated;
  if (ended === undefined) return undefined;
  const code = ended.exitCode === undefined ? "" : `, exit code ${ended.exitCode}`;
  const detail = `it has ended ${restartCount + (state?.terminated === undefined ? 0 : 1)} times, last with ${ended.reason ?? "no reason"}${code}`;
  const why = ended.reason === "OOMKilled" ? "OOMKilled" : reason === "" ? "restarts" : reason;
  return { reason: why, graceMs: 0, logs: state?.terminated === undefined ? "previous" : "current", detail };
}

function sentence({ metadata }: Pod, { name, image }: ContainerStatus, { reason, detail }: Found): string {
  const what = image === undefined || image === "" ? "" : ` (${image})`;
  return `container ${name}${what} of pod ${metadata.name}: ${reason}${detail === "" ? "" : `: ${detail}`}`;
}
