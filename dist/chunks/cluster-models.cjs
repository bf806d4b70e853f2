require("./rolldown-runtime.cjs");
const require_paths = () => require("./paths.cjs");
const require_cluster_proof = () => require("./cluster-proof.cjs");
const require_house = () => require("./house.cjs");
// src/actions/cluster-models.ts
/** Pods get 20 s to end by Seldon's own setting, and what waits for them a little more. */
const REMOVAL_MS = 12e4;
/** Lists, finds and ends SeldonDeployments. @throws ActionError */
async function manageInCluster(asked, ports) {
	const cluster = await ports.kubernetes.connect({
		kubeconfig: asked.kubeconfig,
		context: asked["kube-context"],
		allowExec: asked["allow-exec"]
	});
	try {
		const { namespace = "default", name = "", command } = asked;
		switch (command) {
			case "list": return await tellList(await listAll(cluster, asked), cluster, asked["base-url"]);
			case "get-url": {
				const found = await cluster.get(require_paths().pathOf("SeldonDeployment", namespace, name));
				if (found === void 0) require_house().refuse({
					where: `${namespace}/${name}`,
					expected: "a SeldonDeployment",
					seen: "none",
					fix: "The command list tells what there is."
				});
				const told = tellOne(found, cluster, asked["base-url"]);
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
			case "delete": return await remove(cluster, namespace, name, ports);
		}
	} finally {
		cluster.close();
	}
}
async function listAll(cluster, { namespace, name }) {
	const path = namespace === void 0 ? "/apis/machinelearning.seldon.io/v1/seldondeployments" : require_paths().pathOf("SeldonDeployment", namespace);
	return (await cluster.list(path)).filter(({ metadata }) => name === void 0 || metadata.name === name);
}
function tellOne(sdep, cluster, base) {
	const { name, namespace = "", labels = {}, annotations = {}, creationTimestamp, deletionTimestamp } = sdep.metadata;
	const deployId = annotations[require_cluster_proof().SPEC_ID_ANNOTATION];
	return {
		namespace,
		name,
		url: require_cluster_proof().clusterUrl({
			cluster,
			namespace,
			name
		}, sdep.spec, base, sdep),
		status: deletionTimestamp === void 0 ? sdep.status?.state ?? "unknown" : "Deleting",
		...deployId === void 0 ? {} : { deployId },
		/** Whether these actions have made it, and whether this very version was proven to answer. */
		ours: labels[require_cluster_proof().MANAGED_BY] === require_cluster_proof().MANAGER,
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
async function remove(cluster, namespace, name, { log, clock, signal }) {
	const path = require_paths().pathOf("SeldonDeployment", namespace, name);
	const uid = (await cluster.get(path))?.metadata.uid;
	const there = uid !== void 0 && await cluster.remove(path, uid);
	if (there) await untilGone(cluster, path, uid, {
		clock,
		signal
	});
	log.info(`${namespace}/${name}: ${there ? "deleted, with all that belongs to it" : "there was none"}`);
	return { outputs: {
		models: "[]",
		operation: there ? "deleted" : "absent"
	} };
}
async function untilGone(cluster, path, uid, { clock, signal }) {
	const deadline = clock.elapsed() + REMOVAL_MS;
	while ((await cluster.get(path))?.metadata.uid === uid) {
		if (clock.elapsed() > deadline) require_house().refuse({
			where: path,
			expected: `to be gone within ${REMOVAL_MS / 1e3} s`,
			seen: "it is still being deleted",
			fix: "Its pods may take longer to end: look again later."
		});
		await clock.sleep(1e3, signal);
	}
}
exports.manageInCluster = manageInCluster;
