import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";

import { CommandReader } from "./runner/commands.ts";
import { parseKeyValues } from "./runner/file-commands.ts";

const folder = mkdtempSync(join(tmpdir(), "run-action-"));
afterAll(() => rmSync(folder, { recursive: true }));
const output = join(folder, "output");
const summary = join(folder, "summary");
beforeEach(() => {
  writeFileSync(output, "");
  writeFileSync(summary, "");
});

function start(inputs: Record<string, string>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "run-action-door.ts")], {
    env: {
      PATH: process.env["PATH"]!,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      RUNNER_TEMP: folder,
      ...inputs,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { child, said: () => text };
}

/** Titles and texts of the warnings. */
const warnings = (commands: readonly { name: string; data: string }[]): string[] =>
  commands.filter(({ name }) => name === "warning").map(({ data }) => data);

async function run(inputs: Record<string, string>) {
  const { child, said } = start(inputs);
  const [code] = (await once(child, "close")) as [number];
  const reader = new CommandReader();
  const commands = said()
    .split(/\r\n|\n|\r/)
    .map((line) => reader.read(line))
    .flatMap((meaning) => (meaning.kind === "command" ? [meaning.command] : []));
  return {
    code,
    text: said(),
    commands,
    outputs: Object.fromEntries(parseKeyValues(readFileSync(output, "utf8"))),
    summary: readFileSync(summary, "utf8"),
  };
}

test("outputs, summary and exit code 0; what the story says is no command", async () => {
  const { code, commands, outputs, summary } = await run({ INPUT_HOW: "well" });
  expect(code).toBe(0);
  expect(commands).toEqual([]);
  expect(outputs).toEqual({ colour: "green", record: '{"a":"<<EOF\\n"}' });
  expect(summary).toBe("# yes\n");
});

test("a negative answer is data: outputs, summary and annotations stand, and the step is red", async () => {
  const { code, commands, outputs, summary } = await run({ INPUT_HOW: "reject", INPUT_COLOUR: "red" });
  expect(code).toBe(1);
  expect(outputs).toEqual({ colour: "red", record: "" });
  expect(summary).toBe("# no\n");
  expect(commands.map(({ name, data }) => [name, data])).toEqual([
    ["warning", "a\nb"],
    ["error", "the gate said no"],
  ]);
});

test("all wrong inputs are one annotation, a line each", async () => {
  const { code, commands } = await run({ INPUT_LOUD: "very", INPUT_COLOUR: "blue" });
  expect(code).toBe(1);
  expect(commands).toHaveLength(1);
  expect(commands[0]!.data.split("\n")).toEqual([
    'input "how": expected a value, saw nothing. What to do.',
    'input "loud": expected true or false, saw "very".',
    'input "colour": expected one of red, green, saw "blue".',
  ]);
});

test("a mistake has no stack, a fault of ours has one", async () => {
  const mistake = await run({ INPUT_HOW: "mistake" });
  expect(mistake.commands[0]!.data).toBe("a: expected b, saw c.\nd: expected e, saw f. Do g.");
  const bug = await run({ INPUT_HOW: "bug" });
  expect(bug.commands[0]!.data).toMatch(/Please report it[^]*TypeError: x is not a function\n\s+at /);
  const undeclared = await run({ INPUT_HOW: "undeclared" });
  expect(undeclared.commands[0]!.data).toMatch(/an output that it does not declare: other/);
});

test("a cancelled run ends the story at once, red, with the reason", async () => {
  const { child, said } = start({ INPUT_HOW: "wait" });
  const deadline = Date.now() + 10_000;
  while (!said().includes("waiting") && Date.now() < deadline) await new Promise((next) => setTimeout(next, 10));
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(1);
  expect(said()).toMatch(/::error .*expected to end by itself, saw SIGINT: the run was cancelled/);
});

test.each<[string, Record<string, string>, string | undefined]>([
  ["what this action masked", { INPUT_HOW: "mask" }, "record (a value that this action masked)"],
  ["a secret input", { INPUT_HOW: "well", INPUT_TOKEN: "green" }, 'colour (input "token")'],
  [
    "a variable of credentials",
    { INPUT_HOW: "well", AWS_SECRET_ACCESS_KEY: "green" },
    "colour (AWS_SECRET_ACCESS_KEY)",
  ],
  ["a lone brace", { INPUT_HOW: "well", X_CREDENTIALS: '{\n  "k": 1\n}' }, "record (a line of X_CREDENTIALS)"],
  ["a value with quotes", { INPUT_HOW: "well", INPUT_TOKEN: '{"a":"<<EOF' }, 'record (input "token")'],
  ["a secret elsewhere", { INPUT_HOW: "well", INPUT_TOKEN: "hunter2", API_KEY: "hunter3" }, undefined],
  ["no secret", { INPUT_HOW: "well", USE_TOKEN: "true", SORT_KEY: "green", KUBECONFIG: "/a" }, undefined],
])("outputs that a mask hits are told: %s", async (_, inputs, told) => {
  const { code, commands, outputs, text } = await run(inputs);
  expect(code).toBe(0);
  expect(Object.keys(outputs).length).toBeGreaterThan(0);
  const said = warnings(commands);
  expect(said.length, text).toBe(told === undefined ? 0 : 1);
  if (told !== undefined) expect(said[0]).toContain(`since they hold what it masks: ${told}.`);
});
