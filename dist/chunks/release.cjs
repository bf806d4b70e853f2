require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_resource;
const require_resource = () => kept_require_resource ??= require("./resource.cjs");
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
/** Of one predictor: over all that reaches its pod templates. */
async function predictorId(spec, predictor) {
	const { traffic: _traffic, replicas: _replicas, explainer: _explainer, labels = {}, ...rest } = predictor;
	const { [DEPLOY_ID_LABEL]: _stamp, ...otherLabels } = labels;
	const bare = require_resource().withoutExecutor(predictor);
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
	return require_house().textDigest(require_house().canonicalJson(value)).slice(7, 47);
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
// src/domain/rollout/inherited.ts
const keyOf = (pod, container) => `${pod.metadata.uid ?? pod.metadata.name}/${container}`;
/** The signs of doom that stand at the first look. */
function inheritedSigns(pods, doomOf) {
	const signs = {};
	for (const pod of pods) {
		const doom = doomOf(pod);
		if (doom !== void 0) signs[keyOf(pod, doom.container)] = signOf(pod, doom);
	}
	return signs;
}
/** Whether a doom is only the old one: nothing has been tried since. */
function isOld(inherited, pod, doom) {
	const key = keyOf(pod, doom.container);
	if (!Object.hasOwn(inherited, key)) return false;
	const [before, now] = [inherited[key], signOf(pod, doom)];
	const pulledAgain = before.reason === "ImagePullBackOff" && now.reason === "ErrImagePull";
	return now.restarts === before.restarts && !pulledAgain;
}
/** The signs as they are now, so that what comes after is told from them; what has passed is forgotten. */
function agedSigns(inherited, pods, doomOf) {
	const signs = {};
	for (const pod of pods) {
		const doom = doomOf(pod);
		if (doom === void 0) continue;
		const key = keyOf(pod, doom.container);
		if (Object.hasOwn(inherited, key)) signs[key] = {
			...signOf(pod, doom),
			restarts: inherited[key].restarts
		};
	}
	return signs;
}
function signOf({ status }, { reason, container }) {
	return {
		reason,
		restarts: [...status?.initContainerStatuses ?? [], ...status?.containerStatuses ?? []].find(({ name }) => name === container)?.restartCount ?? 0
	};
}
// src/domain/rollout/verdict.ts
/** Annotation with the digest of the whole spec, in the same write as the spec itself. */
const SPEC_ID_ANNOTATION = "model-road/deploy-id";
const EXPLAINER_LABEL = "seldon.io/explainer";
const NO_MEMORY = {
	failedSince: void 0,
	shakySince: {},
	stuckSince: {}
};
/** The operator writes `Failed` for any passing error of a reconcile, and takes it back. */
const FAILED_HOLDS_MS = 2e4;
/** Longer for what had given up before: a spec that is written again starts nothing anew. */
const INHERITED_HOLDS_MS = 6e4;
/** The Deployment controller takes up a new generation and, for a moment, leaves the conditions of the one before beside it. */
const STUCK_HOLDS_MS = 2e3;
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
	const stood = new Set(applied.predictors.filter((each) => each.stood === true).map((each) => each.deployId));
	const failedSince = sdep.status?.state === "Failed" ? before.failedSince ?? now : void 0;
	const owned = facts.deployments.filter((each) => ownedBy(each, applied.uid));
	const ids = new Set(applied.predictors.map((each) => each.deployId));
	const ours = owned.filter((each) => ids.has(idOf(each)) || isExplainer(each));
	const settled = ours.filter(observed);
	const stuckSince = conditionsHeld(settled, before.stuckSince, now);
	const inheritedStuck = before.inheritedStuck ?? settled.filter((each) => stood.has(idOf(each))).flatMap((each) => STUCK.map((type) => stuckKey(each, type)));
	const holds = (each, type) => {
		const key = stuckKey(each, type);
		const least = inheritedStuck.includes(key) ? INHERITED_HOLDS_MS : STUCK_HOLDS_MS;
		return now - (stuckSince[key] ?? now) >= least;
	};
	const refused = settled.find((each) => holds(each, "ReplicaFailure"));
	if (refused !== void 0) {
		const { message, reason } = conditionOf(refused.status?.conditions, "ReplicaFailure") ?? {};
		return decided(failed("quota", `Kubernetes refuses to make pods: ${message ?? reason ?? "no reason told"}`));
	}
	const pods = facts.pods.filter((pod) => isNew(pod, ids));
	const old = before.inherited ?? inheritedSigns(pods.filter((pod) => isNew(pod, stood)), doomOf);
	const { doomed, shakySince } = lookAtPods(pods, old, before.shakySince, now);
	const memory = {
		failedSince,
		shakySince,
		stuckSince,
		inherited: agedSigns(old, pods, doomOf),
		inheritedStuck: inheritedStuck.filter((key) => Object.hasOwn(stuckSince, key))
	};
	if (doomed !== void 0) return {
		verdict: {
			...failed("doomed-pod", doomed.message),
			culprit: doomed
		},
		memory
	};
	const stalled = settled.find((each) => holds(each, "Progressing"));
	if (stalled !== void 0) {
		const { message = "" } = conditionOf(stalled.status?.conditions, "Progressing") ?? {};
		const stuck = pods.map(unschedulable).find((each) => each !== void 0);
		const told = [message, ...stuck === void 0 ? [] : [`a pod has no place: ${stuck}`]].map((each) => each.replace(/\.$/, ""));
		return {
			verdict: failed("deadline", `Deployment ${stalled.metadata.name} makes no progress: ${told.join("; ")}`),
			memory
		};
	}
	if (failedSince !== void 0 && now - failedSince >= (stood.size > 0 ? INHERITED_HOLDS_MS : FAILED_HOLDS_MS)) {
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
const STUCK = ["ReplicaFailure", "Progressing"];
const stuckKey = ({ metadata }, type) => `${metadata.uid ?? metadata.name}/${metadata.generation ?? 0}/${type}`;
/** Since when each Deployment has told that it can not go on. */
function conditionsHeld(deployments, before, now) {
	const since = {};
	for (const each of deployments) {
		const { conditions } = each.status ?? {};
		const stuck = [...conditionOf(conditions, "ReplicaFailure")?.status === "True" ? ["ReplicaFailure"] : [], ...conditionOf(conditions, "Progressing")?.status === "False" && !rolledOut(each) ? ["Progressing"] : []];
		for (const type of stuck) {
			const key = stuckKey(each, type);
			since[key] = before[key] ?? now;
		}
	}
	return since;
}
function whatIsMissing(applied, owned, ours, pods) {
	for (const { name, deployId, deployments, replicas } of applied.predictors) {
		const own = ours.filter((each) => idOf(each) === deployId && !isExplainer(each));
		if (own.length < deployments) return `the operator to roll predictor ${name} out`;
		const scaled = own.find((each) => replicas !== void 0 && (each.spec.replicas ?? 1) !== replicas);
		if (scaled !== void 0) return `the operator to scale ${scaled.metadata.name} to ${replicas}`;
	}
	const explained = applied.predictors.filter((each) => each.explained === true);
	if (ours.filter(isExplainer).length < explained.length) return `the operator to make the explainer of ${explained.map(({ name }) => name).join(", ")}`;
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
function lookAtPods(pods, inherited, before, now) {
	const shakySince = {};
	for (const pod of pods) {
		const doom = doomOf(pod);
		if (doom === void 0 || isOld(inherited, pod, doom)) continue;
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
/** Set while a deployment is stopped: the deploy id that was proven before, or `unproven`. */
const STOPPED_ANNOTATION = "model-road/stopped";
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
	throw new (require_house()).ActionError({
		where,
		expected: "a release as these actions keep it",
		seen: require_house().quote(text.slice(0, 60))
	});
}
/** Decides what a deploy does to what stands there. @param kind what it is called */
function planDeploy(wanted, standing, ancestry, kind = "SeldonDeployment") {
	if (standing === void 0) return {
		operation: "create",
		reason: `there is no ${kind} of this name`
	};
	const { labels = {}, annotations = {}, deletionTimestamp } = standing.metadata;
	if (deletionTimestamp !== void 0) return {
		operation: "refuse",
		expected: "a name that is free",
		seen: `a ${kind} that is being deleted`,
		fix: "Try again in a minute."
	};
	if (labels["app.kubernetes.io/managed-by"] !== "model-road" && !wanted.adopt) return {
		operation: "refuse",
		expected: `a ${kind} of these actions, or none`,
		seen: labels["app.kubernetes.io/managed-by"] === void 0 ? "one that someone else has made" : `one that ${require_house().quote(labels[MANAGED_BY])} manages`,
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
function appliedOf(spec, deployId, { uid = "", generation = 0 }, before) {
	const ids = predictorIds(spec);
	const stood = new Set(before === void 0 ? [] : predictorIds(before).values());
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
				stood: stood.has(ids.get(predictor.name) ?? ""),
				explained: isExplained(predictor.explainer),
				deployments: Math.max(1, components.length) + (separate && !require_resource().withoutExecutor(predictor) ? 1 : 0),
				replicas: scaled || several ? void 0 : predictor.replicas ?? spec.replicas ?? 1
			};
		})
	};
}
/** An explainer without a type is none to the operator. */
const isExplained = (explainer) => explainer !== null && typeof explainer === "object" && "type" in explainer && typeof explainer.type === "string" && explainer.type !== "";
const short = (deployId) => deployId?.slice(0, 12) ?? "none of ours";
Object.defineProperty(exports, "DEPLOY_ID_LABEL", {
	enumerable: true,
	get: function() {
		return DEPLOY_ID_LABEL;
	}
});
Object.defineProperty(exports, "LAST_PROVEN_ANNOTATION", {
	enumerable: true,
	get: function() {
		return LAST_PROVEN_ANNOTATION;
	}
});
Object.defineProperty(exports, "MANAGED_BY", {
	enumerable: true,
	get: function() {
		return MANAGED_BY;
	}
});
Object.defineProperty(exports, "MANAGER", {
	enumerable: true,
	get: function() {
		return MANAGER;
	}
});
Object.defineProperty(exports, "NO_MEMORY", {
	enumerable: true,
	get: function() {
		return NO_MEMORY;
	}
});
Object.defineProperty(exports, "PROVEN_ANNOTATION", {
	enumerable: true,
	get: function() {
		return PROVEN_ANNOTATION;
	}
});
Object.defineProperty(exports, "RELEASE_ANNOTATION", {
	enumerable: true,
	get: function() {
		return RELEASE_ANNOTATION;
	}
});
Object.defineProperty(exports, "SPEC_ID_ANNOTATION", {
	enumerable: true,
	get: function() {
		return SPEC_ID_ANNOTATION;
	}
});
Object.defineProperty(exports, "STOPPED_ANNOTATION", {
	enumerable: true,
	get: function() {
		return STOPPED_ANNOTATION;
	}
});
Object.defineProperty(exports, "appliedOf", {
	enumerable: true,
	get: function() {
		return appliedOf;
	}
});
Object.defineProperty(exports, "conditionOf", {
	enumerable: true,
	get: function() {
		return conditionOf;
	}
});
Object.defineProperty(exports, "doomOf", {
	enumerable: true,
	get: function() {
		return doomOf;
	}
});
Object.defineProperty(exports, "idOf", {
	enumerable: true,
	get: function() {
		return idOf;
	}
});
Object.defineProperty(exports, "isNew", {
	enumerable: true,
	get: function() {
		return isNew;
	}
});
Object.defineProperty(exports, "judgeRollout", {
	enumerable: true,
	get: function() {
		return judgeRollout;
	}
});
Object.defineProperty(exports, "planDeploy", {
	enumerable: true,
	get: function() {
		return planDeploy;
	}
});
Object.defineProperty(exports, "predictorId", {
	enumerable: true,
	get: function() {
		return predictorId;
	}
});
Object.defineProperty(exports, "readRelease", {
	enumerable: true,
	get: function() {
		return readRelease;
	}
});
Object.defineProperty(exports, "rolledOut", {
	enumerable: true,
	get: function() {
		return rolledOut;
	}
});
Object.defineProperty(exports, "stampSpec", {
	enumerable: true,
	get: function() {
		return stampSpec;
	}
});
Object.defineProperty(exports, "unschedulable", {
	enumerable: true,
	get: function() {
		return unschedulable;
	}
});
