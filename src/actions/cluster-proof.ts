import { columnNames, generateBatch, judgeContract, type Contract } from "../domain/inference/contract.ts";
import { imagesOf, requestPathOf } from "../domain/inference/identity.ts";
import { type SmokeRequest } from "../domain/inference/smoke.ts";
import { pathOf, proxyPath } from "../domain/kubernetes/paths.ts";
import type { Pod } from "../domain/kubernetes/object.ts";
import { isNew, type Applied, type RolloutFacts } from "../domain/rollout/verdict.ts";
import { docsPath, gatewayAddresses, type Addresses } from "../domain/seldon/addresses.ts";
import { predictionPath } from "../domain/seldon/manifest.ts";
import { basePath, predictorService } from "../domain/seldon/names.ts";
import { withoutExecutor, type Predictor, type SeldonDeployment, type SeldonSpec } from "../domain/seldon/resource.ts";
import { quote, refuse, type Mistake } from "../errors.ts";
import type { Clock, Http, HttpAnswer, Log } from "../ports.ts";
import { asked, type Asking } from "./asking.ts";
import { childrenOf, type Place } from "./rollout.ts";

type Ports = { readonly http: Http; readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal };

/** A connection that is refused while pods change places says nothing about the new version. */
const PAUSE_MS = 200;
const ONE_ANSWER_MS = 20_000;

/** Where a deployment is asked: behind its gateway, or by the API server's proxy. Empty what is not known yet. */
export function addressesOf(
  place: Place,
  spec: SeldonSpec,
  base: URL | undefined,
  sdep: SeldonDeployment | undefined,
): Addresses {
  if (base !== undefined) return gatewayAddresses(base, place, spec);
  const { cluster, namespace, name } = place;
  const predictor = spec.predictors[0]!;
  const service = serviceOf(sdep, name, predictor);
  const through = (path: string): string =>
    service === undefined
      ? ""
      : `${cluster.server}${proxyPath("Service", namespace, service.name, service.port, path)}`;
  const docs = docsPath(spec);
  return {
    prediction: through(predictionPath(spec.protocol ?? "seldon", predictor.graph.name)),
    // The API server's proxy carries no gRPC: this is the name inside the cluster.
    grpc: sdep?.status?.serviceStatus?.[predictorService(name, predictor)]?.grpcEndpoint ?? "",
    docs: docs.path === undefined ? "" : through(docs.path),
    why: docs.why,
  };
}

/** The Service of a predictor and its HTTP port, as the operator tells them. */
export function serviceOf(
  sdep: SeldonDeployment | undefined,
  name: string,
  predictor: Predictor,
): { name: string; port: string } | undefined {
  const service = predictorService(name, predictor);
  const { httpEndpoint = "" } = sdep?.status?.serviceStatus?.[service] ?? {};
  const port = /:(\d+)$/.exec(httpEndpoint)?.[1];
  return port === undefined ? undefined : { name: service, port };
}

/**
 * Asks a new pod of each predictor itself, so that it is certain who answers; then asks at the address that users have, where a
 * refused connection is asked again.
 * @returns the prediction in a few words
 * @throws ActionError when a new version answers wrongly, or nothing answers in time
 */
export async function proveInCluster(
  place: Place,
  proof: {
    readonly applied: Applied;
    readonly spec: SeldonSpec;
    readonly facts: RolloutFacts;
    readonly smoke: SmokeRequest | undefined;
    readonly contract: Contract | undefined;
    /** Predictors that answer the smoke request; the others only have to be there. */
    readonly asked: readonly string[];
    readonly base: UserAddress | undefined;
    readonly deadline: number;
  },
  ports: Ports,
): Promise<string | undefined> {
  const { cluster, namespace, name } = place;
  const { applied, spec, base } = proof;
  const called = `${namespace}/${name}`;
  let prediction: string | undefined;
  for (const [at, predictor] of spec.predictors.entries()) {
    if (predictor.shadow === true) continue;
    const requests = proof.asked.includes(predictor.name) ? requestsOf(proof, spec, at) : [{ smoke: ping(spec, at) }];
    const { service, pod } = await partsOf(place, applied.predictors[at]!.deployId, predictor, proof, ports);
    const ask = async (smoke: SmokeRequest, kind: "Pod" | "Service"): Promise<HttpAnswer> => {
      const { name: target } = kind === "Pod" ? pod.metadata : service;
      return await cluster.through(proxyPath(kind, namespace, target, service.port, smoke.path), {
        method: smoke.body === undefined ? "GET" : "POST",
        body: smoke.body === undefined ? undefined : JSON.stringify(smoke.body),
        timeoutMs: ONE_ANSWER_MS,
        signal: ports.signal,
      });
    };
    const { deadline } = proof;
    for (const one of requests) {
      const asking = { ...one, called: `the new version of ${called} (pod ${pod.metadata.name})`, deadline };
      const predicted = await asked(asking, async () => ask(one.smoke, "Pod"), ports);
      prediction ??= predicted;
    }
    if (base === undefined) {
      const asking = { ...requests[0]!, called: `${called} by its Service`, deadline };
      await asked(asking, async () => ask(asking.smoke, "Service"), ports);
    }
  }
  if (base !== undefined) {
    // Where two versions share the traffic, either may answer here, and only one of them the smoke request as it is expected.
    const all = spec.predictors.every((each) => each.shadow === true || proof.asked.includes(each.name));
    const smoke =
      proof.smoke === undefined || proof.asked.length === 0
        ? ping(spec, 0)
        : onPath(proof.smoke, spec, spec.predictors[0]!);
    const asking = {
      smoke: all ? smoke : { ...smoke, expect: { status: 200, tolerance: 0 } },
      judge: (body: string) => ofAnother(body, spec),
      called: `${called} at ${base.url.origin}`,
      deadline: proof.deadline,
    };
    const predicted = await asked(asking, atUsersAddress(place, { smoke, base }, ports), ports);
    prediction ??= predicted;
  }
  return prediction;
}

