import type { SmokeRequest } from "../domain/inference/smoke.ts";
import { RELEASE_LABEL, title, type Document } from "../domain/kubernetes/documents.ts";
import type { KubernetesObject } from "../domain/kubernetes/object.ts";
import { anchorName, readWorkload, type KeptWorkload } from "../domain/kubernetes/release.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import { planDeploy, PROVEN_ANNOTATION, type DeployPlan } from "../domain/rollout/release.ts";
import { ActionError, messageOf, quote, refuse, type Mistake } from "../errors.ts";
import type { Run } from "../inputs.ts";
import { ancestryOf } from "./ancestry.ts";
import type { ClusterPorts } from "./cluster-facts.ts";
import type { Announce } from "./github-deployment.ts";
import type { WantedWorkload, WorkloadAsked } from "./workload-order.ts";
import type { WorkloadPlace } from "./workload-place.ts";

/** The inputs that a deploy of plain objects reads. */
export type WorkloadOrder = WorkloadAsked & {
  readonly record: string | undefined;
  readonly "require-gate": boolean;
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
  readonly "smoke-request": SmokeRequest | undefined;
  readonly "base-url": URL | undefined;
  readonly "request-headers": Readonly<Record<string, string>> | undefined;
  readonly ca: string | undefined;
  readonly "create-namespace": boolean;
  readonly announce: Announce;
  readonly "dry-run": "false" | "true" | "client" | "server" | "diff";
  readonly rollback: "auto" | "none";
  readonly "allow-older": boolean;
  readonly adopt: boolean;
};

/** The same as for a SeldonDeployment. */
export type WorkloadPorts = ClusterPorts;

export type WorkloadVersion = { readonly wanted: WantedWorkload; readonly record: ReleaseRecord | undefined };

export type WorkloadFacts = {
  readonly anchor: KubernetesObject | undefined;
  /** In the order of the wanted documents. */
  readonly standing: readonly (KubernetesObject | undefined)[];
  readonly plan: Exclude<DeployPlan, { operation: "refuse" }>;
  /** What was applied last, and what was proven last, as far as they are ours. */
  readonly release: KeptWorkload | undefined;
  readonly lastProven: KeptWorkload | undefined;
};

export const anchorPath = ({ namespace, name }: Pick<WorkloadPlace, "namespace" | "name">): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(anchorName(name))}`;
export const calledAt = ({ namespace, name }: Pick<WorkloadPlace, "namespace" | "name">): string =>
  `${namespace}/${name}`;
export const shaOf = ({ record }: WorkloadVersion, run: Run): string => record?.source.sha ?? run.sha;

/** All that decides, read before anything is changed. */
export async function observe(
  place: WorkloadPlace,
  version: WorkloadVersion,
  order: WorkloadOrder,
  run: Run,
  ports: WorkloadPorts,
): Promise<WorkloadFacts> {
  const { cluster, name } = place;
  const { documents, deployId } = version.wanted;
  const [anchor, ...standing] = await Promise.all([
    cluster.get(anchorPath(place)),
    ...documents.map(async (document) => await cluster.get(place.pathOf(document))),
  ]);
  refuseForeign(documents, standing, name, order.adopt);
  const release = await kept(anchor, "release", place.namespace, ports);
  const lastProven = await kept(anchor, "last-proven", place.namespace, ports);
  const ancestry = await ancestryOf(release, shaOf(version, run), run, ports);
  const plan = planDeploy(
    { deployId, adopt: order.adopt, allowOlder: order["allow-older"] },
    anchor,
    ancestry,
    "release",
  );
  if (plan.operation === "refuse") {
    const { expected, seen, fix } = plan;
    refuse({ where: `release ${calledAt(place)}`, expected, seen, fix });
  }
  const isProven = release !== undefined && release.deployId === anchor?.metadata.annotations?.[PROVEN_ANNOTATION];
  return { anchor, standing, plan, release, lastProven: isProven ? release : lastProven };
}

function refuseForeign(
  documents: readonly Document[],
  standing: readonly (KubernetesObject | undefined)[],
  name: string,
  adopt: boolean,
): void {
  if (adopt) return;
  const mistakes = documents.flatMap((document, at): Mistake[] => {
    const object = standing[at];
    const owner = object?.metadata.labels?.[RELEASE_LABEL];
    // A namespace is shared: it is made where it is missing, and never taken over.
    if (object === undefined || owner === name || document.kind === "Namespace") return [];
    return [
      {
        where: title(document),
        expected: `an object of release ${quote(name)}, or none`,
        seen: owner === undefined ? "one that someone else has made" : `one of release ${quote(owner)}`,
        fix: "Set adopt: true to take it over, or choose another name.",
      },
    ];
  });
  if (mistakes.length > 0) throw new ActionError(mistakes);
}

async function kept(
  anchor: KubernetesObject | undefined,
  field: "release" | "last-proven",
  namespace: string,
  { compression, log }: WorkloadPorts,
): Promise<KeptWorkload | undefined> {
  const data = (anchor as { readonly data?: Readonly<Record<string, unknown>> } | undefined)?.data ?? {};
  const packed = data[field];
  if (typeof packed !== "string") return undefined;
  const where = `the ConfigMap's ${field}`;
  try {
    return readWorkload(await compression.unpack(packed, { where, maxBytes: 4 * 1024 * 1024 }), where, namespace);
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    log.warning(`What was kept of ${field} can not be read, so nothing is rolled back to it: ${messageOf(thrown)}`);
    return undefined;
  }
}
