import { modelDigest, type ModelFile } from "../domain/fingerprint/manifest.ts";
import { MEDIA } from "../domain/image/manifest.ts";
import {
  checkBase,
  chooseImage,
  environmentOf,
  hexDigest,
  IMAGE_ROOT,
  layerTag,
  MAX_CONFIG_BYTES,
  parseBaseConfig,
  planImage,
  type Base,
  type Layer,
} from "../domain/image/plan.ts";
import { formatReference } from "../domain/image/reference.ts";
import { basePython } from "../domain/image/requirements.ts";
import type { Tried } from "../domain/image/tried.ts";
import { bytesAsText } from "../domain/report/quantity.ts";
import { ActionError, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import { missingTags, type BuildPorts, type Done, type Target } from "./build-model-image.ts";
import type { Dependencies } from "./image-dependencies.ts";
import { notTheRecords, stampOf, type Facts, type ModelFiles } from "./image-facts.ts";

/** Mounts that are asked for at once. */
const AT_ONCE = 4;
const HOW = { already: "there already", mounted: "mounted from the base", streamed: "copied from the base" } as const;

/** An image of layers: what the base has is referred to, packages, code and model are laid on it. */
export async function buildLayers(
  facts: Facts,
  target: Target,
  model: ModelFiles | undefined,
  scratch: string,
  run: Run,
  ports: BuildPorts,
): Promise<{ done: Done; tried: Tried | undefined }> {
  const { store, build, given } = facts;
  const { log } = ports;
  const base = facts.base && (await readBase(facts, target));
  const dependencies = await packages(facts, base, scratch, ports);
  const tried = given.try ? await tryFiles(facts, model, dependencies, scratch, run, ports) : undefined;

  const how: string[] = [];
  const baseLayers = base?.manifest.layers ?? [];
  for (let at = 0; at < baseLayers.length; at += AT_ONCE) {
    const some = baseLayers.slice(at, at + AT_ONCE);
    const ways = await Promise.all(
      some.map(async (layer) => await store.takeBlob(facts.base!.store, facts.base!.reference, layer)),
    );
    how.push(...ways.map((way) => HOW[way]));
  }
  const layers: Layer[] = [];
  const add = (layer: Layer, way: string): void => {
    layers.push(layer);
    how.push(way);
    log.info(`${layer.holds} layer: ${bytesAsText(layer.bytes)}, ${way}`);
  };
  if (dependencies !== undefined) add(dependencies.layer, dependencies.how);
  const code = await ports.archives.pack(
    facts.folder,
    build.code.map(({ path }) => path),
    `${scratch}/code.tar`,
    { name: (path) => `${IMAGE_ROOT}/${path}` },
  );
  const sent = await store.putBlob({ file: `${scratch}/code.tar`, digest: `sha256:${code.sha256}`, bytes: code.bytes });
  add({ holds: "code", ...code }, sent.already ? HOW.already : "written");
  if (model !== undefined && build.bake) {
    const { layer, way } = await modelLayer(facts, model, ports);
    add(layer, way);
  }
  const plan = planImage(build, target.key, layers, base);
  // Before the manifest: an image that may not have its tags is not pushed at all.
  const tags = await missingTags(target, plan.digest, facts, log);
  await store.putBlob(plan.config);
  await store.putManifest(plan.manifest, MEDIA.manifest, [target.keyTag, ...tags]);
  if (facts.destination.kind === "archive") await writeArchive(facts, target, plan.config, plan.layers, ports);
  log.info(`Image ${target.called}@${plan.digest}, tags ${target.wanted.join(", ")}`);
  return {
    done: {
      digest: plan.digest,
      bytes: plan.manifest.length,
      skipped: false,
      tagged: true,
      layers: plan.layers.map((layer, at) => ({ ...layer, how: how[at]! })),
    },
    tried,
  };
}

async function tryFiles(
  facts: Facts,
  model: ModelFiles | undefined,
  dependencies: Dependencies | undefined,
  scratch: string,
  run: Run,
  ports: BuildPorts,
): Promise<Tried> {
  const { tryImage } = await import("./image-trial.ts");
  const { serverFromFiles } = await import("./image-trial-server.ts");
  return await tryImage(facts, await serverFromFiles(facts, model, dependencies, scratch, ports), run, ports);
}

/** The model as a layer: not read at all where it is there already, else read once and proven on its way. */
async function modelLayer(facts: Facts, model: ModelFiles, ports: BuildPorts): Promise<{ layer: Layer; way: string }> {
  const { store, build, destination } = facts;
  const place = build.modelPath!;
  const tag = layerTag("model", [build.modelDigest!, place]);
  const known = destination.kind === "archive" ? undefined : await store.manifest(tag);
  const [found] = known?.manifest.layers ?? [];
  if (found !== undefined && (await store.hasBlob(found.digest))) {
    const layer: Layer = { holds: "model", sha256: found.digest.slice("sha256:".length), bytes: found.size };
    return { layer, way: "there already, not read" };
  }
  let files: ModelFile[] = [];
  const proven = facts.modelStamp === undefined;
  const content = await ports.archives.stream(model.root, model.paths, {
    name: (path) => `${IMAGE_ROOT}/${model.single ? place : `${place}/${path}`}`,
    ...(proven ? { onFile: (file: ModelFile) => files.push(file) } : {}),
  });
  // Begun anew, it is read anew.
  const open = (): AsyncIterable<Uint8Array> => {
    files = [];
    return content.open();
  };
  const { digest, bytes } = await store.putStream({ bytes: content.bytes, open }, () => {
    const seen = proven ? modelDigest(files) : build.modelDigest!;
    if (seen !== build.modelDigest) throw new ActionError(notTheRecords(build.modelDigest!, seen));
  });
  // What was digested at the start of this step need not be digested again, if nobody has touched it since.
  if (!proven && (await stampOf(facts.modelAt!, ports.workspace)) !== facts.modelStamp) {
    refuse({ where: `input "model"`, expected: "files that stay as they are", seen: "a change while they were sent" });
  }
  const layer: Layer = { holds: "model", sha256: digest.slice("sha256:".length), bytes };
  const { keepLayer } = await import("./image-dependencies.ts");
  await keepLayer(facts, layer, tag);
  return { layer, way: "written" };
}

/** The layer of packages, where there is a base that they can be laid on. */
async function packages(
  facts: Facts,
  base: Base | undefined,
  scratch: string,
  ports: BuildPorts,
): Promise<Dependencies | undefined> {
  const { build, given, baseName } = facts;
  if (base === undefined || build.requirements === undefined) return undefined;
  const env = environmentOf(base.config.settings.Env);
  const python = basePython(env, given.python);
  if (python === undefined) {
    return refuse({
      where: `base image ${baseName ?? ""}`,
      expected: given.python === undefined ? "PYTHON_VERSION in its environment" : `Python ${given.python}`,
      seen: env.get("PYTHON_VERSION") ?? "nothing that tells its Python",
      fix: "Say which Python it has by python: 3.11, take an official image of Python, or leave requirements out when it has the packages already.",
    });
  }
  const { dependencyLayer } = await import("./image-dependencies.ts");
  return await dependencyLayer(facts, python, scratch, ports);
}

async function readBase({ base, build, given, baseName }: Facts, _target: Target): Promise<Base> {
  const { store, reference } = base!;
  const where = `base image ${baseName ?? formatReference(reference)}`;
  const named = await store.manifest(build.baseDigest!);
  const found = named?.manifest.manifests
    ? await store.manifest(chooseImage(named.manifest, where, given.platform).digest)
    : named;
  const config = found?.manifest.config;
  if (found === undefined || config === undefined) {
    throw new ActionError({ where, expected: "an image", seen: found ? "an artifact without a config" : "none" });
  }
  const bytes = await store.blob(config.digest, { maxBytes: MAX_CONFIG_BYTES });
  const read: Base = { manifest: found.manifest, config: parseBaseConfig(bytes, found.manifest, where) };
  checkBase(read, 3, given.platform, where);
  return read;
}

/** The image as one file that `docker load`, `ctr images import` and `kind load image-archive` read. */
async function writeArchive(
  { destination, archiveFolder, given, record }: Facts,
  { wanted }: Target,
  config: Buffer,
  layers: readonly { readonly digest: string }[],
  { workspace, archives, log }: BuildPorts,
): Promise<void> {
  if (destination.kind !== "archive" || archiveFolder === undefined) return;
  const path = (digest: string): string => `blobs/sha256/${digest.slice("sha256:".length)}`;
  const own = `sha256:${hexDigest(config)}`;
  const name = (record?.model.name ?? given["model-class"]?.split(".").at(-1) ?? "model").toLowerCase();
  const tags = wanted.map((tag) => `${name.replace(/[^a-z0-9-]/g, "-")}:${tag}`);
  const list = [{ Config: path(own), RepoTags: tags, Layers: layers.map(({ digest }) => path(digest)) }];
  await workspace.write(`${archiveFolder}/manifest.json`, JSON.stringify(list));
  const paths = ["manifest.json", ...new Set([path(own), ...layers.map(({ digest }) => path(digest))])];
  const { bytes } = await archives.pack(archiveFolder, paths, destination.file);
  log.info(`${destination.file}: ${bytesAsText(bytes)}, as ${tags.join(", ")}`);
}
