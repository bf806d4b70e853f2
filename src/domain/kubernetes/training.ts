import { quote, refuse } from "../../errors.ts";
import { MANAGED_BY, MANAGER } from "../rollout/release.ts";
import { textDigest } from "../seldon/digest.ts";
import type { Json } from "../text/json.ts";
import { groupOf } from "./condition-rule.ts";
import { title, type Document, type Fields } from "./documents.ts";

/** By it the pods of a training are found, where its controller keeps the labels of their template. */
export const TRAINING_LABEL = "model-road/training";
/** The run that a training belongs to: only its own run may end it. */
export const TRAINING_RUN = "model-road/run";

/** Seconds. */
const LEAST_LIFETIME = 600;

/** Names of pods hang something behind the name of what they belong to: `-worker-0`, five random letters. */
const MOST_NAME = 52;

/** How a kind that trains takes parameters and labels, and how its pods are found. */
type TrainingKind = {
  /** Where pod templates lie; `*` stands for each name. */
  readonly templates: readonly (readonly string[])[];
  /** Where it says after how many seconds a controller deletes what has ended: we must see its end before. */
  readonly lifetimes: readonly (readonly string[])[];
  /** The controller's own label that holds the object's name; left out, ours of the template. */
  readonly podLabel?: string;
};

const replicas = (field: string): TrainingKind => ({
  templates: [["spec", field, "*", "template"]],
  lifetimes: [["spec", "runPolicy", "ttlSecondsAfterFinished"]],
});

const ARGO: TrainingKind = {
  templates: [],
  lifetimes: ["secondsAfterCompletion", "secondsAfterSuccess", "secondsAfterFailure"].map((name) => [
    "spec",
    "ttlStrategy",
    name,
  ]),
  podLabel: "workflows.argoproj.io/workflow",
};

const KINDS: Readonly<Record<string, TrainingKind>> = {
  "batch/Job": { templates: [["spec", "template"]], lifetimes: [["spec", "ttlSecondsAfterFinished"]] },
  "kubeflow.org/TFJob": replicas("tfReplicaSpecs"),
  "kubeflow.org/PyTorchJob": replicas("pytorchReplicaSpecs"),
  "kubeflow.org/XGBoostJob": replicas("xgbReplicaSpecs"),
  "kubeflow.org/MPIJob": replicas("mpiReplicaSpecs"),
  "kubeflow.org/PaddleJob": replicas("paddleReplicaSpecs"),
  "kubeflow.org/JAXJob": replicas("jaxReplicaSpecs"),
  "trainer.kubeflow.org/TrainJob": { templates: [], lifetimes: [], podLabel: "jobset.sigs.k8s.io/jobset-name" },
  "argoproj.io/Workflow": ARGO,
  "argoproj.io/WorkflowTemplate": ARGO,
};

const kindOf = (document: Document): TrainingKind | undefined => KINDS[`${groupOf(document)}/${document.kind}`];

/**
 * The one object of a manifest that trains.
 * @throws ActionError when there are several, or it is of a kind whose end can not be told
 */
export function trainingDocument(documents: readonly Document[], where: string): Document {
  const [document, ...others] = documents;
  if (document === undefined || others.length > 0) {
    refuse({
      where,
      expected: "one object, which trains",
      seen: documents.map(title).join(", ").slice(0, 200),
      fix: "What it needs (claims, ConfigMaps) outlives a training: apply it once, apart.",
    });
  }
  if (kindOf(document) !== undefined) return document;
  return refuse({
    where,
    expected: Object.keys(KINDS)
      .map((key) => key.replace("/", " "))
      .join(", "),
    seen: quote(`${document.apiVersion}, ${document.kind}`),
  });
}

/**
 * `digits-18234567890-1`: of the run and its attempt, so that a training that was cut is found again, and never random.
 * Names start with a letter, since Kubeflow makes Services of them.
 */
export function trainingName(name: string, runId: string, attempt: number): string {
  const behind = `-${runId === "" ? "0" : runId}-${attempt}`;
  const plain = /^[a-z]/.test(name) ? name : `m-${name}`;
  if (plain.length + behind.length <= MOST_NAME) return `${plain}${behind}`;
  const mark = `-${textDigest(name).slice("sha256:".length, "sha256:".length + 6)}`;
  return `${plain.slice(0, Math.max(1, MOST_NAME - behind.length - mark.length)).replace(/-+$/, "")}${mark}${behind}`;
}

