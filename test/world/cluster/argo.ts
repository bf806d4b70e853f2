// A stand-in for Argo Workflows' controller, as its documentation describes it: status.phase goes from Running to Succeeded, Failed
// or Error, and what templates put out under a globalName stands in status.outputs.parameters. It runs no pods.
import { setTimeout as delay } from "node:timers/promises";

import type { KubernetesObject } from "../../../src/domain/kubernetes/object.ts";
import type { Admin } from "./admin.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

export type Argo = {
  readonly seen: KubernetesObject[];
  phase: "Succeeded" | "Failed";
  stop(): Promise<void>;
};

export async function startArgo(admin: Admin, namespace: string): Promise<Argo> {
  for (const [kind, plural] of [
    ["Workflow", "workflows"],
    ["WorkflowTemplate", "workflowtemplates"],
  ] as const) {
    await define(admin, kind, plural);
  }
  const stopped = new AbortController();
  const argo: Argo = {
    seen: [],
    phase: "Succeeded",
    stop: async () => {
      stopped.abort();
      await work;
    },
  };
  const collection = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/workflows`;
  const write = async (name: string, status: object): Promise<void> => {
    await admin.call("PATCH", `${collection}/${name}`, { status }, "application/merge-patch+json");
  };
  const work = (async () => {
    while (!stopped.signal.aborted) {
      const { items = [] } = (await admin.call("GET", collection)).body as unknown as { items?: KubernetesObject[] };
      for (const workflow of items) {
        const { name } = workflow.metadata;
        const { phase } = (workflow.status ?? {}) as { phase?: string };
        if (phase === undefined) {
          argo.seen.push(workflow);
          await write(name, { phase: "Running" });
        } else if (phase === "Running") {
          const parameters = [
            { name: "metrics", value: '{"accuracy": 0.5}' },
            { name: "model-uri", value: "s3://models/argo" },
            { name: "model-digest", value: `sha256:${"b".repeat(64)}` },
          ];
          const good = argo.phase === "Succeeded";
          await write(name, {
            phase: argo.phase,
            ...(good ? { outputs: { parameters } } : { message: "the stand-in says no" }),
          });
        }
      }
      await delay(100, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return argo;
}

/** As Argo's own minimal definitions: any field is kept, and the status is no part of its own. */
async function define(admin: Admin, kind: string, plural: string): Promise<void> {
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const crd = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.argoproj.io` },
    spec: {
      group: "argoproj.io",
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: "v1alpha1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: anything, status: anything } } },
        },
      ],
    },
  };
  const path = `${CRDS}/${crd.metadata.name}`;
  await admin.must("PATCH", `${path}?fieldManager=tests`, crd, "application/apply-patch+yaml");
  const until = Date.now() + 30_000;
  for (;;) {
    const { status } = (await admin.must("GET", path)) as {
      status?: { conditions?: { type: string; status: string }[] };
    };
    if (status?.conditions?.some((each) => each.type === "Established" && each.status === "True")) return;
    if (Date.now() > until) throw new Error(`the definition of ${kind} is not established after 30 s`);
    await delay(100);
  }
}
