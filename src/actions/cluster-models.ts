import type { Outcome } from "../action.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import { MANAGED_BY, MANAGER, PROVEN_ANNOTATION } from "../domain/rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../domain/rollout/verdict.ts";
import type { SeldonDeployment } from "../domain/seldon/resource.ts";
import { refuse } from "../errors.ts";
import type { Clock, Cluster, Kubernetes, Log } from "../ports.ts";
import { addressesOf } from "./cluster-proof.ts";

type Asked = {
  readonly command: "list" | "get-url" | "delete";
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
  readonly "base-url": URL | undefined;
};

type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly kubernetes: Kubernetes;
  readonly signal: AbortSignal;
};

/** Pods get 20 s to end by Seldon's own setting, and what waits for them a little more. */
const REMOVAL_MS = 120_000;

/** Lists, finds and ends SeldonDeployments. @throws ActionError */
export async function manageInCluster(asked: Asked, ports: Ports): Promise<Outcome> {
  const cluster = await ports.kubernetes.connect({
    kubeconfig: asked.kubeconfig,
    context: asked["kube-context"],
    allowExec: asked["allow-exec"],
  });
  try {
    const { namespace = "default", name = "", command } = asked;
    switch (command) {
      case "list":
        return await tellList(await listAll(cluster, asked), cluster, asked["base-url"]);
      case "get-url": {
        const found = await cluster.get(pathOf("SeldonDeployment", namespace, name));
        if (found === undefined) {
          refuse({
            where: `${namespace}/${name}`,
            expected: "a SeldonDeployment",
            seen: "none",
            fix: "The command list tells what there is.",
          });
        }
        const told = tellOne(found as unknown as SeldonDeployment, cluster, asked["base-url"]);
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
        return await remove(cluster, namespace, name, ports);
    }
  } finally {
    cluster.close();
  }
}

async function listAll(cluster: Cluster, { namespace, name }: Asked): Promise<readonly SeldonDeployment[]> {
  const path =
    namespace === undefined
      ? "/apis/machinelearning.seldon.io/v1/seldondeployments"
      : pathOf("SeldonDeployment", namespace);
  const all = (await cluster.list(path)) as unknown as readonly SeldonDeployment[];
  return all.filter(({ metadata }) => name === undefined || metadata.name === name);
}

type Told = ReturnType<typeof tellOne>;

function tellOne(sdep: SeldonDeployment, cluster: Cluster, base: URL | undefined) {
  const { name, namespace = "", labels = {}, annotations = {}, creationTimestamp, deletionTimestamp } = sdep.metadata;
  const deployId = annotations[SPEC_ID_ANNOTATION];
  return {
    namespace,
    name,
    url: addressesOf({ cluster, namespace, name }, sdep.spec, base, sdep).prediction,
    status: deletionTimestamp === undefined ? (sdep.status?.state ?? "unknown") : "Deleting",
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
  cluster: Cluster,
  namespace: string,
  name: string,
  { log, clock, signal }: Ports,
): Promise<Outcome> {
  const path = pathOf("SeldonDeployment", namespace, name);
  const uid = (await cluster.get(path))?.metadata.uid;
  const there = uid !== undefined && (await cluster.remove(path, uid));
  if (there) await untilGone(cluster, path, uid, { clock, signal });
  log.info(`${namespace}/${name}: ${there ? "deleted, with all that belongs to it" : "there was none"}`);
  return { outputs: { models: "[]", operation: there ? "deleted" : "absent" } };
}

async function untilGone(
  cluster: Cluster,
  path: string,
  uid: string,
  { clock, signal }: Pick<Ports, "clock" | "signal">,
): Promise<void> {
  const deadline = clock.elapsed() + REMOVAL_MS;
  while ((await cluster.get(path))?.metadata.uid === uid) {
    if (clock.elapsed() > deadline) {
      refuse({
        where: path,
        expected: `to be gone within ${REMOVAL_MS / 1000} s`,
        seen: "it is still being deleted",
        fix: "Its pods may take longer to end: look again later.",
      });
    }
    await clock.sleep(1000, signal);
  }
}
