import type { DeploymentSection, ReleaseRecord } from "../record/record.ts";
import { predictionCurl } from "./curl.ts";
import { codeBlock, codeSpan, escapeText } from "./escape.ts";
import { equals, fit } from "./fit.ts";
import type { GateReport } from "./gate-report.ts";
import { comparedWith, failedRules, gateDetails, metricsTable, verdictSentence } from "./gate.ts";
import { bytesAsText, counted, secondsAsText } from "./quantity.ts";

/** GitHub refuses a comment above 65,536 characters. The shares below stay under 60,000 in sum. */
export const MOST_CHARACTERS = 60_000;
const SHARE = { reasons: 12_000, table: 18_000, changed: 6_000, facts: 9_000 };

/** Where the report is written: the run that it links to. */
export type ReportedFrom = {
  /** `https://github.com` */
  readonly serverUrl: string;
  /** `owner/name` */
  readonly repository: string;
  readonly runId: string;
  readonly runAttempt: number;
};

/** The first line of our comment: one for each model. Names of models hold nothing that could end it. */
export function reportMarker(model: string): string {
  return `<!-- model-road:report model=${model} -->`;
}

/** Whether a comment's text is a report of this model. Only its beginning counts: anyone may quote the marker further down. */
export function carriesMarker(body: string, model: string): boolean {
  return body.startsWith(reportMarker(model));
}

/**
 * The report of a release as GitHub's Markdown, for the comment and the job summary alike: at most 60,000 characters, everything
 * from outside escaped for where it stands.
 * @param request the JSON of a prediction request that the model is known to answer
 * @param judged what the gate of this job told; the parts that still fit are shown
 */
export function renderReport(record: ReleaseRecord, from: ReportedFrom, request?: string, judged?: GateReport): string {
  const known = judged ?? (record.gate?.baseline && { gate: record.gate, absent: undefined });
  const compared = known && comparedWith(known);
  const whole = renderParts(record, from, request, compared, []);
  let room = MOST_CHARACTERS - whole.length - 200;
  const kept: string[] = [];
  const details = judged ? gateDetails(judged) : [];
  for (const part of details) {
    if (part.length + 2 > room) {
      kept.push(`The rest is in the summary of the gate's step: ${runLink(from)}.`);
      break;
    }
    room -= part.length + 2;
    kept.push(part);
  }
  return renderParts(record, from, request, compared, kept);
}

