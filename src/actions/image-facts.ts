import { RESOLVED } from "../domain/image/dockerfile.ts";
import type { Destination, ImageReference } from "../domain/image/manifest.ts";
import type { BuildFacts } from "../domain/image/plan.ts";
import { belowFolder, formatReference, parseReference, repositoryOf } from "../domain/image/reference.ts";
import { checkClass, classFiles } from "../domain/image/source.ts";
import { requireGate, type ReleaseRecord } from "../domain/record/record.ts";
import { ActionError, quote, refuse, type Mistake } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { FileFacts, ImageStore, Workspace } from "../ports.ts";
import type { BuildInputs, BuildPorts } from "./build-model-image.ts";
import type { EngineFacts } from "./image-engine.ts";
import { takeRecord } from "./record.ts";

const MAX_SOURCE_BYTES = 4 * 1024 * 1024;

/** What is known before anything is built; where a record names the model, no byte of it is read for this. */
export type Facts = {
  readonly given: BuildInputs;
  readonly record: ReleaseRecord | undefined;
  /** Absolute. */
  readonly folder: string;
  readonly build: BuildFacts;
  /** Absent for the layers engine. */
  readonly engine: EngineFacts | undefined;
  /** The path that the input `model` names, absolute. */
  readonly modelAt: string | undefined;
  /** Of the model's files when they were digested; `undefined` where only a record says what they are. */
  readonly modelStamp: string | undefined;
  readonly destination: Destination;
  /** The destination's name without tag and digest. */
  readonly called: string;
  readonly store: ImageStore;
  /** Of the layout that becomes an archive at the end. */
  readonly archiveFolder: string | undefined;
  readonly base: { readonly store: ImageStore; readonly reference: ImageReference } | undefined;
  /** As a Dockerfile names it. */
  readonly baseName: string | undefined;
  /** The platform of this machine. */
  readonly native: string;
  /** Filled when the model's files are looked at. */
  readonly checked: { formats: string };
};

