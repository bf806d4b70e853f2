import {
  openTrainingDocument,
  parseFingerprintManifest,
  type FingerprintManifest,
} from "../domain/fingerprint/fingerprint.ts";
import { modelDigest, parseManifest, MAX_MANIFEST_BYTES } from "../domain/fingerprint/manifest.ts";
import { trainingFile, trainingsFolder, trainingsOf, type StoreAddress } from "../domain/record/model-store.ts";
import { MAX_RECORD_BYTES, parseRecord, type ArtifactSection, type ReleaseRecord } from "../domain/record/record.ts";
import { mayBeMerged, trust, type Asker, type Claimed, type Merged } from "../domain/record/trust.ts";
import { canonicalJson } from "../domain/text/json.ts";
import { ActionError, messageOf, refuse as refuseInput } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type {
  Archives,
  CacheIndex,
  GitHub,
  Log,
  ModelStore,
  StoredArtifact,
  WorkflowRun,
  Workspace,
} from "../ports.ts";
import { bringModel, modelInside } from "./model.ts";
import { bringStored } from "./stored-model.ts";
import { documentArtifactName, indexKey, modelArtifactName } from "./artifact-names.ts";
import type { Event } from "./event.ts";

/** Of several artifacts with one name the newest are looked at. */
const MAX_CANDIDATES = 5;
const MAX_DOCUMENT_BYTES = 1024 * 1024;

type Ports = {
  readonly workspace: Workspace;
  readonly archives: Archives;
  readonly github: GitHub;
  readonly cache: CacheIndex;
  readonly store: ModelStore;
  readonly log: Log;
};

/** A model store to look in. */
export type StoreSearch = {
  readonly address: StoreAddress;
  /** The names in the folder of the fingerprint. */
  readonly names: readonly string[];
  /** Whether a record in it counts without the artifact that proves it, since only who is trusted can write there. */
  readonly trusted: boolean;
};

/** An earlier training of the same fingerprint, verified and brought to this machine. */
export type EarlierResult = {
  readonly artifact: ArtifactSection;
  readonly origin: WorkflowRun;
  /** As the training wrote it. */
  readonly record: ReleaseRecord;
  /** The folder with `manifest.json` and `model/`. */
  readonly folder: string;
  /** Absolute path of the model's file or folder; empty when it stays where a cluster has put it. */
  readonly path: string;
};

/** How far an earlier result may come from: the same branch or pull request, or all of the repository that can be trusted. */
export type Reuse = "branch" | "repository";

/** `refused`: why what was found did not count. */
export type Search =
  | { readonly found: EarlierResult }
  | { readonly found: undefined; readonly refused: readonly string[]; readonly unavailable?: string };

/**
 * Looks for an earlier result of a fingerprint: by name through REST, which must be asked for the verification anyway, and then
 * by the cache index, which also knows the results of re-runs, and then in the model store, where there is one. Whatever does not
 * hold is told and passed over: it costs a training, never a wrong model.
 */
