import type { Outcome, Story } from "../action.ts";
import type { ImageReference } from "../domain/image/manifest.ts";
import { mediaTypeOf } from "../domain/image/manifest.ts";
import { formatReference, parseReference, repositoryOf } from "../domain/image/reference.ts";
import { parseRecord, serialiseRecord, MAX_RECORD_BYTES, type ReleaseRecord } from "../domain/record/record.ts";
import { circumstanceOf, type EventFacts } from "../domain/trust/circumstances.ts";
import {
  adopt,
  blobPath,
  checkHandedImage,
  handoverName,
  MAX_HANDOVER_BYTES,
  MAX_HANDOVER_FILES,
} from "../domain/trust/handover.ts";
import { ActionError, quote, refuse } from "../errors.ts";
import { parsed, text, type Run } from "../inputs.ts";
import type { Archives, GitHub, Images, Log, StoredArtifact, WorkflowRun, Workspace } from "../ports.ts";
import { eventFacts } from "./permitted.ts";
import { HANDOVER_NAME } from "./report-hand-over.ts";

const inputs = {
  "take-over": text({
    description:
      "In the trusted half, by `workflow_run` or `pull_request_target: labeled`: the name that the pull request's half handed " +
      "over under. What it holds is checked as hostile data, and against what GitHub says of the run and its head.",
    pattern: HANDOVER_NAME,
    accepts: "lower-case letters, digits and -",
  }),
  image: parsed<ImageReference>({
    description:
      "With `take-over`: the repository that an approved image is copied to, under the tag `pr-<number>-<head>`. Left out, nothing is copied.",
    accepts: "an image's name without tag",
    parse: (value) => parseReference(value, `input "image"`),
  }),
  label: text({
    description:
      "With `take-over`: the label by which someone with write access approves the pull request's head of that moment, and no later one. Left out, `preview`.",
    pattern: /^.{1,50}$/,
    accepts: "a label's name",
  }),
  "registry-username": text({
    description: "With `registry-password`: opens the image's registry, in place of docker's own logins.",
  }),
  "registry-password": text({ description: "Belongs to `registry-username`.", secret: true }),
  "github-token": text({
    description:
      "Reads the run, its artifact, the pull request and the approval: `actions: read`, `pull-requests: read`.",
    expression: "${{ github.token }}",
    secret: true,
  }),
};

type Ports = {
  readonly log: Log;
  readonly workspace: Workspace;
  readonly archives: Archives;
  readonly github: GitHub;
  readonly images: Images;
};

const DEFAULT_LABEL = "preview";
/** A head has a run by each workflow; the one that handed over is among the newest. */
const MAX_RUNS = 5;

/** A run of a pull request, and what it handed over. `approvedBy` is empty when nobody has approved that head. */
type Handed = {
  readonly origin: WorkflowRun;
  readonly artifact: StoredArtifact;
  readonly approvedBy: string;
  /** The one that was labelled: a head may be that of several, and the record would choose among them. */
  readonly pullRequest?: number;
};

/** Reads what a run without rights handed over, and does with rights what a maintainer has approved. */
export const reportTakeOver: Story<typeof inputs, Ports> = {
  id: "report-take-over",
  inputs,
  outputs: {
    record:
      "The record that was handed over, with what GitHub says in place of what it claimed; empty when there is nothing to tell.",
    "pull-request": "The number of the pull request, verified.",
    approved: "`true` when this head is approved, by the label or by an environment's reviewer.",
    "preview-of":
      "For seldon-deploy's input of that name, when this head is approved: its number and commit; else empty.",
    "copied-image": "The image that was copied, by digest; empty when none was.",
  },
  run: async (inputs, run, ports) => {
    const name = inputs["take-over"];
    if (name === undefined) {
      refuse({
        where: `input "take-over"`,
        expected: "a name",
        seen: "nothing",
        fix: "Without one, leave this part out.",
      });
    }
    const handed = await findHanded(name, inputs.label ?? DEFAULT_LABEL, run, ports);
    if ("nothing" in handed) return nothing(handed.nothing);
    const folder = await ports.workspace.temporary("take-over");
    try {
      const claimed = await unpack(handed, folder, ports);
      const verified = await verify(claimed, handed, run, ports);
      if ("nothing" in verified) return nothing(verified.nothing);
      return await carryOut(verified, handed, folder, inputs.image, ports);
    } finally {
      await ports.workspace.remove(folder);
    }
  },
};

