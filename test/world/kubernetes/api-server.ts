// A small Kubernetes API server for tests: real HTTPS on loopback, objects in memory, watches with history, server-side apply
// with managers, the resourceVersion as fence, and faults on demand.
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Json } from "../../../src/domain/text/json.ts";

type Stored = {
  apiVersion?: string;
  kind?: string;
  metadata: Record<string, unknown> & {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation: number;
  };
  spec?: Json;
  status?: Json;
  [field: string]: unknown;
};

/** What happens to the next request that fits. */
export type Fault = {
  readonly method?: string;
  readonly path?: RegExp;
  /** How often; once unless told. */
  times?: number;
  readonly answer:
    | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
    /** The connection ends without an answer; `after` does the work first. */
    | "reset"
    | "reset-after"
    /** A watch that is opened and never says a word. */
    | "silence"
    /** A watch that ends in the middle of a line. */
    | "half-line"
    /** A watch told by an event that its version is too old. */
    | "gone";
};

export type ApiServer = {
  readonly kubeconfig: string;
  readonly url: string;
  readonly requests: { readonly method: string; readonly path: string; readonly authorization: string | undefined }[];
  readonly faults: Fault[];
  /** Tokens that are taken; none given: all. */
  readonly tokens: Set<string>;
  /** Called after every write by a client; may write itself. */
  onWrite: (object: Stored, path: string) => void;
  /** Answers of proxied requests. */
  onProxy: (path: string, body: string) => { status: number; body: string } | undefined;
  get(path: string): Stored | undefined;
  /** Answers a request for a log, where it does; else there are two lines. */
  onLog: (url: URL, response: ServerResponse) => boolean;
  /** Of all objects. */
  paths(): readonly string[];
  /** Writes as the cluster's own parts do: no manager, no fence. */
  put(path: string, object: Omit<Partial<Stored>, "metadata"> & { metadata: Record<string, unknown> }): Stored;
  delete(path: string): void;
  /** Names of what lies in a collection. */
  under(collection: string): string[];
  /** Managers that own `.spec` of an object besides ours. */
  readonly foreign: Map<string, string>;
  /** Whether the next request gets through, is done without an answer, or is not taken: for what a killed client leaves. */
  reached: () => "answered" | "unanswered" | "refused";
  /** Its certificate for 127.0.0.1, which vouches for itself, and the key. */
  identity(): Promise<{ certificate: string; key: string }>;
  close(): Promise<void>;
};

const HISTORY = 1000;

