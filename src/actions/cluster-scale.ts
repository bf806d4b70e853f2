import type { Outcome } from "../action.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import {
  appliedOf,
  MANAGED_BY,
  MANAGER,
  PROVEN_ANNOTATION,
  readRelease,
  RELEASE_ANNOTATION,
  STOPPED_ANNOTATION,
  type KeptRelease,
} from "../domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../domain/rollout/verdict.ts";
import { resourceOf } from "../domain/seldon/manifest.ts";
import type { SeldonDeployment, SeldonSpec } from "../domain/seldon/resource.ts";
import { refuse } from "../errors.ts";
import type { Clock, Compression, Log } from "../ports.ts";
import { conflictError } from "./cluster-write.ts";
import { childrenOf, waitForRollout, type Place } from "./rollout.ts";

type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly compression: Compression;
  readonly signal: AbortSignal;
};

const PAUSE_MS = 500;
/** Kept by kubectl for itself: applied again it would only be wrong. */
const OTHERS = ["kubectl.kubernetes.io/last-applied-configuration"];

/**
 * Takes all pods of a deployment away and keeps the deployment, so that `start` brings the same version back. The version
 * counts as proven no longer, so that a deploy of it does not take it for one that serves.
 */
export async function stopInCluster(place: Place, waitMs: number, ports: Ports): Promise<Outcome> {
  const standing = await ours(place);
  const called = `${place.namespace}/${place.name}`;
  if (isStopped(standing)) return told(`${called} is stopped already`, "unchanged", ports);
  const { annotations = {} } = standing.metadata;
  const id = annotations[SPEC_ID_ANNOTATION] ?? "";
  const proven = annotations[PROVEN_ANNOTATION] === id;
  const predictors = standing.spec.predictors.map((each) => ({ ...each, replicas: 0 }));
  await apply(place, standing, { ...standing.spec, predictors }, { [STOPPED_ANNOTATION]: proven ? id : "unproven" });
  if (proven) {
    await place.cluster.patch(pathOf("SeldonDeployment", place.namespace, place.name), [
      { op: "remove", path: pointer(PROVEN_ANNOTATION) },
    ]);
  }
  const deadline = ports.clock.elapsed() + waitMs;
  for (;;) {
    const pods = await place.cluster.list(pathOf("Pod", place.namespace), { labels: childrenOf(place.name) });
    if (pods.length === 0) return told(`${called} is stopped, its pods are gone`, "stopped", ports);
    if (ports.clock.elapsed() >= deadline) {
      refuse({
        where: called,
        expected: `all its pods to be gone within ${waitMs / 1000} s`,
        seen: `${pods.length} still there`,
        fix: "They may take longer to end: look again later.",
      });
    }
    await ports.clock.sleep(PAUSE_MS, ports.signal);
  }
}

/** Brings back what `stop` took away: the spec that was applied last, waited for by the verdict of a deploy. */
export async function startInCluster(place: Place, waitMs: number, ports: Ports): Promise<Outcome> {
  const standing = await ours(place);
  const called = `${place.namespace}/${place.name}`;
  if (!isStopped(standing)) return told(`${called} is not stopped`, "unchanged", ports);
  const before = standing.metadata.annotations![STOPPED_ANNOTATION]!;
  const release = await releaseOf(standing, called, ports);
  const { metadata } = await apply(place, standing, release.spec, {});
  const applied = appliedOf(release.spec, release.deployId, metadata);
  const end = await waitForRollout(place, applied, ports.clock.elapsed() + waitMs, ports);
  if (end.verdict.kind !== "rolled-out") {
    refuse({
      where: called,
      expected: `its pods to be ready within ${waitMs / 1000} s`,
      seen: end.verdict.message,
      fix: "models with command: logs tells what they say.",
    });
  }
  if (before === release.deployId) {
    await place.cluster.patch(pathOf("SeldonDeployment", place.namespace, place.name), [
      { op: "test", path: pointer(SPEC_ID_ANNOTATION), value: release.deployId },
      { op: "add", path: pointer(PROVEN_ANNOTATION), value: release.deployId },
    ]);
  }
  return told(`${called} serves again`, "started", ports);
}

const isStopped = ({ metadata }: SeldonDeployment): boolean =>
  metadata.annotations !== undefined && Object.hasOwn(metadata.annotations, STOPPED_ANNOTATION);

/** The object, when these actions have made it: what others keep in order would be set back, or be in their way. */
async function ours({ cluster, namespace, name }: Place): Promise<SeldonDeployment> {
  const found = (await cluster.get(pathOf("SeldonDeployment", namespace, name))) as SeldonDeployment | undefined;
  const where = `${namespace}/${name}`;
  if (found === undefined) {
    return refuse({
      where,
      expected: "a SeldonDeployment",
      seen: "none",
      fix: "The command list tells what there is.",
    });
  }
  const { labels = {}, annotations = {} } = found.metadata;
  if (labels[MANAGED_BY] === MANAGER && annotations[RELEASE_ANNOTATION] !== undefined) return found;
  return refuse({
    where,
    expected: "a SeldonDeployment that seldon-deploy has made",
    seen: "one that someone else keeps",
    fix: "Whoever keeps it can set predictors[].replicas.",
  });
}

async function releaseOf({ metadata }: SeldonDeployment, where: string, { compression }: Ports): Promise<KeptRelease> {
  const packed = metadata.annotations![RELEASE_ANNOTATION]!;
  return readRelease(await compression.unpack(packed, { where, maxBytes: 1024 * 1024 }), where);
}

/** The same object with another spec. Labels and annotations are said again: what an apply leaves out it removes. */
async function apply(
  place: Place,
  standing: SeldonDeployment,
  spec: SeldonSpec,
  more: Readonly<Record<string, string>>,
): Promise<SeldonDeployment> {
  const { labels = {}, resourceVersion = "" } = standing.metadata;
  const kept = Object.entries(standing.metadata.annotations ?? {}).filter(
    ([name]) => ![PROVEN_ANNOTATION, STOPPED_ANNOTATION, ...OTHERS].includes(name),
  );
  const object = resourceOf(place, spec, { labels, annotations: { ...Object.fromEntries(kept), ...more } });
  const fenced = { ...object, metadata: { ...object.metadata, resourceVersion } };
  const done = await place.cluster.apply(pathOf("SeldonDeployment", place.namespace, place.name), fenced);
  if (done.kind === "applied") return done.object as unknown as SeldonDeployment;
  if (done.kind === "conflict") throw conflictError(place, done.with);
  return refuse({
    where: `${place.namespace}/${place.name}`,
    expected: "to be left alone while it is written",
    seen: "another write",
    fix: "Try again.",
  });
}

/** A JSON pointer to an annotation. */
const pointer = (name: string): string => `/metadata/annotations/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;

function told(text: string, operation: string, { log }: Ports): Outcome {
  log.info(text);
  return { outputs: { models: "[]", operation } };
}
