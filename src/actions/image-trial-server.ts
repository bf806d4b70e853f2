import { imageEnvironment, IMAGE_ROOT } from "../domain/image/plan.ts";
import { programOf, TRIAL_LAUNCHER } from "../domain/image/trial.ts";
import { installerEnvironment, servingEnvironment } from "../domain/seldon/environment.ts";
import { LAUNCHER } from "../domain/seldon/launcher.ts";
import { ActionError, quote } from "../errors.ts";
import type { Started } from "../ports.ts";
import type { BuildPorts } from "./build-model-image.ts";
import type { Dependencies } from "./image-dependencies.ts";
import type { Facts, ModelFiles } from "./image-facts.ts";
import type { TrialServer } from "./image-trial.ts";

const MAX_FILE_BYTES = 8 * 1024 * 1024;

/**
 * The server from the very files that become layers. Its Python has the image's own packages where they are a layer of ours;
 * else an environment is made of the requirements.
 */
export async function serverFromFiles(
  facts: Facts,
  model: ModelFiles | undefined,
  dependencies: Dependencies | undefined,
  scratch: string,
  ports: BuildPorts,
): Promise<TrialServer> {
  const { build } = facts;
  const { workspace } = ports;
  const root = `${scratch}/trial/${IMAGE_ROOT}`;
  for (const { path } of build.code) await workspace.copy(`${facts.folder}/${path}`, `${root}/${path}`);
  for (const path of model?.paths ?? []) {
    const to = model!.single ? build.modelPath! : `${build.modelPath!}/${path}`;
    await workspace.copy(`${model!.root}/${path}`, `${root}/${to}`);
  }
  const python = await trialPython(facts, dependencies, scratch, ports);
  return {
    start: async (onLine) => await startServer(facts, python, root, scratch, ports, onLine),
    children: true,
  };
}

/** A Python that finds the image's packages. */
async function trialPython(
  facts: Facts,
  dependencies: Dependencies | undefined,
  scratch: string,
  ports: BuildPorts,
): Promise<string> {
  const { build, given } = facts;
  const { pythons, processes, workspace, log } = ports;
  if (dependencies === undefined) {
    if (build.requirements === undefined) return (await pythons.environment({ requirements: undefined, log })).python;
    const { readRequirements } = await import("./image-dependencies.ts");
    const { text } = await readRequirements(facts.folder, build.requirements, given.wrapper, ports);
    const own = await workspace.readText(`${facts.folder}/${build.requirements}`, { maxBytes: MAX_FILE_BYTES });
    // The very text that target local asks for has one environment with it.
    const plain = /(?:^|\/)requirements[^/]*\.txt$/.test(build.requirements) && /^seldon[-_.]core\b/im.test(own ?? "");
    return (await pythons.environment({ requirements: plain ? own : text, log })).python;
  }
  if (given.platform !== facts.native) {
    throw new ActionError({
      where: `input "try"`,
      expected: `a machine of ${given.platform}`,
      seen: facts.native,
      fix: "Build on such a runner, or set try: false and try the image where it can run.",
    });
  }
  const { matchingPython } = await import("./image-dependencies.ts");
  const site = await dependencies.site();
  const [, version = ""] = /python(3\.\d+)/.exec(site) ?? [];
  const python = await matchingPython(version, ports);
  const folder = `${scratch}/trial/python`;
  const venv = await processes.run(
    {
      command: python,
      args: ["-m", "venv", "--without-pip", folder],
      env: installerEnvironment(processes.environment()),
    },
    { timeoutMs: 120_000 },
  );
  if (venv.code !== 0) {
    throw new ActionError({
      where: `${python} -m venv`,
      expected: "a virtual environment",
      seen: quote(venv.stderr.trim().split("\n").at(-1) ?? "", 200),
    });
  }
  // As a folder of its own would be: the .pth files in it count too.
  await workspace.write(
    `${folder}/lib/python${version}/site-packages/model_road_layer.pth`,
    `import site; site.addsitedir(${JSON.stringify(site)})\n`,
  );
  return `${folder}/bin/python`;
}

async function startServer(
  { build, given }: Facts,
  python: string,
  root: string,
  scratch: string,
  { processes, workspace }: BuildPorts,
  onLine: (line: string) => void,
): Promise<Started> {
  const launcher = `${scratch}/trial/launcher/model_road_launcher.py`;
  await workspace.write(launcher, build.wrapper === "seldon" ? LAUNCHER : TRIAL_LAUNCHER);
  const program = build.wrapper === "flask" ? programOf(given["start-command"] ?? "python3 app.py") : undefined;
  if (build.wrapper === "flask" && program === undefined) {
    throw new ActionError({
      where: `input "start-command"`,
      expected: "python3 <file>, which can be tried without a container",
      seen: quote(given["start-command"] ?? ""),
      fix: "Set try: false to build without a trial.",
    });
  }
  const args =
    build.wrapper === "seldon"
      ? [launcher, build.modelClass!, "1"]
      : build.wrapper === "mlserver"
        ? [launcher, "mlserver"]
        : [launcher, "program", program!];
  return await processes.start(
    {
      command: python,
      args,
      cwd: root,
      env: {
        ...servingEnvironment(processes.environment(), { outliveJob: false }),
        ...imageEnvironment(build),
        ...(build.modelPath === undefined ? {} : { MODEL_PATH: `${root}/${build.modelPath}` }),
        PYTHONUNBUFFERED: "1",
        PYTHONDONTWRITEBYTECODE: "1",
      },
    },
    { onLine, lifeline: true },
  );
}
