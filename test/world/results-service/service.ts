// GitHub's "results service" as @actions/cache and @actions/artifact speak to it: Twirp over JSON for the bookkeeping, an
// Azure block blob look-alike for the bytes, and cache v1. Nothing leaves memory; it listens on 127.0.0.1 only.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { ArtifactStore } from "./artifacts.ts";
import { BLOB_PREFIX, BlobStore } from "./blobs.ts";
import { CacheStore } from "./caches.ts";
import { type Faults, throwPlanned } from "./faults.ts";
import { type Claims, claimsOf, runtimeToken } from "./runtime-token.ts";
import { MESSAGE_FIELDS, TWIRP_PREFIX, TwirpError } from "./twirp.ts";

const DAY_MS = 86_400_000;
const CACHE_V1_PREFIX = "/_apis/artifactcache/";

export type Call = { method: string; path: string; body?: unknown; status: number };

export type ResultsService = Awaited<ReturnType<typeof startResultsService>>;

/**
 * Starts the service on an ephemeral port of 127.0.0.1.
 * @param options.now the clock that ages caches and artifacts, in ms
 * @param options.azureHost hand out `*.blob.core.windows.net` addresses; the client process must then load azure-host.ts
 */
export async function startResultsService(
  options: { now?: () => number; signedUrlMs?: number; cacheTtlMs?: number; azureHost?: boolean } = {},
) {
  const { now = () => Date.now(), signedUrlMs = 600_000, cacheTtlMs = 7 * DAY_MS, azureHost = false } = options;
  const faults: Faults = {};
  const calls: Call[] = [];
  let origin = "";
  const blobs = new BlobStore({ now, signedUrlMs, azureHost, faults, origin: () => origin });
  const caches = new CacheStore(blobs, faults, now, cacheTtlMs);
  const artifacts = new ArtifactStore(blobs, now);

  function answerTwirp(request: IncomingMessage, path: string, body: Buffer, call: Call): unknown {
    const [service, method = ""] = path.slice(TWIRP_PREFIX.length).split("/");
    const fields = MESSAGE_FIELDS[method];
    const home = method.includes("Cache") ? "CacheService" : "ArtifactService";
    if (!path.startsWith(TWIRP_PREFIX) || !fields || service !== home) {
      throw new TwirpError(404, "bad_route", `no handler for path "${path}"`);
    }
    if (request.method !== "POST" || !request.headers["content-type"]?.startsWith("application/json")) {
      throw new TwirpError(404, "bad_route", "unexpected method or Content-Type");
    }
    const claims = claimsOf(request, now());
    const message = JSON.parse(body.toString()) as Record<string, unknown>;
    call.body = message;
    const unknown = Object.keys(message).find((key) => !fields.includes(key));
    if (unknown) throw new TwirpError(400, "malformed", `unknown field "${unknown}"`);
    throwPlanned(faults, method);
    const methods = { ...caches.methods, ...artifacts.methods } as unknown as Record<
      string,
      (message: unknown, claims: Claims) => unknown
    >;
    return methods[method]?.(message, claims);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const comp = url.searchParams.get("comp");
    const call: Call = { method: request.method ?? "", path: url.pathname + (comp ? `?comp=${comp}` : ""), status: 0 };
    calls.push(call);
    const send = (status: number, value: unknown, headers: Record<string, string> = {}) => {
      call.status = status;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(value === undefined ? undefined : JSON.stringify(value));
    };
    try {
      if (url.pathname.startsWith(BLOB_PREFIX)) {
        blobs.answer(request, response, url, body);
        call.status = response.statusCode;
      } else if (url.pathname.startsWith(CACHE_V1_PREFIX)) {
        const path = url.pathname.slice(CACHE_V1_PREFIX.length);
        const range = request.headers["content-range"] ?? "";
        const answer = caches.answerV1(
          { method: request.method ?? "", path, query: url.searchParams, range, body },
          claimsOf(request, now()),
        );
        send(answer.status, answer.body);
      } else {
        send(200, answerTwirp(request, url.pathname, body, call));
      }
    } catch (error) {
      if (!(error instanceof TwirpError)) return send(500, { code: "internal", msg: String(error) });
      const headers: Record<string, string> = error.retryAfter ? { "retry-after": String(error.retryAfter) } : {};
      send(error.status, { code: error.code, msg: error.message }, headers);
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  origin = await listen(server);

  return {
    origin,
    faults,
    calls,
    blobs,
    caches,
    artifacts,
    /** What the runner gives to a node action and never to a `run:` step. "ghes" forces cache v1 and no artifacts. */
    environment: (token = runtimeToken(), server: "github.com" | "ghes" = "github.com"): Record<string, string> => ({
      ACTIONS_RUNTIME_TOKEN: token,
      ACTIONS_RESULTS_URL: `${origin}/`,
      ACTIONS_CACHE_URL: `${origin}/`,
      ACTIONS_RUNTIME_URL: `${origin}/`,
      ...(server === "ghes" ? {} : { ACTIONS_CACHE_SERVICE_V2: "True" }),
    }),
    close: () => close(server),
  };
}

/** Listens on an ephemeral port of 127.0.0.1 and returns the origin. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stops listening and ends open connections. */
export async function close(server: Server): Promise<void> {
  await new Promise<void>((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
