import type { SourceSection } from "../domain/record/record.ts";
import type { Run } from "../inputs.ts";
import type { Event } from "./event.ts";

/** Where a record comes from: this run. */
export const sourceOf = (run: Run, { pullRequest }: Event): SourceSection => ({
  repository: run.repository,
  sha: run.sha,
  ref: run.ref,
  event: run.event,
  ...(pullRequest === undefined ? {} : { pullRequest: pullRequest.number }),
  runId: run.runId,
  runAttempt: run.runAttempt,
});
