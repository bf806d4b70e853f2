require("./rolldown-runtime.cjs");
const require_fingerprint = () => require("./fingerprint.cjs");
const require_manifest = () => require("./manifest2.cjs");
const require_record = () => require("./record.cjs");
const require_errors = () => require("./errors.cjs");
const require_model = () => require("./model.cjs");
const require_artifact_names = () => require("./artifact-names.cjs");
// src/domain/record/trust.ts
/** Events whose runs on the default branch execute that branch's own workflow, by someone who may write to it. */
const DEFAULT_BRANCH_EVENTS = [
	"push",
	"schedule",
	"workflow_dispatch",
	"repository_dispatch"
];
/**
* Whether an artifact's run makes it trustworthy for this run.
* @param reachable whether the run's head commit is in the history of the default branch
*/
function trust(artifact, origin, asker, reachable) {
	const { repositoryId, defaultBranch, pullRequest } = asker;
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
	if (origin.event === "pull_request") return ofPullRequest(origin, pullRequest);
	if (origin.event === "merge_group" || DEFAULT_BRANCH_EVENTS.includes(origin.event) && origin.headBranch === defaultBranch) {
		if (!reachable) return no(`the commit of run ${origin.id} is not in the history of ${defaultBranch}`);
		return { trusted: true };
	}
	return no(`run ${origin.id} was by ${origin.event} on ${origin.headBranch}, not on ${defaultBranch}`, true);
}
/** Code that no one has reviewed yet counts for its own pull request, never beyond it. */
function ofPullRequest({ id, pullRequests, headBranch }, ours) {
	if (ours && pullRequests.includes(ours.number) && headBranch === ours.headBranch) return { trusted: true };
	return no(`run ${id} was of ${pullRequests.length > 0 ? `pull request #${pullRequests[0]}` : "a pull request"}`, true);
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
* by the cache index, which also knows the results of re-runs. Whatever does not hold is told and passed over: it costs a
* training, never a wrong model.
*/
async function findEarlier(fingerprint, run, event, ports) {
	const { github, cache, log } = ports;
	const refused = [];
	const refuse = (because, ordinary = false) => {
		refused.push(because);
		if (ordinary) log.info(`An earlier result does not count here: ${because}`);
		else log.warning(`An earlier result is not used: ${because}. The model is trained anew.`);
	};
	let asker;
	const seen = /* @__PURE__ */ new Set();
	const consider = async (artifact) => {
		if (seen.has(artifact.id)) return void 0;
		seen.add(artifact.id);
		try {
			asker ??= {
				...event,
				repositoryId: run.repositoryId,
				defaultBranch: event.defaultBranch ?? await github.defaultBranch()
			};
			const { headSha } = artifact.run;
			const [origin, reachable] = await Promise.all([github.workflowRun(artifact.run.id), isReachable(headSha, asker.defaultBranch, run, github)]);
			if (origin === void 0) throw new Error(`run ${artifact.run.id} is gone`);
			const verdict = trust(artifact, origin, asker, reachable && origin.headSha === headSha);
			if (!verdict.trusted) {
				refuse(verdict.because, verdict.ordinary);
				return;
			}
			return await bringBack(artifact, origin, fingerprint, run, ports);
		} catch (thrown) {
			refuse(`artifact ${artifact.id}: ${oneLine(thrown)}`);
			return;
		}
	};
	try {
		const named = await github.artifactsNamed(require_artifact_names().modelArtifactName(fingerprint, 1));
		for (const artifact of named.slice(0, MAX_CANDIDATES)) {
			const found = await consider(artifact);
			if (found) return { found };
		}
		const key = await cache.find(require_artifact_names().indexKey(fingerprint, "", "").slice(0, -1));
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
		return {
			found: void 0,
			refused
		};
	} catch (thrown) {
		if (!(thrown instanceof require_errors().ActionError)) throw thrown;
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
		const text = await workspace.readText(`${folder}/record.json`, { maxBytes: require_record().MAX_RECORD_BYTES });
		const record = require_record().parseRecord(text ?? "", `the record in artifact ${artifact.id}`);
		const manifest = await workspace.readText(`${folder}/manifest.json`, { maxBytes: require_manifest().MAX_MANIFEST_BYTES });
		if (record.model.fingerprint !== fingerprint) throw new Error("its record is of another fingerprint");
		if (record.model.digest !== require_manifest().modelDigest(require_manifest().parseManifest(manifest ?? "").files)) throw new Error("its record is of another model");
		return {
			artifact,
			origin,
			record,
			path: await require_model().modelInside(folder, workspace)
		};
	} catch (thrown) {
		await workspace.remove(folder);
		throw thrown;
	}
}
/** The last known training of this name, for telling what changed. Inert: nothing is decided by it. */
async function lastKnown(name, run, event, { github, workspace, log }) {
	const scratch = await workspace.temporary("last");
	try {
		const all = (await github.artifactsNamed(require_artifact_names().documentArtifactName(name, 1))).filter(({ expired, sha256, run: of }) => !expired && sha256 !== void 0 && of.headRepositoryId === run.repositoryId);
		const defaultBranch = event.defaultBranch ?? await github.defaultBranch();
		const artifact = all.find(({ run: of }) => of.headBranch === event.branch) ?? all.find(({ run: of }) => of.headBranch === defaultBranch);
		if (artifact === void 0) return void 0;
		const file = `${scratch}/document.json`;
		await github.downloadArtifact(artifact.id, file, {
			maxBytes: MAX_DOCUMENT_BYTES,
			sha256: artifact.sha256
		});
		const text = await workspace.readText(file, { maxBytes: MAX_DOCUMENT_BYTES }) ?? "";
		const { manifest } = require_fingerprint().openTrainingDocument(text, `artifact ${artifact.name}`);
		return {
			manifest: require_fingerprint().parseFingerprintManifest(manifest, `artifact ${artifact.name}`),
			runId: artifact.run.id
		};
	} catch (thrown) {
		log.info(`What changed can not be told: ${oneLine(thrown)}`);
		return;
	} finally {
		await workspace.remove(scratch);
	}
}
const oneLine = (thrown) => require_errors().messageOf(thrown).split("\n", 1)[0].slice(0, 300);
exports.findEarlier = findEarlier;
exports.lastKnown = lastKnown;
