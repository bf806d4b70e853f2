require("./chunks/rolldown-runtime.cjs");
const require_metrics = () => require("./chunks/metrics.cjs");
const require_format = () => require("./chunks/format.cjs");
const require_house = () => require("./chunks/house.cjs");
const require_artifact_names = () => require("./chunks/artifact-names.cjs");
const require_event = () => require("./chunks/event.cjs");
const require_model = () => require("./chunks/model.cjs");
const require_cache = () => require("./chunks/cache.cjs");
const require_training_plan = () => require("./chunks/training-plan.cjs");
const require_archive = () => require("./chunks/archive.cjs");
const require_artifact = () => require("./chunks/artifact.cjs");
// src/actions/train-record.ts
const inputs = { "plan-file": require_house().requiredText({ description: "The output `plan-file` of the plan part." }) };
/** The kernel stamps files by a clock that ticks every few milliseconds; ours is finer. */
const CLOCK_SLACK_MS = 50;
const MAX_LOG_BYTES = 67108864;
const trainRecord = {
	id: "train-record",
	inputs,
	outputs: require_cache().trainOutputs,
	run: async (asked, run, ports) => {
		const { workspace, log } = ports;
		const plan = await require_training_plan().readPlan(asked["plan-file"], workspace);
		const result = await require_training_plan().readResult(asked["plan-file"], workspace);
		const event = await require_event().readEvent(run, workspace);
		const since = plan.command === "" ? 0 : Math.max(plan.startedMs, result?.startedMs ?? 0) - CLOCK_SLACK_MS;
		const folder = require_training_plan().folderOf(plan, run);
		const model = await trainedModel(plan, folder, since, run, workspace);
		const metrics = await trainedMetrics(plan, folder, since, run, workspace);
		const record = await recordOf(plan, result, model, metrics, run, event, ports);
		const kept = await keep(record, metrics, plan, asked["plan-file"], folder, run, workspace);
		const uploaded = await upload(record, plan, kept, run, ports);
		log.info(`Trained ${plan.name}: model ${record.model.digest.slice(0, 19)}…, artifact ${uploaded.artifact.id}`);
		return {
			outputs: {
				record: await require_house().giveRecord(uploaded, run, ports),
				fingerprint: plan.manifest.fingerprint,
				skipped: "false",
				reason: plan.reason,
				"model-path": await require_model().modelInside(kept, workspace),
				"artifact-id": uploaded.artifact.id,
				"artifact-digest": `sha256:${uploaded.artifact.sha256}`,
				changed: JSON.stringify(plan.changed)
			},
			summary: (await Promise.resolve().then(() => require("./chunks/training-summary.cjs"))).summariseTraining(uploaded, metrics?.series)
		};
	}
};
async function trainedModel(plan, folder, since, run, workspace) {
	const where = `model ${plan.model}`;
	const path = `${folder}/${plan.model}`;
	const facts = await workspace.facts(path);
	if (facts === void 0) require_house().refuse({
		where,
		expected: "a file or folder that the command wrote",
		seen: "nothing",
		fix: "Does the command write where MODEL_PATH points? The input `model` is relative to working-directory."
	});
	await refuseOutside(path, where, run, workspace);
	const found = await require_model().readModel(path, workspace);
	if (found.manifest.files.reduce((sum, file) => sum + file.bytes, 0) === 0) require_house().refuse({
		where,
		expected: "a model",
		seen: facts.kind === "folder" ? "a folder without content" : "an empty file"
	});
	if (Math.max(...(await workspace.walk(path)).map(({ changedMs }) => changedMs)) < since) require_house().refuse({
		where,
		expected: "a model that the command wrote",
		seen: "one that was there before and was not touched",
		fix: "Is it committed by mistake? Remove it, or let the command write it."
	});
	return found;
}
async function trainedMetrics(plan, folder, since, run, workspace) {
	if (plan.metrics === void 0) return void 0;
	const where = `metrics ${plan.metrics}`;
	const path = `${folder}/${plan.metrics}`;
	const facts = await workspace.facts(path);
	if (facts === void 0) require_house().refuse({
		where,
		expected: "a file that the command wrote",
		seen: "nothing",
		fix: "Does the command write where METRICS_PATH points?"
	});
	await refuseOutside(path, where, run, workspace);
	if (facts.kind === "folder") return await mlflowMetrics(path, where, since, workspace);
	if (facts.changedMs < since) require_house().refuse({
		where,
		expected: "metrics that the command wrote",
		seen: "a file that was there before and was not touched",
		fix: "Metrics of an earlier training would judge this one: remove the file from the repository."
	});
	const text = await workspace.readText(path, { maxBytes: require_metrics().MAX_METRICS_BYTES });
	return await require_metrics().parseMetrics(text ?? "", plan.metrics);
}
/** The one run of MLflow's file store that was written by this training. */
async function mlflowMetrics(folder, where, since, workspace) {
	const { mlflowMetric, parseMlflow } = await Promise.resolve().then(() => require("./chunks/mlflow.cjs"));
	const runs = /* @__PURE__ */ new Map();
	for (const { path, kind, changedMs } of await workspace.walk(folder, { maxFiles: 1e5 })) {
		const of = mlflowMetric(path);
		if (of === void 0 || kind !== "file" || changedMs < since) continue;
		const run = runs.get(of.run) ?? Object.create(null);
		run[of.metric] = await workspace.readText(`${folder}/${path}`, { maxBytes: 1048576 }) ?? "";
		runs.set(of.run, run);
	}
	const [only, ...others] = runs.values();
	if (only === void 0 || others.length > 0) require_house().refuse({
		where,
		expected: "a file, or a folder of MLflow's with one run that the command wrote",
		seen: only === void 0 ? "a folder without metrics of this training" : `${others.length + 1} runs`,
		fix: "Name the run's own folder where the command starts several."
	});
	return parseMlflow(only, where);
}
async function refuseOutside(path, where, run, workspace) {
	const [real, root] = [await workspace.realPath(path), await workspace.realPath(run.workspace)];
	if (real !== void 0 && root !== void 0 && real.startsWith(`${root}/`)) return;
	require_house().refuse({
		where,
		expected: "a file or folder of the workspace",
		seen: real === void 0 ? "a link to nothing" : "a link that leads out of it",
		fix: "Write the content there, not a link."
	});
}
async function recordOf(plan, result, { manifest, digest, path }, metrics, run, event, { workspace, clock }) {
	const largest = manifest.files.reduce((a, b) => b.bytes > a.bytes ? b : a);
	const head = await workspace.readHead(manifest.kind === "folder" ? `${path}/${largest.path}` : path, 512);
	const format = require_format().formatOf(head ?? Buffer.alloc(0));
	const pins = Object.values(plan.manifest.environment).flatMap(({ packages }) => packages ? [packages] : []);
	const libraries = require_format().writersOf(pins);
	return {
		schema: 1,
		model: {
			name: plan.name,
			flavor: plan.flavor ?? require_format().flavorOf(format, libraries),
			fingerprint: plan.manifest.fingerprint,
			parts: plan.manifest.parts,
			path: plan.workingDirectory === "." ? plan.model : `${plan.workingDirectory}/${plan.model}`,
			digest,
			files: manifest.files.length,
			bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
			...format === void 0 ? {} : { format },
			...Object.keys(libraries).length === 0 ? {} : { libraries }
		},
		source: require_cache().sourceOf(run, event),
		training: {
			command: plan.command,
			params: plan.params,
			seconds: Math.round((result?.seconds ?? (clock.now() - plan.startedMs) / 1e3) * 1e3) / 1e3,
			skipped: false,
			reason: plan.reason,
			changed: plan.changed
		},
		...metrics === void 0 ? {} : { metrics: {
			values: metrics.values,
			...metrics.slices === void 0 ? {} : { slices: metrics.slices }
		} }
	};
}
/**
* Copies model, metrics and log out of the workspace, in the order in which the artifact holds them. What is digested and
* uploaded is this copy, so that nothing that still runs in the workspace can come between; later parts of the job use it too.
*/
async function keep(record, metrics, plan, planFile, folder, run, workspace) {
	const scratch = await workspace.temporary("kept");
	try {
		const target = (await workspace.facts(`${folder}/${plan.model}`))?.kind === "folder" ? `${scratch}/model` : `${scratch}/model/${plan.model.split("/").at(-1)}`;
		await workspace.copy(`${folder}/${plan.model}`, target);
		const copied = await require_model().readModel(target, workspace);
		if (copied?.digest !== record.model.digest) require_house().refuse({
			where: `model ${plan.model}`,
			expected: "files at rest",
			seen: "files that changed while they were copied",
			fix: "Let the command wait for all that it starts."
		});
		const { serialiseManifest } = await Promise.resolve().then(() => require("./chunks/manifest3.cjs")).then((n) => n.manifest_exports);
		await workspace.write(`${scratch}/manifest.json`, serialiseManifest(copied.manifest));
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
/** The index entry comes last: it must not lead to what is not there. */
async function upload(record, plan, kept, run, { workspace, archives, artifacts, cache, log }) {
	const scratch = await workspace.temporary("upload");
	const retention = plan.retentionDays === void 0 ? {} : { retentionDays: plan.retentionDays };
	try {
		const name = require_artifact_names().modelArtifactName(record.model.fingerprint, run.runAttempt);
		const files = (await workspace.walk(kept)).map(({ path }) => path);
		await archives.pack(kept, files, `${scratch}/${name}`);
		const { id, sha256 } = await artifacts.upload(`${scratch}/${name}`, retention);
		const complete = {
			...record,
			artifact: {
				id,
				name,
				sha256,
				runId: run.runId
			}
		};
		const document = `${scratch}/${require_artifact_names().documentArtifactName(record.model.name, run.runAttempt)}`;
		await workspace.write(document, require_house().canonicalJson({
			record: complete,
			manifest: plan.manifest
		}));
		await artifacts.upload(document, retention);
		if (!await cache.put(require_artifact_names().indexKey(record.model.fingerprint, run.runId, id))) log.debug("No index entry was written; the artifact is found by its name.");
		return complete;
	} finally {
		await workspace.remove(scratch);
	}
}
// src/main/train-record.ts
require_house().runAction(trainRecord, ({ run, log }) => ({
	log,
	workspace: require_house().localWorkspace(run),
	archives: require_archive().tarArchives(),
	artifacts: require_artifact().runArtifacts(log),
	cache: require_cache().cacheIndex(log),
	clock: require_house().systemClock()
}));
