import { judgeAnswer, type SmokeRequest } from "../domain/inference/smoke.ts";
import { pathOf, proxyPath } from "../domain/kubernetes/paths.ts";
import type { Pod } from "../domain/kubernetes/object.ts";
import { isNew, type Applied, type RolloutFacts } from "../domain/rollout/verdict.ts";
import { predictionPath } from "../domain/seldon/manifest.ts";
import { basePath } from "../domain/seldon/names.ts";
import { withoutExecutor, type SeldonDeployment, type SeldonSpec } from "../domain/seldon/resource.ts";
import { ActionError, messageOf, refuse, type Mistake } from "../errors.ts";
import type { Clock, Http, HttpAnswer, Log } from "../ports.ts";
import { childrenOf, type Place } from "./rollout.ts";

type Ports = { readonly http: Http; readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal };

/** A connection that is refused while pods change places says nothing about the new version. */
const PAUSE_MS = 200;
const ONE_ANSWER_MS = 20_000;

/** Where predictions of a deployment are answered. */
export function clusterUrl(
  { cluster, namespace, name }: Place,
  spec: SeldonSpec,
  base: URL | undefined,
  sdep: SeldonDeployment | undefined,
): string {
  const [predictor] = spec.predictors;
  const path = predictionPath(spec.protocol ?? "seldon", predictor!.graph.name);
  if (base !== undefined) return `${base.href.replace(/\/+$/, "")}${basePath(namespace, name)}${path}`;
  const service = serviceOf(sdep, name, predictor!.name);
  return service === undefined
    ? ""
    : `${cluster.server}${proxyPath("Service", namespace, service.name, service.port, path)}`;
}

/** The Service of a predictor and its HTTP port, as the operator tells them. */
export function serviceOf(
  sdep: SeldonDeployment | undefined,
  name: string,
  predictor: string,
): { name: string; port: string } | undefined {
  const all = Object.entries(sdep?.status?.serviceStatus ?? {});
  // Names over 63 characters are hashed: then the first Service is the predictor's own.
  const [service, { httpEndpoint = "" } = {}] = all.find(([each]) => each === `${name}-${predictor}`) ?? all[0] ?? [];
  const port = /:(\d+)$/.exec(httpEndpoint)?.[1];
  return service === undefined || port === undefined ? undefined : { name: service, port };
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
    readonly base: URL | undefined;
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
    const smoke = proof.smoke ?? ping(spec, at);
    const { service, pod } = await partsOf(place, applied.predictors[at]!.deployId, predictor.name, proof, ports);
    const direct = proxyPath("Pod", namespace, pod.metadata.name, service.port, smoke.path);
    const ask = async (path: string): Promise<HttpAnswer> =>
      await cluster.through(path, {
        method: smoke.body === undefined ? "GET" : "POST",
        body: smoke.body === undefined ? undefined : JSON.stringify(smoke.body),
        timeoutMs: ONE_ANSWER_MS,
        signal: ports.signal,
      });
    prediction = await asked(
      smoke,
      `the new version of ${called} (pod ${pod.metadata.name})`,
      proof.deadline,
      async () => ask(direct),
      ports,
    );
    if (base === undefined) {
      const path = proxyPath("Service", namespace, service.name, service.port, smoke.path);
      await asked(smoke, `${called} by its Service`, proof.deadline, async () => ask(path), ports);
    }
  }
  if (base !== undefined) {
    const smoke = proof.smoke ?? ping(spec, 0);
    const url = `${base.href.replace(/\/+$/, "")}${basePath(namespace, name)}${smoke.path}`;
    const request = async (): Promise<HttpAnswer> =>
      await ports.http.request({
        url,
        ...(smoke.body === undefined
          ? {}
          : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(smoke.body) }),
        timeoutMs: ONE_ANSWER_MS,
        signal: ports.signal,
      });
    prediction = (await asked(smoke, `${called} at ${base.origin}`, proof.deadline, request, ports)) ?? prediction;
  }
  return prediction;
}

async function asked(
  smoke: SmokeRequest,
  called: string,
  deadline: number,
  request: () => Promise<HttpAnswer>,
  { clock, log, signal }: Ports,
): Promise<string | undefined> {
  for (;;) {
    let passing: ActionError;
    try {
      const answer = await request();
      const { reasons, prediction } = judgeAnswer(smoke, answer);
      if (reasons.length === 0) return prediction;
      const mistakes: Mistake[] = reasons.map((reason) => ({
        ...reason,
        where: `${called}, ${smoke.path}, ${reason.where}`,
      }));
      passing = new ActionError(mistakes);
      // What a proxy says while pods change places; anything else is the model's own answer.
      if (![502, 503, 504].includes(answer.status)) throw passing;
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      const refusedByRight =
        thrown instanceof ActionError && thrown.mistakes.some(({ seen }) => seen.startsWith("403"));
      if (!(thrown instanceof ActionError) || refusedByRight || thrown.mistakes[0]?.where.startsWith(called))
        throw thrown;
      passing = thrown;
    }
    if (clock.elapsed() + PAUSE_MS >= deadline) throw passing;
    log.debug(`${called}: ${messageOf(passing)}; asked again`);
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
    if (signal.aborted) throw signal.reason;
  }
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
  predictor: string,
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
