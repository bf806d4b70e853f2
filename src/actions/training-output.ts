import { disarmLine } from "../domain/text/disarm.ts";
import type { Log } from "../ports.ts";

/** Above this the live log says no more; the tail is in the artifact's log all the same. */
const MAX_SHOWN_BYTES = 32 * 1024 * 1024;
const MAX_KEPT_BYTES = 8 * 1024 * 1024;

/** What a training prints: shown live up to a limit, and the tail kept for the artifact. */
export class TrainingOutput {
  readonly #log: Log;
  #kept: string[] = [];
  #first = 0;
  #keptBytes = 0;
  #droppedLines = 0;
  #shownBytes = 0;
  /** How many have come. */
  lines = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  take(line: string): void {
    this.lines++;
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#shownBytes <= MAX_SHOWN_BYTES) {
      this.#shownBytes += bytes;
      this.#log.info(
        this.#shownBytes <= MAX_SHOWN_BYTES
          ? line
          : `(${MAX_SHOWN_BYTES / 1024 / 1024} MiB are shown; the rest is not. The last ${MAX_KEPT_BYTES / 1024 / 1024} MiB are kept in its log.)`,
      );
    }
    this.#kept.push(line);
    this.#keptBytes += bytes;
    while (this.#keptBytes > MAX_KEPT_BYTES) {
      this.#keptBytes -= Buffer.byteLength(this.#kept[this.#first]!) + 1;
      this.#kept[this.#first++] = "";
      this.#droppedLines++;
    }
    // Emptied places are given back once in a while, not one by one.
    if (this.#first > 10_000 && this.#first * 2 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
  }

  kept(): string {
    const head = this.#droppedLines > 0 ? [`(${this.#droppedLines} lines before this are not kept)`] : [];
    return [...head, ...this.#kept.slice(this.#first)].map((line) => `${disarmLine(line)}\n`).join("");
  }
}
