import { refuse } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import { hpaSpecOf, type Autoscale } from "./autoscale.ts";
import { buildGraph, type GraphPart } from "./graph.ts";
import { API_VERSION, KIND, type Container, type Parameter, type Predictor, type SeldonSpec } from "./resource.ts";
import { PREPACKAGED } from "./servers.ts";

export const PROTOCOLS = ["seldon", "tensorflow", "v2"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** `auto`: without the executor for an image of one's own, with it for Seldon's prepackaged servers. */
export const ENGINES = ["auto", "executor", "none"] as const;

/** The name of the one node and container, as Seldon's own examples have it. */
export const NODE = "classifier";
const PREDICTOR = "default";
const NO_ENGINE = "seldon.io/no-engine";

/** What a single model is served from. One of `image` and `modelUri` at least. */
export type ManifestOrder = {
  /** `ghcr.io/acme/digits@sha256:…` */
  readonly image: string | undefined;
  /** `s3://models/digits/7`; laid into the container at /mnt/models. */
  readonly modelUri: string | undefined;
  /** `SKLEARN_SERVER`; none for an image of one's own. */
  readonly implementation: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly replicas: number;
  /** In place of a fixed number of pods. */
  readonly autoscale: Autoscale | undefined;
  /** Kubernetes' `resources` of the model's container. */
  readonly resources: Json | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly serviceAccount: string | undefined;
  /** Name of the Secret with rclone's keys, for a `modelUri` that needs them. */
  readonly storageSecret: string | undefined;
  readonly imagePullSecret: string | undefined;
  readonly protocol: Protocol;
  readonly engine: (typeof ENGINES)[number];
  /** Of the spec: the operator copies them to the pods. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Seconds after which Kubernetes itself reports a stalled rollout: below the time that we wait. */
  readonly progressDeadlineSeconds: number;
  /** Whether the image is known to answer `GET /health/ping` once its model is loaded. */
  readonly answersPing: boolean;
};

/** The spec of a SeldonDeployment for one model. @throws ActionError when the order names nothing to serve */
export function buildSpec(order: ManifestOrder): SeldonSpec {
  const { image, modelUri, implementation } = order;
  if (image === undefined && implementation === undefined) {
    refuse({
      where: `input "image"`,
      expected: "an image, or a model-uri with the implementation that serves it",
      seen: modelUri === undefined ? "neither" : "a model-uri alone",
      fix: "Hand on the record of build-model-image, or set image; for a prepackaged server set implementation and model-uri.",
    });
  }
  const bare = runsBare(order);
  const predictor: Predictor = {
    name: PREDICTOR,
    ...(order.autoscale === undefined ? { replicas: order.replicas } : {}),
    ...(bare ? { annotations: { [NO_ENGINE]: "true" } } : {}),
    progressDeadlineSeconds: order.progressDeadlineSeconds,
    graph: {
      name: NODE,
      ...(implementation === undefined ? { type: "MODEL" } : { implementation }),
      ...(modelUri === undefined ? {} : { modelUri }),
      ...(order.parameters.length === 0 ? {} : { parameters: order.parameters }),
      ...(order.storageSecret === undefined ? {} : { envSecretRefName: order.storageSecret }),
      ...(order.serviceAccount === undefined ? {} : { serviceAccountName: order.serviceAccount }),
      children: [],
    },
    componentSpecs: [
      {
        ...(order.autoscale === undefined ? {} : { hpaSpec: hpaSpecOf(order.autoscale) }),
        spec: podSpec(order, bare),
      },
    ],
  };
  return specOf(predictor, order);
}

/** What of an order is about the whole deployment, and not about its one model. */
export type GraphManifestOrder = Omit<
  ManifestOrder,
  "image" | "modelUri" | "implementation" | "parameters" | "engine" | "answersPing"
>;

/** The spec of a SeldonDeployment for a graph. Only Seldon's executor can go between its nodes, so it is always there. */
export function buildGraphSpec(root: GraphPart, order: GraphManifestOrder): SeldonSpec {
  const { autoscale, serviceAccount, storageSecret, env, resources } = order;
  const built = buildGraph(root, { storageSecret, serviceAccount, container: { env, resources }, pod: podOf(order) });
  const predictor: Predictor = {
    name: PREDICTOR,
    ...(autoscale === undefined ? { replicas: order.replicas } : {}),
    progressDeadlineSeconds: order.progressDeadlineSeconds,
    ...built,
    ...(autoscale === undefined
      ? {}
      : { componentSpecs: [{ hpaSpec: hpaSpecOf(autoscale), ...built.componentSpecs[0] }] }),
  };
  return specOf(predictor, order);
}

const specOf = (predictor: Predictor, { protocol, annotations }: GraphManifestOrder): SeldonSpec => ({
  protocol,
  ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  predictors: [predictor],
});

const podOf = ({ serviceAccount, imagePullSecret }: GraphManifestOrder) => ({
  ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
  ...(imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] }),
  terminationGracePeriodSeconds: 20,
});

