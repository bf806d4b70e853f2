import type { Story } from "../action.ts";
import { namespaceOf, title, type Document } from "../domain/kubernetes/documents.ts";
import { answerOfPods, answerOfWorkflow, type TrainingAnswer } from "../domain/kubernetes/training-answer.ts";
import { trainingName, trainingObject } from "../domain/kubernetes/training.ts";
import { namespaceName } from "../domain/seldon/names.ts";
import { canonicalJson } from "../domain/text/json.ts";
import { ActionError, refuse } from "../errors.ts";
import { lines, oneOf, requiredText, seconds, text, type Run } from "../inputs.ts";
import type { Clock, Cluster, Kubernetes, Log, Workspace } from "../ports.ts";
import { permit } from "./permitted.ts";
import { noteMade, refuseTaken, removeMade, waitUntilGone } from "./training-made.ts";
import { TrainingOutput } from "./training-output.ts";
import { besidePlan, readCommandPlan, readPlan, writeAnswer, type TrainingPlan } from "./training-plan.ts";
import { watchTraining, type RunningTraining } from "./training-watch.ts";
import { discover, documentPath } from "./workload-place.ts";

/** What reaches the cluster; no command of the user's sees it. */
export const clusterInputs = {
  "plan-file": requiredText({ description: "The output `plan-file` of the plan part." }),
  kubeconfig: text({
    description:
      "Backend cluster: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
    secret: true,
  }),
  "kube-context": text({ description: "Backend cluster: the kubeconfig's context. Left out, its current one." }),
  "allow-exec": lines({
    description:
      "Backend cluster: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin.",
  }),
};

const inputs = {
  ...clusterInputs,
  namespace: text({
    description: "Backend cluster: where it trains. Left out, the namespace of the kubeconfig's context, or `default`.",
    ...namespaceName,
  }),
  "training-timeout": seconds({
    description: "Backend cluster: how long the training may take, with the time until its pods have a place.",
    default: "1h",
    most: 432_000,
  }),
  "keep-training": oneOf(["never", "failed", "always"], {
    description:
      "Backend cluster: whether the object and its pods stay when the training has ended. While they stay, what they hold is not free. A cancelled run always deletes them.",
    default: "never",
  }),
};

type Ports = {
  readonly workspace: Workspace;
  readonly kubernetes: Kubernetes;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the runner cancels the step. */
  readonly signal: AbortSignal;
};

/** Pods are given seconds to end, and more where a node is slow. */
const GONE_MS = 60_000;
/** A cancelled step has 7.5 seconds before the runner asks again, and 2.5 more. */
const CANCELLED_GONE_MS = 4000;

export const trainCluster: Story<typeof inputs, Ports> = {
  id: "train-cluster",
  inputs,
  outputs: {},

  run: async (asked, run, ports) => {
    const { workspace, kubernetes, clock, log } = ports;
    const planFile = asked["plan-file"];
    const plan = await readPlan(planFile, workspace);
    // What is pushed and what trains there reach the same: a place of its own, by a credential of the repository.
    await permit("push", run, ports);
    const cluster = await kubernetes.connect({
      kubeconfig: asked.kubeconfig,
      context: asked["kube-context"],
      allowExec: asked["allow-exec"],
    });
    try {
      const namespace = asked.namespace ?? cluster.namespace ?? "default";
      const timeoutMs = asked["training-timeout"] * 1000;
      const document = await objectOf(plan, planFile, namespace, asked["training-timeout"], run, cluster, workspace);
      const output = new TrainingOutput(log);
      const [startedMs, began] = [Math.round(clock.now()), clock.elapsed()];
      const made = await make(document, planFile, namespace, run, cluster, workspace);
      log.info(`Training by ${title(document)} in namespace ${namespace} of ${cluster.server}`);
      let kept = false;
      try {
        const end = await watchTraining(made, began + timeoutMs, output, ports);
        const { failure } = end;
        kept = asked["keep-training"] === "always" || (asked["keep-training"] === "failed" && failure !== undefined);
        await workspace.write(besidePlan(planFile).log, output.kept());
        if (failure !== undefined) throw failed(document, failure, kept);
        const where = title(document);
        const answer: TrainingAnswer =
          document.kind === "Workflow" && end.object !== undefined
            ? answerOfWorkflow(end.object, where)
            : answerOfPods(end.words, where);
        refuseEmptyDigest(answer, where);
        const took = (clock.elapsed() - began) / 1000;
        await writeAnswer(planFile, { startedMs, seconds: took, code: 0 }, answer, workspace);
        log.info(`Trained in ${took.toFixed(1)} s: ${answer.model.uri}, ${answer.model.digest.slice(0, 19)}…`);
      } finally {
        if (kept) await noteMade(planFile, undefined, workspace);
        else await takeAway(made, planFile, ports);
      }
      return { outputs: {} };
    } finally {
      cluster.close();
    }
  },
};

const failed = (document: Document, seen: string, kept: boolean): ActionError =>
  new ActionError({
    where: title(document),
    expected: "a training that succeeds",
    seen,
    ...(kept ? {} : { fix: "Its log stands above; keep-training: failed leaves its pods to look at." }),
  });

