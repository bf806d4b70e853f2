require("./rolldown-runtime.cjs");
let kept_require_sticky;
const require_sticky = () => kept_require_sticky ??= require("./sticky.cjs");
// src/actions/sticky-comment.ts
/** Whom the job's own token writes as. */
const BOT = "github-actions[bot]";
/** A list of comments may be a moment old, and another run may write at the same time: after a write it is looked at again. */
const SETTLE_MS = 1e3;
const MOST_ROUNDS = 6;
/**
* Keeps one comment of a model in a conversation: writes it, or puts our text in its place, unless a newer run has told already.
* GitHub knows no condition on a write, so runs that write at once settle by looking again: the first comment stays, the text of
* the newest run wins, and what the others have written is removed. What has our marker but another author is left alone.
* @param body begins with the markers of the model and of the run
* @returns the comment's address, and whether it tells of a newer run than ours
*/
async function keepComment({ body, model, issue }, { github, clock }) {
	/** Removed, or found to be: a list may show them on for a moment. */
	const gone = /* @__PURE__ */ new Set();
	let created;
	let written;
	for (let round = 0;; round++) {
		const listed = (await github.comments(issue)).filter((comment) => isOurs(comment, created) && require_sticky().carriesMarker(comment.body, model) && !gone.has(comment.id));
		const missed = created !== void 0 && !gone.has(created.id) && !listed.some(({ id }) => id === created.id);
		const ours = missed ? [...listed, created] : listed;
		const { kept, update, surplus } = require_sticky().planSticky(ours, body, written);
		if (kept === void 0) {
			created = await github.createComment(issue, body);
			written = created.id;
		} else if (!update || await github.updateComment(kept.id, body) !== void 0) {
			if (update) written = kept.id;
			for (const { id } of surplus) {
				await github.deleteComment(id);
				gone.add(id);
			}
		} else gone.add(kept.id);
		if (kept !== void 0 && !update && !missed || round >= MOST_ROUNDS) {
			const { url = "", body: stands = body } = ours.find(({ id }) => id === kept?.id) ?? created ?? {};
			return {
				url,
				newer: require_sticky().compareRuns(stands, body) > 0
			};
		}
		await clock.sleep(SETTLE_MS);
	}
}
/** By the job's own token; or, where another token was given, by whoever has just written our comment. */
function isOurs({ author, authorIsBot }, created) {
	return authorIsBot && author === BOT || created !== void 0 && author !== "" && author === created.author;
}
exports.keepComment = keepComment;
