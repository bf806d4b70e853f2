import { ActionError, quote, refuse, type Mistake } from "../../errors.ts";
import { DEPLOY_ID_LABEL } from "../seldon/deploy-ids.ts";
import { textDigest } from "../seldon/digest.ts";
import { canonicalJson, type Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";

const MOST_BYTES = 1024 * 1024;
const MOST_DOCUMENTS = 100;
const NAME = /^[a-z0-9]([a-z0-9.:-]{0,251}[a-z0-9])?$/;

/** Which of these actions' releases an object belongs to: by it what is no longer wanted is found again. */
export const RELEASE_LABEL = "model-road/release";

export type Fields = { readonly [name: string]: Json };

/** One object of a manifest, as it was written. */
export type Document = Fields & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Fields & { readonly name: string };
};

/** How the API server calls a kind. */
export type Scope = { readonly plural: string; readonly namespaced: boolean };

/** The pod template of each kind that has one. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
  Rollout: ["spec", "template"],
};

/** What must be there before what: the others come last, in the order they were written. */
const ORDER = [
  "Namespace",
  "CustomResourceDefinition",
  "ResourceQuota",
  "LimitRange",
  "NetworkPolicy",
  "ServiceAccount",
  "Secret",
  "ConfigMap",
  "Role",
  "RoleBinding",
  "PersistentVolumeClaim",
  "Service",
];

/**
 * Reads the objects of a YAML text of many documents; a `List` counts as its items.
 * @throws ActionError with every document that is none
 */
export async function readDocuments(text: string, where: string): Promise<readonly Document[]> {
  const found: Document[] = [];
  const mistakes: Mistake[] = [];
  const names = new Set<string>();
  const take = (value: Json, at: string): void => {
    if (
      isFields(value) &&
      typeof value.kind === "string" &&
      value.kind.endsWith("List") &&
      Array.isArray(value.items)
    ) {
      for (const [index, item] of value.items.entries()) take(item, `${at}, item ${index + 1}`);
      return;
    }
    const wrong = faultOf(value);
    if (wrong !== undefined) {
      mistakes.push({ where: at, ...wrong });
      return;
    }
    const document = value as Document;
    const key = `${document.apiVersion}/${document.kind} ${namespaceOf(document) ?? ""}/${document.metadata.name}`;
    if (names.has(key)) {
      mistakes.push({ where: at, expected: "each object once", seen: `${title(document)} a second time` });
    }
    names.add(key);
    found.push(document);
  };
  let line = 1;
  for (const part of text.replaceAll("\r\n", "\n").split(/^---(?:[ \t].*)?$/m)) {
    const at = `${where}, the document at line ${line}`;
    const value = await parseYaml(part, { where: at, maxBytes: MOST_BYTES });
    if (value !== null) take(value, at);
    line += part.split("\n").length - 1;
  }
  if (found.length === 0 && mistakes.length === 0) {
    refuse({ where, expected: "one Kubernetes object at least", seen: "none" });
  }
  if (found.length > MOST_DOCUMENTS) {
    refuse({ where, expected: `at most ${MOST_DOCUMENTS} objects`, seen: `${found.length}` });
  }
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
  return found;
}

function faultOf(value: Json): { expected: string; seen: string } | undefined {
  if (!isFields(value) || typeof value.apiVersion !== "string" || typeof value.kind !== "string") {
    return { expected: "a Kubernetes object with apiVersion and kind", seen: "something else" };
  }
  const metadata = isFields(value.metadata) ? value.metadata : {};
  if (typeof metadata.name === "string" && NAME.test(metadata.name)) return undefined;
  return {
    expected: `a metadata.name for the ${quote(value.kind)}: what gets a new name each time can not be updated`,
    seen: typeof metadata.generateName === "string" ? "a generateName" : "none",
  };
}

/**
 * Puts every object that has one into the namespace of the deploy. An object that names another is refused: what a manifest
 * says does not widen where a workflow may write.
 * @throws ActionError when the cluster does not know a kind, or an object lies outside
 */
export function placeDocuments(
  documents: readonly Document[],
  namespace: string,
  scopeOf: (document: Document) => Scope | undefined,
): readonly Document[] {
  const mistakes: Mistake[] = [];
  const placed = documents.map((document): Document => {
    const where = title(document);
    const scope = scopeOf(document);
    if (scope === undefined) {
      mistakes.push({
        where,
        expected: "a kind that the cluster knows",
        seen: quote(`${document.apiVersion}, ${document.kind}`),
        fix: "Install its definition first, or mend the apiVersion.",
      });
      return document;
    }
    if (!scope.namespaced) {
      if (document.kind !== "Namespace" || document.metadata.name !== namespace) {
        mistakes.push({
          where,
          expected: "objects of one namespace",
          seen: "one of the whole cluster",
          fix: "Let the cluster's own administration apply it, in a step of its own.",
        });
      }
      return document;
    }
    const own = namespaceOf(document);
    if (own !== undefined && own !== namespace) {
      mistakes.push({ where, expected: `namespace ${namespace}, or none`, seen: `namespace ${quote(own)}` });
    }
    return { ...document, metadata: { ...document.metadata, namespace } };
  });
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
  return placed
    .map((document, at) => ({ document, at, rank: rankOf(document) }))
    .toSorted((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ document }) => document);
}

