const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/training-plan.ts
var training_plan_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ writePlan: () => writePlan });
const MAX_PLAN_BYTES = 4194304;
const where = "the plan's file";
const texts = require_house().record(require_house().string({ most: 65536 }), { most: 1e3 });
const trainingShape = require_house().object({
	name: require_house().string({ most: 63 }),
	flavor: require_house().optional(require_house().string({ most: 64 })),
	command: require_house().string({ most: 65536 }),
	workingDirectory: require_house().string(),
	model: require_house().string(),
	metrics: require_house().optional(require_house().string()),
	retentionDays: require_house().optional(require_house().count),
	modelStore: require_house().optional(require_house().string({ most: 700 })),
	preRun: require_house().optional(require_house().string({ most: 65536 })),
	paramsAs: require_house().oneOf("environment", "flags"),
	passEnv: require_house().list(require_house().string({ most: 128 }), 100),
	params: texts,
	manifest: require_house().anything,
	reason: require_house().string({ most: 2e3 }),
	changed: require_house().list(require_house().string({ most: 500 }), 100),
	startedMs: require_house().count,
	cluster: require_house().optional(require_house().object({
		manifest: require_house().optional(require_house().string({ most: 2097152 })),
		image: require_house().optional(require_house().string({ most: 1024 })),
		output: require_house().optional(require_house().string({ most: 1024 }))
	}))
});
const commandShape = require_house().object({
	workingDirectory: require_house().string(),
	env: texts,
	logFile: require_house().string(),
	resultFile: require_house().optional(require_house().string()),
	command: require_house().optional(require_house().string({ most: 65536 })),
	before: require_house().optional(require_house().string({ most: 65536 })),
	args: require_house().optional(require_house().list(require_house().string({ most: 65536 }), 2e3)),
	passEnv: require_house().optional(require_house().list(require_house().string({ most: 128 }), 100))
});
const resultShape = require_house().object({
	startedMs: require_house().count,
	seconds: (value) => typeof value === "number" && value >= 0 ? value : 0,
	code: require_house().count
});
/** The working directory as an absolute path. */
const folderOf = ({ workingDirectory }, run) => workingDirectory === "." ? run.workspace : `${run.workspace}/${workingDirectory}`;
/** The training's log and result lie beside its plan. */
const besidePlan = (planFile) => {
	const folder = planFile.slice(0, planFile.lastIndexOf("/"));
	return {
		log: `${folder}/train.log`,
		result: `${folder}/result.json`,
		answer: `${folder}/answer.json`
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
	await workspace.write(file, require_house().canonicalJson({
		kind: "train",
		...command,
		training: plan
	}), { mode: 384 });
	return file;
}
async function readFields(file, workspace) {
	const text = file === "" ? void 0 : await workspace.readText(file, { maxBytes: MAX_PLAN_BYTES });
	if (text === void 0) require_house().refuse({
		where,
		expected: "the file that the part before named",
		seen: file === "" ? "no name" : "no such file",
		fix: "Hand on its output plan-file: ${{ steps.plan.outputs.plan-file }}."
	});
	const fields = require_house().parseJson(text, {
		where,
		maxBytes: MAX_PLAN_BYTES
	});
	if (fields === null || typeof fields !== "object" || Array.isArray(fields)) require_house().refuse({
		where,
		expected: "an object",
		seen: "something else"
	});
	return fields;
}
/** @throws ActionError when there is no plan, or it is none of a training */
async function readPlan(file, workspace) {
	const plan = require_house().check(trainingShape, (await readFields(file, workspace)).training ?? null, where);
	const { parseFingerprintManifest } = await Promise.resolve().then(() => require("./fingerprint.cjs")).then((n) => n.fingerprint_exports);
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
	return require_house().check(commandShape, Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name))), where);
}
/** What the training command left; `undefined` when it left nothing. */
async function readResult(planFile, workspace) {
	const file = "the training's result";
	const text = await workspace.readText(besidePlan(planFile).result, { maxBytes: 4096 });
	return text === void 0 ? void 0 : require_house().check(resultShape, require_house().parseJson(text, {
		where: file,
		maxBytes: 4096
	}), file);
}
/** Leaves what a training in a cluster has told, for the record part. */
async function writeAnswer(planFile, result, answer, workspace) {
	const files = besidePlan(planFile);
	await workspace.write(files.answer, require_house().canonicalJson(answer));
	await workspace.write(files.result, require_house().canonicalJson(result));
}
/** @throws ActionError when the training in the cluster has left none */
async function readAnswer(planFile, workspace) {
	const file = "what the training in the cluster told";
	const { parseTrainingAnswer } = await Promise.resolve().then(() => require("./training-answer.cjs")).then((n) => n.training_answer_exports);
	const text = await workspace.readText(besidePlan(planFile).answer, { maxBytes: 1048576 });
	if (text === void 0) require_house().refuse({
		where: file,
		expected: "the part cluster to have run before",
		seen: "nothing"
	});
	return parseTrainingAnswer(require_house().parseJson(text, {
		where: file,
		maxBytes: 1048576
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
Object.defineProperty(exports, "readAnswer", {
	enumerable: true,
	get: function() {
		return readAnswer;
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
Object.defineProperty(exports, "writeAnswer", {
	enumerable: true,
	get: function() {
		return writeAnswer;
	}
});
