import { access, constants, link, lstat, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import {
  ANNOTATION,
  MAX_MANIFEST_BYTES,
  MEDIA,
  mediaTypeOf,
  parseManifest,
  type Descriptor,
  type ImageManifest,
  type ImageReference,
} from "../domain/image/manifest.ts";
import { ActionError, refuse } from "../errors.ts";
import type { ImageStore } from "../ports.ts";

const CHUNK = 1024 * 1024;
const LOCK = ".index.json.lock";
/** A writer holds the lock for two small files: one that is this old was left by a writer that died. */
const STALE_MS = 30_000;
const LOCK_WAIT_MS = 60_000;

type Index = Omit<ImageManifest, "manifests"> & { readonly manifests: readonly Descriptor[] };

/**
 * An OCI image layout on disk: `oci-layout`, `index.json` with a descriptor for each tag, and blobs named by their digest.
 * A blob is written beside and renamed, index.json is replaced under a lock: several jobs may write to one folder.
 * @param reference with the full path of the folder
 */
export function openLayout({ folder }: Extract<ImageReference, { kind: "layout" }>): ImageStore {
  const where = `OCI layout ${folder}`;
  const pathOf = (digest: string): string => join(folder, "blobs", "sha256", hexOf(digest, where));

  async function readIndex(): Promise<Index> {
    const bytes = await read(join(folder, "index.json"));
    if (bytes === undefined) return { schemaVersion: 2, mediaType: MEDIA.index, manifests: [] };
    const index = parseManifest(bytes, `${where}, index.json`);
    if (index.manifests === undefined) refuse({ where, expected: "manifests in index.json", seen: "none" });
    return index as Index;
  }

  async function digestOf(reference: string): Promise<string | undefined> {
    if (reference.startsWith("sha256:")) return (await exists(pathOf(reference))) ? reference : undefined;
    return (await readIndex()).manifests.find((each) => each.annotations?.[ANNOTATION.name] === reference)?.digest;
  }

  async function prepare(): Promise<void> {
    await mkdir(join(folder, "blobs", "sha256"), { recursive: true });
    if (!(await exists(join(folder, "oci-layout")))) {
      await replace(join(folder, "oci-layout"), Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
    }
  }

  async function keep(pieces: AsyncIterable<Uint8Array>, expected: string | undefined): Promise<Written> {
    await prepare();
    const beside = join(folder, "blobs", `.${unique()}.part`);
    try {
      const written = await writePieces(pieces, beside);
      if (expected !== undefined && written.digest !== expected) wrongDigest(where, expected, written.digest);
      await rename(beside, pathOf(written.digest));
      return written;
    } finally {
      await rm(beside, { force: true });
    }
  }

  const store: ImageStore = {
    async manifest(reference) {
      const digest = await digestOf(reference);
      const bytes = digest === undefined ? undefined : await read(pathOf(digest));
      if (digest === undefined || bytes === undefined) return undefined;
      if (sha256(bytes) !== digest) wrongDigest(where, digest, sha256(bytes));
      return { manifest: parseManifest(bytes, `${where}, ${digest}`), digest, bytes };
    },

    head: digestOf,

    async blob(digest, { maxBytes }) {
      const facts = await stat(pathOf(digest)).catch(() => undefined);
      if (facts === undefined) return noBlob(where, digest);
      if (facts.size > maxBytes) {
        return refuse({ where, expected: `at most ${maxBytes} bytes in ${digest}`, seen: `${facts.size}` });
      }
      const bytes = await readFile(pathOf(digest));
      if (sha256(bytes) !== digest) wrongDigest(where, digest, sha256(bytes));
      return bytes;
    },

    async blobToFile(digest, file) {
      const beside = `${file}.${unique()}.part`;
      try {
        await writePieces(store.readBlob(digest), beside);
        await rename(beside, file);
      } finally {
        await rm(beside, { force: true });
      }
    },

    async *readBlob(digest) {
      const source = await open(pathOf(digest), "r").catch(() => noBlob(where, digest));
      try {
        const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
        for (;;) {
          // A fresh one each time: whoever takes a piece may hold it while the next is read.
          const { bytesRead, buffer } = await source.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, null);
          if (bytesRead === 0) break;
          hash.update(buffer.subarray(0, bytesRead));
          yield buffer.subarray(0, bytesRead);
        }
        const seen = `sha256:${hash.digest("hex")}`;
        if (seen !== digest) wrongDigest(where, digest, seen);
      } finally {
        await source.close();
      }
    },

    hasBlob: async (digest) => await exists(pathOf(digest)),

    async putBlob(content) {
      const digest = Buffer.isBuffer(content) ? sha256(content) : content.digest;
      if (await exists(pathOf(digest))) {
        return { digest, bytes: Buffer.isBuffer(content) ? content.length : content.bytes, already: true };
      }
      const pieces = Buffer.isBuffer(content) ? once(content) : piecesOf(content.file);
      return { ...(await keep(pieces, digest)), already: false };
    },

    async putStream({ open: pieces }, commit) {
      await prepare();
      const beside = join(folder, "blobs", `.${unique()}.part`);
      try {
        const written = await writePieces(pieces(), beside);
        commit(written.digest);
        await rename(beside, pathOf(written.digest));
        return written;
      } finally {
        await rm(beside, { force: true });
      }
    },

    async takeBlob(from, _fromReference, { digest }) {
      if (await exists(pathOf(digest))) return "already";
      await keep(from.readBlob(digest), digest);
      return "streamed";
    },

    async tryPush() {
      // The folder itself may be made by the push.
      let nearest = folder;
      while (!(await exists(nearest)) && dirname(nearest) !== nearest) nearest = dirname(nearest);
      await access(nearest, constants.W_OK).catch((cause: unknown) =>
        refuse({ where, expected: "a folder that may be written to", seen: "one that may not" }, cause),
      );
    },

    async putManifest(bytes, mediaType, tags) {
      const { digest } = await store.putBlob(bytes);
      const manifest = parseManifest(bytes, where);
      await locked(folder, where, async () => {
        const index = await readIndex();
        const descriptor: Descriptor = { mediaType: mediaType || mediaTypeOf(manifest), digest, size: bytes.length };
        await replace(join(folder, "index.json"), Buffer.from(JSON.stringify(indexed(index, descriptor, tags))));
      });
      return digest;
    },

    tags: async () => (await readIndex()).manifests.flatMap(({ annotations }) => annotations?.[ANNOTATION.name] ?? []),

    async untag(tag) {
      if ((await digestOf(tag)) === undefined || tag.startsWith("sha256:")) return "absent";
      await locked(folder, where, async () => {
        const index = await readIndex();
        const manifests = index.manifests.filter(({ annotations }) => annotations?.[ANNOTATION.name] !== tag);
        await replace(join(folder, "index.json"), Buffer.from(JSON.stringify({ ...index, manifests })));
      });
      return "gone";
    },
  };
  return store;
}

/** The index with these tags on this manifest, and on no other. Without tags the manifest is listed all the same. */
function indexed(index: Index, descriptor: Descriptor, tags: readonly string[]): Index {
  const others = index.manifests.filter((each) => {
    const name = each.annotations?.[ANNOTATION.name];
    // An entry without a name only keeps a manifest in reach; a named one does that too.
    return name === undefined ? each.digest !== descriptor.digest : !tags.includes(name);
  });
  const named = tags.map((tag) => ({ ...descriptor, annotations: { [ANNOTATION.name]: tag } }));
  const reachable = named.length > 0 || others.some((each) => each.digest === descriptor.digest);
  return { ...index, manifests: [...others, ...(reachable ? named : [descriptor])] };
}

type Written = { readonly digest: string; readonly bytes: number };

async function writePieces(pieces: AsyncIterable<Uint8Array>, path: string): Promise<Written> {
  const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
  const target = await open(path, "wx", 0o644);
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      hash.update(piece);
      for (let at = 0; at < piece.length;) at += (await target.write(piece, at, piece.length - at)).bytesWritten;
      bytes += piece.length;
    }
    await target.sync();
  } finally {
    await target.close();
  }
  return { digest: `sha256:${hash.digest("hex")}`, bytes };
}

