import { ok, problem, unknown, type CheckLine } from "../check/line.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import type { Json } from "../text/json.ts";

/** By which every way to install Seldon Core 1 labels its operator. */
export const OPERATOR_LABEL = "control-plane=seldon-controller-manager";
export const OPERATOR_NAMESPACE = "seldon-system";
const WHAT = "Seldon's operator";

export type FoundOperator = {
  readonly version: string | undefined;
  readonly ready: boolean;
  readonly namespace: string;
};

/** The operator among Deployments: the one that is ready, where there are several. */
export function operatorOf(deployments: readonly KubernetesObject[]): FoundOperator | undefined {
  const found = deployments.map((each): FoundOperator => {
    const image = imageOf(each.spec);
    return {
      version: /:v?(\d+\.\d+\.\d+[\w.-]*)(?:@|$)/.exec(image)?.[1],
      ready: Number(fieldOf(each.status, "availableReplicas") ?? 0) > 0,
      namespace: each.metadata.namespace ?? "",
    };
  });
  return found.find(({ ready }) => ready) ?? found[0];
}

/** What is told of the operator; its licence once. */
export function operatorLine(found: FoundOperator | undefined): CheckLine {
  if (found === undefined) {
    return problem(
      WHAT,
      "none in the namespaces that could be looked into",
      "Without it nothing becomes of a SeldonDeployment: install Seldon Core 1.17.1 (Helm chart seldon-core-operator).",
    );
  }
  const { version = "of an unknown version", namespace } = found;
  if (!found.ready) {
    return problem(WHAT, `${version} in ${namespace}, not available`, `kubectl -n ${namespace} get pods tells why.`);
  }
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version) ?? [];
  if (major === undefined) return ok(WHAT, `available in ${namespace}; its image does not tell its version`);
  if (Number(major) === 1 && Number(minor) >= 18) {
    return unknown(
      WHAT,
      `${version} in ${namespace}, available`,
      "From 1.18 on Seldon Core is under the Business Source License: production needs a licence of Seldon's. 1.17.1 is under Apache-2.0.",
    );
  }
  return ok(WHAT, `${version} in ${namespace}, available; under Apache-2.0`);
}

function imageOf(spec: Json | undefined): string {
  const containers = fieldOf(fieldOf(fieldOf(spec, "template"), "spec"), "containers");
  const images = (Array.isArray(containers) ? containers : []).map((each) => fieldOf(each, "image"));
  const image = images.find((each) => typeof each === "string" && each.includes("operator")) ?? images[0];
  return typeof image === "string" ? image : "";
}

const fieldOf = (value: Json | undefined, name: string): Json | undefined =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value[name] : undefined;
