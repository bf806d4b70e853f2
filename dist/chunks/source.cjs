require("./rolldown-runtime.cjs");
// src/domain/image/source.ts
const NAME = String.raw`[A-Za-z_][A-Za-z0-9_]*`;
/** `DigitsModel`, or dotted: `src.model.PredictionService`. */
const MODEL_CLASS = new RegExp(`^${NAME}(?:\\.${NAME})*$`);
/** What seldon-core's wrapper serves a class as. */
const SERVICE_TYPES = [
	"MODEL",
	"ROUTER",
	"TRANSFORMER",
	"OUTPUT_TRANSFORMER",
	"COMBINER",
	"OUTLIER_DETECTOR"
];
/** What the wrapper is started as: an output transformer is one by its place in the graph, and the wrapper refuses the word. */
const wrapperType = (type) => type === "OUTPUT_TRANSFORMER" ? "TRANSFORMER" : type;
/** Methods of which a class must have one to be of a service type. */
const NEEDED = {
	MODEL: [
		"predict",
		"predict_raw",
		"predict_rest",
		"predict_grpc"
	],
	ROUTER: [
		"route",
		"route_raw",
		"route_rest",
		"route_grpc"
	],
	TRANSFORMER: [
		"transform_input",
		"transform_output",
		"transform_input_raw",
		"transform_output_raw"
	],
	OUTPUT_TRANSFORMER: ["transform_output", "transform_output_raw"],
	COMBINER: [
		"aggregate",
		"aggregate_raw",
		"aggregate_rest",
		"aggregate_grpc"
	],
	OUTLIER_DETECTOR: ["transform_input", "transform_input_raw"]
};
/** Bases that bring no method of their own that would serve. */
const EMPTY_BASES = /* @__PURE__ */ new Set([
	"object",
	"SeldonComponent",
	"ABC",
	"Protocol",
	"MLModel",
	"Generic"
]);
/** Where Python would look for a model class, relative to the working directory; the first that exists counts. */
function classFiles(modelClass) {
	const names = modelClass.split(".");
	const module = names.length === 1 ? names : names.slice(0, -1);
	return [`${module.join("/")}.py`, `${module.join("/")}/__init__.py`];
}
/** The class itself, without its module. */
function className(modelClass) {
	return modelClass.slice(modelClass.lastIndexOf(".") + 1);
}
/**
* What speaks against a class serving as what it is meant to: it is not there, it lacks the method, or the method ends
* without ever returning a value, which the wrapper answers with an error at each request.
* @param file for the errors
*/
function checkClass(source, file, modelClass, serviceType) {
	const name = className(modelClass);
	const lines = logicalLines(source);
	const classes = classesOf(lines);
	const found = classes.get(name);
	if (found === void 0) {
		if (lines.some(({ text, indent }) => indent === 0 && (new RegExp(`^from\\s+\\S+\\s+import\\s.*\\b${name}\\b`).test(text) || new RegExp(`^${name}\\s*(?::[^=]+)?=[^=]`).test(text)))) return [];
		const near = [...classes.keys()].find((each) => each.toLowerCase() === name.toLowerCase());
		return [{
			where: file,
			expected: `class ${name}`,
			seen: classes.size === 0 ? "no class" : `class ${near ?? [...classes.keys()].slice(0, 5).join(", ")}`,
			fix: "The wrapper looks for a class of this very name: capitals count."
		}];
	}
	const needed = NEEDED[serviceType];
	const seen = /* @__PURE__ */ new Set();
	let known = true;
	for (let at = found; at !== void 0 && !seen.has(at.name);) {
		seen.add(at.name);
		const method = needed.map((each) => at.methods.get(each)).find((each) => each !== void 0);
		if (method !== void 0) return method.returns ? [] : [returnsNothing(file, at.name, method)];
		const bases = at.bases.filter((base) => !EMPTY_BASES.has(base));
		at = bases.map((base) => classes.get(base)).find((each) => each !== void 0);
		if (at === void 0 && bases.length > 0) known = false;
	}
	if (!known) return [];
	return [{
		where: `${file}, class ${name}`,
		expected: `a method ${needed.slice(0, 2).join(" or ")} (service type ${serviceType})`,
		seen: [...found.methods.keys()].join(", ") || "no method",
		fix: "Write it, or set service-type to what the class is."
	}];
}
const returnsNothing = (file, owner, { name, line }) => ({
	where: `${file}, line ${line}`,
	expected: `${owner}.${name} to return a value`,
	seen: "no return with a value in it",
	fix: "The wrapper answers each request to it with an error: put return before the result."
});
function classesOf(lines) {
	const classes = /* @__PURE__ */ new Map();
	for (const [at, { indent, text }] of lines.entries()) {
		const [, name, bases = ""] = new RegExp(`^class\\s+(${NAME})\\s*(?:\\[.*?\\])?\\s*(?:\\((.*?)\\))?\\s*:`).exec(text) ?? [];
		if (name === void 0 || indent > 0) continue;
		const methods = /* @__PURE__ */ new Map();
		const body = blockOf(lines, at);
		const inner = body[0]?.indent;
		for (const [place, line] of body.entries()) {
			const [, method] = new RegExp(`^(?:async\\s+)?def\\s+(${NAME})\\s*\\(`).exec(line.text) ?? [];
			if (line.indent === inner && method !== void 0) {
				methods.set(method, {
					name: method,
					line: line.number,
					returns: returnsValue(body, place)
				});
				continue;
			}
			const [, bound] = new RegExp(`^(${NAME})\\s*=[^=]`).exec(line.text) ?? [];
			if (line.indent === inner && bound !== void 0) methods.set(bound, {
				name: bound,
				line: line.number,
				returns: true
			});
		}
		classes.set(name, {
			name,
			bases: bases.split(",").map((base) => base.replace(/\[.*$/, "").trim().split(".").at(-1)).filter((base) => base !== "" && !base.includes("=")),
			methods
		});
	}
	return classes;
}
/** The lines of the block that a line opens. */
function blockOf(lines, at) {
	const { indent } = lines[at];
	let end = at + 1;
	while (end < lines.length && lines[end].indent > indent) end++;
	return lines.slice(at + 1, end);
}
/** True when a function can end with a value; also when it only ever raises, or yields. */
function returnsValue(lines, at) {
	const [, sameLine = ""] = /\)\s*(?:->[^:]+)?:\s*(\S.*)$/.exec(lines[at].text) ?? [];
	const block = sameLine === "" ? blockOf(lines, at) : [{
		indent: 0,
		text: sameLine,
		number: 0
	}];
	let nested = Infinity;
	for (const { indent, text } of block) {
		if (indent > nested) continue;
		nested = /^(?:async\s+def|def|class)\s/.test(text) ? indent : Infinity;
		if (nested !== Infinity) continue;
		if (/(?:^|[:;]\s*)return\s*[^\s;#]/.test(text) && !/(?:^|[:;]\s*)return\s+None\s*$/.test(text)) return true;
		if (/\byield\b/.test(text)) return true;
	}
	return false;
}
/** Lines as Python counts them: brackets and backslashes join them, texts and comments are emptied. */
function logicalLines(source) {
	const lines = [];
	let text = "";
	let number = 1;
	let start = 1;
	let depth = 0;
	const end = () => {
		if (text.trim() !== "") {
			const indent = /^[ \t]*/.exec(text)[0].replace(/\t/g, "        ").length;
			lines.push({
				indent,
				text: text.trim(),
				number: start
			});
		}
		text = "";
	};
	for (let at = 0; at < source.length; at++) {
		const char = source[at];
		if (char === "#") while (at + 1 < source.length && source[at + 1] !== "\n") at++;
		else if (char === "\"" || char === "'") {
			const quote = source.startsWith(char.repeat(3), at) ? char.repeat(3) : char;
			at += quote.length;
			while (at < source.length && !source.startsWith(quote, at)) {
				if (source[at] === "\n") {
					if (quote.length === 1) break;
					number++;
				}
				at += source[at] === "\\" ? 2 : 1;
			}
			text += "''";
			if (source[at] === "\n") at--;
			else at += quote.length - 1;
		} else if (char === "\\" && /^\\\r?\n/.test(source.slice(at, at + 3))) {
			at += source[at + 1] === "\r" ? 2 : 1;
			number++;
			text += " ";
		} else if (char === "\n") {
			number++;
			if (depth > 0) text += " ";
			else {
				end();
				start = number;
			}
		} else if (char !== "\r") {
			if ("([{".includes(char)) depth++;
			else if (")]}".includes(char)) depth = Math.max(0, depth - 1);
			if (text.trim() === "") start = number;
			text += char;
		}
	}
	end();
	return lines;
}
Object.defineProperty(exports, "MODEL_CLASS", {
	enumerable: true,
	get: function() {
		return MODEL_CLASS;
	}
});
Object.defineProperty(exports, "SERVICE_TYPES", {
	enumerable: true,
	get: function() {
		return SERVICE_TYPES;
	}
});
Object.defineProperty(exports, "checkClass", {
	enumerable: true,
	get: function() {
		return checkClass;
	}
});
Object.defineProperty(exports, "classFiles", {
	enumerable: true,
	get: function() {
		return classFiles;
	}
});
Object.defineProperty(exports, "wrapperType", {
	enumerable: true,
	get: function() {
		return wrapperType;
	}
});
