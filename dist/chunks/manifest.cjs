const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/image/manifest.ts
var manifest_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ mediaTypeOf: () => mediaTypeOf });
const MEDIA = {
	manifest: "application/vnd.oci.image.manifest.v1+json",
	index: "application/vnd.oci.image.index.v1+json",
	config: "application/vnd.oci.image.config.v1+json",
	layer: "application/vnd.oci.image.layer.v1.tar",
	empty: "application/vnd.oci.empty.v1+json",
	dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
	dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json"
};
/** The config of what is no image: two bytes, `{}`. */
const EMPTY = {
	mediaType: MEDIA.empty,
	digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
	size: 2
};
/** The kinds of manifest that are asked for and understood. */
const MANIFEST_MEDIA = [
	MEDIA.manifest,
	MEDIA.index,
	MEDIA.dockerManifest,
	MEDIA.dockerIndex
];
/** Registries refuse larger ones; so no honest manifest is. */
const MAX_MANIFEST_BYTES = 4194304;
/** Which file, tag or layer a descriptor of ours stands for. */
const ANNOTATION = {
	/** The tag, in the index of a layout. */
	name: "org.opencontainers.image.ref.name",
	/** What a layer of ours holds: `code`, `model`. */
	holds: "io.model-road.holds"
};
/**
* Reads a manifest or an index. Fields that are not known here are let through: base images come from many tools.
* @throws ActionError when it is none, or when a descriptor in it is not of its form
*/
function parseManifest(bytes, where) {
	const value = require_house().parseJson(bytes.toString("utf8"), {
		where,
		maxBytes: MAX_MANIFEST_BYTES
	});
	if (!isObject(value) || value.schemaVersion !== 2) return require_house().refuse({
		where,
		expected: "an image manifest of schema 2",
		seen: "another document"
	});
	const listed = (name) => {
		const list = value[name];
		if (list === void 0) return;
		if (!Array.isArray(list) || list.length > 1e3 || !list.every(isDescriptor)) require_house().refuse({
			where,
			expected: `descriptors in ${name}`,
			seen: "something else"
		});
	};
	listed("layers");
	listed("manifests");
	for (const name of ["config", "subject"]) if (value[name] !== void 0 && !isDescriptor(value[name])) require_house().refuse({
		where,
		expected: `a descriptor in ${name}`,
		seen: "something else"
	});
	if (value.manifests === void 0 && (value.config === void 0 || value.layers === void 0)) require_house().refuse({
		where,
		expected: "a manifest with config and layers, or an index",
		seen: "neither"
	});
	return value;
}
/** What a document is, by its own word or by its fields. */
function mediaTypeOf(manifest) {
	return manifest.mediaType ?? (manifest.manifests === void 0 ? MEDIA.manifest : MEDIA.index);
}
function isDescriptor(value) {
	return isObject(value) && typeof value.mediaType === "string" && typeof value.digest === "string" && /^sha256:[0-9a-f]{64}$/.test(value.digest) && Number.isSafeInteger(value.size) && value.size >= 0 && (value.annotations === void 0 || isObject(value.annotations) && Object.values(value.annotations).every((each) => typeof each === "string")) && (value.platform === void 0 || isObject(value.platform) && typeof value.platform.os === "string" && typeof value.platform.architecture === "string");
}
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
Object.defineProperty(exports, "ANNOTATION", {
	enumerable: true,
	get: function() {
		return ANNOTATION;
	}
});
Object.defineProperty(exports, "EMPTY", {
	enumerable: true,
	get: function() {
		return EMPTY;
	}
});
Object.defineProperty(exports, "MANIFEST_MEDIA", {
	enumerable: true,
	get: function() {
		return MANIFEST_MEDIA;
	}
});
Object.defineProperty(exports, "MAX_MANIFEST_BYTES", {
	enumerable: true,
	get: function() {
		return MAX_MANIFEST_BYTES;
	}
});
Object.defineProperty(exports, "MEDIA", {
	enumerable: true,
	get: function() {
		return MEDIA;
	}
});
Object.defineProperty(exports, "manifest_exports", {
	enumerable: true,
	get: function() {
		return manifest_exports;
	}
});
Object.defineProperty(exports, "mediaTypeOf", {
	enumerable: true,
	get: function() {
		return mediaTypeOf;
	}
});
Object.defineProperty(exports, "parseManifest", {
	enumerable: true,
	get: function() {
		return parseManifest;
	}
});
