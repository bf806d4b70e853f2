// A door for test/run-action.test.ts: a story that does what its input says.
import { ActionError } from "../src/errors.ts";
import { flag, oneOf, requiredText, text } from "../src/inputs.ts";
import { runAction } from "../src/run-action.ts";
import type { Log } from "../src/ports.ts";

const inputs = {
  how: requiredText({ description: "What to do." }),
  loud: flag({ description: "Warn.", default: "false" }),
  token: text({ description: "A secret.", secret: true }),
  colour: oneOf(["red", "green"], { description: "A colour.", default: "green" }),
};

void runAction(
  {
    id: "door",
    inputs,
    outputs: { colour: "The colour.", record: "JSON." },
    run: async ({ how, colour, loud }, _run, { log, signal }: { log: Log; signal: AbortSignal }) => {
      log.info("::add-mask::true\rtraining ##[set-output name=x]1");
      if (loud) log.warning("first\n::error::second");
      switch (how) {
        case "undeclared":
          return { outputs: { other: "x" } };
        case "reject":
          return {
            outputs: { colour },
            summary: "# no",
            annotations: [{ level: "warning", title: "rule", message: "a\nb" }],
            failure: "the gate said no",
          };
        case "mistake":
          throw new ActionError([
            { where: "a", expected: "b", seen: "c" },
            { where: "d", expected: "e", seen: "f", fix: "Do g." },
          ]);
        case "bug":
          throw new TypeError("x is not a function");
        case "wait":
          log.info("waiting");
          await new Promise((_, refuse) => {
            const alive = setInterval(() => {}, 1000);
            signal.addEventListener("abort", () => {
              clearInterval(alive);
              refuse(signal.reason as Error);
            });
          });
          break;
        case "mask":
          log.mask("own-secret");
          return { outputs: { colour, record: '{"a":"own-secret"}' } };
        default:
      }
      return { outputs: { colour, record: '{"a":"<<EOF\\n"}' }, summary: "# yes" };
    },
  },
  ({ log, signal }) => ({ log, signal }),
);
