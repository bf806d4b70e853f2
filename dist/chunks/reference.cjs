const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/image/reference.ts
var reference_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	belowFolder: () => belowFolder,
	formatReference: () => formatReference,
	parseReference: () => parseReference,
	repositoryOf: () => repositoryOf
});
const DOCKER_HUB = "docker.io";
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const HOST = /^(?:\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d{1,5})?$/;
/**
* Reads an image's name: `[host[:port]/]path/name[:tag][@sha256:…]` as the distribution specification has it, with Docker
* Hub's short names, or `oci:<folder>[:tag][@sha256:…]` for an OCI layout on disk.
* @param where what the text is, for the error: `input "image"`
* @throws ActionError
*/
function parseReference(text, where) {
	const [, withoutDigest = "", digest] = /^([^@]*)(?:@(.*))?$/s.exec(text) ?? [];
	if (digest !== void 0 && !DIGEST.test(digest)) return wrong(where, "a digest of the form sha256: and 64 lower-case hex digits", digest);
	return withoutDigest.startsWith("oci:") ? layout(withoutDigest.slice(4), digest, where) : registry(withoutDigest, digest, where);
}
/** The whole name: what `parseReference` reads back. */
function formatReference(reference) {
	const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
	const digest = reference.digest === void 0 ? "" : `@${reference.digest}`;
	return `${repositoryOf(reference)}${tag}${digest}`;
}
/** The name without tag and digest: `ghcr.io/acme/digits`, `oci:image`. */
function repositoryOf(reference) {
	return reference.kind === "layout" ? `oci:${reference.folder}` : `${reference.host}/${reference.repository}`;
}
/** A layout's folder, made absolute; a registry's name stays as it is. */
function belowFolder(reference, base) {
	if (reference.kind === "registry" || reference.folder.startsWith("/")) return reference;
	const folder = reference.folder.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "");
	return {
		...reference,
		folder: folder === "" || folder === "." ? base : `${base}/${folder}`
	};
}
function layout(rest, digest, where) {
	const colon = rest.lastIndexOf(":");
	const tag = colon > 0 && !rest.slice(colon).includes("/") ? rest.slice(colon + 1) : void 0;
	const folder = tag === void 0 ? rest : rest.slice(0, colon);
	if (folder === "" || /[\u0000-\u001f\u007f]/.test(folder)) return wrong(where, "oci:<folder>", `oci:${rest}`);
	if (tag !== void 0 && !TAG.test(tag)) return wrongTag(where, tag);
	return {
		kind: "layout",
		folder,
		...optional(tag, digest)
	};
}
function registry(name, digest, where) {
	if (/^[a-z]+:\/\//i.test(name)) return wrong(where, "a registry's name without a scheme", name, "Leave https:// out.");
	const slash = name.lastIndexOf("/");
	const colon = name.lastIndexOf(":");
	const tag = colon > slash ? name.slice(colon + 1) : void 0;
	const path = tag === void 0 ? name : name.slice(0, colon);
	if (tag !== void 0 && !TAG.test(tag)) return wrongTag(where, tag);
	const [first = "", ...rest] = path.split("/");
	const named = rest.length > 0 && (/[.:]/.test(first) || first === "localhost" || first.startsWith("["));
	const host = named ? first === `index.${DOCKER_HUB}` ? DOCKER_HUB : first : DOCKER_HUB;
	const parts = named ? rest : [first, ...rest];
	if (named && !HOST.test(first)) return wrong(where, "a registry's host and port", first);
	const port = /:(\d+)$/.exec(host)?.[1];
	if (port !== void 0 && !(Number(port) >= 1 && Number(port) <= 65535)) return wrong(where, "a port from 1 to 65535", port);
	const repository = host === DOCKER_HUB && parts.length === 1 ? `library/${parts[0]}` : parts.join("/");
	if (repository.length > 255 || !parts.every((each) => PART.test(each))) return wrong(where, "an image's name: lower-case letters and digits, parted by . _ - and /", path, /[A-Z]/.test(repository) ? `Write it in lower case: ${require_house().quote(repository.toLowerCase())}.` : void 0);
	return {
		kind: "registry",
		host: host.toLowerCase(),
		repository,
		...optional(tag, digest)
	};
}
const optional = (tag, digest) => ({
	...tag === void 0 ? {} : { tag },
	...digest === void 0 ? {} : { digest }
});
const wrongTag = (where, tag) => wrong(where, "a tag of at most 128 letters, digits, . _ and -", tag);
function wrong(where, expected, seen, fix) {
	return require_house().refuse({
		where,
		expected,
		seen: require_house().quote(seen),
		...fix === void 0 ? {} : { fix }
	});
}
Object.defineProperty(exports, "belowFolder", {
	enumerable: true,
	get: function() {
		return belowFolder;
	}
});
Object.defineProperty(exports, "formatReference", {
	enumerable: true,
	get: function() {
		return formatReference;
	}
});
Object.defineProperty(exports, "parseReference", {
	enumerable: true,
	get: function() {
		return parseReference;
	}
});
Object.defineProperty(exports, "reference_exports", {
	enumerable: true,
	get: function() {
		return reference_exports;
	}
});
Object.defineProperty(exports, "repositoryOf", {
	enumerable: true,
	get: function() {
		return repositoryOf;
	}
});
