import { imageArtifactName } from "../domain/promotion/evidence.ts";
import { messageOf } from "../errors.ts";
import type { Artifacts, Log, Workspace } from "../ports.ts";

/**
 * Keeps the record of an image as an artifact of this run, by which a promotion believes later that it has passed the gate: who may
 * push to the registry could write there what they like, but not into this run.
 */
export async function keepImageRecord(
  record: string,
  digest: string,
  { artifacts, workspace, log }: { artifacts?: Artifacts; workspace: Workspace; log: Log },
): Promise<void> {
  if (artifacts === undefined) return;
  try {
    const folder = await workspace.temporary("image-record");
    const file = `${folder}/${imageArtifactName(digest)}`;
    await workspace.write(file, record);
    await artifacts.upload(file, {});
    await workspace.remove(folder);
  } catch (thrown) {
    const told = messageOf(thrown);
    // The image stands; only a promotion without an attestation will miss this.
    if (/already exists|409/.test(told)) log.debug(told);
    else log.info(`The image's record could not be kept as an artifact: ${told}`);
  }
}
