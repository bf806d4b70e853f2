import type { Rule } from "../domain/gate/rules.ts";
import type { Baseline } from "../domain/gate/verdict.ts";
import type { Sample } from "../domain/metrics/predictions.ts";
import type { Metrics } from "../domain/metrics/metrics.ts";
import type { GateSection, ReleaseRecord } from "../domain/record/record.ts";
import { compareMetrics, reportOf, type EarlierRun, type GateReport } from "../domain/report/gate-report.ts";
import { renderGate } from "../domain/report/gate.ts";
import { messageOf } from "../errors.ts";
import type { Run } from "../inputs.ts";
import type { GitHub, Log, Workspace } from "../ports.ts";
import { documentArtifactName } from "./artifact-names.ts";
import { gateReportPath } from "./gate-inputs.ts";
import type { BaselineSearch } from "./gate-baseline.ts";
import type { Evidence } from "./gate-evidence.ts";

type Ports = { readonly log: Log; readonly workspace: Workspace; readonly github: GitHub };

/** What was judged, and by what. */
type Judged = {
  readonly record: ReleaseRecord | undefined;
  readonly gate: GateSection;
  readonly metrics: Metrics;
  readonly baseline: Baseline;
  readonly search: BaselineSearch | undefined;
  readonly evidence: Evidence | undefined;
  readonly rules: readonly Rule[];
};

/** With this run, ten. */
const EARLIER_RUNS = 9;

/** Writes the report in each of its forms; says where, and the job summary. */
export async function writeGateReport(
  { record, gate, metrics, baseline, search, evidence, rules }: Judged,
  run: Run,
  ports: Ports,
): Promise<{ readonly summary: string; readonly files: Readonly<Record<string, string>> }> {
  const known = baseline.kind === "measured" ? (baseline.measured as Metrics) : undefined;
  const sample = evidence?.sample;
  // Who compares asks GitHub anyway; a gate of floors alone stays without a request.
  const history = record && search ? await earlierRuns(record, metrics, run, ports) : [];
  const report = reportOf(record, {
    gate,
    absent: search && "absent" in search ? search.absent : undefined,
    ...compareMetrics(metrics, known, [...new Set(rules.map(({ metric }) => metric))]),
    ...(sample ? await answersTold(sample) : { confusion: undefined, flips: evidence?.flips, mcnemar: undefined }),
    golden: evidence?.golden,
    history,
  });
  const [{ renderGatePage }, { renderJunit }] = await Promise.all([
    import("../domain/report/gate-page.ts"),
    import("../domain/report/junit.ts"),
  ]);
  const summary = renderGate(report);
  const folder = `${run.temp}/model-road`;
  const files: Record<string, readonly [string, string]> = {
    report: [`${folder}/gate.md`, summary],
    "report-html": [`${folder}/gate.html`, renderGatePage(report)],
    "report-json": [gateReportPath(run), `${JSON.stringify(report, null, 1)}\n`],
    "report-junit": [`${folder}/gate.junit.xml`, renderJunit(report)],
  };
  await Promise.all(Object.values(files).map(async ([path, text]) => ports.workspace.write(path, text)));
  return { summary, files: Object.fromEntries(Object.entries(files).map(([name, [path]]) => [name, path])) };
}

/** Loaded only where there are answers: a gate over a metrics file should take no longer than it must. */
async function answersTold(sample: Sample): Promise<Pick<GateReport, "confusion" | "flips" | "mcnemar">> {
  const { confusionOf, flipsOf } = await import("../domain/report/gate-answers.ts");
  const { mcNemar } = await import("../domain/metrics/mcnemar.ts");
  return { confusion: confusionOf(sample), flips: flipsOf(sample), mcnemar: mcNemar(sample) };
}

/** The trainings of this model before, from their artifacts, and this one. Telling is a side step: it never fails a gate. */
async function earlierRuns(
  record: ReleaseRecord,
  metrics: Metrics,
  run: Run,
  { github, workspace, log }: Ports,
): Promise<readonly EarlierRun[]> {
  const now: EarlierRun = {
    runId: record.source.runId,
    sha: record.source.sha,
    at: "this run",
    values: metrics.values,
  };
  try {
    const { recordOfArtifact } = await import("./gate-baseline.ts");
    const all = await github.artifactsNamed(documentArtifactName(record.model.name, 1));
    const ours = all.filter(
      ({ expired, run: of }) => !expired && of.headRepositoryId === run.repositoryId && of.id !== record.source.runId,
    );
    const found = await Promise.all(
      ours.slice(0, EARLIER_RUNS).map(async (artifact): Promise<EarlierRun[]> => {
        const { source, metrics: of } = await recordOfArtifact(artifact, { github, workspace });
        return [{ runId: source.runId, sha: source.sha, at: artifact.createdAt, values: of?.values ?? {} }];
      }),
    );
    return [...found.flat().toReversed(), now];
  } catch (thrown) {
    log.info(`Earlier runs can not be told: ${messageOf(thrown).split("\n", 1)[0]}`);
    return [];
  }
}
