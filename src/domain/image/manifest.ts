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
