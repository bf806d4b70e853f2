import type { ChildProcess } from "node:child_process";
import { closeSync, constants, openSync, readdirSync, readFileSync } from "node:fs";
import { access } from "node:fs/promises";
import { basename, delimiter, dirname, extname, isAbsolute, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { ActionError, messageOf, quote } from "../errors.ts";
import type { Command, Finished, Processes, Started } from "../ports.ts";

type Ended = { readonly code: number | null; readonly signal: string | null };

/** A process that has ended may leave a pipe in the hands of its children; so long is waited for what still lies in it. */
const DRAIN_MS = 1000;

/**
 * Programs of this machine, started without a shell, each in a process group of its own, so that its children can be ended too.
 * @param signal ends what was started (but not what was started as `detached`) when the step is cancelled
 * @param door the file that runs us, where that is not what Node was started with
 */
export function localProcesses({ signal, door }: { signal?: AbortSignal; door?: string } = {}): Processes {
  return {
    node: process.execPath,
    // `dist/local-front.cjs` beside `dist/seldon-deploy.cjs`; the same holds for the sources.
    door: (id) => {
      const ours = door ?? process.argv[1] ?? "";
      return join(dirname(ours), `${id}${extname(basename(ours))}`);
    },
    environment: () => {
      const env: Record<string, string> = {};
      for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
      return env;
    },
    find,
    memory: async (pid) => groupMemory(pid),
    run: async (command, options) => await run(command, options, signal),
    start: async (command, options) => await start(command, options, signal),
  };
}

async function run(
  command: Command,
  { timeoutMs, maxBytes = 16 * 1024 * 1024, input }: { timeoutMs: number; maxBytes?: number; input?: string },
  signal: AbortSignal | undefined,
): Promise<Finished> {
  const child = await spawned(command, [input === undefined ? "ignore" : "pipe", "pipe", "pipe"]);
  const out: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  let bytes = 0;
  let fault: ActionError | undefined;
  const giveUp = (expected: string, seen: string): void => {
    fault ??= new ActionError({ where: named(command), expected, seen });
    killGroup(child.pid!, "SIGKILL");
  };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]!.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) giveUp(`at most ${maxBytes} bytes of output`, "more");
      else out[stream].push(chunk);
    });
  }
  if (input !== undefined) {
    // A program that ends before it has read everything is judged by its exit code, not by the broken pipe.
    child.stdin!.on("error", () => undefined);
    child.stdin!.end(input);
  }
  const timer = setTimeout(() => giveUp(`to end within ${timeoutMs / 1000} s`, "it still runs"), timeoutMs);
  const cancel = (): void => giveUp("to end by itself", "the run was cancelled");
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) cancel();
  try {
    const { code, signal: by } = await endOf(child);
    if (fault) throw fault;
    return {
      code,
      signal: by,
      stdout: Buffer.concat(out.stdout).toString("utf8"),
      stderr: Buffer.concat(out.stderr).toString("utf8"),
    };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

async function start(
  command: Command,
  options: Parameters<Processes["start"]>[1],
  signal: AbortSignal | undefined,
): Promise<Started> {
  const { onLine, maxLine = 64 * 1024, logFile, detached = false, lifeline = false } = options;
  const input = lifeline ? "pipe" : "ignore";
  let child: ChildProcess;
  if (logFile === undefined) {
    child = await spawned(command, [input, "pipe", "pipe"]);
    for (const stream of ["stdout", "stderr"] as const) {
      const lines = lineSplitter(maxLine, (line) => onLine?.(line, stream));
      child[stream]!.on("data", lines.take).on("end", lines.end);
    }
  } else {
    const file = openSync(logFile, "a", 0o600);
    try {
      child = await spawned(command, [input, file, file]);
    } finally {
      closeSync(file);
    }
  }
  // It may end before we write: there is nothing to write.
  child.stdin?.on("error", () => undefined);
  const pid = child.pid!;
  const ended = endOf(child);
  if (detached) {
    child.unref();
  } else if (signal) {
    const cancel = (): void => void stop(5000);
    signal.addEventListener("abort", cancel, { once: true });
    void ended.then(() => signal.removeEventListener("abort", cancel));
    if (signal.aborted) cancel();
  }

  async function stop(graceMs = 5000): Promise<void> {
    killGroup(pid, "SIGTERM");
    if (!(await groupGone(pid, graceMs))) {
      killGroup(pid, "SIGKILL");
      await groupGone(pid, 2000);
    }
    await ended;
  }
  return { pid, ended, stop };
}

async function spawned(command: Command, stdio: ("ignore" | "pipe" | number)[]): Promise<ChildProcess> {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child = spawn(command.command, [...command.args], {
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    env: { ...command.env },
    // A group (and session) of its own: what it starts in turn can then be ended with it.
    detached: true,
    shell: false,
    stdio,
    windowsHide: true,
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        new ActionError(
          {
            where: named(command),
            expected: "a program that can be started",
            seen: `${cause.code ?? messageOf(cause)}${command.cwd === undefined ? "" : ` (in ${command.cwd})`}`,
          },
          { cause },
        ),
      );
    });
  });
  // Later errors are failures to signal it: it has gone by then.
  child.on("error", () => undefined);
  return child;
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      const done = (): void => resolve({ code, signal });
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        done();
      }, DRAIN_MS);
      child.once("close", () => {
        clearTimeout(timer);
        done();
      });
    });
  });
}

