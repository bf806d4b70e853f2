import { refuse } from "../../errors.ts";

// ustar (POSIX 1003.1), with a pax extended header only where ustar has no room: a name that is long or not ASCII, a size of
// 8 GiB and more. Owner, time and all that differs from machine to machine is zero, so that same files are same bytes.

export const BLOCK = 512;

/** A file or folder as it stands in an archive. Folders have no size and no `/` at the end of their path. */
export type TarEntry = {
  readonly kind: "file" | "folder";
  readonly path: string;
  readonly bytes: number;
  /** 0o644 or 0o755. */
  readonly mode: number;
};

/** Two blocks of zeros end an archive. */
export const TAR_END = 2 * BLOCK;

/** Zeros that follow a content up to the next block. */
export function paddingOf(bytes: number): number {
  return (BLOCK - (bytes % BLOCK)) % BLOCK;
}

/** The modes that an archive keeps: what may be run, and what may not. */
export function keptMode(mode: number): number {
  return (mode & 0o111) === 0 ? 0o644 : 0o755;
}

/** The blocks before an entry's content. */
export function encodeHeader(entry: TarEntry): Buffer {
  const name = entry.kind === "folder" ? `${entry.path}/` : entry.path;
  const extended: [string, string][] = [];
  if (!/^[\u0020-\u007e]{1,100}$/.test(name)) extended.push(["path", name]);
  if (entry.bytes > MAX_OCTAL_SIZE) extended.push(["size", String(entry.bytes)]);
  const own = block({
    name: extended.some(([key]) => key === "path") ? shortName(name) : name,
    bytes: entry.bytes > MAX_OCTAL_SIZE ? 0 : entry.bytes,
    mode: entry.mode,
    type: entry.kind === "folder" ? "5" : "0",
  });
  if (extended.length === 0) return own;
  const content = Buffer.from(extended.map(([key, value]) => paxLine(key, value)).join(""));
  return Buffer.concat([
    block({ name: "PaxHeaders/entry", bytes: content.length, mode: 0o644, type: "x" }),
    content,
    Buffer.alloc(paddingOf(content.length)),
    own,
  ]);
}

/** What one header block says. `extended` and `end` are no entries of their own. */
export type TarHeader =
  | { readonly kind: "end" }
  | { readonly kind: "extended"; readonly bytes: number }
  | { readonly kind: "file" | "folder"; readonly path: string; readonly bytes: number; readonly mode: number };

/**
 * Reads one header block of 512 bytes. `pax` is what the extended header before it said.
 * @throws ActionError for everything that is no regular file or folder, and for a block that is no header
 */
export function decodeHeader(block: Buffer, pax: ReadonlyMap<string, string> = new Map()): TarHeader {
  if (block.every((byte) => byte === 0)) return { kind: "end" };
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 32 : block[at]!;
  if (octal(block, 148, 8) !== sum) refuse({ where: "archive", expected: "a tar header", seen: "a broken one" });

  const type = block[156] === 0 ? "0" : String.fromCharCode(block[156]!);
  const size = pax.has("size") ? decimal(pax.get("size")!) : octal(block, 124, 12);
  if (size === undefined) refuse({ where: "archive", expected: "a size in octal digits", seen: "another" });
  if (type === "x") return { kind: "extended", bytes: size };

  const ustar = text(block, 257, 5) === "ustar";
  const prefix = ustar ? text(block, 345, 155) : "";
  const name = pax.get("path") ?? (prefix === "" ? text(block, 0, 100) : `${prefix}/${text(block, 0, 100)}`);
  const mode = keptMode(octal(block, 100, 8) ?? 0o644);
  if (type === "5") return { kind: "folder", path: name.replace(/\/$/, ""), bytes: 0, mode: 0o755 };
  if (type === "0") return { kind: "file", path: name, bytes: size, mode };
  return refuse({
    where: "archive",
    expected: "regular files and folders only",
    seen: `${ENTRY_KINDS[type] ?? "an unknown kind of entry"} ${JSON.stringify(name.slice(0, 80))}`,
  });
}

/** Reads the content of a pax extended header. Keys that would change what an entry is are refused. */
export function decodePax(content: Buffer): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(0x20, at);
    const length = space < 0 ? undefined : decimal(content.toString("latin1", at, space));
    const line = length === undefined ? undefined : content.subarray(at, at + length);
    if (length === undefined || line!.length !== length || line!.at(-1) !== 0x0a || at + length <= space) {
      return refuse({ where: "archive", expected: "an extended header of whole lines", seen: "a broken one" });
    }
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(utf8(content.subarray(space + 1, at + length - 1))) ?? [];
    if (key === undefined || value === undefined || !PAX_KEYS.has(key)) {
      return refuse({
        where: "archive",
        expected: "an extended header with path and size",
        seen: `the key ${JSON.stringify((key ?? "").slice(0, 40))}`,
      });
    }
    found.set(key, value);
    at += length;
  }
  return found;
}

/**
 * Why a path may not come out of an archive, or may not go in; `undefined` when it may. Names that Windows or a shell would
 * read otherwise are refused as well: archives travel.
 */
