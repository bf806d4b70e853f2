require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/training-output.ts
/** Above this the live log says no more; the tail is in the artifact's log all the same. */
const MAX_SHOWN_BYTES = 33554432;
const MAX_KEPT_BYTES = 8388608;
/** What a training prints: shown live up to a limit, and the tail kept for the artifact. */
var TrainingOutput = class {
	#log;
	#kept = [];
	#first = 0;
	#keptBytes = 0;
	#droppedLines = 0;
	#shownBytes = 0;
	/** How many have come. */
	lines = 0;
	constructor(log) {
		this.#log = log;
	}
	take(line) {
		this.lines++;
		const bytes = Buffer.byteLength(line) + 1;
		if (this.#shownBytes <= MAX_SHOWN_BYTES) {
			this.#shownBytes += bytes;
			this.#log.info(this.#shownBytes <= MAX_SHOWN_BYTES ? line : `(${MAX_SHOWN_BYTES / 1024 / 1024} MiB are shown; the rest is not. The last ${MAX_KEPT_BYTES / 1024 / 1024} MiB are kept in its log.)`);
		}
		this.#kept.push(line);
		this.#keptBytes += bytes;
		while (this.#keptBytes > MAX_KEPT_BYTES) {
			this.#keptBytes -= Buffer.byteLength(this.#kept[this.#first]) + 1;
			this.#kept[this.#first++] = "";
			this.#droppedLines++;
		}
		if (this.#first > 1e4 && this.#first * 2 > this.#kept.length) {
			this.#kept = this.#kept.slice(this.#first);
			this.#first = 0;
		}
	}
	kept() {
		return [...this.#droppedLines > 0 ? [`(${this.#droppedLines} lines before this are not kept)`] : [], ...this.#kept.slice(this.#first)].map((line) => `${require_house().disarmLine(line)}\n`).join("");
	}
};
Object.defineProperty(exports, "TrainingOutput", {
	enumerable: true,
	get: function() {
		return TrainingOutput;
	}
});
