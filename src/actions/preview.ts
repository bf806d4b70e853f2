import type { Outcome } from "../action.ts";
import { mayPreview, previewMarks, previewName, type PreviewOf } from "../domain/preview/preview.ts";
import { serialiseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import { messageOf, quote, refuse, ActionError, type Mistake } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Clock, GitHub, Kubernetes, LocalServing, Log, Pull, Workspace } from "../ports.ts";
import type { PreviewTold } from "./github-deployment.ts";
import { forgetDeployments, removeFromCluster } from "./preview-removal.ts";
import { readPullEvent, type PullEvent } from "./pull-event.ts";
import { takeRecord } from "./record.ts";

/** The inputs of a deploy that a preview reads, or that it can not have. */
type Asked = {
  readonly record: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly target: string;
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
  readonly manifest: string | undefined;
  readonly "storage-secret": string | undefined;
  readonly "service-account": string | undefined;
  readonly "storage-credentials": unknown;
  readonly "registry-credentials": unknown;
  readonly adopt: boolean;
  readonly "allow-older": boolean;
  readonly "dry-run": string;
  readonly "preview-of": string | undefined;
  readonly "preview-label": string | undefined;
  readonly "preview-ttl": number;
};

type Ports = {
  readonly log: Log;
  readonly clock: Clock;
  readonly workspace: Workspace;
  readonly github: GitHub;
  readonly kubernetes: Kubernetes;
  readonly serving: LocalServing;
  readonly signal: AbortSignal;
};

/** What a preview adds to an object. */
export type Marks = ReturnType<typeof previewMarks>;
/** The deploy itself, with the inputs as the preview has them. */
type Deploy<Given> = (given: Given, preview?: PreviewTold & { readonly marks: Marks }) => Promise<Outcome>;

/** Events of the repository's own branches and tags, on which `preview: auto` deploys as ever. */
const OF_BRANCHES: readonly string[] = [
  "push",
  "release",
  "schedule",
  "workflow_dispatch",
  "repository_dispatch",
  "merge_group",
];

/**
 * Deploys what a pull request has made under a name of its own; on branches and tags as ever. Namespace and host are those of the
 * inputs, that is of the stage; name, labels and lifetime follow from what GitHub says of the pull request.
 */
export async function deployPreview<Given extends Asked>(
  given: Given,
  run: Run,
  ports: Ports,
  deploy: Deploy<Given>,
): Promise<Outcome> {
  if (given["preview-of"] === undefined && OF_BRANCHES.includes(run.event)) return await deploy(given);
  refuseInputs(given);
  const event = await pullOf(given, run, ports);
  const pull = await now(event.number, ports.github);
  const verdict = mayPreview({
    event: given["preview-of"] === undefined ? run.event : "pull_request",
    action: event.action,
    repositoryId: run.repositoryId,
    head: { sha: event.headSha, repositoryId: event.headRepositoryId },
    addedLabel: event.label,
    neededLabel: given["preview-label"],
    // Someone has approved this commit of a fork.
    now: given["preview-of"] === undefined ? pull : { ...pull, headRepositoryId: run.repositoryId },
  });
  if (verdict.kind === "refuse") {
    refuse({
      where: `input "preview"`,
      expected: "the event pull_request, or a pull request in preview-of",
      seen: verdict.why,
      fix: "docs/preview.md tells how a fork's pull request is previewed.",
    });
  }
  const record = await takeRecord(given.record, run, ports);
  if (verdict.kind === "skip") return skipped(`No preview: ${verdict.why}`, event.number, record, ports.log);
  const model = given.name ?? record?.model.name ?? nameless();
  const of: PreviewOf = { repositoryId: run.repositoryId, pullRequest: event.number, model };
  const name = previewName(of);
  const expires = new Date(ports.clock.now() + given["preview-ttl"] * 1000).toISOString();
  const marks = previewMarks(of, { headSha: event.headSha, expires });
  const json = record === undefined ? undefined : serialiseRecord(record);
  // A force push goes back on purpose: that this is the head has just been asked.
  const asPreview = { ...given, record: json, name, "allow-older": given.target === "seldon" };
  const outcome = await deploy(asPreview, { headSha: event.headSha, marks });
  if (given["dry-run"] !== "false") return outcome;
  return await endWithPull(outcome, of, name, asPreview, run, ports);
}

