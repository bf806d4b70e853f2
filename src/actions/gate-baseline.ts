import type { BaselineSource } from "../domain/gate/baseline-source.ts";
import type { Metrics } from "../domain/metrics/metrics.ts";
import { parseRecord, type GateSection, type ReleaseRecord } from "../domain/record/record.ts";
import { quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Compression, GitHub, Kubernetes, LocalServing, StoredArtifact, Workspace } from "../ports.ts";
import { documentArtifactName } from "./artifact-names.ts";
import { inWorkspace } from "./gate-inputs.ts";

type Ports = {
  readonly workspace: Workspace;
  readonly github: GitHub;
  readonly serving: Pick<LocalServing, "state">;
  readonly kubernetes: Kubernetes;
  readonly compression: Pick<Compression, "unpack">;
};

/** What a candidate is compared with, and where it was found. */
export type FoundBaseline = {
  readonly identity: NonNullable<GateSection["baseline"]>;
  readonly record: ReleaseRecord | undefined;
  readonly metrics: Metrics | undefined;
};
/** `absent`: nothing serves, or stands there, as yet; why, in words. */
export type BaselineSearch = { readonly found: FoundBaseline } | { readonly absent: string };

/** What is served where, for `baseline: live`. */
export type Live = {
  readonly target: string;
  readonly namespace: string;
  readonly name: string | undefined;
  readonly environment: string | undefined;
  /** How the cluster is reached, where its own object is to say what serves. */
  readonly cluster?: Parameters<Kubernetes["connect"]>[0] | undefined;
};

/** Statuses that are asked for at most: each is a request. */
const MOST_DEPLOYMENTS = 20;
const MAX_DOCUMENT_BYTES = 1024 * 1024;

/**
 * Finds the baseline.
 * @param model the model's name, as its record says
 * @throws ActionError when it was named but can not be had: a gate that went on without it would compare with nothing
 */
export async function findBaseline(
  source: Exclude<BaselineSource, { kind: "none" }>,
  live: Live,
  model: string | undefined,
  run: Run,
  ports: Ports,
): Promise<BaselineSearch> {
  switch (source.kind) {
    case "live":
      if (live.target === "local") return await servedHere(live, model, ports);
      return live.cluster ? await servedInCluster(live, model, ports) : await lastDeployment(live, model, ports);
    case "branch":
      return await latestOfBranch(source.branch, model, run, ports);
    case "artifact": {
      const artifact = await ports.github.artifact(source.artifactId);
      if (!artifact || artifact.expired || artifact.run.id !== source.runId) {
        refuse({
          where: `input "baseline"`,
          expected: `artifact ${source.artifactId} of run ${source.runId}`,
          seen: artifact ? (artifact.expired ? "an expired one" : `one of run ${artifact.run.id}`) : "none",
        });
      }
      return found(await recordOfArtifact(artifact, ports), {
        kind: "artifact",
        from: `artifact ${artifact.name}`,
        at: artifact.createdAt,
      });
    }
    case "file":
      return await fromFile(source.path, run, ports);
  }
}

/** What target `local` serves, as the front that serves it keeps it. */
async function servedHere(
  { namespace, name }: Live,
  model: string | undefined,
  { serving }: Ports,
): Promise<BaselineSearch> {
  const called = name ?? model ?? nameless();
  const state = await serving.state(namespace, called);
  const where = `${namespace}/${called} on this machine`;
  if (state?.deployId === undefined) return { absent: `nothing serves as ${where} yet` };
  if (state.record === undefined) {
    refuse({
      where: `input "baseline"`,
      expected: `a record beside what serves as ${where}`,
      seen: "none: it was deployed without one",
      fix: "Deploy with the record of train and evaluate-gate, or name another baseline.",
    });
  }
  return found(parseRecord(state.record, `the record of ${where}`), {
    kind: "live",
    from: `${where}, ${state.status === "running" ? "serving" : "served last"}`,
    ...(state.since === undefined ? {} : { at: new Date(state.since).toISOString() }),
  });
}

/** What the SeldonDeployment of that name keeps of the version that was proven to answer. */
async function servedInCluster(
  { namespace, name, cluster: reached }: Live,
  model: string | undefined,
  { kubernetes, compression }: Ports,
): Promise<BaselineSearch> {
  const called = name ?? model ?? nameless();
  const { readServed } = await import("./gate-cluster.ts");
  const cluster = await kubernetes.connect(reached!);
  try {
    const served = await readServed({ cluster, namespace, name: called }, compression);
    if ("absent" in served) return served;
    const { record, at, state, where } = served;
    return found(parseRecord(record, `the record of ${where}`), {
      kind: "live",
      from: `${where}${state === undefined ? "" : `, ${state}`}`.slice(0, 300),
      ...(at === undefined ? {} : { at }),
    });
  } finally {
    cluster.close();
  }
}

