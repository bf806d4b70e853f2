import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  parseRecord,
  parseRecordSource,
  requireGate,
  serialiseRecord,
  type ReleaseRecord,
} from "../../../src/domain/record/record.ts";

const digest = `sha256:${"a".repeat(64)}`;

const trained: ReleaseRecord = {
  schema: 1,
  model: {
    name: "digits",
    flavor: "sklearn",
    fingerprint: "b".repeat(64),
    parts: { code: "c".repeat(64) },
    path: "model/model.joblib",
    digest,
    files: 1,
    bytes: 5000,
  },
  source: {
    repository: "acme/digits",
    sha: "d".repeat(40),
    ref: "refs/heads/main",
    event: "push",
    runId: "17",
    runAttempt: 1,
  },
  training: {
    command: "python train.py",
    params: { C: "1.0" },
    seconds: 1.5,
    skipped: false,
    reason: "first training",
    changed: [],
  },
  metrics: { values: { accuracy: 0.97 } },
};

const gated = (decision: "passed" | "rejected" | "inconclusive"): ReleaseRecord => ({
  ...trained,
  gate: { decision, rules: [] },
});

describe("parsing", () => {
  test("what is written is read again", () => {
    expect(parseRecord(serialiseRecord(trained))).toEqual(trained);
  });

  test("the text of a record is one: the order of fields makes no difference", () => {
    const turned = Object.fromEntries(Object.entries(trained).toReversed()) as ReleaseRecord;
    expect(serialiseRecord(turned)).toBe(serialiseRecord(trained));
  });

  test("every mistake is told at once", () => {
    const wrong = {
      ...trained,
      model: { ...trained.model, path: "../etc/passwd", digest: "md5:1" },
      extra: 1,
      metrics: { values: { accuracy: "0.9" } },
    };
    expect(() => parseRecord(JSON.stringify(wrong))).toThrow(
      [
        'input "record".extra: expected one of schema, model, source, training, artifact, metrics, gate, image, deployment, saw an unknown field.',
        'input "record".model.path: expected a relative path without . or .., saw the text "../etc/passwd".',
        'input "record".model.digest: expected sha256: and 64 hex digits, saw the text "md5:1".',
        'input "record".metrics.values.accuracy: expected a finite number, saw the text "0.9".',
      ].join("\n"),
    );
  });

  test.each([
    ["an empty text", "  ", /expected a release record, saw an empty text.*artifact:<name>/],
    ["no JSON", "record", /expected a value/],
    [
      "a newer schema",
      JSON.stringify({ ...trained, schema: 2 }),
      /expected a record of schema 1 or before, saw schema 2.*one version in all jobs/,
    ],
    ["a list", "[]", /expected an object, saw a list of 0/],
    [
      "a record over its size",
      JSON.stringify({ ...trained, training: { ...trained.training, command: "x".repeat(70_000) } }),
      /at most 65536 bytes/,
    ],
    [
      "a metric that is no number",
      serialiseRecord(trained).replace("0.97", "1e999"),
      /expected a finite number, saw 1e999/,
    ],
    [
      "a name that stands twice",
      serialiseRecord(trained).replace('"schema":1', '"schema":1,"schema":1'),
      /each name once/,
    ],
  ])("refuses %s", (_, text, message) => {
    expect(() => parseRecord(text)).toThrow(message);
  });

  test("a record over its size is not written", () => {
    const values = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`metric_${"x".repeat(130)}_${i}`, i]));
    expect(() => serialiseRecord({ ...trained, metrics: { values } })).toThrow(
      /release record: expected at most 65536 bytes, saw \d+ bytes. Report fewer metrics/,
    );
  });

  test("one changed byte is either refused or read as exactly what it says", () => {
    const text = serialiseRecord(trained);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom("x", '"', "}", "0", ",", "\u0000"), (at, byte) => {
        const broken = text.slice(0, at) + byte + text.slice(at + 1);
        let read: ReleaseRecord;
        try {
          read = parseRecord(broken);
        } catch (thrown) {
          expect((thrown as Error).name).toBe("ActionError");
          return;
        }
        expect(JSON.parse(serialiseRecord(read))).toEqual(JSON.parse(broken));
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ['{"schema":1}', { kind: "json", text: '{"schema":1}' }],
  ["file:out/record.json", { kind: "file", path: "out/record.json" }],
  ["artifact:17/23", { kind: "artifact-id", runId: "17", artifactId: "23" }],
  ["artifact:digits.train.1.json", { kind: "artifact-name", name: "digits.train.1.json" }],
  [`image:ghcr.io/acme/digits@${digest}`, { kind: "image", reference: "ghcr.io/acme/digits", digest }],
])("the form %s", (text, source) => {
  expect(parseRecordSource(text)).toEqual(source);
});

test.each(["record", "artifact:a/b", "image:ghcr.io/acme/digits:latest", "file:"])("refuses the form %s", (text) => {
  expect(() => parseRecordSource(text)).toThrow(/expected JSON, file:<path>/);
});

describe("the gate that building and serving ask for", () => {
  test.each([
    ["no record", undefined, /expected a record whose gate is passed, saw no record/],
    ["no gate", trained, /the record of digits: expected gate passed, saw no gate/],
    ["a rejected gate", gated("rejected"), /saw gate rejected/],
    ["an inconclusive gate", gated("inconclusive"), /saw gate inconclusive/],
  ])("%s stops the road, unless asked not to", (_, record, message) => {
    expect(() => requireGate(record, true)).toThrow(message);
    expect(() => requireGate(record, false)).not.toThrow();
  });

  test("a passed one lets it go on", () => {
    expect(() => requireGate(gated("passed"), true)).not.toThrow();
  });
});
