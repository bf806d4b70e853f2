import type { ReleaseRecord } from "../domain/record/record.ts";
import { codeSpan, escapeCell, escapeText } from "../domain/report/escape.ts";
import { bytesAsText, counted, secondsAsText } from "../domain/report/quantity.ts";
import { figure } from "../domain/gate/figure.ts";

const MAX_ROWS = 50;
const MAX_CHARTS = 4;
/** More than these a chart of this width does not show. */
const MAX_POINTS = 60;

/** The job summary of a training, or of a training that was not needed. */
export function summariseTraining(
  record: ReleaseRecord,
  series: Readonly<Record<string, readonly number[]>> = {},
): string {
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
  for (const [name, values] of Object.entries(series).slice(0, MAX_CHARTS)) lines.push(...chart(name, values));
  lines.push(
    `Fingerprint ${codeSpan(model.fingerprint.slice(0, 12))}, model ${codeSpan(model.digest.slice(0, 19))}, ` +
      // What a training in a cluster does not tell of its model is not known here.
      (model.files === 0 ? "size not told" : `${counted(model.files, "file")}, ${bytesAsText(model.bytes)}`) +
      `${model.format === undefined ? "" : `, ${escapeText(model.format)}`}.`,
    ...(record.artifact?.modelUri === undefined ? [] : ["", `Stored at ${codeSpan(record.artifact.modelUri)}.`]),
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

/** A line over the steps. What stands in a name reaches the diagram as letters, digits and a few marks only. */
function chart(name: string, values: readonly number[]): string[] {
  if (values.length < 2) return [];
  const every = Math.max(1, (values.length - 1) / (MAX_POINTS - 1));
  const points: number[] = [];
  for (let at = 0; at < values.length - 0.5; at += every) points.push(values[Math.round(at)]!);
  const title = name.replace(/[^\p{L}\p{N} ._/@-]/gu, "_").slice(0, 80);
  return [
    "```mermaid",
    "xychart-beta",
    `  title "${title}"`,
    `  x-axis "step" 1 --> ${values.length}`,
    `  line [${points.join(", ")}]`,
    "```",
    "",
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
