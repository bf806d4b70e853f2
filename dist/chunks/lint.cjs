require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_resource;
const require_resource = () => kept_require_resource ??= require("./resource.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
// src/domain/seldon/lint-scaling.ts
/**
* How a component is scaled, by what Kubernetes and KEDA make of it.
* @param component of `componentSpecs`
*/
function lintScaling(component, where) {
	const { hpaSpec, kedaSpec, replicas, spec } = fieldsOf(component);
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
		const { minReplicas = 1, maxReplicas, metrics, metricsv2 } = fieldsOf(hpaSpec);
		if (typeof maxReplicas !== "number") say("error", "hpaSpec.maxReplicas", "a whole number", maxReplicas === void 0 ? "nothing" : "something else", "The CRD requires it.");
		else if (typeof minReplicas === "number" && minReplicas > maxReplicas) say("error", "hpaSpec.minReplicas", `at most maxReplicas, ${maxReplicas}`, `${minReplicas}`, "Kubernetes refuses the autoscaler, and the operator fails.");
		if (metrics !== void 0 && metricsv2 === void 0) say("warning", "hpaSpec.metrics", "metricsv2", "metrics", "That is the form of autoscaling/v2beta1, which Kubernetes 1.25 and later do not know.");
		if (kedaSpec !== void 0 && kedaSpec !== null) say("warning", "hpaSpec", "hpaSpec or kedaSpec", "both", "The operator takes kedaSpec and leaves the other.");
		if (replicas !== void 0) say("warning", "replicas", "nothing beside hpaSpec", "a number", "The autoscaler decides; the number is ignored.");
		const lacking = withoutRequests(metricsv2, spec);
		if (lacking !== void 0) say("warning", "spec.containers", `resources.requests.${lacking} in each container`, "none", "A percentage of nothing: the autoscaler never adds a pod.");
	}
	if (kedaSpec !== void 0 && kedaSpec !== null && !Array.isArray(fieldsOf(kedaSpec).triggers)) say("error", "kedaSpec.triggers", "a list", "none", "The CRD requires it.");
	return found;
}
/** The first resource that is scaled by a percentage although a container requests none of it. */
function withoutRequests(metrics, spec) {
	const containers = listOf(fieldsOf(spec).containers).map((each) => fieldsOf(fieldsOf(each).resources));
	for (const metric of listOf(metrics)) {
		const { name, target } = fieldsOf(fieldsOf(metric).resource);
		if (typeof name !== "string" || fieldsOf(target).averageUtilization === void 0) continue;
		const lacks = (resources) => fieldsOf(resources.requests)[name] === void 0 && fieldsOf(resources.limits)[name] === void 0;
		if (containers.some(lacks)) return name;
	}
}
const fieldsOf = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const listOf = (value) => Array.isArray(value) ? value : [];
// src/domain/seldon/lint.ts
/** A deployment's name becomes a Service's: RFC 1035. Behind it, a predictor's may start with a digit. */
const SERVICE = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const PART = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
/** The label `seldon-app-svc-<container>` has room for 63 characters. */
const MOST_NODE = 48;
const MOST_NAME = 63;
const MOST_LEVELS = 10;
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
const PROTOCOLS = [
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
		if (!isFields(document)) return this.#error("the manifest", "a SeldonDeployment", show(document));
		if (document.kind !== "SeldonDeployment") this.#error("kind", require_resource().KIND, show(document.kind));
		if (!require_resource().API_VERSIONS.includes(textOf(document.apiVersion))) this.#error("apiVersion", require_resource().API_VERSIONS[0], show(document.apiVersion));
		else if (document.apiVersion !== require_resource().API_VERSIONS[0]) this.#warn("apiVersion", require_resource().API_VERSIONS[0], show(document.apiVersion), "The three versions are one schema; v1 is the one that is stored.");
		this.#metadata(document.metadata);
		const { spec } = document;
		if (!isFields(spec)) return this.#error("spec", "an object with predictors", show(spec));
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
			if (isFields(each)) return true;
			this.#error(`spec.predictors[${at}]`, "an object", show(each));
			return false;
		});
		for (const [at, predictor] of predictors.entries()) this.#predictor(predictor, `spec.predictors[${at}]`, spec);
		this.#together(predictors, spec);
	}
	#metadata(metadata) {
		const name = isFields(metadata) ? metadata.name : void 0;
		if (typeof name !== "string" || name === "") return this.#error("metadata.name", "a name", show(name));
		if (!SERVICE.test(name)) this.#error("metadata.name", "lower-case letters, digits and -, a letter first", require_house().quote(name), "It becomes the name of a Service, and the operator fails on any other.");
		else if (name.length > MOST_NAME) this.#warn("metadata.name", `at most ${MOST_NAME} characters`, `${name.length}`, "The operator uses a hash in place of the name.");
		const labels = isFields(metadata) ? metadata.labels : void 0;
		if (isFields(labels) && labels["seldon.io/controller-id"] !== void 0) this.#warn("metadata.labels", "no seldon.io/controller-id", show(labels["seldon.io/controller-id"]), "Only an operator with that very id will see this object; any other leaves it without a status.");
	}
	#words(spec, from) {
		this.#oneOf(from.protocol, PROTOCOLS, "spec.protocol");
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
		if (!isFields(graph)) return this.#error(`${where}.graph`, "a node with a name", show(graph));
		const seen = /* @__PURE__ */ new Set();
		const size = this.#node(graph, `${where}.graph`, {
			level: 0,
			containers,
			spec,
			seen
		});
		if (isFields(predictor.annotations) && predictor.annotations["seldon.io/no-engine"] !== void 0 && size > 1) this.#error(`${where}.annotations`, "no seldon.io/no-engine on a graph of several nodes", `${size} nodes`, "Only the executor can route between nodes.");
		if (spec.serverType === "kafka") {
			const orchestrator = isFields(predictor.svcOrchSpec) ? predictor.svcOrchSpec.env : void 0;
			const names = Array.isArray(orchestrator) ? orchestrator.map((each) => isFields(each) ? each.name : "") : [];
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
			if (!isFields(component)) {
				this.#error(here, "an object", show(component));
				continue;
			}
			this.#unknown(component, COMPONENT_FIELDS, here);
			for (const { level, where: at, expected, seen, fix } of lintScaling(component, here)) (level === "error" ? this.#error : this.#warn)(at, expected, seen, fix);
			const { spec } = component;
			if (spec === void 0) continue;
			if (!isFields(spec)) {
				this.#error(`${here}.spec`, "a pod's spec", show(spec));
				continue;
			}
			this.#volumes(spec.volumes, `${here}.spec.volumes`);
			if (!Array.isArray(spec.containers)) {
				this.#error(`${here}.spec.containers`, "a list of containers", show(spec.containers));
				continue;
			}
			for (const [nth, container] of spec.containers.entries()) {
				if (!isFields(container)) continue;
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
		if (isFields(resources)) this.#resources(resources, `${where}.resources`);
	}
	#resources(resources, where) {
		const { limits, requests } = resources;
		if (!isFields(limits) || !isFields(requests)) return;
		for (const [name, asked] of Object.entries(requests)) {
			const [least, most] = [quantity(asked), quantity(limits[name])];
			if (least !== void 0 && most !== void 0 && least > most) this.#error(`${where}.requests.${name}`, `at most the limit ${show(limits[name])}`, show(asked), "The operator fails on it.");
		}
	}
	#volumes(volumes, where) {
		if (!Array.isArray(volumes)) return;
		for (const [at, volume] of volumes.entries()) {
			if (!isFields(volume) || volume.volumeSource === void 0) continue;
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
		if (level === MOST_LEVELS && children.length > 0) {
			this.#error(`${where}.children`, `at most ${MOST_LEVELS} levels of children`, "more", "The CRD ends there, and what is below is dropped.");
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
		if (isFields(node.endpoint)) this.#unknown(node.endpoint, ENDPOINT_FIELDS, `${where}.endpoint`, {
			http_port: "httpPort",
			grpc_port: "grpcPort"
		});
		const { logger } = node;
		if (!isFields(logger)) return;
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
		if (require_manifest().BUILT_IN.includes(implementation)) {
			if (implementation !== "RANDOM_ABTEST") this.#warn(`${where}.implementation`, "a server of your own, or RANDOM_ABTEST", implementation, "The executor does nothing for it.");
			return;
		}
		const server = require_manifest().PREPACKAGED.get(implementation);
		const [protocol, told] = typeof spec.protocol === "string" ? [spec.protocol, spec.protocol] : ["seldon", "none, which is seldon"];
		if (server === void 0) {
			if (this.#options.customServers?.includes(implementation)) return;
			return this.#error(`${where}.implementation`, `one of ${[...require_manifest().PREPACKAGED.keys(), "RANDOM_ABTEST"].join(", ")}`, require_house().quote(implementation), "It must be a key of predictor_servers in the operator's ConfigMap.");
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
			if (!isFields(parameter)) {
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
		return children.filter(isFields);
	}
	#abTest(node, children, where) {
		const names = Array.isArray(node.parameters) ? node.parameters.map((each) => isFields(each) ? each.name : "") : [];
		if (children !== 2) this.#warn(where, "two children of RANDOM_ABTEST", `${children}`, "One makes the executor end, a third gets no request.");
		if (names.length !== 1 || names[0] !== "ratioA") this.#warn(`${where}.parameters`, "ratioA alone", names.length === 0 ? "none" : names.map(textOf).join(", "), "Otherwise the ratio is a half.");
	}
	#explainer(explainer, where, spec) {
		if (!isFields(explainer)) return;
		if (typeof explainer.type === "string" && !EXPLAINERS.includes(explainer.type)) this.#warn(`${where}.type`, `one of ${EXPLAINERS.join(", ")}`, require_house().quote(explainer.type));
		if (explainer.initParameters !== void 0 && spec.protocol !== "v2" && spec.protocol !== "kfserving") this.#warn(`${where}.initParameters`, "protocol v2", show(spec.protocol ?? "seldon"), "They are read with protocol v2 only.");
	}
	/** What holds over all predictors. */
	#together(predictors, spec) {
		const names = predictors.map(({ name }) => textOf(name));
		const twice = names.find((name, at) => names.indexOf(name) !== at);
		if (twice !== void 0) this.#error("spec.predictors", "names that stand once", require_house().quote(twice));
		const services = predictors.map(({ annotations }) => isFields(annotations) ? annotations["seldon.io/svc-name"] : void 0).filter((each) => each !== void 0);
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
			if (!isFields(node)) return;
			const type = isFields(node.endpoint) ? node.endpoint.type : void 0;
			if (typeof type === "string" && type !== "") types.add(type.toLowerCase());
			if (Array.isArray(node.children)) node.children.forEach(walk);
		};
		for (const { graph } of predictors) walk(graph);
		if (typeof spec.transport === "string" && spec.transport !== "") types.add(spec.transport);
		if (types.size > 1) this.#error("spec", "one transport for all endpoints", [...types].join(" and "));
	}
	#annotations(annotations, where) {
		if (annotations === void 0 || annotations === null) return;
		if (!isFields(annotations)) return this.#error(where, "names and texts", show(annotations));
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
		if (!isFields(labels)) return this.#error(where, "names and texts", show(labels));
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
const isFields = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value);
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
Object.defineProperty(exports, "lintSeldonDeployment", {
	enumerable: true,
	get: function() {
		return lintSeldonDeployment;
	}
});
Object.defineProperty(exports, "quantity", {
	enumerable: true,
	get: function() {
		return quantity;
	}
});
