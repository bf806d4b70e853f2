const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest2.cjs");
let kept_node_crypto;
const node_crypto = () => kept_node_crypto ??= require("node:crypto");
// src/domain/fingerprint/fingerprint.ts
var fingerprint_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	fingerprint: () => fingerprint,
	fingerprintManifest: () => fingerprintManifest,
	openTrainingDocument: () => openTrainingDocument,
	parseFingerprintManifest: () => parseFingerprintManifest
});
const PARTS = [
	"code",
	"data",
	"params",
	"environment",
	"command",
	"runtime",
	"schema"
];
/**
* The fingerprint of a training: one digest over named parts, each a digest of its own.
* @throws ActionError when two files have names that are one on some file systems
*/
function fingerprint(ingredients) {
	const { code, data, params, environment, command, runtime } = ingredients;
	const parts = {
		code: filesDigest(code, "code"),
		data: filesDigest(data, "data"),
		params: sha256(require_house().canonicalJson(params.canonical)),
		environment: filesDigest(environment, "environment"),
		command: sha256(require_house().canonicalJson(command)),
		runtime: sha256(require_house().canonicalJson({
			...runtime,
			python: runtime.python ?? null
		})),
		schema: sha256(String(1))
	};
	return {
		whole: sha256(require_house().canonicalJson(parts)),
		parts
	};
}
function filesDigest(files, part) {
	require_manifest().refuseClashes(files.map(({ path }) => path), `the files of ${part}`);
	const lines = require_house().inByteOrder(files, ({ path }) => path).map(({ path, digest, executable }) => `${JSON.stringify(path)} ${executable ? "x" : "-"} ${digest}\n`);
	return sha256(lines.join(""));
}
/** How a link counts: by where it points, and by what lies there, whose change would else go unseen. */
const linkDigest = (target, content) => `link:${sha256(target)}${content === void 0 ? "" : `+${content}`}`;
/** How all files below a folder count as one. */
const treeDigest = (tree) => `tree:${sha256(tree.map(({ path, sha256 }) => `${JSON.stringify(path)} ${sha256}\n`).join(""))}`;
const sha256 = (text) => (0, node_crypto().createHash)("sha256").update(text).digest("hex");
const files = require_house().record(require_house().string({ most: 256 }), {
	most: 2e4,
	longest: 4096
});
const hex64 = require_house().string({
	form: /^[0-9a-f]{64}$/,
	called: "64 hex digits"
});
const shape = require_house().object({
	schema: require_house().count,
	fingerprint: hex64,
	parts: require_house().record(hex64, { most: 16 }),
	/** Path → digest, `x ` before it for an executable. Absent when there are too many to keep. */
	code: require_house().optional(files),
	data: require_house().optional(files),
	params: require_house().record(require_house().string({ most: 4096 }), { most: 1e3 }),
	environment: require_house().record(require_house().object({
		digest: require_house().string({ most: 256 }),
		packages: require_house().optional(require_house().record(require_house().string({ most: 128 }), { most: 2e3 }))
	}), {
		most: 1e3,
		longest: 4096
	}),
	command: require_house().record(require_house().string({ most: 65536 }), { most: 16 }),
	runtime: require_house().record(require_house().string({ most: 256 }), { most: 16 })
});
const MAX_FILES_KEPT = 2e3;
/** The manifest of a training; files that are too many to keep are left to their part's digest. */
function fingerprintManifest(ingredients, { whole, parts }) {
	const { code, data, params, environment, command, runtime } = ingredients;
	const manifest = {
		schema: 1,
		fingerprint: whole,
		parts,
		params: { ...params.source },
		environment: Object.fromEntries(environment.slice(0, 200).map((file) => [file.path, {
			digest: shown(file),
			...file.packages === void 0 ? {} : { packages: file.packages }
		}])),
		command: {
			...command,
			command: command.command.slice(0, 65536)
		},
		runtime: {
			os: runtime.os,
			arch: runtime.arch,
			...runtime.python === void 0 ? {} : { python: runtime.python }
		}
	};
	const listed = {
		...manifest,
		...kept("code", code),
		...kept("data", data)
	};
	for (const each of [
		listed,
		{
			...manifest,
			...kept("code", code)
		},
		manifest
	]) if (Buffer.byteLength(require_house().canonicalJson(each)) <= 393216) return each;
	return {
		...manifest,
		environment: {},
		params: {}
	};
}
const kept = (part, list) => list.length > MAX_FILES_KEPT ? {} : { [part]: Object.fromEntries(list.map((file) => [file.path, shown(file)])) };
const shown = ({ digest, executable }) => executable ? `x ${digest}` : digest;
/** Reads what an earlier run kept. @throws ActionError when it is none */
function parseFingerprintManifest(value, where) {
	return require_house().check(shape, value, where);
}
/**
* The pins of a lock file: `scikit-learn==1.5.2`, one a line. Names as PyPI compares them: lower case, `-` for `_` and `.`.
* Other forms (TOML, YAML) are not read: their change is told as a change of the file.
*/
function pinsOf(text) {
	const pins = {};
	for (const line of text.split(/\r\n|\n|\r/).slice(0, 5e3)) {
		const [, name, version] = /^\s*([A-Za-z0-9][A-Za-z0-9._-]{0,100})(?:\[[^\]]{0,100}\])?\s*==\s*([^\s;#\\,]{1,64})/.exec(line) ?? [];
		if (name !== void 0) pins[name.toLowerCase().replace(/[-_.]+/g, "-")] = version;
	}
	const count = Object.keys(pins).length;
	return count === 0 || count > 2e3 ? void 0 : pins;
}
/** Files that say which libraries a training gets, where `environment` names none. Looked for in the working directory. */
function isLockFile(name) {
	return /^(?:requirements[^/]*\.txt|Pipfile\.lock|poetry\.lock|uv\.lock|pdm\.lock|conda-lock\.yml|environment\.ya?ml|setup\.py|pyproject\.toml)$/.test(name);
}
/** The record artifact of a training: `{ record, manifest }`. Both as unparsed values; a bare record has no manifest. */
function openTrainingDocument(text, where) {
	const value = require_house().parseJson(text, {
		where,
		maxBytes: 1048576
	});
	if (value === null || typeof value !== "object" || Array.isArray(value)) throw new (require_house()).ActionError({
		where,
		expected: "an object",
		seen: "something else"
	});
	if (!("record" in value)) return {
		record: value,
		manifest: null
	};
	return {
		record: value.record ?? null,
		manifest: value.manifest ?? null
	};
}
Object.defineProperty(exports, "PARTS", {
	enumerable: true,
	get: function() {
		return PARTS;
	}
});
Object.defineProperty(exports, "fingerprint_exports", {
	enumerable: true,
	get: function() {
		return fingerprint_exports;
	}
});
Object.defineProperty(exports, "isLockFile", {
	enumerable: true,
	get: function() {
		return isLockFile;
	}
});
Object.defineProperty(exports, "linkDigest", {
	enumerable: true,
	get: function() {
		return linkDigest;
	}
});
Object.defineProperty(exports, "openTrainingDocument", {
	enumerable: true,
	get: function() {
		return openTrainingDocument;
	}
});
Object.defineProperty(exports, "parseFingerprintManifest", {
	enumerable: true,
	get: function() {
		return parseFingerprintManifest;
	}
});
Object.defineProperty(exports, "pinsOf", {
	enumerable: true,
	get: function() {
		return pinsOf;
	}
});
Object.defineProperty(exports, "treeDigest", {
	enumerable: true,
	get: function() {
		return treeDigest;
	}
});
