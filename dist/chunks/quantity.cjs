// src/domain/report/quantity.ts
var quantity_exports = /* @__PURE__ */ require("./rolldown-runtime.cjs").__exportAll({ bytesAsText: () => bytesAsText });
/** `874 B`, `12.3 kB`, `1.2 GB`: decimal units, as registries and disks count. */
function bytesAsText(bytes) {
	const units = [
		"B",
		"kB",
		"MB",
		"GB",
		"TB"
	];
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1e3;
		unit++;
	}
	return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}
/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
function secondsAsText(seconds) {
	if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) return `${minutes} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
	return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
}
/** `1 rule`, `3 rules`. */
function counted(count, noun) {
	return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
Object.defineProperty(exports, "bytesAsText", {
	enumerable: true,
	get: function() {
		return bytesAsText;
	}
});
Object.defineProperty(exports, "counted", {
	enumerable: true,
	get: function() {
		return counted;
	}
});
Object.defineProperty(exports, "quantity_exports", {
	enumerable: true,
	get: function() {
		return quantity_exports;
	}
});
Object.defineProperty(exports, "secondsAsText", {
	enumerable: true,
	get: function() {
		return secondsAsText;
	}
});
