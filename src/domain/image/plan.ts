import { createHash } from "node:crypto";

import { refuse } from "../../errors.ts";
import { canonicalJson, parseJson, type Json } from "../text/json.ts";
import { ANNOTATION, EMPTY, MEDIA, type Descriptor, type ImageManifest } from "./manifest.ts";
import { wrapperType } from "./source.ts";

// An image is a function of what goes into it: no time, no run, no machine. What differs from run to run stands in the record
// that is attached to the image, never in the image.

/** Raised when the same inputs make another image than before, so that an older one is not taken for unchanged. */
const IMAGE_VERSION = 3;
/** The working directory of every image of ours. */
export const IMAGE_ROOT = "app";
const EPOCH = "1970-01-01T00:00:00Z";
/** Where Seldon's storage initializer puts what `model-uri` names. */
const MOUNTED = "/mnt/models";

/** What serves the model in an image. */
export type Wrapper = "seldon" | "mlserver" | "flask";

/** Ports that each wrapper listens on (HTTP first), and how it starts. The shell becomes the server: that gets the signals. */
const SERVERS: Readonly<Record<Wrapper, { readonly ports: readonly number[]; readonly start: string }>> = {
  seldon: {
    ports: [9000, 5000, 6000],
    start: 'exec seldon-core-microservice "$MODEL_NAME" --service-type "$SERVICE_TYPE"',
  },
  mlserver: { ports: [8080, 8081, 8082], start: "exec mlserver start ." },
  flask: { ports: [5000], start: "exec python3 app.py" },
};

/** All that an image depends on, by digest. */
export type BuildFacts = {
  readonly wrapper: Wrapper;
  /** For the wrapper of Seldon. */
  readonly modelClass: string | undefined;
  readonly serviceType: string;
  /** The class's parameters, as Seldon hands them on: `[{"name":"C","value":"1.0","type":"FLOAT"}]`. */
  readonly parameters: string | undefined;
  /** Further variables, as `.s2i/environment` has them. */
  readonly environment: Readonly<Record<string, string>>;
  /** In place of the wrapper's own start. */
  readonly startCommand: string | undefined;
  /** Relative to the working directory in the image; absent without a model, and where it is mounted. */
  readonly modelPath: string | undefined;
  /** `sha256:…`, over the manifest of the model's files. */
  readonly modelDigest: string | undefined;
  /** False: the model comes by `model-uri`. */
  readonly bake: boolean;
  readonly code: readonly { readonly path: string; readonly sha256: string; readonly executable: boolean }[];
  /** Where the requirements lie, relative to the working directory. */
  readonly requirements: string | undefined;
  /** Digest of what they ask for, where it becomes a layer. */
  readonly packages: string | undefined;
  /** The Python that the user names for a base that does not say. */
  readonly python: string | undefined;
  /** Of the base's manifest or index, as it was named. */
  readonly baseDigest: string | undefined;
  /** `linux/amd64` */
  readonly platform: string;
  /** `https://github.com/acme/digits`: registries show the image there. */
  readonly source: string | undefined;
  /** Where a program builds: which, and what it is given beside; absent for the layers engine. */
  readonly engine?: Readonly<Record<string, string>> | undefined;
};

/** 64 hex digits over all that an image depends on: same key, same image. Known without reading the model. */
export function buildKey(facts: BuildFacts): string {
  const code = facts.code
    .map(({ path, sha256, executable }) => [path, sha256, executable])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const { modelClass, parameters, startCommand, modelPath, modelDigest, requirements, python, source } = facts;
  return hexDigest(
    canonicalJson({
      version: IMAGE_VERSION,
      wrapper: facts.wrapper,
      start: startOf(facts),
      modelClass: modelClass ?? null,
      serviceType: facts.serviceType,
      parameters: parameters ?? null,
      environment: { ...facts.environment },
      startCommand: startCommand ?? null,
      modelPath: modelPath ?? null,
      modelDigest: modelDigest ?? null,
      bake: facts.bake,
      code,
      requirements: requirements ?? null,
      packages: facts.packages ?? null,
      python: python ?? null,
      base: facts.baseDigest ?? null,
      platform: facts.platform,
      source: source ?? null,
      ...(facts.engine === undefined ? {} : { engine: { ...facts.engine } }),
    }),
  );
}

