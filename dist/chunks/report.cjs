require("./rolldown-runtime.cjs");
const require_curl = () => require("./curl.cjs");
const require_house = () => require("./house.cjs");
const require_gate = () => require("./gate.cjs");
// src/domain/report/report.ts
/** GitHub refuses a comment above 65,536 characters. The shares below stay under 60,000 in sum. */
const MOST_CHARACTERS = 6e4;
const SHARE = {
	reasons: 12e3,
	table: 18e3,
	changed: 6e3,
	facts: 9e3
};
/** The first line of our comment: one for each model. Names of models hold nothing that could end it. */
function reportMarker(model) {
	return `<!-- model-road:report model=${model} -->`;
}
/** Whether a comment's text is a report of this model. Only its beginning counts: anyone may quote the marker further down. */
function carriesMarker(body, model) {
	return body.startsWith(reportMarker(model));
}
/**
* The report of a release as GitHub's Markdown, for the comment and the job summary alike: at most 60,000 characters, everything
* from outside escaped for where it stands.
* @param request the JSON of a prediction request that the model is known to answer
* @param judged what the gate of this job told; the parts that still fit are shown
*/
function renderReport(record, from, request, judged) {
	const known = judged ?? (record.gate?.baseline && {
		gate: record.gate,
		absent: void 0
	});
	const compared = known && require_gate().comparedWith(known);
	const whole = renderParts(record, from, request, compared, []);
	let room = MOST_CHARACTERS - whole.length - 200;
	const kept = [];
	const details = judged ? require_gate().gateDetails(judged) : [];
	for (const part of details) {
		if (part.length + 2 > room) {
			kept.push(`The rest is in the summary of the gate's step: ${runLink(from)}.`);
			break;
		}
		room -= part.length + 2;
		kept.push(part);
	}
	return renderParts(record, from, request, compared, kept);
}
function renderParts(record, from, request, compared, details) {
	return [
		reportMarker(record.model.name),
		`## ${require_house().escapeText(record.model.name)}: ${headline(record)}`,
		opening(record),
		record.gate ? require_gate().failedRules(record.gate, SHARE.reasons) : "",
		compared ?? "",
		require_gate().metricsTable(record.gate, record.metrics?.values ?? {}, SHARE.table),
		...details,
		howItWasMade(record, from),
		record.deployment ? howToAsk(record.deployment, request) : "",
		facts(record),
		footer(record, from)
	].filter((part) => part !== "").join("\n\n").concat("\n");
}
function headline({ gate, deployment }) {
	const verdict = gate?.decision ?? "not gated";
	if (!deployment) return verdict;
	return `${verdict}, ${gate?.decision === "passed" ? "and serving" : "yet serving"}`;
}
/** Two sentences: why the verdict is what it is, and what it means for what serves. */
function opening({ gate, image, deployment }) {
	const why = gate ? require_gate().verdictSentence(gate) : "No gate has judged this version";
	if (deployment) {
		if (gate?.decision === "passed") return `**${why}, and ${SERVES[deployment.operation]}.**`;
		return `**${why}, yet this version serves:** it was deployed with \`require-gate: false\`, or under an earlier verdict.`;
	}
	if (gate?.decision === "passed") return image ? `**${why}.** The image is built; this run has not deployed it.` : `**${why}.** This run has neither built an image nor deployed anything.`;
	return `**${why}, so nothing was deployed:** ${gate ? "only a version whose gate is passed goes on" : "only a version that passes a gate goes on"}. What served before is untouched and goes on serving.`;
}
const SERVES = {
	created: "this version serves now, as the first under its name",
	updated: "this version serves now, in place of the one before",
	unchanged: "this very version was serving already"
};
/** Why it was trained or not, what differs from the last result, and the image that came of it. */
function howItWasMade({ training, image }, from) {
	const { skipped, reusedFrom, reason, seconds, changed } = training;
	const reused = reusedFrom ? ` (model of ${runLink({
		...from,
		runId: reusedFrom.runId,
		runAttempt: 1
	})})` : "";
	const parts = [`**${skipped ? "Training skipped" : `Trained in ${require_house().secondsAsText(seconds)}`}**${reused}: ${require_house().escapeText(reason, 400)}`];
	const others = changed.filter((line) => !reason.includes(line));
	if (others.length > 0) {
		const items = others.map((line) => `- ${require_house().codeSpan(line, 200)}`);
		parts.push(require_gate().fit(require_gate().equals(items), SHARE.changed, (count) => `- … and ${count} more`).join("\n"));
	}
	if (image) {
		const size = image.layers.reduce((sum, { bytes }) => sum + bytes, 0);
		parts.push(`**Image** (${require_house().bytesAsText(size)}): ${require_house().codeSpan(`${image.repository}@${image.digest}`, 500)}`);
	}
	return parts.join("\n\n");
}
function howToAsk({ url, target }, request) {
	const curl = require_curl().predictionCurl(url, request);
	const lines = [`**Ask it for a prediction**`, curl ? require_house().codeBlock(curl.command, "sh") : require_house().codeSpan(url, 500)];
	const notes = [...curl?.template ? ["Put a row of your model's own features in the place of the numbers."] : [], ...target === "local" ? ["This address is on the runner's own machine: it answers only there, until the job ends or the model is stopped."] : []];
	if (notes.length > 0) lines.push(notes.join(" "));
	return lines.join("\n\n");
}
/** What this version is, a row each; folded, since few need it. */
function facts(record) {
	const { model, training, deployment } = record;
	const rows = [
		["Command", require_house().codeSpan(training.command, 200)],
		["Parameters", list(Object.entries(training.params).map(([name, value]) => require_house().codeSpan(`${name}=${value}`, 80)))],
		["Model", `${require_house().codeSpan(model.path, 200)}, ${require_house().counted(model.files, "file")}, ${require_house().bytesAsText(model.bytes)}, ${require_house().codeSpan(model.flavor)}`],
		["Written with", list(Object.entries(model.libraries ?? {}).map(([name, version]) => require_house().codeSpan(`${name} ${version}`, 80)))],
		["Model digest", require_house().codeSpan(model.digest)],
		["Fingerprint", require_house().codeSpan(model.fingerprint)]
	];
	if (deployment) {
		const { target, namespace, name, deployId, operation } = deployment;
		rows.push(["Deployment", `${operation}: ${require_house().codeSpan(`${namespace}/${name}`)}, target ${require_house().codeSpan(target)}`], ["Deploy id", require_house().codeSpan(deployId)], ["Prediction URL", require_house().codeSpan(deployment.url, 500)]);
	}
	const lines = rows.filter(([, value]) => value !== "").map(([name, value]) => `| ${name} | ${value} |`);
	return [
		"<details><summary>More about this version</summary>",
		`| | |\n|:--|:--|\n${require_gate().fit(require_gate().equals(lines), SHARE.facts, (count) => `\n… and ${require_house().counted(count, "more row")} in the record.`).join("\n")}`,
		"</details>"
	].join("\n\n");
}
function list(items) {
	return items.length > 12 ? `${items.slice(0, 12).join(", ")} and ${items.length - 12} more` : items.join(", ");
}
function footer({ source, model }, from) {
	const short = source.sha.slice(0, 7);
	const base = linkable({
		...from,
		repository: source.repository
	});
	return `<sub>Commit ${base === void 0 ? `\`${short}\`` : `[\`${short}\`](${base}/commit/${source.sha})`} · ${runLink(from)} · fingerprint \`${model.fingerprint.slice(0, 12)}\`</sub>`;
}
function runLink(from) {
	const { runId, runAttempt } = from;
	const base = linkable(from);
	const text = `run ${require_house().escapeText(runId, 20)}${runAttempt > 1 ? `, attempt ${runAttempt}` : ""}`;
	if (base === void 0 || !/^\d{1,20}$/.test(runId)) return text;
	return `[${text}](${base}/actions/runs/${runId}${runAttempt > 1 ? `/attempts/${runAttempt}` : ""})`;
}
/** The repository's address, where server and name are such that a link can hold nothing else. */
function linkable({ serverUrl, repository }) {
	return /^https?:\/\/[\w.-]+(?::\d{1,5})?$/.test(serverUrl) && /^[\w.-]+\/[\w.-]+$/.test(repository) ? `${serverUrl}/${repository}` : void 0;
}
exports.carriesMarker = carriesMarker;
exports.renderReport = renderReport;
