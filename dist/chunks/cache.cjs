require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_fs_promises;
const node_fs_promises = () => kept_node_fs_promises ??= require("node:fs/promises");
let kept_node_path;
const node_path = () => kept_node_path ??= require("node:path");
let kept_node_os;
const node_os = () => kept_node_os ??= require("node:os");
// src/actions/source.ts
/** Where a record comes from: this run. */
const sourceOf = (run, { pullRequest }) => ({
	repository: run.repository,
	sha: run.sha,
	ref: run.ref,
	event: run.event,
	...pullRequest === void 0 ? {} : { pullRequest: pullRequest.number },
	runId: run.runId,
	runAttempt: run.runAttempt
});
// src/actions/train-outputs.ts
/** What train says in the end, whether it trained or not: the plan part's outputs where it skipped, else the record part's. */
const trainOutputs = {
	record: "The release record, for the actions that follow.",
	fingerprint: "64 hex digits over code, data, parameters, environment, command and runtime.",
	skipped: "`true` when an earlier result was used instead of training.",
	reason: "Why it trained or did not: `nothing changed since run 17 (a1b2c3d)`, `params.C 1.0 → 0.1`.",
	changed: "What differs from the last known training: a JSON list of lines, as `params.C 1.0 → 0.1`.",
	"model-path": "Where the model lies on this machine: an absolute path, outside the workspace.",
	"model-uri": "Where the model lies in `model-store`: immutable, with the file names that Seldon's prepackaged servers look for.",
	"artifact-id": "The artifact that holds the model.",
	"artifact-digest": "`sha256:…` of that artifact, as GitHub stores it."
};
// src/adapters/cache.ts
/**
* What a cache entry names as its content. The service tells entries apart by a digest of this text, so it is one text on all
* runners; the client reads `~` as the home folder.
*/
const INDEX_FILE = "~/.cache/model-road/index";
/** The Actions cache, used for its keys only. Trouble with it is a warning: it can not cost more than a training. */
function cacheIndex(log) {
	const orWarned = async (doing, work) => {
		try {
			return await work();
		} catch (thrown) {
			log.warning(`The cache index could not be ${doing}: ${require_house().messageOf(thrown).split("\n", 1)[0].slice(0, 200)}`);
			return;
		}
	};
	return {
		find: async (prefix) => orWarned("asked", async () => {
			const { isFeatureAvailable, restoreCache } = await Promise.resolve().then(() => require("./cache2.cjs"));
			if (!isFeatureAvailable()) return void 0;
			return await restoreCache([INDEX_FILE], `${prefix}none`, [prefix], { lookupOnly: true });
		}),
		put: async (key) => await orWarned("written", async () => {
			const { isFeatureAvailable, saveCache } = await Promise.resolve().then(() => require("./cache2.cjs"));
			if (!isFeatureAvailable()) return false;
			const file = (0, node_path().join)((0, node_os().homedir)(), INDEX_FILE.slice(2));
			await (0, node_fs_promises().mkdir)((0, node_path().join)(file, ".."), { recursive: true });
			await (0, node_fs_promises().writeFile)(file, `${key}\n`);
			return await log.group("Writing the cache index", async () => await saveCache([INDEX_FILE], key) !== -1);
		}) ?? false
	};
}
Object.defineProperty(exports, "cacheIndex", {
	enumerable: true,
	get: function() {
		return cacheIndex;
	}
});
Object.defineProperty(exports, "sourceOf", {
	enumerable: true,
	get: function() {
		return sourceOf;
	}
});
Object.defineProperty(exports, "trainOutputs", {
	enumerable: true,
	get: function() {
		return trainOutputs;
	}
});
