import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { openLayout } from "../../src/adapters/layout.ts";
import { openRegistry } from "../../src/adapters/registry.ts";
import { MEDIA, type ImageReference } from "../../src/domain/image/manifest.ts";
import type { ImageStore, Log } from "../../src/ports.ts";
import { startRegistry, type Access, type Fault, type TestRegistry } from "../world/registry/registry.ts";

let world: string;
let registries: TestRegistry[];
let masked: string[];
let said: string[];
const dockerConfig = process.env.DOCKER_CONFIG;

beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "registry-"));
  process.env.DOCKER_CONFIG = join(world, "docker");
  [registries, masked, said] = [[], [], []];
});
afterEach(async () => {
  for (const each of registries) await each.close();
  if (dockerConfig === undefined) delete process.env.DOCKER_CONFIG;
  else process.env.DOCKER_CONFIG = dockerConfig;
  rmSync(world, { recursive: true, force: true });
});

const log: Log = {
  info: (text) => said.push(text),
  warning: (text) => said.push(text),
  debug: (text) => said.push(text),
  group: async (_title, work) => await work(),
  mask: (secret) => masked.push(secret),
};

async function registry(access?: Access): Promise<TestRegistry> {
  const started = await startRegistry(access);
  registries.push(started);
  return started;
}

function login(host: string, user: string, password: string): void {
  mkdirSync(join(world, "docker"), { recursive: true });
  const auth = Buffer.from(`${user}:${password}`).toString("base64");
  writeFileSync(join(world, "docker/config.json"), JSON.stringify({ auths: { [`https://${host}/v2/`]: { auth } } }));
}

const named = (host: string, repository = "team/digits"): Extract<ImageReference, { kind: "registry" }> => ({
  kind: "registry",
  host,
  repository,
});
const storeOf = (host: string, repository?: string): ImageStore => openRegistry({ log })(named(host, repository));
const digest = (content: Buffer | string): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** A small image whose one layer comes from a file. */
async function push(store: ImageStore, tags: readonly string[] = ["v1"], content = "layer"): Promise<string> {
  const file = join(world, "layer.tar");
  writeFileSync(file, content);
  const config = await store.putBlob(Buffer.from("{}"));
  const layer = await store.putBlob({ file, digest: digest(content), bytes: Buffer.byteLength(content) });
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: config.digest, size: config.bytes },
    layers: [{ mediaType: MEDIA.layer, digest: layer.digest, size: layer.bytes }],
  };
  return await store.putManifest(Buffer.from(JSON.stringify(manifest)), MEDIA.manifest, tags);
}

/** A fault that strikes so many times, at the requests that fit. */
function times(count: number, fits: (line: string) => boolean, fault: Fault): Fault {
  let left = count;
  return async (request, response, seen) => {
    if (left === 0 || !fits(`${seen.method} ${seen.path}`)) return false;
    left--;
    return await fault(request, response, seen);
  };
}

const status =
  (code: number, headers: Record<string, string> = {}): Fault =>
  (request, response) => {
    request.resume();
    response.writeHead(code, headers).end('{"errors":[{"code":"UNKNOWN","message":"::error::not for the log"}]}');
    return true;
  };

test("an image goes in and comes out, and what is there already is not sent again", async () => {
  const { host, seen, manifests } = await registry();
  const store = storeOf(host);
  const pushed = await push(store, ["v1", "v2"]);
  expect([...manifests.get("team/digits")!.keys()]).toEqual(["v1", pushed, "v2"]);

  const found = await store.manifest("v1");
  expect(found?.digest).toBe(pushed);
  expect(await store.head("v2")).toBe(pushed);
  expect([await store.head("none"), await store.manifest(digest("none"))]).toEqual([undefined, undefined]);
  expect((await store.blob(digest("layer"), { maxBytes: 10 })).toString()).toBe("layer");
  await expect(store.blob(digest("layer"), { maxBytes: 3 })).rejects.toThrow("at most 3 bytes");
  await store.blobToFile(digest("layer"), join(world, "out"));
  expect(readFileSync(join(world, "out"), "utf8")).toBe("layer");

  const sent = seen.length;
  await push(store);
  expect(seen.slice(sent).map(({ method, path }) => `${method} ${path.split("/").slice(4).join("/")}`)).toEqual([
    `HEAD blobs/${digest("{}")}`,
    `HEAD blobs/${digest("layer")}`,
    "PUT manifests/v1",
  ]);
});

