import type { BaselineSource } from "../domain/gate/baseline-source.ts";
import { predictionUrl } from "../domain/seldon/names.ts";
import { refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { GitHub, Http, HttpAnswer, Kubernetes, LocalServing, Log, Workspace } from "../ports.ts";
import { asksCluster } from "./gate-inputs.ts";
import { takeRecord } from "./record.ts";

/** One question, as JSON, and its answer. @throws ActionError when nothing answers in time */
export type Ask = (body: string, options: { timeoutMs: number; signal: AbortSignal }) => Promise<HttpAnswer>;
export type LiveModel = { readonly ask: Ask; readonly close: () => void };

type Given = {
  readonly record: string | undefined;
  readonly baseline: BaselineSource;
  readonly target: "seldon" | "kubernetes" | "helm" | "local";
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly "live-url": string | undefined;
  readonly "base-url": URL | undefined;
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
};
type Ports = {
  readonly log: Log;
  readonly workspace: Workspace;
  readonly github: GitHub;
  readonly http: Http;
  readonly serving: Pick<LocalServing, "state">;
  readonly kubernetes: Kubernetes;
};

/** Asks an address by HTTP. */
export const askAt =
  (url: string, http: Http): Ask =>
  async (body, options) =>
    await http.request({ url, method: "POST", headers: { "content-type": "application/json" }, body, ...options });

/**
 * How the live model is asked: at `live-url`, below `base-url`, through the cluster's API server, or at the front of target
 * local. Never at an address that a record or a payload names: data does not choose a host.
 * @returns nothing where no address is known, or nothing serves yet; why is told
 */
export async function findLiveModel(given: Given, run: Run, ports: Ports): Promise<LiveModel | undefined> {
  const { log, http } = ports;
  if (given.baseline.kind !== "live") return undefined;
  const at = (url: string): LiveModel => ({ ask: askAt(url, http), close: () => undefined });
  if (given["live-url"] !== undefined) return at(given["live-url"]);
  const byCluster = asksCluster(given);
  const base = given["base-url"];
  if (given.target !== "local" && base === undefined && !byCluster) {
    log.info("The live model's address is not given (live-url or base-url), so only the candidate is asked.");
    return undefined;
  }
  const name = given.name ?? (await takeRecord(given.record, run, ports))?.model.name;
  if (name === undefined) {
    refuse({
      where: `input "name"`,
      expected: "the name under which the live model serves",
      seen: "neither a record nor a name",
    });
  }
  const namespace = given.namespace ?? "default";
  const only = (where: string): undefined =>
    log.info(`Nothing serves as ${namespace}/${name} ${where}, so only the candidate is asked.`) as undefined;
  if (given.target === "local") {
    const state = await ports.serving.state(namespace, name);
    return state?.status === "running" ? at(state.url) : only("on this machine");
  }
  // With both, whether anything serves is asked of the cluster, and the questions go the way that users' do.
  if (!byCluster) return at(predictionUrl(base!.href, namespace, name));
  const { askThrough } = await import("./gate-cluster.ts");
  const cluster = await ports.kubernetes.connect({
    kubeconfig: given.kubeconfig,
    context: given["kube-context"],
    allowExec: given["allow-exec"],
  });
  try {
    const through = await askThrough({ cluster, namespace, name });
    if (through === undefined) {
      cluster.close();
      return only("in the cluster");
    }
    if (base === undefined) return { ask: through, close: () => cluster.close() };
    cluster.close();
    return at(predictionUrl(base.href, namespace, name));
  } catch (thrown) {
    cluster.close();
    throw thrown;
  }
}
