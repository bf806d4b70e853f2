require("./rolldown-runtime.cjs");
const require_plan = () => require("./plan.cjs");
// src/domain/image/dockerfile.ts
/**
* A Dockerfile that makes what the layers engine makes: for reading, and for the engines that need one.
* @param base as FROM names it
*/
function dockerfileOf(build, base) {
	const { requirements, modelPath, bake } = build;
	const env = Object.entries(require_plan().imageEnvironment(build)).map(([name, value]) => `ENV ${name}=${JSON.stringify(value)}`);
	const isText = requirements !== void 0 && requirements.endsWith(".txt");
	return [
		`FROM ${base ?? "docker.io/library/python:3.11-slim"}`,
		`WORKDIR /app`,
		...requirements === void 0 ? [] : isText ? [`COPY ${JSON.stringify([requirements, `./${requirements}`])}`, `RUN pip install --no-cache-dir -r ${shellWord(requirements)}`] : [
			"# Resolved from the project's own file by the action; here the project installs itself.",
			"COPY . .",
			"RUN pip install --no-cache-dir ."
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
const shellWord = (text) => /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
exports.dockerfileOf = dockerfileOf;
