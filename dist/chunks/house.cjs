const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_node_fs;
const node_fs = () => kept_node_fs ??= require("node:fs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
let kept_node_timers_promises;
const node_timers_promises = () => kept_node_timers_promises ??= require("node:timers/promises");
let kept_node_crypto;
const node_crypto = () => kept_node_crypto ??= require("node:crypto");
let kept_os;
const os = () => kept_os ??= require("os");
let kept_crypto;
const crypto = () => kept_crypto ??= require("crypto");
const fs = require("fs");
require("path");
// src/errors.ts
/**
* A failure that the reader of the log can mend. Anything else that is thrown is a fault of ours and keeps its stack.
* Several mistakes of one kind (all wrong inputs, all bad metrics) travel in one error, so that they are told in one go.
*/
var ActionError = class extends Error {
	mistakes;
	constructor(mistakes, options) {
		const all = Array.isArray(mistakes) ? mistakes : [mistakes];
		super(all.map(sentence).join("\n"), options);
		this.name = "ActionError";
		this.mistakes = all;
	}
};
/** `input "replicas": expected a whole number from 1 to 1000, saw "two". Write it with digits.` */
function sentence({ where, expected, seen, fix }) {
	return `${where}: expected ${expected}, saw ${seen}.${fix ? ` ${fix}` : ""}`;
}
/** One mistake, thrown. For the places where a ternary or `??` ends in a refusal. */
function refuse(mistake, cause) {
	throw new ActionError(mistake, cause === void 0 ? void 0 : { cause });
}
/** The text of whatever was thrown, without its stack. */
function messageOf(thrown) {
	return thrown instanceof Error ? thrown.message : String(thrown);
}
/** Quotes what was seen, cut to a length that fits a log line. Control characters are shown, never sent. */
function quote(text, most = 80) {
	return JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "�");
}
/** The system's own name of a refusal, `ENOENT`; empty where there is none. */
const codeOf = (thrown) => thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
const MEANINGS = {
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
	ESTALE: "one that is being written"
};
/** What the system refused of a file, in words. Anything unknown stays as it was thrown: it is a fault of ours. */
function unusable(path, thrown) {
	const meaning = MEANINGS[codeOf(thrown)];
	if (thrown instanceof ActionError || meaning === void 0) return thrown;
	return new ActionError({
		where: path,
		expected: "a file that can be used",
		seen: meaning
	}, { cause: thrown });
}
// src/domain/text/json.ts
var json_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ parseJson: () => parseJson });
/**
* Reads JSON as RFC 8259 writes it, and stricter than `JSON.parse` where that would hide a fault: a name that stands twice in
* one object, a number beyond the doubles (`1e999`), a text over its size or depth are refused, each with its place.
*/
function parseJson(text, limits) {
	const { where, maxBytes, maxDepth = 64 } = limits;
	if (Buffer.byteLength(text) > maxBytes) throw new ActionError({
		where,
		expected: `at most ${maxBytes} bytes`,
		seen: `${Buffer.byteLength(text)} bytes`
	});
	let at = 0;
	const fail = (expected, seen = at < text.length ? quote(text.slice(at, at + 20)) : "the end of the text") => {
		const before = text.slice(0, at).split("\n");
		throw new ActionError({
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
				fail("each name once in an object", `${quote(name)} a second time`);
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
	if (mistakes.length > 0) throw new ActionError(mistakes);
	return values;
}
/** The values of the inputs that are declared secret, as they were given. */
function secretInputs(table, env = process.env) {
	return Object.entries(table).flatMap(([name, { secret }]) => {
		const value = secret ? (env[`INPUT_${name.toUpperCase()}`] ?? "").trim() : "";
		return value === "" ? [] : [{
			name: where(name),
			value
		}];
	});
}
function mistakesOf(name, input, value, thrown) {
	const seen = input.secret ? "a value that does not fit (hidden)" : quote(value);
	if (thrown instanceof Refusal) {
		const { expected, fix } = thrown;
		return [{
			where: where(name),
			expected,
			seen: thrown.seen ?? seen,
			...fix === void 0 ? {} : { fix }
		}];
	}
	if (thrown instanceof ActionError) return thrown.mistakes.map((mistake) => ({
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
	if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
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
function list$1(item, most = 1e4) {
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
require_rolldown_runtime.__name(list$1, "list");
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
					seen: quote(name)
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
				where: `${where}.${quote(name).slice(1, -1)}`,
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
	return typeof value === "string" ? `the text ${quote(value)}` : JSON.stringify(value) ?? typeof value;
}
// src/domain/record/record.ts
var record_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ serialiseRecord: () => serialiseRecord });
/** A record is one `with:` value, that is one environment string; the system's limit for those is 128 KiB. */
const MAX_RECORD_BYTES = 65536;
const sha256 = string({
	form: /^sha256:[0-9a-f]{64}$/,
	called: "sha256: and 64 hex digits"
});
const hex64 = string({
	form: /^[0-9a-f]{64}$/,
	called: "64 hex digits"
});
const commit = string({
	form: /^[0-9a-f]{40}([0-9a-f]{24})?$/,
	called: "a commit's full id"
});
const name = string({
	form: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
	called: "a name of lower-case letters, digits and -"
});
/** Inside the workspace or an image: relative, with `/`, and never upwards. */
const path$1 = string({
	form: /^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\/\/)[^\u0000-\u001f\\]+$/,
	called: "a relative path without . or .."
});
const digits = string({
	form: /^\d{1,20}$/,
	called: "digits"
});
const metric = number;
const section = {
	model: object({
		name,
		/** `sklearn`, `xgboost`, `custom` … as the user named it, or as the file's format says. */
		flavor: string({ most: 64 }),
		fingerprint: hex64,
		/** Digest of each part of the fingerprint. */
		parts: record(hex64, { most: 16 }),
		/** Where the model lies, relative to the repository. */
		path: path$1,
		/** One digest over the manifest of the model's files. */
		digest: sha256,
		files: count,
		bytes: count,
		format: optional(string({ most: 64 })),
		/** Of the libraries that wrote the model, where they could be told: `scikit-learn` → `1.5.2`. */
		libraries: optional(record(string({ most: 64 }), { most: 64 }))
	}),
	source: object({
		repository: string({ most: 140 }),
		sha: commit,
		ref: string({ most: 1024 }),
		event: string({ most: 64 }),
		pullRequest: optional(count),
		runId: digits,
		runAttempt: count
	}),
	training: object({
		command: string({ most: 16384 }),
		/** Name → source text as it was written: `1.0` is not `1`. */
		params: record(string({ most: 4096 })),
		seconds: number,
		skipped: boolean,
		/** The run and artifact that a skipped training stands on. */
		reusedFrom: optional(object({
			runId: digits,
			artifactId: optional(digits),
			sha: commit
		})),
		reason: string({ most: 2e3 }),
		/** What differs from the last known result, a line each: `params.C 1.0 → 0.1`. */
		changed: list$1(string({ most: 500 }), 100)
	}),
	artifact: object({
		/**
		* The first three are absent where there are no artifacts, as on GitHub Enterprise Server, and for a model that a training in
		* a cluster has left there; then there is a `modelUri`.
		*/
		id: optional(digits),
		name: optional(string({ most: 255 })),
		/** Of the artifact as GitHub stores it. */
		sha256: optional(hex64),
		runId: digits,
		/** Where the model lies in a model store: immutable, since its digest is part of the path. */
		modelUri: optional(string({ most: 2048 }))
	}),
	metrics: object({
		values: record(metric, { most: 500 }),
		/** Metric → `class=3` → value. */
		slices: optional(record(record(metric, { most: 500 }), { most: 100 }))
	}),
	gate: object({
		decision: oneOf("passed", "rejected", "inconclusive"),
		rules: list$1(object({
			/** As the user wrote it. */
			rule: string({ most: 500 }),
			bound: optional(number),
			/** Absent when the metric is missing or no finite number. */
			observed: optional(number),
			/** The baseline's value, where the rule compares with it. */
			baseline: optional(number),
			/** Of `observed - bound`, at the confidence that was asked for. */
			interval: optional(object({
				low: number,
				high: number
			})),
			verdict: oneOf("passed", "rejected", "inconclusive"),
			reason: optional(string({ most: 500 }))
		}), 200),
		baseline: optional(object({
			/** `live`, `branch`, `artifact`, `file`, `predictions`; `none` where nothing was there to compare with. */
			kind: string({ most: 32 }),
			digest: optional(sha256),
			sha: optional(commit),
			at: optional(string({ most: 40 })),
			/** Where it was found, in words: `deployment 12 to production`. */
			from: optional(string({ most: 300 })),
			runId: optional(digits),
			/** Its metrics beside ours, those of the rules first; all of them stand in the report. */
			values: optional(record(metric, { most: 40 }))
		})),
		/** Rows that candidate and baseline answer differently, where both were asked the same. */
		flips: optional(object({
			total: count,
			rows: count,
			mended: optional(count),
			broken: optional(count)
		})),
		/** What measuring and judging took. */
		seconds: optional(number),
		/** At which the intervals were taken; absent where the values decided as they stand. */
		confidence: optional(number)
	}),
	image: object({
		/** A repository (`ghcr.io/acme/digits`) or a layout (`oci:image`). */
		repository: string({ most: 1024 }),
		digest: sha256,
		/** `model`, `code`, `dependencies`, `base`. Only what we put there ourselves is named by its content. */
		layers: list$1(object({
			digest: sha256,
			bytes: count,
			holds: string({ most: 64 })
		}), 128),
		modelClass: optional(string({ most: 256 })),
		/** Where the model lies in the image, relative to its working directory. */
		modelPath: optional(path$1),
		/** What the server showed when it was tried before the push: seconds, milliseconds, bytes. */
		tried: optional(object({
			startSeconds: number,
			requests: count,
			p50: optional(number),
			p95: optional(number),
			memoryBytes: optional(count)
		}))
	}),
	deployment: object({
		target: oneOf("seldon", "kubernetes", "helm", "local"),
		namespace: string({ most: 63 }),
		name: string({ most: 63 }),
		predictor: optional(string({ most: 63 })),
		strategy: optional(string({ most: 32 })),
		deployId: string({ most: 64 }),
		url: string({ most: 2048 }),
		operation: oneOf("created", "updated", "unchanged"),
		/** Digest of the record that stood before this section was added. */
		recordBefore: sha256,
		seconds: optional(number)
	})
};
const shape = object({
	schema: oneOf(1),
	model: section.model,
	source: section.source,
	training: section.training,
	artifact: optional(section.artifact),
	metrics: optional(section.metrics),
	gate: optional(section.gate),
	image: optional(section.image),
	deployment: optional(section.deployment)
});
/** The section `gate`, for what else carries one. */
const gateShape = section.gate;
/**
* Reads a record strictly: size, JSON without double names, every field known and of its form.
* @param where how the text was given, for the errors: `input "record"`
* @throws ActionError with every mistake
*/
function parseRecord(text, where = `input "record"`) {
	if (text.trim() === "") refuse({
		where,
		expected: "a release record",
		seen: "an empty text",
		fix: "Was the output of the step before dropped, because a secret's value stands in it? Hand it on as artifact:<name>."
	});
	const value = parseJson(text, {
		where,
		maxBytes: MAX_RECORD_BYTES
	});
	const schema = value !== null && typeof value === "object" && !Array.isArray(value) ? value.schema : void 0;
	if (typeof schema === "number" && schema > 1) refuse({
		where,
		expected: `a record of schema 1 or before`,
		seen: `schema ${schema}`,
		fix: "It was written by a newer version of these actions: use one version in all jobs."
	});
	return check(shape, value, where);
}
/** The one text of a record. @throws ActionError when it is over its size */
function serialiseRecord(record) {
	const text = canonicalJson(record);
	const bytes = Buffer.byteLength(text);
	if (bytes > 65536) throw new ActionError({
		where: "release record",
		expected: `at most ${MAX_RECORD_BYTES} bytes`,
		seen: `${bytes} bytes`,
		fix: "Report fewer metrics, slices or parameters: long things belong in the artifact."
	});
	return text;
}
/** Tells the five forms of the input `record` apart. An empty input means: the latest of this job (the caller's choice). */
function parseRecordSource(text) {
	if (text.startsWith("{")) return {
		kind: "json",
		text
	};
	const [, scheme, rest = ""] = /^(file|artifact|image):(.+)$/s.exec(text) ?? [];
	if (scheme === "file") return {
		kind: "file",
		path: rest
	};
	if (scheme === "artifact") {
		const [, runId, artifactId] = /^(\d{1,20})\/(\d{1,20})$/.exec(rest) ?? [];
		if (runId !== void 0 && artifactId !== void 0) return {
			kind: "artifact-id",
			runId,
			artifactId
		};
		if (!rest.includes("/")) return {
			kind: "artifact-name",
			name: rest
		};
	}
	if (scheme === "image") {
		const [, reference, digest] = /^(.+)@(sha256:[0-9a-f]{64})$/.exec(rest) ?? [];
		if (reference !== void 0 && digest !== void 0) return {
			kind: "image",
			reference,
			digest
		};
	}
	return refuse({
		where: "the record's form",
		expected: "JSON, file:<path>, artifact:<run>/<id>, artifact:<name> or image:<reference>@<digest>",
		seen: JSON.stringify(text.slice(0, 60))
	});
}
/**
* What build-model-image and seldon-deploy ask before they work. A dropped or forgotten gate must not read as a passed one.
* @throws ActionError unless the gate's decision is `passed`
*/
function requireGate(record, required) {
	if (!required) return;
	const fix = "Run evaluate-gate before, and hand its record on; or set require-gate: false to work without a gate.";
	if (!record) refuse({
		where: `input "record"`,
		expected: "a record whose gate is passed",
		seen: "no record",
		fix
	});
	if (record.gate?.decision !== "passed") refuse({
		where: `the record of ${record.model.name}`,
		expected: "gate passed",
		seen: record.gate ? `gate ${record.gate.decision}` : "no gate",
		fix
	});
}
// src/actions/record.ts
/** The input of every action but train. */
const recordInput = text({ description: "The release record: JSON (an output of the step or job before), `file:<path>`, `artifact:<run>/<id>`, `artifact:<name>` of this run, or `image:<reference>@<digest>`. Left out, the latest record of this job." });
/** The latest record of a job lies here, so that `record` can be left out. The runner empties this folder between jobs. */
const latestPath = (run) => `${run.temp}/model-road/record.json`;
/**
* Reads the record that an action was given, in any of its forms. `undefined` when none was given and this job has none.
* @throws ActionError when it was given but can not be had, or does not parse
*/
async function takeRecord(input, run, ports) {
	if (input === void 0) {
		const latest = await ports.workspace.readText(latestPath(run), { maxBytes: MAX_RECORD_BYTES });
		return latest === void 0 ? void 0 : parseRecord(latest, "the latest record of this job");
	}
	const source = parseRecordSource(input);
	switch (source.kind) {
		case "json": return parseRecord(source.text);
		case "file": {
			const path = source.path.startsWith("/") ? source.path : `${run.workspace}/${source.path}`;
			const content = await ports.workspace.readText(path, { maxBytes: MAX_RECORD_BYTES });
			if (content === void 0) refuse({
				where: `input "record"`,
				expected: `a file ${source.path}`,
				seen: "none"
			});
			return parseRecord(content, source.path);
		}
		case "artifact-id": return await fromArtifact(source.artifactId, source.runId, ports);
		case "artifact-name": {
			const found = await ports.github.artifactsNamed(source.name, { runId: run.runId });
			if (found.length !== 1) refuse({
				where: `input "record"`,
				expected: `one artifact named ${source.name} in this run`,
				seen: found.length === 0 ? "none" : `${found.length}`,
				fix: found.length === 0 ? "Does the job that makes it come before this one (needs:)?" : "Name it by artifact:<run>/<id>."
			});
			return await fromArtifact(found[0].id, run.runId, ports);
		}
		case "image": return await fromImage(source.reference, source.digest, ports);
	}
}
async function fromArtifact(id, runId, ports) {
	const artifact = await ports.github.artifact(id);
	if (!artifact || artifact.expired || artifact.run.id !== runId || artifact.sha256 === void 0) refuse({
		where: `input "record"`,
		expected: `artifact ${id} of run ${runId}`,
		seen: artifact ? artifact.expired ? "an expired one" : `one of run ${artifact.run.id}` : "none"
	});
	const file = `${await ports.workspace.temporary("record")}/record.json`;
	const maxBytes = 8 * MAX_RECORD_BYTES;
	await ports.github.downloadArtifact(id, file, {
		maxBytes,
		sha256: artifact.sha256
	});
	const content = await ports.workspace.readText(file, { maxBytes });
	const { openTrainingDocument } = await Promise.resolve().then(() => require("./fingerprint.cjs")).then((n) => n.fingerprint_exports);
	const where = `artifact ${artifact.name}`;
	const { record } = openTrainingDocument(content ?? "", where);
	return parseRecord(canonicalJson(record), where);
}
async function fromImage(reference, digest, { images }) {
	if (!images) refuse({
		where: `input "record"`,
		expected: "a form that this action reads",
		seen: "image:"
	});
	const { readAttachedRecord } = await Promise.resolve().then(() => require("./image-record.cjs"));
	return await readAttachedRecord(reference, digest, images);
}
/** Keeps a record as the latest of this job, and returns its text for the output. */
async function giveRecord(record, run, { workspace }) {
	const json = serialiseRecord(record);
	try {
		await workspace.write(latestPath(run), json);
	} catch (thrown) {
		refuse({
			where: latestPath(run),
			expected: "a writable temporary folder",
			seen: messageOf(thrown)
		}, thrown);
	}
	return json;
}
// src/adapters/clock.ts
/** The machine's own clocks. */
function systemClock() {
	return {
		now: () => Date.now(),
		elapsed: () => performance.now(),
		sleep: async (milliseconds, signal) => {
			await (0, node_timers_promises().setTimeout)(milliseconds, void 0, signal ? { signal } : {});
		}
	};
}
// src/domain/fingerprint/order.ts
/**
* Orders two texts by their UTF-8 bytes, as `LC_ALL=C sort` and git do. JavaScript's own order differs from it beyond U+FFFF
* only: there a surrogate stands for a code point above all others.
*/
function byBytes(a, b) {
	const most = Math.min(a.length, b.length);
	for (let at = 0; at < most; at++) {
		const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
		if (x !== y) return rank(x) - rank(y);
	}
	return a.length - b.length;
}
const rank = (unit) => unit >= 55296 && unit <= 57343 ? unit + 65536 : unit;
const SURROGATE = /[\ud800-\udfff]/;
/**
* A copy in the order of `byBytes`. Where no name goes beyond U+FFFF, which is nearly always, that is JavaScript's own order,
* and told ten times sooner.
*/
function inByteOrder(items, nameOf) {
	if (items.some((item) => SURROGATE.test(nameOf(item)))) return items.toSorted((a, b) => byBytes(nameOf(a), nameOf(b)));
	return items.toSorted((a, b) => {
		const [x, y] = [nameOf(a), nameOf(b)];
		return x < y ? -1 : x > y ? 1 : 0;
	});
}
// src/adapters/workspace.ts
/** One read of this size a file, or a loop of them: larger gains nothing, and the buffer is made once. */
const BUFFER_BYTES = 1048576;
/** After so many bytes the event loop gets a turn, so that a cancelled run ends in time. */
const TURN_BYTES = 268435456;
const MAX_FILES = 1e6;
/** The files of this machine, as the run sees them. */
function localWorkspace(run) {
	const readBytes = async (path, { maxBytes }) => orAbsent(path, () => {
		const file = (0, node_fs().openSync)(path, node_fs().constants.O_RDONLY | node_fs().constants.O_NONBLOCK);
		try {
			const facts = (0, node_fs().fstatSync)(file);
			if (!facts.isFile()) throw wrongKind(path, kindOf(facts));
			if (facts.size > maxBytes) throw tooLarge(path, maxBytes, facts.size);
			const parts = [];
			let total = 0;
			for (;;) {
				const part = Buffer.allocUnsafe(Math.max(facts.size - total, 0) + 1024);
				const count = (0, node_fs().readSync)(file, part, 0, part.length, null);
				if (count === 0) return Buffer.concat(parts, total);
				parts.push(part.subarray(0, count));
				total += count;
				if (total > maxBytes) throw tooLarge(path, maxBytes, total);
			}
		} finally {
			(0, node_fs().closeSync)(file);
		}
	});
	return {
		readBytes,
		readText: async (path, options) => {
			const bytes = await readBytes(path, options);
			if (bytes === void 0) return void 0;
			try {
				return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
			} catch (thrown) {
				throw new ActionError({
					where: path,
					expected: "UTF-8 text",
					seen: "other bytes"
				}, { cause: thrown });
			}
		},
		readHead: async (path, bytes) => orAbsent(path, () => {
			const file = (0, node_fs().openSync)(path, node_fs().constants.O_RDONLY | node_fs().constants.O_NONBLOCK);
			try {
				const head = Buffer.alloc(bytes);
				return head.subarray(0, (0, node_fs().readSync)(file, head, 0, bytes, 0));
			} finally {
				(0, node_fs().closeSync)(file);
			}
		}),
		write: async (path, content, { mode = 420 } = {}) => {
			(0, node_fs().mkdirSync)((0, node_path().dirname)(path), { recursive: true });
			const own = `${process.pid.toString(36)}-${process.hrtime.bigint().toString(36)}`;
			const beside = (0, node_path().join)((0, node_path().dirname)(path), `.${(0, node_path().basename)(path).slice(0, 100)}.${own}`);
			try {
				const file = (0, node_fs().openSync)(beside, "wx", mode);
				try {
					(0, node_fs().writeFileSync)(file, content);
					if (!path.startsWith(`${run.temp}/`)) (0, node_fs().fsyncSync)(file);
				} finally {
					(0, node_fs().closeSync)(file);
				}
				(0, node_fs().renameSync)(beside, path);
			} catch (thrown) {
				(0, node_fs().rmSync)(beside, { force: true });
				throw unusable(path, thrown);
			}
		},
		append: async (path, content) => {
			(0, node_fs().mkdirSync)((0, node_path().dirname)(path), { recursive: true });
			(0, node_fs().appendFileSync)(path, content);
		},
		facts: async (path) => orAbsent(path, () => factsOf((0, node_fs().lstatSync)(path))),
		realPath: async (path) => orAbsent(path, () => node_fs().realpathSync.native(path)),
		linkTarget: async (path) => {
			try {
				return (0, node_fs().readlinkSync)(path);
			} catch (thrown) {
				if ([
					"ENOENT",
					"ENOTDIR",
					"EINVAL"
				].includes(codeOf(thrown))) return void 0;
				throw unusable(path, thrown);
			}
		},
		list,
		walk: async (root, { maxFiles = MAX_FILES, depth = Infinity } = {}) => walk(root, maxFiles, depth),
		sha256: async (path) => (await sha256All((0, node_path().dirname)(path), [(0, node_path().basename)(path)]))[0],
		sha256All,
		md5All: async (root, paths) => (await digestAll("md5", root, paths)).map(({ hex }) => hex),
		tracked,
		temporary: async (prefix) => {
			const folder = (0, node_path().join)(run.temp, "model-road");
			(0, node_fs().mkdirSync)(folder, { recursive: true });
			return (0, node_fs().mkdtempSync)((0, node_path().join)(folder, `${prefix}-`));
		},
		move: async (from, to) => {
			await (0, node_fs_promises().mkdir)((0, node_path().dirname)(to), { recursive: true });
			try {
				await (0, node_fs_promises().rename)(from, to);
			} catch (thrown) {
				if (codeOf(thrown) !== "EXDEV") throw unusable(from, thrown);
				await copy(from, to);
				await (0, node_fs_promises().rm)(from, {
					recursive: true,
					force: true
				});
			}
		},
		copy,
		remove: async (path) => {
			await (0, node_fs_promises().rm)(path, {
				recursive: true,
				force: true
			});
		},
		freeBytes: async (path) => {
			let folder = path;
			while (!(0, node_fs().existsSync)(folder) && (0, node_path().dirname)(folder) !== folder) folder = (0, node_path().dirname)(folder);
			const { bavail, bsize } = await (0, node_fs_promises().statfs)(folder);
			return bavail * bsize;
		}
	};
}
async function copy(from, to) {
	await (0, node_fs_promises().mkdir)((0, node_path().dirname)(to), { recursive: true });
	try {
		await (0, node_fs_promises().cp)(from, to, {
			recursive: true,
			verbatimSymlinks: true,
			mode: node_fs().constants.COPYFILE_FICLONE
		});
	} catch (thrown) {
		throw unusable(from, thrown);
	}
}
function walk(root, maxFiles, depth) {
	let top;
	try {
		top = (0, node_fs().lstatSync)(root);
	} catch (thrown) {
		if (isAbsent(thrown)) return [];
		throw unusable(root, thrown);
	}
	if (!top.isDirectory()) return [{
		path: (0, node_path().basename)(root),
		...factsOf(top)
	}];
	const found = [];
	const folders = [""];
	for (let folder = folders.pop(); folder !== void 0; folder = folders.pop()) for (const entry of (0, node_fs().readdirSync)((0, node_path().join)(root, folder), { withFileTypes: true })) {
		if (entry.name === ".git") continue;
		const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
		if (entry.isDirectory()) {
			if (path.split("/").length < depth) folders.push(path);
			continue;
		}
		if (found.length >= maxFiles) throw new ActionError({
			where: root,
			expected: `at most ${maxFiles} files`,
			seen: "more",
			fix: "Name the folders that count, or pack the files."
		});
		found.push({
			path,
			...factsOf((0, node_fs().lstatSync)((0, node_path().join)(root, path)))
		});
	}
	return inByteOrder(found, ({ path }) => path);
}
/** As `walk`, by what the folders say alone: asking for each file takes longer than to read and digest a small one. */
async function list(root, below) {
	const [files, links] = [[], []];
	const folders = [below];
	for (let folder = folders.pop(); folder !== void 0; folder = folders.pop()) {
		const prefix = folder === "" ? "" : `${folder}/`;
		for (const entry of (0, node_fs().readdirSync)((0, node_path().join)(root, folder), { withFileTypes: true })) {
			if (entry.name === ".git") continue;
			const path = prefix + entry.name;
			if (entry.isFile()) files.push(path);
			else if (entry.isDirectory()) folders.push(path);
			else if (entry.isSymbolicLink()) links.push(path);
		}
		if (files.length + links.length > MAX_FILES) throw new ActionError({
			where: (0, node_path().join)(root, below),
			expected: `at most ${MAX_FILES} files`,
			seen: "more",
			fix: "Name the folders that count, or pack the files."
		});
		await (0, node_timers_promises().setImmediate)();
	}
	return {
		files,
		links
	};
}
const sha256All = async (root, paths) => await digestAll("sha256", root, paths);
async function digestAll(algorithm, root, paths) {
	const { createHash, hash } = process.getBuiltinModule("node:crypto");
	const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
	const digests = [];
	let sinceTurn = 0;
	for (const path of paths) {
		const whole = (0, node_path().join)(root, path);
		let file;
		try {
			file = (0, node_fs().openSync)(whole, node_fs().constants.O_RDONLY | node_fs().constants.O_NOFOLLOW | node_fs().constants.O_NONBLOCK);
		} catch (thrown) {
			throw unusable(whole, thrown);
		}
		try {
			let count = (0, node_fs().readSync)(file, buffer, 0, BUFFER_BYTES, null);
			if (count < BUFFER_BYTES) {
				digests.push({
					hex: hash(algorithm, buffer.subarray(0, count), "hex"),
					bytes: count
				});
				sinceTurn += count;
			} else {
				const running = createHash(algorithm);
				let bytes = 0;
				for (; count > 0; count = (0, node_fs().readSync)(file, buffer, 0, BUFFER_BYTES, null)) {
					running.update(buffer.subarray(0, count));
					bytes += count;
					sinceTurn += count;
					if (sinceTurn > TURN_BYTES) {
						sinceTurn = 0;
						await (0, node_timers_promises().setImmediate)();
					}
				}
				digests.push({
					hex: running.digest("hex"),
					bytes
				});
			}
		} catch (thrown) {
			throw unusable(whole, thrown);
		} finally {
			(0, node_fs().closeSync)(file);
		}
		if (sinceTurn > TURN_BYTES) {
			sinceTurn = 0;
			await (0, node_timers_promises().setImmediate)();
		}
	}
	return digests;
}
async function tracked(folder) {
	let top = folder;
	while (!(0, node_fs().existsSync)((0, node_path().join)(top, ".git"))) {
		if ((0, node_path().dirname)(top) === top) return void 0;
		top = (0, node_path().dirname)(top);
	}
	const prefix = folder === top ? "" : `${folder.slice(top.length).replace(/^\/+|\/+$/g, "")}/`;
	const pathspec = prefix === "" ? "." : prefix;
	const inside = (path) => prefix === "" ? path : path.slice(prefix.length);
	const clean = /* @__PURE__ */ new Map();
	const changed = /* @__PURE__ */ new Set();
	const gone = /* @__PURE__ */ new Set();
	const submodules = [];
	const take = (entry) => {
		const end = entry.indexOf("	");
		const [flag, blob, stage] = [
			entry[0],
			entry.slice(9, end - 2),
			entry[end - 1]
		];
		const mode = entry.startsWith("100644", 2) ? "100644" : entry.slice(2, 8);
		if (end < 51 || entry[1] !== " " || entry[8] !== " " || entry[end - 2] !== " ") throw new Error(`git ls-files wrote an entry of a new form: ${quote(entry)}`);
		const path = inside(entry.slice(end + 1));
		if (path.includes("�")) throw new ActionError({
			where: folder,
			expected: "file names in UTF-8",
			seen: quote(path)
		});
		if (flag === "H" && stage === "0") {
			clean.set(path, {
				blob,
				mode
			});
			if (mode === "160000") submodules.push(path);
		} else if (flag === "R") gone.add(path);
		else changed.add(path);
	};
	if (!await git(top, [
		"ls-files",
		"-s",
		"-v",
		"-c",
		"-m",
		"-d",
		"-z",
		"--",
		pathspec
	], take)) return void 0;
	for (const path of await changedSubmodules(top, prefix, submodules)) changed.add(inside(path));
	for (const path of changed) clean.delete(path);
	for (const path of gone) {
		clean.delete(path);
		changed.delete(path);
	}
	return {
		clean,
		changed: [...changed]
	};
}
/** Submodules that hold changes of their own, which only git status looks for. */
async function changedSubmodules(top, prefix, submodules) {
	if (submodules.length === 0) return [];
	const changed = [];
	await git(top, [
		"status",
		"--porcelain=v1",
		"-z",
		"--no-renames",
		"--",
		...submodules.map((path) => `${prefix}${path}`)
	], (entry) => {
		if (entry[1] !== " ") changed.push(entry.slice(3));
	});
	return changed;
}
/**
* Hands on what git writes, entry by entry (they end with NUL). Nothing of the repository's may run a program for it.
* @returns false where there is no git
*/
async function git(cwd, args, take) {
	const { spawn } = process.getBuiltinModule("node:child_process");
	const { PATH = "", HOME = "" } = process.env;
	const env = {
		PATH,
		HOME,
		LC_ALL: "C",
		GIT_TERMINAL_PROMPT: "0",
		GIT_OPTIONAL_LOCKS: "0",
		GIT_LITERAL_PATHSPECS: "1",
		GIT_CONFIG_COUNT: "1",
		GIT_CONFIG_KEY_0: "safe.directory",
		GIT_CONFIG_VALUE_0: "*"
	};
	const settled = [
		"-c",
		"core.fsmonitor=false",
		"-c",
		"core.hooksPath=/dev/null",
		"-c",
		"core.quotePath=false"
	];
	const refused = (seen, cause) => new ActionError({
		where: `git ${args[0]} in ${cwd}`,
		expected: "a repository that git can read",
		seen: quote(seen, 200)
	}, { cause });
	return await new Promise((resolve, reject) => {
		const child = spawn("git", [...settled, ...args], {
			cwd,
			env,
			timeout: 6e5,
			stdio: [
				"ignore",
				"pipe",
				"pipe"
			]
		});
		let [rest, complaint] = ["", ""];
		child.stderr.setEncoding("utf8").on("data", (text) => {
			complaint = (complaint + text).slice(0, 4096);
		});
		child.stdout.setEncoding("utf8").on("data", (text) => {
			const entries = (rest + text).split("\0");
			rest = entries.pop();
			try {
				for (const entry of entries) take(entry);
			} catch (thrown) {
				child.kill();
				reject(thrown);
			}
		});
		child.on("error", (error) => {
			if (codeOf(error) === "ENOENT" && (0, node_fs().existsSync)(cwd)) resolve(false);
			else reject(refused(error.message, error));
		});
		child.on("close", (code, signal) => {
			if (code === 0) resolve(true);
			else reject(refused(complaint.trim().split("\n", 1)[0] || `it ended with ${signal ?? code}`));
		});
	});
}
const kindOf = (facts) => facts.isFile() ? "file" : facts.isDirectory() ? "folder" : facts.isSymbolicLink() ? "link" : "other";
const factsOf = (facts) => ({
	kind: kindOf(facts),
	bytes: facts.size,
	modifiedMs: facts.mtimeMs,
	changedMs: facts.ctimeMs,
	mode: facts.mode & 4095
});
async function orAbsent(path, work) {
	try {
		return await work();
	} catch (thrown) {
		if (isAbsent(thrown)) return void 0;
		throw unusable(path, thrown);
	}
}
const isAbsent = (thrown) => ["ENOENT", "ENOTDIR"].includes(codeOf(thrown));
const wrongKind = (path, kind) => new ActionError({
	where: path,
	expected: "a file",
	seen: kind === "folder" ? "a folder" : "something else"
});
const tooLarge = (path, most, bytes) => new ActionError({
	where: path,
	expected: `at most ${most} bytes`,
	seen: `${bytes} bytes`
});
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
const UNSEEN$1 = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
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
	const shown = line.replace(UNSEEN$1, "�").replaceAll("##[", "##​[");
	return shown.includes("::") && /^[^\p{L}\p{N}\p{P}\p{S}]*::/u.test(shown) ? `| ${shown}` : shown;
}
// src/domain/text/masked.ts
/** Variables that hold secrets by their name. Those of plain words (`USE_TOKEN=true`, `SORT_KEY=name`) are none. */
const SECRET_NAME = /(?:TOKEN|SECRET|PASSWORD|CREDENTIALS|KUBECONFIG|SAS_URL|(?:ACCESS|ACCOUNT|API|PRIVATE|SECRET)_?KEY)$/i;
/** The secrets among an environment's variables, as far as names tell. What is no secret but is called like one costs a warning. */
function secretsAmong(env) {
	return Object.entries(env).flatMap(([name, value = ""]) => {
		return SECRET_NAME.test(name) && !/^INPUT_/i.test(name) && value.trim().length >= 4 && !/^(?:true|false|\d+|\/\S*)$/i.test(value.trim()) ? [{
			name,
			value
		}] : [];
	});
}
/** The first secret that stands in a text, whole or by one of its lines. */
function secretIn(text, secrets) {
	for (const { name, value } of secrets) {
		if (formsOf(value).some((form) => text.includes(form))) return {
			name,
			part: "whole"
		};
		const lines = value.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
		if (lines.length > 1 && lines.some((line) => formsOf(line).some((form) => text.includes(form)))) return {
			name,
			part: "line"
		};
	}
}
function formsOf(value) {
	if (value.trim() === "") return [];
	const base64 = value.length > 3 ? [Buffer.from(value).toString("base64").replace(/=+$/, "")] : [];
	return [
		value,
		JSON.stringify(value).slice(1, -1),
		encodeURIComponent(value.toWellFormed()),
		...base64
	];
}
// src/adapters/log.ts
/** What this process masked itself. */
const masked = [];
/**
* Says which secret stands in an output, if one does: the runner then drops a job output that is made of it.
* @param secrets those that are known beside the environment's and our own masks
*/
function hiddenIn(text, secrets) {
	const found = secretIn(text, [
		...secrets,
		...masked,
		...secretsAmong(process.env)
	]);
	return found && `${found.part === "line" ? "a line of " : ""}${found.name}`;
}
/** The runner's log. What comes in is data; nothing in it is read as a command. */
function runnerLog() {
	const say = (text) => {
		const bytes = Buffer.from(`${disarm(text).join("\n")}\n`);
		let written = 0;
		try {
			while (written < bytes.length) written += (0, node_fs().writeSync)(1, bytes, written);
		} catch {
			process.stdout.write(bytes.subarray(written));
		}
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
			for (const line of secret.split(/\r\n|\n|\r/)) if (line.trim().length >= 4) {
				setSecret(line.trim());
				masked.push({
					name: "a value that this action masked",
					value: line.trim()
				});
			}
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
		tell(story, await story.run(inputs, run, ports));
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
		cancelled.abort(new ActionError({
			where: "this step",
			expected: "to end by itself",
			seen: `${signal}: the run was cancelled`
		}));
	});
	return cancelled.signal;
}
function tell({ outputs: declared, inputs }, outcome) {
	const unknown = Object.keys(outcome.outputs).find((name) => !Object.hasOwn(declared, name));
	if (unknown !== void 0) throw new Error(`the story returned an output that it does not declare: ${unknown}`);
	giveOutputs(Object.keys(declared).map((name) => [name, outcome.outputs[name] ?? ""]));
	warnOfMasks(outcome.outputs, inputs);
	if (outcome.summary !== void 0) summarise(outcome.summary);
	for (const each of outcome.annotations ?? []) annotate(each);
	if (outcome.failure !== void 0) {
		error(outcome.failure, { title: "Failed" });
		process.exitCode = 1;
	}
}
/** What a mask hits is dropped where a job hands it on, and the jobs after see nothing. Told here, where it can be mended. */
function warnOfMasks(outputs, inputs) {
	const secrets = secretInputs(inputs);
	const hits = Object.entries(outputs).flatMap(([name, value]) => {
		const hidden = value === "" ? void 0 : hiddenIn(value, secrets);
		return hidden === void 0 ? [] : [`${name} (${hidden})`];
	});
	if (hits.length === 0) return;
	warning(`GitHub drops these as outputs of a job, since they hold what it masks: ${hits.join(", ")}. Hand a record on as artifact:<name> or file:<path>. A secret of several lines masks each of its lines, even a lone brace: store it on one line.`, { title: "Outputs that a mask hits" });
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
	if (thrown instanceof ActionError) {
		error(thrown.mistakes.map(sentence).join("\n"), { title: id });
		return;
	}
	error(`${id} met a fault of its own. Please report it with this text:\n${thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown)}`, { title: `${id}: internal error` });
}
// src/domain/seldon/digest.ts
/** `sha256:` and 64 hex digits over the UTF-8 bytes of a text. */
function textDigest(text) {
	return `sha256:${(0, node_crypto().createHash)("sha256").update(text).digest("hex")}`;
}
// src/domain/seldon/names.ts
var names_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ deployId: () => deployId });
/** Deployment and namespace become labels of DNS names: RFC 1123, at most 63. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A deployment's name becomes the name of a Service too, which RFC 1035 wants to start with a letter. */
const SERVICE = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A class, or the modules on the way to it: `DigitsModel`, `serving.digits.DigitsModel`. */
const CLASS = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const deploymentName = {
	pattern: SERVICE,
	accepts: "lower-case letters, digits and -, a letter first, at most 63"
};
const namespaceName = {
	pattern: LABEL,
	accepts: "lower-case letters, digits and -, at most 63"
};
const modelClassName = {
	pattern: CLASS,
	accepts: "a class's name, with its modules before it where there are any"
};
/** The path below which a gateway of Seldon Core shows a deployment, without a `/` at its end. */
function basePath(namespace, name) {
	return `/seldon/${namespace}/${name}`;
}
function predictionUrl(base, namespace, name) {
	return `${base.replace(/\/+$/, "")}${basePath(namespace, name)}/api/v1.0/predictions`;
}
/** The name of a predictor's Service, as the operator makes it: over 63 characters it is a hash. */
function predictorService(name, { name: predictor, annotations }) {
	const own = annotations?.["seldon.io/svc-name"];
	if (own !== void 0 && own !== "") return own;
	const full = `${name}-${predictor}`;
	return full.length <= 63 ? full : `seldon-${(0, node_crypto().createHash)("md5").update(full).digest("hex")}`;
}
/** The first 40 hex digits of the digest of all that makes a version: it fits a label's value. */
async function deployId(version) {
	return textDigest(canonicalJson({
		schema: 1,
		...version
	})).slice(7).slice(0, 40);
}
// src/domain/gate/figure.ts
/**
* A number as people read it: at most six significant digits. Beside a bound it gets as many as it takes to stay on its own side
* of it, so that 0.79999999 is never shown as the 0.8 that it failed to reach.
*/
function figure(value, bound) {
	if (Object.is(value, -0)) return "0";
	if (!Number.isFinite(value)) return String(value);
	for (let digits = 6; digits < 17; digits++) {
		const shown = plain(value, digits);
		if (bound === void 0 || Math.sign(Number(shown) - bound) === Math.sign(value - bound)) return shown;
	}
	return String(value);
}
function plain(value, digits) {
	if (Number.isInteger(value) && Math.abs(value) < 0x38d7ea4c68000) return String(value);
	return String(Number(value.toPrecision(digits)));
}
// src/domain/report/quantity.ts
var quantity_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ bytesAsText: () => bytesAsText });
/** `874 B`, `12.3 kB`, `1.2 GB`: decimal units, as registries and disks count. */
function bytesAsText(bytes) {
	const units = [
		"B",
		"kB",
		"MB",
		"GB",
		"TB"
	];
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1e3;
		unit++;
	}
	return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}
