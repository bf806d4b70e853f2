require("./rolldown-runtime.cjs");
let kept_require_line;
const require_line = () => kept_require_line ??= require("./line.cjs");
let kept_require_reference;
const require_reference = () => kept_require_reference ??= require("./reference.cjs");
let kept_require_resource;
const require_resource = () => kept_require_resource ??= require("./resource.cjs");
let kept_require_secrets;
const require_secrets = () => kept_require_secrets ??= require("./secrets.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_cluster_inputs;
const require_cluster_inputs = () => kept_require_cluster_inputs ??= require("./cluster-inputs.cjs");
// src/domain/kubernetes/rights.ts
/** What a deploy asks of a cluster, as docs/deploy-role.yml gives it. */
const DEPLOY = [
	{
		group: "machinelearning.seldon.io",
		resource: "seldondeployments",
		verbs: [
			"get",
			"list",
			"watch",
			"create",
			"patch",
			"delete"
		],
		for: "the write, the wait, and the removal of a first version that fails"
	},
	{
		group: "apps",
		resource: "deployments",
		verbs: [
			"get",
			"list",
			"watch"
		],
		for: "whether it is rolled out"
	},
	{
		group: "",
		resource: "pods",
		verbs: [
			"get",
			"list",
			"watch"
		],
		for: "whether the new version is ready"
	},
	{
		group: "",
		resource: "events",
		verbs: [
			"get",
			"list",
			"watch"
		],
		for: "why a pod does not start"
	},
	{
		group: "",
		resource: "pods/log",
		verbs: ["get"],
		for: "the last lines of a container that fell over"
	},
	{
		group: "",
		resource: "pods/proxy",
		verbs: ["get", "create"],
		for: "the smoke request to a pod of the new version"
	}
];
const BY_SERVICE = {
	group: "",
	resource: "services/proxy",
	verbs: ["get", "create"],
	for: "the smoke request by the Service, since there is no base-url"
};
/** All rights that a deploy needs, one entry for each verb. */
function neededRights({ gateway }) {
	return [...DEPLOY, ...gateway ? [] : [BY_SERVICE]].flatMap((right) => right.verbs.map((verb) => ({
		...right,
		verb
	})));
}
/** The question that the API server answers for whoever asks. */
function accessReview(namespace, right) {
	const [resource = "", subresource] = right.resource.split("/");
	return {
		apiVersion: "authorization.k8s.io/v1",
		kind: "SelfSubjectAccessReview",
		spec: { resourceAttributes: {
			namespace,
			group: right.group,
			resource,
			...subresource === void 0 ? {} : { subresource },
			verb: right.verb
		} }
	};
}
const isAllowed = ({ status }) => status !== null && typeof status === "object" && !Array.isArray(status) && status.allowed === true;
/** One line for each kind of object. @param answers in the order of the rights; `undefined` where it could not be asked */
function rightsLines(rights, answers, namespace) {
	return [...new Set(rights.map(({ resource }) => resource))].map((resource) => {
		const of = rights.map((right, at) => ({
			...right,
			answer: answers[at]
		})).filter((each) => each.resource === resource);
		const what = `right to ${resource}`;
		const missing = of.filter(({ answer }) => answer === false).map(({ verb }) => verb);
		if (missing.length > 0) {
			const fix = `It is needed for ${of[0].for}. docs/deploy-role.yml holds a Role with it: kubectl -n ${namespace} apply -f deploy-role.yml.`;
			return require_line().problem(what, `missing: ${missing.join(", ")}`, fix);
		}
		if (of.some(({ answer }) => answer === void 0)) return require_line().unknown(what, "not told", "The cluster did not say.");
		return require_line().ok(what, of.map(({ verb }) => verb).join(", "));
	});
}
// src/domain/seldon/operator.ts
/** By which every way to install Seldon Core 1 labels its operator. */
const OPERATOR_LABEL = "control-plane=seldon-controller-manager";
const OPERATOR_NAMESPACE = "seldon-system";
const WHAT = "Seldon's operator";
/** The operator among Deployments: the one that is ready, where there are several. */
function operatorOf(deployments) {
	const found = deployments.map((each) => {
		const image = imageOf(each.spec);
		return {
			version: /:v?(\d+\.\d+\.\d+[\w.-]*)(?:@|$)/.exec(image)?.[1],
			ready: Number(fieldOf(each.status, "availableReplicas") ?? 0) > 0,
			namespace: each.metadata.namespace ?? ""
		};
	});
	return found.find(({ ready }) => ready) ?? found[0];
}
/** What is told of the operator; its licence once. */
function operatorLine(found) {
	if (found === void 0) return require_line().problem(WHAT, "none in the namespaces that could be looked into", "Without it nothing becomes of a SeldonDeployment: install Seldon Core 1.17.1 (Helm chart seldon-core-operator).");
	const { version = "of an unknown version", namespace } = found;
	if (!found.ready) return require_line().problem(WHAT, `${version} in ${namespace}, not available`, `kubectl -n ${namespace} get pods tells why.`);
	const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version) ?? [];
	if (major === void 0) return require_line().ok(WHAT, `available in ${namespace}; its image does not tell its version`);
	if (Number(major) === 1 && Number(minor) >= 18) return require_line().unknown(WHAT, `${version} in ${namespace}, available`, "From 1.18 on Seldon Core is under the Business Source License: production needs a licence of Seldon's. 1.17.1 is under Apache-2.0.");
	return require_line().ok(WHAT, `${version} in ${namespace}, available; under Apache-2.0`);
}
function imageOf(spec) {
	const containers = fieldOf(fieldOf(fieldOf(spec, "template"), "spec"), "containers");
	const images = (Array.isArray(containers) ? containers : []).map((each) => fieldOf(each, "image"));
	const image = images.find((each) => typeof each === "string" && each.includes("operator")) ?? images[0];
	return typeof image === "string" ? image : "";
}
const fieldOf = (value, name) => value !== null && typeof value === "object" && !Array.isArray(value) ? value[name] : void 0;
// src/actions/check-lines.ts
/** For one thing that is looked at. A check that hangs is worth no more than none. */
const EACH_MS = 2e4;
const SEPARATE = "It is looked at where the kubeconfig works.";
/** The name of an object that is never written: the dry run of a deploy. */
const TRIED = "model-road-check";
/** Looks at cluster, registry and gateway at once. Nothing is written anywhere. */
async function lookAtAll(given, ports) {
	const [cluster, registry, gateway] = await Promise.all([
		lookAtCluster(given, ports),
		lookAtRegistry(given, ports),
		lookAtGateway(given, ports)
	]);
	return {
		...cluster,
		lines: [
			...cluster.lines,
			...registry,
			...gateway
		]
	};
}
async function lookAtCluster(given, ports) {
	let cluster;
	try {
		cluster = await ports.kubernetes.connect(require_cluster_inputs().connection(given));
	} catch (thrown) {
		return {
			lines: [fromError("kubeconfig", thrown)],
			called: "no cluster",
			operatorVersion: void 0,
			kubernetesVersion: void 0
		};
	}
	const namespace = given.namespace ?? cluster.namespace ?? "default";
	const called = `${namespace} in ${cluster.context}`;
	try {
		const reached = await lookAt("cluster", ports, async () => await version(cluster));
		if (typeof reached !== "string") return {
			lines: [reached],
			called,
			operatorVersion: void 0,
			kubernetesVersion: void 0
		};
		const look = async (what, work) => [await lookAt(what, ports, work)].flat();
		const operator = { version: void 0 };
		const lines = await Promise.all([
			look("namespace", async () => await namespaceLine(cluster, namespace)),
			look("rights", async () => await rights(cluster, namespace, given["base-url"] !== void 0)),
			look("Seldon's operator", async () => {
				const found = await findOperator(cluster, namespace);
				if (found === "unknown") {
					const fix = `It needs list on deployments in ${OPERATOR_NAMESPACE}. The dry run below tells whether its webhook answers.`;
					return require_line().unknown("Seldon's operator", "no right to look for it", fix);
				}
				operator.version = found?.version;
				return operatorLine(found);
			}),
			look("dry run of a SeldonDeployment", async () => await dryRun(cluster, namespace)),
			...secretChecks(given).map(async ({ what, name, judge }) => await look(what, async () => judge(await secretOf(cluster, namespace, name)))),
			...volumeOf(given["model-uri"]).map(async (name) => await look("volume", async () => await volumeLine(cluster, namespace, name)))
		]);
		return {
			lines: [require_line().ok("cluster", `Kubernetes ${reached} at ${cluster.server}, context ${cluster.context}`), ...lines.flat()],
			called,
			operatorVersion: operator.version,
			kubernetesVersion: reached
		};
	} finally {
		cluster.close();
	}
}
async function version(cluster) {
	const text = await cluster.read("/version");
	const told = JSON.parse(text ?? "{}");
	return typeof told.gitVersion === "string" ? told.gitVersion : "of an unknown version";
}
async function namespaceLine(cluster, namespace) {
	const what = `namespace ${namespace}`;
	const found = await orForbidden(async () => await cluster.get(`/api/v1/namespaces/${namespace}`));
	if (found === "forbidden") return require_line().unknown(what, "no right to read it", "If it is missing, every write says so.");
	if (found === void 0) return require_line().problem(what, "there is none", `kubectl create namespace ${namespace} makes it, or create-namespace: true.`);
	return found.metadata.deletionTimestamp === void 0 ? require_line().ok(what, "there") : require_line().problem(what, "being deleted", "Wait until it is gone and make it anew, or take another.");
}
async function rights(cluster, namespace, gateway) {
	const needed = neededRights({ gateway });
	return rightsLines(needed, await Promise.all(needed.map(async (right) => {
		const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
		const told = await orForbidden(async () => await cluster.review(path, accessReview(namespace, right)));
		return told === "forbidden" ? void 0 : isAllowed(told);
	})), namespace);
}
/** In all namespaces; where that right is missing, in the operator's usual one and in ours, which may have its own. */
async function findOperator(cluster, namespace) {
	const all = await orForbidden(async () => await cluster.list("/apis/apps/v1/deployments", { labels: OPERATOR_LABEL }));
	if (all !== "forbidden") return operatorOf(all);
	const some = await Promise.all([OPERATOR_NAMESPACE, namespace].map(async (each) => await orForbidden(async () => await cluster.list(`/apis/apps/v1/namespaces/${each}/deployments`, { labels: OPERATOR_LABEL }))));
	return operatorOf(some.flatMap((each) => each === "forbidden" ? [] : each)) ?? (some[0] === "forbidden" ? "unknown" : void 0);
}
/** A small deploy that is never written: the CRD, the operator's webhook, other admission and the quota of objects answer. */
async function dryRun(cluster, namespace) {
	const what = "dry run of a SeldonDeployment";
	const object = {
		apiVersion: require_resource().API_VERSION,
		kind: require_resource().KIND,
		metadata: {
			name: TRIED,
			namespace
		},
		spec: { predictors: [{
			name: "default",
			replicas: 1,
			graph: {
				name: "classifier",
				type: "MODEL"
			},
			componentSpecs: [{ spec: { containers: [{
				name: "classifier",
				image: "example.invalid/model:1"
			}] } }]
		}] }
	};
	const path = `/apis/${require_resource().API_VERSION}/namespaces/${namespace}/seldondeployments/${TRIED}`;
	const done = await cluster.apply(path, object, { dryRun: true });
	return done.kind === "applied" ? require_line().ok(what, "the cluster would take it") : require_line().problem(what, done.kind, `Is there a SeldonDeployment ${TRIED}? It is the name of this check.`);
}
function secretChecks(given) {
	const { "image-pull-secret": pull, "storage-secret": store, image } = given;
	const host = image?.kind === "registry" ? image.host : void 0;
	const unread = (what) => require_line().unknown(what, "no right to read it", "A deploy needs no such right; the pods tell whether it fits.");
	const judged = (what, judge) => (secret) => secret === "forbidden" ? unread(what) : judge(secret);
	const checks = [];
	if (pull !== void 0) {
		const what = `pull secret ${pull}`;
		const lacks = (secret) => host === void 0 ? void 0 : require_secrets().lacksForPull(secret, host);
		checks.push({
			what,
			name: pull,
			judge: judged(what, (secret) => secretLine(what, secret, lacks))
		});
	}
	if (store !== void 0) {
		const what = `store secret ${store}`;
		const uri = given["model-uri"];
		const lacks = (secret) => uri === void 0 ? void 0 : require_secrets().lacksForStorage(secret, uri);
		const judge = judged(what, (secret) => secretLine(what, secret, lacks));
		checks.push({
			what,
			name: store,
			judge
		});
	}
	return checks;
}
/** Values of a Secret are read and never told. */
function secretLine(what, secret, lacks) {
	if (secret === void 0) return require_line().problem(what, "there is none", "registry-credentials and storage-credentials of seldon-deploy make such Secrets.");
	const mistake = lacks(secret);
	if (mistake === void 0) return require_line().ok(what, "there, and it fits");
	return require_line().problem(what, `expected ${mistake.expected}, saw ${mistake.seen}`, mistake.fix ?? "Make it anew.");
}
const secretOf = async (cluster, namespace, name) => await orForbidden(async () => await cluster.get(`/api/v1/namespaces/${namespace}/secrets/${name}`));
/** `pvc://models/digits` → `models` */
function volumeOf(uri) {
	const name = /^pvc:\/\/([^/]+)/.exec(uri ?? "")?.[1];
	return name === void 0 ? [] : [name];
}
async function volumeLine(cluster, namespace, name) {
	const what = `volume claim ${name}`;
	const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${encodeURIComponent(name)}`;
	const found = await orForbidden(async () => await cluster.get(path));
	if (found === "forbidden") return require_line().unknown(what, "no right to read it", "The pods tell whether it is there.");
	return found === void 0 ? require_line().problem(what, "there is none", `pvc://${name}/… needs a PersistentVolumeClaim of that name in ${namespace}.`) : require_line().ok(what, "there");
}
async function lookAtRegistry({ image }, ports) {
	if (image === void 0) return [];
	const what = `push to ${require_reference().formatReference(image)}`;
	return [await lookAt(what, ports, async () => {
		await (await ports.images.open(image)).tryPush();
		return require_line().ok(what, image.kind === "layout" ? "the folder may be written to" : "an upload may be begun");
	})];
}
async function lookAtGateway(given, ports) {
	const { "base-url": base, ca } = given;
	if (base === void 0) return [];
	const what = `gateway ${base.origin}`;
	return [await lookAt(what, ports, async () => {
		const { status } = await ports.http.request({
			url: `${base.href.replace(/\/+$/, "")}/seldon/`,
			headers: { ...given["request-headers"] },
			timeoutMs: EACH_MS / 2,
			signal: ports.signal,
			...ca === void 0 ? {} : { ca }
		});
		return status === 401 || status === 403 ? require_line().problem(what, `${status}`, "It asks who comes: give its headers in request-headers.") : require_line().ok(what, `answers ${status}`);
	})];
}
/** What is thrown becomes a line, and what takes too long does too. */
async function lookAt(what, { clock, signal }, work) {
	const over = new AbortController();
	const late = async () => {
		await clock.sleep(EACH_MS, AbortSignal.any([over.signal, signal]));
		return require_line().problem(what, `no answer within ${EACH_MS / 1e3} s`, "Does the runner reach it?");
	};
	try {
		return await Promise.race([work(), late()]);
	} catch (thrown) {
		if (signal.aborted) throw signal.reason;
		return fromError(what, thrown);
	} finally {
		over.abort();
	}
}
function fromError(what, thrown) {
	if (!(thrown instanceof require_house().ActionError)) return require_line().problem(what, require_house().messageOf(thrown), SEPARATE);
	const [first, ...more] = thrown.mistakes;
	const seen = `expected ${first.expected}, saw ${first.seen}`;
	return require_line().problem(what, [seen, ...more.map(require_house().sentence)].join("; "), first.fix ?? "See docs/troubleshooting.md.");
}
/** A missing right is an answer here. */
async function orForbidden(ask) {
	try {
		return await ask();
	} catch (thrown) {
		if (thrown instanceof require_house().ActionError && thrown.mistakes[0].seen.startsWith("403")) return "forbidden";
		throw thrown;
	}
}
exports.lookAtAll = lookAtAll;
