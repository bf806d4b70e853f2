import type { Annotation, Outcome } from "../action.ts";
import type { SmokeRequest } from "../domain/inference/smoke.ts";
import type { KubernetesObject } from "../domain/kubernetes/object.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import { requireGate, serialiseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import { codeBlock, codeSpan, escapeText } from "../domain/report/escape.ts";
import {
  appliedOf,
  LAST_PROVEN_ANNOTATION,
  MANAGED_BY,
  MANAGER,
  planDeploy,
  PROVEN_ANNOTATION,
  readRelease,
  RELEASE_ANNOTATION,
  type Ancestry,
  type DeployPlan,
  type KeptRelease,
} from "../domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION, type Applied, type FailureCode } from "../domain/rollout/verdict.ts";
import { describeChanges } from "../domain/rollout/changes.ts";
import { stampSpec } from "../domain/seldon/deploy-ids.ts";
import { textDigest } from "../domain/seldon/digest.ts";
import { resourceOf } from "../domain/seldon/manifest.ts";
import { withoutExecutor, type SeldonDeployment, type SeldonSpec } from "../domain/seldon/resource.ts";
import { ActionError, messageOf, refuse, sentence } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Clock, Cluster, Compression, GitHub, Http, Kubernetes, Log, Workspace } from "../ports.ts";
import { wantedObject, type Asked, type Wanted } from "./cluster-order.ts";
import { clusterUrl, proveInCluster } from "./cluster-proof.ts";
import type { Announce } from "./github-deployment.ts";
import type { Marks } from "./preview.ts";
import { giveRecord, takeRecord } from "./record.ts";
import { childrenOf, explainFailure, waitForRollout, type Place, type RolloutEnd } from "./rollout.ts";
import { keepRequest } from "./smoke-request.ts";

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

type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly workspace: Workspace;
  readonly github: GitHub;
  readonly images: import("../ports.ts").Images;
  readonly http: Http;
  readonly kubernetes: Kubernetes;
  readonly compression: Compression;
  readonly signal: AbortSignal;
};

const MOST_TRIES = 5;
const MOST_ANNOTATION_BYTES = 100 * 1024;
const REMOVAL_MS = 60_000;

/**
 * Deploys a SeldonDeployment, and is green only when the new version has answered. What was proven before is put back when the
 * new one fails; a first deploy that fails is removed, where this run has made it.
 */
export async function deployToCluster(order: ClusterOrder, run: Run, ports: Ports): Promise<Outcome> {
  const record = await takeRecord(order.record, run, ports);
  requireGate(record, order["require-gate"]);
  const wanted = marked(await wantedObject(order, record, run, ports.workspace), order.marks);
  const { spec, deployId } = await stampSpec(wanted.spec);
  const version: Version = { wanted, spec, deployId, record };
  tellFindings(wanted, ports.log);
  if (order["dry-run"] === "client") return await tellManifest(version, order, ports.log);
  const cluster = await ports.kubernetes.connect({
    kubeconfig: order.kubeconfig,
    context: order["kube-context"],
    allowExec: order["allow-exec"],
  });
  try {
    const place: Place = { cluster, namespace: order.namespace, name: wanted.name };
    return await deployAt(place, version, order, run, ports);
  } finally {
    ports.log.debug(`${cluster.calls} calls to ${cluster.server}`);
    cluster.close();
  }
}

const marked = (wanted: Wanted, marks: Marks | undefined): Wanted =>
  marks === undefined
    ? wanted
    : {
        ...wanted,
        labels: { ...wanted.labels, ...marks.labels },
        annotations: { ...wanted.annotations, ...marks.annotations },
      };

type Version = {
  readonly wanted: Wanted;
  /** With the deploy ids in it. */
  readonly spec: SeldonSpec;
  readonly deployId: string;
  readonly record: ReleaseRecord | undefined;
};

type Facts = {
  readonly standing: SeldonDeployment | undefined;
  readonly plan: Exclude<DeployPlan, { operation: "refuse" }>;
  /** What stands there, and what was proven last, as far as they are ours. */
  readonly release: KeptRelease | undefined;
  readonly lastProven: KeptRelease | undefined;
};

type Done = {
  readonly operation: "created" | "updated" | "unchanged";
  readonly applied: Applied;
  readonly url: string;
  readonly prediction: string | undefined;
  readonly seconds: number;
};

const pathAt = ({ namespace, name }: Place): string => pathOf("SeldonDeployment", namespace, name);
const calledAt = ({ namespace, name }: Place): string => `${namespace}/${name}`;

