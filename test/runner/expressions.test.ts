import { expect, test } from "vitest";

import { evaluate, evaluateCondition, evaluateText, type Surroundings } from "./expressions.ts";

const surroundings: Surroundings = {
  contexts: {
    inputs: { name: "digits", empty: "", on: true },
    steps: { Gate: { outputs: { decision: "passed" }, outcome: "success" } },
    matrix: { list: [{ a: 1 }, { a: 2 }] },
  },
  status: "failure",
  cancelled: false,
  hashFiles: (patterns) => patterns.join("+"),
};

test.for([
  ["inputs.name == 'DIGITS'", true],
  ["inputs.empty || 'default'", "default"],
  ["steps.gate.outputs.DECISION", "passed"],
  ["steps.gate.outputs.nothing", null],
  ["fromJSON('[1,2]')[1]", 2],
  ["contains(fromJSON('[1,2]'), 2)", true],
  ["join(matrix.list.*.a, '-')", "1-2"],
  ["format('{0} {{it''s}} ''{1}''', inputs.name, 'x')", "digits {it's} 'x'"],
  ["toJSON(matrix.list)", '[\n  {\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]'],
  ["hashFiles('a', 'b')", "a+b"],
  ["inputs.on && success()", false],
  ["failure() && always()", true],
] as const)("%s", ([expression, value]) => {
  expect(evaluate(expression, surroundings)).toEqual(value);
});

test("a value in text is what GitHub writes", () => {
  expect(evaluateText("inputs.on", surroundings)).toBe("true");
  expect(evaluateText("steps.gate.outputs.nothing", surroundings)).toBe("");
  expect(evaluateText("matrix.list", surroundings)).toBe("Array");
});

test("the text 'false' is true", () => {
  expect(evaluateCondition("'false'", surroundings)).toBe(true);
  expect(evaluateCondition("inputs.empty", surroundings)).toBe(false);
});

test("unknown contexts and functions are mistakes", () => {
  expect(() => evaluate("secrets.KEY", surroundings)).toThrow(/secrets/);
  expect(() => evaluate("nope()", surroundings)).toThrow(/nope/);
});
