import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

import { installerEnvironment } from "../domain/seldon/environment.ts";
import { ActionError, quote } from "../errors.ts";
import type { Locks, Log, Processes, Pythons } from "../ports.ts";

const INSTALL_MS = 20 * 60 * 1000;
const SHOWN_LINES = 20;

/**
 * Python environments in the user's cache folder, one for each text of requirements and each Python. A virtual environment can
 * not be moved (its scripts name it), so it is made at its place under a lock and counts only once it is marked complete.
 */
export function pythons({ processes, locks }: { processes: Processes; locks: Locks }): Pythons {
  return {
    environment: async ({ requirements, python, log }) => {
      const base = await basePython(processes, python);
      if (requirements === undefined) return base;
      const digest = process
        .getBuiltinModule("node:crypto")
        .createHash("sha256")
        .update(JSON.stringify([base.version, base.python, requirements]))
        .digest("hex");
      const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
      const folder = join(cache, "model-road", "python", digest.slice(0, 40));
      const made = { python: join(folder, "bin/python"), bin: join(folder, "bin"), version: base.version };
      if (await isComplete(folder)) return made;

      const release = await locks.take(`${folder}.lock`, {
        waitMs: INSTALL_MS,
        onWait: (pid) => log.info(`Process ${pid} is making the same Python environment: waiting for it.`),
      });
      try {
        if (await isComplete(folder)) return made;
        await make(folder, base.python, requirements, processes, log);
        return made;
      } finally {
        await release();
      }
    },
  };
}

type Base = { readonly python: string; readonly bin: string; readonly version: string };

async function basePython(processes: Processes, asked: string | undefined): Promise<Base> {
  const program =
    asked === undefined
      ? ((await processes.find("python3")) ?? (await processes.find("python")))
      : await processes.find(asked);
  if (program === undefined) {
    throw new ActionError({
      where: "Python",
      expected: asked === undefined ? "python3 or python in PATH" : `a program ${quote(asked)}`,
      seen: "none",
      fix: "Put actions/setup-python before this step.",
    });
  }
  // sys.executable sees through the shims of version managers, which choose anew at each call.
  const asking = "import sys; print('.'.join(map(str, sys.version_info[:3]))); print(sys.executable)";
  const answer = await processes.run(
    { command: program, args: ["-c", asking], env: installerEnvironment(processes.environment()) },
    { timeoutMs: 60_000 },
  );
  const [version = "", executable = ""] = answer.stdout.split("\n");
  if (answer.code !== 0 || !/^3\.\d+\.\d+$/.test(version) || !executable.startsWith("/")) {
    throw new ActionError({
      where: program,
      expected: "Python 3",
      seen: answer.code === 0 ? `version ${quote(version)}` : `exit code ${answer.code}: ${lastLine(answer.stderr)}`,
      fix: "Put actions/setup-python before this step.",
    });
  }
  return { python: executable, bin: dirname(executable), version };
}

/** Complete, and the Python that it stands on is still there. */
async function isComplete(folder: string): Promise<boolean> {
  try {
    await access(join(folder, ".complete"));
    await access(join(folder, "bin/python"));
    return true;
  } catch {
    return false;
  }
}

async function make(
  folder: string,
  python: string,
  requirements: string,
  processes: Processes,
  log: Log,
): Promise<void> {
  // What an earlier, killed attempt left does not count.
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  const env = installerEnvironment(processes.environment());
  const from = performance.now();
  const wanted = requirements.split("\n").filter((line) => /^\s*[^#\s]/.test(line)).length;
  log.info(`Making a Python environment of ${wanted} requirements, once: later runs use it again.`);
  try {
    const venv = await processes.run(
      { command: python, args: ["-m", "venv", folder], env },
      { timeoutMs: INSTALL_MS, maxBytes: 1024 * 1024 },
    );
    if (venv.code !== 0) {
      throw new ActionError({
        where: `${python} -m venv`,
        expected: "a virtual environment",
        seen: `exit code ${venv.code}: ${lastLine(venv.stdout + venv.stderr)}`,
        fix: "On Debian and Ubuntu it is a package of its own: python3-venv; actions/setup-python has it.",
      });
    }
    const file = join(folder, "requirements.txt");
    await writeFile(file, requirements);
    const options = ["--no-input", "--disable-pip-version-check", "--no-color", "--progress-bar", "off"];
    const pip = await processes.start(
      {
        command: join(folder, "bin/python"),
        args: ["-m", "pip", "install", ...options, "--requirement", file],
        env: { ...env, PYTHONUNBUFFERED: "1" },
        cwd: folder,
      },
      { onLine: (line) => take(line) },
    );
    const lines: string[] = [];
    let collected = 0;
    function take(line: string): void {
      lines.push(line);
      if (line.startsWith("Collecting ") && ++collected % 20 === 0) log.info(`pip: ${collected} packages found`);
      if (line.startsWith("Installing collected packages")) log.info("pip: installing what was found");
    }
    const timer = setTimeout(() => void pip.stop(0), INSTALL_MS);
    const { code, signal } = await pip.ended;
    clearTimeout(timer);
    if (code !== 0) {
      log.info(`The last lines of pip:\n${lines.slice(-SHOWN_LINES).join("\n")}`);
      const seen = lines.find((line) => line.startsWith("ERROR: ")) ?? lines.at(-1) ?? "no output";
      throw new ActionError({
        where: "pip install of the requirements",
        expected: "all of them installed",
        seen: `${code === null ? `signal ${signal}` : `exit code ${code}`}: ${quote(seen.trim(), 300)}`,
        fix: `Python is ${python}. pip's last lines stand in the log above; the line that it names is one of the requirements.`,
      });
    }
    await writeFile(join(folder, ".complete"), "");
    log.info(`The Python environment is ready after ${Math.round((performance.now() - from) / 1000)} s.`);
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

const lastLine = (text: string): string => quote(text.trim().split("\n").at(-1) ?? "", 300);
