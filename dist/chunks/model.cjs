const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/model.ts
var model_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	fetchModel: () => fetchModel,
	readModel: () => readModel
});
const manifests = async () => await Promise.resolve().then(() => require("./manifest2.cjs")).then((n) => n.manifest_exports);
/** What an archive may hold beside the model: its manifest, the record, metrics and the log. */
const BESIDE_BYTES = 268435456;
/** Nothing else may lie beside the model: a model server could load it. */
const BESIDE_FILES = [
	"manifest.json",
	"record.json",
	"metrics.json",
	"train.log"
];
/** Of a stored tar, for one file: header, long name, padding. */
const TAR_BYTES_PER_FILE = 4096;
/**
* The files of a model at a path: one file, or all below a folder, each digested. `undefined` when nothing is there.
* @throws ActionError for links and other things that are no files: an archive would lose or follow them
*/
async function readModel(path, workspace) {
	const facts = await workspace.facts(path);
	if (facts === void 0) return void 0;
	const { MAX_MODEL_FILES, modelDigest } = await manifests();
	const walked = await workspace.walk(path, { maxFiles: MAX_MODEL_FILES });
	const odd = facts.kind === "link" ? {
		path: "",
		kind: "link"
	} : walked.find(({ kind }) => kind !== "file");
	if (odd !== void 0) require_house().refuse({
		where: `model ${require_house().quote(odd.path === "" ? path : `${path}/${odd.path}`, 200)}`,
		expected: "regular files and folders",
		seen: odd.kind === "link" ? "a symbolic link" : "a device, pipe or socket",
		fix: "Put a copy of what it stands for into its place."
	});
	const root = facts.kind === "folder" ? path : path.slice(0, path.lastIndexOf("/"));
	const digests = await workspace.sha256All(root, walked.map((file) => file.path));
	const files = walked.map((file, index) => ({
		path: file.path,
		sha256: digests[index].hex,
		bytes: digests[index].bytes,
		mode: file.mode
	}));
	return {
		path,
		manifest: {
			schema: 1,
			kind: facts.kind === "folder" ? "folder" : "file",
			files
		},
		digest: modelDigest(files)
	};
}
/** Where this job keeps the models that it brought here, outside the workspace. */
const keptPath = (run, fingerprint) => `${run.temp}/model-road/models/${fingerprint}`;
/**
* Makes a record's model stand on this machine: as this job brought it, as it lies in the workspace after a training here, or
* from its artifact. It is believed only when its files are those of the record's digest, wherever it comes from.
* @returns the absolute path of the model's file or folder
* @throws ActionError when it can not be had, or is another than the record says
*/
async function fetchModel(record, run, ports) {
	const { workspace } = ports;
	const { model, artifact } = record;
	for (const place of [await modelInside(keptPath(run, model.fingerprint), workspace), await insideWorkspace(`${run.workspace}/${model.path}`, run, workspace)]) if (place !== void 0 && await isModel(place, model, workspace)) return { path: place };
	if (artifact === void 0) require_house().refuse({
		where: `the record of ${model.name}`,
		expected: "an artifact that holds the model",
		seen: "none, and the model is not here",
		fix: "Run train in this job, or hand on the record that train returned."
	});
	if (artifact.id === void 0 && artifact.modelUri?.startsWith("pvc://")) require_house().refuse({
		where: `the record of ${model.name}`,
		expected: "a model that can be fetched",
		seen: `one that stays in the cluster, at ${artifact.modelUri}`,
		fix: "Serve it from there by its model-uri, or let the training store it in an artifact or a model store."
	});
	return { path: await modelInside(await bringRecorded(record, artifact, run, ports), workspace) };
}
/** From the artifact; where that is gone, from the model store. */
async function bringRecorded(record, { id, sha256, runId, modelUri }, run, ports) {
	const { model } = record;
	const { store, log, workspace } = ports;
	try {
		if (id === void 0 || sha256 === void 0) require_house().refuse({
			where: `the record of ${model.name}`,
			expected: "an artifact that holds the model",
			seen: "none"
		});
		log.info(`Fetching the model of ${model.name} from artifact ${id} of run ${runId}`);
		return await bringModel({
			id,
			sha256,
			model
		}, run, ports);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError) || modelUri === void 0 || store === void 0) throw thrown;
		log.info(`${thrown.message}\nFetching it from ${modelUri}`);
		const { bringStored } = await Promise.resolve().then(() => require("./stored-model.cjs")).then((n) => n.stored_model_exports);
		return await bringStored(record, modelUri, run, {
			store,
			workspace
		});
	}
}
/**
* Downloads and unpacks a model's artifact under the run's temporary folder, verified file by file against its manifest, and
* the manifest against the record's digest where one is known.
* @returns the folder with `manifest.json`, `record.json` and `model/`
* @throws ActionError when anything differs; then nothing of it stays
*/
async function bringModel(wanted, run, { workspace, archives, github }) {
	const { MAX_MANIFEST_BYTES, MAX_MODEL_FILES, modelDigest, parseManifest } = await manifests();
	const { id, sha256, model } = wanted;
	const fingerprint = model?.fingerprint ?? wanted.fingerprint;
	if (fingerprint === void 0) throw new Error("a model is brought under a fingerprint");
	const maxFiles = (model?.files ?? MAX_MODEL_FILES) + 16;
	const maxBytes = (model?.bytes ?? wanted.maxBytes ?? 0) + BESIDE_BYTES;
	const scratch = await workspace.temporary("model");
	try {
		const archive = `${scratch}/model.tar`;
		await github.downloadArtifact(id, archive, {
			maxBytes: maxBytes + (model === void 0 ? 0 : maxFiles * TAR_BYTES_PER_FILE),
			sha256
		});
		const unpacked = `${scratch}/unpacked`;
		const inside = await archives.unpack(archive, unpacked, {
			maxFiles,
			maxBytes
		});
		await workspace.remove(archive);
		const text = await workspace.readText(`${unpacked}/manifest.json`, { maxBytes: MAX_MANIFEST_BYTES });
		const where = `artifact ${id}`;
		if (text === void 0) require_house().refuse({
			where,
			expected: "a manifest.json",
			seen: "none"
		});
		const manifest = parseManifest(text, `manifest.json of ${where}`);
		const expected = /* @__PURE__ */ new Set([...BESIDE_FILES, ...manifest.files.map(({ path }) => `model/${path}`)]);
		const extra = inside.find(({ path, kind }) => kind !== "folder" && !expected.has(path));
		if (extra) require_house().refuse({
			where,
			expected: "the files that its manifest lists",
			seen: require_house().quote(extra.path, 200)
		});
		const digest = modelDigest(manifest.files);
		const place = await modelInside(unpacked, workspace);
		const found = place === void 0 ? void 0 : await readModel(place, workspace);
		if (found?.digest !== digest || found.manifest.kind !== manifest.kind) require_house().refuse({
			where,
			expected: "the files that its manifest lists",
			seen: "others"
		});
		if (model !== void 0 && digest !== model.digest) require_house().refuse({
			where,
			expected: `the model ${model.digest.slice(0, 19)}…`,
			seen: `${digest.slice(0, 19)}…`
		});
		const kept = keptPath(run, fingerprint);
		await workspace.remove(kept);
		await workspace.move(unpacked, kept);
		return kept;
	} finally {
		await workspace.remove(scratch);
	}
}
/** The model's file or folder in an unpacked artifact, as its manifest says which; `undefined` when it holds none. */
async function modelInside(folder, workspace) {
	const { MAX_MANIFEST_BYTES, parseManifest } = await manifests();
	const text = await workspace.readText(`${folder}/manifest.json`, { maxBytes: MAX_MANIFEST_BYTES });
	if (text === void 0) return void 0;
	try {
		const { kind, files } = parseManifest(text);
		return kind === "folder" ? `${folder}/model` : `${folder}/model/${files[0]?.path ?? ""}`;
	} catch (thrown) {
		if (thrown instanceof require_house().ActionError) return void 0;
		throw thrown;
	}
}
/** A path of the workspace, unless links lead it out. */
async function insideWorkspace(path, run, workspace) {
	const [real, root] = [await workspace.realPath(path), await workspace.realPath(run.workspace)];
	return real !== void 0 && root !== void 0 && real.startsWith(`${root}/`) ? path : void 0;
}
async function isModel(path, model, workspace) {
	try {
		return (await readModel(path, workspace))?.digest === model.digest;
	} catch (thrown) {
		if (thrown instanceof require_house().ActionError) return false;
		throw thrown;
	}
}
Object.defineProperty(exports, "bringModel", {
	enumerable: true,
	get: function() {
		return bringModel;
	}
});
Object.defineProperty(exports, "keptPath", {
	enumerable: true,
	get: function() {
		return keptPath;
	}
});
Object.defineProperty(exports, "modelInside", {
	enumerable: true,
	get: function() {
		return modelInside;
	}
});
Object.defineProperty(exports, "model_exports", {
	enumerable: true,
	get: function() {
		return model_exports;
	}
});
Object.defineProperty(exports, "readModel", {
	enumerable: true,
	get: function() {
		return readModel;
	}
});
