const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
let kept_require_seldon_deploy;
const require_seldon_deploy = () => kept_require_seldon_deploy ??= require("./seldon-deploy.cjs");
let kept_require_reference;
const require_reference = () => kept_require_reference ??= require("./reference.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_ancestry;
const require_ancestry = () => kept_require_ancestry ??= require("./ancestry.cjs");
let kept_require_asking;
const require_asking = () => kept_require_asking ??= require("./asking.cjs");
let kept_require_changes;
const require_changes = () => kept_require_changes ??= require("./changes.cjs");
require("./smoke.cjs");
let kept_require_condition_rule;
const require_condition_rule = () => kept_require_condition_rule ??= require("./condition-rule.cjs");
// src/domain/kubernetes/release.ts
/** The object that holds what is deployed under a name and owns the rest: one write to it decides who deploys. */
const anchorName = (name) => `model-road.${name}`;
/** @throws ActionError when it is none of ours */
function readWorkload(text, where) {
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		value = null;
	}
	const { schema, deployId, documents } = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
	if (schema === 1 && typeof deployId === "string" && Array.isArray(documents) && documents.every(isDocument)) return value;
	throw new (require_house()).ActionError({
		where,
		expected: "a release as these actions keep it",
		seen: require_house().quote(text.slice(0, 60))
	});
}
/** Kinds whose removal loses what no deploy brings back. They are left, and told. */
const KEPT_KINDS = /* @__PURE__ */ new Set([
	"Namespace",
	"PersistentVolumeClaim",
	"CustomResourceDefinition"
]);
/** Whether the anchor owns such an object, so that it goes with it. */
const isOwned = ({ kind }) => !KEPT_KINDS.has(kind);
/** What stood in the release before and is not wanted any more: what is removed, and what is left for a person. */
function leftOver(before, now) {
	const wanted = new Set(now.map(identity));
	const gone = before.filter((each) => !wanted.has(identity(each)));
	return {
		remove: gone.filter(isOwned),
		keep: gone.filter((each) => !isOwned(each))
	};
}
/** Group and kind without the version, which may change for the same object. */
const identity = (document) => `${document.apiVersion.replace(/[^/]*$/, "")} ${require_documents().title(document)}`;
function isDocument(value) {
	if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
	const { apiVersion, kind, metadata } = value;
	return typeof apiVersion === "string" && typeof kind === "string" && metadata !== null && typeof metadata === "object" && !Array.isArray(metadata) && typeof metadata.name === "string";
}
// src/domain/kubernetes/kinds.ts
const NO_RULES = {
	success: [],
	failure: []
};
const DONE = { kind: "done" };
const UNTOLD = { kind: "untold" };
const STALE_HOLDS_MS = 2e3;
const wait = (waitsFor) => ({
	kind: "wait",
	waitsFor
});
const failed = (why, holdsMs = 0) => ({
	kind: "failed",
	why,
	holdsMs
});
/**
* When an object of each kind is well, as its controller tells it: the one table that targets and backends wait by. The rules
* of workloads are those of `kubectl rollout status`, those of jobs are their terminal conditions, never a count of pods.
* A kind of the core groups that has no controller to wait for (ConfigMap, Role …) is done when it exists.
*/
const KINDS = {
	"apps/Deployment": (seen) => observed(seen) ?? progress(seen) ?? deployed(seen),
	"apps/StatefulSet": (seen) => observed(seen) ?? statefulSet(seen),
	"apps/DaemonSet": (seen) => observed(seen) ?? daemonSet(seen),
	"apps/ReplicaSet": (seen) => observed(seen) ?? replicated(seen),
	"/ReplicationController": (seen) => observed(seen) ?? replicated(seen),
	"/Pod": pod,
	"/Service": service,
	"/PersistentVolumeClaim": claim,
	"/Namespace": ({ status }) => status.phase === "Terminating" ? failed("the namespace is being deleted") : DONE,
	"batch/Job": (seen) => seen.spec.suspend === true ? wait("it to be resumed: it is suspended") : ended(seen),
	"batch/CronJob": () => DONE,
	"autoscaling/HorizontalPodAutoscaler": autoscaler,
	"apiextensions.k8s.io/CustomResourceDefinition": definition,
	"apiregistration.k8s.io/APIService": (seen) => truth(seen, "Available", "to be available"),
	"kubeflow.org/TFJob": ended,
	"kubeflow.org/PyTorchJob": ended,
	"kubeflow.org/XGBoostJob": ended,
	"kubeflow.org/MPIJob": ended,
	"kubeflow.org/PaddleJob": ended,
	"kubeflow.org/JAXJob": ended,
	"trainer.kubeflow.org/TrainJob": (seen) => seen.spec.suspend === true ? wait("it to be resumed: it is suspended") : ended(seen),
	"argoproj.io/Workflow": workflow
};
/** Groups whose other kinds have nothing to wait for. */
const STILL_GROUPS = /* @__PURE__ */ new Set([
	"",
	"apps",
	"autoscaling",
	"batch",
	"admissionregistration.k8s.io",
	"events.k8s.io",
	"networking.k8s.io",
	"node.k8s.io",
	"policy",
	"rbac.authorization.k8s.io",
	"scheduling.k8s.io",
	"storage.k8s.io"
]);
/**
* @param object as the API server gives it now
* @param custom what the user says of kinds; it goes before the table
*/
function judgeObject(object, custom = NO_RULES) {
	if (object.metadata.deletionTimestamp !== void 0) return failed("it is being deleted");
	const [success, failure] = [require_condition_rule().rulesFor(custom.success, object), require_condition_rule().rulesFor(custom.failure, object)];
	const broken = failure.find((rule) => require_condition_rule().ruleHolds(rule, object));
	if (broken !== void 0) return failed(`${broken.text} holds`, STALE_HOLDS_MS);
	const seen = look(object);
	if (success.length > 0) {
		const open = success.find((each) => !require_condition_rule().ruleHolds(each, object));
		return observed(seen) ?? (open === void 0 ? DONE : wait(open.text));
	}
	const rule = KINDS[`${require_condition_rule().groupOf(object)}/${object.kind ?? ""}`];
	if (rule !== void 0) return rule(seen);
	return STILL_GROUPS.has(require_condition_rule().groupOf(object)) ? DONE : UNTOLD;
}
/** Whether such an object changes by itself until it is well, so that it is worth watching. */
function isWatched(object, custom = NO_RULES) {
	const key = `${require_condition_rule().groupOf(object)}/${object.kind ?? ""}`;
	return KINDS[key] !== void 0 || [...custom.success, ...custom.failure].some(({ kind }) => kind === object.kind);
}
/** Whether the table, or the user, says when such an object is well. */
function isTold(object, custom = NO_RULES) {
	const group = require_condition_rule().groupOf(object);
	return STILL_GROUPS.has(group) || KINDS[`${group}/${object.kind ?? ""}`] !== void 0 || require_condition_rule().rulesFor(custom.success, object).length > 0;
}
/** The controller has seen this generation. Custom resources that never write `observedGeneration` pass. */
function observed({ generation, status, object }) {
	const ours = [
		"",
		"apps",
		"autoscaling",
		"batch"
	].includes(require_condition_rule().groupOf(object));
	const told = status.observedGeneration;
	if (typeof told !== "number") return ours ? wait("its controller to look at it") : void 0;
	return told < generation ? wait("its controller to look at the new version") : void 0;
}
function progress({ conditions }) {
	const refused = require_release().conditionOf(conditions, "ReplicaFailure");
	if (refused?.status === "True") return failed(`Kubernetes refuses to make pods: ${sayWhy(refused)}`, STALE_HOLDS_MS);
	const progressing = require_release().conditionOf(conditions, "Progressing");
	if (progressing?.status === "False" && progressing.reason === "ProgressDeadlineExceeded") return failed(`it makes no progress: ${sayWhy(progressing)}`, STALE_HOLDS_MS);
}
function deployed({ spec, status }) {
	const wanted = number(spec.replicas, 1);
	const [all, updated, available] = [
		status.replicas,
		status.updatedReplicas,
		status.availableReplicas
	].map((each) => number(each, 0));
	if (updated < wanted) return wait(`${updated} of ${wanted} new pods to be made`);
	if (all > updated) return wait(`${all - updated} old pods to go`);
	return available < updated ? wait(`${available} of ${updated} pods to be available`) : DONE;
}
function statefulSet({ spec, status }) {
	const wanted = number(spec.replicas, 1);
	const [ready, updated] = [number(status.readyReplicas, 0), number(status.updatedReplicas, 0)];
	if (ready < wanted) return wait(`${ready} of ${wanted} pods to be ready`);
	const strategy = fieldsOf$1(spec.updateStrategy);
	if (strategy.type === "OnDelete") return DONE;
	const kept = number(fieldsOf$1(strategy.rollingUpdate).partition, 0);
	if (kept > 0) return updated < wanted - kept ? wait(`${updated} of ${wanted - kept} pods to be replaced`) : DONE;
	return status.updateRevision === status.currentRevision ? DONE : wait(`${updated} of ${wanted} pods to be replaced`);
}
function daemonSet({ spec, status }) {
	const wanted = number(status.desiredNumberScheduled, 0);
	const [updated, available] = [number(status.updatedNumberScheduled, 0), number(status.numberAvailable, 0)];
	if (fieldsOf$1(spec.updateStrategy).type !== "OnDelete" && updated < wanted) return wait(`${updated} of ${wanted} pods to be replaced`);
	return available < wanted ? wait(`${available} of ${wanted} pods to be available`) : DONE;
}
function replicated({ spec, status }) {
	const [wanted, available] = [number(spec.replicas, 1), number(status.availableReplicas, 0)];
	return available < wanted ? wait(`${available} of ${wanted} pods to be available`) : DONE;
}
function pod({ status, conditions }) {
	if (status.phase === "Succeeded") return DONE;
	if (status.phase === "Failed") return failed(text(status.message) || text(status.reason) || "its containers failed");
	return require_release().conditionOf(conditions, "Ready")?.status === "True" ? DONE : wait("it to be ready");
}
function service({ spec, status }) {
	if (spec.type !== "LoadBalancer") return DONE;
	const given = Array.isArray(spec.externalIPs) && spec.externalIPs.length > 0;
	const ingress = fieldsOf$1(status.loadBalancer).ingress;
	const told = Array.isArray(ingress) && ingress.some((each) => text(fieldsOf$1(each).ip) || text(fieldsOf$1(each).hostname));
	return given || told ? DONE : wait("the load balancer to give it an address");
}
function claim({ status }) {
	if (status.phase === "Bound") return DONE;
	if (status.phase === "Lost") return failed("its volume is lost");
	return wait("a volume to be bound");
}
function autoscaler(seen) {
	const able = require_release().conditionOf(seen.conditions, "AbleToScale");
	if (able === void 0) return wait("the autoscaler to look at it");
	if (able.status === "False") return wait(`it to be able to scale: ${sayWhy(able)}`);
	const active = require_release().conditionOf(seen.conditions, "ScalingActive");
	if (active?.status === "True" || active?.reason === "ScalingDisabled") return DONE;
	return wait(`its metrics${active === void 0 ? "" : `: ${sayWhy(active)}`}`);
}
function definition(seen) {
	const names = require_release().conditionOf(seen.conditions, "NamesAccepted");
	if (names?.status === "False") return failed(`its names are not accepted: ${sayWhy(names)}`, STALE_HOLDS_MS);
	return truth(seen, "Established", "to be established");
}
function truth({ conditions }, type, waitsFor) {
	return require_release().conditionOf(conditions, type)?.status === "True" ? DONE : wait(waitsFor);
}
/** Whatever runs to an end and tells it by a terminal condition. */
function ended({ conditions }) {
	const bad = require_release().conditionOf(conditions, "Failed");
	if (bad?.status === "True") return failed(sayWhy(bad));
	return ["Complete", "Succeeded"].some((type) => require_release().conditionOf(conditions, type)?.status === "True") ? DONE : wait("it to end");
}
function workflow({ status }) {
	if (status.phase === "Succeeded") return DONE;
	if (status.phase === "Failed" || status.phase === "Error") return failed(text(status.message) || `its phase is ${status.phase}`);
	return wait("it to end");
}
const sayWhy = ({ message, reason }) => (message || reason || "no reason told").replace(/\.$/, "");
function look(object) {
	const status = fieldsOf$1(object.status);
	const conditions = (Array.isArray(status.conditions) ? status.conditions : []).map((each) => {
		const { type, status: is, reason, message } = fieldsOf$1(each);
		return {
			type: text(type),
			status: text(is),
			reason: text(reason),
			message: text(message)
		};
	});
	return {
		object,
		generation: object.metadata.generation ?? 0,
		spec: fieldsOf$1(object.spec),
		status,
		conditions
	};
}
const fieldsOf$1 = /* @__PURE__ */ require_rolldown_runtime.__name((value) => value !== null && typeof value === "object" && !Array.isArray(value) ? value : {}, "fieldsOf");
const text = (value) => typeof value === "string" ? value : "";
const number = (value, otherwise) => typeof value === "number" ? value : otherwise;
// src/actions/workload-order.ts
/** @throws ActionError when there is nothing to serve, or it is not clear where the image belongs */
async function givenWorkload(asked, record, run, workspace) {
	const image = imageInRegistry(asked.image, record);
	const name = asked.name ?? record?.model.name;
	if (name === void 0) return require_house().refuse({
		where: `input "name"`,
		expected: "a name",
		seen: "nothing, and no record that names the model",
		fix: "Set the input name."
	});
	if (asked.manifests !== void 0) {
		const text = await workspace.readText(`${run.workspace}/${asked.manifests}`, { maxBytes: 1048576 });
		if (text === void 0) return require_house().refuse({
			where: `input "manifests"`,
			expected: `a file ${require_house().quote(asked.manifests)}`,
			seen: "none"
		});
		const documents = await require_documents().readDocuments(text, asked.manifests);
		return {
			name,
			documents: image === void 0 ? documents : require_documents().withImage(documents, image, asked.container),
			from: asked.manifests
		};
	}
	if (image === void 0) return require_house().refuse({
		where: `input "image"`,
		expected: "an image, or manifests that name one",
		seen: "neither",
		fix: "Hand on the record of build-model-image, or set image or manifests."
	});
	return {
		name,
		documents: require_seldon_deploy().buildWorkload({
			name,
			namespace: asked.namespace,
			image,
			port: asked.port,
			servicePort: asked["service-port"],
			serviceType: asked["service-type"],
			replicas: asked.replicas ?? 1,
			autoscale: asked.autoscale,
			resources: asked.resources,
			env: asked.env ?? {},
			serviceAccount: asked["service-account"],
			imagePullSecret: asked["image-pull-secret"],
			readinessPath: asked["readiness-path"],
			progressDeadlineSeconds: Math.max(10, Math.min(600, asked["wait-timeout"] - 10))
		}),
		from: image
	};
}
/** Places the objects in their namespace and gives them their ids. @throws ActionError for what lies outside of it */
function settle(given, { namespace, rules }, scopeOf) {
	const { name, from } = given;
	const placed = require_documents().placeDocuments(given.documents, namespace, scopeOf);
	const { documents, deployId } = require_documents().stampDocuments(placed, name);
	return {
		name,
		documents,
		deployId,
		from,
		untold: documents.filter((each) => !isTold(asObject(each), rules))
	};
}
const asObject = (document) => document;
/** What the cluster shall pull, of the input or the record. @throws ActionError for an image that it can not reach */
function imageInRegistry(image, record) {
	if (image !== void 0) {
		if (image.kind === "registry") return require_reference().formatReference(image);
		return require_house().refuse({
			where: `input "image"`,
			expected: "an image in a registry, which the cluster can pull",
			seen: "a layout on this machine"
		});
	}
	if (record?.image === void 0) return void 0;
	const { repository, digest } = record.image;
	if (!repository.startsWith("oci:")) return `${repository}@${digest}`;
	return require_house().refuse({
		where: `the record's image`,
		expected: "an image in a registry, which the cluster can pull",
		seen: repository,
		fix: "Give build-model-image the name of a registry's repository."
	});
}
// src/actions/workload-facts.ts
const anchorPath = ({ namespace, name }) => `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(anchorName(name))}`;
const calledAt = ({ namespace, name }) => `${namespace}/${name}`;
const shaOf = ({ record }, run) => record?.source.sha ?? run.sha;
/** All that decides, read before anything is changed. */
async function observe(place, version, order, run, ports) {
	const { cluster, name } = place;
	const { documents, deployId } = version.wanted;
	const [anchor, ...standing] = await Promise.all([cluster.get(anchorPath(place)), ...documents.map(async (document) => await cluster.get(place.pathOf(document)))]);
	refuseForeign(documents, standing, name, order.adopt);
	const release = await kept(anchor, "release", ports);
	const lastProven = await kept(anchor, "last-proven", ports);
	const ancestry = await require_ancestry().ancestryOf(release, shaOf(version, run), run, ports);
	const plan = require_release().planDeploy({
		deployId,
		adopt: order.adopt,
		allowOlder: order["allow-older"]
	}, anchor, ancestry, "release");
	if (plan.operation === "refuse") {
		const { expected, seen, fix } = plan;
		require_house().refuse({
			where: `release ${calledAt(place)}`,
			expected,
			seen,
			fix
		});
	}
	return {
		anchor,
		standing,
		plan,
		release,
		lastProven: release !== void 0 && release.deployId === anchor?.metadata.annotations?.["model-road/proven"] ? release : lastProven
	};
}
function refuseForeign(documents, standing, name, adopt) {
	if (adopt) return;
	const mistakes = documents.flatMap((document, at) => {
		const object = standing[at];
		const owner = object?.metadata.labels?.[require_documents().RELEASE_LABEL];
		if (object === void 0 || owner === name || document.kind === "Namespace") return [];
		return [{
			where: require_documents().title(document),
			expected: `an object of release ${require_house().quote(name)}, or none`,
			seen: owner === void 0 ? "one that someone else has made" : `one of release ${require_house().quote(owner)}`,
			fix: "Set adopt: true to take it over, or choose another name."
		}];
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
}
async function kept(anchor, field, { compression, log }) {
	const packed = (anchor?.data ?? {})[field];
	if (typeof packed !== "string") return void 0;
	const where = `the ConfigMap's ${field}`;
	try {
		return readWorkload(await compression.unpack(packed, {
			where,
			maxBytes: 4194304
		}), where);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(`What was kept of ${field} can not be read, so nothing is rolled back to it: ${require_house().messageOf(thrown)}`);
		return;
	}
}
// src/actions/workload-outcome.ts
const table = (rows) => [
	"| | |",
	"|---|---|",
	...rows.map(([name, value]) => `| ${name} | ${value} |`),
	""
];
const listed = (documents) => documents.map((each) => require_house().codeSpan(require_documents().title(each))).join(", ");
const nothingServed = ({ wanted, record }) => ({
	"prediction-url": "",
	"deploy-id": wanted.deployId,
	"rolled-back": "false",
	record: record === void 0 ? "" : require_house().serialiseRecord(record)
});
async function tellRendered(version, { namespace }, log) {
	const { documents, name } = version.wanted;
	const text = documents.map((each) => JSON.stringify(each, void 0, 2)).join("\n---\n");
	const called = calledAt({
		namespace,
		name
	});
	await log.group(`The manifests of ${called}`, async () => Promise.resolve(log.info(text)));
	return {
		outputs: {
			...nothingServed(version),
			operation: "rendered",
			reason: "dry-run: client asks no cluster",
			manifest: JSON.stringify({
				apiVersion: "v1",
				kind: "List",
				items: documents
			})
		},
		summary: [
			`### ${require_house().escapeText(called)}: rendered`,
			"",
			require_house().codeBlock(text, "json"),
			""
		].join("\n")
	};
}
async function tellDryRun(place, version, { plan, release }, left, log) {
	const asMap = (documents) => Object.fromEntries(documents.map((each) => [require_documents().title(each), each]));
	const changes = require_changes().describeChanges(release === void 0 ? void 0 : asMap(release.documents), asMap(version.wanted.documents));
	for (const change of changes) log.info(change);
	const operation = plan.operation === "unchanged" ? "unchanged" : plan.operation === "create" ? "would-create" : "would-update";
	return await Promise.resolve({
		outputs: {
			...nothingServed(version),
			operation,
			reason: plan.reason
		},
		summary: [
			`### ${require_house().escapeText(calledAt(place))}: ${operation}`,
			"",
			`${require_house().escapeText(plan.reason)}.`,
			"",
			changes.length === 0 ? "Nothing changes." : require_house().codeBlock(changes.join("\n"), "text"),
			...left.remove.length === 0 ? [] : ["", `Would be removed: ${listed(left.remove)}.`],
			...left.keep.length === 0 ? [] : ["", `No longer wanted, and left: ${listed(left.keep)}.`],
			""
		].join("\n")
	});
}
async function tellDone(place, version, { plan }, done, { target, "smoke-request": smoke }, run, ports) {
	const { record, wanted } = version;
	const annotations = [];
	if (smoke === void 0) annotations.push({
		level: "warning",
		title: `${calledAt(place)}: no prediction was asked for`,
		message: "All objects are well, but nothing proved that the new version predicts. Give a smoke-request."
	});
	const given = record && await require_house().giveRecord(withDeployment(record, target, place, version, done), run, ports);
	return {
		outputs: {
			operation: done.operation,
			"prediction-url": done.url,
			"deploy-id": wanted.deployId,
			"rolled-back": "false",
			reason: plan.reason,
			record: given ?? ""
		},
		annotations,
		summary: [
			`### ${require_house().escapeText(calledAt(place))}: ${done.operation}`,
			"",
			`${require_house().escapeText(plan.reason)}. Proven after ${done.seconds.toFixed(1)} s.`,
			"",
			...table([
				["Prediction URL", done.url === "" ? "–" : require_house().codeSpan(done.url)],
				["Deploy id", require_house().codeSpan(wanted.deployId)],
				["From", require_house().codeSpan(wanted.from)],
				["Objects", listed(wanted.documents)],
				...done.pruned.length === 0 ? [] : [["Removed", done.pruned.map((each) => require_house().codeSpan(each)).join(", ")]],
				...done.prediction === void 0 ? [] : [["It predicted", require_house().codeSpan(done.prediction)]]
			])
		].join("\n")
	};
}
function tellRefused(place, version, error, recovery, log) {
	const told = tellRecovery(recovery);
	log.info(told);
	return {
		outputs: {
			...nothingServed(version),
			operation: "failed",
			"prediction-url": recovery.kind === "rolled-back" ? recovery.url : "",
			"rolled-back": String(recovery.kind === "rolled-back"),
			reason: error.message.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1e3)
		},
		failure: `The new version of ${calledAt(place)} was refused. ${told}\n${error.mistakes.map(require_house().sentence).join("\n")}`,
		summary: [
			`### ${require_house().escapeText(calledAt(place))}: failed`,
			"",
			require_house().escapeText(error.message),
			"",
			require_house().escapeText(told),
			"",
			...table([
				["Deploy id of the new version", require_house().codeSpan(version.wanted.deployId)],
				["From", require_house().codeSpan(version.wanted.from)],
				...recovery.kind === "rolled-back" ? [["Serving now", require_house().codeSpan(recovery.deployId)]] : []
			])
		].join("\n")
	};
}
function tellRecovery(recovery) {
	switch (recovery.kind) {
		case "rolled-back": return `The version before (${recovery.deployId.slice(0, 12)}) was put back, and is well.`;
		case "removed": return "It was the first of its name and is removed again.";
		case "kept": return "It stays as it is: there is nothing proven to go back to, or rollback is off. Pods of an earlier version that still run go on serving.";
		case "foreign": return "Someone else has deployed under this name meanwhile, so it is left alone.";
		case "degraded": return `Recovering failed too, so it needs a person: ${recovery.why}`;
	}
}
function withDeployment(record, target, { namespace, name }, { wanted }, { operation, url }) {
	return {
		...record,
		deployment: {
			target,
			namespace,
			name,
			strategy: "rolling",
			deployId: wanted.deployId,
			url,
			operation,
			recordBefore: require_house().textDigest(require_house().serialiseRecord(record))
		}
	};
}
// src/actions/workload-place.ts
/** What the API server says of the kinds that the objects are of: one request a group. */
async function discover(cluster, documents) {
	const known = /* @__PURE__ */ new Map();
	const versions = [...new Set(documents.map(({ apiVersion }) => apiVersion))];
	await Promise.all(versions.map(async (version) => {
		const list = await cluster.get(groupPath(version));
		for (const { name, kind, namespaced } of list?.resources ?? []) if (!name.includes("/")) known.set(`${version} ${kind}`, {
			plural: name,
			namespaced
		});
	}));
	return ({ apiVersion, kind }) => known.get(`${apiVersion} ${kind}`);
}
/** Where an object lies below the API server. */
function documentPath(document, scope) {
	const namespace = scope.namespaced ? `/namespaces/${encodeURIComponent(require_documents().namespaceOf(document) ?? "")}` : "";
	return `${groupPath(document.apiVersion)}${namespace}/${scope.plural}/${encodeURIComponent(document.metadata.name)}`;
}
const groupPath = (apiVersion) => apiVersion.includes("/") ? `/apis/${apiVersion.split("/").map(encodeURIComponent).join("/")}` : `/api/${encodeURIComponent(apiVersion)}`;
// src/domain/kubernetes/reach.ts
/** Kinds whose pods answer requests. */
const SERVING = /* @__PURE__ */ new Set([
	"Deployment",
	"StatefulSet",
	"DaemonSet",
	"ReplicaSet"
]);
/**
* How the pods that answer requests are reached: the first workload before which a Service stands, else the first one.
* `undefined` where nothing of it serves.
*/
function reachOf(documents) {
	const services = documents.filter(({ kind }) => kind === "Service");
	const found = documents.filter(({ kind }) => SERVING.has(kind)).map((workload) => reachWorkload(workload, services));
	return found.find(({ service }) => service !== void 0) ?? found[0];
}
function reachWorkload(workload, services) {
	const template = fieldsOf(fieldsOf(workload.spec).template);
	const labels = fieldsOf(fieldsOf(template.metadata).labels);
	const service = services.find((each) => selects(each, labels));
	const [port] = listOf(fieldsOf(service?.spec).ports).map(fieldsOf);
	const ports = listOf(fieldsOf(template.spec).containers).flatMap((each) => listOf(fieldsOf(each).ports).map(fieldsOf));
	const named = ports.find(({ name }) => name === port?.targetPort);
	return {
		workload: workload.metadata.name,
		deployId: require_documents().templateId(workload) ?? "",
		targetPort: numberOf(named?.containerPort) ?? numberOf(port?.targetPort) ?? numberOf(port?.port) ?? numberOf(ports[0]?.containerPort),
		service: service === void 0 || numberOf(port?.port) === void 0 ? void 0 : {
			name: service.metadata.name,
			port: numberOf(port?.port),
			balanced: fieldsOf(service.spec).type === "LoadBalancer"
		}
	};
}
/** `http://203.0.113.7:5000` of a load balancer that has its address; an IPv6 one in brackets. */
function balancerUrl(service, port) {
	const [ingress] = listOf(fieldsOf(fieldsOf(service?.status).loadBalancer).ingress).map(fieldsOf);
	const host = ingress?.hostname ?? ingress?.ip;
	if (typeof host !== "string" || !/^[A-Za-z0-9.:-]+$/.test(host)) return void 0;
	return `http://${host.includes(":") ? `[${host}]` : host}${port === 80 ? "" : `:${port}`}`;
}
function selects(service, labels) {
	const selector = Object.entries(fieldsOf(fieldsOf(service.spec).selector));
	return selector.length > 0 && selector.every(([name, value]) => labels[name] === value);
}
const fieldsOf = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const listOf = (value) => Array.isArray(value) ? value : [];
const numberOf = (value) => typeof value === "number" ? value : void 0;
// src/actions/workload-proof.ts
const PAUSE_MS = 200;
const ONE_ANSWER_MS = 2e4;
/**
* Asks a pod of the new version itself, so that it is certain who answers; then the Service before it, and the address that
* users have.
* @throws ActionError when the new version answers wrongly, or nothing answers in time
*/
async function proveWorkload(place, written, order, ports) {
	const reach = reachOf(written.objects.map(({ document }) => document));
	const base = reach && await addressOf(place, reach, order.base);
	const path = order.smoke?.path ?? "";
	const url = reach === void 0 ? "" : urlOf(place, reach, base, path);
	if (order.smoke === void 0) return {
		url,
		prediction: void 0
	};
	const { smoke, deadline } = order;
	if (reach?.targetPort === void 0) return require_house().refuse({
		where: `release ${calledAt(place)}`,
		expected: "a workload with a port, to send the smoke request to",
		seen: reach === void 0 ? "no workload that serves" : `${reach.workload} without a port`,
		fix: "Name its containerPort, put a Service before it, or leave the smoke request out."
	});
	const called = calledAt(place);
	const pod = await readyPod(place, reach, deadline, ports);
	const through = async (kind, name, port) => await place.cluster.through(require_paths().proxyPath(kind, place.namespace, name, String(port), smoke.path), {
		method: smoke.body === void 0 ? "GET" : "POST",
		body: smoke.body === void 0 ? void 0 : JSON.stringify(smoke.body),
		timeoutMs: ONE_ANSWER_MS,
		signal: ports.signal
	});
	const ask = async (who, request) => await require_asking().asked({
		smoke,
		plain: true,
		called: who,
		deadline
	}, request, ports);
	let prediction = await ask(`the new version of ${called} (pod ${pod.metadata.name})`, async () => through("Pod", pod.metadata.name, reach.targetPort));
	const { service } = reach;
	if (base === void 0 && service !== void 0) prediction = await ask(`${called} by its Service`, async () => through("Service", service.name, service.port));
	if (base !== void 0) prediction = await ask(`${called} at ${base}`, async () => ports.http.request({
		url,
		headers: {
			...smoke.body === void 0 ? {} : { "content-type": "application/json" },
			...order.headers
		},
		...smoke.body === void 0 ? {} : {
			method: "POST",
			body: JSON.stringify(smoke.body)
		},
		...order.ca === void 0 ? {} : { ca: order.ca },
		timeoutMs: ONE_ANSWER_MS,
		signal: ports.signal
	}));
	return {
		url,
		prediction
	};
}
async function addressOf(place, { service }, base) {
	if (base !== void 0) return base.href.replace(/\/+$/, "");
	if (service === void 0 || !service.balanced) return void 0;
	return balancerUrl(await place.cluster.get(`/api/v1/namespaces/${encodeURIComponent(place.namespace)}/services/${encodeURIComponent(service.name)}`), service.port);
}
function urlOf(place, { service }, base, path) {
	if (base !== void 0) return `${base}${path}`;
	if (service === void 0) return "";
	return `${place.cluster.server}${require_paths().proxyPath("Service", place.namespace, service.name, String(service.port), path)}`;
}
async function readyPod({ cluster, namespace, name }, { deployId }, deadline, { clock, signal }) {
	for (;;) {
		const found = (await cluster.list(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, { labels: `${require_release().DEPLOY_ID_LABEL}=${deployId}` })).find(({ metadata, status }) => metadata.deletionTimestamp === void 0 && status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"));
		if (found !== void 0) return found;
		if (clock.elapsed() + PAUSE_MS >= deadline) require_house().refuse({
			where: `release ${namespace}/${name}`,
			expected: "a ready pod of the new version",
			seen: "none"
		});
		await clock.sleep(PAUSE_MS, signal).catch(() => void 0);
		if (signal.aborted) throw signal.reason;
	}
}
// src/domain/rollout/settled.ts
const NOTHING_SEEN = { failingSince: {} };
/**
* Tells whether a set of applied objects is well, each by the rule of its kind.
* @param current the object as it is now, for each applied one in the same order; `undefined` when it is gone
* @param now milliseconds on a clock that never jumps
*/
function judgeObjects(applied, current, rules, now, before = NOTHING_SEEN) {
	const failingSince = {};
	const waiting = [];
	const untold = [];
	const failures = [];
	const fail = (culprit, why) => {
		failures.push({
			kind: "failed",
			culprit,
			message: `${title(culprit)}: ${why}`
		});
	};
	for (const [at, wanted] of applied.entries()) {
		const object = current[at];
		if (object === void 0) fail(wanted, "it is gone");
		else if (object.metadata.uid !== wanted.uid) fail(wanted, "someone has deleted it and made another of its name");
		else if ((object.metadata.generation ?? 0) < wanted.generation) waiting.push(`${title(wanted)}: the API server to show what was applied`);
		else {
			const said = judgeObject(object, rules);
			if (said.kind === "wait") waiting.push(`${title(wanted)}: ${said.waitsFor}`);
			if (said.kind === "untold") untold.push(title(wanted));
			if (said.kind === "failed") {
				const key = `${wanted.uid}/${object.metadata.generation ?? 0}/${said.why}`;
				if (now - (failingSince[key] = before.failingSince[key] ?? now) >= said.holdsMs) fail(wanted, said.why);
				else waiting.push(`${title(wanted)}: it to recover: ${said.why}`);
			}
		}
	}
	const memory = { failingSince };
	if (failures.length > 0) return {
		verdict: failures[0],
		memory
	};
	if (waiting.length > 0) return {
		verdict: {
			kind: "wait",
			waitsFor: waiting.join("; ")
		},
		memory
	};
	return {
		verdict: {
			kind: "settled",
			untold
		},
		memory
	};
}
const title = ({ kind, name }) => `${kind} ${name}`;
// src/actions/workload-rollout.ts
/** Rules that count seconds are asked this often even where nothing changes. */
const TICK_MS = 500;
/**
* Waits until all objects of a release are well, one of them or a pod of theirs is lost, or the time is over.
* @param deadline milliseconds on the clock that never jumps
*/
async function waitForObjects(place, written, owner, rules, deadline, { log, clock, signal }) {
	const { cluster, namespace } = place;
	const from = clock.elapsed();
	const done = new AbortController();
	const following = AbortSignal.any([done.signal, signal]);
	const applied = written.objects.map(({ document, object }) => ({
		kind: document.kind,
		namespace,
		name: document.metadata.name,
		uid: object.metadata.uid ?? "",
		generation: object.metadata.generation ?? 0
	}));
	const ids = [...new Set(written.objects.map(({ document }) => require_documents().templateId(document) ?? ""))].filter(Boolean);
	const seen = written.objects.map(({ object }) => isWatched(object, rules) ? false : object);
	let owned;
	let pods = ids.length === 0 ? [] : void 0;
	let memory = NOTHING_SEEN;
	let said = "";
	let end;
	const finish = (verdict, culprit) => {
		end = {
			verdict,
			culprit,
			pods: pods ?? []
		};
		done.abort();
	};
	const judge = () => {
		if (end !== void 0 || owned === void 0 || pods === void 0 || seen.includes(false)) return;
		const message = owner.superseded(owned);
		if (message !== void 0) return finish({
			kind: "superseded",
			message
		});
		const current = seen;
		if (written.objects.some(({ document }, at) => isOverwritten(document, current[at]))) return finish({ kind: "overwritten" });
		const judged = judgeObjects(applied, current, rules, clock.elapsed(), memory);
		({memory} = judged);
		const { verdict } = judged;
		const doomed = doomedPod(pods, clock.elapsed() - from);
		if (doomed !== void 0 && verdict.kind !== "settled") {
			const culprit = applied.find(({ kind }) => kind !== "Service") ?? applied[0];
			return finish({
				kind: "failed",
				culprit,
				message: doomed.message
			}, doomed);
		}
		if (verdict.kind !== "wait") return finish(verdict, doomed);
		if (verdict.waitsFor === said) return;
		said = verdict.waitsFor;
		log.info(`${((clock.elapsed() - from) / 1e3).toFixed(1).padStart(6)} s  waiting for ${said}`);
	};
	const follow = async (path, options, take) => {
		await cluster.follow(path, {
			...options,
			signal: following
		}, (items) => {
			take(items);
			judge();
		});
	};
	const ticks = async () => {
		while (!following.aborted && clock.elapsed() < deadline) {
			await clock.sleep(Math.min(TICK_MS, Math.max(1, deadline - clock.elapsed())), following).catch(() => void 0);
			judge();
		}
		done.abort();
	};
	try {
		await Promise.all([
			ticks(),
			follow(owner.path, owner.select, (found) => {
				owned = found;
			}),
			...ids.length === 0 ? [] : [follow(`/api/v1/namespaces/${namespace}/pods`, { labels: `${require_release().DEPLOY_ID_LABEL} in (${ids.join(",")})` }, (all) => {
				pods = all;
			})],
			...written.objects.flatMap(({ document, path }, at) => seen[at] === false ? [follow(parent(path), { fields: `metadata.name=${document.metadata.name}` }, ([found]) => {
				seen[at] = found && {
					...found,
					apiVersion: document.apiVersion,
					kind: document.kind
				};
			})] : [])
		]);
	} finally {
		done.abort();
	}
	if (signal.aborted) throw signal.reason;
	const waited = Math.round((clock.elapsed() - from) / 1e3);
	const stuck = (pods ?? []).map(require_release().unschedulable).find((each) => each !== void 0);
	const why = stuck === void 0 ? "" : `; a pod has no place: ${stuck}`;
	return end ?? {
		verdict: {
			kind: "timeout",
			message: `after ${waited} s still waiting for ${said || "the cluster"}${why}`
		},
		culprit: void 0,
		pods: pods ?? []
	};
}
/** A pod of a Job may fall over as often as the Job says: only what never starts is lost. */
function doomedPod(pods, waitedMs) {
	for (const pod of pods) {
		if (pod.metadata.deletionTimestamp !== void 0) continue;
		const doom = require_release().doomOf(pod);
		const ofJob = pod.metadata.ownerReferences?.some(({ kind }) => kind === "Job") ?? false;
		if (doom !== void 0 && doom.graceMs <= waitedMs && !(ofJob && doom.logs !== "none")) return doom;
	}
}
function isOverwritten(document, object) {
	const ours = require_documents().templateId(document);
	return ours !== void 0 && object !== void 0 && require_documents().templateId({
		...document,
		...object
	}) !== ours;
}
const parent = (path) => path.slice(0, path.lastIndexOf("/"));
Object.defineProperty(exports, "anchorName", {
	enumerable: true,
	get: function() {
		return anchorName;
	}
});
Object.defineProperty(exports, "anchorPath", {
	enumerable: true,
	get: function() {
		return anchorPath;
	}
});
Object.defineProperty(exports, "calledAt", {
	enumerable: true,
	get: function() {
		return calledAt;
	}
});
Object.defineProperty(exports, "discover", {
	enumerable: true,
	get: function() {
		return discover;
	}
});
Object.defineProperty(exports, "documentPath", {
	enumerable: true,
	get: function() {
		return documentPath;
	}
});
Object.defineProperty(exports, "givenWorkload", {
	enumerable: true,
	get: function() {
		return givenWorkload;
	}
});
Object.defineProperty(exports, "imageInRegistry", {
	enumerable: true,
	get: function() {
		return imageInRegistry;
	}
});
Object.defineProperty(exports, "isOwned", {
	enumerable: true,
	get: function() {
		return isOwned;
	}
});
Object.defineProperty(exports, "judgeObject", {
	enumerable: true,
	get: function() {
		return judgeObject;
	}
});
Object.defineProperty(exports, "leftOver", {
	enumerable: true,
	get: function() {
		return leftOver;
	}
});
Object.defineProperty(exports, "observe", {
	enumerable: true,
	get: function() {
		return observe;
	}
});
Object.defineProperty(exports, "proveWorkload", {
	enumerable: true,
	get: function() {
		return proveWorkload;
	}
});
Object.defineProperty(exports, "settle", {
	enumerable: true,
	get: function() {
		return settle;
	}
});
Object.defineProperty(exports, "shaOf", {
	enumerable: true,
	get: function() {
		return shaOf;
	}
});
Object.defineProperty(exports, "tellDone", {
	enumerable: true,
	get: function() {
		return tellDone;
	}
});
Object.defineProperty(exports, "tellDryRun", {
	enumerable: true,
	get: function() {
		return tellDryRun;
	}
});
Object.defineProperty(exports, "tellRefused", {
	enumerable: true,
	get: function() {
		return tellRefused;
	}
});
Object.defineProperty(exports, "tellRendered", {
	enumerable: true,
	get: function() {
		return tellRendered;
	}
});
Object.defineProperty(exports, "waitForObjects", {
	enumerable: true,
	get: function() {
		return waitForObjects;
	}
});
