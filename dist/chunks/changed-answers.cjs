require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
require("./gate-forms.cjs");
// src/domain/gate/changed-answers.ts
const MAX_LINE_BYTES = 1048576;
/**
* Compares answers that were written without what is true: JSON lines with `y_pred` or `scores`, and `id` where the set has one.
* @param task left out, values where some number is not whole, else classes
*/
function compareAnswers(candidate, live, task) {
	const [ours, theirs] = [answersOf(candidate, "the candidate"), answersOf(live, "the live model")];
	const where = "the golden set's answers";
	if (ours.length !== theirs.length) require_house().refuse({
		where,
		expected: `${ours.length} of both models`,
		seen: `${theirs.length}`
	});
	const values = (task ?? taskOf([...ours, ...theirs])) === "regression";
	const changed = ours.flatMap((answer, row) => answer.label === theirs[row].label ? [] : [row]);
	const shown = changed.slice(0, 200).map((row) => ({
		row: ours[row].id ?? `row ${row + 1}`,
		truth: "",
		from: textOf(theirs[row].label),
		to: textOf(ours[row].label)
	}));
	return {
		rows: ours.length,
		flips: values ? void 0 : {
			total: changed.length,
			rows: ours.length,
			shown
		},
		delta: deltaOf(ours, theirs, values)
	};
}
function answersOf(text, called) {
	return text.split("\n").filter((line) => line !== "").map((line, at) => {
		const where = `answer ${at + 1} of ${called}`;
		const row = require_house().parseJson(line, {
			where,
			maxBytes: MAX_LINE_BYTES
		});
		const { id, scores, y_pred: label } = row !== null && typeof row === "object" && !Array.isArray(row) ? row : {};
		const named = id === void 0 ? void 0 : textOf(id);
		if (scores !== null && typeof scores === "object" && !Array.isArray(scores)) {
			const sorted = Object.entries(scores).map(([of, score]) => [of, Number(score)]).toSorted(([a], [b]) => a < b ? -1 : 1);
			const [best] = sorted.toSorted(([, a], [, b]) => b - a);
			return {
				id: named,
				label: best?.[0] ?? null,
				numbers: sorted.map(([, score]) => score)
			};
		}
		if (typeof label !== "string" && typeof label !== "number") require_house().refuse({
			where,
			expected: "y_pred or scores",
			seen: "neither"
		});
		return {
			id: named,
			label,
			numbers: typeof label === "number" ? [label] : []
		};
	});
}
/** Probabilities and texts are classes; so are numbers as long as all are whole. */
function taskOf(answers) {
	return answers.some(({ label }) => typeof label === "number" && !Number.isInteger(label)) ? "regression" : "classification";
}
/** A class may have a number for its name, whose distance to another says nothing: of classes only probabilities count. */
function deltaOf(ours, theirs, values) {
	let [most, sum, count] = [
		0,
		0,
		0
	];
	for (const [row, { numbers }] of ours.entries()) {
		const others = theirs[row].numbers;
		if (numbers.length !== others.length || !values && numbers.length < 2) continue;
		for (const [at, number] of numbers.entries()) {
			const delta = Math.abs(number - others[at]);
			most = Math.max(most, delta);
			sum += delta;
			count++;
		}
	}
	return count === 0 ? void 0 : {
		most,
		mean: sum / count
	};
}
const textOf = (label) => typeof label === "string" ? label : JSON.stringify(label);
exports.compareAnswers = compareAnswers;
