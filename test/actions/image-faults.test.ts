// Faults between the action and Debian's docker-registry, by a proxy before it and by the registry itself, each with its verdict.
// Whatever goes wrong, no tag stands on half an image, and nothing temporary is left.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { messageOf } from "../../src/errors.ts";
import { lacks, startDockerRegistry, type DockerRegistry } from "../world/registry/docker-registry.ts";
import { startFaultProxy, type FaultProxy, type Passing, type ProxyFault } from "../world/registry/fault-proxy.ts";
import { startRegistry } from "../world/registry/registry.ts";
import { imageBench, type ImageBench } from "./image-bench.ts";

const without = lacks("docker-registry", "faults before docker-registry");
const root = process.getuid?.() === 0;
if (!root) console.warn("SKIPPED: full disks, since only root can mount a small one");

const MODEL = Buffer.alloc(3 * 1024 * 1024, createHash("sha512").update("a model").digest());
const SHA = "1".repeat(40);
const INPUTS = { "model-class": "M", model: "model/m.bin", "check-model": "false", try: "false" };
const before = { ...process.env };

let world: string;
let bench: ImageBench;

beforeAll(() => {
  world = mkdtempSync(join(tmpdir(), "image-faults-"));
  process.env["DOCKER_CONFIG"] = join(world, "docker");
});
afterAll(() => {
  if (before["DOCKER_CONFIG"] === undefined) delete process.env["DOCKER_CONFIG"];
  Object.assign(process.env, { PATH: before["PATH"] });
  rmSync(world, { recursive: true, force: true });
});
beforeEach(() => {
  bench = imageBench({ stallMs: 400 });
  bench.put("M.py", "class M:\n    def predict(self, X, names=None):\n        return X\n");
  bench.put("model/m.bin", MODEL);
});
afterEach(() => bench.close());

const build = async (image: string): Promise<string> => {
  try {
    const { outputs } = await bench.build({ ...INPUTS, image });
    return outputs.digest!;
  } catch (thrown) {
    return messageOf(thrown);
  } finally {
    const temporary = join(bench.temp, "model-road");
    expect(existsSync(temporary) ? readdirSync(temporary) : []).toEqual([]);
  }
};

/** Tags that name an image, not a layer alone. */
async function tagsOf(host: string): Promise<string[]> {
  const answer = await fetch(`http://${host}/v2/team/m/tags/list`);
  const { tags } = answer.ok ? ((await answer.json()) as { tags: string[] | null }) : { tags: [] };
  return (tags ?? []).filter((each) => !each.startsWith("layer-")).toSorted();
}

const once = (fits: RegExp, fault: ProxyFault): ProxyFault => {
  let done = false;
  return async (passing) => {
    if (done || !fits.test(`${passing.method} ${passing.path}`)) return false;
    done = true;
    return await fault(passing);
  };
};
const always =
  (fits: RegExp, fault: ProxyFault): ProxyFault =>
  async (passing) =>
    fits.test(`${passing.method} ${passing.path}`) && (await fault(passing));
const status =
  (code: number, headers: Record<string, string> = {}, name = "UNKNOWN"): ProxyFault =>
  ({ request, response }) => {
    request.resume();
    response.writeHead(code, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ errors: [{ code: name, message: "::error::said by a stranger" }] }));
    return true;
  };
/** Hands on so many bytes of the body, then does something. */
const after =
  (bytes: number, then: (passing: Passing) => void | Promise<void>): ProxyFault =>
  async (passing) => {
    async function* cut(): AsyncIterable<Buffer> {
      let at = 0;
      for await (const piece of passing.request as AsyncIterable<Buffer>) {
        if (at < bytes && at + piece.length >= bytes) {
          yield piece;
          // What was handed on has been taken before the connection ends.
          await delay(50);
          await then(passing);
        } else yield piece;
        at += piece.length;
      }
    }
    await passing.pass({ body: cut() });
    return true;
  };

const START = /^POST .*\/blobs\/uploads\//;
const PART = /^PATCH /;
const END = /^PUT .*\/blobs\/uploads\//;
const MANIFEST = /^PUT .*\/manifests\/fp-/;

