require("./chunks/rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_base_url;
const require_base_url = () => kept_require_base_url ??= require("./chunks/base-url.cjs");
let kept_require_cluster_inputs;
const require_cluster_inputs = () => kept_require_cluster_inputs ??= require("./chunks/cluster-inputs.cjs");
let kept_require_targets;
const require_targets = () => kept_require_targets ??= require("./chunks/targets.cjs");
let kept_require_compression;
const require_compression = () => kept_require_compression ??= require("./chunks/compression.cjs");
let kept_require_kubernetes;
const require_kubernetes = () => kept_require_kubernetes ??= require("./chunks/kubernetes.cjs");
let kept_require_lock;
const require_lock = () => kept_require_lock ??= require("./chunks/lock.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_require_serving;
const require_serving = () => kept_require_serving ??= require("./chunks/serving.cjs");
/** Lists, finds and ends what is served. */
const models = {
	id: "models",
	inputs: {
		command: require_house().oneOf$1([
			"list",
			"describe",
			"get-url",
			"logs",
			"start",
			"stop",
			"delete"
		], {
			description: "`list` tells what is served, also what others have made; `describe` all of one deployment, with its release record; `get-url` where it answers; `logs` what its pods say; `stop` takes its pods away and `start` brings them back; `delete` ends and forgets it.",
			default: "list"
		}),
		target: require_house().oneOf$1(require_targets().TARGETS, {
			description: "What it is served as: `seldon` a SeldonDeployment, `kubernetes` plain objects, `helm` a release of a chart, `local` a process of this machine.",
			default: "seldon"
		}),
		name: require_house().text({
			description: "The deployment. All but list need it.",
			...require_house().deploymentName
		}),
		namespace: require_house().text({
			description: "Its namespace. Left out, `list` tells all (the kubeconfig's own where the right to see all is missing), and the others mean `default`.",
			...require_house().namespaceName
		}),
		...require_cluster_inputs().clusterInputs,
		"base-url": require_house().parsed({
			description: "Target seldon: scheme, host and port of the gateway, for the URLs. Left out, the API server's proxy.",
			accepts: "a URL without a path",
			parse: require_base_url().baseUrl
		}),
		container: require_house().text({
			description: "Of `logs`: which container. Left out, the pod's first, the model's own.",
			pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
			accepts: "a container's name"
		}),
		lines: require_house().integer({
			description: "Of `logs`: so many of the last lines.",
			default: "100",
			least: 1,
			most: 1e5
		}),
		previous: require_house().flag({
			description: "Of `logs`: those of the container's run before, after it fell over.",
			default: "false"
		}),
		follow: require_house().parsed({
			description: "Of `logs`: how long new lines are told, as they come. Left out, what is there.",
			accepts: "`90s`, `5m`, `1h`",
			parse: async (value) => await require_house().seconds({
				description: "",
				default: "1s",
				most: 21600
			}).parse(value)
		}),
		"wait-timeout": require_house().seconds({
			description: "Of `start`, `stop` and `delete`: how long it may take.",
			default: "120s",
			most: 3600
		})
	},
	outputs: {
		models: "What is served, as a JSON list: namespace, name, url, status, deployId, replicas, since; for target local modelClass and restarts, for target helm revision, for target seldon predictors, for all but local ours (made by these actions) and proven (has answered), and for `describe` also pods and ZenML's fields (MODEL_NAME, MODEL_URI, PIPELINE_…, STATUS, UUID)",
		"prediction-url": "Where the deployment answers; empty for `list`",
		record: "Of `describe`: the release record that the deployment was made from; empty where it keeps none",
		operation: "`listed`, `found`, `started`, `stopped`, `unchanged`, `deleted`, or `absent` when there was nothing to delete"
	},
	run: async (given, run, ports) => {
		refuseInputs(given);
		if (given.target === "seldon") {
			const { manageInCluster } = await Promise.resolve().then(() => require("./chunks/cluster-models.cjs"));
			return await manageInCluster({
				...given,
				follow: given.follow ?? 0
			}, run.serverUrl, ports);
		}
		if (given.target !== "local") {
			const { manageReleases } = await Promise.resolve().then(() => require("./chunks/release-models.cjs"));
			return await manageReleases({
				...given,
				target: given.target
			}, ports);
		}
		const { serving, log } = ports;
		const { namespace = "default", name = "" } = given;
		switch (given.command) {
			case "list": return tellList((await serving.list()).filter((each) => matches(each, given)));
			case "describe":
			case "get-url": {
				const state = await serving.state(namespace, name);
				if (state?.status !== "running") require_house().refuse({
					where: `${namespace}/${name}`,
					expected: "a deployment that serves",
					seen: state === void 0 ? "none" : `one that is ${state.status}`,
					fix: "The command list tells what there is; seldon-deploy serves it."
				});
				log.info(state.url);
				const record = given.command === "describe" ? state.record ?? "" : "";
				return { outputs: {
					models: asJson([state]),
					"prediction-url": state.url,
					record,
					operation: "found"
				} };
			}
			case "delete": {
				const there = await serving.remove(namespace, name);
				log.info(`${namespace}/${name}: ${there ? "ended and forgotten" : "nothing was served under this name"}`);
				return { outputs: {
					models: "[]",
					operation: there ? "deleted" : "absent"
				} };
			}
			case "logs":
			case "start":
			case "stop": return { outputs: {} };
		}
	}
};
function refuseInputs(given) {
	const { target, command, name } = given;
	const mistakes = [];
	if (target !== "seldon" && [
		"logs",
		"start",
		"stop"
	].includes(command)) {
		const fix = target === "local" ? "A local deployment is started by seldon-deploy and ended by delete; its log is the job's own." : "That is for SeldonDeployments; kubectl and helm do it for what they made.";
		mistakes.push({
			where: `input "command"`,
			expected: "list, describe, get-url or delete",
			seen: command,
			fix
		});
	}
	if (given.previous && given.follow !== void 0) mistakes.push({
		where: `input "follow"`,
		expected: "nothing with previous: true",
		seen: "a time"
	});
	const ofSeldon = [
		"kubeconfig",
		"kube-context",
		"base-url"
	].filter((each) => given[each] !== void 0);
	for (const each of [...ofSeldon, ...given["allow-exec"].length > 0 ? ["allow-exec"] : []]) {
		if (target !== "local") break;
		mistakes.push({
			where: `input "${each}"`,
			expected: "nothing with target: local",
			seen: "a value",
			fix: "It is read where a cluster is asked."
		});
	}
	if (command !== "list" && name === void 0) mistakes.push({
		where: `input "name"`,
		expected: `a deployment's name for ${command}`,
		seen: "nothing"
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
}
const matches = (state, { namespace, name }) => (namespace === void 0 || state.namespace === namespace) && (name === void 0 || state.name === name);
/** Without the record: an output is one environment variable of the step that takes it. */
const asJson = (states) => JSON.stringify(states.map(({ namespace, name, url, status, deployId, modelClass, replicas, since, restarts }) => ({
	namespace,
	name,
	url,
	status,
	deployId,
	modelClass,
	replicas,
	since,
	restarts
})));
async function tellList(states) {
	const { codeSpan, escapeCell } = await Promise.resolve().then(() => require("./chunks/house.cjs")).then((n) => n.escape_exports);
	const rows = states.map(({ namespace, name, status, deployId, url }) => `| ${escapeCell(`${namespace}/${name}`)} | ${status} | ${codeSpan(deployId?.slice(0, 12) ?? "")} | ${codeSpan(url)} |`);
	const summary = rows.length === 0 ? "Nothing is served on this machine.\n" : [
		"| Deployment | Status | Deploy id | Prediction URL |",
		"|---|---|---|---|",
		...rows,
		""
	].join("\n");
	return {
		outputs: {
			models: asJson(states),
			operation: "listed"
		},
		summary
	};
}
// src/main/models.ts
require_house().runAction(models, ({ run, log, signal }) => {
	const [processes, clock, workspace] = [
		require_process().localProcesses({ signal }),
		require_house().systemClock(),
		require_house().localWorkspace(run)
	];
	return {
		log,
		processes,
		workspace,
		clock,
		signal,
		compression: require_compression().gzipTexts(),
		serving: require_serving().localServing({
			processes,
			locks: require_lock().fileLocks()
		}),
		kubernetes: require_kubernetes().kubernetes({
			log,
			clock,
			processes,
			workspace,
			run
		})
	};
});
