import { expect, test } from "vitest";

import { parseClaimFolder, trainingJob, type TrainingJob } from "../../../src/domain/kubernetes/training-job.ts";

const job: TrainingJob = {
  name: "iris-1-1",
  image: "ghcr.io/acme/iris@sha256:0",
  command: "echo $(date) $$",
  preRun: undefined,
  args: ["--C", "$(x)"],
  params: '{"C":1.0}',
  model: "out/model.joblib",
  output: { claim: "models", path: "iris" },
  timeoutSeconds: 60,
};

type Container = { command: string[]; env: { name: string; value: string }[]; volumeMounts: { name: string }[] };
const podOf = (given: TrainingJob) =>
  (trainingJob(given, "iris-1-1").spec as { template: { spec: Record<string, unknown> & { containers: Container[] } } })
    .template.spec;
const variables = ({ containers }: { containers: Container[] }) =>
  Object.fromEntries(containers[0]!.env.map(({ name, value }) => [name, value]));

test("a claim's folder", () => {
  expect(parseClaimFolder("pvc://models")).toEqual({ claim: "models", path: "" });
  expect(parseClaimFolder("pvc://models/a/b/")).toEqual({ claim: "models", path: "a/b" });
  for (const wrong of [
    "s3://a/b",
    "pvc://",
    "pvc://Models/a",
    "pvc://models/../a",
    "pvc://models/a b",
    "pvc://models/.ssh",
  ]) {
    expect(() => parseClaimFolder(wrong), wrong).toThrow(/pvc:\/\/<claim>\/<path>/);
  }
});

test("it has no right in the cluster, runs once, and nothing of it is replaced by Kubernetes", () => {
  const made = trainingJob(job, "iris-1-1");
  expect(made.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 120 });
  const pod = podOf(job);
  expect(pod).toMatchObject({ automountServiceAccountToken: false, restartPolicy: "Never" });
  expect(variables(pod)).toMatchObject({
    TRAINING_COMMAND: "echo $$(date) $$$$",
    MODEL_PATH: "/model-road-claim/iris/iris-1-1/model.joblib",
    TRAINING_MODEL_URI: "pvc://models/iris/iris-1-1",
  });
  expect(pod.containers[0]!.command.slice(3)).toEqual(["train", "--C", "$$(x)"]);
});

test("without a claim the command tells of the model itself", () => {
  const pod = podOf({ ...job, output: undefined });
  expect(variables(pod)).toMatchObject({ TRAINING_MODEL_URI: "", MODEL_PATH: "/model-road/model/model.joblib" });
  expect(pod.containers[0]!.volumeMounts.map(({ name }) => name)).toEqual(["scratch"]);
});
