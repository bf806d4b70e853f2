import { quote, refuse, type Mistake } from "../../errors.ts";
import type { KubernetesObject } from "../kubernetes/object.ts";
import type { Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";

const LIMITS = { where: "YAML", maxBytes: 64 * 1024, number: (source: string): Json => source };

/** Keys and values of a Secret. Nothing of it is ever logged. */
export type SecretData = Readonly<Record<string, string>>;

/** Credentials of one store, as rclone reads them from its environment. */
export type StorageCredentials = {
  /** Scheme of the URIs that they open: rclone's remote has its name. */
  readonly scheme: "s3" | "gs" | "azureblob";
  readonly data: SecretData;
};

type Remote = {
  readonly type: string;
  /** Our name of a field → rclone's. */
  readonly fields: Readonly<Record<string, string>>;
  /** Fields that do together; one of the groups must be whole. */
  readonly either: readonly (readonly string[])[];
  readonly defaults: SecretData;
};

const REMOTES: Readonly<Record<StorageCredentials["scheme"], Remote>> = {
  s3: {
    type: "s3",
    fields: {
      provider: "PROVIDER",
      "access-key-id": "ACCESS_KEY_ID",
      "secret-access-key": "SECRET_ACCESS_KEY",
      "session-token": "SESSION_TOKEN",
      region: "REGION",
      endpoint: "ENDPOINT",
      "env-auth": "ENV_AUTH",
    },
    either: [["access-key-id", "secret-access-key"], ["env-auth"]],
    defaults: { PROVIDER: "AWS", ENV_AUTH: "false" },
  },
  gs: {
    type: "google cloud storage",
    fields: {
      "service-account": "SERVICE_ACCOUNT_CREDENTIALS",
      anonymous: "ANONYMOUS",
      "project-number": "PROJECT_NUMBER",
    },
    either: [["service-account"], ["anonymous"]],
    defaults: {},
  },
  azureblob: {
    type: "azureblob",
    fields: {
      account: "ACCOUNT",
      key: "KEY",
      "sas-url": "SAS_URL",
      tenant: "TENANT",
      "client-id": "CLIENT_ID",
      "client-secret": "CLIENT_SECRET",
      "use-msi": "USE_MSI",
    },
    either: [
      ["account", "key"],
      ["sas-url"],
      ["account", "tenant", "client-id", "client-secret"],
      ["account", "use-msi"],
    ],
    defaults: {},
  },
};

/**
 * Reads the credentials of a store: `s3`, `gs` or `azureblob` with its fields. Values are told in no message.
 * @throws ActionError
 */
export async function parseStorageCredentials(text: string): Promise<StorageCredentials> {
  const [first, ...more] = Object.entries(fieldsOf(await quietly(text)));
  const [scheme, given] = first ?? ["", undefined];
  if (!Object.hasOwn(REMOTES, scheme) || more.length > 0) {
    refuse({
      where: "YAML",
      expected: `one of ${Object.keys(REMOTES).join(", ")}, with its fields below it`,
      seen: more.length > 0 ? `${more.length + 1} names` : scheme === "" ? "nothing" : "another name",
    });
  }
  const remote = REMOTES[scheme as StorageCredentials["scheme"]];
  const values = textsOf(given, scheme, Object.keys(remote.fields));
  if (!remote.either.some((group) => group.every((each) => values[each] !== undefined))) {
    refuse({
      where: scheme,
      expected: remote.either.map((group) => group.join(" and ")).join(", or "),
      seen: Object.keys(values).join(", ") || "nothing",
    });
  }
  const prefix = `RCLONE_CONFIG_${scheme.toUpperCase()}_`;
  const named = Object.entries(values).map(([name, value]) => [prefix + remote.fields[name]!, value]);
  // An endpoint of one's own is no AWS.
  const defaults = Object.entries(remote.defaults).map(([name, value]) => [
    prefix + name,
    name === "PROVIDER" && values.endpoint !== undefined ? "Other" : value,
  ]);
  return {
    scheme: scheme as StorageCredentials["scheme"],
    data: { [`${prefix}TYPE`]: remote.type, ...Object.fromEntries(defaults), ...Object.fromEntries(named) },
  };
}

/** Of what was given, the values that must never be shown. */
export function secretValues({ data }: StorageCredentials): readonly string[] {
  return Object.entries(data).flatMap(([name, value]) =>
    /KEY$|SECRET|TOKEN|CREDENTIALS|SAS_URL/.test(name) ? value.split("\n").filter((line) => line.length >= 8) : [],
  );
}

export type RegistryCredentials = { readonly username: string; readonly password: string };

/** Reads `username` and `password`. @throws ActionError */
export async function parseRegistryCredentials(text: string): Promise<RegistryCredentials> {
  const { username, password } = textsOf(await quietly(text), "YAML", ["username", "password"]);
  if (username !== undefined && password !== undefined) return { username, password };
  return refuse({ where: "YAML", expected: "username and password", seen: "one of them, or none" });
}

/** A parser's message would quote what stands there. */
async function quietly(text: string): Promise<Json> {
  try {
    return await parseYaml(text, LIMITS);
  } catch {
    return refuse({ where: "YAML", expected: "names and values", seen: "something that can not be read (hidden)" });
  }
}

/** What a pull from a registry reads: `.dockerconfigjson`. */
export function dockerConfig(registry: string, { username, password }: RegistryCredentials): SecretData {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  // The name by which Docker Hub has always stood in these files.
  const host = registry === "docker.io" ? "https://index.docker.io/v1/" : registry;
  return { ".dockerconfigjson": JSON.stringify({ auths: { [host]: { username, password, auth } } }) };
}

/** Names of the Secrets that are made for a deployment. */
export const storageSecretName = (name: string): string => `${name}-storage`;
export const registrySecretName = (name: string): string => `${name}-registry`;

/** What a Secret lacks to open a model's URI; `undefined` where nothing can be told or nothing lacks. */
export function lacksForStorage(
  secret: KubernetesObject & { readonly data?: Json },
  modelUri: string,
): Mistake | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(modelUri)?.[1];
  // Claims and web servers need no remote.
  if (scheme === undefined || ["pvc", "http", "https", "file"].includes(scheme)) return undefined;
  const needed = `RCLONE_CONFIG_${scheme.toUpperCase()}_TYPE`;
  const keys = Object.keys(fieldsOf(secret.data));
  if (keys.includes(needed)) return undefined;
  return {
    where: `the Secret ${quote(secret.metadata.name)}`,
    expected: `the key ${needed}, by which rclone knows what ${scheme}:// is`,
    seen: keys.length === 0 ? "no keys" : keys.slice(0, 20).join(", "),
    fix: "Its keys are RCLONE_CONFIG_<scheme in capitals>_<setting>; storage-credentials makes such a Secret.",
  };
}