async function deployAt(place: Place, version: Version, order: ClusterOrder, run: Run, ports: Ports): Promise<Outcome> {
  const { log, clock } = ports;
  const facts = await observe(place, version, order, run, ports);
  log.info(`${calledAt(place)}: ${facts.plan.operation}, because ${facts.plan.reason}`);
  if (order["dry-run"] !== "false") return await tellDryRun(place, version, facts, order, ports);
  const { record, deployId } = version;
  await order.announce({ record, target: "seldon", namespace: place.namespace, name: place.name, deployId });
  const from = clock.elapsed();
  const deadline = from + order["wait-timeout"] * 1000;
  const written = await write(place, version, facts, order, run, ports);
  const { applied } = written;
  let failure: Failure | undefined;
  let proven: { url: string; prediction: string | undefined } | undefined;
  try {
    proven = await log.group(`Rolling out ${calledAt(place)} (${applied.deployId.slice(0, 12)})`, async () =>
      prove(place, version.spec, applied, deadline, order, ports),
    );
    await markProven(place, applied.deployId, ports);
  } catch (thrown) {
    // Cancelled, or a fault of ours: the object itself holds what the next run needs.
    if (!(thrown instanceof Failure)) throw thrown;
    failure = thrown;
  }
  if (failure !== undefined || proven === undefined) {
    return await recover(place, version, written, failure!, order, ports);
  }
  const seconds = (clock.elapsed() - from) / 1000;
  const done: Done = { operation: written.operation, applied, ...proven, seconds };
  await keepSmoke(order["smoke-request"], run, ports);
  log.info(`${calledAt(place)} serves ${applied.deployId.slice(0, 12)} at ${proven.url} (${seconds.toFixed(1)} s)`);
  if (proven.prediction !== undefined) log.info(`It predicted ${proven.prediction}`);
  return await tellDone(place, version, facts, done, order, run, ports);
}

/** All that decides, read before anything is changed; what the verdict will need is read too, so that a missing right is told now. */
async function observe(place: Place, version: Version, order: ClusterOrder, run: Run, ports: Ports): Promise<Facts> {
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
  { compression, log }: Ports,
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

const shaOf = ({ record }: Version, run: Run): string => record?.source.sha ?? run.sha;

/** How our commit stands to the one that serves, by GitHub's compare: a shallow checkout knows too little. */
async function ancestryOf(
  release: KeptRelease | undefined,
  sha: string,
  run: Run,
  { github, log }: Ports,
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

type Written = {
  readonly operation: Done["operation"];
  readonly applied: Applied;
  readonly created: boolean;
  readonly lastProven: KeptRelease | undefined;
};

/** The one write: spec, release and record, fenced by the version that was read. */
async function write(
  place: Place,
  version: Version,
  first: Facts,
  order: ClusterOrder,
  run: Run,
  ports: Ports,
): Promise<Written> {
  let facts = first;
  for (let tried = 1; ; tried++) {
    const { standing, plan, lastProven } = facts;
    const object = await objectOf(place, version, facts, run, ports);
    const fence = standing?.metadata.resourceVersion;
    const sent = fence === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion: fence } };
    const applying = await place.cluster.apply(pathAt(place), sent);
    switch (applying.kind) {
      case "conflict":
        throw conflictError(place, applying.with);
      case "stale": {
        if (tried === MOST_TRIES) {
          refuse({
            where: `SeldonDeployment ${calledAt(place)}`,
            expected: "to be left alone while it is written",
            seen: `${MOST_TRIES} other writes in a row`,
            fix: "Does another workflow deploy the same name? Give them one concurrency group.",
          });
        }
        ports.log.info(`${calledAt(place)} was changed meanwhile: read again`);
        facts = await observe(place, version, order, run, ports);
        continue;
      }
      case "applied": {
        const { metadata } = applying.object;
        const applied = appliedOf(version.spec, version.deployId, metadata);
        const untouched = standing !== undefined && metadata.generation === standing.metadata.generation;
        const created = standing === undefined && metadata.generation === 1;
        const operation = created ? "created" : plan.operation === "unchanged" && untouched ? "unchanged" : "updated";
        return { operation, applied, created, lastProven };
      }
    }
  }
}

