import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { truthy } from "@actions/expressions/result";

/** A value as JSON has them: what contexts hold and expressions give. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

export type Status = "success" | "failure" | "cancelled";

/** What an expression can see: the contexts by name, and the state that the status functions ask for. */
export type Surroundings = {
  contexts: Record<string, Value>;
  /** The job's status, or inside a composite the status of its steps so far; of a job's `if:`, that of the jobs it needs. */
  status: Status | "skipped";
  cancelled: boolean;
  hashFiles: (patterns: string[]) => string;
};

type ExpressionFunction = {
  minArgs: number;
  maxArgs: number;
  call: (...args: data.ExpressionData[]) => data.ExpressionData;
};

/** Evaluates the inside of `${{ … }}` as GitHub does. Throws on unknown names and wrong arguments, as GitHub does. */
export function evaluate(expression: string, surroundings: Surroundings): Value {
  return plain(evaluateData(expression, surroundings));
}

/** The text that an expression leaves in a string. */
export function evaluateText(expression: string, surroundings: Surroundings): string {
  return evaluateData(expression, surroundings).coerceString();
}

/** Whether an `if:` lets its step run. */
export function evaluateCondition(expression: string, surroundings: Surroundings): boolean {
  return truthy(evaluateData(expression, surroundings));
}

function evaluateData(expression: string, surroundings: Surroundings): data.ExpressionData {
  const functions = statusFunctions(surroundings);
  const known = [...functions].map(([name, { minArgs, maxArgs }]) => ({ name, minArgs, maxArgs }));
  const { tokens } = new Lexer(expression).lex();
  // The lexer undoes only the first doubled quote of a literal; GitHub's own undoes all.
  for (const token of tokens) {
    if (typeof token.value === "string" && token.lexeme.startsWith("'")) {
      token.value = token.lexeme.slice(1, -1).replaceAll("''", "'");
    }
  }
  const tree = new Parser(tokens, Object.keys(surroundings.contexts), known).parse();
  const contexts = expressionData(surroundings.contexts) as data.Dictionary;
  return new Evaluator(tree, contexts, functions as never).evaluate();
}

function statusFunctions(surroundings: Surroundings): Map<string, ExpressionFunction> {
  const { status, cancelled, hashFiles } = surroundings;
  const constant = (value: boolean): ExpressionFunction => ({
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  });
  return new Map([
    ["always", constant(true)],
    ["success", constant(status === "success")],
    ["failure", constant(status === "failure")],
    ["cancelled", constant(cancelled)],
    [
      "hashfiles",
      {
        minArgs: 1,
        maxArgs: 255,
        call: (...patterns) => new data.StringData(hashFiles(patterns.map((p) => p.coerceString()))),
      },
    ],
  ]);
}

function expressionData(value: Value): data.ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(expressionData));
  return new data.Dictionary(...Object.entries(value).map(([key, v]) => ({ key, value: expressionData(v) })));
}

/** A value as text: what `${{ … }}` gives for scalars; JSON for the rest. */
export function textOf(value: Value | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const plain = (value: data.ExpressionData): Value => JSON.parse(JSON.stringify(value, data.replacer)) as Value;
