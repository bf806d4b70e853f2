import { intervalsOf } from "../domain/gate/evidence.ts";
import { parseGoldenFile, type GoldenFile } from "../domain/gate/golden.ts";
import type { Rule } from "../domain/gate/rules.ts";
import type { Baseline, Interval, JudgedRule } from "../domain/gate/verdict.ts";
import { measure } from "../domain/metrics/measure.ts";
import type { Metrics } from "../domain/metrics/metrics.ts";
import {
  makeSample,
  MAX_PREDICTIONS_BYTES,
  parsePredictions,
  type Predictions,
  type Sample,
  type Task,
} from "../domain/metrics/predictions.ts";
import type { ChangedAnswers } from "../domain/gate/changed-answers.ts";
import type { Flips, GoldenTold } from "../domain/report/gate-report.ts";
import { quote, refuse } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { Workspace } from "../ports.ts";
import { inWorkspace } from "./gate-inputs.ts";

/** At which intervals are told where nobody said. */
const USUAL_CONFIDENCE = 0.95;

/** What the answers of one or two models to held-out rows say. */
export type Evidence = {
  readonly sample: Sample | undefined;
  readonly measured: { readonly name: string; readonly metrics: Metrics };
  readonly baseline: Metrics | undefined;
  readonly baselineName: string | undefined;
  readonly golden: GoldenTold | undefined;
  /** What asking the models took. */
  readonly seconds: number | undefined;
  /** Of a golden set that does not say what is true; otherwise the sample tells. */
  readonly flips: Flips | undefined;
  /** Rules of our own that do not hold, when a golden question was not answered: nothing passes by omission. */
  readonly unanswered: readonly JudgedRule[];
  readonly intervals: (
    rules: readonly Rule[],
    baseline: Baseline,
    confidence: number | undefined,
  ) => ((rule: Rule, slice: string) => Interval | undefined) | undefined;
};

type Asked = {
  readonly predictions: string | undefined;
  readonly baselinePredictions: string | undefined;
  readonly goldenFile: string | undefined;
  readonly task: Task | undefined;
};

/** Reads predictions, or what a golden set was answered, and measures them. */
export async function gatherEvidence(
  asked: Asked,
  run: Run,
  { workspace }: { readonly workspace: Workspace },
): Promise<Evidence> {
  const golden = asked.goldenFile === undefined ? undefined : await readGolden(asked.goldenFile, workspace);
  const paths = golden
    ? [golden.candidate.predictions, golden.live?.predictions]
    : [asked.predictions, asked.baselinePredictions];
  const [name = "the golden set", baselineName] = golden ? ["the golden set", "the golden set"] : paths;
  const unlabelled = golden?.labelled === false;
  const changed = unlabelled ? await changedAnswers(golden, asked.task, workspace) : undefined;
  const [candidate, baseline] = await Promise.all(
    paths.map(async (path) =>
      path === undefined || unlabelled ? undefined : await readPredictions(path, run, workspace),
    ),
  );
  const sample = candidate && makeSample(candidate, baseline, { task: asked.task });
  const metrics = sample ? measure(sample, sample.candidate) : { values: {} };
  const theirs = sample?.baseline && measure(sample, sample.baseline);
  const told = golden && goldenTold(golden, sample ? deltaOf(sample) : changed?.delta);
  return {
    sample,
    golden: told,
    seconds: golden?.seconds,
    flips: changed?.flips,
    measured: {
      name,
      metrics: {
        ...metrics,
        values: {
          ...metrics.values,
          ...(unlabelled && golden.candidate.failure === undefined ? { n: golden.asked } : {}),
          ...sideValues(golden?.candidate),
          ...between(sample, changed, told),
        },
      },
    },
    baseline: theirs
      ? { ...theirs, values: { ...theirs.values, ...sideValues(golden?.live) } }
      : changed && { values: sideValues(golden?.live) },
    baselineName: theirs || changed ? baselineName : undefined,
    unanswered: golden ? unansweredRules(golden) : [],
    intervals: (rules, known, confidence) =>
      sample &&
      intervalsOf(
        rules,
        sample,
        metrics,
        known.kind === "measured" ? known.measured : undefined,
        confidence ?? USUAL_CONFIDENCE,
      ),
  };
}

