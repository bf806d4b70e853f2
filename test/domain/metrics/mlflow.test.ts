import { describe, expect, test } from "vitest";

import { mlflowMetric, parseMlflow } from "../../../src/domain/metrics/mlflow.ts";

test.each([
  ["0/ab12/metrics/test/accuracy", { run: "0/ab12", metric: "test/accuracy" }],
  ["metrics/accuracy", { run: "", metric: "accuracy" }],
  ["0/ab12/params/C", undefined],
  ["0/ab12/meta.yaml", undefined],
])("%s", (path, expected) => {
  expect(mlflowMetric(path)).toEqual(expected);
});

describe("a run of MLflow's file store", () => {
  test("has the last value by step, and a series where there are several", () => {
    const { values, series } = parseMlflow(
      { accuracy: "1700000000000 0.93 0\n", loss: "3 0.2 2\n1 0.9 0\n2 0.5 1\n", old: "1 7" },
      "mlruns",
    );
    expect({ ...values }).toEqual({ accuracy: 0.93, loss: 0.2, old: 7 });
    expect({ ...series }).toEqual({ loss: [0.9, 0.5, 0.2] });
  });

  test.each([
    ["1 nan 0", '"nan"'],
    ["1 inf 0", '"inf"'],
    ["1", "a line of another form"],
    ["1 1e999 0", '"1e999"'],
  ])("with %s is refused by the metric's name", (line, seen) => {
    expect(() => parseMlflow({ accuracy: line }, "mlruns")).toThrow(
      `mlruns, metric "accuracy": expected a finite number, saw ${seen}`,
    );
  });

  test("without a metric is refused", () => {
    expect(() => parseMlflow({ a: "\n" }, "mlruns")).toThrow("at least one metric");
  });

  test("may name its metric as it likes", () => {
    expect(
      Object.keys(parseMlflow(Object.assign(Object.create(null), { ["__proto__"]: "1 2 3" }), "m").values),
    ).toEqual(["__proto__"]);
  });
});
