const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest2.cjs");
let kept_require_model_store;
const require_model_store = () => kept_require_model_store ??= require("./model-store.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_model;
const require_model = () => kept_require_model ??= require("./model.cjs");
// src/actions/stored-model.ts
var stored_model_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	bringStored: () => bringStored,
	storeModel: () => storeModel,
	storeTraining: () => storeTraining
});
/** Above the manifest's own bytes, for what a store adds. */
const SLACK_BYTES = 1048576;
/**
* Makes a model lie in the store, and beside it what tells how. What lies there already is not sent again, and never overwritten.
* @param kept the folder with `manifest.json` and `model/`
* @returns the model's URI
* @throws ActionError when the store can not be written, or holds something else in the model's place
*/
async function storeModel(address, model, kept, { store, workspace, log }) {
	const text = await workspace.readText(`${kept}/manifest.json`, { maxBytes: 67108864 }) ?? "";
	const manifest = require_manifest().parseManifest(text);
	const place = require_model_store().placeOf(address, model, manifest);
	const files = require_model_store().storedFiles(place, manifest);
	const listed = await store.list(address, place.uri);
	if (listed.kind === "unreachable") require_house().refuse({
		where: `model store ${require_house().quote(address.uri, 300)}`,
		expected: "an answer",
		seen: listed.because,
		fix: "Run the job again when it is well: nothing is trained again then."
	});
	const { objects } = listed;
	const known = objects.filter(({ path, md5 }) => md5 !== void 0 && files.has(path));
	const hashes = await workspace.md5All(`${kept}/model`, known.map(({ path }) => files.get(path).path));
	const md5 = new Map(known.map(({ path }, index) => [path, hashes[index]]));
	const expected = new Map([...files].map(([path, { bytes }]) => [path, {
		bytes,
		md5: md5.get(path)
	}]));
	const { missing, foreign } = require_model_store().compareStored(expected, objects);
	if (foreign !== void 0) refuseForeign(`${place.uri}/${foreign}`);
	if (missing.length > 0) {
		const bytes = missing.reduce((sum, path) => sum + files.get(path).bytes, 0);
		log.info(`Uploading ${require_house().counted(missing.length, "file")}, ${require_house().bytesAsText(bytes)}, to ${place.uri}`);
		if (manifest.kind === "file") await store.putFile(`${kept}/model/${manifest.files[0].path}`, `${place.uri}/${place.storedAs}`);
		else {
			const below = place.storedAs === "" ? place.uri : `${place.uri}/${place.storedAs}`;
			await store.putFolder(`${kept}/model`, missing.map((path) => files.get(path).path), below);
		}
	} else log.info(`The model lies in the store already: ${place.uri}`);
	await putText(require_model_store().serialisePlace(place.storedAs, text), `${place.uri}.json`, {
		store,
		workspace
	});
	return place.uri;
}
/** Leaves a training's record in the store, for who looks for its fingerprint. */
async function storeTraining(address, record, run, ports) {
	const uri = `${require_model_store().trainingsFolder(address, record.model.fingerprint)}/${require_model_store().trainingFile(run.runId, run.attempt)}`;
	await putText(require_house().serialiseRecord(record), uri, ports);
}
async function putText(text, uri, { store, workspace }) {
	const there = await store.read(uri, { maxBytes: require_manifest().MAX_MANIFEST_BYTES });
	if (there === text) return;
	if (there !== void 0) refuseForeign(uri);
	const scratch = await workspace.temporary("store");
	try {
		await workspace.write(`${scratch}/text.json`, text);
		await store.putFile(`${scratch}/text.json`, uri);
	} finally {
		await workspace.remove(scratch);
	}
}
function refuseForeign(uri) {
	require_house().refuse({
		where: `model store ${require_house().quote(uri, 300)}`,
		expected: "nothing, or the very file that belongs there",
		seen: "another",
		fix: "What lies in a store is written once and never again, so someone else wrote it. Find out who, and remove it."
	});
}
/**
* Brings a model from a store to where this job keeps its models, verified file by file against the digest that is known of it.
* @returns the folder with `manifest.json`, `record.json` and `model/`
* @throws ActionError when it is not there, or anything differs; then nothing of it stays
*/
async function bringStored(record, uri, run, { store, workspace }) {
	const { model } = record;
	const where = `model store ${require_house().quote(uri, 300)}`;
	const text = await store.read(`${uri}.json`, { maxBytes: 2 * require_manifest().MAX_MANIFEST_BYTES });
	if (text === void 0) require_house().refuse({
		where,
		expected: "a model",
		seen: "none"
	});
	const { storedAs, manifest } = require_model_store().parsePlace(text, {
		where,
		maxBytes: 2 * require_manifest().MAX_MANIFEST_BYTES
	});
	const place = {
		uri,
		storedAs
	};
	if (require_manifest().modelDigest(manifest.files) !== model.digest || !require_model_store().isPlaceOf(place, model)) require_house().refuse({
		where,
		expected: `the model ${model.digest.slice(0, 19)}…`,
		seen: "another"
	});
	const files = [...require_model_store().storedFiles(place, manifest)].map(([path, { mode }]) => ({
		path,
		executable: require_manifest().isExecutable(mode)
	}));
	const scratch = await workspace.temporary("stored");
	try {
		await store.take(uri, files, `${scratch}/taken`, { maxBytes: model.bytes + SLACK_BYTES });
		const taken = `${scratch}/taken${storedAs === "" ? "" : `/${storedAs}`}`;
		const unpacked = `${scratch}/unpacked`;
		const target = manifest.kind === "file" ? `${unpacked}/model/${manifest.files[0].path}` : `${unpacked}/model`;
		if (await workspace.facts(taken) === void 0) require_house().refuse({
			where,
			expected: "the model's files",
			seen: "none"
		});
		await workspace.write(`${unpacked}/manifest.json`, require_manifest().serialiseManifest(manifest));
		await workspace.write(`${unpacked}/record.json`, require_house().serialiseRecord(record));
		await workspace.move(taken, target);
		if ((await require_model().readModel(await require_model().modelInside(unpacked, workspace), workspace))?.digest !== model.digest) require_house().refuse({
			where,
			expected: "the files of its manifest",
			seen: "others"
		});
		const kept = require_model().keptPath(run, model.fingerprint);
		await workspace.remove(kept);
		await workspace.move(unpacked, kept);
		return kept;
	} finally {
		await workspace.remove(scratch);
	}
}
Object.defineProperty(exports, "bringStored", {
	enumerable: true,
	get: function() {
		return bringStored;
	}
});
Object.defineProperty(exports, "stored_model_exports", {
	enumerable: true,
	get: function() {
		return stored_model_exports;
	}
});
