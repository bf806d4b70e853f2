require("./rolldown-runtime.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest.cjs");
let kept_require_reference;
const require_reference = () => kept_require_reference ??= require("./reference.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_handover;
const require_handover = () => kept_require_handover ??= require("./handover.cjs");
// src/actions/report-hand-over.ts
/** A name of artifacts, said by the workflow in both halves. */
const HANDOVER_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Uploads what a run without rights has made, as one inert file. */
const reportHandOver = {
	id: "report-hand-over",
	inputs: {
		record: require_house().recordInput,
		"hand-over": require_house().text({
			description: "In the pull request's half: the name under which the record, and the image where it lies in a folder, are uploaded for the other half, which comments (`take-over`). It takes no right.",
			pattern: HANDOVER_NAME,
			accepts: "lower-case letters, digits and -"
		})
	},
	outputs: { artifact: "The artifact that was handed over; empty without a record." },
	run: async (inputs, run, ports) => {
		const name = inputs["hand-over"];
		if (name === void 0) require_house().refuse({
			where: `input "hand-over"`,
			expected: "a name",
			seen: "nothing",
			fix: "Without one, leave this part out."
		});
		const record = await require_house().takeRecord(inputs.record, run, ports);
		if (!record) {
			ports.log.info("This job has no release record, so there is nothing to hand over.");
			return { outputs: {} };
		}
		const folder = await ports.workspace.temporary("hand-over");
		try {
			await ports.workspace.write(`${folder}/record.json`, require_house().serialiseRecord(record));
			const files = new Map([[`${folder}/record.json`, "record.json"], ...await imageFiles(record, run, ports)]);
			const archive = `${folder}/${require_handover().handoverName(name, run.runAttempt)}`;
			const paths = [...files.keys()].map((path) => path.slice(1));
			await ports.archives.pack("/", paths, archive, { name: (path) => files.get(`/${path}`) });
			const { id, bytes } = await ports.artifacts.upload(archive, {});
			ports.log.info(`Handed over: artifact ${id}, ${bytes} bytes, ${files.size} files.`);
			return { outputs: { artifact: id } };
		} finally {
			await ports.workspace.remove(folder);
		}
	}
};
/** The image's own files in its layout, where the record's image lies in one on this machine. */
async function imageFiles({ image }, run, { workspace }) {
	if (image === void 0 || !image.repository.startsWith("oci:")) return [];
	const layout = require_reference().belowFolder(require_reference().parseReference(image.repository, "the record's image"), run.workspace);
	if (layout.kind !== "layout") return [];
	const pathOf = (digest) => `${layout.folder}/blobs/sha256/${digest.slice(7)}`;
	const bytes = await workspace.readBytes(pathOf(image.digest), { maxBytes: require_manifest().MAX_MANIFEST_BYTES });
	if (bytes === void 0) require_house().refuse({
		where: image.repository,
		expected: `the image ${image.digest}`,
		seen: "none",
		fix: "Hand over in the job that built it."
	});
	const { config, layers = [] } = require_manifest().parseManifest(bytes, image.repository);
	return [.../* @__PURE__ */ new Set([
		image.digest,
		...config ? [config.digest] : [],
		...layers.map(({ digest }) => digest)
	])].map((digest) => [pathOf(digest), require_handover().blobPath(digest)]);
}
Object.defineProperty(exports, "HANDOVER_NAME", {
	enumerable: true,
	get: function() {
		return HANDOVER_NAME;
	}
});
Object.defineProperty(exports, "reportHandOver", {
	enumerable: true,
	get: function() {
		return reportHandOver;
	}
});
