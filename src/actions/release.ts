import type { ImageReference } from "../domain/image/manifest.ts";
import type { ReleaseRecord } from "../domain/record/record.ts";
import { textDigest } from "../domain/seldon/digest.ts";
import { ActionError, quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Archives, GitHub, Images, Log, WalkedFile, Workspace, ModelStore } from "../ports.ts";

type Ports = {
  readonly log: Log;
  readonly workspace: Workspace;
  readonly archives: Archives;
  /** Where a model lies whose artifact is gone. */
  readonly store?: ModelStore;
  readonly github: GitHub;
  readonly images: Images;
};

/** What a version of a served model consists of, and how it comes to lie in a folder. Nothing was fetched to know this. */
export type Release = {
  /** Where it comes from, for the log. */
  readonly from: string;
  /** `sha256:…` over the model's files; absent for a model without files. */
  readonly model: string | undefined;
  /** `sha256:…` over the code. */
  readonly code: string;
  readonly modelClass: string;
  /** Where the model lies, relative to the server's working directory. */
  readonly modelPath: string | undefined;
  /** Lays it out in a folder; returns the server's working directory. */
  layOut(folder: string): Promise<string>;
};

const MAX_CODE_FILES = 20_000;
const MAX_CODE_BYTES = 1024 ** 3;
const MAX_FILES = 200_000;
/** What an unpacked layer may hold beside the bytes of its tar: nothing. */
const MAX_LAYER_BYTES = 64 * 1024 ** 3;

/**
 * A release from an image of ours: its layers of code and model, taken from the registry or layout where it lies.
 * @param named where the image lies, when the user says so; else where the record says
 * @throws ActionError when it is no image of ours
 */
export async function releaseOfImage(
  record: ReleaseRecord | undefined,
  named: ImageReference | undefined,
  modelClass: string | undefined,
  run: Run,
  ports: Ports,
): Promise<Release> {
  const { belowFolder, formatReference, parseReference, repositoryOf } = await import("../domain/image/reference.ts");
  const told = record?.image;
  if (named?.digest !== undefined && told !== undefined && named.digest !== told.digest) {
    refuse({
      where: `input "image"`,
      expected: `the image of the record, ${told.digest}`,
      seen: named.digest,
      fix: "What passed the gate is what is served: leave the input out, or hand on the record of this image.",
    });
  }
  const reference = belowFolder(named ?? parseReference(told!.repository, "the record's image"), run.workspace);
  const where = `image ${formatReference(reference)}`;
  const image = told
    ? { layers: told.layers, modelClass: told.modelClass, modelPath: told.modelPath, digest: told.digest }
    : await readImage(reference, where, ports);
  const layers = image.layers.filter(({ holds }) => holds === "code" || holds === "model");
  const code = layers.filter(({ holds }) => holds === "code").map(({ digest }) => digest);
  const chosen = modelClass ?? image.modelClass;
  if (code.length === 0 || chosen === undefined) {
    refuse({
      where,
      expected: "an image of build-model-image, with layers of code and model",
      seen: code.length === 0 ? "no layer of code" : "no class that serves it",
      fix: "Build it with build-model-image, and hand its record on.",
    });
  }
  return {
    from: `${repositoryOf(reference)}@${image.digest}`,
    model: record?.model.digest ?? (layers.find(({ holds }) => holds === "model")?.digest || undefined),
    code: code.length === 1 ? code[0]! : textDigest(code.join("\n")),
    modelClass: chosen,
    modelPath: image.modelPath,
    layOut: async (folder) => {
      const { IMAGE_ROOT } = await import("../domain/image/plan.ts");
      const store = await ports.images.open(reference);
      const scratch = `${folder}/.layers`;
      // The store writes into a folder that is there.
      await ports.workspace.write(`${scratch}/layers.json`, JSON.stringify(layers));
      for (const [at, { digest, bytes }] of layers.entries()) {
        const file = `${scratch}/${at}.tar`;
        await store.blobToFile(digest, file);
        const files = await ports.archives.unpack(file, `${scratch}/${at}`, {
          maxFiles: MAX_FILES,
          maxBytes: Math.min(bytes, MAX_LAYER_BYTES),
        });
        await moveFiles(files, `${scratch}/${at}`, folder, ports.workspace);
      }
      await ports.workspace.remove(scratch);
      const root = `${folder}/${IMAGE_ROOT}`;
      if ((await ports.workspace.facts(root))?.kind !== "folder") {
        refuse({ where, expected: `files below /${IMAGE_ROOT}`, seen: "none" });
      }
      return root;
    },
  };
}

/** Layers lie over one another: each file goes to its place, a later one over an earlier. */
async function moveFiles(files: readonly WalkedFile[], from: string, to: string, workspace: Workspace): Promise<void> {
  for (const { path, kind } of files) {
    if (kind !== "file") continue;
    await workspace.move(`${from}/${path}`, `${to}/${path}`);
  }
}

