import { columnNames, generateBatch, judgeContract, type Contract } from "../inference/contract.ts";
import { payloadOf, type SmokeRequest } from "../inference/smoke.ts";
import type { Json } from "../text/json.ts";
import { parseJson } from "../text/json.ts";
import type { ServiceType } from "./source.ts";

// What the trial of an image asks a component of a graph, which is not asked as a model is.

const PATHS: Readonly<Record<ServiceType, string>> = {
  MODEL: "/api/v1.0/predictions",
  ROUTER: "/route",
  COMBINER: "/aggregate",
  TRANSFORMER: "/transform-input",
  OUTPUT_TRANSFORMER: "/transform-output",
  OUTLIER_DETECTOR: "/transform-input",
};

/** Where Seldon's executor asks a component. */
export const componentPath = (type: ServiceType): string => PATHS[type];

/** How many answers a combiner is given: what holds for two is what its children are. */
const COMBINED = 2;
const MAX_BYTES = 8 * 1024 * 1024;

/** A request made up from a contract: for a combiner, what two children may have answered. */
export function componentRequest(type: ServiceType, contract: Contract, rows: number, seed: number): Json {
  const names = [...columnNames(contract.features)];
  const message = (nth: number): Json => ({ data: { names, ndarray: generateBatch(contract, rows, nth) } });
  if (type !== "COMBINER") return message(seed);
  return { seldonMessages: Array.from({ length: COMBINED }, (_, at) => message(seed + 100 * at)) };
}

/** What an answer breaks. A router's is the number of a child, whatever the targets say. @param body with status 200 */
export function judgeComponent(type: ServiceType, contract: Contract, rows: number, body: string): readonly string[] {
  if (type !== "ROUTER") return judgeContract(contract, rows, body);
  const found = payloadOf(parseJson(body, { where: "the answer's body", maxBytes: MAX_BYTES }));
  const value = [found?.value ?? []].flat(Infinity as 1);
  const [branch] = value;
  if (value.length === 1 && typeof branch === "number" && Number.isInteger(branch) && branch >= -2) return [];
  return [
    `${found?.where ?? "the answer"}: expected one child's number (-1 for all, -2 for none), saw ${JSON.stringify(value).slice(0, 80)}`,
  ];
}

/** Whether the same request must get the same answer twice: a router may choose anew. */
export const answersAlike = (type: ServiceType): boolean => type !== "ROUTER";

/** A router answers one row, of one number, to any number of rows. */
export function expectedOf(type: ServiceType, request: SmokeRequest): SmokeRequest {
  const { expect } = request;
  if (type !== "ROUTER" || expect.shape !== undefined || expect.values !== undefined) return request;
  return { ...request, expect: { ...expect, shape: [1, 1] } };
}
