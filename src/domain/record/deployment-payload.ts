import { ActionError } from "../../errors.ts";
import { canonicalJson } from "../text/json.ts";
import { parseRecord, type ReleaseRecord } from "./record.ts";

/** What a GitHub Deployment of ours carries, so that a pull request can read what serves without rights in the cluster. */
export function deploymentPayload(record: ReleaseRecord): { readonly record: ReleaseRecord } {
  return { record };
}

/** The record of a deployment's payload; `undefined` for a deployment that is none of ours. GitHub hands a payload back as it was given. */
export function recordOfPayload(payload: unknown, where: string): ReleaseRecord | undefined {
  try {
    const value: unknown = typeof payload === "string" ? JSON.parse(payload) : payload;
    if (value === null || typeof value !== "object" || !("record" in value)) return undefined;
    const { record } = value;
    return parseRecord(typeof record === "string" ? record : canonicalJson(record as object), where);
  } catch (thrown) {
    if (thrown instanceof ActionError || thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
