require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_csv;
const require_csv = () => kept_require_csv ??= require("./csv.cjs");
// src/domain/metrics/predictions.ts
const MAX_PREDICTIONS_BYTES = 268435456;
const MAX_ROWS = 5e6;
const MAX_CLASSES = 200;
const MAX_COLUMNS = 64;
const MAX_LABEL = 200;
/**
* Reads predictions, a row each, as CSV with a head line or as JSON lines: `y_true`, `y_pred`, `score` (two classes) or
* `score_<class>` (in JSON also `scores: {class: number}`), `weight`, `id`; every other column groups the rows.
* @throws ActionError with the line of the first row that does not fit: a row that was dropped would change the verdict
*/
function parsePredictions(text, name) {
	const columns = new Columns(name);
	if (/^\s*\{/.test(text.replace(/^\ufeff/, ""))) readJsonLines(text, name, columns);
	else readTable(text, name, columns);
	return columns.done();
}
function readTable(text, name, columns) {
	let setters;
	require_csv().readCsv(text, name, (fields, line) => {
		if (!setters) {
			if (fields.length === 1 && /[;\t]/.test(fields[0])) require_house().refuse({
				where: name,
				expected: "columns separated by commas",
				seen: require_house().quote(fields[0]),
				fix: "Write the file again with commas; numbers with a point."
			});
			const twice = fields.find((field, at) => fields.indexOf(field) !== at);
			if (twice !== void 0) require_house().refuse({
				where: `${name}, line ${line}`,
				expected: "each column once",
				seen: `${require_house().quote(twice, 60)} twice`
			});
			setters = fields.map((field) => columns.setter(field));
			return;
		}
		for (const [at, set] of setters.entries()) set(fields[at], line);
		columns.endRow(line);
	});
}
function readJsonLines(text, name, columns) {
	let line = 0;
	for (const one of text.replace(/^\ufeff/, "").split(/\r\n|\n/)) {
		line++;
		if (one.trim() === "") continue;
		const row = require_house().parseJson(one, {
			where: `${name}, row ${line}`,
			maxBytes: 1048576,
			maxDepth: 4
		});
		if (row === null || typeof row !== "object" || Array.isArray(row)) require_house().refuse({
			where: `${name}, line ${line}`,
			expected: "an object, as {\"y_true\": 3, \"y_pred\": 3}",
			seen: require_house().quote(one, 40)
		});
		for (const [key, value] of Object.entries(row)) if (key === "scores" && value !== null && typeof value === "object" && !Array.isArray(value)) for (const [label, score] of Object.entries(value)) columns.json(`score_${label}`, score, line);
		else columns.json(key, value, line);
		columns.endRow(line);
	}
}
/** Gathers columns row by row. */
var Columns = class {
	name;
	coded = /* @__PURE__ */ new Map();
	numeric = /* @__PURE__ */ new Map();
	kinds = /* @__PURE__ */ new Map();
	setters = /* @__PURE__ */ new Map();
	ids;
	rows = 0;
	constructor(name) {
		this.name = name;
	}
	setter(column) {
		const known = this.setters.get(column);
		if (known) return known;
		const made = this.makeSetter(column);
		if (this.setters.size >= MAX_COLUMNS) require_house().refuse({
			where: this.name,
			expected: `at most ${MAX_COLUMNS} columns`,
			seen: "more"
		});
		this.setters.set(column, made);
		return made;
	}
	makeSetter(column) {
		if (column === "class") require_house().refuse({
			where: this.name,
			expected: "another name for the column",
			seen: "\"class\"",
			fix: "class=<label> names the slices by true class already."
		});
		if (column.trim() === "" || column.length > MAX_LABEL || /[\u0000-\u001f]/.test(column)) require_house().refuse({
			where: this.name,
			expected: "a name for every column, on one line",
			seen: require_house().quote(column, 40)
		});
		if (column === "id") {
			const ids = [];
			this.ids = ids;
			return (field) => void ids.push(field);
		}
		if (column === "weight" || column === "score" || column.startsWith("score_")) {
			const numbers = new Numbers();
			this.numeric.set(column, numbers);
			const negative = column === "weight";
			return (field, line) => numbers.push(this.number(field, column, line, negative));
		}
		const coder = new Coder();
		this.coded.set(column, coder);
		const label = column === "y_true" || column === "y_pred";
		return (field, line) => {
			if (label && field.trim() === "") this.refuseAt(line, column, "a label or a number", "nothing");
			if (field.length > MAX_LABEL) this.refuseAt(line, column, `at most ${MAX_LABEL} characters`, `${field.length}`);
			coder.push(field);
		};
	}
	json(column, value, line) {
		const set = this.setter(column);
		const isNumber = this.numeric.has(column);
		const kind = value === null || typeof value === "object" ? "neither" : typeof value;
		if (kind === "neither" || isNumber && kind !== "number") this.refuseAt(line, column, isNumber ? "a number" : "a text or a number", require_house().quote(JSON.stringify(value), 40));
		const family = column === "y_true" || column === "y_pred" ? "y" : column;
		const before = this.kinds.get(family);
		if (!before) this.kinds.set(family, {
			kind,
			line
		});
		else if (before.kind !== kind && column !== "id") this.refuseAt(line, column, `a ${before.kind}, as in line ${before.line}`, `the ${kind} ${require_house().quote(JSON.stringify(value), 40)}`);
		set(typeof value === "string" ? value : JSON.stringify(value), line);
	}
	endRow(line) {
		this.rows++;
		if (this.rows > 5e6) require_house().refuse({
			where: this.name,
			expected: `at most ${MAX_ROWS} rows`,
			seen: "more"
		});
		for (const [column, { length }] of this.sizes()) if (length !== this.rows) this.refuseAt(line, column, "a value in every row", "none in this one");
	}
	sizes() {
		this.all ??= [];
		if (this.all.length !== this.setters.size) this.all = [
			...this.coded,
			...this.numeric,
			...this.ids ? [["id", this.ids]] : []
		];
		return this.all;
	}
	all;
	number(field, column, line, nonNegative) {
		const value = field.trim() === "" ? NaN : Number(field);
		if (!Number.isFinite(value) || nonNegative && value < 0) {
			const fix = /^\s*-?\d+,\d+\s*$/.test(field) ? `Write a point: ${field.trim().replace(",", ".")}.` : void 0;
			this.refuseAt(line, column, nonNegative ? "a finite number, not negative" : "a finite number", require_house().quote(field, 40), fix);
		}
		return value;
	}
	refuseAt(line, column, expected, seen, fix) {
		require_house().refuse({
			where: `${this.name}, line ${line}, ${require_house().quote(column, 60)}`,
			expected,
			seen,
			...fix === void 0 ? {} : { fix }
		});
	}
	done() {
		const truth = this.coded.get("y_true");
		const predicted = this.coded.get("y_pred");
		if (this.rows === 0) require_house().refuse({
			where: this.name,
			expected: "at least one row",
			seen: "none"
		});
		if (!truth) require_house().refuse({
			where: this.name,
			expected: "a column y_true",
			seen: [...this.setters.keys()].slice(0, 8).map((each) => require_house().quote(each, 40)).join(", ")
		});
		const scores = /* @__PURE__ */ new Map();
		for (const [column, numbers] of this.numeric) if (column.startsWith("score_")) scores.set(column.slice(6), numbers.done());
		const score = this.numeric.get("score")?.done();
		if (!predicted && !score && scores.size === 0) require_house().refuse({
			where: this.name,
			expected: "a column y_pred, score or score_<class>",
			seen: "none of them"
		});
		if (score && scores.size > 0) require_house().refuse({
			where: this.name,
			expected: "score for two classes, or score_<class> for each",
			seen: "both"
		});
		const groups = new Map([...this.coded].filter(([column]) => column !== "y_true" && column !== "y_pred").map(([column, coder]) => [column, coder.done()]));
		if (this.ids && new Set(this.ids).size !== this.ids.length) require_house().refuse({
			where: `${this.name}, "id"`,
			expected: "each id once",
			seen: "one twice"
		});
		return {
			name: this.name,
			rows: this.rows,
			truth: truth.done(),
			predicted: predicted?.done(),
			score,
			scores,
			weight: this.numeric.get("weight")?.done(),
			ids: this.ids,
			groups
		};
	}
};
/** A column of texts that grows. */
var Coder = class {
	known = /* @__PURE__ */ new Map();
	texts = [];
	codes = /* @__PURE__ */ new Int32Array(1024);
	length = 0;
	push(text) {
		let code = this.known.get(text);
		if (code === void 0) {
			code = this.texts.length;
			this.known.set(text, code);
			this.texts.push(text);
		}
		if (this.length === this.codes.length) {
			const grown = new Int32Array(this.length * 2);
			grown.set(this.codes);
			this.codes = grown;
		}
		this.codes[this.length++] = code;
	}
	done() {
		return {
			texts: this.texts,
			codes: this.codes.subarray(0, this.length)
		};
	}
};
/** A column of numbers that grows. */
var Numbers = class {
	values = /* @__PURE__ */ new Float64Array(1024);
	length = 0;
	push(value) {
		if (this.length === this.values.length) {
			const grown = new Float64Array(this.length * 2);
			grown.set(this.values);
			this.values = grown;
		}
		this.values[this.length++] = value;
	}
	done() {
		return this.values.subarray(0, this.length);
	}
};
/** 0, 1, 2 … A loop, not `from`: that is ten times slower on long columns. */
function everyRow(size) {
	const rows = new Int32Array(size);
	for (let row = 0; row < size; row++) rows[row] = row;
	return rows;
}
/**
* Puts the candidate's predictions, and the baseline's for the same rows, side by side. Rows pair by `id` where both files have
* one, else by their place; what is true must be the same in both.
* @throws ActionError with the first row that does not pair, and where it can not be told what kind of answers these are
*/
function makeSample(candidate, baseline, { task: asked, source = "predictions" } = {}) {
	const task = asked ?? taskOf(candidate, baseline);
	const match = baseline && pairRows(candidate, baseline);
	const n = candidate.rows;
	const classes = task === "classification" ? classesOf(candidate, baseline) : [];
	const number = new Map(classes.map((label, at) => [label, at]));
	const value = (text, name) => {
		if (task === "classification") return number.get(text);
		const parsed = text.trim() === "" ? NaN : Number(text);
		if (Number.isFinite(parsed)) return parsed;
		return require_house().refuse({
			where: name,
			expected: "finite numbers, since this is a regression",
			seen: require_house().quote(text, 40)
		});
	};
	const values = ({ texts, codes }, name) => {
		const of = Float64Array.from(texts, (text) => value(text, name));
		const all = new Float64Array(codes.length);
		for (let row = 0; row < all.length; row++) all[row] = of[codes[row]];
		return all;
	};
	const answers = (from, rowOf) => {
		const scores = scoresOf(from, classes);
		const all = from.predicted ? values(from.predicted, from.name) : labelsOf(scores, classes.length, from.rows);
		const k = classes.length;
		const predicted = new Float64Array(n);
		const moved = scores && new Float64Array(n * k);
		for (let row = 0; row < n; row++) {
			const other = rowOf(row);
			predicted[row] = all[other];
			if (scores) moved.set(scores.subarray(other * k, other * k + k), row * k);
		}
		return {
			predicted,
			scores: moved
		};
	};
	const sample = {
		task,
		size: n,
		classes,
		truth: values(candidate.truth, candidate.name),
		weight: candidate.weight ?? new Float64Array(n).fill(1),
		weighted: candidate.weight !== void 0,
		groups: [...candidate.groups].map(([column, coded]) => groupOf(column, coded)).sort((a, b) => a.column < b.column ? -1 : 1),
		candidate: answers(candidate, (row) => row),
		baseline: baseline && answers(baseline, (row) => match[row]),
		origin: everyRow(n),
		ids: candidate.ids
	};
	if (sample.weight.every((each) => each === 0)) require_house().refuse({
		where: source,
		expected: "a weight above 0 in some row",
		seen: "none"
	});
	return sorted(sample);
}
/** Whether answers are classes or values, where nobody said: numbers of which some are not whole are values. */
function taskOf(candidate, baseline) {
	const both = [candidate, ...baseline ? [baseline] : []];
	if (both.some(({ score, scores }) => score !== void 0 || scores.size > 0)) return "classification";
	const numbers = both.flatMap(({ truth, predicted }) => [...truth.texts, ...predicted?.texts ?? []]).map((text) => text.trim() === "" ? NaN : Number(text));
	if (numbers.every(Number.isFinite) && !numbers.every(Number.isInteger)) return "regression";
	if (numbers.every(Number.isFinite) && candidate.truth.texts.length > MAX_CLASSES) require_house().refuse({
		where: candidate.name,
		expected: "to know whether whole numbers are classes or values",
		seen: `${candidate.truth.texts.length} different ones`,
		fix: "Set task: regression or task: classification."
	});
	return "classification";
}
function classesOf(candidate, baseline) {
	const labels = /* @__PURE__ */ new Set();
	for (const each of [candidate, baseline]) {
		if (!each) continue;
		for (const text of each.truth.texts) labels.add(text);
		for (const text of each.predicted?.texts ?? []) labels.add(text);
		for (const label of each.scores.keys()) labels.add(label);
	}
	if (labels.size > MAX_CLASSES) require_house().refuse({
		where: candidate.name,
		expected: `at most ${MAX_CLASSES} classes`,
		seen: `${labels.size}`,
		fix: "Set task: regression if these are values."
	});
	const all = [...labels];
	const byValue = /* @__PURE__ */ new Map();
	for (const label of all) {
		const value = label.trim() === "" ? NaN : Number(label);
		const twin = byValue.get(value);
		if (Number.isFinite(value) && twin !== void 0) require_house().refuse({
			where: candidate.name,
			expected: "labels that are written in one way",
			seen: `${require_house().quote(twin)} and ${require_house().quote(label)}`,
			fix: "They would count as two classes. Write them alike in y_true and y_pred."
		});
		byValue.set(value, label);
	}
	const numeric = all.every((label) => label.trim() !== "" && Number.isFinite(Number(label)));
	return all.sort((a, b) => numeric ? Number(a) - Number(b) : a < b ? -1 : 1);
}
/** Rows × classes; of two classes the one score stands for the second. */
function scoresOf({ name, score, scores, rows }, classes) {
	const k = classes.length;
	if (score) {
		if (k !== 2) require_house().refuse({
			where: name,
			expected: "two classes where there is one score",
			seen: `${k}`,
			fix: "Write a column score_<class> for each class."
		});
		const both = new Float64Array(rows * 2);
		for (let row = 0; row < rows; row++) {
			both[row * 2] = 1 - score[row];
			both[row * 2 + 1] = score[row];
		}
		return both;
	}
	if (scores.size === 0) return void 0;
	const all = new Float64Array(rows * k);
	for (const [at, label] of classes.entries()) {
		const column = scores.get(label);
		if (!column) require_house().refuse({
			where: name,
			expected: `a column score_<class> for each of ${k} classes`,
			seen: `none for ${require_house().quote(label, 60)}`
		});
		for (let row = 0; row < rows; row++) all[row * k + at] = column[row];
	}
	return all;
}
/** The class of the highest score, the first of several. */
function labelsOf(scores, k, rows) {
	const labels = new Float64Array(rows);
	for (let row = 0; row < rows; row++) {
		let best = 0;
		for (let c = 1; c < k; c++) if (scores[row * k + c] > scores[row * k + best]) best = c;
		labels[row] = best;
	}
	return labels;
}
function groupOf(column, { texts, codes }) {
	const order = texts.map((_, at) => at).sort((a, b) => texts[a] < texts[b] ? -1 : 1);
	const rank = new Int32Array(texts.length);
	for (const [at, code] of order.entries()) rank[code] = at;
	const names = order.map((code) => texts[code] || "(empty)");
	const of = new Int32Array(codes.length);
	for (let row = 0; row < of.length; row++) of[row] = rank[codes[row]];
	return {
		column,
		names,
		of
	};
}
/** For each row of the candidate's the row of the baseline's. */
function pairRows(candidate, baseline) {
	const pairs = new Int32Array(candidate.rows);
	const fix = "Both files must hold the same held-out rows.";
	if (candidate.rows !== baseline.rows) require_house().refuse({
		where: baseline.name,
		expected: `${candidate.rows} rows, as in ${candidate.name}`,
		seen: `${baseline.rows}`,
		fix
	});
	const byId = candidate.ids && baseline.ids ? new Map(baseline.ids.map((id, row) => [id, row])) : void 0;
	for (let row = 0; row < candidate.rows; row++) {
		const other = byId ? byId.get(candidate.ids[row]) : row;
		if (other === void 0) require_house().refuse({
			where: baseline.name,
			expected: `a row with id ${require_house().quote(candidate.ids[row], 60)}`,
			seen: "none",
			fix
		});
		const [ours, theirs] = [candidate.truth, baseline.truth].map(({ texts, codes }, at) => texts[codes[at === 0 ? row : other]]);
		if (ours !== theirs && !(Number(ours) === Number(theirs) && /\./.test(`${ours}${theirs}`))) require_house().refuse({
			where: `${baseline.name}, row ${other + 1}`,
			expected: `y_true ${require_house().quote(ours, 40)}, as in ${candidate.name}`,
			seen: require_house().quote(theirs, 40),
			fix
		});
		pairs[row] = other;
	}
	return pairs;
}
/** The same rows in the order of their content, so that sums and draws do not hang on the order of a file. */
function sorted(sample) {
	const { size, truth, weight, groups, candidate, baseline, classes } = sample;
	const k = classes.length;
	const plain = [
		truth,
		candidate.predicted,
		...baseline ? [baseline.predicted] : [],
		weight,
		...groups.map(({ of }) => of)
	];
	const tables = [candidate.scores, baseline?.scores].filter((each) => each !== void 0);
	const order = everyRow(size).sort((a, b) => {
		for (const column of plain) {
			const difference = column[a] - column[b];
			if (difference !== 0) return difference;
		}
		for (const table of tables) for (let c = 0; c < k; c++) {
			const difference = table[a * k + c] - table[b * k + c];
			if (difference !== 0) return difference;
		}
		return 0;
	});
	const moved = (column) => {
		const next = column.slice();
		for (let row = 0; row < size; row++) next[row] = column[order[row]];
		return next;
	};
	const movedScores = (table) => {
		if (!table) return void 0;
		const next = new Float64Array(table.length);
		for (let row = 0; row < size; row++) next.set(table.subarray(order[row] * k, order[row] * k + k), row * k);
		return next;
	};
	const movedAnswers = (answers) => ({
		predicted: moved(answers.predicted),
		scores: movedScores(answers.scores)
	});
	return {
		...sample,
		truth: moved(truth),
		weight: moved(weight),
		groups: groups.map((group) => ({
			...group,
			of: moved(group.of)
		})),
		candidate: movedAnswers(candidate),
		baseline: baseline && movedAnswers(baseline),
		origin: order
	};
}
/** A probability of 0 would make one row's loss infinite; clipped as scikit-learn clips doubles. */
const LEAST_PROBABILITY = Number.EPSILON;
const AVERAGED = [
	"precision",
	"recall",
	"f1"
];
/** The metrics of a sample that need nothing but labels or values. */
function plainMetrics({ task, classes }) {
	if (task === "regression") return [
		"mae",
		"rmse",
		"r2"
	];
	return [
		"accuracy",
		...AVERAGED.flatMap((each) => [`${each}_macro`, `${each}_weighted`]),
		...classes.length === 2 ? AVERAGED : []
	];
}
/** The names of all metrics that can be computed of these answers. */
function metricNames(sample, answers) {
	const plain = plainMetrics(sample);
	return answers.scores ? [
		...plain,
		"roc_auc",
		...areProbabilities(sample, answers.scores) ? ["log_loss", "calibration_error"] : []
	] : plain;
}
/** Metrics of one class. */
const CLASS_METRICS = AVERAGED;
/** Whether a metric can be computed from classes alone, so that rows of the same answers count as one kind. */
function needsScores(metric) {
	return [
		"roc_auc",
		"log_loss",
		"calibration_error"
	].includes(metric);
}
/**
* A metric as a function of weights, everything that does not hang on them computed before.
* @param members the rows that it is about; all of them where left out
* @param ofClass for precision, recall and F1 of one class, by number
*/
function statistic(metric, sample, answers, { members, ofClass } = {}) {
	const rows = members ?? everyRow(sample.size);
	if (sample.task === "regression") return regression(metric, sample.truth, answers.predicted, rows);
	if (needsScores(metric)) return answers.scores && scored(metric, sample, answers.scores, rows);
	return labelled(metric, sample, answers.predicted, rows, ofClass);
}
function regression(metric, truth, predicted, rows) {
	const error = (row) => truth[row] - predicted[row];
	if (metric === "mae") return mean(rows, (row) => Math.abs(error(row)));
	const squared = mean(rows, (row) => error(row) ** 2);
	if (metric === "rmse") return (weights) => Math.sqrt(squared(weights));
	if (metric !== "r2") return void 0;
	const average = mean(rows, (row) => truth[row]);
	return (weights) => {
		const centre = average(weights);
		let [spread, total] = [0, 0];
		for (let at = 0; at < rows.length; at++) {
			const row = rows[at];
			spread += weights[row] * (truth[row] - centre) ** 2;
			total += weights[row];
		}
		return spread === 0 ? NaN : 1 - squared(weights) * total / spread;
	};
}
/** The weighted mean of a value per row. */
function mean(rows, valueOf) {
	const values = new Float64Array(rows.length);
	for (let at = 0; at < rows.length; at++) values[at] = valueOf(rows[at]);
	return (weights) => {
		let [sum, total] = [0, 0];
		for (let at = 0; at < rows.length; at++) {
			const weight = weights[rows[at]];
			sum += weight * values[at];
			total += weight;
		}
		return sum / total;
	};
}
function labelled(metric, { truth, classes }, predicted, rows, ofClass) {
	if (metric === "accuracy") return mean(rows, (row) => truth[row] === predicted[row] ? 1 : 0);
	const [name, average] = metric.split("_");
	if (!AVERAGED.includes(name)) return void 0;
	const k = classes.length;
	const positive = ofClass ?? (average === void 0 && k === 2 ? 1 : void 0);
	if (positive === void 0 && average !== "macro" && average !== "weighted") return void 0;
	const [isTruth, isPredicted] = [new Int32Array(rows.length), new Int32Array(rows.length)];
	for (let at = 0; at < rows.length; at++) {
		isTruth[at] = truth[rows[at]];
		isPredicted[at] = predicted[rows[at]];
	}
	const [right, actual, claimed] = [
		new Float64Array(k),
		new Float64Array(k),
		new Float64Array(k)
	];
	const absent = (c) => actual[c] <= 0 && claimed[c] <= 0;
	const ofOne = (c) => {
		const below = name === "precision" ? claimed[c] : name === "recall" ? actual[c] : (actual[c] + claimed[c]) / 2;
		return below === 0 ? 0 : right[c] / below;
	};
	return (weights) => {
		right.fill(0);
		actual.fill(0);
		claimed.fill(0);
		let total = 0;
		for (let at = 0; at < rows.length; at++) {
			const weight = weights[rows[at]];
			const [t, p] = [isTruth[at], isPredicted[at]];
			actual[t] += weight;
			claimed[p] += weight;
			if (t === p) right[t] += weight;
			total += weight;
		}
		if (total === 0) return NaN;
		if (positive !== void 0) return absent(positive) ? NaN : ofOne(positive);
		let [sum, present] = [0, 0];
		for (let c = 0; c < k; c++) {
			if (absent(c)) continue;
			present++;
			sum += average === "macro" ? ofOne(c) : actual[c] * ofOne(c);
		}
		return sum / (average === "macro" ? present : total);
	};
}
function scored(metric, { truth, classes }, scores, rows) {
	const k = classes.length;
	switch (metric) {
		case "log_loss": return mean(rows, (row) => -Math.log(Math.min(Math.max(scores[row * k + truth[row]], LEAST_PROBABILITY), 1 - LEAST_PROBABILITY)));
		case "calibration_error": return calibration(truth, scores, k, rows);
		default: {
			const each = (k === 2 ? [1] : classes.map((_, c) => c)).map((c) => areaUnderCurve(truth, scores, k, c, rows));
			return (weights) => each.reduce((sum, area) => sum + area(weights), 0) / each.length;
		}
	}
}
/** How far confidence and accuracy lie apart, averaged over bins of the highest probability. */
function calibration(truth, scores, k, rows) {
	const gap = new Float64Array(rows.length);
	const bin = new Uint8Array(rows.length);
	for (let at = 0; at < rows.length; at++) {
		const row = rows[at];
		let best = 0;
		for (let c = 1; c < k; c++) if (scores[row * k + c] > scores[row * k + best]) best = c;
		const confidence = scores[row * k + best];
		gap[at] = (truth[row] === best ? 1 : 0) - confidence;
		let b = 0;
		while (b < 9 && confidence > (b + 1) / 10) b++;
		bin[at] = b;
	}
	const sums = /* @__PURE__ */ new Float64Array(10);
	return (weights) => {
		sums.fill(0);
		let total = 0;
		for (let at = 0; at < rows.length; at++) {
			const weight = weights[rows[at]];
			sums[bin[at]] += weight * gap[at];
			total += weight;
		}
		return sums.reduce((sum, each) => sum + Math.abs(each), 0) / total;
	};
}
/** The area under the ROC curve of one class against all others; ties count half. */
function areaUnderCurve(truth, scores, k, c, rows) {
	const order = rows.slice().sort((a, b) => scores[a * k + c] - scores[b * k + c] || a - b);
	const [positive, tied] = [new Uint8Array(order.length), new Uint8Array(order.length)];
	for (let at = 0; at < order.length; at++) {
		positive[at] = truth[order[at]] === c ? 1 : 0;
		tied[at] = at + 1 < order.length && scores[order[at + 1] * k + c] === scores[order[at] * k + c] ? 1 : 0;
	}
	return (weights) => {
		let [area, below, above, here, hits] = [
			0,
			0,
			0,
			0,
			0
		];
		for (let at = 0; at < order.length; at++) {
			const weight = weights[order[at]];
			if (positive[at]) hits += weight;
			else here += weight;
			if (tied[at]) continue;
			area += hits * (below + here / 2);
			below += here;
			above += hits;
			here = 0;
			hits = 0;
		}
		return below === 0 || above === 0 ? NaN : area / (below * above);
	};
}
/** Whether the scores of every row are between 0 and 1 and sum to 1, as far as a single-precision float tells. */
function areProbabilities({ size, classes }, scores) {
	const k = classes.length;
	for (let row = 0; row < size; row++) {
		let sum = 0;
		for (let c = 0; c < k; c++) {
			const score = scores[row * k + c];
			if (score < 0 || score > 1) return false;
			sum += score;
		}
		if (Math.abs(sum - 1) > 1e-4) return false;
	}
	return true;
}
// src/domain/metrics/measure.ts
/** The rows of each slice: `region=north` by every group column, and `class=3` by what is true. */
function sliceMembers(sample) {
	const members = /* @__PURE__ */ new Map();
	for (const { column, names, of } of sample.groups) for (const [at, rows] of split(of, names.length).entries()) if (rows.length > 0) members.set(`${column}=${names[at]}`, rows);
	return members;
}
/** The rows of each true class, by number; empty for a regression. */
function classMembers({ truth, classes }) {
	return classes.length === 0 ? [] : split(truth, classes.length);
}
function split(of, count) {
	const sizes = new Int32Array(count);
	for (let row = 0; row < of.length; row++) sizes[of[row]]++;
	const parts = Array.from(sizes, (size) => new Int32Array(size));
	sizes.fill(0);
	for (let row = 0; row < of.length; row++) {
		const part = of[row];
		parts[part][sizes[part]++] = row;
	}
	return parts;
}
/** Every metric of one model's answers, over all rows and by slice; `n` counts rows. What is not defined is left out. */
function measure(sample, answers) {
	const values = Object.create(null);
	const slices = Object.create(null);
	const put = (metric, key, value) => {
		if (!Number.isFinite(value)) return;
		(slices[metric] ??= Object.create(null))[key] = value;
	};
	const names = metricNames(sample, answers);
	values.n = sample.size;
	for (const metric of names) {
		const value = statistic(metric, sample, answers)?.(sample.weight) ?? NaN;
		if (Number.isFinite(value)) values[metric] = value;
	}
	for (const [key, members] of sliceMembers(sample)) {
		put("n", key, members.length);
		for (const metric of names) put(metric, key, statistic(metric, sample, answers, { members })?.(sample.weight) ?? NaN);
	}
	for (const [ofClass, members] of classMembers(sample).entries()) {
		const key = `class=${sample.classes[ofClass]}`;
		put("n", key, members.length);
		for (const metric of CLASS_METRICS) put(metric, key, statistic(metric, sample, answers, { ofClass })?.(sample.weight) ?? NaN);
	}
	return {
		values,
		slices
	};
}
/** How often the first class was taken for the second, by weight: rows are what is true. */
function confusion({ classes, truth, weight, size }, answers) {
	const table = classes.map(() => classes.map(() => 0));
	for (let row = 0; row < size; row++) table[truth[row]][answers.predicted[row]] += weight[row];
	return table;
}
Object.defineProperty(exports, "CLASS_METRICS", {
	enumerable: true,
	get: function() {
		return CLASS_METRICS;
	}
});
Object.defineProperty(exports, "MAX_PREDICTIONS_BYTES", {
	enumerable: true,
	get: function() {
		return MAX_PREDICTIONS_BYTES;
	}
});
Object.defineProperty(exports, "confusion", {
	enumerable: true,
	get: function() {
		return confusion;
	}
});
Object.defineProperty(exports, "everyRow", {
	enumerable: true,
	get: function() {
		return everyRow;
	}
});
Object.defineProperty(exports, "makeSample", {
	enumerable: true,
	get: function() {
		return makeSample;
	}
});
Object.defineProperty(exports, "measure", {
	enumerable: true,
	get: function() {
		return measure;
	}
});
Object.defineProperty(exports, "metricNames", {
	enumerable: true,
	get: function() {
		return metricNames;
	}
});
Object.defineProperty(exports, "needsScores", {
	enumerable: true,
	get: function() {
		return needsScores;
	}
});
Object.defineProperty(exports, "parsePredictions", {
	enumerable: true,
	get: function() {
		return parsePredictions;
	}
});
Object.defineProperty(exports, "sliceMembers", {
	enumerable: true,
	get: function() {
		return sliceMembers;
	}
});
Object.defineProperty(exports, "statistic", {
	enumerable: true,
	get: function() {
		return statistic;
	}
});