/** Signals every process of the group; one that has gone is well. */
function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // No such group any more.
  }
}

async function groupGone(pid: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  for (;;) {
    if (!groupAlive(pid)) return true;
    if (performance.now() >= until) return false;
    await delay(20);
  }
}

/** A zombie still takes signals, and in a container perhaps nobody buries it: only what runs counts. */
function groupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  return readdirSync("/proc").some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "latin1");
      // pid (comm) state ppid pgrp …; the name may hold anything, also ") ".
      const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return group === String(pid) && state !== "Z" && state !== "X";
    } catch {
      return false;
    }
  });
}

/** Bytes that a group of processes holds; memory that several share counts once in the sum (PSS). */
function groupMemory(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  let kib = 0;
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "latin1");
      const [, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (group !== String(pid)) continue;
      kib += Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${entry}/smaps_rollup`, "latin1"))?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kib === 0 ? undefined : kib * 1024;
}

async function find(program: string): Promise<string | undefined> {
  // Relative entries would make what is started depend on where we stand, that is on the checkout.
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const candidates = isAbsolute(program)
    ? [program]
    : program.includes("/")
      ? []
      : folders.map((folder) => join(folder, program));
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // The next folder may have it.
    }
  }
  return undefined;
}

/** Cuts bytes into lines at \n, \r\n and a bare \r, as the runner does. What is over `most` bytes in a line is dropped. */
export function lineSplitter(
  most: number,
  onLine: (line: string) => void,
): { readonly take: (chunk: Buffer) => void; readonly end: () => void } {
  let pending: Buffer[] = [];
  let kept = 0;
  let dropped = 0;
  let afterReturn = false;
  const keep = (piece: Buffer): void => {
    const room = Math.min(piece.length, most - kept);
    if (room > 0) pending.push(piece.subarray(0, room));
    kept += room;
    dropped += piece.length - room;
  };
  const flush = (): void => {
    const line = Buffer.concat(pending).toString("utf8");
    onLine(dropped > 0 ? `${line}… (${dropped} bytes more)` : line);
    pending = [];
    kept = 0;
    dropped = 0;
  };
  return {
    take: (chunk) => {
      let from = 0;
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at];
        if (byte !== 0x0a && byte !== 0x0d) {
          afterReturn = false;
          continue;
        }
        if (byte === 0x0a && afterReturn) {
          // The second half of \r\n, perhaps of two chunks.
          afterReturn = false;
          from = at + 1;
          continue;
        }
        keep(chunk.subarray(from, at));
        flush();
        from = at + 1;
        afterReturn = byte === 0x0d;
      }
      // A copy: the stream may use its buffer again.
      if (from < chunk.length) keep(Buffer.from(chunk.subarray(from)));
    },
    end: () => {
      if (kept > 0 || dropped > 0) flush();
    },
  };
}

const named = ({ command }: Command): string => `program ${quote(command, 200)}`;
