require("./rolldown-runtime.cjs");
let kept_require_evidence;
const require_evidence = () => kept_require_evidence ??= require("./evidence.cjs");
let kept_require_earlier_result;
const require_earlier_result = () => kept_require_earlier_result ??= require("./earlier-result.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_gate_forms;
const require_gate_forms = () => kept_require_gate_forms ??= require("./gate-forms.cjs");
let kept_require_gate_baseline;
const require_gate_baseline = () => kept_require_gate_baseline ??= require("./gate-baseline.cjs");
let kept_require_image_record;
const require_image_record = () => kept_require_image_record ??= require("./image-record.cjs");
// src/actions/promotion-evidence.ts
/** Of several runs that built one image the newest are looked at. */
const MAX_CANDIDATES = 5;
const GH_MS = 12e4;
const GH_ENV = /^(?:PATH|HOME|DOCKER_CONFIG|XDG_[A-Z_]+|SSL_CERT_(?:FILE|DIR)|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)$/;
/**
* Finds who says that an image has passed its gate: a verified attestation of this repository's default branch, or the record in an
* artifact of a run that is trusted as one that trained is. What hangs at the image in the registry is believed by nobody.
* @param image `ghcr.io/acme/digits`, without tag or digest
* @param run with the tagged commit as its own
* @throws ActionError when no one does, with the reason of each who could have
*/
async function findEvidence(image, wanted, defaultBranch, asked, run, ports) {
	const refused = [];
	const found = await attestedEvidence(image, wanted, defaultBranch, asked, run, ports, refused) ?? (asked.attestation === "required" ? void 0 : await artifactEvidence(wanted, defaultBranch, run, ports, refused));
	if (found !== void 0) {
		const decision = found.record.gate?.decision;
		if (decision === "passed") return found;
		require_house().refuse({
			where: `image ${wanted.digest}`,
			expected: "gate passed",
			seen: decision === void 0 ? `no gate (${found.from})` : `gate ${decision} (${found.from})`,
			fix: "What did not pass is not promoted: tag a commit whose model did."
		});
	}
	if (await hasReferrer(image, wanted.digest, ports.images)) refused.push("the record that hangs at the image in the registry counts for nothing by itself, since everyone who may push there can write it");
	return require_house().refuse({
		where: `image ${wanted.digest}`,
		expected: "an attestation, or an artifact of a trusted run, that says that it has passed its gate",
		seen: refused.length === 0 ? "neither" : refused.join("; "),
		fix: "Build it with build-model-image on the default branch, after evaluate-gate. An artifact expires: an attestation does not."
	});
}
async function attestedEvidence(image, wanted, defaultBranch, asked, run, { processes, log }, refused) {
	if (asked.attestation === "never") return void 0;
	const required = asked.attestation === "required";
	const gh = await processes.find("gh");
	if (gh === void 0) {
		if (required) refused.push("there is no gh to verify an attestation with");
		return;
	}
	const env = Object.fromEntries(Object.entries(processes.environment()).filter(([name]) => GH_ENV.test(name)));
	const host = new URL(run.serverUrl).host;
	const workflow = asked["signer-workflow"];
	const options = {
		"--format": "json",
		"--repo": run.repository,
		"--predicate-type": require_evidence().RECORD_PREDICATE,
		"--source-ref": `refs/heads/${defaultBranch}`,
		...workflow === void 0 ? {} : { "--signer-workflow": workflow }
	};
	const args = [
		"attestation",
		"verify",
		`oci://${image}@${wanted.digest}`,
		...Object.entries(options).flat()
	];
	const done = await processes.run({
		command: gh,
		args,
		env: {
			...env,
			GH_TOKEN: asked["github-token"] ?? "",
			...host === "github.com" ? {} : { GH_HOST: host }
		}
	}, {
		timeoutMs: GH_MS,
		maxBytes: 16777216
	});
	if (done.code !== 0) {
		const said = done.stderr.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
		refused.push(`gh has verified no attestation of the default branch${said === "" ? "" : ` (${said})`}`);
		log.info(`gh verified no attestation of ${wanted.digest.slice(0, 19)}`);
		return;
	}
	const all = require_evidence().attestedRecords(done.stdout, wanted.digest);
	const record = all.find((each) => require_evidence().whyNot(each, wanted) === void 0);
	if (record !== void 0) return {
		record,
		from: "an attestation that gh has verified"
	};
	refused.push(`the attestation holds no record of this image: ${all[0] && require_evidence().whyNot(all[0], wanted)}`);
}
async function artifactEvidence(wanted, defaultBranch, run, ports, refused) {
	const { github } = ports;
	const named = await github.artifactsNamed(require_evidence().imageArtifactName(wanted.digest));
	if (named.length === 0) refused.push("no run has an artifact that tells of it");
	const asker = {
		repositoryId: run.repositoryId,
		defaultBranch,
		pullRequest: void 0
	};
	for (const artifact of candidates(named, run)) try {
		const origin = await github.workflowRun(artifact.run.id);
		const why = origin === void 0 ? `run ${artifact.run.id} is gone` : await whyForeign(artifact, origin, asker, run, github);
		if (why !== void 0) {
			refused.push(`artifact ${artifact.id} does not count: ${why}`);
			continue;
		}
		const record = await require_gate_baseline().recordOfArtifact(artifact, ports);
		const other = require_evidence().whyNot(record, wanted);
		if (other === void 0) return {
			record,
			from: `artifact ${artifact.id} of run ${artifact.run.id}`
		};
		refused.push(`artifact ${artifact.id} does not count: ${other}`);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		refused.push(`artifact ${artifact.id}: ${require_house().messageOf(thrown).split("\n", 1)[0].slice(0, 300)}`);
	}
}
/** A fork's runs never count, and anyone can make as many of them as there is room to look at: they are left out first. */
const candidates = (named, { repositoryId }) => {
	const ours = named.filter(({ run }) => run.headRepositoryId === repositoryId);
	return (ours.length === 0 ? named : ours).slice(0, MAX_CANDIDATES);
};
async function whyForeign(artifact, origin, asker, run, github) {
	const reachable = await require_earlier_result().isReachable(artifact.run.headSha, asker.defaultBranch, run, github);
	const merged = require_earlier_result().mayBeMerged(origin, asker) ? await require_earlier_result().mergedPull(origin, run, github) : void 0;
	const facts = {
		reachable: reachable && origin.headSha === artifact.run.headSha,
		merged
	};
	const verdict = require_earlier_result().trust(artifact, origin, asker, facts);
	return verdict.trusted ? void 0 : verdict.because;
}
/** Only for the reason: a record there is no evidence. */
async function hasReferrer(image, digest, images) {
	try {
		return (await require_image_record().readAttachedRecord(image, digest, images)).gate?.decision === "passed";
	} catch (thrown) {
		if (thrown instanceof require_house().ActionError) return false;
		throw thrown;
	}
}
/**
* Commits under which the image of a fingerprint may stand: those of the trusted runs that have trained it. For a tag on a commit
* that built nothing.
*/
async function commitsOfFingerprint(fingerprint, model, defaultBranch, run, ports) {
	const { github, log } = ports;
	const asker = {
		repositoryId: run.repositoryId,
		defaultBranch,
		pullRequest: void 0
	};
	const commits = [];
	for (const artifact of candidates(await github.artifactsNamed(require_gate_forms().modelArtifactName(fingerprint, 1)), run)) {
		const origin = await github.workflowRun(artifact.run.id);
		if (origin === void 0) continue;
		const why = await whyForeign(artifact, origin, asker, run, github);
		if (why !== void 0) {
			log.info(`The training of run ${origin.id} does not count: ${why}`);
			continue;
		}
		const named = model === void 0 ? [] : await github.artifactsNamed(require_gate_forms().documentArtifactName(model, 1), { runId: origin.id });
		for (const each of named.slice(0, 1)) {
			const record = await require_gate_baseline().recordOfArtifact(each, ports);
			if (record.model.fingerprint === fingerprint) commits.push(record.source.sha);
		}
		commits.push(origin.headSha);
	}
	return [...new Set(commits)];
}
exports.commitsOfFingerprint = commitsOfFingerprint;
exports.findEvidence = findEvidence;
