import { pathOf } from "../domain/kubernetes/paths.ts";
import { PREVIEW_LABEL, REPOSITORY_LABEL } from "../domain/preview/preview.ts";
import { ActionError, messageOf, refuse } from "../errors.ts";
import type { Clock, Cluster, GitHub, Kubernetes, Log, StoredDeployment } from "../ports.ts";
import { isOurs, PREVIEW_ENVIRONMENT, taskOf } from "./github-deployment.ts";

type Access = {
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
};
type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly kubernetes: Kubernetes;
  readonly signal: AbortSignal;
};

/** Pods get 20 s to end by Seldon's own setting, and what waits for them a little more. */
const REMOVAL_MS = 120_000;

/** Removes one preview of a repository. Nothing happens when it is gone, or when another's object has its name. */
export async function removeFromCluster(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  repositoryId: string,
  access: Access,
  ports: Ports,
): Promise<void> {
  const cluster = await ports.kubernetes.connect({
    kubeconfig: access.kubeconfig,
    context: access["kube-context"],
    allowExec: access["allow-exec"],
  });
  try {
    const path = pathOf("SeldonDeployment", namespace, name);
    const { labels = {}, uid } = (await cluster.get(path))?.metadata ?? {};
    const isPreview = labels[PREVIEW_LABEL] === "true" && labels[REPOSITORY_LABEL] === repositoryId;
    if (uid === undefined || !isPreview) return;
    await removeObject(cluster, path, uid, ports);
  } finally {
    cluster.close();
  }
}

/** Deletes an object, with all that belongs to it, and waits until it is gone. @throws ActionError when that takes too long */
export async function removeObject(
  cluster: Cluster,
  path: string,
  uid: string,
  { clock, signal }: Pick<Ports, "clock" | "signal">,
): Promise<void> {
  if (!(await cluster.remove(path, uid))) return;
  const deadline = clock.elapsed() + REMOVAL_MS;
  while ((await cluster.get(path))?.metadata.uid === uid) {
    if (clock.elapsed() > deadline) {
      refuse({
        where: path,
        expected: `to be gone within ${REMOVAL_MS / 1000} s`,
        seen: "it is still being deleted",
        fix: "The next sweep looks again.",
      });
    }
    await clock.sleep(250, signal);
  }
}

/** Ends and deletes the deployments of previews that are gone. That one can not be deleted is told, and left to the next sweep. */
export async function forgetDeployments(
  names: readonly string[],
  { github, log }: { readonly github: GitHub; readonly log: Log },
): Promise<number> {
  try {
    const tasks = new Set(names.map((name) => taskOf(name, true)));
    const all = await github.deployments({ environment: PREVIEW_ENVIRONMENT, all: true });
    const ours = all.filter((each) => tasks.has(each.task) && each.transient && isOurs(each));
    return await forget(ours, github);
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    log.warning(`The preview's GitHub deployments stay for the next sweep: ${messageOf(thrown)}`);
    return 0;
  }
}

/** GitHub deletes inactive ones only. */
export async function forget(deployments: readonly StoredDeployment[], github: GitHub): Promise<number> {
  let gone = 0;
  for (const { id } of deployments) {
    const there = await github.tellDeployment(id, { state: "inactive", description: "The preview was removed" });
    if (there && (await github.deleteDeployment(id))) gone++;
  }
  return gone;
}
