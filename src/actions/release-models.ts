import type { Outcome } from "../action.ts";
import { namespaceOf, readDocuments, RELEASE_LABEL, type Document } from "../domain/kubernetes/documents.ts";
import type { Deployment, KubernetesObject } from "../domain/kubernetes/object.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import { reachOf } from "../domain/kubernetes/reach.ts";
import { readWorkload } from "../domain/kubernetes/release.ts";
import { CHART_LABELS } from "../domain/kubernetes/chart.ts";
import {
  chartReleases,
  packedChart,
  packedRecord,
  stateOf,
  workloadReleases,
  type ServedRelease,
} from "../domain/kubernetes/served-release.ts";
import { codeSpan, escapeCell, escapeText } from "../domain/report/escape.ts";
import { MANAGED_BY, MANAGER } from "../domain/rollout/release.ts";
import { DEPLOY_ID_LABEL } from "../domain/seldon/deploy-ids.ts";
import { KIND, type SeldonDeployment } from "../domain/seldon/resource.ts";
import { ActionError, messageOf, refuse } from "../errors.ts";
import type { Clock, Cluster, Compression, Kubernetes, Log, Processes, Workspace } from "../ports.ts";
import { podsOf } from "./cluster-describe.ts";
import { untilGone, type Asked } from "./cluster-models.ts";
import { addressesOf } from "./cluster-proof.ts";
import { childrenOf } from "./rollout.ts";
import { anchorPath } from "./workload-facts.ts";
import { discover, documentPath } from "./workload-place.ts";
import { reachAt } from "./workload-proof.ts";

type Target = "kubernetes" | "helm";
type Given = Pick<
  Asked,
  "command" | "name" | "namespace" | "kubeconfig" | "kube-context" | "allow-exec" | "base-url" | "wait-timeout"
> & { readonly target: Target };
type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly kubernetes: Kubernetes;
  readonly compression: Compression;
  readonly processes: Processes;
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
};

const MAX_BYTES = 4 * 1024 * 1024;
/** Where each target keeps its releases, and how those of ours are told. */
const KEPT = {
  kubernetes: { plural: "configmaps", labels: `${MANAGED_BY}=${MANAGER},${RELEASE_LABEL}`, read: workloadReleases },
  helm: { plural: "secrets", labels: `owner=helm,${CHART_LABELS.deployId}`, read: chartReleases },
} as const;

/** Lists, tells and ends the releases of plain objects and of charts that these actions have made. @throws ActionError */
export async function manageReleases(given: Given, ports: Ports): Promise<Outcome> {
  const cluster = await ports.kubernetes.connect({
    kubeconfig: given.kubeconfig,
    context: given["kube-context"],
    allowExec: given["allow-exec"],
  });
  try {
    if (given.command === "list") return await tellList(given, cluster, ports);
    const { namespace = "default", name = "", target } = given;
    const [release] = (await releasesIn(cluster, target, namespace)).filter((each) => each.name === name);
    if (given.command === "delete") return await remove({ ...given, namespace, name }, release, cluster, ports);
    if (release === undefined) {
      return refuse({
        where: `${namespace}/${name}`,
        expected: `a release of these actions (target: ${target})`,
        seen: "none",
        fix: "The command list tells what there is.",
      });
    }
    return await tellOne(given, release, cluster, ports);
  } finally {
    cluster.close();
  }
}

/** Of one namespace, or with `undefined` of all. */
async function releasesIn(cluster: Cluster, target: Target, namespace?: string): Promise<readonly ServedRelease[]> {
  const { plural, labels, read } = KEPT[target];
  const within = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  // A list's items may come without their namespace only where it was asked for.
  const listed = await cluster.list(`/api/v1${within}/${plural}`, { labels });
  return read(listed.map((each) => withNamespace(each, namespace)));
}

const withNamespace = (object: KubernetesObject, namespace: string | undefined): KubernetesObject =>
  object.metadata.namespace !== undefined || namespace === undefined
    ? object
    : { ...object, metadata: { ...object.metadata, namespace } };

/** Without the right to see Deployments all else is told. */
async function deploymentsIn(
  cluster: Cluster,
  namespace: string | undefined,
  log: Log,
): Promise<readonly Deployment[]> {
  const within = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  try {
    const listed = await cluster.list(`/apis/apps/v1${within}/deployments`, { labels: RELEASE_LABEL });
    return listed.map((each) => withNamespace(each, namespace)) as unknown as readonly Deployment[];
  } catch (thrown) {
    if (!isForbidden(thrown)) throw thrown;
    log.warning(`Whether their pods are there can not be told: ${messageOf(thrown)}`);
    return [];
  }
}

const isForbidden = (thrown: unknown): boolean =>
  thrown instanceof ActionError && thrown.mistakes[0]!.seen.startsWith("403");

