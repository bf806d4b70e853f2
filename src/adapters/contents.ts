import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import type { Worker } from "node:worker_threads";

import { codeOf, unusable } from "../errors.ts";
import type { Contents } from "../ports.ts";

/** Fits into a core's own cache: what was read is still there when it is digested. */
const BUFFER_BYTES = 256 * 1024;
/** A file above this counts by its blocks, so that several threads can read it. */
const WHOLE_BYTES = 32 * 1024 * 1024;
const BLOCK_BYTES = 16 * 1024 * 1024;

/** After so much of its own work this thread looks up: for a cancelled run, and for whether it needs others. */
const TURN_FILES = 256;
const TURN_BYTES = 8 * 1024 * 1024;
/** What is done by then needs no other thread: to start one takes longer. So many files surely do. */
const ALONE_MS = 4;
const MANY_FILES = 1000;
const MOST_THREADS = 8;

/** A file's digest in hex, its mode in 16 bits, and its size where it is too big to be digested as one. */
const HEX = 64;

/** What all threads work off together. They take the next piece by a counter, so that none waits for another. */
type Job = {
  readonly root: string;
  readonly pieces: number;
  /** One a piece, with NUL between: one text is handed to a thread sooner than many. */
  readonly paths: string;
  /** Where each piece begins and how long it is; absent where the pieces are whole files. */
  readonly cuts?: Float64Array;
  readonly memory: SharedArrayBuffer;
};
type Told = { readonly failed?: { readonly path: string; readonly code: string } };

/** The parts of a job's memory. */
function fieldsOf({ memory, pieces }: Job): {
  next: Int32Array;
  sizes: Float64Array;
  modes: Uint16Array;
  hex: Buffer;
} {
  const [sizes, modes, hex] = [8, 8 + pieces * 8, 8 + pieces * 10];
  return {
    next: new Int32Array(memory, 0, 1),
    sizes: new Float64Array(memory, sizes, pieces),
    modes: new Uint16Array(memory, modes, pieces),
    hex: Buffer.from(memory, hex, pieces * HEX),
  };
}

function jobOf(root: string, paths: readonly string[], cuts?: Float64Array): Job {
  const memory = new SharedArrayBuffer(8 + paths.length * (8 + 2 + HEX));
  return { root, pieces: paths.length, paths: paths.join("\0"), ...(cuts === undefined ? {} : { cuts }), memory };
}

/** Digests the job's pieces one by one, as long as there are any. Gives way after each turn. */
function* digesting(job: Job, paths: readonly string[], buffer: Buffer): Generator<void, void> {
  const { createHash, hash } = process.getBuiltinModule("node:crypto");
  const { next, sizes, modes, hex } = fieldsOf(job);
  const { root, pieces, cuts } = job;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let [files, bytes] = [0, 0];
  for (let index = Atomics.add(next, 0, 1); index < pieces; index = Atomics.add(next, 0, 1)) {
    const path = paths[index]!;
    let file: number | undefined;
    try {
      file = openSync(`${root}/${path}`, flags);
      const facts = fstatSync(file);
      if (!facts.isFile()) throw Object.assign(new Error("no file"), { code: "EISDIR" });
      modes[index] = facts.mode & 0o7777;
      if (cuts === undefined && facts.size > WHOLE_BYTES) {
        sizes[index] = facts.size;
        continue;
      }
      const [from, most] = cuts === undefined ? [0, Infinity] : [cuts[2 * index]!, cuts[2 * index + 1]!];
      let count = readSync(file, buffer, 0, Math.min(BUFFER_BYTES, most), from);
      let total = count;
      if (count < BUFFER_BYTES && count >= Math.min(facts.size, most)) {
        // The small file, which is nearly every one: one read, one digest, no object that would have to be collected.
        hex.write(hash("sha256", buffer.subarray(0, count), "hex"), index * HEX, HEX, "latin1");
      } else {
        const running = createHash("sha256");
        for (; count > 0; total += count) {
          running.update(buffer.subarray(0, count));
          count = readSync(file, buffer, 0, Math.min(BUFFER_BYTES, most - total), from + total);
        }
        hex.write(running.digest("hex"), index * HEX, HEX, "latin1");
      }
      // A block that ends early: the file is being written.
      if (cuts !== undefined && total < most) throw Object.assign(new Error("shorter"), { code: "ESTALE" });
      bytes += total;
    } catch (thrown) {
      // What the others would still do is for nothing.
      Atomics.store(next, 0, pieces);
      throw Object.assign(thrown as Error, { path });
    } finally {
      if (file !== undefined) closeSync(file);
    }
    if (++files >= TURN_FILES || bytes >= TURN_BYTES) {
      [files, bytes] = [0, 0];
      yield;
    }
  }
}

