require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_yaml;
const require_yaml = () => kept_require_yaml ??= require("./yaml.cjs");
// src/domain/seldon/secrets.ts
const LIMITS = {
	where: "YAML",
	maxBytes: 65536,
	number: (source) => source
};
const REMOTES = {
	s3: {
		type: "s3",
		fields: {
			provider: "PROVIDER",
			"access-key-id": "ACCESS_KEY_ID",
			"secret-access-key": "SECRET_ACCESS_KEY",
			"session-token": "SESSION_TOKEN",
			region: "REGION",
			endpoint: "ENDPOINT",
			"env-auth": "ENV_AUTH"
		},
		either: [["access-key-id", "secret-access-key"], ["env-auth"]],
		defaults: {
			PROVIDER: "AWS",
			ENV_AUTH: "false"
		}
	},
	gs: {
		type: "google cloud storage",
		fields: {
			"service-account": "SERVICE_ACCOUNT_CREDENTIALS",
			anonymous: "ANONYMOUS",
			"project-number": "PROJECT_NUMBER"
		},
		either: [["service-account"], ["anonymous"]],
		defaults: {}
	},
	azureblob: {
		type: "azureblob",
		fields: {
			account: "ACCOUNT",
			key: "KEY",
			"sas-url": "SAS_URL",
			tenant: "TENANT",
			"client-id": "CLIENT_ID",
			"client-secret": "CLIENT_SECRET",
			"use-msi": "USE_MSI"
		},
		either: [
			["account", "key"],
			["sas-url"],
			[
				"account",
				"tenant",
				"client-id",
				"client-secret"
			],
			["account", "use-msi"]
		],
		defaults: {}
	}
};
/**
* Reads the credentials of a store: `s3`, `gs` or `azureblob` with its fields. Values are told in no message.
* @throws ActionError
*/
async function parseStorageCredentials(text) {
	const [first, ...more] = Object.entries(fieldsOf(await quietly(text)));
	const [scheme, given] = first ?? ["", void 0];
	if (!Object.hasOwn(REMOTES, scheme) || more.length > 0) require_house().refuse({
		where: "YAML",
		expected: `one of ${Object.keys(REMOTES).join(", ")}, with its fields below it`,
		seen: more.length > 0 ? `${more.length + 1} names` : scheme === "" ? "nothing" : "another name"
	});
	const remote = REMOTES[scheme];
	const values = textsOf(given, scheme, Object.keys(remote.fields));
	if (!remote.either.some((group) => group.every((each) => values[each] !== void 0))) require_house().refuse({
		where: scheme,
		expected: remote.either.map((group) => group.join(" and ")).join(", or "),
		seen: Object.keys(values).join(", ") || "nothing"
	});
	const prefix = `RCLONE_CONFIG_${scheme.toUpperCase()}_`;
	const named = Object.entries(values).map(([name, value]) => [prefix + remote.fields[name], value]);
	const defaults = Object.entries(remote.defaults).map(([name, value]) => [prefix + name, name === "PROVIDER" && values.endpoint !== void 0 ? "Other" : value]);
	return {
		scheme,
		data: {
			[`${prefix}TYPE`]: remote.type,
			...Object.fromEntries(defaults),
			...Object.fromEntries(named)
		}
	};
}
/** Of what was given, the values that must never be shown. */
function secretValues({ data }) {
	return Object.entries(data).flatMap(([name, value]) => /KEY$|SECRET|TOKEN|CREDENTIALS|SAS_URL/.test(name) ? value.split("\n").filter((line) => line.length >= 8) : []);
}
/** Reads `username` and `password`. @throws ActionError */
async function parseRegistryCredentials(text) {
	const { username, password } = textsOf(await quietly(text), "YAML", ["username", "password"]);
	if (username !== void 0 && password !== void 0) return {
		username,
		password
	};
	return require_house().refuse({
		where: "YAML",
		expected: "username and password",
		seen: "one of them, or none"
	});
}
/** A parser's message would quote what stands there. */
async function quietly(text) {
	try {
		return await require_yaml().parseYaml(text, LIMITS);
	} catch {
		return require_house().refuse({
			where: "YAML",
			expected: "names and values",
			seen: "something that can not be read (hidden)"
		});
	}
}
/** What a pull from a registry reads: `.dockerconfigjson`. */
function dockerConfig(registry, { username, password }) {
	const auth = Buffer.from(`${username}:${password}`).toString("base64");
	return { ".dockerconfigjson": JSON.stringify({ auths: { [registry === "docker.io" ? "https://index.docker.io/v1/" : registry]: {
		username,
		password,
		auth
	} } }) };
}
/** Names of the Secrets that are made for a deployment. */
const storageSecretName = (name) => `${name}-storage`;
const registrySecretName = (name) => `${name}-registry`;
/** What a Secret lacks to open a model's URI; `undefined` where nothing can be told or nothing lacks. */
function lacksForStorage(secret, modelUri) {
	const scheme = /^([a-z][a-z0-9+.-]*):/.exec(modelUri)?.[1];
	if (scheme === void 0 || [
		"pvc",
		"http",
		"https",
		"file"
	].includes(scheme)) return void 0;
	const needed = `RCLONE_CONFIG_${scheme.toUpperCase()}_TYPE`;
	const keys = Object.keys(fieldsOf(secret.data));
	if (keys.includes(needed)) return void 0;
	return {
		where: `the Secret ${require_house().quote(secret.metadata.name)}`,
		expected: `the key ${needed}, by which rclone knows what ${scheme}:// is`,
		seen: keys.length === 0 ? "no keys" : keys.slice(0, 20).join(", "),
		fix: "Its keys are RCLONE_CONFIG_<scheme in capitals>_<setting>; storage-credentials makes such a Secret."
	};
}
/** What a Secret lacks to pull an image. */
function lacksForPull(secret, registry) {
	const where = `the Secret ${require_house().quote(secret.metadata.name)}`;
	const config = fieldsOf(secret.data)[".dockerconfigjson"];
	if (secret.type !== "kubernetes.io/dockerconfigjson" || typeof config !== "string") return {
		where,
		expected: "the type kubernetes.io/dockerconfigjson",
		seen: typeof secret.type === "string" ? secret.type : "none"
	};
	let hosts;
	try {
		const parsed = JSON.parse(Buffer.from(config, "base64").toString("utf8"));
		hosts = Object.keys(fieldsOf(fieldsOf(parsed).auths));
	} catch {
		return {
			where,
			expected: "JSON in .dockerconfigjson",
			seen: "something else"
		};
	}
	if (hosts.some((each) => hostOf(each) === hostOf(registry))) return void 0;
	return {
		where,
		expected: `a credential for ${registry}`,
		seen: hosts.length === 0 ? "none" : hosts.join(", ")
	};
}
const HUB = /^(?:index\.|registry-1\.)?docker\.io$/;
function hostOf(host) {
	const bare = host.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
	return HUB.test(bare) ? "docker.io" : bare;
}
const fieldsOf = (value) => value !== void 0 && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
function textsOf(value, where, known) {
	const texts = {};
	for (const [name, each] of Object.entries(fieldsOf(value))) {
		if (!known.includes(name)) require_house().refuse({
			where: `${where}.${require_house().quote(name).slice(1, -1)}`,
			expected: `one of ${known.join(", ")}`,
			seen: "another name"
		});
		if (typeof each !== "string" && typeof each !== "boolean") require_house().refuse({
			where: `${where}.${name}`,
			expected: "a text",
			seen: "something else (hidden)"
		});
		texts[name] = String(each).trim();
	}
	return texts;
}
exports.dockerConfig = dockerConfig;
exports.lacksForPull = lacksForPull;
exports.lacksForStorage = lacksForStorage;
exports.parseRegistryCredentials = parseRegistryCredentials;
exports.parseStorageCredentials = parseStorageCredentials;
exports.registrySecretName = registrySecretName;
exports.secretValues = secretValues;
exports.storageSecretName = storageSecretName;
