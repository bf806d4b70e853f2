const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_plan;
const require_plan = () => kept_require_plan ??= require("./plan.cjs");
// src/domain/image/dockerfile.ts
var dockerfile_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({
	RESOLVED: () => RESOLVED,
	dockerfileOf: () => dockerfileOf
});
/** Where the engines find what the requirements come to, in the folder that they build from. */
const RESOLVED = ".model-road-requirements.txt";
/**
* A Dockerfile that makes what the layers engine makes: for reading, and for the engines that need one.
* @param base as FROM names it
*/
function dockerfileOf(build, base) {
	const { requirements, modelPath, bake } = build;
	const env = Object.entries(require_plan().imageEnvironment(build)).map(([name, value]) => `ENV ${name}=${JSON.stringify(value)}`);
	return [
		`FROM ${base ?? "docker.io/library/python:3.11-slim"}`,
		`WORKDIR /app`,
		...requirements === void 0 ? [] : [
			`# ${requirements.replace(/[\r\n]/g, " ")} as pip reads it, with the wrapper where it is not asked for.`,
			`COPY ["${RESOLVED}", "/tmp/requirements.txt"]`,
			.../(?:^|\/)(?:setup\.(?:py|cfg))$/.test(requirements) ? ["COPY . ."] : [],
			"RUN python3 -m pip install --no-cache-dir -r /tmp/requirements.txt"
		],
		"COPY . .",
		...modelPath === void 0 || !bake ? [] : [`# The model lies at ${modelPath.replace(/[\r\n]/g, " ")}.`],
		...env,
		`EXPOSE ${require_plan().httpPort(build.wrapper)}`,
		`ENTRYPOINT ${JSON.stringify([
			"/bin/sh",
			"-c",
			require_plan().startOf(build)
		])}`,
		""
	].join("\n");
}
Object.defineProperty(exports, "RESOLVED", {
	enumerable: true,
	get: function() {
		return RESOLVED;
	}
});
Object.defineProperty(exports, "dockerfileOf", {
	enumerable: true,
	get: function() {
		return dockerfileOf;
	}
});
Object.defineProperty(exports, "dockerfile_exports", {
	enumerable: true,
	get: function() {
		return dockerfile_exports;
	}
});
