const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
// src/domain/metrics/metrics.ts
var metrics_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	MAX_METRICS_BYTES: () => MAX_METRICS_BYTES,
	parseMetrics: () => parseMetrics
});
const MAX_METRICS_BYTES = 1048576;
const MAX_DEPTH = 64;
const MAX_METRICS = 500;
const MAX_SLICED = 100;
const MAX_NAME = 256;
const MAX_SERIES = 50;
const MAX_SERIES_POINTS = 1e4;
/**
* Reads a metrics file: a map of numbers in JSON or YAML, nested ones named with dots (`test.accuracy`). A map `slices` at the
* top holds metric → slice → number, a map `series` metric → list of numbers, one a step. A metric that is no finite number is refused with its name, since a gate that overlooked
* it would let a bad model pass.
* @param name of the file: `.json` is read as JSON, anything else as YAML (which JSON is a part of)
* @throws ActionError with every metric that does not fit
*/
async function parseMetrics(text, name) {
	const limits = {
		where: name,
		maxBytes: MAX_METRICS_BYTES,
		maxDepth: MAX_DEPTH
	};
	const nonFinite = /\b(?:NaN|-?Infinity)\b/.exec(text)?.[0];
	let tree;
	if (name.toLowerCase().endsWith(".json")) try {
		tree = require_house().parseJson(text, {
			...limits,
			number: readNumber
		});
	} catch (thrown) {
		if (nonFinite !== void 0 && thrown instanceof require_house().ActionError) throw withHint(thrown, text);
		throw thrown;
	}
	else tree = await require_yaml().parseYaml(text, {
		...limits,
		number: readNumber
	});
	if (!isMap(tree)) throw new (require_house()).ActionError({
		where: name,
		expected: "a map of metrics, as {accuracy: 0.93}",
		seen: tree === null ? "an empty file" : Array.isArray(tree) ? "a list" : "one bare value"
	});
	const mistakes = [];
	const values = Object.create(null);
	const { slices: sliced, series: listed, ...rest } = tree;
	const asSlices = isMap(sliced) && Object.values(sliced).every(isMap);
	const asSeries = isMap(listed) && Object.values(listed).every(Array.isArray);
	const plain = {
		...rest,
		...asSlices || sliced === void 0 ? {} : { slices: sliced }
	};
	flatten(name, asSeries || listed === void 0 ? plain : {
		...plain,
		series: listed
	}, "", values, mistakes);
	const series = asSeries ? readSeries(name, listed, mistakes) : void 0;
	const slices = asSlices ? readSlices(name, sliced, mistakes) : void 0;
	if (mistakes.length === 0 && Object.keys(values).length === 0 && slices === void 0) mistakes.push({
		where: name,
		expected: "at least one metric",
		seen: "none"
	});
	if (Object.keys(values).length > MAX_METRICS) mistakes.push({
		where: name,
		expected: `at most ${MAX_METRICS} metrics`,
		seen: `${Object.keys(values).length}`,
		fix: "Series and long tables belong in files of the model, not among the metrics."
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return {
		values,
		...slices === void 0 ? {} : { slices },
		...series === void 0 ? {} : { series }
	};
}
function readSeries(name, tree, mistakes) {
	const series = Object.create(null);
	for (const [metric, points] of Object.entries(tree)) {
		const wrong = points.findIndex((value) => typeof value !== "number");
		const mistake = fault(name, `series.${metric}`, 0) ?? (wrong < 0 ? void 0 : fault(name, `series.${metric}.${wrong}`, points[wrong]));
		if (mistake) mistakes.push(mistake);
		else series[metric] = points;
	}
	const longest = Math.max(0, ...Object.values(tree).map((points) => points.length));
	if (Object.keys(tree).length > MAX_SERIES || longest > 1e4) mistakes.push({
		where: `${name}, series`,
		expected: `at most ${MAX_SERIES} series of ${MAX_SERIES_POINTS} numbers`,
		seen: `${Object.keys(tree).length}, the longest of ${longest}`
	});
	return series;
}
/** A number beyond the doubles stays a text here, so that the mistake can name its metric. */
const readNumber = (source) => {
	const value = Number(source);
	return Number.isFinite(value) ? value : { [BEYOND]: source };
};
const BEYOND = "\0beyond";
const isMap = (value) => value !== null && value !== void 0 && typeof value === "object" && !Array.isArray(value) && !(BEYOND in value);
function flatten(file, tree, prefix, into, mistakes) {
	for (const [key, value] of Object.entries(tree)) {
		const path = prefix === "" ? key : `${prefix}.${key}`;
		if (isMap(value)) {
			flatten(file, value, path, into, mistakes);
			continue;
		}
		const mistake = fault(file, path, value);
		if (mistake) mistakes.push(mistake);
		else if (Object.hasOwn(into, path)) mistakes.push({
			where: metric(file, path),
			expected: "each metric once",
			seen: "it a second time"
		});
		else into[path] = value;
	}
}
function readSlices(file, tree, mistakes) {
	const slices = Object.create(null);
	for (const [name, of] of Object.entries(tree)) {
		const one = Object.create(null);
		for (const [slice, value] of Object.entries(of)) {
			const mistake = fault(file, `slices.${name}.${slice}`, value);
			if (mistake) mistakes.push(mistake);
			else one[slice] = value;
		}
		slices[name] = one;
		if (Object.keys(one).length > MAX_METRICS) mistakes.push({
			where: metric(file, name),
			expected: `at most ${MAX_METRICS} slices`,
			seen: `${Object.keys(one).length}`
		});
	}
	if (Object.keys(slices).length > MAX_SLICED) mistakes.push({
		where: file,
		expected: `at most ${MAX_SLICED} metrics with slices`,
		seen: `${Object.keys(slices).length}`
	});
	return slices;
}
const metric = (file, path) => `${file}, metric ${require_house().quote(path)}`;
function fault(file, path, value) {
	const where = metric(file, path);
	const name = path.slice(path.lastIndexOf(".") + 1);
	if (path.length > MAX_NAME || name === "" || /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(path)) return {
		where,
		expected: `a name of 1 to ${MAX_NAME} characters on one line`,
		seen: `one of ${path.length} characters`
	};
	if (typeof value === "number") return void 0;
	const expected = "a finite number";
	if (value === null) return {
		where,
		expected,
		seen: "null"
	};
	if (typeof value === "string") return {
		where,
		expected,
		seen: `the text ${require_house().quote(value)}`,
		...value.trim() !== "" && Number.isFinite(Number(value)) ? { fix: "Write it without quotes." } : {}
	};
	if (typeof value === "boolean") return {
		where,
		expected,
		seen: String(value)
	};
	if (Array.isArray(value)) return {
		where,
		expected,
		seen: `a list of ${value.length}`,
		fix: "Series belong in a file of their own beside the model."
	};
	return {
		where,
		expected,
		seen: `${require_house().quote(value[BEYOND], 40)}, which no double can hold`
	};
}
/** Names the metric of the first NaN or Infinity, as far as the text before it tells. */
function withHint(thrown, text) {
	const [, name] = /("(?:[^"\\\n]|\\.)*")\s*:\s*-?(?:NaN|Infinity)\b/.exec(text) ?? [];
	const [, value = "NaN"] = /:\s*(-?(?:NaN|Infinity))\b/.exec(text) ?? [];
	if (name === void 0) return thrown;
	return new (require_house()).ActionError({
		where: `${thrown.mistakes[0].where}, metric ${name.slice(0, 100)}`,
		expected: "a finite number",
		seen: value,
		fix: "A metric that can not be computed fails the training: mend it, or leave it out."
	}, { cause: thrown });
}
Object.defineProperty(exports, "MAX_METRICS_BYTES", {
	enumerable: true,
	get: function() {
		return MAX_METRICS_BYTES;
	}
});
Object.defineProperty(exports, "MAX_SERIES_POINTS", {
	enumerable: true,
	get: function() {
		return MAX_SERIES_POINTS;
	}
});
Object.defineProperty(exports, "metrics_exports", {
	enumerable: true,
	get: function() {
		return metrics_exports;
	}
});
Object.defineProperty(exports, "parseMetrics", {
	enumerable: true,
	get: function() {
		return parseMetrics;
	}
});
