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
import { parseGlobs, type Globs } from "../domain/fingerprint/glob.ts";
import { isExecutable } from "../domain/fingerprint/manifest.ts";
import { inByteOrder } from "../domain/fingerprint/order.ts";
import { MAX_PARAMS_BYTES, NO_PARAMS, parseParams, type Params } from "../domain/fingerprint/params.ts";
import { ActionError, quote, type Mistake } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Contents, Processes, TrackedFiles, Workspace } from "../ports.ts";

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
  /** What a training in a cluster is ordered by. There the runner's system and Python decide nothing. */
  readonly inCluster?: Readonly<Record<string, string>> | undefined;
};

/** Files that count, and whether the folders were asked what they are. */
type Found = { readonly paths: readonly string[]; readonly listed: boolean };

type Ports = { readonly workspace: Workspace; readonly contents: Contents; readonly processes: Processes };

/**
 * Takes stock of all that decides what a training would make.
 * @throws ActionError with the globs that match nothing, names that clash, parameters that do not parse
 */
export async function takeStock(asked: Asked, run: Run, ports: Ports): Promise<Ingredients & { params: Params }> {
  const { workspace } = ports;
  const folder = asked.workingDirectory === "." ? run.workspace : `${run.workspace}/${asked.workingDirectory}`;
  await refuseOutside(folder, run, workspace);
  // A model that no command makes is itself what everything depends on.
  const dataLines = asked.command === "" ? [...asked.data, asked.model] : asked.data;
  const [dataGlobs, environmentGlobs, codeGlobs] = [
    globsOf(dataLines, "data"),
    globsOf(asked.environment, "environment"),
    globsOf(asked.code, "code"),
  ];
  const listing = new Listing(folder, workspace);
  const [params, tracked, python] = await Promise.all([
    readParams(asked.params, folder, run, workspace),
    workspace.tracked(folder),
    pythonVersion(ports.processes, folder),
    // While git and Python look, this process has time to do so.
    ...[dataGlobs, environmentGlobs, codeGlobs].map(async (globs) => listing.below(globs?.bases ?? [])),
  ]);
  ports.contents.expect(listing.files - (tracked?.clean.size ?? 0));
  const stock = new Stock(folder, tracked, listing, ports);
  const isOutput = outputsOf(asked);
  const mistakes: Mistake[] = [];
  const named = async (
    globs: Globs,
    input: string,
    known: readonly DvcPin[] = [],
  ): Promise<Found & { pins: DvcPin[] }> => {
    const namesOf = (pin: DvcPin): string[] => (pin.folder ? [pin.path, `${pin.path}/${INSIDE}`] : [pin.path]);
    const pins: DvcPin[] = [];
    for (const pin of known) {
      if (isOutput(pin.path) || !namesOf(pin).some((name) => globs.matches(name))) continue;
      if (await stock.holds(pin)) pins.push(pin);
    }
    const pinned = (path: string): boolean => pins.some((pin) => path === pin.path || path.startsWith(`${pin.path}/`));
    const below = await listing.below(globs.bases);
    const eligible = below.filter((path) => !isOutput(path) && !pinned(path));
    for (const line of globs.unmatched([eligible, pins.flatMap(namesOf)])) {
      mistakes.push({
        where: `input "${input}"`,
        expected: "globs that match at least one file below working-directory",
        seen: `${quote(line)}, which matches none`,
        fix: "Is the file fetched by a step before this one? Take the line out if it is not needed.",
      });
    }
    return { paths: eligible.filter((path) => globs.matches(path)), listed: true, pins };
  };
  const data =
    dataGlobs === undefined
      ? { paths: [], listed: true, pins: [] }
      : await named(dataGlobs, "data", await stock.pins());
  const environment: Found =
    environmentGlobs === undefined
      ? { paths: await stock.lockFiles(), listed: false }
      : await named(environmentGlobs, "environment");
  let code: Found;
  if (codeGlobs === undefined) {
    const elsewhere = new Set([
      ...data.paths,
      ...environment.paths,
      ...(params.file === undefined ? [] : [params.file]),
      // What they pin counts as data; what else stands in them (notes, the model that was made last) does not.
      ...data.pins.map(({ file }) => file),
    ]);
    const { paths, listed } = await stock.byDefault();
    code = { paths: paths.filter((path) => !elsewhere.has(path) && !isOutput(path)), listed };
  } else code = await named(codeGlobs, "code");
  if (mistakes.length > 0) throw new ActionError(mistakes);
  return {
    code: await stock.digest(code),
    data: withPinned(await stock.digest(data), data.pins),
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
      ...asked.inCluster,
    },
    runtime:
      asked.inCluster === undefined
        ? { os: run.os, arch: run.arch, python }
        : { os: "cluster", arch: "cluster", python: undefined },
  };
}

const withPinned = (files: FileDigest[], pins: readonly DvcPin[]): FileDigest[] =>
  pins.length === 0
    ? files
    : inByteOrder(
        [...files, ...pins.map(({ path, hash }) => ({ path, digest: `dvc:${hash}`, executable: false }))],
        ({ path }) => path,
      );

