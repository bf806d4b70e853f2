import type { EngineCommand, EngineOrder, EngineWay } from "../domain/image/engine.ts";
import { imageStart, launchLine, LAUNCHER_AT, TRIAL_LAUNCHER } from "../domain/image/trial.ts";
import { servingEnvironment } from "../domain/seldon/environment.ts";
import { LAUNCHER } from "../domain/seldon/launcher.ts";
import { ActionError, quote } from "../errors.ts";
import type { BuildPorts } from "./build-model-image.ts";
import { engineEnvironment, runProgram } from "./image-engine.ts";
import type { Facts, ModelFiles } from "./image-facts.ts";
import type { TrialServer } from "./image-trial.ts";

const INSPECT_MS = 60_000;
const THREADS = /^(?:OMP|OPENBLAS|MKL|NUMEXPR|BLIS|VECLIB)_/;

type ImageServer = TrialServer & { close(): Promise<void> };

/**
 * The server of an image that an engine has built, run by that engine: the image's own Python, packages and files, on loopback.
 * @returns why it can not be tried, where it can not
 */
export async function serverFromImage(
  { build, native, given }: Facts,
  way: EngineWay,
  order: EngineOrder,
  model: ModelFiles | undefined,
  scratch: string,
  ports: BuildPorts,
): Promise<ImageServer | { why: string }> {
  const { workspace, processes } = ports;
  if (given.platform !== native) return { why: `it is for ${given.platform}, and this machine is ${native}.` };
  const config = way.config(order.image);
  const { code, stdout, stderr } = await processes.run(await command(config, order, ports), { timeoutMs: INSPECT_MS });
  if (code !== 0) {
    throw new ActionError({
      where: config.program,
      expected: "the config of what was built",
      seen: quote(stderr.trim().split("\n").at(-1) ?? "", 200),
    });
  }
  const start = imageStart(stdout);
  const line = launchLine(start, build.wrapper, build.modelClass);
  if (line === undefined) {
    return {
      why: `what it starts (${quote([...start.entrypoint, ...start.cmd].join(" "), 200)}) is no Python server that can be kept to loopback. Ask it where it is deployed: smoke-request of seldon-deploy.`,
    };
  }
  const launcher = `${scratch}/launcher`;
  await workspace.write(`${launcher}/launcher.py`, build.wrapper === "seldon" ? LAUNCHER : TRIAL_LAUNCHER);
  const mounted = build.bake || model === undefined ? [] : [{ from: model.root, at: "/mnt/models" }];
  const name = `model-road-${order.image.slice(-12)}-${process.pid}`;
  const threads = Object.fromEntries(
    Object.entries(servingEnvironment(processes.environment(), { outliveJob: false })).filter(([each]) =>
      THREADS.test(each),
    ),
  );
  const {
    before,
    start: run,
    after,
  } = way.run({
    image: order.image,
    name,
    args: ["/bin/sh", "-c", line],
    env: { ...threads, PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" },
    mounts: [{ from: launcher, at: LAUNCHER_AT }, ...mounted],
  });
  for (const each of before) await runProgram(each, order.context, ports);
  return {
    start: async (onLine) => await processes.start(await command(run, order, ports), { onLine, lifeline: true }),
    children: way.children,
    close: async () => {
      await processes.run(await command(after, order, ports), { timeoutMs: INSPECT_MS }).catch(() => undefined);
    },
  };
}

async function command(
  { program, args }: EngineCommand,
  { context }: EngineOrder,
  { processes }: BuildPorts,
): Promise<{ command: string; args: readonly string[]; env: Record<string, string>; cwd: string }> {
  const env = engineEnvironment(processes.environment());
  return { command: (await processes.find(program)) ?? program, args, env, cwd: context };
}
