import type { Outcome } from "../action.ts";
import type { SmokeRequest } from "../domain/inference/smoke.ts";
import { requireGate } from "../domain/record/record.ts";
import { stampSpec } from "../domain/seldon/deploy-ids.ts";
import { messageOf } from "../errors.ts";
import type { Run } from "../inputs.ts";
import { type ClusterOrder, type ClusterPorts, type Version, calledAt, observe } from "./cluster-facts.ts";
import { wantedObject, type Wanted } from "./cluster-order.ts";
import { type Done, tellDone, tellDryRun, tellFindings, tellManifest } from "./cluster-outcome.ts";
import { recover } from "./cluster-recovery.ts";
import { Failure, prove } from "./cluster-verdict.ts";
import { markProven, write } from "./cluster-write.ts";
import type { Marks } from "./preview.ts";
import { takeRecord } from "./record.ts";
import type { Place } from "./rollout.ts";
import { keepRequest } from "./smoke-request.ts";

/**
 * Deploys a SeldonDeployment, and is green only when the new version has answered. What was proven before is put back when the
 * new one fails; a first deploy that fails is removed, where this run has made it.
 */
export async function deployToCluster(order: ClusterOrder, run: Run, ports: ClusterPorts): Promise<Outcome> {
  const record = await takeRecord(order.record, run, ports);
  requireGate(record, order["require-gate"]);
  const wanted = marked(await wantedObject(order, record, run, ports.workspace), order.marks);
  const { spec, deployId } = await stampSpec(wanted.spec);
  const version: Version = { wanted, spec, deployId, record };
  tellFindings(wanted, ports.log);
  if (order["dry-run"] === "client") return await tellManifest(version, order, ports.log);
  const cluster = await ports.kubernetes.connect({
    kubeconfig: order.kubeconfig,
    context: order["kube-context"],
    allowExec: order["allow-exec"],
  });
  try {
    const place: Place = { cluster, namespace: order.namespace, name: wanted.name };
    return await deployAt(place, version, order, run, ports);
  } finally {
    ports.log.debug(`${cluster.calls} calls to ${cluster.server}`);
    cluster.close();
  }
}

const marked = (wanted: Wanted, marks: Marks | undefined): Wanted =>
  marks === undefined
    ? wanted
    : {
        ...wanted,
        labels: { ...wanted.labels, ...marks.labels },
        annotations: { ...wanted.annotations, ...marks.annotations },
      };

async function deployAt(
  place: Place,
  version: Version,
  order: ClusterOrder,
  run: Run,
  ports: ClusterPorts,
): Promise<Outcome> {
  const { log, clock } = ports;
  const facts = await observe(place, version, order, run, ports);
  log.info(`${calledAt(place)}: ${facts.plan.operation}, because ${facts.plan.reason}`);
  if (order["dry-run"] !== "false") return await tellDryRun(place, version, facts, order, ports);
  const { record, deployId } = version;
  await order.announce({ record, target: "seldon", namespace: place.namespace, name: place.name, deployId });
  const from = clock.elapsed();
  const deadline = from + order["wait-timeout"] * 1000;
  const written = await write(place, version, facts, order, run, ports);
  const { applied } = written;
  let failure: Failure | undefined;
  let proven: { url: string; prediction: string | undefined } | undefined;
  try {
    proven = await log.group(`Rolling out ${calledAt(place)} (${applied.deployId.slice(0, 12)})`, async () =>
      prove(place, version.spec, applied, deadline, order, ports),
    );
    await markProven(place, applied.deployId, ports);
  } catch (thrown) {
    // Cancelled, or a fault of ours: the object itself holds what the next run needs.
    if (!(thrown instanceof Failure)) throw thrown;
    failure = thrown;
  }
  if (failure !== undefined || proven === undefined) {
    return await recover(place, version, written, failure!, order, ports);
  }
  const seconds = (clock.elapsed() - from) / 1000;
  const done: Done = { operation: written.operation, applied, ...proven, seconds };
  await keepSmoke(order["smoke-request"], run, ports);
  log.info(`${calledAt(place)} serves ${applied.deployId.slice(0, 12)} at ${proven.url} (${seconds.toFixed(1)} s)`);
  if (proven.prediction !== undefined) log.info(`It predicted ${proven.prediction}`);
  return await tellDone(place, version, facts, done, order, run, ports);
}

async function keepSmoke(smoke: SmokeRequest | undefined, run: Run, { workspace, log }: ClusterPorts): Promise<void> {
  const { body = null, path } = smoke ?? {};
  if (path !== "/api/v1.0/predictions" || body === null || typeof body !== "object") return;
  await keepRequest(body, run, workspace).catch((thrown: unknown) => log.warning(messageOf(thrown)));
}
