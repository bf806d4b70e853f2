require("./rolldown-runtime.cjs");
const require_house = () => require("./house.cjs");
const require_metrics = () => require("./metrics.cjs");
// src/domain/metrics/mlflow.ts
/** The run of a file store of MLflow's that a metric's file belongs to, and the metric: `0/ab12…/metrics/test/accuracy`. */
function mlflowMetric(path) {
	const [, run, metric] = /^(|.*\/)metrics\/(.+)$/.exec(path) ?? [];
	return run === void 0 || metric === void 0 ? void 0 : {
		run: run.replace(/\/$/, ""),
		metric
	};
}
/**
* The metrics of one run: the last value of each, and its values by step where there are several. A line of a file is
* `<time> <value> <step>`, as MLflow's file store writes it.
* @param files metric → text of its file
* @throws ActionError with the metric that is no finite number
*/
function parseMlflow(files, where) {
	const values = Object.create(null);
	const series = Object.create(null);
	for (const [metric, text] of Object.entries(files)) {
		const points = text.split("\n").filter((line) => line.trim() !== "").map((line, index) => {
			const [time, value, step = "0"] = line.trim().split(/\s+/);
			const point = {
				value: Number(value),
				step: Number(step),
				time: Number(time),
				index
			};
			if (value === void 0 || !Number.isFinite(point.value) || !Number.isFinite(point.step)) throw new (require_house()).ActionError({
				where: `${where}, metric ${require_house().quote(metric)}`,
				expected: "a finite number",
				seen: value === void 0 ? "a line of another form" : require_house().quote(value, 40)
			});
			return point;
		}).sort((a, b) => a.step - b.step || a.time - b.time || a.index - b.index);
		const last = points.at(-1);
		if (last === void 0) continue;
		values[metric] = last.value;
		if (points.length > 1) series[metric] = points.slice(-require_metrics().MAX_SERIES_POINTS).map(({ value }) => value);
	}
	if (Object.keys(values).length === 0) throw new (require_house()).ActionError({
		where,
		expected: "at least one metric",
		seen: "none"
	});
	return Object.keys(series).length === 0 ? { values } : {
		values,
		series
	};
}
exports.mlflowMetric = mlflowMetric;
exports.parseMlflow = parseMlflow;
