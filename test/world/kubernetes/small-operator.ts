// What a cluster does with a SeldonDeployment, without any pods: for tests of a deploy's own steps. Each write leads to Deployments
// and pods of that spec a moment later; an image's name says how its pods fare.
import { DEPLOY_ID_LABEL } from "../../../src/domain/seldon/deploy-ids.ts";
import type { Predictor, SeldonDeployment } from "../../../src/domain/seldon/resource.ts";
import type { ApiServer } from "./api-server.ts";

const MOMENT_MS = 5;

/** Route objects that the operator makes beside them. */
export type Routes = "none" | "istio" | "mappings" | "annotation";

export function operate(api: ApiServer, routes: Routes = "none"): void {
  api.onWrite = (object, path) => {
    if (!path.includes("/seldondeployments/")) return;
    const told = object as unknown as SeldonDeployment;
    // The state of before stands for a moment, as with the real one.
    setTimeout(() => {
      const now = api.get(path) as unknown as SeldonDeployment | undefined;
      if (now !== undefined && now.metadata.generation === told.metadata.generation) rollOut(api, path, now, routes);
    }, MOMENT_MS);
  };
}

function rollOut(api: ApiServer, path: string, sdep: SeldonDeployment, routes: Routes): void {
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
  const kept = new Set(sdep.spec.predictors.map((each) => `${name}-${each.name}-0-classifier`));
  for (const each of sdep.spec.predictors) {
    if (each.explainer !== undefined) kept.add(explain(api, namespace, sdep, each));
  }
  for (const old of api.under(`/apis/apps/v1/namespaces/${namespace}/deployments`)) {
    if (old.startsWith(`${name}-`) && !kept.has(old))
      api.delete(`/apis/apps/v1/namespaces/${namespace}/deployments/${old}`);
  }
  route(api, namespace, sdep, routes);
  const live = api.get(path);
  if (live !== undefined) api.put(path, { ...live, status: { state: well ? "Available" : "Creating", serviceStatus } });
}

/** An explainer is a Deployment beside its predictor's, without a deploy id; `modelUri` with "nope" in it never comes up. */
function explain(api: ApiServer, namespace: string, { metadata }: SeldonDeployment, predictor: Predictor): string {
  const name = `${metadata.name}-${predictor.name}-explainer`;
  const available = JSON.stringify(predictor.explainer).includes("nope") ? 0 : 1;
  api.put(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, {
    metadata: {
      labels: { "seldon-deployment-id": metadata.name, "seldon.io/explainer": "true" },
      ownerReferences: [{ uid: metadata.uid }],
    },
    spec: { replicas: 1, template: { metadata: {} } },
    status: {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: available,
      availableReplicas: available,
      unavailableReplicas: 1 - available,
    },
  });
  return name;
}

/** As the real one writes them: the weight of a VirtualService is a predictor's traffic; a Mapping of the first predictor has none. */
function route(api: ApiServer, namespace: string, { metadata, spec }: SeldonDeployment, routes: Routes): void {
  const { name, uid } = metadata;
  const owned = { labels: { "seldon-deployment-id": name }, ownerReferences: [{ uid }] };
  const live = spec.predictors.filter(({ shadow }) => shadow !== true);
  if (routes === "istio") {
    const to = (number: number) =>
      live.map((each) => ({
        destination: { host: `${name}-${each.name}`, subset: each.name, port: { number } },
        ...(each.traffic === undefined ? {} : { weight: each.traffic }),
      }));
    const http = [
      { match: [{ uri: { prefix: `/seldon/${namespace}/${name}/` } }], rewrite: { uri: "/" }, route: to(9000) },
      { match: [{ headers: { seldon: { exact: name } } }], route: to(9500) },
    ];
    api.put(`/apis/networking.istio.io/v1beta1/namespaces/${namespace}/virtualservices/${name}`, {
      metadata: owned,
      spec: { hosts: ["*"], http },
    });
  }
  const mapping = (each: Predictor, nth: number) => ({
    prefix: `/seldon/${namespace}/${name}/`,
    service: `${name}-${each.name}.${namespace}:9000`,
    ...(nth === 0 ? {} : { weight: each.traffic ?? 0 }),
  });
  if (routes === "mappings") {
    const at = `/apis/getambassador.io/v2/namespaces/${namespace}/mappings`;
    for (const old of api.under(at)) api.delete(`${at}/${old}`);
    for (const [nth, each] of live.entries())
      api.put(`${at}/seldon-${namespace}-${name}-${each.name}-rest`, { metadata: owned, spec: mapping(each, nth) });
  }
  if (routes === "annotation") {
    const at = `/api/v1/namespaces/${namespace}/services`;
    for (const old of api.under(at)) api.delete(`${at}/${old}`);
    for (const [nth, each] of live.entries()) {
      const config = `---\n${JSON.stringify({ apiVersion: "ambassador/v1", kind: "Mapping", ...mapping(each, nth) })}\n`;
      const annotations = { "getambassador.io/config": config };
      api.put(`${at}/${name}-${each.name}`, { metadata: { ...owned, annotations } });
    }
  }
}
