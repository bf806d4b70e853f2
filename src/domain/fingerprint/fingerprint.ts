import { createHash } from "node:crypto";

import { ActionError } from "../../errors.ts";
import { canonicalJson, parseJson, type Json } from "../text/json.ts";
import { check, count, object, optional, record, string, type Of } from "../text/shape.ts";
import { refuseClashes } from "./manifest.ts";
import { inByteOrder } from "./order.ts";

/** Raised when the way of digesting changes: then every model is trained once anew. */
export const FINGERPRINT_SCHEMA = 1;

/**
 * How a file counts. What git tracks and finds clean counts by its blob id, without being read; all else by sha256. The state
 * of the file decides the way, so the same state has the same digest always.
 */
export type FileDigest = {
  readonly path: string;
  /** `git:<blob>`, `sha256:<hex>`, `sha256-16m:<hex>` of a big file's blocks, `commit:<id>` of a submodule, `link:<sha256 of the target's name>[+<content>]`, `tree:<hex>`, `dvc:<hash>` as DVC has recorded it */
  readonly digest: string;
  readonly executable: boolean;
};

/** A lock file; its pins are kept so that a later run can name the one that changed. */
export type LockFile = FileDigest & { readonly packages?: Readonly<Record<string, string>> };

/** All that decides what a training would make. */
export type Ingredients = {
  readonly code: readonly FileDigest[];
  readonly data: readonly FileDigest[];
  /** From `parseParams`. */
  readonly params: {
    readonly source: Readonly<Record<string, string>>;
    readonly canonical: Readonly<Record<string, string>>;
  };
  readonly environment: readonly LockFile[];
  readonly command: {
    readonly command: string;
    readonly workingDirectory: string;
    readonly model: string;
    readonly metrics: string;
    readonly preRun?: string;
    readonly paramsAs?: string;
    /** Of a training in a cluster: `backend`, the manifest's digest, the image. */
    readonly [order: string]: string | undefined;
  };
  readonly runtime: { readonly os: string; readonly arch: string; readonly python: string | undefined };
};

export const PARTS = ["code", "data", "params", "environment", "command", "runtime", "schema"] as const;
export type Part = (typeof PARTS)[number];

export type Fingerprint = {
  /** sha256 over the parts' digests: 64 hex digits. */
  readonly whole: string;
  readonly parts: Readonly<Record<Part, string>>;
};

/**
 * The fingerprint of a training: one digest over named parts, each a digest of its own.
 * @throws ActionError when two files have names that are one on some file systems
 */
export function fingerprint(ingredients: Ingredients): Fingerprint {
  const { code, data, params, environment, command, runtime } = ingredients;
  const parts: Record<Part, string> = {
    code: filesDigest(code, "code"),
    data: filesDigest(data, "data"),
    params: sha256(canonicalJson(params.canonical)),
    environment: filesDigest(environment, "environment"),
    command: sha256(canonicalJson(command)),
    runtime: sha256(canonicalJson({ ...runtime, python: runtime.python ?? null })),
    schema: sha256(String(FINGERPRINT_SCHEMA)),
  };
  return { whole: sha256(canonicalJson(parts)), parts };
}

function filesDigest(files: readonly FileDigest[], part: Part): string {
  refuseClashes(
    files.map(({ path }) => path),
    `the files of ${part}`,
  );
  const lines = inByteOrder(files, ({ path }) => path).map(
    ({ path, digest, executable }) => `${JSON.stringify(path)} ${executable ? "x" : "-"} ${digest}\n`,
  );
  return sha256(lines.join(""));
}

/** How a link counts: by where it points, and by what lies there, whose change would else go unseen. */
export const linkDigest = (target: string, content: string | undefined): string =>
  `link:${sha256(target)}${content === undefined ? "" : `+${content}`}`;

/** How all files below a folder count as one. */
export const treeDigest = (tree: readonly { path: string; sha256: string }[]): string =>
  `tree:${sha256(tree.map(({ path, sha256 }) => `${JSON.stringify(path)} ${sha256}\n`).join(""))}`;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What is kept of a training's ingredients, so that a later run can say what changed. Inert data: nothing is decided by it. */
export type FingerprintManifest = Of<typeof shape>;

