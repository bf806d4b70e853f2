import { check } from "../actions/check.ts";
import { systemClock } from "../adapters/clock.ts";
import { httpClient } from "../adapters/http.ts";
import { imageStores } from "../adapters/images.ts";
import { kubernetes } from "../adapters/kubernetes.ts";
import { openLayout } from "../adapters/layout.ts";
import { localProcesses } from "../adapters/process.ts";
import { openRegistry } from "../adapters/registry.ts";
import { localWorkspace } from "../adapters/workspace.ts";
import { runAction } from "../run-action.ts";

void runAction(check, ({ inputs, run, log, signal }) => {
  const [processes, clock, workspace] = [localProcesses({ signal }), systemClock(), localWorkspace(run)];
  const login = {
    username: inputs["registry-username"],
    password: inputs["registry-password"],
    image: inputs.image?.kind === "registry" ? inputs.image : undefined,
  };
  const registry = openRegistry({ log, githubToken: inputs["github-token"], actor: run.actor, login });
  return {
    log,
    clock,
    signal,
    http: httpClient(),
    images: imageStores({ layout: openLayout, registry }),
    // A check takes seconds: trouble is told, never sat out.
    kubernetes: kubernetes({ log, clock, processes, workspace, run }, { troubleMs: 5000, callMs: 10_000 }),
  };
});
