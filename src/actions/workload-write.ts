import { namespaceOf, RELEASE_LABEL, title, type Document } from "../domain/kubernetes/documents.ts";
import { judgeObject } from "../domain/kubernetes/kinds.ts";
import type { KubernetesObject } from "../domain/kubernetes/object.ts";
import { anchorName, isOwned, leftOver, withoutSecrets, type KeptWorkload } from "../domain/kubernetes/release.ts";
import { serialiseRecord } from "../domain/record/record.ts";
import { MANAGED_BY, MANAGER, PROVEN_ANNOTATION } from "../domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../domain/rollout/verdict.ts";
import { ActionError, messageOf, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import {
  anchorPath,
  calledAt,
  observe,
  shaOf,
  type WorkloadFacts,
  type WorkloadOrder,
  type WorkloadPorts,
  type WorkloadVersion,
} from "./workload-facts.ts";
import { discover, documentPath, type WorkloadPlace } from "./workload-place.ts";

const MOST_TRIES = 5;
/** Of a ConfigMap it is 1 MiB. */
const MOST_KEPT_BYTES = 900 * 1024;

/** What this run has written. */
export type WrittenWorkload = {
  readonly operation: "created" | "updated" | "unchanged";
  readonly anchorUid: string;
  readonly deployId: string;
  readonly objects: readonly AppliedDocument[];
  readonly facts: WorkloadFacts;
  /** Why not all objects were taken. Those before it stand already, so that it is to be undone as a version that fails. */
  readonly refused?: ActionError;
};

export type AppliedDocument = { readonly document: Document; readonly path: string; readonly object: KubernetesObject };

/**
 * First the anchor, fenced by the version that was read: whoever writes it last deploys. It holds all that a later run needs to
 * finish or undo this one. Then the objects, which it owns.
 */
export async function writeWorkload(
  place: WorkloadPlace,
  version: WorkloadVersion,
  first: WorkloadFacts,
  order: WorkloadOrder,
  run: Run,
  ports: WorkloadPorts,
): Promise<WrittenWorkload> {
  const { documents, deployId } = version.wanted;
  await makeNamespace(place, documents, first);
  let facts = first;
  let anchor: KubernetesObject | undefined;
  for (let tried = 1; anchor === undefined; tried++) {
    if (facts.plan.operation === "unchanged") {
      anchor = facts.anchor!;
      break;
    }
    const release: KeptWorkload = {
      schema: 1,
      deployId,
      documents: withoutSecrets(documents),
      repository: run.repository,
      sha: shaOf(version, run),
      runId: run.runId,
      ...(version.record === undefined ? {} : { record: serialiseRecord(version.record) }),
    };
    anchor = await writeAnchor(place, release, facts.lastProven, facts.anchor, ports);
    if (anchor !== undefined) break;
    if (tried === MOST_TRIES) tooBusy(place);
    ports.log.info(`${calledAt(place)} was changed meanwhile: read again`);
    facts = await observe(place, version, order, run, ports);
  }
  const created = facts.anchor === undefined;
  const anchorUid = anchor.metadata.uid ?? "";
  let objects: readonly AppliedDocument[];
  try {
    objects = await applyDocuments(place, documents, anchor);
  } catch (thrown) {
    if (!(thrown instanceof ActionError) || ports.signal.aborted) throw thrown;
    const operation = created ? "created" : facts.plan.operation === "unchanged" ? "unchanged" : "updated";
    return { operation, anchorUid, deployId, objects: [], facts, refused: thrown };
  }
  const rolled = objects.some(
    ({ object }, at) => object.metadata.resourceVersion !== facts.standing[at]?.metadata.resourceVersion,
  );
  const operation = created ? "created" : facts.plan.operation === "unchanged" && !rolled ? "unchanged" : "updated";
  return { operation, anchorUid, deployId, objects, facts };
}

/** Once more, after someone who was slower has put an older object over ours. */
export async function applyDocuments(
  place: WorkloadPlace,
  documents: readonly Document[],
  anchor: KubernetesObject,
): Promise<readonly AppliedDocument[]> {
  const applied: AppliedDocument[] = [];
  const { name, uid = "" } = anchor.metadata;
  const owner = { apiVersion: "v1", kind: "ConfigMap", name, uid };
  // One after the other: what others refer to comes first.
  for (const document of documents) {
    const path = place.pathOf(document);
    if (document.kind === "Namespace") {
      const object = await place.cluster.get(path);
      if (object !== undefined) applied.push({ document, path, object });
      continue;
    }
    const sent = isOwned(document)
      ? { ...document, metadata: { ...document.metadata, ownerReferences: [owner] } }
      : document;
    const applying = await place.cluster.apply(path, sent);
    if (applying.kind === "conflict") throw conflictError(document, applying.with);
    if (applying.kind === "stale") tooBusy(place);
    applied.push({ document, path, object: applying.object });
  }
  return applied;
}

/** @returns the anchor as it is now; `undefined` when it is another than the one that was read */
export async function writeAnchor(
  place: WorkloadPlace,
  release: KeptWorkload,
  lastProven: KeptWorkload | undefined,
  standing: KubernetesObject | undefined,
  ports: WorkloadPorts,
): Promise<KubernetesObject | undefined> {
  const resourceVersion = standing?.metadata.resourceVersion;
  const applying = await place.cluster.apply(anchorPath(place), {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: anchorName(place.name),
      namespace: place.namespace,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      labels: { [MANAGED_BY]: MANAGER, [RELEASE_LABEL]: place.name },
      annotations: { [SPEC_ID_ANNOTATION]: release.deployId },
    },
    data: await keptData(release, lastProven, ports),
  });
  if (applying.kind === "conflict") {
    throw new ActionError(
      applying.with.map(({ manager, field }) => ({
        where: `ConfigMap ${anchorName(place.name)}, ${field}`,
        expected: "a field of these actions",
        seen: `one that ${manager} owns`,
        fix: "Leave this ConfigMap to these actions.",
      })),
    );
  }
  if (applying.kind === "stale") return undefined;
  // Of two first deploys at once the later one stands: the other finds itself superseded.
  return applying.object;
}

