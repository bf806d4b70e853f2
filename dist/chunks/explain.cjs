require("./rolldown-runtime.cjs");
let kept_require_fingerprint;
const require_fingerprint = () => kept_require_fingerprint ??= require("./fingerprint.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/fingerprint/explain.ts
const MAX_LINES = 40;
const MAX_OF_ONE_PART = 12;
const MAX_LINE = 300;
/**
* What differs between an earlier training and this one, a line each: `params.C 1.0 → 0.1`, `code: train.py changed`,
* `data/train.csv removed`, `requirements.txt: scikit-learn 1.5.2 → 1.6.0`. Empty when nothing does.
*/
function explain(before, now) {
	const sorted = require_fingerprint().PARTS.flatMap((part) => {
		if (before.parts[part] === now.parts[part]) return [];
		const found = differences[part](before, now);
		const shown = found.length === 0 ? [`${part} changed`] : found;
		return shown.length > MAX_OF_ONE_PART ? [...shown.slice(0, MAX_OF_ONE_PART), `${part}: and ${shown.length - MAX_OF_ONE_PART} more`] : shown;
	}).toSorted((a, b) => Number(b.startsWith("params.")) - Number(a.startsWith("params.")));
	return (sorted.length > MAX_LINES ? [...sorted.slice(0, MAX_LINES), `and ${sorted.length - MAX_LINES} more`] : sorted).map((line) => line.length > MAX_LINE ? `${line.slice(0, 299)}…` : line);
}
const differences = {
	code: (before, now) => files("code: ", before.code, now.code),
	data: (before, now) => files("", before.data, now.data),
	params: (before, now) => values(before.params, now.params).map(({ name, was, is }) => {
		if (was === void 0) return `params.${name} ${short(is)} added`;
		return is === void 0 ? `params.${name} ${short(was)} removed` : `params.${name} ${short(was)} → ${short(is)}`;
	}),
	environment: (before, now) => names(before.environment, now.environment).flatMap((path) => {
		const [was, is] = [before.environment[path], now.environment[path]];
		if (was === void 0) return [`${line(path)} added`];
		if (is === void 0) return [`${line(path)} removed`];
		if (was.digest === is.digest) return [];
		const pins = was.packages && is.packages ? values(was.packages, is.packages) : [];
		if (pins.length === 0) return [`${line(path)} changed`];
		return pins.map(({ name, was, is }) => {
			if (was === void 0) return `${line(path)}: ${name} ${short(is)} added`;
			return is === void 0 ? `${line(path)}: ${name} ${short(was)} removed` : `${line(path)}: ${name} ${short(was)} → ${short(is)}`;
		});
	}),
	command: (before, now) => values(before.command, now.command).map(({ name, was, is }) => name === "command" ? "command changed" : `${called(name)} ${short(was ?? "none")} → ${short(is ?? "none")}`),
	runtime: (before, now) => values(before.runtime, now.runtime).map(({ name, was, is }) => `${name} ${short(was ?? "none")} → ${short(is ?? "none")}`),
	schema: () => ["the way of taking the fingerprint changed"]
};
function files(prefix, before, now) {
	if (before === void 0 || now === void 0) return [];
	return values(before, now).map(({ name, was, is }) => {
		const what = was === void 0 ? "added" : is === void 0 ? "removed" : "changed";
		return `${prefix}${line(name)} ${what}`;
	});
}
function values(before, now) {
	return names(before, now).map((name) => ({
		name,
		was: own(before, name),
		is: own(now, name)
	})).filter(({ was, is }) => was !== is);
}
const own = (map, name) => Object.hasOwn(map, name) ? map[name] : void 0;
const names = (before, now) => [.../* @__PURE__ */ new Set([...Object.keys(before), ...Object.keys(now)])].sort(require_house().byBytes);
/** `workingDirectory` is the input `working-directory`. */
const called = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
/** On one line, whatever it holds. */
const line = (text) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "�");
const short = (text) => text === "" ? "(empty)" : line(text.length > 60 ? `${text.slice(0, 59)}…` : text);
exports.explain = explain;
