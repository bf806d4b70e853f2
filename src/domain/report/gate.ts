import { figure } from "../gate/figure.ts";
import { parseRules, type Rule } from "../gate/rules.ts";
import type { GateSection } from "../record/record.ts";
import { codeSpan, escapeCell, escapeText } from "./escape.ts";
import { equals, fit, type Ranked } from "./fit.ts";
import { baselineSentence, decisive, type GateReport } from "./gate-report.ts";
import { lineChart, sliceChart } from "./mermaid.ts";
import { bytesAsText, counted } from "./quantity.ts";

/** The rules that do not hold, an item each with what was observed. Empty when all hold. */
export function failedRules(gate: GateSection, most: number): string {
  const items = gate.rules
    .filter(({ verdict }) => verdict !== "passed")
    .map(({ rule, verdict, reason }) => `- ${codeSpan(rule)}: ${escapeText(reason ?? verdict, 400)}`);
  return fit(equals(items), most, (count) => `- … and ${counted(count, "more rule")}`).join("\n");
}

/** What the verdict stands on, in one sentence: `2 of 3 rules do not hold`. */
export function verdictSentence({ decision, rules }: GateSection): string {
  const failed = rules.filter(({ verdict }) => verdict === "rejected").length;
  const open = rules.filter(({ verdict }) => verdict === "inconclusive").length;
  const of = (count: number, does: string, many: string): string =>
    rules.length === 1 ? `The only rule ${does}` : `${count} of ${rules.length} rules ${count === 1 ? does : many}`;
  switch (decision) {
    case "passed":
      if (rules.length === 1) return "The only rule holds";
      return rules.length === 2 ? "Both rules hold" : `All ${rules.length} rules hold`;
    case "rejected":
      return of(failed, "does not hold", "do not hold");
    case "inconclusive":
      return of(open, "could not be decided", "could not be decided");
  }
}

export const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** A rule as it was written; nothing for one that this version can not read. */
export function readQuietly(rule: string): readonly Rule[] {
  try {
    return parseRules(rule);
  } catch {
    return [];
  }
}

/** GitHub shows at most 65,536 characters of a comment; the shares stay under 60,000 in sum. */
const SHARE = { rules: 14_000, metrics: 6_000, slices: 8_000, flips: 5_000, confusion: 6_000, history: 3_000 };
/** Of a matrix in a table of Markdown. */
const MOST_CLASSES = 12;
const MOST_FLIPS = 30;

