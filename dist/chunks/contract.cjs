const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_smoke;
const require_smoke = () => kept_require_smoke ??= require("./smoke.cjs");
// src/domain/inference/contract.ts
var contract_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ parseContract: () => parseContract });
const MAX_CONTRACT_BYTES = 1048576;
const MAX_ANSWER_BYTES = 8388608;
const MOST_COLUMNS = 1e5;
/** Reads a `contract.json` as Seldon's own testers do. @throws ActionError with every mistake */
function parseContract(text, where = "contract.json") {
	const value = require_house().parseJson(text, {
		where,
		maxBytes: MAX_CONTRACT_BYTES
	});
	const mistakes = [];
	const read = (name) => {
		const list = field(value, name);
		if (!Array.isArray(list) || list.length === 0) {
			mistakes.push({
				where,
				expected: `a list ${name}`,
				seen: list === void 0 ? "none" : "something else"
			});
			return [];
		}
		return list.flatMap((each, at) => feature(each, `${where}, ${name}[${at}]`, mistakes));
	};
	const contract = {
		features: read("features"),
		targets: read("targets")
	};
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return contract;
}
function feature(value, where, mistakes) {
	const before = mistakes.length;
	const wrong = (name, expected) => {
		const seen = field(value, name);
		mistakes.push({
			where: `${where}.${name}`,
			expected,
			seen: seen === void 0 ? "nothing" : require_house().quote(JSON.stringify(seen))
		});
	};
	const name = field(value, "name");
	if (typeof name !== "string") wrong("name", "a text");
	const repeat = field(value, "repeat") ?? 1;
	if (!isCount(repeat)) wrong("repeat", "a whole number from 1");
	const shape = field(value, "shape");
	if (shape !== void 0 && !(Array.isArray(shape) && shape.length > 0 && shape.every(isCount))) wrong("shape", "sizes, each from 1");
	const sizes = Array.isArray(shape) ? shape : void 0;
	const base = {
		name: typeof name === "string" ? name : "",
		columns: (sizes ?? [1]).reduce((product, size) => product * size, 1),
		shape: sizes,
		repeat: Number(repeat)
	};
	if (base.columns * base.repeat > MOST_COLUMNS) wrong("shape", `at most ${MOST_COLUMNS} columns`);
	const ftype = field(value, "ftype");
	if (ftype === "categorical") {
		const values = field(value, "values");
		if (!Array.isArray(values) || values.length === 0) wrong("values", "a list of categories");
		return mistakes.length > before ? [] : [{
			...base,
			kind: "categorical",
			values
		}];
	}
	if (ftype !== "continuous") {
		wrong("ftype", "continuous or categorical");
		return [];
	}
	const dtype = field(value, "dtype");
	if (dtype !== "FLOAT" && dtype !== "INT") wrong("dtype", "FLOAT or INT");
	const range = field(value, "range") ?? ["inf", "inf"];
	const bound = (at) => {
		const each = Array.isArray(range) ? range[at] : void 0;
		if (each === "inf") return void 0;
		if (typeof each === "number") return each;
		wrong("range", `two numbers, either of which may be "inf"`);
	};
	const [least, most] = [bound(0), bound(1)];
	if (least !== void 0 && most !== void 0 && least > most) wrong("range", "the lower bound first");
	return mistakes.length > before ? [] : [{
		...base,
		kind: "continuous",
		whole: dtype === "INT",
		least,
		most
	}];
}
/** Column names: `x`, or `x1` … for a repeated one, as the testers name them. */
function columnNames(features) {
	return features.flatMap(({ name, columns, repeat }) => Array.from({ length: repeat }, (_, turn) => repeat === 1 ? name : `${name}${turn + 1}`).flatMap((each) => columns === 1 ? [each] : Array.from({ length: columns }, (_, at) => `${each}:${at}`)));
}
/** A batch of made-up rows. The same number gives the same rows. */
function generateBatch(contract, rows, seed) {
	const chance = random(seed);
	const [only] = contract.features;
	const picture = contract.features.length === 1 && only.repeat === 1 && (only.shape?.length ?? 0) > 1 ? only.shape : void 0;
	return Array.from({ length: rows }, () => {
		const row = contract.features.flatMap((each) => Array.from({ length: each.columns * each.repeat }, () => sample(each, chance)));
		return picture === void 0 ? row : nested(row, picture);
	});
}
/**
* What an answer breaks of a contract's targets: type, range, categories, shape, rows as many as were sent, no null and no NaN.
* @param body of an answer with status 200
*/
function judgeContract(contract, rows, body) {
	let answer;
	try {
		answer = require_house().parseJson(body, {
			where: "the answer's body",
			maxBytes: MAX_ANSWER_BYTES
		});
	} catch (thrown) {
		if (/\b(?:NaN|-?Infinity)\b/.test(body)) return ["data: expected finite numbers, saw NaN or Infinity, which is not JSON"];
		return [thrown instanceof require_house().ActionError ? thrown.mistakes.map(({ expected, seen }) => `the answer's body: expected ${expected}, saw ${seen}`).join("; ") : require_house().messageOf(thrown)];
	}
	const found = require_smoke().payloadOf(answer);
	if (found === void 0 || !found.table) return ["the answer: expected a table (data.ndarray, data.tensor, outputs or predictions), saw none"];
	const { where, value } = found;
	const shape = found.shape?.length === 1 && !where.startsWith("data.") ? [...found.shape, 1] : found.shape;
	if (shape === void 0 || shape.length < 2) return [`${where}: expected 2 dimensions or more, saw ${require_smoke().tellShape(shape)}`];
	const reasons = [];
	if (shape[0] !== rows) reasons.push(`${where}: expected ${rows} rows, as many as were sent, saw ${shape[0]}`);
	const columns = contract.targets.flatMap((target) => Array.from({ length: target.columns * target.repeat }, () => target));
	const width = shape.slice(1).reduce((product, size) => product * size, 1);
	if (width !== columns.length) {
		reasons.push(`${where}: expected ${columns.length} columns (${columnNames(contract.targets).slice(0, 5).join(", ")}), saw ${width}`);
		return reasons;
	}
	const names = columnNames(contract.targets);
	for (const [at, row] of value.entries()) for (const [column, cell] of [row].flat(Infinity).entries()) {
		const fault = cellFault(columns[column], cell);
		if (fault !== void 0) reasons.push(`${where}[${at}][${column}] (${names[column]}): expected ${fault}, saw ${require_house().quote(JSON.stringify(cell))}`);
		if (reasons.length >= 5) return reasons;
	}
	return reasons;
}
function cellFault(target, cell) {
	if (target.kind === "categorical") return target.values.some((each) => each === cell || typeof cell === "number" && Number(each) === cell) ? void 0 : `one of ${target.values.slice(0, 10).map((each) => JSON.stringify(each)).join(", ")}`;
	if (typeof cell !== "number") return target.whole ? "a whole number" : "a number";
	if (target.whole && !Number.isInteger(cell)) return "a whole number";
	const slack = 1e-9;
	if (target.least !== void 0 && cell < target.least - slack) return `${target.least} or more`;
	if (target.most !== void 0 && cell > target.most + slack) return `${target.most} or less`;
}
/** One of the testers' values: uniform between two bounds, log-normal from one, normal without. */
function sample(of, chance) {
	if (of.kind === "categorical") return of.values[Math.floor(chance() * of.values.length)];
	const { least, most, whole } = of;
	const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
	const value = least === void 0 ? most === void 0 ? normal : most - Math.exp(normal) : most === void 0 ? least + Math.exp(normal) : least + chance() * (most - least);
	const rounded = whole ? Math.round(value) : Math.round(value * 1e3) / 1e3;
	return Math.min(Math.max(rounded, least ?? -Infinity), most ?? Infinity);
}
/** Numbers from 0 to 1 that look like chance (mulberry32). */
function random(seed) {
	let state = seed >>> 0;
	return () => {
		state = state + 1831565813 >>> 0;
		let mixed = Math.imul(state ^ state >>> 15, 1 | state);
		mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
		return ((mixed ^ mixed >>> 14) >>> 0) / 4294967296;
	};
}
function nested(values, [size = 1, ...rest]) {
	if (rest.length === 0) return [...values];
	const step = values.length / size;
	return Array.from({ length: size }, (_, at) => nested(values.slice(at * step, (at + 1) * step), rest));
}
const isCount = (value) => typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MOST_COLUMNS;
const field = (value, name) => value !== null && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, name) ? value[name] : void 0;
Object.defineProperty(exports, "columnNames", {
	enumerable: true,
	get: function() {
		return columnNames;
	}
});
Object.defineProperty(exports, "contract_exports", {
	enumerable: true,
	get: function() {
		return contract_exports;
	}
});
Object.defineProperty(exports, "generateBatch", {
	enumerable: true,
	get: function() {
		return generateBatch;
	}
});
Object.defineProperty(exports, "judgeContract", {
	enumerable: true,
	get: function() {
		return judgeContract;
	}
});
Object.defineProperty(exports, "parseContract", {
	enumerable: true,
	get: function() {
		return parseContract;
	}
});
