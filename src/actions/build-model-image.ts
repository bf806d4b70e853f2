import type { Outcome, Story } from "../action.ts";
import { MEDIA, type Destination, type ImageManifest, type ImageReference } from "../domain/image/manifest.ts";
import { SERVICE_TYPES, MODEL_CLASS } from "../domain/image/source.ts";
import type { Tried } from "../domain/image/tried.ts";
import type { SmokeRequest } from "../domain/inference/smoke.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import { ActionError, messageOf, quote } from "../errors.ts";
import { flag, integer, lines, oneOf, parsed, Refusal, seconds, text, type Run, type Values } from "../inputs.ts";
import type {
  Archives,
  Artifacts,
  Clock,
  GitHub,
  Http,
  Images,
  ImageStore,
  Log,
  Pieces,
  Processes,
  Pythons,
  Workspace,
  ModelStore,
} from "../ports.ts";
import type { Facts } from "./image-facts.ts";
import { permit } from "./permitted.ts";
import { keepSeconds } from "./step-seconds.ts";
import { giveRecord, recordInput } from "./record.ts";

import type { HeldLayer } from "../domain/image/plan.ts";

const RELATIVE = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\u0000-\u001f\u007f\\]+$/;
const below = { pattern: RELATIVE, accepts: "a path below the working directory" };

