// A registry of the OCI distribution specification 1.1 in this process, on loopback. It is strict where real ones are: a
// manifest is taken only when its blobs are here, an upload only when its digest and length are right, a token only for what
// it was made for. Faults are put in front of it by `before`.
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Seen = { readonly method: string; readonly path: string; readonly authorization: string | undefined };

/** Answers in the registry's place; says true when it did. */
export type Fault = (request: IncomingMessage, response: ServerResponse, seen: Seen) => boolean | Promise<boolean>;

export type TestRegistry = {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly seen: Seen[];
  /** repository → digest → content */
  readonly blobs: Map<string, Map<string, Buffer>>;
  /** repository → tag or digest → manifest */
  readonly manifests: Map<string, Map<string, { mediaType: string; bytes: Buffer }>>;
  before: Fault | undefined;
  /** Of `tags/list`, whatever is asked for. */
  tagsPerPage: number;
  /** Whether it deletes at all. */
  deletes: boolean;
  close(): Promise<void>;
};

export type Access =
  | { readonly kind: "open" }
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  | {
      readonly kind: "token";
      readonly user: string;
      readonly password: string;
      /** Of the token service; the registry's own `/token` when absent. */
      readonly realm?: string;
      /** In place of a password: a token that is changed for others. */
      readonly identity?: string;
    };

const MEDIA = new Set([
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
]);