/** What changed between two models' answers to rows of which nobody knows what is right; nothing where one has not answered. */
async function changedAnswers(
  { candidate, live }: GoldenFile,
  task: Task | undefined,
  workspace: Workspace,
): Promise<ChangedAnswers | undefined> {
  const [ours, theirs] = await Promise.all(
    [candidate, live].map(async (side) =>
      side?.predictions === undefined
        ? undefined
        : await workspace.readText(side.predictions, { maxBytes: MAX_PREDICTIONS_BYTES }),
    ),
  );
  if (ours === undefined || theirs === undefined) return undefined;
  const { compareAnswers } = await import("../domain/gate/changed-answers.ts");
  return compareAnswers(ours, theirs, task);
}

async function readGolden(path: string, workspace: Workspace): Promise<GoldenFile> {
  const text = await workspace.readText(path, { maxBytes: 64 * 1024 });
  if (text === undefined)
    refuse({ where: `input "golden-file"`, expected: "the file of the part before", seen: "none" });
  return parseGoldenFile(text, path);
}

async function readPredictions(given: string, run: Run, workspace: Workspace): Promise<Predictions> {
  const text = await workspace.readText(inWorkspace(given, run.workspace), { maxBytes: MAX_PREDICTIONS_BYTES });
  if (text === undefined) {
    refuse({
      where: `predictions ${quote(given)}`,
      expected: "a file",
      seen: "none",
      fix: "Nothing passes by omission: write y_true and y_pred there, a row each.",
    });
  }
  return parsePredictions(text, given.slice(given.lastIndexOf("/") + 1));
}

function unansweredRules({ asked, candidate, live }: GoldenFile): JudgedRule[] {
  const rules: JudgedRule[] = [];
  const missing = (called: string, side: GoldenFile["candidate"], verdict: JudgedRule["verdict"]): void => {
    if (side.failure === undefined) return;
    rules.push({
      rule: `every golden question is answered by ${called}`,
      bound: asked,
      observed: side.answered,
      verdict,
      reason: `${side.answered} of ${asked} answered; then: ${side.failure}`.slice(0, 500),
    });
  };
  // A candidate that does not answer is not fit to serve. A live model that does not leaves nothing to compare with.
  missing("the candidate", candidate, "rejected");
  if (live) missing("the live model", live, "inconclusive");
  return rules;
}

function sideValues(side: GoldenFile["live"]): Record<string, number> {
  if (!side?.latency) return {};
  const { p50, p95 } = side.latency;
  return {
    latency_p50_ms: p50,
    latency_p95_ms: p95,
    ...(side.bytes === undefined ? {} : { payload_bytes: side.bytes }),
  };
}

/** How differently the two models answered, as metrics that rules can ask for. */
function between(
  sample: Sample | undefined,
  changed: ChangedAnswers | undefined,
  golden: GoldenTold | undefined,
): Record<string, number> {
  const values: Record<string, number> = {};
  if (changed?.flips) values.flip_rate = changed.flips.total / changed.rows;
  if (sample?.baseline && sample.task === "classification") {
    let flips = 0;
    for (let row = 0; row < sample.size; row++) {
      if (sample.candidate.predicted[row] !== sample.baseline.predicted[row]) flips++;
    }
    values.flip_rate = flips / sample.size;
  }
  if (golden?.delta) Object.assign(values, { delta_max: golden.delta.most, delta_mean: golden.delta.mean });
  return values;
}

function goldenTold({ asked, candidate, live }: GoldenFile, delta: GoldenTold["delta"]): GoldenTold {
  const side = ({ answered, failure, latency, bytes }: GoldenFile["candidate"]) => ({
    answered,
    failure,
    latency,
    bytes,
  });
  return { asked, candidate: side(candidate), live: live && side(live), delta };
}

function deltaOf({ candidate, baseline, task }: Sample): GoldenTold["delta"] {
  const [ours, theirs] =
    task === "regression" ? [candidate.predicted, baseline?.predicted] : [candidate.scores, baseline?.scores];
  if (!ours || !theirs || ours.length !== theirs.length) return undefined;
  let [most, sum] = [0, 0];
  for (let at = 0; at < ours.length; at++) {
    const delta = Math.abs(ours[at]! - theirs[at]!);
    most = Math.max(most, delta);
    sum += delta;
  }
  return { most, mean: sum / ours.length };
}
