require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
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
/** Whether a rule asks for the baseline's value. */
function isRelative(rule) {
	return typeof rule.bound !== "number";
}
/**
* Reads the input `conditions`, one rule a line or the same as YAML: a list of rules, or a mapping of what is judged to what
* is asked of it. No line of rules starts as a YAML list or mapping does, so the two are told apart by their first line.
*/
async function readRules(text) {
	const [first = ""] = /^[^\S\r\n]*[^\s#].*$/m.exec(text.replace(/^\ufeff/, "")) ?? [];
	if (!/^\s*(?:-\s|\[|\{|(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s:"'<>()[\]]+(?:\([^)]*\))?(?:\[[^\]]*\])?)\s*:(?:\s|$))/.test(first)) return parseRules(text);
	const { rulesOfYaml } = await Promise.resolve().then(() => require("./rules-yaml.cjs"));
	return parseLines(await rulesOfYaml(text, MAX_BYTES), "rule");
}
/**
* Reads rules as they are written on lines: `#` begins a comment, blank lines do not count. docs/gate.md has the grammar.
*
* ```
* accuracy > 0.80
* accuracy >= baseline - 0.01
* recall[class=*] >= 0.6              # every class
* worst(accuracy by region) >= 0.75
* calibration_error <= 0.05 where n >= 200
* "top 5 %" == 1                      # any other name: in double quotes, as JSON writes a text
* ```
*
* @throws ActionError with every mistake: the first of each line with its column, rules that stand twice, and rules that no
*   value can meet together. No rule at all is a mistake too: such a gate could never say no.
*/
function parseRules(text) {
	if (Buffer.byteLength(text) > MAX_BYTES) throw new (require_house()).ActionError({
		where: "the rules",
		expected: `at most ${MAX_BYTES} bytes`,
		seen: `${Buffer.byteLength(text)}`
	});
	return parseLines(text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/), "line");
}
function parseLines(lines, called) {
	const rules = [];
	const mistakes = [];
	for (const [at, line] of lines.entries()) {
		const reader = new LineReader(line, at + 1, called);
		try {
			const rule = readRule(reader);
			if (rule) rules.push(rule);
		} catch (thrown) {
			if (!(thrown instanceof require_house().ActionError)) throw thrown;
			mistakes.push(...thrown.mistakes);
		}
	}
	if (rules.length > MAX_RULES) mistakes.push({
		where: "the rules",
		expected: `at most ${MAX_RULES}`,
		seen: `${rules.length}`
	});
	else mistakes.push(...clashes(rules, called));
	if (rules.length === 0 && mistakes.length === 0) mistakes.push({
		where: "the rules",
		expected: "at least one rule, as accuracy > 0.80",
		seen: "none",
		fix: "A gate without a rule could never say no."
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes.slice(0, 50));
	return rules;
}
/** The rule as a key of what it judges: `accuracy`, `recall[class=3]`. */
function subject({ metric, slice, worstBy }) {
	if (worstBy !== void 0) return `worst(${metric} by ${worstBy})`;
	return slice ? `${metric}[${slice.by}=${slice.value}]` : metric;
}
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NAME = /[A-Za-z_\u00c0-\u1fff\u2c00-\ud7ff][\w./@%\u00c0-\u1fff\u2c00-\ud7ff-]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
/** Everything that someone meant as a number, so that a wrong one is shown whole. */
const NUMBERISH = /[+-]?(?:\d|\.\d)[\w.,%+-]*/y;
const OPERATORISH = /[<>=!~≤≥≠]+/y;
const SLICE_PART = /[^\s"#[\]=,()]+/y;
const [BASELINE, WHERE, BY, N] = [
	/baseline(?![\w.])/y,
	/where(?![\w.])/y,
	/by(?![\w.])/y,
	/n(?![\w.])/y
];
const ARITHMETIC = /[-+*]/y;
const ONE_A_LINE = "Write one rule a line; in YAML, `conditions: |` keeps the lines.";
/** A cursor over one line that knows where it stands. */
var LineReader = class {
	at = 0;
	line;
	number;
	called;
	constructor(line, number, called) {
		this.line = line;
		this.number = number;
		this.called = called;
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
		throw new (require_house()).ActionError({
			where: `${this.called} ${this.number}, column ${Array.from(this.line.slice(0, place)).length + 1}`,
			expected,
			seen: seen ?? this.seen(place),
			...fix === void 0 ? {} : { fix }
		});
	}
	seen(place) {
		const rest = this.line.slice(place);
		if (rest.trim() === "" || rest.startsWith("#")) return "the end of the line";
		const [token] = /^(?:[\w."'%@/+\u00c0-\u1fff\u2c00-\ud7ff-]+|[<>=!~≤≥≠]+|[\ud800-\udbff].|.)/.exec(rest);
		return require_house().quote(token, 40);
	}
	match(form) {
		form.lastIndex = this.at;
		return form.exec(this.line)?.[0];
	}
};
function readRule(line) {
	if (line.ended) return void 0;
	const start = line.place;
	const { metric, worstBy } = readMetric(line);
	const slice = worstBy === void 0 && line.sign("[") ? readSlice(line) : void 0;
	line.skip();
	const operatorAt = line.place;
	const operator = readOperator(line);
	if (worstBy !== void 0 && (operator === "==" || operator === "!=")) line.refuse("> >= < or <=", {
		at: operatorAt,
		seen: require_house().quote(operator),
		fix: "The operator says which end is the worst."
	});
	const bound = readBound(line);
	const least = line.take(WHERE) === void 0 ? void 0 : readLeast(line);
	const text = line.since(start);
	if (!line.ended) line.refuse("the end of the rule", { fix: ONE_A_LINE });
	if (text.length > MAX_RULE) line.refuse(`a rule of at most ${MAX_RULE} characters`, {
		at: start,
		seen: `${text.length}`
	});
	return {
		text,
		line: line.lineNumber,
		metric,
		...slice ? { slice } : {},
		...worstBy === void 0 ? {} : { worstBy },
		operator,
		bound,
		...least === void 0 ? {} : { least }
	};
}
function readMetric(line) {
	line.skip();
	const at = line.place;
	if (line.peek(STRING) === void 0 && line.peek(NUMBERISH) !== void 0) line.refuse("a metric's name", { fix: "Write the metric first: accuracy > 0.80." });
	const metric = readName(line, "a metric's name");
	if (!line.sign("(")) return { metric };
	if (metric !== "worst") line.refuse("a metric's name, or worst(<metric> by <column>)", {
		at,
		seen: require_house().quote(`${metric}(…)`, 40)
	});
	const inner = readName(line, "a metric's name, as worst(accuracy by region)");
	if (line.take(BY) === void 0) line.refuse("by and a column, as worst(accuracy by region)");
	const worstBy = readPart(line, "the column that the slices are by, as worst(accuracy by region)");
	if (!line.sign(")")) line.refuse(")");
	return {
		metric: inner,
		worstBy
	};
}
function readName(line, expected) {
	line.skip();
	const at = line.place;
	const quoted = line.take(STRING);
	if (quoted !== void 0) {
		const name = JSON.parse(quoted);
		if (name.trim() === "") line.refuse(expected, { at });
		return name;
	}
	return line.take(NAME) ?? line.refuse(expected, { fix: "A name with other signs stands in quotes: \"top 5\"." });
}
function readPart(line, expected) {
	line.skip();
	const at = line.place;
	const quoted = line.take(STRING);
	const text = quoted === void 0 ? line.take(SLICE_PART) : JSON.parse(quoted);
	if (text === void 0 || text === "") return line.refuse(expected, text === "" ? { at } : {});
	return text;
}
function readSlice(line) {
	const by = readPart(line, "what the slices are by, as recall[class=3]");
	if (!line.sign("=")) line.refuse("= and a slice, as recall[class=3]");
	const value = readPart(line, "a slice, as recall[class=3], or * for every one");
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
		seen: require_house().quote(seen, 40),
		...Object.hasOwn(meant, seen) ? { fix: `Write ${meant[seen]}.` } : {}
	});
}
function readBound(line) {
	if (line.take(BASELINE) === void 0) return readNumber(line, "a number, or baseline");
	const sign = line.take(ARITHMETIC);
	if (sign === void 0) return {
		times: 1,
		plus: 0
	};
	const amount = readNumber(line, "a number, as baseline - 0.01");
	if (sign === "*") return {
		times: amount,
		plus: 0
	};
	return {
		times: 1,
		plus: sign === "-" ? 0 - amount : amount
	};
}
/** What follows `where`: a number of samples, the only thing that is asked there. */
function readLeast(line) {
	const expected = "n >= and a whole number, as where n >= 200";
	if (line.take(N) === void 0) line.refuse(expected);
	line.skip();
	const at = line.place;
	const operator = line.take(OPERATORISH);
	if (operator !== ">=" && operator !== ">") line.refuse(expected, { at });
	line.skip();
	const numberAt = line.place;
	const count = readNumber(line, expected);
	if (!Number.isSafeInteger(count) || count < 0) line.refuse(expected, { at: numberAt });
	return operator === ">" ? count + 1 : count;
}
function readNumber(line, expected) {
	line.skip();
	const at = line.place;
	const source = line.take(NUMBERISH);
	if (source === void 0) line.refuse(expected, line.peek(STRING) === void 0 ? {} : { fix: "Write it without quotes." });
	if (!NUMBER.test(source)) line.refuse("a number, as 0.8, 50 or 1e-3", {
		at,
		seen: require_house().quote(source, 40),
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
/** Rules that stand twice, and the first rule of each set that no value could meet. */
function clashes(rules, called) {
	const mistakes = [];
	for (const [at, rule] of rules.entries()) {
		const before = rules.slice(0, at);
		const twin = before.find((each) => asks(each) === asks(rule));
		if (twin) {
			mistakes.push({
				where: `${called} ${rule.line}`,
				expected: "each rule once",
				seen: `${require_house().quote(rule.text)} again, after ${called} ${twin.line}`
			});
			continue;
		}
		const foes = contradicted(rule, before);
		if (foes.length > 0) mistakes.push({
			where: `${called} ${rule.line}`,
			expected: "rules that can hold together",
			seen: `${require_house().quote(rule.text)} beside ${foes.map((foe) => `${require_house().quote(foe.text)} (${called} ${foe.line})`).join(" and ")}`,
			fix: "No value meets all of them, so nothing could ever pass."
		});
	}
	return mistakes;
}
/** The whole of what a rule asks, however it is written. */
const asks = ({ metric, slice, worstBy, operator, bound, least = 0 }) => JSON.stringify([
	metric,
	slice?.by,
	slice?.value,
	worstBy,
	operator,
	bound,
	least
]);
/** The earlier rules with which this one leaves no value: one where one suffices, else all that take part. */
function contradicted(rule, before) {
	const { by } = reach(rule);
	const related = before.filter((each) => each.metric === rule.metric && reach(each).by === by && yardstick(each) === yardstick(rule));
	const values = new Set([rule, ...reach(rule).value === "*" ? related : []].map((each) => reach(each).value));
	for (const value of values) {
		const beside = related.filter((each) => reach(each).value === value || reach(each).value === "*");
		if (!feasible(beside) || feasible([...beside, rule])) continue;
		const one = beside.find((each) => !feasible([each, rule]));
		return one ? [one] : beside;
	}
	return [];
}
/** The slices that a rule speaks of: the worst meets a bound exactly when every one does. */
const reach = ({ slice, worstBy }) => worstBy === void 0 ? slice ?? {} : {
	by: worstBy,
	value: "*"
};
/** Bounds are comparable where they start from the same value: none, or the same share of the same baseline. */
const yardstick = (rule) => isRelative(rule) ? `${rule.bound.times} ${rule.worstBy === void 0 ? "its own" : "the worst"}` : "none";
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
	const offsets = rules.map(({ operator, bound }) => ({
		operator,
		bound: typeof bound === "number" ? bound : bound.plus
	}));
	for (const { operator, bound } of offsets) {
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
	return !low.open && !high.open && !offsets.some(({ operator, bound }) => operator === "!=" && bound === low.bound);
}
// src/domain/gate/baseline-source.ts
/** Reads the input `baseline`. @throws ActionError for any other form */
function parseBaselineSource(text) {
	if (text === "none" || text === "live") return { kind: text };
	const [, scheme, rest = ""] = /^(branch|artifact|file):(.+)$/.exec(text) ?? [];
	if (scheme === "branch") return {
		kind: "branch",
		branch: rest.replace(/^refs\/heads\//, "")
	};
	if (scheme === "file") return {
		kind: "file",
		path: rest
	};
	const [, runId, artifactId] = /^(\d{1,20})\/(\d{1,20})$/.exec(rest) ?? [];
	if (scheme === "artifact" && runId !== void 0 && artifactId !== void 0) return {
		kind: "artifact",
		runId,
		artifactId
	};
	return require_house().refuse({
		where: "the baseline",
		expected: "live, branch:<name>, artifact:<run>/<id>, file:<path> or none",
		seen: JSON.stringify(text.slice(0, 60))
	});
}
// src/actions/gate-inputs.ts
/** The rules. Both parts read them: a mistake in them should be told before a long evaluation, not after it. */
const conditionsInput = {
	description: "The rules, one a line or the same as YAML: a metric, an operator (`>`, `>=`, `<`, `<=`, `==`, `!=`) and a bound, as `accuracy > 0.80` or `accuracy >= baseline - 0.01`. `recall[class=*] >= 0.7` asks for every slice, `worst(accuracy by region) >= 0.75` for the worst, `where n >= 200` for enough samples. `#` begins a comment. A metric that is missing or no finite number never passes. See docs/gate.md.",
	accepts: "one rule a line",
	required: true,
	unset: [],
	parse: readRules
};
const metricsInput = require_house().text({ description: "A file with the metrics to judge, relative to the workspace: JSON or YAML, a map of numbers; or a folder of MLflow's file store that holds one run. With `command`, what the command writes. Left out, the record's metrics; with `command`, the file that it finds in `METRICS_PATH`." });
/** For reading a record from an artifact, and the baseline. */
const tokenInput = require_house().text({
	description: "Reads records, models and the baseline; needs `actions: read` for artifacts of other runs, `deployments: read` for `baseline: live`.",
	expression: "${{ github.token }}",
	secret: true
});
const baselineInput = {
	description: "What the candidate is compared with: `live` (what serves now), `branch:<name>` (its last training), `artifact:<run>/<id>`, `file:<path>` (a record or a metrics file) or `none`.",
	default: "none",
	accepts: "`live`, `branch:<name>`, `artifact:<run>/<id>`, `file:<path>`, `none`",
	unset: { kind: "none" },
	parse: parseBaselineSource
};
/** What `live` means. */
const liveInputs = {
	target: require_house().oneOf$1([
		"seldon",
		"kubernetes",
		"helm",
		"local"
	], {
		description: "Where the model serves. For `local` its front on this machine is asked; for `seldon` with a kubeconfig the object in the cluster; for all others GitHub's last successful deployment says what serves, which a pull request can read without rights in the cluster.",
		default: "seldon"
	}),
	name: require_house().text({
		description: "The deployment's name. Left out, the model's name in the record.",
		...require_house().deploymentName
	}),
	namespace: require_house().text({
		description: "The deployment's namespace.",
		default: "default",
		...require_house().namespaceName
	}),
	kubeconfig: require_house().text({
		description: "Target seldon: reads what serves from the SeldonDeployment itself, as YAML or its base64. It needs the right to get that object, and with `golden` and no `base-url` its Service's proxy. Left out, GitHub's deployments say what serves.",
		secret: true
	}),
	"kube-context": require_house().text({ description: "Target seldon: the kubeconfig's context. Given without a kubeconfig, the file that `KUBECONFIG` names, or `~/.kube/config`, is read." }),
	"allow-exec": require_house().lines({ description: "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin." })
};
/** Whether the object in the cluster is to say what serves. @throws ActionError for a target that has no such object */
function asksCluster({ target, kubeconfig, "kube-context": context }) {
	if (kubeconfig === void 0 && context === void 0) return false;
	if (target === "seldon") return true;
	return require_house().refuse({
		where: `input "${kubeconfig === void 0 ? "kube-context" : "kubeconfig"}"`,
		expected: "target: seldon beside it",
		seen: `target: ${target}`,
		fix: "Leave it out: GitHub's deployments, or for target local the front on this machine, say what serves."
	});
}
/** A number between bounds, both excluded where said; `undefined` when unset. */
function between(least, most, description, { open = false } = {}) {
	const accepts = `a number ${open ? "between" : "from"} ${least} ${open ? "and" : "to"} ${most}`;
	return {
		description,
		accepts,
		unset: void 0,
		parse: (value) => {
			const number = /^\d{1,15}(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/.test(value) ? Number(value) : NaN;
			if (!(open ? number > least && number < most : number >= least && number <= most)) throw new (require_house()).Refusal(accepts);
			return number;
		}
	};
}
/** A path as a workflow gives it: relative to the checkout, or absolute. */
function inWorkspace(path, workspace) {
	return path.startsWith("/") ? path : `${workspace}/${path}`;
}
/** Where the report action of the same job finds what the gate told. */
const gateReportPath = (run) => `${run.temp}/model-road/gate.json`;
Object.defineProperty(exports, "asksCluster", {
	enumerable: true,
	get: function() {
		return asksCluster;
	}
});
Object.defineProperty(exports, "baselineInput", {
	enumerable: true,
	get: function() {
		return baselineInput;
	}
});
Object.defineProperty(exports, "between", {
	enumerable: true,
	get: function() {
		return between;
	}
});
Object.defineProperty(exports, "conditionsInput", {
	enumerable: true,
	get: function() {
		return conditionsInput;
	}
});
Object.defineProperty(exports, "gateReportPath", {
	enumerable: true,
	get: function() {
		return gateReportPath;
	}
});
Object.defineProperty(exports, "inWorkspace", {
	enumerable: true,
	get: function() {
		return inWorkspace;
	}
});
Object.defineProperty(exports, "isRelative", {
	enumerable: true,
	get: function() {
		return isRelative;
	}
});
Object.defineProperty(exports, "liveInputs", {
	enumerable: true,
	get: function() {
		return liveInputs;
	}
});
Object.defineProperty(exports, "metricsInput", {
	enumerable: true,
	get: function() {
		return metricsInput;
	}
});
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
Object.defineProperty(exports, "tokenInput", {
	enumerable: true,
	get: function() {
		return tokenInput;
	}
});
