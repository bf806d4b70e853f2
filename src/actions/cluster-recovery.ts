import type { Outcome } from "../action.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import { serialiseRecord } from "../domain/record/record.ts";
import { codeSpan, escapeText } from "../domain/report/escape.ts";
import { type KeptRelease, MANAGED_BY, MANAGER, appliedOf } from "../domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../domain/rollout/verdict.ts";
import { resourceOf } from "../domain/seldon/manifest.ts";
import { ActionError, messageOf, sentence } from "../errors.ts";
import { type ClusterOrder, type ClusterPorts, type Version, calledAt, pathAt } from "./cluster-facts.ts";
import { Failure, prove } from "./cluster-verdict.ts";
import { MOST_TRIES, type Written, annotationsOf, conflictError, markProven } from "./cluster-write.ts";
import { tableOf } from "./outcome-table.ts";
import type { Place } from "./rollout.ts";

const REMOVAL_MS = 60_000;

type Recovery =
  | { readonly kind: "rolled-back"; readonly deployId: string; readonly url: string }
  | { readonly kind: "removed" | "kept" | "foreign" }
  | { readonly kind: "degraded"; readonly why: string };

export async function recover(
  place: Place,
  written: Written,
  failure: Failure,
  order: ClusterOrder,
  ports: ClusterPorts,
): Promise<Outcome> {
  const { log } = ports;
  const { version } = written;
  log.info(`The new version of ${calledAt(place)} failed: ${messageOf(failure)}`);
  const recovery = await log.group("Recovering", async () => recoveryOf(place, written, failure, order, ports));
  const told = tellRecovery(recovery);
  log.info(told);
  const text = `The new version of ${calledAt(place)} was refused. ${told}\n${failure.error.mistakes.map(sentence).join("\n")}`;
  const record = version.record === undefined ? "" : serialiseRecord(version.record);
  return {
    outputs: {
      operation: "failed",
      "prediction-url": recovery.kind === "rolled-back" ? recovery.url : "",
      "deploy-id": version.deployId,
      "rolled-back": String(recovery.kind === "rolled-back"),
      reason: failure.message.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1000),
      record,
    },
    failure: text,
    summary: [
      `### ${escapeText(calledAt(place))}: failed`,
      "",
      escapeText(failure.message),
      "",
      escapeText(told),
      "",
      ...tableOf([
        ["Deploy id of the new version", codeSpan(version.deployId)],
        ["From", codeSpan(version.wanted.from)],
        ...(recovery.kind === "rolled-back" ? [["Serving now", codeSpan(recovery.deployId)] as const] : []),
      ]),
    ].join("\n"),
  };
}

async function recoveryOf(
  place: Place,
  written: Written,
  failure: Failure,
  order: ClusterOrder,
  ports: ClusterPorts,
): Promise<Recovery> {
  const { version } = written;
  if (["replaced", "deleted", "superseded"].includes(failure.why)) return { kind: "foreign" };
  // What was proven once and does not answer now has nothing behind it that would.
  if (order.rollback === "none" || written.operation === "unchanged") return { kind: "kept" };
  try {
    if (written.created) return await removeFirst(place, version, written.applied.uid, ports);
    const target = written.lastProven;
    if (target === undefined || target.deployId === version.deployId) return { kind: "kept" };
    return await rollBack(place, version, target, order, ports);
  } catch (thrown) {
    if (ports.signal.aborted || !(thrown instanceof ActionError || thrown instanceof Failure)) throw thrown;
    return { kind: "degraded", why: messageOf(thrown) };
  }
}

/** Only while it still is what this run has written: who deploys over it keeps the uid. */
async function removeFirst(
  { cluster, namespace, name }: Place,
  { deployId }: Version,
  uid: string,
  { clock, log, signal }: ClusterPorts,
): Promise<Recovery> {
  const path = pathOf("SeldonDeployment", namespace, name);
  const deadline = clock.elapsed() + REMOVAL_MS;
  for (let removed = false; ;) {
    const standing = await cluster.get(path);
    if (standing?.metadata.uid !== uid) return { kind: "removed" };
    if (!removed) {
      if (standing.metadata.annotations?.[SPEC_ID_ANNOTATION] !== deployId) return { kind: "foreign" };
      // The operator writes its status all the time: then it is looked at again.
      removed = await cluster.remove(path, uid, standing.metadata.resourceVersion);
      if (removed) continue;
    }
    if (clock.elapsed() > deadline) return { kind: "degraded", why: "it is still being deleted" };
    log.debug("still there");
    await clock.sleep(removed ? 1000 : 100, signal);
  }
}

async function rollBack(
  place: Place,
  version: Version,
  target: KeptRelease,
  order: ClusterOrder,
  ports: ClusterPorts,
): Promise<Recovery> {
  const { clock, log } = ports;
  log.info(`Putting ${target.deployId.slice(0, 12)} back (commit ${target.sha.slice(0, 12)})`);
  for (let tried = 1; ; tried++) {
    const standing = await place.cluster.get(pathAt(place));
    if (standing?.metadata.annotations?.[SPEC_ID_ANNOTATION] !== version.deployId) return { kind: "foreign" };
    const annotations = { ...version.wanted.annotations, ...(await annotationsOf(target, target, ports)) };
    const object = resourceOf(place, target.spec, {
      labels: { ...version.wanted.labels, [MANAGED_BY]: MANAGER },
      annotations,
    });
    const applying = await place.cluster.apply(pathAt(place), {
      ...object,
      metadata: { ...object.metadata, resourceVersion: standing.metadata.resourceVersion },
    });
    if (applying.kind === "conflict") throw conflictError(place, applying.with);
    if (applying.kind === "stale") {
      if (tried < MOST_TRIES) continue;
      return { kind: "degraded", why: "others write the object without a pause" };
    }
    const applied = appliedOf(target.spec, target.deployId, applying.object.metadata);
    const deadline = clock.elapsed() + order["wait-timeout"] * 1000;
    // The request was made for the new version: of the old one it is only asked that it is there.
    const { addresses } = await prove(
      place,
      { spec: target.spec, asked: [], routing: version.routing, contract: undefined },
      applied,
      deadline,
      order,
      ports,
    );
    await markProven(place, target.deployId, ports);
    return { kind: "rolled-back", deployId: target.deployId, url: addresses.prediction };
  }
}

function tellRecovery(recovery: Recovery): string {
  switch (recovery.kind) {
    case "rolled-back":
      return `The version before (${recovery.deployId.slice(0, 12)}) was put back, and answers.`;
    case "removed":
      return "It was the first of its name and is removed again.";
    case "kept":
      return "It stays as it is: there is nothing proven to go back to, or rollback is off. Pods of an earlier version that still run go on serving.";
    case "foreign":
      return "Someone else has changed the SeldonDeployment meanwhile, so it is left alone.";
    case "degraded":
      return `Recovering failed too, so it needs a person: ${recovery.why}`;
  }
}