export async function findEarlier(
  fingerprint: string,
  run: Run,
  event: Event,
  ports: Ports,
  reuse: Reuse = "repository",
  stored?: StoreSearch,
  inCluster = false,
): Promise<Search> {
  const { github, cache, log } = ports;
  const refused: string[] = [];
  const refuse = (because: string, ordinary = false): undefined => {
    refused.push(because);
    if (ordinary) log.info(`An earlier result does not count here: ${because}`);
    else log.warning(`An earlier result is not used: ${because}. The model is trained anew.`);
  };
  let asker: Asker | undefined;
  const seen = new Set<string>();
  /** The run that made a claim, if it makes the claim trustworthy here; else why not is told. */
  const trusted = async (
    claimed: Claimed & { readonly run: { readonly headSha: string; readonly headBranch?: string } },
  ): Promise<WorkflowRun | undefined> => {
    asker ??= {
      ...event,
      repositoryId: run.repositoryId,
      defaultBranch: event.defaultBranch ?? (await github.defaultBranch()),
    };
    // Both are asked at once, since one answer after the other is what a skipped training waits for most.
    const { id, headSha, headBranch = asker.defaultBranch } = claimed.run;
    // Only runs of the default branch or of its queue count by their commit's place in its history.
    const byHistory = headBranch === asker.defaultBranch || headBranch.startsWith("gh-readonly-queue/");
    const [origin, reachable] = await Promise.all([
      github.workflowRun(id),
      byHistory && isReachable(headSha, asker.defaultBranch, run, github),
    ]);
    if (origin === undefined) throw new Error(`run ${id} is gone`);
    if (reuse === "branch" && origin.headBranch !== event.branch) {
      refuse(`run ${origin.id} was of another branch, and reuse is branch`, true);
      return undefined;
    }
    const facts = { reachable: reachable && origin.headSha === headSha };
    const merged = mayBeMerged(origin, asker) ? await mergedPull(origin, run, github) : undefined;
    const verdict = trust(claimed, origin, asker, { ...facts, merged });
    if (!verdict.trusted) refuse(verdict.because, verdict.ordinary);
    return verdict.trusted ? origin : undefined;
  };
  const bring = inCluster ? (await import("./earlier-cluster-result.ts")).bringClusterRecord : bringBack;
  const consider = async (artifact: StoredArtifact): Promise<EarlierResult | undefined> => {
    if (seen.has(artifact.id)) return undefined;
    seen.add(artifact.id);
    try {
      const origin = await trusted(artifact);
      return origin === undefined ? undefined : await bring(artifact, origin, fingerprint, run, ports);
    } catch (thrown) {
      refuse(`artifact ${artifact.id}: ${oneLine(thrown)}`);
      return undefined;
    }
  };
  const inStore = async ({ address, names, trusted: believed }: StoreSearch): Promise<EarlierResult | undefined> => {
    const folder = trainingsFolder(address, fingerprint);
    for (const { runId, attempt } of trainingsOf(names).slice(0, MAX_CANDIDATES)) {
      try {
        const uri = `${folder}/${trainingFile(runId, attempt)}`;
        const claim = await claimInStore(uri, runId, attempt, address, fingerprint, believed, ports);
        const origin = typeof claim === "string" ? refuse(claim, true) : await trusted(claim.claimed);
        if (typeof claim === "string" || !origin) continue;
        const record = await claim.record();
        const kept = await bringStored(record, claim.modelUri, run, ports);
        const artifact = { ...record.artifact, runId, modelUri: claim.modelUri };
        return { artifact, origin, record, folder: kept, path: (await modelInside(kept, ports.workspace))! };
      } catch (thrown) {
        refuse(oneLine(thrown));
      }
    }
    return undefined;
  };

  try {
    const named = await github.artifactsNamed(modelArtifactName(fingerprint, 1));
    for (const artifact of named.slice(0, MAX_CANDIDATES)) {
      const found = await consider(artifact);
      if (found) return { found };
    }
    const key = await cache.find(indexKey(fingerprint, "", "").slice(0, -1));
    // Keys match by their beginning: only the one form that we write counts.
    const [, fp, runId, artifactId] = /^train1-([0-9a-f]{64})-(\d{1,20})-(\d{1,20})$/.exec(key ?? "") ?? [];
    if (fp === fingerprint && artifactId !== undefined) {
      const artifact = await github.artifact(artifactId);
      if (artifact?.run.id !== runId || !artifact?.name.startsWith(`train1-${fingerprint}-`)) {
        if (artifact) refuse(`the cache index names artifact ${artifactId}, which is another`);
      } else {
        const found = await consider(artifact);
        if (found) return { found };
      }
    } else if (key !== undefined) {
      refuse(`the cache index answered with a key that is not of this fingerprint`);
    }
    const found = stored === undefined ? undefined : await inStore(stored);
    return found ? { found } : { found: undefined, refused };
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    log.warning(`Earlier results can not be looked up, so the model is trained: ${oneLine(thrown)}`);
    return { found: undefined, refused, unavailable: oneLine(thrown) };
  }
}

