import { randomUUID } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { delimiter, join, resolve as resolvePath } from "node:path";

import { scriptEnvironment, type Variables } from "./environment.ts";
import { type StepProcess, runStepProcess } from "./step-process.ts";
import type { Outcome } from "./step-report.ts";

/** How each shell is called when `shell:` only names it. */
const BUILT_IN: Record<string, { args: string; extension: string }> = {
  bash: { args: "--noprofile --norc -e -o pipefail {0}", extension: ".sh" },
  sh: { args: "-e {0}", extension: ".sh" },
  python: { args: "{0}", extension: ".py" },
  pwsh: { args: "-command \". '{0}'\"", extension: ".ps1" },
};

export type Script = { contents: string; shell: string | undefined; workingDirectory: string | undefined };

/** Runs a `run:` step. */
export async function runScript(step: StepProcess, script: Script): Promise<Outcome> {
  const { job } = step.scope;
  const path = pathOf(step);
  const { file, format, extension } = commandOf(script.shell, path);
  const scriptFile = join(job.machine.temp, randomUUID() + extension);
  await writeFile(scriptFile, script.contents);
  const args = format
    .split(" ")
    .filter(Boolean)
    .map((arg) => arg.replace("{0}", scriptFile));

  const { log } = step.record;
  const [first = ""] = script.contents.trimStart().split("\n");
  log.write(`##[group]Run ${first}`);
  for (const line of script.contents.replace(/\n$/, "").split("\n")) log.write(`\u001b[36;1m${line}\u001b[0m`);
  log.write(`shell: ${file} ${format}`);
  writeEnv(step);
  log.write("##[endgroup]");
  return runStepProcess(step, {
    file,
    args,
    cwd: resolvePath(job.workspace, script.workingDirectory ?? ""),
    environment: scriptEnvironment,
    failure: (exitCode) => `Process completed with exit code ${exitCode}.`,
  });
}

/** The env block at the head of a step's log. */
export function writeEnv(step: Pick<StepProcess, "env" | "record">): void {
  if (Object.keys(step.env).length === 0) return;
  step.record.log.write("env:");
  for (const [name, value] of Object.entries(step.env)) step.record.log.write(`  ${name}: ${value}`);
}

function pathOf(step: StepProcess): string {
  const { job } = step.scope;
  const given: Variables = { ...job.machine.environment, ...step.env };
  return [...job.folders.toReversed(), given["PATH"] ?? ""].join(delimiter);
}

function commandOf(shell: string | undefined, path: string): { file: string; format: string; extension: string } {
  if (!shell) {
    // Unlike `shell: bash`, a step that names none runs without pipefail.
    const file = which("bash", path) ?? which("sh", path);
    if (!file) throw new Error("expected bash or sh in PATH, saw neither.");
    return { file, format: "-e {0}", extension: ".sh" };
  }
  const [name = "", ...rest] = shell.split(" ");
  const builtIn = BUILT_IN[name];
  const format = rest.length > 0 ? rest.join(" ") : builtIn?.args;
  if (!format?.includes("{0}")) {
    throw new Error(
      "Invalid shell option. Shell must be a valid built-in (bash, sh, cmd, powershell, pwsh) or a format string " +
        "containing '{0}'",
    );
  }
  const file = which(name, path);
  if (!file) throw new Error(`${name}: command not found`);
  return { file, format, extension: builtIn?.extension ?? "" };
}

/** The first program of that name in a path list. */
function which(name: string, path: string): string | undefined {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  return undefined;
}
