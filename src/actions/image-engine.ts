import { dockerfileOf, RESOLVED } from "../domain/image/dockerfile.ts";
import { ENGINE_TABLE, type EngineCommand, type EngineOrder, type EngineWay } from "../domain/image/engine.ts";
import { MEDIA } from "../domain/image/manifest.ts";
import { heldLayers, hexDigest } from "../domain/image/plan.ts";
import { formatS2iEnvironment, S2I_ENVIRONMENT } from "../domain/image/s2i.ts";
import { wrapperType } from "../domain/image/source.ts";
import type { Tried } from "../domain/image/tried.ts";
import { installerEnvironment } from "../domain/seldon/environment.ts";
import { ActionError, quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import {
  missingTags,
  refuseTakenTags,
  type BuildInputs,
  type BuildPorts,
  type Done,
  type Target,
} from "./build-model-image.ts";
import type { Facts, ModelFiles } from "./image-facts.ts";
import { readBuilder, readSource, type S2iFacts } from "./image-s2i.ts";

const BUILD_MS = 60 * 60 * 1000;
const PROBE_MS = 30_000;
const SHOWN_LINES = 25;
const MAX_DOCKERFILE_BYTES = 1024 * 1024;
/** What a program that builds and pushes may see of our environment beside the usual. */
const ALSO = /^(?:DOCKER_|BUILDAH_|BUILDX_|REGISTRY_AUTH_FILE$|XDG_|CONTAINERS_|STORAGE_|S2I_)/;

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])[:/]/;
const FROM_LOOPBACK = /^\s*FROM\s+(?:--\S+\s+)*(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])[:/]/i;

/** An engine, and what it builds from beside the code. */
export type EngineFacts = {
  readonly way: EngineWay;
  /** The user's own. */
  readonly dockerfile: string | undefined;
  readonly s2i: S2iFacts | undefined;
  /** What the image depends on beside the rest. */
  readonly key: Readonly<Record<string, string>>;
};

/**
 * How the image is going to be built on this machine.
 * @throws ActionError, before anything is read, when the engine's programs are not here, do not answer, or can not do it
 */
export async function requireEngine(given: BuildInputs, { processes }: BuildPorts): Promise<EngineWay> {
  if (given.engine === "layers") throw new Error("layers is no program");
  const { ways, why } = ENGINE_TABLE[given.engine];
  const wish = { to: given.image?.kind ?? "registry", runtime: given["runtime-image"] !== undefined } as const;
  const seen: string[] = [];
  for (const way of ways) {
    const called = way.needs.join(" and ");
    const lack = way.lacks(wish);
    const absent: string[] = [];
    for (const program of way.needs) if ((await processes.find(program)) === undefined) absent.push(program);
    if (absent.length > 0) seen.push(`no ${absent.join(", no ")} in PATH`);
    else if (lack !== undefined) seen.push(`${called}: ${lack}`);
    else {
      const silent = await firstSilent(way.probes, processes);
      if (silent === undefined) return way;
      seen.push(silent);
    }
  }
  return refuse({
    where: `engine ${given.engine}`,
    expected: why,
    seen: seen.join("; "),
    fix: "Install it in a step before, or leave engine out: layers needs nothing.",
  });
}

/** What a program says that does not answer as it should; `undefined` when all do. */
async function firstSilent(
  probes: readonly EngineCommand[],
  processes: BuildPorts["processes"],
): Promise<string | undefined> {
  for (const { program, args } of probes) {
    const { code, stderr, stdout } = await processes.run(
      { command: (await processes.find(program))!, args, env: engineEnvironment(processes.environment()) },
      { timeoutMs: PROBE_MS },
    );
    if (code === 0) continue;
    const said = (stderr.trim() || stdout.trim()).split("\n").at(-1) ?? "";
    return `${[program, ...args].join(" ")}: ${quote(said, 200)}`;
  }
  return undefined;
}

