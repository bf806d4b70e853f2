import { ActionError, refuse } from "../../errors.ts";
import { canonicalJson, parseJson } from "../text/json.ts";
import {
  check,
  count,
  list,
  number,
  object,
  oneOf,
  optional,
  record as map,
  string,
  boolean,
  type Of,
} from "../text/shape.ts";

/** A record is one `with:` value, that is one environment string; the system's limit for those is 128 KiB. */
export const MAX_RECORD_BYTES = 64 * 1024;

/** Raised when a field changes its meaning. A reader knows this one and all before it. */
export const RECORD_SCHEMA = 1;

const sha256 = string({ form: /^sha256:[0-9a-f]{64}$/, called: "sha256: and 64 hex digits" });
const hex64 = string({ form: /^[0-9a-f]{64}$/, called: "64 hex digits" });
const commit = string({ form: /^[0-9a-f]{40}([0-9a-f]{24})?$/, called: "a commit's full id" });
const name = string({
  form: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  called: "a name of lower-case letters, digits and -",
});
/** Inside the workspace or an image: relative, with `/`, and never upwards. */
const path = string({
  form: /^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\/\/)[^\u0000-\u001f\\]+$/,
  called: "a relative path without . or ..",
});
const digits = string({ form: /^\d{1,20}$/, called: "digits" });

const metric = number;

const section = {
  model: object({
    name,
    /** `sklearn`, `xgboost`, `custom` … as the user named it, or as the file's format says. */
    flavor: string({ most: 64 }),
    fingerprint: hex64,
    /** Digest of each part of the fingerprint. */
    parts: map(hex64, { most: 16 }),
    /** Where the model lies, relative to the repository. */
    path,
    /** One digest over the manifest of the model's files. */
    digest: sha256,
    files: count,
    bytes: count,
    format: optional(string({ most: 64 })),
    /** Of the libraries that wrote the model, where they could be told: `scikit-learn` → `1.5.2`. */
    libraries: optional(map(string({ most: 64 }), { most: 64 })),
  }),
  source: object({
    repository: string({ most: 140 }),
    sha: commit,
    ref: string({ most: 1024 }),
    event: string({ most: 64 }),
    pullRequest: optional(count),
    runId: digits,
    runAttempt: count,
  }),
  training: object({
    command: string({ most: 16_384 }),
    /** Name → source text as it was written: `1.0` is not `1`. */
    params: map(string({ most: 4096 })),
    seconds: number,
    skipped: boolean,
    /** The run and artifact that a skipped training stands on. */
    reusedFrom: optional(object({ runId: digits, artifactId: optional(digits), sha: commit })),
    reason: string({ most: 2000 }),
    /** What differs from the last known result, a line each: `params.C 1.0 → 0.1`. */
    changed: list(string({ most: 500 }), 100),
  }),
  artifact: object({
    /**
     * The first three are absent where there are no artifacts, as on GitHub Enterprise Server, and for a model that a training in
     * a cluster has left there; then there is a `modelUri`.
     */
    id: optional(digits),
    name: optional(string({ most: 255 })),
    /** Of the artifact as GitHub stores it. */
    sha256: optional(hex64),
    runId: digits,
    /** Where the model lies in a model store: immutable, since its digest is part of the path. */
    modelUri: optional(string({ most: 2048 })),
  }),
  metrics: object({
    values: map(metric, { most: 500 }),
    /** Metric → `class=3` → value. */
    slices: optional(map(map(metric, { most: 500 }), { most: 100 })),
  }),
  gate: object({
    decision: oneOf("passed", "rejected", "inconclusive"),
    rules: list(
      object({
        /** As the user wrote it. */
        rule: string({ most: 500 }),
        bound: optional(number),
        /** Absent when the metric is missing or no finite number. */
        observed: optional(number),
        /** The baseline's value, where the rule compares with it. */
        baseline: optional(number),
        /** Of `observed - bound`, at the confidence that was asked for. */
        interval: optional(object({ low: number, high: number })),
        verdict: oneOf("passed", "rejected", "inconclusive"),
        reason: optional(string({ most: 500 })),
      }),
      200,
    ),
    baseline: optional(
      object({
        /** `live`, `branch`, `artifact`, `file`, `predictions`; `none` where nothing was there to compare with. */
        kind: string({ most: 32 }),
        digest: optional(sha256),
        sha: optional(commit),
        at: optional(string({ most: 40 })),
        /** Where it was found, in words: `deployment 12 to production`. */
        from: optional(string({ most: 300 })),
        runId: optional(digits),
        /** Its metrics beside ours, those of the rules first; all of them stand in the report. */
        values: optional(map(metric, { most: 40 })),
      }),
    ),
    /** Rows that candidate and baseline answer differently, where both were asked the same. */
    flips: optional(object({ total: count, rows: count, mended: optional(count), broken: optional(count) })),
    /** What measuring and judging took. */
    seconds: optional(number),
    /** At which the intervals were taken; absent where the values decided as they stand. */
    confidence: optional(number),
  }),
  image: object({
    /** A repository (`ghcr.io/acme/digits`) or a layout (`oci:image`). */
    repository: string({ most: 1024 }),
    digest: sha256,
    /** `model`, `code`, `dependencies`, `base`. Only what we put there ourselves is named by its content. */
    layers: list(object({ digest: sha256, bytes: count, holds: string({ most: 64 }) }), 128),
    modelClass: optional(string({ most: 256 })),
    /** Where the model lies in the image, relative to its working directory. */
    modelPath: optional(path),
    /** What the server showed when it was tried before the push: seconds, milliseconds, bytes. */
    tried: optional(
      object({
        startSeconds: number,
        requests: count,
        p50: optional(number),
        p95: optional(number),
        memoryBytes: optional(count),
      }),
    ),
  }),
  deployment: object({
    target: oneOf("seldon", "kubernetes", "helm", "local"),
    namespace: string({ most: 63 }),
    name: string({ most: 63 }),
    predictor: optional(string({ most: 63 })),
    strategy: optional(string({ most: 32 })),
    deployId: string({ most: 64 }),
    url: string({ most: 2048 }),
    operation: oneOf("created", "updated", "unchanged"),
    /** Digest of the record that stood before this section was added. */
    recordBefore: sha256,
    seconds: optional(number),
  }),
};