type Nothing = { readonly nothing: string };

const nothing = (message: string): Outcome => ({
  outputs: {},
  annotations: [{ level: "notice", title: "Nothing to take over", message }],
});

/** The run that the event is about, the artifact that it handed over, and who has approved its head. */
async function findHanded(name: string, label: string, run: Run, ports: Ports): Promise<Handed | Nothing> {
  const facts = await eventFacts(run, ports);
  const circumstance = circumstanceOf(facts);
  if (circumstance === "run-of-stranger") return await ofRun(facts, name, run, ports);
  if (circumstance === "pull-request-target") return await ofLabel(facts, name, label, run, ports);
  return refuse({
    where: `the event ${run.event}`,
    expected: "workflow_run of a pull request's run, or pull_request_target with the type labeled",
    seen: run.event,
    fix: "The pull request's half runs by pull_request and hands over; see fork-safe-1.yml and fork-safe-2.yml.",
  });
}

async function ofRun(
  { workflowRun }: EventFacts,
  name: string,
  run: Run,
  { github }: Ports,
): Promise<Handed | Nothing> {
  const origin = await github.workflowRun(workflowRun?.id ?? "");
  if (origin?.event !== "pull_request") return { nothing: "The run was not one of a pull request." };
  const artifact = await handedBy(origin, name, github);
  if (artifact === undefined) return { nothing: `Run ${origin.id} handed nothing over under the name ${name}.` };
  const [approved] = await github.approvedEnvironments(run.runId);
  return { origin, artifact, approvedBy: approved === undefined ? "" : `a reviewer of the environment ${approved}` };
}

/** A label says yes to the head that it was put on, which GitHub's payload names; a later push needs a new one. */
async function ofLabel(
  facts: EventFacts,
  name: string,
  wanted: string,
  run: Run,
  { github }: Ports,
): Promise<Handed | Nothing> {
  const { pullRequest, label, sender, action } = facts;
  if (action !== "labeled" || label !== wanted || pullRequest === undefined) {
    return { nothing: `Only the label ${wanted} approves a head.` };
  }
  if (!(await github.mayWrite(sender))) {
    return { nothing: `${quote(sender, 40)} may not write to ${run.repository}, so the label approves nothing.` };
  }
  const runs = await github.pullRequestRuns(pullRequest.headSha);
  for (const origin of runs.slice(0, MAX_RUNS)) {
    if (origin.headRepositoryId !== pullRequest.headRepositoryId || origin.headSha !== pullRequest.headSha) continue;
    const artifact = await handedBy(origin, name, github);
    if (artifact !== undefined)
      return {
        origin,
        artifact,
        pullRequest: pullRequest.number,
        approvedBy: `the label ${wanted}, put on by ${quote(sender, 40)}`,
      };
  }
  return { nothing: `No run of ${pullRequest.headSha.slice(0, 12)} has handed anything over under the name ${name}.` };
}

async function handedBy(origin: WorkflowRun, name: string, github: GitHub): Promise<StoredArtifact | undefined> {
  const found = await github.artifactsNamed(handoverName(name, origin.attempt), { runId: origin.id });
  const artifact = found.length === 1 ? found[0] : undefined;
  const isSound = artifact?.run.id === origin.id && !artifact.expired && artifact.sha256 !== undefined;
  return isSound ? artifact : undefined;
}

/** Brings it below the temporary folder, never into the workspace, and lets nothing stand in it that has no place there. */
async function unpack({ artifact }: Handed, folder: string, ports: Ports): Promise<ReleaseRecord> {
  const where = `artifact ${artifact.id}`;
  if (artifact.bytes > MAX_HANDOVER_BYTES) {
    refuse({ where, expected: `at most ${MAX_HANDOVER_BYTES} bytes`, seen: `${artifact.bytes}` });
  }
  const archive = `${folder}/handover.tar`;
  await ports.github.downloadArtifact(artifact.id, archive, { maxBytes: MAX_HANDOVER_BYTES, sha256: artifact.sha256! });
  const files = await ports.archives.unpack(archive, `${folder}/handover`, {
    maxFiles: MAX_HANDOVER_FILES,
    maxBytes: MAX_HANDOVER_BYTES,
  });
  await ports.workspace.remove(archive);
  const odd = files.find(
    ({ path, kind }) =>
      kind !== "folder" && path !== "record.json" && !/^layout\/blobs\/sha256\/[0-9a-f]{64}$/.test(path),
  );
  if (odd) refuse({ where, expected: "a record and the blobs of an image", seen: quote(odd.path, 120) });
  const json = await ports.workspace.readText(`${folder}/handover/record.json`, { maxBytes: MAX_RECORD_BYTES });
  return parseRecord(json ?? "", `the record in ${where}`);
}

