import { hpaSpecOf, type Autoscale } from "../seldon/autoscale.ts";
import type { Json } from "../text/json.ts";
import type { Document } from "./documents.ts";

export const SERVICE_TYPES = ["ClusterIP", "NodePort", "LoadBalancer"] as const;

/** One container served by a Deployment and a Service, without Seldon. */
export type WorkloadOrder = {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  /** Of the container; the Service listens on `servicePort`. */
  readonly port: number;
  readonly servicePort: number;
  readonly serviceType: (typeof SERVICE_TYPES)[number];
  readonly replicas: number;
  readonly autoscale: Autoscale | undefined;
  readonly resources: Json | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly serviceAccount: string | undefined;
  readonly imagePullSecret: string | undefined;
  /** Path of a GET that is answered with 200 once the model is loaded; without it the open port must do. */
  readonly readinessPath: string | undefined;
  /** Seconds after which Kubernetes itself reports a stalled rollout: below the time that we wait. */
  readonly progressDeadlineSeconds: number;
};

/**
 * The objects that serve one image on plain Kubernetes. The replicas are left out where an autoscaler decides, so that an
 * apply does not scale back what it has scaled out.
 */
export function buildWorkload(order: WorkloadOrder): readonly Document[] {
  const { name, namespace, autoscale } = order;
  const labels = { "app.kubernetes.io/name": name };
  const metadata = { name, namespace, labels };
  const documents: Document[] = [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        type: order.serviceType,
        selector: labels,
        ports: [{ name: "http", port: order.servicePort, targetPort: "http" }],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        ...(autoscale === undefined ? { replicas: order.replicas } : {}),
        progressDeadlineSeconds: order.progressDeadlineSeconds,
        selector: { matchLabels: labels },
        // A new pod answers before an old one goes.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: { metadata: { labels }, spec: podSpec(order) },
      },
    },
  ];
  if (autoscale !== undefined) {
    const { metricsv2, ...bounds } = hpaSpecOf(autoscale) as { metricsv2: Json; [name: string]: Json };
    const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name };
    documents.push({
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: { scaleTargetRef, ...bounds, metrics: metricsv2 },
    });
  }
  return documents;
}

function podSpec(order: WorkloadOrder): Json {
  const { readinessPath, serviceAccount, imagePullSecret, resources } = order;
  const env = Object.entries(order.env).map(([name, value]) => ({ name, value }));
  const asked =
    readinessPath === undefined ? { tcpSocket: { port: "http" } } : { httpGet: { path: readinessPath, port: "http" } };
  return {
    containers: [
      {
        name: order.name,
        image: order.image,
        imagePullPolicy: "IfNotPresent",
        ports: [{ name: "http", containerPort: order.port }],
        ...(env.length === 0 ? {} : { env }),
        ...(resources === undefined ? {} : { resources }),
        readinessProbe: { ...asked, initialDelaySeconds: 1, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 },
        // The endpoint is taken out of the Service while this waits: what is on its way is still answered. An image without
        // a shell loses only that: a hook that can not run is told as an event and passed over.
        lifecycle: { preStop: { exec: { command: ["/bin/sh", "-c", "sleep 3"] } } },
      },
    ],
    ...(serviceAccount === undefined
      ? { automountServiceAccountToken: false }
      : { serviceAccountName: serviceAccount }),
    ...(imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] }),
    terminationGracePeriodSeconds: 20,
  };
}
