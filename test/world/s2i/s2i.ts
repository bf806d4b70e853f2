// source-to-image, built from its Go module once and kept in the cache folder by its version.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The cgo parts of its image library read signatures and foreign storages: nothing that it does here. */
const TAGS = "containers_image_openpgp exclude_graphdriver_btrfs exclude_graphdriver_devicemapper";

/** The folder of the program, for PATH; `undefined` with a loud word where it can not be had. */
export function buildS2i(): string | undefined {
  const version = /source-to-image (v\S+)/.exec(readFileSync(join(import.meta.dirname, "go.mod"), "utf8"))![1]!;
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(cache, "model-road/tools", `s2i-${version}`);
  if (existsSync(join(folder, "s2i"))) return folder;
  mkdirSync(folder, { recursive: true });
  const beside = join(folder, `.s2i.${process.pid}`);
  const { status, error, stderr } = spawnSync(
    "go",
    [
      "build",
      "-mod=readonly",
      "-trimpath",
      "-tags",
      TAGS,
      "-o",
      beside,
      "github.com/openshift/source-to-image/cmd/s2i",
    ],
    { cwd: import.meta.dirname, env: { ...process.env, CGO_ENABLED: "0" }, encoding: "utf8" },
  );
  if (status === 0) {
    renameSync(beside, join(folder, "s2i"));
    return folder;
  }
  const why = error?.message ?? stderr.trim().split("\n").at(-1) ?? "";
  if (process.env["CI"] === "true" && error === undefined) throw new Error(`s2i can not be built: ${why}`);
  console.warn(`SKIPPED: engine s2i, since it can not be built with Go (go build in test/world/s2i): ${why}`);
  return undefined;
}