function refuseInputs(given: Asked): void {
  const mistakes: Mistake[] = [];
  const fix = "What a pull request may choose is its image: the rest is the namespace's.";
  const notTheirs = [
    "manifest",
    "storage-secret",
    "service-account",
    "storage-credentials",
    "registry-credentials",
  ] as const;
  for (const each of notTheirs) {
    if (given[each] === undefined) continue;
    mistakes.push({ where: `input "${each}"`, expected: "nothing with preview: auto", seen: "a value", fix });
  }
  if (given.target !== "seldon" && given.target !== "local") {
    mistakes.push({
      where: `input "target"`,
      expected: "seldon or local with preview: auto",
      seen: given.target,
      fix: "A preview is one object with a name, labels and an end of its own; preview-cleanup knows no others.",
    });
  }
  if (given.adopt) mistakes.push({ where: `input "adopt"`, expected: "false with preview: auto", seen: "true", fix });
  if (mistakes.length > 0) throw new ActionError(mistakes);
}

async function pullOf({ "preview-of": approved }: Asked, run: Run, { workspace }: Ports): Promise<PullEvent> {
  const [, number, headSha] = /^(\d+)@([0-9a-f]{40})$/.exec(approved ?? "") ?? [];
  if (number !== undefined && headSha !== undefined) {
    return {
      action: "approved",
      number: Number(number),
      headSha,
      headRepositoryId: run.repositoryId,
      label: undefined,
    };
  }
  return (
    (await readPullEvent(run, workspace)) ??
    refuse({
      where: `input "preview"`,
      expected: "a run of a pull request, a branch or a tag",
      seen: `the event ${quote(run.event, 40)}`,
      fix: "docs/preview.md tells how a fork's pull request is previewed.",
    })
  );
}

async function now(number: number, github: GitHub): Promise<Pull> {
  const pull = await github.pull(number);
  if (pull !== undefined) return pull;
  return refuse({ where: `pull request #${number}`, expected: "one of this repository", seen: "none" });
}

function nameless(): never {
  refuse({
    where: `input "name"`,
    expected: "the model's name, which is part of the preview's",
    seen: "nothing, and no record that names it",
    fix: "Hand on the record of the step before, or set name.",
  });
}

/** Whoever closes a pull request while it deploys has its cleanup run before there is anything to clean. So this run looks, last. */
async function endWithPull(
  outcome: Outcome,
  of: PreviewOf,
  name: string,
  given: Asked,
  run: Run,
  ports: Ports,
): Promise<Outcome> {
  const { github, log, serving } = ports;
  const pull = await github.pull(of.pullRequest).catch((thrown: unknown) => {
    log.warning(`Whether the pull request is still open can not be told: ${messageOf(thrown)}`);
    return undefined;
  });
  if (pull === undefined || pull.open) return outcome;
  const namespace = given.namespace ?? "default";
  log.info(`Pull request #${of.pullRequest} was closed meanwhile: its preview is removed`);
  if (given.target === "local") await serving.remove(namespace, name);
  else await removeFromCluster({ namespace, name }, run.repositoryId, given, ports);
  await forgetDeployments([name], ports);
  const reason = `Pull request #${of.pullRequest} was closed meanwhile, so its preview was removed`;
  return {
    outputs: { ...outcome.outputs, operation: "removed", "prediction-url": "", reason },
    summary: `## Preview: removed (#${of.pullRequest})\n\n${reason}.\n`,
  };
}

function skipped(reason: string, number: number, record: ReleaseRecord | undefined, log: Log): Outcome {
  log.info(reason);
  return {
    outputs: { operation: "skipped", reason, record: record === undefined ? "" : serialiseRecord(record) },
    annotations: [{ level: "notice", title: `No preview of #${number}`, message: `${reason}.` }],
  };
}
