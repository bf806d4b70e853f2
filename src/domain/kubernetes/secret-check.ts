import { ok, problem, type CheckLine } from "../check/line.ts";
import type { Json } from "../text/json.ts";
import type { KubernetesObject } from "./object.ts";

/** A Secret has its fields beside the metadata. */
type Secret = KubernetesObject & { readonly type?: Json; readonly data?: Json };

const DOCKER = "kubernetes.io/dockerconfigjson";
/** Docker Hub's own name in a login. */
const HUB = "index.docker.io";

/** Whether a Secret lets nodes pull from a registry. Its values are read and never told. */
export function pullSecretLine(name: string, found: KubernetesObject | undefined, host: string | undefined): CheckLine {
  const what = `pull secret ${name}`;
  const secret: Secret | undefined = found;
  const make = `kubectl create secret docker-registry ${name} --docker-server=${host ?? "HOST"} … makes it.`;
  if (secret === undefined) return problem(what, "there is none", make);
  if (secret.type !== DOCKER) return problem(what, `its type is ${told(secret.type)}, not ${DOCKER}`, make);
  const hosts = hostsOf(decoded(secret, ".dockerconfigjson"));
  if (hosts === undefined) return problem(what, "it holds no login that can be read", make);
  if (host === undefined) return ok(what, `for ${hosts.join(", ")}`);
  const wanted = host === "docker.io" ? HUB : host;
  if (hosts.includes(wanted) || hosts.includes(host)) return ok(what, `holds a login for ${host}`);
  return problem(what, `holds a login for ${hosts.join(", ") || "no host"}, none for ${host}`, make);
}

/** Whether a Secret is one that Seldon's storage initializer can use for a model's URI: rclone's settings by their names. */
export function storeSecretLine(name: string, found: KubernetesObject | undefined, uri: string | undefined): CheckLine {
  const what = `store secret ${name}`;
  const secret: Secret | undefined = found;
  const [, scheme] = /^([a-z0-9]+):\/\//.exec(uri ?? "") ?? [];
  const remote = (scheme ?? "s3").toUpperCase();
  const fix = `rclone reads environment variables: RCLONE_CONFIG_${remote}_TYPE and the settings of that store.`;
  if (secret === undefined) return problem(what, "there is none", fix);
  const keys = Object.keys(isFields(secret.data) ? secret.data : {});
  const wrong = keys.filter((key) => !/^RCLONE_CONFIG_[A-Z0-9]+_[A-Z0-9_]+$/.test(key));
  if (keys.length === 0) return problem(what, "it holds nothing", fix);
  if (wrong.length > 0) return problem(what, `keys that rclone does not read: ${wrong.slice(0, 5).join(", ")}`, fix);
  if (scheme !== undefined && !keys.includes(`RCLONE_CONFIG_${remote}_TYPE`)) {
    return problem(what, `no RCLONE_CONFIG_${remote}_TYPE, which ${scheme}:// needs`, fix);
  }
  return ok(what, `${keys.length} settings of rclone`);
}

function hostsOf(text: string | undefined): readonly string[] | undefined {
  try {
    const config = JSON.parse(text ?? "") as Json;
    const auths = isFields(config) ? config.auths : undefined;
    if (!isFields(auths)) return undefined;
    return Object.keys(auths).map((each) => each.replace(/^https?:\/\//, "").replace(/\/.*$/, ""));
  } catch {
    return undefined;
  }
}

function decoded({ data }: Secret, key: string): string | undefined {
  const value = isFields(data) ? data[key] : undefined;
  return typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : undefined;
}

const told = (type: Json | undefined): string => (typeof type === "string" ? type.slice(0, 80) : "none");
const isFields = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value);
