import type { Outcome } from "../action.ts";
import { answeredMetrics, type TrainingAnswer } from "../domain/kubernetes/training-answer.ts";
import { MAX_METRICS_BYTES, parseMetrics, type Metrics } from "../domain/metrics/metrics.ts";
import { parseStoreAddress } from "../domain/record/model-store.ts";
import { serialiseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import { canonicalJson } from "../domain/text/json.ts";
import { refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Archives, Artifacts, CacheIndex, Log, ModelStore, Workspace } from "../ports.ts";
import { documentArtifactName, indexKey, modelArtifactName } from "./artifact-names.ts";
import type { Event } from "./event.ts";
import { keptPath } from "./model.ts";
import { giveRecord } from "./record.ts";
import { sourceOf } from "./source.ts";
import { besidePlan, readAnswer, readResult, type TrainingPlan } from "./training-plan.ts";

type Ports = {
  readonly workspace: Workspace;
  readonly archives: Archives;
  readonly artifacts: Artifacts;
  readonly cache: CacheIndex;
  readonly store: ModelStore;
  readonly log: Log;
};

const MAX_LOG_BYTES = 64 * 1024 * 1024;

/**
 * Records a training in a cluster. The model stays where the training has put it; what is kept of it here is its URI and its
 * digest, with metrics and log.
 */
export async function recordOfCluster(
  plan: TrainingPlan,
  planFile: string,
  event: Event,
  hasArtifacts: boolean,
  run: Run,
  ports: Ports,
): Promise<Outcome> {
  const { workspace, log } = ports;
  const answer = await readAnswer(planFile, workspace);
  const result = await readResult(planFile, workspace);
  const model = await storedModel(answer, plan, ports);
  const metrics = await answered(answer, plan, ports);
  const record: ReleaseRecord = {
    schema: 1,
    model: {
      name: plan.name,
      flavor: plan.flavor ?? "custom",
      fingerprint: plan.manifest.fingerprint,
      parts: plan.manifest.parts,
      path: plan.workingDirectory === "." ? plan.model : `${plan.workingDirectory}/${plan.model}`,
      digest: answer.model.digest,
      ...model,
    },
    source: sourceOf(run, event),
    training: {
      command: plan.command,
      params: plan.params,
      seconds: Math.round((result?.seconds ?? 0) * 1000) / 1000,
      skipped: false,
      reason: plan.reason,
      changed: plan.changed,
    },
    artifact: { runId: run.runId, modelUri: answer.model.uri },
    ...(metrics === undefined
      ? {}
      : { metrics: { values: metrics.values, ...(metrics.slices === undefined ? {} : { slices: metrics.slices }) } }),
  };
  const kept = await keep(record, metrics, planFile, run, workspace);
  if (hasArtifacts) await upload(record, plan, kept, run, ports);
  log.info(`Trained ${plan.name}: model ${record.model.digest.slice(0, 19)}… at ${answer.model.uri}`);
  return {
    outputs: {
      record: await giveRecord(record, run, ports),
      fingerprint: plan.manifest.fingerprint,
      skipped: "false",
      reason: plan.reason,
      "model-path": "",
      "model-uri": answer.model.uri,
      "artifact-id": "",
      "artifact-digest": "",
      changed: JSON.stringify(plan.changed),
    },
    summary: (await import("./training-summary.ts")).summariseTraining(record, metrics?.series),
  };
}

/** Files and bytes of the model: as the training says, and for one in `model-store` as they lie there. */
async function storedModel(
  { model }: TrainingAnswer,
  { modelStore }: TrainingPlan,
  { store }: Ports,
): Promise<{ files: number; bytes: number }> {
  const told = { files: model.files ?? 0, bytes: model.bytes ?? 0 };
  if (modelStore === undefined) return told;
  requireBelow(model.uri, modelStore, "the model");
  const listed = await store.list(parseStoreAddress(modelStore), model.uri.replace(/\/+$/, ""));
  if (listed.kind === "unreachable") {
    return refuse({ where: modelStore, expected: "the model store to answer", seen: listed.because });
  }
  const { objects } = listed;
  if (objects.length === 0) {
    return refuse({
      where: `the model at ${model.uri}`,
      expected: "the files that the training has put there",
      seen: "none",
      fix: "The URI names the folder that holds the model.",
    });
  }
  return { files: objects.length, bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function answered(answer: TrainingAnswer, plan: TrainingPlan, { store }: Ports): Promise<Metrics | undefined> {
  const where = "the metrics of the training";
  const told = answeredMetrics(answer, where);
  if (told === undefined) {
    if (plan.metrics === undefined) return undefined;
    return refuse({ where, expected: `metrics, since the input metrics is ${plan.metrics}`, seen: "none" });
  }
  if ("text" in told) return await parseMetrics(told.text, "metrics.json");
  if (plan.modelStore === undefined) {
    return refuse({ where, expected: "the input model-store, to read them from", seen: told.uri });
  }
  requireBelow(told.uri, plan.modelStore, where);
  const text = await store.read(told.uri, { maxBytes: MAX_METRICS_BYTES });
  return await parseMetrics(text ?? "", told.uri.slice(told.uri.lastIndexOf("/") + 1));
}

/** What a training tells must not lead us to read elsewhere by the store's keys. */
function requireBelow(uri: string, modelStore: string, where: string): void {
  if (uri.startsWith(`${modelStore}/`)) return;
  refuse({ where, expected: `a place in the model store ${modelStore}`, seen: uri });
}

async function keep(
  record: ReleaseRecord,
  metrics: Metrics | undefined,
  planFile: string,
  run: Run,
  workspace: Workspace,
): Promise<string> {
  const scratch = await workspace.temporary("kept");
  try {
    await workspace.write(`${scratch}/record.json`, serialiseRecord(record));
    if (metrics) await workspace.write(`${scratch}/metrics.json`, canonicalJson(metrics));
    const log = await workspace.readBytes(besidePlan(planFile).log, { maxBytes: MAX_LOG_BYTES });
    await workspace.write(`${scratch}/train.log`, log ?? "");
    const kept = keptPath(run, record.model.fingerprint);
    await workspace.remove(kept);
    await workspace.move(scratch, kept);
    return kept;
  } finally {
    await workspace.remove(scratch);
  }
}

/** The record by which later runs find this training, then the small document that explains it, then the index. */
async function upload(
  record: ReleaseRecord,
  plan: TrainingPlan,
  kept: string,
  run: Run,
  { workspace, archives, artifacts, cache, log }: Ports,
): Promise<void> {
  const { fingerprint, name } = record.model;
  const scratch = await workspace.temporary("upload");
  const retention = plan.retentionDays === undefined ? {} : { retentionDays: plan.retentionDays };
  try {
    const archive = `${scratch}/${modelArtifactName(fingerprint, run.runAttempt)}`;
    const files = (await workspace.walk(kept)).map(({ path }) => path);
    await archives.pack(kept, files, archive);
    const { id } = await artifacts.upload(archive, retention);
    const document = `${scratch}/${documentArtifactName(name, run.runAttempt)}`;
    await workspace.write(document, canonicalJson({ record, manifest: plan.manifest }));
    await artifacts.upload(document, retention);
    const indexed = await cache.put(indexKey(fingerprint, run.runId, id));
    if (!indexed) log.debug("No index entry was written; the artifact is found by its name.");
  } finally {
    await workspace.remove(scratch);
  }
}
