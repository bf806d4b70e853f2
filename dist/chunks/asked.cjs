require("./rolldown-runtime.cjs");
let kept_require_trial;
const require_trial = () => kept_require_trial ??= require("./trial.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/inference/asked.ts
/** The output `report`: without the answers, which may be long. */
function seenAsJson({ address, asked, times, rows }) {
	const sorted = times.toSorted((a, b) => a - b);
	const round = (value) => Math.round(value * 10) / 10;
	return JSON.stringify({
		address,
		requests: times.length,
		...times.length === 0 ? {} : {
			p50Ms: round(require_trial().percentile(sorted, .5)),
			p95Ms: round(require_trial().percentile(sorted, .95))
		},
		...rows === void 0 ? {} : { rows },
		asked: asked.map(({ name, seconds, reasons }) => ({
			name,
			passed: reasons.length === 0,
			milliseconds: round(seconds * 1e3),
			...reasons.length === 0 ? {} : { reasons: reasons.slice(0, 5) }
		}))
	});
}
const MOST_ROWS = 50;
/** The table of the job summary: what failed first, and a bounded number of lines. */
function seenAsTable(seen, called) {
	const failed = seen.asked.filter(({ reasons }) => reasons.length > 0);
	const good = seen.asked.filter(({ reasons }) => reasons.length === 0);
	const shown = [...failed, ...good].slice(0, MOST_ROWS);
	const more = seen.asked.length - shown.length;
	const row = ({ name, seconds, reasons }) => `| ${require_house().escapeCell(name)} | ${reasons.length === 0 ? "passed" : `failed: ${require_house().escapeCell(reasons.slice(0, 3).join("; "))}`} | ${Math.round(seconds * 1e3)} ms |`;
	return [
		`### ${require_house().escapeCell(called)}: ${good.length} of ${seen.asked.length} passed`,
		"",
		`Asked at ${require_house().escapeCell(seen.address)}${seen.rows === void 0 ? "" : `; ${seen.rows} rows predicted`}.`,
		"",
		"| Asked | | |",
		"|---|---|---|",
		...shown.map(row),
		...more > 0 ? [`| ${more} more, all passed | | |`] : [],
		""
	].join("\n");
}
exports.seenAsJson = seenAsJson;
exports.seenAsTable = seenAsTable;
