import { createHash } from "node:crypto";

import { ActionError, quote, type Mistake } from "../../errors.ts";
import { check, count, list, object, oneOf, string, type Of } from "../text/shape.ts";
import { canonicalJson, parseJson } from "../text/json.ts";
import { byBytes } from "./order.ts";

/** One file of a model, as its manifest tells it. */
export type ModelFile = {
  /** Relative to the model's folder, or the file's own name; `/` between, never upwards. */
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** Permission bits. Only whether the owner may execute counts: a umask must not make another model. */
  readonly mode: number;
};

/** The files of a model, whole: what `model.digest` of the record is the digest of. */
export type ModelManifest = {
  readonly schema: 1;
  /** `file`: the model is the one file; `folder`: it is the folder that holds them. */
  readonly kind: "file" | "folder";
  readonly files: readonly ModelFile[];
};

/** Above this a manifest is no list of a model's files, but an attempt on our memory. */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
export const MAX_MODEL_FILES = 100_000;

const shape = object({
  schema: oneOf(1),
  kind: oneOf("file", "folder"),
  files: list(
    object({
      path: string({
        most: 1024,
        form: /^(?!\/)(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\u0000-\u001f\u007f\\]+$/,
        called: "a relative path without . or ..",
      }),
      sha256: string({ form: /^[0-9a-f]{64}$/, called: "64 hex digits" }),
      bytes: count,
      mode: count,
    }),
    MAX_MODEL_FILES,
  ),
});

/**
 * One digest over a model's files: `sha256:` and 64 hex digits. It does not depend on the order given, on who owns the files,
 * when they were written, or where the model lies.
 */
export function modelDigest(files: readonly ModelFile[]): string {
  const digest = createHash("sha256").update("model-files-1\n");
  for (const file of files.toSorted((a, b) => byBytes(a.path, b.path))) {
    digest.update(`${canonicalJson([file.path, isExecutable(file.mode) ? "x" : "-", file.bytes, file.sha256])}\n`);
  }
  return `sha256:${digest.digest("hex")}`;
}

/** Whether the owner may execute it. All else of a mode is a matter of the machine. */
export const isExecutable = (mode: number): boolean => (mode & 0o100) !== 0;

/** The one text of a manifest, as it lies in the artifact. */
export function serialiseManifest(manifest: ModelManifest): string {
  const files = manifest.files
    .map(({ path, sha256, bytes, mode }) => ({ path, sha256, bytes, mode: isExecutable(mode) ? 0o755 : 0o644 }))
    .toSorted((a, b) => byBytes(a.path, b.path));
  return canonicalJson({ ...manifest, files });
}

/** @throws ActionError when the text is no manifest, names a file twice, or names two that one folder could not hold */
export function parseManifest(text: string, where = "manifest.json"): ModelManifest {
  const manifest: Of<typeof shape> = check(shape, parseJson(text, { where, maxBytes: MAX_MANIFEST_BYTES }), where);
  refuseClashes(
    manifest.files.map(({ path }) => path),
    where,
  );
  return manifest;
}

// oxlint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/**
 * Refuses names that are one name on some file system: equal after Unicode NFC or case folding.
 * @throws ActionError with the pairs
 */
export function refuseClashes(paths: Iterable<string>, where: string): void {
  const seen = new Map<string, string>();
  const mistakes: Mistake[] = [];
  for (const path of paths) {
    // Nearly all names are ASCII, and have one form only.
    const folded = ASCII.test(path)
      ? path.toLowerCase()
      : path.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
    const other = seen.get(folded);
    if (other !== undefined) {
      mistakes.push({
        where,
        expected: "names that differ by more than case or Unicode form",
        seen: `${quote(other)} and ${quote(path)}`,
        fix: "Rename one of them: on another file system they would be one file.",
      });
    }
    seen.set(folded, path);
  }
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 10));
}
