const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
let kept_require_resource;
const require_resource = () => kept_require_resource ??= require("./resource.cjs");
// src/domain/seldon/autoscale.ts
var autoscale_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ parseAutoscale: () => parseAutoscale });
/** Seldon's and Kubernetes' own habit where no load is named. */
const CPU_PERCENT = 80;
const FORM = /^(\d{1,4})\.\.(\d{1,4})((?:\s+(?:cpu|memory)=\d{1,3}%?)*)$/;
/** Reads `1..5 cpu=70`. `undefined` for anything else. */
function parseAutoscale(text) {
	const [, low, high, loads = ""] = FORM.exec(text.trim()) ?? [];
	const [least, most] = [Number(low), Number(high)];
	if (!(least >= 1 && most >= least && most <= 1e3)) return void 0;
	const targets = [...loads.matchAll(/(cpu|memory)=(\d+)/g)].map(([, resource, percent]) => ({
		resource,
		percent: Number(percent)
	}));
	if (targets.some(({ percent }) => percent < 1) || new Set(targets.map(({ resource }) => resource)).size < targets.length) return void 0;
	return {
		least,
		most,
		targets: targets.length === 0 ? [{
			resource: "cpu",
			percent: CPU_PERCENT
		}] : targets
	};
}
/** The `hpaSpec` of a component. */
function hpaSpecOf({ least, most, targets }) {
	return {
		minReplicas: least,
		maxReplicas: most,
		metricsv2: targets.map(({ resource, percent }) => ({
			type: "Resource",
			resource: {
				name: resource,
				target: {
					type: "Utilization",
					averageUtilization: percent
				}
			}
		}))
	};
}
/** A percentage is one of what the container asks for, so it must ask. @throws ActionError */
function requireRequests({ targets }, resources) {
	const { requests, limits } = fieldsOf$2(resources);
	for (const { resource } of targets) {
		if (fieldsOf$2(requests)[resource] !== void 0 || fieldsOf$2(limits)[resource] !== void 0) continue;
		require_house().refuse({
			where: `input "autoscale"`,
			expected: `resources with requests.${resource}, of which ${resource}= is a percentage`,
			seen: "none",
			fix: `Set resources: {requests: {${resource}: ${resource === "cpu" ? "500m" : "512Mi"}}}.`
		});
	}
}
/** What an autoscaler has that its spec does not ask for, in a few words; `undefined` when it is as asked. */
function autoscalerDiffers(hpaSpec, deployment, autoscaler) {
	const asked = fieldsOf$2(hpaSpec);
	const wanted = told({
		...asked,
		metrics: asked.metricsv2 ?? []
	});
	if (autoscaler === void 0) return {
		expected: wanted,
		seen: "none"
	};
	const spec = fieldsOf$2(autoscaler.spec);
	const { name } = fieldsOf$2(spec.scaleTargetRef);
	if (name !== deployment) return {
		expected: `one of ${deployment}`,
		seen: `one of ${typeof name === "string" ? name : "nothing"}`
	};
	const seen = told(asked.metricsv2 === void 0 ? {
		...spec,
		metrics: []
	} : spec);
	return seen === wanted ? void 0 : {
		expected: wanted,
		seen
	};
}
function told({ minReplicas = 1, maxReplicas, metrics }) {
	const loads = (Array.isArray(metrics) ? metrics : []).map((each) => {
		const { name, target } = fieldsOf$2(fieldsOf$2(each).resource);
		const { averageUtilization, averageValue } = fieldsOf$2(target);
		if (typeof name !== "string") return JSON.stringify(fieldsOf$2(each).type ?? null);
		return `${name}=${JSON.stringify(averageUtilization ?? averageValue ?? null)}`;
	});
	return [`${JSON.stringify(minReplicas)}..${JSON.stringify(maxReplicas ?? null)}`, ...loads.toSorted()].join(" ");
}
const fieldsOf$2 = /* @__PURE__ */ require_rolldown_runtime.__name((value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {}, "fieldsOf");
// src/domain/seldon/lint-scaling.ts
/**
* How a component is scaled, by what Kubernetes and KEDA make of it.
* @param component of `componentSpecs`
*/
function lintScaling(component, where) {
	const { hpaSpec, kedaSpec, replicas, spec } = fieldsOf$1(component);
	const found = [];
	const say = (level, at, expected, seen, fix) => {
		found.push({
			level,
			where: `${where}.${at}`,
			expected,
			seen,
			...fix === void 0 ? {} : { fix }
		});
	};
	if (hpaSpec !== void 0 && hpaSpec !== null) {
		const { minReplicas = 1, maxReplicas, metrics, metricsv2 } = fieldsOf$1(hpaSpec);
		if (typeof maxReplicas !== "number") say("error", "hpaSpec.maxReplicas", "a whole number", maxReplicas === void 0 ? "nothing" : "something else", "The CRD requires it.");
		else if (typeof minReplicas === "number" && minReplicas > maxReplicas) say("error", "hpaSpec.minReplicas", `at most maxReplicas, ${maxReplicas}`, `${minReplicas}`, "Kubernetes refuses the autoscaler, and the operator fails.");
		if (metrics !== void 0 && metricsv2 === void 0) say("warning", "hpaSpec.metrics", "metricsv2", "metrics", "That is the form of autoscaling/v2beta1, which Kubernetes 1.25 and later do not know.");
		if (kedaSpec !== void 0 && kedaSpec !== null) say("warning", "hpaSpec", "hpaSpec or kedaSpec", "both", "The operator takes kedaSpec and leaves the other.");
		if (replicas !== void 0) say("warning", "replicas", "nothing beside hpaSpec", "a number", "The autoscaler decides; the number is ignored.");
		const lacking = withoutRequests(metricsv2, spec);
		if (lacking !== void 0) say("warning", "spec.containers", `resources.requests.${lacking} in each container`, "none", "A percentage of nothing: the autoscaler never adds a pod.");
	}
	if (kedaSpec !== void 0 && kedaSpec !== null && !Array.isArray(fieldsOf$1(kedaSpec).triggers)) say("error", "kedaSpec.triggers", "a list", "none", "The CRD requires it.");
	return found;
}
/** The first resource that is scaled by a percentage although a container requests none of it. */
function withoutRequests(metrics, spec) {
	const containers = listOf(fieldsOf$1(spec).containers).map((each) => fieldsOf$1(fieldsOf$1(each).resources));
	for (const metric of listOf(metrics)) {
		const { name, target } = fieldsOf$1(fieldsOf$1(metric).resource);
		if (typeof name !== "string" || fieldsOf$1(target).averageUtilization === void 0) continue;
		const lacks = (resources) => fieldsOf$1(resources.requests)[name] === void 0 && fieldsOf$1(resources.limits)[name] === void 0;
		if (containers.some(lacks)) return name;
	}
}
const fieldsOf$1 = /* @__PURE__ */ require_rolldown_runtime.__name((value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {}, "fieldsOf");
const listOf = (value) => Array.isArray(value) ? value : [];
// src/domain/seldon/servers.ts
const PREPACKAGED = /* @__PURE__ */ new Map([
	["SKLEARN_SERVER", {
		protocols: ["seldon", "v2"],
		needsModelUri: true,
		files: "model.joblib",
		wrapper: true
	}],
	["XGBOOST_SERVER", {
		protocols: ["seldon", "v2"],
		needsModelUri: true,
		files: "model.bst",
		wrapper: true
	}],
	["MLFLOW_SERVER", {
		protocols: ["seldon", "v2"],
		needsModelUri: true,
		files: "an MLflow folder with MLmodel",
		wrapper: true
	}],
	["TENSORFLOW_SERVER", {
		protocols: ["seldon", "tensorflow"],
		needsModelUri: true,
		files: "numbered SavedModel folders: 1/saved_model.pb",
		wrapper: false
	}],
	["TRITON_SERVER", {
		protocols: ["v2"],
		needsModelUri: true,
		files: "a Triton repository",
		wrapper: false
	}],
	["HUGGINGFACE_SERVER", {
		protocols: ["v2"],
		needsModelUri: false,
		files: "a pretrained model",
		wrapper: false
	}],
	["TEMPO_SERVER", {
		protocols: ["v2"],
		needsModelUri: true,
		files: "a Tempo artifact",
		wrapper: false
	}]
]);
/** Built into the operator: no image behind them, and the Go executor runs the first alone. */
const BUILT_IN = [
	"RANDOM_ABTEST",
	"UNKNOWN_IMPLEMENTATION",
	"SIMPLE_MODEL",
	"SIMPLE_ROUTER",
	"AVERAGE_COMBINER"
];
const BY_FLAVOR = {
	sklearn: "SKLEARN_SERVER",
	"scikit-learn": "SKLEARN_SERVER",
	xgboost: "XGBOOST_SERVER",
	mlflow: "MLFLOW_SERVER",
	tensorflow: "TENSORFLOW_SERVER",
	triton: "TRITON_SERVER",
	huggingface: "HUGGINGFACE_SERVER"
};
/** The server for a model's flavor, as the record names it; `undefined` where Seldon brings none. */
function serverOfFlavor(flavor) {
	return Object.hasOwn(BY_FLAVOR, flavor.toLowerCase()) ? BY_FLAVOR[flavor.toLowerCase()] : void 0;
}
// src/domain/seldon/lint.ts
/** A deployment's name becomes a Service's: RFC 1035. Behind it, a predictor's may start with a digit. */
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const PART = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
/** The label `seldon-app-svc-<container>` has room for 63 characters. */
const MOST_NODE = 48;
const MOST_NAME = 63;
const MOST_LEVELS$1 = 10;
const TYPES = [
	"UNKNOWN_TYPE",
	"ROUTER",
	"COMBINER",
	"MODEL",
	"TRANSFORMER",
	"OUTPUT_TRANSFORMER"
];
const METHODS = [
	"TRANSFORM_INPUT",
	"TRANSFORM_OUTPUT",
	"ROUTE",
	"AGGREGATE",
	"SEND_FEEDBACK"
];
const PARAMETER_TYPES = [
	"INT",
	"FLOAT",
	"DOUBLE",
	"STRING",
	"BOOL"
];
const EXPLAINERS = [
	"AnchorTabular",
	"AnchorImages",
	"AnchorText",
	"Counterfactuals",
	"Contrastive",
	"KernelShap",
	"IntegratedGradients",
	"ALE",
	"TreeShap"
];
const PROTOCOLS$1 = [
	"seldon",
	"tensorflow",
	"kfserving",
	"v2"
];
const TRANSPORTS = ["rest", "grpc"];
const SPEC_FIELDS = "name predictors oauth_key oauth_secret annotations protocol transport replicas serverType".split(" ");
const PREDICTOR_FIELDS = "name graph componentSpecs replicas annotations labels engineResources svcOrchSpec traffic explainer shadow ssl progressDeadlineSeconds".split(" ");
const NODE_FIELDS = "name children type implementation methods endpoint parameters modelUri serviceAccountName envSecretRefName storageInitializerImage logger".split(" ");
const ENDPOINT_FIELDS = "service_host service_port type httpPort grpcPort".split(" ");
const COMPONENT_FIELDS = "metadata spec replicas hpaSpec kedaSpec pdbSpec".split(" ");
const PARAMETER_FIELDS = "name value type".split(" ");
const WHOLE_NUMBERS = [
	"seldon.io/rest-timeout",
	"seldon.io/grpc-timeout",
	"seldon.io/grpc-max-message-size",
	"seldon.io/executor-logger-queue-size",
	"seldon.io/executor-logger-write-timeout-ms",
	"seldon.io/istio-retries",
	"seldon.io/istio-retries-timeout",
	"seldon.io/ambassador-retries"
];
const KNOWN_ANNOTATION = /^seldon\.io\/(?:rest-timeout|grpc-timeout|grpc-max-message-size|engine-separate-pod|headless-svc|executor-logger-queue-size|executor-logger-write-timeout-ms|executor|no-engine|no-storage-initializer|svc-name|istio-(?:gateway|host|retries|retries-timeout)|ambassador-(?:config|service-name|header|regex-header|id|retries|circuit-breakers-[a-z-]+))$/;
/**
* Checks a SeldonDeployment before any cluster sees it, by the rules of Seldon Core 1.17.1: its CRD, its webhook, and what its
* operator does with what both let through.
* @param document the parsed object, of any of the three API versions
*/
function lintSeldonDeployment(document, options = {}) {
	const findings = [];
	const say = (level) => (where, expected, seen, fix) => {
		findings.push({
			level,
			where,
			expected,
			seen,
			...fix === void 0 ? {} : { fix }
		});
	};
	new Lint(say("error"), say("warning"), options).document(document);
	return findings;
}
var Lint = class {
	#error;
	#warn;
	#options;
	constructor(error, warn, options) {
		this.#error = error;
		this.#warn = warn;
		this.#options = options;
	}
	document(document) {
		if (!isFields$1(document)) return this.#error("the manifest", "a SeldonDeployment", show(document));
		if (document.kind !== "SeldonDeployment") this.#error("kind", require_resource().KIND, show(document.kind));
		if (!require_resource().API_VERSIONS.includes(textOf(document.apiVersion))) this.#error("apiVersion", require_resource().API_VERSIONS[0], show(document.apiVersion));
		else if (document.apiVersion !== require_resource().API_VERSIONS[0]) this.#warn("apiVersion", require_resource().API_VERSIONS[0], show(document.apiVersion), "The three versions are one schema; v1 is the one that is stored.");
		this.#metadata(document.metadata);
		const { spec } = document;
		if (!isFields$1(spec)) return this.#error("spec", "an object with predictors", show(spec));
		this.#unknown(spec, SPEC_FIELDS, "spec");
		for (const dead of [
			"name",
			"oauth_key",
			"oauth_secret"
		]) if (spec[dead] !== void 0) this.#warn(`spec.${dead}`, "nothing", "a field that the operator ignores", "Leave it out.");
		this.#words(spec, spec);
		this.#wholeNumber(spec.replicas, "spec.replicas");
		this.#annotations(spec.annotations, "spec.annotations");
		if (!Array.isArray(spec.predictors)) return this.#error("spec.predictors", "a list of predictors", show(spec.predictors));
		if (spec.predictors.length === 0) return this.#error("spec.predictors", "one predictor at least", "none");
		const predictors = spec.predictors.filter((each, at) => {
			if (isFields$1(each)) return true;
			this.#error(`spec.predictors[${at}]`, "an object", show(each));
			return false;
		});
		for (const [at, predictor] of predictors.entries()) this.#predictor(predictor, `spec.predictors[${at}]`, spec);
		this.#together(predictors, spec);
	}
	#metadata(metadata) {
		const name = isFields$1(metadata) ? metadata.name : void 0;
		if (typeof name !== "string" || name === "") return this.#error("metadata.name", "a name", show(name));
		if (!SERVICE.test(name)) this.#error("metadata.name", "lower-case letters, digits and -, a letter first", require_house().quote(name), "It becomes the name of a Service, and the operator fails on any other.");
		else if (name.length > MOST_NAME) this.#warn("metadata.name", `at most ${MOST_NAME} characters`, `${name.length}`, "The operator uses a hash in place of the name.");
		const labels = isFields$1(metadata) ? metadata.labels : void 0;
		if (isFields$1(labels) && labels["seldon.io/controller-id"] !== void 0) this.#warn("metadata.labels", "no seldon.io/controller-id", show(labels["seldon.io/controller-id"]), "Only an operator with that very id will see this object; any other leaves it without a status.");
	}
	#words(spec, from) {
		this.#oneOf(from.protocol, PROTOCOLS$1, "spec.protocol");
		this.#oneOf(from.transport, TRANSPORTS, "spec.transport");
		this.#oneOf(spec.serverType, ["rpc", "kafka"], "spec.serverType");
	}
	#predictor(predictor, where, spec) {
		this.#unknown(predictor, PREDICTOR_FIELDS, where);
		const { name } = predictor;
		if (typeof name !== "string") this.#error(`${where}.name`, "a name", show(name));
		else if (!PART.test(name)) this.#error(`${where}.name`, "lower-case letters, digits and -", require_house().quote(name), "It becomes part of a Service's name.");
		this.#wholeNumber(predictor.replicas, `${where}.replicas`);
		if (typeof predictor.replicas === "number" && predictor.replicas < 0) this.#error(`${where}.replicas`, "a number not below 0", `${predictor.replicas}`);
		if (predictor.replicas === 0) this.#warn(`${where}.replicas`, "1 or more", "0", "A predictor without pods is never Available.");
		this.#wholeNumber(predictor.traffic, `${where}.traffic`);
		const deadline = predictor.progressDeadlineSeconds;
		this.#wholeNumber(deadline, `${where}.progressDeadlineSeconds`);
		if (typeof deadline === "number" && deadline < 1) this.#error(`${where}.progressDeadlineSeconds`, "1 or more", `${deadline}`, "The operator fails on it.");
		this.#annotations(predictor.annotations, `${where}.annotations`);
		this.#labels(predictor.labels, `${where}.labels`);
		this.#explainer(predictor.explainer, `${where}.explainer`, spec);
		const containers = this.#components(predictor.componentSpecs, `${where}.componentSpecs`);
		const { graph } = predictor;
		if (!isFields$1(graph)) return this.#error(`${where}.graph`, "a node with a name", show(graph));
		const seen = /* @__PURE__ */ new Set();
		const size = this.#node(graph, `${where}.graph`, {
			level: 0,
			containers,
			spec,
			seen
		});
		if (isFields$1(predictor.annotations) && predictor.annotations["seldon.io/no-engine"] !== void 0 && size > 1) this.#error(`${where}.annotations`, "no seldon.io/no-engine on a graph of several nodes", `${size} nodes`, "Only the executor can route between nodes.");
		if (spec.serverType === "kafka") {
			const orchestrator = isFields$1(predictor.svcOrchSpec) ? predictor.svcOrchSpec.env : void 0;
			const names = Array.isArray(orchestrator) ? orchestrator.map((each) => isFields$1(each) ? each.name : "") : [];
			for (const needed of [
				"KAFKA_BROKER",
				"KAFKA_INPUT_TOPIC",
				"KAFKA_OUTPUT_TOPIC"
			]) if (!names.includes(needed)) this.#error(`${where}.svcOrchSpec.env`, needed, "none", "serverType kafka needs it.");
		}
	}
	/** Every container by its name, with its image. */
	#components(components, where) {
		const found = /* @__PURE__ */ new Map();
		if (components === void 0) return found;
		if (components === null) {
			this.#warn(where, "a list, or nothing", "null", "Leave the field out.");
			return found;
		}
		if (!Array.isArray(components)) {
			this.#error(where, "a list", show(components));
			return found;
		}
		for (const [at, component] of components.entries()) {
			const here = `${where}[${at}]`;
			if (!isFields$1(component)) {
				this.#error(here, "an object", show(component));
				continue;
			}
			this.#unknown(component, COMPONENT_FIELDS, here);
			for (const { level, where: at, expected, seen, fix } of lintScaling(component, here)) (level === "error" ? this.#error : this.#warn)(at, expected, seen, fix);
			const { spec } = component;
			if (spec === void 0) continue;
			if (!isFields$1(spec)) {
				this.#error(`${here}.spec`, "a pod's spec", show(spec));
				continue;
			}
			this.#volumes(spec.volumes, `${here}.spec.volumes`);
			if (!Array.isArray(spec.containers)) {
				this.#error(`${here}.spec.containers`, "a list of containers", show(spec.containers));
				continue;
			}
			for (const [nth, container] of spec.containers.entries()) {
				if (!isFields$1(container)) continue;
				this.#container(container, `${here}.spec.containers[${nth}]`, found);
			}
		}
		return found;
	}
	#container(container, where, found) {
		const { name = "", image, imagePullPolicy, resources } = container;
		if (imagePullPolicy !== void 0 && typeof imagePullPolicy !== "string") this.#error(`${where}.imagePullPolicy`, "Always, IfNotPresent or Never", show(imagePullPolicy));
		if (typeof name === "string") {
			if (found.has(name) && name !== "") this.#warn(where, "a name that stands once", require_house().quote(name), "Ports and Services are told by a container's name.");
			found.set(name, typeof image === "string" && image !== "" ? image : void 0);
			if (name.length > MOST_NODE) this.#error(`${where}.name`, `at most ${MOST_NODE} characters`, `${name.length}`, "The operator puts it behind seldon-app-svc- in a label's key.");
		}
		if (typeof image === "string" && isMutable(image)) this.#warn(`${where}.image`, "a tag of its own, or better a digest", require_house().quote(image), "What is pushed under the same name later rolls nothing out.");
		if (isFields$1(resources)) this.#resources(resources, `${where}.resources`);
	}
	#resources(resources, where) {
		const { limits, requests } = resources;
		if (!isFields$1(limits) || !isFields$1(requests)) return;
		for (const [name, asked] of Object.entries(requests)) {
			const [least, most] = [quantity(asked), quantity(limits[name])];
			if (least !== void 0 && most !== void 0 && least > most) this.#error(`${where}.requests.${name}`, `at most the limit ${show(limits[name])}`, show(asked), "The operator fails on it.");
		}
	}
	#volumes(volumes, where) {
		if (!Array.isArray(volumes)) return;
		for (const [at, volume] of volumes.entries()) {
			if (!isFields$1(volume) || volume.volumeSource === void 0) continue;
			this.#error(`${where}[${at}]`, "the source beside the name", "volumeSource", "Old form: it is dropped, and the volume becomes an empty folder. Move what it holds one level up.");
		}
	}
	/** @returns how many nodes the graph has from here on */
	#node(node, where, context) {
		const { level, containers, spec, seen } = context;
		this.#unknown(node, NODE_FIELDS, where, {
			http_port: "httpPort",
			grpc_port: "grpcPort"
		});
		const name = typeof node.name === "string" ? node.name : "";
		if (name === "") this.#error(`${where}.name`, "a name", show(node.name));
		else if (!PART.test(name)) this.#error(`${where}.name`, "lower-case letters, digits and -", require_house().quote(name), "It becomes part of a Service's name.");
		else if (name.length > MOST_NODE) this.#error(`${where}.name`, `at most ${MOST_NODE} characters`, `${name.length}`, "The operator puts it behind seldon-app-svc- in a label's key.");
		if (seen.has(name) && name !== "") this.#warn(`${where}.name`, "a name that stands once in a graph", require_house().quote(name), "The operator takes the first of that name for both.");
		seen.add(name);
		this.#nodeWords(node, where);
		this.#implementation(node, where, containers, spec);
		this.#parameters(node.parameters, `${where}.parameters`);
		const children = this.#children(node.children, `${where}.children`);
		if (node.implementation === "RANDOM_ABTEST") this.#abTest(node, children.length, where);
		if ((node.type === "ROUTER" || node.type === "COMBINER") && children.length === 0) this.#warn(where, `children of the ${node.type}`, "none");
		if (level === MOST_LEVELS$1 && children.length > 0) {
			this.#error(`${where}.children`, `at most ${MOST_LEVELS$1} levels of children`, "more", "The CRD ends there, and what is below is dropped.");
			return 1;
		}
		let size = 1;
		for (const [at, child] of children.entries()) size += this.#node(child, `${where}.children[${at}]`, {
			...context,
			level: level + 1
		});
		return size;
	}
	#nodeWords(node, where) {
		if (typeof node.type === "string" && !TYPES.includes(node.type)) this.#warn(`${where}.type`, `one of ${TYPES.join(", ")}`, require_house().quote(node.type), "The CRD has no enums: it is taken, and does nothing.");
		if (Array.isArray(node.methods)) {
			for (const method of node.methods) if (!METHODS.includes(textOf(method))) this.#warn(`${where}.methods`, `some of ${METHODS.join(", ")}`, show(method));
		}
		if (isFields$1(node.endpoint)) this.#unknown(node.endpoint, ENDPOINT_FIELDS, `${where}.endpoint`, {
			http_port: "httpPort",
			grpc_port: "grpcPort"
		});
		const { logger } = node;
		if (!isFields$1(logger)) return;
		const { mode } = logger;
		if (typeof mode !== "string" || mode === "") this.#error(`${where}.logger.mode`, "all, request or response", show(mode));
		else if (![
			"all",
			"request",
			"response"
		].includes(mode)) this.#warn(`${where}.logger.mode`, "all, request or response", require_house().quote(mode), "It is taken, and nothing is logged.");
	}
	#implementation(node, where, containers, spec) {
		const { implementation, type, methods, modelUri } = node;
		const name = textOf(node.name);
		const own = containers.has(name);
		if (implementation === void 0 || implementation === "" || implementation === "UNKNOWN_IMPLEMENTATION") {
			if (!own) this.#error(where, `a container named ${require_house().quote(name)} in componentSpecs`, "none", "A node without a prepackaged server is served by the container of its name.");
			else if (containers.get(name) === void 0) this.#error(where, `an image of the container ${require_house().quote(name)}`, "none");
			if (type === "UNKNOWN_TYPE" && !(Array.isArray(methods) && methods.length > 0)) this.#error(where, "methods, since the type is UNKNOWN_TYPE", "none");
			return;
		}
		if (typeof implementation !== "string") return this.#error(`${where}.implementation`, "a name", show(implementation));
		if (BUILT_IN.includes(implementation)) {
			if (implementation !== "RANDOM_ABTEST") this.#warn(`${where}.implementation`, "a server of your own, or RANDOM_ABTEST", implementation, "The executor does nothing for it.");
			return;
		}
		const server = PREPACKAGED.get(implementation);
		const [protocol, told] = typeof spec.protocol === "string" ? [spec.protocol, spec.protocol] : ["seldon", "none, which is seldon"];
		if (server === void 0) {
			if (this.#options.customServers?.includes(implementation)) return;
			return this.#error(`${where}.implementation`, `one of ${[...PREPACKAGED.keys(), "RANDOM_ABTEST"].join(", ")}`, require_house().quote(implementation), "It must be a key of predictor_servers in the operator's ConfigMap.");
		}
		if (server.needsModelUri && (typeof modelUri !== "string" || modelUri === "")) this.#error(`${where}.modelUri`, `where the model lies: ${server.files}`, "none", `${implementation} loads it from there.`);
		if (!server.protocols.includes(protocol === "kfserving" ? "v2" : protocol) && containers.get(name) === void 0) this.#error("spec.protocol", `${server.protocols.join(" or ")} for ${implementation}`, told, "The operator has no image of that server for it.");
		else if (protocol === "tensorflow" && server.protocols[0] !== "seldon") this.#error("spec.protocol", server.protocols.join(" or "), told);
		if (typeof modelUri === "string") this.#modelUri(node, modelUri, where);
	}
	#modelUri(node, modelUri, where) {
		if (/^(?:s3|gs|azblob|azureblob|wasbs?):/.test(modelUri) && !node.envSecretRefName && !node.serviceAccountName) this.#warn(`${where}.modelUri`, "envSecretRefName or serviceAccountName for a store", "neither", "It works only where the operator has a default Secret, or the bucket is public.");
		if (!/\d/.test(modelUri.replace(/^[a-z0-9]+:\/*[^/]*/, ""))) this.#warn(`${where}.modelUri`, "a version in the path", require_house().quote(modelUri), "Overwriting what lies under an unchanged URI rolls nothing out.");
	}
	#parameters(parameters, where) {
		if (!Array.isArray(parameters)) {
			if (parameters !== void 0 && parameters !== null) this.#error(where, "a list", show(parameters));
			return;
		}
		for (const [at, parameter] of parameters.entries()) {
			const here = `${where}[${at}]`;
			if (!isFields$1(parameter)) {
				this.#error(here, "an object", show(parameter));
				continue;
			}
			this.#unknown(parameter, PARAMETER_FIELDS, here);
			for (const field of PARAMETER_FIELDS) {
				const value = parameter[field];
				if (typeof value !== "string") {
					const fix = value === void 0 ? void 0 : `Write it as a text: "${show(value)}".`;
					this.#error(`${here}.${field}`, "a text", show(value), fix);
				}
			}
			const { type, value } = parameter;
			if (typeof type !== "string" || typeof value !== "string") continue;
			if (!PARAMETER_TYPES.includes(type)) this.#warn(`${here}.type`, `one of ${PARAMETER_TYPES.join(", ")}`, require_house().quote(type));
			else if (!fits(type, value)) this.#warn(`${here}.value`, `a value of type ${type}`, require_house().quote(value), "The server fails when it starts, not before.");
		}
	}
	#children(children, where) {
		if (children === void 0 || children === null) return [];
		if (!Array.isArray(children)) {
			this.#error(where, "a list", show(children));
			return [];
		}
		return children.filter(isFields$1);
	}
	#abTest(node, children, where) {
		const names = Array.isArray(node.parameters) ? node.parameters.map((each) => isFields$1(each) ? each.name : "") : [];
		if (children !== 2) this.#warn(where, "two children of RANDOM_ABTEST", `${children}`, "One makes the executor end, a third gets no request.");
		if (names.length !== 1 || names[0] !== "ratioA") this.#warn(`${where}.parameters`, "ratioA alone", names.length === 0 ? "none" : names.map(textOf).join(", "), "Otherwise the ratio is a half.");
	}
	#explainer(explainer, where, spec) {
		if (!isFields$1(explainer)) return;
		if (typeof explainer.type === "string" && !EXPLAINERS.includes(explainer.type)) this.#warn(`${where}.type`, `one of ${EXPLAINERS.join(", ")}`, require_house().quote(explainer.type));
		if (explainer.initParameters !== void 0 && spec.protocol !== "v2" && spec.protocol !== "kfserving") this.#warn(`${where}.initParameters`, "protocol v2", show(spec.protocol ?? "seldon"), "They are read with protocol v2 only.");
	}
	/** What holds over all predictors. */
	#together(predictors, spec) {
		const names = predictors.map(({ name }) => textOf(name));
		const twice = names.find((name, at) => names.indexOf(name) !== at);
		if (twice !== void 0) this.#error("spec.predictors", "names that stand once", require_house().quote(twice));
		const services = predictors.map(({ annotations }) => isFields$1(annotations) ? annotations["seldon.io/svc-name"] : void 0).filter((each) => each !== void 0);
		if (new Set(services).size < services.length) this.#error("spec.predictors", "a seldon.io/svc-name for one predictor only", "the same twice");
		const shadows = predictors.filter(({ shadow }) => shadow === true);
		if (shadows.length > 1) this.#error("spec.predictors", "one shadow at most", `${shadows.length}`);
		if (predictors.length === 1 && shadows.length === 1) this.#error("spec.predictors", "a live predictor beside the shadow", "the shadow alone");
		const shadowTraffic = trafficOf(shadows[0]);
		if (shadowTraffic < 0 || shadowTraffic > 100) this.#error("spec.predictors", "0 to 100 percent for the shadow", `${shadowTraffic}`);
		const live = predictors.filter(({ shadow }) => shadow !== true);
		const sum = live.reduce((total, each) => total + trafficOf(each), 0);
		if (live.length > 1 && sum !== 100) this.#error("spec.predictors", "traffic that sums up to 100", `${sum}`, "A missing traffic counts as 0.");
		if (live.length === 1 && sum > 0 && sum < 100) this.#error("spec.predictors", "no traffic, or 100, for a single predictor", `${sum}`);
		if (live.length === 1 && sum > 100) this.#warn("spec.predictors", "traffic of at most 100", `${sum}`);
		this.#oneTransport(predictors, spec);
	}
	#oneTransport(predictors, spec) {
		const types = /* @__PURE__ */ new Set();
		const walk = (node) => {
			if (!isFields$1(node)) return;
			const type = isFields$1(node.endpoint) ? node.endpoint.type : void 0;
			if (typeof type === "string" && type !== "") types.add(type.toLowerCase());
			if (Array.isArray(node.children)) node.children.forEach(walk);
		};
		for (const { graph } of predictors) walk(graph);
		if (typeof spec.transport === "string" && spec.transport !== "") types.add(spec.transport);
		if (types.size > 1) this.#error("spec", "one transport for all endpoints", [...types].join(" and "));
	}
	#annotations(annotations, where) {
		if (annotations === void 0 || annotations === null) return;
		if (!isFields$1(annotations)) return this.#error(where, "names and texts", show(annotations));
		for (const [name, value] of Object.entries(annotations)) {
			if (typeof value !== "string") {
				this.#error(`${where}.${name}`, "a text", show(value), `Write it as a text: "${show(value)}".`);
				continue;
			}
			if (value.includes("=")) this.#warn(`${where}.${name}`, "a value without =", "one", "Seldon's executor then reads no annotation at all: every timeout is lost.");
			if (WHOLE_NUMBERS.includes(name) && !/^\d+$/.test(value)) this.#warn(`${where}.${name}`, "a whole number", require_house().quote(value));
			if (name.startsWith("seldon.io/") && !KNOWN_ANNOTATION.test(name)) this.#warn(`${where}.${name}`, "an annotation that Seldon Core 1.17 knows", "another", "It is ignored, or becomes an environment variable of the executor.");
		}
	}
	#labels(labels, where) {
		if (labels === void 0 || labels === null) return;
		if (!isFields$1(labels)) return this.#error(where, "names and texts", show(labels));
		for (const [name, value] of Object.entries(labels)) if (typeof value !== "string" || !LABEL_VALUE.test(value)) this.#error(`${where}.${name}`, "letters, digits, -, _ and ., at most 63", show(value), "It becomes a label of the pods.");
	}
	#unknown(fields, known, where, renamed = {}) {
		for (const name of Object.keys(fields)) {
			if (known.includes(name)) continue;
			const now = Object.hasOwn(renamed, name) ? renamed[name] : void 0;
			const fix = now === void 0 ? "The CRD has no such field." : `It is called ${now} today.`;
			this.#error(`${where}.${require_house().quote(name).slice(1, -1)}`, `one of ${known.join(", ")}`, "an unknown field", fix);
		}
	}
	#oneOf(value, words, where) {
		if (value === void 0 || value === "") return;
		if (typeof value !== "string" || !words.includes(value)) this.#error(where, `one of ${words.join(", ")}`, show(value));
	}
	#wholeNumber(value, where) {
		if (value === void 0 || value === null) return;
		if (typeof value === "number" && Number.isInteger(value)) return;
		const fix = typeof value === "string" && /^\d+$/.test(value) ? `Write it without quotes: ${value}.` : void 0;
		this.#error(where, "a whole number", show(value), fix);
	}
};
const isFields$1 = /* @__PURE__ */ require_rolldown_runtime.__name((value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value), "isFields");
const textOf = (value) => typeof value === "string" ? value : "";
const trafficOf = (predictor) => typeof predictor?.traffic === "number" ? predictor.traffic : 0;
function isMutable(image) {
	if (image.includes("@")) return false;
	const tag = /:([^:/]+)$/.exec(image)?.[1];
	return tag === void 0 || tag === "latest";
}
function fits(type, value) {
	if (type === "INT") return /^[-+]?\d+$/.test(value);
	if (type === "BOOL") return /^(?:true|false|True|False|TRUE|FALSE|t|f|T|F|1|0)$/.test(value);
	return type === "STRING" || value.trim() !== "" && Number.isFinite(Number(value));
}
const UNITS = {
	"": 1,
	m: .001,
	k: 1e3,
	M: 1e6,
	G: 1e9,
	T: 0xe8d4a51000,
	P: 0x38d7ea4c68000,
	E: 0xde0b6b3a7640000,
	Ki: 1024,
	Mi: 2 ** 20,
	Gi: 2 ** 30,
	Ti: 2 ** 40,
	Pi: 2 ** 50,
	Ei: 2 ** 60
};
/** A Kubernetes quantity as a number: `500m`, `1Gi`, `2`; `undefined` for anything else. */
function quantity(value) {
	if (typeof value === "number") return value;
	const [, digits, unit = ""] = typeof value === "string" ? /^([-+]?[0-9.]+(?:[eE][-+]?\d+)?)([A-Za-z]*)$/.exec(value) ?? [] : [];
	const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : void 0;
	return digits === void 0 || factor === void 0 ? void 0 : Number(digits) * factor;
}
function show(value) {
	if (value === void 0) return "nothing";
	if (value === null) return "null";
	if (Array.isArray(value)) return `a list of ${value.length}`;
	return typeof value === "object" ? "an object" : require_house().quote(JSON.stringify(value)).slice(1, -1).replaceAll("\\", "");
}
// src/domain/seldon/given.ts
var given_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	parseParameters: () => parseParameters,
	parseResources: () => parseResources,
	parseTexts: () => parseTexts
});
const LIMITS$1 = {
	where: "YAML",
	maxBytes: 65536
};
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
/**
* Reads `name: value` pairs as Seldon's parameters, each with the type that its value has.
* @throws ActionError
*/
async function parseParameters(text) {
	return parametersOf(await require_yaml().parseYaml(text, {
		...LIMITS$1,
		number: sourceOf
	}));
}
/** How a number of YAML must be read for `parametersOf`. */
const sourceOf = (source) => ({ source });
/** The parameters of a mapping whose numbers were read by `sourceOf`. @throws ActionError */
function parametersOf(mapping) {
	return Object.entries(fieldsOf(mapping)).map(([name, value]) => {
		if (!NAME.test(name)) require_house().refuse({
			where: "a parameter's name",
			expected: "letters, digits and _",
			seen: require_house().quote(name)
		});
		if (typeof value === "boolean") return {
			name,
			value: String(value),
			type: "BOOL"
		};
		if (typeof value === "string") return {
			name,
			value,
			type: "STRING"
		};
		const source = value !== null && typeof value === "object" && !Array.isArray(value) ? value.source : void 0;
		if (typeof source !== "string") require_house().refuse({
			where: `parameter ${name}`,
			expected: "a text, a number, true or false",
			seen: "something else"
		});
		return {
			name,
			value: source,
			type: /^[-+]?\d+$/.test(source) ? "INT" : "FLOAT"
		};
	});
}
/** Reads `name: text` pairs; numbers and booleans are taken as they are written. @throws ActionError */
async function parseTexts(text) {
	const values = await require_yaml().parseYaml(text, {
		...LIMITS$1,
		number: (source) => source
	});
	const texts = {};
	for (const [name, value] of Object.entries(fieldsOf(values))) {
		if (typeof value !== "string" && typeof value !== "boolean") require_house().refuse({
			where: require_house().quote(name),
			expected: "a text",
			seen: value === null ? "nothing" : "something else"
		});
		texts[name] = String(value);
	}
	return texts;
}
/** Reads a container's `requests` and `limits`. @throws ActionError */
async function parseResources(text) {
	const resources = fieldsOf(await require_yaml().parseYaml(text, {
		...LIMITS$1,
		number: (source) => source
	}));
	for (const [kind, amounts] of Object.entries(resources)) {
		if (kind !== "requests" && kind !== "limits") require_house().refuse({
			where: require_house().quote(kind),
			expected: "requests or limits",
			seen: "another name"
		});
		for (const [name, amount] of Object.entries(fieldsOf(amounts))) if (quantity(amount) === void 0) require_house().refuse({
			where: `${kind}.${name}`,
			expected: "a quantity, such as 500m or 1Gi",
			seen: require_house().quote(JSON.stringify(amount))
		});
	}
	return resources;
}
function fieldsOf(value) {
	if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
	return require_house().refuse({
		where: "YAML",
		expected: "names and values",
		seen: value === null ? "nothing" : "something else"
	});
}
// src/domain/seldon/graph.ts
const LIMITS = {
	where: `input "graph"`,
	maxBytes: 65536
};
const NODE_NAME = /^[a-z]([a-z0-9-]{0,46}[a-z0-9])?$/;
/** Of the CRD: what lies deeper is pruned without a word. */
const MOST_LEVELS = 10;
/** What a node does, as a user writes it, and as Seldon says it. */
const ROLES = {
	model: "MODEL",
	router: "ROUTER",
	combiner: "COMBINER",
	transformer: "TRANSFORMER",
	"output-transformer": "OUTPUT_TRANSFORMER",
	"outlier-detector": "TRANSFORMER",
	abtest: void 0
};
/**
* Reads a graph in short form: a node with its children.
*
* ```yaml
* name: bandit
* type: router
* image: ghcr.io/acme/epsilon-greedy@sha256:…
* parameters: { n_branches: 2, epsilon: 0.1 }
* children:
*   - { name: forest, image: ghcr.io/acme/forest@sha256:… }
*   - { name: network, implementation: SKLEARN_SERVER, model-uri: s3://models/network/3 }
* ```
* @param images for nodes that name none: node → image
* @throws ActionError with every mistake
*/
async function parseGraph(text, images = /* @__PURE__ */ new Map()) {
	const read = await require_yaml().parseYaml(text, {
		...LIMITS,
		number: sourceOf
	});
	const reader = new Reader(images);
	const root = reader.node(read, "graph", 0);
	for (const name of images.keys()) {
		if (reader.names.has(name)) continue;
		reader.mistakes.push({
			where: `the image for ${require_house().quote(name)}`,
			expected: `a node of the graph: ${[...reader.names].join(", ")}`,
			seen: "another name"
		});
	}
	if (reader.mistakes.length > 0) throw new (require_house()).ActionError(reader.mistakes.slice(0, 20));
	return root;
}
const FIELDS = [
	"name",
	"type",
	"image",
	"implementation",
	"model-uri",
	"parameters",
	"env",
	"ratio",
	"children"
];
var Reader = class {
	mistakes = [];
	names = /* @__PURE__ */ new Set();
	#images;
	constructor(images) {
		this.#images = images;
	}
	node(value, where, level) {
		const fields = isFields(value) ? value : {};
		if (!isFields(value)) this.#wrong(where, "a node: name, type, image, children", "something else");
		for (const field of Object.keys(fields)) if (!FIELDS.includes(field)) this.#wrong(`${where}.${require_house().quote(field)}`, `one of ${FIELDS.join(", ")}`, "another name");
		if (level > MOST_LEVELS) this.#wrong(where, `at most ${MOST_LEVELS} levels of children`, "a deeper one");
		const name = this.#name(fields.name, where);
		const type = this.#role(fields.type, where);
		const image = this.#text(fields.image, `${where}.image`) ?? this.#images.get(name);
		const implementation = this.#text(fields.implementation, `${where}.implementation`);
		const children = this.#children(fields.children, where, level);
		this.#family(type, children, where);
		this.#served(type, {
			image,
			implementation
		}, where);
		return {
			name,
			type,
			image,
			implementation,
			modelUri: this.#text(fields["model-uri"], `${where}.model-uri`),
			parameters: [...this.#ratio(fields.ratio, type, where), ...this.#parameters(fields.parameters, type, where)],
			env: this.#env(fields.env, where),
			children
		};
	}
	#name(value, where) {
		const name = typeof value === "string" ? value : "";
		if (!NODE_NAME.test(name)) this.#wrong(`${where}.name`, "a name of at most 48 small letters, digits and -", typeof value === "string" ? require_house().quote(value) : "none");
		else if (this.names.has(name)) this.#wrong(`${where}.name`, "a name of its own for each node", `${require_house().quote(name)} a second time`);
		this.names.add(name);
		return name;
	}
	#role(value, where) {
		if (value === void 0) return "model";
		if (typeof value === "string" && Object.hasOwn(ROLES, value)) return value;
		this.#wrong(`${where}.type`, `one of ${Object.keys(ROLES).join(", ")}`, typeof value === "string" ? require_house().quote(value) : "something else");
		return "model";
	}
	#children(value, where, level) {
		if (value === void 0) return [];
		if (!Array.isArray(value)) {
			this.#wrong(`${where}.children`, "a list of nodes", "something else");
			return [];
		}
		return value.map((each, at) => this.node(each, `${where}.children[${at}]`, level + 1));
	}
	/** What the executor does with children of another number: it fails at the first request, or never asks one. */
	#family(type, { length }, where) {
		if (type === "abtest" && length !== 2) this.#wrong(`${where}.children`, "two children of an abtest", `${length}`);
		if (type === "router" && length < 2) this.#wrong(`${where}.children`, "two children of a router or more", `${length}`);
		if (type === "combiner" && length < 1) this.#wrong(`${where}.children`, "the children that are combined", "none");
	}
	#served(type, given, where) {
		const both = [given.image, given.implementation].filter((each) => each !== void 0).length;
		if (type === "abtest" && both > 0) this.#wrong(where, "no image for an abtest: the executor does it", "one");
		if (type !== "abtest" && both !== 1) this.#wrong(where, "an image, or the implementation of a prepackaged server", both === 0 ? "neither" : "both");
	}
	#ratio(value, type, where) {
		if (type !== "abtest") {
			if (value !== void 0) this.#wrong(`${where}.ratio`, "a ratio for an abtest alone", `one for a ${type}`);
			return [];
		}
		const source = value === void 0 ? "0.5" : isFields(value) && typeof value.source === "string" ? value.source : "";
		const ratio = Number(source);
		if (source === "" || !(ratio > 0 && ratio < 1)) this.#wrong(`${where}.ratio`, "a number between 0 and 1: the first child's share", require_house().quote(source || "none"));
		return [{
			name: "ratioA",
			value: source,
			type: "FLOAT"
		}];
	}
	#parameters(value, type, where) {
		if (value === void 0) return [];
		if (type === "abtest") {
			this.#wrong(`${where}.parameters`, "none: an abtest has a ratio", "some");
			return [];
		}
		return this.#try(`${where}.parameters`, () => parametersOf(value)) ?? [];
	}
	#env(value, where) {
		if (value === void 0) return {};
		if (!isFields(value)) {
			this.#wrong(`${where}.env`, "names and texts", "something else");
			return {};
		}
		const env = {};
		for (const [name, each] of Object.entries(value)) {
			const text = isFields(each) ? each.source : each;
			if (typeof text === "string" || typeof text === "boolean") env[name] = String(text);
			else this.#wrong(`${where}.env.${require_house().quote(name)}`, "a text", "something else");
		}
		return env;
	}
	#text(value, where) {
		if (value === void 0 || typeof value === "string") return value === "" ? void 0 : value;
		this.#wrong(where, "a text", "something else");
	}
	#try(where, work) {
		try {
			return work();
		} catch (thrown) {
			if (!(thrown instanceof require_house().ActionError)) throw thrown;
			this.mistakes.push(...thrown.mistakes.map((each) => ({
				...each,
				where: `${where}, ${each.where}`
			})));
			return;
		}
	}
	#wrong(where, expected, seen) {
		this.mistakes.push({
			where,
			expected,
			seen
		});
	}
};
/**
* The graph as Seldon has it, with one container a node, all in one pod.
* @param pod what every pod of the predictor has: service account, pull secrets
* @param container what every container has, unless its node says otherwise
*/
function buildGraph(root, given) {
	const { env = {}, resources } = given.container ?? {};
	const parts = flatten(root).map((part) => part.type === "abtest" ? part : {
		...part,
		env: {
			...env,
			...part.env
		}
	});
	const node = (part) => ({
		name: part.name,
		...part.type === "abtest" ? { implementation: "RANDOM_ABTEST" } : part.implementation === void 0 ? { type: ROLES[part.type] ?? "MODEL" } : { implementation: part.implementation },
		...part.modelUri === void 0 ? {} : {
			modelUri: part.modelUri,
			...given.storageSecret === void 0 ? {} : { envSecretRefName: given.storageSecret },
			...given.serviceAccount === void 0 ? {} : { serviceAccountName: given.serviceAccount }
		},
		...part.parameters.length === 0 ? {} : { parameters: part.parameters },
		children: part.children.map(node)
	});
	return {
		graph: node(root),
		componentSpecs: [{ spec: {
			containers: containersOf(parts, resources),
			...given.pod
		} }],
		...parts.some(({ type }) => type === "router" || type === "abtest") ? { svcOrchSpec: { env: [{
			name: "SELDON_ENABLE_ROUTING_INJECTION",
			value: "true"
		}] } } : {}
	};
}
/** Every node, parents first. */
function flatten(root) {
	return [root, ...root.children.flatMap(flatten)];
}
function containersOf(parts, resources) {
	return parts.filter((part) => needsContainer(part) || resources !== void 0 && part.type !== "abtest").map((part) => ({
		...containerOf(part),
		...resources === void 0 ? {} : { resources }
	}));
}
/** A prepackaged server gets its container from the operator, unless we have something to say about it. */
const needsContainer = ({ image, env }) => image !== void 0 || Object.keys(env).length > 0;
function containerOf({ name, image, modelUri, env }) {
	const all = {
		...image !== void 0 && modelUri !== void 0 ? { MODEL_PATH: "/mnt/models" } : {},
		...env
	};
	return {
		name,
		...image === void 0 ? {} : {
			image,
			imagePullPolicy: "IfNotPresent"
		},
		...Object.keys(all).length === 0 ? {} : { env: Object.entries(all).map(([key, value]) => ({
			name: key,
			value
		})) }
	};
}
const isFields = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
// src/domain/seldon/manifest.ts
const PROTOCOLS = [
	"seldon",
	"tensorflow",
	"v2"
];
/** `auto`: without the executor for an image of one's own, with it for Seldon's prepackaged servers. */
const ENGINES = [
	"auto",
	"executor",
	"none"
];
/** The name of the one node and container, as Seldon's own examples have it. */
const NODE = "classifier";
const PREDICTOR = "default";
const NO_ENGINE = "seldon.io/no-engine";
/** The spec of a SeldonDeployment for one model. @throws ActionError when the order names nothing to serve */
function buildSpec(order) {
	const { image, modelUri, implementation } = order;
	if (image === void 0 && implementation === void 0) require_house().refuse({
		where: `input "image"`,
		expected: "an image, or a model-uri with the implementation that serves it",
		seen: modelUri === void 0 ? "neither" : "a model-uri alone",
		fix: "Hand on the record of build-model-image, or set image; for a prepackaged server set implementation and model-uri."
	});
	const bare = runsBare(order);
	const predictor = {
		name: PREDICTOR,
		...order.autoscale === void 0 ? { replicas: order.replicas } : {},
		...bare ? { annotations: { [NO_ENGINE]: "true" } } : {},
		progressDeadlineSeconds: order.progressDeadlineSeconds,
		graph: {
			name: NODE,
			...implementation === void 0 ? { type: "MODEL" } : { implementation },
			...modelUri === void 0 ? {} : { modelUri },
			...order.parameters.length === 0 ? {} : { parameters: order.parameters },
			...order.storageSecret === void 0 ? {} : { envSecretRefName: order.storageSecret },
			...order.serviceAccount === void 0 ? {} : { serviceAccountName: order.serviceAccount },
			children: []
		},
		componentSpecs: [{
			...order.autoscale === void 0 ? {} : { hpaSpec: hpaSpecOf(order.autoscale) },
			spec: podSpec(order, bare)
		}]
	};
	return specOf(predictor, order);
}
/** The spec of a SeldonDeployment for a graph. Only Seldon's executor can go between its nodes, so it is always there. */
function buildGraphSpec(root, order) {
	const { autoscale, serviceAccount, storageSecret, env, resources } = order;
	const built = buildGraph(root, {
		storageSecret,
		serviceAccount,
		container: {
			env,
			resources
		},
		pod: podOf(order)
	});
	const predictor = {
		name: PREDICTOR,
		...autoscale === void 0 ? { replicas: order.replicas } : {},
		progressDeadlineSeconds: order.progressDeadlineSeconds,
		...built,
		...autoscale === void 0 ? {} : { componentSpecs: [{
			hpaSpec: hpaSpecOf(autoscale),
			...built.componentSpecs[0]
		}] }
	};
	return specOf(predictor, order);
}
const specOf = (predictor, { protocol, annotations }) => ({
	protocol,
	...Object.keys(annotations).length === 0 ? {} : { annotations },
	predictors: [predictor]
});
const podOf = ({ serviceAccount, imagePullSecret }) => ({
	...serviceAccount === void 0 ? {} : { serviceAccountName: serviceAccount },
	...imagePullSecret === void 0 ? {} : { imagePullSecrets: [{ name: imagePullSecret }] },
	terminationGracePeriodSeconds: 20
});
/** Whether a single model goes without Seldon's executor. */
const runsBare = ({ engine, implementation }) => engine === "none" || engine === "auto" && implementation === void 0;
function podSpec(order, bare) {
	const env = {
		...order.image !== void 0 && order.modelUri !== void 0 && order.implementation === void 0 ? { MODEL_PATH: "/mnt/models" } : {},
		...order.env
	};
	return {
		containers: [{
			name: NODE,
			...order.image === void 0 ? {} : {
				image: order.image,
				imagePullPolicy: "IfNotPresent"
			},
			...Object.keys(env).length === 0 ? {} : { env: Object.entries(env).map(([name, value]) => ({
				name,
				value
			})) },
			...order.resources === void 0 ? {} : { resources: order.resources },
			...bare ? { readinessProbe: readiness(order) } : {}
		}],
		...podOf(order)
	};
}
/**
* The operator's own probe waits 20 s before it asks. The wrapper's port is open before its model is loaded and a request
* hangs until then, so a request that is answered says more than an open port.
*/
function readiness({ protocol, answersPing, implementation }) {
	const http = protocol === "v2" ? "/v2/health/ready" : answersPing || implementation !== void 0 && PREPACKAGED.get(implementation)?.wrapper === true ? "/health/ping" : void 0;
	return {
		...http === void 0 ? { tcpSocket: { port: "http" } } : { httpGet: {
			path: http,
			port: "http",
			scheme: "HTTP"
		} },
		initialDelaySeconds: 1,
		periodSeconds: 1,
		timeoutSeconds: 2,
		successThreshold: 1,
		failureThreshold: 3
	};
}
/** Where predictions of one model are answered, below the deployment's own path. */
function predictionPath(protocol, node) {
	if (protocol === "tensorflow") return `/v1/models/${node}:predict`;
	return protocol === "v2" || protocol === "kfserving" ? `/v2/models/${node}/infer` : "/api/v1.0/predictions";
}
/** The whole object as it is sent: what is ours of it, and nothing of the cluster's. */
function resourceOf({ name, namespace }, spec, { labels, annotations }) {
	return {
		apiVersion: require_resource().API_VERSION,
		kind: require_resource().KIND,
		metadata: {
			name,
			namespace,
			labels,
			annotations
		},
		spec
	};
}
Object.defineProperty(exports, "ENGINES", {
	enumerable: true,
	get: function() {
		return ENGINES;
	}
});
Object.defineProperty(exports, "NODE", {
	enumerable: true,
	get: function() {
		return NODE;
	}
});
Object.defineProperty(exports, "PROTOCOLS", {
	enumerable: true,
	get: function() {
		return PROTOCOLS;
	}
});
Object.defineProperty(exports, "autoscale_exports", {
	enumerable: true,
	get: function() {
		return autoscale_exports;
	}
});
Object.defineProperty(exports, "autoscalerDiffers", {
	enumerable: true,
	get: function() {
		return autoscalerDiffers;
	}
});
Object.defineProperty(exports, "buildGraphSpec", {
	enumerable: true,
	get: function() {
		return buildGraphSpec;
	}
});
Object.defineProperty(exports, "buildSpec", {
	enumerable: true,
	get: function() {
		return buildSpec;
	}
});
Object.defineProperty(exports, "flatten", {
	enumerable: true,
	get: function() {
		return flatten;
	}
});
Object.defineProperty(exports, "given_exports", {
	enumerable: true,
	get: function() {
		return given_exports;
	}
});
Object.defineProperty(exports, "hpaSpecOf", {
	enumerable: true,
	get: function() {
		return hpaSpecOf;
	}
});
Object.defineProperty(exports, "lintSeldonDeployment", {
	enumerable: true,
	get: function() {
		return lintSeldonDeployment;
	}
});
Object.defineProperty(exports, "parseGraph", {
	enumerable: true,
	get: function() {
		return parseGraph;
	}
});
Object.defineProperty(exports, "predictionPath", {
	enumerable: true,
	get: function() {
		return predictionPath;
	}
});
Object.defineProperty(exports, "requireRequests", {
	enumerable: true,
	get: function() {
		return requireRequests;
	}
});
Object.defineProperty(exports, "resourceOf", {
	enumerable: true,
	get: function() {
		return resourceOf;
	}
});
Object.defineProperty(exports, "serverOfFlavor", {
	enumerable: true,
	get: function() {
		return serverOfFlavor;
	}
});
