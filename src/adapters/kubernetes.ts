import { isAbsolute, relative } from "node:path";

import { inClusterKubeconfig, SERVICE_ACCOUNT } from "../domain/kubernetes/in-cluster.ts";
import { parseKubeconfig, type Connection, type Plugin } from "../domain/kubernetes/kubeconfig.ts";
import type { KubernetesObject } from "../domain/kubernetes/object.ts";
import { conflictsOf, isPassing, readStatus, refusalOf, type ServerStatus } from "../domain/kubernetes/refusal.ts";
import { ActionError, messageOf, quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Applying, Cluster, Clock, HttpAnswer, Kubernetes, Log, Pipe, Processes, Workspace } from "../ports.ts";

const CALL_MS = 15_000;
/** An apply waits for admission webhooks, which may take 30 s by Kubernetes' own limit. */
const WRITE_MS = 35_000;
const PLUGIN_MS = 60_000;
const SILENCE_MS = 10_000;
/** How long a server in trouble is asked again. */
const TROUBLE_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 5000;
const MOST_BYTES = 32 * 1024 * 1024;
const MANAGER = "model-road";
/** Until the first line of a log: a connection that says nothing for so long is made anew. */
const LOG_MS = 120_000;
const EARLY_MS = 120_000;
/** What the cloud providers' plugins need of our environment. */
const PLUGIN_ENV =
  /^(?:PATH|HOME|USER|LANG|TMPDIR|SSL_CERT_(?:FILE|DIR)|(?:AWS|AZURE|AAD|GOOGLE|CLOUDSDK|USE_GKE)_.*|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)$/;

type Ports = {
  readonly log: Pick<Log, "mask" | "debug">;
  readonly clock: Clock;
  readonly processes: Pick<Processes, "find" | "run" | "environment">;
  readonly workspace: Pick<Workspace, "readText" | "realPath">;
  readonly run: Pick<Run, "workspace">;
};

/** Shorter times for tests. */
export type Patience = {
  readonly silenceMs?: number;
  readonly troubleMs?: number;
  readonly callMs?: number;
  readonly firstPauseMs?: number;
};

/** API servers by Node's own HTTPS client: a GET and a watch are all that a wait needs, and nothing else is loaded for them. */
export function kubernetes(
  ports: Ports,
  patience: Patience = {},
  { serviceAccount = SERVICE_ACCOUNT }: { /** A pod's own credential. */ readonly serviceAccount?: string } = {},
): Kubernetes {
  return {
    connect: async ({ kubeconfig, context, allowExec }) => {
      const { text, where } = await kubeconfigText(kubeconfig, serviceAccount, ports);
      const connection = await parseKubeconfig(text, { where, context, allowExec });
      if (connection.token !== undefined) ports.log.mask(connection.token);
      if (connection.key !== undefined) ports.log.mask(connection.key);
      return new ApiServer(connection, ports, patience);
    },
  };
}

async function kubeconfigText(
  given: string | undefined,
  serviceAccount: string,
  { processes, workspace }: Ports,
): Promise<{ text: string; where: string }> {
  if (given !== undefined) return { text: given, where: `input "kubeconfig"` };
  const env = processes.environment();
  const { KUBECONFIG = "", HOME = "" } = env;
  const fix = "Set the input kubeconfig to a secret that holds one, or set target: local, which needs no cluster.";
  if (KUBECONFIG.includes(":"))
    refuse({
      where: "KUBECONFIG",
      expected: "one file",
      seen: "several",
      fix: "kubectl config view --raw --flatten makes one of them.",
    });
  const path = KUBECONFIG === "" ? `${HOME}/.kube/config` : KUBECONFIG;
  const text = isAbsolute(path) ? await workspace.readText(path, { maxBytes: 1024 * 1024 }) : undefined;
  if (text !== undefined) return { text, where: KUBECONFIG === "" ? "~/.kube/config" : "KUBECONFIG" };
  // In a pod of the cluster itself, as kubectl does: only where no other is named.
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } = env;
  if (KUBECONFIG === "" && host !== "") {
    const read = async (name: string) => await workspace.readText(`${serviceAccount}/${name}`, { maxBytes: 64 * 1024 });
    const [token, ca, namespace] = await Promise.all([read("token"), read("ca.crt"), read("namespace")]);
    if (token !== undefined && ca !== undefined) {
      return { text: inClusterKubeconfig({ host, port, token, ca, namespace }), where: "this pod's service account" };
    }
  }
  return refuse({
    where: `input "kubeconfig"`,
    expected: "a kubeconfig, or one in KUBECONFIG or ~/.kube/config",
    seen: "none",
    fix,
  });
}

