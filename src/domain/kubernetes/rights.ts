import { ok, problem, unknown, type CheckLine } from "../check/line.ts";
import type { KubernetesObject } from "./object.ts";

type Right = {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly for: string;
};

/** What a deploy asks of a cluster, as docs/deploy-role.yml gives it. */
const DEPLOY: readonly Right[] = [
  {
    group: "machinelearning.seldon.io",
    resource: "seldondeployments",
    verbs: ["get", "list", "watch", "create", "patch", "delete"],
    for: "the write, the wait, and the removal of a first version that fails",
  },
  { group: "apps", resource: "deployments", verbs: ["get", "list", "watch"], for: "whether it is rolled out" },
  { group: "", resource: "pods", verbs: ["get", "list", "watch"], for: "whether the new version is ready" },
  { group: "", resource: "events", verbs: ["get", "list", "watch"], for: "why a pod does not start" },
  { group: "", resource: "pods/log", verbs: ["get"], for: "the last lines of a container that fell over" },
  { group: "", resource: "pods/proxy", verbs: ["get", "create"], for: "the smoke request to a pod of the new version" },
];
const BY_SERVICE: Right = {
  group: "",
  resource: "services/proxy",
  verbs: ["get", "create"],
  for: "the smoke request by the Service, since there is no base-url",
};

/** All rights that a deploy needs, one entry for each verb. */
export function neededRights({
  gateway,
}: {
  readonly gateway: boolean;
}): readonly (Right & { readonly verb: string })[] {
  return [...DEPLOY, ...(gateway ? [] : [BY_SERVICE])].flatMap((right) =>
    right.verbs.map((verb) => ({ ...right, verb })),
  );
}

/** The question that the API server answers for whoever asks. */
export function accessReview(namespace: string, right: { group: string; resource: string; verb: string }): object {
  const [resource = "", subresource] = right.resource.split("/");
  return {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: {
      resourceAttributes: {
        namespace,
        group: right.group,
        resource,
        ...(subresource === undefined ? {} : { subresource }),
        verb: right.verb,
      },
    },
  };
}

export const isAllowed = ({ status }: KubernetesObject): boolean =>
  status !== null && typeof status === "object" && !Array.isArray(status) && status.allowed === true;

/** One line for each kind of object. @param answers in the order of the rights; `undefined` where it could not be asked */
export function rightsLines(
  rights: readonly (Right & { readonly verb: string })[],
  answers: readonly (boolean | undefined)[],
  namespace: string,
): readonly CheckLine[] {
  const kinds = [...new Set(rights.map(({ resource }) => resource))];
  return kinds.map((resource): CheckLine => {
    const of = rights
      .map((right, at) => ({ ...right, answer: answers[at] }))
      .filter((each) => each.resource === resource);
    const what = `right to ${resource}`;
    const missing = of.filter(({ answer }) => answer === false).map(({ verb }) => verb);
    if (missing.length > 0) {
      const fix = `It is needed for ${of[0]!.for}. docs/deploy-role.yml holds a Role with it: kubectl -n ${namespace} apply -f deploy-role.yml.`;
      return problem(what, `missing: ${missing.join(", ")}`, fix);
    }
    if (of.some(({ answer }) => answer === undefined)) return unknown(what, "not told", "The cluster did not say.");
    return ok(what, of.map(({ verb }) => verb).join(", "));
  });
}
