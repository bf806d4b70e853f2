// A stand-in for Seldon's operator: it makes Deployments and Services of SeldonDeployments and writes their state by the rule that
// the real one follows (v1.17.1), its faults included: no observedGeneration, and Available again before any new pod exists,
// because it looks at a Deployment's numbers and never at their generation. Routes are written once all pods are ready, and tell of
// themselves by no status.
import { setTimeout as delay } from "node:timers/promises";

import type { Deployment, KubernetesObject } from "../../../src/domain/kubernetes/object.ts";
import type { SeldonDeployment } from "../../../src/domain/seldon/resource.ts";
import type { Admin } from "./admin.ts";
import { autoscalerOf, deploymentOf, LAST, portsOf, serviceObject, virtualServiceOf } from "./children.ts";

const GIVEN_UP = "Deployment is no longer progressing and not available.";
const GROUP = "/apis/machinelearning.seldon.io/v1";

/**
 * What the real operator was seen to do, or may do, made to happen for certain while it is in `faults`:
 * `false-available`: after an update Available once more before any new pod exists (recorded in 5 of 6 updates);
 * `stale-failed`: after an update Failed twice, of the version before (recorded in the repair of a bad first rollout);
 * `creating-for-ever`: never Available, whatever the pods do (recorded after a bad update);
 * `silent`: no status at all, as where the operator is down or looks after other namespaces.
 */
export type OperatorFault = "false-available" | "stale-failed" | "creating-for-ever" | "silent";

export type Operator = {
  readonly faults: Set<OperatorFault>;
  /** Every state that was written, as `name generation state`. */
  readonly written: string[];
  stop(): Promise<void>;
};

