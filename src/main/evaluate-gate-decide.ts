import { evaluateGateDecide } from "../actions/evaluate-gate-decide.ts";
import { githubRest } from "../adapters/github.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(evaluateGateDecide, ({ inputs, run, log }) => ({
  log,
  workspace: localWorkspace(run),
  // Only a gate with a baseline asks GitHub, and only then is the adapter loaded.
  get github() {
    return githubRest({ run, token: inputs["github-token"] });
  },
  serving: { state: async (...of) => (await import("../adapters/serving.ts")).servingState(...of) },
}));
