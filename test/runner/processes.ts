import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { Readable } from "node:stream";

import { LineSplitter } from "./commands.ts";
import type { Variables } from "./environment.ts";

/** How long the runner waits, in ms: after SIGINT, after SIGTERM, and for output after a process has ended. */
export type Timings = { interruptMs: number; terminateMs: number; drainMs: number };

export const RUNNER_TIMINGS: Timings = { interruptMs: 7500, terminateMs: 2500, drainMs: 5000 };

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A timer for `timeout-minutes`, whose values may be longer than Node's timers can be. */
export const afterMinutes = (minutes: number, act: () => void): NodeJS.Timeout =>
  setTimeout(act, Math.min(minutes * 60_000, LONGEST_TIMER_MS));

export type ProcessEnd = { exitCode: number; stopped: boolean; wallMs: number; cpuMs: number };

/**
 * Runs a step's process as the runner does: lines of both streams go to `onLine`; when `signal` aborts, that process alone
 * (not its children) gets SIGINT, then SIGTERM, then SIGKILL.
 */
export async function runProcess(options: {
  file: string;
  args: string[];
  cwd: string;
  environment: Variables;
  signal: AbortSignal;
  timings: Timings;
  onLine: (line: string) => void;
}): Promise<ProcessEnd> {
  const { file, args, cwd, environment, signal, timings, onLine } = options;
  const started = performance.now();
  const cpuBefore = childrenCpuMs();
  const child = spawn(file, args, { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const streams = [child.stdout, child.stderr].map((stream) => readLines(stream, onLine));

  const timers: NodeJS.Timeout[] = [];
  const stop = () => {
    child.kill("SIGINT");
    timers.push(setTimeout(() => child.kill("SIGTERM"), timings.interruptMs));
    timers.push(setTimeout(() => child.kill("SIGKILL"), timings.interruptMs + timings.terminateMs));
  };
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });

  try {
    const exitCode = await new Promise<number>((done, fail) => {
      child.on("error", (error) => fail(new Error(`can not start ${file} in folder ${cwd}: ${error.message}`)));
      child.on("exit", (code, by) => done(code ?? 128 + (SIGNAL_NUMBERS[by ?? ""] ?? 0)));
    });
    const wallMs = performance.now() - started;
    const cpuMs = childrenCpuMs() - cpuBefore;
    await drained(streams, timings.drainMs, child.stdout, child.stderr);
    return { exitCode, stopped: signal.aborted, wallMs, cpuMs };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

const SIGNAL_NUMBERS: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder("utf8");
  const splitter = new LineSplitter();
  stream.on("data", (chunk: Buffer) => {
    for (const line of splitter.push(decoder.write(chunk))) onLine(line);
  });
  return new Promise((done) => {
    stream.on("close", () => {
      for (const line of [...splitter.push(decoder.end()), ...splitter.end()]) onLine(line);
      done();
    });
  });
}

/** A background process may have inherited the pipes; the runner does not wait for it for ever. */
async function drained(streams: Promise<void>[], limitMs: number, ...pipes: Readable[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((done) => {
    timer = setTimeout(done, limitMs);
  });
  await Promise.race([Promise.all(streams), limit]);
  clearTimeout(timer);
  for (const pipe of pipes) pipe.destroy();
  await Promise.all(streams);
}

/** CPU time of all children that this process has waited for, in ms, at the 10 ms grain of the kernel's clock. */
function childrenCpuMs(): number {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return Number.NaN;
  }
}

/** The processes that carry this tracking id in their environment: what a job has left behind. */
export function trackedProcesses(trackingId: string): number[] {
  const found: number[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${name}/environ`, "latin1").split("\0");
      if (environment.includes(`RUNNER_TRACKING_ID=${trackingId}`)) found.push(Number(name));
    } catch {
      // It has ended meanwhile, or belongs to another user.
    }
  }
  return found;
}

/** A process's name as the kernel has it. */
export function processName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "?";
  }
}
