/** What every failure tells: what was expected, what was seen, what to do. Each part is one plain sentence or less. */
export type Mistake = {
  /** What it is about: an input, a file, a service. `input "replicas"`, `metrics.json`. */
  readonly where: string;
  readonly expected: string;
  readonly seen: string;
  readonly fix?: string;
};

/**
 * A failure that the reader of the log can mend. Anything else that is thrown is a fault of ours and keeps its stack.
 * Several mistakes of one kind (all wrong inputs, all bad metrics) travel in one error, so that they are told in one go.
 */
export class ActionError extends Error {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: Mistake | readonly Mistake[], options?: { cause?: unknown }) {
    const all = Array.isArray(mistakes) ? (mistakes as readonly Mistake[]) : [mistakes as Mistake];
    super(all.map(sentence).join("\n"), options);
    this.name = "ActionError";
    this.mistakes = all;
  }
}

/** `input "replicas": expected a whole number from 1 to 1000, saw "two". Write it with digits.` */
export function sentence({ where, expected, seen, fix }: Mistake): string {
  return `${where}: expected ${expected}, saw ${seen}.${fix ? ` ${fix}` : ""}`;
}

/** One mistake, thrown. For the places where a ternary or `??` ends in a refusal. */
export function refuse(mistake: Mistake, cause?: unknown): never {
  throw new ActionError(mistake, cause === undefined ? undefined : { cause });
}

/** The text of whatever was thrown, without its stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Quotes what was seen, cut to a length that fits a log line. Control characters are shown, never sent. */
export function quote(text: string, most = 80): string {
  const shown = JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text);
  return shown.replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** The system's own name of a refusal, `ENOENT`; empty where there is none. */
export const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";

const MEANINGS: Readonly<Record<string, string>> = {
  EACCES: "no right to it",
  EPERM: "no right to it",
  EROFS: "a file system that is read-only",
  ENOSPC: "a full disk",
  EDQUOT: "a full quota",
  EMFILE: "too many open files",
  ELOOP: "a symbolic link",
  EISDIR: "a folder",
  ENOTDIR: "a file where a folder should be",
  ENOENT: "nothing",
  ENAMETOOLONG: "a name that is too long",
  ESTALE: "one that is being written",
};

/** What the system refused of a file, in words. Anything unknown stays as it was thrown: it is a fault of ours. */
export function unusable(path: string, thrown: unknown): unknown {
  const meaning = MEANINGS[codeOf(thrown)];
  if (thrown instanceof ActionError || meaning === undefined) return thrown;
  return new ActionError({ where: path, expected: "a file that can be used", seen: meaning }, { cause: thrown });
}
