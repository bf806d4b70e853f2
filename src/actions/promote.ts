import type { Annotation, Outcome, Story } from "../action.ts";
import type { ImageReference } from "../domain/image/manifest.ts";
import { readVersion, tagsOf, VERSION_ACCEPTS, type Version } from "../domain/promotion/version.ts";
import { serialiseRecord } from "../domain/record/record.ts";
import { deploymentName } from "../domain/seldon/names.ts";
import { ActionError, messageOf, quote, refuse } from "../errors.ts";
import { oneOf, parsed, text, type Run, type Values } from "../inputs.ts";
import type { ImageStore } from "../ports.ts";
import type { Evidence } from "./promotion-evidence.ts";
import { readReleaseEvent } from "./release-event.ts";
import { permit } from "./permitted.ts";
import { seldonDeploy, type DeployPorts } from "./seldon-deploy.ts";

/** What a promotion decides itself, or what makes something new: all else of a deploy is the stage's. */
const {
  record: _record,
  "require-gate": _gate,
  image: _image,
  model: _model,
  "model-class": _class,
  "model-uri": _uri,
  implementation: _server,
  "working-directory": _folder,
  "dry-run": _dry,
  environment: _environment,
  preview: _preview,
  "preview-of": _of,
  "preview-label": _label,
  "preview-ttl": _ttl,
  name: _name,
  ...ofStage
} = seldonDeploy.inputs;

const inputs = {
  name: text({
    description:
      "The model, which is the deployment's name too. Left out, the one before the tag's `@`, or that of the record. A tag of another model is passed over.",
    ...deploymentName,
  }),
  image: parsed<ImageReference>({
    description: "The images' repository, without tag or digest: `ghcr.io/acme/digits`.",
    accepts: "an image's name without tag or digest",
    parse: async (value) => (await import("../domain/image/reference.ts")).parseReference(value, "image"),
  }),
  stage: text({
    description: "The GitHub environment that is promoted to: `production`.",
    default: "production",
    pattern: /^[^\u0000-\u001f\u007f]{1,255}$/,
    accepts: "a name of at most 255 characters",
  }),
  version: text({
    description:
      "The tag of git whose model is promoted. Left out, the tag of the run: pushed, or released. An older one is the way back.",
    accepts: VERSION_ACCEPTS,
  }),
  fingerprint: text({
    description:
      "The tagged tree's fingerprint, as train tells it. It finds the image of a commit that has none by its own `sha-` tag.",
    pattern: /^[0-9a-f]{64}$/,
    accepts: "64 hex digits",
  }),
  attestation: oneOf(["auto", "required", "never"], {
    description:
      "Who may say that the gate has passed: an attestation that `gh` verifies, or (`auto`) also the artifact of a trusted run. `required` takes the attestation only, `never` the artifact only.",
    default: "auto",
  }),
  "signer-workflow": text({
    description: "The workflow that must have made the attestation: `acme/digits/.github/workflows/main.yml`.",
    pattern: /^[\w.-]+\/[\w.-]+\/[\w./-]+\.ya?ml$/,
    accepts: "`owner/repository/.github/workflows/file.yml`",
  }),
  ...ofStage,
};

const outputs = {
  operation: "As of seldon-deploy; `skipped` for the tag of another model",
  version: "What was promoted, as the image's tag says it: `1.2.3`",
  commit: "The commit that the tag names",
  digest: "The digest of the image that was promoted",
  "prediction-url": "Where predictions are answered; empty where nothing is served",
  "deploy-id": "As of seldon-deploy",
  "rolled-back": "`true` when this version failed and the one before was put back and answers",
  tags: "The image's tags that were set, as a JSON list",
  evidence: "Who says that the gate has passed",
  reason: "Why it was done or not, in one sentence",
  record: "The release record with the section `deployment`",
};

type Inputs = Values<typeof inputs>;

/** Deploys, to a stage, the very image that has passed its gate at a tagged commit. Nothing is built. */
export const promote: Story<typeof inputs, DeployPorts> = {
  id: "promote",
  inputs,
  outputs,
  run: async (given, run, ports) => {
    await permit("promote", run, ports);
    const facts = await observe(given, run, ports);
    if (facts === undefined) return skipped(given, run, ports);
    const { version, commit, digest, evidence, store } = facts;
    ports.log.info(
      `${version.tag} is commit ${commit.slice(0, 12)}, image ${digest}: gate passed, says ${evidence.from}`,
    );
    const deployed = await deploy(facts, given, run, ports);
    const done = deployed.failure === undefined;
    const tagged = done ? await tagImage(store, version, digest, ports) : { tags: [], annotations: [] };
    return tell(facts, deployed, tagged);
  },
};

type Facts = {
  readonly version: Version;
  readonly name: string;
  readonly commit: string;
  readonly image: ImageReference;
  readonly digest: string;
  readonly store: ImageStore;
  readonly evidence: Evidence;
};

