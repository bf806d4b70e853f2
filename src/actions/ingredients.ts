import {
  isLockFile,
  linkDigest,
  pinsOf,
  treeDigest,
  type FileDigest,
  type Ingredients,
  type LockFile,
} from "../domain/fingerprint/fingerprint.ts";
import { dvcFolderHash, MAX_DVC_BYTES, parseDvc, pinsData, type DvcPin } from "../domain/fingerprint/dvc.ts";
import { parseGlobs } from "../domain/fingerprint/glob.ts";
import { isExecutable } from "../domain/fingerprint/manifest.ts";
import { byBytes } from "../domain/fingerprint/order.ts";
import { MAX_PARAMS_BYTES, NO_PARAMS, parseParams, type Params } from "../domain/fingerprint/params.ts";
import { ActionError, quote, type Mistake } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { FileKind, Processes, TrackedFiles, Workspace } from "../ports.ts";

const MAX_LOCK_BYTES = 8 * 1024 * 1024;

/** Stands for whatever lies in a folder; no file has this name. */
const INSIDE = "\u0001";

/** The inputs that say what a training is made of. Paths are relative to the working directory. */
export type Asked = {
  /** Empty when `model` is taken as it is. */
  readonly command: string;
  readonly preRun?: string | undefined;
  readonly params: string | undefined;
  readonly paramsAs?: "environment" | "flags";
  readonly code: readonly string[];
  readonly data: readonly string[];
  readonly environment: readonly string[];
  readonly model: string;
  readonly metrics: string | undefined;
  /** Relative to the workspace. */
  readonly workingDirectory: string;
};

type Ports = { readonly workspace: Workspace; readonly processes: Processes };

/**
 * Takes stock of all that decides what a training would make.
 * @throws ActionError with the globs that match nothing, names that clash, parameters that do not parse
 */
export async function takeStock(asked: Asked, run: Run, ports: Ports): Promise<Ingredients & { params: Params }> {
  const { workspace } = ports;
  const folder = asked.workingDirectory === "." ? run.workspace : `${run.workspace}/${asked.workingDirectory}`;
  await refuseOutside(folder, run, workspace);
  const [params, tracked, python] = await Promise.all([
    readParams(asked.params, folder, run, workspace),
    workspace.tracked(folder),
    pythonVersion(ports.processes, folder),
  ]);
  const stock = new Stock(folder, tracked, workspace);
  const mistakes: Mistake[] = [];
  const named = async (
    lines: readonly string[],
    input: string,
    known: readonly DvcPin[] = [],
  ): Promise<{ paths: string[]; pins: DvcPin[] }> => {
    const globs = parseGlobs(lines, `input "${input}"`);
    const namesOf = (pin: DvcPin): string[] => (pin.folder ? [pin.path, `${pin.path}/${INSIDE}`] : [pin.path]);
    const pins: DvcPin[] = [];
    for (const pin of known) {
      if (isOutput(pin.path, asked) || !namesOf(pin).some((name) => globs.matches(name))) continue;
      if (await stock.holds(pin)) pins.push(pin);
    }
    const paths = (await stock.below(globs.bases)).filter(
      (path) => !isOutput(path, asked) && !pins.some((pin) => path === pin.path || path.startsWith(`${pin.path}/`)),
    );
    for (const line of globs.unmatched([...paths, ...pins.flatMap(namesOf)])) {
      mistakes.push({
        where: `input "${input}"`,
        expected: "globs that match at least one file below working-directory",
        seen: `${quote(line)}, which matches none`,
        fix: "Is the file fetched by a step before this one? Take the line out if it is not needed.",
      });
    }
    return { paths: paths.filter((path) => globs.matches(path)), pins };
  };
  // A model that no command makes is itself what everything depends on.
  const dataLines = asked.command === "" ? [...asked.data, asked.model] : asked.data;
  const { paths: data, pins } =
    dataLines.length > 0 ? await named(dataLines, "data", await stock.pins()) : { paths: [], pins: [] };
  const environment =
    asked.environment.length > 0 ? (await named(asked.environment, "environment")).paths : await stock.lockFiles();
  const elsewhere = new Set([
    ...data,
    ...environment,
    ...(params.file === undefined ? [] : [params.file]),
    // What they pin counts as data; what else stands in them (notes, the model that was made last) does not.
    ...pins.map(({ file }) => file),
  ]);
  const code =
    asked.code.length > 0
      ? (await named(asked.code, "code")).paths
      : (await stock.byDefault()).filter((path) => !elsewhere.has(path) && !isOutput(path, asked));
  if (mistakes.length > 0) throw new ActionError(mistakes);
  return {
    code: await stock.digest(code),
    data: [
      ...(await stock.digest(data)),
      ...pins.map(({ path, hash }) => ({ path, digest: `dvc:${hash}`, executable: false })),
    ].sort((a, b) => byBytes(a.path, b.path)),
    params: params.params,
    environment: await withPins(await stock.digest(environment), folder, workspace),
    command: {
      command: asked.command,
      workingDirectory: asked.workingDirectory,
      model: asked.model,
      metrics: asked.metrics ?? "",
      // Named only where they are used, so that who does not use them keeps the fingerprint.
      ...(asked.preRun === undefined ? {} : { preRun: asked.preRun }),
      ...(asked.paramsAs === "flags" ? { paramsAs: "flags" } : {}),
    },
    runtime: { os: run.os, arch: run.arch, python },
  };
}

