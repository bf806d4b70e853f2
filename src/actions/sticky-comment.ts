import { carriesMarker, planSticky } from "../domain/report/sticky.ts";
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
 */
export async function keepComment(
  { body, model, issue }: { readonly body: string; readonly model: string; readonly issue: number },
  { github, clock }: Ports,
): Promise<{ readonly url: string; readonly told: "written" | "updated" | "unchanged" | "newer" }> {
  const gone = new Set<string>();
  let created: Comment | undefined;
  let [written, updated]: [string | undefined, boolean] = [undefined, false];
  for (let round = 0; ; round++) {
    const listed = (await github.comments(issue)).filter(
      (comment) =>
        comment.authorIsBot && comment.author === BOT && carriesMarker(comment.body, model) && !gone.has(comment.id),
    );
    const missed = created !== undefined && !gone.has(created.id) && !listed.some(({ id }) => id === created!.id);
    const ours = missed ? [...listed, created!] : listed;
    const { kept, update, surplus } = planSticky(ours, body, written);
    if (kept === undefined) {
      created = await github.createComment(issue, body);
      written = created.id;
    } else if (update) {
      const put = await github.updateComment(kept.id, body);
      // It was deleted since it was listed, and may be listed on for a moment.
      if (put === undefined) gone.add(kept.id);
      else [written, updated] = [kept.id, true];
      if (put === undefined && round < MOST_ROUNDS) continue;
    }
    for (const { id } of surplus) {
      await github.deleteComment(id);
      gone.add(id);
    }
    const settled = kept !== undefined && !update && !missed;
    if (settled || round >= MOST_ROUNDS) {
      const at = ours.find(({ id }) => id === kept?.id) ?? created;
      const told = updated ? "updated" : created ? "written" : kept?.id === written ? "updated" : undefined;
      return { url: at?.url ?? "", told: told ?? (sameRun(kept?.body, body) ? "unchanged" : "newer") };
    }
    await clock.sleep(SETTLE_MS);
  }
}

const sameRun = (kept: string | undefined, body: string): boolean =>
  kept?.split("\n", 2)[1]?.trim() === body.split("\n", 2)[1];