/** The port that answers HTTP in the image. */
export const httpPort = (wrapper: Wrapper): number => SERVERS[wrapper].ports[0]!;

/** The line that starts the server. */
export const startOf = ({ wrapper, startCommand }: Pick<BuildFacts, "wrapper" | "startCommand">): string =>
  startCommand === undefined ? SERVERS[wrapper].start : `exec ${startCommand}`;

/** What the server finds in its environment. */
export function imageEnvironment(facts: ImageFacts): Readonly<Record<string, string>> {
  const { wrapper, modelClass, modelPath } = facts;
  return {
    ...facts.environment,
    ...(wrapper === "seldon" ? { MODEL_NAME: modelClass ?? "" } : {}),
    ...(facts.bake
      ? modelPath === undefined
        ? {}
        : { MODEL_PATH: `/${IMAGE_ROOT}/${modelPath}` }
      : { MODEL_PATH: MOUNTED }),
    ...(wrapper === "seldon" ? { SERVICE_TYPE: wrapperType(facts.serviceType) } : {}),
    ...(facts.parameters === undefined ? {} : { PREDICTIVE_UNIT_PARAMETERS: facts.parameters }),
    ...(wrapper === "mlserver" ? { MLSERVER_PARALLEL_WORKERS: "0" } : {}),
  };
}

type ImageFacts = Pick<
  BuildFacts,
  | "wrapper"
  | "modelClass"
  | "serviceType"
  | "parameters"
  | "environment"
  | "startCommand"
  | "modelPath"
  | "modelDigest"
  | "bake"
  | "platform"
  | "source"
  | "baseDigest"
>;

/** The tag that says: an image of this key is here. */
export function keyTag(key: string): string {
  return `fp-${key.slice(0, 40)}`;
}

/** The tag of a layer alone, by what it is made of: where it is there, nothing of it is read, made or sent again. */
export function layerTag(holds: Layer["holds"], parts: readonly string[]): string {
  return `layer-${hexDigest(canonicalJson({ version: IMAGE_VERSION, holds, parts: [...parts] })).slice(0, 40)}`;
}

/** A manifest that keeps a layer in a registry by itself. */
export function layerManifest({ sha256, bytes, holds }: Layer): Buffer {
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    artifactType: "application/vnd.model-road.layer.v1",
    config: EMPTY,
    layers: [
      { mediaType: MEDIA.layer, digest: `sha256:${sha256}`, size: bytes, annotations: { [ANNOTATION.holds]: holds } },
    ],
  };
  return Buffer.from(canonicalJson(manifest));
}

