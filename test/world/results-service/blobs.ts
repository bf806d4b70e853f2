import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { type Faults, throwPlanned } from "./faults.ts";
import { TwirpError } from "./twirp.ts";

export type Blob = { data: Buffer | null; blocks: Map<string, Buffer>; etag: string; type: string };

type BlobOptions = { now: () => number; signedUrlMs: number; azureHost: boolean; faults: Faults; origin: () => string };

export const BLOB_PREFIX = "/devaccount/";

/** The bytes behind caches and artifacts: an Azure block blob look-alike with signed URLs that expire. */
export class BlobStore {
  readonly blobs = new Map<string, Blob>();
  readonly #options: BlobOptions;

  constructor(options: BlobOptions) {
    this.#options = options;
  }

  /** Reserves an empty blob and returns its path. */
  create(kind: "caches" | "artifacts"): string {
    const path = `${BLOB_PREFIX}${kind}/${randomUUID()}`;
    this.blobs.set(path, { data: null, blocks: new Map(), etag: "", type: "application/octet-stream" });
    return path;
  }

  get(path: string): Blob {
    const blob = this.blobs.get(path);
    if (!blob) throw new Error(`no blob at ${path}`);
    return blob;
  }

  /** A URL that carries its own right of access, for a while. `azureHost` makes the cache client take its Azure SDK path. */
  sign(path: string): string {
    const { origin, azureHost, now, signedUrlMs } = this.#options;
    const host = azureHost ? origin().replace("127.0.0.1", "devaccount.blob.core.windows.net") : origin();
    return `${host}${path}?se=${now() + signedUrlMs}&sig=${signature(path)}`;
  }

  /** Answers one request to a blob. */
  answer(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): void {
    const { now, faults } = this.#options;
    const refuse = (status: number, code: string) => {
      response.writeHead(status, {
        "content-type": "application/xml",
        "x-ms-error-code": code,
        "x-ms-request-id": randomUUID(),
      });
      response.end(
        `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
      );
    };

    const expired = Number(url.searchParams.get("se")) < now();
    if (url.searchParams.get("sig") !== signature(url.pathname) || expired) return refuse(403, "AuthenticationFailed");
    const blob = this.blobs.get(url.pathname);
    if (!blob) return refuse(404, "BlobNotFound");
    try {
      throwPlanned(faults, "blob");
    } catch (error) {
      if (error instanceof TwirpError) return refuse(error.status, "ServerBusy");
      throw error;
    }

    const head = {
      etag: blob.etag,
      "last-modified": new Date(now()).toUTCString(),
      "x-ms-request-id": randomUUID(),
      "x-ms-version": "2025-01-05",
    };
    if (request.method === "PUT") {
      const comp = url.searchParams.get("comp");
      if (comp === "block") {
        blob.blocks.set(url.searchParams.get("blockid") ?? "", body);
        response.writeHead(201, head).end();
        return;
      }
      let data = body;
      if (comp === "blocklist") {
        const ids = [...body.toString().matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]+)</g)].map((m) => m[1] ?? "");
        const blocks = ids.map((id) => blob.blocks.get(id));
        if (blocks.some((block) => !block)) return refuse(400, "InvalidBlockList");
        data = Buffer.concat(blocks as Buffer[]);
      } else if (request.headers["x-ms-blob-type"] !== "BlockBlob") {
        return refuse(400, "MissingRequiredHeader");
      }
      store(blob, data, String(request.headers["x-ms-blob-content-type"] ?? request.headers["content-type"] ?? ""));
      response.writeHead(201, { ...head, etag: blob.etag, "x-ms-request-server-encrypted": "true" }).end();
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "UnsupportedHttpVerb");
    if (!blob.data) return refuse(404, "BlobNotFound");

    const all = damaged(blob.data, faults);
    const range = /bytes=(\d+)-(\d*)/.exec(String(request.headers["x-ms-range"] ?? request.headers.range ?? ""));
    const from = range ? Number(range[1]) : 0;
    const to = Math.min(range?.[2] ? Number(range[2]) : Infinity, all.length - 1);
    if (range && from >= all.length) return refuse(416, "InvalidRange");
    const part = all.subarray(from, to + 1);
    const name = url.searchParams.get("name");
    response.writeHead(range ? 206 : 200, {
      ...head,
      "content-length": part.length,
      "content-type": blob.type,
      "accept-ranges": "bytes",
      "x-ms-blob-type": "BlockBlob",
      ...(range && { "content-range": `bytes ${from}-${to}/${all.length}` }),
      ...(name && { "content-disposition": `attachment; filename="${downloadName(name, blob.type)}"` }),
    });
    if (request.method === "HEAD") response.end();
    else if (faults.download === "cut") {
      response.write(part.subarray(0, part.length >> 1), () => response.destroy());
    } else response.end(part);
  }
}

/** Puts bytes into a blob, as an upload does. */
export function store(blob: Blob, data: Buffer, type: string): void {
  blob.data = data;
  blob.etag = `"0x${createHash("md5").update(data).digest("hex").slice(0, 15).toUpperCase()}"`;
  blob.type = type || blob.type;
}

const signature = (path: string) => createHash("sha256").update(path).digest("hex").slice(0, 16);

const downloadName = (name: string, type: string) =>
  type.includes("zip") && !name.endsWith(".zip") ? `${name}.zip` : name;

function damaged(data: Buffer, faults: Faults): Buffer {
  if (faults.download === "short") return data.subarray(0, data.length >> 1);
  if (faults.download !== "flip") return data;
  const copy = Buffer.from(data);
  const middle = copy.length >> 1;
  copy.writeUInt8(copy.readUInt8(middle) ^ 1, middle);
  return copy;
}
