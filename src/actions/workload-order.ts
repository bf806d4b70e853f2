import type { ImageReference } from "../domain/image/manifest.ts";
import type { Autoscale } from "../domain/seldon/autoscale.ts";
import {
  placeDocuments,
  readDocuments,
  stampDocuments,
  withImage,
  type Document,
  type Scope,
} from "../domain/kubernetes/documents.ts";
import { isTold, type CustomRules } from "../domain/kubernetes/kinds.ts";
import { buildWorkload, type SERVICE_TYPES } from "../domain/kubernetes/workload.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import type { Json } from "../domain/text/json.ts";
import { quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Workspace } from "../ports.ts";
import { imageInRegistry } from "./pulled-image.ts";

/** What the inputs say of the objects to be deployed. */
export type WorkloadAsked = {
  readonly name: string | undefined;
  readonly namespace: string;
  readonly manifests: string | undefined;
  readonly container: string | undefined;
  readonly image: ImageReference | undefined;
  readonly replicas: number | undefined;
  readonly autoscale: Autoscale | undefined;
  readonly port: number;
  readonly "service-port": number;
  readonly "service-type": (typeof SERVICE_TYPES)[number];
  readonly "readiness-path": string | undefined;
  readonly resources: Json | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly "service-account": string | undefined;
  readonly "image-pull-secret": string | undefined;
  readonly "wait-timeout": number;
  readonly rules: CustomRules;
};

/** The objects to be applied, placed and stamped. */
export type WantedWorkload = {
  readonly name: string;
  readonly documents: readonly Document[];
  readonly deployId: string;
  /** Image or file, for the log and the summary. */
  readonly from: string;
  /** Objects of kinds that no rule knows. */
  readonly untold: readonly Document[];
};

/** The objects as they were given or made, before the cluster has told what it knows of their kinds. */
export type GivenWorkload = {
  readonly name: string;
  readonly documents: readonly Document[];
  readonly from: string;
};

/** @throws ActionError when there is nothing to serve, or it is not clear where the image belongs */
export async function givenWorkload(
  asked: WorkloadAsked,
  record: ReleaseRecord | undefined,
  run: Run,
  workspace: Workspace,
): Promise<GivenWorkload> {
  const image = imageInRegistry(asked.image, record);
  const name = asked.name ?? record?.model.name;
  if (name === undefined) {
    return refuse({
      where: `input "name"`,
      expected: "a name",
      seen: "nothing, and no record that names the model",
      fix: "Set the input name.",
    });
  }
  if (asked.manifests !== undefined) {
    const text = await workspace.readText(`${run.workspace}/${asked.manifests}`, { maxBytes: 1024 * 1024 });
    if (text === undefined) {
      return refuse({ where: `input "manifests"`, expected: `a file ${quote(asked.manifests)}`, seen: "none" });
    }
    const documents = await readDocuments(text, asked.manifests);
    return {
      name,
      documents: image === undefined ? documents : withImage(documents, image, asked.container),
      from: asked.manifests,
    };
  }
  if (image === undefined) {
    return refuse({
      where: `input "image"`,
      expected: "an image, or manifests that name one",
      seen: "neither",
      fix: "Hand on the record of build-model-image, or set image or manifests.",
    });
  }
  const documents = buildWorkload({
    name,
    namespace: asked.namespace,
    image,
    port: asked.port,
    servicePort: asked["service-port"],
    serviceType: asked["service-type"],
    replicas: asked.replicas ?? 1,
    autoscale: asked.autoscale,
    resources: asked.resources,
    env: asked.env ?? {},
    serviceAccount: asked["service-account"],
    imagePullSecret: asked["image-pull-secret"],
    readinessPath: asked["readiness-path"],
    progressDeadlineSeconds: Math.max(10, Math.min(600, asked["wait-timeout"] - 10)),
  });
  return { name, documents, from: image };
}

/** Places the objects in their namespace and gives them their ids. @throws ActionError for what lies outside of it */
export function settle(
  given: GivenWorkload,
  { namespace, rules }: Pick<WorkloadAsked, "namespace" | "rules">,
  scopeOf: (document: Document) => Scope | undefined,
): WantedWorkload {
  const { name, from } = given;
  const placed = placeDocuments(given.documents, namespace, scopeOf);
  const { documents, deployId } = stampDocuments(placed, name);
  return { name, documents, deployId, from, untold: documents.filter((each) => !isTold(asObject(each), rules)) };
}

export const asObject = (document: Document) => document as unknown as Parameters<typeof isTold>[0];
