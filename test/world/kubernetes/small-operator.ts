// What a cluster does with a SeldonDeployment, without any pods: for tests of a deploy's own steps. Each write leads to Deployments
// and pods of that spec a moment later; an image's name says how its pods fare.
import { DEPLOY_ID_LABEL } from "../../../src/domain/seldon/deploy-ids.ts";
import type { SeldonDeployment } from "../../../src/domain/seldon/resource.ts";
import type { ApiServer } from "./api-server.ts";

const MOMENT_MS = 5;

export function operate(api: ApiServer): void {
  api.onWrite = (object, path) => {
    if (!path.includes("/seldondeployments/")) return;
    const told = object as unknown as SeldonDeployment;
    // The state of before stands for a moment, as with the real one.
    setTimeout(() => {
      const now = api.get(path) as unknown as SeldonDeployment | undefined;
      if (now !== undefined && now.metadata.generation === told.metadata.generation) rollOut(api, path, now);
    }, MOMENT_MS);
  };
}

function rollOut(api: ApiServer, path: string, sdep: SeldonDeployment): void {
  const [, namespace = ""] = /namespaces\/([^/]+)/.exec(path) ?? [];
  const { name, uid } = sdep.metadata;
  const serviceStatus: Record<string, object> = {};
  let well = true;
  for (const predictor of sdep.spec.predictors) {
    const id = predictor.labels?.[DEPLOY_ID_LABEL] ?? "";
    const image = predictor.componentSpecs?.[0]?.spec?.containers?.[0]?.image ?? "";
    const good = !/nope|crash/.test(image);
    well &&= good;
    const replicas = predictor.replicas ?? 1;
    const labels = { "seldon-deployment-id": name, [DEPLOY_ID_LABEL]: id };
    const at = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}-${predictor.name}-0-classifier`;
    const spec = { replicas, template: { metadata: { labels } } };
    const before = api.get(at);
    const generation =
      before === undefined
        ? 1
        : JSON.stringify(before.spec) === JSON.stringify(spec)
          ? before.metadata.generation
          : before.metadata.generation + 1;
    const available = good ? replicas : 0;
    api.put(at, {
      metadata: { labels, ownerReferences: [{ uid }] },
      spec,
      status: {
        observedGeneration: generation,
        replicas,
        updatedReplicas: replicas,
        readyReplicas: available,
        availableReplicas: available,
        unavailableReplicas: replicas - available,
      },
    });
    for (let nth = 0; nth < replicas; nth++) {
      const container = good
        ? { name: "classifier", ready: true, state: { running: {} } }
        : {
            name: "classifier",
            image,
            ready: false,
            state: { waiting: { reason: "ErrImagePull", message: `${image}: not found` } },
          };
      api.put(`/api/v1/namespaces/${namespace}/pods/${name}-${id.slice(0, 8)}-${nth}`, {
        metadata: { labels, ownerReferences: [{ uid }] },
        status: {
          phase: good ? "Running" : "Pending",
          conditions: [{ type: "Ready", status: good ? "True" : "False" }],
          containerStatuses: [container],
        },
      });
    }
    serviceStatus[`${name}-${predictor.name}`] = { httpEndpoint: `${name}-${predictor.name}.${namespace}:9000` };
  }
  const live = api.get(path);
  if (live !== undefined) api.put(path, { ...live, status: { state: well ? "Available" : "Creating", serviceStatus } });
}
