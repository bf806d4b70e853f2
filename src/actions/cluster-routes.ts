import { answeredBy, canBeTold } from "../domain/inference/identity.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import {
  answersNeeded,
  differsFrom,
  judgeCounts,
  weightsOfAnnotations,
  weightsOfMappings,
  weightsOfVirtualService,
  type Served,
  type Weights,
} from "../domain/rollout/routes.ts";
import { sharesOf } from "../domain/rollout/strategy.ts";
import { predictorService } from "../domain/seldon/names.ts";
import type { SeldonSpec } from "../domain/seldon/resource.ts";
import { ActionError, messageOf, refuse } from "../errors.ts";
import type { Clock, HttpAnswer, Log } from "../ports.ts";
import { childrenOf, type Place } from "./rollout.ts";

/** By what it is proven that the traffic is shared as asked. */
export type Routing = "VirtualService" | "Mapping" | "annotation" | "answers" | "nothing";

type Ports = { readonly log: Log; readonly clock: Clock; readonly signal: AbortSignal };

const FIRST_PAUSE_MS = 100;
const MOST_PAUSE_MS = 2000;
const AT_ONCE = 8;

/**
 * Finds by what the cluster shares traffic, from the route objects of what stands. Asked before anything is changed, so that a
 * share that nothing would keep is refused and not deployed.
 * @param countable whether answers can be counted: an address of users, and a request whose answers say who gave them
 * @throws ActionError when nothing tells, and that was not allowed
 */
export async function routingOf(
  place: Place,
  { gateway, spec, countable }: { readonly gateway: string; readonly spec: SeldonSpec; readonly countable: boolean },
  { log }: Pick<Ports, "log">,
): Promise<Routing> {
  if (gateway === "none") {
    if (countable && canBeTold(spec.predictors)) return "answers";
    log.warning("gateway: none: that the traffic is shared as asked is not proven.");
    return "nothing";
  }
  const refused: string[] = [];
  const has = async (routing: "VirtualService" | "Mapping" | "annotation"): Promise<boolean> => {
    try {
      return (await readRoutes(place, routing)).length > 0;
    } catch (thrown) {
      // 404: the kind is not known here. 403: it may be, and we may not see it.
      const seen = thrown instanceof ActionError ? (thrown.mistakes[0]?.seen ?? "") : "";
      if (seen.startsWith("403")) refused.push(routing);
      else if (!seen.startsWith("404")) throw thrown;
      return false;
    }
  };
  if (gateway !== "ambassador" && (await has("VirtualService"))) return "VirtualService";
  if (gateway !== "istio") {
    if (await has("Mapping")) return "Mapping";
    if (await has("annotation")) return "annotation";
  }
  if (countable && canBeTold(spec.predictors)) return "answers";
  return refuse({
    where: "the traffic",
    expected: "a route object of Istio or Ambassador, or a base-url where answers can be counted",
    seen: refused.length === 0 ? "none" : `none that may be read (403: ${refused.join(", ")})`,
    fix: "Without a gateway nothing shares the traffic as asked. gateway: none deploys all the same, and leaves the share unproven.",
  });
}

async function readRoutes({ cluster, namespace, name }: Place, routing: Routing) {
  switch (routing) {
    case "VirtualService": {
      const found = await cluster.get(pathOf("VirtualService", namespace, name));
      return found === undefined ? [] : [found];
    }
    case "Mapping":
      return await cluster.list(pathOf("Mapping", namespace), { labels: childrenOf(name) });
    case "annotation": {
      const all = await cluster.list(pathOf("Service", namespace), { labels: childrenOf(name) });
      return all.filter(({ metadata }) => metadata.annotations?.["getambassador.io/config"] !== undefined);
    }
    case "answers":
    case "nothing":
      return [];
  }
}

/**
 * Waits until the route object gives every predictor its share, or counts who answers.
 * @param request one prediction at the address of users
 * @throws ActionError when the share is another at the deadline
 */
export async function proveShares(
  place: Place,
  proof: {
    readonly routing: Routing;
    readonly spec: SeldonSpec;
    readonly request: () => Promise<HttpAnswer>;
    readonly deadline: number;
  },
  ports: Ports,
): Promise<void> {
  const { routing, spec, deadline } = proof;
  const shares = sharesOf(spec);
  const told = [...shares].map(([name, share]) => `${name} ${share} %`).join(", ");
  if (routing === "nothing") return;
  if (routing === "answers") {
    await countAnswers(place, shares, proof, ports);
    return;
  }
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const live = spec.predictors.filter(({ shadow }) => shadow !== true);
    const served: Served[] = live.map((each) => ({
      predictor: each.name,
      service: predictorService(place.name, each),
    }));
    const difference = differsFrom(await weightsNow(place, routing, served), shares);
    if (difference === undefined) {
      ports.log.info(`The ${routing} shares the traffic: ${told}`);
      return;
    }
    if (ports.clock.elapsed() + pause >= deadline) {
      refuse({ where: `the ${routing} of ${place.namespace}/${place.name}`, expected: told, seen: difference });
    }
    await ports.clock.sleep(pause, ports.signal).catch(() => undefined);
    if (ports.signal.aborted) throw ports.signal.reason;
    pause = Math.min(MOST_PAUSE_MS, pause * 1.5);
  }
}

async function weightsNow(place: Place, routing: Routing, served: readonly Served[]): Promise<Weights | undefined> {
  const objects = await readRoutes(place, routing);
  if (objects.length === 0) return undefined;
  if (routing === "VirtualService") return weightsOfVirtualService(objects[0]!, served);
  return routing === "Mapping" ? weightsOfMappings(objects, served) : await weightsOfAnnotations(objects, served);
}

async function countAnswers(
  { namespace, name }: Place,
  shares: ReadonlyMap<string, number>,
  { spec, request, deadline }: Parameters<typeof proveShares>[1],
  { clock, log, signal }: Ports,
): Promise<void> {
  const needed = shares.size === 1 ? AT_ONCE : answersNeeded(shares);
  const where = `the traffic of ${namespace}/${name}`;
  for (;;) {
    const counts = new Map<string, number>();
    let [sent, unknown, trouble] = [0, 0, ""];
    const worker = async (): Promise<void> => {
      while (sent < needed && !signal.aborted && clock.elapsed() < deadline) {
        sent++;
        try {
          const answer = await request();
          const by = answer.status === 200 ? answeredBy(answer.body, spec.predictors) : undefined;
          if (by === undefined) unknown++;
          else counts.set(by, (counts.get(by) ?? 0) + 1);
        } catch (thrown) {
          if (!(thrown instanceof ActionError)) throw thrown;
          [unknown, trouble] = [unknown + 1, messageOf(thrown)];
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    if (signal.aborted) throw signal.reason;
    const told = [...counts].map(([predictor, count]) => `${predictor} ${count}`).join(", ");
    const wrong =
      unknown === 0
        ? judgeCounts(counts, shares)
        : {
            expected: "answers that say who gave them (meta.requestPath)",
            seen: `${unknown} of ${sent} that do not${trouble === "" ? "" : `: ${trouble}`}`,
          };
    if (wrong === undefined) {
      log.info(`Of ${sent} answers: ${told}`);
      return;
    }
    // A gateway takes a new share over some seconds, so one count too early proves nothing.
    if (clock.elapsed() + MOST_PAUSE_MS >= deadline) refuse({ where, ...wrong });
    log.debug(`${where}: ${wrong.seen}; counted again`);
    await clock.sleep(MOST_PAUSE_MS, signal).catch(() => undefined);
    if (signal.aborted) throw signal.reason;
  }
}
