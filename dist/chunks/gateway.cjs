// src/domain/seldon/gateway.ts
var gateway_exports = /* @__PURE__ */ require("./rolldown-runtime.cjs").__exportAll({ parseGateway: () => parseGateway });
/** The Services that the gateways' own installations make. */
const SERVICES = {
	istio: {
		namespace: "istio-system",
		name: "istio-ingressgateway"
	},
	ambassador: {
		namespace: "ambassador",
		name: "ambassador"
	}
};
const FORM = /^(auto|istio|ambassador|none)(?::([a-z0-9][a-z0-9-]{0,62})\/([a-z0-9][a-z0-9-]{0,62}))?$/;
/** `istio`, or with the Service of the gateway `istio:gateways/public`; `undefined` for anything else. */
function parseGateway(text) {
	const [, kind, namespace, name] = FORM.exec(text) ?? [];
	if (kind === void 0 || namespace !== void 0 && (kind === "auto" || kind === "none")) return void 0;
	return {
		kind,
		service: namespace === void 0 || name === void 0 ? SERVICES[kind] : {
			namespace,
			name
		}
	};
}
/**
* Scheme, host and port of a gateway by its Service: the load balancer's host name or address, and the port for HTTP, or where
* there is none the one for HTTPS.
* @returns what is missing, in a few words, where it has no address
*/
function addressOf(service) {
	const [first] = listOf(fieldsOf(fieldsOf(service.status).loadBalancer).ingress).map(fieldsOf);
	const { hostname, ip } = first ?? {};
	const host = typeof hostname === "string" && hostname !== "" ? hostname : typeof ip === "string" && ip !== "" ? ip : "";
	const { type } = fieldsOf(service.spec);
	if (host === "") return { missing: type === "LoadBalancer" ? "a load balancer that is still pending" : `a Service of type ${textOf(type, "ClusterIP")}` };
	const ports = listOf(fieldsOf(service.spec).ports).map(fieldsOf);
	const by = (form, number) => {
		const found = ports.find(({ port }) => port === number) ?? ports.find(({ name, port }) => form.test(textOf(name, "")) && typeof port === "number");
		return typeof found?.port === "number" ? found.port : void 0;
	};
	const [plain, secure] = [by(/^http(?:2)?(?:-|$)/, 80), by(/^https(?:-|$)/, 443)];
	const shown = host.includes(":") ? `[${host}]` : host;
	if (plain !== void 0) return { url: `http://${shown}${plain === 80 ? "" : `:${plain}`}` };
	if (secure !== void 0) return { url: `https://${shown}${secure === 443 ? "" : `:${secure}`}` };
	return { missing: "no port for HTTP" };
}
const fieldsOf = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const listOf = (value) => Array.isArray(value) ? value : [];
const textOf = (value, otherwise) => typeof value === "string" ? value : otherwise;
Object.defineProperty(exports, "addressOf", {
	enumerable: true,
	get: function() {
		return addressOf;
	}
});
Object.defineProperty(exports, "gateway_exports", {
	enumerable: true,
	get: function() {
		return gateway_exports;
	}
});
