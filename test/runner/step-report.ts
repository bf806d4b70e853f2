import type { Masks } from "./masks.ts";

export type Outcome = "success" | "failure" | "cancelled" | "skipped";

export type AnnotationLevel = "error" | "warning" | "notice";

export type Annotation = {
  level: AnnotationLevel;
  message: string;
  title?: string;
  file?: string;
  line?: number;
  endLine?: number;
  column?: number;
  endColumn?: number;
};

/** What GitHub shows of a step when it is over. `log` is masked, with the runner's own `##[…]` lines. */
export type StepReport = {
  id: string;
  name: string;
  /** Before `continue-on-error` is applied; `conclusion` is after. */
  outcome: Outcome;
  conclusion: Outcome;
  outputs: Record<string, string>;
  log: string;
  annotations: Annotation[];
  summary: string;
  seconds: number;
  /** The steps of a composite action. */
  children: StepReport[];
};

const ANNOTATIONS_PER_LEVEL = 10;
const MESSAGE_LIMIT = 4096;

/** Collects lines, and hands each on to the log around it: step in composite, composite in job. */
export class Log {
  readonly lines: string[] = [];
  readonly #onLine: (line: string) => void;
  readonly #masks: Masks;

  constructor(masks: Masks, onLine: (line: string) => void) {
    this.#masks = masks;
    this.#onLine = onLine;
  }

  write(line: string): void {
    const shown = this.#masks.hide(line);
    this.lines.push(shown);
    this.#onLine(shown);
  }

  /** A log inside this one. */
  nested(): Log {
    return new Log(this.#masks, (line) => this.write(line));
  }

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join("");
  }
}

/** A step while it runs: its log, and the issues that it raises. */
export class StepRecord {
  readonly log: Log;
  readonly annotations: Annotation[] = [];
  readonly outputs: Record<string, string> = {};
  readonly children: StepReport[] = [];
  summary = "";
  /** Set by a command that could not be carried out; it fails the step whatever its exit code. */
  commandFailed = false;
  readonly #masks: Masks;
  /** All steps inside a composite share the ten annotations per level of the job's step. */
  readonly #counts: Record<AnnotationLevel, number>;
  readonly #parent: StepRecord | undefined;

  constructor(masks: Masks, log: Log, parent?: StepRecord) {
    this.#masks = masks;
    this.log = log;
    this.#parent = parent;
    this.#counts = parent ? parent.#counts : { error: 0, warning: 0, notice: 0 };
  }

  /** Raises an issue: a line in the log, and an annotation while the step has any left. */
  issue(level: AnnotationLevel, message: string, place: Partial<Annotation> = {}): void {
    this.log.write(`##[${level}]${message}`);
    if (this.#counts[level]++ >= ANNOTATIONS_PER_LEVEL) return;
    this.#keep({ ...place, level, message: this.#masks.hide(message).slice(0, MESSAGE_LIMIT) });
  }

  #keep(annotation: Annotation): void {
    this.annotations.push(annotation);
    if (this.#parent) this.#parent.#keep(annotation);
  }
}