/** The gate's own job summary: what was asked, what was observed, against what, and what it decides. */
export function renderGate(report: GateReport): string {
  const { model, gate } = report;
  return [
    `## Gate: ${gate.decision}${model === undefined ? "" : ` (${escapeText(model, 100)})`}`,
    `**${verdictSentence(gate)}.** ${comparedWith(report)}`,
    decidedBy(gate),
    rulesTable(gate),
    comparison(report),
    ...gateDetails(report),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

/** What stands below rules and metrics, here and in the report of the release, what matters most first. */
export function gateDetails(report: GateReport): readonly string[] {
  return [goldenTable(report), flipTable(report), sliceTable(report), matrix(report), historyTable(report)].filter(
    (part) => part !== "",
  );
}

/** @param later told after what was live may have been replaced */
export function comparedWith(report: Pick<GateReport, "gate" | "absent">, { later = false } = {}): string {
  const [called, identity] = baselineSentence(report);
  const what = later && report.gate.baseline?.kind === "live" && report.absent === undefined ? "what was live" : called;
  return `Compared with ${escapeText(what)}${identity === "" ? "" : ` (${escapeText(identity, 400)})`}.`;
}

function decidedBy(gate: GateSection): string {
  const rules = decisive(gate);
  if (rules.length === 0) return "";
  const items = rules.map(({ rule, reason, observed, bound }) => {
    const told = reason ?? (observed === undefined ? "holds" : `observed ${figure(observed, bound)}`);
    return `- ${codeSpan(rule)}: ${escapeText(told, 400)}`;
  });
  const head = gate.decision === "passed" ? "Closest to its bound:" : "Decided by:";
  return [head, "", ...fit(equals(items), 6000, (count) => `- … and ${counted(count, "more rule")}`)].join("\n");
}

function rulesTable({ rules, confidence }: GateSection): string {
  const anyBaseline = rules.some(({ baseline }) => baseline !== undefined);
  const anyInterval = rules.some(({ interval }) => interval !== undefined);
  const lines = rules.map(({ rule, observed, baseline, bound, interval, verdict }): Ranked => {
    const cells = [
      codeSpan(rule, 200),
      observed === undefined ? "–" : figure(observed, bound),
      ...(anyBaseline ? [baseline === undefined ? "–" : figure(baseline)] : []),
      ...(anyInterval ? [interval === undefined ? "–" : `${signed(interval.low)} … ${signed(interval.high)}`] : []),
      verdict === "passed" ? "passed" : `**${verdict}**`,
    ];
    return { line: row(...cells), rank: verdict === "passed" ? 1 : 0 };
  });
  const share = `${Number(((confidence ?? 0.95) * 100).toPrecision(4))} %`;
  const head = [
    "Rule",
    "Observed",
    ...(anyBaseline ? ["Baseline"] : []),
    ...(anyInterval ? [`Distance to the bound, ${share}`] : []),
    "Verdict",
  ];
  const rule = ["|:--", "--:", ...(anyBaseline ? ["--:"] : []), ...(anyInterval ? ["--:"] : []), ":--|"].join("|");
  return [row(...head), rule, ...fit(lines, SHARE.rules, (count) => `\n… and ${counted(count, "more rule")}.`)].join(
    "\n",
  );
}

export const signed = (value: number): string => (value > 0 ? `+${short(value)}` : short(value));
const short = (value: number): string =>
  Math.abs(value) >= 1e300 ? (value < 0 ? "−∞" : "∞") : String(Number(value.toPrecision(3))).replace("-", "−");

function comparison({ metrics }: GateReport): string {
  const both = metrics.some(({ baseline }) => baseline !== undefined);
  const lines = metrics.map(({ name, candidate, baseline }, at): Ranked => {
    const cells = [codeSpan(name, 120), candidate === undefined ? "–" : figure(candidate)];
    if (both) {
      cells.push(baseline === undefined ? "–" : figure(baseline));
      cells.push(candidate === undefined || baseline === undefined ? "–" : signed(candidate - baseline));
    }
    return { line: row(...cells), rank: at };
  });
  if (lines.length === 0) return "";
  const head = both
    ? [row("Metric", "Candidate", "Baseline", "Change"), "|:--|--:|--:|--:|"]
    : [row("Metric", "Candidate"), "|:--|--:|"];
  return [
    ...head,
    ...fit(lines.slice(0, 40), SHARE.metrics, (count) => `\n… and ${counted(count, "more metric")}.`),
  ].join("\n");
}

/** Slices of the metrics that rules slice, else of the first that has some. */
export function chosenSlices({ slices, gate }: Pick<GateReport, "slices" | "gate">): GateReport["slices"] {
  const asked = gate.rules.flatMap(({ rule }) => {
    const [read] = readQuietly(rule);
    if (!read) return [];
    if (read.worstBy !== undefined) return [`${read.metric} ${read.worstBy}`];
    return read.slice ? [`${read.metric} ${read.slice.by}`] : [];
  });
  const keyOf = ({ name, slice }: { name: string; slice: string }): string => `${name} ${slice.split("=", 1)[0]}`;
  const first = slices[0] && keyOf(slices[0]);
  const wanted = asked.length > 0 ? new Set(asked) : new Set(first === undefined ? [] : [first]);
  return slices.filter((each) => wanted.has(keyOf(each)));
}

function sliceTable(report: GateReport): string {
  const chosen = chosenSlices(report);
  if (chosen.length === 0) return "";
  const both = chosen.some(({ baseline }) => baseline !== undefined);
  const lines = chosen.map(({ name, slice, n, candidate, baseline }, at): Ranked => {
    const cells = [codeSpan(name, 80), codeSpan(slice, 80), n === undefined ? "–" : String(n), figure(candidate ?? 0)];
    if (both) {
      cells.push(baseline === undefined ? "–" : figure(baseline));
      cells.push(baseline === undefined ? "–" : signed((candidate ?? 0) - baseline));
    }
    return { line: row(...cells), rank: at };
  });
  const head = both
    ? [row("Metric", "Slice", "n", "Candidate", "Baseline", "Change"), "|:--|:--|--:|--:|--:|--:|"]
    : [row("Metric", "Slice", "n", "Candidate"), "|:--|:--|--:|--:|"];
  const table = [...head, ...fit(lines, SHARE.slices, (count) => `\n… and ${counted(count, "more slice")}.`)].join(
    "\n",
  );
  return folded(
    `Slices: ${counted(chosen.length, "slice")}`,
    [sliceChart(chosen), table].filter((part) => part !== "").join("\n\n"),
  );
}

export function flipSentence({ flips, mcnemar }: Pick<GateReport, "flips" | "mcnemar">): string {
  if (!flips) return "";
  const { total, rows, mended, broken } = flips;
  const luck = mcnemar
    ? ` McNemar's test${mcnemar.exact ? ", exact" : ""}: p = ${Number(mcnemar.pValue.toPrecision(3))}.`
    : "";
  const [few, many] = [`1 of ${counted(rows, "row")} is`, `${total} of ${counted(rows, "row")} are`];
  const changed = `${total === 1 ? few : many} answered differently`;
  if (mended === undefined || broken === undefined) return `${changed}; what is right is not known.`;
  return `${changed}: ${mended} ${mended === 1 ? "is" : "are"} right now, ${broken} became wrong.${luck}`;
}

function flipTable({ flips, mcnemar }: GateReport): string {
  if (!flips) return "";
  const sentence = flipSentence({ flips, mcnemar });
  if (flips.total === 0) return sentence;
  const known = flips.mended !== undefined;
  const lines = flips.shown
    .slice(0, MOST_FLIPS)
    .map(({ row: id, truth, from, to }) =>
      row(escapeCell(id, 80), ...(known ? [escapeCell(truth, 60)] : []), escapeCell(from, 60), escapeCell(to, 60)),
    );
  const more = flips.total - lines.length;
  const table = fit(equals(lines), SHARE.flips, (count) => `\n… and ${counted(count + more, "more row")}.`);
  return [
    sentence,
    folded(
      "Which rows",
      [row("Row", ...(known ? ["True"] : []), "Before", "Now"), `|:--${known ? "|:--" : ""}|:--|:--|`, ...table].join(
        "\n",
      ),
    ),
  ].join("\n\n");
}

function matrix({ confusion }: GateReport): string {
  if (!confusion || confusion.classes.length > MOST_CLASSES) return "";
  const { classes, candidate, baseline } = confusion;
  const told = (count: number, t: number, p: number): string => {
    const now = String(Number(count.toPrecision(6)));
    const before = baseline?.[t]?.[p];
    const change = before === undefined || before === count ? "" : ` (${signed(count - before)})`;
    return t === p ? `**${now}**${change}` : `${now}${change}`;
  };
  const lines = candidate.map((counts, t) =>
    row(`**${escapeCell(classes[t]!, 30)}**`, ...counts.map((count, p) => told(count, t, p))),
  );
  const head = [
    row("true ↓ answered →", ...classes.map((label) => escapeCell(label, 30))),
    `|:--|${"--:|".repeat(classes.length)}`,
  ];
  const text = [...head, ...lines].join("\n");
  if (text.length > SHARE.confusion) return "";
  return folded(`Confusion matrix${baseline ? ", change against the baseline in brackets" : ""}`, text);
}

function goldenTable({ golden }: GateReport): string {
  if (!golden) return "";
  const sides = [["Candidate", golden.candidate] as const, ...(golden.live ? [["Live", golden.live] as const] : [])];
  const ms = (value: number | undefined): string => (value === undefined ? "–" : `${Number(value.toPrecision(3))} ms`);
  const lines = sides.map(([called, { answered, latency, bytes }]) =>
    row(
      called,
      `${answered} of ${golden.asked}`,
      ms(latency?.p50),
      ms(latency?.p95),
      bytes === undefined ? "–" : bytesAsText(bytes),
    ),
  );
  const delta = golden.delta
    ? `\n\nAnswers moved by ${short(golden.delta.mean)} on average, by ${short(golden.delta.most)} at most.`
    : "";
  return `The same questions to both:\n\n${[row("", "Answered", "Median", "95 %", "Answer's size"), "|:--|--:|--:|--:|--:|", ...lines].join("\n")}${delta}`;
}

function historyTable({ history, metrics, gate }: GateReport): string {
  if (history.length < 2) return "";
  const name = historyMetric({ history, metrics, gate });
  if (name === undefined) return "";
  const lines = history.map(({ sha, at, values }) =>
    row(
      `\`${sha.slice(0, 7)}\``,
      escapeCell(at.slice(0, 16).replace("T", " "), 20),
      values[name] === undefined ? "–" : figure(values[name]),
    ),
  );
  const table = [
    row("Commit", "When", codeSpan(name, 80)),
    "|:--|:--|--:|",
    ...fit(equals(lines), SHARE.history, () => ""),
  ].join("\n");
  return folded(`The last ${history.length} runs`, `${lineChart(name, history)}\n\n${table}`);
}

/** The metric whose course is shown: the first that a rule asks for and that earlier runs have too. */
export function historyMetric({
  history,
  metrics,
}: Pick<GateReport, "history" | "metrics" | "gate">): string | undefined {
  return metrics
    .map(({ name }) => name)
    .find((name) => history.filter(({ values }) => values[name] !== undefined).length > 1);
}

const folded = (title: string, body: string): string =>
  `<details><summary>${escapeText(title)}</summary>\n\n${body}\n\n</details>`;
