import { ActionError, quote, refuse } from "../../errors.ts";
import type { Json } from "../text/json.ts";
import { parseYaml } from "../text/yaml.ts";
import { API_VERSION, KIND, type SeldonSpec } from "./resource.ts";

const MAX_BYTES = 1024 * 1024;

type Fields = { [name: string]: Json };

/** What may stand beside a SeldonDeployment: what its pods read, mount or run as. */
const BESIDE = ["ServiceAccount", "Secret", "ConfigMap", "PersistentVolumeClaim"] as const;

export type Beside = {
  readonly kind: (typeof BESIDE)[number];
  readonly name: string;
  readonly document: { readonly [field: string]: Json };
};

/** The one SeldonDeployment of a user's manifest, and what stands beside it. */
export type UserManifest = {
  readonly document: Json;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly beside: readonly Beside[];
};

const OBJECT_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * Reads YAML or JSON, of one document or many, with one SeldonDeployment of any of the three API versions.
 * @throws ActionError when there is none, or something beside it that is not of its pods
 */
export async function readUserManifest(text: string, where: string): Promise<UserManifest> {
  const documents: Fields[] = [];
  for (const part of text.split(/^---(?:[ \t].*)?$/m)) {
    const value = await parseYaml(part, { where, maxBytes: MAX_BYTES });
    if (isFields(value)) documents.push(value);
    else if (value !== null) refuse({ where, expected: "Kubernetes objects", seen: "another document" });
  }
  const [document, ...more] = documents.filter(({ kind }) => kind === KIND);
  const others = documents.filter(({ kind }) => kind !== KIND);
  const foreign = others.filter((each) => !BESIDE.some((kind) => kind === each.kind && each.apiVersion === "v1"));
  if (document === undefined || more.length > 0 || foreign.length > 0) {
    refuse({
      where,
      expected: `one SeldonDeployment, and beside it ${BESIDE.join(", ")} of v1`,
      seen: documents.length === 0 ? "nothing" : documents.map(kindOf).join(", "),
      fix: "Deploy each SeldonDeployment in a step of its own; other kinds are for target: kubernetes, or a step before.",
    });
  }
  const metadata = metadataOf(document);
  const namespace = typeof metadata.namespace === "string" ? metadata.namespace : undefined;
  return {
    document,
    name: typeof metadata.name === "string" ? metadata.name : undefined,
    namespace,
    labels: texts(metadata.labels),
    annotations: texts(metadata.annotations),
    beside: others.map((each) => besideOf(each, namespace, where)),
  };
}

function besideOf(document: Fields, namespace: string | undefined, where: string): Beside {
  const metadata = metadataOf(document);
  const { name } = metadata;
  if (typeof name !== "string" || !OBJECT_NAME.test(name)) {
    refuse({ where: `${where}, ${kindOf(document)}`, expected: "a name", seen: quote(textOf(name)) });
  }
  if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
    const expected =
      namespace === undefined ? "no namespace, as the SeldonDeployment" : `namespace ${quote(namespace)}`;
    refuse({
      where: `${where}, ${kindOf(document)} ${quote(name)}`,
      expected,
      seen: quote(textOf(metadata.namespace)),
    });
  }
  return { kind: document.kind as Beside["kind"], name, document };
}

const kindOf = ({ kind }: Fields): string => (typeof kind === "string" ? quote(kind, 40) : "an object without kind");
const metadataOf = ({ metadata }: Fields): Fields => (isFields(metadata) ? metadata : {});

/**
 * The manifest's spec with what is asked for put in: the image into the container of each predictor's first node, the
 * replicas into each predictor. Fields that Seldon ignores are left out.
 * @throws ActionError when there is no such container
 */
export function substitute(
  document: Json,
  { image, replicas }: { readonly image: string | undefined; readonly replicas: number | undefined },
): SeldonSpec {
  const {
    name: _name,
    oauth_key: _key,
    oauth_secret: _secret,
    ...spec
  } = isFields(document) && isFields(document.spec) ? document.spec : {};
  const predictors = (Array.isArray(spec.predictors) ? spec.predictors : []).map((predictor): Json => {
    if (!isFields(predictor)) return predictor;
    const replaced = image === undefined ? predictor : withImage(predictor, image);
    return replicas === undefined ? replaced : { ...replaced, replicas };
  });
  return { ...spec, predictors } as unknown as SeldonSpec;
}

function withImage(predictor: Fields, image: string): Fields {
  const node = isFields(predictor.graph) ? predictor.graph.name : undefined;
  let found = false;
  const componentSpecs = (Array.isArray(predictor.componentSpecs) ? predictor.componentSpecs : []).map(
    (component): Json => {
      if (!isFields(component) || !isFields(component.spec) || !Array.isArray(component.spec.containers))
        return component;
      const containers = component.spec.containers.map((container): Json => {
        if (!isFields(container) || container.name !== node) return container;
        found = true;
        return { ...container, image };
      });
      return { ...component, spec: { ...component.spec, containers } };
    },
  );
  if (found) return { ...predictor, componentSpecs };
  throw new ActionError({
    where: `predictor ${quote(textOf(predictor.name))} of the manifest`,
    expected: `a container named ${quote(textOf(node))} for the image`,
    seen: "none",
    fix: "Name the container after the graph's node, or leave the image out.",
  });
}

/** Checked for what could not be sent: the object as it will be, of the version that is stored. */
export const asStored = (document: Json, name: string): Json =>
  isFields(document)
    ? {
        ...document,
        apiVersion: API_VERSION,
        metadata: { ...(isFields(document.metadata) ? document.metadata : {}), name },
      }
    : document;

const isFields = (value: Json | undefined): value is Fields =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value);

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");

function texts(value: Json | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, each] of Object.entries(isFields(value) ? value : {}))
    if (typeof each === "string") found[name] = each;
  return found;
}
