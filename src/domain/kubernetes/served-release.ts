import { PROVEN_ANNOTATION, RELEASE_ANNOTATION } from "../rollout/release.ts";
import { rolledOut } from "../rollout/verdict.ts";
import { SPEC_ID_ANNOTATION } from "../rollout/verdict.ts";
import { CHART_LABELS, isOurs, isProven, revisionsOf, standingOf } from "./chart.ts";
import { RELEASE_LABEL } from "./documents.ts";
import type { Deployment, KubernetesObject } from "./object.ts";
import { anchorName } from "./release.ts";

/** A release of plain objects or of a chart, as the object that holds it tells it. */
export type ServedRelease = {
  readonly namespace: string;
  readonly name: string;
  /** The object that holds it: a ConfigMap of ours, or a Secret of helm's. */
  readonly holder: KubernetesObject;
  readonly deployId: string | undefined;
  readonly proven: boolean;
  readonly since: string;
  /** Of helm; `Deleting` while an object of ours goes. */
  readonly status: string | undefined;
  /** Of helm. */
  readonly revision: number | undefined;
};

/** Those of ours among the ConfigMaps of a cluster. */
export function workloadReleases(configMaps: readonly KubernetesObject[]): readonly ServedRelease[] {
  return configMaps.flatMap((holder): ServedRelease[] => {
    const { name: called, namespace = "", labels = {}, annotations = {}, ...metadata } = holder.metadata;
    const name = labels[RELEASE_LABEL];
    if (name === undefined || called !== anchorName(name)) return [];
    const deployId = annotations[SPEC_ID_ANNOTATION];
    return [
      {
        namespace,
        name,
        holder,
        deployId,
        proven: deployId !== undefined && annotations[PROVEN_ANNOTATION] === deployId,
        since: metadata.creationTimestamp ?? "",
        status: metadata.deletionTimestamp === undefined ? undefined : "Deleting",
        revision: undefined,
      },
    ];
  });
}

/** Those of ours among helm's releases: the revision that serves, or the latest where none does. */
export function chartReleases(secrets: readonly KubernetesObject[]): readonly ServedRelease[] {
  const byRelease = Map.groupBy(secrets, ({ metadata }) => `${metadata.namespace}/${metadata.labels?.name}`);
  return [...byRelease.values()].flatMap((all): ServedRelease[] => {
    const revisions = revisionsOf(all);
    const standing = standingOf(revisions);
    const revision = standing.kind === "ready" ? standing.live : revisions[0];
    if (revision === undefined || !isOurs(revision)) return [];
    const holder = all.find(({ metadata }) => metadata.name === revision.secret)!;
    return [
      {
        namespace: holder.metadata.namespace ?? "",
        name: revision.labels.name ?? "",
        holder,
        deployId: revision.labels[CHART_LABELS.deployId],
        proven: isProven(revision),
        since: revision.createdAt,
        status: standing.kind === "ready" ? undefined : revision.status,
        revision: revision.version,
      },
    ];
  });
}

/** Whether the Deployments of a release are there: `Available`, `Creating`, or `Applied` where it has none. */
export function stateOf(release: ServedRelease, deployments: readonly Deployment[]): string {
  if (release.status !== undefined) return release.status;
  const own = deployments.filter(
    ({ metadata }) => metadata.namespace === release.namespace && metadata.labels?.[RELEASE_LABEL] === release.name,
  );
  if (own.length === 0) return "Applied";
  return own.every(rolledOut) ? "Available" : "Creating";
}

/** The packed release record that helm's Secret keeps of a revision. */
export const packedRecord = ({ holder }: ServedRelease): string | undefined =>
  holder.metadata.annotations?.[RELEASE_ANNOTATION];

/** What helm has applied, packed: its Secret holds it as base64 of the base64 that it is. */
export function packedChart({ holder }: ServedRelease): string | undefined {
  const { data } = holder as { readonly data?: { readonly release?: unknown } };
  return typeof data?.release === "string" ? Buffer.from(data.release, "base64").toString("utf8") : undefined;
}
