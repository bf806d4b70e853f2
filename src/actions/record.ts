import {
  parseRecord,
  parseRecordSource,
  serialiseRecord,
  MAX_RECORD_BYTES,
  type ReleaseRecord,
} from "../domain/record/record.ts";
import { canonicalJson } from "../domain/text/json.ts";
import { messageOf, refuse } from "../errors.ts";
import { text, type Run } from "../inputs.ts";
import type { GitHub, Images, Workspace } from "../ports.ts";

/** The input of every action but train. */
export const recordInput = text({
  description:
    "The release record: JSON (an output of the step or job before), `file:<path>`, `artifact:<run>/<id>`, `artifact:<name>` " +
    "of this run, or `image:<reference>@<digest>`. Left out, the latest record of this job.",
});

type Ports = { readonly workspace: Workspace; readonly github: GitHub; readonly images?: Images };

/** The latest record of a job lies here, so that `record` can be left out. The runner empties this folder between jobs. */
const latestPath = (run: Run): string => `${run.temp}/model-road/record.json`;

/**
 * Reads the record that an action was given, in any of its forms. `undefined` when none was given and this job has none.
 * @throws ActionError when it was given but can not be had, or does not parse
 */
export async function takeRecord(
  input: string | undefined,
  run: Run,
  ports: Ports,
): Promise<ReleaseRecord | undefined> {
  if (input === undefined) {
    const latest = await ports.workspace.readText(latestPath(run), { maxBytes: MAX_RECORD_BYTES });
    return latest === undefined ? undefined : parseRecord(latest, "the latest record of this job");
  }
  const source = parseRecordSource(input);
  switch (source.kind) {
    case "json":
      return parseRecord(source.text);
    case "file": {
      const path = source.path.startsWith("/") ? source.path : `${run.workspace}/${source.path}`;
      const content = await ports.workspace.readText(path, { maxBytes: MAX_RECORD_BYTES });
      if (content === undefined) refuse({ where: `input "record"`, expected: `a file ${source.path}`, seen: "none" });
      return parseRecord(content, source.path);
    }
    case "artifact-id":
      return await fromArtifact(source.artifactId, source.runId, ports);
    case "artifact-name": {
      const found = await ports.github.artifactsNamed(source.name, { runId: run.runId });
      if (found.length !== 1) {
        refuse({
          where: `input "record"`,
          expected: `one artifact named ${source.name} in this run`,
          seen: found.length === 0 ? "none" : `${found.length}`,
          fix:
            found.length === 0
              ? "Does the job that makes it come before this one (needs:)?"
              : "Name it by artifact:<run>/<id>.",
        });
      }
      return await fromArtifact(found[0]!.id, run.runId, ports);
    }
    case "image":
      return await fromImage(source.reference, source.digest, ports);
  }
}

async function fromArtifact(id: string, runId: string, ports: Ports): Promise<ReleaseRecord> {
  const artifact = await ports.github.artifact(id);
  if (!artifact || artifact.expired || artifact.run.id !== runId || artifact.sha256 === undefined) {
    refuse({
      where: `input "record"`,
      expected: `artifact ${id} of run ${runId}`,
      seen: artifact ? (artifact.expired ? "an expired one" : `one of run ${artifact.run.id}`) : "none",
    });
  }
  const folder = await ports.workspace.temporary("record");
  const file = `${folder}/record.json`;
  const maxBytes = 8 * MAX_RECORD_BYTES;
  await ports.github.downloadArtifact(id, file, { maxBytes, sha256: artifact.sha256 });
  const content = await ports.workspace.readText(file, { maxBytes });
  // train keeps its record beside what it was made of.
  const { openTrainingDocument } = await import("../domain/fingerprint/fingerprint.ts");
  const where = `artifact ${artifact.name}`;
  const { record } = openTrainingDocument(content ?? "", where);
  return parseRecord(canonicalJson(record), where);
}

async function fromImage(reference: string, digest: string, { images }: Ports): Promise<ReleaseRecord> {
  if (!images) refuse({ where: `input "record"`, expected: "a form that this action reads", seen: "image:" });
  const { readAttachedRecord } = await import("./image-record.ts");
  return await readAttachedRecord(reference, digest, images);
}

/** Keeps a record as the latest of this job, and returns its text for the output. */
export async function giveRecord(
  record: ReleaseRecord,
  run: Run,
  { workspace }: Pick<Ports, "workspace">,
): Promise<string> {
  const json = serialiseRecord(record);
  try {
    await workspace.write(latestPath(run), json);
  } catch (thrown) {
    // The output carries it all the same; only the short form (no `record:` input) needs the file.
    refuse({ where: latestPath(run), expected: "a writable temporary folder", seen: messageOf(thrown) }, thrown);
  }
  return json;
}
