import type { ConditionRule } from "../domain/kubernetes/condition-rule.ts";
import { SERVICE_TYPES } from "../domain/kubernetes/workload.ts";
import { integer, oneOf, parsed, text } from "../inputs.ts";

const RULE =
  "Target kubernetes: lines such as `Rollout: status.phase == Healthy`, for kinds that have a controller of their own.";

/** What only target kubernetes reads. */
export const workloadInputs = {
  manifests: text({
    description:
      "Target kubernetes: a file of Kubernetes objects, relative to the repository, in place of the Deployment and Service that would be made. `image` is put where its repository stands, or into `container`.",
    pattern: /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/,
    accepts: "a path below the repository",
  }),
  container: text({
    description: "Target kubernetes: the container of the manifests that gets the image.",
    pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    accepts: "a container's name",
  }),
  port: integer({
    description: "Target kubernetes: where the container listens.",
    least: 1,
    most: 65_535,
    default: "5000",
  }),
  "service-port": integer({
    description: "Target kubernetes: where its Service listens.",
    least: 1,
    most: 65_535,
    default: "80",
  }),
  "service-type": oneOf(SERVICE_TYPES, {
    description: "Target kubernetes: how the Service is reached. A LoadBalancer's own address is waited for and asked.",
    default: "ClusterIP",
  }),
  "readiness-path": text({
    description:
      "Target kubernetes: what the container answers with 200 once its model is loaded. Left out, the open port must do.",
    pattern: /^\/(?!\/)[!-~]*$/,
    accepts: "a path that starts with one /",
  }),
  "success-conditions": parsed<readonly ConditionRule[]>({
    description: `${RULE} All that are about a kind must hold.`,
    accepts: "lines of `Kind: path == value`",
    parse: async (value) =>
      (await import("../domain/kubernetes/condition-rule.ts")).parseConditionRules(value, "success-conditions"),
  }),
  "failure-conditions": parsed<readonly ConditionRule[]>({
    description: `${RULE} One that holds ends the wait.`,
    accepts: "lines of `Kind: path == value`",
    parse: async (value) =>
      (await import("../domain/kubernetes/condition-rule.ts")).parseConditionRules(value, "failure-conditions"),
  }),
};

/** Those of them that mean nothing elsewhere; the others have defaults. */
export const OF_KUBERNETES = [
  "manifests",
  "container",
  "readiness-path",
  "success-conditions",
  "failure-conditions",
] as const;

/** Inputs of target seldon that plain objects have no place for. */
export const NOT_OF_KUBERNETES = [
  "model-uri",
  "implementation",
  "parameters",
  "annotations",
  "storage-secret",
  "manifest",
  "graph",
  "contract",
  "storage-credentials",
  "registry-credentials",
  "traffic",
] as const;
