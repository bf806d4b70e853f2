import { evaluateGateDecide } from "../actions/evaluate-gate-decide.ts";
import { systemClock } from "../adapters/clock.ts";
import { gzipTexts } from "../adapters/compression.ts";
import { githubRest } from "../adapters/github.ts";
import { kubernetes } from "../adapters/kubernetes.ts";
import { localProcesses } from "../adapters/process.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(evaluateGateDecide, ({ inputs, run, log, signal }) => {
  const workspace = localWorkspace(run);
  return {
    log,
    clock: systemClock(),
    workspace,
    // Only a gate with a baseline asks GitHub, and only then is the adapter loaded.
    get github() {
      return githubRest({ run, token: inputs["github-token"] });
    },
    serving: { state: async (...of) => (await import("../adapters/serving.ts")).servingState(...of) },
    // Made when it is asked: a gate of floors alone loads none of it.
    kubernetes: {
      connect: async (to) =>
        kubernetes({ log, clock: systemClock(), processes: localProcesses({ signal }), workspace, run }).connect(to),
    },
    compression: { unpack: async (...of) => gzipTexts().unpack(...of) },
  };
});
