// A stand-in for Seldon's operator: it makes Deployments and Services of SeldonDeployments and writes their state by the rule that
// the real one follows (v1.17.1), its faults included: no observedGeneration, and Available again before any new pod exists,
// because it looks at a Deployment's numbers and never at their generation. Models are served without the executor.
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

import type { Deployment, KubernetesObject } from "../../../src/domain/kubernetes/object.ts";
import type { Predictor, SeldonDeployment } from "../../../src/domain/seldon/resource.ts";
import type { Admin } from "./admin.ts";

const GROUP = "/apis/machinelearning.seldon.io/v1";
const LAST = "seldon.io/last-applied";
const PORT = 9000;

export type Operator = {
  /** Every state that was written, as `name generation state`. */
  readonly written: string[];
  stop(): Promise<void>;
};

/** Looks after one namespace until it is stopped. */
export function startOperator(admin: Admin, namespace: string): Operator {
  const stopped = new AbortController();
  const written: string[] = [];
  const told = new Map<string, string>();
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
        httpEndpoint: `${service}.${namespace}:${PORT}`,
        grpcEndpoint: `${service}.${namespace}:9500`,
      };
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
        is("Available") === "False" && is("Progressing") === "False"
          ? ["Failed", "Deployment is no longer progressing and not available."]
          : ["Creating", ""];
    }
    if (state === "Available" && !wrote) await removeOld(sdep, wanted);
    const status = {
      state,
      ...(description === "" ? {} : { description }),
      serviceStatus,
      deploymentStatus: Object.fromEntries([...wanted].map((each) => [each, {}])),
    };
    const text = JSON.stringify(status);
    if (told.get(sdep.metadata.uid!) === text && sdep.status?.state === state) return;
    const answer = await admin.call(
      "PATCH",
      `${GROUP}/namespaces/${namespace}/seldondeployments/${name}/status`,
      { status: { description: null, ...status } },
      "application/merge-patch+json",
    );
    if (answer.status < 300) {
      told.set(sdep.metadata.uid!, text);
      written.push(`${name} ${sdep.metadata.generation} ${state}`);
    }
  }

  async function removeOld(sdep: SeldonDeployment, wanted: ReadonlySet<string>): Promise<void> {
    const list = await admin.must(
      "GET",
      `/apis/apps/v1/namespaces/${namespace}/deployments?labelSelector=seldon-deployment-id%3D${sdep.metadata.name}`,
    );
    for (const { metadata } of (list.items ?? []) as KubernetesObject[]) {
      if (!wanted.has(metadata.name))
        await admin.call("DELETE", `/apis/apps/v1/namespaces/${namespace}/deployments/${metadata.name}`, {
          propagationPolicy: "Background",
        });
    }
  }

  async function child(version: string, plural: string, name: string): Promise<KubernetesObject | undefined> {
    const { status, body } = await admin.call("GET", `/apis/${version}/namespaces/${namespace}/${plural}/${name}`);
    return status === 200 ? (body as unknown as KubernetesObject) : undefined;
  }

  return {
    written,
    stop: async () => {
      stopped.abort();
      await work;
    },
  };
}

const ownerOf = ({ metadata }: SeldonDeployment) => [
  {
    apiVersion: "machinelearning.seldon.io/v1",
    kind: "SeldonDeployment",
    name: metadata.name,
    uid: metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  },
];

function deploymentOf(sdep: SeldonDeployment, predictor: Predictor) {
  const { name: sdepName, namespace } = sdep.metadata;
  const component = predictor.componentSpecs?.[0];
  const containers = (component?.spec?.containers ?? []) as readonly Record<string, unknown>[];
  const name = `${sdepName}-${predictor.name}-0-${containers.map((each) => String(each.name)).join("-")}`;
  const selector = { "seldon-deployment-id": sdepName, "seldon-app": `${sdepName}-${predictor.name}` };
  const labels = {
    ...selector,
    app: name,
    version: predictor.name,
    "app.kubernetes.io/managed-by": "seldon-core",
    ...predictor.labels,
  };
  const annotations = { ...sdep.spec.annotations, ...predictor.annotations };
  const spec = {
    replicas: predictor.replicas ?? sdep.spec.replicas ?? 1,
    ...(predictor.progressDeadlineSeconds === undefined
      ? {}
      : { progressDeadlineSeconds: predictor.progressDeadlineSeconds }),
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
    selector: { matchLabels: selector },
    template: {
      metadata: { labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
      spec: {
        terminationGracePeriodSeconds: 20,
        ...component?.spec,
        containers: containers.map((each) => ({
          readinessProbe: { tcpSocket: { port: "http" }, initialDelaySeconds: 20, periodSeconds: 5 },
          lifecycle: { preStop: { exec: { command: ["/bin/sh", "-c", "/bin/sleep 10"] } } },
          ...each,
          ports: [
            { name: "http", containerPort: PORT, protocol: "TCP" },
            { name: "grpc", containerPort: 9500, protocol: "TCP" },
          ],
          env: environmentOf(sdep, predictor, each),
        })),
      },
    },
  };
  const last = createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 20);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels, annotations: { [LAST]: last }, ownerReferences: ownerOf(sdep) },
    spec,
  };
}

/** What a container asks for by itself stands above what the operator gives it. */
function environmentOf(
  { metadata }: SeldonDeployment,
  { name, graph }: Predictor,
  container: Readonly<Record<string, unknown>>,
) {
  const own = (container.env ?? []) as readonly { name: string }[];
  const given = [
    { name: "PREDICTIVE_UNIT_HTTP_SERVICE_PORT", value: String(PORT) },
    { name: "PREDICTIVE_UNIT_GRPC_SERVICE_PORT", value: "9500" },
    { name: "PREDICTIVE_UNIT_ID", value: graph.name },
    { name: "PREDICTOR_ID", value: name },
    { name: "SELDON_DEPLOYMENT_ID", value: metadata.name },
    { name: "PREDICTIVE_UNIT_PARAMETERS", value: JSON.stringify(graph.parameters ?? []) },
  ];
  return [...given.filter((each) => !own.some(({ name }) => name === each.name)), ...own];
}

function serviceObject(sdep: SeldonDeployment, predictor: Predictor) {
  const name = `${sdep.metadata.name}-${predictor.name}`;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name,
      namespace: sdep.metadata.namespace,
      labels: { "seldon-deployment-id": sdep.metadata.name, "seldon-app": name },
      ownerReferences: ownerOf(sdep),
    },
    spec: {
      selector: { "seldon-app": name },
      ports: [
        { name: "http", port: PORT, targetPort: PORT, protocol: "TCP" },
        { name: "grpc", port: 9500, targetPort: 9500, protocol: "TCP" },
      ],
    },
  };
}
