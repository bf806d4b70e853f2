// dist/ is what users run: it must be what src/ builds, byte for byte. Builds into a folder beside and compares.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const dist = join(root, "dist");
// Paths in the bundles are relative to the working directory, and the folder must lie as deep as dist/ does.
const before = mkdtempSync(join(root, ".dist-before-"));
try {
  cpSync(dist, before, { recursive: true });
  for (const [command, ...args] of [
    ["rolldown", "-c", "rolldown.config.ts"],
    ["node", "scripts/notices.ts"],
  ] as const) {
    const built = spawnSync(command, args, { cwd: root, encoding: "utf8" });
    if (built.status !== 0) throw new Error(`${command} failed:\n${built.stdout}\n${built.stderr}`);
  }
  const files = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .toSorted();
  const was = files(before);
  const is = files(dist);
  const differing = [...new Set([...was, ...is])].filter(
    (file) =>
      !was.includes(file) ||
      !is.includes(file) ||
      !readFileSync(join(before, file)).equals(readFileSync(join(dist, file))),
  );
  if (differing.length > 0) {
    console.error(`dist/ is not what src/ builds: ${differing.join(", ")}. It is built anew now: commit it.`);
    process.exitCode = 1;
  } else {
    console.log(`dist/ is what src/ builds (${is.length} files).`);
  }
} finally {
  rmSync(before, { recursive: true, force: true });
}
