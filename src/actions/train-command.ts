import { ActionError, refuse } from "../errors.ts";
import type { Clock, Log, Processes, Workspace } from "../ports.ts";
import { TrainingOutput } from "./training-output.ts";
import { readCommandPlan, type CommandPlan } from "./training-plan.ts";

const MAX_LINE_BYTES = 16 * 1024;
/** What the command started and left running is asked to end, and ended. */
const LEFTOVER_GRACE_MS = 3000;
const SILENCE_MS = 30_000;

type Ports = {
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the runner cancels the step. */
  readonly signal: AbortSignal;
};

/**
 * Runs a command of the user's (of train, or of evaluate-gate) in a `run:` step: with an environment that holds no token, its
 * output shown live in a form that the runner takes no command from. Not an action: it takes `PLAN_FILE` and `COMMAND` from the
 * environment and returns the step's exit code, which is the command's own.
 * @throws ActionError when there is no plan, or no shell
 */
export async function trainCommand(ports: Ports, { silenceMs = SILENCE_MS } = {}): Promise<number> {
  const env = ports.processes.environment();
  const plan = await readCommandPlan(env.PLAN_FILE ?? "", ports.workspace);
  const command = env.COMMAND ?? plan.command ?? "";
  // A model that is there already needs no command; what the plan does not know is a mistake of the workflow.
  if (command.trim() === "" && plan.command !== "")
    refuse({ where: "COMMAND", expected: "a command", seen: "nothing" });
  if (plan.command !== undefined && command.trim() !== plan.command.trim()) {
    refuse({
      where: "COMMAND",
      expected: "the command that the plan was made for",
      seen: "another",
      fix: "Hand the same one to the part before and to this step.",
    });
  }
  return await execute(command, plan, env, ports, silenceMs);
}

async function execute(
  command: string,
  plan: CommandPlan,
  env: Readonly<Record<string, string>>,
  { workspace, processes, clock, log, signal }: Ports,
  silenceMs: number,
): Promise<number> {
  const bash = await processes.find("bash");
  const shell =
    bash ?? (await processes.find("sh")) ?? refuse({ where: "the command", expected: "a bash or sh", seen: "neither" });
  const options = bash === undefined ? ["-e", "-c"] : ["--noprofile", "--norc", "-eo", "pipefail", "-c"];
  const scripts = [
    ...(plan.before === undefined ? [] : [{ what: "pre-run", script: plan.before, args: [] as readonly string[] }]),
    ...(command.trim() === ""
      ? []
      : [{ what: "The command", script: withArgs(command, plan.args), args: plan.args ?? [] }]),
  ];
  const output = new TrainingOutput(log);
  const startedMs = clock.now();
  const started = clock.elapsed();
  let last: { what: string; exit: number; killedBy: string | null } = { what: "The command", exit: 0, killedBy: null };
  for (const { what, script, args } of scripts) {
    const child = await processes.start(
      {
        command: shell,
        args: [...options, script, shell, ...args],
        cwd: plan.workingDirectory,
        env: { ...trainingEnvironment(env, plan.passEnv), ...plan.env },
      },
      { maxLine: MAX_LINE_BYTES, onLine: (line) => output.take(line) },
    );
    const cancel = (): void => void child.stop(LEFTOVER_GRACE_MS);
    signal.addEventListener("abort", cancel, { once: true });
    if (signal.aborted) cancel();
    const ended = new AbortController();
    const watching = tellSilence(output, what, clock, log, silenceMs, ended.signal);
    const { code, signal: killedBy } = await child.ended;
    ended.abort();
    await watching;
    await child.stop(LEFTOVER_GRACE_MS);
    last = { what, exit: signal.aborted ? 130 : (code ?? 128 + (SIGNALS[killedBy ?? ""] ?? 0)), killedBy };
    if (last.exit !== 0) break;
  }
  const { what, exit, killedBy } = last;
  const seconds = (clock.elapsed() - started) / 1000;
  try {
    await workspace.write(plan.logFile, output.kept());
    if (plan.resultFile !== undefined) {
      await workspace.write(plan.resultFile, JSON.stringify({ startedMs: Math.round(startedMs), seconds, code: exit }));
    }
  } catch (thrown) {
    // A command that has filled the disk: how it ended is worth more than its log.
    if (!(thrown instanceof ActionError)) throw thrown;
    log.warning(`The log of the command could not be kept. ${thrown.message}`);
  }
  if (signal.aborted) log.warning(`${what} was cancelled.`);
  else if (killedBy !== null)
    log.warning(`${what} was ended by ${killedBy}.${killedBy === "SIGKILL" ? " Was the memory used up?" : ""}`);
  else if (exit !== 0) log.warning(`${what} ended with code ${exit}, after ${seconds.toFixed(1)} s.`);
  return exit;
}

/** The arguments behind the last line, unless the command says itself where they go. */
const withArgs = (command: string, args: readonly string[] | undefined): string =>
  args === undefined || /\$(?:[@*]|\{[@*])/.test(command) ? command : `${command.trimEnd()} "$@"`;

/** A line whenever nothing was said for a while, so that a long training and a stuck one can be told apart. */
async function tellSilence(
  output: TrainingOutput,
  what: string,
  clock: Clock,
  log: Log,
  silenceMs: number,
  ended: AbortSignal,
): Promise<void> {
  const began = clock.elapsed();
  let seen = output.lines;
  while (!ended.aborted) {
    try {
      await clock.sleep(silenceMs, ended);
    } catch {
      return;
    }
    if (output.lines === seen) {
      const seconds = Math.round((clock.elapsed() - began) / 1000);
      log.info(`${what} is still running after ${seconds} s, and says nothing.`);
    }
    seen = output.lines;
  }
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/** Rights and channels of the runner. A command that trains needs none of them, and one that was tampered with would use them. */
const WITHHELD = [
  /^ACTIONS_/i,
  /^INPUT_/i,
  /^STATE_/i,
  /^GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY|ARTIFACTS|ARTIFACTS_LIST)$/i,
  /_TOKEN$/i,
  // The keys of the model store: who trains need not write there.
  /^RCLONE_CONFIG_/i,
  /^(?:NODE|PLAN_FILE|COMMAND)$/,
  // Read by the shell before its first line.
  /^(?:BASH_ENV|ENV)$/,
];

/** What of our environment the training command sees. */
export function trainingEnvironment(
  env: Readonly<Record<string, string>>,
  passed: readonly string[] = [],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => passed.includes(name) || !WITHHELD.some((form) => form.test(name))),
  );
}