/** From the tag to the image and to who speaks for it, each asked once. `undefined`: the tag is another model's. */
async function observe(given: Inputs, run: Run, ports: DeployPorts): Promise<Facts | undefined> {
  const image = await imageOf(given, run);
  const version = await versionOf(given, run, ports);
  if (version.model !== undefined && given.name !== undefined && version.model !== given.name) return undefined;
  const model = given.name ?? version.model;
  const defaultBranch = await ports.github.defaultBranch();
  const commit = await commitOf(version, given, run, defaultBranch, ports);
  const tagged: Run = { ...run, sha: commit, ref: `refs/tags/${version.tag}` };
  const store = await ports.images.open(image);
  const digest = await digestOf(commit, model, given, store, defaultBranch, tagged, ports);
  await refuseMoved(version, digest, store);
  const { repositoryOf } = await import("../domain/image/reference.ts");
  const { findEvidence } = await import("./promotion-evidence.ts");
  const { fingerprint } = given;
  const wanted = {
    digest,
    repository: run.repository,
    model,
    fingerprint,
    commit: fingerprint === undefined ? commit : undefined,
  };
  const evidence = await findEvidence(repositoryOf(image), wanted, defaultBranch, given, tagged, ports);
  return { version, name: model ?? evidence.record.model.name, commit, image, digest, store, evidence };
}

async function imageOf({ image }: Inputs, run: Run): Promise<ImageReference> {
  if (image === undefined) {
    return refuse({ where: `input "image"`, expected: "the images' repository", seen: "nothing" });
  }
  const { belowFolder } = await import("../domain/image/reference.ts");
  if (image.tag === undefined && image.digest === undefined) return belowFolder(image, run.workspace);
  return refuse({
    where: `input "image"`,
    expected: "a name without tag or digest",
    seen: "one with",
    fix: "Which image it is follows from the tag of git.",
  });
}

/** The tag by its full name: a branch of the same name is none. */
async function versionOf({ version }: Inputs, run: Run, { workspace }: DeployPorts): Promise<Version> {
  if (version !== undefined) return readVersion(version, `input "version"`);
  const release = run.event === "release" ? await readReleaseEvent(run, workspace) : undefined;
  if (release?.draft === true) {
    refuse({
      where: `release ${quote(release.tag)}`,
      expected: "a published release",
      seen: "a draft",
      fix: "Run on: release: types: [published].",
    });
  }
  const [, ofRun] = /^refs\/tags\/(.+)$/.exec(run.ref) ?? [];
  const tag = release?.tag ?? ofRun;
  if (tag === undefined || (ofRun !== undefined && ofRun !== tag)) {
    refuse({
      where: `input "version"`,
      expected: "a version, or a run of a tag or a published release",
      seen: `a run of ${quote(run.ref)}`,
      fix: "A branch of that name is no release: set version, or push a tag.",
    });
  }
  return readVersion(tag, `the run's tag`);
}

/** @throws ActionError for a tag that is not there, that was moved, or whose commit was never merged */
async function commitOf(
  { tag }: Version,
  given: Inputs,
  run: Run,
  defaultBranch: string,
  { github }: DeployPorts,
): Promise<string> {
  const where = `tag ${quote(tag)}`;
  const found = (await github.tags()).find(({ name }) => name === tag);
  if (found === undefined) {
    return refuse({ where, expected: "a tag of git", seen: "none", fix: "A branch of that name does not count." });
  }
  if (given.version === undefined && found.sha !== run.sha) {
    refuse({
      where,
      expected: `commit ${run.sha.slice(0, 12)}, as when this run began`,
      seen: `${found.sha.slice(0, 12)}: it was moved`,
      fix: "A version stands for one commit: make a new one.",
    });
  }
  const stands = await github.compare(found.sha, defaultBranch);
  if (stands === "ahead" || stands === "identical") return found.sha;
  return refuse({
    where,
    expected: `a commit that ${defaultBranch} contains`,
    seen: `${found.sha.slice(0, 12)}, which was never merged`,
    fix: "Merge it, and tag the commit that came of it.",
  });
}

async function digestOf(
  commit: string,
  model: string | undefined,
  given: Inputs,
  store: ImageStore,
  defaultBranch: string,
  run: Run,
  ports: DeployPorts,
): Promise<string> {
  const own = await store.head(`sha-${commit}`);
  if (own !== undefined) return own;
  if (given.fingerprint !== undefined) {
    const { commitsOfFingerprint } = await import("./promotion-evidence.ts");
    for (const each of await commitsOfFingerprint(given.fingerprint, model, defaultBranch, run, ports)) {
      const digest = await store.head(`sha-${each}`);
      if (digest === undefined) continue;
      ports.log.info(`Commit ${commit.slice(0, 12)} has the fingerprint of ${each.slice(0, 12)}, whose image is taken`);
      return digest;
    }
  }
  return refuse({
    where: `commit ${commit.slice(0, 12)}`,
    expected: `an image with the tag sha-${commit}${given.fingerprint === undefined ? "" : ", or one of the same fingerprint"}`,
    seen: "none: it was never built and tested",
    fix: "Wait for the default branch's run of this commit, or set fingerprint to what train tells of the tagged tree.",
  });
}