export function unsafePath(path: string): string | undefined {
  if (path === "") return "an empty name";
  if (path.startsWith("/")) return "an absolute name";
  if (/[\u0000-\u001f\u007f]/.test(path)) return "a control character";
  if (path.includes("\\")) return "a backslash";
  if (path.includes("\ufffd")) return "a name that is not UTF-8";
  const segments = path.split("/");
  if (segments.some((each) => each === "" || each === "." || each === "..")) return "an empty, . or .. part";
  if (segments.length > 64) return "more than 64 folders in each other";
  if (Buffer.byteLength(path) > 4000 || segments.some((each) => Buffer.byteLength(each) > 255))
    return "too long a name";
  return undefined;
}

/** One text for all spellings of a path that some file system takes as the same. */
function foldedPath(path: string): string {
  // Upper case first: it unfolds what lower case alone leaves apart (ß and ss, ſ and s).
  return path.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}

/**
 * Every path of an archive, checked as it comes: refused when unsafe, said twice, or in another spelling, and when a file
 * stands where another path needs a folder.
 */
export function pathGuard(where: string): (path: string, kind: "file" | "folder") => void {
  const known = new Map<string, { readonly path: string; readonly kind: "file" | "folder" }>();
  const admit = (path: string, kind: "file" | "folder", given: boolean): void => {
    const before = known.get(foldedPath(path));
    if (before === undefined) {
      known.set(foldedPath(path), { path, kind });
      return;
    }
    if (before.path === path && before.kind === kind && (kind === "folder" || !given)) return;
    refuse({
      where,
      expected: "names that differ in more than case or Unicode form, each once",
      seen: `${JSON.stringify(before.path.slice(0, 200))} and ${JSON.stringify(path.slice(0, 200))}`,
    });
  };
  return (path, kind) => {
    const fault = unsafePath(path);
    if (fault !== undefined) {
      refuse({
        where,
        expected: "relative names below the folder",
        seen: `${fault}: ${JSON.stringify(path.slice(0, 80))}`,
      });
    }
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) admit(path.slice(0, at), "folder", false);
    admit(path, kind, true);
  };
}

/** The files of an archive with the folders above them, in the order in which they stand there. */
export function withFolders(files: readonly TarEntry[]): readonly TarEntry[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) folders.add(path.slice(0, at));
  }
  const all: TarEntry[] = [...files];
  for (const path of folders) all.push({ kind: "folder", path, bytes: 0, mode: 0o755 });
  const key = (entry: TarEntry): Buffer => Buffer.from(entry.kind === "folder" ? `${entry.path}/` : entry.path);
  return all
    .map((entry) => ({ entry, key: key(entry) }))
    .toSorted((a, b) => Buffer.compare(a.key, b.key))
    .map(({ entry }) => entry);
}

const MAX_OCTAL_SIZE = 0o77777777777;
/** What stands in an extended header without changing what an entry is. Times and owners are not taken over. */
const PAX_KEYS = new Set(["path", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "comment"]);
const ENTRY_KINDS: Record<string, string> = {
  "1": "a hard link",
  "2": "a symbolic link",
  "3": "a device",
  "4": "a device",
  "6": "a pipe",
  "7": "a contiguous file",
  g: "a global header",
  K: "a GNU long link",
  L: "a GNU long name",
  S: "a sparse file",
};

function block({ name, bytes, mode, type }: { name: string; bytes: number; mode: number; type: string }): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, "latin1");
  header.write(digits(mode, 7), 100, "latin1");
  header.write(digits(0, 7), 108, "latin1");
  header.write(digits(0, 7), 116, "latin1");
  header.write(digits(bytes, 11), 124, "latin1");
  header.write(digits(0, 11), 136, "latin1");
  header.write("        ", 148, "latin1");
  header.write(type, 156, "latin1");
  header.write("ustar\u000000", 257, "latin1");
  header.write(digits(0, 7), 329, "latin1");
  header.write(digits(0, 7), 337, "latin1");
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
  return header;
}

const digits = (value: number, width: number): string => `${value.toString(8).padStart(width, "0")}\u0000`;

/** For readers that know no pax; ours and every current one take the path of the extended header. */
function shortName(name: string): string {
  const ascii = name.replace(/[^\u0020-\u007e]/g, "_");
  return ascii.length <= 100 ? ascii : `${ascii.slice(0, 99)}${name.endsWith("/") ? "/" : "_"}`;
}

/** A line counts itself: `30 path=…\n`. */
function paxLine(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function octal(block: Buffer, at: number, width: number): number | undefined {
  const [, found] = /^ *([0-7]+)[ \u0000]*$/.exec(block.toString("latin1", at, at + width)) ?? [];
  return found === undefined ? undefined : Number.parseInt(found, 8);
}

function decimal(value: string): number | undefined {
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function text(block: Buffer, at: number, width: number): string {
  const end = block.indexOf(0, at);
  return utf8(block.subarray(at, end < 0 ? at + width : Math.min(end, at + width)));
}

/** Bytes that are no UTF-8 become U+FFFD, which `unsafePath` refuses. */
const utf8 = (bytes: Buffer): string => bytes.toString("utf8");
