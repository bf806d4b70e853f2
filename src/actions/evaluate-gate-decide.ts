import type { Annotation, Story } from "../action.ts";
import { COARSE_MS, isFresh, MAX_EVALUATION_PLAN_BYTES, parseEvaluationPlan } from "../domain/gate/evaluation.ts";
import { figure } from "../domain/gate/figure.ts";
import { isRelative, type Rule } from "../domain/gate/rules.ts";
import { decide, judge, type Baseline } from "../domain/gate/verdict.ts";
import type { Metrics } from "../domain/metrics/metrics.ts";
import type { GateSection, ReleaseRecord } from "../domain/record/record.ts";
import { counted } from "../domain/report/quantity.ts";
import { quote, refuse } from "../errors.ts";
import { integer, oneOf, text, type Run, type Values } from "../inputs.ts";
import type { Clock, Compression, GitHub, Kubernetes, LocalServing, Log, Workspace } from "../ports.ts";
import type { BaselineSearch } from "./gate-baseline.ts";
import type { Evidence } from "./gate-evidence.ts";
import {
  asksCluster,
  baselineInput,
  between,
  conditionsInput,
  inWorkspace,
  liveInputs,
  metricsInput,
  tokenInput,
} from "./gate-inputs.ts";
import { giveRecord, recordInput, takeRecord } from "./record.ts";

const inputs = {
  record: recordInput,
  metrics: metricsInput,
  conditions: conditionsInput,
  baseline: baselineInput,
  "first-deploy": oneOf(["inconclusive", "pass"], {
    description:
      "What a rule against the baseline says when there is none yet: nothing serves, or the branch has no training. With `pass` " +
      "all other rules still decide.",
    default: "inconclusive",
  }),
  ...liveInputs,
  environment: text({
    description:
      "The GitHub environment whose deployment is live. Left out, the newest deployment of this model to any environment that is no preview.",
  }),
  predictions: text({
    description:
      "The candidate's answers on held-out rows, to compute metrics here: CSV or JSON lines with `y_true`, `y_pred` or `score`, " +
      "or `score_<class>`; `weight`, `id` and columns to group by may stand beside them.",
  }),
  "baseline-predictions": text({
    description: "The baseline's answers to the same rows; then rules against the baseline are decided row by row.",
  }),
  task: oneOf(["auto", "classification", "regression"], {
    description: "What the predictions are. `auto`: values where some numbers are not whole, else classes.",
    default: "auto",
  }),
  confidence: between(
    0,
    1,
    "With 0.95, a rule over predictions decides only where the 95 % interval of resampled rows is clear of the bound; else it is " +
      "inconclusive. Left out, values decide as they stand, and intervals are told.",
    { open: true },
  ),
  margin: between(
    0,
    1e15,
    "How far such an interval may reach beyond a bound, in the metric's own unit, and the rule still pass. Left out, 0.",
  ),
  "min-samples": integer({
    description: "With fewer samples no rule decides anything: slices are left aside, the whole is inconclusive.",
    least: 1,
    most: 1_000_000_000,
  }),
  "on-reject": oneOf(["fail", "report"], {
    description:
      "What a rejection does to the step: `fail` makes it red, `report` leaves it green. Outputs, record and summary appear " +
      "either way; the steps after ask `steps.<id>.outputs.decision == 'passed'`.",
    default: "fail",
  }),
  "on-inconclusive": oneOf(["fail", "report"], {
    description: "The same for a decision that could not be made.",
    default: "fail",
  }),
  "github-token": tokenInput,
  "plan-file": text({ description: "Of the part before, when a command has measured the model." }),
  "golden-file": text({ description: "Of the part before, when both models were asked the same questions." }),
};

type Ports = {
  readonly log: Log;
  readonly clock: Pick<Clock, "now">;
  readonly workspace: Workspace;
  readonly github: GitHub;
  readonly serving: Pick<LocalServing, "state">;
  readonly kubernetes: Kubernetes;
  readonly compression: Pick<Compression, "unpack">;
};

/** Ten annotations of a level are shown for a step; a red step has one of its own. */
const MOST_ANNOTATIONS = 9;
/** What a record can hold. */
const MOST_METRICS = 500;
const MOST_SLICED = 100;
const LONGEST_REASON = 500;
const MOST_COMPARED = 40;
/** Of the record's 64 KiB, slices may take so much. All of them stand in the report. */
const MOST_SLICE_BYTES = 16 * 1024;

