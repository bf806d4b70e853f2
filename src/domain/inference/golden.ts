import { ActionError, type Mistake } from "../../errors.ts";
import { parseJson, type Json } from "../text/json.ts";
import type { SmokeRequest } from "./smoke.ts";

const MAX_GOLDEN_BYTES = 8 * 1024 * 1024;
const MOST_CASES = 1000;

/**
 * Reads a golden set: a list of `{input | request, expected, tolerance?}`. `input` is rows of features, `request` a whole body.
 * @param body how rows are asked, where it is not by Seldon's own protocol
 * @returns a smoke request for each
 * @throws ActionError with every mistake
 */
export function parseGolden(
  text: string,
  where: string,
  path: string,
  body: (rows: Json) => Json = (rows) => ({ data: { ndarray: rows } }),
): readonly SmokeRequest[] {
  const value = parseJson(text, { where, maxBytes: MAX_GOLDEN_BYTES });
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_CASES) {
    throw new ActionError({
      where,
      expected: `a list of 1 to ${MOST_CASES} cases`,
      seen: Array.isArray(value) ? `${value.length}` : "something else",
    });
  }
  const mistakes: Mistake[] = [];
  const cases = value.map((each, at): SmokeRequest => {
    const { input, request, expected, tolerance } = (
      typeof each === "object" && each !== null && !Array.isArray(each) ? each : {}
    ) as Record<string, Json | undefined>;
    if ((input === undefined) === (request === undefined)) {
      mistakes.push({
        where: `${where}[${at}]`,
        expected: "input or request, one of the two",
        seen: input === undefined ? "neither" : "both",
      });
    }
    if (expected === undefined)
      mistakes.push({ where: `${where}[${at}].expected`, expected: "the values of the answer", seen: "nothing" });
    if (tolerance !== undefined && !(typeof tolerance === "number" && tolerance >= 0)) {
      mistakes.push({
        where: `${where}[${at}].tolerance`,
        expected: "a number not below 0",
        seen: JSON.stringify(tolerance).slice(0, 40),
      });
    }
    return {
      path,
      body: request ?? body(input ?? []),
      expect: { status: 200, values: expected ?? null, tolerance: typeof tolerance === "number" ? tolerance : 1e-6 },
    };
  });
  if (mistakes.length > 0) throw new ActionError(mistakes.slice(0, 20));
  return cases;
}