/** Reads what the engine is given beside the code. @throws ActionError where it is not there */
export async function observeEngine(
  way: EngineWay,
  given: BuildInputs,
  folder: string,
  run: Run,
  ports: BuildPorts,
): Promise<EngineFacts> {
  const { workspace, log } = ports;
  const key: Record<string, string> = { name: given.engine };
  let dockerfile: string | undefined;
  if (given.dockerfile !== undefined && given.engine !== "s2i") {
    // Read where it lies: .dockerignore may keep it out of what is copied, as docker allows.
    dockerfile = await workspace.readText(`${folder}/${given.dockerfile}`, { maxBytes: MAX_DOCKERFILE_BYTES });
    if (dockerfile === undefined) {
      refuse({
        where: `input "dockerfile"`,
        expected: "a file below the working directory",
        seen: `no ${quote(given.dockerfile)}`,
      });
    }
    key.dockerfile = hexDigest(dockerfile);
    log.info(
      "The image follows your Dockerfile. Name its FROM by digest: an image that moved below a tag is not noticed.",
    );
  }
  if (given.engine !== "s2i") return { way, dockerfile, s2i: undefined, key };
  const s2i = { ...(await readBuilder(given, run, ports)), source: await readSource(given, ports) };
  return {
    way,
    dockerfile,
    s2i,
    key: { ...key, ...s2i.key, ...(s2i.source === undefined ? {} : { source: s2i.source }) },
  };
}

/** Lets the engine's program build, asks what it built, and only then lets it push. */
export async function buildByEngine(
  facts: Facts,
  engine: EngineFacts,
  target: Target,
  model: ModelFiles | undefined,
  scratch: string,
  run: Run,
  ports: BuildPorts,
): Promise<{ done: Done; tried: Tried | undefined }> {
  const { given, store } = facts;
  const { workspace, log } = ports;
  await refuseTakenTags(target, facts);
  const order = await prepare(facts, engine, target, model, scratch, ports);
  for (const command of engine.way.build(order)) await runProgram(command, order.context, ports);
  const tried = given.try ? await tryBuilt(facts, engine, order, model, scratch, run, ports) : undefined;
  for (const command of engine.way.push(order)) await runProgram(command, order.context, ports);

  const written = /sha256:[0-9a-f]{64}/.exec(
    (await workspace.readText(order.digestFile, { maxBytes: MAX_DOCKERFILE_BYTES })) ?? "",
  )?.[0];
  const found = await store.manifest(written ?? target.keyTag);
  if (found === undefined) {
    throw new ActionError({
      where: `engine ${given.engine}`,
      expected: `what was pushed, in ${target.called}`,
      seen: written ?? "none",
    });
  }
  const tags = await missingTags(target, found.digest, facts, log);
  if (tags.length > 0) await store.putManifest(found.bytes, found.manifest.mediaType ?? MEDIA.manifest, tags);
  log.info(`Image ${target.called}@${found.digest}, tags ${target.wanted.join(", ")}`);
  return {
    done: {
      digest: found.digest,
      bytes: found.bytes.length,
      skipped: false,
      tagged: true,
      layers: heldLayers(found.manifest).map((layer) => ({ ...layer, holds: "built", how: `by ${given.engine}` })),
    },
    tried,
  };
}

