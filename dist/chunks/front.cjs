require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/seldon/front.ts
/** Paths that a gateway shows under other names than the model server itself has, as Seldon's executor maps them. */
const RENAMED = {
	"/api/v1.0/feedback": "/send-feedback",
	"/api/v0.1/feedback": "/send-feedback",
	"/api/v1.0/health/status": "/health/status",
	"/api/v1.0/metadata": "/metadata"
};
/**
* The path at the model server for a path at the front, its query kept; `undefined` for what is not of this deployment.
* @param target as the request line has it: `/seldon/demo/digits/api/v1.0/predictions?x=1`
*/
function upstreamPath(target, namespace, name) {
	const base = `${require_house().basePath(namespace, name)}/`;
	if (!target.startsWith(base)) return void 0;
	const rest = target.slice(base.length - 1);
	const query = rest.indexOf("?");
	return serverPath(query < 0 ? rest : rest.slice(0, query)) + (query < 0 ? "" : rest.slice(query));
}
/** The path at the model server for a path below the deployment: `/api/v1.0/health/status` → `/health/status`. */
function serverPath(path) {
	return Object.hasOwn(RENAMED, path) ? RENAMED[path] : path;
}
/** An error in the form in which Seldon's own parts tell one. */
function seldonError(code, reason, info) {
	return `${JSON.stringify({ status: {
		code,
		info,
		reason,
		status: "FAILURE"
	} })}\n`;
}
/** Headers that belong to one connection and never pass (RFC 9110, 7.6.1), with what `connection` names. */
function connectionHeaders(connection) {
	return /* @__PURE__ */ new Set([
		"connection",
		"keep-alive",
		"proxy-connection",
		"proxy-authenticate",
		"proxy-authorization",
		"te",
		"trailer",
		"transfer-encoding",
		"upgrade",
		...(connection ?? "").split(",").map((name) => name.trim().toLowerCase())
	]);
}
Object.defineProperty(exports, "connectionHeaders", {
	enumerable: true,
	get: function() {
		return connectionHeaders;
	}
});
Object.defineProperty(exports, "seldonError", {
	enumerable: true,
	get: function() {
		return seldonError;
	}
});
Object.defineProperty(exports, "serverPath", {
	enumerable: true,
	get: function() {
		return serverPath;
	}
});
Object.defineProperty(exports, "upstreamPath", {
	enumerable: true,
	get: function() {
		return upstreamPath;
	}
});
