import type { Outcome } from "../action.ts";
import type { Contract } from "../domain/inference/contract.ts";
import type { SmokeRequest } from "../domain/inference/smoke.ts";
import { requireGate } from "../domain/record/record.ts";
import { secretValues } from "../domain/seldon/secrets.ts";
import { messageOf, quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import { type ClusterOrder, type ClusterPorts, type Given, calledAt, endsSomething, observe } from "./cluster-facts.ts";
import { applyBeside } from "./cluster-beside.ts";
import { gatewayUrl } from "./cluster-gateway.ts";
import { ensureNamespace } from "./cluster-namespace.ts";
import { nothingWanted, wantedObject, type Wanted } from "./cluster-order.ts";
import { type Done, tellDone, tellDryRun, tellFindings, tellManifest } from "./cluster-outcome.ts";
import { ensureSecrets, ownSecrets, removeUnused } from "./cluster-secrets.ts";
import { recover } from "./cluster-recovery.ts";
import { Failure, prove } from "./cluster-verdict.ts";
import { markProven, write } from "./cluster-write.ts";
import type { Marks } from "./preview.ts";
import { takeRecord } from "./record.ts";
import type { Place } from "./rollout.ts";
import { keepRequest } from "./smoke-request.ts";

const MAX_CONTRACT_BYTES = 1024 * 1024;

/**
 * Deploys a SeldonDeployment, and is green only when the new version has answered. What was proven before is put back when the
 * new one fails; a first deploy that fails is removed, where this run has made it.
 */
export async function deployToCluster(order: ClusterOrder, run: Run, ports: ClusterPorts): Promise<Outcome> {
  hideSecrets(order, ports);
  const given = endsSomething(order)
    ? { wanted: nothingWanted(order), record: undefined, contract: undefined }
    : await givenVersion(order, run, ports);
  tellFindings(given.wanted, ports.log);
  if (order["dry-run"] === "client") return await tellManifest(given, order, ports.log);
  const cluster = await ports.kubernetes.connect({
    kubeconfig: order.kubeconfig,
    context: order["kube-context"],
    allowExec: order["allow-exec"],
  });
  try {
    const place: Place = { cluster, namespace: order.namespace, name: given.wanted.name };
    const dryRun = order["dry-run"] !== "false";
    const there = !order["create-namespace"] || (await ensureNamespace(cluster, place.namespace, { dryRun }, ports));
    if (!there && order["dry-run"] !== "diff") {
      ports.log.info(
        "The cluster can not check what lies in a namespace that is not there: only the difference is told.",
      );
    }
    const base = order["base-url"] ?? (await gatewayUrl(cluster, order.gateway));
    return await deployAt(
      place,
      given,
      { ...order, "base-url": base, ...(there ? {} : { "dry-run": "diff" }) },
      run,
      ports,
    );
  } finally {
    ports.log.debug(`${cluster.calls} calls to ${cluster.server}`);
    cluster.close();
  }
}

/** What stands within a secret input is one by itself: the runner knows the whole text only. */
function hideSecrets(order: ClusterOrder, { log }: ClusterPorts): void {
  const { "storage-credentials": storage, "registry-credentials": registry, "request-headers": headers = {} } = order;
  for (const value of Object.values(headers)) {
    log.mask(value);
    // `Bearer …`: the part behind it is what is secret.
    const last = /\s(\S{8,})$/.exec(value)?.[1];
    if (last !== undefined) log.mask(last);
  }
  for (const value of storage === undefined ? [] : secretValues(storage)) log.mask(value);
  if (registry !== undefined) log.mask(registry.password);
}

/** A version of the inputs' own, whose gate has passed. */
async function givenVersion(order: ClusterOrder, run: Run, ports: ClusterPorts): Promise<Given> {
  const graph = order.graph === undefined ? undefined : await graphOf({ ...order, graph: order.graph }, run, ports);
  const record = graph === undefined ? await takeRecord(order.record, run, ports) : graph.record;
  if (graph === undefined) requireGate(record, order["require-gate"]);
  const wanted = marked(await wantedObject(order, record, run, ports.workspace, graph?.root), order.marks);
  return { wanted, record, contract: await contractOf(order, wanted, run, ports) };
}

/** The gates of its models are its own matter. */
async function graphOf(order: ClusterOrder & { readonly graph: string }, run: Run, ports: ClusterPorts) {
  return await (await import("./cluster-graph.ts")).takeGraph(order, run, ports);
}

async function contractOf(
  { contract: path }: ClusterOrder,
  { spec }: Wanted,
  run: Run,
  { workspace }: ClusterPorts,
): Promise<Contract | undefined> {
  if (path === undefined) return undefined;
  const { protocol = "seldon" } = spec!;
  if (protocol !== "seldon") {
    refuse({ where: `input "contract"`, expected: "protocol seldon, whose testers know contracts", seen: protocol });
  }
  const text = await workspace.readText(`${run.workspace}/${path}`, { maxBytes: MAX_CONTRACT_BYTES });
  if (text === undefined) refuse({ where: `input "contract"`, expected: `a file ${quote(path)}`, seen: "none" });
  const { parseContract } = await import("../domain/inference/contract.ts");
  return parseContract(text, path);
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
  given: Given,
  order: ClusterOrder,
  run: Run,
  ports: ClusterPorts,
): Promise<Outcome> {
  const { log, clock } = ports;
  const facts = await observe(place, given, order, run, ports);
  log.info(`${calledAt(place)}: ${facts.plan.operation}, because ${facts.plan.reason}`);
  if (order["dry-run"] !== "false") {
    if (order["dry-run"] !== "diff") await applyBeside(place, given.wanted.beside, { dryRun: true }, ports);
    const beside = given.wanted.beside.map(({ name }) => name);
    await ensureSecrets(place, order, facts.version.spec, { owner: undefined, dryRun: true, beside }, ports);
    return await tellDryRun(place, facts, order, ports);
  }
  const { name, namespace } = place;
  await order.announce({ record: given.record, target: "seldon", namespace, name, deployId: facts.version.deployId });
  const owner = facts.standing?.metadata.uid;
  const { spec } = facts.version;
  // Before the write, so that no pod waits for them.
  await applyBeside(place, given.wanted.beside, { dryRun: false }, ports);
  const secrets = await ensureSecrets(place, order, spec, { owner, dryRun: false, beside: [] }, ports);
  const from = clock.elapsed();
  const deadline = from + order["wait-timeout"] * 1000;
  const written = await write(place, given, facts, order, run, ports);
  const { applied, version } = written;
  if (secrets.length > 0 && applied.uid !== owner) await ownSecrets(place, order, version.spec, applied.uid, ports);
  let failure: Failure | undefined;
  let proven: Awaited<ReturnType<typeof prove>> | undefined;
  try {
    proven = await log.group(`Rolling out ${calledAt(place)} (${applied.deployId.slice(0, 12)})`, async () =>
      prove(place, version, applied, deadline, order, ports),
    );
    await markProven(place, applied.deployId, ports);
    const { release } = facts;
    if (release !== undefined) {
      const stable = version.sharing.stable === undefined ? [] : [version.sharing.stable.spec];
      await removeUnused(place, [release.spec], [version.spec, ...stable], ports);
    }
  } catch (thrown) {
    // Cancelled, or a fault of ours: the object itself holds what the next run needs.
    if (!(thrown instanceof Failure)) throw thrown;
    failure = thrown;
  }
  if (failure !== undefined || proven === undefined) {
    return await recover(place, written, failure!, order, ports);
  }
  const seconds = (clock.elapsed() - from) / 1000;
  const done: Done = { operation: written.operation, applied, ...proven, seconds };
  await keepSmoke(order["smoke-request"], run, ports);
  log.info(
    `${calledAt(place)} serves ${applied.deployId.slice(0, 12)} at ${proven.addresses.prediction} (${seconds.toFixed(1)} s)`,
  );
  if (proven.prediction !== undefined) log.info(`It predicted ${proven.prediction}`);
  return await tellDone(place, version, facts, done, order, run, ports);
}

async function keepSmoke(smoke: SmokeRequest | undefined, run: Run, { workspace, log }: ClusterPorts): Promise<void> {
  const { body = null, path } = smoke ?? {};
  if (path !== "/api/v1.0/predictions" || body === null || typeof body !== "object") return;
  await keepRequest(body, run, workspace).catch((thrown: unknown) => log.warning(messageOf(thrown)));
}
