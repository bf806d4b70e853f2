import type { Outcome } from "../action.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import { MANAGED_BY, MANAGER, PROVEN_ANNOTATION, STOPPED_ANNOTATION } from "../domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../domain/rollout/verdict.ts";
import type { SeldonDeployment } from "../domain/seldon/resource.ts";
import { ActionError, refuse } from "../errors.ts";
import type { Clock, Cluster, Compression, Kubernetes, Log } from "../ports.ts";
import { addressesOf } from "./cluster-proof.ts";
import type { Place } from "./rollout.ts";

export type Asked = {
  readonly command: "list" | "describe" | "get-url" | "logs" | "start" | "stop" | "delete";
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
  readonly "base-url": URL | undefined;
  readonly container: string | undefined;
  readonly lines: number | undefined;
  readonly previous: boolean;
  readonly follow: number;
  readonly "wait-timeout": number;
};

type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly kubernetes: Kubernetes;
  readonly compression: Compression;
  readonly signal: AbortSignal;
};

const RESOURCES = "/apis/machinelearning.seldon.io/v1/seldondeployments";

/** Lists, tells and ends SeldonDeployments, theirs and ours. @throws ActionError */
export async function manageInCluster(asked: Asked, serverUrl: string, ports: Ports): Promise<Outcome> {
  const cluster = await ports.kubernetes.connect({
    kubeconfig: asked.kubeconfig,
    context: asked["kube-context"],
    allowExec: asked["allow-exec"],
  });
  try {
    const { namespace = "default", name = "", command } = asked;
    const place = { cluster, namespace, name };
    const waitMs = asked["wait-timeout"] * 1000;
    switch (command) {
      case "list":
        return await tellList(await listAll(cluster, asked, ports.log), cluster, asked["base-url"]);
      case "describe": {
        const found = await foundAt(place);
        const told = tellOne(found, cluster, asked["base-url"]);
        const { describeInCluster } = await import("./cluster-describe.ts");
        return await describeInCluster(place, found, told, serverUrl, ports);
      }
      case "logs": {
        const { logsInCluster } = await import("./cluster-describe.ts");
        const { container, lines = 100, previous, follow } = asked;
        return await logsInCluster(place, { container, lines, previous, followMs: follow * 1000 }, ports);
      }
      case "start":
        return await (await import("./cluster-scale.ts")).startInCluster(place, waitMs, ports);
      case "stop":
        return await (await import("./cluster-scale.ts")).stopInCluster(place, waitMs, ports);
      case "get-url": {
        const told = tellOne(await foundAt(place), cluster, asked["base-url"]);
        if (told.status !== "Available") {
          refuse({
            where: `${namespace}/${name}`,
            expected: "a deployment that serves",
            seen: `one that is ${told.status}`,
          });
        }
        ports.log.info(told.url);
        return { outputs: { models: JSON.stringify([told]), "prediction-url": told.url, operation: "found" } };
      }
      case "delete":
        return await remove(place, waitMs, ports);
    }
  } finally {
    cluster.close();
  }
}

async function foundAt({ cluster, namespace, name }: Place): Promise<SeldonDeployment> {
  const found = await cluster.get(pathOf("SeldonDeployment", namespace, name));
  if (found !== undefined) return found as unknown as SeldonDeployment;
  return refuse({
    where: `${namespace}/${name}`,
    expected: "a SeldonDeployment",
    seen: "none",
    fix: "The command list tells what there is.",
  });
}

