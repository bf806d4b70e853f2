import type { McNemar } from "../metrics/mcnemar.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { gateShape, type GateSection, type ReleaseRecord } from "../record/record.ts";
import { parseJson } from "../text/json.ts";
import { check, count, list, number, object, oneOf, optional, record as map, string, boolean } from "../text/shape.ts";

/** All that a gate has to tell: what the summary, the page, the JSON file and the JUnit file are written from. */
export type GateReport = {
  readonly schema: 1;
  readonly model: string | undefined;
  /** `sha256:…` of the candidate's files. */
  readonly digest: string | undefined;
  readonly sha: string | undefined;
  readonly gate: GateSection;
  /** Why there is no baseline, where one was asked for. */
  readonly absent: string | undefined;
  readonly metrics: readonly ComparedMetric[];
  readonly slices: readonly ComparedSlice[];
  readonly confusion: Confusion | undefined;
  readonly flips: Flips | undefined;
  readonly mcnemar: McNemar | undefined;
  readonly golden: GoldenTold | undefined;
  /** Oldest first, this run last. */
  readonly history: readonly EarlierRun[];
};

export type ComparedMetric = {
  readonly name: string;
  readonly candidate: number | undefined;
  readonly baseline: number | undefined;
};
export type ComparedSlice = ComparedMetric & { readonly slice: string; readonly n: number | undefined };

export type Confusion = {
  readonly classes: readonly string[];
  /** Rows are what is true. */
  readonly candidate: readonly (readonly number[])[];
  readonly baseline: readonly (readonly number[])[] | undefined;
};

/** Rows that the two models answer differently. */
export type Flips = {
  readonly total: number;
  readonly rows: number;
  /** How many became right, and wrong; absent where nobody knows what is right. */
  readonly mended?: number;
  readonly broken?: number;
  readonly shown: readonly Flip[];
};
export type Flip = { readonly row: string; readonly truth: string; readonly from: string; readonly to: string };

/** What asking both models the same questions told beside their answers. */
export type GoldenTold = {
  readonly asked: number;
  readonly candidate: GoldenSide;
  readonly live: GoldenSide | undefined;
  /** Largest and mean change of a probability or value; `undefined` where nothing was compared. */
  readonly delta: { readonly most: number; readonly mean: number } | undefined;
};
export type GoldenSide = {
  readonly answered: number;
  /** Why the first question that failed did. */
  readonly failure: string | undefined;
  /** Milliseconds for one request. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly most: number } | undefined;
  /** Of one request's answer, on average. */
  readonly bytes: number | undefined;
};

export type EarlierRun = {
  readonly runId: string;
  readonly sha: string;
  readonly at: string;
  readonly values: Readonly<Record<string, number>>;
};

const MOST_METRICS = 500;
const MOST_SLICES = 1000;
export const MOST_FLIPS = 200;
/** A matrix of more classes than this is no picture any more. */
export const MOST_CLASSES = 30;

/** Candidate and baseline by metric, those of the rules first. */
export function compareMetrics(
  candidate: Metrics,
  baseline: Metrics | undefined,
  ruled: readonly string[],
): Pick<GateReport, "metrics" | "slices"> {
  const rank = (name: string): number => (ruled.includes(name) ? ruled.indexOf(name) : ruled.length);
  const byRank = (a: { name: string }, b: { name: string }): number => rank(a.name) - rank(b.name);
  const value = (of: Readonly<Record<string, number>> | undefined, name: string): number | undefined =>
    of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;
  const names = [...new Set([...Object.keys(candidate.values), ...Object.keys(baseline?.values ?? {})])];
  const slices = Object.entries(candidate.slices ?? {}).flatMap(([name, of]) =>
    name === "n"
      ? []
      : Object.entries(of).map(([slice, each]) => ({
          name,
          slice,
          n: value(candidate.slices?.n, slice),
          candidate: each,
          baseline: value(baseline?.slices?.[name], slice),
        })),
  );
  return {
    metrics: names
      .map((name) => ({ name, candidate: value(candidate.values, name), baseline: value(baseline?.values, name) }))
      .toSorted(byRank)
      .slice(0, MOST_METRICS),
    slices: slices.toSorted(byRank).slice(0, MOST_SLICES),
  };
}

