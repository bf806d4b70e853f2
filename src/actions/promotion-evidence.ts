import {
  attestedRecords,
  imageArtifactName,
  RECORD_PREDICATE,
  whyNot,
  type Wanted,
} from "../domain/promotion/evidence.ts";
import { trust, mayBeMerged, type Asker } from "../domain/record/trust.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import { ActionError, messageOf, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { GitHub, Images, Log, Processes, StoredArtifact, WorkflowRun, Workspace } from "../ports.ts";
import { documentArtifactName, modelArtifactName } from "./artifact-names.ts";
import { isReachable, mergedPull } from "./earlier-result.ts";
import { recordOfArtifact } from "./gate-baseline.ts";
import { readAttachedRecord } from "./image-record.ts";

type Ports = {
  readonly github: GitHub;
  readonly workspace: Workspace;
  readonly images: Images;
  readonly processes: Processes;
  readonly log: Log;
};

export type Asked = {
  readonly attestation: "auto" | "required" | "never";
  readonly "signer-workflow": string | undefined;
  readonly "github-token": string | undefined;
};

/** The record that says that an image has passed its gate, and where it was found, in words. */
export type Evidence = { readonly record: ReleaseRecord; readonly from: string };

/** Of several runs that built one image the newest are looked at. */
const MAX_CANDIDATES = 5;
const GH_MS = 120_000;
const GH_ENV =
  /^(?:PATH|HOME|DOCKER_CONFIG|XDG_[A-Z_]+|SSL_CERT_(?:FILE|DIR)|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)$/;

/**
 * Finds who says that an image has passed its gate: a verified attestation of this repository's default branch, or the record in an
 * artifact of a run that is trusted as one that trained is. What hangs at the image in the registry is believed by nobody.
 * @param image `ghcr.io/acme/digits`, without tag or digest
 * @param run with the tagged commit as its own
 * @throws ActionError when no one does, with the reason of each who could have
 */
export async function findEvidence(
  image: string,
  wanted: Wanted,
  defaultBranch: string,
  asked: Asked,
  run: Run,
  ports: Ports,
): Promise<Evidence> {
  const refused: string[] = [];
  const attested = await attestedEvidence(image, wanted, defaultBranch, asked, run, ports, refused);
  const found =
    attested ??
    (asked.attestation === "required" ? undefined : await artifactEvidence(wanted, defaultBranch, run, ports, refused));
  if (found !== undefined) {
    const decision = found.record.gate?.decision;
    if (decision === "passed") return found;
    refuse({
      where: `image ${wanted.digest}`,
      expected: "gate passed",
      seen: decision === undefined ? `no gate (${found.from})` : `gate ${decision} (${found.from})`,
      fix: "What did not pass is not promoted: tag a commit whose model did.",
    });
  }
  if (await hasReferrer(image, wanted.digest, ports.images)) {
    refused.push(
      "the record that hangs at the image in the registry counts for nothing by itself, since everyone who may push there can write it",
    );
  }
  return refuse({
    where: `image ${wanted.digest}`,
    expected: "an attestation, or an artifact of a trusted run, that says that it has passed its gate",
    seen: refused.length === 0 ? "neither" : refused.join("; "),
    fix: "Build it with build-model-image on the default branch, after evaluate-gate. An artifact expires: an attestation does not.",
  });
}

async function attestedEvidence(
  image: string,
  wanted: Wanted,
  defaultBranch: string,
  asked: Asked,
  run: Run,
  { processes, log }: Ports,
  refused: string[],
): Promise<Evidence | undefined> {
  if (asked.attestation === "never") return undefined;
  const required = asked.attestation === "required";
  const gh = await processes.find("gh");
  if (gh === undefined) {
    if (required) refused.push("there is no gh to verify an attestation with");
    return undefined;
  }
  const env = Object.fromEntries(Object.entries(processes.environment()).filter(([name]) => GH_ENV.test(name)));
  const host = new URL(run.serverUrl).host;
  const workflow = asked["signer-workflow"];
  // A pull request of this repository may attest too, and no one has reviewed it: only the default branch counts.
  const options: Record<string, string> = {
    "--format": "json",
    "--repo": run.repository,
    "--predicate-type": RECORD_PREDICATE,
    "--source-ref": `refs/heads/${defaultBranch}`,
    ...(workflow === undefined ? {} : { "--signer-workflow": workflow }),
  };
  const args = ["attestation", "verify", `oci://${image}@${wanted.digest}`, ...Object.entries(options).flat()];
  const done = await processes.run(
    {
      command: gh,
      args,
      env: { ...env, GH_TOKEN: asked["github-token"] ?? "", ...(host === "github.com" ? {} : { GH_HOST: host }) },
    },
    { timeoutMs: GH_MS, maxBytes: 16 * 1024 * 1024 },
  );
  if (done.code !== 0) {
    const said = done.stderr.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
    refused.push(`gh has verified no attestation of the default branch${said === "" ? "" : ` (${said})`}`);
    log.info(`gh verified no attestation of ${wanted.digest.slice(0, 19)}`);
    return undefined;
  }
  const all = attestedRecords(done.stdout, wanted.digest);
  const record = all.find((each) => whyNot(each, wanted) === undefined);
  if (record !== undefined) return { record, from: "an attestation that gh has verified" };
  refused.push(`the attestation holds no record of this image: ${all[0] && whyNot(all[0], wanted)}`);
  return undefined;
}

