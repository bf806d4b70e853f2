require("./chunks/rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_base_url;
const require_base_url = () => kept_require_base_url ??= require("./chunks/base-url.cjs");
let kept_require_cluster_inputs;
const require_cluster_inputs = () => kept_require_cluster_inputs ??= require("./chunks/cluster-inputs.cjs");
let kept_require_request_headers;
const require_request_headers = () => kept_require_request_headers ??= require("./chunks/request-headers.cjs");
let kept_require_http;
const require_http = () => kept_require_http ??= require("./chunks/http.cjs");
let kept_require_registry;
const require_registry = () => kept_require_registry ??= require("./chunks/registry.cjs");
let kept_require_kubernetes;
const require_kubernetes = () => kept_require_kubernetes ??= require("./chunks/kubernetes.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
// src/actions/check.ts
const SECRET = {
	pattern: require_house().deploymentName.pattern,
	accepts: "a Secret's name"
};
/** Looks at all that a deploy will need, in seconds, before hours of training. */
const check = {
	id: "check",
	inputs: {
		namespace: require_house().text({
			description: "Where it will be deployed. Left out, the kubeconfig's own, else `default`.",
			...require_house().namespaceName
		}),
		image: require_house().parsed({
			description: "The repository that images will be pushed to. Left out, the registry is not looked at.",
			accepts: "`host/path/name`",
			parse: async (value) => (await Promise.resolve().then(() => require("./chunks/reference.cjs")).then((n) => n.reference_exports)).parseReference(value, "image")
		}),
		"registry-username": require_house().text({ description: "Logs in to the image's registry. Left out, docker's own login, or for ghcr.io the job's token." }),
		"registry-password": require_house().text({
			description: "The password, or a token of the registry.",
			secret: true
		}),
		"image-pull-secret": require_house().text({
			description: "The Secret by which the cluster's nodes will pull the image.",
			...SECRET
		}),
		"model-uri": require_house().text({
			description: "Where the model will lie, for Seldon's prepackaged servers: `s3://…`, `gs://…`, `pvc://…`.",
			pattern: /^[a-z0-9]{1,20}:\/\/[!-~]{1,1000}$/,
			accepts: "a URI"
		}),
		"storage-secret": require_house().text({
			description: "The Secret with rclone's settings for that store.",
			...SECRET
		}),
		"base-url": require_house().parsed({
			description: "Scheme, host and port of the gateway. Left out, predictions go through the API server's proxy.",
			accepts: "a URL without a path",
			parse: require_base_url().baseUrl
		}),
		"request-headers": require_house().parsed({
			description: "Headers that the gateway asks for: `Authorization: Bearer …`.",
			accepts: "`Name: value`, one a line",
			secret: true,
			parse: require_request_headers().requestHeaders
		}),
		ca: require_house().text({ description: "PEM of the authority that vouches for the gateway's certificate." }),
		"on-problem": require_house().oneOf$1(["fail", "report"], {
			description: "Whether a problem makes the step red, or is told by `ready` alone.",
			default: "fail"
		}),
		...require_cluster_inputs().clusterInputs,
		"github-token": require_house().text({
			description: "Logs in to ghcr.io where nothing else does; needs `packages: write`.",
			expression: "${{ github.token }}",
			secret: true
		})
	},
	outputs: {
		ready: "`true` when no problem was found, else `false`",
		problems: "How many problems were found",
		"operator-version": "Of Seldon's operator; empty where it could not be told",
		"kubernetes-version": "Of the cluster",
		report: "Every line as JSON: what, state (ok, problem, unknown), seen, fix"
	},
	run: async (given, _run, ports) => {
		const { lookAtAll } = await Promise.resolve().then(() => require("./chunks/check-lines.cjs"));
		const { checkTable, checkText } = await Promise.resolve().then(() => require("./chunks/line.cjs"));
		const from = ports.clock.elapsed();
		const { lines, called, operatorVersion, kubernetesVersion } = await lookAtAll(given, ports);
		for (const line of lines) ports.log.info(checkText(line));
		const problems = lines.filter(({ state }) => state === "problem");
		ports.log.info(`Looked at in ${((ports.clock.elapsed() - from) / 1e3).toFixed(1)} s`);
		const failure = problems.map(({ what, seen, fix }) => `${what}: ${seen}. ${fix ?? ""}`.trimEnd()).join("\n");
		return {
			outputs: {
				ready: String(problems.length === 0),
				problems: String(problems.length),
				"operator-version": operatorVersion ?? "",
				"kubernetes-version": kubernetesVersion ?? "",
				report: JSON.stringify(lines)
			},
			summary: checkTable(lines, called),
			...problems.length === 0 ? {} : given["on-problem"] === "fail" ? { failure } : { annotations: [{
				level: "warning",
				title: "Not ready to deploy",
				message: failure
			}] }
		};
	}
};
// src/main/check.ts
require_house().runAction(check, ({ inputs, run, log, signal }) => {
	const [processes, clock, workspace] = [
		require_process().localProcesses({ signal }),
		require_house().systemClock(),
		require_house().localWorkspace(run)
	];
	const login = {
		username: inputs["registry-username"],
		password: inputs["registry-password"],
		image: inputs.image?.kind === "registry" ? inputs.image : void 0
	};
	const registry = require_registry().openRegistry({
		log,
		githubToken: inputs["github-token"],
		actor: run.actor,
		login
	});
	return {
		log,
		clock,
		signal,
		http: require_http().httpClient(),
		images: require_registry().imageStores({
			layout: require_registry().openLayout,
			registry
		}),
		kubernetes: require_kubernetes().kubernetes({
			log,
			clock,
			processes,
			workspace,
			run
		}, {
			troubleMs: 5e3,
			callMs: 1e4
		})
	};
});
