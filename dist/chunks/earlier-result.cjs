require("./rolldown-runtime.cjs");
let kept_require_fingerprint;
const require_fingerprint = () => kept_require_fingerprint ??= require("./fingerprint.cjs");
let kept_require_manifest;
const require_manifest = () => kept_require_manifest ??= require("./manifest2.cjs");
let kept_require_model_store;
const require_model_store = () => kept_require_model_store ??= require("./model-store.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_model;
const require_model = () => kept_require_model ??= require("./model.cjs");
let kept_require_stored_model;
const require_stored_model = () => kept_require_stored_model ??= require("./stored-model.cjs");
let kept_require_gate_forms;
const require_gate_forms = () => kept_require_gate_forms ??= require("./gate-forms.cjs");
// src/domain/record/trust.ts
/** Events whose runs on the default branch execute that branch's own workflow, by someone who may write to it. */
const DEFAULT_BRANCH_EVENTS = [
	"push",
	"schedule",
	"workflow_dispatch",
	"repository_dispatch"
];
/** Whether an artifact's run makes it trustworthy for this run. */
function trust(artifact, origin, asker, { reachable, merged }) {
	const { repositoryId, defaultBranch } = asker;
	if (artifact.expired) return no("it has expired");
	if (artifact.sha256 === void 0) return no("GitHub names no digest for it");
	if (artifact.run.id !== origin.id) return no("it is of another run than the one that was looked at");
	const ids = [
		artifact.run.repositoryId,
		artifact.run.headRepositoryId,
		origin.repositoryId,
		origin.headRepositoryId
	];
	if (repositoryId === "" || ids.some((id) => id !== repositoryId)) return no(`run ${origin.id} built the code of another repository, as of a fork`);
	if (origin.event === "pull_request") return ofPullRequest(origin, asker, merged);
	if (origin.event === "merge_group" || DEFAULT_BRANCH_EVENTS.includes(origin.event) && origin.headBranch === defaultBranch) {
		if (!reachable) return no(`the commit of run ${origin.id} is not in the history of ${defaultBranch}`);
		return { trusted: true };
	}
	return no(`run ${origin.id} was by ${origin.event} on ${origin.headBranch}, not on ${defaultBranch}`, true);
}
/** Whether a run counts only if the pull request that it built has been merged, which is then to be looked up. */
const mayBeMerged = (origin, { repositoryId, pullRequest }) => origin.event === "pull_request" && origin.headRepositoryId === repositoryId && !isSamePull(origin, pullRequest);
const isSamePull = ({ pullRequests, headBranch }, ours) => ours !== void 0 && pullRequests.includes(ours.number) && headBranch === ours.headBranch;
/** Code that no one has reviewed yet counts for its own pull request; once merged as it was built, for all that hold it. */
function ofPullRequest(origin, { repositoryId, pullRequest }, merged) {
	if (isSamePull(origin, pullRequest)) return { trusted: true };
	const { id, pullRequests, headSha } = origin;
	if (merged === void 0) {
		const which = pullRequests.length > 0 ? `pull request #${pullRequests[0]}` : "a pull request";
		return no(`run ${id} was of ${which}, which is not merged`, true);
	}
	const which = `pull request #${merged.number}`;
	if (merged.headRepositoryId !== repositoryId) return no(`${which} came from another repository`);
	if (merged.headSha !== headSha) return no(`run ${id} built an earlier head of ${which} than the one that was merged`);
	if (!merged.mergedHere) return no(`${which} is not in the history of the commit that is built here`, true);
	if (!merged.sameWorkflow) return no(`the workflow file of run ${id} is another here`, true);
	return { trusted: true };
}
const no = (because, ordinary = false) => ({
	trusted: false,
	because,
	ordinary
});
// src/actions/earlier-result.ts
/** Of several artifacts with one name the newest are looked at. */
const MAX_CANDIDATES = 5;
const MAX_DOCUMENT_BYTES = 1048576;
/**
* Looks for an earlier result of a fingerprint: by name through REST, which must be asked for the verification anyway, and then
* by the cache index, which also knows the results of re-runs, and then in the model store, where there is one. Whatever does not
* hold is told and passed over: it costs a training, never a wrong model.
*/
async function findEarlier(fingerprint, run, event, ports, reuse = "repository", stored, inCluster = false) {
	const { github, cache, log } = ports;
	const refused = [];
	const refuse = (because, ordinary = false) => {
		refused.push(because);
		if (ordinary) log.info(`An earlier result does not count here: ${because}`);
		else log.warning(`An earlier result is not used: ${because}. The model is trained anew.`);
	};
	let asker;
	const seen = /* @__PURE__ */ new Set();
	/** The run that made a claim, if it makes the claim trustworthy here; else why not is told. */
	const trusted = async (claimed) => {
		asker ??= {
			...event,
			repositoryId: run.repositoryId,
			defaultBranch: event.defaultBranch ?? await github.defaultBranch()
		};
		const { id, headSha, headBranch = asker.defaultBranch } = claimed.run;
		const byHistory = headBranch === asker.defaultBranch || headBranch.startsWith("gh-readonly-queue/");
		const [origin, reachable] = await Promise.all([github.workflowRun(id), byHistory && isReachable(headSha, asker.defaultBranch, run, github)]);
		if (origin === void 0) throw new Error(`run ${id} is gone`);
		if (reuse === "branch" && origin.headBranch !== event.branch) {
			refuse(`run ${origin.id} was of another branch, and reuse is branch`, true);
			return;
		}
		const facts = { reachable: reachable && origin.headSha === headSha };
		const merged = mayBeMerged(origin, asker) ? await mergedPull(origin, run, github) : void 0;
		const verdict = trust(claimed, origin, asker, {
			...facts,
			merged
		});
		if (!verdict.trusted) refuse(verdict.because, verdict.ordinary);
		return verdict.trusted ? origin : void 0;
	};
	const bring = inCluster ? (await Promise.resolve().then(() => require("./earlier-cluster-result.cjs"))).bringClusterRecord : bringBack;
	const consider = async (artifact) => {
		if (seen.has(artifact.id)) return void 0;
		seen.add(artifact.id);
		try {
			const origin = await trusted(artifact);
			return origin === void 0 ? void 0 : await bring(artifact, origin, fingerprint, run, ports);
		} catch (thrown) {
			refuse(`artifact ${artifact.id}: ${oneLine(thrown)}`);
			return;
		}
	};
	const inStore = async ({ address, names, trusted: believed }) => {
		const folder = require_model_store().trainingsFolder(address, fingerprint);
		for (const { runId, attempt } of require_model_store().trainingsOf(names).slice(0, MAX_CANDIDATES)) try {
			const claim = await claimInStore(`${folder}/${require_model_store().trainingFile(runId, attempt)}`, runId, attempt, address, fingerprint, believed, ports);
			const origin = typeof claim === "string" ? refuse(claim, true) : await trusted(claim.claimed);
			if (typeof claim === "string" || !origin) continue;
			const record = await claim.record();
			const kept = await require_stored_model().bringStored(record, claim.modelUri, run, ports);
			return {
				artifact: {
					...record.artifact,
					runId,
					modelUri: claim.modelUri
				},
				origin,
				record,
				folder: kept,
				path: await require_model().modelInside(kept, ports.workspace)
			};
		} catch (thrown) {
			refuse(oneLine(thrown));
		}
	};
	try {
		const named = await github.artifactsNamed(require_gate_forms().modelArtifactName(fingerprint, 1));
		for (const artifact of named.slice(0, MAX_CANDIDATES)) {
			const found = await consider(artifact);
			if (found) return { found };
		}
		const key = await cache.find(require_gate_forms().indexKey(fingerprint, "", "").slice(0, -1));
		const [, fp, runId, artifactId] = /^train1-([0-9a-f]{64})-(\d{1,20})-(\d{1,20})$/.exec(key ?? "") ?? [];
		if (fp === fingerprint && artifactId !== void 0) {
			const artifact = await github.artifact(artifactId);
			if (artifact?.run.id !== runId || !artifact?.name.startsWith(`train1-${fingerprint}-`)) {
				if (artifact) refuse(`the cache index names artifact ${artifactId}, which is another`);
			} else {
				const found = await consider(artifact);
				if (found) return { found };
			}
		} else if (key !== void 0) refuse(`the cache index answered with a key that is not of this fingerprint`);
		const found = stored === void 0 ? void 0 : await inStore(stored);
		return found ? { found } : {
			found: void 0,
			refused
		};
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(`Earlier results can not be looked up, so the model is trained: ${oneLine(thrown)}`);
		return {
			found: void 0,
			refused,
			unavailable: oneLine(thrown)
		};
	}
}
async function isReachable(sha, defaultBranch, run, github) {
	if (sha === run.sha && run.ref === `refs/heads/${defaultBranch}`) return true;
	const stands = await github.compare(sha, defaultBranch);
	return stands === "ahead" || stands === "identical";
}
/**
* The merged pull request whose head a run built, and how it stands to the commit that is built here. By the head's branch, not
* by its commit: a squashed or rebased head is in no history.
*/
async function mergedPull(origin, run, github) {
	const pulls = await github.mergedPulls(origin.headBranch);
	const pull = pulls.find(({ headSha }) => headSha === origin.headSha) ?? pulls.find(({ number }) => origin.pullRequests.includes(number));
	if (pull === void 0) return void 0;
	const [stands, there, here] = pull.headSha === origin.headSha ? await Promise.all([
		github.compare(pull.mergeSha, run.sha),
		github.blobAt(origin.path, origin.headSha),
		github.blobAt(origin.path, run.sha)
	]) : [
		void 0,
		void 0,
		void 0
	];
	return {
		number: pull.number,
		headSha: pull.headSha,
		headRepositoryId: pull.headRepositoryId,
		mergedHere: stands === "ahead" || stands === "identical",
		sameWorkflow: there !== void 0 && there === here
	};
}
/** Downloads, unpacks and verifies; the record inside must be of this fingerprint and this model. */
async function bringBack(artifact, origin, fingerprint, run, ports) {
	const { workspace } = ports;
	const folder = await require_model().bringModel({
		id: artifact.id,
		sha256: artifact.sha256,
		model: void 0,
		fingerprint,
		maxBytes: artifact.bytes
	}, run, ports);
	try {
		const text = await workspace.readText(`${folder}/record.json`, { maxBytes: require_house().MAX_RECORD_BYTES });
		const record = require_house().parseRecord(text ?? "", `the record in artifact ${artifact.id}`);
		const manifest = await workspace.readText(`${folder}/manifest.json`, { maxBytes: require_manifest().MAX_MANIFEST_BYTES });
		if (record.model.fingerprint !== fingerprint) throw new Error("its record is of another fingerprint");
		if (record.model.digest !== require_manifest().modelDigest(require_manifest().parseManifest(manifest ?? "").files)) throw new Error("its record is of another model");
		const { id, name, sha256 } = artifact;
		return {
			artifact: {
				id,
				name,
				sha256,
				runId: origin.id
			},
			origin,
			record,
			folder,
			path: await require_model().modelInside(folder, workspace)
		};
	} catch (thrown) {
		await workspace.remove(folder);
		throw thrown;
	}
}
/**
* A store can be written by whoever has its keys, so a record in it proves nothing by itself: it says which run to ask. What
* counts is the record that this run uploaded as an artifact. Only where the user says that the store itself is to be trusted,
* the record in it stands in for an artifact that is not there; the run that it names must be a trusted one all the same.
* @returns why it does not count, where nothing can be proven
*/
async function claimInStore(uri, runId, attempt, address, fingerprint, believed, { store, github, workspace }) {
	const text = await store.read(uri, { maxBytes: 65536 }) ?? "";
	const claim = require_house().parseRecord(text, uri);
	const modelUri = claim.artifact?.modelUri ?? "";
	if (!(modelUri.startsWith(`${address.uri}/${claim.model.name}/`) && /\/[0-9a-f]{64}$/.test(modelUri)) || claim.model.fingerprint !== fingerprint) require_house().refuse({
		where: uri,
		expected: "the record of a training of this fingerprint",
		seen: "another"
	});
	const document = (await github.artifactsNamed(require_gate_forms().documentArtifactName(claim.model.name, attempt), { runId })).find(({ expired }) => !expired);
	if (document !== void 0) {
		const record = async () => {
			const { record: inside } = require_fingerprint().openTrainingDocument(await documentText(document, {
				github,
				workspace
			}), document.name);
			const known = require_house().parseRecord(require_house().canonicalJson(inside), `artifact ${document.name}`);
			if (known.model.fingerprint === fingerprint) return known;
			return require_house().refuse({
				where: uri,
				expected: "a run that trained this fingerprint",
				seen: "one of another"
			});
		};
		return {
			claimed: document,
			modelUri,
			record
		};
	}
	if (!believed) return `the model store names run ${runId}, whose artifact that would prove it is gone, and trust-model-store is false`;
	const origin = await github.workflowRun(runId);
	if (origin === void 0) return `the model store names run ${runId}, which is not of this repository or is gone`;
	const { headSha, repositoryId, headRepositoryId } = origin;
	return {
		claimed: {
			expired: false,
			sha256: claim.model.digest.slice(7),
			run: {
				id: runId,
				headSha,
				repositoryId,
				headRepositoryId
			}
		},
		modelUri,
		record: async () => claim
	};
}
async function documentText(artifact, { github, workspace }) {
	const scratch = await workspace.temporary("document");
	try {
		const file = `${scratch}/document.json`;
		await github.downloadArtifact(artifact.id, file, {
			maxBytes: MAX_DOCUMENT_BYTES,
			sha256: artifact.sha256
		});
		return await workspace.readText(file, { maxBytes: MAX_DOCUMENT_BYTES }) ?? "";
	} finally {
		await workspace.remove(scratch);
	}
}
/** The last known training of this name, for telling what changed. Inert: nothing is decided by it. */
async function lastKnown(name, run, event, { github, workspace, log }) {
	try {
		const all = (await github.artifactsNamed(require_gate_forms().documentArtifactName(name, 1))).filter(({ expired, sha256, run: of }) => !expired && sha256 !== void 0 && of.headRepositoryId === run.repositoryId);
		const defaultBranch = event.defaultBranch ?? await github.defaultBranch();
		const artifact = all.find(({ run: of }) => of.headBranch === event.branch) ?? all.find(({ run: of }) => of.headBranch === defaultBranch);
		if (artifact === void 0) return void 0;
		const text = await documentText(artifact, {
			github,
			workspace
		});
		const { manifest } = require_fingerprint().openTrainingDocument(text, `artifact ${artifact.name}`);
		return {
			manifest: require_fingerprint().parseFingerprintManifest(manifest, `artifact ${artifact.name}`),
			runId: artifact.run.id
		};
	} catch (thrown) {
		log.info(`What changed can not be told: ${oneLine(thrown)}`);
		return;
	}
}
const oneLine = (thrown) => require_house().messageOf(thrown).split("\n", 1)[0].slice(0, 300);
exports.findEarlier = findEarlier;
exports.isReachable = isReachable;
exports.lastKnown = lastKnown;
exports.mayBeMerged = mayBeMerged;
exports.mergedPull = mergedPull;
exports.trust = trust;