/** Judges the metrics by the rules. Rejecting is an answer like any other: outputs, record and summary appear all the same. */
export const evaluateGateDecide: Story<typeof inputs, Ports> = {
  id: "evaluate-gate-decide",
  inputs,
  outputs: {
    decision: "`passed`, `rejected` or `inconclusive`. Ask for `== 'passed'`: whatever went wrong, it is not that.",
    record: "The release record with the metrics and the gate's verdict; empty where there was no record.",
    report: "The verdict as a Markdown file, under the runner's temporary folder.",
    "report-html": "The same as one page that needs nothing else, to look at or to upload.",
    "report-json": "The same as JSON, with every slice.",
    "report-junit": "The rules as JUnit XML, a test case each.",
  },
  run: async (inputs, run, ports) => {
    refuseInputs(inputs);
    const began = ports.clock.now();
    const record = await takeRecord(inputs.record, run, ports);
    const measured = await readMeasured(inputs, run, ports.workspace);
    const evidence = await readEvidence(inputs, run, ports);
    const metrics = merge(record?.metrics, [measured, evidence?.measured], ports.log);
    const search = await searchBaseline(inputs, record, run, ports);
    const baseline = baselineOf(inputs, search, evidence);

    const { confidence } = inputs;
    const interval = evidence?.intervals(inputs.conditions, baseline, confidence);
    const judged = judge(inputs.conditions, metrics, {
      baseline,
      minSamples: inputs["min-samples"],
      margin: inputs.margin,
      interval,
      decisive: confidence !== undefined,
    });
    const rules = [...(evidence?.unanswered ?? []), ...judged.rules].map((rule) =>
      rule.reason === undefined ? rule : { ...rule, reason: rule.reason.slice(0, LONGEST_REASON).toWellFormed() },
    );
    const flips = await changesOf(evidence);
    const gate: GateSection = {
      decision: decide(rules.map(({ verdict }) => verdict)),
      rules,
      baseline: { ...identityOf(search, evidence), ...valuesOf(baseline, inputs.conditions, metrics) },
      ...(flips === undefined ? {} : { flips }),
      // Of the parts before this one too, which measured what is judged here.
      seconds:
        Math.max(0, ports.clock.now() - (measured?.startedMs ?? began)) / 1000 +
        (measured?.startedMs === undefined ? (evidence?.seconds ?? 0) : 0),
      ...(interval === undefined || confidence === undefined ? {} : { confidence }),
    };

    const kept = record
      ? await giveRecord({ ...record, metrics: fitting(metrics, inputs.conditions), gate }, run, ports)
      : "";
    sayVerdict(gate, ports.log);
    const { writeGateReport } = await import("./gate-report.ts");
    const { summary, files } = await writeGateReport(
      { record, gate, metrics, baseline, search, evidence, rules: inputs.conditions },
      run,
      ports,
    );
    return {
      outputs: { decision: gate.decision, record: kept, ...files },
      summary,
      ...tellFailures(gate, inputs, record),
    };
  },
};

function refuseInputs(given: Values<typeof inputs>): void {
  const relative = given.conditions.find(isRelative);
  const compared = given.baseline.kind !== "none" || given["baseline-predictions"] !== undefined;
  if (relative && !compared) {
    refuse({
      where: `input "baseline"`,
      expected: `a baseline, since a rule asks for it: ${quote(relative.text)}`,
      seen: "none",
      fix: "Set baseline: live, branch:<name>, artifact:<run>/<id> or file:<path>.",
    });
  }
  if (given["baseline-predictions"] !== undefined && given.predictions === undefined) {
    refuse({
      where: `input "predictions"`,
      expected: "the candidate's answers beside the baseline's",
      seen: "nothing",
    });
  }
  if (given["golden-file"] !== undefined && given.predictions !== undefined) {
    refuse({
      where: `input "predictions"`,
      expected: "either predictions or a golden set",
      seen: "both",
      fix: "The golden set is asked here, and its answers are the predictions.",
    });
  }
}

async function readEvidence(given: Values<typeof inputs>, run: Run, ports: Ports): Promise<Evidence | undefined> {
  if (given.predictions === undefined && given["golden-file"] === undefined) return undefined;
  const { gatherEvidence } = await import("./gate-evidence.ts");
  return await gatherEvidence(
    {
      predictions: given.predictions,
      baselinePredictions: given["baseline-predictions"],
      goldenFile: given["golden-file"],
      task: given.task === "auto" ? undefined : given.task,
    },
    run,
    ports,
  );
}

async function searchBaseline(
  given: Values<typeof inputs>,
  record: ReleaseRecord | undefined,
  run: Run,
  ports: Ports,
): Promise<BaselineSearch | undefined> {
  const { baseline, target, namespace = "default", name, environment } = given;
  if (baseline.kind === "none") return undefined;
  const { findBaseline } = await import("./gate-baseline.ts");
  const { kubeconfig, "kube-context": context, "allow-exec": allowExec } = given;
  const cluster = asksCluster(given) ? { kubeconfig, context, allowExec } : undefined;
  const live = { target, namespace, name, environment, cluster };
  return await findBaseline(baseline, live, record?.model.name, run, ports);
}