function renderParts(
  record: ReleaseRecord,
  from: ReportedFrom,
  request: string | undefined,
  compared: string | undefined,
  details: readonly string[],
): string {
  return [
    reportMarker(record.model.name),
    `## ${escapeText(record.model.name)}: ${headline(record)}`,
    opening(record),
    record.gate ? failedRules(record.gate, SHARE.reasons) : "",
    compared ?? "",
    metricsTable(record.gate, record.metrics?.values ?? {}, SHARE.table),
    ...details,
    howItWasMade(record, from),
    record.deployment ? howToAsk(record.deployment, request) : "",
    facts(record),
    footer(record, from),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

function headline({ gate, deployment }: ReleaseRecord): string {
  const verdict = gate?.decision ?? "not gated";
  if (!deployment) return verdict;
  return `${verdict}, ${gate?.decision === "passed" ? "and serving" : "yet serving"}`;
}

/** Two sentences: why the verdict is what it is, and what it means for what serves. */
function opening({ gate, image, deployment }: ReleaseRecord): string {
  const why = gate ? verdictSentence(gate) : "No gate has judged this version";
  if (deployment) {
    if (gate?.decision === "passed") return `**${why}, and ${SERVES[deployment.operation]}.**`;
    return `**${why}, yet this version serves:** it was deployed with \`require-gate: false\`, or under an earlier verdict.`;
  }
  if (gate?.decision === "passed") {
    return image
      ? `**${why}.** The image is built; this run has not deployed it.`
      : `**${why}.** This run has neither built an image nor deployed anything.`;
  }
  const reason = gate ? "only a version whose gate is passed goes on" : "only a version that passes a gate goes on";
  return `**${why}, so nothing was deployed:** ${reason}. What served before is untouched and goes on serving.`;
}

const SERVES: Readonly<Record<DeploymentSection["operation"], string>> = {
  created: "this version serves now, as the first under its name",
  updated: "this version serves now, in place of the one before",
  unchanged: "this very version was serving already",
};

/** Why it was trained or not, what differs from the last result, and the image that came of it. */
function howItWasMade({ training, image }: ReleaseRecord, from: ReportedFrom): string {
  const { skipped, reusedFrom, reason, seconds, changed } = training;
  const reused = reusedFrom ? ` (model of ${runLink({ ...from, runId: reusedFrom.runId, runAttempt: 1 })})` : "";
  const parts = [
    `**${skipped ? "Training skipped" : `Trained in ${secondsAsText(seconds)}`}**${reused}: ${escapeText(reason, 400)}`,
  ];
  const others = changed.filter((line) => !reason.includes(line));
  if (others.length > 0) {
    const items = others.map((line) => `- ${codeSpan(line, 200)}`);
    parts.push(fit(equals(items), SHARE.changed, (count) => `- … and ${count} more`).join("\n"));
  }
  if (image) {
    const size = image.layers.reduce((sum, { bytes }) => sum + bytes, 0);
    parts.push(`**Image** (${bytesAsText(size)}): ${codeSpan(`${image.repository}@${image.digest}`, 500)}`);
  }
  return parts.join("\n\n");
}

function howToAsk({ url, target }: DeploymentSection, request: string | undefined): string {
  const curl = predictionCurl(url, request);
  const lines = [`**Ask it for a prediction**`, curl ? codeBlock(curl.command, "sh") : codeSpan(url, 500)];
  const notes = [
    ...(curl?.template ? ["Put a row of your model's own features in the place of the numbers."] : []),
    ...(target === "local"
      ? [
          "This address is on the runner's own machine: it answers only there, until the job ends or the model is stopped.",
        ]
      : []),
  ];
  if (notes.length > 0) lines.push(notes.join(" "));
  return lines.join("\n\n");
}

/** What this version is, a row each; folded, since few need it. */
function facts(record: ReleaseRecord): string {
  const { model, training, deployment } = record;
  const rows: [string, string][] = [
    ["Command", codeSpan(training.command, 200)],
    ["Parameters", list(Object.entries(training.params).map(([name, value]) => codeSpan(`${name}=${value}`, 80)))],
    [
      "Model",
      `${codeSpan(model.path, 200)}, ${counted(model.files, "file")}, ${bytesAsText(model.bytes)}, ${codeSpan(model.flavor)}`,
    ],
    [
      "Written with",
      list(Object.entries(model.libraries ?? {}).map(([name, version]) => codeSpan(`${name} ${version}`, 80))),
    ],
    ["Model digest", codeSpan(model.digest)],
    ["Fingerprint", codeSpan(model.fingerprint)],
  ];
  if (deployment) {
    const { target, namespace, name, deployId, operation } = deployment;
    rows.push(
      ["Deployment", `${operation}: ${codeSpan(`${namespace}/${name}`)}, target ${codeSpan(target)}`],
      ["Deploy id", codeSpan(deployId)],
      ["Prediction URL", codeSpan(deployment.url, 500)],
    );
  }
  const lines = rows.filter(([, value]) => value !== "").map(([name, value]) => `| ${name} | ${value} |`);
  const table = fit(equals(lines), SHARE.facts, (count) => `\n… and ${counted(count, "more row")} in the record.`);
  return [
    "<details><summary>More about this version</summary>",
    `| | |\n|:--|:--|\n${table.join("\n")}`,
    "</details>",
  ].join("\n\n");
}

function list(items: readonly string[]): string {
  return items.length > 12 ? `${items.slice(0, 12).join(", ")} and ${items.length - 12} more` : items.join(", ");
}

function footer({ source, model }: ReleaseRecord, from: ReportedFrom): string {
  const short = source.sha.slice(0, 7);
  const base = linkable({ ...from, repository: source.repository });
  const commit = base === undefined ? `\`${short}\`` : `[\`${short}\`](${base}/commit/${source.sha})`;
  return `<sub>Commit ${commit} · ${runLink(from)} · fingerprint \`${model.fingerprint.slice(0, 12)}\`</sub>`;
}

function runLink(from: ReportedFrom): string {
  const { runId, runAttempt } = from;
  const base = linkable(from);
  const text = `run ${escapeText(runId, 20)}${runAttempt > 1 ? `, attempt ${runAttempt}` : ""}`;
  if (base === undefined || !/^\d{1,20}$/.test(runId)) return text;
  return `[${text}](${base}/actions/runs/${runId}${runAttempt > 1 ? `/attempts/${runAttempt}` : ""})`;
}

/** The repository's address, where server and name are such that a link can hold nothing else. */
function linkable({ serverUrl, repository }: Pick<ReportedFrom, "serverUrl" | "repository">): string | undefined {
  const fits = /^https?:\/\/[\w.-]+(?::\d{1,5})?$/.test(serverUrl) && /^[\w.-]+\/[\w.-]+$/.test(repository);
  return fits ? `${serverUrl}/${repository}` : undefined;
}
