/** Where Kubernetes puts a pod's own credential. */
export const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** A kubeconfig out of what every pod finds: for a runner that is a pod of the cluster itself. */
export function inClusterKubeconfig(found: {
  readonly host: string;
  readonly port: string;
  readonly token: string;
  /** PEM. */
  readonly ca: string;
  readonly namespace: string | undefined;
}): string {
  const host = found.host.includes(":") ? `[${found.host}]` : found.host;
  const cluster = {
    server: `https://${host}:${found.port}`,
    "certificate-authority-data": Buffer.from(found.ca).toString("base64"),
  };
  const namespace = found.namespace?.trim() ?? "";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "in-cluster",
    clusters: [{ name: "in-cluster", cluster }],
    users: [{ name: "in-cluster", user: { token: found.token.trim() } }],
    contexts: [
      {
        name: "in-cluster",
        context: { cluster: "in-cluster", user: "in-cluster", ...(namespace === "" ? {} : { namespace }) },
      },
    ],
  });
}