const shape = object({
  schema: oneOf(RECORD_SCHEMA),
  model: section.model,
  source: section.source,
  training: section.training,
  artifact: optional(section.artifact),
  metrics: optional(section.metrics),
  gate: optional(section.gate),
  image: optional(section.image),
  deployment: optional(section.deployment),
});

/** The section `gate`, for what else carries one. */
export const gateShape = section.gate;

/** What travels from train to seldon-deploy; each action adds its own section. See docs/record.md. */
export type ReleaseRecord = Of<typeof shape>;
export type ModelSection = ReleaseRecord["model"];
export type ArtifactSection = NonNullable<ReleaseRecord["artifact"]>;
export type SourceSection = ReleaseRecord["source"];
export type GateSection = NonNullable<ReleaseRecord["gate"]>;
export type DeploymentSection = NonNullable<ReleaseRecord["deployment"]>;

/**
 * Reads a record strictly: size, JSON without double names, every field known and of its form.
 * @param where how the text was given, for the errors: `input "record"`
 * @throws ActionError with every mistake
 */
export function parseRecord(text: string, where = `input "record"`): ReleaseRecord {
  if (text.trim() === "") {
    refuse({
      where,
      expected: "a release record",
      seen: "an empty text",
      fix: "Was the output of the step before dropped, because a secret's value stands in it? Hand it on as artifact:<name>.",
    });
  }
  const value = parseJson(text, { where, maxBytes: MAX_RECORD_BYTES });
  const schema = value !== null && typeof value === "object" && !Array.isArray(value) ? value.schema : undefined;
  if (typeof schema === "number" && schema > RECORD_SCHEMA) {
    refuse({
      where,
      expected: `a record of schema ${RECORD_SCHEMA} or before`,
      seen: `schema ${schema}`,
      fix: "It was written by a newer version of these actions: use one version in all jobs.",
    });
  }
  return check(shape, value, where);
}

/** The one text of a record. @throws ActionError when it is over its size */
export function serialiseRecord(record: ReleaseRecord): string {
  const text = canonicalJson(record);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_RECORD_BYTES) {
    throw new ActionError({
      where: "release record",
      expected: `at most ${MAX_RECORD_BYTES} bytes`,
      seen: `${bytes} bytes`,
      fix: "Report fewer metrics, slices or parameters: long things belong in the artifact.",
    });
  }
  return text;
}

/** How an action was given its record. */
export type RecordSource =
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "artifact-id"; readonly runId: string; readonly artifactId: string }
  | { readonly kind: "artifact-name"; readonly name: string }
  | { readonly kind: "image"; readonly reference: string; readonly digest: string };

/** Tells the five forms of the input `record` apart. An empty input means: the latest of this job (the caller's choice). */
export function parseRecordSource(text: string): RecordSource {
  if (text.startsWith("{")) return { kind: "json", text };
  const [, scheme, rest = ""] = /^(file|artifact|image):(.+)$/s.exec(text) ?? [];
  if (scheme === "file") return { kind: "file", path: rest };
  if (scheme === "artifact") {
    const [, runId, artifactId] = /^(\d{1,20})\/(\d{1,20})$/.exec(rest) ?? [];
    if (runId !== undefined && artifactId !== undefined) return { kind: "artifact-id", runId, artifactId };
    if (!rest.includes("/")) return { kind: "artifact-name", name: rest };
  }
  if (scheme === "image") {
    const [, reference, digest] = /^(.+)@(sha256:[0-9a-f]{64})$/.exec(rest) ?? [];
    if (reference !== undefined && digest !== undefined) return { kind: "image", reference, digest };
  }
  return refuse({
    where: "the record's form",
    expected: "JSON, file:<path>, artifact:<run>/<id>, artifact:<name> or image:<reference>@<digest>",
    seen: JSON.stringify(text.slice(0, 60)),
  });
}

/**
 * What build-model-image and seldon-deploy ask before they work. A dropped or forgotten gate must not read as a passed one.
 * @throws ActionError unless the gate's decision is `passed`
 */
export function requireGate(record: ReleaseRecord | undefined, required: boolean): void {
  if (!required) return;
  const fix = "Run evaluate-gate before, and hand its record on; or set require-gate: false to work without a gate.";
  if (!record) refuse({ where: `input "record"`, expected: "a record whose gate is passed", seen: "no record", fix });
  if (record.gate?.decision !== "passed") {
    refuse({
      where: `the record of ${record.model.name}`,
      expected: "gate passed",
      seen: record.gate ? `gate ${record.gate.decision}` : "no gate",
      fix,
    });
  }
}
