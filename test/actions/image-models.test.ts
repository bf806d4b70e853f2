// Models whose files are odd: names, links, devices, and a size that no memory holds.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { messageOf } from "../../src/errors.ts";
import { imageBench, type ImageBench } from "./image-bench.ts";

const INPUTS = { "model-class": "M", "check-model": "false", try: "false", image: "oci:image" };
const root = process.getuid?.() === 0;
if (!root) console.warn("SKIPPED: a device node among a model's files, which only root can make");
const long = process.env["LONG_TESTS"] === "1";

let bench: ImageBench;
beforeEach(() => {
  bench = imageBench();
  bench.put("M.py", "class M:\n    def predict(self, X, names=None):\n        return X\n");
});
afterEach(() => bench.close());

const told = async (model: string): Promise<string> =>
  await bench.build({ ...INPUTS, model }).then(({ outputs }) => outputs.digest!, messageOf);
const nothingLeft = (): void => {
  expect(readdirSync(bench.workspace)).not.toContain("image");
  const temporary = join(bench.temp, "model-road");
  expect(existsSync(temporary) ? readdirSync(temporary) : []).toEqual([]);
};

test("spaces, Unicode and a leading dash in the path are the same in the image", async () => {
  const names = ["modèle ö 模型/a b.bin", "modèle ö 模型/-rf", "modèle ö 模型/日本/'quoted' \"so\".bin"];
  for (const name of names) bench.put(name, name);
  const digest = await told("modèle ö 模型");
  expect(digest).toMatch(/^sha256:/);
  const blob = (of: string): string => join(bench.workspace, "image/blobs/sha256", of.slice(7));
  const { layers, config } = JSON.parse(readFileSync(blob(digest), "utf8")) as {
    layers: { digest: string }[];
    config: { digest: string };
  };
  const out = join(bench.temp, "out");
  mkdirSync(out);
  execFileSync("tar", ["-xf", blob(layers.at(-1)!.digest), "-C", out]);
  for (const name of names) expect(readFileSync(join(out, "app", name), "utf8")).toBe(name);
  expect(readFileSync(blob(config.digest), "utf8")).toContain("MODEL_PATH=/app/modèle ö 模型");
});

describe("refused before anything is made", () => {
  test("0 bytes, as a file and as a folder of empty files", async () => {
    bench.put("empty.bin", "");
    bench.put("empty/a.bin", "");
    expect(await told("empty.bin")).toMatch(/expected a model with content, saw 0 bytes at "empty\.bin"/);
    expect(await told("empty")).toMatch(/expected a model with content, saw 0 bytes at "empty"/);
  });

  test("a link out of the folder, to a file and to a folder, and one that leads nowhere", async () => {
    for (const [name, target] of [
      ["file", "/etc/hostname"],
      ["folder", "/etc"],
      ["nowhere", "/no/such/thing"],
      ["inside", "a.bin"],
    ] as const) {
      bench.put(`${name}/a.bin`, "a");
      symlinkSync(target, join(bench.workspace, name, "link"));
      expect(await told(name), name).toMatch(/link.*expected regular files and folders, saw a symbolic link/);
      nothingLeft();
    }
  });

  test("a model that is itself a link out of the repository", async () => {
    symlinkSync("/etc/hostname", join(bench.workspace, "model.bin"));
    expect(await told("model.bin")).toMatch(/^input "model": /);
  });

  test("a pipe, and a device node", async () => {
    bench.put("pipe/a.bin", "a");
    execFileSync("mkfifo", [join(bench.workspace, "pipe/p")]);
    expect(await told("pipe")).toMatch(/expected regular files and folders, saw a device, pipe or socket/);
    nothingLeft();
    if (!root) return;
    bench.put("device/a.bin", "a");
    execFileSync("mknod", [join(bench.workspace, "device/zero"), "c", "1", "5"]);
    expect(await told("device")).toMatch(/zero.*expected regular files and folders, saw a device, pipe or socket/);
    nothingLeft();
  });
});

const GIB = 1024 ** 3;

test.skipIf(!long)(
  "20 GB are streamed: read, digested and sent in bounded memory",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "image-large-"));
    const sink = await digestingRegistry();
    try {
      const bytes = 20 * GIB;
      writeFileSync(join(folder, "M.py"), "class M:\n    def predict(self, X, names=None):\n        return X\n");
      writeFileSync(join(folder, "model.bin"), "a sparse model");
      truncateSync(join(folder, "model.bin"), bytes);
      const peak = join(folder, "peak.cjs");
      writeFileSync(
        peak,
        `process.on("exit", () => require("node:fs").writeSync(2, "peak " + process.resourceUsage().maxRSS + "\\n"));`,
      );
      const env = {
        PATH: process.env["PATH"]!,
        GITHUB_WORKSPACE: folder,
        GITHUB_REPOSITORY: "acme/large",
        GITHUB_SHA: "1".repeat(40),
        RUNNER_TEMP: join(folder, "temp"),
        "INPUT_REQUIRE-GATE": "false",
        INPUT_MODEL: "model.bin",
        "INPUT_MODEL-CLASS": "M",
        "INPUT_CHECK-MODEL": "false",
        INPUT_TRY: "false",
        INPUT_IMAGE: `${sink.host}/team/large`,
      };
      const child = spawn(
        process.execPath,
        ["--require", peak, join(import.meta.dirname, "../../dist/build-model-image.cjs")],
        { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
      );
      let said = "";
      for (const each of [child.stdout, child.stderr]) each.on("data", (piece: Buffer) => (said += piece.toString()));
      const code = await new Promise((resolve) => child.once("close", resolve));
      expect(code, said.slice(-2000)).toBe(0);
      expect(sink.largest()).toBeGreaterThan(bytes);
      const mebibytes = Number(/peak (\d+)/.exec(said)![1]) / 1024;
      console.log(`20 GiB model: peak memory ${mebibytes.toFixed(0)} MiB`);
      expect(mebibytes).toBeLessThanOrEqual(130);
    } finally {
      await sink.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  900_000,
);

/** A registry that digests what it is sent, checks it, and keeps none of it. */
async function digestingRegistry() {
  const known = new Set<string>();
  let largest = 0;
  let uploads = 0;
  const digests = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url!, "http://x");
    const hash = createHash("sha256");
    let bytes = 0;
    request.on("data", (piece: Buffer) => {
      hash.update(piece);
      bytes += piece.length;
    });
    request.on("end", () => {
      largest = Math.max(largest, bytes);
      const location = `/v2/team/large/blobs/uploads/${request.method === "POST" ? ++uploads : url.pathname.split("/").at(-1)}`;
      const last = url.pathname.split("/").at(-1)!;
      if (request.method === "POST") return response.writeHead(202, { location }).end();
      if (request.method === "PATCH") {
        digests.set(last, `sha256:${hash.digest("hex")}`);
        return response.writeHead(202, { location }).end();
      }
      if (request.method === "PUT" && url.pathname.includes("/uploads/")) {
        const sent = bytes > 0 ? `sha256:${hash.digest("hex")}` : digests.get(last);
        const wanted = url.searchParams.get("digest")!;
        if (sent === wanted) known.add(wanted);
        return response.writeHead(sent === wanted ? 201 : 400).end();
      }
      if (request.method === "PUT") {
        return response.writeHead(201, { "docker-content-digest": `sha256:${hash.digest("hex")}` }).end();
      }
      return response.writeHead(known.has(last) ? 200 : 404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    largest: () => largest,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
