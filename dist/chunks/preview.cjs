require("./rolldown-runtime.cjs");
let kept_require_pull_event;
const require_pull_event = () => kept_require_pull_event ??= require("./pull-event.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
// src/actions/preview.ts
/** Events of the repository's own branches and tags, on which `preview: auto` deploys as ever. */
const OF_BRANCHES = [
	"push",
	"release",
	"schedule",
	"workflow_dispatch",
	"repository_dispatch",
	"merge_group"
];
/**
* Deploys what a pull request has made under a name of its own; on branches and tags as ever. Namespace and host are those of the
* inputs, that is of the stage; name, labels and lifetime follow from what GitHub says of the pull request.
*/
async function deployPreview(given, run, ports, deploy) {
	if (given["preview-of"] === void 0 && OF_BRANCHES.includes(run.event)) return await deploy(given);
	refuseInputs(given);
	const event = await pullOf(given, run, ports);
	const pull = await now(event.number, ports.github);
	const verdict = require_pull_event().mayPreview({
		event: given["preview-of"] === void 0 ? run.event : "pull_request",
		action: event.action,
		repositoryId: run.repositoryId,
		head: {
			sha: event.headSha,
			repositoryId: event.headRepositoryId
		},
		addedLabel: event.label,
		neededLabel: given["preview-label"],
		now: given["preview-of"] === void 0 ? pull : {
			...pull,
			headRepositoryId: run.repositoryId
		}
	});
	if (verdict.kind === "refuse") require_house().refuse({
		where: `input "preview"`,
		expected: "the event pull_request, or a pull request in preview-of",
		seen: verdict.why,
		fix: "docs/preview.md tells how a fork's pull request is previewed."
	});
	const record = await require_house().takeRecord(given.record, run, ports);
	if (verdict.kind === "skip") return skipped(`No preview: ${verdict.why}`, event.number, record, ports.log);
	const model = given.name ?? record?.model.name ?? nameless();
	const of = {
		repositoryId: run.repositoryId,
		pullRequest: event.number,
		model
	};
	const name = require_pull_event().previewName(of);
	const expires = new Date(ports.clock.now() + given["preview-ttl"] * 1e3).toISOString();
	const marks = require_pull_event().previewMarks(of, {
		headSha: event.headSha,
		expires
	});
	const json = record === void 0 ? void 0 : require_house().serialiseRecord(record);
	const asPreview = {
		...given,
		record: json,
		name,
		"allow-older": given.target === "seldon"
	};
	const outcome = await deploy(asPreview, {
		headSha: event.headSha,
		marks
	});
	if (given["dry-run"] !== "false") return outcome;
	return await endWithPull(outcome, of, name, asPreview, run, ports);
}
function refuseInputs(given) {
	const mistakes = [];
	const fix = "What a pull request may choose is its image: the rest is the namespace's.";
	for (const each of [
		"manifest",
		"storage-secret",
		"service-account",
		"storage-credentials",
		"registry-credentials"
	]) {
		if (given[each] === void 0) continue;
		mistakes.push({
			where: `input "${each}"`,
			expected: "nothing with preview: auto",
			seen: "a value",
			fix
		});
	}
	if (given.target !== "seldon" && given.target !== "local") mistakes.push({
		where: `input "target"`,
		expected: "seldon or local with preview: auto",
		seen: given.target,
		fix: "A preview is one object with a name, labels and an end of its own; preview-cleanup knows no others."
	});
	if (given.adopt) mistakes.push({
		where: `input "adopt"`,
		expected: "false with preview: auto",
		seen: "true",
		fix
	});
	if (mistakes.length > 0) throw new (require_house()).ActionError(mistakes);
}
async function pullOf({ "preview-of": approved }, run, { workspace }) {
	const [, number, headSha] = /^(\d+)@([0-9a-f]{40})$/.exec(approved ?? "") ?? [];
	if (number !== void 0 && headSha !== void 0) return {
		action: "approved",
		number: Number(number),
		headSha,
		headRepositoryId: run.repositoryId,
		label: void 0
	};
	return await require_pull_event().readPullEvent(run, workspace) ?? require_house().refuse({
		where: `input "preview"`,
		expected: "a run of a pull request, a branch or a tag",
		seen: `the event ${require_house().quote(run.event, 40)}`,
		fix: "docs/preview.md tells how a fork's pull request is previewed."
	});
}
async function now(number, github) {
	const pull = await github.pull(number);
	if (pull !== void 0) return pull;
	return require_house().refuse({
		where: `pull request #${number}`,
		expected: "one of this repository",
		seen: "none"
	});
}
function nameless() {
	require_house().refuse({
		where: `input "name"`,
		expected: "the model's name, which is part of the preview's",
		seen: "nothing, and no record that names it",
		fix: "Hand on the record of the step before, or set name."
	});
}
/** Whoever closes a pull request while it deploys has its cleanup run before there is anything to clean. So this run looks, last. */
async function endWithPull(outcome, of, name, given, run, ports) {
	const { github, log, serving } = ports;
	const pull = await github.pull(of.pullRequest).catch((thrown) => {
		log.warning(`Whether the pull request is still open can not be told: ${require_house().messageOf(thrown)}`);
	});
	if (pull === void 0 || pull.open) return outcome;
	const namespace = given.namespace ?? "default";
	log.info(`Pull request #${of.pullRequest} was closed meanwhile: its preview is removed`);
	if (given.target === "local") await serving.remove(namespace, name);
	else await require_pull_event().removeFromCluster({
		namespace,
		name
	}, run.repositoryId, given, ports);
	await require_pull_event().forgetDeployments([name], ports);
	const reason = `Pull request #${of.pullRequest} was closed meanwhile, so its preview was removed`;
	return {
		outputs: {
			...outcome.outputs,
			operation: "removed",
			"prediction-url": "",
			reason
		},
		summary: `## Preview: removed (#${of.pullRequest})\n\n${reason}.\n`
	};
}
function skipped(reason, number, record, log) {
	log.info(reason);
	return {
		outputs: {
			operation: "skipped",
			reason,
			record: record === void 0 ? "" : require_house().serialiseRecord(record)
		},
		annotations: [{
			level: "notice",
			title: `No preview of #${number}`,
			message: `${reason}.`
		}]
	};
}
exports.deployPreview = deployPreview;