/** The folder that is built from, and the order. */
async function prepare(
  { given, build, destination, folder, baseName }: Facts,
  { dockerfile: own, s2i }: EngineFacts,
  target: Target,
  model: ModelFiles | undefined,
  scratch: string,
  ports: BuildPorts,
): Promise<EngineOrder> {
  const { workspace } = ports;
  const context = `${scratch}/context`;
  await workspace.write(`${context}/.keep`, "");
  await workspace.remove(`${context}/.keep`);
  // What .dockerignore keeps out is out already; it may not keep out the model.
  for (const { path } of build.code) {
    if (path !== ".dockerignore") await workspace.copy(`${folder}/${path}`, `${context}/${path}`);
  }
  for (const path of build.bake ? (model?.paths ?? []) : []) {
    const to = model!.single ? build.modelPath! : `${build.modelPath!}/${path}`;
    await workspace.copy(`${model!.root}/${path}`, `${context}/${to}`);
  }
  const dockerfile = `${scratch}/Dockerfile`;
  await workspace.write(dockerfile, own ?? dockerfileOf(build, baseName));
  if (own === undefined && s2i === undefined && build.requirements !== undefined) {
    const { readRequirements } = await import("./image-dependencies.ts");
    const { text } = await readRequirements(folder, build.requirements, given.wrapper, ports);
    await workspace.write(`${context}/${RESOLVED}`, text);
  }
  if (s2i !== undefined && s2i.source === undefined && build.modelClass !== undefined) {
    await workspace.write(
      `${context}/${S2I_ENVIRONMENT}`,
      formatS2iEnvironment(build.modelClass, wrapperType(build.serviceType), build.environment),
    );
  }
  const generated = `${scratch}/generated`;
  await workspace.write(`${generated}/.keep`, "");
  const name =
    destination.kind === "registry" ? `${destination.host}/${destination.repository}` : "localhost/model-road";
  return {
    context,
    dockerfile,
    image: `${name}:${target.keyTag}`,
    platform: given.platform,
    digestFile: `${scratch}/digest`,
    tls: !LOOPBACK.test(name),
    tlsBelow:
      !LOOPBACK.test(s2i?.builder ?? "") &&
      !(own ?? "").split("\n").some((line) => FROM_LOOPBACK.test(line)) &&
      !LOOPBACK.test(baseName ?? ""),
    layout: destination.kind === "layout" ? { folder: destination.folder, tag: target.keyTag } : undefined,
    s2i: s2i && {
      builder: s2i.builder,
      scripts: s2i.scripts,
      user: s2i.user,
      source: s2i.source,
      contextDir: given["context-dir"],
      runtime: given["runtime-image"],
      generated,
    },
  };
}

/** Asks the built image itself. Where that can not be, it is said, with the reason. */
async function tryBuilt(
  facts: Facts,
  { way }: EngineFacts,
  order: EngineOrder,
  model: ModelFiles | undefined,
  scratch: string,
  run: Run,
  ports: BuildPorts,
): Promise<Tried | undefined> {
  const { serverFromImage } = await import("./image-engine-trial.ts");
  const server = await serverFromImage(facts, way, order, model, scratch, ports);
  if ("why" in server) {
    ports.log.warning(`Nothing was asked of the image before its push: ${server.why}`);
    return undefined;
  }
  const { tryImage } = await import("./image-trial.ts");
  try {
    return await tryImage(facts, server, run, ports);
  } finally {
    await server.close();
  }
}

/** Runs one of the engine's programs to its end, its lines in the log. @throws ActionError with the line that tells why */
export async function runProgram(
  { program, args }: EngineCommand,
  cwd: string,
  { processes, log }: BuildPorts,
): Promise<void> {
  const lines: string[] = [];
  await log.group(`${program} ${args.find((each) => !each.startsWith("-")) ?? ""}`, async () => {
    const started = await processes.start(
      {
        command: (await processes.find(program)) ?? program,
        args,
        env: { ...engineEnvironment(processes.environment()), GIT_TERMINAL_PROMPT: "0" },
        cwd,
      },
      {
        onLine: (line) => {
          lines.push(line);
          log.info(line);
          if (lines.length > SHOWN_LINES) lines.shift();
        },
      },
    );
    const timer = setTimeout(() => void started.stop(), BUILD_MS);
    const { code, signal } = await started.ended;
    clearTimeout(timer);
    // s2i tells some mistakes and ends with 0 all the same. Where it runs a builder's scripts, the lines are theirs.
    const told =
      program === "s2i" && args.includes("--as-dockerfile")
        ? lines.findLast((line) => line.startsWith("ERROR:"))
        : undefined;
    if (code === 0 && told === undefined) return;
    const said = told ?? lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? "no output";
    throw new ActionError({
      where: program,
      expected: "to build and push",
      seen: `${code === null ? `signal ${signal}` : `exit code ${code}`}: ${quote(ending(said.trim()), 400)}`,
    });
  });
}

/** Of a long line the end: programs put the reason there. */
const ending = (line: string): string => (line.length > 400 ? `…${line.slice(-399)}` : line);

/** What a program that builds may see: no token of the job's, none of the inputs. */
export function engineEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...installerEnvironment(env),
    ...Object.fromEntries(Object.entries(env).filter(([name]) => ALSO.test(name))),
  };
}
