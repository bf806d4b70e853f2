import { ActionError, quote, type Mistake } from "./errors.ts";

/**
 * An input as a story declares it: how its text becomes a value, and what the README says of it. One declaration makes the
 * parsing, the tables of the README and the descriptions in action.yml, so that the three can not drift apart.
 */
export type Input<T> = {
  readonly description: string;
  /** Shown in the tables, and read when the input is empty. An empty input is an unset one: a composite forwards all. */
  readonly default?: string;
  /** An expression for `default:` in action.yml, for what only the runner knows: `${{ github.token }}`. */
  readonly expression?: string;
  readonly required?: boolean;
  readonly secret?: boolean;
  /** Short form of what is accepted, for the tables: `true | false`, `one a line`. */
  readonly accepts?: string;
  /** The value of an unset input that has no default. */
  readonly unset: T;
  /** Throws `Refusal` where the text does not fit. May be slow only in that it loads a parser on first use. */
  readonly parse: (text: string) => T | Promise<T>;
};

export type InputTable = Readonly<Record<string, Input<unknown>>>;

/** The typed values of a table of inputs. Names stay as they are written in action.yml: kebab-case. */
export type Values<Table extends InputTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Input<infer T> ? T : never;
};

/** Thrown by `parse`; becomes one line among all the mistakes of the inputs. */
export class Refusal extends Error {
  readonly expected: string;
  readonly seen: string | undefined;
  readonly fix: string | undefined;

  constructor(expected: string, { seen, fix }: { seen?: string; fix?: string } = {}) {
    super(expected);
    this.name = "Refusal";
    this.expected = expected;
    this.seen = seen;
    this.fix = fix;
  }
}

type Told = { description: string; default?: string; expression?: string; secret?: boolean };

/** Free text; `undefined` when unset. */
export function text(told: Told & { pattern?: RegExp; accepts?: string }): Input<string | undefined> {
  const { pattern, ...rest } = told;
  return {
    ...rest,
    unset: undefined,
    parse: (value) => {
      if (pattern && !pattern.test(value)) throw new Refusal(told.accepts ?? `text that matches ${pattern.source}`);
      return value;
    },
  };
}

/** Text without which the action can not work. */
export function requiredText(told: Told & { pattern?: RegExp; accepts?: string }): Input<string> {
  return { ...text(told), required: true, unset: "" } as Input<string>;
}

/** `true` or `false`, in the spellings that YAML 1.2's core schema knows. */
export function flag(told: Told & { default: "true" | "false" }): Input<boolean> {
  return {
    ...told,
    accepts: "`true` or `false`",
    unset: false,
    parse: (value) => {
      if (/^(true|True|TRUE)$/.test(value)) return true;
      if (/^(false|False|FALSE)$/.test(value)) return false;
      throw new Refusal("true or false");
    },
  };
}

/** A whole number within bounds, both included; `undefined` when unset and without a default. */
export function integer(told: Told & { least: number; most: number }): Input<number | undefined> {
  const { least, most, ...rest } = told;
  return {
    ...rest,
    accepts: `a whole number from ${least} to ${most}`,
    unset: undefined,
    parse: (value) => {
      const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= least && number <= most)) throw new Refusal(`a whole number from ${least} to ${most}`);
      return number;
    },
  };
}

/** One of a closed list of words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  told: Omit<Told, "default"> & { default: NoInfer<Word> },
): Input<Word> {
  return {
    ...told,
    accepts: words.map((word) => `\`${word}\``).join(", "),
    unset: told.default,
    parse: (value) => {
      const word = words.find((each) => each === value);
      if (word === undefined) throw new Refusal(`one of ${words.join(", ")}`);
      return word;
    },
  };
}

/** One entry a line; blank lines and lines that start with `#` do not count. */
export function lines(told: Told): Input<readonly string[]> {
  return {
    ...told,
    accepts: "one a line",
    unset: [],
    parse: (value) =>
      value
        .split(/\r\n|\n|\r/)
        .map((line) => line.trim())
        .filter((line) => line !== "" && !line.startsWith("#")),
  };
}

/** A number of seconds, written `90s`, `5m`, `1h` or as bare digits. */
export function seconds(told: Told & { default: string; most: number }): Input<number> {
  const { most, ...rest } = told;
  return {
    ...rest,
    accepts: "`90s`, `5m`, `1h`",
    unset: 0,
    parse: (value) => {
      const [, digits, unit] = /^(\d{1,7})([smh]?)$/.exec(value) ?? [];
      const total = Number(digits) * (unit === "h" ? 3600 : unit === "m" ? 60 : 1);
      if (!(total >= 1 && total <= most)) throw new Refusal(`a time from 1s to ${most}s, as 90s, 5m or 1h`);
      return total;
    },
  };
}

