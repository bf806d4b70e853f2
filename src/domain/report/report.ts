import type { DeploymentSection, ReleaseRecord } from "../record/record.ts";
import { predictionCurl } from "./curl.ts";
import { codeBlock, codeSpan, escapeText } from "./escape.ts";
import { equals, fit } from "./fit.ts";
import type { GateReport } from "./gate-report.ts";
import { comparedWith, failedRules, flipSentence, gateDetails, verdictSentence } from "./gate.ts";
import { metricsTable, SIGNS } from "./metrics-table.ts";
import { predictionPython } from "./python-request.ts";
import { bytesAsText, counted, secondsAsText } from "./quantity.ts";
import { reportMarker, runMarker } from "./sticky.ts";

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

/** What only the job knows in which the release was made. */
export type ToldHere = {
  /** The JSON of a prediction request that the model is known to answer. */
  readonly request?: string | undefined;
  /** What the gate of this job told; the parts that still fit are shown. */
  readonly judged?: GateReport | undefined;
  /** What the image took to be made. */
  readonly imageSeconds?: number | undefined;
};

/**
 * The report of a release as GitHub's Markdown, for the comment and the job summary alike: at most 60,000 characters, everything
 * from outside escaped for where it stands.
 */
export function renderReport(record: ReleaseRecord, from: ReportedFrom, here: ToldHere = {}): string {
  const { judged } = here;
  const plain = { record, from, ...here, python: true, details: [] };
  const python = renderParts(plain).length < MOST_CHARACTERS - 1000;
  let room = MOST_CHARACTERS - renderParts({ ...plain, python }).length - 200;
  const kept: string[] = [];
  for (const part of judged ? gateDetails(judged) : []) {
    if (part.length + 2 > room) {
      kept.push(`The rest is in the summary of the gate's step: ${runLink(from)}.`);
      break;
    }
    room -= part.length + 2;
    kept.push(part);
  }
  return renderParts({ ...plain, python, details: kept });
}

type Parts = ToldHere & {
  readonly record: ReleaseRecord;
  readonly from: ReportedFrom;
  readonly python: boolean;
  readonly details: readonly string[];
};

function renderParts({ record, from, request, judged, imageSeconds, python, details }: Parts): string {
  const { gate, metrics, deployment, model } = record;
  return [
    `${reportMarker(model.name)}\n${runMarker(from)}`,
    `## ${gate ? SIGNS[gate.decision] : "➖"} ${escapeText(model.name)}: ${headline(record)}`,
    opening(record),
    gate ? failedRules(gate, SHARE.reasons) : "",
    compared(record, judged),
    metricsTable(gate, metrics?.values ?? {}, SHARE.table),
    // The details tell it with the rows, where they are known.
    gate?.flips && !judged?.flips ? flipSentence({ flips: { ...gate.flips, shown: [] }, mcnemar: undefined }) : "",
    ...details,
    deployment ? howToAsk(deployment, request, python) : "",
    howItWasMade(record, from),
    facts(record),
    footer(record, from, imageSeconds),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

/** Against what the gate compared, or that it did not. */
function compared({ gate }: ReleaseRecord, judged: GateReport | undefined): string {
  if (!gate) return "";
  if (judged) return comparedWith(judged, { later: true });
  return gate.baseline && gate.baseline.kind !== "none"
    ? comparedWith({ gate, absent: undefined }, { later: true })
    : "";
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
    const { tried } = image;
    const answers =
      tried === undefined ? "" : `, its server answers ${secondsAsText(tried.startSeconds)} after its start`;
    parts.push(`**Image** (${bytesAsText(size)}${answers}): ${codeSpan(`${image.repository}@${image.digest}`, 500)}`);
  }
  return parts.join("\n\n");
}

function howToAsk({ url, target }: DeploymentSection, request: string | undefined, python: boolean): string {
  const curl = predictionCurl(url, request);
  const program = python ? predictionPython(url, request) : undefined;
  const lines = [`**Ask it for a prediction**`, curl ? codeBlock(curl.command, "sh") : codeSpan(url, 500)];
  if (program !== undefined) {
    lines.push(`<details><summary>The same in Python</summary>\n\n${codeBlock(program, "python")}\n\n</details>`);
  }
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

/** How long each step took, as far as it was told. A training that was skipped took none. */
function durations({ training, gate, deployment }: ReleaseRecord, imageSeconds: number | undefined): string {
  const steps: [string, number | undefined][] = [
    ["train", training.skipped ? undefined : training.seconds],
    ["gate", gate?.seconds],
    ["image", imageSeconds],
    ["deploy", deployment?.seconds],
  ];
  return steps
    .flatMap(([step, seconds]) => (seconds === undefined ? [] : [`${step} ${secondsAsText(Math.max(0, seconds))}`]))
    .join(" · ");
}

function footer(record: ReleaseRecord, from: ReportedFrom, imageSeconds: number | undefined): string {
  const { source, model } = record;
  const short = source.sha.slice(0, 7);
  const base = linkable({ ...from, repository: source.repository });
  const commit = base === undefined ? `\`${short}\`` : `[\`${short}\`](${base}/commit/${source.sha})`;
  const told = [
    `Commit ${commit}`,
    runLink(from),
    `fingerprint \`${model.fingerprint.slice(0, 12)}\``,
    durations(record, imageSeconds),
  ];
  return `<sub>${told.filter((part) => part !== "").join(" · ")}</sub>`;
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