test("a token is asked for once for each kind of work, with docker's password, and nothing secret is unmasked", async () => {
  const { host, seen } = await registry({ kind: "token", user: "robot", password: "s3cret-word" });
  login(host, "robot", "s3cret-word");
  await push(storeOf(host));

  const asked = seen.filter(({ path }) => path.startsWith("/token"));
  expect(asked.map(({ path }) => new URLSearchParams(path.split("?")[1]).getAll("scope"))).toEqual([
    ["repository:team/digits:pull"],
    ["repository:team/digits:pull", "repository:team/digits:pull,push"],
  ]);
  const tokens = new Set(seen.map(({ authorization }) => authorization).filter((each) => each?.startsWith("Bearer ")));
  expect(tokens.size).toBe(2);
  for (const secret of [...tokens].map((each) => each!.slice("Bearer ".length))) expect(masked).toContain(secret);
  expect(masked).toContain("s3cret-word");
  expect(masked).toContain(Buffer.from("robot:s3cret-word").toString("base64"));
  expect(said.join("\n")).not.toMatch(/s3cret-word|Bearer/);
});

test("a token that ends in mid-push is renewed", async () => {
  const server = await registry({ kind: "token", user: "robot", password: "s3cret-word" });
  login(server.host, "robot", "s3cret-word");
  const challenge = `Bearer realm="http://${server.host}/token",service="x",scope="repository:team/digits:pull,push"`;
  server.before = times(1, (line) => line.startsWith("PUT"), status(401, { "www-authenticate": challenge }));
  expect(await push(storeOf(server.host))).toMatch(/^sha256:/);
});

test("a password is sent where a registry asks for one", async () => {
  const { host } = await registry({ kind: "basic", user: "robot", password: "s3cret-word" });
  login(host, "robot", "s3cret-word");
  expect(await push(storeOf(host))).toMatch(/^sha256:/);
});

test.each<Access>([
  { kind: "basic", user: "robot", password: "s3cret-word" },
  { kind: "token", user: "robot", password: "s3cret-word" },
])("without the right password ($kind) the way out is told", async (access) => {
  const { host } = await registry(access);
  await expect(push(storeOf(host))).rejects.toThrow(/401.*docker\/login-action/);
  login(host, "robot", "wrong-word");
  await expect(push(storeOf(host))).rejects.toThrow(/401/);
});

test("a token service that is a stranger gets no password", async () => {
  const server = await registry({
    kind: "token",
    user: "robot",
    password: "s3cret-word",
    realm: "https://evil.example/token",
  });
  login(server.host, "robot", "s3cret-word");
  await expect(push(storeOf(server.host))).rejects.toThrow("The password was not sent there.");
});

test.each([500, 502, 503, 429])("an answer %i that passes is outlived, also in mid-upload", async (code) => {
  const server = await registry();
  for (const part of ["HEAD", "POST", "PUT /v2/team/digits/blobs", "PUT /v2/team/digits/manifests"]) {
    server.before = times(1, (line) => line.startsWith(part), status(code, { "retry-after": "0" }));
    expect(await push(storeOf(server.host), ["v1"], `layer ${part}`)).toMatch(/^sha256:/);
  }
});

