require("./rolldown-runtime.cjs");
let kept_require_trial;
const require_trial = () => kept_require_trial ??= require("./trial.cjs");
let kept_require_environment;
const require_environment = () => kept_require_environment ??= require("./environment.cjs");
let kept_require_launcher;
const require_launcher = () => kept_require_launcher ??= require("./launcher.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_image_engine;
const require_image_engine = () => kept_require_image_engine ??= require("./image-engine.cjs");
// src/actions/image-engine-trial.ts
const INSPECT_MS = 6e4;
const THREADS = /^(?:OMP|OPENBLAS|MKL|NUMEXPR|BLIS|VECLIB)_/;
/**
* The server of an image that an engine has built, run by that engine: the image's own Python, packages and files, on loopback.
* @returns why it can not be tried, where it can not
*/
async function serverFromImage({ build, native, given }, way, order, model, scratch, ports) {
	const { workspace, processes } = ports;
	if (given.platform !== native) return { why: `it is for ${given.platform}, and this machine is ${native}.` };
	const config = way.config(order.image);
	const { code, stdout, stderr } = await processes.run(await command(config, order, ports), { timeoutMs: INSPECT_MS });
	if (code !== 0) throw new (require_house()).ActionError({
		where: config.program,
		expected: "the config of what was built",
		seen: require_house().quote(stderr.trim().split("\n").at(-1) ?? "", 200)
	});
	const start = require_trial().imageStart(stdout);
	const line = require_trial().launchLine(start, build.wrapper, build.modelClass);
	if (line === void 0) return { why: `what it starts (${require_house().quote([...start.entrypoint, ...start.cmd].join(" "), 200)}) is no Python server that can be kept to loopback. Ask it where it is deployed: smoke-request of seldon-deploy.` };
	const launcher = `${scratch}/launcher`;
	await workspace.write(`${launcher}/launcher.py`, build.wrapper === "seldon" ? require_launcher().LAUNCHER : require_trial().TRIAL_LAUNCHER);
	const mounted = build.bake || model === void 0 ? [] : [{
		from: model.root,
		at: "/mnt/models"
	}];
	const name = `model-road-${order.image.slice(-12)}-${process.pid}`;
	const threads = Object.fromEntries(Object.entries(require_environment().servingEnvironment(processes.environment(), { outliveJob: false })).filter(([each]) => THREADS.test(each)));
	const { before, start: run, after } = way.run({
		image: order.image,
		name,
		args: [
			"/bin/sh",
			"-c",
			line
		],
		env: {
			...threads,
			PYTHONUNBUFFERED: "1",
			PYTHONDONTWRITEBYTECODE: "1"
		},
		mounts: [{
			from: launcher,
			at: require_trial().LAUNCHER_AT
		}, ...mounted]
	});
	for (const each of before) await require_image_engine().runProgram(each, order.context, ports);
	return {
		start: async (onLine) => await processes.start(await command(run, order, ports), {
			onLine,
			lifeline: true
		}),
		children: way.children,
		close: async () => {
			await processes.run(await command(after, order, ports), { timeoutMs: INSPECT_MS }).catch(() => void 0);
		}
	};
}
async function command({ program, args }, { context }, { processes }) {
	const env = require_image_engine().engineEnvironment(processes.environment());
	return {
		command: await processes.find(program) ?? program,
		args,
		env,
		cwd: context
	};
}
exports.serverFromImage = serverFromImage;
