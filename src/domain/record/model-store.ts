import { createHash } from "node:crypto";

import { refuse } from "../../errors.ts";
import type { ModelFile, ModelManifest } from "../fingerprint/manifest.ts";
import { parseManifest } from "../fingerprint/manifest.ts";
import { canonicalJson, parseJson } from "../text/json.ts";
import { check, object, oneOf, string, anything } from "../text/shape.ts";

// How models lie in a store. What is served lies under a path that its content decides, so it never changes:
//
//   <store>/<name>/<64 hex digits>/…         the model as Seldon's servers want it: the model-uri
//   <store>/<name>/<64 hex digits>.json      its files with their digests, and under which name they lie
//   <store>/train1-<fingerprint>/<run>-<attempt>.json   the record of a training, which says where to look

/** A store, as rclone and Seldon's storage initialiser name it: `remote:path`, and for the clouds `scheme://bucket/path`. */
export type StoreAddress = {
  /** As it was written, without a slash at the end. */
  readonly uri: string;
  /** rclone's name of it: the scheme, where there is one. */
  readonly remote: string;
  /** The bucket, or the first folder, which must be there. `s3://bucket` */
  readonly root: string;
};

/** Other schemes of `model-uri`, which are no remotes of rclone's. */
const NO_REMOTES = ["http", "https", "file", "pvc", "hf", "docker", "oci", "ftp"];

/** @throws ActionError when it is none that this action writes to */
export function parseStoreAddress(text: string): StoreAddress {
  const where = "the store's form";
  const expected = "s3://bucket/path, gs://bucket/path, azblob://container/path or <rclone remote>:path";
  const [, remote, slashes, path = ""] =
    /^([A-Za-z0-9_][A-Za-z0-9_.-]{1,63}):(\/{0,2})([^/].*)$/.exec(text.replace(/(?<=[^/:])\/+$/, "")) ?? [];
  if (remote === undefined || NO_REMOTES.includes(remote.toLowerCase())) {
    return refuse({ where, expected, seen: JSON.stringify(text.slice(0, 100)) });
  }
  const parts = path.split("/");
  if (path.length > 512 || !parts.every((part) => /^[A-Za-z0-9_@=+~!][A-Za-z0-9._@=+~!-]*$/.test(part))) {
    return refuse({
      where,
      expected: "a path of letters, digits and . _ - = + @ ~ !, that starts with the bucket",
      seen: JSON.stringify(text.slice(0, 100)),
      fix: "Credentials do not belong into it: they are variables, RCLONE_CONFIG_….",
    });
  }
  return { uri: `${remote}:${slashes}${path}`, remote, root: `${remote}:${slashes}${parts[0]}` };
}

/** The variable in which rclone looks for a remote's setting. `RCLONE_CONFIG_S3_TYPE` */
export const remoteVariable = (remote: string, setting: string): string =>
  `RCLONE_CONFIG_${remote.toUpperCase().replaceAll("-", "_")}_${setting}`;

/** The folder of a fingerprint's trainings. */
export const trainingsFolder = (store: StoreAddress, fingerprint: string): string =>
  `${store.uri}/train1-${fingerprint}`;

/** The name of a training's record in that folder. */
export const trainingFile = (runId: string, attempt: number): string => `${runId}-${attempt}.json`;

/** Run and attempt of a training's record, newest first; what is named otherwise is not ours. */
export function trainingsOf(names: readonly string[]): readonly { readonly runId: string; readonly attempt: number }[] {
  return names
    .flatMap((name) => {
      const [, runId, attempt] = /^(\d{1,20})-(\d{1,4})\.json$/.exec(name) ?? [];
      return runId === undefined ? [] : [{ runId, attempt: Number(attempt) }];
    })
    .toSorted((a, b) =>
      BigInt(a.runId) === BigInt(b.runId) ? b.attempt - a.attempt : BigInt(a.runId) < BigInt(b.runId) ? 1 : -1,
    );
}

/** What decides where in a store a model lies. */
export type StorableModel = {
  readonly name: string;
  readonly flavor: string;
  readonly digest: string;
  readonly format?: string | undefined;
};

/** A model's place in a store. */
export type StoredModel = {
  /** `s3://models/digits/<64 hex>`: what `model-uri` is. */
  readonly uri: string;
  /** Of the one file: its name there. Of a folder: the folder below the URI, empty for the URI itself. */
  readonly storedAs: string;
};

