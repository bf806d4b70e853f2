import type { Run } from "../inputs.ts";
import type { Workspace } from "../ports.ts";

/** GitHub allows payloads of 25 MB. */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;

/** The release that a run of the event `release` is about. Its tag is text from outside, not yet looked at. */
export async function readReleaseEvent(
  run: Run,
  workspace: Workspace,
): Promise<{ readonly tag: string; readonly draft: boolean } | undefined> {
  const text =
    run.eventPath === undefined ? undefined : await workspace.readText(run.eventPath, { maxBytes: MAX_EVENT_BYTES });
  try {
    const { release } = JSON.parse(text ?? "{}") as { release?: { tag_name?: unknown; draft?: unknown } };
    const tag = release?.tag_name;
    return typeof tag === "string" ? { tag, draft: release?.draft !== false } : undefined;
  } catch {
    return undefined;
  }
}
