import { ActionError } from "../../errors.ts";
import { canonicalJson } from "../text/json.ts";
import { check, object, string } from "../text/shape.ts";
import type { Json } from "../text/json.ts";
import { parseRecord, type ReleaseRecord } from "./record.ts";

/** What was deployed, as it is known before it is: a payload can not be changed any more. */
export type DeployedPlace = {
  readonly target: string;
  readonly namespace: string;
  readonly name: string;
  readonly deployId: string;
};

const name = string({ most: 63 });
const placeShape = object({ target: string({ most: 32 }), namespace: name, name, deployId: string({ most: 64 }) });

/** What a GitHub Deployment of ours carries, so that a pull request can read what serves without rights in the cluster. */
export function deploymentPayload(
  record: ReleaseRecord | undefined,
  deployed?: DeployedPlace,
): { readonly record?: ReleaseRecord; readonly deployed?: DeployedPlace } {
  return { ...(record === undefined ? {} : { record }), ...(deployed === undefined ? {} : { deployed }) };
}

/** The record of a deployment's payload; `undefined` for a deployment that is none of ours. GitHub hands a payload back as it was given. */
export function recordOfPayload(payload: unknown, where: string): ReleaseRecord | undefined {
  return part(payload, "record", (record) =>
    parseRecord(typeof record === "string" ? record : canonicalJson(record as object), where),
  );
}

/** What a deployment of ours deployed where; `undefined` for one that is none of ours. */
export function placeOfPayload(payload: unknown, where: string): DeployedPlace | undefined {
  return part(payload, "deployed", (deployed) => check(placeShape, deployed as Json, where));
}

function part<T>(payload: unknown, name: string, read: (value: unknown) => T): T | undefined {
  try {
    const value: unknown = typeof payload === "string" ? JSON.parse(payload) : payload;
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, name)) return undefined;
    return read((value as Record<string, unknown>)[name]);
  } catch (thrown) {
    if (thrown instanceof ActionError || thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
