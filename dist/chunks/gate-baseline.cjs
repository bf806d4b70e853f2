require("./rolldown-runtime.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_gate_forms;
const require_gate_forms = () => kept_require_gate_forms ??= require("./gate-forms.cjs");
let kept_require_gate_inputs;
const require_gate_inputs = () => kept_require_gate_inputs ??= require("./gate-inputs.cjs");
// src/actions/gate-baseline.ts
/** Statuses that are asked for at most: each is a request. */
const MOST_DEPLOYMENTS = 20;
const MAX_DOCUMENT_BYTES = 1048576;
/**
* Finds the baseline.
* @param model the model's name, as its record says
* @throws ActionError when it was named but can not be had: a gate that went on without it would compare with nothing
*/
async function findBaseline(source, live, model, run, ports) {
	switch (source.kind) {
		case "live":
			if (live.target === "local") return await servedHere(live, model, ports);
			return live.cluster ? await servedInCluster(live, model, ports) : await lastDeployment(live, model, ports);
		case "branch": return await latestOfBranch(source.branch, model, run, ports);
		case "artifact": {
			const artifact = await ports.github.artifact(source.artifactId);
			if (!artifact || artifact.expired || artifact.run.id !== source.runId) require_house().refuse({
				where: `input "baseline"`,
				expected: `artifact ${source.artifactId} of run ${source.runId}`,
				seen: artifact ? artifact.expired ? "an expired one" : `one of run ${artifact.run.id}` : "none"
			});
			return found(await recordOfArtifact(artifact, ports), {
				kind: "artifact",
				from: `artifact ${artifact.name}`,
				at: artifact.createdAt
			});
		}
		case "file": return await fromFile(source.path, run, ports);
	}
}
/** What target `local` serves, as the front that serves it keeps it. */
async function servedHere({ namespace, name }, model, { serving }) {
	const called = name ?? model ?? nameless();
	const state = await serving.state(namespace, called);
	const where = `${namespace}/${called} on this machine`;
	if (state?.deployId === void 0) return { absent: `nothing serves as ${where} yet` };
	if (state.record === void 0) require_house().refuse({
		where: `input "baseline"`,
		expected: `a record beside what serves as ${where}`,
		seen: "none: it was deployed without one",
		fix: "Deploy with the record of train and evaluate-gate, or name another baseline."
	});
	return found(require_house().parseRecord(state.record, `the record of ${where}`), {
		kind: "live",
		from: `${where}, ${state.status === "running" ? "serving" : "served last"}`,
		...state.since === void 0 ? {} : { at: new Date(state.since).toISOString() }
	});
}
/** What the SeldonDeployment of that name keeps of the version that was proven to answer. */
async function servedInCluster({ namespace, name, cluster: reached }, model, { kubernetes, compression }) {
	const called = name ?? model ?? nameless();
	const { readServed } = await Promise.resolve().then(() => require("./gate-cluster.cjs"));
	const cluster = await kubernetes.connect(reached);
	try {
		const served = await readServed({
			cluster,
			namespace,
			name: called
		}, compression);
		if ("absent" in served) return served;
		const { record, at, state, where } = served;
		return found(require_house().parseRecord(record, `the record of ${where}`), {
			kind: "live",
			from: `${where}${state === void 0 ? "" : `, ${state}`}`.slice(0, 300),
			...at === void 0 ? {} : { at }
		});
	} finally {
		cluster.close();
	}
}
/** The newest deployment whose last word is success, and whose payload names this model. */
async function lastDeployment({ environment, name, namespace }, model, { github }) {
	const { placeOfPayload, recordOfPayload } = await Promise.resolve().then(() => require("./deployment-payload.cjs")).then((n) => n.deployment_payload_exports);
	const all = (await github.deployments({ environment })).filter(({ transient }) => environment !== void 0 || !transient);
	let asked = 0;
	for (const deployment of all) {
		const record = recordOfPayload(deployment.payload, `the payload of deployment ${deployment.id}`);
		if (!record) continue;
		if (model !== void 0 && record.model.name !== model) continue;
		const served = placeOfPayload(deployment.payload, `deployment ${deployment.id}`) ?? record.deployment;
		if (name !== void 0 && served && (served.name !== name || served.namespace !== namespace)) continue;
		if (model === void 0 && name === void 0) nameless();
		if (++asked > MOST_DEPLOYMENTS) break;
		if (await github.deploymentState(deployment.id) !== "success") continue;
		return found(record, {
			kind: "live",
			from: `GitHub's deployment ${deployment.id} to ${deployment.environment.slice(0, 100)}`,
			at: deployment.createdAt
		});
	}
	return { absent: `GitHub knows of no successful deployment of this model${environment === void 0 ? "" : ` to ${require_house().quote(environment, 60)}`}` };
}
/** The last training of a branch of this repository, not of a pull request. */
async function latestOfBranch(branch, model, run, ports) {
	const name = model ?? nameless();
	const all = (await ports.github.artifactsNamed(require_gate_forms().documentArtifactName(name, 1))).filter(({ expired, run: of }) => !expired && of.headBranch === branch && of.headRepositoryId === run.repositoryId && of.id !== run.runId);
	for (const artifact of all.slice(0, MOST_DEPLOYMENTS)) {
		const origin = await ports.github.workflowRun(artifact.run.id);
		if (origin === void 0 || origin.event.startsWith("pull_request")) continue;
		return found(await recordOfArtifact(artifact, ports), {
			kind: "branch",
			from: `branch ${branch}`.slice(0, 300),
			at: artifact.createdAt
		});
	}
	return { absent: `no run on branch ${require_house().quote(branch, 80)} has trained ${name} yet` };
}
async function fromFile(path, run, { workspace }) {
	const { MAX_METRICS_BYTES, parseMetrics } = await Promise.resolve().then(() => require("./metrics.cjs")).then((n) => n.metrics_exports);
	const text = await workspace.readText(require_gate_inputs().inWorkspace(path, run.workspace), { maxBytes: MAX_METRICS_BYTES });
	if (text === void 0) require_house().refuse({
		where: `input "baseline"`,
		expected: `a file ${require_house().quote(path)}`,
		seen: "none"
	});
	const identity = {
		kind: "file",
		from: `file ${path}`.slice(0, 300)
	};
	if (/^\s*\{/.test(text) && /"schema"\s*:/.test(text) && /"fingerprint"\s*:/.test(text)) return found(require_house().parseRecord(text, path), identity);
	return { found: {
		identity,
		record: void 0,
		metrics: await parseMetrics(text, path.slice(path.lastIndexOf("/") + 1))
	} };
}
function found(record, identity) {
	return { found: {
		identity: {
			...identity,
			digest: record.model.digest,
			sha: record.source.sha,
			runId: record.source.runId
		},
		record,
		metrics: record.metrics
	} };
}
/** A record from an artifact that holds it bare, or beside the manifest of its training. */
async function recordOfArtifact({ id, name, sha256 }, { workspace, github }) {
	const where = `artifact ${name}`;
	if (sha256 === void 0) require_house().refuse({
		where,
		expected: "a digest of GitHub's",
		seen: "none"
	});
	const folder = await workspace.temporary("baseline");
	try {
		const file = `${folder}/document.json`;
		await github.downloadArtifact(id, file, {
			maxBytes: MAX_DOCUMENT_BYTES,
			sha256
		});
		const text = await workspace.readText(file, { maxBytes: MAX_DOCUMENT_BYTES }) ?? "";
		const { openTrainingDocument } = await Promise.resolve().then(() => require("./fingerprint.cjs")).then((n) => n.fingerprint_exports);
		return require_house().parseRecord(JSON.stringify(openTrainingDocument(text, where).record), where);
	} finally {
		await workspace.remove(folder);
	}
}
function nameless() {
	require_house().refuse({
		where: `input "baseline"`,
		expected: "to know which model",
		seen: "neither a record nor a name",
		fix: "Hand on the record of train, or set name."
	});
}
exports.findBaseline = findBaseline;
exports.recordOfArtifact = recordOfArtifact;