export async function isReachable(sha: string, defaultBranch: string, run: Run, github: GitHub): Promise<boolean> {
  if (sha === run.sha && run.ref === `refs/heads/${defaultBranch}`) return true;
  const stands = await github.compare(sha, defaultBranch);
  return stands === "ahead" || stands === "identical";
}

/**
 * The merged pull request whose head a run built, and how it stands to the commit that is built here. By the head's branch, not
 * by its commit: a squashed or rebased head is in no history.
 */
export async function mergedPull(origin: WorkflowRun, run: Run, github: GitHub): Promise<Merged | undefined> {
  const pulls = await github.mergedPulls(origin.headBranch);
  const pull =
    pulls.find(({ headSha }) => headSha === origin.headSha) ??
    pulls.find(({ number }) => origin.pullRequests.includes(number));
  if (pull === undefined) return undefined;
  const isCurrent = pull.headSha === origin.headSha;
  const [stands, there, here] = isCurrent
    ? await Promise.all([
        github.compare(pull.mergeSha, run.sha),
        github.blobAt(origin.path, origin.headSha),
        github.blobAt(origin.path, run.sha),
      ])
    : [undefined, undefined, undefined];
  return {
    number: pull.number,
    headSha: pull.headSha,
    headRepositoryId: pull.headRepositoryId,
    mergedHere: stands === "ahead" || stands === "identical",
    sameWorkflow: there !== undefined && there === here,
  };
}

/** Downloads, unpacks and verifies; the record inside must be of this fingerprint and this model. */
async function bringBack(
  artifact: StoredArtifact,
  origin: WorkflowRun,
  fingerprint: string,
  run: Run,
  ports: Ports,
): Promise<EarlierResult> {
  const { workspace } = ports;
  const folder = await bringModel(
    { id: artifact.id, sha256: artifact.sha256!, model: undefined, fingerprint, maxBytes: artifact.bytes },
    run,
    ports,
  );
  try {
    const text = await workspace.readText(`${folder}/record.json`, { maxBytes: MAX_RECORD_BYTES });
    const record = parseRecord(text ?? "", `the record in artifact ${artifact.id}`);
    const manifest = await workspace.readText(`${folder}/manifest.json`, { maxBytes: MAX_MANIFEST_BYTES });
    if (record.model.fingerprint !== fingerprint) throw new Error("its record is of another fingerprint");
    if (record.model.digest !== modelDigest(parseManifest(manifest ?? "").files)) {
      throw new Error("its record is of another model");
    }
    const { id, name, sha256 } = artifact;
    return {
      artifact: { id, name, sha256: sha256!, runId: origin.id },
      origin,
      record,
      folder,
      path: (await modelInside(folder, workspace))!,
    };
  } catch (thrown) {
    await workspace.remove(folder);
    throw thrown;
  }
}

/** What a store says of a training, and what that rests on. */
type StoreClaim = {
  readonly claimed: Claimed & { readonly run: { readonly headSha: string } };
  readonly modelUri: string;
  /** The record that counts, once the run is trusted. */
  readonly record: () => Promise<ReleaseRecord>;
};

/**
 * A store can be written by whoever has its keys, so a record in it proves nothing by itself: it says which run to ask. What
 * counts is the record that this run uploaded as an artifact. Only where the user says that the store itself is to be trusted,
 * the record in it stands in for an artifact that is not there; the run that it names must be a trusted one all the same.
 * @returns why it does not count, where nothing can be proven
 */
