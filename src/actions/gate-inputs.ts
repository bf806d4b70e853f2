import { parseRules, type Rule } from "../domain/gate/rules.ts";
import { text, type Input } from "../inputs.ts";

/** The rules. Both parts read them: a mistake in them should be told before a long evaluation, not after it. */
export const conditionsInput: Input<readonly Rule[]> = {
  description:
    "The rules, one a line: a metric, an operator (`>`, `>=`, `<`, `<=`, `==`, `!=`) and a number, as `accuracy > 0.80`. " +
    "`recall[class=3] >= 0.7` asks for one slice, `recall[class=*] >= 0.7` for every one. `#` begins a comment. A metric " +
    "that is missing or no finite number never passes.",
  accepts: "one rule a line",
  required: true,
  unset: [],
  parse: parseRules,
};

export const metricsInput = text({
  description:
    "A file with the metrics to judge, relative to the workspace: JSON or YAML, a map of numbers. With `command`, the file " +
    "that the command writes. Left out, the record's metrics; with `command`, the file that it finds in `METRICS_PATH`.",
});

/** For reading a record from an artifact; nothing else of these parts needs it. */
export const tokenInput = text({
  description: "Reads records and models from artifacts; needs `actions: read` for those of other runs.",
  expression: "${{ github.token }}",
  secret: true,
});

/** A path as a workflow gives it: relative to the checkout, or absolute. */
export function inWorkspace(path: string, workspace: string): string {
  return path.startsWith("/") ? path : `${workspace}/${path}`;
}
