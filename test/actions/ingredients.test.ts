import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { takeStock, type Asked } from "../../src/actions/ingredients.ts";
import { fileContents } from "../../src/adapters/contents.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { fingerprint } from "../../src/domain/fingerprint/fingerprint.ts";
import { readRun } from "../../src/inputs.ts";

let folder: string;
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: folder });
const put = (path: string, content: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};
const commit = (): void => {
  git("add", "-A");
  git("commit", "-qm", "change", "--allow-empty");
};

const take = async (asked: Partial<Asked> = {}, workspace = folder) => {
  const run = readRun({ RUNNER_TEMP: join(folder, ".temp"), GITHUB_WORKSPACE: workspace });
  return await takeStock(
    {
      command: "python train.py",
      params: undefined,
      code: [],
      data: [],
      environment: [],
      model: "out",
      metrics: "metrics.json",
      workingDirectory: ".",
      ...asked,
    },
    run,
    { workspace: localWorkspace(run), contents: fileContents(), processes: localProcesses() },
  );
};
const whole = async (asked?: Partial<Asked>): Promise<string> => fingerprint(await take(asked)).whole;
const paths = (files: readonly { path: string }[]): string[] => files.map(({ path }) => path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stock-"));
  git("init", "-q", "-b", "main");
  put("train.py", "print()");
  put("lib/a.py", "a");
  put("data/train.csv", "1");
  put("params.yaml", "C: 1.0\n");
  put("requirements.txt", "scikit-learn==1.5.2\n");
  put(".gitignore", "ignored/\n.temp/\n");
  put("ignored/big.csv", "big");
  commit();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("what is counted", () => {
  test("by default: what git tracks, each file in one part; outputs not", async () => {
    put("out/model.bin", "m");
    put("metrics.json", "{}");
    commit();
    put("untracked.py", "u");
    const stock = await take({ data: ["data/**"], params: "params.yaml" });
    expect(paths(stock.code)).toEqual([".gitignore", "lib/a.py", "train.py"]);
    expect(paths(stock.data)).toEqual(["data/train.csv"]);
    expect(paths(stock.environment)).toEqual(["requirements.txt"]);
    expect(stock.environment[0]!.packages).toEqual({ "scikit-learn": "1.5.2" });
    expect(stock.params.source).toEqual({ C: "1.0" });
    expect(stock.code.every(({ digest }) => digest.startsWith("git:"))).toBe(true);
    expect(stock.runtime.os).toBe("Linux");
  });

  test("an edit of a workflow changes nothing, unless code names it", async () => {
    put(".github/workflows/train.yml", "on: push\n");
    put("sub/.github/x", "x");
    commit();
    const [before, named] = [await whole(), await whole({ code: ["**"] })];
    put(".github/workflows/train.yml", "on: [push, pull_request]\n");
    put(".github/CODEOWNERS", "* @acme\n");
    commit();
    expect(await whole()).toBe(before);
    expect(await whole({ code: ["**"] })).not.toBe(named);
    expect(paths((await take()).code)).toContain("sub/.github/x");
    expect(await whole({ command: "python other.py" })).not.toBe(before);
  });

  test("named globs also count what git ignores or does not know", async () => {
    put("new.py", "n");
    const stock = await take({ code: ["*.py"], data: ["ignored/**", "data/**", "!**/*.tmp"] });
    expect(paths(stock.code)).toEqual(["new.py", "train.py"]);
    expect(stock.data.map(({ path, digest }) => [path, digest.split(":")[0]])).toEqual([
      ["data/train.csv", "git"],
      ["ignored/big.csv", "sha256"],
    ]);
  });

  test("a folder of the repository alone, when it is the working directory", async () => {
    put("models/a/train.py", "a");
    put("models/a/requirements.txt", "numpy==2.0\n");
    commit();
    const stock = await take({ workingDirectory: "models/a" });
    expect([paths(stock.code), paths(stock.environment)]).toEqual([["train.py"], ["requirements.txt"]]);
  });

  test("without git: every file that is not hidden, by sha256", async () => {
    rmSync(join(folder, ".git"), { recursive: true });
    const stock = await take();
    expect(paths(stock.code)).toEqual(["data/train.csv", "ignored/big.csv", "lib/a.py", "params.yaml", "train.py"]);
    expect(stock.code.every(({ digest }) => digest.startsWith("sha256:"))).toBe(true);
  });

  test("parameters in the input itself", async () => {
    expect((await take({ params: "C: 2" })).params.source).toEqual({ C: "2" });
    expect((await take({ params: '{"C": 2}' })).params.source).toEqual({ C: "2" });
  });
});

describe("the same state has the same fingerprint", () => {
  test("whoever checked it out, when, and with which commit", async () => {
    const before = await whole();
    put("train.py", "print()");
    git("commit", "-q", "--allow-empty", "-m", "empty");
    expect(await whole()).toBe(before);
    const clone = mkdtempSync(join(tmpdir(), "clone-"));
    try {
      execFileSync("git", ["clone", "-q", folder, join(clone, "x")]);
      expect(fingerprint(await take({}, join(clone, "x"))).whole).toBe(before);
    } finally {
      rmSync(clone, { recursive: true, force: true });
    }
  });

  test("and what lies beside, or comes out of it, does not count", async () => {
    const before = await whole();
    put("out/model.bin", "m");
    put("metrics.json", "{}");
    put("notes.txt", "n");
    expect(await whole()).toBe(before);
  });

  test("a file that is merely staged counts as when it is committed", async () => {
    put("train.py", "print(2)");
    git("add", "train.py");
    const staged = await whole();
    commit();
    expect(await whole()).toBe(staged);
  });
});

describe("another state has another", () => {
  test.each<[string, () => void]>([
    ["a changed file", () => put("train.py", "print(2)")],
    ["a committed change", () => (put("train.py", "print(2)"), commit())],
    ["a removed file", () => rmSync(join(folder, "lib/a.py"))],
    ["an added file", () => (put("lib/b.py", "b"), git("add", "lib/b.py"))],
    ["an executable file", () => (chmodSync(join(folder, "train.py"), 0o755), commit())],
    [
      "a change that git was told to overlook",
      () => {
        git("update-index", "--assume-unchanged", "train.py");
        put("train.py", "print(2)");
      },
    ],
    ["a lock file", () => put("requirements.txt", "scikit-learn==1.6.0\n")],
  ])("%s", async (_, change) => {
    const before = await whole();
    change();
    expect(await whole()).not.toBe(before);
  });

  test("the data behind a link counts, not only the link", async () => {
    const outside = mkdtempSync(join(tmpdir(), "outside-"));
    try {
      writeFileSync(join(outside, "x.csv"), "1");
      symlinkSync(join(outside, "x.csv"), join(folder, "data/link.csv"));
      symlinkSync(outside, join(folder, "data/folder"));
      commit();
      const before = await whole();
      writeFileSync(join(outside, "x.csv"), "2");
      const after = await whole();
      expect(after).not.toBe(before);
      writeFileSync(join(outside, "y.csv"), "new");
      expect(await whole()).not.toBe(after);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });
});

describe("mistakes", () => {
  test.each<[Partial<Asked>, string]>([
    [{ data: ["nothing/**", "data/**", "*.parquet"] }, '"nothing/**", which matches none'],
    [{ data: ["nothing/**", "*.parquet"], environment: ["x.lock"] }, '"x.lock", which matches none'],
    [{ data: ["out/**"] }, "matches none"],
    [{ workingDirectory: "none" }, "is the repository checked out"],
    [{ workingDirectory: "train.py" }, "no folder"],
    [{ params: "other.yaml" }, "there is no such file"],
    [{ params: "../params.yaml" }, "a map of parameters"],
  ])("%j", async (asked, because) => {
    await expect(take(asked)).rejects.toThrow(new RegExp(because.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i"));
  });

  test("a working directory that a link leads out of the workspace", async () => {
    symlinkSync(tmpdir(), join(folder, "away"));
    await expect(take({ workingDirectory: "away" })).rejects.toThrow("outside, through a link");
    symlinkSync("/etc/hostname", join(folder, "p.yaml"));
    await expect(take({ params: "p.yaml" })).rejects.toThrow("no such file");
  });

  test("names that one file system could not hold both", async () => {
    put("Train.py", "x");
    commit();
    await expect(whole()).rejects.toThrow("names that differ by more than case");
  });
});

describe("data that DVC pins", () => {
  const one = "outs:\n- md5: c4ca4238a0b923820dcc509a6f75849b\n  hash: md5\n  path: train.csv\n";
  const images = "outs:\n- md5: 84e136df79cec22253af7560ddbacfc7.dir\n  hash: md5\n  path: images\n";
  const pull = (): void => {
    put("dvc/train.csv", "1");
    for (const [name, content] of Object.entries({
      "a.png": "a",
      "ä b.png": "b",
      "sub/c.png": "c",
      "sub-d.png": "d",
    })) {
      put(`dvc/images/${name}`, content);
    }
  };
  beforeEach(() => {
    put("dvc/train.csv.dvc", one);
    put("dvc/images.dvc", images);
    put("dvc/.gitignore", "/train.csv\n/images\n");
    commit();
  });

  test.each([[["dvc/**"]], [["dvc/train.csv", "dvc/images"]], [["dvc/*.csv", "dvc/images/**"]]])(
    "counts by its recorded hash, pulled or not: %s",
    async (data) => {
      const absent = await take({ data });
      expect(absent.data.filter(({ digest }) => digest.startsWith("dvc:"))).toEqual([
        { path: "dvc/images", digest: "dvc:84e136df79cec22253af7560ddbacfc7.dir", executable: false },
        { path: "dvc/train.csv", digest: "dvc:c4ca4238a0b923820dcc509a6f75849b", executable: false },
      ]);
      pull();
      expect(fingerprint(await take({ data })).whole).toBe(fingerprint(absent).whole);
    },
  );

  test("counts by its content where that is another than was recorded", async () => {
    const data = ["dvc/train.csv", "dvc/images"];
    const before = await whole({ data });
    pull();
    put("dvc/images/a.png", "other");
    const changed = await take({ data });
    expect(changed.data.map(({ digest }) => digest.split(":")[0])).toEqual([
      "sha256",
      "sha256",
      "sha256",
      "sha256",
      "dvc",
    ]);
    expect(fingerprint(changed).whole).not.toBe(before);
  });

  test("another recorded hash is another fingerprint; another note beside it is not", async () => {
    const data = ["dvc/train.csv"];
    const before = await whole({ data });
    put("dvc/train.csv.dvc", `${one}  desc: from the archive\n`);
    expect(await whole({ data })).toBe(before);
    put("dvc/train.csv.dvc", one.replace("c4ca", "d4ca"));
    expect(await whole({ data })).not.toBe(before);
  });

  test("a model without a command is itself what counts", async () => {
    const adopted = { command: "", model: "dvc/train.csv" };
    expect(paths((await take(adopted)).data)).toEqual(["dvc/train.csv"]);
    await expect(take({ command: "", model: "nowhere" })).rejects.toThrow("which matches none");
  });
});

test("a Git-LFS pointer and the content behind it are one state", async () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n";
  put(".gitattributes", "*.bin filter=lfs\n");
  put("data/big.bin", pointer);
  commit();
  const unpulled = await whole({ data: ["data/big.bin"] });
  // As git-lfs does: what is on disk goes through a filter on its way to git, and becomes the pointer again.
  git("config", "filter.lfs.clean", `printf '${pointer.replaceAll("\n", "\\n")}'`);
  put("data/big.bin", "the real content");
  git("add", "data/big.bin");
  expect(await whole({ data: ["data/big.bin"] })).toBe(unpulled);
});

test("what runs before, and how parameters are handed over, count where they are used", async () => {
  const plain = await whole();
  const others = await Promise.all([whole({ preRun: "dvc pull" }), whole({ paramsAs: "flags" })]);
  expect(new Set([plain, ...others]).size).toBe(3);
  expect(await whole({ preRun: undefined, paramsAs: "environment" })).toBe(plain);
});
