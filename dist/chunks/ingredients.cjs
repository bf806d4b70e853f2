const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_fingerprint;
const require_fingerprint = () => kept_require_fingerprint ??= require("./fingerprint.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest2.cjs");
let kept_node_crypto;
const node_crypto = () => kept_node_crypto ??= require("node:crypto");
// src/domain/fingerprint/dvc.ts
const MAX_DVC_BYTES = 4194304;
/** Whether a path names a file of DVC's that pins data. `.dvc` alone is the folder of its settings. */
const pinsData = (path) => /(?:^|\/)(?:[^/]+\.dvc|dvc\.lock)$/.test(path);
/**
* The outputs that a `.dvc` file or a `dvc.lock` pins. Those without a hash (not yet made), and those outside the working
* directory, are left out.
* @throws ActionError when it is no YAML map
*/
async function parseDvc(text, file) {
	const tree = await require_yaml().parseYaml(text, {
		where: file,
		maxBytes: MAX_DVC_BYTES,
		number: (source) => source
	});
	if (tree === null) return [];
	if (!isMap$1(tree)) throw new (require_house()).ActionError({
		where: file,
		expected: "a file of DVC's",
		seen: require_house().quote(text, 40)
	});
	const below = file.split("/").slice(0, -1);
	if (!file.endsWith("dvc.lock")) return outsOf(tree, [...below, ...namesOf(tree.wdir)], file);
	return Object.values(isMap$1(tree.stages) ? tree.stages : {}).flatMap((stage) => isMap$1(stage) ? outsOf(stage, below, file) : []);
}
function outsOf(of, below, file) {
	return (Array.isArray(of.outs) ? of.outs : []).flatMap((out) => {
		if (!isMap$1(out) || typeof out.path !== "string") return [];
		const hash = [
			out.md5,
			out.etag,
			out.checksum
		].find((each) => typeof each === "string" && each !== "");
		const path = settled([...below, ...namesOf(out.path)]);
		if (typeof hash !== "string" || path === void 0 || out.path.startsWith("/")) return [];
		return [{
			path,
			hash: hash.slice(0, 200),
			folder: hash.endsWith(".dir"),
			file
		}];
	});
}
const namesOf = (path) => typeof path === "string" ? path.split("/") : [];
/** Without `.` and `..`; `undefined` when it leaves the folder or names it. */
function settled(names) {
	const path = [];
	for (const name of names) if (name === "..") {
		if (path.pop() === void 0) return void 0;
	} else if (name !== "." && name !== "") path.push(name);
	return path.length === 0 ? void 0 : path.join("/");
}
/** The hash that DVC gives a folder: the md5 of the list of its files, as Python writes JSON. */
function dvcFolderHash(files) {
	const rows = files.toSorted((a, b) => require_house().byBytes(a.path, b.path)).map(({ path, md5 }) => `{"md5": "${md5}", "relpath": ${asciiJson(path)}}`);
	return `${(0, node_crypto().createHash)("md5").update(`[${rows.join(", ")}]`).digest("hex")}.dir`;
}
const asciiJson = (text) => JSON.stringify(text).replace(/[\u007f-\uffff]/g, (unit) => unit === "" ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
const isMap$1 = /* @__PURE__ */ require_rolldown_runtime.__name((value) => value !== null && typeof value === "object" && !Array.isArray(value), "isMap");
// src/domain/fingerprint/glob.ts
const MAX_PATTERN = 1024;
const MAX_ALTERNATIVES = 256;
/**
* Globs, one a line, relative to the working directory: `*` and `?` within a name, `**` across folders, `[a-c]`, `[!a]`,
* `{a,b}`, `\` before a character that means itself; `!` at the start excludes. A line without a wildcard in its last name
* stands for that file, or for all below that folder. Hidden files match like any other. Case counts.
* @param where which input, for the errors
* @throws ActionError for lines that are absolute, climb, or are no glob
*/
function parseGlobs(lines, where) {
	const mistakes = [];
	const parsed = lines.flatMap((line) => {
		const exclude = line.startsWith("!");
		const pattern = (exclude ? line.slice(1) : line).replace(/^(?:\.\/)+/, "");
		const wrong = fault(pattern);
		if (wrong) {
			mistakes.push({
				where,
				seen: require_house().quote(line),
				...wrong
			});
			return [];
		}
		try {
			return [{
				line,
				exclude,
				test: compile(pattern),
				base: baseOf(pattern)
			}];
		} catch (thrown) {
			if (!(thrown instanceof SyntaxError)) throw thrown;
			mistakes.push({
				where,
				expected: `a glob (${thrown.message})`,
				seen: require_house().quote(line)
			});
			return [];
		}
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
	const added = parsed.filter(({ exclude }) => !exclude);
	const taken = parsed.filter(({ exclude }) => exclude);
	if (parsed.length > 0 && added.length === 0) throw new (require_house()).ActionError({
		where,
		expected: "at least one line that adds files",
		seen: "lines with ! only",
		fix: "Begin with a line `**`, which is everything."
	});
	const bases = [...new Set(added.map(({ base }) => base))];
	return {
		matches: (path) => added.some(({ test }) => test(path)) && !taken.some(({ test }) => test(path)),
		bases: bases.filter((base) => !bases.some((other) => other !== base && (other === "" || base.startsWith(`${other}/`)))),
		unmatched: (lists) => added.filter(({ test }) => !lists.some((paths) => paths.some((path) => test(path)))).map(({ line }) => line)
	};
}
function fault(pattern) {
	if (pattern === "" || pattern.length > MAX_PATTERN) return { expected: `a glob of 1 to ${MAX_PATTERN} characters` };
	if (pattern.startsWith("/")) return { expected: "a glob relative to working-directory" };
	if (pattern.split("/").includes("..")) return {
		expected: "a glob that stays below working-directory",
		fix: "Set working-directory to the folder that holds all that counts."
	};
}
const MAGIC = /[*?[{\\]/;
/** The leading names that are plain. */
function baseOf(pattern) {
	const names = pattern.replace(/\/+$/, "").split("/");
	const magic = names.findIndex((name) => MAGIC.test(name));
	return names.slice(0, magic === -1 ? names.length : magic).filter((name) => name !== ".").join("/");
}
function compile(pattern) {
	const below = pattern.endsWith("/") || !MAGIC.test(pattern.split("/").at(-1));
	const names = pattern.replace(/\/+$/, "").split("/").filter((name) => name !== "." && name !== "");
	if (names.length === 0) return () => true;
	return matcher(alternatives(names.join("/")), below);
}
/** Names between slashes are matched one by one, so that a hostile pattern costs names times names, never powers. */
function matcher(patterns, below) {
	const compiled = patterns.map((pattern) => {
		const names = [...pattern.split("/"), ...below ? ["**"] : []];
		const magic = names.findIndex((name) => name === "**" || MAGIC.test(name));
		const plain = magic === -1 ? names.length : magic;
		const wanted = names.slice(plain).map((name) => name === "**" ? void 0 : oneName(name));
		return {
			head: names.slice(0, plain).join("/"),
			wanted
		};
	});
	return (path) => compiled.some(({ head, wanted }) => startsAndGoesOn(path, head, wanted));
}
/** The plain names at the start are compared as one text: most patterns are such names and `**`. */
function startsAndGoesOn(path, head, wanted) {
	if (head !== "") {
		if (!path.startsWith(head)) return false;
		if (path.length > head.length && path[head.length] !== "/") return false;
	}
	if (wanted.length === 1 && wanted[0] === void 0) return true;
	if (path.length === head.length) return walkNames(wanted, []);
	return walkNames(wanted, path.slice(head === "" ? 0 : head.length + 1).split("/"));
}
/**
* `undefined` stands for `**`: any number of names, also none. Only the last one met is taken up again with one name more: what
* those before it could still take, it can take as well.
*/
function walkNames(wanted, names) {
	let [at, test, anyTest, anyAt] = [
		0,
		0,
		-1,
		0
	];
	while (at < names.length) {
		const current = wanted[test];
		if (test < wanted.length && current === void 0) {
			anyTest = test++;
			anyAt = at;
		} else if (current?.(names[at])) {
			test++;
			at++;
		} else if (anyTest !== -1) {
			test = anyTest + 1;
			at = ++anyAt;
		} else return false;
	}
	while (test < wanted.length && wanted[test] === void 0) test++;
	return test === wanted.length;
}
/** One name of a path. `*` is matched with one step back at most, so that the time is length times length. */
function oneName(pattern) {
	if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern;
	const [, start, end] = /^([^*?[\\]*)\*([^*?[\\]*)$/.exec(pattern) ?? [];
	if (start !== void 0 && end !== void 0) return (name) => name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
	const tokens = tokensOf(Array.from(pattern));
	return (name) => {
		const characters = Array.from(name);
		let [at, token, starToken, starAt] = [
			0,
			0,
			-1,
			0
		];
		while (at < characters.length) {
			const current = tokens[token];
			if (current?.star) {
				starToken = token++;
				starAt = at;
			} else if (current && !current.star && current.test(characters[at])) {
				token++;
				at++;
			} else if (starToken !== -1) {
				token = starToken + 1;
				at = ++starAt;
			} else return false;
		}
		while (tokens[token]?.star) token++;
		return token === tokens.length;
	};
}
function tokensOf(characters) {
	const tokens = [];
	for (let at = 0; at < characters.length; at++) {
		const character = characters[at];
		if (character === "*") {
			if (!tokens.at(-1)?.star) tokens.push({ star: true });
		} else if (character === "?") tokens.push({
			star: false,
			test: () => true
		});
		else if (character === "[") {
			const { test, end } = classOf(characters, at);
			tokens.push({
				star: false,
				test
			});
			at = end;
		} else {
			const meant = character === "\\" ? characters[++at] : character;
			if (meant === void 0) throw new SyntaxError("a \\ stands before nothing");
			tokens.push({
				star: false,
				test: (seen) => seen === meant
			});
		}
	}
	return tokens;
}
function classOf(characters, start) {
	const negated = characters[start + 1] === "!" || characters[start + 1] === "^";
	const ranges = [];
	let at = start + (negated ? 2 : 1);
	const take = () => {
		const taken = characters[at] === "\\" ? characters[++at] : characters[at];
		if (taken === void 0) throw new SyntaxError("a [ without its ]");
		at++;
		return taken;
	};
	do {
		const from = take();
		let to = from;
		if (characters[at] === "-" && characters[at + 1] !== "]" && characters[at + 1] !== void 0) {
			at++;
			to = take();
		}
		if (to.codePointAt(0) < from.codePointAt(0)) throw new SyntaxError(`a range from ${from} back to ${to}`);
		ranges.push([from.codePointAt(0), to.codePointAt(0)]);
	} while (characters[at] !== "]");
	return {
		test: (seen) => ranges.some(([from, to]) => from <= seen.codePointAt(0) && seen.codePointAt(0) <= to) !== negated,
		end: at
	};
}
/** `{a,b}` written out; nested ones too. Braces inside `[...]` and after `\` mean themselves. */
function alternatives(pattern) {
	const characters = Array.from(pattern);
	const open = indexOutside(characters, 0, (character) => character === "{");
	if (open === -1) return [pattern];
	const cuts = [open];
	let depth = 0;
	let close = -1;
	for (let at = open; at !== -1; at = indexOutside(characters, at + 1, (character) => "{,}".includes(character))) if (characters[at] === "{") depth++;
	else if (characters[at] === ",") {
		if (depth === 1) cuts.push(at);
	} else if (--depth === 0) {
		close = at;
		break;
	}
	if (close === -1) throw new SyntaxError("a { without its }");
	const before = characters.slice(0, open).join("");
	const after = characters.slice(close + 1).join("");
	const all = [];
	for (const [index, cut] of cuts.entries()) {
		const inner = characters.slice(cut + 1, cuts[index + 1] ?? close).join("");
		for (const each of alternatives(before + inner + after)) {
			all.push(each);
			if (all.length > MAX_ALTERNATIVES) throw new SyntaxError(`more than ${MAX_ALTERNATIVES} alternatives in braces`);
		}
	}
	return all;
}
function indexOutside(characters, from, wanted) {
	let inClass = false;
	for (let at = 0; at < characters.length; at++) {
		const character = characters[at];
		if (character === "\\") at++;
		else if (inClass) {
			if (character === "]") inClass = false;
		} else if (character === "[" && characters.indexOf("]", at + 2) !== -1) {
			inClass = true;
			at++;
		} else if (at >= from && wanted(character)) return at;
	}
	return -1;
}
// src/domain/fingerprint/params.ts
const MAX_PARAMS_BYTES = 262144;
const MAX_PARAMS = 500;
const MAX_VALUE = 4096;
/** A number as it was written. A class of its own: nothing in a file can be mistaken for one. */
var Source = class {
	text;
	constructor(text) {
		this.text = text;
	}
};
const NO_PARAMS = {
	source: {},
	canonical: {},
	environment: {},
	json: "{}"
};
/**
* Reads parameters: a YAML or JSON map, nested as deep as it likes. Key order and the way a float is written make no difference
* to the fingerprint; whether a number is an integer or a float does.
* @param where `input "params"` or the file's name
* @throws ActionError with every mistake
*/
async function parseParams(text, where) {
	const limits = {
		where,
		maxBytes: MAX_PARAMS_BYTES,
		maxDepth: 16,
		number: (source) => new Source(source)
	};
	const tree = where.toLowerCase().endsWith(".json") || text.trimStart().startsWith("{\"") ? require_house().parseJson(text, limits) : await require_yaml().parseYaml(text, limits);
	if (tree === null) return NO_PARAMS;
	if (!isMap(tree)) throw new (require_house()).ActionError({
		where,
		expected: "a map of parameters, as `C: 1.0`, or the name of a file that holds one",
		seen: Array.isArray(tree) ? "a list" : require_house().quote(text.trim(), 60)
	});
	const mistakes = [];
	const flat = /* @__PURE__ */ new Map();
	flatten(tree, "", flat, where, mistakes);
	const byVariable = /* @__PURE__ */ new Map();
	for (const name of flat.keys()) {
		const variable = variableOf(name);
		const other = byVariable.get(variable);
		if (other !== void 0) mistakes.push({
			where,
			expected: "names that make different environment variables",
			seen: `${require_house().quote(other)} and ${require_house().quote(name)}, both ${variable}`
		});
		byVariable.set(variable, name);
	}
	if (flat.size > MAX_PARAMS) mistakes.push({
		where,
		expected: `at most ${MAX_PARAMS} parameters`,
		seen: `${flat.size}`
	});
	const sorted = [...flat].sort(([a], [b]) => require_house().byBytes(a, b));
	const source = Object.create(null);
	const canonical = Object.create(null);
	const environment = Object.create(null);
	for (const [name, value] of sorted) {
		try {
			source[name] = shown(value);
			canonical[name] = canonicalOf(value);
		} catch (thrown) {
			if (!(thrown instanceof RangeError)) throw thrown;
			mistakes.push({
				where: `${where}, ${name}`,
				expected: "a finite number",
				seen: thrown.message
			});
			continue;
		}
		environment[variableOf(name)] = source[name];
		if (source[name].length > MAX_VALUE || source[name].includes("\0")) mistakes.push({
			where: `${where}, ${name}`,
			expected: `a value of at most ${MAX_VALUE} characters, without NUL`,
			seen: `${source[name].length} characters`,
			fix: "Keep long values in a file that `code` or `data` names."
		});
	}
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return {
		source,
		canonical,
		environment,
		json: jsonOf(tree)
	};
}
const isMap = (value) => value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Source);
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
function flatten(tree, prefix, into, where, mistakes) {
	for (const [key, value] of Object.entries(tree)) {
		const name = prefix === "" ? key : `${prefix}.${key}`;
		if (!NAME.test(name)) mistakes.push({
			where,
			expected: "names of at most 128 letters, digits, _, - and .",
			seen: require_house().quote(name),
			fix: "Each becomes an environment variable PARAM_<NAME>."
		});
		else if (isMap(value) && Object.keys(value).length > 0) flatten(value, name, into, where, mistakes);
		else if (into.has(name)) mistakes.push({
			where,
			expected: "each parameter once",
			seen: `${name} twice`
		});
		else into.set(name, value);
	}
}
/** `optimizer.lr` → `PARAM_OPTIMIZER_LR`. */
const variableOf = (name) => `PARAM_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
/** A value as its author wrote it; lists as JSON. */
function shown(value) {
	if (value instanceof Source) return value.text;
	return typeof value === "string" ? value : value === null ? "null" : jsonOf(value);
}
function canonicalOf(value) {
	if (value instanceof Source) return numberOf(value.text);
	if (value === null) return "null";
	if (typeof value === "string") return `text ${JSON.stringify(value)}`;
	if (typeof value === "boolean") return `flag ${value}`;
	if (Array.isArray(value)) return `list [${value.map(canonicalOf).join(", ")}]`;
	return `map {${Object.entries(value).sort(([a], [b]) => require_house().byBytes(a, b)).map(([name, inner]) => `${JSON.stringify(name)}: ${canonicalOf(inner)}`).join(", ")}}`;
}
const INTEGER = /^[-+]?(?:[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;
function integerOf(source) {
	const digits = source.replace(/^[-+]/, "");
	return source.startsWith("-") ? -BigInt(digits) : BigInt(digits);
}
function floatOf(source) {
	const value = Number(source);
	if (!Number.isFinite(value)) throw new RangeError(source.slice(0, 40));
	return value;
}
/** An integer by its value, a float by the shortest decimal that reads back as the same double. */
function numberOf(source) {
	if (INTEGER.test(source)) return `int ${integerOf(source)}`;
	const value = floatOf(source);
	return `float ${Object.is(value, -0) ? "-0" : value}`;
}
/** JSON that keeps a float a float: `1.0`, not `1`. */
function jsonOf(value) {
	if (value instanceof Source) {
		const { text } = value;
		if (INTEGER.test(text)) return String(integerOf(text));
		const float = floatOf(text);
		const written = Object.is(float, -0) ? "-0" : String(float);
		return /[.e]/.test(written) ? written : `${written}.0`;
	}
	if (Array.isArray(value)) return `[${value.map(jsonOf).join(", ")}]`;
	if (value !== null && typeof value === "object") return `{${Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${jsonOf(inner)}`).join(", ")}}`;
	return JSON.stringify(value);
}
// src/actions/ingredients.ts
const MAX_LOCK_BYTES = 8388608;
/** Stands for whatever lies in a folder; no file has this name. */
const INSIDE = "";
/**
* Takes stock of all that decides what a training would make.
* @throws ActionError with the globs that match nothing, names that clash, parameters that do not parse
*/
async function takeStock(asked, run, ports) {
	const { workspace } = ports;
	const folder = asked.workingDirectory === "." ? run.workspace : `${run.workspace}/${asked.workingDirectory}`;
	await refuseOutside(folder, run, workspace);
	const dataLines = asked.command === "" ? [...asked.data, asked.model] : asked.data;
	const [dataGlobs, environmentGlobs, codeGlobs] = [
		globsOf(dataLines, "data"),
		globsOf(asked.environment, "environment"),
		globsOf(asked.code, "code")
	];
	const listing = new Listing(folder, workspace);
	const [params, tracked, python] = await Promise.all([
		readParams(asked.params, folder, run, workspace),
		workspace.tracked(folder),
		pythonVersion(ports.processes, folder),
		...[
			dataGlobs,
			environmentGlobs,
			codeGlobs
		].map(async (globs) => listing.below(globs?.bases ?? []))
	]);
	ports.contents.expect(listing.files - (tracked?.clean.size ?? 0));
	const stock = new Stock(folder, tracked, listing, ports);
	const isOutput = outputsOf(asked);
	const mistakes = [];
	const named = async (globs, input, known = []) => {
		const namesOf = (pin) => pin.folder ? [pin.path, `${pin.path}/${INSIDE}`] : [pin.path];
		const pins = [];
		for (const pin of known) {
			if (isOutput(pin.path) || !namesOf(pin).some((name) => globs.matches(name))) continue;
			if (await stock.holds(pin)) pins.push(pin);
		}
		const pinned = (path) => pins.some((pin) => path === pin.path || path.startsWith(`${pin.path}/`));
		const eligible = (await listing.below(globs.bases)).filter((path) => !isOutput(path) && !pinned(path));
		for (const line of globs.unmatched([eligible, pins.flatMap(namesOf)])) mistakes.push({
			where: `input "${input}"`,
			expected: "globs that match at least one file below working-directory",
			seen: `${require_house().quote(line)}, which matches none`,
			fix: "Is the file fetched by a step before this one? Take the line out if it is not needed."
		});
		return {
			paths: eligible.filter((path) => globs.matches(path)),
			listed: true,
			pins
		};
	};
	const data = dataGlobs === void 0 ? {
		paths: [],
		listed: true,
		pins: []
	} : await named(dataGlobs, "data", await stock.pins());
	const environment = environmentGlobs === void 0 ? {
		paths: await stock.lockFiles(),
		listed: false
	} : await named(environmentGlobs, "environment");
	let code;
	if (codeGlobs === void 0) {
		const elsewhere = /* @__PURE__ */ new Set([
			...data.paths,
			...environment.paths,
			...params.file === void 0 ? [] : [params.file],
			...data.pins.map(({ file }) => file)
		]);
		const { paths, listed } = await stock.byDefault();
		code = {
			paths: paths.filter((path) => !elsewhere.has(path) && !isOutput(path)),
			listed
		};
	} else code = await named(codeGlobs, "code");
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
	return {
		code: await stock.digest(code),
		data: withPinned(await stock.digest(data), data.pins),
		params: params.params,
		environment: await withPins(await stock.digest(environment), folder, workspace),
		command: {
			command: asked.command,
			workingDirectory: asked.workingDirectory,
			model: asked.model,
			metrics: asked.metrics ?? "",
			...asked.preRun === void 0 ? {} : { preRun: asked.preRun },
			...asked.paramsAs === "flags" ? { paramsAs: "flags" } : {},
			...asked.inCluster
		},
		runtime: asked.inCluster === void 0 ? {
			os: run.os,
			arch: run.arch,
			python
		} : {
			os: "cluster",
			arch: "cluster",
			python: void 0
		}
	};
}
const withPinned = (files, pins) => pins.length === 0 ? files : require_house().inByteOrder([...files, ...pins.map(({ path, hash }) => ({
	path,
	digest: `dvc:${hash}`,
	executable: false
}))], ({ path }) => path);
/** `undefined` where the input is left out. */
const globsOf = (lines, input) => lines.length === 0 ? void 0 : parseGlobs(lines, `input "${input}"`);
/** What the training writes can not decide whether it runs. */
function outputsOf({ command, model, metrics }) {
	const below = `${model}/`;
	return (path) => command !== "" && (path === model || path === metrics || path.startsWith(below));
}
async function refuseOutside(folder, run, workspace) {
	const [real, root] = [await workspace.realPath(folder), await workspace.realPath(run.workspace)];
	const facts = real === void 0 ? void 0 : await workspace.facts(real);
	if (real !== void 0 && root !== void 0 && facts?.kind === "folder" && `${real}/`.startsWith(`${root}/`)) return;
	throw new (require_house()).ActionError({
		where: `input "working-directory"`,
		expected: "a folder of the workspace",
		seen: facts === void 0 ? "none there" : facts.kind === "folder" ? "one outside, through a link" : "no folder",
		fix: "Is the repository checked out before this step (actions/checkout)?"
	});
}
async function readParams(input, folder, run, workspace) {
	if (input === void 0) return {
		params: NO_PARAMS,
		file: void 0
	};
	const path = input.trim().replace(/^\.\//, "");
	if (/^[^\s:{}[\]"'|>&*!%#`@]+$/.test(path) && !path.startsWith("/") && !path.split("/").includes("..")) {
		const real = await workspace.realPath(`${folder}/${path}`);
		const root = await workspace.realPath(run.workspace);
		const text = real !== void 0 && root !== void 0 && real.startsWith(`${root}/`) ? await workspace.readText(real, { maxBytes: MAX_PARAMS_BYTES }) : void 0;
		if (text !== void 0) return {
			params: await parseParams(text, path),
			file: path
		};
		if (/\.(?:ya?ml|json)$/i.test(path)) throw new (require_house()).ActionError({
			where: `input "params"`,
			expected: "a file of working-directory, or a map",
			seen: `${require_house().quote(path)}, and there is no such file`
		});
	}
	return {
		params: await parseParams(input, `input "params"`),
		file: void 0
	};
}
/** `3.11.2`; `undefined` without a Python, which is fine: the command need not be one. */
async function pythonVersion(processes, cwd) {
	for (const program of ["python3", "python"]) {
		const path = await processes.find(program);
		if (path === void 0) continue;
		const { PATH = "", HOME = "", pythonLocation = "" } = processes.environment();
		const [, named] = /\/Python\/(\d+\.\d+\.\d+)\/[^/]+$/.exec(pythonLocation) ?? [];
		if (named !== void 0 && path.startsWith(`${pythonLocation}/`)) return named;
		try {
			const { stdout } = await processes.run({
				command: path,
				args: ["--version"],
				cwd,
				env: {
					PATH,
					HOME,
					LC_ALL: "C"
				}
			}, {
				timeoutMs: 1e4,
				maxBytes: 4096
			});
			const [, version] = /^Python (\d+\.\d+\.\d+\S{0,20})/.exec(stdout) ?? [];
			if (version !== void 0) return version;
		} catch (thrown) {
			if (!(thrown instanceof require_house().ActionError)) throw thrown;
		}
	}
}
async function withPins(files, folder, workspace) {
	return await Promise.all(files.map(async (file) => {
		if (!/\.txt$/i.test(file.path)) return file;
		const facts = await workspace.facts(`${folder}/${file.path}`);
		if (facts?.kind !== "file" || facts.bytes > MAX_LOCK_BYTES) return file;
		const bytes = await workspace.readBytes(`${folder}/${file.path}`, { maxBytes: MAX_LOCK_BYTES });
		const packages = require_fingerprint().pinsOf(bytes?.toString("utf8") ?? "");
		return packages === void 0 ? file : {
			...file,
			packages
		};
	}));
}
const basenameOf = (path) => path.slice(path.lastIndexOf("/") + 1);
/** The files of the working directory, as its folders tell them. */
var Listing = class {
	#folder;
	#workspace;
	/** What lies below a folder, in the order of bytes; each is looked at once. */
	#below = /* @__PURE__ */ new Map();
	#links = /* @__PURE__ */ new Set();
	/** How many there are below all that was looked at. */
	files = 0;
	constructor(folder, workspace) {
		this.#folder = folder;
		this.#workspace = workspace;
	}
	/** All files and links at and below some paths, tracked or not, in the order of bytes. */
	async below(bases) {
		const listed = await Promise.all(bases.map(async (base) => {
			const known = this.#below.get(base) ?? this.#look(base);
			this.#below.set(base, known);
			return await known;
		}));
		return listed.length === 1 ? listed[0] : require_house().inByteOrder(listed.flat(), (path) => path);
	}
	/** Whether a path of `below` is a link; all others there are files. */
	isLink(path) {
		return this.#links.has(path);
	}
	async #look(base) {
		const facts = await this.#workspace.facts(base === "" ? this.#folder : `${this.#folder}/${base}`);
		const { files, links } = facts?.kind === "folder" ? await this.#workspace.list(this.#folder, base) : {
			files: facts?.kind === "file" ? [base] : [],
			links: facts?.kind === "link" ? [base] : []
		};
		for (const link of links) this.#links.add(link);
		this.files += files.length;
		return require_house().inByteOrder(links.length === 0 ? files : [...files, ...links], (path) => path);
	}
};
/** The files of the working directory, as git and the disk know them. */
var Stock = class {
	#folder;
	#tracked;
	#listing;
	#workspace;
	#contents;
	constructor(folder, tracked, listing, { workspace, contents }) {
		this.#folder = folder;
		this.#tracked = tracked;
		this.#listing = listing;
		this.#workspace = workspace;
		this.#contents = contents;
	}
	/**
	* Without a word from the user, code is what git tracks, but not what tells GitHub when to run: what a workflow says of the
	* training is in the part `command`. Without git it is all that is not hidden.
	*/
	async byDefault() {
		if (this.#tracked) {
			const counted = [...this.#tracked.clean.keys(), ...this.#tracked.changed].filter((path) => !path.startsWith(".github/"));
			return {
				paths: require_house().inByteOrder(counted, (path) => path),
				listed: false
			};
		}
		return {
			paths: (await this.#listing.below([""])).filter((path) => !/(?:^|\/)\./.test(path)),
			listed: true
		};
	}
	/** What `.dvc` files and `dvc.lock` pin. */
	async pins() {
		const pins = [];
		const tracked = this.#tracked ? [...this.#tracked.clean.keys(), ...this.#tracked.changed] : [];
		for (const file of tracked.filter(pinsData)) {
			const text = await this.#workspace.readText(this.#at(file), { maxBytes: MAX_DVC_BYTES });
			if (text !== void 0) pins.push(...await parseDvc(text, file));
		}
		return pins;
	}
	/** Whether a pin tells what lies there: nothing (it is not pulled yet), or content of the hash that it says. */
	async holds({ path, hash, folder }) {
		const real = await this.#workspace.realPath(this.#at(path));
		if (real === void 0) return true;
		if ((await this.#workspace.facts(real))?.kind !== (folder ? "folder" : "file")) return false;
		if (!folder) return (await this.#workspace.md5All(real.replace(/[^/]*$/, ""), [basenameOf(real)]))[0] === hash;
		const files = (await this.#workspace.walk(real)).map((file) => file.path);
		const hashes = await this.#workspace.md5All(real, files);
		return dvcFolderHash(files.map((file, index) => ({
			path: file,
			md5: hashes[index]
		}))) === hash;
	}
	async lockFiles() {
		return (await this.#workspace.walk(this.#folder, { depth: 1 })).filter(({ path, kind }) => kind === "file" && require_fingerprint().isLockFile(path)).map(({ path }) => path);
	}
	/** By blob id what git finds clean, by sha256 all else; in the order given. */
	async digest({ paths, listed }) {
		const digests = Array.from({ length: paths.length });
		const toRead = [];
		for (const [index, path] of paths.entries()) {
			const clean = this.#tracked?.clean.get(path);
			if (clean === void 0) toRead.push(index);
			else if (clean.mode === "120000") digests[index] = await this.#link(path);
			else digests[index] = {
				path,
				digest: clean.mode === "160000" ? `commit:${clean.blob}` : `git:${clean.blob}`,
				executable: clean.mode === "100755"
			};
		}
		const plain = [];
		for (const index of toRead) {
			const path = paths[index];
			const facts = listed ? void 0 : await this.#workspace.facts(this.#at(path));
			const kind = listed ? this.#listing.isLink(path) ? "link" : "file" : facts?.kind;
			if (kind === "file") plain.push(index);
			else if (kind === "link") digests[index] = await this.#link(path);
			else if (kind === "folder") digests[index] = {
				path,
				digest: await this.#treeAt(this.#at(path)),
				executable: false
			};
		}
		const hashed = await this.#contents.digests(this.#folder, plain.map((index) => paths[index]));
		for (const [at, index] of plain.entries()) {
			const { digest, mode } = hashed[at];
			digests[index] = {
				path: paths[index],
				digest,
				executable: require_manifest().isExecutable(mode)
			};
		}
		return digests.filter((digest) => digest !== void 0);
	}
	/** A link counts by where it points and by what lies there: the data behind it may change while the name stays. */
	async #link(path) {
		const target = await this.#workspace.linkTarget(this.#at(path)) ?? "";
		const real = await this.#workspace.realPath(this.#at(path));
		const facts = real === void 0 ? void 0 : await this.#workspace.facts(real);
		const content = facts?.kind === "folder" ? await this.#treeAt(real) : facts?.kind === "file" ? (await this.#workspace.sha256(real)).hex : void 0;
		return {
			path,
			digest: require_fingerprint().linkDigest(target, content),
			executable: facts?.kind === "file" && require_manifest().isExecutable(facts.mode)
		};
	}
	async #treeAt(root) {
		const files = (await this.#workspace.walk(root)).filter(({ kind }) => kind === "file");
		const hashed = await this.#workspace.sha256All(root, files.map(({ path }) => path));
		return require_fingerprint().treeDigest(files.map(({ path }, index) => ({
			path,
			sha256: hashed[index].hex
		})));
	}
	#at(path) {
		return path === "" ? this.#folder : `${this.#folder}/${path}`;
	}
};
exports.takeStock = takeStock;
