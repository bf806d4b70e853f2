require("./rolldown-runtime.cjs");
let kept_require_condition_rule;
const require_condition_rule = () => kept_require_condition_rule ??= require("./condition-rule.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
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
	const strategy = fieldsOf(spec.updateStrategy);
	if (strategy.type === "OnDelete") return DONE;
	const kept = number(fieldsOf(strategy.rollingUpdate).partition, 0);
	if (kept > 0) return updated < wanted - kept ? wait(`${updated} of ${wanted - kept} pods to be replaced`) : DONE;
	return status.updateRevision === status.currentRevision ? DONE : wait(`${updated} of ${wanted} pods to be replaced`);
}
function daemonSet({ spec, status }) {
	const wanted = number(status.desiredNumberScheduled, 0);
	const [updated, available] = [number(status.updatedNumberScheduled, 0), number(status.numberAvailable, 0)];
	if (fieldsOf(spec.updateStrategy).type !== "OnDelete" && updated < wanted) return wait(`${updated} of ${wanted} pods to be replaced`);
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
	const ingress = fieldsOf(status.loadBalancer).ingress;
	const told = Array.isArray(ingress) && ingress.some((each) => text(fieldsOf(each).ip) || text(fieldsOf(each).hostname));
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
	const status = fieldsOf(object.status);
	const conditions = (Array.isArray(status.conditions) ? status.conditions : []).map((each) => {
		const { type, status: is, reason, message } = fieldsOf(each);
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
		spec: fieldsOf(object.spec),
		status,
		conditions
	};
}
const fieldsOf = (value) => value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const text = (value) => typeof value === "string" ? value : "";
const number = (value, otherwise) => typeof value === "number" ? value : otherwise;
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
Object.defineProperty(exports, "NOTHING_SEEN", {
	enumerable: true,
	get: function() {
		return NOTHING_SEEN;
	}
});
Object.defineProperty(exports, "NO_RULES", {
	enumerable: true,
	get: function() {
		return NO_RULES;
	}
});
Object.defineProperty(exports, "isTold", {
	enumerable: true,
	get: function() {
		return isTold;
	}
});
Object.defineProperty(exports, "isWatched", {
	enumerable: true,
	get: function() {
		return isWatched;
	}
});
Object.defineProperty(exports, "judgeObject", {
	enumerable: true,
	get: function() {
		return judgeObject;
	}
});
Object.defineProperty(exports, "judgeObjects", {
	enumerable: true,
	get: function() {
		return judgeObjects;
	}
});