/** What the training writes can not decide whether it runs. */
const isOutput = (path: string, { command, model, metrics }: Asked): boolean =>
  command !== "" && (path === model || path.startsWith(`${model}/`) || path === metrics);

async function refuseOutside(folder: string, run: Run, workspace: Workspace): Promise<void> {
  const [real, root] = [await workspace.realPath(folder), await workspace.realPath(run.workspace)];
  const facts = real === undefined ? undefined : await workspace.facts(real);
  if (real !== undefined && root !== undefined && facts?.kind === "folder" && `${real}/`.startsWith(`${root}/`)) return;
  throw new ActionError({
    where: `input "working-directory"`,
    expected: "a folder of the workspace",
    seen: facts === undefined ? "none there" : facts.kind === "folder" ? "one outside, through a link" : "no folder",
    fix: "Is the repository checked out before this step (actions/checkout)?",
  });
}

async function readParams(
  input: string | undefined,
  folder: string,
  run: Run,
  workspace: Workspace,
): Promise<{ params: Params; file: string | undefined }> {
  if (input === undefined) return { params: NO_PARAMS, file: undefined };
  const path = input.trim().replace(/^\.\//, "");
  // A name is one word on one line; a map has a colon with a blank after it, or braces.
  if (/^[^\s:{}[\]"'|>&*!%#`@]+$/.test(path) && !path.startsWith("/") && !path.split("/").includes("..")) {
    const real = await workspace.realPath(`${folder}/${path}`);
    const root = await workspace.realPath(run.workspace);
    const inside = real !== undefined && root !== undefined && real.startsWith(`${root}/`);
    const text = inside ? await workspace.readText(real, { maxBytes: MAX_PARAMS_BYTES }) : undefined;
    if (text !== undefined) return { params: await parseParams(text, path), file: path };
    if (/\.(?:ya?ml|json)$/i.test(path)) {
      throw new ActionError({
        where: `input "params"`,
        expected: "a file of working-directory, or a map",
        seen: `${quote(path)}, and there is no such file`,
      });
    }
  }
  return { params: await parseParams(input, `input "params"`), file: undefined };
}

/** `3.11.2`; `undefined` without a Python, which is fine: the command need not be one. */
async function pythonVersion(processes: Processes, cwd: string): Promise<string | undefined> {
  for (const program of ["python3", "python"]) {
    const path = await processes.find(program);
    if (path === undefined) continue;
    const { PATH = "", HOME = "", pythonLocation = "" } = processes.environment();
    // actions/setup-python says it in the folder's name. Asking the program takes longer than all of git's work here.
    const [, named] = /\/Python\/(\d+\.\d+\.\d+)\/[^/]+$/.exec(pythonLocation) ?? [];
    if (named !== undefined && path.startsWith(`${pythonLocation}/`)) return named;
    try {
      const { stdout } = await processes.run(
        { command: path, args: ["--version"], cwd, env: { PATH, HOME, LC_ALL: "C" } },
        { timeoutMs: 10_000, maxBytes: 4096 },
      );
      const [, version] = /^Python (\d+\.\d+\.\d+\S{0,20})/.exec(stdout) ?? [];
      if (version !== undefined) return version;
    } catch (thrown) {
      if (!(thrown instanceof ActionError)) throw thrown;
    }
  }
  return undefined;
}

async function withPins(files: readonly FileDigest[], folder: string, workspace: Workspace): Promise<LockFile[]> {
  return await Promise.all(
    files.map(async (file) => {
      if (!/\.txt$/i.test(file.path)) return file;
      const facts = await workspace.facts(`${folder}/${file.path}`);
      if (facts?.kind !== "file" || facts.bytes > MAX_LOCK_BYTES) return file;
      const bytes = await workspace.readBytes(`${folder}/${file.path}`, { maxBytes: MAX_LOCK_BYTES });
      const packages = pinsOf(bytes?.toString("utf8") ?? "");
      return packages === undefined ? file : { ...file, packages };
    }),
  );
}

const basenameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The files of the working directory, as git and the disk know them. */
class Stock {
  readonly #folder: string;
  readonly #tracked: TrackedFiles | undefined;
  readonly #workspace: Workspace;
  /** What was listed already, by folder and by path. */
  readonly #listed = new Map<string, readonly { readonly path: string; readonly kind: FileKind }[]>();
  readonly #kinds = new Map<string, FileKind>();

  constructor(folder: string, tracked: TrackedFiles | undefined, workspace: Workspace) {
    this.#folder = folder;
    this.#tracked = tracked;
    this.#workspace = workspace;
  }

  /** All files on disk below some folders, tracked or not. */
  async below(bases: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const base of bases) {
      const facts = await this.#workspace.facts(this.#at(base));
      if (facts?.kind !== "folder") continue;
      const listed = this.#listed.get(base) ?? (await this.#workspace.list(this.#at(base)));
      this.#listed.set(base, listed);
      for (const { path, kind } of listed) {
        if (kind === "other") continue;
        const whole = base === "" ? path : `${base}/${path}`;
        this.#kinds.set(whole, kind);
        found.push(whole);
      }
    }
    return found;
  }

  /**
   * Without a word from the user, code is what git tracks, but not what tells GitHub when to run: what a workflow says of the
   * training is in the part `command`. Without git it is all that is not hidden.
   */
  async byDefault(): Promise<string[]> {
    if (this.#tracked) {
      const tracked = [...this.#tracked.clean.keys(), ...this.#tracked.changed];
      return tracked.filter((path) => !path.startsWith(".github/")).sort(byBytes);
    }
    return (await this.below([""])).filter((path) => !/(?:^|\/)\./.test(path));
  }

  /** What `.dvc` files and `dvc.lock` pin. */
  async pins(): Promise<DvcPin[]> {
    const pins: DvcPin[] = [];
    // DVC keeps its files in git; without git there is no need to look through everything for them.
    const tracked = this.#tracked ? [...this.#tracked.clean.keys(), ...this.#tracked.changed] : [];
    for (const file of tracked.filter(pinsData)) {
      const text = await this.#workspace.readText(this.#at(file), { maxBytes: MAX_DVC_BYTES });
      if (text !== undefined) pins.push(...(await parseDvc(text, file)));
    }
    return pins;
  }

  /** Whether a pin tells what lies there: nothing (it is not pulled yet), or content of the hash that it says. */
  async holds({ path, hash, folder }: DvcPin): Promise<boolean> {
    const real = await this.#workspace.realPath(this.#at(path));
    if (real === undefined) return true;
    const facts = await this.#workspace.facts(real);
    if (facts?.kind !== (folder ? "folder" : "file")) return false;
    if (!folder) return (await this.#workspace.md5All(real.replace(/[^/]*$/, ""), [basenameOf(real)]))[0] === hash;
    const files = (await this.#workspace.walk(real)).map((file) => file.path);
    const hashes = await this.#workspace.md5All(real, files);
    return dvcFolderHash(files.map((file, index) => ({ path: file, md5: hashes[index]! }))) === hash;
  }

  async lockFiles(): Promise<string[]> {
    const here = await this.#workspace.walk(this.#folder, { depth: 1 });
    return here.filter(({ path, kind }) => kind === "file" && isLockFile(path)).map(({ path }) => path);
  }

  /** By blob id what git finds clean, by sha256 all else. */
  async digest(paths: readonly string[]): Promise<FileDigest[]> {
    const digests: FileDigest[] = [];
    const toRead: string[] = [];
    for (const path of paths) {
      const clean = this.#tracked?.clean.get(path);
      if (clean === undefined) toRead.push(path);
      else if (clean.mode === "120000") digests.push(await this.#link(path));
      else {
        const digest = clean.mode === "160000" ? `commit:${clean.blob}` : `git:${clean.blob}`;
        digests.push({ path, digest, executable: clean.mode === "100755" });
      }
    }
    const plain: string[] = [];
    for (const path of toRead) {
      const kind = this.#kinds.get(path) ?? (await this.#workspace.facts(this.#at(path)))?.kind;
      if (kind === "file") plain.push(path);
      else if (kind === "link") digests.push(await this.#link(path));
      // A submodule with changes of its own is a folder.
      else if (kind === "folder") digests.push({ path, digest: await this.#treeAt(this.#at(path)), executable: false });
    }
    const hashed = await this.#workspace.contentDigests(this.#folder, plain);
    for (const [index, path] of plain.entries()) {
      const { digest, mode } = hashed[index]!;
      digests.push({ path, digest, executable: isExecutable(mode) });
    }
    return digests.sort((a, b) => byBytes(a.path, b.path));
  }

  /** A link counts by where it points and by what lies there: the data behind it may change while the name stays. */
  async #link(path: string): Promise<FileDigest> {
    const target = (await this.#workspace.linkTarget(this.#at(path))) ?? "";
    const real = await this.#workspace.realPath(this.#at(path));
    const facts = real === undefined ? undefined : await this.#workspace.facts(real);
    const content =
      facts?.kind === "folder"
        ? await this.#treeAt(real!)
        : facts?.kind === "file"
          ? (await this.#workspace.sha256(real!)).hex
          : undefined;
    return {
      path,
      digest: linkDigest(target, content),
      executable: facts?.kind === "file" && isExecutable(facts.mode),
    };
  }

  async #treeAt(root: string): Promise<string> {
    const files = (await this.#workspace.walk(root)).filter(({ kind }) => kind === "file");
    const hashed = await this.#workspace.sha256All(
      root,
      files.map(({ path }) => path),
    );
    return treeDigest(files.map(({ path }, index) => ({ path, sha256: hashed[index]!.hex })));
  }

  #at(path: string): string {
    return path === "" ? this.#folder : `${this.#folder}/${path}`;
  }
}
