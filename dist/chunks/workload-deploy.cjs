require("./rolldown-runtime.cjs");
let kept_require_documents;
const require_documents = () => kept_require_documents ??= require("./documents.cjs");
let kept_require_workload_proof;
const require_workload_proof = () => kept_require_workload_proof ??= require("./workload-proof.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_release;
const require_release = () => kept_require_release ??= require("./release.cjs");
let kept_require_outcome_table;
const require_outcome_table = () => kept_require_outcome_table ??= require("./outcome-table.cjs");
let kept_require_asking;
const require_asking = () => kept_require_asking ??= require("./asking.cjs");
let kept_require_settled;
const require_settled = () => kept_require_settled ??= require("./settled.cjs");
let kept_require_seldon_deploy;
const require_seldon_deploy = () => kept_require_seldon_deploy ??= require("./seldon-deploy.cjs");
let kept_require_workload_rollout;
const require_workload_rollout = () => kept_require_workload_rollout ??= require("./workload-rollout.cjs");
let kept_require_workload_place;
const require_workload_place = () => kept_require_workload_place ??= require("./workload-place.cjs");
// src/actions/workload-order.ts
/** @throws ActionError when there is nothing to serve, or it is not clear where the image belongs */
async function givenWorkload(asked, record, run, workspace) {
	const image = require_outcome_table().imageInRegistry(asked.image, record);
	const name = asked.name ?? record?.model.name;
	if (name === void 0) return require_house().refuse({
		where: `input "name"`,
		expected: "a name",
		seen: "nothing, and no record that names the model",
		fix: "Set the input name."
	});
	if (asked.manifests !== void 0) {
		const text = await workspace.readText(`${run.workspace}/${asked.manifests}`, { maxBytes: 1048576 });
		if (text === void 0) return require_house().refuse({
			where: `input "manifests"`,
			expected: `a file ${require_house().quote(asked.manifests)}`,
			seen: "none"
		});
		const documents = await require_documents().readDocuments(text, asked.manifests);
		return {
			name,
			documents: image === void 0 ? documents : require_documents().withImage(documents, image, asked.container),
			from: asked.manifests
		};
	}
	if (image === void 0) return require_house().refuse({
		where: `input "image"`,
		expected: "an image, or manifests that name one",
		seen: "neither",
		fix: "Hand on the record of build-model-image, or set image or manifests."
	});
	return {
		name,
		documents: require_seldon_deploy().buildWorkload({
			name,
			namespace: asked.namespace,
			image,
			port: asked.port,
			servicePort: asked["service-port"],
			serviceType: asked["service-type"],
			replicas: asked.replicas ?? 1,
			autoscale: asked.autoscale,
			resources: asked.resources,
			env: asked.env ?? {},
			serviceAccount: asked["service-account"],
			imagePullSecret: asked["image-pull-secret"],
			readinessPath: asked["readiness-path"],
			progressDeadlineSeconds: Math.max(10, Math.min(600, asked["wait-timeout"] - 10))
		}),
		from: image
	};
}
/** Places the objects in their namespace and gives them their ids. @throws ActionError for what lies outside of it */
function settle(given, { namespace, rules }, scopeOf) {
	const { name, from } = given;
	const placed = require_documents().placeDocuments(given.documents, namespace, scopeOf);
	const { documents, deployId } = require_documents().stampDocuments(placed, name);
	return {
		name,
		documents,
		deployId,
		from,
		untold: documents.filter((each) => !require_settled().isTold(asObject(each), rules))
	};
}
const asObject = (document) => document;
// src/actions/workload-write.ts
const MOST_TRIES = 5;
/** Of a ConfigMap it is 1 MiB. */
const MOST_KEPT_BYTES = 921600;
/**
* First the anchor, fenced by the version that was read: whoever writes it last deploys. It holds all that a later run needs to
* finish or undo this one. Then the objects, which it owns.
*/
async function writeWorkload(place, version, first, order, run, ports) {
	const { documents, deployId } = version.wanted;
	await makeNamespace(place, documents, first);
	let facts = first;
	let anchor;
	for (let tried = 1; anchor === void 0; tried++) {
		if (facts.plan.operation === "unchanged") {
			anchor = facts.anchor;
			break;
		}
		anchor = await writeAnchor(place, {
			schema: 1,
			deployId,
			documents: require_workload_proof().withoutSecrets(documents),
			repository: run.repository,
			sha: require_workload_proof().shaOf(version, run),
			runId: run.runId,
			...version.record === void 0 ? {} : { record: require_house().serialiseRecord(version.record) }
		}, facts.lastProven, facts.anchor, ports);
		if (anchor !== void 0) break;
		if (tried === MOST_TRIES) tooBusy(place);
		ports.log.info(`${require_workload_proof().calledAt(place)} was changed meanwhile: read again`);
		facts = await require_workload_proof().observe(place, version, order, run, ports);
	}
	const created = facts.anchor === void 0;
	const anchorUid = anchor.metadata.uid ?? "";
	let objects;
	try {
		objects = await applyDocuments(place, documents, anchor);
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError) || ports.signal.aborted) throw thrown;
		return {
			operation: created ? "created" : facts.plan.operation === "unchanged" ? "unchanged" : "updated",
			anchorUid,
			deployId,
			objects: [],
			facts,
			refused: thrown
		};
	}
	const rolled = objects.some(({ object }, at) => object.metadata.resourceVersion !== facts.standing[at]?.metadata.resourceVersion);
	return {
		operation: created ? "created" : facts.plan.operation === "unchanged" && !rolled ? "unchanged" : "updated",
		anchorUid,
		deployId,
		objects,
		facts
	};
}
/** Once more, after someone who was slower has put an older object over ours. */
async function applyDocuments(place, documents, anchor) {
	const applied = [];
	const { name, uid = "" } = anchor.metadata;
	const owner = {
		apiVersion: "v1",
		kind: "ConfigMap",
		name,
		uid
	};
	for (const document of documents) {
		const path = place.pathOf(document);
		if (document.kind === "Namespace") {
			const object = await place.cluster.get(path);
			if (object !== void 0) applied.push({
				document,
				path,
				object
			});
			continue;
		}
		const sent = require_workload_proof().isOwned(document) ? {
			...document,
			metadata: {
				...document.metadata,
				ownerReferences: [owner]
			}
		} : document;
		const applying = await place.cluster.apply(path, sent);
		if (applying.kind === "conflict") throw conflictError(document, applying.with);
		if (applying.kind === "stale") tooBusy(place);
		applied.push({
			document,
			path,
			object: applying.object
		});
	}
	return applied;
}
/** @returns the anchor as it is now; `undefined` when it is another than the one that was read */
async function writeAnchor(place, release, lastProven, standing, ports) {
	const resourceVersion = standing?.metadata.resourceVersion;
	const applying = await place.cluster.apply(require_workload_proof().anchorPath(place), {
		apiVersion: "v1",
		kind: "ConfigMap",
		metadata: {
			name: require_workload_proof().anchorName(place.name),
			namespace: place.namespace,
			...resourceVersion === void 0 ? {} : { resourceVersion },
			labels: {
				[require_release().MANAGED_BY]: require_release().MANAGER,
				[require_documents().RELEASE_LABEL]: place.name
			},
			annotations: { [require_release().SPEC_ID_ANNOTATION]: release.deployId }
		},
		data: await keptData(release, lastProven, ports)
	});
	if (applying.kind === "conflict") throw new (require_house()).ActionError(applying.with.map(({ manager, field }) => ({
		where: `ConfigMap ${require_workload_proof().anchorName(place.name)}, ${field}`,
		expected: "a field of these actions",
		seen: `one that ${manager} owns`,
		fix: "Leave this ConfigMap to these actions."
	})));
	if (applying.kind === "stale") return void 0;
	return applying.object;
}
async function keptData(release, lastProven, { compression, log }) {
	const pack = async (each) => await compression.pack(JSON.stringify(each));
	const bare = ({ record: _record, ...rest }) => rest;
	const choices = [[release, lastProven], [bare(release), lastProven && bare(lastProven)]];
	for (const [at, [ours, before]] of choices.entries()) {
		const data = {
			release: await pack(ours),
			...before === void 0 ? {} : { "last-proven": await pack(before) }
		};
		if (Object.values(data).reduce((sum, { length }) => sum + length, 0) > MOST_KEPT_BYTES) continue;
		if (at > 0) log.warning("The release record is too long to be kept in the cluster: it is left out there.");
		return data;
	}
	return require_house().refuse({
		where: "the manifests",
		expected: `objects that fit a ConfigMap of ${MOST_KEPT_BYTES} bytes, packed`,
		seen: "more",
		fix: "Give large ConfigMaps a life of their own."
	});
}
async function makeNamespace({ cluster, pathOf }, documents, { standing }) {
	for (const [at, document] of documents.entries()) {
		if (document.kind !== "Namespace") continue;
		const there = standing[at];
		if (there === void 0) await cluster.apply(pathOf(document), document);
		const said = there && require_settled().judgeObject(there);
		if (said?.kind === "failed") require_house().refuse({
			where: require_documents().title(document),
			expected: "a namespace that stays",
			seen: said.why,
			fix: "Try again when it is gone."
		});
	}
}
/** Marks the release as a rollback target, where it still is what stands there. */
async function markProven(place, deployId, { log }) {
	const at = (annotation) => `/metadata/annotations/${annotation.replaceAll("/", "~1")}`;
	if (!await place.cluster.patch(require_workload_proof().anchorPath(place), [{
		op: "test",
		path: at("model-road/deploy-id"),
		value: deployId
	}, {
		op: "add",
		path: at("model-road/proven"),
		value: deployId
	}]).catch((thrown) => {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		log.warning(require_house().messageOf(thrown));
		return false;
	})) log.warning(`${require_workload_proof().calledAt(place)} could not be marked as proven: a later failure will not roll back to this version.`);
}
/** Removes what a release had and another has not, as far as it still is that release's. */
async function prune(place, before, now, { log }) {
	const { remove, keep } = require_workload_proof().leftOver(before, now);
	for (const document of keep) log.warning(`${require_documents().title(document)} is not wanted any more, and left: it may hold data.`);
	const removed = [];
	const scopeOf = await require_workload_place().discover(place.cluster, remove);
	for (const document of remove) {
		const scope = scopeOf(document);
		if (scope === void 0 || require_documents().namespaceOf(document) !== place.namespace) continue;
		const path = require_workload_place().documentPath(document, scope);
		const { uid, labels } = (await place.cluster.get(path))?.metadata ?? {};
		if (uid === void 0 || labels?.["model-road/release"] !== place.name) continue;
		if (await place.cluster.remove(path, uid)) removed.push(require_documents().title(document));
	}
	if (removed.length > 0) log.info(`Removed, being wanted no more: ${removed.join(", ")}`);
	return removed;
}
function conflictError(document, all) {
	return new (require_house()).ActionError(all.map(({ manager, field }) => ({
		where: `${require_documents().title(document)}, ${field}`,
		expected: "a field of these actions",
		seen: `one that ${manager} owns`,
		fix: "Leave the field out of the manifest, or let one tool own it."
	})));
}
function tooBusy(place) {
	return require_house().refuse({
		where: `release ${require_workload_proof().calledAt(place)}`,
		expected: "to be left alone while it is written",
		seen: `${MOST_TRIES} other writes in a row`,
		fix: "Does another workflow deploy the same name? Give them one concurrency group."
	});
}
// src/actions/workload-deploy.ts
const MOST_OVERWRITTEN = 3;
const REMOVAL_MS = 6e4;
/** The new version did not prove itself. `superseded`: it is not ours to mend any more. */
var WorkloadFailure = class extends Error {
	superseded;
	error;
	constructor(error, superseded = false) {
		super(error.message, { cause: error });
		this.error = error;
		this.superseded = superseded;
	}
};
/**
* Deploys plain Kubernetes objects, and is green only when each of them is well and the new version has answered. What was
* proven before is put back when the new one fails; a first deploy that fails is removed.
*/
async function deployWorkload(order, run, ports) {
	const record = await require_house().takeRecord(order.record, run, ports);
	require_house().requireGate(record, order["require-gate"]);
	const given = await givenWorkload(order, record, run, ports.workspace);
	if (order["dry-run"] === "client") {
		const wanted = settle(given, order, guessedScope);
		return await require_workload_rollout().tellRendered({
			wanted,
			record
		}, order, ports.log);
	}
	const cluster = await ports.kubernetes.connect({
		kubeconfig: order.kubeconfig,
		context: order["kube-context"],
		allowExec: order["allow-exec"]
	});
	try {
		return await deployTo(cluster, given, record, order, run, ports);
	} finally {
		ports.log.debug(`${cluster.calls} calls to ${cluster.server}`);
		cluster.close();
	}
}
/** Without a cluster to ask: all but a Namespace lies in one. */
const guessedScope = ({ kind }) => ({
	plural: `${kind.toLowerCase()}s`,
	namespaced: kind !== "Namespace"
});
async function deployTo(cluster, given, record, order, run, ports) {
	const { log, clock } = ports;
	const scopeOf = await require_workload_place().discover(cluster, given.documents);
	const wanted = settle(given, order, scopeOf);
	const version = {
		wanted,
		record
	};
	const place = {
		cluster,
		namespace: order.namespace,
		name: wanted.name,
		pathOf: (document) => require_workload_place().documentPath(document, scopeOf(document) ?? guessedScope(document))
	};
	for (const each of wanted.untold) log.warning(`${require_documents().title(each)}: no rule tells when it is well, so that it exists must do. Give success-conditions for ${each.kind}.`);
	if (order["create-namespace"]) await require_outcome_table().ensureNamespace(cluster, place.namespace, { dryRun: order["dry-run"] !== "false" }, ports);
	const facts = await require_workload_proof().observe(place, version, order, run, ports);
	log.info(`${require_workload_proof().calledAt(place)}: ${facts.plan.operation}, because ${facts.plan.reason}`);
	if (order["dry-run"] !== "false") return await dryRun(place, version, facts, order, ports);
	const from = clock.elapsed();
	const deadline = from + order["wait-timeout"] * 1e3;
	const { namespace, name } = place;
	await order.announce({
		record,
		target: "kubernetes",
		namespace,
		name,
		deployId: wanted.deployId
	});
	const written = await writeWorkload(place, version, facts, order, run, ports);
	try {
		if (written.refused !== void 0) throw new WorkloadFailure(written.refused);
		const proof = await log.group(`Rolling out ${require_workload_proof().calledAt(place)} (${wanted.deployId.slice(0, 12)})`, async () => prove(place, written, order["smoke-request"], deadline, order, ports));
		await markProven(place, wanted.deployId, ports);
		const pruned = await prune(place, written.facts.release?.documents ?? [], wanted.documents, ports);
		const done = {
			...proof,
			operation: written.operation,
			pruned,
			seconds: (clock.elapsed() - from) / 1e3
		};
		log.info(`${require_workload_proof().calledAt(place)} serves ${wanted.deployId.slice(0, 12)}${proof.url === "" ? "" : ` at ${proof.url}`}`);
		const told = {
			target: "kubernetes",
			"smoke-request": order["smoke-request"]
		};
		return await require_workload_rollout().tellDone(place, version, facts, done, told, run, ports);
	} catch (thrown) {
		if (!(thrown instanceof WorkloadFailure)) throw thrown;
		log.info(`The new version of ${require_workload_proof().calledAt(place)} failed: ${thrown.message}`);
		const recovery = await log.group("Recovering", async () => recover(place, version, written, thrown, order, ports));
		return require_workload_rollout().tellRefused(place, version, thrown.error, recovery, log);
	}
}
async function dryRun(place, version, facts, order, ports) {
	if (order["dry-run"] !== "diff") {
		for (const document of version.wanted.documents) {
			if (document.kind === "Namespace") continue;
			const applying = await place.cluster.apply(place.pathOf(document), document, { dryRun: true });
			if (applying.kind === "conflict") throw conflictError(document, applying.with);
		}
		ports.log.info("The cluster would take them.");
	}
	const before = facts.release?.documents ?? [];
	return await require_workload_rollout().tellDryRun(place, version, facts, require_workload_proof().leftOver(before, version.wanted.documents), ports.log);
}
function anchorWatch(place, deployId) {
	const path = require_workload_proof().anchorPath(place);
	return {
		path: path.slice(0, path.lastIndexOf("/")),
		select: { fields: `metadata.name=${require_workload_proof().anchorName(place.name)}` },
		superseded: ([anchor]) => {
			const live = anchor?.metadata.annotations?.[require_release().SPEC_ID_ANNOTATION];
			if (live === deployId) return void 0;
			return live === void 0 ? "the release is gone" : `${live.slice(0, 12)} was deployed after us`;
		}
	};
}
async function prove(place, first, smoke, deadline, order, ports) {
	let written = first;
	for (let overwritten = 0;; overwritten++) {
		const { verdict, culprit, pods } = await require_workload_rollout().waitForObjects(place, written, anchorWatch(place, written.deployId), order.rules, deadline, ports);
		if (verdict.kind === "overwritten" && overwritten < MOST_OVERWRITTEN) {
			ports.log.info("Someone has put an older version over this one, which is still the one to be deployed: applied again");
			const anchor = await place.cluster.get(require_workload_proof().anchorPath(place));
			if (anchor?.metadata.annotations?.["model-road/deploy-id"] === written.deployId) {
				const documents = written.objects.map(({ document }) => document);
				written = {
					...written,
					objects: await applyDocuments(place, documents, anchor)
				};
			}
			continue;
		}
		if (verdict.kind !== "settled") {
			const superseded = verdict.kind === "superseded";
			if (!superseded) await require_asking().explainPods(place, pods, culprit, ports);
			const seen = verdict.kind === "overwritten" ? "another version put over it again and again" : verdict.message;
			const where = `the new version of ${require_workload_proof().calledAt(place)}`;
			throw new WorkloadFailure(new (require_house()).ActionError({
				where,
				expected: "objects that are well in time",
				seen
			}), superseded);
		}
		try {
			const until = Math.max(deadline, ports.clock.elapsed() + 1e4);
			const asked = {
				smoke,
				base: order["base-url"],
				headers: order["request-headers"],
				ca: order.ca,
				deadline: until
			};
			return await require_workload_proof().proveWorkload(place, written, asked, ports);
		} catch (thrown) {
			if (ports.signal.aborted || !(thrown instanceof require_house().ActionError)) throw thrown;
			await require_asking().explainPods(place, pods, void 0, ports);
			throw new WorkloadFailure(thrown);
		}
	}
}
async function recover(place, version, written, failure, order, ports) {
	if (failure.superseded) return { kind: "foreign" };
	if (order.rollback === "none" || written.operation === "unchanged") return { kind: "kept" };
	try {
		if (written.facts.anchor === void 0) return await removeFirst(place, written, ports);
		const target = written.facts.lastProven;
		if (target === void 0 || target.deployId === version.wanted.deployId) return { kind: "kept" };
		return await rollBack(place, version, target, order, ports);
	} catch (thrown) {
		if (ports.signal.aborted || !(thrown instanceof require_house().ActionError || thrown instanceof WorkloadFailure)) throw thrown;
		return {
			kind: "degraded",
			why: require_house().messageOf(thrown)
		};
	}
}
/** With the anchor goes all that it owns; only while it still is what this run has written, since others keep its uid. */
async function removeFirst(place, { anchorUid: uid, deployId }, { clock, log, signal }) {
	const path = require_workload_proof().anchorPath(place);
	const deadline = clock.elapsed() + REMOVAL_MS;
	for (let removed = false;;) {
		const standing = await place.cluster.get(path);
		if (standing?.metadata.uid !== uid) return { kind: "removed" };
		if (!removed) {
			if (standing.metadata.annotations?.["model-road/deploy-id"] !== deployId) return { kind: "foreign" };
			removed = await place.cluster.remove(path, uid, standing.metadata.resourceVersion);
			if (removed) continue;
		}
		if (clock.elapsed() > deadline) return {
			kind: "degraded",
			why: `${require_workload_proof().anchorName(place.name)} is still being deleted`
		};
		log.debug("still there");
		await clock.sleep(removed ? 500 : 100, signal);
	}
}
async function rollBack(place, version, target, order, ports) {
	ports.log.info(`Putting ${target.deployId.slice(0, 12)} back (commit ${target.sha.slice(0, 12)})`);
	const scopeOf = await require_workload_place().discover(place.cluster, target.documents);
	const documents = require_workload_proof().putBack(require_documents().placeDocuments(target.documents, place.namespace, scopeOf));
	const standing = await place.cluster.get(require_workload_proof().anchorPath(place));
	if (standing?.metadata.annotations?.["model-road/deploy-id"] !== version.wanted.deployId) return { kind: "foreign" };
	const anchor = await writeAnchor(place, target, target, standing, ports);
	if (anchor === void 0) return { kind: "foreign" };
	const back = {
		...place,
		pathOf: (document) => require_workload_place().documentPath(document, scopeOf(document) ?? guessedScope(document))
	};
	const objects = await applyDocuments(back, documents, anchor);
	const facts = {
		anchor: standing,
		standing: [],
		plan: {
			operation: "update",
			reason: "rollback"
		},
		release: void 0,
		lastProven: target
	};
	const { url } = await prove(back, {
		operation: "updated",
		anchorUid: anchor.metadata.uid ?? "",
		deployId: target.deployId,
		objects,
		facts
	}, void 0, ports.clock.elapsed() + order["wait-timeout"] * 1e3, order, ports);
	await markProven(back, target.deployId, ports);
	await prune(place, version.wanted.documents, target.documents, ports);
	return {
		kind: "rolled-back",
		deployId: target.deployId,
		url
	};
}
exports.deployWorkload = deployWorkload;
