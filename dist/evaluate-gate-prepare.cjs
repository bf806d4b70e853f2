require("./chunks/rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_gate_inputs;
const require_gate_inputs = () => kept_require_gate_inputs ??= require("./chunks/gate-inputs.cjs");
let kept_require_permitted;
const require_permitted = () => kept_require_permitted ??= require("./chunks/permitted.cjs");
let kept_require_archive;
const require_archive = () => kept_require_archive ??= require("./chunks/archive.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
let kept_require_rclone;
const require_rclone = () => kept_require_rclone ??= require("./chunks/rclone.cjs");
/** Brings the model to where the evaluation command can use it. Runs only when there is a command. */
const evaluateGatePrepare = {
	id: "evaluate-gate-prepare",
	inputs: {
		record: require_house().recordInput,
		model: require_house().text({ description: "The model's file or folder, relative to the workspace, where there is no record. The command finds its full path in `MODEL_PATH`." }),
		command: require_house().text({ description: "Shell commands that measure the model before the rules are judged, run from the workspace as a `run:` step. They find the model in `MODEL_PATH` and write metrics to the file `METRICS_PATH`. Their values stand above those of the training. Left out, the metrics are judged as they are." }),
		metrics: require_gate_inputs().metricsInput,
		conditions: require_gate_inputs().conditionsInput,
		"github-token": require_gate_inputs().tokenInput
	},
	outputs: {
		node: "The Node that runs the command's step.",
		"plan-file": "What the steps after this one need to know, as a JSON file.",
		"model-path": "The model's file or folder on this machine.",
		"metrics-path": "The file that the command is to write its metrics to."
	},
	run: async (inputs, run, ports) => {
		const { workspace, clock, log } = ports;
		const { command } = inputs;
		if (command === void 0) require_house().refuse({
			where: `input "command"`,
			expected: "a command",
			seen: "nothing",
			fix: "Without one, leave this part out."
		});
		await require_permitted().permit("gate", run, ports);
		const model = await locateModel(inputs, await require_house().takeRecord(inputs.record, run, ports), run, ports);
		const folder = `${run.temp}/model-road/evaluate`;
		await workspace.remove(folder);
		const metricsPath = inputs.metrics === void 0 ? `${folder}/metrics.json` : require_gate_inputs().inWorkspace(inputs.metrics, run.workspace);
		const before = await workspace.facts(metricsPath);
		const plan = {
			kind: "evaluate",
			command,
			workingDirectory: run.workspace,
			env: {
				MODEL_PATH: model,
				METRICS_PATH: metricsPath
			},
			logFile: `${folder}/evaluate.log`,
			metrics: {
				path: metricsPath,
				startedMs: clock.now(),
				...before ? { before: {
					modifiedMs: before.modifiedMs,
					bytes: before.bytes
				} } : {}
			}
		};
		await workspace.write(`${folder}/plan.json`, JSON.stringify(plan));
		log.info(`The evaluation command finds the model in MODEL_PATH: ${model}`);
		return { outputs: {
			node: process.execPath,
			"plan-file": `${folder}/plan.json`,
			"model-path": model,
			"metrics-path": metricsPath
		} };
	}
};
/** The record's model, verified; or, without a record, the one that lies in the workspace. */
async function locateModel({ model }, record, run, ports) {
	if (record) {
		if (model !== void 0 && plain(model) !== plain(record.model.path)) require_house().refuse({
			where: `input "model"`,
			expected: `the record's own model, ${require_house().quote(record.model.path)}`,
			seen: require_house().quote(model),
			fix: "Leave it out: the verdict goes into the record, so it must be about the record's model."
		});
		const { fetchModel } = await Promise.resolve().then(() => require("./chunks/model.cjs")).then((n) => n.model_exports);
		return (await fetchModel(record, run, ports)).path;
	}
	if (model === void 0) require_house().refuse({
		where: `input "model"`,
		expected: "a model to evaluate",
		seen: "neither a record nor a model",
		fix: "Hand on the record of train, or name the model's file or folder."
	});
	const path = require_gate_inputs().inWorkspace(model, run.workspace);
	if (await ports.workspace.facts(path) === void 0) require_house().refuse({
		where: `input "model"`,
		expected: "a file or folder",
		seen: `nothing at ${require_house().quote(model)}`
	});
	return path;
}
const plain = (path) => path.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "");
// src/main/evaluate-gate-prepare.ts
require_house().runAction(evaluateGatePrepare, ({ inputs, run, log, signal }) => ({
	log,
	clock: require_house().systemClock(),
	workspace: require_house().localWorkspace(run),
	archives: require_archive().tarArchives(),
	store: require_rclone().rcloneStore({
		processes: require_process().localProcesses({ signal }),
		temp: run.temp
	}),
	github: require_github().githubRest({
		run,
		token: inputs["github-token"]
	})
}));