/** Whether a single model goes without Seldon's executor. */
const runsBare = ({ engine, implementation }: ManifestOrder): boolean =>
  engine === "none" || (engine === "auto" && implementation === undefined);

function podSpec(
  order: ManifestOrder,
  bare: boolean,
): NonNullable<NonNullable<Predictor["componentSpecs"]>[0]["spec"]> {
  // Where the operator mounts what lies under a model's URI: the image's own code finds it there.
  const mounted = order.image !== undefined && order.modelUri !== undefined && order.implementation === undefined;
  const env = { ...(mounted ? { MODEL_PATH: "/mnt/models" } : {}), ...order.env };
  const container: Container = {
    name: NODE,
    ...(order.image === undefined ? {} : { image: order.image, imagePullPolicy: "IfNotPresent" }),
    ...(Object.keys(env).length === 0 ? {} : { env: Object.entries(env).map(([name, value]) => ({ name, value })) }),
    ...(order.resources === undefined ? {} : { resources: order.resources }),
    ...(bare ? { readinessProbe: readiness(order) } : {}),
  };
  return {
    containers: [container],
    ...podOf(order),
  };
}

/**
 * The operator's own probe waits 20 s before it asks. The wrapper's port is open before its model is loaded and a request
 * hangs until then, so a request that is answered says more than an open port.
 */
function readiness({ protocol, answersPing, implementation }: ManifestOrder): Json {
  const http =
    protocol === "v2"
      ? "/v2/health/ready"
      : answersPing || (implementation !== undefined && PREPACKAGED.get(implementation)?.wrapper === true)
        ? "/health/ping"
        : undefined;
  return {
    ...(http === undefined
      ? { tcpSocket: { port: "http" } }
      : { httpGet: { path: http, port: "http", scheme: "HTTP" } }),
    initialDelaySeconds: 1,
    periodSeconds: 1,
    timeoutSeconds: 2,
    successThreshold: 1,
    failureThreshold: 3,
  };
}

/** Where predictions of one model are answered, below the deployment's own path. */
export function predictionPath(protocol: string, node: string): string {
  if (protocol === "tensorflow") return `/v1/models/${node}:predict`;
  return protocol === "v2" || protocol === "kfserving" ? `/v2/models/${node}/infer` : "/api/v1.0/predictions";
}

/** The whole object as it is sent: what is ours of it, and nothing of the cluster's. */
export function resourceOf(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  spec: SeldonSpec,
  { labels, annotations }: { labels: Readonly<Record<string, string>>; annotations: Readonly<Record<string, string>> },
): {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    labels: Readonly<Record<string, string>>;
    annotations: Readonly<Record<string, string>>;
  };
  spec: SeldonSpec;
} {
  return { apiVersion: API_VERSION, kind: KIND, metadata: { name, namespace, labels, annotations }, spec };
}
