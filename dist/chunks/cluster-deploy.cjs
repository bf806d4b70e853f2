require("./rolldown-runtime.cjs");
const require_record = () => require("./record.cjs");
const require_escape = () => require("./escape.cjs");
const require_errors = () => require("./errors.cjs");
const require_seldon_deploy = () => require("../seldon-deploy.cjs");
const require_run_action = () => require("./run-action.cjs");
const require_names = () => require("./names.cjs");
const require_lint = () => require("./lint.cjs");
const require_yaml = () => require("./yaml.cjs");
const require_reference = () => require("./reference.cjs");
const require_smoke = () => require("./smoke.cjs");
const require_smoke_request = () => require("./smoke-request.cjs");
// src/domain/kubernetes/paths.ts
/** Where a kind's objects lie below the API server. Names and namespaces are checked before they come here. */
const COLLECTIONS = {
	SeldonDeployment: "/apis/machinelearning.seldon.io/v1",
	Deployment: "/apis/apps/v1",
	Pod: "/api/v1",
	Event: "/api/v1",
	Service: "/api/v1"
};
const PLURALS = {
	SeldonDeployment: "seldondeployments",
	Deployment: "deployments",
	Pod: "pods",
	Event: "events",
	Service: "services"
};
/** `/apis/apps/v1/namespaces/models/deployments[/name]` */
function pathOf(kind, namespace, name) {
	const collection = `${COLLECTIONS[kind]}/namespaces/${encodeURIComponent(namespace)}/${PLURALS[kind]}`;
	return name === void 0 ? collection : `${collection}/${encodeURIComponent(name)}`;
}
/** Through the API server to a pod or Service: `…/pods/http:digits-1:9000/proxy/health/ping`. */
function proxyPath(kind, namespace, name, port, path) {
	const target = `${PLURALS[kind]}/http:${encodeURIComponent(name)}:${encodeURIComponent(port)}`;
	return `${COLLECTIONS[kind]}/namespaces/${encodeURIComponent(namespace)}/${target}/proxy${path}`;
}
// src/domain/seldon/deploy-ids.ts
/** The operator copies a predictor's labels into every pod template, so this one says there which spec was rolled out. */
const DEPLOY_ID_LABEL = "model-road/deploy-id";
/**
* Gives every predictor its deploy id as a label: the digest of all that reaches its pod templates, and of nothing else, so
* that what rolls no pods changes no label either. It stands in for the observedGeneration that the operator never writes.
* @returns the spec with the labels, and the digest of that whole spec, 40 hex digits each
*/
async function stampSpec(spec) {
	const predictors = [];
	for (const predictor of spec.predictors) {
		const id = await predictorId(spec, predictor);
		predictors.push({
			...predictor,
			labels: {
				...predictor.labels,
				[DEPLOY_ID_LABEL]: id
			}
		});
	}
	const stamped = {
		...spec,
		predictors
	};
	return {
		spec: stamped,
		deployId: await shortDigest({
			schema: 1,
			spec: stamped
		})
	};
}
/** The label of each predictor of a stamped spec. */
function predictorIds(spec) {
	return new Map(spec.predictors.map((each) => [each.name, each.labels?.["model-road/deploy-id"] ?? ""]));
}
async function predictorId(spec, predictor) {
	const { traffic: _traffic, replicas: _replicas, explainer: _explainer, labels = {}, ...rest } = predictor;
	const { [DEPLOY_ID_LABEL]: _stamp, ...otherLabels } = labels;
	const bare = require_seldon_deploy().withoutExecutor(predictor);
	const { progressDeadlineSeconds, ...podOnly } = rest;
	const componentSpecs = bare ? predictor.componentSpecs?.map(withoutScaling) : predictor.componentSpecs;
	return await shortDigest({
		schema: 1,
		annotations: spec.annotations ?? {},
		protocol: spec.protocol ?? "",
		transport: spec.transport ?? "",
		serverType: spec.serverType ?? "",
		predictor: {
			...podOnly,
			...bare || progressDeadlineSeconds === void 0 ? {} : { progressDeadlineSeconds },
			labels: otherLabels,
			componentSpecs: componentSpecs ?? []
		}
	});
}
function withoutScaling(component) {
	const { replicas: _replicas, hpaSpec: _hpa, kedaSpec: _keda, pdbSpec: _pdb, ...rest } = component;
	return rest;
}
async function shortDigest(value) {
	return (await require_names().textDigest(require_run_action().canonicalJson(value))).slice(7, 47);
}
// src/domain/kubernetes/object.ts
/** A condition's status: `True`, `False`, `Unknown`; `undefined` where it is not told. */
function conditionOf(conditions, type) {
	return conditions?.find((each) => each.type === type);
}
// src/domain/rollout/doom.ts
const MOST_RESTARTS = 2;
const GRACE_MS = 1e4;
/** What registries and kubelets say when asking again will not help. */
const HOPELESS = /not found|manifest unknown|name unknown|no such image|denied|unauthorized|forbidden|insufficient_scope|no basic auth|invalid reference|no match for platform/i;
/** Reasons that no waiting mends, and those that a Secret, ConfigMap or volume might. */
const NEVER = /* @__PURE__ */ new Set([
	"InvalidImageName",
	"ErrImageNeverPull",
	"RunContainerError",
	"ContainerCannotRun"
]);
const SHAKY = /* @__PURE__ */ new Set([
	"CreateContainerConfigError",
	"CreateContainerError",
	"PreCreateHookError",
	"PostStartHookError"
]);
/** The first container of a pod that is doomed, init containers first. */
function doomOf(pod) {
	const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
	for (const status of [...initContainerStatuses, ...containerStatuses]) {
		const found = containerDoom(status);
		if (found !== void 0) return {
			...found,
			pod: pod.metadata.name,
			container: status.name,
			message: sentence(pod, status, found)
		};
	}
}
/** The scheduler's own words for a pod that has no place; `undefined` for one that has. */
function unschedulable(pod) {
	const scheduled = conditionOf(pod.status?.conditions, "PodScheduled");
	return scheduled?.status === "False" && scheduled.reason === "Unschedulable" ? scheduled.message : void 0;
}
function containerDoom({ state, lastState, ready, restartCount = 0 }) {
	const { reason = "", message = "" } = state?.waiting ?? {};
	if (reason === "ErrImagePull" || reason === "ImagePullBackOff") return HOPELESS.test(message) ? {
		reason,
		graceMs: 0,
		logs: "none",
		detail: message
	} : void 0;
	if (NEVER.has(reason)) return {
		reason,
		graceMs: 0,
		logs: "none",
		detail: message
	};
	if (SHAKY.has(reason)) return {
		reason,
		graceMs: GRACE_MS,
		logs: "none",
		detail: message
	};
	if (ready === true || restartCount < MOST_RESTARTS) return void 0;
	const ended = state?.terminated ?? lastState?.terminated;
	if (ended === void 0) return void 0;
	const code = ended.exitCode === void 0 ? "" : `, exit code ${ended.exitCode}`;
	const detail = `it has ended ${restartCount + (state?.terminated === void 0 ? 0 : 1)} times, last with ${ended.reason ?? "no reason"}${code}`;
	return {
		reason: ended.reason === "OOMKilled" ? "OOMKilled" : reason === "" ? "restarts" : reason,
		graceMs: 0,
		logs: state?.terminated === void 0 ? "previous" : "current",
		detail
	};
}
function sentence({ metadata }, { name, image }, { reason, detail }) {
	return `container ${name}${image === void 0 || image === "" ? "" : ` (${image})`} of pod ${metadata.name}: ${reason}${detail === "" ? "" : `: ${detail}`}`;
}
// src/domain/rollout/verdict.ts
/** Annotation with the digest of the whole spec, in the same write as the spec itself. */
const SPEC_ID_ANNOTATION = "model-road/deploy-id";
const EXPLAINER_LABEL = "seldon.io/explainer";
const NO_MEMORY = {
	failedSince: void 0,
	shakySince: {}
};
/** The operator writes `Failed` for any passing error of a reconcile, and takes it back. */
const FAILED_HOLDS_MS = 2e4;
/**
* Tells whether an applied SeldonDeployment is rolled out. The operator's own state does not: it never says which generation
* it is about, says `Available` for an update 23 s before that is true, and `Creating` for ever where old pods still serve.
* So its children are read, and the deploy id in their pod templates says which spec they are of.
* @returns the verdict, and what to remember until the next look
*/
function judgeRollout(applied, facts, before = NO_MEMORY) {
	const { sdep, now } = facts;
	if (sdep === void 0) return decided(failed("deleted", "the SeldonDeployment is gone"));
	if (sdep.metadata.uid !== applied.uid) return decided(failed("replaced", "someone has deleted the SeldonDeployment and made another of its name"));
	if ((sdep.metadata.generation ?? 0) < applied.generation) return {
		verdict: wait("the API server to show what was applied"),
		memory: before
	};
	if (sdep.metadata.deletionTimestamp !== void 0) return decided(failed("deleted", "the SeldonDeployment is being deleted"));
	const live = sdep.metadata.annotations?.[SPEC_ID_ANNOTATION];
	if (live !== applied.deployId) {
		const other = live === void 0 ? "someone has taken our annotations away" : `${live.slice(0, 12)} was applied after us`;
		return decided(failed("superseded", other));
	}
	const failedSince = sdep.status?.state === "Failed" ? before.failedSince ?? now : void 0;
	const owned = facts.deployments.filter((each) => ownedBy(each, applied.uid));
	const ids = new Set(applied.predictors.map((each) => each.deployId));
	const ours = owned.filter((each) => ids.has(idOf(each)) || isExplainer(each));
	const settled = ours.filter(observed);
	const refused = settled.map((each) => conditionOf(each.status?.conditions, "ReplicaFailure")).find(isTrue);
	if (refused !== void 0) return decided(failed("quota", `Kubernetes refuses to make pods: ${refused.message ?? refused.reason ?? "no reason told"}`));
	const pods = facts.pods.filter((pod) => isNew(pod, ids));
	const { doomed, shakySince } = lookAtPods(pods, before.shakySince, now);
	const memory = {
		failedSince,
		shakySince
	};
	if (doomed !== void 0) return {
		verdict: {
			...failed("doomed-pod", doomed.message),
			culprit: doomed
		},
		memory
	};
	const stalled = settled.find((each) => conditionOf(each.status?.conditions, "Progressing")?.status === "False" && !rolledOut(each));
	if (stalled !== void 0) {
		const { message = "" } = conditionOf(stalled.status?.conditions, "Progressing") ?? {};
		const stuck = pods.map(unschedulable).find((each) => each !== void 0);
		const told = [message, ...stuck === void 0 ? [] : [`a pod has no place: ${stuck}`]].map((each) => each.replace(/\.$/, ""));
		return {
			verdict: failed("deadline", `Deployment ${stalled.metadata.name} makes no progress: ${told.join("; ")}`),
			memory
		};
	}
	if (failedSince !== void 0 && now - failedSince >= FAILED_HOLDS_MS) {
		const description = sdep.status?.description;
		return {
			verdict: failed("operator", description === void 0 || description === "" ? "it gives no reason" : description),
			memory
		};
	}
	const missing = whatIsMissing(applied, owned, ours, pods);
	if (missing !== void 0) return {
		verdict: wait(missing),
		memory
	};
	if (sdep.status?.state !== "Available") return {
		verdict: wait(`Seldon's operator to say Available (now ${sdep.status?.state ?? "nothing"})`),
		memory
	};
	return {
		verdict: { kind: "rolled-out" },
		memory
	};
}
/** kubectl's rule for a Deployment, which must also have been seen by its controller as it is now. */
function rolledOut(deployment) {
	const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = deployment.status ?? {};
	const wanted = deployment.spec.replicas ?? 1;
	return observed(deployment) && updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted && unavailableReplicas === 0;
}
/** The deploy id in a Deployment's pod template; empty where it has none. */
const idOf = (deployment) => deployment.spec.template.metadata?.labels?.["model-road/deploy-id"] ?? "";
const isNew = (pod, ids) => ids.has(pod.metadata.labels?.["model-road/deploy-id"] ?? "") && pod.metadata.deletionTimestamp === void 0;
const ownedBy = ({ metadata }, uid) => metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
const isExplainer = ({ metadata }) => metadata.labels?.[EXPLAINER_LABEL] === "true";
const observed = ({ metadata, status }) => (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
const isTrue = (condition) => condition?.status === "True";
function whatIsMissing(applied, owned, ours, pods) {
	for (const { name, deployId, deployments, replicas } of applied.predictors) {
		const own = ours.filter((each) => idOf(each) === deployId && !isExplainer(each));
		if (own.length < deployments) return `the operator to roll predictor ${name} out`;
		const scaled = own.find((each) => replicas !== void 0 && (each.spec.replicas ?? 1) !== replicas);
		if (scaled !== void 0) return `the operator to scale ${scaled.metadata.name} to ${replicas}`;
	}
	const unready = ours.find((each) => !rolledOut(each));
	if (unready !== void 0) return tellProgress(unready, pods);
	const old = owned.find((each) => !ours.includes(each));
	return old === void 0 ? void 0 : `the operator to remove ${old.metadata.name}, which is of an earlier spec`;
}
function tellProgress({ metadata, spec, status }, pods) {
	const wanted = spec.replicas ?? 1;
	const stuck = pods.map(unschedulable).find((message) => message !== void 0);
	if (stuck !== void 0) return `a place for a pod of ${metadata.name}: ${stuck}`;
	const { updatedReplicas: updated = 0, availableReplicas: available = 0, replicas = 0 } = status ?? {};
	if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return `Kubernetes to take up ${metadata.name}`;
	if (updated < wanted) return `${wanted} new pods of ${metadata.name} (${updated} made)`;
	if (replicas > updated) return `${replicas - updated} old pods of ${metadata.name} to end`;
	return `${wanted} pods of ${metadata.name} to be ready (${available} are)`;
}
function lookAtPods(pods, before, now) {
	const shakySince = {};
	for (const pod of pods) {
		const doom = doomOf(pod);
		if (doom === void 0) continue;
		if (doom.graceMs === 0) return {
			doomed: doom,
			shakySince
		};
		const key = `${pod.metadata.uid ?? pod.metadata.name}/${doom.container}/${doom.reason}`;
		const since = Object.hasOwn(before, key) ? before[key] : now;
		shakySince[key] = since;
		if (now - since >= doom.graceMs) return {
			doomed: doom,
			shakySince
		};
	}
	return {
		doomed: void 0,
		shakySince
	};
}
const wait = (waitsFor) => ({
	kind: "wait",
	waitsFor
});
const failed = (why, message) => ({
	kind: "failed",
	why,
	message
});
const decided = (verdict) => ({
	verdict,
	memory: NO_MEMORY
});
// src/domain/rollout/release.ts
const MANAGED_BY = "app.kubernetes.io/managed-by";
const MANAGER = "model-road";
/** The release that the object holds: spec, source and record, packed. In the same write as the spec. */
const RELEASE_ANNOTATION = "model-road/release";
/** The last release that was proven to answer, packed: what a failed one is rolled back to. */
const LAST_PROVEN_ANNOTATION = "model-road/last-proven";
/** Deploy id of the release that was proven. Written after the verdict; it is this object's release or an earlier one. */
const PROVEN_ANNOTATION = "model-road/proven";
/** @throws ActionError when it is none of ours */
function readRelease(text, where) {
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		value = null;
	}
	const { schema, deployId, spec } = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
	const predictors = spec !== null && typeof spec === "object" && !Array.isArray(spec) ? spec.predictors : void 0;
	if (schema === 1 && typeof deployId === "string" && Array.isArray(predictors) && predictors.length > 0) return value;
	throw new (require_errors()).ActionError({
		where,
		expected: "a release as these actions keep it",
		seen: require_errors().quote(text.slice(0, 60))
	});
}
/** Decides what a deploy does to what stands there. */
function planDeploy(wanted, standing, ancestry) {
	if (standing === void 0) return {
		operation: "create",
		reason: "there is no SeldonDeployment of this name"
	};
	const { labels = {}, annotations = {}, deletionTimestamp } = standing.metadata;
	if (deletionTimestamp !== void 0) return {
		operation: "refuse",
		expected: "a name that is free",
		seen: "a SeldonDeployment that is being deleted",
		fix: "Try again in a minute."
	};
	if (labels["app.kubernetes.io/managed-by"] !== "model-road" && !wanted.adopt) return {
		operation: "refuse",
		expected: "a SeldonDeployment of these actions, or none",
		seen: labels["app.kubernetes.io/managed-by"] === void 0 ? "one that someone else has made" : `one that ${require_errors().quote(labels[MANAGED_BY])} manages`,
		fix: "Set adopt: true to take it over, or choose another name."
	};
	const [live, proven] = [annotations[SPEC_ID_ANNOTATION], annotations[PROVEN_ANNOTATION]];
	if (live === wanted.deployId && proven === wanted.deployId) return {
		operation: "unchanged",
		reason: `this version (${short(live)}) serves already`
	};
	if (ancestry === "behind" && !wanted.allowOlder) return {
		operation: "refuse",
		expected: "a commit that is not older than the one that serves",
		seen: "an older one",
		fix: "A newer run has deployed meanwhile. Set allow-older: true to go back on purpose."
	};
	if (live === wanted.deployId) return {
		operation: "update",
		reason: `this version (${short(live)}) was applied before, and never proven`
	};
	return {
		operation: "update",
		reason: `another version stands there: ${short(live)} → ${short(wanted.deployId)}`
	};
}
/** What the verdict must know of a stamped spec. */
function appliedOf(spec, deployId, { uid = "", generation = 0 }) {
	const ids = predictorIds(spec);
	const separate = spec.annotations?.["seldon.io/engine-separate-pod"] === "true";
	return {
		uid,
		generation,
		deployId,
		predictors: spec.predictors.map((predictor) => {
			const components = predictor.componentSpecs ?? [];
			const scaled = components.some(({ hpaSpec, kedaSpec }) => hpaSpec !== void 0 || kedaSpec !== void 0);
			const several = separate || components.length > 1 || components.some(({ replicas }) => replicas !== void 0);
			return {
				name: predictor.name,
				deployId: ids.get(predictor.name) ?? "",
				deployments: Math.max(1, components.length) + (separate && !require_seldon_deploy().withoutExecutor(predictor) ? 1 : 0),
				replicas: scaled || several ? void 0 : predictor.replicas ?? spec.replicas ?? 1
			};
		})
	};
}
const short = (deployId) => deployId?.slice(0, 12) ?? "none of ours";
// src/domain/rollout/changes.ts
const MOST_LINES = 200;
const LONGEST = 200;
/** What differs between two specs, a line each, in the order of their paths: `- spec.protocol: "v2"`, `+ spec.protocol: "seldon"`. */
function describeChanges(before, after) {
	const [from, to] = [leavesOf(before ?? {}, "spec"), leavesOf(after, "spec")];
	const lines = [];
	for (const path of [.../* @__PURE__ */ new Set([...from.keys(), ...to.keys()])].toSorted()) {
		const [old, now] = [from.get(path), to.get(path)];
		if (old === now) continue;
		if (old !== void 0) lines.push(`- ${path}: ${old}`);
		if (now !== void 0) lines.push(`+ ${path}: ${now}`);
	}
	return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more`];
}
/** Lists of named things are told by their names, so that one that is put in does not shift the others. */
function leavesOf(value, path, found = /* @__PURE__ */ new Map()) {
	if (Array.isArray(value) && value.length > 0) for (const [at, each] of value.entries()) leavesOf(each, `${path}[${nameOf(each) ?? at}]`, found);
	else if (value !== null && typeof value === "object" && Object.keys(value).length > 0) for (const [name, each] of Object.entries(value)) leavesOf(each, `${path}.${name}`, found);
	else {
		const text = JSON.stringify(value);
		found.set(path, text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
	}
	return found;
}
const nameOf = (value) => value !== null && typeof value === "object" && !Array.isArray(value) && typeof value.name === "string" ? value.name : void 0;
// src/domain/seldon/user-manifest.ts
const MAX_BYTES = 1048576;
/**
* Reads YAML or JSON with one SeldonDeployment, of any of the three API versions.
* @throws ActionError when there is none, or anything else beside it
*/
async function readUserManifest(text, where) {
	const documents = [];
	for (const part of text.split(/^---(?:[ \t].*)?$/m)) {
		const value = await require_yaml().parseYaml(part, {
			where,
			maxBytes: MAX_BYTES
		});
		if (isFields(value)) documents.push(value);
		else if (value !== null) require_errors().refuse({
			where,
			expected: "Kubernetes objects",
			seen: "another document"
		});
	}
	const [document, ...more] = documents;
	if (document === void 0 || document.kind !== "SeldonDeployment" || more.length > 0) require_errors().refuse({
		where,
		expected: "one SeldonDeployment",
		seen: documents.length === 0 ? "nothing" : documents.map(({ kind }) => typeof kind === "string" ? require_errors().quote(kind, 40) : "an object without kind").join(", "),
		fix: "Apply what belongs beside it (Secrets, ServiceAccounts) in a step of its own."
	});
	const metadata = isFields(document.metadata) ? document.metadata : {};
	return {
		document,
		name: typeof metadata.name === "string" ? metadata.name : void 0,
		namespace: typeof metadata.namespace === "string" ? metadata.namespace : void 0,
		labels: texts(metadata.labels),
		annotations: texts(metadata.annotations)
	};
}
/**
* The manifest's spec with what is asked for put in: the image into the container of each predictor's first node, the
* replicas into each predictor. Fields that Seldon ignores are left out.
* @throws ActionError when there is no such container
*/
function substitute(document, { image, replicas }) {
	const { name: _name, oauth_key: _key, oauth_secret: _secret, ...spec } = isFields(document) && isFields(document.spec) ? document.spec : {};
	const predictors = (Array.isArray(spec.predictors) ? spec.predictors : []).map((predictor) => {
		if (!isFields(predictor)) return predictor;
		const replaced = image === void 0 ? predictor : withImage(predictor, image);
		return replicas === void 0 ? replaced : {
			...replaced,
			replicas
		};
	});
	return {
		...spec,
		predictors
	};
}
function withImage(predictor, image) {
	const node = isFields(predictor.graph) ? predictor.graph.name : void 0;
	let found = false;
	const componentSpecs = (Array.isArray(predictor.componentSpecs) ? predictor.componentSpecs : []).map((component) => {
		if (!isFields(component) || !isFields(component.spec) || !Array.isArray(component.spec.containers)) return component;
		const containers = component.spec.containers.map((container) => {
			if (!isFields(container) || container.name !== node) return container;
			found = true;
			return {
				...container,
				image
			};
		});
		return {
			...component,
			spec: {
				...component.spec,
				containers
			}
		};
	});
	if (found) return {
		...predictor,
		componentSpecs
	};
	throw new (require_errors()).ActionError({
		where: `predictor ${require_errors().quote(textOf(predictor.name))} of the manifest`,
		expected: `a container named ${require_errors().quote(textOf(node))} for the image`,
		seen: "none",
		fix: "Name the container after the graph's node, or leave the image out."
	});
}
/** Checked for what could not be sent: the object as it will be, of the version that is stored. */
const asStored = (document, name) => isFields(document) ? {
	...document,
	apiVersion: require_seldon_deploy().API_VERSION,
	metadata: {
		...isFields(document.metadata) ? document.metadata : {},
		name
	}
} : document;
const isFields = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value);
const textOf = (value) => typeof value === "string" ? value : "";
function texts(value) {
	const found = {};
	for (const [name, each] of Object.entries(isFields(value) ? value : {})) if (typeof each === "string") found[name] = each;
	return found;
}
// src/actions/cluster-order.ts
/** Below what Kubernetes waits by itself (600 s), and below what we wait, so that it is Kubernetes that tells the stall. */
function progressDeadline(waitSeconds) {
	return Math.max(10, Math.min(600, waitSeconds - 10));
}
/**
* The SeldonDeployment that the inputs, the record or the user's manifest ask for, checked by every rule of Seldon's.
* @throws ActionError with every rule that the cluster would refuse it by
*/
async function wantedObject(asked, record, run, workspace) {
	const image = imageOf(asked, record);
	const wanted = asked.manifest === void 0 ? fromInputs(asked, image, record) : await fromManifest(asked, asked.manifest, image, record, run, workspace);
	const findings = require_lint().lintSeldonDeployment(wanted.document);
	const errors = findings.filter(({ level }) => level === "error");
	if (errors.length > 0) throw new (require_errors()).ActionError(errors.map(({ level: _level, ...mistake }) => mistake));
	return {
		...wanted,
		findings
	};
}
function imageOf({ image, manifest, implementation, "model-uri": modelUri }, record) {
	if (image !== void 0) {
		if (image.kind === "registry") return require_reference().formatReference(image);
		return require_errors().refuse({
			where: `input "image"`,
			expected: "an image in a registry, which the cluster can pull",
			seen: "a layout on this machine"
		});
	}
	if (record?.image === void 0 || implementation !== void 0 || modelUri !== void 0 && manifest === void 0) return void 0;
	const { repository, digest } = record.image;
	if (!repository.startsWith("oci:")) return `${repository}@${digest}`;
	return require_errors().refuse({
		where: `the record's image`,
		expected: "an image in a registry, which the cluster can pull",
		seen: repository,
		fix: "Give build-model-image the name of a registry's repository."
	});
}
function fromInputs(asked, image, record) {
	const name = asked.name ?? nameOfRecord(record);
	const modelUri = asked["model-uri"] ?? (image === void 0 ? record?.artifact?.modelUri : void 0);
	const flavor = record?.model.flavor;
	const implementation = asked.implementation ?? (image === void 0 && modelUri !== void 0 && flavor !== void 0 ? require_seldon_deploy().serverOfFlavor(flavor) : void 0);
	const spec = require_seldon_deploy().buildSpec({
		image,
		modelUri,
		implementation,
		parameters: asked.parameters ?? [],
		replicas: asked.replicas ?? 1,
		resources: asked.resources,
		env: asked.env ?? {},
		serviceAccount: asked["service-account"],
		storageSecret: asked["storage-secret"],
		imagePullSecret: asked["image-pull-secret"],
		protocol: asked.protocol,
		engine: asked.engine,
		annotations: asked.annotations ?? {},
		progressDeadlineSeconds: progressDeadline(asked["wait-timeout"]),
		answersPing: asked.image === void 0 && record?.image !== void 0
	});
	return {
		name,
		spec,
		document: require_seldon_deploy().asJson(require_seldon_deploy().resourceOf({
			name,
			namespace: asked.namespace
		}, spec, {
			labels: {},
			annotations: {}
		})),
		labels: {},
		annotations: {},
		from: image ?? modelUri ?? ""
	};
}
async function fromManifest(asked, path, image, record, run, workspace) {
	const beside = [
		"model-uri",
		"implementation",
		"parameters",
		"resources",
		"env",
		"annotations",
		"service-account",
		"storage-secret",
		"image-pull-secret"
	].filter((each) => asked[each] !== void 0);
	if (beside.length > 0) require_errors().refuse({
		where: `input "${beside[0]}"`,
		expected: "nothing beside a manifest but image, replicas, name and namespace",
		seen: beside.join(", "),
		fix: "Write it into the manifest."
	});
	const text = await workspace.readText(`${run.workspace}/${path}`, { maxBytes: 1048576 });
	if (text === void 0) require_errors().refuse({
		where: `input "manifest"`,
		expected: `a file ${require_errors().quote(path)}`,
		seen: "none"
	});
	const given = await readUserManifest(text, path);
	if (given.namespace !== void 0 && given.namespace !== asked.namespace) require_errors().refuse({
		where: `input "namespace"`,
		expected: `the manifest's, ${require_errors().quote(given.namespace)}`,
		seen: require_errors().quote(asked.namespace)
	});
	const name = asked.name ?? given.name ?? nameOfRecord(record);
	const spec = substitute(given.document, {
		image,
		replicas: asked.replicas
	});
	return {
		name,
		spec,
		document: asStored({
			...given.document,
			spec: require_seldon_deploy().asJson(spec)
		}, name),
		labels: given.labels,
		annotations: given.annotations,
		from: path
	};
}
function nameOfRecord(record) {
	return record?.model.name ?? require_errors().refuse({
		where: `input "name"`,
		expected: "a name",
		seen: "nothing, and no record that names the model",
		fix: "Set the input name."
	});
}
// src/actions/rollout.ts
/** Rules that count seconds are asked this often even where nothing changes. */
const TICK_MS = 500;
const LOG_LINES = 50;
const LONGEST_LINE = 300;
/** Label that the operator gives to all that belongs to a SeldonDeployment. */
const childrenOf = (name) => `seldon-deployment-id=${name}`;
/**
* Waits until an applied SeldonDeployment is rolled out, has failed, or the time is over. It listens to the object, its
* Deployments and pods, and says what it waits for.
* @param deadline milliseconds on the clock that never jumps
* @throws ActionError when the cluster refuses to be watched; the signal's reason when the run is cancelled
*/
async function waitForRollout(place, applied, deadline, { log, clock, signal }) {
	const { cluster, namespace, name } = place;
	const from = clock.elapsed();
	const done = new AbortController();
	const following = AbortSignal.any([done.signal, signal]);
	const seen = {};
	let memory = NO_MEMORY;
	let said = "";
	let end;
	const factsNow = () => ({
		now: clock.elapsed(),
		sdep: seen.sdeps?.[0],
		deployments: seen.deployments ?? [],
		pods: seen.pods ?? []
	});
	const judge = () => {
		if (end !== void 0 || seen.sdeps === void 0 || seen.deployments === void 0 || seen.pods === void 0) return;
		const facts = factsNow();
		const judged = judgeRollout(applied, facts, memory);
		({memory} = judged);
		const { verdict } = judged;
		if (verdict.kind !== "wait") {
			end = {
				verdict,
				facts
			};
			done.abort();
		} else if (verdict.waitsFor !== said) {
			said = verdict.waitsFor;
			log.info(`${((facts.now - from) / 1e3).toFixed(1).padStart(6)} s  waiting for ${said}`);
		}
	};
	const follow = async (key, path, options) => {
		await cluster.follow(path, {
			...options,
			signal: following
		}, (items) => {
			seen[key] = items;
			judge();
		});
	};
	const ticks = (async () => {
		while (!following.aborted && clock.elapsed() < deadline) {
			await clock.sleep(Math.min(TICK_MS, Math.max(1, deadline - clock.elapsed())), following).catch(() => void 0);
			judge();
		}
		done.abort();
	})();
	try {
		await Promise.all([
			ticks,
			follow("sdeps", pathOf("SeldonDeployment", namespace), { fields: `metadata.name=${name}` }),
			follow("deployments", pathOf("Deployment", namespace), { labels: childrenOf(name) }),
			follow("pods", pathOf("Pod", namespace), { labels: childrenOf(name) })
		]);
	} finally {
		done.abort();
	}
	if (signal.aborted) throw signal.reason;
	const waited = Math.round((clock.elapsed() - from) / 1e3);
	return end ?? {
		verdict: {
			kind: "timeout",
			message: `after ${waited} s still waiting for ${said || "the cluster"}`
		},
		facts: factsNow()
	};
}
/** Says in the log what the new pods are at: their states, the events about them, and the culprit's last lines. */
async function explainFailure({ cluster, namespace }, applied, facts, culprit, { log }) {
	const ids = new Set(applied.predictors.map(({ deployId }) => deployId));
	const pods = facts.pods.filter((pod) => isNew(pod, ids));
	for (const pod of pods.slice(0, 5)) log.info(tellPod(pod));
	const pod = pods.find(({ metadata }) => metadata.name === culprit?.pod) ?? pods[0];
	if (pod === void 0) return;
	const events = await cluster.list(pathOf("Event", namespace), { fields: `involvedObject.name=${pod.metadata.name}` }).catch((thrown) => {
		log.info(`Its events can not be read: ${require_errors().messageOf(thrown)}`);
		return [];
	});
	for (const event of events.slice(-10)) log.info(`event ${event.reason ?? ""}: ${cut(event.message ?? "")}${(event.count ?? 1) > 1 ? ` (${event.count} times)` : ""}`);
	if (culprit?.logs === "none") return;
	const container = culprit?.container ?? pod.status?.containerStatuses?.find(({ ready }) => ready !== true)?.name;
	if (container === void 0) return;
	const options = {
		container,
		lines: LOG_LINES,
		previous: culprit?.logs === "previous"
	};
	const lines = await cluster.logs(namespace, pod.metadata.name, options).catch((thrown) => [`(${require_errors().messageOf(thrown)})`]);
	log.info(`The last lines of container ${container}:\n${lines.map(cut).join("\n")}`);
}
function tellPod({ metadata, status }) {
	const containers = [...status?.initContainerStatuses ?? [], ...status?.containerStatuses ?? []].map(({ name, ready, restartCount = 0, state }) => {
		return `${name}: ${state?.waiting?.reason ?? state?.terminated?.reason ?? (state?.running === void 0 ? "unknown" : ready === true ? "ready" : "running, not ready")}${restartCount > 0 ? `, ${restartCount} restarts` : ""}`;
	});
	return `pod ${metadata.name}: ${status?.phase ?? "unknown"}${containers.length === 0 ? "" : ` (${containers.join("; ")})`}`;
}
const cut = (line) => line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
// src/actions/cluster-proof.ts
/** A connection that is refused while pods change places says nothing about the new version. */
const PAUSE_MS = 200;
const ONE_ANSWER_MS = 2e4;
/** Where predictions of a deployment are answered. */
function clusterUrl({ cluster, namespace, name }, spec, base, sdep) {
	const [predictor] = spec.predictors;
	const path = require_seldon_deploy().predictionPath(spec.protocol ?? "seldon", predictor.graph.name);
	if (base !== void 0) return `${base.href.replace(/\/+$/, "")}${require_names().basePath(namespace, name)}${path}`;
	const service = serviceOf(sdep, name, predictor.name);
	return service === void 0 ? "" : `${cluster.server}${proxyPath("Service", namespace, service.name, service.port, path)}`;
}
/** The Service of a predictor and its HTTP port, as the operator tells them. */
function serviceOf(sdep, name, predictor) {
	const all = Object.entries(sdep?.status?.serviceStatus ?? {});
	const [service, { httpEndpoint = "" } = {}] = all.find(([each]) => each === `${name}-${predictor}`) ?? all[0] ?? [];
	const port = /:(\d+)$/.exec(httpEndpoint)?.[1];
	return service === void 0 || port === void 0 ? void 0 : {
		name: service,
		port
	};
}
/**
* Asks a new pod of each predictor itself, so that it is certain who answers; then asks at the address that users have, where a
* refused connection is asked again.
* @returns the prediction in a few words
* @throws ActionError when a new version answers wrongly, or nothing answers in time
*/
async function proveInCluster(place, proof, ports) {
	const { cluster, namespace, name } = place;
	const { applied, spec, base } = proof;
	const called = `${namespace}/${name}`;
	let prediction;
	for (const [at, predictor] of spec.predictors.entries()) {
		if (predictor.shadow === true) continue;
		const smoke = proof.smoke ?? ping(spec, at);
		const { service, pod } = await partsOf(place, applied.predictors[at].deployId, predictor.name, proof, ports);
		const direct = proxyPath("Pod", namespace, pod.metadata.name, service.port, smoke.path);
		const ask = async (path) => await cluster.through(path, {
			method: smoke.body === void 0 ? "GET" : "POST",
			body: smoke.body === void 0 ? void 0 : JSON.stringify(smoke.body),
			timeoutMs: ONE_ANSWER_MS,
			signal: ports.signal
		});
		prediction = await asked(smoke, `the new version of ${called} (pod ${pod.metadata.name})`, proof.deadline, async () => ask(direct), ports);
		if (base === void 0) {
			const path = proxyPath("Service", namespace, service.name, service.port, smoke.path);
			await asked(smoke, `${called} by its Service`, proof.deadline, async () => ask(path), ports);
		}
	}
	if (base !== void 0) {
		const smoke = proof.smoke ?? ping(spec, 0);
		const url = `${base.href.replace(/\/+$/, "")}${require_names().basePath(namespace, name)}${smoke.path}`;
		const request = async () => await ports.http.request({
			url,
			...smoke.body === void 0 ? {} : {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify(smoke.body)
			},
			timeoutMs: ONE_ANSWER_MS,
			signal: ports.signal
		});
		prediction = await asked(smoke, `${called} at ${base.origin}`, proof.deadline, request, ports) ?? prediction;
	}
	return prediction;
}
async function asked(smoke, called, deadline, request, { clock, log, signal }) {
	for (;;) {
		let passing;
		try {
			const answer = await request();
			const { reasons, prediction } = require_smoke().judgeAnswer(smoke, answer);
			if (reasons.length === 0) return prediction;
			const mistakes = reasons.map((reason) => ({
				...reason,
				where: `${called}, ${smoke.path}, ${reason.where}`
			}));
			passing = new (require_errors()).ActionError(mistakes);
			if (![
				502,
				503,
				504
			].includes(answer.status)) throw passing;
		} catch (thrown) {
			if (signal.aborted) throw signal.reason;
			const refusedByRight = thrown instanceof require_errors().ActionError && thrown.mistakes.some(({ seen }) => seen.startsWith("403"));
			if (!(thrown instanceof require_errors().ActionError) || refusedByRight || thrown.mistakes[0]?.where.startsWith(called)) throw thrown;
			passing = thrown;
		}
		if (clock.elapsed() + PAUSE_MS >= deadline) throw passing;
		log.debug(`${called}: ${require_errors().messageOf(passing)}; asked again`);
		await clock.sleep(PAUSE_MS, signal).catch(() => void 0);
		if (signal.aborted) throw signal.reason;
	}
}
/** Stands in where no smoke request is given: the server is there. */
function ping({ protocol = "seldon", predictors }, at) {
	const predictor = predictors[at];
	return {
		path: !require_seldon_deploy().withoutExecutor(predictor) ? "/ready" : protocol === "seldon" ? "/health/ping" : protocol === "tensorflow" ? `/v1/models/${predictor.graph.name}` : "/v2/health/ready",
		body: void 0,
		expect: {
			status: 200,
			tolerance: 0
		}
	};
}
/**
* The predictor's Service, and a ready pod of its new version. What was seen last may be a moment old: the lists of a wait come
* each by its own watch.
*/
async function partsOf({ cluster, namespace, name }, deployId, predictor, { facts, deadline }, { clock, signal }) {
	let service = serviceOf(facts.sdep, name, predictor);
	let pod = newPod(facts.pods, deployId);
	while (service === void 0 || pod === void 0) {
		pod ??= newPod(await cluster.list(pathOf("Pod", namespace), { labels: childrenOf(name) }), deployId);
		service ??= serviceOf(await cluster.get(pathOf("SeldonDeployment", namespace, name)), name, predictor);
		if (service !== void 0 && pod !== void 0) break;
		if (clock.elapsed() + PAUSE_MS >= deadline) require_errors().refuse({
			where: `${namespace}/${name}`,
			expected: "a Service and a ready pod of the new version",
			seen: service === void 0 ? "no Service" : "no such pod"
		});
		await clock.sleep(PAUSE_MS, signal).catch(() => void 0);
		if (signal.aborted) throw signal.reason;
	}
	return {
		service,
		pod
	};
}
function newPod(pods, id) {
	const ready = ({ status }) => status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
	return pods.find((pod) => isNew(pod, /* @__PURE__ */ new Set([id])) && ready(pod));
}
// src/actions/cluster-deploy.ts
const MOST_TRIES = 5;
const MOST_ANNOTATION_BYTES = 102400;
const REMOVAL_MS = 6e4;
/**
* Deploys a SeldonDeployment, and is green only when the new version has answered. What was proven before is put back when the
* new one fails; a first deploy that fails is removed, where this run has made it.
*/
async function deployToCluster(order, run, ports) {
	const record = await require_record().takeRecord(order.record, run, ports);
	require_record().requireGate(record, order["require-gate"]);
	const wanted = await wantedObject(order, record, run, ports.workspace);
	const { spec, deployId } = await stampSpec(wanted.spec);
	const version = {
		wanted,
		spec,
		deployId,
		record
	};
	tellFindings(wanted, ports.log);
	if (order["dry-run"] === "client") return await tellManifest(version, order, ports.log);
	const cluster = await ports.kubernetes.connect({
		kubeconfig: order.kubeconfig,
		context: order["kube-context"],
		allowExec: order["allow-exec"]
	});
	try {
		return await deployAt({
			cluster,
			namespace: order.namespace,
			name: wanted.name
		}, version, order, run, ports);
	} finally {
		ports.log.debug(`${cluster.calls} calls to ${cluster.server}`);
		cluster.close();
	}
}
const pathAt = ({ namespace, name }) => pathOf("SeldonDeployment", namespace, name);
const calledAt = ({ namespace, name }) => `${namespace}/${name}`;
async function deployAt(place, version, order, run, ports) {
	const { log, clock } = ports;
	const facts = await observe(place, version, order, run, ports);
	log.info(`${calledAt(place)}: ${facts.plan.operation}, because ${facts.plan.reason}`);
	if (order["dry-run"] !== "false") return await tellDryRun(place, version, facts, order, ports);
	const from = clock.elapsed();
	const deadline = from + order["wait-timeout"] * 1e3;
	const written = await write(place, version, facts, order, run, ports);
	const { applied } = written;
	let failure;
	let proven;
	try {
		proven = await log.group(`Rolling out ${calledAt(place)} (${applied.deployId.slice(0, 12)})`, async () => prove(place, version.spec, applied, deadline, order, ports));
		await markProven(place, applied.deployId, ports);
	} catch (thrown) {
		if (!(thrown instanceof Failure)) throw thrown;
		failure = thrown;
	}
	if (failure !== void 0 || proven === void 0) return await recover(place, version, written, failure, order, ports);
	const seconds = (clock.elapsed() - from) / 1e3;
	const done = {
		operation: written.operation,
		applied,
		...proven,
		seconds
	};
	await keepSmoke(order["smoke-request"], run, ports);
	log.info(`${calledAt(place)} serves ${applied.deployId.slice(0, 12)} at ${proven.url} (${seconds.toFixed(1)} s)`);
	if (proven.prediction !== void 0) log.info(`It predicted ${proven.prediction}`);
	return await tellDone(place, version, facts, done, order, run, ports);
}
/** All that decides, read before anything is changed; what the verdict will need is read too, so that a missing right is told now. */
async function observe(place, version, order, run, ports) {
	const { cluster, namespace, name } = place;
	const labels = childrenOf(name);
	const [standing] = await Promise.all([
		cluster.get(pathAt(place)),
		readable(cluster, pathOf("Deployment", namespace), labels),
		readable(cluster, pathOf("Pod", namespace), labels)
	]);
	const release = await keptRelease(standing, RELEASE_ANNOTATION, ports);
	const lastProven = await keptRelease(standing, LAST_PROVEN_ANNOTATION, ports);
	const ancestry = await ancestryOf(release, shaOf(version, run), run, ports);
	const plan = planDeploy({
		deployId: version.deployId,
		adopt: order.adopt,
		allowOlder: order["allow-older"]
	}, standing, ancestry);
	if (plan.operation === "refuse") {
		const { expected, seen, fix } = plan;
		require_errors().refuse({
			where: `SeldonDeployment ${calledAt(place)}`,
			expected,
			seen,
			fix
		});
	}
	const provenId = standing?.metadata.annotations?.[PROVEN_ANNOTATION];
	return {
		standing,
		plan,
		release,
		lastProven: release !== void 0 && release.deployId === provenId ? release : lastProven
	};
}
async function readable(cluster, path, labels) {
	try {
		await cluster.list(path, { labels });
	} catch (thrown) {
		if (!(thrown instanceof require_errors().ActionError) || !thrown.mistakes[0].seen.startsWith("403")) throw thrown;
		const [mistake] = thrown.mistakes;
		throw new (require_errors()).ActionError({
			...mistake,
			expected: "the right to read Deployments and pods: without it success can not be proven"
		}, { cause: thrown });
	}
}
async function keptRelease(standing, annotation, { compression, log }) {
	const packed = standing?.metadata.annotations?.[annotation];
	if (packed === void 0) return void 0;
	try {
		return readRelease(await compression.unpack(packed, {
			where: annotation,
			maxBytes: 1048576
		}), annotation);
	} catch (thrown) {
		if (!(thrown instanceof require_errors().ActionError)) throw thrown;
		log.warning(`The annotation ${annotation} can not be read, so nothing is rolled back to it: ${require_errors().messageOf(thrown)}`);
		return;
	}
}
const shaOf = ({ record }, run) => record?.source.sha ?? run.sha;
/** How our commit stands to the one that serves, by GitHub's compare: a shallow checkout knows too little. */
async function ancestryOf(release, sha, run, { github, log }) {
	if (release === void 0 || release.sha === "" || sha === "") return "unknown";
	if (release.sha === sha && release.repository === run.repository) return "identical";
	if (release.repository !== run.repository) return "unknown";
	try {
		return await github.compare(release.sha, sha) ?? "unknown";
	} catch (thrown) {
		log.warning(`Whether this commit is newer than the one that serves can not be told: ${require_errors().messageOf(thrown)}`);
		return "unknown";
	}
}
/** The one write: spec, release and record, fenced by the version that was read. */
async function write(place, version, first, order, run, ports) {
	let facts = first;
	for (let tried = 1;; tried++) {
		const { standing, plan, lastProven } = facts;
		const object = await objectOf(place, version, facts, run, ports);
		const fence = standing?.metadata.resourceVersion;
		const sent = fence === void 0 ? object : {
			...object,
			metadata: {
				...object.metadata,
				resourceVersion: fence
			}
		};
		const applying = await place.cluster.apply(pathAt(place), sent);
		switch (applying.kind) {
			case "conflict": throw conflictError(place, applying.with);
			case "stale":
				if (tried === MOST_TRIES) require_errors().refuse({
					where: `SeldonDeployment ${calledAt(place)}`,
					expected: "to be left alone while it is written",
					seen: `${MOST_TRIES} other writes in a row`,
					fix: "Does another workflow deploy the same name? Give them one concurrency group."
				});
				ports.log.info(`${calledAt(place)} was changed meanwhile: read again`);
				facts = await observe(place, version, order, run, ports);
				continue;
			case "applied": {
				const { metadata } = applying.object;
				const applied = appliedOf(version.spec, version.deployId, metadata);
				const untouched = standing !== void 0 && metadata.generation === standing.metadata.generation;
				const created = standing === void 0 && metadata.generation === 1;
				return {
					operation: created ? "created" : plan.operation === "unchanged" && untouched ? "unchanged" : "updated",
					applied,
					created,
					lastProven
				};
			}
		}
	}
}
async function objectOf(place, version, { plan, standing, lastProven }, run, ports) {
	const { wanted, spec, deployId, record } = version;
	const labels = {
		...wanted.labels,
		[MANAGED_BY]: MANAGER
	};
	const kept = standing?.metadata.annotations ?? {};
	if (plan.operation === "unchanged") {
		const ours = [
			SPEC_ID_ANNOTATION,
			RELEASE_ANNOTATION,
			LAST_PROVEN_ANNOTATION
		].filter((each) => kept[each] !== void 0);
		const annotations = {
			...wanted.annotations,
			...Object.fromEntries(ours.map((each) => [each, kept[each]]))
		};
		return require_seldon_deploy().resourceOf(place, spec, {
			labels,
			annotations
		});
	}
	const release = {
		schema: 1,
		deployId,
		spec,
		repository: run.repository,
		sha: shaOf(version, run),
		runId: run.runId,
		...record === void 0 ? {} : { record: require_record().serialiseRecord(record) }
	};
	return require_seldon_deploy().resourceOf(place, spec, {
		labels,
		annotations: {
			...wanted.annotations,
			...await annotationsOf(release, lastProven, ports)
		}
	});
}
/** Both releases packed, with their records as far as there is room. */
async function annotationsOf(release, lastProven, { compression, log }) {
	const pack = async (each) => await compression.pack(JSON.stringify(each));
	const bare = ({ record: _record, ...rest }) => rest;
	const choices = [
		[release, lastProven],
		[release, lastProven && bare(lastProven)],
		[bare(release), lastProven && bare(lastProven)]
	];
	for (const [at, [ours, before]] of choices.entries()) {
		const annotations = {
			[SPEC_ID_ANNOTATION]: release.deployId,
			[RELEASE_ANNOTATION]: await pack(ours),
			...before === void 0 ? {} : { [LAST_PROVEN_ANNOTATION]: await pack(before) }
		};
		if (Object.entries(annotations).reduce((sum, [name, value]) => sum + name.length + value.length, 0) <= MOST_ANNOTATION_BYTES) {
			if (at > 0) log.warning("The release record is too long to be kept in the cluster beside what it rolls back to: it is left out there.");
			return annotations;
		}
	}
	return require_errors().refuse({
		where: "the SeldonDeployment",
		expected: `a spec that fits an annotation of ${MOST_ANNOTATION_BYTES} bytes`,
		seen: "a longer one"
	});
}
function conflictError(place, all) {
	return new (require_errors()).ActionError(all.map(({ manager, field }) => ({
		where: `SeldonDeployment ${calledAt(place)}, ${field}`,
		expected: "a field of these actions",
		seen: `one that ${manager} owns`,
		fix: "spec.predictors is one list: two tools can not share it. Let one of them own it."
	})));
}
/** The new version did not prove itself. */
var Failure = class extends Error {
	why;
	error;
	constructor(why, error) {
		super(error.message, { cause: error });
		this.why = why;
		this.error = error;
	}
};
async function prove(place, spec, applied, deadline, order, ports) {
	const end = await waitForRollout(place, applied, deadline, ports);
	if (end.verdict.kind !== "rolled-out") throw await failureOf(place, applied, end, ports);
	try {
		const prediction = await proveInCluster(place, {
			applied,
			spec,
			facts: end.facts,
			smoke: order["smoke-request"],
			base: order["base-url"],
			deadline: Math.max(deadline, ports.clock.elapsed() + 1e4)
		}, ports);
		return {
			url: clusterUrl(place, spec, order["base-url"], end.facts.sdep),
			prediction
		};
	} catch (thrown) {
		if (ports.signal.aborted || !(thrown instanceof require_errors().ActionError)) throw thrown;
		await explainFailure(place, applied, end.facts, void 0, ports);
		throw new Failure("answer", thrown);
	}
}
async function failureOf(place, applied, { verdict, facts }, ports) {
	const [why, message, culprit] = verdict.kind === "failed" ? [
		verdict.why,
		verdict.message,
		verdict.culprit
	] : [
		"timeout",
		verdict.kind === "timeout" ? verdict.message : "",
		void 0
	];
	if (![
		"deleted",
		"replaced",
		"superseded"
	].includes(why)) await explainFailure(place, applied, facts, culprit, ports);
	const state = facts.sdep?.status?.state;
	const fix = state === void 0 ? "Seldon has told no state: does its operator run, and watch this namespace?" : `Seldon's own state is ${state}, which does not tell.`;
	const error = {
		where: `the new version of ${calledAt(place)}`,
		expected: WANTED[why],
		seen: message,
		fix
	};
	return new Failure(why, new (require_errors()).ActionError(error));
}
const WANTED = {
	replaced: "the object that was applied",
	deleted: "the object that was applied",
	superseded: "to stay the last one that was applied",
	quota: "pods that the namespace allows",
	deadline: "to be rolled out in time",
	"doomed-pod": "pods that start",
	operator: "an operator that can roll it out",
	timeout: "to be rolled out in time",
	answer: "the right answer"
};
/** Marks the release as a rollback target, where it still is what stands there. */
async function markProven(place, deployId, { log }) {
	const at = (annotation) => `/metadata/annotations/${annotation.replaceAll("/", "~1")}`;
	if (!await place.cluster.patch(pathAt(place), [{
		op: "test",
		path: at("model-road/deploy-id"),
		value: deployId
	}, {
		op: "add",
		path: at("model-road/proven"),
		value: deployId
	}]).catch((thrown) => {
		if (!(thrown instanceof require_errors().ActionError)) throw thrown;
		log.warning(require_errors().messageOf(thrown));
		return false;
	})) log.warning(`${calledAt(place)} could not be marked as proven: a later failure will not roll back to this version.`);
}
async function recover(place, version, written, failure, order, ports) {
	const { log } = ports;
	log.info(`The new version of ${calledAt(place)} failed: ${require_errors().messageOf(failure)}`);
	const recovery = await log.group("Recovering", async () => recoveryOf(place, version, written, failure, order, ports));
	const told = tellRecovery(recovery);
	log.info(told);
	const text = `The new version of ${calledAt(place)} was refused. ${told}\n${failure.error.mistakes.map(require_errors().sentence).join("\n")}`;
	const record = version.record === void 0 ? "" : require_record().serialiseRecord(version.record);
	return {
		outputs: {
			operation: "failed",
			"prediction-url": recovery.kind === "rolled-back" ? recovery.url : "",
			"deploy-id": version.deployId,
			"rolled-back": String(recovery.kind === "rolled-back"),
			reason: failure.message.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1e3),
			record
		},
		failure: text,
		summary: [
			`### ${require_escape().escapeText(calledAt(place))}: failed`,
			"",
			require_escape().escapeText(failure.message),
			"",
			require_escape().escapeText(told),
			"",
			...tableOf([
				["Deploy id of the new version", require_escape().codeSpan(version.deployId)],
				["From", require_escape().codeSpan(version.wanted.from)],
				...recovery.kind === "rolled-back" ? [["Serving now", require_escape().codeSpan(recovery.deployId)]] : []
			])
		].join("\n")
	};
}
async function recoveryOf(place, version, written, failure, order, ports) {
	if ([
		"replaced",
		"deleted",
		"superseded"
	].includes(failure.why)) return { kind: "foreign" };
	if (order.rollback === "none" || written.operation === "unchanged") return { kind: "kept" };
	try {
		if (written.created) return await removeFirst(place, written.applied.uid, ports) ? { kind: "removed" } : {
			kind: "degraded",
			why: "it is still being deleted"
		};
		const target = written.lastProven;
		if (target === void 0 || target.deployId === version.deployId) return { kind: "kept" };
		return await rollBack(place, version, target, order, ports);
	} catch (thrown) {
		if (ports.signal.aborted || !(thrown instanceof require_errors().ActionError || thrown instanceof Failure)) throw thrown;
		return {
			kind: "degraded",
			why: require_errors().messageOf(thrown)
		};
	}
}
async function removeFirst({ cluster, namespace, name }, uid, { clock, log, signal }) {
	const path = pathOf("SeldonDeployment", namespace, name);
	await cluster.remove(path, uid);
	const deadline = clock.elapsed() + REMOVAL_MS;
	while ((await cluster.get(path))?.metadata.uid === uid) {
		if (clock.elapsed() > deadline) return false;
		log.debug("still there");
		await clock.sleep(1e3, signal);
	}
	return true;
}
async function rollBack(place, version, target, order, ports) {
	const { clock, log } = ports;
	log.info(`Putting ${target.deployId.slice(0, 12)} back (commit ${target.sha.slice(0, 12)})`);
	for (let tried = 1;; tried++) {
		const standing = await place.cluster.get(pathAt(place));
		if (standing?.metadata.annotations?.["model-road/deploy-id"] !== version.deployId) return { kind: "foreign" };
		const annotations = {
			...version.wanted.annotations,
			...await annotationsOf(target, target, ports)
		};
		const object = require_seldon_deploy().resourceOf(place, target.spec, {
			labels: {
				...version.wanted.labels,
				[MANAGED_BY]: MANAGER
			},
			annotations
		});
		const applying = await place.cluster.apply(pathAt(place), {
			...object,
			metadata: {
				...object.metadata,
				resourceVersion: standing.metadata.resourceVersion
			}
		});
		if (applying.kind === "conflict") throw conflictError(place, applying.with);
		if (applying.kind === "stale") {
			if (tried < MOST_TRIES) continue;
			return {
				kind: "degraded",
				why: "others write the object without a pause"
			};
		}
		const applied = appliedOf(target.spec, target.deployId, applying.object.metadata);
		const deadline = clock.elapsed() + order["wait-timeout"] * 1e3;
		const { url } = await prove(place, target.spec, applied, deadline, {
			"smoke-request": void 0,
			"base-url": order["base-url"]
		}, ports);
		await markProven(place, target.deployId, ports);
		return {
			kind: "rolled-back",
			deployId: target.deployId,
			url
		};
	}
}
function tellRecovery(recovery) {
	switch (recovery.kind) {
		case "rolled-back": return `The version before (${recovery.deployId.slice(0, 12)}) was put back, and answers.`;
		case "removed": return "It was the first of its name and is removed again.";
		case "kept": return "It stays as it is: there is nothing proven to go back to, or rollback is off. Pods of an earlier version that still run go on serving.";
		case "foreign": return "Someone else has changed the SeldonDeployment meanwhile, so it is left alone.";
		case "degraded": return `Recovering failed too, so it needs a person: ${recovery.why}`;
	}
}
async function keepSmoke(smoke, run, { workspace, log }) {
	const { body = null, path } = smoke ?? {};
	if (path !== "/api/v1.0/predictions" || body === null || typeof body !== "object") return;
	await require_smoke_request().keepRequest(body, run, workspace).catch((thrown) => log.warning(require_errors().messageOf(thrown)));
}
function tellFindings({ findings }, log) {
	for (const finding of findings) log.warning(require_errors().sentence(finding));
}
const tableOf = (rows) => [
	"| | |",
	"|---|---|",
	...rows.map(([name, value]) => `| ${name} | ${value} |`),
	""
];
async function tellManifest(version, order, log) {
	const { wanted, spec, deployId } = version;
	const place = {
		name: wanted.name,
		namespace: order.namespace
	};
	const object = require_seldon_deploy().resourceOf(place, spec, {
		labels: {
			...wanted.labels,
			[MANAGED_BY]: MANAGER
		},
		annotations: {
			...wanted.annotations,
			[SPEC_ID_ANNOTATION]: deployId
		}
	});
	const text = JSON.stringify(object, void 0, 2);
	await log.group(`The manifest of ${place.namespace}/${place.name}`, async () => Promise.resolve(log.info(text)));
	return {
		outputs: {
			...noOutputs(version),
			operation: "rendered",
			reason: "dry-run: client asks no cluster",
			manifest: JSON.stringify(object)
		},
		summary: [
			`### ${require_escape().escapeText(`${place.namespace}/${place.name}`)}: rendered`,
			"",
			require_escape().codeBlock(text, "json"),
			""
		].join("\n")
	};
}
async function tellDryRun(place, version, facts, order, ports) {
	const { plan, standing } = facts;
	const asksServer = order["dry-run"] === "server" || order["dry-run"] === "true";
	const changes = describeChanges(standing?.spec, version.spec);
	if (asksServer) {
		const object = await objectOf(place, version, facts, {
			repository: "",
			runId: "",
			sha: ""
		}, ports);
		const applying = await place.cluster.apply(pathAt(place), object, { dryRun: true });
		if (applying.kind === "conflict") throw conflictError(place, applying.with);
		ports.log.info("The cluster would take it.");
	}
	for (const change of changes) ports.log.info(change);
	const operation = plan.operation === "unchanged" ? "unchanged" : plan.operation === "create" ? "would-create" : "would-update";
	return {
		outputs: {
			...noOutputs(version),
			operation,
			reason: plan.reason
		},
		summary: [
			`### ${require_escape().escapeText(calledAt(place))}: ${operation}`,
			"",
			`${require_escape().escapeText(plan.reason)}.`,
			"",
			changes.length === 0 ? "Nothing in the spec changes." : require_escape().codeBlock(changes.join("\n"), "text"),
			""
		].join("\n")
	};
}
const noOutputs = ({ deployId, record }) => ({
	"prediction-url": "",
	"deploy-id": deployId,
	"rolled-back": "false",
	record: record === void 0 ? "" : require_record().serialiseRecord(record)
});
async function tellDone(place, version, { plan }, done, order, run, ports) {
	const { record, deployId, wanted, spec } = version;
	const annotations = [];
	if (order["smoke-request"] === void 0) annotations.push({
		level: "warning",
		title: `${calledAt(place)}: no prediction was asked for`,
		message: "The new version is up, but nothing proved that it predicts. Give a smoke-request."
	});
	const given = record && await require_record().giveRecord(await withDeployment(record, place, done, spec), run, ports);
	return {
		outputs: {
			operation: done.operation,
			"prediction-url": done.url,
			"deploy-id": deployId,
			"rolled-back": "false",
			reason: plan.reason,
			record: given ?? ""
		},
		annotations,
		summary: [
			`### ${require_escape().escapeText(calledAt(place))}: ${done.operation}`,
			"",
			`${require_escape().escapeText(plan.reason)}. Proven after ${done.seconds.toFixed(1)} s.`,
			"",
			...tableOf([
				["Prediction URL", require_escape().codeSpan(done.url)],
				["Deploy id", require_escape().codeSpan(deployId)],
				["From", require_escape().codeSpan(wanted.from)],
				["Engine", spec.predictors.some((each) => !require_seldon_deploy().withoutExecutor(each)) ? "with Seldon's executor" : "the model server itself, without Seldon's executor"],
				...done.prediction === void 0 ? [] : [["It predicted", require_escape().codeSpan(done.prediction)]]
			])
		].join("\n")
	};
}
async function withDeployment(record, { namespace, name }, { operation, applied, url }, spec) {
	return {
		...record,
		deployment: {
			target: "seldon",
			namespace,
			name,
			predictor: spec.predictors[0].name,
			strategy: "rolling",
			deployId: applied.deployId,
			url,
			operation,
			recordBefore: await require_names().textDigest(require_record().serialiseRecord(record))
		}
	};
}
exports.deployToCluster = deployToCluster;
