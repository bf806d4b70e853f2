require("./rolldown-runtime.cjs");
const require_house = () => require("./house.cjs");
const require_gate_inputs = () => require("./gate-inputs.cjs");
const require_gate_report = () => require("./gate-report.cjs");
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
/** Metrics without a rule are news, not the verdict: more of them than this only bury it. */
const MOST_UNRULED = 15;
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
/**
* The table of rules and metrics: a row for each rule as written, then the metrics that no rule is about. Cut to so many
* characters; the rules that do not hold go last.
*/
function metricsTable(gate, values, most) {
	const rows = [];
	const ruled = /* @__PURE__ */ new Set();
	for (const { rule, observed, bound, verdict } of gate?.rules ?? []) {
		const name = subjectOf(rule);
		if (name !== void 0) ruled.add(name);
		rows.push({
			line: row(name === void 0 ? "–" : require_house().codeSpan(name, 120), observed === void 0 ? "–" : require_house().figure(observed, bound), require_house().codeSpan(rule, 200), verdict === "passed" ? "passed" : `**${verdict}**`),
			rank: verdict === "passed" ? 1 : 0
		});
	}
	const unruled = Object.entries(values).filter(([name]) => !ruled.has(name));
	for (const [name, value] of unruled.slice(0, MOST_UNRULED)) rows.push({
		line: row(require_house().codeSpan(name, 120), require_house().figure(value), "–", "–"),
		rank: 2
	});
	if (rows.length === 0) return "";
	const hidden = unruled.length - MOST_UNRULED;
	const more = hidden > 0 ? [`\n… and ${require_house().counted(hidden, "more metric")} in the record.`] : [];
	const head = [row("Metric", "Observed", "Rule", "Verdict"), "|:--|--:|:--|:--|"];
	const body = fit(rows, most - 300, (count) => `\n… and ${require_house().counted(count, "more row")} in the record.`);
	return [
		...head,
		...body,
		...more
	].join("\n");
}
const row = (...cells) => `| ${cells.join(" | ")} |`;
/** The metric that a rule is about; nothing for a rule that this version can not read. */
function subjectOf(rule) {
	const [read] = readQuietly(rule);
	return read && require_gate_inputs().subject(read);
}
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
const MOST_FLIPS = 30;
/** The gate's own job summary: what was asked, what was observed, against what, and what it decides. */
function renderGate(report) {
	const { model, gate } = report;
	return [
		`## Gate: ${gate.decision}${model === void 0 ? "" : ` (${require_house().escapeText(model, 100)})`}`,
		`**${verdictSentence(gate)}.** ${comparedWith(report)}`,
		decidedBy(gate),
		rulesTable(gate),
		report.metrics.some(({ baseline }) => baseline !== void 0) ? "" : comparison(report),
		...gateDetails(report)
	].filter((part) => part !== "").join("\n\n").concat("\n");
}
/** What stands below the rules, here and in the report of the release, what matters most first. */
function gateDetails(report) {
	return [
		report.metrics.some(({ baseline }) => baseline !== void 0) ? comparison(report) : "",
		goldenTable(report),
		flipTable(report),
		sliceTable(report),
		matrix(report),
		historyTable(report)
	].filter((part) => part !== "");
}
function comparedWith(report) {
	const [called, identity] = require_gate_report().baselineSentence(report);
	return `Compared with ${require_house().escapeText(called)}${identity === "" ? "" : ` (${require_house().escapeText(identity, 400)})`}.`;
}
function decidedBy(gate) {
	const rules = require_gate_report().decisive(gate);
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
	return `${total} of ${require_house().counted(rows, "row")} are answered differently: ${mended} are right now, ${broken} became wrong.${luck}`;
}
function flipTable({ flips, mcnemar }) {
	if (!flips) return "";
	const sentence = flipSentence({
		flips,
		mcnemar
	});
	if (flips.total === 0) return sentence;
	const lines = flips.shown.slice(0, MOST_FLIPS).map(({ row: id, truth, from, to }) => row(require_house().escapeCell(id, 80), require_house().escapeCell(truth, 60), require_house().escapeCell(from, 60), require_house().escapeCell(to, 60)));
	const more = flips.total - lines.length;
	const table = fit(equals(lines), SHARE.flips, (count) => `\n… and ${require_house().counted(count + more, "more row")}.`);
	return [sentence, folded("Which rows", [
		row("Row", "True", "Before", "Now"),
		"|:--|:--|:--|:--|",
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
Object.defineProperty(exports, "chosenSlices", {
	enumerable: true,
	get: function() {
		return chosenSlices;
	}
});
Object.defineProperty(exports, "comparedWith", {
	enumerable: true,
	get: function() {
		return comparedWith;
	}
});
Object.defineProperty(exports, "equals", {
	enumerable: true,
	get: function() {
		return equals;
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
Object.defineProperty(exports, "historyMetric", {
	enumerable: true,
	get: function() {
		return historyMetric;
	}
});
Object.defineProperty(exports, "metricsTable", {
	enumerable: true,
	get: function() {
		return metricsTable;
	}
});
Object.defineProperty(exports, "renderGate", {
	enumerable: true,
	get: function() {
		return renderGate;
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
