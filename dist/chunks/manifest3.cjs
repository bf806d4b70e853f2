const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
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
	const { requests, limits } = fieldsOf(resources);
	for (const { resource } of targets) {
		if (fieldsOf(requests)[resource] !== void 0 || fieldsOf(limits)[resource] !== void 0) continue;
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
	const asked = fieldsOf(hpaSpec);
	const wanted = told({
		...asked,
		metrics: asked.metricsv2 ?? []
	});
	if (autoscaler === void 0) return {
		expected: wanted,
		seen: "none"
	};
	const spec = fieldsOf(autoscaler.spec);
	const { name } = fieldsOf(spec.scaleTargetRef);
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
		const { name, target } = fieldsOf(fieldsOf(each).resource);
		const { averageUtilization, averageValue } = fieldsOf(target);
		if (typeof name !== "string") return JSON.stringify(fieldsOf(each).type ?? null);
		return `${name}=${JSON.stringify(averageUtilization ?? averageValue ?? null)}`;
	});
	return [`${JSON.stringify(minReplicas)}..${JSON.stringify(maxReplicas ?? null)}`, ...loads.toSorted()].join(" ");
}
const fieldsOf = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
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
	return {
		protocol: order.protocol,
		...Object.keys(order.annotations).length === 0 ? {} : { annotations: order.annotations },
		predictors: [predictor]
	};
}
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
		...order.serviceAccount === void 0 ? {} : { serviceAccountName: order.serviceAccount },
		...order.imagePullSecret === void 0 ? {} : { imagePullSecrets: [{ name: order.imagePullSecret }] },
		terminationGracePeriodSeconds: 20
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
Object.defineProperty(exports, "BUILT_IN", {
	enumerable: true,
	get: function() {
		return BUILT_IN;
	}
});
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
Object.defineProperty(exports, "PREPACKAGED", {
	enumerable: true,
	get: function() {
		return PREPACKAGED;
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
Object.defineProperty(exports, "buildSpec", {
	enumerable: true,
	get: function() {
		return buildSpec;
	}
});
Object.defineProperty(exports, "hpaSpecOf", {
	enumerable: true,
	get: function() {
		return hpaSpecOf;
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
