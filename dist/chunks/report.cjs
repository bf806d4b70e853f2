require("./rolldown-runtime.cjs");
let kept_require_curl;
const require_curl = () => kept_require_curl ??= require("./curl.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_gate_forms;
const require_gate_forms = () => kept_require_gate_forms ??= require("./gate-forms.cjs");
let kept_require_gate_inputs;
const require_gate_inputs = () => kept_require_gate_inputs ??= require("./gate-inputs.cjs");
let kept_require_sticky;
const require_sticky = () => kept_require_sticky ??= require("./sticky.cjs");
// src/domain/report/metrics-table.ts
/** Metrics without a rule are news, not the verdict: more of them than this only bury it. */
const MOST_UNRULED = 15;
/** What a verdict is shown as; the word stands beside it, so that nobody has to see the sign. */
const SIGNS = {
	passed: "✅",
	rejected: "❌",
	inconclusive: "⚠️"
};
/**
* The table of rules and metrics: a row for each rule as written, then the metrics that no rule is about, beside the baseline's
* where it has any. Cut to so many characters; the rules that do not hold go last.
*/
function metricsTable(gate, values, most) {
	const rows = [];
	const theirs = new Map(Object.entries(gate?.baseline?.values ?? {}));
	const ruled = /* @__PURE__ */ new Set();
	for (const { rule, observed, bound, baseline, verdict } of gate?.rules ?? []) {
		const [read] = require_gate_forms().readQuietly(rule);
		const name = read && require_gate_inputs().subject(read);
		if (name !== void 0) ruled.add(name);
		const word = `${SIGNS[verdict]} ${verdict === "passed" ? "passed" : `**${verdict}**`}`;
		rows.push({
			cells: [
				name === void 0 ? "–" : require_house().codeSpan(name, 120),
				observed,
				baseline ?? (name === void 0 ? void 0 : theirs.get(name)),
				require_house().codeSpan(rule, 200),
				word
			],
			bound,
			rank: verdict === "passed" ? 1 : 0
		});
	}
	const unruled = Object.entries(values).filter(([name]) => !ruled.has(name));
	for (const [name, value] of unruled.slice(0, MOST_UNRULED)) rows.push({
		cells: [
			require_house().codeSpan(name, 120),
			value,
			theirs.get(name),
			"–",
			"–"
		],
		rank: 2
	});
	if (rows.length === 0) return "";
	const both = rows.some(({ cells }) => cells[2] !== void 0);
	const lines = rows.map(({ cells: [name, value, before, rule, word], bound, rank }) => {
		const shown = value === void 0 ? "–" : require_house().figure(value, bound);
		const change = value === void 0 || before === void 0 ? "–" : require_gate_forms().signed(value - before);
		const beside = both ? [before === void 0 ? "–" : require_house().figure(before), change] : [];
		return {
			line: require_gate_forms().row(name, shown, ...beside, rule, word),
			rank
		};
	});
	const hidden = unruled.length - MOST_UNRULED;
	const more = hidden > 0 ? [`\n… and ${require_house().counted(hidden, "more metric")} in the record.`] : [];
	const called = gate?.baseline?.kind === "live" ? "Was live" : "Baseline";
	const head = both ? [require_gate_forms().row("Metric", "This version", called, "Change", "Rule", "Verdict"), "|:--|--:|--:|--:|:--|:--|"] : [require_gate_forms().row("Metric", "Observed", "Rule", "Verdict"), "|:--|--:|:--|:--|"];
	const body = require_gate_forms().fit(lines, most - 300, (count) => `\n… and ${require_house().counted(count, "more row")} in the record.`);
	return [
		...head,
		...body,
		...more
	].join("\n");
}
// src/domain/report/python-request.ts
/** Text as a literal of Python, whatever stands in it: plain quotes where they do, else the escapes that JSON and Python share. */
function pythonLiteral(text) {
	return /^[^'\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]*$/.test(text) ? `'${text}'` : asciiJson(text);
}
/** JSON in ASCII: a code point beyond 16 bits is two escapes to JSON, and one to Python. */
function asciiJson(text) {
	return JSON.stringify(text.toWellFormed()).replaceAll("\\/", "/").replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).replace(/\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/g, (_, high, low) => {
		return `\\U${String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)).codePointAt(0).toString(16).padStart(8, "0")}`;
	});
}
/** A prediction request as a program of Python that needs nothing but Python; `undefined` where the URL is none of HTTP. */
function predictionPython(url, body) {
	const request = require_curl().pasteableRequest(url, body);
	if (request === void 0) return void 0;
	return [
		"import json, urllib.request",
		"",
		"request = urllib.request.Request(",
		`    ${pythonLiteral(request.url)},`,
		`    data=${pythonLiteral(request.body)}.encode(),`,
		`    headers={'Content-Type': 'application/json'},`,
		")",
		"with urllib.request.urlopen(request) as answer:",
		"    print(json.load(answer))"
	].join("\n");
}
// src/domain/report/report.ts
/** GitHub refuses a comment above 65,536 characters. The shares below stay under 60,000 in sum. */
const MOST_CHARACTERS = 6e4;
const SHARE = {
	reasons: 12e3,
	table: 18e3,
	changed: 6e3,
	facts: 9e3
};
/**
* The report of a release as GitHub's Markdown, for the comment and the job summary alike: at most 60,000 characters, everything
* from outside escaped for where it stands.
*/
function renderReport(record, from, here = {}) {
	const { judged } = here;
	const plain = {
		record,
		from,
		...here,
		python: true,
		details: []
	};
	const python = renderParts(plain).length < 59e3;
	let room = MOST_CHARACTERS - renderParts({
		...plain,
		python
	}).length - 200;
	const kept = [];
	for (const part of judged ? require_gate_forms().gateDetails(judged) : []) {
		if (part.length + 2 > room) {
			kept.push(`The rest is in the summary of the gate's step: ${runLink(from)}.`);
			break;
		}
		room -= part.length + 2;
		kept.push(part);
	}
	return renderParts({
		...plain,
		python,
		details: kept
	});
}
function renderParts({ record, from, request, judged, imageSeconds, python, details }) {
	const { gate, metrics, deployment, model } = record;
	return [
		`${require_sticky().reportMarker(model.name)}\n${require_sticky().runMarker(from)}`,
		`## ${gate ? SIGNS[gate.decision] : "➖"} ${require_house().escapeText(model.name)}: ${headline(record)}`,
		opening(record),
		gate ? require_gate_forms().failedRules(gate, SHARE.reasons) : "",
		compared(record, judged),
		metricsTable(gate, metrics?.values ?? {}, SHARE.table),
		gate?.flips && !judged?.flips ? require_gate_forms().flipSentence({
			flips: {
				...gate.flips,
				shown: []
			},
			mcnemar: void 0
		}) : "",
		...details,
		deployment ? howToAsk(deployment, request, python) : "",
		howItWasMade(record, from),
		facts(record),
		footer(record, from, imageSeconds)
	].filter((part) => part !== "").join("\n\n").concat("\n");
}
/** Against what the gate compared, or that it did not. */
function compared({ gate }, judged) {
	if (!gate) return "";
	if (judged) return require_gate_forms().comparedWith(judged, { later: true });
	return gate.baseline && gate.baseline.kind !== "none" ? require_gate_forms().comparedWith({
		gate,
		absent: void 0
	}, { later: true }) : "";
}
function headline({ gate, deployment }) {
	const verdict = gate?.decision ?? "not gated";
	if (!deployment) return verdict;
	return `${verdict}, ${gate?.decision === "passed" ? "and serving" : "yet serving"}`;
}
/** Two sentences: why the verdict is what it is, and what it means for what serves. */
function opening({ gate, image, deployment }) {
	const why = gate ? require_gate_forms().verdictSentence(gate) : "No gate has judged this version";
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
		parts.push(require_gate_forms().fit(require_gate_forms().equals(items), SHARE.changed, (count) => `- … and ${count} more`).join("\n"));
	}
	if (image) {
		const size = image.layers.reduce((sum, { bytes }) => sum + bytes, 0);
		const { tried } = image;
		const answers = tried === void 0 ? "" : `, its server answers ${require_house().secondsAsText(tried.startSeconds)} after its start`;
		parts.push(`**Image** (${require_house().bytesAsText(size)}${answers}): ${require_house().codeSpan(`${image.repository}@${image.digest}`, 500)}`);
	}
	return parts.join("\n\n");
}
function howToAsk({ url, target }, request, python) {
	const curl = require_curl().predictionCurl(url, request);
	const program = python ? predictionPython(url, request) : void 0;
	const lines = [`**Ask it for a prediction**`, curl ? require_house().codeBlock(curl.command, "sh") : require_house().codeSpan(url, 500)];
	if (program !== void 0) lines.push(`<details><summary>The same in Python</summary>\n\n${require_house().codeBlock(program, "python")}\n\n</details>`);
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
		`| | |\n|:--|:--|\n${require_gate_forms().fit(require_gate_forms().equals(lines), SHARE.facts, (count) => `\n… and ${require_house().counted(count, "more row")} in the record.`).join("\n")}`,
		"</details>"
	].join("\n\n");
}
function list(items) {
	return items.length > 12 ? `${items.slice(0, 12).join(", ")} and ${items.length - 12} more` : items.join(", ");
}
/** How long each step took, as far as it was told. A training that was skipped took none. */
function durations({ training, gate, deployment }, imageSeconds) {
	return [
		["train", training.skipped ? void 0 : training.seconds],
		["gate", gate?.seconds],
		["image", imageSeconds],
		["deploy", deployment?.seconds]
	].flatMap(([step, seconds]) => seconds === void 0 ? [] : [`${step} ${require_house().secondsAsText(Math.max(0, seconds))}`]).join(" · ");
}
function footer(record, from, imageSeconds) {
	const { source, model } = record;
	const short = source.sha.slice(0, 7);
	const base = linkable({
		...from,
		repository: source.repository
	});
	return `<sub>${[
		`Commit ${base === void 0 ? `\`${short}\`` : `[\`${short}\`](${base}/commit/${source.sha})`}`,
		runLink(from),
		`fingerprint \`${model.fingerprint.slice(0, 12)}\``,
		durations(record, imageSeconds)
	].filter((part) => part !== "").join(" · ")}</sub>`;
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
exports.renderReport = renderReport;
