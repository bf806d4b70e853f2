require("./rolldown-runtime.cjs");
// src/errors.ts
/**
* A failure that the reader of the log can mend. Anything else that is thrown is a fault of ours and keeps its stack.
* Several mistakes of one kind (all wrong inputs, all bad metrics) travel in one error, so that they are told in one go.
*/
var ActionError = class extends Error {
	mistakes;
	constructor(mistakes, options) {
		const all = Array.isArray(mistakes) ? mistakes : [mistakes];
		super(all.map(sentence).join("\n"), options);
		this.name = "ActionError";
		this.mistakes = all;
	}
};
/** `input "replicas": expected a whole number from 1 to 1000, saw "two". Write it with digits.` */
function sentence({ where, expected, seen, fix }) {
	return `${where}: expected ${expected}, saw ${seen}.${fix ? ` ${fix}` : ""}`;
}
/** One mistake, thrown. For the places where a ternary or `??` ends in a refusal. */
function refuse(mistake, cause) {
	throw new ActionError(mistake, cause === void 0 ? void 0 : { cause });
}
/** The text of whatever was thrown, without its stack. */
function messageOf(thrown) {
	return thrown instanceof Error ? thrown.message : String(thrown);
}
/** Quotes what was seen, cut to a length that fits a log line. Control characters are shown, never sent. */
function quote(text, most = 80) {
	return JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "�");
}
Object.defineProperty(exports, "ActionError", {
	enumerable: true,
	get: function() {
		return ActionError;
	}
});
Object.defineProperty(exports, "messageOf", {
	enumerable: true,
	get: function() {
		return messageOf;
	}
});
Object.defineProperty(exports, "quote", {
	enumerable: true,
	get: function() {
		return quote;
	}
});
Object.defineProperty(exports, "refuse", {
	enumerable: true,
	get: function() {
		return refuse;
	}
});
Object.defineProperty(exports, "sentence", {
	enumerable: true,
	get: function() {
		return sentence;
	}
});
