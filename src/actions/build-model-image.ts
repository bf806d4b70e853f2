import type { Outcome, Story } from "../action.ts";
import { MEDIA, type ImageManifest, type ImageReference } from "../domain/image/manifest.ts";
import { belowFolder, formatReference, parseReference, repositoryOf } from "../domain/image/reference.ts";
import { classFiles, definesClass, MODEL_CLASS } from "../domain/image/source.ts";
import { requireGate, type ReleaseRecord } from "../domain/record/record.ts";
import { bytesAsText } from "../domain/report/quantity.ts";
import { ActionError, messageOf, quote, type Mistake } from "../errors.ts";
import { flag, parsed, requiredText, text, type Input, type Run, type Values } from "../inputs.ts";
import type { Archives, GitHub, Images, ImageStore, Log, Workspace } from "../ports.ts";
import { giveRecord, recordInput, takeRecord } from "./record.ts";

import type { Base, BuildFacts, HeldLayer } from "../domain/image/plan.ts";

const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;

const inputs = {
  record: recordInput,
  "require-gate": flag({
    description: "Refuse to work unless the record's gate is passed. `false` builds without one.",
    default: "true",
  }),
  model: text({
    description:
      "The model's file or folder, relative to the repository, or the path that train returned. Left out, the model of the record, fetched where it is needed.",
    pattern: /^[^\u0000-\u001f\u007f\\]+$/,
    accepts: "a path",
  }),
  "model-class": requiredText({
    description:
      "The class that serves the model: `DigitsModel` in `DigitsModel.py`, or dotted, `src.model.Predictor`.",
    pattern: MODEL_CLASS,
    accepts: "a Python class: Name, or package.module.Name",
  }),
  requirements: text({
    description:
      "The requirements file that goes into the image, relative to the working directory. With a base image its packages must be in the base already.",
    pattern: RELATIVE,
    accepts: "a path below the working directory",
  }),
  "base-image": parsed<ImageReference>({
    description:
      "The image below: it brings Python, seldon-core and what the model needs, best named by digest. Left out, the image holds model and code only, for target: local.",
    accepts: "an image's name, or `oci:<folder>`",
    parse: (value) => parseReference(value, "base image"),
  }),
  image: {
    ...parsed<ImageReference>({
      description:
        "Where the image goes: a registry's repository, with or without a tag, or `oci:<folder>` for an OCI layout.",
      accepts: "`ghcr.io/owner/name[:tag]` or `oci:<folder>[:tag]`",
      parse: destination,
    }),
    required: true,
  } as Input<ImageReference>,
  "working-directory": text({
    description: "Where the code lies, relative to the repository. Left out, the repository itself.",
    pattern: RELATIVE,
    accepts: "a path below the repository",
  }),
  "github-token": text({
    description: "Fetches the model's artifact, and opens ghcr.io where docker is not logged in.",
    expression: "${{ github.token }}",
    secret: true,
  }),
};

const outputs = {
  image: "The image by digest: `ghcr.io/acme/digits@sha256:…`, `oci:image@sha256:…`",
  digest: "The digest of its manifest, `sha256:…`",
  skipped: "`true` when this very image was there already, `false` when it was built",
  record: "The release record with the section `image`; empty without a record",
};

export type BuildPorts = {
  readonly log: Log;
  readonly workspace: Workspace;
  readonly archives: Archives;
  readonly github: GitHub;
  readonly images: Images;
};

type Inputs = Values<typeof inputs>;

/** Wraps model and code in an image that is a function of both: where that image is there already, nothing is done. */
export const buildModelImage: Story<typeof inputs, BuildPorts> = {
  id: "build-model-image",
  inputs,
  outputs,
  run: async (given, run, ports) => {
    const facts = await observe(given, run, ports);
    const { buildKey, keyTag } = await import("../domain/image/plan.ts");
    const key = buildKey(facts.build);
    const target: Target = { key, keyTag: keyTag(key), wanted: wantedTags(keyTag(key), given.image, run) };
    const done = (await takeUnchanged(facts, target, ports)) ?? (await build(facts, target, run, ports));
    const record = await addToRecord(facts, done, run, ports);
    return tell(facts, done, record);
  },
};