/** Looks after one namespace until it is stopped. `istio`: it also writes VirtualServices, whose CRD must be there. */
export function startOperator(admin: Admin, namespace: string, { istio = false } = {}): Operator {
  const stopped = new AbortController();
  const written: string[] = [];
  const told = new Map<string, string>();
  const routed = new Map<string, string>();
  const faults = new Set<OperatorFault>();
  const scaled = new Map<string, string>();
  /** Deployment → its status from before the last write: what the real operator's cache still holds when it looks again. */
  const stale = new Map<string, Deployment["status"]>();
  const work = (async () => {
    while (!stopped.signal.aborted) {
      try {
        const list = await admin.must("GET", `${GROUP}/namespaces/${namespace}/seldondeployments`);
        for (const each of (list.items ?? []) as SeldonDeployment[]) await reconcile(each);
      } catch {
        // The cluster may be on its way down or up: the next round will tell.
      }
      // The real one acts on events; its reconciles come some ten milliseconds apart.
      await delay(25, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();

  async function reconcile(sdep: SeldonDeployment): Promise<void> {
    const { name } = sdep.metadata;
    let [state, description] = ["Available", ""];
    const wanted = new Set<string>();
    const serviceStatus: Record<string, object> = {};
    let wrote = false;
    for (const predictor of sdep.spec.predictors) {
      const deployment = deploymentOf(sdep, predictor);
      wanted.add(deployment.metadata.name);
      const service = `${name}-${predictor.name}`;
      serviceStatus[service] = {
        svcName: service,
        httpEndpoint: `${service}.${namespace}:${portsOf(predictor).http}`,
        grpcEndpoint: `${service}.${namespace}:${portsOf(predictor).grpc}`,
      };
      await autoscale(sdep, predictor);
      const live = await child("apps/v1", "deployments", deployment.metadata.name);
      if (live?.metadata.annotations?.[LAST] !== deployment.metadata.annotations[LAST]) {
        const made = await admin.call(
          "PATCH",
          `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment.metadata.name}?fieldManager=operator&force=true`,
          deployment,
          "application/apply-patch+yaml",
        );
        await admin.call(
          "PATCH",
          `/api/v1/namespaces/${namespace}/services/${service}?fieldManager=operator&force=true`,
          serviceObject(sdep, predictor),
          "application/apply-patch+yaml",
        );
        wrote = true;
        if (live !== undefined) stale.set(deployment.metadata.name, (live as unknown as Deployment).status);
        state = made.status < 300 ? "Creating" : "Failed";
        if (made.status >= 300) description = String(made.body.message);
        continue;
      }
      const status = stale.get(deployment.metadata.name) ?? (live as unknown as Deployment).status ?? {};
      stale.delete(deployment.metadata.name);
      const is = (type: string): string | undefined => status.conditions?.find((each) => each.type === type)?.status;
      if ((status.readyReplicas ?? 0) > 0 && (status.unavailableReplicas ?? 0) === 0) continue;
      if (state === "Failed") continue;
      [state, description] =
        is("Available") === "False" && is("Progressing") === "False" ? ["Failed", GIVEN_UP] : ["Creating", ""];
    }
    if (state === "Available" && !wrote) {
      if (istio) await route(sdep);
      await removeOld(sdep, wanted);
    }
    const status = {
      state,
      ...(description === "" ? {} : { description }),
      serviceStatus,
      deploymentStatus: Object.fromEntries([...wanted].map((each) => [each, {}])),
    };
    for (const each of statesFor(state, wrote && (sdep.metadata.generation ?? 1) > 1)) {
      await tell(sdep, { ...status, ...(each === "Failed" ? { description: GIVEN_UP } : {}), state: each });
    }
  }

  /** One state, or with a fault more of them, one after the other. */
  function statesFor(state: string, updated: boolean): readonly string[] {
    if (faults.has("silent")) return [];
    if (updated && faults.has("stale-failed")) return ["Failed", "Creating", "Failed", "Creating"];
    if (updated && faults.has("false-available")) return ["Creating", "Available", "Creating"];
    return [faults.has("creating-for-ever") && state === "Available" ? "Creating" : state];
  }

  async function tell(sdep: SeldonDeployment, status: { readonly state: string }): Promise<void> {
    const { name, uid } = sdep.metadata;
    const text = JSON.stringify(status);
    if (told.get(uid!) === text && sdep.status?.state === status.state) return;
    const answer = await admin.call(
      "PATCH",
      `${GROUP}/namespaces/${namespace}/seldondeployments/${name}/status`,
      { status: { description: null, ...status } },
      "application/merge-patch+json",
    );
    if (answer.status >= 300) return;
    told.set(uid!, text);
    written.push(`${name} ${sdep.metadata.generation} ${status.state}`);
  }

  /** An autoscaler of a Deployment's name is removed where the spec has none. */
  async function autoscale(
    sdep: SeldonDeployment,
    predictor: SeldonDeployment["spec"]["predictors"][0],
  ): Promise<void> {
    const { name } = deploymentOf(sdep, predictor).metadata;
    const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${name}`;
    const wanted = autoscalerOf(sdep, predictor, name);
    const text = JSON.stringify(wanted ?? null);
    if ((scaled.get(path) ?? "null") === text) return;
    if (wanted === undefined) await admin.call("DELETE", path, {});
    else await admin.must("PATCH", `${path}?fieldManager=operator&force=true`, wanted, "application/apply-patch+yaml");
    scaled.set(path, text);
  }

  async function route(sdep: SeldonDeployment): Promise<void> {
    const path = `/apis/networking.istio.io/v1beta1/namespaces/${namespace}/virtualservices/${sdep.metadata.name}`;
    const wanted = virtualServiceOf(sdep);
    const text = JSON.stringify(wanted);
    if (routed.get(sdep.metadata.uid!) === text) return;
    await admin.must("PATCH", `${path}?fieldManager=operator&force=true`, wanted, "application/apply-patch+yaml");
    routed.set(sdep.metadata.uid!, text);
  }

  async function removeOld(sdep: SeldonDeployment, wanted: ReadonlySet<string>): Promise<void> {
    const list = await admin.must(
      "GET",
      `/apis/apps/v1/namespaces/${namespace}/deployments?labelSelector=seldon-deployment-id%3D${sdep.metadata.name}`,
    );
    for (const { metadata } of (list.items ?? []) as KubernetesObject[]) {
      if (!wanted.has(metadata.name))
        for (const path of [
          `apps/v1/namespaces/${namespace}/deployments`,
          `autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
        ])
          await admin.call("DELETE", `/apis/${path}/${metadata.name}`, { propagationPolicy: "Background" });
    }
  }

  async function child(version: string, plural: string, name: string): Promise<KubernetesObject | undefined> {
    const { status, body } = await admin.call("GET", `/apis/${version}/namespaces/${namespace}/${plural}/${name}`);
    return status === 200 ? (body as unknown as KubernetesObject) : undefined;
  }

  return {
    written,
    faults,
    stop: async () => {
      stopped.abort();
      await work;
    },
  };
}
