require("./rolldown-runtime.cjs");
let kept_require_resampling;
const require_resampling = () => kept_require_resampling ??= require("./resampling.cjs");
let kept_require_measure;
const require_measure = () => kept_require_measure ??= require("./measure.cjs");
let kept_require_gate_inputs;
const require_gate_inputs = () => kept_require_gate_inputs ??= require("./gate-inputs.cjs");
let kept_require_evaluate_gate_decide;
const require_evaluate_gate_decide = () => kept_require_evaluate_gate_decide ??= require("../evaluate-gate-decide.cjs");
let kept_require_golden;
const require_golden = () => kept_require_golden ??= require("./golden.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/gate/evidence.ts
/** Rounds of resampling; with 2,000 the ends of a 95 % interval move by about a twentieth of its width from seed to seed. */
const ROUNDS = 2e3;
/** Fixed, so that a run decides as the run before it on the same predictions. */
const SEED = 20240229;
/**
* Intervals of `observed - bound` for every rule whose metric was computed from these predictions. Where the baseline answered
* the same rows the two are compared row by row; where only its value is known, that value stands as it is.
*/
function intervalsOf(rules, sample, measured, baseline, confidence) {
	const known = new Set(require_measure().metricNames(sample, sample.candidate));
	const wanted = /* @__PURE__ */ new Map();
	for (const rule of rules) for (const slice of slicesOf(rule, measured)) {
		const difference = differenceOf(rule, slice, sample, baseline, known);
		if (difference) wanted.set(keyOf(rule, slice), difference);
	}
	const keys = [...wanted.keys()];
	const found = require_resampling().bootstrap(sample, [...wanted.values()], {
		rounds: ROUNDS,
		seed: SEED,
		confidence
	});
	const intervals = new Map(keys.map((key, at) => [key, found[at]]));
	return (rule, slice) => intervals.get(keyOf(rule, slice));
}
/** The worst slice is another one in each round, so it has one interval for all. */
const keyOf = ({ text, worstBy }, slice) => JSON.stringify([text, worstBy === void 0 ? slice : "worst"]);
function slicesOf({ metric, slice, worstBy }, { slices = {} }) {
	if (worstBy !== void 0) return ["worst"];
	if (!slice) return [""];
	const of = Object.hasOwn(slices, metric) ? Object.keys(slices[metric]) : [];
	const prefix = `${slice.by}=`;
	return slice.value === "*" ? of.filter((key) => key.startsWith(prefix)) : of.filter((key) => key === prefix + slice.value);
}
function differenceOf(rule, slice, sample, baseline, known) {
	const { metric, operator, bound, worstBy } = rule;
	const ofClass = slice.startsWith("class=") || worstBy === "class";
	if (operator === "==" || operator === "!=") return void 0;
	if (ofClass ? !require_measure().CLASS_METRICS.includes(metric) || sample.task !== "classification" : !known.has(metric)) return void 0;
	if (worstBy !== void 0 && worstBy !== "class" && !sample.groups.some(({ column }) => column === worstBy)) return void 0;
	const common = {
		metric,
		slice: worstBy === void 0 ? slice : "",
		worst: worstBy === void 0 ? void 0 : {
			by: worstBy,
			lowest: operator === ">" || operator === ">="
		}
	};
	if (!require_gate_inputs().isRelative(rule)) return {
		...common,
		times: 0,
		plus: bound
	};
	if (sample.baseline && (ofClass || require_measure().metricNames(sample, sample.baseline).includes(metric))) return {
		...common,
		...bound
	};
	if (worstBy !== void 0) return void 0;
	const base = slice === "" ? baseline?.values[metric] : baseline?.slices?.[metric]?.[slice];
	const plus = typeof base === "number" ? require_evaluate_gate_decide().boundOf(bound, base) : NaN;
	return Number.isFinite(plus) ? {
		...common,
		times: 0,
		plus
	} : void 0;
}
// src/actions/gate-evidence.ts
/** At which intervals are told where nobody said. */
const USUAL_CONFIDENCE = .95;
/** Reads predictions, or what a golden set was answered, and measures them. */
async function gatherEvidence(asked, run, { workspace }) {
	const golden = asked.goldenFile === void 0 ? void 0 : await readGolden(asked.goldenFile, workspace);
	const paths = golden ? [golden.candidate.predictions, golden.live?.predictions] : [asked.predictions, asked.baselinePredictions];
	const [name = "the golden set", baselineName] = golden ? ["the golden set", "the golden set"] : paths;
	const unlabelled = golden?.labelled === false;
	const changed = unlabelled ? await changedAnswers(golden, asked.task, workspace) : void 0;
	const [candidate, baseline] = await Promise.all(paths.map(async (path) => path === void 0 || unlabelled ? void 0 : await readPredictions(path, run, workspace)));
	const sample = candidate && require_measure().makeSample(candidate, baseline, { task: asked.task });
	const metrics = sample ? require_measure().measure(sample, sample.candidate) : { values: {} };
	const theirs = sample?.baseline && require_measure().measure(sample, sample.baseline);
	const told = golden && goldenTold(golden, sample ? deltaOf(sample) : changed?.delta);
	return {
		sample,
		golden: told,
		seconds: golden?.seconds,
		flips: changed?.flips,
		measured: {
			name,
			metrics: {
				...metrics,
				values: {
					...metrics.values,
					...unlabelled && golden.candidate.failure === void 0 ? { n: golden.asked } : {},
					...sideValues(golden?.candidate),
					...between(sample, changed, told)
				}
			}
		},
		baseline: theirs ? {
			...theirs,
			values: {
				...theirs.values,
				...sideValues(golden?.live)
			}
		} : changed && { values: sideValues(golden?.live) },
		baselineName: theirs || changed ? baselineName : void 0,
		unanswered: golden ? unansweredRules(golden) : [],
		intervals: (rules, known, confidence) => sample && intervalsOf(rules, sample, metrics, known.kind === "measured" ? known.measured : void 0, confidence ?? USUAL_CONFIDENCE)
	};
}
/** What changed between two models' answers to rows of which nobody knows what is right; nothing where one has not answered. */
async function changedAnswers({ candidate, live }, task, workspace) {
	const [ours, theirs] = await Promise.all([candidate, live].map(async (side) => side?.predictions === void 0 ? void 0 : await workspace.readText(side.predictions, { maxBytes: require_measure().MAX_PREDICTIONS_BYTES })));
	if (ours === void 0 || theirs === void 0) return void 0;
	const { compareAnswers } = await Promise.resolve().then(() => require("./changed-answers.cjs"));
	return compareAnswers(ours, theirs, task);
}
async function readGolden(path, workspace) {
	const text = await workspace.readText(path, { maxBytes: 65536 });
	if (text === void 0) require_house().refuse({
		where: `input "golden-file"`,
		expected: "the file of the part before",
		seen: "none"
	});
	return require_golden().parseGoldenFile(text, path);
}
async function readPredictions(given, run, workspace) {
	const text = await workspace.readText(require_gate_inputs().inWorkspace(given, run.workspace), { maxBytes: require_measure().MAX_PREDICTIONS_BYTES });
	if (text === void 0) require_house().refuse({
		where: `predictions ${require_house().quote(given)}`,
		expected: "a file",
		seen: "none",
		fix: "Nothing passes by omission: write y_true and y_pred there, a row each."
	});
	return require_measure().parsePredictions(text, given.slice(given.lastIndexOf("/") + 1));
}
function unansweredRules({ asked, candidate, live }) {
	const rules = [];
	const missing = (called, side, verdict) => {
		if (side.failure === void 0) return;
		rules.push({
			rule: `every golden question is answered by ${called}`,
			bound: asked,
			observed: side.answered,
			verdict,
			reason: `${side.answered} of ${asked} answered; then: ${side.failure}`.slice(0, 500)
		});
	};
	missing("the candidate", candidate, "rejected");
	if (live) missing("the live model", live, "inconclusive");
	return rules;
}
function sideValues(side) {
	if (!side?.latency) return {};
	const { p50, p95 } = side.latency;
	return {
		latency_p50_ms: p50,
		latency_p95_ms: p95,
		...side.bytes === void 0 ? {} : { payload_bytes: side.bytes }
	};
}
/** How differently the two models answered, as metrics that rules can ask for. */
function between(sample, changed, golden) {
	const values = {};
	if (changed?.flips) values.flip_rate = changed.flips.total / changed.rows;
	if (sample?.baseline && sample.task === "classification") {
		let flips = 0;
		for (let row = 0; row < sample.size; row++) if (sample.candidate.predicted[row] !== sample.baseline.predicted[row]) flips++;
		values.flip_rate = flips / sample.size;
	}
	if (golden?.delta) Object.assign(values, {
		delta_max: golden.delta.most,
		delta_mean: golden.delta.mean
	});
	return values;
}
function goldenTold({ asked, candidate, live }, delta) {
	const side = ({ answered, failure, latency, bytes }) => ({
		answered,
		failure,
		latency,
		bytes
	});
	return {
		asked,
		candidate: side(candidate),
		live: live && side(live),
		delta
	};
}
function deltaOf({ candidate, baseline, task }) {
	const [ours, theirs] = task === "regression" ? [candidate.predicted, baseline?.predicted] : [candidate.scores, baseline?.scores];
	if (!ours || !theirs || ours.length !== theirs.length) return void 0;
	let [most, sum] = [0, 0];
	for (let at = 0; at < ours.length; at++) {
		const delta = Math.abs(ours[at] - theirs[at]);
		most = Math.max(most, delta);
		sum += delta;
	}
	return {
		most,
		mean: sum / ours.length
	};
}
exports.gatherEvidence = gatherEvidence;