/** What is known before anything is built; no byte of the model is read for it. */
type Facts = {
  readonly given: Inputs;
  readonly record: ReleaseRecord | undefined;
  /** Absolute. */
  readonly folder: string;
  readonly build: BuildFacts;
  /** The path that the input `model` names, absolute. */
  readonly modelAt: string | undefined;
  readonly store: ImageStore;
  readonly base: { readonly store: ImageStore; readonly reference: ImageReference } | undefined;
};
type Target = { readonly key: string; readonly keyTag: string; readonly wanted: readonly string[] };
type Done = {
  readonly digest: string;
  readonly bytes: number;
  readonly skipped: boolean;
  /** True when the image got a tag that it had not. */
  readonly tagged: boolean;
  readonly layers: readonly (HeldLayer & { readonly how: string })[];
};

async function observe(given: Inputs, run: Run, ports: BuildPorts): Promise<Facts> {
  const { workspace, images } = ports;
  const taken = await takeRecord(given.record, run, ports);
  requireGate(taken, given["require-gate"]);
  const record = isMeant(taken, given) ? taken : undefined;

  const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
  const folder = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
  const mistakes: Mistake[] = [];
  if ((await workspace.facts(folder))?.kind !== "folder") {
    mistakes.push({ where: `input "working-directory"`, expected: "a folder of the repository", seen: quote(below) });
    throw new ActionError(mistakes);
  }
  const model = await modelFacts(given, record, run, workspace, mistakes);
  const code = await codeFiles(given, run, folder, model, ports);
  await checkCode(given, folder, code, workspace, mistakes);
  if (mistakes.length > 0 || model === undefined) throw new ActionError(mistakes);

  const digests = await workspace.sha256All(
    folder,
    code.map(({ path }) => path),
  );
  const baseReference = given["base-image"] && belowFolder(given["base-image"], run.workspace);
  const base = baseReference && { store: await images.open(baseReference), reference: baseReference };
  const build: BuildFacts = {
    modelClass: given["model-class"],
    modelPath: model.path,
    modelDigest: model.digest,
    code: code.map(({ path, executable }, at) => ({ path, executable, sha256: digests[at]!.hex })),
    requirements: given.requirements && clean(given.requirements),
    baseDigest: base && (await digestOf(base.store, base.reference, `input "base-image"`)),
  };
  const store = await images.open(belowFolder(given.image, run.workspace));
  return { given, record, folder, build, modelAt: model.at, store, base };
}

/** A record that nobody handed on is that of another model, when another path was named and no gate is asked for. */
function isMeant(record: ReleaseRecord | undefined, given: Inputs): boolean {
  if (given.record !== undefined || given["require-gate"] || given.model === undefined) return true;
  return given.model.startsWith("/") || clean(given.model) === record?.model.path;
}

/** Which model it is, and where it will lie in the image. */
async function modelFacts(
  given: Inputs,
  record: ReleaseRecord | undefined,
  run: Run,
  workspace: Workspace,
  mistakes: Mistake[],
): Promise<{ path: string; digest: string; at: string | undefined } | undefined> {
  const where = `input "model"`;
  if (given.model === undefined) {
    if (record === undefined) {
      const fix = "Hand on the record of train, or name the model's file.";
      mistakes.push({ where, expected: "a model, by its path or by a record", seen: "neither", fix });
      return undefined;
    }
    if (record.model.bytes === 0) {
      mistakes.push({ where: `the record of ${record.model.name}`, expected: "a model with content", seen: "0 bytes" });
    }
    return { path: record.model.path, digest: record.model.digest, at: undefined };
  }
  const at = given.model.startsWith("/") ? given.model.replace(/\/+$/, "") : `${run.workspace}/${clean(given.model)}`;
  const [real, root] = [await workspace.realPath(at), await workspace.realPath(run.workspace)];
  if (real === undefined) {
    const fix = "Does train come before this step, and does it write there?";
    mistakes.push({ where, expected: "a file or folder", seen: `nothing at ${quote(given.model)}`, fix });
    return undefined;
  }
  // A path outside is well only as the record's own model, which train brought under the temporary folder.
  const inside = real.startsWith(`${root}/`) ? real.slice(root!.length + 1) : undefined;
  const path = record?.model.path ?? inside;
  if (path === undefined) {
    mistakes.push({ where, expected: "a path inside the repository", seen: quote(given.model) });
    return undefined;
  }
  const files = await workspace.walk(at);
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) === 0) {
    mistakes.push({ where, expected: "a model with content", seen: `0 bytes at ${quote(given.model)}` });
    return undefined;
  }
  // Where the record says that its model lies, and where train brings it, nothing is read before it has to be.
  if (record !== undefined && (inside === undefined || inside === path))
    return { path, digest: record.model.digest, at };
  const { readModel } = await import("./model.ts");
  const found = await readModel(at, workspace);
  if (record !== undefined && found!.digest !== record.model.digest)
    mistakes.push(notTheRecords(record.model.digest, found!.digest));
  return { path, digest: found!.digest, at };
}

