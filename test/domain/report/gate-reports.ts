import type { GateReport } from "../../../src/domain/report/gate-report.ts";

/** A report in which every kind of thing stands; `say` makes each text that comes from outside. */
export function gateReport(say: (text: string) => string): GateReport {
  return {
    schema: 1,
    model: say("digits"),
    digest: `sha256:${"ab".repeat(32)}`,
    sha: "1a2b3c4".padEnd(40, "0"),
    gate: {
      decision: "rejected",
      confidence: 0.95,
      rules: [
        { rule: "accuracy > 0.80", bound: 0.8, observed: 0.93, interval: { low: 0.1, high: 0.16 }, verdict: "passed" },
        {
          rule: say("accuracy >= baseline - 0.01"),
          bound: 0.91,
          observed: 0.9,
          baseline: 0.92,
          interval: { low: -0.04, high: -0.001 },
          verdict: "rejected",
          reason: say("observed 0.9, bound 0.91"),
        },
        { rule: "recall[class=*] >= 0.85", verdict: "inconclusive", reason: say("too few samples") },
        { rule: "worst(accuracy by region) >= 0.75", bound: 0.75, observed: 0.8, verdict: "passed" },
      ],
      baseline: {
        kind: "live",
        from: say("GitHub's deployment 12 to production"),
        at: "2026-11-20T10:11:12Z",
        sha: "f".repeat(40),
      },
    },
    absent: undefined,
    metrics: [
      { name: say("accuracy"), candidate: 0.9, baseline: 0.92 },
      { name: "loss", candidate: 0.31, baseline: 0.29 },
      { name: say("latency_p95_ms"), candidate: undefined, baseline: 12 },
    ],
    slices: [
      { name: "recall", slice: say("class=3"), n: 40, candidate: 0.7, baseline: 0.8 },
      { name: "recall", slice: `class=${say("a b")}`, n: 60, candidate: 0.95, baseline: undefined },
      { name: "accuracy", slice: `region=${say("north")}`, n: 100, candidate: 0.8, baseline: 0.85 },
      { name: "accuracy", slice: "region=south", n: undefined, candidate: 0.9, baseline: 0.85 },
    ],
    confusion: {
      classes: [say("cat"), say("dog")],
      candidate: [
        [40, 2],
        [3, 55],
      ],
      baseline: [
        [39, 3],
        [3, 55],
      ],
    },
    flips: {
      total: 3,
      rows: 100,
      mended: 1,
      broken: 2,
      shown: [
        { row: say("row 7"), truth: say("cat"), from: say("cat"), to: say("dog") },
        { row: say("row 9"), truth: "dog", from: "cat", to: say("dog") },
      ],
    },
    mcnemar: { gained: 1, lost: 2, pValue: 1, exact: true },
    golden: {
      asked: 100,
      candidate: { answered: 100, failure: undefined, latency: { p50: 3, p95: 7.25, most: 9 }, bytes: 512 },
      live: { answered: 40, failure: say("HTTP 500"), latency: { p50: 3, p95: 8, most: 20 }, bytes: 500 },
      delta: { most: 0.4, mean: 0.01 },
    },
    history: [
      { runId: "1", sha: "a".repeat(40), at: "2026-11-01T00:00:00Z", values: { [say("accuracy")]: 0.91 } },
      { runId: "2", sha: "b".repeat(40), at: "2026-11-02T00:00:00Z", values: { [say("accuracy")]: 0.92 } },
      { runId: "3", sha: "c".repeat(40), at: say("this run"), values: { [say("accuracy")]: 0.9 } },
    ],
  };
}
