require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/training-summary.ts
const MAX_ROWS = 50;
const MAX_CHARTS = 4;
/** The job summary of a training, or of a training that was not needed. */
function summariseTraining(record, series = {}) {
	const { model, training, metrics } = record;
	const lines = [`## Training: ${training.skipped ? "skipped" : "done"} (${require_house().escapeText(model.name)})`, ""];
	const [first = ""] = training.reason.split("\n");
	lines.push(`${require_house().escapeText(capital(first))}.${training.skipped ? ` Saved about ${require_house().secondsAsText(training.seconds)}.` : ` It took ${require_house().secondsAsText(training.seconds)}.`}`, "");
	if (training.changed.length > 1) lines.push("What changed:", "", ...training.changed.map((line) => `- ${require_house().escapeText(line)}`), "");
	lines.push(...table("Parameter", Object.entries(training.params)));
	lines.push(...table("Metric", Object.entries(metrics?.values ?? {}).map(([name, value]) => [name, require_house().figure(value)])));
	for (const [name, values] of Object.entries(series).slice(0, MAX_CHARTS)) lines.push(...chart(name, values));
	lines.push(`Fingerprint ${require_house().codeSpan(model.fingerprint.slice(0, 12))}, model ${require_house().codeSpan(model.digest.slice(0, 19))}, ` + (model.files === 0 ? "size not told" : `${require_house().counted(model.files, "file")}, ${require_house().bytesAsText(model.bytes)}`) + `${model.format === void 0 ? "" : `, ${require_house().escapeText(model.format)}`}.`, ...record.artifact?.modelUri === void 0 ? [] : ["", `Stored at ${require_house().codeSpan(record.artifact.modelUri)}.`], "");
	return lines.join("\n");
}
function table(head, rows) {
	if (rows.length === 0) return [];
	const shown = rows.slice(0, MAX_ROWS).map(([name = "", value = ""]) => `| ${require_house().codeSpan(name)} | ${require_house().escapeCell(value)} |`);
	const more = rows.length > MAX_ROWS ? [`| … | ${rows.length - MAX_ROWS} more |`] : [];
	return [
		`| ${head} | Value |`,
		"|:--|--:|",
		...shown,
		...more,
		""
	];
}
/** A line over the steps. What stands in a name reaches the diagram as letters, digits and a few marks only. */
function chart(name, values) {
	if (values.length < 2) return [];
	const every = Math.max(1, (values.length - 1) / 59);
	const points = [];
	for (let at = 0; at < values.length - .5; at += every) points.push(values[Math.round(at)]);
	return [
		"```mermaid",
		"xychart-beta",
		`  title "${name.replace(/[^\p{L}\p{N} ._/@-]/gu, "_").slice(0, 80)}"`,
		`  x-axis "step" 1 --> ${values.length}`,
		`  line [${points.join(", ")}]`,
		"```",
		""
	];
}
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
exports.summariseTraining = summariseTraining;
