import { requireRequests, type Autoscale } from "../domain/seldon/autoscale.ts";
import { lintSeldonDeployment, type Finding } from "../domain/seldon/lint.ts";
import { flatten, type GraphPart } from "../domain/seldon/graph.ts";
import {
  buildGraphSpec,
  buildSpec,
  resourceOf,
  type ENGINES,
  type GraphManifestOrder,
  type Protocol,
} from "../domain/seldon/manifest.ts";
import { asJson, type Parameter, type SeldonSpec } from "../domain/seldon/resource.ts";
import { serverOfFlavor } from "../domain/seldon/servers.ts";
import {
  registrySecretName,
  storageSecretName,
  type RegistryCredentials,
  type StorageCredentials,
} from "../domain/seldon/secrets.ts";
import { asStored, readUserManifest, substitute, type Beside } from "../domain/seldon/user-manifest.ts";
import type { ImageReference } from "../domain/image/manifest.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import type { Json } from "../domain/text/json.ts";
import { ActionError, quote, refuse, type Mistake } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Workspace } from "../ports.ts";
import { imageInRegistry } from "./pulled-image.ts";

/** What the inputs say of the object to be deployed. */
export type Asked = {
  readonly name: string | undefined;
  readonly namespace: string;
  readonly manifest: string | undefined;
  readonly image: ImageReference | undefined;
  readonly "model-uri": string | undefined;
  readonly implementation: string | undefined;
  readonly parameters: readonly Parameter[] | undefined;
  readonly replicas: number | undefined;
  readonly autoscale: Autoscale | undefined;
  readonly resources: Json | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  readonly "service-account": string | undefined;
  readonly "storage-secret": string | undefined;
  readonly "image-pull-secret": string | undefined;
  readonly "storage-credentials": StorageCredentials | undefined;
  readonly "registry-credentials": RegistryCredentials | undefined;
  readonly protocol: Protocol;
  readonly engine: (typeof ENGINES)[number];
  readonly "wait-timeout": number;
};

/** The object to be applied, before it has its ids. */
export type Wanted = {
  readonly name: string;
  /** None where a step only ends what stands. */
  readonly spec: SeldonSpec | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Image or model, for the log and the summary. */
  readonly from: string;
  readonly findings: readonly Finding[];
  /** What a manifest of the user's holds for its pods. */
  readonly beside: readonly Beside[];
};

/** Below what Kubernetes waits by itself (600 s), and below what we wait, so that it is Kubernetes that tells the stall. */
function progressDeadline(waitSeconds: number): number {
  return Math.max(10, Math.min(600, waitSeconds - 10));
}

/**
 * The SeldonDeployment that the inputs, the record or the user's manifest ask for, checked by every rule of Seldon's.
 * @throws ActionError with every rule that the cluster would refuse it by
 */
export async function wantedObject(
  asked: Asked,
  record: ReleaseRecord | undefined,
  run: Run,
  workspace: Workspace,
  graph?: GraphPart,
): Promise<Wanted> {
  const image = graph === undefined ? imageOf(asked, record) : undefined;
  const wanted =
    graph !== undefined
      ? fromGraph(asked, graph, record)
      : asked.manifest === undefined
        ? fromInputs(asked, image, record)
        : await fromManifest(asked, asked.manifest, image, record, run, workspace);
  const findings = lintSeldonDeployment(wanted.document);
  const errors = findings.filter(({ level }) => level === "error");
  if (errors.length > 0) throw new ActionError(errors.map(({ level: _level, ...mistake }): Mistake => mistake));
  return { ...wanted, findings };
}

/** What a step that only ends something asks for: a name. @throws ActionError */
export function nothingWanted({ name }: Asked): Wanted {
  if (name === undefined) {
    refuse({
      where: `input "name"`,
      expected: "the name of what is to be ended",
      seen: "nothing",
      fix: "Set the input name.",
    });
  }
  return {
    name,
    spec: undefined,
    labels: {},
    annotations: {},
    from: "the version that stands there",
    findings: [],
    beside: [],
  };
}

function imageOf(
  { image, manifest, implementation, "model-uri": modelUri }: Asked,
  record: ReleaseRecord | undefined,
): string | undefined {
  // A prepackaged server has its own image, and a manifest stands as it is unless an image is named.
  const itsOwn = implementation !== undefined || (modelUri !== undefined && manifest === undefined);
  return imageInRegistry(image, itsOwn ? undefined : record);
}