async function* piecesOf(file: string): AsyncIterable<Uint8Array> {
  const source = await open(file, "r");
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const { bytesRead } = await source.read(chunk, 0, CHUNK, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await source.close();
  }
}

async function* once(content: Uint8Array): AsyncIterable<Uint8Array> {
  yield content;
}

/** Runs work while no other process of this machine, or of one that shares the folder, replaces the index. */
async function locked(folder: string, where: string, work: () => Promise<void>): Promise<void> {
  const lock = join(folder, LOCK);
  const token = `${hostname()} ${process.pid} ${unique()}`;
  const deadline = performance.now() + LOCK_WAIT_MS;
  while (!(await take(lock, token))) {
    if (performance.now() > deadline) {
      refuse({
        where,
        expected: "the other writer to end within a minute",
        seen: `its lock ${LOCK} still there`,
        fix: "Delete that file if nothing writes there.",
      });
    }
    await delay(5 + Math.random() * 20);
  }
  try {
    await work();
  } finally {
    if ((await readFile(lock, "utf8").catch(() => "")) === token) await rm(lock, { force: true });
  }
}

async function take(lock: string, token: string): Promise<boolean> {
  // Written beside and linked: whoever sees the lock sees whose it is, even when its writer dies in between.
  const mine = `${lock}.${unique()}`;
  await writeFile(mine, token, { flag: "wx" });
  try {
    await link(mine, lock);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    await takeOverStale(lock);
    return false;
  } finally {
    await rm(mine, { force: true });
  }
}

