import type { KubernetesObject } from "../kubernetes/object.ts";
import type { Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";

/** Percent of the traffic by predictor, as a route object says it; `undefined` where it leaves a predictor's share to the rest. */
export type Weights = ReadonlyMap<string, number | undefined>;

export const AMBASSADOR_ANNOTATION = "getambassador.io/config";

/** A predictor and its Service. */
export type Served = { readonly predictor: string; readonly service: string };

/**
 * What an Istio VirtualService gives to each predictor, over the routes of HTTP and gRPC alike.
 * @returns `undefined` where two of its routes disagree, or one leads to something else
 */
export function weightsOfVirtualService(
  { spec, metadata }: KubernetesObject,
  served: readonly Served[],
): Weights | undefined {
  const namespace = metadata.namespace ?? "";
  const all: Map<string, number | undefined>[] = [];
  for (const route of listOf(fieldsOf(spec).http)) {
    const weights = new Map<string, number | undefined>();
    const destinations = listOf(fieldsOf(route).route).map(fieldsOf);
    for (const { destination, weight } of destinations) {
      const { host } = fieldsOf(destination);
      const found = served.find(({ service }) => isHost(host, service, namespace));
      if (found === undefined) return undefined;
      weights.set(found.predictor, destinations.length === 1 ? 100 : typeof weight === "number" ? weight : 0);
    }
    all.push(weights);
  }
  const [first, ...others] = all;
  if (first === undefined || first.size === 0) return undefined;
  const same = (other: Weights): boolean =>
    other.size === first.size && [...first].every(([name, weight]) => other.get(name) === weight);
  return others.every(same) ? first : undefined;
}

/** What Ambassador's Mapping objects give to each predictor. Seldon gives the first predictor no weight: it gets the rest. */
export function weightsOfMappings(
  mappings: readonly KubernetesObject[],
  served: readonly Served[],
): Weights | undefined {
  return weightsOfSpecs(
    mappings.map(({ spec }) => fieldsOf(spec)),
    served,
  );
}

/** The same of the annotation that Ambassador 1 reads from a predictor's Service: Mappings as YAML. */
export async function weightsOfAnnotations(
  services: readonly KubernetesObject[],
  served: readonly Served[],
): Promise<Weights | undefined> {
  const specs: Fields[] = [];
  for (const { metadata } of services) {
    const text = metadata.annotations?.[AMBASSADOR_ANNOTATION];
    // One Service of each predictor is an entrance; those of its containers carry no Mapping.
    if (text === undefined || !served.some(({ service }) => service === metadata.name)) continue;
    for (const part of text.split(/^---(?:[ \t].*)?$/m)) {
      const value = await parseYaml(part, { where: AMBASSADOR_ANNOTATION, maxBytes: 256 * 1024 });
      if (fieldsOf(value).kind === "Mapping") specs.push(fieldsOf(value));
    }
  }
  return weightsOfSpecs(specs, served);
}

function weightsOfSpecs(specs: readonly Fields[], served: readonly Served[]): Weights | undefined {
  const weights = new Map<string, number | undefined>();
  for (const { service, weight, shadow } of specs) {
    const host = typeof service === "string" ? service.replace(/^https?:\/\//, "").replace(/:\d+$/, "") : "";
    const found = served.find((each) => host === each.service || host.startsWith(`${each.service}.`));
    if (found === undefined || shadow === true) continue;
    const told = typeof weight === "number" ? weight : undefined;
    if (weights.has(found.predictor) && weights.get(found.predictor) !== told) return undefined;
    weights.set(found.predictor, told);
  }
  return weights.size === 0 ? undefined : weights;
}

/** What keeps a route object from sharing the traffic as it should, in a few words; `undefined` when it does. */
export function differsFrom(weights: Weights | undefined, shares: ReadonlyMap<string, number>): string | undefined {
  if (weights === undefined) return "its routes can not be read as one share for each predictor";
  const tell = (): string =>
    [...weights].map(([name, weight]) => `${name} ${weight === undefined ? "the rest" : `${weight} %`}`).join(", ");
  const extra = [...weights.keys()].find((name) => !shares.has(name));
  if (extra !== undefined) return tell();
  for (const [name, share] of shares) {
    if (!weights.has(name)) return tell();
    // A lone one gets all, whatever its weight.
    if (shares.size > 1 && (weights.get(name) ?? restOf(weights, name)) !== share) return tell();
  }
  return undefined;
}

/** What is left for the one that has no weight of its own. */
const restOf = (weights: Weights, name: string): number =>
  100 - [...weights].reduce((sum, [other, weight]) => (other === name ? sum : sum + (weight ?? 0)), 0);

const LEAST_ANSWERS = 100;
const MOST_ANSWERS = 1000;
/** How many answers of the rarer version are expected, so that both are seen and their share tells something. */
const EXPECTED_OF_RARER = 30;
/** A fair gateway is beyond it once in 100,000 times or so. */
const SIGMAS = 4.5;

/** How many answers tell whether the traffic is shared so. */
export function answersNeeded(shares: ReadonlyMap<string, number>): number {
  const least = Math.min(...shares.values()) / 100;
  return Math.min(MOST_ANSWERS, Math.max(LEAST_ANSWERS, Math.ceil(EXPECTED_OF_RARER / Math.max(least, 0.01))));
}

/**
 * Whether counted answers fit the shares.
 * @returns what was expected and seen where they do not
 */
export function judgeCounts(
  counts: ReadonlyMap<string, number>,
  shares: ReadonlyMap<string, number>,
): { readonly expected: string; readonly seen: string } | undefined {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  for (const [name, percent] of shares) {
    const share = percent / 100;
    const count = counts.get(name) ?? 0;
    const room = SIGMAS * Math.sqrt(total * share * (1 - share)) + 1;
    if (Math.abs(count - total * share) <= room && (count > 0 || percent === 0)) continue;
    return { expected: `about ${percent} % of the answers by ${name}`, seen: `${count} of ${total}` };
  }
  return undefined;
}

type Fields = { readonly [name: string]: Json };

const fieldsOf = (value: Json | undefined): Fields =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

const isHost = (host: Json | undefined, service: string, namespace: string): boolean =>
  typeof host === "string" &&
  (host === service || host === `${service}.${namespace}` || host === `${service}.${namespace}.svc.cluster.local`);
