const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_gate_inputs;
const require_gate_inputs = () => kept_require_gate_inputs ??= require("./gate-inputs.cjs");
// src/actions/artifact-names.ts
/** The name of the artifact that holds a model and what it was made of. */
const modelArtifactName = (fingerprint, attempt) => `train1-${fingerprint}-${attempt}`;
/** The small artifact beside it, by which later runs tell what changed. */
const documentArtifactName = (name, attempt) => `${name}.train.${attempt}.json`;
/** The key of the index: it says where to look, and nothing else is believed of it. */
const indexKey = (fingerprint, runId, artifactId) => `train1-${fingerprint}-${runId}-${artifactId}`;
// src/domain/report/gate-report.ts
var gate_report_exports$1 = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	MAX_GATE_REPORT_BYTES: () => MAX_GATE_REPORT_BYTES,
	parseGateReport: () => parseGateReport
});
const MOST_METRICS = 500;
const MOST_SLICES$1 = 1e3;
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
		slices: slices.toSorted(byRank).slice(0, MOST_SLICES$1)
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
	}), MOST_SLICES$1),
	confusion: require_house().optional(require_house().object({
		classes: require_house().list(text, 30),
		candidate: rows,
		baseline: require_house().optional(rows)
	})),
	flips: require_house().optional(require_house().object({
		total: require_house().count,
		rows: require_house().count,
		mended: require_house().optional(require_house().count),
		broken: require_house().optional(require_house().count),
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
// src/domain/report/fit.ts
/**
* Keeps the lines that fit into so many characters, those of a lower rank first, and in the order given. One line says how many
* are left out.
* @param most characters in all, line ends and that last line included
*/
function fit(lines, most, leftOut) {
	const size = ({ line }) => line.length + 1;
	if (lines.reduce((sum, each) => sum + size(each), 0) <= most) return lines.map(({ line }) => line);
	let room = most - leftOut(lines.length).length - 1;
	const kept = /* @__PURE__ */ new Set();
	for (const each of lines.toSorted((a, b) => a.rank - b.rank)) {
		if (size(each) > room) break;
		room -= size(each);
		kept.add(each);
	}
	return [...lines.filter((each) => kept.has(each)).map(({ line }) => line), leftOut(lines.length - kept.size)];
}
/** Lines of one rank. */
function equals(lines) {
	return lines.map((line) => ({
		line,
		rank: 0
	}));
}
// src/domain/report/mermaid.ts
/** More bars than this are no picture any more. */
const MOST_BARS = 24;
/** Text inside quotes of a Mermaid diagram: whatever could end them, begin a directive or be an entity becomes a dot. */
function mermaidText(text, most = 24) {
	const plain = text.replace(/[^\p{L}\p{N} _.=,()+-]/gu, "·");
	return plain.length > most ? `${plain.slice(0, most - 1).toWellFormed()}…` : plain || "–";
}
/** Bars of the candidate by slice, the baseline as a line, as a block that GitHub draws. Empty where a picture says nothing. */
function sliceChart(slices) {
	const name = slices[0]?.name;
	const shown = slices.filter((each) => each.name === name && each.candidate !== void 0);
	if (name === void 0 || shown.length < 2 || shown.length > MOST_BARS) return "";
	const values = shown.map(({ candidate }) => candidate);
	const before = shown.map(({ baseline }) => baseline);
	const whole = before.every((value) => value !== void 0);
	const lines = [`bar [${values.map(number).join(", ")}]`, ...whole ? [`line [${before.map((value) => number(value)).join(", ")}]`] : []];
	return chart(`${mermaidText(name, 40)}: candidate (bars)${whole ? ", baseline (line)" : ""}`, shown.map(({ slice }) => slice), [...values, ...before.filter((value) => value !== void 0)], lines);
}
/** The course of one metric over runs. */
function lineChart(name, history) {
	const shown = history.filter(({ values }) => Number.isFinite(values[name]));
	const values = shown.map((each) => each.values[name]);
	return chart(mermaidText(name, 40), shown.map(({ sha }) => sha.slice(0, 7)), values, [`line [${values.map(number).join(", ")}]`]);
}
function chart(title, labels, values, lines) {
	const [least, most] = [Math.min(...values), Math.max(...values)];
	const [low, high] = least >= 0 && most <= 1 ? [0, 1] : [Math.min(0, least), most > least ? most : least + 1];
	return [
		"```mermaid",
		"xychart-beta",
		`  title "${title}"`,
		`  x-axis [${labels.map((label) => `"${mermaidText(label)}"`).join(", ")}]`,
		`  y-axis ${number(low)} --> ${number(high)}`,
		...lines.map((line) => `  ${line}`),
		"```"
	].join("\n");
}
/** Mermaid reads no exponents. */
const number = (value) => {
	const text = String(Number(value.toPrecision(6)));
	return text.includes("e") ? value.toFixed(Math.abs(value) < 1 ? 12 : 0) : text;
};
// src/domain/report/gate.ts
/** The rules that do not hold, an item each with what was observed. Empty when all hold. */
function failedRules(gate, most) {
	return fit(equals(gate.rules.filter(({ verdict }) => verdict !== "passed").map(({ rule, verdict, reason }) => `- ${require_house().codeSpan(rule)}: ${require_house().escapeText(reason ?? verdict, 400)}`)), most, (count) => `- … and ${require_house().counted(count, "more rule")}`).join("\n");
}
/** What the verdict stands on, in one sentence: `2 of 3 rules do not hold`. */
function verdictSentence({ decision, rules }) {
	const failed = rules.filter(({ verdict }) => verdict === "rejected").length;
	const open = rules.filter(({ verdict }) => verdict === "inconclusive").length;
	const of = (count, does, many) => rules.length === 1 ? `The only rule ${does}` : `${count} of ${rules.length} rules ${count === 1 ? does : many}`;
	switch (decision) {
		case "passed":
			if (rules.length === 1) return "The only rule holds";
			return rules.length === 2 ? "Both rules hold" : `All ${rules.length} rules hold`;
		case "rejected": return of(failed, "does not hold", "do not hold");
		case "inconclusive": return of(open, "could not be decided", "could not be decided");
	}
}
const row = (...cells) => `| ${cells.join(" | ")} |`;
/** A rule as it was written; nothing for one that this version can not read. */
function readQuietly(rule) {
	try {
		return require_gate_inputs().parseRules(rule);
	} catch {
		return [];
	}
}
/** GitHub shows at most 65,536 characters of a comment; the shares stay under 60,000 in sum. */
const SHARE = {
	rules: 14e3,
	metrics: 6e3,
	slices: 8e3,
	flips: 5e3,
	confusion: 6e3,
	history: 3e3
};
/** Of a matrix in a table of Markdown. */
const MOST_CLASSES = 12;
const MOST_FLIPS$1 = 30;
/** The gate's own job summary: what was asked, what was observed, against what, and what it decides. */
function renderGate(report) {
	const { model, gate } = report;
	return [
		`## Gate: ${gate.decision}${model === void 0 ? "" : ` (${require_house().escapeText(model, 100)})`}`,
		`**${verdictSentence(gate)}.** ${comparedWith(report)}`,
		decidedBy$1(gate),
		rulesTable(gate),
		comparison(report),
		...gateDetails(report)
	].filter((part) => part !== "").join("\n\n").concat("\n");
}
/** What stands below rules and metrics, here and in the report of the release, what matters most first. */
function gateDetails(report) {
	return [
		goldenTable(report),
		flipTable(report),
		sliceTable(report),
		matrix(report),
		historyTable(report)
	].filter((part) => part !== "");
}
/** @param later told after what was live may have been replaced */
function comparedWith(report, { later = false } = {}) {
	const [called, identity] = baselineSentence(report);
	const what = later && report.gate.baseline?.kind === "live" && report.absent === void 0 ? "what was live" : called;
	return `Compared with ${require_house().escapeText(what)}${identity === "" ? "" : ` (${require_house().escapeText(identity, 400)})`}.`;
}
function decidedBy$1(gate) {
	const rules = decisive(gate);
	if (rules.length === 0) return "";
	const items = rules.map(({ rule, reason, observed, bound }) => {
		const told = reason ?? (observed === void 0 ? "holds" : `observed ${require_house().figure(observed, bound)}`);
		return `- ${require_house().codeSpan(rule)}: ${require_house().escapeText(told, 400)}`;
	});
	return [
		gate.decision === "passed" ? "Closest to its bound:" : "Decided by:",
		"",
		...fit(equals(items), 6e3, (count) => `- … and ${require_house().counted(count, "more rule")}`)
	].join("\n");
}
require_rolldown_runtime.__name(decidedBy$1, "decidedBy");
function rulesTable({ rules, confidence }) {
	const anyBaseline = rules.some(({ baseline }) => baseline !== void 0);
	const anyInterval = rules.some(({ interval }) => interval !== void 0);
	const lines = rules.map(({ rule, observed, baseline, bound, interval, verdict }) => {
		const cells = [
			require_house().codeSpan(rule, 200),
			observed === void 0 ? "–" : require_house().figure(observed, bound),
			...anyBaseline ? [baseline === void 0 ? "–" : require_house().figure(baseline)] : [],
			...anyInterval ? [interval === void 0 ? "–" : `${signed(interval.low)} … ${signed(interval.high)}`] : [],
			verdict === "passed" ? "passed" : `**${verdict}**`
		];
		return {
			line: row(...cells),
			rank: verdict === "passed" ? 1 : 0
		};
	});
	const share = `${Number(((confidence ?? .95) * 100).toPrecision(4))} %`;
	const head = [
		"Rule",
		"Observed",
		...anyBaseline ? ["Baseline"] : [],
		...anyInterval ? [`Distance to the bound, ${share}`] : [],
		"Verdict"
	];
	const rule = [
		"|:--",
		"--:",
		...anyBaseline ? ["--:"] : [],
		...anyInterval ? ["--:"] : [],
		":--|"
	].join("|");
	return [
		row(...head),
		rule,
		...fit(lines, SHARE.rules, (count) => `\n… and ${require_house().counted(count, "more rule")}.`)
	].join("\n");
}
const signed = (value) => value > 0 ? `+${short(value)}` : short(value);
const short = (value) => Math.abs(value) >= 1e300 ? value < 0 ? "−∞" : "∞" : String(Number(value.toPrecision(3))).replace("-", "−");
function comparison({ metrics }) {
	const both = metrics.some(({ baseline }) => baseline !== void 0);
	const lines = metrics.map(({ name, candidate, baseline }, at) => {
		const cells = [require_house().codeSpan(name, 120), candidate === void 0 ? "–" : require_house().figure(candidate)];
		if (both) {
			cells.push(baseline === void 0 ? "–" : require_house().figure(baseline));
			cells.push(candidate === void 0 || baseline === void 0 ? "–" : signed(candidate - baseline));
		}
		return {
			line: row(...cells),
			rank: at
		};
	});
	if (lines.length === 0) return "";
	return [...both ? [row("Metric", "Candidate", "Baseline", "Change"), "|:--|--:|--:|--:|"] : [row("Metric", "Candidate"), "|:--|--:|"], ...fit(lines.slice(0, 40), SHARE.metrics, (count) => `\n… and ${require_house().counted(count, "more metric")}.`)].join("\n");
}
/** Slices of the metrics that rules slice, else of the first that has some. */
function chosenSlices({ slices, gate }) {
	const asked = gate.rules.flatMap(({ rule }) => {
		const [read] = readQuietly(rule);
		if (!read) return [];
		if (read.worstBy !== void 0) return [`${read.metric} ${read.worstBy}`];
		return read.slice ? [`${read.metric} ${read.slice.by}`] : [];
	});
	const keyOf = ({ name, slice }) => `${name} ${slice.split("=", 1)[0]}`;
	const first = slices[0] && keyOf(slices[0]);
	const wanted = asked.length > 0 ? new Set(asked) : new Set(first === void 0 ? [] : [first]);
	return slices.filter((each) => wanted.has(keyOf(each)));
}
function sliceTable(report) {
	const chosen = chosenSlices(report);
	if (chosen.length === 0) return "";
	const both = chosen.some(({ baseline }) => baseline !== void 0);
	const lines = chosen.map(({ name, slice, n, candidate, baseline }, at) => {
		const cells = [
			require_house().codeSpan(name, 80),
			require_house().codeSpan(slice, 80),
			n === void 0 ? "–" : String(n),
			require_house().figure(candidate ?? 0)
		];
		if (both) {
			cells.push(baseline === void 0 ? "–" : require_house().figure(baseline));
			cells.push(baseline === void 0 ? "–" : signed((candidate ?? 0) - baseline));
		}
		return {
			line: row(...cells),
			rank: at
		};
	});
	const table = [...both ? [row("Metric", "Slice", "n", "Candidate", "Baseline", "Change"), "|:--|:--|--:|--:|--:|--:|"] : [row("Metric", "Slice", "n", "Candidate"), "|:--|:--|--:|--:|"], ...fit(lines, SHARE.slices, (count) => `\n… and ${require_house().counted(count, "more slice")}.`)].join("\n");
	return folded(`Slices: ${require_house().counted(chosen.length, "slice")}`, [sliceChart(chosen), table].filter((part) => part !== "").join("\n\n"));
}
function flipSentence({ flips, mcnemar }) {
	if (!flips) return "";
	const { total, rows, mended, broken } = flips;
	const luck = mcnemar ? ` McNemar's test${mcnemar.exact ? ", exact" : ""}: p = ${Number(mcnemar.pValue.toPrecision(3))}.` : "";
	const [few, many] = [`1 of ${require_house().counted(rows, "row")} is`, `${total} of ${require_house().counted(rows, "row")} are`];
	const changed = `${total === 1 ? few : many} answered differently`;
	if (mended === void 0 || broken === void 0) return `${changed}; what is right is not known.`;
	return `${changed}: ${mended} ${mended === 1 ? "is" : "are"} right now, ${broken} became wrong.${luck}`;
}
function flipTable({ flips, mcnemar }) {
	if (!flips) return "";
	const sentence = flipSentence({
		flips,
		mcnemar
	});
	if (flips.total === 0) return sentence;
	const known = flips.mended !== void 0;
	const lines = flips.shown.slice(0, MOST_FLIPS$1).map(({ row: id, truth, from, to }) => row(require_house().escapeCell(id, 80), ...known ? [require_house().escapeCell(truth, 60)] : [], require_house().escapeCell(from, 60), require_house().escapeCell(to, 60)));
	const more = flips.total - lines.length;
	const table = fit(equals(lines), SHARE.flips, (count) => `\n… and ${require_house().counted(count + more, "more row")}.`);
	return [sentence, folded("Which rows", [
		row("Row", ...known ? ["True"] : [], "Before", "Now"),
		`|:--${known ? "|:--" : ""}|:--|:--|`,
		...table
	].join("\n"))].join("\n\n");
}
function matrix({ confusion }) {
	if (!confusion || confusion.classes.length > MOST_CLASSES) return "";
	const { classes, candidate, baseline } = confusion;
	const told = (count, t, p) => {
		const now = String(Number(count.toPrecision(6)));
		const before = baseline?.[t]?.[p];
		const change = before === void 0 || before === count ? "" : ` (${signed(count - before)})`;
		return t === p ? `**${now}**${change}` : `${now}${change}`;
	};
	const lines = candidate.map((counts, t) => row(`**${require_house().escapeCell(classes[t], 30)}**`, ...counts.map((count, p) => told(count, t, p))));
	const text = [...[row("true ↓ answered →", ...classes.map((label) => require_house().escapeCell(label, 30))), `|:--|${"--:|".repeat(classes.length)}`], ...lines].join("\n");
	if (text.length > SHARE.confusion) return "";
	return folded(`Confusion matrix${baseline ? ", change against the baseline in brackets" : ""}`, text);
}
function goldenTable({ golden }) {
	if (!golden) return "";
	const sides = [["Candidate", golden.candidate], ...golden.live ? [["Live", golden.live]] : []];
	const ms = (value) => value === void 0 ? "–" : `${Number(value.toPrecision(3))} ms`;
	const lines = sides.map(([called, { answered, latency, bytes }]) => row(called, `${answered} of ${golden.asked}`, ms(latency?.p50), ms(latency?.p95), bytes === void 0 ? "–" : require_house().bytesAsText(bytes)));
	const delta = golden.delta ? `\n\nAnswers moved by ${short(golden.delta.mean)} on average, by ${short(golden.delta.most)} at most.` : "";
	return `The same questions to both:\n\n${[
		row("", "Answered", "Median", "95 %", "Answer's size"),
		"|:--|--:|--:|--:|--:|",
		...lines
	].join("\n")}${delta}`;
}
function historyTable({ history, metrics, gate }) {
	if (history.length < 2) return "";
	const name = historyMetric({
		history,
		metrics,
		gate
	});
	if (name === void 0) return "";
	const lines = history.map(({ sha, at, values }) => row(`\`${sha.slice(0, 7)}\``, require_house().escapeCell(at.slice(0, 16).replace("T", " "), 20), values[name] === void 0 ? "–" : require_house().figure(values[name])));
	const table = [
		row("Commit", "When", require_house().codeSpan(name, 80)),
		"|:--|:--|--:|",
		...fit(equals(lines), SHARE.history, () => "")
	].join("\n");
	return folded(`The last ${history.length} runs`, `${lineChart(name, history)}\n\n${table}`);
}
/** The metric whose course is shown: the first that a rule asks for and that earlier runs have too. */
function historyMetric({ history, metrics }) {
	return metrics.map(({ name }) => name).find((name) => history.filter(({ values }) => values[name] !== void 0).length > 1);
}
const folded = (title, body) => `<details><summary>${require_house().escapeText(title)}</summary>\n\n${body}\n\n</details>`;
// src/actions/gate-report.ts
var gate_report_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ writeGateReport: () => writeGateReport });
/** With this run, ten. */
const EARLIER_RUNS = 9;
/** Writes the report in each of its forms; says where, and the job summary. */
async function writeGateReport({ record, gate, metrics, baseline, search, evidence, rules }, run, ports) {
	const known = baseline.kind === "measured" ? baseline.measured : void 0;
	const sample = evidence?.sample;
	const history = record && search ? await earlierRuns(record, metrics, run, ports) : [];
	const report = reportOf(record, {
		gate,
		absent: search && "absent" in search ? search.absent : void 0,
		...compareMetrics(metrics, known, [...new Set(rules.map(({ metric }) => metric))]),
		...sample ? await answersTold(sample) : {
			confusion: void 0,
			flips: evidence?.flips,
			mcnemar: void 0
		},
		golden: evidence?.golden,
		history
	});
	const [{ renderGatePage }, { renderJunit }] = await Promise.all([Promise.resolve().then(() => gate_page_exports), Promise.resolve().then(() => junit_exports)]);
	const summary = renderGate(report);
	const folder = `${run.temp}/model-road`;
	const files = {
		report: [`${folder}/gate.md`, summary],
		"report-html": [`${folder}/gate.html`, renderGatePage(report)],
		"report-json": [require_gate_inputs().gateReportPath(run), `${JSON.stringify(report, null, 1)}\n`],
		"report-junit": [`${folder}/gate.junit.xml`, renderJunit(report)]
	};
	await Promise.all(Object.values(files).map(async ([path, text]) => ports.workspace.write(path, text)));
	return {
		summary,
		files: Object.fromEntries(Object.entries(files).map(([name, [path]]) => [name, path]))
	};
}
/** Loaded only where there are answers: a gate over a metrics file should take no longer than it must. */
async function answersTold(sample) {
	const { confusionOf, flipsOf } = await Promise.resolve().then(() => require("./gate-answers.cjs"));
	const { mcNemar } = await Promise.resolve().then(() => require("./mcnemar.cjs"));
	return {
		confusion: confusionOf(sample),
		flips: flipsOf(sample),
		mcnemar: mcNemar(sample)
	};
}
/** The trainings of this model before, from their artifacts, and this one. Telling is a side step: it never fails a gate. */
async function earlierRuns(record, metrics, run, { github, workspace, log }) {
	const now = {
		runId: record.source.runId,
		sha: record.source.sha,
		at: "this run",
		values: metrics.values
	};
	try {
		const { recordOfArtifact } = await Promise.resolve().then(() => require("./gate-baseline.cjs"));
		const ours = (await github.artifactsNamed(documentArtifactName(record.model.name, 1))).filter(({ expired, run: of }) => !expired && of.headRepositoryId === run.repositoryId && of.id !== record.source.runId);
		return [...(await Promise.all(ours.slice(0, EARLIER_RUNS).map(async (artifact) => {
			const { source, metrics: of } = await recordOfArtifact(artifact, {
				github,
				workspace
			});
			return [{
				runId: source.runId,
				sha: source.sha,
				at: artifact.createdAt,
				values: of?.values ?? {}
			}];
		}))).flat().toReversed(), now];
	} catch (thrown) {
		log.info(`Earlier runs can not be told: ${require_house().messageOf(thrown).split("\n", 1)[0]}`);
		return [];
	}
}
// src/domain/report/junit.ts
var junit_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	escapeMarkup: () => escapeMarkup,
	renderJunit: () => renderJunit
});
/** Text in an attribute or element of XML or HTML; characters that XML 1.0 can not hold become U+FFFD. */
function escapeMarkup(text) {
	return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff\u202a-\u202e\u2066-\u2069]/g, "�").replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
