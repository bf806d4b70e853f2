import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { fileContents } from "../../src/adapters/contents.ts";

const hashWorker = join(import.meta.dirname, "../../src/main/hash-worker.ts");
const MIB = 1024 * 1024;
/** Alone, and with others; more of them than there is work for, too. */
const ways = [
  { threads: 1, hashWorker },
  { threads: 2, hashWorker },
  { threads: 5, hashWorker },
];

let folder: string;
const at = (path: string): string => join(folder, path);
const sha256 = (content: Buffer): Buffer => createHash("sha256").update(content).digest();
const hex = (content: Buffer): string => `sha256:${sha256(content).toString("hex")}`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "contents-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(ways)("$threads threads: those of the content, in the order asked, with the mode", async (way) => {
  mkdirSync(at("ünter ordner"));
  const files = Array.from({ length: 3000 }, (_, index) => ({
    path: index % 7 === 0 ? `ünter ordner/f${index}` : `f${index}`,
    content: Buffer.alloc((index * 7919) % 9000, index % 251),
  })).toReversed();
  for (const { path, content } of files) writeFileSync(at(path), content);
  chmodSync(at("f8"), 0o755);
  chmodSync(at("f9"), 0o600);
  const told = await fileContents(way).digests(
    folder,
    files.map(({ path }) => path),
  );
  expect(told.map(({ digest }) => digest)).toEqual(files.map(({ content }) => hex(content)));
  const modeOf = (path: string): number => told[files.findIndex((file) => file.path === path)]!.mode;
  expect([modeOf("f8"), modeOf("f9"), modeOf("f10")]).toEqual([0o755, 0o600, 0o644]);
});

test.each(ways)("$threads threads: at every size around the buffer's and the block's", async (way) => {
  const sizes = [0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 16 * MIB, 32 * MIB];
  const bytes = Buffer.alloc(33 * MIB + 5, "abc");
  for (const size of sizes) writeFileSync(at(`f${size}`), bytes.subarray(0, size));
  // Above 32 MiB a file counts by its blocks; two of them, so that blocks of one are not taken for the other's.
  for (const big of [32 * MIB + 1, 33 * MIB + 5]) writeFileSync(at(`f${big}`), bytes.subarray(0, big));
  const blocks = (big: number): string => {
    const digests = [0, 16 * MIB, 32 * MIB].map((from) => sha256(bytes.subarray(from, Math.min(from + 16 * MIB, big))));
    return `sha256-16m:${sha256(Buffer.concat(digests)).toString("hex")}`;
  };
  const paths = [`f${33 * MIB + 5}`, ...sizes.map((size) => `f${size}`), `f${32 * MIB + 1}`];
  const told = await fileContents(way).digests(folder, paths);
  expect(told.map(({ digest }) => digest)).toEqual([
    blocks(33 * MIB + 5),
    ...sizes.map((size) => hex(bytes.subarray(0, size))),
    blocks(32 * MIB + 1),
  ]);
});

test.each(ways)("$threads threads: what can not be read is told by its name", async (way) => {
  const files = Array.from({ length: 1500 }, (_, index) => `f${index}`);
  for (const path of files.slice(0, -1)) writeFileSync(at(path), "x".repeat(4096));
  symlinkSync("/etc/passwd", at("f1499"));
  const expected = `${at("f1499")}: expected a file that can be used, saw`;
  await expect(fileContents(way).digests(folder, files)).rejects.toThrow(`${expected} a symbolic link`);
  rmSync(at("f1499"));
  await expect(fileContents(way).digests(folder, files)).rejects.toThrow(`${expected} nothing`);
  mkdirSync(at("f1499"));
  await expect(fileContents(way).digests(folder, files)).rejects.toThrow(`${expected} a folder`);
});

test("a thread that can not start is told, and holds nothing up", async () => {
  const files = Array.from({ length: 3000 }, (_, index) => `f${index}`);
  for (const path of files) writeFileSync(at(path), "x".repeat(4096));
  const contents = fileContents({ threads: 2, hashWorker: at("none.cjs") });
  await expect(contents.digests(folder, files)).rejects.toThrow(/none\.cjs|ended early/);
});

test("threads that were called in ahead do the work of many, not of few, and hold no process up", async () => {
  const files = Array.from({ length: 1200 }, (_, index) => `f${index}`);
  for (const path of files) writeFileSync(at(path), path);
  const contents = fileContents({ threads: 2, hashWorker });
  contents.expect(10);
  contents.expect(1200);
  contents.expect(1200);
  expect(await contents.digests(folder, ["f1"])).toEqual([{ digest: hex(Buffer.from("f1")), mode: 0o644 }]);
  const told = await contents.digests(folder, files);
  expect(told.map(({ digest }) => digest)).toEqual(files.map((path) => hex(Buffer.from(path))));
  const script = `import { fileContents } from ${JSON.stringify(join(import.meta.dirname, "../../src/adapters/contents.ts"))};
    fileContents({ threads: 2, hashWorker: ${JSON.stringify(hashWorker)} }).expect(5000);`;
  const done = spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", script], { timeout: 30_000 });
  expect([done.status, done.stderr.toString()]).toEqual([0, ""]);
});

test("nothing asked, nothing told", async () => {
  expect(await fileContents().digests(folder, [])).toEqual([]);
});