/** Answers to the same rows say more than what was once measured, so they stand above it. */
function baselineOf(
  given: Values<typeof inputs>,
  search: BaselineSearch | undefined,
  evidence: Evidence | undefined,
): Baseline {
  const known = search && "found" in search ? search.found.metrics : undefined;
  const answered = evidence?.baseline;
  if (answered || known) {
    return {
      kind: "measured",
      measured: {
        values: { ...known?.values, ...answered?.values },
        slices: { ...known?.slices, ...answered?.slices },
      },
    };
  }
  if (search === undefined) return { kind: "not-asked" };
  if ("absent" in search) return { kind: "none-yet", pass: given["first-deploy"] === "pass", why: search.absent };
  return { kind: "measured", measured: { values: {} } };
}

function identityOf(
  search: BaselineSearch | undefined,
  evidence: Evidence | undefined,
): NonNullable<GateSection["baseline"]> {
  if (search && "found" in search) return search.found.identity;
  if (evidence?.baseline)
    return {
      kind: "predictions",
      ...(evidence.baselineName === undefined ? {} : { from: evidence.baselineName.slice(0, 300) }),
    };
  return { kind: "none" };
}

/** The baseline's metrics that ours can be set beside, those of the rules first: what a comment shows in another job too. */
function valuesOf(
  baseline: Baseline,
  rules: readonly Rule[],
  { values: ours }: Metrics,
): Pick<NonNullable<GateSection["baseline"]>, "values"> {
  if (baseline.kind !== "measured") return {};
  const theirs = baseline.measured.values;
  const names = [...new Set([...rules.map(({ metric }) => metric), ...Object.keys(ours)])].filter(
    (name) => Object.hasOwn(theirs, name) && Number.isFinite(theirs[name]),
  );
  if (names.length === 0) return {};
  return { values: Object.fromEntries(names.slice(0, MOST_COMPARED).map((name) => [name, theirs[name] as number])) };
}

/** How many answers changed; which ones, the report tells. */
async function changesOf(evidence: Evidence | undefined): Promise<GateSection["flips"]> {
  if (!evidence) return undefined;
  const { flipsOf } = await import("../domain/report/gate-answers.ts");
  const flips = evidence.flips ?? (evidence.sample && flipsOf(evidence.sample));
  if (!flips) return undefined;
  const { shown: _, ...counts } = flips;
  return counts;
}

/** The metrics that a record has room for: all values, and of the slices those first that rules ask for. */
function fitting({ values, slices }: Metrics, rules: readonly Rule[]): Metrics {
  if (slices === undefined) return { values };
  const ruled = new Set(rules.map(({ metric }) => metric));
  const kept: Record<string, Readonly<Record<string, number>>> = Object.create(null);
  let room = MOST_SLICE_BYTES;
  for (const [metric, of] of Object.entries(slices).toSorted(
    ([a], [b]) => Number(ruled.has(b)) - Number(ruled.has(a)),
  )) {
    room -=
      metric.length + Object.entries(of).reduce((sum, [key, value]) => sum + key.length + String(value).length + 4, 0);
    if (room < 0 || Object.keys(of).length > MOST_METRICS) break;
    kept[metric] = of;
  }
  return Object.keys(kept).length === 0 ? { values } : { values, slices: kept };
}

/** The metrics that were measured for this gate; `undefined` when those of the record are to be judged. */
async function readMeasured(
  { "plan-file": planFile, metrics: given }: Values<typeof inputs>,
  run: Run,
  workspace: Workspace,
): Promise<{ readonly name: string; readonly metrics: Metrics; readonly startedMs?: number } | undefined> {
  if (planFile !== undefined) {
    const text = await workspace.readText(planFile, { maxBytes: MAX_EVALUATION_PLAN_BYTES });
    if (text === undefined)
      refuse({ where: `input "plan-file"`, expected: "the file of the part before", seen: "none" });
    const plan = parseEvaluationPlan(text, planFile);
    const name = given ?? "METRICS_PATH";
    const facts = await workspace.facts(plan.metrics.path);
    if (facts?.kind === "folder") {
      const { mlflowMetrics } = await import("./mlflow-metrics.ts");
      const since = plan.metrics.startedMs - COARSE_MS;
      const metrics = await mlflowMetrics(plan.metrics.path, `metrics ${quote(name)}`, since, workspace);
      return { name, metrics, startedMs: plan.metrics.startedMs };
    }
    if (facts !== undefined && !isFresh(plan.metrics, facts)) {
      refuse({
        where: `metrics ${quote(name)}`,
        expected: "a file that the command has written",
        seen: "one from before the command",
        fix: "The command finds the path in METRICS_PATH. Metrics of an earlier run are never judged as those of this one.",
      });
    }
    const metrics = await readMetricsFile(plan.metrics.path, name, workspace);
    return { name, metrics, startedMs: plan.metrics.startedMs };
  }
  if (given === undefined) return undefined;
  const path = inWorkspace(given, run.workspace);
  if ((await workspace.facts(path))?.kind === "folder") {
    const { mlflowMetrics } = await import("./mlflow-metrics.ts");
    return { name: given, metrics: await mlflowMetrics(path, `metrics ${quote(given)}`, 0, workspace) };
  }
  return { name: given, metrics: await readMetricsFile(path, given, workspace) };
}

