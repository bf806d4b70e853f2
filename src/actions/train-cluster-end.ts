import type { Story } from "../action.ts";
import type { Kubernetes, Log, Workspace } from "../ports.ts";
import { clusterInputs, takeAwayLeft } from "./train-cluster.ts";
import { readMade } from "./training-made.ts";

type Ports = { readonly workspace: Workspace; readonly kubernetes: Kubernetes; readonly log: Log };

/** Runs at the end of the job. A training whose step was killed, or could not delete what it had made, is ended here. */
export const trainClusterEnd: Story<typeof clusterInputs, Ports> = {
  id: "train-cluster-end",
  inputs: clusterInputs,
  outputs: {},

  run: async (asked, _run, ports) => {
    if ((await readMade(asked["plan-file"], ports.workspace)) === undefined) return { outputs: {} };
    const cluster = await ports.kubernetes.connect({
      kubeconfig: asked.kubeconfig,
      context: asked["kube-context"],
      allowExec: asked["allow-exec"],
    });
    try {
      await takeAwayLeft(asked["plan-file"], cluster, ports);
    } finally {
      cluster.close();
    }
    return { outputs: {} };
  },
};
