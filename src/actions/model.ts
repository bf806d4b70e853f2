import type { ModelFile, ModelManifest } from "../domain/fingerprint/manifest.ts";
import type { ArtifactSection, ModelSection, ReleaseRecord } from "../domain/record/record.ts";
import { ActionError, quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Archives, GitHub, Log, ModelStore, Workspace } from "../ports.ts";

// Digests are loaded when a model is: an input that is refused needs none.
const manifests = async () => await import("../domain/fingerprint/manifest.ts");

/** What an archive may hold beside the model: its manifest, the record, metrics and the log. */
const BESIDE_BYTES = 256 * 1024 * 1024;
/** Nothing else may lie beside the model: a model server could load it. */
const BESIDE_FILES = ["manifest.json", "record.json", "metrics.json", "train.log"];
/** Of a stored tar, for one file: header, long name, padding. */
const TAR_BYTES_PER_FILE = 4096;

type Ports = {
  readonly workspace: Workspace;
  readonly archives: Archives;
  readonly github: GitHub;
  readonly log: Log;
  /** Where the model may lie beside its artifact; left out where only artifacts are asked. */
  readonly store?: ModelStore;
};

/** A model on disk, and what it consists of. */
export type FoundModel = { readonly path: string; readonly manifest: ModelManifest; readonly digest: string };

/**
 * The files of a model at a path: one file, or all below a folder, each digested. `undefined` when nothing is there.
 * @throws ActionError for links and other things that are no files: an archive would lose or follow them
 */
export async function readModel(path: string, workspace: Workspace): Promise<FoundModel | undefined> {
  const facts = await workspace.facts(path);
  if (facts === undefined) return undefined;
  const { MAX_MODEL_FILES, modelDigest } = await manifests();
  const walked = await workspace.walk(path, { maxFiles: MAX_MODEL_FILES });
  const odd = facts.kind === "link" ? { path: "", kind: "link" } : walked.find(({ kind }) => kind !== "file");
  if (odd !== undefined) {
    refuse({
      where: `model ${quote(odd.path === "" ? path : `${path}/${odd.path}`, 200)}`,
      expected: "regular files and folders",
      seen: odd.kind === "link" ? "a symbolic link" : "a device, pipe or socket",
      fix: "Put a copy of what it stands for into its place.",
    });
  }
  const root = facts.kind === "folder" ? path : path.slice(0, path.lastIndexOf("/"));
  const digests = await workspace.sha256All(
    root,
    walked.map((file) => file.path),
  );
  const files: ModelFile[] = walked.map((file, index) => ({
    path: file.path,
    sha256: digests[index]!.hex,
    bytes: digests[index]!.bytes,
    mode: file.mode,
  }));
  return {
    path,
    manifest: { schema: 1, kind: facts.kind === "folder" ? "folder" : "file", files },
    digest: modelDigest(files),
  };
}

/** Where this job keeps the models that it brought here, outside the workspace. */
export const keptPath = (run: Run, fingerprint: string): string => `${run.temp}/model-road/models/${fingerprint}`;

/**
 * Makes a record's model stand on this machine: as this job brought it, as it lies in the workspace after a training here, or
 * from its artifact. It is believed only when its files are those of the record's digest, wherever it comes from.
 * @returns the absolute path of the model's file or folder
 * @throws ActionError when it can not be had, or is another than the record says
 */
export async function fetchModel(record: ReleaseRecord, run: Run, ports: Ports): Promise<{ path: string }> {
  const { workspace } = ports;
  const { model, artifact } = record;
  for (const place of [
    await modelInside(keptPath(run, model.fingerprint), workspace),
    await insideWorkspace(`${run.workspace}/${model.path}`, run, workspace),
  ]) {
    if (place !== undefined && (await isModel(place, model, workspace))) return { path: place };
  }
  if (artifact === undefined) {
    refuse({
      where: `the record of ${model.name}`,
      expected: "an artifact that holds the model",
      seen: "none, and the model is not here",
      fix: "Run train in this job, or hand on the record that train returned.",
    });
  }
  if (artifact.id === undefined && artifact.modelUri?.startsWith("pvc://")) {
    refuse({
      where: `the record of ${model.name}`,
      expected: "a model that can be fetched",
      seen: `one that stays in the cluster, at ${artifact.modelUri}`,
      fix: "Serve it from there by its model-uri, or let the training store it in an artifact or a model store.",
    });
  }
  const folder = await bringRecorded(record, artifact, run, ports);
  return { path: (await modelInside(folder, workspace))! };
}

/** From the artifact; where that is gone, from the model store. */
async function bringRecorded(
  record: ReleaseRecord,
  { id, sha256, runId, modelUri }: ArtifactSection,
  run: Run,
  ports: Ports,
): Promise<string> {
  const { model } = record;
  const { store, log, workspace } = ports;
  try {
    if (id === undefined || sha256 === undefined) {
      refuse({ where: `the record of ${model.name}`, expected: "an artifact that holds the model", seen: "none" });
    }
    log.info(`Fetching the model of ${model.name} from artifact ${id} of run ${runId}`);
    return await bringModel({ id, sha256, model }, run, ports);
  } catch (thrown) {
    if (!(thrown instanceof ActionError) || modelUri === undefined || store === undefined) throw thrown;
    log.info(`${thrown.message}\nFetching it from ${modelUri}`);
    const { bringStored } = await import("./stored-model.ts");
    return await bringStored(record, modelUri, run, { store, workspace });
  }
}

