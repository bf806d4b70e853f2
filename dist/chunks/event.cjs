require("./rolldown-runtime.cjs");
// src/actions/event.ts
/** GitHub allows payloads of 25 MB. */
const MAX_EVENT_BYTES = 33554432;
/** Reads the payload. Its texts are data from outside: names to compare with, never paths or commands. */
async function readEvent(run, workspace) {
	const payload = parsed(run.eventPath === void 0 ? void 0 : await workspace.readText(run.eventPath, { maxBytes: MAX_EVENT_BYTES }));
	const pull = field(payload, "pull_request");
	const number = field(pull, "number");
	const headBranch = field(field(pull, "head"), "ref");
	const defaultBranch = field(field(payload, "repository"), "default_branch");
	const headRepository = field(field(field(pull, "head"), "repo"), "id");
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
function parsed(text) {
	try {
		return JSON.parse(text ?? "null");
	} catch {
		return;
	}
}
const field = (value, name) => value !== null && typeof value === "object" && Object.hasOwn(value, name) ? value[name] : void 0;
Object.defineProperty(exports, "readEvent", {
	enumerable: true,
	get: function() {
		return readEvent;
	}
});
