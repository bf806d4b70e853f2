require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
let kept_require_lint;
const require_lint = () => kept_require_lint ??= require("./lint.cjs");
// src/domain/seldon/given.ts
const LIMITS = {
	where: "YAML",
	maxBytes: 65536
};
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
/**
* Reads `name: value` pairs as Seldon's parameters, each with the type that its value has.
* @throws ActionError
*/
async function parseParameters(text) {
	return parametersOf(await require_yaml().parseYaml(text, {
		...LIMITS,
		number: sourceOf
	}));
}
/** How a number of YAML must be read for `parametersOf`. */
const sourceOf = (source) => ({ source });
/** The parameters of a mapping whose numbers were read by `sourceOf`. @throws ActionError */
function parametersOf(mapping) {
	return Object.entries(fieldsOf(mapping)).map(([name, value]) => {
		if (!NAME.test(name)) require_house().refuse({
			where: "a parameter's name",
			expected: "letters, digits and _",
			seen: require_house().quote(name)
		});
		if (typeof value === "boolean") return {
			name,
			value: String(value),
			type: "BOOL"
		};
		if (typeof value === "string") return {
			name,
			value,
			type: "STRING"
		};
		const source = value !== null && typeof value === "object" && !Array.isArray(value) ? value.source : void 0;
		if (typeof source !== "string") require_house().refuse({
			where: `parameter ${name}`,
			expected: "a text, a number, true or false",
			seen: "something else"
		});
		return {
			name,
			value: source,
			type: /^[-+]?\d+$/.test(source) ? "INT" : "FLOAT"
		};
	});
}
/** Reads `name: text` pairs; numbers and booleans are taken as they are written. @throws ActionError */
async function parseTexts(text) {
	const values = await require_yaml().parseYaml(text, {
		...LIMITS,
		number: (source) => source
	});
	const texts = {};
	for (const [name, value] of Object.entries(fieldsOf(values))) {
		if (typeof value !== "string" && typeof value !== "boolean") require_house().refuse({
			where: require_house().quote(name),
			expected: "a text",
			seen: value === null ? "nothing" : "something else"
		});
		texts[name] = String(value);
	}
	return texts;
}
/** Reads a container's `requests` and `limits`. @throws ActionError */
async function parseResources(text) {
	const resources = fieldsOf(await require_yaml().parseYaml(text, {
		...LIMITS,
		number: (source) => source
	}));
	for (const [kind, amounts] of Object.entries(resources)) {
		if (kind !== "requests" && kind !== "limits") require_house().refuse({
			where: require_house().quote(kind),
			expected: "requests or limits",
			seen: "another name"
		});
		for (const [name, amount] of Object.entries(fieldsOf(amounts))) if (require_lint().quantity(amount) === void 0) require_house().refuse({
			where: `${kind}.${name}`,
			expected: "a quantity, such as 500m or 1Gi",
			seen: require_house().quote(JSON.stringify(amount))
		});
	}
	return resources;
}
function fieldsOf(value) {
	if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
	return require_house().refuse({
		where: "YAML",
		expected: "names and values",
		seen: value === null ? "nothing" : "something else"
	});
}
exports.parseParameters = parseParameters;
exports.parseResources = parseResources;
exports.parseTexts = parseTexts;
