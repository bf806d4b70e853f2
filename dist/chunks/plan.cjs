const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest.cjs");
let kept_require_source;
const require_source = () => kept_require_source ??= require("./source.cjs");
let kept_node_crypto;
const node_crypto = () => kept_node_crypto ??= require("node:crypto");
// src/domain/image/plan.ts
var plan_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	IMAGE_ROOT: () => "app",
	MAX_CONFIG_BYTES: () => MAX_CONFIG_BYTES,
	buildKey: () => buildKey,
	heldLayers: () => heldLayers,
	hexDigest: () => hexDigest,
	keyTag: () => keyTag
});
/** Raised when the same inputs make another image than before, so that an older one is not taken for unchanged. */
const IMAGE_VERSION = 3;
/** The working directory of every image of ours. */
const IMAGE_ROOT = "app";
const EPOCH = "1970-01-01T00:00:00Z";
/** Where Seldon's storage initializer puts what `model-uri` names. */
const MOUNTED = "/mnt/models";
/** Ports that each wrapper listens on (HTTP first), and how it starts. The shell becomes the server: that gets the signals. */
const SERVERS = {
	seldon: {
		ports: [
			9e3,
			5e3,
			6e3
		],
		start: "exec seldon-core-microservice \"$MODEL_NAME\" --service-type \"$SERVICE_TYPE\""
	},
	mlserver: {
		ports: [
			8080,
			8081,
			8082
		],
		start: "exec mlserver start ."
	},
	flask: {
		ports: [5e3],
		start: "exec python3 app.py"
	}
};
/** 64 hex digits over all that an image depends on: same key, same image. Known without reading the model. */
function buildKey(facts) {
	const code = facts.code.map(({ path, sha256, executable }) => [
		path,
		sha256,
		executable
	]).toSorted(([a], [b]) => String(a) < String(b) ? -1 : 1);
	const { modelClass, parameters, startCommand, modelPath, modelDigest, requirements, python, source } = facts;
	return hexDigest(require_house().canonicalJson({
		version: IMAGE_VERSION,
		wrapper: facts.wrapper,
		start: startOf(facts),
		modelClass: modelClass ?? null,
		serviceType: facts.serviceType,
		parameters: parameters ?? null,
		environment: { ...facts.environment },
		startCommand: startCommand ?? null,
		modelPath: modelPath ?? null,
		modelDigest: modelDigest ?? null,
		bake: facts.bake,
		code,
		requirements: requirements ?? null,
		packages: facts.packages ?? null,
		python: python ?? null,
		base: facts.baseDigest ?? null,
		platform: facts.platform,
		source: source ?? null,
		...facts.engine === void 0 ? {} : { engine: { ...facts.engine } }
	}));
}
/** The port that answers HTTP in the image. */
const httpPort = (wrapper) => SERVERS[wrapper].ports[0];
/** The line that starts the server. */
const startOf = ({ wrapper, startCommand }) => startCommand === void 0 ? SERVERS[wrapper].start : `exec ${startCommand}`;
/** What the server finds in its environment. */
function imageEnvironment(facts) {
	const { wrapper, modelClass, modelPath } = facts;
	return {
		...facts.environment,
		...wrapper === "seldon" ? { MODEL_NAME: modelClass ?? "" } : {},
		...facts.bake ? modelPath === void 0 ? {} : { MODEL_PATH: `/app/${modelPath}` } : { MODEL_PATH: MOUNTED },
		...wrapper === "seldon" ? { SERVICE_TYPE: require_source().wrapperType(facts.serviceType) } : {},
		...facts.parameters === void 0 ? {} : { PREDICTIVE_UNIT_PARAMETERS: facts.parameters },
		...wrapper === "mlserver" ? { MLSERVER_PARALLEL_WORKERS: "0" } : {}
	};
}
/** The tag that says: an image of this key is here. */
function keyTag(key) {
	return `fp-${key.slice(0, 40)}`;
}
/** The tag of a layer alone, by what it is made of: where it is there, nothing of it is read, made or sent again. */
function layerTag(holds, parts) {
	return `layer-${hexDigest(require_house().canonicalJson({
		version: IMAGE_VERSION,
		holds,
		parts: [...parts]
	})).slice(0, 40)}`;
}
/** A manifest that keeps a layer in a registry by itself. */
function layerManifest({ sha256, bytes, holds }) {
	const manifest = {
		schemaVersion: 2,
		mediaType: require_manifest().MEDIA.manifest,
		artifactType: "application/vnd.model-road.layer.v1",
		config: require_manifest().EMPTY,
		layers: [{
			mediaType: require_manifest().MEDIA.layer,
			digest: `sha256:${sha256}`,
			size: bytes,
			annotations: { [require_manifest().ANNOTATION.holds]: holds }
		}]
	};
	return Buffer.from(require_house().canonicalJson(manifest));
}
/** Config and manifest of an image, byte for byte. */
function planImage(facts, key, layers, base) {
	const annotations = {
		...facts.modelClass === void 0 ? {} : { "org.opencontainers.image.title": facts.modelClass },
		...facts.source === void 0 ? {} : { "org.opencontainers.image.source": facts.source },
		...facts.baseDigest === void 0 ? {} : { "org.opencontainers.image.base.digest": facts.baseDigest }
	};
	const config = Buffer.from(require_house().canonicalJson(imageConfig(facts, key, layers, base?.config)));
	const manifest = {
		schemaVersion: 2,
		mediaType: require_manifest().MEDIA.manifest,
		config: {
			mediaType: require_manifest().MEDIA.config,
			digest: `sha256:${hexDigest(config)}`,
			size: config.length
		},
		layers: [...(base?.manifest.layers ?? []).map(ociLayer), ...layers.map(({ holds, sha256, bytes }) => ({
			mediaType: require_manifest().MEDIA.layer,
			digest: `sha256:${sha256}`,
			size: bytes,
			annotations: { [require_manifest().ANNOTATION.holds]: holds }
		}))],
		...Object.keys(annotations).length === 0 ? {} : { annotations }
	};
	const bytes = Buffer.from(require_house().canonicalJson(manifest));
	return {
		config,
		manifest: bytes,
		digest: `sha256:${hexDigest(bytes)}`,
		layers: heldLayers(manifest)
	};
}
/** What each layer holds. Only what we put there ourselves is named by its content. */
function heldLayers(manifest) {
	return (manifest.layers ?? []).map(({ digest, size, annotations }) => ({
		digest,
		bytes: size,
		holds: annotations?.[require_manifest().ANNOTATION.holds] ?? "base"
	}));
}
/** Reads what is needed of a base's config. @throws ActionError when it does not fit its manifest */
function parseBaseConfig(bytes, manifest, where) {
	const value = require_house().parseJson(bytes.toString("utf8"), {
		where,
		maxBytes: MAX_CONFIG_BYTES
	});
	const rootfs = isObject(value) ? value.rootfs : void 0;
	const diffIds = isObject(rootfs) ? rootfs.diff_ids : void 0;
	if (!isObject(value) || typeof value.architecture !== "string" || typeof value.os !== "string" || !Array.isArray(diffIds) || !diffIds.every((each) => typeof each === "string" && /^sha256:[0-9a-f]{64}$/.test(each)) || diffIds.length !== manifest.layers?.length) return require_house().refuse({
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
/** The image for a platform in an index; or its only image. @throws ActionError with the platforms that are there */
function chooseImage(index, where, platform = "linux/amd64") {
	const images = (index.manifests ?? []).filter((each) => each.platform?.os !== "unknown");
	const name = ({ platform: of }) => `${of?.os}/${of?.architecture}`;
	return images.find((each) => name(each) === platform) ?? (images.length === 1 && images[0].platform === void 0 ? images[0] : void 0) ?? require_house().refuse({
		where,
		expected: `an image for ${platform}`,
		seen: images.map(name).join(", ") || "none",
		fix: "Set platform to one of these, or take a base that has an image for this one."
	});
}
/** Registries and runtimes take no more. */
const MAX_LAYERS = 127;
/** What speaks against a base before anything is built on it. */
function checkBase({ manifest, config }, more, platform, where) {
	if (`${config.os}/${config.architecture}` !== platform) require_house().refuse({
		where,
		expected: `an image for ${platform}`,
		seen: `one for ${config.os}/${config.architecture}`,
		fix: "Set platform to that, or take another base."
	});
	const layers = manifest.layers?.length ?? 0;
	if (layers + more > MAX_LAYERS) require_house().refuse({
		where,
		expected: `at most ${MAX_LAYERS - more} layers, so that ${more} more fit`,
		seen: `${layers}`,
		fix: "Squash the base."
	});
}
const MAX_CONFIG_BYTES = 4194304;
function imageConfig(facts, key, layers, base) {
	const settings = base?.settings ?? {};
	const env = environmentOf(settings.Env);
	for (const [name, value] of Object.entries(imageEnvironment(facts))) env.set(name, value);
	const [os = "linux", architecture = "amd64"] = facts.platform.split("/");
	const ports = SERVERS[facts.wrapper].ports.map((port) => `${port}/tcp`).toSorted();
	const { Cmd: _replaced, ...kept } = settings;
	const history = layers.map(({ holds }) => ({
		created: EPOCH,
		created_by: `model-road: ${holds}`
	}));
	const below = base === void 0 ? [] : historyOf(base);
	return {
		architecture: base?.architecture ?? architecture,
		os: base?.os ?? os,
		...base?.variant === void 0 ? {} : { variant: base.variant },
		created: EPOCH,
		config: {
			...kept,
			Env: [...env].map(([name, value]) => `${name}=${value}`),
			Entrypoint: [
				"/bin/sh",
				"-c",
				startOf(facts)
			],
			ExposedPorts: {
				...object(settings.ExposedPorts),
				...Object.fromEntries(ports.map((port) => [port, {}]))
			},
			Labels: {
				...object(settings.Labels),
				"io.model-road.build-key": key,
				...facts.modelDigest === void 0 ? {} : { "io.model-road.model-digest": facts.modelDigest }
			},
			WorkingDir: `/app`
		},
		rootfs: {
			type: "layers",
			diff_ids: [...base?.diffIds ?? [], ...layers.map(({ sha256 }) => `sha256:${sha256}`)]
		},
		history: [...below, ...history]
	};
}
/** A base's history; where it does not tell of every layer, one that does: buildah builds on no image without. */
function historyOf({ history, diffIds }) {
	return history.filter((each) => !(isObject(each) && each.empty_layer === true)).length === diffIds.length ? history : diffIds.map(() => ({
		created: EPOCH,
		created_by: "base"
	}));
}
/** `NAME=value` lines of an image's config. */
function environmentOf(lines) {
	return new Map(strings(lines).map((each) => {
		const [, name = each, value = ""] = /^([^=]*)=(.*)$/s.exec(each) ?? [];
		return [name, value];
	}));
}
/** A manifest of ours is OCI's: a base's layers keep their bytes and get OCI's names. */
function ociLayer({ mediaType, digest, size }) {
	return {
		mediaType: {
			"application/vnd.docker.image.rootfs.diff.tar.gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
			"application/vnd.docker.image.rootfs.diff.tar.zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
			"application/vnd.docker.image.rootfs.diff.tar": require_manifest().MEDIA.layer
		}[mediaType] ?? mediaType,
		digest,
		size
	};
}
/** sha256 of a text or of bytes: 64 hex digits. */
const hexDigest = (content) => (0, node_crypto().createHash)("sha256").update(content).digest("hex");
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const object = (value) => isObject(value) ? value : {};
const strings = (value) => Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
Object.defineProperty(exports, "IMAGE_ROOT", {
	enumerable: true,
	get: function() {
		return IMAGE_ROOT;
	}
});
Object.defineProperty(exports, "MAX_CONFIG_BYTES", {
	enumerable: true,
	get: function() {
		return MAX_CONFIG_BYTES;
	}
});
Object.defineProperty(exports, "checkBase", {
	enumerable: true,
	get: function() {
		return checkBase;
	}
});
Object.defineProperty(exports, "chooseImage", {
	enumerable: true,
	get: function() {
		return chooseImage;
	}
});
Object.defineProperty(exports, "environmentOf", {
	enumerable: true,
	get: function() {
		return environmentOf;
	}
});
Object.defineProperty(exports, "heldLayers", {
	enumerable: true,
	get: function() {
		return heldLayers;
	}
});
Object.defineProperty(exports, "hexDigest", {
	enumerable: true,
	get: function() {
		return hexDigest;
	}
});
Object.defineProperty(exports, "httpPort", {
	enumerable: true,
	get: function() {
		return httpPort;
	}
});
Object.defineProperty(exports, "imageEnvironment", {
	enumerable: true,
	get: function() {
		return imageEnvironment;
	}
});
Object.defineProperty(exports, "layerManifest", {
	enumerable: true,
	get: function() {
		return layerManifest;
	}
});
Object.defineProperty(exports, "layerTag", {
	enumerable: true,
	get: function() {
		return layerTag;
	}
});
Object.defineProperty(exports, "parseBaseConfig", {
	enumerable: true,
	get: function() {
		return parseBaseConfig;
	}
});
Object.defineProperty(exports, "planImage", {
	enumerable: true,
	get: function() {
		return planImage;
	}
});
Object.defineProperty(exports, "plan_exports", {
	enumerable: true,
	get: function() {
		return plan_exports;
	}
});
Object.defineProperty(exports, "startOf", {
	enumerable: true,
	get: function() {
		return startOf;
	}
});