async function claimInStore(
  uri: string,
  runId: string,
  attempt: number,
  address: StoreAddress,
  fingerprint: string,
  believed: boolean,
  { store, github, workspace }: Ports,
): Promise<StoreClaim | string> {
  const text = (await store.read(uri, { maxBytes: MAX_RECORD_BYTES })) ?? "";
  const claim = parseRecord(text, uri);
  const modelUri = claim.artifact?.modelUri ?? "";
  const isOfStore = modelUri.startsWith(`${address.uri}/${claim.model.name}/`) && /\/[0-9a-f]{64}$/.test(modelUri);
  if (!isOfStore || claim.model.fingerprint !== fingerprint) {
    refuseInput({ where: uri, expected: "the record of a training of this fingerprint", seen: "another" });
  }
  const documents = await github.artifactsNamed(documentArtifactName(claim.model.name, attempt), { runId });
  const document = documents.find(({ expired }) => !expired);
  if (document !== undefined) {
    const record = async (): Promise<ReleaseRecord> => {
      const { record: inside } = openTrainingDocument(
        await documentText(document, { github, workspace }),
        document.name,
      );
      const known = parseRecord(canonicalJson(inside), `artifact ${document.name}`);
      if (known.model.fingerprint === fingerprint) return known;
      return refuseInput({ where: uri, expected: "a run that trained this fingerprint", seen: "one of another" });
    };
    return { claimed: document, modelUri, record };
  }
  if (!believed) {
    return `the model store names run ${runId}, whose artifact that would prove it is gone, and trust-model-store is false`;
  }
  const origin = await github.workflowRun(runId);
  if (origin === undefined) return `the model store names run ${runId}, which is not of this repository or is gone`;
  const { headSha, repositoryId, headRepositoryId } = origin;
  return {
    claimed: {
      expired: false,
      // No artifact stands behind it, so what is proven by digest is the model alone.
      sha256: claim.model.digest.slice("sha256:".length),
      run: { id: runId, headSha, repositoryId, headRepositoryId },
    },
    modelUri,
    record: async () => claim,
  };
}

async function documentText(
  artifact: StoredArtifact,
  { github, workspace }: Pick<Ports, "github" | "workspace">,
): Promise<string> {
  const scratch = await workspace.temporary("document");
  try {
    const file = `${scratch}/document.json`;
    await github.downloadArtifact(artifact.id, file, { maxBytes: MAX_DOCUMENT_BYTES, sha256: artifact.sha256! });
    return (await workspace.readText(file, { maxBytes: MAX_DOCUMENT_BYTES })) ?? "";
  } finally {
    await workspace.remove(scratch);
  }
}

/** The last known training of this name, for telling what changed. Inert: nothing is decided by it. */
export async function lastKnown(
  name: string,
  run: Run,
  event: Event,
  { github, workspace, log }: Pick<Ports, "github" | "workspace" | "log">,
): Promise<{ manifest: FingerprintManifest; runId: string } | undefined> {
  try {
    const all = (await github.artifactsNamed(documentArtifactName(name, 1))).filter(
      ({ expired, sha256, run: of }) => !expired && sha256 !== undefined && of.headRepositoryId === run.repositoryId,
    );
    const defaultBranch = event.defaultBranch ?? (await github.defaultBranch());
    const artifact =
      all.find(({ run: of }) => of.headBranch === event.branch) ??
      all.find(({ run: of }) => of.headBranch === defaultBranch);
    if (artifact === undefined) return undefined;
    const text = await documentText(artifact, { github, workspace });
    const { manifest } = openTrainingDocument(text, `artifact ${artifact.name}`);
    return { manifest: parseFingerprintManifest(manifest, `artifact ${artifact.name}`), runId: artifact.run.id };
  } catch (thrown) {
    log.info(`What changed can not be told: ${oneLine(thrown)}`);
    return undefined;
  }
}

const oneLine = (thrown: unknown): string => messageOf(thrown).split("\n", 1)[0]!.slice(0, 300);
