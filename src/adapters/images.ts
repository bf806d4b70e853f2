import type { ImageReference } from "../domain/image/manifest.ts";
import type { Images, ImageStore } from "../ports.ts";

/** A reference to an image of one kind. */
export type Placed<Kind extends ImageReference["kind"]> = Extract<ImageReference, { kind: Kind }>;

/** Both kinds of places where images lie, behind one port. */
export function imageStores({
  layout,
  registry,
}: {
  layout: (reference: Placed<"layout">) => ImageStore;
  registry: (reference: Placed<"registry">) => ImageStore;
}): Images {
  return {
    open: async (reference) => (reference.kind === "layout" ? layout(reference) : registry(reference)),
  };
}
