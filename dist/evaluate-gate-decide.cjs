Object.defineProperty(exports, Symbol.toStringTag, { value: "Module" });
require("./chunks/rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_gate_inputs;
const require_gate_inputs = () => kept_require_gate_inputs ??= require("./chunks/gate-inputs.cjs");
let kept_require_compression;
const require_compression = () => kept_require_compression ??= require("./chunks/compression.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
let kept_require_kubernetes;
const require_kubernetes = () => kept_require_kubernetes ??= require("./chunks/kubernetes.cjs");
let kept_require_process;
const require_process = () => kept_require_process ??= require("./chunks/process.cjs");
// src/domain/gate/evaluation.ts
/** A command is as long as an input can be, and escaped. */
const MAX_EVALUATION_PLAN_BYTES = 1048576;
const shape = require_house().object({
	kind: require_house().oneOf("evaluate"),
	command: require_house().string({ most: 65536 }),
	/** Absolute; where the command starts. */
	workingDirectory: require_house().string(),
	/** What the command finds beside its usual environment: `MODEL_PATH`, `METRICS_PATH`. */
	env: require_house().record(require_house().string()),
	/** Where its output is kept. Absolute. */
	logFile: require_house().string(),
	metrics: require_house().object({
		/** Absolute. */
		path: require_house().string(),
		/** Milliseconds since 1970, before the command began. */
		startedMs: require_house().number,
		/** The file as it lay there before, if it did. */
		before: require_house().optional(require_house().object({
			modifiedMs: require_house().number,
			bytes: require_house().count
		}))
	})
});
/** @throws ActionError when the text is no such plan */
function parseEvaluationPlan(text, where) {
	return require_house().check(shape, require_house().parseJson(text, {
		where,
		maxBytes: MAX_EVALUATION_PLAN_BYTES
	}), where);
}
/** File systems keep times as coarse as two seconds, and the kernel's clock for files lags behind the one of programs. */
const COARSE_MS = 2e3;
/** Whether a file was written after the plan was made: a file of an earlier run must not be judged as this one's. */
function isFresh({ startedMs, before }, now) {
	return (before === void 0 || before.modifiedMs !== now.modifiedMs || before.bytes !== now.bytes) && now.modifiedMs >= startedMs - 2e3;
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
* Judges measured values by the rules. Pure and total. A metric that is missing, or is no finite number, never passes; what can
* not be told apart from luck is inconclusive. The order of the rules changes nothing but the order of the answers.
*/
function judge(rules, measured, circumstances = {}) {
	const judged = rules.map((rule) => judgeRule(rule, measured, circumstances));
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
function judgeRule(rule, measured, circumstances) {
	const { text, bound } = rule;
	const plain = typeof bound === "number" ? { bound } : {};
	const found = observe(rule, measured);
	if (typeof found === "string") return {
		rule: text,
		...plain,
		verdict: "rejected",
		reason: found
	};
	const faulty = found.find(({ value }) => typeof value !== "number" || !Number.isFinite(value));
	if (faulty) {
		const reason = `${inSlice(rule, faulty.key)}expected a finite number, saw ${shown(faulty.value)}`;
		return {
			rule: text,
			...plain,
			verdict: "rejected",
			reason
		};
	}
	const least = Math.max(rule.least ?? 0, circumstances.minSamples ?? 0);
	const enough = found.filter(({ n }) => least === 0 || typeof n === "number" && n >= least);
	if (enough.length === 0) return {
		rule: text,
		...plain,
		verdict: "inconclusive",
		reason: tooFew(found, least)
	};
	const [values, base] = require_gate_inputs().isRelative(rule) ? against(rule, enough, circumstances.baseline) : [worstOf(rule, enough), void 0];
	if (base !== void 0 && !(base instanceof Map)) return {
		rule: text,
		...base
	};
	const answer = told(rule, values.map((target) => judgeValue(rule, target, base, circumstances)), found.length - enough.length, least);
	const uncounted = least === 0 ? void 0 : found.find(({ n }) => typeof n !== "number");
	if (uncounted === void 0 || answer.verdict !== "passed") return {
		rule: text,
		...answer
	};
	const reason = `${inSlice(rule, uncounted.key)}${least} samples are asked for, and nothing says how many there are`;
	return {
		rule: text,
		...answer,
		verdict: "inconclusive",
		reason
	};
}
/** The one answer of a rule: the worst of what it says of its slices. */
function told(rule, findings, aside, least) {
	const verdict = decide(findings.map((each) => each.verdict));
	const same = findings.filter((each) => each.verdict === verdict);
	const distance = ({ observed = 0, bound = 0 }) => (verdict === "passed" ? -1 : 1) * Math.abs(observed - bound);
	const one = same.reduce((best, each) => distance(each) > distance(best) || distance(each) === distance(best) && each.key < best.key ? each : best);
	const { observed, bound, baseline, interval } = one;
	const notes = [];
	if (many(rule) && verdict !== "passed") {
		const which = verdict === "rejected" ? "fail" : "are open";
		notes.push(`${same.length} of ${findings.length} slices ${which}`);
	}
	if (aside > 0) notes.push(`${aside} with fewer than ${least} samples left aside`);
	const why = one.reason === void 0 ? "" : `${inSlice(rule, one.key)}${one.reason}`;
	const reason = [why, notes.length === 0 ? "" : why === "" ? notes.join(", ") : `(${notes.join(", ")})`].filter((part) => part !== "").join(" ");
	return {
		...bound === void 0 ? {} : { bound },
		...observed === void 0 ? {} : { observed },
		...baseline === void 0 ? {} : { baseline },
		...interval === void 0 ? {} : { interval },
		verdict,
		...reason === "" ? {} : { reason }
	};
}
function judgeValue(rule, { key, value: observed }, base, { interval: intervalOf, decisive = true, margin = 0 }) {
	const baseline = base?.get(key);
	if (typeof baseline === "string") return {
		key,
		verdict: "inconclusive",
		observed,
		reason: baseline
	};
	const bound = boundOf(rule.bound, baseline);
	const common = {
		key,
		observed,
		bound,
		...baseline === void 0 ? {} : { baseline }
	};
	if (!Number.isFinite(bound)) return {
		key,
		observed,
		verdict: "inconclusive",
		reason: "the bound is more than a double can hold"
	};
	const good = holds(observed, rule.operator, bound);
	const measured = `observed ${require_house().figure(observed, bound)}${require_gate_inputs().isRelative(rule) ? `, bound ${require_house().figure(bound, observed)}` : ""}`;
	const interval = ["==", "!="].includes(rule.operator) ? void 0 : intervalOf?.(rule, key);
	if (interval === void 0 || !decisive) {
		const plain = {
			...common,
			...interval === void 0 ? {} : { interval }
		};
		return good ? {
			...plain,
			verdict: "passed"
		} : {
			...plain,
			verdict: "rejected",
			reason: measured
		};
	}
	const { low, high } = interval;
	const rising = rule.operator === ">" || rule.operator === ">=";
	const [against, inFavour] = rising ? [low, high] : [high, low];
	const spread = `${measured}, ${require_house().figure(observed - bound)} from the bound, between ${require_house().figure(low)} and ${require_house().figure(high)}`;
	if (good) return holds(rising ? against + margin : against - margin, rising ? ">=" : "<=", 0) ? {
		...common,
		interval,
		verdict: "passed"
	} : {
		...common,
		interval,
		verdict: "inconclusive",
		reason: `${spread}: the interval reaches across`
	};
	return !holds(inFavour, rule.operator, 0) ? {
		...common,
		interval,
		verdict: "rejected",
		reason: spread
	} : {
		...common,
		interval,
		verdict: "inconclusive",
		reason: `${spread}: the interval reaches across`
	};
}
const many = ({ slice }) => slice?.value === "*";
const inSlice = (rule, key) => many(rule) || rule.worstBy !== void 0 ? `${require_house().quote(key, 60).slice(1, -1)}: ` : "";
/** The values that a rule is about, or why there are none. */
function observe(rule, { values, slices = {} }) {
	const { metric } = rule;
	const wanted = wantedSlice(rule);
	if (wanted === void 0) {
		if (Object.hasOwn(values, metric)) return [{
			key: "",
			value: values[metric],
			n: Object.hasOwn(values, "n") ? values.n : void 0
		}];
		return `there is no metric ${require_house().quote(metric)}${offer(metric, Object.keys(values))}`;
	}
	if (!Object.hasOwn(slices, metric)) return `there are no slices of ${require_house().quote(metric)}${offer(metric, Object.keys(slices))}`;
	const of = slices[metric];
	const counts = Object.hasOwn(slices, "n") ? slices.n : {};
	const present = keysOf(of, wanted);
	if (present.length > 0) return present.map((key) => ({
		key,
		value: of[key],
		n: Object.hasOwn(counts, key) ? counts[key] : void 0
	}));
	return `there is no slice ${require_house().quote(wanted)} of ${require_house().quote(metric)}${offer(wanted, Object.keys(of))}`;
}
/** `class=3`, `region=*`; nothing for a rule about the whole. */
function wantedSlice({ slice, worstBy }) {
	if (worstBy !== void 0) return `${worstBy}=*`;
	return slice && `${slice.by}=${slice.value}`;
}
const keysOf = (of, wanted) => wanted.endsWith("=*") ? Object.keys(of).filter((key) => key.startsWith(wanted.slice(0, -1))) : [wanted].filter((key) => Object.hasOwn(of, key));
/** For `worst(… by …)` the one value at the wrong end; all others as they are. */
function worstOf(rule, targets) {
	const valued = targets;
	if (rule.worstBy === void 0) return valued;
	const lowest = rule.operator === ">" || rule.operator === ">=";
	const worse = (a, b) => a.value === b.value ? a.key < b.key : lowest ? a.value < b.value : a.value > b.value;
	return [valued.reduce((worst, each) => worse(each, worst) ? each : worst)];
}
/**
* What a relative rule compares: the values, and the baseline's by the same key, or in its place why there is none. A slice that
* only the baseline has stands among the values too, so that leaving the hard cases out passes nothing.
*/
function against(rule, targets, baseline = { kind: "not-asked" }) {
	const values = worstOf(rule, targets);
	const stop = (verdict, reason) => [values, {
		...values.length === 1 ? { observed: values[0].value } : {},
		verdict,
		reason
	}];
	if (baseline.kind === "not-asked") return stop("inconclusive", "there is no baseline to compare with (baseline: none)");
	if (baseline.kind === "none-yet") {
		const how = baseline.pass ? "first-deploy: pass" : "first-deploy: inconclusive";
		return stop(baseline.pass ? "passed" : "inconclusive", `${baseline.why} (${how})`);
	}
	const seen = observe(rule, baseline.measured);
	if (typeof seen === "string") return stop("inconclusive", `of the baseline: ${seen}`);
	const known = /* @__PURE__ */ new Map();
	for (const { key, value } of seen) known.set(key, typeof value === "number" && Number.isFinite(value) ? value : `the baseline's value: expected a finite number, saw ${shown(value)}`);
	if (rule.worstBy !== void 0) {
		const odd = [...known.values()].find((value) => typeof value === "string");
		if (typeof odd === "string") return stop("inconclusive", odd);
		const worst = worstOf(rule, seen)[0].value;
		return [values, /* @__PURE__ */ new Map([[values[0].key, worst]])];
	}
	const missing = [...known.keys()].find((key) => !targets.some((each) => each.key === key));
	if (missing !== void 0 && many(rule)) {
		const counted = rule.least === void 0 ? "" : " with enough samples";
		return stop("inconclusive", `${require_house().quote(missing, 60)} is a slice of the baseline${counted}, and not of the candidate`);
	}
	for (const { key } of values) if (!known.has(key)) known.set(key, "the baseline has no such slice");
	return [values, known];
}
function boundOf(bound, baseline) {
	if (typeof bound === "number") return bound;
	return baseline === void 0 ? NaN : bound.times * baseline + bound.plus;
}
function tooFew(found, least) {
	const known = found.map(({ n }) => n).filter((n) => typeof n === "number");
	if (known.length === 0) return `${least} samples are asked for, and nothing says how many there are: give predictions, or a metric "n"`;
	const most = Math.max(...known);
	return found.length === 1 ? `${most} samples, ${least} are asked for` : `no slice has ${least} samples; the largest has ${most}`;
}
/** Names that may have been meant, else the first few of those that there are. */
function offer(name, names) {
	const near = nearest(name, names);
	if (near.length > 0) return `; did you mean ${near.map((each) => require_house().quote(each, 60)).join(" or ")}?`;
	if (names.length === 0) return "; there are none at all";
	return `; there are ${names.slice(0, 5).map((each) => require_house().quote(each, 40)).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
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
function shown(value) {
	if (typeof value === "string") return `the text ${require_house().quote(value, 40)}`;
	if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
	return Array.isArray(value) ? "a list" : typeof value;
}
// src/actions/evaluate-gate-decide.ts
const inputs = {
	record: require_house().recordInput,
	metrics: require_gate_inputs().metricsInput,
	conditions: require_gate_inputs().conditionsInput,
	baseline: require_gate_inputs().baselineInput,
	"first-deploy": require_house().oneOf$1(["inconclusive", "pass"], {
		description: "What a rule against the baseline says when there is none yet: nothing serves, or the branch has no training. With `pass` all other rules still decide.",
		default: "inconclusive"
	}),
	...require_gate_inputs().liveInputs,
	environment: require_house().text({ description: "The GitHub environment whose deployment is live. Left out, the newest deployment of this model to any environment that is no preview." }),
	predictions: require_house().text({ description: "The candidate's answers on held-out rows, to compute metrics here: CSV or JSON lines with `y_true`, `y_pred` or `score`, or `score_<class>`; `weight`, `id` and columns to group by may stand beside them." }),
	"baseline-predictions": require_house().text({ description: "The baseline's answers to the same rows; then rules against the baseline are decided row by row." }),
	task: require_house().oneOf$1([
		"auto",
		"classification",
		"regression"
	], {
		description: "What the predictions are. `auto`: values where some numbers are not whole, else classes.",
		default: "auto"
	}),
	confidence: require_gate_inputs().between(0, 1, "With 0.95, a rule over predictions decides only where the 95 % interval of resampled rows is clear of the bound; else it is inconclusive. Left out, values decide as they stand, and intervals are told.", { open: true }),
	margin: require_gate_inputs().between(0, 0x38d7ea4c68000, "How far such an interval may reach beyond a bound, in the metric's own unit, and the rule still pass. Left out, 0."),
	"min-samples": require_house().integer({
		description: "With fewer samples no rule decides anything: slices are left aside, the whole is inconclusive.",
		least: 1,
		most: 1e9
	}),
	"on-reject": require_house().oneOf$1(["fail", "report"], {
		description: "What a rejection does to the step: `fail` makes it red, `report` leaves it green. Outputs, record and summary appear either way; the steps after ask `steps.<id>.outputs.decision == 'passed'`.",
		default: "fail"
	}),
	"on-inconclusive": require_house().oneOf$1(["fail", "report"], {
		description: "The same for a decision that could not be made.",
		default: "fail"
	}),
	"github-token": require_gate_inputs().tokenInput,
	"plan-file": require_house().text({ description: "Of the part before, when a command has measured the model." }),
	"golden-file": require_house().text({ description: "Of the part before, when both models were asked the same questions." })
};
/** Ten annotations of a level are shown for a step; a red step has one of its own. */
const MOST_ANNOTATIONS = 9;
/** What a record can hold. */
const MOST_METRICS = 500;
const MOST_SLICED = 100;
const LONGEST_REASON = 500;
const MOST_COMPARED = 40;
/** Of the record's 64 KiB, slices may take so much. All of them stand in the report. */
const MOST_SLICE_BYTES = 16384;
/** Judges the metrics by the rules. Rejecting is an answer like any other: outputs, record and summary appear all the same. */
const evaluateGateDecide = {
	id: "evaluate-gate-decide",
	inputs,
	outputs: {
		decision: "`passed`, `rejected` or `inconclusive`. Ask for `== 'passed'`: whatever went wrong, it is not that.",
		record: "The release record with the metrics and the gate's verdict; empty where there was no record.",
		report: "The verdict as a Markdown file, under the runner's temporary folder.",
		"report-html": "The same as one page that needs nothing else, to look at or to upload.",
		"report-json": "The same as JSON, with every slice.",
		"report-junit": "The rules as JUnit XML, a test case each."
	},
	run: async (inputs, run, ports) => {
		refuseInputs(inputs);
		const began = ports.clock.now();
		const record = await require_house().takeRecord(inputs.record, run, ports);
		const measured = await readMeasured(inputs, run, ports.workspace);
		const evidence = await readEvidence(inputs, run, ports);
		const metrics = merge(record?.metrics, [measured, evidence?.measured], ports.log);
		const search = await searchBaseline(inputs, record, run, ports);
		const baseline = baselineOf(inputs, search, evidence);
		const { confidence } = inputs;
		const interval = evidence?.intervals(inputs.conditions, baseline, confidence);
		const judged = judge(inputs.conditions, metrics, {
			baseline,
			minSamples: inputs["min-samples"],
			margin: inputs.margin,
			interval,
			decisive: confidence !== void 0
		});
		const rules = [...evidence?.unanswered ?? [], ...judged.rules].map((rule) => rule.reason === void 0 ? rule : {
			...rule,
			reason: rule.reason.slice(0, LONGEST_REASON).toWellFormed()
		});
		const flips = await changesOf(evidence);
		const gate = {
			decision: decide(rules.map(({ verdict }) => verdict)),
			rules,
			baseline: {
				...identityOf(search, evidence),
				...valuesOf(baseline, inputs.conditions, metrics)
			},
			...flips === void 0 ? {} : { flips },
			seconds: Math.max(0, ports.clock.now() - (measured?.startedMs ?? began)) / 1e3 + (measured?.startedMs === void 0 ? evidence?.seconds ?? 0 : 0),
			...interval === void 0 || confidence === void 0 ? {} : { confidence }
		};
		const kept = record ? await require_house().giveRecord({
			...record,
			metrics: fitting(metrics, inputs.conditions),
			gate
		}, run, ports) : "";
		sayVerdict(gate, ports.log);
		const { writeGateReport } = await Promise.resolve().then(() => require("./chunks/gate-forms.cjs")).then((n) => n.gate_report_exports);
		const { summary, files } = await writeGateReport({
			record,
			gate,
			metrics,
			baseline,
			search,
			evidence,
			rules: inputs.conditions
		}, run, ports);
		return {
			outputs: {
				decision: gate.decision,
				record: kept,
				...files
			},
			summary,
			...tellFailures(gate, inputs, record)
		};
	}
};
function refuseInputs(given) {
	const relative = given.conditions.find(require_gate_inputs().isRelative);
	const compared = given.baseline.kind !== "none" || given["baseline-predictions"] !== void 0;
	if (relative && !compared) require_house().refuse({
		where: `input "baseline"`,
		expected: `a baseline, since a rule asks for it: ${require_house().quote(relative.text)}`,
		seen: "none",
		fix: "Set baseline: live, branch:<name>, artifact:<run>/<id> or file:<path>."
	});
	if (given["baseline-predictions"] !== void 0 && given.predictions === void 0) require_house().refuse({
		where: `input "predictions"`,
		expected: "the candidate's answers beside the baseline's",
		seen: "nothing"
	});
	if (given["golden-file"] !== void 0 && given.predictions !== void 0) require_house().refuse({
		where: `input "predictions"`,
		expected: "either predictions or a golden set",
		seen: "both",
		fix: "The golden set is asked here, and its answers are the predictions."
	});
}
async function readEvidence(given, run, ports) {
	if (given.predictions === void 0 && given["golden-file"] === void 0) return void 0;
	const { gatherEvidence } = await Promise.resolve().then(() => require("./chunks/gate-evidence.cjs"));
	return await gatherEvidence({
		predictions: given.predictions,
		baselinePredictions: given["baseline-predictions"],
		goldenFile: given["golden-file"],
		task: given.task === "auto" ? void 0 : given.task
	}, run, ports);
}
async function searchBaseline(given, record, run, ports) {
	const { baseline, target, namespace = "default", name, environment } = given;
	if (baseline.kind === "none") return void 0;
	const { findBaseline } = await Promise.resolve().then(() => require("./chunks/gate-baseline.cjs"));
	const { kubeconfig, "kube-context": context, "allow-exec": allowExec } = given;
	return await findBaseline(baseline, {
		target,
		namespace,
		name,
		environment,
		cluster: require_gate_inputs().asksCluster(given) ? {
			kubeconfig,
			context,
			allowExec
		} : void 0
	}, record?.model.name, run, ports);
}
/** Answers to the same rows say more than what was once measured, so they stand above it. */
function baselineOf(given, search, evidence) {
	const known = search && "found" in search ? search.found.metrics : void 0;
	const answered = evidence?.baseline;
	if (answered || known) return {
		kind: "measured",
		measured: {
			values: {
				...known?.values,
				...answered?.values
			},
			slices: {
				...known?.slices,
				...answered?.slices
			}
		}
	};
	if (search === void 0) return { kind: "not-asked" };
	if ("absent" in search) return {
		kind: "none-yet",
		pass: given["first-deploy"] === "pass",
		why: search.absent
	};
	return {
		kind: "measured",
		measured: { values: {} }
	};
}
function identityOf(search, evidence) {
	if (search && "found" in search) return search.found.identity;
	if (evidence?.baseline) return {
		kind: "predictions",
		...evidence.baselineName === void 0 ? {} : { from: evidence.baselineName.slice(0, 300) }
	};
	return { kind: "none" };
}
/** The baseline's metrics that ours can be set beside, those of the rules first: what a comment shows in another job too. */
function valuesOf(baseline, rules, { values: ours }) {
	if (baseline.kind !== "measured") return {};
	const theirs = baseline.measured.values;
	const names = [.../* @__PURE__ */ new Set([...rules.map(({ metric }) => metric), ...Object.keys(ours)])].filter((name) => Object.hasOwn(theirs, name) && Number.isFinite(theirs[name]));
	if (names.length === 0) return {};
	return { values: Object.fromEntries(names.slice(0, MOST_COMPARED).map((name) => [name, theirs[name]])) };
}
/** How many answers changed; which ones, the report tells. */
async function changesOf(evidence) {
	if (!evidence) return void 0;
	const { flipsOf } = await Promise.resolve().then(() => require("./chunks/gate-answers.cjs"));
	const flips = evidence.flips ?? (evidence.sample && flipsOf(evidence.sample));
	if (!flips) return void 0;
	const { shown: _, ...counts } = flips;
	return counts;
}
/** The metrics that a record has room for: all values, and of the slices those first that rules ask for. */
function fitting({ values, slices }, rules) {
	if (slices === void 0) return { values };
	const ruled = new Set(rules.map(({ metric }) => metric));
	const kept = Object.create(null);
	let room = MOST_SLICE_BYTES;
	for (const [metric, of] of Object.entries(slices).toSorted(([a], [b]) => Number(ruled.has(b)) - Number(ruled.has(a)))) {
		room -= metric.length + Object.entries(of).reduce((sum, [key, value]) => sum + key.length + String(value).length + 4, 0);
		if (room < 0 || Object.keys(of).length > MOST_METRICS) break;
		kept[metric] = of;
	}
	return Object.keys(kept).length === 0 ? { values } : {
		values,
		slices: kept
	};
}
/** The metrics that were measured for this gate; `undefined` when those of the record are to be judged. */
async function readMeasured({ "plan-file": planFile, metrics: given }, run, workspace) {
	if (planFile !== void 0) {
		const text = await workspace.readText(planFile, { maxBytes: MAX_EVALUATION_PLAN_BYTES });
		if (text === void 0) require_house().refuse({
			where: `input "plan-file"`,
			expected: "the file of the part before",
			seen: "none"
		});
		const plan = parseEvaluationPlan(text, planFile);
		const name = given ?? "METRICS_PATH";
		const facts = await workspace.facts(plan.metrics.path);
		if (facts?.kind === "folder") {
			const { mlflowMetrics } = await Promise.resolve().then(() => require("./chunks/mlflow-metrics.cjs"));
			const since = plan.metrics.startedMs - COARSE_MS;
			return {
				name,
				metrics: await mlflowMetrics(plan.metrics.path, `metrics ${require_house().quote(name)}`, since, workspace),
				startedMs: plan.metrics.startedMs
			};
		}
		if (facts !== void 0 && !isFresh(plan.metrics, facts)) require_house().refuse({
			where: `metrics ${require_house().quote(name)}`,
			expected: "a file that the command has written",
			seen: "one from before the command",
			fix: "The command finds the path in METRICS_PATH. Metrics of an earlier run are never judged as those of this one."
		});
		return {
			name,
			metrics: await readMetricsFile(plan.metrics.path, name, workspace),
			startedMs: plan.metrics.startedMs
		};
	}
	if (given === void 0) return void 0;
	const path = require_gate_inputs().inWorkspace(given, run.workspace);
	if ((await workspace.facts(path))?.kind === "folder") {
		const { mlflowMetrics } = await Promise.resolve().then(() => require("./chunks/mlflow-metrics.cjs"));
		return {
			name: given,
			metrics: await mlflowMetrics(path, `metrics ${require_house().quote(given)}`, 0, workspace)
		};
	}
	return {
		name: given,
		metrics: await readMetricsFile(path, given, workspace)
	};
}
async function readMetricsFile(path, name, workspace) {
	const { MAX_METRICS_BYTES, parseMetrics } = await Promise.resolve().then(() => require("./chunks/metrics.cjs")).then((n) => n.metrics_exports);
	const text = await workspace.readText(path, { maxBytes: MAX_METRICS_BYTES });
	if (text === void 0) require_house().refuse({
		where: `metrics ${require_house().quote(name)}`,
		expected: "a file",
		seen: "none",
		fix: "Nothing passes by omission: write the metrics there, as {\"accuracy\": 0.93}."
	});
	return await parseMetrics(text, path.slice(path.lastIndexOf("/") + 1));
}
/** The record's metrics with the measured ones above them, later above earlier. Says which values that replaced. */
function merge(known, measured, log) {
	if (!known && measured.every((each) => each === void 0)) require_house().refuse({
		where: "the metrics",
		expected: `a record with metrics, or the input "metrics" or "predictions"`,
		seen: "none of them",
		fix: "A gate judges measured values; without any it can only say no."
	});
	const values = Object.assign(Object.create(null), known?.values);
	const slices = Object.assign(Object.create(null), known?.slices);
	for (const each of measured) {
		if (!each) continue;
		const { name, metrics } = each;
		log.info(`${require_house().counted(Object.keys(metrics.values).length, "metric")} read from ${require_house().quote(name)}`);
		const replaced = Object.entries(metrics.values).filter(([metric, value]) => Object.hasOwn(values, metric) && values[metric] !== value);
		for (const [metric, value] of replaced.slice(0, 20)) log.info(`  ${require_house().quote(metric)}: ${require_house().figure(value)} stands above the training's ${require_house().figure(values[metric])}`);
		Object.assign(values, metrics.values);
		Object.assign(slices, metrics.slices);
	}
	const [count, sliced] = [Object.keys(values).length, Object.keys(slices).length];
	if (count > MOST_METRICS || sliced > MOST_SLICED) require_house().refuse({
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
		const seen = reason ?? (observed === void 0 ? "" : `observed ${require_house().figure(observed, bound)}`);
		log.info(`${verdict.padEnd(8)}  ${rule}${seen === "" ? "" : `  (${seen})`}`);
	}
	log.info(`The gate's decision: ${decision}`);
}
function tellFailures({ decision, rules }, given, record) {
	if (decision === "passed") return {};
	const fails = given[decision === "rejected" ? "on-reject" : "on-inconclusive"] === "fail";
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
require_house().runAction(evaluateGateDecide, ({ inputs, run, log, signal }) => {
	const workspace = require_house().localWorkspace(run);
	return {
		log,
		clock: require_house().systemClock(),
		workspace,
		get github() {
			return require_github().githubRest({
				run,
				token: inputs["github-token"]
			});
		},
		serving: { state: async (...of) => (await Promise.resolve().then(() => require("./chunks/serving.cjs")).then((n) => n.serving_exports)).servingState(...of) },
		kubernetes: { connect: async (to) => require_kubernetes().kubernetes({
			log,
			clock: require_house().systemClock(),
			processes: require_process().localProcesses({ signal }),
			workspace,
			run
		}).connect(to) },
		compression: { unpack: async (...of) => require_compression().gzipTexts().unpack(...of) }
	};
});
exports.boundOf = boundOf;
