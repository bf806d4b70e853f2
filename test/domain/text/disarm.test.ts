import fc from "fast-check";
import { expect, test } from "vitest";

import { disarm } from "../../../src/domain/text/disarm.ts";
import { parseCommand } from "../../runner/commands.ts";

const LONG = process.env["LONG_TESTS"] === "1";
const anyName = (): boolean => true;
/** As the runner ends lines: at \n, \r\n and a bare \r. */
const runnerLines = (text: string): string[] => text.split(/\r\n|\n|\r/);
const commandsIn = (text: string) => runnerLines(text).flatMap((line) => parseCommand(line, anyName) ?? []);

// Pieces that matter to either parser, and white space that .NET trims and JavaScript does not, or the other way round.
const piece = fc.constantFrom(
  "::",
  ":",
  "add-mask",
  "set-output name=x",
  "stop-commands",
  "::add-mask::",
  "::error file=a::",
  "##[",
  "#",
  "[",
  "]",
  "##[add-mask]",
  "##[set-output name=x]",
  "\n",
  "\r",
  "\r\n",
  " ",
  "\t",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\u2029",
  "\u200b",
  "\ufeff",
  "\u180e",
  "\u000b",
  "\u000c",
  "\u001b[31m",
  "\u0000",
  "\u0008",
  "%0A",
  "true",
  "é",
  "😀",
  "\ud800",
);

test("no line that is disarmed holds a command, whatever stood in it", () => {
  let lines = 0;
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 24 }), (pieces) => {
      const text = pieces.join("");
      const shown = disarm(text).join("\n");
      lines += runnerLines(shown).length;
      expect(commandsIn(shown)).toEqual([]);
    }),
    { numRuns: LONG ? 700_000 : 120_000 },
  );
  // The figures of the promise.
  expect(lines).toBeGreaterThan(LONG ? 1_000_000 : 200_000);
}, 600_000);

test("the oracle finds commands in what is not disarmed", () => {
  expect(commandsIn("a\r::add-mask::true")).toHaveLength(1);
  expect(commandsIn("50% ##[set-output name=x]1")).toHaveLength(1);
  expect(commandsIn("\u0085::warning::x")).toHaveLength(1);
});

test("text without commands stays as it is, and a secret with :: in it stays whole", () => {
  expect(disarm("epoch 1/5 loss 0.3\narn:aws:iam::123456789012:role/x")).toEqual([
    "epoch 1/5 loss 0.3",
    "arn:aws:iam::123456789012:role/x",
  ]);
});
