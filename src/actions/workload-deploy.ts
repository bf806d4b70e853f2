import type { Outcome } from "../action.ts";
import { placeDocuments, title, type Document, type Scope } from "../domain/kubernetes/documents.ts";
import { anchorName, leftOver, putBack, type KeptWorkload } from "../domain/kubernetes/release.ts";
import { requireGate } from "../domain/record/record.ts";
import { SPEC_ID_ANNOTATION } from "../domain/rollout/verdict.ts";
import { ActionError, messageOf } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Cluster } from "../ports.ts";
import { ensureNamespace } from "./cluster-namespace.ts";
import { takeRecord } from "./record.ts";
import { explainPods } from "./rollout.ts";
import {
  anchorPath,
  calledAt,
  observe,
  type WorkloadFacts,
  type WorkloadOrder,
  type WorkloadPorts,
  type WorkloadVersion,
} from "./workload-facts.ts";
import { givenWorkload, settle, type GivenWorkload } from "./workload-order.ts";
import {
  tellDone,
  tellDryRun,
  tellRefused,
  tellRendered,
  type WorkloadDone,
  type WorkloadRecovery,
} from "./workload-outcome.ts";
import { discover, documentPath, type WorkloadPlace } from "./workload-place.ts";
import { proveWorkload, type WorkloadProof } from "./workload-proof.ts";
import { waitForObjects, type OwnerWatch } from "./workload-rollout.ts";
import {
  applyDocuments,
  conflictError,
  markProven,
  prune,
  writeAnchor,
  writeWorkload,
  type WrittenWorkload,
} from "./workload-write.ts";

const MOST_OVERWRITTEN = 3;
const REMOVAL_MS = 60_000;

/** The new version did not prove itself. `superseded`: it is not ours to mend any more. */
class WorkloadFailure extends Error {
  readonly superseded: boolean;
  readonly error: ActionError;

  constructor(error: ActionError, superseded = false) {
    super(error.message, { cause: error });
    this.error = error;
    this.superseded = superseded;
  }
}

/**
 * Deploys plain Kubernetes objects, and is green only when each of them is well and the new version has answered. What was
 * proven before is put back when the new one fails; a first deploy that fails is removed.
 */
export async function deployWorkload(order: WorkloadOrder, run: Run, ports: WorkloadPorts): Promise<Outcome> {
  const record = await takeRecord(order.record, run, ports);
  requireGate(record, order["require-gate"]);
  const given = await givenWorkload(order, record, run, ports.workspace);
  if (order["dry-run"] === "client") {
    const wanted = settle(given, order, guessedScope);
    return await tellRendered({ wanted, record }, order, ports.log);
  }
  const cluster = await ports.kubernetes.connect({
    kubeconfig: order.kubeconfig,
    context: order["kube-context"],
    allowExec: order["allow-exec"],
  });
  try {
    return await deployTo(cluster, given, record, order, run, ports);
  } finally {
    ports.log.debug(`${cluster.calls} calls to ${cluster.server}`);
    cluster.close();
  }
}

/** Without a cluster to ask: all but a Namespace lies in one. */
const guessedScope = ({ kind }: Document): Scope => ({
  plural: `${kind.toLowerCase()}s`,
  namespaced: kind !== "Namespace",
});

