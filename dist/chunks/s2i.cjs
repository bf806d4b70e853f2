require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_source;
const require_source = () => kept_require_source ??= require("./source.cjs");
// src/domain/image/s2i.ts
/** Where the builders of source-to-image look for variables. */
const S2I_ENVIRONMENT = ".s2i/environment";
/** Since 1.5 the Python wrapper serves REST and gRPC at once, and ends when it is told which. */
const IGNORED = /* @__PURE__ */ new Set(["API_TYPE", "PERSISTENCE"]);
/** Reads `.s2i/environment`: `NAME=value`, a line each. @throws ActionError with every mistake */
function parseS2iEnvironment(text, where) {
	const mistakes = [];
	const all = /* @__PURE__ */ new Map();
	for (const [at, raw] of text.split(/\r\n|\n|\r/).entries()) {
		const line = raw.trim();
		if (line === "" || line.startsWith("#")) continue;
		const [, name, value = ""] = /^([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/.exec(line) ?? [];
		if (name === void 0) {
			mistakes.push({
				where: `${where}, line ${at + 1}`,
				expected: "NAME=value",
				seen: require_house().quote(line)
			});
			continue;
		}
		all.set(name, value.trim().replace(/^(["'])(.*)\1$/, "$2"));
	}
	const modelClass = all.get("MODEL_NAME");
	if (modelClass !== void 0 && !require_source().MODEL_CLASS.test(modelClass)) mistakes.push({
		where: `${where}, MODEL_NAME`,
		expected: "a Python class: Name, or package.module.Name",
		seen: require_house().quote(modelClass)
	});
	const service = all.get("SERVICE_TYPE");
	const serviceType = require_source().SERVICE_TYPES.find((each) => each === service);
	if (service !== void 0 && serviceType === void 0) mistakes.push({
		where: `${where}, SERVICE_TYPE`,
		expected: `one of ${require_source().SERVICE_TYPES.join(", ")}`,
		seen: require_house().quote(service)
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
	return {
		modelClass,
		serviceType,
		others: Object.fromEntries([...all].filter(([name]) => name !== "MODEL_NAME" && name !== "SERVICE_TYPE" && !IGNORED.has(name))),
		ignored: [...all.keys()].filter((name) => name === "API_TYPE")
	};
}
/** The file as the builders want it; PERSISTENCE is asked for by their assembly alone. */
function formatS2iEnvironment(modelClass, serviceType, others) {
	const all = {
		...others,
		MODEL_NAME: modelClass,
		SERVICE_TYPE: serviceType,
		API_TYPE: "REST,GRPC",
		PERSISTENCE: "0"
	};
	return Object.entries(all).map(([name, value]) => `${name}=${value}\n`).join("");
}
/** The labels by which a builder says where its scripts lie; the second is what it was called before. */
const SCRIPTS = ["io.openshift.s2i.scripts-url", "io.s2i.scripts-url"];
/** Where a builder image has its scripts, and as whom they run, by what its config says. */
function builderFacts(config, where) {
	const { config: settings } = require_house().parseJson(config, {
		where,
		maxBytes: 4194304
	});
	const label = (name) => {
		const value = settings?.Labels?.[name];
		return typeof value === "string" && value !== "" ? value : void 0;
	};
	const scripts = SCRIPTS.map(label).find((each) => each !== void 0);
	if (scripts !== void 0 && !/^(?:image|https):\/\/[\w./:-]+$/.test(scripts)) throw new (require_house()).ActionError({
		where,
		expected: "scripts at image:///… or https://…",
		seen: require_house().quote(scripts)
	});
	const user = label("io.openshift.s2i.assemble-user") ?? settings?.User;
	return {
		scripts,
		user: typeof user === "string" && /^[\w.:-]{1,64}$/.test(user) ? user : "root"
	};
}
/** Parameters as the wrapper is given them, each with the type that its constructor gets. @throws ActionError */
function typedParameters(value) {
	if (value === null || typeof value !== "object" || Array.isArray(value)) throw new (require_house()).ActionError({
		where: "parameters",
		expected: "name: value, one a line",
		seen: require_house().quote(JSON.stringify(value) ?? "nothing")
	});
	const entries = Object.entries(value).map(([name, each]) => {
		const type = typeof each === "boolean" ? "BOOL" : typeof each === "string" ? "STRING" : Number.isInteger(each) ? "INT" : typeof each === "number" ? "FLOAT" : void 0;
		if (type === void 0 || !/^[A-Za-z_]\w*$/.test(name)) throw new (require_house()).ActionError({
			where: `parameters, ${require_house().quote(name)}`,
			expected: "a name and a number, a text, true or false",
			seen: require_house().quote(JSON.stringify(each) ?? "nothing")
		});
		return {
			name,
			value: String(each),
			type
		};
	});
	return entries.length === 0 ? void 0 : JSON.stringify(entries);
}
exports.S2I_ENVIRONMENT = S2I_ENVIRONMENT;
exports.builderFacts = builderFacts;
exports.formatS2iEnvironment = formatS2iEnvironment;
exports.parseS2iEnvironment = parseS2iEnvironment;
exports.typedParameters = typedParameters;
