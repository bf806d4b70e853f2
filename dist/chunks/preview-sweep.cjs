require("./rolldown-runtime.cjs");
let kept_require_paths;
const require_paths = () => kept_require_paths ??= require("./paths.cjs");
let kept_require_pull_event;
const require_pull_event = () => kept_require_pull_event ??= require("./pull-event.cjs");
let kept_require_deployment_payload;
const require_deployment_payload = () => kept_require_deployment_payload ??= require("./deployment-payload.cjs");
let kept_require_house;
const require_house = () => kept_require_house ??= require("./house.cjs");
let kept_require_github_deployment;
const require_github_deployment = () => kept_require_github_deployment ??= require("./github-deployment.cjs");
// src/actions/preview-tags.ts
/**
* Takes away the tags of closed pull requests. An image that something serves keeps them: in this namespace, or by what GitHub knows
* of its deployments. What a tag named is never deleted itself.
*/
async function sweepTags({ only, openPulls, cluster, given }, { images, github, serving, log }) {
	if (given.image === void 0) return [];
	const store = await images.open(given.image);
	const over = (await store.tags()).filter((tag) => {
		const pull = Number(/^pr-([1-9]\d{0,9})(?:-|$)/.exec(tag)?.[1]);
		return Number.isSafeInteger(pull) && !openPulls.has(pull) && (only === void 0 || only === pull);
	});
	if (over.length === 0) return [];
	const texts = [...(cluster === void 0 ? [] : await cluster.list(require_paths().pathOf("SeldonDeployment", given.namespace))).map(({ spec = null }) => JSON.stringify(spec)), ...(await serving.list()).map(({ record = "" }) => record)];
	const served = new Set(texts.flatMap((text) => text.match(/sha256:[0-9a-f]{64}/g) ?? []));
	for (const each of await github.deployments()) {
		const digest = require_deployment_payload().recordOfPayload(each.payload, each.id)?.image?.digest;
		if (digest === void 0 || served.has(digest)) continue;
		if (await github.deploymentState(each.id) === "success") served.add(digest);
	}
	const gone = [];
	for (const tag of over) {
		const digest = await store.head(tag);
		if (digest === void 0) continue;
		if (served.has(digest) || texts.some((text) => text.includes(`:${tag}"`))) {
			log.info(`Tag ${tag} stays: something serves ${digest.slice(0, 19)}`);
			continue;
		}
		if (given["dry-run"]) {
			gone.push(tag);
			continue;
		}
		if (await store.untag(tag) === "unable") {
			log.info("This registry takes no tag away by itself: its own rules for old versions have to.");
			break;
		}
		gone.push(tag);
	}
	return gone;
}
// src/actions/preview-sweep.ts
/** A deployment without its preview may belong to a deploy that has only begun. */
const ORPHAN_MS = 36e5;
/** All that decides is asked first: who can not tell which pull requests are open removes nothing. */
async function sweep(given, run, ports) {
	const only = await pullInQuestion(given, run, ports);
	const openPulls = await openOnes(only, ports);
	const deployments = await ourDeployments(given, ports);
	const cluster = given.target === "local" ? void 0 : await connect(given, ports);
	try {
		const now = () => ports.clock.now();
		const found = cluster === void 0 ? await foundHere(given, run, ports) : await inCluster(cluster, given, run, ports);
		const inQuestion = found.filter(({ pullRequest }) => only === void 0 || pullRequest === only);
		const mistakes = [];
		const removed = [];
		for (const each of inQuestion) {
			const why = require_pull_event().whyRemoved(each, {
				openPulls,
				now: now()
			});
			if (why === void 0) continue;
			if ((given["dry-run"] || await attempt(each.remove, mistakes)) !== true) continue;
			const { name, pullRequest } = each;
			ports.log.info(`${given.namespace}/${name}: ${why}`);
			removed.push({
				namespace: given.namespace,
				name,
				pullRequest,
				why
			});
		}
		const standing = found.map(({ name }) => name).filter((name) => removed.every((each) => each.name !== name));
		const orphaned = deployments.filter((each) => isOver(each, {
			run,
			only,
			openPulls,
			standing,
			now: now()
		}));
		const forgotten = given["dry-run"] ? orphaned.length : await attempt(async () => require_pull_event().forget(orphaned, ports.github), mistakes) ?? 0;
		const tags = await attempt(async () => sweepTags({
			only,
			openPulls,
			cluster,
			given
		}, ports), mistakes) ?? [];
		return {
			removed,
			kept: standing.length,
			deployments: forgotten,
			tags,
			mistakes
		};
	} finally {
		cluster?.close();
	}
}
/** The one pull request that this run is about; `undefined`: all of them. */
async function pullInQuestion(given, run, { workspace }) {
	if (given["pull-request"] !== void 0) return given["pull-request"];
	const event = run.event.startsWith("pull_request") ? await require_pull_event().readPullEvent(run, workspace) : void 0;
	return event?.action === "closed" ? event.number : void 0;
}
/** By the number alone, the list is not needed; one that was opened again stays. */
async function openOnes(only, { github, log }) {
	if (only === void 0) return await github.openPulls();
	const pull = await github.pull(only);
	if (pull?.open === true) log.info(`Pull request #${only} is open: its previews stay`);
	return new Set(pull?.open === true ? [only] : []);
}
async function attempt(work, mistakes) {
	try {
		return await work();
	} catch (thrown) {
		if (!(thrown instanceof require_house().ActionError)) throw thrown;
		mistakes.push(...thrown.mistakes);
		return;
	}
}
const connect = async (given, { kubernetes }) => await kubernetes.connect({
	kubeconfig: given.kubeconfig,
	context: given["kube-context"],
	allowExec: given["allow-exec"]
});
async function inCluster(cluster, { namespace = "default" }, run, ports) {
	return (await cluster.list(require_paths().pathOf("SeldonDeployment", namespace), { labels: require_pull_event().previewsOf(run.repositoryId) })).filter(({ metadata }) => metadata.uid !== void 0).map((each) => ({
		name: each.metadata.name,
		...standingOf(each),
		remove: async () => {
			const path = require_paths().pathOf("SeldonDeployment", namespace, each.metadata.name);
			const now = await cluster.get(path);
			if (now === void 0 || now.metadata.uid !== each.metadata.uid) return now === void 0;
			if (standingOf(now).expires !== standingOf(each).expires) return false;
			await require_pull_event().removeObject(cluster, path, each.metadata.uid, ports);
			return true;
		}
	}));
}
function standingOf({ metadata }) {
	const number = metadata.labels?.["model-road/pull-request"] ?? "";
	const expires = Date.parse(metadata.annotations?.["model-road/expires"] ?? "");
	return {
		pullRequest: /^[1-9]\d{0,9}$/.test(number) ? Number(number) : void 0,
		expires: Number.isFinite(expires) ? expires : void 0
	};
}
/** What this machine serves has no labels: the name tells, which holds the repository. */
async function foundHere({ namespace = "default", "preview-ttl": ttl }, run, { serving }) {
	return (await serving.list()).filter((each) => each.namespace === namespace).flatMap(({ name, record, since }) => {
		const model = record === void 0 ? void 0 : require_house().parseRecord(record, `the record of ${name}`).model.name;
		const pullRequest = require_pull_event().pullOfName(name, run.repositoryId, model) ?? require_pull_event().pullOfName(name, run.repositoryId, void 0);
		if (pullRequest === void 0) return [];
		return [{
			name,
			pullRequest,
			expires: since === void 0 ? void 0 : since + ttl * 1e3,
			remove: async () => (await serving.remove(namespace, name), true)
		}];
	});
}
/** Deployments of previews in this place, and of nobody else: by their payload, which only these actions write. */
async function ourDeployments(given, { github }) {
	return (await github.deployments({
		environment: require_github_deployment().PREVIEW_ENVIRONMENT,
		all: true
	})).filter((each) => {
		const place = require_deployment_payload().placeOfPayload(each.payload, each.id);
		return each.transient && require_github_deployment().isOurs(each) && place.target === given.target && place.namespace === given.namespace && each.task === require_github_deployment().taskOf(place.name, true);
	});
}
function isOver(deployment, { run, only, openPulls, standing, now }) {
	const { name } = require_deployment_payload().placeOfPayload(deployment.payload, deployment.id);
	const model = require_deployment_payload().recordOfPayload(deployment.payload, deployment.id)?.model.name;
	const pull = require_pull_event().pullOfName(name, run.repositoryId, model) ?? require_pull_event().pullOfName(name, run.repositoryId, void 0);
	if (pull === void 0 || only !== void 0 && pull !== only) return false;
	if (standing.includes(name)) return false;
	return !openPulls.has(pull) || now - Date.parse(deployment.createdAt) > ORPHAN_MS;
}
exports.sweep = sweep;
