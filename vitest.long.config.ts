import { defineConfig } from "vitest/config";

/** What takes too long for every change: `npm run test:long`. */
export default defineConfig({
  test: {
    include: [
      "test/actions/comment-races.test.ts",
      "test/domain/rollout/random-rollouts.test.ts",
      "test/domain/text/disarm.test.ts",
    ],
    env: { ROLLOUTS: "10000", LONG_TESTS: "1" },
    testTimeout: 600_000,
  },
});