export type TrainingMarks = {
  readonly name: string;
  readonly namespace: string;
  /** `18234567890-1` */
  readonly run: string;
  readonly annotations: Readonly<Record<string, string>>;
};

/** Parameters as a training in a cluster gets them. */
export type TrainingParams = {
  /** Name → text, for Argo's parameters. */
  readonly source: Readonly<Record<string, string>>;
  /** `PARAM_C` → text, for containers. */
  readonly environment: Readonly<Record<string, string>>;
};

/** The object that is applied: under a name of its own, with our labels and the parameters. The manifest's own name is left. */
export function trainingObject(document: Document, marks: TrainingMarks, params: TrainingParams): Document {
  const { name, namespace, run } = marks;
  const own = fieldsOf(document.metadata);
  const labels = {
    ...fieldsOf(own.labels),
    [MANAGED_BY]: MANAGER,
    [TRAINING_LABEL]: name,
    [TRAINING_RUN]: run,
  };
  const annotations = { ...fieldsOf(own.annotations), ...marks.annotations };
  let placed = { ...document, metadata: { name, namespace, labels, annotations } } as Document;
  for (const path of kindOf(document)?.lifetimes ?? []) {
    if (Number(at(placed, path) ?? LEAST_LIFETIME) < LEAST_LIFETIME)
      placed = change(placed, path, () => LEAST_LIFETIME) as Document;
  }
  if (groupOf(document) === "argoproj.io") return argoWorkflow(document, placed, params);
  if (document.kind === "TrainJob") {
    return change(placed, ["spec", "trainer", "env"], (env) => withEnvironment(env, params.environment)) as Document;
  }
  let whole: Json = placed;
  for (const path of kindOf(document)?.templates ?? []) {
    whole = change(whole, path, (template) => {
      const labelled = change(template ?? {}, ["metadata", "labels"], (had) => ({
        ...fieldsOf(had),
        [TRAINING_LABEL]: name,
      }));
      return change(labelled, ["spec", "containers"], (containers) =>
        (Array.isArray(containers) ? containers : []).map((container) =>
          change(container, ["env"], (env) => withEnvironment(env, params.environment)),
        ),
      );
    });
  }
  return whole as Document;
}

/** A WorkflowTemplate is run by a Workflow that refers to it. */
function argoWorkflow(document: Document, placed: Document, { source }: TrainingParams): Document {
  const spec =
    document.kind === "WorkflowTemplate"
      ? { workflowTemplateRef: { name: document.metadata.name } }
      : fieldsOf(placed.spec);
  const workflow = { ...placed, kind: "Workflow", spec };
  if (Object.keys(source).length === 0) return workflow;
  return change(workflow, ["spec", "arguments", "parameters"], (had) => [
    ...(Array.isArray(had) ? had : []).filter((each) => !Object.hasOwn(source, textOf(fieldsOf(each).name))),
    ...Object.entries(source).map(([name, value]) => ({ name, value })),
  ]) as Document;
}

/** The selector of a training's pods. */
export const podsOf = (document: Document): string =>
  `${kindOf(document)?.podLabel ?? TRAINING_LABEL}=${document.metadata.name}`;

/** Ours go before the manifest's own of the same name: the record says what was asked for. */
function withEnvironment(env: Json | undefined, ours: Readonly<Record<string, string>>): Json {
  const had = (Array.isArray(env) ? env : []).filter((each) => !Object.hasOwn(ours, textOf(fieldsOf(each).name)));
  return [...Object.entries(ours).map(([name, value]) => ({ name, value: literal(value) })), ...had];
}

/** Kubernetes replaces `$(NAME)` in values, and `$$` by `$`. */
export const literal = (text: string): string => text.replaceAll("$", "$$$$");

function at(value: Json, path: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const name of path) found = fieldsOf(found)[name];
  return found;
}

/** The value at a path with another in its place. `*` goes into each name that is there. */
function change(value: Json | Fields, path: readonly string[], to: (was: Json | undefined) => Json): Json {
  const [name, ...rest] = path;
  const fields = fieldsOf(value);
  const next = (was: Json | undefined): Json => (rest.length === 0 ? to(was) : change(was ?? {}, rest, to));
  if (name !== "*") return { ...fields, [name!]: next(fields[name!]) };
  return Object.fromEntries(Object.entries(fields).map(([each, was]) => [each, next(was)]));
}

const fieldsOf = (value: Json | undefined): { [name: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
