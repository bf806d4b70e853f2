require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_event_payload;
const require_event_payload = () => kept_require_event_payload ??= require("./event-payload.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_github_deployment;
const require_github_deployment = () => kept_require_github_deployment ??= require("./github-deployment.cjs");
let kept_node_crypto;
const node_crypto = () => kept_node_crypto ??= require("node:crypto");
// src/domain/preview/preview.ts
/** A namespace may hold the previews of several repositories: these labels say whose one is. */
const PREVIEW_LABEL = "model-road/preview";
const REPOSITORY_LABEL = "model-road/repository-id";
const PULL_LABEL = "model-road/pull-request";
/** When it may be removed although its pull request is open: an ISO time. On the object, so that no pod restarts by it. */
const EXPIRES_ANNOTATION = "model-road/expires";
/** The head commit that is shown. */
const HEAD_ANNOTATION = "model-road/head";
const MOST_MODEL = 24;
/**
* A name that stays the same over all pushes of a pull request, that no other pull request, model or repository has, and that is
* short enough for what Seldon makes of it: at most 47 characters.
*/
function previewName({ repositoryId, pullRequest, model }) {
	const mark = (0, node_crypto().createHash)("sha256").update(JSON.stringify([
		repositoryId,
		pullRequest,
		model
	])).digest("hex").slice(0, 8);
	return `pr-${pullRequest}-${shortModel(model)}-${mark}`;
}
/** The pull request in a preview's name, where it is one of this repository; the model where no more than the name is known. */
function pullOfName(name, repositoryId, model) {
	const [, digits, short = ""] = /^pr-([1-9]\d{0,9})-(.+)-[0-9a-f]{8}$/.exec(name) ?? [];
	if (digits === void 0) return void 0;
	const pullRequest = Number(digits);
	return previewName({
		repositoryId,
		pullRequest,
		model: model ?? short
	}) === name ? pullRequest : void 0;
}
const shortModel = (model) => model.slice(0, MOST_MODEL).replace(/-+$/, "");
/** What a preview's object carries besides its spec. */
function previewMarks({ repositoryId, pullRequest }, { headSha, expires }) {
	return {
		labels: {
			[PREVIEW_LABEL]: "true",
			[REPOSITORY_LABEL]: repositoryId,
			[PULL_LABEL]: String(pullRequest)
		},
		annotations: {
			[EXPIRES_ANNOTATION]: expires,
			[HEAD_ANNOTATION]: headSha
		}
	};
}
/** Selects the previews of one repository, and of nobody else. */
const previewsOf = (repositoryId) => `${PREVIEW_LABEL}=true,${REPOSITORY_LABEL}=${repositoryId}`;
/** Why a preview has to go; `undefined`: it stays. */
function whyRemoved({ pullRequest, expires }, { openPulls, now }) {
	if (pullRequest === void 0) return "it belongs to no pull request";
	if (!openPulls.has(pullRequest)) return `pull request #${pullRequest} is not open`;
	if (expires !== void 0 && expires <= now) return `it has expired (pull request #${pullRequest})`;
}
/**
* Whether a pull request's run may deploy a preview. `skip` is an ordinary no; `refuse` is a workflow that would run foreign code
* with rights.
*/
function mayPreview(asked) {
	const { event, action, repositoryId, head, addedLabel, neededLabel, now } = asked;
	if (event !== "pull_request") return {
		kind: "refuse",
		why: `the event ${event} gives a pull request's code rights`
	};
	if (action === "closed") return {
		kind: "skip",
		why: "the pull request is closed"
	};
	if (repositoryId === "" || head.repositoryId !== repositoryId || now.headRepositoryId !== repositoryId) return {
		kind: "skip",
		why: "the pull request comes from another repository"
	};
	if (!now.open) return {
		kind: "skip",
		why: "the pull request was closed meanwhile"
	};
	if (now.headSha !== head.sha) return {
		kind: "skip",
		why: "the pull request has a newer commit"
	};
	if (neededLabel !== void 0 && !(action === "labeled" && addedLabel === neededLabel)) return {
		kind: "skip",
		why: `nobody has set the label ${neededLabel} on this very commit`
	};
	return { kind: "preview" };
}
// src/actions/preview-removal.ts
/** Pods get 20 s to end by Seldon's own setting, and what waits for them a little more. */
const REMOVAL_MS = 12e4;
/** Removes one preview of a repository. Nothing happens when it is gone, or when another's object has its name. */
async function removeFromCluster({ namespace, name }, repositoryId, access, ports) {
	const cluster = await ports.kubernetes.connect({
		kubeconfig: access.kubeconfig,
		context: access["kube-context"],
		allowExec: access["allow-exec"]
	});
	try {
		const path = require_paths().pathOf("SeldonDeployment", namespace, name);
		const { labels = {}, uid } = (await cluster.get(path))?.metadata ?? {};
		const isPreview = labels["model-road/preview"] === "true" && labels["model-road/repository-id"] === repositoryId;
		if (uid === void 0 || !isPreview) return;
		await removeObject(cluster, path, uid, ports);
	} finally {
		cluster.close();
	}
}
/** Deletes an object, with all that belongs to it, and waits until it is gone. @throws ActionError when that takes too long */
async function removeObject(cluster, path, uid, { clock, signal }) {
	if (!await cluster.remove(path, uid)) return;
	const deadline = clock.elapsed() + REMOVAL_MS;
	while ((await cluster.get(path))?.metadata.uid === uid) {
		if (clock.elapsed() > deadline) require_house().refuse({
			where: path,
			expected: `to be gone within ${REMOVAL_MS / 1e3} s`,
			seen: "it is still being deleted",
			fix: "The next sweep looks again."
		});
		await clock.sleep(250, signal);
	}
}
/** Ends and deletes the deployments of previews that are gone. That one can not be deleted is told, and left to the next sweep. */
async function forgetDeployments(names, { github, log }) {
	try {
		const tasks = new Set(names.map((name) => require_github_deployment().taskOf(name, true)));
		return await forget((await github.deployments({
			environment: require_github_deployment().PREVIEW_ENVIRONMENT,
			all: true
		})).filter((each) => tasks.has(each.task) && each.transient && require_github_deployment().isOurs(each)), github);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(`The preview's GitHub deployments stay for the next sweep: ${require_house().messageOf(thrown)}`);
		return 0;
	}
}
/** GitHub deletes inactive ones only. */
async function forget(deployments, github) {
	let gone = 0;
	for (const { id } of deployments) if (await github.tellDeployment(id, {
		state: "inactive",
		description: "The preview was removed"
	}) && await github.deleteDeployment(id)) gone++;
	return gone;
}
// src/actions/pull-event.ts
/** GitHub allows payloads of 25 MB. */
const MAX_EVENT_BYTES = 33554432;
/** @returns `undefined` when the run's payload is of no pull request */
async function readPullEvent(run, workspace) {
	const text = run.eventPath === void 0 ? void 0 : await workspace.readText(run.eventPath, { maxBytes: MAX_EVENT_BYTES });
	let payload;
	try {
		payload = JSON.parse(text ?? "null");
	} catch {
		return;
	}
	const pull = require_event_payload().field(payload, "pull_request");
	const head = require_event_payload().field(pull, "head");
	const [number, sha, repository] = [
		require_event_payload().field(pull, "number"),
		require_event_payload().field(head, "sha"),
		require_event_payload().field(require_event_payload().field(head, "repo"), "id")
	];
	const [action, label] = [require_event_payload().field(payload, "action"), require_event_payload().field(require_event_payload().field(payload, "label"), "name")];
	if (!Number.isSafeInteger(number) || typeof sha !== "string" || !/^[0-9a-f]{40}$/.test(sha)) return void 0;
	return {
		action: typeof action === "string" ? action : "",
		number,
		headSha: sha,
		headRepositoryId: typeof repository === "number" ? String(repository) : "",
		label: typeof label === "string" ? label : void 0
	};
}
Object.defineProperty(exports, "EXPIRES_ANNOTATION", {
	enumerable: true,
	get: function() {
		return EXPIRES_ANNOTATION;
	}
});
Object.defineProperty(exports, "PULL_LABEL", {
	enumerable: true,
	get: function() {
		return PULL_LABEL;
	}
});
Object.defineProperty(exports, "forget", {
	enumerable: true,
	get: function() {
		return forget;
	}
});
Object.defineProperty(exports, "forgetDeployments", {
	enumerable: true,
	get: function() {
		return forgetDeployments;
	}
});
Object.defineProperty(exports, "mayPreview", {
	enumerable: true,
	get: function() {
		return mayPreview;
	}
});
Object.defineProperty(exports, "previewMarks", {
	enumerable: true,
	get: function() {
		return previewMarks;
	}
});
Object.defineProperty(exports, "previewName", {
	enumerable: true,
	get: function() {
		return previewName;
	}
});
Object.defineProperty(exports, "previewsOf", {
	enumerable: true,
	get: function() {
		return previewsOf;
	}
});
Object.defineProperty(exports, "pullOfName", {
	enumerable: true,
	get: function() {
		return pullOfName;
	}
});
Object.defineProperty(exports, "readPullEvent", {
	enumerable: true,
	get: function() {
		return readPullEvent;
	}
});
Object.defineProperty(exports, "removeFromCluster", {
	enumerable: true,
	get: function() {
		return removeFromCluster;
	}
});
Object.defineProperty(exports, "removeObject", {
	enumerable: true,
	get: function() {
		return removeObject;
	}
});
Object.defineProperty(exports, "whyRemoved", {
	enumerable: true,
	get: function() {
		return whyRemoved;
	}
});