type Told = {
  readonly namespace: string;
  readonly name: string;
  readonly url: string;
  readonly status: string;
  readonly deployId?: string;
  readonly ours: true;
  readonly proven: boolean;
  readonly replicas: number;
  readonly since: string;
  readonly revision?: number;
};

async function tell(
  release: ServedRelease,
  deployments: readonly Deployment[],
  given: Given,
  cluster: Cluster,
  ports: Ports,
): Promise<Told & { readonly documents: readonly Document[]; readonly record: string }> {
  const { namespace, name, deployId, proven, since, revision } = release;
  const { documents, record } = await contentOf(release, given.target, ports);
  const own = deployments.filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.[RELEASE_LABEL] === name,
  );
  return {
    namespace,
    name,
    url: await urlOf(release, documents, given["base-url"], cluster),
    status: stateOf(release, deployments),
    ...(deployId === undefined ? {} : { deployId }),
    ours: true,
    proven,
    replicas: own.reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0),
    since,
    ...(revision === undefined ? {} : { revision }),
    documents,
    record,
  };
}

/** The objects of a release and its record, as they are kept; what can not be read is told, and all else goes on. */
async function contentOf(
  release: ServedRelease,
  target: Target,
  { compression, log }: Ports,
): Promise<{ readonly documents: readonly Document[]; readonly record: string }> {
  const where = `release ${release.namespace}/${release.name}`;
  const unpack = async (packed: string): Promise<string> =>
    await compression.unpack(packed, { where, maxBytes: MAX_BYTES });
  try {
    if (target === "kubernetes") {
      const { data } = release.holder as { readonly data?: { readonly release?: string } };
      const kept = readWorkload(await unpack(data?.release ?? ""), where, release.namespace);
      return { documents: kept.documents, record: kept.record ?? "" };
    }
    const chart = packedChart(release);
    const manifest = chart === undefined ? "" : manifestOf(await unpack(chart));
    const packed = packedRecord(release);
    return {
      documents: manifest.trim() === "" ? [] : await readDocuments(manifest, where),
      record: packed === undefined ? "" : await unpack(packed),
    };
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    log.warning(`What the release keeps can not be read: ${messageOf(thrown)}`);
    return { documents: [], record: "" };
  }
}

function manifestOf(text: string): string {
  const { manifest } = JSON.parse(text) as { readonly manifest?: unknown };
  return typeof manifest === "string" ? manifest : "";
}

/** A chart may hold a SeldonDeployment, which has an address of its own. */
async function urlOf(
  { namespace, name }: ServedRelease,
  documents: readonly Document[],
  base: URL | undefined,
  cluster: Cluster,
): Promise<string> {
  const seldon = documents.find(({ kind }) => kind === KIND)?.metadata.name;
  if (seldon === undefined) return await reachAt({ cluster, namespace, name }, documents, base);
  const sdep = (await cluster.get(pathOf("SeldonDeployment", namespace, seldon))) as SeldonDeployment | undefined;
  return sdep === undefined ? "" : addressesOf({ cluster, namespace, name: seldon }, sdep.spec, base, sdep).prediction;
}

const shown = ({ documents: _documents, record: _record, ...told }: Awaited<ReturnType<typeof tell>>): Told => told;

async function tellList(given: Given, cluster: Cluster, ports: Ports): Promise<Outcome> {
  let { namespace } = given;
  let releases: readonly ServedRelease[];
  try {
    releases = await releasesIn(cluster, given.target, namespace);
  } catch (thrown) {
    if (namespace !== undefined || !isForbidden(thrown)) throw thrown;
    namespace = cluster.namespace ?? "default";
    ports.log.warning(
      `There is no right to list all namespaces: only ${namespace} is told. The input namespace names another.`,
    );
    releases = await releasesIn(cluster, given.target, namespace);
  }
  const wanted = releases.filter(({ name }) => given.name === undefined || name === given.name);
  const deployments = wanted.length === 0 ? [] : await deploymentsIn(cluster, namespace, ports.log);
  const told: Told[] = [];
  for (const each of wanted) told.push(shown(await tell(each, deployments, given, cluster, ports)));
  const row = ({ namespace: at, name, status, deployId = "", proven, url }: Told): string =>
    `| ${escapeCell(`${at}/${name}`)} | ${escapeCell(status)} | ${codeSpan(deployId.slice(0, 12))} | ${proven ? "yes" : "no"} | ${codeSpan(url)} |`;
  const summary =
    told.length === 0
      ? `There are no releases of these actions (target: ${given.target}).\n`
      : ["| Release | Status | Deploy id | Proven | URL |", "|---|---|---|---|---|", ...told.map(row), ""].join("\n");
  return { outputs: { models: JSON.stringify(told), operation: "listed" }, summary };
}