/** The rules as JUnit XML, a test case each: a rejected one is a failure, an inconclusive one an error. */
function renderJunit({ model, gate }) {
	const count = (verdict) => gate.rules.filter((rule) => rule.verdict === verdict).length;
	const name = escapeMarkup(`gate${model === void 0 ? "" : ` of ${model}`}`);
	const counts = `tests="${gate.rules.length}" failures="${count("rejected")}" errors="${count("inconclusive")}"`;
	const cases = gate.rules.map(({ rule, verdict, reason, observed, bound }) => {
		const told = escapeMarkup(reason ?? verdict);
		const element = verdict === "rejected" ? "failure" : "error";
		const seen = observed === void 0 ? "" : `<system-out>observed ${require_house().figure(observed, bound)}</system-out>`;
		const body = `${verdict === "passed" ? "" : `<${element} message="${told}" type="${verdict}">${told}</${element}>`}${seen}`;
		return `    <testcase classname="${name}" name="${escapeMarkup(rule)}">${body}</testcase>`;
	});
	return [
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
		`<testsuites name="${name}" ${counts}>`,
		`  <testsuite name="${name}" ${counts}>`,
		...cases,
		"  </testsuite>",
		"</testsuites>",
		""
	].join("\n");
}
// src/domain/report/gate-page.ts
var gate_page_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ renderGatePage: () => renderGatePage });
const MOST_SLICES = 120;
const MOST_FLIPS = 200;
/**
* The gate's report as one page: nothing is loaded from anywhere and nothing runs in it, which its own policy says too. It follows
* the reader's light or dark scheme; every part that scrolls or folds is reached by keyboard.
*/
function renderGatePage(report) {
	const { model, gate } = report;
	const sections = [
		section("rules", "Rules", rulesPart(gate)),
		section("metrics", "Metrics", metricsPart(report)),
		section("slices", "Slices", slicesPart(report)),
		section("flips", "Answers that changed", flipsPart(report)),
		section("confusion", "Confusion matrix", confusionPart(report)),
		section("golden", "The same questions to both", goldenPart(report)),
		section("history", "Earlier runs", historyPart(report))
	].filter((each) => each !== void 0);
	const title = `Gate ${gate.decision}${model === void 0 ? "" : `: ${model}`}`;
	const links = sections.map(({ id, title: name }) => `<a href="#${id}">${name}</a>`).join("\n");
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#content">To the rules</a>
<header class="${gate.decision}">
<p class="verdict"><span class="sign" aria-hidden="true">${SIGN[gate.decision]}</span> ${gate.decision}</p>
<h1>${escapeMarkup(model ?? "The model")}</h1>
<p>${escapeMarkup(verdictSentence(gate))}.</p>
${decidedBy(gate)}
${identities(report)}
</header>
<nav aria-label="Parts of this page">
${links}
</nav>
<main id="content">
${sections.map(({ html }) => html).join("\n")}
</main>
</body>
</html>
`;
}
const SIGN = {
	passed: "✓",
	rejected: "✕",
	inconclusive: "?"
};
function section(id, title, body) {
	if (body === "") return void 0;
	return {
		id,
		title,
		html: `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>\n${body}\n</section>`
	};
}
function decidedBy(gate) {
	const rules = decisive(gate).slice(0, 10);
	if (rules.length === 0) return "";
	return `<div class="decided"><h2>${gate.decision === "passed" ? "Closest to its bound" : "Decided by"}</h2><ul>${rules.map(({ rule, reason, observed, bound }) => {
		const told = reason ?? (observed === void 0 ? "holds" : `observed ${require_house().figure(observed, bound)}`);
		return `<li><code>${escapeMarkup(rule)}</code> <span>${escapeMarkup(told)}</span></li>`;
	}).join("")}</ul></div>`;
}
function identities(report) {
	const { digest, sha } = report;
	const [called, identity] = baselineSentence(report);
	return `<dl><div><dt>Candidate</dt><dd>${escapeMarkup([sha === void 0 ? "" : `commit ${sha.slice(0, 7)}`, digest === void 0 ? "" : `model ${digest.slice(0, 19)}`].filter((part) => part !== "").join(", ") || "as it was measured here")}</dd></div><div><dt>Compared with</dt><dd>${escapeMarkup(called)}${identity === "" ? "" : `: ${escapeMarkup(identity)}`}</dd></div></dl>`;
}
const cell = (text, kind = "") => `<td${kind === "" ? "" : ` class="${kind}"`}>${text}</td>`;
const numberCell = (value, bound) => cell(value === void 0 ? "–" : require_house().figure(value, bound), "number");
function table(label, head, rows, kinds = []) {
	const heads = head.map((each, at) => `<th scope="col"${kinds[at] ? ` class="${kinds[at]}"` : ""}>${each}</th>`).join("");
	return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(label)}"><table><thead><tr>${heads}</tr></thead><tbody>\n${rows.map((row) => `<tr>${row}</tr>`).join("\n")}\n</tbody></table></div>`;
}
function rulesPart({ rules, confidence }) {
	const anyBaseline = rules.some(({ baseline }) => baseline !== void 0);
	const anyInterval = rules.some(({ interval }) => interval !== void 0);
	const rows = rules.map((rule) => [
		cell(`<span class="badge ${rule.verdict}"><span aria-hidden="true">${SIGN[rule.verdict]}</span> ${rule.verdict}</span>`),
		cell(`<code>${escapeMarkup(rule.rule)}</code>${rule.reason === void 0 ? "" : `<p class="why">${escapeMarkup(rule.reason)}</p>`}`),
		numberCell(rule.observed, rule.bound),
		...anyBaseline ? [numberCell(rule.baseline)] : [],
		numberCell(rule.bound, rule.observed),
		...anyInterval ? [cell(intervalPicture(rule), "picture")] : []
	].join(""));
	const share = `${Number(((confidence ?? .95) * 100).toPrecision(4))} %`;
	const heads = [
		"Verdict",
		"Rule",
		"Observed",
		...anyBaseline ? ["Baseline"] : [],
		"Bound",
		...anyInterval ? [`Distance to the bound, ${share}`] : []
	];
	const note = anyInterval ? `<p class="note">The dot is what was observed, the bar where ${share} of the resampled rows lie, the line in the middle is the bound. ${confidence === void 0 ? "The values decided as they stand." : "A bar across the line decides nothing."}</p>` : "";
	return table("Rules", heads, rows, [
		"",
		"",
		"number",
		...anyBaseline ? ["number"] : [],
		"number"
	]) + note;
}
/** The distance to the bound with its interval, each rule on a scale of its own; the good side is to the right. */
function intervalPicture({ observed, bound, interval, verdict, rule }) {
	if (observed === void 0 || bound === void 0 || interval === void 0) return "–";
	const flip = /<=?/.test(rule.replace(/"(?:[^"\\]|\\.)*"/g, "")) ? -1 : 1;
	const distance = (observed - bound) * flip;
	const [low, high] = [interval.low * flip, interval.high * flip].toSorted((a, b) => a - b);
	const reach = Math.max(Math.abs(low), Math.abs(high), Math.abs(distance)) || 1;
	const x = (value) => (90 + value / reach * 78).toFixed(1);
	const label = `${signed(observed - bound)}, between ${signed(interval.low)} and ${signed(interval.high)}`;
	return `<svg viewBox="0 0 180 22" width="180" height="22" role="img" class="${verdict}"><title>${escapeMarkup(label)}</title><line class="axis" x1="90" y1="1" x2="90" y2="21"/><line class="bar" x1="${x(low)}" y1="11" x2="${x(high)}" y2="11"/><circle class="dot" cx="${x(distance)}" cy="11" r="4.5"/></svg><span class="small">${escapeMarkup(label)}</span>`;
}
function metricsPart({ metrics }) {
	if (metrics.length === 0) return "";
	const both = metrics.some(({ baseline }) => baseline !== void 0);
	const rows = metrics.map(({ name, candidate, baseline }) => [
		`<th scope="row"><code>${escapeMarkup(name)}</code></th>`,
		numberCell(candidate),
		...both ? [numberCell(baseline), cell(change(candidate, baseline), "number")] : []
	].join(""));
	return table("Metrics", both ? [
		"Metric",
		"Candidate",
		"Baseline",
		"Change"
	] : ["Metric", "Candidate"], rows, [
		"",
		"number",
		"number",
		"number"
	]);
}
const change = (now, before) => now === void 0 || before === void 0 ? "–" : signed(now - before);
function slicesPart(report) {
	const chosen = chosenSlices(report);
	if (chosen.length === 0) return "";
	const both = chosen.some(({ baseline }) => baseline !== void 0);
	const groups = /* @__PURE__ */ new Map();
	for (const each of chosen) {
		const key = `${each.name} by ${each.slice.split("=", 1)[0]}`;
		groups.set(key, [...groups.get(key) ?? [], each]);
	}
	const pictures = [...groups].map(([name, of]) => dumbbells(name, of)).join("\n");
	const rows = chosen.map(({ name, slice, n, candidate, baseline }) => [
		`<th scope="row"><code>${escapeMarkup(slice)}</code></th>`,
		cell(`<code>${escapeMarkup(name)}</code>`),
		numberCell(n),
		numberCell(candidate),
		...both ? [numberCell(baseline), cell(change(candidate, baseline), "number")] : []
	].join(""));
	return `${pictures}<details><summary>As a table</summary>${table("Slices", [
		"Slice",
		"Metric",
		"n",
		"Candidate",
		...both ? ["Baseline", "Change"] : []
	], rows, [
		"",
		"",
		"number",
		"number",
		"number",
		"number"
	])}</details>`;
}
/** A row for each slice: where the baseline stood and where the candidate stands. The lowest first. */
function dumbbells(name, slices) {
	const shown = slices.filter(({ candidate }) => candidate !== void 0).toSorted((a, b) => a.candidate - b.candidate || (a.slice < b.slice ? -1 : 1)).slice(0, MOST_SLICES);
	const values = shown.flatMap(({ candidate, baseline }) => [candidate, ...baseline === void 0 ? [] : [baseline]]);
	const [low, high, ticks] = scale(Math.min(...values), Math.max(...values));
	const [left, width, step] = [
		190,
		440,
		26
	];
	const x = (value) => (left + (value - low) / (high - low) * width).toFixed(1);
	const height = shown.length * step + 30;
	const grid = ticks.map((tick) => `<line class="grid" x1="${x(tick)}" y1="6" x2="${x(tick)}" y2="${height - 24}"/><text class="tick" x="${x(tick)}" y="${height - 8}" text-anchor="middle">${require_house().figure(tick)}</text>`).join("");
	const both = shown.some(({ baseline }) => baseline !== void 0);
	const marks = shown.map(({ slice, n, candidate, baseline }, at) => {
		const y = at * step + 18;
		const label = slice.length > 22 ? `${slice.slice(0, 21).toWellFormed()}…` : slice;
		const told = `${slice}: ${require_house().figure(candidate)}${baseline === void 0 ? "" : `, baseline ${require_house().figure(baseline)}`}${n === void 0 ? "" : `, ${n} rows`}`;
		const before = baseline === void 0 ? "" : `<line class="link${candidate < baseline ? " down" : ""}" x1="${x(baseline)}" y1="${y}" x2="${x(candidate)}" y2="${y}"/><circle class="before" cx="${x(baseline)}" cy="${y}" r="5"/>`;
		return `<g><title>${escapeMarkup(told)}</title><text class="label" x="${left - 14}" y="${y + 4}" text-anchor="end">${escapeMarkup(label)}</text>${before}<circle class="now" cx="${x(candidate)}" cy="${y}" r="5"/><text class="value" x="${left + width + 16}" y="${y + 4}">${require_house().figure(candidate)}</text></g>`;
	});
	const legend = both ? "<p class=\"note\"><span class=\"key now\"></span> candidate <span class=\"key before\"></span> baseline</p>" : "";
	return `<figure><figcaption><code>${escapeMarkup(name)}</code></figcaption><div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(name)}"><svg viewBox="0 0 720 ${height}" width="720" height="${height}" role="img" aria-label="${escapeMarkup(`${name}, ${require_house().counted(shown.length, "slice")}`)}">${grid}${marks.join("")}</svg></div>${legend}</figure>`;
}
/** Round ends and ticks around values; shares get the whole scale from where it matters to 1. */
function scale(least, most) {
	const span = most - least || Math.abs(most) || 1;
	const step = 10 ** Math.floor(Math.log10(span)) * ([
		1,
		2,
		5,
		10
	].find((each) => 10 ** Math.floor(Math.log10(span)) * each * 5 >= span) ?? 10);
	const low = Math.floor(least / step - .01) * step;
	let high = Math.ceil(most / step + .01) * step;
	if (least >= 0 && most <= 1) high = Math.min(high, 1);
	const [from, to] = [least >= 0 ? Math.max(0, low) : low, high > low ? high : low + step];
	const ticks = [];
	for (let at = from; at <= to + step / 1e6 && ticks.length < 12; at += step) ticks.push(Number(at.toPrecision(12)));
	return [
		from,
		to,
		ticks
	];
}
function flipsPart(report) {
	const { flips } = report;
	if (!flips) return "";
	const sentence = `<p>${escapeMarkup(flipSentence(report))}</p>`;
	if (flips.shown.length === 0) return sentence;
	const known = flips.mended !== void 0;
	const rows = flips.shown.slice(0, MOST_FLIPS).map(({ row, truth, from, to }) => {
		if (!known) return `<th scope="row">${escapeMarkup(row)}</th>${cell(escapeMarkup(from))}${cell(escapeMarkup(to))}`;
		const kind = to === truth ? "mended" : from === truth ? "broken" : "";
		return [
			`<th scope="row">${escapeMarkup(row)}</th>`,
			cell(escapeMarkup(truth)),
			cell(escapeMarkup(from)),
			cell(escapeMarkup(to)),
			cell(kind === "" ? "wrong in another way" : kind === "mended" ? "right now" : "became wrong", kind)
		].join("");
	});
	const hidden = flips.total - rows.length;
	const more = hidden > 0 ? `<p class="note">… and ${require_house().counted(hidden, "more row")}.</p>` : "";
	return `${sentence}<details${rows.length <= 12 ? " open" : ""}><summary>Which rows</summary>${table("Answers that changed", known ? [
		"Row",
		"True",
		"Before",
		"Now",
		""
	] : [
		"Row",
		"Before",
		"Now"
	], rows)}${more}</details>`;
}
function confusionPart({ confusion }) {
	if (!confusion) return "";
	const { classes, candidate, baseline } = confusion;
	const rows = candidate.map((counts, t) => {
		const total = counts.reduce((sum, count) => sum + count, 0) || 1;
		const cells = counts.map((count, p) => {
			const share = count / total;
			const before = baseline?.[t]?.[p];
			const delta = before === void 0 || before === count ? "" : `<span class="small">${signed(count - before)}</span>`;
			const shade = count === 0 ? 0 : .12 + .6 * share;
			return `<td class="${t === p ? "right" : "wrong"}" style="--shade:${shade.toFixed(3)}">${Number(count.toPrecision(6))}${delta}</td>`;
		});
		return `<th scope="row">${escapeMarkup(classes[t])}</th>${cells.join("")}`;
	});
	const note = `<p class="note">Rows are what is true, columns what the candidate answered${baseline ? "; small, the change against the baseline" : ""}.</p>`;
	return `<div class="matrix">${table("Confusion matrix", ["", ...classes.map(escapeMarkup)], rows)}</div>${note}`;
}
function goldenPart({ golden }) {
	if (!golden) return "";
	const ms = (value) => cell(value === void 0 ? "–" : `${Number(value.toPrecision(3))} ms`, "number");
	const rows = [["Candidate", golden.candidate], ...golden.live ? [["Live", golden.live]] : []].map(([called, { answered, failure, latency, bytes }]) => [
		`<th scope="row">${called}</th>`,
		cell(`${answered} of ${golden.asked}${failure === void 0 ? "" : `<p class="why">${escapeMarkup(failure)}</p>`}`),
		ms(latency?.p50),
		ms(latency?.p95),
		ms(latency?.most),
		cell(bytes === void 0 ? "–" : require_house().bytesAsText(bytes), "number")
	].join(""));
	const delta = golden.delta ? `<p>Answers moved by ${require_house().figure(golden.delta.mean)} on average, by ${require_house().figure(golden.delta.most)} at most.</p>` : "";
	return table("Golden set", [
		"",
		"Answered",
		"Median",
		"95 %",
		"Longest",
		"Answer's size"
	], rows, [
		"",
		"",
		"number",
		"number",
		"number",
		"number"
	]) + delta;
}
function historyPart(report) {
	const name = historyMetric(report);
	if (report.history.length < 2 || name === void 0) return "";
	const shown = report.history.filter(({ values }) => values[name] !== void 0);
	const rows = shown.map(({ sha, at, runId, values }) => [
		`<th scope="row"><code>${escapeMarkup(sha.slice(0, 7))}</code></th>`,
		cell(escapeMarkup(at.slice(0, 16).replace("T", " "))),
		cell(escapeMarkup(`run ${runId}`)),
		numberCell(values[name])
	].join(""));
	return `${course(name, shown)}<details><summary>As a table</summary>${table("Earlier runs", [
		"Commit",
		"When",
		"Run",
		escapeMarkup(name)
	], rows, [
		"",
		"",
		"",
		"number"
	])}</details>`;
}
function course(name, runs) {
	const values = runs.map((each) => each.values[name]);
	const [low, high, ticks] = scale(Math.min(...values), Math.max(...values));
	const x = (at) => (70 + at / Math.max(1, runs.length - 1) * 600).toFixed(1);
	const y = (value) => (150 - (value - low) / (high - low) * 130).toFixed(1);
	const grid = ticks.map((tick) => `<line class="grid" x1="70" y1="${y(tick)}" x2="680" y2="${y(tick)}"/><text class="tick" x="60" y="${Number(y(tick)) + 4}" text-anchor="end">${require_house().figure(tick)}</text>`).join("");
	const line = `<polyline class="course" points="${values.map((value, at) => `${x(at)},${y(value)}`).join(" ")}"/>`;
	const dots = runs.map(({ sha, values: of }, at) => `<g><title>${escapeMarkup(`${sha.slice(0, 7)}: ${require_house().figure(of[name])}`)}</title><circle class="${at === runs.length - 1 ? "now" : "before"}" cx="${x(at)}" cy="${y(of[name])}" r="5"/><text class="tick" x="${x(at)}" y="174" text-anchor="middle">${escapeMarkup(sha.slice(0, 7))}</text></g>`).join("");
	return `<figure><figcaption><code>${escapeMarkup(name)}</code></figcaption><div class="scroll" tabindex="0" role="region" aria-label="Earlier runs as a picture"><svg viewBox="0 0 720 184" width="720" height="184" role="img" aria-label="${escapeMarkup(`${name} over ${require_house().counted(runs.length, "run")}`)}">${grid}${line}${dots}</svg></div></figure>`;
}
const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de; --paper: #ffffff; --shade-paper: #f6f8fa; --good: #116329; --bad: #b3261e; --open: #7d5200; --good-paper: #e6f6ea; --bad-paper: #fdecea; --open-paper: #fff5dc; --now: #0b57d0; --before: #6e7781; --right: 17, 99, 41; --wrong: 179, 38, 30; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9aa4af; --line: #30363d; --paper: #0d1117; --shade-paper: #161b22; --good: #56d364; --bad: #ff8a80; --open: #e3b341; --good-paper: #10291a; --bad-paper: #331715; --open-paper: #2d2410; --now: #79b8ff; --before: #8b949e; --right: 63, 185, 80; --wrong: 248, 81, 73; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
a { color: var(--now); } code { font: 0.9em ui-monospace, "Liberation Mono", Menlo, monospace; }
:focus-visible { outline: 3px solid var(--now); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }
header { border: 1px solid var(--line); border-left: 6px solid var(--quiet); border-radius: 8px; padding: 1rem 1.25rem; background: var(--shade-paper); }
header.passed { border-left-color: var(--good); background: var(--good-paper); } header.rejected { border-left-color: var(--bad); background: var(--bad-paper); } header.inconclusive { border-left-color: var(--open); background: var(--open-paper); }
.verdict { margin: 0; font-weight: 700; font-size: 1.5rem; } .passed .verdict { color: var(--good); } .rejected .verdict { color: var(--bad); } .inconclusive .verdict { color: var(--open); }
h1 { margin: .1rem 0 .4rem; font-size: 1.15rem; font-weight: 600; } header p { margin: .2rem 0; }
h2 { font-size: 1.15rem; margin: 0 0 .6rem; } .decided h2 { font-size: .95rem; margin: .8rem 0 .2rem; } .decided ul { margin: 0; padding-left: 1.2rem; }
dl { display: grid; gap: .2rem; margin: .8rem 0 0; font-size: .93rem; } dl div { display: flex; gap: .8rem; } dt { flex: 0 0 8.5rem; color: var(--quiet); } dd { margin: 0; }
nav { display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; padding: .8rem .25rem; margin-bottom: .6rem; border-bottom: 1px solid var(--line); position: sticky; top: 0; background: var(--paper); z-index: 1; }
section { padding-top: 1.2rem; scroll-margin-top: 2.2rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem; border-bottom: 1px solid var(--line); font-weight: 400; } thead th { color: var(--quiet); font-size: .85rem; white-space: nowrap; } tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .picture { min-width: 200px; }
.badge { white-space: nowrap; font-weight: 600; } .badge.passed, .mended { color: var(--good); } .badge.rejected, .broken { color: var(--bad); } .badge.inconclusive { color: var(--open); }
.why, .note { margin: .2rem 0 0; color: var(--quiet); font-size: .88rem; } .note { margin-top: .5rem; } .small { display: block; color: var(--quiet); font-size: .78rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
details { margin-top: .6rem; } summary { cursor: pointer; color: var(--now); width: fit-content; } figure { margin: 0 0 .8rem; } figcaption { margin-bottom: .2rem; }
svg { display: block; max-width: none; } svg text { font: 12px system-ui, "Liberation Sans", sans-serif; fill: var(--ink); } svg .tick { fill: var(--quiet); font-size: 11px; }
.grid { stroke: var(--line); } .axis { stroke: var(--ink); stroke-width: 1.5; } .bar { stroke-width: 6; stroke-linecap: round; stroke: var(--quiet); opacity: .45; } .dot { fill: var(--quiet); }
svg.passed .bar { stroke: var(--good); } svg.passed .dot { fill: var(--good); } svg.rejected .bar { stroke: var(--bad); } svg.rejected .dot { fill: var(--bad); } svg.inconclusive .bar { stroke: var(--open); } svg.inconclusive .dot { fill: var(--open); }
circle.now { fill: var(--now); } circle.before { fill: var(--paper); stroke: var(--before); stroke-width: 2; } .link { stroke: var(--now); stroke-width: 3; opacity: .35; } .link.down { stroke: var(--bad); } .course { fill: none; stroke: var(--now); stroke-width: 2; }
.key { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin: 0 .2rem 0 .8rem; } .key.now { background: var(--now); } .key.before { border: 2px solid var(--before); }
.matrix table { width: auto; } .matrix .small { color: inherit; } .matrix td { text-align: right; min-width: 2.8rem; font-variant-numeric: tabular-nums; border: 1px solid var(--line); } .matrix th { text-align: right; border: 0; } .matrix td.right { background: rgba(var(--right), var(--shade)); } .matrix td.wrong { background: rgba(var(--wrong), var(--shade)); }
@media (max-width: 40rem) { body { padding: .75rem .6rem 3rem; } dl div { display: block; } nav { position: static; } }
@media print { nav, .skip { display: none; } body { max-width: none; } }
`;
Object.defineProperty(exports, "comparedWith", {
	enumerable: true,
	get: function() {
		return comparedWith;
	}
});
Object.defineProperty(exports, "documentArtifactName", {
	enumerable: true,
	get: function() {
		return documentArtifactName;
	}
});
Object.defineProperty(exports, "equals", {
	enumerable: true,
	get: function() {
		return equals;
	}
});
Object.defineProperty(exports, "escapeMarkup", {
	enumerable: true,
	get: function() {
		return escapeMarkup;
	}
});
Object.defineProperty(exports, "failedRules", {
	enumerable: true,
	get: function() {
		return failedRules;
	}
});
Object.defineProperty(exports, "fit", {
	enumerable: true,
	get: function() {
		return fit;
	}
});
Object.defineProperty(exports, "flipSentence", {
	enumerable: true,
	get: function() {
		return flipSentence;
	}
});
Object.defineProperty(exports, "gateDetails", {
	enumerable: true,
	get: function() {
		return gateDetails;
	}
});
Object.defineProperty(exports, "gate_report_exports", {
	enumerable: true,
	get: function() {
		return gate_report_exports;
	}
});
Object.defineProperty(exports, "gate_report_exports$1", {
	enumerable: true,
	get: function() {
		return gate_report_exports$1;
	}
});
Object.defineProperty(exports, "indexKey", {
	enumerable: true,
	get: function() {
		return indexKey;
	}
});
Object.defineProperty(exports, "modelArtifactName", {
	enumerable: true,
	get: function() {
		return modelArtifactName;
	}
});
Object.defineProperty(exports, "readQuietly", {
	enumerable: true,
	get: function() {
		return readQuietly;
	}
});
Object.defineProperty(exports, "row", {
	enumerable: true,
	get: function() {
		return row;
	}
});
Object.defineProperty(exports, "signed", {
	enumerable: true,
	get: function() {
		return signed;
	}
});
Object.defineProperty(exports, "verdictSentence", {
	enumerable: true,
	get: function() {
		return verdictSentence;
	}
});
