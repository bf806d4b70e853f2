require("./rolldown-runtime.cjs");
let kept_require_training_answer;
const require_training_answer = () => kept_require_training_answer ??= require("./training-answer.cjs");
let kept_require_metrics;
const require_metrics = () => kept_require_metrics ??= require("./metrics.cjs");
let kept_require_model_store;
const require_model_store = () => kept_require_model_store ??= require("./model-store.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_gate_forms;
const require_gate_forms = () => kept_require_gate_forms ??= require("./gate-forms.cjs");
let kept_require_model;
const require_model = () => kept_require_model ??= require("./model.cjs");
let kept_require_cache;
const require_cache = () => kept_require_cache ??= require("./cache.cjs");
let kept_require_training_plan;
const require_training_plan = () => kept_require_training_plan ??= require("./training-plan.cjs");
// src/actions/cluster-training-record.ts
const MAX_LOG_BYTES = 67108864;
/**
* Records a training in a cluster. The model stays where the training has put it; what is kept of it here is its URI and its
* digest, with metrics and log.
*/
async function recordOfCluster(plan, planFile, event, hasArtifacts, run, ports) {
	const { workspace, log } = ports;
	const answer = await require_training_plan().readAnswer(planFile, workspace);
	const result = await require_training_plan().readResult(planFile, workspace);
	const model = await storedModel(answer, plan, ports);
	const metrics = await answered(answer, plan, ports);
	const record = {
		schema: 1,
		model: {
			name: plan.name,
			flavor: plan.flavor ?? "custom",
			fingerprint: plan.manifest.fingerprint,
			parts: plan.manifest.parts,
			path: plan.workingDirectory === "." ? plan.model : `${plan.workingDirectory}/${plan.model}`,
			digest: answer.model.digest,
			...model
		},
		source: require_cache().sourceOf(run, event),
		training: {
			command: plan.command,
			params: plan.params,
			seconds: Math.round((result?.seconds ?? 0) * 1e3) / 1e3,
			skipped: false,
			reason: plan.reason,
			changed: plan.changed
		},
		artifact: {
			runId: run.runId,
			modelUri: answer.model.uri
		},
		...metrics === void 0 ? {} : { metrics: {
			values: metrics.values,
			...metrics.slices === void 0 ? {} : { slices: metrics.slices }
		} }
	};
	const kept = await keep(record, metrics, planFile, run, workspace);
	if (hasArtifacts) await upload(record, plan, kept, run, ports);
	log.info(`Trained ${plan.name}: model ${record.model.digest.slice(0, 19)}… at ${answer.model.uri}`);
	return {
		outputs: {
			record: await require_house().giveRecord(record, run, ports),
			fingerprint: plan.manifest.fingerprint,
			skipped: "false",
			reason: plan.reason,
			"model-path": "",
			"model-uri": answer.model.uri,
			"artifact-id": "",
			"artifact-digest": "",
			changed: JSON.stringify(plan.changed)
		},
		summary: (await Promise.resolve().then(() => require("./training-summary.cjs"))).summariseTraining(record, metrics?.series)
	};
}
/** Files and bytes of the model: as the training says, and for one in `model-store` as they lie there. */
async function storedModel({ model }, { modelStore }, { store }) {
	const told = {
		files: model.files ?? 0,
		bytes: model.bytes ?? 0
	};
	if (modelStore === void 0) return told;
	requireBelow(model.uri, modelStore, "the model");
	const listed = await store.list(require_model_store().parseStoreAddress(modelStore), model.uri.replace(/\/+$/, ""));
	if (listed.kind === "unreachable") return require_house().refuse({
		where: modelStore,
		expected: "the model store to answer",
		seen: listed.because
	});
	const { objects } = listed;
	if (objects.length === 0) return require_house().refuse({
		where: `the model at ${model.uri}`,
		expected: "the files that the training has put there",
		seen: "none",
		fix: "The URI names the folder that holds the model."
	});
	return {
		files: objects.length,
		bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0)
	};
}
async function answered(answer, plan, { store }) {
	const where = "the metrics of the training";
	const told = require_training_answer().answeredMetrics(answer, where);
	if (told === void 0) {
		if (plan.metrics === void 0) return void 0;
		return require_house().refuse({
			where,
			expected: `metrics, since the input metrics is ${plan.metrics}`,
			seen: "none"
		});
	}
	if ("text" in told) return await require_metrics().parseMetrics(told.text, "metrics.json");
	if (plan.modelStore === void 0) return require_house().refuse({
		where,
		expected: "the input model-store, to read them from",
		seen: told.uri
	});
	requireBelow(told.uri, plan.modelStore, where);
	const text = await store.read(told.uri, { maxBytes: require_metrics().MAX_METRICS_BYTES });
	return await require_metrics().parseMetrics(text ?? "", told.uri.slice(told.uri.lastIndexOf("/") + 1));
}
/** What a training tells must not lead us to read elsewhere by the store's keys. */
function requireBelow(uri, modelStore, where) {
	if (uri.startsWith(`${modelStore}/`)) return;
	require_house().refuse({
		where,
		expected: `a place in the model store ${modelStore}`,
		seen: uri
	});
}
async function keep(record, metrics, planFile, run, workspace) {
	const scratch = await workspace.temporary("kept");
	try {
		await workspace.write(`${scratch}/record.json`, require_house().serialiseRecord(record));
		if (metrics) await workspace.write(`${scratch}/metrics.json`, require_house().canonicalJson(metrics));
		const log = await workspace.readBytes(require_training_plan().besidePlan(planFile).log, { maxBytes: MAX_LOG_BYTES });
		await workspace.write(`${scratch}/train.log`, log ?? "");
		const kept = require_model().keptPath(run, record.model.fingerprint);
		await workspace.remove(kept);
		await workspace.move(scratch, kept);
		return kept;
	} finally {
		await workspace.remove(scratch);
	}
}
/** The record by which later runs find this training, then the small document that explains it, then the index. */
async function upload(record, plan, kept, run, { workspace, archives, artifacts, cache, log }) {
	const { fingerprint, name } = record.model;
	const scratch = await workspace.temporary("upload");
	const retention = plan.retentionDays === void 0 ? {} : { retentionDays: plan.retentionDays };
	try {
		const archive = `${scratch}/${require_gate_forms().modelArtifactName(fingerprint, run.runAttempt)}`;
		const files = (await workspace.walk(kept)).map(({ path }) => path);
		await archives.pack(kept, files, archive);
		const { id } = await artifacts.upload(archive, retention);
		const document = `${scratch}/${require_gate_forms().documentArtifactName(name, run.runAttempt)}`;
		await workspace.write(document, require_house().canonicalJson({
			record,
			manifest: plan.manifest
		}));
		await artifacts.upload(document, retention);
		if (!await cache.put(require_gate_forms().indexKey(fingerprint, run.runId, id))) log.debug("No index entry was written; the artifact is found by its name.");
	} finally {
		await workspace.remove(scratch);
	}
}
exports.recordOfCluster = recordOfCluster;
