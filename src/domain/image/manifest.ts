import { refuse } from "../../errors.ts";
import { parseJson, type Json } from "../text/json.ts";

/** A content descriptor, as the OCI image specification 1.1 writes it. */
export type Descriptor = {
  readonly mediaType: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** An image manifest, OCI or Docker schema 2; or an index, which has `manifests` in place of `layers`. */
export type ImageManifest = {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly (Descriptor & {
    readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  })[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** Where an image lies: in a registry, or in an OCI layout on disk. */
export type ImageReference =
  | {
      readonly kind: "registry";
      readonly host: string;
      readonly repository: string;
      readonly tag?: string;
      readonly digest?: string;
    }
  | { readonly kind: "layout"; readonly folder: string; readonly tag?: string; readonly digest?: string };

/** Where an image goes: to a place where it lies, or into one file as `docker save` writes it. */
export type Destination = ImageReference | { readonly kind: "archive"; readonly file: string; readonly tag?: string };

export const MEDIA = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  empty: "application/vnd.oci.empty.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
} as const;

/** The config of what is no image: two bytes, `{}`. */
export const EMPTY: Descriptor = {
  mediaType: MEDIA.empty,
  digest: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
  size: 2,
};

/** The kinds of manifest that are asked for and understood. */
export const MANIFEST_MEDIA: readonly string[] = [MEDIA.manifest, MEDIA.index, MEDIA.dockerManifest, MEDIA.dockerIndex];

/** Registries refuse larger ones; so no honest manifest is. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Which file, tag or layer a descriptor of ours stands for. */
export const ANNOTATION = {
  /** The tag, in the index of a layout. */
  name: "org.opencontainers.image.ref.name",
  /** What a layer of ours holds: `code`, `model`. */
  holds: "io.model-road.holds",
} as const;

/**
 * Reads a manifest or an index. Fields that are not known here are let through: base images come from many tools.
 * @throws ActionError when it is none, or when a descriptor in it is not of its form
 */
export function parseManifest(bytes: Buffer, where: string): ImageManifest {
  const value = parseJson(bytes.toString("utf8"), { where, maxBytes: MAX_MANIFEST_BYTES });
  if (!isObject(value) || value.schemaVersion !== 2) {
    return refuse({ where, expected: "an image manifest of schema 2", seen: "another document" });
  }
  const listed = (name: "layers" | "manifests"): void => {
    const list = value[name];
    if (list === undefined) return;
    if (!Array.isArray(list) || list.length > 1000 || !list.every(isDescriptor)) {
      refuse({ where, expected: `descriptors in ${name}`, seen: "something else" });
    }
  };
  listed("layers");
  listed("manifests");
  for (const name of ["config", "subject"] as const) {
    if (value[name] !== undefined && !isDescriptor(value[name])) {
      refuse({ where, expected: `a descriptor in ${name}`, seen: "something else" });
    }
  }
  if (value.manifests === undefined && (value.config === undefined || value.layers === undefined)) {
    refuse({ where, expected: "a manifest with config and layers, or an index", seen: "neither" });
  }
  return value as unknown as ImageManifest;
}

/** What a document is, by its own word or by its fields. */
export function mediaTypeOf(manifest: ImageManifest): string {
  return manifest.mediaType ?? (manifest.manifests === undefined ? MEDIA.manifest : MEDIA.index);
}

function isDescriptor(value: Json): boolean {
  return (
    isObject(value) &&
    typeof value.mediaType === "string" &&
    typeof value.digest === "string" &&
    /^sha256:[0-9a-f]{64}$/.test(value.digest) &&
    Number.isSafeInteger(value.size) &&
    (value.size as number) >= 0 &&
    (value.annotations === undefined ||
      (isObject(value.annotations) && Object.values(value.annotations).every((each) => typeof each === "string"))) &&
    (value.platform === undefined ||
      (isObject(value.platform) &&
        typeof value.platform.os === "string" &&
        typeof value.platform.architecture === "string"))
  );
}

const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);
