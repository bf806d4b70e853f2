require("./rolldown-runtime.cjs");
// src/domain/kubernetes/paths.ts
/** Where a kind's objects lie below the API server. Names and namespaces are checked before they come here. */
const COLLECTIONS = {
	SeldonDeployment: "/apis/machinelearning.seldon.io/v1",
	Deployment: "/apis/apps/v1",
	Pod: "/api/v1",
	Event: "/api/v1",
	Service: "/api/v1",
	Secret: "/api/v1",
	ConfigMap: "/api/v1",
	ServiceAccount: "/api/v1",
	PersistentVolumeClaim: "/api/v1",
	HorizontalPodAutoscaler: "/apis/autoscaling/v2",
	VirtualService: "/apis/networking.istio.io/v1beta1",
	Mapping: "/apis/getambassador.io/v2"
};
const PLURALS = {
	SeldonDeployment: "seldondeployments",
	Deployment: "deployments",
	Pod: "pods",
	Event: "events",
	Service: "services",
	Secret: "secrets",
	ConfigMap: "configmaps",
	ServiceAccount: "serviceaccounts",
	PersistentVolumeClaim: "persistentvolumeclaims",
	HorizontalPodAutoscaler: "horizontalpodautoscalers",
	VirtualService: "virtualservices",
	Mapping: "mappings"
};
/** `/apis/apps/v1/namespaces/models/deployments[/name]` */
function pathOf(kind, namespace, name) {
	const collection = `${COLLECTIONS[kind]}/namespaces/${encodeURIComponent(namespace)}/${PLURALS[kind]}`;
	return name === void 0 ? collection : `${collection}/${encodeURIComponent(name)}`;
}
const namespacePath = (name) => `/api/v1/namespaces/${encodeURIComponent(name)}`;
/** Through the API server to a pod or Service: `…/pods/http:digits-1:9000/proxy/health/ping`. */
function proxyPath(kind, namespace, name, port, path) {
	const target = `${PLURALS[kind]}/http:${encodeURIComponent(name)}:${encodeURIComponent(port)}`;
	return `${COLLECTIONS[kind]}/namespaces/${encodeURIComponent(namespace)}/${target}/proxy${path}`;
}
Object.defineProperty(exports, "namespacePath", {
	enumerable: true,
	get: function() {
		return namespacePath;
	}
});
Object.defineProperty(exports, "pathOf", {
	enumerable: true,
	get: function() {
		return pathOf;
	}
});
Object.defineProperty(exports, "proxyPath", {
	enumerable: true,
	get: function() {
		return proxyPath;
	}
});
