import { defineConfig } from "vitest/config";

/** The tests that need a cluster with real pods: `npm run test:cluster`. */
export default defineConfig({
  test: {
    include: ["test/cluster/**/*.cluster.ts"],
    globalSetup: ["test/world/cluster/bring-up.ts"],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
