require("./rolldown-runtime.cjs");
let kept_require_dockerfile;
const require_dockerfile = () => kept_require_dockerfile ??= require("./dockerfile.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest.cjs");
let kept_require_plan;
const require_plan = () => kept_require_plan ??= require("./plan.cjs");
let kept_require_s2i;
const require_s2i = () => kept_require_s2i ??= require("./s2i.cjs");
let kept_require_source;
const require_source = () => kept_require_source ??= require("./source.cjs");
let kept_require_environment;
const require_environment = () => kept_require_environment ??= require("./environment.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_build_model_image;
const require_build_model_image = () => kept_require_build_model_image ??= require("../build-model-image.cjs");
let kept_require_reference;
const require_reference = () => kept_require_reference ??= require("./reference.cjs");
// src/domain/image/engine.ts
const buildah = (...args) => ({
	program: "buildah",
	args
});
const docker = (...args) => ({
	program: "docker",
	args
});
const verify = (tls) => tls ? [] : ["--tls-verify=false"];
const volumes = ({ mounts }) => mounts.flatMap(({ from, at }) => ["--volume", `${from}:${at}:ro`]);
const variables = ({ env }) => Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
const buildahBuild = (order, context, dockerfile) => buildah("bud", "--format", "oci", "--layers", "--timestamp", "0", "--platform", order.platform, ...verify(order.tlsBelow), "--tag", order.image, "--file", dockerfile, context);
const BUILDAH = {
	needs: ["buildah"],
	probes: [buildah("--version")],
	lacks: ({ to }) => to === "archive" ? "it writes to a registry or an OCI layout" : void 0,
	build: (order) => [buildahBuild(order, order.context, order.dockerfile)],
	push: (order) => [buildah("push", ...verify(order.tls), "--digestfile", order.digestFile, order.image, order.layout === void 0 ? `docker://${order.image}` : `oci:${order.layout.folder}:${order.layout.tag}`)],
	config: (image) => buildah("inspect", "--type", "image", image),
	run: (trial) => ({
		before: [buildah("from", "--pull=never", "--name", trial.name, trial.image)],
		start: buildah("run", "--network", "host", ...volumes(trial), ...variables(trial), trial.name, "--", ...trial.args),
		after: buildah("rm", trial.name)
	}),
	children: true
};
const DOCKER = {
	needs: ["docker"],
	probes: [docker("buildx", "inspect"), docker("version")],
	lacks: ({ to }) => to === "registry" ? void 0 : "it writes to a registry",
	build: (order) => [docker("buildx", "build", "--load", "--provenance=false", "--platform", order.platform, "--tag", order.image, "--file", order.dockerfile, order.context)],
	push: (order) => [docker("push", order.image)],
	config: (image) => docker("image", "inspect", "--format", "{{json .Config}}", image),
	run: (trial) => ({
		before: [],
		start: docker("run", "--rm", "--interactive", "--network", "host", "--name", trial.name, ...volumes(trial), ...variables(trial), "--entrypoint", trial.args[0], trial.image, ...trial.args.slice(1)),
		after: docker("rm", "--force", trial.name)
	}),
	children: false
};
const s2iBuild = ({ context, image, s2i }, how) => ({
	program: "s2i",
	args: [
		"build",
		s2i.source ?? context,
		s2i.builder,
		...how,
		...s2i.source === void 0 ? ["--copy"] : [],
		...s2i.contextDir === void 0 ? [] : ["--context-dir", s2i.contextDir],
		...how.includes("--as-dockerfile") ? [] : [image]
	]
});
/** Without a daemon: s2i writes what it would do as a Dockerfile, and buildah does it. */
const S2I_BUILDAH = {
	...BUILDAH,
	needs: ["s2i", "buildah"],
	probes: [{
		program: "s2i",
		args: ["version"]
	}, ...BUILDAH.probes],
	lacks: (wish) => wish.runtime ? "s2i writes no Dockerfile for a runtime image: a daemon has to build it" : BUILDAH.lacks(wish),
	build: (order) => {
		const { generated, scripts, user } = order.s2i;
		return [s2iBuild(order, [
			"--as-dockerfile",
			`${generated}/Dockerfile`,
			"--assemble-user",
			user,
			...scripts === void 0 ? [] : ["--image-scripts-url", scripts]
		]), buildahBuild(order, generated, `${generated}/Dockerfile`)];
	}
};
const S2I_DOCKER = {
	...DOCKER,
	needs: ["s2i", "docker"],
	probes: [{
		program: "s2i",
		args: ["version"]
	}, docker("version")],
	build: (order) => [s2iBuild(order, order.s2i.runtime === void 0 ? [] : ["--runtime-image", order.s2i.runtime])]
};
/** The engines that run programs. The layers engine needs none, so it has no entry. */
const ENGINE_TABLE = {
	docker: {
		why: "docker with buildx and a daemon that answers",
		ways: [DOCKER]
	},
	buildah: {
		why: "buildah (a package of Debian, Ubuntu and Fedora)",
		ways: [BUILDAH]
	},
	s2i: {
		why: "s2i (github.com/openshift/source-to-image), and buildah or docker to build with it",
		ways: [S2I_BUILDAH, S2I_DOCKER]
	}
};
// src/actions/image-s2i.ts
const ASK_MS = 6e4;
/** Where a builder image has its scripts and as whom they run: without a daemon s2i is told, since it does not look. */
async function readBuilder(given, run, { images }) {
	const asked = given["builder-image"];
	const where = `input "builder-image"`;
	const reference = require_reference().belowFolder(require_reference().parseReference(asked, where), run.workspace);
	if (reference.kind !== "registry") return require_house().refuse({
		where,
		expected: "an image in a registry",
		seen: require_house().quote(asked)
	});
	const store = await images.open(reference);
	const named = await store.manifest(reference.digest ?? reference.tag ?? "latest");
	const found = named?.manifest.manifests ? await store.manifest(require_plan().chooseImage(named.manifest, where, given.platform).digest) : named;
	if (named === void 0 || found?.manifest.config === void 0) throw new (require_house()).ActionError({
		where,
		expected: `an image ${require_house().quote(asked)}`,
		seen: "none",
		fix: "Is its name right, and is the job logged in there?"
	});
	const config = await store.blob(found.manifest.config.digest, { maxBytes: require_plan().MAX_CONFIG_BYTES });
	const { scripts, user } = require_s2i().builderFacts(config.toString("utf8"), where);
	const { "runtime-image": runtime, "context-dir": contextDir } = given;
	return {
		builder: `${reference.host}/${reference.repository}@${named.digest}`,
		scripts,
		user,
		key: {
			builder: named.digest,
			...runtime === void 0 ? {} : { runtime },
			...contextDir === void 0 ? {} : { contextDir }
		}
	};
}
/** The git source with the commit that it stands on now: the image depends on that, and s2i shall take no other. */
async function readSource(given, { processes, log }) {
	if (given.source === void 0) return void 0;
	const [url = "", ref = "HEAD"] = given.source.split("#");
	if (/^[0-9a-f]{40}$/.test(ref)) return given.source;
	const where = `input "source"`;
	const git = await processes.find("git");
	if (git === void 0) return require_house().refuse({
		where,
		expected: "git in PATH",
		seen: "none"
	});
	const { code, stdout, stderr } = await processes.run({
		command: git,
		args: [
			"ls-remote",
			"--",
			url,
			ref,
			`${ref}^{}`
		],
		env: {
			...require_environment().installerEnvironment(processes.environment()),
			GIT_TERMINAL_PROMPT: "0"
		}
	}, { timeoutMs: ASK_MS });
	const commit = /^([0-9a-f]{40})\t/.exec(stdout.trim().split("\n").at(-1) ?? "")?.[1];
	if (commit === void 0) return require_house().refuse({
		where,
		expected: `a git repository with ${require_house().quote(ref, 100)}`,
		seen: code === 0 ? "no such branch or tag" : require_house().quote(stderr.trim().split("\n").at(-1) ?? "", 200)
	});
	log.info(`The source stands on commit ${commit}.`);
	return `${url}#${commit}`;
}
// src/actions/image-engine.ts
const BUILD_MS = 36e5;
const PROBE_MS = 3e4;
const SHOWN_LINES = 25;
const MAX_DOCKERFILE_BYTES = 1048576;
/** What a program that builds and pushes may see of our environment beside the usual. */
const ALSO = /^(?:DOCKER_|BUILDAH_|BUILDX_|REGISTRY_AUTH_FILE$|XDG_|CONTAINERS_|STORAGE_|S2I_)/;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])[:/]/;
const FROM_LOOPBACK = /^\s*FROM\s+(?:--\S+\s+)*(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])[:/]/i;
/**
* How the image is going to be built on this machine.
* @throws ActionError, before anything is read, when the engine's programs are not here, do not answer, or can not do it
*/
async function requireEngine(given, { processes }) {
	if (given.engine === "layers") throw new Error("layers is no program");
	const { ways, why } = ENGINE_TABLE[given.engine];
	const wish = {
		to: given.image?.kind ?? "registry",
		runtime: given["runtime-image"] !== void 0
	};
	const seen = [];
	for (const way of ways) {
		const called = way.needs.join(" and ");
		const lack = way.lacks(wish);
		const absent = [];
		for (const program of way.needs) if (await processes.find(program) === void 0) absent.push(program);
		if (absent.length > 0) seen.push(`no ${absent.join(", no ")} in PATH`);
		else if (lack !== void 0) seen.push(`${called}: ${lack}`);
		else {
			const silent = await firstSilent(way.probes, processes);
			if (silent === void 0) return way;
			seen.push(silent);
		}
	}
	return require_house().refuse({
		where: `engine ${given.engine}`,
		expected: why,
		seen: seen.join("; "),
		fix: "Install it in a step before, or leave engine out: layers needs nothing."
	});
}
/** What a program says that does not answer as it should; `undefined` when all do. */
async function firstSilent(probes, processes) {
	for (const { program, args } of probes) {
		const { code, stderr, stdout } = await processes.run({
			command: await processes.find(program),
			args,
			env: engineEnvironment(processes.environment())
		}, { timeoutMs: PROBE_MS });
		if (code === 0) continue;
		const said = (stderr.trim() || stdout.trim()).split("\n").at(-1) ?? "";
		return `${[program, ...args].join(" ")}: ${require_house().quote(said, 200)}`;
	}
}
/** Reads what the engine is given beside the code. @throws ActionError where it is not there */
async function observeEngine(way, given, folder, run, ports) {
	const { workspace, log } = ports;
	const key = { name: given.engine };
	let dockerfile;
	if (given.dockerfile !== void 0 && given.engine !== "s2i") {
		dockerfile = await workspace.readText(`${folder}/${given.dockerfile}`, { maxBytes: MAX_DOCKERFILE_BYTES });
		if (dockerfile === void 0) require_house().refuse({
			where: `input "dockerfile"`,
			expected: "a file below the working directory",
			seen: `no ${require_house().quote(given.dockerfile)}`
		});
		key.dockerfile = require_plan().hexDigest(dockerfile);
		log.info("The image follows your Dockerfile. Name its FROM by digest: an image that moved below a tag is not noticed.");
	}
	if (given.engine !== "s2i") return {
		way,
		dockerfile,
		s2i: void 0,
		key
	};
	const s2i = {
		...await readBuilder(given, run, ports),
		source: await readSource(given, ports)
	};
	return {
		way,
		dockerfile,
		s2i,
		key: {
			...key,
			...s2i.key,
			...s2i.source === void 0 ? {} : { source: s2i.source }
		}
	};
}
/** Lets the engine's program build, asks what it built, and only then lets it push. */
async function buildByEngine(facts, engine, target, model, scratch, run, ports) {
	const { given, store } = facts;
	const { workspace, log } = ports;
	await require_build_model_image().refuseTakenTags(target, facts);
	const order = await prepare(facts, engine, target, model, scratch, ports);
	for (const command of engine.way.build(order)) await runProgram(command, order.context, ports);
	const tried = given.try ? await tryBuilt(facts, engine, order, model, scratch, run, ports) : void 0;
	for (const command of engine.way.push(order)) await runProgram(command, order.context, ports);
	const written = /sha256:[0-9a-f]{64}/.exec(await workspace.readText(order.digestFile, { maxBytes: MAX_DOCKERFILE_BYTES }) ?? "")?.[0];
	const found = await store.manifest(written ?? target.keyTag);
	if (found === void 0) throw new (require_house()).ActionError({
		where: `engine ${given.engine}`,
		expected: `what was pushed, in ${target.called}`,
		seen: written ?? "none"
	});
	const tags = await require_build_model_image().missingTags(target, found.digest, facts, log);
	if (tags.length > 0) await store.putManifest(found.bytes, found.manifest.mediaType ?? require_manifest().MEDIA.manifest, tags);
	log.info(`Image ${target.called}@${found.digest}, tags ${target.wanted.join(", ")}`);
	return {
		done: {
			digest: found.digest,
			bytes: found.bytes.length,
			skipped: false,
			tagged: true,
			layers: require_plan().heldLayers(found.manifest).map((layer) => ({
				...layer,
				holds: "built",
				how: `by ${given.engine}`
			}))
		},
		tried
	};
}
/** The folder that is built from, and the order. */
async function prepare({ given, build, destination, folder, baseName }, { dockerfile: own, s2i }, target, model, scratch, ports) {
	const { workspace } = ports;
	const context = `${scratch}/context`;
	await workspace.write(`${context}/.keep`, "");
	await workspace.remove(`${context}/.keep`);
	for (const { path } of build.code) if (path !== ".dockerignore") await workspace.copy(`${folder}/${path}`, `${context}/${path}`);
	for (const path of build.bake ? model?.paths ?? [] : []) {
		const to = model.single ? build.modelPath : `${build.modelPath}/${path}`;
		await workspace.copy(`${model.root}/${path}`, `${context}/${to}`);
	}
	const dockerfile = `${scratch}/Dockerfile`;
	await workspace.write(dockerfile, own ?? require_dockerfile().dockerfileOf(build, baseName));
	if (own === void 0 && s2i === void 0 && build.requirements !== void 0) {
		const { readRequirements } = await Promise.resolve().then(() => require("./image-dependencies.cjs"));
		const { text } = await readRequirements(folder, build.requirements, given.wrapper, ports);
		await workspace.write(`${context}/${require_dockerfile().RESOLVED}`, text);
	}
	if (s2i !== void 0 && s2i.source === void 0 && build.modelClass !== void 0) await workspace.write(`${context}/${require_s2i().S2I_ENVIRONMENT}`, require_s2i().formatS2iEnvironment(build.modelClass, require_source().wrapperType(build.serviceType), build.environment));
	const generated = `${scratch}/generated`;
	await workspace.write(`${generated}/.keep`, "");
	const name = destination.kind === "registry" ? `${destination.host}/${destination.repository}` : "localhost/model-road";
	return {
		context,
		dockerfile,
		image: `${name}:${target.keyTag}`,
		platform: given.platform,
		digestFile: `${scratch}/digest`,
		tls: !LOOPBACK.test(name),
		tlsBelow: !LOOPBACK.test(s2i?.builder ?? "") && !(own ?? "").split("\n").some((line) => FROM_LOOPBACK.test(line)) && !LOOPBACK.test(baseName ?? ""),
		layout: destination.kind === "layout" ? {
			folder: destination.folder,
			tag: target.keyTag
		} : void 0,
		s2i: s2i && {
			builder: s2i.builder,
			scripts: s2i.scripts,
			user: s2i.user,
			source: s2i.source,
			contextDir: given["context-dir"],
			runtime: given["runtime-image"],
			generated
		}
	};
}
/** Asks the built image itself. Where that can not be, it is said, with the reason. */
async function tryBuilt(facts, { way }, order, model, scratch, run, ports) {
	const { serverFromImage } = await Promise.resolve().then(() => require("./image-engine-trial.cjs"));
	const server = await serverFromImage(facts, way, order, model, scratch, ports);
	if ("why" in server) {
		ports.log.warning(`Nothing was asked of the image before its push: ${server.why}`);
		return;
	}
	const { tryImage } = await Promise.resolve().then(() => require("./image-trial.cjs"));
	try {
		return await tryImage(facts, server, run, ports);
	} finally {
		await server.close();
	}
}
/** Runs one of the engine's programs to its end, its lines in the log. @throws ActionError with the line that tells why */
async function runProgram({ program, args }, cwd, { processes, log }) {
	const lines = [];
	await log.group(`${program} ${args.find((each) => !each.startsWith("-")) ?? ""}`, async () => {
		const started = await processes.start({
			command: await processes.find(program) ?? program,
			args,
			env: {
				...engineEnvironment(processes.environment()),
				GIT_TERMINAL_PROMPT: "0"
			},
			cwd
		}, { onLine: (line) => {
			lines.push(line);
			log.info(line);
			if (lines.length > SHOWN_LINES) lines.shift();
		} });
		const timer = setTimeout(() => void started.stop(), BUILD_MS);
		const { code, signal } = await started.ended;
		clearTimeout(timer);
		const told = program === "s2i" && args.includes("--as-dockerfile") ? lines.findLast((line) => line.startsWith("ERROR:")) : void 0;
		if (code === 0 && told === void 0) return;
		const said = told ?? lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? "no output";
		throw new (require_house()).ActionError({
			where: program,
			expected: "to build and push",
			seen: `${code === null ? `signal ${signal}` : `exit code ${code}`}: ${require_house().quote(ending(said.trim()), 400)}`
		});
	});
}
/** Of a long line the end: programs put the reason there. */
const ending = (line) => line.length > 400 ? `…${line.slice(-399)}` : line;
/** What a program that builds may see: no token of the job's, none of the inputs. */
function engineEnvironment(env) {
	return {
		...require_environment().installerEnvironment(env),
		...Object.fromEntries(Object.entries(env).filter(([name]) => ALSO.test(name)))
	};
}
exports.buildByEngine = buildByEngine;
exports.engineEnvironment = engineEnvironment;
exports.observeEngine = observeEngine;
exports.requireEngine = requireEngine;
exports.runProgram = runProgram;
