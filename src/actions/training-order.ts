import { readDocuments, type Document } from "../domain/kubernetes/documents.ts";
import { trainingDocument } from "../domain/kubernetes/training.ts";
import { parseClaimFolder, trainingJob } from "../domain/kubernetes/training-job.ts";
import { textDigest } from "../domain/seldon/digest.ts";
import { canonicalJson } from "../domain/text/json.ts";
import { ActionError, refuse, type Mistake } from "../errors.ts";
import { oneOf, parsed, Refusal, text, type Run } from "../inputs.ts";
import type { Workspace } from "../ports.ts";
import type { TrainingPlan } from "./training-plan.ts";

export const orderInputs = {
  backend: oneOf(["runner", "cluster"], {
    description:
      "Where it trains: on the runner, or in a Kubernetes cluster by `training-manifest`, or by a Job that is made of `command` and `training-image`.",
    default: "runner",
  }),
  "training-manifest": text({
    description:
      "Backend cluster: a file with one Job, Argo Workflow or WorkflowTemplate, TFJob, PyTorchJob, TrainJob or another of Kubeflow's jobs, relative to the repository. It runs under a name of this run; parameters become its Argo parameters, or `PARAM_<NAME>` of its containers.",
    pattern: /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/,
    accepts: "a path below the repository",
  }),
  "training-image": parsed<string>({
    description:
      "Backend cluster: the image in which `command` runs, with code and libraries in it, as build-model-image makes one. Best by its digest, since its name is what counts in the fingerprint.",
    accepts: "an image's name in a registry",
    parse: async (value) => {
      const { formatReference, parseReference } = await import("../domain/image/reference.ts");
      const reference = parseReference(value, "image");
      if (reference.kind === "registry") return formatReference(reference);
      throw new Refusal("an image in a registry, which the cluster can pull");
    },
  }),
  "training-output": parsed<string>({
    description:
      "Backend cluster, with `training-image`: the folder of a PersistentVolumeClaim where models stay, each in a folder of its own run. Left out, the command stores the model itself and tells of it in `/dev/termination-log`.",
    accepts: "`pvc://<claim>/<path>`",
    parse: (value) => {
      const { claim, path } = parseClaimFolder(value);
      return path === "" ? `pvc://${claim}` : `pvc://${claim}/${path}`;
    },
  }),
};

/** What trains in a cluster: a manifest of the user's, as text of one object, or what a Job is made of. */
export type TrainingOrder = {
  readonly manifest?: string;
  readonly image?: string;
  readonly output?: string;
};

type Asked = {
  readonly backend: "runner" | "cluster";
  readonly command: string;
  readonly "pre-run": string | undefined;
  readonly "params-as": "environment" | "flags";
  readonly "pass-env": readonly string[];
  readonly "training-manifest": string | undefined;
  readonly "training-image": string | undefined;
  readonly "training-output": string | undefined;
};

/**
 * Where the training is in a cluster, what it is ordered by; `undefined` for one on the runner.
 * @throws ActionError with every input that does not go with the others
 */
export async function trainingOrder(
  asked: Asked,
  run: Run,
  workspace: Pick<Workspace, "readText">,
): Promise<TrainingOrder | undefined> {
  const { "training-manifest": file, "training-image": image, "training-output": output } = asked;
  const mistakes = disagreements(asked);
  if (mistakes.length > 0) throw new ActionError(mistakes);
  if (asked.backend === "runner") return undefined;
  if (file === undefined)
    return { ...(image === undefined ? {} : { image }), ...(output === undefined ? {} : { output }) };
  const where = `training-manifest ${file}`;
  const read = await workspace.readText(`${run.workspace}/${file}`, { maxBytes: 1024 * 1024 });
  if (read === undefined) {
    return refuse({ where, expected: "a file of the repository", seen: "nothing", fix: "Was it checked out?" });
  }
  const document = trainingDocument(await readDocuments(read, where), where);
  return { manifest: canonicalJson(document) };
}

function disagreements(asked: Asked): readonly Mistake[] {
  const { backend, command } = asked;
  const given = (["training-manifest", "training-image", "training-output"] as const).filter(
    (name) => asked[name] !== undefined,
  );
  if (backend === "runner") {
    return given.map((name) => ({
      where: `input "${name}"`,
      expected: "backend: cluster with it",
      seen: "backend: runner",
    }));
  }
  const mistakes: Mistake[] = [];
  const wrong = (name: string, expected: string, seen: string, fix?: string): void => {
    mistakes.push({ where: `input "${name}"`, expected, seen, ...(fix === undefined ? {} : { fix }) });
  };
  if (asked["pass-env"].length > 0) {
    wrong("pass-env", "nothing with backend: cluster", "names", "Let a training-manifest take them from a Secret.");
  }
  if (asked["training-manifest"] === undefined) {
    if (command.trim() === "") wrong("command", "a command, or a training-manifest", "neither");
    if (asked["training-image"] === undefined) {
      wrong(
        "training-image",
        "an image, or a training-manifest",
        "neither",
        "Build one of code and lock by build-model-image in a step before this one, and hand on its output image.",
      );
    }
    return mistakes;
  }
  if (command !== "") wrong("command", "none beside a training-manifest, which says itself what runs", "one");
  if (asked["pre-run"] !== undefined) wrong("pre-run", "none beside a training-manifest", "one");
  if (asked["params-as"] !== "environment") wrong("params-as", "environment beside a training-manifest", "flags");
  for (const name of given) {
    if (name !== "training-manifest") wrong(name, "none beside a training-manifest", "one");
  }
  return mistakes;
}

/** What of the order counts in the fingerprint, by the names by which a change of it is told. */
export function orderIngredients({ manifest, image, output }: TrainingOrder): Readonly<Record<string, string>> {
  return {
    backend: "cluster",
    ...(manifest === undefined ? {} : { trainingManifest: textDigest(manifest) }),
    ...(image === undefined ? {} : { trainingImage: image }),
    ...(output === undefined ? {} : { trainingOutput: output }),
  };
}

/** The object that trains, before it has its name and labels. */
export async function trainingManifest(
  plan: TrainingPlan,
  given: {
    readonly unique: string;
    readonly params: string;
    readonly args: readonly string[];
    readonly timeoutSeconds: number;
  },
): Promise<Document> {
  const { cluster: order } = plan;
  if (order?.manifest !== undefined) {
    return trainingDocument(await readDocuments(order.manifest, "training-manifest"), "training-manifest");
  }
  if (order?.image === undefined) {
    return refuse({ where: "the plan's file", expected: "a training in a cluster", seen: "one on the runner" });
  }
  return trainingJob(
    {
      name: given.unique,
      image: order.image,
      command: plan.command,
      preRun: plan.preRun,
      args: given.args,
      params: given.params,
      model: plan.model,
      output: order.output === undefined ? undefined : parseClaimFolder(order.output),
      timeoutSeconds: given.timeoutSeconds,
    },
    given.unique,
  );
}