async function artifactEvidence(
  wanted: Wanted,
  defaultBranch: string,
  run: Run,
  ports: Ports,
  refused: string[],
): Promise<Evidence | undefined> {
  const { github } = ports;
  const named = await github.artifactsNamed(imageArtifactName(wanted.digest));
  if (named.length === 0) refused.push("no run has an artifact that tells of it");
  const asker: Asker = { repositoryId: run.repositoryId, defaultBranch, pullRequest: undefined };
  for (const artifact of candidates(named, run)) {
    try {
      const origin = await github.workflowRun(artifact.run.id);
      const why =
        origin === undefined
          ? `run ${artifact.run.id} is gone`
          : await whyForeign(artifact, origin, asker, run, github);
      if (why !== undefined) {
        refused.push(`artifact ${artifact.id} does not count: ${why}`);
        continue;
      }
      const record = await recordOfArtifact(artifact, ports);
      const other = whyNot(record, wanted);
      if (other === undefined) return { record, from: `artifact ${artifact.id} of run ${artifact.run.id}` };
      refused.push(`artifact ${artifact.id} does not count: ${other}`);
    } catch (thrown) {
      if (!(thrown instanceof ActionError)) throw thrown;
      refused.push(`artifact ${artifact.id}: ${messageOf(thrown).split("\n", 1)[0]!.slice(0, 300)}`);
    }
  }
  return undefined;
}

/** A fork's runs never count, and anyone can make as many of them as there is room to look at: they are left out first. */
const candidates = (named: readonly StoredArtifact[], { repositoryId }: Run): readonly StoredArtifact[] => {
  const ours = named.filter(({ run }) => run.headRepositoryId === repositoryId);
  return (ours.length === 0 ? named : ours).slice(0, MAX_CANDIDATES);
};

async function whyForeign(
  artifact: StoredArtifact,
  origin: WorkflowRun,
  asker: Asker,
  run: Run,
  github: GitHub,
): Promise<string | undefined> {
  const reachable = await isReachable(artifact.run.headSha, asker.defaultBranch, run, github);
  const merged = mayBeMerged(origin, asker) ? await mergedPull(origin, run, github) : undefined;
  const facts = { reachable: reachable && origin.headSha === artifact.run.headSha, merged };
  const verdict = trust(artifact, origin, asker, facts);
  return verdict.trusted ? undefined : verdict.because;
}

/** Only for the reason: a record there is no evidence. */
async function hasReferrer(image: string, digest: string, images: Images): Promise<boolean> {
  try {
    return (await readAttachedRecord(image, digest, images)).gate?.decision === "passed";
  } catch (thrown) {
    if (thrown instanceof ActionError) return false;
    throw thrown;
  }
}

/**
 * Commits under which the image of a fingerprint may stand: those of the trusted runs that have trained it. For a tag on a commit
 * that built nothing.
 */
export async function commitsOfFingerprint(
  fingerprint: string,
  model: string | undefined,
  defaultBranch: string,
  run: Run,
  ports: Ports,
): Promise<readonly string[]> {
  const { github, log } = ports;
  const asker: Asker = { repositoryId: run.repositoryId, defaultBranch, pullRequest: undefined };
  const commits: string[] = [];
  for (const artifact of candidates(await github.artifactsNamed(modelArtifactName(fingerprint, 1)), run)) {
    const origin = await github.workflowRun(artifact.run.id);
    if (origin === undefined) continue;
    const why = await whyForeign(artifact, origin, asker, run, github);
    if (why !== undefined) {
      log.info(`The training of run ${origin.id} does not count: ${why}`);
      continue;
    }
    // A pull request's run has built its merge commit, which the run's own page does not name.
    const named =
      model === undefined ? [] : await github.artifactsNamed(documentArtifactName(model, 1), { runId: origin.id });
    for (const each of named.slice(0, 1)) {
      const record = await recordOfArtifact(each, ports);
      if (record.model.fingerprint === fingerprint) commits.push(record.source.sha);
    }
    commits.push(origin.headSha);
  }
  return [...new Set(commits)];
}
