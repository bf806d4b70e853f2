import { carriesMarker, compareRuns, planSticky } from "../domain/report/sticky.ts";
import type { Clock, Comment, GitHub } from "../ports.ts";

/** Whom the job's own token writes as. */
const BOT = "github-actions[bot]";
/** A list of comments may be a moment old, and another run may write at the same time: after a write it is looked at again. */
const SETTLE_MS = 1000;
const MOST_ROUNDS = 6;

type Ports = {
  readonly github: Pick<GitHub, "comments" | "createComment" | "updateComment" | "deleteComment">;
  readonly clock: Pick<Clock, "sleep">;
};

/**
 * Keeps one comment of a model in a conversation: writes it, or puts our text in its place, unless a newer run has told already.
 * GitHub knows no condition on a write, so runs that write at once settle by looking again: the first comment stays, the text of
 * the newest run wins, and what the others have written is removed. What has our marker but another author is left alone.
 * @param body begins with the markers of the model and of the run
 * @returns the comment's address, and whether it tells of a newer run than ours
 */
export async function keepComment(
  { body, model, issue }: { readonly body: string; readonly model: string; readonly issue: number },
  { github, clock }: Ports,
): Promise<{ readonly url: string; readonly newer: boolean }> {
  /** Removed, or found to be: a list may show them on for a moment. */
  const gone = new Set<string>();
  let created: Comment | undefined;
  let written: string | undefined;
  for (let round = 0; ; round++) {
    const listed = (await github.comments(issue)).filter(
      (comment) => isOurs(comment, created) && carriesMarker(comment.body, model) && !gone.has(comment.id),
    );
    const missed = created !== undefined && !gone.has(created.id) && !listed.some(({ id }) => id === created!.id);
    const ours = missed ? [...listed, created!] : listed;
    const { kept, update, surplus } = planSticky(ours, body, written);
    if (kept === undefined) {
      created = await github.createComment(issue, body);
      written = created.id;
    } else if (!update || (await github.updateComment(kept.id, body)) !== undefined) {
      if (update) written = kept.id;
      // Only now: until our text stands in the first, one of these may be all there is of it.
      for (const { id } of surplus) {
        await github.deleteComment(id);
        gone.add(id);
      }
    } else gone.add(kept.id);
    if ((kept !== undefined && !update && !missed) || round >= MOST_ROUNDS) {
      const { url = "", body: stands = body } = ours.find(({ id }) => id === kept?.id) ?? created ?? {};
      return { url, newer: compareRuns(stands, body) > 0 };
    }
    await clock.sleep(SETTLE_MS);
  }
}

/** By the job's own token; or, where another token was given, by whoever has just written our comment. */
function isOurs({ author, authorIsBot }: Comment, created: Comment | undefined): boolean {
  return (authorIsBot && author === BOT) || (created !== undefined && author !== "" && author === created.author);
}
