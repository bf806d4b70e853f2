import { layerManifest, layerTag, type Layer, type Wrapper } from "../domain/image/plan.ts";
import { MEDIA } from "../domain/image/manifest.ts";
import {
  completeRequirements,
  impureWheels,
  pipMistake,
  requirementLines,
  type BasePython,
  type Requirements,
} from "../domain/image/requirements.ts";
import { installerEnvironment } from "../domain/seldon/environment.ts";
import { ActionError, quote, refuse } from "../errors.ts";
import type { BuildPorts } from "./build-model-image.ts";
import type { Facts } from "./image-facts.ts";

const MAX_TEXT_BYTES = 4 * 1024 * 1024;
const INSTALL_MS = 30 * 60 * 1000;
const SHOWN_LINES = 20;
const MOST_SOURCES = 30;
/** Of the files in a layer of packages. */
const LIMITS = { maxFiles: 400_000, maxBytes: 64 * 1024 ** 3 };

/** Packages as a layer, and as a folder that the tried server can look into. */
export type Dependencies = {
  readonly layer: Layer;
  readonly how: string;
  /** The folder of packages on this machine; fetched where the layer was there already. */
  site(): Promise<string>;
};

/** The requirements of the server as pip reads them, references to other files resolved. */
export async function readRequirements(
  folder: string,
  path: string,
  wrapper: Wrapper,
  ports: BuildPorts,
): Promise<Requirements> {
  return completeRequirements(await includeFiles(folder, path, ports, 0), wrapper);
}

