const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/kubernetes/condition-rule.ts
var condition_rule_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ parseConditionRules: () => parseConditionRules });
const OPERATORS = [
	"==",
	"!=",
	">=",
	"<=",
	">",
	"<"
];
/**
* Reads the rules, one per line; `#` begins a comment.
*
* ```
* Rollout: status.phase == Healthy
* Certificate.cert-manager.io: status.conditions[type=Ready].status == True
* Indexer: status.readyShards >= 3
* ```
* @throws ActionError with every wrong line and its column
*/
function parseConditionRules(text, where) {
	const rules = [];
	const mistakes = [];
	for (const [at, raw] of text.split("\n").entries()) {
		const line = raw.replace(/(^|\s)#.*$/, "").trim();
		if (line === "") continue;
		const read = readLine(line);
		if ("expected" in read) {
			const column = raw.indexOf(line) + read.at + 1;
			mistakes.push({
				where: `${where}, line ${at + 1}, column ${column}`,
				expected: read.expected,
				seen: require_house().quote(line.slice(read.at, read.at + 30))
			});
		} else rules.push({
			...read,
			text: line
		});
	}
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
	return rules;
}
function readLine(line) {
	const head = /^([A-Z][A-Za-z0-9]*)((?:\.[a-z0-9-]+)*)\s*:\s*/.exec(line);
	if (head === null) return {
		at: 0,
		expected: "a kind and a colon, as `Rollout:` or `Rollout.argoproj.io:`"
	};
	let at = head[0].length;
	const path = [];
	while (at < line.length) {
		const step = /\.?([A-Za-z_][A-Za-z0-9_-]*)|\[([A-Za-z][A-Za-z0-9]*)=([^\][\s]+)\]/y;
		step.lastIndex = at;
		const found = step.exec(line);
		if (found === null) break;
		path.push(found[1] === void 0 ? {
			key: found[2],
			is: found[3]
		} : { field: found[1] });
		at = step.lastIndex;
	}
	if (path.length === 0) return {
		at,
		expected: "the path of a field, as `status.phase`"
	};
	const rest = line.slice(at);
	const trimmed = rest.trimStart();
	at += rest.length - trimmed.length;
	const operator = OPERATORS.find((each) => trimmed.startsWith(each));
	if (operator === void 0) return {
		at,
		expected: `one of ${OPERATORS.join(" ")}`
	};
	const value = trimmed.slice(operator.length).trim();
	if (value === "") return {
		at: at + operator.length,
		expected: "a value to compare with"
	};
	if (!["==", "!="].includes(operator) && !isNumber(value)) return {
		at: line.length - value.length,
		expected: "a number, because the comparison is one of size"
	};
	return {
		kind: head[1],
		group: head[2] === "" ? void 0 : head[2].slice(1),
		path,
		operator,
		value
	};
}
/** The rules that are about an object of this kind and group. */
function rulesFor(rules, object) {
	const group = groupOf(object);
	return rules.filter((rule) => rule.kind === object.kind && (rule.group === void 0 || rule.group === group));
}
/** Whether the object is as the rule says. What is not there equals nothing: `!=` does not hold for it either. */
function ruleHolds(rule, object) {
	let value = object;
	for (const step of rule.path) value = stepInto(value, step);
	if (value === void 0 || value === null || typeof value === "object") return false;
	const text = String(value);
	if (rule.operator === "==") return text === rule.value;
	if (rule.operator === "!=") return text !== rule.value;
	return isNumber(text) && compares(Number(text), rule.operator, Number(rule.value));
}
/** The API group of an object: empty for the core one. */
const groupOf = ({ apiVersion = "v1" }) => apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
function stepInto(value, step) {
	if (value === null || typeof value !== "object") return void 0;
	if ("field" in step) return !Array.isArray(value) && Object.hasOwn(value, step.field) ? value[step.field] : void 0;
	if (!Array.isArray(value)) return void 0;
	return value.find((item) => {
		const found = stepInto(item, { field: step.key });
		return found !== void 0 && typeof found !== "object" && String(found) === step.is;
	});
}
const isNumber = (text) => /^-?\d+(\.\d+)?$/.test(text);
function compares(left, operator, right) {
	switch (operator) {
		case ">": return left > right;
		case ">=": return left >= right;
		case "<": return left < right;
		case "<=": return left <= right;
	}
}
Object.defineProperty(exports, "condition_rule_exports", {
	enumerable: true,
	get: function() {
		return condition_rule_exports;
	}
});
Object.defineProperty(exports, "groupOf", {
	enumerable: true,
	get: function() {
		return groupOf;
	}
});
Object.defineProperty(exports, "ruleHolds", {
	enumerable: true,
	get: function() {
		return ruleHolds;
	}
});
Object.defineProperty(exports, "rulesFor", {
	enumerable: true,
	get: function() {
		return rulesFor;
	}
});
