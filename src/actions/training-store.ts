import { parseStoreAddress, trainingFile, type StoreAddress } from "../domain/record/model-store.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import { ActionError } from "../errors.ts";
import type { Log, ModelStore, Workspace } from "../ports.ts";

type Ports = { readonly store: ModelStore; readonly workspace: Workspace; readonly log: Log };

/** A record that names the model's place in the store; or why it lies in none, which makes the step red. */
export type Placed = { readonly record: ReleaseRecord; readonly failure?: string };

const withUri = (record: ReleaseRecord, runId: string, modelUri: string): ReleaseRecord => ({
  ...record,
  artifact: { runId, ...record.artifact, modelUri },
});

/** Uploads the model of a training that was just made. The artifacts hold it already, so a store in trouble loses nothing. */
export async function placeTrained(uri: string, record: ReleaseRecord, kept: string, ports: Ports): Promise<Placed> {
  return await placed(record, async () => {
    const { storeModel } = await import("./stored-model.ts");
    return withUri(record, record.source.runId, await storeModel(parseStoreAddress(uri), record.model, kept, ports));
  });
}

/** Leaves the record of a training that was just made, as it is in the end. */
export async function publishTraining(uri: string, record: ReleaseRecord, ports: Ports): Promise<Placed> {
  return await placed(record, async () => {
    const { storeTraining } = await import("./stored-model.ts");
    const { runId, runAttempt } = record.source;
    await storeTraining(parseStoreAddress(uri), record, { runId, attempt: runAttempt }, ports);
    return record;
  });
}

/**
 * Sees to it that a model that was found lies in the store too. It may have been trained before there was one, or while it was
 * down; and what was found in a store lies there.
 * @param found the run that trained it, and the record that it left
 */
export async function keepStored(
  store: { readonly address: StoreAddress; readonly names: readonly string[] } | undefined,
  record: ReleaseRecord,
  folder: string,
  found: { readonly runId: string; readonly earlier: ReleaseRecord },
  ports: Ports,
): Promise<Placed> {
  if (store === undefined) return { record };
  return await placed(record, async () => {
    const { storeModel, storeTraining } = await import("./stored-model.ts");
    const modelUri = await storeModel(store.address, record.model, folder, ports);
    const { runId, earlier } = found;
    const attempt = earlier.source.runAttempt;
    if (!store.names.includes(trainingFile(runId, attempt))) {
      const told = withUri({ ...earlier, artifact: { ...record.artifact, runId } }, runId, modelUri);
      await storeTraining(store.address, told, { runId, attempt }, ports);
    }
    return withUri(record, runId, modelUri);
  });
}

async function placed(record: ReleaseRecord, work: () => Promise<ReleaseRecord>): Promise<Placed> {
  try {
    return { record: await work() };
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    return {
      record,
      failure: `The model is kept as this run's artifact, but not in the model store. ${thrown.message}`,
    };
  }
}
