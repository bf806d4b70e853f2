import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { trainCommand, trainingEnvironment } from "../../src/actions/train-command.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { localProcesses } from "../../src/adapters/process.ts";
import { localWorkspace } from "../../src/adapters/workspace.ts";
import { disarm } from "../../src/domain/text/disarm.ts";
import { readRun } from "../../src/inputs.ts";
import { CommandReader, LineSplitter } from "../runner/commands.ts";

let folder: string;
const shown: string[] = [];
const log = {
  // As the runner's log does it.
  info: (text: string) => void shown.push(...disarm(text)),
  warning: (text: string) => void shown.push(`warning: ${text}`),
  debug: () => undefined,
  group: async <T>(_: string, work: () => Promise<T>) => work(),
  mask: () => undefined,
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "command-"));
  mkdirSync(join(folder, "work"));
  shown.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = async (
  command: string,
  { env = {}, plan = {}, signal = new AbortController().signal, silenceMs = 30_000 } = {},
) => {
  writeFileSync(
    join(folder, "plan.json"),
    JSON.stringify({
      workingDirectory: join(folder, "work"),
      env: { PARAM_C: "1.0" },
      logFile: join(folder, "train.log"),
      resultFile: join(folder, "result.json"),
      command,
      ...plan,
    }),
  );
  const processes = {
    ...localProcesses(),
    environment: () => ({ PATH: process.env.PATH!, PLAN_FILE: join(folder, "plan.json"), COMMAND: command, ...env }),
  };
  return await trainCommand(
    {
      workspace: localWorkspace(readRun({ RUNNER_TEMP: folder })),
      processes,
      clock: systemClock(),
      log,
      signal,
    },
    { silenceMs },
  );
};
const kept = (): string => readFileSync(join(folder, "train.log"), "utf8");
const result = (): { code: number; seconds: number } => JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));

describe("a command", () => {
  test("runs as bash runs a step, in its folder, with its parameters, and leaves its log and result", async () => {
    expect(await run("set -o | grep -E 'errexit|pipefail'\npwd; echo $PARAM_C; echo err >&2")).toBe(0);
    expect(shown.join("\n")).toMatch(/errexit\s+on/);
    expect(shown.join("\n")).toMatch(/pipefail\s+on/);
    expect(shown).toContain(join(folder, "work"));
    expect(shown).toContain("1.0");
    expect(kept()).toContain("err\n");
    expect(result().code).toBe(0);
  });

  test.each([
    ["false; echo not reached", 1],
    ["exit 3", 3],
    ["false | true", 1],
    ["kill -9 $$", 137],
    ["no-such-program", 127],
  ])("%s: the step ends with %i", async (command, code) => {
    expect(await run(command)).toBe(code);
    expect(shown).not.toContain("not reached");
    expect(shown.at(-1)).toMatch(/^warning: The command/);
    expect(result().code).toBe(code);
  });

  test("gets no input, and what it leaves running is ended", async () => {
    expect(await run("cat; sleep 300 & echo $!")).toBe(0);
    const stat = `/proc/${shown.at(-1)}/stat`;
    expect(existsSync(stat) && !/\) Z /.test(readFileSync(stat, "utf8"))).toBe(false);
  });

  test("ends when the step is cancelled, also one that will not hear of it", async () => {
    const cancelled = new AbortController();
    const running = run("trap '' TERM INT; echo ready; while :; do sleep 0.1; done", { signal: cancelled.signal });
    await expect.poll(() => shown, { timeout: 10_000 }).toContain("ready");
    cancelled.abort();
    expect(await running).toBe(130);
    expect(shown.at(-1)).toBe("warning: The command was cancelled.");
  });

  test("is the one that the plan was made for", async () => {
    await expect(run("echo a", { env: { COMMAND: "echo b" } })).rejects.toThrow(
      "the command that the plan was made for",
    );
    await expect(run("echo a", { env: { PLAN_FILE: join(folder, "none") } })).rejects.toThrow(
      "the file that the part before named",
    );
    expect(await run("echo a", { env: { COMMAND: "echo a\n" } })).toBe(0);
  });

  test("a gigabyte without a line end costs no memory and no log", async () => {
    const before = process.memoryUsage().rss;
    expect(await run("head -c 1000000000 /dev/zero | tr '\\0' x; echo; echo done")).toBe(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect(shown.at(-1)).toBe("done");
    expect(shown.join("").length).toBeLessThan(20_000);
    expect(kept().length).toBeLessThan(20_000);
  });

  test("of much output the beginning is shown and the end is kept", async () => {
    expect(
      await run(
        "seq -f '%.0f xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' 600000",
      ),
    ).toBe(0);
    expect(shown[0]).toMatch(/^1 x/);
    expect(shown.at(-1)).toContain("the rest is not");
    expect(kept()).toMatch(/^\(\d+ lines before this are not kept\)\n/);
    expect(kept()).toMatch(/\n600000 x+\n$/);
    expect(kept().length).toBeLessThan(9 * 1024 * 1024);
  });
});

