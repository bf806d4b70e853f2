import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { openLayout } from "../../src/adapters/layout.ts";
import { MEDIA } from "../../src/domain/image/manifest.ts";
import type { ImageStore } from "../../src/ports.ts";

let world: string;
let folder: string;

beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "layout-"));
  folder = join(world, "image");
});
afterEach(() => rmSync(world, { recursive: true, force: true }));

const store = (): ImageStore => openLayout({ kind: "layout", folder });
const digest = (content: Buffer | string): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;
type Entry = { digest: string; size: number; mediaType: string; annotations?: Record<string, string> };
const index = (): { manifests: Entry[] } => JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
const everything = (): string[] => (readdirSync(folder, { recursive: true }) as string[]).toSorted();

async function push(to: ImageStore, content: string, tags: readonly string[]): Promise<string> {
  const config = await to.putBlob(Buffer.from(JSON.stringify({ content })));
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: config.digest, size: config.bytes },
    layers: [],
  };
  return await to.putManifest(Buffer.from(JSON.stringify(manifest)), MEDIA.manifest, tags);
}

test("a layout is what the specification says it is", async () => {
  const file = join(world, "layer.tar");
  writeFileSync(file, "layer");
  expect(await store().putBlob({ file, digest: digest("layer"), bytes: 5 })).toEqual({
    digest: digest("layer"),
    bytes: 5,
    already: false,
  });
  expect(await store().putBlob({ file, digest: digest("layer"), bytes: 5 })).toEqual({
    digest: digest("layer"),
    bytes: 5,
    already: true,
  });
  const pushed = await push(store(), "a", ["v1", "v2"]);

  expect(JSON.parse(readFileSync(join(folder, "oci-layout"), "utf8"))).toEqual({ imageLayoutVersion: "1.0.0" });
  const size = readFileSync(join(folder, "blobs/sha256", pushed.slice(7))).length;
  expect(index()).toEqual({
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: ["v1", "v2"].map((tag) => ({
      mediaType: MEDIA.manifest,
      digest: pushed,
      size,
      annotations: { "org.opencontainers.image.ref.name": tag },
    })),
  });
  for (const name of readdirSync(join(folder, "blobs/sha256"))) {
    expect(digest(readFileSync(join(folder, "blobs/sha256", name)))).toBe(`sha256:${name}`);
  }
  expect(everything().filter((each) => /part|lock/.test(each))).toEqual([]);
});

test("a tag stands on one manifest, and what has no tag stays in reach", async () => {
  const [a, b, untagged] = [
    await push(store(), "a", ["v1", "latest"]),
    await push(store(), "b", ["latest"]),
    await push(store(), "c", []),
  ];
  expect([await store().head("v1"), await store().head("latest"), await store().head("none")]).toEqual([
    a,
    b,
    undefined,
  ]);
  expect(
    index().manifests.map((each) => [each.digest, each.annotations?.["org.opencontainers.image.ref.name"]]),
  ).toEqual([
    [a, "v1"],
    [b, "latest"],
    [untagged, undefined],
  ]);
  await push(store(), "c", ["named"]);
  await push(store(), "c", []);
  expect(index().manifests.filter((each) => each.digest === untagged)).toHaveLength(1);
  expect((await store().manifest(untagged))?.digest).toBe(untagged);
});

test("a folder that is not there is an empty layout, and reading does not make it", async () => {
  expect([await store().head("v1"), await store().manifest("v1"), await store().hasBlob(digest("x"))]).toEqual([
    undefined,
    undefined,
    false,
  ]);
  await expect(store().blob(digest("x"), { maxBytes: 10 })).rejects.toThrow("saw none");
  expect(existsSync(folder)).toBe(false);
});

test("content that was changed on disk is refused", async () => {
  const pushed = await push(store(), "a", ["v1"]);
  writeFileSync(join(folder, "blobs/sha256", pushed.slice(7)), '{"schemaVersion":2,"manifests":[]}');
  await expect(store().manifest("v1")).rejects.toThrow(`content of digest ${pushed}`);
  await expect(store().blob(pushed, { maxBytes: 1000 })).rejects.toThrow("content of digest");
  await expect(store().blobToFile(pushed, join(world, "out"))).rejects.toThrow("content of digest");
  expect(readdirSync(world)).toEqual(["image"]);
  await expect(store().blob("sha256:../../etc/passwd", { maxBytes: 10 })).rejects.toThrow("64 hex digits");
});

test("a blob of another digest than said leaves nothing", async () => {
  writeFileSync(join(world, "file"), "content");
  await expect(store().putBlob({ file: join(world, "file"), digest: digest("other"), bytes: 7 })).rejects.toThrow(
    "content of digest",
  );
  expect(everything()).toEqual(["blobs", "blobs/sha256", "oci-layout"]);
});

const WRITER = `
  const { openLayout } = await import(process.argv[1]);
  const [, , folder, name] = process.argv;
  const store = openLayout({ kind: "layout", folder });
  for (let turn = 0; turn < 15; turn++) {
    const config = await store.putBlob(Buffer.from(JSON.stringify({ name, turn })));
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: "${MEDIA.manifest}", layers: [],
      config: { mediaType: "${MEDIA.config}", digest: config.digest, size: config.bytes } }));
    await store.putManifest(bytes, "${MEDIA.manifest}", [name + turn]);
  }`;

test("writers at once lose none of each other's tags", async () => {
  const source = resolve(import.meta.dirname, "../../src/adapters/layout.ts");
  const ends = ["a", "b", "c"].map(
    (name) =>
      new Promise<number | null>((done) => {
        const child = spawn(process.execPath, ["--input-type=module", "-e", WRITER, source, folder, name], {
          stdio: "inherit",
        });
        child.on("exit", done);
      }),
  );
  expect(await Promise.all(ends)).toEqual([0, 0, 0]);
  expect(index().manifests).toHaveLength(45);
  expect(everything().filter((each) => /part|lock/.test(each))).toEqual([]);
});

test("the lock of a writer that is gone does not stop the next", async () => {
  await push(store(), "a", ["v1"]);
  // No process has this id: it is above what Linux gives.
  writeFileSync(join(folder, ".index.json.lock"), `${hostname()} 99999999 dead`);
  await push(store(), "b", ["v2"]);
  expect(index().manifests).toHaveLength(2);
  expect(everything().filter((each) => each.includes("lock"))).toEqual([]);
});
