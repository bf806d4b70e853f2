import type { Annotation, Outcome } from "../action.ts";
import { type ReleaseRecord, serialiseRecord } from "../domain/record/record.ts";
import { codeBlock, codeSpan, escapeText } from "../domain/report/escape.ts";
import { describeChanges } from "../domain/rollout/changes.ts";
import { MANAGED_BY, MANAGER } from "../domain/rollout/release.ts";
import { sharesOf } from "../domain/rollout/strategy.ts";
import { type Applied, SPEC_ID_ANNOTATION } from "../domain/rollout/verdict.ts";
import { stampSpec } from "../domain/seldon/deploy-ids.ts";
import type { Addresses } from "../domain/seldon/addresses.ts";
import { textDigest } from "../domain/seldon/digest.ts";
import { resourceOf } from "../domain/seldon/manifest.ts";
import { withoutExecutor } from "../domain/seldon/resource.ts";
import { sentence } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Log } from "../ports.ts";
import {
  type ClusterOrder,
  type ClusterPorts,
  type Facts,
  type Given,
  type Version,
  calledAt,
  pathAt,
} from "./cluster-facts.ts";
import type { Wanted } from "./cluster-order.ts";
import { conflictError, objectOf } from "./cluster-write.ts";
import { tableOf } from "./outcome-table.ts";
import { giveRecord } from "./record.ts";
import type { Place } from "./rollout.ts";

export type Done = {
  readonly operation: "created" | "updated" | "unchanged";
  readonly applied: Applied;
  readonly addresses: Addresses;
  readonly prediction: string | undefined;
  readonly seconds: number;
};

export function tellFindings({ findings }: Wanted, log: Log): void {
  for (const finding of findings) log.warning(sentence(finding));
}

export async function tellManifest({ wanted, record }: Given, order: ClusterOrder, log: Log): Promise<Outcome> {
  const { spec, deployId } = await stampSpec(wanted.spec!);
  const place = { name: wanted.name, namespace: order.namespace };
  const object = resourceOf(place, spec, {
    labels: { ...wanted.labels, [MANAGED_BY]: MANAGER },
    annotations: { ...wanted.annotations, [SPEC_ID_ANNOTATION]: deployId },
  });
  const text = JSON.stringify(object, undefined, 2);
  await log.group(`The manifest of ${place.namespace}/${place.name}`, async () => Promise.resolve(log.info(text)));
  return {
    outputs: {
      ...noOutputs({ deployId, record }),
      operation: "rendered",
      reason: "dry-run: client asks no cluster",
      manifest: JSON.stringify(object),
    },
    summary: [`### ${escapeText(`${place.namespace}/${place.name}`)}: rendered`, "", codeBlock(text, "json"), ""].join(
      "\n",
    ),
  };
}

export async function tellDryRun(
  place: Place,
  facts: Facts,
  order: ClusterOrder,
  ports: ClusterPorts,
): Promise<Outcome> {
  const { plan, standing, version } = facts;
  const asksServer = order["dry-run"] === "server" || order["dry-run"] === "true";
  const changes = describeChanges(standing?.spec, version.spec);
  if (asksServer) {
    const object = await objectOf(place, facts, ports);
    const applying = await place.cluster.apply(pathAt(place), object, { dryRun: true });
    if (applying.kind === "conflict") throw conflictError(place, applying.with);
    ports.log.info("The cluster would take it.");
  }
  for (const change of changes) ports.log.info(change);
  const operation =
    plan.operation === "unchanged" ? "unchanged" : plan.operation === "create" ? "would-create" : "would-update";
  return {
    outputs: { ...noOutputs(version), operation, reason: plan.reason },
    summary: [
      `### ${escapeText(calledAt(place))}: ${operation}`,
      "",
      `${escapeText(plan.reason)}.`,
      "",
      changes.length === 0 ? "Nothing in the spec changes." : codeBlock(changes.join("\n"), "text"),
      "",
    ].join("\n"),
  };
}

const noOutputs = ({ deployId, record }: Pick<Version, "deployId" | "record">): Record<string, string> => ({
  "prediction-url": "",
  "deploy-id": deployId,
  "rolled-back": "false",
  record: record === undefined ? "" : serialiseRecord(record),
});

export async function tellDone(
  place: Place,
  version: Version,
  { plan }: Facts,
  done: Done,
  order: ClusterOrder,
  run: Run,
  ports: ClusterPorts,
): Promise<Outcome> {
  const { record, deployId, wanted, spec } = version;
  const annotations: Annotation[] = [];
  if (order["smoke-request"] === undefined && order.contract === undefined) {
    annotations.push({
      level: "warning",
      title: `${calledAt(place)}: no prediction was asked for`,
      message: "The new version is up, but nothing proved that it predicts. Give a smoke-request.",
    });
  }
  const given = record && (await giveRecord(await withDeployment(record, place, done, version, order), run, ports));
  return {
    outputs: {
      operation: done.operation,
      "prediction-url": done.addresses.prediction,
      "grpc-endpoint": done.addresses.grpc,
      "docs-url": done.addresses.docs,
      "deploy-id": deployId,
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
        ["Prediction URL", codeSpan(done.addresses.prediction)],
        ...(done.addresses.grpc === "" ? [] : [["gRPC", codeSpan(done.addresses.grpc)] as const]),
        [
          "Documentation",
          done.addresses.docs === ""
            ? escapeText(`none: ${done.addresses.why ?? "not known yet"}`)
            : codeSpan(done.addresses.docs),
        ],
        ["Deploy id", codeSpan(deployId)],
        ["From", codeSpan(wanted.from)],
        ...(sharesOf(spec).size < 2
          ? []
          : [
              [
                "Traffic",
                codeSpan([...sharesOf(spec)].map(([name, share]) => `${name} ${share} %`).join(", ")),
              ] as const,
            ]),
        [
          "Engine",
          spec.predictors.some((each) => !withoutExecutor(each))
            ? "with Seldon's executor"
            : "the model server itself, without Seldon's executor",
        ],
        ...(done.prediction === undefined ? [] : [["It predicted", codeSpan(done.prediction)] as const]),
      ]),
    ].join("\n"),
  };
}

async function withDeployment(
  record: ReleaseRecord,
  { namespace, name }: Place,
  { operation, applied, addresses, seconds }: Done,
  { spec, asked }: Version,
  { strategy }: ClusterOrder,
): Promise<ReleaseRecord> {
  return {
    ...record,
    deployment: {
      target: "seldon",
      namespace,
      name,
      predictor: asked[0] ?? spec.predictors[0]!.name,
      strategy,
      deployId: applied.deployId,
      url: addresses.prediction,
      operation,
      recordBefore: textDigest(serialiseRecord(record)),
      seconds,
    },
  };
}
