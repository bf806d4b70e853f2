import { ActionError, quote, type Mistake } from "../../errors.ts";

export const OPERATORS = [">", ">=", "<", "<=", "==", "!="] as const;
export type Operator = (typeof OPERATORS)[number];

/** One condition that a model must meet: a metric, or a slice of it, beside a bound. */
export type Rule = {
  /** As the user wrote it, without the comment. At most 500 characters, on one line. */
  readonly text: string;
  /** Line in the input, from 1. */
  readonly line: number;
  readonly metric: string;
  /** `recall[class=3]`; the value `*` stands for every slice by that column. */
  readonly slice?: { readonly by: string; readonly value: string };
  /** `worst(accuracy by region)`: of all slices by that column, the one that is farthest on the wrong side. */
  readonly worstBy?: string;
  readonly operator: Operator;
  readonly bound: Bound;
  /** `where n >= 200`: with fewer samples the rule says nothing. */
  readonly least?: number;
};

/** The double that the text names, or what it says of the baseline's value of the same metric: `times * baseline + plus`. */
export type Bound = number | { readonly times: number; readonly plus: number };

const MAX_BYTES = 64 * 1024;
const MAX_RULES = 200;
const MAX_RULE = 500;

/** Whether a rule asks for the baseline's value. */
export function isRelative(rule: Rule): rule is Rule & { readonly bound: Exclude<Bound, number> } {
  return typeof rule.bound !== "number";
}

/**
 * Reads the input `conditions`, one rule a line or the same as YAML: a list of rules, or a mapping of what is judged to what
 * is asked of it. No line of rules starts as a YAML list or mapping does, so the two are told apart by their first line.
 */
