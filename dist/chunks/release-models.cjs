require("./rolldown-runtime.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_workload_proof;
const require_workload_proof = () => kept_require_workload_proof ??= require("./workload-proof.cjs");
let kept_require_chart;
const require_chart = () => kept_require_chart ??= require("./chart.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_resource;
const require_resource = () => kept_require_resource ??= require("./resource.cjs");
let kept_require_cluster_describe;
const require_cluster_describe = () => kept_require_cluster_describe ??= require("./cluster-describe.cjs");
let kept_require_cluster_models;
const require_cluster_models = () => kept_require_cluster_models ??= require("./cluster-models.cjs");
let kept_require_cluster_proof;
const require_cluster_proof = () => kept_require_cluster_proof ??= require("./cluster-proof.cjs");
let kept_require_asking;
const require_asking = () => kept_require_asking ??= require("./asking.cjs");
let kept_require_workload_place;
const require_workload_place = () => kept_require_workload_place ??= require("./workload-place.cjs");
// src/domain/kubernetes/served-release.ts
/** Those of ours among the ConfigMaps of a cluster. */
function workloadReleases(configMaps) {
	return configMaps.flatMap((holder) => {
		const { name: called, namespace = "", labels = {}, annotations = {}, ...metadata } = holder.metadata;
		const name = labels[require_documents().RELEASE_LABEL];
		if (name === void 0 || called !== require_workload_proof().anchorName(name)) return [];
		const deployId = annotations[require_release().SPEC_ID_ANNOTATION];
		return [{
			namespace,
			name,
			holder,
			deployId,
			proven: deployId !== void 0 && annotations["model-road/proven"] === deployId,
			since: metadata.creationTimestamp ?? "",
			status: metadata.deletionTimestamp === void 0 ? void 0 : "Deleting",
			revision: void 0
		}];
	});
}
/** Those of ours among helm's releases: the revision that serves, or the latest where none does. */
function chartReleases(secrets) {
	return [...Map.groupBy(secrets, ({ metadata }) => `${metadata.namespace}/${metadata.labels?.name}`).values()].flatMap((all) => {
		const revisions = require_chart().revisionsOf(all);
		const standing = require_chart().standingOf(revisions);
		const revision = standing.kind === "ready" ? standing.live : revisions[0];
		if (revision === void 0 || !require_chart().isOurs(revision)) return [];
		const holder = all.find(({ metadata }) => metadata.name === revision.secret);
		return [{
			namespace: holder.metadata.namespace ?? "",
			name: revision.labels.name ?? "",
			holder,
			deployId: revision.labels[require_chart().CHART_LABELS.deployId],
			proven: require_chart().isProven(revision),
			since: revision.createdAt,
			status: standing.kind === "ready" ? void 0 : revision.status,
			revision: revision.version
		}];
	});
}
/** Whether the Deployments of a release are there: `Available`, `Creating`, or `Applied` where it has none. */
function stateOf(release, deployments) {
	if (release.status !== void 0) return release.status;
	const own = deployments.filter(({ metadata }) => metadata.namespace === release.namespace && metadata.labels?.["model-road/release"] === release.name);
	if (own.length === 0) return "Applied";
	return own.every(require_release().rolledOut) ? "Available" : "Creating";
}
/** The packed release record that helm's Secret keeps of a revision. */
const packedRecord = ({ holder }) => holder.metadata.annotations?.[require_release().RELEASE_ANNOTATION];
/** What helm has applied, packed: its Secret holds it as base64 of the base64 that it is. */
function packedChart({ holder }) {
	const { data } = holder;
	return typeof data?.release === "string" ? Buffer.from(data.release, "base64").toString("utf8") : void 0;
}
// src/actions/release-models.ts
const MAX_BYTES = 4194304;
/** Where each target keeps its releases, and how those of ours are told. */
const KEPT = {
	kubernetes: {
		plural: "configmaps",
		labels: `${require_release().MANAGED_BY}=${require_release().MANAGER},${require_documents().RELEASE_LABEL}`,
		read: workloadReleases
	},
	helm: {
		plural: "secrets",
		labels: `owner=helm,${require_chart().CHART_LABELS.deployId}`,
		read: chartReleases
	}
};
/** Lists, tells and ends the releases of plain objects and of charts that these actions have made. @throws ActionError */
async function manageReleases(given, ports) {
	const cluster = await ports.kubernetes.connect({
		kubeconfig: given.kubeconfig,
		context: given["kube-context"],
		allowExec: given["allow-exec"]
	});
	try {
		if (given.command === "list") return await tellList(given, cluster, ports);
		const { namespace = "default", name = "", target } = given;
		const [release] = (await releasesIn(cluster, target, namespace)).filter((each) => each.name === name);
		if (given.command === "delete") return await remove({
			...given,
			namespace,
			name
		}, release, cluster, ports);
		if (release === void 0) return require_house().refuse({
			where: `${namespace}/${name}`,
			expected: `a release of these actions (target: ${target})`,
			seen: "none",
			fix: "The command list tells what there is."
		});
		return await tellOne(given, release, cluster, ports);
	} finally {
		cluster.close();
	}
}
/** Of one namespace, or with `undefined` of all. */
async function releasesIn(cluster, target, namespace) {
	const { plural, labels, read } = KEPT[target];
	const within = namespace === void 0 ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
	return read((await cluster.list(`/api/v1${within}/${plural}`, { labels })).map((each) => withNamespace(each, namespace)));
}
const withNamespace = (object, namespace) => object.metadata.namespace !== void 0 || namespace === void 0 ? object : {
	...object,
	metadata: {
		...object.metadata,
		namespace
	}
};
/** Without the right to see Deployments all else is told. */
async function deploymentsIn(cluster, namespace, log) {
	const within = namespace === void 0 ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
	try {
		return (await cluster.list(`/apis/apps/v1${within}/deployments`, { labels: require_documents().RELEASE_LABEL })).map((each) => withNamespace(each, namespace));
	} catch (thrown) {
		if (!isForbidden(thrown)) throw thrown;
		log.warning(`Whether their pods are there can not be told: ${require_house().messageOf(thrown)}`);
		return [];
	}
}
const isForbidden = (thrown) => thrown instanceof require_house().ActionError && thrown.mistakes[0].seen.startsWith("403");
async function tell(release, deployments, given, cluster, ports) {
	const { namespace, name, deployId, proven, since, revision } = release;
	const { documents, record } = await contentOf(release, given.target, ports);
	const own = deployments.filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.["model-road/release"] === name);
	return {
		namespace,
		name,
		url: await urlOf(release, documents, given["base-url"], cluster),
		status: stateOf(release, deployments),
		...deployId === void 0 ? {} : { deployId },
		ours: true,
		proven,
		replicas: own.reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0),
		since,
		...revision === void 0 ? {} : { revision },
		documents,
		record
	};
}
/** The objects of a release and its record, as they are kept; what can not be read is told, and all else goes on. */
async function contentOf(release, target, { compression, log }) {
	const where = `release ${release.namespace}/${release.name}`;
	const unpack = async (packed) => await compression.unpack(packed, {
		where,
		maxBytes: MAX_BYTES
	});
	try {
		if (target === "kubernetes") {
			const { data } = release.holder;
			const kept = require_workload_proof().readWorkload(await unpack(data?.release ?? ""), where, release.namespace);
			return {
				documents: kept.documents,
				record: kept.record ?? ""
			};
		}
		const chart = packedChart(release);
		const manifest = chart === void 0 ? "" : manifestOf(await unpack(chart));
		const packed = packedRecord(release);
		return {
			documents: manifest.trim() === "" ? [] : await require_documents().readDocuments(manifest, where),
			record: packed === void 0 ? "" : await unpack(packed)
		};
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(`What the release keeps can not be read: ${require_house().messageOf(thrown)}`);
		return {
			documents: [],
			record: ""
		};
	}
}
function manifestOf(text) {
	const { manifest } = JSON.parse(text);
	return typeof manifest === "string" ? manifest : "";
}
/** A chart may hold a SeldonDeployment, which has an address of its own. */
async function urlOf({ namespace, name }, documents, base, cluster) {
	const seldon = documents.find(({ kind }) => kind === require_resource().KIND)?.metadata.name;
	if (seldon === void 0) return await require_workload_proof().reachAt({
		cluster,
		namespace,
		name
	}, documents, base);
	const sdep = await cluster.get(require_paths().pathOf("SeldonDeployment", namespace, seldon));
	return sdep === void 0 ? "" : require_cluster_proof().addressesOf({
		cluster,
		namespace,
		name: seldon
	}, sdep.spec, base, sdep).prediction;
}
const shown = ({ documents: _documents, record: _record, ...told }) => told;
async function tellList(given, cluster, ports) {
	let { namespace } = given;
	let releases;
	try {
		releases = await releasesIn(cluster, given.target, namespace);
	} catch (thrown) {
		if (namespace !== void 0 || !isForbidden(thrown)) throw thrown;
		namespace = cluster.namespace ?? "default";
		ports.log.warning(`There is no right to list all namespaces: only ${namespace} is told. The input namespace names another.`);
		releases = await releasesIn(cluster, given.target, namespace);
	}
	const wanted = releases.filter(({ name }) => given.name === void 0 || name === given.name);
	const deployments = wanted.length === 0 ? [] : await deploymentsIn(cluster, namespace, ports.log);
	const told = [];
	for (const each of wanted) told.push(shown(await tell(each, deployments, given, cluster, ports)));
	const row = ({ namespace: at, name, status, deployId = "", proven, url }) => `| ${require_house().escapeCell(`${at}/${name}`)} | ${require_house().escapeCell(status)} | ${require_house().codeSpan(deployId.slice(0, 12))} | ${proven ? "yes" : "no"} | ${require_house().codeSpan(url)} |`;
	const summary = told.length === 0 ? `There are no releases of these actions (target: ${given.target}).\n` : [
		"| Release | Status | Deploy id | Proven | URL |",
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
async function tellOne(given, release, cluster, ports) {
	const { namespace, name } = release;
	const found = await tell(release, await deploymentsIn(cluster, namespace, ports.log), given, cluster, ports);
	const told = shown(found);
	if (given.command === "get-url") {
		if (told.url === "" || !["Available", "Applied"].includes(told.status)) require_house().refuse({
			where: `${namespace}/${name}`,
			expected: "a release that serves",
			seen: told.url === "" ? "one without an address" : `one that is ${told.status}`
		});
		ports.log.info(told.url);
		return { outputs: {
			models: JSON.stringify([told]),
			"prediction-url": told.url,
			operation: "found"
		} };
	}
	const seldon = found.documents.find(({ kind }) => kind === require_resource().KIND)?.metadata.name;
	const id = require_workload_proof().reachOf(found.documents)?.deployId;
	const labels = seldon === void 0 ? id ? `${require_release().DEPLOY_ID_LABEL}=${id}` : void 0 : require_asking().childrenOf(seldon);
	const pods = labels === void 0 ? [] : await require_cluster_describe().podsOf({
		cluster,
		namespace
	}, labels, ports.log);
	const objects = found.documents.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
	const rows = Object.entries({
		...told,
		objects: objects.join(", ")
	});
	const summary = [
		`### ${require_house().escapeText(`${namespace}/${name}`)}`,
		"",
		"| | |",
		"|---|---|",
		...rows.map(([field, value]) => `| ${field} | ${require_house().codeSpan(String(value))} |`),
		"",
		"| Pod | Ready | Restarts | Image |",
		"|---|---|---|---|",
		...pods.map((pod) => `| ${require_house().escapeCell(pod.name)} | ${pod.ready ? "yes" : "no"} | ${pod.restarts} | ${require_house().codeSpan(pod.image)} |`),
		""
	].join("\n");
	return {
		outputs: {
			models: JSON.stringify([{
				...told,
				objects,
				pods
			}]),
			"prediction-url": told.url,
			record: found.record,
			operation: "found"
		},
		summary
	};
}
/** The objects of a release that go with its ConfigMap; what a person has taken out of it stays. */
async function ownedBy(release, uid, cluster, ports) {
	const { documents } = await contentOf(release, "kubernetes", ports);
	const scopeOf = await require_workload_place().discover(cluster, documents);
	const found = [];
	for (const document of documents) {
		const scope = scopeOf(document);
		if (scope === void 0) continue;
		const path = require_workload_place().documentPath(placed(document, release.namespace), scope);
		const metadata = (await cluster.get(path))?.metadata;
		if (metadata?.uid === void 0 || !metadata.ownerReferences?.some((owner) => owner.uid === uid)) continue;
		found.push({
			path,
			uid: metadata.uid
		});
	}
	return found;
}
const placed = (document, namespace) => require_documents().namespaceOf(document) === void 0 ? {
	...document,
	metadata: {
		...document.metadata,
		namespace
	}
} : document;
/** A ConfigMap of ours takes its objects with it; a chart is uninstalled by helm, which knows its hooks. */
async function remove(given, release, cluster, ports) {
	const { namespace, name, target } = given;
	const waitMs = given["wait-timeout"] * 1e3;
	let there = release !== void 0;
	if (target === "kubernetes") {
		const path = require_workload_proof().anchorPath({
			namespace,
			name
		});
		const uid = release?.holder.metadata.uid;
		const owned = uid === void 0 ? [] : await ownedBy(release, uid, cluster, ports);
		there = uid !== void 0 && await cluster.remove(path, uid);
		for (const each of there ? [{
			path,
			uid
		}, ...owned] : []) await require_cluster_models().untilGone(cluster, each.path, each.uid, waitMs, ports);
	} else if (there) {
		const { openHelm } = await Promise.resolve().then(() => require("./helm-program.cjs"));
		const helm = await openHelm({
			release: name,
			namespace,
			kubeconfig: given.kubeconfig,
			context: given["kube-context"]
		}, ports);
		const limit = `${given["wait-timeout"]}s`;
		try {
			await helm.run("uninstall", [
				"uninstall",
				name,
				"--cascade",
				"foreground",
				"--wait",
				"--timeout",
				limit
			], { timeoutMs: waitMs + 3e4 });
		} finally {
			await helm.close();
		}
	}
	ports.log.info(`${namespace}/${name}: ${there ? "deleted, with all that belongs to it" : "there was none of ours"}`);
	return { outputs: {
		models: "[]",
		operation: there ? "deleted" : "absent"
	} };
}
exports.manageReleases = manageReleases;
