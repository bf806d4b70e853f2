import { pathOf, proxyPath } from "../domain/kubernetes/paths.ts";
import type { Pod } from "../domain/kubernetes/object.ts";
import { protocolOf } from "../domain/inference/protocol.ts";
import { NODE, type Protocol } from "../domain/seldon/manifest.ts";
import { basePath } from "../domain/seldon/names.ts";
import type { Predictor, SeldonDeployment } from "../domain/seldon/resource.ts";
import { quote, refuse } from "../errors.ts";
import type { Clock, Cluster, Grpc, Http, HttpAnswer, Kubernetes, LocalServing, Log, PortForwards } from "../ports.ts";
import { connection } from "./cluster-inputs.ts";
import { askByGrpc } from "./predict-grpc.ts";

export type AddressPorts = {
  readonly log: Log;
  readonly clock: Clock;
  readonly http: Http;
  readonly grpc: Grpc;
  readonly serving: Pick<LocalServing, "state">;
  readonly kubernetes: Kubernetes;
  readonly forwards: PortForwards;
  readonly signal: AbortSignal;
};

/** The inputs that say where a model is asked. */
export type AddressInputs = {
  readonly target: string;
  readonly name: string;
  readonly namespace: string;
  readonly predictor: string | undefined;
  readonly api: "rest" | "grpc";
  readonly transport: "auto" | "ingress" | "api-proxy" | "port-forward";
  readonly protocol: Protocol | undefined;
  readonly model: string | undefined;
  readonly "base-url": URL | undefined;
  readonly "request-headers": Readonly<Record<string, string>> | undefined;
  readonly ca: string | undefined;
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
};

/** One request and its answer, however it travels. */
export type Ask = (path: string, body: string | undefined, timeoutMs: number) => Promise<HttpAnswer>;

/** A model that can be asked. */
export type Address = {
  /** For people: `https://gateway/seldon/models/digits`, `pod digits-… by port-forward`. */
  readonly shown: string;
  readonly protocol: Protocol;
  /** The node that paths of the tensorflow and v2 protocols name. */
  readonly model: string;
  readonly ask: Ask;
  close(): void;
};

/** Finds where the model is asked, and by what. Nothing is asked of the model yet. @throws ActionError */
export async function openAddress(given: AddressInputs, ports: AddressPorts): Promise<Address> {
  if (given.target === "local") return await localAddress(given, ports);
  if (given["base-url"] !== undefined) return gatewayAddress(given, given["base-url"], ports);
  const cluster = await ports.kubernetes.connect(connection(given));
  try {
    const address = await clusterAddress(given, cluster, ports);
    return {
      ...address,
      close: () => {
        address.close();
        cluster.close();
      },
    };
  } catch (thrown) {
    cluster.close();
    throw thrown;
  }
}

async function localAddress(given: AddressInputs, ports: AddressPorts): Promise<Address> {
  const { namespace, name } = given;
  const state = await ports.serving.state(namespace, name);
  if (state?.status !== "running") {
    return refuse({
      where: `${namespace}/${name}`,
      expected: "a deployment that serves on this machine",
      seen: state === undefined ? "none" : `one that is ${state.status}`,
      fix: "seldon-deploy with target: local serves it.",
    });
  }
  const base = `http://127.0.0.1:${state.port}${basePath(namespace, name)}`;
  return { ...told(given, undefined), shown: base, ask: byHttp(base, given, ports), close: () => undefined };
}

/** Behind a gateway no cluster is asked: what is not given is what these actions make. */
function gatewayAddress(given: AddressInputs, base: URL, ports: AddressPorts): Address {
  const { namespace, name } = given;
  const shown = `${base.href.replace(/\/+$/, "")}${basePath(namespace, name)}`;
  if (given.api === "rest") {
    return { ...told(given, undefined), shown, ask: byHttp(shown, given, ports), close: () => undefined };
  }
  // Seldon's gateways tell deployments apart by these two headers.
  const headers = { seldon: name, namespace, ...given["request-headers"] };
  const channel = ports.grpc.connect({ origin: base.origin, ca: given.ca });
  const of = told(given, undefined);
  return {
    ...of,
    shown: `${base.origin} (gRPC)`,
    ask: askByGrpc(channel, of, headers, ports),
    close: () => channel.close(),
  };
}

