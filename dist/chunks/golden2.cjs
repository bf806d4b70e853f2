require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/domain/inference/golden.ts
const MAX_GOLDEN_BYTES = 8388608;
const MOST_CASES = 1e3;
/**
* Reads a golden set: a list of `{input | request, expected, tolerance?}`. `input` is rows of features, `request` a whole body.
* @param body how rows are asked, where it is not by Seldon's own protocol
* @returns a smoke request for each
* @throws ActionError with every mistake
*/
function parseGolden(text, where, path, body = (rows) => ({ data: { ndarray: rows } })) {
	const value = require_house().parseJson(text, {
		where,
		maxBytes: MAX_GOLDEN_BYTES
	});
	if (!Array.isArray(value) || value.length === 0 || value.length > MOST_CASES) throw new (require_house()).ActionError({
		where,
		expected: `a list of 1 to ${MOST_CASES} cases`,
		seen: Array.isArray(value) ? `${value.length}` : "something else"
	});
	const mistakes = [];
	const cases = value.map((each, at) => {
		const { input, request, expected, tolerance } = typeof each === "object" && each !== null && !Array.isArray(each) ? each : {};
		if (input === void 0 === (request === void 0)) mistakes.push({
			where: `${where}[${at}]`,
			expected: "input or request, one of the two",
			seen: input === void 0 ? "neither" : "both"
		});
		if (expected === void 0) mistakes.push({
			where: `${where}[${at}].expected`,
			expected: "the values of the answer",
			seen: "nothing"
		});
		if (tolerance !== void 0 && !(typeof tolerance === "number" && tolerance >= 0)) mistakes.push({
			where: `${where}[${at}].tolerance`,
			expected: "a number not below 0",
			seen: JSON.stringify(tolerance).slice(0, 40)
		});
		return {
			path,
			body: request ?? body(input ?? []),
			expect: {
				status: 200,
				values: expected ?? null,
				tolerance: typeof tolerance === "number" ? tolerance : 1e-6
			}
		};
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 20));
	return cases;
}
Object.defineProperty(exports, "parseGolden", {
	enumerable: true,
	get: function() {
		return parseGolden;
	}
});
