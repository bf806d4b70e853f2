const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_node_crypto;
const node_crypto = () => kept_node_crypto ??= require("node:crypto");
// src/domain/fingerprint/manifest.ts
var manifest_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	MAX_MANIFEST_BYTES: () => MAX_MANIFEST_BYTES,
	MAX_MODEL_FILES: () => MAX_MODEL_FILES,
	isExecutable: () => isExecutable,
	modelDigest: () => modelDigest,
	parseManifest: () => parseManifest,
	refuseClashes: () => refuseClashes,
	serialiseManifest: () => serialiseManifest
});
/** Above this a manifest is no list of a model's files, but an attempt on our memory. */
const MAX_MANIFEST_BYTES = 67108864;
const MAX_MODEL_FILES = 1e5;
const shape = require_house().object({
	schema: require_house().oneOf(1),
	kind: require_house().oneOf("file", "folder"),
	files: require_house().list(require_house().object({
		path: require_house().string({
			most: 1024,
			form: /^(?!\/)(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\u0000-\u001f\u007f\\]+$/,
			called: "a relative path without . or .."
		}),
		sha256: require_house().string({
			form: /^[0-9a-f]{64}$/,
			called: "64 hex digits"
		}),
		bytes: require_house().count,
		mode: require_house().count
	}), MAX_MODEL_FILES)
});
/**
* One digest over a model's files: `sha256:` and 64 hex digits. It does not depend on the order given, on who owns the files,
* when they were written, or where the model lies.
*/
function modelDigest(files) {
	const digest = (0, node_crypto().createHash)("sha256").update("model-files-1\n");
	for (const file of files.toSorted((a, b) => require_house().byBytes(a.path, b.path))) digest.update(`${require_house().canonicalJson([
		file.path,
		isExecutable(file.mode) ? "x" : "-",
		file.bytes,
		file.sha256
	])}\n`);
	return `sha256:${digest.digest("hex")}`;
}
/** Whether the owner may execute it. All else of a mode is a matter of the machine. */
const isExecutable = (mode) => (mode & 64) !== 0;
/** The one text of a manifest, as it lies in the artifact. */
function serialiseManifest(manifest) {
	const files = manifest.files.map(({ path, sha256, bytes, mode }) => ({
		path,
		sha256,
		bytes,
		mode: isExecutable(mode) ? 493 : 420
	})).toSorted((a, b) => require_house().byBytes(a.path, b.path));
	return require_house().canonicalJson({
		...manifest,
		files
	});
}
/** @throws ActionError when the text is no manifest, names a file twice, or names two that one folder could not hold */
function parseManifest(text, where = "manifest.json") {
	const manifest = require_house().check(shape, require_house().parseJson(text, {
		where,
		maxBytes: MAX_MANIFEST_BYTES
	}), where);
	refuseClashes(manifest.files.map(({ path }) => path), where);
	return manifest;
}
const ASCII = /^[\u0000-\u007f]*$/;
/**
* Refuses names that are one name on some file system: equal after Unicode NFC or case folding.
* @throws ActionError with the pairs
*/
function refuseClashes(paths, where) {
	const seen = /* @__PURE__ */ new Map();
	const mistakes = [];
	for (const path of paths) {
		const folded = ASCII.test(path) ? path.toLowerCase() : path.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
		const other = seen.get(folded);
		if (other !== void 0) mistakes.push({
			where,
			expected: "names that differ by more than case or Unicode form",
			seen: `${require_house().quote(other)} and ${require_house().quote(path)}`,
			fix: "Rename one of them: on another file system they would be one file."
		});
		seen.set(folded, path);
	}
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 10));
}
Object.defineProperty(exports, "MAX_MANIFEST_BYTES", {
	enumerable: true,
	get: function() {
		return MAX_MANIFEST_BYTES;
	}
});
Object.defineProperty(exports, "isExecutable", {
	enumerable: true,
	get: function() {
		return isExecutable;
	}
});
Object.defineProperty(exports, "manifest_exports", {
	enumerable: true,
	get: function() {
		return manifest_exports;
	}
});
Object.defineProperty(exports, "modelDigest", {
	enumerable: true,
	get: function() {
		return modelDigest;
	}
});
Object.defineProperty(exports, "parseManifest", {
	enumerable: true,
	get: function() {
		return parseManifest;
	}
});
Object.defineProperty(exports, "refuseClashes", {
	enumerable: true,
	get: function() {
		return refuseClashes;
	}
});
Object.defineProperty(exports, "serialiseManifest", {
	enumerable: true,
	get: function() {
		return serialiseManifest;
	}
});
