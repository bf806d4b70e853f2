require("./rolldown-runtime.cjs");
// src/domain/record/format.ts
/**
* The format of a model file by what stands in it: a name can say anything. `undefined` when it is none of the known ones.
* Nothing is deserialised.
*/
function formatOf(head) {
	const text = head.toString("latin1");
	if (head[0] === 128 && head[1] >= 2 && head[1] <= 5) return "pickle";
	if (head.length > 9 && head.readBigUInt64LE(0) < 100000000n && head[8] === 123) return "safetensors";
	if (text.startsWith("HDF\r\n\n")) return "hdf5";
	if (text.startsWith("tree\nversion=")) return "lightgbm";
	if (text.startsWith("PK")) return zipOf(head);
	if (head[0] === 8 && head[1] > 2 && head[1] < 32 && [
		18,
		26,
		58,
		66
	].includes(head[2])) return "onnx";
	if (head[0] === 8 && head[1] === 1 && head[2] === 18) return "savedmodel";
	if (text.startsWith("{L\0\0\0\0\0\0")) return /^.{10}(?:learner\{|version\[)/s.test(text) ? "xgboost-ubjson" : "ubjson";
	if (isXgboostBinary(text)) return "xgboost-binary";
	if (/^\s*\{\s*"(?:learner"\s*:\s*\{|version"\s*:\s*\[\d+,\d+,\d+\],"learner")/.test(text)) return "xgboost-json";
	if (/^\s*[{[]/.test(text)) return "json";
}
/**
* XGBoost's own format, which its third version no longer writes: 136 bytes of parameters, then the objective's name with its
* length before it.
*/
function isXgboostBinary(text) {
	const at = (text.startsWith("binf") ? 4 : 0) + 136;
	const [, length, name] = /^([\x01-\x40])\0{7}((?:binary|reg|multi|rank|count|survival):[a-z_]+)/.exec(text.slice(at)) ?? [];
	return name !== void 0 && name.length >= length.charCodeAt(0);
}
/** Files of a folder by which it is told what the folder is, whatever else lies in it. */
const FOLDERS = [[/^MLmodel$/, "mlflow"], [/^(?:\d{1,18}\/)?saved_model\.pb$/, "savedmodel"]];
/**
* The file of a folder that says what the model is: MLflow's `MLmodel`, TensorFlow's `saved_model.pb`, else the largest.
* @returns `folder`: what a folder with such a file is
*/
function tellingFile(files) {
	for (const [name, folder] of FOLDERS) {
		const found = files.find(({ path }) => name.test(path));
		if (found !== void 0) return {
			path: found.path,
			folder
		};
	}
	return {
		path: files.reduce((a, b) => b.bytes > a.bytes ? b : a).path,
		folder: void 0
	};
}
/** PyTorch and Keras write archives, told apart by the name of their first member. */
function zipOf(head) {
	if (head.length < 30) return "zip";
	const first = head.subarray(30, 30 + head.readUInt16LE(26)).toString("latin1");
	if (/^[^/]+\/(?:data\.pkl|\.format_version|\.data\/|byteorder|version)/.test(first)) return "torch";
	return first === "metadata.json" || first === "config.json" ? "keras" : "zip";
}
/** What is recorded as the flavor where the user names none. */
function flavorOf(format, libraries) {
	if (format === "lightgbm") return "lightgbm";
	if (format === "mlflow") return "mlflow";
	if (format === "savedmodel") return "tensorflow";
	if (format?.startsWith("xgboost-")) return "xgboost";
	if (format === "onnx") return "onnx";
	if (format === "torch") return "pytorch";
	if (format === "keras") return "tensorflow";
	if (format === "pickle" && libraries["scikit-learn"] !== void 0) return "sklearn";
	if ((format === "ubjson" || format === "json") && libraries.xgboost !== void 0) return "xgboost";
	return "custom";
}
/** Libraries whose version decides whether a model written by one can be read by another. */
const WRITERS = [
	"catboost",
	"joblib",
	"keras",
	"lightgbm",
	"mlflow",
	"numpy",
	"onnx",
	"pandas",
	"scikit-learn",
	"scipy",
	"tensorflow",
	"torch",
	"transformers",
	"xgboost"
];
/** Of all pins of a training those that its model may depend on. */
function writersOf(pins) {
	const all = Object.assign(Object.create(null), ...pins);
	return Object.fromEntries(WRITERS.flatMap((name) => all[name] === void 0 ? [] : [[name, all[name].slice(0, 64)]]));
}
Object.defineProperty(exports, "flavorOf", {
	enumerable: true,
	get: function() {
		return flavorOf;
	}
});
Object.defineProperty(exports, "formatOf", {
	enumerable: true,
	get: function() {
		return formatOf;
	}
});
Object.defineProperty(exports, "tellingFile", {
	enumerable: true,
	get: function() {
		return tellingFile;
	}
});
Object.defineProperty(exports, "writersOf", {
	enumerable: true,
	get: function() {
		return writersOf;
	}
});