async function keptData(
  release: KeptWorkload,
  lastProven: KeptWorkload | undefined,
  { compression, log }: WorkloadPorts,
): Promise<Record<string, string>> {
  const pack = async (each: KeptWorkload): Promise<string> => await compression.pack(JSON.stringify(each));
  const bare = ({ record: _record, ...rest }: KeptWorkload): KeptWorkload => rest;
  const choices: [KeptWorkload, KeptWorkload | undefined][] = [
    [release, lastProven],
    [bare(release), lastProven && bare(lastProven)],
  ];
  for (const [at, [ours, before]] of choices.entries()) {
    const data = {
      release: await pack(ours),
      ...(before === undefined ? {} : { "last-proven": await pack(before) }),
    };
    if (Object.values(data).reduce((sum, { length }) => sum + length, 0) > MOST_KEPT_BYTES) continue;
    if (at > 0) log.warning("The release record is too long to be kept in the cluster: it is left out there.");
    return data;
  }
  return refuse({
    where: "the manifests",
    expected: `objects that fit a ConfigMap of ${MOST_KEPT_BYTES} bytes, packed`,
    seen: "more",
    fix: "Give large ConfigMaps a life of their own.",
  });
}

async function makeNamespace(
  { cluster, pathOf }: WorkloadPlace,
  documents: readonly Document[],
  { standing }: WorkloadFacts,
): Promise<void> {
  for (const [at, document] of documents.entries()) {
    if (document.kind !== "Namespace") continue;
    const there = standing[at];
    if (there === undefined) await cluster.apply(pathOf(document), document);
    const said = there && judgeObject(there);
    if (said?.kind === "failed") {
      refuse({
        where: title(document),
        expected: "a namespace that stays",
        seen: said.why,
        fix: "Try again when it is gone.",
      });
    }
  }
}

/** Marks the release as a rollback target, where it still is what stands there. */
export async function markProven(place: WorkloadPlace, deployId: string, { log }: WorkloadPorts): Promise<void> {
  const at = (annotation: string): string => `/metadata/annotations/${annotation.replaceAll("/", "~1")}`;
  const marked = await place.cluster
    .patch(anchorPath(place), [
      { op: "test", path: at(SPEC_ID_ANNOTATION), value: deployId },
      { op: "add", path: at(PROVEN_ANNOTATION), value: deployId },
    ])
    .catch((thrown: unknown) => {
      if (!(thrown instanceof ActionError)) throw thrown;
      log.warning(messageOf(thrown));
      return false;
    });
  if (!marked) {
    log.warning(
      `${calledAt(place)} could not be marked as proven: a later failure will not roll back to this version.`,
    );
  }
}

/** Removes what a release had and another has not, as far as it still is that release's. */
export async function prune(
  place: WorkloadPlace,
  before: readonly Document[],
  now: readonly Document[],
  { log }: WorkloadPorts,
): Promise<readonly string[]> {
  const { remove, keep } = leftOver(before, now);
  for (const document of keep) log.warning(`${title(document)} is not wanted any more, and left: it may hold data.`);
  const removed: string[] = [];
  // Of a group that nothing wanted is of, the cluster has not been asked yet.
  const scopeOf = await discover(place.cluster, remove);
  for (const document of remove) {
    const scope = scopeOf(document);
    if (scope === undefined || namespaceOf(document) !== place.namespace) continue;
    const path = documentPath(document, scope);
    const object = await place.cluster.get(path);
    const { uid, labels } = object?.metadata ?? {};
    if (uid === undefined || labels?.[RELEASE_LABEL] !== place.name) continue;
    if (await place.cluster.remove(path, uid)) removed.push(title(document));
  }
  if (removed.length > 0) log.info(`Removed, being wanted no more: ${removed.join(", ")}`);
  return removed;
}

export function conflictError(
  document: Document,
  all: readonly { readonly manager: string; readonly field: string }[],
): ActionError {
  return new ActionError(
    all.map(({ manager, field }) => ({
      where: `${title(document)}, ${field}`,
      expected: "a field of these actions",
      seen: `one that ${manager} owns`,
      fix: "Leave the field out of the manifest, or let one tool own it.",
    })),
  );
}

function tooBusy(place: WorkloadPlace): never {
  return refuse({
    where: `release ${calledAt(place)}`,
    expected: "to be left alone while it is written",
    seen: `${MOST_TRIES} other writes in a row`,
    fix: "Does another workflow deploy the same name? Give them one concurrency group.",
  });
}
