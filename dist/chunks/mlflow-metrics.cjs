require("./rolldown-runtime.cjs");
let kept_require_metrics;
const require_metrics = () => kept_require_metrics ??= require("./metrics.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
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
// src/actions/mlflow-metrics.ts
/**
* The metrics of the one run of MLflow's file store that was written since then.
* @param since milliseconds since 1970; 0 for whatever stands there
*/
async function mlflowMetrics(folder, where, since, workspace) {
	const runs = /* @__PURE__ */ new Map();
	for (const { path, kind, changedMs } of await workspace.walk(folder, { maxFiles: 1e5 })) {
		const of = mlflowMetric(path);
		if (of === void 0 || kind !== "file" || changedMs < since) continue;
		const run = runs.get(of.run) ?? Object.create(null);
		run[of.metric] = await workspace.readText(`${folder}/${path}`, { maxBytes: 1048576 }) ?? "";
		runs.set(of.run, run);
	}
	const [only, ...others] = runs.values();
	if (only === void 0 || others.length > 0) require_house().refuse({
		where,
		expected: since === 0 ? "a file, or a folder of MLflow's with one run" : "a file, or a folder of MLflow's with one run that the command wrote",
		seen: only === void 0 ? "a folder without such metrics" : `${others.length + 1} runs`,
		fix: "Name the run's own folder where there are several."
	});
	return parseMlflow(only, where);
}
exports.mlflowMetrics = mlflowMetrics;
