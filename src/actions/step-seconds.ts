import type { Run } from "../inputs.ts";
import type { Workspace } from "../ports.ts";

/** Beside the folder of the job's records: nothing of it travels. */
const fileOf = (run: Run, digest: string): string =>
  `${run.temp}/model-road-seconds/${digest.replace(/[^0-9a-f]/g, "")}`;

/**
 * Keeps for the report of this job how long an image took to be made. Not in the record: that is attached to the image, and is the
 * same for the same image, whenever and wherever it was built.
 */
export async function keepSeconds(digest: string, seconds: number, run: Run, workspace: Workspace): Promise<void> {
  await workspace.write(fileOf(run, digest), String(seconds)).catch(() => undefined);
}

/** `undefined` where another job made it. */
export async function keptSeconds(digest: string, run: Run, workspace: Workspace): Promise<number | undefined> {
  const text = await workspace.readText(fileOf(run, digest), { maxBytes: 100 }).catch(() => undefined);
  const seconds = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