export async function startApiServer(): Promise<ApiServer> {
  const { certificate, key } = await makeCertificate();
  const objects = new Map<string, Stored>();
  const history: { version: number; type: string; path: string; object: Stored }[] = [];
  const watches = new Set<{
    collection: string;
    select: (object: Stored) => boolean;
    response: ServerResponse;
    mute: boolean;
  }>();
  let version = 100;

  const tell = (type: string, path: string, object: Stored): void => {
    history.push({ version, type, path, object });
    if (history.length > HISTORY) history.shift();
    for (const { collection, select, response, mute } of watches) {
      if (!mute && path.startsWith(`${collection}/`) && select(object))
        response.write(`${JSON.stringify({ type, object })}\n`);
    }
  };
  const store = (
    path: string,
    wanted: Omit<Partial<Stored>, "metadata"> & { metadata: Record<string, unknown> },
  ): Stored => {
    const before = objects.get(path);
    const changed = JSON.stringify(before?.spec) !== JSON.stringify(wanted.spec);
    const object = structuredClone({
      ...wanted,
      metadata: {
        creationTimestamp: "2026-01-01T00:00:00Z",
        ...wanted.metadata,
        name: path.slice(path.lastIndexOf("/") + 1),
        namespace: /namespaces\/([^/]+)/.exec(path)?.[1],
        uid: before?.metadata.uid ?? randomUUID(),
        generation: (before?.metadata.generation ?? 0) + (changed ? 1 : 0),
        resourceVersion: `${++version}`,
      },
    }) as Stored;
    objects.set(path, object);
    tell(before === undefined ? "ADDED" : "MODIFIED", path, object);
    return object;
  };
  const remove = (path: string): void => {
    const object = objects.get(path);
    if (object === undefined) return;
    version++;
    objects.delete(path);
    tell("DELETED", path, object);
    for (const [child, { metadata }] of objects) {
      const owners = (metadata.ownerReferences ?? []) as { uid: string }[];
      if (owners.some(({ uid }) => uid === object.metadata.uid)) remove(child);
    }
  };

  const server: ApiServer = {
    kubeconfig: "",
    url: "",
    requests: [],
    faults: [],
    tokens: new Set(),
    foreign: new Map(),
    onWrite: () => undefined,
    onProxy: () => undefined,
    onLog: () => false,
    reached: () => "answered",
    get: (path) => objects.get(path),
    paths: () => [...objects.keys()],
    put: store,
    delete: remove,
    under: (collection) =>
      [...objects.keys()]
        .filter((path) => path.startsWith(`${collection}/`))
        .map((path) => path.slice(collection.length + 1)),
    identity: makeCertificate,
    close: async () => {
      https.closeAllConnections();
      await new Promise((resolve) => https.close(resolve));
    },
  };

  const https = createServer({ cert: certificate, key }, (request, response) => {
    void answer(request, response).catch((thrown: unknown) => {
      response.writeHead(500).end(String(thrown));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const url = new URL(request.url ?? "/", "https://localhost");
    const path = decodeURI(url.pathname);
    const method = request.method ?? "GET";
    const { authorization } = request.headers;
    server.requests.push({ method, path: `${path}${url.search}`, authorization });
    const reached = server.reached();
    if (reached === "refused") return void request.socket.destroy();
    const fault = server.faults.find(
      (each) => (each.method ?? method) === method && (each.path?.test(`${path}${url.search}`) ?? true),
    );
    if (fault !== undefined && (fault.times = (fault.times ?? 1) - 1) <= 0)
      server.faults.splice(server.faults.indexOf(fault), 1);
    const act = fault?.answer;
    if (act === "reset") return void request.socket.destroy();
    if (typeof act === "object") {
      response.writeHead(act.status, { "content-type": "application/json", ...act.headers });
      return void response.end(act.body ?? "");
    }
    if (server.tokens.size > 0 && !server.tokens.has(authorization?.replace("Bearer ", "") ?? "")) {
      return status(response, 401, "Unauthorized", "Unauthorized");
    }
    if (path.includes("/proxy/")) {
      const told = server.onProxy(`${path}${url.search}`, body);
      return told === undefined
        ? status(response, 503, "ServiceUnavailable", "no endpoints available for service")
        : void response.writeHead(told.status, { "content-type": "application/json" }).end(told.body);
    }
    if (method === "GET" && path.endsWith("/log") && server.onLog(url, response)) return;
    if (method === "GET" && path.endsWith("/log"))
      return void response.writeHead(200, { "content-type": "text/plain" }).end("line 1\nline 2\n");
    if (url.searchParams.get("watch") === "true") return watch(path, url, response, act);
    if (method === "GET") return read(path, url, response);
    const done = write(method, path, url, body, String(request.headers["content-type"]));
    if (act === "reset-after" || reached === "unanswered") return void request.socket.destroy();
    response.writeHead(done.code, { "content-type": "application/json" }).end(JSON.stringify(done.answer));
  }

  function read(path: string, url: URL, response: ServerResponse): void {
    const object = objects.get(path);
    if (object !== undefined) return void response.writeHead(200).end(JSON.stringify(object));
    if (!isCollection(path))
      return status(response, 404, "NotFound", `"${path.slice(path.lastIndexOf("/") + 1)}" not found`, {
        name: path.slice(path.lastIndexOf("/") + 1),
      });
    const select = selector(url);
    const items = [...objects].filter(([at, each]) => liesIn(at, path) && select(each)).map(([, each]) => each);
    response.writeHead(200).end(JSON.stringify({ kind: "List", metadata: { resourceVersion: `${version}` }, items }));
  }

  function watch(path: string, url: URL, response: ServerResponse, act: Fault["answer"] | undefined): void {
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    if (act === "gone") {
      const object = {
        kind: "Status",
        code: 410,
        reason: "Expired",
        message: "too old resource version",
        metadata: {},
      };
      return void response.end(`${JSON.stringify({ type: "ERROR", object })}\n`);
    }
    if (act === "half-line") return void response.end('{"type":"MODIFIED","object":{"metad');
    const from = Number(url.searchParams.get("resourceVersion") ?? "0");
    const entry = { collection: path, select: selector(url), response, mute: act === "silence" };
    if (!entry.mute) {
      for (const each of history) {
        if (each.version > from && each.path.startsWith(`${path}/`) && entry.select(each.object)) {
          response.write(`${JSON.stringify({ type: each.type, object: each.object })}\n`);
        }
      }
    }
    watches.add(entry);
    response.once("close", () => watches.delete(entry));
  }

  function write(
    method: string,
    path: string,
    url: URL,
    body: string,
    type: string,
  ): { code: number; answer: unknown } {
    const before = objects.get(path);
    const name = path.slice(path.lastIndexOf("/") + 1);
    const dry = url.searchParams.get("dryRun") === "All";
    if (method === "DELETE") {
      const { preconditions } = JSON.parse(body) as {
        preconditions?: { uid?: string; resourceVersion?: string };
      };
      if (before === undefined) return failure(404, "NotFound", `"${name}" not found`, { name });
      if (preconditions?.uid !== undefined && preconditions.uid !== before.metadata.uid)
        return failure(409, "Conflict", "the UID in the precondition does not match");
      if ((preconditions?.resourceVersion ?? before.metadata.resourceVersion) !== before.metadata.resourceVersion)
        return failure(409, "Conflict", "the ResourceVersion in the precondition does not match");
      remove(path);
      return { code: 200, answer: { kind: "Status", status: "Success" } };
    }
    if (type.includes("json-patch")) {
      if (before === undefined) return failure(404, "NotFound", `"${name}" not found`, { name });
      const after = structuredClone(before);
      for (const operation of JSON.parse(body) as { op: string; path: string; value: unknown }[]) {
        const parts = operation.path
          .split("/")
          .slice(1)
          .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
        const field = parts.pop()!;
        const parent = parts.reduce<Record<string, unknown>>(
          (at, part) => (at[part] ?? {}) as Record<string, unknown>,
          after,
        );
        if (operation.op === "test" && parent[field] !== operation.value)
          return failure(422, "Invalid", `the server rejected our request: testing value ${operation.path} failed`);
        if (operation.op === "add") parent[field] = operation.value;
      }
      const stored = store(path, after);
      server.onWrite(stored, path);
      return { code: 200, answer: objects.get(path) };
    }
    const given = JSON.parse(body) as Stored;
    const fence = given.metadata.resourceVersion as string | undefined;
    if (before === undefined && fence !== undefined) return failure(409, "Conflict", "object does not exist");
    if (before !== undefined && fence !== undefined && fence !== before.metadata.resourceVersion)
      return failure(409, "Conflict", "the object has been modified");
    const other = server.foreign.get(path);
    if (other !== undefined && JSON.stringify(before?.spec) !== JSON.stringify(given.spec)) {
      return failure(409, "Conflict", "Apply failed with 1 conflict", {
        causes: [{ reason: "FieldManagerConflict", message: `conflict with "${other}"`, field: ".spec.predictors" }],
      });
    }
    const merged = {
      ...before,
      ...given,
      metadata: {
        ...before?.metadata,
        ...given.metadata,
        labels: { ...(before?.metadata.labels as object), ...(given.metadata.labels as object) },
        annotations: { ...(before?.metadata.annotations as object), ...(given.metadata.annotations as object) },
      },
      ...(before?.status === undefined ? {} : { status: before.status }),
    };
    if (dry) return { code: before === undefined ? 201 : 200, answer: merged };
    const stored = store(path, merged);
    const answered = structuredClone(stored);
    server.onWrite(stored, path);
    return { code: before === undefined ? 201 : 200, answer: answered };
  }

  await new Promise<void>((resolve) => https.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(https.address() as AddressInfo).port}`;
  return Object.assign(server, { url, kubeconfig: kubeconfigOf(url, certificate, "token-of-the-test") });
}

export const kubeconfigOf = (url: string, ca: string, token: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test", namespace: "models" } }],
    clusters: [
      { name: "test", cluster: { server: url, "certificate-authority-data": Buffer.from(ca).toString("base64") } },
    ],
    users: [{ name: "test", user: { token } }],
  });

let made: Promise<{ certificate: string; key: string }> | undefined;

/** Once for a test file: a certificate for 127.0.0.1 that vouches for itself. */
async function makeCertificate(): Promise<{ certificate: string; key: string }> {
  made ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), "api-server-"));
    try {
      const [key, certificate] = [join(folder, "key.pem"), join(folder, "cert.pem")];
      await promisify(execFile)("openssl", [
        ...`req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test -addext subjectAltName=IP:127.0.0.1`.split(
          " ",
        ),
        "-keyout",
        key,
        "-out",
        certificate,
      ]);
      return { certificate: await readFile(certificate, "utf8"), key: await readFile(key, "utf8") };
    } finally {
      await rm(folder, { recursive: true });
    }
  })();
  return await made;
}

/** `…/namespaces/<namespace>/<plural>` */
const isCollection = (path: string): boolean =>
  /\/namespaces\/[^/]+\/[^/]+$/.test(path) || !path.includes("/namespaces/");

/** Whether an object lies in a collection: of its namespace, or of all. */
const liesIn = (path: string, collection: string): boolean =>
  collection.includes("/namespaces/")
    ? path.startsWith(`${collection}/`)
    : path.replace(/\/namespaces\/[^/]+/, "").startsWith(`${collection}/`);

function selector(url: URL): (object: Stored) => boolean {
  const labels = (url.searchParams.get("labelSelector") ?? "").split(",").filter((each) => each !== "");
  const field = /^metadata\.name=(.+)$/.exec(url.searchParams.get("fieldSelector") ?? "")?.[1];
  return ({ metadata }) =>
    labels.every((each) => {
      const [name = "", value] = each.split("=");
      const own = (metadata.labels as Record<string, string> | undefined)?.[name];
      // A name alone asks whether the label is there.
      return value === undefined ? own !== undefined : own === value;
    }) &&
    (field === undefined || metadata.name === field);
}

function failure(code: number, reason: string, message: string, details?: object): { code: number; answer: unknown } {
  return {
    code,
    answer: { kind: "Status", status: "Failure", code, reason, message, ...(details === undefined ? {} : { details }) },
  };
}

function status(response: ServerResponse, code: number, reason: string, message: string, details?: object): void {
  response
    .writeHead(code, { "content-type": "application/json" })
    .end(JSON.stringify(failure(code, reason, message, details).answer));
}
