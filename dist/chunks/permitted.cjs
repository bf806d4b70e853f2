require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_event_payload;
const require_event_payload = () => kept_require_event_payload ??= require("./event-payload.cjs");
// src/domain/trust/allowance.ts
/** Columns of the table in docs/security.md, in its order. */
const ACTIVITIES = [
	"train",
	"reuse",
	"gate",
	"build",
	"try",
	"push",
	"deploy",
	"preview",
	"comment",
	"promote",
	"cleanup"
];
const row = (...allowances) => Object.fromEntries(ACTIVITIES.map((activity, at) => [activity, allowances[at]]));
/** What may be done by what started the run. The order is that of ACTIVITIES. */
const TABLE = {
	fork: row("yes", "yes", "yes", "yes", "yes", "no", "no", "no", "no", "no", "no"),
	dependabot: row("yes", "yes", "yes", "yes", "yes", "no", "no", "no", "no", "no", "no"),
	"same-repository": row("yes", "yes", "yes", "yes", "yes", "held", "held", "yes", "yes", "no", "no"),
	closed: row("no", "no", "no", "no", "no", "no", "no", "no", "yes", "no", "yes"),
	"closed-fork": row("no", "no", "no", "no", "no", "no", "no", "no", "no", "no", "no"),
	"merge-group": row("yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "no", "no", "no"),
	"default-branch": row("yes", "yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "no", "yes"),
	"other-branch": row("yes", "yes", "yes", "yes", "yes", "held", "held", "no", "no", "no", "no"),
	tag: row("yes", "yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "yes", "no"),
	release: row("yes", "yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "yes", "no"),
	schedule: row("yes", "yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "no", "yes"),
	dispatch: row("yes", "yes", "yes", "yes", "yes", "yes", "yes", "no", "no", "yes", "yes"),
	"dispatch-elsewhere": row("yes", "yes", "yes", "yes", "yes", "held", "held", "no", "no", "no", "no"),
	comment: row("own", "yes", "own", "own", "own", "own", "no", "no", "yes", "no", "no"),
	"pull-request-target": row("own", "yes", "own", "own", "own", "own", "no", "approved", "yes", "no", "yes"),
	"run-of-stranger": row("own", "yes", "own", "own", "own", "own", "no", "approved", "yes", "no", "no"),
	"run-of-ours": row("own", "yes", "own", "own", "own", "own", "yes", "no", "no", "no", "yes"),
	"other-event": row("yes", "yes", "yes", "yes", "yes", "held", "held", "no", "no", "no", "no")
};
/** What an event lets the actions do. */
const allowance = (circumstance, activity) => TABLE[circumstance][activity];
/** Why an event does not let them, as a sentence's end: `saw a fork's pull request, which …`. */
function whyNot(circumstance, activity) {
	if (circumstance === "fork" || circumstance === "dependabot") return "has no secret and can write nothing";
	if (circumstance === "closed" || circumstance === "closed-fork") return "is over: what it came to runs on the default branch";
	if (activity === "preview") return "has no pull request to show a model in";
	if (activity === "comment") return "has no pull request";
	if (activity === "promote") return "names no tag on the default branch";
	if (activity === "cleanup") return "ends no pull request";
	if (circumstance === "merge-group") return "may still be dropped from the queue";
	return "anyone can make happen, while it has the rights of the default branch";
}
/** What to do in its place. */
function instead(activity) {
	if (activity === "push") return "Build into a folder (image: oci:image); the run of the default branch pushes.";
	if (activity === "promote") return "Promote by a tag, by a release, or by hand on the default branch.";
	if (activity === "deploy" || activity === "preview") return "Deploy from a push to the default branch, or from a tag.";
	return "Use the events pull_request and push.";
}
// src/domain/trust/circumstances.ts
/** In words, for the table and for messages. */
const CALLED = {
	fork: "a fork's pull request (opened, synchronize, reopened, labeled)",
	dependabot: "Dependabot's pull request",
	"same-repository": "a pull request from this repository (opened, synchronize, reopened, labeled)",
	closed: "a pull request from this repository, closed or merged",
	"closed-fork": "a fork's pull request, closed or merged",
	"merge-group": "a merge queue (merge_group)",
	"default-branch": "a push to the default branch",
	"other-branch": "a push to another branch",
	tag: "a push of a tag",
	release: "a release",
	schedule: "a schedule",
	dispatch: "a dispatch on the default branch or a tag (workflow_dispatch, repository_dispatch)",
	"dispatch-elsewhere": "a dispatch on another branch",
	comment: "a comment (issue_comment)",
	"pull-request-target": "pull_request_target",
	"run-of-stranger": "workflow_run of a pull request",
	"run-of-ours": "workflow_run of a push, schedule or dispatch",
	"other-event": "any other event"
};
const DEPENDABOT = "dependabot[bot]";
/** Which row an event is of. What can not be told counts as what may do less. */
function circumstanceOf(facts) {
	switch (facts.event) {
		case "pull_request":
		case "pull_request_review":
		case "pull_request_review_comment": return ofPullRequest(facts);
		case "pull_request_target": return "pull-request-target";
		case "issue_comment": return "comment";
		case "workflow_run": {
			const { workflowRun: run, repositoryId } = facts;
			return run !== void 0 && run.headRepositoryId === repositoryId && repositoryId !== "" && !isPull(run.event) ? "run-of-ours" : "run-of-stranger";
		}
		case "merge_group": return "merge-group";
		case "push":
			if (facts.ref.startsWith("refs/tags/")) return "tag";
			return isDefault(facts) ? "default-branch" : "other-branch";
		case "release": return "release";
		case "schedule": return "schedule";
		case "repository_dispatch": return "dispatch";
		case "workflow_dispatch": return facts.ref.startsWith("refs/tags/") || isDefault(facts) ? "dispatch" : "dispatch-elsewhere";
		default: return "other-event";
	}
}
function ofPullRequest({ action, pullRequest, repositoryId }) {
	const isOurs = pullRequest !== void 0 && repositoryId !== "" && pullRequest.headRepositoryId === repositoryId;
	if (action === "closed") return isOurs ? "closed" : "closed-fork";
	if (!isOurs) return "fork";
	return pullRequest.author === DEPENDABOT ? "dependabot" : "same-repository";
}
/** Dependabot's runs too are told by pull_request_target and workflow_run. */
const isPull = (event) => event.startsWith("pull_request") || event === "issue_comment";
const isDefault = ({ ref, defaultBranch }) => defaultBranch !== void 0 && ref === `refs/heads/${defaultBranch}`;
// src/actions/permitted.ts
/** GitHub allows payloads of 25 MB. */
const MAX_EVENT_BYTES = 33554432;
const MAX_REF_BYTES = 16777216;
/**
* Refuses what the event of this run does not allow, and a privileged event with anything but the run's own commit checked out.
* @param folder where the code lies that is about to be used; absolute
* @throws ActionError that names the event, and what to do in its place
*/
async function permit(activity, run, ports, folder = run.workspace) {
	const circumstance = circumstanceOf(await eventFacts(run, ports));
	const may = allowance(circumstance, activity);
	if (may === "no") require_house().refuse({
		where: `the event ${run.event}`,
		expected: `one that may ${DOING[activity]}`,
		seen: `${CALLED[circumstance]}, which ${whyNot(circumstance, activity)}`,
		fix: instead(activity)
	});
	if (may === "own") await refuseOthersCode(circumstance, folder, run, ports);
}
const DOING = {
	train: "train",
	reuse: "use an earlier result",
	gate: "run an evaluation",
	build: "build an image",
	try: "serve on this machine",
	push: "push an image, or train in a cluster",
	deploy: "deploy",
	preview: "make a preview",
	comment: "comment",
	promote: "promote",
	cleanup: "clean up"
};
/** Reads what the payload says. Its texts are data from outside: names to compare with, never paths or commands. */
async function eventFacts(run, { workspace }) {
	const text = run.eventPath === void 0 ? void 0 : await workspace.readText(run.eventPath, { maxBytes: MAX_EVENT_BYTES });
	const payload = require_event_payload().parsed(text);
	const pull = require_event_payload().field(payload, "pull_request");
	const of = require_event_payload().field(payload, "workflow_run");
	const number = require_event_payload().field(pull, "number");
	return {
		event: run.event,
		action: textOf(require_event_payload().field(payload, "action")),
		ref: run.ref,
		repositoryId: run.repositoryId,
		defaultBranch: textOf(require_event_payload().field(require_event_payload().field(payload, "repository"), "default_branch")) || void 0,
		pullRequest: typeof number === "number" ? {
			number,
			headRepositoryId: textOf(require_event_payload().field(require_event_payload().field(require_event_payload().field(pull, "head"), "repo"), "id")),
			headSha: textOf(require_event_payload().field(require_event_payload().field(pull, "head"), "sha")),
			author: textOf(require_event_payload().field(require_event_payload().field(pull, "user"), "login"))
		} : void 0,
		workflowRun: of === void 0 ? void 0 : {
			id: textOf(require_event_payload().field(of, "id")),
			event: textOf(require_event_payload().field(of, "event")),
			headRepositoryId: textOf(require_event_payload().field(require_event_payload().field(of, "head_repository"), "id")),
			headSha: textOf(require_event_payload().field(of, "head_sha")),
			headBranch: textOf(require_event_payload().field(of, "head_branch"))
		},
		label: textOf(require_event_payload().field(require_event_payload().field(payload, "label"), "name")) || void 0,
		sender: textOf(require_event_payload().field(require_event_payload().field(payload, "sender"), "login"))
	};
}
/** A privileged run that has fetched somebody's pull request would run it beside the secrets of the default branch. */
async function refuseOthersCode(circumstance, folder, run, ports) {
	const head = await checkedOut(folder, run.workspace, ports);
	if (head === run.sha) return;
	require_house().refuse({
		where: `the checkout, at the event ${run.event}`,
		expected: `this run's own commit, ${run.sha.slice(0, 12)}`,
		seen: head === void 0 ? "files of which git does not tell where they come from" : `commit ${head.slice(0, 12)}: ${CALLED[circumstance]} would run it with the rights and secrets of the default branch`,
		fix: "Train and try a pull request's code by the event pull_request, which has no secret; see docs/security.md."
	});
}
/** The commit that is checked out at a folder or above it, within the workspace. */
async function checkedOut(folder, top, { workspace }) {
	for (let at = folder.replace(/\/+$/, ""); at === top || at.startsWith(`${top}/`); at = at.slice(0, at.lastIndexOf("/"))) {
		if (await workspace.facts(`${at}/.git`) === void 0) continue;
		return await commitAt(`${at}/.git`, { workspace });
	}
}
async function commitAt(git, { workspace }) {
	const read = async (path) => {
		return (await workspace.facts(path))?.kind === "file" ? await workspace.readText(path, { maxBytes: MAX_REF_BYTES }) : void 0;
	};
	const head = (await read(`${git}/HEAD`))?.trim() ?? "";
	if (COMMIT.test(head)) return head;
	const [, ref] = /^ref: (refs\/heads\/[^\u0000-\u0020]+)$/.exec(head) ?? [];
	if (ref === void 0 || ref.split("/").includes("..")) return void 0;
	const loose = (await read(`${git}/${ref}`))?.trim() ?? "";
	if (COMMIT.test(loose)) return loose;
	const [sha = ""] = ((await read(`${git}/packed-refs`))?.split("\n").find((line) => line.endsWith(` ${ref}`)))?.split(" ") ?? [];
	return COMMIT.test(sha) ? sha : void 0;
}
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const textOf = (value) => typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
Object.defineProperty(exports, "circumstanceOf", {
	enumerable: true,
	get: function() {
		return circumstanceOf;
	}
});
Object.defineProperty(exports, "eventFacts", {
	enumerable: true,
	get: function() {
		return eventFacts;
	}
});
Object.defineProperty(exports, "permit", {
	enumerable: true,
	get: function() {
		return permit;
	}
});
