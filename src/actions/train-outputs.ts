/** What train says in the end, whether it trained or not: the plan part's outputs where it skipped, else the record part's. */
export const trainOutputs = {
  record: "The release record, for the actions that follow.",
  fingerprint: "64 hex digits over code, data, parameters, environment, command and runtime.",
  skipped: "`true` when an earlier result was used instead of training.",
  reason: "Why it trained or did not: `nothing changed since run 17 (a1b2c3d)`, `params.C 1.0 → 0.1`.",
  changed: "What differs from the last known training: a JSON list of lines, as `params.C 1.0 → 0.1`.",
  "model-path": "Where the model lies on this machine: an absolute path, outside the workspace.",
  "model-uri":
    "Where the model lies in `model-store`: immutable, with the file names that Seldon's prepackaged servers look for.",
  "artifact-id": "The artifact that holds the model.",
  "artifact-digest": "`sha256:…` of that artifact, as GitHub stores it.",
};