async function deployTo(
  cluster: Cluster,
  given: GivenWorkload,
  record: WorkloadVersion["record"],
  order: WorkloadOrder,
  run: Run,
  ports: WorkloadPorts,
): Promise<Outcome> {
  const { log, clock } = ports;
  const scopeOf = await discover(cluster, given.documents);
  const wanted = settle(given, order, scopeOf);
  const version: WorkloadVersion = { wanted, record };
  const place: WorkloadPlace = {
    cluster,
    namespace: order.namespace,
    name: wanted.name,
    pathOf: (document) => documentPath(document, scopeOf(document) ?? guessedScope(document)),
  };
  for (const each of wanted.untold) {
    log.warning(
      `${title(each)}: no rule tells when it is well, so that it exists must do. Give success-conditions for ${each.kind}.`,
    );
  }
  if (order["create-namespace"]) {
    await ensureNamespace(cluster, place.namespace, { dryRun: order["dry-run"] !== "false" }, ports);
  }
  const facts = await observe(place, version, order, run, ports);
  log.info(`${calledAt(place)}: ${facts.plan.operation}, because ${facts.plan.reason}`);
  if (order["dry-run"] !== "false") return await dryRun(place, version, facts, order, ports);
  const from = clock.elapsed();
  const deadline = from + order["wait-timeout"] * 1000;
  const { namespace, name } = place;
  await order.announce({ record, target: "kubernetes", namespace, name, deployId: wanted.deployId });
  const written = await writeWorkload(place, version, facts, order, run, ports);
  try {
    if (written.refused !== undefined) throw new WorkloadFailure(written.refused);
    const proof = await log.group(`Rolling out ${calledAt(place)} (${wanted.deployId.slice(0, 12)})`, async () =>
      prove(place, written, order["smoke-request"], deadline, order, ports),
    );
    await markProven(place, wanted.deployId, ports);
    const pruned = await prune(place, written.facts.release?.documents ?? [], wanted.documents, ports);
    const done: WorkloadDone = {
      ...proof,
      operation: written.operation,
      pruned,
      seconds: (clock.elapsed() - from) / 1000,
    };
    log.info(`${calledAt(place)} serves ${wanted.deployId.slice(0, 12)}${proof.url === "" ? "" : ` at ${proof.url}`}`);
    const told = { target: "kubernetes" as const, "smoke-request": order["smoke-request"] };
    return await tellDone(place, version, facts, done, told, run, ports);
  } catch (thrown) {
    // Cancelled, or a fault of ours: the anchor holds what the next run needs.
    if (!(thrown instanceof WorkloadFailure)) throw thrown;
    log.info(`The new version of ${calledAt(place)} failed: ${thrown.message}`);
    const recovery = await log.group("Recovering", async () => recover(place, version, written, thrown, order, ports));
    return tellRefused(place, version, thrown.error, recovery, log);
  }
}

async function dryRun(
  place: WorkloadPlace,
  version: WorkloadVersion,
  facts: WorkloadFacts,
  order: WorkloadOrder,
  ports: WorkloadPorts,
): Promise<Outcome> {
  if (order["dry-run"] !== "diff") {
    for (const document of version.wanted.documents) {
      if (document.kind === "Namespace") continue;
      const applying = await place.cluster.apply(place.pathOf(document), document, { dryRun: true });
      if (applying.kind === "conflict") throw conflictError(document, applying.with);
    }
    ports.log.info("The cluster would take them.");
  }
  const before = facts.release?.documents ?? [];
  return await tellDryRun(place, version, facts, leftOver(before, version.wanted.documents), ports.log);
}

function anchorWatch(place: WorkloadPlace, deployId: string): OwnerWatch {
  const path = anchorPath(place);
  return {
    path: path.slice(0, path.lastIndexOf("/")),
    select: { fields: `metadata.name=${anchorName(place.name)}` },
    superseded: ([anchor]) => {
      const live = anchor?.metadata.annotations?.[SPEC_ID_ANNOTATION];
      if (live === deployId) return undefined;
      return live === undefined ? "the release is gone" : `${live.slice(0, 12)} was deployed after us`;
    },
  };
}

async function prove(
  place: WorkloadPlace,
  first: WrittenWorkload,
  smoke: WorkloadOrder["smoke-request"],
  deadline: number,
  order: WorkloadOrder,
  ports: WorkloadPorts,
): Promise<WorkloadProof> {
  let written = first;
  for (let overwritten = 0; ; overwritten++) {
    const { verdict, culprit, pods } = await waitForObjects(
      place,
      written,
      anchorWatch(place, written.deployId),
      order.rules,
      deadline,
      ports,
    );
    if (verdict.kind === "overwritten" && overwritten < MOST_OVERWRITTEN) {
      ports.log.info(
        "Someone has put an older version over this one, which is still the one to be deployed: applied again",
      );
      const anchor = await place.cluster.get(anchorPath(place));
      if (anchor?.metadata.annotations?.[SPEC_ID_ANNOTATION] === written.deployId) {
        const documents = written.objects.map(({ document }) => document);
        written = { ...written, objects: await applyDocuments(place, documents, anchor) };
      }
      continue;
    }
    if (verdict.kind !== "settled") {
      const superseded = verdict.kind === "superseded";
      if (!superseded) await explainPods(place, pods, culprit, ports);
      const seen = verdict.kind === "overwritten" ? "another version put over it again and again" : verdict.message;
      const where = `the new version of ${calledAt(place)}`;
      throw new WorkloadFailure(
        new ActionError({ where, expected: "objects that are well in time", seen }),
        superseded,
      );
    }
    try {
      const until = Math.max(deadline, ports.clock.elapsed() + 10_000);
      const asked = {
        smoke,
        base: order["base-url"],
        headers: order["request-headers"],
        ca: order.ca,
        deadline: until,
      };
      return await proveWorkload(place, written, asked, ports);
    } catch (thrown) {
      if (ports.signal.aborted || !(thrown instanceof ActionError)) throw thrown;
      await explainPods(place, pods, undefined, ports);
      throw new WorkloadFailure(thrown);
    }
  }
}

