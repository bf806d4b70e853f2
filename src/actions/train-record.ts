import type { Story } from "../action.ts";
import { MAX_METRICS_BYTES, parseMetrics, type Metrics } from "../domain/metrics/metrics.ts";
import { FORMAT_HEAD_BYTES, flavorOf, formatOf, writersOf } from "../domain/record/format.ts";
import { serialiseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import { canonicalJson } from "../domain/text/json.ts";
import { refuse } from "../errors.ts";
import { requiredText, type Run } from "../inputs.ts";
import type { Archives, Artifacts, CacheIndex, Clock, Log, Workspace } from "../ports.ts";
import { documentArtifactName, indexKey, modelArtifactName } from "./artifact-names.ts";
import { readEvent, type Event } from "./event.ts";
import { keptPath, modelInside, readModel, type FoundModel } from "./model.ts";
import { giveRecord } from "./record.ts";
import { sourceOf } from "./source.ts";
import { trainOutputs } from "./train-outputs.ts";
import { besidePlan, folderOf, readPlan, readResult, type TrainingPlan, type TrainingResult } from "./training-plan.ts";

const inputs = {
  "plan-file": requiredText({ description: "The output `plan-file` of the plan part." }),
};

type Ports = {
  readonly workspace: Workspace;
  readonly archives: Archives;
  readonly artifacts: Artifacts;
  readonly cache: CacheIndex;
  readonly clock: Clock;
  readonly log: Log;
};

/** The kernel stamps files by a clock that ticks every few milliseconds; ours is finer. */
const CLOCK_SLACK_MS = 50;
const MAX_LOG_BYTES = 64 * 1024 * 1024;

export const trainRecord: Story<typeof inputs, Ports> = {
  id: "train-record",
  inputs,
  outputs: trainOutputs,

  run: async (asked, run, ports) => {
    const { workspace, log } = ports;
    const plan = await readPlan(asked["plan-file"], workspace);
    const result = await readResult(asked["plan-file"], workspace);
    const event = await readEvent(run, workspace);
    // Without a command nothing is made here: what is there is what was asked for.
    const since = plan.command === "" ? 0 : Math.max(plan.startedMs, result?.startedMs ?? 0) - CLOCK_SLACK_MS;
    const folder = folderOf(plan, run);
    const model = await trainedModel(plan, folder, since, run, workspace);
    const metrics = await trainedMetrics(plan, folder, since, run, workspace);
    const record = await recordOf(plan, result, model, metrics, run, event, ports);

    const kept = await keep(record, metrics, plan, asked["plan-file"], folder, run, workspace);
    const uploaded = await upload(record, plan, kept, run, ports);
    log.info(`Trained ${plan.name}: model ${record.model.digest.slice(0, 19)}…, artifact ${uploaded.artifact!.id}`);
    return {
      outputs: {
        record: await giveRecord(uploaded, run, ports),
        fingerprint: plan.manifest.fingerprint,
        skipped: "false",
        reason: plan.reason,
        "model-path": (await modelInside(kept, workspace))!,
        "artifact-id": uploaded.artifact!.id,
        "artifact-digest": `sha256:${uploaded.artifact!.sha256}`,
        changed: JSON.stringify(plan.changed),
      },
      summary: (await import("./training-summary.ts")).summariseTraining(uploaded, metrics?.series),
    };
  },
};

async function trainedModel(
  plan: TrainingPlan,
  folder: string,
  since: number,
  run: Run,
  workspace: Workspace,
): Promise<FoundModel> {
  const where = `model ${plan.model}`;
  const path = `${folder}/${plan.model}`;
  const facts = await workspace.facts(path);
  if (facts === undefined) {
    refuse({
      where,
      expected: "a file or folder that the command wrote",
      seen: "nothing",
      fix: "Does the command write where MODEL_PATH points? The input `model` is relative to working-directory.",
    });
  }
  await refuseOutside(path, where, run, workspace);
  const found = (await readModel(path, workspace))!;
  const bytes = found.manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes === 0) {
    refuse({
      where,
      expected: "a model",
      seen: facts.kind === "folder" ? "a folder without content" : "an empty file",
    });
  }
  const newest = Math.max(...(await workspace.walk(path)).map(({ changedMs }) => changedMs));
  if (newest < since) {
    refuse({
      where,
      expected: "a model that the command wrote",
      seen: "one that was there before and was not touched",
      fix: "Is it committed by mistake? Remove it, or let the command write it.",
    });
  }
  return found;
}

async function trainedMetrics(
  plan: TrainingPlan,
  folder: string,
  since: number,
  run: Run,
  workspace: Workspace,
): Promise<Metrics | undefined> {
  if (plan.metrics === undefined) return undefined;
  const where = `metrics ${plan.metrics}`;
  const path = `${folder}/${plan.metrics}`;
  const facts = await workspace.facts(path);
  if (facts === undefined) {
    refuse({
      where,
      expected: "a file that the command wrote",
      seen: "nothing",
      fix: "Does the command write where METRICS_PATH points?",
    });
  }
  await refuseOutside(path, where, run, workspace);
  if (facts.kind === "folder") {
    const { mlflowMetrics } = await import("./mlflow-metrics.ts");
    return await mlflowMetrics(path, where, since, workspace);
  }
  if (facts.changedMs < since) {
    refuse({
      where,
      expected: "metrics that the command wrote",
      seen: "a file that was there before and was not touched",
      fix: "Metrics of an earlier training would judge this one: remove the file from the repository.",
    });
  }
  const text = await workspace.readText(path, { maxBytes: MAX_METRICS_BYTES });
  return await parseMetrics(text ?? "", plan.metrics);
}

