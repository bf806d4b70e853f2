require("./rolldown-runtime.cjs");
const require_house = () => require("./house.cjs");
// src/domain/seldon/resource.ts
const API_VERSION = "machinelearning.seldon.io/v1";
const KIND = "SeldonDeployment";
const API_VERSIONS = [
	"v1",
	"v1alpha2",
	"v1alpha3"
].map((version) => `machinelearning.seldon.io/${version}`);
/** Whether a predictor's graph is served without Seldon's executor before it. Any value of the annotation counts. */
const withoutExecutor = (predictor) => predictor.annotations !== void 0 && Object.hasOwn(predictor.annotations, "seldon.io/no-engine");
const asJson = (value) => value;
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
		replicas: order.replicas,
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
		componentSpecs: [{ spec: podSpec(order, bare) }]
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
		apiVersion: API_VERSION,
		kind: KIND,
		metadata: {
			name,
			namespace,
			labels,
			annotations
		},
		spec
	};
}
Object.defineProperty(exports, "API_VERSION", {
	enumerable: true,
	get: function() {
		return API_VERSION;
	}
});
Object.defineProperty(exports, "API_VERSIONS", {
	enumerable: true,
	get: function() {
		return API_VERSIONS;
	}
});
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
Object.defineProperty(exports, "KIND", {
	enumerable: true,
	get: function() {
		return KIND;
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
Object.defineProperty(exports, "asJson", {
	enumerable: true,
	get: function() {
		return asJson;
	}
});
Object.defineProperty(exports, "buildSpec", {
	enumerable: true,
	get: function() {
		return buildSpec;
	}
});
Object.defineProperty(exports, "predictionPath", {
	enumerable: true,
	get: function() {
		return predictionPath;
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
Object.defineProperty(exports, "withoutExecutor", {
	enumerable: true,
	get: function() {
		return withoutExecutor;
	}
});
