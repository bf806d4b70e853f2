const require_rolldown_runtime = require("./rolldown-runtime.cjs");
const require_workspace = () => require("./workspace.cjs");
const node_fs = () => require("node:fs");
const os = () => require("os");
const crypto = () => require("crypto");
let fs = require("fs");
fs = require_rolldown_runtime.__toESM(fs, 1);
let path = require("path");
path = require_rolldown_runtime.__toESM(path, 1);
// src/domain/text/json.ts
var json_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ parseJson: () => parseJson });
/**
* Reads JSON as RFC 8259 writes it, and stricter than `JSON.parse` where that would hide a fault: a name that stands twice in
* one object, a number beyond the doubles (`1e999`), a text over its size or depth are refused, each with its place.
*/
function parseJson(text, limits) {
	const { where, maxBytes, maxDepth = 64 } = limits;
	if (Buffer.byteLength(text) > maxBytes) throw new (require_workspace()).ActionError({
		where,
		expected: `at most ${maxBytes} bytes`,
		seen: `${Buffer.byteLength(text)} bytes`
	});
	let at = 0;
	const fail = (expected, seen = at < text.length ? require_workspace().quote(text.slice(at, at + 20)) : "the end of the text") => {
		const before = text.slice(0, at).split("\n");
		throw new (require_workspace()).ActionError({
			where: `${where}, line ${before.length}, column ${before.at(-1).length + 1}`,
			expected,
			seen
		});
	};
	const skip = () => {
		while (at < text.length && " 	\n\r".includes(text[at])) at++;
	};
	const take = (token) => {
		if (!text.startsWith(token, at)) return false;
		at += token.length;
		return true;
	};
	const string = () => {
		const found = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
		found.lastIndex = at;
		const [raw] = found.exec(text) ?? [];
		if (raw === void 0) return fail("a string in double quotes");
		at += raw.length;
		return JSON.parse(raw);
	};
	const number = () => {
		const found = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
		found.lastIndex = at;
		const [source] = found.exec(text) ?? [];
		if (source === void 0) return fail("a value");
		const value = limits.number ? limits.number(source) : Number(source);
		if (typeof value === "number" && !Number.isFinite(value)) return fail("a finite number", source.slice(0, 40));
		at += source.length;
		return value;
	};
	const value = (depth) => {
		if (depth > maxDepth) return fail(`at most ${maxDepth} levels`, "a deeper one");
		skip();
		if (take("{")) return object(depth);
		if (take("[")) return array(depth);
		if (text[at] === "\"") return string();
		if (take("true")) return true;
		if (take("false")) return false;
		if (take("null")) return null;
		return number();
	};
	const array = (depth) => {
		const items = [];
		skip();
		if (take("]")) return items;
		for (;;) {
			items.push(value(depth + 1));
			skip();
			if (take("]")) return items;
			if (!take(",")) fail("a comma or ]");
		}
	};
	const object = (depth) => {
		const fields = Object.create(null);
		skip();
		if (take("}")) return fields;
		for (;;) {
			skip();
			const start = at;
			const name = string();
			if (Object.hasOwn(fields, name)) {
				at = start;
				fail("each name once in an object", `${require_workspace().quote(name)} a second time`);
			}
			skip();
			if (!take(":")) fail("a colon");
			fields[name] = value(depth + 1);
			skip();
			if (take("}")) return fields;
			if (!take(",")) fail("a comma or }");
		}
	};
	const whole = value(0);
	skip();
	if (at < text.length) fail("the end of the text");
	return whole;
}
/**
* The one text of a value: names sorted by code unit, no white space. What is digested or compared is written by this.
*/
function canonicalJson(value) {
	return JSON.stringify(value, (_name, inner) => inner !== null && typeof inner === "object" && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => a < b ? -1 : 1)) : inner);
}
// src/inputs.ts
/** Thrown by `parse`; becomes one line among all the mistakes of the inputs. */
var Refusal = class extends Error {
	expected;
	seen;
	fix;
	constructor(expected, { seen, fix } = {}) {
		super(expected);
		this.name = "Refusal";
		this.expected = expected;
		this.seen = seen;
		this.fix = fix;
	}
};
/** Free text; `undefined` when unset. */
function text(told) {
	const { pattern, ...rest } = told;
	return {
		...rest,
		unset: void 0,
		parse: (value) => {
			if (pattern && !pattern.test(value)) throw new Refusal(told.accepts ?? `text that matches ${pattern.source}`);
			return value;
		}
	};
}
/** Text without which the action can not work. */
function requiredText(told) {
	return {
		...text(told),
		required: true,
		unset: ""
	};
}
/** `true` or `false`, in the spellings that YAML 1.2's core schema knows. */
function flag(told) {
	return {
		...told,
		accepts: "`true` or `false`",
		unset: false,
		parse: (value) => {
			if (/^(true|True|TRUE)$/.test(value)) return true;
			if (/^(false|False|FALSE)$/.test(value)) return false;
			throw new Refusal("true or false");
		}
	};
}
/** A whole number within bounds, both included; `undefined` when unset and without a default. */
function integer(told) {
	const { least, most, ...rest } = told;
	return {
		...rest,
		accepts: `a whole number from ${least} to ${most}`,
		unset: void 0,
		parse: (value) => {
			const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
			if (!(number >= least && number <= most)) throw new Refusal(`a whole number from ${least} to ${most}`);
			return number;
		}
	};
}
/** One of a closed list of words. */
function oneOf$1(words, told) {
	return {
		...told,
		accepts: words.map((word) => `\`${word}\``).join(", "),
		unset: told.default,
		parse: (value) => {
			const word = words.find((each) => each === value);
			if (word === void 0) throw new Refusal(`one of ${words.join(", ")}`);
			return word;
		}
	};
}
require_rolldown_runtime.__name(oneOf$1, "oneOf");
/** One entry a line; blank lines and lines that start with `#` do not count. */
function lines(told) {
	return {
		...told,
		accepts: "one a line",
		unset: [],
		parse: (value) => value.split(/\r\n|\n|\r/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"))
	};
}
/** A number of seconds, written `90s`, `5m`, `1h` or as bare digits. */
function seconds(told) {
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
		}
	};
}
/** Text that a domain parser turns into a value; what it throws becomes the mistake. */
function parsed(told) {
	return {
		...told,
		unset: void 0
	};
}
/**
* Reads a table of inputs from the `INPUT_*` variables that the runner sets for a node action. All mistakes are told at
* once: a user should not have to push a commit for each.
*/
async function readInputs(table, env = process.env) {
	const values = {};
	const mistakes = [];
	for (const [name, input] of Object.entries(table)) {
		const given = (env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
		const value = given === "" ? input.default ?? "" : given;
		if (value === "") {
			if (input.required) mistakes.push({
				where: where(name),
				expected: "a value",
				seen: "nothing",
				fix: input.description
			});
			values[name] = input.unset;
			continue;
		}
		try {
			values[name] = await input.parse(value);
		} catch (thrown) {
			mistakes.push(...mistakesOf(name, input, value, thrown));
		}
	}
	if (mistakes.length > 0) throw new (require_workspace()).ActionError(mistakes);
	return values;
}
function mistakesOf(name, input, value, thrown) {
	const seen = input.secret ? "a value that does not fit (hidden)" : require_workspace().quote(value);
	if (thrown instanceof Refusal) {
		const { expected, fix } = thrown;
		return [{
			where: where(name),
			expected,
			seen: thrown.seen ?? seen,
			...fix === void 0 ? {} : { fix }
		}];
	}
	if (thrown instanceof require_workspace().ActionError) return thrown.mistakes.map((mistake) => ({
		...mistake,
		where: `${where(name)}, ${mistake.where}`
	}));
	throw thrown;
}
const where = (name) => `input "${name}"`;
/** Reads the run from the runner's variables. Outside a runner the temporary folder and the working directory stand in. */
function readRun(env = process.env) {
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
		eventPath: env.GITHUB_EVENT_PATH
	};
}
// src/domain/text/shape.ts
/** Runs a shape over a parsed value; throws one error with every mistake. */
function check(shape, value, where) {
	const mistakes = [];
	const typed = shape(value, where, mistakes);
	if (mistakes.length > 0) throw new (require_workspace()).ActionError(mistakes.slice(0, 20));
	return typed;
}
/** Text of at most `most` characters, of a form where one is given. */
function string({ most = 4096, form, called } = {}) {
	return (value, where, mistakes) => {
		if (typeof value === "string" && value.length <= most && (form?.test(value) ?? true)) return value;
		mistakes.push({
			where,
			expected: called ?? `a text of at most ${most} characters`,
			seen: show(value)
		});
		return "";
	};
}
/** A finite number. */
const number = (value, where, mistakes) => {
	if (typeof value === "number" && Number.isFinite(value)) return value;
	mistakes.push({
		where,
		expected: "a finite number",
		seen: show(value)
	});
	return 0;
};
/** A whole number from 0 to the largest that a double holds exactly. */
const count = (value, where, mistakes) => {
	if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
	mistakes.push({
		where,
		expected: "a whole number, not negative",
		seen: show(value)
	});
	return 0;
};
const boolean = (value, where, mistakes) => {
	if (typeof value === "boolean") return value;
	mistakes.push({
		where,
		expected: "true or false",
		seen: show(value)
	});
	return false;
};
/** One of a closed list of words or numbers. */
function oneOf(...words) {
	return (value, where, mistakes) => {
		const word = words.find((each) => each === value);
		if (word === void 0) mistakes.push({
			where,
			expected: `one of ${words.join(", ")}`,
			seen: show(value)
		});
		return word ?? words[0];
	};
}
function list(item, most = 1e4) {
	return (value, where, mistakes) => {
		if (!Array.isArray(value) || value.length > most) {
			mistakes.push({
				where,
				expected: `a list of at most ${most}`,
				seen: show(value)
			});
			return [];
		}
		return value.map((each, at) => item(each, `${where}[${at}]`, mistakes));
	};
}
/** Names that are free, values that are not. The result has no prototype. */
function record(item, { most = 1e3, longest = 256 } = {}) {
	return (value, where, mistakes) => {
		const result = Object.create(null);
		if (!isObject(value) || Object.keys(value).length > most) {
			mistakes.push({
				where,
				expected: `an object of at most ${most} names`,
				seen: show(value)
			});
			return result;
		}
		for (const [name, each] of Object.entries(value)) {
			if (name.length > longest) {
				mistakes.push({
					where,
					expected: `names of at most ${longest} characters`,
					seen: require_workspace().quote(name)
				});
				continue;
			}
			result[name] = item(each, `${where}.${name}`, mistakes);
		}
		return result;
	};
}
/** A field that may be absent. */
function optional(shape) {
	return { optional: shape };
}
/** An object of exactly these fields: an unknown one is a mistake too, since it may be a misspelt known one. */
function object(fields) {
	return (value, where, mistakes) => {
		const result = {};
		if (!isObject(value)) {
			mistakes.push({
				where,
				expected: "an object",
				seen: show(value)
			});
			return result;
		}
		for (const name of Object.keys(value)) {
			if (Object.hasOwn(fields, name)) continue;
			mistakes.push({
				where: `${where}.${require_workspace().quote(name).slice(1, -1)}`,
				expected: `one of ${Object.keys(fields).join(", ")}`,
				seen: "an unknown field"
			});
		}
		for (const [name, field] of Object.entries(fields)) {
			const present = Object.hasOwn(value, name);
			if (typeof field === "function") {
				if (present) result[name] = field(value[name], `${where}.${name}`, mistakes);
				else mistakes.push({
					where: `${where}.${name}`,
					expected: "a value",
					seen: "nothing"
				});
			} else if (present) result[name] = field.optional(value[name], `${where}.${name}`, mistakes);
		}
		return result;
	};
}
/** Any JSON value, as it is. */
const anything = (value) => value;
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
/** How a value that does not fit is shown: its kind, and the value where it is short. */
function show(value) {
	if (value === void 0) return "nothing";
	if (value === null) return "null";
	if (Array.isArray(value)) return `a list of ${value.length}`;
	if (typeof value === "object") return "an object";
	return typeof value === "string" ? `the text ${require_workspace().quote(value)}` : JSON.stringify(value) ?? typeof value;
}
// node_modules/@actions/core/lib/utils.js
/**
* Sanitizes an input into a string so it can be passed into issueCommand safely
* @param input input to sanitize into a string
*/
function toCommandValue(input) {
	if (input === null || input === void 0) return "";
	else if (typeof input === "string" || input instanceof String) return input;
	return JSON.stringify(input);
}
/**
*
* @param annotationProperties
* @returns The command properties to send with the actual annotation command
* See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
*/
function toCommandProperties(annotationProperties) {
	if (!Object.keys(annotationProperties).length) return {};
	return {
		title: annotationProperties.title,
		file: annotationProperties.file,
		line: annotationProperties.startLine,
		endLine: annotationProperties.endLine,
		col: annotationProperties.startColumn,
		endColumn: annotationProperties.endColumn
	};
}
// node_modules/@actions/core/lib/command.js
/**
* Issues a command to the GitHub Actions runner
*
* @param command - The command name to issue
* @param properties - Additional properties for the command (key-value pairs)
* @param message - The message to include with the command
* @remarks
* This function outputs a specially formatted string to stdout that the Actions
* runner interprets as a command. These commands can control workflow behavior,
* set outputs, create annotations, mask values, and more.
*
* Command Format:
*   ::name key=value,key=value::message
*
* @example
* ```typescript
* // Issue a warning annotation
* issueCommand('warning', {}, 'This is a warning message');
* // Output: ::warning::This is a warning message
*
* // Set an environment variable
* issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
* // Output: ::set-env name=MY_VAR::some value
*
* // Add a secret mask
* issueCommand('add-mask', {}, 'secretValue123');
* // Output: ::add-mask::secretValue123
* ```
*
* @internal
* This is an internal utility function that powers the public API functions
* such as setSecret, warning, error, and exportVariable.
*/
function issueCommand(command, properties, message) {
	const cmd = new Command(command, properties, message);
	process.stdout.write(cmd.toString() + os().EOL);
}
function issue(name, message = "") {
	issueCommand(name, {}, message);
}
const CMD_STRING = "::";
var Command = class {
	constructor(command, properties, message) {
		if (!command) command = "missing.command";
		this.command = command;
		this.properties = properties;
		this.message = message;
	}
	toString() {
		let cmdStr = CMD_STRING + this.command;
		if (this.properties && Object.keys(this.properties).length > 0) {
			cmdStr += " ";
			let first = true;
			for (const key in this.properties) if (this.properties.hasOwnProperty(key)) {
				const val = this.properties[key];
				if (val) {
					if (first) first = false;
					else cmdStr += ",";
					cmdStr += `${key}=${escapeProperty(val)}`;
				}
			}
		}
		cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
		return cmdStr;
	}
};
function escapeData(s) {
	return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
function escapeProperty(s) {
	return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/:/g, "%3A").replace(/,/g, "%2C");
}
// node_modules/@actions/core/lib/file-command.js
function issueFileCommand(command, message) {
	const filePath = process.env[`GITHUB_${command}`];
	if (!filePath) throw new Error(`Unable to find environment variable for file command ${command}`);
	if (!fs.existsSync(filePath)) throw new Error(`Missing file at path: ${filePath}`);
	fs.appendFileSync(filePath, `${toCommandValue(message)}${os().EOL}`, { encoding: "utf8" });
}
function prepareKeyValueMessage(key, value) {
	const delimiter = `ghadelimiter_${crypto().randomUUID()}`;
	const convertedValue = toCommandValue(value);
	if (key.includes(delimiter)) throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
	if (convertedValue.includes(delimiter)) throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
	return `${key}<<${delimiter}${os().EOL}${convertedValue}${os().EOL}${delimiter}`;
}
/**
* The code to exit an action
*/
var ExitCode;
(function(ExitCode) {
	/**
	* A code indicating that the action was successful
	*/
	ExitCode[ExitCode["Success"] = 0] = "Success";
	/**
	* A code indicating that the action was a failure
	*/
	ExitCode[ExitCode["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
/**
* Registers a secret which will get masked from logs
*
* @param secret - Value of the secret to be masked
* @remarks
* This function instructs the Actions runner to mask the specified value in any
* logs produced during the workflow run. Once registered, the secret value will
* be replaced with asterisks (***) whenever it appears in console output, logs,
* or error messages.
*
* This is useful for protecting sensitive information such as:
* - API keys
* - Access tokens
* - Authentication credentials
* - URL parameters containing signatures (SAS tokens)
*
* Note that masking only affects future logs; any previous appearances of the
* secret in logs before calling this function will remain unmasked.
*
* @example
* ```typescript
* // Register an API token as a secret
* const apiToken = "abc123xyz456";
* setSecret(apiToken);
*
* // Now any logs containing this value will show *** instead
* console.log(`Using token: ${apiToken}`); // Outputs: "Using token: ***"
* ```
*/
function setSecret(secret) {
	issueCommand("add-mask", {}, secret);
}
/**
* Sets the value of an output.
*
* @param     name     name of the output to set
* @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
*/
function setOutput(name, value) {
	if (process.env["GITHUB_OUTPUT"] || "") return issueFileCommand("OUTPUT", prepareKeyValueMessage(name, value));
	process.stdout.write(os().EOL);
	issueCommand("set-output", { name }, toCommandValue(value));
}
/**
* Gets whether Actions Step Debug is on or not
*/
function isDebug() {
	return process.env["RUNNER_DEBUG"] === "1";
}
/**
* Writes debug message to user log
* @param message debug message
*/
function debug(message) {
	issueCommand("debug", {}, message);
}
/**
* Adds an error issue
* @param message error issue message. Errors will be converted to string via toString()
* @param properties optional properties to add to the annotation.
*/
function error(message, properties = {}) {
	issueCommand("error", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
* Adds a warning issue
* @param message warning issue message. Errors will be converted to string via toString()
* @param properties optional properties to add to the annotation.
*/
function warning(message, properties = {}) {
	issueCommand("warning", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
* Adds a notice issue
* @param message notice issue message. Errors will be converted to string via toString()
* @param properties optional properties to add to the annotation.
*/
function notice(message, properties = {}) {
	issueCommand("notice", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
* Writes info to log with console.log.
* @param message info message
*/
function info(message) {
	process.stdout.write(message + os().EOL);
}
/**
* Begin an output group.
*
* Output until the next `groupEnd` will be foldable in this group
*
* @param name The name of the output group
*/
function startGroup(name) {
	issue("group", name);
}
/**
* End an output group.
*/
function endGroup() {
	issue("endgroup");
}
// src/domain/text/disarm.ts
const LINE_END = /\r\n|\n|\r|[\u0085\u2028\u2029\v\f]/;
/** Control characters but tab and ESC, and what turns the direction of text. */
const UNSEEN = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/**
* Untrusted text as lines in which the runner finds no command: a line that would start with `::` gets a `|` before it, `##[`
* is broken by a zero-width space. A `::` inside a line stays as it is, so that a masked secret with `::` in it (an ARN)
* is still recognised and hidden.
*/
function disarm(text) {
	return text.split(LINE_END).map(disarmLine);
}
/** One line, which must hold no line end. */
function disarmLine(line) {
	const shown = line.replace(UNSEEN, "�").replaceAll("##[", "##​[");
	return /^[^\p{L}\p{N}\p{P}\p{S}]*::/u.test(shown) ? `| ${shown}` : shown;
}
// src/adapters/log.ts
/** The runner's log. What comes in is data; nothing in it is read as a command. */
function runnerLog() {
	const say = (text) => {
		for (const line of disarm(text)) info(line);
	};
	return {
		info: say,
		warning: (text) => warning(text),
		debug: (text) => debug(text),
		group: async (title, work) => {
			startGroup(title);
			try {
				return await work();
			} finally {
				endGroup();
			}
		},
		mask: (secret) => {
			for (const line of secret.split(/\r\n|\n|\r/)) if (line.trim().length >= 4) setSecret(line.trim());
		}
	};
}
// src/run-action.ts
/** The runner drops a whole summary above this. */
const MAX_SUMMARY_BYTES = 1048576;
/**
* Runs a story as an action: inputs in, outputs, summary, annotations and exit code out. The one place where an action touches
* the runner, so that a story is a function of its inputs, its run and its ports.
*/
async function runAction(story, plug) {
	const signal = cancellation();
	try {
		const inputs = await readInputs(story.inputs);
		const run = readRun();
		const ports = plug({
			inputs,
			run,
			log: runnerLog(),
			signal
		});
		tell(story.outputs, await story.run(inputs, run, ports));
	} catch (thrown) {
		fail(story.id, thrown);
	}
}
/** Runs a program of ours that is no action: a `run:` step starts it, so there are no inputs. It ends with the step's exit code. */
async function runProgram(program) {
	try {
		process.exitCode = await program({
			run: readRun(),
			log: runnerLog(),
			signal: cancellation()
		});
	} catch (thrown) {
		fail("this step", thrown);
	}
}
/** Aborted when the runner cancels the step: it sends SIGINT, then SIGTERM, then kills. */
function cancellation() {
	const cancelled = new AbortController();
	for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => {
		cancelled.abort(new (require_workspace()).ActionError({
			where: "this step",
			expected: "to end by itself",
			seen: `${signal}: the run was cancelled`
		}));
	});
	return cancelled.signal;
}
function tell(declared, outcome) {
	const unknown = Object.keys(outcome.outputs).find((name) => !Object.hasOwn(declared, name));
	if (unknown !== void 0) throw new Error(`the story returned an output that it does not declare: ${unknown}`);
	giveOutputs(Object.keys(declared).map((name) => [name, outcome.outputs[name] ?? ""]));
	if (outcome.summary !== void 0) summarise(outcome.summary);
	for (const each of outcome.annotations ?? []) annotate(each);
	if (outcome.failure !== void 0) {
		error(outcome.failure, { title: "Failed" });
		process.exitCode = 1;
	}
}
/**
* One write of `name=value` lines. The library's form with a random delimiter is for values of several lines; it loads crypto,
* a fifth of an empty Node program. Names are ours and hold no `<<`, so the runner takes each line up to its end as it is.
*/
function giveOutputs(outputs) {
	const file = process.env.GITHUB_OUTPUT;
	const short = outputs.filter(([, value]) => file && !/[\r\n]/.test(value));
	if (file) (0, node_fs().appendFileSync)(file, short.map(([name, value]) => `${name}=${value}\n`).join(""));
	for (const output of outputs) if (!short.includes(output)) setOutput(...output);
}
function summarise(markdown) {
	const file = process.env.GITHUB_STEP_SUMMARY;
	if (!file) return;
	const text = Buffer.byteLength(markdown) < MAX_SUMMARY_BYTES ? markdown : "*The summary was over 1 MiB and is left out.*\n";
	(0, node_fs().appendFileSync)(file, text.endsWith("\n") ? text : `${text}\n`);
}
function annotate({ level, title, message }) {
	({
		error,
		warning,
		notice
	})[level](message, { title });
}
function fail(id, thrown) {
	process.exitCode = 1;
	if (thrown instanceof require_workspace().ActionError) {
		error(thrown.mistakes.map(require_workspace().sentence).join("\n"), { title: id });
		return;
	}
	error(`${id} met a fault of its own. Please report it with this text:\n${thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown)}`, { title: `${id}: internal error` });
}
Object.defineProperty(exports, "Refusal", {
	enumerable: true,
	get: function() {
		return Refusal;
	}
});
Object.defineProperty(exports, "anything", {
	enumerable: true,
	get: function() {
		return anything;
	}
});
Object.defineProperty(exports, "boolean", {
	enumerable: true,
	get: function() {
		return boolean;
	}
});
Object.defineProperty(exports, "canonicalJson", {
	enumerable: true,
	get: function() {
		return canonicalJson;
	}
});
Object.defineProperty(exports, "check", {
	enumerable: true,
	get: function() {
		return check;
	}
});
Object.defineProperty(exports, "count", {
	enumerable: true,
	get: function() {
		return count;
	}
});
Object.defineProperty(exports, "debug", {
	enumerable: true,
	get: function() {
		return debug;
	}
});
Object.defineProperty(exports, "disarmLine", {
	enumerable: true,
	get: function() {
		return disarmLine;
	}
});
Object.defineProperty(exports, "error", {
	enumerable: true,
	get: function() {
		return error;
	}
});
Object.defineProperty(exports, "flag", {
	enumerable: true,
	get: function() {
		return flag;
	}
});
Object.defineProperty(exports, "info", {
	enumerable: true,
	get: function() {
		return info;
	}
});
Object.defineProperty(exports, "integer", {
	enumerable: true,
	get: function() {
		return integer;
	}
});
Object.defineProperty(exports, "isDebug", {
	enumerable: true,
	get: function() {
		return isDebug;
	}
});
Object.defineProperty(exports, "json_exports", {
	enumerable: true,
	get: function() {
		return json_exports;
	}
});
Object.defineProperty(exports, "lines", {
	enumerable: true,
	get: function() {
		return lines;
	}
});
Object.defineProperty(exports, "list", {
	enumerable: true,
	get: function() {
		return list;
	}
});
Object.defineProperty(exports, "number", {
	enumerable: true,
	get: function() {
		return number;
	}
});
Object.defineProperty(exports, "object", {
	enumerable: true,
	get: function() {
		return object;
	}
});
Object.defineProperty(exports, "oneOf", {
	enumerable: true,
	get: function() {
		return oneOf;
	}
});
Object.defineProperty(exports, "oneOf$1", {
	enumerable: true,
	get: function() {
		return oneOf$1;
	}
});
Object.defineProperty(exports, "optional", {
	enumerable: true,
	get: function() {
		return optional;
	}
});
Object.defineProperty(exports, "parseJson", {
	enumerable: true,
	get: function() {
		return parseJson;
	}
});
Object.defineProperty(exports, "parsed", {
	enumerable: true,
	get: function() {
		return parsed;
	}
});
Object.defineProperty(exports, "record", {
	enumerable: true,
	get: function() {
		return record;
	}
});
Object.defineProperty(exports, "requiredText", {
	enumerable: true,
	get: function() {
		return requiredText;
	}
});
Object.defineProperty(exports, "runAction", {
	enumerable: true,
	get: function() {
		return runAction;
	}
});
Object.defineProperty(exports, "runProgram", {
	enumerable: true,
	get: function() {
		return runProgram;
	}
});
Object.defineProperty(exports, "seconds", {
	enumerable: true,
	get: function() {
		return seconds;
	}
});
Object.defineProperty(exports, "setSecret", {
	enumerable: true,
	get: function() {
		return setSecret;
	}
});
Object.defineProperty(exports, "string", {
	enumerable: true,
	get: function() {
		return string;
	}
});
Object.defineProperty(exports, "text", {
	enumerable: true,
	get: function() {
		return text;
	}
});
Object.defineProperty(exports, "warning", {
	enumerable: true,
	get: function() {
		return warning;
	}
});
