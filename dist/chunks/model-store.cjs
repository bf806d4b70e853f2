const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest2.cjs");
let kept_node_crypto;
const node_crypto = () => kept_node_crypto ??= require("node:crypto");
// src/domain/record/model-store.ts
var model_store_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	parseStoreAddress: () => parseStoreAddress,
	trainingsFolder: () => trainingsFolder
});
/** Other schemes of `model-uri`, which are no remotes of rclone's. */
const NO_REMOTES = [
	"http",
	"https",
	"file",
	"pvc",
	"hf",
	"docker",
	"oci",
	"ftp"
];
/** @throws ActionError when it is none that this action writes to */
function parseStoreAddress(text) {
	const where = "the store's form";
	const expected = "s3://bucket/path, gs://bucket/path, azblob://container/path or <rclone remote>:path";
	const [, remote, slashes, path = ""] = /^([A-Za-z0-9_][A-Za-z0-9_.-]{1,63}):(\/{0,2})([^/].*)$/.exec(text.replace(/(?<=[^/:])\/+$/, "")) ?? [];
	if (remote === void 0 || NO_REMOTES.includes(remote.toLowerCase())) return require_house().refuse({
		where,
		expected,
		seen: JSON.stringify(text.slice(0, 100))
	});
	const parts = path.split("/");
	if (path.length > 512 || !parts.every((part) => /^[A-Za-z0-9_@=+~!][A-Za-z0-9._@=+~!-]*$/.test(part))) return require_house().refuse({
		where,
		expected: "a path of letters, digits and . _ - = + @ ~ !, that starts with the bucket",
		seen: JSON.stringify(text.slice(0, 100)),
		fix: "Credentials do not belong into it: they are variables, RCLONE_CONFIG_…."
	});
	return {
		uri: `${remote}:${slashes}${path}`,
		remote,
		root: `${remote}:${slashes}${parts[0]}`
	};
}
/** The variable in which rclone looks for a remote's setting. `RCLONE_CONFIG_S3_TYPE` */
const remoteVariable = (remote, setting) => `RCLONE_CONFIG_${remote.toUpperCase().replaceAll("-", "_")}_${setting}`;
/** The folder of a fingerprint's trainings. */
const trainingsFolder = (store, fingerprint) => `${store.uri}/train1-${fingerprint}`;
/** The name of a training's record in that folder. */
const trainingFile = (runId, attempt) => `${runId}-${attempt}.json`;
/** Run and attempt of a training's record, newest first; what is named otherwise is not ours. */
function trainingsOf(names) {
	return names.flatMap((name) => {
		const [, runId, attempt] = /^(\d{1,20})-(\d{1,4})\.json$/.exec(name) ?? [];
		return runId === void 0 ? [] : [{
			runId,
			attempt: Number(attempt)
		}];
	}).toSorted((a, b) => BigInt(a.runId) === BigInt(b.runId) ? b.attempt - a.attempt : BigInt(a.runId) < BigInt(b.runId) ? 1 : -1);
}
/**
* Where a model lies: under its own content's digest, with the names that Seldon's prepackaged servers look for. A single file
* of scikit-learn is `model.joblib`, one of XGBoost `model.bst`; a SavedModel lies in a numbered folder. All else keeps its name.
*/
function placeOf(store, model, manifest) {
	const storedAs = servedName(model, manifest);
	return {
		uri: `${store.uri}/${model.name}/${placeHex(model.digest, storedAs)}`,
		storedAs
	};
}
/** The name counts: a model that is read as another flavor later must not appear beside itself. */
const placeHex = (digest, storedAs) => (0, node_crypto().createHash)("sha256").update(require_house().canonicalJson([digest, storedAs])).digest("hex");
/** Whether a place is one that this model may lie at. */
const isPlaceOf = ({ uri, storedAs }, { digest }) => uri.endsWith(`/${placeHex(digest, storedAs)}`);
function servedName({ flavor, format }, { kind, files }) {
	const isA = (library) => flavor.toLowerCase().replace("scikit-learn", "sklearn") === library;
	if (kind === "folder") return files.some(({ path }) => path === "saved_model.pb") ? "1" : "";
	const name = files[0].path;
	if (isA("sklearn") && (format === "pickle" || /\.(?:joblib|pkl|pickle)$/i.test(name))) return "model.joblib";
	if (isA("xgboost")) return "model.bst";
	return name;
}
/** Path below the URI → file of the model. */
function storedFiles({ storedAs }, { kind, files }) {
	const nameOf = ({ path }) => kind === "file" ? storedAs : storedAs === "" ? path : `${storedAs}/${path}`;
	return new Map(files.map((file) => [nameOf(file), file]));
}
/**
* How what lies at a model's place stands to what should: which files are still to come, and what is there that is not of this
* model. The latter can be no accident: an upload of ours that was cut leaves fewer objects, never other ones.
* @param expected path below the URI → size, and md5 where it was taken
*/
function compareStored(expected, listed) {
	const there = new Set(listed.map(({ path }) => path));
	const foreign = listed.find(({ path, bytes, md5 }) => {
		const file = expected.get(path);
		return file === void 0 || file.bytes !== bytes || md5 !== void 0 && file.md5 !== void 0 && md5.toLowerCase() !== file.md5;
	});
	return {
		missing: [...expected.keys()].filter((path) => !there.has(path)),
		foreign: foreign?.path
	};
}
const placeShape = require_house().object({
	schema: require_house().oneOf(1),
	storedAs: require_house().string({ most: 1024 }),
	manifest: require_house().anything
});
/** The text that lies beside a stored model. */
function serialisePlace(storedAs, serialisedManifest) {
	return require_house().canonicalJson({
		schema: 1,
		storedAs,
		manifest: JSON.parse(serialisedManifest)
	});
}
/** @throws ActionError when the text is none of a stored model */
function parsePlace(text, { where, maxBytes }) {
	const { storedAs, manifest } = require_house().check(placeShape, require_house().parseJson(text, {
		where,
		maxBytes
	}), where);
	const parsed = require_manifest().parseManifest(require_house().canonicalJson(manifest), where);
	if (!/^(?!\.{1,2}$)[^/\\\u0000-\u001f\u007f]+$/.test(storedAs) && !(parsed.kind === "folder" && storedAs === "")) require_house().refuse({
		where,
		expected: "a plain name to lie under",
		seen: JSON.stringify(storedAs.slice(0, 100))
	});
	return {
		storedAs,
		manifest: parsed
	};
}
Object.defineProperty(exports, "compareStored", {
	enumerable: true,
	get: function() {
		return compareStored;
	}
});
Object.defineProperty(exports, "isPlaceOf", {
	enumerable: true,
	get: function() {
		return isPlaceOf;
	}
});
Object.defineProperty(exports, "model_store_exports", {
	enumerable: true,
	get: function() {
		return model_store_exports;
	}
});
Object.defineProperty(exports, "parsePlace", {
	enumerable: true,
	get: function() {
		return parsePlace;
	}
});
Object.defineProperty(exports, "parseStoreAddress", {
	enumerable: true,
	get: function() {
		return parseStoreAddress;
	}
});
Object.defineProperty(exports, "placeOf", {
	enumerable: true,
	get: function() {
		return placeOf;
	}
});
Object.defineProperty(exports, "remoteVariable", {
	enumerable: true,
	get: function() {
		return remoteVariable;
	}
});
Object.defineProperty(exports, "serialisePlace", {
	enumerable: true,
	get: function() {
		return serialisePlace;
	}
});
Object.defineProperty(exports, "storedFiles", {
	enumerable: true,
	get: function() {
		return storedFiles;
	}
});
Object.defineProperty(exports, "trainingFile", {
	enumerable: true,
	get: function() {
		return trainingFile;
	}
});
Object.defineProperty(exports, "trainingsFolder", {
	enumerable: true,
	get: function() {
		return trainingsFolder;
	}
});
Object.defineProperty(exports, "trainingsOf", {
	enumerable: true,
	get: function() {
		return trainingsOf;
	}
});
