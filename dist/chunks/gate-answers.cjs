require("./rolldown-runtime.cjs");
let kept_require_measure;
const require_measure = () => kept_require_measure ??= require("./measure.cjs");
require("./gate-forms.cjs");
// src/domain/report/gate-answers.ts
/** Which classes are taken for which, by both models; nothing where no table could show it. */
function confusionOf(sample) {
	const { task, classes, candidate, baseline } = sample;
	if (task !== "classification" || classes.length > 30) return void 0;
	return {
		classes,
		candidate: require_measure().confusion(sample, candidate),
		baseline: baseline && require_measure().confusion(sample, baseline)
	};
}
/** The rows whose answer changed: those that became wrong first, then those that became right, then wrong in another way. */
function flipsOf(sample) {
	const { task, classes, truth, candidate, baseline, origin, ids, size } = sample;
	if (task !== "classification" || !baseline) return void 0;
	const kindOf = (row, answers) => answers.predicted[row] === truth[row];
	const found = [];
	let [mended, broken] = [0, 0];
	for (let row = 0; row < size; row++) {
		if (candidate.predicted[row] === baseline.predicted[row]) continue;
		const [now, before] = [kindOf(row, candidate), kindOf(row, baseline)];
		if (now) mended++;
		if (before) broken++;
		found.push({
			row,
			rank: before ? 0 : now ? 1 : 2
		});
	}
	const shown = found.toSorted((a, b) => a.rank - b.rank || origin[a.row] - origin[b.row]).slice(0, 200).map(({ row }) => ({
		row: ids?.[origin[row]] ?? `row ${origin[row] + 1}`,
		truth: classes[truth[row]],
		from: classes[baseline.predicted[row]],
		to: classes[candidate.predicted[row]]
	}));
	return {
		total: found.length,
		rows: size,
		mended,
		broken,
		shown
	};
}
exports.confusionOf = confusionOf;
exports.flipsOf = flipsOf;