const inputs = {
  record: recordInput,
  "require-gate": flag({
    description: "Refuse to work unless the record's gate is passed. `false` builds without one.",
    default: "true",
  }),
  engine: oneOf(["layers", "docker", "buildah", "s2i"], {
    description:
      "What builds: `layers` needs no daemon and gives the same image everywhere; `docker`, `buildah` and `s2i` run the program of that name.",
    default: "layers",
  }),
  wrapper: oneOf(["seldon", "mlserver", "flask"], {
    description:
      "What serves the model: seldon-core's Python wrapper, MLServer with its `model-settings.json`, or a program of your own.",
    default: "seldon",
  }),
  model: text({
    description:
      "The model's file or folder, relative to the repository, or the path that train returned. Left out, the model of the record, fetched where it is needed; without a record the image holds code only.",
    pattern: /^[^\u0000-\u001f\u007f\\]+$/,
    accepts: "a path",
  }),
  bake: flag({
    description: "Put the model into the image. `false` leaves it out: it then comes by `model-uri`, at /mnt/models.",
    default: "true",
  }),
  server: parsed<string>({
    description:
      "With `bake: false`: the prepackaged server that will load the model, so that its files and their writer are checked.",
    accepts: "`SKLEARN_SERVER`, `XGBOOST_SERVER`, `MLFLOW_SERVER`, `TENSORFLOW_SERVER`",
    parse: async (value) => {
      const { PREPACKAGED } = await import("../domain/image/requirements.ts");
      if (PREPACKAGED.includes(value)) return value;
      throw new Refusal(`one of ${PREPACKAGED.join(", ")}`);
    },
  }),
  "model-class": text({
    description:
      "The class that serves the model: `DigitsModel` in `DigitsModel.py`, or dotted, `src.model.Predictor`. Left out, MODEL_NAME of `.s2i/environment`.",
    pattern: MODEL_CLASS,
    accepts: "a Python class: Name, or package.module.Name",
  }),
  "service-type": parsed<(typeof SERVICE_TYPES)[number]>({
    description: "What the class is to Seldon. Left out, SERVICE_TYPE of `.s2i/environment`, else MODEL.",
    accepts: SERVICE_TYPES.map((each) => `\`${each}\``).join(", "),
    parse: (value) => SERVICE_TYPES.find((each) => each === value) ?? refuseWord(SERVICE_TYPES),
  }),
  parameters: parsed<string>({
    description:
      "What the class's constructor is given, name: value; numbers, texts and true or false keep their type.",
    accepts: "YAML: `name: value`",
    parse: async (value) => {
      const { parseYaml } = await import("../domain/text/yaml.ts");
      const { typedParameters } = await import("../domain/image/s2i.ts");
      return typedParameters(await parseYaml(value, { where: "parameters", maxBytes: 64 * 1024 })) ?? "[]";
    },
  }),
  "start-command": text({
    description:
      "Starts the server in place of the wrapper's own start: `python3 serve.py`. For wrapper flask; `python3 app.py` where left out.",
    pattern: /^[\w./= -]{1,500}$/,
    accepts: "a command without quotes",
  }),
  requirements: text({
    description:
      "What the server needs, relative to the working directory: requirements*.txt, uv.lock, poetry.lock, Pipfile.lock, pyproject.toml or setup.py. With a base image it becomes a layer of its own, kept until it changes.",
    ...below,
  }),
  python: text({
    description: "The Python of a base image that does not say: `3.11`.",
    pattern: /^3\.\d{1,2}$/,
    accepts: "`3.11`",
  }),
  "base-image": parsed<ImageReference | "auto">({
    description:
      "The image below, best named by digest: it brings Python. `auto` is the official image of the Python in PATH, the one that trained. Left out, the image holds model and code only, for target: local.",
    accepts: "an image's name, `oci:<folder>` or `auto`",
    parse: async (value) =>
      value === "auto" ? "auto" : (await import("../domain/image/reference.ts")).parseReference(value, "base image"),
  }),
  platform: oneOf(["linux/amd64", "linux/arm64"], {
    description: "What the image is for.",
    default: "linux/amd64",
  }),
  image: parsed<Destination>({
    description:
      "Where the image goes: a registry's repository, with or without a tag, `oci:<folder>` for an OCI layout, or `docker-archive:<file>` as `docker load` and `kind load` read it. Left out on github.com, `ghcr.io/<repository>/<name>`.",
    accepts: "`ghcr.io/owner/name[:tag]`, `oci:<folder>[:tag]` or `docker-archive:<file>[:tag]`",
    parse: destination,
  }),
  tags: lines({ description: "Further tags. `fp-<fingerprint>` and `sha-<commit>` are always set." }),
  "move-tags": flag({
    description:
      "Let tags that stand on another image move here, `sha-…` among them, as where one commit is trained anew every night. `false` refuses, but for `latest` and names of branches.",
    default: "false",
  }),
  "working-directory": text({
    description: "Where the code lies, relative to the repository. Left out, the repository itself.",
    pattern: RELATIVE,
    accepts: "a path below the repository",
  }),
  dockerfile: text({
    description: "With engine docker or buildah: your Dockerfile. Left out, one that does what the layers engine does.",
    ...below,
  }),
  "emit-dockerfile": text({
    description: "Also write a Dockerfile that says what is built, for reading: a path relative to the repository.",
    pattern: RELATIVE,
    accepts: "a path below the repository",
  }),
  "builder-image": text({
    description: "With engine s2i: the builder.",
    default: "seldonio/seldon-core-s2i-python38:1.17.1",
  }),
  "runtime-image": text({ description: "With engine s2i: the image that the result is put into, as for Java." }),
  source: text({
    description:
      "With engine s2i: a git URL to build from, in place of the working directory, if need be with `#` and a branch, tag or commit.",
    // Without a login in it, which would stand in the log; one on loopback may be a mirror.
    pattern: /^(?:https:\/\/|http:\/\/(?:localhost|127\.0\.0\.1)[:/])[^\s'"`$\\;|&<>@]+$/,
    accepts: "`https://…`, with `#` and a branch, tag or commit",
  }),
  "context-dir": text({ description: "With `source`: the folder in it.", pattern: RELATIVE, accepts: "a path" }),
  "check-model": flag({
    description: "Walk the model's pickles, without loading them, and refuse whatever could run something.",
    default: "true",
  }),
  "allow-globals": lines({ description: "Names in a pickle that are yours and harmless: `src.features.Encoder`." }),
  try: flag({
    description: "Start the server on loopback and ask it before anything is pushed.",
    default: "true",
  }),
  "smoke-request": parsed<SmokeRequest>({
    description:
      "A request that the image must answer: `body`, and if need be `path` and `expect` with `status`, `shape`, `values` and `tolerance`. It is sent as JSON and, to the Seldon wrapper, as the form `json=` too.",
    accepts: "YAML: `{path, body, expect}`",
    parse: async (value) => (await import("../domain/inference/smoke.ts")).parseSmokeRequest(value),
  }),
  contract: text({
    description:
      "A `contract.json` as Seldon's testers read it: batches are made up from it, and the answers checked against its targets.",
    ...below,
  }),
  golden: text({
    description: "A JSON list of `{input | request, expected, tolerance}` that the server must answer so.",
    ...below,
  }),
  "contract-report": text({
    description: "Where to write what was asked as JUnit XML, relative to the repository.",
    pattern: RELATIVE,
    accepts: "a path below the repository",
  }),
  "try-timeout": seconds({ description: "How long the server may take to answer first.", default: "3m", most: 3600 }),
  "max-start": seconds({ description: "Refuse a server that takes longer to start.", default: "1h", most: 3600 }),
  "max-p95": integer({
    description: "Refuse a server whose answers take longer, in milliseconds, for 95 of 100.",
    least: 1,
    most: 600_000,
  }),
  "max-memory": integer({ description: "Refuse a server that takes more memory, in MiB.", least: 16, most: 1_000_000 }),
  "registry-username": text({
    description: "With `registry-password`: opens the image's registry, in place of docker's own logins.",
  }),
  "registry-password": text({ description: "Belongs to `registry-username`.", secret: true }),
  "github-token": text({
    description: "Fetches the model's artifact, and opens ghcr.io where docker is not logged in.",
    expression: "${{ github.token }}",
    secret: true,
  }),
};

const outputs = {
  image: "The image by digest: `ghcr.io/acme/digits@sha256:…`, `oci:image@sha256:…`",
  digest: "The digest of its manifest, `sha256:…`",
  tag: "The tag that stands for its content, `fp-…`",
  skipped: "`true` when this very image was there already, `false` when it was built",
  "start-seconds": "How long the server took until it answered; empty when it was not tried",
  "p95-milliseconds": "How long 95 of 100 answers took at most; empty when none was asked for",
  record: "The release record with the section `image`; empty without a record",
};

export type BuildPorts = {
  readonly log: Log;
  readonly workspace: Workspace;
  readonly archives: Archives;
  /** Where a model lies whose artifact is gone. */
  readonly store?: ModelStore;
  readonly github: GitHub;
  readonly images: Images;
  readonly pieces: Pieces;
  readonly processes: Processes;
  readonly pythons: Pythons;
  readonly http: Http;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where the record is kept for a promotion. */
  readonly artifacts?: Artifacts;
};

export type BuildInputs = Values<typeof inputs>;

/** What was made, or found made. */
export type Done = {
  readonly digest: string;
  readonly bytes: number;
  readonly skipped: boolean;
  /** True when the image got a tag that it had not. */
  readonly tagged: boolean;
  readonly layers: readonly (HeldLayer & { readonly how: string })[];
};

/** Where it goes and under which names. */
export type Target = {
  readonly key: string;
  readonly keyTag: string;
  readonly wanted: readonly string[];
  /** The tag that would be this branch's name: it moves with the branch. */
  readonly branch: string | undefined;
  readonly store: ImageStore;
  /** The name without tag and digest, for the outputs. */
  readonly called: string;
};

/** Wraps model and code in an image that is a function of both: where that image is there already, nothing is done. */
export const buildModelImage: Story<typeof inputs, BuildPorts> = {
  id: "build-model-image",
  inputs,
  outputs,
  run: async (given, run, ports) => {
    const staysHere = given.image !== undefined && given.image.kind !== "registry";
    await permit(staysHere ? "build" : "push", run, ports, `${run.workspace}/${given["working-directory"] ?? ""}`);
    const from = ports.clock.elapsed();
    const { observe } = await import("./image-facts.ts");
    const facts = await observe(given, run, ports);
    const { buildKey, keyTag } = await import("../domain/image/plan.ts");
    const key = buildKey(facts.build);
    const target: Target = {
      key,
      keyTag: keyTag(key),
      wanted: wantedTags(keyTag(key), given, facts, run),
      branch: /^refs\/heads\/(.+)$/.exec(run.ref)?.[1]?.replace(/[^A-Za-z0-9._-]/g, "-"),
      store: facts.store,
      called: facts.called,
    };
    try {
      const before = await takeUnchanged(facts, target, ports);
      const made = before === undefined ? await make(facts, target, run, ports) : { done: before, tried: undefined };
      const record = await addToRecord(facts, target, made, run, ports);
      await keepSeconds(made.done.digest, (ports.clock.elapsed() - from) / 1000, run, ports.workspace);
      return await tell(facts, target, made, record);
    } finally {
      if (facts.archiveFolder !== undefined) await ports.workspace.remove(facts.archiveFolder);
    }
  },
};

type Made = { readonly done: Done; readonly tried: Tried | undefined };

/** Checks, tries, then builds and pushes: nothing goes out before it was seen answering. */
async function make(facts: Facts, target: Target, run: Run, ports: BuildPorts): Promise<Made> {
  const { workspace } = ports;
  const scratch = await workspace.temporary("image");
  try {
    const { modelFiles } = await import("./image-facts.ts");
    const model = await modelFiles(facts, run, ports);
    if (facts.given["emit-dockerfile"] !== undefined) {
      await emitDockerfile(facts, facts.given["emit-dockerfile"], run, ports);
    }
    if (facts.engine !== undefined) {
      const { buildByEngine } = await import("./image-engine.ts");
      return await buildByEngine(facts, facts.engine, target, model, scratch, run, ports);
    }
    const { buildLayers } = await import("./image-layers.ts");
    return await buildLayers(facts, target, model, scratch, run, ports);
  } finally {
    await workspace.remove(scratch);
  }
}

/** Ours as a text, and beside it what it installs. */
async function emitDockerfile({ build, baseName, folder, given }: Facts, path: string, run: Run, ports: BuildPorts) {
  const { dockerfileOf, RESOLVED } = await import("../domain/image/dockerfile.ts");
  const to = `${run.workspace}/${path}`;
  await ports.workspace.write(to, dockerfileOf(build, baseName));
  if (build.requirements === undefined) return;
  const { readRequirements } = await import("./image-dependencies.ts");
  const { text } = await readRequirements(folder, build.requirements, given.wrapper, ports);
  await ports.workspace.write(`${to.slice(0, to.lastIndexOf("/"))}/${RESOLVED}`, text);
}

/** The image of this key, when it is there whole. Its missing tags are set; nothing else travels. */
async function takeUnchanged(facts: Facts, target: Target, { log }: BuildPorts): Promise<Done | undefined> {
  const { store } = facts;
  const found = await store.manifest(target.keyTag);
  if (found === undefined || !(await isWhole(store, found.manifest, facts.destination))) return undefined;
  const { heldLayers } = await import("../domain/image/plan.ts");
  const missing = await missingTags(target, found.digest, facts, log);
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
async function isWhole(store: ImageStore, manifest: ImageManifest, image: Destination): Promise<boolean> {
  if (manifest.config === undefined || manifest.layers === undefined) return false;
  if (image.kind === "registry") return true;
  for (const { digest } of [manifest.config, ...manifest.layers]) if (!(await store.hasBlob(digest))) return false;
  return true;
}

/** Names that are meant to move. */
const MOVING = new Set(["latest", "main", "master", "edge", "nightly", "stable", "dev", "develop"]);

/**
 * The tags that are to be set. One that stands on another image is moved only where that is meant: whoever has pulled by it
 * would get another image under the same name. That holds for `sha-…` too: a release looks for its commit's image by that name.
 * @throws ActionError before they are set
 */
export async function missingTags(
  { wanted, keyTag, store, branch }: Target,
  digest: string,
  facts: Facts,
  log: Log,
): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const tag of wanted.filter((each) => each !== keyTag)) {
    const before = await store.head(tag);
    if (before === digest) continue;
    missing.push(tag);
    if (before === undefined || isMoving(tag, branch, facts)) continue;
    if (!facts.given["move-tags"] && !isOwn(tag, facts)) throw taken(tag, before);
    log.warning(`The tag ${tag} moves from ${before} to ${digest}: model, base or code differ.`);
  }
  return missing;
}

