const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
// src/domain/inference/feedback.ts
var feedback_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ parseFeedback: () => parseFeedback });
const MAX_BYTES = 1048576;
/** Where Seldon's executor takes feedback, and the wrapper where it stands by itself. */
const FEEDBACK_PATHS = ["/api/v1.0/feedback", "/send-feedback"];
const shape = require_house().object({
	reward: require_house().number,
	request: require_house().optional(require_house().anything),
	response: require_house().optional(require_house().anything),
	truth: require_house().optional(require_house().anything)
});
/** Reads the input `feedback`: YAML or JSON. @throws ActionError with every mistake */
async function parseFeedback(text) {
	return require_house().check(shape, await require_yaml().parseYaml(text, {
		where: "YAML",
		maxBytes: MAX_BYTES
	}), "feedback");
}
Object.defineProperty(exports, "FEEDBACK_PATHS", {
	enumerable: true,
	get: function() {
		return FEEDBACK_PATHS;
	}
});
Object.defineProperty(exports, "feedback_exports", {
	enumerable: true,
	get: function() {
		return feedback_exports;
	}
});
