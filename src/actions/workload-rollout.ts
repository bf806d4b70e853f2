import { templateId } from "../domain/kubernetes/documents.ts";
import { isWatched, type CustomRules } from "../domain/kubernetes/kinds.ts";
import type { KubernetesObject, Pod } from "../domain/kubernetes/object.ts";
import { doomOf, unschedulable, type Doom } from "../domain/rollout/doom.ts";
import { judgeObjects, NOTHING_SEEN, type AppliedObject, type SettledVerdict } from "../domain/rollout/settled.ts";
import { DEPLOY_ID_LABEL } from "../domain/seldon/deploy-ids.ts";
import type { Cluster } from "../ports.ts";
import type { WorkloadPorts } from "./workload-facts.ts";
import type { AppliedDocument } from "./workload-write.ts";

export type WorkloadEnd = {
  readonly verdict:
    | Exclude<SettledVerdict, { kind: "wait" }>
    | { readonly kind: "superseded" | "timeout"; readonly message: string }
    /** Someone slower has put an older object over ours, which is still the one to be deployed. */
    | { readonly kind: "overwritten" };
  readonly culprit: Doom | undefined;
  readonly pods: readonly Pod[];
};

/** The object that says whose turn it is. */
export type OwnerWatch = {
  /** Of the collection. */
  readonly path: string;
  readonly select: { readonly labels?: string; readonly fields?: string };
  /** Why it is not our turn any more; `undefined` while it is. */
  readonly superseded: (found: readonly KubernetesObject[]) => string | undefined;
};

type Watching = Pick<WorkloadPorts, "log" | "clock" | "signal">;

/** Rules that count seconds are asked this often even where nothing changes. */
const TICK_MS = 500;

/**
 * Waits until all objects of a release are well, one of them or a pod of theirs is lost, or the time is over.
 * @param deadline milliseconds on the clock that never jumps
 */
export async function waitForObjects(
  place: { readonly cluster: Cluster; readonly namespace: string },
  written: { readonly objects: readonly AppliedDocument[] },
  owner: OwnerWatch,
  rules: CustomRules,
  deadline: number,
  { log, clock, signal }: Watching,
): Promise<WorkloadEnd> {
  const { cluster, namespace } = place;
  const from = clock.elapsed();
  const done = new AbortController();
  const following = AbortSignal.any([done.signal, signal]);
  const applied = written.objects.map(({ document, object }): AppliedObject => ({
    kind: document.kind,
    namespace,
    name: document.metadata.name,
    uid: object.metadata.uid ?? "",
    generation: object.metadata.generation ?? 0,
  }));
  const ids = [...new Set(written.objects.map(({ document }) => templateId(document) ?? ""))].filter(Boolean);
  // What is not watched is as it was answered; `false`: not heard of yet.
  const seen: (KubernetesObject | undefined | false)[] = written.objects.map(({ object }) =>
    isWatched(object, rules) ? false : object,
  );
  let owned: readonly KubernetesObject[] | undefined;
  let pods: readonly Pod[] | undefined = ids.length === 0 ? [] : undefined;
  let memory = NOTHING_SEEN;
  let said = "";
  let end: WorkloadEnd | undefined;
  const finish = (verdict: WorkloadEnd["verdict"], culprit?: Doom): void => {
    end = { verdict, culprit, pods: pods ?? [] };
    done.abort();
  };

  const judge = (): void => {
    if (end !== undefined || owned === undefined || pods === undefined || seen.includes(false)) return;
    const message = owner.superseded(owned);
    if (message !== undefined) return finish({ kind: "superseded", message });
    const current = seen as (KubernetesObject | undefined)[];
    if (written.objects.some(({ document }, at) => isOverwritten(document, current[at]))) {
      return finish({ kind: "overwritten" });
    }
    const judged = judgeObjects(applied, current, rules, clock.elapsed(), memory);
    ({ memory } = judged);
    const { verdict } = judged;
    const doomed = doomedPod(pods, clock.elapsed() - from);
    if (doomed !== undefined && verdict.kind !== "settled") {
      const culprit = applied.find(({ kind }) => kind !== "Service") ?? applied[0]!;
      return finish({ kind: "failed", culprit, message: doomed.message }, doomed);
    }
    if (verdict.kind !== "wait") return finish(verdict, doomed);
    if (verdict.waitsFor === said) return;
    said = verdict.waitsFor;
    log.info(`${((clock.elapsed() - from) / 1000).toFixed(1).padStart(6)} s  waiting for ${said}`);
  };
  const follow = async (
    path: string,
    options: { labels?: string; fields?: string },
    take: (items: readonly KubernetesObject[]) => void,
  ): Promise<void> => {
    await cluster.follow(path, { ...options, signal: following }, (items) => {
      take(items);
      judge();
    });
  };
  const ticks = async (): Promise<void> => {
    while (!following.aborted && clock.elapsed() < deadline) {
      await clock.sleep(Math.min(TICK_MS, Math.max(1, deadline - clock.elapsed())), following).catch(() => undefined);
      judge();
    }
    done.abort();
  };
  try {
    await Promise.all([
      ticks(),
      follow(owner.path, owner.select, (found) => {
        owned = found;
      }),
      ...(ids.length === 0
        ? []
        : [
            follow(
              `/api/v1/namespaces/${namespace}/pods`,
              { labels: `${DEPLOY_ID_LABEL} in (${ids.join(",")})` },
              (all) => {
                pods = all as readonly Pod[];
              },
            ),
          ]),
      ...written.objects.flatMap(({ document, path }, at) =>
        seen[at] === false
          ? [
              follow(parent(path), { fields: `metadata.name=${document.metadata.name}` }, ([found]) => {
                // Items of a list come without their kind.
                seen[at] = found && { ...found, apiVersion: document.apiVersion, kind: document.kind };
              }),
            ]
          : [],
      ),
    ]);
  } finally {
    done.abort();
  }
  if (signal.aborted) throw signal.reason;
  const waited = Math.round((clock.elapsed() - from) / 1000);
  const stuck = (pods ?? []).map(unschedulable).find((each) => each !== undefined);
  const why = stuck === undefined ? "" : `; a pod has no place: ${stuck}`;
  return (
    end ?? {
      verdict: { kind: "timeout", message: `after ${waited} s still waiting for ${said || "the cluster"}${why}` },
      culprit: undefined,
      pods: pods ?? [],
    }
  );
}

/** A pod of a Job may fall over as often as the Job says: only what never starts is lost. */
function doomedPod(pods: readonly Pod[], waitedMs: number): Doom | undefined {
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const doom = doomOf(pod);
    const ofJob = pod.metadata.ownerReferences?.some(({ kind }) => kind === "Job") ?? false;
    if (doom !== undefined && doom.graceMs <= waitedMs && !(ofJob && doom.logs !== "none")) return doom;
  }
  return undefined;
}

function isOverwritten(document: Parameters<typeof templateId>[0], object: KubernetesObject | undefined): boolean {
  const ours = templateId(document);
  return ours !== undefined && object !== undefined && templateId({ ...document, ...(object as object) }) !== ours;
}

const parent = (path: string): string => path.slice(0, path.lastIndexOf("/"));
