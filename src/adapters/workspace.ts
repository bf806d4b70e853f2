import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { cp, mkdir, rename, rm, statfs } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";

import { byBytes } from "../domain/fingerprint/order.ts";
import { ActionError, quote } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { FileFacts, FileKind, TrackedFile, TrackedFiles, WalkedFile, Workspace } from "../ports.ts";

/** One read of this size a file, or a loop of them: larger gains nothing, and the buffer is made once. */
const BUFFER_BYTES = 1024 * 1024;
/** After so many bytes the event loop gets a turn, so that a cancelled run ends in time. */
const TURN_BYTES = 256 * 1024 * 1024;
const MAX_FILES = 1_000_000;

/** The files of this machine, as the run sees them. */
export function localWorkspace(run: Run, { hashWorker = workerBeside() }: { hashWorker?: string } = {}): Workspace {
  const readBytes: Workspace["readBytes"] = async (path, { maxBytes }) =>
    orAbsent(path, () => {
      // Without O_NONBLOCK the opening of a named pipe would wait for ever.
      const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const facts = fstatSync(file);
        if (!facts.isFile()) throw wrongKind(path, kindOf(facts));
        if (facts.size > maxBytes) throw tooLarge(path, maxBytes, facts.size);
        // A file of /proc says 0 bytes, and one that is being written grows: read to the end, not to the size.
        const parts: Buffer[] = [];
        let total = 0;
        for (;;) {
          const part = Buffer.allocUnsafe(Math.max(facts.size - total, 0) + 1024);
          const count = readSync(file, part, 0, part.length, null);
          if (count === 0) return Buffer.concat(parts, total);
          parts.push(part.subarray(0, count));
          total += count;
          if (total > maxBytes) throw tooLarge(path, maxBytes, total);
        }
      } finally {
        closeSync(file);
      }
    });

  return {
    readBytes,
    readText: async (path, options) => {
      const bytes = await readBytes(path, options);
      if (bytes === undefined) return undefined;
      try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch (thrown) {
        throw new ActionError({ where: path, expected: "UTF-8 text", seen: "other bytes" }, { cause: thrown });
      }
    },
    readHead: async (path, bytes) =>
      orAbsent(path, () => {
        const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
        try {
          const head = Buffer.alloc(bytes);
          return head.subarray(0, readSync(file, head, 0, bytes, 0));
        } finally {
          closeSync(file);
        }
      }),
    // Small files, one after the other: the synchronous calls are the quick ones, and node:fs/promises would have to be loaded.
    write: async (path, content, { mode = 0o644 } = {}) => {
      mkdirSync(dirname(path), { recursive: true });
      // Of its own by process and nanosecond, and made exclusively: chance would cost the loading of crypto.
      const own = `${process.pid.toString(36)}-${process.hrtime.bigint().toString(36)}`;
      const beside = join(dirname(path), `.${basename(path).slice(0, 100)}.${own}`);
      try {
        const file = openSync(beside, "wx", mode);
        try {
          writeFileSync(file, content);
          // What is gone with the job need not outlive a power cut.
          if (!path.startsWith(`${run.temp}/`)) fsyncSync(file);
        } finally {
          closeSync(file);
        }
        renameSync(beside, path);
      } catch (thrown) {
        rmSync(beside, { force: true });
        throw told(path, thrown);
      }
    },
    append: async (path, content) => {
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, content);
    },
    facts: async (path) => orAbsent(path, () => factsOf(lstatSync(path))),
    realPath: async (path) => orAbsent(path, () => realpathSync.native(path)),
    linkTarget: async (path) => {
      try {
        return readlinkSync(path);
      } catch (thrown) {
        if (["ENOENT", "ENOTDIR", "EINVAL"].includes(codeOf(thrown))) return undefined;
        throw told(path, thrown);
      }
    },
    list: async (root) => list(root),
    walk: async (root, { maxFiles = MAX_FILES, depth = Infinity } = {}) => walk(root, maxFiles, depth),
    sha256: async (path) => (await sha256All(dirname(path), [basename(path)]))[0]!,
    sha256All,
    contentDigests: async (root, paths) => await contentDigests(root, paths, hashWorker),
    md5All: async (root, paths) => (await digestAll("md5", root, paths)).map(({ hex }) => hex),
    tracked,
    temporary: async (prefix) => {
      const folder = join(run.temp, "model-road");
      mkdirSync(folder, { recursive: true });
      return mkdtempSync(join(folder, `${prefix}-`));
    },
    move: async (from, to) => {
      await mkdir(dirname(to), { recursive: true });
      try {
        await rename(from, to);
      } catch (thrown) {
        if (codeOf(thrown) !== "EXDEV") throw told(from, thrown);
        await copy(from, to);
        await rm(from, { recursive: true, force: true });
      }
    },
    copy,
    remove: async (path) => {
      await rm(path, { recursive: true, force: true });
    },
    freeBytes: async (path) => {
      let folder = path;
      while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  };
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await cp(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  } catch (thrown) {
    throw told(from, thrown);
  }
}

