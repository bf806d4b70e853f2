import { constants } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, open, readdir, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import {
  BLOCK,
  decodeHeader,
  decodePax,
  encodeHeader,
  keptMode,
  paddingOf,
  pathGuard,
  TAR_END,
  withFolders,
  type TarEntry,
} from "../domain/image/tar.ts";
import { ActionError, refuse } from "../errors.ts";
import type { Archives, WalkedFile } from "../ports.ts";

const CHUNK = 256 * 1024;
/** Buffers of a stream, so that one is read while another is sent. */
const RING = 8;
/** Files below this size travel together. */
const SMALL = 128 * 1024;
/** An extended header of ours holds one path and one size. */
const MAX_PAX_BYTES = 64 * 1024;

/** Stored tars, written and read by ourselves: what other tools would let through is refused here. */
export function tarArchives(): Archives {
  return { pack, stream, unpack };
}

const pack: Archives["pack"] = async (root, paths, archive, options) => {
  const { open: pieces } = await stream(root, paths, options);
  await mkdir(dirname(archive), { recursive: true });
  const beside = `${archive}.${process.pid}.${Date.now().toString(36)}.part`;
  const target = await open(beside, "wx", 0o644);
  try {
    const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
    let bytes = 0;
    for await (const piece of pieces()) {
      hash.update(piece);
      await writeAll(target, piece);
      bytes += piece.length;
    }
    await target.close();
    await rename(beside, archive);
    return { sha256: hash.digest("hex"), bytes };
  } catch (thrown) {
    await target.close().catch(() => undefined);
    await rm(beside, { force: true });
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== "ENOSPC" && code !== "EDQUOT") throw thrown;
    const fix = "Take a runner with a larger disk, or remove what is no longer needed.";
    throw new ActionError(
      { where: archive, expected: "room for an archive of the files", seen: "a full disk", fix },
      { cause: thrown },
    );
  }
};

const stream: Archives["stream"] = async (root, paths, { name = (path: string) => path, onFile } = {}) => {
  const sources = new Map<string, string>();
  const files: TarEntry[] = [];
  const admit = pathGuard("files to pack");
  for (const path of paths) {
    const facts = await lstat(join(root, path)).catch((cause: unknown) => missing(path, cause));
    if (!facts.isFile()) refuse({ where: path, expected: "a regular file", seen: kindOf(facts) });
    admit(name(path), "file");
    sources.set(name(path), path);
    files.push({ kind: "file", path: name(path), bytes: facts.size, mode: keptMode(facts.mode) });
  }
  const entries = withFolders(files);
  let bytes = TAR_END;
  for (const entry of entries) bytes += encodeHeader(entry).length + entry.bytes + paddingOf(entry.bytes);

  async function* pieces(): AsyncIterable<Buffer> {
    const { createHash } = process.getBuiltinModule("node:crypto");
    // Few buffers, used in turn: whoever takes a piece has sent it before its buffer comes round again. So each turn has to be
    // a piece that is handed on: what is copied, or turns out to be empty, has a buffer of its own.
    const ring = Array.from({ length: RING }, () => Buffer.allocUnsafeSlow(CHUNK));
    const copied = Buffer.allocUnsafeSlow(CHUNK);
    let turn = 0;
    let small: Buffer[] = [];
    let held = 0;
    const flush = (): Buffer => {
      const piece = Buffer.concat(small, held);
      small = [];
      held = 0;
      return piece;
    };
    for (const entry of entries) {
      const header = encodeHeader(entry);
      small.push(header);
      held += header.length;
      if (entry.kind === "file") {
        const path = sources.get(entry.path)!;
        const hash = onFile && createHash("sha256");
        if (entry.bytes > SMALL && held > 0) yield flush();
        const large = entry.bytes > SMALL;
        const next = (): Buffer => (large ? ring[turn++ % RING]! : copied);
        for await (const piece of readWhole(join(root, path), path, entry.bytes, next)) {
          hash?.update(piece);
          if (large) yield piece;
          else {
            small.push(Buffer.from(piece));
            held += piece.length;
          }
        }
        onFile?.({ path, sha256: hash!.digest("hex"), bytes: entry.bytes, mode: entry.mode });
        small.push(Buffer.alloc(paddingOf(entry.bytes)));
        held += paddingOf(entry.bytes);
      }
      if (held > SMALL) yield flush();
    }
    small.push(Buffer.alloc(TAR_END));
    held += TAR_END;
    yield flush();
  }
  return { bytes, open: pieces };
};

