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

import { inByteOrder } from "../domain/fingerprint/order.ts";
import { ActionError, codeOf, quote, unusable } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { FileFacts, FileKind, TrackedFile, TrackedFiles, WalkedFile, Workspace } from "../ports.ts";

/** One read of this size a file, or a loop of them: larger gains nothing, and the buffer is made once. */
const BUFFER_BYTES = 1024 * 1024;
/** After so many bytes the event loop gets a turn, so that a cancelled run ends in time. */
const TURN_BYTES = 256 * 1024 * 1024;
const MAX_FILES = 1_000_000;

/** The files of this machine, as the run sees them. */
export function localWorkspace(run: Run): Workspace {
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
        throw unusable(path, thrown);
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
        throw unusable(path, thrown);
      }
    },
    list,
    walk: async (root, { maxFiles = MAX_FILES, depth = Infinity } = {}) => walk(root, maxFiles, depth),
    sha256: async (path) => (await sha256All(dirname(path), [basename(path)]))[0]!,
    sha256All,
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
        if (codeOf(thrown) !== "EXDEV") throw unusable(from, thrown);
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
    throw unusable(from, thrown);
  }
}

function walk(root: string, maxFiles: number, depth: number): WalkedFile[] {
  let top: Stats;
  try {
    top = lstatSync(root);
  } catch (thrown) {
    if (isAbsent(thrown)) return [];
    throw unusable(root, thrown);
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
  return inByteOrder(found, ({ path }) => path);
}

/** As `walk`, by what the folders say alone: asking for each file takes longer than to read and digest a small one. */
async function list(root: string, below: string): Promise<{ files: string[]; links: string[] }> {
  const [files, links]: [string[], string[]] = [[], []];
  const folders = [below];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const prefix = folder === "" ? "" : `${folder}/`;
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name === ".git") continue;
      const path = prefix + entry.name;
      if (entry.isFile()) files.push(path);
      else if (entry.isDirectory()) folders.push(path);
      else if (entry.isSymbolicLink()) links.push(path);
    }
    if (files.length + links.length > MAX_FILES) {
      throw new ActionError({
        where: join(root, below),
        expected: `at most ${MAX_FILES} files`,
        seen: "more",
        fix: "Name the folders that count, or pack the files.",
      });
    }
    // What git says meanwhile is taken in.
    await breathe();
  }
  return { files, links };
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
      throw unusable(whole, thrown);
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
      throw unusable(whole, thrown);
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

async function tracked(folder: string): Promise<TrackedFiles | undefined> {
  let top = folder;
  while (!existsSync(join(top, ".git"))) {
    if (dirname(top) === top) return undefined;
    top = dirname(top);
  }
  const prefix = folder === top ? "" : `${folder.slice(top.length).replace(/^\/+|\/+$/g, "")}/`;
  const pathspec = prefix === "" ? "." : prefix;
  const inside = (path: string): string => (prefix === "" ? path : path.slice(prefix.length));
  const clean = new Map<string, TrackedFile>();
  const changed = new Set<string>();
  const gone = new Set<string>();
  const submodules: string[] = [];
  const take = (entry: string): void => {
    const end = entry.indexOf("\t");
    // `H 100644 <blob> 0`, a tab, and the path.
    const [flag, blob, stage] = [entry[0]!, entry.slice(9, end - 2), entry[end - 1]!];
    // Nearly all have one mode: one text for them all.
    const mode = entry.startsWith("100644", 2) ? "100644" : entry.slice(2, 8);
    if (end < 51 || entry[1] !== " " || entry[8] !== " " || entry[end - 2] !== " ") {
      throw new Error(`git ls-files wrote an entry of a new form: ${quote(entry)}`);
    }
    const path = inside(entry.slice(end + 1));
    if (path.includes("\ufffd")) {
      throw new ActionError({ where: folder, expected: "file names in UTF-8", seen: quote(path) });
    }
    // `assume-unchanged` (a lower-case flag) and `skip-worktree` (S) hide a change from git.
    if (flag === "H" && stage === "0") {
      clean.set(path, { blob, mode });
      if (mode === "160000") submodules.push(path);
    } else if (flag === "R") gone.add(path);
    else changed.add(path);
  };
  // One program that says all: what the index has, and once more what is changed (C) or gone (R) on disk. Starting another
  // takes longer than a small repository's whole answer. What it says is taken in while it looks at further files.
  const listed = await git(top, ["ls-files", "-s", "-v", "-c", "-m", "-d", "-z", "--", pathspec], take);
  if (!listed) return undefined;
  for (const path of await changedSubmodules(top, prefix, submodules)) changed.add(inside(path));
  for (const path of changed) clean.delete(path);
  for (const path of gone) {
    clean.delete(path);
    changed.delete(path);
  }
  return { clean, changed: [...changed] };
}

/** Submodules that hold changes of their own, which only git status looks for. */
async function changedSubmodules(top: string, prefix: string, submodules: readonly string[]): Promise<string[]> {
  if (submodules.length === 0) return [];
  const changed: string[] = [];
  const pathspecs = submodules.map((path) => `${prefix}${path}`);
  await git(top, ["status", "--porcelain=v1", "-z", "--no-renames", "--", ...pathspecs], (entry) => {
    if (entry[1] !== " ") changed.push(entry.slice(3));
  });
  return changed;
}

/**
 * Hands on what git writes, entry by entry (they end with NUL). Nothing of the repository's may run a program for it.
 * @returns false where there is no git
 */
async function git(cwd: string, args: readonly string[], take: (entry: string) => void): Promise<boolean> {
  const { spawn } = process.getBuiltinModule("node:child_process");
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
  const refused = (seen: string, cause?: unknown): ActionError =>
    new ActionError(
      { where: `git ${args[0]} in ${cwd}`, expected: "a repository that git can read", seen: quote(seen, 200) },
      { cause },
    );
  return await new Promise((resolve, reject) => {
    const child = spawn("git", [...settled, ...args], {
      cwd,
      env,
      timeout: 600_000,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [rest, complaint] = ["", ""];
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(0, 4096);
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const entries = (rest + text).split("\0");
      rest = entries.pop()!;
      try {
        for (const entry of entries) take(entry);
      } catch (thrown) {
        child.kill();
        reject(thrown);
      }
    });
    child.on("error", (error) => {
      if (codeOf(error) === "ENOENT" && existsSync(cwd)) resolve(false);
      else reject(refused(error.message, error));
    });
    child.on("close", (code, signal) => {
      if (code === 0) resolve(true);
      else reject(refused(complaint.trim().split("\n", 1)[0]! || `it ended with ${signal ?? code}`));
    });
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
    throw unusable(path, thrown);
  }
}

const isAbsent = (thrown: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(codeOf(thrown));

const wrongKind = (path: string, kind: FileKind): ActionError =>
  new ActionError({ where: path, expected: "a file", seen: kind === "folder" ? "a folder" : "something else" });

const tooLarge = (path: string, most: number, bytes: number): ActionError =>
  new ActionError({ where: path, expected: `at most ${most} bytes`, seen: `${bytes} bytes` });