async function tellOne(given: Given, release: ServedRelease, cluster: Cluster, ports: Ports): Promise<Outcome> {
  const { namespace, name } = release;
  const found = await tell(release, await deploymentsIn(cluster, namespace, ports.log), given, cluster, ports);
  const told = shown(found);
  if (given.command === "get-url") {
    if (told.url === "" || !["Available", "Applied"].includes(told.status)) {
      refuse({
        where: `${namespace}/${name}`,
        expected: "a release that serves",
        seen: told.url === "" ? "one without an address" : `one that is ${told.status}`,
      });
    }
    ports.log.info(told.url);
    return { outputs: { models: JSON.stringify([told]), "prediction-url": told.url, operation: "found" } };
  }
  const seldon = found.documents.find(({ kind }) => kind === KIND)?.metadata.name;
  const id = reachOf(found.documents)?.deployId;
  const labels = seldon === undefined ? (id ? `${DEPLOY_ID_LABEL}=${id}` : undefined) : childrenOf(seldon);
  const pods = labels === undefined ? [] : await podsOf({ cluster, namespace }, labels, ports.log);
  const objects = found.documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const rows = Object.entries({ ...told, objects: objects.join(", ") });
  const summary = [
    `### ${escapeText(`${namespace}/${name}`)}`,
    "",
    "| | |",
    "|---|---|",
    ...rows.map(([field, value]) => `| ${field} | ${codeSpan(String(value))} |`),
    "",
    "| Pod | Ready | Restarts | Image |",
    "|---|---|---|---|",
    ...pods.map(
      (pod) => `| ${escapeCell(pod.name)} | ${pod.ready ? "yes" : "no"} | ${pod.restarts} | ${codeSpan(pod.image)} |`,
    ),
    "",
  ].join("\n");
  return {
    outputs: {
      models: JSON.stringify([{ ...told, objects, pods }]),
      "prediction-url": told.url,
      record: found.record,
      operation: "found",
    },
    summary,
  };
}

type Owned = { readonly path: string; readonly uid: string };

/** The objects of a release that go with its ConfigMap; what a person has taken out of it stays. */
async function ownedBy(release: ServedRelease, uid: string, cluster: Cluster, ports: Ports): Promise<readonly Owned[]> {
  const { documents } = await contentOf(release, "kubernetes", ports);
  const scopeOf = await discover(cluster, documents);
  const found: Owned[] = [];
  for (const document of documents) {
    const scope = scopeOf(document);
    if (scope === undefined) continue;
    const path = documentPath(placed(document, release.namespace), scope);
    const metadata = (await cluster.get(path))?.metadata;
    if (metadata?.uid === undefined || !metadata.ownerReferences?.some((owner) => owner.uid === uid)) continue;
    found.push({ path, uid: metadata.uid });
  }
  return found;
}

const placed = (document: Document, namespace: string): Document =>
  namespaceOf(document) === undefined ? { ...document, metadata: { ...document.metadata, namespace } } : document;

/** A ConfigMap of ours takes its objects with it; a chart is uninstalled by helm, which knows its hooks. */
async function remove(
  given: Given & { readonly namespace: string; readonly name: string },
  release: ServedRelease | undefined,
  cluster: Cluster,
  ports: Ports,
): Promise<Outcome> {
  const { namespace, name, target } = given;
  const waitMs = given["wait-timeout"] * 1000;
  let there = release !== undefined;
  if (target === "kubernetes") {
    const path = anchorPath({ namespace, name });
    const uid = release?.holder.metadata.uid;
    const owned = uid === undefined ? [] : await ownedBy(release!, uid, cluster, ports);
    there = uid !== undefined && (await cluster.remove(path, uid));
    // Kubernetes removes what the ConfigMap owns a moment after it.
    for (const each of there ? [{ path, uid: uid! }, ...owned] : [])
      await untilGone(cluster, each.path, each.uid, waitMs, ports);
  } else if (there) {
    const { openHelm } = await import("./helm-program.ts");
    const at = { release: name, namespace, kubeconfig: given.kubeconfig, context: given["kube-context"] };
    const helm = await openHelm(at, ports);
    const limit = `${given["wait-timeout"]}s`;
    try {
      await helm.run("uninstall", ["uninstall", name, "--cascade", "foreground", "--wait", "--timeout", limit], {
        timeoutMs: waitMs + 30_000,
      });
    } finally {
      await helm.close();
    }
  }
  ports.log.info(`${namespace}/${name}: ${there ? "deleted, with all that belongs to it" : "there was none of ours"}`);
  return { outputs: { models: "[]", operation: there ? "deleted" : "absent" } };
}
