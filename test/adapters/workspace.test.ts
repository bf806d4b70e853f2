import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { localWorkspace } from "../../src/adapters/workspace.ts";
import { readRun } from "../../src/inputs.ts";

let folder: string;
const at = (path: string): string => join(folder, path);
const workspace = () => localWorkspace(readRun({ RUNNER_TEMP: at("temp"), GITHUB_WORKSPACE: folder }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "workspace-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = (...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
    cwd: folder,
    encoding: "utf8",
  });

describe("reading", () => {
  test("a missing file is told apart from a bad one", async () => {
    mkdirSync(at("folder"));
    writeFileSync(at("latin"), Buffer.from([0x66, 0xfc]));
    expect(await workspace().readText(at("none"), { maxBytes: 10 })).toBeUndefined();
    await expect(workspace().readText(at("folder"), { maxBytes: 10 })).rejects.toThrow("expected a file, saw a folder");
    await expect(workspace().readText(at("latin"), { maxBytes: 10 })).rejects.toThrow("expected UTF-8 text");
  });

  test("a file over its size is refused, one of exactly that size is read", async () => {
    writeFileSync(at("file"), "0123456789");
    expect(await workspace().readText(at("file"), { maxBytes: 10 })).toBe("0123456789");
    await expect(workspace().readText(at("file"), { maxBytes: 9 })).rejects.toThrow("at most 9 bytes, saw 10 bytes");
  });

  test("a file that says no size is read to its end", async () => {
    expect(await workspace().readText("/proc/self/cmdline", { maxBytes: 1e6 })).toContain("node");
  });

  test("a named pipe does not hang", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    await expect(workspace().readBytes(at("pipe"), { maxBytes: 10 })).rejects.toThrow("expected a file");
  });
});

describe("writing", () => {
  test("makes folders, replaces whole, leaves nothing beside", async () => {
    await workspace().write(at("a/b/c"), "one");
    await workspace().write(at("a/b/c"), "two", { mode: 0o600 });
    expect(await workspace().readText(at("a/b/c"), { maxBytes: 10 })).toBe("two");
    expect(readdirSync(at("a/b"))).toEqual(["c"]);
    expect(statSync(at("a/b/c")).mode & 0o777).toBe(0o600);
  });

  test("a write that can not be done says why and leaves nothing", async () => {
    mkdirSync(at("taken/inside"), { recursive: true });
    await expect(workspace().write(at("taken"), "text")).rejects.toThrow("a folder");
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});

describe("walking", () => {
  test("sorted by bytes, without .git, links told and not followed", async () => {
    for (const path of ["b", "a/z", "a.txt", "a/.hidden", ".git/config", "\u{1f600}", "\uff5e"]) {
      await workspace().write(at(path), "x");
    }
    chmodSync(at("b"), 0o755);
    symlinkSync("/etc", at("link"));
    const walked = await workspace().walk(folder);
    const byBytes = ["a.txt", "a/.hidden", "a/z", "b", "link", "\uff5e", "\u{1f600}"];
    expect(walked.map(({ path }) => path)).toEqual(byBytes);
    expect(byBytes.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))).toEqual(byBytes);
    expect(walked.find(({ path }) => path === "link")!.kind).toBe("link");
    expect(walked.find(({ path }) => path === "b")!.mode & 0o111).not.toBe(0);
    expect(await workspace().linkTarget(at("link"))).toBe("/etc");
    expect(await workspace().linkTarget(at("b"))).toBeUndefined();
  });

  test("a file is its own only file; nothing is no file; too many are refused", async () => {
    await workspace().write(at("one"), "1");
    expect((await workspace().walk(at("one"))).map(({ path }) => path)).toEqual(["one"]);
    expect(await workspace().walk(at("none"))).toEqual([]);
    await workspace().write(at("two"), "2");
    await expect(workspace().walk(folder, { maxFiles: 1 })).rejects.toThrow("at most 1 files");
  });
});

