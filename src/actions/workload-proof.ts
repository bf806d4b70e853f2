import { type SmokeRequest } from "../domain/inference/smoke.ts";
import type { Document } from "../domain/kubernetes/documents.ts";
import type { Pod } from "../domain/kubernetes/object.ts";
import { proxyPath } from "../domain/kubernetes/paths.ts";
import { balancerUrl, reachOf, type Reach } from "../domain/kubernetes/reach.ts";
import { DEPLOY_ID_LABEL } from "../domain/seldon/deploy-ids.ts";
import { refuse } from "../errors.ts";
import type { HttpAnswer } from "../ports.ts";
import { asked } from "./asking.ts";
import { calledAt, type WorkloadPorts } from "./workload-facts.ts";
import type { WorkloadPlace } from "./workload-place.ts";
import type { AppliedDocument } from "./workload-write.ts";

const PAUSE_MS = 200;
const ONE_ANSWER_MS = 20_000;

type Place = Pick<WorkloadPlace, "cluster" | "namespace" | "name">;
type ProofPorts = Pick<WorkloadPorts, "http" | "clock" | "log" | "signal">;

export type WorkloadProof = { readonly url: string; readonly prediction: string | undefined };

/**
 * Asks a pod of the new version itself, so that it is certain who answers; then the Service before it, and the address that
 * users have.
 * @throws ActionError when the new version answers wrongly, or nothing answers in time
 */
export async function proveWorkload(
  place: Place,
  written: { readonly objects: readonly AppliedDocument[] },
  order: {
    readonly smoke: SmokeRequest | undefined;
    readonly base: URL | undefined;
    readonly headers: Readonly<Record<string, string>> | undefined;
    readonly ca: string | undefined;
    readonly deadline: number;
  },
  ports: ProofPorts,
): Promise<WorkloadProof> {
  const reach = reachOf(written.objects.map(({ document }) => document));
  const base = reach && (await addressOf(place, reach, order.base));
  const path = order.smoke?.path ?? "";
  const url = reach === undefined ? "" : urlOf(place, reach, base, path);
  if (order.smoke === undefined) return { url, prediction: undefined };
  const { smoke, deadline } = order;
  if (reach?.targetPort === undefined) {
    return refuse({
      where: `release ${calledAt(place)}`,
      expected: "a workload with a port, to send the smoke request to",
      seen: reach === undefined ? "no workload that serves" : `${reach.workload} without a port`,
      fix: "Name its containerPort, put a Service before it, or leave the smoke request out.",
    });
  }
  const called = calledAt(place);
  const pod = await readyPod(place, reach, deadline, ports);
  const through = async (kind: "Pod" | "Service", name: string, port: number): Promise<HttpAnswer> =>
    await place.cluster.through(proxyPath(kind, place.namespace, name, String(port), smoke.path), {
      method: smoke.body === undefined ? "GET" : "POST",
      body: smoke.body === undefined ? undefined : JSON.stringify(smoke.body),
      timeoutMs: ONE_ANSWER_MS,
      signal: ports.signal,
    });
  const ask = async (who: string, request: () => Promise<HttpAnswer>): Promise<string | undefined> =>
    await asked({ smoke, plain: true, called: who, deadline }, request, ports);
  const direct = `the new version of ${called} (pod ${pod.metadata.name})`;
  let prediction = await ask(direct, async () => through("Pod", pod.metadata.name, reach.targetPort!));
  const { service } = reach;
  if (base === undefined && service !== undefined) {
    prediction = await ask(`${called} by its Service`, async () => through("Service", service.name, service.port));
  }
  if (base !== undefined) {
    prediction = await ask(`${called} at ${base}`, async () =>
      ports.http.request({
        url,
        headers: { ...(smoke.body === undefined ? {} : { "content-type": "application/json" }), ...order.headers },
        ...(smoke.body === undefined ? {} : { method: "POST", body: JSON.stringify(smoke.body) }),
        ...(order.ca === undefined ? {} : { ca: order.ca }),
        timeoutMs: ONE_ANSWER_MS,
        signal: ports.signal,
      }),
    );
  }
  return { url, prediction };
}

/** Where the pods of some objects are asked: the load balancer's address, or the API server's proxy; empty where they are not. */
export async function reachAt(place: Place, documents: readonly Document[], base: URL | undefined): Promise<string> {
  const reach = reachOf(documents);
  return reach === undefined ? "" : urlOf(place, reach, await addressOf(place, reach, base), "");
}

async function addressOf(place: Place, { service }: Reach, base: URL | undefined): Promise<string | undefined> {
  if (base !== undefined) return base.href.replace(/\/+$/, "");
  if (service === undefined || !service.balanced) return undefined;
  const found = await place.cluster.get(
    `/api/v1/namespaces/${encodeURIComponent(place.namespace)}/services/${encodeURIComponent(service.name)}`,
  );
  return balancerUrl(found, service.port);
}

function urlOf(place: Place, { service }: Reach, base: string | undefined, path: string): string {
  if (base !== undefined) return `${base}${path}`;
  if (service === undefined) return "";
  return `${place.cluster.server}${proxyPath("Service", place.namespace, service.name, String(service.port), path)}`;
}

async function readyPod(
  { cluster, namespace, name }: Place,
  { deployId }: Reach,
  deadline: number,
  { clock, signal }: ProofPorts,
): Promise<Pod> {
  for (;;) {
    const pods = (await cluster.list(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, {
      labels: `${DEPLOY_ID_LABEL}=${deployId}`,
    })) as readonly Pod[];
    const found = pods.find(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined &&
        status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
    );
    if (found !== undefined) return found;
    if (clock.elapsed() + PAUSE_MS >= deadline) {
      refuse({ where: `release ${namespace}/${name}`, expected: "a ready pod of the new version", seen: "none" });
    }
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
    if (signal.aborted) throw signal.reason;
  }
}