/** What a Secret lacks to pull an image. */
export function lacksForPull(
  secret: KubernetesObject & { readonly data?: Json; readonly type?: Json },
  registry: string,
): Mistake | undefined {
  const where = `the Secret ${quote(secret.metadata.name)}`;
  const config = fieldsOf(secret.data)[".dockerconfigjson"];
  if (secret.type !== "kubernetes.io/dockerconfigjson" || typeof config !== "string") {
    const seen = typeof secret.type === "string" ? secret.type : "none";
    return { where, expected: "the type kubernetes.io/dockerconfigjson", seen };
  }
  let hosts: string[];
  try {
    const parsed = JSON.parse(Buffer.from(config, "base64").toString("utf8")) as Json;
    hosts = Object.keys(fieldsOf(fieldsOf(parsed).auths));
  } catch {
    return { where, expected: "JSON in .dockerconfigjson", seen: "something else" };
  }
  if (hosts.some((each) => hostOf(each) === hostOf(registry))) return undefined;
  return { where, expected: `a credential for ${registry}`, seen: hosts.length === 0 ? "none" : hosts.join(", ") };
}

const HUB = /^(?:index\.|registry-1\.)?docker\.io$/;

function hostOf(host: string): string {
  const bare = host.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return HUB.test(bare) ? "docker.io" : bare;
}

type Fields = { readonly [name: string]: Json };

const fieldsOf = (value: Json | undefined): Fields =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};

function textsOf(
  value: Json | undefined,
  where: string,
  known: readonly string[],
): Readonly<Record<string, string | undefined>> {
  const texts: Record<string, string> = {};
  for (const [name, each] of Object.entries(fieldsOf(value))) {
    if (!known.includes(name)) {
      refuse({
        where: `${where}.${quote(name).slice(1, -1)}`,
        expected: `one of ${known.join(", ")}`,
        seen: "another name",
      });
    }
    if (typeof each !== "string" && typeof each !== "boolean") {
      refuse({ where: `${where}.${name}`, expected: "a text", seen: "something else (hidden)" });
    }
    texts[name] = String(each).trim();
  }
  return texts;
}
