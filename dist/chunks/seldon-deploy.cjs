require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
let kept_require_targets;
const require_targets = () => kept_require_targets ??= require("./targets.cjs");
let kept_require_base_url;
const require_base_url = () => kept_require_base_url ??= require("./base-url.cjs");
let kept_require_permitted;
const require_permitted = () => kept_require_permitted ??= require("./permitted.cjs");
// src/domain/rollout/steps.ts
/** How a new version takes over: at once, or first beside the one that serves, with a share of the traffic. */
const STRATEGIES = [
	"rolling",
	"canary",
	"abtest"
];
/** Of a canary and of an A/B test. */
const STEPS = [
	"start",
	"finish",
	"abort"
];
// src/actions/delivery-inputs.ts
/** How a deploy is told to GitHub. */
const deploymentInputs = {
	environment: require_house().text({
		description: "The GitHub environment under which the deployment is told: `staging`, `production`. Left out, the namespace. Previews are told under `preview`, all of them.",
		pattern: /^[^\u0000-\u001f\u007f]{1,255}$/,
		accepts: "a name of at most 255 characters"
	}),
	"github-deployment": require_house().oneOf$1([
		"auto",
		"true",
		"false"
	], {
		description: "Tell GitHub of the deployment, with the release record as payload, by which `baseline: live` finds what serves. `auto` leaves it out where the job's own `environment:` makes one, and where `deployments: write` is missing.",
		default: "auto"
	})
};
/** Deploys of a pull request. */
const previewInputs = {
	preview: require_house().oneOf$1(["auto", "false"], {
		description: "`auto` deploys a pull request's model as a preview: under a name of its own, in this namespace, until the pull request is closed. Runs on branches and tags deploy as ever.",
		default: "false"
	}),
	"preview-of": require_house().text({
		description: "With `preview: auto` in a run that is no pull request's own, such as the trusted half of the fork-safe pair: pull request and head commit, `12@<sha>`, that someone has approved. They are compared with what GitHub says.",
		pattern: /^[1-9]\d{0,9}@[0-9a-f]{40}$/,
		accepts: "`<number>@<commit>`"
	}),
	"preview-label": require_house().text({
		description: "The label that asks for a preview. It counts for the commit on which it was set (event `pull_request`, type `labeled`). Left out, every push of a pull request from this repository is previewed.",
		pattern: /^[^\u0000-\u001f\u007f]{1,50}$/,
		accepts: "a label's name"
	}),
	"preview-ttl": require_house().seconds({
		description: "How long a preview stays although its pull request is open. Each deploy of it starts anew.",
		default: "168h",
		most: 31622400
	})
};
// src/actions/graph-inputs.ts
const graphInputs = {
	graph: require_house().text({
		description: "Target seldon: several nodes in one deployment, as YAML: a node has `name`, `type` (`model`, `router`, `combiner`, `transformer`, `output-transformer`, `outlier-detector`, `abtest`), `image` or `implementation` and `model-uri`, `parameters`, `env`, `ratio`, and `children`.",
		accepts: "YAML: a node with its children"
	}),
	images: require_house().lines({ description: "With graph, the images of nodes that name none, one `<node>: <image>` a line. In place of an image a record, in any form of the input record, whose image is taken." })
};
/** What a graph leaves no place for: each node says it by itself. */
const BESIDE_A_GRAPH = [
	"manifest",
	"image",
	"implementation",
	"model-uri",
	"parameters"
];
// src/actions/helm-inputs.ts
/** What only target helm reads. */
const helmInputs = {
	chart: require_house().text({
		description: "Target helm: a chart's folder or archive, relative to the repository; `oci://…`; or one of Seldon's own: `seldon-single-model`, `seldon-abtest`, `seldon-mab`.",
		accepts: "a chart"
	}),
	"chart-version": require_house().text({
		description: "Target helm: the version of a chart that is not of this repository.",
		pattern: /^[A-Za-z0-9][A-Za-z0-9.+_-]{0,127}$/,
		accepts: "a version"
	}),
	values: require_house().text({ description: "Target helm: the chart's values as YAML. `{image}` stands for the image; `{image-name}` and `{image-version}` for its two halves, where a chart writes a colon between them." }),
	"values-files": require_house().lines({ description: "Target helm: files of values, relative to the repository, one per line." }),
	"set-strings": require_house().lines({ description: "Target helm: single values as `key=text`, one per line; `{image}` as above." })
};
/** Those of them without a default. */
const OF_HELM = [
	"chart",
	"chart-version",
	"values"
];
/** Inputs that a chart has no place for: they are its values. */
const NOT_OF_HELM = [
	"model-uri",
	"implementation",
	"parameters",
	"replicas",
	"resources",
	"env",
	"annotations",
	"service-account",
	"storage-secret",
	"image-pull-secret",
	"manifest",
	"graph",
	"autoscale",
	"contract",
	"storage-credentials",
	"registry-credentials",
	"traffic"
];
// src/domain/kubernetes/workload.ts
const SERVICE_TYPES = [
	"ClusterIP",
	"NodePort",
	"LoadBalancer"
];
/**
* The objects that serve one image on plain Kubernetes. The replicas are left out where an autoscaler decides, so that an
* apply does not scale back what it has scaled out.
*/
function buildWorkload(order) {
	const { name, namespace, autoscale } = order;
	const labels = { "app.kubernetes.io/name": name };
	const metadata = {
		name,
		namespace,
		labels
	};
	const documents = [{
		apiVersion: "v1",
		kind: "Service",
		metadata,
		spec: {
			type: order.serviceType,
			selector: labels,
			ports: [{
				name: "http",
				port: order.servicePort,
				targetPort: "http"
			}]
		}
	}, {
		apiVersion: "apps/v1",
		kind: "Deployment",
		metadata,
		spec: {
			...autoscale === void 0 ? { replicas: order.replicas } : {},
			progressDeadlineSeconds: order.progressDeadlineSeconds,
			selector: { matchLabels: labels },
			strategy: {
				type: "RollingUpdate",
				rollingUpdate: {
					maxSurge: 1,
					maxUnavailable: 0
				}
			},
			template: {
				metadata: { labels },
				spec: podSpec(order)
			}
		}
	}];
	if (autoscale !== void 0) {
		const { metricsv2, ...bounds } = require_manifest().hpaSpecOf(autoscale);
		const scaleTargetRef = {
			apiVersion: "apps/v1",
			kind: "Deployment",
			name
		};
		documents.push({
			apiVersion: "autoscaling/v2",
			kind: "HorizontalPodAutoscaler",
			metadata,
			spec: {
				scaleTargetRef,
				...bounds,
				metrics: metricsv2
			}
		});
	}
	return documents;
}
function podSpec(order) {
	const { readinessPath, serviceAccount, imagePullSecret, resources } = order;
	const env = Object.entries(order.env).map(([name, value]) => ({
		name,
		value
	}));
	const asked = readinessPath === void 0 ? { tcpSocket: { port: "http" } } : { httpGet: {
		path: readinessPath,
		port: "http"
	} };
	return {
		containers: [{
			name: order.name,
			image: order.image,
			imagePullPolicy: "IfNotPresent",
			ports: [{
				name: "http",
				containerPort: order.port
			}],
			...env.length === 0 ? {} : { env },
			...resources === void 0 ? {} : { resources },
			readinessProbe: {
				...asked,
				initialDelaySeconds: 1,
				periodSeconds: 1,
				timeoutSeconds: 2,
				failureThreshold: 3
			},
			lifecycle: { preStop: { exec: { command: [
				"/bin/sh",
				"-c",
				"sleep 3"
			] } } }
		}],
		...serviceAccount === void 0 ? { automountServiceAccountToken: false } : { serviceAccountName: serviceAccount },
		...imagePullSecret === void 0 ? {} : { imagePullSecrets: [{ name: imagePullSecret }] },
		terminationGracePeriodSeconds: 20
	};
}
// src/actions/workload-inputs.ts
const RULE = "Target kubernetes: lines such as `Rollout: status.phase == Healthy`, for kinds that have a controller of their own.";
/** What only target kubernetes reads. */
const workloadInputs = {
	manifests: require_house().text({
		description: "Target kubernetes: a file of Kubernetes objects, relative to the repository, in place of the Deployment and Service that would be made. `image` is put where its repository stands, or into `container`.",
		pattern: /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/,
		accepts: "a path below the repository"
	}),
	container: require_house().text({
		description: "Target kubernetes: the container of the manifests that gets the image.",
		pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
		accepts: "a container's name"
	}),
	port: require_house().integer({
		description: "Target kubernetes: where the container listens.",
		least: 1,
		most: 65535,
		default: "5000"
	}),
	"service-port": require_house().integer({
		description: "Target kubernetes: where its Service listens.",
		least: 1,
		most: 65535,
		default: "80"
	}),
	"service-type": require_house().oneOf$1(SERVICE_TYPES, {
		description: "Target kubernetes: how the Service is reached. A LoadBalancer's own address is waited for and asked.",
		default: "ClusterIP"
	}),
	"readiness-path": require_house().text({
		description: "Target kubernetes: what the container answers with 200 once its model is loaded. Left out, the open port must do.",
		pattern: /^\/(?!\/)[!-~]*$/,
		accepts: "a path that starts with one /"
	}),
	"success-conditions": require_house().parsed({
		description: `${RULE} All that are about a kind must hold.`,
		accepts: "lines of `Kind: path == value`",
		parse: async (value) => (await Promise.resolve().then(() => require("./condition-rule.cjs")).then((n) => n.condition_rule_exports)).parseConditionRules(value, "success-conditions")
	}),
	"failure-conditions": require_house().parsed({
		description: `${RULE} One that holds ends the wait.`,
		accepts: "lines of `Kind: path == value`",
		parse: async (value) => (await Promise.resolve().then(() => require("./condition-rule.cjs")).then((n) => n.condition_rule_exports)).parseConditionRules(value, "failure-conditions")
	})
};
/** Those of them that mean nothing elsewhere; the others have defaults. */
const OF_KUBERNETES = [
	"manifests",
	"container",
	"readiness-path",
	"success-conditions",
	"failure-conditions"
];
/** Inputs of target seldon that plain objects have no place for. */
const NOT_OF_KUBERNETES = [
	"model-uri",
	"implementation",
	"parameters",
	"annotations",
	"storage-secret",
	"manifest",
	"graph",
	"contract",
	"storage-credentials",
	"registry-credentials",
	"traffic"
];
// src/actions/deploy-inputs.ts
const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;
/** Of a Secret or ServiceAccount: RFC 1123, dots allowed. */
const OBJECT_NAME = {
	pattern: /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/,
	accepts: "lower-case letters, digits, - and ."
};
const deployInputs = {
	record: require_house().recordInput,
	name: require_house().text({
		description: "The deployment's name, which its URL holds. Left out, the manifest's, or the model's name in the record.",
		...require_house().deploymentName
	}),
	namespace: require_house().text({
		description: "The namespace, which the URL holds.",
		default: "default",
		...require_house().namespaceName
	}),
	target: require_house().oneOf$1(require_targets().TARGETS, {
		description: "Where to serve. `seldon` is a SeldonDeployment in a cluster, `kubernetes` a Deployment and Service or objects of your own, `helm` a chart, `local` a process on this machine's loopback.",
		default: "seldon"
	}),
	strategy: require_house().oneOf$1(STRATEGIES, {
		description: "Target seldon: how a new version takes over. `rolling`: at once. `canary` and `abtest`: beside the one that serves, with a share of the traffic, until a step ends it.",
		default: "rolling"
	}),
	"smoke-request": require_house().parsed({
		description: "A request that the new version must answer: `body`, and if need be `path` and `expect` with `status`, `shape`, `values` and `tolerance`. Without `expect` the answer must hold a prediction for each row that was sent.",
		accepts: "YAML: `{path, body, expect}`",
		parse: async (value) => (await Promise.resolve().then(() => require("./smoke.cjs")).then((n) => n.smoke_exports)).parseSmokeRequest(value)
	}),
	kubeconfig: require_house().text({
		description: "Target seldon: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
		secret: true
	}),
	"wait-timeout": require_house().seconds({
		description: "How long a new version may take to answer. After that it is ended, and the one before goes on serving.",
		default: "5m",
		most: 3600
	}),
	"require-gate": require_house().flag({
		description: "Refuse to work unless the record's gate is passed. `false` deploys without one.",
		default: "true"
	}),
	image: require_house().parsed({
		description: "The image to serve, as build-model-image made it. Left out, the image of the record; without one, for target local the checkout and `model`.",
		accepts: "an image's name, or for target local `oci:<folder>`",
		parse: async (value) => (await Promise.resolve().then(() => require("./reference.cjs")).then((n) => n.reference_exports)).parseReference(value, "image")
	}),
	"model-uri": require_house().text({
		description: "Target seldon: where the model lies, for a prepackaged server or mounted at /mnt/models beside an image: `s3://…`, `gs://…`, `pvc://…`.",
		pattern: /^[a-z][a-z0-9+.-]*:[!-~]+$/,
		accepts: "a URI"
	}),
	implementation: require_house().text({
		description: "Target seldon: Seldon's prepackaged server, such as `SKLEARN_SERVER`. Left out with a model-uri and no image, the one of the record's flavor.",
		pattern: /^[A-Z][A-Z0-9_]*$/,
		accepts: "a server's name in capitals"
	}),
	parameters: require_house().parsed({
		description: "Target seldon: what the server or class is started with, as `name: value`.",
		accepts: "YAML: names and values",
		parse: async (value) => (await Promise.resolve().then(() => require("./manifest3.cjs")).then((n) => n.given_exports)).parseParameters(value)
	}),
	replicas: require_house().integer({
		description: "How many servers answer requests: pods, or for target local workers (at most 8). Left out, 1, or what the manifest says.",
		least: 1,
		most: 1e3
	}),
	autoscale: require_house().parsed({
		description: "Target seldon: in place of replicas, how many pods there may be and the load by which they are added: percent of the cpu or memory that `resources` asks for.",
		accepts: "`1..5 cpu=70`",
		parse: async (value) => {
			const autoscale = (await Promise.resolve().then(() => require("./manifest3.cjs")).then((n) => n.autoscale_exports)).parseAutoscale(value);
			if (autoscale === void 0) throw new (require_house()).Refusal("<least>..<most>, then cpu=<percent> or memory=<percent>");
			return autoscale;
		}
	}),
	resources: require_house().parsed({
		description: "Target seldon: what the model's container asks for and may take.",
		accepts: "YAML: `{requests, limits}`",
		parse: async (value) => (await Promise.resolve().then(() => require("./manifest3.cjs")).then((n) => n.given_exports)).parseResources(value)
	}),
	env: require_house().parsed({
		description: "Target seldon: variables of the model's container. No secrets: everyone who may read the object reads them.",
		accepts: "YAML: names and values",
		parse: async (value) => (await Promise.resolve().then(() => require("./manifest3.cjs")).then((n) => n.given_exports)).parseTexts(value)
	}),
	annotations: require_house().parsed({
		description: "Target seldon: annotations of the spec, such as `seldon.io/rest-timeout`. They reach the pods, so a change restarts them.",
		accepts: "YAML: names and values",
		parse: async (value) => (await Promise.resolve().then(() => require("./manifest3.cjs")).then((n) => n.given_exports)).parseTexts(value)
	}),
	"service-account": require_house().text({
		description: "Target seldon: the pods' ServiceAccount.",
		...OBJECT_NAME
	}),
	"storage-secret": require_house().text({
		description: "Target seldon: the Secret with rclone's keys (`RCLONE_CONFIG_…`), for a model-uri that needs them.",
		...OBJECT_NAME
	}),
	"image-pull-secret": require_house().text({
		description: "Target seldon: the Secret by which the image is pulled.",
		...OBJECT_NAME
	}),
	"storage-credentials": require_house().parsed({
		description: "Target seldon: in place of storage-secret, what opens the model's store: `s3` with `access-key-id`, `secret-access-key` and, if need be, `session-token`, `region`, `endpoint`, `provider`; `gs` with `service-account` (its JSON); or `azureblob` with `account` and `key`, or `sas-url`. A Secret `<name>-storage` is made of it, which goes with the deployment.",
		accepts: "YAML: `{s3: {…}}`, `{gs: {…}}` or `{azureblob: {…}}`",
		secret: true,
		parse: async (value) => (await Promise.resolve().then(() => require("./secrets.cjs"))).parseStorageCredentials(value)
	}),
	"registry-credentials": require_house().parsed({
		description: "Target seldon: in place of image-pull-secret, what the cluster pulls the image with. A Secret `<name>-registry` is made of it, which goes with the deployment. A job's own token will not do: it ends with the job, and nodes pull later.",
		accepts: "YAML: `{username, password}`",
		secret: true,
		parse: async (value) => (await Promise.resolve().then(() => require("./secrets.cjs"))).parseRegistryCredentials(value)
	}),
	protocol: require_house().oneOf$1(require_manifest().PROTOCOLS, {
		description: "Target seldon: how the server is asked.",
		default: "seldon"
	}),
	engine: require_house().oneOf$1(require_manifest().ENGINES, {
		description: "Target seldon: whether Seldon's executor stands before the model. Without it a new version is ready in seconds and no connection is refused; `auto` leaves it out for an image of your own.",
		default: "auto"
	}),
	manifest: require_house().text({
		description: "Target seldon: a file with one SeldonDeployment, relative to the repository, in place of the one that would be built. `image` and `replicas` are put in where they are given.",
		pattern: RELATIVE,
		accepts: "a path below the repository"
	}),
	...graphInputs,
	contract: require_house().text({
		description: "Target seldon: a `contract.json` as Seldon's testers read it, relative to the repository: the new version is asked batches made up from it, and its answers are checked against the targets.",
		pattern: RELATIVE,
		accepts: "a path below the repository"
	}),
	"create-namespace": require_house().flag({
		description: "Target seldon: make the namespace where there is none, labelled as made by these actions.",
		default: "false"
	}),
	"kube-context": require_house().text({ description: "Target seldon: the kubeconfig's context. Left out, its current one." }),
	"allow-exec": require_house().lines({ description: "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin." }),
	"base-url": require_house().parsed({
		description: "Scheme, host and port before the deployment's path. Target seldon: the gateway's; left out, the API server's proxy is asked. Target local: `http://127.0.0.1:<port>`; left out, the port that was used before, or a free one.",
		accepts: "a URL without a path",
		parse: require_base_url().baseUrl
	}),
	step: require_house().oneOf$1(STEPS, {
		description: "With strategy canary or abtest: `start` puts the new version beside the one that serves, `finish` gives it all traffic, `abort` removes it.",
		default: "start"
	}),
	traffic: require_house().integer({
		description: "With strategy canary or abtest: percent of the traffic for the new version. Left out, 10 for a canary and 50 for abtest.",
		least: 1,
		most: 99
	}),
	gateway: require_house().parsed({
		description: "Target seldon: by what traffic comes into the cluster. `auto` finds the routes that Seldon makes; `istio` and `ambassador` also look up the address for prediction-url, in the Service of their own installation or in the one named (`istio:<namespace>/<service>`); `none` leaves it unproven that traffic is shared as asked.",
		accepts: "`auto`, `istio`, `ambassador` or `none`",
		default: "auto",
		parse: async (value) => {
			const choice = (await Promise.resolve().then(() => require("./gateway.cjs")).then((n) => n.gateway_exports)).parseGateway(value);
			if (choice === void 0) throw new (require_house()).Refusal("auto, istio, ambassador or none; or istio:<namespace>/<service>");
			return choice;
		}
	}),
	"request-headers": require_house().parsed({
		description: "Target seldon: headers that the gateway asks for, one `Name: value` a line. Use a secret for what is one.",
		accepts: "lines of `Name: value`",
		secret: true,
		parse: async (value) => (await Promise.resolve().then(() => require("./request-headers.cjs")).then((n) => n.request_headers_exports)).requestHeaders(value)
	}),
	ca: require_house().text({
		description: "Target seldon: PEM of the authority that the gateway's certificate comes from, where Node does not know it.",
		pattern: /^\s*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/,
		accepts: "a certificate as PEM"
	}),
	"dry-run": require_house().oneOf$1([
		"false",
		"true",
		"client",
		"server",
		"diff"
	], {
		description: "Change nothing. `client` renders the manifest and asks no cluster, `diff` tells what would change, `server` has the cluster check it too; `true` is `server`. Target local knows `true` only.",
		default: "false"
	}),
	rollback: require_house().oneOf$1(["auto", "none"], {
		description: "Target seldon: what becomes of a new version that fails. `auto` puts back the last one that was proven, and removes a first one again.",
		default: "auto"
	}),
	"allow-older": require_house().flag({
		description: "Target seldon: deploy although a newer commit serves already.",
		default: "false"
	}),
	adopt: require_house().flag({
		description: "Target seldon: take over a SeldonDeployment that these actions have not made.",
		default: "false"
	}),
	model: require_house().text({
		description: "Target local: the model's file or folder, relative to the repository, to serve it with the checkout's code and without an image.",
		pattern: /^[^\u0000-\u001f\u007f\\]+$/,
		accepts: "a path"
	}),
	"model-class": require_house().text({
		description: "Target local: the class that serves the model. Left out, the one that the image names.",
		...require_house().modelClassName
	}),
	requirements: require_house().text({
		description: "Target local: a requirements file, relative to the working directory, for a Python environment that is made once and kept. Left out, the Python in PATH serves. Either must have seldon-core 1.17.1.",
		pattern: RELATIVE,
		accepts: "a path below the working directory"
	}),
	"outlive-job": require_house().flag({
		description: "Target local: keep serving after the job, on a runner of your own. Otherwise the runner ends what is served with the job.",
		default: "false"
	}),
	"working-directory": require_house().text({
		description: "Target local: where the code lies, relative to the repository. Left out, the repository itself.",
		pattern: RELATIVE,
		accepts: "a path below the repository"
	}),
	...previewInputs,
	...deploymentInputs,
	"github-token": require_house().text({
		description: "Fetches the record or the model's artifact, tells whether a commit is newer than the one that serves, tells the deployment, and opens ghcr.io where docker is not logged in.",
		expression: "${{ github.token }}",
		secret: true
	}),
	...workloadInputs,
	...helmInputs
};
/** Each is read for one target only: an input that would do nothing is refused. */
const OF_SELDON = [
	"kubeconfig",
	"kube-context",
	"model-uri",
	"implementation",
	"parameters",
	"autoscale",
	"contract",
	"resources",
	"env",
	"annotations",
	"service-account",
	"storage-secret",
	"image-pull-secret",
	"storage-credentials",
	"registry-credentials",
	"manifest",
	"graph",
	"traffic",
	"request-headers",
	"ca"
];
const OF_LOCAL = [
	"model",
	"model-class",
	"requirements",
	"working-directory"
];
/** What of the inputs does not fit together, every mistake at once. @throws ActionError */
function refuseInputs(given, run) {
	const mistakes = [];
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
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
}
/** Inputs that are read by other targets only, and have no default. */
const ELSEWHERE = {
	seldon: [
		...OF_LOCAL,
		...OF_KUBERNETES,
		...OF_HELM
	],
	kubernetes: [
		...OF_LOCAL,
		...NOT_OF_KUBERNETES,
		...OF_HELM
	],
	helm: [
		...OF_LOCAL,
		...NOT_OF_HELM,
		"manifests",
		"container",
		"readiness-path"
	],
	local: [
		...OF_SELDON,
		...OF_KUBERNETES,
		...OF_HELM
	]
};
/** Inputs that the chosen target does not read. */
function otherTargets(given) {
	const names = ELSEWHERE[given.target].filter((name) => given[name] !== void 0);
	const set = (name, is) => void (is && names.push(name));
	set("images", given.target !== "seldon" && given.images.length > 0);
	if (given.target === "local") {
		set("allow-exec", given["allow-exec"].length > 0);
		set("protocol", given.protocol !== "seldon");
		set("engine", given.engine !== "auto");
		set("rollback", given.rollback !== "auto");
		set("allow-older", given["allow-older"]);
		set("adopt", given.adopt);
		set("create-namespace", given["create-namespace"]);
		set("strategy", given.strategy !== "rolling");
		set("step", given.step !== "start");
		set("gateway", given.gateway !== void 0 && given.gateway.kind !== "auto");
	} else set("outlive-job", given["outlive-job"]);
	if (given.target === "kubernetes" || given.target === "helm") {
		set("protocol", given.protocol !== "seldon");
		set("engine", given.engine !== "auto");
		set("strategy", given.strategy !== "rolling");
		set("step", given.step !== "start");
		set("gateway", given.gateway !== void 0 && given.gateway.kind !== "auto");
	}
	if (given.target !== "helm") {
		set("values-files", given["values-files"].length > 0);
		set("set-strings", given["set-strings"].length > 0);
	}
	const mistakes = names.map((name) => ({
		where: `input "${name}"`,
		expected: `nothing with target: ${given.target}`,
		seen: "a value",
		fix: "Another target reads it. Leave it out, or change the target."
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
		seen: require_house().quote(base.origin),
		fix: "target local listens on loopback only."
	});
	return mistakes;
}
/** Serves a model, and is green only when the new version has answered. One that does not never gets traffic. */
const seldonDeploy = {
	id: "seldon-deploy",
	inputs: deployInputs,
	outputs: {
		operation: "`created`, `updated` or `unchanged`; `failed` when the new version was refused; `would-create`, `would-update` or `rendered` of a dry run; of a preview also `skipped`, and `removed` when its pull request was closed meanwhile",
		"prediction-url": "Where predictions are answered; empty where nothing is served",
		"grpc-endpoint": "Target seldon: `host:port` for gRPC, behind a gateway with the headers `seldon` and `namespace`; without one the name inside the cluster",
		"docs-url": "Target seldon: the page on which Seldon's executor documents the deployment; empty without the executor, which the summary says",
		"deploy-id": "40 hex digits over all that makes this version: the rendered spec, or for target local model, code, class and requirements",
		"rolled-back": "`true` when the new version failed and the one before was put back and answers",
		manifest: "The SeldonDeployment as JSON, of `dry-run: client`; else empty",
		reason: "Why it was done or not, in one sentence",
		record: "The release record with the section `deployment`; empty without a record"
	},
	run: async (given, run, ports) => {
		refuseInputs(given, run);
		const folder = `${run.workspace}/${given["working-directory"] ?? ""}`;
		if (given.target === "local") await require_permitted().permit("try", run, ports, folder);
		if (given.preview === "false") return await deployTold(given, run, ports);
		const { deployPreview } = await Promise.resolve().then(() => require("./preview.cjs"));
		return await deployPreview(given, run, ports, async (asked, preview) => deployTold(asked, run, ports, preview));
	}
};
const unheard = async () => Promise.resolve();
async function deployTold(given, run, ports, preview) {
	if (given.target !== "local" && given["dry-run"] === "false" && preview === void 0) await require_permitted().permit("deploy", run, ports);
	if (given["github-deployment"] === "false" || given["github-token"] === void 0 || given["dry-run"] !== "false") return await deploy(given, run, ports, unheard, preview);
	const { tellGitHub } = await Promise.resolve().then(() => require("./github-deployment.cjs")).then((n) => n.github_deployment_exports);
	return await tellGitHub(given, preview, run, ports, async (announce) => deploy(given, run, ports, announce, preview));
}
/** @param announce called once what will be served is known, before anything is changed */
async function deploy(given, run, ports, announce, preview) {
	if (given.target === "seldon") {
		const { refuseForCluster } = await Promise.resolve().then(() => require("./cluster-refusals.cjs"));
		const mistakes = refuseForCluster(given);
		if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
		const { deployToCluster } = await Promise.resolve().then(() => require("./cluster-deploy.cjs"));
		const { namespace = "default", gateway = {
			kind: "auto",
			service: void 0
		} } = given;
		return await deployToCluster({
			...given,
			namespace,
			gateway,
			announce,
			marks: preview?.marks
		}, run, ports);
	}
	if (given.target === "kubernetes") {
		const { deployWorkload } = await Promise.resolve().then(() => require("./workload-deploy.cjs"));
		return await deployWorkload({
			...workloadOrder(given),
			announce
		}, run, ports);
	}
	if (given.target === "helm") {
		const { deployChart } = await Promise.resolve().then(() => require("./helm-deploy.cjs"));
		return await deployChart({
			...given,
			namespace: given.namespace,
			rules: rulesOf(given),
			announce
		}, run, ports);
	}
	const { deployLocally } = await Promise.resolve().then(() => require("./local-target.cjs"));
	return await deployLocally(given, run, ports, announce);
}
const rulesOf = (given) => ({
	success: given["success-conditions"] ?? [],
	failure: given["failure-conditions"] ?? []
});
const workloadOrder = (given) => ({
	...given,
	rules: rulesOf(given),
	namespace: given.namespace,
	port: given.port,
	"service-port": given["service-port"]
});
Object.defineProperty(exports, "BESIDE_A_GRAPH", {
	enumerable: true,
	get: function() {
		return BESIDE_A_GRAPH;
	}
});
Object.defineProperty(exports, "buildWorkload", {
	enumerable: true,
	get: function() {
		return buildWorkload;
	}
});
Object.defineProperty(exports, "seldonDeploy", {
	enumerable: true,
	get: function() {
		return seldonDeploy;
	}
});
