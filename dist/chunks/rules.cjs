require("./rolldown-runtime.cjs");
const require_run_action = require("./run-action.cjs");
// src/domain/gate/rules.ts
const OPERATORS = [
	">",
	">=",
	"<",
	"<=",
	"==",
	"!="
];
const MAX_BYTES = 65536;
const MAX_RULES = 200;
const MAX_RULE = 500;
/**
* Reads the input `conditions`: one rule a line, `#` begins a comment, blank lines do not count.
*
* ```
* accuracy > 0.80
* test.latency_p95_ms <= 50
* recall[class=3] >= 0.7
* recall[class=*] >= 0.6    # every class
* "top 5 %" == 1            # any other name: in double quotes, as JSON writes a text
* ```
*
* @throws ActionError with every mistake: the first of each line with its column, rules that stand twice, and rules that no
*   value can meet together. No rule at all is a mistake too: such a gate could never say no.
*/
function parseRules(text) {
	if (Buffer.byteLength(text) > MAX_BYTES) throw new require_run_action.ActionError({
		where: "the rules",
		expected: `at most ${MAX_BYTES} bytes`,
		seen: `${Buffer.byteLength(text)}`
	});
	const rules = [];
	const mistakes = [];
	for (const [at, line] of text.split(/\r\n|\n|\r/).entries()) {
		const reader = new LineReader(line, at + 1);
		try {
			const rule = readRule(reader);
			if (rule) rules.push(rule);
		} catch (thrown) {
			if (!(thrown instanceof require_run_action.ActionError)) throw thrown;
			mistakes.push(...thrown.mistakes);
		}
	}
	if (rules.length > MAX_RULES) mistakes.push({
		where: "the rules",
		expected: `at most ${MAX_RULES}`,
		seen: `${rules.length}`
	});
	else mistakes.push(...clashes(rules));
	if (rules.length === 0 && mistakes.length === 0) mistakes.push({
		where: "the rules",
		expected: "at least one rule, as accuracy > 0.80",
		seen: "none",
		fix: "A gate without a rule could never say no."
	});
	if (mistakes.length > 0) throw new require_run_action.ActionError(mistakes.slice(0, 50));
	return rules;
}
/** The rule as a key of what it judges: `accuracy`, `recall[class=3]`. */
function subject({ metric, slice }) {
	return slice ? `${metric}[${slice.by}=${slice.value}]` : metric;
}
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NAME = /[A-Za-z_\u00c0-\u1fff\u2c00-\ud7ff][\w./@%\u00c0-\u1fff\u2c00-\ud7ff-]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
/** Everything that someone meant as a number, so that a wrong one is shown whole. */
const NUMBERISH = /[+-]?(?:\d|\.\d)[\w.,%+-]*/y;
const OPERATORISH = /[<>=!~≤≥≠]+/y;
const SLICE_PART = /[^\s"#[\]=,]+/y;
const LATER = "Rules of this kind are not in this version: write a metric, an operator and a number.";
const ONE_A_LINE = "Write one rule a line; in YAML, `conditions: |` keeps the lines.";
/** A cursor over one line that knows where it stands. */
var LineReader = class {
	at = 0;
	line;
	number;
	constructor(line, number) {
		this.line = line;
		this.number = number;
	}
	get lineNumber() {
		return this.number;
	}
	skip() {
		while (this.at < this.line.length && /\s/.test(this.line[this.at])) this.at++;
	}
	/** Whether only a comment follows, if anything. No form takes a `#`. */
	get ended() {
		this.skip();
		return this.at >= this.line.length || this.line[this.at] === "#";
	}
	/** What the form takes from here, or nothing. */
	peek(form) {
		this.skip();
		return this.match(form);
	}
	take(form) {
		const found = this.peek(form);
		this.at += found?.length ?? 0;
		return found;
	}
	sign(sign) {
		this.skip();
		if (!this.line.startsWith(sign, this.at)) return false;
		this.at += sign.length;
		return true;
	}
	/** The text between a place and here. */
	since(start) {
		return this.line.slice(start, this.at).trim();
	}
	get place() {
		return this.at;
	}
	/** Refuses what stands here, or at a place before. Columns count characters from 1, as an editor does. */
	refuse(expected, { at, seen, fix } = {}) {
		if (at === void 0) this.skip();
		const place = at ?? this.at;
		throw new require_run_action.ActionError({
			where: `line ${this.number}, column ${Array.from(this.line.slice(0, place)).length + 1}`,
			expected,
			seen: seen ?? this.seen(place),
			...fix === void 0 ? {} : { fix }
		});
	}
	seen(place) {
		const rest = this.line.slice(place);
		if (rest.trim() === "" || rest.startsWith("#")) return "the end of the line";
		const [token] = /^(?:[\w."'%@/+\u00c0-\u1fff\u2c00-\ud7ff-]+|[<>=!~≤≥≠]+|[\ud800-\udbff].|.)/.exec(rest);
		return require_run_action.quote(token, 40);
	}
	match(form) {
		form.lastIndex = this.at;
		return form.exec(this.line)?.[0];
	}
};
function readRule(line) {
	if (line.ended) return void 0;
	const start = line.place;
	const metric = readMetric(line);
	const slice = line.sign("[") ? readSlice(line) : void 0;
	const operator = readOperator(line);
	const bound = readBound(line);
	const text = line.since(start);
	if (!line.ended) refuseRest(line);
	if (text.length > MAX_RULE) line.refuse(`a rule of at most ${MAX_RULE} characters`, {
		at: start,
		seen: `${text.length}`
	});
	return {
		text,
		line: line.lineNumber,
		metric,
		...slice ? { slice } : {},
		operator,
		bound
	};
}
function readMetric(line) {
	const at = line.place;
	const quoted = line.take(STRING);
	if (quoted !== void 0) {
		const name = JSON.parse(quoted);
		if (name.trim() === "") line.refuse("a metric's name", { at });
		return name;
	}
	if (line.peek(NUMBERISH) !== void 0) line.refuse("a metric's name", { fix: "Write the metric first: accuracy > 0.80." });
	const name = line.take(NAME);
	if (name === void 0) line.refuse("a metric's name", { fix: "A name with other signs stands in quotes: \"top 5\"." });
	if (line.sign("(")) line.refuse("a metric's name", {
		at,
		seen: require_run_action.quote(`${name}(…)`, 40),
		fix: LATER
	});
	return name;
}
function readSlice(line) {
	const part = (expected) => {
		const at = line.place;
		const quoted = line.take(STRING);
		const text = quoted === void 0 ? line.take(SLICE_PART) : JSON.parse(quoted);
		if (text === void 0 || text === "") return line.refuse(expected, text === "" ? { at } : {});
		return text;
	};
	const by = part("what the slices are by, as recall[class=3]");
	if (!line.sign("=")) line.refuse("= and a slice, as recall[class=3]");
	const value = part("a slice, as recall[class=3], or * for every one");
	if (!line.sign("]")) line.refuse("]");
	return {
		by,
		value
	};
}
function readOperator(line) {
	const at = line.place;
	const seen = line.take(OPERATORISH);
	const operator = OPERATORS.find((each) => each === seen);
	if (operator !== void 0) return operator;
	if (seen === void 0) return line.refuse(`an operator (${OPERATORS.join(" ")})`);
	const meant = {
		"=": "==",
		"===": "==",
		"=>": ">=",
		"=<": "<=",
		"≥": ">=",
		"≤": "<=",
		"≠": "!=",
		"<>": "!=",
		"!==": "!="
	};
	return line.refuse(`an operator (${OPERATORS.join(" ")})`, {
		at,
		seen: require_run_action.quote(seen, 40),
		...Object.hasOwn(meant, seen) ? { fix: `Write ${meant[seen]}.` } : {}
	});
}
function readBound(line) {
	line.skip();
	const at = line.place;
	const source = line.take(NUMBERISH);
	if (source === void 0) {
		if (line.peek(STRING) !== void 0) line.refuse("a number", { fix: "Write it without quotes." });
		const name = line.peek(NAME);
		line.refuse("a number", name === "baseline" || name === "worst" ? { fix: LATER } : {});
	}
	if (!NUMBER.test(source)) line.refuse("a number, as 0.8, 50 or 1e-3", {
		at,
		seen: require_run_action.quote(source, 40),
		...mend(source)
	});
	const bound = Number(source);
	if (!Number.isFinite(bound)) line.refuse("a number that a double can hold", {
		at,
		seen: source.slice(0, 40)
	});
	return bound;
}
/** What to write instead, for the spellings that people have from elsewhere. */
function mend(source) {
	if (source.endsWith("%")) return { fix: "Write a share as a number: 0.8 for 80%." };
	if (/^[+-]?\d*,\d+$/.test(source)) return { fix: `Write a point: ${source.replace(",", ".")}.` };
	if (/^-?\.\d+$/.test(source)) return { fix: `Write the zero: ${source.replace(".", "0.")}.` };
	if (source.startsWith("+")) return { fix: "Write it without the plus." };
	if (/[A-Za-z]$/.test(source)) return { fix: "Write it without a unit: a rule compares plain numbers." };
	return {};
}
function refuseRest(line) {
	const word = line.peek(NAME) ?? line.peek(/[-+*/](?=\s|$)/y);
	if (word === "where" || /^[-+*/]$/.test(word ?? "")) return line.refuse("the end of the rule", { fix: LATER });
	return line.refuse("the end of the rule", { fix: ONE_A_LINE });
}
/** Rules that stand twice, and the first rule of each set that no value could meet. */
function clashes(rules) {
	const mistakes = [];
	for (const [at, rule] of rules.entries()) {
		const before = rules.slice(0, at);
		const twin = before.find((each) => subject(each) === subject(rule) && each.operator === rule.operator && each.bound === rule.bound);
		if (twin) {
			mistakes.push({
				where: `line ${rule.line}`,
				expected: "each rule once",
				seen: `${require_run_action.quote(rule.text)} again, after line ${twin.line}`
			});
			continue;
		}
		const foes = contradicted(rule, before);
		if (foes.length > 0) mistakes.push({
			where: `line ${rule.line}`,
			expected: "rules that can hold together",
			seen: `${require_run_action.quote(rule.text)} beside ${foes.map((foe) => `${require_run_action.quote(foe.text)} (line ${foe.line})`).join(" and ")}`,
			fix: "No value meets all of them, so nothing could ever pass."
		});
	}
	return mistakes;
}
/** The earlier rules with which this one leaves no value: one where one suffices, else all that take part. */
function contradicted(rule, before) {
	const related = before.filter((each) => each.metric === rule.metric && each.slice?.by === rule.slice?.by);
	const values = new Set([rule, ...rule.slice?.value === "*" ? related : []].map((each) => each.slice?.value));
	for (const value of values) {
		const beside = related.filter((each) => each.slice?.value === value || each.slice?.value === "*");
		if (!feasible(beside) || feasible([...beside, rule])) continue;
		const one = beside.find((each) => !feasible([each, rule]));
		return one ? [one] : beside;
	}
	return [];
}
/** Whether some number meets all of them. Between two doubles there is always room for one: gaps of one step do not count. */
function feasible(rules) {
	let low = {
		bound: -Infinity,
		open: false
	};
	let high = {
		bound: Infinity,
		open: false
	};
	for (const { operator, bound } of rules) {
		const open = operator === ">" || operator === "<";
		if (operator === ">" || operator === ">=" || operator === "==") {
			if (bound > low.bound || bound === low.bound && open) low = {
				bound,
				open
			};
		}
		if (operator === "<" || operator === "<=" || operator === "==") {
			if (bound < high.bound || bound === high.bound && open) high = {
				bound,
				open
			};
		}
	}
	if (low.bound !== high.bound) return low.bound < high.bound;
	return !low.open && !high.open && !rules.some(({ operator, bound }) => operator === "!=" && bound === low.bound);
}
Object.defineProperty(exports, "parseRules", {
	enumerable: true,
	get: function() {
		return parseRules;
	}
});
Object.defineProperty(exports, "subject", {
	enumerable: true,
	get: function() {
		return subject;
	}
});
