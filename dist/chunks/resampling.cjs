const require_rolldown_runtime = require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_measure;
const require_measure = () => kept_require_measure ??= require("./measure.cjs");
// src/domain/metrics/resampling.ts
var resampling_exports = /* @__PURE__ */ require_rolldown_runtime.__exportAll({ quantile: () => quantile });
/**
* Percentile intervals by the bootstrap: rows are drawn with replacement, each with both models' answers to it, and each
* difference is computed anew. All differences see the same draws, so their order changes nothing.
*
* Efron and Tibshirani, An Introduction to the Bootstrap, 1993, 13.3.
* @returns an interval each; the whole line where a metric is undefined in more than half of the rounds
*/
function bootstrap(sample, differences, options) {
	const answers = differences.map(() => ({
		low: NaN,
		high: NaN
	}));
	const alike = sample.task === "classification" ? kindsOf(sample) : void 0;
	const parts = [{
		of: (each) => alike !== void 0 && !require_measure().needsScores(each.metric),
		units: alike
	}, {
		of: (each) => alike === void 0 || require_measure().needsScores(each.metric),
		units: void 0
	}];
	for (const { of, units } of parts) {
		const chosen = differences.map((each, at) => ({
			each,
			at
		})).filter(({ each }) => of(each));
		if (chosen.length === 0) continue;
		const over = units?.sample ?? sample;
		const statistics = chosen.map(({ each }) => differenceOf(each, over));
		const draws = drawRounds(sample.size, units?.codes ?? require_measure().everyRow(sample.size), over, statistics, options);
		for (const [at, { at: place }] of chosen.entries()) answers[place] = interval(draws[at], options.confidence);
	}
	return answers;
}
/** Rows that agree in everything but their scores, as one. Rows stand sorted, so kinds come in their order too. */
function kindsOf(sample) {
	const { truth, candidate, baseline, weight, groups, size } = sample;
	const columns = [
		truth,
		candidate.predicted,
		...baseline ? [baseline.predicted] : [],
		weight,
		...groups.map(({ of }) => of)
	];
	const codes = new Int32Array(size);
	const firsts = [];
	for (let row = 0; row < size; row++) {
		if (row === 0 || columns.some((column) => column[row] !== column[row - 1])) firsts.push(row);
		codes[row] = firsts.length - 1;
	}
	const rows = Int32Array.from(firsts);
	const pick = (column) => Float64Array.from(rows, (row) => column[row]);
	const answersOf = ({ predicted }) => ({
		predicted: pick(predicted),
		scores: void 0
	});
	return {
		codes,
		sample: {
			...sample,
			size: rows.length,
			truth: pick(truth),
			weight: pick(weight),
			groups: groups.map((group) => ({
				...group,
				of: rows.map((row) => group.of[row])
			})),
			candidate: answersOf(candidate),
			baseline: baseline && answersOf(baseline)
		}
	};
}
function differenceOf({ metric, slice, worst, times, plus }, sample) {
	const of = (answers) => {
		if (worst) return worstOf(metric, worst, sample, answers);
		return require_measure().statistic(metric, sample, answers, membersOf(slice, sample)) ?? require_house().refuse({
			where: `the interval of ${require_house().quote(metric)}`,
			expected: "a metric that is computed here",
			seen: require_house().quote(slice)
		});
	};
	const ours = of(sample.candidate);
	if (times === 0) return (weights) => ours(weights) - plus;
	const theirs = of(sample.baseline);
	return (weights) => ours(weights) - (times * theirs(weights) + plus);
}
function membersOf(slice, sample) {
	if (slice === "") return {};
	const members = require_measure().sliceMembers(sample).get(slice);
	if (members) return { members };
	const ofClass = sample.classes.findIndex((label) => slice === `class=${label}`);
	return ofClass < 0 ? { members: /* @__PURE__ */ new Int32Array(0) } : { ofClass };
}
function worstOf(metric, { by, lowest }, sample, answers) {
	const each = (by === "class" ? sample.classes.map((label) => `class=${label}`) : [...require_measure().sliceMembers(sample).keys()].filter((key) => key.startsWith(`${by}=`))).map((key) => require_measure().statistic(metric, sample, answers, membersOf(key, sample)));
	return (weights) => {
		let worst = NaN;
		for (const one of each) {
			const value = one(weights);
			if (Number.isNaN(value)) continue;
			if (Number.isNaN(worst) || (lowest ? value < worst : value > worst)) worst = value;
		}
		return worst;
	};
}
/** The value of each statistic in each round. */
function drawRounds(rows, codes, sample, statistics, { rounds, seed }) {
	const draws = statistics.map(() => new Float64Array(rounds));
	const counts = new Float64Array(sample.size);
	const random = seeded(seed);
	for (let round = 0; round < rounds; round++) {
		counts.fill(0);
		random.count(rows, codes, counts);
		if (sample.weighted) for (let unit = 0; unit < counts.length; unit++) counts[unit] *= sample.weight[unit];
		for (const [at, each] of statistics.entries()) draws[at][round] = each(counts);
	}
	return draws;
}
/**
* Random rows from a seed, by Doty-Humphrey's sfc32: a few additions and shifts a draw, and it passes PractRand. A row is
* `floor(u32 * rows / 2^32)`; with five million rows some are drawn more often than others by less than one part in 800.
*/
function seeded(seed) {
	let [a, b, c, counter] = [
		0,
		seed | 0,
		0,
		1
	];
	const next = () => {
		const sum = (a + b | 0) + counter | 0;
		counter = counter + 1 | 0;
		a = b ^ b >>> 9;
		b = c + (c << 3) | 0;
		c = (c << 21 | c >>> 11) + sum | 0;
		return sum >>> 0;
	};
	for (let warm = 0; warm < 12; warm++) next();
	return { count: (rows, codes, into) => {
		const scale = rows / 4294967296;
		for (let drawn = 0; drawn < rows; drawn++) {
			const sum = (a + b | 0) + counter | 0;
			counter = counter + 1 | 0;
			a = b ^ b >>> 9;
			b = c + (c << 3) | 0;
			c = (c << 21 | c >>> 11) + sum | 0;
			const row = (sum >>> 0) * scale | 0;
			into[codes[row]] += 1;
		}
	} };
}
/** The middle share of the values, ends interpolated. */
function interval(values, confidence) {
	const finite = values.filter(Number.isFinite).sort();
	if (finite.length < values.length / 2) return {
		low: -Number.MAX_VALUE,
		high: Number.MAX_VALUE
	};
	const tail = (1 - confidence) / 2;
	return {
		low: quantile(finite, tail),
		high: quantile(finite, 1 - tail)
	};
}
/** Between the two nearest of sorted values, as NumPy does it when nothing else is asked. */
function quantile(sorted, share) {
	const place = share * (sorted.length - 1);
	const below = Math.floor(place);
	const low = sorted[below];
	return low + (sorted[Math.min(below + 1, sorted.length - 1)] - low) * (place - below);
}
Object.defineProperty(exports, "bootstrap", {
	enumerable: true,
	get: function() {
		return bootstrap;
	}
});
Object.defineProperty(exports, "resampling_exports", {
	enumerable: true,
	get: function() {
		return resampling_exports;
	}
});
