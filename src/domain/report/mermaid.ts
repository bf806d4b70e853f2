import type { ComparedSlice, EarlierRun } from "./gate-report.ts";

/** More bars than this are no picture any more. */
const MOST_BARS = 24;

/** Text inside quotes of a Mermaid diagram: whatever could end them, begin a directive or be an entity becomes a dot. */
export function mermaidText(text: string, most = 24): string {
  const plain = text.replace(/[^\p{L}\p{N} _.=,()+-]/gu, "·");
  return plain.length > most ? `${plain.slice(0, most - 1).toWellFormed()}…` : plain || "–";
}

/** Bars of the candidate by slice, the baseline as a line, as a block that GitHub draws. Empty where a picture says nothing. */
export function sliceChart(slices: readonly ComparedSlice[]): string {
  const name = slices[0]?.name;
  const shown = slices.filter((each) => each.name === name && each.candidate !== undefined);
  if (name === undefined || shown.length < 2 || shown.length > MOST_BARS) return "";
  const values = shown.map(({ candidate }) => candidate!);
  const before = shown.map(({ baseline }) => baseline);
  const whole = before.every((value) => value !== undefined);
  const lines = [
    `bar [${values.map(number).join(", ")}]`,
    ...(whole ? [`line [${before.map((value) => number(value)).join(", ")}]`] : []),
  ];
  const title = `${mermaidText(name, 40)}: candidate (bars)${whole ? ", baseline (line)" : ""}`;
  return chart(
    title,
    shown.map(({ slice }) => slice),
    [...values, ...before.filter((value) => value !== undefined)],
    lines,
  );
}

/** The course of one metric over runs. */
export function lineChart(name: string, history: readonly EarlierRun[]): string {
  const shown = history.filter(({ values }) => Number.isFinite(values[name]));
  const values = shown.map((each) => each.values[name]!);
  return chart(
    mermaidText(name, 40),
    shown.map(({ sha }) => sha.slice(0, 7)),
    values,
    [`line [${values.map(number).join(", ")}]`],
  );
}

function chart(title: string, labels: readonly string[], values: readonly number[], lines: readonly string[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // Shares are shown on their whole scale, so that a small change does not look like a large one.
  const [low, high] = least >= 0 && most <= 1 ? [0, 1] : [Math.min(0, least), most > least ? most : least + 1];
  return [
    "```mermaid",
    "xychart-beta",
    `  title "${title}"`,
    `  x-axis [${labels.map((label) => `"${mermaidText(label)}"`).join(", ")}]`,
    `  y-axis ${number(low)} --> ${number(high)}`,
    ...lines.map((line) => `  ${line}`),
    "```",
  ].join("\n");
}

/** Mermaid reads no exponents. */
const number = (value: number): string => {
  const text = String(Number(value.toPrecision(6)));
  return text.includes("e") ? value.toFixed(Math.abs(value) < 1 ? 12 : 0) : text;
};