async function objectOf(
  place: Place,
  version: Version,
  { plan, standing, lastProven }: Facts,
  run: Run,
  ports: Ports,
): Promise<ReturnType<typeof resourceOf>> {
  const { wanted, spec, deployId, record } = version;
  const labels = { ...wanted.labels, [MANAGED_BY]: MANAGER };
  const kept = standing?.metadata.annotations ?? {};
  if (plan.operation === "unchanged") {
    // Exactly what stands there: an apply that changes nothing rolls nothing, and undoes what others have changed.
    const ours = [SPEC_ID_ANNOTATION, RELEASE_ANNOTATION, LAST_PROVEN_ANNOTATION].filter(
      (each) => kept[each] !== undefined,
    );
    const annotations = { ...wanted.annotations, ...Object.fromEntries(ours.map((each) => [each, kept[each]!])) };
    return resourceOf(place, spec, { labels, annotations });
  }
  const release: KeptRelease = {
    schema: 1,
    deployId,
    spec,
    repository: run.repository,
    sha: shaOf(version, run),
    runId: run.runId,
    ...(record === undefined ? {} : { record: serialiseRecord(record) }),
  };
  return resourceOf(place, spec, {
    labels,
    annotations: { ...wanted.annotations, ...(await annotationsOf(release, lastProven, ports)) },
  });
}

/** Both releases packed, with their records as far as there is room. */
async function annotationsOf(
  release: KeptRelease,
  lastProven: KeptRelease | undefined,
  { compression, log }: Ports,
): Promise<Record<string, string>> {
  const pack = async (each: KeptRelease): Promise<string> => await compression.pack(JSON.stringify(each));
  const bare = ({ record: _record, ...rest }: KeptRelease): KeptRelease => rest;
  const choices: [KeptRelease, KeptRelease | undefined][] = [
    [release, lastProven],
    [release, lastProven && bare(lastProven)],
    [bare(release), lastProven && bare(lastProven)],
  ];
  for (const [at, [ours, before]] of choices.entries()) {
    const annotations = {
      [SPEC_ID_ANNOTATION]: release.deployId,
      [RELEASE_ANNOTATION]: await pack(ours),
      ...(before === undefined ? {} : { [LAST_PROVEN_ANNOTATION]: await pack(before) }),
    };
    const bytes = Object.entries(annotations).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    if (bytes <= MOST_ANNOTATION_BYTES) {
      if (at > 0)
        log.warning(
          "The release record is too long to be kept in the cluster beside what it rolls back to: it is left out there.",
        );
      return annotations;
    }
  }
  return refuse({
    where: "the SeldonDeployment",
    expected: `a spec that fits an annotation of ${MOST_ANNOTATION_BYTES} bytes`,
    seen: "a longer one",
  });
}

function conflictError(
  place: Place,
  all: readonly { readonly manager: string; readonly field: string }[],
): ActionError {
  return new ActionError(
    all.map(({ manager, field }) => ({
      where: `SeldonDeployment ${calledAt(place)}, ${field}`,
      expected: "a field of these actions",
      seen: `one that ${manager} owns`,
      fix: "spec.predictors is one list: two tools can not share it. Let one of them own it.",
    })),
  );
}

/** The new version did not prove itself. */
class Failure extends Error {
  readonly why: FailureCode | "timeout" | "answer";
  readonly error: ActionError;

  constructor(why: Failure["why"], error: ActionError) {
    super(error.message, { cause: error });
    this.why = why;
    this.error = error;
  }
}

async function prove(
  place: Place,
  spec: SeldonSpec,
  applied: Applied,
  deadline: number,
  order: Pick<ClusterOrder, "smoke-request" | "base-url">,
  ports: Ports,
): Promise<{ url: string; prediction: string | undefined }> {
  const end = await waitForRollout(place, applied, deadline, ports);
  if (end.verdict.kind !== "rolled-out") throw await failureOf(place, applied, end, ports);
  try {
    const proof = {
      applied,
      spec,
      facts: end.facts,
      smoke: order["smoke-request"],
      base: order["base-url"],
      deadline: Math.max(deadline, ports.clock.elapsed() + 10_000),
    };
    const prediction = await proveInCluster(place, proof, ports);
    return { url: clusterUrl(place, spec, order["base-url"], end.facts.sdep), prediction };
  } catch (thrown) {
    if (ports.signal.aborted || !(thrown instanceof ActionError)) throw thrown;
    await explainFailure(place, applied, end.facts, undefined, ports);
    throw new Failure("answer", thrown);
  }
}

async function failureOf(
  place: Place,
  applied: Applied,
  { verdict, facts }: RolloutEnd,
  ports: Ports,
): Promise<Failure> {
  const [why, message, culprit] =
    verdict.kind === "failed"
      ? ([verdict.why, verdict.message, verdict.culprit] as const)
      : (["timeout", verdict.kind === "timeout" ? verdict.message : "", undefined] as const);
  if (!["deleted", "replaced", "superseded"].includes(why)) await explainFailure(place, applied, facts, culprit, ports);
  const state = facts.sdep?.status?.state;
  const fix =
    state === undefined
      ? "Seldon has told no state: does its operator run, and watch this namespace?"
      : `Seldon's own state is ${state}, which does not tell.`;
  const error = { where: `the new version of ${calledAt(place)}`, expected: WANTED[why], seen: message, fix };
  return new Failure(why, new ActionError(error));
}

