import type { ReleaseRecord } from "../domain/record/record.ts";
import { codeSpan, escapeCell, escapeText } from "../domain/report/escape.ts";

const MAX_ROWS = 50;

/** The job summary of a training, or of a training that was not needed. */
export function summariseTraining(record: ReleaseRecord): string {
  const { model, training, metrics } = record;
  const lines = [`### Model ${escapeText(model.name)}: ${training.skipped ? "not trained again" : "trained"}`, ""];
  const [first = ""] = training.reason.split("\n");
  lines.push(
    `${escapeText(capital(first))}.${training.skipped ? ` Saved about ${seconds(training.seconds)}.` : ` It took ${seconds(training.seconds)}.`}`,
    "",
  );
  if (training.changed.length > 1) {
    lines.push("What changed:", "", ...training.changed.map((line) => `- ${escapeText(line)}`), "");
  }
  lines.push(...table("Parameter", Object.entries(training.params)));
  lines.push(
    ...table(
      "Metric",
      Object.entries(metrics?.values ?? {}).map(([name, value]) => [name, String(value)]),
    ),
  );
  lines.push(
    `Fingerprint ${codeSpan(model.fingerprint.slice(0, 12))}, model ${codeSpan(model.digest.slice(0, 19))}, ` +
      `${model.files} ${model.files === 1 ? "file" : "files"}, ${model.bytes} bytes` +
      `${model.format === undefined ? "" : `, ${escapeText(model.format)}`}.`,
    "",
  );
  return lines.join("\n");
}

function table(head: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows
    .slice(0, MAX_ROWS)
    .map(([name = "", value = ""]) => `| ${escapeCell(name)} | ${escapeCell(value)} |`);
  const more = rows.length > MAX_ROWS ? [`| … | ${rows.length - MAX_ROWS} more |`] : [];
  return [`| ${head} | Value |`, "| --- | --- |", ...shown, ...more, ""];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const seconds = (value: number): string =>
  value < 60 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
