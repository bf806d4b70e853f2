require("./rolldown-runtime.cjs");
// src/domain/metrics/mcnemar.ts
/** From so many disagreements on, the chi-square approximation is as good as the exact one. */
const EXACT_BELOW = 25;
/**
* McNemar's test of whether two models are right equally often, on rows that both answered: exact for few disagreements, by
* chi-square with continuity correction for many. Weights do not count. `undefined` for a regression or without a baseline.
*/
function mcNemar({ task, truth, candidate, baseline, size }) {
	if (task !== "classification" || !baseline) return void 0;
	let [gained, lost] = [0, 0];
	for (let row = 0; row < size; row++) {
		const ours = candidate.predicted[row] === truth[row];
		const theirs = baseline.predicted[row] === truth[row];
		if (ours && !theirs) gained++;
		if (theirs && !ours) lost++;
	}
	return {
		gained,
		lost,
		...mcNemarP(gained, lost)
	};
}
/** The two-sided p-value for disagreements of both directions. */
function mcNemarP(gained, lost) {
	const n = gained + lost;
	if (n < EXACT_BELOW) return {
		pValue: Math.min(1, 2 * binomialTail(Math.min(gained, lost), n)),
		exact: true
	};
	const statistic = (Math.abs(gained - lost) - 1) ** 2 / n;
	return {
		pValue: complementaryError(Math.sqrt(statistic / 2)),
		exact: false
	};
}
/** The chance of at most k heads in n fair throws. */
function binomialTail(k, n) {
	let term = .5 ** n;
	let sum = term;
	for (let at = 1; at <= k; at++) {
		term *= (n - at + 1) / at;
		sum += term;
	}
	return sum;
}
/** erfc for x ≥ 0: the series of erf where it converges fast, the continued fraction beyond (Abramowitz and Stegun 7.1.5, 7.1.14). */
function complementaryError(x) {
	if (x < 2) {
		let term = x;
		let sum = x;
		for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n++) {
			term *= -x * x / n;
			sum += term / (2 * n + 1);
		}
		return 1 - 2 / Math.sqrt(Math.PI) * sum;
	}
	let fraction = 0;
	for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction);
	return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}
exports.mcNemar = mcNemar;
