require("./rolldown-runtime.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_cluster_proof;
const require_cluster_proof = () => kept_require_cluster_proof ??= require("./cluster-proof.cjs");
// src/actions/cluster-models.ts
const RESOURCES = "/apis/machinelearning.seldon.io/v1/seldondeployments";
/** Lists, tells and ends SeldonDeployments, theirs and ours. @throws ActionError */
async function manageInCluster(asked, serverUrl, ports) {
	const cluster = await ports.kubernetes.connect({
		kubeconfig: asked.kubeconfig,
		context: asked["kube-context"],
		allowExec: asked["allow-exec"]
	});
	try {
		const { namespace = "default", name = "", command } = asked;
		const place = {
			cluster,
			namespace,
			name
		};
		const waitMs = asked["wait-timeout"] * 1e3;
		switch (command) {
			case "list": return await tellList(await listAll(cluster, asked, ports.log), cluster, asked["base-url"]);
			case "describe": {
				const found = await foundAt(place);
				const told = tellOne(found, cluster, asked["base-url"]);
				const { describeInCluster } = await Promise.resolve().then(() => require("./cluster-describe.cjs"));
				return await describeInCluster(place, found, told, serverUrl, ports);
			}
			case "logs": {
				const { logsInCluster } = await Promise.resolve().then(() => require("./cluster-describe.cjs"));
				const { container, lines = 100, previous, follow } = asked;
				return await logsInCluster(place, {
					container,
					lines,
					previous,
					followMs: follow * 1e3
				}, ports);
			}
			case "start": return await (await Promise.resolve().then(() => require("./cluster-scale.cjs"))).startInCluster(place, waitMs, ports);
			case "stop": return await (await Promise.resolve().then(() => require("./cluster-scale.cjs"))).stopInCluster(place, waitMs, ports);
			case "get-url": {
				const told = tellOne(await foundAt(place), cluster, asked["base-url"]);
				if (told.status !== "Available") require_house().refuse({
					where: `${namespace}/${name}`,
					expected: "a deployment that serves",
					seen: `one that is ${told.status}`
				});
				ports.log.info(told.url);
				return { outputs: {
					models: JSON.stringify([told]),
					"prediction-url": told.url,
					operation: "found"
				} };
			}
			case "delete": return await remove(place, waitMs, ports);
		}
	} finally {
		cluster.close();
	}
}
async function foundAt({ cluster, namespace, name }) {
	const found = await cluster.get(require_paths().pathOf("SeldonDeployment", namespace, name));
	if (found !== void 0) return found;
	return require_house().refuse({
		where: `${namespace}/${name}`,
		expected: "a SeldonDeployment",
		seen: "none",
		fix: "The command list tells what there is."
	});
}
/** Of one namespace, or of all; where that needs a right that is missing, of the kubeconfig's own namespace. */
async function listAll(cluster, { namespace, name }, log) {
	const of = async (path) => (await cluster.list(path)).filter(({ metadata }) => name === void 0 || metadata.name === name);
	if (namespace !== void 0) return await of(require_paths().pathOf("SeldonDeployment", namespace));
	try {
		return await of(RESOURCES);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError) || !thrown.mistakes[0].seen.startsWith("403")) throw thrown;
		const own = cluster.namespace ?? "default";
		log.warning(`There is no right to list all namespaces: only ${own} is told. The input namespace names another.`);
		return await of(require_paths().pathOf("SeldonDeployment", own));
	}
}
function tellOne(sdep, cluster, base) {
	const { name, namespace = "", labels = {}, annotations = {}, creationTimestamp, deletionTimestamp } = sdep.metadata;
	const deployId = annotations[require_release().SPEC_ID_ANNOTATION];
	return {
		namespace,
		name,
		url: require_cluster_proof().addressesOf({
			cluster,
			namespace,
			name
		}, sdep.spec, base, sdep).prediction,
		status: deletionTimestamp !== void 0 ? "Deleting" : annotations["model-road/stopped"] === void 0 ? sdep.status?.state ?? "unknown" : "Stopped",
		...deployId === void 0 ? {} : { deployId },
		/** Whether these actions have made it, and whether this very version was proven to answer. */
		ours: labels[require_release().MANAGED_BY] === require_release().MANAGER,
		proven: deployId !== void 0 && annotations["model-road/proven"] === deployId,
		predictors: sdep.spec.predictors.map((each) => each.name),
		replicas: sdep.spec.predictors.reduce((sum, each) => sum + (each.replicas ?? sdep.spec.replicas ?? 1), 0),
		since: creationTimestamp ?? ""
	};
}
async function tellList(all, cluster, base) {
	const { codeSpan, escapeCell } = await Promise.resolve().then(() => require("./house.cjs")).then((n) => n.escape_exports);
	const told = all.map((each) => tellOne(each, cluster, base));
	const row = ({ namespace, name, status, deployId = "", proven, url }) => `| ${escapeCell(`${namespace}/${name}`)} | ${escapeCell(status)} | ${codeSpan(deployId.slice(0, 12))} | ${proven ? "yes" : "no"} | ${codeSpan(url)} |`;
	const summary = told.length === 0 ? "There are no SeldonDeployments.\n" : [
		"| Deployment | Status | Deploy id | Proven | Prediction URL |",
		"|---|---|---|---|---|",
		...told.map(row),
		""
	].join("\n");
	return {
		outputs: {
			models: JSON.stringify(told),
			operation: "listed"
		},
		summary
	};
}
async function remove({ cluster, namespace, name }, waitMs, { log, clock, signal }) {
	const path = require_paths().pathOf("SeldonDeployment", namespace, name);
	const uid = (await cluster.get(path))?.metadata.uid;
	const there = uid !== void 0 && await cluster.remove(path, uid);
	if (there) await untilGone(cluster, path, uid, waitMs, {
		clock,
		signal
	});
	log.info(`${namespace}/${name}: ${there ? "deleted, with all that belongs to it" : "there was none"}`);
	return { outputs: {
		models: "[]",
		operation: there ? "deleted" : "absent"
	} };
}
async function untilGone(cluster, path, uid, waitMs, { clock, signal }) {
	const deadline = clock.elapsed() + waitMs;
	while ((await cluster.get(path))?.metadata.uid === uid) {
		if (clock.elapsed() > deadline) require_house().refuse({
			where: path,
			expected: `to be gone within ${waitMs / 1e3} s`,
			seen: "it is still being deleted",
			fix: "Its pods may take longer to end: look again later."
		});
		await clock.sleep(1e3, signal);
	}
}
exports.manageInCluster = manageInCluster;
exports.untilGone = untilGone;
