require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/image/model-settings.ts
const WHERE = "model-settings.json";
/** What speaks against MLServer's settings: no name, no implementation, or a class of ours whose file is not there. */
function settingsMistakes(text, files) {
	let value;
	try {
		value = require_house().parseJson(text, {
			where: WHERE,
			maxBytes: 65536
		});
	} catch (thrown) {
		if (thrown instanceof require_house().ActionError) return thrown.mistakes;
		throw thrown;
	}
	const settings = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
	const mistakes = [];
	if (typeof settings.name !== "string" || settings.name === "") mistakes.push({
		where: `${WHERE}, name`,
		expected: "the model's name, which its URL holds",
		seen: require_house().quote(JSON.stringify(settings.name) ?? "nothing")
	});
	const { implementation } = settings;
	if (typeof implementation !== "string" || !/^\w+(?:\.\w+)+$/.test(implementation)) mistakes.push({
		where: `${WHERE}, implementation`,
		expected: "a class: mlserver_sklearn.SKLearnModel, or module.Class of yours",
		seen: require_house().quote(JSON.stringify(implementation) ?? "nothing")
	});
	else if (!implementation.startsWith("mlserver")) {
		const module = implementation.split(".").slice(0, -1).join("/");
		if (!files.has(`${module}.py`) && !files.has(`${module}/__init__.py`)) mistakes.push({
			where: `${WHERE}, implementation`,
			expected: `${module}.py among the code`,
			seen: "no such file"
		});
	}
	return mistakes;
}
exports.settingsMistakes = settingsMistakes;
