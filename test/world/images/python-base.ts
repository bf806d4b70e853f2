// An image with a Python in it, made of this machine's own: no registry of the internet has to be reached. It says in
// PYTHON_VERSION what it has and looks into /usr/local, as the official ones do.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import { openRegistry } from "../../../src/adapters/registry.ts";
import { MEDIA } from "../../../src/domain/image/manifest.ts";
import type { Log } from "../../../src/ports.ts";
import { createHash } from "node:crypto";

/** Programs beside Python that a Dockerfile and the wrappers' start lines use. */
const PROGRAMS = ["sh", "env", "cp", "mkdir", "chown", "cat", "ls", "rm", "chmod", "sleep"];
const silent: Log = {
  info: () => undefined,
  warning: () => undefined,
  debug: () => undefined,
  group: async (_title, work) => await work(),
  mask: () => undefined,
};

export type PythonBase = {
  /** `127.0.0.1:PORT/python@sha256:…` */
  readonly image: string;
};

/**
 * Pushes the image to a registry.
 * @param labels and `files` are for builder images: what stands in them beside Python
 */
export async function pushPythonBase(
  host: string,
  repository: string,
  {
    labels = {},
    files = {},
    env = [],
  }: { labels?: Record<string, string>; files?: Record<string, string>; env?: readonly string[] } = {},
): Promise<PythonBase> {
  const folder = mkdtempSync(join(tmpdir(), "python-base-"));
  try {
    const root = join(folder, "root");
    const version = layOut(root);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content, { mode: 0o755 });
    }
    const layer = join(folder, "layer.tar");
    execFileSync("tar", [
      "--sort=name",
      "--mtime=@0",
      "--owner=0",
      "--group=0",
      "--numeric-owner",
      "-C",
      root,
      "-cf",
      layer,
      ".",
    ]);
    const digest = `sha256:${execFileSync("sha256sum", [layer], { encoding: "utf8" }).slice(0, 64)}`;
    const store = openRegistry({ log: silent })({ kind: "registry", host, repository });
    const { bytes } = await store.putBlob({ file: layer, digest, bytes: lstatSync(layer).size });
    const config = Buffer.from(
      JSON.stringify({
        architecture: process.arch === "arm64" ? "arm64" : "amd64",
        os: "linux",
        config: {
          Env: [
            "PATH=/usr/local/bin:/usr/bin:/bin",
            "LD_LIBRARY_PATH=/usr/local/lib",
            `PYTHON_VERSION=${version}`,
            ...env,
          ],
          Labels: labels,
          Cmd: ["python3"],
        },
        rootfs: { type: "layers", diff_ids: [digest] },
        history: [{ created_by: "this machine's Python" }],
      }),
    );
    const put = await store.putBlob(config);
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MEDIA.manifest,
        config: { mediaType: MEDIA.config, digest: put.digest, size: put.bytes },
        layers: [{ mediaType: MEDIA.layer, digest, size: bytes }],
      }),
    );
    await store.putManifest(manifest, MEDIA.manifest, ["v1"]);
    return { image: `${host}/${repository}@sha256:${createHash("sha256").update(manifest).digest("hex")}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A root with Python in /usr/local. @returns its version */
function layOut(root: string): string {
  const [prefix = "", version = ""] = execFileSync(
    "python3.11",
    ["-c", "import sys, platform; print(sys.base_prefix, platform.python_version())"],
    { encoding: "utf8" },
  )
    .trim()
    .split(" ");
  const lib = "lib/python3.11";
  for (const each of ["usr/local/bin", "usr/local/lib", "bin", "etc", "tmp", "root", "proc", "sys", "dev", "var/tmp"])
    mkdirSync(join(root, each), { recursive: true });
  const skip =
    /\/(?:test|tests|idlelib|tkinter|lib2to3|ensurepip|turtledemo|__pycache__|config-3\.11[^/]*|dist-packages)(?:\/|$)/;
  const at = (path: string): boolean =>
    !skip.test(path.slice(prefix.length)) &&
    (!/\/site-packages\//.test(path) ||
      /\/site-packages\/(?:pip|setuptools|pkg_resources|_distutils_hack|distutils-precedence)/.test(path));
  cpSync(join(prefix, lib), join(root, "usr/local", lib), { recursive: true, filter: at, dereference: true });
  mkdirSync(join(root, "usr/local", lib, "site-packages"), { recursive: true });
  copyFileSync(realpathSync(join(prefix, "bin/python3.11")), join(root, "usr/local/bin/python3.11"));
  for (const name of ["python3", "python"]) symlinkSync("python3.11", join(root, "usr/local/bin", name));
  const dynamic = join(root, "usr/local", lib, "lib-dynload");
  const binaries = [join(prefix, "bin/python3.11"), ...readdirSync(dynamic).map((each) => join(dynamic, each))];
  for (const program of PROGRAMS) {
    const found = execFileSync("sh", ["-c", `readlink -f "$(command -v ${program})"`], {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin" },
    }).trim();
    copyFileSync(found, join(root, "bin", program));
    binaries.push(found);
  }
  for (const library of librariesOf(binaries, prefix)) {
    // Where the loader looks for it by its full name, or beside Python's own.
    const to =
      library.startsWith(prefix) && prefix !== "/usr"
        ? join(root, "usr/local/lib", basename(library))
        : join(root, library);
    mkdirSync(dirname(to), { recursive: true });
    if (!existsSync(to)) copyFileSync(realpathSync(library), to);
  }
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  if (!existsSync(join(root, "usr/bin/env"))) symlinkSync("../../bin/env", join(root, "usr/bin/env"));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nseldon:x:8888:8888::/app:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\nseldon:x:8888:\n");
  execFileSync("chmod", ["1777", join(root, "tmp"), join(root, "var/tmp")]);
  return version;
}

/** What the loader would load for programs, by their full names. */
function librariesOf(binaries: readonly string[], prefix: string): ReadonlySet<string> {
  const found = new Set<string>();
  const told = execFileSync("ldd", binaries, {
    encoding: "utf8",
    env: { ...process.env, LD_LIBRARY_PATH: join(prefix, "lib") },
    stdio: ["ignore", "pipe", "ignore"],
  });
  for (const [, named] of told.matchAll(/(?:=>\s+|^\s+)(\/\S+)\s+\(0x/gm)) found.add(named!);
  // numpy and its kind want these, and they are on every machine that has a compiler's runtime.
  for (const more of [
    "libstdc++.so.6",
    "libgcc_s.so.1",
    "libgomp.so.1",
    "libz.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
    "libdl.so.2",
  ]) {
    for (const each of ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]) {
      const path = join(each, more);
      if (existsSync(path)) found.add(path);
    }
  }
  return found;
}

/** buildah leaves its storage mounted on itself: what is mounted below a folder is taken down, so that it can be removed. */
export function unmountBelow(folder: string): void {
  const mounts = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  for (const at of mounts.filter((each) => each.startsWith(`${folder}/`)).toReversed()) execFileSync("umount", [at]);
}
