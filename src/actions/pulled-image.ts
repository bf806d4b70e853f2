import type { ImageReference } from "../domain/image/manifest.ts";
import { formatReference } from "../domain/image/reference.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import { refuse } from "../errors.ts";

/** What the cluster shall pull, of the input or the record. @throws ActionError for an image that it can not reach */
export function imageInRegistry(
  image: ImageReference | undefined,
  record: ReleaseRecord | undefined,
): string | undefined {
  if (image !== undefined) {
    if (image.kind === "registry") return formatReference(image);
    return refuse({
      where: `input "image"`,
      expected: "an image in a registry, which the cluster can pull",
      seen: "a layout on this machine",
    });
  }
  if (record?.image === undefined) return undefined;
  const { repository, digest } = record.image;
  if (!repository.startsWith("oci:")) return `${repository}@${digest}`;
  return refuse({
    where: `the record's image`,
    expected: "an image in a registry, which the cluster can pull",
    seen: repository,
    fix: "Give build-model-image the name of a registry's repository.",
  });
}