/** Reads all that the image depends on. @throws ActionError with every mistake that can be seen by now */
export async function observe(given: BuildInputs, run: Run, ports: BuildPorts): Promise<Facts> {
  const { workspace, images, log } = ports;
  const taken = await takeRecord(given.record, run, ports);
  requireGate(taken, given["require-gate"]);
  const record = isMeant(taken, given) ? taken : undefined;
  const way =
    given.engine === "layers" ? undefined : await (await import("./image-engine.ts")).requireEngine(given, ports);

  const below = given["working-directory"]?.replace(/^(?:\.\/)+|\/+$/g, "") ?? "";
  const folder = below === "" || below === "." ? run.workspace : `${run.workspace}/${below}`;
  const mistakes: Mistake[] = [];
  if ((await workspace.facts(folder))?.kind !== "folder") {
    mistakes.push({ where: `input "working-directory"`, expected: "a folder of the repository", seen: quote(below) });
    throw new ActionError(mistakes);
  }
  const s2i = await readS2i(given, folder, ports, mistakes);
  const modelClass = given["model-class"] ?? s2i?.modelClass;
  const serviceType = given["service-type"] ?? s2i?.serviceType ?? "MODEL";
  if (given.wrapper === "seldon" && modelClass === undefined && given.source === undefined) {
    mistakes.push({
      where: `input "model-class"`,
      expected: "the class that serves the model",
      seen: "nothing, and no MODEL_NAME in .s2i/environment",
    });
  }
  const to = destinationOf(given, record, run);
  const model = await modelFacts(given, record, run, workspace, mistakes);
  const code = await codeFiles(given, run, folder, model, to, ports);
  await checkCode(given, folder, code, modelClass, serviceType, workspace, mistakes);
  await checkRequirements(given, folder, workspace, mistakes);
  for (const name of ["contract", "golden"] as const) {
    const path = given[name];
    if (path !== undefined && (await workspace.facts(`${folder}/${path}`))?.kind !== "file") {
      mistakes.push({
        where: `input "${name}"`,
        expected: "a file below the working directory",
        seen: `no ${quote(path)}`,
      });
    }
  }
  if (given.source !== undefined && model !== undefined && given.bake) {
    mistakes.push({
      where: `input "source"`,
      expected: "a source that brings its model",
      seen: `the model ${quote(model.path)} beside it`,
      fix: "Set bake: false: source is built as it stands, and the model comes by model-uri.",
    });
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);

  const engine = way && (await (await import("./image-engine.ts")).observeEngine(way, given, folder, run, ports));
  const digests = await workspace.sha256All(
    folder,
    code.map(({ path }) => path),
  );
  const baseReference = await baseOf(given, run, ports);
  const base = baseReference && { store: await images.open(baseReference), reference: baseReference };
  const build: BuildFacts = {
    wrapper: given.wrapper,
    modelClass,
    serviceType,
    parameters: given.parameters === "[]" ? undefined : given.parameters,
    environment: s2i?.others ?? {},
    startCommand: given["start-command"],
    modelPath: model?.path,
    modelDigest: given.bake ? model?.digest : undefined,
    bake: given.bake,
    code: code.map(({ path, executable }, at) => ({ path, executable, sha256: digests[at]!.hex })),
    requirements: given.requirements && clean(given.requirements),
    packages: baseReference === undefined ? undefined : await packagesDigest(given, folder, ports),
    python: given.python,
    baseDigest: base && (await digestOf(base.store, base.reference, `input "base-image"`)),
    platform: given.platform,
    source: /^[\w.-]+\/[\w.-]+$/.test(run.repository) ? `${run.serverUrl}/${run.repository}` : undefined,
    engine: engine?.key,
  };
  const archiveFolder = to.kind === "archive" ? await workspace.temporary("archive") : undefined;
  const store = await images.open(
    archiveFolder === undefined ? (to as ImageReference) : { kind: "layout", folder: archiveFolder },
  );
  if (model === undefined) log.info("No model: the image holds code only.");
  const baseName =
    baseReference &&
    (build.baseDigest === undefined
      ? formatReference(baseReference)
      : `${repositoryOf(baseReference)}@${build.baseDigest}`);
  return {
    given,
    record,
    folder,
    build,
    engine,
    modelAt: model?.at,
    modelStamp: model?.stamp,
    destination: to,
    called:
      to.kind === "archive"
        ? `docker-archive:${to.file}`
        : given.image === undefined || given.image.kind === "archive"
          ? repositoryOf(to)
          : repositoryOf(given.image),
    store,
    archiveFolder,
    base,
    baseName,
    native: run.arch === "ARM64" ? "linux/arm64" : "linux/amd64",
    checked: { formats: "" },
  };
}

/** Of all that is asked for, files that name each other included. */
async function packagesDigest(given: BuildInputs, folder: string, ports: BuildPorts): Promise<string | undefined> {
  if (given.requirements === undefined) return undefined;
  const { readRequirements } = await import("./image-dependencies.ts");
  const { hexDigest } = await import("../domain/image/plan.ts");
  const { text } = await readRequirements(folder, clean(given.requirements), given.wrapper, ports);
  return hexDigest(text);
}

/** Where the image goes, absolute. On github.com its own registry is the default. */
function destinationOf(given: BuildInputs, record: ReleaseRecord | undefined, run: Run): Destination {
  const { image } = given;
  if (image?.kind === "archive") {
    return image.file.startsWith("/") ? image : { ...image, file: `${run.workspace}/${clean(image.file)}` };
  }
  if (image !== undefined) return belowFolder(image, run.workspace);
  if (run.serverUrl !== "https://github.com" || run.repository === "") {
    refuse({
      where: `input "image"`,
      expected: "where the image goes",
      seen: "nothing",
      fix: "Only on github.com it is ghcr.io by itself.",
    });
  }
  const name = record?.model.name ?? given["working-directory"]?.split("/").at(-1);
  const repository = `${run.repository}${name === undefined ? "" : `/${name}`}`.toLowerCase();
  return parseReference(`ghcr.io/${repository}`, `input "image"`);
}

