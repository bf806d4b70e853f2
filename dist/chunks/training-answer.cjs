const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/kubernetes/training-answer.ts
var training_answer_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ parseTrainingAnswer: () => parseTrainingAnswer });
/** Kubernetes keeps no more of a termination message. */
const MOST_BYTES = 4096;
const MOST_PARAMETER_BYTES = 262144;
const URI = /^[a-z][a-z0-9+.-]{1,63}:\/\/(?!.*(?:^|\/)\.{1,2}(?:\/|$))[!-~]+$/;
const answerShape = require_house().object({
	/** A map of metrics, or the URI of a file of them in the model store. */
	metrics: require_house().optional(require_house().anything),
	model: require_house().object({
		uri: require_house().string({
			most: 2048,
			form: URI,
			called: "a URI, as pvc://claim/path or s3://bucket/path"
		}),
		digest: require_house().string({
			form: /^sha256:[0-9a-f]{64}$/,
			called: "sha256: and 64 hex digits"
		}),
		files: require_house().optional(require_house().count),
		bytes: require_house().optional(require_house().count)
	})
});
const parseTrainingAnswer = (value, where) => require_house().check(answerShape, value, where);
/** The termination messages of a pod's containers that have ended well. */
function lastWordsOf({ metadata, status }) {
	return (status?.containerStatuses ?? []).flatMap(({ name, state }) => {
		const { exitCode, message = "" } = state?.terminated ?? {};
		return exitCode === 0 && message.trim() !== "" ? [{
			pod: metadata.name,
			container: name,
			message
		}] : [];
	});
}
const FIX = "Let the training write {\"metrics\": {…}, \"model\": {\"uri\": \"…\", \"digest\": \"sha256:…\"}} to /dev/termination-log.";
/**
* What the pods of a training have told. Of several workers one tells it; two that tell different things are refused.
* @throws ActionError when nobody told it, or not in its form
*/
function answerOfPods(words, where) {
	const told = words.filter(({ message }) => message.trimStart().startsWith("{"));
	const different = new Set(told.map(({ message }) => message.trim()));
	if (different.size === 0) require_house().refuse({
		where,
		expected: "a termination message with the model's URI and digest",
		seen: "none",
		fix: FIX
	});
	if (different.size > 1) require_house().refuse({
		where,
		expected: "one container that tells of the model",
		seen: told.map(({ pod, container }) => `${pod}/${container}`).join(", ")
	});
	const { message, pod, container } = told[0];
	const at = `the termination message of ${pod}/${container}`;
	return parseTrainingAnswer(parseMessage(message, at), at);
}
function parseMessage(message, where) {
	try {
		return require_house().parseJson(message, {
			where,
			maxBytes: MOST_BYTES
		});
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError) || Buffer.byteLength(message) < MOST_BYTES) throw thrown;
		return require_house().refuse({
			where,
			expected: `at most ${MOST_BYTES} bytes`,
			seen: "a longer one, of which Kubernetes has kept the beginning",
			fix: "Tell fewer metrics, or put them into the model store and tell their URI."
		});
	}
}
const PARAMETERS = [
	"metrics",
	"model-uri",
	"model-digest"
];
/**
* What a Workflow has put out: global output parameters (`globalName`) first, else those of its steps.
* @throws ActionError when one is missing, or two steps say different things
*/
function answerOfWorkflow({ status }, where) {
	const { outputs, nodes } = fieldsOf(status);
	const whole = parametersOf(outputs);
	const steps = Object.values(fieldsOf(nodes)).map((node) => parametersOf(fieldsOf(node).outputs));
	const found = (name) => {
		if (whole[name] !== void 0) return whole[name];
		const all = new Set(steps.flatMap((each) => each[name] === void 0 ? [] : [each[name]]));
		if (all.size > 1) require_house().refuse({
			where,
			expected: `one output parameter ${name}`,
			seen: `${all.size} that differ`,
			fix: "Give the one that counts a globalName."
		});
		return [...all][0];
	};
	const [metrics, uri, digest] = PARAMETERS.map(found);
	if (uri === void 0 || digest === void 0) require_house().refuse({
		where,
		expected: "the output parameters model-uri and model-digest",
		seen: uri === void 0 ? digest === void 0 ? "neither" : "no model-uri" : "no model-digest",
		fix: "Put them out by the step that trains, with globalName: model-uri and globalName: model-digest."
	});
	return parseTrainingAnswer({
		...metrics === void 0 ? {} : { metrics: metricsOf(metrics.trim(), where) },
		model: {
			uri: uri.trim(),
			digest: digest.trim()
		}
	}, where);
}
const metricsOf = (text, where) => text.startsWith("{") ? require_house().parseJson(text, {
	where: `${where}, metrics`,
	maxBytes: MOST_PARAMETER_BYTES
}) : text;
function parametersOf(outputs) {
	const { parameters } = fieldsOf(outputs);
	const found = Object.create(null);
	for (const each of Array.isArray(parameters) ? parameters : []) {
		const { name, globalName, value } = fieldsOf(each);
		const called = typeof globalName === "string" && globalName !== "" ? globalName : name;
		if (typeof called === "string" && typeof value === "string") found[called] = value;
	}
	return found;
}
/** The metrics of an answer: as JSON text, or the URI where they lie; `undefined` where it has none. */
function answeredMetrics({ metrics }, where) {
	const value = metrics;
	if (value === void 0 || value === null) return void 0;
	if (typeof value === "string") {
		if (URI.test(value)) return { uri: value };
		return require_house().refuse({
			where,
			expected: "a map of metrics, or the URI of a file of them",
			seen: require_house().quote(value)
		});
	}
	return { text: require_house().canonicalJson(value) };
}
const fieldsOf = (value) => value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
Object.defineProperty(exports, "answerOfPods", {
	enumerable: true,
	get: function() {
		return answerOfPods;
	}
});
Object.defineProperty(exports, "answerOfWorkflow", {
	enumerable: true,
	get: function() {
		return answerOfWorkflow;
	}
});
Object.defineProperty(exports, "answeredMetrics", {
	enumerable: true,
	get: function() {
		return answeredMetrics;
	}
});
Object.defineProperty(exports, "lastWordsOf", {
	enumerable: true,
	get: function() {
		return lastWordsOf;
	}
});
Object.defineProperty(exports, "training_answer_exports", {
	enumerable: true,
	get: function() {
		return training_answer_exports;
	}
});
