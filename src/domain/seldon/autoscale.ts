import { refuse } from "../../errors.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import type { Json } from "../text/json.ts";

/** How many pods a Deployment may have, and the load that decides. */
export type Autoscale = {
  readonly least: number;
  readonly most: number;
  /** Percent of what a pod asks for, at which pods are added. */
  readonly targets: readonly { readonly resource: "cpu" | "memory"; readonly percent: number }[];
};

/** Seldon's and Kubernetes' own habit where no load is named. */
const CPU_PERCENT = 80;
const FORM = /^(\d{1,4})\.\.(\d{1,4})((?:\s+(?:cpu|memory)=\d{1,3}%?)*)$/;

/** Reads `1..5 cpu=70`. `undefined` for anything else. */
export function parseAutoscale(text: string): Autoscale | undefined {
  const [, low, high, loads = ""] = FORM.exec(text.trim()) ?? [];
  const [least, most] = [Number(low), Number(high)];
  if (!(least >= 1 && most >= least && most <= 1000)) return undefined;
  const targets = [...loads.matchAll(/(cpu|memory)=(\d+)/g)].map(([, resource, percent]) => ({
    resource: resource as "cpu" | "memory",
    percent: Number(percent),
  }));
  if (
    targets.some(({ percent }) => percent < 1) ||
    new Set(targets.map(({ resource }) => resource)).size < targets.length
  )
    return undefined;
  return { least, most, targets: targets.length === 0 ? [{ resource: "cpu", percent: CPU_PERCENT }] : targets };
}

/** The `hpaSpec` of a component. */
export function hpaSpecOf({ least, most, targets }: Autoscale): Json {
  return {
    minReplicas: least,
    maxReplicas: most,
    metricsv2: targets.map(({ resource, percent }) => ({
      type: "Resource",
      resource: { name: resource, target: { type: "Utilization", averageUtilization: percent } },
    })),
  };
}

/** A percentage is one of what the container asks for, so it must ask. @throws ActionError */
export function requireRequests({ targets }: Autoscale, resources: Json | undefined): void {
  const { requests, limits } = fieldsOf(resources);
  for (const { resource } of targets) {
    // Kubernetes takes a limit for a request where there is none.
    if (fieldsOf(requests)[resource] !== undefined || fieldsOf(limits)[resource] !== undefined) continue;
    refuse({
      where: `input "autoscale"`,
      expected: `resources with requests.${resource}, of which ${resource}= is a percentage`,
      seen: "none",
      fix: `Set resources: {requests: {${resource}: ${resource === "cpu" ? "500m" : "512Mi"}}}.`,
    });
  }
}

/** What an autoscaler has that its spec does not ask for, in a few words; `undefined` when it is as asked. */
export function autoscalerDiffers(
  hpaSpec: unknown,
  deployment: string,
  autoscaler: KubernetesObject | undefined,
): { readonly expected: string; readonly seen: string } | undefined {
  const asked = fieldsOf(hpaSpec as Json);
  const wanted = told({ ...asked, metrics: asked.metricsv2 ?? [] });
  if (autoscaler === undefined) return { expected: wanted, seen: "none" };
  const spec = fieldsOf(autoscaler.spec);
  const { name } = fieldsOf(spec.scaleTargetRef);
  if (name !== deployment) {
    return { expected: `one of ${deployment}`, seen: `one of ${typeof name === "string" ? name : "nothing"}` };
  }
  // With no metric of its own, Kubernetes puts its default in.
  const seen = told(asked.metricsv2 === undefined ? { ...spec, metrics: [] } : spec);
  return seen === wanted ? undefined : { expected: wanted, seen };
}

function told({ minReplicas = 1, maxReplicas, metrics }: Fields): string {
  const loads = (Array.isArray(metrics) ? metrics : []).map((each) => {
    const { name, target } = fieldsOf(fieldsOf(each).resource);
    const { averageUtilization, averageValue } = fieldsOf(target);
    if (typeof name !== "string") return JSON.stringify(fieldsOf(each).type ?? null);
    return `${name}=${JSON.stringify(averageUtilization ?? averageValue ?? null)}`;
  });
  return [`${JSON.stringify(minReplicas)}..${JSON.stringify(maxReplicas ?? null)}`, ...loads.toSorted()].join(" ");
}

type Fields = { readonly [name: string]: Json };

const fieldsOf = (value: Json | undefined): Fields =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