test("digests are those of the whole content, at every size around the buffer's", async () => {
  const sizes = [0, 1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024];
  for (const size of sizes) writeFileSync(at(`f${size}`), Buffer.alloc(size, size % 251));
  const digests = await workspace().sha256All(
    folder,
    sizes.map((size) => `f${size}`),
  );
  for (const [index, size] of sizes.entries()) {
    const expected = createHash("sha256")
      .update(Buffer.alloc(size, size % 251))
      .digest("hex");
    expect(digests[index]).toEqual({ hex: expected, bytes: size });
  }
  symlinkSync("f1", at("link"));
  await expect(workspace().sha256(at("link"))).rejects.toThrow("a symbolic link");
});

describe("what git tracks", () => {
  beforeEach(() => {
    git("init", "-q", "-b", "main");
    for (const path of ["in/clean", "in/changed", "in/deleted", "in/ä ö\t", "out"]) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(at(path), path);
    }
    writeFileSync(at("in/run.sh"), "#!/bin/sh\n");
    chmodSync(at("in/run.sh"), 0o755);
    symlinkSync("clean", at("in/link"));
    writeFileSync(at(".gitignore"), "ignored\n");
    git("add", "-A");
    git("commit", "-qm", "first");
  });

  test("clean and changed are told apart, deleted, untracked and ignored left out, below the asked folder", async () => {
    writeFileSync(at("in/changed"), "other");
    rmSync(at("in/deleted"));
    writeFileSync(at("in/new"), "new");
    writeFileSync(at("in/ignored"), "x");
    writeFileSync(at("in/staged"), "staged");
    git("add", "in/staged");
    const found = (await workspace().tracked(at("in")))!;
    expect([...found.clean.keys()].toSorted()).toEqual(["clean", "link", "run.sh", "staged", "ä ö\t"]);
    expect(found.changed).toEqual(["changed"]);
    expect(found.clean.get("clean")).toEqual({ blob: git("hash-object", "in/clean").trim(), mode: "100644" });
    expect(found.clean.get("run.sh")!.mode).toBe("100755");
    expect(found.clean.get("link")!.mode).toBe("120000");
  });

  test("a file whose changes git was told to overlook counts as changed", async () => {
    git("update-index", "--assume-unchanged", "in/clean");
    git("update-index", "--skip-worktree", "in/changed");
    writeFileSync(at("in/clean"), "other");
    const found = (await workspace().tracked(at("in")))!;
    expect([...found.changed].toSorted()).toEqual(["changed", "clean"]);
  });

  test("a touched file stays clean, and the index is not written", async () => {
    const before = statSync(at(".git/index")).mtimeMs;
    writeFileSync(at("in/clean"), "in/clean");
    expect((await workspace().tracked(folder))!.changed).toEqual([]);
    expect(statSync(at(".git/index")).mtimeMs).toBe(before);
  });

  test("a repository's own settings start no program", async () => {
    git("config", "core.fsmonitor", `touch ${at("ran")}; false`);
    await workspace().tracked(folder);
    expect(await workspace().facts(at("ran"))).toBeUndefined();
  });

  test("a submodule counts by its commit", async () => {
    const inner = mkdtempSync(join(tmpdir(), "inner-"));
    try {
      execFileSync("git", ["init", "-q", inner]);
      writeFileSync(join(inner, "file"), "x");
      execFileSync("git", ["-C", inner, "add", "."]);
      execFileSync("git", ["-C", inner, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x"]);
      git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "sub");
      const commit = execFileSync("git", ["-C", inner, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
      expect((await workspace().tracked(folder))!.clean.get("sub")).toEqual({ blob: commit, mode: "160000" });
      writeFileSync(at("sub/file"), "changed in place");
      expect((await workspace().tracked(folder))!.changed).toEqual(["sub"]);
    } finally {
      rmSync(inner, { recursive: true, force: true });
    }
  });
});

test("outside a repository git knows nothing; a broken one is an error, not an empty answer", async () => {
  expect(await workspace().tracked(folder)).toBeUndefined();
  mkdirSync(at(".git"));
  await expect(workspace().tracked(folder)).rejects.toThrow("a repository that git can read");
});

test("temporary folders are new ones under the run's own", async () => {
  const [one, two] = [await workspace().temporary("a"), await workspace().temporary("a")];
  expect(one).not.toBe(two);
  expect(one.startsWith(at("temp/model-road/a-"))).toBe(true);
  expect(await workspace().freeBytes(at("not/yet/there"))).toBeGreaterThan(0);
});
