import { describe, expect, it } from "vitest";
import { parseConditionRules, ruleHolds, rulesFor } from "../../../src/domain/kubernetes/condition-rule.ts";

const rollout = (status: object) => ({
  apiVersion: "argoproj.io/v1alpha1",
  kind: "Rollout",
  metadata: { name: "r" },
  status: status as never,
});
const holds = (line: string, status: object): boolean => ruleHolds(parseConditionRules(line, "x")[0]!, rollout(status));

describe("condition rules", () => {
  it("read a field, an item of a list and a comparison of size", () => {
    expect(holds("Rollout: status.phase == Healthy", { phase: "Healthy" })).toBe(true);
    expect(holds("Rollout: status.phase == Healthy", { phase: "Degraded" })).toBe(false);
    const conditions = [
      { type: "Paused", status: "False" },
      { type: "Ready", status: "True" },
    ];
    expect(holds("Rollout: status.conditions[type=Ready].status == True", { conditions })).toBe(true);
    expect(holds("Rollout: status.conditions[type=Paused].status == True", { conditions })).toBe(false);
    expect(holds("Rollout: status.ready >= 3", { ready: 3 })).toBe(true);
    expect(holds("Rollout: status.ready > 3", { ready: 3 })).toBe(false);
    expect(holds("Rollout: status.ready < 10", { ready: "9" })).toBe(true);
  });

  it("hold for nothing that is not there, not even by !=", () => {
    for (const operator of ["==", "!="]) expect(holds(`Rollout: status.phase ${operator} Bad`, {})).toBe(false);
    expect(holds("Rollout: status.ready >= 0", { ready: "many" })).toBe(false);
    expect(holds("Rollout: status.constructor == x", {})).toBe(false);
  });

  it("are chosen by kind and, where it is named, by group", () => {
    const rules = parseConditionRules(
      "# when a rollout is well\nRollout.argoproj.io: status.phase == Healthy # says Argo\nRollout.example.org: status.ok == true\nJob: status.x == 1",
      "success-conditions",
    );
    expect(rulesFor(rules, rollout({})).map((each) => each.text)).toEqual([
      "Rollout.argoproj.io: status.phase == Healthy",
    ]);
  });

  it("tell every wrong line with its column", () => {
    const text = [
      "status.phase == x",
      "  Rollout: == x",
      "Rollout: status.phase is Healthy",
      "Rollout: status.n >= a",
      "Rollout: a ==",
    ].join("\n");
    let said = "";
    try {
      parseConditionRules(text, "success-conditions");
    } catch (thrown) {
      said = (thrown as Error).message;
    }
    expect(said.split("\n").map((line) => /line \d, column \d+/.exec(line)?.[0])).toEqual([
      "line 1, column 1",
      "line 2, column 12",
      "line 3, column 23",
      "line 4, column 22",
      "line 5, column 14",
    ]);
  });
});