/** The other threads' side: a job in, its end out, over one buffer. Started by `fileContents` alone. */
export function digestOnRequest(): void {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  if (parentPort === null) {
    process.stdout.write("hash-worker: expected to be started as a thread, saw a program of its own.\n");
    process.exitCode = 1;
    return;
  }
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  parentPort.on("message", (job: Job) => {
    let told: Told = {};
    try {
      const turns = digesting(job, job.paths.split("\0"), buffer);
      while (!turns.next().done);
    } catch (thrown) {
      told = { failed: { path: (thrown as { path?: string }).path ?? "", code: codeOf(thrown) } };
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort.postMessage(told);
  });
}

/**
 * Digests files by this thread, and by one for each further core once it is seen to take a while.
 * @param hashWorker the program of the other threads; this one does all where there is none
 */
export function fileContents({ hashWorker = workerBeside(), threads = cores() } = {}): Contents {
  let ready: Crew | undefined;
  return {
    expect: (files) => {
      if (files >= MANY_FILES) ready ??= new Crew(hashWorker, threads - 1).callIn();
    },
    digests: async (root, paths) => {
      // Those that were called in ahead are not for the few that come first.
      const early = paths.length >= MANY_FILES ? ready : undefined;
      if (early !== undefined) ready = undefined;
      const crew = early ?? new Crew(hashWorker, threads - 1);
      try {
        return await digestsOf(root, paths, crew);
      } catch (thrown) {
        throw unusable(join(root, (thrown as { path?: string }).path ?? ""), thrown);
      } finally {
        crew.dismiss();
      }
    },
  };
}

async function digestsOf(
  root: string,
  paths: readonly string[],
  crew: Crew,
): Promise<{ digest: string; mode: number }[]> {
  const job = jobOf(root, paths);
  await crew.work(job, paths);
  const { hex, modes, sizes } = fieldsOf(job);
  const all = hex.toString("latin1");
  const found = paths.map((_, index) => ({
    digest: `sha256:${all.slice(index * HEX, (index + 1) * HEX)}`,
    mode: modes[index]!,
  }));
  const blocks: string[] = [];
  const cuts: number[] = [];
  const big: { index: number; from: number; to: number }[] = [];
  for (const [index, bytes] of sizes.entries()) {
    if (bytes === 0) continue;
    const from = blocks.length;
    for (let offset = 0; offset < bytes; offset += BLOCK_BYTES) {
      blocks.push(paths[index]!);
      cuts.push(offset, Math.min(BLOCK_BYTES, bytes - offset));
    }
    big.push({ index, from, to: blocks.length });
  }
  if (big.length === 0) return found;
  const cut = jobOf(root, blocks, Float64Array.from(cuts));
  await crew.work(cut, blocks);
  const ofBlocks = fieldsOf(cut).hex.toString("latin1");
  for (const { index, from, to } of big) {
    const digests = Buffer.from(ofBlocks.slice(from * HEX, to * HEX), "hex");
    const whole = process.getBuiltinModule("node:crypto").hash("sha256", digests, "hex");
    found[index] = { digest: `sha256-16m:${whole}`, mode: found[index]!.mode };
  }
  return found;
}

/** This thread, and the others that it calls in when there is more than a little to do. */
class Crew {
  readonly #program: string | undefined;
  readonly #others: number;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #workers: Worker[] = [];

  constructor(program: string | undefined, others: number) {
    this.#program = program;
    this.#others = others;
  }

  /** @throws what a piece was refused with, with its `path` */
  async work(job: Job, paths: readonly string[]): Promise<void> {
    const begun = performance.now();
    let asked: Promise<void>[] | undefined;
    const callIn = (): void => {
      asked = this.#threads().map(async (worker) => endOf(worker, job));
      // Told at the end; until then it must not be an error that nobody waits for.
      for (const each of asked) each.catch(() => {});
    };
    if (this.#workers.length > 0 || job.cuts !== undefined || paths.length >= MANY_FILES) callIn();
    try {
      for (const _ of digesting(job, paths, this.#buffer)) {
        await breathe();
        if (asked === undefined && performance.now() - begun > ALONE_MS) callIn();
      }
    } finally {
      await Promise.all(asked ?? []);
    }
  }

  /** Starts the others ahead of their work. By themselves they keep no process alive. */
  callIn(): this {
    for (const worker of this.#threads()) worker.unref();
    return this;
  }

  dismiss(): void {
    for (const worker of this.#workers) {
      worker.removeAllListeners();
      void worker.terminate();
    }
  }

  #threads(): readonly Worker[] {
    if (this.#program === undefined || this.#workers.length > 0) return this.#workers;
    const { Worker } = process.getBuiltinModule("node:worker_threads");
    // Nothing of ours runs in them but the reading of files: no input, no token of the environment.
    for (let at = 0; at < this.#others; at++) {
      this.#workers.push(
        new Worker(this.#program, {
          env: {},
          stdin: false,
          trackUnmanagedFds: false,
          // What they make is short-lived: room for more of it is memory and no speed.
          resourceLimits: { maxYoungGenerationSizeMb: 4 },
        }),
      );
    }
    return this.#workers;
  }
}

async function endOf(worker: Worker, job: Job): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const heard = ({ failed }: Told): void => {
      worker.off("error", reject).off("exit", ended);
      if (failed) reject(Object.assign(new Error(failed.code), failed));
      else resolve();
    };
    const ended = (): void => reject(new Error("a thread that digests files ended early"));
    worker.ref();
    worker.once("message", heard).once("error", reject).once("exit", ended);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(job);
  });
}

const cores = (): number => Math.min(MOST_THREADS, process.getBuiltinModule("node:os").availableParallelism());

/** `dist/hash-worker.cjs` beside the door that runs; `undefined` where there is none. */
function workerBeside(): string | undefined {
  const [, door = ""] = process.argv;
  const worker = join(dirname(door), door.endsWith(".cjs") ? "hash-worker.cjs" : "hash-worker.ts");
  return existsSync(worker) ? worker : undefined;
}
