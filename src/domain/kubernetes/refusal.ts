import { ActionError, quote, type Mistake } from "../../errors.ts";
import type { Json } from "../text/json.ts";

/** What the API server says when it does not do what was asked. */
export type ServerStatus = {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly reason: string; readonly field: string; readonly message: string }[];
  /** Of the object that was not found: absent when the kind itself is unknown. */
  readonly name: string | undefined;
  readonly retryAfterSeconds: number | undefined;
};

/** Reads the API server's answer: a Status object, or the plain text that it sends under load. */
export function readStatus(code: number, body: string): ServerStatus {
  let parsed: Json = null;
  try {
    parsed = JSON.parse(body) as Json;
  } catch {
    // Plain text: kept as the message.
  }
  const status = fieldsOf(parsed);
  const details = fieldsOf(status.details);
  return {
    code,
    reason: textOf(status.reason),
    message: textOf(status.message) || (Object.keys(status).length === 0 ? body.trim().slice(0, 500) : ""),
    causes: (Array.isArray(details.causes) ? details.causes : []).map((each) => {
      const cause = fieldsOf(each);
      return { reason: textOf(cause.reason), field: textOf(cause.field), message: textOf(cause.message) };
    }),
    name: typeof details.name === "string" ? details.name : undefined,
    retryAfterSeconds: typeof details.retryAfterSeconds === "number" ? details.retryAfterSeconds : undefined,
  };
}

/** Whether asking again may help. */
export const isPassing = ({ code }: ServerStatus): boolean => code === 429 || code >= 500;

/** The managers and fields of a conflict of server-side apply; none where it is another conflict. */
export function conflictsOf({ code, causes }: ServerStatus): readonly { manager: string; field: string }[] {
  if (code !== 409) return [];
  return causes
    .filter(({ reason }) => reason === "FieldManagerConflict")
    .map(({ field, message }) => ({ field, manager: /conflict with "([^"]*)"/.exec(message)?.[1] ?? message }));
}

const RIGHTS = "The Roles in docs/deploy-role.yml and docs/train-role.yml hold all that is needed.";

/** A refusal in plain words, with what to do. */
export function refusalOf(
  status: ServerStatus,
  asked: { readonly method: string; readonly path: string; readonly server: string },
): ActionError {
  const { code, message } = status;
  const where = `${asked.server}, ${asked.method} ${asked.path.replace(/\?.*/, "")}`;
  const seen = `${code}${message === "" ? "" : `: ${quote(message, 600)}`}`;
  const mistake = (expected: string, fix?: string): Mistake => ({
    where,
    expected,
    seen,
    ...(fix === undefined ? {} : { fix }),
  });
  if (code === 401)
    return new ActionError(
      mistake(
        "a credential that the cluster takes",
        "The token has expired, or is of another cluster: renew the kubeconfig.",
      ),
    );
  if (code === 403 && message.includes("exceeded quota"))
    return new ActionError(mistake("room in the namespace's quota", "Raise the quota, or remove what is not needed."));
  if (code === 403 && /being terminated/.test(message))
    return new ActionError(
      mistake(
        "a namespace that stays",
        "The namespace is being deleted. Wait until it is gone and make it anew, or take another.",
      ),
    );
  if (code === 403) return new ActionError(mistake("the right to do it", RIGHTS));
  if (code === 404 && asked.path.includes("machinelearning.seldon.io") && status.name === undefined) {
    return new ActionError(
      mistake(
        "Seldon Core's SeldonDeployment",
        "Its CRD is not installed in this cluster: install Seldon Core 1.17.1, or set target: local.",
      ),
    );
  }
  if (code === 404)
    return new ActionError(mistake("what is asked for", "Is the namespace there, and is it the right cluster?"));
  if (code === 422 || code === 400) return new ActionError(mistake("an object that the cluster takes"));
  const webhook = /failed calling webhook "([^"]*)"/.exec(message)?.[1];
  if (webhook !== undefined) {
    return new ActionError(
      mistake(
        `the admission webhook ${webhook} to answer`,
        "Its operator is down or not reachable: nothing of this kind can be written until it is back.",
      ),
    );
  }
  return new ActionError(mistake("the cluster to do it"));
}

const fieldsOf = (value: Json | undefined): { readonly [name: string]: Json } =>
  value !== undefined && value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
