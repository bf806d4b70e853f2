Object.defineProperty(exports, Symbol.toStringTag, { value: "Module" });
const require_rolldown_runtime = require("./chunks/rolldown-runtime.cjs");
const require_record = () => require("./chunks/record.cjs");
const require_names = () => require("./chunks/names.cjs");
const require_errors = () => require("./chunks/errors.cjs");
const require_targets = () => require("./chunks/targets.cjs");
const require_run_action = () => require("./chunks/run-action.cjs");
const require_smoke_request = () => require("./chunks/smoke-request.cjs");
const require_archive = () => require("./chunks/archive.cjs");
const require_clock = () => require("./chunks/clock.cjs");
const require_github = () => require("./chunks/github.cjs");
const require_python = () => require("./chunks/python.cjs");
const require_registry = () => require("./chunks/registry.cjs");
const require_yaml = () => require("./chunks/yaml.cjs");
const require_lock = () => require("./chunks/lock.cjs");
const require_process = () => require("./chunks/process.cjs");
const require_serving = () => require("./chunks/serving.cjs");
const require_workspace = () => require("./chunks/workspace.cjs");
const node_path = () => require("node:path");
// src/domain/seldon/local-plan.ts
/** Decides from what serves now. Only the very version that serves, in the number asked for, and that answers, is left alone. */
function planLocal({ state, answers, wanted }) {
	if (state === void 0) return {
		operation: "created",
		reason: "nothing is served under this name"
	};
	if (state.status === "stopped") return {
		operation: "created",
		reason: "what was served under this name has ended, with its job or its machine"
	};
	if (state.status === "empty") return {
		operation: "created",
		reason: "the front has no model server left"
	};
	if (state.deployId !== wanted.deployId) return {
		operation: "updated",
		reason: `another version serves: ${short(state.deployId)} → ${short(wanted.deployId)}`
	};
	if (state.replicas !== wanted.replicas) return {
		operation: "updated",
		reason: `replicas ${state.replicas} → ${wanted.replicas}`
	};
	if (answers === false) return {
		operation: "updated",
		reason: "this version serves already, but does not answer"
	};
	return {
		operation: "unchanged",
		reason: `this version (${short(wanted.deployId)}) serves already, and answers`
	};
}
const short = (deployId) => deployId?.slice(0, 12) ?? "none";
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
	if (image === void 0 && implementation === void 0) require_errors().refuse({
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
// src/actions/seldon-deploy.ts
const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;
/** Of a Secret or ServiceAccount: RFC 1123, dots allowed. */
const OBJECT_NAME = {
	pattern: /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/,
	accepts: "lower-case letters, digits, - and ."
};
const MAX_REQUIREMENTS_BYTES = 1048576;
const inputs = {
	record: require_record().recordInput,
	name: require_run_action().text({
		description: "The deployment's name, which its URL holds. Left out, the manifest's, or the model's name in the record.",
		...require_names().deploymentName
	}),
	namespace: require_run_action().text({
		description: "The namespace, which the URL holds.",
		default: "default",
		...require_names().namespaceName
	}),
	target: require_run_action().oneOf(require_targets().TARGETS, {
		description: "Where to serve. `seldon` is a SeldonDeployment in a cluster, `local` a process on this machine's loopback; the others need a later version of these actions.",
		default: "seldon"
	}),
	"smoke-request": require_run_action().parsed({
		description: "A request that the new version must answer: `body`, and if need be `path` and `expect` with `status`, `shape`, `values` and `tolerance`. Without `expect` the answer must hold a prediction for each row that was sent.",
		accepts: "YAML: `{path, body, expect}`",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/smoke.cjs")).then((n) => n.smoke_exports)).parseSmokeRequest(value)
	}),
	kubeconfig: require_run_action().text({
		description: "Target seldon: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
		secret: true
	}),
	"wait-timeout": require_run_action().seconds({
		description: "How long a new version may take to answer. After that it is ended, and the one before goes on serving.",
		default: "5m",
		most: 3600
	}),
	"require-gate": require_run_action().flag({
		description: "Refuse to work unless the record's gate is passed. `false` deploys without one.",
		default: "true"
	}),
	image: require_run_action().parsed({
		description: "The image to serve, as build-model-image made it. Left out, the image of the record; without one, for target local the checkout and `model`.",
		accepts: "an image's name, or for target local `oci:<folder>`",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/reference.cjs")).then((n) => n.reference_exports)).parseReference(value, "image")
	}),
	"model-uri": require_run_action().text({
		description: "Target seldon: where the model lies, for a prepackaged server or mounted at /mnt/models beside an image: `s3://…`, `gs://…`, `pvc://…`.",
		pattern: /^[a-z][a-z0-9+.-]*:[!-~]+$/,
		accepts: "a URI"
	}),
	implementation: require_run_action().text({
		description: "Target seldon: Seldon's prepackaged server, such as `SKLEARN_SERVER`. Left out with a model-uri and no image, the one of the record's flavor.",
		pattern: /^[A-Z][A-Z0-9_]*$/,
		accepts: "a server's name in capitals"
	}),
	parameters: require_run_action().parsed({
		description: "Target seldon: what the server or class is started with, as `name: value`.",
		accepts: "YAML: names and values",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/given.cjs"))).parseParameters(value)
	}),
	replicas: require_run_action().integer({
		description: "How many servers answer requests: pods, or for target local workers (at most 8). Left out, 1, or what the manifest says.",
		least: 1,
		most: 1e3
	}),
	resources: require_run_action().parsed({
		description: "Target seldon: what the model's container asks for and may take.",
		accepts: "YAML: `{requests, limits}`",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/given.cjs"))).parseResources(value)
	}),
	env: require_run_action().parsed({
		description: "Target seldon: variables of the model's container. No secrets: everyone who may read the object reads them.",
		accepts: "YAML: names and values",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/given.cjs"))).parseTexts(value)
	}),
	annotations: require_run_action().parsed({
		description: "Target seldon: annotations of the spec, such as `seldon.io/rest-timeout`. They reach the pods, so a change restarts them.",
		accepts: "YAML: names and values",
		parse: async (value) => (await Promise.resolve().then(() => require("./chunks/given.cjs"))).parseTexts(value)
	}),
	"service-account": require_run_action().text({
		description: "Target seldon: the pods' ServiceAccount.",
		...OBJECT_NAME
	}),
	"storage-secret": require_run_action().text({
		description: "Target seldon: the Secret with rclone's keys (`RCLONE_CONFIG_…`), for a model-uri that needs them.",
		...OBJECT_NAME
	}),
	"image-pull-secret": require_run_action().text({
		description: "Target seldon: the Secret by which the image is pulled.",
		...OBJECT_NAME
	}),
	protocol: require_run_action().oneOf(PROTOCOLS, {
		description: "Target seldon: how the server is asked.",
		default: "seldon"
	}),
	engine: require_run_action().oneOf(ENGINES, {
		description: "Target seldon: whether Seldon's executor stands before the model. Without it a new version is ready in seconds and no connection is refused; `auto` leaves it out for an image of your own.",
		default: "auto"
	}),
	manifest: require_run_action().text({
		description: "Target seldon: a file with one SeldonDeployment, relative to the repository, in place of the one that would be built. `image` and `replicas` are put in where they are given.",
		pattern: RELATIVE,
		accepts: "a path below the repository"
	}),
	"kube-context": require_run_action().text({ description: "Target seldon: the kubeconfig's context. Left out, its current one." }),
	"allow-exec": require_run_action().lines({ description: "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin." }),
	"base-url": require_run_action().parsed({
		description: "Scheme, host and port before the deployment's path. Target seldon: the gateway's; left out, the API server's proxy is asked. Target local: `http://127.0.0.1:<port>`; left out, the port that was used before, or a free one.",
		accepts: "a URL without a path",
		parse: baseUrl
	}),
	"dry-run": require_run_action().oneOf([
		"false",
		"true",
		"client",
		"server",
		"diff"
	], {
		description: "Change nothing. `client` renders the manifest and asks no cluster, `diff` tells what would change, `server` has the cluster check it too; `true` is `server`. Target local knows `true` only.",
		default: "false"
	}),
	rollback: require_run_action().oneOf(["auto", "none"], {
		description: "Target seldon: what becomes of a new version that fails. `auto` puts back the last one that was proven, and removes a first one again.",
		default: "auto"
	}),
	"allow-older": require_run_action().flag({
		description: "Target seldon: deploy although a newer commit serves already.",
		default: "false"
	}),
	adopt: require_run_action().flag({
		description: "Target seldon: take over a SeldonDeployment that these actions have not made.",
		default: "false"
	}),
	model: require_run_action().text({
		description: "Target local: the model's file or folder, relative to the repository, to serve it with the checkout's code and without an image.",
		pattern: /^[^\u0000-\u001f\u007f\\]+$/,
		accepts: "a path"
	}),
	"model-class": require_run_action().text({
		description: "Target local: the class that serves the model. Left out, the one that the image names.",
		...require_names().modelClassName
	}),
	requirements: require_run_action().text({
		description: "Target local: a requirements file, relative to the working directory, for a Python environment that is made once and kept. Left out, the Python in PATH serves. Either must have seldon-core 1.17.1.",
		pattern: RELATIVE,
		accepts: "a path below the working directory"
	}),
	"outlive-job": require_run_action().flag({
		description: "Target local: keep serving after the job, on a runner of your own. Otherwise the runner ends what is served with the job.",
		default: "false"
	}),
	"working-directory": require_run_action().text({
		description: "Target local: where the code lies, relative to the repository. Left out, the repository itself.",
		pattern: RELATIVE,
		accepts: "a path below the repository"
	}),
	"github-token": require_run_action().text({
		description: "Fetches the record or the model's artifact, tells whether a commit is newer than the one that serves, and opens ghcr.io where docker is not logged in.",
		expression: "${{ github.token }}",
		secret: true
	})
};
/** Each is read for one target only: an input that would do nothing is refused. */
const OF_SELDON = [
	"kubeconfig",
	"kube-context",
	"model-uri",
	"implementation",
	"parameters",
	"resources",
	"env",
	"annotations",
	"service-account",
	"storage-secret",
	"image-pull-secret",
	"manifest"
];
const OF_LOCAL = [
	"model",
	"model-class",
	"requirements",
	"working-directory"
];
/** Serves a model, and is green only when the new version has answered. One that does not never gets traffic. */
const seldonDeploy = {
	id: "seldon-deploy",
	inputs,
	outputs: {
		operation: "`created`, `updated` or `unchanged`; `failed` when the new version was refused; `would-create`, `would-update` or `rendered` of a dry run",
		"prediction-url": "Where predictions are answered; empty where nothing is served",
		"deploy-id": "40 hex digits over all that makes this version: the rendered spec, or for target local model, code, class and requirements",
		"rolled-back": "`true` when the new version failed and the one before was put back and answers",
		manifest: "The SeldonDeployment as JSON, of `dry-run: client`; else empty",
		reason: "Why it was done or not, in one sentence",
		record: "The release record with the section `deployment`; empty without a record"
	},
	run: async (given, run, ports) => {
		refuseInputs(given, run);
		if (given.target === "seldon") {
			const { deployToCluster } = await Promise.resolve().then(() => require("./chunks/cluster-deploy.cjs"));
			return await deployToCluster({
				...given,
				namespace: given.namespace
			}, run, ports);
		}
		const facts = await observe(given, run, ports);
		const plan = planLocal({
			state: facts.state,
			answers: facts.answers,
			wanted: facts
		});
		ports.log.info(`${facts.called}: ${DO[plan.operation]}, because ${plan.reason}`);
		const done = await carryOut(plan, facts, given, run, ports);
		return await tell(done, facts, given, await addToRecord(done, facts, run, ports));
	}
};
/** Everything that decides, seen before anything is changed; every mistake in what was given, told at once. */
async function observe(given, run, ports) {
	const record = await require_record().takeRecord(given.record, run, ports);
	require_record().requireGate(record, given["require-gate"]);
	const namespace = given.namespace;
	const name = given.name ?? nameOf(record);
	const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
	const folder = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
	const requirements = await requirementsText(given.requirements, folder, ports.workspace);
	const release = await releaseOf(given, record, folder, run, ports);
	const { deployId: digestVersion } = await Promise.resolve().then(() => require("./chunks/names.cjs")).then((n) => n.names_exports);
	const deployId = await digestVersion({
		model: release.model,
		code: release.code,
		modelClass: release.modelClass,
		modelPath: release.modelPath,
		requirements
	});
	const state = await ports.serving.state(namespace, name);
	const same = state?.status === "running" && state.deployId === deployId;
	return {
		record,
		name,
		namespace,
		called: `${namespace}/${name}`,
		release,
		requirements,
		deployId,
		replicas: given.replicas ?? 1,
		state,
		answers: same ? await asksWhatServes(state, deployId, given, ports) : void 0
	};
}
async function asksWhatServes(state, deployId, given, ports) {
	const { doesAnswer } = await Promise.resolve().then(() => require("./chunks/local-deploy.cjs"));
	return await doesAnswer(state, deployId, orderOf(given), ports);
}
function refuseInputs(given, run) {
	const mistakes = [];
	if (given.target !== "local" && given.target !== "seldon") mistakes.push({
		where: `input "target"`,
		expected: "seldon or local, the targets of this version",
		seen: given.target
	});
	mistakes.push(...otherTargets(given));
	if (given["outlive-job"] && run.environment === "github-hosted") mistakes.push({
		where: `input "outlive-job"`,
		expected: "false on a runner of GitHub's own",
		seen: "true",
		fix: "That machine is thrown away with the job. Use a runner of your own, or leave the input out."
	});
	if (given.image !== void 0 && given.model !== void 0) mistakes.push({
		where: `input "model"`,
		expected: "either an image or a model with the checkout's code",
		seen: "both",
		fix: "The image holds its model already."
	});
	if (mistakes.length > 0) throw new (require_errors()).ActionError(mistakes);
}
/** Inputs that the chosen target does not read. */
function otherTargets(given) {
	const names = (given.target === "local" ? OF_SELDON : OF_LOCAL).filter((name) => given[name] !== void 0);
	const set = (name, is) => void (is && names.push(name));
	if (given.target === "local") {
		set("allow-exec", given["allow-exec"].length > 0);
		set("protocol", given.protocol !== "seldon");
		set("engine", given.engine !== "auto");
		set("rollback", given.rollback !== "auto");
		set("allow-older", given["allow-older"]);
		set("adopt", given.adopt);
	} else set("outlive-job", given["outlive-job"]);
	const mistakes = names.map((name) => ({
		where: `input "${name}"`,
		expected: `nothing with target: ${given.target}`,
		seen: "a value",
		fix: `It is read with target: ${given.target === "local" ? "seldon" : "local"} only.`
	}));
	if (given.target !== "local") return mistakes;
	if (!["false", "true"].includes(given["dry-run"])) mistakes.push({
		where: `input "dry-run"`,
		expected: "true or false with target: local",
		seen: given["dry-run"],
		fix: "There is no manifest to render or compare."
	});
	if ((given.replicas ?? 1) > 8) mistakes.push({
		where: `input "replicas"`,
		expected: "at most 8 with target: local",
		seen: `${given.replicas}`,
		fix: "Each worker holds the model."
	});
	const { "base-url": base } = given;
	if (base !== void 0 && (base.protocol !== "http:" || !["127.0.0.1", "localhost"].includes(base.hostname) || base.port === "")) mistakes.push({
		where: `input "base-url"`,
		expected: "http://127.0.0.1:<port>",
		seen: require_errors().quote(base.origin),
		fix: "target local listens on loopback only."
	});
	return mistakes;
}
function nameOf(record) {
	const name = record?.model.name;
	if (name !== void 0 && require_names().deploymentName.pattern.test(name)) return name;
	return require_errors().refuse({
		where: `input "name"`,
		expected: require_names().deploymentName.accepts,
		seen: name === void 0 ? "nothing, and no record that names the model" : `the record's ${require_errors().quote(name)}`,
		fix: "Set the input name."
	});
}
async function requirementsText(path, folder, workspace) {
	if (path === void 0) return void 0;
	const content = await workspace.readText(`${folder}/${path}`, { maxBytes: MAX_REQUIREMENTS_BYTES });
	if (content !== void 0) return content.replaceAll("\r\n", "\n");
	return require_errors().refuse({
		where: `input "requirements"`,
		expected: `a file ${require_errors().quote(path)}`,
		seen: "none"
	});
}
async function releaseOf(given, record, folder, run, ports) {
	const { releaseOfCheckout, releaseOfImage } = await Promise.resolve().then(() => require("./chunks/release.cjs"));
	if (given.image !== void 0 || record?.image !== void 0 && given.model === void 0) return await releaseOfImage(record, given.image, given["model-class"], run, ports);
	const modelClass = given["model-class"];
	if (modelClass === void 0) require_errors().refuse({
		where: `input "model-class"`,
		expected: "the class that serves the model, since no image names one",
		seen: "nothing",
		fix: "Set model-class, or hand on the record of build-model-image."
	});
	return await releaseOfCheckout(record, {
		folder,
		model: given.model,
		modelClass
	}, run, ports);
}
const orderOf = (given) => ({
	smoke: given["smoke-request"],
	waitSeconds: given["wait-timeout"],
	port: given["base-url"] && Number(given["base-url"].port),
	outliveJob: given["outlive-job"]
});
async function carryOut(plan, facts, given, run, ports) {
	const nothing = {
		url: facts.state?.status === "running" ? facts.state.url : void 0,
		prediction: void 0,
		failure: void 0
	};
	if (plan.operation === "unchanged") {
		await keepSmoke(given["smoke-request"], run, ports);
		return {
			...plan,
			...nothing,
			how: "done"
		};
	}
	if (given["dry-run"] === "true") return {
		...plan,
		...nothing,
		how: "dry"
	};
	const from = ports.clock.elapsed();
	const { serveLocally, Refused } = await Promise.resolve().then(() => require("./chunks/local-deploy.cjs"));
	try {
		const served = await ports.log.group(`Serving ${facts.called} from ${facts.release.from}`, async () => serveLocally(facts, orderOf(given), ports));
		await keepSmoke(given["smoke-request"], run, ports);
		const took = ((ports.clock.elapsed() - from) / 1e3).toFixed(1);
		ports.log.info(`${facts.called} serves ${facts.deployId.slice(0, 12)} at ${served.url} (${took} s)`);
		if (served.prediction !== void 0) ports.log.info(`It predicted ${served.prediction}`);
		return {
			...plan,
			...served,
			how: "done",
			failure: void 0
		};
	} catch (thrown) {
		if (!(thrown instanceof Refused)) throw thrown;
		return {
			...plan,
			...nothing,
			how: "failed",
			failure: thrown.why
		};
	}
}
/** For the report of this job, which shows a request that is known to work. */
async function keepSmoke(smoke, run, ports) {
	const { body = null, path } = smoke ?? {};
	if (path !== "/api/v1.0/predictions" || body === null || typeof body !== "object") return;
	await require_smoke_request().keepRequest(body, run, ports.workspace).catch((thrown) => ports.log.warning(require_errors().messageOf(thrown)));
}
async function serialised(record) {
	const { serialiseRecord } = await Promise.resolve().then(() => require("./chunks/record.cjs")).then((n) => n.record_exports);
	return serialiseRecord(record);
}
async function addToRecord(done, facts, run, ports) {
	const { record, name, namespace, deployId } = facts;
	if (record === void 0) return "";
	const before = await serialised(record);
	if (done.how !== "done" || done.url === void 0) return before;
	const deployment = {
		target: "local",
		namespace,
		name,
		deployId,
		url: done.url,
		operation: done.operation,
		recordBefore: await require_names().textDigest(before)
	};
	return await require_record().giveRecord({
		...record,
		deployment
	}, run, ports);
}
async function tell(done, facts, given, record) {
	const { codeSpan, escapeText } = await Promise.resolve().then(() => require("./chunks/escape.cjs")).then((n) => n.escape_exports);
	const operation = done.how === "failed" ? "failed" : done.how === "done" || done.operation === "unchanged" ? done.operation : DRY[done.operation];
	const failure = done.failure && failureText(done, facts);
	const annotations = [];
	if (given["smoke-request"] === void 0 && done.how === "done" && done.operation !== "unchanged") annotations.push({
		level: "warning",
		title: `${facts.called}: no prediction was asked for`,
		message: "The model server is up, but nothing proved that it predicts. Give a smoke-request."
	});
	return {
		outputs: {
			operation,
			"prediction-url": done.url ?? "",
			"deploy-id": facts.deployId,
			reason: done.failure ? oneLine(done.failure.message) : done.reason,
			record
		},
		annotations,
		summary: [
			`## Deployment: ${operation} (${escapeText(facts.called)})`,
			"",
			escapeText(done.failure ? `The new version was refused: ${done.failure.message}` : upperFirst(done.reason)) + ".",
			"",
			"| | |",
			"|---|---|",
			`| Prediction URL | ${done.url === void 0 ? "–" : codeSpan(done.url)} |`,
			`| Deploy id | ${codeSpan(facts.deployId)} |`,
			`| From | ${codeSpan(facts.release.from)} |`,
			...done.prediction === void 0 ? [] : [`| It predicted | ${codeSpan(done.prediction)} |`],
			...await curlLines(done, given),
			""
		].join("\n"),
		...failure === void 0 ? {} : { failure }
	};
}
/** What will be done, before it is. */
const DO = {
	created: "create",
	updated: "update",
	unchanged: "unchanged"
};
const DRY = {
	created: "would-create",
	updated: "would-update",
	unchanged: "unchanged"
};
function failureText({ url, failure }, { called }) {
	return `The new version of ${called} was refused. ${url === void 0 ? "Nothing is served under this name." : "The version before goes on serving."}\n${failure.mistakes.map(require_errors().sentence).join("\n")}`;
}
async function curlLines({ url }, given) {
	if (url === void 0) return [];
	const { predictionCurl } = await Promise.resolve().then(() => require("./chunks/curl.cjs"));
	const { codeBlock } = await Promise.resolve().then(() => require("./chunks/escape.cjs")).then((n) => n.escape_exports);
	const body = given["smoke-request"]?.body;
	const curl = predictionCurl(url, body === void 0 ? void 0 : JSON.stringify(body));
	return curl === void 0 ? [] : ["", codeBlock(curl.command, "sh")];
}
const oneLine = (value) => value.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1e3);
const upperFirst = (value) => value.slice(0, 1).toUpperCase() + value.slice(1);
/** Scheme, host and port, and nothing behind them. */
function baseUrl(value) {
	const url = URL.canParse(value) ? new URL(value) : void 0;
	if (url === void 0 || !["http:", "https:"].includes(url.protocol) || url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "") throw new (require_run_action()).Refusal("http(s)://host[:port], without a path");
	return url;
}
// src/adapters/compression.ts
/** gzip, as base64: letters, digits and a few signs, so that it fits wherever a text does. */
function gzipTexts() {
	return {
		pack: async (text) => {
			const { gzip } = await import("node:zlib");
			return await new Promise((resolve, reject) => {
				gzip(text, { level: 9 }, (error, packed) => error ? reject(error) : resolve(packed.toString("base64")));
			});
		},
		unpack: async (packed, { where, maxBytes }) => {
			const { gunzip } = await import("node:zlib");
			return await new Promise((resolve, reject) => {
				gunzip(Buffer.from(packed, "base64"), { maxOutputLength: maxBytes }, (error, text) => {
					if (error === null) resolve(text.toString("utf8"));
					else reject(new (require_errors()).ActionError({
						where,
						expected: `a packed text of at most ${maxBytes} bytes`,
						seen: error.message
					}));
				});
			});
		}
	};
}
// src/domain/kubernetes/kubeconfig.ts
const MAX_BYTES = 1048576;
/** The cloud providers' own plugins. Others are named by the user. */
const KNOWN_PLUGINS = [
	"aws",
	"gke-gcloud-auth-plugin",
	"kubelogin"
];
const FLATTEN = "Make one that holds everything: kubectl config view --raw --flatten --minify.";
/**
* Reads one context of a kubeconfig. What would read another file, run an unnamed program or skip TLS is refused: a kubeconfig
* often comes from a secret that someone else has filled.
* @param options.context another than the current one
* @param options.allowExec names of further plugins that may run
* @throws ActionError with every mistake; no value of the kubeconfig stands in it
*/
async function parseKubeconfig(text, options) {
	const { where } = options;
	const config = await readText(text, where);
	const name = options.context ?? textOf$1(config["current-context"]);
	const contexts = entriesOf(config.contexts, "context");
	if (name === void 0 || name === "" || !contexts.has(name)) require_errors().refuse({
		where: options.context === void 0 ? where : `input "kube-context"`,
		expected: `a context that the kubeconfig has: ${[...contexts.keys()].slice(0, 10).map((each) => require_errors().quote(each, 60)).join(", ") || "none there"}`,
		seen: name === void 0 || name === "" ? "none chosen" : require_errors().quote(name)
	});
	const context = contexts.get(name);
	const cluster = entriesOf(config.clusters, "cluster").get(textOf$1(context.cluster) ?? "");
	const user = entriesOf(config.users, "user").get(textOf$1(context.user) ?? "");
	const mistakes = [];
	const wrong = (field, expected, seen, fix) => {
		mistakes.push({
			where: `${where}, ${field}`,
			expected,
			seen,
			...fix === void 0 ? {} : { fix }
		});
	};
	if (cluster === void 0) wrong("clusters", "the cluster of the context", "none of its name");
	if (user === void 0) wrong("users", "the user of the context", "none of its name");
	if (cluster === void 0 || user === void 0) throw new (require_errors()).ActionError(mistakes);
	const server = serverOf(cluster, wrong);
	if (cluster["insecure-skip-tls-verify"] === true) wrong("insecure-skip-tls-verify", "false", "true", "Put the cluster's certificate-authority-data in its place.");
	if (cluster["proxy-url"] !== void 0) wrong("proxy-url", "none", "one", "Reach the cluster directly.");
	for (const [fields, names] of [[cluster, ["certificate-authority"]], [user, [
		"client-certificate",
		"client-key",
		"tokenFile"
	]]]) for (const field of names) if (fields[field] !== void 0) wrong(field, "data in the kubeconfig itself", "the name of a file", FLATTEN);
	if (user["auth-provider"] !== void 0) wrong("auth-provider", "none: Kubernetes dropped it in 1.26", "one");
	if (user.username !== void 0 || user.password !== void 0) wrong("username", "a token, a certificate or a plugin", "a name and password");
	const plugin = pluginOf(user.exec, options.allowExec, wrong);
	const [certificate, key, ca] = [
		pem(user["client-certificate-data"], "client-certificate-data", wrong),
		pem(user["client-key-data"], "client-key-data", wrong),
		pem(cluster["certificate-authority-data"], "certificate-authority-data", wrong)
	];
	if (certificate === void 0 !== (key === void 0)) wrong("client-certificate-data", "a certificate with its key", "one of the two");
	const token = textOf$1(user.token);
	if (token === void 0 && certificate === void 0 && plugin === void 0) wrong("users", "a token, a certificate with its key, or a plugin", "none of them");
	if (mistakes.length > 0) throw new (require_errors()).ActionError(mistakes);
	return {
		context: name,
		server,
		serverName: textOf$1(cluster["tls-server-name"]),
		ca,
		namespace: textOf$1(context.namespace),
		token,
		certificate,
		key,
		plugin
	};
}
/** YAML, JSON, or either in base64, as secrets often hold it. */
async function readText(text, where) {
	const plain = /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text) ? Buffer.from(text, "base64").toString("utf8") : text;
	let parsed;
	try {
		parsed = await require_yaml().parseYaml(plain, {
			where,
			maxBytes: MAX_BYTES
		});
	} catch {
		return require_errors().refuse({
			where,
			expected: "a kubeconfig: one YAML document without aliases",
			seen: "a text that does not parse (hidden)"
		});
	}
	if (isFields(parsed) && parsed.clusters !== void 0) return parsed;
	return require_errors().refuse({
		where,
		expected: "a kubeconfig with clusters, users and contexts",
		seen: "another document (hidden)"
	});
}
function serverOf(cluster, wrong) {
	const text = textOf$1(cluster.server) ?? "";
	const url = URL.canParse(text) ? new URL(text) : void 0;
	if (url === void 0) wrong("server", "the API server's URL", require_errors().quote(text));
	else if (url.protocol !== "https:") wrong("server", "https", url.protocol.slice(0, -1), "Credentials never travel in plain text.");
	else if (url.username !== "" || url.password !== "") wrong("server", "no name or password in it", "one");
	else return url;
}
function pluginOf(exec, allowed, wrong) {
	if (exec === void 0 || exec === null) return void 0;
	const command = isFields(exec) ? textOf$1(exec.command) : void 0;
	if (!isFields(exec) || command === void 0 || command === "") {
		wrong("exec.command", "the name of a plugin", "none");
		return;
	}
	const name = command.slice(command.lastIndexOf("/") + 1);
	if (![...KNOWN_PLUGINS, ...allowed].includes(name)) {
		wrong("exec.command", `one of ${KNOWN_PLUGINS.join(", ")}, or one named in allow-exec`, require_errors().quote(name), "A kubeconfig can run any program: name it in allow-exec if you trust it.");
		return;
	}
	const env = {};
	for (const each of Array.isArray(exec.env) ? exec.env : []) {
		const variable = isFields(each) ? textOf$1(each.name) : void 0;
		if (isFields(each) && variable !== void 0) env[variable] = textOf$1(each.value) ?? "";
	}
	return {
		command,
		args: (Array.isArray(exec.args) ? exec.args : []).map(String),
		env,
		apiVersion: textOf$1(exec.apiVersion) ?? "client.authentication.k8s.io/v1"
	};
}
function pem(value, field, wrong) {
	if (value === void 0 || value === null) return void 0;
	const text = typeof value === "string" ? Buffer.from(value, "base64").toString("utf8") : "";
	if (text.includes("-----BEGIN ")) return text;
	wrong(field, "PEM in base64", "something else (hidden)");
}
function entriesOf(list, inner) {
	const found = /* @__PURE__ */ new Map();
	for (const each of Array.isArray(list) ? list : []) {
		if (!isFields(each) || typeof each.name !== "string") continue;
		const value = each[inner];
		found.set(each.name, isFields(value) ? value : {});
	}
	return found;
}
const textOf$1 = /* @__PURE__ */ require_rolldown_runtime.__name((value) => typeof value === "string" ? value : void 0, "textOf");
const isFields = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value);
// src/domain/kubernetes/refusal.ts
/** Reads the API server's answer: a Status object, or the plain text that it sends under load. */
function readStatus(code, body) {
	let parsed = null;
	try {
		parsed = JSON.parse(body);
	} catch {}
	const status = fieldsOf(parsed);
	const details = fieldsOf(status.details);
	return {
		code,
		reason: textOf(status.reason),
		message: textOf(status.message) || (Object.keys(status).length === 0 ? body.trim().slice(0, 500) : ""),
		causes: (Array.isArray(details.causes) ? details.causes : []).map((each) => {
			const cause = fieldsOf(each);
			return {
				reason: textOf(cause.reason),
				field: textOf(cause.field),
				message: textOf(cause.message)
			};
		}),
		name: typeof details.name === "string" ? details.name : void 0,
		retryAfterSeconds: typeof details.retryAfterSeconds === "number" ? details.retryAfterSeconds : void 0
	};
}
/** Whether asking again may help. */
const isPassing = ({ code }) => code === 429 || code >= 500;
/** The managers and fields of a conflict of server-side apply; none where it is another conflict. */
function conflictsOf({ code, causes }) {
	if (code !== 409) return [];
	return causes.filter(({ reason }) => reason === "FieldManagerConflict").map(({ field, message }) => ({
		field,
		manager: /conflict with "([^"]*)"/.exec(message)?.[1] ?? message
	}));
}
const RIGHTS = "The Role in docs/deploy-role.yml holds all that is needed.";
/** A refusal in plain words, with what to do. */
function refusalOf(status, asked) {
	const { code, message } = status;
	const where = `${asked.server}, ${asked.method} ${asked.path.replace(/\?.*/, "")}`;
	const seen = `${code}${message === "" ? "" : `: ${require_errors().quote(message, 600)}`}`;
	const mistake = (expected, fix) => ({
		where,
		expected,
		seen,
		...fix === void 0 ? {} : { fix }
	});
	if (code === 401) return new (require_errors()).ActionError(mistake("a credential that the cluster takes", "The token has expired, or is of another cluster: renew the kubeconfig."));
	if (code === 403 && message.includes("exceeded quota")) return new (require_errors()).ActionError(mistake("room in the namespace's quota", "Raise the quota, or remove what is not needed."));
	if (code === 403 && /being terminated/.test(message)) return new (require_errors()).ActionError(mistake("a namespace that stays", "The namespace is being deleted. Wait until it is gone and make it anew, or take another."));
	if (code === 403) return new (require_errors()).ActionError(mistake("the right to do it", RIGHTS));
	if (code === 404 && asked.path.includes("machinelearning.seldon.io") && status.name === void 0) return new (require_errors()).ActionError(mistake("Seldon Core's SeldonDeployment", "Its CRD is not installed in this cluster: install Seldon Core 1.17.1, or set target: local."));
	if (code === 404) return new (require_errors()).ActionError(mistake("what is asked for", "Is the namespace there, and is it the right cluster?"));
	if (code === 422 || code === 400) return new (require_errors()).ActionError(mistake("an object that the cluster takes"));
	const webhook = /failed calling webhook "([^"]*)"/.exec(message)?.[1];
	if (webhook !== void 0) return new (require_errors()).ActionError(mistake(`the admission webhook ${webhook} to answer`, "Its operator is down or not reachable: nothing of this kind can be written until it is back."));
	return new (require_errors()).ActionError(mistake("the cluster to do it"));
}
const fieldsOf = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const textOf = (value) => typeof value === "string" ? value : "";
// src/adapters/kubernetes.ts
const CALL_MS = 15e3;
/** An apply waits for admission webhooks, which may take 30 s by Kubernetes' own limit. */
const WRITE_MS = 35e3;
const PLUGIN_MS = 6e4;
const SILENCE_MS = 1e4;
/** How long a server in trouble is asked again. */
const TROUBLE_MS = 6e4;
const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 5e3;
const MOST_BYTES = 33554432;
const MANAGER = "model-road";
const EARLY_MS = 12e4;
/** What the cloud providers' plugins need of our environment. */
const PLUGIN_ENV = /^(?:PATH|HOME|USER|LANG|TMPDIR|SSL_CERT_(?:FILE|DIR)|(?:AWS|AZURE|AAD|GOOGLE|CLOUDSDK|USE_GKE)_.*|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)$/;
/** API servers by Node's own HTTPS client: a GET and a watch are all that a wait needs, and nothing else is loaded for them. */
function kubernetes(ports, patience = {}) {
	return { connect: async ({ kubeconfig, context, allowExec }) => {
		const { text, where } = await kubeconfigText(kubeconfig, ports);
		const connection = await parseKubeconfig(text, {
			where,
			context,
			allowExec
		});
		if (connection.token !== void 0) ports.log.mask(connection.token);
		if (connection.key !== void 0) ports.log.mask(connection.key);
		return new ApiServer(connection, ports, patience);
	} };
}
async function kubeconfigText(given, { processes, workspace }) {
	if (given !== void 0) return {
		text: given,
		where: `input "kubeconfig"`
	};
	const { KUBECONFIG = "", HOME = "" } = processes.environment();
	const fix = "Set the input kubeconfig to a secret that holds one, or set target: local, which needs no cluster.";
	if (KUBECONFIG.includes(":")) require_errors().refuse({
		where: "KUBECONFIG",
		expected: "one file",
		seen: "several",
		fix: "kubectl config view --raw --flatten makes one of them."
	});
	const path = KUBECONFIG === "" ? `${HOME}/.kube/config` : KUBECONFIG;
	const text = (0, node_path().isAbsolute)(path) ? await workspace.readText(path, { maxBytes: 1048576 }) : void 0;
	if (text !== void 0) return {
		text,
		where: KUBECONFIG === "" ? "~/.kube/config" : "KUBECONFIG"
	};
	return require_errors().refuse({
		where: `input "kubeconfig"`,
		expected: "a kubeconfig, or one in KUBECONFIG or ~/.kube/config",
		seen: "none",
		fix
	});
}
/** A connection that broke, was refused or took too long: asking again may help. */
var Broken = class extends Error {};
var ApiServer = class {
	server;
	context;
	namespace;
	calls = 0;
	#connection;
	#ports;
	#patience;
	#agent;
	#credential;
	constructor(connection, ports, patience) {
		this.#connection = connection;
		this.#ports = ports;
		this.#patience = {
			silenceMs: SILENCE_MS,
			troubleMs: TROUBLE_MS,
			callMs: CALL_MS,
			firstPauseMs: FIRST_PAUSE_MS,
			...patience
		};
		this.server = connection.server.origin;
		this.context = connection.context;
		this.namespace = connection.namespace;
		const { Agent } = process.getBuiltinModule("node:https");
		this.#agent = new Agent({
			keepAlive: true,
			maxSockets: 16
		});
	}
	close() {
		this.#agent.destroy();
	}
	async get(path) {
		const { status, body } = await this.#ask(path);
		if (status === 200) return JSON.parse(body);
		const told = readStatus(status, body);
		if (status === 404 && told.name !== void 0) return void 0;
		throw this.#refusal(told, "GET", path);
	}
	async list(path, options = {}) {
		return (await this.#list(path, options)).items;
	}
	async #list(path, { labels, fields }, signal) {
		const full = query(path, {
			labelSelector: labels,
			fieldSelector: fields
		});
		const { status, body } = await this.#ask(full, signal === void 0 ? {} : { signal });
		if (status !== 200) throw this.#refusal(readStatus(status, body), "GET", path);
		const { items, metadata } = JSON.parse(body);
		return {
			items: items ?? [],
			version: metadata.resourceVersion
		};
	}
	async apply(path, object, { dryRun = false } = {}) {
		const full = query(path, {
			fieldManager: MANAGER,
			fieldValidation: "Strict",
			dryRun: dryRun ? "All" : void 0
		});
		const { status, body } = await this.#ask(full, {
			method: "PATCH",
			type: "application/apply-patch+yaml",
			body: JSON.stringify(object),
			timeoutMs: WRITE_MS
		});
		if (status === 200 || status === 201) return {
			kind: "applied",
			object: JSON.parse(body)
		};
		const told = readStatus(status, body);
		const conflicts = conflictsOf(told);
		if (conflicts.length > 0) return {
			kind: "conflict",
			with: conflicts
		};
		if (status === 409 || status === 404 && told.name !== void 0 && told.reason === "NotFound" && Object.hasOwn(metadataOf(object), "resourceVersion")) return { kind: "stale" };
		throw this.#refusal(told, "PATCH", path);
	}
	async patch(path, operations) {
		const { status, body } = await this.#ask(query(path, { fieldManager: MANAGER }), {
			method: "PATCH",
			type: "application/json-patch+json",
			body: JSON.stringify(operations),
			timeoutMs: WRITE_MS
		});
		if (status === 200) return true;
		const told = readStatus(status, body);
		if (status === 404 || status === 409 || status === 422 && /testing|test operation|missing path|doc is missing/i.test(told.message)) return false;
		throw this.#refusal(told, "PATCH", path);
	}
	async remove(path, uid) {
		const body = JSON.stringify({
			kind: "DeleteOptions",
			apiVersion: "v1",
			propagationPolicy: "Foreground",
			preconditions: { uid }
		});
		const answer = await this.#ask(path, {
			method: "DELETE",
			type: "application/json",
			body,
			timeoutMs: WRITE_MS
		});
		if (answer.status === 200 || answer.status === 202) return true;
		if (answer.status === 404 || answer.status === 409) return false;
		throw this.#refusal(readStatus(answer.status, answer.body), "DELETE", path);
	}
	async logs(namespace, pod, { container, lines, previous }) {
		const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
		const full = query(path, {
			container,
			tailLines: `${lines}`,
			limitBytes: "262144",
			previous: previous ? "true" : void 0
		});
		const { status, body } = await this.#ask(full);
		if (status !== 200) throw this.#refusal(readStatus(status, body), "GET", path);
		return body.split("\n").filter((line, at, all) => line !== "" || at < all.length - 1);
	}
	async through(path, { method, body, timeoutMs, signal }) {
		try {
			const answer = await this.#send(path, {
				method,
				body,
				timeoutMs,
				signal,
				...body === void 0 ? {} : { type: "application/json" }
			});
			const told = answer.status === 403 ? readStatus(403, answer.body) : void 0;
			if (told?.reason === "Forbidden") throw this.#refusal(told, method, path);
			return answer;
		} catch (thrown) {
			if (!(thrown instanceof Broken) || signal.aborted) throw thrown;
			throw new (require_errors()).ActionError({
				where: `${this.server}, ${method} ${path}`,
				expected: "an answer",
				seen: thrown.message
			}, { cause: thrown });
		}
	}
	async follow(path, { signal, labels, fields }, take) {
		const select = {
			...labels === void 0 ? {} : { labels },
			...fields === void 0 ? {} : { fields }
		};
		while (!signal.aborted) {
			const { items, version } = await this.#list(path, select, signal).catch((thrown) => {
				if (signal.aborted) return {
					items: void 0,
					version: ""
				};
				throw thrown;
			});
			if (items === void 0) return;
			const known = new Map(items.map((each) => [each.metadata.uid ?? each.metadata.name, each]));
			take([...known.values()]);
			const from = this.#ports.clock.elapsed();
			await this.#watch(path, select, version, known, signal, take);
			const pause = this.#patience.firstPauseMs - (this.#ports.clock.elapsed() - from);
			if (pause > 0 && !signal.aborted) await this.#ports.clock.sleep(pause, signal).catch(() => void 0);
		}
	}
	/** One watch, until it is cut, too old, unreadable or silent for too long. */
	async #watch(path, { labels, fields }, version, known, signal, take) {
		const ended = new AbortController();
		const both = AbortSignal.any([signal, ended.signal]);
		const full = query(path, {
			watch: "true",
			resourceVersion: version,
			labelSelector: labels,
			fieldSelector: fields,
			timeoutSeconds: "240"
		});
		let timer = setTimeout(() => ended.abort(), this.#patience.silenceMs);
		let rest = "";
		const onText = (text) => {
			if (both.aborted) return;
			clearTimeout(timer);
			timer = setTimeout(() => ended.abort(), this.#patience.silenceMs);
			const lines = (rest + text).split("\n");
			rest = lines.pop() ?? "";
			let changed = false;
			for (const line of lines.filter((each) => each !== "")) {
				const event = parseEvent(line);
				if (event === void 0 || event.type === "ERROR") {
					ended.abort();
					break;
				}
				if (event.type === "BOOKMARK") continue;
				changed = takeEvent(event, known) || changed;
			}
			if (changed) take([...known.values()]);
		};
		try {
			const { status, body } = await this.#send(full, {
				signal: both,
				onText,
				timeoutMs: this.#patience.silenceMs
			});
			if (status === 401 || status === 403) throw this.#refusal(readStatus(status, body), "watch", path);
		} catch (thrown) {
			if (!(thrown instanceof Broken) && !both.aborted) throw thrown;
			this.#ports.log.debug(`watch of ${path}: ${require_errors().messageOf(thrown)}`);
		} finally {
			clearTimeout(timer);
		}
	}
	#refusal(status, method, path) {
		return refusalOf(status, {
			method,
			path,
			server: this.server
		});
	}
	/** One request, repeated while the server is in trouble; a 401 renews the credential once. */
	async #ask(path, options = {}) {
		const until = this.#ports.clock.elapsed() + this.#patience.troubleMs;
		let renewed = false;
		for (let tried = 0;; tried++) {
			let answer;
			let trouble;
			try {
				answer = await this.#send(path, options);
			} catch (thrown) {
				if (!(thrown instanceof Broken) || options.signal?.aborted) throw thrown;
				trouble = thrown;
			}
			if (answer?.status === 401 && this.#connection.plugin !== void 0 && !renewed) {
				renewed = true;
				this.#credential = void 0;
				continue;
			}
			const status = answer === void 0 ? void 0 : readStatus(answer.status, answer.body);
			if (answer !== void 0 && status !== void 0 && !isPassing(status)) return answer;
			const asked = Number(answer?.headers["retry-after"]) || status?.retryAfterSeconds;
			const pause = asked === void 0 ? Math.min(this.#patience.firstPauseMs * 2 ** tried, MOST_PAUSE_MS) : asked * 1e3;
			if (this.#ports.clock.elapsed() + pause >= until) {
				if (answer !== void 0) return answer;
				throw new (require_errors()).ActionError({
					where: this.server,
					expected: "the cluster's API server to answer",
					seen: trouble.message,
					fix: "Is it the right kubeconfig, and does the runner reach the cluster?"
				}, { cause: trouble });
			}
			this.#ports.log.debug(`${path}: ${status === void 0 ? trouble.message : status.code}; again in ${pause} ms`);
			await this.#ports.clock.sleep(pause, options.signal);
		}
	}
	async #send(path, { method = "GET", body, type, timeoutMs = this.#patience.callMs, signal, onText }) {
		const { server, ca, serverName, token: own, certificate: ownCertificate, key: ownKey } = this.#connection;
		const given = await this.#credentials();
		const token = given?.token ?? own;
		const [cert, key] = [given?.certificate ?? ownCertificate, given?.key ?? ownKey];
		const { request } = process.getBuiltinModule("node:https");
		this.calls++;
		return await new Promise((resolve, reject) => {
			const base = server.pathname.replace(/\/+$/, "");
			const sent = request({
				host: server.hostname.replace(/^\[|\]$/g, ""),
				port: server.port === "" ? 443 : Number(server.port),
				path: base + path,
				method,
				agent: this.#agent,
				...ca === void 0 ? {} : { ca },
				...serverName === void 0 ? {} : { servername: serverName },
				...cert === void 0 ? {} : {
					cert,
					key
				},
				headers: {
					accept: "application/json",
					"user-agent": MANAGER,
					...token === void 0 ? {} : { authorization: `Bearer ${token}` },
					...type === void 0 ? {} : { "content-type": type },
					...body === void 0 ? {} : { "content-length": String(Buffer.byteLength(body)) }
				},
				...signal === void 0 ? {} : { signal }
			});
			const broken = (why) => {
				clearTimeout(timer);
				sent.destroy();
				reject(new Broken(why));
			};
			const timer = setTimeout(() => broken(`no answer within ${timeoutMs / 1e3} s`), timeoutMs);
			sent.once("error", (cause) => {
				if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_/.test(cause.code ?? "")) {
					clearTimeout(timer);
					reject(new (require_errors()).ActionError({
						where: this.server,
						expected: "a server certificate that certificate-authority-data vouches for",
						seen: cause.code
					}, { cause }));
				} else broken(cause.code ?? require_errors().messageOf(cause));
			});
			sent.once("response", (answer) => {
				const headers = {};
				for (const [name, value] of Object.entries(answer.headers)) if (value !== void 0) headers[name] = String(value);
				const status = answer.statusCode ?? 0;
				const chunks = [];
				let bytes = 0;
				const decoder = new TextDecoder();
				answer.on("data", (chunk) => {
					if (onText !== void 0 && status === 200) {
						clearTimeout(timer);
						onText(decoder.decode(chunk, { stream: true }));
						return;
					}
					bytes += chunk.length;
					if (bytes > MOST_BYTES) broken(`an answer of over ${MOST_BYTES} bytes`);
					else chunks.push(chunk);
				});
				answer.once("error", (cause) => broken(cause.code ?? require_errors().messageOf(cause)));
				answer.once("close", () => {
					clearTimeout(timer);
					if (answer.complete) resolve({
						status,
						headers,
						body: Buffer.concat(chunks).toString("utf8")
					});
					else reject(new Broken("the answer was cut off"));
				});
			});
			sent.end(body);
		});
	}
	/** Of the plugin, renewed two minutes before it ends. */
	async #credentials() {
		const { plugin } = this.#connection;
		if (plugin === void 0) return void 0;
		const held = await this.#credential;
		if (held !== void 0 && this.#ports.clock.now() < held.until - EARLY_MS) return held;
		this.#credential = runPlugin(plugin, this.#connection, this.#ports);
		return await this.#credential;
	}
};
async function runPlugin(plugin, { server, ca }, { processes, workspace, run, log }) {
	const where = `the plugin ${plugin.command.slice(plugin.command.lastIndexOf("/") + 1)}`;
	const found = (0, node_path().isAbsolute)(plugin.command) ? plugin.command : plugin.command.includes("/") ? void 0 : await processes.find(plugin.command);
	const real = found === void 0 ? void 0 : await workspace.realPath(found);
	if (found === void 0 || real === void 0) return require_errors().refuse({
		where,
		expected: "a program in PATH",
		seen: "none",
		fix: "Install it in a step before this one."
	});
	for (const path of [found, real]) {
		const below = (0, node_path().relative)(run.workspace, path);
		if (!below.startsWith("..") && !(0, node_path().isAbsolute)(below)) require_errors().refuse({
			where,
			expected: "a program outside the checkout",
			seen: "one in it",
			fix: "What a repository holds must not act with the cluster's credential."
		});
	}
	const env = {};
	for (const [name, value] of Object.entries(processes.environment())) if (PLUGIN_ENV.test(name)) env[name] = value;
	env.KUBERNETES_EXEC_INFO = JSON.stringify({
		apiVersion: plugin.apiVersion,
		kind: "ExecCredential",
		spec: {
			interactive: false,
			cluster: {
				server: server.href,
				...ca === void 0 ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") }
			}
		}
	});
	const done = await processes.run({
		command: found,
		args: plugin.args,
		env: {
			...env,
			...plugin.env
		}
	}, { timeoutMs: PLUGIN_MS });
	if (done.code !== 0) require_errors().refuse({
		where,
		expected: "a credential",
		seen: `exit code ${done.code}: ${require_errors().quote(done.stderr.trim().split("\n").at(-1) ?? "", 300)}`
	});
	const status = credentialOf(done.stdout);
	if (status?.token === void 0 && status?.clientCertificateData === void 0) return require_errors().refuse({
		where,
		expected: "an ExecCredential with a token or a certificate",
		seen: "another answer (hidden)"
	});
	if (status.token !== void 0) log.mask(status.token);
	if (status.clientKeyData !== void 0) log.mask(status.clientKeyData);
	const until = status.expirationTimestamp === void 0 ? Number.POSITIVE_INFINITY : Date.parse(status.expirationTimestamp);
	return {
		...status.token === void 0 ? {} : { token: status.token },
		...status.clientCertificateData === void 0 ? {} : { certificate: status.clientCertificateData },
		...status.clientKeyData === void 0 ? {} : { key: status.clientKeyData },
		until: Number.isNaN(until) ? Number.POSITIVE_INFINITY : until
	};
}
function credentialOf(text) {
	try {
		return JSON.parse(text)?.status;
	} catch {
		return;
	}
}
function parseEvent(line) {
	try {
		const event = JSON.parse(line);
		return typeof event.type === "string" && event.object !== void 0 ? event : void 0;
	} catch {
		return;
	}
}
/** @returns whether anything is new: an event older than what is known is not */
function takeEvent({ type, object }, known) {
	const key = object.metadata.uid ?? object.metadata.name;
	if (type === "DELETED") return known.delete(key);
	const before = known.get(key)?.metadata.resourceVersion;
	if (before !== void 0 && Number(object.metadata.resourceVersion) <= Number(before)) return false;
	known.set(key, object);
	return true;
}
function query(path, values) {
	const given = Object.entries(values).filter((each) => each[1] !== void 0);
	return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}