/** A digest of nothing proves nothing. */
function refuseEmptyDigest({ model }: TrainingAnswer, where: string): void {
  const EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  if (model.digest === EMPTY) {
    refuse({ where, expected: "the digest of a model", seen: "the sha256 of nothing" });
  }
}

/** The object to be applied, under its own name; a template that it refers to must be what the fingerprint has seen. */
async function objectOf(
  plan: TrainingPlan,
  planFile: string,
  namespace: string,
  timeoutSeconds: number,
  run: Run,
  cluster: Cluster,
  workspace: Workspace,
): Promise<Document> {
  const { env, args = [] } = await readCommandPlan(planFile, workspace);
  const { trainingManifest } = await import("./training-order.ts");
  const params = (await workspace.readText(env.PARAMS_FILE ?? "", { maxBytes: 1024 * 1024 })) ?? "{}";
  const unique = trainingName(plan.name, run.runId, run.runAttempt);
  const given = await trainingManifest(plan, { unique, params: params.trim(), args, timeoutSeconds });
  const own = namespaceOf(given);
  if (own !== undefined && own !== namespace) {
    refuse({
      where: title(given),
      expected: `namespace ${namespace}, or none`,
      seen: `namespace ${own}`,
      fix: "Name it in the input namespace.",
    });
  }
  if (given.kind === "WorkflowTemplate") await requireTemplate(given, namespace, cluster);
  const environment = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("PARAM_")));
  return trainingObject(
    given,
    {
      name: unique,
      namespace,
      run: runLabel(run),
      annotations: {
        "model-road/repository": run.repository,
        "model-road/sha": run.sha,
        "model-road/fingerprint": plan.manifest.fingerprint,
      },
    },
    { source: plan.params, environment },
  );
}

export const runLabel = ({ runId, runAttempt }: Pick<Run, "runId" | "runAttempt">): string =>
  `${runId === "" ? "0" : runId}-${runAttempt}`;

/** The fingerprint is of the file; what runs is what the cluster holds. */
async function requireTemplate(given: Document, namespace: string, cluster: Cluster): Promise<void> {
  const placed = { ...given, metadata: { ...given.metadata, namespace } };
  const scope = (await discover(cluster, [placed]))(placed) ?? refuseUnknown(placed);
  const there = await cluster.get(documentPath(placed, scope));
  const fix = "Apply the file in a step before this one, or by what else looks after the cluster.";
  if (there === undefined) {
    refuse({ where: title(given), expected: `the template in namespace ${namespace}`, seen: "none", fix });
  }
  if (canonicalJson(there.spec ?? null) !== canonicalJson(given.spec ?? null)) {
    refuse({
      where: title(given),
      expected: "the cluster's to be that of training-manifest",
      seen: "another spec",
      fix,
    });
  }
}

const refuseUnknown = (document: Document): never =>
  refuse({
    where: title(document),
    expected: "a kind that the cluster knows",
    seen: `${document.apiVersion}, ${document.kind}`,
    fix: "Install its controller first, or mend the apiVersion.",
  });

async function make(
  document: Document,
  planFile: string,
  namespace: string,
  run: Run,
  cluster: Cluster,
  workspace: Workspace,
): Promise<RunningTraining> {
  const scope = (await discover(cluster, [document]))(document) ?? refuseUnknown(document);
  const path = documentPath(document, scope);
  await refuseTaken(path, document, cluster);
  const note = { path, name: document.metadata.name, run: runLabel(run) };
  await noteMade(planFile, note, workspace);
  const applied = await cluster.apply(path, document);
  if (applied.kind !== "applied") {
    refuse({
      where: title(document),
      expected: "a name that is free",
      seen: "an object that another has made just now",
    });
  }
  const { uid = "", generation = 0 } = applied.object.metadata;
  await noteMade(planFile, { ...note, uid }, workspace);
  return { cluster, document, namespace, path, uid, generation };
}

/** Deletes the object that this step has made, with its pods, however the step ends. */
async function takeAway(
  made: RunningTraining,
  planFile: string,
  { workspace, clock, log, signal }: Ports,
): Promise<void> {
  const { cluster, document, path, uid } = made;
  try {
    await cluster.remove(path, uid);
    log.info(`${signal.aborted ? "Cancelled: deleting" : "Deleting"} ${title(document)} and its pods`);
    await waitUntilGone(made, signal.aborted ? CANCELLED_GONE_MS : GONE_MS, { clock, log });
    await noteMade(planFile, undefined, workspace);
  } catch (thrown) {
    // How the training went is worth more; the end of the job tries once more.
    if (!(thrown instanceof ActionError)) throw thrown;
    log.warning(`${title(document)} could not be deleted. ${thrown.message}`);
  }
}

/** For the end of the job: what a step that was killed has left. */
export async function takeAwayLeft(
  planFile: string,
  cluster: Cluster,
  { workspace, log }: Pick<Ports, "workspace" | "log">,
): Promise<void> {
  const { readMade } = await import("./training-made.ts");
  const made = await readMade(planFile, workspace);
  if (made === undefined) return;
  const removed = await removeMade(made, cluster);
  log.info(removed ? `Deleted ${made.name}, which this run had left in the cluster.` : `${made.name} is gone already.`);
  await noteMade(planFile, undefined, workspace);
}
