require("./rolldown-runtime.cjs");
const require_gate_report = () => require("./gate-report.cjs");
const require_gate = () => require("./gate.cjs");
const require_house = () => require("./house.cjs");
const require_artifact_names = () => require("./artifact-names.cjs");
const require_gate_inputs = () => require("./gate-inputs.cjs");
// src/actions/gate-report.ts
/** With this run, ten. */
const EARLIER_RUNS = 9;
/** Writes the report in each of its forms; says where, and the job summary. */
async function writeGateReport({ record, gate, metrics, baseline, search, evidence, rules }, run, ports) {
	const known = baseline.kind === "measured" ? baseline.measured : void 0;
	const sample = evidence?.sample;
	const history = record && search ? await earlierRuns(record, metrics, run, ports) : [];
	const report = require_gate_report().reportOf(record, {
		gate,
		absent: search && "absent" in search ? search.absent : void 0,
		...require_gate_report().compareMetrics(metrics, known, [...new Set(rules.map(({ metric }) => metric))]),
		...sample ? await answersTold(sample) : {
			confusion: void 0,
			flips: void 0,
			mcnemar: void 0
		},
		golden: evidence?.golden,
		history
	});
	const [{ renderGatePage }, { renderJunit }] = await Promise.all([Promise.resolve().then(() => require("./gate-page.cjs")), Promise.resolve().then(() => require("./junit.cjs")).then((n) => n.junit_exports)]);
	const summary = require_gate().renderGate(report);
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
		const ours = (await github.artifactsNamed(require_artifact_names().documentArtifactName(record.model.name, 1))).filter(({ expired, run: of }) => !expired && of.headRepositoryId === run.repositoryId && of.id !== record.source.runId);
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
exports.writeGateReport = writeGateReport;