const WANTED: Readonly<Record<Failure["why"], string>> = {
  replaced: "the object that was applied",
  deleted: "the object that was applied",
  superseded: "to stay the last one that was applied",
  quota: "pods that the namespace allows",
  deadline: "to be rolled out in time",
  "doomed-pod": "pods that start",
  operator: "an operator that can roll it out",
  timeout: "to be rolled out in time",
  answer: "the right answer",
};

/** Marks the release as a rollback target, where it still is what stands there. */
async function markProven(place: Place, deployId: string, { log }: Ports): Promise<void> {
  const at = (annotation: string): string => `/metadata/annotations/${annotation.replaceAll("/", "~1")}`;
  const marked = await place.cluster
    .patch(pathAt(place), [
      { op: "test", path: at(SPEC_ID_ANNOTATION), value: deployId },
      { op: "add", path: at(PROVEN_ANNOTATION), value: deployId },
    ])
    .catch((thrown: unknown) => {
      if (!(thrown instanceof ActionError)) throw thrown;
      log.warning(messageOf(thrown));
      return false;
    });
  if (!marked)
    log.warning(
      `${calledAt(place)} could not be marked as proven: a later failure will not roll back to this version.`,
    );
}

type Recovery =
  | { readonly kind: "rolled-back"; readonly deployId: string; readonly url: string }
  | { readonly kind: "removed" | "kept" | "foreign" }
  | { readonly kind: "degraded"; readonly why: string };

async function recover(
  place: Place,
  version: Version,
  written: Written,
  failure: Failure,
  order: ClusterOrder,
  ports: Ports,
): Promise<Outcome> {
  const { log } = ports;
  log.info(`The new version of ${calledAt(place)} failed: ${messageOf(failure)}`);
  const recovery = await log.group("Recovering", async () =>
    recoveryOf(place, version, written, failure, order, ports),
  );
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
  version: Version,
  written: Written,
  failure: Failure,
  order: ClusterOrder,
  ports: Ports,
): Promise<Recovery> {
  if (["replaced", "deleted", "superseded"].includes(failure.why)) return { kind: "foreign" };
  // What was proven once and does not answer now has nothing behind it that would.
  if (order.rollback === "none" || written.operation === "unchanged") return { kind: "kept" };
  try {
    if (written.created)
      return (await removeFirst(place, written.applied.uid, ports))
        ? { kind: "removed" }
        : { kind: "degraded", why: "it is still being deleted" };
    const target = written.lastProven;
    if (target === undefined || target.deployId === version.deployId) return { kind: "kept" };
    return await rollBack(place, version, target, order, ports);
  } catch (thrown) {
    if (ports.signal.aborted || !(thrown instanceof ActionError || thrown instanceof Failure)) throw thrown;
    return { kind: "degraded", why: messageOf(thrown) };
  }
}

async function removeFirst(
  { cluster, namespace, name }: Place,
  uid: string,
  { clock, log, signal }: Ports,
): Promise<boolean> {
  const path = pathOf("SeldonDeployment", namespace, name);
  await cluster.remove(path, uid);
  const deadline = clock.elapsed() + REMOVAL_MS;
  while ((await cluster.get(path))?.metadata.uid === uid) {
    if (clock.elapsed() > deadline) return false;
    log.debug("still there");
    await clock.sleep(1000, signal);
  }
  return true;
}

