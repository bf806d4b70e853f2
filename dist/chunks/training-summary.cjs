require("./rolldown-runtime.cjs");
const require_escape = () => require("./escape.cjs");
const require_quantity = () => require("./quantity.cjs");
const require_figure = () => require("./figure.cjs");
// src/actions/training-summary.ts
const MAX_ROWS = 50;
/** The job summary of a training, or of a training that was not needed. */
function summariseTraining(record) {
	const { model, training, metrics } = record;
	const lines = [`## Training: ${training.skipped ? "skipped" : "done"} (${require_escape().escapeText(model.name)})`, ""];
	const [first = ""] = training.reason.split("\n");
	lines.push(`${require_escape().escapeText(capital(first))}.${training.skipped ? ` Saved about ${require_quantity().secondsAsText(training.seconds)}.` : ` It took ${require_quantity().secondsAsText(training.seconds)}.`}`, "");
	if (training.changed.length > 1) lines.push("What changed:", "", ...training.changed.map((line) => `- ${require_escape().escapeText(line)}`), "");
	lines.push(...table("Parameter", Object.entries(training.params)));
	lines.push(...table("Metric", Object.entries(metrics?.values ?? {}).map(([name, value]) => [name, require_figure().figure(value)])));
	lines.push(`Fingerprint ${require_escape().codeSpan(model.fingerprint.slice(0, 12))}, model ${require_escape().codeSpan(model.digest.slice(0, 19))}, ${require_quantity().counted(model.files, "file")}, ${require_quantity().bytesAsText(model.bytes)}${model.format === void 0 ? "" : `, ${require_escape().escapeText(model.format)}`}.`, "");
	return lines.join("\n");
}
function table(head, rows) {
	if (rows.length === 0) return [];
	const shown = rows.slice(0, MAX_ROWS).map(([name = "", value = ""]) => `| ${require_escape().codeSpan(name)} | ${require_escape().escapeCell(value)} |`);
	const more = rows.length > MAX_ROWS ? [`| … | ${rows.length - MAX_ROWS} more |`] : [];
	return [
		`| ${head} | Value |`,
		"|:--|--:|",
		...shown,
		...more,
		""
	];
}
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
exports.summariseTraining = summariseTraining;
