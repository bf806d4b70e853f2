require("./rolldown-runtime.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest3.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_cluster_write;
const require_cluster_write = () => kept_require_cluster_write ??= require("./cluster-write.cjs");
let kept_require_asking;
const require_asking = () => kept_require_asking ??= require("./asking.cjs");
// src/actions/cluster-scale.ts
const PAUSE_MS = 500;
/** Kept by kubectl for itself: applied again it would only be wrong. */
const OTHERS = ["kubectl.kubernetes.io/last-applied-configuration"];
/**
* Takes all pods of a deployment away and keeps the deployment, so that `start` brings the same version back. The version
* counts as proven no longer, so that a deploy of it does not take it for one that serves.
*/
async function stopInCluster(place, waitMs, ports) {
	const standing = await ours(place);
	const called = `${place.namespace}/${place.name}`;
	if (isStopped(standing)) return told(`${called} is stopped already`, "unchanged", ports);
	const { annotations = {} } = standing.metadata;
	const id = annotations["model-road/deploy-id"] ?? "";
	const proven = annotations[require_release().PROVEN_ANNOTATION] === id;
	const predictors = standing.spec.predictors.map((each) => ({
		...each,
		replicas: 0
	}));
	await apply(place, standing, {
		...standing.spec,
		predictors
	}, { [require_release().STOPPED_ANNOTATION]: proven ? id : "unproven" });
	if (proven) await place.cluster.patch(require_paths().pathOf("SeldonDeployment", place.namespace, place.name), [{
		op: "remove",
		path: pointer(require_release().PROVEN_ANNOTATION)
	}]);
	const deadline = ports.clock.elapsed() + waitMs;
	for (;;) {
		const pods = await place.cluster.list(require_paths().pathOf("Pod", place.namespace), { labels: require_asking().childrenOf(place.name) });
		if (pods.length === 0) return told(`${called} is stopped, its pods are gone`, "stopped", ports);
		if (ports.clock.elapsed() >= deadline) require_house().refuse({
			where: called,
			expected: `all its pods to be gone within ${waitMs / 1e3} s`,
			seen: `${pods.length} still there`,
			fix: "They may take longer to end: look again later."
		});
		await ports.clock.sleep(PAUSE_MS, ports.signal);
	}
}
/** Brings back what `stop` took away: the spec that was applied last, waited for by the verdict of a deploy. */
async function startInCluster(place, waitMs, ports) {
	const standing = await ours(place);
	const called = `${place.namespace}/${place.name}`;
	if (!isStopped(standing)) return told(`${called} is not stopped`, "unchanged", ports);
	const before = standing.metadata.annotations[require_release().STOPPED_ANNOTATION];
	const release = await releaseOf(standing, called, ports);
	const { metadata } = await apply(place, standing, release.spec, {});
	const applied = require_release().appliedOf(release.spec, release.deployId, metadata);
	const end = await require_asking().waitForRollout(place, applied, ports.clock.elapsed() + waitMs, ports);
	if (end.verdict.kind !== "rolled-out") require_house().refuse({
		where: called,
		expected: `its pods to be ready within ${waitMs / 1e3} s`,
		seen: end.verdict.message,
		fix: "models with command: logs tells what they say."
	});
	if (before === release.deployId) await place.cluster.patch(require_paths().pathOf("SeldonDeployment", place.namespace, place.name), [{
		op: "test",
		path: pointer(require_release().SPEC_ID_ANNOTATION),
		value: release.deployId
	}, {
		op: "add",
		path: pointer(require_release().PROVEN_ANNOTATION),
		value: release.deployId
	}]);
	return told(`${called} serves again`, "started", ports);
}
const isStopped = ({ metadata }) => metadata.annotations !== void 0 && Object.hasOwn(metadata.annotations, "model-road/stopped");
/** The object, when these actions have made it: what others keep in order would be set back, or be in their way. */
async function ours({ cluster, namespace, name }) {
	const found = await cluster.get(require_paths().pathOf("SeldonDeployment", namespace, name));
	const where = `${namespace}/${name}`;
	if (found === void 0) return require_house().refuse({
		where,
		expected: "a SeldonDeployment",
		seen: "none",
		fix: "The command list tells what there is."
	});
	const { labels = {}, annotations = {} } = found.metadata;
	if (labels["app.kubernetes.io/managed-by"] === "model-road" && annotations["model-road/release"] !== void 0) return found;
	return require_house().refuse({
		where,
		expected: "a SeldonDeployment that seldon-deploy has made",
		seen: "one that someone else keeps",
		fix: "Whoever keeps it can set predictors[].replicas."
	});
}
async function releaseOf({ metadata }, where, { compression }) {
	const packed = metadata.annotations[require_release().RELEASE_ANNOTATION];
	return require_release().readRelease(await compression.unpack(packed, {
		where,
		maxBytes: 1048576
	}), where);
}
/** The same object with another spec. Labels and annotations are said again: what an apply leaves out it removes. */
async function apply(place, standing, spec, more) {
	const { labels = {}, resourceVersion = "" } = standing.metadata;
	const kept = Object.entries(standing.metadata.annotations ?? {}).filter(([name]) => ![
		require_release().PROVEN_ANNOTATION,
		require_release().STOPPED_ANNOTATION,
		...OTHERS
	].includes(name));
	const object = require_manifest().resourceOf(place, spec, {
		labels,
		annotations: {
			...Object.fromEntries(kept),
			...more
		}
	});
	const fenced = {
		...object,
		metadata: {
			...object.metadata,
			resourceVersion
		}
	};
	const done = await place.cluster.apply(require_paths().pathOf("SeldonDeployment", place.namespace, place.name), fenced);
	if (done.kind === "applied") return done.object;
	if (done.kind === "conflict") throw require_cluster_write().conflictError(place, done.with);
	return require_house().refuse({
		where: `${place.namespace}/${place.name}`,
		expected: "to be left alone while it is written",
		seen: "another write",
		fix: "Try again."
	});
}
/** A JSON pointer to an annotation. */
const pointer = (name) => `/metadata/annotations/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
function told(text, operation, { log }) {
	log.info(text);
	return { outputs: {
		models: "[]",
		operation
	} };
}
exports.startInCluster = startInCluster;
exports.stopInCluster = stopInCluster;
