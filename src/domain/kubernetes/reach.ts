import type { Document, Fields } from "./documents.ts";
import { templateId } from "./documents.ts";
import type { KubernetesObject } from "./object.ts";
import type { Json } from "../text/json.ts";

/** A workload of a manifest, its pods' deploy id, and the Service before it. */
export type Reach = {
  readonly workload: string;
  readonly deployId: string;
  /** Of the container, for a pod that is asked itself. */
  readonly targetPort: number | undefined;
  readonly service: { readonly name: string; readonly port: number; readonly balanced: boolean } | undefined;
};

/** Kinds whose pods answer requests. */
const SERVING = new Set(["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]);

/**
 * How the pods that answer requests are reached: the first workload before which a Service stands, else the first one.
 * `undefined` where nothing of it serves.
 */
export function reachOf(documents: readonly Document[]): Reach | undefined {
  const services = documents.filter(({ kind }) => kind === "Service");
  const found = documents.filter(({ kind }) => SERVING.has(kind)).map((workload) => reachWorkload(workload, services));
  return found.find(({ service }) => service !== undefined) ?? found[0];
}

function reachWorkload(workload: Document, services: readonly Document[]): Reach {
  const template = fieldsOf(fieldsOf(workload.spec).template);
  const labels = fieldsOf(fieldsOf(template.metadata).labels);
  const service = services.find((each) => selects(each, labels));
  const [port] = listOf(fieldsOf(service?.spec).ports).map(fieldsOf);
  const ports = listOf(fieldsOf(template.spec).containers).flatMap((each) =>
    listOf(fieldsOf(each).ports).map(fieldsOf),
  );
  const named = ports.find(({ name }) => name === port?.targetPort);
  return {
    workload: workload.metadata.name,
    deployId: templateId(workload) ?? "",
    targetPort:
      numberOf(named?.containerPort) ??
      numberOf(port?.targetPort) ??
      numberOf(port?.port) ??
      numberOf(ports[0]?.containerPort),
    service:
      service === undefined || numberOf(port?.port) === undefined
        ? undefined
        : {
            name: service.metadata.name,
            port: numberOf(port?.port)!,
            balanced: fieldsOf(service.spec).type === "LoadBalancer",
          },
  };
}

/** `http://203.0.113.7:5000` of a load balancer that has its address; an IPv6 one in brackets. */
export function balancerUrl(service: KubernetesObject | undefined, port: number): string | undefined {
  const [ingress] = listOf(fieldsOf(fieldsOf(service?.status).loadBalancer).ingress).map(fieldsOf);
  const host = ingress?.hostname ?? ingress?.ip;
  if (typeof host !== "string" || !/^[A-Za-z0-9.:-]+$/.test(host)) return undefined;
  return `http://${host.includes(":") ? `[${host}]` : host}${port === 80 ? "" : `:${port}`}`;
}

function selects(service: Document, labels: Fields): boolean {
  const selector = Object.entries(fieldsOf(fieldsOf(service.spec).selector));
  return selector.length > 0 && selector.every(([name, value]) => labels[name] === value);
}

const fieldsOf = (value: Json | undefined): Fields =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const numberOf = (value: Json | undefined): number | undefined => (typeof value === "number" ? value : undefined);
