require("./chunks/rolldown-runtime.cjs");
const require_run_action = require("./chunks/run-action.cjs");
const require_figure = require("./chunks/figure.cjs");
const require_quantity = require("./chunks/quantity.cjs");
const require_gate_inputs = require("./chunks/gate-inputs.cjs");
const require_record = require("./chunks/record.cjs");
const require_github = require("./chunks/github.cjs");
const require_workspace = require("./chunks/workspace.cjs");
// src/domain/gate/evaluation.ts
/** A command is as long as an input can be, and escaped. */
const MAX_EVALUATION_PLAN_BYTES = 1048576;
const shape = require_run_action.object({
	kind: require_run_action.oneOf$1("evaluate"),
	command: require_run_action.string({ most: 65536 }),
	/** Absolute; where the command starts. */
	workingDirectory: require_run_action.string(),
	/** What the command finds beside its usual environment: `MODEL_PATH`, `METRICS_PATH`. */
	env: require_run_action.record(require_run_action.string()),
	/** Where its output is kept. Absolute. */
	logFile: require_run_action.string(),
	metrics: require_run_action.object({
		/** Absolute. */
		path: require_run_action.string(),
		/** Milliseconds since 1970, before the command began. */
		startedMs: require_run_action.number,
		/** The file as it lay there before, if it did. */
		before: require_run_action.optional(require_run_action.object({
			modifiedMs: require_run_action.number,
			bytes: require_run_action.count
		}))
	})
});
/** @throws ActionError when the text is no such plan */
function parseEvaluationPlan(text, where) {
	return require_run_action.check(shape, require_run_action.parseJson(text, {
		where,
		maxBytes: MAX_EVALUATION_PLAN_BYTES
	}), where);
}
/** File systems keep times as coarse as two seconds, and the kernel's clock for files lags behind the one of programs. */
const COARSE_MS = 2e3;
/** Whether a file was written after the plan was made: a file of an earlier run must not be judged as this one's. */
function isFresh({ startedMs, before }, now) {
	return (before === void 0 || before.modifiedMs !== now.modifiedMs || before.bytes !== now.bytes) && now.modifiedMs >= startedMs - COARSE_MS;
}
// src/domain/gate/nearest.ts
/**
* Names that someone may have meant, the likeliest first: the same in another case, the same behind a prefix (`test.accuracy` for
* `accuracy`), or a few slips of the keyboard away.
*/
function nearest(name, names, most = 3) {
	const wanted = name.toLowerCase();
	const allowed = Math.max(1, Math.floor(wanted.length / 3));
	return names.map((each) => ({
		each,
		distance: closeness(wanted, each.toLowerCase(), allowed)
	})).filter(({ distance }) => distance <= allowed).toSorted((a, b) => a.distance - b.distance || (a.each < b.each ? -1 : 1)).slice(0, most).map(({ each }) => each);
}
function closeness(wanted, name, allowed) {
	if (wanted === name) return 0;
	const last = (text) => text.slice(text.lastIndexOf(".") + 1);
	if (last(wanted) === last(name)) return .5;
	return Math.abs(wanted.length - name.length) > allowed ? Infinity : slips(wanted, name);
}
/** Letters to change, add, leave out or swap with their neighbour (optimal string alignment). */
function slips(a, b) {
	let before = [];
	let row = Array.from({ length: b.length + 1 }, (_, at) => at);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const cost = a[i - 1] === b[j - 1] ? 0 : 1;
			let least = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2] + 1);
			next.push(least);
		}
		before = row;
		row = next;
	}
	return row[b.length];
}
// src/domain/gate/verdict.ts
/**
* Judges measured values by the rules. Pure and total. A metric that is missing, or is no finite number, never passes.
* The order of the rules changes nothing but the order of the answers.
*/
function judge(rules, measured) {
	const judged = rules.map((rule) => judgeRule(rule, measured));
	return {
		decision: decide(judged.map(({ verdict }) => verdict)),
		rules: judged
	};
}
/** One rejected rule rejects; else one inconclusive leaves it open; no rule at all has proven nothing. */
function decide(verdicts) {
	if (verdicts.includes("rejected")) return "rejected";
	return verdicts.length === 0 || verdicts.includes("inconclusive") ? "inconclusive" : "passed";
}
function judgeRule(rule, measured) {
	const { text, bound, operator, slice } = rule;
	const found = observe(rule, measured);
	if (typeof found === "string") return {
		rule: text,
		bound,
		verdict: "rejected",
		reason: found
	};
	const faulty = found.find(({ value }) => typeof value !== "number" || !Number.isFinite(value));
	if (faulty) return {
		rule: text,
		bound,
		verdict: "rejected",
		reason: `${inSlice(rule, faulty.key)}expected a finite number, saw ${shown(faulty.value)}`
	};
	const values = found;
	const failing = values.filter(({ value }) => !holds(value, operator, bound));
	if (failing.length === 0) return {
		rule: text,
		bound,
		observed: extreme(values, bound, -1).value,
		verdict: "passed"
	};
	const worst = extreme(failing, bound, 1);
	const others = slice?.value === "*" ? ` (${failing.length} of ${values.length} slices fail)` : "";
	return {
		rule: text,
		bound,
		observed: worst.value,
		verdict: "rejected",
		reason: `${inSlice(rule, worst.key)}observed ${require_figure.figure(worst.value, bound)}${others}`
	};
}
const inSlice = (rule, key) => rule.slice?.value === "*" ? `${require_run_action.quote(key, 60).slice(1, -1)}: ` : "";
/** The values that a rule is about, or why there are none. */
function observe(rule, { values, slices = {} }) {
	const { metric, slice } = rule;
	if (!slice) {
		if (Object.hasOwn(values, metric)) return [{
			key: metric,
			value: values[metric]
		}];
		return `there is no metric ${require_run_action.quote(metric)}${offer(metric, Object.keys(values))}`;
	}
	if (!Object.hasOwn(slices, metric)) return `there are no slices of ${require_run_action.quote(metric)}${offer(metric, Object.keys(slices))}`;
	const of = slices[metric];
	const wanted = `${slice.by}=${slice.value}`;
	const present = (slice.value === "*" ? Object.keys(of).filter((key) => key.startsWith(`${slice.by}=`)) : [wanted]).filter((key) => Object.hasOwn(of, key));
	if (present.length > 0) return present.map((key) => ({
		key,
		value: of[key]
	}));
	return `there is no slice ${require_run_action.quote(wanted)} of ${require_run_action.quote(metric)}${offer(wanted, Object.keys(of))}`;
}
/** Names that may have been meant, else the first few of those that there are. */
function offer(name, names) {
	const near = nearest(name, names);
	if (near.length > 0) return `; did you mean ${near.map((each) => require_run_action.quote(each, 60)).join(" or ")}?`;
	if (names.length === 0) return "; there are none at all";
	return `; there are ${names.slice(0, 5).map((each) => require_run_action.quote(each, 40)).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}
const HOLDS = {
	">": (value, bound) => value > bound,
	">=": (value, bound) => value >= bound,
	"<": (value, bound) => value < bound,
	"<=": (value, bound) => value <= bound,
	"==": (value, bound) => value === bound,
	"!=": (value, bound) => value !== bound
};
/** Whether a value meets a bound, as doubles compare. NaN meets none: `!=` too asks for a number. */
function holds(value, operator, bound) {
	return Number.isFinite(value) && HOLDS[operator](value, bound);
}
/** The value farthest from the bound (1) or nearest to it (-1); the first by name where several are. */
function extreme(values, bound, direction) {
	const distance = ({ value }) => direction * Math.abs(value - bound);
	return values.reduce((best, each) => distance(each) > distance(best) || distance(each) === distance(best) && each.key < best.key ? each : best);
}
function shown(value) {
	if (typeof value === "string") return `the text ${require_run_action.quote(value, 40)}`;
	if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
	return Array.isArray(value) ? "a list" : typeof value;
}
// src/actions/evaluate-gate-decide.ts
const inputs = {
	record: require_record.recordInput,
	metrics: require_gate_inputs.metricsInput,
	conditions: require_gate_inputs.conditionsInput,
	"on-reject": require_run_action.oneOf(["fail", "report"], {
		description: "What a rejection does to the step: `fail` makes it red, `report` leaves it green. Outputs, record and summary appear either way; the steps after ask `steps.<id>.outputs.decision == 'passed'`.",
		default: "fail"
	}),
	"github-token": require_gate_inputs.tokenInput,
	"plan-file": require_run_action.text({ description: "Of the part before, when a command has measured the model." })
};
/** Ten annotations of a level are shown for a step; a red step has one of its own. */
const MOST_ANNOTATIONS = 9;
/** What a record can hold. */
const MOST_METRICS = 500;
const MOST_SLICED = 100;
const LONGEST_REASON = 500;
/** Judges the metrics by the rules. Rejecting is an answer like any other: outputs, record and summary appear all the same. */
const evaluateGateDecide = {
	id: "evaluate-gate-decide",
	inputs,
	outputs: {
		decision: "`passed`, `rejected` or `inconclusive`. Ask for `== 'passed'`: whatever went wrong, it is not that.",
		record: "The release record with the metrics and the gate's verdict; empty where there was no record.",
		report: "The verdict as a Markdown file, under the runner's temporary folder."
	},
	run: async (inputs, run, ports) => {
		const record = await require_record.takeRecord(inputs.record, run, ports);
		const metrics = merge(record?.metrics, await readMeasured(inputs, run, ports.workspace), ports.log);
		const judged = judge(inputs.conditions, metrics);
		const gate = {
			decision: judged.decision,
			rules: judged.rules.map((rule) => rule.reason === void 0 ? rule : {
				...rule,
				reason: rule.reason.slice(0, LONGEST_REASON).toWellFormed()
			})
		};
		const { renderGate } = await Promise.resolve().then(() => require("./chunks/gate.cjs"));
		const summary = renderGate(record?.model.name, gate, metrics.values);
		const report = `${run.temp}/model-road/gate.md`;
		await ports.workspace.write(report, summary);
		const kept = record ? await require_record.giveRecord({
			...record,
			metrics,
			gate
		}, run, ports) : "";
		sayVerdict(gate, ports.log);
		return {
			outputs: {
				decision: gate.decision,
				record: kept,
				report
			},
			summary,
			...tellFailures(gate, inputs["on-reject"] === "fail", record)
		};
	}
};
/** The metrics that were measured for this gate; `undefined` when those of the record are to be judged. */
async function readMeasured({ "plan-file": planFile, metrics: given }, run, workspace) {
	if (planFile !== void 0) {
		const text = await workspace.readText(planFile, { maxBytes: MAX_EVALUATION_PLAN_BYTES });
		if (text === void 0) require_run_action.refuse({
			where: `input "plan-file"`,
			expected: "the file of the part before",
			seen: "none"
		});
		const plan = parseEvaluationPlan(text, planFile);
		const name = given ?? "METRICS_PATH";
		const facts = await workspace.facts(plan.metrics.path);
		if (facts !== void 0 && !isFresh(plan.metrics, facts)) require_run_action.refuse({
			where: `metrics ${require_run_action.quote(name)}`,
			expected: "a file that the command has written",
			seen: "one from before the command",
			fix: "The command finds the path in METRICS_PATH. Metrics of an earlier run are never judged as those of this one."
		});
		return {
			name,
			metrics: await readMetricsFile(plan.metrics.path, name, workspace)
		};
	}
	if (given === void 0) return void 0;
	return {
		name: given,
		metrics: await readMetricsFile(require_gate_inputs.inWorkspace(given, run.workspace), given, workspace)
	};
}
async function readMetricsFile(path, name, workspace) {
	const { MAX_METRICS_BYTES, parseMetrics } = await Promise.resolve().then(() => require("./chunks/metrics.cjs")).then((n) => n.metrics_exports);
	const text = await workspace.readText(path, { maxBytes: MAX_METRICS_BYTES });
	if (text === void 0) require_run_action.refuse({
		where: `metrics ${require_run_action.quote(name)}`,
		expected: "a file",
		seen: "none",
		fix: "Nothing passes by omission: write the metrics there, as {\"accuracy\": 0.93}."
	});
	return await parseMetrics(text, path.slice(path.lastIndexOf("/") + 1));
}
/** The record's metrics with the measured ones above them. Says which values that replaced. */
function merge(known, measured, log) {
	if (!measured) {
		if (known) return known;
		require_run_action.refuse({
			where: "the metrics",
			expected: `a record with metrics, or the input "metrics"`,
			seen: "neither",
			fix: "A gate judges measured values; without any it can only say no."
		});
	}
	const { name, metrics } = measured;
	const values = Object.assign(Object.create(null), known?.values, metrics.values);
	const slices = Object.assign(Object.create(null), known?.slices, metrics.slices);
	const replaced = Object.entries(metrics.values).filter(([metric, value]) => known && Object.hasOwn(known.values, metric) && known.values[metric] !== value);
	log.info(`${require_quantity.counted(Object.keys(metrics.values).length, "metric")} read from ${require_run_action.quote(name)}`);
	for (const [metric, value] of replaced.slice(0, 20)) log.info(`  ${require_run_action.quote(metric)}: ${require_figure.figure(value)} stands above the training's ${require_figure.figure(known.values[metric])}`);
	const [count, sliced] = [Object.keys(values).length, Object.keys(slices).length];
	if (count > MOST_METRICS || sliced > MOST_SLICED) require_run_action.refuse({
		where: "the metrics of training and evaluation together",
		expected: `at most ${MOST_METRICS}, and slices of at most ${MOST_SLICED}`,
		seen: `${count}, and slices of ${sliced}`
	});
	return sliced === 0 ? { values } : {
		values,
		slices
	};
}
function sayVerdict({ decision, rules }, log) {
	for (const { rule, verdict, observed, bound, reason } of rules) {
		const seen = reason ?? (observed === void 0 ? "" : `observed ${require_figure.figure(observed, bound)}`);
		log.info(`${verdict.padEnd(8)}  ${rule}${seen === "" ? "" : `  (${seen})`}`);
	}
	log.info(`The gate's decision: ${decision}`);
}
function tellFailures({ decision, rules }, fails, record) {
	if (decision === "passed") return {};
	const told = rules.filter(({ verdict }) => verdict !== "passed").map(({ rule, reason, verdict }) => `${rule}: ${reason ?? verdict}`);
	const annotations = told.slice(0, MOST_ANNOTATIONS).map((message) => ({
		level: fails ? "error" : "warning",
		title: "Rule not met",
		message
	}));
	if (!fails) return { annotations };
	const more = told.length > 5 ? ` … and ${told.length - 5} more` : "";
	const subject = record ? record.model.name : "the model";
	return {
		annotations,
		failure: `The gate ${decision === "rejected" ? "rejected" : "could not decide on"} ${subject}: ${told.slice(0, 5).join("; ")}${more}`
	};
}
// src/main/evaluate-gate-decide.ts
require_run_action.runAction(evaluateGateDecide, ({ inputs, run, log }) => ({
	log,
	workspace: require_workspace.localWorkspace(run),
	github: require_github.githubRest({
		run,
		token: inputs["github-token"]
	})
}));
