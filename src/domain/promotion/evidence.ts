import type { ReleaseRecord } from "../record/record.ts";
import { parseRecord } from "../record/record.ts";
import { canonicalJson } from "../text/json.ts";

/** The predicate of an attestation over an image: its release record. */
export const RECORD_PREDICATE = "https://github.com/model-road/model-road/release-record/v1";

/** The artifact of a run that holds the record of an image it has built, so that the exact name finds it. */
export const imageArtifactName = (digest: string): string => `image1-${digest.replace(/^sha256:/, "")}.json`;

/** What the record of an image must say before that image is promoted. */
export type Wanted = {
  readonly digest: string;
  readonly repository: string;
  readonly model: string | undefined;
  readonly fingerprint: string | undefined;
  /** The commit that it was built for; absent where the fingerprint says what it was built of. */
  readonly commit: string | undefined;
};

/** Why a record, wherever it comes from, does not speak for this image; `undefined`: it does. */
export function whyNot(
  record: ReleaseRecord,
  { digest, repository, model, fingerprint, commit }: Wanted,
): string | undefined {
  if (record.image?.digest !== digest) return `it is of image ${record.image?.digest ?? "none"}`;
  if (record.source.repository.toLowerCase() !== repository.toLowerCase()) return "it is of another repository";
  if (model !== undefined && record.model.name !== model) return `it is of the model ${record.model.name}`;
  if (fingerprint !== undefined && record.model.fingerprint !== fingerprint) return "it is of another fingerprint";
  // The registry's tag is what led here, and whoever may push there can put it on any image that has ever passed.
  if (commit !== undefined && record.source.sha !== commit) {
    return `it is of commit ${record.source.sha.slice(0, 12)}, not of ${commit.slice(0, 12)}`;
  }
  return undefined;
}

/**
 * The records in what `gh attestation verify --format json` has verified, as far as they are of this image. The program has checked
 * the signature and whose workflow made it; what is signed is looked at here.
 */
export function attestedRecords(output: string, digest: string): readonly ReleaseRecord[] {
  let all: unknown;
  try {
    all = JSON.parse(output);
  } catch {
    return [];
  }
  return (Array.isArray(all) ? all : []).flatMap((each: unknown) => {
    const statement = at(at(each, "verificationResult"), "statement");
    const subjects = at(statement, "subject");
    const named = Array.isArray(subjects) ? subjects.map((subject) => at(at(subject, "digest"), "sha256")) : [];
    if (at(statement, "predicateType") !== RECORD_PREDICATE || !named.includes(digest.replace(/^sha256:/, "")))
      return [];
    try {
      return [parseRecord(canonicalJson(at(statement, "predicate") as object), "the attestation")];
    } catch {
      return [];
    }
  });
}

const at = (value: unknown, name: string): unknown =>
  value !== null && typeof value === "object" && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