/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
function secondsAsText(seconds) {
	if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) return `${minutes} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
	return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
}
/** `1 rule`, `3 rules`. */
function counted(count, noun) {
	return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
// src/domain/report/escape.ts
var escape_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	codeBlock: () => codeBlock,
	codeSpan: () => codeSpan,
	escapeCell: () => escapeCell,
	escapeText: () => escapeText
});
/** Line ends, tabs and runs of blanks: in a cell or a list item all of them are one blank. */
const BLANKS = /[\s\u0085\u200b\u2028\u2029\ufeff]+/gu;
/** Control characters, what turns the direction of text, and the invisible copies of ASCII (the tag characters). */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
/** All that begins an inline construct of GitHub's Markdown. Quotes and round brackets mean nothing without these. */
const SPECIAL = /[&<>`*_~[\]!|\\#@{}$^]/g;
/** At the start of an item: `1.`, `1)`, `-`, `+`, `=` would begin a list or underline a heading. */
const BLOCK_START = /^(\d{0,9})([.)+=-])/;
const BREAK = "&#8203;";
/**
* Text as one line of Markdown in which nothing is a construct: no mention, reference, link, image, element, emphasis, emoji,
* table or details break. Fits a table cell, a list item, a heading and an HTML element alike.
* @param most longer text is cut there and ends in `…`; counted in UTF-16 units of the text as given
*/
function escapeText(text, most = 1e3) {
	return shorten(text, most).replace(BLANKS, " ").trim().replace(UNSEEN, "�").replace(/:(?=[\w+-]+(?::|$))|:(?=\/\/)|\b(?:www(?=\.)|gh(?=-\d)|mailto:|xmpp:)/gi, "$&\0").replace(SPECIAL, (sign) => `&#${sign.codePointAt(0)};${sign === "@" || sign === "#" ? BREAK : ""}`).replaceAll("\0", BREAK).replace(BLOCK_START, (_, digits, sign) => `${digits}&#${sign.codePointAt(0)};`);
}
/** Text in a cell of a table. An empty cell shows a dash, so that it is seen to be empty on purpose. */
function escapeCell(text, most = 300) {
	return escapeText(text, most) || "–";
}
/**
* Text set as code. What has a backtick, or a `|` that would end a table's cell, is escaped inside `<code>`; all else is a
* plain code span, which can be copied as it is.
*/
function codeSpan(text, most = 300) {
	const shown = shorten(text, most).replace(BLANKS, " ").trim().replace(UNSEEN, "�");
	if (shown === "") return "–";
	return /[`|]/.test(shown) ? `<code>${escapeText(shown, Infinity)}</code>` : `\`${shown}\``;
}
/** Lines set as a block of code, behind a fence that is longer than any in the text. */
function codeBlock(text, language) {
	const lines = text.split(/\r\n|[\n\r\u0085\u2028\u2029]/).map((line) => line.replace(UNSEEN, "�"));
	const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
	const fence = "`".repeat(longest + 1);
	return [
		`${fence}${language}`,
		...lines,
		fence
	].join("\n");
}
/** Cuts between characters, and mends half a surrogate pair that was there before. */
function shorten(text, most) {
	if (text.length <= most) return text.toWellFormed();
	return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "").trimEnd()}…`.toWellFormed();
}
Object.defineProperty(exports, "ActionError", {
	enumerable: true,
	get: function() {
		return ActionError;
	}
});
Object.defineProperty(exports, "MAX_RECORD_BYTES", {
	enumerable: true,
	get: function() {
		return MAX_RECORD_BYTES;
	}
});
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
Object.defineProperty(exports, "basePath", {
	enumerable: true,
	get: function() {
		return basePath;
	}
});
Object.defineProperty(exports, "boolean", {
	enumerable: true,
	get: function() {
		return boolean;
	}
});
Object.defineProperty(exports, "byBytes", {
	enumerable: true,
	get: function() {
		return byBytes;
	}
});
Object.defineProperty(exports, "bytesAsText", {
	enumerable: true,
	get: function() {
		return bytesAsText;
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
Object.defineProperty(exports, "codeBlock", {
	enumerable: true,
	get: function() {
		return codeBlock;
	}
});
Object.defineProperty(exports, "codeOf", {
	enumerable: true,
	get: function() {
		return codeOf;
	}
});
Object.defineProperty(exports, "codeSpan", {
	enumerable: true,
	get: function() {
		return codeSpan;
	}
});
Object.defineProperty(exports, "count", {
	enumerable: true,
	get: function() {
		return count;
	}
});
Object.defineProperty(exports, "counted", {
	enumerable: true,
	get: function() {
		return counted;
	}
});
Object.defineProperty(exports, "debug", {
	enumerable: true,
	get: function() {
		return debug;
	}
});
Object.defineProperty(exports, "deploymentName", {
	enumerable: true,
	get: function() {
		return deploymentName;
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
Object.defineProperty(exports, "escapeCell", {
	enumerable: true,
	get: function() {
		return escapeCell;
	}
});
Object.defineProperty(exports, "escapeText", {
	enumerable: true,
	get: function() {
		return escapeText;
	}
});
Object.defineProperty(exports, "escape_exports", {
	enumerable: true,
	get: function() {
		return escape_exports;
	}
});
Object.defineProperty(exports, "figure", {
	enumerable: true,
	get: function() {
		return figure;
	}
});
Object.defineProperty(exports, "flag", {
	enumerable: true,
	get: function() {
		return flag;
	}
});
Object.defineProperty(exports, "gateShape", {
	enumerable: true,
	get: function() {
		return gateShape;
	}
});
Object.defineProperty(exports, "giveRecord", {
	enumerable: true,
	get: function() {
		return giveRecord;
	}
});
Object.defineProperty(exports, "inByteOrder", {
	enumerable: true,
	get: function() {
		return inByteOrder;
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
		return list$1;
	}
});
Object.defineProperty(exports, "localWorkspace", {
	enumerable: true,
	get: function() {
		return localWorkspace;
	}
});
Object.defineProperty(exports, "messageOf", {
	enumerable: true,
	get: function() {
		return messageOf;
	}
});
Object.defineProperty(exports, "modelClassName", {
	enumerable: true,
	get: function() {
		return modelClassName;
	}
});
Object.defineProperty(exports, "names_exports", {
	enumerable: true,
	get: function() {
		return names_exports;
	}
});
Object.defineProperty(exports, "namespaceName", {
	enumerable: true,
	get: function() {
		return namespaceName;
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
Object.defineProperty(exports, "parseRecord", {
	enumerable: true,
	get: function() {
		return parseRecord;
	}
});
Object.defineProperty(exports, "parsed", {
	enumerable: true,
	get: function() {
		return parsed;
	}
});
Object.defineProperty(exports, "predictionUrl", {
	enumerable: true,
	get: function() {
		return predictionUrl;
	}
});
Object.defineProperty(exports, "predictorService", {
	enumerable: true,
	get: function() {
		return predictorService;
	}
});
Object.defineProperty(exports, "quantity_exports", {
	enumerable: true,
	get: function() {
		return quantity_exports;
	}
});
Object.defineProperty(exports, "quote", {
	enumerable: true,
	get: function() {
		return quote;
	}
});
Object.defineProperty(exports, "record", {
	enumerable: true,
	get: function() {
		return record;
	}
});
Object.defineProperty(exports, "recordInput", {
	enumerable: true,
	get: function() {
		return recordInput;
	}
});
Object.defineProperty(exports, "record_exports", {
	enumerable: true,
	get: function() {
		return record_exports;
	}
});
Object.defineProperty(exports, "refuse", {
	enumerable: true,
	get: function() {
		return refuse;
	}
});
Object.defineProperty(exports, "requireGate", {
	enumerable: true,
	get: function() {
		return requireGate;
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
Object.defineProperty(exports, "secondsAsText", {
	enumerable: true,
	get: function() {
		return secondsAsText;
	}
});
Object.defineProperty(exports, "sentence", {
	enumerable: true,
	get: function() {
		return sentence;
	}
});
Object.defineProperty(exports, "serialiseRecord", {
	enumerable: true,
	get: function() {
		return serialiseRecord;
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
Object.defineProperty(exports, "systemClock", {
	enumerable: true,
	get: function() {
		return systemClock;
	}
});
Object.defineProperty(exports, "takeRecord", {
	enumerable: true,
	get: function() {
		return takeRecord;
	}
});
Object.defineProperty(exports, "text", {
	enumerable: true,
	get: function() {
		return text;
	}
});
Object.defineProperty(exports, "textDigest", {
	enumerable: true,
	get: function() {
		return textDigest;
	}
});
Object.defineProperty(exports, "unusable", {
	enumerable: true,
	get: function() {
		return unusable;
	}
});
Object.defineProperty(exports, "warning", {
	enumerable: true,
	get: function() {
		return warning;
	}
});