function fromInputs(asked: Asked, image: string | undefined, record: ReleaseRecord | undefined) {
  const name = asked.name ?? nameOfRecord(record);
  const modelUri = asked["model-uri"] ?? (image === undefined ? record?.artifact?.modelUri : undefined);
  const flavor = record?.model.flavor;
  const implementation =
    asked.implementation ??
    (image === undefined && modelUri !== undefined && flavor !== undefined ? serverOfFlavor(flavor) : undefined);
  refuseCredentials(asked, image, modelUri === undefined ? [] : [modelUri]);
  const spec = buildSpec({
    ...orderOf(asked, name),
    image,
    modelUri,
    implementation,
    parameters: asked.parameters ?? [],
    engine: asked.engine,
    answersPing: asked.image === undefined && record?.image !== undefined,
  });
  const document = asJson(resourceOf({ name, namespace: asked.namespace }, spec, { labels: {}, annotations: {} }));
  return { name, spec, document, labels: {}, annotations: {}, from: image ?? modelUri ?? "", beside: [] };
}

function fromGraph(asked: Asked, graph: GraphPart, record: ReleaseRecord | undefined) {
  const name = asked.name ?? nameOfRecord(record);
  const parts = flatten(graph);
  const uris = parts.flatMap(({ modelUri }) => modelUri ?? []);
  refuseCredentials(asked, parts.find(({ image }) => image !== undefined)?.image, uris);
  const spec = buildGraphSpec(graph, orderOf(asked, name));
  const document = asJson(resourceOf({ name, namespace: asked.namespace }, spec, { labels: {}, annotations: {} }));
  const from = `a graph of ${parts.map((part) => part.name).join(", ")}`;
  return { name, spec, document, labels: {}, annotations: {}, from, beside: [] };
}

/** What of the inputs is about the whole deployment. */
function orderOf(asked: Asked, name: string): GraphManifestOrder {
  if (asked.autoscale !== undefined) requireRequests(asked.autoscale, asked.resources);
  return {
    replicas: asked.replicas ?? 1,
    autoscale: asked.autoscale,
    resources: asked.resources,
    env: asked.env ?? {},
    serviceAccount: asked["service-account"],
    storageSecret: asked["storage-credentials"] === undefined ? asked["storage-secret"] : storageSecretName(name),
    imagePullSecret:
      asked["registry-credentials"] === undefined ? asked["image-pull-secret"] : registrySecretName(name),
    protocol: asked.protocol,
    annotations: asked.annotations ?? {},
    progressDeadlineSeconds: progressDeadline(asked["wait-timeout"]),
  };
}

/** Credentials that nothing would use, or of another store. */
function refuseCredentials(asked: Asked, image: string | undefined, modelUris: readonly string[]): void {
  const { "storage-credentials": storage, "registry-credentials": registry } = asked;
  if (registry !== undefined && image === undefined) {
    refuse({ where: `input "registry-credentials"`, expected: "an image that they pull", seen: "none" });
  }
  if (storage === undefined) return;
  if (modelUris.some((uri) => uri.startsWith(`${storage.scheme}:`))) return;
  refuse({
    where: `input "storage-credentials"`,
    expected: `a model-uri that starts with ${storage.scheme}://`,
    seen: modelUris.length === 0 ? "none" : modelUris.map((uri) => quote(uri)).join(", "),
    fix: "rclone takes a URI's scheme for the name of its remote.",
  });
}

async function fromManifest(
  asked: Asked,
  path: string,
  image: string | undefined,
  record: ReleaseRecord | undefined,
  run: Run,
  workspace: Workspace,
) {
  const beside = (
    [
      "model-uri",
      "implementation",
      "parameters",
      "autoscale",
      "resources",
      "env",
      "annotations",
      "service-account",
      "storage-secret",
      "image-pull-secret",
      "storage-credentials",
      "registry-credentials",
    ] as const
  ).filter((each) => asked[each] !== undefined);
  if (beside.length > 0) {
    refuse({
      where: `input "${beside[0]}"`,
      expected: "nothing beside a manifest but image, replicas, name and namespace",
      seen: beside.join(", "),
      fix: "Write it into the manifest.",
    });
  }
  const text = await workspace.readText(`${run.workspace}/${path}`, { maxBytes: 1024 * 1024 });
  if (text === undefined) refuse({ where: `input "manifest"`, expected: `a file ${quote(path)}`, seen: "none" });
  const given = await readUserManifest(text, path);
  if (given.namespace !== undefined && given.namespace !== asked.namespace) {
    refuse({
      where: `input "namespace"`,
      expected: `the manifest's, ${quote(given.namespace)}`,
      seen: quote(asked.namespace),
    });
  }
  const name = asked.name ?? given.name ?? nameOfRecord(record);
  const spec = substitute(given.document, { image, replicas: asked.replicas });
  const document = asStored({ ...(given.document as object), spec: asJson(spec) }, name);
  return {
    name,
    spec,
    document,
    labels: given.labels,
    annotations: given.annotations,
    from: path,
    beside: given.beside,
  };
}

function nameOfRecord(record: ReleaseRecord | undefined): string {
  return (
    record?.model.name ??
    refuse({
      where: `input "name"`,
      expected: "a name",
      seen: "nothing, and no record that names the model",
      fix: "Set the input name.",
    })
  );
}