async function readS2i(given: BuildInputs, folder: string, { workspace, log }: BuildPorts, mistakes: Mistake[]) {
  if (given.wrapper !== "seldon") return undefined;
  const { parseS2iEnvironment, S2I_ENVIRONMENT } = await import("../domain/image/s2i.ts");
  const text = await workspace.readText(`${folder}/${S2I_ENVIRONMENT}`, { maxBytes: 64 * 1024 });
  if (text === undefined) return undefined;
  const found = parseS2iEnvironment(text, S2I_ENVIRONMENT);
  for (const [input, name, seen] of [
    ["model-class", "MODEL_NAME", found.modelClass],
    ["service-type", "SERVICE_TYPE", found.serviceType],
  ] as const) {
    if (given[input] === undefined || seen === undefined || given[input] === seen) continue;
    mistakes.push({
      where: `input "${input}"`,
      expected: `${seen}, as ${name} in ${S2I_ENVIRONMENT} has it`,
      seen: given[input],
      fix: "Leave the input out, or change the file.",
    });
  }
  if (found.ignored.length > 0) {
    log.info(
      `${S2I_ENVIRONMENT}: ${found.ignored.join(", ")} is read no more, the wrapper serves REST and gRPC at once.`,
    );
  }
  return found;
}

/** A record that nobody handed on is that of another model, when another path was named and no gate is asked for. */
function isMeant(record: ReleaseRecord | undefined, given: BuildInputs): boolean {
  if (given.record !== undefined || given["require-gate"] || given.model === undefined) return true;
  return given.model.startsWith("/") || clean(given.model) === record?.model.path;
}

type ModelFacts = {
  readonly path: string;
  readonly digest: string | undefined;
  readonly at: string | undefined;
  readonly stamp?: string;
};

/** When which files were last changed. Says nothing of what they hold, but that nobody wrote to them since. */
export async function stampOf(path: string, workspace: Workspace): Promise<string> {
  return JSON.stringify((await workspace.walk(path)).map((file) => [file.path, file.bytes, file.changedMs]));
}

