import { pathOf } from "../domain/kubernetes/paths.ts";
import { addressOf, type GatewayChoice } from "../domain/seldon/gateway.ts";
import { ActionError, refuse } from "../errors.ts";
import type { Cluster } from "../ports.ts";

/**
 * Where users reach what is served, when the gateway is named and no base-url is given.
 * @returns `undefined` where no gateway is named
 * @throws ActionError when its Service is not there, or has no address yet
 */
export async function gatewayUrl(cluster: Cluster, { kind, service }: GatewayChoice): Promise<URL | undefined> {
  if (service === undefined) return undefined;
  const called = `the Service ${service.namespace}/${service.name} of ${kind}`;
  let found;
  try {
    found = await cluster.get(pathOf("Service", service.namespace, service.name));
  } catch (thrown) {
    if (!(thrown instanceof ActionError) || !thrown.mistakes[0]!.seen.startsWith("403")) throw thrown;
    throw new ActionError(
      {
        ...thrown.mistakes[0]!,
        expected: `the right to read ${called}`,
        fix: "Give the gateway's address as base-url, which needs no right there.",
      },
      { cause: thrown },
    );
  }
  const address = found === undefined ? { missing: "none" } : addressOf(found);
  if ("url" in address) return new URL(address.url);
  return refuse({
    where: `input "gateway"`,
    expected: `${called} with a host name or an address`,
    seen: address.missing,
    fix: "Name another as gateway: <kind>:<namespace>/<service>, or give base-url.",
  });
}