/** For an image whose digest is known only once it was pushed: it is another than all that are there. */
export async function refuseTakenTags({ wanted, keyTag, store, branch }: Target, facts: Facts): Promise<void> {
  if (facts.given["move-tags"]) return;
  for (const tag of wanted) {
    if (tag === keyTag || isMoving(tag, branch, facts) || isOwn(tag, facts)) continue;
    const before = await store.head(tag);
    if (before !== undefined) throw taken(tag, before);
  }
}

const isMoving = (tag: string, branch: string | undefined, { destination }: Facts): boolean =>
  MOVING.has(tag) || tag === branch || destination.kind === "archive";

/** A folder is this job's own: what it holds for a commit is what was built last, and nobody is promoted from there. */
const isOwn = (tag: string, { destination }: Facts): boolean => destination.kind === "layout" && tag.startsWith("sha-");

const taken = (tag: string, before: string): ActionError =>
  new ActionError({
    where: `tag ${tag}`,
    expected: "no other image under it",
    seen: before,
    fix: tag.startsWith("sha-")
      ? "This commit has made another image before, here or under another name. Give each model a repository of its own (image), or set move-tags: true if this one is to stand for the commit."
      : "Take a new tag, or set move-tags: true if it is meant to move.",
  });

/** The tags of an image: of its content, of the commit, and the ones that the user named. */
function wantedTags(tag: string, given: BuildInputs, { destination: to }: Facts, run: Run): readonly string[] {
  const named = [...(to.tag === undefined ? [] : [to.tag]), ...given.tags];
  const wrong = named.find((each) => !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(each));
  if (wrong !== undefined) {
    throw new ActionError({
      where: `input "tags"`,
      expected: "tags of at most 128 letters, digits, . _ and -",
      seen: quote(wrong),
    });
  }
  return [...new Set([tag, ...(/^[0-9a-f]{40,64}$/.test(run.sha) ? [`sha-${run.sha}`] : []), ...named])];
}

