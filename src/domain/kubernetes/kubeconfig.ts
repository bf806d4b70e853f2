import { ActionError, quote, refuse, type Mistake } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";

const MAX_BYTES = 1024 * 1024;
/** The cloud providers' own plugins. Others are named by the user. */
const KNOWN_PLUGINS = ["aws", "gke-gcloud-auth-plugin", "kubelogin"];
const FLATTEN = "Make one that holds everything: kubectl config view --raw --flatten --minify.";

/** How a cluster is reached, out of one context of a kubeconfig. All certificates are PEM. */
export type Connection = {
  readonly context: string;
  readonly server: URL;
  readonly serverName: string | undefined;
  readonly ca: string | undefined;
  readonly namespace: string | undefined;
  readonly token: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly plugin: Plugin | undefined;
};

/** A program that prints a credential. */
export type Plugin = {
  /** As the kubeconfig names it; it is looked up before it is run. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
};

type Fields = { readonly [name: string]: Json };

/**
 * Reads one context of a kubeconfig. What would read another file, run an unnamed program or skip TLS is refused: a kubeconfig
 * often comes from a secret that someone else has filled.
 * @param options.context another than the current one
 * @param options.allowExec names of further plugins that may run
 * @throws ActionError with every mistake; no value of the kubeconfig stands in it
 */
export async function parseKubeconfig(
  text: string,
  options: { readonly where: string; readonly context: string | undefined; readonly allowExec: readonly string[] },
): Promise<Connection> {
  const { where } = options;
  const config = await readText(text, where);
  const name = options.context ?? textOf(config["current-context"]);
  const contexts = entriesOf(config.contexts, "context");
  if (name === undefined || name === "" || !contexts.has(name)) {
    refuse({
      where: options.context === undefined ? where : `input "kube-context"`,
      expected: `a context that the kubeconfig has: ${
        [...contexts.keys()]
          .slice(0, 10)
          .map((each) => quote(each, 60))
          .join(", ") || "none there"
      }`,
      seen: name === undefined || name === "" ? "none chosen" : quote(name),
    });
  }
  const context = contexts.get(name)!;
  const cluster = entriesOf(config.clusters, "cluster").get(textOf(context.cluster) ?? "");
  const user = entriesOf(config.users, "user").get(textOf(context.user) ?? "");
  const mistakes: Mistake[] = [];
  const wrong = (field: string, expected: string, seen: string, fix?: string): void => {
    mistakes.push({ where: `${where}, ${field}`, expected, seen, ...(fix === undefined ? {} : { fix }) });
  };
  if (cluster === undefined) wrong("clusters", "the cluster of the context", "none of its name");
  if (user === undefined) wrong("users", "the user of the context", "none of its name");
  if (cluster === undefined || user === undefined) throw new ActionError(mistakes);

  const server = serverOf(cluster, wrong);
  if (cluster["insecure-skip-tls-verify"] === true) {
    wrong("insecure-skip-tls-verify", "false", "true", "Put the cluster's certificate-authority-data in its place.");
  }
  if (cluster["proxy-url"] !== undefined) wrong("proxy-url", "none", "one", "Reach the cluster directly.");
  for (const [fields, names] of [
    [cluster, ["certificate-authority"]],
    [user, ["client-certificate", "client-key", "tokenFile"]],
  ] as const) {
    for (const field of names)
      if (fields[field] !== undefined) wrong(field, "data in the kubeconfig itself", "the name of a file", FLATTEN);
  }
  if (user["auth-provider"] !== undefined) wrong("auth-provider", "none: Kubernetes dropped it in 1.26", "one");
  if (user.username !== undefined || user.password !== undefined) {
    wrong("username", "a token, a certificate or a plugin", "a name and password");
  }
  const plugin = pluginOf(user.exec, options.allowExec, wrong);
  const [certificate, key, ca] = [
    pem(user["client-certificate-data"], "client-certificate-data", wrong),
    pem(user["client-key-data"], "client-key-data", wrong),
    pem(cluster["certificate-authority-data"], "certificate-authority-data", wrong),
  ];
  if ((certificate === undefined) !== (key === undefined))
    wrong("client-certificate-data", "a certificate with its key", "one of the two");
  const token = textOf(user.token);
  if (token === undefined && certificate === undefined && plugin === undefined) {
    wrong("users", "a token, a certificate with its key, or a plugin", "none of them");
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
  return {
    context: name,
    server: server!,
    serverName: textOf(cluster["tls-server-name"]),
    ca,
    namespace: textOf(context.namespace),
    token,
    certificate,
    key,
    plugin,
  };
}

/** YAML, JSON, or either in base64, as secrets often hold it. */
async function readText(text: string, where: string): Promise<Fields> {
  const plain = /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text) ? Buffer.from(text, "base64").toString("utf8") : text;
  let parsed: Json;
  try {
    parsed = await parseYaml(plain, { where, maxBytes: MAX_BYTES });
  } catch {
    // The parser's own message may quote a line with a secret in it.
    return refuse({
      where,
      expected: "a kubeconfig: one YAML document without aliases",
      seen: "a text that does not parse (hidden)",
    });
  }
  if (isFields(parsed) && parsed.clusters !== undefined) return parsed;
  return refuse({
    where,
    expected: "a kubeconfig with clusters, users and contexts",
    seen: "another document (hidden)",
  });
}

function serverOf(
  cluster: Fields,
  wrong: (field: string, expected: string, seen: string, fix?: string) => void,
): URL | undefined {
  const text = textOf(cluster.server) ?? "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) wrong("server", "the API server's URL", quote(text));
  else if (url.protocol !== "https:")
    wrong("server", "https", url.protocol.slice(0, -1), "Credentials never travel in plain text.");
  else if (url.username !== "" || url.password !== "") wrong("server", "no name or password in it", "one");
  else return url;
  return undefined;
}

function pluginOf(
  exec: Json | undefined,
  allowed: readonly string[],
  wrong: (field: string, expected: string, seen: string, fix?: string) => void,
): Plugin | undefined {
  if (exec === undefined || exec === null) return undefined;
  const command = isFields(exec) ? textOf(exec.command) : undefined;
  if (!isFields(exec) || command === undefined || command === "") {
    wrong("exec.command", "the name of a plugin", "none");
    return undefined;
  }
  const name = command.slice(command.lastIndexOf("/") + 1);
  if (![...KNOWN_PLUGINS, ...allowed].includes(name)) {
    wrong(
      "exec.command",
      `one of ${KNOWN_PLUGINS.join(", ")}, or one named in allow-exec`,
      quote(name),
      "A kubeconfig can run any program: name it in allow-exec if you trust it.",
    );
    return undefined;
  }
  const env: Record<string, string> = {};
  for (const each of Array.isArray(exec.env) ? exec.env : []) {
    const variable = isFields(each) ? textOf(each.name) : undefined;
    if (isFields(each) && variable !== undefined) env[variable] = textOf(each.value) ?? "";
  }
  return {
    command,
    args: (Array.isArray(exec.args) ? exec.args : []).map(String),
    env,
    apiVersion: textOf(exec.apiVersion) ?? "client.authentication.k8s.io/v1",
  };
}

function pem(
  value: Json | undefined,
  field: string,
  wrong: (field: string, expected: string, seen: string) => void,
): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : "";
  if (text.includes("-----BEGIN ")) return text;
  wrong(field, "PEM in base64", "something else (hidden)");
  return undefined;
}

function entriesOf(list: Json | undefined, inner: string): Map<string, Fields> {
  const found = new Map<string, Fields>();
  for (const each of Array.isArray(list) ? list : []) {
    if (!isFields(each) || typeof each.name !== "string") continue;
    const value = each[inner];
    found.set(each.name, isFields(value) ? value : {});
  }
  return found;
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);

const isFields = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value);
