import type { Story } from "../action.ts";
import type { ModelManifest } from "../domain/fingerprint/manifest.ts";
import { MAX_METRICS_BYTES, parseMetrics, type Metrics } from "../domain/metrics/metrics.ts";
import { FORMAT_HEAD_BYTES, flavorOf, formatOf, tellingFile, writersOf } from "../domain/record/format.ts";
import { serialiseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import { bytesAsText } from "../domain/report/quantity.ts";
import { canonicalJson } from "../domain/text/json.ts";
import { ActionError, refuse } from "../errors.ts";
import { requiredText, type Run } from "../inputs.ts";
import type { Archives, Artifacts, CacheIndex, Clock, Log, ModelStore, Workspace } from "../ports.ts";
import { documentArtifactName, indexKey, modelArtifactName } from "./artifact-names.ts";
import { readEvent, type Event } from "./event.ts";
import { keptPath, modelInside, readModel, type FoundModel } from "./model.ts";
import { giveRecord } from "./record.ts";
import { sourceOf } from "./source.ts";
import type { Placed } from "./training-store.ts";
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
  readonly store: ModelStore;
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
    if (plan.cluster !== undefined) {
      const { recordOfCluster } = await import("./cluster-training-record.ts");
      return await recordOfCluster(plan, asked["plan-file"], event, hasArtifacts(run), run, ports);
    }
    // Without a command nothing is made here: what is there is what was asked for.
    const since = plan.command === "" ? 0 : Math.max(plan.startedMs, result?.startedMs ?? 0) - CLOCK_SLACK_MS;
    const folder = folderOf(plan, run);
    const model = await trainedModel(plan, folder, since, run, workspace);
    const metrics = await trainedMetrics(plan, folder, since, run, workspace);
    const record = await recordOf(plan, result, model, metrics, run, event, ports);

    const kept = await keep(record, metrics, plan, asked["plan-file"], folder, run, workspace);
    const { record: uploaded, failure } = await upload(record, plan, kept, run, ports);
    const { artifact } = uploaded;
    log.info(
      `Trained ${plan.name}: model ${record.model.digest.slice(0, 19)}…, ${artifact?.id === undefined ? (artifact?.modelUri ?? "in this job only") : `artifact ${artifact.id}`}`,
    );
    return {
      outputs: {
        record: await giveRecord(uploaded, run, ports),
        fingerprint: plan.manifest.fingerprint,
        skipped: "false",
        reason: plan.reason,
        "model-path": (await modelInside(kept, workspace))!,
        "model-uri": artifact?.modelUri ?? "",
        "artifact-id": artifact?.id ?? "",
        "artifact-digest": artifact?.sha256 === undefined ? "" : `sha256:${artifact.sha256}`,
        changed: JSON.stringify(plan.changed),
      },
      summary: (await import("./training-summary.ts")).summariseTraining(uploaded, metrics?.series),
      ...(failure === undefined ? {} : { failure }),
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
  await refuseWithoutRoom(path, where, run, workspace);
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

/** Told before hours of reading: the archive takes the model's size once more, where a copy of it may share the disk's blocks. */
async function refuseWithoutRoom(path: string, where: string, run: Run, workspace: Workspace): Promise<void> {
  const bytes = (await workspace.walk(path)).reduce((sum, file) => sum + file.bytes, 0);
  const free = await workspace.freeBytes(run.temp);
  if (free >= bytes) return;
  refuse({
    where,
    expected: `room for its archive in ${run.temp}, ${bytesAsText(bytes)}`,
    seen: `${bytesAsText(free)} free`,
    fix: "Take a runner with a larger disk, or remove what the training no longer needs.",
  });
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

/** What the model is by what stands in it, and who wrote it, where it says that. */
async function tellFormat(
  { kind, files }: ModelManifest,
  path: string,
  workspace: Workspace,
): Promise<{ format: string | undefined; versions: Record<string, string> }> {
  const telling = tellingFile(files);
  const file = kind === "folder" ? `${path}/${telling.path}` : path;
  const head = (await workspace.readHead(file, FORMAT_HEAD_BYTES)) ?? Buffer.alloc(0);
  const format = kind === "folder" && telling.folder === "mlflow" ? "mlflow" : formatOf(head);
  const { MAX_TELLING_BYTES, writtenBy } = await import("../domain/record/written-by.ts");
  const isSmall = files.find((each) => each.path === telling.path)!.bytes <= MAX_TELLING_BYTES;
  const content = isSmall ? await workspace.readBytes(file, { maxBytes: MAX_TELLING_BYTES }) : head;
  try {
    return { format, versions: await writtenBy(format, content ?? head) };
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    // A text that only looks like MLflow's.
    return { format: formatOf(head), versions: {} };
  }
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
  const { format, versions } = await tellFormat(manifest, path, workspace);
  const pins = Object.values(plan.manifest.environment).flatMap(({ packages }) => (packages ? [packages] : []));
  // What stands in the model is surer than what a lock file asks for.
  const libraries = writersOf([...pins, versions]);
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

/** Artifacts of the kind that holds a model are not there on an Enterprise Server; a model store takes their place. */
const hasArtifacts = ({ serverUrl }: Run): boolean =>
  /^https?:\/\/(?:github\.com|[^/]+\.ghe\.com|localhost)(?:[:/]|$)/.test(serverUrl);

async function upload(
  record: ReleaseRecord,
  plan: TrainingPlan,
  kept: string,
  run: Run,
  ports: Ports,
): Promise<Placed> {
  const { modelStore } = plan;
  if (modelStore === undefined)
    return { record: await uploadArtifacts(record, plan, kept, run, ports, async (same) => same) };
  const { placeTrained, publishTraining } = await import("./training-store.ts");
  let failure: string | undefined;
  const place = async (known: ReleaseRecord): Promise<ReleaseRecord> => {
    const stored = await placeTrained(modelStore, known, kept, ports);
    failure = stored.failure;
    return stored.record;
  };
  const whole = hasArtifacts(run) ? await uploadArtifacts(record, plan, kept, run, ports, place) : await place(record);
  return failure === undefined ? await publishTraining(modelStore, whole, ports) : { record: whole, failure };
}

/**
 * The model first, then the small document that explains it. The index entry comes last: it must not lead to what is not there.
 * @param place puts the model where it is served from, before the document says so
 */
async function uploadArtifacts(
  record: ReleaseRecord,
  plan: TrainingPlan,
  kept: string,
  run: Run,
  { workspace, archives, artifacts, cache, log }: Ports,
  place: (known: ReleaseRecord) => Promise<ReleaseRecord>,
): Promise<ReleaseRecord> {
  const scratch = await workspace.temporary("upload");
  const retention = plan.retentionDays === undefined ? {} : { retentionDays: plan.retentionDays };
  try {
    const name = modelArtifactName(record.model.fingerprint, run.runAttempt);
    const files = (await workspace.walk(kept)).map(({ path }) => path);
    await archives.pack(kept, files, `${scratch}/${name}`);
    const { id, sha256 } = await artifacts.upload(`${scratch}/${name}`, retention);
    const complete = await place({ ...record, artifact: { id, name, sha256, runId: run.runId } });
    const document = `${scratch}/${documentArtifactName(record.model.name, run.runAttempt)}`;
    await workspace.write(document, canonicalJson({ record: complete, manifest: plan.manifest }));
    // With a store the model outlives its artifact, and this is what proves it then.
    await artifacts.upload(document, plan.modelStore === undefined ? retention : {});
    const indexed = await cache.put(indexKey(record.model.fingerprint, run.runId, id));
    if (!indexed) log.debug("No index entry was written; the artifact is found by its name.");
    return complete;
  } finally {
    await workspace.remove(scratch);
  }
}
