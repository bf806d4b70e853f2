import { createHash } from "node:crypto";

import { refuse } from "../../errors.ts";
import { canonicalJson, parseJson, type Json } from "../text/json.ts";
import { ANNOTATION, MEDIA, type Descriptor, type ImageManifest } from "./manifest.ts";

// An image is a function of what goes into it: no time, no run, no machine. What differs from run to run stands in the record
// that is attached to the image, never in the image.

/** Raised when the same inputs make another image than before, so that an older one is not taken for unchanged. */
const IMAGE_VERSION = 1;
/** The working directory of every image of ours. */
export const IMAGE_ROOT = "app";
const EPOCH = "1970-01-01T00:00:00Z";
/** Served by seldon-core-microservice: HTTP, gRPC, metrics. */
const PORTS = ["5000/tcp", "6000/tcp", "9000/tcp"];
/** The shell becomes the server, so that the server gets the signals. */
const START = 'exec seldon-core-microservice "$MODEL_NAME" --service-type "$SERVICE_TYPE"';

/** All that an image depends on, by digest. */
export type BuildFacts = {
  readonly modelClass: string;
  /** Relative to the working directory in the image. */
  readonly modelPath: string;
  /** `sha256:…`, over the manifest of the model's files. */
  readonly modelDigest: string;
  readonly code: readonly { readonly path: string; readonly sha256: string; readonly executable: boolean }[];
  /** Where the requirements lie among the code; their content is digested with it. */
  readonly requirements: string | undefined;
  /** Of the base's manifest or index, as it was named. */
  readonly baseDigest: string | undefined;
};

/** 64 hex digits over all that an image depends on: same key, same image. Known without reading the model. */
export function buildKey(facts: BuildFacts): string {
  const code = facts.code
    .map(({ path, sha256, executable }) => [path, sha256, executable])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return hex(
    canonicalJson({
      version: IMAGE_VERSION,
      start: START,
      modelClass: facts.modelClass,
      modelPath: facts.modelPath,
      modelDigest: facts.modelDigest,
      code,
      requirements: facts.requirements ?? null,
      base: facts.baseDigest ?? null,
    }),
  );
}

/** The tag that says: an image of this key is here. */
export function keyTag(key: string): string {
  return `fp-${key.slice(0, 40)}`;
}

/** A layer of ours: a stored tar, so that its digest is its diff id. */
export type Layer = { readonly holds: "code" | "model"; readonly sha256: string; readonly bytes: number };

/** What is read of a base image: its manifest and config; never its layers. */
export type Base = { readonly manifest: ImageManifest; readonly config: BaseConfig };
type BaseConfig = {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly diffIds: readonly string[];
  readonly history: readonly Json[];
  readonly settings: { readonly [name: string]: Json };
};

export type ImagePlan = {
  readonly config: Buffer;
  readonly manifest: Buffer;
  readonly digest: string;
  readonly layers: readonly HeldLayer[];
};
export type HeldLayer = { readonly digest: string; readonly bytes: number; readonly holds: string };

/** Config and manifest of an image, byte for byte. */
export function planImage(
  facts: Pick<BuildFacts, "modelClass" | "modelPath" | "modelDigest">,
  key: string,
  layers: readonly Layer[],
  base?: Base,
): ImagePlan {
  const config = Buffer.from(canonicalJson(imageConfig(facts, key, layers, base?.config)));
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: `sha256:${hex(config)}`, size: config.length },
    layers: [
      ...(base?.manifest.layers ?? []).map(ociLayer),
      ...layers.map(({ holds, sha256, bytes }) => ({
        mediaType: MEDIA.layer,
        digest: `sha256:${sha256}`,
        size: bytes,
        annotations: { [ANNOTATION.holds]: holds },
      })),
    ],
  };
  const bytes = Buffer.from(canonicalJson(manifest));
  return { config, manifest: bytes, digest: `sha256:${hex(bytes)}`, layers: heldLayers(manifest) };
}

/** What each layer holds. Only what we put there ourselves is named by its content. */
export function heldLayers(manifest: ImageManifest): readonly HeldLayer[] {
  return (manifest.layers ?? []).map(({ digest, size, annotations }) => ({
    digest,
    bytes: size,
    holds: annotations?.[ANNOTATION.holds] ?? "base",
  }));
}