const metadataOf = (object) => object.metadata ?? {};
// src/main/seldon-deploy.ts
require_run_action().runAction(seldonDeploy, ({ inputs, run, log, signal }) => {
	const token = inputs["github-token"];
	const registry = require_registry().openRegistry({
		log,
		githubToken: token,
		actor: run.actor
	});
	const [processes, locks] = [require_process().localProcesses({ signal }), require_lock().fileLocks()];
	const [clock, workspace] = [require_clock().systemClock(), require_workspace().localWorkspace(run)];
	return {
		log,
		signal,
		clock,
		workspace,
		processes,
		compression: gzipTexts(),
		kubernetes: kubernetes({
			log,
			clock,
			processes,
			workspace,
			run
		}),
		archives: require_archive().tarArchives(),
		github: require_github().githubRest({
			run,
			token
		}),
		images: require_registry().imageStores({
			layout: require_registry().openLayout,
			registry
		}),
		http: require_python().httpClient(),
		pythons: require_python().pythons({
			processes,
			locks
		}),
		serving: require_serving().localServing({
			processes,
			locks
		})
	};
});
exports.API_VERSION = API_VERSION;
exports.API_VERSIONS = API_VERSIONS;
exports.BUILT_IN = BUILT_IN;
exports.KIND = KIND;
exports.PREPACKAGED = PREPACKAGED;
exports.asJson = asJson;
exports.buildSpec = buildSpec;
exports.predictionPath = predictionPath;
exports.resourceOf = resourceOf;
exports.serverOfFlavor = serverOfFlavor;
exports.withoutExecutor = withoutExecutor;