describe.skipIf(without)("before a real registry", () => {
  let registry: DockerRegistry;
  let proxy: FaultProxy;
  beforeEach(async () => {
    registry = await startDockerRegistry(mkdtempSync(join(world, "registry-")));
    proxy = await startFaultProxy(registry.host);
  });
  afterEach(async () => {
    await proxy.close();
    await registry.stop();
  });

  test.each<[string, ProxyFault]>([
    ["429 with Retry-After at the start", once(START, status(429, { "retry-after": "1" }))],
    ["500 in the middle", once(PART, status(500))],
    ["502 at a layer's end", once(END, status(502))],
    ["503 at the manifest", once(MANIFEST, status(503, { "retry-after": "0" }))],
    [
      "a reset in mid-upload",
      once(
        PART,
        after(1_000_000, ({ request }) => void request.socket.destroy()),
      ),
    ],
    [
      "silence in mid-upload",
      once(
        PART,
        after(1_000_000, async () => await delay(900)),
      ),
    ],
    ["a session that is lost", once(PART, status(404, {}, "BLOB_UPLOAD_UNKNOWN"))],
  ])(
    "passes: %s",
    async (_name, fault) => {
      proxy.fault = fault;
      expect(await build(`${proxy.host}/team/m`)).toMatch(/^sha256:/);
      proxy.fault = undefined;
      expect(await tagsOf(registry.host)).toEqual([expect.stringMatching(/^fp-/), `sha-${SHA}`]);
    },
    30_000,
  );

  test("a slow road: every piece is sent as it was read", async () => {
    bench.put("model/m.bin", "");
    rmSync(join(bench.workspace, "model"), { recursive: true });
    for (let at = 0; at < 90; at++) bench.put(`model/${at}.bin`, Buffer.alloc(at % 3 === 0 ? 10 : 250_000 + at, at));
    proxy.fault = always(PART, async ({ request, pass }) => {
      async function* slow(): AsyncIterable<Buffer> {
        await delay(200);
        for await (const piece of request as AsyncIterable<Buffer>) {
          await delay(2);
          yield piece;
        }
      }
      await pass({ body: slow() });
      return true;
    });
    const { outputs } = await bench.build({ ...INPUTS, model: "model", image: `${proxy.host}/team/m` });
    expect(outputs.digest).toMatch(/^sha256:/);
    expect(proxy.seen.filter((each) => PART.test(each))).toHaveLength(1);
  }, 30_000);

  test.each<[string, ProxyFault, RegExp]>([
    [
      "401",
      always(START, status(401, { "www-authenticate": 'Basic realm="x"' })),
      /401 Unauthorized.*docker\/login-action/,
    ],
    ["403", always(START, status(403, {}, "DENIED")), /saw 403 DENIED.*packages: write/],
    ["404 name", always(START, status(404, {}, "NAME_UNKNOWN")), /saw 404 NAME_UNKNOWN.*name right/],
    ["413", always(PART, status(413)), /saw 413.*refuses a layer of this size/],
    ["429", always(START, status(429, { "retry-after": "0" })), /saw 429.*fewer requests/],
    ["503 that stays", always(PART, status(503, { "retry-after": "0" })), /saw 503/],
    [
      "a reset each time",
      always(PART, ({ request }) => (request.socket.destroy(), true)),
      /expected an answer from 127\.0\.0\.1/,
    ],
    ["silence each time", always(START, () => true), /saw no answer in time/],
    [
      "a manifest of another digest",
      always(MANIFEST, async ({ pass }) => {
        await pass({ head: (headers) => (headers["docker-content-digest"] = `sha256:${"0".repeat(64)}`) });
        return true;
      }),
      /expected content of digest sha256:[0-9a-f]{64}, saw sha256:0{64}/,
    ],
    [
      "sent on to the address of a cloud's secrets",
      always(START, status(202, { location: "http://169.254.169.254/latest/meta-data" })),
      /saw http:\/\/169\.254\.169\.254/,
    ],
    [
      "sent on to a private address",
      always(START, status(202, { location: "https://10.0.0.1/upload" })),
      /a private address/,
    ],
    [
      "sent on to plain http",
      always(START, status(202, { location: "http://registry.example/upload" })),
      /saw http:\/\/registry\.example/,
    ],
  ])(
    "is told: %s",
    async (name, fault, verdict) => {
      proxy.fault = fault;
      const told = await build(`${proxy.host}/team/m`);
      expect(told).toMatch(verdict);
      expect(told).not.toContain("said by a stranger");
      // A registry that lies about what it has taken has taken it; the action says so and sets no more.
      const lied = name === "a manifest of another digest";
      expect(await tagsOf(registry.host)).toEqual(lied ? [expect.stringMatching(/^fp-/)] : []);
    },
    60_000,
  );

  test("a layer that is mounted comes from where the registry says, and not from a private address", async () => {
    const first = await build(`${proxy.host}/team/m`);
    expect(first).toMatch(/^sha256:/);
    proxy.fault = always(/^GET .*\/blobs\//, status(307, { location: "http://169.254.169.254/layer" }));
    const inputs = { ...INPUTS, "base-image": `${proxy.host}/team/m@${first}`, image: "oci:out" };
    await expect(bench.build(inputs)).rejects.toThrow("169.254.169.254");
    expect(existsSync(join(bench.workspace, "out/index.json"))).toBe(false);
  });

  test.each(["one that it keeps", "one that it forgets"])(
    "the registry dies in mid-upload and comes back, its secret %s",
    async (name) => {
      await registry.stop();
      const secret = name === "one that it keeps" ? "kept" : '""';
      registry = await startDockerRegistry(mkdtempSync(join(world, "registry-")), { secret });
      await proxy.close();
      proxy = await startFaultProxy(registry.host);
      proxy.fault = once(
        PART,
        after(1_500_000, async ({ request }) => {
          await registry.restart();
          request.socket.destroy();
        }),
      );
      expect(await build(`${proxy.host}/team/m`)).toMatch(/^sha256:/);
      expect(await tagsOf(registry.host)).toEqual([expect.stringMatching(/^fp-/), `sha-${SHA}`]);
    },
    60_000,
  );

  test("a registry that only reads", async () => {
    await registry.stop();
    registry = await startDockerRegistry(mkdtempSync(join(world, "registry-")), { readOnly: true });
    expect(await build(`${registry.host}/team/m`)).toMatch(/saw 405.*takes nothing/);
    expect(await tagsOf(registry.host)).toEqual([]);
  });
});

describe.skipIf(!root)("a disk that is full", () => {
  let small: string;
  beforeEach(() => {
    small = mkdtempSync(join(world, "small-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1500k", "tmpfs", small]);
  });
  afterEach(() => {
    execFileSync("umount", [small]);
  });

  test.skipIf(without)(
    "the registry's",
    async () => {
      const registry = await startDockerRegistry(mkdtempSync(join(world, "registry-")), {
        storage: join(small, "registry"),
      });
      try {
        expect(await build(`${registry.host}/team/m`)).toMatch(/saw 50\d/);
        expect(await tagsOf(registry.host)).toEqual([]);
      } finally {
        await registry.stop();
      }
    },
    60_000,
  );

  test("ours, while a layout is written", async () => {
    expect(await build(`oci:${join(small, "image")}`)).toMatch(/ENOSPC|no space/i);
    const left = (readdirSync(small, { recursive: true }) as string[]).filter(
      (each) => !/blobs|sha256|oci-layout/.test(each),
    );
    expect(left).toEqual(["image"]);
    expect((readdirSync(small, { recursive: true }) as string[]).filter((each) => each.endsWith(".part"))).toEqual([]);
    expect(existsSync(join(small, "image/index.json"))).toBe(false);
  });
});

describe("docker's stored logins", () => {
  const helper = (name: string, script: string): void => {
    const folder = join(world, "docker");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\nread server\n${script}\n`);
    chmodSync(join(folder, `docker-credential-${name}`), 0o755);
    writeFileSync(join(folder, "config.json"), JSON.stringify({ credsStore: name }));
    process.env["PATH"] = `${folder}:${before["PATH"]}`;
  };

  test("credsStore: a password", async () => {
    const registry = await startRegistry({ kind: "basic", user: "me", password: "pass word" });
    helper("plain", `echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"me\\",\\"Secret\\":\\"pass word\\"}"`);
    expect(await build(`${registry.host}/team/m`)).toMatch(/^sha256:/);
    await registry.close();
  });

  test("credsStore: an identity token is changed for the registry's own", async () => {
    const registry = await startRegistry({ kind: "token", user: "", password: "", identity: "identity-token" });
    helper("identity", `echo '{"ServerURL":"x","Username":"<token>","Secret":"identity-token"}'`);
    expect(await build(`${registry.host}/team/m`)).toMatch(/^sha256:/);
    expect(registry.seen.some(({ method, path }) => method === "POST" && path === "/token")).toBe(true);
    expect(registry.seen.every(({ path }) => !path.includes("identity-token"))).toBe(true);
    await registry.close();
  });

  test("credsStore: a helper that has nothing, or is no program, leaves the way out", async () => {
    const registry = await startRegistry({ kind: "basic", user: "me", password: "pass word" });
    helper("nothing", 'echo "credentials not found in native keychain"; exit 1');
    expect(await build(`${registry.host}/team/m`)).toMatch(/401 Unauthorized.*docker\/login-action/);
    rmSync(join(world, "docker/docker-credential-nothing"));
    expect(await build(`${registry.host}/team/m`)).toMatch(/401 Unauthorized/);
    await registry.close();
  });
});
