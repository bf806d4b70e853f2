require("./rolldown-runtime.cjs");
// src/actions/event-payload.ts
/** The payload of an event as it was sent; `undefined` when it is no JSON. */
function parsed(text) {
	try {
		return JSON.parse(text ?? "null");
	} catch {
		return;
	}
}
/** Of an object its own field alone. */
const field = (value, name) => value !== null && typeof value === "object" && Object.hasOwn(value, name) ? value[name] : void 0;
Object.defineProperty(exports, "field", {
	enumerable: true,
	get: function() {
		return field;
	}
});
Object.defineProperty(exports, "parsed", {
	enumerable: true,
	get: function() {
		return parsed;
	}
});
