import { defineConfig } from "vitest/config";

import { whyNoCluster } from "./test/world/cluster/possible.ts";

const named = (process.env["TEST_KUBE_CONTEXT"] ?? "") !== "";
const why = named ? undefined : whyNoCluster();
if (why !== undefined) console.log(`SKIPPED: the cluster tests, since ${why}.`);

/** What runs on a cluster with Seldon's own operator too; the others ask for the faults of our stand-in, or of our control plane. */
const ANYWHERE = ["composite", "predict", "check", "models", "rights", "rollouts", "served-examples"];
const CONTROL_PLANE = "test/cluster/control-plane.cluster.ts";

const shared = { testTimeout: 180_000, hookTimeout: 120_000, globalSetup: ["test/world/cluster/bring-up.ts"] };

/** The tests that need a cluster with real pods: `npm run test:cluster`. */
export default defineConfig({
  test:
    why !== undefined
      ? { include: [], passWithNoTests: true }
      : {
          // Each file has a namespace of its own, and mostly waits for pods to start and end.
          maxWorkers: 2,
          projects: [
            {
              test: {
                ...shared,
                name: "pods",
                include: named
                  ? ANYWHERE.map((each) => `test/cluster/${each}.cluster.ts`)
                  : ["test/cluster/**/*.cluster.ts"],
                exclude: [CONTROL_PLANE],
              },
            },
            // What freezes and kills the cluster's own parts comes last, and alone.
            ...(named
              ? []
              : [
                  {
                    test: {
                      ...shared,
                      name: "control plane",
                      include: [CONTROL_PLANE],
                      fileParallelism: false,
                      sequence: { groupOrder: 1 },
                    },
                  },
                ]),
          ],
        },
});
