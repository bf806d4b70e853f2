require("./rolldown-runtime.cjs");
let kept_require_evidence;
const require_evidence = () => kept_require_evidence ??= require("./evidence.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/image-evidence.ts
/**
* Keeps the record of an image as an artifact of this run, by which a promotion believes later that it has passed the gate: who may
* push to the registry could write there what they like, but not into this run.
*/
async function keepImageRecord(record, digest, { artifacts, workspace, log }) {
	if (artifacts === void 0) return;
	try {
		const folder = await workspace.temporary("image-record");
		const file = `${folder}/${require_evidence().imageArtifactName(digest)}`;
		await workspace.write(file, record);
		await artifacts.upload(file, {});
		await workspace.remove(folder);
	} catch (thrown) {
		const told = require_house().messageOf(thrown);
		if (/already exists|409/.test(told)) log.debug(told);
		else log.info(`The image's record could not be kept as an artifact: ${told}`);
	}
}
exports.keepImageRecord = keepImageRecord;
