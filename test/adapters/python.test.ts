import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { fileLocks } from "../../src/adapters/lock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { pythons } from "../../src/adapters/python.ts";
import type { Log } from "../../src/ports.ts";

// A wheel is a zip of modules and three text files; pip takes it from a folder, without any index.
const WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1] + "/tiny-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("tiny.py", "VALUE = 7\\n")
    wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("tiny-1.0.dist-info/RECORD", "")
`;

let folder: string;
let said: string[];
const log: Log = {
  info: (text) => void said.push(text),
  warning: (text) => void said.push(text),
  debug: () => undefined,
  group: async (_title, work) => await work(),
  mask: () => undefined,
};
const kept = { ...process.env };

beforeEach(() => {
  said = [];
  folder = mkdtempSync(join(tmpdir(), "python-"));
  execFileSync("python3", ["-c", WHEEL, folder]);
  Object.assign(process.env, { XDG_CACHE_HOME: join(folder, "cache"), PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder });
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
  Object.assign(process.env, kept);
  rmSync(folder, { recursive: true });
});

const made = () => pythons({ processes: localProcesses(), locks: fileLocks() });

test("without requirements it is the Python in PATH, seen through its shims", async () => {
  const found = await made().environment({ requirements: undefined, log });
  expect(found.version).toMatch(/^3\.\d+\.\d+$/);
  expect(existsSync(found.python)).toBe(true);
  expect(existsSync(join(folder, "cache"))).toBe(false);
});

test("requirements are installed once, also when two ask at once, and found again", async () => {
  const ask = async () => await made().environment({ requirements: "tiny==1.0\n", log });
  const [first, second] = await Promise.all([ask(), ask()]);
  expect(second).toEqual(first);
  expect(said.filter((line) => line.startsWith("Making"))).toHaveLength(1);
  expect(execFileSync(first.python, ["-c", "import tiny; print(tiny.VALUE)"], { encoding: "utf8" })).toBe("7\n");

  said = [];
  expect(await ask()).toEqual(first);
  expect(said).toEqual([]);
  expect(readdirSync(join(folder, "cache/model-road/python"))).toHaveLength(1);
});

test("what can not be installed is named, pip's last lines are told, and nothing is left that counts", async () => {
  await expect(made().environment({ requirements: "tiny==1.0\nnever-made==9.9\n", log })).rejects.toThrow(
    /pip install of the requirements: expected all of them installed, saw exit code 1: "ERROR: .*never-made==9\.9/,
  );
  expect(said.some((line) => line.startsWith("The last lines of pip:"))).toBe(true);
  expect(readdirSync(join(folder, "cache/model-road/python"))).toEqual([]);
});

test("a killed attempt does not count, and its lock holds nobody up", async () => {
  const { python } = await made().environment({ requirements: "tiny", log });
  const environment = join(python, "../..");
  rmSync(join(environment, ".complete"));
  writeFileSync(`${environment}.lock`, "999999 12345\n");
  said = [];
  expect((await made().environment({ requirements: "tiny", log })).python).toBe(python);
  expect(said[0]).toMatch(/^Making/);
});

test("no Python", async () => {
  process.env.PATH = folder;
  await expect(made().environment({ requirements: undefined, log })).rejects.toThrow(
    "Python: expected python3 or python in PATH, saw none. Put actions/setup-python before this step.",
  );
});

test("a program that is no Python", async () => {
  writeFileSync(join(folder, "python3"), "#!/bin/sh\necho Python 2 >&2; exit 4\n", { mode: 0o755 });
  process.env.PATH = `${folder}:${process.env.PATH}`;
  await expect(made().environment({ requirements: undefined, log })).rejects.toThrow(
    'expected Python 3, saw exit code 4: "Python 2"',
  );
});
