// A disk that is full or too small, by a real file system of a few megabytes in memory.
import { spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { trainCommand } from "../../src/actions/train-command.ts";
import { trainRecord } from "../../src/actions/train-record.ts";
import { tarArchives } from "../../src/adapters/archive.ts";
import { runArtifacts } from "../../src/adapters/artifact.ts";
import { cacheIndex } from "../../src/adapters/cache.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { rcloneStore } from "../../src/adapters/rclone.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { readRun, type Run } from "../../src/inputs.ts";

const MEGABYTE = 1024 * 1024;
const SIZE = 16 * MEGABYTE;
let root: string;
let disk: string;
let run: Run;
const said: string[] = [];
const log = {
  info: (text: string) => void said.push(text),
  warning: (text: string) => void said.push(`warning: ${text}`),
  debug: () => undefined,
  group: async <T>(_: string, work: () => Promise<T>) => await work(),
  mask: () => undefined,
};

const canMount =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;
if (!canMount) console.warn("SKIPPED: no right to mount a file system, so a full disk is not tried");

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "disk-"));
  disk = join(root, "disk");
  mkdirSync(disk);
  if (canMount) spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs", disk]);
  run = readRun({ GITHUB_WORKSPACE: join(root, "workspace"), RUNNER_TEMP: join(disk, "temp"), GITHUB_RUN_ID: "7" });
  mkdirSync(run.workspace);
  mkdirSync(run.temp);
});
afterAll(() => {
  if (canMount) spawnSync("umount", [disk]);
  rmSync(root, { recursive: true, force: true });
});

async function record(): Promise<unknown> {
  const workspace = localWorkspace(run);
  const manifest = {
    schema: 1,
    fingerprint: "f".repeat(64),
    parts: {},
    params: {},
    environment: {},
    command: {},
    runtime: {},
  };
  const training = {
    name: "digits",
    command: "",
    workingDirectory: ".",
    model: "m.bin",
    paramsAs: "environment",
    passEnv: [],
    params: {},
    manifest,
    reason: "first",
    changed: [],
    startedMs: 0,
  };
  writeFileSync(join(run.temp, "plan.json"), JSON.stringify({ training }));
  return await trainRecord.run({ "plan-file": join(run.temp, "plan.json") }, run, {
    workspace,
    log,
    archives: tarArchives(),
    clock: systemClock(),
    artifacts: runArtifacts(log),
    cache: cacheIndex(log),
    store: rcloneStore({ processes: localProcesses(), temp: run.temp }),
  });
}
const free = (): number => statfsSync(disk).bavail * statfsSync(disk).bsize;

describe.runIf(canMount)("a full disk", () => {
  test("that the command filled: its code and words, whatever can not be written beside", async () => {
    const workspace = localWorkspace(run);
    const command = `head -c ${2 * SIZE} /dev/zero > ${disk}/model.bin`;
    const plan = {
      workingDirectory: disk,
      env: {},
      logFile: `${run.temp}/train.log`,
      resultFile: `${run.temp}/r.json`,
    };
    writeFileSync(join(root, "plan.json"), JSON.stringify({ ...plan, command }));
    const processes = localProcesses();
    const env = { ...process.env, PLAN_FILE: join(root, "plan.json"), COMMAND: command } as Record<string, string>;
    const code = await trainCommand({
      workspace,
      log,
      clock: systemClock(),
      signal: new AbortController().signal,
      processes: { ...processes, environment: () => env },
    });
    expect(code).toBe(1);
    expect(said.join("\n")).toContain("No space left on device");
    expect(said.at(-1)).toMatch(/^warning: The command ended with code 1/);
    expect(said.join("\n")).toContain("saw a full disk");
    rmSync(join(disk, "model.bin"));
  });

  test("when the archive is written: said, nothing uploaded, and the room given back", async () => {
    writeFileSync(join(run.workspace, "m.bin"), Buffer.alloc(10 * MEGABYTE, 1));
    await expect(record()).rejects.toThrow("expected room for an archive of the files, saw a full disk");
    // The copy that later steps of the job could use is all that stays.
    expect(free()).toBeGreaterThan(4 * MEGABYTE);
    expect(readdirSync(join(run.temp, "model-road"))).toEqual(["models"]);
    rmSync(join(run.temp, "model-road"), { recursive: true });
  });

  test("20 GB of model are refused before they are read", async () => {
    closeSync(openSync(join(run.workspace, "m.bin"), "w"));
    truncateSync(join(run.workspace, "m.bin"), 20_000_000_000);
    const begun = performance.now();
    await expect(record()).rejects.toThrow(
      /model m\.bin: expected room for its archive in .*, 20 GB, saw [\d.]+ MB free/,
    );
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
