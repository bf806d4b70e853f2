require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_condition_rule;
const require_condition_rule = () => kept_require_condition_rule ??= require("./condition-rule.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
// src/domain/kubernetes/training.ts
/** By it the pods of a training are found, where its controller keeps the labels of their template. */
const TRAINING_LABEL = "model-road/training";
/** The run that a training belongs to: only its own run may end it. */
const TRAINING_RUN = "model-road/run";
/** Seconds. */
const LEAST_LIFETIME = 600;
/** Names of pods hang something behind the name of what they belong to: `-worker-0`, five random letters. */
const MOST_NAME = 52;
const replicas = (field) => ({
	templates: [[
		"spec",
		field,
		"*",
		"template"
	]],
	lifetimes: [[
		"spec",
		"runPolicy",
		"ttlSecondsAfterFinished"
	]]
});
const ARGO = {
	templates: [],
	lifetimes: [
		"secondsAfterCompletion",
		"secondsAfterSuccess",
		"secondsAfterFailure"
	].map((name) => [
		"spec",
		"ttlStrategy",
		name
	]),
	podLabel: "workflows.argoproj.io/workflow"
};
const KINDS = {
	"batch/Job": {
		templates: [["spec", "template"]],
		lifetimes: [["spec", "ttlSecondsAfterFinished"]]
	},
	"kubeflow.org/TFJob": replicas("tfReplicaSpecs"),
	"kubeflow.org/PyTorchJob": replicas("pytorchReplicaSpecs"),
	"kubeflow.org/XGBoostJob": replicas("xgbReplicaSpecs"),
	"kubeflow.org/MPIJob": replicas("mpiReplicaSpecs"),
	"kubeflow.org/PaddleJob": replicas("paddleReplicaSpecs"),
	"kubeflow.org/JAXJob": replicas("jaxReplicaSpecs"),
	"trainer.kubeflow.org/TrainJob": {
		templates: [],
		lifetimes: [],
		podLabel: "jobset.sigs.k8s.io/jobset-name"
	},
	"argoproj.io/Workflow": ARGO,
	"argoproj.io/WorkflowTemplate": ARGO
};
const kindOf = (document) => KINDS[`${require_condition_rule().groupOf(document)}/${document.kind}`];
/**
* The one object of a manifest that trains.
* @throws ActionError when there are several, or it is of a kind whose end can not be told
*/
function trainingDocument(documents, where) {
	const [document, ...others] = documents;
	if (document === void 0 || others.length > 0) require_house().refuse({
		where,
		expected: "one object, which trains",
		seen: documents.map(require_documents().title).join(", ").slice(0, 200),
		fix: "What it needs (claims, ConfigMaps) outlives a training: apply it once, apart."
	});
	if (kindOf(document) !== void 0) return document;
	return require_house().refuse({
		where,
		expected: Object.keys(KINDS).map((key) => key.replace("/", " ")).join(", "),
		seen: require_house().quote(`${document.apiVersion}, ${document.kind}`)
	});
}
/**
* `digits-18234567890-1`: of the run and its attempt, so that a training that was cut is found again, and never random.
* Names start with a letter, since Kubeflow makes Services of them.
*/
function trainingName(name, runId, attempt) {
	const behind = `-${runId === "" ? "0" : runId}-${attempt}`;
	const plain = /^[a-z]/.test(name) ? name : `m-${name}`;
	if (plain.length + behind.length <= MOST_NAME) return `${plain}${behind}`;
	const mark = `-${require_house().textDigest(name).slice(7, 13)}`;
	return `${plain.slice(0, Math.max(1, MOST_NAME - behind.length - mark.length)).replace(/-+$/, "")}${mark}${behind}`;
}
/** The object that is applied: under a name of its own, with our labels and the parameters. The manifest's own name is left. */
function trainingObject(document, marks, params) {
	const { name, namespace, run } = marks;
	const own = fieldsOf(document.metadata);
	const labels = {
		...fieldsOf(own.labels),
		[require_release().MANAGED_BY]: require_release().MANAGER,
		[TRAINING_LABEL]: name,
		[TRAINING_RUN]: run
	};
	const annotations = {
		...fieldsOf(own.annotations),
		...marks.annotations
	};
	let placed = {
		...document,
		metadata: {
			name,
			namespace,
			labels,
			annotations
		}
	};
	for (const path of kindOf(document)?.lifetimes ?? []) if (Number(at(placed, path) ?? LEAST_LIFETIME) < LEAST_LIFETIME) placed = change(placed, path, () => LEAST_LIFETIME);
	if (require_condition_rule().groupOf(document) === "argoproj.io") return argoWorkflow(document, placed, params);
	if (document.kind === "TrainJob") return change(placed, [
		"spec",
		"trainer",
		"env"
	], (env) => withEnvironment(env, params.environment));
	let whole = placed;
	for (const path of kindOf(document)?.templates ?? []) whole = change(whole, path, (template) => {
		return change(change(template ?? {}, ["metadata", "labels"], (had) => ({
			...fieldsOf(had),
			[TRAINING_LABEL]: name
		})), ["spec", "containers"], (containers) => (Array.isArray(containers) ? containers : []).map((container) => change(container, ["env"], (env) => withEnvironment(env, params.environment))));
	});
	return whole;
}
/** A WorkflowTemplate is run by a Workflow that refers to it. */
function argoWorkflow(document, placed, { source }) {
	const spec = document.kind === "WorkflowTemplate" ? { workflowTemplateRef: { name: document.metadata.name } } : fieldsOf(placed.spec);
	const workflow = {
		...placed,
		kind: "Workflow",
		spec
	};
	if (Object.keys(source).length === 0) return workflow;
	return change(workflow, [
		"spec",
		"arguments",
		"parameters"
	], (had) => [...(Array.isArray(had) ? had : []).filter((each) => !Object.hasOwn(source, textOf(fieldsOf(each).name))), ...Object.entries(source).map(([name, value]) => ({
		name,
		value
	}))]);
}
/** The selector of a training's pods. */
const podsOf = (document) => `${kindOf(document)?.podLabel ?? "model-road/training"}=${document.metadata.name}`;
/** Ours go before the manifest's own of the same name: the record says what was asked for. */
function withEnvironment(env, ours) {
	const had = (Array.isArray(env) ? env : []).filter((each) => !Object.hasOwn(ours, textOf(fieldsOf(each).name)));
	return [...Object.entries(ours).map(([name, value]) => ({
		name,
		value: literal(value)
	})), ...had];
}
/** Kubernetes replaces `$(NAME)` in values, and `$$` by `$`. */
const literal = (text) => text.replaceAll("$", "$$$$");
function at(value, path) {
	let found = value;
	for (const name of path) found = fieldsOf(found)[name];
	return found;
}
/** The value at a path with another in its place. `*` goes into each name that is there. */
function change(value, path, to) {
	const [name, ...rest] = path;
	const fields = fieldsOf(value);
	const next = (was) => rest.length === 0 ? to(was) : change(was ?? {}, rest, to);
	if (name !== "*") return {
		...fields,
		[name]: next(fields[name])
	};
	return Object.fromEntries(Object.entries(fields).map(([each, was]) => [each, next(was)]));
}
const fieldsOf = (value) => value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const textOf = (value) => typeof value === "string" ? value : "";
Object.defineProperty(exports, "TRAINING_LABEL", {
	enumerable: true,
	get: function() {
		return TRAINING_LABEL;
	}
});
Object.defineProperty(exports, "TRAINING_RUN", {
	enumerable: true,
	get: function() {
		return TRAINING_RUN;
	}
});
Object.defineProperty(exports, "literal", {
	enumerable: true,
	get: function() {
		return literal;
	}
});
Object.defineProperty(exports, "podsOf", {
	enumerable: true,
	get: function() {
		return podsOf;
	}
});
Object.defineProperty(exports, "trainingDocument", {
	enumerable: true,
	get: function() {
		return trainingDocument;
	}
});
Object.defineProperty(exports, "trainingName", {
	enumerable: true,
	get: function() {
		return trainingName;
	}
});
Object.defineProperty(exports, "trainingObject", {
	enumerable: true,
	get: function() {
		return trainingObject;
	}
});