type Sent = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };
type SendOptions = {
  readonly method?: string;
  readonly body?: string | undefined;
  readonly type?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onText?: (text: string) => void;
};

/** A connection that broke, was refused or took too long: asking again may help. */
class Broken extends Error {}

class ApiServer implements Cluster {
  readonly server: string;
  readonly context: string;
  readonly namespace: string | undefined;
  calls = 0;
  readonly #connection: Connection;
  readonly #ports: Ports;
  readonly #patience: Required<Patience>;
  readonly #agent: import("node:https").Agent;
  #credential: Promise<{ token?: string; certificate?: string; key?: string; until: number }> | undefined;

  constructor(connection: Connection, ports: Ports, patience: Patience) {
    this.#connection = connection;
    this.#ports = ports;
    this.#patience = {
      silenceMs: SILENCE_MS,
      troubleMs: TROUBLE_MS,
      callMs: CALL_MS,
      firstPauseMs: FIRST_PAUSE_MS,
      ...patience,
    };
    this.server = connection.server.origin;
    this.context = connection.context;
    this.namespace = connection.namespace;
    const { Agent } = process.getBuiltinModule("node:https");
    this.#agent = new Agent({ keepAlive: true, maxSockets: 16 });
  }

  close(): void {
    this.#agent.destroy();
  }

  async get(path: string): Promise<KubernetesObject | undefined> {
    const { status, body } = await this.#ask(path);
    if (status === 200) return JSON.parse(body) as KubernetesObject;
    const told = readStatus(status, body);
    if (status === 404 && told.name !== undefined) return undefined;
    throw this.#refusal(told, "GET", path);
  }

  async list(path: string, options: { labels?: string; fields?: string } = {}): Promise<readonly KubernetesObject[]> {
    return (await this.#list(path, options)).items;
  }

  async #list(
    path: string,
    { labels, fields }: { labels?: string; fields?: string },
    signal?: AbortSignal,
  ): Promise<{ items: KubernetesObject[]; version: string }> {
    // No resourceVersion: the answer is of now, never out of an old cache.
    const full = query(path, { labelSelector: labels, fieldSelector: fields });
    const { status, body } = await this.#ask(full, signal === undefined ? {} : { signal });
    if (status !== 200) throw this.#refusal(readStatus(status, body), "GET", path);
    const { items, metadata } = JSON.parse(body) as {
      items?: KubernetesObject[];
      metadata: { resourceVersion: string };
    };
    return { items: items ?? [], version: metadata.resourceVersion };
  }

  async apply(path: string, object: object, { dryRun = false }: { dryRun?: boolean } = {}): Promise<Applying> {
    const full = query(path, { fieldManager: MANAGER, fieldValidation: "Strict", dryRun: dryRun ? "All" : undefined });
    // JSON is YAML. The same apply twice is one apply, so it may be repeated.
    const { status, body } = await this.#ask(full, {
      method: "PATCH",
      type: "application/apply-patch+yaml",
      body: JSON.stringify(object),
      timeoutMs: WRITE_MS,
    });
    if (status === 200 || status === 201) return { kind: "applied", object: JSON.parse(body) as KubernetesObject };
    const told = readStatus(status, body);
    const conflicts = conflictsOf(told);
    if (conflicts.length > 0) return { kind: "conflict", with: conflicts };
    if (
      status === 409 ||
      (status === 404 &&
        told.name !== undefined &&
        told.reason === "NotFound" &&
        Object.hasOwn(metadataOf(object), "resourceVersion"))
    )
      return { kind: "stale" };
    throw this.#refusal(told, "PATCH", path);
  }

  async patch(path: string, operations: readonly object[]): Promise<boolean> {
    const { status, body } = await this.#ask(query(path, { fieldManager: MANAGER }), {
      method: "PATCH",
      type: "application/json-patch+json",
      body: JSON.stringify(operations),
      timeoutMs: WRITE_MS,
    });
    if (status === 200) return true;
    const told = readStatus(status, body);
    // A test that does not hold is an Invalid, and so is a path that is not there.
    if (
      status === 404 ||
      status === 409 ||
      (status === 422 && /testing|test operation|missing path|doc is missing/i.test(told.message))
    )
      return false;
    throw this.#refusal(told, "PATCH", path);
  }

  async review(path: string, object: object): Promise<KubernetesObject> {
    const { status, body } = await this.#ask(path, {
      method: "POST",
      type: "application/json",
      body: JSON.stringify(object),
    });
    if (status === 200 || status === 201) return JSON.parse(body) as KubernetesObject;
    throw this.#refusal(readStatus(status, body), "POST", path);
  }

  async read(path: string): Promise<string | undefined> {
    const { status, body } = await this.#ask(path);
    if (status === 200) return body;
    if (status === 404) return undefined;
    throw this.#refusal(readStatus(status, body), "GET", path);
  }

  async remove(path: string, uid: string, resourceVersion?: string): Promise<boolean> {
    const body = JSON.stringify({
      kind: "DeleteOptions",
      apiVersion: "v1",
      propagationPolicy: "Foreground",
      preconditions: { uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    });
    const answer = await this.#ask(path, { method: "DELETE", type: "application/json", body, timeoutMs: WRITE_MS });
    if (answer.status === 200 || answer.status === 202) return true;
    if (answer.status === 404 || answer.status === 409) return false;
    throw this.#refusal(readStatus(answer.status, answer.body), "DELETE", path);
  }

  async logs(
    namespace: string,
    pod: string,
    { container, lines, previous }: { container: string; lines: number; previous: boolean },
  ): Promise<readonly string[]> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
    const full = query(path, {
      container,
      tailLines: `${lines}`,
      limitBytes: "262144",
      previous: previous ? "true" : undefined,
    });
    const { status, body } = await this.#ask(full);
    if (status !== 200) throw this.#refusal(readStatus(status, body), "GET", path);
    return body.split("\n").filter((line, at, all) => line !== "" || at < all.length - 1);
  }

  async followLogs(
    namespace: string,
    pod: string,
    { container, lines, signal }: { container: string; lines?: number; signal: AbortSignal },
    take: (line: string) => void,
  ): Promise<void> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
    const { LogLines } = await import("../domain/kubernetes/log-lines.ts");
    const read = new LogLines(take);
    while (!signal.aborted) {
      const from = read.begin(lines);
      const onText = (text: string): void => read.add(text);
      let cut: string | undefined;
      try {
        const { status, body } = await this.#send(query(path, { ...from, container }), {
          signal,
          onText,
          timeoutMs: LOG_MS,
        });
        if (status === 200) {
          read.end();
          return;
        }
        const told = readStatus(status, body);
        // The pod is gone: so is what it would have said.
        if (status === 404) return;
        if (!isPassing(told)) throw this.#refusal(told, "GET", path);
        cut = `${status}`;
      } catch (thrown) {
        if (signal.aborted) return;
        if (!(thrown instanceof Broken)) throw thrown;
        cut = thrown.message;
      }
      this.#ports.log.debug(`log of ${pod}: ${cut}; again`);
      await this.#ports.clock.sleep(this.#patience.firstPauseMs * 2, signal).catch(() => undefined);
    }
  }

  async through(
    path: string,
    {
      method,
      body,
      timeoutMs,
      signal,
    }: { method: string; body: string | undefined; timeoutMs: number; signal: AbortSignal },
  ): Promise<HttpAnswer> {
    try {
      const answer = await this.#send(path, {
        method,
        body,
        timeoutMs,
        signal,
        ...(body === undefined ? {} : { type: "application/json" }),
      });
      const told = answer.status === 403 ? readStatus(403, answer.body) : undefined;
      if (told?.reason === "Forbidden") throw this.#refusal(told, method, path);
      return answer;
    } catch (thrown) {
      if (!(thrown instanceof Broken) || signal.aborted) throw thrown;
      throw new ActionError(
        { where: `${this.server}, ${method} ${path}`, expected: "an answer", seen: thrown.message },
        { cause: thrown },
      );
    }
  }

  async dial(path: string, protocol: string): Promise<Pipe> {
    const { request } = process.getBuiltinModule("node:https");
    const { randomBytes } = process.getBuiltinModule("node:crypto");
    const options = await this.#requestOptions(path);
    const headers = {
      ...options.headers,
      accept: "*/*",
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": randomBytes(16).toString("base64"),
      "sec-websocket-protocol": protocol,
    };
    this.calls++;
    return await new Promise<Pipe>((resolve, reject) => {
      const fail = (seen: string, cause?: unknown): void => {
        clearTimeout(timer);
        sent.destroy();
        const where = `${this.server}, ${path.replace(/\?.*/, "")}`;
        reject(new ActionError({ where, expected: "a connection", seen }, { cause }));
      };
      const sent = request({ ...options, headers, agent: false });
      const timer = setTimeout(() => fail(`none within ${this.#patience.callMs / 1000} s`), this.#patience.callMs);
      sent.once("error", (cause: NodeJS.ErrnoException) => fail(cause.code ?? messageOf(cause), cause));
      sent.once("upgrade", (_answer, socket, head) => {
        clearTimeout(timer);
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      sent.once("response", (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("close", () => {
          clearTimeout(timer);
          const told = readStatus(answer.statusCode ?? 0, Buffer.concat(chunks).toString("utf8"));
          reject(this.#refusal(told, "GET", path));
        });
      });
      sent.end();
    });
  }

  async follow(
    path: string,
    { signal, labels, fields }: { labels?: string; fields?: string; signal: AbortSignal },
    take: (items: readonly KubernetesObject[]) => void,
  ): Promise<void> {
    const select = { ...(labels === undefined ? {} : { labels }), ...(fields === undefined ? {} : { fields }) };
    while (!signal.aborted) {
      const { items, version } = await this.#list(path, select, signal).catch((thrown: unknown) => {
        if (signal.aborted) return { items: undefined, version: "" };
        throw thrown;
      });
      if (items === undefined) return;
      const known = new Map(items.map((each) => [each.metadata.uid ?? each.metadata.name, each]));
      take([...known.values()]);
      const from = this.#ports.clock.elapsed();
      await this.#watch(path, select, version, known, signal, take);
      // A server that cuts every watch at once is not asked in a tight loop.
      const pause = this.#patience.firstPauseMs - (this.#ports.clock.elapsed() - from);
      if (pause > 0 && !signal.aborted) await this.#ports.clock.sleep(pause, signal).catch(() => undefined);
    }
  }

  /** One watch, until it is cut, too old, unreadable or silent for too long. */
  async #watch(
    path: string,
    { labels, fields }: { labels?: string; fields?: string },
    version: string,
    known: Map<string, KubernetesObject>,
    signal: AbortSignal,
    take: (items: readonly KubernetesObject[]) => void,
  ): Promise<void> {
    const ended = new AbortController();
    const both = AbortSignal.any([signal, ended.signal]);
    const full = query(path, {
      watch: "true",
      resourceVersion: version,
      labelSelector: labels,
      fieldSelector: fields,
      timeoutSeconds: "240",
    });
    let timer = setTimeout(() => ended.abort(), this.#patience.silenceMs);
    let rest = "";
    const onText = (text: string): void => {
      if (both.aborted) return;
      clearTimeout(timer);
      timer = setTimeout(() => ended.abort(), this.#patience.silenceMs);
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      let changed = false;
      for (const line of lines.filter((each) => each !== "")) {
        const event = parseEvent(line);
        // `ERROR` is how a version that is too old is told, with HTTP 200.
        if (event === undefined || event.type === "ERROR") {
          ended.abort();
          break;
        }
        if (event.type === "BOOKMARK") continue;
        changed = takeEvent(event, known) || changed;
      }
      if (changed) take([...known.values()]);
    };
    try {
      const { status, body } = await this.#send(full, { signal: both, onText, timeoutMs: this.#patience.silenceMs });
      if (status === 401 || status === 403) throw this.#refusal(readStatus(status, body), "watch", path);
    } catch (thrown) {
      if (!(thrown instanceof Broken) && !both.aborted) throw thrown;
      this.#ports.log.debug(`watch of ${path}: ${messageOf(thrown)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  #refusal(status: ServerStatus, method: string, path: string): ActionError {
    return refusalOf(status, { method, path, server: this.server });
  }

  /** One request, repeated while the server is in trouble; a 401 renews the credential once. */
  async #ask(path: string, options: SendOptions = {}): Promise<Sent> {
    const until = this.#ports.clock.elapsed() + this.#patience.troubleMs;
    let renewed = false;
    for (let tried = 0; ; tried++) {
      let answer: Sent | undefined;
      let trouble: Broken | undefined;
      try {
        answer = await this.#send(path, options);
      } catch (thrown) {
        if (!(thrown instanceof Broken) || options.signal?.aborted) throw thrown;
        trouble = thrown;
      }
      if (answer?.status === 401 && this.#connection.plugin !== undefined && !renewed) {
        renewed = true;
        this.#credential = undefined;
        continue;
      }
      const status = answer === undefined ? undefined : readStatus(answer.status, answer.body);
      if (answer !== undefined && status !== undefined && !isPassing(status)) return answer;
      const asked = Number(answer?.headers["retry-after"]) || status?.retryAfterSeconds;
      const pause =
        asked === undefined ? Math.min(this.#patience.firstPauseMs * 2 ** tried, MOST_PAUSE_MS) : asked * 1000;
      if (this.#ports.clock.elapsed() + pause >= until) {
        if (answer !== undefined) return answer;
        throw new ActionError(
          {
            where: this.server,
            expected: "the cluster's API server to answer",
            seen: trouble!.message,
            fix: "Is it the right kubeconfig, and does the runner reach the cluster?",
          },
          { cause: trouble },
        );
      }
      this.#ports.log.debug(`${path}: ${status === undefined ? trouble!.message : status.code}; again in ${pause} ms`);
      await this.#ports.clock.sleep(pause, options.signal);
    }
  }

  async #send(
    path: string,
    { method = "GET", body, type, timeoutMs = this.#patience.callMs, signal, onText }: SendOptions,
  ): Promise<Sent> {
    const options = await this.#requestOptions(path);
    const { request } = process.getBuiltinModule("node:https");
    this.calls++;
    return await new Promise<Sent>((resolve, reject) => {
      const sent = request({
        ...options,
        method,
        agent: this.#agent,
        headers: {
          ...options.headers,
          ...(type === undefined ? {} : { "content-type": type }),
          ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
        },
        ...(signal === undefined ? {} : { signal }),
      });
      const broken = (why: string): void => {
        clearTimeout(timer);
        sent.destroy();
        reject(new Broken(why));
      };
      const timer = setTimeout(() => broken(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
      sent.once("error", (cause: NodeJS.ErrnoException) => {
        // A certificate that does not fit is no passing trouble.
        if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_/.test(cause.code ?? "")) {
          clearTimeout(timer);
          reject(
            new ActionError(
              {
                where: this.server,
                expected: "a server certificate that certificate-authority-data vouches for",
                seen: cause.code!,
              },
              { cause },
            ),
          );
        } else broken(cause.code ?? messageOf(cause));
      });
      sent.once("response", (answer) => {
        const headers: Record<string, string> = {};
        for (const [name, value] of Object.entries(answer.headers))
          if (value !== undefined) headers[name] = String(value);
        const status = answer.statusCode ?? 0;
        const chunks: Buffer[] = [];
        let bytes = 0;
        const decoder = new TextDecoder();
        answer.on("data", (chunk: Buffer) => {
          if (onText !== undefined && status === 200) {
            clearTimeout(timer);
            onText(decoder.decode(chunk, { stream: true }));
            return;
          }
          bytes += chunk.length;
          if (bytes > MOST_BYTES) broken(`an answer of over ${MOST_BYTES} bytes`);
          else chunks.push(chunk);
        });
        answer.once("error", (cause: NodeJS.ErrnoException) => broken(cause.code ?? messageOf(cause)));
        answer.once("close", () => {
          clearTimeout(timer);
          if (answer.complete) resolve({ status, headers, body: Buffer.concat(chunks).toString("utf8") });
          else reject(new Broken("the answer was cut off"));
        });
      });
      sent.end(body);
    });
  }

  /** Where a request goes, and by which credential. */
  async #requestOptions(path: string) {
    const { server, ca, serverName, token: own, certificate, key } = this.#connection;
    const given = await this.#credentials();
    const token = given?.token ?? own;
    const cert = given?.certificate ?? certificate;
    return {
      host: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port === "" ? 443 : Number(server.port),
      path: server.pathname.replace(/\/+$/, "") + path,
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(cert === undefined ? {} : { cert, key: given?.key ?? key }),
      headers: {
        accept: "application/json",
        "user-agent": MANAGER,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      } satisfies Record<string, string>,
    };
  }

  /** Of the plugin, renewed two minutes before it ends. */
  async #credentials(): Promise<{ token?: string; certificate?: string; key?: string } | undefined> {
    const { plugin } = this.#connection;
    if (plugin === undefined) return undefined;
    const held = await this.#credential;
    if (held !== undefined && this.#ports.clock.now() < held.until - EARLY_MS) return held;
    this.#credential = runPlugin(plugin, this.#connection, this.#ports);
    return await this.#credential;
  }
}

async function runPlugin(
  plugin: Plugin,
  { server, ca }: Connection,
  { processes, workspace, run, log }: Ports,
): Promise<{ token?: string; certificate?: string; key?: string; until: number }> {
  const where = `the plugin ${plugin.command.slice(plugin.command.lastIndexOf("/") + 1)}`;
  const found = isAbsolute(plugin.command)
    ? plugin.command
    : plugin.command.includes("/")
      ? undefined
      : await processes.find(plugin.command);
  const real = found === undefined ? undefined : await workspace.realPath(found);
  if (found === undefined || real === undefined) {
    return refuse({ where, expected: "a program in PATH", seen: "none", fix: "Install it in a step before this one." });
  }
  for (const path of [found, real]) {
    const below = relative(run.workspace, path);
    if (!below.startsWith("..") && !isAbsolute(below)) {
      refuse({
        where,
        expected: "a program outside the checkout",
        seen: "one in it",
        fix: "What a repository holds must not act with the cluster's credential.",
      });
    }
  }
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(processes.environment())) if (PLUGIN_ENV.test(name)) env[name] = value;
  env.KUBERNETES_EXEC_INFO = JSON.stringify({
    apiVersion: plugin.apiVersion,
    kind: "ExecCredential",
    spec: {
      interactive: false,
      cluster: {
        server: server.href,
        ...(ca === undefined ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
      },
    },
  });
  const done = await processes.run(
    { command: found, args: plugin.args, env: { ...env, ...plugin.env } },
    { timeoutMs: PLUGIN_MS },
  );
  if (done.code !== 0) {
    refuse({
      where,
      expected: "a credential",
      seen: `exit code ${done.code}: ${quote(done.stderr.trim().split("\n").at(-1) ?? "", 300)}`,
    });
  }
  const status = credentialOf(done.stdout);
  if (status?.token === undefined && status?.clientCertificateData === undefined) {
    return refuse({
      where,
      expected: "an ExecCredential with a token or a certificate",
      seen: "another answer (hidden)",
    });
  }
  if (status.token !== undefined) log.mask(status.token);
  if (status.clientKeyData !== undefined) log.mask(status.clientKeyData);
  const until =
    status.expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(status.expirationTimestamp);
  return {
    ...(status.token === undefined ? {} : { token: status.token }),
    ...(status.clientCertificateData === undefined ? {} : { certificate: status.clientCertificateData }),
    ...(status.clientKeyData === undefined ? {} : { key: status.clientKeyData }),
    until: Number.isNaN(until) ? Number.POSITIVE_INFINITY : until,
  };
}

type Credential = {
  token?: string;
  clientCertificateData?: string;
  clientKeyData?: string;
  expirationTimestamp?: string;
};

function credentialOf(text: string): Credential | undefined {
  try {
    return (JSON.parse(text) as { status?: Credential } | null)?.status;
  } catch {
    return undefined;
  }
}

type WatchEvent = { readonly type: string; readonly object: KubernetesObject };

function parseEvent(line: string): WatchEvent | undefined {
  try {
    const event = JSON.parse(line) as WatchEvent;
    return typeof event.type === "string" && event.object !== undefined ? event : undefined;
  } catch {
    return undefined;
  }
}

/** @returns whether anything is new: an event older than what is known is not */
function takeEvent({ type, object }: WatchEvent, known: Map<string, KubernetesObject>): boolean {
  const key = object.metadata.uid ?? object.metadata.name;
  if (type === "DELETED") return known.delete(key);
  const before = known.get(key)?.metadata.resourceVersion;
  if (before !== undefined && Number(object.metadata.resourceVersion) <= Number(before)) return false;
  known.set(key, object);
  return true;
}

function query(path: string, values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((each): each is [string, string] => each[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

const metadataOf = (object: object): object => (object as { metadata?: object }).metadata ?? {};
