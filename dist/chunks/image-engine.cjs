require("./rolldown-runtime.cjs");
const require_dockerfile = () => require("./dockerfile.cjs");
const require_plan = () => require("./plan.cjs");
const require_s2i = () => require("./s2i.cjs");
const require_environment = () => require("./environment.cjs");
const require_house = () => require("./house.cjs");
// src/domain/image/engine.ts
const epoch = ["--timestamp", "0"];
const storage = (order) => order.isolated ? ["--storage-driver", "vfs"] : [];
function buildahCommands(order, context = order.context, dockerfile = order.dockerfile) {
	const verify = order.tls ? [] : ["--tls-verify=false"];
	const push = (tag) => ({
		program: "buildah",
		args: [
			...storage(order),
			"push",
			...verify,
			"--digestfile",
			order.digestFile,
			order.image,
			order.toLayout === void 0 ? `docker://${order.image.replace(/:[^:/]+$/, "")}:${tag}` : `oci:${order.toLayout}:${tag}`
		]
	});
	return [{
		program: "buildah",
		args: [
			...storage(order),
			"bud",
			...order.isolated ? ["--isolation", "chroot"] : [],
			"--format",
			"oci",
			"--layers",
			...epoch,
			"--platform",
			order.platform,
			...verify,
			"--tag",
			order.image,
			"--file",
			dockerfile,
			context
		]
	}, ...order.tags.map(push)];
}
/** The engines that run programs. The layers engine needs none, so it has no entry. */
const ENGINE_TABLE = {
	docker: {
		needs: [["docker"]],
		why: "docker with buildx and a daemon that answers",
		probe: {
			program: "docker",
			args: ["buildx", "inspect"]
		},
		commands: (order) => [{
			program: "docker",
			args: [
				"buildx",
				"build",
				"--push",
				"--provenance=false",
				"--platform",
				order.platform,
				"--metadata-file",
				order.digestFile,
				...order.tags.flatMap((tag) => ["--tag", `${order.image.replace(/:[^:/]+$/, "")}:${tag}`]),
				"--file",
				order.dockerfile,
				order.context
			]
		}]
	},
	buildah: {
		needs: [["buildah"]],
		why: "buildah (a package of Debian, Ubuntu and Fedora)",
		probe: {
			program: "buildah",
			args: ["--version"]
		},
		commands: (order) => buildahCommands(order)
	},
	s2i: {
		needs: [["s2i", "buildah"], ["s2i", "docker"]],
		why: "s2i (github.com/openshift/source-to-image), and buildah or docker to build what it writes",
		probe: {
			program: "s2i",
			args: ["version"]
		},
		commands: (order) => [{
			program: "s2i",
			args: [
				"build",
				order.source ?? order.context,
				order.builder,
				"--as-dockerfile",
				`${order.generated}/Dockerfile`,
				...order.contextDir === void 0 ? [] : ["--context-dir", order.contextDir],
				...order.runtime === void 0 ? [] : ["--runtime-image", order.runtime]
			]
		}, ...buildahCommands(order, order.generated, `${order.generated}/Dockerfile`)]
	}
};
// src/actions/image-engine.ts
const BUILD_MS = 36e5;
const SHOWN_LINES = 25;
/** What a program that builds and pushes may see of our environment beside the usual. */
const ALSO = /^(?:DOCKER_|BUILDAH_|BUILDX_|REGISTRY_AUTH_FILE$|XDG_|CONTAINERS_|STORAGE_|S2I_)/;
/** @throws ActionError, before anything is read, when the engine's programs are not here or do not answer */
async function requireEngine(given, { processes }) {
	if (given.engine === "layers") return;
	const { needs, why, probe } = ENGINE_TABLE[given.engine];
	const where = `engine ${given.engine}`;
	const fix = "Install it in a step before, or leave engine out: layers needs nothing.";
	const missing = [];
	for (const group of needs) {
		const absent = [];
		for (const program of group) if (await processes.find(program) === void 0) absent.push(program);
		if (absent.length === 0) {
			const { code, stderr, stdout } = await processes.run({
				command: await processes.find(probe.program),
				args: probe.args,
				env: engineEnvironment(processes.environment())
			}, { timeoutMs: 3e4 });
			if (code === 0) return;
			const said = `${stderr}${stdout}`.trim().split("\n").at(-1) ?? "";
			return require_house().refuse({
				where,
				expected: why,
				seen: `${[probe.program, ...probe.args].join(" ")}: ${require_house().quote(said, 200)}`,
				fix
			});
		}
		missing.push(absent);
	}
	require_house().refuse({
		where,
		expected: why,
		seen: `no ${missing.map((each) => each.join(", no ")).join("; no ")} in PATH`,
		fix
	});
}
/** Tries the server from its own files, then lets the engine's program build and push. */
async function buildByEngine(facts, target, model, scratch, run, ports) {
	const { given, build, destination, folder, store } = facts;
	const { workspace, processes, log } = ports;
	if (given.engine === "layers") throw new Error("layers is no program");
	if (destination.kind === "archive" || destination.kind === "layout" && given.engine === "docker") require_house().refuse({
		where: `engine ${given.engine}`,
		expected: destination.kind === "archive" ? "a registry or an OCI layout" : "a registry",
		seen: target.called,
		fix: "Only the layers engine writes there."
	});
	const { tryImage } = await Promise.resolve().then(() => require("./image-trial.cjs"));
	const tried = given.try && given.source === void 0 && given["runtime-image"] === void 0 ? await tryImage(facts, model, void 0, scratch, run, ports) : void 0;
	if (tried !== void 0 && given.dockerfile !== void 0) log.info("The server was tried from the code and the requirements; your Dockerfile may install something else.");
	const context = `${scratch}/context`;
	for (const { path } of build.code) await workspace.copy(`${folder}/${path}`, `${context}/${path}`);
	if (model !== void 0 && build.bake) for (const path of model.paths) {
		const to = model.single ? build.modelPath : `${build.modelPath}/${path}`;
		await workspace.copy(`${model.root}/${path}`, `${context}/${to}`);
	}
	const dockerfile = given.dockerfile === void 0 ? `${scratch}/Dockerfile` : `${context}/${given.dockerfile}`;
	if (given.dockerfile === void 0) await workspace.write(dockerfile, require_dockerfile().dockerfileOf(build, facts.baseName));
	else if (await workspace.facts(dockerfile) === void 0) require_house().refuse({
		where: `input "dockerfile"`,
		expected: "a file of the code",
		seen: `no ${require_house().quote(given.dockerfile)}`
	});
	if (given.engine === "s2i" && given.source === void 0 && build.modelClass !== void 0) await workspace.write(`${context}/${require_s2i().S2I_ENVIRONMENT}`, require_s2i().formatS2iEnvironment(build.modelClass, build.serviceType, build.environment));
	await workspace.write(`${scratch}/generated/.keep`, "");
	const digestFile = `${scratch}/digest`;
	const name = destination.kind === "registry" ? `${destination.host}/${destination.repository}` : "localhost/model-road";
	const env = engineEnvironment(processes.environment());
	const order = {
		context,
		dockerfile,
		image: `${name}:${target.keyTag}`,
		tags: target.wanted,
		platform: given.platform,
		digestFile,
		builder: given["builder-image"],
		runtime: given["runtime-image"],
		source: given.source,
		contextDir: given["context-dir"],
		generated: `${scratch}/generated`,
		tls: !/^(?:localhost|127\.|\[::1\])/.test(name),
		toLayout: destination.kind === "layout" ? destination.folder : void 0,
		isolated: env.BUILDAH_ISOLATION === "chroot"
	};
	for (const { program, args } of ENGINE_TABLE[given.engine].commands(order)) await runProgram(program, args, context, env, ports);
	const digest = /sha256:[0-9a-f]{64}/.exec(await workspace.readText(digestFile, { maxBytes: 1048576 }) ?? "")?.[0];
	const found = digest === void 0 ? void 0 : await store.manifest(digest);
	if (digest === void 0 || found === void 0) throw new (require_house()).ActionError({
		where: `engine ${given.engine}`,
		expected: "the digest of what was pushed",
		seen: digest ?? "none"
	});
	log.info(`Image ${target.called}@${digest}, tags ${target.wanted.join(", ")}`);
	return {
		done: {
			digest,
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
async function runProgram(program, args, cwd, env, { processes, log }) {
	const lines = [];
	await log.group(`${program} ${args.find((each) => !each.startsWith("-")) ?? ""}`, async () => {
		const started = await processes.start({
			command: await processes.find(program) ?? program,
			args,
			env,
			cwd
		}, { onLine: (line) => {
			lines.push(line);
			log.info(line);
			if (lines.length > SHOWN_LINES) lines.shift();
		} });
		const timer = setTimeout(() => void started.stop(), BUILD_MS);
		const { code, signal } = await started.ended;
		clearTimeout(timer);
		if (code === 0) return;
		const said = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? "no output";
		throw new (require_house()).ActionError({
			where: program,
			expected: "to build and push",
			seen: `${code === null ? `signal ${signal}` : `exit code ${code}`}: ${require_house().quote(said.trim(), 300)}`
		});
	});
}
function engineEnvironment(env) {
	return {
		...require_environment().installerEnvironment(env),
		...Object.fromEntries(Object.entries(env).filter(([name]) => ALSO.test(name)))
	};
}
exports.buildByEngine = buildByEngine;
exports.requireEngine = requireEngine;
