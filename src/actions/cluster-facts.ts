import type { Contract } from "../domain/inference/contract.ts";
import type { SmokeRequest } from "../domain/inference/smoke.ts";
import type { KubernetesObject } from "../domain/kubernetes/object.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import { parseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import {
  type DeployPlan,
  type KeptRelease,
  LAST_PROVEN_ANNOTATION,
  PROVEN_ANNOTATION,
  RELEASE_ANNOTATION,
  planDeploy,
  readRelease,
} from "../domain/rollout/release.ts";
import type { Step, Strategy } from "../domain/rollout/steps.ts";
import { planStep, secondOf } from "../domain/rollout/strategy.ts";
import { stampSpec } from "../domain/seldon/deploy-ids.ts";
import type { GatewayChoice } from "../domain/seldon/gateway.ts";
import { lintSeldonDeployment } from "../domain/seldon/lint.ts";
import { resourceOf } from "../domain/seldon/manifest.ts";
import { asJson, type SeldonDeployment, type SeldonSpec } from "../domain/seldon/resource.ts";
import { ActionError, messageOf, refuse, type Mistake } from "../errors.ts";
import type { Run } from "../inputs.ts";
import { ancestryOf } from "./ancestry.ts";
import type { Clock, Cluster, Compression, GitHub, Http, Images, Kubernetes, Log, Workspace } from "../ports.ts";
import type { Asked, Wanted } from "./cluster-order.ts";
import type { Announce } from "./github-deployment.ts";
import type { Marks } from "./preview.ts";
import { routingOf, type Routing } from "./cluster-routes.ts";
import { type Place, childrenOf } from "./rollout.ts";

/** The inputs that a deploy to a cluster reads. */
export type ClusterOrder = Asked & {
  readonly record: string | undefined;
  readonly "require-gate": boolean;
  readonly graph: string | undefined;
  readonly images: readonly string[];
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
  readonly "smoke-request": SmokeRequest | undefined;
  readonly "base-url": URL | undefined;
  readonly strategy: Strategy;
  readonly step: Step;
  readonly traffic: number | undefined;
  readonly gateway: GatewayChoice;
  readonly contract: string | undefined;
  readonly "create-namespace": boolean;
  readonly "request-headers": Readonly<Record<string, string>> | undefined;
  readonly ca: string | undefined;
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

/** What the inputs ask for, before it is known what stands. A step that ends something asks for nothing of its own. */
export type Given = {
  readonly wanted: Wanted;
  readonly record: ReleaseRecord | undefined;
  readonly contract: Contract | undefined;
};

export type Version = {
  readonly wanted: Wanted;
  /** With the deploy ids in it. */
  readonly spec: SeldonSpec;
  readonly deployId: string;
  readonly record: ReleaseRecord | undefined;
  /** Of the commit that it is made of, which for a step that ends something is an earlier one. */
  readonly source: Pick<KeptRelease, "repository" | "sha" | "runId">;
  /** What two versions that share the traffic keep, and how they came to an end. */
  readonly sharing: Pick<KeptRelease, "strategy" | "stable" | "ended">;
  /** Predictors that answer the smoke request; the others only have to be there. */
  readonly asked: readonly string[];
  /** By which the new version's answers are checked too. */
  readonly contract: Contract | undefined;
  /** By what the shares are proven; absent where the traffic is not shared, and was not before. */
  readonly routing: Routing | undefined;
};

export type Facts = {
  readonly version: Version;
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
  given: Given,
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
  const version = await versionOf(place, given, { release, exists: standing !== undefined }, order, run, ports);
  // A step that ends something is about what stands, whatever commit it runs on.
  const ancestry = endsSomething(order) ? "identical" : await ancestryOf(release, version.source.sha, run, ports);
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
    version,
    standing: standing as SeldonDeployment | undefined,
    plan: version.why === undefined ? plan : { ...plan, reason: `${plan.reason}; ${version.why}` },
    release,
    lastProven: isProven ? release : lastProven,
  };
}

/** Whether a step asks for nothing of its own: it is about what stands. */
export const endsSomething = ({ strategy, step }: Pick<ClusterOrder, "strategy" | "step">): boolean =>
  strategy !== "rolling" && step !== "start";

/** The spec that the strategy makes of what is given and what stands. */
async function versionOf(
  place: Place,
  { wanted, record, contract }: Given,
  { release, exists }: { readonly release: KeptRelease | undefined; readonly exists: boolean },
  order: ClusterOrder,
  run: Run,
  ports: ClusterPorts,
): Promise<Version & { readonly why: string | undefined }> {
  if (order.strategy !== "rolling" && exists && release === undefined) {
    refuse({
      where: `SeldonDeployment ${calledAt(place)}`,
      expected: "a release of these actions, beside which a new version could stand",
      seen: "an object without one",
      fix: "Deploy once with strategy: rolling (and adopt: true, where someone else has made it).",
    });
  }
  const step = await planStep(order, wanted.spec, release);
  if (step.kind === "refuse") {
    refuse({ where: `SeldonDeployment ${calledAt(place)}`, expected: step.expected, seen: step.seen, fix: step.fix });
  }
  const { spec, deployId } = await stampSpec(step.spec);
  const of = { inputs: undefined, standing: release, stable: release?.stable ?? release }[step.of];
  const countable = order["base-url"] !== undefined && order["smoke-request"]?.body !== undefined;
  const shared = spec.predictors.filter(({ shadow }) => shadow !== true).length > 1;
  const wasShared = release !== undefined && secondOf(release) !== undefined;
  const find = { gateway: order.gateway.kind, spec, countable };
  const routing =
    order.strategy === "rolling"
      ? wasShared
        ? await routingIfAny(place, find, ports)
        : undefined
      : shared || wasShared
        ? await routingOf(place, find, ports)
        : undefined;
  if (shared && order.strategy !== "rolling") refuseErrors(place, wanted, spec);
  return {
    wanted: of?.own === undefined ? wanted : { ...wanted, ...of.own },
    spec,
    deployId,
    why: step.why,
    asked: step.asked,
    contract,
    routing,
    record: of === undefined ? record : of.record === undefined ? undefined : parseRecord(of.record, "the kept record"),
    source: of ?? { repository: run.repository, sha: record?.source.sha ?? run.sha, runId: run.runId },
    sharing: {
      ...(shared && order.strategy !== "rolling" && order.step === "start" && step.stable !== undefined
        ? { strategy: order.strategy, stable: step.stable }
        : {}),
      ...(order.strategy !== "rolling" && order.step !== "start"
        ? { ended: { strategy: order.strategy, step: order.step } }
        : {}),
    },
  };
}

/** A rolling update ends a canary as well, and asked for no proof of its traffic. */
async function routingIfAny(
  place: Place,
  find: Parameters<typeof routingOf>[1],
  ports: ClusterPorts,
): Promise<Routing | undefined> {
  try {
    return await routingOf(place, find, ports);
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    ports.log.warning(`That all traffic goes to the new version is not proven: ${messageOf(thrown)}`);
    return undefined;
  }
}

/** What the two versions are together, checked by the rules for one object, the sum of their shares among them. */
function refuseErrors({ name, namespace }: Place, { labels, annotations }: Wanted, spec: SeldonSpec): void {
  const document = asJson(resourceOf({ name, namespace }, spec, { labels, annotations }));
  const errors = lintSeldonDeployment(document).filter(({ level }) => level === "error");
  if (errors.length > 0) throw new ActionError(errors.map(({ level: _level, ...mistake }): Mistake => mistake));
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