test("a reset connection is outlived, and an upload session that is lost begins anew", async () => {
  const server = await registry();
  server.before = times(
    1,
    (line) => line.startsWith("PUT /v2/team/digits/blobs"),
    (request) => {
      request.destroy();
      return true;
    },
  );
  expect(await push(storeOf(server.host))).toMatch(/^sha256:/);
  server.before = times(1, (line) => line.startsWith("PUT /v2/team/digits/blobs"), status(404));
  expect(await push(storeOf(server.host), ["v1"], "another layer")).toMatch(/^sha256:/);
});

test("what does not pass is told with its status and what to do, and not in the registry's own words", async () => {
  const server = await registry();
  server.before = status(403);
  const failed = await push(storeOf(server.host)).catch((thrown: unknown) => (thrown as Error).message);
  expect(failed).toMatch(/saw 403\b.*packages: write/);
  expect(failed).not.toContain("not for the log");
  server.before = status(503);
  await expect(storeOf(server.host).head("v1")).rejects.toThrow("saw 503");
});

test("content of another digest than asked for is refused and not kept", async () => {
  const server = await registry();
  const store = storeOf(server.host);
  const pushed = await push(store);
  const lie: Fault = (_request, response) => {
    response.writeHead(200, { "content-type": MEDIA.manifest }).end('{"schemaVersion":2,"manifests":[]}');
    return true;
  };
  server.before = lie;
  await expect(store.manifest(pushed)).rejects.toThrow("What the registry sent is not what it said");
  await expect(store.blob(digest("layer"), { maxBytes: 1000 })).rejects.toThrow("content of digest");
  await expect(store.blobToFile(digest("layer"), join(world, "out"))).rejects.toThrow("content of digest");
  await expect(
    openLayout({ kind: "layout", folder: join(world, "oci") }).takeBlob(store, named(server.host), {
      digest: digest("layer"),
      size: 5,
    }),
  ).rejects.toThrow("content of digest");
  expect(readdirSync(world)).not.toContain("out");
  expect(readdirSync(join(world, "oci/blobs"), { recursive: true })).toEqual(["sha256"]);
  server.before = (_request, response) => {
    response.writeHead(201, { "docker-content-digest": digest("another") }).end();
    return true;
  };
  await expect(store.putManifest(Buffer.from("{}"), MEDIA.manifest, ["v1"])).rejects.toThrow("content of digest");
});

test("a redirect is followed without our password, and not for ever", async () => {
  const server = await registry({ kind: "basic", user: "robot", password: "s3cret-word" });
  login(server.host, "robot", "s3cret-word");
  const store = storeOf(server.host);
  await push(store);
  const elsewhere = await registry();
  elsewhere.before = (_request, response) => {
    response.writeHead(200).end("layer");
    return true;
  };
  const away =
    (to: string): Fault =>
    (_request, response, { path, authorization }) => {
      if (!path.includes("/blobs/") || authorization === undefined) return false;
      response.writeHead(307, { location: to }).end();
      return true;
    };
  server.before = away(`http://${elsewhere.host}/store/1?signature=x`);
  expect((await store.blob(digest("layer"), { maxBytes: 100 })).toString()).toBe("layer");
  expect(elsewhere.seen).toEqual([{ method: "GET", path: "/store/1?signature=x", authorization: undefined }]);

  server.before = away(`/v2/team/digits/blobs/${digest("layer")}`);
  const before = server.seen.length;
  await expect(store.blob(digest("layer"), { maxBytes: 100 })).rejects.toThrow("at most 5 redirects");
  expect(server.seen.length - before).toBe(6);
});

test.each([
  "http://169.254.169.254/latest/meta-data",
  "https://169.254.169.254/latest",
  "https://[fe80::1]/",
  "https://10.0.0.1/",
  "http://registry.example/blob",
])("a redirect to %s is refused", async (target) => {
  const server = await registry();
  server.before = status(307, { location: target });
  await expect(storeOf(server.host).blob(digest("layer"), { maxBytes: 100 })).rejects.toThrow(
    "to be sent to a public https address",
  );
});

