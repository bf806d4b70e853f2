import type { Story } from "../action.ts";
import { parseManifest, MAX_MANIFEST_BYTES } from "../domain/image/manifest.ts";
import { belowFolder, parseReference } from "../domain/image/reference.ts";
import { serialiseRecord, type ReleaseRecord } from "../domain/record/record.ts";
import { blobPath, handoverName } from "../domain/trust/handover.ts";
import { refuse } from "../errors.ts";
import { text, type Run } from "../inputs.ts";
import type { Archives, Artifacts, GitHub, Log, Workspace } from "../ports.ts";
import { recordInput, takeRecord } from "./record.ts";

/** A name of artifacts, said by the workflow in both halves. */
export const HANDOVER_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const inputs = {
  record: recordInput,
  "hand-over": text({
    description:
      "In the pull request's half: the name under which the record, and the image where it lies in a folder, are uploaded for " +
      "the other half, which comments (`take-over`). It takes no right.",
    pattern: HANDOVER_NAME,
    accepts: "lower-case letters, digits and -",
  }),
};

type Ports = {
  readonly log: Log;
  readonly workspace: Workspace;
  readonly archives: Archives;
  readonly artifacts: Artifacts;
  readonly github: GitHub;
};

/** Uploads what a run without rights has made, as one inert file. */
export const reportHandOver: Story<typeof inputs, Ports> = {
  id: "report-hand-over",
  inputs,
  outputs: { artifact: "The artifact that was handed over; empty without a record." },
  run: async (inputs, run, ports) => {
    const name = inputs["hand-over"];
    if (name === undefined) {
      refuse({
        where: `input "hand-over"`,
        expected: "a name",
        seen: "nothing",
        fix: "Without one, leave this part out.",
      });
    }
    const record = await takeRecord(inputs.record, run, ports);
    if (!record) {
      ports.log.info("This job has no release record, so there is nothing to hand over.");
      return { outputs: {} };
    }
    const folder = await ports.workspace.temporary("hand-over");
    try {
      await ports.workspace.write(`${folder}/record.json`, serialiseRecord(record));
      const files = new Map([[`${folder}/record.json`, "record.json"], ...(await imageFiles(record, run, ports))]);
      const archive = `${folder}/${handoverName(name, run.runAttempt)}`;
      // The image stays where it is: it may be large, and one archive needs one root.
      const paths = [...files.keys()].map((path) => path.slice(1));
      await ports.archives.pack("/", paths, archive, { name: (path) => files.get(`/${path}`)! });
      const { id, bytes } = await ports.artifacts.upload(archive, {});
      ports.log.info(`Handed over: artifact ${id}, ${bytes} bytes, ${files.size} files.`);
      return { outputs: { artifact: id } };
    } finally {
      await ports.workspace.remove(folder);
    }
  },
};

/** The image's own files in its layout, where the record's image lies in one on this machine. */
async function imageFiles({ image }: ReleaseRecord, run: Run, { workspace }: Ports): Promise<[string, string][]> {
  if (image === undefined || !image.repository.startsWith("oci:")) return [];
  const layout = belowFolder(parseReference(image.repository, "the record's image"), run.workspace);
  if (layout.kind !== "layout") return [];
  const pathOf = (digest: string): string => `${layout.folder}/blobs/sha256/${digest.slice("sha256:".length)}`;
  const bytes = await workspace.readBytes(pathOf(image.digest), { maxBytes: MAX_MANIFEST_BYTES });
  if (bytes === undefined) {
    refuse({
      where: image.repository,
      expected: `the image ${image.digest}`,
      seen: "none",
      fix: "Hand over in the job that built it.",
    });
  }
  const { config, layers = [] } = parseManifest(bytes, image.repository);
  const digests = new Set([image.digest, ...(config ? [config.digest] : []), ...layers.map(({ digest }) => digest)]);
  return [...digests].map((digest) => [pathOf(digest), blobPath(digest)]);
}
