require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_model;
const require_model = () => kept_require_model ??= require("./model.cjs");
// src/actions/earlier-cluster-result.ts
/** Record, metrics and log. */
const MAX_FILES = 8;
const MAX_BYTES = 67108864;
/**
* The record of an earlier training in a cluster. Its model stays where the training has put it: what the trusted run has written
* down is its place and its digest.
* @throws ActionError when the artifact is not that of such a training
*/
async function bringClusterRecord(artifact, origin, fingerprint, run, { workspace, archives, github }) {
	const where = `artifact ${artifact.id}`;
	const scratch = await workspace.temporary("earlier");
	try {
		const archive = `${scratch}/training.tar`;
		await github.downloadArtifact(artifact.id, archive, {
			maxBytes: MAX_BYTES,
			sha256: artifact.sha256
		});
		const unpacked = `${scratch}/unpacked`;
		await archives.unpack(archive, unpacked, {
			maxFiles: MAX_FILES,
			maxBytes: MAX_BYTES
		});
		const text = await workspace.readText(`${unpacked}/record.json`, { maxBytes: require_house().MAX_RECORD_BYTES });
		const record = require_house().parseRecord(text ?? "", `the record in ${where}`);
		const modelUri = record.artifact?.modelUri;
		if (record.model.fingerprint !== fingerprint || modelUri === void 0) require_house().refuse({
			where,
			expected: "the record of a training in a cluster, of this fingerprint",
			seen: "another"
		});
		const kept = require_model().keptPath(run, fingerprint);
		await workspace.remove(kept);
		await workspace.move(unpacked, kept);
		return {
			artifact: {
				runId: origin.id,
				modelUri
			},
			origin,
			record,
			folder: kept,
			path: ""
		};
	} finally {
		await workspace.remove(scratch);
	}
}
exports.bringClusterRecord = bringClusterRecord;
