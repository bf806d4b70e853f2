require("./rolldown-runtime.cjs");
// src/domain/kubernetes/log-lines.ts
const MOST_LINE = 16384;
/** The lines of a log that comes in pieces, each line with its time before it, by which a log that was cut goes on where it was. */
var LogLines = class {
	/** The time of the last line; empty before the first. */
	#last = "";
	#rest = "";
	#take;
	constructor(take) {
		this.#take = take;
	}
	/**
	* A new stream: what was half told comes again.
	* @param lines how many of what was said before; left out, all
	* @returns what to ask the API server for
	*/
	begin(lines) {
		this.#rest = "";
		const from = {
			follow: "true",
			timestamps: "true"
		};
		if (this.#last !== "") return {
			...from,
			sinceTime: this.#last
		};
		return lines === void 0 ? from : {
			...from,
			tailLines: `${lines}`
		};
	}
	add(text) {
		const whole = (this.#rest + text).split("\n");
		this.#rest = (whole.pop() ?? "").slice(0, 16448);
		for (const line of whole) this.#line(line);
	}
	end() {
		if (this.#rest !== "") this.#line(this.#rest);
		this.#rest = "";
	}
	#line(text) {
		const [, time, said = ""] = /^(\d{4}-\d\d-\d\dT\S+) ?([^]*)$/.exec(text) ?? [];
		if (time !== void 0 && !isLater(time, this.#last)) return;
		this.#last = time ?? this.#last;
		this.#take((time === void 0 ? text : said).slice(0, MOST_LINE));
	}
};
/** Of two times in RFC 3339, with as many digits behind the second as it takes. */
function isLater(time, last) {
	return last === "" || comparable(time) > comparable(last);
}
const comparable = (time) => time.replace(/Z$/, "").replace(/^([^.]*)\.?(\d*)$/, (_, whole, part) => `${whole}.${part.padEnd(9, "0")}`);
exports.LogLines = LogLines;
