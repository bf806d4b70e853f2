require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/gate/golden.ts
/**
* The answers that a Seldon message holds, a row each. Several numbers in a row are probabilities, of the classes that the
* message names (`t:0` and the like name the column only); one value is a label or a number.
* @throws ActionError when there are not as many as were sent, or a value is no finite number or text
*/
function goldenAnswers(body, sent, where) {
	const message = require_house().parseJson(body, {
		where,
		maxBytes: 8388608
	});
	const field = (value, name) => value !== null && typeof value === "object" && !Array.isArray(value) ? value[name] : void 0;
	const data = field(message, "data");
	const [tensor, names] = [field(data, "tensor"), field(data, "names")];
	const [shape, values] = [field(tensor, "shape"), field(tensor, "values")];
	let rows = field(data, "ndarray") ?? field(message, "jsonData");
	if (Array.isArray(shape) && Array.isArray(values)) {
		const width = values.length / Math.max(1, Number(shape[0]));
		rows = Array.from({ length: Number(shape[0]) }, (_, at) => values.slice(at * width, (at + 1) * width));
	}
	if (!Array.isArray(rows) || rows.length !== sent) require_house().refuse({
		where,
		expected: `${sent} rows of answers, as many as were sent`,
		seen: Array.isArray(rows) ? `${rows.length}` : "none"
	});
	return rows.map((row) => {
		const cells = Array.isArray(row) ? row : [row];
		if (cells.length === 0 || cells.some((cell) => typeof cell !== "number" && (typeof cell !== "string" || cells.length > 1))) require_house().refuse({
			where,
			expected: "numbers, or one label, in a row",
			seen: require_house().quote(JSON.stringify(row), 60)
		});
		if (cells.length === 1) return { y_pred: cells[0] };
		const label = (at) => {
			const named = Array.isArray(names) && names.length === cells.length ? names[at] : void 0;
			return typeof named === "string" && !/^t:\d+$/.test(named) ? named : String(at);
		};
		return { scores: Object.fromEntries(cells.map((cell, at) => [label(at), cell])) };
	});
}
/** Whatever is no text or number is refused where the predictions are read. */
const label = (value) => typeof value === "string" ? value : JSON.stringify(value ?? null);
/** A golden row and its answer as a line of predictions. Labels are written as the true ones are, where those are known. */
function predictionLine({ known }, answer) {
	if (known.y_true === void 0) return JSON.stringify({
		...known,
		...answer
	});
	if ("scores" in answer) return JSON.stringify({
		...known,
		y_true: label(known.y_true),
		scores: answer.scores
	});
	const { y_pred } = answer;
	const text = typeof known.y_true !== typeof y_pred;
	return JSON.stringify(text ? {
		...known,
		y_true: label(known.y_true),
		y_pred: label(y_pred)
	} : {
		...known,
		y_pred
	});
}
const side = require_house().object({
	answered: require_house().count,
	failure: require_house().optional(require_house().string({ most: 2e3 })),
	latency: require_house().optional(require_house().object({
		p50: require_house().number,
		p95: require_house().number,
		most: require_house().number
	})),
	bytes: require_house().optional(require_house().number),
	/** The file of its answers as predictions. Absolute; absent where a question was not answered. */
	predictions: require_house().optional(require_house().string())
});
const shape = require_house().object({
	schema: require_house().count,
	asked: require_house().count,
	/** Whether the set says what is true. */
	labelled: require_house().boolean,
	candidate: side,
	live: require_house().optional(side),
	/** What it took to start the candidate and ask. */
	seconds: require_house().optional(require_house().number)
});
function parseGoldenFile(text, where) {
	return require_house().check(shape, require_house().parseJson(text, {
		where,
		maxBytes: 65536
	}), where);
}
Object.defineProperty(exports, "goldenAnswers", {
	enumerable: true,
	get: function() {
		return goldenAnswers;
	}
});
Object.defineProperty(exports, "parseGoldenFile", {
	enumerable: true,
	get: function() {
		return parseGoldenFile;
	}
});
Object.defineProperty(exports, "predictionLine", {
	enumerable: true,
	get: function() {
		return predictionLine;
	}
});
