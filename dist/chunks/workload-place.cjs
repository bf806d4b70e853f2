require("./rolldown-runtime.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
// src/actions/workload-place.ts
/** What the API server says of the kinds that the objects are of: one request a group. */
async function discover(cluster, documents) {
	const known = /* @__PURE__ */ new Map();
	const versions = [...new Set(documents.map(({ apiVersion }) => apiVersion))];
	await Promise.all(versions.map(async (version) => {
		const list = await cluster.get(groupPath(version));
		for (const { name, kind, namespaced } of list?.resources ?? []) if (!name.includes("/")) known.set(`${version} ${kind}`, {
			plural: name,
			namespaced
		});
	}));
	return ({ apiVersion, kind }) => known.get(`${apiVersion} ${kind}`);
}
/** Where an object lies below the API server. */
function documentPath(document, scope) {
	const namespace = scope.namespaced ? `/namespaces/${encodeURIComponent(require_documents().namespaceOf(document) ?? "")}` : "";
	return `${groupPath(document.apiVersion)}${namespace}/${scope.plural}/${encodeURIComponent(document.metadata.name)}`;
}
const groupPath = (apiVersion) => apiVersion.includes("/") ? `/apis/${apiVersion.split("/").map(encodeURIComponent).join("/")}` : `/api/${encodeURIComponent(apiVersion)}`;
Object.defineProperty(exports, "discover", {
	enumerable: true,
	get: function() {
		return discover;
	}
});
Object.defineProperty(exports, "documentPath", {
	enumerable: true,
	get: function() {
		return documentPath;
	}
});
