import { figure } from "../gate/figure.ts";
import { parseRules, subject } from "../gate/rules.ts";
import type { GateSection } from "../record/record.ts";
import { codeSpan, escapeText } from "./escape.ts";
import { equals, fit, type Ranked } from "./fit.ts";
import { counted } from "./quantity.ts";

/** Metrics without a rule are news, not the verdict: more of them than this only bury it. */
const MOST_UNRULED = 15;

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

/**
 * The table of rules and metrics: a row for each rule as written, then the metrics that no rule is about. Cut to so many
 * characters; the rules that do not hold go last.
 */
export function metricsTable(
  gate: GateSection | undefined,
  values: Readonly<Record<string, number>>,
  most: number,
): string {
  const rows: Ranked[] = [];
  const ruled = new Set<string>();
  for (const { rule, observed, bound, verdict } of gate?.rules ?? []) {
    const name = subjectOf(rule);
    if (name !== undefined) ruled.add(name);
    rows.push({
      line: row(
        name === undefined ? "–" : codeSpan(name, 120),
        observed === undefined ? "–" : figure(observed, bound),
        codeSpan(rule, 200),
        verdict === "passed" ? "passed" : `**${verdict}**`,
      ),
      rank: verdict === "passed" ? 1 : 0,
    });
  }
  const unruled = Object.entries(values).filter(([name]) => !ruled.has(name));
  for (const [name, value] of unruled.slice(0, MOST_UNRULED)) {
    rows.push({ line: row(codeSpan(name, 120), figure(value), "–", "–"), rank: 2 });
  }
  if (rows.length === 0) return "";
  const hidden = unruled.length - MOST_UNRULED;
  const more = hidden > 0 ? [`\n… and ${counted(hidden, "more metric")} in the record.`] : [];
  const head = [row("Metric", "Observed", "Rule", "Verdict"), "|:--|--:|:--|:--|"];
  const body = fit(rows, most - 300, (count) => `\n… and ${counted(count, "more row")} in the record.`);
  return [...head, ...body, ...more].join("\n");
}

const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The metric that a rule is about; nothing for a rule that this version can not read. */
function subjectOf(rule: string): string | undefined {
  try {
    return subject(parseRules(rule)[0]!);
  } catch {
    return undefined;
  }
}

/** The gate's own job summary: what was asked, what was observed, what it decides. */
export function renderGate(
  model: string | undefined,
  gate: GateSection,
  values: Readonly<Record<string, number>>,
): string {
  const title = `## Gate: ${gate.decision}${model === undefined ? "" : ` (${escapeText(model, 100)})`}`;
  return [title, `**${verdictSentence(gate)}.**`, failedRules(gate, 12_000), metricsTable(gate, values, 18_000)]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}
