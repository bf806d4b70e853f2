import { spawnSync } from "node:child_process";

import { defineConfig } from "vitest/config";

/** Why no cluster can be had here; `undefined` where one can. See test/world/cluster/bring-up.ts. */
function missing(): string | undefined {
  if (process.env["TEST_KUBE_CONTEXT"]) return undefined;
  if (process.platform !== "linux") return "a cluster of our own runs on Linux only: name one in TEST_KUBE_CONTEXT";
  if (process.getuid?.() !== 0)
    return "a cluster of our own needs root: run it by sudo, or name one in TEST_KUBE_CONTEXT";
  if (spawnSync("apt-get", ["--version"]).error)
    return "a cluster of our own takes Debian's packages, and there is no apt-get";
  const go = /go1\.(\d+)/.exec(spawnSync("go", ["version"], { encoding: "utf8" }).stdout ?? "")?.[1];
  return Number(go) >= 24 ? undefined : "a cluster of our own is built with Go 1.24 or later, and there is none";
}

const why = missing();
if (why !== undefined) console.log(`SKIPPED: the cluster tests, since ${why}.`);

/** The tests that need a cluster with real pods: `npm run test:cluster`. */
export default defineConfig({
  test: {
    include: why === undefined ? ["test/cluster/**/*.cluster.ts"] : [],
    passWithNoTests: why !== undefined,
    globalSetup: why === undefined ? ["test/world/cluster/bring-up.ts"] : [],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