const unpack: Archives["unpack"] = async (archive, folder, limits) => {
  const source = await open(archive, "r").catch((cause: unknown) => missing(archive, cause));
  try {
    await mkdir(dirname(folder), { recursive: true });
    // Beside, so that the rename at the end stays on one file system.
    const beside = await mkdtemp(join(dirname(folder), `.${basename(folder)}.`));
    try {
      const files = await readEntries(source, beside, limits);
      await chmod(beside, 0o755);
      await settle(beside, folder);
      return files;
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
  } finally {
    await source.close();
  }
};

async function readEntries(
  source: FileHandle,
  folder: string,
  limits: { maxFiles: number; maxBytes: number },
): Promise<readonly WalkedFile[]> {
  const chunk = Buffer.allocUnsafe(CHUNK);
  const header = Buffer.alloc(BLOCK);
  const admit = pathGuard("archive");
  const found: WalkedFile[] = [];
  let entries = 0;
  let bytes = 0;
  let pax: ReadonlyMap<string, string> = new Map();
  const limit = (expected: string): never =>
    refuse({ where: "archive", expected, seen: "more", fix: "Nothing of it was kept." });

  for (;;) {
    await readExactly(source, header, BLOCK);
    const entry = decodeHeader(header, pax);
    if (entry.kind === "end") break;
    if (entry.kind === "extended") {
      if (pax.size > 0 || entry.bytes > MAX_PAX_BYTES) limit("one short extended header for an entry");
      const content = Buffer.alloc(entry.bytes + paddingOf(entry.bytes));
      await readExactly(source, content, content.length);
      pax = decodePax(content.subarray(0, entry.bytes));
      continue;
    }
    pax = new Map();
    if (++entries > limits.maxFiles) limit(`at most ${limits.maxFiles} entries`);
    bytes += entry.bytes;
    if (bytes > limits.maxBytes) limit(`at most ${limits.maxBytes} bytes`);
    admit(entry.path, entry.kind);
    const path = join(folder, entry.path);
    if (entry.kind === "folder") {
      await mkdir(path, { recursive: true });
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    await writeEntry(source, path, entry, chunk);
    const { mtimeMs, ctimeMs } = await lstat(path);
    found.push({
      path: entry.path,
      kind: "file",
      bytes: entry.bytes,
      mode: entry.mode,
      modifiedMs: mtimeMs,
      changedMs: ctimeMs,
    });
  }
  return found.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

async function writeEntry(
  source: FileHandle,
  path: string,
  { bytes, mode }: { bytes: number; mode: number },
  chunk: Buffer,
): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    for (let left = bytes; left > 0;) {
      const count = Math.min(left, CHUNK);
      await readExactly(source, chunk, count);
      await writeAll(file, chunk.subarray(0, count));
      left -= count;
    }
    // The mask of the process may have taken bits away.
    await file.chmod(mode);
  } finally {
    await file.close();
  }
  const padding = paddingOf(bytes);
  if (padding > 0) await readExactly(source, chunk, padding);
}

/** Gives the unpacked folder its name. Into a folder that is there already, file by file; none is overwritten. */
async function settle(beside: string, folder: string): Promise<void> {
  if ((await lstat(folder).catch(() => undefined)) === undefined) {
    await rename(beside, folder);
    return;
  }
  const moved: string[] = [];
  const merge = async (from: string, to: string): Promise<void> => {
    for (const each of await readdir(from, { withFileTypes: true })) {
      const target = join(to, each.name);
      const there = await lstat(target).catch(() => undefined);
      if (there === undefined) {
        await rename(join(from, each.name), target);
        moved.push(target);
      } else if (each.isDirectory() && there.isDirectory()) {
        await merge(join(from, each.name), target);
      } else {
        refuse({ where: target, expected: "no file there yet", seen: kindOf(there) });
      }
    }
  };
  try {
    await merge(beside, folder);
  } catch (thrown) {
    for (const each of moved) await rm(each, { recursive: true, force: true });
    throw thrown;
  }
}

async function* readWhole(file: string, path: string, bytes: number, buffer: () => Buffer): AsyncIterable<Buffer> {
  const source = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    let left = bytes;
    for (;;) {
      // Past its end one byte tells whether it has grown.
      const chunk = left > 0 ? buffer() : Buffer.alloc(1);
      const { bytesRead } = await source.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      left -= bytesRead;
      if (left < 0) break;
      yield chunk.subarray(0, bytesRead);
    }
    if (left !== 0) {
      refuse({
        where: path,
        expected: `${bytes} bytes, as when it was first looked at`,
        seen: left < 0 ? "more" : `${bytes - left}`,
        fix: "Something still writes to it: pack it when that has ended.",
      });
    }
  } finally {
    await source.close();
  }
}

async function readExactly(source: FileHandle, into: Buffer, count: number): Promise<void> {
  for (let at = 0; at < count;) {
    const { bytesRead } = await source.read(into, at, count - at, null);
    if (bytesRead === 0) refuse({ where: "archive", expected: "a whole tar", seen: "one that was cut short" });
    at += bytesRead;
  }
}

async function writeAll(target: FileHandle, content: Uint8Array): Promise<void> {
  for (let at = 0; at < content.length;) at += (await target.write(content, at, content.length - at)).bytesWritten;
}

const kindOf = (facts: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): string =>
  facts.isSymbolicLink() ? "a link" : facts.isDirectory() ? "a folder" : facts.isFile() ? "a file" : "a device";

function missing(path: string, cause: unknown): never {
  const code = (cause as NodeJS.ErrnoException).code;
  throw new ActionError(
    { where: path, expected: "a file", seen: code === "ENOENT" ? "none" : (code ?? "a fault") },
    { cause },
  );
}