/** Asks GitHub whose head this is. What a record claims names the pull request to look at, and decides nothing. */
async function verify(
  record: ReleaseRecord,
  { origin, pullRequest: labelled }: Handed,
  run: Run,
  { github }: Ports,
): Promise<ReleaseRecord | Nothing> {
  const number = record.source.pullRequest ?? 0;
  const pull = number > 0 ? await github.pull(number) : undefined;
  const where = "the record that was handed over";
  if (pull === undefined) {
    refuse({ where, expected: "a pull request of this repository", seen: `#${number}` });
  }
  if (labelled !== undefined && number !== labelled) {
    refuse({ where, expected: `pull request #${labelled}, which was labelled`, seen: `#${number}` });
  }
  if (pull.headRepositoryId === "" || pull.headRepositoryId !== origin.headRepositoryId) {
    refuse({
      where,
      expected: `a pull request of the repository that run ${origin.id} built`,
      seen: `#${number}, of another`,
    });
  }
  if (!pull.open) return { nothing: `Pull request #${number} is closed.` };
  if (pull.headSha !== origin.headSha) {
    return {
      nothing: `Pull request #${number} has moved on from ${origin.headSha.slice(0, 12)}: its newer run will tell.`,
    };
  }
  const { repository } = run;
  const of = { runId: origin.id, runAttempt: origin.attempt, headSha: origin.headSha };
  return adopt(record, { repository, pullRequest: number, ...of });
}

async function carryOut(
  record: ReleaseRecord,
  { approvedBy }: Handed,
  folder: string,
  to: ImageReference | undefined,
  ports: Ports,
): Promise<Outcome> {
  const number = String(record.source.pullRequest);
  const approved = approvedBy !== "";
  ports.log.info(
    approved ? `The head of #${number} is approved by ${approvedBy}.` : `Nobody has approved the head of #${number}.`,
  );
  const told = {
    "pull-request": number,
    approved: String(approved),
    "preview-of": approved ? `${number}@${record.source.sha}` : "",
  };
  if (!approved || to === undefined || record.image === undefined) {
    return { outputs: { ...told, record: serialiseRecord(record) } };
  }
  const image = await copyImage(record, `${folder}/handover`, to, ports);
  const copied: ReleaseRecord = { ...record, image: { ...record.image, repository: repositoryOf(to) } };
  return { outputs: { ...told, record: serialiseRecord(copied), "copied-image": image } };
}

/** Copies the image blob by blob; each is read against its digest. */
async function copyImage(
  record: ReleaseRecord,
  folder: string,
  to: ImageReference,
  { images, log }: Ports,
): Promise<string> {
  const { digest } = record.image!;
  const from: ImageReference = { kind: "layout", folder: `${folder}/layout` };
  const [source, target] = [await images.open(from), await images.open(to)];
  const found = await source.manifest(digest);
  if (found?.digest !== digest) {
    throw new ActionError({
      where: "the image that was handed over",
      expected: blobPath(digest),
      seen: "none, or another",
    });
  }
  checkHandedImage(found.manifest, record.image!);
  for (const blob of [found.manifest.config!, ...found.manifest.layers!]) await target.takeBlob(source, from, blob);
  const tag = `pr-${record.source.pullRequest}-${record.source.sha.slice(0, 12)}`;
  await target.putManifest(found.bytes, mediaTypeOf(found.manifest), [tag]);
  log.info(`Copied to ${repositoryOf(to)}:${tag}`);
  const { tag: _tag, ...place } = to;
  return formatReference({ ...place, digest });
}
