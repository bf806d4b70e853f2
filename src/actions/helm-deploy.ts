import type { Outcome } from "../action.ts";
import { CHART_LABELS, revisionsOf, stampChart, standingOf, whoseIsNewest } from "../domain/kubernetes/chart.ts";
import { namespaceOf, readDocuments, type Document } from "../domain/kubernetes/documents.ts";
import { leftOver } from "../domain/kubernetes/release.ts";
import { requireGate } from "../domain/record/record.ts";
import { appliedOf } from "../domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../domain/rollout/verdict.ts";
import { KIND, type SeldonDeployment } from "../domain/seldon/resource.ts";
import { ActionError, messageOf, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import { ensureNamespace } from "./cluster-namespace.ts";
import { Failure, prove as proveRollout } from "./cluster-verdict.ts";
import {
  calledAt,
  markProven,
  manifestOf,
  observe,
  releaseRevisions,
  render,
  repositoryLabel,
  secretsPath,
  selectRelease,
  settledRevisions,
  wantedChart,
  type ChartFacts,
  type ChartOrder,
  type ChartPlace,
  type ChartPorts,
  type RenderedChart,
  type WantedChart,
} from "./helm-facts.ts";
import { openHelm, type Helm } from "./helm-program.ts";
import { takeRecord } from "./record.ts";
import { explainPods, type Place } from "./rollout.ts";
import type { WorkloadVersion } from "./workload-facts.ts";
import { imageInRegistry } from "./pulled-image.ts";
import { tellDone, tellDryRun, tellRefused, tellRendered, type WorkloadRecovery } from "./workload-outcome.ts";
import { discover, documentPath } from "./workload-place.ts";
import { proveWorkload, type WorkloadProof } from "./workload-proof.ts";
import { waitForObjects, type OwnerWatch } from "./workload-rollout.ts";
import type { AppliedDocument } from "./workload-write.ts";

const MOST_TRIES = 5;
/** Hooks run within it. Waiting for the objects is ours, by a stricter rule than helm's. */
const HOOKS = 5;

/** The new revision did not prove itself. `superseded`: the release is not ours to mend any more. */
class ChartFailure extends Error {
  readonly superseded: boolean;
  readonly error: ActionError;

  constructor(error: ActionError, superseded = false) {
    super(error.message, { cause: error });
    this.error = error;
    this.superseded = superseded;
  }
}

/**
 * Installs or upgrades a chart by helm itself, and is green only when all that it made is well and the new version has answered.
 * What was proven before is put back by helm's own rollback; a first install that fails is uninstalled.
 */
export async function deployChart(order: ChartOrder, run: Run, ports: ChartPorts): Promise<Outcome> {
  const record = await takeRecord(order.record, run, ports);
  requireGate(record, order["require-gate"]);
  const image = imageInRegistry(order.image, record);
  const name = order.name ?? record?.model.name ?? "";
  const helm = await openHelm(
    { release: name, namespace: order.namespace, kubeconfig: order.kubeconfig, context: order["kube-context"] },
    ports,
  );
  try {
    const wanted = await wantedChart(order, record, image, helm, run, ports.workspace);
    if (order["dry-run"] === "client") {
      return await tellRendered(versionOf(wanted, await render(wanted, helm, "client")), order, ports.log);
    }
    // By our own rules of what a kubeconfig may do, before helm is given it.
    const cluster = await ports.kubernetes.connect({
      kubeconfig: order.kubeconfig,
      context: order["kube-context"],
      allowExec: order["allow-exec"],
    });
    try {
      const place: ChartPlace = { cluster, helm, namespace: order.namespace, name: wanted.name };
      return await deployAt(place, wanted, order, run, ports);
    } finally {
      ports.log.debug(`${cluster.calls} calls to ${cluster.server}`);
      cluster.close();
    }
  } finally {
    await helm.close();
  }
}

const versionOf = (wanted: WantedChart, { documents, deployId }: RenderedChart): WorkloadVersion => ({
  wanted: { name: wanted.name, documents, deployId, from: wanted.from, untold: [] },
  record: wanted.record,
});

async function deployAt(
  place: ChartPlace,
  wanted: WantedChart,
  order: ChartOrder,
  run: Run,
  ports: ChartPorts,
): Promise<Outcome> {
  const { log, clock } = ports;
  if (order["create-namespace"]) {
    await ensureNamespace(place.cluster, place.namespace, { dryRun: order["dry-run"] !== "false" }, ports);
  }
  // Helm does not even render what it would upgrade while another works on the release.
  await settledRevisions(place, order, run, ports);
  const rendered = await render(wanted, place.helm, "server");
  const version = versionOf(wanted, rendered);
  const facts = await observe(place, rendered, order, wanted.record, run, ports);
  log.info(`${calledAt(place)}: ${facts.plan.operation}, because ${facts.plan.reason}`);
  if (order["dry-run"] !== "false") {
    const before = facts.live === undefined ? [] : await manifestAt(place, facts.live.version);
    const release = facts.live === undefined ? undefined : { documents: before };
    return await tellDryRun(place, version, { plan: facts.plan, release }, leftOver(before, rendered.documents), log);
  }
  const from = clock.elapsed();
  const deadline = from + order["wait-timeout"] * 1000;
  const { namespace, name } = place;
  await order.announce({ record: wanted.record, target: "helm", namespace, name, deployId: rendered.deployId });
  let revision = 0;
  try {
    const done = await upgrade(place, wanted, rendered, facts, order, run, ports);
    ({ revision } = done);
    const proof = await log.group(`Rolling out ${calledAt(place)} (revision ${revision})`, async () =>
      prove(place, done, order["smoke-request"], deadline, order, ports),
    );
    await markProven(place, revision, rendered.deployId, wanted.record, ports);
    const operation =
      facts.plan.operation === "unchanged" ? "unchanged" : facts.live === undefined ? "created" : "updated";
    log.info(`${calledAt(place)} serves revision ${revision}${proof.url === "" ? "" : ` at ${proof.url}`}`);
    const seconds = (clock.elapsed() - from) / 1000;
    const told = { target: "helm" as const, "smoke-request": order["smoke-request"] };
    return await tellDone(place, version, facts, { ...proof, operation, pruned: [], seconds }, told, run, ports);
  } catch (thrown) {
    // Cancelled, or a fault of ours: helm's own Secret holds what the next run needs.
    if (!(thrown instanceof ChartFailure)) throw thrown;
    log.info(`The new version of ${calledAt(place)} failed: ${thrown.message}`);
    const recovery = await log.group("Recovering", async () =>
      recover(place, facts, revision, thrown, order, run, ports),
    );
    return tellRefused(place, version, thrown.error, recovery, log);
  }
}

type Deployed = { readonly revision: number; readonly documents: readonly Document[] };

/** One `helm upgrade --install`. Two at once exclude each other by helm's own pending state; the later one reads again. */
async function upgrade(
  place: ChartPlace,
  wanted: WantedChart,
  rendered: RenderedChart,
  first: ChartFacts,
  order: ChartOrder,
  run: Run,
  ports: ChartPorts,
): Promise<Deployed> {
  if (first.plan.operation === "unchanged") return { revision: first.live!.version, documents: rendered.documents };
  let facts = first;
  for (let tried = 1; ; tried++) {
    const labels = {
      [CHART_LABELS.deployId]: rendered.deployId,
      [CHART_LABELS.sha]: wanted.record?.source.sha ?? run.sha,
      [CHART_LABELS.repository]: repositoryLabel(run.repository),
      [CHART_LABELS.run]: run.runId,
      [CHART_LABELS.attempt]: String(run.runAttempt),
      [CHART_LABELS.revision]: String((facts.revisions[0]?.version ?? 0) + 1),
      [CHART_LABELS.before]: String(facts.lastProven ?? 0),
    };
    const flags = Object.entries(labels)
      .filter(([, value]) => value !== "")
      .map(([key, value]) => `${key}=${value}`);
    try {
      const answer = await place.helm.run(
        "upgrade",
        [
          "upgrade",
          "--install",
          "--history-max",
          "10",
          "--output",
          "json",
          "--timeout",
          `${HOOKS}m`,
          "--labels",
          flags.join(","),
          ...place.helm.stamp,
          ...wanted.arguments,
        ],
        { timeoutMs: (HOOKS + 1) * 60_000 },
      );
      const revision = Number((JSON.parse(answer.slice(answer.indexOf("{"))) as { version?: number }).version);
      await refuseOvertaken(place, facts, revision, order, run, ports);
      return { revision, documents: await readDocuments(manifestOf(answer), "the rendered chart") };
    } catch (thrown) {
      if (!(thrown instanceof ActionError) || ports.signal.aborted) throw thrown;
      const busy = /another operation .* in progress/.test(thrown.message);
      if (!busy || tried === MOST_TRIES) throw new ChartFailure(thrown);
      ports.log.info(`${calledAt(place)} is being changed by someone else: read again`);
      facts = await observe(place, rendered, order, wanted.record, run, ports);
    }
  }
}

/** Between our look and our upgrade another may have deployed a newer commit: then it is put back. */
async function refuseOvertaken(
  place: ChartPlace,
  facts: ChartFacts,
  revision: number,
  order: ChartOrder,
  run: Run,
  ports: ChartPorts,
): Promise<void> {
  const expected = (facts.revisions[0]?.version ?? 0) + 1;
  if (revision <= expected || order["allow-older"]) return;
  const between = (await releaseRevisions(place)).find(({ version }) => version === revision - 1);
  const sha = between?.labels[CHART_LABELS.sha];
  if (
    between === undefined ||
    sha === undefined ||
    between.labels[CHART_LABELS.repository] !== repositoryLabel(run.repository)
  )
    return;
  if ((await ports.github.compare(sha, run.sha).catch(() => undefined)) !== "behind") return;
  await place.helm.run("rollback", ["rollback", place.name, String(between.version)]);
  refuse({
    where: `helm release ${calledAt(place)}`,
    expected: "a commit that is not older than the one that serves",
    seen: "a newer one that another run deployed a moment before; it was put back",
    fix: "Set allow-older: true to go back on purpose.",
  });
}

async function manifestAt({ helm, name }: ChartPlace, revision: number): Promise<readonly Document[]> {
  const text = await helm.run("get manifest", ["get", "manifest", name, "--revision", String(revision)]);
  return await readDocuments(text, `revision ${revision}`);
}

/** By helm's own Secrets: a later revision, or none at all. */
function releaseWatch(place: ChartPlace, revision: number): OwnerWatch {
  return {
    path: secretsPath(place),
    select: { labels: selectRelease(place) },
    superseded: (secrets) => {
      const newest = revisionsOf(secrets)[0]?.version;
      if (newest === undefined) return "the release is gone";
      return newest > revision ? `revision ${newest} was deployed after us` : undefined;
    },
  };
}

async function prove(
  place: ChartPlace,
  { revision, documents }: Deployed,
  smoke: ChartOrder["smoke-request"],
  deadline: number,
  order: ChartOrder,
  ports: ChartPorts,
): Promise<WorkloadProof> {
  const { cluster, namespace } = place;
  const scopeOf = await discover(cluster, documents);
  const objects: AppliedDocument[] = [];
  for (const plain of documents) {
    const scope = scopeOf(plain);
    if (scope === undefined) continue;
    const document = scope.namespaced
      ? { ...plain, metadata: { ...plain.metadata, namespace: namespaceOf(plain) ?? namespace } }
      : plain;
    const path = documentPath(document, scope);
    const object = await cluster.get(path);
    if (object === undefined) {
      throw new ChartFailure(
        new ActionError({
          where: `${document.kind} ${document.metadata.name}`,
          expected: "what helm has applied",
          seen: "nothing",
        }),
      );
    }
    objects.push({ document, path, object: { ...object, apiVersion: document.apiVersion, kind: document.kind } });
  }
  const [seldon, plain] = [objects.filter(isSeldon), objects.filter((each) => !isSeldon(each))];
  const end = await waitForObjects(
    place,
    { objects: plain },
    releaseWatch(place, revision),
    order.rules,
    deadline,
    ports,
  );
  if (end.verdict.kind !== "settled") {
    const superseded = end.verdict.kind === "superseded";
    if (!superseded) await explainPods(place, end.pods, end.culprit, ports);
    const seen = end.verdict.kind === "overwritten" ? "another version put over it" : end.verdict.message;
    const where = `revision ${revision} of ${calledAt(place)}`;
    throw new ChartFailure(new ActionError({ where, expected: "objects that are well in time", seen }), superseded);
  }
  const until = Math.max(deadline, ports.clock.elapsed() + 10_000);
  try {
    let proof: WorkloadProof | undefined;
    for (const [at, each] of seldon.entries()) {
      const told = await proveSeldon(place, each, at === 0 ? smoke : undefined, until, order, ports);
      proof ??= told;
    }
    const asked = { smoke, base: order["base-url"], headers: order["request-headers"], ca: order.ca, deadline: until };
    return proof ?? (await proveWorkload(place, { objects: plain }, asked, ports));
  } catch (thrown) {
    if (ports.signal.aborted || !(thrown instanceof ActionError)) throw thrown;
    await explainPods(place, end.pods, undefined, ports);
    throw new ChartFailure(thrown);
  }
}

const isSeldon = ({ document }: AppliedDocument): boolean => document.kind === KIND;

/** A SeldonDeployment of a chart, by the verdict that holds for every one. */
async function proveSeldon(
  { cluster, namespace }: ChartPlace,
  { object }: AppliedDocument,
  smoke: ChartOrder["smoke-request"],
  deadline: number,
  order: ChartOrder,
  ports: ChartPorts,
): Promise<WorkloadProof> {
  const { metadata, spec } = object as unknown as SeldonDeployment;
  const place: Place = { cluster, namespace, name: metadata.name };
  const applied = appliedOf(spec, metadata.annotations?.[SPEC_ID_ANNOTATION] ?? "", metadata);
  const version = { spec, asked: spec.predictors.map(({ name }) => name), routing: undefined, contract: undefined };
  try {
    const { addresses, prediction } = await proveRollout(
      place,
      version,
      applied,
      deadline,
      { ...order, "smoke-request": smoke },
      ports,
    );
    return { url: addresses.prediction, prediction };
  } catch (thrown) {
    throw thrown instanceof Failure ? thrown.error : thrown;
  }
}

async function recover(
  place: ChartPlace,
  facts: ChartFacts,
  revision: number,
  failure: ChartFailure,
  order: ChartOrder,
  run: Run,
  ports: ChartPorts,
): Promise<WorkloadRecovery> {
  if (failure.superseded) return { kind: "foreign" };
  if (order.rollback === "none" || facts.plan.operation === "unchanged") return { kind: "kept" };
  try {
    const [newest, ...older] = await releaseRevisions(place);
    if (newest === undefined && facts.live === undefined) return { kind: "removed" };
    const whose = whoseIsNewest(newest, { revision, before: facts.revisions[0]?.version ?? 0 }, run);
    if (whose !== "ours") return { kind: whose === "foreign" ? "foreign" : "kept" };
    if (facts.live === undefined && older.every(({ status }) => status === "failed")) {
      await uninstall(place.helm, place.name);
      return { kind: "removed" };
    }
    // As it was when this revision was written, which may be after our first look.
    const proven = Number(newest?.labels[CHART_LABELS.before] ?? facts.lastProven ?? 0);
    if (!(proven > 0)) return { kind: "kept" };
    ports.log.info(`Rolling back to revision ${proven}`);
    await place.helm.run("rollback", ["rollback", place.name, String(proven)], { timeoutMs: 6 * 60_000 });
    const back = standingOf(await releaseRevisions(place));
    if (back.kind !== "ready") return { kind: "degraded", why: "helm's rollback left no deployed revision" };
    const documents = await manifestAt(place, back.live.version);
    const deadline = ports.clock.elapsed() + order["wait-timeout"] * 1000;
    const { url } = await prove(place, { revision: back.live.version, documents }, undefined, deadline, order, ports);
    const { deployId } = await stampChart(documents, place.name);
    await markProven(place, back.live.version, back.live.labels[CHART_LABELS.deployId] ?? deployId, undefined, ports);
    return { kind: "rolled-back", deployId: back.live.labels[CHART_LABELS.deployId] ?? deployId, url };
  } catch (thrown) {
    if (ports.signal.aborted || !(thrown instanceof ActionError || thrown instanceof ChartFailure)) throw thrown;
    return { kind: "degraded", why: messageOf(thrown) };
  }
}

async function uninstall(helm: Helm, name: string): Promise<void> {
  await helm.run("uninstall", ["uninstall", name, "--cascade", "foreground", "--wait", "--timeout", "2m"], {
    timeoutMs: 150_000,
  });
}