/** The rules that made the decision: those that do not hold, or, where all do, the one that came closest to its bound. */
export function decisive({ decision, rules }: GateSection): GateSection["rules"] {
  if (decision !== "passed") return rules.filter(({ verdict }) => verdict === decision);
  const room = ({ observed, bound }: GateSection["rules"][number]): number =>
    observed === undefined || bound === undefined
      ? Infinity
      : Math.abs(observed - bound) / Math.max(Math.abs(bound), 1e-9);
  return [...rules].sort((a, b) => room(a) - room(b)).slice(0, 1);
}

/** `what serves now (GitHub's deployment 12 to production): commit 1a2b3c4, sha256:…, 2026-11-21 10:00 UTC` */
export function baselineSentence({
  gate: { baseline },
  absent,
}: Pick<GateReport, "gate" | "absent">): readonly [string, string] {
  if (absent !== undefined) return ["nothing", absent];
  if (!baseline || baseline.kind === "none") return ["nothing", "baseline: none"];
  const called: Readonly<Record<string, string>> = {
    live: "what serves now",
    predictions: "the baseline's predictions",
  };
  const parts = [
    baseline.from ?? "",
    baseline.sha === undefined ? "" : `commit ${baseline.sha.slice(0, 7)}`,
    baseline.digest === undefined ? "" : `model ${baseline.digest.slice(0, 19)}`,
    baseline.at === undefined ? "" : baseline.at.replace("T", " ").replace(/(?::\d\d)(?:\.\d+)?Z$/, " UTC"),
  ].filter((part) => part !== "");
  return [called[baseline.kind] ?? `the ${baseline.kind}`, parts.join(", ")];
}

export function reportOf(
  record: ReleaseRecord | undefined,
  rest: Omit<GateReport, "schema" | "model" | "digest" | "sha">,
): GateReport {
  return { schema: 1, model: record?.model.name, digest: record?.model.digest, sha: record?.source.sha, ...rest };
}

const text = string({ most: 5000 });
const compared = { name: text, candidate: optional(number), baseline: optional(number) };
const rows = list(list(number, MOST_CLASSES), MOST_CLASSES);
const side = object({
  answered: count,
  failure: optional(text),
  latency: optional(object({ p50: number, p95: number, most: number })),
  bytes: optional(number),
});
const shape = object({
  schema: oneOf(1),
  model: optional(text),
  digest: optional(text),
  sha: optional(text),
  gate: gateShape,
  absent: optional(text),
  metrics: list(object(compared), MOST_METRICS),
  slices: list(object({ ...compared, slice: text, n: optional(number) }), MOST_SLICES),
  confusion: optional(object({ classes: list(text, MOST_CLASSES), candidate: rows, baseline: optional(rows) })),
  flips: optional(
    object({
      total: count,
      rows: count,
      mended: optional(count),
      broken: optional(count),
      shown: list(object({ row: text, truth: text, from: text, to: text }), MOST_FLIPS),
    }),
  ),
  mcnemar: optional(object({ gained: count, lost: count, pValue: number, exact: boolean })),
  golden: optional(
    object({
      asked: count,
      candidate: side,
      live: optional(side),
      delta: optional(object({ most: number, mean: number })),
    }),
  ),
  history: list(object({ runId: text, sha: text, at: text, values: map(number) }), 20),
});

/**
 * Reads a report back. What trains in the same job could have written the file, so nothing in it is taken for what it should be.
 * @throws ActionError when it is none
 */
export function parseGateReport(content: string, where: string): GateReport {
  const report = check(shape, parseJson(content, { where, maxBytes: MAX_GATE_REPORT_BYTES }), where);
  const { model, digest, sha, absent, confusion, flips, mcnemar, golden } = report;
  return {
    ...report,
    model,
    digest,
    sha,
    absent,
    confusion: confusion && { ...confusion, baseline: confusion.baseline },
    flips,
    mcnemar,
    golden: golden && {
      ...golden,
      candidate: sideOf(golden.candidate),
      live: golden.live && sideOf(golden.live),
      delta: golden.delta,
    },
    metrics: report.metrics.map((each) => ({ ...each, candidate: each.candidate, baseline: each.baseline })),
    slices: report.slices.map((each) => ({ ...each, candidate: each.candidate, baseline: each.baseline, n: each.n })),
  };
}

export const MAX_GATE_REPORT_BYTES = 8 * 1024 * 1024;

const sideOf = ({ answered, failure, latency, bytes }: ReturnType<typeof side>): GoldenSide => ({
  answered,
  failure,
  latency,
  bytes,
});