async function includeFiles(folder: string, path: string, ports: BuildPorts, depth: number): Promise<string> {
  const text = await ports.workspace.readText(`${folder}/${path}`, { maxBytes: MAX_TEXT_BYTES });
  if (text === undefined || depth > 8) {
    return refuse({
      where: quote(path),
      expected: "a file of requirements",
      seen: text === undefined ? "none" : "files that name each other",
    });
  }
  const read = requirementLines(path, text);
  if ("fault" in read) throw new ActionError(read.fault);
  const lines: string[] = [];
  for (const line of read.lines.split(/\r\n|\n|\r/)) {
    const [, named] = /^\s*(?:-r|--requirement)[\s=]+(\S+)\s*$/.exec(line) ?? [];
    if (named === undefined) {
      lines.push(line);
      continue;
    }
    const beside = path.includes("/") ? `${path.slice(0, path.lastIndexOf("/"))}/${named}` : named;
    if (beside.startsWith("/") || beside.split("/").includes("..")) {
      refuse({ where: quote(path), expected: "files below the working directory", seen: quote(named) });
    }
    lines.push(await includeFiles(folder, beside.replace(/^\.\//, ""), ports, depth + 1));
  }
  return lines.join("\n");
}

/**
 * The layer of packages for a base's Python: found by its fingerprint, else made of wheels. What comes as source only is built
 * here, and taken when it is pure Python.
 * @param scratch a folder of ours
 */
export async function dependencyLayer(
  facts: Facts,
  base: BasePython,
  scratch: string,
  ports: BuildPorts,
): Promise<Dependencies> {
  const { store, build, given } = facts;
  const { archives, log, workspace } = ports;
  const requirements = await readRequirements(facts.folder, build.requirements!, given.wrapper, ports);
  // A project that installs itself is made of its code.
  const own = /^(?:-e\s+)?\.(?:\[|\s|$)/m.test(requirements.text)
    ? build.code.map(({ path, sha256 }) => `${path} ${sha256}`)
    : [];
  const tag = layerTag("dependencies", [requirements.text, base.version, base.site, given.platform, ...own]);
  const known = await store.manifest(tag);
  const [found] = known?.manifest.layers ?? [];
  if (found !== undefined && found.mediaType === MEDIA.layer && (await store.hasBlob(found.digest))) {
    log.info(`The dependency layer is there already (${tag}): pip does not run.`);
    const folder = `${scratch}/dependencies`;
    return {
      layer: { holds: "dependencies", sha256: found.digest.slice("sha256:".length), bytes: found.size },
      how: "there already",
      site: async () => {
        if ((await workspace.facts(`${folder}/${base.site}`)) === undefined) {
          log.info("The dependency layer is fetched, to try the server with it.");
          await store.blobToFile(found.digest, `${scratch}/dependencies.tar`);
          await archives.unpack(`${scratch}/dependencies.tar`, folder, LIMITS);
          await workspace.remove(`${scratch}/dependencies.tar`);
        }
        return `${folder}/${base.site}`;
      },
    };
  }
  if (requirements.added.length > 0) log.info(`Added to the requirements: ${requirements.added.join(", ")}.`);
  if (requirements.loose.length > 0) {
    log.warning(
      `Not pinned: ${requirements.loose.slice(0, 10).join(", ")}. The layer stays as it is resolved now until the file changes.`,
    );
  }
  const folder = `${scratch}/dependencies`;
  await log.group("Packages of the server", async () => {
    await makeFolder(facts, base, requirements.text, folder, scratch, ports);
  });
  const paths = (await workspace.walk(folder, { maxFiles: LIMITS.maxFiles })).map(({ path }) => path);
  const content = await archives.stream(folder, paths);
  const { digest, bytes } = await store.putStream(content, () => undefined);
  const layer: Layer = { holds: "dependencies", sha256: digest.slice("sha256:".length), bytes };
  await keepLayer(facts, layer, tag);
  return { layer, how: "written", site: async () => `${folder}/${base.site}` };
}

/** Puts a layer under a tag of its own, so that it is found again by what it is made of. */
export async function keepLayer({ store, destination }: Facts, layer: Layer, tag: string): Promise<void> {
  if (destination.kind === "archive") return;
  await store.putBlob(Buffer.from("{}"));
  await store.putManifest(layerManifest(layer), MEDIA.manifest, [tag]);
}

async function makeFolder(
  facts: Facts,
  base: BasePython,
  requirements: string,
  folder: string,
  scratch: string,
  ports: BuildPorts,
): Promise<void> {
  const { workspace, processes, log } = ports;
  const python = await matchingPython(base.version, ports);
  const file = `${scratch}/requirements.txt`;
  await workspace.write(file, requirements);
  const wheels = `${scratch}/wheels`;
  const native = facts.given.platform === facts.native;
  await workspace.write(`${wheels}/.keep`, "");
  await workspace.remove(`${wheels}/.keep`);
  const env = installerEnvironment(processes.environment());
  const pip = async (args: readonly string[], cwd: string): Promise<readonly string[] | undefined> => {
    const lines: string[] = [];
    let collected = 0;
    const started = await processes.start(
      {
        command: python,
        args: ["-m", "pip", "--no-input", "--disable-pip-version-check", "--no-color", ...args],
        env: { ...env, PYTHONUNBUFFERED: "1" },
        cwd,
      },
      {
        onLine: (line) => {
          lines.push(line);
          if (line.startsWith("Collecting ") && ++collected % 20 === 0) log.info(`pip: ${collected} packages found`);
        },
      },
    );
    const timer = setTimeout(() => void started.stop(0), INSTALL_MS);
    const { code } = await started.ended;
    clearTimeout(timer);
    return code === 0 ? undefined : lines;
  };
  const fail = (lines: readonly string[]): never => {
    log.info(`The last lines of pip:\n${lines.slice(-SHOWN_LINES).join("\n")}`);
    throw new ActionError(pipMistake(lines, base.version));
  };
  if (native) {
    const lines = await pip(
      ["wheel", "--progress-bar", "off", "--wheel-dir", wheels, "--requirement", file],
      facts.folder,
    );
    if (lines !== undefined) fail(lines);
  } else {
    await crossWheels(facts, base.version, file, wheels, scratch, pip, fail);
  }
  const names = (await workspace.walk(wheels)).map(({ path }) => path);
  const compiled = impureWheels(names);
  if (compiled.length > 0) {
    throw new ActionError(
      compiled.slice(0, 10).map((name) => ({
        where: `package ${name.split("-").slice(0, 2).join(" ")}`,
        expected: `a wheel for Python ${base.version} on ${facts.given.platform}, or pure Python`,
        seen: "only source, which was compiled for this machine",
        fix: "Pin a version that has wheels, take another Python, or put it into the base image.",
      })),
    );
  }
  const { UNPACK_WHEELS } = await import("../domain/image/wheels.ts");
  const laid = await processes.run(
    { command: python, args: ["-I", "-c", UNPACK_WHEELS, wheels, folder, base.site], env },
    { timeoutMs: INSTALL_MS },
  );
  if (laid.code !== 0) {
    refuse({
      where: "the dependency layer",
      expected: "wheels that can be unpacked",
      seen: quote(laid.stderr.trim().split("\n").at(-1) ?? "", 300),
    });
  }
  await workspace.remove(wheels);
  log.info(`${names.length} packages for Python ${base.version}.`);
}

/** Wheels for a machine that is not this one: what has none is built here from its source. */
async function crossWheels(
  { given, folder }: Facts,
  version: string,
  file: string,
  wheels: string,
  scratch: string,
  pip: (args: readonly string[], cwd: string) => Promise<readonly string[] | undefined>,
  fail: (lines: readonly string[]) => never,
): Promise<void> {
  const machine = given.platform === "linux/arm64" ? "aarch64" : "x86_64";
  const platforms = [
    ...Array.from({ length: 24 }, (_, at) => `manylinux_2_${28 - at}_${machine}`),
    `manylinux2014_${machine}`,
  ];
  const built = `${scratch}/built`;
  for (let turn = 0; turn < MOST_SOURCES; turn++) {
    const lines = await pip(
      [
        "download",
        "--progress-bar",
        "off",
        "--only-binary=:all:",
        "--find-links",
        built,
        "--implementation",
        "cp",
        "--python-version",
        version,
        ...platforms.flatMap((each) => ["--platform", each]),
        "--dest",
        wheels,
        "--requirement",
        file,
      ],
      folder,
    );
    if (lines === undefined) return;
    const wanted = lines
      .map(
        (line) =>
          /Could not find a version that satisfies the requirement (\S+).*\(from versions: none\)/.exec(line)?.[1],
      )
      .find((each) => each !== undefined);
    if (wanted === undefined || !/^[\w.-]+(?:\[[\w,.-]+\])?[\w.,<>=!~*+-]*$/.test(wanted)) return fail(lines);
    const refused = await pip(["wheel", "--progress-bar", "off", "--no-deps", "--wheel-dir", built, wanted], folder);
    if (refused !== undefined) fail(lines);
  }
}

/** A Python of the base's version on this machine: it reads the markers of the requirements as the base's own would. */
export async function matchingPython(version: string, { processes, pythons, log }: BuildPorts): Promise<string> {
  for (const name of [`python${version}`, "python3", "python"]) {
    if ((await processes.find(name)) === undefined) continue;
    try {
      const found = await pythons.environment({ requirements: undefined, python: name, log });
      if (found.version.startsWith(`${version}.`)) return found.python;
    } catch (thrown) {
      // A shim of a version manager may stand there with nothing behind it.
      if (!(thrown instanceof ActionError)) throw thrown;
    }
  }
  return refuse({
    where: "Python",
    expected: `Python ${version}, as the base image has it, in PATH`,
    seen: "another, or none",
    fix: `Put actions/setup-python with python-version: "${version}" before this step, or take the base of the Python that trained.`,
  });
}
