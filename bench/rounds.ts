import { spawnSync } from "node:child_process";

/** A figure and the goal that it is held to. */
export type Figure = {
  readonly what: string;
  readonly goal: string;
  readonly measured: string;
  readonly holds: boolean;
};

/** A whole process, started again in each round. */
export type Contestant = {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** Done before each run, and not counted: what a runner does between jobs. */
  readonly before?: () => void;
  /** A run that fails is no figure. */
  readonly succeeds?: boolean;
};

/** Seconds of one process. */
export type Cost = { readonly wall: number; readonly cpu: number };

export type Standing = { readonly name: string; readonly wall: number; readonly cpu: number };

/**
 * Runs every contestant once a round, in turn, after one round that does not count. A ratio is taken round by round against
 * the first, and the median of the rounds is the standing: a slow moment of a shared machine hits all alike.
 */
export function compare(contestants: readonly Contestant[], rounds: number): Standing[] {
  const costs: Cost[][] = [];
  for (let round = 0; round <= rounds; round++) {
    const row = contestants.map(cost);
    if (round > 0) costs.push(row);
  }
  return contestants.map(({ name }, at) => ({
    name,
    wall: median(costs.map((row) => row[at]!.wall / row[0]!.wall)),
    cpu: median(costs.map((row) => row[at]!.cpu / row[0]!.cpu)),
  }));
}

/** One run. bash's own `time` tells user and system time of the child, which Node can not. */
export function cost({ name, command, env = {}, cwd, before, succeeds = false }: Contestant): Cost {
  before?.();
  const done = spawnSync(
    "bash",
    ["--norc", "--noprofile", "-c", 'TIMEFORMAT="%3R %3U %3S"; time "$@" >/dev/null 2>&1', "bash", ...command],
    {
      encoding: "utf8",
      stdio: ["ignore", "ignore", "pipe"],
      env: { PATH: process.env["PATH"]!, LC_ALL: "C", ...env },
      ...(cwd === undefined ? {} : { cwd }),
    },
  );
  if (succeeds && done.status !== 0) throw new Error(`${name} ended with ${done.status}`);
  const [wall, user, system] = done.stderr.trim().split(" ").map(Number);
  if (![wall, user, system].every(Number.isFinite)) throw new Error(`${name} told no time: ${done.stderr}`);
  return { wall: wall!, cpu: user! + system! };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