const notTheRecords = (expected: string, seen: string): Mistake => ({
  where: `input "model"`,
  expected: `the model of the record, ${expected}`,
  seen,
  fix: "What passed the gate is what is wrapped: leave the input out, or hand on the record of this model.",
});

type CodeFile = { readonly path: string; readonly executable: boolean };

/** The files of the code layer: tracked ones, or all where there is no git; less what `.dockerignore` keeps out. */
async function codeFiles(
  given: Inputs,
  run: Run,
  folder: string,
  model: { readonly path: string; readonly at: string | undefined } | undefined,
  { workspace, log }: BuildPorts,
): Promise<readonly CodeFile[]> {
  const tracked = await workspace.tracked(folder);
  const named = [
    ...(tracked ? [...tracked.clean.keys(), ...tracked.changed] : []),
    ...list(given.requirements).map(clean),
  ];
  const all = tracked
    ? await Promise.all(
        [...new Set(named)].map(async (path) => ({ path, facts: await workspace.facts(`${folder}/${path}`) })),
      )
    : (await workspace.walk(folder)).map((file) => ({ path: file.path, facts: file }));

  const { parseDockerignore } = await import("../domain/image/dockerignore.ts");
  const ignored = parseDockerignore(
    (await workspace.readText(`${folder}/.dockerignore`, { maxBytes: 64 * 1024 })) ?? "",
  );
  const target = belowFolder(given.image, run.workspace);
  const kept = [
    ...list(model?.path).map((path) => `${run.workspace}/${path}`),
    ...list(model?.at),
    ...(target.kind === "layout" ? [target.folder] : []),
    run.temp,
    `${folder}/.git`,
  ];
  // Images that other steps wrote below the code are not code; without git nothing else tells them apart.
  for (const { path } of all)
    if (path.endsWith("/oci-layout")) kept.push(`${folder}/${path.slice(0, -"/oci-layout".length)}`);
  const out = (path: string): boolean => kept.some((each) => `${folder}/${path}/`.startsWith(`${each}/`));
  const found = all
    .filter(({ path, facts }) => facts !== undefined && !out(path) && !ignored(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const odd = found.filter(({ facts }) => facts!.kind !== "file").map(({ path }) => path);
  if (odd.length > 0) {
    log.warning(`Left out of the image, because they are links or submodules: ${odd.slice(0, 10).join(", ")}`);
  }
  return found
    .filter(({ facts }) => facts!.kind === "file")
    .map(({ path, facts }) => ({ path, executable: (facts!.mode & 0o111) !== 0 }));
}

/** Reads what will serve the model, and runs none of it: a class that is not there is told now, not by a pod that crashes. */
async function checkCode(
  given: Inputs,
  folder: string,
  code: readonly CodeFile[],
  workspace: Workspace,
  mistakes: Mistake[],
): Promise<void> {
  const has = new Set(code.map(({ path }) => path));
  const modelClass = given["model-class"];
  const candidates = classFiles(modelClass);
  const file = candidates.find((path) => has.has(path));
  const absent = async (path: string): Promise<string> =>
    (await workspace.facts(`${folder}/${path}`)) === undefined
      ? `no ${path}`
      : `${path} on disk, but git does not track it or .dockerignore keeps it out`;
  if (file === undefined) {
    const fix = "Name the class as package.module.Class, or set working-directory to where its file lies.";
    mistakes.push({
      where: `input "model-class"`,
      expected: candidates.join(" or "),
      seen: await absent(candidates[0]!),
      fix,
    });
  } else {
    const source = (await workspace.readText(`${folder}/${file}`, { maxBytes: 4 * 1024 * 1024 })) ?? "";
    if (!definesClass(source, modelClass)) {
      const name = modelClass.slice(modelClass.lastIndexOf(".") + 1);
      const fix = "seldon-core looks for a class of this very name: capitals count.";
      mistakes.push({ where: file, expected: `class ${name}`, seen: "no such class", fix });
    }
  }
  if (given.requirements !== undefined && !has.has(clean(given.requirements))) {
    mistakes.push({
      where: `input "requirements"`,
      expected: "a file of the code",
      seen: await absent(clean(given.requirements)),
    });
  }
}

/** The image of this key, when it is there whole. Its missing tags are set; nothing else travels. */
async function takeUnchanged(facts: Facts, target: Target, { log }: BuildPorts): Promise<Done | undefined> {
  const { store } = facts;
  const found = await store.manifest(target.keyTag);
  if (found === undefined || !(await isWhole(store, found.manifest, facts.given.image))) return undefined;
  const { heldLayers } = await import("../domain/image/plan.ts");
  const missing: string[] = [];
  for (const tag of target.wanted.filter((each) => each !== target.keyTag)) {
    if ((await store.head(tag)) !== found.digest) missing.push(tag);
  }
  if (missing.length > 0) await store.putManifest(found.bytes, found.manifest.mediaType ?? MEDIA.manifest, missing);
  log.info(
    `Nothing to build: model, code, class and base are those of ${found.digest} (tag ${target.keyTag}). No byte of the model was read or sent.`,
  );
  if (missing.length > 0) log.info(`The image got the tags ${missing.join(", ")}.`);
  return {
    digest: found.digest,
    bytes: found.bytes.length,
    skipped: true,
    tagged: missing.length > 0,
    layers: heldLayers(found.manifest).map((layer) => ({ ...layer, how: "there already" })),
  };
}

/** A registry takes no manifest without its blobs; a folder may have lost some. */
async function isWhole(store: ImageStore, manifest: ImageManifest, image: ImageReference): Promise<boolean> {
  if (manifest.config === undefined || manifest.layers === undefined) return false;
  if (image.kind === "registry") return true;
  for (const { digest } of [manifest.config, ...manifest.layers]) if (!(await store.hasBlob(digest))) return false;
  return true;
}

async function build(facts: Facts, target: Target, run: Run, ports: BuildPorts): Promise<Done> {
  const { workspace, archives, log } = ports;
  const { IMAGE_ROOT, planImage } = await import("../domain/image/plan.ts");
  const { store, build: what } = facts;
  const base = facts.base && (await readBase(facts.base, what.baseDigest!));
  if (base !== undefined) {
    log.info(
      `The base brings the packages: ${what.requirements ?? "a requirements file"} is copied, nothing is installed.`,
    );
  }
  const model = await modelFiles(facts, run, ports);
  const scratch = await workspace.temporary("image");
  try {
    const code = await archives.pack(
      facts.folder,
      what.code.map(({ path }) => path),
      `${scratch}/code.tar`,
      { name: (path) => `${IMAGE_ROOT}/${path}` },
    );
    const packed = await archives.pack(model.root, model.paths, `${scratch}/model.tar`, {
      name: (path) => `${IMAGE_ROOT}/${model.single ? what.modelPath : `${what.modelPath}/${path}`}`,
    });
    const layers = [{ holds: "code", ...code } as const, { holds: "model", ...packed } as const];
    const plan = planImage(what, target.key, layers, base && { manifest: base.manifest, config: base.config });
    const how: string[] = [];
    for (const layer of base?.manifest.layers ?? []) {
      how.push(HOW[await store.takeBlob(facts.base!.store, facts.base!.reference, layer)]);
    }
    for (const { holds, sha256, bytes } of layers) {
      const { already } = await store.putBlob({ file: `${scratch}/${holds}.tar`, digest: `sha256:${sha256}`, bytes });
      how.push(already ? HOW.already : "written");
      log.info(`${holds} layer: ${bytesAsText(bytes)}, ${how.at(-1)}`);
    }
    await store.putBlob(plan.config);
    await warnOfMoved(store, target, plan.digest, run, log);
    await store.putManifest(plan.manifest, MEDIA.manifest, target.wanted);
    log.info(`Image ${repositoryOf(facts.given.image)}@${plan.digest}, tags ${target.wanted.join(", ")}`);
    return {
      digest: plan.digest,
      bytes: plan.manifest.length,
      skipped: false,
      tagged: true,
      layers: plan.layers.map((layer, at) => ({ ...layer, how: how[at]! })),
    };
  } finally {
    await workspace.remove(scratch);
  }
}

const HOW = { already: "there already", mounted: "mounted from the base", streamed: "copied from the base" } as const;

/** The model's files, and the proof that they are the record's. */
async function modelFiles(
  facts: Facts,
  run: Run,
  ports: BuildPorts,
): Promise<{ root: string; paths: readonly string[]; single: boolean }> {
  const { fetchModel, readModel } = await import("./model.ts");
  const { workspace } = ports;
  const at = facts.modelAt ?? (await fetchModel(facts.record!, run, ports)).path;
  // fetchModel believes no file that is not the record's; a path that the user named is looked at here.
  if (facts.modelAt !== undefined && facts.record !== undefined) {
    const digest = (await readModel(at, workspace))?.digest;
    if (digest !== facts.build.modelDigest) {
      throw new ActionError(notTheRecords(facts.build.modelDigest, digest ?? "nothing"));
    }
  }
  const single = (await workspace.facts(at))?.kind !== "folder";
  const paths = (await workspace.walk(at)).map(({ path }) => path);
  return { root: single ? at.slice(0, at.lastIndexOf("/")) : at, paths, single };
}

async function digestOf(store: ImageStore, reference: ImageReference, where: string): Promise<string> {
  const digest = reference.digest ?? (await store.head(reference.tag ?? "latest"));
  if (digest !== undefined) return digest;
  throw new ActionError({
    where,
    expected: `an image ${formatReference(reference)}`,
    seen: "none",
    fix: "Is its name right, and is the job logged in there?",
  });
}

async function readBase({ store, reference }: NonNullable<Facts["base"]>, digest: string): Promise<Base> {
  const { chooseImage, MAX_CONFIG_BYTES, parseBaseConfig } = await import("../domain/image/plan.ts");
  const where = `base image ${formatReference(reference)}`;
  const named = await store.manifest(digest);
  const found = named?.manifest.manifests ? await store.manifest(chooseImage(named.manifest, where).digest) : named;
  const config = found?.manifest.config;
  if (found === undefined || config === undefined) {
    throw new ActionError({ where, expected: "an image", seen: found ? "an artifact without a config" : "none" });
  }
  const bytes = await store.blob(config.digest, { maxBytes: MAX_CONFIG_BYTES });
  return { manifest: found.manifest, config: parseBaseConfig(bytes, found.manifest, where) };
}

/** The tags of an image: of its content, of the commit, and the one that the user named. */
function wantedTags(tag: string, image: ImageReference, run: Run): readonly string[] {
  return [...new Set([tag, ...(/^[0-9a-f]{40,64}$/.test(run.sha) ? [`sha-${run.sha}`] : []), ...list(image.tag)])];
}

/** A commit's tag should stay: it moves only where the same commit was built from something else, and then not silently. */
async function warnOfMoved(store: ImageStore, { wanted }: Target, digest: string, run: Run, log: Log): Promise<void> {
  const tag = `sha-${run.sha}`;
  const before = wanted.includes(tag) ? await store.head(tag) : undefined;
  if (before !== undefined && before !== digest) {
    log.warning(`The tag ${tag} moves from ${before} to ${digest}: model, base or code differ for this commit.`);
  }
}

async function addToRecord(
  { record, given, build: what, store }: Facts,
  done: Done,
  run: Run,
  ports: BuildPorts,
): Promise<string> {
  if (record === undefined) return "";
  const section: NonNullable<ReleaseRecord["image"]> = {
    repository: repositoryOf(given.image),
    digest: done.digest,
    layers: done.layers.map(({ digest, bytes, holds }) => ({ digest, bytes, holds })),
    modelClass: what.modelClass,
    modelPath: what.modelPath,
  };
  const json = await giveRecord({ ...record, image: section }, run, ports);
  if (!done.skipped || done.tagged) {
    const { attachRecord } = await import("./image-record.ts");
    try {
      await attachRecord(store, { mediaType: MEDIA.manifest, digest: done.digest, size: done.bytes }, json);
    } catch (thrown) {
      // The image stands and its record goes on as an output: what reads it from the registry has to wait for the next build.
      ports.log.warning(`The release record could not be attached to the image. ${messageOf(thrown)}`);
    }
  }
  return json;
}

async function tell({ given, build: what }: Facts, done: Done, record: string): Promise<Outcome> {
  const { codeSpan, escapeCell, escapeText } = await import("../domain/report/escape.ts");
  const image = `${repositoryOf(given.image)}@${done.digest}`;
  const rows = done.layers.map(
    ({ holds, bytes, how, digest }) =>
      `| ${escapeCell(holds)} | ${bytesAsText(bytes)} | ${escapeCell(how)} | ${codeSpan(digest.slice(0, 19))} |`,
  );
  const summary = [
    `## Image: ${done.skipped ? "unchanged" : "built"} (${escapeText(what.modelClass)})`,
    "",
    codeSpan(image),
    "",
    "| Layer | Size | | Digest |",
    "|:--|--:|:--|:--|",
    ...rows,
    "",
  ].join("\n");
  return {
    outputs: { image, digest: done.digest, skipped: String(done.skipped), record },
    summary,
  };
}

function destination(value: string): ImageReference {
  const reference = parseReference(value, "destination");
  if (reference.digest === undefined) return reference;
  throw new ActionError({
    where: "destination",
    expected: "a name without a digest",
    seen: quote(value),
    fix: "The digest follows from what is built.",
  });
}

const list = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
const clean = (path: string): string =>
  path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