async function rollBack(
  place: Place,
  version: Version,
  target: KeptRelease,
  order: ClusterOrder,
  ports: Ports,
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
    const { url } = await prove(
      place,
      target.spec,
      applied,
      deadline,
      { "smoke-request": undefined, "base-url": order["base-url"] },
      ports,
    );
    await markProven(place, target.deployId, ports);
    return { kind: "rolled-back", deployId: target.deployId, url };
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

async function keepSmoke(smoke: SmokeRequest | undefined, run: Run, { workspace, log }: Ports): Promise<void> {
  const { body = null, path } = smoke ?? {};
  if (path !== "/api/v1.0/predictions" || body === null || typeof body !== "object") return;
  await keepRequest(body, run, workspace).catch((thrown: unknown) => log.warning(messageOf(thrown)));
}

function tellFindings({ findings }: Wanted, log: Log): void {
  for (const finding of findings) log.warning(sentence(finding));
}

const tableOf = (rows: readonly (readonly [string, string])[]): string[] => [
  "| | |",
  "|---|---|",
  ...rows.map(([name, value]) => `| ${name} | ${value} |`),
  "",
];

async function tellManifest(version: Version, order: ClusterOrder, log: Log): Promise<Outcome> {
  const { wanted, spec, deployId } = version;
  const place = { name: wanted.name, namespace: order.namespace };
  const object = resourceOf(place, spec, {
    labels: { ...wanted.labels, [MANAGED_BY]: MANAGER },
    annotations: { ...wanted.annotations, [SPEC_ID_ANNOTATION]: deployId },
  });
  const text = JSON.stringify(object, undefined, 2);
  await log.group(`The manifest of ${place.namespace}/${place.name}`, async () => Promise.resolve(log.info(text)));
  return {
    outputs: {
      ...noOutputs(version),
      operation: "rendered",
      reason: "dry-run: client asks no cluster",
      manifest: JSON.stringify(object),
    },
    summary: [`### ${escapeText(`${place.namespace}/${place.name}`)}: rendered`, "", codeBlock(text, "json"), ""].join(
      "\n",
    ),
  };
}

async function tellDryRun(
  place: Place,
  version: Version,
  facts: Facts,
  order: ClusterOrder,
  ports: Ports,
): Promise<Outcome> {
  const { plan, standing } = facts;
  const asksServer = order["dry-run"] === "server" || order["dry-run"] === "true";
  const changes = describeChanges(standing?.spec, version.spec);
  if (asksServer) {
    const object = await objectOf(place, version, facts, { repository: "", runId: "", sha: "" } as Run, ports);
    const applying = await place.cluster.apply(pathAt(place), object, { dryRun: true });
    if (applying.kind === "conflict") throw conflictError(place, applying.with);
    ports.log.info("The cluster would take it.");
  }
  for (const change of changes) ports.log.info(change);
  const operation =
    plan.operation === "unchanged" ? "unchanged" : plan.operation === "create" ? "would-create" : "would-update";
  return {
    outputs: { ...noOutputs(version), operation, reason: plan.reason },
    summary: [
      `### ${escapeText(calledAt(place))}: ${operation}`,
      "",
      `${escapeText(plan.reason)}.`,
      "",
      changes.length === 0 ? "Nothing in the spec changes." : codeBlock(changes.join("\n"), "text"),
      "",
    ].join("\n"),
  };
}

const noOutputs = ({ deployId, record }: Version): Record<string, string> => ({
  "prediction-url": "",
  "deploy-id": deployId,
  "rolled-back": "false",
  record: record === undefined ? "" : serialiseRecord(record),
});

async function tellDone(
  place: Place,
  version: Version,
  { plan }: Facts,
  done: Done,
  order: ClusterOrder,
  run: Run,
  ports: Ports,
): Promise<Outcome> {
  const { record, deployId, wanted, spec } = version;
  const annotations: Annotation[] = [];
  if (order["smoke-request"] === undefined) {
    annotations.push({
      level: "warning",
      title: `${calledAt(place)}: no prediction was asked for`,
      message: "The new version is up, but nothing proved that it predicts. Give a smoke-request.",
    });
  }
  const given = record && (await giveRecord(await withDeployment(record, place, done, spec), run, ports));
  return {
    outputs: {
      operation: done.operation,
      "prediction-url": done.url,
      "deploy-id": deployId,
      "rolled-back": "false",
      reason: plan.reason,
      record: given ?? "",
    },
    annotations,
    summary: [
      `### ${escapeText(calledAt(place))}: ${done.operation}`,
      "",
      `${escapeText(plan.reason)}. Proven after ${done.seconds.toFixed(1)} s.`,
      "",
      ...tableOf([
        ["Prediction URL", codeSpan(done.url)],
        ["Deploy id", codeSpan(deployId)],
        ["From", codeSpan(wanted.from)],
        [
          "Engine",
          spec.predictors.some((each) => !withoutExecutor(each))
            ? "with Seldon's executor"
            : "the model server itself, without Seldon's executor",
        ],
        ...(done.prediction === undefined ? [] : [["It predicted", codeSpan(done.prediction)] as const]),
      ]),
    ].join("\n"),
  };
}

async function withDeployment(
  record: ReleaseRecord,
  { namespace, name }: Place,
  { operation, applied, url }: Done,
  spec: SeldonSpec,
): Promise<ReleaseRecord> {
  return {
    ...record,
    deployment: {
      target: "seldon",
      namespace,
      name,
      predictor: spec.predictors[0]!.name,
      strategy: "rolling",
      deployId: applied.deployId,
      url,
      operation,
      recordBefore: textDigest(serialiseRecord(record)),
    },
  };
}