async function readMetricsFile(path: string, name: string, workspace: Workspace): Promise<Metrics> {
  const { MAX_METRICS_BYTES, parseMetrics } = await import("../domain/metrics/metrics.ts");
  const text = await workspace.readText(path, { maxBytes: MAX_METRICS_BYTES });
  if (text === undefined) {
    refuse({
      where: `metrics ${quote(name)}`,
      expected: "a file",
      seen: "none",
      fix: 'Nothing passes by omission: write the metrics there, as {"accuracy": 0.93}.',
    });
  }
  return await parseMetrics(text, path.slice(path.lastIndexOf("/") + 1));
}

/** The record's metrics with the measured ones above them, later above earlier. Says which values that replaced. */
function merge(
  known: Metrics | undefined,
  measured: readonly ({ readonly name: string; readonly metrics: Metrics } | undefined)[],
  log: Log,
): Metrics {
  if (!known && measured.every((each) => each === undefined)) {
    refuse({
      where: "the metrics",
      expected: `a record with metrics, or the input "metrics" or "predictions"`,
      seen: "none of them",
      fix: "A gate judges measured values; without any it can only say no.",
    });
  }
  const values: Record<string, number> = Object.assign(Object.create(null), known?.values);
  const slices: Record<string, Readonly<Record<string, number>>> = Object.assign(Object.create(null), known?.slices);
  for (const each of measured) {
    if (!each) continue;
    const { name, metrics } = each;
    log.info(`${counted(Object.keys(metrics.values).length, "metric")} read from ${quote(name)}`);
    const replaced = Object.entries(metrics.values).filter(
      ([metric, value]) => Object.hasOwn(values, metric) && values[metric] !== value,
    );
    for (const [metric, value] of replaced.slice(0, 20)) {
      log.info(`  ${quote(metric)}: ${figure(value)} stands above the training's ${figure(values[metric]!)}`);
    }
    Object.assign(values, metrics.values);
    Object.assign(slices, metrics.slices);
  }
  const [count, sliced] = [Object.keys(values).length, Object.keys(slices).length];
  if (count > MOST_METRICS || sliced > MOST_SLICED) {
    refuse({
      where: "the metrics of training and evaluation together",
      expected: `at most ${MOST_METRICS}, and slices of at most ${MOST_SLICED}`,
      seen: `${count}, and slices of ${sliced}`,
    });
  }
  return sliced === 0 ? { values } : { values, slices };
}

function sayVerdict({ decision, rules }: GateSection, log: Log): void {
  for (const { rule, verdict, observed, bound, reason } of rules) {
    const seen = reason ?? (observed === undefined ? "" : `observed ${figure(observed, bound)}`);
    log.info(`${verdict.padEnd(8)}  ${rule}${seen === "" ? "" : `  (${seen})`}`);
  }
  log.info(`The gate's decision: ${decision}`);
}

function tellFailures(
  { decision, rules }: GateSection,
  given: Pick<Values<typeof inputs>, "on-reject" | "on-inconclusive">,
  record: ReleaseRecord | undefined,
): { annotations?: readonly Annotation[]; failure?: string } {
  if (decision === "passed") return {};
  const fails = given[decision === "rejected" ? "on-reject" : "on-inconclusive"] === "fail";
  const failed = rules.filter(({ verdict }) => verdict !== "passed");
  const told = failed.map(({ rule, reason, verdict }) => `${rule}: ${reason ?? verdict}`);
  const annotations = told
    .slice(0, MOST_ANNOTATIONS)
    .map((message): Annotation => ({ level: fails ? "error" : "warning", title: "Rule not met", message }));
  if (!fails) return { annotations };
  const more = told.length > 5 ? ` … and ${told.length - 5} more` : "";
  const subject = record ? record.model.name : "the model";
  return {
    annotations,
    failure: `The gate ${decision === "rejected" ? "rejected" : "could not decide on"} ${subject}: ${told.slice(0, 5).join("; ")}${more}`,
  };
}