/** An artifact that should hold a certain model. */
export type Wanted = {
  readonly id: string;
  readonly sha256: string;
  /** What is known of the model before; without it the archive's own manifest decides, and its record is read after. */
  readonly model: Pick<ModelSection, "fingerprint" | "digest" | "bytes" | "files"> | undefined;
};

/**
 * Downloads and unpacks a model's artifact under the run's temporary folder, verified file by file against its manifest, and
 * the manifest against the record's digest where one is known.
 * @returns the folder with `manifest.json`, `record.json` and `model/`
 * @throws ActionError when anything differs; then nothing of it stays
 */
export async function bringModel(
  wanted: Wanted & { readonly fingerprint?: string; readonly maxBytes?: number },
  run: Run,
  { workspace, archives, github }: Omit<Ports, "log">,
): Promise<string> {
  const { MAX_MANIFEST_BYTES, MAX_MODEL_FILES, modelDigest, parseManifest } = await manifests();
  const { id, sha256, model } = wanted;
  const fingerprint = model?.fingerprint ?? wanted.fingerprint;
  if (fingerprint === undefined) throw new Error("a model is brought under a fingerprint");
  const maxFiles = (model?.files ?? MAX_MODEL_FILES) + 16;
  const bytes = model?.bytes ?? wanted.maxBytes ?? 0;
  const maxBytes = bytes + BESIDE_BYTES;
  const scratch = await workspace.temporary("model");
  try {
    const archive = `${scratch}/model.tar`;
    await github.downloadArtifact(id, archive, {
      maxBytes: maxBytes + (model === undefined ? 0 : maxFiles * TAR_BYTES_PER_FILE),
      sha256,
    });
    const unpacked = `${scratch}/unpacked`;
    const inside = await archives.unpack(archive, unpacked, { maxFiles, maxBytes });
    await workspace.remove(archive);
    const text = await workspace.readText(`${unpacked}/manifest.json`, { maxBytes: MAX_MANIFEST_BYTES });
    const where = `artifact ${id}`;
    if (text === undefined) refuse({ where, expected: "a manifest.json", seen: "none" });
    const manifest = parseManifest(text, `manifest.json of ${where}`);
    const expected = new Set([...BESIDE_FILES, ...manifest.files.map(({ path }) => `model/${path}`)]);
    const extra = inside.find(({ path, kind }) => kind !== "folder" && !expected.has(path));
    if (extra) refuse({ where, expected: "the files that its manifest lists", seen: quote(extra.path, 200) });
    const digest = modelDigest(manifest.files);
    const place = await modelInside(unpacked, workspace);
    const found = place === undefined ? undefined : await readModel(place, workspace);
    if (found?.digest !== digest || found.manifest.kind !== manifest.kind) {
      refuse({ where, expected: "the files that its manifest lists", seen: "others" });
    }
    if (model !== undefined && digest !== model.digest) {
      refuse({ where, expected: `the model ${model.digest.slice(0, 19)}…`, seen: `${digest.slice(0, 19)}…` });
    }
    const kept = keptPath(run, fingerprint);
    await workspace.remove(kept);
    await workspace.move(unpacked, kept);
    return kept;
  } finally {
    await workspace.remove(scratch);
  }
}

/** The model's file or folder in an unpacked artifact, as its manifest says which; `undefined` when it holds none. */
export async function modelInside(folder: string, workspace: Workspace): Promise<string | undefined> {
  const { MAX_MANIFEST_BYTES, parseManifest } = await manifests();
  const text = await workspace.readText(`${folder}/manifest.json`, { maxBytes: MAX_MANIFEST_BYTES });
  if (text === undefined) return undefined;
  try {
    const { kind, files } = parseManifest(text);
    return kind === "folder" ? `${folder}/model` : `${folder}/model/${files[0]?.path ?? ""}`;
  } catch (thrown) {
    if (thrown instanceof ActionError) return undefined;
    throw thrown;
  }
}

/** A path of the workspace, unless links lead it out. */
async function insideWorkspace(path: string, run: Run, workspace: Workspace): Promise<string | undefined> {
  const [real, root] = [await workspace.realPath(path), await workspace.realPath(run.workspace)];
  return real !== undefined && root !== undefined && real.startsWith(`${root}/`) ? path : undefined;
}

async function isModel(path: string, model: ModelSection, workspace: Workspace): Promise<boolean> {
  try {
    return (await readModel(path, workspace))?.digest === model.digest;
  } catch (thrown) {
    // A link or an unreadable file there: then it is not the model that was recorded.
    if (thrown instanceof ActionError) return false;
    throw thrown;
  }
}
