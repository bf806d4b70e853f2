require("./rolldown-runtime.cjs");
require("./smoke.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_asking;
const require_asking = () => kept_require_asking ??= require("./asking.cjs");
let kept_require_ancestry;
const require_ancestry = () => kept_require_ancestry ??= require("./ancestry.cjs");
// src/domain/kubernetes/release.ts
/** The object that holds what is deployed under a name and owns the rest: one write to it decides who deploys. */
const anchorName = (name) => `model-road.${name}`;
/**
* Who may write ConfigMaps there may be allowed nothing else, and what is read here is applied with our rights: so it must lie
* where we deploy.
* @throws ActionError when it is none of ours
*/
function readWorkload(text, where, namespace) {
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		value = null;
	}
	const { schema, deployId, documents } = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
	if (schema === 1 && typeof deployId === "string" && Array.isArray(documents) && documents.every(isDocument)) {
		const kept = value;
		const astray = kept.documents.find((each) => (each.kind === "Namespace" ? each.metadata.name : require_documents().namespaceOf(each)) !== namespace);
		if (astray === void 0) return kept;
		throw new (require_house()).ActionError({
			where,
			expected: `objects of namespace ${namespace}`,
			seen: require_house().quote(require_documents().title(astray))
		});
	}
	throw new (require_house()).ActionError({
		where,
		expected: "a release as these actions keep it",
		seen: require_house().quote(text.slice(0, 60))
	});
}
const isSecret = ({ apiVersion, kind }) => apiVersion === "v1" && kind === "Secret";
/** The objects as they may be shown and kept where more may read than Secrets: those have their names only. */
const withoutSecrets = (documents) => documents.map((document) => {
	if (!isSecret(document)) return document;
	const { apiVersion, kind, metadata } = document;
	const { annotations: _annotations, ...named } = metadata;
	return {
		apiVersion,
		kind,
		metadata: named
	};
});
/** What a rollback applies: a Secret stays as it is, since what was in it before is kept nowhere. */
const putBack = (documents) => documents.filter((document) => !isSecret(document));
/** Kinds whose removal loses what no deploy brings back. They are left, and told. */
const KEPT_KINDS = /* @__PURE__ */ new Set([
	"Namespace",
	"PersistentVolumeClaim",
	"CustomResourceDefinition"
]);
/** Whether the anchor owns such an object, so that it goes with it. */
const isOwned = ({ kind }) => !KEPT_KINDS.has(kind);
/** What stood in the release before and is not wanted any more: what is removed, and what is left for a person. */
function leftOver(before, now) {
	const wanted = new Set(now.map(identity));
	const gone = before.filter((each) => !wanted.has(identity(each)));
	return {
		remove: gone.filter(isOwned),
		keep: gone.filter((each) => !isOwned(each))
	};
}
/** Group and kind without the version, which may change for the same object. */
const identity = (document) => `${document.apiVersion.replace(/[^/]*$/, "")} ${require_documents().title(document)}`;
function isDocument(value) {
	if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
	const { apiVersion, kind, metadata } = value;
	return typeof apiVersion === "string" && typeof kind === "string" && metadata !== null && typeof metadata === "object" && !Array.isArray(metadata) && typeof metadata.name === "string";
}
// src/actions/workload-facts.ts
const anchorPath = ({ namespace, name }) => `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(anchorName(name))}`;
const calledAt = ({ namespace, name }) => `${namespace}/${name}`;
const shaOf = ({ record }, run) => record?.source.sha ?? run.sha;
/** All that decides, read before anything is changed. */
async function observe(place, version, order, run, ports) {
	const { cluster, name } = place;
	const { documents, deployId } = version.wanted;
	const [anchor, ...standing] = await Promise.all([cluster.get(anchorPath(place)), ...documents.map(async (document) => await cluster.get(place.pathOf(document)))]);
	refuseForeign(documents, standing, name, order.adopt);
	const release = await kept(anchor, "release", place.namespace, ports);
	const lastProven = await kept(anchor, "last-proven", place.namespace, ports);
	const ancestry = await require_ancestry().ancestryOf(release, shaOf(version, run), run, ports);
	const plan = require_release().planDeploy({
		deployId,
		adopt: order.adopt,
		allowOlder: order["allow-older"]
	}, anchor, ancestry, "release");
	if (plan.operation === "refuse") {
		const { expected, seen, fix } = plan;
		require_house().refuse({
			where: `release ${calledAt(place)}`,
			expected,
			seen,
			fix
		});
	}
	return {
		anchor,
		standing,
		plan,
		release,
		lastProven: release !== void 0 && release.deployId === anchor?.metadata.annotations?.["model-road/proven"] ? release : lastProven
	};
}
function refuseForeign(documents, standing, name, adopt) {
	if (adopt) return;
	const mistakes = documents.flatMap((document, at) => {
		const object = standing[at];
		const owner = object?.metadata.labels?.[require_documents().RELEASE_LABEL];
		if (object === void 0 || owner === name || document.kind === "Namespace") return [];
		return [{
			where: require_documents().title(document),
			expected: `an object of release ${require_house().quote(name)}, or none`,
			seen: owner === void 0 ? "one that someone else has made" : `one of release ${require_house().quote(owner)}`,
			fix: "Set adopt: true to take it over, or choose another name."
		}];
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
}
async function kept(anchor, field, namespace, { compression, log }) {
	const packed = (anchor?.data ?? {})[field];
	if (typeof packed !== "string") return void 0;
	const where = `the ConfigMap's ${field}`;
	try {
		return readWorkload(await compression.unpack(packed, {
			where,
			maxBytes: 4194304
		}), where, namespace);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(`What was kept of ${field} can not be read, so nothing is rolled back to it: ${require_house().messageOf(thrown)}`);
		return;
	}
}
// src/domain/kubernetes/reach.ts
/** Kinds whose pods answer requests. */
const SERVING = /* @__PURE__ */ new Set([
	"Deployment",
	"StatefulSet",
	"DaemonSet",
	"ReplicaSet"
]);
/**
* How the pods that answer requests are reached: the first workload before which a Service stands, else the first one.
* `undefined` where nothing of it serves.
*/
function reachOf(documents) {
	const services = documents.filter(({ kind }) => kind === "Service");
	const found = documents.filter(({ kind }) => SERVING.has(kind)).map((workload) => reachWorkload(workload, services));
	return found.find(({ service }) => service !== void 0) ?? found[0];
}
function reachWorkload(workload, services) {
	const template = fieldsOf(fieldsOf(workload.spec).template);
	const labels = fieldsOf(fieldsOf(template.metadata).labels);
	const service = services.find((each) => selects(each, labels));
	const [port] = listOf(fieldsOf(service?.spec).ports).map(fieldsOf);
	const ports = listOf(fieldsOf(template.spec).containers).flatMap((each) => listOf(fieldsOf(each).ports).map(fieldsOf));
	const named = ports.find(({ name }) => name === port?.targetPort);
	return {
		workload: workload.metadata.name,
		deployId: require_documents().templateId(workload) ?? "",
		targetPort: numberOf(named?.containerPort) ?? numberOf(port?.targetPort) ?? numberOf(port?.port) ?? numberOf(ports[0]?.containerPort),
		service: service === void 0 || numberOf(port?.port) === void 0 ? void 0 : {
			name: service.metadata.name,
			port: numberOf(port?.port),
			balanced: fieldsOf(service.spec).type === "LoadBalancer"
		}
	};
}
/** `http://203.0.113.7:5000` of a load balancer that has its address; an IPv6 one in brackets. */
function balancerUrl(service, port) {
	const [ingress] = listOf(fieldsOf(fieldsOf(service?.status).loadBalancer).ingress).map(fieldsOf);
	const host = ingress?.hostname ?? ingress?.ip;
	if (typeof host !== "string" || !/^[A-Za-z0-9.:-]+$/.test(host)) return void 0;
	return `http://${host.includes(":") ? `[${host}]` : host}${port === 80 ? "" : `:${port}`}`;
}
function selects(service, labels) {
	const selector = Object.entries(fieldsOf(fieldsOf(service.spec).selector));
	return selector.length > 0 && selector.every(([name, value]) => labels[name] === value);
}
const fieldsOf = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const listOf = (value) => Array.isArray(value) ? value : [];
const numberOf = (value) => typeof value === "number" ? value : void 0;
// src/actions/workload-proof.ts
const PAUSE_MS = 200;
const ONE_ANSWER_MS = 2e4;
/**
* Asks a pod of the new version itself, so that it is certain who answers; then the Service before it, and the address that
* users have.
* @throws ActionError when the new version answers wrongly, or nothing answers in time
*/
async function proveWorkload(place, written, order, ports) {
	const reach = reachOf(written.objects.map(({ document }) => document));
	const base = reach && await addressOf(place, reach, order.base);
	const path = order.smoke?.path ?? "";
	const url = reach === void 0 ? "" : urlOf(place, reach, base, path);
	if (order.smoke === void 0) return {
		url,
		prediction: void 0
	};
	const { smoke, deadline } = order;
	if (reach?.targetPort === void 0) return require_house().refuse({
		where: `release ${calledAt(place)}`,
		expected: "a workload with a port, to send the smoke request to",
		seen: reach === void 0 ? "no workload that serves" : `${reach.workload} without a port`,
		fix: "Name its containerPort, put a Service before it, or leave the smoke request out."
	});
	const called = calledAt(place);
	const pod = await readyPod(place, reach, deadline, ports);
	const through = async (kind, name, port) => await place.cluster.through(require_paths().proxyPath(kind, place.namespace, name, String(port), smoke.path), {
		method: smoke.body === void 0 ? "GET" : "POST",
		body: smoke.body === void 0 ? void 0 : JSON.stringify(smoke.body),
		timeoutMs: ONE_ANSWER_MS,
		signal: ports.signal
	});
	const ask = async (who, request) => await require_asking().asked({
		smoke,
		plain: true,
		called: who,
		deadline
	}, request, ports);
	let prediction = await ask(`the new version of ${called} (pod ${pod.metadata.name})`, async () => through("Pod", pod.metadata.name, reach.targetPort));
	const { service } = reach;
	if (base === void 0 && service !== void 0) prediction = await ask(`${called} by its Service`, async () => through("Service", service.name, service.port));
	if (base !== void 0) prediction = await ask(`${called} at ${base}`, async () => ports.http.request({
		url,
		headers: {
			...smoke.body === void 0 ? {} : { "content-type": "application/json" },
			...order.headers
		},
		...smoke.body === void 0 ? {} : {
			method: "POST",
			body: JSON.stringify(smoke.body)
		},
		...order.ca === void 0 ? {} : { ca: order.ca },
		timeoutMs: ONE_ANSWER_MS,
		signal: ports.signal
	}));
	return {
		url,
		prediction
	};
}
/** Where the pods of some objects are asked: the load balancer's address, or the API server's proxy; empty where they are not. */
async function reachAt(place, documents, base) {
	const reach = reachOf(documents);
	return reach === void 0 ? "" : urlOf(place, reach, await addressOf(place, reach, base), "");
}
async function addressOf(place, { service }, base) {
	if (base !== void 0) return base.href.replace(/\/+$/, "");
	if (service === void 0 || !service.balanced) return void 0;
	return balancerUrl(await place.cluster.get(`/api/v1/namespaces/${encodeURIComponent(place.namespace)}/services/${encodeURIComponent(service.name)}`), service.port);
}
function urlOf(place, { service }, base, path) {
	if (base !== void 0) return `${base}${path}`;
	if (service === void 0) return "";
	return `${place.cluster.server}${require_paths().proxyPath("Service", place.namespace, service.name, String(service.port), path)}`;
}
async function readyPod({ cluster, namespace, name }, { deployId }, deadline, { clock, signal }) {
	for (;;) {
		const found = (await cluster.list(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, { labels: `${require_release().DEPLOY_ID_LABEL}=${deployId}` })).find(({ metadata, status }) => metadata.deletionTimestamp === void 0 && status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"));
		if (found !== void 0) return found;
		if (clock.elapsed() + PAUSE_MS >= deadline) require_house().refuse({
			where: `release ${namespace}/${name}`,
			expected: "a ready pod of the new version",
			seen: "none"
		});
		await clock.sleep(PAUSE_MS, signal).catch(() => void 0);
		if (signal.aborted) throw signal.reason;
	}
}
Object.defineProperty(exports, "anchorName", {
	enumerable: true,
	get: function() {
		return anchorName;
	}
});
Object.defineProperty(exports, "anchorPath", {
	enumerable: true,
	get: function() {
		return anchorPath;
	}
});
Object.defineProperty(exports, "calledAt", {
	enumerable: true,
	get: function() {
		return calledAt;
	}
});
Object.defineProperty(exports, "isOwned", {
	enumerable: true,
	get: function() {
		return isOwned;
	}
});
Object.defineProperty(exports, "leftOver", {
	enumerable: true,
	get: function() {
		return leftOver;
	}
});
Object.defineProperty(exports, "observe", {
	enumerable: true,
	get: function() {
		return observe;
	}
});
Object.defineProperty(exports, "proveWorkload", {
	enumerable: true,
	get: function() {
		return proveWorkload;
	}
});
Object.defineProperty(exports, "putBack", {
	enumerable: true,
	get: function() {
		return putBack;
	}
});
Object.defineProperty(exports, "reachAt", {
	enumerable: true,
	get: function() {
		return reachAt;
	}
});
Object.defineProperty(exports, "reachOf", {
	enumerable: true,
	get: function() {
		return reachOf;
	}
});
Object.defineProperty(exports, "readWorkload", {
	enumerable: true,
	get: function() {
		return readWorkload;
	}
});
Object.defineProperty(exports, "shaOf", {
	enumerable: true,
	get: function() {
		return shaOf;
	}
});
Object.defineProperty(exports, "withoutSecrets", {
	enumerable: true,
	get: function() {
		return withoutSecrets;
	}
});