/** The newest deployment whose last word is success, and whose payload names this model. */
async function lastDeployment(
  { environment, name, namespace }: Live,
  model: string | undefined,
  { github }: Ports,
): Promise<BaselineSearch> {
  const { placeOfPayload, recordOfPayload } = await import("../domain/record/deployment-payload.ts");
  const all = (await github.deployments({ environment })).filter(
    ({ transient }) => environment !== undefined || !transient,
  );
  let asked = 0;
  for (const deployment of all) {
    const record = recordOfPayload(deployment.payload, `the payload of deployment ${deployment.id}`);
    if (!record) continue;
    if (model !== undefined && record.model.name !== model) continue;
    const served = placeOfPayload(deployment.payload, `deployment ${deployment.id}`) ?? record.deployment;
    if (name !== undefined && served && (served.name !== name || served.namespace !== namespace)) continue;
    if (model === undefined && name === undefined) nameless();
    if (++asked > MOST_DEPLOYMENTS) break;
    if ((await github.deploymentState(deployment.id)) !== "success") continue;
    return found(record, {
      kind: "live",
      from: `GitHub's deployment ${deployment.id} to ${deployment.environment.slice(0, 100)}`,
      at: deployment.createdAt,
    });
  }
  const where = environment === undefined ? "" : ` to ${quote(environment, 60)}`;
  return { absent: `GitHub knows of no successful deployment of this model${where}` };
}

/** The last training of a branch of this repository, not of a pull request. */
async function latestOfBranch(
  branch: string,
  model: string | undefined,
  run: Run,
  ports: Ports,
): Promise<BaselineSearch> {
  const name = model ?? nameless();
  const all = (await ports.github.artifactsNamed(documentArtifactName(name, 1))).filter(
    ({ expired, run: of }) =>
      !expired && of.headBranch === branch && of.headRepositoryId === run.repositoryId && of.id !== run.runId,
  );
  for (const artifact of all.slice(0, MOST_DEPLOYMENTS)) {
    const origin = await ports.github.workflowRun(artifact.run.id);
    // A pull request's run has the name of its branch too, but is not what stands on it.
    if (origin === undefined || origin.event.startsWith("pull_request")) continue;
    return found(await recordOfArtifact(artifact, ports), {
      kind: "branch",
      from: `branch ${branch}`.slice(0, 300),
      at: artifact.createdAt,
    });
  }
  return { absent: `no run on branch ${quote(branch, 80)} has trained ${name} yet` };
}

async function fromFile(path: string, run: Run, { workspace }: Ports): Promise<BaselineSearch> {
  const { MAX_METRICS_BYTES, parseMetrics } = await import("../domain/metrics/metrics.ts");
  const text = await workspace.readText(inWorkspace(path, run.workspace), { maxBytes: MAX_METRICS_BYTES });
  if (text === undefined) refuse({ where: `input "baseline"`, expected: `a file ${quote(path)}`, seen: "none" });
  const identity = { kind: "file", from: `file ${path}`.slice(0, 300) };
  const isRecord = /^\s*\{/.test(text) && /"schema"\s*:/.test(text) && /"fingerprint"\s*:/.test(text);
  if (isRecord) return found(parseRecord(text, path), identity);
  return {
    found: { identity, record: undefined, metrics: await parseMetrics(text, path.slice(path.lastIndexOf("/") + 1)) },
  };
}

function found(record: ReleaseRecord, identity: NonNullable<GateSection["baseline"]>): BaselineSearch {
  return {
    found: {
      identity: { ...identity, digest: record.model.digest, sha: record.source.sha, runId: record.source.runId },
      record,
      metrics: record.metrics,
    },
  };
}

/** A record from an artifact that holds it bare, or beside the manifest of its training. */
export async function recordOfArtifact(
  { id, name, sha256 }: StoredArtifact,
  { workspace, github }: Pick<Ports, "workspace" | "github">,
): Promise<ReleaseRecord> {
  const where = `artifact ${name}`;
  if (sha256 === undefined) refuse({ where, expected: "a digest of GitHub's", seen: "none" });
  const folder = await workspace.temporary("baseline");
  try {
    const file = `${folder}/document.json`;
    await github.downloadArtifact(id, file, { maxBytes: MAX_DOCUMENT_BYTES, sha256 });
    const text = (await workspace.readText(file, { maxBytes: MAX_DOCUMENT_BYTES })) ?? "";
    const { openTrainingDocument } = await import("../domain/fingerprint/fingerprint.ts");
    return parseRecord(JSON.stringify(openTrainingDocument(text, where).record), where);
  } finally {
    await workspace.remove(folder);
  }
}

function nameless(): never {
  refuse({
    where: `input "baseline"`,
    expected: "to know which model",
    seen: "neither a record nor a name",
    fix: "Hand on the record of train, or set name.",
  });
}