/** What an image of ours says of itself, without a record. */
async function readImage(reference: ImageReference, where: string, { images }: Ports) {
  const { heldLayers, MAX_CONFIG_BYTES } = await import("../domain/image/plan.ts");
  const { parseJson } = await import("../domain/text/json.ts");
  const store = await images.open(reference);
  const found = await store.manifest(reference.digest ?? reference.tag ?? "latest");
  const config = found?.manifest.config;
  if (found === undefined || config === undefined) {
    refuse({
      where,
      expected: "an image",
      seen: found ? "an index or an artifact" : "none",
      fix: "Is its name right?",
    });
  }
  const bytes = await store.blob(config.digest, { maxBytes: MAX_CONFIG_BYTES });
  const value = parseJson(bytes.toString("utf8"), { where: `${where}, config`, maxBytes: MAX_CONFIG_BYTES });
  const settings = value !== null && typeof value === "object" && !Array.isArray(value) ? value.config : undefined;
  const env = settings !== null && typeof settings === "object" && !Array.isArray(settings) ? settings?.Env : undefined;
  const variable = (name: string): string | undefined => {
    const line = Array.isArray(env) ? env.find((each) => typeof each === "string" && each.startsWith(`${name}=`)) : "";
    return typeof line === "string" && line !== "" ? line.slice(name.length + 1) : undefined;
  };
  const path = /^\/app\/(.+)$/.exec(variable("MODEL_PATH") ?? "")?.[1];
  return {
    layers: heldLayers(found.manifest),
    digest: found.digest,
    modelClass: variable("MODEL_NAME"),
    modelPath: path !== undefined && !/(^|\/)\.\.(\/|$)/.test(path) ? path : undefined,
  };
}

/**
 * A release from this checkout: the tracked files below a folder, or all where there is no git, and the model.
 * @param folder absolute
 * @param model the input: a path relative to the repository, or absolute
 */
export async function releaseOfCheckout(
  record: ReleaseRecord | undefined,
  { folder, model, modelClass }: { folder: string; model: string | undefined; modelClass: string },
  run: Run,
  ports: Omit<Ports, "images">,
): Promise<Release> {
  const { workspace } = ports;
  const { readModel, fetchModel } = await import("./model.ts");
  const at = model === undefined ? undefined : model.startsWith("/") ? model : `${run.workspace}/${model}`;
  const found = at === undefined ? undefined : await readModel(at, workspace);
  if (at !== undefined && found === undefined) {
    refuse({
      where: `input "model"`,
      expected: "a file or folder",
      seen: `nothing at ${quote(model!)}`,
      fix: "Does train come before this step, and does it write there?",
    });
  }
  if (found !== undefined && record !== undefined && found.digest !== record.model.digest) {
    refuse({
      where: `input "model"`,
      expected: `the model of the record, ${record.model.digest}`,
      seen: found.digest,
      fix: "What passed the gate is what is served: leave the input out, or hand on the record of this model.",
    });
  }
  const inside = at?.startsWith(`${run.workspace}/`) ? at.slice(run.workspace.length + 1) : undefined;
  const modelPath =
    record?.model.path ?? inside ?? (at === undefined ? undefined : `model/${at.slice(at.lastIndexOf("/") + 1)}`);
  const out = [`${folder}/.git`, run.temp, ...(modelPath === undefined ? [] : [`${run.workspace}/${modelPath}`])];
  const files = await codeFiles(folder, out, workspace);
  const { modelDigest } = await import("../domain/fingerprint/manifest.ts");
  const digests = await workspace.sha256All(
    folder,
    files.map(({ path }) => path),
  );
  return {
    from: "this checkout",
    model: found?.digest ?? record?.model.digest,
    code: modelDigest(
      files.map((file, index) => ({ ...file, sha256: digests[index]!.hex, bytes: digests[index]!.bytes })),
    ),
    modelClass,
    modelPath,
    layOut: async (to) => {
      const root = `${to}/app`;
      for (const { path } of files) await workspace.copy(`${folder}/${path}`, `${root}/${path}`);
      if (modelPath !== undefined) {
        const source = at ?? (await fetchModel(record!, run, ports)).path;
        await workspace.copy(source, `${root}/${modelPath}`);
      }
      return root;
    },
  };
}

async function codeFiles(folder: string, out: readonly string[], workspace: Workspace): Promise<WalkedFile[]> {
  if ((await workspace.facts(folder))?.kind !== "folder") {
    refuse({ where: `input "working-directory"`, expected: "a folder of the repository", seen: "none" });
  }
  const tracked = await workspace.tracked(folder);
  const named = tracked ? new Set([...tracked.clean.keys(), ...tracked.changed]) : undefined;
  const files = (await workspace.walk(folder)).filter(
    ({ path, kind }) =>
      kind === "file" &&
      (named?.has(path) ?? true) &&
      !path.split("/").includes("__pycache__") &&
      !out.some((each) => `${folder}/${path}/`.startsWith(`${each}/`)),
  );
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (files.length > MAX_CODE_FILES || bytes > MAX_CODE_BYTES) {
    throw new ActionError({
      where: `input "working-directory"`,
      expected: `at most ${MAX_CODE_FILES} files and 1 GiB of code`,
      seen: `${files.length} files, ${bytes} bytes`,
      fix: "Name the folder that holds the code of the model server.",
    });
  }
  return files;
}