/** Text that a domain parser turns into a value; what it throws becomes the mistake. */
export function parsed<T>(
  told: Told & { accepts: string; parse: (value: string) => T | Promise<T> },
): Input<T | undefined> {
  return { ...told, unset: undefined };
}

/**
 * Reads a table of inputs from the `INPUT_*` variables that the runner sets for a node action. All mistakes are told at
 * once: a user should not have to push a commit for each.
 */
export async function readInputs<Table extends InputTable>(
  table: Table,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Values<Table>> {
  const values: Record<string, unknown> = {};
  const mistakes: Mistake[] = [];
  for (const [name, input] of Object.entries(table)) {
    const given = (env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
    const value = given === "" ? (input.default ?? "") : given;
    if (value === "") {
      if (input.required)
        mistakes.push({ where: where(name), expected: "a value", seen: "nothing", fix: input.description });
      values[name] = input.unset;
      continue;
    }
    try {
      values[name] = await input.parse(value);
    } catch (thrown) {
      mistakes.push(...mistakesOf(name, input, value, thrown));
    }
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
  return values as Values<Table>;
}

/** The values of the inputs that are declared secret, as they were given. */
export function secretInputs(
  table: InputTable,
  env: NodeJS.ProcessEnv = process.env,
): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(table).flatMap(([name, { secret }]) => {
    const value = secret ? (env[`INPUT_${name.toUpperCase()}`] ?? "").trim() : "";
    return value === "" ? [] : [{ name: where(name), value }];
  });
}

function mistakesOf(name: string, input: Input<unknown>, value: string, thrown: unknown): Mistake[] {
  const seen = input.secret ? "a value that does not fit (hidden)" : quote(value);
  if (thrown instanceof Refusal) {
    const { expected, fix } = thrown;
    return [{ where: where(name), expected, seen: thrown.seen ?? seen, ...(fix === undefined ? {} : { fix }) }];
  }
  if (thrown instanceof ActionError) {
    return thrown.mistakes.map((mistake) => ({ ...mistake, where: `${where(name)}, ${mistake.where}` }));
  }
  throw thrown;
}

const where = (name: string): string => `input "${name}"`;

/** What the runner says of the run, as the variables of a step hold it. */
export type Run = {
  /** `owner/name` */
  readonly repository: string;
  readonly repositoryId: string;
  /** The commit that is built: 40 hex digits. */
  readonly sha: string;
  readonly ref: string;
  readonly event: string;
  readonly runId: string;
  readonly runAttempt: number;
  readonly job: string;
  readonly actor: string;
  /** `https://github.com` */
  readonly serverUrl: string;
  /** The workflow file: `owner/name/.github/workflows/main.yml@refs/heads/main` */
  readonly workflowRef: string;
  /** The checkout. Absolute. */
  readonly workspace: string;
  /** Emptied by the runner between jobs. Absolute. */
  readonly temp: string;
  /** `Linux`, `X64`, `github-hosted` or `self-hosted`. */
  readonly os: string;
  readonly arch: string;
  readonly environment: string;
  /** File with the event's payload, read on demand by the workspace. */
  readonly eventPath: string | undefined;
};

/** Reads the run from the runner's variables. Outside a runner the temporary folder and the working directory stand in. */
export function readRun(env: NodeJS.ProcessEnv = process.env): Run {
  return {
    repository: env.GITHUB_REPOSITORY ?? "",
    repositoryId: env.GITHUB_REPOSITORY_ID ?? "",
    sha: env.GITHUB_SHA ?? "",
    ref: env.GITHUB_REF ?? "",
    event: env.GITHUB_EVENT_NAME ?? "",
    runId: env.GITHUB_RUN_ID ?? "",
    runAttempt: Number(env.GITHUB_RUN_ATTEMPT ?? "1"),
    job: env.GITHUB_JOB ?? "",
    actor: env.GITHUB_ACTOR ?? "",
    serverUrl: env.GITHUB_SERVER_URL ?? "https://github.com",
    workflowRef: env.GITHUB_WORKFLOW_REF ?? "",
    workspace: env.GITHUB_WORKSPACE ?? process.cwd(),
    temp: env.RUNNER_TEMP ?? env.TMPDIR ?? "/tmp",
    os: env.RUNNER_OS ?? "Linux",
    arch: env.RUNNER_ARCH ?? "X64",
    environment: env.RUNNER_ENVIRONMENT ?? "",
    eventPath: env.GITHUB_EVENT_PATH,
  };
}
