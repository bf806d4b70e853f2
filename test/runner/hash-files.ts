import { createHash } from "node:crypto";
import { globSync, readFileSync, statSync } from "node:fs";
import { matchesGlob } from "node:path";

/**
 * `hashFiles(…)`: one sha256 over the sha256 of every matching file of the workspace, in path order; "" if none matches.
 * Patterns apply in order, and one that starts with `!` takes files out again.
 */
export function hashFiles(workspace: string, patterns: string[]): string {
  const paths = new Set<string>();
  for (const pattern of patterns.flatMap((p) => p.split("\n")).map((p) => p.trim())) {
    if (pattern === "" || pattern.startsWith("#")) continue;
    if (pattern.startsWith("!")) {
      for (const path of paths) if (matchesGlob(path, pattern.slice(1))) paths.delete(path);
    } else {
      for (const path of globSync(pattern, { cwd: workspace })) paths.add(path);
    }
  }
  const files = [...paths].filter((path) => statSync(`${workspace}/${path}`).isFile()).sort();
  if (files.length === 0) return "";
  const total = createHash("sha256");
  for (const path of files)
    total.update(
      createHash("sha256")
        .update(readFileSync(`${workspace}/${path}`))
        .digest(),
    );
  return total.digest("hex");
}