/** Which model it is, and where it will lie in the image. */
async function modelFacts(
  given: BuildInputs,
  record: ReleaseRecord | undefined,
  run: Run,
  workspace: Workspace,
  mistakes: Mistake[],
): Promise<ModelFacts | undefined> {
  const where = `input "model"`;
  if (given.model === undefined) {
    if (record === undefined) return undefined;
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
  const stamp = await stampOf(at, workspace);
  const found = await readModel(at, workspace);
  if (record !== undefined && found!.digest !== record.model.digest)
    mistakes.push(notTheRecords(record.model.digest, found!.digest));
  return { path, digest: found!.digest, at, stamp };
}

/** What is told of a model that is not the one that passed the gate. */
export const notTheRecords = (expected: string, seen: string): Mistake => ({
  where: `input "model"`,
  expected: `the model of the record, ${expected}`,
  seen,
  fix: "What passed the gate is what is wrapped: leave the input out, or hand on the record of this model.",
});

type CodeFile = { readonly path: string; readonly executable: boolean };

/** The files of the code layer: tracked ones, or all where there is no git; less what `.dockerignore` keeps out. */
async function codeFiles(
  given: BuildInputs,
  run: Run,
  folder: string,
  model: ModelFacts | undefined,
  to: Destination,
  { workspace, log }: BuildPorts,
): Promise<readonly CodeFile[]> {
  const tracked = await workspace.tracked(folder);
  const named = [
    ...(tracked ? [...tracked.clean.keys(), ...tracked.changed] : []),
    ...list(given.requirements).map(clean),
  ];
  const all: readonly { path: string; facts: FileFacts | undefined }[] = tracked
    ? await Promise.all(
        [...new Set(named)].map(async (path) => ({ path, facts: await workspace.facts(`${folder}/${path}`) })),
      )
    : (await workspace.walk(folder)).map((file) => ({ path: file.path, facts: file }));

  const { parseDockerignore } = await import("../domain/image/dockerignore.ts");
  const ignored = parseDockerignore(
    (await workspace.readText(`${folder}/.dockerignore`, { maxBytes: 64 * 1024 })) ?? "",
  );
  const kept = [
    ...list(model?.path).map((path) => `${run.workspace}/${path}`),
    ...list(model?.at),
    ...(to.kind === "layout" ? [to.folder] : to.kind === "archive" ? [to.file] : []),
    // What this action writes itself.
    ...[given["emit-dockerfile"], given["contract-report"]]
      .flatMap(list)
      .map((path) => `${run.workspace}/${clean(path)}`),
    run.temp,
    `${folder}/.git`,
  ];
  const emitted = given["emit-dockerfile"];
  if (emitted !== undefined)
    kept.push(`${run.workspace}/${[...clean(emitted).split("/").slice(0, -1), RESOLVED].join("/")}`);
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

async function absence(folder: string, path: string, workspace: Workspace): Promise<string> {
  return (await workspace.facts(`${folder}/${path}`)) === undefined
    ? `no ${path}`
    : `${path} on disk, but git does not track it or .dockerignore keeps it out`;
}

/** It need not be in the image: what it asks for is. */
async function checkRequirements(
  given: BuildInputs,
  folder: string,
  workspace: Workspace,
  mistakes: Mistake[],
): Promise<void> {
  const path = given.requirements && clean(given.requirements);
  if (path === undefined || (await workspace.facts(`${folder}/${path}`))?.kind === "file") return;
  mistakes.push({ where: `input "requirements"`, expected: "a file below the working directory", seen: `no ${path}` });
}

/** Reads what will serve the model, and runs none of it: a class that is not there is told now, not by a pod that crashes. */
async function checkCode(
  given: BuildInputs,
  folder: string,
  code: readonly CodeFile[],
  modelClass: string | undefined,
  serviceType: BuildFacts["serviceType"],
  workspace: Workspace,
  mistakes: Mistake[],
): Promise<void> {
  const has = new Set(code.map(({ path }) => path));
  const absent = async (path: string): Promise<string> => await absence(folder, path, workspace);
  // A builder of another language, or sources from elsewhere, are not ours to read.
  if (given.source !== undefined || given["runtime-image"] !== undefined) return;
  if (given.wrapper === "mlserver") {
    if (!has.has("model-settings.json")) {
      mistakes.push({
        where: "wrapper mlserver",
        expected: "model-settings.json beside the code",
        seen: await absent("model-settings.json"),
        fix: `For example {"name": "digits", "implementation": "mlserver_sklearn.SKLearnModel", "parameters": {"uri": "./model/model.joblib"}}.`,
      });
      return;
    }
    const { settingsMistakes } = await import("../domain/image/model-settings.ts");
    const text = (await workspace.readText(`${folder}/model-settings.json`, { maxBytes: 64 * 1024 })) ?? "";
    mistakes.push(...settingsMistakes(text, has));
    return;
  }
  if (given.wrapper === "flask") {
    const { programOf } = await import("../domain/image/trial.ts");
    const program = programOf(given["start-command"] ?? "python3 app.py");
    if (program !== undefined && !has.has(clean(program))) {
      mistakes.push({
        where: "wrapper flask",
        expected: `${program}, which starts the server`,
        seen: await absent(clean(program)),
        fix: "Name the program by start-command: python3 <file>.",
      });
    }
    return;
  }
  if (modelClass === undefined) return;
  const candidates = classFiles(modelClass);
  const file = candidates.find((path) => has.has(path));
  if (file === undefined) {
    const fix = "Name the class as package.module.Class, or set working-directory to where its file lies.";
    mistakes.push({
      where: `input "model-class"`,
      expected: candidates.join(" or "),
      seen: await absent(candidates[0]!),
      fix,
    });
    return;
  }
  const source = (await workspace.readText(`${folder}/${file}`, { maxBytes: MAX_SOURCE_BYTES })) ?? "";
  mistakes.push(...checkClass(source, file, modelClass, serviceType as "MODEL"));
}

/** A model's files, looked at. */
export type ModelFiles = {
  /** Absolute; `paths` lie below it. */
  readonly root: string;
  readonly paths: readonly string[];
  /** One file, whose name in the image is the model's path itself. */
  readonly single: boolean;
};

/** Finds the model's files, and refuses what should not be loaded or would not load. */
export async function modelFiles(facts: Facts, run: Run, ports: BuildPorts): Promise<ModelFiles | undefined> {
  const { build, given, record } = facts;
  if (build.modelPath === undefined) return undefined;
  const { workspace } = ports;
  const at = facts.modelAt ?? (await (await import("./model.ts")).fetchModel(record!, run, ports)).path;
  const single = (await workspace.facts(at))?.kind !== "folder";
  const walked = await workspace.walk(at);
  const odd = walked.find(({ kind }) => kind !== "file");
  if (odd !== undefined) {
    refuse({
      where: `model file ${quote(odd.path, 200)}`,
      expected: "regular files and folders",
      seen: odd.kind === "link" ? "a symbolic link" : "a device, pipe or socket",
      fix: "Put a copy of what it stands for into its place.",
    });
  }
  const root = single ? at.slice(0, at.lastIndexOf("/")) : at;
  const paths = walked.map(({ path }) => path);
  const wrote: Record<string, string> = { ...record?.model.libraries };
  if (given["check-model"]) {
    const { checkModel } = await import("./model-check.ts");
    const { formats, sklearn } = await checkModel(root, paths, given["allow-globals"], ports);
    facts.checked.formats = formats;
    ports.log.info(`The model's files: ${formats}. Pickles were walked, nothing was loaded.`);
    if (sklearn !== undefined) wrote["scikit-learn"] = sklearn;
  }
  await checkVersions(facts, paths, wrote, ports);
  return { root, paths, single };
}

async function checkVersions(
  { given, folder, build }: Facts,
  paths: readonly string[],
  wrote: Readonly<Record<string, string>>,
  { workspace }: BuildPorts,
): Promise<void> {
  const { completeRequirements, prepackagedMistakes, requirementLines, skewMistakes } =
    await import("../domain/image/requirements.ts");
  const mistakes: Mistake[] = [];
  if (given.server !== undefined) mistakes.push(...prepackagedMistakes(given.server, paths, wrote));
  else if (build.requirements !== undefined) {
    const text = (await workspace.readText(`${folder}/${build.requirements}`, { maxBytes: MAX_SOURCE_BYTES })) ?? "";
    const read = requirementLines(build.requirements, text);
    if ("fault" in read) mistakes.push(read.fault);
    else mistakes.push(...skewMistakes(wrote, completeRequirements(read.lines, given.wrapper).pins));
  }
  if (mistakes.length > 0) throw new ActionError(mistakes);
}

async function baseOf(given: BuildInputs, run: Run, { pythons, log }: BuildPorts): Promise<ImageReference | undefined> {
  const asked = given["base-image"];
  if (asked === undefined) return undefined;
  if (asked !== "auto") return belowFolder(asked, run.workspace);
  // The Python in PATH is the one that trained, in the same job; the input says it where it is another.
  const version =
    given.python ?? (await pythons.environment({ requirements: undefined, log })).version.replace(/\.\d+$/, "");
  log.info(`The base is the official image of Python ${version}, as it is today: name it by digest to keep it.`);
  return parseReference(`docker.io/library/python:${version}-slim`, `input "base-image"`);
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

const list = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
const clean = (path: string): string =>
  path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
