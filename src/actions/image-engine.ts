import { dockerfileOf } from "../domain/image/dockerfile.ts";
import { ENGINE_TABLE, type EngineOrder } from "../domain/image/engine.ts";
import { heldLayers } from "../domain/image/plan.ts";
import { formatS2iEnvironment, S2I_ENVIRONMENT } from "../domain/image/s2i.ts";
import type { Tried } from "../domain/image/tried.ts";
import { installerEnvironment } from "../domain/seldon/environment.ts";
import { ActionError, quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { BuildInputs, BuildPorts, Done, Target } from "./build-model-image.ts";
import type { Facts, ModelFiles } from "./image-facts.ts";

const BUILD_MS = 60 * 60 * 1000;
const SHOWN_LINES = 25;
/** What a program that builds and pushes may see of our environment beside the usual. */
const ALSO = /^(?:DOCKER_|BUILDAH_|BUILDX_|REGISTRY_AUTH_FILE$|XDG_|CONTAINERS_|STORAGE_|S2I_)/;

/** @throws ActionError, before anything is read, when the engine's programs are not here or do not answer */
export async function requireEngine(given: BuildInputs, { processes }: BuildPorts): Promise<void> {
  if (given.engine === "layers") return;
  const { needs, why, probe } = ENGINE_TABLE[given.engine];
  const where = `engine ${given.engine}`;
  const fix = "Install it in a step before, or leave engine out: layers needs nothing.";
  const missing: string[][] = [];
  for (const group of needs) {
    const absent: string[] = [];
    for (const program of group) if ((await processes.find(program)) === undefined) absent.push(program);
    if (absent.length === 0) {
      const { code, stderr, stdout } = await processes.run(
        {
          command: (await processes.find(probe.program))!,
          args: probe.args,
          env: engineEnvironment(processes.environment()),
        },
        { timeoutMs: 30_000 },
      );
      if (code === 0) return;
      const said = `${stderr}${stdout}`.trim().split("\n").at(-1) ?? "";
      return refuse({
        where,
        expected: why,
        seen: `${[probe.program, ...probe.args].join(" ")}: ${quote(said, 200)}`,
        fix,
      });
    }
    missing.push(absent);
  }
  refuse({ where, expected: why, seen: `no ${missing.map((each) => each.join(", no ")).join("; no ")} in PATH`, fix });
}

/** Tries the server from its own files, then lets the engine's program build and push. */
export async function buildByEngine(
  facts: Facts,
  target: Target,
  model: ModelFiles | undefined,
  scratch: string,
  run: Run,
  ports: BuildPorts,
): Promise<{ done: Done; tried: Tried | undefined }> {
  const { given, build, destination, folder, store } = facts;
  const { workspace, processes, log } = ports;
  if (given.engine === "layers") throw new Error("layers is no program");
  if (destination.kind === "archive" || (destination.kind === "layout" && given.engine === "docker")) {
    refuse({
      where: `engine ${given.engine}`,
      expected: destination.kind === "archive" ? "a registry or an OCI layout" : "a registry",
      seen: target.called,
      fix: "Only the layers engine writes there.",
    });
  }
  const { tryImage } = await import("./image-trial.ts");
  // What is built from a Dockerfile or a builder of the user's own can differ from what is tried: that is said.
  const tried =
    given.try && given.source === undefined && given["runtime-image"] === undefined
      ? await tryImage(facts, model, undefined, scratch, run, ports)
      : undefined;
  if (tried !== undefined && given.dockerfile !== undefined) {
    log.info("The server was tried from the code and the requirements; your Dockerfile may install something else.");
  }
  const context = `${scratch}/context`;
  for (const { path } of build.code) await workspace.copy(`${folder}/${path}`, `${context}/${path}`);
  if (model !== undefined && build.bake) {
    for (const path of model.paths) {
      const to = model.single ? build.modelPath! : `${build.modelPath!}/${path}`;
      await workspace.copy(`${model.root}/${path}`, `${context}/${to}`);
    }
  }
  const dockerfile = given.dockerfile === undefined ? `${scratch}/Dockerfile` : `${context}/${given.dockerfile}`;
  if (given.dockerfile === undefined) await workspace.write(dockerfile, dockerfileOf(build, facts.baseName));
  else if ((await workspace.facts(dockerfile)) === undefined) {
    refuse({ where: `input "dockerfile"`, expected: "a file of the code", seen: `no ${quote(given.dockerfile)}` });
  }
  if (given.engine === "s2i" && given.source === undefined && build.modelClass !== undefined) {
    await workspace.write(
      `${context}/${S2I_ENVIRONMENT}`,
      formatS2iEnvironment(build.modelClass, build.serviceType, build.environment),
    );
  }
  await workspace.write(`${scratch}/generated/.keep`, "");
  const digestFile = `${scratch}/digest`;
  const name =
    destination.kind === "registry" ? `${destination.host}/${destination.repository}` : "localhost/model-road";
  const env = engineEnvironment(processes.environment());
  const order: EngineOrder = {
    context,
    dockerfile,
    image: `${name}:${target.keyTag}`,
    tags: target.wanted,
    platform: given.platform,
    digestFile,
    builder: given["builder-image"]!,
    runtime: given["runtime-image"],
    source: given.source,
    contextDir: given["context-dir"],
    generated: `${scratch}/generated`,
    tls: !/^(?:localhost|127\.|\[::1\])/.test(name),
    toLayout: destination.kind === "layout" ? destination.folder : undefined,
    isolated: env.BUILDAH_ISOLATION === "chroot",
  };
  for (const { program, args } of ENGINE_TABLE[given.engine].commands(order)) {
    await runProgram(program, args, context, env, ports);
  }
  const digest = /sha256:[0-9a-f]{64}/.exec(
    (await workspace.readText(digestFile, { maxBytes: 1024 * 1024 })) ?? "",
  )?.[0];
  const found = digest === undefined ? undefined : await store.manifest(digest);
  if (digest === undefined || found === undefined) {
    throw new ActionError({
      where: `engine ${given.engine}`,
      expected: "the digest of what was pushed",
      seen: digest ?? "none",
    });
  }
  log.info(`Image ${target.called}@${digest}, tags ${target.wanted.join(", ")}`);
  return {
    done: {
      digest,
      bytes: found.bytes.length,
      skipped: false,
      tagged: true,
      layers: heldLayers(found.manifest).map((layer) => ({ ...layer, holds: "built", how: `by ${given.engine}` })),
    },
    tried,
  };
}

async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  { processes, log }: BuildPorts,
): Promise<void> {
  const lines: string[] = [];
  await log.group(`${program} ${args.find((each) => !each.startsWith("-")) ?? ""}`, async () => {
    const started = await processes.start(
      { command: (await processes.find(program)) ?? program, args, env, cwd },
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
    if (code === 0) return;
    const said = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? "no output";
    throw new ActionError({
      where: program,
      expected: "to build and push",
      seen: `${code === null ? `signal ${signal}` : `exit code ${code}`}: ${quote(said.trim(), 300)}`,
    });
  });
}

function engineEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...installerEnvironment(env),
    ...Object.fromEntries(Object.entries(env).filter(([name]) => ALSO.test(name))),
  };
}
