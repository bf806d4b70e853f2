import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConditionRules } from "../../../src/domain/kubernetes/condition-rule.ts";
import { isTold, judgeObject } from "../../../src/domain/kubernetes/kinds.ts";
import type { KubernetesObject } from "../../../src/domain/kubernetes/object.ts";

const made = (apiVersion: string, kind: string, spec: object, status?: object, generation = 2): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: "x", generation },
  spec: spec as never,
  ...(status === undefined ? {} : { status: status as never }),
});
const condition = (type: string, status: string, more: object = {}) => ({ type, status, ...more });
const said = (object: KubernetesObject) => judgeObject(object).kind;

const well = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };

/** What is well, and each thing that makes it not so. */
const TABLE: readonly [title: string, object: KubernetesObject, kind: string][] = [
  ["Deployment", made("apps/v1", "Deployment", { replicas: 2 }, well), "done"],
  ["not looked at", made("apps/v1", "Deployment", { replicas: 2 }, { ...well, observedGeneration: 1 }), "wait"],
  ["without a status", made("apps/v1", "Deployment", { replicas: 2 }), "wait"],
  ["new pods missing", made("apps/v1", "Deployment", { replicas: 2 }, { ...well, updatedReplicas: 1 }), "wait"],
  ["old pods left", made("apps/v1", "Deployment", { replicas: 2 }, { ...well, replicas: 3 }), "wait"],
  ["pods not available", made("apps/v1", "Deployment", { replicas: 2 }, { ...well, availableReplicas: 1 }), "wait"],
  ["of no pod", made("apps/v1", "Deployment", { replicas: 0 }, { observedGeneration: 2 }), "done"],
  [
    "over its deadline",
    made(
      "apps/v1",
      "Deployment",
      { replicas: 2 },
      { ...well, conditions: [condition("Progressing", "False", { reason: "ProgressDeadlineExceeded" })] },
    ),
    "failed",
  ],
  [
    "over its quota",
    made("apps/v1", "Deployment", {}, { ...well, conditions: [condition("ReplicaFailure", "True")] }),
    "failed",
  ],
  [
    "StatefulSet",
    made("apps/v1", "StatefulSet", { replicas: 2 }, { ...well, updateRevision: "b", currentRevision: "b" }),
    "done",
  ],
  [
    "in the middle",
    made("apps/v1", "StatefulSet", { replicas: 2 }, { ...well, updateRevision: "b", currentRevision: "a" }),
    "wait",
  ],
  [
    "by a partition",
    made(
      "apps/v1",
      "StatefulSet",
      { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      { ...well, updatedReplicas: 1, updateRevision: "b", currentRevision: "a" },
    ),
    "done",
  ],
  [
    "DaemonSet",
    made(
      "apps/v1",
      "DaemonSet",
      {},
      { observedGeneration: 2, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 },
    ),
    "done",
  ],
  ["Job that runs", made("batch/v1", "Job", {}, { active: 1 }), "wait"],
  ["Job with pods that succeeded", made("batch/v1", "Job", {}, { succeeded: 1 }), "wait"],
  ["Job at its end", made("batch/v1", "Job", {}, { conditions: [condition("Complete", "True")] }), "done"],
  ["Job that failed", made("batch/v1", "Job", {}, { conditions: [condition("Failed", "True")] }), "failed"],
  ["Job suspended", made("batch/v1", "Job", { suspend: true }), "wait"],
  ["Service inside", made("v1", "Service", { type: "ClusterIP" }), "done"],
  ["LoadBalancer without address", made("v1", "Service", { type: "LoadBalancer" }, { loadBalancer: {} }), "wait"],
  [
    "LoadBalancer with a host name",
    made("v1", "Service", { type: "LoadBalancer" }, { loadBalancer: { ingress: [{ hostname: "lb.example" }] } }),
    "done",
  ],
  ["claim bound", made("v1", "PersistentVolumeClaim", {}, { phase: "Bound" }), "done"],
  ["claim pending", made("v1", "PersistentVolumeClaim", {}, { phase: "Pending" }), "wait"],
  ["claim lost", made("v1", "PersistentVolumeClaim", {}, { phase: "Lost" }), "failed"],
  [
    "autoscaler",
    made(
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      {},
      { conditions: [condition("AbleToScale", "True"), condition("ScalingActive", "True")] },
    ),
    "done",
  ],
  [
    "autoscaler without metrics",
    made(
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      {},
      {
        conditions: [
          condition("AbleToScale", "True"),
          condition("ScalingActive", "False", { reason: "FailedGetResourceMetric" }),
        ],
      },
    ),
    "wait",
  ],
  ["ConfigMap", made("v1", "ConfigMap", {}), "done"],
  ["Role", made("rbac.authorization.k8s.io/v1", "Role", {}), "done"],
  ["TFJob", made("kubeflow.org/v1", "TFJob", {}, { conditions: [condition("Running", "True")] }), "wait"],
  [
    "TFJob at its end",
    made(
      "kubeflow.org/v1",
      "TFJob",
      {},
      { conditions: [condition("Running", "False"), condition("Succeeded", "True")] },
    ),
    "done",
  ],
  [
    "PyTorchJob failed",
    made("kubeflow.org/v1", "PyTorchJob", {}, { conditions: [condition("Failed", "True")] }),
    "failed",
  ],
  [
    "TrainJob",
    made("trainer.kubeflow.org/v1alpha1", "TrainJob", {}, { conditions: [condition("Complete", "True")] }),
    "done",
  ],
  ["Workflow", made("argoproj.io/v1alpha1", "Workflow", {}, { phase: "Running" }), "wait"],
  ["Workflow at its end", made("argoproj.io/v1alpha1", "Workflow", {}, { phase: "Succeeded" }), "done"],
  [
    "Workflow in error",
    made("argoproj.io/v1alpha1", "Workflow", {}, { phase: "Error", message: "no such image" }),
    "failed",
  ],
  ["what no rule knows", made("example.org/v1", "Widget", {}), "untold"],
];

describe("when an object is well", () => {
  it.each(TABLE)("%s", (_title, object, kind) => {
    expect(said(object)).toBe(kind);
  });

  it("is never so while it is being deleted", () => {
    for (const [, object] of TABLE) {
      const going = { ...object, metadata: { ...object.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
      expect(said(going)).toBe("failed");
    }
  });

  it("is told by the user's rules before the table's", () => {
    const success = parseConditionRules("Widget: status.phase == Ready", "success-conditions");
    const failure = parseConditionRules("Widget: status.phase == Broken", "failure-conditions");
    const widget = (phase: string, observedGeneration?: number) =>
      made(
        "example.org/v1",
        "Widget",
        {},
        { phase, ...(observedGeneration === undefined ? {} : { observedGeneration }) },
      );
    const judge = (object: KubernetesObject) => judgeObject(object, { success, failure }).kind;
    expect([judge(widget("Ready")), judge(widget("Soon")), judge(widget("Broken"))]).toEqual([
      "done",
      "wait",
      "failed",
    ]);
    expect([judge(widget("Ready", 1)), judge(widget("Ready", 2))]).toEqual(["wait", "done"]);
    expect([isTold(widget("Ready")), isTold(widget("Ready"), { success, failure })]).toEqual([false, true]);
  });

  it("is answered for any status that an object may carry", () => {
    const kinds = TABLE.map(([, object]) => object);
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.jsonValue(), fc.jsonValue(), (object, spec, status) => {
        const answer = judgeObject({ ...object, spec: spec as never, status: status as never });
        expect(["wait", "done", "untold", "failed"]).toContain(answer.kind);
      }),
      { numRuns: 2000 },
    );
  });
});