/**
 * Puts the image where it belongs: into the container that is named, else into those that hold the same repository already,
 * else into the only container that there is.
 * @throws ActionError when that is not clear
 */
export function withImage(documents: readonly Document[], image: string, container?: string): readonly Document[] {
  const all = documents.flatMap((document) => containersOf(document));
  const repository = repositoryOf(image);
  const byName = all.filter(({ name }) => name === container);
  const byImage = all.filter((each) => repositoryOf(each.image) === repository);
  const chosen = container !== undefined ? byName : byImage.length > 0 ? byImage : all.length === 1 ? all : [];
  if (chosen.length === 0) {
    refuse({
      where: "the manifests",
      expected:
        container === undefined
          ? `a container whose image is of ${repository}, or one container in all`
          : `a container named ${quote(container)}`,
      seen: all.length === 0 ? "no container" : all.map(({ name, image: has }) => `${name} (${has})`).join(", "),
      fix: "Write the image's repository into the manifest, or name the container with the input container.",
    });
  }
  const wanted = new Set(chosen.map(({ fields }) => fields));
  return documents.map((document) =>
    mapContainers(document, (fields) => (wanted.has(fields) ? { ...fields, image } : fields)),
  );
}

/**
 * Gives every object the release's label, and every pod template the digest of itself, which says later what its pods are of.
 * @returns the objects, and one digest over all of them, 40 hex digits
 */
export function stampDocuments(
  documents: readonly Document[],
  release: string,
): { readonly documents: readonly Document[]; readonly deployId: string } {
  const stamped = documents.map((document): Document => {
    const path = TEMPLATES[document.kind];
    const labelled = change(document, ["metadata", "labels"], (labels) => ({
      ...fieldsOf(labels),
      [RELEASE_LABEL]: release,
    }));
    if (path === undefined) return labelled as Document;
    const id = shortDigest(canonicalJson(at(labelled, path) ?? null));
    return change(labelled, [...path, "metadata", "labels"], (labels) => ({
      ...fieldsOf(labels),
      [DEPLOY_ID_LABEL]: id,
    })) as Document;
  });
  return { documents: stamped, deployId: shortDigest(canonicalJson({ schema: 1, documents: stamped })) };
}

/** The deploy id in an object's pod template; `undefined` where it has none. */
export function templateId(document: Fields): string | undefined {
  const path = typeof document.kind === "string" ? TEMPLATES[document.kind] : undefined;
  const labels = path === undefined ? undefined : at(document, [...path, "metadata", "labels"]);
  const id = isFields(labels) ? labels[DEPLOY_ID_LABEL] : undefined;
  return typeof id === "string" ? id : undefined;
}

export const title = ({ kind, metadata }: Document): string => `${kind} ${metadata.name}`;

export const namespaceOf = ({ metadata }: Document): string | undefined =>
  typeof metadata.namespace === "string" ? metadata.namespace : undefined;

type FoundContainer = { readonly name: string; readonly image: string; readonly fields: Fields };

function containersOf(document: Document): readonly FoundContainer[] {
  const found: FoundContainer[] = [];
  mapContainers(document, (fields) => {
    const [name, image] = [fields.name, fields.image];
    found.push({
      name: typeof name === "string" ? name : "",
      image: typeof image === "string" ? image : "",
      fields,
    });
    return fields;
  });
  return found;
}

function mapContainers(document: Document, each: (container: Fields) => Fields): Document {
  const path = TEMPLATES[document.kind] ?? (document.kind === "Pod" ? [] : undefined);
  if (path === undefined) return document;
  return change(document, [...path, "spec", "containers"], (containers) =>
    Array.isArray(containers) ? containers.map((one) => (isFields(one) ? { ...each(one) } : one)) : [],
  ) as Document;
}

/** The value at a path with another in its place; what is missing on the way is made. */
function change(value: Json | Fields, [name, ...rest]: readonly string[], to: (was: Json | undefined) => Json): Json {
  const fields = fieldsOf(value);
  return { ...fields, [name!]: rest.length === 0 ? to(fields[name!]) : change(fields[name!] ?? null, rest, to) };
}

function at(value: Json | Fields, path: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const name of path) found = isFields(found) ? found[name] : undefined;
  return found;
}

/** `ghcr.io/acme/score:1.2@sha256:…` → `ghcr.io/acme/score` */
const repositoryOf = (image: string): string => image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");

function rankOf({ kind }: Document): number {
  const rank = ORDER.indexOf(kind);
  return rank < 0 ? ORDER.length : rank;
}

const shortDigest = (text: string): string => textDigest(text).slice("sha256:".length, "sha256:".length + 40);

const isFields = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);

const fieldsOf = (value: Json | undefined): { [name: string]: Json } => (isFields(value) ? value : {});
