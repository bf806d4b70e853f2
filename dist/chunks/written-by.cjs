require("./rolldown-runtime.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
// src/domain/record/written-by.ts
/** Above this a model's file is not read for the versions in it: what pins its libraries says them too. */
const MAX_TELLING_BYTES = 16777216;
const VERSION = /^\d{1,6}(?:\.[A-Za-z0-9+_-]{1,20}){1,5}$/;
/** In MLflow's `MLmodel`: flavor and field → library. */
const MLFLOW = {
	sklearn: ["sklearn_version", "scikit-learn"],
	xgboost: ["xgb_version", "xgboost"],
	lightgbm: ["lgb_version", "lightgbm"],
	catboost: ["catboost_version", "catboost"],
	pytorch: ["pytorch_version", "torch"],
	tensorflow: ["tensorflow_version", "tensorflow"],
	keras: ["keras_version", "keras"],
	onnx: ["onnx_version", "onnx"],
	transformers: ["transformers_version", "transformers"]
};
/**
* The libraries that wrote a model, as the file itself says: surer than a lock file, which may be of another environment.
* Nothing is loaded; what does not look like a version is left out.
* @param content the file that tells the format, whole or its beginning
* @returns package name → version
*/
async function writtenBy(format, content) {
	const told = await versionsIn(format, content);
	return Object.fromEntries(Object.entries(told).filter(([, version]) => VERSION.test(version)));
}
async function versionsIn(format, content) {
	switch (format) {
		case "pickle": return named("scikit-learn", sklearnVersion(content));
		case "xgboost-json": {
			const [, version] = /"version"\s*:\s*\[(\d+\s*,\s*\d+\s*,\s*\d+)\]/.exec(ends(content)) ?? [];
			return named("xgboost", version?.replace(/\s*,\s*/g, "."));
		}
		case "xgboost-ubjson": return named("xgboost", ubjsonVersion(ends(content)));
		case "xgboost-binary": {
			const at = content.toString("latin1", 0, 4) === "binf" ? 24 : 20;
			return named("xgboost", `${content.readUInt32LE(at)}.${content.readUInt32LE(at + 4)}`);
		}
		case "savedmodel": return named("tensorflow", tensorflowVersion(content.toString("latin1")));
		case "mlflow": return await mlflowVersions(content.toString("utf8"));
		case void 0:
		default: return {};
	}
}
const named = (library, version) => version === void 0 ? {} : { [library]: version };
/** Where the version stands: XGBoost writes names in their order, so `version` is the last or the first. */
const ends = (content) => `${content.toString("latin1", 0, 256)}\n${content.toString("latin1", Math.max(0, content.length - 256))}`;
/** Estimators keep the version as an entry of their state; its text stands behind its name, with its length before it. */
function sklearnVersion(content) {
	const text = content.toString("latin1");
	const { 1: short, 2: long, index, 0: whole } = /_sklearn_version(?:\x94|q.|r.{4})?(?:\x8c(.)|X(.)\0\0\0)/s.exec(text) ?? {};
	if (whole === void 0) return void 0;
	const start = index + whole.length;
	return text.slice(start, start + (short ?? long).charCodeAt(0));
}
/** Three integers of one byte, or of two. */
function ubjsonVersion(text) {
	const [, numbers] = /version\[(?:\$.)?#L\0{7}\x03((?:[iU].|I..){3})/s.exec(text) ?? [];
	if (numbers === void 0) return void 0;
	const bytes = Buffer.from(numbers, "latin1");
	const parts = [];
	for (let at = 0; at < bytes.length;) {
		const wide = bytes[at] === 73;
		parts.push(wide ? bytes.readUInt16BE(at + 1) : bytes[at + 1]);
		at += wide ? 3 : 2;
	}
	return parts.join(".");
}
/** Field 5 of the meta information, before field 6, which is git's name of the same version. */
function tensorflowVersion(text) {
	for (const { 1: length, 2: version } of text.matchAll(/\*([\x03-\x20])(\d+\.\d+\.\d[A-Za-z0-9.+-]{0,24})2/g)) {
		const bytes = length.charCodeAt(0);
		if (version.length >= bytes) return version.slice(0, bytes);
	}
}
async function mlflowVersions(text) {
	const model = fieldsOf(await require_yaml().parseYaml(text, {
		where: "MLmodel",
		maxBytes: 1048576,
		number: (source) => source
	}));
	const flavors = fieldsOf(model.mlflow_version === void 0 ? null : model.flavors ?? null);
	const told = typeof model.mlflow_version === "string" ? { mlflow: model.mlflow_version } : {};
	for (const [flavor, [field, library]] of Object.entries(MLFLOW)) {
		const version = fieldsOf(flavors[flavor] ?? null)[field];
		if (typeof version === "string") told[library] = version;
	}
	return told;
}
const fieldsOf = (value) => value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
exports.MAX_TELLING_BYTES = MAX_TELLING_BYTES;
exports.writtenBy = writtenBy;
