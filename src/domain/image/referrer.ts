import { canonicalJson } from "../text/json.ts";
import { EMPTY, MEDIA, type Descriptor, type ImageManifest } from "./manifest.ts";

/** What a release record is called beside an image. */
export const RECORD_MEDIA = "application/vnd.model-road.record.v1+json";

/** The empty config of an artifact, as the image specification 1.1 has it. */
export const EMPTY_CONFIG = Buffer.from("{}");
/** An artifact manifest that attaches a release record to an image. */
export function recordManifest(subject: Descriptor, layer: { digest: string; bytes: number }): Buffer {
  const { mediaType, digest, size } = subject;
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    artifactType: RECORD_MEDIA,
    config: EMPTY,
    layers: [{ mediaType: RECORD_MEDIA, digest: layer.digest, size: layer.bytes }],
    subject: { mediaType, digest, size },
  };
  return Buffer.from(canonicalJson(manifest));
}

/** The tag under which what refers to a digest is listed where a registry has no API for it. */
export function referrersTag(digest: string): string {
  return digest.replace(":", "-");
}

/** The list of what refers to an image, with one more. The latest stands last. */
export function withReferrer(list: ImageManifest | undefined, referrer: Descriptor): Buffer {
  const others = (list?.manifests ?? []).filter(({ digest }) => digest !== referrer.digest);
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: [...others, { ...referrer, artifactType: RECORD_MEDIA }],
  };
  return Buffer.from(canonicalJson(index));
}

/** The latest release record among what refers to an image. */
export function latestRecord(list: ImageManifest): Descriptor | undefined {
  return list.manifests?.findLast((each) => (each as { artifactType?: unknown }).artifactType === RECORD_MEDIA);
}
