import type { ReleaseRecord } from "../../../src/domain/record/record.ts";
import type { ReportedFrom } from "../../../src/domain/report/report.ts";

export const from: ReportedFrom = {
  serverUrl: "https://github.com",
  repository: "acme/digits",
  runId: "1234567890",
  runAttempt: 1,
};

export const request = '{"data": {"ndarray": [[0, 0, 5, 13, 9, 1, 0, 0]]}}';

const trained: ReleaseRecord = {
  schema: 1,
  model: {
    name: "digits",
    flavor: "sklearn",
    fingerprint: "6b5f0c2d4a3e9187f6d5c4b3a2918070605f4e3d2c1b0a9f8e7d6c5b4a392817",
    parts: {},
    path: "model/model.joblib",
    digest: `sha256:${"3c".repeat(32)}`,
    files: 1,
    bytes: 6215,
    libraries: { "scikit-learn": "1.5.2", numpy: "1.26.4" },
  },
  source: {
    repository: "acme/digits",
    sha: "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
    ref: "refs/pull/7/merge",
    event: "pull_request",
    pullRequest: 7,
    runId: "1234567890",
    runAttempt: 1,
  },
  training: {
    command: "python train.py",
    params: { C: "0.1", max_iter: "200" },
    seconds: 3.42,
    skipped: false,
    reason: "the parameters differ from those of run 1234567001",
    changed: ["params.C 1.0 → 0.1", "code train.py"],
  },
  artifact: { id: "991", name: `train1-${"6b".repeat(32)}-1`, sha256: "ab".repeat(32), runId: "1234567890" },
  metrics: { values: { accuracy: 0.9672131147540983, f1_macro: 0.9667, latency_p95_ms: 1.75 } },
};

const image: ReleaseRecord["image"] = {
  repository: "ghcr.io/acme/digits",
  digest: `sha256:${"9f".repeat(32)}`,
  layers: [
    { digest: `sha256:${"1".repeat(64)}`, bytes: 48_211_000, holds: "base" },
    { digest: `sha256:${"2".repeat(64)}`, bytes: 3120, holds: "code" },
    { digest: `sha256:${"3".repeat(64)}`, bytes: 7168, holds: "model" },
  ],
};

/** Gated, built and served. */
export const passed: ReleaseRecord = {
  ...trained,
  gate: {
    decision: "passed",
    rules: [
      { rule: "accuracy > 0.90", bound: 0.9, observed: 0.9672131147540983, verdict: "passed" },
      { rule: "latency_p95_ms <= 50", bound: 50, observed: 1.75, verdict: "passed" },
    ],
  },
  image,
  deployment: {
    target: "local",
    namespace: "default",
    name: "digits",
    deployId: "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00",
    url: "http://127.0.0.1:40123/seldon/default/digits/api/v1.0/predictions",
    operation: "updated",
    recordBefore: `sha256:${"7".repeat(64)}`,
  },
};

/** Nothing had changed: found again, gated again, served already. */
export const unchanged: ReleaseRecord = {
  ...passed,
  training: {
    ...trained.training,
    seconds: 0,
    skipped: true,
    reusedFrom: { runId: "1234567001", artifactId: "990", sha: "f".repeat(40) },
    reason: "code, data, parameters and environment are those of that run",
    changed: [],
  },
  deployment: {
    ...passed.deployment!,
    target: "seldon",
    url: "https://models.example/seldon/default/digits/api/v1.0/predictions",
    operation: "unchanged",
  },
};

/** Trained on shuffled labels. */
export const rejected: ReleaseRecord = {
  ...trained,
  metrics: { values: { accuracy: 0.10111111111111111, f1_macro: 0.0412, latency_p95_ms: 1.75 } },
  training: {
    ...trained.training,
    params: { ...trained.training.params, shuffle_labels: "true" },
    changed: ["params.shuffle_labels added"],
  },
  gate: {
    decision: "rejected",
    rules: [
      {
        rule: "accuracy > 0.90",
        bound: 0.9,
        observed: 0.10111111111111111,
        verdict: "rejected",
        reason: "observed 0.101111",
      },
      { rule: "latency_p95_ms <= 50", bound: 50, observed: 1.75, verdict: "passed" },
      {
        rule: "recal[class=*] >= 0.85",
        bound: 0.85,
        verdict: "rejected",
        reason: 'there are no slices of "recal"; there are none at all',
      },
    ],
  },
};
