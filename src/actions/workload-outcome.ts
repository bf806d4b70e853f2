import type { Annotation, Outcome } from "../action.ts";
import { title, type Document } from "../domain/kubernetes/documents.ts";
import { withoutSecrets } from "../domain/kubernetes/release.ts";
import { serialiseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import { codeBlock, codeSpan, escapeText } from "../domain/report/escape.ts";
import { describeChanges } from "../domain/rollout/changes.ts";
import { textDigest } from "../domain/seldon/digest.ts";
import { sentence, type ActionError } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Log } from "../ports.ts";
import { tableOf } from "./outcome-table.ts";
import { giveRecord } from "./record.ts";
import {
  calledAt,
  type WorkloadFacts,
  type WorkloadOrder,
  type WorkloadPorts,
  type WorkloadVersion,
} from "./workload-facts.ts";
import type { WorkloadPlace } from "./workload-place.ts";
import type { WorkloadProof } from "./workload-proof.ts";

export type WorkloadDone = WorkloadProof & {
  readonly operation: "created" | "updated" | "unchanged";
  readonly pruned: readonly string[];
  readonly seconds: number;
};

export type WorkloadRecovery =
  | { readonly kind: "rolled-back"; readonly deployId: string; readonly url: string }
  | { readonly kind: "removed" | "kept" | "foreign" }
  | { readonly kind: "degraded"; readonly why: string };

type Place = Pick<WorkloadPlace, "namespace" | "name">;

const listed = (documents: readonly Document[]): string => documents.map((each) => codeSpan(title(each))).join(", ");

const nothingServed = ({ wanted, record }: WorkloadVersion): Record<string, string> => ({
  "prediction-url": "",
  "deploy-id": wanted.deployId,
  "rolled-back": "false",
  record: record === undefined ? "" : serialiseRecord(record),
});

export async function tellRendered(
  version: WorkloadVersion,
  { namespace }: { readonly namespace: string },
  log: Log,
): Promise<Outcome> {
  const { documents, name } = version.wanted;
  const text = withoutSecrets(documents)
    .map((each) => JSON.stringify(each, undefined, 2))
    .join("\n---\n");
  const called = calledAt({ namespace, name });
  await log.group(`The manifests of ${called}`, async () => Promise.resolve(log.info(text)));
  return {
    outputs: {
      ...nothingServed(version),
      operation: "rendered",
      reason: "dry-run: client asks no cluster",
      manifest: JSON.stringify({ apiVersion: "v1", kind: "List", items: documents }),
    },
    summary: [`### ${escapeText(called)}: rendered`, "", codeBlock(text, "json"), ""].join("\n"),
  };
}

export async function tellDryRun(
  place: Place,
  version: WorkloadVersion,
  {
    plan,
    release,
  }: Pick<WorkloadFacts, "plan"> & { readonly release: { readonly documents: readonly Document[] } | undefined },
  left: { readonly remove: readonly Document[]; readonly keep: readonly Document[] },
  log: Log,
): Promise<Outcome> {
  const asMap = (documents: readonly Document[]): object =>
    Object.fromEntries(withoutSecrets(documents).map((each) => [title(each), each]));
  const changes = describeChanges(
    release === undefined ? undefined : asMap(release.documents),
    asMap(version.wanted.documents),
  );
  for (const change of changes) log.info(change);
  const operation =
    plan.operation === "unchanged" ? "unchanged" : plan.operation === "create" ? "would-create" : "would-update";
  return await Promise.resolve({
    outputs: { ...nothingServed(version), operation, reason: plan.reason },
    summary: [
      `### ${escapeText(calledAt(place))}: ${operation}`,
      "",
      `${escapeText(plan.reason)}.`,
      "",
      changes.length === 0 ? "Nothing changes." : codeBlock(changes.join("\n"), "text"),
      ...(left.remove.length === 0 ? [] : ["", `Would be removed: ${listed(left.remove)}.`]),
      ...(left.keep.length === 0 ? [] : ["", `No longer wanted, and left: ${listed(left.keep)}.`]),
      "",
    ].join("\n"),
  });
}

