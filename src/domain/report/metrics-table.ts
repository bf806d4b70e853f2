import { figure } from "../gate/figure.ts";
import { subject } from "../gate/rules.ts";
import type { GateSection } from "../record/record.ts";
import { codeSpan } from "./escape.ts";
import { fit, type Ranked } from "./fit.ts";
import { readQuietly, row, signed } from "./gate.ts";
import { counted } from "./quantity.ts";

/** Metrics without a rule are news, not the verdict: more of them than this only bury it. */
const MOST_UNRULED = 15;

/** What a verdict is shown as; the word stands beside it, so that nobody has to see the sign. */
export const SIGNS: Readonly<Record<GateSection["decision"], string>> = {
  passed: "✅",
  rejected: "❌",
  inconclusive: "⚠️",
};

/**
 * The table of rules and metrics: a row for each rule as written, then the metrics that no rule is about, beside the baseline's
 * where it has any. Cut to so many characters; the rules that do not hold go last.
 */
export function metricsTable(
  gate: GateSection | undefined,
  values: Readonly<Record<string, number>>,
  most: number,
): string {
  const rows: {
    cells: readonly [string, number | undefined, number | undefined, string, string];
    bound?: number | undefined;
    rank: number;
  }[] = [];
  const theirs = new Map(Object.entries(gate?.baseline?.values ?? {}));
  const ruled = new Set<string>();
  for (const { rule, observed, bound, baseline, verdict } of gate?.rules ?? []) {
    const [read] = readQuietly(rule);
    const name = read && subject(read);
    if (name !== undefined) ruled.add(name);
    const word = `${SIGNS[verdict]} ${verdict === "passed" ? "passed" : `**${verdict}**`}`;
    rows.push({
      cells: [
        name === undefined ? "–" : codeSpan(name, 120),
        observed,
        baseline ?? (name === undefined ? undefined : theirs.get(name)),
        codeSpan(rule, 200),
        word,
      ],
      bound,
      rank: verdict === "passed" ? 1 : 0,
    });
  }
  const unruled = Object.entries(values).filter(([name]) => !ruled.has(name));
  for (const [name, value] of unruled.slice(0, MOST_UNRULED)) {
    rows.push({ cells: [codeSpan(name, 120), value, theirs.get(name), "–", "–"], rank: 2 });
  }
  if (rows.length === 0) return "";
  const both = rows.some(({ cells }) => cells[2] !== undefined);
  const lines = rows.map(({ cells: [name, value, before, rule, word], bound, rank }): Ranked => {
    const shown = value === undefined ? "–" : figure(value, bound);
    const change = value === undefined || before === undefined ? "–" : signed(value - before);
    const beside = both ? [before === undefined ? "–" : figure(before), change] : [];
    return { line: row(name, shown, ...beside, rule, word), rank };
  });
  const hidden = unruled.length - MOST_UNRULED;
  const more = hidden > 0 ? [`\n… and ${counted(hidden, "more metric")} in the record.`] : [];
  const called = gate?.baseline?.kind === "live" ? "Was live" : "Baseline";
  const head = both
    ? [row("Metric", "This version", called, "Change", "Rule", "Verdict"), "|:--|--:|--:|--:|:--|:--|"]
    : [row("Metric", "Observed", "Rule", "Verdict"), "|:--|--:|:--|:--|"];
  const body = fit(lines, most - 300, (count) => `\n… and ${counted(count, "more row")} in the record.`);
  return [...head, ...body, ...more].join("\n");
}
