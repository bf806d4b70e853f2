require("./chunks/rolldown-runtime.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./chunks/manifest.cjs");
let kept_require_reference;
const require_reference = () => kept_require_reference ??= require("./chunks/reference.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./chunks/house.cjs");
let kept_require_permitted;
const require_permitted = () => kept_require_permitted ??= require("./chunks/permitted.cjs");
let kept_require_handover;
const require_handover = () => kept_require_handover ??= require("./chunks/handover.cjs");
let kept_require_report_hand_over;
const require_report_hand_over = () => kept_require_report_hand_over ??= require("./chunks/report-hand-over.cjs");
let kept_require_archive;
const require_archive = () => kept_require_archive ??= require("./chunks/archive.cjs");
let kept_require_github;
const require_github = () => kept_require_github ??= require("./chunks/github.cjs");
let kept_require_registry;
const require_registry = () => kept_require_registry ??= require("./chunks/registry.cjs");
// src/actions/report-take-over.ts
const inputs = {
	"take-over": require_house().text({
		description: "In the trusted half, by `workflow_run` or `pull_request_target: labeled`: the name that the pull request's half handed over under. What it holds is checked as hostile data, and against what GitHub says of the run and its head.",
		pattern: require_report_hand_over().HANDOVER_NAME,
		accepts: "lower-case letters, digits and -"
	}),
	image: require_house().parsed({
		description: "With `take-over`: the repository that an approved image is copied to, under the tag `pr-<number>-<head>`. Left out, nothing is copied.",
		accepts: "an image's name without tag",
		parse: (value) => require_reference().parseReference(value, `input "image"`)
	}),
	label: require_house().text({
		description: "With `take-over`: the label by which someone with write access approves the pull request's head of that moment, and no later one. Left out, `preview`.",
		pattern: /^.{1,50}$/,
		accepts: "a label's name"
	}),
	"registry-username": require_house().text({ description: "With `registry-password`: opens the image's registry, in place of docker's own logins." }),
	"registry-password": require_house().text({
		description: "Belongs to `registry-username`.",
		secret: true
	}),
	"github-token": require_house().text({
		description: "Reads the run, its artifact, the pull request and the approval: `actions: read`, `pull-requests: read`.",
		expression: "${{ github.token }}",
		secret: true
	})
};
const DEFAULT_LABEL = "preview";
/** A head has a run by each workflow; the one that handed over is among the newest. */
const MAX_RUNS = 5;
/** Reads what a run without rights handed over, and does with rights what a maintainer has approved. */
const reportTakeOver = {
	id: "report-take-over",
	inputs,
	outputs: {
		record: "The record that was handed over, with what GitHub says in place of what it claimed; empty when there is nothing to tell.",
		"pull-request": "The number of the pull request, verified.",
		approved: "`true` when this head is approved, by the label or by an environment's reviewer.",
		"preview-of": "For seldon-deploy's input of that name, when this head is approved: its number and commit; else empty.",
		"copied-image": "The image that was copied, by digest; empty when none was."
	},
	run: async (inputs, run, ports) => {
		const name = inputs["take-over"];
		if (name === void 0) require_house().refuse({
			where: `input "take-over"`,
			expected: "a name",
			seen: "nothing",
			fix: "Without one, leave this part out."
		});
		const handed = await findHanded(name, inputs.label ?? DEFAULT_LABEL, run, ports);
		if ("nothing" in handed) return nothing(handed.nothing);
		const folder = await ports.workspace.temporary("take-over");
		try {
			const verified = await verify(await unpack(handed, folder, ports), handed, run, ports);
			if ("nothing" in verified) return nothing(verified.nothing);
			return await carryOut(verified, handed, folder, inputs.image, ports);
		} finally {
			await ports.workspace.remove(folder);
		}
	}
};
const nothing = (message) => ({
	outputs: {},
	annotations: [{
		level: "notice",
		title: "Nothing to take over",
		message
	}]
});
/** The run that the event is about, the artifact that it handed over, and who has approved its head. */
async function findHanded(name, label, run, ports) {
	const facts = await require_permitted().eventFacts(run, ports);
	const circumstance = require_permitted().circumstanceOf(facts);
	if (circumstance === "run-of-stranger") return await ofRun(facts, name, run, ports);
	if (circumstance === "pull-request-target") return await ofLabel(facts, name, label, run, ports);
	return require_house().refuse({
		where: `the event ${run.event}`,
		expected: "workflow_run of a pull request's run, or pull_request_target with the type labeled",
		seen: run.event,
		fix: "The pull request's half runs by pull_request and hands over; see fork-safe-1.yml and fork-safe-2.yml."
	});
}
async function ofRun({ workflowRun }, name, run, { github }) {
	const origin = await github.workflowRun(workflowRun?.id ?? "");
	if (origin?.event !== "pull_request") return { nothing: "The run was not one of a pull request." };
	const artifact = await handedBy(origin, name, github);
	if (artifact === void 0) return { nothing: `Run ${origin.id} handed nothing over under the name ${name}.` };
	const [approved] = await github.approvedEnvironments(run.runId);
	return {
		origin,
		artifact,
		approvedBy: approved === void 0 ? "" : `a reviewer of the environment ${approved}`
	};
}
/** A label says yes to the head that it was put on, which GitHub's payload names; a later push needs a new one. */
async function ofLabel(facts, name, wanted, run, { github }) {
	const { pullRequest, label, sender, action } = facts;
	if (action !== "labeled" || label !== wanted || pullRequest === void 0) return { nothing: `Only the label ${wanted} approves a head.` };
	if (!await github.mayWrite(sender)) return { nothing: `${require_house().quote(sender, 40)} may not write to ${run.repository}, so the label approves nothing.` };
	const runs = await github.pullRequestRuns(pullRequest.headSha);
	for (const origin of runs.slice(0, MAX_RUNS)) {
		if (origin.headRepositoryId !== pullRequest.headRepositoryId || origin.headSha !== pullRequest.headSha) continue;
		const artifact = await handedBy(origin, name, github);
		if (artifact !== void 0) return {
			origin,
			artifact,
			pullRequest: pullRequest.number,
			approvedBy: `the label ${wanted}, put on by ${require_house().quote(sender, 40)}`
		};
	}
	return { nothing: `No run of ${pullRequest.headSha.slice(0, 12)} has handed anything over under the name ${name}.` };
}
async function handedBy(origin, name, github) {
	const found = await github.artifactsNamed(require_handover().handoverName(name, origin.attempt), { runId: origin.id });
	const artifact = found.length === 1 ? found[0] : void 0;
	return artifact?.run.id === origin.id && !artifact.expired && artifact.sha256 !== void 0 ? artifact : void 0;
}
/** Brings it below the temporary folder, never into the workspace, and lets nothing stand in it that has no place there. */
async function unpack({ artifact }, folder, ports) {
	const where = `artifact ${artifact.id}`;
	if (artifact.bytes > require_handover().MAX_HANDOVER_BYTES) require_house().refuse({
		where,
		expected: `at most ${require_handover().MAX_HANDOVER_BYTES} bytes`,
		seen: `${artifact.bytes}`
	});
	const archive = `${folder}/handover.tar`;
	await ports.github.downloadArtifact(artifact.id, archive, {
		maxBytes: require_handover().MAX_HANDOVER_BYTES,
		sha256: artifact.sha256
	});
	const files = await ports.archives.unpack(archive, `${folder}/handover`, {
		maxFiles: 200,
		maxBytes: require_handover().MAX_HANDOVER_BYTES
	});
	await ports.workspace.remove(archive);
	const odd = files.find(({ path, kind }) => kind !== "folder" && path !== "record.json" && !/^layout\/blobs\/sha256\/[0-9a-f]{64}$/.test(path));
	if (odd) require_house().refuse({
		where,
		expected: "a record and the blobs of an image",
		seen: require_house().quote(odd.path, 120)
	});
	const json = await ports.workspace.readText(`${folder}/handover/record.json`, { maxBytes: require_house().MAX_RECORD_BYTES });
	return require_house().parseRecord(json ?? "", `the record in ${where}`);
}
/** Asks GitHub whose head this is. What a record claims names the pull request to look at, and decides nothing. */
async function verify(record, { origin, pullRequest: labelled }, run, { github }) {
	const number = record.source.pullRequest ?? 0;
	const pull = number > 0 ? await github.pull(number) : void 0;
	const where = "the record that was handed over";
	if (pull === void 0) require_house().refuse({
		where,
		expected: "a pull request of this repository",
		seen: `#${number}`
	});
	if (labelled !== void 0 && number !== labelled) require_house().refuse({
		where,
		expected: `pull request #${labelled}, which was labelled`,
		seen: `#${number}`
	});
	if (pull.headRepositoryId === "" || pull.headRepositoryId !== origin.headRepositoryId) require_house().refuse({
		where,
		expected: `a pull request of the repository that run ${origin.id} built`,
		seen: `#${number}, of another`
	});
	if (!pull.open) return { nothing: `Pull request #${number} is closed.` };
	if (pull.headSha !== origin.headSha) return { nothing: `Pull request #${number} has moved on from ${origin.headSha.slice(0, 12)}: its newer run will tell.` };
	const { repository } = run;
	const of = {
		runId: origin.id,
		runAttempt: origin.attempt,
		headSha: origin.headSha
	};
	return require_handover().adopt(record, {
		repository,
		pullRequest: number,
		...of
	});
}
async function carryOut(record, { approvedBy }, folder, to, ports) {
	const number = String(record.source.pullRequest);
	const approved = approvedBy !== "";
	ports.log.info(approved ? `The head of #${number} is approved by ${approvedBy}.` : `Nobody has approved the head of #${number}.`);
	const told = {
		"pull-request": number,
		approved: String(approved),
		"preview-of": approved ? `${number}@${record.source.sha}` : ""
	};
	if (!approved || to === void 0 || record.image === void 0) return { outputs: {
		...told,
		record: require_house().serialiseRecord(record)
	} };
	const image = await copyImage(record, `${folder}/handover`, to, ports);
	const copied = {
		...record,
		image: {
			...record.image,
			repository: require_reference().repositoryOf(to)
		}
	};
	return { outputs: {
		...told,
		record: require_house().serialiseRecord(copied),
		"copied-image": image
	} };
}
/** Copies the image blob by blob; each is read against its digest. */
async function copyImage(record, folder, to, { images, log }) {
	const { digest } = record.image;
	const from = {
		kind: "layout",
		folder: `${folder}/layout`
	};
	const [source, target] = [await images.open(from), await images.open(to)];
	const found = await source.manifest(digest);
	if (found?.digest !== digest) throw new (require_house()).ActionError({
		where: "the image that was handed over",
		expected: require_handover().blobPath(digest),
		seen: "none, or another"
	});
	require_handover().checkHandedImage(found.manifest, record.image);
	for (const blob of [found.manifest.config, ...found.manifest.layers]) await target.takeBlob(source, from, blob);
	const tag = `pr-${record.source.pullRequest}-${record.source.sha.slice(0, 12)}`;
	await target.putManifest(found.bytes, require_manifest().mediaTypeOf(found.manifest), [tag]);
	log.info(`Copied to ${require_reference().repositoryOf(to)}:${tag}`);
	const { tag: _tag, ...place } = to;
	return require_reference().formatReference({
		...place,
		digest
	});
}
// src/main/report-take-over.ts
require_house().runAction(reportTakeOver, ({ inputs, run, log }) => {
	const token = inputs["github-token"];
	const login = {
		username: inputs["registry-username"],
		password: inputs["registry-password"],
		image: inputs.image
	};
	const registry = require_registry().openRegistry({
		log,
		githubToken: token,
		actor: run.actor,
		login
	});
	return {
		log,
		workspace: require_house().localWorkspace(run),
		archives: require_archive().tarArchives(),
		github: require_github().githubRest({
			run,
			token
		}),
		images: require_registry().imageStores({
			layout: require_registry().openLayout,
			registry
		})
	};
});