/** Reads what is needed of a base's config. @throws ActionError when it does not fit its manifest */
export function parseBaseConfig(bytes: Buffer, manifest: ImageManifest, where: string): BaseConfig {
  const value = parseJson(bytes.toString("utf8"), { where, maxBytes: MAX_CONFIG_BYTES });
  const rootfs = isObject(value) ? value.rootfs : undefined;
  const diffIds = isObject(rootfs) ? rootfs.diff_ids : undefined;
  if (
    !isObject(value) ||
    typeof value.architecture !== "string" ||
    typeof value.os !== "string" ||
    !Array.isArray(diffIds) ||
    !diffIds.every((each) => typeof each === "string" && /^sha256:[0-9a-f]{64}$/.test(each)) ||
    diffIds.length !== manifest.layers?.length
  ) {
    return refuse({ where, expected: "an image config with a diff id for each layer", seen: "another document" });
  }
  return {
    architecture: value.architecture,
    os: value.os,
    ...(typeof value.variant === "string" ? { variant: value.variant } : {}),
    diffIds: diffIds as string[],
    history: Array.isArray(value.history) ? value.history : [],
    settings: isObject(value.config) ? value.config : {},
  };
}

/** The image for Linux on x86-64 in an index; or its only image. @throws ActionError with the platforms that are there */
export function chooseImage(index: ImageManifest, where: string): Descriptor {
  // Build tools list attestations in an index as images of an unknown platform.
  const images = (index.manifests ?? []).filter(({ platform }) => platform?.os !== "unknown");
  const ours = images.find(({ platform }) => platform?.os === "linux" && platform.architecture === "amd64");
  const chosen = ours ?? (images.length === 1 ? images[0] : undefined);
  return (
    chosen ??
    refuse({
      where,
      expected: "an image for linux/amd64",
      seen: images.map(({ platform }) => `${platform?.os}/${platform?.architecture}`).join(", ") || "none",
      fix: "Name the image that you want by its digest.",
    })
  );
}

export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

function imageConfig(
  { modelClass, modelPath, modelDigest }: Pick<BuildFacts, "modelClass" | "modelPath" | "modelDigest">,
  key: string,
  layers: readonly Layer[],
  base: BaseConfig | undefined,
): Json {
  const settings = base?.settings ?? {};
  const env = new Map(
    strings(settings.Env).map((each): [string, string] => {
      const [, name = each, value = ""] = /^([^=]*)=(.*)$/s.exec(each) ?? [];
      return [name, value];
    }),
  );
  env.set("MODEL_NAME", modelClass);
  env.set("MODEL_PATH", `/${IMAGE_ROOT}/${modelPath}`);
  env.set("SERVICE_TYPE", "MODEL");
  const { Cmd: _replaced, ...kept } = settings;
  const history = layers.map(({ holds }): Json => ({ created: EPOCH, created_by: `model-road: ${holds}` }));
  return {
    architecture: base?.architecture ?? "amd64",
    os: base?.os ?? "linux",
    ...(base?.variant === undefined ? {} : { variant: base.variant }),
    created: EPOCH,
    config: {
      ...kept,
      Env: [...env].map(([name, value]) => `${name}=${value}`),
      Entrypoint: ["/bin/sh", "-c", START],
      ExposedPorts: { ...object(settings.ExposedPorts), ...Object.fromEntries(PORTS.map((port) => [port, {}])) },
      Labels: {
        ...object(settings.Labels),
        "io.model-road.build-key": key,
        "io.model-road.model-digest": modelDigest,
      },
      WorkingDir: `/${IMAGE_ROOT}`,
    },
    rootfs: { type: "layers", diff_ids: [...(base?.diffIds ?? []), ...layers.map(({ sha256 }) => `sha256:${sha256}`)] },
    // A history that does not tell every layer confuses readers more than none.
    ...(base !== undefined && base.history.length === 0 ? {} : { history: [...(base?.history ?? []), ...history] }),
  };
}

/** A manifest of ours is OCI's: a base's layers keep their bytes and get OCI's names. */
function ociLayer({ mediaType, digest, size }: Descriptor): Descriptor {
  const names: Record<string, string> = {
    "application/vnd.docker.image.rootfs.diff.tar.gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.docker.image.rootfs.diff.tar.zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
    "application/vnd.docker.image.rootfs.diff.tar": MEDIA.layer,
  };
  return { mediaType: names[mediaType] ?? mediaType, digest, size };
}

const hex = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");
const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);
const object = (value: Json | undefined): { [name: string]: Json } => (isObject(value) ? value : {});
const strings = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