async function recover(
  place: WorkloadPlace,
  version: WorkloadVersion,
  written: WrittenWorkload,
  failure: WorkloadFailure,
  order: WorkloadOrder,
  ports: WorkloadPorts,
): Promise<WorkloadRecovery> {
  if (failure.superseded) return { kind: "foreign" };
  if (order.rollback === "none" || written.operation === "unchanged") return { kind: "kept" };
  try {
    if (written.facts.anchor === undefined) return await removeFirst(place, written, ports);
    const target = written.facts.lastProven;
    if (target === undefined || target.deployId === version.wanted.deployId) return { kind: "kept" };
    return await rollBack(place, version, target, order, ports);
  } catch (thrown) {
    if (ports.signal.aborted || !(thrown instanceof ActionError || thrown instanceof WorkloadFailure)) throw thrown;
    return { kind: "degraded", why: messageOf(thrown) };
  }
}

/** With the anchor goes all that it owns; only while it still is what this run has written, since others keep its uid. */
async function removeFirst(
  place: WorkloadPlace,
  { anchorUid: uid, deployId }: WrittenWorkload,
  { clock, log, signal }: WorkloadPorts,
): Promise<WorkloadRecovery> {
  const path = anchorPath(place);
  const deadline = clock.elapsed() + REMOVAL_MS;
  for (let removed = false; ;) {
    const standing = await place.cluster.get(path);
    if (standing?.metadata.uid !== uid) return { kind: "removed" };
    if (!removed) {
      if (standing.metadata.annotations?.[SPEC_ID_ANNOTATION] !== deployId) return { kind: "foreign" };
      removed = await place.cluster.remove(path, uid, standing.metadata.resourceVersion);
      if (removed) continue;
    }
    if (clock.elapsed() > deadline)
      return { kind: "degraded", why: `${anchorName(place.name)} is still being deleted` };
    log.debug("still there");
    await clock.sleep(removed ? 500 : 100, signal);
  }
}

async function rollBack(
  place: WorkloadPlace,
  version: WorkloadVersion,
  target: KeptWorkload,
  order: WorkloadOrder,
  ports: WorkloadPorts,
): Promise<WorkloadRecovery> {
  ports.log.info(`Putting ${target.deployId.slice(0, 12)} back (commit ${target.sha.slice(0, 12)})`);
  const scopeOf = await discover(place.cluster, target.documents);
  // It was read from the cluster, so it is placed as strictly as what the user gives.
  const documents = putBack(placeDocuments(target.documents, place.namespace, scopeOf));
  const standing = await place.cluster.get(anchorPath(place));
  if (standing?.metadata.annotations?.[SPEC_ID_ANNOTATION] !== version.wanted.deployId) return { kind: "foreign" };
  const anchor = await writeAnchor(place, target, target, standing, ports);
  if (anchor === undefined) return { kind: "foreign" };
  const back: WorkloadPlace = {
    ...place,
    pathOf: (document) => documentPath(document, scopeOf(document) ?? guessedScope(document)),
  };
  const objects = await applyDocuments(back, documents, anchor);
  const facts: WorkloadFacts = {
    anchor: standing,
    standing: [],
    plan: { operation: "update", reason: "rollback" },
    release: undefined,
    lastProven: target,
  };
  const written: WrittenWorkload = {
    operation: "updated",
    anchorUid: anchor.metadata.uid ?? "",
    deployId: target.deployId,
    objects,
    facts,
  };
  const deadline = ports.clock.elapsed() + order["wait-timeout"] * 1000;
  // The request was made for the new version: of the old one it is only asked that it is there.
  const { url } = await prove(back, written, undefined, deadline, order, ports);
  await markProven(back, target.deployId, ports);
  await prune(place, version.wanted.documents, target.documents, ports);
  return { kind: "rolled-back", deployId: target.deployId, url };
}
