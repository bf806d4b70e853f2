import type { KubernetesObject } from "../domain/kubernetes/object.ts";
import { pathOf } from "../domain/kubernetes/paths.ts";
import { MANAGED_BY, MANAGER } from "../domain/rollout/release.ts";
import { API_VERSION, KIND, type SeldonSpec } from "../domain/seldon/resource.ts";
import {
  dockerConfig,
  lacksForPull,
  lacksForStorage,
  registrySecretName,
  storageSecretName,
  type RegistryCredentials,
  type SecretData,
  type StorageCredentials,
} from "../domain/seldon/secrets.ts";
import { ActionError, quote, refuse, type Mistake } from "../errors.ts";
import type { Cluster, Log } from "../ports.ts";
import type { Place } from "./rollout.ts";

/** The deployment that a Secret was made for: it goes with it. */
const FOR_LABEL = "model-road/deployment";

type Order = {
  readonly "storage-credentials": StorageCredentials | undefined;
  readonly "registry-credentials": RegistryCredentials | undefined;
};

type Ports = { readonly log: Log };

/** A Secret of the namespace that a spec names, and what for. */
type Used = { readonly name: string; readonly modelUri?: string; readonly image?: string };

/**
 * Makes the Secrets that were given as credentials, and looks at those that were named: a pod without its Secret does not start,
 * and one whose keys are of another store tells it only in its own log.
 * @param owner the SeldonDeployment's uid, where it stands already
 * @throws ActionError when one is missing, or opens something else
 */
export async function ensureSecrets(
  place: Place,
  order: Order,
  spec: SeldonSpec,
  {
    owner,
    dryRun,
    beside,
  }: {
    readonly owner: string | undefined;
    readonly dryRun: boolean;
    /** Made by this very run, were it no dry one. */ readonly beside: readonly string[];
  },
  ports: Ports,
): Promise<readonly string[]> {
  const made = secretsOf(place, order, spec);
  if (!dryRun) for (const [name, object] of made) await applySecret(place, name, object, owner, ports);
  const mistakes: Mistake[] = [];
  for (const used of usedBy(spec)) {
    if (made.has(used.name) || beside.includes(used.name)) continue;
    mistakes.push(...(await look(place, used, ports)));
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
  return [...made.keys()];
}

/** Makes the SeldonDeployment their owner, once it stands, so that the cluster removes them with it. */
export async function ownSecrets(
  place: Place,
  order: Order,
  spec: SeldonSpec,
  owner: string,
  ports: Ports,
): Promise<void> {
  for (const [name, object] of secretsOf(place, order, spec)) await applySecret(place, name, object, owner, ports);
}

/** Removes Secrets of ours that the spec before used, and nothing uses any more. Never fails a good deploy. */
export async function removeUnused(
  { cluster, namespace, name }: Place,
  before: readonly SeldonSpec[],
  now: readonly SeldonSpec[],
  { log }: Ports,
): Promise<void> {
  const namesIn = (specs: readonly SeldonSpec[]): Set<string> =>
    new Set(specs.flatMap((spec) => usedBy(spec).map((each) => each.name)));
  const still = namesIn(now);
  const ours = [storageSecretName(name), registrySecretName(name)];
  for (const each of namesIn(before)) {
    if (still.has(each) || !ours.includes(each)) continue;
    const path = pathOf("Secret", namespace, each);
    try {
      const found = await cluster.get(path);
      if (found?.metadata.uid === undefined || !isOurs(found, name)) continue;
      if (await cluster.remove(path, found.metadata.uid))
        log.info(`The Secret ${each} is used no longer, and was removed.`);
    } catch (thrown) {
      if (!(thrown instanceof ActionError)) throw thrown;
      log.warning(`The Secret ${each} is used no longer, and could not be removed: ${thrown.message}`);
    }
  }
}

function secretsOf({ namespace, name }: Place, order: Order, spec: SeldonSpec): Map<string, object> {
  const made = new Map<string, object>();
  const add = (secret: string, type: string, stringData: SecretData): void => {
    const metadata = { name: secret, namespace, labels: { [MANAGED_BY]: MANAGER, [FOR_LABEL]: name } };
    made.set(secret, { apiVersion: "v1", kind: "Secret", type, metadata, data: encoded(stringData) });
  };
  const { "storage-credentials": storage, "registry-credentials": registry } = order;
  if (storage !== undefined) add(storageSecretName(name), "Opaque", storage.data);
  if (registry !== undefined) {
    const host = registryOf(usedBy(spec).findLast(({ image }) => image !== undefined)?.image ?? "");
    add(registrySecretName(name), "kubernetes.io/dockerconfigjson", dockerConfig(host, registry));
  }
  return made;
}

const encoded = (data: SecretData): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));

