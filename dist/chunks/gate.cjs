require("./rolldown-runtime.cjs");
const require_figure = require("./figure.cjs");
const require_rules = require("./rules.cjs");
const require_escape = require("./escape.cjs");
const require_quantity = require("./quantity.cjs");
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
// src/domain/report/gate.ts
/** Metrics without a rule are news, not the verdict: more of them than this only bury it. */
const MOST_UNRULED = 15;
/** The rules that do not hold, an item each with what was observed. Empty when all hold. */
function failedRules(gate, most) {
	return fit(equals(gate.rules.filter(({ verdict }) => verdict !== "passed").map(({ rule, verdict, reason }) => `- ${require_escape.codeSpan(rule)}: ${require_escape.escapeText(reason ?? verdict, 400)}`)), most, (count) => `- … and ${require_quantity.counted(count, "more rule")}`).join("\n");
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
			line: row(name === void 0 ? "–" : require_escape.codeSpan(name, 120), observed === void 0 ? "–" : require_figure.figure(observed, bound), require_escape.codeSpan(rule, 200), verdict === "passed" ? "passed" : `**${verdict}**`),
			rank: verdict === "passed" ? 1 : 0
		});
	}
	const unruled = Object.entries(values).filter(([name]) => !ruled.has(name));
	for (const [name, value] of unruled.slice(0, MOST_UNRULED)) rows.push({
		line: row(require_escape.codeSpan(name, 120), require_figure.figure(value), "–", "–"),
		rank: 2
	});
	if (rows.length === 0) return "";
	const hidden = unruled.length - MOST_UNRULED;
	const more = hidden > 0 ? [`\n… and ${require_quantity.counted(hidden, "more metric")} in the record.`] : [];
	const head = [row("Metric", "Observed", "Rule", "Verdict"), "|:--|--:|:--|:--|"];
	const body = fit(rows, most - 300, (count) => `\n… and ${require_quantity.counted(count, "more row")} in the record.`);
	return [
		...head,
		...body,
		...more
	].join("\n");
}
const row = (...cells) => `| ${cells.join(" | ")} |`;
/** The metric that a rule is about; nothing for a rule that this version can not read. */
function subjectOf(rule) {
	try {
		return require_rules.subject(require_rules.parseRules(rule)[0]);
	} catch {
		return;
	}
}
/** The gate's own job summary: what was asked, what was observed, what it decides. */
function renderGate(model, gate, values) {
	return [
		`## Gate: ${gate.decision}${model === void 0 ? "" : ` (${require_escape.escapeText(model, 100)})`}`,
		`**${verdictSentence(gate)}.**`,
		failedRules(gate, 12e3),
		metricsTable(gate, values, 18e3)
	].filter((part) => part !== "").join("\n\n").concat("\n");
}
exports.equals = equals;
exports.failedRules = failedRules;
exports.fit = fit;
exports.metricsTable = metricsTable;
exports.renderGate = renderGate;
exports.verdictSentence = verdictSentence;
