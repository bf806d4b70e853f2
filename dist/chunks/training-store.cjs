require("./rolldown-runtime.cjs");
let kept_require_model_store;
const require_model_store = () => kept_require_model_store ??= require("./model-store.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/training-store.ts
const withUri = (record, runId, modelUri) => ({
	...record,
	artifact: {
		runId,
		...record.artifact,
		modelUri
	}
});
/** Uploads the model of a training that was just made. The artifacts hold it already, so a store in trouble loses nothing. */
async function placeTrained(uri, record, kept, ports) {
	return await placed(record, async () => {
		const { storeModel } = await Promise.resolve().then(() => require("./stored-model.cjs")).then((n) => n.stored_model_exports);
		return withUri(record, record.source.runId, await storeModel(require_model_store().parseStoreAddress(uri), record.model, kept, ports));
	});
}
/** Leaves the record of a training that was just made, as it is in the end. */
async function publishTraining(uri, record, ports) {
	return await placed(record, async () => {
		const { storeTraining } = await Promise.resolve().then(() => require("./stored-model.cjs")).then((n) => n.stored_model_exports);
		const { runId, runAttempt } = record.source;
		await storeTraining(require_model_store().parseStoreAddress(uri), record, {
			runId,
			attempt: runAttempt
		}, ports);
		return record;
	});
}
/**
* Sees to it that a model that was found lies in the store too. It may have been trained before there was one, or while it was
* down; and what was found in a store lies there.
* @param found the run that trained it, and the record that it left
*/
async function keepStored(store, record, folder, found, ports) {
	if (store === void 0) return { record };
	return await placed(record, async () => {
		const { storeModel, storeTraining } = await Promise.resolve().then(() => require("./stored-model.cjs")).then((n) => n.stored_model_exports);
		const modelUri = await storeModel(store.address, record.model, folder, ports);
		const { runId, earlier } = found;
		const attempt = earlier.source.runAttempt;
		if (!store.names.includes(require_model_store().trainingFile(runId, attempt))) {
			const told = withUri({
				...earlier,
				artifact: {
					...record.artifact,
					runId
				}
			}, runId, modelUri);
			await storeTraining(store.address, told, {
				runId,
				attempt
			}, ports);
		}
		return withUri(record, runId, modelUri);
	});
}
async function placed(record, work) {
	try {
		return { record: await work() };
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		return {
			record,
			failure: `The model is kept as this run's artifact, but not in the model store. ${thrown.message}`
		};
	}
}
exports.keepStored = keepStored;
exports.placeTrained = placeTrained;
exports.publishTraining = publishTraining;