async function applySecret(
  { cluster, namespace, name }: Place,
  secret: string,
  object: object,
  owner: string | undefined,
  { log }: Ports,
): Promise<void> {
  const path = pathOf("Secret", namespace, secret);
  const found = await cluster.get(path);
  if (found !== undefined && !isOurs(found, name)) {
    refuse({
      where: `the Secret ${namespace}/${secret}`,
      expected: "one of this deployment, or none",
      seen: "one that someone else has made",
      fix: "Name your own by storage-secret or image-pull-secret, or remove it.",
    });
  }
  const uid = owner ?? found?.metadata.ownerReferences?.[0]?.uid;
  const { metadata, ...rest } = object as { readonly metadata: object };
  const owners = uid === undefined ? {} : { ownerReferences: [{ apiVersion: API_VERSION, kind: KIND, name, uid }] };
  const applying = await cluster.apply(path, { ...rest, metadata: { ...metadata, ...owners } });
  if (applying.kind === "applied") {
    if (found === undefined) log.info(`The Secret ${secret} was made.`);
    return;
  }
  const seen = applying.kind === "conflict" ? applying.with.map(({ manager }) => manager).join(", ") : "another write";
  refuse({ where: `the Secret ${namespace}/${secret}`, expected: "one that these actions alone write", seen });
}

const isOurs = ({ metadata }: KubernetesObject, name: string): boolean =>
  metadata.labels?.[MANAGED_BY] === MANAGER && metadata.labels[FOR_LABEL] === name;

async function look({ cluster, namespace }: Place, used: Used, { log }: Ports): Promise<readonly Mistake[]> {
  let found: KubernetesObject | undefined;
  try {
    found = await readSecret(cluster, namespace, used.name);
  } catch (thrown) {
    if (!(thrown instanceof ActionError) || !thrown.mistakes[0]!.seen.startsWith("403")) throw thrown;
    log.info(`The Secret ${used.name} can not be checked: that would need the right to read it.`);
    return [];
  }
  if (found === undefined) {
    const fix = "Make it there, or give storage-credentials or registry-credentials, which make one.";
    return [{ where: `the Secret ${quote(used.name)} in ${namespace}`, expected: "to be there", seen: "none", fix }];
  }
  const lacks = [
    used.modelUri === undefined ? undefined : lacksForStorage(found, used.modelUri),
    used.image === undefined ? undefined : lacksForPull(found, registryOf(used.image)),
  ];
  return lacks.filter((each) => each !== undefined);
}

async function readSecret(cluster: Cluster, namespace: string, name: string): Promise<KubernetesObject | undefined> {
  return await cluster.get(pathOf("Secret", namespace, name));
}

/** Every Secret that a spec names. */
function usedBy({ predictors }: SeldonSpec): readonly Used[] {
  const used: Used[] = [];
  for (const { graph, componentSpecs = [] } of predictors) {
    const nodes = [graph];
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      nodes.push(...(node.children ?? []));
      if (node.envSecretRefName !== undefined && node.modelUri !== undefined)
        used.push({ name: node.envSecretRefName, modelUri: node.modelUri });
    }
    for (const { spec } of componentSpecs) {
      const pulls = Array.isArray(spec?.imagePullSecrets) ? (spec.imagePullSecrets as { name?: unknown }[]) : [];
      // Of several, any may be the one for this image.
      const image = pulls.length === 1 ? spec?.containers?.[0]?.image : undefined;
      for (const { name } of pulls)
        if (typeof name === "string") used.push({ name, ...(image === undefined ? {} : { image }) });
    }
  }
  return used;
}

/** The host of an image's name. */
function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}
