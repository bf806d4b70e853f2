require("./rolldown-runtime.cjs");
let kept_require_contract;
const require_contract = () => kept_require_contract ??= require("./contract.cjs");
require("./smoke.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_resource;
const require_resource = () => kept_require_resource ??= require("./resource.cjs");
let kept_require_asking;
const require_asking = () => kept_require_asking ??= require("./asking.cjs");
// src/domain/inference/identity.ts
/**
* Which predictor an answer says that it came from: Seldon writes the serving images into `meta.requestPath`.
* `undefined` where the answer does not say, or more than one predictor serves that image.
* @param body as it was answered
*/
function answeredBy(body, predictors) {
	const images = requestPathOf(body);
	const all = predictors.filter((predictor) => imagesOf(predictor).some((image) => images.includes(image)));
	return all.length === 1 ? all[0].name : void 0;
}
/** The images that an answer says it went through; none where it does not say. */
function requestPathOf(body) {
	let answer;
	try {
		answer = JSON.parse(body);
	} catch {
		return [];
	}
	const path = field(field(answer, "meta"), "requestPath");
	if (path === null || typeof path !== "object" || Array.isArray(path)) return [];
	return Object.values(path).filter((each) => typeof each === "string");
}
/** The images of a predictor's own containers. */
function imagesOf({ componentSpecs = [] }) {
	return componentSpecs.flatMap(({ spec }) => (spec?.containers ?? []).flatMap(({ image }) => image ?? []));
}
/** Whether each of several predictors can be told from the others by what it answers. */
function canBeTold(predictors) {
	const images = predictors.map((each) => imagesOf(each));
	return images.every((own, at) => own.some((image) => images.every((other, nth) => nth === at || !other.includes(image))));
}
const field = (value, name) => value !== null && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, name) ? value[name] : null;
// src/domain/seldon/addresses.ts
/** What a deployment has behind a gateway. */
function gatewayAddresses(base, { namespace, name }, spec) {
	const below = `${base.href.replace(/\/+$/, "")}${require_house().basePath(namespace, name)}`;
	const { path, why } = docsPath(spec);
	const port = base.port === "" ? base.protocol === "https:" ? "443" : "80" : base.port;
	return {
		prediction: below + require_manifest().predictionPath(spec.protocol ?? "seldon", spec.predictors[0].graph.name),
		grpc: `${base.hostname}:${port}`,
		docs: path === void 0 ? "" : below + path,
		why
	};
}
/** The page on which the executor documents a deployment, or why there is none. */
function docsPath({ protocol = "seldon", predictors }) {
	if (predictors.every(require_resource().withoutExecutor)) return {
		path: void 0,
		why: "the page is the executor's, and this deployment goes without it (engine: none)"
	};
	if (protocol === "tensorflow") return {
		path: void 0,
		why: "the executor has no page for protocol tensorflow"
	};
	return {
		path: protocol === "seldon" ? "/api/v1.0/doc/" : "/v2/docs/",
		why: void 0
	};
}
// src/actions/cluster-proof.ts
/** A connection that is refused while pods change places says nothing about the new version. */
const PAUSE_MS = 200;
const ONE_ANSWER_MS = 2e4;
/** Where a deployment is asked: behind its gateway, or by the API server's proxy. Empty what is not known yet. */
function addressesOf(place, spec, base, sdep) {
	if (base !== void 0) return gatewayAddresses(base, place, spec);
	const { cluster, namespace, name } = place;
	const predictor = spec.predictors[0];
	const service = serviceOf(sdep, name, predictor);
	const through = (path) => service === void 0 ? "" : `${cluster.server}${require_paths().proxyPath("Service", namespace, service.name, service.port, path)}`;
	const docs = docsPath(spec);
	return {
		prediction: through(require_manifest().predictionPath(spec.protocol ?? "seldon", predictor.graph.name)),
		grpc: sdep?.status?.serviceStatus?.[require_house().predictorService(name, predictor)]?.grpcEndpoint ?? "",
		docs: docs.path === void 0 ? "" : through(docs.path),
		why: docs.why
	};
}
/** The Service of a predictor and its HTTP port, as the operator tells them. */
function serviceOf(sdep, name, predictor) {
	const service = require_house().predictorService(name, predictor);
	const { httpEndpoint = "" } = sdep?.status?.serviceStatus?.[service] ?? {};
	const port = /:(\d+)$/.exec(httpEndpoint)?.[1];
	return port === void 0 ? void 0 : {
		name: service,
		port
	};
}
/**
* Asks a new pod of each predictor itself, so that it is certain who answers; then asks at the address that users have, where a
* refused connection is asked again.
* @returns the prediction in a few words
* @throws ActionError when a new version answers wrongly, or nothing answers in time
*/
async function proveInCluster(place, proof, ports) {
	const { cluster, namespace, name } = place;
	const { applied, spec, base } = proof;
	const called = `${namespace}/${name}`;
	let prediction;
	for (const [at, predictor] of spec.predictors.entries()) {
		if (predictor.shadow === true) continue;
		const requests = proof.asked.includes(predictor.name) ? requestsOf(proof, spec, at) : [{ smoke: ping(spec, at) }];
		const { service, pod } = await partsOf(place, applied.predictors[at].deployId, predictor, proof, ports);
		const ask = async (smoke, kind) => {
			const { name: target } = kind === "Pod" ? pod.metadata : service;
			return await cluster.through(require_paths().proxyPath(kind, namespace, target, service.port, smoke.path), {
				method: smoke.body === void 0 ? "GET" : "POST",
				body: smoke.body === void 0 ? void 0 : JSON.stringify(smoke.body),
				timeoutMs: ONE_ANSWER_MS,
				signal: ports.signal
			});
		};
		const { deadline } = proof;
		for (const one of requests) {
			const asking = {
				...one,
				called: `the new version of ${called} (pod ${pod.metadata.name})`,
				deadline
			};
			const predicted = await require_asking().asked(asking, async () => ask(one.smoke, "Pod"), ports);
			prediction ??= predicted;
		}
		if (base === void 0) {
			const asking = {
				...requests[0],
				called: `${called} by its Service`,
				deadline
			};
			await require_asking().asked(asking, async () => ask(asking.smoke, "Service"), ports);
		}
	}
	if (base !== void 0) {
		const all = spec.predictors.every((each) => each.shadow === true || proof.asked.includes(each.name));
		const smoke = proof.smoke === void 0 || proof.asked.length === 0 ? ping(spec, 0) : onPath(proof.smoke, spec, spec.predictors[0]);
		const asking = {
			smoke: all ? smoke : {
				...smoke,
				expect: {
					status: 200,
					tolerance: 0
				}
			},
			judge: (body) => ofAnother(body, spec),
			called: `${called} at ${base.url.origin}`,
			deadline: proof.deadline
		};
		const predicted = await require_asking().asked(asking, atUsersAddress(place, {
			smoke,
			base
		}, ports), ports);
		prediction ??= predicted;
	}
	return prediction;
}
/** One request at the address that users have. */
function atUsersAddress({ namespace, name }, { smoke, base }, { http, signal }) {
	const url = `${base.url.href.replace(/\/+$/, "")}${require_house().basePath(namespace, name)}${smoke.path}`;
	const body = smoke.body === void 0 ? void 0 : JSON.stringify(smoke.body);
	return async () => await http.request({
		url,
		headers: {
			...body === void 0 ? {} : { "content-type": "application/json" },
			...base.headers
		},
		...body === void 0 ? {} : {
			method: "POST",
			body
		},
		timeoutMs: ONE_ANSWER_MS,
		signal,
		...base.ca === void 0 ? {} : { ca: base.ca }
	});
}
/** Rows of the batches that are made up from a contract: one row and several find different faults. */
const BATCHES = [
	1,
	2,
	5
];
/** What the new version must answer: the smoke request, and batches by the contract; without either, that it is there. */
function requestsOf({ smoke, contract }, spec, at) {
	const predictor = spec.predictors[at];
	const all = smoke === void 0 ? [] : [{ smoke: onPath(smoke, spec, predictor) }];
	for (const [nth, rows] of contract === void 0 ? [] : BATCHES.entries()) {
		const body = { data: {
			names: [...require_contract().columnNames(contract.features)],
			ndarray: require_contract().generateBatch(contract, rows, nth + 1)
		} };
		const path = require_manifest().predictionPath(spec.protocol ?? "seldon", predictor.graph.name);
		all.push({
			smoke: {
				path,
				body,
				expect: {
					status: 200,
					tolerance: 0
				}
			},
			check: (answer) => require_contract().judgeContract(contract, rows, answer)
		});
	}
	return all.length === 0 ? [{ smoke: ping(spec, at) }] : all;
}
/** A request without a path of its own is asked where its protocol answers predictions. */
const onPath = (smoke, { protocol = "seldon" }, { graph }) => smoke.path === require_manifest().predictionPath("seldon", "") ? {
	...smoke,
	path: require_manifest().predictionPath(protocol, graph.name)
} : smoke;
/** An answer that says it is by an image of none of our predictors. */
function ofAnother(body, { predictors }) {
	const [images, path] = [predictors.flatMap((each) => imagesOf(each)), requestPathOf(body)];
	if (images.length === 0 || path.length === 0 || path.some((image) => images.includes(image))) return [];
	return [{
		where: "meta.requestPath",
		expected: images.join(" or "),
		seen: require_house().quote(path.join(", "), 300)
	}];
}
/** Stands in where no smoke request is given: the server is there. */
function ping({ protocol = "seldon", predictors }, at) {
	const predictor = predictors[at];
	return {
		path: !require_resource().withoutExecutor(predictor) ? "/ready" : protocol === "seldon" ? "/health/ping" : protocol === "tensorflow" ? `/v1/models/${predictor.graph.name}` : "/v2/health/ready",
		body: void 0,
		expect: {
			status: 200,
			tolerance: 0
		}
	};
}
/**
* The predictor's Service, and a ready pod of its new version. What was seen last may be a moment old: the lists of a wait come
* each by its own watch.
*/
async function partsOf({ cluster, namespace, name }, deployId, predictor, { facts, deadline }, { clock, signal }) {
	let service = serviceOf(facts.sdep, name, predictor);
	let pod = newPod(facts.pods, deployId);
	while (service === void 0 || pod === void 0) {
		pod ??= newPod(await cluster.list(require_paths().pathOf("Pod", namespace), { labels: require_asking().childrenOf(name) }), deployId);
		service ??= serviceOf(await cluster.get(require_paths().pathOf("SeldonDeployment", namespace, name)), name, predictor);
		if (service !== void 0 && pod !== void 0) break;
		if (clock.elapsed() + PAUSE_MS >= deadline) require_house().refuse({
			where: `${namespace}/${name}`,
			expected: "a Service and a ready pod of the new version",
			seen: service === void 0 ? "no Service" : "no such pod"
		});
		await clock.sleep(PAUSE_MS, signal).catch(() => void 0);
		if (signal.aborted) throw signal.reason;
	}
	return {
		service,
		pod
	};
}
function newPod(pods, id) {
	const ready = ({ status }) => status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
	return pods.find((pod) => require_release().isNew(pod, /* @__PURE__ */ new Set([id])) && ready(pod));
}
Object.defineProperty(exports, "addressesOf", {
	enumerable: true,
	get: function() {
		return addressesOf;
	}
});
Object.defineProperty(exports, "answeredBy", {
	enumerable: true,
	get: function() {
		return answeredBy;
	}
});
Object.defineProperty(exports, "atUsersAddress", {
	enumerable: true,
	get: function() {
		return atUsersAddress;
	}
});
Object.defineProperty(exports, "canBeTold", {
	enumerable: true,
	get: function() {
		return canBeTold;
	}
});
Object.defineProperty(exports, "proveInCluster", {
	enumerable: true,
	get: function() {
		return proveInCluster;
	}
});
Object.defineProperty(exports, "serviceOf", {
	enumerable: true,
	get: function() {
		return serviceOf;
	}
});