/** Removes the lock of a writer that is gone. What was removed is looked at again: it may have been a newer one. */
async function takeOverStale(lock: string): Promise<void> {
  const holder = await readFile(lock, "utf8").catch(() => undefined);
  const facts = await lstat(lock).catch(() => undefined);
  if (holder === undefined || facts === undefined) return;
  const [host, pid = ""] = holder.split(" ");
  const dead = host === hostname() && /^\d+$/.test(pid) && !alive(Number(pid));
  if (!dead && Date.now() - facts.mtimeMs < STALE_MS) return;
  const aside = `${lock}.${unique()}`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, "utf8").catch(() => holder)) !== holder) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function replace(path: string, content: Buffer): Promise<void> {
  const beside = `${path}.${unique()}.part`;
  try {
    await writePieces(once(content), beside);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}

async function read(path: string): Promise<Buffer | undefined> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) return undefined;
  if (facts.size > MAX_MANIFEST_BYTES) {
    refuse({ where: path, expected: `at most ${MAX_MANIFEST_BYTES} bytes`, seen: `${facts.size}` });
  }
  return await readFile(path);
}

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined;
const unique = (): string => process.getBuiltinModule("node:crypto").randomBytes(8).toString("hex");
const sha256 = (bytes: Uint8Array): string =>
  `sha256:${process.getBuiltinModule("node:crypto").createHash("sha256").update(bytes).digest("hex")}`;

function hexOf(digest: string, where: string): string {
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
  return hex ?? refuse({ where, expected: "sha256: and 64 hex digits", seen: JSON.stringify(digest.slice(0, 80)) });
}

function wrongDigest(where: string, expected: string, seen: string): never {
  throw new ActionError({
    where,
    expected: `content of digest ${expected}`,
    seen,
    fix: "The content was changed or cut: build the image again into an empty folder.",
  });
}

const noBlob = (where: string, digest: string): never =>
  refuse({ where, expected: `the blob ${digest}`, seen: "none" });
