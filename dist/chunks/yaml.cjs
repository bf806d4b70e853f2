const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/text/yaml.ts
var yaml_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ parseYaml: () => parseYaml });
/**
* Reads one YAML 1.2 document of the core schema (so `no` is a text, not false). Aliases are refused: eight lines of them are
* a gigabyte. Every mapping is an object without prototype whose names are texts, and a name stands once.
*/
async function parseYaml(text, limits) {
	const { where, maxBytes, maxDepth = 64 } = limits;
	if (Buffer.byteLength(text) > maxBytes) throw new (require_house()).ActionError({
		where,
		expected: `at most ${maxBytes} bytes`,
		seen: `${Buffer.byteLength(text)} bytes`
	});
	if (text.split(/\r\n|\n|\r/).every((line) => /^\s*(?:#|$)/.test(line))) return null;
	const yaml = await Promise.resolve().then(() => require("./js-yaml.cjs"));
	const map = yaml.defineMappingTag("tag:yaml.org,2002:map", {
		create: () => Object.create(null),
		addPair: (carrier, key, value) => {
			const name = nameOf(key);
			if (name === void 0) return "a mapping's name must be a text or a number";
			carrier[name] = value;
			return "";
		},
		has: (carrier, key) => Object.hasOwn(carrier, nameOf(key) ?? ""),
		keys: (result) => Object.keys(result),
		get: (result, key) => result[String(key)],
		identify: () => false
	});
	const number = (source) => {
		const value = limits.number ? limits.number(source) : Number(source);
		if (typeof value !== "number" || Number.isFinite(value)) return value;
		throw new (require_house()).ActionError({
			where,
			expected: "finite numbers",
			seen: source.slice(0, 40)
		});
	};
	const scalar = (tag, form) => yaml.defineScalarTag(tag, {
		implicit: true,
		resolve: (source) => form.test(source) ? number(source) : yaml.NOT_RESOLVED,
		identify: () => false
	});
	const schema = yaml.CORE_SCHEMA.withTags(map, scalar("tag:yaml.org,2002:int", /^[-+]?(?:[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/), scalar("tag:yaml.org,2002:float", /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/));
	try {
		return yaml.load(text, {
			schema,
			maxDepth,
			maxAliases: 0
		}) ?? null;
	} catch (thrown) {
		if (thrown instanceof require_house().ActionError) throw thrown;
		throw new (require_house()).ActionError({
			where,
			expected: "one plain YAML document without aliases",
			seen: firstLine(require_house().messageOf(thrown))
		}, { cause: thrown });
	}
}
const nameOf = (key) => typeof key === "string" || typeof key === "number" || typeof key === "boolean" ? String(key) : void 0;
const firstLine = (text) => text.split("\n", 1)[0].slice(0, 200);
Object.defineProperty(exports, "parseYaml", {
	enumerable: true,
	get: function() {
		return parseYaml;
	}
});
Object.defineProperty(exports, "yaml_exports", {
	enumerable: true,
	get: function() {
		return yaml_exports;
	}
});
