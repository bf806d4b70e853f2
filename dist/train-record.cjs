require("./chunks/rolldown-runtime.cjs");
let kept_require_metrics;
const require_metrics = () => kept_require_metrics ??= require("./chunks/metrics.cjs");
let kept_require_format;
const require_format = () => kept_require_format ??= require("./chunks/format.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_gate_forms;
const require_gate_forms = () => kept_require_gate_forms ??= require("./chunks/gate-forms.cjs");
let kept_require_event;
const require_event = () => kept_require_event ??= require("./chunks/event.cjs");
let kept_require_model;
const require_model = () => kept_require_model ??= require("./chunks/model.cjs");
let kept_require_cache;
const require_cache = () => kept_require_cache ??= require("./chunks/cache.cjs");
let kept_require_training_plan;
const require_training_plan = () => kept_require_training_plan ??= require("./chunks/training-plan.cjs");
let kept_require_archive;
const require_archive = () => kept_require_archive ??= require("./chunks/archive.cjs");
let kept_require_artifact;
const require_artifact = () => kept_require_artifact ??= require("./chunks/artifact.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_require_rclone;
const require_rclone = () => kept_require_rclone ??= require("./chunks/rclone.cjs");
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
		if (plan.cluster !== void 0) {
			const { recordOfCluster } = await Promise.resolve().then(() => require("./chunks/cluster-training-record.cjs"));
			return await recordOfCluster(plan, asked["plan-file"], event, hasArtifacts(run), run, ports);
		}
		const since = plan.command === "" ? 0 : Math.max(plan.startedMs, result?.startedMs ?? 0) - CLOCK_SLACK_MS;
		const folder = require_training_plan().folderOf(plan, run);
		const model = await trainedModel(plan, folder, since, run, workspace);
		const metrics = await trainedMetrics(plan, folder, since, run, workspace);
		const record = await recordOf(plan, result, model, metrics, run, event, ports);
		const kept = await keep(record, metrics, plan, asked["plan-file"], folder, run, workspace);
		const { record: uploaded, failure } = await upload(record, plan, kept, run, ports);
		const { artifact } = uploaded;
		log.info(`Trained ${plan.name}: model ${record.model.digest.slice(0, 19)}…, ${artifact?.id === void 0 ? artifact?.modelUri ?? "in this job only" : `artifact ${artifact.id}`}`);
		return {
			outputs: {
				record: await require_house().giveRecord(uploaded, run, ports),
				fingerprint: plan.manifest.fingerprint,
				skipped: "false",
				reason: plan.reason,
				"model-path": await require_model().modelInside(kept, workspace),
				"model-uri": artifact?.modelUri ?? "",
				"artifact-id": artifact?.id ?? "",
				"artifact-digest": artifact?.sha256 === void 0 ? "" : `sha256:${artifact.sha256}`,
				changed: JSON.stringify(plan.changed)
			},
			summary: (await Promise.resolve().then(() => require("./chunks/training-summary.cjs"))).summariseTraining(uploaded, metrics?.series),
			...failure === void 0 ? {} : { failure }
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
	await refuseWithoutRoom(path, where, run, workspace);
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
	if (facts.kind === "folder") {
		const { mlflowMetrics } = await Promise.resolve().then(() => require("./chunks/mlflow-metrics.cjs"));
		return await mlflowMetrics(path, where, since, workspace);
	}
	if (facts.changedMs < since) require_house().refuse({
		where,
		expected: "metrics that the command wrote",
		seen: "a file that was there before and was not touched",
		fix: "Metrics of an earlier training would judge this one: remove the file from the repository."
	});
	const text = await workspace.readText(path, { maxBytes: require_metrics().MAX_METRICS_BYTES });
	return await require_metrics().parseMetrics(text ?? "", plan.metrics);
}
/** Told before hours of reading: the archive takes the model's size once more, where a copy of it may share the disk's blocks. */
async function refuseWithoutRoom(path, where, run, workspace) {
	const bytes = (await workspace.walk(path)).reduce((sum, file) => sum + file.bytes, 0);
	const free = await workspace.freeBytes(run.temp);
	if (free >= bytes) return;
	require_house().refuse({
		where,
		expected: `room for its archive in ${run.temp}, ${require_house().bytesAsText(bytes)}`,
		seen: `${require_house().bytesAsText(free)} free`,
		fix: "Take a runner with a larger disk, or remove what the training no longer needs."
	});
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
/** What the model is by what stands in it, and who wrote it, where it says that. */
async function tellFormat({ kind, files }, path, workspace) {
	const telling = require_format().tellingFile(files);
	const file = kind === "folder" ? `${path}/${telling.path}` : path;
	const head = await workspace.readHead(file, 512) ?? Buffer.alloc(0);
	const format = kind === "folder" && telling.folder === "mlflow" ? "mlflow" : require_format().formatOf(head);
	const { MAX_TELLING_BYTES, writtenBy } = await Promise.resolve().then(() => require("./chunks/written-by.cjs"));
	const content = files.find((each) => each.path === telling.path).bytes <= MAX_TELLING_BYTES ? await workspace.readBytes(file, { maxBytes: MAX_TELLING_BYTES }) : head;
	try {
		return {
			format,
			versions: await writtenBy(format, content ?? head)
		};
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		return {
			format: require_format().formatOf(head),
			versions: {}
		};
	}
}
async function recordOf(plan, result, { manifest, digest, path }, metrics, run, event, { workspace, clock }) {
	const { format, versions } = await tellFormat(manifest, path, workspace);
	const pins = Object.values(plan.manifest.environment).flatMap(({ packages }) => packages ? [packages] : []);
	const libraries = require_format().writersOf([...pins, versions]);
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
		const { serialiseManifest } = await Promise.resolve().then(() => require("./chunks/manifest2.cjs")).then((n) => n.manifest_exports);
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
/** Artifacts of the kind that holds a model are not there on an Enterprise Server; a model store takes their place. */
const hasArtifacts = ({ serverUrl }) => /^https?:\/\/(?:github\.com|[^/]+\.ghe\.com|localhost)(?:[:/]|$)/.test(serverUrl);
async function upload(record, plan, kept, run, ports) {
	const { modelStore } = plan;
	if (modelStore === void 0) return { record: await uploadArtifacts(record, plan, kept, run, ports, async (same) => same) };
	const { placeTrained, publishTraining } = await Promise.resolve().then(() => require("./chunks/training-store.cjs"));
	let failure;
	const place = async (known) => {
		const stored = await placeTrained(modelStore, known, kept, ports);
		failure = stored.failure;
		return stored.record;
	};
	const whole = hasArtifacts(run) ? await uploadArtifacts(record, plan, kept, run, ports, place) : await place(record);
	return failure === void 0 ? await publishTraining(modelStore, whole, ports) : {
		record: whole,
		failure
	};
}
/**
* The model first, then the small document that explains it. The index entry comes last: it must not lead to what is not there.
* @param place puts the model where it is served from, before the document says so
*/
async function uploadArtifacts(record, plan, kept, run, { workspace, archives, artifacts, cache, log }, place) {
	const scratch = await workspace.temporary("upload");
	const retention = plan.retentionDays === void 0 ? {} : { retentionDays: plan.retentionDays };
	try {
		const name = require_gate_forms().modelArtifactName(record.model.fingerprint, run.runAttempt);
		const files = (await workspace.walk(kept)).map(({ path }) => path);
		await archives.pack(kept, files, `${scratch}/${name}`);
		const { id, sha256 } = await artifacts.upload(`${scratch}/${name}`, retention);
		const complete = await place({
			...record,
			artifact: {
				id,
				name,
				sha256,
				runId: run.runId
			}
		});
		const document = `${scratch}/${require_gate_forms().documentArtifactName(record.model.name, run.runAttempt)}`;
		await workspace.write(document, require_house().canonicalJson({
			record: complete,
			manifest: plan.manifest
		}));
		await artifacts.upload(document, plan.modelStore === void 0 ? retention : {});
		if (!await cache.put(require_gate_forms().indexKey(record.model.fingerprint, run.runId, id))) log.debug("No index entry was written; the artifact is found by its name.");
		return complete;
	} finally {
		await workspace.remove(scratch);
	}
}
// src/main/train-record.ts
require_house().runAction(trainRecord, ({ run, log, signal }) => ({
	log,
	workspace: require_house().localWorkspace(run),
	archives: require_archive().tarArchives(),
	artifacts: require_artifact().runArtifacts(log),
	cache: require_cache().cacheIndex(log),
	store: require_rclone().rcloneStore({
		processes: require_process().localProcesses({ signal }),
		temp: run.temp
	}),
	clock: require_house().systemClock()
}));
