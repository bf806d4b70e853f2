import { ActionError, quote } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import { namespaceOf, title, type Document } from "./documents.ts";

/** The object that holds what is deployed under a name and owns the rest: one write to it decides who deploys. */
export const anchorName = (name: string): string => `model-road.${name}`;

/** What is kept in the anchor, so that nothing is lost when a run is killed. */
export type KeptWorkload = {
  readonly schema: 1;
  readonly deployId: string;
  /** As they were applied, without what the cluster adds. */
  readonly documents: readonly Document[];
  readonly repository: string;
  readonly sha: string;
  readonly runId: string;
  /** The release record's JSON; absent where there was none, or no room. */
  readonly record?: string;
};

/**
 * Who may write ConfigMaps there may be allowed nothing else, and what is read here is applied with our rights: so it must lie
 * where we deploy.
 * @throws ActionError when it is none of ours
 */
export function readWorkload(text: string, where: string, namespace: string): KeptWorkload {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    value = null;
  }
  const fields = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
  const { schema, deployId, documents } = fields;
  if (schema === 1 && typeof deployId === "string" && Array.isArray(documents) && documents.every(isDocument)) {
    const kept = value as unknown as KeptWorkload;
    const astray = kept.documents.find(
      (each) => (each.kind === "Namespace" ? each.metadata.name : namespaceOf(each)) !== namespace,
    );
    if (astray === undefined) return kept;
    throw new ActionError({ where, expected: `objects of namespace ${namespace}`, seen: quote(title(astray)) });
  }
  throw new ActionError({ where, expected: "a release as these actions keep it", seen: quote(text.slice(0, 60)) });
}

const isSecret = ({ apiVersion, kind }: Document): boolean => apiVersion === "v1" && kind === "Secret";

/** The objects as they may be shown and kept where more may read than Secrets: those have their names only. */
export const withoutSecrets = (documents: readonly Document[]): readonly Document[] =>
  documents.map((document) => {
    if (!isSecret(document)) return document;
    const { apiVersion, kind, metadata } = document;
    const { annotations: _annotations, ...named } = metadata;
    return { apiVersion, kind, metadata: named };
  });

/** What a rollback applies: a Secret stays as it is, since what was in it before is kept nowhere. */
export const putBack = (documents: readonly Document[]): readonly Document[] =>
  documents.filter((document) => !isSecret(document));

/** Kinds whose removal loses what no deploy brings back. They are left, and told. */
const KEPT_KINDS = new Set(["Namespace", "PersistentVolumeClaim", "CustomResourceDefinition"]);

/** Whether the anchor owns such an object, so that it goes with it. */
export const isOwned = ({ kind }: Document): boolean => !KEPT_KINDS.has(kind);

/** What stood in the release before and is not wanted any more: what is removed, and what is left for a person. */
export function leftOver(
  before: readonly Document[],
  now: readonly Document[],
): { readonly remove: readonly Document[]; readonly keep: readonly Document[] } {
  const wanted = new Set(now.map(identity));
  const gone = before.filter((each) => !wanted.has(identity(each)));
  return { remove: gone.filter(isOwned), keep: gone.filter((each) => !isOwned(each)) };
}

/** Group and kind without the version, which may change for the same object. */
const identity = (document: Document): string => `${document.apiVersion.replace(/[^/]*$/, "")} ${title(document)}`;

function isDocument(value: Json): boolean {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const { apiVersion, kind, metadata } = value;
  return (
    typeof apiVersion === "string" &&
    typeof kind === "string" &&
    metadata !== null &&
    typeof metadata === "object" &&
    !Array.isArray(metadata) &&
    typeof metadata.name === "string"
  );
}
