const require_rolldown_runtime = require("./rolldown-runtime.cjs");
const require_record = () => require("./record.cjs");
const require_run_action = () => require("./run-action.cjs");
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
const text = require_run_action().string({ most: 5e3 });
const compared = {
	name: text,
	candidate: require_run_action().optional(require_run_action().number),
	baseline: require_run_action().optional(require_run_action().number)
};
const rows = require_run_action().list(require_run_action().list(require_run_action().number, 30), 30);
const side = require_run_action().object({
	answered: require_run_action().count,
	failure: require_run_action().optional(text),
	latency: require_run_action().optional(require_run_action().object({
		p50: require_run_action().number,
		p95: require_run_action().number,
		most: require_run_action().number
	})),
	bytes: require_run_action().optional(require_run_action().number)
});
const shape = require_run_action().object({
	schema: require_run_action().oneOf$1(1),
	model: require_run_action().optional(text),
	digest: require_run_action().optional(text),
	sha: require_run_action().optional(text),
	gate: require_record().gateShape,
	absent: require_run_action().optional(text),
	metrics: require_run_action().list(require_run_action().object(compared), MOST_METRICS),
	slices: require_run_action().list(require_run_action().object({
		...compared,
		slice: text,
		n: require_run_action().optional(require_run_action().number)
	}), MOST_SLICES),
	confusion: require_run_action().optional(require_run_action().object({
		classes: require_run_action().list(text, 30),
		candidate: rows,
		baseline: require_run_action().optional(rows)
	})),
	flips: require_run_action().optional(require_run_action().object({
		total: require_run_action().count,
		rows: require_run_action().count,
		mended: require_run_action().count,
		broken: require_run_action().count,
		shown: require_run_action().list(require_run_action().object({
			row: text,
			truth: text,
			from: text,
			to: text
		}), 200)
	})),
	mcnemar: require_run_action().optional(require_run_action().object({
		gained: require_run_action().count,
		lost: require_run_action().count,
		pValue: require_run_action().number,
		exact: require_run_action().boolean
	})),
	golden: require_run_action().optional(require_run_action().object({
		asked: require_run_action().count,
		candidate: side,
		live: require_run_action().optional(side),
		delta: require_run_action().optional(require_run_action().object({
			most: require_run_action().number,
			mean: require_run_action().number
		}))
	})),
	history: require_run_action().list(require_run_action().object({
		runId: text,
		sha: text,
		at: text,
		values: require_run_action().record(require_run_action().number)
	}), 20)
});
/**
* Reads a report back. What trains in the same job could have written the file, so nothing in it is taken for what it should be.
* @throws ActionError when it is none
*/
function parseGateReport(content, where) {
	const report = require_run_action().check(shape, require_run_action().parseJson(content, {
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
