import { quote, refuse, type Mistake } from "../../errors.ts";
import { stampSpec } from "../seldon/deploy-ids.ts";
import { KIND, type SeldonSpec } from "../seldon/resource.ts";
import { textDigest } from "../seldon/digest.ts";
import { PROVEN_ANNOTATION } from "../rollout/release.ts";
import { SPEC_ID_ANNOTATION } from "../rollout/verdict.ts";
import { canonicalJson, type Json } from "../text/json.ts";
import { stampDocuments, type Document } from "./documents.ts";
import type { KubernetesObject } from "./object.ts";

/** Seldon's own charts, by their names. They are in no registry, so helm is told where. */
const SELDON_CHARTS: ReadonlySet<string> = new Set(["seldon-single-model", "seldon-abtest", "seldon-mab"]);
const SELDON_REPOSITORY = "https://storage.googleapis.com/seldon-charts";

/** Where helm finds a chart: what stands for it on the command line, and what goes with it. */
export type ChartSource = { readonly chart: string; readonly options: readonly string[]; readonly local: boolean };

/**
 * @param chart a folder or archive below the repository, `oci://…`, or the name of one of Seldon's charts
 * @throws ActionError for anything that helm would look up by rules of the machine it runs on
 */
export function chartSource(chart: string, version: string | undefined, workspace: string): ChartSource {
  const options = version === undefined ? [] : ["--version", version];
  if (/^oci:\/\/[A-Za-z0-9][!-~]*$/.test(chart)) return { chart, options, local: false };
  if (SELDON_CHARTS.has(chart)) return { chart, options: ["--repo", SELDON_REPOSITORY, ...options], local: false };
  if (/^(?!\/)(?!-)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\:]+$/.test(chart)) {
    if (version !== undefined) {
      refuse({ where: `input "chart-version"`, expected: "none for a chart of the repository", seen: quote(version) });
    }
    return { chart: `${workspace}/${chart.replace(/^(?:\.\/)+/, "")}`, options: [], local: true };
  }
  return refuse({
    where: `input "chart"`,
    expected: `a folder or archive of the repository, oci://…, or one of ${[...SELDON_CHARTS].join(", ")}`,
    seen: quote(chart),
  });
}

/**
 * Puts the image into values: `{image}` whole; `{image-name}` and `{image-version}` for charts that write a colon between the
 * two, so that a digest gets through.
 * @throws ActionError when they ask for an image and there is none
 */
export function fillImage(text: string, image: string | undefined): string {
  const asked = /\{image(?:-name|-version)?\}/.exec(text)?.[0];
  if (asked === undefined) return text;
  if (image === undefined) {
    return refuse({
      where: "the chart's values",
      expected: `an image for ${asked}`,
      seen: "none",
      fix: "Set image, or hand on the record of build-model-image.",
    });
  }
  const colon = image.lastIndexOf(":");
  return text
    .replaceAll("{image}", image)
    .replaceAll("{image-name}", image.slice(0, colon))
    .replaceAll("{image-version}", image.slice(colon + 1));
}

/** One revision of a release, as helm keeps it in a Secret. */
export type Revision = {
  readonly version: number;
  /** `deployed`, `superseded`, `failed`, `pending-upgrade` … */
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly createdAt: string;
};

export const CHART_LABELS = {
  deployId: "model-road/deploy-id",
  sha: "model-road/sha",
  repository: "model-road/repository",
  run: "model-road/run",
  attempt: "model-road/attempt",
  /** The revision that these labels were written for. */
  revision: "model-road/revision",
  /** The revision that was proven when this one was written: what a failure goes back to. */
  before: "model-road/last-proven",
} as const;

/** The revisions of a release, the newest first. */
export function revisionsOf(secrets: readonly KubernetesObject[]): readonly Revision[] {
  return secrets
    .map(({ metadata }): Revision => {
      const { labels = {}, annotations = {}, name, creationTimestamp = "" } = metadata;
      const version = Number(labels.version ?? "");
      return { version, status: labels.status ?? "", labels, annotations, secret: name, createdAt: creationTimestamp };
    })
    .filter(({ version }) => Number.isSafeInteger(version) && version > 0)
    .toSorted((a, b) => b.version - a.version);
}

