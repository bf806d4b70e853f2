import { mkdir, readFile, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";

import { type Command, CommandReader } from "./commands.ts";
import type { Variables } from "./environment.ts";
import {
  COMMAND_FILES,
  type CommandFile,
  parseKeyValues,
  parsePaths,
  prepend,
  SUMMARY_LIMIT_BYTES,
} from "./file-commands.ts";
import type { RunningJob } from "./running-job.ts";
import type { Annotation, StepRecord } from "./step-report.ts";

/** Gives the lines of a step their meaning: text goes to the log, commands are carried out. */
export function lineHandler(job: RunningJob, record: StepRecord, state: Variables): (line: string) => void {
  const reader = new CommandReader();
  return (line) => {
    const meaning = reader.read(line);
    if (meaning.kind === "text") record.log.write(line);
    else carryOut(meaning.command, job, record, state);
  };
}

function carryOut(command: Command, job: RunningJob, record: StepRecord, state: Variables): void {
  const { name, properties, data } = command;
  const refuse = (why: string) => {
    record.issue("error", `Unable to process command '::${name}::' successfully.`);
    record.issue("error", why);
    record.commandFailed = true;
  };
  switch (name) {
    case "add-mask":
      if (data.trim() === "")
        record.issue("warning", "Can't add secret mask for empty string in ##[add-mask] command.");
      else job.masks.add(data);
      return;
    case "set-output":
    case "save-state": {
      const key = properties["name"];
      if (!key) return refuse(`Required field 'name' is missing in ##[${name}] command.`);
      (name === "set-output" ? record.outputs : state)[key] = data;
      return;
    }
    case "error":
    case "warning":
    case "notice":
      return record.issue(name, data, placeOf(properties));
    case "debug":
      if (job.debug) record.log.write(`##[debug]${data}`);
      return;
    case "group":
      return record.log.write(`##[group]${data}`);
    case "endgroup":
      return record.log.write("##[endgroup]");
    case "set-env":
    case "add-path":
      return refuse(
        `The \`${name}\` command is disabled. Please upgrade to using Environment Files or opt into unsecure command ` +
          "execution by setting the `ACTIONS_ALLOW_UNSECURE_COMMANDS` environment variable to `true`.",
      );
    default:
      // echo, add-matcher and remove-matcher change what is shown elsewhere; the line itself is not shown.
      return;
  }
}

function placeOf(properties: Record<string, string>): Partial<Annotation> {
  const place: Partial<Annotation> = {};
  if (properties["title"]) place.title = properties["title"];
  if (properties["file"]) place.file = properties["file"];
  for (const [property, key] of [
    ["line", "line"],
    ["endline", "endLine"],
    ["col", "column"],
    ["endcolumn", "endColumn"],
  ] as const) {
    const value = Number(properties[property]);
    if (properties[property] && Number.isInteger(value)) place[key] = value;
  }
  return place;
}

/** Makes fresh, empty command files for one step; the keys are those of the github context. */
export async function createCommandFiles(job: RunningJob): Promise<Record<CommandFile, string>> {
  const folder = join(job.machine.temp, "_runner_file_commands");
  await mkdir(folder, { recursive: true });
  const suffix = randomUUID();
  const files = Object.fromEntries(
    Object.entries(COMMAND_FILES).map(([key, prefix]) => [key, join(folder, prefix + suffix)]),
  ) as Record<CommandFile, string>;
  for (const path of Object.values(files)) await writeFile(path, "");
  return files;
}

/** Reads what a step has written, whether it failed or not. A file that can not be read as it should fails the step. */
export async function readCommandFiles(
  files: Record<CommandFile, string>,
  job: RunningJob,
  record: StepRecord,
  state: Variables,
): Promise<void> {
  const read = async (file: CommandFile, apply: (bytes: Buffer) => void) => {
    try {
      apply(await readFile(files[file]));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      record.issue("error", `Unable to process file command '${file}' successfully.`);
      record.issue("error", (error as Error).message);
      record.commandFailed = true;
    }
  };
  await read("path", (bytes) => {
    job.folders = prepend(job.folders, parsePaths(bytes.toString("utf8")));
  });
  await read("env", (bytes) => {
    for (const [name, value] of parseKeyValues(bytes.toString("utf8"))) {
      if (name.toUpperCase() === "NODE_OPTIONS") {
        record.issue("error", `Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
      } else job.env[name] = value;
    }
  });
  await read("step_summary", (bytes) => {
    if (bytes.length > SUMMARY_LIMIT_BYTES) {
      const limit = SUMMARY_LIMIT_BYTES / 1024;
      const size = Math.floor(bytes.length / 1024);
      record.issue(
        "error",
        `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${limit}k, got ${size}k.`,
      );
    } else record.summary = job.masks.hide(bytes.toString("utf8"));
  });
  await read("state", (bytes) => Object.assign(state, Object.fromEntries(parseKeyValues(bytes.toString("utf8")))));
  await read("output", (bytes) =>
    Object.assign(record.outputs, Object.fromEntries(parseKeyValues(bytes.toString("utf8")))),
  );
}
