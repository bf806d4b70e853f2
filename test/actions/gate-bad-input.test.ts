// Bad input, one by one, through the whole part that decides: it is refused with its place, or it is judged and is not passed.
import { mkdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { parseRecord, serialiseRecord } from "../../src/domain/record/record.ts";
import { openGateBench, type GateBench } from "./gate-bench.ts";

let bench: GateBench;
beforeEach(() => {
  bench = openGateBench();
});
afterEach(() => bench.close());

type Given = {
  readonly conditions?: string;
  readonly metrics?: string;
  readonly predictions?: string;
  readonly baseline?: string;
  readonly more?: Record<string, string>;
};

/** Every text lies in a file of its own, as a workflow's steps leave them. */
async function decide({ conditions = "accuracy > 0.5", metrics, predictions, baseline, more = {} }: Given) {
  const write = (name: string, text: string | undefined): Record<string, string> | undefined => {
    if (text === undefined) return undefined;
    writeFileSync(bench.inWork(name), text);
    return { [name.replace(/\..*$/, "")]: name };
  };
  const { outputs, ...rest } = await bench.decide({
    record: serialiseRecord(await bench.trained()),
    conditions,
    ...write("metrics.json", metrics),
    ...write("predictions.csv", predictions),
    ...write("baseline-predictions.csv", baseline),
    "on-reject": "report",
    "on-inconclusive": "report",
    ...more,
  });
  return { decision: outputs.decision, gate: parseRecord(outputs.record!).gate!, ...rest };
}

const TWO = "y_true,y_pred\n1,1\n0,0\n";

describe("refused, with its place", () => {
  test.each([
    ["contradictory rules", { conditions: "accuracy > 0.9\naccuracy < 0.8" }, /line 2.*(contradict|together)/is],
    ["rules that stand twice", { conditions: "accuracy > 0.9\naccuracy > 0.9" }, /line 2.*line 1/is],
    ["a rule with a decimal comma", { conditions: "accuracy > 0,9" }, /line 1, column 12.*Write a point: 0.9/],
    [
      "a key twice in YAML rules",
      { conditions: "accuracy: '> 0.1'\naccuracy: '> 0.2'" },
      /duplicated mapping key \(2:1\)/,
    ],
    ["a bound of 1e999", { conditions: "accuracy < 1e999" }, /line 1, column 12.*1e999/is],
    ["a key twice in metrics", { metrics: '{"accuracy": 0.1, "accuracy": 0.9}' }, /each name once/],
    ["1e999 in metrics", { metrics: '{"accuracy": 1e999}' }, /1e999|finite/],
    ["NaN in metrics", { metrics: '{"accuracy": NaN}' }, /./],
    ["a text for a number", { metrics: '{"accuracy": "0.9"}' }, /accuracy.*finite number, saw the text "0.9"/],
    ["a decimal comma as a text", { metrics: '{"accuracy": "0,9"}' }, /accuracy.*finite number, saw the text "0,9"/],
    ["a ragged row", { predictions: "y_true,y_pred\n1,1\n0\n" }, /predictions.csv, line 3: expected 2 fields/],
    [
      "a decimal comma",
      { predictions: 'y_true,y_pred,score\n1,1,"0,9"\n0,0,0\n' },
      /line 2, "score".*Write a point: 0.9/,
    ],
    ["labels written in two ways", { predictions: "y_true,y_pred\n1,1.0\n0,0.0\n" }, /written in one way/],
    [
      "labels that differ in type",
      { predictions: '{"y_true": 1, "y_pred": "1"}\n' },
      /line 1, "y_pred": expected a number/,
    ],
    [
      "another number of rows",
      { predictions: TWO, baseline: "y_true,y_pred\n1,1\n" },
      /2 rows, as in predictions.csv, saw 1/,
    ],
    [
      "rows of another truth",
      { predictions: TWO, baseline: "y_true,y_pred\n0,1\n0,0\n" },
      /row 1: expected y_true "1"/,
    ],
    [
      "an id that only one has",
      { predictions: "id,y_true,y_pred\na,1,1\n", baseline: "id,y_true,y_pred\nb,1,1\n" },
      /a row with id "a", saw none/,
    ],
  ] as [string, Given, RegExp][])("%s", async (_, given, told) => {
    await expect(decide(given)).rejects.toThrow(told);
  });
});

describe("judged, and not passed", () => {
  test("an unknown metric: the nearest name is offered", async () => {
    const { decision, gate } = await decide({ conditions: "acuracy > 0.1" });
    expect(decision).toBe("rejected");
    expect(gate.rules[0]!.reason).toBe('there is no metric "acuracy"; did you mean "accuracy"?');
  });

  test("a slice that nobody is in, and one without rows enough", async () => {
    const predictions = "y_true,y_pred,region\n1,1,north\n0,0,north\n1,1,\n";
    expect((await decide({ predictions, conditions: "accuracy[region=south] > 0" })).gate.rules[0]).toMatchObject({
      verdict: "rejected",
      reason: expect.stringMatching(/there is no slice "region=south"/),
    });
    expect((await decide({ predictions, conditions: "accuracy[country=*] > 0" })).decision).toBe("rejected");
    expect((await decide({ predictions, conditions: "accuracy[region=*] > 0 where n >= 3" })).decision).toBe(
      "inconclusive",
    );
    // An empty cell is a group like any other, and has a name.
    const { gate } = await decide({ predictions, conditions: "worst(accuracy by region) >= 1" });
    expect(gate.decision).toBe("passed");
    expect((await decide({ predictions, conditions: 'accuracy[region="(empty)"] >= 1' })).decision).toBe("passed");
  });

  test("a class that is never predicted has precision and recall 0, not none", async () => {
    const predictions = "y_true,y_pred\n0,0\n1,0\n2,0\n0,0\n";
    for (const metric of ["recall", "precision", "f1"]) {
      const { decision, gate } = await decide({ predictions, conditions: `${metric}[class=*] > 0.1` });
      expect(decision).toBe("rejected");
      expect(gate.rules[0]).toMatchObject({ observed: 0 });
    }
  });

  test.each([
    ["the candidate", { candidate: 16, live: 40 }, "rejected", /by the candidate: .*16 of 40 answered; then: HTTP 500/],
    ["the live model", { candidate: 40, live: 16 }, "inconclusive", /by the live model: .*16 of 40 answered; then/],
  ] as const)("a golden question that %s does not answer, half-way", async (_, answered, decision, told) => {
    const folder = `${bench.folder}/golden`;
    mkdirSync(folder);
    const side = (name: "candidate" | "live") => {
      const latency = { p50: 1, p95: 2, most: 3 };
      if (answered[name] < 40) return { answered: answered[name], failure: "HTTP 500", latency };
      const file = `${folder}/${name}.jsonl`;
      writeFileSync(file, '{"y_true": 1, "y_pred": 1}\n'.repeat(39) + '{"y_true": 0, "y_pred": 0}\n');
      return { answered: 40, latency, predictions: file };
    };
    const file = `${folder}/golden.json`;
    const told40 = { schema: 1, asked: 40, labelled: true, candidate: side("candidate"), live: side("live") };
    writeFileSync(file, JSON.stringify(told40));
    const seen = await decide({ conditions: "accuracy > 0.5", more: { "golden-file": file } });
    expect(seen.decision).toBe(decision);
    expect(seen.annotations!.map(({ message }) => message).join("\n")).toMatch(told);
  });
});

describe("read as it is meant", () => {
  test.each([
    ["a byte order mark before metrics", { metrics: '\ufeff{"accuracy": 0.9}', conditions: "accuracy == 0.9" }],
    ["a byte order mark before predictions", { predictions: `\ufeff${TWO}`, conditions: "accuracy == 1\nn == 2" }],
    ["a byte order mark before rules", { conditions: "\ufeffaccuracy > 0.5" }],
    [
      "quotes, commas and line ends in CSV",
      {
        predictions: 'y_true,y_pred,note\r\n"a, ""b""\nc","a, ""b""\nc",x\r\nd,d,"y\r\nz"\r\n',
        conditions: "accuracy == 1\nn == 2",
      },
    ],
  ] as [string, Given][])("%s", async (_, given) => {
    expect((await decide(given)).decision).toBe("passed");
  });

  test("a run of MLflow's file store, and never two of them", async () => {
    const write = (id: string, name: string, text: string): void => {
      mkdirSync(bench.inWork(`mlruns/0/${id}/metrics`), { recursive: true });
      writeFileSync(bench.inWork(`mlruns/0/${id}/metrics/${name}`), text);
    };
    write("a1", "auc", "1700000000000 0.7 0\n1700000001000 0.93 1\n");
    const seen = await decide({ conditions: "auc >= 0.93", more: { metrics: "mlruns" } });
    expect(seen.gate.rules[0]).toMatchObject({ verdict: "passed", observed: 0.93 });
    write("b2", "auc", "1700000000000 0.99 0\n");
    await expect(decide({ conditions: "auc > 0", more: { metrics: "mlruns" } })).rejects.toThrow(/one run, saw 2 runs/);
    expect((await decide({ conditions: "auc > 0.98", more: { metrics: "mlruns/0/b2" } })).decision).toBe("passed");
    write("b2", "auc", "1700000000000 nan 0\n");
    await expect(decide({ conditions: "auc > 0", more: { metrics: "mlruns/0/b2" } })).rejects.toThrow(/finite number/);
  });

  test("a golden set of which nobody knows what is right: how answers changed is judged, and nothing else", async () => {
    const folder = `${bench.folder}/golden`;
    mkdirSync(folder);
    const side = (name: string, changed: number) => {
      const file = `${folder}/${name}.jsonl`;
      const lines = Array.from({ length: 40 }, (_, at) => {
        const p = at < changed ? 0.2 : 0.9;
        return JSON.stringify({ id: `g${at}`, scores: { 0: 1 - p, 1: p } });
      });
      writeFileSync(file, `${lines.join("\n")}\n`);
      return { answered: 40, latency: { p50: 1, p95: 2, most: 3 }, bytes: 10, predictions: file };
    };
    const file = `${folder}/golden.json`;
    const told = { schema: 1, asked: 40, labelled: false, candidate: side("candidate", 2), live: side("live", 0) };
    writeFileSync(file, JSON.stringify(told));
    writeFileSync(bench.inWork("before.json"), '{"latency_p95_ms": 1}');
    const more = { "golden-file": file, baseline: "file:before.json" };
    const conditions = "flip_rate <= 0.05\ndelta_max <= 0.71\nlatency_p95_ms <= baseline * 1.5\nn >= 40";
    const { decision, gate, summary } = await decide({ conditions, more });
    expect(gate.rules.map(({ verdict, observed }) => [verdict, observed])).toEqual([
      ["passed", 0.05],
      ["passed", expect.closeTo(0.7, 12) as number],
      ["passed", 2],
      ["passed", 40],
    ]);
    expect(decision).toBe("passed");
    expect(summary).toContain("2 of 40 rows are answered differently; what is right is not known.");
    expect(summary).toContain("| g0 | 1 | 0 |");
    expect((await decide({ conditions: "flip_rate <= 0.04", more })).decision).toBe("rejected");
    expect((await decide({ conditions: "f1_macro > 0", more })).decision).toBe("rejected");
  });
});