/** Of one namespace, or of all; where that needs a right that is missing, of the kubeconfig's own namespace. */
async function listAll(cluster: Cluster, { namespace, name }: Asked, log: Log): Promise<readonly SeldonDeployment[]> {
  const of = async (path: string): Promise<readonly SeldonDeployment[]> =>
    ((await cluster.list(path)) as unknown as readonly SeldonDeployment[]).filter(
      ({ metadata }) => name === undefined || metadata.name === name,
    );
  if (namespace !== undefined) return await of(pathOf("SeldonDeployment", namespace));
  try {
    return await of(RESOURCES);
  } catch (thrown) {
    if (!(thrown instanceof ActionError) || !thrown.mistakes[0]!.seen.startsWith("403")) throw thrown;
    const own = cluster.namespace ?? "default";
    log.warning(`There is no right to list all namespaces: only ${own} is told. The input namespace names another.`);
    return await of(pathOf("SeldonDeployment", own));
  }
}

type Told = ReturnType<typeof tellOne>;

function tellOne(sdep: SeldonDeployment, cluster: Cluster, base: URL | undefined) {
  const { name, namespace = "", labels = {}, annotations = {}, creationTimestamp, deletionTimestamp } = sdep.metadata;
  const deployId = annotations[SPEC_ID_ANNOTATION];
  return {
    namespace,
    name,
    url: addressesOf({ cluster, namespace, name }, sdep.spec, base, sdep).prediction,
    status:
      deletionTimestamp !== undefined
        ? "Deleting"
        : annotations[STOPPED_ANNOTATION] === undefined
          ? (sdep.status?.state ?? "unknown")
          : "Stopped",
    ...(deployId === undefined ? {} : { deployId }),
    /** Whether these actions have made it, and whether this very version was proven to answer. */
    ours: labels[MANAGED_BY] === MANAGER,
    proven: deployId !== undefined && annotations[PROVEN_ANNOTATION] === deployId,
    predictors: sdep.spec.predictors.map((each) => each.name),
    replicas: sdep.spec.predictors.reduce((sum, each) => sum + (each.replicas ?? sdep.spec.replicas ?? 1), 0),
    since: creationTimestamp ?? "",
  };
}

async function tellList(all: readonly SeldonDeployment[], cluster: Cluster, base: URL | undefined): Promise<Outcome> {
  const { codeSpan, escapeCell } = await import("../domain/report/escape.ts");
  const told = all.map((each) => tellOne(each, cluster, base));
  const row = ({ namespace, name, status, deployId = "", proven, url }: Told): string =>
    `| ${escapeCell(`${namespace}/${name}`)} | ${escapeCell(status)} | ${codeSpan(deployId.slice(0, 12))} | ${proven ? "yes" : "no"} | ${codeSpan(url)} |`;
  const summary =
    told.length === 0
      ? "There are no SeldonDeployments.\n"
      : [
          "| Deployment | Status | Deploy id | Proven | Prediction URL |",
          "|---|---|---|---|---|",
          ...told.map(row),
          "",
        ].join("\n");
  return { outputs: { models: JSON.stringify(told), operation: "listed" }, summary };
}

async function remove(
  { cluster, namespace, name }: Place,
  waitMs: number,
  { log, clock, signal }: Ports,
): Promise<Outcome> {
  const path = pathOf("SeldonDeployment", namespace, name);
  const uid = (await cluster.get(path))?.metadata.uid;
  const there = uid !== undefined && (await cluster.remove(path, uid));
  if (there) await untilGone(cluster, path, uid, waitMs, { clock, signal });
  log.info(`${namespace}/${name}: ${there ? "deleted, with all that belongs to it" : "there was none"}`);
  return { outputs: { models: "[]", operation: there ? "deleted" : "absent" } };
}

export async function untilGone(
  cluster: Cluster,
  path: string,
  uid: string,
  waitMs: number,
  { clock, signal }: Pick<Ports, "clock" | "signal">,
): Promise<void> {
  const deadline = clock.elapsed() + waitMs;
  while ((await cluster.get(path))?.metadata.uid === uid) {
    if (clock.elapsed() > deadline) {
      refuse({
        where: path,
        expected: `to be gone within ${waitMs / 1000} s`,
        seen: "it is still being deleted",
        fix: "Its pods may take longer to end: look again later.",
      });
    }
    await clock.sleep(1000, signal);
  }
}