async function refuseOutside(path: string, where: string, run: Run, workspace: Workspace): Promise<void> {
  const [real, root] = [await workspace.realPath(path), await workspace.realPath(run.workspace)];
  if (real !== undefined && root !== undefined && real.startsWith(`${root}/`)) return;
  refuse({
    where,
    expected: "a file or folder of the workspace",
    seen: real === undefined ? "a link to nothing" : "a link that leads out of it",
    fix: "Write the content there, not a link.",
  });
}

async function recordOf(
  plan: TrainingPlan,
  result: TrainingResult | undefined,
  { manifest, digest, path }: FoundModel,
  metrics: Metrics | undefined,
  run: Run,
  event: Event,
  { workspace, clock }: Ports,
): Promise<ReleaseRecord> {
  const largest = manifest.files.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const head = await workspace.readHead(
    manifest.kind === "folder" ? `${path}/${largest.path}` : path,
    FORMAT_HEAD_BYTES,
  );
  const format = formatOf(head ?? Buffer.alloc(0));
  const pins = Object.values(plan.manifest.environment).flatMap(({ packages }) => (packages ? [packages] : []));
  const libraries = writersOf(pins);
  return {
    schema: 1,
    model: {
      name: plan.name,
      flavor: plan.flavor ?? flavorOf(format, libraries),
      fingerprint: plan.manifest.fingerprint,
      parts: plan.manifest.parts,
      path: plan.workingDirectory === "." ? plan.model : `${plan.workingDirectory}/${plan.model}`,
      digest,
      files: manifest.files.length,
      bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
      ...(format === undefined ? {} : { format }),
      ...(Object.keys(libraries).length === 0 ? {} : { libraries }),
    },
    source: sourceOf(run, event),
    training: {
      command: plan.command,
      params: plan.params,
      seconds: Math.round((result?.seconds ?? (clock.now() - plan.startedMs) / 1000) * 1000) / 1000,
      skipped: false,
      reason: plan.reason,
      changed: plan.changed,
    },
    // Series are long: the artifact keeps them.
    ...(metrics === undefined
      ? {}
      : { metrics: { values: metrics.values, ...(metrics.slices === undefined ? {} : { slices: metrics.slices }) } }),
  };
}

/**
 * Copies model, metrics and log out of the workspace, in the order in which the artifact holds them. What is digested and
 * uploaded is this copy, so that nothing that still runs in the workspace can come between; later parts of the job use it too.
 */
async function keep(
  record: ReleaseRecord,
  metrics: Metrics | undefined,
  plan: TrainingPlan,
  planFile: string,
  folder: string,
  run: Run,
  workspace: Workspace,
): Promise<string> {
  const scratch = await workspace.temporary("kept");
  try {
    const isFolder = (await workspace.facts(`${folder}/${plan.model}`))?.kind === "folder";
    const target = isFolder ? `${scratch}/model` : `${scratch}/model/${plan.model.split("/").at(-1)}`;
    await workspace.copy(`${folder}/${plan.model}`, target);
    const copied = await readModel(target, workspace);
    if (copied?.digest !== record.model.digest) {
      refuse({
        where: `model ${plan.model}`,
        expected: "files at rest",
        seen: "files that changed while they were copied",
        fix: "Let the command wait for all that it starts.",
      });
    }
    const { serialiseManifest } = await import("../domain/fingerprint/manifest.ts");
    await workspace.write(`${scratch}/manifest.json`, serialiseManifest(copied.manifest));
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

/** The index entry comes last: it must not lead to what is not there. */
async function upload(
  record: ReleaseRecord,
  plan: TrainingPlan,
  kept: string,
  run: Run,
  { workspace, archives, artifacts, cache, log }: Ports,
): Promise<ReleaseRecord> {
  const scratch = await workspace.temporary("upload");
  const retention = plan.retentionDays === undefined ? {} : { retentionDays: plan.retentionDays };
  try {
    const name = modelArtifactName(record.model.fingerprint, run.runAttempt);
    const files = (await workspace.walk(kept)).map(({ path }) => path);
    await archives.pack(kept, files, `${scratch}/${name}`);
    const { id, sha256 } = await artifacts.upload(`${scratch}/${name}`, retention);
    const complete: ReleaseRecord = { ...record, artifact: { id, name, sha256, runId: run.runId } };
    const document = `${scratch}/${documentArtifactName(record.model.name, run.runAttempt)}`;
    await workspace.write(document, canonicalJson({ record: complete, manifest: plan.manifest }));
    await artifacts.upload(document, retention);
    const indexed = await cache.put(indexKey(record.model.fingerprint, run.runId, id));
    if (!indexed) log.debug("No index entry was written; the artifact is found by its name.");
    return complete;
  } finally {
    await workspace.remove(scratch);
  }
}