/** `undefined` where the input is left out. */
const globsOf = (lines: readonly string[], input: string): Globs | undefined =>
  lines.length === 0 ? undefined : parseGlobs(lines, `input "${input}"`);

/** What the training writes can not decide whether it runs. */
function outputsOf({ command, model, metrics }: Asked): (path: string) => boolean {
  const below = `${model}/`;
  return (path) => command !== "" && (path === model || path === metrics || path.startsWith(below));
}

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

/** The files of the working directory, as its folders tell them. */
class Listing {
  readonly #folder: string;
  readonly #workspace: Workspace;
  /** What lies below a folder, in the order of bytes; each is looked at once. */
  readonly #below = new Map<string, Promise<readonly string[]>>();
  readonly #links = new Set<string>();
  /** How many there are below all that was looked at. */
  files = 0;

  constructor(folder: string, workspace: Workspace) {
    this.#folder = folder;
    this.#workspace = workspace;
  }

  /** All files and links at and below some paths, tracked or not, in the order of bytes. */
  async below(bases: readonly string[]): Promise<readonly string[]> {
    const listed = await Promise.all(
      bases.map(async (base) => {
        const known = this.#below.get(base) ?? this.#look(base);
        this.#below.set(base, known);
        return await known;
      }),
    );
    return listed.length === 1 ? listed[0]! : inByteOrder(listed.flat(), (path) => path);
  }

  /** Whether a path of `below` is a link; all others there are files. */
  isLink(path: string): boolean {
    return this.#links.has(path);
  }

  async #look(base: string): Promise<readonly string[]> {
    const facts = await this.#workspace.facts(base === "" ? this.#folder : `${this.#folder}/${base}`);
    const { files, links } =
      facts?.kind === "folder"
        ? await this.#workspace.list(this.#folder, base)
        : { files: facts?.kind === "file" ? [base] : [], links: facts?.kind === "link" ? [base] : [] };
    for (const link of links) this.#links.add(link);
    this.files += files.length;
    return inByteOrder(links.length === 0 ? files : [...files, ...links], (path) => path);
  }
}

/** The files of the working directory, as git and the disk know them. */
class Stock {
  readonly #folder: string;
  readonly #tracked: TrackedFiles | undefined;
  readonly #listing: Listing;
  readonly #workspace: Workspace;
  readonly #contents: Contents;

  constructor(folder: string, tracked: TrackedFiles | undefined, listing: Listing, { workspace, contents }: Ports) {
    this.#folder = folder;
    this.#tracked = tracked;
    this.#listing = listing;
    this.#workspace = workspace;
    this.#contents = contents;
  }

  /**
   * Without a word from the user, code is what git tracks, but not what tells GitHub when to run: what a workflow says of the
   * training is in the part `command`. Without git it is all that is not hidden.
   */
  async byDefault(): Promise<Found> {
    if (this.#tracked) {
      const tracked = [...this.#tracked.clean.keys(), ...this.#tracked.changed];
      const counted = tracked.filter((path) => !path.startsWith(".github/"));
      return { paths: inByteOrder(counted, (path) => path), listed: false };
    }
    const all = await this.#listing.below([""]);
    return { paths: all.filter((path) => !/(?:^|\/)\./.test(path)), listed: true };
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

  /** By blob id what git finds clean, by sha256 all else; in the order given. */
  async digest({ paths, listed }: Found): Promise<FileDigest[]> {
    const digests: (FileDigest | undefined)[] = Array.from({ length: paths.length });
    const toRead: number[] = [];
    for (const [index, path] of paths.entries()) {
      const clean = this.#tracked?.clean.get(path);
      if (clean === undefined) toRead.push(index);
      else if (clean.mode === "120000") digests[index] = await this.#link(path);
      else {
        const digest = clean.mode === "160000" ? `commit:${clean.blob}` : `git:${clean.blob}`;
        digests[index] = { path, digest, executable: clean.mode === "100755" };
      }
    }
    const plain: number[] = [];
    for (const index of toRead) {
      const path = paths[index]!;
      const facts = listed ? undefined : await this.#workspace.facts(this.#at(path));
      const kind = listed ? (this.#listing.isLink(path) ? "link" : "file") : facts?.kind;
      if (kind === "file") plain.push(index);
      else if (kind === "link") digests[index] = await this.#link(path);
      // A submodule with changes of its own is a folder.
      else if (kind === "folder")
        digests[index] = { path, digest: await this.#treeAt(this.#at(path)), executable: false };
    }
    const hashed = await this.#contents.digests(
      this.#folder,
      plain.map((index) => paths[index]!),
    );
    for (const [at, index] of plain.entries()) {
      const { digest, mode } = hashed[at]!;
      digests[index] = { path: paths[index]!, digest, executable: isExecutable(mode) };
    }
    return digests.filter((digest) => digest !== undefined);
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
