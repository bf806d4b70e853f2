// What Seldon's operator makes of a SeldonDeployment: the objects, as the real one (v1.17.1) writes them, as far as a test needs them.
import { createHash } from "node:crypto";

import {
  withoutExecutor,
  type GraphNode,
  type Predictor,
  type SeldonDeployment,
} from "../../../src/domain/seldon/resource.ts";

export const LAST = "seldon.io/last-applied";
const MODEL_PORTS = { http: 9000, grpc: 9500 };
/** Of the first container; each further one of a graph has the next. */
const METRICS_PORT = 6000;
const EXECUTOR_PORTS = { http: 8000, grpc: 5001 };
/** Stand-ins of our own for what the operator brings: see images.sh. */
const EXECUTOR = "localhost:5000/executor:2";
const INITIALIZER = "localhost:5000/storage-initializer:1";
const SERVERS: Readonly<Record<string, string>> = { SKLEARN_SERVER: "localhost:5000/sklearnserver:1" };
const MODELS = "/mnt/models";

/** Of a predictor's Service: the executor's, or without it those of the model itself. */
export const portsOf = (predictor: Predictor): { http: number; grpc: number } =>
  withoutExecutor(predictor) ? MODEL_PORTS : EXECUTOR_PORTS;

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

type Fields = Readonly<Record<string, unknown>>;