async function clusterAddress(given: AddressInputs, cluster: Cluster, ports: AddressPorts): Promise<Address> {
  const { namespace, name, api } = given;
  const sdep = (await cluster.get(pathOf("SeldonDeployment", namespace, name))) as SeldonDeployment | undefined;
  const called = `${namespace}/${name}`;
  if (sdep === undefined) {
    return refuse({
      where: called,
      expected: "a SeldonDeployment",
      seen: "none",
      fix: "The action models lists what there is.",
    });
  }
  const predictor = predictorOf(sdep, given.predictor, called);
  const of = told(given, { sdep, predictor });
  const service = serviceOf(sdep, predictor.name, called);
  const port = api === "grpc" ? service.grpc : service.http;
  const transport = given.transport === "auto" ? (api === "grpc" ? "port-forward" : "api-proxy") : given.transport;
  if (port === undefined) {
    refuse({
      where: called,
      expected: `a port for ${api === "grpc" ? "gRPC" : "HTTP"}`,
      seen: `none in its status, which says ${quote(sdep.status?.state ?? "nothing")}`,
      fix: "The operator tells the ports once the deployment stands.",
    });
  }
  if (transport === "api-proxy") {
    const base = proxyPath("Service", namespace, service.name, port, "");
    const ask: Ask = async (path, body, timeoutMs) =>
      await cluster.through(base + path, {
        method: body === undefined ? "GET" : "POST",
        body,
        timeoutMs,
        signal: ports.signal,
      });
    return { ...of, shown: cluster.server + base, ask, close: () => undefined };
  }
  const pod = await readyPod(cluster, namespace, service.name, called);
  const query = new URLSearchParams({ ports: port }).toString();
  const path = `${pathOf("Pod", namespace, pod)}/portforward?${query}`;
  // The first connection is tried at once: what is refused is told, not found out by a request that hangs.
  (await cluster.dial(path, "v4.channel.k8s.io")).destroy();
  const forward = await ports.forwards.open(async () => await cluster.dial(path, "v4.channel.k8s.io"));
  const local = `http://127.0.0.1:${forward.port}`;
  const shown = `pod ${pod}, port ${port}, by port-forward`;
  if (api === "rest") return { ...of, shown, ask: byHttp(local, given, ports), close: () => forward.close() };
  const channel = ports.grpc.connect({ origin: local });
  const close = (): void => {
    channel.close();
    forward.close();
  };
  return { ...of, shown, ask: askByGrpc(channel, of, given["request-headers"] ?? {}, ports), close };
}

function told(
  given: AddressInputs,
  found: { readonly sdep: SeldonDeployment; readonly predictor: Predictor } | undefined,
): { readonly protocol: Protocol; readonly model: string } {
  return {
    protocol: given.protocol ?? protocolOf(found?.sdep.spec.protocol),
    model: given.model ?? found?.predictor.graph.name ?? NODE,
  };
}

function predictorOf({ spec }: SeldonDeployment, asked: string | undefined, called: string): Predictor {
  const found =
    asked === undefined
      ? spec.predictors.find(({ shadow }) => shadow !== true)
      : spec.predictors.find(({ name }) => name === asked);
  if (found !== undefined) return found;
  return refuse({
    where: `${called}, predictors`,
    expected: asked === undefined ? "one that answers" : `one named ${quote(asked)}`,
    seen: spec.predictors.map(({ name }) => name).join(", "),
  });
}

function serviceOf(
  { metadata, status }: SeldonDeployment,
  predictor: string,
  called: string,
): { readonly name: string; readonly http: string | undefined; readonly grpc: string | undefined } {
  const all = Object.entries(status?.serviceStatus ?? {});
  // Names over 63 characters are hashed: then the first Service is the predictor's own.
  const [name, told] = all.find(([each]) => each === `${metadata.name}-${predictor}`) ?? all[0] ?? [];
  if (name === undefined) {
    refuse({ where: called, expected: "a Service", seen: "none in its status", fix: "Is Seldon's operator running?" });
  }
  const port = (endpoint: string | undefined): string | undefined => /:(\d+)$/.exec(endpoint ?? "")?.[1];
  return { name, http: port(told?.httpEndpoint), grpc: port(told?.grpcEndpoint) };
}

async function readyPod(cluster: Cluster, namespace: string, service: string, called: string): Promise<string> {
  const pods = (await cluster.list(pathOf("Pod", namespace), { labels: `seldon-app=${service}` })) as readonly Pod[];
  const ready = pods.find(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
  );
  if (ready !== undefined) return ready.metadata.name;
  return refuse({ where: called, expected: "a pod that is ready", seen: `${pods.length}, none of them ready` });
}

function byHttp(base: string, given: AddressInputs, { http, signal }: AddressPorts): Ask {
  const own = given["request-headers"] ?? {};
  return async (path, body, timeoutMs) =>
    await http.request({
      url: base + path,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...own },
      ...(body === undefined ? {} : { method: "POST", body }),
      timeoutMs,
      signal,
      ...(given.ca === undefined ? {} : { ca: given.ca }),
    });
}
