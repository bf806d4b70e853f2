const require_rolldown_runtime = require("./rolldown-runtime.cjs");
const require_run_action = () => require("./run-action.cjs");
const require_workspace = () => require("./workspace.cjs");
// src/actions/training-plan.ts
var training_plan_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ writePlan: () => writePlan });
const MAX_PLAN_BYTES = 4194304;
const where = "the plan's file";
const texts = require_run_action().record(require_run_action().string({ most: 65536 }), { most: 1e3 });
const trainingShape = require_run_action().object({
	name: require_run_action().string({ most: 63 }),
	flavor: require_run_action().optional(require_run_action().string({ most: 64 })),
	command: require_run_action().string({ most: 65536 }),
	workingDirectory: require_run_action().string(),
	model: require_run_action().string(),
	metrics: require_run_action().optional(require_run_action().string()),
	retentionDays: require_run_action().optional(require_run_action().count),
	preRun: require_run_action().optional(require_run_action().string({ most: 65536 })),
	paramsAs: require_run_action().oneOf("environment", "flags"),
	passEnv: require_run_action().list(require_run_action().string({ most: 128 }), 100),
	params: texts,
	manifest: require_run_action().anything,
	reason: require_run_action().string({ most: 2e3 }),
	changed: require_run_action().list(require_run_action().string({ most: 500 }), 100),
	startedMs: require_run_action().count
});
const commandShape = require_run_action().object({
	workingDirectory: require_run_action().string(),
	env: texts,
	logFile: require_run_action().string(),
	resultFile: require_run_action().optional(require_run_action().string()),
	command: require_run_action().optional(require_run_action().string({ most: 65536 })),
	before: require_run_action().optional(require_run_action().string({ most: 65536 })),
	args: require_run_action().optional(require_run_action().list(require_run_action().string({ most: 65536 }), 2e3)),
	passEnv: require_run_action().optional(require_run_action().list(require_run_action().string({ most: 128 }), 100))
});
const resultShape = require_run_action().object({
	startedMs: require_run_action().count,
	seconds: (value) => typeof value === "number" && value >= 0 ? value : 0,
	code: require_run_action().count
});
/** The working directory as an absolute path. */
const folderOf = ({ workingDirectory }, run) => workingDirectory === "." ? run.workspace : `${run.workspace}/${workingDirectory}`;
/** The training's log and result lie beside its plan. */
const besidePlan = (planFile) => {
	const folder = planFile.slice(0, planFile.lastIndexOf("/"));
	return {
		log: `${folder}/train.log`,
		result: `${folder}/result.json`
	};
};
/** Writes the plan and the parameters' file. Returns the plan's path. */
async function writePlan(plan, params, run, workspace) {
	const folder = await workspace.temporary("training");
	const file = `${folder}/plan.json`;
	const { log, result } = besidePlan(file);
	const workingDirectory = folderOf(plan, run);
	const command = {
		workingDirectory,
		env: {
			...params.environment,
			PARAMS_FILE: `${folder}/params.json`,
			MODEL_PATH: `${workingDirectory}/${plan.model}`,
			...plan.metrics === void 0 ? {} : { METRICS_PATH: `${workingDirectory}/${plan.metrics}` }
		},
		logFile: log,
		resultFile: result,
		command: plan.command,
		...plan.preRun === void 0 ? {} : { before: plan.preRun },
		...plan.paramsAs === "flags" ? { args: Object.entries(params.source).flatMap(([name, value]) => [`--${name}`, value]) } : {},
		passEnv: plan.passEnv
	};
	await workspace.write(`${folder}/params.json`, `${params.json}\n`);
	await workspace.write(file, require_run_action().canonicalJson({
		kind: "train",
		...command,
		training: plan
	}), { mode: 384 });
	return file;
}
async function readFields(file, workspace) {
	const text = file === "" ? void 0 : await workspace.readText(file, { maxBytes: MAX_PLAN_BYTES });
	if (text === void 0) require_workspace().refuse({
		where,
		expected: "the file that the part before named",
		seen: file === "" ? "no name" : "no such file",
		fix: "Hand on its output plan-file: ${{ steps.plan.outputs.plan-file }}."
	});
	const fields = require_run_action().parseJson(text, {
		where,
		maxBytes: MAX_PLAN_BYTES
	});
	if (fields === null || typeof fields !== "object" || Array.isArray(fields)) require_workspace().refuse({
		where,
		expected: "an object",
		seen: "something else"
	});
	return fields;
}
/** @throws ActionError when there is no plan, or it is none of a training */
async function readPlan(file, workspace) {
	const plan = require_run_action().check(trainingShape, (await readFields(file, workspace)).training ?? null, where);
	const { parseFingerprintManifest } = await Promise.resolve().then(() => require("./fingerprint.cjs"));
	return {
		...plan,
		manifest: parseFingerprintManifest(plan.manifest, where)
	};
}
/** @throws ActionError when there is no plan, or it runs no command */
async function readCommandPlan(file, workspace) {
	const fields = await readFields(file, workspace);
	const names = [
		"workingDirectory",
		"env",
		"logFile",
		"resultFile",
		"command",
		"before",
		"args",
		"passEnv"
	];
	return require_run_action().check(commandShape, Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name))), where);
}
/** What the training command left; `undefined` when it left nothing. */
async function readResult(planFile, workspace) {
	const file = "the training's result";
	const text = await workspace.readText(besidePlan(planFile).result, { maxBytes: 4096 });
	return text === void 0 ? void 0 : require_run_action().check(resultShape, require_run_action().parseJson(text, {
		where: file,
		maxBytes: 4096
	}), file);
}
Object.defineProperty(exports, "besidePlan", {
	enumerable: true,
	get: function() {
		return besidePlan;
	}
});
Object.defineProperty(exports, "folderOf", {
	enumerable: true,
	get: function() {
		return folderOf;
	}
});
Object.defineProperty(exports, "readCommandPlan", {
	enumerable: true,
	get: function() {
		return readCommandPlan;
	}
});
Object.defineProperty(exports, "readPlan", {
	enumerable: true,
	get: function() {
		return readPlan;
	}
});
Object.defineProperty(exports, "readResult", {
	enumerable: true,
	get: function() {
		return readResult;
	}
});
Object.defineProperty(exports, "training_plan_exports", {
	enumerable: true,
	get: function() {
		return training_plan_exports;
	}
});
