require("./rolldown-runtime.cjs");
let kept_require_chart;
const require_chart = () => kept_require_chart ??= require("./chart.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
let kept_require_workload_proof;
const require_workload_proof = () => kept_require_workload_proof ??= require("./workload-proof.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_resource;
const require_resource = () => kept_require_resource ??= require("./resource.cjs");
let kept_require_outcome_table;
const require_outcome_table = () => kept_require_outcome_table ??= require("./outcome-table.cjs");
let kept_require_cluster_verdict;
const require_cluster_verdict = () => kept_require_cluster_verdict ??= require("./cluster-verdict.cjs");
let kept_require_ancestry;
const require_ancestry = () => kept_require_ancestry ??= require("./ancestry.cjs");
let kept_require_helm_program;
const require_helm_program = () => kept_require_helm_program ??= require("./helm-program.cjs");
let kept_require_asking;
const require_asking = () => kept_require_asking ??= require("./asking.cjs");
let kept_require_workload_rollout;
const require_workload_rollout = () => kept_require_workload_rollout ??= require("./workload-rollout.cjs");
let kept_require_workload_place;
const require_workload_place = () => kept_require_workload_place ??= require("./workload-place.cjs");
// src/actions/helm-facts.ts
const calledAt = ({ namespace, name }) => `${namespace}/${name}`;
const secretsPath = ({ namespace }) => `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
const selectRelease = ({ name }) => `owner=helm,name=${name}`;
const releaseRevisions = async (place) => require_chart().revisionsOf(await place.cluster.list(secretsPath(place), { labels: selectRelease(place) }));
/** Into helm's own Secret: that this revision was proven, and the record of what it serves. */
async function markProven(place, revision, deployId, record, { log, compression }) {
	const found = (await releaseRevisions(place)).find(({ version }) => version === revision);
	if (found === void 0 || require_chart().isProven(found)) return;
	const packed = record === void 0 ? "" : await compression.pack(require_house().serialiseRecord(record));
	const annotations = {
		...found.annotations,
		[require_release().PROVEN_ANNOTATION]: deployId,
		...packed === "" || packed.length > MOST_RECORD_BYTES ? {} : { [require_release().RELEASE_ANNOTATION]: packed }
	};
	if (!await place.cluster.patch(`${secretsPath(place)}/${encodeURIComponent(found.secret)}`, [{
		op: "test",
		path: "/metadata/labels/status",
		value: "deployed"
	}, {
		op: "add",
		path: "/metadata/annotations",
		value: annotations
	}]).catch((thrown) => {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(require_house().messageOf(thrown));
		return false;
	})) log.warning(`${calledAt(place)} could not be marked as proven: a later failure will not roll back to this revision.`);
}
/** Chart and values as helm's arguments; values with the image in them become files that only we read. */
async function wantedChart(order, record, image, helm, run, workspace) {
	const name = order.name ?? record?.model.name;
	if (name === void 0 || order.chart === void 0) return require_house().refuse({
		where: `input "${name === void 0 ? "name" : "chart"}"`,
		expected: name === void 0 ? "a name" : "a chart",
		seen: "nothing",
		fix: name === void 0 ? "Set the input name." : "Name a folder, an archive, oci://… or one of Seldon's charts."
	});
	const { chart, options, local } = require_chart().chartSource(order.chart, order["chart-version"], run.workspace);
	if (local && await workspace.facts(chart) === void 0) require_house().refuse({
		where: `input "chart"`,
		expected: `a folder or archive ${require_house().quote(order.chart)}`,
		seen: "none"
	});
	const values = [];
	for (const [at, path] of order["values-files"].entries()) {
		const text = await workspace.readText(`${run.workspace}/${path}`, { maxBytes: 1048576 });
		if (text === void 0 || path.split("/").includes("..")) require_house().refuse({
			where: `input "values-files"`,
			expected: "files of the repository",
			seen: require_house().quote(path)
		});
		values.push("--values", await helm.keep(`values-${at}.yaml`, require_chart().fillImage(text, image)));
	}
	if (order.values !== void 0) values.push("--values", await helm.keep("values.yaml", require_chart().fillImage(order.values, image)));
	for (const each of order["set-strings"]) {
		if (!/^[^=\s]+=/.test(each)) require_house().refuse({
			where: `input "set-strings"`,
			expected: "lines of key=text",
			seen: require_house().quote(each)
		});
		values.push("--set-string", require_chart().fillImage(each, image));
	}
	return {
		name,
		arguments: [
			name,
			chart,
			...options,
			...values
		],
		from: order.chart,
		record
	};
}
/** What helm would apply, with our ids in it: from the cluster's own answer, so that `lookup` and versions are real. */
async function render(wanted, helm, asks) {
	const manifest = asks === "client" ? await helm.run("template", ["template", ...wanted.arguments]) : manifestOf(await helm.run("upgrade --dry-run", [
		"upgrade",
		"--install",
		"--dry-run=server",
		"--output",
		"json",
		...wanted.arguments
	]));
	return await require_chart().stampChart(await require_documents().readDocuments(manifest, "the rendered chart"), wanted.name);
}
/** The field of helm's JSON; it is large, and nothing else of it is read. */
function manifestOf(answer) {
	const start = answer.indexOf("{");
	const { manifest } = JSON.parse(answer.slice(start));
	return manifest ?? "";
}
/** All that decides, read before anything is changed. A release that someone works on is waited for. */
async function observe(place, rendered, order, record, run, ports) {
	const revisions = await settledRevisions(place, order, run, ports);
	const standing = require_chart().standingOf(revisions);
	const live = standing.kind === "ready" ? standing.live : void 0;
	const sha = record?.source.sha ?? run.sha;
	const serving = live !== void 0 && require_chart().isOurs(live) && live.labels[require_chart().CHART_LABELS.repository] === repositoryLabel(run.repository) ? {
		repository: run.repository,
		sha: live.labels[require_chart().CHART_LABELS.sha] ?? ""
	} : void 0;
	const ancestry = await require_ancestry().ancestryOf(serving, sha, run, ports);
	const deployId = live !== void 0 && require_chart().isOurs(live) ? live.labels[require_chart().CHART_LABELS.deployId] : void 0;
	const metadata = live && {
		name: live.secret,
		labels: deployId === void 0 ? {} : { ["app.kubernetes.io/managed-by"]: "model-road" },
		annotations: {
			...live.annotations,
			...deployId === void 0 ? {} : { ["model-road/deploy-id"]: deployId }
		}
	};
	const plan = require_release().planDeploy({
		deployId: rendered.deployId,
		adopt: order.adopt,
		allowOlder: order["allow-older"]
	}, metadata && { metadata }, ancestry, "helm release");
	if (plan.operation === "refuse") {
		const { expected, seen, fix } = plan;
		require_house().refuse({
			where: `helm release ${calledAt(place)}`,
			expected,
			seen,
			fix
		});
	}
	const before = Number(live?.labels[require_chart().CHART_LABELS.before] ?? "");
	return {
		revisions,
		live,
		lastProven: live === void 0 ? void 0 : require_chart().isProven(live) ? live.version : before > 0 ? before : void 0,
		plan
	};
}
const PAUSE_MS = 2e3;
const MOST_RECORD_BYTES = 102400;
/**
* A revision that is pending belongs to a run that works, which is waited for, or to one that was killed: then helm would
* refuse every later upgrade, and what it left half-done is undone here.
*/
async function settledRevisions(place, order, run, ports) {
	const { log, clock, signal } = ports;
	const deadline = clock.elapsed() + order["wait-timeout"] * 1e3;
	let told = false;
	for (;;) {
		const revisions = require_chart().revisionsOf(await place.cluster.list(secretsPath(place), { labels: selectRelease(place) }));
		const standing = require_chart().standingOf(revisions);
		if (standing.kind !== "pending") return revisions;
		const owner = await ownerOf(standing.latest, order["wait-timeout"], run, ports);
		const called = `revision ${standing.latest.version} of ${calledAt(place)} (${standing.latest.status})`;
		if (owner.dead) {
			if (order["dry-run"] !== "false") require_house().refuse({
				where: `helm release ${calledAt(place)}`,
				expected: "a release that nobody works on",
				seen: `${called}, left by ${owner.who}, which has ended`,
				fix: "A deploy undoes it; a dry run does not."
			});
			log.info(`${called} was left by ${owner.who}, which has ended: it is undone`);
			await undo(place, standing, ports);
			continue;
		}
		if (!told) log.info(`${called} is the work of ${owner.who}: waiting for it to end`);
		told = true;
		if (clock.elapsed() > deadline) require_house().refuse({
			where: `helm release ${calledAt(place)}`,
			expected: "a release that nobody works on",
			seen: `${standing.latest.status} by ${owner.who}`,
			fix: "Let that run end, or cancel it, then run this one again."
		});
		await clock.sleep(PAUSE_MS, signal);
	}
}
async function ownerOf(revision, waitSeconds, run, { github, clock, log }) {
	const { createdAt } = revision;
	const labels = require_chart().isOurs(revision) ? revision.labels : {};
	const [id, attempt] = [labels[require_chart().CHART_LABELS.run], labels[require_chart().CHART_LABELS.attempt]];
	if (id !== void 0 && labels[require_chart().CHART_LABELS.repository] === repositoryLabel(run.repository)) {
		const who = `run ${id}`;
		if (id === run.runId) return {
			who,
			dead: Number(attempt) < run.runAttempt
		};
		try {
			const found = await github.workflowRun(id);
			return {
				who,
				dead: found === void 0 || found.status === "completed"
			};
		} catch (thrown) {
			log.warning(`Whether ${who} still works can not be told: ${require_house().messageOf(thrown)}`);
		}
	}
	const age = (clock.now() - Date.parse(createdAt)) / 1e3;
	return {
		who: id === void 0 ? "someone else" : `run ${id}`,
		dead: age > Math.max(600, 2 * waitSeconds)
	};
}
async function undo(place, { latest, live }, ports) {
	const { helm, name } = place;
	if (live === void 0 || latest.status === "uninstalling") {
		await helm.run("uninstall", [
			"uninstall",
			name,
			"--no-hooks"
		]);
		return;
	}
	await helm.run("rollback", [
		"rollback",
		name,
		String(live.version),
		"--no-hooks"
	]);
	const [back] = await releaseRevisions(place);
	const deployId = live.labels[require_chart().CHART_LABELS.deployId];
	if (back !== void 0 && deployId !== void 0 && require_chart().isProven(live)) await markProven(place, back.version, deployId, void 0, ports);
}
/** `acme/digits` as the value of a label. */
const repositoryLabel = (repository) => repository.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(-63).replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
// src/actions/helm-deploy.ts
const MOST_TRIES = 5;
/** Hooks run within it. Waiting for the objects is ours, by a stricter rule than helm's. */
const HOOKS = 5;
/** The new revision did not prove itself. `superseded`: the release is not ours to mend any more. */
var ChartFailure = class extends Error {
	superseded;
	error;
	constructor(error, superseded = false) {
		super(error.message, { cause: error });
		this.error = error;
		this.superseded = superseded;
	}
};
/**
* Installs or upgrades a chart by helm itself, and is green only when all that it made is well and the new version has answered.
* What was proven before is put back by helm's own rollback; a first install that fails is uninstalled.
*/
async function deployChart(order, run, ports) {
	const record = await require_house().takeRecord(order.record, run, ports);
	require_house().requireGate(record, order["require-gate"]);
	const image = require_outcome_table().imageInRegistry(order.image, record);
	const name = order.name ?? record?.model.name ?? "";
	const helm = await require_helm_program().openHelm({
		release: name,
		namespace: order.namespace,
		kubeconfig: order.kubeconfig,
		context: order["kube-context"]
	}, ports);
	try {
		const wanted = await wantedChart(order, record, image, helm, run, ports.workspace);
		if (order["dry-run"] === "client") return await require_workload_rollout().tellRendered(versionOf(wanted, await render(wanted, helm, "client")), order, ports.log);
		const cluster = await ports.kubernetes.connect({
			kubeconfig: order.kubeconfig,
			context: order["kube-context"],
			allowExec: order["allow-exec"]
		});
		try {
			return await deployAt({
				cluster,
				helm,
				namespace: order.namespace,
				name: wanted.name
			}, wanted, order, run, ports);
		} finally {
			ports.log.debug(`${cluster.calls} calls to ${cluster.server}`);
			cluster.close();
		}
	} finally {
		await helm.close();
	}
}
const versionOf = (wanted, { documents, deployId }) => ({
	wanted: {
		name: wanted.name,
		documents,
		deployId,
		from: wanted.from,
		untold: []
	},
	record: wanted.record
});
async function deployAt(place, wanted, order, run, ports) {
	const { log, clock } = ports;
	if (order["create-namespace"]) await require_outcome_table().ensureNamespace(place.cluster, place.namespace, { dryRun: order["dry-run"] !== "false" }, ports);
	await settledRevisions(place, order, run, ports);
	const rendered = await render(wanted, place.helm, "server");
	const version = versionOf(wanted, rendered);
	const facts = await observe(place, rendered, order, wanted.record, run, ports);
	log.info(`${calledAt(place)}: ${facts.plan.operation}, because ${facts.plan.reason}`);
	if (order["dry-run"] !== "false") {
		const before = facts.live === void 0 ? [] : await manifestAt(place, facts.live.version);
		const release = facts.live === void 0 ? void 0 : { documents: before };
		return await require_workload_rollout().tellDryRun(place, version, {
			plan: facts.plan,
			release
		}, require_workload_proof().leftOver(before, rendered.documents), log);
	}
	const from = clock.elapsed();
	const deadline = from + order["wait-timeout"] * 1e3;
	const { namespace, name } = place;
	await order.announce({
		record: wanted.record,
		target: "helm",
		namespace,
		name,
		deployId: rendered.deployId
	});
	let revision = 0;
	try {
		const done = await upgrade(place, wanted, rendered, facts, order, run, ports);
		({revision} = done);
		const proof = await log.group(`Rolling out ${calledAt(place)} (revision ${revision})`, async () => prove(place, done, order["smoke-request"], deadline, order, ports));
		await markProven(place, revision, rendered.deployId, wanted.record, ports);
		const operation = facts.plan.operation === "unchanged" ? "unchanged" : facts.live === void 0 ? "created" : "updated";
		log.info(`${calledAt(place)} serves revision ${revision}${proof.url === "" ? "" : ` at ${proof.url}`}`);
		const seconds = (clock.elapsed() - from) / 1e3;
		const told = {
			target: "helm",
			"smoke-request": order["smoke-request"]
		};
		return await require_workload_rollout().tellDone(place, version, facts, {
			...proof,
			operation,
			pruned: [],
			seconds
		}, told, run, ports);
	} catch (thrown) {
		if (!(thrown instanceof ChartFailure)) throw thrown;
		log.info(`The new version of ${calledAt(place)} failed: ${thrown.message}`);
		const recovery = await log.group("Recovering", async () => recover(place, facts, revision, thrown, order, run, ports));
		return require_workload_rollout().tellRefused(place, version, thrown.error, recovery, log);
	}
}
/** One `helm upgrade --install`. Two at once exclude each other by helm's own pending state; the later one reads again. */
async function upgrade(place, wanted, rendered, first, order, run, ports) {
	if (first.plan.operation === "unchanged") return {
		revision: first.live.version,
		documents: rendered.documents
	};
	let facts = first;
	for (let tried = 1;; tried++) {
		const labels = {
			[require_chart().CHART_LABELS.deployId]: rendered.deployId,
			[require_chart().CHART_LABELS.sha]: wanted.record?.source.sha ?? run.sha,
			[require_chart().CHART_LABELS.repository]: repositoryLabel(run.repository),
			[require_chart().CHART_LABELS.run]: run.runId,
			[require_chart().CHART_LABELS.attempt]: String(run.runAttempt),
			[require_chart().CHART_LABELS.revision]: String((facts.revisions[0]?.version ?? 0) + 1),
			[require_chart().CHART_LABELS.before]: String(facts.lastProven ?? 0)
		};
		const flags = Object.entries(labels).filter(([, value]) => value !== "").map(([key, value]) => `${key}=${value}`);
		try {
			const answer = await place.helm.run("upgrade", [
				"upgrade",
				"--install",
				"--history-max",
				"10",
				"--output",
				"json",
				"--timeout",
				`${HOOKS}m`,
				"--labels",
				flags.join(","),
				...place.helm.stamp,
				...wanted.arguments
			], { timeoutMs: 36e4 });
			const revision = Number(JSON.parse(answer.slice(answer.indexOf("{"))).version);
			await refuseOvertaken(place, facts, revision, order, run, ports);
			return {
				revision,
				documents: await require_documents().readDocuments(manifestOf(answer), "the rendered chart")
			};
		} catch (thrown) {
			if (!(thrown instanceof require_house().ActionError) || ports.signal.aborted) throw thrown;
			if (!/another operation .* in progress/.test(thrown.message) || tried === MOST_TRIES) throw new ChartFailure(thrown);
			ports.log.info(`${calledAt(place)} is being changed by someone else: read again`);
			facts = await observe(place, rendered, order, wanted.record, run, ports);
		}
	}
}
/** Between our look and our upgrade another may have deployed a newer commit: then it is put back. */
async function refuseOvertaken(place, facts, revision, order, run, ports) {
	if (revision <= (facts.revisions[0]?.version ?? 0) + 1 || order["allow-older"]) return;
	const between = (await releaseRevisions(place)).find(({ version }) => version === revision - 1);
	const sha = between?.labels[require_chart().CHART_LABELS.sha];
	if (between === void 0 || sha === void 0 || between.labels[require_chart().CHART_LABELS.repository] !== repositoryLabel(run.repository)) return;
	if (await ports.github.compare(sha, run.sha).catch(() => void 0) !== "behind") return;
	await place.helm.run("rollback", [
		"rollback",
		place.name,
		String(between.version)
	]);
	require_house().refuse({
		where: `helm release ${calledAt(place)}`,
		expected: "a commit that is not older than the one that serves",
		seen: "a newer one that another run deployed a moment before; it was put back",
		fix: "Set allow-older: true to go back on purpose."
	});
}
async function manifestAt({ helm, name }, revision) {
	const text = await helm.run("get manifest", [
		"get",
		"manifest",
		name,
		"--revision",
		String(revision)
	]);
	return await require_documents().readDocuments(text, `revision ${revision}`);
}
/** By helm's own Secrets: a later revision, or none at all. */
function releaseWatch(place, revision) {
	return {
		path: secretsPath(place),
		select: { labels: selectRelease(place) },
		superseded: (secrets) => {
			const newest = require_chart().revisionsOf(secrets)[0]?.version;
			if (newest === void 0) return "the release is gone";
			return newest > revision ? `revision ${newest} was deployed after us` : void 0;
		}
	};
}
async function prove(place, { revision, documents }, smoke, deadline, order, ports) {
	const { cluster, namespace } = place;
	const scopeOf = await require_workload_place().discover(cluster, documents);
	const objects = [];
	for (const plain of documents) {
		const scope = scopeOf(plain);
		if (scope === void 0) continue;
		const document = scope.namespaced ? {
			...plain,
			metadata: {
				...plain.metadata,
				namespace: require_documents().namespaceOf(plain) ?? namespace
			}
		} : plain;
		const path = require_workload_place().documentPath(document, scope);
		const object = await cluster.get(path);
		if (object === void 0) throw new ChartFailure(new (require_house()).ActionError({
			where: `${document.kind} ${document.metadata.name}`,
			expected: "what helm has applied",
			seen: "nothing"
		}));
		objects.push({
			document,
			path,
			object: {
				...object,
				apiVersion: document.apiVersion,
				kind: document.kind
			}
		});
	}
	const [seldon, plain] = [objects.filter(isSeldon), objects.filter((each) => !isSeldon(each))];
	const end = await require_workload_rollout().waitForObjects(place, { objects: plain }, releaseWatch(place, revision), order.rules, deadline, ports);
	if (end.verdict.kind !== "settled") {
		const superseded = end.verdict.kind === "superseded";
		if (!superseded) await require_asking().explainPods(place, end.pods, end.culprit, ports);
		const seen = end.verdict.kind === "overwritten" ? "another version put over it" : end.verdict.message;
		const where = `revision ${revision} of ${calledAt(place)}`;
		throw new ChartFailure(new (require_house()).ActionError({
			where,
			expected: "objects that are well in time",
			seen
		}), superseded);
	}
	const until = Math.max(deadline, ports.clock.elapsed() + 1e4);
	try {
		let proof;
		for (const [at, each] of seldon.entries()) {
			const told = await proveSeldon(place, each, at === 0 ? smoke : void 0, until, order, ports);
			proof ??= told;
		}
		const asked = {
			smoke,
			base: order["base-url"],
			headers: order["request-headers"],
			ca: order.ca,
			deadline: until
		};
		return proof ?? await require_workload_proof().proveWorkload(place, { objects: plain }, asked, ports);
	} catch (thrown) {
		if (ports.signal.aborted || !(thrown instanceof require_house().ActionError)) throw thrown;
		await require_asking().explainPods(place, end.pods, void 0, ports);
		throw new ChartFailure(thrown);
	}
}
const isSeldon = ({ document }) => document.kind === require_resource().KIND;
/** A SeldonDeployment of a chart, by the verdict that holds for every one. */
async function proveSeldon({ cluster, namespace }, { object }, smoke, deadline, order, ports) {
	const { metadata, spec } = object;
	const place = {
		cluster,
		namespace,
		name: metadata.name
	};
	const applied = require_release().appliedOf(spec, metadata.annotations?.["model-road/deploy-id"] ?? "", metadata);
	const version = {
		spec,
		asked: spec.predictors.map(({ name }) => name),
		routing: void 0,
		contract: void 0
	};
	try {
		const { addresses, prediction } = await require_cluster_verdict().prove(place, version, applied, deadline, {
			...order,
			"smoke-request": smoke
		}, ports);
		return {
			url: addresses.prediction,
			prediction
		};
	} catch (thrown) {
		throw thrown instanceof require_cluster_verdict().Failure ? thrown.error : thrown;
	}
}
async function recover(place, facts, revision, failure, order, run, ports) {
	if (failure.superseded) return { kind: "foreign" };
	if (order.rollback === "none" || facts.plan.operation === "unchanged") return { kind: "kept" };
	try {
		const [newest, ...older] = await releaseRevisions(place);
		if (newest === void 0 && facts.live === void 0) return { kind: "removed" };
		const whose = require_chart().whoseIsNewest(newest, {
			revision,
			before: facts.revisions[0]?.version ?? 0
		}, run);
		if (whose !== "ours") return { kind: whose === "foreign" ? "foreign" : "kept" };
		if (facts.live === void 0 && older.every(({ status }) => status === "failed")) {
			await uninstall(place.helm, place.name);
			return { kind: "removed" };
		}
		const proven = Number(newest?.labels[require_chart().CHART_LABELS.before] ?? facts.lastProven ?? 0);
		if (!(proven > 0)) return { kind: "kept" };
		ports.log.info(`Rolling back to revision ${proven}`);
		await place.helm.run("rollback", [
			"rollback",
			place.name,
			String(proven)
		], { timeoutMs: 36e4 });
		const back = require_chart().standingOf(await releaseRevisions(place));
		if (back.kind !== "ready") return {
			kind: "degraded",
			why: "helm's rollback left no deployed revision"
		};
		const documents = await manifestAt(place, back.live.version);
		const deadline = ports.clock.elapsed() + order["wait-timeout"] * 1e3;
		const { url } = await prove(place, {
			revision: back.live.version,
			documents
		}, void 0, deadline, order, ports);
		const { deployId } = await require_chart().stampChart(documents, place.name);
		await markProven(place, back.live.version, back.live.labels[require_chart().CHART_LABELS.deployId] ?? deployId, void 0, ports);
		return {
			kind: "rolled-back",
			deployId: back.live.labels[require_chart().CHART_LABELS.deployId] ?? deployId,
			url
		};
	} catch (thrown) {
		if (ports.signal.aborted || !(thrown instanceof require_house().ActionError || thrown instanceof ChartFailure)) throw thrown;
		return {
			kind: "degraded",
			why: require_house().messageOf(thrown)
		};
	}
}
async function uninstall(helm, name) {
	await helm.run("uninstall", [
		"uninstall",
		name,
		"--cascade",
		"foreground",
		"--wait",
		"--timeout",
		"2m"
	], { timeoutMs: 15e4 });
}
exports.deployChart = deployChart;
