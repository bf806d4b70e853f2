import type { KubernetesObject } from "../domain/kubernetes/object.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import {
  EXPIRES_ANNOTATION,
  previewsOf,
  PULL_LABEL,
  pullOfName,
  whyRemoved,
  type Standing,
} from "../domain/preview/preview.ts";
import { placeOfPayload, recordOfPayload } from "../domain/record/deployment-payload.ts";
import { parseRecord } from "../domain/record/record.ts";
import { ActionError, type Mistake } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Cluster, StoredDeployment } from "../ports.ts";
import { isOurs, PREVIEW_ENVIRONMENT, taskOf } from "./github-deployment.ts";
import type { CleanupInputs, CleanupPorts } from "./preview-cleanup.ts";
import { forget, removeObject } from "./preview-removal.ts";
import { sweepTags } from "./preview-tags.ts";
import { readPullEvent } from "./pull-event.ts";

type Removed = {
  readonly namespace: string;
  readonly name: string;
  readonly pullRequest: number | undefined;
  readonly why: string;
};

export type Swept = {
  readonly removed: readonly Removed[];
  readonly kept: number;
  readonly deployments: number;
  readonly tags: readonly string[];
  /** What could not be removed. The rest was. */
  readonly mistakes: readonly Mistake[];
};

/** A preview, wherever it stands. */
type Found = Standing & {
  readonly name: string;
  /** Looks again and removes it; false when it has come to life again. */
  readonly remove: () => Promise<boolean>;
};

/** A deployment without its preview may belong to a deploy that has only begun. */
const ORPHAN_MS = 3_600_000;

/** All that decides is asked first: who can not tell which pull requests are open removes nothing. */
export async function sweep(given: CleanupInputs, run: Run, ports: CleanupPorts): Promise<Swept> {
  const only = await pullInQuestion(given, run, ports);
  const openPulls = await openOnes(only, ports);
  const deployments = await ourDeployments(given, ports);
  const cluster = given.target === "local" ? undefined : await connect(given, ports);
  try {
    const now = (): number => ports.clock.now();
    const found =
      cluster === undefined ? await foundHere(given, run, ports) : await inCluster(cluster, given, run, ports);
    const inQuestion = found.filter(({ pullRequest }) => only === undefined || pullRequest === only);
    const mistakes: Mistake[] = [];
    const removed: Removed[] = [];
    for (const each of inQuestion) {
      const why = whyRemoved(each, { openPulls, now: now() });
      if (why === undefined) continue;
      const gone = given["dry-run"] || (await attempt(each.remove, mistakes));
      if (gone !== true) continue;
      const { name, pullRequest } = each;
      ports.log.info(`${given.namespace}/${name}: ${why}`);
      removed.push({ namespace: given.namespace!, name, pullRequest, why });
    }
    const standing = found.map(({ name }) => name).filter((name) => removed.every((each) => each.name !== name));
    const orphaned = deployments.filter((each) => isOver(each, { run, only, openPulls, standing, now: now() }));
    const forgotten = given["dry-run"]
      ? orphaned.length
      : ((await attempt(async () => forget(orphaned, ports.github), mistakes)) ?? 0);
    const tags = (await attempt(async () => sweepTags({ only, openPulls, cluster, given }, ports), mistakes)) ?? [];
    return { removed, kept: standing.length, deployments: forgotten, tags, mistakes };
  } finally {
    cluster?.close();
  }
}

/** The one pull request that this run is about; `undefined`: all of them. */
async function pullInQuestion(
  given: CleanupInputs,
  run: Run,
  { workspace }: CleanupPorts,
): Promise<number | undefined> {
  if (given["pull-request"] !== undefined) return given["pull-request"];
  const event = run.event.startsWith("pull_request") ? await readPullEvent(run, workspace) : undefined;
  return event?.action === "closed" ? event.number : undefined;
}

/** By the number alone, the list is not needed; one that was opened again stays. */
async function openOnes(only: number | undefined, { github, log }: CleanupPorts): Promise<ReadonlySet<number>> {
  if (only === undefined) return await github.openPulls();
  const pull = await github.pull(only);
  if (pull?.open === true) log.info(`Pull request #${only} is open: its previews stay`);
  return new Set(pull?.open === true ? [only] : []);
}

