// What a pull request's run, which has no right to anything, hands to a run of the default branch. Everything in it is a
// stranger's word: whoever opens a pull request can edit its workflow too.
import type { ImageManifest } from "../image/manifest.ts";
import { MEDIA, mediaTypeOf } from "../image/manifest.ts";
import type { ReleaseRecord } from "../record/record.ts";
import { refuse } from "../../errors.ts";

/** What is handed over, at most: record, manifest, config and layers. */
export const MAX_HANDOVER_FILES = 200;
export const MAX_HANDOVER_BYTES = 8 * 1024 ** 3;

/** The artifact's name. Both halves are told the same one by their workflow, so that no record chooses it. */
export const handoverName = (name: string, attempt: number): string => `handover1-${name}-${attempt}`;

/** Where a blob lies in it. */
export const blobPath = (digest: string): string => `layout/blobs/sha256/${digest.slice("sha256:".length)}`;

/** What GitHub itself says of the run and the pull request that a record claims to be of. */
export type Verified = {
  readonly repository: string;
  readonly runId: string;
  readonly runAttempt: number;
  readonly headSha: string;
  readonly pullRequest: number;
};

/**
 * The record with what GitHub says in place of what it claims, and without what no pull request can vouch for: where its model
 * lies in this repository, and what is deployed. The rest is shown as a stranger's word.
 * @throws ActionError when it claims another repository, run or event
 */
export function adopt(record: ReleaseRecord, verified: Verified): ReleaseRecord {
  const { source } = record;
  const claims: readonly [what: string, expected: string, seen: string][] = [
    ["repository", verified.repository.toLowerCase(), source.repository.toLowerCase()],
    ["run", verified.runId, source.runId],
    ["event", "pull_request", source.event],
    ["pull request", String(verified.pullRequest), String(source.pullRequest ?? "none")],
  ];
  const wrong = claims.find(([, expected, seen]) => expected !== seen);
  if (wrong) {
    const [what, expected, seen] = wrong;
    refuse({
      where: "the record that was handed over",
      expected: `${what} ${expected}`,
      seen: JSON.stringify(seen.slice(0, 80)),
    });
  }
  const { artifact: _artifact, deployment: _deployment, training, ...rest } = record;
  const { reusedFrom: _reusedFrom, ...trained } = training;
  return {
    ...rest,
    training: trained,
    source: {
      repository: verified.repository,
      sha: verified.headSha,
      ref: `refs/pull/${verified.pullRequest}/merge`,
      event: "pull_request",
      pullRequest: verified.pullRequest,
      runId: verified.runId,
      runAttempt: verified.runAttempt,
    },
  };
}

/** Layers that any runtime unpacks from the registry itself; others may name addresses to fetch from. */
const LAYER =
  /^application\/vnd\.(?:oci\.image\.layer\.v1\.tar|docker\.image\.rootfs\.diff\.tar)(?:[.+](?:gzip|zstd))?$/;

/**
 * Checks that a manifest is one image, whole in itself, and the one that its record tells of.
 * @throws ActionError
 */
export function checkHandedImage(manifest: ImageManifest, image: NonNullable<ReleaseRecord["image"]>): void {
  const where = "the image that was handed over";
  const kind = mediaTypeOf(manifest);
  const { config, layers } = manifest;
  if ((kind !== MEDIA.manifest && kind !== MEDIA.dockerManifest) || !config || !layers || manifest.subject) {
    return refuse({ where, expected: "the manifest of one image", seen: JSON.stringify(kind.slice(0, 100)) });
  }
  const odd = layers.find((layer) => !LAYER.test(layer.mediaType) || "urls" in layer || "data" in layer);
  if (odd) refuse({ where, expected: "layers of an image", seen: JSON.stringify(odd.mediaType.slice(0, 100)) });
  const told = image.layers.map(({ digest, bytes }) => `${digest} ${bytes}`).join(", ");
  const seen = layers.map(({ digest, size }) => `${digest} ${size}`).join(", ");
  if (told !== seen) refuse({ where, expected: "the layers that its record tells of", seen: "others" });
}

const NOTICE =
  "> **A stranger's word.** Everything below comes from the pull request's own code, run without any secret. These actions have " +
  "checked its form and whose head it is, not that it is true.";

/** The report with the warning below its marker and title. */
export function withStrangersNotice(report: string): string {
  const lines = report.split("\n");
  const title = lines.findIndex((line) => line.startsWith("#"));
  return [...lines.slice(0, title + 1), "", NOTICE, ...lines.slice(title + 1)].join("\n");
}