async function addToRecord(
  facts: Facts,
  target: Target,
  { done, tried }: Made,
  run: Run,
  ports: BuildPorts,
): Promise<string> {
  const { record, build: what, store } = facts;
  if (record === undefined) return "";
  const section: NonNullable<ReleaseRecord["image"]> = {
    repository: target.called,
    digest: done.digest,
    layers: done.layers.map(({ digest, bytes, holds }) => ({ digest, bytes, holds })),
    ...(what.modelClass === undefined ? {} : { modelClass: what.modelClass }),
    ...(what.modelPath === undefined || !what.bake ? {} : { modelPath: what.modelPath }),
    ...(tried === undefined ? {} : { tried: tried.figures }),
  };
  const json = await giveRecord({ ...record, image: section }, run, ports);
  if (record.gate !== undefined && facts.destination.kind !== "archive") {
    const { keepImageRecord } = await import("./image-evidence.ts");
    await keepImageRecord(json, done.digest, ports);
  }
  if (facts.destination.kind !== "archive" && (!done.skipped || done.tagged)) {
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

async function tell(
  { build: what, checked }: Facts,
  target: Target,
  { done, tried }: Made,
  record: string,
): Promise<Outcome> {
  const { codeSpan, escapeCell, escapeText } = await import("../domain/report/escape.ts");
  const { bytesAsText } = await import("../domain/report/quantity.ts");
  const image = `${target.called}@${done.digest}`;
  const rows = done.layers.map(
    ({ holds, bytes, how, digest }) =>
      `| ${escapeCell(holds)} | ${bytesAsText(bytes)} | ${escapeCell(how)} | ${codeSpan(digest.slice(0, 19))} |`,
  );
  const summary = [
    `## Image: ${done.skipped ? "unchanged" : "built"} (${escapeText(what.modelClass ?? target.called)})`,
    "",
    codeSpan(image),
    "",
    "| Layer | Size | | Digest |",
    "|:--|--:|:--|:--|",
    ...rows,
    "",
    ...(checked.formats === "" ? [] : [`Model files: ${escapeCell(checked.formats)}, walked and not loaded.`, ""]),
    ...(tried === undefined ? [] : [tried.table, ""]),
  ].join("\n");
  return {
    outputs: {
      image,
      digest: done.digest,
      tag: target.keyTag,
      skipped: String(done.skipped),
      "start-seconds": tried === undefined ? "" : tried.figures.startSeconds.toFixed(2),
      "p95-milliseconds": tried?.figures.p95 === undefined ? "" : tried.figures.p95.toFixed(1),
      record,
    },
    summary,
  };
}

async function destination(value: string): Promise<Destination> {
  if (value.startsWith("docker-archive:")) {
    const [, file = "", tag] =
      /^(.+?)(?::([A-Za-z0-9_][\w.-]{0,127}))?$/.exec(value.slice("docker-archive:".length)) ?? [];
    if (/^[^\u0000-\u001f\u007f]+$/.test(file)) return { kind: "archive", file, ...(tag === undefined ? {} : { tag }) };
  }
  const { parseReference } = await import("../domain/image/reference.ts");
  const reference = parseReference(value, "destination");
  if (reference.digest === undefined) return reference;
  throw new ActionError({
    where: "destination",
    expected: "a name without a digest",
    seen: quote(value),
    fix: "The digest follows from what is built.",
  });
}

function refuseWord(words: readonly string[]): never {
  throw new Refusal(`one of ${words.join(", ")}`);
}