test("an upload is sent nowhere that the registry is not", async () => {
  const server = await registry();
  server.before = times(1, (line) => line.startsWith("POST"), status(202, { location: "https://192.168.7.7/upload" }));
  await expect(push(storeOf(server.host))).rejects.toThrow("a private address");
});

test("a base's layer is mounted within a registry, and streamed from another or from a folder", async () => {
  const server = await registry({ kind: "token", user: "robot", password: "s3cret-word" });
  login(server.host, "robot", "s3cret-word");
  await push(storeOf(server.host, "base/python"));
  const layer = { digest: digest("layer"), size: 5 };
  const ours = storeOf(server.host);
  expect(await ours.takeBlob(storeOf(server.host, "base/python"), named(server.host, "base/python"), layer)).toBe(
    "mounted",
  );
  expect(await ours.takeBlob(storeOf(server.host, "base/python"), named(server.host, "base/python"), layer)).toBe(
    "already",
  );
  expect(server.seen.filter(({ method, path }) => method === "PUT" && path.includes("team/digits"))).toEqual([]);

  const other = await registry();
  expect(await storeOf(other.host).takeBlob(ours, named(server.host), layer)).toBe("streamed");
  expect(other.blobs.get("team/digits")!.get(layer.digest)!.toString()).toBe("layer");

  const folder: ImageReference = { kind: "layout", folder: join(world, "oci") };
  expect(await openLayout(folder).takeBlob(ours, named(server.host), layer)).toBe("streamed");
  expect(await storeOf(other.host, "from/folder").takeBlob(openLayout(folder), folder, layer)).toBe("streamed");

  const takenBy = async (repository: string): Promise<string> =>
    await storeOf(other.host, repository).takeBlob(
      storeOf(other.host, "base/python"),
      named(other.host, "base/python"),
      layer,
    );
  // A registry may refuse the very question, and a token service the two repositories at once.
  await push(storeOf(other.host, "base/python"));
  other.before = times(1, (line) => line.includes("?mount="), status(405));
  expect(await takenBy("team/four")).toBe("streamed");
  const strict = await registry({ kind: "token", user: "robot", password: "s3cret-word" });
  login(strict.host, "robot", "s3cret-word");
  await push(storeOf(strict.host, "base/python"));
  strict.before = (request, response, seen) =>
    seen.path.startsWith("/token") && /base.*team|team.*base/.test(seen.path)
      ? status(403)(request, response, seen)
      : false;
  const base = named(strict.host, "base/python");
  expect(await storeOf(strict.host, "team/three").takeBlob(storeOf(strict.host, "base/python"), base, layer)).toBe(
    "streamed",
  );

  // Where a registry does not mount, the session that it began instead is used.
  other.before = (request, _response, { path }) => {
    request.url = path.replace(/\?mount=.*/, "");
    return false;
  };
  expect(await takenBy("team/two")).toBe("streamed");
});

test("a registry that is not there is told plainly", async () => {
  const gone = await startRegistry();
  await gone.close();
  await expect(storeOf(gone.host).head("v1")).rejects.toThrow(`expected an answer from ${gone.host}`);
});

test("a registry that falls silent is given up, before an answer and within one", async () => {
  const server = await registry();
  server.before = () => true;
  const store = openRegistry({ log, stallMs: 40 })(named(server.host));
  await expect(store.head("v1")).rejects.toThrow(/expected an answer from .*, saw no answer in time/);
  expect(server.seen.length).toBe(4);
  server.before = times(
    1,
    (line) => line.startsWith("GET"),
    (_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("half");
      return true;
    },
  );
  await expect(store.blob(digest("layer"), { maxBytes: 100 })).rejects.toThrow("404 BLOB_UNKNOWN");
});

test("the job's token opens ghcr.io only", async () => {
  const { host } = await registry({ kind: "basic", user: "me", password: "job-token" });
  const store = openRegistry({ log, githubToken: "job-token", actor: "me" })(named(host));
  await expect(store.head("v1")).rejects.toThrow("401");
});
