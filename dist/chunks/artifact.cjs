require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
// src/adapters/artifact.ts
/** The artifacts of this run, by the runner's own token. The client's progress lines come in a fold of the log. */
function runArtifacts(log) {
	return { upload: async (file, { retentionDays }) => {
		const name = (0, node_path().basename)(file);
		return await log.group(`Uploading artifact ${name}`, async () => {
			const { DefaultArtifactClient } = await Promise.resolve().then(() => require("./artifact2.cjs"));
			try {
				const { id, digest, size } = await new DefaultArtifactClient().uploadArtifact(name, [file], (0, node_path().dirname)(file), {
					skipArchive: true,
					...retentionDays === void 0 ? {} : { retentionDays }
				});
				if (id === void 0 || digest === void 0) throw new Error("the service named no id or digest");
				return {
					id: String(id),
					sha256: digest,
					bytes: size ?? 0
				};
			} catch (thrown) {
				throw told(name, thrown);
			}
		});
	} };
}
function told(name, thrown) {
	const message = require_house().messageOf(thrown);
	const fix = /ACTIONS_(?:RUNTIME_TOKEN|RESULTS_URL)/.test(message) ? "Only an action that the runner starts by uses: gets the right to upload." : /GHES|not currently supported/i.test(message) ? "Artifacts of this kind are not there on GitHub Enterprise Server: set model-store." : /409|already exists/i.test(message) ? "Another job of this run uploaded the same name: give each leg of a matrix its own input `name`." : "Run the job again when the artifact service is well (githubstatus.com).";
	return new (require_house()).ActionError({
		where: `artifact ${name}`,
		expected: "to be stored",
		seen: require_house().quote(message.split("\n", 1)[0], 200),
		fix
	}, { cause: thrown });
}
Object.defineProperty(exports, "runArtifacts", {
	enumerable: true,
	get: function() {
		return runArtifacts;
	}
});
