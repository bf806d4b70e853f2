import { MEDIA, type Descriptor } from "../domain/image/manifest.ts";
import { parseReference } from "../domain/image/reference.ts";
import {
  EMPTY_CONFIG,
  latestRecord,
  RECORD_MEDIA,
  recordManifest,
  referrersTag,
  withReferrer,
} from "../domain/image/referrer.ts";
import { MAX_RECORD_BYTES, parseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import { refuse } from "../errors.ts";
import type { Images, ImageStore } from "../ports.ts";

/**
 * Attaches a release record to an image: an artifact whose subject is the image, listed under the fallback tag of its digest,
 * which every registry keeps. An earlier record stays; the latest is the one that is read.
 * @param subject the image's manifest
 * @param record its text
 */
export async function attachRecord(store: ImageStore, subject: Descriptor, record: string): Promise<void> {
  const layer = await store.putBlob(Buffer.from(record));
  await store.putBlob(EMPTY_CONFIG);
  const bytes = recordManifest(subject, layer);
  const digest = await store.putManifest(bytes, MEDIA.manifest, []);
  const tag = referrersTag(subject.digest);
  const listed = await store.manifest(tag);
  const list = withReferrer(listed?.manifest, { mediaType: MEDIA.manifest, digest, size: bytes.length });
  await store.putManifest(list, MEDIA.index, [tag]);
}

/**
 * Reads the latest release record that is attached to an image. It is only what somebody with write access to the registry
 * put there: whoever acts on it must check where it comes from.
 * @param reference `ghcr.io/acme/digits`, `oci:<folder>`; its tag does not count
 * @param digest of the image
 * @throws ActionError when there is none, or when it is not a record of this image
 */
export async function readAttachedRecord(reference: string, digest: string, images: Images): Promise<ReleaseRecord> {
  const where = `the record of image ${digest}`;
  const store = await images.open(parseReference(reference, where));
  const list = await store.manifest(referrersTag(digest));
  const found = list === undefined ? undefined : latestRecord(list.manifest);
  const artifact = found === undefined ? undefined : await store.manifest(found.digest);
  if (artifact === undefined) {
    return refuse({
      where,
      expected: "a record attached to it",
      seen: "none",
      fix: "Was it built by build-model-image?",
    });
  }
  const [layer] = artifact.manifest.layers ?? [];
  if (artifact.manifest.subject?.digest !== digest || layer?.mediaType !== RECORD_MEDIA) {
    return refuse({ where, expected: "an artifact that holds a record of this image", seen: "another artifact" });
  }
  const text = await store.blob(layer.digest, { maxBytes: MAX_RECORD_BYTES });
  const record = parseRecord(text.toString("utf8"), where);
  if (record.image?.digest !== digest) {
    refuse({ where, expected: "a record of this image", seen: `one of ${record.image?.digest ?? "no image"}` });
  }
  return record;
}
