// What goes wrong between us and a registry while a layer is on its way: a fault is put in front of the registry, once or always.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { openRegistry } from "../../src/adapters/registry.ts";
import { messageOf } from "../../src/errors.ts";
import type { ImageStore, Log } from "../../src/ports.ts";
import { startRegistry, type Fault, type TestRegistry } from "../world/registry/registry.ts";

const CONTENT = Buffer.alloc(6 * 1024 * 1024, "a model ");
const DIGEST = `sha256:${createHash("sha256").update(CONTENT).digest("hex")}`;

let registry: TestRegistry;
let said: string[];
let reads: number;

beforeEach(async () => {
  registry = await startRegistry();
  said = [];
  reads = 0;
});
afterEach(() => registry.close());

const log: Log = {
  info: (text) => said.push(text),
  warning: (text) => said.push(text),
  debug: () => undefined,
  group: async (_title, work) => await work(),
  mask: () => undefined,
};
const open = (): ImageStore =>
  openRegistry({ log, stallMs: 500 })({ kind: "registry", host: registry.host, repository: "team/digits" });
async function* pieces(): AsyncIterable<Uint8Array> {
  reads++;
  for (let at = 0; at < CONTENT.length; at += 1024 * 1024) yield CONTENT.subarray(at, at + 1024 * 1024);
}
const put = async (commit: (digest: string) => void = () => undefined) =>
  await open().putStream({ bytes: CONTENT.length, open: pieces }, commit);
const stored = (): Buffer | undefined => registry.blobs.get("team/digits")?.get(DIGEST);

/** The fault, at the first request that it fits. */
function once(
  method: string,
  answer: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>,
): Fault {
  let done = false;
  return async (request, response, seen) => {
    if (done || seen.method !== method) return false;
    done = true;
    return await answer(request, response);
  };
}
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (request: IncomingMessage, response: ServerResponse): boolean => {
    request.resume();
    response.writeHead(code, headers).end();
    return true;
  };

test("a layer is read once and sent as it is read", async () => {
  expect(await put()).toEqual({ digest: DIGEST, bytes: CONTENT.length });
  expect(reads).toBe(1);
  expect(stored()?.equals(CONTENT)).toBe(true);
  expect(registry.seen.map(({ method }) => method)).toEqual(["POST", "PATCH", "PUT"]);
});

test("what a check at the end refuses never stands in the registry", async () => {
  await expect(
    put(() => {
      throw new Error("another model");
    }),
  ).rejects.toThrow("another model");
  expect(stored()).toBeUndefined();
  expect(registry.seen.at(-1)?.method).toBe("DELETE");
});

describe("faults that pass", () => {
  test.each<[string, Fault]>([
    ["503 at the start", once("POST", status(503))],
    ["429 with Retry-After", once("POST", status(429, { "retry-after": "0" }))],
    ["500 in the middle", once("PATCH", status(500))],
    ["502 at the end", once("PUT", status(502))],
    ["a session that is gone after a restart (404)", once("PATCH", status(404))],
    ["bytes that were lost on the way (400)", once("PUT", status(400))],
    [
      "a reset in the middle",
      once("PATCH", (request) => {
        request.once("data", () => request.socket.destroy());
        return true;
      }),
    ],
    ["silence", once("PATCH", () => true)],
  ])("%s", async (_name, fault) => {
    registry.before = fault;
    expect((await put()).digest).toBe(DIGEST);
    expect(stored()?.equals(CONTENT)).toBe(true);
  });

  test("an upload goes on where it broke, and its digest is of the whole", async () => {
    registry.before = once("PATCH", async (request, response) => {
      // The registry itself takes what comes until the connection breaks.
      let bytes = 0;
      const cut = (piece: Buffer): void => {
        bytes += piece.length;
        if (bytes > 3 * 1024 * 1024) request.socket.destroy();
      };
      request.on("data", cut);
      void response;
      return false;
    });
    expect((await put()).digest).toBe(DIGEST);
    expect(stored()?.equals(CONTENT)).toBe(true);
    expect(said.join("\n")).toMatch(/the upload goes on at byte \d{6,} of 6291456/);
    expect(registry.seen.filter(({ method }) => method === "POST")).toHaveLength(1);
  });
});

describe("faults that stay", () => {
  test.each<[string, number, RegExp]>([
    ["may not write", 403, /saw 403.*packages: write/],
    ["no such name", 404, /saw 404.*name right/],
    ["too large", 413, /saw 413.*a layer of this size/],
    ["too many requests", 429, /saw 429.*fewer requests/],
    ["read-only", 405, /saw 405/],
    ["disk full", 500, /saw 500/],
  ])(
    "%s (%i)",
    async (_name, code, why) => {
      registry.before = (request, response, { method }) =>
        method === "POST" ? status(code, { "retry-after": "0" })(request, response) : false;
      expect(await put().then(() => "sent", messageOf)).toMatch(why);
      expect(stored()).toBeUndefined();
    },
    20_000,
  );

  test("a registry that answers with another digest than it was given", async () => {
    const bytes = Buffer.from("{}");
    registry.before = (request, response, { method, path }) => {
      if (method !== "PUT" || !path.includes("/manifests/")) return false;
      return status(201, { "docker-content-digest": `sha256:${"0".repeat(64)}` })(request, response);
    };
    await expect(open().putManifest(bytes, "application/vnd.oci.image.manifest.v1+json", ["v1"])).rejects.toThrow(
      "content of digest",
    );
  });

  test("a place to upload to on another host gets no bytes", async () => {
    registry.before = (request, response, { method }) =>
      method === "POST"
        ? status(202, { location: "http://169.254.169.254/latest/meta-data" })(request, response)
        : false;
    await expect(put()).rejects.toThrow("169.254.169.254");
    expect(reads).toBe(0);
  });
});
