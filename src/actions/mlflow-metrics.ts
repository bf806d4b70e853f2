import { MAX_METRICS_BYTES, type Metrics } from "../domain/metrics/metrics.ts";
import { mlflowMetric, parseMlflow } from "../domain/metrics/mlflow.ts";
import { refuse } from "../errors.ts";
import type { Workspace } from "../ports.ts";

/**
 * The metrics of the one run of MLflow's file store that was written since then.
 * @param since milliseconds since 1970; 0 for whatever stands there
 */
export async function mlflowMetrics(
  folder: string,
  where: string,
  since: number,
  workspace: Workspace,
): Promise<Metrics> {
  const runs = new Map<string, Record<string, string>>();
  for (const { path, kind, changedMs } of await workspace.walk(folder, { maxFiles: 100_000 })) {
    const of = mlflowMetric(path);
    if (of === undefined || kind !== "file" || changedMs < since) continue;
    const run: Record<string, string> = runs.get(of.run) ?? (Object.create(null) as Record<string, string>);
    run[of.metric] = (await workspace.readText(`${folder}/${path}`, { maxBytes: MAX_METRICS_BYTES })) ?? "";
    runs.set(of.run, run);
  }
  const [only, ...others] = runs.values();
  if (only === undefined || others.length > 0) {
    refuse({
      where,
      expected:
        since === 0
          ? "a file, or a folder of MLflow's with one run"
          : "a file, or a folder of MLflow's with one run that the command wrote",
      seen: only === undefined ? "a folder without such metrics" : `${others.length + 1} runs`,
      fix: "Name the run's own folder where there are several.",
    });
  }
  return parseMlflow(only, where);
}
