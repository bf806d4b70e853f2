import {
  CHART_LABELS,
  chartSource,
  fillImage,
  isOurs,
  isProven,
  revisionsOf,
  stampChart,
  standingOf,
  type Revision,
  type Standing,
} from "../domain/kubernetes/chart.ts";
import { readDocuments, type Document } from "../domain/kubernetes/documents.ts";
import type { CustomRules } from "../domain/kubernetes/kinds.ts";
import type { SmokeRequest } from "../domain/inference/smoke.ts";
import type { ImageReference } from "../domain/image/manifest.ts";
import { serialiseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import {
  planDeploy,
  MANAGED_BY,
  MANAGER,
  PROVEN_ANNOTATION,
  RELEASE_ANNOTATION,
  type DeployPlan,
} from "../domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../domain/rollout/verdict.ts";
import { ActionError, messageOf, quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import { ancestryOf } from "./ancestry.ts";
import type { Announce } from "./github-deployment.ts";
import type {
  Clock,
  Cluster,
  Compression,
  GitHub,
  Http,
  Images,
  Kubernetes,
  Log,
  Processes,
  Workspace,
} from "../ports.ts";
import type { Helm } from "./helm-program.ts";

/** The inputs that a deploy of a chart reads. */
export type ChartOrder = {
  readonly record: string | undefined;
  readonly "require-gate": boolean;
  readonly name: string | undefined;
  readonly namespace: string;
  readonly image: ImageReference | undefined;
  readonly chart: string | undefined;
  readonly "chart-version": string | undefined;
  readonly values: string | undefined;
  readonly "values-files": readonly string[];
  readonly "set-strings": readonly string[];
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
  readonly "wait-timeout": number;
  readonly rollback: "auto" | "none";
  readonly "allow-older": boolean;
  readonly adopt: boolean;
  readonly rules: CustomRules;
};

export type ChartPorts = {
  readonly log: Log;
  readonly clock: Clock;
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly github: GitHub;
  readonly images: Images;
  readonly http: Http;
  readonly kubernetes: Kubernetes;
  readonly compression: Compression;
  readonly signal: AbortSignal;
};

/** A release of a chart in one cluster. */
export type ChartPlace = {
  readonly cluster: Cluster;
  readonly helm: Helm;
  readonly namespace: string;
  readonly name: string;
};

/** The arguments by which helm renders what is wanted. */
export type WantedChart = {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly from: string;
  readonly record: ReleaseRecord | undefined;
};

export type RenderedChart = { readonly documents: readonly Document[]; readonly deployId: string };

export type ChartFacts = {
  readonly revisions: readonly Revision[];
  readonly live: Revision | undefined;
  /** What a failure goes back to. */
  readonly lastProven: number | undefined;
  readonly plan: Exclude<DeployPlan, { operation: "refuse" }>;
};

export const calledAt = ({ namespace, name }: Pick<ChartPlace, "namespace" | "name">): string => `${namespace}/${name}`;
export const secretsPath = ({ namespace }: Pick<ChartPlace, "namespace">): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
export const selectRelease = ({ name }: Pick<ChartPlace, "name">): string => `owner=helm,name=${name}`;
export const releaseRevisions = async (place: ChartPlace): Promise<readonly Revision[]> =>
  revisionsOf(await place.cluster.list(secretsPath(place), { labels: selectRelease(place) }));

/** Into helm's own Secret: that this revision was proven, and the record of what it serves. */
export async function markProven(
  place: ChartPlace,
  revision: number,
  deployId: string,
  record: ReleaseRecord | undefined,
  { log, compression }: Pick<ChartPorts, "log" | "compression">,
): Promise<void> {
  const found = (await releaseRevisions(place)).find(({ version }) => version === revision);
  if (found === undefined || isProven(found)) return;
  const packed = record === undefined ? "" : await compression.pack(serialiseRecord(record));
  const annotations = {
    ...found.annotations,
    [PROVEN_ANNOTATION]: deployId,
    ...(packed === "" || packed.length > MOST_RECORD_BYTES ? {} : { [RELEASE_ANNOTATION]: packed }),
  };
  const marked = await place.cluster
    .patch(`${secretsPath(place)}/${encodeURIComponent(found.secret)}`, [
      { op: "test", path: "/metadata/labels/status", value: "deployed" },
      { op: "add", path: "/metadata/annotations", value: annotations },
    ])
    .catch((thrown: unknown) => {
      if (!(thrown instanceof ActionError)) throw thrown;
      log.warning(messageOf(thrown));
      return false;
    });
  if (!marked) {
    log.warning(
      `${calledAt(place)} could not be marked as proven: a later failure will not roll back to this revision.`,
    );
  }
}

/** Chart and values as helm's arguments; values with the image in them become files that only we read. */
export async function wantedChart(
  order: ChartOrder,
  record: ReleaseRecord | undefined,
  image: string | undefined,
  helm: Helm,
  run: Run,
  workspace: Workspace,
): Promise<WantedChart> {
  const name = order.name ?? record?.model.name;
  if (name === undefined || order.chart === undefined) {
    return refuse({
      where: `input "${name === undefined ? "name" : "chart"}"`,
      expected: name === undefined ? "a name" : "a chart",
      seen: "nothing",
      fix: name === undefined ? "Set the input name." : "Name a folder, an archive, oci://… or one of Seldon's charts.",
    });
  }
  const { chart, options, local } = chartSource(order.chart, order["chart-version"], run.workspace);
  if (local && (await workspace.facts(chart)) === undefined) {
    refuse({ where: `input "chart"`, expected: `a folder or archive ${quote(order.chart)}`, seen: "none" });
  }
  const values: string[] = [];
  for (const [at, path] of order["values-files"].entries()) {
    const text = await workspace.readText(`${run.workspace}/${path}`, { maxBytes: 1024 * 1024 });
    if (text === undefined || path.split("/").includes("..")) {
      refuse({ where: `input "values-files"`, expected: "files of the repository", seen: quote(path) });
    }
    values.push("--values", await helm.keep(`values-${at}.yaml`, fillImage(text, image)));
  }
  if (order.values !== undefined)
    values.push("--values", await helm.keep("values.yaml", fillImage(order.values, image)));
  for (const each of order["set-strings"]) {
    if (!/^[^=\s]+=/.test(each)) {
      refuse({ where: `input "set-strings"`, expected: "lines of key=text", seen: quote(each) });
    }
    values.push("--set-string", fillImage(each, image));
  }
  return { name, arguments: [name, chart, ...options, ...values], from: order.chart, record };
}

/** What helm would apply, with our ids in it: from the cluster's own answer, so that `lookup` and versions are real. */
export async function render(wanted: WantedChart, helm: Helm, asks: "client" | "server"): Promise<RenderedChart> {
  const manifest =
    asks === "client"
      ? await helm.run("template", ["template", ...wanted.arguments])
      : manifestOf(
          await helm.run("upgrade --dry-run", [
            "upgrade",
            "--install",
            "--dry-run=server",
            "--output",
            "json",
            ...wanted.arguments,
          ]),
        );
  return await stampChart(await readDocuments(manifest, "the rendered chart"), wanted.name);
}

/** The field of helm's JSON; it is large, and nothing else of it is read. */
export function manifestOf(answer: string): string {
  const start = answer.indexOf("{");
  const { manifest } = JSON.parse(answer.slice(start)) as { readonly manifest?: string };
  return manifest ?? "";
}

/** All that decides, read before anything is changed. A release that someone works on is waited for. */
export async function observe(
  place: ChartPlace,
  rendered: RenderedChart,
  order: ChartOrder,
  record: ReleaseRecord | undefined,
  run: Run,
  ports: ChartPorts,
): Promise<ChartFacts> {
  const revisions = await settledRevisions(place, order, run, ports);
  const standing = standingOf(revisions);
  const live = standing.kind === "ready" ? standing.live : undefined;
  const sha = record?.source.sha ?? run.sha;
  const ours =
    live !== undefined && isOurs(live) && live.labels[CHART_LABELS.repository] === repositoryLabel(run.repository);
  const serving = ours ? { repository: run.repository, sha: live.labels[CHART_LABELS.sha] ?? "" } : undefined;
  const ancestry = await ancestryOf(serving, sha, run, ports);
  const deployId = live !== undefined && isOurs(live) ? live.labels[CHART_LABELS.deployId] : undefined;
  const metadata = live && {
    name: live.secret,
    labels: deployId === undefined ? {} : { [MANAGED_BY]: MANAGER },
    annotations: { ...live.annotations, ...(deployId === undefined ? {} : { [SPEC_ID_ANNOTATION]: deployId }) },
  };
  const plan = planDeploy(
    { deployId: rendered.deployId, adopt: order.adopt, allowOlder: order["allow-older"] },
    metadata && { metadata },
    ancestry,
    "helm release",
  );
  if (plan.operation === "refuse") {
    const { expected, seen, fix } = plan;
    refuse({ where: `helm release ${calledAt(place)}`, expected, seen, fix });
  }
  const before = Number(live?.labels[CHART_LABELS.before] ?? "");
  const lastProven = live === undefined ? undefined : isProven(live) ? live.version : before > 0 ? before : undefined;
  return { revisions, live, lastProven, plan };
}

const PAUSE_MS = 2000;
const MOST_RECORD_BYTES = 100 * 1024;

/**
 * A revision that is pending belongs to a run that works, which is waited for, or to one that was killed: then helm would
 * refuse every later upgrade, and what it left half-done is undone here.
 */
export async function settledRevisions(
  place: ChartPlace,
  order: ChartOrder,
  run: Run,
  ports: ChartPorts,
): Promise<readonly Revision[]> {
  const { log, clock, signal } = ports;
  const deadline = clock.elapsed() + order["wait-timeout"] * 1000;
  let told = false;
  for (;;) {
    const revisions = revisionsOf(await place.cluster.list(secretsPath(place), { labels: selectRelease(place) }));
    const standing = standingOf(revisions);
    if (standing.kind !== "pending") return revisions;
    const owner = await ownerOf(standing.latest, order["wait-timeout"], run, ports);
    const called = `revision ${standing.latest.version} of ${calledAt(place)} (${standing.latest.status})`;
    if (owner.dead) {
      if (order["dry-run"] !== "false") {
        refuse({
          where: `helm release ${calledAt(place)}`,
          expected: "a release that nobody works on",
          seen: `${called}, left by ${owner.who}, which has ended`,
          fix: "A deploy undoes it; a dry run does not.",
        });
      }
      log.info(`${called} was left by ${owner.who}, which has ended: it is undone`);
      await undo(place, standing, ports);
      continue;
    }
    if (!told) log.info(`${called} is the work of ${owner.who}: waiting for it to end`);
    told = true;
    if (clock.elapsed() > deadline) {
      refuse({
        where: `helm release ${calledAt(place)}`,
        expected: "a release that nobody works on",
        seen: `${standing.latest.status} by ${owner.who}`,
        fix: "Let that run end, or cancel it, then run this one again.",
      });
    }
    await clock.sleep(PAUSE_MS, signal);
  }
}

async function ownerOf(
  revision: Revision,
  waitSeconds: number,
  run: Run,
  { github, clock, log }: ChartPorts,
): Promise<{ readonly who: string; readonly dead: boolean }> {
  const { createdAt } = revision;
  const labels = isOurs(revision) ? revision.labels : {};
  const [id, attempt] = [labels[CHART_LABELS.run], labels[CHART_LABELS.attempt]];
  if (id !== undefined && labels[CHART_LABELS.repository] === repositoryLabel(run.repository)) {
    const who = `run ${id}`;
    // An earlier attempt of our own run: GitHub starts the next only when it has ended.
    if (id === run.runId) return { who, dead: Number(attempt) < run.runAttempt };
    try {
      const found = await github.workflowRun(id);
      return { who, dead: found === undefined || found.status === "completed" };
    } catch (thrown) {
      log.warning(`Whether ${who} still works can not be told: ${messageOf(thrown)}`);
    }
  }
  // Nobody whom we could ask: helm itself gives up after its own time limit, of 5 minutes unless told.
  const age = (clock.now() - Date.parse(createdAt)) / 1000;
  return { who: id === undefined ? "someone else" : `run ${id}`, dead: age > Math.max(600, 2 * waitSeconds) };
}

async function undo(
  place: ChartPlace,
  { latest, live }: Extract<Standing, { kind: "pending" }>,
  ports: ChartPorts,
): Promise<void> {
  const { helm, name } = place;
  if (live === undefined || latest.status === "uninstalling") {
    await helm.run("uninstall", ["uninstall", name, "--no-hooks"]);
    return;
  }
  await helm.run("rollback", ["rollback", name, String(live.version), "--no-hooks"]);
  // The revision that helm has made for it is what was proven, under another number.
  const [back] = await releaseRevisions(place);
  const deployId = live.labels[CHART_LABELS.deployId];
  if (back !== undefined && deployId !== undefined && isProven(live)) {
    await markProven(place, back.version, deployId, undefined, ports);
  }
}

/** `acme/digits` as the value of a label. */
export const repositoryLabel = (repository: string): string =>
  repository
    .replaceAll(/[^A-Za-z0-9._-]/g, "_")
    .slice(-63)
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
