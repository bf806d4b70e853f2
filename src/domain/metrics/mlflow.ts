import { ActionError, quote } from "../../errors.ts";
import { MAX_SERIES_POINTS, type Metrics } from "./metrics.ts";

/** The run of a file store of MLflow's that a metric's file belongs to, and the metric: `0/ab12…/metrics/test/accuracy`. */
export function mlflowMetric(path: string): { run: string; metric: string } | undefined {
  const [, run, metric] = /^(|.*\/)metrics\/(.+)$/.exec(path) ?? [];
  return run === undefined || metric === undefined ? undefined : { run: run.replace(/\/$/, ""), metric };
}

/**
 * The metrics of one run: the last value of each, and its values by step where there are several. A line of a file is
 * `<time> <value> <step>`, as MLflow's file store writes it.
 * @param files metric → text of its file
 * @throws ActionError with the metric that is no finite number
 */
export function parseMlflow(files: Readonly<Record<string, string>>, where: string): Metrics {
  const values: Record<string, number> = Object.create(null);
  const series: Record<string, number[]> = Object.create(null);
  for (const [metric, text] of Object.entries(files)) {
    const points = text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line, index) => {
        const [time, value, step = "0"] = line.trim().split(/\s+/);
        const point = { value: Number(value), step: Number(step), time: Number(time), index };
        if (value === undefined || !Number.isFinite(point.value) || !Number.isFinite(point.step)) {
          throw new ActionError({
            where: `${where}, metric ${quote(metric)}`,
            expected: "a finite number",
            seen: value === undefined ? "a line of another form" : quote(value, 40),
          });
        }
        return point;
      })
      .sort((a, b) => a.step - b.step || a.time - b.time || a.index - b.index);
    const last = points.at(-1);
    if (last === undefined) continue;
    values[metric] = last.value;
    if (points.length > 1) series[metric] = points.slice(-MAX_SERIES_POINTS).map(({ value }) => value);
  }
  if (Object.keys(values).length === 0) {
    throw new ActionError({ where, expected: "at least one metric", seen: "none" });
  }
  return Object.keys(series).length === 0 ? { values } : { values, series };
}
