require("./chunks/rolldown-runtime.cjs");
let kept_require_handover;
const require_handover = () => kept_require_handover ??= require("./chunks/handover.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_event;
const require_event = () => kept_require_event ??= require("./chunks/event.cjs");
let kept_require_gate_inputs;
const require_gate_inputs = () => kept_require_gate_inputs ??= require("./chunks/gate-inputs.cjs");
let kept_require_smoke_request;
const require_smoke_request = () => kept_require_smoke_request ??= require("./chunks/smoke-request.cjs");
let kept_require_step_seconds;
const require_step_seconds = () => kept_require_step_seconds ??= require("./chunks/step-seconds.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
/**
* Tells a release in the job summary and, in a pull request, in one comment that is kept up to date. Telling is a side step:
* where GitHub does not let it comment, a notice says so and the step stays green.
*/
const report = {
	id: "report",
	inputs: {
		record: require_house().recordInput,
		"pull-request": require_house().integer({
			description: "The number of the pull request to comment on, where the event has none of its own: as the other part has verified it.",
			least: 1,
			most: 1e9
		}),
		"github-token": require_house().text({
			description: "Writes the comment; needs `pull-requests: write`, and `actions: read` with `take-over`. Leave it out: the comment of the job's own token (by github-actions[bot]) is found again at once, that of another token only when it has written a second one, which is then taken away.",
			expression: "${{ github.token }}",
			secret: true
		})
	},
	outputs: {
		"comment-url": "The comment on the pull request; empty where there is none.",
		report: "The report as a Markdown file, under the runner's temporary folder; empty without a record."
	},
	run: async (inputs, run, ports) => {
		const record = await require_house().takeRecord(inputs.record, run, ports);
		if (!record) return {
			outputs: {},
			annotations: [{
				level: "notice",
				title: "Nothing to report",
				message: "This job has no release record: train has not come to its end, or no record was handed on."
			}]
		};
		const { renderReport } = await Promise.resolve().then(() => require("./chunks/report.cjs"));
		const judged = await judgedHere(record, run, ports);
		const rendered = renderReport(record, run, {
			request: await require_smoke_request().keptRequest(run, ports.workspace),
			judged,
			imageSeconds: record.image && await require_step_seconds().keptSeconds(record.image.digest, run, ports.workspace)
		});
		const strange = inputs["pull-request"];
		const body = strange === void 0 ? rendered : require_handover().withStrangersNotice(rendered);
		const file = `${run.temp}/model-road/report.md`;
		await ports.workspace.write(file, body);
		return {
			summary: body,
			...await tell(body, record.model.name, file, strange, run, ports)
		};
	}
};
/** What the gate of this job told of this very model; nothing where it ran elsewhere. */
async function judgedHere(record, run, { workspace, log }) {
	if (record.gate === void 0) return void 0;
	const { MAX_GATE_REPORT_BYTES, parseGateReport } = await Promise.resolve().then(() => require("./chunks/gate-forms.cjs")).then((n) => n.gate_report_exports$1);
	try {
		const text = await workspace.readText(require_gate_inputs().gateReportPath(run), { maxBytes: MAX_GATE_REPORT_BYTES });
		const report = text === void 0 ? void 0 : parseGateReport(text, "the gate's report");
		return report?.digest === record.model.digest ? report : void 0;
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.info(`The gate's report is left out: ${thrown.message}`);
		return;
	}
}
async function tell(body, model, file, given, run, ports) {
	try {
		const number = given ?? await pullRequest(run, ports.workspace);
		if (number === void 0) {
			ports.log.info(`The event ${run.event} has no pull request: the report is in the job summary only.`);
			return { outputs: { report: file } };
		}
		const { keepComment } = await Promise.resolve().then(() => require("./chunks/sticky-comment.cjs"));
		const { url, newer } = await keepComment({
			body,
			model,
			issue: number
		}, ports);
		ports.log.info(newer ? `A newer run has told of ${model} already, so its comment stands: ${url}` : `The report is a comment: ${url}`);
		return { outputs: {
			"comment-url": url,
			report: file
		} };
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		const message = `The report is in the job summary. ${thrown.message}`;
		return {
			outputs: { report: file },
			annotations: [{
				level: "notice",
				title: "No comment on the pull request",
				message
			}]
		};
	}
}
/** The number of the pull request that the run is about. */
async function pullRequest(run, workspace) {
	if (run.event !== "pull_request") return void 0;
	const number = (await require_event().readEvent(run, workspace)).pullRequest?.number ?? 0;
	if (!Number.isSafeInteger(number) || number < 1) require_house().refuse({
		where: "the event's payload",
		expected: "the number of a pull request",
		seen: "none"
	});
	return number;
}
// src/main/report.ts
require_house().runAction(report, ({ inputs, run, log }) => ({
	log,
	clock: require_house().systemClock(),
	workspace: require_house().localWorkspace(run),
	github: require_github().githubRest({
		run,
		token: inputs["github-token"]
	})
}));
