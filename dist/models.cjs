require("./chunks/rolldown-runtime.cjs");
const require_names = () => require("./chunks/names.cjs");
const require_house = () => require("./chunks/house.cjs");
const require_targets = () => require("./chunks/targets.cjs");
const require_kubernetes = () => require("./chunks/kubernetes.cjs");
const require_lock = () => require("./chunks/lock.cjs");
const require_process = () => require("./chunks/process.cjs");
const require_serving = () => require("./chunks/serving.cjs");
/** Lists, finds and ends what is served. */
const models = {
	id: "models",
	inputs: {
		command: require_house().oneOf$1([
			"list",
			"get-url",
			"delete"
		], {
			description: "`list` tells what is served, `get-url` where one deployment answers, `delete` ends and forgets it.",
			default: "list"
		}),
		target: require_house().oneOf$1(require_targets().TARGETS, {
			description: "Where it is served. `seldon` is a cluster, `local` this machine; the others need a later version of these actions.",
			default: "seldon"
		}),
		name: require_house().text({
			description: "The deployment. get-url and delete need it.",
			...require_names().deploymentName
		}),
		namespace: require_house().text({
			description: "Its namespace. Left out, `list` tells all, and the others mean `default`.",
			...require_names().namespaceName
		}),
		kubeconfig: require_house().text({
			description: "Target seldon: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
			secret: true
		}),
		"kube-context": require_house().text({ description: "Target seldon: the kubeconfig's context. Left out, its current one." }),
		"allow-exec": require_house().lines({ description: "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin." }),
		"base-url": require_house().parsed({
			description: "Target seldon: scheme, host and port of the gateway, for the URLs. Left out, the API server's proxy.",
			accepts: "a URL without a path",
			parse: require_targets().baseUrl
		})
	},
	outputs: {
		models: "What is served, as a JSON list: namespace, name, url, status, deployId, replicas, since; for target local modelClass and restarts, for target seldon predictors, ours (made by these actions) and proven (has answered)",
		"prediction-url": "Where the deployment answers; empty for `list`",
		operation: "`listed`, `found`, `deleted`, or `absent` when there was nothing to delete"
	},
	run: async (given, _run, ports) => {
		refuseInputs(given);
		if (given.target === "seldon") {
			const { manageInCluster } = await Promise.resolve().then(() => require("./chunks/cluster-models.cjs"));
			return await manageInCluster(given, ports);
		}
		const { serving, log } = ports;
		const { namespace = "default", name = "" } = given;
		switch (given.command) {
			case "list": return tellList((await serving.list()).filter((each) => matches(each, given)));
			case "get-url": {
				const state = await serving.state(namespace, name);
				if (state?.status !== "running") require_house().refuse({
					where: `${namespace}/${name}`,
					expected: "a deployment that serves",
					seen: state === void 0 ? "none" : `one that is ${state.status}`,
					fix: "The command list tells what there is; seldon-deploy serves it."
				});
				log.info(state.url);
				return { outputs: {
					models: asJson([state]),
					"prediction-url": state.url,
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
		}
	}
};
function refuseInputs(given) {
	const { target, command, name } = given;
	const mistakes = [];
	if (target !== "local" && target !== "seldon") mistakes.push({
		where: `input "target"`,
		expected: "seldon or local, the targets of this version",
		seen: target
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
			fix: "It is read with target: seldon only."
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
	const [processes, clock] = [require_process().localProcesses({ signal }), require_house().systemClock()];
	return {
		log,
		clock,
		signal,
		serving: require_serving().localServing({
			processes,
			locks: require_lock().fileLocks()
		}),
		kubernetes: require_kubernetes().kubernetes({
			log,
			clock,
			processes,
			workspace: require_house().localWorkspace(run),
			run
		})
	};
});