/** What users ask: an address before the deployment's path, and what its gateway wants. */
export type UserAddress = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM; left out, the authorities that Node knows. */
  readonly ca: string | undefined;
};

/** One request at the address that users have. */
export function atUsersAddress(
  { namespace, name }: Place,
  { smoke, base }: { readonly smoke: SmokeRequest; readonly base: UserAddress },
  { http, signal }: Pick<Ports, "http" | "signal">,
): () => Promise<HttpAnswer> {
  const url = `${base.url.href.replace(/\/+$/, "")}${basePath(namespace, name)}${smoke.path}`;
  const body = smoke.body === undefined ? undefined : JSON.stringify(smoke.body);
  return async () =>
    await http.request({
      url,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...base.headers },
      ...(body === undefined ? {} : { method: "POST", body }),
      timeoutMs: ONE_ANSWER_MS,
      signal,
      ...(base.ca === undefined ? {} : { ca: base.ca }),
    });
}

/** Rows of the batches that are made up from a contract: one row and several find different faults. */
const BATCHES = [1, 2, 5];

/** What the new version must answer: the smoke request, and batches by the contract; without either, that it is there. */
function requestsOf(
  { smoke, contract }: { readonly smoke: SmokeRequest | undefined; readonly contract: Contract | undefined },
  spec: SeldonSpec,
  at: number,
): readonly Asking[] {
  const predictor = spec.predictors[at]!;
  const all: Asking[] = smoke === undefined ? [] : [{ smoke: onPath(smoke, spec, predictor) }];
  for (const [nth, rows] of contract === undefined ? [] : BATCHES.entries()) {
    const body = {
      data: { names: [...columnNames(contract!.features)], ndarray: generateBatch(contract!, rows, nth + 1) },
    };
    const path = predictionPath(spec.protocol ?? "seldon", predictor.graph.name);
    all.push({
      smoke: { path, body, expect: { status: 200, tolerance: 0 } },
      check: (answer) => judgeContract(contract!, rows, answer),
    });
  }
  return all.length === 0 ? [{ smoke: ping(spec, at) }] : all;
}

/** A request without a path of its own is asked where its protocol answers predictions. */
const onPath = (smoke: SmokeRequest, { protocol = "seldon" }: SeldonSpec, { graph }: Predictor): SmokeRequest =>
  smoke.path === predictionPath("seldon", "") ? { ...smoke, path: predictionPath(protocol, graph.name) } : smoke;

/** An answer that says it is by an image of none of our predictors. */
function ofAnother(body: string, { predictors }: SeldonSpec): readonly Mistake[] {
  const [images, path] = [predictors.flatMap((each) => imagesOf(each)), requestPathOf(body)];
  if (images.length === 0 || path.length === 0 || path.some((image) => images.includes(image))) return [];
  return [{ where: "meta.requestPath", expected: images.join(" or "), seen: quote(path.join(", "), 300) }];
}

/** Stands in where no smoke request is given: the server is there. */
function ping({ protocol = "seldon", predictors }: SeldonSpec, at: number): SmokeRequest {
  const predictor = predictors[at]!;
  const bare = withoutExecutor(predictor);
  const path = !bare
    ? "/ready"
    : protocol === "seldon"
      ? "/health/ping"
      : protocol === "tensorflow"
        ? `/v1/models/${predictor.graph.name}`
        : "/v2/health/ready";
  return { path, body: undefined, expect: { status: 200, tolerance: 0 } };
}

/**
 * The predictor's Service, and a ready pod of its new version. What was seen last may be a moment old: the lists of a wait come
 * each by its own watch.
 */
async function partsOf(
  { cluster, namespace, name }: Place,
  deployId: string,
  predictor: Predictor,
  { facts, deadline }: { readonly facts: RolloutFacts; readonly deadline: number },
  { clock, signal }: Ports,
): Promise<{ service: { name: string; port: string }; pod: Pod }> {
  let service = serviceOf(facts.sdep, name, predictor);
  let pod = newPod(facts.pods, deployId);
  while (service === undefined || pod === undefined) {
    pod ??= newPod(
      (await cluster.list(pathOf("Pod", namespace), { labels: childrenOf(name) })) as readonly Pod[],
      deployId,
    );
    service ??= serviceOf(
      (await cluster.get(pathOf("SeldonDeployment", namespace, name))) as SeldonDeployment | undefined,
      name,
      predictor,
    );
    if (service !== undefined && pod !== undefined) break;
    if (clock.elapsed() + PAUSE_MS >= deadline) {
      refuse({
        where: `${namespace}/${name}`,
        expected: "a Service and a ready pod of the new version",
        seen: service === undefined ? "no Service" : "no such pod",
      });
    }
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
    if (signal.aborted) throw signal.reason;
  }
  return { service, pod };
}

function newPod(pods: readonly Pod[], id: string): Pod | undefined {
  const ready = ({ status }: Pod): boolean =>
    status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  return pods.find((pod) => isNew(pod, new Set([id])) && ready(pod));
}
