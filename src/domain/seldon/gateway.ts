import type { KubernetesObject } from "../kubernetes/object.ts";
import type { Json } from "../text/json.ts";

/** By what traffic comes into the cluster. `auto`: the route objects that Seldon's operator makes say it; no address is looked up. */
export const GATEWAYS = ["auto", "istio", "ambassador", "none"] as const;

export type GatewayChoice = {
  readonly kind: (typeof GATEWAYS)[number];
  /** The Service by which the gateway is reached. */
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
};

/** The Services that the gateways' own installations make. */
const SERVICES: Readonly<Record<string, GatewayChoice["service"]>> = {
  istio: { namespace: "istio-system", name: "istio-ingressgateway" },
  ambassador: { namespace: "ambassador", name: "ambassador" },
};

const FORM = /^(auto|istio|ambassador|none)(?::([a-z0-9][a-z0-9-]{0,62})\/([a-z0-9][a-z0-9-]{0,62}))?$/;

/** `istio`, or with the Service of the gateway `istio:gateways/public`; `undefined` for anything else. */
export function parseGateway(text: string): GatewayChoice | undefined {
  const [, kind, namespace, name] = FORM.exec(text) ?? [];
  if (kind === undefined || (namespace !== undefined && (kind === "auto" || kind === "none"))) return undefined;
  return {
    kind: kind as GatewayChoice["kind"],
    service: namespace === undefined || name === undefined ? SERVICES[kind] : { namespace, name },
  };
}

/**
 * Scheme, host and port of a gateway by its Service: the load balancer's host name or address, and the port for HTTP, or where
 * there is none the one for HTTPS.
 * @returns what is missing, in a few words, where it has no address
 */
export function addressOf(service: KubernetesObject): { readonly url: string } | { readonly missing: string } {
  const [first] = listOf(fieldsOf(fieldsOf(service.status).loadBalancer).ingress).map(fieldsOf);
  const { hostname, ip } = first ?? {};
  const host =
    typeof hostname === "string" && hostname !== "" ? hostname : typeof ip === "string" && ip !== "" ? ip : "";
  const { type } = fieldsOf(service.spec);
  if (host === "") {
    return {
      missing:
        type === "LoadBalancer"
          ? "a load balancer that is still pending"
          : `a Service of type ${textOf(type, "ClusterIP")}`,
    };
  }
  const ports = listOf(fieldsOf(service.spec).ports).map(fieldsOf);
  const by = (form: RegExp, number: number): number | undefined => {
    const found =
      ports.find(({ port }) => port === number) ??
      ports.find(({ name, port }) => form.test(textOf(name, "")) && typeof port === "number");
    return typeof found?.port === "number" ? found.port : undefined;
  };
  const [plain, secure] = [by(/^http(?:2)?(?:-|$)/, 80), by(/^https(?:-|$)/, 443)];
  const shown = host.includes(":") ? `[${host}]` : host;
  if (plain !== undefined) return { url: `http://${shown}${plain === 80 ? "" : `:${plain}`}` };
  if (secure !== undefined) return { url: `https://${shown}${secure === 443 ? "" : `:${secure}`}` };
  return { missing: "no port for HTTP" };
}

type Fields = { readonly [name: string]: Json };

const fieldsOf = (value: Json | undefined): Fields =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const textOf = (value: Json | undefined, otherwise: string): string => (typeof value === "string" ? value : otherwise);
