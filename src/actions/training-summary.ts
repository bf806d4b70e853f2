import type { ReleaseRecord } from "../domain/record/record.ts";
import { codeSpan, escapeCell, escapeText } from "../domain/report/escape.ts";
import { bytesAsText, counted, secondsAsText } from "../domain/report/quantity.ts";
import { figure } from "../domain/gate/figure.ts";

const MAX_ROWS = 50;

/** The job summary of a training, or of a training that was not needed. */
export function summariseTraining(record: ReleaseRecord): string {
  const { model, training, metrics } = record;
  const lines = [`## Training: ${training.skipped ? "skipped" : "done"} (${escapeText(model.name)})`, ""];
  const [first = ""] = training.reason.split("\n");
  lines.push(
    `${escapeText(capital(first))}.${training.skipped ? ` Saved about ${secondsAsText(training.seconds)}.` : ` It took ${secondsAsText(training.seconds)}.`}`,
    "",
  );
  if (training.changed.length > 1) {
    lines.push("What changed:", "", ...training.changed.map((line) => `- ${escapeText(line)}`), "");
  }
  lines.push(...table("Parameter", Object.entries(training.params)));
  lines.push(
    ...table(
      "Metric",
      Object.entries(metrics?.values ?? {}).map(([name, value]) => [name, figure(value)]),
    ),
  );
  lines.push(
    `Fingerprint ${codeSpan(model.fingerprint.slice(0, 12))}, model ${codeSpan(model.digest.slice(0, 19))}, ` +
      `${counted(model.files, "file")}, ${bytesAsText(model.bytes)}` +
      `${model.format === undefined ? "" : `, ${escapeText(model.format)}`}.`,
    "",
  );
  return lines.join("\n");
}

function table(head: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows
    .slice(0, MAX_ROWS)
    .map(([name = "", value = ""]) => `| ${codeSpan(name)} | ${escapeCell(value)} |`);
  const more = rows.length > MAX_ROWS ? [`| … | ${rows.length - MAX_ROWS} more |`] : [];
  return [`| ${head} | Value |`, "|:--|--:|", ...shown, ...more, ""];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
