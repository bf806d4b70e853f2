require("./rolldown-runtime.cjs");
// src/actions/step-seconds.ts
/** Beside the folder of the job's records: nothing of it travels. */
const fileOf = (run, digest) => `${run.temp}/model-road-seconds/${digest.replace(/[^0-9a-f]/g, "")}`;
/**
* Keeps for the report of this job how long an image took to be made. Not in the record: that is attached to the image, and is the
* same for the same image, whenever and wherever it was built.
*/
async function keepSeconds(digest, seconds, run, workspace) {
	await workspace.write(fileOf(run, digest), String(seconds)).catch(() => void 0);
}
/** `undefined` where another job made it. */
async function keptSeconds(digest, run, workspace) {
	const text = await workspace.readText(fileOf(run, digest), { maxBytes: 100 }).catch(() => void 0);
	const seconds = text === void 0 || text === "" ? NaN : Number(text);
	return Number.isFinite(seconds) && seconds >= 0 ? seconds : void 0;
}
Object.defineProperty(exports, "keepSeconds", {
	enumerable: true,
	get: function() {
		return keepSeconds;
	}
});
Object.defineProperty(exports, "keptSeconds", {
	enumerable: true,
	get: function() {
		return keptSeconds;
	}
});
