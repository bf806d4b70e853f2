import type { Mistake } from "../../errors.ts";
import type { Json } from "../text/json.ts";

type Fields = { readonly [name: string]: Json };
type Found = Mistake & { readonly level: "error" | "warning" };

/**
 * How a component is scaled, by what Kubernetes and KEDA make of it.
 * @param component of `componentSpecs`
 */
export function lintScaling(component: Json, where: string): readonly Found[] {
  const { hpaSpec, kedaSpec, replicas, spec } = fieldsOf(component);
  const found: Found[] = [];
  const say = (level: Found["level"], at: string, expected: string, seen: string, fix?: string): void => {
    found.push({ level, where: `${where}.${at}`, expected, seen, ...(fix === undefined ? {} : { fix }) });
  };
  if (hpaSpec !== undefined && hpaSpec !== null) {
    const { minReplicas = 1, maxReplicas, metrics, metricsv2 } = fieldsOf(hpaSpec);
    if (typeof maxReplicas !== "number") {
      say(
        "error",
        "hpaSpec.maxReplicas",
        "a whole number",
        maxReplicas === undefined ? "nothing" : "something else",
        "The CRD requires it.",
      );
    } else if (typeof minReplicas === "number" && minReplicas > maxReplicas) {
      const fix = "Kubernetes refuses the autoscaler, and the operator fails.";
      say("error", "hpaSpec.minReplicas", `at most maxReplicas, ${maxReplicas}`, `${minReplicas}`, fix);
    }
    if (metrics !== undefined && metricsv2 === undefined) {
      say(
        "warning",
        "hpaSpec.metrics",
        "metricsv2",
        "metrics",
        "That is the form of autoscaling/v2beta1, which Kubernetes 1.25 and later do not know.",
      );
    }
    if (kedaSpec !== undefined && kedaSpec !== null) {
      say("warning", "hpaSpec", "hpaSpec or kedaSpec", "both", "The operator takes kedaSpec and leaves the other.");
    }
    if (replicas !== undefined) {
      say(
        "warning",
        "replicas",
        "nothing beside hpaSpec",
        "a number",
        "The autoscaler decides; the number is ignored.",
      );
    }
    const lacking = withoutRequests(metricsv2, spec);
    if (lacking !== undefined) {
      const fix = "A percentage of nothing: the autoscaler never adds a pod.";
      say("warning", "spec.containers", `resources.requests.${lacking} in each container`, "none", fix);
    }
  }
  if (kedaSpec !== undefined && kedaSpec !== null && !Array.isArray(fieldsOf(kedaSpec).triggers)) {
    say("error", "kedaSpec.triggers", "a list", "none", "The CRD requires it.");
  }
  return found;
}

/** The first resource that is scaled by a percentage although a container requests none of it. */
function withoutRequests(metrics: Json | undefined, spec: Json | undefined): string | undefined {
  const containers = listOf(fieldsOf(spec).containers).map((each) => fieldsOf(fieldsOf(each).resources));
  for (const metric of listOf(metrics)) {
    const { name, target } = fieldsOf(fieldsOf(metric).resource);
    if (typeof name !== "string" || fieldsOf(target).averageUtilization === undefined) continue;
    const lacks = (resources: Fields): boolean =>
      fieldsOf(resources.requests)[name] === undefined && fieldsOf(resources.limits)[name] === undefined;
    if (containers.some(lacks)) return name;
  }
  return undefined;
}

const fieldsOf = (value: Json | undefined): Fields =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
