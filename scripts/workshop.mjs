// The one door of every npm script. A fresh clone has neither packages nor, perhaps, the right Node: this file is plain
// JavaScript that any Node from 18 on can read. It installs what the lock file asks for, then runs the task on Node 24.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const stamp = join(root, "node_modules", ".workshop-lock");

const tasks = {
  setup: () => [],
  demo: (more) => [["node", "scripts/demo.ts", ...more]],
  test: (more) => [["vitest", "run", ...more]],
  "test:cluster": (more) => [["vitest", "run", "-c", "vitest.cluster.config.ts", ...more]],
  "test:long": (more) => [["vitest", "run", "-c", "vitest.long.config.ts", ...more]],
  build: () => [
    ["rolldown", "-c", "rolldown.config.ts"],
    ["node", "scripts/notices.ts"],
  ],
  readme: () => [
    ["node", "scripts/contracts.ts", "--write"],
    ["oxfmt", "README.md", "actions", "action.yml"],
  ],
  check: () => [
    ["oxfmt", "--check", "."],
    ["oxlint", "--type-aware", "--deny-warnings"],
    ["tsc"],
    ["knip"],
    ["node", "scripts/contracts.ts"],
    ["node", "scripts/check-dist.ts"],
  ],
  fix: () => [
    ["oxfmt", "."],
    ["oxlint", "--type-aware", "--fix"],
  ],
  bench: (more) => [["node", "bench/bench.ts", ...more]],
};

const [task, ...more] = process.argv.slice(2);
if (!task || !Object.hasOwn(tasks, task)) {
  console.error(`workshop: expected one of ${Object.keys(tasks).join(", ")}, saw ${task ?? "nothing"}.`);
  process.exit(2);
}

// --- packages: exactly what the lock file says, and only when it changed ---
const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  console.log("Installing the packages of package-lock.json (about half a minute, once) …");
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], process.env);
  writeFileSync(stamp, lock);
}

// --- Node 24: from node_modules where the platform has it, else the one in PATH, said plainly if that is another ---
const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
const version = spawnSync("node", ["--version"], { env, encoding: "utf8" }).stdout.trim();
if (!version.startsWith("v24.")) {
  console.error(
    `workshop: expected Node 24, saw ${version || "none"}. The packages bring Node 24 for Linux on x64 and arm64; ` +
      "on another platform install Node 24 and put it first in PATH.",
  );
  process.exit(1);
}

for (const [command, ...args] of tasks[task](more)) run(command, args, env);

function run(command, args, env) {
  const done = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  if (done.error) console.error(`workshop: could not start ${command}: ${done.error.message}`);
  if (done.status !== 0) process.exit(done.status ?? 1);
}