function walk(root: string, maxFiles: number, depth: number): WalkedFile[] {
  let top: Stats;
  try {
    top = lstatSync(root);
  } catch (thrown) {
    if (isAbsent(thrown)) return [];
    throw told(root, thrown);
  }
  if (!top.isDirectory()) return [{ path: basename(root), ...factsOf(top) }];
  const found: WalkedFile[] = [];
  const folders = [""];
  // Synchronous calls: for many small files they take a third of the time of their promises.
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name === ".git") continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (path.split("/").length < depth) folders.push(path);
        continue;
      }
      if (found.length >= maxFiles) {
        throw new ActionError({
          where: root,
          expected: `at most ${maxFiles} files`,
          seen: "more",
          fix: "Name the folders that count, or pack the files.",
        });
      }
      found.push({ path, ...factsOf(lstatSync(join(root, path))) });
    }
  }
  return found.sort((a, b) => byBytes(a.path, b.path));
}

/** As `walk`, by what the folders say alone: asking for each file takes longer than to read and digest a small one. */
function list(root: string): { path: string; kind: FileKind }[] {
  const found: { path: string; kind: FileKind }[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name === ".git") continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else found.push({ path, kind: entry.isFile() ? "file" : entry.isSymbolicLink() ? "link" : "other" });
    }
    if (found.length > MAX_FILES) {
      throw new ActionError({
        where: root,
        expected: `at most ${MAX_FILES} files`,
        seen: "more",
        fix: "Name the folders that count, or pack the files.",
      });
    }
  }
  return found;
}

type Digest = { hex: string; bytes: number };

const sha256All = async (root: string, paths: readonly string[]): Promise<Digest[]> =>
  await digestAll("sha256", root, paths);