/**
 * Where a model lies: under its own content's digest, with the names that Seldon's prepackaged servers look for. A single file
 * of scikit-learn is `model.joblib`, one of XGBoost `model.bst`; a SavedModel lies in a numbered folder. All else keeps its name.
 */
export function placeOf(store: StoreAddress, model: StorableModel, manifest: ModelManifest): StoredModel {
  const storedAs = servedName(model, manifest);
  return { uri: `${store.uri}/${model.name}/${placeHex(model.digest, storedAs)}`, storedAs };
}

/** The name counts: a model that is read as another flavor later must not appear beside itself. */
const placeHex = (digest: string, storedAs: string): string =>
  createHash("sha256")
    .update(canonicalJson([digest, storedAs]))
    .digest("hex");

/** Whether a place is one that this model may lie at. */
export const isPlaceOf = ({ uri, storedAs }: StoredModel, { digest }: Pick<StorableModel, "digest">): boolean =>
  uri.endsWith(`/${placeHex(digest, storedAs)}`);

function servedName({ flavor, format }: StorableModel, { kind, files }: ModelManifest): string {
  const isA = (library: string): boolean => flavor.toLowerCase().replace("scikit-learn", "sklearn") === library;
  if (kind === "folder") return files.some(({ path }) => path === "saved_model.pb") ? "1" : "";
  const name = files[0]!.path;
  if (isA("sklearn") && (format === "pickle" || /\.(?:joblib|pkl|pickle)$/i.test(name))) return "model.joblib";
  if (isA("xgboost")) return "model.bst";
  return name;
}

/** Path below the URI → file of the model. */
export function storedFiles({ storedAs }: StoredModel, { kind, files }: ModelManifest): ReadonlyMap<string, ModelFile> {
  const nameOf = ({ path }: ModelFile): string =>
    kind === "file" ? storedAs : storedAs === "" ? path : `${storedAs}/${path}`;
  return new Map(files.map((file) => [nameOf(file), file]));
}

/** An object as a store lists it. */
export type ListedObject = {
  /** Relative to the folder that was listed. */
  readonly path: string;
  readonly bytes: number;
  /** Hex; where the store knows it. */
  readonly md5?: string | undefined;
};

/**
 * How what lies at a model's place stands to what should: which files are still to come, and what is there that is not of this
 * model. The latter can be no accident: an upload of ours that was cut leaves fewer objects, never other ones.
 * @param expected path below the URI → size, and md5 where it was taken
 */
export function compareStored(
  expected: ReadonlyMap<string, { readonly bytes: number; readonly md5?: string | undefined }>,
  listed: readonly ListedObject[],
): { readonly missing: readonly string[]; readonly foreign: string | undefined } {
  const there = new Set(listed.map(({ path }) => path));
  const foreign = listed.find(({ path, bytes, md5 }) => {
    const file = expected.get(path);
    return (
      file === undefined ||
      file.bytes !== bytes ||
      (md5 !== undefined && file.md5 !== undefined && md5.toLowerCase() !== file.md5)
    );
  });
  return { missing: [...expected.keys()].filter((path) => !there.has(path)), foreign: foreign?.path };
}

const placeShape = object({ schema: oneOf(1), storedAs: string({ most: 1024 }), manifest: anything });

/** The text that lies beside a stored model. */
export function serialisePlace(storedAs: string, serialisedManifest: string): string {
  return canonicalJson({ schema: 1, storedAs, manifest: JSON.parse(serialisedManifest) });
}

/** @throws ActionError when the text is none of a stored model */
export function parsePlace(
  text: string,
  { where, maxBytes }: { where: string; maxBytes: number },
): { storedAs: string; manifest: ModelManifest } {
  const { storedAs, manifest } = check(placeShape, parseJson(text, { where, maxBytes }), where);
  const parsed = parseManifest(canonicalJson(manifest), where);
  const isPlain = /^(?!\.{1,2}$)[^/\\\u0000-\u001f\u007f]+$/.test(storedAs);
  if (!isPlain && !(parsed.kind === "folder" && storedAs === "")) {
    refuse({ where, expected: "a plain name to lie under", seen: JSON.stringify(storedAs.slice(0, 100)) });
  }
  return { storedAs, manifest: parsed };
}
