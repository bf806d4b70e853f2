require("./rolldown-runtime.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_protocol;
const require_protocol = () => kept_require_protocol ??= require("./protocol.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_cluster_inputs;
const require_cluster_inputs = () => kept_require_cluster_inputs ??= require("./cluster-inputs.cjs");
let kept_require_feedback;
const require_feedback = () => kept_require_feedback ??= require("./feedback.cjs");
// src/actions/predict-grpc.ts
/** HTTP's numbers for gRPC's codes (google.rpc.Code), so that one set of rules judges both. */
const HTTP_OF = {
	3: 400,
	4: 504,
	5: 404,
	7: 403,
	8: 429,
	9: 400,
	11: 400,
	12: 501,
	14: 503,
	16: 401
};
/**
* Asks by gRPC what a path of REST would ask, and answers as REST would: the message as JSON, a status of gRPC as one of HTTP.
* @throws ActionError for what has no call
*/
function askByGrpc(channel, { protocol, model }, headers, { signal }) {
	return async (path, body, timeoutMs) => {
		const { call, message, decode } = await callFor(protocol, model, path, body);
		const answer = await channel.call({
			path: call,
			message,
			headers,
			timeoutMs,
			signal
		});
		if (answer.code === 0) return {
			status: 200,
			headers: {},
			body: JSON.stringify(decode(answer.body))
		};
		const status = {
			code: answer.code,
			info: answer.message,
			reason: `gRPC ${answer.code}`,
			status: "FAILURE"
		};
		return {
			status: HTTP_OF[answer.code] ?? 500,
			headers: {},
			body: JSON.stringify({ status })
		};
	};
}
async function callFor(protocol, model, path, body) {
	if (body === void 0) require_house().refuse({
		where: path,
		expected: "a body",
		seen: "none",
		fix: "gRPC knows calls and no paths: give body, or api: rest."
	});
	const json = JSON.parse(body);
	if (protocol === "v2") {
		const { decodeInferResponse, encodeInferRequest } = await Promise.resolve().then(() => require("./v2-message.cjs"));
		const named = /^\/v2\/models\/([^/]+)\//.exec(path)?.[1] ?? model;
		return {
			call: "/inference.GRPCInferenceService/ModelInfer",
			message: encodeInferRequest(decodeURIComponent(named), json),
			decode: decodeInferResponse
		};
	}
	const { decodeSeldonMessage, encodeFeedback, encodeSeldonMessage } = await Promise.resolve().then(() => require("./seldon-message.cjs"));
	if (require_feedback().FEEDBACK_PATHS.includes(path)) return {
		call: "/seldon.protos.Seldon/SendFeedback",
		message: encodeFeedback(json),
		decode: decodeSeldonMessage
	};
	return {
		call: "/seldon.protos.Seldon/Predict",
		message: encodeSeldonMessage(json),
		decode: decodeSeldonMessage
	};
}
// src/actions/predict-address.ts
/** Finds where the model is asked, and by what. Nothing is asked of the model yet. @throws ActionError */
async function openAddress(given, ports) {
	if (given.target === "local") return await localAddress(given, ports);
	if (given["base-url"] !== void 0) return gatewayAddress(given, given["base-url"], ports);
	const cluster = await ports.kubernetes.connect(require_cluster_inputs().connection(given));
	try {
		const address = await clusterAddress(given, cluster, ports);
		return {
			...address,
			close: () => {
				address.close();
				cluster.close();
			}
		};
	} catch (thrown) {
		cluster.close();
		throw thrown;
	}
}
async function localAddress(given, ports) {
	const { namespace, name } = given;
	const state = await ports.serving.state(namespace, name);
	if (state?.status !== "running") return require_house().refuse({
		where: `${namespace}/${name}`,
		expected: "a deployment that serves on this machine",
		seen: state === void 0 ? "none" : `one that is ${state.status}`,
		fix: "seldon-deploy with target: local serves it."
	});
	const base = `http://127.0.0.1:${state.port}${require_house().basePath(namespace, name)}`;
	return {
		...told(given, void 0),
		shown: base,
		ask: byHttp(base, given, ports),
		close: () => void 0
	};
}
/** Behind a gateway no cluster is asked: what is not given is what these actions make. */
function gatewayAddress(given, base, ports) {
	const { namespace, name } = given;
	const shown = `${base.href.replace(/\/+$/, "")}${require_house().basePath(namespace, name)}`;
	if (given.api === "rest") return {
		...told(given, void 0),
		shown,
		ask: byHttp(shown, given, ports),
		close: () => void 0
	};
	const headers = {
		seldon: name,
		namespace,
		...given["request-headers"]
	};
	const channel = ports.grpc.connect({
		origin: base.origin,
		ca: given.ca
	});
	const of = told(given, void 0);
	return {
		...of,
		shown: `${base.origin} (gRPC)`,
		ask: askByGrpc(channel, of, headers, ports),
		close: () => channel.close()
	};
}
async function clusterAddress(given, cluster, ports) {
	const { namespace, name, api } = given;
	const sdep = await cluster.get(require_paths().pathOf("SeldonDeployment", namespace, name));
	const called = `${namespace}/${name}`;
	if (sdep === void 0) return require_house().refuse({
		where: called,
		expected: "a SeldonDeployment",
		seen: "none",
		fix: "The action models lists what there is."
	});
	const predictor = predictorOf(sdep, given.predictor, called);
	const of = told(given, {
		sdep,
		predictor
	});
	const service = serviceOf(sdep, predictor.name, called);
	const port = api === "grpc" ? service.grpc : service.http;
	const transport = given.transport === "auto" ? api === "grpc" ? "port-forward" : "api-proxy" : given.transport;
	if (port === void 0) require_house().refuse({
		where: called,
		expected: `a port for ${api === "grpc" ? "gRPC" : "HTTP"}`,
		seen: `none in its status, which says ${require_house().quote(sdep.status?.state ?? "nothing")}`,
		fix: "The operator tells the ports once the deployment stands."
	});
	if (transport === "api-proxy") {
		const base = require_paths().proxyPath("Service", namespace, service.name, port, "");
		const ask = async (path, body, timeoutMs) => await cluster.through(base + path, {
			method: body === void 0 ? "GET" : "POST",
			body,
			timeoutMs,
			signal: ports.signal
		});
		return {
			...of,
			shown: cluster.server + base,
			ask,
			close: () => void 0
		};
	}
	const pod = await readyPod(cluster, namespace, service.name, called);
	const query = new URLSearchParams({ ports: port }).toString();
	const path = `${require_paths().pathOf("Pod", namespace, pod)}/portforward?${query}`;
	(await cluster.dial(path, "v4.channel.k8s.io")).destroy();
	const forward = await ports.forwards.open(async () => await cluster.dial(path, "v4.channel.k8s.io"));
	const local = `http://127.0.0.1:${forward.port}`;
	const shown = `pod ${pod}, port ${port}, by port-forward`;
	if (api === "rest") return {
		...of,
		shown,
		ask: byHttp(local, given, ports),
		close: () => forward.close()
	};
	const channel = ports.grpc.connect({ origin: local });
	const close = () => {
		channel.close();
		forward.close();
	};
	return {
		...of,
		shown,
		ask: askByGrpc(channel, of, given["request-headers"] ?? {}, ports),
		close
	};
}
function told(given, found) {
	return {
		protocol: given.protocol ?? require_protocol().protocolOf(found?.sdep.spec.protocol),
		model: given.model ?? found?.predictor.graph.name ?? "classifier"
	};
}
function predictorOf({ spec }, asked, called) {
	const found = asked === void 0 ? spec.predictors.find(({ shadow }) => shadow !== true) : spec.predictors.find(({ name }) => name === asked);
	if (found !== void 0) return found;
	return require_house().refuse({
		where: `${called}, predictors`,
		expected: asked === void 0 ? "one that answers" : `one named ${require_house().quote(asked)}`,
		seen: spec.predictors.map(({ name }) => name).join(", ")
	});
}
function serviceOf({ metadata, status }, predictor, called) {
	const all = Object.entries(status?.serviceStatus ?? {});
	const [name, told] = all.find(([each]) => each === `${metadata.name}-${predictor}`) ?? all[0] ?? [];
	if (name === void 0) require_house().refuse({
		where: called,
		expected: "a Service",
		seen: "none in its status",
		fix: "Is Seldon's operator running?"
	});
	const port = (endpoint) => /:(\d+)$/.exec(endpoint ?? "")?.[1];
	return {
		name,
		http: port(told?.httpEndpoint),
		grpc: port(told?.grpcEndpoint)
	};
}
async function readyPod(cluster, namespace, service, called) {
	const pods = await cluster.list(require_paths().pathOf("Pod", namespace), { labels: `seldon-app=${service}` });
	const ready = pods.find(({ metadata, status }) => metadata.deletionTimestamp === void 0 && status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"));
	if (ready !== void 0) return ready.metadata.name;
	return require_house().refuse({
		where: called,
		expected: "a pod that is ready",
		seen: `${pods.length}, none of them ready`
	});
}
function byHttp(base, given, { http, signal }) {
	const own = given["request-headers"] ?? {};
	return async (path, body, timeoutMs) => await http.request({
		url: base + path,
		headers: {
			...body === void 0 ? {} : { "content-type": "application/json" },
			...own
		},
		...body === void 0 ? {} : {
			method: "POST",
			body
		},
		timeoutMs,
		signal,
		...given.ca === void 0 ? {} : { ca: given.ca }
	});
}
exports.openAddress = openAddress;