const files = record(string({ most: 256 }), { most: 20_000, longest: 4096 });
const hex64 = string({ form: /^[0-9a-f]{64}$/, called: "64 hex digits" });
const shape = object({
  schema: count,
  fingerprint: hex64,
  parts: record(hex64, { most: 16 }),
  /** Path → digest, `x ` before it for an executable. Absent when there are too many to keep. */
  code: optional(files),
  data: optional(files),
  params: record(string({ most: 4096 }), { most: 1000 }),
  environment: record(
    object({ digest: string({ most: 256 }), packages: optional(record(string({ most: 128 }), { most: 2000 })) }),
    { most: 1000, longest: 4096 },
  ),
  command: record(string({ most: 65_536 }), { most: 16 }),
  runtime: record(string({ most: 256 }), { most: 16 }),
});

export const MAX_FINGERPRINT_MANIFEST_BYTES = 384 * 1024;
const MAX_FILES_KEPT = 2000;

/** The manifest of a training; files that are too many to keep are left to their part's digest. */
export function fingerprintManifest(ingredients: Ingredients, { whole, parts }: Fingerprint): FingerprintManifest {
  const { code, data, params, environment, command, runtime } = ingredients;
  const manifest: FingerprintManifest = {
    schema: FINGERPRINT_SCHEMA,
    fingerprint: whole,
    parts,
    params: { ...params.source },
    environment: Object.fromEntries(
      environment
        .slice(0, 200)
        .map((file) => [
          file.path,
          { digest: shown(file), ...(file.packages === undefined ? {} : { packages: file.packages }) },
        ]),
    ),
    command: { ...command, command: command.command.slice(0, 65_536) },
    runtime: {
      os: runtime.os,
      arch: runtime.arch,
      ...(runtime.python === undefined ? {} : { python: runtime.python }),
    },
  };
  const listed = { ...manifest, ...kept("code", code), ...kept("data", data) };
  for (const each of [listed, { ...manifest, ...kept("code", code) }, manifest]) {
    if (Buffer.byteLength(canonicalJson(each)) <= MAX_FINGERPRINT_MANIFEST_BYTES) return each;
  }
  return { ...manifest, environment: {}, params: {} };
}

const kept = (part: "code" | "data", list: readonly FileDigest[]): { code?: Record<string, string> } =>
  list.length > MAX_FILES_KEPT ? {} : { [part]: Object.fromEntries(list.map((file) => [file.path, shown(file)])) };

const shown = ({ digest, executable }: FileDigest): string => (executable ? `x ${digest}` : digest);

/** Reads what an earlier run kept. @throws ActionError when it is none */
export function parseFingerprintManifest(value: unknown, where: string): FingerprintManifest {
  return check(shape, value, where);
}

/**
 * The pins of a lock file: `scikit-learn==1.5.2`, one a line. Names as PyPI compares them: lower case, `-` for `_` and `.`.
 * Other forms (TOML, YAML) are not read: their change is told as a change of the file.
 */
export function pinsOf(text: string): Record<string, string> | undefined {
  const pins: Record<string, string> = {};
  for (const line of text.split(/\r\n|\n|\r/).slice(0, 5000)) {
    const [, name, version] =
      /^\s*([A-Za-z0-9][A-Za-z0-9._-]{0,100})(?:\[[^\]]{0,100}\])?\s*==\s*([^\s;#\\,]{1,64})/.exec(line) ?? [];
    if (name !== undefined) pins[name.toLowerCase().replace(/[-_.]+/g, "-")] = version!;
  }
  const count = Object.keys(pins).length;
  return count === 0 || count > 2000 ? undefined : pins;
}

/** Files that say which libraries a training gets, where `environment` names none. Looked for in the working directory. */
export function isLockFile(name: string): boolean {
  return /^(?:requirements[^/]*\.txt|Pipfile\.lock|poetry\.lock|uv\.lock|pdm\.lock|conda-lock\.yml|environment\.ya?ml|setup\.py|pyproject\.toml)$/.test(
    name,
  );
}

/** The record artifact of a training: `{ record, manifest }`. Both as unparsed values; a bare record has no manifest. */
export function openTrainingDocument(text: string, where: string): { record: Json; manifest: Json } {
  const value = parseJson(text, { where, maxBytes: 1024 * 1024 });
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new ActionError({ where, expected: "an object", seen: "something else" });
  }
  if (!("record" in value)) return { record: value, manifest: null };
  return { record: value.record ?? null, manifest: value.manifest ?? null };
}