export async function startRegistry(access: Access = { kind: "open" }): Promise<TestRegistry> {
  const blobs: TestRegistry["blobs"] = new Map();
  const manifests: TestRegistry["manifests"] = new Map();
  const uploads = new Map<string, { readonly name: string; content: Buffer }>();
  const tokens = new Map<string, ReadonlySet<string>>();
  const seen: Seen[] = [];
  const of = <V>(all: Map<string, Map<string, V>>, name: string): Map<string, V> => {
    if (!all.has(name)) all.set(name, new Map());
    return all.get(name)!;
  };

  const server = createServer((request, response) => {
    void answer(request, response).catch((thrown: unknown) => {
      response.destroy(thrown as Error);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method!;
    const entry = { method, path: request.url!, authorization: request.headers.authorization };
    seen.push(entry);
    if (await registry.before?.(request, response, entry)) return;
    const url = new URL(request.url!, `http://${registry.host}`);
    const fail = (status: number, code: string): void => {
      request.resume();
      response.writeHead(status, { "content-type": "application/json" });
      response.end(
        method === "HEAD" ? "" : JSON.stringify({ errors: [{ code, message: "said by the test registry" }] }),
      );
    };
    if (url.pathname === "/token") {
      if (method === "POST") return exchange(new URLSearchParams((await body(request)).toString()), response);
      return token(url, request, response);
    }

    const [, listed] = /^\/v2\/(.+?)\/tags\/list$/.exec(url.pathname) ?? [];
    if (listed !== undefined && method === "GET") {
      if (!manifests.has(listed)) return fail(404, "NAME_UNKNOWN");
      const tags = [...manifests.get(listed)!.keys()].filter((each) => !each.startsWith("sha256:")).toSorted();
      const from = url.searchParams.get("last");
      const after = tags.filter((each) => from === null || each > from);
      const page = after.slice(0, registry.tagsPerPage);
      const more = page.length < after.length;
      response.writeHead(200, {
        "content-type": "application/json",
        ...(more && { link: `</v2/${listed}/tags/list?n=${page.length}&last=${page.at(-1)}>; rel="next"` }),
      });
      response.end(JSON.stringify({ name: listed, tags: page }));
      return;
    }
    const [, name, kind, rest] = /^\/v2\/(.+?)\/(manifests|blobs)\/(.+?)\/?$/.exec(url.pathname) ?? [];
    if (name === undefined || kind === undefined || rest === undefined) return fail(404, "NOT_FOUND");
    const challenge = refusal(request, name, method === "GET" || method === "HEAD" ? "pull" : "push");
    if (challenge !== undefined) {
      response.setHeader("www-authenticate", challenge);
      return fail(401, "UNAUTHORIZED");
    }

    if (kind === "manifests" && (method === "GET" || method === "HEAD")) {
      const found = manifests.get(name)?.get(rest);
      if (!found) return fail(404, "MANIFEST_UNKNOWN");
      if (!request.headers.accept?.includes(found.mediaType)) return fail(404, "MANIFEST_UNKNOWN");
      response.writeHead(200, {
        "content-type": found.mediaType,
        "content-length": found.bytes.length,
        "docker-content-digest": digestOf(found.bytes),
      });
      response.end(method === "HEAD" ? undefined : found.bytes);
      return;
    }
    if (kind === "manifests" && method === "PUT") {
      const bytes = await body(request);
      const mediaType = request.headers["content-type"] ?? "";
      const manifest = JSON.parse(bytes.toString()) as Manifest;
      if (!MEDIA.has(mediaType) || manifest.mediaType !== mediaType) return fail(400, "MANIFEST_INVALID");
      if (rest.startsWith("sha256:") && rest !== digestOf(bytes)) return fail(400, "DIGEST_INVALID");
      const needed = [manifest.config, ...(manifest.layers ?? [])].filter((each) => each !== undefined);
      for (const { digest, size } of needed) {
        if (blobs.get(name)?.get(digest)?.length !== size) return fail(404, "MANIFEST_BLOB_UNKNOWN");
      }
      for (const { digest } of manifest.manifests ?? []) {
        if (!manifests.get(name)?.has(digest)) return fail(404, "MANIFEST_UNKNOWN");
      }
      for (const key of [rest, digestOf(bytes)]) of(manifests, name).set(key, { mediaType, bytes });
      response.writeHead(201, { "docker-content-digest": digestOf(bytes), location: `/v2/${name}/manifests/${rest}` });
      response.end();
      return;
    }
    if (kind === "manifests" && method === "DELETE") {
      if (!registry.deletes) return fail(405, "UNSUPPORTED");
      if (!manifests.get(name)?.has(rest)) return fail(404, "MANIFEST_UNKNOWN");
      manifests.get(name)!.delete(rest);
      response.writeHead(202).end();
      return;
    }
    if (kind === "blobs" && rest === "uploads" && method === "POST") {
      const mount = url.searchParams.get("mount");
      const from = url.searchParams.get("from");
      const content = mount && from ? blobs.get(from)?.get(mount) : undefined;
      if (mount && from && content && refusal(request, from, "pull") === undefined) {
        of(blobs, name).set(mount, content);
        response.writeHead(201, { location: `/v2/${name}/blobs/${mount}`, "docker-content-digest": mount });
        response.end();
        return;
      }
      const id = randomBytes(8).toString("hex");
      uploads.set(id, { name, content: Buffer.alloc(0) });
      response.writeHead(202, { location: `/v2/${name}/blobs/uploads/${id}?state=${id}`, "docker-upload-uuid": id });
      response.end();
      return;
    }
    if (kind === "blobs" && rest.startsWith("uploads/")) {
      const id = rest.slice("uploads/".length);
      const upload = uploads.get(id);
      if (upload?.name !== name || url.searchParams.get("state") !== id) return fail(404, "BLOB_UPLOAD_UNKNOWN");
      const location = `/v2/${name}/blobs/uploads/${id}?state=${id}`;
      if (method === "GET") {
        const range = `0-${Math.max(upload.content.length - 1, 0)}`;
        response.writeHead(204, { location, range }).end();
        return;
      }
      if (method === "DELETE") {
        uploads.delete(id);
        response.writeHead(204).end();
        return;
      }
      if (method === "PATCH") {
        const [, from] = /^(\d+)-\d+$/.exec(request.headers["content-range"] ?? "") ?? [];
        if (from !== undefined && Number(from) !== upload.content.length) return fail(416, "RANGE_INVALID");
        // What has arrived stays, also when the connection breaks.
        const pieces = [upload.content];
        try {
          for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
        } finally {
          upload.content = Buffer.concat(pieces);
        }
        response.writeHead(202, { location, range: `0-${upload.content.length - 1}` }).end();
        return;
      }
      if (method === "PUT") {
        const bytes = Buffer.concat([upload.content, await body(request)]);
        const digest = url.searchParams.get("digest");
        if (digest !== digestOf(bytes)) return fail(400, "DIGEST_INVALID");
        uploads.delete(id);
        of(blobs, name).set(digest, bytes);
        response.writeHead(201, { "docker-content-digest": digest, location: `/v2/${name}/blobs/${digest}` });
        response.end();
        return;
      }
    }
    if (kind === "blobs" && (method === "GET" || method === "HEAD")) {
      const found = blobs.get(name)?.get(rest);
      if (!found) return fail(404, "BLOB_UNKNOWN");
      response.writeHead(200, { "content-length": found.length, "docker-content-digest": rest });
      response.end(method === "HEAD" ? undefined : found);
      return;
    }
    fail(405, "UNSUPPORTED");
  }

  function exchange(form: URLSearchParams, response: ServerResponse): void {
    const known = access.kind === "token" && access.identity !== undefined && access.identity !== "";
    if (!known || form.get("grant_type") !== "refresh_token" || form.get("refresh_token") !== access.identity) {
      response.writeHead(401).end("{}");
      return;
    }
    const value = randomBytes(16).toString("hex");
    tokens.set(value, new Set((form.get("scope") ?? "").split(" ").flatMap(actionsOf)));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ access_token: value, expires_in: 300 }));
  }

  function token(url: URL, request: IncomingMessage, response: ServerResponse): void {
    if (access.kind !== "token" || !isUser(request, access.user, access.password)) {
      response.writeHead(401).end("{}");
      return;
    }
    const value = randomBytes(16).toString("hex");
    tokens.set(value, new Set(url.searchParams.getAll("scope").flatMap(actionsOf)));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ token: value, expires_in: 300 }));
  }

  /** The challenge for a request that is not let in; `undefined` when it is. */
  function refusal(request: IncomingMessage, name: string, action: "pull" | "push"): string | undefined {
    if (access.kind === "open") return undefined;
    if (access.kind === "basic") {
      return isUser(request, access.user, access.password) ? undefined : 'Basic realm="test registry"';
    }
    const [, value = ""] = /^Bearer (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    if (tokens.get(value)?.has(`${name}:${action}`)) return undefined;
    const actions = action === "push" ? "pull,push" : "pull";
    const realm = access.realm ?? `http://${registry.host}/token`;
    return `Bearer realm="${realm}",service="test registry",scope="repository:${name}:${actions}"`;
  }

  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const registry: TestRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    blobs,
    manifests,
    before: undefined,
    tagsPerPage: 1000,
    deletes: true,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return registry;
}

type Descriptor = { readonly digest: string; readonly size: number };
type Manifest = { mediaType?: string; config?: Descriptor; layers?: Descriptor[]; manifests?: Descriptor[] };

const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** `repository:a/b:pull,push` → `a/b:pull`, `a/b:push` */
function actionsOf(scope: string): string[] {
  const [, name, actions = ""] = /^repository:(.+):([a-z,]+)$/.exec(scope) ?? [];
  return name === undefined ? [] : actions.split(",").map((action) => `${name}:${action}`);
}

function isUser(request: IncomingMessage, user: string, password: string): boolean {
  return request.headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

async function body(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const said = request.headers["content-length"];
  if (said !== undefined && Number(said) !== bytes.length) throw new Error("another length than said");
  return bytes;
}
