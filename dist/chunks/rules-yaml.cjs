require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
// src/domain/gate/rules-yaml.ts
/**
* Rules written as YAML, as the lines that say the same. Numbers keep their source text.
*
* ```yaml
* - accuracy > 0.80
* - { metric: "recall[class=*]", operator: ">=", bound: baseline - 0.01, where: n >= 200 }
* ```
*
* ```yaml
* accuracy: ["> 0.80", ">= baseline - 0.01"]
* recall[class=*]: ">= 0.85"
* ```
*/
async function rulesOfYaml(text, maxBytes) {
	const tree = await require_yaml().parseYaml(text, {
		where: "the rules as YAML",
		maxBytes,
		number: (source) => ({ [NUMBER]: source })
	});
	const mistakes = [];
	const rules = [];
	if (Array.isArray(tree)) for (const [at, item] of tree.entries()) rules.push(ruleOf(item, `rule ${at + 1}`, mistakes));
	else for (const [left, right] of Object.entries(tree ?? {})) for (const each of Array.isArray(right) ? right : [right]) {
		const condition = textOf(each, `${`rule ${rules.length + 1}`}, ${require_house().quote(left, 60)}`, "an operator and a bound in quotes, as \"> 0.80\"", mistakes);
		rules.push(`${left} ${condition}`);
	}
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return rules.map((rule) => rule.replace(/[\r\n]+/g, " "));
}
const NUMBER = "\0number";
const FIELDS = [
	"metric",
	"operator",
	"bound",
	"where"
];
function ruleOf(item, where, mistakes) {
	const expected = `a rule as text, or { ${FIELDS.join(", ")} }`;
	if (item === null || typeof item !== "object" || Array.isArray(item) || NUMBER in item) return textOf(item, where, expected, mistakes);
	for (const name of Object.keys(item)) if (!FIELDS.includes(name)) mistakes.push({
		where,
		expected: `only ${FIELDS.join(", ")}`,
		seen: require_house().quote(name, 60)
	});
	const part = (name) => textOf(item[name], `${where}, ${name}`, "a text", mistakes);
	const condition = `${part("metric")} ${part("operator")} ${part("bound")}`;
	return Object.hasOwn(item, "where") ? `${condition} where ${part("where")}` : condition;
}
function textOf(value, where, expected, mistakes) {
	if (typeof value === "string") return value;
	if (value !== null && typeof value === "object" && !Array.isArray(value)) {
		const source = value[NUMBER];
		if (typeof source === "string") return source;
	}
	mistakes.push({
		where,
		expected,
		seen: value === void 0 ? "nothing" : require_house().quote(JSON.stringify(value), 60)
	});
	return "";
}
exports.rulesOfYaml = rulesOfYaml;