/**
 * Whether the labels are about this revision. Helm hands them on to the next one, whoever makes it; only what we have proven,
 * after a rollback of ours, is ours by another number too.
 */
export const isOurs = ({ labels, annotations, version }: Revision): boolean =>
  labels[CHART_LABELS.deployId] !== undefined &&
  (labels[CHART_LABELS.revision] === String(version) ||
    annotations[PROVEN_ANNOTATION] === labels[CHART_LABELS.deployId]);

/**
 * Whose the newest revision is, after an upgrade that failed: only ours is undone. Helm may have refused before it wrote one, and
 * another run's may stand there, or be in the making.
 * @param revision that helm has told of; 0 when it told of none
 * @param before the newest revision when the upgrade began; 0 for none
 */
export function whoseIsNewest(
  newest: Revision | undefined,
  { revision, before }: { readonly revision: number; readonly before: number },
  run: { readonly runId: string; readonly runAttempt: number },
): "ours" | "foreign" | "unchanged" {
  if (newest === undefined) return before === 0 ? "unchanged" : "foreign";
  const { labels, version } = newest;
  if (revision > 0) return version > revision ? "foreign" : "ours";
  const isOfRun =
    isOurs(newest) && labels[CHART_LABELS.run] === run.runId && labels[CHART_LABELS.attempt] === String(run.runAttempt);
  if (version === before) return "unchanged";
  return isOfRun ? "ours" : "foreign";
}

/** Whether this very revision has answered. */
export const isProven = ({ annotations, labels }: Revision): boolean =>
  annotations[PROVEN_ANNOTATION] !== undefined && annotations[PROVEN_ANNOTATION] === labels[CHART_LABELS.deployId];

export type Standing =
  | { readonly kind: "none" }
  | { readonly kind: "ready"; readonly live: Revision }
  /** Someone installs, upgrades or rolls back, or did so when it was killed. */
  | { readonly kind: "pending"; readonly latest: Revision; readonly live: Revision | undefined }
  /** Nothing was ever deployed whole. */
  | { readonly kind: "broken"; readonly latest: Revision };

/** What a release is at. A `failed` revision after a deployed one does not hinder the next upgrade. */
export function standingOf(revisions: readonly Revision[]): Standing {
  const [latest] = revisions;
  if (latest === undefined || latest.status === "uninstalled") return { kind: "none" };
  const live = revisions.find(({ status }) => status === "deployed");
  if (latest.status.startsWith("pending-") || latest.status === "uninstalling")
    return { kind: "pending", latest, live };
  return live === undefined ? { kind: "broken", latest } : { kind: "ready", live };
}

/** Gives every object its ids, as helm's post-renderer: a SeldonDeployment those of its predictors. */
export async function stampChart(
  documents: readonly Document[],
  release: string,
): Promise<{ readonly documents: readonly Document[]; readonly deployId: string }> {
  const stamped: Document[] = [];
  for (const document of stampDocuments(documents, release).documents) {
    if (document.kind !== KIND) {
      stamped.push(document);
      continue;
    }
    const { spec, deployId } = await stampSpec(document.spec as unknown as SeldonSpec);
    const { annotations } = document.metadata;
    const own =
      annotations !== null && typeof annotations === "object" && !Array.isArray(annotations) ? annotations : {};
    stamped.push({
      ...document,
      metadata: { ...document.metadata, annotations: { ...own, [SPEC_ID_ANNOTATION]: deployId } },
      spec: spec as unknown as Json,
    });
  }
  const digest = textDigest(canonicalJson({ schema: 1, documents: stamped }));
  return { documents: stamped, deployId: digest.slice("sha256:".length, "sha256:".length + 40) };
}

/** Helm's last line, which says why. Everything before it is told in the log. */
export function helmFailure(what: string, stderr: string): Mistake {
  const lines = stderr.trim().split("\n").filter(Boolean);
  const line = lines.findLast((each) => each.startsWith("Error: ")) ?? lines.at(-1) ?? "no word";
  return { where: `helm ${what}`, expected: "to succeed", seen: quote(line.replace(/^Error: /, ""), 600) };
}