async function digestAll(algorithm: "sha256" | "md5", root: string, paths: readonly string[]): Promise<Digest[]> {
  // Loading it takes a tenth of an empty program's start, which a door that only says no to its inputs need not pay.
  const { createHash, hash } = process.getBuiltinModule("node:crypto");
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  const digests: { hex: string; bytes: number }[] = [];
  let sinceTurn = 0;
  for (const path of paths) {
    const whole = join(root, path);
    let file: number;
    try {
      file = openSync(whole, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (thrown) {
      throw told(whole, thrown);
    }
    try {
      let count = readSync(file, buffer, 0, BUFFER_BYTES, null);
      if (count < BUFFER_BYTES) {
        // The small file, which is nearly every one: one read, one digest, no object that would have to be collected.
        digests.push({ hex: hash(algorithm, buffer.subarray(0, count), "hex"), bytes: count });
        sinceTurn += count;
      } else {
        const running = createHash(algorithm);
        let bytes = 0;
        for (; count > 0; count = readSync(file, buffer, 0, BUFFER_BYTES, null)) {
          running.update(buffer.subarray(0, count));
          bytes += count;
          sinceTurn += count;
          if (sinceTurn > TURN_BYTES) {
            sinceTurn = 0;
            await breathe();
          }
        }
        digests.push({ hex: running.digest("hex"), bytes });
      }
    } catch (thrown) {
      throw told(whole, thrown);
    } finally {
      closeSync(file);
    }
    if (sinceTurn > TURN_BYTES) {
      sinceTurn = 0;
      await breathe();
    }
  }
  return digests;
}

/** What a worker digests at once: a file (length -1), or a piece of one. */
type Piece = { readonly path: string; readonly offset: number; readonly length: number };
type Pieces = { readonly id: number; readonly root: string; readonly pieces: readonly Piece[] };
type Digested = {
  /** 32 bytes a piece. */
  readonly digests: Uint8Array;
  readonly modes: Uint16Array;
  /** Bytes of a file that is too big to be digested as one; 0 for all others. */
  readonly big: Float64Array;
};
type Answer = { readonly id: number; readonly done?: Digested; readonly failed?: { path: string; code: string } };

const SHA256_BYTES = 32;
/** A file above this counts by its blocks, so that several threads can read it. */
const WHOLE_BYTES = 32 * 1024 * 1024;
const BLOCK_BYTES = 16 * 1024 * 1024;

/** sha256 of each piece, one behind the other. A piece that ends early is an error: the file is being written. */
function digestPieces(root: string, pieces: readonly Piece[], buffer: Buffer): Digested {
  const { createHash, hash } = process.getBuiltinModule("node:crypto");
  const digests = new Uint8Array(pieces.length * SHA256_BYTES);
  const modes = new Uint16Array(pieces.length);
  const big = new Float64Array(pieces.length);
  for (const [index, { path, offset, length }] of pieces.entries()) {
    let file: number | undefined;
    try {
      file = openSync(`${root}/${path}`, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const facts = fstatSync(file);
      if (!facts.isFile()) throw Object.assign(new Error("no file"), { code: "EISDIR" });
      modes[index] = facts.mode & 0o7777;
      if (length < 0 && facts.size > WHOLE_BYTES) {
        big[index] = facts.size;
        continue;
      }
      const most = length < 0 ? Number.POSITIVE_INFINITY : length;
      let count = readSync(file, buffer, 0, Math.min(buffer.length, most), offset);
      if (length < 0 && count < buffer.length) {
        // The small file, which is nearly every one: one read, one digest, no object that would have to be collected.
        digests.set(hash("sha256", buffer.subarray(0, count), "buffer"), index * SHA256_BYTES);
        continue;
      }
      const running = createHash("sha256");
      let total = 0;
      while (count > 0) {
        running.update(buffer.subarray(0, count));
        total += count;
        count = readSync(file, buffer, 0, Math.min(buffer.length, most - total), offset + total);
      }
      if (length >= 0 && total < length) throw Object.assign(new Error("a piece that ends early"), { code: "ESTALE" });
      digests.set(running.digest(), index * SHA256_BYTES);
    } catch (thrown) {
      throw Object.assign(thrown as Error, { path });
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }
  return { digests, modes, big };
}

/** The worker's side: pieces in, digests out, over one buffer. Started by `contentDigests` alone. */
export function digestOnRequest(): void {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  if (parentPort === null) {
    process.stdout.write("hash-worker: expected to be started as a worker, saw a program of its own.\n");
    process.exitCode = 1;
    return;
  }
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  parentPort.on("message", ({ id, root, pieces }: Pieces) => {
    let answer: Answer;
    try {
      answer = { id, done: digestPieces(root, pieces, buffer) };
    } catch (thrown) {
      answer = { id, failed: { path: (thrown as { path?: string }).path ?? "", code: codeOf(thrown) } };
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort.postMessage(answer);
  });
}

/** Under this, one thread is done before others have started. */
const FEW_FILES = 64;
const MOST_WORKERS = 8;
const BATCH_FILES = 256;

/** `dist/hash-worker.cjs` beside the door that runs; `undefined` where there is none. */
function workerBeside(): string | undefined {
  const [, door = ""] = process.argv;
  const worker = join(dirname(door), door.endsWith(".cjs") ? "hash-worker.cjs" : "hash-worker.ts");
  return existsSync(worker) ? worker : undefined;
}

async function contentDigests(
  root: string,
  paths: readonly string[],
  hashWorker: string | undefined,
): Promise<{ digest: string; mode: number }[]> {
  const whole = await digestAllPieces(
    root,
    paths.map((path) => ({ path, offset: 0, length: -1 })),
    hashWorker,
  );
  const found = paths.map((path, index) => {
    const { digests, modes } = whole;
    const digest = Buffer.from(digests.buffer, digests.byteOffset + index * SHA256_BYTES, SHA256_BYTES);
    return { path, digest: `sha256:${digest.toString("hex")}`, mode: modes[index]!, bytes: whole.big[index]! };
  });
  for (const file of found) {
    if (file.bytes === 0) continue;
    const blocks: Piece[] = [];
    for (let offset = 0; offset < file.bytes; offset += BLOCK_BYTES) {
      blocks.push({ path: file.path, offset, length: Math.min(BLOCK_BYTES, file.bytes - offset) });
    }
    const { digests } = await digestAllPieces(root, blocks, hashWorker);
    file.digest = `sha256-16m:${process.getBuiltinModule("node:crypto").hash("sha256", digests, "hex")}`;
  }
  return found.map(({ digest, mode }) => ({ digest, mode }));
}

async function digestAllPieces(
  root: string,
  pieces: readonly Piece[],
  hashWorker: string | undefined,
): Promise<Digested> {
  const blocks = pieces.some(({ length }) => length >= 0);
  try {
    if (hashWorker !== undefined && (blocks || pieces.length >= FEW_FILES)) {
      return await digestByWorkers(root, pieces, blocks ? 1 : BATCH_FILES, hashWorker);
    }
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    const done: Digested[] = [];
    for (let at = 0; at < pieces.length; at += BATCH_FILES) {
      done.push(digestPieces(root, pieces.slice(at, at + BATCH_FILES), buffer));
      await breathe();
    }
    return joined(pieces.length, done);
  } catch (thrown) {
    throw told(join(root, (thrown as { path?: string }).path ?? ""), thrown);
  }
}

function joined(pieces: number, parts: readonly Digested[]): Digested {
  const all = {
    digests: new Uint8Array(pieces * SHA256_BYTES),
    modes: new Uint16Array(pieces),
    big: new Float64Array(pieces),
  };
  let at = 0;
  for (const { digests, modes, big } of parts) {
    all.digests.set(digests, at * SHA256_BYTES);
    all.modes.set(modes, at);
    all.big.set(big, at);
    at += modes.length;
  }
  return all;
}

async function digestByWorkers(root: string, pieces: readonly Piece[], most: number, file: string): Promise<Digested> {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const { availableParallelism } = process.getBuiltinModule("node:os");
  const threads = Math.min(MOST_WORKERS, Math.max(2, availableParallelism()));
  // Small enough that all threads end at about the same time.
  const size = Math.max(1, Math.min(most, Math.ceil(pieces.length / (threads * 8))));
  const batches: (readonly Piece[])[] = [];
  for (let at = 0; at < pieces.length; at += size) batches.push(pieces.slice(at, at + size));
  const digests: Digested[] = Array.from({ length: batches.length });
  const many = Math.min(threads, batches.length);
  let next = 0;
  // Nothing of ours runs in them but the reading of files: no input, no token of the environment.
  const workers = Array.from({ length: many }, () => new Worker(file, { env: {}, stdin: false }));
  try {
    await Promise.all(
      workers.map(
        async (worker) =>
          new Promise<void>((resolve, reject) => {
            let open = 0;
            const give = (): void => {
              if (next >= batches.length) {
                if (open === 0) resolve();
                return;
              }
              open++;
              const id = next++;
              // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
              worker.postMessage({ id, root, pieces: batches[id]! } satisfies Pieces);
            };
            worker.on("message", ({ id, done, failed }: Answer) => {
              open--;
              if (failed) reject(Object.assign(new Error(failed.code), failed));
              else {
                digests[id] = done!;
                give();
              }
            });
            worker.on("error", reject);
            worker.on("exit", () => reject(new Error("a thread that digests files ended early")));
            // Two at once, so that a thread never waits for its next.
            give();
            give();
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map(async (worker) => worker.terminate()));
  }
  return joined(pieces.length, digests);
}

async function tracked(folder: string): Promise<TrackedFiles | undefined> {
  let top = folder;
  while (!existsSync(join(top, ".git"))) {
    if (dirname(top) === top) return undefined;
    top = dirname(top);
  }
  const prefix = folder === top ? "" : `${folder.slice(top.length).replace(/^\/+|\/+$/g, "")}/`;
  const pathspec = prefix === "" ? "." : prefix;
  // One program that says all: what the index has, and once more what is changed (C) or gone (R) on disk. Starting another
  // takes longer than a small repository's whole answer.
  const listed = await git(top, ["ls-files", "-s", "-v", "-c", "-m", "-d", "-z", "--", pathspec]);
  if (listed === undefined) return undefined;
  const clean = new Map<string, TrackedFile>();
  const changed = new Set<string>();
  const gone = new Set<string>();
  for (const entry of listed.split("\0")) {
    if (entry === "") continue;
    const [, flag, mode, blob, stage, path] = /^(.) (\d{6}) ([0-9a-f]{40,64}) (\d)\t(.+)$/s.exec(entry) ?? [];
    if (path === undefined) throw new Error(`git ls-files wrote an entry of a new form: ${quote(entry)}`);
    // `assume-unchanged` (a lower-case flag) and `skip-worktree` (S) hide a change from git.
    if (flag === "H" && stage === "0") clean.set(path, { blob: blob!, mode: mode! });
    else if (flag === "R") gone.add(path);
    else changed.add(path);
  }
  for (const path of await changedSubmodules(top, clean)) changed.add(path);
  for (const path of changed) clean.delete(path);
  for (const path of gone) {
    clean.delete(path);
    changed.delete(path);
  }
  const unreadable = [...clean.keys(), ...changed].find((path) => path.includes("\ufffd"));
  if (unreadable !== undefined) {
    throw new ActionError({ where: folder, expected: "file names in UTF-8", seen: quote(unreadable) });
  }
  const inside = (path: string): string => path.slice(prefix.length);
  return {
    clean: new Map([...clean].map(([path, file]) => [inside(path), file])),
    changed: [...changed].map(inside),
  };
}

/** Submodules that hold changes of their own, which only git status looks for. */
async function changedSubmodules(top: string, clean: ReadonlyMap<string, TrackedFile>): Promise<string[]> {
  const submodules = [...clean].filter(([, { mode }]) => mode === "160000").map(([path]) => path);
  if (submodules.length === 0) return [];
  const changes = await git(top, ["status", "--porcelain=v1", "-z", "--no-renames", "--", ...submodules]);
  return (changes ?? "")
    .split("\0")
    .filter((entry) => entry !== "" && entry[1] !== " ")
    .map((entry) => entry.slice(3));
}

/** The output of git; `undefined` where there is no git. Nothing of the repository's may run a program for it. */
async function git(cwd: string, args: readonly string[]): Promise<string | undefined> {
  const { execFile } = process.getBuiltinModule("node:child_process");
  const { PATH = "", HOME = "" } = process.env;
  const env = {
    PATH,
    HOME,
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: "1",
    // In a job container the checkout belongs to another user than the one we are.
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
  };
  const settled = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false"];
  return await new Promise((resolve, reject) => {
    execFile(
      "git",
      [...settled, ...args],
      { cwd, env, maxBuffer: 1024 * 1024 * 1024, timeout: 600_000, encoding: "utf8" },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else if (codeOf(error) === "ENOENT" && existsSync(cwd)) resolve(undefined);
        else {
          reject(
            new ActionError(
              {
                where: `git ${args[0]} in ${cwd}`,
                expected: "a repository that git can read",
                seen: quote(stderr.trim().split("\n", 1)[0]! || error.message.split("\n", 1)[0]!, 200),
              },
              { cause: error },
            ),
          );
        }
      },
    );
  });
}

const kindOf = (facts: Stats): FileKind =>
  facts.isFile() ? "file" : facts.isDirectory() ? "folder" : facts.isSymbolicLink() ? "link" : "other";

const factsOf = (facts: Stats): FileFacts => ({
  kind: kindOf(facts),
  bytes: facts.size,
  modifiedMs: facts.mtimeMs,
  changedMs: facts.ctimeMs,
  mode: facts.mode & 0o7777,
});

async function orAbsent<T>(path: string, work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
    throw told(path, thrown);
  }
}

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";

const isAbsent = (thrown: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(codeOf(thrown));

const wrongKind = (path: string, kind: FileKind): ActionError =>
  new ActionError({ where: path, expected: "a file", seen: kind === "folder" ? "a folder" : "something else" });

const tooLarge = (path: string, most: number, bytes: number): ActionError =>
  new ActionError({ where: path, expected: `at most ${most} bytes`, seen: `${bytes} bytes` });

const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: "no right to it",
  EPERM: "no right to it",
  EROFS: "a file system that is read-only",
  ENOSPC: "a full disk",
  EDQUOT: "a full quota",
  EMFILE: "too many open files",
  ELOOP: "a symbolic link",
  EISDIR: "a folder",
  ENOTDIR: "a file where a folder should be",
  ENOENT: "nothing",
  ENAMETOOLONG: "a name that is too long",
  ESTALE: "one that is being written",
};

/** What the system refused, in words. Anything unknown stays as it was thrown: it is a fault of ours. */
function told(path: string, thrown: unknown): unknown {
  const meaning = MEANINGS[codeOf(thrown)];
  if (thrown instanceof ActionError || meaning === undefined) return thrown;
  return new ActionError({ where: path, expected: "a file that can be used", seen: meaning }, { cause: thrown });
}
