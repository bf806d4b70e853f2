import { lines, text } from "../inputs.ts";

/** How a cluster is found: the same in every action that asks one. */
export const clusterInputs = {
  kubeconfig: text({
    description:
      "Target seldon: how the cluster is reached, as YAML or its base64. Left out, the file that `KUBECONFIG` names, or `~/.kube/config`.",
    secret: true,
  }),
  "kube-context": text({ description: "Target seldon: the kubeconfig's context. Left out, its current one." }),
  "allow-exec": lines({
    description:
      "Target seldon: programs by which a kubeconfig may get its credential, besides aws, gke-gcloud-auth-plugin and kubelogin.",
  }),
};

/** What a story hands to the port. */
export const connection = (given: {
  readonly kubeconfig: string | undefined;
  readonly "kube-context": string | undefined;
  readonly "allow-exec": readonly string[];
}) => ({ kubeconfig: given.kubeconfig, context: given["kube-context"], allowExec: given["allow-exec"] });
