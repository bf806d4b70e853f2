import { pathOf } from "../domain/kubernetes/paths.ts";
import type { ClusterEvent, Deployment, KubernetesObject, Pod } from "../domain/kubernetes/object.ts";
import type { Doom } from "../domain/rollout/doom.ts";
import {
  isNew,
  judgeRollout,
  NO_MEMORY,
  type Applied,
  type RolloutFacts,
  type RolloutVerdict,
} from "../domain/rollout/verdict.ts";
import type { SeldonDeployment } from "../domain/seldon/resource.ts";
import { messageOf } from "../errors.ts";
import type { Clock, Cluster, Log } from "../ports.ts";

type Ports = { readonly log: Log; readonly clock: Clock; readonly signal: AbortSignal };

/** One SeldonDeployment in one cluster. */
export type Place = { readonly cluster: Cluster; readonly namespace: string; readonly name: string };

/** What a wait came to, with all that was seen last. */
export type RolloutEnd = {
  readonly verdict: Exclude<RolloutVerdict, { kind: "wait" }> | { readonly kind: "timeout"; readonly message: string };
  readonly facts: RolloutFacts;
};

/** Rules that count seconds are asked this often even where nothing changes. */
const TICK_MS = 500;
const LOG_LINES = 50;
const LONGEST_LINE = 300;

/** Label that the operator gives to all that belongs to a SeldonDeployment. */
export const childrenOf = (name: string): string => `seldon-deployment-id=${name}`;

/**
 * Waits until an applied SeldonDeployment is rolled out, has failed, or the time is over. It listens to the object, its
 * Deployments and pods, and says what it waits for.
 * @param deadline milliseconds on the clock that never jumps
 * @throws ActionError when the cluster refuses to be watched; the signal's reason when the run is cancelled
 */
export async function waitForRollout(
  place: Place,
  applied: Applied,
  deadline: number,
  { log, clock, signal }: Ports,
): Promise<RolloutEnd> {
  const { cluster, namespace, name } = place;
  const from = clock.elapsed();
  const done = new AbortController();
  const following = AbortSignal.any([done.signal, signal]);
  const seen: {
    sdeps?: readonly KubernetesObject[];
    deployments?: readonly KubernetesObject[];
    pods?: readonly KubernetesObject[];
  } = {};
  let memory = NO_MEMORY;
  let said = "";
  let end: RolloutEnd | undefined;

  const factsNow = (): RolloutFacts => ({
    now: clock.elapsed(),
    sdep: seen.sdeps?.[0] as SeldonDeployment | undefined,
    deployments: (seen.deployments ?? []) as unknown as readonly Deployment[],
    pods: (seen.pods ?? []) as readonly Pod[],
  });
  const judge = (): void => {
    if (end !== undefined || seen.sdeps === undefined || seen.deployments === undefined || seen.pods === undefined)
      return;
    const facts = factsNow();
    const judged = judgeRollout(applied, facts, memory);
    ({ memory } = judged);
    const { verdict } = judged;
    if (verdict.kind !== "wait") {
      end = { verdict, facts };
      done.abort();
    } else if (verdict.waitsFor !== said) {
      said = verdict.waitsFor;
      log.info(`${((facts.now - from) / 1000).toFixed(1).padStart(6)} s  waiting for ${said}`);
    }
  };
  const follow = async (
    key: keyof typeof seen,
    path: string,
    options: { labels?: string; fields?: string },
  ): Promise<void> => {
    await cluster.follow(path, { ...options, signal: following }, (items) => {
      seen[key] = items;
      judge();
    });
  };
  const ticks = (async () => {
    while (!following.aborted && clock.elapsed() < deadline) {
      await clock.sleep(Math.min(TICK_MS, Math.max(1, deadline - clock.elapsed())), following).catch(() => undefined);
      judge();
    }
    done.abort();
  })();
  try {
    await Promise.all([
      ticks,
      follow("sdeps", pathOf("SeldonDeployment", namespace), { fields: `metadata.name=${name}` }),
      follow("deployments", pathOf("Deployment", namespace), { labels: childrenOf(name) }),
      follow("pods", pathOf("Pod", namespace), { labels: childrenOf(name) }),
    ]);
  } finally {
    done.abort();
  }
  if (signal.aborted) throw signal.reason;
  const waited = Math.round((clock.elapsed() - from) / 1000);
  return (
    end ?? {
      verdict: { kind: "timeout", message: `after ${waited} s still waiting for ${said || "the cluster"}` },
      facts: factsNow(),
    }
  );
}

/** Says in the log what the new pods are at: their states, the events about them, and the culprit's last lines. */
export async function explainFailure(
  place: Pick<Place, "cluster" | "namespace">,
  applied: Applied,
  facts: RolloutFacts,
  culprit: Doom | undefined,
  ports: Pick<Ports, "log">,
): Promise<void> {
  const ids = new Set(applied.predictors.map(({ deployId }) => deployId));
  await explainPods(
    place,
    facts.pods.filter((pod) => isNew(pod, ids)),
    culprit,
    ports,
  );
}

export async function explainPods(
  { cluster, namespace }: Pick<Place, "cluster" | "namespace">,
  pods: readonly Pod[],
  culprit: Doom | undefined,
  { log }: Pick<Ports, "log">,
): Promise<void> {
  for (const pod of pods.slice(0, 5)) log.info(tellPod(pod));
  const pod = pods.find(({ metadata }) => metadata.name === culprit?.pod) ?? pods[0];
  if (pod === undefined) return;
  const events = await cluster
    .list(pathOf("Event", namespace), { fields: `involvedObject.name=${pod.metadata.name}` })
    .catch((thrown: unknown) => {
      log.info(`Its events can not be read: ${messageOf(thrown)}`);
      return [];
    });
  for (const event of (events as unknown as readonly ClusterEvent[]).slice(-10)) {
    log.info(
      `event ${event.reason ?? ""}: ${cut(event.message ?? "")}${(event.count ?? 1) > 1 ? ` (${event.count} times)` : ""}`,
    );
  }
  if (culprit?.logs === "none") return;
  const container = culprit?.container ?? pod.status?.containerStatuses?.find(({ ready }) => ready !== true)?.name;
  if (container === undefined) return;
  const options = { container, lines: LOG_LINES, previous: culprit?.logs === "previous" };
  const lines = await cluster
    .logs(namespace, pod.metadata.name, options)
    .catch((thrown: unknown) => [`(${messageOf(thrown)})`]);
  log.info(`The last lines of container ${container}:\n${lines.map(cut).join("\n")}`);
}

function tellPod({ metadata, status }: Pod): string {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(
    ({ name, ready, restartCount = 0, state }) => {
      const is =
        state?.waiting?.reason ??
        state?.terminated?.reason ??
        (state?.running === undefined ? "unknown" : ready === true ? "ready" : "running, not ready");
      return `${name}: ${is}${restartCount > 0 ? `, ${restartCount} restarts` : ""}`;
    },
  );
  return `pod ${metadata.name}: ${status?.phase ?? "unknown"}${containers.length === 0 ? "" : ` (${containers.join("; ")})`}`;
}

const cut = (line: string): string => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line);
