import { expect, test } from "vitest";

import { readDocuments, type Document } from "../../../src/domain/kubernetes/documents.ts";
import {
  podsOf,
  TRAINING_LABEL,
  trainingDocument,
  trainingName,
  trainingObject,
} from "../../../src/domain/kubernetes/training.ts";
import { ActionError } from "../../../src/errors.ts";

const marks = { name: "digits-7-1", namespace: "ml", run: "7-1", annotations: { "model-road/sha": "a" } };
const params = { source: { C: "0.5", note: "a $(b)" }, environment: { PARAM_C: "0.5", PARAM_NOTE: "a $(b)" } };

const document = (apiVersion: string, kind: string, spec: object): Document =>
  ({ apiVersion, kind, metadata: { name: "as-written", labels: { team: "x" } }, spec }) as unknown as Document;

test("names are of run and attempt, start with a letter, and leave room for what controllers hang behind", () => {
  expect(trainingName("digits", "18234567890", 2)).toBe("digits-18234567890-2");
  expect(trainingName("3d", "1", 1)).toBe("m-3d-1-1");
  const long = trainingName("a".repeat(63), "18234567890", 1);
  expect(long).toMatch(/^a+-[0-9a-f]{6}-18234567890-1$/);
  expect(long.length).toBeLessThanOrEqual(52);
  expect(long).not.toBe(trainingName(`${"a".repeat(62)}b`, "18234567890", 1));
  expect(trainingName("digits", "", 1)).toBe("digits-0-1");
});

test("a Job gets our name, labels and parameters; its own variables of those names give way", () => {
  const template = {
    metadata: { labels: { app: "t" } },
    spec: {
      containers: [
        {
          name: "a",
          env: [
            { name: "PARAM_C", value: "9" },
            { name: "OWN", value: "1" },
          ],
        },
        { name: "b" },
      ],
    },
  };
  const made = trainingObject(document("batch/v1", "Job", { template, backoffLimit: 2 }), marks, params);
  expect(made.metadata).toEqual({
    name: "digits-7-1",
    namespace: "ml",
    labels: {
      team: "x",
      "app.kubernetes.io/managed-by": "model-road",
      "model-road/training": "digits-7-1",
      "model-road/run": "7-1",
    },
    annotations: { "model-road/sha": "a" },
  });
  const env = [
    { name: "PARAM_C", value: "0.5" },
    // Kubernetes would replace $(b).
    { name: "PARAM_NOTE", value: "a $$(b)" },
  ];
  expect(made.spec).toEqual({
    backoffLimit: 2,
    template: {
      metadata: { labels: { app: "t", [TRAINING_LABEL]: "digits-7-1" } },
      spec: {
        containers: [
          { name: "a", env: [...env, { name: "OWN", value: "1" }] },
          { name: "b", env },
        ],
      },
    },
  });
  expect(podsOf(made)).toBe("model-road/training=digits-7-1");
});

test("every replica of Kubeflow's jobs, and the trainer of a TrainJob", () => {
  const replica = { replicas: 1, template: { spec: { containers: [{ name: "pytorch" }] } } };
  const made = trainingObject(
    document("kubeflow.org/v1", "PyTorchJob", { pytorchReplicaSpecs: { Master: replica, Worker: replica } }),
    marks,
    params,
  );
  const specs = (made.spec as { pytorchReplicaSpecs: Record<string, typeof replica> }).pytorchReplicaSpecs;
  for (const name of ["Master", "Worker"]) {
    expect(specs[name]).toMatchObject({
      replicas: 1,
      template: {
        metadata: { labels: { [TRAINING_LABEL]: "digits-7-1" } },
        spec: { containers: [{ name: "pytorch", env: [{ name: "PARAM_C" }, { name: "PARAM_NOTE" }] }] },
      },
    });
  }
  const trained = trainingObject(document("trainer.kubeflow.org/v1alpha1", "TrainJob", { trainer: {} }), marks, params);
  expect(trained.spec).toMatchObject({ trainer: { env: [{ name: "PARAM_C" }, { name: "PARAM_NOTE" }] } });
  expect(podsOf(trained)).toBe("jobset.sigs.k8s.io/jobset-name=digits-7-1");
});

test("an Argo Workflow keeps its own arguments but those we have, a template is referred to", () => {
  const spec = {
    arguments: {
      parameters: [
        { name: "C", value: "1" },
        { name: "kept", value: "2" },
      ],
    },
    entrypoint: "main",
  };
  const ours = [
    { name: "C", value: "0.5" },
    { name: "note", value: "a $(b)" },
  ];
  const workflow = trainingObject(document("argoproj.io/v1alpha1", "Workflow", spec), marks, params);
  expect(workflow.spec).toEqual({
    entrypoint: "main",
    arguments: { parameters: [{ name: "kept", value: "2" }, ...ours] },
  });
  const made = trainingObject(document("argoproj.io/v1alpha1", "WorkflowTemplate", spec), marks, params);
  expect(made.kind).toBe("Workflow");
  expect(made.spec).toEqual({ workflowTemplateRef: { name: "as-written" }, arguments: { parameters: ours } });
  expect(podsOf(made)).toBe("workflows.argoproj.io/workflow=digits-7-1");
});

test("what a controller would delete before its end was seen stays for ten minutes", () => {
  const spec = (kind: string, apiVersion: string, given: object): unknown =>
    trainingObject(document(apiVersion, kind, given), marks, { source: {}, environment: {} }).spec;
  expect(spec("Job", "batch/v1", { ttlSecondsAfterFinished: 0 })).toMatchObject({ ttlSecondsAfterFinished: 600 });
  expect(spec("Job", "batch/v1", { ttlSecondsAfterFinished: 900 })).toMatchObject({ ttlSecondsAfterFinished: 900 });
  expect(spec("Job", "batch/v1", {})).not.toHaveProperty("ttlSecondsAfterFinished");
  expect(spec("TFJob", "kubeflow.org/v1", { runPolicy: { ttlSecondsAfterFinished: 1 } })).toMatchObject({
    runPolicy: { ttlSecondsAfterFinished: 600 },
  });
  expect(spec("Workflow", "argoproj.io/v1alpha1", { ttlStrategy: { secondsAfterSuccess: 5 } })).toEqual({
    ttlStrategy: { secondsAfterSuccess: 600 },
  });
});

test("several objects, a kind whose end no rule tells, and a generateName are refused", async () => {
  const job = document("batch/v1", "Job", {});
  expect(trainingDocument([job], "f")).toBe(job);
  expect(() => trainingDocument([job, job], "f")).toThrow(/expected one object, which trains/);
  expect(() => trainingDocument([document("apps/v1", "Deployment", {})], "f")).toThrow(/saw "apps\/v1, Deployment"/);
  await expect(readDocuments("apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\n", "f")).rejects.toThrow(
    ActionError,
  );
});
