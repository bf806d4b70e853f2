// The real helm, from its Go module, built once and kept by its version.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const MODULES = {
  "v3.20.2": "helm.sh/helm/v3/cmd/helm",
  "v4.3.1": "helm.sh/helm/v4/cmd/helm",
} as const;

/** The folder that holds a program helm of this version. The first time it takes some minutes. */
export function helmFolder(version: keyof typeof MODULES): string {
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(cache, "model-road/tools", `helm-${version}`);
  if (existsSync(join(folder, "helm"))) return folder;
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, GOBIN: folder, GOFLAGS: "-trimpath" };
  const { status } = spawnSync("go", ["install", `${MODULES[version]}@${version}`], { env, stdio: "inherit" });
  if (status !== 0) throw new Error(`go could not build helm ${version}`);
  return folder;
}
