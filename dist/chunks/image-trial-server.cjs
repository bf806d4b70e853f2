require("./rolldown-runtime.cjs");
let kept_require_plan;
const require_plan = () => kept_require_plan ??= require("./plan.cjs");
let kept_require_trial;
const require_trial = () => kept_require_trial ??= require("./trial.cjs");
let kept_require_environment;
const require_environment = () => kept_require_environment ??= require("./environment.cjs");
let kept_require_launcher;
const require_launcher = () => kept_require_launcher ??= require("./launcher.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/image-trial-server.ts
const MAX_FILE_BYTES = 8388608;
/**
* The server from the very files that become layers. Its Python has the image's own packages where they are a layer of ours;
* else an environment is made of the requirements.
*/
async function serverFromFiles(facts, model, dependencies, scratch, ports) {
	const { build } = facts;
	const { workspace } = ports;
	const root = `${scratch}/trial/app`;
	for (const { path } of build.code) await workspace.copy(`${facts.folder}/${path}`, `${root}/${path}`);
	for (const path of model?.paths ?? []) {
		const to = model.single ? build.modelPath : `${build.modelPath}/${path}`;
		await workspace.copy(`${model.root}/${path}`, `${root}/${to}`);
	}
	const python = await trialPython(facts, dependencies, scratch, ports);
	return {
		start: async (onLine) => await startServer(facts, python, root, scratch, ports, onLine),
		children: true
	};
}
/** A Python that finds the image's packages. */
async function trialPython(facts, dependencies, scratch, ports) {
	const { build, given } = facts;
	const { pythons, processes, workspace, log } = ports;
	if (dependencies === void 0) {
		if (build.requirements === void 0) return (await pythons.environment({
			requirements: void 0,
			log
		})).python;
		const { readRequirements } = await Promise.resolve().then(() => require("./image-dependencies.cjs"));
		const { text } = await readRequirements(facts.folder, build.requirements, given.wrapper, ports);
		const own = await workspace.readText(`${facts.folder}/${build.requirements}`, { maxBytes: MAX_FILE_BYTES });
		const plain = /(?:^|\/)requirements[^/]*\.txt$/.test(build.requirements) && /^seldon[-_.]core\b/im.test(own ?? "");
		return (await pythons.environment({
			requirements: plain ? own : text,
			log
		})).python;
	}
	if (given.platform !== facts.native) throw new (require_house()).ActionError({
		where: `input "try"`,
		expected: `a machine of ${given.platform}`,
		seen: facts.native,
		fix: "Build on such a runner, or set try: false and try the image where it can run."
	});
	const { matchingPython } = await Promise.resolve().then(() => require("./image-dependencies.cjs"));
	const site = await dependencies.site();
	const [, version = ""] = /python(3\.\d+)/.exec(site) ?? [];
	const python = await matchingPython(version, ports);
	const folder = `${scratch}/trial/python`;
	const venv = await processes.run({
		command: python,
		args: [
			"-m",
			"venv",
			"--without-pip",
			folder
		],
		env: require_environment().installerEnvironment(processes.environment())
	}, { timeoutMs: 12e4 });
	if (venv.code !== 0) throw new (require_house()).ActionError({
		where: `${python} -m venv`,
		expected: "a virtual environment",
		seen: require_house().quote(venv.stderr.trim().split("\n").at(-1) ?? "", 200)
	});
	await workspace.write(`${folder}/lib/python${version}/site-packages/model_road_layer.pth`, `import site; site.addsitedir(${JSON.stringify(site)})\n`);
	return `${folder}/bin/python`;
}
async function startServer({ build, given }, python, root, scratch, { processes, workspace }, onLine) {
	const launcher = `${scratch}/trial/launcher/model_road_launcher.py`;
	await workspace.write(launcher, build.wrapper === "seldon" ? require_launcher().LAUNCHER : require_trial().TRIAL_LAUNCHER);
	const program = build.wrapper === "flask" ? require_trial().programOf(given["start-command"] ?? "python3 app.py") : void 0;
	if (build.wrapper === "flask" && program === void 0) throw new (require_house()).ActionError({
		where: `input "start-command"`,
		expected: "python3 <file>, which can be tried without a container",
		seen: require_house().quote(given["start-command"] ?? ""),
		fix: "Set try: false to build without a trial."
	});
	const args = build.wrapper === "seldon" ? [
		launcher,
		build.modelClass,
		"1"
	] : build.wrapper === "mlserver" ? [launcher, "mlserver"] : [
		launcher,
		"program",
		program
	];
	return await processes.start({
		command: python,
		args,
		cwd: root,
		env: {
			...require_environment().servingEnvironment(processes.environment(), { outliveJob: false }),
			...require_plan().imageEnvironment(build),
			...build.modelPath === void 0 ? {} : { MODEL_PATH: `${root}/${build.modelPath}` },
			PYTHONUNBUFFERED: "1",
			PYTHONDONTWRITEBYTECODE: "1"
		}
	}, {
		onLine,
		lifeline: true
	});
}
exports.serverFromFiles = serverFromFiles;