async function attempt<T>(work: () => Promise<T>, mistakes: Mistake[]): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    mistakes.push(...thrown.mistakes);
    return undefined;
  }
}

const connect = async (given: CleanupInputs, { kubernetes }: CleanupPorts): Promise<Cluster> =>
  await kubernetes.connect({
    kubeconfig: given.kubeconfig,
    context: given["kube-context"],
    allowExec: given["allow-exec"],
  });

async function inCluster(
  cluster: Cluster,
  { namespace = "default" }: CleanupInputs,
  run: Run,
  ports: CleanupPorts,
): Promise<readonly Found[]> {
  const all = await cluster.list(pathOf("SeldonDeployment", namespace), { labels: previewsOf(run.repositoryId) });
  return all
    .filter(({ metadata }) => metadata.uid !== undefined)
    .map((each) => ({
      name: each.metadata.name,
      ...standingOf(each),
      remove: async () => {
        const path = pathOf("SeldonDeployment", namespace, each.metadata.name);
        // A deploy may have come between: what it has just prolonged, or made anew, stays.
        const now = await cluster.get(path);
        if (now === undefined || now.metadata.uid !== each.metadata.uid) return now === undefined;
        if (standingOf(now).expires !== standingOf(each).expires) return false;
        await removeObject(cluster, path, each.metadata.uid!, ports);
        return true;
      },
    }));
}

function standingOf({ metadata }: KubernetesObject): Standing {
  const number = metadata.labels?.[PULL_LABEL] ?? "";
  const expires = Date.parse(metadata.annotations?.[EXPIRES_ANNOTATION] ?? "");
  return {
    pullRequest: /^[1-9]\d{0,9}$/.test(number) ? Number(number) : undefined,
    expires: Number.isFinite(expires) ? expires : undefined,
  };
}

/** What this machine serves has no labels: the name tells, which holds the repository. */
async function foundHere(
  { namespace = "default", "preview-ttl": ttl }: CleanupInputs,
  run: Run,
  { serving }: CleanupPorts,
): Promise<readonly Found[]> {
  const all = (await serving.list()).filter((each) => each.namespace === namespace);
  return all.flatMap(({ name, record, since }) => {
    const model = record === undefined ? undefined : parseRecord(record, `the record of ${name}`).model.name;
    const pullRequest = pullOfName(name, run.repositoryId, model) ?? pullOfName(name, run.repositoryId, undefined);
    if (pullRequest === undefined) return [];
    const expires = since === undefined ? undefined : since + ttl * 1000;
    return [{ name, pullRequest, expires, remove: async () => (await serving.remove(namespace, name), true) }];
  });
}

/** Deployments of previews in this place, and of nobody else: by their payload, which only these actions write. */
async function ourDeployments(given: CleanupInputs, { github }: CleanupPorts): Promise<readonly StoredDeployment[]> {
  const all = await github.deployments({ environment: PREVIEW_ENVIRONMENT, all: true });
  return all.filter((each) => {
    const place = placeOfPayload(each.payload, each.id);
    return (
      each.transient &&
      isOurs(each) &&
      place!.target === given.target &&
      place!.namespace === given.namespace &&
      each.task === taskOf(place!.name, true)
    );
  });
}

function isOver(
  deployment: StoredDeployment,
  {
    run,
    only,
    openPulls,
    standing,
    now,
  }: {
    readonly run: Run;
    readonly only: number | undefined;
    readonly openPulls: ReadonlySet<number>;
    readonly standing: readonly string[];
    readonly now: number;
  },
): boolean {
  const { name } = placeOfPayload(deployment.payload, deployment.id)!;
  const model = recordOfPayload(deployment.payload, deployment.id)?.model.name;
  const pull = pullOfName(name, run.repositoryId, model) ?? pullOfName(name, run.repositoryId, undefined);
  if (pull === undefined || (only !== undefined && pull !== only)) return false;
  if (standing.includes(name)) return false;
  return !openPulls.has(pull) || now - Date.parse(deployment.createdAt) > ORPHAN_MS;
}
