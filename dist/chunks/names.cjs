const require_rolldown_runtime = require("./rolldown-runtime.cjs");
const require_house = () => require("./house.cjs");
const node_crypto = () => require("node:crypto");
// src/domain/seldon/digest.ts
/** `sha256:` and 64 hex digits over the UTF-8 bytes of a text. */
function textDigest(text) {
	return `sha256:${(0, node_crypto().createHash)("sha256").update(text).digest("hex")}`;
}
// src/domain/seldon/names.ts
var names_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ deployId: () => deployId });
/** Deployment and namespace become labels of DNS names: RFC 1123, at most 63. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A deployment's name becomes the name of a Service too, which RFC 1035 wants to start with a letter. */
const SERVICE = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A class, or the modules on the way to it: `DigitsModel`, `serving.digits.DigitsModel`. */
const CLASS = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const deploymentName = {
	pattern: SERVICE,
	accepts: "lower-case letters, digits and -, a letter first, at most 63"
};
const namespaceName = {
	pattern: LABEL,
	accepts: "lower-case letters, digits and -, at most 63"
};
const modelClassName = {
	pattern: CLASS,
	accepts: "a class's name, with its modules before it where there are any"
};
/** The path below which a gateway of Seldon Core shows a deployment, without a `/` at its end. */
function basePath(namespace, name) {
	return `/seldon/${namespace}/${name}`;
}
function predictionUrl(base, namespace, name) {
	return `${base.replace(/\/+$/, "")}${basePath(namespace, name)}/api/v1.0/predictions`;
}
/** The first 40 hex digits of the digest of all that makes a version: it fits a label's value. */
async function deployId(version) {
	return textDigest(require_house().canonicalJson({
		schema: 1,
		...version
	})).slice(7).slice(0, 40);
}
Object.defineProperty(exports, "basePath", {
	enumerable: true,
	get: function() {
		return basePath;
	}
});
Object.defineProperty(exports, "deploymentName", {
	enumerable: true,
	get: function() {
		return deploymentName;
	}
});
Object.defineProperty(exports, "modelClassName", {
	enumerable: true,
	get: function() {
		return modelClassName;
	}
});
Object.defineProperty(exports, "names_exports", {
	enumerable: true,
	get: function() {
		return names_exports;
	}
});
Object.defineProperty(exports, "namespaceName", {
	enumerable: true,
	get: function() {
		return namespaceName;
	}
});
Object.defineProperty(exports, "predictionUrl", {
	enumerable: true,
	get: function() {
		return predictionUrl;
	}
});
Object.defineProperty(exports, "textDigest", {
	enumerable: true,
	get: function() {
		return textDigest;
	}
});
