import {
  isExecutable,
  MAX_MANIFEST_BYTES,
  modelDigest,
  parseManifest,
  serialiseManifest,
} from "../domain/fingerprint/manifest.ts";
import {
  compareStored,
  isPlaceOf,
  parsePlace,
  placeOf,
  serialisePlace,
  storedFiles,
  trainingFile,
  trainingsFolder,
  type StoreAddress,
} from "../domain/record/model-store.ts";
import { serialiseRecord, type ModelSection, type ReleaseRecord } from "../domain/record/record.ts";
import { bytesAsText, counted } from "../domain/report/quantity.ts";
import { quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Log, ModelStore, Workspace } from "../ports.ts";
import { keptPath, modelInside, readModel } from "./model.ts";

type Ports = { readonly store: ModelStore; readonly workspace: Workspace; readonly log: Log };

/** Above the manifest's own bytes, for what a store adds. */
const SLACK_BYTES = 1024 * 1024;

/**
 * Makes a model lie in the store, and beside it what tells how. What lies there already is not sent again, and never overwritten.
 * @param kept the folder with `manifest.json` and `model/`
 * @returns the model's URI
 * @throws ActionError when the store can not be written, or holds something else in the model's place
 */
export async function storeModel(
  address: StoreAddress,
  model: ModelSection,
  kept: string,
  { store, workspace, log }: Ports,
): Promise<string> {
  const text = (await workspace.readText(`${kept}/manifest.json`, { maxBytes: MAX_MANIFEST_BYTES })) ?? "";
  const manifest = parseManifest(text);
  const place = placeOf(address, model, manifest);
  const files = storedFiles(place, manifest);
  const listed = await store.list(address, place.uri);
  if (listed.kind === "unreachable") {
    refuse({
      where: `model store ${quote(address.uri, 300)}`,
      expected: "an answer",
      seen: listed.because,
      fix: "Run the job again when it is well: nothing is trained again then.",
    });
  }
  const { objects } = listed;
  // Taken only where the store has it too: a large model need not be read once more for nothing.
  const known = objects.filter(({ path, md5 }) => md5 !== undefined && files.has(path));
  const hashes = await workspace.md5All(
    `${kept}/model`,
    known.map(({ path }) => files.get(path)!.path),
  );
  const md5 = new Map(known.map(({ path }, index) => [path, hashes[index]!]));
  const expected = new Map([...files].map(([path, { bytes }]) => [path, { bytes, md5: md5.get(path) }]));
  const { missing, foreign } = compareStored(expected, objects);
  if (foreign !== undefined) refuseForeign(`${place.uri}/${foreign}`);
  if (missing.length > 0) {
    const bytes = missing.reduce((sum, path) => sum + files.get(path)!.bytes, 0);
    log.info(`Uploading ${counted(missing.length, "file")}, ${bytesAsText(bytes)}, to ${place.uri}`);
    if (manifest.kind === "file") {
      await store.putFile(`${kept}/model/${manifest.files[0]!.path}`, `${place.uri}/${place.storedAs}`);
    } else {
      const below = place.storedAs === "" ? place.uri : `${place.uri}/${place.storedAs}`;
      await store.putFolder(
        `${kept}/model`,
        missing.map((path) => files.get(path)!.path),
        below,
      );
    }
  } else log.info(`The model lies in the store already: ${place.uri}`);
  // Last, so that where it stands the model is whole.
  await putText(serialisePlace(place.storedAs, text), `${place.uri}.json`, { store, workspace });
  return place.uri;
}

/** Leaves a training's record in the store, for who looks for its fingerprint. */
export async function storeTraining(
  address: StoreAddress,
  record: ReleaseRecord,
  run: { readonly runId: string; readonly attempt: number },
  ports: Pick<Ports, "store" | "workspace">,
): Promise<void> {
  const uri = `${trainingsFolder(address, record.model.fingerprint)}/${trainingFile(run.runId, run.attempt)}`;
  await putText(serialiseRecord(record), uri, ports);
}

async function putText(text: string, uri: string, { store, workspace }: Pick<Ports, "store" | "workspace">) {
  const there = await store.read(uri, { maxBytes: MAX_MANIFEST_BYTES });
  if (there === text) return;
  if (there !== undefined) refuseForeign(uri);
  const scratch = await workspace.temporary("store");
  try {
    await workspace.write(`${scratch}/text.json`, text);
    await store.putFile(`${scratch}/text.json`, uri);
  } finally {
    await workspace.remove(scratch);
  }
}

function refuseForeign(uri: string): never {
  refuse({
    where: `model store ${quote(uri, 300)}`,
    expected: "nothing, or the very file that belongs there",
    seen: "another",
    fix: "What lies in a store is written once and never again, so someone else wrote it. Find out who, and remove it.",
  });
}

/**
 * Brings a model from a store to where this job keeps its models, verified file by file against the digest that is known of it.
 * @returns the folder with `manifest.json`, `record.json` and `model/`
 * @throws ActionError when it is not there, or anything differs; then nothing of it stays
 */
export async function bringStored(
  record: ReleaseRecord,
  uri: string,
  run: Run,
  { store, workspace }: Pick<Ports, "store" | "workspace">,
): Promise<string> {
  const { model } = record;
  const where = `model store ${quote(uri, 300)}`;
  const text = await store.read(`${uri}.json`, { maxBytes: 2 * MAX_MANIFEST_BYTES });
  if (text === undefined) refuse({ where, expected: "a model", seen: "none" });
  const { storedAs, manifest } = parsePlace(text, { where, maxBytes: 2 * MAX_MANIFEST_BYTES });
  const place = { uri, storedAs };
  if (modelDigest(manifest.files) !== model.digest || !isPlaceOf(place, model)) {
    refuse({ where, expected: `the model ${model.digest.slice(0, 19)}…`, seen: "another" });
  }
  const files = [...storedFiles(place, manifest)].map(([path, { mode }]) => ({ path, executable: isExecutable(mode) }));
  const scratch = await workspace.temporary("stored");
  try {
    await store.take(uri, files, `${scratch}/taken`, { maxBytes: model.bytes + SLACK_BYTES });
    const taken = `${scratch}/taken${storedAs === "" ? "" : `/${storedAs}`}`;
    const unpacked = `${scratch}/unpacked`;
    const target = manifest.kind === "file" ? `${unpacked}/model/${manifest.files[0]!.path}` : `${unpacked}/model`;
    if ((await workspace.facts(taken)) === undefined) refuse({ where, expected: "the model's files", seen: "none" });

    await workspace.write(`${unpacked}/manifest.json`, serialiseManifest(manifest));
    await workspace.write(`${unpacked}/record.json`, serialiseRecord(record));
    await workspace.move(taken, target);
    const found = await readModel((await modelInside(unpacked, workspace))!, workspace);
    if (found?.digest !== model.digest) refuse({ where, expected: "the files of its manifest", seen: "others" });
    const kept = keptPath(run, model.fingerprint);
    await workspace.remove(kept);
    await workspace.move(unpacked, kept);
    return kept;
  } finally {
    await workspace.remove(scratch);
  }
}
