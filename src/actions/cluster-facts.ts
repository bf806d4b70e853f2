import type { SmokeRequest } from "../domain/inference/smoke.ts";
import type { KubernetesObject } from "../domain/kubernetes/object.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import {
  type Ancestry,
  type DeployPlan,
  type KeptRelease,
  LAST_PROVEN_ANNOTATION,
  PROVEN_ANNOTATION,
  RELEASE_ANNOTATION,
  planDeploy,
  readRelease,
} from "../domain/rollout/release.ts";
import type { SeldonDeployment, SeldonSpec } from "../domain/seldon/resource.ts";
import { ActionError, messageOf, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Clock, Cluster, Compression, GitHub, Http, Images, Kubernetes, Log, Workspace } from "../ports.ts";
import type { Asked, Wanted } from "./cluster-order.ts";
import type { Announce } from "./github-deployment.ts";
import type { Marks } from "./preview.ts";
import { type Place, childrenOf } from "./rollout.ts";

/** The inputs that a deploy to a cluster reads. */
export type ClusterOrder = Asked & {
  readonly record: string | undefined;
  readonly "require-gate": boolean;
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
  readonly "smoke-request": SmokeRequest | undefined;
  readonly "base-url": URL | undefined;
  readonly "dry-run": "false" | "true" | "client" | "server" | "diff";
  readonly rollback: "auto" | "none";
  readonly "allow-older": boolean;
  readonly adopt: boolean;
  /** Told what will be served, before anything is changed. */
  readonly announce: Announce;
  /** Labels and annotations of a preview. */
  readonly marks: Marks | undefined;
};

export type ClusterPorts = {
  readonly log: Log;
  readonly clock: Clock;
  readonly workspace: Workspace;
  readonly github: GitHub;
  readonly images: Images;
  readonly http: Http;
  readonly kubernetes: Kubernetes;
  readonly compression: Compression;
  readonly signal: AbortSignal;
};

export type Version = {
  readonly wanted: Wanted;
  /** With the deploy ids in it. */
  readonly spec: SeldonSpec;
  readonly deployId: string;
  readonly record: ReleaseRecord | undefined;
};

export type Facts = {
  readonly standing: SeldonDeployment | undefined;
  readonly plan: Exclude<DeployPlan, { operation: "refuse" }>;
  /** What stands there, and what was proven last, as far as they are ours. */
  readonly release: KeptRelease | undefined;
  readonly lastProven: KeptRelease | undefined;
};

export const pathAt = ({ namespace, name }: Place): string => pathOf("SeldonDeployment", namespace, name);
export const calledAt = ({ namespace, name }: Place): string => `${namespace}/${name}`;

/** All that decides, read before anything is changed; what the verdict will need is read too, so that a missing right is told now. */
export async function observe(
  place: Place,
  version: Version,
  order: ClusterOrder,
  run: Run,
  ports: ClusterPorts,
): Promise<Facts> {
  const { cluster, namespace, name } = place;
  const labels = childrenOf(name);
  const [standing] = await Promise.all([
    cluster.get(pathAt(place)),
    readable(cluster, pathOf("Deployment", namespace), labels),
    readable(cluster, pathOf("Pod", namespace), labels),
  ]);
  const release = await keptRelease(standing, RELEASE_ANNOTATION, ports);
  const lastProven = await keptRelease(standing, LAST_PROVEN_ANNOTATION, ports);
  const ancestry = await ancestryOf(release, shaOf(version, run), run, ports);
  const plan = planDeploy(
    { deployId: version.deployId, adopt: order.adopt, allowOlder: order["allow-older"] },
    standing,
    ancestry,
  );
  if (plan.operation === "refuse") {
    const { expected, seen, fix } = plan;
    refuse({ where: `SeldonDeployment ${calledAt(place)}`, expected, seen, fix });
  }
  const provenId = standing?.metadata.annotations?.[PROVEN_ANNOTATION];
  const isProven = release !== undefined && release.deployId === provenId;
  return {
    standing: standing as SeldonDeployment | undefined,
    plan,
    release,
    lastProven: isProven ? release : lastProven,
  };
}

async function readable(cluster: Cluster, path: string, labels: string): Promise<void> {
  try {
    await cluster.list(path, { labels });
  } catch (thrown) {
    if (!(thrown instanceof ActionError) || !thrown.mistakes[0]!.seen.startsWith("403")) throw thrown;
    const [mistake] = thrown.mistakes;
    throw new ActionError(
      { ...mistake!, expected: "the right to read Deployments and pods: without it success can not be proven" },
      { cause: thrown },
    );
  }
}

async function keptRelease(
  standing: KubernetesObject | undefined,
  annotation: string,
  { compression, log }: ClusterPorts,
): Promise<KeptRelease | undefined> {
  const packed = standing?.metadata.annotations?.[annotation];
  if (packed === undefined) return undefined;
  try {
    return readRelease(await compression.unpack(packed, { where: annotation, maxBytes: 1024 * 1024 }), annotation);
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    log.warning(`The annotation ${annotation} can not be read, so nothing is rolled back to it: ${messageOf(thrown)}`);
    return undefined;
  }
}

export const shaOf = ({ record }: Version, run: Run): string => record?.source.sha ?? run.sha;

/** How our commit stands to the one that serves, by GitHub's compare: a shallow checkout knows too little. */
async function ancestryOf(
  release: KeptRelease | undefined,
  sha: string,
  run: Run,
  { github, log }: ClusterPorts,
): Promise<Ancestry> {
  if (release === undefined || release.sha === "" || sha === "") return "unknown";
  if (release.sha === sha && release.repository === run.repository) return "identical";
  if (release.repository !== run.repository) return "unknown";
  try {
    return (await github.compare(release.sha, sha)) ?? "unknown";
  } catch (thrown) {
    log.warning(`Whether this commit is newer than the one that serves can not be told: ${messageOf(thrown)}`);
    return "unknown";
  }
}
