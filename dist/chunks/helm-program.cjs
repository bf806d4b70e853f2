require("./rolldown-runtime.cjs");
let kept_require_chart;
const require_chart = () => kept_require_chart ??= require("./chart.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/helm-program.ts
/** What helm and the credential plugins of a kubeconfig need of our environment; never a token of the runner. */
const HELM_ENV = /^(?:PATH|HOME|USER|LANG|TMPDIR|KUBECONFIG|XDG_.*|SSL_CERT_(?:FILE|DIR)|HELM_(?:REGISTRY_CONFIG|REPOSITORY_.*|CACHE_HOME|CONFIG_HOME|DATA_HOME)|DOCKER_CONFIG|(?:AWS|AZURE|AAD|GOOGLE|CLOUDSDK|USE_GKE)_.*|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)$/;
const SHORT_MS = 6e4;
const MOST_BYTES = 33554432;
const PLUGIN = "model-road-stamp";
/** @throws ActionError when there is no helm, or one that is too old */
async function openHelm(place, { log, processes, workspace }) {
	const program = await processes.find("helm");
	if (program === void 0) return require_house().refuse({
		where: "target helm",
		expected: "the program helm in PATH",
		seen: "none",
		fix: "Install it in a step before this one: azure/setup-helm does."
	});
	const folder = await workspace.temporary("helm");
	const keep = async (name, content, mode = 384) => {
		await workspace.write(`${folder}/${name}`, content, { mode });
		return `${folder}/${name}`;
	};
	const env = {};
	for (const [name, value] of Object.entries(processes.environment())) if (HELM_ENV.test(name)) env[name] = value;
	if (place.kubeconfig !== void 0) env.KUBECONFIG = await keep("kubeconfig", plainText(place.kubeconfig));
	const base = [
		"--namespace",
		place.namespace,
		...place.context === void 0 ? [] : ["--kube-context", place.context]
	];
	const finish = async (args, timeoutMs) => await processes.run({
		command: program,
		args,
		env
	}, {
		timeoutMs,
		maxBytes: MOST_BYTES
	});
	const { stdout } = await finish([
		"version",
		"--template",
		"{{.Version}}"
	], SHORT_MS);
	const version = /^v(\d+)\.(\d+)/.exec(stdout.trim());
	const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
	if (version === null || major < 3 || major === 3 && minor < 13) return require_house().refuse({
		where: "target helm",
		expected: "helm 3.13 or later",
		seen: require_house().quote(stdout.trim() || "no version"),
		fix: "Install a newer one: azure/setup-helm does."
	});
	const script = await keep(`plugins/${PLUGIN}/stamp.sh`, `#!/bin/sh\nexec ${shellWord(processes.node)} ${shellWord(processes.door("helm-post-render"))} ${shellWord(place.release)}\n`, 448);
	if (major >= 4) {
		env.HELM_PLUGINS = `${folder}/plugins`;
		await keep(`plugins/${PLUGIN}/plugin.yaml`, pluginOf(script));
	}
	log.debug(`helm ${version[0]} at ${program}`);
	return {
		version: version[0],
		stamp: ["--post-renderer", major >= 4 ? PLUGIN : script],
		keep: async (name, content) => await keep(name, content),
		run: async (what, args, { timeoutMs = SHORT_MS } = {}) => {
			const { code, stdout: out, stderr } = await finish([...args, ...base], timeoutMs);
			if (code === 0) return out;
			throw new (require_house()).ActionError(require_chart().helmFailure(what, stderr));
		},
		close: async () => {
			await workspace.remove(folder);
		}
	};
}
const pluginOf = (script) => [
	"apiVersion: v1",
	`name: ${PLUGIN}`,
	"version: 1.0.0",
	"type: postrenderer/v1",
	"runtime: subprocess",
	"runtimeConfig:",
	"  platformCommand:",
	`    - command: ${JSON.stringify(script)}`,
	""
].join("\n");
/** A kubeconfig may be given as its base64. */
function plainText(given) {
	if (/^[A-Za-z0-9+/=\s]+$/.test(given)) {
		const decoded = Buffer.from(given, "base64").toString("utf8");
		if (decoded.includes("clusters")) return decoded;
	}
	return given;
}
const shellWord = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
exports.openHelm = openHelm;
