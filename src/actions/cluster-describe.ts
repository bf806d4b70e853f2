import type { Outcome } from "../action.ts";
import type { Pod } from "../domain/kubernetes/object.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import { codeSpan, escapeCell, escapeText } from "../domain/report/escape.ts";
import { readRelease, RELEASE_ANNOTATION, type KeptRelease } from "../domain/rollout/release.ts";
import { zenmlFields, type Described } from "../domain/seldon/description.ts";
import type { SeldonDeployment } from "../domain/seldon/resource.ts";
import { ActionError, messageOf, refuse } from "../errors.ts";
import type { Clock, Compression, Log } from "../ports.ts";
import { childrenOf, type Place } from "./rollout.ts";

type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly compression: Compression;
  readonly signal: AbortSignal;
};

/** Tells all that is known of one deployment: its state, who made it of what, its pods, and the release record. */
export async function describeInCluster(
  place: Place,
  standing: SeldonDeployment,
  told: Described,
  serverUrl: string,
  ports: Ports,
): Promise<Outcome> {
  const release = await releaseOf(standing, ports);
  const pods = await podsOf(place, childrenOf(place.name), ports.log);
  const fields = zenmlFields(standing, told, release, serverUrl);
  const rows = Object.entries(fields).map(([name, value]) => `| ${name} | ${codeSpan(value)} |`);
  const summary = [
    `### ${escapeText(`${place.namespace}/${place.name}`)}`,
    "",
    "| | |",
    "|---|---|",
    ...rows,
    "",
    "| Pod | Ready | Restarts | Image |",
    "|---|---|---|---|",
    ...pods.map(
      ({ name, ready, restarts, image }) =>
        `| ${escapeCell(name)} | ${ready ? "yes" : "no"} | ${restarts} | ${codeSpan(image)} |`,
    ),
    "",
  ].join("\n");
  for (const [name, value] of Object.entries(fields)) ports.log.info(`${name}: ${value}`);
  return {
    outputs: {
      models: JSON.stringify([{ ...told, ...fields, pods }]),
      "prediction-url": told.url,
      record: release?.record ?? "",
      operation: "found",
    },
    summary,
  };
}

/** What these actions keep in the object; nothing for an object of others. */
async function releaseOf(standing: SeldonDeployment, { compression, log }: Ports): Promise<KeptRelease | undefined> {
  const packed = standing.metadata.annotations?.[RELEASE_ANNOTATION];
  if (packed === undefined) return undefined;
  try {
    const limits = { where: RELEASE_ANNOTATION, maxBytes: 1024 * 1024 };
    return readRelease(await compression.unpack(packed, limits), RELEASE_ANNOTATION);
  } catch (thrown) {
    log.warning(`The release that the object keeps can not be read: ${messageOf(thrown)}`);
    return undefined;
  }
}

type ToldPod = { name: string; ready: boolean; restarts: number; image: string; reason?: string };

/** Without the right to see pods all else is told. */
export async function podsOf(
  { cluster, namespace }: Pick<Place, "cluster" | "namespace">,
  labels: string,
  log: Log,
): Promise<readonly ToldPod[]> {
  try {
    const all = (await cluster.list(pathOf("Pod", namespace), { labels })) as readonly Pod[];
    return all.map(tellPod);
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    log.warning(`Its pods can not be told: ${messageOf(thrown)}`);
    return [];
  }
}

function tellPod({ metadata, status }: Pod): ToldPod {
  const containers = status?.containerStatuses ?? [];
  const reason = containers.map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason).find(Boolean);
  return {
    name: metadata.name,
    ready: status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false,
    restarts: containers.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    image: containers.map(({ image = "" }) => image).join(", "),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** What the model's containers said: the last lines, those of the run before, or what comes for some seconds. */
export async function logsInCluster(
  place: Place,
  asked: {
    readonly container: string | undefined;
    readonly lines: number;
    readonly previous: boolean;
    readonly followMs: number;
  },
  { log, clock, signal }: Ports,
): Promise<Outcome> {
  const { cluster, namespace, name } = place;
  const pods = (await cluster.list(pathOf("Pod", namespace), { labels: childrenOf(name) })) as readonly Pod[];
  if (pods.length === 0) {
    refuse({
      where: `${namespace}/${name}`,
      expected: "pods",
      seen: "none",
      fix: "The command describe tells its state.",
    });
  }
  const over = new AbortController();
  const until = AbortSignal.any([over.signal, signal]);
  const one = async (pod: Pod): Promise<void> => {
    const all = (pod.status?.containerStatuses ?? []).map((each) => each.name);
    const container = asked.container ?? all[0];
    if (container === undefined || (asked.container !== undefined && !all.includes(container))) {
      log.info(
        `${pod.metadata.name}: ${all.length === 0 ? "no container has started" : `its containers are ${all.join(", ")}`}`,
      );
      return;
    }
    const say = (line: string): void => log.info(pods.length > 1 ? `[${pod.metadata.name}] ${line}` : line);
    const options = { container, lines: asked.lines, previous: asked.previous };
    try {
      if (asked.followMs === 0) for (const line of await cluster.logs(namespace, pod.metadata.name, options)) say(line);
      else await cluster.followLogs(namespace, pod.metadata.name, { ...options, signal: until }, say);
    } catch (thrown) {
      // A container that has not run before has no log of that run.
      if (!(thrown instanceof ActionError)) throw thrown;
      log.info(`${pod.metadata.name}, ${container}: ${messageOf(thrown)}`);
    }
  };
  const reading = Promise.all(pods.map(one));
  if (asked.followMs > 0) {
    await Promise.race([reading, clock.sleep(asked.followMs, signal)]);
    over.abort();
  }
  await reading;
  if (signal.aborted) throw signal.reason;
  return { outputs: { models: "[]", operation: "found" } };
}