export function deploymentOf(sdep: SeldonDeployment, predictor: Predictor) {
  const { name: sdepName, namespace } = sdep.metadata;
  const component = predictor.componentSpecs?.[0];
  const { modelUri, implementation = "" } = predictor.graph;
  const given = (component?.spec?.containers ?? []) as readonly Fields[];
  const containers = given.length === 0 ? [{ name: predictor.graph.name }] : given;
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
  const {
    volumes = [],
    initContainers = [],
    ...podSpec
  } = (component?.spec ?? {}) as {
    volumes?: readonly object[];
    initContainers?: readonly object[];
  };
  const storage = modelUri === undefined ? undefined : storageOf(predictor, modelUri);
  const spec = {
    ...(component?.hpaSpec === undefined ? { replicas: predictor.replicas ?? sdep.spec.replicas ?? 1 } : {}),
    ...(predictor.progressDeadlineSeconds === undefined
      ? {}
      : { progressDeadlineSeconds: predictor.progressDeadlineSeconds }),
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
    selector: { matchLabels: selector },
    template: {
      metadata: { labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
      spec: {
        terminationGracePeriodSeconds: 20,
        ...podSpec,
        volumes: [...volumes, ...(storage?.volumes ?? [])],
        initContainers: [...initContainers, ...(storage?.initContainers ?? [])],
        containers: [
          ...containers.map((each, at) => ({
            ...(SERVERS[implementation] === undefined ? {} : { image: SERVERS[implementation] }),
            readinessProbe: { tcpSocket: { port: "http" }, initialDelaySeconds: 20, periodSeconds: 5 },
            lifecycle: { preStop: { exec: { command: ["/bin/sh", "-c", "/bin/sleep 10"] } } },
            ...each,
            ports: [
              { name: "http", containerPort: MODEL_PORTS.http + at, protocol: "TCP" },
              { name: "grpc", containerPort: MODEL_PORTS.grpc + at, protocol: "TCP" },
            ],
            env: environmentOf(sdep, predictor, each, at, implementation !== ""),
            ...(storage === undefined
              ? {}
              : { volumeMounts: [...((each.volumeMounts as object[] | undefined) ?? []), storage.mount] }),
          })),
          ...(withoutExecutor(predictor) ? [] : [executorOf(predictor)]),
        ],
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

/** The orchestrator: its probe waits 20 s, and it has no hook before it ends. It holds its predictor, without traffic and replicas. */
function executorOf({ traffic: _traffic, replicas: _replicas, explainer: _explainer, ...predictor }: Predictor) {
  const containers = predictor.componentSpecs?.[0]?.spec?.containers ?? [];
  const placed = (node: GraphNode): object => {
    const at = Math.max(
      0,
      containers.findIndex(({ name }) => name === node.name),
    );
    return { ...node, endpoint: { httpPort: MODEL_PORTS.http + at }, children: (node.children ?? []).map(placed) };
  };
  const told = { ...predictor, graph: placed(predictor.graph) };
  return {
    name: "seldon-container-engine",
    image: EXECUTOR,
    ports: [
      { name: "rest", containerPort: EXECUTOR_PORTS.http, protocol: "TCP" },
      { name: "grpc-executor", containerPort: EXECUTOR_PORTS.grpc, protocol: "TCP" },
    ],
    env: [
      { name: "ENGINE_PREDICTOR", value: Buffer.from(JSON.stringify(told)).toString("base64") },
      { name: "PORT", value: String(EXECUTOR_PORTS.http) },
      ...(predictor.svcOrchSpec?.env ?? []),
    ],
    readinessProbe: {
      httpGet: { path: "/ready", port: EXECUTOR_PORTS.http },
      initialDelaySeconds: 20,
      periodSeconds: 5,
    },
  };
}

/** What lies under a model's URI, copied by an init container; a claim is mounted as it is. */
function storageOf({ graph }: Predictor, modelUri: string) {
  const volume = `${graph.name}-provision-location`;
  const mount = { name: volume, mountPath: MODELS, readOnly: true };
  const claim = /^pvc:\/\/([^/]+)(?:\/(.*))?$/.exec(modelUri);
  if (claim !== null) {
    return {
      volumes: [{ name: volume, persistentVolumeClaim: { claimName: claim[1] } }],
      initContainers: [],
      mount: claim[2] === undefined ? mount : { ...mount, subPath: claim[2] },
    };
  }
  return {
    volumes: [{ name: volume, emptyDir: {} }],
    initContainers: [
      {
        name: `${graph.name}-model-initializer`,
        image: INITIALIZER,
        args: [modelUri, MODELS],
        volumeMounts: [{ name: volume, mountPath: MODELS }],
        ...(graph.envSecretRefName === undefined ? {} : { envFrom: [{ secretRef: { name: graph.envSecretRefName } }] }),
      },
    ],
    mount,
  };
}

const imageOf = ({ image }: Fields, implementation = ""): string =>
  typeof image === "string" ? image : (SERVERS[implementation] ?? "");

const nodes = (node: GraphNode): readonly GraphNode[] => [node, ...(node.children ?? []).flatMap(nodes)];

/** What a container asks for by itself stands above what the operator gives it. */
function environmentOf(
  { metadata }: SeldonDeployment,
  { name, graph }: Predictor,
  container: Fields,
  at: number,
  prepackaged: boolean,
) {
  const node = nodes(graph).find((each) => each.name === container.name) ?? graph;
  const own = (container.env ?? []) as readonly { name: string }[];
  const uri = prepackaged && graph.modelUri !== undefined ? [{ name: "model_uri", value: MODELS, type: "STRING" }] : [];
  const given = [
    { name: "PREDICTIVE_UNIT_HTTP_SERVICE_PORT", value: String(MODEL_PORTS.http + at) },
    { name: "PREDICTIVE_UNIT_GRPC_SERVICE_PORT", value: String(MODEL_PORTS.grpc + at) },
    { name: "PREDICTIVE_UNIT_METRICS_SERVICE_PORT", value: String(METRICS_PORT + at) },
    { name: "PREDICTIVE_UNIT_ID", value: node.name },
    { name: "PREDICTIVE_UNIT_IMAGE", value: imageOf(container, graph.implementation) },
    { name: "PREDICTOR_ID", value: name },
    { name: "SELDON_DEPLOYMENT_ID", value: metadata.name },
    { name: "PREDICTIVE_UNIT_PARAMETERS", value: JSON.stringify([...(node.parameters ?? []), ...uri]) },
  ];
  return [...given.filter((each) => !own.some(({ name }) => name === each.name)), ...own];
}

export function serviceObject(sdep: SeldonDeployment, predictor: Predictor) {
  const name = `${sdep.metadata.name}-${predictor.name}`;
  const { http, grpc } = portsOf(predictor);
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
        { name: "http", port: http, targetPort: http, protocol: "TCP" },
        { name: "grpc", port: grpc, targetPort: grpc, protocol: "TCP" },
      ],
    },
  };
}

/** `undefined` where the spec asks for none. */
export function autoscalerOf(sdep: SeldonDeployment, { componentSpecs }: Predictor, deployment: string) {
  const hpa = componentSpecs?.[0]?.hpaSpec as
    | { minReplicas?: number; maxReplicas: number; metricsv2?: readonly object[] }
    | undefined;
  if (hpa === undefined) return undefined;
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: {
      name: deployment,
      namespace: sdep.metadata.namespace,
      labels: { "seldon-deployment-id": sdep.metadata.name },
      ownerReferences: ownerOf(sdep),
    },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
      ...(hpa.minReplicas === undefined ? {} : { minReplicas: hpa.minReplicas }),
      maxReplicas: hpa.maxReplicas,
      metrics: hpa.metricsv2 ?? [],
    },
  };
}

/** A predictor's traffic is its weight; a lone one's may be missing. */
export function virtualServiceOf(sdep: SeldonDeployment) {
  const { name, namespace } = sdep.metadata;
  const live = sdep.spec.predictors.filter(({ shadow }) => shadow !== true);
  const to = (port: "http" | "grpc") =>
    live.map((each) => ({
      destination: { host: `${name}-${each.name}`, subset: each.name, port: { number: portsOf(each)[port] } },
      ...(each.traffic === undefined ? {} : { weight: each.traffic }),
    }));
  return {
    apiVersion: "networking.istio.io/v1beta1",
    kind: "VirtualService",
    metadata: { name, namespace, ownerReferences: ownerOf(sdep) },
    spec: {
      hosts: ["*"],
      gateways: ["istio-system/seldon-gateway"],
      http: [
        { match: [{ uri: { prefix: `/seldon/${namespace}/${name}/` } }], rewrite: { uri: "/" }, route: to("http") },
        {
          match: [{ headers: { seldon: { exact: name }, namespace: { exact: namespace } } }],
          route: to("grpc"),
        },
      ],
    },
  };
}
