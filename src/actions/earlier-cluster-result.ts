import { MAX_RECORD_BYTES, parseRecord } from "../domain/record/record.ts";
import { refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Archives, GitHub, StoredArtifact, WorkflowRun, Workspace } from "../ports.ts";
import type { EarlierResult } from "./earlier-result.ts";
import { keptPath } from "./model.ts";

type Ports = { readonly workspace: Workspace; readonly archives: Archives; readonly github: GitHub };

/** Record, metrics and log. */
const MAX_FILES = 8;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The record of an earlier training in a cluster. Its model stays where the training has put it: what the trusted run has written
 * down is its place and its digest.
 * @throws ActionError when the artifact is not that of such a training
 */
export async function bringClusterRecord(
  artifact: StoredArtifact,
  origin: WorkflowRun,
  fingerprint: string,
  run: Run,
  { workspace, archives, github }: Ports,
): Promise<EarlierResult> {
  const where = `artifact ${artifact.id}`;
  const scratch = await workspace.temporary("earlier");
  try {
    const archive = `${scratch}/training.tar`;
    await github.downloadArtifact(artifact.id, archive, { maxBytes: MAX_BYTES, sha256: artifact.sha256! });
    const unpacked = `${scratch}/unpacked`;
    await archives.unpack(archive, unpacked, { maxFiles: MAX_FILES, maxBytes: MAX_BYTES });
    const text = await workspace.readText(`${unpacked}/record.json`, { maxBytes: MAX_RECORD_BYTES });
    const record = parseRecord(text ?? "", `the record in ${where}`);
    const modelUri = record.artifact?.modelUri;
    if (record.model.fingerprint !== fingerprint || modelUri === undefined) {
      refuse({ where, expected: "the record of a training in a cluster, of this fingerprint", seen: "another" });
    }
    const kept = keptPath(run, fingerprint);
    await workspace.remove(kept);
    await workspace.move(unpacked, kept);
    return { artifact: { runId: origin.id, modelUri }, origin, record, folder: kept, path: "" };
  } finally {
    await workspace.remove(scratch);
  }
}
