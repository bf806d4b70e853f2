require("./rolldown-runtime.cjs");
const require_rules = require("./rules.cjs");
const require_run_action = require("./run-action.cjs");
// src/actions/gate-inputs.ts
/** The rules. Both parts read them: a mistake in them should be told before a long evaluation, not after it. */
const conditionsInput = {
	description: "The rules, one a line: a metric, an operator (`>`, `>=`, `<`, `<=`, `==`, `!=`) and a number, as `accuracy > 0.80`. `recall[class=3] >= 0.7` asks for one slice, `recall[class=*] >= 0.7` for every one. `#` begins a comment. A metric that is missing or no finite number never passes.",
	accepts: "one rule a line",
	required: true,
	unset: [],
	parse: require_rules.parseRules
};
const metricsInput = require_run_action.text({ description: "A file with the metrics to judge, relative to the workspace: JSON or YAML, a map of numbers. With `command`, the file that the command writes. Left out, the record's metrics; with `command`, the file that it finds in `METRICS_PATH`." });
/** For reading a record from an artifact; nothing else of these parts needs it. */
const tokenInput = require_run_action.text({
	description: "Reads records and models from artifacts; needs `actions: read` for those of other runs.",
	expression: "${{ github.token }}",
	secret: true
});
/** A path as a workflow gives it: relative to the checkout, or absolute. */
function inWorkspace(path, workspace) {
	return path.startsWith("/") ? path : `${workspace}/${path}`;
}
Object.defineProperty(exports, "conditionsInput", {
	enumerable: true,
	get: function() {
		return conditionsInput;
	}
});
Object.defineProperty(exports, "inWorkspace", {
	enumerable: true,
	get: function() {
		return inWorkspace;
	}
});
Object.defineProperty(exports, "metricsInput", {
	enumerable: true,
	get: function() {
		return metricsInput;
	}
});
Object.defineProperty(exports, "tokenInput", {
	enumerable: true,
	get: function() {
		return tokenInput;
	}
});
