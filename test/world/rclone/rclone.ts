import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";

const VERSION = "v1.74.4";

/** The parts of rclone that these tests use: its whole has some seventy clouds, and takes minutes to build. */
const MAIN = `package main

import (
	_ "github.com/rclone/rclone/backend/local"
	_ "github.com/rclone/rclone/backend/s3"
	"github.com/rclone/rclone/cmd"
	_ "github.com/rclone/rclone/cmd/cat"
	_ "github.com/rclone/rclone/cmd/copy"
	_ "github.com/rclone/rclone/cmd/copyto"
	_ "github.com/rclone/rclone/cmd/lsjson"
	_ "github.com/rclone/rclone/cmd/serve/s3"
)

func main() { cmd.Main() }
`;

/**
 * The folder of a real rclone, built once from its Go module (about a minute) and kept in the cache folder.
 * @returns undefined where there is no Go: whoever asks says so loudly
 */
export function rcloneFolder(): string | undefined {
  const folder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), `model-road/tools/rclone-${VERSION}`);
  if (existsSync(join(folder, "rclone"))) return folder;
  if (spawnSync("go", ["version"]).status !== 0) return undefined;
  mkdirSync(folder, { recursive: true });
  const build = mkdtempSync(join(folder, "build-"));
  try {
    writeFileSync(join(build, "main.go"), MAIN);
    writeFileSync(join(build, "go.mod"), "module rclone\n\ngo 1.24\n");
    const go = (...args: string[]): void => void execFileSync("go", args, { cwd: build, stdio: "pipe" });
    go("get", `github.com/rclone/rclone@${VERSION}`);
    go("build", "-trimpath", "-o", "rclone", ".");
    // Whole or not at all: another test may build the same at this time.
    renameSync(join(build, "rclone"), join(folder, "rclone"));
    return folder;
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}

/** A real S3 service on loopback, whose buckets are the folders of a folder. */
export async function startS3(rclone: string, folder: string) {
  const port = await new Promise<number>((take) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => take(free));
    });
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const log = join(folder, "..", `s3-${port}.log`);
  const out = openSync(log, "a");
  const child = spawn(
    join(rclone, "rclone"),
    // Without a cache of its own, so that what a test changes on disk is what is served.
    ["serve", "s3", "--addr", `127.0.0.1:${port}`, "--auth-key", "AKID,SECRET", "-vv", folder],
    { stdio: ["ignore", out, out], env: { ...process.env, RCLONE_CONFIG: join(folder, "..", "none.conf") } },
  );
  closeSync(out);
  const lines = (): string[] => readFileSync(log, "utf8").split("\n");
  let seen = 0;
  const until = performance.now() + 20_000;
  while (
    !(await fetch(endpoint).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || performance.now() > until)
      throw new Error(`no S3 service: ${lines().slice(-5).join("\n")}`);
    await new Promise((resume) => setTimeout(resume, 20));
  }
  return {
    endpoint,
    /** The variables that Seldon's storage initialiser reads, for this service. */
    variables: {
      RCLONE_CONFIG_S3_TYPE: "s3",
      RCLONE_CONFIG_S3_PROVIDER: "Other",
      RCLONE_CONFIG_S3_ENDPOINT: endpoint,
      RCLONE_CONFIG_S3_ACCESS_KEY_ID: "AKID",
      RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: "SECRET",
    },
    /** What the service has logged since the last time this was asked. */
    log: (): string[] => {
      const all = lines();
      const fresh = all.slice(seen);
      seen = all.length;
      return fresh;
    },
    stop: () => {
      child.kill("SIGKILL");
    },
  };
}