/** A layer of ours: a stored tar, so that its digest is its diff id. */
export type Layer = {
  readonly holds: "dependencies" | "code" | "model";
  readonly sha256: string;
  readonly bytes: number;
};

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
export function planImage(facts: ImageFacts, key: string, layers: readonly Layer[], base?: Base): ImagePlan {
  const annotations: Record<string, string> = {
    ...(facts.modelClass === undefined ? {} : { "org.opencontainers.image.title": facts.modelClass }),
    ...(facts.source === undefined ? {} : { "org.opencontainers.image.source": facts.source }),
    ...(facts.baseDigest === undefined ? {} : { "org.opencontainers.image.base.digest": facts.baseDigest }),
  };
  const config = Buffer.from(canonicalJson(imageConfig(facts, key, layers, base?.config)));
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: { mediaType: MEDIA.config, digest: `sha256:${hexDigest(config)}`, size: config.length },
    layers: [
      ...(base?.manifest.layers ?? []).map(ociLayer),
      ...layers.map(({ holds, sha256, bytes }) => ({
        mediaType: MEDIA.layer,
        digest: `sha256:${sha256}`,
        size: bytes,
        annotations: { [ANNOTATION.holds]: holds },
      })),
    ],
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  const bytes = Buffer.from(canonicalJson(manifest));
  return { config, manifest: bytes, digest: `sha256:${hexDigest(bytes)}`, layers: heldLayers(manifest) };
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

/** The image for a platform in an index; or its only image. @throws ActionError with the platforms that are there */
export function chooseImage(index: ImageManifest, where: string, platform = "linux/amd64"): Descriptor {
  // Build tools list attestations in an index as images of an unknown platform.
  const images = (index.manifests ?? []).filter((each) => each.platform?.os !== "unknown");
  const name = ({ platform: of }: (typeof images)[number]): string => `${of?.os}/${of?.architecture}`;
  const ours = images.find((each) => name(each) === platform);
  const chosen = ours ?? (images.length === 1 && images[0]!.platform === undefined ? images[0] : undefined);
  return (
    chosen ??
    refuse({
      where,
      expected: `an image for ${platform}`,
      seen: images.map(name).join(", ") || "none",
      fix: "Set platform to one of these, or take a base that has an image for this one.",
    })
  );
}

/** Registries and runtimes take no more. */
const MAX_LAYERS = 127;

/** What speaks against a base before anything is built on it. */
export function checkBase({ manifest, config }: Base, more: number, platform: string, where: string): void {
  if (`${config.os}/${config.architecture}` !== platform) {
    refuse({
      where,
      expected: `an image for ${platform}`,
      seen: `one for ${config.os}/${config.architecture}`,
      fix: "Set platform to that, or take another base.",
    });
  }
  const layers = manifest.layers?.length ?? 0;
  if (layers + more > MAX_LAYERS) {
    refuse({
      where,
      expected: `at most ${MAX_LAYERS - more} layers, so that ${more} more fit`,
      seen: `${layers}`,
      fix: "Squash the base.",
    });
  }
}

export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

function imageConfig(facts: ImageFacts, key: string, layers: readonly Layer[], base: BaseConfig | undefined): Json {
  const settings = base?.settings ?? {};
  const env = environmentOf(settings.Env);
  for (const [name, value] of Object.entries(imageEnvironment(facts))) env.set(name, value);
  const [os = "linux", architecture = "amd64"] = facts.platform.split("/");
  const ports = SERVERS[facts.wrapper].ports.map((port) => `${port}/tcp`).toSorted();
  const { Cmd: _replaced, ...kept } = settings;
  const history = layers.map(({ holds }): Json => ({ created: EPOCH, created_by: `model-road: ${holds}` }));
  const below = base === undefined ? [] : historyOf(base);
  return {
    architecture: base?.architecture ?? architecture,
    os: base?.os ?? os,
    ...(base?.variant === undefined ? {} : { variant: base.variant }),
    created: EPOCH,
    config: {
      ...kept,
      Env: [...env].map(([name, value]) => `${name}=${value}`),
      Entrypoint: ["/bin/sh", "-c", startOf(facts)],
      ExposedPorts: { ...object(settings.ExposedPorts), ...Object.fromEntries(ports.map((port) => [port, {}])) },
      Labels: {
        ...object(settings.Labels),
        "io.model-road.build-key": key,
        ...(facts.modelDigest === undefined ? {} : { "io.model-road.model-digest": facts.modelDigest }),
      },
      WorkingDir: `/${IMAGE_ROOT}`,
    },
    rootfs: { type: "layers", diff_ids: [...(base?.diffIds ?? []), ...layers.map(({ sha256 }) => `sha256:${sha256}`)] },
    history: [...below, ...history],
  };
}

/** A base's history; where it does not tell of every layer, one that does: buildah builds on no image without. */
function historyOf({ history, diffIds }: BaseConfig): readonly Json[] {
  const told = history.filter((each) => !(isObject(each) && each.empty_layer === true)).length;
  return told === diffIds.length ? history : diffIds.map(() => ({ created: EPOCH, created_by: "base" }));
}

/** `NAME=value` lines of an image's config. */
export function environmentOf(lines: Json | undefined): Map<string, string> {
  return new Map(
    strings(lines).map((each): [string, string] => {
      const [, name = each, value = ""] = /^([^=]*)=(.*)$/s.exec(each) ?? [];
      return [name, value];
    }),
  );
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

/** sha256 of a text or of bytes: 64 hex digits. */
export const hexDigest = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");
const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);
const object = (value: Json | undefined): { [name: string]: Json } => (isObject(value) ? value : {});
const strings = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