/** What was promoted once under a version stays that version. */
async function refuseMoved({ tag, number }: Version, digest: string, store: ImageStore): Promise<void> {
  const before = await store.head(number);
  if (before === undefined || before === digest) return;
  refuse({
    where: `tag ${quote(tag)}`,
    expected: `image ${before}, which was promoted as ${number}`,
    seen: `${digest}: the tag was moved`,
    fix: "A version stands for one image: make a new one.",
  });
}

/** By the deploy's own story, so that its verdict, its rollback and what it tells are the same. */
async function deploy(facts: Facts, given: Inputs, run: Run, ports: DeployPorts): Promise<Outcome> {
  const { name, image, digest, commit, evidence } = facts;
  const order = {
    ...given,
    name,
    record: serialiseRecord(evidence.record),
    image: { ...image, digest },
    environment: given.stage,
    // Who names a version means that one, also when it is older than what serves.
    "allow-older": given["allow-older"] || (given.version !== undefined && given.target !== "local"),
    "require-gate": true,
    "dry-run": "false" as const,
    preview: "false" as const,
    "preview-ttl": 0,
    "preview-of": undefined,
    "preview-label": undefined,
    model: undefined,
    "model-class": undefined,
    "model-uri": undefined,
    implementation: undefined,
    "working-directory": undefined,
  };
  return await seldonDeploy.run(order, { ...run, sha: commit }, ports);
}

type Tagged = { readonly tags: readonly string[]; readonly annotations: readonly Annotation[] };

/** The image serves: that a tag could not be set is told, and undoes nothing. */
async function tagImage(store: ImageStore, version: Version, digest: string, { log }: DeployPorts): Promise<Tagged> {
  try {
    const found = await store.manifest(digest);
    if (found === undefined) refuse({ where: `image ${digest}`, expected: "to be there still", seen: "none" });
    const { mediaTypeOf } = await import("../domain/image/manifest.ts");
    const wanted = tagsOf(version, await store.tags());
    const tags: string[] = [];
    for (const tag of wanted) if ((await store.head(tag)) !== digest) tags.push(tag);
    if (tags.length > 0) {
      await store.putManifest(found.bytes, found.manifest.mediaType ?? mediaTypeOf(found.manifest), tags);
      log.info(`The image got the tags ${tags.join(", ")}`);
    }
    return { tags, annotations: [] };
  } catch (thrown) {
    if (!(thrown instanceof ActionError)) throw thrown;
    const message = `It serves, but its image could not be tagged: ${messageOf(thrown)}`;
    return { tags: [], annotations: [{ level: "warning", title: `${version.tag}: no tags`, message }] };
  }
}

async function tell(
  { version, commit, digest, evidence }: Facts,
  deployed: Outcome,
  { tags, annotations }: Tagged,
): Promise<Outcome> {
  const { codeSpan, escapeText } = await import("../domain/report/escape.ts");
  const { outputs: given, failure } = deployed;
  const output = (name: string): string => given[name] ?? "";
  return {
    outputs: {
      operation: output("operation"),
      version: version.number,
      commit,
      digest,
      "prediction-url": output("prediction-url"),
      "deploy-id": output("deploy-id"),
      "rolled-back": output("rolled-back"),
      tags: JSON.stringify(tags),
      evidence: evidence.from,
      reason: output("reason"),
      record: output("record"),
    },
    annotations: [...(deployed.annotations ?? []), ...annotations],
    summary: [
      `## ${escapeText(version.tag)}: ${failure === undefined ? "promoted" : "not promoted"}`,
      "",
      "| | |",
      "|---|---|",
      `| Commit | ${codeSpan(commit)} |`,
      `| Image | ${codeSpan(digest)} |`,
      `| Gate | passed, says ${escapeText(evidence.from)} |`,
      `| Tags set | ${tags.length === 0 ? "–" : tags.map(codeSpan).join(", ")} |`,
      "",
      deployed.summary ?? "",
    ].join("\n"),
    ...(failure === undefined ? {} : { failure }),
  };
}

async function skipped(given: Inputs, run: Run, ports: DeployPorts): Promise<Outcome> {
  const { tag, number } = await versionOf(given, run, ports);
  const reason = `${tag} is not a version of ${given.name!}`;
  ports.log.info(reason);
  return { outputs: { operation: "skipped", version: number, reason, tags: "[]" } };
}