export async function readRules(text: string): Promise<readonly Rule[]> {
  const [first = ""] = /^[^\S\r\n]*[^\s#].*$/m.exec(text.replace(/^\ufeff/, "")) ?? [];
  if (
    !/^\s*(?:-\s|\[|\{|(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s:"'<>()[\]]+(?:\([^)]*\))?(?:\[[^\]]*\])?)\s*:(?:\s|$))/.test(
      first,
    )
  ) {
    return parseRules(text);
  }
  const { rulesOfYaml } = await import("./rules-yaml.ts");
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
export function parseRules(text: string): readonly Rule[] {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new ActionError({
      where: "the rules",
      expected: `at most ${MAX_BYTES} bytes`,
      seen: `${Buffer.byteLength(text)}`,
    });
  }
  return parseLines(text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/), "line");
}

function parseLines(lines: readonly string[], called: "line" | "rule"): readonly Rule[] {
  const rules: Rule[] = [];
  const mistakes: Mistake[] = [];
  for (const [at, line] of lines.entries()) {
    const reader = new LineReader(line, at + 1, called);
    try {
      const rule = readRule(reader);
      if (rule) rules.push(rule);
    } catch (thrown) {
      if (!(thrown instanceof ActionError)) throw thrown;
      mistakes.push(...thrown.mistakes);
    }
  }
  if (rules.length > MAX_RULES) {
    mistakes.push({ where: "the rules", expected: `at most ${MAX_RULES}`, seen: `${rules.length}` });
  } else {
    mistakes.push(...clashes(rules, called));
  }
  if (rules.length === 0 && mistakes.length === 0) {
    mistakes.push({
      where: "the rules",
      expected: "at least one rule, as accuracy > 0.80",
      seen: "none",
      fix: "A gate without a rule could never say no.",
    });
  }
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 50));
  return rules;
}

/** The rule as a key of what it judges: `accuracy`, `recall[class=3]`. */
export function subject({ metric, slice, worstBy }: Pick<Rule, "metric" | "slice" | "worstBy">): string {
  if (worstBy !== undefined) return `worst(${metric} by ${worstBy})`;
  return slice ? `${metric}[${slice.by}=${slice.value}]` : metric;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
// Letters beyond ASCII by their blocks: Unicode's own classes cost every start of the program a millisecond.
const NAME = /[A-Za-z_\u00c0-\u1fff\u2c00-\ud7ff][\w./@%\u00c0-\u1fff\u2c00-\ud7ff-]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
/** Everything that someone meant as a number, so that a wrong one is shown whole. */
const NUMBERISH = /[+-]?(?:\d|\.\d)[\w.,%+-]*/y;
const OPERATORISH = /[<>=!~≤≥≠]+/y;
const SLICE_PART = /[^\s"#[\]=,()]+/y;
const [BASELINE, WHERE, BY, N] = [/baseline(?![\w.])/y, /where(?![\w.])/y, /by(?![\w.])/y, /n(?![\w.])/y];
const ARITHMETIC = /[-+*]/y;

const ONE_A_LINE = "Write one rule a line; in YAML, `conditions: |` keeps the lines.";

/** A cursor over one line that knows where it stands. */
class LineReader {
  private at = 0;
  private readonly line: string;
  private readonly number: number;
  private readonly called: "line" | "rule";

  constructor(line: string, number: number, called: "line" | "rule") {
    this.line = line;
    this.number = number;
    this.called = called;
  }

  get lineNumber(): number {
    return this.number;
  }

  skip(): void {
    while (this.at < this.line.length && /\s/.test(this.line[this.at]!)) this.at++;
  }

  /** Whether only a comment follows, if anything. No form takes a `#`. */
  get ended(): boolean {
    this.skip();
    return this.at >= this.line.length || this.line[this.at] === "#";
  }

  /** What the form takes from here, or nothing. */
  peek(form: RegExp): string | undefined {
    this.skip();
    return this.match(form);
  }

  take(form: RegExp): string | undefined {
    const found = this.peek(form);
    this.at += found?.length ?? 0;
    return found;
  }

  sign(sign: string): boolean {
    this.skip();
    if (!this.line.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  /** The text between a place and here. */
  since(start: number): string {
    return this.line.slice(start, this.at).trim();
  }

  get place(): number {
    return this.at;
  }

  /** Refuses what stands here, or at a place before. Columns count characters from 1, as an editor does. */
  refuse(expected: string, { at, seen, fix }: { at?: number; seen?: string; fix?: string } = {}): never {
    if (at === undefined) this.skip();
    const place = at ?? this.at;
    throw new ActionError({
      where: `${this.called} ${this.number}, column ${Array.from(this.line.slice(0, place)).length + 1}`,
      expected,
      seen: seen ?? this.seen(place),
      ...(fix === undefined ? {} : { fix }),
    });
  }

  private seen(place: number): string {
    const rest = this.line.slice(place);
    if (rest.trim() === "" || rest.startsWith("#")) return "the end of the line";
    const [token] = /^(?:[\w."'%@/+\u00c0-\u1fff\u2c00-\ud7ff-]+|[<>=!~≤≥≠]+|[\ud800-\udbff].|.)/.exec(rest)!;
    return quote(token, 40);
  }

  private match(form: RegExp): string | undefined {
    form.lastIndex = this.at;
    return form.exec(this.line)?.[0];
  }
}

function readRule(line: LineReader): Rule | undefined {
  if (line.ended) return undefined;
  const start = line.place;
  const { metric, worstBy } = readMetric(line);
  const slice = worstBy === undefined && line.sign("[") ? readSlice(line) : undefined;
  line.skip();
  const operatorAt = line.place;
  const operator = readOperator(line);
  if (worstBy !== undefined && (operator === "==" || operator === "!=")) {
    line.refuse("> >= < or <=", {
      at: operatorAt,
      seen: quote(operator),
      fix: "The operator says which end is the worst.",
    });
  }
  const bound = readBound(line);
  const least = line.take(WHERE) === undefined ? undefined : readLeast(line);
  const text = line.since(start);
  if (!line.ended) line.refuse("the end of the rule", { fix: ONE_A_LINE });
  if (text.length > MAX_RULE) {
    line.refuse(`a rule of at most ${MAX_RULE} characters`, { at: start, seen: `${text.length}` });
  }
  return {
    text,
    line: line.lineNumber,
    metric,
    ...(slice ? { slice } : {}),
    ...(worstBy === undefined ? {} : { worstBy }),
    operator,
    bound,
    ...(least === undefined ? {} : { least }),
  };
}

function readMetric(line: LineReader): { readonly metric: string; readonly worstBy?: string } {
  line.skip();
  const at = line.place;
  if (line.peek(STRING) === undefined && line.peek(NUMBERISH) !== undefined) {
    line.refuse("a metric's name", { fix: "Write the metric first: accuracy > 0.80." });
  }
  const metric = readName(line, "a metric's name");
  if (!line.sign("(")) return { metric };
  if (metric !== "worst") {
    line.refuse("a metric's name, or worst(<metric> by <column>)", { at, seen: quote(`${metric}(…)`, 40) });
  }
  const inner = readName(line, "a metric's name, as worst(accuracy by region)");
  if (line.take(BY) === undefined) line.refuse("by and a column, as worst(accuracy by region)");
  const worstBy = readPart(line, "the column that the slices are by, as worst(accuracy by region)");
  if (!line.sign(")")) line.refuse(")");
  return { metric: inner, worstBy };
}

function readName(line: LineReader, expected: string): string {
  line.skip();
  const at = line.place;
  const quoted = line.take(STRING);
  if (quoted !== undefined) {
    const name = JSON.parse(quoted) as string;
    if (name.trim() === "") line.refuse(expected, { at });
    return name;
  }
  return line.take(NAME) ?? line.refuse(expected, { fix: 'A name with other signs stands in quotes: "top 5".' });
}

function readPart(line: LineReader, expected: string): string {
  line.skip();
  const at = line.place;
  const quoted = line.take(STRING);
  const text = quoted === undefined ? line.take(SLICE_PART) : (JSON.parse(quoted) as string);
  if (text === undefined || text === "") return line.refuse(expected, text === "" ? { at } : {});
  return text;
}

function readSlice(line: LineReader): { by: string; value: string } {
  const by = readPart(line, "what the slices are by, as recall[class=3]");
  if (!line.sign("=")) line.refuse("= and a slice, as recall[class=3]");
  const value = readPart(line, "a slice, as recall[class=3], or * for every one");
  if (!line.sign("]")) line.refuse("]");
  return { by, value };
}

function readOperator(line: LineReader): Operator {
  const at = line.place;
  const seen = line.take(OPERATORISH);
  const operator = OPERATORS.find((each) => each === seen);
  if (operator !== undefined) return operator;
  if (seen === undefined) return line.refuse(`an operator (${OPERATORS.join(" ")})`);
  const meant: Readonly<Record<string, Operator>> = {
    "=": "==",
    "===": "==",
    "=>": ">=",
    "=<": "<=",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "<>": "!=",
    "!==": "!=",
  };
  return line.refuse(`an operator (${OPERATORS.join(" ")})`, {
    at,
    seen: quote(seen, 40),
    ...(Object.hasOwn(meant, seen) ? { fix: `Write ${meant[seen]}.` } : {}),
  });
}

function readBound(line: LineReader): Bound {
  if (line.take(BASELINE) === undefined) return readNumber(line, "a number, or baseline");
  const sign = line.take(ARITHMETIC);
  if (sign === undefined) return { times: 1, plus: 0 };
  const amount = readNumber(line, "a number, as baseline - 0.01");
  if (sign === "*") return { times: amount, plus: 0 };
  // -0 and 0 are one bound.
  return { times: 1, plus: sign === "-" ? 0 - amount : amount };
}

/** What follows `where`: a number of samples, the only thing that is asked there. */
function readLeast(line: LineReader): number {
  const expected = "n >= and a whole number, as where n >= 200";
  if (line.take(N) === undefined) line.refuse(expected);
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

function readNumber(line: LineReader, expected: string): number {
  line.skip();
  const at = line.place;
  const source = line.take(NUMBERISH);
  if (source === undefined) {
    line.refuse(expected, line.peek(STRING) === undefined ? {} : { fix: "Write it without quotes." });
  }
  if (!NUMBER.test(source)) {
    line.refuse("a number, as 0.8, 50 or 1e-3", { at, seen: quote(source, 40), ...mend(source) });
  }
  const bound = Number(source);
  if (!Number.isFinite(bound)) line.refuse("a number that a double can hold", { at, seen: source.slice(0, 40) });
  return bound;
}

/** What to write instead, for the spellings that people have from elsewhere. */
function mend(source: string): { fix?: string } {
  if (source.endsWith("%")) return { fix: "Write a share as a number: 0.8 for 80%." };
  if (/^[+-]?\d*,\d+$/.test(source)) return { fix: `Write a point: ${source.replace(",", ".")}.` };
  if (/^-?\.\d+$/.test(source)) return { fix: `Write the zero: ${source.replace(".", "0.")}.` };
  if (source.startsWith("+")) return { fix: "Write it without the plus." };
  if (/[A-Za-z]$/.test(source)) return { fix: "Write it without a unit: a rule compares plain numbers." };
  return {};
}

/** Rules that stand twice, and the first rule of each set that no value could meet. */
function clashes(rules: readonly Rule[], called: "line" | "rule"): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [at, rule] of rules.entries()) {
    const before = rules.slice(0, at);
    const twin = before.find((each) => asks(each) === asks(rule));
    if (twin) {
      mistakes.push({
        where: `${called} ${rule.line}`,
        expected: "each rule once",
        seen: `${quote(rule.text)} again, after ${called} ${twin.line}`,
      });
      continue;
    }
    const foes = contradicted(rule, before);
    if (foes.length > 0) {
      mistakes.push({
        where: `${called} ${rule.line}`,
        expected: "rules that can hold together",
        seen: `${quote(rule.text)} beside ${foes.map((foe) => `${quote(foe.text)} (${called} ${foe.line})`).join(" and ")}`,
        fix: "No value meets all of them, so nothing could ever pass.",
      });
    }
  }
  return mistakes;
}

/** The whole of what a rule asks, however it is written. */
const asks = ({ metric, slice, worstBy, operator, bound, least = 0 }: Rule): string =>
  JSON.stringify([metric, slice?.by, slice?.value, worstBy, operator, bound, least]);

/** The earlier rules with which this one leaves no value: one where one suffices, else all that take part. */
function contradicted(rule: Rule, before: readonly Rule[]): readonly Rule[] {
  const { by } = reach(rule);
  const related = before.filter(
    (each) => each.metric === rule.metric && reach(each).by === by && yardstick(each) === yardstick(rule),
  );
  const values = new Set([rule, ...(reach(rule).value === "*" ? related : [])].map((each) => reach(each).value));
  for (const value of values) {
    const beside = related.filter((each) => reach(each).value === value || reach(each).value === "*");
    if (!feasible(beside) || feasible([...beside, rule])) continue;
    const one = beside.find((each) => !feasible([each, rule]));
    return one ? [one] : beside;
  }
  return [];
}

/** The slices that a rule speaks of: the worst meets a bound exactly when every one does. */
const reach = ({ slice, worstBy }: Rule): { readonly by?: string; readonly value?: string } =>
  worstBy === undefined ? (slice ?? {}) : { by: worstBy, value: "*" };

/** Bounds are comparable where they start from the same value: none, or the same share of the same baseline. */
const yardstick = (rule: Rule): string =>
  isRelative(rule) ? `${rule.bound.times} ${rule.worstBy === undefined ? "its own" : "the worst"}` : "none";

/** Whether some number meets all of them. Between two doubles there is always room for one: gaps of one step do not count. */
function feasible(rules: readonly Rule[]): boolean {
  let low = { bound: -Infinity, open: false };
  let high = { bound: Infinity, open: false };
  const offsets = rules.map(({ operator, bound }) => ({
    operator,
    bound: typeof bound === "number" ? bound : bound.plus,
  }));
  for (const { operator, bound } of offsets) {
    const open = operator === ">" || operator === "<";
    if (operator === ">" || operator === ">=" || operator === "==") {
      if (bound > low.bound || (bound === low.bound && open)) low = { bound, open };
    }
    if (operator === "<" || operator === "<=" || operator === "==") {
      if (bound < high.bound || (bound === high.bound && open)) high = { bound, open };
    }
  }
  if (low.bound !== high.bound) return low.bound < high.bound;
  return !low.open && !high.open && !offsets.some(({ operator, bound }) => operator === "!=" && bound === low.bound);
}
