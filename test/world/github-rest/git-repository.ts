import { spawn } from "node:child_process";
import { lstat, mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The content of a file, or null to remove it. `{link}` is a symbolic link, `{data, executable}` a program. */
export type FileContent =
  | string
  | Uint8Array
  | null
  | { link: string }
  | { data: string | Uint8Array; executable: boolean };

export type CommitOptions = {
  branch: string;
  /** Paths in the repository. With `from: "nothing"` they are the whole tree, else they change the branch's tree. */
  files: Record<string, FileContent>;
  message: string;
  /** Where a new branch starts: another branch, a commit, or "nothing". */
  from?: string;
};

export type Commit = { sha: string; parents: string[]; tree: string; message: string; date: string; author: string };

/** A bare repository on this machine, driven by git itself. */
export class GitRepository {
  readonly path: string;
  readonly #said = new Map<string, string>();

  constructor(path: string) {
    this.path = path;
  }

  static async create(path: string, defaultBranch: string): Promise<GitRepository> {
    await git(["init", "--quiet", "--bare", `--initial-branch=${defaultBranch}`, path]);
    const repository = new GitRepository(path);
    // GitHub serves any commit by its id; git refuses that unless told.
    await repository.git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
    return repository;
  }

  /** Runs git in the repository and returns what it printed, trimmed. */
  async git(args: string[], options: { input?: string | Uint8Array; index?: string } = {}): Promise<string> {
    const extra = options.index ? { GIT_INDEX_FILE: options.index } : {};
    const output = await git(["-C", this.path, ...args], { ...options, environment: extra });
    return output.toString("utf8").trim();
  }

  /** The commit that a branch, tag, full ref or sha names; undefined if there is none. */
  async resolve(name: string): Promise<string | undefined> {
    try {
      return await this.#once(["rev-parse", "--verify", "--quiet", `${name}^{commit}`], [name]);
    } catch {
      return undefined;
    }
  }

  /** Commits files to a branch without a work tree and returns the new commit's sha. */
  async commit({ branch, files, message, from }: CommitOptions): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "commit-"));
    try {
      const index = join(folder, "index");
      const existing = await this.resolve(`refs/heads/${branch}`);
      const start = from === "nothing" ? undefined : from ? await this.resolve(from) : existing;
      if (from && from !== "nothing" && !start) throw new Error(`commit: expected a commit named ${from}, saw none.`);
      await this.git(start ? ["read-tree", start] : ["read-tree", "--empty"], { index });
      const lines: string[] = [];
      for (const [path, content] of Object.entries(files)) {
        lines.push(
          content === null
            ? `0 ${"0".repeat(40)}\t${path}`
            : `${modeOf(content)} ${await this.#hash(content)}\t${path}`,
        );
      }
      await this.git(["update-index", "--index-info"], { index, input: lines.map((line) => `${line}\n`).join("") });
      const tree = await this.git(["write-tree"], { index });
      const parents = from === "nothing" ? (existing ? [existing] : []) : start ? [start] : [];
      return await this.commitTree(tree, parents, message, `refs/heads/${branch}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Merges head into base as GitHub does for a pull request, and points a ref at the merge commit. */
  async merge(options: { base: string; head: string; message: string; ref: string }): Promise<string> {
    const { base, head, message, ref } = options;
    const merged = await this.git(["merge-tree", "--write-tree", base, head]);
    return this.commitTree(merged.split("\n")[0] ?? "", [base, head], message, ref);
  }

  /** The same, as one commit that has no word of the head's. */
  async squash(options: { base: string; head: string; message: string; ref: string }): Promise<string> {
    const { base, head, message, ref } = options;
    const merged = await this.git(["merge-tree", "--write-tree", base, head]);
    return this.commitTree(merged.split("\n")[0] ?? "", [base], message, ref);
  }

  async commitTree(tree: string, parents: string[], message: string, ref: string): Promise<string> {
    const sha = await this.git(["commit-tree", tree, ...parents.flatMap((p) => ["-p", p]), "-m", message]);
    await this.git(["update-ref", ref, sha]);
    return sha;
  }

  /** A file of a commit, or undefined if it has none there. */
  async read(commit: string, path: string): Promise<Buffer | undefined> {
    try {
      return await git(["-C", this.path, "cat-file", "blob", `${commit}:${path}`]);
    } catch {
      return undefined;
    }
  }

  async describe(sha: string): Promise<Commit> {
    const text = await this.#once(["show", "--no-patch", "--format=%H%n%P%n%T%n%cI%n%an%n%B", sha], [sha]);
    const [id = "", parents = "", tree = "", date = "", author = "", ...message] = text.split("\n");
    return { sha: id, parents: parents.split(" ").filter(Boolean), tree, date, author, message: message.join("\n") };
  }

  /** The commits reachable from one name and not from the other, oldest first. */
  async between(excluded: string, included: string): Promise<string[]> {
    const text = await this.#once(["rev-list", "--reverse", `${excluded}..${included}`], [excluded, included]);
    return text.split("\n").filter(Boolean);
  }

  /** The commit in which two histories meet. Throws where they do not. */
  async common(a: string, b: string): Promise<string> {
    return await this.#once(["merge-base", a, b], [a, b]);
  }

  /** What git says of commits named in full never changes; GitHub does not start programs to say it either. */
  async #once(args: string[], commits: string[]): Promise<string> {
    const key = JSON.stringify(args);
    const known = this.#said.get(key);
    if (known !== undefined) return known;
    const text = await this.git(args);
    if (commits.every((name) => /^[0-9a-f]{40}$/.test(name))) this.#said.set(key, text);
    return text;
  }

  async #hash(content: Exclude<FileContent, null>): Promise<string> {
    return this.git(["hash-object", "-w", "--stdin"], { input: bytesOf(content) });
  }
}

function modeOf(content: Exclude<FileContent, null>): string {
  if (typeof content === "object" && "link" in content) return "120000";
  if (typeof content === "object" && "executable" in content && content.executable) return "100755";
  return "100644";
}

function bytesOf(content: Exclude<FileContent, null>): string | Uint8Array {
  if (typeof content === "string" || content instanceof Uint8Array) return content;
  return "link" in content ? content.link : content.data;
}

/** A folder as commit() takes it: every file but `.git`, with links and executable bits. */
export async function filesOf(folder: string, prefix = ""): Promise<Record<string, FileContent>> {
  const files: Record<string, FileContent> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const name = prefix + entry.name;
    if (entry.name === ".git") continue;
    if (entry.isDirectory()) Object.assign(files, await filesOf(path, `${name}/`));
    else if (entry.isSymbolicLink()) files[name] = { link: await readlink(path) };
    else {
      files[name] = { data: await readFile(path), executable: ((await lstat(path)).mode & 0o111) !== 0 };
    }
  }
  return files;
}

/** Runs git, on nobody's configuration but the repository's. Throws with git's own words when it fails. */
export async function git(
  args: string[],
  options: { input?: string | Uint8Array; environment?: Record<string, string> } = {},
): Promise<Buffer> {
  const child = spawn("git", args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      LC_ALL: "C",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_AUTHOR_NAME: "Octavia",
      GIT_AUTHOR_EMAIL: "octavia@users.noreply.github.com",
      GIT_COMMITTER_NAME: "GitHub",
      GIT_COMMITTER_EMAIL: "noreply@github.com",
      ...options.environment,
    },
  });
  const out: Buffer[] = [];
  const said: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  child.stdin.on("error", () => {}); // git may end before it has read all; its exit code tells
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number | null>((done, fail) => {
    child.on("error", fail);
    child.on("close", done);
  });
  if (code !== 0) throw new Error(`git ${args.join(" ")} failed (${code}): ${Buffer.concat(said).toString("utf8")}`);
  return Buffer.concat(out);
}
