require("./rolldown-runtime.cjs");
// src/domain/gate/figure.ts
/**
* A number as people read it: at most six significant digits. Beside a bound it gets as many as it takes to stay on its own side
* of it, so that 0.79999999 is never shown as the 0.8 that it failed to reach.
*/
function figure(value, bound) {
	if (Object.is(value, -0)) return "0";
	if (!Number.isFinite(value)) return String(value);
	for (let digits = 6; digits < 17; digits++) {
		const shown = plain(value, digits);
		if (bound === void 0 || Math.sign(Number(shown) - bound) === Math.sign(value - bound)) return shown;
	}
	return String(value);
}
function plain(value, digits) {
	if (Number.isInteger(value) && Math.abs(value) < 0x38d7ea4c68000) return String(value);
	return String(Number(value.toPrecision(digits)));
}
Object.defineProperty(exports, "figure", {
	enumerable: true,
	get: function() {
		return figure;
	}
});
