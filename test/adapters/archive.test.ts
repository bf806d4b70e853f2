import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";

import { tarArchives } from "../../src/adapters/archive.ts";
import { encodeHeader, paddingOf, TAR_END } from "../../src/domain/image/tar.ts";

const archives = tarArchives();
const LIMITS = { maxFiles: 1000, maxBytes: 50_000_000 };
let world: string;

beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "archive-"));
});
afterEach(() => rmSync(world, { recursive: true, force: true }));

function put(path: string, content: string | Buffer, mode = 0o644): void {
  const file = join(world, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

/** Everything below a folder, without the folder's own name. */
const tree = (folder: string): string[] => (readdirSync(folder, { recursive: true }) as string[]).toSorted();

type Part = { path: string; type?: string; content?: Buffer; size?: number; link?: string };

/** An archive as somebody else may have made it: names and kinds of entries that ours never has. */
function forged(parts: readonly Part[]): string {
  const blocks = parts.map(({ path, type = "0", content = Buffer.alloc(0), size = content.length, link = "" }) => {
    const header = Buffer.from(encodeHeader({ kind: "file", path: "x", bytes: size, mode: 0o644 }));
    header.fill(0, 0, 100);
    header.write(path, 0, 100, "utf8");
    header.write(type, 156, "latin1");
    header.write(link, 157, 100, "utf8");
    seal(header);
    return Buffer.concat([header, content, Buffer.alloc(paddingOf(content.length))]);
  });
  const file = join(world, "forged.tar");
  writeFileSync(file, Buffer.concat([...blocks, Buffer.alloc(TAR_END)]));
  return file;
}

function seal(header: Buffer): void {
  header.write("        ", 148, "latin1");
  let sum = 0;
  for (const byte of header.subarray(0, 512)) sum += byte;
  header.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
}

test("the same files make the same bytes, whatever their order, time and folder", async () => {
  const long = `deep/${"folder-with-a-long-name/".repeat(6)}file.bin`;
  const paths = ["run.sh", "a.txt", long, "mo del/Grüße.txt", "empty"];
  for (const [folder, time] of [
    ["one", 1],
    ["two", 2_000_000],
  ] as const) {
    for (const path of paths) put(`${folder}/${path}`, `content of ${path}`, path === "run.sh" ? 0o700 : 0o600);
    put(`${folder}/empty`, "");
    execFileSync("touch", ["-d", `@${time}`, join(world, folder, "a.txt")]);
  }
  const one = await archives.pack(join(world, "one"), paths, join(world, "one.tar"));
  const two = await archives.pack(join(world, "two"), paths.toReversed(), join(world, "two.tar"));

  expect(two).toEqual(one);
  const bytes = readFileSync(join(world, "one.tar"));
  expect(one).toEqual({ sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length });
  expect(readdirSync(world).filter((each) => each.endsWith(".part"))).toEqual([]);

  const files = await archives.unpack(join(world, "one.tar"), join(world, "out"), LIMITS);
  expect(files.map(({ path }) => path)).toEqual(
    [...paths].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
  for (const path of paths)
    expect(readFileSync(join(world, "out", path), "utf8")).toBe(path === "empty" ? "" : `content of ${path}`);
  expect(statSync(join(world, "out/run.sh")).mode & 0o777).toBe(0o755);
  expect(statSync(join(world, "out/a.txt")).mode & 0o777).toBe(0o644);
});

test("the system's tar reads ours, with names of ours", async () => {
  const long = `${"n".repeat(120)}.txt`;
  put(`root/${long}`, "long");
  put("root/Grüße.txt", "x");
  await archives.pack(join(world, "root"), [long, "Grüße.txt"], join(world, "a.tar"), {
    name: (path) => `app/${path}`,
  });
  mkdirSync(join(world, "by-tar"));
  execFileSync("tar", ["-xf", join(world, "a.tar"), "-C", join(world, "by-tar")]);
  expect(tree(join(world, "by-tar"))).toEqual(["app", "app/Grüße.txt", `app/${long}`]);
  expect(execFileSync("tar", ["--numeric-owner", "-tvf", join(world, "a.tar"), "app/"], { encoding: "utf8" })).toMatch(
    /^drwxr-xr-x 0\/0 +0 1970-01-01/,
  );
});

test("into a folder that is there, files are added and none is replaced", async () => {
  put("code/app/a.py", "a");
  put("model/app/model/m.bin", "m");
  await archives.pack(join(world, "code"), ["app/a.py"], join(world, "code.tar"));
  await archives.pack(join(world, "model"), ["app/model/m.bin"], join(world, "model.tar"));
  await archives.unpack(join(world, "code.tar"), join(world, "release"), LIMITS);
  await archives.unpack(join(world, "model.tar"), join(world, "release"), LIMITS);
  expect(tree(join(world, "release"))).toEqual(["app", "app/a.py", "app/model", "app/model/m.bin"]);
  await expect(archives.unpack(join(world, "code.tar"), join(world, "release"), LIMITS)).rejects.toThrow(
    "no file there yet",
  );
  expect(tree(join(world, "release"))).toEqual(["app", "app/a.py", "app/model", "app/model/m.bin"]);
});

test.each<[string, readonly Part[], RegExp]>([
  ["climbs", [{ path: "../out.txt" }], /empty, \. or \.\. part/],
  ["climbs in the middle", [{ path: "a/../../out.txt" }], /empty, \. or \.\. part/],
  ["is absolute", [{ path: "/etc/passwd" }], /absolute/],
  ["holds a backslash", [{ path: "a\\b" }], /backslash/],
  ["holds a control character", [{ path: "a\nb" }], /control character/],
  ["is a symbolic link", [{ path: "a", type: "2", link: "/etc" }], /symbolic link/],
  ["is a hard link", [{ path: "a", type: "1", link: "/etc/passwd" }], /hard link/],
  ["is a device", [{ path: "a", type: "3" }], /device/],
  ["is a pipe", [{ path: "a", type: "6" }], /pipe/],
  ["has a GNU long name", [{ path: "a", type: "L" }], /GNU long name/],
  ["stands twice", [{ path: "a" }, { path: "a" }], /each once/],
  ["differs by case only", [{ path: "a/Model" }, { path: "a/model" }], /each once/],
  ["differs by case only in a folder", [{ path: "A/x" }, { path: "a/y" }], /each once/],
  ["differs by Unicode form only", [{ path: "\u00e9" }, { path: "e\u0301" }], /each once/],
  ["is a file and a folder", [{ path: "a" }, { path: "a/b" }], /each once/],
  ["is larger than allowed", [{ path: "a", content: Buffer.alloc(2000) }], /at most 1000 bytes/],
  ["says to be larger than allowed", [{ path: "a", size: 8_000_000_000 }], /at most 1000 bytes/],
  ["says to be smaller than it is", [{ path: "a", size: 100, content: Buffer.alloc(600, 1) }], /tar header/],
  ["is one of too many", [{ path: "a" }, { path: "b" }, { path: "c" }, { path: "d" }], /at most 3 entries/],
  [
    "has a name of another kind of key",
    [{ path: "x", type: "x", content: Buffer.from("22 GNU.sparse.map=0,9\n") }],
    /extended header/,
  ],
])("an entry that %s is refused, and nothing is left", async (_what, parts, message) => {
  const archive = forged(parts);
  await expect(archives.unpack(archive, join(world, "in/out"), { maxFiles: 3, maxBytes: 1000 })).rejects.toThrow(
    message,
  );
  expect(tree(world)).toEqual(["forged.tar", "in"]);
});

test("a file cut short, or no tar at all, is refused", async () => {
  put("root/a", "x".repeat(5000));
  await archives.pack(join(world, "root"), ["a"], join(world, "a.tar"));
  const whole = readFileSync(join(world, "a.tar"));
  for (const bytes of [0, 100, 512, 3000, whole.length - TAR_END]) {
    writeFileSync(join(world, "a.tar"), whole.subarray(0, bytes));
    await expect(archives.unpack(join(world, "a.tar"), join(world, "out"), LIMITS)).rejects.toThrow("cut short");
  }
  writeFileSync(join(world, "a.tar"), "no tar".repeat(1000));
  await expect(archives.unpack(join(world, "a.tar"), join(world, "out"), LIMITS)).rejects.toThrow("tar header");
  await expect(archives.unpack(join(world, "none.tar"), join(world, "out"), LIMITS)).rejects.toThrow("saw none");
  expect(existsSync(join(world, "out"))).toBe(false);
});

test("what is no regular file is not packed, and no archive is begun", async () => {
  put("root/a", "x");
  symlinkSync("/etc/passwd", join(world, "root/link"));
  await expect(archives.pack(join(world, "root"), ["a", "link"], join(world, "x.tar"))).rejects.toThrow(
    "link: expected a regular file, saw a link",
  );
  await expect(archives.pack(join(world, "root"), ["none"], join(world, "x.tar"))).rejects.toThrow(
    "none: expected a file, saw none",
  );
  await expect(archives.pack(join(world, "root"), ["a"], join(world, "x.tar"), { name: () => "../a" })).rejects.toThrow(
    "relative names",
  );
  expect(tree(world)).toEqual(["root", "root/a", "root/link"]);
});

test("changed archives never write outside their folder, nor over their limits", async () => {
  put("root/a.txt", "some text");
  put("root/b/c.txt", "x".repeat(700));
  put(`root/${"l".repeat(110)}`, "long");
  await archives.pack(join(world, "root"), ["a.txt", "b/c.txt", "l".repeat(110)], join(world, "good.tar"));
  const good = readFileSync(join(world, "good.tar"));
  rmSync(join(world, "root"), { recursive: true });
  const pieces = ["../", "/", "..", "a", "\u0000", "\\", "7777777", "2", "1", "x", "L", "path=../../evil\n", "é"];
  const change = fc.record({
    at: fc.nat(good.length - 200),
    piece: fc.constantFrom(...pieces),
    head: fc.nat(7),
    reseal: fc.boolean(),
  });
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const bytes = Buffer.from(good);
      for (const { at, piece, head, reseal } of changes) {
        // Half of the changes hit a header, and most of those keep its sum right, else all would end at the first check.
        const place = reseal
          ? (head % Math.floor(bytes.length / 512)) * 512 + [0, 0, 124, 156, 157, 100, 345, 3][head]!
          : at;
        bytes.write(piece, place, "utf8");
        if (reseal) seal(bytes.subarray(Math.floor(place / 512) * 512));
      }
      writeFileSync(join(world, "bad.tar"), bytes);
      await archives.unpack(join(world, "bad.tar"), join(world, "out"), { maxFiles: 20, maxBytes: 5000 }).then(
        () => accepted++,
        (thrown: unknown) => expect((thrown as Error).name).toBe("ActionError"),
      );
      expect(
        readdirSync(world)
          .filter((each) => each !== "out")
          .toSorted(),
      ).toEqual(["bad.tar", "good.tar"]);
      rmSync(join(world, "out"), { recursive: true, force: true });
    }),
    { numRuns: 400 },
  );
  expect(accepted).toBeGreaterThan(0);
});

test("a piece keeps its content until five more were made, whatever files come between", async () => {
  // The promise that the sender of a slow connection relies on; small files and the ends of files came between it once.
  const names: string[] = [];
  for (let at = 0; at < 40; at++) {
    const bytes = [200_000, 10, 0, 300_000, 131_073, 5000][at % 6]!;
    names.push(`f/${String(at).padStart(3, "0")}`);
    put(names.at(-1)!, Buffer.alloc(bytes, at + 1));
  }
  const { open } = await archives.stream(world, names);
  const whole = createHash("sha256");
  const late = createHash("sha256");
  const held: Uint8Array[] = [];
  for await (const piece of open()) {
    whole.update(piece);
    if (held.push(piece) > 5) late.update(held.shift()!);
  }
  for (const piece of held) late.update(piece);
  expect(late.digest("hex")).toBe(whole.digest("hex"));
});
