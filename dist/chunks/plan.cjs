require("./rolldown-runtime.cjs");
const require_run_action = require("./run-action.cjs");
const require_manifest = require("./manifest.cjs");
const node_crypto = () => require("node:crypto");
// src/domain/image/plan.ts
/** Raised when the same inputs make another image than before, so that an older one is not taken for unchanged. */
const IMAGE_VERSION = 1;
/** The working directory of every image of ours. */
const IMAGE_ROOT = "app";
const EPOCH = "1970-01-01T00:00:00Z";
/** Served by seldon-core-microservice: HTTP, gRPC, metrics. */
const PORTS = [
	"5000/tcp",
	"6000/tcp",
	"9000/tcp"
];
/** The shell becomes the server, so that the server gets the signals. */
const START = "exec seldon-core-microservice \"$MODEL_NAME\" --service-type \"$SERVICE_TYPE\"";
/** 64 hex digits over all that an image depends on: same key, same image. Known without reading the model. */
function buildKey(facts) {
	const code = facts.code.map(({ path, sha256, executable }) => [
		path,
		sha256,
		executable
	]).toSorted(([a], [b]) => String(a) < String(b) ? -1 : 1);
	return hex(require_run_action.canonicalJson({
		version: IMAGE_VERSION,
		start: START,
		modelClass: facts.modelClass,
		modelPath: facts.modelPath,
		modelDigest: facts.modelDigest,
		code,
		requirements: facts.requirements ?? null,
		base: facts.baseDigest ?? null
	}));
}
/** The tag that says: an image of this key is here. */
function keyTag(key) {
	return `fp-${key.slice(0, 40)}`;
}
/** Config and manifest of an image, byte for byte. */
function planImage(facts, key, layers, base) {
	const config = Buffer.from(require_run_action.canonicalJson(imageConfig(facts, key, layers, base?.config)));
	const manifest = {
		schemaVersion: 2,
		mediaType: require_manifest.MEDIA.manifest,
		config: {
			mediaType: require_manifest.MEDIA.config,
			digest: `sha256:${hex(config)}`,
			size: config.length
		},
		layers: [...(base?.manifest.layers ?? []).map(ociLayer), ...layers.map(({ holds, sha256, bytes }) => ({
			mediaType: require_manifest.MEDIA.layer,
			digest: `sha256:${sha256}`,
			size: bytes,
			annotations: { [require_manifest.ANNOTATION.holds]: holds }
		}))]
	};
	const bytes = Buffer.from(require_run_action.canonicalJson(manifest));
	return {
		config,
		manifest: bytes,
		digest: `sha256:${hex(bytes)}`,
		layers: heldLayers(manifest)
	};
}
/** What each layer holds. Only what we put there ourselves is named by its content. */
function heldLayers(manifest) {
	return (manifest.layers ?? []).map(({ digest, size, annotations }) => ({
		digest,
		bytes: size,
		holds: annotations?.[require_manifest.ANNOTATION.holds] ?? "base"
	}));
}
/** Reads what is needed of a base's config. @throws ActionError when it does not fit its manifest */
function parseBaseConfig(bytes, manifest, where) {
	const value = require_run_action.parseJson(bytes.toString("utf8"), {
		where,
		maxBytes: MAX_CONFIG_BYTES
	});
	const rootfs = isObject(value) ? value.rootfs : void 0;
	const diffIds = isObject(rootfs) ? rootfs.diff_ids : void 0;
	if (!isObject(value) || typeof value.architecture !== "string" || typeof value.os !== "string" || !Array.isArray(diffIds) || !diffIds.every((each) => typeof each === "string" && /^sha256:[0-9a-f]{64}$/.test(each)) || diffIds.length !== manifest.layers?.length) return require_run_action.refuse({
		where,
		expected: "an image config with a diff id for each layer",
		seen: "another document"
	});
	return {
		architecture: value.architecture,
		os: value.os,
		...typeof value.variant === "string" ? { variant: value.variant } : {},
		diffIds,
		history: Array.isArray(value.history) ? value.history : [],
		settings: isObject(value.config) ? value.config : {}
	};
}
/** The image for Linux on x86-64 in an index; or its only image. @throws ActionError with the platforms that are there */
function chooseImage(index, where) {
	const images = (index.manifests ?? []).filter(({ platform }) => platform?.os !== "unknown");
	return images.find(({ platform }) => platform?.os === "linux" && platform.architecture === "amd64") ?? (images.length === 1 ? images[0] : void 0) ?? require_run_action.refuse({
		where,
		expected: "an image for linux/amd64",
		seen: images.map(({ platform }) => `${platform?.os}/${platform?.architecture}`).join(", ") || "none",
		fix: "Name the image that you want by its digest."
	});
}
const MAX_CONFIG_BYTES = 4194304;
function imageConfig({ modelClass, modelPath, modelDigest }, key, layers, base) {
	const settings = base?.settings ?? {};
	const env = new Map(strings(settings.Env).map((each) => {
		const [, name = each, value = ""] = /^([^=]*)=(.*)$/s.exec(each) ?? [];
		return [name, value];
	}));
	env.set("MODEL_NAME", modelClass);
	env.set("MODEL_PATH", `/app/${modelPath}`);
	env.set("SERVICE_TYPE", "MODEL");
	const { Cmd: _replaced, ...kept } = settings;
	const history = layers.map(({ holds }) => ({
		created: EPOCH,
		created_by: `model-road: ${holds}`
	}));
	return {
		architecture: base?.architecture ?? "amd64",
		os: base?.os ?? "linux",
		...base?.variant === void 0 ? {} : { variant: base.variant },
		created: EPOCH,
		config: {
			...kept,
			Env: [...env].map(([name, value]) => `${name}=${value}`),
			Entrypoint: [
				"/bin/sh",
				"-c",
				START
			],
			ExposedPorts: {
				...object(settings.ExposedPorts),
				...Object.fromEntries(PORTS.map((port) => [port, {}]))
			},
			Labels: {
				...object(settings.Labels),
				"io.model-road.build-key": key,
				"io.model-road.model-digest": modelDigest
			},
			WorkingDir: `/app`
		},
		rootfs: {
			type: "layers",
			diff_ids: [...base?.diffIds ?? [], ...layers.map(({ sha256 }) => `sha256:${sha256}`)]
		},
		...base !== void 0 && base.history.length === 0 ? {} : { history: [...base?.history ?? [], ...history] }
	};
}
/** A manifest of ours is OCI's: a base's layers keep their bytes and get OCI's names. */
function ociLayer({ mediaType, digest, size }) {
	return {
		mediaType: {
			"application/vnd.docker.image.rootfs.diff.tar.gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
			"application/vnd.docker.image.rootfs.diff.tar.zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
			"application/vnd.docker.image.rootfs.diff.tar": require_manifest.MEDIA.layer
		}[mediaType] ?? mediaType,
		digest,
		size
	};
}
const hex = (content) => (0, node_crypto().createHash)("sha256").update(content).digest("hex");
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const object = (value) => isObject(value) ? value : {};
const strings = (value) => Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
exports.IMAGE_ROOT = IMAGE_ROOT;
exports.MAX_CONFIG_BYTES = MAX_CONFIG_BYTES;
exports.buildKey = buildKey;
exports.chooseImage = chooseImage;
exports.heldLayers = heldLayers;
exports.keyTag = keyTag;
exports.parseBaseConfig = parseBaseConfig;
exports.planImage = planImage;
