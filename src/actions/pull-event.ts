import type { Run } from "../inputs.ts";
import type { Workspace } from "../ports.ts";
import { field } from "./event-payload.ts";

/** What the payload of a pull request's event says of it. All of it is data from outside: compared, never used as a path or name. */
export type PullEvent = {
  readonly action: string;
  readonly number: number;
  readonly headSha: string;
  /** Empty when that repository is gone. */
  readonly headRepositoryId: string;
  /** Of the actions labeled and unlabeled. */
  readonly label: string | undefined;
};

/** GitHub allows payloads of 25 MB. */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;

/** @returns `undefined` when the run's payload is of no pull request */
export async function readPullEvent(run: Run, workspace: Workspace): Promise<PullEvent | undefined> {
  const text =
    run.eventPath === undefined ? undefined : await workspace.readText(run.eventPath, { maxBytes: MAX_EVENT_BYTES });
  let payload: unknown;
  try {
    payload = JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
  const pull = field(payload, "pull_request");
  const head = field(pull, "head");
  const [number, sha, repository] = [field(pull, "number"), field(head, "sha"), field(field(head, "repo"), "id")];
  const [action, label] = [field(payload, "action"), field(field(payload, "label"), "name")];
  if (!Number.isSafeInteger(number) || typeof sha !== "string" || !/^[0-9a-f]{40}$/.test(sha)) return undefined;
  return {
    action: typeof action === "string" ? action : "",
    number: number as number,
    headSha: sha,
    headRepositoryId: typeof repository === "number" ? String(repository) : "",
    label: typeof label === "string" ? label : undefined,
  };
}