test("the command's environment is the user's, without rights and channels of the runner", () => {
  const withheld = [
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_RESULTS_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "INPUT_COMMAND",
    "INPUT_GITHUB-TOKEN",
    "STATE_x",
    "GITHUB_OUTPUT",
    "GITHUB_ENV",
    "GITHUB_PATH",
    "GITHUB_STATE",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_TOKEN",
    "HF_TOKEN",
    "npm_token",
    "NODE",
    "PLAN_FILE",
    "COMMAND",
    "BASH_ENV",
  ];
  const passed = [
    "PATH",
    "HOME",
    "GITHUB_SHA",
    "RUNNER_TEMP",
    "RUNNER_TRACKING_ID",
    "AWS_REGION",
    "MY_SEED",
    "CUDA_VISIBLE_DEVICES",
    "NODE_OPTIONS",
  ];
  const env = Object.fromEntries([...withheld, ...passed].map((name) => [name, "x"]));
  expect(Object.keys(trainingEnvironment(env)).toSorted()).toEqual(passed.toSorted());
});

test("nothing that a command prints is a command to the runner, live or in the kept log", async () => {
  const piece = fc.constantFrom(
    "::",
    "##[",
    "[command]",
    "add-mask",
    "set-output name=a",
    "stop-commands",
    "error",
    "]",
    "::x",
    " ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\u0085",
    "\u00a0",
    "\u2028",
    "\ufeff",
    "\u200b",
    "\u001b[31m",
    "\u0000",
    "%0A",
    "a",
  );
  const texts = fc.sample(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
    { numRuns: 3000, seed: 7 },
  );
  writeFileSync(join(folder, "output"), texts.join("\n"));
  expect(await run(`cat ${join(folder, "output")}`)).toBe(0);
  for (const text of [`${shown.join("\n")}\n`, kept()]) {
    const [reader, splitter] = [new CommandReader(), new LineSplitter()];
    const read = [...splitter.push(text), ...splitter.end()].map((line) => reader.read(line));
    expect(read.length).toBeGreaterThan(3000);
    expect(read.filter(({ kind }) => kind === "command")).toEqual([]);
  }
});

test("without bash, sh runs it", async () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  execFileSync("ln", ["-s", "/bin/sh", join(bin, "sh")]);
  const path = process.env.PATH;
  process.env.PATH = bin;
  try {
    expect(await run("false; echo not reached")).toBe(1);
    expect(shown).not.toContain("not reached");
  } finally {
    process.env.PATH = path;
  }
});

describe("around the command", () => {
  test("pre-run comes first, and ends all when it fails", async () => {
    expect(await run("echo second", { plan: { before: "echo first" } })).toBe(0);
    expect(shown).toEqual(["first", "second"]);
    expect(await run("echo never", { plan: { before: "false" } })).toBe(1);
    expect(shown).not.toContain("never");
    expect(shown).toContainEqual(expect.stringMatching(/^warning: pre-run ended with code 1/));
  });

  test("nothing is run where there is no command, and the plan knows it", async () => {
    expect(await run("", { plan: { command: "", before: "echo pulled" } })).toBe(0);
    expect(shown).toEqual(["pulled"]);
    expect(result().code).toBe(0);
  });

  test("parameters as flags are arguments, whatever they hold", async () => {
    const args = ["--C", "1.0", "--name", "$(touch evil); `x` 'y' \"z\""];
    await run('printf "[%s]"', { plan: { args } });
    expect(shown.join("")).toBe(args.map((each) => `[${each}]`).join(""));
    shown.length = 0;
    await run('printf "<%s>" "$@"; echo; echo done', { plan: { args } });
    expect(shown).toEqual([args.map((each) => `<${each}>`).join(""), "done"]);
    expect(existsSync(join(folder, "work/evil"))).toBe(false);
  });

  test("a right is seen by the command only where it is named", async () => {
    const env = { HF_TOKEN: "t", OTHER_TOKEN: "o" };
    await run('echo "$HF_TOKEN$OTHER_TOKEN."', { env, plan: { passEnv: ["HF_TOKEN"] } });
    expect(shown).toEqual(["t."]);
  });

  test("a silent command is told to be running", async () => {
    await run("sleep 0.5; echo said", { silenceMs: 100 });
    expect(
      shown.filter((line) => /^The command is still running after \d+ s, and says nothing\.$/.test(line)).length,
    ).toBeGreaterThan(1);
    expect(kept()).toBe("said\n");
  });
});
