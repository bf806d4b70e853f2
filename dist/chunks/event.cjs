require("./rolldown-runtime.cjs");
let kept_require_event_payload;
const require_event_payload = () => kept_require_event_payload ??= require("./event-payload.cjs");
// src/actions/event.ts
/** GitHub allows payloads of 25 MB. */
const MAX_EVENT_BYTES = 33554432;
/** Reads the payload. Its texts are data from outside: names to compare with, never paths or commands. */
async function readEvent(run, workspace) {
	const text = run.eventPath === void 0 ? void 0 : await workspace.readText(run.eventPath, { maxBytes: MAX_EVENT_BYTES });
	const payload = require_event_payload().parsed(text);
	const pull = require_event_payload().field(payload, "pull_request");
	const number = require_event_payload().field(pull, "number");
	const headBranch = require_event_payload().field(require_event_payload().field(pull, "head"), "ref");
	const defaultBranch = require_event_payload().field(require_event_payload().field(payload, "repository"), "default_branch");
	const headRepository = require_event_payload().field(require_event_payload().field(require_event_payload().field(pull, "head"), "repo"), "id");
	const pullRequest = run.event === "pull_request" && typeof number === "number" && typeof headBranch === "string" ? {
		number,
		headBranch
	} : void 0;
	return {
		defaultBranch: typeof defaultBranch === "string" && defaultBranch !== "" ? defaultBranch : void 0,
		branch: pullRequest?.headBranch ?? run.ref.replace(/^refs\/(?:heads|tags)\//, ""),
		pullRequest,
		fromFork: pullRequest !== void 0 && JSON.stringify(headRepository ?? null) !== run.repositoryId
	};
}
Object.defineProperty(exports, "readEvent", {
	enumerable: true,
	get: function() {
		return readEvent;
	}
});
