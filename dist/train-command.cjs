require("./chunks/rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_training_output;
const require_training_output = () => kept_require_training_output ??= require("./chunks/training-output.cjs");
let kept_require_training_plan;
const require_training_plan = () => kept_require_training_plan ??= require("./chunks/training-plan.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
// src/actions/train-command.ts
const MAX_LINE_BYTES = 16384;
/** What the command started and left running is asked to end, and ended. */
const LEFTOVER_GRACE_MS = 3e3;
const SILENCE_MS = 3e4;
/**
* Runs a command of the user's (of train, or of evaluate-gate) in a `run:` step: with an environment that holds no token, its
* output shown live in a form that the runner takes no command from. Not an action: it takes `PLAN_FILE` and `COMMAND` from the
* environment and returns the step's exit code, which is the command's own.
* @throws ActionError when there is no plan, or no shell
*/
async function trainCommand(ports, { silenceMs = SILENCE_MS } = {}) {
	const env = ports.processes.environment();
	const plan = await require_training_plan().readCommandPlan(env.PLAN_FILE ?? "", ports.workspace);
	const command = env.COMMAND ?? plan.command ?? "";
	if (command.trim() === "" && plan.command !== "") require_house().refuse({
		where: "COMMAND",
		expected: "a command",
		seen: "nothing"
	});
	if (plan.command !== void 0 && command.trim() !== plan.command.trim()) require_house().refuse({
		where: "COMMAND",
		expected: "the command that the plan was made for",
		seen: "another",
		fix: "Hand the same one to the part before and to this step."
	});
	return await execute(command, plan, env, ports, silenceMs);
}
async function execute(command, plan, env, { workspace, processes, clock, log, signal }, silenceMs) {
	const bash = await processes.find("bash");
	const shell = bash ?? await processes.find("sh") ?? require_house().refuse({
		where: "the command",
		expected: "a bash or sh",
		seen: "neither"
	});
	const options = bash === void 0 ? ["-e", "-c"] : [
		"--noprofile",
		"--norc",
		"-eo",
		"pipefail",
		"-c"
	];
	const scripts = [...plan.before === void 0 ? [] : [{
		what: "pre-run",
		script: plan.before,
		args: []
	}], ...command.trim() === "" ? [] : [{
		what: "The command",
		script: withArgs(command, plan.args),
		args: plan.args ?? []
	}]];
	const output = new (require_training_output()).TrainingOutput(log);
	const startedMs = clock.now();
	const started = clock.elapsed();
	let last = {
		what: "The command",
		exit: 0,
		killedBy: null
	};
	for (const { what, script, args } of scripts) {
		const child = await processes.start({
			command: shell,
			args: [
				...options,
				script,
				shell,
				...args
			],
			cwd: plan.workingDirectory,
			env: {
				...trainingEnvironment(env, plan.passEnv),
				...plan.env
			}
		}, {
			maxLine: MAX_LINE_BYTES,
			onLine: (line) => output.take(line)
		});
		const cancel = () => void child.stop(LEFTOVER_GRACE_MS);
		signal.addEventListener("abort", cancel, { once: true });
		if (signal.aborted) cancel();
		const ended = new AbortController();
		const watching = tellSilence(output, what, clock, log, silenceMs, ended.signal);
		const { code, signal: killedBy } = await child.ended;
		ended.abort();
		await watching;
		await child.stop(LEFTOVER_GRACE_MS);
		last = {
			what,
			exit: signal.aborted ? 130 : code ?? 128 + (SIGNALS[killedBy ?? ""] ?? 0),
			killedBy
		};
		if (last.exit !== 0) break;
	}
	const { what, exit, killedBy } = last;
	const seconds = (clock.elapsed() - started) / 1e3;
	try {
		await workspace.write(plan.logFile, output.kept());
		if (plan.resultFile !== void 0) await workspace.write(plan.resultFile, JSON.stringify({
			startedMs: Math.round(startedMs),
			seconds,
			code: exit
		}));
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(`The log of the command could not be kept. ${thrown.message}`);
	}
	if (signal.aborted) log.warning(`${what} was cancelled.`);
	else if (killedBy !== null) log.warning(`${what} was ended by ${killedBy}.${killedBy === "SIGKILL" ? " Was the memory used up?" : ""}`);
	else if (exit !== 0) log.warning(`${what} ended with code ${exit}, after ${seconds.toFixed(1)} s.`);
	return exit;
}
/** The arguments behind the last line, unless the command says itself where they go. */
const withArgs = (command, args) => args === void 0 || /\$(?:[@*]|\{[@*])/.test(command) ? command : `${command.trimEnd()} "$@"`;
/** A line whenever nothing was said for a while, so that a long training and a stuck one can be told apart. */
async function tellSilence(output, what, clock, log, silenceMs, ended) {
	const began = clock.elapsed();
	let seen = output.lines;
	while (!ended.aborted) {
		try {
			await clock.sleep(silenceMs, ended);
		} catch {
			return;
		}
		if (output.lines === seen) {
			const seconds = Math.round((clock.elapsed() - began) / 1e3);
			log.info(`${what} is still running after ${seconds} s, and says nothing.`);
		}
		seen = output.lines;
	}
}
const SIGNALS = {
	SIGHUP: 1,
	SIGINT: 2,
	SIGABRT: 6,
	SIGKILL: 9,
	SIGSEGV: 11,
	SIGTERM: 15
};
/** Rights and channels of the runner. A command that trains needs none of them, and one that was tampered with would use them. */
const WITHHELD = [
	/^ACTIONS_/i,
	/^INPUT_/i,
	/^STATE_/i,
	/^GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY|ARTIFACTS|ARTIFACTS_LIST)$/i,
	/_TOKEN$/i,
	/^RCLONE_CONFIG_/i,
	/^(?:NODE|PLAN_FILE|COMMAND)$/,
	/^(?:BASH_ENV|ENV)$/
];
/** What of our environment the training command sees. */
function trainingEnvironment(env, passed = []) {
	return Object.fromEntries(Object.entries(env).filter(([name]) => passed.includes(name) || !WITHHELD.some((form) => form.test(name))));
}
// src/main/train-command.ts
require_house().runProgram(async ({ run, log, signal }) => trainCommand({
	log,
	workspace: require_house().localWorkspace(run),
	processes: require_process().localProcesses(),
	clock: require_house().systemClock(),
	signal
}));
