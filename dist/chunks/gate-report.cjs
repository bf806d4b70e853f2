const require_rolldown_runtime = require("./rolldown-runtime.cjs");
const require_house = () => require("./house.cjs");
// src/domain/report/gate-report.ts
var gate_report_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	MAX_GATE_REPORT_BYTES: () => MAX_GATE_REPORT_BYTES,
	parseGateReport: () => parseGateReport
});
const MOST_METRICS = 500;
const MOST_SLICES = 1e3;
/** Candidate and baseline by metric, those of the rules first. */
function compareMetrics(candidate, baseline, ruled) {
	const rank = (name) => ruled.includes(name) ? ruled.indexOf(name) : ruled.length;
	const byRank = (a, b) => rank(a.name) - rank(b.name);
	const value = (of, name) => of !== void 0 && Object.hasOwn(of, name) ? of[name] : void 0;
	const names = [.../* @__PURE__ */ new Set([...Object.keys(candidate.values), ...Object.keys(baseline?.values ?? {})])];
	const slices = Object.entries(candidate.slices ?? {}).flatMap(([name, of]) => name === "n" ? [] : Object.entries(of).map(([slice, each]) => ({
		name,
		slice,
		n: value(candidate.slices?.n, slice),
		candidate: each,
		baseline: value(baseline?.slices?.[name], slice)
	})));
	return {
		metrics: names.map((name) => ({
			name,
			candidate: value(candidate.values, name),
			baseline: value(baseline?.values, name)
		})).toSorted(byRank).slice(0, MOST_METRICS),
		slices: slices.toSorted(byRank).slice(0, MOST_SLICES)
	};
}
/** The rules that made the decision: those that do not hold, or, where all do, the one that came closest to its bound. */
function decisive({ decision, rules }) {
	if (decision !== "passed") return rules.filter(({ verdict }) => verdict === decision);
	const room = ({ observed, bound }) => observed === void 0 || bound === void 0 ? Infinity : Math.abs(observed - bound) / Math.max(Math.abs(bound), 1e-9);
	return [...rules].sort((a, b) => room(a) - room(b)).slice(0, 1);
}
/** `what serves now (GitHub's deployment 12 to production): commit 1a2b3c4, sha256:…, 2026-11-21 10:00 UTC` */
function baselineSentence({ gate: { baseline }, absent }) {
	if (absent !== void 0) return ["nothing", absent];
	if (!baseline || baseline.kind === "none") return ["nothing", "baseline: none"];
	const called = {
		live: "what serves now",
		predictions: "the baseline's predictions"
	};
	const parts = [
		baseline.from ?? "",
		baseline.sha === void 0 ? "" : `commit ${baseline.sha.slice(0, 7)}`,
		baseline.digest === void 0 ? "" : `model ${baseline.digest.slice(0, 19)}`,
		baseline.at === void 0 ? "" : baseline.at.replace("T", " ").replace(/(?::\d\d)(?:\.\d+)?Z$/, " UTC")
	].filter((part) => part !== "");
	return [called[baseline.kind] ?? `the ${baseline.kind}`, parts.join(", ")];
}
function reportOf(record, rest) {
	return {
		schema: 1,
		model: record?.model.name,
		digest: record?.model.digest,
		sha: record?.source.sha,
		...rest
	};
}
const text = require_house().string({ most: 5e3 });
const compared = {
	name: text,
	candidate: require_house().optional(require_house().number),
	baseline: require_house().optional(require_house().number)
};
const rows = require_house().list(require_house().list(require_house().number, 30), 30);
const side = require_house().object({
	answered: require_house().count,
	failure: require_house().optional(text),
	latency: require_house().optional(require_house().object({
		p50: require_house().number,
		p95: require_house().number,
		most: require_house().number
	})),
	bytes: require_house().optional(require_house().number)
});
const shape = require_house().object({
	schema: require_house().oneOf(1),
	model: require_house().optional(text),
	digest: require_house().optional(text),
	sha: require_house().optional(text),
	gate: require_house().gateShape,
	absent: require_house().optional(text),
	metrics: require_house().list(require_house().object(compared), MOST_METRICS),
	slices: require_house().list(require_house().object({
		...compared,
		slice: text,
		n: require_house().optional(require_house().number)
	}), MOST_SLICES),
	confusion: require_house().optional(require_house().object({
		classes: require_house().list(text, 30),
		candidate: rows,
		baseline: require_house().optional(rows)
	})),
	flips: require_house().optional(require_house().object({
		total: require_house().count,
		rows: require_house().count,
		mended: require_house().count,
		broken: require_house().count,
		shown: require_house().list(require_house().object({
			row: text,
			truth: text,
			from: text,
			to: text
		}), 200)
	})),
	mcnemar: require_house().optional(require_house().object({
		gained: require_house().count,
		lost: require_house().count,
		pValue: require_house().number,
		exact: require_house().boolean
	})),
	golden: require_house().optional(require_house().object({
		asked: require_house().count,
		candidate: side,
		live: require_house().optional(side),
		delta: require_house().optional(require_house().object({
			most: require_house().number,
			mean: require_house().number
		}))
	})),
	history: require_house().list(require_house().object({
		runId: text,
		sha: text,
		at: text,
		values: require_house().record(require_house().number)
	}), 20)
});
/**
* Reads a report back. What trains in the same job could have written the file, so nothing in it is taken for what it should be.
* @throws ActionError when it is none
*/
function parseGateReport(content, where) {
	const report = require_house().check(shape, require_house().parseJson(content, {
		where,
		maxBytes: MAX_GATE_REPORT_BYTES
	}), where);
	const { model, digest, sha, absent, confusion, flips, mcnemar, golden } = report;
	return {
		...report,
		model,
		digest,
		sha,
		absent,
		confusion: confusion && {
			...confusion,
			baseline: confusion.baseline
		},
		flips,
		mcnemar,
		golden: golden && {
			...golden,
			candidate: sideOf(golden.candidate),
			live: golden.live && sideOf(golden.live),
			delta: golden.delta
		},
		metrics: report.metrics.map((each) => ({
			...each,
			candidate: each.candidate,
			baseline: each.baseline
		})),
		slices: report.slices.map((each) => ({
			...each,
			candidate: each.candidate,
			baseline: each.baseline,
			n: each.n
		}))
	};
}
const MAX_GATE_REPORT_BYTES = 8388608;
const sideOf = ({ answered, failure, latency, bytes }) => ({
	answered,
	failure,
	latency,
	bytes
});
Object.defineProperty(exports, "baselineSentence", {
	enumerable: true,
	get: function() {
		return baselineSentence;
	}
});
Object.defineProperty(exports, "compareMetrics", {
	enumerable: true,
	get: function() {
		return compareMetrics;
	}
});
Object.defineProperty(exports, "decisive", {
	enumerable: true,
	get: function() {
		return decisive;
	}
});
Object.defineProperty(exports, "gate_report_exports", {
	enumerable: true,
	get: function() {
		return gate_report_exports;
	}
});
Object.defineProperty(exports, "reportOf", {
	enumerable: true,
	get: function() {
		return reportOf;
	}
});
