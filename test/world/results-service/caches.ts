import type { BlobStore } from "./blobs.ts";
import type { Faults } from "./faults.ts";
import { type Claims, scopesOf } from "./runtime-token.ts";
import { TwirpError } from "./twirp.ts";

export type CacheEntry = {
  id: number;
  key: string;
  version: string;
  scope: string;
  blob: string;
  done: boolean;
  usedAt: number;
  createdAt: number;
};

type Message = { key: string; version: string; size_bytes?: string; restore_keys?: string[] };

/** The Actions cache: immutable entries per scope, searched by prefix, evicted when unused. */
export class CacheStore {
  readonly entries: CacheEntry[] = [];
  readonly #blobs: BlobStore;
  readonly #faults: Faults;
  readonly #now: () => number;
  readonly #ttlMs: number;
  #nextId = 1;

  constructor(blobs: BlobStore, faults: Faults, now: () => number, ttlMs: number) {
    this.#blobs = blobs;
    this.#faults = faults;
    this.#now = now;
    this.#ttlMs = ttlMs;
  }

  /** The newest live entry whose key equals or starts with one of the keys: the primary key matches by prefix too. */
  find(scopes: string[], keys: string[], version: string): CacheEntry | undefined {
    for (const scope of scopes) {
      for (const key of keys) {
        const hits = this.entries.filter(
          (e) =>
            e.done &&
            this.#now() - e.usedAt < this.#ttlMs &&
            e.scope === scope &&
            e.version === version &&
            e.key.startsWith(key),
        );
        const newest = hits.toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id)[0];
        const hit = hits.find((e) => e.key === key) ?? newest;
        if (hit) {
          hit.usedAt = this.#now();
          return hit;
        }
      }
    }
    return undefined;
  }

  reserve(claims: Claims, key: string, version: string): CacheEntry | "denied" | "exists" {
    const scope = scopesOf(claims, "write")[0];
    if (this.#faults.cacheWriteDenied || !scope) return "denied";
    const alive = this.entries.filter((e) => this.#now() - e.usedAt < this.#ttlMs);
    this.entries.splice(0, this.entries.length, ...alive);
    if (this.entries.some((e) => e.key === key && e.version === version && e.scope === scope)) return "exists";
    const at = this.#now();
    const blob = this.#blobs.create("caches");
    const entry = { id: this.#nextId++, key, version, scope, blob, done: false, usedAt: at, createdAt: at };
    this.entries.push(entry);
    return entry;
  }

  /** The Twirp methods of CacheService (cache v2). */
  readonly methods = {
    CreateCacheEntry: ({ key, version }: Message, claims: Claims) => {
      const entry = this.reserve(claims, key, version);
      if (entry === "denied") return { ok: false, message: "cache write denied: token has no writable scopes" };
      if (entry === "exists") {
        throw new TwirpError(409, "already_exists", "cache entry with the same key, version, and scope already exists");
      }
      return { ok: true, signed_upload_url: this.#blobs.sign(entry.blob) };
    },
    FinalizeCacheEntryUpload: ({ key, version, size_bytes = "0" }: Message, claims: Claims) => {
      const scope = scopesOf(claims, "write")[0];
      const entry = this.entries.find((e) => e.key === key && e.version === version && e.scope === scope);
      if (!entry) throw new TwirpError(404, "not_found", "cache entry not found");
      const size = this.#blobs.get(entry.blob).data?.length ?? -1;
      if (size !== Number(size_bytes)) {
        return { ok: false, message: `uploaded ${size} bytes, finalize says ${size_bytes}` };
      }
      entry.done = true;
      return { ok: true, entry_id: String(entry.id) };
    },
    GetCacheEntryDownloadURL: ({ key, restore_keys = [], version }: Message, claims: Claims) => {
      const scopes = scopesOf(claims, "read");
      if (this.#faults.cacheReadDenied || scopes.length === 0) {
        throw new TwirpError(403, "permission_denied", "cache read denied: token has no readable scopes");
      }
      const entry = this.find(scopes, [key, ...restore_keys], version);
      return entry
        ? { ok: true, signed_download_url: this.#blobs.sign(entry.blob), matched_key: entry.key }
        : { ok: false };
    },
  };

  /** Cache v1: GitHub Enterprise Server, and every client when ACTIONS_CACHE_SERVICE_V2 is not set. */
  answerV1(
    request: { method: string; path: string; query: URLSearchParams; range: string; body: Buffer },
    claims: Claims,
  ): { status: number; body?: unknown } {
    const { method, path, query, range, body } = request;
    if (method === "GET" && path === "cache") {
      if (this.#faults.cacheReadDenied) {
        return { status: 403, body: { message: "cache read denied: token has no readable scopes" } };
      }
      const keys = (query.get("keys") ?? "").split(",");
      const hit = this.find(scopesOf(claims, "read"), keys, query.get("version") ?? "");
      if (!hit) return { status: 204 };
      return {
        status: 200,
        body: { cacheKey: hit.key, scope: hit.scope, archiveLocation: this.#blobs.sign(hit.blob) },
      };
    }
    if (method === "POST" && path === "caches") {
      const { key, version } = JSON.parse(body.toString()) as Message;
      const entry = this.reserve(claims, key, version);
      if (entry === "denied") {
        return { status: 403, body: { message: "cache write denied: token has no writable scopes" } };
      }
      if (entry === "exists") {
        const scope = scopesOf(claims, "write")[0];
        return {
          status: 409,
          body: { message: `Cache already exists. Scope: ${scope}, Key: ${key}, Version: ${version}` },
        };
      }
      return { status: 201, body: { cacheId: entry.id } };
    }

    const entry = this.entries.find((e) => `caches/${e.id}` === path);
    if (!entry) return { status: 404, body: { message: "not found" } };
    const blob = this.#blobs.get(entry.blob);
    if (method === "PATCH") {
      const offset = /bytes (\d+)-/.exec(range)?.[1] ?? "0";
      blob.blocks.set(offset.padStart(15, "0"), body);
      return { status: 204 };
    }
    blob.data = Buffer.concat([...blob.blocks.keys()].sort().map((k) => blob.blocks.get(k) ?? Buffer.alloc(0)));
    blob.etag = `"v1-${entry.id}"`;
    const { size } = JSON.parse(body.toString()) as { size: number };
    if (blob.data.length !== size) return { status: 400, body: { message: "size mismatch" } };
    entry.done = true;
    return { status: 204 };
  }
}
