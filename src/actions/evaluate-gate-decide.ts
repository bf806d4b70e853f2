import type { Annotation, Story } from "../action.ts";
import { isFresh, MAX_EVALUATION_PLAN_BYTES, parseEvaluationPlan } from "../domain/gate/evaluation.ts";
import { figure } from "../domain/gate/figure.ts";
import { judge } from "../domain/gate/verdict.ts";
import type { Metrics } from "../domain/metrics/metrics.ts";
import type { GateSection, ReleaseRecord } from "../domain/record/record.ts";
import { counted } from "../domain/report/quantity.ts";
import { quote, refuse } from "../errors.ts";
import { oneOf, text, type Run, type Values } from "../inputs.ts";
import type { GitHub, Log, Workspace } from "../ports.ts";
import { conditionsInput, inWorkspace, metricsInput, tokenInput } from "./gate-inputs.ts";
import { giveRecord, recordInput, takeRecord } from "./record.ts";

const inputs = {
  record: recordInput,
  metrics: metricsInput,
  conditions: conditionsInput,
  "on-reject": oneOf(["fail", "report"], {
    description:
      "What a rejection does to the step: `fail` makes it red, `report` leaves it green. Outputs, record and summary appear " +
      "either way; the steps after ask `steps.<id>.outputs.decision == 'passed'`.",
    default: "fail",
  }),
  "github-token": tokenInput,
  "plan-file": text({ description: "Of the part before, when a command has measured the model." }),
};

type Ports = { readonly log: Log; readonly workspace: Workspace; readonly github: GitHub };

/** Ten annotations of a level are shown for a step; a red step has one of its own. */
const MOST_ANNOTATIONS = 9;
/** What a record can hold. */
const MOST_METRICS = 500;
const MOST_SLICED = 100;
const LONGEST_REASON = 500;

/** Judges the metrics by the rules. Rejecting is an answer like any other: outputs, record and summary appear all the same. */
export const evaluateGateDecide: Story<typeof inputs, Ports> = {
  id: "evaluate-gate-decide",
  inputs,
  outputs: {
    decision: "`passed`, `rejected` or `inconclusive`. Ask for `== 'passed'`: whatever went wrong, it is not that.",
    record: "The release record with the metrics and the gate's verdict; empty where there was no record.",
    report: "The verdict as a Markdown file, under the runner's temporary folder.",
  },
  run: async (inputs, run, ports) => {
    const record = await takeRecord(inputs.record, run, ports);
    const metrics = merge(record?.metrics, await readMeasured(inputs, run, ports.workspace), ports.log);

    const judged = judge(inputs.conditions, metrics);
    const gate: GateSection = {
      decision: judged.decision,
      rules: judged.rules.map((rule) =>
        rule.reason === undefined ? rule : { ...rule, reason: rule.reason.slice(0, LONGEST_REASON).toWellFormed() },
      ),
    };

    const { renderGate } = await import("../domain/report/gate.ts");
    const summary = renderGate(record?.model.name, gate, metrics.values);
    const report = `${run.temp}/model-road/gate.md`;
    await ports.workspace.write(report, summary);
    const kept = record ? await giveRecord({ ...record, metrics, gate }, run, ports) : "";
    sayVerdict(gate, ports.log);
    return {
      outputs: { decision: gate.decision, record: kept, report },
      summary,
      ...tellFailures(gate, inputs["on-reject"] === "fail", record),
    };
  },
};

/** The metrics that were measured for this gate; `undefined` when those of the record are to be judged. */
async function readMeasured(
  { "plan-file": planFile, metrics: given }: Values<typeof inputs>,
  run: Run,
  workspace: Workspace,
): Promise<{ readonly name: string; readonly metrics: Metrics } | undefined> {
  if (planFile !== undefined) {
    const text = await workspace.readText(planFile, { maxBytes: MAX_EVALUATION_PLAN_BYTES });
    if (text === undefined)
      refuse({ where: `input "plan-file"`, expected: "the file of the part before", seen: "none" });
    const plan = parseEvaluationPlan(text, planFile);
    const name = given ?? "METRICS_PATH";
    const facts = await workspace.facts(plan.metrics.path);
    if (facts !== undefined && !isFresh(plan.metrics, facts)) {
      refuse({
        where: `metrics ${quote(name)}`,
        expected: "a file that the command has written",
        seen: "one from before the command",
        fix: "The command finds the path in METRICS_PATH. Metrics of an earlier run are never judged as those of this one.",
      });
    }
    return { name, metrics: await readMetricsFile(plan.metrics.path, name, workspace) };
  }
  if (given === undefined) return undefined;
  const path = inWorkspace(given, run.workspace);
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

/** The record's metrics with the measured ones above them. Says which values that replaced. */
function merge(
  known: Metrics | undefined,
  measured: { readonly name: string; readonly metrics: Metrics } | undefined,
  log: Log,
): Metrics {
  if (!measured) {
    if (known) return known;
    refuse({
      where: "the metrics",
      expected: `a record with metrics, or the input "metrics"`,
      seen: "neither",
      fix: "A gate judges measured values; without any it can only say no.",
    });
  }
  const { name, metrics } = measured;
  const values: Record<string, number> = Object.assign(Object.create(null), known?.values, metrics.values);
  const slices: Record<string, Readonly<Record<string, number>>> = Object.assign(
    Object.create(null),
    known?.slices,
    metrics.slices,
  );
  const replaced = Object.entries(metrics.values).filter(
    ([metric, value]) => known && Object.hasOwn(known.values, metric) && known.values[metric] !== value,
  );
  log.info(`${counted(Object.keys(metrics.values).length, "metric")} read from ${quote(name)}`);
  for (const [metric, value] of replaced.slice(0, 20)) {
    log.info(`  ${quote(metric)}: ${figure(value)} stands above the training's ${figure(known!.values[metric]!)}`);
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
  fails: boolean,
  record: ReleaseRecord | undefined,
): { annotations?: readonly Annotation[]; failure?: string } {
  if (decision === "passed") return {};
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