export async function tellDone(
  place: Place,
  version: WorkloadVersion,
  { plan }: Pick<WorkloadFacts, "plan">,
  done: WorkloadDone,
  { target, "smoke-request": smoke }: { readonly target: "kubernetes" | "helm" } & Pick<WorkloadOrder, "smoke-request">,
  run: Run,
  ports: Pick<WorkloadPorts, "workspace" | "log">,
): Promise<Outcome> {
  const { record, wanted } = version;
  const annotations: Annotation[] = [];
  if (smoke === undefined) {
    annotations.push({
      level: "warning",
      title: `${calledAt(place)}: no prediction was asked for`,
      message: "All objects are well, but nothing proved that the new version predicts. Give a smoke-request.",
    });
  }
  const given = record && (await giveRecord(withDeployment(record, target, place, version, done), run, ports));
  return {
    outputs: {
      operation: done.operation,
      "prediction-url": done.url,
      "deploy-id": wanted.deployId,
      "rolled-back": "false",
      reason: plan.reason,
      record: given ?? "",
    },
    annotations,
    summary: [
      `### ${escapeText(calledAt(place))}: ${done.operation}`,
      "",
      `${escapeText(plan.reason)}. Proven after ${done.seconds.toFixed(1)} s.`,
      "",
      ...tableOf([
        ["Prediction URL", done.url === "" ? "–" : codeSpan(done.url)],
        ["Deploy id", codeSpan(wanted.deployId)],
        ["From", codeSpan(wanted.from)],
        ["Objects", listed(wanted.documents)],
        ...(done.pruned.length === 0
          ? []
          : [["Removed", done.pruned.map((each) => codeSpan(each)).join(", ")] as const]),
        ...(done.prediction === undefined ? [] : [["It predicted", codeSpan(done.prediction)] as const]),
      ]),
    ].join("\n"),
  };
}

export function tellRefused(
  place: Place,
  version: WorkloadVersion,
  error: ActionError,
  recovery: WorkloadRecovery,
  log: Log,
): Outcome {
  const told = tellRecovery(recovery);
  log.info(told);
  return {
    outputs: {
      ...nothingServed(version),
      operation: "failed",
      "prediction-url": recovery.kind === "rolled-back" ? recovery.url : "",
      "rolled-back": String(recovery.kind === "rolled-back"),
      reason: error.message.replaceAll(/\s*\n\s*/g, " · ").slice(0, 1000),
    },
    failure: `The new version of ${calledAt(place)} was refused. ${told}\n${error.mistakes.map(sentence).join("\n")}`,
    summary: [
      `### ${escapeText(calledAt(place))}: failed`,
      "",
      escapeText(error.message),
      "",
      escapeText(told),
      "",
      ...tableOf([
        ["Deploy id of the new version", codeSpan(version.wanted.deployId)],
        ["From", codeSpan(version.wanted.from)],
        ...(recovery.kind === "rolled-back" ? [["Serving now", codeSpan(recovery.deployId)] as const] : []),
      ]),
    ].join("\n"),
  };
}

function tellRecovery(recovery: WorkloadRecovery): string {
  switch (recovery.kind) {
    case "rolled-back":
      return `The version before (${recovery.deployId.slice(0, 12)}) was put back, and is well.`;
    case "removed":
      return "It was the first of its name and is removed again.";
    case "kept":
      return "It stays as it is: there is nothing proven to go back to, or rollback is off. Pods of an earlier version that still run go on serving.";
    case "foreign":
      return "Someone else has deployed under this name meanwhile, so it is left alone.";
    case "degraded":
      return `Recovering failed too, so it needs a person: ${recovery.why}`;
  }
}

function withDeployment(
  record: ReleaseRecord,
  target: "kubernetes" | "helm",
  { namespace, name }: Place,
  { wanted }: WorkloadVersion,
  { operation, url }: WorkloadDone,
): ReleaseRecord {
  return {
    ...record,
    deployment: {
      target,
      namespace,
      name,
      strategy: "rolling",
      deployId: wanted.deployId,
      url,
      operation,
      recordBefore: textDigest(serialiseRecord(record)),
    },
  };
}
