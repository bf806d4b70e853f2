import type { Run } from "../inputs.ts";
import type { Workspace } from "../ports.ts";
import { field, parsed } from "./event-payload.ts";

/** What the event's payload says of this run. Every part may be missing: payloads differ by event. */
export type Event = {
  readonly defaultBranch: string | undefined;
  /** The branch that this run builds: a pull request's head, or the branch that was pushed. */
  readonly branch: string;
  readonly pullRequest: { readonly number: number; readonly headBranch: string } | undefined;
  /** Whether the pull request comes from another repository: then no secret is there. */
  readonly fromFork: boolean;
};

/** GitHub allows payloads of 25 MB. */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;

/** Reads the payload. Its texts are data from outside: names to compare with, never paths or commands. */
export async function readEvent(run: Run, workspace: Workspace): Promise<Event> {
  const text =
    run.eventPath === undefined ? undefined : await workspace.readText(run.eventPath, { maxBytes: MAX_EVENT_BYTES });
  const payload = parsed(text);
  const pull = field(payload, "pull_request");
  const number = field(pull, "number");
  const headBranch = field(field(pull, "head"), "ref");
  const defaultBranch = field(field(payload, "repository"), "default_branch");
  const headRepository = field(field(field(pull, "head"), "repo"), "id");
  const pullRequest =
    run.event === "pull_request" && typeof number === "number" && typeof headBranch === "string"
      ? { number, headBranch }
      : undefined;
  return {
    defaultBranch: typeof defaultBranch === "string" && defaultBranch !== "" ? defaultBranch : undefined,
    branch: pullRequest?.headBranch ?? run.ref.replace(/^refs\/(?:heads|tags)\//, ""),
    pullRequest,
    // A repository that is gone has no id.
    fromFork: pullRequest !== undefined && JSON.stringify(headRepository ?? null) !== run.repositoryId,
  };
}
